//! Domain-separation labels: the complete list (CRYPTO section 2). One constant per derived key,
//! hash or signature; `cargo xtask tidy` refuses a `waarborg/` label anywhere else.

/// HKDF info of the key that wraps an epoch key under the root key.
pub const EPOCH_ROOT_WRAP: &str = "waarborg/epoch/v1/root-wrap";
/// HKDF info of the key that wraps data keys within an epoch.
pub const EPOCH_WRAP: &str = "waarborg/epoch/v1/wrap";
/// HKDF info of the blind-index key of one column within an epoch.
pub const EPOCH_INDEX: &str = "waarborg/epoch/v1/index";
/// Associated data of a wrapped data key.
pub const KEY_WRAP: &str = "waarborg/key/v1/wrap";
/// Associated data of a personal field.
pub const FIELD: &str = "waarborg/field/v1";
/// HKDF info of the opening of one commitment in one ledger entry.
pub const LEDGER_OPEN: &str = "waarborg/ledger/v1/open";
/// Message of a subject's commitment in a ledger entry.
pub const LEDGER_SUBJECT: &str = "waarborg/ledger/v1/subject";
/// Hash that names a segment of the traffic log.
pub const SEGMENT_ID: &str = "waarborg/segment/v1/id";
/// Associated data of a frame of a segment.
pub const SEGMENT_FRAME: &str = "waarborg/segment/v1/frame";
/// Hash that puts an address into a bucket of a segment's index.
pub const SEGMENT_BUCKET: &str = "waarborg/segment/v1/bucket";
/// Message of a node's signature under a segment's manifest.
pub const SEGMENT_MANIFEST: &str = "waarborg/segment/v1/manifest";

/// All of them, for the tests that look for strays and doubles.
pub const ALL: [&str; 11] = [
    EPOCH_ROOT_WRAP,
    EPOCH_WRAP,
    EPOCH_INDEX,
    KEY_WRAP,
    FIELD,
    LEDGER_OPEN,
    LEDGER_SUBJECT,
    SEGMENT_ID,
    SEGMENT_FRAME,
    SEGMENT_BUCKET,
    SEGMENT_MANIFEST,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_distinct_and_carry_the_prefix() {
        for (i, label) in ALL.iter().enumerate() {
            assert!(label.starts_with("waarborg/") && !ALL[..i].contains(label));
        }
    }
}
