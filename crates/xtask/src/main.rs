//! `cargo xtask`: what a contributor and CI run beside plain cargo. It installs what the tests
//! need, runs them with a database of their own, holds the rules of style that a machine can hold,
//! and regenerates the documents that come from code.
//!
//! Invariants: it depends on none of the product's crates, so that it compiles in seconds; it
//! stops only processes that it started; it changes nothing on the machine without saying what
//! and why first.

mod bench;
mod docs;
mod fuzz;
mod postgres;
mod setup;
mod shell;
mod test;
mod tidy;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks for contributors and CI", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need: Debian's packages, the HTML checker and axe-core
    Setup(setup::Arguments),
    /// Run every test: unit, stores on both databases, journeys, browser
    Test(test::Arguments),
    /// Check the rules of style that a machine can hold
    Tidy,
    /// Regenerate the documents that come from code
    Docs(docs::Arguments),
    /// Build in release mode and measure
    Bench(bench::Arguments),
    /// Run the fuzz targets, each for a while
    Fuzz(fuzz::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Setup(arguments) => setup::run(&arguments).map(|()| ExitCode::SUCCESS),
        Task::Test(arguments) => test::run(&arguments),
        Task::Tidy => tidy::run(),
        Task::Docs(arguments) => docs::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
    }
}
