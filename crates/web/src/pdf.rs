//! Documents as PDF.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// A PDF to read or to keep: `name` without its extension, in letters, digits and hyphens, such as an
/// invoice's number. Browsers show it; saved, it has that name. `no-store` comes from the shell.
///
/// # Panics
/// When the name holds anything else.
#[must_use]
pub fn pdf_file(name: &str, bytes: Vec<u8>) -> Response {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    assert!(plain, "a plain file name");
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{name}.pdf\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, disposition.expect("a plain file name")),
    ];
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_type_and_a_name() {
        let response = pdf_file("F2026-000123", b"%PDF-".to_vec());
        assert_eq!(response.headers()["content-type"], "application/pdf");
        assert_eq!(response.headers()["content-disposition"], "inline; filename=\"F2026-000123.pdf\"");
    }

    #[test]
    #[should_panic(expected = "a plain file name")]
    fn no_other_name() {
        let _ = pdf_file("a\"b", Vec::new());
    }
}
