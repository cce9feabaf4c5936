//! `waarborg officer`: an officer's own program. It knows no server and no database: it reads files that the officer
//! was given, and writes files that the officer gives back.
//!
//! Invariants
//! - Nothing secret leaves the share file. It is stored and read back before anything that stands on it is written.
//! - A ceremony begins only when the officer typed what the others read out; a release is answered only when every
//!   check of `office::releases::check` holds.
//! - The ledger's key is kept from the first bundle on, and the last checkpoint from the first dossier on.

mod approve;
pub(crate) mod console;
mod endorse;
mod enroll;
pub(crate) mod home;
mod list;
mod rehearse;
mod share;

use crate::cli::{OfficerArgs, OfficerCommand};
use crate::output::Out;
use anyhow::Result;
use console::{Console, Typing};
use home::Home;
use std::process::ExitCode;

/// Runs a command of an officer.
///
/// # Errors
/// When a file does not hold what it should, or a check fails.
pub fn run(args: &OfficerArgs, out: &Out) -> Result<ExitCode> {
    let console = Console::new(if args.piped { Typing::Piped } else { Typing::Terminal });
    let home = Home::at(args.home.as_deref())?;
    match &args.command {
        OfficerCommand::Enroll { name, output } => enroll::run(&home, name, output, &console, out),
        OfficerCommand::Share(args) => share::run(&home, args, share::Kind::Any, &console, out),
        OfficerCommand::Refresh(args) => share::run(&home, args, share::Kind::RefreshOnly, &console, out),
        OfficerCommand::Approve { dossier, output, witness, term_months } => {
            let task = approve::Task { dossier, output, witnesses: witness, term_months: *term_months };
            approve::run(&home, &task, &console, out)
        }
        OfficerCommand::Endorse { document, output } => endorse::run(&home, document, output, &console, out),
        OfficerCommand::Rehearse { bundle } => rehearse::run(&home, bundle, &console, out),
        OfficerCommand::List => list::run(&home, &console, out),
    }
}
