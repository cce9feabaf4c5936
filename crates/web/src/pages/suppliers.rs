//! Words that the pages of suppliers share: states, grounds, fields, roles.

pub(super) use super::sales::Badge;
use crate::text::{T, Text};
use office::suppliers::{Disclosure, DisclosureState, Ground, WithdrawalReason, WithdrawalState};
use policy::{Policy, Role};

/// The state of a withdrawal.
pub(super) fn state(t: T, state: WithdrawalState) -> Badge {
    match state {
        WithdrawalState::Due => ("info", t.supplier_state_due()),
        WithdrawalState::Requested => ("info", t.supplier_state_requested()),
        WithdrawalState::Linked => ("warn", t.supplier_state_linked()),
        WithdrawalState::Kept => ("muted", t.supplier_state_kept()),
        WithdrawalState::Confirmed => ("ok", t.supplier_state_confirmed()),
        WithdrawalState::Failed => ("danger", t.supplier_state_failed()),
    }
}

/// Whether something left.
pub(super) fn given(t: T, state: DisclosureState) -> Badge {
    match state {
        DisclosureState::Intended => ("warn", t.supplier_state_intended()),
        DisclosureState::Given => ("ok", t.supplier_state_given()),
        DisclosureState::NotGiven => ("muted", t.supplier_state_not_given()),
    }
}

/// Where a disclosure stands for the customer: its withdrawal, else that it is in use.
pub(super) fn standing(t: T, disclosure: &Disclosure) -> Badge {
    match &disclosure.withdrawal {
        Some(withdrawal) => state(t, withdrawal.state),
        None if disclosure.state == DisclosureState::Given => ("info", t.supplier_state_held()),
        None => given(t, disclosure.state),
    }
}

pub(super) fn reason(t: T, reason: WithdrawalReason) -> Text {
    match reason {
        WithdrawalReason::Ended => t.supplier_reason_ended(),
        WithdrawalReason::Erased => t.supplier_reason_erased(),
    }
}

pub(super) fn ground(t: T, ground: Ground) -> Text {
    match ground {
        Ground::SupplierRules => t.supplier_ground_supplier_rules(),
        Ground::ValidationRecords => t.supplier_ground_validation_records(),
        Ground::LegalDuty => t.supplier_ground_legal_duty(),
        Ground::LegalClaim => t.supplier_ground_legal_claim(),
    }
}

pub(super) fn role(t: T, role: Role) -> Text {
    match role {
        Role::Controller => t.supplier_controller(),
        Role::Processor => t.supplier_processor(),
    }
}

/// A field in words.
pub(super) fn field(t: T, name: &str) -> String {
    // A key of Fluent holds no dot.
    t.supplier_field(name.replace('.', "-")).into_owned()
}

/// Fields in words, one after the other.
pub(super) fn fields(t: T, names: &[String]) -> String {
    names.iter().map(|name| field(t, name)).collect::<Vec<_>>().join(", ")
}

/// What a supplier is called; its id when the policy does not name it any more.
pub(super) fn name(policy: &Policy, id: &str) -> String {
    policy.recipient(id).map_or_else(|| id.to_owned(), |known| known.name.clone())
}

/// What a purpose is called.
pub(super) fn purpose(t: T, policy: &Policy, name: &str) -> String {
    policy.purpose(name).map_or_else(|| name.to_owned(), |known| known.title.of(t.language()).to_owned())
}
