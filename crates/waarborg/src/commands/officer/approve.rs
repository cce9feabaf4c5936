//! `waarborg officer approve`: the dossier of a release, first to approve, then to answer.

use super::console::Console;
use super::home::{Home, read_text, write_durably};
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::{Clock as _, SystemClock, SystemRandom};
use keys::seal::{Approval, Chain, Message, Partial, SessionId, ShareFile, seal_answer};
use ledger::WitnessKey;
use office::releases::{Cleared, DOSSIER_BYTES_MAX, Dossier, Pinned, Stage, check};
use office::seal::Answer;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// What the officer asked for.
#[derive(Debug)]
pub struct Task<'a> {
    /// The dossier.
    pub dossier: &'a Path,
    /// Where approval or answer goes.
    pub output: &'a Path,
    /// Keys of witnesses.
    pub witnesses: &'a [String],
    /// How long traffic is kept.
    pub term_months: u32,
}

/// Checks a dossier; approves it, or answers it when enough officers have approved.
///
/// # Errors
/// The refusal of `office::releases::check`, or what else failed; then nothing was written.
pub fn run(home: &Home, task: &Task<'_>, console: &Console, out: &Out) -> Result<ExitCode> {
    let dossier = Dossier::parse(&read_text(task.dossier, DOSSIER_BYTES_MAX)?)
        .with_context(|| task.dossier.display().to_string())?;
    let seen = home.seen()?;
    let ledger = seen.ledger.as_ref().context(
        "this program does not know the ledger yet: take part in a ceremony first, or run `officer share` with a bundle",
    )?;
    let witnesses: Vec<WitnessKey> =
        task.witnesses.iter().map(|key| key.parse()).collect::<Result<_, _>>().context("--witness")?;
    let file = home.open(&console.passphrase()?)?;
    let chain = file.chain().context("this officer has no group document yet")?;
    let hash = dossier.request.hash();
    let mut answered = home.answered(hash)?;
    let pinned = Pinned {
        chain,
        officer: file.identity().officer(),
        ledger,
        last: seen.head(),
        witnesses: &witnesses,
        term_months: task.term_months,
        answered: &answered,
        now: SystemClock.now(),
    };
    let enough = dossier.approvals.len() >= usize::from(chain.last().roster().threshold());
    let stage = if enough { Stage::Answer } else { Stage::Approve };
    let bar = out.progress("labels checked", dossier.labels() as u64);
    let cleared =
        check(&dossier, &pinned, stage, &mut |done| bar.set_position(done as u64)).context("refused")?;
    bar.finish_and_clear();
    console.show(&shown(&cleared, chain));
    home.saw(ledger, &dossier.checkpoint)?;
    let (asked, text, officer) = match stage {
        Stage::Approve => {
            agree(console, "Type approve to sign:", "approve")?;
            let root = *cleared.checkpoint.root.as_bytes();
            let approval = Approval::sign(file.identity(), chain.last().roster(), hash, root);
            let approval = approval.context("this officer is not on the last roster")?;
            ("approved", approval.text(), approval.officer())
        }
        Stage::Answer => {
            agree(console, "Type open to answer:", "open")?;
            for label in &cleared.labels {
                answered.insert(label.asked(), label.record);
            }
            let messages = answer(&file, chain, &cleared, out)?;
            let officer = messages.first().map_or(0, |message| message.place().from);
            home.keep_answered(hash, &answered)?;
            ("answered", Answer { messages, document: None }.text(), officer)
        }
    };
    write_durably(task.output, text.as_bytes())?;
    let report = json!({
        "state": asked, "request": hash.to_string(), "officer": officer, "labels": cleared.labels.len(),
        "approvals": cleared.approved, "output": task.output,
    });
    out.print(&report, || {
        format!(
            "{asked}: {} labels; give this to the office: {}",
            cleared.labels.len(),
            task.output.display()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn agree(console: &Console, question: &str, word: &str) -> Result<()> {
    if console.ask(question)?.as_str() == word {
        return Ok(());
    }
    bail!("not done")
}

fn shown(cleared: &Cleared<'_>, chain: &Chain) -> String {
    let request = cleared.request;
    let days = request.scope().days();
    let mut text = format!(
        "{} asks to open traffic.\n\n  release   {}\n  ground    {}\n  reason    {}\n  until     {}\n",
        chain.last().roster().organisation(),
        request.release(),
        request.ground().entry_kind(),
        request.reason(),
        request.not_after()
    );
    if let Some((first, last)) = days {
        text.push_str(&format!("  days      {first} to {last}\n"));
    }
    text.push_str(&format!("  labels    {}\n", cleared.labels.len()));
    for domain in cleared.domains.values() {
        text.push_str(&format!("  site      {domain}\n"));
    }
    for officer in &cleared.approved {
        text.push_str(&format!("  approved  officer {officer}\n"));
    }
    text
}

/// Partial results for all labels, one message for each ceremony whose shares are used.
fn answer(file: &ShareFile, chain: &Chain, cleared: &Cleared<'_>, out: &Out) -> Result<Vec<Message>> {
    let bar = out.progress("labels answered", cleared.labels.len() as u64);
    let mut by_ceremony: Vec<(SessionId, Vec<Partial>)> = Vec::new();
    for label in &cleared.labels {
        let share = file.share(label.group.epoch())?;
        let partial = share.answer(&label.checked, cleared.hash, &SystemRandom)?;
        match by_ceremony.iter_mut().find(|(session, _)| *session == label.session) {
            Some((_, partials)) => partials.push(partial),
            None => by_ceremony.push((label.session, vec![partial])),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut messages = Vec::with_capacity(by_ceremony.len());
    for (session, partials) in by_ceremony {
        let roster = chain.roster(session).context("a ceremony that no group document has")?;
        let recipient = cleared.request.recipient();
        messages.push(seal_answer(file.identity(), roster, cleared.hash, recipient, &partials)?);
    }
    Ok(messages)
}
