//! What a case is, and how it moves from state to state.

use super::clock::{self, Clock, ClockEnd, ClockKind};
use super::fields::{Field, Texts};
use crate::catalogue::PlanId;
use crate::customers::CustomerId;
use crate::services::ServiceId;
use crate::words::words;
use base::{Day, Sensitive, SubjectId, TimeError, Timestamp};
use core::fmt;
use policy::Law;
use serde::{Deserialize, Serialize};
use thiserror::Error;

base::id_type!(
    /// The id of a case.
    IncidentId,
    "incident"
);

base::id_type!(
    /// The id of a report to an authority.
    ReportId,
    "incident report"
);

/// The number a case is known by, such as `D100001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentNumber(pub(crate) i64);

impl IncidentNumber {
    /// The plain number.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D{}", self.0)
    }
}

words! {
    /// In what quality the provider has to do with a leak.
    IncidentRole {
        /// It decides on purpose and means: its own administration and software.
        Controller = "controller",
        /// It holds the data for its customers, who report themselves.
        Processor = "processor",
        /// It holds the data for its customers and reports for them.
        Mandate = "mandate",
    }
}

words! {
    /// Which law asks for reports.
    Regime {
        /// GDPR art. 33 and 34.
        Gdpr = "gdpr",
        /// NIS 2 art. 23, without personal data.
        Nis2 = "nis2",
        /// Both.
        Both = "gdpr_nis2",
    }
}

impl Regime {
    /// Whether personal data is concerned.
    #[must_use]
    pub const fn has_gdpr(self) -> bool {
        matches!(self, Self::Gdpr | Self::Both)
    }

    /// Whether the clocks of NIS 2 run.
    #[must_use]
    pub const fn has_nis2(self) -> bool {
        matches!(self, Self::Nis2 | Self::Both)
    }
}

words! {
    /// Where a case is in its life.
    IncidentState {
        /// Something was seen; that it is a leak is not established with a reasonable degree of certainty.
        Suspected = "suspected",
        /// It is: the clocks run.
        Aware = "aware",
        /// Done with.
        Closed = "closed",
    }
}

words! {
    /// Whether the authority is told, and if not, on what ground.
    Decision {
        /// It is.
        Notify = "notify",
        /// No: a risk to people is unlikely (art. 33(1)).
        NoRisk = "no_risk",
        /// No: it is for the controllers, who are told (art. 33(2)).
        NotOurs = "not_ours",
        /// No: it turned out to be no leak.
        NoLeak = "no_leak",
    }
}

words! {
    /// Whether the people whose data it is are told, and if not, on what ground.
    Telling {
        /// They are (art. 34(1)).
        Tell = "tell",
        /// No: no high risk.
        NoHighRisk = "no_high_risk",
        /// No: the data is unintelligible to others (art. 34(3)(a)).
        Unintelligible = "unintelligible",
        /// No: measures taken since keep the high risk away (art. 34(3)(b)).
        MeasuresTaken = "measures_taken",
        /// By a public communication, for it would take a disproportionate effort (art. 34(3)(c)).
        Public = "public",
    }
}

words! {
    /// What was sent to an authority.
    ReportKind {
        /// The first notification, complete or provisional.
        Initial = "initial",
        /// What was found since.
        FollowUp = "follow_up",
        /// The last one: nothing is missing any more.
        Complete = "complete",
        /// It was no leak after all.
        Withdrawal = "withdrawal",
        /// The early warning of NIS 2.
        EarlyWarning = "nis2_early_warning",
        /// The notification of NIS 2.
        Nis2Notification = "nis2_notification",
        /// The final report of NIS 2.
        Nis2Report = "nis2_report",
    }
}

impl ReportKind {
    /// Whether it goes to the authority for data protection.
    #[must_use]
    pub const fn is_gdpr(self) -> bool {
        matches!(self, Self::Initial | Self::FollowUp | Self::Complete | Self::Withdrawal)
    }

    /// The clock that it ends.
    #[must_use]
    pub const fn ends(self) -> Option<ClockKind> {
        match self {
            Self::Initial => Some(ClockKind::Authority),
            Self::EarlyWarning => Some(ClockKind::EarlyWarning),
            Self::Nis2Notification => Some(ClockKind::Nis2Notification),
            Self::Nis2Report => Some(ClockKind::Nis2Report),
            Self::FollowUp | Self::Complete | Self::Withdrawal => None,
        }
    }
}

/// What a leak does to data. At least one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effects {
    /// Somebody may have seen it who should not.
    pub confidentiality: bool,
    /// It was changed.
    pub integrity: bool,
    /// It was lost or out of reach.
    pub availability: bool,
}

impl Effects {
    /// Whether there is none.
    #[must_use]
    pub const fn is_none(self) -> bool {
        !(self.confidentiality || self.integrity || self.availability)
    }

    /// The words of those there are.
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        [
            (self.confidentiality, "confidentiality"),
            (self.integrity, "integrity"),
            (self.availability, "availability"),
        ]
        .into_iter()
        .filter_map(|(there, word)| there.then_some(word))
        .collect()
    }
}

/// When it happened and was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it began, as far as known.
    pub occurred_from: Option<Timestamp>,
    /// When it ended, as far as known.
    pub occurred_until: Option<Timestamp>,
    /// Whether it goes on.
    pub ongoing: bool,
    /// When somebody saw that something was wrong.
    pub discovered_at: Timestamp,
}

/// Which customers a leak touches. Ids only: it is kept and told in the ledger as a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Every customer, whatever runs for them.
    pub everybody: bool,
    /// Plans: all customers with a running service of them.
    pub plans: Vec<PlanId>,
    /// Services.
    pub services: Vec<ServiceId>,
    /// Customers.
    pub customers: Vec<CustomerId>,
}

impl Scope {
    /// Whether it names nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.everybody && self.plans.is_empty() && self.services.is_empty() && self.customers.is_empty()
    }

    /// How many things it names.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.plans.len() + self.services.len() + self.customers.len()
    }
}

/// A transition that the case does not have.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NotAllowed {
    /// It is closed.
    #[error("the case is closed")]
    Closed,
    /// Awareness was recorded before.
    #[error("awareness was recorded before; it is recorded once")]
    AwareBefore,
    /// Awareness lies before the discovery, or in the future.
    #[error("the moment of awareness is not possible")]
    Moment,
    /// The clocks must run first.
    #[error("nobody is aware of a leak yet")]
    NotAware,
    /// The decision must be to notify.
    #[error("the decision is not to notify the authority")]
    NotDecided,
    /// The first notification must be recorded first.
    #[error("no first notification was recorded yet")]
    NotReported,
    /// A first notification was recorded, so that the decision stands; it can be withdrawn.
    #[error("the authority was notified; a notification is withdrawn, not undecided")]
    Reported,
    /// This was recorded before.
    #[error("this was recorded before")]
    Twice,
    /// The law that asks for it does not apply to this case.
    #[error("this case has no such report")]
    OtherRegime,
    /// A clock has passed its end, and nobody has said why.
    #[error("a clock has passed its end without a reason")]
    Late,
    /// The grounds must be written down.
    #[error("the grounds are missing")]
    NoGround,
    /// Customers who are affected were not told, and nobody has put that off.
    #[error("affected customers have not been told")]
    NotTold,
    /// The last notification is provisional.
    #[error("the last notification is provisional")]
    Provisional,
    /// The calendar ended.
    #[error(transparent)]
    Time(#[from] TimeError),
}

/// A case, opened.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The subject whose keys its texts are under.
    pub subject: SubjectId,
    /// Its number.
    pub number: IncidentNumber,
    /// Counts its changes.
    pub revision: u32,
    /// Where it is in its life.
    pub state: IncidentState,
    /// What it does to data.
    pub effects: Effects,
    /// In what quality the provider has to do with it.
    pub role: IncidentRole,
    /// Which law asks for reports.
    pub regime: Regime,
    /// When it happened and was seen.
    pub times: Times,
    /// Since when it is known to be a leak.
    pub aware_at: Option<Timestamp>,
    /// Whom it touches.
    pub scope: Scope,
    /// Whether the authority is told.
    pub decision: Option<(Decision, Timestamp)>,
    /// Whether people are told.
    pub telling: Option<Telling>,
    /// Until when telling customers is put off.
    pub postponed_until: Option<Day>,
    /// What people wrote.
    pub texts: Texts,
    /// Its clocks, the first end first.
    pub clocks: Vec<Clock>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// What was sent to an authority.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// What it was.
    pub kind: ReportKind,
    /// When it was sent, as who sent it says.
    pub sent_at: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// The reference that the authority gave.
    pub reference: Option<Sensitive<String>>,
}

impl Incident {
    const fn require_open(&self) -> Result<(), NotAllowed> {
        match self.state {
            IncidentState::Closed => Err(NotAllowed::Closed),
            IncidentState::Suspected | IncidentState::Aware => Ok(()),
        }
    }

    fn require_aware(&self) -> Result<Timestamp, NotAllowed> {
        self.require_open()?;
        self.aware_at.ok_or(NotAllowed::NotAware)
    }

    /// One of its clocks.
    #[must_use]
    pub fn clock(&self, kind: ClockKind) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.kind == kind)
    }

    /// The running clock that ends first.
    #[must_use]
    pub fn next_clock(&self) -> Option<&Clock> {
        self.clocks.iter().filter(|clock| clock.ended.is_none()).min_by_key(|clock| clock.due_at)
    }

    /// Other texts. Nothing else changes; a closed case keeps what it says.
    pub fn written(mut self, texts: Texts) -> Result<Self, NotAllowed> {
        self.require_open()?;
        self.texts = texts;
        Ok(self)
    }

    /// Awareness begins the clocks.
    pub fn aware(mut self, at: Timestamp, now: Timestamp, law: &Law) -> Result<Self, NotAllowed> {
        self.require_open()?;
        if self.aware_at.is_some() {
            return Err(NotAllowed::AwareBefore);
        }
        if at > now || at < self.times.discovered_at {
            return Err(NotAllowed::Moment);
        }
        self.clocks = clock::begin(at, self.role, self.regime, law)?;
        self.aware_at = Some(at);
        self.state = IncidentState::Aware;
        Ok(self)
    }

    /// Whom it touches.
    pub fn scoped(mut self, scope: Scope) -> Result<Self, NotAllowed> {
        self.require_open()?;
        self.scope = scope;
        Ok(self)
    }

    /// Whether the authority is told. A decision against it ends the clock, and one for it begins it again.
    pub fn decided(
        mut self,
        decision: Decision,
        reports: &[Report],
        now: Timestamp,
    ) -> Result<Self, NotAllowed> {
        self.require_aware()?;
        if decision != Decision::Notify {
            if reports.iter().any(|report| report.kind == ReportKind::Initial) {
                return Err(NotAllowed::Reported);
            }
            if self.texts.get(Field::DecisionGround).is_none() {
                return Err(NotAllowed::NoGround);
            }
        }
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.kind == ClockKind::Authority) {
            match decision {
                Decision::Notify => {
                    if matches!(clock.ended, Some((_, ClockEnd::NotRequired))) {
                        clock.ended = None;
                    }
                }
                Decision::NoRisk | Decision::NotOurs | Decision::NoLeak => {
                    clock.end(now, ClockEnd::NotRequired)?;
                }
            }
        }
        self.decision = Some((decision, now));
        Ok(self)
    }

    /// Whether people are told.
    pub fn told_people(mut self, telling: Telling) -> Result<Self, NotAllowed> {
        self.require_aware()?;
        if telling != Telling::Tell && self.texts.get(Field::TellingGround).is_none() {
            return Err(NotAllowed::NoGround);
        }
        self.telling = Some(telling);
        Ok(self)
    }

    /// Somebody sent something to an authority.
    pub fn reported(
        mut self,
        kind: ReportKind,
        sent_at: Timestamp,
        reports: &[Report],
        law: &Law,
    ) -> Result<Self, NotAllowed> {
        let aware = self.require_aware()?;
        if sent_at < aware {
            return Err(NotAllowed::Moment);
        }
        let has = |kind| reports.iter().any(|report| report.kind == kind);
        if kind.is_gdpr() {
            if !matches!(self.decision, Some((Decision::Notify, _))) {
                return Err(NotAllowed::NotDecided);
            }
            if kind != ReportKind::Initial && !has(ReportKind::Initial) {
                return Err(NotAllowed::NotReported);
            }
            if has(ReportKind::Withdrawal) {
                return Err(NotAllowed::Twice);
            }
        } else if !self.regime.has_nis2() {
            return Err(NotAllowed::OtherRegime);
        }
        if kind != ReportKind::FollowUp && has(kind) {
            return Err(NotAllowed::Twice);
        }
        if let Some(ends) = kind.ends()
            && let Some(clock) = self.clocks.iter_mut().find(|clock| clock.kind == ends)
        {
            clock.end(sent_at, ClockEnd::Reported)?;
        }
        if kind == ReportKind::Nis2Notification {
            clock::begin_report(&mut self.clocks, sent_at, law)?;
        }
        Ok(self)
    }

    /// Somebody says why a clock is late.
    pub fn reasoned(mut self, kind: ClockKind, now: Timestamp) -> Result<Self, NotAllowed> {
        self.require_open()?;
        if self.texts.get(Field::of_reason(kind)).is_none() {
            return Err(NotAllowed::NoGround);
        }
        let clock = self.clocks.iter_mut().find(|clock| clock.kind == kind).ok_or(NotAllowed::OtherRegime)?;
        clock.reasoned_at = Some(now);
        Ok(self)
    }

    /// Telling customers is put off until a day.
    pub fn postponed(mut self, until: Day) -> Result<Self, NotAllowed> {
        self.require_open()?;
        if self.texts.get(Field::PostponedReason).is_none() {
            return Err(NotAllowed::NoGround);
        }
        self.postponed_until = Some(until);
        Ok(self)
    }

    /// The affected customers were told.
    pub fn told_customers(mut self, now: Timestamp) -> Result<Self, NotAllowed> {
        self.require_open()?;
        self.postponed_until = None;
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.kind == ClockKind::Customers)
            && clock.ended.is_none()
        {
            clock.end(now, ClockEnd::Told)?;
        }
        Ok(self)
    }

    /// Done with: everything that was decided was done.
    pub fn closed(mut self, untold: u64, reports: &[Report], now: Timestamp) -> Result<Self, NotAllowed> {
        self.require_open()?;
        if self.texts.get(Field::Closing).is_none() {
            return Err(NotAllowed::NoGround);
        }
        if self.state == IncidentState::Aware {
            let no_leak = matches!(self.decision, Some((Decision::NoLeak, _)));
            if self.regime.has_gdpr() && self.decision.is_none() {
                return Err(NotAllowed::NotDecided);
            }
            if self.regime.has_gdpr() && self.telling.is_none() && !no_leak {
                return Err(NotAllowed::NoGround);
            }
            let ended =
                |report: &Report| matches!(report.kind, ReportKind::Complete | ReportKind::Withdrawal);
            if matches!(self.decision, Some((Decision::Notify, _))) && !reports.iter().any(ended) {
                return Err(NotAllowed::Provisional);
            }
            let withdrawn = reports.iter().any(|report| report.kind == ReportKind::Withdrawal);
            for clock in self.clocks.iter_mut().filter(|clock| clock.ended.is_none()) {
                let nothing_to_tell = clock.kind == ClockKind::Customers && untold == 0;
                if !(no_leak || withdrawn || nothing_to_tell) {
                    return Err(NotAllowed::NotReported);
                }
                clock.end(now, ClockEnd::NotRequired)?;
            }
            if untold > 0 && !(no_leak || withdrawn) {
                return Err(NotAllowed::NotTold);
            }
        }
        self.state = IncidentState::Closed;
        self.closed_at = Some(now);
        Ok(self)
    }
}

/// A case in a list.
#[derive(Debug, Clone)]
pub struct IncidentSummary {
    /// The case, without its reports.
    pub incident: Incident,
    /// How many customers it touches.
    pub affected: u64,
    /// How many of them were not told.
    pub untold: u64,
}

/// Which cases a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// Those that are not closed.
    #[default]
    Open,
    /// Closed ones.
    Closed,
    /// All.
    All,
}

/// Which cases of which role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    /// By state.
    pub which: Which,
    /// By role.
    pub role: Option<IncidentRole>,
}
