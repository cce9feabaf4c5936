//! What staff must see to about the traffic log: shown in the work queue and on the page of the system's health.

use super::view::Badge;
use crate::error::PageError;
use crate::state::State;
use crate::text::T;
use base::Timestamp;
use office::seal::{self, Alarm};
use office::traffic_log::{self, DestructionState, Node, NodeState};

/// A machine that asked and pushed nothing for so long is down, or cannot reach the office.
const SILENT_DAYS: i64 = 2;
/// Machines that are named; the page of the log has all.
const NAMED_MAX: usize = 10;

/// One thing to see to.
pub(super) struct LogAlarm {
    /// What, and how pressing.
    pub badge: Badge,
    /// Where.
    pub href: &'static str,
}

/// Everything about the log that somebody must see to now, the most pressing first.
pub(super) async fn log_alarms(t: T, state: &State) -> Result<Vec<LogAlarm>, PageError> {
    let (office, mut found) = (&*state.office, Vec::new());
    let (now, nodes) = (office.now(), traffic_log::nodes(office).await?);
    let chain = seal::chain(office).await?;
    let alarm = seal::alarm(chain.as_ref(), now.day());
    // Without a ceremony and without a machine there is no log, which is no alarm.
    let enrolled = nodes.iter().any(|node| node.state == NodeState::Enrolled);
    if let Some(alarm) = alarm.filter(|alarm| *alarm != Alarm::NoGroup || enrolled) {
        found.push(LogAlarm { badge: super::seal::alarm_badge(t, alarm), href: "/staff/seal" });
    }
    let (open, _) = traffic_log::destruction(office).await?;
    if open.is_some_and(|one| one.state == DestructionState::Waiting) {
        found.push(LogAlarm { badge: Badge::new("warn", t.alarm_destruction()), href: "/staff/log" });
    }
    for node in nodes.iter().filter(|node| is_silent(node, now)).take(NAMED_MAX) {
        let badge = Badge::new("warn", t.alarm_silent(node.name.clone(), SILENT_DAYS));
        found.push(LogAlarm { badge, href: "/staff/log" });
    }
    Ok(found)
}

fn is_silent(node: &Node, now: Timestamp) -> bool {
    let since = node.last_seen_at.unwrap_or(node.created_at);
    node.state == NodeState::Enrolled && since < now.plus_days(-SILENT_DAYS)
}
