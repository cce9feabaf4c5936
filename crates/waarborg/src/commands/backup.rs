//! `waarborg backup`.

use crate::cli::{BackupArgs, BackupPart};
use crate::copies;
use crate::output::Out;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

/// Makes a copy while the program runs.
///
/// # Errors
/// When the folder exists, or a part cannot be copied.
pub async fn run(config: &Path, args: &BackupArgs, out: &Out) -> Result<ExitCode> {
    let app = super::open(config).await?;
    let manifest = match args.what {
        BackupPart::Data => copies::copy_data(&app, &args.folder).await?,
        BackupPart::Keys => {
            if args.folder.exists() {
                bail!("{}: the folder must not exist yet", args.folder.display());
            }
            copies::copy_keys(&app, &args.folder).await?.store().clone().close().await?;
            copies::check(&args.folder, "keys")?
        }
    };
    app.close().await?;
    out.print(&manifest, || match args.what {
        BackupPart::Data => format!(
            "copied the data to {} ({} entries in the ledger); keep it apart from every copy of the keys",
            args.folder.display(),
            manifest.ledger_size
        ),
        BackupPart::Keys => format!(
            "copied the wrapped keys to {}; without the file of epoch key {} they open nothing, and they end with \
             that epoch: make a new copy after each rotation",
            args.folder.display(),
            manifest.epoch
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}
