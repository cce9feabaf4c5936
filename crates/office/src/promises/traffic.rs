//! The checks behind the promises about traffic: what is recorded, for how long, and for what.

use super::checks::promise;
use super::model::{Evidence, Finding, Unprovable};
use crate::{Office, OfficeError, releases, traffic_log};

/// The names of the promise.
const PROMISED: [&str; 5] = ["time", "domain", "path", "browser", "address"];

/// P06: of a visit, what is promised and nothing else.
pub(super) async fn recorded(office: &Office) -> Result<Finding, OfficeError> {
    let id = promise("P06");
    let found = traffic_log::term(office).await?;
    if found.segments + found.destroyed == 0 {
        return Ok(Finding::unprovable(id, Unprovable::NoCase));
    }
    let mut evidence = Evidence::default();
    let fields = traffic_log::fields();
    let beyond: Vec<_> = fields.iter().filter(|field| !PROMISED.contains(field)).collect();
    beyond.iter().for_each(|field| evidence.name_broken(**field));
    evidence.fact("fields-recorded", fields.len() as u64);
    evidence.fact("segments", found.segments);
    evidence.does_not_show("what-runs-outside-this-program");
    let broken = beyond.len() as u64;
    Ok(Finding::of(id, found.segments.max(1), broken, evidence))
}

/// P07: nothing that is past its term, by the files themselves.
pub(super) async fn term(office: &Office) -> Result<Finding, OfficeError> {
    let id = promise("P07");
    let found = traffic_log::term(office).await?;
    if found.segments + found.destroyed == 0 {
        return Ok(Finding::unprovable(id, Unprovable::NoCase));
    }
    let mut evidence = Evidence::default();
    evidence.fact("segments", found.segments);
    evidence.fact("segments-destroyed", found.destroyed);
    evidence.fact("days-past-term", found.late.len() as u64);
    evidence.fact("segments-astray", found.astray.len() as u64);
    if let Some(oldest) = found.oldest {
        let age = office.now().day().number().saturating_sub(oldest.number());
        evidence.fact("oldest-day-age-days", u64::from(age));
    }
    found.late.iter().for_each(|day| evidence.name_broken(day.to_string()));
    found.astray.iter().for_each(|what| evidence.name_broken(what.clone()));
    evidence.does_not_show("copies-of-disks-that-left-the-house");
    let broken = (found.late.len() + found.astray.len()) as u64;
    Ok(Finding::of(id, found.segments + found.destroyed, broken, evidence))
}

/// P08: every release stands on a case, on k approvals, and on entries that are older than its first reading.
pub(super) async fn only_for_leaks(office: &Office) -> Result<Finding, OfficeError> {
    let id = promise("P08");
    let found = releases::finding(office).await?;
    if found.opened + found.unopened == 0 && traffic_log::term(office).await?.segments == 0 {
        return Ok(Finding::unprovable(id, Unprovable::NoCase));
    }
    let mut evidence = Evidence::default();
    evidence.fact("releases-opened", found.opened);
    evidence.fact("releases-not-opened", found.unopened);
    evidence.fact("releases-by-lawful-order", found.lawful);
    evidence.fact("questions", found.questions);
    found.broken.iter().for_each(|what| evidence.name_broken(what.clone()));
    evidence.does_not_show("what-enough-officers-do-together-elsewhere");
    let broken = found.broken.len() as u64;
    Ok(Finding::of(id, (found.opened + found.unopened).max(1), broken, evidence))
}
