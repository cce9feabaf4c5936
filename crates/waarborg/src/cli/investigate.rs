//! The commands of an investigation, as typed.

use clap::{Args, Subcommand};
use jiff::Timestamp as Instant;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// Arguments of `investigate`.
#[derive(Debug, Args)]
pub struct InvestigateArgs {
    /// The address that you sign in with at the staff panel.
    #[arg(long, global = true, env = "WAARBORG_EMAIL", value_name = "EMAIL")]
    pub email: Option<String>,
    /// Reads password and code from standard input, a line each, instead of from a terminal.
    #[arg(long, global = true)]
    pub piped: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: InvestigateCommand,
}

/// Commands of an investigation.
#[derive(Debug, Subcommand)]
pub enum InvestigateCommand {
    /// Shows the visits that fit.
    Search {
        /// What is asked.
        #[command(flatten)]
        asked: AskedArgs,
        /// How many at most.
        #[arg(long, default_value_t = 500, value_name = "ROWS")]
        rows: u64,
        /// Tells which sites the addresses touched, by the index alone; for a release of addresses.
        #[arg(long)]
        touched: bool,
    },
    /// Counts them: by site, address, path and hour.
    Summary {
        /// What is asked.
        #[command(flatten)]
        asked: AskedArgs,
    },
    /// Writes an evidence package: the visits, the questions, the approvals, and proofs of all of it.
    Export {
        /// What is asked.
        #[command(flatten)]
        asked: AskedArgs,
        /// How many visits at most.
        #[arg(long, default_value_t = 100_000, value_name = "ROWS")]
        rows: u64,
        /// The ZIP to write; a file that is there stays.
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
}

/// A question. What is left out asks for all.
#[derive(Debug, Args)]
pub struct AskedArgs {
    /// The release, as in the address of its page.
    pub release: String,
    /// This address or network (192.0.2.0/24); may be given more than once.
    #[arg(long = "address", value_name = "ADDRESS")]
    pub addresses: Vec<String>,
    /// This domain only; may be given more than once.
    #[arg(long = "site", value_name = "DOMAIN")]
    pub sites: Vec<String>,
    /// Occurs in the path.
    #[arg(long, value_name = "TEXT")]
    pub path: Option<String>,
    /// Occurs in the browser id.
    #[arg(long, value_name = "TEXT")]
    pub agent: Option<String>,
    /// From this moment on, in UTC: 2026-11-22T08:00.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Option<i64>,
    /// Before this moment, in UTC.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<i64>,
}

fn moment(text: &str) -> Result<i64, String> {
    let wrong = || "a moment is written as 2026-11-22T08:00, in UTC".to_owned();
    if let Ok(instant) = text.parse::<Instant>() {
        return Ok(instant.as_second());
    }
    let at: DateTime = text.replace(' ', "T").parse().map_err(|_| wrong())?;
    Ok(at.to_zoned(TimeZone::UTC).map_err(|_| wrong())?.timestamp().as_second())
}
