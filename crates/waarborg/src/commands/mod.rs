//! The commands, one file each: open what is needed, call the office, print.

pub mod attest;
pub mod backup;
pub mod billing;
pub mod demo;
pub mod docs;
pub mod doctor;
pub mod import;
pub mod init;
pub mod investigate;
pub mod keys;
pub mod ledger;
pub mod officer;
pub mod policy;
pub mod restore;
pub mod serve;
pub mod staff;
pub mod traffic;

use crate::app::App;
use crate::config::Config;
use anyhow::Result;
use std::path::Path;

/// Opens everything for a command.
///
/// # Errors
/// When a part is missing or does not fit.
pub(crate) async fn open(config: &Path) -> Result<App> {
    App::open(Config::read(config)?).await
}
