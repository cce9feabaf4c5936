//! `waarborg officer enroll`.

use super::console::Console;
use super::home::{Home, write_durably};
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::SystemRandom;
use keys::seal::{OfficerIdentity, Passphrase, ShareFile};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

pub fn run(home: &Home, name: &str, output: &Path, console: &Console, out: &Out) -> Result<ExitCode> {
    if home.share_path().exists() {
        bail!("{}: this officer has enrolled; another one needs another --home", home.share_path().display());
    }
    home.create()?;
    let identity = OfficerIdentity::generate(name, &SystemRandom)?;
    let passphrase = Passphrase::generate(&SystemRandom);
    hand_over(&passphrase, console)?;
    let file = ShareFile::new(identity);
    home.store(&file, &passphrase)?;
    let officer = file.identity().officer();
    write_durably(output, office::seal::write_identity(officer).as_bytes())?;
    let digits = officer.fingerprint().to_string();
    let shown =
        json!({ "name": name, "digits": digits, "share_file": home.share_path(), "identity": output });
    out.print(&shown, || {
        format!(
            "share file  {}\nidentity    {}: give this one to the office\nyour digits {digits}\n\nThe passphrase is \
             kept apart from the share file; without either, your share is lost.",
            home.share_path().display(),
            output.display()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Shows the passphrase once and has it typed back.
fn hand_over(passphrase: &Passphrase, console: &Console) -> Result<()> {
    if let Some(path) = Console::passphrase_file() {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| path.display().to_string())?;
        return Ok(file.write_all(passphrase.expose().as_bytes())?);
    }
    console
        .show(&format!("Write these six words down; they are shown once:\n\n    {}\n", passphrase.expose()));
    let typed = console.ask("Type them back:")?;
    if typed.parse::<Passphrase>().ok().as_ref() != Some(passphrase) {
        bail!("these are not the words; nothing was made, run it again");
    }
    Ok(())
}
