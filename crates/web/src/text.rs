//! The texts of the pages, in Dutch and English.
//!
//! `build.rs` makes one method of [`T`] out of each message in `i18n/{nl,en}/*.ftl`: the message
//! `contact-title` is `t.contact_title()`, a message with arguments takes them in the order in
//! which the Dutch text names them. So a key that does not exist, or that one of the languages
//! lacks, does not compile, in handlers and in templates alike.
//!
//! Invariants: texts hold no markup (the build refuses `<`) and are escaped by the templates like
//! any other value; no isolation marks are put around arguments.

use base::Language;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::borrow::Cow;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// A text to show. Not markup: it is escaped where it is rendered.
pub type Text = Cow<'static, str>;

/// The texts of one language. Pages keep one in their field `t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct T(Language);

/// What a message takes as an argument: text, or a whole number.
pub trait Arg {
    /// The value as Fluent takes it.
    fn arg(&self) -> FluentValue<'_>;
}

impl Arg for str {
    fn arg(&self) -> FluentValue<'_> {
        FluentValue::String(Cow::Borrowed(self))
    }
}

impl Arg for String {
    fn arg(&self) -> FluentValue<'_> {
        self.as_str().arg()
    }
}

impl Arg for Cow<'_, str> {
    fn arg(&self) -> FluentValue<'_> {
        self.as_ref().arg()
    }
}

impl<A: Arg + ?Sized> Arg for &A {
    fn arg(&self) -> FluentValue<'_> {
        (**self).arg()
    }
}

macro_rules! whole_number {
    ($($number:ty)*) => { $(
        impl Arg for $number {
            fn arg(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )* };
}
whole_number!(u8 u16 u32 u64 usize i8 i16 i32 i64);

impl T {
    /// The texts of a language.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self(language)
    }

    /// The language.
    #[must_use]
    pub const fn language(self) -> Language {
        self.0
    }

    fn say(self, key: &str, args: Option<&FluentArgs<'_>>) -> Text {
        let bundle = match self.0 {
            Language::Nl => &*NL,
            Language::En => &*EN,
        };
        let pattern = bundle
            .get_message(key)
            .and_then(|message| message.value())
            .expect("the methods were made from the same files as the bundles");
        // The build compared keys and arguments, so what may go wrong here is a select without a
        // matching variant, and that has its default.
        bundle.format_pattern(pattern, args, &mut Vec::new())
    }
}

static NL: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::Nl, SOURCES_NL));
static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::En, SOURCES_EN));

fn bundle(language: Language, sources: &[&str]) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.tag().parse().expect("nl and en are language tags");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new((*source).to_owned()).expect("the build read the same text");
        bundle.add_resource(resource).expect("the build refuses a key that is there twice");
    }
    bundle
}

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_syntax::ast::Entry;

    /// The keys of a language as the parser sees them, apart from what the build made of them.
    fn keys(sources: &[&str]) -> Vec<String> {
        let mut keys: Vec<String> = sources
            .iter()
            .flat_map(|source| fluent_syntax::parser::parse(*source).expect("readable").body)
            .filter_map(|entry| {
                if let Entry::Message(message) = entry { Some(message.id.name.to_owned()) } else { None }
            })
            .collect();
        keys.sort();
        keys
    }

    #[test]
    fn both_languages_have_the_same_messages() {
        assert_eq!(keys(SOURCES_NL), keys(SOURCES_EN));
        assert_eq!(keys(SOURCES_NL), KEYS);
        assert!(KEYS.len() > 50);
    }

    #[test]
    fn both_languages_take_the_same_arguments() {
        let arguments = |language: Language, key: &str| {
            let bundle = if language == Language::Nl { &*NL } else { &*EN };
            let pattern = bundle.get_message(key).and_then(|message| message.value()).expect("listed");
            let mut errors = Vec::new();
            // Formatting without arguments reports each one that is missed.
            bundle.format_pattern(pattern, None, &mut errors);
            let mut names: Vec<String> = errors.iter().map(ToString::to_string).collect();
            names.sort();
            names.dedup();
            names
        };
        for key in KEYS {
            assert_eq!(arguments(Language::Nl, key), arguments(Language::En, key), "{key}");
        }
    }

    #[test]
    fn terms_are_the_same_in_both_languages() {
        let terms = |sources: &[&str]| {
            let mut terms: Vec<String> = sources
                .iter()
                .flat_map(|source| fluent_syntax::parser::parse(*source).expect("readable").body)
                .filter_map(
                    |entry| if let Entry::Term(term) = entry { Some(term.id.name.to_owned()) } else { None },
                )
                .collect();
            terms.sort();
            terms
        };
        assert_eq!(terms(SOURCES_NL), terms(SOURCES_EN));
    }

    #[test]
    fn arguments_and_plurals() {
        let (nl, en) = (T::new(Language::Nl), T::new(Language::En));
        assert_eq!(nl.list_count(1), "1 resultaat");
        assert_eq!(nl.list_count(12_u32), "12 resultaten");
        assert_eq!(en.list_count(1), "1 result");
        // No isolation marks around an argument.
        assert_eq!(en.shell_title("Sign in", String::from("Example")), "Sign in – Example");
    }

    #[test]
    fn flash_codes_are_distinct() {
        for (i, flash) in Flash::ALL.iter().enumerate() {
            assert!(Flash::ALL[..i].iter().all(|other| other.code() != flash.code()));
            assert!(!flash.text(T::new(Language::Nl)).is_empty());
        }
    }
}
