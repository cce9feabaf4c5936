//! `waarborg traffic verify`.

use super::folder::Folder;
use super::pushed::{self, Pushed};
use super::report::stored_name;
use crate::output::Out;
use anyhow::Result;
use base::Day;
use serde::Serialize;
use std::process::ExitCode;
use traffic::node::Node;
use traffic::store::{Depth, Finding};

#[derive(Serialize)]
struct Verified {
    segments: usize,
    oldest: Option<String>,
    findings: Vec<String>,
}

pub fn run(folder: &Folder, oldest: Option<Day>, depth: Depth, out: &Out) -> Result<ExitCode> {
    let node = Node::open(folder.path())?;
    let mut verified = node.store().verify(oldest.unwrap_or(Day::from_number(0)), depth)?;
    let pushed = pushed::read(folder.path())?;
    let chain = traffic::verify::chain(node.store(), &node.public())?;
    verified.findings.extend(chain.into_iter().filter(|finding| !explains(&pushed, &node, finding)));
    let shown = Verified {
        segments: verified.segments,
        oldest: verified.oldest.map(|day| day.to_string()),
        findings: verified.findings.iter().map(words).collect(),
    };
    out.print(&shown, || {
        let mut text = match (&shown.oldest, shown.segments) {
            (Some(oldest), count) => format!("{count} segments, the oldest of {oldest}"),
            (None, _) => "there is no segment".into(),
        };
        for finding in &shown.findings {
            text.push('\n');
            text.push_str(finding);
        }
        if shown.findings.is_empty() { text + "\nall is right" } else { text }
    })?;
    Ok(if shown.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether something is missing because the office has it.
fn explains(pushed: &Pushed, node: &Node, finding: &Finding) -> bool {
    let manifest = |stored| node.store().key_object(stored).ok().and_then(|object| object.stated().ok());
    match finding {
        Finding::Gap { from, to } => (*from..=*to).all(|number| pushed.numbers.contains(&number)),
        Finding::NoCanary(stored) => {
            manifest(stored).is_some_and(|manifest| pushed.epochs.contains(&manifest.name.epoch))
        }
        Finding::Chain(stored) => {
            manifest(stored).is_some_and(|manifest| pushed.manifests.contains(&manifest.previous))
        }
        _ => false,
    }
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::DataWithoutKeys(stored) => format!("{}: data that nobody can open", stored_name(stored)),
        Finding::KeysWithoutData(stored) => format!("{}: keys without their data", stored_name(stored)),
        Finding::PastTerm(stored) => format!("{}: past its term", stored_name(stored)),
        Finding::Damaged(stored, why) => format!("{}: {why}", stored_name(stored)),
        Finding::Stray(path) => format!("{}: left by a crash", path.display()),
        Finding::Gap { from, to } if from == to => format!("number {from} is missing"),
        Finding::Gap { from, to } => format!("numbers {from} to {to} are missing"),
        Finding::Chain(stored) => {
            format!("{}: its manifest does not follow the one before it", stored_name(stored))
        }
        Finding::NoCanary(stored) => {
            format!(
                "{}: its month has no canary that the officers could open in a drill",
                stored_name(stored)
            )
        }
        Finding::Signature(stored) => {
            format!("{}: its manifest was not signed by this node", stored_name(stored))
        }
    }
}
