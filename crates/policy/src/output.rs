//! Tables, and writing text out as HTML, CSV and plain text.
//!
//! Invariants: everything that comes from a policy is escaped; HTML has no inline style or script;
//! a CSV cell that a spreadsheet would take for a formula is quoted with an apostrophe.

use core::fmt::Write as _;
use serde::Serialize;

/// A table with a caption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// The heads of the columns.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The table as CSV (RFC 4180, UTF-8, CRLF), the heads first.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        for row in core::iter::once(&self.head).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            csv.push_str(&cells.join(","));
            csv.push_str("\r\n");
        }
        csv
    }

    /// The table as an HTML fragment; the first cell of a row is its head.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = format!("<table>\n<caption>{}</caption>\n<thead>\n<tr>", escape(&self.caption));
        for head in &self.head {
            push(&mut html, format_args!("<th scope=\"col\">{}</th>", escape(head)));
        }
        html.push_str("</tr>\n</thead>\n<tbody>\n");
        for row in &self.rows {
            html.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let (open, close) =
                    if index == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
                push(&mut html, format_args!("{open}{}{close}", inline(cell)));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table>\n");
        html
    }

    /// The table as lines of text: each row a small list of its own.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.caption);
        for row in &self.rows {
            let mut cells = self.head.iter().zip(row);
            if let Some((_, first)) = cells.next() {
                push(&mut text, format_args!("\n* {first}\n"));
            }
            for (head, cell) in cells {
                push(&mut text, format_args!("  {head}: {cell}\n"));
            }
        }
        text
    }
}

/// Appends formatted text; writing to a string cannot fail.
pub(crate) fn push(out: &mut String, arguments: core::fmt::Arguments<'_>) {
    let _: core::fmt::Result = out.write_fmt(arguments);
}

/// Escapes text for HTML, between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Escapes text and makes its https addresses links.
pub(crate) fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("https://") {
        let (before, from) = rest.split_at(at);
        html.push_str(&escape(before));
        let end = from.find(char::is_whitespace).unwrap_or(from.len());
        let address = from[..end].trim_end_matches(['.', ',', ';', ')', '!', '?']);
        push(&mut html, format_args!("<a href=\"{0}\">{0}</a>", escape(address)));
        rest = &from[address.len()..];
    }
    html.push_str(&escape(rest));
    html
}

fn csv_cell(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cell: &str) -> Table {
        Table {
            caption: "A & B".into(),
            head: vec!["one".into(), "two".into()],
            rows: vec![vec![cell.into(), "x".into()]],
        }
    }

    #[test]
    fn csv_is_quoted_and_no_cell_is_a_formula() {
        for (cell, written) in [
            ("plain", "plain"),
            ("a, b", "\"a, b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            ("+31 20", "'+31 20"),
            ("@x, y", "\"'@x, y\""),
        ] {
            assert_eq!(table(cell).to_csv(), format!("one,two\r\n{written},x\r\n"));
        }
    }

    #[test]
    fn html_is_escaped_and_linked() {
        let html = table("<script>\"'&").to_html();
        assert!(html.contains("<th scope=\"row\">&lt;script&gt;&quot;&#39;&amp;</th>"), "{html}");
        assert!(html.contains("<caption>A &amp; B</caption>"));
        assert_eq!(
            inline("see https://a.example/?x=1&y=2, or <b>"),
            "see <a href=\"https://a.example/?x=1&amp;y=2\">https://a.example/?x=1&amp;y=2</a>, or &lt;b&gt;"
        );
        assert_eq!(inline("https://."), "<a href=\"https://\">https://</a>.");
    }
}
