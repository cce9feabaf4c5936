//! One form of an e-mail address for the blind index (CRYPTO section 3): NFC, trimmed, the domain as
//! lower-case A-labels, the local part in lower case. It decides equality for look-ups; mail is sent
//! to the address as its owner wrote it.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// The longest address, in bytes (RFC 5321 section 4.5.3.1.3 less its brackets).
const ADDRESS_BYTES_MAX: usize = 254;
/// The longest local part, in bytes.
const LOCAL_BYTES_MAX: usize = 64;

/// Why a text is not an e-mail address. It does not repeat the text.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmailError {
    /// Longer than an address can be.
    #[error("the e-mail address is too long")]
    TooLong,
    /// No `@`, or nothing before it.
    #[error("the e-mail address lacks a name before the @ sign")]
    Local,
    /// White space or a control character inside, or a second `@`.
    #[error("the e-mail address holds a character that does not belong there")]
    Character,
    /// What follows the `@` is no domain name.
    #[error("the part after the @ sign is not a domain name")]
    Domain,
}

/// The normal form of an address. Equal addresses have equal normal forms, and a normal form is its
/// own normal form.
///
/// ```
/// let normal = keys::normalise_email(" Info@Bücher.example ");
/// assert_eq!(normal.as_deref(), Ok("info@xn--bcher-kva.example"));
/// ```
///
/// # Errors
/// [`EmailError`].
pub fn normalise_email(text: &str) -> Result<String, EmailError> {
    // Before any work on it: four times the bound leaves room for what normalising shortens.
    if text.len() > 4 * ADDRESS_BYTES_MAX {
        return Err(EmailError::TooLong);
    }
    let composed: String = text.trim().nfc().collect();
    let (local, domain) = composed.trim().rsplit_once('@').ok_or(EmailError::Local)?;
    // Lower case can leave a sequence that composes again: j with a caron has a letter of its own, J has not.
    let local: String = local.to_lowercase().nfc().collect();
    if local.is_empty() {
        return Err(EmailError::Local);
    }
    if local.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@') {
        return Err(EmailError::Character);
    }
    let domain = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
        .map_err(|_| EmailError::Domain)?;
    // Mail to a bare address such as 192.0.2.1 needs brackets; without them it is a name nobody has.
    if domain.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit())) {
        return Err(EmailError::Domain);
    }
    if local.len() > LOCAL_BYTES_MAX || local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
        return Err(EmailError::TooLong);
    }
    Ok(format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spaces_around_count_up_to_four_times_the_longest_address() {
        let padded = |bytes: usize| format!("{:bytes$}", "a@b.example");
        assert_eq!(normalise_email(&padded(1_016)).as_deref(), Ok("a@b.example"));
        assert_eq!(normalise_email(&padded(1_017)), Err(EmailError::TooLong));
    }

    #[test]
    fn refuses_what_is_no_address() {
        use EmailError::{Character, Domain, Local, TooLong};
        for (text, error) in [
            ("", Local),
            ("nobody", Local),
            ("@example.org", Local),
            (" @example.org", Local),
            ("a b@example.org", Character),
            ("a\tb@example.org", Character),
            ("a\0@example.org", Character),
            ("a@b@example.org", Character),
            ("a@", Domain),
            ("a@ example.org", Domain),
            ("a@example..org", Domain),
            ("a@example.org.", Domain),
            ("a@.example.org", Domain),
            ("a@exa_mple.org", Domain),
            ("a@[192.0.2.1]", Domain),
            ("a@192.0.2.1", Domain),
            ("a@-x.example", Domain),
        ] {
            assert_eq!(normalise_email(text), Err(error), "{text:?}");
        }
        let domain = "@example.org";
        assert!(normalise_email(&format!("{}{domain}", "a".repeat(64))).is_ok());
        assert_eq!(normalise_email(&format!("{}{domain}", "a".repeat(65))), Err(TooLong));
        assert_eq!(normalise_email(&"a".repeat(1017)), Err(TooLong));
        // 254 bytes in all: 64 + 1 + 189
        let long = |last: usize| {
            format!("{}@{}.{}.{}", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(last))
        };
        assert_eq!(normalise_email(&long(61)).map(|n| n.len()), Ok(254));
        assert_eq!(normalise_email(&long(62)), Err(TooLong));
    }

    #[test]
    fn lower_case_composes_again() {
        let composed = normalise_email("\u{1f0}@example.org");
        assert_eq!(composed.as_deref(), Ok("\u{1f0}@example.org"));
        assert_eq!(normalise_email("J\u{30c}@example.org"), composed);
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own(local in "\\PC{1,20}", domain in "[a-zA-Zäßéñ文字0-9-]{1,12}\\.[a-z]{2,6}") {
            let text = format!("{local}@{domain}");
            if let Ok(normal) = normalise_email(&text) {
                let again = normalise_email(&normal);
                prop_assert_eq!(again.as_deref(), Ok(normal.as_str()));
                prop_assert_eq!(normalise_email(&format!("  {text}\n")), Ok(normal));
            }
        }

        #[test]
        fn case_does_not_matter(text in "[a-zA-Z0-9.+]{1,20}@[a-zA-Z0-9]{1,12}\\.[a-zA-Z]{2,6}") {
            prop_assert_eq!(normalise_email(&text.to_uppercase()), normalise_email(&text.to_lowercase()));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,60}") {
            let _ = normalise_email(&text);
        }
    }
}
