//! The commands of a node that seals traffic, as typed.

use base::Day;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Arguments of `traffic`.
#[derive(Debug, Args)]
pub struct TrafficArgs {
    /// The node's folder: its keys, its spool, its segments.
    #[arg(
        long,
        global = true,
        env = "WAARBORG_NODE",
        default_value = "/var/lib/waarborg-node",
        value_name = "FOLDER"
    )]
    pub state: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: TrafficCommand,
}

/// Commands of a node.
#[derive(Debug, Subcommand)]
pub enum TrafficCommand {
    /// Makes this machine a node: its signing key, and the officers' group documents it seals with.
    Enroll {
        /// The hash of the officers' very first group document, as they read it out.
        #[arg(long, value_name = "HASH")]
        pin: String,
        /// The group documents, the first one first.
        #[arg(long = "group", required = true, value_name = "FILE")]
        groups: Vec<PathBuf>,
    },
    /// Adds a later group document of the officers: a new year, or refreshed shares.
    Group {
        /// The document.
        file: PathBuf,
    },
    /// Follows logs across their rotations and seals a segment per day.
    Ship(ShipArgs),
    /// Pushes what is sealed to the office, once.
    Push(OfficeArgs),
    /// Seals finished logs: plain, gzip or zstd; `-` is standard input.
    Import(LogArgs),
    /// Seals the running day at once, as for an incident.
    Seal,
    /// Shows what was read, what is open and what is stored.
    Status,
    /// Checks every segment: whole, with its keys, in one chain, none past its term.
    Verify {
        /// The first day that the term still allows.
        #[arg(long, value_name = "DAY", value_parser = day)]
        oldest: Option<Day>,
        /// Reads every byte and compares it with what the node stated.
        #[arg(long)]
        bytes: bool,
    },
    /// Destroys days, or one site on them: keys first.
    Destroy {
        /// The first day.
        #[arg(long, value_name = "DAY", value_parser = day)]
        from: Day,
        /// The last day; the first one alone when left out.
        #[arg(long, value_name = "DAY", value_parser = day)]
        to: Option<Day>,
        /// This site only, by its id.
        #[arg(long, value_name = "SITE")]
        site: Option<String>,
        /// Does it; without this it only says what it would do.
        #[arg(long)]
        confirm: bool,
        /// How many days have something to be destroyed; asked for when it is more than three.
        #[arg(long, value_name = "DAYS")]
        confirm_days: Option<u32>,
    },
}

/// What is shipped, and where it goes.
#[derive(Debug, Args)]
pub struct ShipArgs {
    /// The logs.
    #[command(flatten)]
    pub log: LogArgs,
    /// The office.
    #[command(flatten)]
    pub office: OfficeArgs,
}

/// The office that sealed segments are pushed to.
#[derive(Debug, Args)]
pub struct OfficeArgs {
    /// The address of the office, such as https://mijn.example.org. A pushed segment is removed here.
    #[arg(long, env = "WAARBORG_OFFICE", value_name = "ADDRESS", requires = "token_file")]
    pub office: Option<String>,
    /// The file with the token that the office gave when this node was confirmed.
    #[arg(long, env = "WAARBORG_OFFICE_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The certificate authority of the office in PEM, where it is not a public one.
    #[arg(long, env = "WAARBORG_OFFICE_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

/// Which logs, and how they are written.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// The logs.
    #[arg(required = true)]
    pub logs: Vec<PathBuf>,
    /// How their lines are written.
    #[arg(long, default_value = "waarborg")]
    pub format: LogFormat,
    /// The host of lines that name none.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Domains and site ids as CSV; `sites.csv` in the node's folder when left out.
    #[arg(long, value_name = "FILE")]
    pub sites: Option<PathBuf>,
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Our five fields; docs/traffic.md has nginx's line for it.
    Waarborg,
    /// `combined` of nginx and Apache, without a virtual host.
    Combined,
    /// `combined` with the virtual host before it.
    CombinedHost,
    /// JSON: nginx with `escape=json`, or Caddy.
    Json,
}

fn day(text: &str) -> Result<Day, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| "a day is written as 2026-11-22".to_owned())?;
    Day::of_date(date).ok_or_else(|| "the day lies before 1970".to_owned())
}
