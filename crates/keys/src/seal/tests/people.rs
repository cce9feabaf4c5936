//! Officers in one place, with a mailbox between them that a test can tamper with.

use super::random;
use crate::seal::{
    Approval, Compared, Epoch, EpochId, Message, OfficerIdentity, Passphrase, Plan, Roster, ShareFile,
    ShareFileError, SignedDocument, Step,
};
use base::{Day, Random};
use std::collections::BTreeMap;

/// scrypt as cheap as it goes: tests are not attacked.
pub(crate) const CHEAP: u8 = 1;

pub(crate) fn epochs(first: u8, count: u8) -> Vec<Epoch> {
    let epoch = |at: u8| Epoch {
        id: EpochId::from_bytes([at; 16]),
        first_day: Day::from_number(20_000 + 30 * u32::from(at)),
        last_day: Day::from_number(20_029 + 30 * u32::from(at)),
    };
    (first..first + count).map(epoch).collect()
}

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::generate(&random(77))
}

/// Officers with their share files, by number.
pub(crate) struct People {
    pub(crate) files: BTreeMap<u16, ShareFile>,
    pub(crate) temp: tempfile::TempDir,
}

pub(crate) fn identity(number: u16, random: &dyn Random) -> OfficerIdentity {
    OfficerIdentity::generate(&format!("Officer {number}"), random).expect("a name")
}

impl People {
    pub(crate) fn new(count: u16, random: &dyn Random) -> Self {
        let files = (1..=count).map(|i| (i, ShareFile::new(identity(i, random)))).collect();
        Self { files, temp: tempfile::tempdir().expect("a folder") }
    }

    /// A roster of these people.
    pub(crate) fn roster(&self, k: u16, epochs: &[Epoch], random: &dyn Random) -> Roster {
        let chain = self.files.values().find_map(ShareFile::chain);
        let officers: Vec<_> =
            self.files.iter().map(|(i, file)| (*i, file.identity().officer().clone())).collect();
        let plan = Plan {
            organisation: "Example Hosting",
            threshold: k,
            officers: &officers,
            epochs,
            previous: chain.map(|chain| (chain.last().roster().line(), chain.last().hash())),
        };
        Roster::compose(&plan, random).expect("a roster")
    }

    /// What officers type of each other's digits.
    pub(crate) fn digits(roster: &Roster) -> BTreeMap<u16, String> {
        let last =
            |(i, officer): (&u16, &crate::seal::Officer)| (*i, officer.fingerprint().last_group().to_owned());
        roster.officers().iter().map(last).collect()
    }

    pub(crate) fn compared(&self, number: u16, roster: &Roster) -> Compared {
        let session = roster.digits().last_group().to_owned();
        roster
            .clone()
            .compare(self.files[&number].identity(), &session, &Self::digits(roster))
            .expect("they read the same digits")
    }

    /// Everybody begins; the first messages.
    pub(crate) fn begin(&mut self, roster: &Roster, random: &dyn Random) -> Vec<Message> {
        let numbers: Vec<u16> = self.files.keys().copied().collect();
        numbers
            .into_iter()
            .map(|number| {
                let compared = self.compared(number, roster);
                self.files.get_mut(&number).expect("there").begin(compared, random).expect("begins")
            })
            .collect()
    }

    /// Gives every message to everybody it is for.
    pub(crate) fn post(&mut self, messages: &[Message]) {
        for message in messages {
            let message = Message::parse(&message.text()).expect("what was written reads");
            let to = message.place().to;
            for (_, file) in self.files.iter_mut().filter(|(number, _)| to == 0 || **number == to) {
                file.receive(message.clone()).expect("is taken");
            }
        }
    }

    /// Stores a file and reads it back, as if the program had ended and begun again.
    pub(crate) fn restart(&mut self, number: u16) -> Option<crate::seal::ReadBack> {
        let path = self.temp.path().join(format!("officer-{number}.age"));
        let file = &self.files[&number];
        let stored = file.store_with(&path, &passphrase(), CHEAP).expect("stores");
        self.files.insert(number, ShareFile::load(&path, &passphrase()).expect("loads"));
        stored
    }

    pub(crate) fn advance(&mut self, number: u16) -> Result<Step, ShareFileError> {
        self.files.get_mut(&number).expect("there").advance()
    }

    /// Everybody's messages of round 2.
    pub(crate) fn deal(&mut self) -> Vec<Message> {
        let numbers: Vec<u16> = self.files.keys().copied().collect();
        let mut all = Vec::new();
        for number in numbers {
            match self.advance(number).expect("deals") {
                Step::Send(messages) => all.extend(messages),
                step => panic!("{step:?} is not the second round"),
            }
            self.restart(number);
        }
        all
    }

    /// Everybody's signatures.
    pub(crate) fn sign(&mut self) -> Vec<Message> {
        let numbers: Vec<u16> = self.files.keys().copied().collect();
        let mut all = Vec::new();
        for number in numbers {
            assert!(matches!(self.advance(number), Ok(Step::Store)));
            let stored = self.restart(number).expect("shares were made");
            all.push(self.files.get_mut(&number).expect("there").sign(stored).expect("signs"));
        }
        all
    }

    /// A whole ceremony, with a restart of every program at every stage.
    pub(crate) fn ceremony(&mut self, k: u16, epochs: &[Epoch], random: &dyn Random) -> SignedDocument {
        let roster = self.roster(k, epochs, random);
        let first = self.begin(&roster, random);
        self.post(&first);
        let second = self.deal();
        self.post(&second);
        let third = self.sign();
        self.post(&third);
        let numbers: Vec<u16> = self.files.keys().copied().collect();
        let mut made = None;
        for number in numbers {
            let Ok(Step::Done(signed)) = self.advance(number) else { panic!("is done") };
            self.files.get_mut(&number).expect("there").adopt((*signed).clone()).expect("adopts");
            self.restart(number);
            let last = made.get_or_insert_with(|| (*signed).clone());
            assert_eq!(*last, *signed, "all have the same document");
        }
        made.expect("somebody was there")
    }

    pub(crate) fn approve(
        &self,
        number: u16,
        roster: &Roster,
        request: crate::seal::RequestHash,
    ) -> Approval {
        Approval::sign(self.files[&number].identity(), roster, request, [9; 32]).expect("listed")
    }
}
