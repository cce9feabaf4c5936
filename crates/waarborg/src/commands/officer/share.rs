//! `waarborg officer share` and `refresh`: a ceremony, one bundle at a time.

use super::console::Console;
use super::home::{Home, read_text, write_durably};
use crate::cli::ShareArgs;
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::SystemRandom;
use keys::seal::{
    Chain, DOCUMENT_BYTES_MAX, DocumentError, Message, Passphrase, Roster, ShareFile, ShareFileError,
    SignedDocument, Step,
};
use office::seal::{Answer, BUNDLE_BYTES_MAX, Bundle};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// Which ceremonies are taken part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any.
    Any,
    /// Refreshes alone.
    RefreshOnly,
}

/// What a roster's ceremony makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Makes {
    /// Keys of months to come.
    Keys,
    /// New shares of running keys.
    Shares,
}

/// Whether the share file on disk is the one in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disk {
    Same,
    Behind,
}

/// How many digits of a document's hash a newcomer types.
const HASH_TYPED: usize = 8;

#[derive(Debug, Default, Serialize)]
struct Report {
    session: Option<String>,
    state: &'static str,
    round: Option<u8>,
    missing: Vec<u16>,
    refused: Vec<String>,
    messages: usize,
    document: Option<String>,
    deleted: usize,
}

struct Work<'a> {
    home: &'a Home,
    console: &'a Console,
    passphrase: Passphrase,
    file: ShareFile,
    /// What of the file is on disk: storing takes its time, for the passphrase is slow on purpose.
    disk: Disk,
    report: Report,
    /// Documents with signatures that this program did not collect: those of the bundle, and endorsed ones.
    signed: Vec<SignedDocument>,
    /// Where a document goes that lacks signatures of the roster before.
    document: &'a Path,
}

/// Takes part in the ceremony of a bundle, as far as its messages allow.
///
/// # Errors
/// When the bundle does not hold together, digits differ, or the ceremony failed: then it says through whom.
pub fn run(home: &Home, args: &ShareArgs, kind: Kind, console: &Console, out: &Out) -> Result<ExitCode> {
    let bundle = Bundle::parse(&read_text(&args.bundle, BUNDLE_BYTES_MAX)?)
        .with_context(|| args.bundle.display().to_string())?;
    if let Some(key) = &bundle.ledger {
        home.pin(key)?;
    }
    let passphrase = console.passphrase()?;
    let file = home.open(&passphrase)?;
    let mut signed = bundle.documents.clone();
    for path in &args.endorsed {
        let text = read_text(path, DOCUMENT_BYTES_MAX)?;
        signed.push(SignedDocument::parse(&text).with_context(|| path.display().to_string())?);
    }
    let (disk, report) = (Disk::Same, Report::default());
    let mut work = Work { home, console, passphrase, file, disk, report, signed, document: &args.document };
    if args.give_up {
        work.file.give_up();
        work.disk = Disk::Behind;
        work.store()?;
    }
    let mut answer = work.ceremony(&bundle, kind)?;
    work.follow(&bundle)?;
    for epoch in &args.delete {
        answer.messages.push(work.file.delete(*epoch)?);
        work.disk = Disk::Behind;
        work.report.deleted += 1;
    }
    work.store()?;
    work.report.messages = answer.messages.len();
    if answer != Answer::default() {
        write_durably(&args.output, answer.text().as_bytes())?;
    }
    let report = work.report;
    out.print(&report, || words(&report, args))?;
    Ok(ExitCode::SUCCESS)
}

fn words(report: &Report, args: &ShareArgs) -> String {
    let mut text = match report.state {
        "waiting" => format!(
            "waiting for round {} of officers {}",
            report.round.unwrap_or(0),
            report.missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ),
        "done" => format!("done: the group document is {}", report.document.as_deref().unwrap_or("there")),
        "endorse" => format!(
            "too few of the officers before stay. Take {} to officers who leave; each runs\n  waarborg officer endorse {}\n\
             then run this again with --endorsed and what comes back",
            args.document.display(),
            args.document.display()
        ),
        "idle" => "there is no ceremony to take part in".to_owned(),
        state => state.to_owned(),
    };
    for refused in &report.refused {
        text.push_str(&format!("\nleft aside: {refused}"));
    }
    if report.deleted > 0 {
        text.push_str(&format!("\ndeleted: the shares of {} months", report.deleted));
    }
    if report.messages > 0 || (report.document.is_some() && report.state == "done") {
        text.push_str(&format!("\ngive this to the office: {}", args.output.display()));
    }
    text
}

impl Work<'_> {
    fn store(&mut self) -> Result<()> {
        if self.disk == Disk::Behind {
            self.home.store(&self.file, &self.passphrase)?;
            self.disk = Disk::Same;
        }
        Ok(())
    }

    fn ceremony(&mut self, bundle: &Bundle, kind: Kind) -> Result<Answer> {
        self.report.state = "idle";
        let Some(roster) = &bundle.roster else { return Ok(Answer::default()) };
        self.report.session = Some(roster.session().to_string());
        let known = self.file.chain().is_some_and(|chain| chain.roster(roster.session()).is_some());
        if known {
            self.report.state = "done";
            self.report.document = self.file.chain().map(|chain| chain.last().hash().to_string());
            return Ok(Answer::default());
        }
        match self.file.ceremony() {
            Some(ceremony) if ceremony.roster().session() == roster.session() => {}
            Some(_) => bail!(
                "another ceremony is going on in the share file; when it failed, begin again with --give-up"
            ),
            None => self.begin(bundle, roster, kind)?,
        }
        self.receive(&bundle.messages)?;
        self.advance()
    }

    /// Compares digits and begins.
    fn begin(&mut self, bundle: &Bundle, roster: &Roster, kind: Kind) -> Result<()> {
        let own = roster.number_of(self.file.identity().officer());
        let own = own.context("this officer is not on the roster of the bundle")?;
        self.follow(bundle)?;
        let running = self
            .file
            .chain()
            .is_some_and(|chain| roster.epochs().iter().all(|epoch| chain.epoch(epoch.id).is_some()));
        let makes = if running { Makes::Shares } else { Makes::Keys };
        if kind == Kind::RefreshOnly && makes == Makes::Keys {
            bail!("this roster makes new keys; take part with: waarborg officer share");
        }
        self.show(roster, own, makes);
        let session =
            self.console.ask("last group of the ceremony's digits, as another officer reads it:")?;
        let mut typed = BTreeMap::new();
        for (number, officer) in roster.officers().iter().filter(|(number, _)| **number != own) {
            let answer = self.console.ask(&format!("last group of {}'s digits:", officer.name()))?;
            typed.insert(*number, answer.to_string());
        }
        let compared = roster.clone().compare(self.file.identity(), &session, &typed)?;
        self.file.begin(compared, &SystemRandom)?;
        self.disk = Disk::Behind;
        self.store()
    }

    fn show(&self, roster: &Roster, own: u16, makes: Makes) {
        let mut text = format!(
            "{} of {}: {} of {} officers open the traffic log of {} months together.\n\nRead these to each other in \
             person or by telephone, not through the office, and type what you HEAR:\n\n  the ceremony  {}\n",
            match makes {
                Makes::Keys => "New keys",
                Makes::Shares => "New shares of running keys",
            },
            roster.organisation(),
            roster.threshold(),
            roster.officers().len(),
            roster.epochs().len(),
            roster.digits()
        );
        for (number, officer) in roster.officers() {
            let you = if *number == own { " (you)" } else { "" };
            text.push_str(&format!("  {number}  {}  {}{you}\n", officer.fingerprint(), officer.name()));
        }
        self.console.show(&text);
    }

    /// Messages that do not belong here are left aside and named; two versions of one end the ceremony.
    fn receive(&mut self, messages: &[Message]) -> Result<()> {
        let own = self
            .file
            .ceremony()
            .and_then(|ceremony| ceremony.roster().number_of(self.file.identity().officer()));
        for message in messages {
            let place = message.place();
            let others = place.to != 0 && Some(place.to) != own && Some(place.from) != own;
            if others {
                continue;
            }
            self.disk = Disk::Behind;
            if let Err(error) = self.file.receive(message.clone()) {
                self.report.refused.push(error.to_string());
            }
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Answer> {
        loop {
            match self.file.advance() {
                Ok(Step::Wait { round, missing }) => {
                    self.store()?;
                    self.report.state = "waiting";
                    self.report.round = Some(round);
                    self.report.missing = missing;
                    return Ok(Answer { messages: self.sent(), document: None });
                }
                Ok(Step::Send(_)) => {
                    self.disk = Disk::Behind;
                    self.store()?;
                }
                Ok(Step::Store) => {
                    let stored = self.home.store(&self.file, &self.passphrase)?;
                    let stored = stored.context("the share file did not read back what was stored")?;
                    self.file.sign(stored)?;
                    self.disk = Disk::Behind;
                    self.store()?;
                }
                Ok(Step::Done(signed)) => {
                    let messages = self.sent();
                    return self.adopt(*signed, messages);
                }
                Err(error) => {
                    // What failed stays failed, also after a restart.
                    self.disk = Disk::Behind;
                    self.store()?;
                    return Err(error)
                        .context("the ceremony has failed; a new one begins with another roster");
                }
            }
        }
    }

    /// Ends the ceremony, with whichever copy of the document has the signatures of enough officers before.
    fn adopt(&mut self, own: SignedDocument, messages: Vec<Message>) -> Result<Answer> {
        let same = |other: &&SignedDocument| other.document() == own.document();
        let copies: Vec<SignedDocument> = self.signed.iter().filter(same).cloned().collect();
        let hash = own.document().hash().to_string();
        for signed in copies.into_iter().chain([own.clone()]) {
            match self.file.adopt(signed.clone()) {
                Ok(()) => {
                    self.disk = Disk::Behind;
                    self.store()?;
                    self.report.state = "done";
                    self.report.document = Some(hash);
                    return Ok(Answer { messages, document: Some(signed) });
                }
                Err(ShareFileError::Document(DocumentError::TooFewBefore { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        write_durably(self.document, own.text().as_bytes())?;
        self.report.state = "endorse";
        self.report.document = Some(hash);
        Ok(Answer { messages, document: None })
    }

    fn sent(&self) -> Vec<Message> {
        self.file.ceremony().into_iter().flat_map(|ceremony| ceremony.sent().cloned()).collect()
    }

    /// Takes the documents that are not here yet. A newcomer first compares the hash of the very first one.
    fn follow(&mut self, bundle: &Bundle) -> Result<()> {
        if self.file.ceremony().is_some() {
            return Ok(());
        }
        let Some(first) = bundle.documents.first() else { return Ok(()) };
        if let Some(chain) = self.file.chain() {
            let last = chain.documents().len();
            let known = bundle.documents.len().min(last);
            let hash = |signed: &SignedDocument| signed.document().hash();
            let same =
                chain.documents()[..known].iter().map(hash).eq(bundle.documents[..known].iter().map(hash));
            if !same {
                bail!("the bundle has other group documents than this program: stop and ask the others");
            }
            for next in bundle.documents.iter().skip(last) {
                self.file.observe(next.clone())?;
                self.disk = Disk::Behind;
            }
            return Ok(());
        }
        let hash = first.document().hash().to_string();
        self.console.show(&format!(
            "There are group documents from before you came. Ask another officer for the hash of the first one \
             (waarborg officer list); the bundle says\n\n  {hash}\n"
        ));
        let typed = self.console.ask("its last eight digits, as another officer reads them:")?;
        if typed.as_str() != &hash[hash.len() - HASH_TYPED..] {
            bail!("these are not the digits of the bundle's first document: stop and ask the others");
        }
        let mut chain = Chain::begin(first.clone(), first.document().hash())?;
        for next in &bundle.documents[1..] {
            chain.append(next.clone())?;
        }
        self.disk = Disk::Behind;
        Ok(self.file.follow(chain)?)
    }
}
