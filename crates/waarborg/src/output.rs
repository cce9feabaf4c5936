//! What commands print: words for people, or one JSON value for programs.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::io::{self, Write};

/// Where and how a command prints.
#[derive(Debug, Clone, Copy)]
pub struct Out {
    form: Form,
}

/// In which form a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Words,
    /// For programs.
    Json,
}

impl Out {
    /// Prints in a form.
    #[must_use]
    pub const fn new(form: Form) -> Self {
        Self { form }
    }

    /// Prints the value as JSON, or the words.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn print<T: Serialize>(&self, value: &T, words: impl FnOnce() -> String) -> anyhow::Result<()> {
        let text = match self.form {
            Form::Json => serde_json::to_string_pretty(value)?,
            Form::Words => words(),
        };
        match writeln!(io::stdout().lock(), "{}", text.trim_end_matches('\n')) {
            // A reader that has seen enough, such as `head`, is no error.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// Tells on standard error how work goes on; nothing when JSON is wanted.
    pub fn note(&self, text: &str) {
        if self.form == Form::Words {
            eprintln!("{text}");
        }
    }

    /// A progress bar on standard error; hidden without a terminal and with JSON.
    #[must_use]
    pub fn progress(&self, what: &'static str, total: u64) -> ProgressBar {
        let bar = ProgressBar::new(total);
        if self.form == Form::Json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let style = "{msg} {bar:32} {human_pos}/{human_len} {per_sec} {eta}";
        bar.set_style(ProgressStyle::with_template(style).expect("the template is well-formed"));
        bar.set_message(what);
        bar
    }
}

/// Rows under headings, in columns as wide as their widest cell.
#[must_use]
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut text = line(&head);
    for row in rows {
        text.push('\n');
        text.push_str(&line(row));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["P01".into(), "kept".into()], vec!["P12".into(), "not provable".into()]];
        assert_eq!(table(&["id", "verdict"], &rows), "id   verdict\nP01  kept\nP12  not provable");
    }
}
