//! `waarborg traffic destroy`.

use super::folder::Folder;
use crate::output::Out;
use anyhow::{Context, Result, bail};
use base::Day;
use keys::seal::SiteId;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::ExitCode;
use traffic::node::Node;
use traffic::store::Destroyed;

/// Days of a site between two movements of the progress bar.
const DAYS_AT_ONCE: usize = 32;
/// More days at once need their number typed.
const DAYS_FREE: usize = 3;

pub struct Task<'a> {
    pub from: Day,
    pub to: Day,
    pub site: Option<&'a str>,
    pub confirmed: Confirmed,
    pub days: Option<u32>,
}

/// Whether it was said that it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    Yes,
    No,
}

pub fn run(folder: &Folder, task: &Task<'_>, out: &Out) -> Result<ExitCode> {
    if task.to < task.from {
        bail!("--to lies before --from");
    }
    let site: Option<SiteId> = task.site.map(str::parse).transpose().context("--site")?;
    let node = Node::open(folder.path())?;
    let range = task.from..=task.to;
    let days: BTreeSet<Day> = node
        .store()
        .segments()?
        .into_iter()
        .map(|stored| stored.day)
        .filter(|day| range.contains(day))
        .collect();
    let days = Vec::from_iter(days);
    let names: Vec<String> = days.iter().map(ToString::to_string).collect();
    let what = site.map_or_else(String::new, |site| format!(" of site {site}"));
    if task.confirmed == Confirmed::No {
        out.print(&json!({ "days": names, "destroyed": false }), || match names.len() {
            0 => "there is nothing to destroy".into(),
            count => format!(
                "would destroy the traffic{what} of {count} days: {}\nnothing was done; --confirm does it, and nobody can undo it",
                names.join(", ")
            ),
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    if days.len() > DAYS_FREE && task.days != u32::try_from(days.len()).ok() {
        bail!("this destroys {} days; say so with --confirm-days {}", days.len(), days.len());
    }
    let bar = out.progress("days", days.len() as u64);
    let mut all = Destroyed::default();
    // A day goes by one file of keys; of a site there is a file to rewrite for each day: several at once.
    for part in days.chunks(if site.is_some() { DAYS_AT_ONCE } else { 1 }) {
        let destroyed = match site {
            Some(site) => node.store().destroy_site_over(part, site),
            None => node.store().destroy_day(part[0]),
        }
        .with_context(|| {
            format!("{}; the days before it are destroyed, repeat the command for the rest", part[0])
        })?;
        all.keys += destroyed.keys;
        all.data += destroyed.data;
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    let shown = json!({ "days": names, "destroyed": true, "keys": all.keys, "data": all.data });
    out.print(&shown, || {
        format!(
            "destroyed what opens the traffic{what} of {} days ({} keys, {} data objects); a copy made before still opens for \
             the officers until they delete that month's shares",
            names.len(),
            all.keys,
            all.data
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
