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
/// HKDF salt of the key of a sealed block.
pub const SEAL: &str = "waarborg/seal/v1";
/// Hash to the second generator of a group key.
pub const SEAL_GBAR: &str = "waarborg/seal/v1/gbar";
/// The label of a key record.
pub const SEAL_LABEL: &str = "waarborg/seal/v1/label";
/// Challenge of the proof in a key record.
pub const SEAL_CT: &str = "waarborg/seal/v1/ct";
/// HKDF info of the key of a sealed block.
pub const SEAL_KEY: &str = "waarborg/seal/v1/key";
/// Challenge of the proof in a partial result.
pub const SEAL_PART: &str = "waarborg/seal/v1/part";
/// Nonce of the proof in a partial result.
pub const SEAL_NONCE: &str = "waarborg/seal/v1/nonce";
/// Fingerprint of an officer.
pub const OFFICER_ID: &str = "waarborg/officer/v1/id";
/// Hash of a roster: the session of its ceremony.
pub const ROSTER: &str = "waarborg/roster/v1";
/// Message of an officer's signature on a group document.
pub const GROUP: &str = "waarborg/group/v1";
/// Message of the signature on a message between officers.
pub const MAILBOX: &str = "waarborg/mailbox/v1";
/// Hash of all messages of a ceremony's first round.
pub const DKG_ROUND1: &str = "waarborg/dkg/v1/round1";
/// What an officer deals to another one, before it is encrypted.
pub const DKG_SHARE: &str = "waarborg/dkg/v1/share";
/// Hash of a release request.
pub const RELEASE_REQUEST: &str = "waarborg/release/v1/request";
/// Message of an officer's signature under a release request.
pub const RELEASE_APPROVE: &str = "waarborg/release/v1/approve";
/// An officer's partial results, before they are encrypted to the session that asked.
pub const RELEASE_PARTIALS: &str = "waarborg/release/v1/partials";
/// Commitment in the ledger to the domain that a site id stands for.
pub const SITE: &str = "waarborg/site/v1";

/// Hash that names a segment of the traffic log.
pub const SEGMENT_ID: &str = "waarborg/segment/v1/id";
/// Associated data of a frame of a segment.
pub const SEGMENT_FRAME: &str = "waarborg/segment/v1/frame";
/// Hash that puts an address into a bucket of a segment's index.
pub const SEGMENT_BUCKET: &str = "waarborg/segment/v1/bucket";
/// Message of a node's signature under a segment's manifest.
pub const SEGMENT_MANIFEST: &str = "waarborg/segment/v1/manifest";

/// All of them, for the tests that look for strays and doubles.
pub const ALL: [&str; 28] = [
    EPOCH_ROOT_WRAP,
    EPOCH_WRAP,
    EPOCH_INDEX,
    KEY_WRAP,
    FIELD,
    LEDGER_OPEN,
    LEDGER_SUBJECT,
    SEAL,
    SEAL_GBAR,
    SEAL_LABEL,
    SEAL_CT,
    SEAL_KEY,
    SEAL_PART,
    SEAL_NONCE,
    OFFICER_ID,
    ROSTER,
    GROUP,
    MAILBOX,
    DKG_ROUND1,
    DKG_SHARE,
    RELEASE_REQUEST,
    RELEASE_APPROVE,
    RELEASE_PARTIALS,
    SITE,
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
