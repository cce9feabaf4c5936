//! Foreign text never makes the reader panic, and what it accepts can be written out.

use base::Language;
use policy::{DEMO_POLICY, Policy, STARTING_POLICY};
use proptest::prelude::*;

/// Reads, and writes out everything when the text was accepted.
fn exercise(text: &str) {
    if let Ok(policy) = Policy::parse(text) {
        for language in Language::ALL {
            let written = [
                policy::statement::render(&policy, language).to_html(),
                policy::register::controller(&policy, language).to_csv(),
                policy::register::processor(&policy, language).to_html(),
                policy::schedule::schedule(&policy, language).to_csv(),
            ];
            assert!(written.iter().all(|text| !text.is_empty()));
        }
    }
}

/// A byte position moved to the start of the character it lies in.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text(text in "\\PC{0,400}") {
        exercise(&text);
    }

    #[test]
    fn arbitrary_bytes_that_are_text(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        exercise(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn toml_like_text(parts in proptest::collection::vec(
        prop_oneof![
            Just("[purposes.a]\n"), Just("[promises.P01]\n"), Just("[["), Just("]]\n"), Just("text = {"), Just("}\n"),
            Just("nl = \"x\", "), Just("\"\"\"\n"), Just("retention = \"1 year\"\n"), Just("hosts = [\"a:1\"]\n"),
            Just("date = 9999-12-31\n"), Just("date = 0000-01-01\n"), Just("format = 0x1\n"), Just("law.x.term = \"9 hours\"\n"),
            Just("\u{0}"), Just("é"), Just("= "), Just("\\u{0}"), Just("'"),
        ],
        0..60,
    )) {
        exercise(&parts.concat());
    }

    #[test]
    fn mutated_templates(
        demo in any::<bool>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..40, "\\PC{0,12}"), 1..4),
    ) {
        let mut text = if demo { DEMO_POLICY } else { STARTING_POLICY }.to_owned();
        for (at, cut, put) in edits {
            let from = boundary(&text, at.index(text.len().max(1)));
            let to = boundary(&text, from + cut).max(from);
            text.replace_range(from..to, &put);
        }
        exercise(&text);
    }

    #[test]
    fn templates_with_lines_moved_or_dropped(
        first in any::<prop::sample::Index>(),
        second in any::<prop::sample::Index>(),
        drop_line in any::<bool>(),
    ) {
        let mut lines: Vec<&str> = DEMO_POLICY.lines().collect();
        let (one, other) = (first.index(lines.len()), second.index(lines.len()));
        if drop_line {
            lines.remove(one);
        } else {
            lines.swap(one, other);
        }
        exercise(&lines.join("\n"));
    }
}
