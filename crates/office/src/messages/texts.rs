//! The words of mails about threads. A subject line carries the number and nothing else that could
//! tell who wrote about what.

use super::ThreadNumber;
use base::Language;

/// Title and text that confirm a message. It repeats nothing of what was written: anybody can fill in
/// anybody's address, and the form must not send their words there.
pub(crate) fn received(language: Language, number: ThreadNumber) -> (String, String) {
    match language {
        Language::Nl => (
            format!("Wij hebben uw bericht ontvangen ({number})"),
            format!(
                "Wij hebben uw bericht ontvangen. Het heeft nummer {number}; noem dat nummer als u er nog eens over \
                 schrijft. Een medewerker leest uw bericht en antwoordt u per e-mail."
            ),
        ),
        Language::En => (
            format!("We have received your message ({number})"),
            format!(
                "We have received your message. Its number is {number}; please mention that number when you write \
                 about it again. A member of our staff will read your message and answer you by e-mail."
            ),
        ),
    }
}

/// Where the person can write back.
pub(crate) enum WriteBack {
    /// Through the contact form: a visitor.
    ContactForm,
    /// In the customer panel, where the thread is.
    Panel,
}

/// Title and text of an answer.
pub(crate) fn answered(
    language: Language,
    number: ThreadNumber,
    text: &str,
    write_back: &WriteBack,
    base_url: &str,
) -> (String, String) {
    let (title, back) = match (language, write_back) {
        (Language::Nl, WriteBack::ContactForm) => (
            format!("Antwoord op uw bericht {number}"),
            format!("Wilt u reageren? Schrijf ons via {base_url}/contact en noem nummer {number}."),
        ),
        (Language::Nl, WriteBack::Panel) => (
            format!("Antwoord op uw bericht {number}"),
            format!(
                "Wilt u reageren? Log in op {base_url} en kies Berichten; u vindt daar bericht {number}."
            ),
        ),
        (Language::En, WriteBack::ContactForm) => (
            format!("Answer to your message {number}"),
            format!(
                "Would you like to respond? Write to us at {base_url}/contact and mention number {number}."
            ),
        ),
        (Language::En, WriteBack::Panel) => (
            format!("Answer to your message {number}"),
            format!(
                "Would you like to respond? Sign in at {base_url} and choose Messages; message {number} is there."
            ),
        ),
    };
    (title, format!("{text}\n\n{back}"))
}
