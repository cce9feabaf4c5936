//! Mail to customers, visitors and staff: sealed rows in an outbox, sent by a job.
//!
//! A mail waits as envelopes under its subject's `support` key and is emptied when it has left; an
//! erased subject's mail is never sent. The Message-ID comes from the mail's id, so that a second
//! delivery of the same mail is recognised as such.

mod service;
mod store;

pub use service::{
    Left, Letter, NewMail, PreparedMail, SendMail, letter, mark_sent, of_subject, prepare, signed,
};
pub use store::TABLES;

pub use outbound::mail::MailId;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// An invitation to sign in for a customer.
    Invitation,
    /// A link to recover access.
    Recovery,
    /// A link to confirm a new e-mail address.
    NewEmail,
    /// Something changed about the security of a login.
    SecurityNotice,
    /// The contact form was received.
    ContactReceived,
    /// An answer of staff.
    Answer,
    /// A rights request was received.
    RequestReceived,
    /// A link that shows who reads mail at the known address.
    IdentityLink,
    /// A request was granted or refused.
    RequestAnswered,
    /// The term of a request was extended.
    RequestExtended,
    /// A copy of the data is ready.
    PackageReady,
    /// A processor agreement is ready.
    ProcessorAgreement,
    /// A reminder to staff.
    StaffReminder,
    /// An order was placed, accepted or cancelled.
    Order,
    /// An invoice or credit note was issued.
    Invoice,
    /// An invoice is not paid.
    PaymentReminder,
    /// A leak touches the customer.
    LeakNotice,
    /// Staff ask to look at content, or look.
    ContentAccess,
}

impl MailKind {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Recovery => "recovery",
            Self::NewEmail => "new_email",
            Self::SecurityNotice => "security_notice",
            Self::ContactReceived => "contact_received",
            Self::Answer => "answer",
            Self::RequestReceived => "request_received",
            Self::IdentityLink => "identity_link",
            Self::RequestAnswered => "request_answered",
            Self::RequestExtended => "request_extended",
            Self::PackageReady => "package_ready",
            Self::ProcessorAgreement => "processor_agreement",
            Self::StaffReminder => "staff_reminder",
            Self::Order => "order",
            Self::Invoice => "invoice",
            Self::PaymentReminder => "payment_reminder",
            Self::LeakNotice => "leak_notice",
            Self::ContentAccess => "content_access",
        }
    }

    /// The purpose under which the mail relay gets it, by its name in the policy.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Invitation | Self::Recovery | Self::NewEmail | Self::SecurityNotice => "security",
            Self::ContactReceived | Self::Answer | Self::Order | Self::ContentAccess => "support",
            // The mail says that there is an invoice; the invoice itself stays here.
            Self::Invoice | Self::PaymentReminder | Self::ProcessorAgreement => "account",
            Self::LeakNotice => "incidents",
            Self::RequestReceived
            | Self::IdentityLink
            | Self::RequestAnswered
            | Self::RequestExtended
            | Self::PackageReady
            | Self::StaffReminder => "rights",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        const ALL: [MailKind; 18] = [
            MailKind::Invitation,
            MailKind::Recovery,
            MailKind::NewEmail,
            MailKind::SecurityNotice,
            MailKind::ContactReceived,
            MailKind::Answer,
            MailKind::RequestReceived,
            MailKind::IdentityLink,
            MailKind::RequestAnswered,
            MailKind::RequestExtended,
            MailKind::PackageReady,
            MailKind::ProcessorAgreement,
            MailKind::StaffReminder,
            MailKind::Order,
            MailKind::Invoice,
            MailKind::PaymentReminder,
            MailKind::LeakNotice,
            MailKind::ContentAccess,
        ];
        ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
