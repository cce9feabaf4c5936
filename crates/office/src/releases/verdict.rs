//! What the promise P08 looks at: every release stands on a case, k approvals and entries in the ledger that are older
//! than its first reading.

use super::model::ReleaseState;
use super::request::{Ground, ReleaseId};
use super::store;
use crate::{Office, OfficeError, seal};

/// How many releases are read at a time.
const PAGE: u32 = 200;

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReleaseFinding {
    /// Releases that opened.
    pub opened: u64,
    /// Releases that were asked and did not open.
    pub unopened: u64,
    /// Of those that opened, on an order of a court.
    pub lawful: u64,
    /// Questions asked.
    pub questions: u64,
    /// What is not as promised.
    pub broken: Vec<String>,
}

/// Looks at every release.
pub(crate) async fn finding(office: &Office) -> Result<ReleaseFinding, OfficeError> {
    let mut found = ReleaseFinding::default();
    let needed = seal::chain(office).await?.map_or(0, |chain| usize::from(chain.last().roster().threshold()));
    let mut last: Option<ReleaseId> = None;
    loop {
        let page = store::all(&office.store, last, PAGE).await?;
        let Some(row) = page.last() else { return Ok(found) };
        last = Some(row.release.id);
        for row in &page {
            let release = &row.release;
            let Some(opened_at) = release.opened_at else {
                found.unopened += 1;
                continue;
            };
            found.opened += 1;
            found.lawful += u64::from(release.ground == Ground::LawfulOrder);
            let mut wrong = |why: &str| found.broken.push(format!("release {}: {why}", release.id));
            let approvals = store::approvals(&office.store, release.id).await?;
            if approvals.len() < needed.max(2) {
                wrong("fewer approvals than the roster asks");
            }
            let mut leaves = vec![release.leaf];
            leaves.extend(release.opened_leaf);
            leaves.extend(approvals.iter().map(|one| one.leaf));
            let mut places = Vec::with_capacity(leaves.len());
            for leaf in leaves {
                match ::store::index_of_leaf(&office.store, &leaf).await? {
                    Some(place) => places.push(place),
                    // What was committed a moment ago has no place yet.
                    None if office.now().as_micros() - opened_at.as_micros() < 60_000_000 => {}
                    None => wrong("an entry is not in the ledger"),
                }
            }
            if release.opened_leaf.is_none() {
                wrong("its opening is not in the ledger");
            }
            let first = store::first_query(&office.store, release.id).await?;
            if first.is_some_and(|first| first < opened_at) {
                wrong("something was read before it opened");
            }
            if release.state != ReleaseState::Ended && release.not_after < office.now().plus_days(-1) {
                wrong("it should have ended");
            }
            found.questions += store::count_queries(&office.store, release.id).await?;
        }
    }
}
