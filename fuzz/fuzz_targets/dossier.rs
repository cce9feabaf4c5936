//! What an officer's program reads of the office: release dossiers, requests, bundles, answers, identities. What is read is
//! written back to a text that reads the same, and a request keeps its bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use office::releases::{Dossier, Request};
use office::seal::{Answer, Bundle, read_identity, write_identity};

fuzz_target!(|text: &str| {
    if let Ok(dossier) = Dossier::parse(text) {
        let again = Dossier::parse(&dossier.text()).expect("what was written reads");
        assert_eq!(again, dossier);
    }
    if let Ok(request) = Request::parse(text) {
        assert_eq!(request.text(), text);
    }
    if let Ok(bundle) = Bundle::parse(text) {
        assert!(Bundle::parse(&bundle.text()).is_ok());
    }
    if let Ok(answer) = Answer::parse(text) {
        assert_eq!(Answer::parse(&answer.text()).ok().as_ref(), Some(&answer));
    }
    if let Ok(officer) = read_identity(text) {
        assert_eq!(read_identity(&write_identity(&officer)).ok().as_ref(), Some(&officer));
    }
});
