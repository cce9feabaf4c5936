//! The register of processing (GDPR art. 30): as controller, one line per purpose; as processor,
//! one line per service.

use crate::model::{Contact, Measure, Recipient, Role};
use crate::output::{Table, escape, inline, push};
use crate::policy::Policy;
use crate::words::{capital, categories, country, ground, listing, pick, recipients};
use base::Language;
use serde::Serialize;

/// A register in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Its title.
    pub title: String,
    /// Who keeps it and whom to reach (art. 30(1)(a), 30(2)(a)): label and value.
    pub about: Vec<(String, String)>,
    /// The names of the purposes or services, one for each row.
    pub names: Vec<String>,
    /// The lines.
    pub table: Table,
    /// The measures of security in full (art. 30(1)(g), 30(2)(d)).
    pub measures: Table,
}

impl Register {
    /// The lines as CSV.
    #[must_use]
    pub fn to_csv(&self) -> String {
        self.table.to_csv()
    }

    /// The whole register as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = format!("<h2>{}</h2>\n<dl>\n", escape(&self.title));
        for (label, value) in &self.about {
            push(&mut html, format_args!("<dt>{}</dt><dd>{}</dd>\n", escape(label), inline(value)));
        }
        html.push_str("</dl>\n");
        html.push_str(&self.table.to_html());
        html.push_str(&self.measures.to_html());
        html
    }
}

/// The register as controller (art. 30(1)).
#[must_use]
pub fn controller(policy: &Policy, language: Language) -> Register {
    let purposes: Vec<_> =
        policy.purposes().iter().filter(|purpose| purpose.role == Role::Controller).collect();
    let row = |purpose: &&crate::model::Purpose| {
        let receivers: Vec<&Recipient> =
            purpose.recipients.iter().filter_map(|id| policy.recipient(id)).collect();
        vec![
            purpose.title.of(language).to_owned(),
            one_line(purpose.text.of(language)),
            capital(&ground(purpose, language)),
            categories(&purpose.subjects, policy.subject_categories(), language),
            categories(&purpose.data, policy.data_categories(), language),
            recipients(policy, &purpose.recipients, language),
            transfers(policy, &receivers, language),
            capital(&purpose.retention.in_words(language)),
            measure_titles(policy.measures().iter(), language),
        ]
    };
    let heads = [
        pick(language, "Verwerking", "Processing"),
        pick(language, "Doel", "Purpose"),
        pick(language, "Grondslag", "Ground"),
        pick(language, "Betrokkenen", "Subjects"),
        pick(language, "Gegevens", "Data"),
        pick(language, "Ontvangers", "Recipients"),
        pick(language, "Doorgifte buiten de EER en waarborg", "Transfers outside the EEA and safeguard"),
        pick(language, "Bewaartermijn", "Time limit for erasure"),
        pick(language, "Beveiliging", "Security"),
    ];
    let title = pick(
        language,
        "Register van verwerkingen als verwerkingsverantwoordelijke (artikel 30, lid 1, AVG)",
        "Register of processing as controller (article 30(1) GDPR)",
    );
    let mut about = about(policy, language);
    about.push((
        pick(language, "Gezamenlijke verantwoordelijken", "Joint controllers").to_owned(),
        pick(language, "geen", "none").to_owned(),
    ));
    let rows = purposes.iter().map(row).collect();
    let names = purposes.iter().map(|purpose| purpose.name.clone()).collect();
    register(policy, language, title, about, names, heads.as_slice(), rows)
}

/// The register as processor (art. 30(2)).
#[must_use]
pub fn processor(policy: &Policy, language: Language) -> Register {
    let row = |service: &crate::model::Service| {
        let helpers: Vec<&Recipient> =
            service.subprocessors.iter().filter_map(|id| policy.recipient(id)).collect();
        let measures = policy.measures().iter().filter(|measure| service.measures.contains(&measure.name));
        vec![
            service.title.of(language).to_owned(),
            pick(
                language,
                "iedere klant met een overeenkomst voor deze dienst; naam en contactgegevens staan in de klantadministratie",
                "each customer with an agreement for this service; names and contact details are in the customer administration",
            )
            .to_owned(),
            one_line(service.nature.of(language)),
            categories(&service.subjects, policy.subject_categories(), language),
            categories(&service.data, policy.data_categories(), language),
            recipients(policy, &service.subprocessors, language),
            transfers(policy, &helpers, language),
            format!("{} {}", service.duration.of(language), service.ending.of(language)),
            measure_titles(measures, language),
        ]
    };
    let heads = [
        pick(language, "Dienst", "Service"),
        pick(language, "Verwerkingsverantwoordelijken", "Controllers"),
        pick(language, "Soort verwerking", "Category of processing"),
        pick(language, "Betrokkenen", "Subjects"),
        pick(language, "Gegevens", "Data"),
        pick(language, "Subverwerkers", "Sub-processors"),
        pick(language, "Doorgifte buiten de EER en waarborg", "Transfers outside the EEA and safeguard"),
        pick(language, "Duur en einde", "Duration and ending"),
        pick(language, "Beveiliging", "Security"),
    ];
    let title = pick(
        language,
        "Register van verwerkingen als verwerker (artikel 30, lid 2, AVG)",
        "Register of processing as processor (article 30(2) GDPR)",
    );
    let rows = policy.services().iter().map(row).collect();
    let names = policy.services().iter().map(|service| service.name.clone()).collect();
    register(policy, language, title, about(policy, language), names, heads.as_slice(), rows)
}

fn register(
    policy: &Policy,
    language: Language,
    title: &str,
    about: Vec<(String, String)>,
    names: Vec<String>,
    heads: &[&str],
    rows: Vec<Vec<String>>,
) -> Register {
    let head = heads.iter().map(|head| (*head).to_owned()).collect();
    let table = Table { caption: title.to_owned(), head, rows };
    Register { title: title.to_owned(), about, names, table, measures: measures(policy, language) }
}

/// Names and contact details: art. 30(1)(a) and 30(2)(a).
pub(crate) fn about(policy: &Policy, language: Language) -> Vec<(String, String)> {
    let provider = policy.provider();
    let none = pick(language, "geen", "none");
    let registration = provider.kvk.as_deref().unwrap_or(none);
    let address = format!("{}, {}", provider.address.join(", "), country(&provider.country, language));
    let pairs = [
        (pick(language, "Naam", "Name"), format!("{} ({})", provider.name, provider.legal_form.of(language))),
        (pick(language, "Adres", "Address"), address),
        (pick(language, "KvK-nummer", "Trade register (KvK)"), registration.to_owned()),
        (pick(language, "Btw-nummer", "VAT number"), provider.vat.clone()),
        (pick(language, "E-mail", "E-mail"), provider.email.clone()),
        (pick(language, "Telefoon", "Telephone"), provider.phone.clone()),
        (pick(language, "Contactformulier", "Contact form"), provider.contact_form.clone()),
        (
            pick(language, "Functionaris gegevensbescherming", "Data protection officer"),
            provider.dpo.as_ref().map_or_else(|| none.to_owned(), contact),
        ),
        (
            pick(language, "Vertegenwoordiger in de Unie", "Representative in the Union"),
            provider
                .representative
                .as_ref()
                .map_or_else(|| pick(language, "niet nodig", "not needed").to_owned(), contact),
        ),
    ];
    pairs.map(|(label, value)| (label.to_owned(), value)).to_vec()
}

pub(crate) fn contact(contact: &Contact) -> String {
    let mut parts = vec![contact.name.clone(), contact.email.clone()];
    parts.extend(contact.phone.clone());
    parts.extend(contact.address.iter().cloned());
    parts.join(", ")
}

/// The transfers outside the EEA among recipients, each with its safeguard.
fn transfers(policy: &Policy, receivers: &[&Recipient], language: Language) -> String {
    let outside = receivers.iter().filter(|recipient| !policy.law().eea.contains(&recipient.country));
    let words: Vec<String> = outside
        .map(|recipient| {
            let safeguard = recipient.transfer.as_ref().map_or("", |text| text.of(language));
            format!("{} ({}): {safeguard}", recipient.name, country(&recipient.country, language))
        })
        .collect();
    if words.is_empty() { pick(language, "geen", "none").to_owned() } else { words.join("; ") }
}

fn measure_titles<'a>(measures: impl Iterator<Item = &'a Measure>, language: Language) -> String {
    let titles: Vec<String> = measures.map(|measure| measure.title.of(language).to_owned()).collect();
    listing(&titles, language)
}

fn measures(policy: &Policy, language: Language) -> Table {
    Table {
        caption: pick(language, "Maatregelen van beveiliging", "Measures of security").to_owned(),
        head: [pick(language, "Maatregel", "Measure"), pick(language, "Omschrijving", "Description")]
            .map(str::to_owned)
            .to_vec(),
        rows: policy
            .measures()
            .iter()
            .map(|measure| vec![measure.title.of(language).to_owned(), one_line(measure.text.of(language))])
            .collect(),
    }
}

fn one_line(text: &str) -> String {
    text.replace("\n\n", " ")
}
