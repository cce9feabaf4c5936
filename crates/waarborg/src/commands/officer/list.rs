//! `waarborg officer list`.

use super::console::Console;
use super::home::Home;
use crate::output::{Out, table};
use anyhow::Result;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Listed {
    name: String,
    digits: String,
    first_document: Option<String>,
    ceremony: Option<String>,
    shares: Vec<Share>,
    ledger: Option<String>,
    checkpoint_size: Option<u64>,
    checkpoint_root: Option<String>,
    answered: Vec<String>,
}

#[derive(Serialize)]
struct Share {
    epoch: String,
    first_day: String,
    last_day: String,
    officer: u16,
    generation: u32,
    k: u16,
    n: usize,
}

/// Shows what the share file and the folder hold; nothing secret.
///
/// # Errors
/// When they cannot be read.
pub fn run(home: &Home, console: &Console, out: &Out) -> Result<ExitCode> {
    let file = home.open(&console.passphrase()?)?;
    let seen = home.seen()?;
    let officer = file.identity().officer();
    let mut shares: Vec<Share> = file
        .shares()
        .iter()
        .map(|share| {
            let group = share.group();
            let (first_day, last_day) = group.days();
            Share {
                epoch: group.epoch().to_string(),
                first_day: first_day.to_string(),
                last_day: last_day.to_string(),
                officer: share.officer(),
                generation: group.generation(),
                k: group.threshold(),
                n: group.officers().count(),
            }
        })
        .collect();
    shares.sort_by(|a, b| a.first_day.cmp(&b.first_day));
    let listed = Listed {
        name: officer.name().to_owned(),
        digits: officer.fingerprint().to_string(),
        first_document: file.chain().map(|chain| chain.documents()[0].document().hash().to_string()),
        ceremony: file.ceremony().map(|ceremony| ceremony.roster().session().to_string()),
        shares,
        ledger: seen.ledger.as_ref().map(ToString::to_string),
        checkpoint_size: seen.head().map(|head| head.size),
        checkpoint_root: seen.head().map(|head| head.root.to_string()),
        answered: home.answered_requests()?,
    };
    out.print(&listed, || words(&listed))?;
    Ok(ExitCode::SUCCESS)
}

fn words(listed: &Listed) -> String {
    let none = || "none yet".to_owned();
    let mut text = format!(
        "officer         {}\ndigits          {}\nfirst document  {}\nceremony        {}\nledger          {}\n\
         checkpoint      {}\nanswered        {} releases\n\n",
        listed.name,
        listed.digits,
        listed.first_document.clone().unwrap_or_else(none),
        listed.ceremony.clone().unwrap_or_else(|| "none".to_owned()),
        listed.ledger.clone().unwrap_or_else(none),
        listed.checkpoint_size.map_or_else(none, |size| format!("{size} entries")),
        listed.answered.len()
    );
    if listed.shares.is_empty() {
        text.push_str("no shares yet");
        return text;
    }
    let rows: Vec<Vec<String>> = listed
        .shares
        .iter()
        .map(|share| {
            vec![
                share.first_day.clone(),
                share.last_day.clone(),
                format!("{} of {}", share.k, share.n),
                share.generation.to_string(),
                share.epoch.clone(),
            ]
        })
        .collect();
    text.push_str(&table(&["from", "to", "officers", "generation", "epoch"], &rows));
    text
}
