//! What a service is, in which states it can be, and what staff are asked to do about it.

use super::terms::{Billed, Buyer, Price, TermMonths};
use super::{ServiceId, TaskId};
use crate::agreements::AgreementId;
use crate::catalogue::{OptionId, PlanId, ProductKind, Vat};
use crate::customers::CustomerId;
use crate::form::Problem;
use crate::words::words;
use base::{Day, Sensitive, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};

/// How many options a service has at most.
const OPTIONS_MAX: usize = 20;

words! {
    /// Where a service is in its life.
    ServiceState {
        /// Asked for; nothing is being done yet.
        Ordered = "ordered",
        /// Being made.
        Provisioning = "provisioning",
        /// Running.
        Active = "active",
        /// Held up, with a reason; it is still charged.
        Suspended = "suspended",
        /// Cancelled, and running until its last day.
        Ending = "ending",
        /// No longer there.
        Ended = "ended",
    }
}

impl ServiceState {
    /// Whether it may become another.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Ordered, Self::Provisioning)
                | (Self::Provisioning, Self::Active)
                | (Self::Active, Self::Suspended | Self::Ending)
                | (Self::Suspended, Self::Active | Self::Ending)
                | (Self::Ending, Self::Active | Self::Suspended)
        ) || (matches!(next, Self::Ended) && !matches!(self, Self::Ended))
    }

    /// Whether it is being charged.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::Suspended | Self::Ending)
    }
}

words! {
    /// Why a service is held up.
    SuspendReason {
        /// An invoice was not paid.
        Unpaid = "unpaid",
        /// It harms others.
        Abuse = "abuse",
        /// The customer asked.
        Asked = "asked",
    }
}

words! {
    /// Why a service or agreement ended.
    EndReason {
        /// The customer cancelled.
        Cancelled = "cancelled",
        /// The customer withdrew within the days of reflection.
        Withdrawn = "withdrawn",
        /// The provider ended it.
        Terminated = "terminated",
        /// The customer's data were erased.
        Erased = "erased",
    }
}

words! {
    /// What staff are asked to do.
    TaskKind {
        /// Make the service.
        Fulfil = "fulfil",
        /// Give it another plan.
        Change = "change",
        /// Hold it up.
        Suspend = "suspend",
        /// Let it run again.
        Resume = "resume",
        /// Take it away.
        End = "end",
        /// Move a domain name to another provider.
        TransferOut = "transfer_out",
    }
}

words! {
    /// Where a task is.
    TaskState {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// No longer needed.
        Cancelled = "cancelled",
    }
}

/// The options that were chosen with a plan, and how many units of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen(Vec<(OptionId, u32)>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredChoice {
    option: OptionId,
    units: u32,
}

impl Chosen {
    /// Options of which there is at least one unit, each once; none when there are too many.
    #[must_use]
    pub fn new(mut options: Vec<(OptionId, u32)>) -> Option<Self> {
        options.retain(|(_, units)| *units > 0);
        options.sort_unstable_by_key(|(id, _)| *id);
        let twice = options.windows(2).any(|pair| pair[0].0 == pair[1].0);
        (!twice && options.len() <= OPTIONS_MAX).then_some(Self(options))
    }

    /// Each with its units.
    #[must_use]
    pub fn all(&self) -> &[(OptionId, u32)] {
        &self.0
    }

    /// How many units of an option.
    #[must_use]
    pub fn units(&self, option: OptionId) -> u32 {
        self.0.iter().find(|(id, _)| *id == option).map_or(0, |(_, units)| *units)
    }

    /// As stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        let stored: Vec<StoredChoice> =
            self.0.iter().map(|(option, units)| StoredChoice { option: *option, units: *units }).collect();
        serde_json::to_string(&stored).expect("ids and numbers can be written")
    }

    /// Reads what is stored.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let stored: Vec<StoredChoice> = serde_json::from_str(text).ok()?;
        Self::new(stored.into_iter().map(|one| (one.option, one.units)).collect())
    }
}

/// A running thing under an agreement, opened.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The agreement it is under.
    pub agreement: AgreementId,
    /// The number of the agreement.
    pub agreement_number: i64,
    /// When the agreement was concluded.
    pub concluded: Day,
    /// Whether it was bought as a consumer.
    pub buyer: Buyer,
    /// Whose it is.
    pub customer: CustomerId,
    /// The subject whose keys the label is under; none once erased.
    pub subject: Option<SubjectId>,
    /// Its plan.
    pub plan: PlanId,
    /// What kind of thing it is.
    pub kind: ProductKind,
    /// What the customer calls it: a domain name, mostly.
    pub label: Option<Sensitive<String>>,
    /// The options it has.
    pub chosen: Chosen,
    /// Where it is in its life.
    pub state: ServiceState,
    /// Counts its changes.
    pub revision: u32,
    /// How long a term is.
    pub months: TermMonths,
    /// What a term costs.
    pub price: Price,
    /// Its VAT category.
    pub vat: Vat,
    /// Its first day.
    pub began: Option<Day>,
    /// From when its terms are counted.
    pub anchor: Option<Day>,
    /// The first day after its first term.
    pub first_term_until: Option<Day>,
    /// The first day that is not charged.
    pub charged_until: Option<Day>,
    /// When its next term is charged.
    pub due: Option<Day>,
    /// The first day it is not there any more.
    pub ends: Option<Day>,
    /// Why it ends or ended.
    pub ended_reason: Option<EndReason>,
    /// Why and since when it is held up.
    pub suspended: Option<(SuspendReason, Timestamp)>,
    /// When it was ordered.
    pub created_at: Timestamp,
}

impl Service {
    /// What the calculations of terms ask; none before it runs.
    #[must_use]
    pub fn billed(&self) -> Option<Billed> {
        Some(Billed {
            anchor: self.anchor?,
            months: self.months,
            price: self.price,
            charged_until: self.charged_until?,
            ends: self.ends,
        })
    }
}

/// Something that staff are to do.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its number.
    pub number: i64,
    /// What to do.
    pub kind: TaskKind,
    /// About which service.
    pub service: ServiceId,
    /// Whose.
    pub customer: CustomerId,
    /// Where it is.
    pub state: TaskState,
    /// By when.
    pub due_at: Timestamp,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A domain name as somebody types it, in the form that registries use: lower case, ASCII, at least two
/// labels.
///
/// # Errors
/// [`Problem::Missing`] or [`Problem::Domain`].
pub fn domain(text: &str) -> Result<String, Problem> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    let text = text.strip_prefix("www.").map_or(text.as_str(), |rest| rest).to_owned();
    let ascii = idna::domain_to_ascii_strict(&text).map_err(|_| Problem::Domain)?;
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    let fine = ascii.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|one| label(one))
        && !last.bytes().all(|b| b.is_ascii_digit());
    if fine { Ok(ascii) } else { Err(Problem::Domain) }
}
