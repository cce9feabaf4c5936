//! The words of mails about content grants. A subject line tells nothing personal; no reason or purpose leaves by
//! mail: the panel shows them to who signs in.

use base::Language;

/// What a mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Staff ask.
    Asked,
    /// A case of a leak is the ground.
    ForLeak,
    /// Staff look.
    Looked,
}

/// The path of the page about grants in the customer panel.
const PATH: &str = "panel/content-access";

/// Title and text.
pub(super) fn mail(language: Language, told: Told, base_url: &str) -> (String, String) {
    let (title, text) = match (language, told) {
        (Language::Nl, Told::Asked) => (
            "Wij vragen uw toestemming om in uw inhoud te kijken",
            "Om u te helpen willen wij kijken in wat u bij ons opslaat. Dat doen wij alleen als u dat goed vindt. \
             Waarom, waarin en hoe lang leest u na het inloggen; daar geeft u toestemming of weigert u die.",
        ),
        (Language::En, Told::Asked) => (
            "We ask your permission to look at your content",
            "To help you we would like to look at what you store with us. We do so only if you allow it. Sign in to \
             read why, at what and for how long, and to allow or refuse it.",
        ),
        (Language::Nl, Told::ForLeak) => (
            "Wij kijken in uw inhoud vanwege een datalek",
            "Vanwege een datalek dat u raakt, kijken wij zonder uw toestemming vooraf in wat u bij ons opslaat. Waarom, \
             waarin en tot wanneer leest u na het inloggen.",
        ),
        (Language::En, Told::ForLeak) => (
            "We look at your content because of a data leak",
            "Because of a data leak that touches you we look at what you store with us without asking you first. Sign \
             in to read why, at what and until when.",
        ),
        (Language::Nl, Told::Looked) => (
            "Een medewerker kijkt in uw inhoud",
            "Een medewerker is zojuist begonnen te kijken in wat u bij ons opslaat, binnen de toestemming die daarvoor \
             geldt. Na het inloggen leest u waarvoor, en u kunt de toestemming daar intrekken.",
        ),
        (Language::En, Told::Looked) => (
            "A member of our staff looks at your content",
            "A member of our staff has just begun to look at what you store with us, within the permission for it. \
             Sign in to read what for, and to withdraw the permission.",
        ),
    };
    (title.to_owned(), format!("{text}\n\n{base_url}/{PATH}"))
}
