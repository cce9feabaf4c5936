//! A file of Rust, taken apart far enough for rules: what is code, what is a string, what is a
//! comment, and where its tests begin. Not a parser: the compiler sees to it that the text is Rust.

/// Whose rules apply to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Part of the program.
    Product,
    /// Only ever runs in tests.
    Test,
    /// Runs on a contributor's machine: tasks, measurements, build scripts.
    Tool,
}

/// A string literal, without its quotes, escapes as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// The line it begins on.
    pub line: usize,
    pub text: String,
}

/// A file of Rust.
pub struct Source<'a> {
    pub path: &'a str,
    /// The crate's name, from the path.
    pub krate: &'a str,
    pub kind: Kind,
    /// The text as written.
    pub text: &'a str,
    /// The text before its tests, with comments and the insides of strings blanked.
    pub code: String,
    /// The string literals before the tests.
    pub strings: Vec<Literal>,
    /// How many lines come before the tests.
    pub product_lines: usize,
}

impl<'a> Source<'a> {
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let krate = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let product_lines = lines_before_tests(text);
        let end = text.split_inclusive('\n').take(product_lines).map(str::len).sum();
        let (code, strings) = take_apart(&text[..end]);
        Self { path, krate, kind: kind(path, krate), text, code, strings, product_lines }
    }

    /// The lines on which a token stands in the code. Names are matched whole.
    pub fn find(&self, token: &str) -> Vec<usize> {
        occurrences(&self.code, token).map(|at| line_of(&self.code, at)).collect()
    }
}

fn kind(path: &str, krate: &str) -> Kind {
    let within = |folder: &str| path.contains(&format!("/{folder}/"));
    if krate == "tests" || within("tests") || path.ends_with("tests.rs") || path.ends_with("/testing.rs") {
        Kind::Test
    } else if krate == "xtask" || within("examples") || within("benches") || path.ends_with("/build.rs") {
        Kind::Tool
    } else if krate.is_empty() {
        // The fuzz targets, which are no crate of the workspace.
        Kind::Tool
    } else {
        Kind::Product
    }
}

/// The number of the line, from one, that a position is on.
pub fn line_of(text: &str, position: usize) -> usize {
    text[..position].bytes().filter(|byte| *byte == b'\n').count() + 1
}

/// Where a token stands, names matched whole.
pub fn occurrences<'t>(code: &'t str, token: &'t str) -> impl Iterator<Item = usize> + 't {
    let name = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(token).map(|(at, _)| at).filter(move |&at| {
        let before = code[..at].chars().next_back();
        let after = code[at + token.len()..].chars().next();
        let longer =
            name(token.chars().next()) && name(before) || name(token.chars().next_back()) && name(after);
        !longer
    })
}

/// Tests come last: everything from the attribute of the test module on.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if !line.starts_with("#[cfg(test)]") {
            continue;
        }
        let item = lines[index + 1..].iter().find(|line| !line.starts_with("#[") && !line.starts_with("//"));
        if item.is_some_and(|item| item.starts_with("mod ") && item.ends_with('{')) {
            return index;
        }
    }
    lines.len()
}

/// The code with comments and strings blanked, and the strings. Line breaks stay where they are.
fn take_apart(text: &str) -> (String, Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        // After a name, an r or b is the end of that name.
        let after_name = code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let prefixes: &[&str] = if after_name { &[""] } else { &["br", "cr", "r", "b", "c", ""] };
        let length = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            blank(&mut code, &rest[..length]);
            length
        } else if rest.starts_with("/*") {
            let length = block_comment(rest);
            blank(&mut code, &rest[..length]);
            length
        } else if let Some((open, inside, close)) = string(rest, prefixes) {
            strings.push(Literal { line: line_of(text, at), text: rest[open..open + inside].to_owned() });
            code.push('"');
            blank(&mut code, &rest[1..open + inside + close - 1]);
            code.push('"');
            open + inside + close
        } else if let Some(length) = character(rest) {
            blank(&mut code, &rest[..length]);
            length
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            code.push_str(&rest[..length]);
            length
        };
        at += length;
    }
    (code, strings)
}

fn blank(code: &mut String, text: &str) {
    code.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The lengths of the opening, the inside and the closing of a string literal that begins here.
fn string(rest: &str, prefixes: &[&str]) -> Option<(usize, usize, usize)> {
    let prefix = prefixes.iter().find(|prefix| rest.starts_with(**prefix))?;
    let raw = prefix.ends_with('r');
    let hashes = rest[prefix.len()..].bytes().take_while(|byte| raw && *byte == b'#').count();
    let open = prefix.len() + hashes + 1;
    if rest.as_bytes().get(open - 1) != Some(&b'"') {
        return None;
    }
    let inside = &rest[open..];
    let length = if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        inside.find(&end)?
    } else {
        let mut escaped = false;
        inside.bytes().position(|byte| {
            let end = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            end
        })?
    };
    Some((open, length, 1 + hashes))
}

/// The length of a character literal that begins here; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        // The escaped character may itself be a quote.
        let skipped = escape.chars().next()?.len_utf8();
        return Some(2 + skipped + escape[skipped..].find('\'')? + 1);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let text = "a(); // b()\n/* c() /* d() */ e() */ f(\"g() \\\" h()\");\nr#\"i() \" j()\"#; k('\"', 'l', '\\'');\nfn m<'n>() {}";
        let (code, strings) = take_apart(text);
        for kept in ["a()", "f(", "k(", "fn m<'n>()"] {
            assert!(code.contains(kept), "{kept} in {code}");
        }
        for gone in ["b()", "c()", "d()", "e()", "g()", "h()", "i()", "j()", "'l'"] {
            assert!(!code.contains(gone), "{gone} in {code}");
        }
        assert_eq!(code.lines().count(), text.lines().count());
        let found: Vec<_> = strings.iter().map(|s| (s.line, s.text.as_str())).collect();
        assert_eq!(found, [(2, "g() \\\" h()"), (3, "i() \" j()")]);
    }

    #[test]
    fn what_follows_the_test_attribute_is_not_product_code() {
        let source = "fn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n fn b() {}\n}\n";
        assert_eq!(lines_before_tests(source), 1);
        // A helper for tests within product code does not end it, nor do tests in a file apart.
        assert_eq!(lines_before_tests("#[cfg(test)]\nfn a() {}\nfn b() {}\n"), 3);
        assert_eq!(lines_before_tests("#[cfg(test)]\nmod tests;\nfn b() {}\n"), 3);
    }

    #[test]
    fn names_are_matched_whole() {
        assert_eq!(occurrences("Instant::now MyInstant::now Instant::nowhere", "Instant::now").count(), 1);
        assert_eq!(occurrences("use lettre::x; let lettres = 1;", "lettre").count(), 1);
    }

    #[test]
    fn kinds_follow_the_path() {
        for (path, expected) in [
            ("crates/keys/src/a.rs", Kind::Product),
            ("crates/keys/src/a/tests.rs", Kind::Test),
            ("crates/keys/src/a_tests.rs", Kind::Test),
            ("crates/keys/src/testing.rs", Kind::Test),
            ("crates/keys/tests/a.rs", Kind::Test),
            ("crates/tests/src/a.rs", Kind::Test),
            ("crates/xtask/src/a.rs", Kind::Tool),
            ("crates/waarborg/examples/bench/main.rs", Kind::Tool),
            ("crates/web/build.rs", Kind::Tool),
            ("fuzz/fuzz_targets/a.rs", Kind::Tool),
        ] {
            assert_eq!(Source::new(path, "").kind, expected, "{path}");
        }
    }
}
