//! The words that texts may refer to, so that a term is written once: `{retention.traffic}`,
//! `{law.request-answer}`, `{provider.name}`. They are looked up before the texts are read; a word
//! whose own value is wrong stands as "?", for that mistake is reported where it is made.

use super::node::Section;
use crate::model::{LegalTerm, Text};
use crate::term::Term;
use base::Language;
use std::collections::BTreeMap;

/// The words by name, in both languages.
#[derive(Debug, Default)]
pub(crate) struct Words(BTreeMap<String, Text>);

impl Words {
    /// Collects the words of a file.
    pub(crate) fn collect(root: &Section<'_, '_>) -> Self {
        let mut words = BTreeMap::new();
        for purpose in root.peek_names("purposes") {
            let term = root.peek(&["purposes", &purpose, "retention"]).and_then(|term| term.parse().ok());
            words.insert(format!("retention.{purpose}"), term_words(term.map(LegalTerm::Calendar)));
        }
        for fact in root.peek_names("law") {
            let term = root.peek(&["law", &fact, "term"]).and_then(legal_term);
            words.insert(format!("law.{fact}"), term_words(term));
        }
        let backups = root.peek(&["erasure", "backups_within"]).and_then(|term| term.parse().ok());
        words.insert("erasure.backups_within".to_owned(), term_words(backups.map(LegalTerm::Calendar)));
        for key in ["name", "email", "phone", "website", "contact_form", "statement_url"] {
            words.insert(format!("provider.{key}"), same(root.peek(&["provider", key])));
        }
        for key in ["name", "short_name", "website"] {
            words.insert(format!("authority.{key}"), same(root.peek(&["authority", key])));
        }
        Self(words)
    }

    /// Puts the words in a text.
    ///
    /// # Errors
    /// The name of a word that does not exist.
    pub(crate) fn fill(&self, text: &str, language_key: &str) -> Result<String, String> {
        let language = if language_key == "en" { Language::En } else { Language::Nl };
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (name, following) = after.split_once('}').ok_or_else(|| after.to_owned())?;
            let word = self.0.get(name).ok_or_else(|| name.to_owned())?;
            filled.push_str(word.of(language));
            rest = following;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// All names, for a message.
    pub(crate) fn known(&self) -> String {
        self.0.keys().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" ")
    }
}

/// A legal term: a calendar term, or hours.
pub(crate) fn legal_term(text: &str) -> Option<LegalTerm> {
    if let Some(hours) = text.strip_suffix(" hours").or_else(|| text.strip_suffix(" hour")) {
        let digits = !hours.is_empty() && hours.bytes().all(|byte| byte.is_ascii_digit());
        return hours
            .parse()
            .ok()
            .filter(|hours| digits && (1..=10_000).contains(hours))
            .map(LegalTerm::Hours);
    }
    text.parse::<Term>().ok().map(LegalTerm::Calendar)
}

fn term_words(term: Option<LegalTerm>) -> Text {
    let word = |language| term.map_or_else(|| "?".to_owned(), |term| term.in_words(language));
    Text { nl: word(Language::Nl), en: word(Language::En) }
}

fn same(value: Option<&str>) -> Text {
    let value = value.unwrap_or("?").trim().to_owned();
    Text { nl: value.clone(), en: value }
}
