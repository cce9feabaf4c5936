//! A signed checkpoint, as a witness or a customer receives it: one spelling only.

#![no_main]

use ledger::Checkpoint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(signed) = Checkpoint::parse(bytes) {
        assert_eq!(signed.to_note().as_bytes(), bytes);
    }
});
