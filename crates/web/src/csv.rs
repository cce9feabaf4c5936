//! Lists as CSV (RFC 4180, UTF-8), to open in a spreadsheet.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// A CSV file to download: `name` without its extension, in letters, digits and hyphens.
///
/// A value that a spreadsheet would take for a formula gets an apostrophe in front: what customers
/// write must not run at whoever opens the list. `no-store` comes from the shell.
///
/// # Panics
/// When the name holds anything else.
#[must_use]
pub fn csv_file(name: &'static str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "a plain file name");
    // The mark tells spreadsheets that this is UTF-8.
    let mut out = String::from('\u{feff}');
    line(&mut out, head.iter().copied());
    for row in rows {
        line(&mut out, row.iter().map(String::as_str));
    }
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.expect("a plain file name")),
    ];
    (headers, out).into_response()
}

fn line<'v>(out: &mut String, values: impl Iterator<Item = &'v str>) {
    for (i, value) in values.enumerate() {
        if i > 0 {
            out.push(',');
        }
        let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']) && value.parse::<f64>().is_err();
        let guard = if formula { "'" } else { "" };
        if formula || value.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(guard);
            out.push_str(&value.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(value);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_and_formulas_disarmed() {
        let mut out = String::new();
        line(
            &mut out,
            ["a", "b,c", "d\"e", "=HYPERLINK(\"x\")", "-5", "-5+cmd", "+31 20 000 00 00", ""].into_iter(),
        );
        assert_eq!(
            out,
            "a,\"b,c\",\"d\"\"e\",\"'=HYPERLINK(\"\"x\"\")\",-5,\"'-5+cmd\",\"'+31 20 000 00 00\",\r\n"
        );
        let response = csv_file("customers", &["number"], [vec!["1".to_owned()]]);
        assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"customers.csv\"");
    }
}
