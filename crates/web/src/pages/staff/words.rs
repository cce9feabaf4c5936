//! The words of the staff panel for what the business knows as kinds and states.

use super::view::Badge;
use crate::text::{T, Text};
use office::customers::CustomerKind;
use office::messages::{Author, ThreadKind, ThreadState};
use office::promises::Outcome;
use office::requests::{Channel, Identity, RequestKind, Standing};
use outbound::ContactState;

pub(super) fn request_kind(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.staff_kind_access(),
        RequestKind::Rectification => t.staff_kind_rectification(),
        RequestKind::Erasure => t.staff_kind_erasure(),
        RequestKind::Restriction => t.staff_kind_restriction(),
        RequestKind::Portability => t.staff_kind_portability(),
        RequestKind::Objection => t.staff_kind_objection(),
        RequestKind::Complaint => t.staff_kind_complaint(),
    }
}

/// What a scheduled task does; a task without words here shows its name alone.
pub(super) fn task(t: T, name: &str) -> Text {
    match name {
        "jobs-released" => t.staff_task_jobs_released(),
        "imports-swept" => t.staff_task_imports_swept(),
        "contacts-ended" => t.staff_task_contacts_ended(),
        "links-swept" => t.staff_task_links_swept(),
        "requests-reminded" => t.staff_task_requests_reminded(),
        "services-ended" => t.staff_task_services_ended(),
        "retention" => t.staff_task_retention(),
        "log-sites" => t.staff_task_log_sites(),
        "log-retention" => t.staff_task_log_retention(),
        "releases-ended" => t.staff_task_releases_ended(),
        "withdrawals" => t.staff_task_withdrawals(),
        "processor-agreements" => t.staff_task_processor_agreements(),
        "orphan-keys" => t.staff_task_orphan_keys(),
        "content-grants-ended" => t.staff_task_content_grants_ended(),
        "epoch-rotation" => t.staff_task_epoch_rotation(),
        "attest" => t.staff_task_attest(),
        _ => Text::default(),
    }
}

/// What the law says of a kind of request, for whoever answers it.
pub(super) fn law(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.staff_law_access(),
        RequestKind::Rectification => t.staff_law_rectification(),
        RequestKind::Erasure => t.staff_law_erasure(),
        RequestKind::Restriction => t.staff_law_restriction(),
        RequestKind::Portability => t.staff_law_portability(),
        RequestKind::Objection => t.staff_law_objection(),
        RequestKind::Complaint => t.staff_law_complaint(),
    }
}

/// What granting a kind of request does.
pub(super) fn grant_does(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.staff_grant_access(),
        RequestKind::Rectification => t.staff_grant_rectification(),
        RequestKind::Erasure => t.staff_grant_erasure(),
        RequestKind::Restriction => t.staff_grant_restriction(),
        RequestKind::Portability => t.staff_grant_portability(),
        RequestKind::Objection => t.staff_grant_objection(),
        RequestKind::Complaint => t.staff_grant_complaint(),
    }
}

pub(super) fn standing(t: T, kind: RequestKind, standing: Standing) -> Badge {
    match standing {
        // A complaint needs no identity check.
        Standing::Received if kind == RequestKind::Complaint => Badge::new("info", t.staff_state_open()),
        Standing::Received => Badge::new("warn", t.staff_state_received()),
        Standing::Verified => Badge::new("info", t.staff_state_verified()),
        Standing::Granted => Badge::new("ok", t.staff_state_granted()),
        Standing::Refused => Badge::new("danger", t.staff_state_refused()),
        Standing::Withdrawn => Badge::new("muted", t.staff_state_withdrawn()),
    }
}

pub(super) fn identity(t: T, identity: Identity) -> Text {
    match identity {
        Identity::Unverified => t.staff_identity_unverified(),
        Identity::SignedIn => t.staff_identity_signed_in(),
        Identity::SecondFactor => t.staff_identity_second_factor(),
        Identity::KnownAddress => t.staff_identity_known_address(),
        Identity::TwoChannels => t.staff_identity_two_channels(),
        Identity::Staff => t.staff_identity_staff(),
    }
}

pub(super) fn channel(t: T, channel: Channel) -> Text {
    match channel {
        Channel::Panel => t.staff_channel_panel(),
        Channel::ContactForm => t.staff_channel_contact(),
        Channel::Staff => t.staff_channel_staff(),
    }
}

pub(super) fn thread_kind(t: T, kind: ThreadKind) -> Text {
    match kind {
        ThreadKind::Question => t.staff_thread_question(),
        ThreadKind::Request => t.staff_thread_request(),
        ThreadKind::Complaint => t.staff_thread_complaint(),
        ThreadKind::ProcessorAgreement => t.staff_thread_agreement(),
        ThreadKind::Abuse => t.staff_thread_abuse(),
    }
}

pub(super) fn thread_state(t: T, state: ThreadState) -> Badge {
    match state {
        ThreadState::Open => Badge::new("warn", t.staff_thread_open()),
        ThreadState::Answered => Badge::new("ok", t.staff_thread_answered()),
        ThreadState::Closed => Badge::new("muted", t.staff_thread_closed()),
    }
}

pub(super) fn author(t: T, author: Author) -> Text {
    match author {
        Author::Customer => t.staff_author_customer(),
        Author::Staff => t.staff_author_staff(),
        Author::System => t.staff_author_system(),
    }
}

pub(super) fn customer_kind(t: T, kind: CustomerKind) -> Text {
    match kind {
        CustomerKind::Person => t.staff_customer_person(),
        CustomerKind::Organisation => t.staff_customer_organisation(),
    }
}

/// A field of a customer's profile, by the name that the ledger has.
pub(super) fn profile_field(t: T, field: &str) -> Text {
    match field {
        "kind" => t.staff_field_kind(),
        "name" => t.staff_field_name(),
        "organisation" => t.staff_field_organisation(),
        "kvk" => t.staff_field_kvk(),
        "vat" => t.staff_field_vat(),
        "email" => t.staff_field_email(),
        "phone" => t.staff_field_phone(),
        "address" => t.staff_field_address(),
        "language" => t.staff_field_language(),
        other => other.to_owned().into(),
    }
}

pub(super) fn contact(t: T, state: ContactState) -> Badge {
    match state {
        ContactState::Intended => Badge::new("info", t.staff_contact_intended()),
        ContactState::Done => Badge::new("ok", t.staff_contact_done()),
        ContactState::Failed => Badge::new("warn", t.staff_contact_failed()),
        ContactState::Refused => Badge::new("danger", t.staff_contact_refused()),
    }
}

pub(super) fn outcome(t: T, outcome: Outcome) -> Badge {
    let kind = match outcome {
        Outcome::Kept => "ok",
        Outcome::Broken => "danger",
        Outcome::NotProvable => "muted",
    };
    Badge::new(kind, t.outcome(outcome))
}
