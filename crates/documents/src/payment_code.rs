//! The code that a bank's app reads from an invoice: a SEPA credit transfer after EPC069-12, version 002.

use crate::Transfer;
use base::{Currency, Money};
use core::fmt::Write as _;
use qrcodegen::{QrCode, QrCodeEcc, Version};

/// The lengths that EPC069-12 gives.
const HOLDER_CHARS_MAX: usize = 70;
const REMITTANCE_CHARS_MAX: usize = 140;
const BYTES_MAX: usize = 331;
/// The largest code that EPC069-12 allows.
const VERSION_MAX: u8 = 13;
/// White around the code, in modules, as ISO/IEC 18004 asks.
const QUIET: i32 = 4;

/// The code as a drawing: dark modules as one path in a square, the white around it counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentCode {
    /// The side of the square, in modules.
    pub size: i32,
    /// The path of the dark modules, in the units of an SVG.
    pub path: String,
}

/// The code to pay an amount by; none when there is nothing to pay, or it is not euros.
#[must_use]
pub fn payment_code(transfer: &Transfer, amount: Money) -> Option<PaymentCode> {
    let payload = payload(transfer, amount)?;
    let segments = qrcodegen::QrSegment::make_bytes(payload.as_bytes());
    // Level M is prescribed, so that it is not raised where there would be room.
    let code = QrCode::encode_segments_advanced(
        &[segments],
        QrCodeEcc::Medium,
        Version::MIN,
        Version::new(VERSION_MAX),
        None,
        false,
    );
    Some(drawn(&code.ok()?))
}

/// The same as a picture of its own.
pub(crate) fn drawing(transfer: &Transfer, amount: Money) -> Option<String> {
    let PaymentCode { size, path } = payment_code(transfer, amount)?;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\"><path d=\"{path}\"/></svg>"
    ))
}

/// What the code says.
pub(crate) fn payload(transfer: &Transfer, amount: Money) -> Option<String> {
    if amount <= Money::ZERO || amount.currency() != Currency::Eur {
        return None;
    }
    let holder: String = transfer.holder.expose().chars().take(HOLDER_CHARS_MAX).collect();
    let reference: String = transfer.reference.chars().take(REMITTANCE_CHARS_MAX).collect();
    let (structured, free) = if is_creditor_reference(&reference) {
        (compact(&reference), String::new())
    } else {
        (String::new(), reference)
    };
    let lines = [
        "BCD".to_owned(),
        "002".to_owned(),
        // The characters are UTF-8.
        "1".to_owned(),
        "SCT".to_owned(),
        transfer.bic.clone().unwrap_or_default(),
        holder,
        compact(transfer.iban.expose()),
        format!("{}{amount}", amount.currency().code()),
        // No purpose.
        String::new(),
        structured,
        free,
    ];
    // A line break inside a value would move every line after it.
    if lines.iter().any(|line| line.contains(['\n', '\r'])) {
        return None;
    }
    let payload = lines.join("\n").trim_end_matches('\n').to_owned();
    (payload.len() <= BYTES_MAX).then_some(payload)
}

/// A creditor reference after ISO 11649 for a number: `RF`, two check digits, and the number's letters
/// and digits. None when those are none or more than 21.
#[must_use]
pub fn creditor_reference(number: &str) -> Option<String> {
    let body: String =
        number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if body.is_empty() || body.len() > 21 {
        return None;
    }
    let check = 98 - remainder(&format!("{body}RF00"))?;
    Some(format!("RF{check:02}{body}"))
}

/// Whether a text is a creditor reference whose check digits are right.
fn is_creditor_reference(text: &str) -> bool {
    let text = compact(text);
    let shaped = text.starts_with("RF") && (5..=25).contains(&text.len());
    shaped && text.is_char_boundary(4) && remainder(&format!("{}{}", &text[4..], &text[..4])) == Some(1)
}

/// Whether a text is an account number whose check digits are right (ISO 13616).
pub(crate) fn is_iban(text: &str) -> bool {
    let text = compact(text);
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && remainder(&format!("{}{}", &text[4..], &text[..4])) == Some(1)
}

/// Whether a text has the form of a bank's identifier (ISO 9362).
pub(crate) fn is_bic(text: &str) -> bool {
    matches!(text.len(), 8 | 11)
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && text.bytes().take(6).all(|b| b.is_ascii_uppercase())
}

/// Without the spaces that people group by.
pub(crate) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The remainder by 97 of letters and digits read as one number, `A` as 10 to `Z` as 35 (ISO 7064).
fn remainder(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest: u32, c| {
        let value = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

/// Dark modules as one path, so that no gap shows between neighbours.
fn drawn(code: &QrCode) -> PaymentCode {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let from = x;
            while x < code.size() && code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                let _ = write!(path, "M{} {}h{}v1h-{}z", from + QUIET, y + QUIET, x - from, x - from);
            }
            x += 1;
        }
    }
    PaymentCode { size: code.size() + 2 * QUIET, path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfer(reference: &str) -> Transfer {
        Transfer {
            iban: "NL91 ABNA 0417 1643 00".into(),
            bic: Some("ABNANL2A".into()),
            holder: "Voorbeeldhosting B.V.".into(),
            reference: reference.into(),
            due_on: base::Day::from_number(20_800),
        }
    }

    #[test]
    fn a_transfer_as_the_standard_writes_it() {
        let amount = Money::from_cents(12_345);
        assert_eq!(
            payload(&transfer("RF18 5390 0754 7034"), amount).as_deref(),
            Some(
                "BCD\n002\n1\nSCT\nABNANL2A\nVoorbeeldhosting B.V.\nNL91ABNA0417164300\nEUR123.45\n\nRF18539007547034"
            )
        );
        assert_eq!(
            payload(&transfer("Factuur 2026-000001"), amount).as_deref(),
            Some(
                "BCD\n002\n1\nSCT\nABNANL2A\nVoorbeeldhosting B.V.\nNL91ABNA0417164300\nEUR123.45\n\n\nFactuur 2026-000001"
            )
        );
        for nothing in [Money::ZERO, Money::from_cents(-1)] {
            assert_eq!(payload(&transfer("x"), nothing), None);
        }
        assert_eq!(payload(&transfer("a\nb"), amount), None, "a line break moves the fields after it");
    }

    #[test]
    fn a_full_code_stays_within_the_largest_version() {
        let full = Transfer { holder: "é".repeat(70).into(), ..transfer(&"x".repeat(100)) };
        assert!(drawing(&full, Money::LIMIT).is_some_and(|svg| svg.starts_with("<svg")));
        let over = Transfer { holder: "é".repeat(70).into(), ..transfer(&"é".repeat(140)) };
        assert_eq!(drawing(&over, Money::LIMIT), None, "no code is better than half of one");
    }

    #[test]
    fn check_digits() {
        // The example of ISO 11649.
        assert_eq!(creditor_reference("5390 0754 7034").as_deref(), Some("RF18539007547034"));
        for number in ["2026-000123", "a1", "ZZZZZZZZZZZZZZZZZZZZZ"] {
            assert!(creditor_reference(number).is_some_and(|text| is_creditor_reference(&text)), "{number}");
        }
        for wrong in ["", "---", "é", "1234567890123456789012"] {
            assert_eq!(creditor_reference(wrong), None, "{wrong}");
        }
        for wrong in ["RF19539007547034", "RF18", "rf18539007547034", "RFé8539007547034"] {
            assert!(!is_creditor_reference(wrong), "{wrong}");
        }
        assert!(is_iban("NL91 ABNA 0417 1643 00") && is_iban("BE68539007547034"));
        for wrong in ["NL91ABNA0417164301", "NL91", "nl91abna0417164300", "NLéABNA04171643000", ""] {
            assert!(!is_iban(wrong), "{wrong}");
        }
        assert!(is_bic("ABNANL2A") && is_bic("ABNANL2AXXX"));
        assert!(!is_bic("ABNANL2") && !is_bic("abnanl2a") && !is_bic("1BNANL2A"));
    }
}
