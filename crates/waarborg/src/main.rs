//! The program.

use clap::Parser;
use std::process::ExitCode;
use waarborg::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match waarborg::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("waarborg: {error:#}");
            ExitCode::FAILURE
        }
    }
}
