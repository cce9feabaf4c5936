//! What officers, rosters and alarms are. Pure.

use base::Day;
use jiff::{ToSpan as _, civil};
use keys::seal::{Chain, Message, MessageKind, Place, Roster, Sealing};
use std::collections::{BTreeMap, BTreeSet};

base::id_type!(
    /// The id of an enrolment; who enrols again gets another.
    OfficerId,
    "officer"
);

base::id_type!(
    /// The id of a roster in the office; outside it goes by its session.
    RosterId,
    "roster"
);

/// How many months a yearly ceremony makes keys for: two more than a year, so that the next may come late.
pub const YEAR_MONTHS: usize = 14;

/// What a ceremony does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Makes keys of months to come.
    Generate,
    /// Makes new shares of running keys, among those who stay.
    Refresh,
}

impl Flow {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Refresh => "refresh",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Generate, Self::Refresh].into_iter().find(|flow| flow.as_str() == text)
    }

    const fn kind(self) -> MessageKind {
        match self {
            Self::Generate => MessageKind::Generate,
            Self::Refresh => MessageKind::Refresh,
        }
    }
}

/// Where a roster is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterState {
    /// Waits for a second staff member.
    Proposed,
    /// Its ceremony is held.
    Running,
    /// Its document was adopted.
    Finished,
    /// It was given up.
    Stopped,
}

impl RosterState {
    /// All.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Running, Self::Finished, Self::Stopped];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first_day: Day,
    /// Its last day.
    pub last_day: Day,
}

/// Months in a row, from the one that a day lies in.
#[must_use]
pub fn months(from: Day, count: usize) -> Vec<Month> {
    let date = from.date();
    let mut first = civil::Date::new(date.year(), date.month(), 1).unwrap_or(date);
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        let Ok(next) = first.checked_add(1.month()) else { break };
        let Ok(last) = next.checked_sub(1.day()) else { break };
        let (Some(first_day), Some(last_day)) = (Day::of_date(first), Day::of_date(last)) else { break };
        all.push(Month { first_day, last_day });
        first = next;
    }
    all
}

/// The months that the next yearly ceremony makes keys for: after the last that there are, and not in the past.
pub(super) fn next_months(chain: Option<&Chain>, today: Day) -> Vec<Month> {
    let ends = chain.and_then(last_day);
    let after = ends.map_or(today, |end| Day::from_number(end.number() + 1).max(today));
    months(after, YEAR_MONTHS)
}

fn last_day(chain: &Chain) -> Option<Day> {
    let groups = chain.documents().iter().flat_map(|signed| signed.document().groups());
    groups.map(|group| group.days().1).max()
}

/// Why staff must see to the officers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// There never was a ceremony: nothing can be sealed.
    NoGroup,
    /// The last key ends in so many days.
    EndsSoon(u32),
    /// The last key ended so many days ago; machines go on with it for 31 days.
    Overdue(u32),
    /// There is no key: nothing is recorded.
    Stopped,
}

/// Whether staff must see to the officers.
#[must_use]
pub fn alarm(chain: Option<&Chain>, today: Day) -> Option<Alarm> {
    match chain.map(|chain| chain.sealing(today)) {
        None => Some(Alarm::NoGroup),
        Some(Sealing::Valid(_)) => None,
        Some(Sealing::EndsSoon(_, days)) => Some(Alarm::EndsSoon(days)),
        Some(Sealing::Overdue(_, days)) => Some(Alarm::Overdue(days)),
        Some(Sealing::Stop) => Some(Alarm::Stopped),
    }
}

/// Whether a ceremony of this roster has a message at this place.
pub(super) fn has_place(flow: Flow, place: Place) -> bool {
    let all = place.to == 0;
    // Sender and recipient are on the roster: `Message::verify`.
    match place.round {
        1 => place.kind == flow.kind() && all,
        2 => place.kind == flow.kind() && !all && place.to != place.from,
        3 => place.kind == MessageKind::Group && all,
        _ => false,
    }
}

/// Two different messages that one officer signed for one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivocation {
    /// The one that came first, and counts.
    pub first: Message,
    /// The other one.
    pub second: Message,
}

/// How far a ceremony is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    sent: BTreeMap<u16, BTreeSet<(u8, u16)>>,
    others: usize,
}

impl Progress {
    /// From the places of the messages that are there.
    pub(super) fn of(roster: &Roster, places: impl Iterator<Item = Place>) -> Self {
        let mut sent: BTreeMap<u16, BTreeSet<(u8, u16)>> =
            roster.officers().keys().map(|number| (*number, BTreeSet::new())).collect();
        for place in places {
            sent.entry(place.from).or_default().insert((place.round, place.to));
        }
        Self { sent, others: roster.officers().len().saturating_sub(1) }
    }

    /// Whether an officer has sent everything of a round.
    #[must_use]
    pub fn has_sent(&self, officer: u16, round: u8) -> bool {
        let needed = if round == 2 { self.others } else { 1 };
        self.sent
            .get(&officer)
            .is_some_and(|sent| sent.iter().filter(|(at, _)| *at == round).count() >= needed)
    }

    /// The round that is being waited for, and who is missing in it; none when all three are complete.
    #[must_use]
    pub fn waiting(&self) -> Option<(u8, Vec<u16>)> {
        (1..=3).find_map(|round| {
            let missing: Vec<u16> =
                self.sent.keys().copied().filter(|officer| !self.has_sent(*officer, round)).collect();
            (!missing.is_empty()).then_some((round, missing))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_year_is_fourteen_whole_months() {
        let from = Day::of_date(civil::date(2026, 11, 23)).expect("a day");
        let all = months(from, YEAR_MONTHS);
        assert_eq!(all.len(), 14);
        assert_eq!(
            (all[0].first_day.to_string(), all[0].last_day.to_string()),
            ("2026-11-01".into(), "2026-11-30".into())
        );
        assert_eq!(all[13].last_day.to_string(), "2027-12-31");
        assert_eq!(alarm(None, from), Some(Alarm::NoGroup));
    }

    proptest! {
        #[test]
        fn months_follow_each_other_and_fit_an_epoch(day in 0u32..60_000, count in 1usize..30) {
            let all = months(Day::from_number(day), count);
            prop_assert_eq!(all.len(), count);
            prop_assert!(all[0].first_day.number() <= day && day <= all[0].last_day.number());
            for month in &all {
                let days = month.last_day.number() - month.first_day.number() + 1;
                prop_assert!((28..=keys::seal::EPOCH_DAYS_MAX).contains(&days));
            }
            prop_assert!(all.windows(2).all(|two| two[0].last_day.number() + 1 == two[1].first_day.number()));
        }
    }
}
