//! Rectification by the customer's own hand: done at once, and recorded as a granted request, so that
//! the record of rights is whole.

use super::clock::Deadline;
use super::model::{Channel, Closing, Detail, RequestId, RequestKind, RequestNumber, RequestState};
use super::open::session_identity;
use super::store;
use super::texts::{self, Outcome};
use crate::accounts::{Role, Session};
use crate::customers::{self, PreparedProfile, Profile};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::{require_active, take_number};
use crate::{Office, OfficeError, Record, subjects};
use base::{Language, Sensitive, SubjectId};
use keys::purpose::Rights;

/// A manager or owner corrects the customer's contact data. The confirmation goes to the new address
/// and, when the address itself changed, to the one before it too: its reader must be able to object.
/// Nothing is recorded when nothing changed.
///
/// # Errors
/// [`OfficeError::Forbidden`] for readers; [`OfficeError::Conflict`] when somebody changed the customer
/// since `revision`; when a store fails.
pub async fn rectify_in_panel(
    office: &Office,
    session: &Session,
    revision: u32,
    profile: &Profile,
) -> Result<Option<(RequestId, RequestNumber)>, OfficeError> {
    let before = customers::customer(office, super::acting(session, Role::Manager)?).await?;
    require_active(office, before.subject).await?;
    if before.profile == *profile {
        return Ok(None);
    }
    let change = PreparedProfile::new(office, session.by(), before.id, revision, profile).await?;
    let now = office.now();
    let (subject, language, policy) = (before.subject, profile.language, office.policy());
    let id = RequestId::new(&*office.clock, &*office.random);
    let number =
        RequestNumber(take_number(office, super::open::NUMBER_COUNTER, super::open::FIRST_NUMBER).await?);
    let deadline = Deadline::begin(now, policy.law()).map_err(|e| OfficeError::Other(e.to_string()))?;
    let (title, body) =
        texts::answered(language, RequestKind::Rectification, number, now, Outcome::Granted, "");
    let whole = mailing::signed(office, language, &texts::with_remedies(language, &body, &policy));
    let named_authority = texts::names_remedies(language, whole.expose(), &policy);
    let identity = session_identity(session, now);
    let mut addresses = vec![&profile.email];
    if before.profile.email != profile.email {
        addresses.push(&before.profile.email);
    }
    let mut mails = Vec::new();
    for to in addresses {
        mails.push(confirmation(office, subject, to, language, &title, &whole).await?);
    }
    let record = Record::new("request-granted", session.by())
        .about(subject)
        .with("number", number.to_string())
        .with("kind", RequestKind::Rectification.as_str())
        .with("in_time", true)
        .with("named_authority", named_authority);
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Rights>(subject).await?;
    let row = store::NewRow {
        id,
        number,
        kind: RequestKind::Rectification,
        state: RequestState::Granted(Closing { at: now, named_authority }),
        identity,
        subject,
        customer: Some(before.id),
        thread: None,
        login: Some(session.login),
        channel: Channel::Panel,
        language,
        deadline,
        detail: store::seal_detail(&key, id, &Detail::default(), &*office.random)?,
        answer: Some(store::seal_answer(&key, id, whole.expose(), &*office.random)),
    };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    change.put(office, &tx).await?;
    store::insert(&tx, &row).await?;
    for mail in &mails {
        mail.queue(office, &tx).await?;
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    change.committed(office);
    Ok(Some((id, number)))
}

async fn confirmation(
    office: &Office,
    subject: SubjectId,
    to: &Sensitive<String>,
    language: Language,
    title: &str,
    body: &Sensitive<String>,
) -> Result<PreparedMail, OfficeError> {
    let kind = MailKind::RequestAnswered;
    let mail = NewMail { subject, to, kind, language, title: title.to_owned(), body: body.clone() };
    mailing::prepare(office, mail).await
}
