//! A share file: as it lies on the disk, and what is inside once it is opened. Both come from outside: an officer may
//! be handed a file, and may edit one.

#![no_main]

use keys::seal::{Passphrase, ShareFile};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static WORDS: LazyLock<Passphrase> =
    LazyLock::new(|| "legal winner thank year wave sausage".parse().expect("words of the list"));

fuzz_target!(|data: &[u8]| {
    // The cost of a right header is scrypt's, up to the factor that is accepted; it is tested elsewhere.
    if !data.starts_with(b"age-encryption.org/v1\n-> scrypt ") {
        let _ = ShareFile::open(data, &WORDS);
    }
    let _ = ShareFile::parse(data);
    if let Ok(text) = core::str::from_utf8(data)
        && let Ok(words) = text.parse::<Passphrase>()
    {
        assert_eq!(words.expose().parse().as_ref(), Ok(&words));
    }
});
