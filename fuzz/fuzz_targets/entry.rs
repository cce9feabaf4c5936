//! A ledger entry, as it is read from a bundle: kept byte for byte, and its parts can be asked for.

#![no_main]

use ledger::Entry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = Entry::from_bytes(bytes) {
        assert_eq!(entry.bytes(), bytes);
        assert!(!entry.kind().is_empty());
        assert!(entry.data().is_object());
        assert_eq!(Entry::from_bytes(entry.bytes()).expect("the same bytes"), entry);
    }
});
