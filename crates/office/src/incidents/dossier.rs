//! The dossier of a leak: what the form of the authority asks for, as JSON and as PDF from one description
//! (docs/formats/incident-dossier.md). It says what is missing; as long as something is, it is provisional.
//!
//! Nothing is filed from here: somebody takes the dossier to the form of the authority.

use super::clock::ClockKind;
use super::fields::{Field, FieldKind, Texts, Topic};
use super::labels::word;
use super::leaks::{LeakReport, LeakReportState, MayLook};
use super::model::{Incident, ReportKind};
use super::{counts, reports};
use crate::customers::Customer;
use crate::{Office, OfficeError, processor_agreements, services};
use base::{Day, Language, Timestamp};
use documents::{DossierDocument, DossierPart, DossierRow, dossier_pdf};
use serde_json::{Map, Value, json};

/// The name of the format.
pub const FORMAT: &str = "waarborg-incident-dossier";
/// The version that this release writes.
pub const FORMAT_VERSION: u16 = 1;
/// How many services of a customer a dossier names.
const SERVICES_MAX: usize = 100;

/// A dossier, before it is written.
#[derive(Debug)]
pub struct Dossier {
    kind: &'static str,
    reference: String,
    language: Language,
    made_at: Timestamp,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    label: &'static str,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    label: String,
    value: Option<(Value, String)>,
    needed: bool,
}

impl core::fmt::Debug for Row {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // The value is what people wrote.
        f.write_str(self.name)
    }
}

/// Makes rows in one language.
#[derive(Clone, Copy)]
struct Maker {
    language: Language,
}

impl Maker {
    fn say(self, nl: &'static str, en: &'static str) -> &'static str {
        if self.language == Language::Nl { nl } else { en }
    }

    fn text(self, name: &'static str, label: (&'static str, &'static str), text: Option<&str>) -> Row {
        let value = text.filter(|text| !text.is_empty()).map(|text| (json!(text), text.to_owned()));
        Row { name, label: self.say(label.0, label.1).to_owned(), value, needed: false }
    }

    fn word(self, name: &'static str, label: (&'static str, &'static str), text: Option<&str>) -> Row {
        let value = text.map(|text| (json!(text), word(text, self.language).to_owned()));
        Row { name, label: self.say(label.0, label.1).to_owned(), value, needed: false }
    }

    fn at(self, name: &'static str, label: (&'static str, &'static str), at: Option<Timestamp>) -> Row {
        let value = at.map(|at| (json!(at.rfc3339()), local(at)));
        Row { name, label: self.say(label.0, label.1).to_owned(), value, needed: false }
    }

    fn number(self, name: &'static str, label: (&'static str, &'static str), number: u64) -> Row {
        let value = Some((json!(number), number.to_string()));
        Row { name, label: self.say(label.0, label.1).to_owned(), value, needed: false }
    }

    fn field(self, texts: &Texts, field: Field) -> Row {
        let value = texts.get(field).map(|text| match field.kind() {
            FieldKind::Number => (json!(texts.number(field)), text.to_owned()),
            FieldKind::Choice(_) => (json!(text), word(text, self.language).to_owned()),
            FieldKind::Choices(_) => {
                let words: Vec<&str> = texts.words(field).collect();
                let shown: Vec<&str> = words.iter().map(|one| word(one, self.language)).collect();
                (json!(words), shown.join("; "))
            }
            FieldKind::Line | FieldKind::Block => (json!(text), text.to_owned()),
        });
        let needed = field.is_needed(texts);
        Row { name: field.as_str(), label: field.label(self.language).to_owned(), value, needed }
    }

    fn topic(self, texts: &Texts, topic: Topic, mut first: Vec<Row>) -> Part {
        first.extend(Field::of_topic(topic).map(|field| self.field(texts, field)));
        Part { name: topic.as_str(), label: topic.label(self.language), rows: first }
    }
}

impl Row {
    fn needed(self) -> Self {
        Self { needed: true, ..self }
    }
}

/// A moment as clocks on the wall in Amsterdam show it.
fn local(at: Timestamp) -> String {
    let local = at.in_amsterdam();
    format!(
        "{:02}-{:02}-{:04} {:02}:{:02} (Europe/Amsterdam)",
        local.day(),
        local.month(),
        local.year(),
        local.hour(),
        local.minute()
    )
}

impl Dossier {
    /// What is missing, by name.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let rows = self.parts.iter().flat_map(|part| &part.rows);
        rows.filter(|row| row.needed && row.value.is_none()).map(|row| row.name).collect()
    }

    /// Its reference, as files are called.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let missing = self.missing();
        let mut parts = Map::new();
        for part in &self.parts {
            let rows = part
                .rows
                .iter()
                .filter_map(|row| row.value.as_ref().map(|(value, _)| (row.name.to_owned(), value.clone())));
            parts.insert(part.name.to_owned(), Value::Object(rows.collect()));
        }
        let whole = json!({
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "kind": self.kind,
            "reference": self.reference,
            "language": self.language.tag(),
            "made_at": self.made_at.rfc3339(),
            "status": if missing.is_empty() { "complete" } else { "provisional" },
            "missing": missing,
            "parts": parts,
        });
        serde_json::to_string_pretty(&whole).expect("a JSON value can be written")
    }

    /// As PDF. Setting it is work of some hundred milliseconds: it runs on a thread of its own.
    ///
    /// # Errors
    /// When it cannot be set.
    pub async fn pdf(&self) -> Result<Vec<u8>, OfficeError> {
        let missing = self.missing();
        let made_on = Day::of_date(self.made_at.in_amsterdam().date()).unwrap_or_else(|| self.made_at.day());
        let document = DossierDocument {
            reference: self.reference.clone(),
            language: self.language,
            made_on,
            made_at: local(self.made_at),
            is_complete: missing.is_empty(),
            parts: self
                .parts
                .iter()
                .map(|part| DossierPart {
                    title: part.label.to_owned(),
                    rows: part
                        .rows
                        .iter()
                        .filter(|row| row.needed || row.value.is_some())
                        .map(|row| DossierRow {
                            label: row.label.clone(),
                            value: row.value.as_ref().map(|(_, text)| text.clone()),
                        })
                        .collect(),
                })
                .filter(|part| !part.rows.is_empty())
                .collect(),
        };
        let set = tokio::task::spawn_blocking(move || dossier_pdf(&document)).await;
        let set = set.map_err(|_| OfficeError::Other("setting a document failed".into()))?;
        set.map_err(|error| OfficeError::Other(error.to_string()))
    }
}

fn provider_rows(office: &Office, make: Maker) -> Vec<Row> {
    let policy = office.policy();
    let provider = policy.provider();
    let address = provider.address.join(", ");
    let dpo = provider.dpo.as_ref().map(|dpo| format!("{}, {}", dpo.name, dpo.email));
    vec![
        make.text("name", ("Naam", "Name"), Some(&provider.name)).needed(),
        make.text("legal_form", ("Rechtsvorm", "Legal form"), Some(provider.legal_form.of(make.language))),
        make.text("kvk", ("KvK-nummer", "Trade register number"), provider.kvk.as_deref()),
        make.text("address", ("Adres", "Address"), Some(&address)),
        make.text("country", ("Land", "Country"), Some(&provider.country)),
        make.text("email", ("E-mailadres", "E-mail address"), Some(&provider.email)),
        make.text("phone", ("Telefoon", "Telephone"), Some(&provider.phone)),
        make.text("dpo", ("Functionaris gegevensbescherming", "Data protection officer"), dpo.as_deref()),
    ]
}

/// The dossier of a case of the provider.
///
/// # Errors
/// When a store fails.
pub async fn dossier(office: &Office, case: &Incident, language: Language) -> Result<Dossier, OfficeError> {
    let (make, now) = (Maker { language }, office.now());
    let sent = reports(office, case).await?;
    let affected = counts(office, case.id).await?;
    let has = |kind| sent.iter().any(|report| report.kind == kind);
    let report = match () {
        () if has(ReportKind::Withdrawal) => "withdrawal",
        () if has(ReportKind::Initial) => "follow_up",
        () => "new",
    };
    let mut parts = vec![Part {
        name: "notification",
        label: make.say("De melding", "The notification"),
        rows: notification_rows(case, make, report, now),
    }];
    parts.push(make.topic(&case.texts, Topic::Organisation, provider_rows(office, make)));
    let times = case.times;
    let ongoing = if times.ongoing { "yes" } else { "no" };
    let effects = case.effects.words();
    let shown: Vec<&str> = effects.iter().map(|one| word(one, language)).collect();
    let event = vec![
        make.at("occurred_from", ("Begonnen op", "Began on"), times.occurred_from).needed(),
        make.at("occurred_until", ("Geëindigd op", "Ended on"), times.occurred_until),
        make.word("ongoing", ("Duurt nog voort", "Still going on"), Some(ongoing)),
        make.at("discovered_at", ("Ontdekt op", "Discovered on"), Some(times.discovered_at)),
        make.at("aware_at", ("Kennis van het lek sinds", "Aware since"), case.aware_at).needed(),
        Row {
            name: "effects",
            label: make.say("Aard van de inbreuk", "Nature of the breach").into(),
            value: Some((json!(effects), shown.join("; "))),
            needed: true,
        },
    ];
    parts.push(make.topic(&case.texts, Topic::Event, event));
    for topic in [Topic::Data, Topic::Consequences, Topic::Measures] {
        parts.push(make.topic(&case.texts, topic, Vec::new()));
    }
    let telling = case.telling.map(|telling| telling.as_str());
    let mut told = vec![
        make.word("people", ("Betrokkenen", "People"), telling).needed(),
        make.field(&case.texts, Field::TellingGround),
        make.number("customers", ("Getroffen klanten", "Affected customers"), affected.total),
        make.number("customers_told", ("Ingelichte klanten", "Customers told"), affected.told),
    ];
    if let Some(until) = case.postponed_until {
        told.push(make.text(
            "postponed_until",
            ("Uitgesteld tot", "Postponed until"),
            Some(&until.to_string()),
        ));
        told.push(make.field(&case.texts, Field::PostponedReason));
    }
    parts.push(make.topic(&case.texts, Topic::Told, told));
    parts.push(make.topic(&case.texts, Topic::Elsewhere, Vec::new()));
    let lines: Vec<Value> = sent
        .iter()
        .map(|report| {
            json!({
                "kind": report.kind.as_str(),
                "sent_at": report.sent_at.rfc3339(),
                "reference": report.reference.as_ref().map(|text| text.expose().as_str()),
            })
        })
        .collect();
    let shown: Vec<String> = sent
        .iter()
        .map(|report| {
            let reference = report.reference.as_ref().map(|text| format!(" ({})", text.expose()));
            let kind = word(report.kind.as_str(), language);
            format!("{kind}: {}{}", local(report.sent_at), reference.unwrap_or_default())
        })
        .collect();
    parts.push(Part {
        name: "sent",
        label: make.say("Eerder verstuurd", "Sent before"),
        rows: vec![Row {
            name: "reports",
            label: make.say("Meldingen", "Reports").into(),
            value: (!lines.is_empty()).then(|| (Value::Array(lines), shown.join("\n"))),
            needed: false,
        }],
    });
    Ok(Dossier { kind: "provider", reference: case.number.to_string(), language, made_at: now, parts })
}

fn notification_rows(case: &Incident, make: Maker, report: &'static str, now: Timestamp) -> Vec<Row> {
    let mut rows = vec![
        make.text("own_reference", ("Eigen kenmerk", "Own reference"), Some(&case.number.to_string())),
        make.word("regime", ("Wet", "Law"), Some(case.regime.as_str())),
        make.word("role", ("Rol", "Role"), Some(case.role.as_str())),
        make.word("report", ("Soort melding", "Kind of report"), Some(report)),
        make.word("decision", ("Besluit", "Decision"), case.decision.map(|(decision, _)| decision.as_str())),
        make.field(&case.texts, Field::DecisionGround),
    ];
    for clock in &case.clocks {
        let name = match clock.kind {
            ClockKind::Authority => "due_authority",
            ClockKind::Customers => "due_customers",
            ClockKind::EarlyWarning => "due_nis2_early_warning",
            ClockKind::Nis2Notification => "due_nis2_notification",
            ClockKind::Nis2Report => "due_nis2_report",
        };
        let label = clock.kind.label(make.language);
        rows.push(Row {
            name,
            label: format!("{}: {label}", make.say("Uiterste tijdstip", "Due")),
            value: Some((json!(clock.due_at.rfc3339()), local(clock.due_at))),
            needed: false,
        });
        if clock.is_late(now) {
            rows.push(make.field(&case.texts, Field::of_reason(clock.kind)).needed());
        }
    }
    rows
}

/// The dossier of a leak that a customer reported, with what the provider knows.
///
/// # Errors
/// When a store fails.
pub async fn leak_dossier(
    office: &Office,
    customer: &Customer,
    report: &LeakReport,
    language: Language,
) -> Result<Dossier, OfficeError> {
    let make = Maker { language };
    let profile = &customer.profile;
    let organisation = profile.organisation.as_ref().map(|text| text.expose().as_str());
    let kvk = profile.kvk.as_ref().map(|text| text.expose().as_str());
    let yes = |truth: bool| if truth { "yes" } else { "no" };
    let notification = vec![
        make.text("own_reference", ("Kenmerk", "Reference"), Some(&report.number.to_string())),
        make.word(
            "outcome",
            ("Uitkomst van de wegwijzer", "Outcome of the guide"),
            Some(report.outcome.as_str()),
        ),
        make.at("due_authority", ("Melden uiterlijk op", "Report by"), Some(report.due_at)),
        make.at("notified_at", ("Gemeld op", "Reported on"), report.notified_at),
        make.field(&report.texts, Field::GuidePersonal),
        make.field(&report.texts, Field::GuideEffects),
        make.field(&report.texts, Field::GuideRisk),
        make.word("closed", ("Afgesloten", "Closed"), Some(yes(report.state == LeakReportState::Closed))),
    ];
    let controller = vec![
        make.text("name", ("Naam", "Name"), Some(customer.display_name().expose())).needed(),
        make.text("organisation", ("Organisatie", "Organisation"), organisation),
        make.text("kvk", ("KvK-nummer", "Trade register number"), kvk),
        make.text("email", ("E-mailadres", "E-mail address"), Some(profile.email.expose())),
    ];
    let times =
        vec![make.at("discovered_at", ("Ontdekt op", "Discovered on"), Some(report.discovered_at)).needed()];
    let mut parts = vec![Part {
        name: "notification",
        label: make.say("De melding", "The notification"),
        rows: notification,
    }];
    parts.push(make.topic(&report.texts, Topic::Organisation, controller));
    parts.push(make.topic(&report.texts, Topic::Event, times));
    for topic in [Topic::Data, Topic::Consequences, Topic::Measures, Topic::Told, Topic::Elsewhere] {
        parts.push(make.topic(&report.texts, topic, Vec::new()));
    }
    parts.push(Part {
        name: "processor",
        label: make.say("Wat uw hostingbedrijf weet", "What your hosting provider knows"),
        rows: what_we_know(office, customer, report, make).await?,
    });
    Ok(Dossier {
        kind: "customer",
        reference: report.number.to_string(),
        language,
        made_at: office.now(),
        parts,
    })
}

async fn what_we_know(
    office: &Office,
    customer: &Customer,
    report: &LeakReport,
    make: Maker,
) -> Result<Vec<Row>, OfficeError> {
    let running = services::services_of(office, customer.id).await?;
    let running: Vec<String> = running
        .iter()
        .filter(|service| service.state.is_running())
        .take(SERVICES_MAX)
        .map(|service| match &service.label {
            Some(label) => format!("{} ({})", label.expose(), service.kind.as_str()),
            None => service.kind.as_str().to_owned(),
        })
        .collect();
    let agreements = processor_agreements::of_customer(office, customer.id).await?;
    let agreement = agreements.first().map(|agreement| agreement.number.to_string());
    let policy = office.policy();
    let measures: Vec<&str> = policy.measures().iter().map(|one| one.title.of(make.language)).collect();
    let shown = running.join("\n");
    let may = if report.may_look == MayLook::Yes { "yes" } else { "no" };
    let mut rows = provider_rows(office, make);
    rows.extend([
        Row {
            name: "services",
            label: make.say("Uw diensten bij ons", "Your services with us").into(),
            value: (!running.is_empty()).then(|| (json!(running), shown)),
            needed: false,
        },
        make.text("agreement", ("Verwerkersovereenkomst", "Processor agreement"), agreement.as_deref()),
        Row {
            name: "measures",
            label: make.say("Onze maatregelen van beveiliging", "Our measures of security").into(),
            value: Some((json!(measures), measures.join("; "))),
            needed: false,
        },
        make.word("may_look", ("Wij mogen meekijken", "We may look"), Some(may)),
    ]);
    Ok(rows)
}
