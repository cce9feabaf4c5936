//! Small words in both languages that the statement, the register and the schedule share: labels,
//! grounds, roles, countries, dates, lists.

use crate::model::{Category, Ground, Origin, Provision, Purpose, Role};
use crate::policy::Policy;
use base::{Day, Language};

/// One of two texts.
pub(crate) const fn pick(language: Language, nl: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Nl => nl,
        Language::En => en,
    }
}

/// "een, twee en drie".
pub(crate) fn listing(items: &[String], language: Language) -> String {
    let and = pick(language, " en ", " and ");
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{}{and}{last}", head.join(", ")),
    }
}

/// The categories behind names. Items may hold commas of their own, so that semicolons part them.
pub(crate) fn categories(names: &[String], known: &[Category], language: Language) -> String {
    let texts = names.iter().filter_map(|name| known.iter().find(|category| category.name == *name));
    texts.map(|category| category.text.of(language)).collect::<Vec<_>>().join("; ")
}

/// The names of a purpose's recipients, or that there are none.
pub(crate) fn recipients(policy: &Policy, ids: &[String], language: Language) -> String {
    let names: Vec<String> =
        ids.iter().filter_map(|id| policy.recipient(id)).map(|recipient| recipient.name.clone()).collect();
    if names.is_empty() {
        pick(language, "niemand buiten ons bedrijf", "nobody outside our company").to_owned()
    } else {
        listing(&names, language)
    }
}

/// The titles of purposes.
pub(crate) fn purposes(policy: &Policy, names: &[String], language: Language) -> String {
    let titles = names.iter().filter_map(|name| policy.purpose(name));
    titles.map(|purpose| purpose.title.of(language)).collect::<Vec<_>>().join("; ")
}

/// The ground in law, with its article.
pub(crate) fn ground(purpose: &Purpose, language: Language) -> String {
    if purpose.role == Role::Processor {
        return pick(
            language,
            "in opdracht van onze klant, als verwerker (artikel 28 AVG); de klant is verantwoordelijk en bepaalt de grondslag",
            "on behalf of our customer, as processor (article 28 GDPR); the customer is responsible and determines the ground",
        )
        .to_owned();
    }
    match &purpose.ground {
        Ground::Agreement => pick(
            language,
            "nodig voor de overeenkomst (artikel 6, lid 1, onder b, AVG)",
            "needed for the agreement (article 6(1)(b) GDPR)",
        )
        .to_owned(),
        Ground::LegalObligation { law } => {
            let base = pick(
                language,
                "wettelijke plicht (artikel 6, lid 1, onder c, AVG):",
                "legal obligation (article 6(1)(c) GDPR):",
            );
            format!("{base} {}", law.of(language))
        }
        Ground::LegitimateInterest { .. } => pick(
            language,
            "gerechtvaardigd belang (artikel 6, lid 1, onder f, AVG)",
            "legitimate interest (article 6(1)(f) GDPR)",
        )
        .to_owned(),
        Ground::Consent => {
            pick(language, "toestemming (artikel 6, lid 1, onder a, AVG)", "consent (article 6(1)(a) GDPR)")
                .to_owned()
        }
    }
}

/// A role.
pub(crate) const fn role(role: Role, language: Language) -> &'static str {
    match role {
        Role::Controller => {
            pick(language, "zelf verantwoordelijk (verwerkingsverantwoordelijke)", "controller")
        }
        Role::Processor => {
            pick(language, "werkt in onze opdracht (verwerker)", "works on our behalf (processor)")
        }
    }
}

/// Whether data must be provided.
pub(crate) const fn provision(provision: Provision, language: Language) -> &'static str {
    match provision {
        Provision::Contractual => pick(language, "nodig voor de overeenkomst", "needed for the agreement"),
        Provision::Statutory => pick(language, "de wet vraagt het", "the law asks for it"),
        Provision::Voluntary => pick(language, "niet verplicht", "not obligatory"),
        Provision::Automatic => pick(language, "u hoeft niets te geven", "you need not provide anything"),
    }
}

/// Whom data comes from.
pub(crate) const fn origin(origin: Origin, language: Language) -> &'static str {
    match origin {
        Origin::Subject => pick(language, "van uzelf", "from yourself"),
        Origin::Elsewhere => pick(language, "niet van uzelf", "not from yourself"),
        Origin::Both => pick(language, "van uzelf en van anderen", "from yourself and from others"),
    }
}

/// "22 november 2026".
pub(crate) fn date(day: Day, language: Language) -> String {
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
    let date = day.date();
    let months = if language == Language::Nl { &NL } else { &EN };
    let month = usize::try_from(date.month()).ok().and_then(|month| months.get(month.checked_sub(1)?));
    format!("{} {} {}", date.day(), month.copied().unwrap_or_default(), date.year())
}

/// A country's name; its code when the name is not in the list.
#[must_use]
pub fn country(code: &str, language: Language) -> String {
    const NAMES: [(&str, &str, &str); 38] = [
        ("AT", "Oostenrijk", "Austria"),
        ("AU", "Australië", "Australia"),
        ("BE", "België", "Belgium"),
        ("BG", "Bulgarije", "Bulgaria"),
        ("CA", "Canada", "Canada"),
        ("CH", "Zwitserland", "Switzerland"),
        ("CY", "Cyprus", "Cyprus"),
        ("CZ", "Tsjechië", "Czechia"),
        ("DE", "Duitsland", "Germany"),
        ("DK", "Denemarken", "Denmark"),
        ("EE", "Estland", "Estonia"),
        ("ES", "Spanje", "Spain"),
        ("FI", "Finland", "Finland"),
        ("FR", "Frankrijk", "France"),
        ("GB", "Verenigd Koninkrijk", "United Kingdom"),
        ("GR", "Griekenland", "Greece"),
        ("HR", "Kroatië", "Croatia"),
        ("HU", "Hongarije", "Hungary"),
        ("IE", "Ierland", "Ireland"),
        ("IL", "Israël", "Israel"),
        ("IN", "India", "India"),
        ("IS", "IJsland", "Iceland"),
        ("IT", "Italië", "Italy"),
        ("JP", "Japan", "Japan"),
        ("LI", "Liechtenstein", "Liechtenstein"),
        ("LT", "Litouwen", "Lithuania"),
        ("LU", "Luxemburg", "Luxembourg"),
        ("LV", "Letland", "Latvia"),
        ("MT", "Malta", "Malta"),
        ("NL", "Nederland", "the Netherlands"),
        ("NO", "Noorwegen", "Norway"),
        ("PL", "Polen", "Poland"),
        ("PT", "Portugal", "Portugal"),
        ("RO", "Roemenië", "Romania"),
        ("SE", "Zweden", "Sweden"),
        ("SI", "Slovenië", "Slovenia"),
        ("SK", "Slowakije", "Slovakia"),
        ("US", "Verenigde Staten", "United States"),
    ];
    let known = NAMES.iter().find(|(known, _, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(_, nl, en)| pick(language, nl, en).to_owned())
}

/// The first letter as a capital. "één" becomes "Eén": the capital loses its accent in Dutch.
pub(crate) fn capital(text: &str) -> String {
    if let Some(rest) = text.strip_prefix("éé") {
        return format!("Eé{rest}");
    }
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_capitals() {
        let items = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        assert_eq!(listing(&items(&["a", "b", "c"]), Language::Nl), "a, b en c");
        assert_eq!(listing(&items(&["a"]), Language::En), "a");
        assert_eq!(listing(&[], Language::En), "");
        assert_eq!(capital("één jaar"), "Eén jaar");
        assert_eq!(capital(""), "");
    }

    #[test]
    fn dates_and_countries() {
        assert_eq!(date(Day::from_number(20_779), Language::Nl), "22 november 2026");
        assert_eq!(date(Day::from_number(0), Language::En), "1 January 1970");
        assert_eq!(country("CH", Language::Nl), "Zwitserland");
        assert_eq!(country("ZZ", Language::Nl), "ZZ");
    }
}
