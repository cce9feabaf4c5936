//! The words of mails about requests, in Dutch and English, addressed with "u".
//!
//! Subject lines carry the number and nothing else. [`with_remedies`] adds to every answer what the
//! law and promise P14 ask for; [`names_remedies`] looks whether a finished text has it.

use super::model::{RequestKind, RequestNumber};
use base::{Language, Timestamp};
use policy::Policy;

/// What is asked, as it stands in a sentence: "uw verzoek om …".
pub(crate) const fn about(kind: RequestKind, language: Language) -> &'static str {
    match (language, kind) {
        (Language::Nl, RequestKind::Access) => "uw verzoek om inzage in uw gegevens",
        (Language::Nl, RequestKind::Rectification) => "uw verzoek om uw gegevens te verbeteren",
        (Language::Nl, RequestKind::Erasure) => "uw verzoek om uw gegevens te wissen",
        (Language::Nl, RequestKind::Restriction) => "uw verzoek om het gebruik van uw gegevens te beperken",
        (Language::Nl, RequestKind::Portability) => "uw verzoek om uw gegevens mee te nemen",
        (Language::Nl, RequestKind::Objection) => "uw bezwaar tegen het gebruik van uw gegevens",
        (Language::Nl, RequestKind::Complaint) => "uw klacht",
        (Language::En, RequestKind::Access) => "your request for access to your data",
        (Language::En, RequestKind::Rectification) => "your request to have your data corrected",
        (Language::En, RequestKind::Erasure) => "your request to have your data erased",
        (Language::En, RequestKind::Restriction) => "your request to restrict the use of your data",
        (Language::En, RequestKind::Portability) => "your request to take your data along",
        (Language::En, RequestKind::Objection) => "your objection to the use of your data",
        (Language::En, RequestKind::Complaint) => "your complaint",
    }
}

/// A date in Europe/Amsterdam, such as "22 november 2026".
pub(crate) fn date(at: Timestamp, language: Language) -> String {
    const NL: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let date = at.in_amsterdam().date();
    let names = if language == Language::Nl { NL } else { EN };
    let month = usize::try_from(date.month())
        .ok()
        .and_then(|month| names.get(month - 1))
        .copied()
        .unwrap_or_default();
    format!("{} {month} {}", date.day(), date.year())
}

/// Title and text that confirm a request whose identity is verified, or needs no verifying.
pub(crate) fn received(
    language: Language,
    kind: RequestKind,
    number: RequestNumber,
    due_at: Timestamp,
) -> (String, String) {
    let (what, due) = (about(kind, language), date(due_at, language));
    match language {
        Language::Nl => (
            format!("Wij hebben uw verzoek ontvangen ({number})"),
            format!(
                "Wij hebben {what} ontvangen. Het heeft nummer {number}. U krijgt uiterlijk op {due} antwoord van ons."
            ),
        ),
        Language::En => (
            format!("We have received your request ({number})"),
            format!(
                "We have received {what}. Its number is {number}. You will have our answer on {due} at the latest."
            ),
        ),
    }
}

/// Why the link is sent, which decides what is asked of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkReason {
    /// Somebody wrote from this address.
    Letter,
    /// Somebody asked in the panel, or staff wrote it down, for the customer with this address.
    KnownAddress,
}

/// Title and text with the link that shows who reads mail at an address.
pub(crate) fn identity_link(
    language: Language,
    kind: RequestKind,
    number: RequestNumber,
    due_at: Timestamp,
    link: &str,
    reason: LinkReason,
    days: i64,
) -> (String, String) {
    let (what, due) = (about(kind, language), date(due_at, language));
    match language {
        Language::Nl => {
            let from = match reason {
                LinkReason::Letter => "met dit e-mailadres",
                LinkReason::KnownAddress => "op naam van de klant die bij ons met dit e-mailadres bekend is",
            };
            (
                format!("Bevestig uw verzoek {number}"),
                format!(
                    "Wij hebben {what} ontvangen, gedaan {from}. Het heeft nummer {number}. U krijgt uiterlijk op {due} \
                     antwoord van ons.\n\n\
                     Voordat wij iets over uw gegevens zeggen of eraan veranderen, willen wij zeker weten dat u het bent. \
                     Open daarvoor deze link; hij werkt {days} dagen:\n\n{link}\n\n\
                     Een kopie van uw identiteitsbewijs vragen wij nooit.\n\n\
                     Hebt u dit verzoek niet gedaan? Dan hoeft u niets te doen, of trek het in op dezelfde pagina."
                ),
            )
        }
        Language::En => {
            let from = match reason {
                LinkReason::Letter => "made from this e-mail address",
                LinkReason::KnownAddress => {
                    "made in the name of the customer known to us by this e-mail address"
                }
            };
            (
                format!("Confirm your request {number}"),
                format!(
                    "We have received {what}, {from}. Its number is {number}. You will have our answer on {due} at the \
                     latest.\n\n\
                     Before we say anything about your data or change them, we want to be certain that it is you. Please \
                     open this link; it works for {days} days:\n\n{link}\n\n\
                     We never ask for a copy of your identity document.\n\n\
                     Did you not make this request? Then you need do nothing, or withdraw it on the same page."
                ),
            )
        }
    }
}

/// Title and text of an extension of the term.
pub(crate) fn extended(
    language: Language,
    kind: RequestKind,
    number: RequestNumber,
    due_at: Timestamp,
    reason: &str,
) -> (String, String) {
    let (what, due) = (about(kind, language), date(due_at, language));
    match language {
        Language::Nl => (
            format!("Uw verzoek {number}: wij hebben meer tijd nodig"),
            format!(
                "Voor {what} ({number}) hebben wij meer tijd nodig. U krijgt nu uiterlijk op {due} antwoord.\n\nDe reden: {reason}"
            ),
        ),
        Language::En => (
            format!("Your request {number}: we need more time"),
            format!(
                "We need more time for {what} ({number}). You will now have our answer on {due} at the latest.\n\nThe reason: {reason}"
            ),
        ),
    }
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Granted,
    Refused,
}

/// What we do when we grant, in a sentence or two.
const fn done(kind: RequestKind, language: Language) -> &'static str {
    match (language, kind) {
        (Language::Nl, RequestKind::Access) => {
            "Wij maken een kopie van uw gegevens voor u. Zodra die klaarstaat, krijgt u een e-mail waarin staat hoe u hem ophaalt."
        }
        (Language::Nl, RequestKind::Rectification) => "Wij hebben uw gegevens aangepast.",
        (Language::Nl, RequestKind::Erasure) => {
            "Wij wissen uw gegevens. Uw diensten stoppen daarmee en de overeenkomst eindigt. Wat de wet ons verplicht te \
             bewaren, blijft apart bewaard tot die termijn om is."
        }
        (Language::Nl, RequestKind::Restriction) => {
            "Wij gebruiken uw gegevens voorlopig niet meer; wij bewaren ze alleen. U krijgt bericht voordat wij deze \
             beperking opheffen."
        }
        (Language::Nl, RequestKind::Portability) => {
            "Wij zetten uw gegevens klaar in een bestand dat andere programma's kunnen lezen. Zodra het klaarstaat, krijgt u een \
             e-mail waarin staat hoe u het ophaalt."
        }
        (Language::Nl, RequestKind::Objection) => {
            "Wij gebruiken uw gegevens niet langer voor het doel waartegen u bezwaar maakte."
        }
        (Language::Nl, RequestKind::Complaint) => "Dit is ons antwoord op uw klacht.",
        (Language::En, RequestKind::Access) => {
            "We are making a copy of your data for you. As soon as it is ready you will receive an e-mail that tells you how to \
             collect it."
        }
        (Language::En, RequestKind::Rectification) => "We have corrected your data.",
        (Language::En, RequestKind::Erasure) => {
            "We are erasing your data. Your services stop with that, and the agreement ends. What the law obliges us to keep \
             stays apart until that period is over."
        }
        (Language::En, RequestKind::Restriction) => {
            "For the time being we no longer use your data; we only store them. We will tell you before we lift this \
             restriction."
        }
        (Language::En, RequestKind::Portability) => {
            "We are putting your data in a file that other programs can read. As soon as it is ready you will receive an e-mail \
             that tells you how to collect it."
        }
        (Language::En, RequestKind::Objection) => {
            "We no longer use your data for the purpose you objected to."
        }
        (Language::En, RequestKind::Complaint) => "This is our answer to your complaint.",
    }
}

/// Title and text of an answer, without the remedies.
pub(crate) fn answered(
    language: Language,
    kind: RequestKind,
    number: RequestNumber,
    received_at: Timestamp,
    outcome: Outcome,
    words: &str,
) -> (String, String) {
    let (what, day) = (about(kind, language), date(received_at, language));
    let (title, opening) = match language {
        Language::Nl => (
            format!("Antwoord op uw verzoek {number}"),
            format!("Op {day} ontvingen wij {what} (nummer {number})."),
        ),
        Language::En => (
            format!("Answer to your request {number}"),
            format!("On {day} we received {what} (number {number})."),
        ),
    };
    let verdict = match (outcome, language) {
        (Outcome::Granted, _) => done(kind, language).to_owned(),
        (Outcome::Refused, Language::Nl) => {
            "Wij doen niet wat u vraagt. De reden staat hieronder.".to_owned()
        }
        (Outcome::Refused, Language::En) => {
            "We will not do what you ask. The reason is given below.".to_owned()
        }
    };
    let words = words.trim();
    let gap = if words.is_empty() { "" } else { "\n\n" };
    (title, format!("{opening} {verdict}{gap}{words}"))
}

/// Why the answer comes after the term, for the person.
pub(crate) fn late(language: Language, reason: &str) -> String {
    match language {
        Language::Nl => format!("Ons antwoord komt later dan het had moeten komen. De reden: {reason}"),
        Language::En => format!("Our answer comes later than it should have. The reason: {reason}"),
    }
}

/// The text with the ways open to the person who disagrees: to us first, to the authority, to a court
/// (GDPR art. 12(4), 77 and 79; promise P14).
pub(crate) fn with_remedies(language: Language, text: &str, policy: &Policy) -> String {
    let provider = policy.provider();
    let authority = &provider.authority;
    let remedies = match language {
        Language::Nl => format!(
            "Bent u het niet met ons eens? Neem dan eerst contact met ons op, via {form} of {email}: vaak lossen wij het \
             samen sneller op. Verplicht is dat niet. U kunt altijd een klacht indienen bij de toezichthouder, de {name} \
             ({site}), en u kunt naar de rechter: de rechtbank beslist op een verzoekschrift. Voor de rechtbank geldt een \
             wettelijke termijn die begint als u dit antwoord ontvangt.",
            form = provider.contact_form,
            email = provider.email,
            name = authority.name,
            site = authority.website,
        ),
        Language::En => format!(
            "Do you disagree? Then please contact us first, at {form} or {email}: together we often solve it sooner. You do \
             not have to. You can always lodge a complaint with the supervisory authority, the {name} ({site}), and you can \
             go to court: the district court decides on a petition. A statutory period for going to court starts when you \
             receive this answer.",
            form = provider.contact_form,
            email = provider.email,
            name = authority.name,
            site = authority.website,
        ),
    };
    format!("{}\n\n{remedies}", text.trim_end())
}

/// Whether a finished text names the authority and its site, the court, and the way to us. What the
/// policy leaves empty is not named by any text.
pub(crate) fn names_remedies(language: Language, text: &str, policy: &Policy) -> bool {
    let provider = policy.provider();
    let court = if language == Language::Nl { "rechtbank" } else { "court" };
    [&provider.authority.name, &provider.authority.website, &provider.contact_form, &provider.email]
        .into_iter()
        .map(String::as_str)
        .chain([court])
        .all(|needle| !needle.trim().is_empty() && text.contains(needle))
}

/// Title and text that announce the lifting of a restriction (GDPR art. 18(3)).
pub(crate) fn lifting(language: Language, on: Timestamp, reason: &str) -> (String, String) {
    let day = date(on, language);
    match language {
        Language::Nl => (
            "Wij heffen de beperking van uw gegevens op".to_owned(),
            format!(
                "Op uw verzoek gebruiken wij uw gegevens voorlopig niet. Vanaf {day} gebruiken wij ze weer. De reden: \
                 {reason}\n\nBent u het daar niet mee eens? Laat het ons dan voor die datum weten."
            ),
        ),
        Language::En => (
            "We are lifting the restriction on your data".to_owned(),
            format!(
                "At your request we are not using your data for the time being. From {day} we will use them again. The \
                 reason: {reason}\n\nIf you disagree, please let us know before that date."
            ),
        ),
    }
}

/// Title and text of a reminder to staff: counts, no person.
pub(crate) fn reminder(language: Language, due_soon: u64, overdue: u64, base_url: &str) -> (String, String) {
    match language {
        Language::Nl => (
            format!("Verzoeken: {due_soon} binnen een week, {overdue} te laat"),
            format!(
                "Verzoeken van betrokkenen die binnen zeven dagen beantwoord moeten zijn: {due_soon}. Verzoeken waarvan de \
                 termijn voorbij is: {overdue}.\n\nDe werkvoorraad staat op {base_url}."
            ),
        ),
        Language::En => (
            format!("Requests: {due_soon} within a week, {overdue} overdue"),
            format!(
                "Requests of data subjects that must be answered within seven days: {due_soon}. Requests whose term has \
                 passed: {overdue}.\n\nThe work queue is at {base_url}."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy::parse(policy::DEMO_POLICY).expect("the demo policy is well-formed")
    }

    #[test]
    fn every_answer_names_the_remedies_and_nothing_less_does() {
        let policy = policy();
        for language in Language::ALL {
            for kind in RequestKind::ALL {
                for outcome in [Outcome::Granted, Outcome::Refused] {
                    let number = RequestNumber(100_001);
                    let (title, text) =
                        answered(language, *kind, number, Timestamp::from_seconds(0), outcome, "Zo is het.");
                    assert!(title.ends_with("R100001") && text.ends_with("Zo is het."), "{title}");
                    assert!(!names_remedies(language, &text, &policy));
                    let whole = with_remedies(language, &text, &policy);
                    assert!(names_remedies(language, &whole, &policy), "{whole}");
                    let provider = policy.provider();
                    for part in [
                        &provider.authority.name,
                        &provider.authority.website,
                        &provider.contact_form,
                        &provider.email,
                    ] {
                        assert!(
                            !names_remedies(language, &whole.replace(part.as_str(), "…"), &policy),
                            "{part}"
                        );
                    }
                    let court = if language == Language::Nl { "rechtbank" } else { "court" };
                    assert!(!names_remedies(language, &whole.replace(court, "…"), &policy));
                }
            }
        }
    }

    #[test]
    fn dates_are_those_of_amsterdam() {
        let late = Timestamp::parse_rfc3339("2026-12-31T23:30:00Z").expect("an instant");
        assert_eq!(date(late, Language::Nl), "1 januari 2027");
        assert_eq!(date(late, Language::En), "1 January 2027");
    }
}
