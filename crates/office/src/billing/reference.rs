//! Account numbers.

/// Whether a text is an account number whose check digits are right (ISO 13616).
#[must_use]
pub fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && remainder(&format!("{}{}", &text[4..], &text[..4])) == Some(1)
}

/// The remainder by 97 of letters and digits read as one number, `A` as 10 to `Z` as 35 (ISO 7064).
fn remainder(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest: u32, c| {
        let value = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_carry_their_check() {
        assert!(is_iban("NL91 ABNA 0417 1643 00"));
        assert!(!is_iban("NL91 ABNA 0417 1643 01"));
        assert!(!is_iban("é"));
    }
}
