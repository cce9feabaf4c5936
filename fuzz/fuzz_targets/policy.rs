//! A policy file: whatever is accepted can be written out in both languages, and is kept as it was.

#![no_main]

use base::Language;
use libfuzzer_sys::fuzz_target;
use policy::{Policy, register, schedule, statement};

fuzz_target!(|text: &str| {
    match Policy::parse(text) {
        Ok(policy) => {
            assert_eq!(policy.text(), text);
            for language in Language::ALL {
                let statement = statement::render(&policy, language);
                assert!(!statement.to_html().is_empty() && !statement.to_text().is_empty());
                assert!(!register::controller(&policy, language).to_csv().is_empty());
                assert!(!register::processor(&policy, language).to_csv().is_empty());
                assert!(!schedule::schedule(&policy, language).to_csv().is_empty());
            }
        }
        // Every refusal can be shown.
        Err(errors) => assert!(!errors.to_string().is_empty()),
    }
});
