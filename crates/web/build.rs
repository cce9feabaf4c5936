//! Turns the Fluent files of `i18n/nl` and `i18n/en` into one Rust method per message, so that a
//! misspelt key, a missing argument or a message that one language lacks does not compile.
//!
//! What it refuses: a key in one language only, a key twice, arguments that differ between the
//! languages, attributes, unreadable entries, and markup (`<`) in a text. Messages whose key begins
//! with `flash-` also become the variants of `Flash`.

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What one language says: its files, and per key the arguments in order of appearance and the
/// text as it stands in the file.
struct Catalogue {
    files: Vec<PathBuf>,
    messages: BTreeMap<String, (Vec<String>, String)>,
}

fn main() {
    println!("cargo::rerun-if-changed=i18n");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=templates");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    let mut problems = Vec::new();
    let nl = read_language(&root.join("i18n/nl"), &mut problems);
    let en = read_language(&root.join("i18n/en"), &mut problems);
    compare(&nl, &en, &mut problems);
    if !problems.is_empty() {
        for problem in &problems {
            println!("cargo::error={problem}");
        }
        std::process::exit(1);
    }
    fs::write(out.join("messages.rs"), generate(&nl, &en)).expect("OUT_DIR is writable");
}

fn read_language(folder: &Path, problems: &mut Vec<String>) -> Catalogue {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()))
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "ftl"))
        .collect();
    files.sort();
    let mut messages = BTreeMap::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let resource = match fluent_syntax::parser::parse(text.as_str()) {
            Ok(resource) => resource,
            Err((_, errors)) => {
                problems.push(format!("{}: {errors:?}", file.display()));
                continue;
            }
        };
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let key = message.id.name.to_owned();
            let Some(value) = &message.value else {
                problems.push(format!("{}: {key} has no text", file.display()));
                continue;
            };
            if !message.attributes.is_empty() {
                problems
                    .push(format!("{}: {key} has attributes; write messages of their own", file.display()));
            }
            let mut found = Found::default();
            found.pattern(value);
            if found.text.contains('<') {
                problems.push(format!("{}: {key} holds markup; markup belongs in templates", file.display()));
            }
            if messages.insert(key.clone(), (found.arguments, found.text)).is_some() {
                problems.push(format!("{}: {key} is there twice", file.display()));
            }
        }
    }
    Catalogue { files, messages }
}

fn compare(nl: &Catalogue, en: &Catalogue, problems: &mut Vec<String>) {
    for (one, other, name) in [(nl, en, "en"), (en, nl, "nl")] {
        for key in one.messages.keys().filter(|key| !other.messages.contains_key(*key)) {
            problems.push(format!("message {key} is missing in {name}"));
        }
    }
    for (key, (arguments, _)) in &nl.messages {
        let Some((others, _)) = en.messages.get(key) else { continue };
        let sorted: BTreeSet<_> = arguments.iter().collect();
        if sorted != others.iter().collect::<BTreeSet<_>>() {
            problems.push(format!("message {key}: arguments {arguments:?} in nl, {others:?} in en"));
        }
        if key.starts_with("flash-") && !arguments.is_empty() {
            problems
                .push(format!("message {key}: a flash message takes no arguments (it travels in a cookie)"));
        }
    }
}

/// Collects arguments (`$name`) and text of a pattern, selects and function calls included.
#[derive(Default)]
struct Found {
    arguments: Vec<String>,
    text: String,
}

impl Found {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.text.push_str(value),
                PatternElement::Placeable { expression } => self.expression(expression),
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id }
                if self.arguments.iter().any(|known| known == id.name) => {}
            InlineExpression::VariableReference { id } => self.arguments.push(id.name.to_owned()),
            InlineExpression::FunctionReference { arguments, .. } => self.call(arguments),
            InlineExpression::TermReference { arguments: Some(arguments), .. } => self.call(arguments),
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::MessageReference { id, .. } => {
                panic!("a message refers to message {}: use a term (-{}) instead", id.name, id.name)
            }
            _ => {}
        }
    }

    fn call(&mut self, arguments: &CallArguments<&str>) {
        for positional in &arguments.positional {
            self.inline(positional);
        }
        for named in &arguments.named {
            self.inline(&named.value);
        }
    }
}

fn generate(nl: &Catalogue, en: &Catalogue) -> String {
    let mut out = String::new();
    for (name, catalogue) in [("SOURCES_NL", nl), ("SOURCES_EN", en)] {
        writeln!(out, "const {name}: &[&str] = &[").expect("a String takes all");
        for file in &catalogue.files {
            writeln!(out, "    include_str!({:?}),", file.display().to_string()).expect("a String takes all");
        }
        out.push_str("];\n");
    }
    out.push_str("/// Each message as a method.\nimpl T {\n");
    for (key, (arguments, text)) in &nl.messages {
        let method = key.replace('-', "_");
        let summary = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "");
        writeln!(out, "    #[doc = {:?}]\n    #[must_use]", format!("“{summary}”"))
            .expect("a String takes all");
        let parameters: String =
            arguments.iter().map(|name| format!(", {}: impl Arg", name.replace('-', "_"))).collect();
        writeln!(out, "    pub fn {method}(&self{parameters}) -> Text {{").expect("a String takes all");
        if arguments.is_empty() {
            writeln!(out, "        self.say({key:?}, None)\n    }}").expect("a String takes all");
        } else {
            let sets: String = arguments
                .iter()
                .map(|name| format!("args.set({name:?}, {}.arg()); ", name.replace('-', "_")))
                .collect();
            writeln!(
                out,
                "        let mut args = FluentArgs::with_capacity({}); {sets}\n        self.say({key:?}, Some(&args))\n    }}",
                arguments.len()
            )
            .expect("a String takes all");
        }
    }
    out.push_str("}\n");
    let keys: Vec<&String> = nl.messages.keys().collect();
    writeln!(out, "/// Every key.\n#[cfg(test)]\nconst KEYS: &[&str] = &{keys:?};")
        .expect("a String takes all");
    flash(&mut out, &keys);
    out
}

fn flash(out: &mut String, keys: &[&String]) {
    let flashes: Vec<(String, &str)> =
        keys.iter().filter_map(|key| key.strip_prefix("flash-").map(|code| (camel(code), code))).collect();
    out.push_str(
        "/// What can be said once after a redirect: the messages whose key begins with `flash-`.\n",
    );
    out.push_str("#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum Flash {\n");
    for (variant, code) in &flashes {
        writeln!(out, "    /// `flash-{code}`\n    {variant},").expect("a String takes all");
    }
    out.push_str("}\nimpl Flash {\n    /// All of them.\n    pub const ALL: &[Self] = &[");
    for (variant, _) in &flashes {
        write!(out, "Self::{variant}, ").expect("a String takes all");
    }
    out.push_str("];\n    /// The code that travels in the cookie.\n    #[must_use]\n    pub const fn code(self) -> &'static str { match self {\n");
    for (variant, code) in &flashes {
        writeln!(out, "        Self::{variant} => {code:?},").expect("a String takes all");
    }
    out.push_str("    } }\n    /// The text on screen.\n    #[must_use]\n    pub fn text(self, t: T) -> Text { match self {\n");
    for (variant, code) in &flashes {
        writeln!(out, "        Self::{variant} => t.flash_{}(),", code.replace('-', "_"))
            .expect("a String takes all");
    }
    out.push_str("    } }\n}\n");
}

fn camel(code: &str) -> String {
    code.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}
