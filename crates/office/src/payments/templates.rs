//! The words of mails about invoices. The program has its own in both languages; staff may put others in
//! their place. A template is text with places such as `{number}`.
//!
//! Invariants: only known places pass, and those that a mail cannot do without must be there; a title
//! holds nothing personal, for it is shown where the body is not; a value is put in as it is and never
//! read as a place again.

mod texts;

pub use texts::builtin;

use super::Step;
use super::store::texts as store;
use crate::billing::{InvoiceRow, creditor_reference};
use crate::form::{Problem, Problems};
use crate::{By, Office, OfficeError, Record};
use base::{Language, Money, Sensitive};

/// The longest title, in characters.
const TITLE_CHARS_MAX: usize = 120;
/// The longest text, in characters.
const BODY_CHARS_MAX: usize = 6_000;

/// Which mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateKind {
    /// There is an invoice.
    Invoice,
    /// There is a credit note.
    CreditNote,
    /// The friendly reminder.
    Friendly,
    /// The first reminder.
    First,
    /// The first reminder to a consumer, which gives fourteen days and names the costs.
    FourteenDays,
    /// The final reminder.
    Final,
    /// Services are suspended.
    Suspension,
    /// A leak on our side touches the customer.
    Leak,
}

impl TemplateKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Invoice,
        Self::CreditNote,
        Self::Friendly,
        Self::First,
        Self::FourteenDays,
        Self::Final,
        Self::Suspension,
        Self::Leak,
    ];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Friendly => "friendly",
            Self::First => "first",
            Self::FourteenDays => "fourteen_days",
            Self::Final => "final",
            Self::Suspension => "suspension",
            Self::Leak => "leak",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The places that the text must have.
    #[must_use]
    pub const fn required(self) -> &'static [Place] {
        match self {
            Self::Invoice | Self::CreditNote | Self::Leak => &[Place::Number, Place::Link],
            Self::Friendly | Self::First | Self::Final | Self::Suspension => {
                &[Place::Number, Place::Open, Place::Due, Place::Link]
            }
            // Without the sum the letter does not count (art. 6:96 lid 6 BW).
            Self::FourteenDays => &[Place::Number, Place::Open, Place::Due, Place::Link, Place::Costs],
        }
    }
}

impl From<Step> for TemplateKind {
    fn from(step: Step) -> Self {
        match step {
            Step::Friendly => Self::Friendly,
            Step::First => Self::First,
            Step::Final => Self::Final,
            Step::Suspension => Self::Suspension,
        }
    }
}

/// A place in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The customer's name; not in titles.
    Name,
    /// The number of the invoice.
    Number,
    /// The day it was issued.
    Issued,
    /// The last day to pay.
    Due,
    /// The sum.
    Total,
    /// What is open.
    Open,
    /// The page of the invoice.
    Link,
    /// The account to pay to.
    Iban,
    /// What to write with the payment.
    Reference,
    /// The collection costs that the law allows.
    Costs,
    /// The provider's name.
    Provider,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::Number,
        Self::Issued,
        Self::Due,
        Self::Total,
        Self::Open,
        Self::Link,
        Self::Iban,
        Self::Reference,
        Self::Costs,
        Self::Provider,
    ];

    /// The word between the braces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Issued => "issued",
            Self::Due => "due",
            Self::Total => "total",
            Self::Open => "open",
            Self::Link => "link",
            Self::Iban => "iban",
            Self::Reference => "reference",
            Self::Costs => "costs",
            Self::Provider => "provider",
        }
    }

    /// Whether it may stand in a title.
    const fn in_titles(self) -> bool {
        matches!(self, Self::Number | Self::Provider)
    }
}

/// What is put in the places.
#[derive(Debug, Clone)]
pub struct Facts(Vec<(Place, Sensitive<String>)>);

impl Facts {
    /// Those of an invoice.
    #[must_use]
    pub fn of(office: &Office, row: &InvoiceRow, name: &str) -> Self {
        let language = row.language;
        let number = row.number_text();
        let link = format!("{}/{}/{}", office.settings.base_url, crate::billing::jobs::INVOICE_PATH, row.id);
        let reference = creditor_reference(&number).unwrap_or_else(|| number.clone());
        let values = [
            (Place::Name, name.to_owned()),
            (Place::Number, number),
            (Place::Issued, day_in_words(row.issued, language)),
            (Place::Due, day_in_words(row.due, language)),
            (Place::Total, row.total().in_words(language)),
            (Place::Open, row.open.in_words(language)),
            (Place::Link, link),
            (Place::Iban, office.settings.billing.iban.clone().unwrap_or_else(|| "-".into())),
            (Place::Reference, reference),
            (Place::Costs, collection_costs(row.open).in_words(language)),
            (Place::Provider, office.policy().provider().name.clone()),
        ];
        Self(values.map(|(place, value)| (place, Sensitive::new(value))).into())
    }

    /// Those of a notice about a leak: its number and its page, and whom it is for.
    #[must_use]
    pub fn of_leak(office: &Office, number: &str, name: &str) -> Self {
        let values = [
            (Place::Name, name.to_owned()),
            (Place::Number, number.to_owned()),
            (Place::Link, format!("{}/panel/leaks", office.settings.base_url)),
            (Place::Provider, office.policy().provider().name.clone()),
        ];
        Self(values.map(|(place, value)| (place, Sensitive::new(value))).into())
    }

    /// Made-up ones, for a preview.
    #[must_use]
    pub fn sample(office: &Office, language: Language) -> Self {
        let today = office.today();
        let money = |cents| Money::from_cents(cents).in_words(language);
        let open = Money::from_cents(12_100);
        let values = [
            (Place::Name, "Fenna de Vries".to_owned()),
            (Place::Number, "F2026-00042".into()),
            (Place::Issued, day_in_words(today, language)),
            (Place::Due, day_in_words(today, language)),
            (Place::Total, money(12_100)),
            (Place::Open, money(12_100)),
            (Place::Link, format!("{}/{}/…", office.settings.base_url, crate::billing::jobs::INVOICE_PATH)),
            (
                Place::Iban,
                office.settings.billing.iban.clone().unwrap_or_else(|| "NL91 ABNA 0417 1643 00".into()),
            ),
            (Place::Reference, "RF77F202600042".into()),
            (Place::Costs, collection_costs(open).in_words(language)),
            (Place::Provider, office.policy().provider().name.clone()),
        ];
        Self(values.map(|(place, value)| (place, Sensitive::new(value))).into())
    }

    fn value(&self, place: Place) -> &str {
        self.0.iter().find(|(found, _)| *found == place).map_or("", |(_, value)| value.expose())
    }
}

fn day_in_words(day: base::Day, language: Language) -> String {
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
    let months = if language == Language::Nl { NL } else { EN };
    let month = usize::try_from(date.month() - 1).ok().and_then(|at| months.get(at)).unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// What collecting a claim may cost a consumer: a percentage by tranche, at least € 40 and at most € 6.775
/// (Besluit vergoeding voor buitengerechtelijke incassokosten, art. 2). Without VAT, which a provider that
/// can deduct it may not add.
#[must_use]
pub fn collection_costs(open: Money) -> Money {
    const TRANCHES: [(i64, i64); 5] =
        [(250_000, 1_500), (250_000, 1_000), (500_000, 500), (19_000_000, 100), (i64::MAX, 50)];
    let (mut left, mut costs) = (open.cents().max(0), Money::ZERO);
    for (size, rate) in TRANCHES {
        let part = left.min(size);
        costs += Money::from_cents(part).share(rate, 10_000);
        left -= part;
    }
    costs.clamp(Money::from_cents(4_000), Money::from_cents(677_500))
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Which mail.
    pub kind: TemplateKind,
    /// Its language.
    pub language: Language,
    /// Its subject line.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Counts the changes; 0 is the text of the program.
    pub revision: i64,
}

impl Template {
    /// Checks what staff typed.
    ///
    /// # Errors
    /// The fields that are wrong.
    pub fn parse(
        kind: TemplateKind,
        language: Language,
        (title, body): (&str, &str),
        revision: i64,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let title = problems.take("title", crate::customers::single_line(title, TITLE_CHARS_MAX));
        if let Some(places) = title.as_deref().and_then(|title| problems.take("title", places(title)))
            && !places.iter().all(|place| place.in_titles())
        {
            problems.add("title", Problem::Choice);
        }
        let body = body.replace("\r\n", "\n").trim().to_owned();
        if body.is_empty() {
            problems.add("body", Problem::Missing);
        } else if body.chars().count() > BODY_CHARS_MAX {
            problems.add("body", Problem::TooLong { max: BODY_CHARS_MAX });
        } else if let Some(places) = problems.take("body", places(&body))
            && !kind.required().iter().all(|place| places.contains(place))
        {
            problems.add("body", Problem::Mismatch);
        }
        match title {
            Some(title) if problems.is_empty() => Ok(Self { kind, language, title, body, revision }),
            _ => Err(problems),
        }
    }

    /// Title and text of a mail.
    #[must_use]
    pub fn fill(&self, facts: &Facts) -> (String, Sensitive<String>) {
        (fill(&self.title, facts), Sensitive::new(fill(&self.body, facts)))
    }
}

/// The places of a text, in order.
fn places(text: &str) -> Result<Vec<Place>, Problem> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let inner = rest[at..]
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .ok_or(Problem::Characters)?;
        found.push(Place::ALL.into_iter().find(|place| place.as_str() == inner.0).ok_or(Problem::Choice)?);
        rest = inner.1;
    }
    Ok(found)
}

fn fill(text: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((word, after)) = after.split_once('}') else { break };
        if let Some(place) = Place::ALL.into_iter().find(|place| place.as_str() == word) {
            out.push_str(facts.value(place));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The template in use.
///
/// # Errors
/// When the database fails.
pub async fn template(
    office: &Office,
    kind: TemplateKind,
    language: Language,
) -> Result<Template, OfficeError> {
    let own = store::template(&office.store, kind.as_str(), language).await?;
    Ok(own.map_or_else(
        || builtin(kind, language),
        |row| Template { kind, language, title: row.title, body: row.body, revision: row.revision },
    ))
}

/// Puts a template in use.
///
/// # Errors
/// [`OfficeError::Conflict`] when somebody changed it since the revision that it carries.
pub async fn replace(office: &Office, by: By, template: &Template) -> Result<(), OfficeError> {
    let (kind, language) = (template.kind.as_str(), template.language);
    let record =
        Record::new("mail-template-changed", by).with("template", kind).with("language", language.tag());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    let text = (template.title.as_str(), template.body.as_str());
    if store::replace(&tx, (kind, language), text, template.revision, office.now()).await? == 0 {
        return Err(OfficeError::Conflict { what: "the template" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Goes back to the text of the program.
///
/// # Errors
/// When a store fails.
pub async fn restore(
    office: &Office,
    by: By,
    kind: TemplateKind,
    language: Language,
) -> Result<(), OfficeError> {
    let record = Record::new("mail-template-restored", by)
        .with("template", kind.as_str())
        .with("language", language.tag());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if store::delete(&tx, kind.as_str(), language).await? == 0 {
        return Ok(tx.rollback().await?);
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_the_program_pass_their_own_check() {
        for kind in TemplateKind::ALL {
            for language in Language::ALL {
                let own = builtin(kind, language);
                let parsed = Template::parse(kind, language, (&own.title, &own.body), 0);
                assert_eq!(parsed.as_ref(), Ok(&own), "{kind:?} {language:?}");
            }
        }
    }

    #[test]
    fn places_are_checked_strictly() {
        let check = |title: &str, body: &str| {
            Template::parse(TemplateKind::Invoice, Language::Nl, (title, body), 0)
                .map_err(|p| p.all().to_vec())
        };
        let good = "Zie {number}: {link}";
        assert!(check("Factuur {number}", good).is_ok());
        for (title, body, field, problem) in [
            ("Factuur van {name}", good, "title", Problem::Choice),
            ("Factuur {nummer}", good, "title", Problem::Choice),
            ("", good, "title", Problem::Missing),
            ("Factuur", "Zie {link}", "body", Problem::Mismatch),
            ("Factuur", "Zie {number} {link", "body", Problem::Characters),
            ("Factuur", "Zie {number} {link} }", "body", Problem::Characters),
            ("Factuur", "Zie {number} {link} {wachtwoord}", "body", Problem::Choice),
            ("Factuur", " ", "body", Problem::Missing),
        ] {
            assert_eq!(check(title, body), Err(vec![(field, problem)]), "{title} / {body}");
        }
    }

    #[test]
    fn a_value_is_never_read_as_a_place() {
        let facts = Facts(vec![
            (Place::Name, Sensitive::new("{link}".to_owned())),
            (Place::Link, Sensitive::new("https://x.example".to_owned())),
        ]);
        assert_eq!(fill("Dag {name}!", &facts), "Dag {link}!");
    }

    #[test]
    fn costs_follow_the_law() {
        for (open, costs) in [
            (1_000, 4_000),
            (26_667, 4_000),
            (100_000, 15_000),
            (250_000, 37_500),
            (500_000, 62_500),
            (1_000_000, 87_500),
            (20_000_000, 277_500),
            (1_000_000_000, 677_500),
        ] {
            assert_eq!(collection_costs(Money::from_cents(open)).cents(), costs, "{open}");
        }
    }
}
