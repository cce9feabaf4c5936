//! The clocks of a case: hours from the policy's facts of law, counted as they pass.
//!
//! Hours are absolute: 72 hours after awareness is 72 hours later, on a day of 23 hours and on one of 25.
//! Regulation 1182/71 would let a term of hours that ends in a weekend end later (art. 3(4)); the authority
//! does not wait, so neither does this. Months keep the time of day in Europe/Amsterdam.

use super::model::{IncidentRole, NotAllowed, Regime};
use crate::words::words;
use base::{Day, TimeError, Timestamp, amsterdam};
use policy::{Law, LegalTerm};

words! {
    /// What a clock is for.
    ClockKind {
        /// The notification to the authority for data protection.
        Authority = "authority",
        /// Telling the customers whose data the provider holds as a processor.
        Customers = "customers",
        /// The early warning of NIS 2.
        EarlyWarning = "nis2_early_warning",
        /// The notification of NIS 2.
        Nis2Notification = "nis2_notification",
        /// The final report of NIS 2.
        Nis2Report = "nis2_report",
    }
}

impl ClockKind {
    /// The fact of law whose term it counts.
    #[must_use]
    pub const fn fact(self) -> &'static str {
        match self {
            // "Without undue delay" (art. 33(2)) has no number; the customers' own clock is the outer bound.
            Self::Authority | Self::Customers => "breach-notification",
            Self::EarlyWarning => "nis2-early-warning",
            Self::Nis2Notification => "nis2-notification",
            Self::Nis2Report => "nis2-report",
        }
    }
}

words! {
    /// How a clock ended.
    ClockEnd {
        /// What it waits for was sent.
        Reported = "reported",
        /// The customers were told.
        Told = "told",
        /// It turned out that nothing has to be sent.
        NotRequired = "not_required",
    }
}

/// A clock of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What it is for.
    pub kind: ClockKind,
    /// Its end.
    pub due_at: Timestamp,
    /// When and how it was ended.
    pub ended: Option<(Timestamp, ClockEnd)>,
    /// When somebody said why it is late.
    pub reasoned_at: Option<Timestamp>,
}

impl Clock {
    /// Whether it passed its end before it was ended.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.ended.map_or(now, |(at, _)| at) > self.due_at
    }

    /// Whether it is late and nobody has said why.
    #[must_use]
    pub fn lacks_reason(&self, now: Timestamp) -> bool {
        self.is_late(now) && self.reasoned_at.is_none()
    }

    /// Ends it. After its end only with a reason.
    ///
    /// # Errors
    /// [`NotAllowed::Late`].
    pub fn end(&mut self, at: Timestamp, how: ClockEnd) -> Result<(), NotAllowed> {
        if at > self.due_at && self.reasoned_at.is_none() {
            return Err(NotAllowed::Late);
        }
        if self.ended.is_none() {
            self.ended = Some((at, how));
        }
        Ok(())
    }
}

/// The clocks that awareness begins.
pub(super) fn begin(
    aware: Timestamp,
    role: IncidentRole,
    regime: Regime,
    law: &Law,
) -> Result<Vec<Clock>, NotAllowed> {
    let mut clocks = Vec::new();
    if regime.has_gdpr() {
        let kind = match role {
            IncidentRole::Controller | IncidentRole::Mandate => ClockKind::Authority,
            IncidentRole::Processor => ClockKind::Customers,
        };
        clocks.push(clock(kind, aware, law)?);
    }
    if regime.has_nis2() {
        clocks.push(clock(ClockKind::EarlyWarning, aware, law)?);
        clocks.push(clock(ClockKind::Nis2Notification, aware, law)?);
    }
    Ok(clocks)
}

/// The clock of the final report of NIS 2, which the notification begins.
pub(super) fn begin_report(clocks: &mut Vec<Clock>, sent: Timestamp, law: &Law) -> Result<(), NotAllowed> {
    if !clocks.iter().any(|clock| clock.kind == ClockKind::Nis2Report) {
        clocks.push(clock(ClockKind::Nis2Report, sent, law)?);
    }
    Ok(())
}

fn clock(kind: ClockKind, from: Timestamp, law: &Law) -> Result<Clock, NotAllowed> {
    let fact = law.fact(kind.fact()).ok_or(NotAllowed::OtherRegime)?;
    Ok(Clock { kind, due_at: after(from, fact.term)?, ended: None, reasoned_at: None })
}

/// When a term of law that began at an instant ends.
///
/// # Errors
/// When the calendar ends first.
pub(super) fn after(from: Timestamp, term: LegalTerm) -> Result<Timestamp, TimeError> {
    match term {
        LegalTerm::Hours(hours) => Ok(from.plus_seconds(i64::from(hours) * 3_600)),
        LegalTerm::Calendar(term) => {
            let local = from.in_amsterdam();
            let day = term.after(Day::of_date(local.date()).ok_or(TimeError)?)?;
            let end = day.date().to_datetime(local.time()).to_zoned(amsterdam()).map_err(|_| TimeError)?;
            Ok(Timestamp::from_micros(end.timestamp().as_microsecond()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Policy;
    use proptest::prelude::*;

    fn law() -> Law {
        Policy::parse(policy::DEMO_POLICY).expect("the demo policy").law().clone()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("an instant")
    }

    fn due(from: &str) -> String {
        let clocks = begin(at(from), IncidentRole::Controller, Regime::Gdpr, &law()).expect("clocks");
        assert_eq!(clocks.len(), 1);
        clocks[0].due_at.in_amsterdam().to_string()
    }

    #[test]
    fn seventy_two_hours_are_counted_as_they_pass() {
        // Winter; over the day of 25 hours in October; over the day of 23 hours in March; over a weekend.
        assert_eq!(due("2026-01-05T09:00:00Z"), "2026-01-08T10:00:00");
        assert_eq!(due("2026-10-24T08:00:00Z"), "2026-10-27T09:00:00");
        assert_eq!(due("2026-03-28T09:00:00Z"), "2026-03-31T11:00:00");
        assert_eq!(due("2026-11-20T16:00:00Z"), "2026-11-23T17:00:00");
    }

    #[test]
    fn nis2_has_clocks_of_its_own_and_a_month_keeps_the_time_of_day() {
        let mut clocks =
            begin(at("2026-10-01T08:00:00Z"), IncidentRole::Processor, Regime::Both, &law()).expect("clocks");
        let kinds: Vec<ClockKind> = clocks.iter().map(|clock| clock.kind).collect();
        assert_eq!(kinds, [ClockKind::Customers, ClockKind::EarlyWarning, ClockKind::Nis2Notification]);
        assert_eq!(clocks[1].due_at, at("2026-10-02T08:00:00Z"));
        assert_eq!(clocks[2].due_at, at("2026-10-04T08:00:00Z"));
        begin_report(&mut clocks, at("2026-10-03T08:00:00Z"), &law()).expect("a clock");
        begin_report(&mut clocks, at("2026-10-04T08:00:00Z"), &law()).expect("nothing");
        // 10:00 in summer time, 10:00 in winter time.
        assert_eq!((clocks.len(), clocks[3].due_at), (4, at("2026-11-03T09:00:00Z")));
        let january = after(at("2027-01-31T12:00:00Z"), LegalTerm::Calendar(policy::Term::months(1)));
        assert_eq!(january, Ok(at("2027-02-28T12:00:00Z")));
    }

    #[test]
    fn a_late_end_needs_a_reason() {
        let mut clock = begin(at("2026-01-05T09:00:00Z"), IncidentRole::Mandate, Regime::Gdpr, &law())
            .expect("clocks")
            .remove(0);
        let late = clock.due_at.plus_seconds(1);
        assert!(!clock.is_late(clock.due_at) && clock.is_late(late) && clock.lacks_reason(late));
        assert_eq!(clock.end(late, ClockEnd::Reported), Err(NotAllowed::Late));
        clock.reasoned_at = Some(late);
        assert!(!clock.lacks_reason(late));
        assert_eq!(clock.end(late, ClockEnd::Reported), Ok(()));
        // Ended once, it stays ended when it was.
        assert_eq!(clock.end(late.plus_days(1), ClockEnd::NotRequired), Ok(()));
        assert_eq!(clock.ended, Some((late, ClockEnd::Reported)));
    }

    proptest! {
        #[test]
        fn hours_never_depend_on_the_wall_clock(second in 1_600_000_000_i64..2_200_000_000) {
            let aware = Timestamp::from_seconds(second);
            let clocks = begin(aware, IncidentRole::Controller, Regime::Both, &law()).expect("clocks");
            let seconds: Vec<i64> = clocks.iter().map(|clock| clock.due_at.seconds_since(aware)).collect();
            prop_assert_eq!(seconds, [72 * 3_600, 24 * 3_600, 72 * 3_600]);
        }

        #[test]
        fn a_month_is_never_shorter_than_28_days_or_longer_than_31(second in 1_600_000_000_i64..2_200_000_000) {
            let from = Timestamp::from_seconds(second);
            let end = after(from, LegalTerm::Calendar(policy::Term::months(1))).expect("in the calendar");
            let hours = end.seconds_since(from).div_euclid(3_600);
            prop_assert!((28 * 24 - 1..=31 * 24 + 1).contains(&hours), "{}", hours);
        }
    }
}
