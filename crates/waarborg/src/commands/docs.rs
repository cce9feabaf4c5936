//! Documentation and completions that are made from the program.

use crate::cli::{Cli, DocsTopic};
use crate::config::STARTING_CONFIG;
use ::policy::schema::{Content, OnErasure};
use anyhow::Result;
use base::Language;
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;
use std::io;
use std::process::ExitCode;

/// Prints the completions of a shell.
///
/// # Errors
/// Never.
pub fn completions(shell: Shell) -> Result<ExitCode> {
    clap_complete::generate(shell, &mut Cli::command(), "waarborg", &mut io::stdout());
    Ok(ExitCode::SUCCESS)
}

/// Prints one of the generated pages.
///
/// # Errors
/// When the demo policy cannot be read, which a test rules out.
pub fn run(what: DocsTopic) -> Result<ExitCode> {
    let text = match what {
        DocsTopic::Cli => cli(),
        DocsTopic::Config => config(),
        DocsTopic::Retention => retention()?,
        DocsTopic::Schema => schema(),
    };
    println!("{}", text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn cli() -> String {
    let mut text = String::from("# The command line\n\nMade by `waarborg docs cli`; do not edit.\n");
    let mut root = Cli::command();
    root.build();
    describe(&root, "waarborg", &mut text);
    text
}

fn describe(command: &Command, path: &str, text: &mut String) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    text.push_str(&format!("\n## `{path}`\n\n{about}\n"));
    let args: Vec<&Arg> =
        command.get_arguments().filter(|arg| arg.get_id() != "help" && arg.get_id() != "version").collect();
    if !args.is_empty() {
        text.push_str("\n| argument | meaning | default |\n|---|---|---|\n");
        for arg in args {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let default: Vec<String> = arg
                .get_default_values()
                .iter()
                .map(|value| format!("`{}`", value.to_string_lossy()))
                .collect();
            text.push_str(&format!(
                "| `{}` | {help} | {} |\n",
                arg.to_string().replace('|', "\\|"),
                default.join(" ")
            ));
        }
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        describe(sub, &format!("{path} {}", sub.get_name()), text);
    }
}

fn config() -> String {
    format!(
        "# The configuration\n\nMade by `waarborg docs config`; do not edit. This is the file that `waarborg init` \
         writes: every key, with its default.\n\n```toml\n{}\n```\n",
        STARTING_CONFIG.trim_end()
    )
}

fn retention() -> Result<String> {
    let policy = crate::app::parse_policy(::policy::DEMO_POLICY, "the demo policy")?;
    let schedule = ::policy::schedule::schedule(&policy, Language::En);
    let mut text = String::from(
        "# The retention schedule of the demo provider\n\nMade by `waarborg docs retention` from its policy; do not \
         edit. `waarborg policy schedule` prints that of your own.\n\n",
    );
    text.push_str("| purpose | data | ground | retention |\n|---|---|---|---|\n");
    for line in &schedule.lines {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            line.purpose, line.data, line.ground, line.retention_in_words
        ));
    }
    Ok(text)
}

fn schema() -> String {
    let mut text = String::from(
        "# Every table and column of the data store\n\nMade by `waarborg docs schema` from the declarations in the \
         code; do not edit. Personal columns hold envelopes (docs/formats/envelope.md).\n",
    );
    for table in office::schema::tables() {
        let erasure = match table.erasure {
            OnErasure::Keep => "rows belong to no subject".to_owned(),
            OnErasure::Delete { subject } => format!("an erasure deletes rows by `{subject}`"),
            OnErasure::Clear { subject } => format!("an erasure empties rows by `{subject}`"),
        };
        text.push_str(&format!(
            "\n## `{}`\n\n{erasure}\n\n| column | holds | purpose |\n|---|---|---|\n",
            table.name
        ));
        for column in table.columns {
            let (holds, purpose) = match column.content {
                Content::Plain => ("nothing personal", ""),
                Content::Public => ("what anybody may read", ""),
                Content::Secret => ("a hash or wrapped key", ""),
                Content::Personal { purpose } => ("**personal data, sealed**", purpose),
                Content::BlindIndex { purpose } => ("a keyed hash of personal data", purpose),
            };
            text.push_str(&format!("| `{}` | {holds} | {purpose} |\n", column.name));
        }
    }
    text
}
