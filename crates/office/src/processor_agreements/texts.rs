//! The words of mails and answers about processor agreements, and what an agreement says of its acceptance.

use super::{AgreementNumber, IssueReason, OBJECTION_DAYS};
use base::Language;

/// Title and text of the mail that brings a version.
pub(super) fn mail(
    language: Language,
    reason: IssueReason,
    number: AgreementNumber,
    base_url: &str,
) -> (String, String) {
    let link = format!("{base_url}/panel/processor-agreement");
    match (language, reason) {
        (Language::Nl, IssueReason::Order | IssueReason::Asked) => (
            format!("Uw verwerkersovereenkomst ({number})"),
            format!(
                "Uw verwerkersovereenkomst {number} staat voor u klaar. U leest en bewaart haar hier, nadat u bent \
                 ingelogd:\n\n{link}"
            ),
        ),
        (Language::Nl, IssueReason::Changed) => (
            format!("Uw verwerkersovereenkomst is gewijzigd ({number})"),
            format!(
                "Ons beleid is veranderd, en daarmee uw verwerkersovereenkomst. De nieuwe versie {number} leest u \
                 hier, nadat u bent ingelogd:\n\n{link}\n\nBent u het er niet mee eens, dan kunt u daar binnen \
                 {OBJECTION_DAYS} dagen bezwaar maken. Anders hoeft u niets te doen."
            ),
        ),
        (Language::En, IssueReason::Order | IssueReason::Asked) => (
            format!("Your processor agreement ({number})"),
            format!(
                "Your processor agreement {number} is ready. You can read and keep it here, after signing \
                 in:\n\n{link}"
            ),
        ),
        (Language::En, IssueReason::Changed) => (
            format!("Your processor agreement has changed ({number})"),
            format!(
                "Our policy has changed, and with it your processor agreement. You can read the new version {number} \
                 here, after signing in:\n\n{link}\n\nIf you do not agree with it, you can object there within \
                 {OBJECTION_DAYS} days. Otherwise you need not do anything."
            ),
        ),
    }
}

/// What staff answer to somebody who asked.
pub(super) fn answer(language: Language, number: AgreementNumber, base_url: &str) -> String {
    let link = format!("{base_url}/panel/processor-agreement");
    match language {
        Language::Nl => format!(
            "U vroeg om een verwerkersovereenkomst. Zij staat voor u klaar met nummer {number}. U leest en bewaart \
             haar hier, nadat u bent ingelogd:\n\n{link}"
        ),
        Language::En => format!(
            "You asked for a processor agreement. It is ready, with number {number}. You can read and keep it here, \
             after signing in:\n\n{link}"
        ),
    }
}

/// Title and text of the message that an objection opens.
pub(super) fn objection(language: Language, number: AgreementNumber) -> (String, String) {
    match language {
        Language::Nl => (
            format!("Bezwaar tegen verwerkersovereenkomst {number}"),
            format!("Ik maak bezwaar tegen de gewijzigde verwerkersovereenkomst {number}."),
        ),
        Language::En => (
            format!("Objection to processor agreement {number}"),
            format!("I object to the changed processor agreement {number}."),
        ),
    }
}

/// What the agreement says of how it came about.
pub(super) fn acceptance(language: Language, reason: IssueReason) -> String {
    match (language, reason) {
        (Language::Nl, IssueReason::Order) => {
            "U hebt deze overeenkomst elektronisch geaccepteerd bij uw bestelling.".into()
        }
        (Language::Nl, IssueReason::Asked) => {
            "U hebt om deze overeenkomst gevraagd; wij hebben haar elektronisch aan u uitgegeven.".into()
        }
        (Language::Nl, IssueReason::Changed) => format!(
            "Deze versie vervangt de vorige. Wij hebben haar elektronisch aan u uitgegeven; u kunt er binnen \
             {OBJECTION_DAYS} dagen na de dag van uitgifte bezwaar tegen maken."
        ),
        (Language::En, IssueReason::Order) => {
            "You accepted this agreement electronically with your order.".into()
        }
        (Language::En, IssueReason::Asked) => {
            "You asked for this agreement; we issued it to you electronically.".into()
        }
        (Language::En, IssueReason::Changed) => format!(
            "This version replaces the previous one. We issued it to you electronically; you can object to it within \
             {OBJECTION_DAYS} days after the day of issue."
        ),
    }
}
