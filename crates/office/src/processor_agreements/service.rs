//! Use cases of processor agreements.

use super::jobs::substances;
use super::model::{KeptText, party, read_text};
use super::store::{self, AgreementRow, NewAgreement, SealedRow};
use super::{
    ANSWER_DAYS, AgreementNumber, Filter, IssueReason, OBJECTION_DAYS, ProcessorAgreement,
    ProcessorAgreementId, texts,
};
use crate::accounts::{LoginId, Role, Session};
use crate::customers::{self, Customer, CustomerId};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::{self, ContactForm, ThreadId, ThreadKind, require_active, take_number};
use crate::{By, Office, OfficeError, Prepared, Record, requests, subjects};
use ::store::{StoreError, Tx};
use base::{Day, Language, Sensitive, SubjectId, Timestamp};
use documents::{AgreementText, Party, ProcessorAgreementDocument, processor_agreement_pdf};
use keys::purpose::Account;

/// The counter that hands out numbers, and the number before the first.
const NUMBER_COUNTER: &str = "processor_agreement";
const FIRST_NUMBER: i64 = 100_000;
/// How many versions of one customer are shown.
const VERSIONS_MAX: u32 = 100;
/// The largest page of a list.
const PAGE_MAX: u32 = 100;

/// What a customer is asked to accept: the text as it is today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The label of the policy it is drawn up from.
    pub version: String,
    /// SHA-256 of the text.
    pub hash: [u8; 32],
}

/// The text that an agreement issued now would have, to be accepted with an order.
#[must_use]
pub fn offered(office: &Office, language: Language) -> Offered {
    let kept = KeptText::of(&office.policy(), language);
    Offered { version: kept.text.policy_version, hash: kept.hash }
}

/// The same text itself, to be shown.
#[must_use]
pub fn text(office: &Office, language: Language) -> AgreementText {
    KeptText::of(&office.policy(), language).text
}

/// Whether the customer hears of a version by a mail of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// By a mail.
    Mail,
    /// By the caller, who writes to the customer about it.
    ByCaller,
}

/// What issuing to a customer comes to, made ready before a transaction.
#[derive(Debug)]
pub struct Issuing {
    number: AgreementNumber,
    id: ProcessorAgreementId,
    new: Option<Box<NewVersion>>,
}

#[derive(Debug)]
struct NewVersion {
    customer: CustomerId,
    subject: SubjectId,
    text: KeptText,
    policy_hash: [u8; 32],
    row: SealedRow,
    entry: Prepared,
    mail: Option<PreparedMail>,
    now: Timestamp,
}

impl Issuing {
    /// The number that the customer's agreement has then.
    #[must_use]
    pub const fn number(&self) -> AgreementNumber {
        self.number
    }

    /// The version that holds then.
    #[must_use]
    pub const fn id(&self) -> ProcessorAgreementId {
        self.id
    }

    /// Whether it is a new version: a customer whose agreement says what it would say today keeps it.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.new.is_some()
    }

    /// Puts it into the transaction of whoever issues; the subject is locked by then
    /// ([`subjects::lock_active`]).
    ///
    /// # Errors
    /// [`OfficeError::Conflict`] when another was issued in the meantime; when the database fails.
    pub async fn put(self, office: &Office, tx: &Tx) -> Result<(), OfficeError> {
        let Some(new) = self.new else { return Ok(()) };
        store::keep_text(tx, &new.text, new.policy_hash, new.now).await?;
        store::insert(tx, new.row, new.customer, new.now).await.map_err(|error| match error {
            StoreError::Duplicate => OfficeError::Conflict { what: "the processor agreement" },
            other => other.into(),
        })?;
        if let Some(mail) = &new.mail {
            mail.queue(office, tx).await?;
        }
        Ok(new.entry.append(tx).await?)
    }
}

/// Makes an agreement ready, unless the customer has one that says what it would say today.
///
/// # Errors
/// [`OfficeError::Erased`]; when a store fails.
pub async fn prepare(
    office: &Office,
    by: By,
    customer: &Customer,
    reason: IssueReason,
    thread: Option<ThreadId>,
    notice: Notice,
) -> Result<Issuing, OfficeError> {
    require_active(office, customer.subject).await?;
    let language = customer.profile.language;
    let policy = office.policy();
    let text = KeptText::of(&policy, language);
    let last = store::of_customer(&office.store, customer.id, 1).await?.pop();
    if let Some(row) = &last
        && row.substance == text.substance
    {
        return Ok(Issuing { number: row.agreement.number, id: row.agreement.id, new: None });
    }
    let number = match &last {
        Some(row) => AgreementNumber { version: row.agreement.number.version + 1, ..row.agreement.number },
        None => {
            AgreementNumber { number: take_number(office, NUMBER_COUNTER, FIRST_NUMBER).await?, version: 1 }
        }
    };
    let (id, now) = (ProcessorAgreementId::new(&*office.clock, &*office.random), office.now());
    let party = serde_json::to_string(&party(&customer.profile)).expect("a party can be written as JSON");
    let key = office.vault.ensure::<Account>(customer.subject).await?;
    let new = NewAgreement {
        id,
        number,
        customer: customer.id,
        subject: customer.subject,
        thread,
        reason,
        text_hash: text.hash,
        party: &Sensitive::new(party),
        issued_at: now,
        objection_until: (reason == IssueReason::Changed).then(|| now.plus_days(i64::from(OBJECTION_DAYS))),
    };
    let row = store::seal(&new, &key, &*office.random);
    let record = Record::new("processor-agreement-issued", by)
        .about(customer.subject)
        .with("number", number.to_string())
        .with("reason", reason.as_str())
        .with("text", hex::encode(text.hash))
        .with("policy", policy.hash_hex());
    let entry = office.prepare(record).await?;
    let mail = match notice {
        Notice::Mail => Some(mail(office, customer, reason, number).await?),
        Notice::ByCaller => None,
    };
    let (customer, subject, policy_hash) = (customer.id, customer.subject, policy.hash());
    let new = NewVersion { customer, subject, text, policy_hash, row, entry, mail, now };
    Ok(Issuing { number, id, new: Some(Box::new(new)) })
}

async fn mail(
    office: &Office,
    customer: &Customer,
    reason: IssueReason,
    number: AgreementNumber,
) -> Result<PreparedMail, OfficeError> {
    let language = customer.profile.language;
    let (title, body) = texts::mail(language, reason, number, &office.settings.base_url);
    let mail = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::ProcessorAgreement,
        language,
        title,
        body: mailing::signed(office, language, &body),
    };
    mailing::prepare(office, mail).await
}

/// Issues an agreement to a customer who has none that says what it would say today; the customer gets a
/// mail. Gives the number of the one that holds.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Erased`]; [`OfficeError::Conflict`] when another was issued in
/// the meantime; when a store fails.
pub async fn issue(
    office: &Office,
    by: By,
    customer: CustomerId,
    reason: IssueReason,
) -> Result<AgreementNumber, OfficeError> {
    let customer = customers::customer(office, customer).await?;
    let issuing = prepare(office, by, &customer, reason, None, Notice::Mail).await?;
    carry_out(office, issuing).await
}

async fn carry_out(office: &Office, issuing: Issuing) -> Result<AgreementNumber, OfficeError> {
    let number = issuing.number;
    let Some(new) = &issuing.new else { return Ok(number) };
    let subject = new.subject;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    issuing.put(office, &tx).await?;
    tx.commit().await?;
    Ok(number)
}

/// Staff answer a customer who asked for an agreement: it is issued, and the conversation answered with
/// where it is. Whoever breaks off in between and does it again issues nothing twice.
///
/// # Errors
/// [`OfficeError::Forbidden`] when the conversation is about something else, or its writer is no customer;
/// as [`issue`] and [`messages::answer`].
pub async fn answer(
    office: &Office,
    by: By,
    login: Option<LoginId>,
    thread: ThreadId,
    seen: Timestamp,
) -> Result<AgreementNumber, OfficeError> {
    let asked = messages::thread(office, thread).await?.summary;
    let customer = match (asked.kind, asked.customer) {
        (ThreadKind::ProcessorAgreement, Some(customer)) => customers::customer(office, customer).await?,
        (ThreadKind::ProcessorAgreement, None) => {
            return Err(OfficeError::Forbidden { why: "only a customer gets a processor agreement" });
        }
        _ => return Err(OfficeError::Forbidden { why: "this conversation is about something else" }),
    };
    if asked.updated_at != seen {
        return Err(OfficeError::Conflict { what: "the thread" });
    }
    let issuing = prepare(office, by, &customer, IssueReason::Asked, Some(thread), Notice::ByCaller).await?;
    let number = carry_out(office, issuing).await?;
    let text = texts::answer(asked.language, number, &office.settings.base_url);
    messages::answer(office, by, login, thread, seen, &Sensitive::new(text)).await?;
    Ok(number)
}

/// The customer objects to a changed agreement; staff find it as a message too.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless an owner; [`OfficeError::Conflict`] when there is nothing to object to,
/// any more or at all; when a store fails.
pub async fn object(office: &Office, session: &Session, id: ProcessorAgreementId) -> Result<(), OfficeError> {
    let customer = customers::customer(office, requests::acting(session, Role::Owner)?).await?;
    let row = own_row(office, customer.id, id).await?;
    require_active(office, customer.subject).await?;
    let record = Record::new("processor-agreement-objected", session.by())
        .about(customer.subject)
        .with("number", row.agreement.number.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, customer.subject).await?;
    if !store::object(&tx, id, customer.id, office.now()).await? {
        return Err(OfficeError::Conflict { what: "the processor agreement" });
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    // The objection stands by itself; the message brings it to the desk where somebody answers.
    let (title, text) = texts::objection(customer.profile.language, row.agreement.number);
    let form = ContactForm {
        topic: ThreadKind::ProcessorAgreement.as_str().into(),
        title: title.into(),
        text: text.into(),
        ..ContactForm::default()
    };
    messages::write_as_customer(office, session, &form).await?;
    Ok(())
}

/// A customer's versions, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_customer(
    office: &Office,
    customer: CustomerId,
) -> Result<Vec<ProcessorAgreement>, OfficeError> {
    let rows = store::of_customer(&office.store, customer, VERSIONS_MAX).await?;
    Ok(rows.into_iter().map(|row| row.agreement).collect())
}

/// One version of a customer.
///
/// # Errors
/// [`OfficeError::NotFound`] also when it is somebody else's.
pub async fn own(
    office: &Office,
    customer: CustomerId,
    id: ProcessorAgreementId,
) -> Result<ProcessorAgreement, OfficeError> {
    Ok(own_row(office, customer, id).await?.agreement)
}

async fn own_row(
    office: &Office,
    customer: CustomerId,
    id: ProcessorAgreementId,
) -> Result<AgreementRow, OfficeError> {
    let row = store::by_id(&office.store, id).await?;
    row.filter(|row| row.agreement.customer == customer).ok_or(NOT_THERE)
}

/// A page of the versions that hold, for staff, with how many there are.
///
/// # Errors
/// When the database fails.
pub async fn page(
    office: &Office,
    filter: Filter,
    offset: u64,
    limit: u32,
) -> Result<(Vec<ProcessorAgreement>, u64), OfficeError> {
    let (rows, total) = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    Ok((rows.into_iter().map(|row| row.agreement).collect(), total))
}

/// A version of a customer as PDF, set from what was agreed.
///
/// # Errors
/// [`OfficeError::NotFound`]; [`OfficeError::Erased`]; [`OfficeError::Other`] when what is kept is not what
/// was agreed, or cannot be set.
pub async fn pdf(
    office: &Office,
    customer: CustomerId,
    id: ProcessorAgreementId,
) -> Result<Vec<u8>, OfficeError> {
    let row = own_row(office, customer, id).await?;
    set(office, row).await
}

/// A version as PDF, for staff, with its number.
///
/// # Errors
/// As [`pdf`].
pub async fn pdf_for_staff(
    office: &Office,
    id: ProcessorAgreementId,
) -> Result<(AgreementNumber, Vec<u8>), OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(NOT_THERE)?;
    Ok((row.agreement.number, set(office, row).await?))
}

const NOT_THERE: OfficeError = OfficeError::NotFound { what: "the processor agreement" };

async fn set(office: &Office, row: AgreementRow) -> Result<Vec<u8>, OfficeError> {
    let subject = row.agreement.subject.ok_or(OfficeError::Erased)?;
    let key = office.vault.key::<Account>(subject).await?;
    let controller: Party = serde_json::from_str(row.open(&key)?.expose())
        .map_err(|_| OfficeError::Other("the party of a processor agreement cannot be read".into()))?;
    let body = store::text(&office.store, &row.agreement.text_hash).await?;
    let agreement = row.agreement;
    let document = ProcessorAgreementDocument {
        number: agreement.number.to_string(),
        issued_on: Day::of_date(agreement.issued_at.in_amsterdam().date())
            .unwrap_or(agreement.issued_at.day()),
        controller,
        acceptance: texts::acceptance(agreement.language, agreement.reason),
        text_hash: hex::encode(agreement.text_hash),
        text: read_text(&body, &agreement.text_hash)?,
    };
    let set = tokio::task::spawn_blocking(move || processor_agreement_pdf(&document)).await;
    let set = set.map_err(|_| OfficeError::Other("setting a document failed".into()))?;
    set.map_err(|error| OfficeError::Other(error.to_string()))
}

/// What the verdict on the promise rests on.
pub(crate) async fn evidence(office: &Office) -> Result<store::Evidence, OfficeError> {
    let asked_before = office.now().plus_days(-ANSWER_DAYS);
    Ok(store::evidence(&office.store, &substances(office), asked_before).await?)
}
