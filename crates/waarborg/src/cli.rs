//! The command line as typed.

mod investigate;
mod officer;
mod traffic;

pub use investigate::{AskedArgs, InvestigateArgs, InvestigateCommand};
pub use officer::{OfficerArgs, OfficerCommand, ShareArgs};
pub use traffic::{LogArgs, LogFormat, OfficeArgs, ShipArgs, TrafficArgs, TrafficCommand};

use base::Day;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The back office of a web-hosting provider that keeps its privacy promises, and proves it.
#[derive(Debug, Parser)]
#[command(name = "waarborg", version, arg_required_else_help = true, propagate_version = true)]
pub struct Cli {
    /// The configuration.
    #[arg(
        long,
        short,
        global = true,
        env = "WAARBORG_CONFIG",
        default_value = "waarborg.toml",
        value_name = "FILE"
    )]
    pub config: PathBuf,
    /// Prints data as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a new installation: configuration, policy, keys and databases.
    Init(InitArgs),
    /// Runs the web server, and the jobs unless told not to.
    Serve(ServeArgs),
    /// Runs the jobs alone, beside `serve --no-work`.
    Work,
    /// Makes a fictional provider in a folder and serves it.
    Demo(DemoArgs),
    /// Computes the verdict of every promise from the live data.
    Attest(AttestArgs),
    /// Reads, checks and exports the ledger.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Checks a receipt or an evidence package with the provider's public key alone.
    Verify(VerifyArgs),
    /// Prints what the policy says, or checks it.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Brings customers, services or open invoices in from a CSV file.
    Import(ImportArgs),
    /// Makes invoices of what is due, or shows what they would be.
    #[command(subcommand)]
    Billing(BillingCommand),
    /// Manages the logins of staff.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Manages root and epoch keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// An officer's own program: without server or database.
    Officer(OfficerArgs),
    /// Asks questions about the traffic log under an open release.
    Investigate(InvestigateArgs),
    /// A node that seals the traffic of its web servers: without server or database.
    Traffic(TrafficArgs),
    /// Makes a consistent copy of the data while the program runs; of the keys apart.
    Backup(BackupArgs),
    /// Puts a copy back and replays the erasures since.
    Restore(RestoreArgs),
    /// Looks whether everything is in order.
    Doctor,
    /// Prints the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints documentation that is made from the program.
    Docs {
        /// Which.
        what: DocsTopic,
    },
}

/// Documentation made from the program.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum DocsTopic {
    /// Every command and flag.
    Cli,
    /// Every key of the configuration.
    Config,
    /// What is kept, how long, and under which purpose.
    Retention,
    /// Every table and column, and what it holds.
    Schema,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder; made when it is not there.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// What people will type to reach it. It is part of the ledger's name, so choose it now.
    #[arg(long, default_value = "http://127.0.0.1:8440", value_name = "URL")]
    pub base_url: String,
    /// Where the program will listen.
    #[arg(long, default_value = "127.0.0.1:8440", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
    /// Where the data will be: `sqlite:` with a path in the folder, or `postgres://`.
    #[arg(long, default_value = "sqlite:data/waarborg.db", value_name = "URL")]
    pub database: String,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Leaves jobs and the ledger to `waarborg work`.
    #[arg(long)]
    pub no_work: bool,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder.
    #[arg(long, default_value = "demo-data", value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Where the server listens; a free port when the given one is taken.
    #[arg(long, default_value = "127.0.0.1:8440", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
    /// How many customers.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(3..=200_000), value_name = "N")]
    pub customers: u32,
    /// Makes the data and does not serve it.
    #[arg(long)]
    pub no_serve: bool,
    /// Throws an earlier demo in the folder away first.
    #[arg(long)]
    pub fresh: bool,
}

/// Arguments of `attest`.
#[derive(Debug, Args)]
pub struct AttestArgs {
    /// Only this promise, such as P12.
    #[arg(value_name = "PROMISE")]
    pub promise: Option<String>,
    /// Computes without writing verdicts into the ledger.
    #[arg(long)]
    pub dry_run: bool,
}

/// Commands of the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Shows the head and the last checkpoint.
    Status,
    /// Lists entries.
    List {
        /// Only this kind.
        #[arg(long)]
        kind: Option<String>,
        /// From this place on.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Checks the whole published ledger from its files alone.
    Verify {
        /// The folder; that of the configuration when left out.
        #[arg(value_name = "FOLDER")]
        folder: Option<PathBuf>,
        /// The public key; that of the configuration when left out.
        #[arg(long, value_name = "VKEY")]
        key: Option<String>,
    },
    /// Writes every entry, one per line.
    Export {
        /// The file; standard output when left out.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Prints the public key.
    Key,
    /// Numbers and publishes what is pending now.
    Publish,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The receipt, or the ZIP of an evidence package.
    pub receipt: PathBuf,
    /// The provider's public key; that of the configuration when left out.
    #[arg(long, value_name = "VKEY")]
    pub key: Option<String>,
}

/// Commands of the policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Checks the file and says what would change.
    Check,
    /// Puts the file in force as a new version.
    Publish,
    /// Prints the privacy statement.
    Statement {
        /// The language.
        #[arg(long, default_value = "nl")]
        language: String,
    },
    /// Prints the register of processing (GDPR art. 30).
    Register {
        /// As controller or as processor.
        #[arg(long, value_enum, default_value = "controller")]
        role: RegisterRole,
        /// The language.
        #[arg(long, default_value = "nl")]
        language: String,
    },
    /// Prints the retention schedule.
    Schedule {
        /// The language.
        #[arg(long, default_value = "nl")]
        language: String,
    },
}

/// In which role processing is registered.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RegisterRole {
    /// Art. 30(1).
    Controller,
    /// Art. 30(2).
    Processor,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The CSV file; `-` for standard input.
    pub file: PathBuf,
    /// What the file holds.
    #[arg(long, value_enum, default_value = "customers")]
    pub what: ImportWhat,
    /// Only checks the file.
    #[arg(long)]
    pub dry_run: bool,
}

/// What a file can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportWhat {
    /// Customers, each with the login of its owner.
    Customers,
    /// Services that run already, of customers who are here.
    Services,
    /// Open invoices of another administration, to customers who are here.
    Invoices,
}

/// Commands of billing.
#[derive(Debug, Subcommand)]
pub enum BillingCommand {
    /// Shows what a run would make; writes nothing.
    Preview(BillingArgs),
    /// Makes the invoices. It may be repeated, and goes on where an earlier run broke off.
    Run(BillingArgs),
}

/// Arguments of a billing run.
#[derive(Debug, Args)]
pub struct BillingArgs {
    /// Takes what is due up to this day; today when left out.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub through: Option<Day>,
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().ok().and_then(Day::of_date).ok_or_else(|| "not a day such as 2026-11-30".into())
}

/// Commands of staff.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Adds a staff member, who gets a link to set a password.
    Add {
        /// E-mail address.
        email: String,
        /// Name.
        name: String,
        /// Role.
        #[arg(long, value_enum, default_value = "support")]
        role: StaffRole,
        /// Holds a share of the seal.
        #[arg(long)]
        officer: bool,
    },
    /// Lists staff.
    List,
    /// Changes a role.
    Role {
        /// E-mail address.
        email: String,
        /// The new role.
        #[arg(value_enum)]
        role: StaffRole,
    },
    /// Ends the access of a staff member.
    Disable {
        /// E-mail address.
        email: String,
    },
    /// Removes a lost second factor; the staff member enrols a new one at the next sign-in.
    ResetSecondFactor {
        /// E-mail address.
        email: String,
    },
}

/// Roles of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StaffRole {
    /// Everything, staff included.
    Admin,
    /// Requests, erasure, promises, ledger.
    Privacy,
    /// Customers and messages.
    Support,
    /// Promises and ledger; no personal data.
    Auditor,
}

/// Commands of keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Shows the epoch, its phase and its copies.
    Status,
    /// Rotates the epoch now, or goes on with a rotation that was broken off.
    Rotate,
    /// Unwraps every key.
    Verify,
    /// Writes paper shares of the root key.
    Shares {
        /// How many are needed.
        #[arg(long, short, value_name = "K")]
        k: u8,
        /// How many there are.
        #[arg(long, short, value_name = "N")]
        n: u8,
    },
    /// Puts the root key together from paper shares, typed in or piped.
    Recover,
    /// Rehearses the recovery: compares the shares with the root key, changes nothing.
    Rehearse,
}

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The folder for the copy; must not exist.
    pub folder: PathBuf,
    /// What to copy: never both into one place.
    #[arg(long, value_enum, default_value = "data")]
    pub what: BackupPart,
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BackupPart {
    /// The data store with the entries of the ledger, the list of destroyed keys and the policy.
    Data,
    /// The key store, without epoch keys and without the root key.
    Keys,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The folder with the copy.
    pub folder: PathBuf,
    /// Does it; without this it only says what it would do.
    #[arg(long)]
    pub confirm: bool,
}
