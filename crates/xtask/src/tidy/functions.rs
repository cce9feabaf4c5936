//! Rules about functions: their length, and their parameters.

use super::Finding;
use super::source::{Kind, Source, line_of, occurrences};

/// Lines from which a function is warned about.
const LINES_WARNED: usize = 70;
/// Lines that a function may not pass.
const LINES_MAX: usize = 100;
/// Functions whose parameter another crate decides.
const GIVEN: [&str; 4] = ["visit_bool", "serialize_bool", "record_bool", "from"];

/// A function as it stands in the code.
struct Function<'a> {
    name: &'a str,
    line: usize,
    parameters: &'a str,
    /// From its name to its last brace; one for a declaration.
    lines: usize,
}

/// Both rules.
pub fn check(source: &Source) -> Vec<Finding> {
    if source.kind == Kind::Test {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for function in functions(&source.code) {
        let Function { name, line, lines, .. } = function;
        let why = format!("{name} has {lines} lines: split it by idea");
        if lines > LINES_MAX {
            findings.push(Finding::error(source.path, line, "function-length", why));
        } else if lines > LINES_WARNED {
            findings.push(Finding::warning(source.path, line, "function-length", why));
        }
        if !GIVEN.contains(&name) && split(function.parameters).iter().any(|parameter| is_bool(parameter)) {
            let why = format!("{name} takes a bool: an enum of two variants says at the call what it means");
            findings.push(Finding::error(source.path, line, "bool-parameter", why));
        }
    }
    findings
}

fn functions(code: &str) -> Vec<Function<'_>> {
    occurrences(code, "fn").filter_map(|at| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function<'_>> {
    let rest = &code[at + 2..];
    let begin = rest.find(|c: char| !c.is_whitespace())?;
    let length = rest[begin..].find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    if length == 0 {
        // The type of a pointer to a function.
        return None;
    }
    let name = &rest[begin..begin + length];
    let mut tail = begin + length;
    if rest[tail..].starts_with('<') {
        tail += matching(&rest[tail..], '<', '>')?;
    }
    let open = tail + rest[tail..].find('(')?;
    let close = open + matching(&rest[open..], '(', ')')?;
    let parameters = &rest[open + 1..close - 1];
    let body = body(&rest[close..]).map(|(from, to)| (close + from, close + to));
    let lines = body.map_or(1, |(_, to)| rest[begin..to].matches('\n').count() + 1);
    Some(Function { name, line: line_of(code, at), parameters, lines })
}

/// Where the braces of the body begin and end; none for a declaration.
fn body(rest: &str) -> Option<(usize, usize)> {
    let mut depth = 0i32;
    for (at, character) in rest.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' if depth == 0 => return None,
            '{' if depth == 0 => return Some((at, at + matching(&rest[at..], '{', '}')?)),
            _ => {}
        }
    }
    None
}

/// The length up to and with the bracket that closes the first one.
fn matching(rest: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0usize;
    let mut before = ' ';
    for (at, character) in rest.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close && !(close == '>' && before == '-') {
            depth -= 1;
            if depth == 0 {
                return Some(at + character.len_utf8());
            }
        }
        before = character;
    }
    None
}

/// The parameters one by one.
fn split(parameters: &str) -> Vec<&str> {
    let (mut depth, mut from, mut before) = (0i32, 0, ' ');
    let mut parts = Vec::new();
    for (at, character) in parameters.char_indices() {
        match character {
            '(' | '[' | '<' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&parameters[from..at]);
                from = at + 1;
            }
            _ => {}
        }
        before = character;
    }
    parts.push(&parameters[from..]);
    parts
}

fn is_bool(parameter: &str) -> bool {
    parameter.split_once(':').is_some_and(|(_, kind)| kind.trim() == "bool")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, usize)> {
        check(&Source::new("crates/office/src/a.rs", text)).into_iter().map(|f| (f.rule, f.line)).collect()
    }

    #[test]
    fn parameters_are_not_bool() {
        assert_eq!(found("//! a\nfn open(name: &str, new: bool) {}\n"), [("bool-parameter", 2)]);
        assert_eq!(
            found("trait A {\n    fn a<T: Fn(u8) -> u8>(&self, b: bool);\n}\n"),
            [("bool-parameter", 2)]
        );
        for good in [
            "fn open(name: &str) -> bool { true }",
            "fn filter(keep: impl Fn(&str) -> bool) {}",
            "fn pairs(pairs: &[(u8, bool)]) {}",
            "fn from(value: bool) -> A { A }",
            "type F = fn(bool) -> u8; struct A { b: bool }",
            "// fn open(new: bool)",
        ] {
            assert_eq!(found(good), [], "{good}");
        }
    }

    #[test]
    fn functions_are_short() {
        let long = |lines: usize| {
            format!("fn a() -> [u8; 2] {{\n{}    [1, 2]\n}}\nfn b() {{}}\n", "    b();\n".repeat(lines))
        };
        assert_eq!(found(&long(98)), [("function-length", 1)]);
        assert_eq!(
            check(&Source::new("crates/office/src/a.rs", &long(98)))[0].level,
            super::super::Level::Error
        );
        assert_eq!(
            check(&Source::new("crates/office/src/a.rs", &long(70)))[0].level,
            super::super::Level::Warning
        );
        assert_eq!(found(&long(60)), []);
    }
}
