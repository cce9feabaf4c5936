//! Everything that officers get from a server as text: messages, rosters, group documents, approvals. What is read is
//! written back to a text that reads the same, and a roster and a document keep their bytes.

#![no_main]

use keys::seal::{Approval, Chain, GroupDocument, Message, RequestHash, Roster, SignedDocument};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let roster = Roster::parse(text);
    if let Ok(roster) = &roster {
        assert_eq!(roster.text(), text);
        assert_eq!(Roster::parse(roster.text()).as_ref(), Ok(roster));
    }
    if let Ok(message) = Message::parse(text) {
        assert_eq!(Message::parse(&message.text()).as_ref(), Ok(&message));
        if let Ok(roster) = &roster {
            assert!(message.verify(roster).is_err());
        }
    }
    if let Ok(document) = GroupDocument::parse(text) {
        assert_eq!(document.text(), text);
    }
    if let Ok(signed) = SignedDocument::parse(text) {
        assert_eq!(SignedDocument::parse(&signed.text()).as_ref(), Ok(&signed));
        let hash = signed.document().hash();
        let _ = Chain::begin(signed, hash);
    }
    if let Ok(approval) = Approval::parse(text) {
        assert_eq!(Approval::parse(&approval.text()).as_ref(), Ok(&approval));
        if let Ok(roster) = &roster {
            assert!(approval.verify(roster, RequestHash::of(b"")).is_err());
        }
    }
});
