//! Use cases of content grants.

use super::form::Ask;
use super::model::{
    Answer, ContentSession, ContentSessionId, EndedBy, Grant, GrantId, Ground, SessionState, Standing,
};
use super::store::{self, Evidence, GrantRow, NewGrant, NewSession};
use super::texts::{self, Told};
use super::{ANSWER_DAYS, AskForm, SessionForm, TEXT_CHARS_MAX};
use crate::accounts::{Role, Session, StaffRole};
use crate::customers::{self, Customer, CustomerId};
use crate::form::{Problem, Problems};
use crate::incidents::{self, IncidentId};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::{require_active, text_block};
use crate::requests::acting;
use crate::services;
use crate::{By, Office, OfficeError, Record, subjects};
use base::{Sensitive, Timestamp};
use keys::purpose::Support;

/// The largest page of a list.
const PAGE_MAX: u32 = 100;
/// How many grants one sweep ends.
const SWEEP_MAX: u32 = 500;
/// The longest look, in seconds: a working day.
const SESSION_SECONDS_MAX: i64 = 8 * 3_600;
const SECONDS_OF_HOUR: i64 = 3_600;

const NO_GRANT: OfficeError = OfficeError::NotFound { what: "the content grant" };
const NOT_IN_FORCE: OfficeError = OfficeError::Forbidden { why: "no content grant is in force" };

/// Which grants a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GrantFilter {
    /// All.
    #[default]
    All,
    /// Those that wait for an answer.
    Asked,
    /// Those given.
    Given,
    /// Those refused or ended.
    Over,
}

/// A page of grants.
#[derive(Debug, Clone, Default)]
pub struct GrantPage {
    /// The grants.
    pub grants: Vec<Grant>,
    /// How many there are in all.
    pub total: u64,
}

/// Staff ask a customer for a grant, or take one on the ground of an open case of a leak that touches the
/// customer; the customer is told by mail.
///
/// # Errors
/// [`OfficeError::Invalid`] with the problems of the form; [`OfficeError::Forbidden`] unless staff, and unless
/// privacy staff where a case is the ground; [`OfficeError::Erased`]; when a store fails.
pub async fn ask(
    office: &Office,
    session: &Session,
    customer: CustomerId,
    form: &AskForm,
) -> Result<GrantId, OfficeError> {
    require_staff(session)?;
    let ask = form.parse()?;
    let customer = customers::customer(office, customer).await?;
    require_active(office, customer.subject).await?;
    if let Some(service) = ask.service {
        let found = services::service(office, service).await?;
        if found.customer != customer.id {
            return Err(Problems::one("service", Problem::Choice).into());
        }
    }
    if let Some(incident) = ask.incident {
        require_case(office, session, incident, customer.id).await?;
    }
    grant_asked(office, session, &customer, &ask).await
}

async fn grant_asked(
    office: &Office,
    session: &Session,
    customer: &Customer,
    ask: &Ask,
) -> Result<GrantId, OfficeError> {
    let (now, random) = (office.now(), &*office.random);
    let id = GrantId::new(&*office.clock, random);
    let given = ask.incident.map(|_| (now, now.plus_seconds(i64::from(ask.hours) * SECONDS_OF_HOUR)));
    let kind = if given.is_some() { "content-grant-for-leak" } else { "content-grant-asked" };
    let mut record = Record::new(kind, session.by())
        .about(customer.subject)
        .with("grant", id.to_string())
        .with("scopes", ask.scopes.to_string())
        .with("hours", ask.hours);
    if let Some(incident) = ask.incident {
        record = record.with("incident", incident.to_string());
    }
    let entry = office.prepare(record).await?;
    let told = if given.is_some() { Told::ForLeak } else { Told::Asked };
    let mail = mail(office, customer, told).await?;
    let key = office.vault.ensure::<Support>(customer.subject).await?;
    let new = NewGrant {
        id,
        customer: customer.id,
        subject: customer.subject,
        service: ask.service,
        scopes: &ask.scopes,
        incident: ask.incident,
        reason: &ask.reason,
        hours: ask.hours,
        asked_by: session.login,
        given,
    };
    let row = store::seal_grant(&new, &key, now, random);

    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    store::insert_grant(&tx, row).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

fn require_staff(session: &Session) -> Result<(), OfficeError> {
    match session.staff {
        Some(StaffRole::Admin | StaffRole::Privacy | StaffRole::Support) => Ok(()),
        Some(StaffRole::Auditor) | None => Err(OfficeError::Forbidden { why: "only staff ask for content" }),
    }
}

/// A case that is open, and touches the customer.
async fn require_case(
    office: &Office,
    session: &Session,
    incident: IncidentId,
    customer: CustomerId,
) -> Result<(), OfficeError> {
    if !matches!(session.staff, Some(StaffRole::Admin | StaffRole::Privacy)) {
        return Err(OfficeError::Forbidden { why: "only privacy staff look because of a leak" });
    }
    if !incidents::is_open(office, incident).await? || !incidents::touches(office, incident, customer).await?
    {
        return Err(Problems::one("incident", Problem::Choice).into());
    }
    Ok(())
}

async fn mail(office: &Office, customer: &Customer, told: Told) -> Result<PreparedMail, OfficeError> {
    let language = customer.profile.language;
    let (title, text) = texts::mail(language, told, &office.settings.base_url);
    let new = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::ContentAccess,
        language,
        title,
        body: mailing::signed(office, language, &text),
    };
    mailing::prepare(office, new).await
}

/// An owner of the customer gives what was asked, for as long as was asked or shorter, or refuses.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless an owner; [`OfficeError::NotFound`] for a grant of another customer;
/// [`OfficeError::Invalid`] for more hours than were asked; [`OfficeError::Conflict`] when it does not wait for
/// an answer any more.
pub async fn answer(
    office: &Office,
    session: &Session,
    id: GrantId,
    answer: Answer,
) -> Result<(), OfficeError> {
    let customer = acting(session, Role::Owner)?;
    let grant = own(office, customer, id).await?;
    let now = office.now();
    if !matches!(grant.standing(now), Standing::Asked(_)) {
        return Err(OfficeError::Conflict { what: "the content grant" });
    }
    let (kind, hours) = match answer {
        Answer::Give { hours } if hours == 0 || hours > grant.hours => {
            return Err(Problems::one("hours", Problem::Number).into());
        }
        Answer::Give { hours } => ("content-grant-given", hours),
        Answer::Refuse => ("content-grant-refused", 0),
    };
    let record = Record::new(kind, session.by())
        .about(grant.subject)
        .with("grant", id.to_string())
        .with("hours", hours);
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, grant.subject).await?;
    let done = match answer {
        Answer::Give { .. } => {
            store::give(&tx, id, now, now.plus_seconds(i64::from(hours) * SECONDS_OF_HOUR)).await?
        }
        Answer::Refuse => store::refuse(&tx, id, now).await?,
    };
    if done == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the content grant" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// A grant of this customer; one of another is not found.
async fn own(office: &Office, customer: CustomerId, id: GrantId) -> Result<Grant, OfficeError> {
    let found = grant(office, id).await?;
    if found.customer == customer { Ok(found) } else { Err(NO_GRANT) }
}

/// An owner of the customer withdraws what was given, which ends every look under it.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless an owner, and for a grant that a leak grounds; [`OfficeError::NotFound`];
/// [`OfficeError::Conflict`] when it is over already.
pub async fn withdraw(office: &Office, session: &Session, id: GrantId) -> Result<(), OfficeError> {
    let grant = own(office, acting(session, Role::Owner)?, id).await?;
    if grant.ground != Ground::Permission {
        return Err(OfficeError::Forbidden { why: "a grant for a leak is not the customer's to withdraw" });
    }
    finish(office, &grant, EndedBy::Customer, office.now(), session.by()).await
}

/// Staff need a grant no more: it ends, and every look under it.
///
/// # Errors
/// [`OfficeError::Forbidden`], [`OfficeError::NotFound`]; [`OfficeError::Conflict`] when it is over already.
pub async fn end(office: &Office, session: &Session, id: GrantId) -> Result<(), OfficeError> {
    require_staff(session)?;
    finish(office, &grant(office, id).await?, EndedBy::Staff, office.now(), session.by()).await
}

async fn finish(
    office: &Office,
    grant: &Grant,
    ended: EndedBy,
    at: Timestamp,
    by: By,
) -> Result<(), OfficeError> {
    let record = Record::new("content-grant-ended", by)
        .about(grant.subject)
        .with("grant", grant.id.to_string())
        .with("by", ended.as_str());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, grant.subject).await?;
    if store::end(&tx, grant.id, ended, at).await? == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the content grant" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Marks grants whose time is over, and says how many.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let now = office.now();
    let rows = store::overdue(&office.store, now, now.plus_days(-ANSWER_DAYS), SWEEP_MAX).await?;
    let mut swept = 0;
    for row in rows {
        let grant = row.closed();
        let at = grant.given().map_or_else(|| grant.asked_at.plus_days(ANSWER_DAYS), |(_, until)| until);
        match finish(office, grant, EndedBy::Time, at, By::System("content-grants")).await {
            Ok(()) => swept += 1,
            // Ended or erased meanwhile.
            Err(OfficeError::Conflict { .. } | OfficeError::Erased | OfficeError::Keys(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(swept)
}

/// Staff begin a look under a grant in force. It is in the ledger, and the customer's mail on its way, when this
/// returns; it ends with the grant, or after a working day.
///
/// # Errors
/// [`OfficeError::Forbidden`] when no grant for this is in force; [`OfficeError::Invalid`]; when a store fails.
pub async fn open_session(
    office: &Office,
    session: &Session,
    id: GrantId,
    form: &SessionForm,
) -> Result<ContentSessionId, OfficeError> {
    require_staff(session)?;
    let (scope, purpose) = form.parse()?;
    let read = grant(office, id).await?;
    if !read.scopes.contains(scope) {
        return Err(Problems::one("scope", Problem::Choice).into());
    }
    let (now, random) = (office.now(), &*office.random);
    let Standing::InForce(until) = read.standing(now) else { return Err(NOT_IN_FORCE) };
    let customer = customers::customer(office, read.customer).await?;
    let new = NewSession {
        id: ContentSessionId::new(&*office.clock, random),
        grant: id,
        subject: read.subject,
        scope,
        login: session.login,
        purpose: &purpose,
        until: until.min(now.plus_seconds(SESSION_SECONDS_MAX)),
    };
    let record = Record::new("content-session-opened", session.by())
        .about(read.subject)
        .with("grant", id.to_string())
        .with("session", new.id.to_string())
        .with("scope", scope.as_str());
    let entry = office.prepare(record).await?;
    let mail = mail(office, &customer, Told::Looked).await?;
    let key = office.vault.ensure::<Support>(read.subject).await?;
    let row = store::seal_session(&new, &key, now, random);

    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, read.subject).await?;
    let locked = store::lock(&tx, id).await?.ok_or(NO_GRANT)?;
    if !matches!(locked.closed().standing(now), Standing::InForce(_)) {
        tx.rollback().await?;
        return Err(NOT_IN_FORCE);
    }
    store::insert_session(&tx, row).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Who looked tells what was seen and done, which ends the look; one that time ended can still be told of.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Forbidden`] for anybody else; [`OfficeError::Conflict`] when it was
/// told already.
pub async fn end_session(
    office: &Office,
    session: &Session,
    id: GrantId,
    look: ContentSessionId,
    report: &str,
) -> Result<(), OfficeError> {
    require_staff(session)?;
    let report = text_block(report, TEXT_CHARS_MAX).map_err(|problem| Problems::one("report", problem))?;
    let read = grant(office, id).await?;
    let key = office.vault.key::<Support>(read.subject).await?;
    let looks = store::sessions(&office.store, id, &key).await?;
    let look = looks.into_iter().find(|one| one.id == look);
    let look = look.ok_or(OfficeError::NotFound { what: "the look at content" })?;
    if look.login != session.login {
        return Err(OfficeError::Forbidden { why: "who looked tells what was seen" });
    }
    let at = match look.state(office.now()) {
        SessionState::Open(_) => office.now(),
        SessionState::Ended(at) => at,
    };
    let record = Record::new("content-session-ended", session.by())
        .about(read.subject)
        .with("grant", id.to_string())
        .with("session", look.id.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, read.subject).await?;
    let report = Sensitive::new(report);
    let ended = store::end_session(&tx, &look, read.subject, (&key, &report), at, &*office.random).await?;
    if ended == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the look at content" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// One grant.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn grant(office: &Office, id: GrantId) -> Result<Grant, OfficeError> {
    opened(office, store::by_id(&office.store, id).await?.ok_or(NO_GRANT)?).await
}

async fn opened(office: &Office, row: GrantRow) -> Result<Grant, OfficeError> {
    let key = office.vault.key::<Support>(row.closed().subject).await?;
    row.open(&key)
}

/// The looks under a grant, the last first.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn sessions(office: &Office, id: GrantId) -> Result<Vec<ContentSession>, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(NO_GRANT)?;
    let key = office.vault.key::<Support>(row.closed().subject).await?;
    store::sessions(&office.store, id, &key).await
}

/// The grants of a customer, the last first.
///
/// # Errors
/// When a store fails.
pub async fn of_customer(office: &Office, customer: CustomerId) -> Result<Vec<Grant>, OfficeError> {
    let mut grants = Vec::new();
    for row in store::of_customer(&office.store, customer).await? {
        grants.push(opened(office, row).await?);
    }
    Ok(grants)
}

/// A page of all grants, the last first. A grant whose customer is being erased is left out.
///
/// # Errors
/// When a store fails.
pub async fn page(
    office: &Office,
    filter: GrantFilter,
    offset: u64,
    limit: u32,
) -> Result<GrantPage, OfficeError> {
    let (rows, total) = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    let mut grants = Vec::with_capacity(rows.len());
    for row in rows {
        match opened(office, row).await {
            Ok(grant) => grants.push(grant),
            Err(OfficeError::Keys(keys::KeyError::Missing { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(GrantPage { grants, total })
}

/// What the verdict on P09 rests on.
///
/// # Errors
/// When the database fails.
pub async fn evidence(office: &Office) -> Result<Evidence, OfficeError> {
    Ok(store::evidence(&office.store).await?)
}
