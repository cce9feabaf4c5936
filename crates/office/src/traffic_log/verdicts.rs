//! What the promises P06 and P07 look at.

use super::{destroy, store};
use crate::{Office, OfficeError, promises};
use base::Day;
use policy::Moment;
use policy::versions::{History, InForce};

/// The purpose of the policy that traffic is kept for.
const PURPOSE: &str = "traffic";

/// The fields that are kept of a visit, by name: what the parser hands on is all that anything later can store.
#[must_use]
pub(crate) fn fields() -> [&'static str; 5] {
    let nothing = traffic::hit::Hit {
        seconds: 0,
        host: Default::default(),
        path: Default::default(),
        agent: Default::default(),
        address: traffic::hit::Address::from_bits(0),
        cut: traffic::hit::Cut::Whole,
    };
    nothing.fields()
}

/// The days of which the term has passed under every version of the policy that counts for them: by the day of the
/// rows or the day on which they came in, whichever is first, for a machine could label 2099.
pub(super) async fn due(office: &Office, kept: Vec<(Day, Day)>, today: Day) -> Result<Vec<Day>, OfficeError> {
    let parsed = promises::parsed_versions(office).await?;
    let versions = parsed.iter().map(|(policy, from)| InForce { policy, from: *from }).collect();
    let Ok(history) = History::new(versions) else { return Ok(Vec::new()) };
    let is_due = |(day, received): &(Day, Day)| {
        let from = *day.min(received);
        history.is_due(PURPOSE, from, today, |moment| (moment == Moment::Collected).then_some(from))
    };
    Ok(kept.into_iter().filter(is_due).map(|(day, _)| day).collect())
}

/// What the files say about the term.
#[derive(Debug, Clone, Default)]
pub(crate) struct TermFinding {
    /// Segments looked at.
    pub segments: u64,
    /// Segments that were destroyed, with an entry in the ledger.
    pub destroyed: u64,
    /// Days that should be gone.
    pub late: Vec<Day>,
    /// Segments whose files are not as the ledger says: gone, or there without an entry.
    pub astray: Vec<String>,
    /// The oldest day of which there is a key object.
    pub oldest: Option<Day>,
}

/// Looks at the files themselves: which days there are, and which should be gone.
pub(crate) async fn term(office: &Office) -> Result<TermFinding, OfficeError> {
    let log = office.log()?;
    let files = std::sync::Arc::clone(&log.store);
    let stored = tokio::task::spawn_blocking(move || files.segments())
        .await
        .map_err(|error| OfficeError::Other(error.to_string()))?
        .map_err(|error| OfficeError::Other(error.to_string()))?;
    let kept = store::kept(&office.store).await?;
    let mut found = TermFinding {
        segments: stored.len() as u64,
        destroyed: kept.destroyed,
        oldest: stored.iter().map(|one| one.day).min(),
        ..TermFinding::default()
    };
    let today = destroy::counted_today(office).await?;
    let received = store::days_kept(&office.store).await?;
    let mut days: Vec<Day> = stored.iter().map(|one| one.day).collect();
    days.dedup();
    let with_receipt = days.iter().map(|day| {
        let came = received.iter().find(|(on, _)| on == day).map_or(*day, |(_, came)| *came);
        (*day, came)
    });
    found.late = due(office, with_receipt.collect(), today).await?;
    for one in &stored {
        let row = store::segment(&office.store, one.day, one.node, one.seq).await?;
        if row.is_none_or(|row| row.destroyed_at.is_some()) {
            found
                .astray
                .push(format!("{} {}-{}: files that the ledger does not know", one.day, one.node, one.seq));
        }
    }
    Ok(found)
}
