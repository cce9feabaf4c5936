//! `waarborg traffic`: a node that seals what its web servers write. It knows no office and no database; what it seals,
//! only the officers open.

mod destroy;
mod folder;
mod import;
mod office;
mod push;
mod pushed;
mod report;
mod ship;
mod status;
mod verify;

use crate::cli::{TrafficArgs, TrafficCommand};
use crate::output::Out;
use anyhow::{Result, bail};
use base::SystemRandom;
use folder::Folder;
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;
use traffic::node::Node;
use traffic::ship::{ShipError, request_seal};

/// How long `seal` waits for the shipper.
const SEAL_SECONDS_MAX: u64 = 300;
const POLL: Duration = Duration::from_millis(200);

/// Runs a command of a node.
///
/// # Errors
/// When it could not be carried out.
pub async fn run(args: &TrafficArgs, out: &Out) -> Result<ExitCode> {
    let folder = Folder::at(&args.state);
    match &args.command {
        TrafficCommand::Enroll { pin, groups } => enroll(&folder, pin, groups, out),
        TrafficCommand::Group { file } => {
            let name = folder.add_group(file)?;
            out.print(&json!({ "document": name }), || format!("added as {}", name.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        TrafficCommand::Ship(args) => ship::run(&folder, args, out).await,
        TrafficCommand::Push(args) => push::run(&folder, args, out).await,
        TrafficCommand::Import(args) => import::run(&folder, args, out),
        TrafficCommand::Seal => seal(&folder, out).await,
        TrafficCommand::Status => status::run(&folder, out),
        TrafficCommand::Verify { oldest, bytes } => {
            let depth = if *bytes { traffic::store::Depth::Bytes } else { traffic::store::Depth::Objects };
            verify::run(&folder, *oldest, depth, out)
        }
        TrafficCommand::Destroy { from, to, site, confirm, confirm_days } => {
            let task = destroy::Task {
                from: *from,
                to: to.unwrap_or(*from),
                site: site.as_deref(),
                confirmed: if *confirm { destroy::Confirmed::Yes } else { destroy::Confirmed::No },
                days: *confirm_days,
            };
            destroy::run(&folder, &task, out)
        }
    }
}

fn enroll(folder: &Folder, pin: &str, groups: &[std::path::PathBuf], out: &Out) -> Result<ExitCode> {
    folder.check_groups(pin, groups)?;
    let node = Node::create(folder.path(), &SystemRandom)?;
    folder.write_groups(pin, groups)?;
    let (id, key) = (node.id().to_string(), hex::encode(node.public()));
    out.print(&json!({ "node": id, "key": key }), || {
        format!(
            "node {id} {key}\n\nGive this line to the office; two of its staff enrol the node, and the second gets the token that it \
             pushes with. A node that does not push needs its sites in {}.",
            folder.sites().display()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn seal(folder: &Folder, out: &Out) -> Result<ExitCode> {
    let node = Node::open(folder.path())?;
    match traffic::ship::lock(folder.path()) {
        Err(ShipError::Running(_)) => {}
        Err(error) => return Err(error.into()),
        Ok(lock) => {
            drop(lock);
            bail!(
                "no shipper runs on {}: nothing is open, and what a crash left is sealed when it starts",
                folder.path().display()
            );
        }
    }
    let before = node.store().segments()?;
    let request = request_seal(folder.path())?;
    let mut waited = Duration::ZERO;
    while request.exists() {
        if waited > Duration::from_secs(SEAL_SECONDS_MAX) {
            bail!(
                "the shipper has not answered within {SEAL_SECONDS_MAX} seconds; the request stays, look at its messages"
            );
        }
        tokio::time::sleep(POLL).await;
        waited += POLL;
    }
    let after = node.store().segments()?;
    let sealed: Vec<String> =
        after.iter().filter(|stored| !before.contains(stored)).map(report::stored_name).collect();
    out.print(&json!({ "sealed": sealed }), || {
        if sealed.is_empty() { "nothing was open".into() } else { format!("sealed {}", sealed.join(", ")) }
    })?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests;
