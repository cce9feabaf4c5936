//! The privacy statement, in Dutch and English: all of GDPR 13 and 14, and each promise.
//!
//! Invariants: the statement says nothing that the policy does not say, except what the law says
//! about rights and what this software does by itself; every purpose, recipient and term of the
//! policy is in it; the same policy gives the same bytes.

mod rights;
mod sections;

pub use crate::output::Table;
use crate::output::{escape, inline, push};
use crate::policy::Policy;
use crate::words::pick;
use base::{Day, Language};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A statement in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The language.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// The date of the policy it comes from.
    pub date: Day,
    /// The label of the policy it comes from.
    pub version: String,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// A section of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// A stable id, the same in both languages; usable as a fragment of an address.
    pub id: &'static str,
    /// The heading.
    pub heading: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Block {
    /// A heading below the section's own, with a stable id.
    Heading {
        /// The id, such as `p01` or `purpose-account`.
        id: String,
        /// The text.
        text: String,
    },
    /// A paragraph.
    Paragraph(String),
    /// A list of items.
    List(Vec<String>),
    /// Labels with their values.
    Details(Vec<(String, String)>),
    /// A table.
    Table(Table),
}

/// Writes the statement of a policy.
#[must_use]
pub fn render(policy: &Policy, language: Language) -> Statement {
    let words = pick(language, "Privacyverklaring van", "Privacy statement of");
    Statement {
        language,
        title: format!("{words} {}", policy.provider().name),
        date: policy.date(),
        version: policy.version().to_owned(),
        sections: sections::all(policy, language),
    }
}

impl Statement {
    /// SHA-256 of [`Statement::to_text`]: what was published can be compared by anybody who has the
    /// text.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_text().as_bytes()).into()
    }

    /// The statement as an HTML fragment of sections. The title is the page's own heading.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        for section in &self.sections {
            let heading = escape(&section.heading);
            push(&mut html, format_args!("<section id=\"{}\">\n<h2>{heading}</h2>\n", section.id));
            for block in &section.blocks {
                block.write_html(&mut html);
            }
            html.push_str("</section>\n");
        }
        html
    }

    /// The statement as plain text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.title, "=".repeat(self.title.chars().count()));
        for section in &self.sections {
            let rule = "-".repeat(section.heading.chars().count());
            push(&mut text, format_args!("\n\n{}\n{rule}\n", section.heading));
            for block in &section.blocks {
                text.push('\n');
                block.write_text(&mut text);
            }
        }
        text
    }
}

impl Block {
    fn write_html(&self, html: &mut String) {
        match self {
            Self::Heading { id, text } => {
                push(html, format_args!("<h3 id=\"{}\">{}</h3>\n", escape(id), escape(text)));
            }
            Self::Paragraph(text) => push(html, format_args!("<p>{}</p>\n", inline(text))),
            Self::List(items) => {
                html.push_str("<ul>\n");
                for item in items {
                    push(html, format_args!("<li>{}</li>\n", inline(item)));
                }
                html.push_str("</ul>\n");
            }
            Self::Details(pairs) => {
                html.push_str("<dl>\n");
                for (label, value) in pairs {
                    push(html, format_args!("<dt>{}</dt><dd>{}</dd>\n", escape(label), inline(value)));
                }
                html.push_str("</dl>\n");
            }
            Self::Table(table) => html.push_str(&table.to_html()),
        }
    }

    fn write_text(&self, text: &mut String) {
        match self {
            Self::Heading { text: heading, .. } => push(text, format_args!("## {heading}\n")),
            Self::Paragraph(paragraph) => push(text, format_args!("{paragraph}\n")),
            Self::List(items) => {
                for item in items {
                    push(text, format_args!("* {item}\n"));
                }
            }
            Self::Details(pairs) => {
                for (label, value) in pairs {
                    push(text, format_args!("{label}: {value}\n"));
                }
            }
            Self::Table(table) => text.push_str(&table.to_text()),
        }
    }
}
