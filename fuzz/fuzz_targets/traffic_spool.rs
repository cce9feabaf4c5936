//! A spool that a crash left, and a log of positions: any bytes are read up to their last whole part, or refused; and what
//! was read of a spool becomes a segment.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use traffic::segment::{KeyObject, ManifestSigner, Segment};
use traffic::ship::positions;
use traffic::spool::{LeftSpool, hand_over};

struct Nobody;

impl ManifestSigner for Nobody {
    fn sign(&self, _: &[u8]) -> Vec<u8> {
        vec![0; 64]
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Some((length, _)) = positions::parse(bytes) {
        assert!(length <= bytes.len());
    }
    let folder = std::env::temp_dir().join(format!("fuzz-spool-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("spool");
    std::fs::write(&path, [b"WBSPOOL\x01", bytes].concat()).expect("writes");
    let Ok(left) = LeftSpool::open(&path, None) else { return };
    let mut data = Vec::new();
    if let Ok(sealed) = hand_over(&left, &Nobody, [0; 32], &folder.join("scratch"), &mut data) {
        let Ok(object) = KeyObject::parse(&sealed.key_object) else { return };
        if let Ok(segment) = Segment::open(object.name, Arc::new(data)) {
            assert_eq!(segment.entries().len(), object.records.len());
        }
    }
});
