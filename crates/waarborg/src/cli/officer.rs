//! The commands of an officer's own program, as typed.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Arguments of `officer`.
#[derive(Debug, Args)]
pub struct OfficerArgs {
    /// The folder with the officer's files; `.waarborg-officer` in the home folder when left out.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub home: Option<PathBuf>,
    /// Takes what is typed from standard input also when it is no terminal: for tests.
    #[arg(long, global = true, hide = true)]
    pub piped: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: OfficerCommand,
}

/// Commands of an officer.
#[derive(Debug, Subcommand)]
pub enum OfficerCommand {
    /// Makes this officer's keys, and the identity file that the office gets.
    Enroll {
        /// The name as it will stand on rosters.
        name: String,
        /// Where the identity file goes.
        #[arg(long, short, default_value = "officer.json", value_name = "FILE")]
        output: PathBuf,
    },
    /// Takes part in a ceremony: repeat it with each new bundle until the group document is there.
    Share(ShareArgs),
    /// The same for a refresh, and for nothing else.
    Refresh(ShareArgs),
    /// Checks a release dossier and approves it; once enough officers have, answers it.
    Approve {
        /// The dossier.
        dossier: PathBuf,
        /// Where the approval or the answer goes.
        #[arg(long, short, default_value = "approval.json", value_name = "FILE")]
        output: PathBuf,
        /// The public key of a witness; then one of them must have cosigned the ledger.
        #[arg(long, value_name = "VKEY")]
        witness: Vec<String>,
        /// How many months traffic is kept: older days are refused.
        #[arg(long, default_value_t = office::releases::TERM_MONTHS, value_parser = clap::value_parser!(u32).range(1..=60), value_name = "N")]
        term_months: u32,
    },
    /// Signs for officers who follow, when too few of those before stay: on the program of one who leaves.
    Endorse {
        /// The document that `share` wrote.
        document: PathBuf,
        /// Where it goes with this officer's signature.
        #[arg(long, short, default_value = "document.json", value_name = "FILE")]
        output: PathBuf,
    },
    /// Tries this officer's shares on the canaries of a bundle.
    Rehearse {
        /// The bundle.
        bundle: PathBuf,
    },
    /// Shows shares, months, the last checkpoint seen and the releases that were answered.
    List,
}

/// Arguments of `officer share` and `officer refresh`.
#[derive(Debug, Args)]
pub struct ShareArgs {
    /// The bundle from the staff panel.
    pub bundle: PathBuf,
    /// Where the answer goes.
    #[arg(long, short, default_value = "answer.json", value_name = "FILE")]
    pub output: PathBuf,
    /// Gives the ceremony up that is going on, before anything else.
    #[arg(long)]
    pub give_up: bool,
    /// The document that officers who leave have endorsed; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub endorsed: Vec<PathBuf>,
    /// Where the document goes that officers who leave must endorse, when too few of those before stay.
    #[arg(long, default_value = "document.json", value_name = "FILE")]
    pub document: PathBuf,
    /// Deletes the share of a month whose days are destroyed, and says so to the office; may be repeated.
    #[arg(long, value_name = "EPOCH")]
    pub delete: Vec<keys::seal::EpochId>,
}
