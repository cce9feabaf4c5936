//! A share of the root key as a person types it from paper: what is read is written back to a
//! text that reads the same.

#![no_main]

use keys::RootKey;
use keys::paper::Share;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(share) = text.parse::<Share>() else { return };
    let again: Share = share.text().parse().expect("what was written can be read");
    assert_eq!(
        (again.index(), again.threshold(), again.count()),
        (share.index(), share.threshold(), share.count())
    );
    assert_eq!(again.text(), share.text());
    // One share of a set, given twice, is not a set.
    if share.threshold() > 1 {
        assert!(RootKey::from_shares(&[share, again]).is_err());
    }
});
