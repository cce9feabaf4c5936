//! `waarborg officer endorse`: an officer who leaves signs for those who follow. A document needs k officers of the roster
//! before it, and they may be more than those who stay.

use super::console::Console;
use super::home::{Home, read_text, write_durably};
use crate::output::Out;
use anyhow::{Context, Result, bail};
use keys::seal::{DOCUMENT_BYTES_MAX, DocumentError, SignedDocument};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Endorses a document that follows the last one that this program knows.
///
/// # Errors
/// When this officer is not asked for it, the document does not follow, or the digits differ.
pub fn run(home: &Home, document: &Path, output: &Path, console: &Console, out: &Out) -> Result<ExitCode> {
    let place = || document.display().to_string();
    let mut signed = SignedDocument::parse(&read_text(document, DOCUMENT_BYTES_MAX)?).with_context(place)?;
    let file = home.open(&console.passphrase()?)?;
    let chain = file.chain().context("this officer has no group document yet")?;
    if chain.last().roster().number_of(file.identity().officer()).is_none() {
        bail!(
            "only officers of the roster before endorse a document, and this officer is not on the last one here"
        );
    }
    match chain.clone().append(signed.clone()) {
        // What it lacks is what is asked for.
        Ok(()) | Err(DocumentError::TooFewBefore { .. }) => {}
        Err(error) => return Err(error).with_context(|| format!("{}: not endorsed", place())),
    }
    let roster = signed.document().roster();
    let mut text = format!(
        "These officers take over from you, {} of {}:\n\n  their ceremony  {}\n",
        roster.threshold(),
        roster.officers().len(),
        roster.digits()
    );
    for (number, officer) in roster.officers() {
        text.push_str(&format!("  {number}  {}  {}\n", officer.fingerprint(), officer.name()));
    }
    text.push_str("\nAsk one of them, in person or by telephone, to read the digits of their ceremony.");
    console.show(&text);
    let typed = console.ask("last group of the ceremony's digits, as you hear it:")?;
    if typed.as_str() != roster.digits().last_group() {
        bail!("these are other digits: somebody shows you another roster; stop and ask");
    }
    let hash = signed.document().hash().to_string();
    signed.endorse(file.identity());
    write_durably(output, signed.text().as_bytes())?;
    out.print(&json!({ "document": hash, "file": output }), || {
        format!("endorsed: {}; give it back to the officer who sent it", output.display())
    })?;
    Ok(ExitCode::SUCCESS)
}
