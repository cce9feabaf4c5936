//! Rules for files of Rust that look at tokens and strings.

use super::Finding;
use super::source::{Kind, Source};

/// Lines before the tests from which a file is warned about.
const LINES_WARNED: usize = 500;
/// Lines before the tests that a file may not pass.
pub const LINES_MAX: usize = 700;
/// The name of the rule about them.
pub const LENGTH: &str = "length";

/// Ways to read the system clock.
const CLOCKS: [&str; 6] =
    ["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now", "OffsetDateTime::now_utc"];
/// Ways to reach another machine.
const SOCKETS: [&str; 10] = [
    "TcpStream::connect",
    "TcpSocket",
    "UdpSocket",
    "lookup_host",
    "to_socket_addrs",
    "lettre",
    "reqwest",
    "hyper::client",
    "hyper_util::client",
    "tokio_rustls",
];
/// Crates that speak to a database.
const DATABASES: [&str; 5] = ["sea_orm", "sea_orm_migration", "sea_query", "sqlx", "rusqlite"];
/// How a statement of SQL begins.
const STATEMENTS: [&str; 7] =
    ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE ", "DROP TABLE "];

/// Every rule of this file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(module_doc(source));
    if source.kind == Kind::Test {
        return findings;
    }
    findings.extend(length(source));
    findings.extend(clock(source));
    findings.extend(tokens(source, "names", &["fn get_"], "no get_ prefix: name what is given"));
    findings.extend(debug_in_log(source));
    if source.kind == Kind::Product {
        findings.extend(sql(source));
        findings.extend(transactions(source));
        findings.extend(labels(source));
        if source.krate != "outbound" {
            let why =
                "connections outward are opened by the crate outbound alone, which records every contact";
            findings.extend(tokens(source, "outward", &SOCKETS, why));
        }
    }
    findings
}

fn module_doc(source: &Source) -> Option<Finding> {
    let first =
        source.text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["))?;
    let said = first.strip_prefix("//!").map(str::trim);
    let empty = said.is_none_or(|said| said.is_empty() || said.starts_with("To be written"));
    empty.then(|| {
        Finding::error(source.path, 1, "module-doc", "open with //! and the module's purpose and invariants")
    })
}

fn length(source: &Source) -> Option<Finding> {
    let lines = source.product_lines;
    let why = format!("{lines} lines before the tests: split it by idea");
    if lines > LINES_MAX {
        Some(Finding::error(source.path, lines, LENGTH, why))
    } else if lines > LINES_WARNED {
        Some(Finding::warning(source.path, lines, LENGTH, why))
    } else {
        None
    }
}

fn clock(source: &Source) -> Vec<Finding> {
    if source.krate == "base" {
        return Vec::new();
    }
    let why = "the clock is read in base alone and passed in, so that tests can set it";
    let mut findings = tokens(source, "clock", &CLOCKS, why);
    // Time-outs count by tokio's clock, which tests can hold still.
    let tokio = source.code.split(';').any(|item| item.contains("tokio::time") && item.contains("Instant"));
    if source.kind != Kind::Tool && !tokio {
        findings.extend(tokens(source, "clock", &["Instant::now"], why));
    }
    findings
}

fn sql(source: &Source) -> Vec<Finding> {
    let may =
        source.krate == "store" || source.path.ends_with("/store.rs") || source.path.contains("/store/");
    if may {
        return Vec::new();
    }
    let why = "SQL and entities appear only in store.rs files and the crate store";
    let mut findings = tokens(source, "sql", &DATABASES, why);
    for literal in &source.strings {
        let text = literal.text.trim_start();
        // "UPDATE" alone begins sentences too; a statement goes on with SET.
        let statement = STATEMENTS.iter().any(|s| text.starts_with(s))
            && (!text.starts_with("UPDATE ") || text.contains(" SET "));
        if statement {
            findings.push(Finding::error(source.path, literal.line, "sql", why));
        }
    }
    findings
}

fn transactions(source: &Source) -> Vec<Finding> {
    if source.krate == "store" {
        return Vec::new();
    }
    let why = "transactions begin through the store alone: a plain begin is deferred on SQLite and fails half way when it first reads";
    tokens(source, "transaction", &["TransactionTrait", "sea_orm::*"], why)
}

fn labels(source: &Source) -> Vec<Finding> {
    if source.path == "crates/base/src/label.rs" {
        return Vec::new();
    }
    let why =
        "labels of derived keys, hashes and signatures stand in base::label alone, so that no two are alike";
    let literals = source.strings.iter().filter(|literal| is_label(&literal.text));
    literals.map(|literal| Finding::error(source.path, literal.line, "label", why)).collect()
}

/// `waarborg/<word>/v<digit>`, anywhere in the text.
fn is_label(text: &str) -> bool {
    text.match_indices("waarborg/").any(|(at, prefix)| {
        let mut parts = text[at + prefix.len()..].split('/');
        let word = parts.next().is_some_and(|word| !word.is_empty());
        let version = parts.next().and_then(|version| version.strip_prefix('v'));
        word && version.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// `?value` in a log line: Debug output of an error of PostgreSQL holds the offending value.
fn debug_in_log(source: &Source) -> Vec<Finding> {
    let code = &source.code;
    let captures = code.match_indices('?').map(|(at, _)| at).filter(|&at| {
        let after = code[at + 1..].chars().next();
        let before = code[..at].trim_end().chars().next_back();
        after.is_some_and(|c| c.is_lowercase() || c == '_') && matches!(before, Some('(' | ',' | '='))
    });
    let why = "log with % (Display): the Debug form of a database error holds the value it is about";
    captures
        .map(|at| Finding::error(source.path, super::source::line_of(code, at), "log-debug", why))
        .collect()
}

fn tokens(source: &Source, rule: &'static str, tokens: &[&str], why: &str) -> Vec<Finding> {
    let find = |token: &&str| {
        let lines = if token.ends_with('_') { prefixes(source, token) } else { source.find(token) };
        lines
            .into_iter()
            .map(|line| Finding::error(source.path, line, rule, format!("{token}: {why}")))
            .collect::<Vec<_>>()
    };
    tokens.iter().flat_map(find).collect()
}

/// The lines on which something begins with this.
fn prefixes(source: &Source, token: &str) -> Vec<usize> {
    source.code.match_indices(token).map(|(at, _)| super::source::line_of(&source.code, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule and line of each finding.
    fn found(path: &str, text: &str) -> Vec<(&'static str, usize)> {
        check(&Source::new(path, text)).into_iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[track_caller]
    fn bad(path: &str, line: &str, rule: &'static str) {
        assert_eq!(found(path, &format!("//! Purpose.\n{line}\n")), [(rule, 2)], "{path}: {line}");
    }

    #[track_caller]
    fn good(path: &str, line: &str) {
        assert_eq!(found(path, &format!("//! Purpose.\n{line}\n")), [], "{path}: {line}");
    }

    #[test]
    fn modules_open_with_their_purpose() {
        assert_eq!(found("crates/keys/src/a.rs", "fn a() {}\n"), [("module-doc", 1)]);
        assert_eq!(found("crates/keys/src/a.rs", "//! To be written.\n"), [("module-doc", 1)]);
        assert_eq!(found("crates/tests/tests/a.rs", "fn a() {}\n"), [("module-doc", 1)]);
        assert_eq!(found("crates/keys/src/a.rs", "#![expect(x)]\n\n//! Purpose.\nfn a() {}\n"), []);
    }

    #[test]
    fn files_are_short_before_their_tests() {
        let long = |product: usize, tests: usize| {
            format!(
                "//! Purpose.\n{}#[cfg(test)]\nmod tests {{\n{}}}\n",
                "fn a() {}\n".repeat(product - 1),
                "fn b() {}\n".repeat(tests)
            )
        };
        assert_eq!(found("crates/keys/src/a.rs", &long(701, 1)), [("length", 701)]);
        assert_eq!(found("crates/keys/src/a.rs", &long(400, 800)), []);
        let warned = long(501, 1);
        let finding = length(&Source::new("crates/keys/src/a.rs", &warned));
        assert_eq!(finding.map(|f| f.level), Some(super::super::Level::Warning));
    }

    #[test]
    fn the_clock_is_read_in_base() {
        bad("crates/office/src/a.rs", "let t = std::time::SystemTime::now();", "clock");
        bad("crates/office/src/a.rs", "let t = jiff::Timestamp::now();", "clock");
        bad("crates/office/src/a.rs", "let t = Instant::now();", "clock");
        bad("crates/xtask/src/a.rs", "let t = SystemTime::now();", "clock");
        good("crates/xtask/src/a.rs", "let t = Instant::now();");
        good("crates/waarborg/examples/bench/main.rs", "let t = Instant::now();");
        good(
            "crates/outbound/src/a.rs",
            "use tokio::time::{Instant, timeout_at}; fn a() { Instant::now(); }",
        );
        bad(
            "crates/outbound/src/a.rs",
            "use tokio::time::timeout; fn a() { std::time::Instant::now(); }",
            "clock",
        );
        good("crates/base/src/time.rs", "let t = jiff::Timestamp::now();");
        good("crates/office/src/a.rs", "let t = self.clock.now(); // not SystemTime::now");
    }

    #[test]
    fn names_have_no_get() {
        bad("crates/office/src/a.rs", "fn get_customer() {}", "names");
        good("crates/office/src/a.rs", "fn customer() { map.get(1); budget_get_x(); }");
    }

    #[test]
    fn sql_stays_in_stores() {
        bad("crates/office/src/customers/service.rs", "use sea_orm::EntityTrait;", "sql");
        bad("crates/office/src/customers/service.rs", "let q = \"SELECT id FROM customer\";", "sql");
        bad("crates/office/src/customers/service.rs", "let q = \"UPDATE customer SET a = 1\";", "sql");
        bad("crates/waarborg/src/backup.rs", "let q = r#\" DELETE FROM customer\"#;", "sql");
        good("crates/office/src/customers/store.rs", "use sea_orm::EntityTrait;");
        good("crates/office/src/customers/store/rows.rs", "let q = \"SELECT id FROM customer\";");
        good("crates/store/src/jobs.rs", "let q = \"SELECT id FROM job\";");
        good(
            "crates/office/src/customers/service.rs",
            "let q = \"UPDATE your address\"; let p = \"SELECTED\";",
        );
    }

    #[test]
    fn transactions_begin_in_the_store() {
        bad("crates/office/src/customers/store.rs", "use sea_orm::TransactionTrait;", "transaction");
        bad("crates/office/src/customers/store.rs", "use sea_orm::*;", "transaction");
        good("crates/store/src/connect.rs", "use sea_orm::TransactionTrait;");
        good("crates/office/src/customers/store.rs", "let tx = store.begin().await?;");
    }

    #[test]
    fn only_outbound_opens_connections() {
        bad("crates/office/src/a.rs", "let s = TcpStream::connect(address).await?;", "outward");
        bad("crates/waarborg/src/a.rs", "use lettre::SmtpTransport;", "outward");
        bad("crates/waarborg/src/a.rs", "use hyper_util::client::legacy::Client;", "outward");
        bad("crates/waarborg/src/a.rs", "use hyper::client::conn::http1;", "outward");
        good("crates/waarborg/src/a.rs", "use hyper_util::rt::TokioTimer;");
        good("crates/outbound/src/mail.rs", "use lettre::SmtpTransport;");
        good("crates/web/src/a.rs", "let l = TcpListener::bind(address).await?;");
        good("crates/tests/tests/a.rs", "let s = TcpStream::connect(address).await?;");
        good("crates/web/src/a.rs", "#[cfg(test)]\nmod tests {\n fn a() { TcpStream::connect(b); }\n}");
    }

    #[test]
    fn labels_stand_in_one_place() {
        bad("crates/keys/src/a.rs", "let l = \"waarborg/epoch/v1/wrap\";", "label");
        bad("crates/keys/src/a.rs", "let l = b\"waarborg/field/v2\";", "label");
        good("crates/base/src/label.rs", "pub const A: &str = \"waarborg/epoch/v1/wrap\";");
        good("crates/keys/src/a.rs", "let l = \"waarborg/epoch\"; // as waarborg/epoch/v1/wrap");
        good("crates/web/src/a.rs", "let path = \"/usr/share/waarborg/views\";");
    }

    #[test]
    fn logs_do_not_use_debug() {
        bad("crates/office/src/a.rs", "tracing::warn!(?error, \"failed\");", "log-debug");
        bad(
            "crates/office/src/a.rs",
            "tracing::warn!(customer.id = %id, error = ?e, \"failed\");",
            "log-debug",
        );
        good(
            "crates/office/src/a.rs",
            "tracing::warn!(%error, \"failed\"); f()?.a(b()?, c)?; fn d<T: ?Sized>() {}",
        );
    }
}
