//! What a disclosure and a withdrawal are, and how a withdrawal goes on. Pure.

use super::supplier::Reply;
use crate::customers::CustomerId;
use crate::services::ServiceId;
use crate::words::words;
use base::{Day, Sensitive, SubjectId, Timestamp};

base::id_type!(
    /// The id of a disclosure.
    DisclosureId,
    "disclosure"
);
base::id_type!(
    /// The id of a withdrawal.
    WithdrawalId,
    "withdrawal"
);

/// How long until the first new try, in seconds.
const RETRY_SECONDS: i64 = 300;
/// The longest pause between tries when the supplier cannot be reached or has not answered, in seconds.
const RETRY_SECONDS_MAX: i64 = 6 * 3_600;
/// How often a supplier is asked again while something still refers to the data, in seconds.
const LINKED_SECONDS: i64 = 86_400;
/// After how many tries in a row without any answer staff must look.
pub(super) const ATTEMPTS_MAX: u32 = 60;

words! {
    /// Whether something left.
    DisclosureState {
        /// About to leave, or perhaps left: nobody knows yet. Treated as left.
        Intended = "intended",
        /// The supplier has it.
        Given = "given",
        /// It did not leave.
        NotGiven = "not_given",
    }
}

words! {
    /// Why a disclosure is withdrawn.
    WithdrawalReason {
        /// What it was given for has ended.
        Ended = "ended",
        /// The customer is erased.
        Erased = "erased",
    }
}

words! {
    /// Where a withdrawal is.
    WithdrawalState {
        /// To be demanded.
        Due = "due",
        /// Demanded; the answer is awaited.
        Requested = "requested",
        /// Refused for as long as something at the supplier refers to it.
        Linked = "linked",
        /// The supplier keeps it on a ground until a day.
        Kept = "kept",
        /// Deleted, and read back.
        Confirmed = "confirmed",
        /// Staff must look.
        Failed = "failed",
    }
}

impl WithdrawalState {
    /// Whether the supplier still has to answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Due | Self::Requested | Self::Linked | Self::Failed)
    }

    /// Whether it may become another.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match next {
            Self::Due => matches!(self, Self::Failed),
            Self::Requested => matches!(self, Self::Due | Self::Requested | Self::Linked | Self::Kept),
            Self::Linked | Self::Kept | Self::Confirmed | Self::Failed => {
                matches!(self, Self::Requested | Self::Linked | Self::Failed)
            }
        }
    }
}

words! {
    /// On what ground a supplier keeps something.
    Ground {
        /// Rules of its own, as a controller: a registry that keeps a cancelled name in quarantine.
        SupplierRules = "supplier_rules",
        /// The records that a certificate authority keeps of its checks.
        ValidationRecords = "validation_records",
        /// A legal obligation (GDPR art. 17(3)(b)).
        LegalDuty = "legal_duty",
        /// A legal claim (GDPR art. 17(3)(e)).
        LegalClaim = "legal_claim",
    }
}

/// What a supplier has, or may have.
#[derive(Debug, Clone)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// Under whose keys the reference is.
    pub subject: SubjectId,
    /// Whose data it is.
    pub customer: CustomerId,
    /// The supplier's id in the policy.
    pub supplier: String,
    /// What for, by its name in the policy.
    pub purpose: String,
    /// What left, field by field: data categories of the policy with the field within them.
    pub fields: Vec<String>,
    /// Under which reference the supplier knows it, if there is one and it is still known.
    pub reference: Option<Sensitive<String>>,
    /// Whether it left.
    pub state: DisclosureState,
    /// When it was intended.
    pub created_at: Timestamp,
    /// When it had left.
    pub given_at: Option<Timestamp>,
    /// When it was over: withdrawn and confirmed, or never given.
    pub ended_at: Option<Timestamp>,
    /// The services that use it, or used it.
    pub uses: Vec<ServiceId>,
    /// The values that left, by field; none once the customer is erased.
    pub values: Vec<(String, Sensitive<String>)>,
    /// Its withdrawal, if there is one.
    pub withdrawal: Option<Withdrawal>,
}

/// The demand that a supplier deletes a disclosure, and what came of it.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// Its id.
    pub id: WithdrawalId,
    /// What is withdrawn.
    pub disclosure: DisclosureId,
    /// Under whose keys the reference and the answer are.
    pub subject: SubjectId,
    /// Whose data it is; nobody is found under it once the customer is erased.
    pub customer: CustomerId,
    /// The supplier's id in the policy.
    pub supplier: String,
    /// What the data were given for.
    pub purpose: String,
    /// Why.
    pub reason: WithdrawalReason,
    /// Where it is.
    pub state: WithdrawalState,
    /// Counts the changes.
    pub changes: u32,
    /// How often the supplier was asked.
    pub attempts: u32,
    /// By when it is to be answered.
    pub due_at: Timestamp,
    /// When the next step is taken; none when the program waits for somebody.
    pub next_at: Option<Timestamp>,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// When it was first demanded.
    pub requested_at: Option<Timestamp>,
    /// When the supplier last answered.
    pub answered_at: Option<Timestamp>,
    /// When it was confirmed.
    pub ended_at: Option<Timestamp>,
    /// On what ground it is kept.
    pub ground: Option<Ground>,
    /// Until when it is kept.
    pub kept_until: Option<Day>,
    /// What the supplier answered, or what showed that it is gone.
    pub answer: Option<Sensitive<String>>,
    /// SHA-256 of that answer, as the ledger has it.
    pub proof_sha256: Option<[u8; 32]>,
}

impl Withdrawal {
    /// Whether the supplier is late.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state.is_open() && self.due_at <= now
    }
}

/// What follows from a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub state: WithdrawalState,
    pub next_at: Option<Timestamp>,
    pub kept: Option<(Ground, Day)>,
    /// Whether the supplier said something: then tries are counted from the start again.
    pub is_answer: bool,
}

/// How a withdrawal goes on after a reply to the `attempts`th try in a row.
pub(super) fn step(reply: &Reply, attempts: u32, now: Timestamp) -> Step {
    let wait = |state, seconds| Step {
        state,
        next_at: Some(now.plus_seconds(seconds)),
        kept: None,
        is_answer: false,
    };
    let end = |state| Step { state, next_at: None, kept: None, is_answer: true };
    match reply {
        Reply::Gone { .. } => end(WithdrawalState::Confirmed),
        Reply::Linked => Step { is_answer: true, ..wait(WithdrawalState::Linked, LINKED_SECONDS) },
        Reply::Kept { ground, until, .. } => Step {
            kept: Some((*ground, *until)),
            next_at: Some(until.start().max(now)),
            ..end(WithdrawalState::Kept)
        },
        Reply::Refused { .. } => end(WithdrawalState::Failed),
        Reply::ByHand => Step { is_answer: false, ..end(WithdrawalState::Requested) },
        Reply::Pending | Reply::Unreachable { .. } if attempts >= ATTEMPTS_MAX => {
            Step { is_answer: false, ..end(WithdrawalState::Failed) }
        }
        Reply::Pending | Reply::Unreachable { .. } => wait(WithdrawalState::Requested, pause(attempts)),
    }
}

/// The pause after the nth try in a row: five minutes, doubled each time, at most six hours.
fn pause(attempts: u32) -> i64 {
    let doubled = attempts.saturating_sub(1).min(16);
    (RETRY_SECONDS << doubled).min(RETRY_SECONDS_MAX)
}

/// The category of a field: what stands before the point.
#[must_use]
pub(super) fn category(field: &str) -> &str {
    field.split_once('.').map_or(field, |(category, _)| category)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_800_000_000)
    }

    fn replies() -> Vec<Reply> {
        let until = Day::from_number(30_000);
        vec![
            Reply::ByHand,
            Reply::Pending,
            Reply::Linked,
            Reply::Gone { proof: "2303".into() },
            Reply::Kept { ground: Ground::LegalDuty, until, proof: "brief".into() },
            Reply::Refused { proof: "2201".into() },
            Reply::Unreachable { why: "no answer".into() },
        ]
    }

    #[test]
    fn each_reply_leads_to_its_state() {
        let state = |reply: &Reply| step(reply, 1, now()).state;
        let states: Vec<_> = replies().iter().map(state).collect();
        use WithdrawalState::{Confirmed, Failed, Kept, Linked, Requested};
        assert_eq!(states, [Requested, Requested, Linked, Confirmed, Kept, Failed, Requested]);
    }

    #[test]
    fn only_confirmed_has_no_way_on() {
        for from in WithdrawalState::ALL {
            let ways = WithdrawalState::ALL.iter().filter(|to| from.may_become(**to)).count();
            assert_eq!(ways == 0, *from == WithdrawalState::Confirmed, "{from:?}");
        }
        assert!(!WithdrawalState::Due.may_become(WithdrawalState::Confirmed), "asked before it is answered");
    }

    #[test]
    fn without_an_answer_the_pauses_grow_and_staff_look_in_the_end() {
        let unreachable = Reply::Unreachable { why: String::new() };
        let pauses: Vec<i64> = [1, 2, 3, 20].iter().map(|n| pause(*n)).collect();
        assert_eq!(pauses, [300, 600, 1_200, 21_600]);
        assert_eq!(step(&unreachable, ATTEMPTS_MAX, now()).state, WithdrawalState::Failed);
        assert_eq!(
            step(&Reply::Linked, ATTEMPTS_MAX, now()).state,
            WithdrawalState::Linked,
            "never given up"
        );
    }

    proptest! {
        /// Whatever the supplier says, however often: a withdrawal is confirmed, or it has a next step, or it
        /// waits for a person. Nothing is lost between.
        #[test]
        fn no_reply_loses_a_withdrawal(which in 0usize..7, attempts in 1u32..10_000, state in 0usize..6) {
            let reply = &replies()[which];
            let from = WithdrawalState::ALL[state];
            let step = step(reply, attempts, now());
            let waits_for_somebody = step.state == WithdrawalState::Failed || *reply == Reply::ByHand;
            prop_assert!(step.state == WithdrawalState::Confirmed || step.next_at.is_some() || waits_for_somebody);
            prop_assert!(step.next_at.is_none_or(|at| at >= now()));
            prop_assert_eq!(step.kept.is_some(), step.state == WithdrawalState::Kept);
            if from == WithdrawalState::Requested {
                prop_assert!(from.may_become(step.state));
            }
        }
    }
}
