//! A data object and a key object: any bytes give an error or are read, and a key object that is read is written
//! the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use traffic::segment::name::{EpochId, Line, NodeId, SegmentName};
use traffic::segment::{KeyObject, Segment};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(object) = KeyObject::parse(bytes) {
        assert_eq!(object.bytes(), bytes);
    }
    let name = SegmentName {
        line: Line::from_bytes([0; 32]),
        epoch: EpochId::from_bytes([0; 16]),
        day: base::Day::from_number(20_000),
        node: NodeId::from_bytes([0; 16]),
        seq: 0,
    };
    // With the right beginning, so that more than the first check is reached.
    let object = [b"WBDATA\0\x01", &name.id().bytes()[..], bytes].concat();
    if let Ok(segment) = Segment::open(name, Arc::new(object)) {
        assert!(segment.sites().len() <= segment.entries().len());
    }
});
