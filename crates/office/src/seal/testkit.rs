//! Officers for tests: their files in a folder, and whole ceremonies through the files they exchange.

use super::files::{Answer, Bundle};
use base::{Random, SystemRandom};
use keys::seal::{OfficerIdentity, Passphrase, Roster, ShareFile, Step};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// An officer's program with its share file, as the command works it.
pub(crate) struct Program {
    pub file: ShareFile,
    passphrase: Passphrase,
    path: PathBuf,
    _folder: Arc<tempfile::TempDir>,
}

impl Program {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        Self {
            file: ShareFile::new(OfficerIdentity::generate(name, &SystemRandom).expect("a name")),
            passphrase: Passphrase::generate(&SystemRandom),
            path: folder.path().join("share.age"),
            _folder: folder,
        }
    }

    fn begin(&mut self, roster: &Roster) {
        let last =
            |(i, officer): (&u16, &keys::seal::Officer)| (*i, officer.fingerprint().last_group().to_owned());
        let typed = roster.officers().iter().map(last).collect();
        let session = roster.digits().last_group().to_owned();
        let compared =
            roster.clone().compare(self.file.identity(), &session, &typed).expect("the same digits");
        self.file.begin(compared, &SystemRandom).expect("begins");
    }

    /// What the command `share` does with a bundle.
    pub(crate) fn share(&mut self, bundle: &Bundle) -> Answer {
        let roster = bundle.roster.as_ref().expect("a ceremony");
        let done = self.file.chain().is_some_and(|chain| chain.roster(roster.session()).is_some());
        let mut answer = Answer::default();
        if done {
            return answer;
        }
        if self.file.ceremony().is_none() {
            self.begin(roster);
        }
        for message in &bundle.messages {
            let _ = self.file.receive(message.clone());
        }
        loop {
            match self.file.advance().expect("goes on") {
                Step::Wait { .. } => break,
                Step::Send(_) => {}
                Step::Store => {
                    let stored = self.file.store(&self.path, &self.passphrase).expect("stores");
                    self.file.sign(stored.expect("shares were made")).expect("signs");
                }
                Step::Done(signed) => {
                    answer.document = Some((*signed).clone());
                    answer.messages = self.sent();
                    self.file.adopt(*signed).expect("adopts");
                    return answer;
                }
            }
        }
        answer.messages = self.sent();
        answer
    }

    fn sent(&self) -> Vec<keys::seal::Message> {
        self.file.ceremony().into_iter().flat_map(|ceremony| ceremony.sent().cloned()).collect()
    }
}

/// Officers in parallel: the share files take their time.
pub(crate) fn all(programs: &mut [Program], bundle: &Bundle) -> Vec<Answer> {
    let answers = Mutex::new(vec![Answer::default(); programs.len()]);
    std::thread::scope(|scope| {
        for (at, program) in programs.iter_mut().enumerate() {
            let answers = &answers;
            scope.spawn(move || {
                let answer = program.share(bundle);
                answers.lock().unwrap_or_else(PoisonError::into_inner)[at] = answer;
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A whole ceremony without an office. Gives the programs with their shares.
pub(crate) fn ceremony(programs: &mut [Program], roster: &Roster) {
    let mut bundle = Bundle { roster: Some(roster.clone()), ..Bundle::default() };
    for _ in 0..4 {
        let answers = all(programs, &bundle);
        bundle.messages = answers.into_iter().flat_map(|answer| answer.messages).collect();
    }
    assert!(programs.iter().all(|program| program.file.chain().is_some()));
}

/// Random bytes for ids.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    (&SystemRandom as &dyn Random).bytes()
}
