//! Telling the affected customers: a text in two languages that staff write for the case from the template of
//! the provider, and a job that mails it to each customer who was not told, once.

use super::fields::Field;
use super::model::{Incident, IncidentId};
use super::service::{Change, at, with_text};
use super::{incident, store};
use crate::customers::{self, Customer};
use crate::form::{Problem, Problems};
use crate::mailing::{self, MailKind, NewMail};
use crate::payments::templates::{self, Facts, Template, TemplateKind};
use crate::{By, Office, OfficeError, Record, subjects};
use ::store::{ClaimedJob, Job};
use base::{Day, Language, Sensitive};
use serde::{Deserialize, Serialize};

/// How many customers one run of the job tells: it ends well within the lease of a job.
const BATCH: u32 = 100;
/// How far telling customers can be put off, in days.
const POSTPONED_DAYS_MAX: i64 = 365;

/// A notice as staff typed it, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeText {
    /// Its subject line, which travels in the clear: nothing personal.
    pub title: String,
    /// Its text, with places such as `{link}`.
    pub body: Sensitive<String>,
}

/// Tells the affected customers of a case who were not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellCustomers {
    /// Which case.
    pub incident: IncidentId,
}

impl Job for TellCustomers {
    const KIND: &'static str = "incidents.tell";
}

const fn fields(language: Language) -> (Field, Field) {
    match language {
        Language::Nl => (Field::NoticeTitleNl, Field::NoticeNl),
        Language::En => (Field::NoticeTitleEn, Field::NoticeEn),
    }
}

/// The notice of a case in a language: as staff wrote it, or the provider's template.
///
/// # Errors
/// When the database fails.
pub async fn notice(office: &Office, case: &Incident, language: Language) -> Result<NoticeText, OfficeError> {
    let (title, body) = fields(language);
    if let (Some(title), Some(body)) = (case.texts.get(title), case.texts.get(body)) {
        return Ok(NoticeText { title: title.to_owned(), body: body.into() });
    }
    let template = templates::template(office, TemplateKind::Leak, language).await?;
    Ok(NoticeText { title: template.title, body: template.body.into() })
}

/// Title and text as a customer of a name would get them.
///
/// # Errors
/// [`OfficeError::Invalid`] when the text is not one that can be sent.
pub fn fill_notice(
    office: &Office,
    case: &Incident,
    language: Language,
    text: &NoticeText,
    name: &str,
) -> Result<(String, Sensitive<String>), OfficeError> {
    let template = Template::parse(TemplateKind::Leak, language, (&text.title, text.body.expose()), 0)?;
    let (title, body) = template.fill(&Facts::of_leak(office, &case.number.to_string(), name));
    Ok((title, mailing::signed(office, language, body.expose())))
}

/// Keeps the notice of a case, in both languages.
///
/// # Errors
/// [`OfficeError::Invalid`] with the fields `title_nl`, `body_nl`, `title_en` or `body_en`;
/// [`OfficeError::Conflict`].
pub async fn set_notice(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    nl: &NoticeText,
    en: &NoticeText,
) -> Result<Incident, OfficeError> {
    let mut problems = Problems::new();
    let names = [(Language::Nl, nl, ["title_nl", "body_nl"]), (Language::En, en, ["title_en", "body_en"])];
    for (language, text, [title, body]) in names {
        let parsed = Template::parse(TemplateKind::Leak, language, (&text.title, text.body.expose()), 0);
        for (field, problem) in parsed.err().iter().flat_map(Problems::all) {
            problems.add(if *field == "title" { title } else { body }, *problem);
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let typed = [
        (Field::NoticeTitleNl, nl.title.as_str()),
        (Field::NoticeNl, nl.body.expose().as_str()),
        (Field::NoticeTitleEn, en.title.as_str()),
        (Field::NoticeEn, en.body.expose().as_str()),
    ];
    super::set_texts(office, by, id, revision, typed).await
}

/// Tells the affected customers: their mails leave by a job. The notice must have been written for the case.
///
/// # Errors
/// [`OfficeError::Invalid`] when the notice was not written, or a clock is late without a reason;
/// [`OfficeError::Forbidden`] when nobody is left to tell; [`OfficeError::Conflict`].
pub async fn tell_customers(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    for language in Language::ALL {
        let (title, body) = fields(language);
        if read.texts.get(title).is_none() || read.texts.get(body).is_none() {
            return Err(Problems::one("notice", Problem::Missing).into());
        }
    }
    let untold = store::affected(&office.store, id).await?.untold();
    if untold == 0 {
        return Err(OfficeError::Forbidden { why: "no affected customer is left to tell" });
    }
    let next = read.clone().told_customers(office.now()).map_err(super::service::refused)?;
    let record = Record::new("incident-told", by)
        .about(read.subject)
        .with("number", read.number.to_string())
        .with("customers", untold);
    let change = Change::new(office, read, next, record).await?;
    let tx = office.store.begin().await?;
    change.put(&tx).await?;
    tx.enqueue(&TellCustomers { incident: id }, office.now(), &*office.clock, &*office.random).await?;
    tx.commit().await?;
    Ok(change.next)
}

/// Puts telling the affected customers off until a day, with a reason.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`].
pub async fn postpone(
    office: &Office,
    by: By,
    id: IncidentId,
    revision: u32,
    until: Day,
    reason: &Sensitive<String>,
) -> Result<Incident, OfficeError> {
    let read = at(office, id, revision).await?;
    let days = i64::from(until.number()) - i64::from(office.today().number());
    if !(1..=POSTPONED_DAYS_MAX).contains(&days) {
        return Err(Problems::one("until", Problem::Date).into());
    }
    let next = with_text(&read, Field::PostponedReason, reason, "reason")?;
    if next.texts.get(Field::PostponedReason).is_none() {
        return Err(Problems::one("reason", Problem::Missing).into());
    }
    let next = next.postponed(until).map_err(super::service::refused)?;
    let record = Record::new("incident-postponed", by)
        .about(read.subject)
        .with("number", read.number.to_string())
        .with("until", until.to_string());
    let change = Change::new(office, read, next, record).await?;
    let tx = office.store.begin().await?;
    change.put(&tx).await?;
    tx.commit().await?;
    Ok(change.next)
}

/// Carries out a claimed job of this slice; tells whether it was one. It can be repeated.
///
/// # Errors
/// When a store fails; a retry helps.
pub async fn run(office: &Office, job: &ClaimedJob) -> Result<bool, OfficeError> {
    if job.kind != TellCustomers::KIND {
        return Ok(false);
    }
    let TellCustomers { incident: id } = job.decode()?;
    let case = match incident(office, id).await {
        Ok(case) => case,
        Err(OfficeError::NotFound { .. }) => return Ok(true),
        Err(error) => return Err(error),
    };
    let waiting = store::untold(&office.store, id, BATCH).await?;
    for customer in &waiting {
        match customers::customer(office, *customer).await {
            Ok(customer) => tell(office, &case, &customer).await?,
            // Erased in the meantime: the row loses its subject and is no longer waiting then.
            Err(OfficeError::NotFound { .. } | OfficeError::Keys(keys::KeyError::Missing { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    if waiting.len() == BATCH as usize {
        let tx = office.store.begin().await?;
        tx.enqueue(&TellCustomers { incident: id }, office.now(), &*office.clock, &*office.random).await?;
        tx.commit().await?;
    }
    Ok(true)
}

async fn tell(office: &Office, case: &Incident, customer: &Customer) -> Result<(), OfficeError> {
    let language = customer.profile.language;
    let text = notice(office, case, language).await?;
    let (title, body) = fill_notice(office, case, language, &text, customer.display_name().expose())?;
    let mail = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::LeakNotice,
        language,
        title,
        body,
    };
    let mail = mailing::prepare(office, mail).await?;
    let record = Record::new("leak-notice", By::System("incidents"))
        .about(customer.subject)
        .with("number", case.number.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    match subjects::lock_active(&tx, customer.subject).await {
        Ok(()) => {}
        Err(OfficeError::Erased) => return Ok(tx.rollback().await?),
        Err(error) => return Err(error),
    }
    if !store::mark_told(&tx, case.id, customer.id, office.now()).await? {
        return Ok(tx.rollback().await?);
    }
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}
