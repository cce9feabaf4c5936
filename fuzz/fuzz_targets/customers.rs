//! A CSV file of customers: every row is either right or wrong and named with its line, and what is
//! right can be typed again and is the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use office::customers::ProfileForm;
use office::customers::import::plan;
use std::collections::BTreeSet;

/// A header in front of the bytes, so that most of them are rows.
const HEADER: &[u8] = b"name;email;organisation;kvk;vat;phone;street;postcode;city;country;language\n";

fn check(bytes: &[u8]) {
    let plan = match plan(bytes) {
        Ok(plan) => plan,
        // Every refusal can be shown.
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(plan.wrong.len() <= 1_000 && plan.wrong.len() as u64 <= plan.wrong_count);
    let mut lines = BTreeSet::new();
    for row in &plan.rows {
        assert!(row.line >= 2 && lines.insert(row.line), "line {} twice", row.line);
        let again = ProfileForm::of(&row.profile).parse().expect("what was accepted is accepted again");
        assert_eq!(again, row.profile);
    }
    for wrong in &plan.wrong {
        assert!(wrong.line >= 2 && lines.insert(wrong.line), "line {} twice", wrong.line);
        assert!(!wrong.problems.is_empty() && !wrong.to_string().contains('\n'));
    }
}

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    check(&[HEADER, bytes].concat());
});
