//! Key records and partial results: what is read is written back to the same bytes, and checking a record of a
//! stranger under any label does not panic. The first byte says which; a label follows a record.

#![no_main]

use keys::seal::{EpochId, GroupKey, Label, Line, NodeId, PARTIAL_BYTES, Partial, Point, RECORD_BYTES, Record};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

static KEY: LazyLock<Arc<GroupKey>> = LazyLock::new(|| {
    let base = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&base[2 * at..2 * at + 2], 16).expect("hexadecimal");
    }
    let public = Point::parse(&bytes).expect("the generator");
    Arc::new(GroupKey::new(Line::from_bytes([1; 32]), EpochId::from_bytes([2; 16]), public))
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    if *first == 0 {
        if let Ok(partial) = Partial::parse(rest) {
            assert_eq!(partial.bytes().as_slice(), rest);
            assert_eq!(rest.len(), PARTIAL_BYTES);
        }
        return;
    }
    let Some((bytes, rest)) = rest.split_at_checked(RECORD_BYTES) else { return };
    let Ok(record) = Record::parse(bytes) else { return };
    assert_eq!(record.bytes().as_slice(), bytes);
    let seq = rest.first().copied().map_or(0, u32::from);
    let label = Label {
        day: base::Day::from_number(seq),
        node: NodeId::from_bytes([3; 16]),
        seq,
        block: record.block(),
    };
    // Nobody here made a record under this key.
    assert!(KEY.check(&label, &record).is_err());
});
