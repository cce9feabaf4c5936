//! The panel's words for what the business knows as kinds and states.

use crate::text::{T, Text};
use office::customers::CustomerKind;
use office::messages::{ThreadKind, ThreadState};
use office::requests::{Channel, Identity, RequestKind, RequestState, Standing};
use outbound::ContactState;

/// A state: the kind of its badge, and the word.
pub(super) type Badge = (&'static str, Text);

pub(super) fn right(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.panel_right_access(),
        RequestKind::Rectification => t.panel_right_rectification(),
        RequestKind::Erasure => t.panel_right_erasure(),
        RequestKind::Restriction => t.panel_right_restriction(),
        RequestKind::Portability => t.panel_right_portability(),
        RequestKind::Objection => t.panel_right_objection(),
        RequestKind::Complaint => t.panel_right_complaint(),
    }
}

/// What the right means.
pub(super) fn right_text(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.panel_right_access_text(),
        RequestKind::Rectification => t.panel_right_rectification_text(),
        RequestKind::Erasure => t.panel_right_erasure_text(),
        RequestKind::Restriction => t.panel_right_restriction_text(),
        RequestKind::Portability => t.panel_right_portability_text(),
        RequestKind::Objection => t.panel_right_objection_text(),
        RequestKind::Complaint => t.panel_right_complaint_text(),
    }
}

/// What a link to it says.
pub(super) fn right_action(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.panel_right_access_action(),
        RequestKind::Rectification => t.panel_right_rectification_action(),
        RequestKind::Erasure => t.panel_right_erasure_action(),
        RequestKind::Restriction => t.panel_right_restriction_action(),
        RequestKind::Portability => t.panel_right_portability_action(),
        RequestKind::Objection => t.panel_right_objection_action(),
        RequestKind::Complaint => t.panel_right_complaint_action(),
    }
}

/// The article of the GDPR.
pub(super) const fn article(kind: RequestKind) -> u8 {
    match kind {
        RequestKind::Access => 15,
        RequestKind::Rectification => 16,
        RequestKind::Erasure => 17,
        RequestKind::Restriction => 18,
        RequestKind::Portability => 20,
        RequestKind::Objection => 21,
        RequestKind::Complaint => 77,
    }
}

pub(super) const fn right_icon(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Access => "eye",
        RequestKind::Rectification => "pencil",
        RequestKind::Erasure => "circle-x",
        RequestKind::Restriction => "pause",
        RequestKind::Portability => "package",
        RequestKind::Objection => "ban",
        RequestKind::Complaint => "flag",
    }
}

pub(super) fn standing(t: T, kind: RequestKind, standing: Standing) -> Badge {
    match standing {
        // A complaint needs no identity check, so it waits for nobody but us.
        Standing::Received if kind == RequestKind::Complaint => ("info", t.panel_state_received_complaint()),
        Standing::Received => ("warn", t.panel_state_received()),
        Standing::Verified => ("info", t.panel_state_verified()),
        Standing::Granted => ("ok", t.panel_state_granted()),
        Standing::Refused => ("danger", t.panel_state_refused()),
        Standing::Withdrawn => ("muted", t.panel_state_withdrawn()),
    }
}

pub(super) fn channel(t: T, channel: Channel) -> Text {
    match channel {
        Channel::Panel => t.panel_channel_panel(),
        Channel::ContactForm => t.panel_channel_contact(),
        Channel::Staff => t.panel_channel_staff(),
    }
}

pub(super) fn identity(t: T, identity: Identity) -> Text {
    match identity {
        Identity::Unverified => t.panel_identity_unverified(),
        Identity::SignedIn => t.panel_identity_signed_in(),
        Identity::SecondFactor => t.panel_identity_second_factor(),
        Identity::KnownAddress => t.panel_identity_known_address(),
        Identity::TwoChannels => t.panel_identity_two_channels(),
        Identity::Staff => t.panel_identity_staff(),
    }
}

pub(super) fn thread_kind(t: T, kind: ThreadKind) -> Text {
    match kind {
        ThreadKind::Question => t.panel_thread_question(),
        ThreadKind::Request => t.panel_thread_request(),
        ThreadKind::Complaint => t.panel_thread_complaint(),
        ThreadKind::ProcessorAgreement => t.panel_thread_agreement(),
        ThreadKind::Abuse => t.panel_thread_abuse(),
    }
}

pub(super) fn thread_state(t: T, state: ThreadState) -> Badge {
    match state {
        ThreadState::Open => ("info", t.panel_thread_open()),
        ThreadState::Answered => ("ok", t.panel_thread_answered()),
        ThreadState::Closed => ("muted", t.panel_thread_closed()),
    }
}

pub(super) fn customer_kind(t: T, kind: CustomerKind) -> Text {
    match kind {
        CustomerKind::Person => t.panel_profile_person(),
        CustomerKind::Organisation => t.panel_profile_organisation(),
    }
}

pub(super) fn outcome(t: T, state: ContactState) -> Badge {
    match state {
        ContactState::Intended => ("info", t.panel_outcome_intended()),
        ContactState::Done => ("ok", t.panel_outcome_done()),
        ContactState::Failed => ("warn", t.panel_outcome_failed()),
        ContactState::Refused => ("danger", t.panel_outcome_refused()),
    }
}

/// Whether the link in the mail is still to be followed.
pub(super) const fn awaits_link(kind: RequestKind, channel: Channel, state: RequestState) -> bool {
    !matches!(kind, RequestKind::Complaint)
        && matches!((channel, state), (Channel::Panel, RequestState::Received(_)))
}

/// Whether an owner's word in the panel is the second channel that is awaited.
pub(super) const fn awaits_word(channel: Channel, state: RequestState) -> bool {
    !matches!(channel, Channel::Panel) && matches!(state, RequestState::Received(Identity::KnownAddress))
}
