//! The parts of a policy file, one reader each. A reader asks for every key its part may have;
//! what it did not ask for is then refused by `finish`.

use super::forms::{is_country, is_email, is_https, is_kvk, is_name, is_phone, is_promise, is_vat};
use super::node::Section;
use super::words::legal_term;
use super::{Names, node};
use crate::model::{
    Authority, Backing, Built, Category, Contact, Counsel, Erasure, Ground, Infrastructure, Law, LegalFact,
    LegalTerm, Measure, Origin, Promise, PromiseId, Provider, Provision, Purpose, Recipient, Role, Service,
    StatementTexts, Text,
};
use crate::term::{Moment, Retention, Term};

const EMAIL: &str = "an e-mail address such as \"privacy@example.org\"";
const HTTPS: &str = "an address that begins with https://";
const PHONE: &str = "a telephone number in international form, such as \"+31 20 000 00 00\"";
const COUNTRY: &str = "a country code of two capitals, such as \"NL\"";
const ADDRESS: &str = "a list of the lines of an address";
const KVK: &str = "the eight digits of the number in the trade register (KvK)";

type Roles = [(&'static str, Role); 2];
const ROLES: Roles = [("controller", Role::Controller), ("processor", Role::Processor)];

pub(super) fn statement_texts(section: &Section<'_, '_>) -> StatementTexts {
    let texts = StatementTexts {
        introduction: section.text("introduction"),
        automated_decisions: section.text("automated_decisions"),
        changes: section.text("changes"),
    };
    section.finish();
    texts
}

pub(super) fn provider(root: &Section<'_, '_>) -> Provider {
    let authority = root.section("authority");
    let name = authority.string("name", "the name of the supervisory authority");
    let read_authority = Authority {
        short_name: authority.optional_string("short_name", "a name").unwrap_or_else(|| name.clone()),
        name,
        website: authority.checked("website", HTTPS, is_https),
        address: lines(&authority, "address"),
    };
    authority.finish();

    let section = root.section("provider");
    let country = section.checked("country", COUNTRY, is_country);
    let provider = Provider {
        name: section.string("name", "the name the provider trades under"),
        legal_form: section.text("legal_form"),
        kvk: section.optional_checked("kvk", KVK, is_kvk),
        vat: section.checked("vat", "a VAT number such as \"NL123456789B01\"", is_vat),
        address: lines(&section, "address"),
        email: section.checked("email", EMAIL, is_email),
        phone: section.checked("phone", PHONE, is_phone),
        website: section.checked("website", HTTPS, is_https),
        contact_form: section.checked("contact_form", HTTPS, is_https),
        statement_url: section.checked("statement_url", HTTPS, is_https),
        dpo: section.optional_section("dpo").map(|dpo| contact(&dpo)),
        representative: section.optional_section("representative").map(|office| contact(&office)),
        authority: read_authority,
        country,
    };
    if provider.country == "NL" && provider.kvk.is_none() && !section.has("kvk") {
        section.error("kvk", "nothing", KVK);
    }
    section.finish();
    provider
}

fn contact(section: &Section<'_, '_>) -> Contact {
    let contact = Contact {
        name: section.string("name", "a name"),
        email: section.checked("email", EMAIL, is_email),
        phone: section.optional_checked("phone", PHONE, is_phone),
        address: if section.has("address") {
            lines(section, "address")
        } else {
            section.absent("address", Vec::new()).unwrap_or_default()
        },
    };
    section.finish();
    contact
}

fn lines(section: &Section<'_, '_>, key: &'static str) -> Vec<String> {
    let lines: Vec<String> = section.strings(key, ADDRESS).into_iter().map(|line| line.value).collect();
    if lines.is_empty() && section.has(key) {
        section.error(key, "an empty list", ADDRESS);
    }
    lines
}

pub(super) fn categories(root: &Section<'_, '_>, key: &'static str) -> Vec<Category> {
    let names = root.peek_names(key);
    let section = root.section(key);
    let mut categories = Vec::new();
    for name in &names {
        if is_name(name) {
            categories.push(Category { name: name.clone(), text: section.text(name) });
        } else {
            section.error(
                name,
                format!("the name {}", node::quoted(name)),
                "lower-case letters, digits and hyphens",
            );
        }
    }
    categories
}

pub(super) fn purpose(name: &str, section: &Section<'_, '_>, names: &Names) -> Option<Purpose> {
    let role = if section.has("role") {
        section.choice("role", &ROLES)
    } else {
        section.absent("role", Role::Controller)
    };
    let ground = ground(section);
    let moments = Moment::ALL.map(|moment| (moment.name(), moment));
    let term = section.term("retention");
    let from = section.choice("from", &moments);
    let provisions = [
        ("contractual", Provision::Contractual),
        ("statutory", Provision::Statutory),
        ("voluntary", Provision::Voluntary),
        ("automatic", Provision::Automatic),
    ];
    let origins = [("subject", Origin::Subject), ("elsewhere", Origin::Elsewhere), ("both", Origin::Both)];
    let provision = section.choice("provision", &provisions);
    let origin = section.choice("origin", &origins);
    let title = section.text("title");
    let text = section.text("text");
    let subjects = section.some_names("subjects", "subject categories", &names.subjects);
    let data = section.some_names("data", "data categories", &names.data);
    let recipients = section.names("recipients", "recipients", &names.recipients);
    let retention_reason = section.text("retention_reason");
    let consequence = section.text("consequence");
    let source = section.text("source");
    section.finish();
    Some(Purpose {
        name: name.to_owned(),
        title,
        text,
        role: role?,
        ground: ground?,
        recipients,
        subjects,
        data,
        retention: Retention { term, from: from? },
        retention_reason,
        provision: provision?,
        consequence,
        origin: origin?,
        source,
    })
}

fn ground(section: &Section<'_, '_>) -> Option<Ground> {
    #[derive(Clone, Copy)]
    enum Kind {
        Agreement,
        LegalObligation,
        LegitimateInterest,
        Consent,
    }
    let kinds = [
        ("agreement", Kind::Agreement),
        ("legal-obligation", Kind::LegalObligation),
        ("legitimate-interest", Kind::LegitimateInterest),
        ("consent", Kind::Consent),
    ];
    // The keys beside `ground` belong to one kind each; under another they are unknown keys.
    Some(match section.choice("ground", &kinds)? {
        Kind::Agreement => Ground::Agreement,
        Kind::LegalObligation => Ground::LegalObligation { law: section.text("law") },
        Kind::LegitimateInterest => Ground::LegitimateInterest {
            interest: section.text("interest"),
            balancing: section.text("balancing"),
        },
        Kind::Consent => Ground::Consent,
    })
}

pub(super) fn recipients(root: &Section<'_, '_>, names: &Names) -> Option<Vec<Recipient>> {
    let mut recipients = Vec::new();
    for (id, section) in root.entries("recipients", is_name) {
        let role = section.choice("role", &ROLES);
        let recipient = role.map(|role| Recipient {
            id,
            name: section.string("name", "the name of the recipient"),
            text: section.text("text"),
            role,
            country: section.checked("country", COUNTRY, is_country),
            purposes: Vec::new(),
            data: section.some_names("data", "data categories", &names.data),
            hosts: section.hosts("hosts").into_iter().map(|host| host.value).collect(),
            transfer: section.optional_text("transfer"),
            retention: section.text("retention"),
        });
        if recipient.is_some() {
            section.finish();
        }
        recipients.push(recipient);
    }
    recipients.into_iter().collect()
}

pub(super) fn promises(root: &Section<'_, '_>) -> Option<Vec<Promise>> {
    let backings = [("software", Backing::Software), ("procedure", Backing::Procedure)];
    let mut promises = Vec::new();
    for (id, section) in root.entries("promises", is_promise) {
        let by = section.choice("kept_by", &backings);
        let (title, text, how) = (section.text("title"), section.text("text"), section.text("how"));
        section.finish();
        promises.push(
            by.and_then(|by| Some(Promise { id: id.parse().ok()?, title, text, built: Built { by, how } })),
        );
    }
    let present = root.peek_names("promises");
    for id in PromiseId::all().filter(|id| !present.contains(&id.to_string())) {
        root.error("promises", format!("no {id}"), "each of the promises P01 to P16");
    }
    let mut promises: Vec<Promise> = promises.into_iter().collect::<Option<_>>()?;
    promises.sort_by_key(|promise| promise.id);
    Some(promises)
}

pub(super) fn service(name: &str, section: &Section<'_, '_>, names: &Names) -> Service {
    let purpose = section.string("purpose", "the name of a purpose");
    if !purpose.is_empty() && !names.purposes.contains(&purpose) {
        let expected = format!("one of the purposes {}", node::listed(&names.purposes));
        section.error("purpose", node::quoted(&purpose), expected);
    }
    let service = Service {
        name: name.to_owned(),
        title: section.text("title"),
        purpose,
        nature: section.text("nature"),
        duration: section.text("duration"),
        ending: section.text("ending"),
        subjects: section.some_names("subjects", "subject categories", &names.subjects),
        data: section.some_names("data", "data categories", &names.data),
        subprocessors: section.names("subprocessors", "recipients", &names.recipients),
        measures: section.some_names("measures", "measures", &names.measures),
    };
    section.finish();
    service
}

pub(super) fn measures(root: &Section<'_, '_>) -> Vec<Measure> {
    let mut measures = Vec::new();
    for (name, section) in root.entries("measures", is_name) {
        measures.push(Measure { name, title: section.text("title"), text: section.text("text") });
        section.finish();
    }
    if measures.is_empty() && root.has("measures") {
        root.error("measures", "no measure", "at least one measure of security");
    }
    measures
}

pub(super) fn infrastructure(root: &Section<'_, '_>) -> Vec<Infrastructure> {
    let mut parts = Vec::new();
    for (name, section) in root.entries("infrastructure", is_name) {
        parts.push(Infrastructure {
            name,
            title: section.text("title"),
            text: section.text("text"),
            country: section.checked("country", COUNTRY, is_country),
            hosts: section.hosts("hosts").into_iter().map(|host| host.value).collect(),
        });
        section.finish();
    }
    parts
}

pub(super) fn erasure(section: &Section<'_, '_>) -> Erasure {
    let erasure = Erasure { backups_within: section.term("backups_within") };
    section.finish();
    erasure
}

pub(super) fn law(root: &Section<'_, '_>) -> Option<Law> {
    const COUNSEL: [(&str, Counsel); 2] =
        [("confirmed", Counsel::Confirmed), ("to-confirm", Counsel::ToConfirm)];
    const TERM: &str = "a term such as \"1 month\", or hours such as \"72 hours\"";
    let mut facts: Vec<Option<LegalFact>> = Vec::new();
    for (name, section) in root.entries("law", is_name) {
        let text = section.string("term", TERM);
        let term = legal_term(&text);
        if term.is_none() && !text.is_empty() {
            section.error("term", node::quoted(&text), TERM);
        }
        let counsel = section.choice("counsel", &COUNSEL);
        let (source, as_of) = (section.text("source"), section.date("as_of"));
        section.finish();
        facts.push(term.zip(counsel).map(|(term, counsel)| LegalFact { name, term, source, as_of, counsel }));
    }
    let eea = root.section("eea");
    let countries = eea.strings("countries", "a list of country codes");
    for country in countries.iter().filter(|country| !is_country(&country.value)) {
        eea.reading.error(country.line, &eea.path_of("countries"), node::quoted(&country.value), COUNTRY);
    }
    eea.date("as_of");
    let _: Text = eea.text("source");
    eea.finish();

    let calendar = |name: &str| {
        needed(root, &facts, name, "a calendar term such as \"1 month\"", |term| match term {
            LegalTerm::Calendar(term) => Some(term),
            LegalTerm::Hours(_) => None,
        })
    };
    let request_answer: Option<Term> = calendar("request-answer");
    let request_extension = calendar("request-extension");
    let books = calendar("books");
    let breach =
        needed(root, &facts, "breach-notification", "hours such as \"72 hours\"", |term| match term {
            LegalTerm::Hours(hours) => Some(hours),
            LegalTerm::Calendar(_) => None,
        });
    Some(Law {
        request_answer: request_answer?,
        request_extension: request_extension?,
        breach_notification_hours: breach?,
        books: books?,
        eea: countries.into_iter().map(|country| country.value).collect(),
        facts: facts.into_iter().collect::<Option<_>>()?,
    })
}

/// A fact that the software cannot do without.
fn needed<T>(
    root: &Section<'_, '_>,
    facts: &[Option<LegalFact>],
    name: &str,
    expected: &str,
    pick: impl Fn(LegalTerm) -> Option<T>,
) -> Option<T> {
    let fact = facts.iter().flatten().find(|fact| fact.name == name);
    let picked = fact.and_then(|fact| pick(fact.term));
    // A fact that is there but was misread has its own message already.
    if picked.is_none() && (fact.is_some() || !root.peek_names("law").iter().any(|known| known == name)) {
        let found = fact.map_or_else(|| "nothing".to_owned(), |_| "a term of the other kind".to_owned());
        root.error("law", format!("{found} for {name}"), expected);
    }
    picked
}
