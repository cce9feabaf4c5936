//! An address as someone types it: normalising once is enough, or look-ups would miss.

#![no_main]

use keys::normalise_email;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(address) = normalise_email(text) {
        assert_eq!(normalise_email(&address).as_deref(), Ok(address.as_str()));
    }
});
