//! Wires everything: configuration, the parts of a running program, its rounds and its commands.
//!
//! This crate decides nothing about the business; it parses what was typed, opens what the
//! configuration names, calls the office and prints.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod copies;
pub mod investigation;
pub mod output;
pub mod pages;
pub mod rotation;
pub mod schedule;
pub mod worker;

use anyhow::{Context, Result};
use cli::{Cli, Command};
use std::process::ExitCode;

/// Runs a command.
///
/// # Errors
/// When it could not be carried out; the text is fit for people.
pub fn run(cli: Cli) -> Result<ExitCode> {
    // Two rustls providers are never linked; this names the one for every part.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    runtime.block_on(dispatch(cli))
}

async fn dispatch(cli: Cli) -> Result<ExitCode> {
    let out = output::Out::new(if cli.json { output::Form::Json } else { output::Form::Words });
    let config = cli.config.as_path();
    match cli.command {
        Command::Init(args) => commands::init::run(&args, &out).await,
        Command::Serve(args) => commands::serve::run(config, &args).await,
        Command::Work => commands::serve::work(config).await,
        Command::Demo(args) => commands::demo::run(&args).await,
        Command::Attest(args) => commands::attest::run(config, &args, &out).await,
        Command::Ledger(command) => commands::ledger::run(config, &command, &out).await,
        Command::Verify(args) => commands::ledger::verify_receipt(config, &args, &out),
        Command::Policy(command) => commands::policy::run(config, &command, &out).await,
        Command::Billing(command) => commands::billing::run(config, &command, &out).await,
        Command::Import(args) => commands::import::run(config, &args, &out).await,
        Command::Staff(command) => commands::staff::run(config, command, &out).await,
        Command::Keys(command) => commands::keys::run(config, &command, &out).await,
        Command::Officer(args) => commands::officer::run(&args, &out),
        Command::Investigate(args) => commands::investigate::run(config, &args, &out).await,
        Command::Traffic(args) => commands::traffic::run(&args, &out).await,
        Command::Backup(args) => commands::backup::run(config, &args, &out).await,
        Command::Restore(args) => commands::restore::run(config, &args, &out).await,
        Command::Doctor => commands::doctor::run(config, &out).await,
        Command::Completions { shell } => commands::docs::completions(shell),
        Command::Docs { what } => commands::docs::run(what),
    }
}
