//! Use cases of messages.

use super::model::{Letter, Writer};
use super::store::{self, NewMessage, NewThread};
use super::texts::{self, WriteBack};
use super::{
    Action, Author, ContactForm, MESSAGES_MAX, MessageId, TEXT_CHARS_MAX, Thread, ThreadFilter, ThreadId,
    ThreadNumber, ThreadPage, text_block,
};
use crate::accounts::{LoginId, Role, Session};
use crate::customers::{self, Customer, CustomerId};
use crate::form::Problems;
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::requests::{self, Channel, Claim, Contact, Detail, NewRequest, RequestId, RequestNumber, Start};
use crate::subjects::{self, SubjectKind, SubjectState};
use crate::{By, Office, OfficeError, Prepared, Record};
use base::{Language, Sensitive, SubjectId};
use keys::Purpose as _;
use keys::purpose::{Ledger, Rights, Support};
use std::collections::HashMap;

/// The largest page of a list.
const PAGE_MAX: u32 = 100;
/// The counter that hands out thread numbers, and the number before the first.
const NUMBER_COUNTER: &str = "thread";
const FIRST_NUMBER: i64 = 100_000;

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The thread.
    pub thread: ThreadId,
    /// Its number, for the person who wrote.
    pub number: ThreadNumber,
    /// The request that was opened with it.
    pub request: Option<(RequestId, RequestNumber)>,
}

/// Takes in the contact form of somebody who is not signed in: a new subject with keys of its own,
/// the thread, a confirmation by mail, and the request when the topic asks for one.
///
/// # Errors
/// [`OfficeError::Invalid`] with the problems of the form; when a store fails.
pub async fn contact(
    office: &Office,
    language: Language,
    form: &ContactForm,
) -> Result<Written, OfficeError> {
    let (writer, letter) = form.parse()?;
    requests::check_purpose(office, letter.topic.request_kind(), letter.purpose.as_deref())?;
    let subject = SubjectId::new(&*office.clock, &*office.random);
    let purposes: &[&'static str] = match letter.topic.request_kind() {
        Some(_) => &[Support::NAME, Rights::NAME, Ledger::NAME],
        None => &[Support::NAME, Ledger::NAME],
    };
    office.vault.create(&[(subject, purposes)]).await?;
    let from = Correspondent::Visitor { subject, writer: &writer, language };
    open(office, &from, &letter).await
}

/// Takes in a message of a signed-in customer.
///
/// # Errors
/// [`OfficeError::Forbidden`] unless the login acts for a customer as manager or owner (owner, for a
/// request about the customer's data); [`OfficeError::Invalid`]; when a store fails.
pub async fn write_as_customer(
    office: &Office,
    session: &Session,
    form: &ContactForm,
) -> Result<Written, OfficeError> {
    let letter = form.letter()?;
    requests::check_purpose(office, letter.topic.request_kind(), letter.purpose.as_deref())?;
    let role = if letter.topic.request_kind().is_some() { Role::Owner } else { Role::Manager };
    let customer = customers::customer(office, requests::acting(session, role)?).await?;
    require_active(office, customer.subject).await?;
    open(office, &Correspondent::Customer { session, customer: &customer }, &letter).await
}

/// Where a thread comes from.
enum Correspondent<'a> {
    Visitor { subject: SubjectId, writer: &'a Writer, language: Language },
    Customer { session: &'a Session, customer: &'a Customer },
}

impl Correspondent<'_> {
    const fn subject(&self) -> SubjectId {
        match self {
            Self::Visitor { subject, .. } => *subject,
            Self::Customer { customer, .. } => customer.subject,
        }
    }

    const fn language(&self) -> Language {
        match self {
            Self::Visitor { language, .. } => *language,
            Self::Customer { customer, .. } => customer.profile.language,
        }
    }

    const fn by(&self) -> By {
        match self {
            Self::Visitor { .. } => By::Visitor,
            Self::Customer { session, .. } => session.by(),
        }
    }

    const fn address(&self) -> &Sensitive<String> {
        match self {
            Self::Visitor { writer, .. } => &writer.email,
            Self::Customer { customer, .. } => &customer.profile.email,
        }
    }
}

async fn open(office: &Office, from: &Correspondent<'_>, letter: &Letter) -> Result<Written, OfficeError> {
    let (clock, random, now) = (&*office.clock, &*office.random, office.now());
    let (subject, kind) = (from.subject(), letter.topic.thread_kind());
    let id = ThreadId::new(clock, random);
    let number = ThreadNumber(take_number(office, NUMBER_COUNTER, FIRST_NUMBER).await?);
    let opening = prepare_request(office, from, letter, id).await?;
    let mail = match &opening {
        // The request's own mail confirms both.
        Some(_) => None,
        None => Some(confirmation(office, from, number).await?),
    };
    let record = Record::new("thread-opened", from.by())
        .about(subject)
        .with("number", number.to_string())
        .with("kind", kind.as_str());
    let entry = office.prepare(record).await?;
    let key = office.vault.ensure::<Support>(subject).await?;
    let (customer, login, writer) = match from {
        Correspondent::Visitor { writer, .. } => (None, None, Some(*writer)),
        Correspondent::Customer { session, customer } => (Some(customer.id), Some(session.login), None),
    };
    let new = NewThread {
        id,
        number,
        subject,
        customer,
        kind,
        language: from.language(),
        title: &letter.title,
        name: writer.map(|writer| &writer.name),
        email: writer.map(|writer| &writer.email),
    };
    let thread_row = store::seal_thread(&new, &key, now, random);
    let message_id = MessageId::new(clock, random);
    let first = NewMessage {
        id: message_id,
        thread: id,
        subject,
        author: Author::Customer,
        login,
        body: &letter.text,
    };
    let message_row = store::seal_message(&first, &key, now, random);

    let tx = office.store.begin().await?;
    match from {
        Correspondent::Visitor { .. } => subjects::create(&tx, subject, SubjectKind::Visitor, now).await?,
        Correspondent::Customer { .. } => subjects::lock_active(&tx, subject).await?,
    }
    store::insert_thread(&tx, thread_row).await?;
    store::insert_message(&tx, message_row).await?;
    if let Some(opening) = &opening {
        opening.put(office, &tx).await?;
    }
    if let Some(mail) = &mail {
        mail.queue(office, &tx).await?;
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    if let Some(opening) = &opening {
        opening.follow_up(office).await?;
    }
    Ok(Written { thread: id, number, request: opening.map(|opening| (opening.id(), opening.number())) })
}

async fn prepare_request(
    office: &Office,
    from: &Correspondent<'_>,
    letter: &Letter,
    thread: ThreadId,
) -> Result<Option<requests::Opening>, OfficeError> {
    let Some(kind) = letter.topic.request_kind() else { return Ok(None) };
    let (channel, customer, login, contact, claim, start) = match from {
        Correspondent::Visitor { writer, .. } => {
            let contact = Contact { name: writer.name.clone(), email: writer.email.clone() };
            (Channel::ContactForm, None, None, Some(contact), writer.claim, Start::of_letter(kind))
        }
        Correspondent::Customer { session, customer } => {
            let start = Start::of_session(kind, session, office.now());
            (Channel::Panel, Some(customer.id), Some(session.login), None, Claim::Nothing, start)
        }
    };
    let new = NewRequest {
        kind,
        channel,
        language: from.language(),
        subject: from.subject(),
        customer,
        login,
        thread: Some(thread),
        received_at: office.now(),
        detail: Detail { text: Some(letter.text.clone()), purpose: letter.purpose.clone(), contact, claim },
        start,
        to: from.address(),
        by: from.by(),
    };
    requests::prepare_opening(office, new).await.map(Some)
}

async fn confirmation(
    office: &Office,
    from: &Correspondent<'_>,
    number: ThreadNumber,
) -> Result<PreparedMail, OfficeError> {
    let language = from.language();
    let (title, text) = texts::received(language, number);
    let mail = NewMail {
        subject: from.subject(),
        to: from.address(),
        kind: MailKind::ContactReceived,
        language,
        title,
        body: mailing::signed(office, language, &text),
    };
    mailing::prepare(office, mail).await
}

/// Answers a thread, by mail and in the panel, unless something happened to it since `seen`
/// (the `updated_at` that the answering person saw).
///
/// # Errors
/// [`OfficeError::Conflict`] when the thread moved on or is closed; [`OfficeError::Forbidden`] when it is
/// full; [`OfficeError::Invalid`] for the text; [`OfficeError::Erased`].
pub async fn answer(
    office: &Office,
    by: By,
    login: Option<LoginId>,
    id: ThreadId,
    seen: base::Timestamp,
    text: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let text = parse_text(text)?;
    let row = store::by_id(&office.store, id).await?.ok_or(NO_THREAD)?;
    require_active(office, row.subject).await?;
    let key = office.vault.ensure::<Support>(row.subject).await?;
    let (to, write_back) = match row.customer {
        Some(customer) => (customers::customer(office, customer).await?.profile.email, WriteBack::Panel),
        None => (row.open_email(&key)?.unwrap_or_default(), WriteBack::ContactForm),
    };
    let (title, body) =
        texts::answered(row.language, row.number, text.expose(), &write_back, &office.settings.base_url);
    let mail = NewMail {
        subject: row.subject,
        to: &to,
        kind: MailKind::Answer,
        language: row.language,
        title,
        body: mailing::signed(office, row.language, &body),
    };
    let mail = mailing::prepare(office, mail).await?;
    let entry = office.prepare(record("thread-answered", by, &row)).await?;
    let addition =
        Addition { author: Author::Staff, login, text: &text, action: Action::Answer, seen: Some(seen) };
    add(office, &row, &key, &addition, &entry, Some(&mail)).await
}

/// A customer writes on in one of their threads.
///
/// # Errors
/// [`OfficeError::NotFound`] unless the thread is the customer's; [`OfficeError::Forbidden`] for readers
/// and for a full thread; [`OfficeError::Invalid`] for the text.
pub async fn reply(
    office: &Office,
    session: &Session,
    id: ThreadId,
    text: &Sensitive<String>,
) -> Result<(), OfficeError> {
    let customer = requests::acting(session, Role::Manager)?;
    let text = parse_text(text)?;
    let row = own_row(office, customer, id).await?;
    require_active(office, row.subject).await?;
    let key = office.vault.ensure::<Support>(row.subject).await?;
    let entry = office.prepare(record("thread-continued", session.by(), &row)).await?;
    let login = Some(session.login);
    let addition =
        Addition { author: Author::Customer, login, text: &text, action: Action::Reply, seen: None };
    add(office, &row, &key, &addition, &entry, None).await
}

/// A message that joins a thread, and what that does to the thread.
struct Addition<'a> {
    author: Author,
    login: Option<LoginId>,
    text: &'a Sensitive<String>,
    action: Action,
    seen: Option<base::Timestamp>,
}

async fn add(
    office: &Office,
    row: &store::ThreadRow,
    key: &keys::DataKey<Support>,
    addition: &Addition<'_>,
    entry: &Prepared,
    mail: Option<&PreparedMail>,
) -> Result<(), OfficeError> {
    let now = office.now();
    let message = NewMessage {
        id: MessageId::new(&*office.clock, &*office.random),
        thread: row.id,
        subject: row.subject,
        author: addition.author,
        login: addition.login,
        body: addition.text,
    };
    let sealed = store::seal_message(&message, key, now, &*office.random);
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    // The change of state takes the row's lock; who counts after it counts alone.
    store::act(&tx, row.id, addition.action, addition.seen, now).await?;
    if store::message_count(&tx, row.id).await? >= i64::from(MESSAGES_MAX) {
        return Err(OfficeError::Forbidden { why: "this thread is full; begin a new one" });
    }
    store::insert_message(&tx, sealed).await?;
    if let Some(mail) = mail {
        mail.queue(office, &tx).await?;
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Staff close a thread or open it again.
///
/// # Errors
/// [`OfficeError::Conflict`] when it is not in a state for that; [`OfficeError::Forbidden`] for an action
/// that comes with a message.
pub async fn change_state(office: &Office, by: By, id: ThreadId, action: Action) -> Result<(), OfficeError> {
    let kind = match action {
        Action::Close => "thread-closed",
        Action::Reopen => "thread-reopened",
        Action::Answer | Action::Reply => {
            return Err(OfficeError::Forbidden { why: "this comes with a message" });
        }
    };
    let row = store::by_id(&office.store, id).await?.ok_or(NO_THREAD)?;
    require_active(office, row.subject).await?;
    let entry = office.prepare(record(kind, by, &row)).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    store::act(&tx, id, action, None, office.now()).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// One thread with its messages, for staff.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn thread(office: &Office, id: ThreadId) -> Result<Thread, OfficeError> {
    let row = store::by_id(&office.store, id).await?.ok_or(NO_THREAD)?;
    open_thread(office, &row).await
}

/// The thread that a number such as `B100042` is of, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn by_number(office: &Office, text: &str) -> Result<Option<ThreadId>, OfficeError> {
    let text = text.trim();
    let Some(digits) = text.strip_prefix(['B', 'b']).filter(|digits| digits.len() <= 12) else {
        return Ok(None);
    };
    let Some(number) = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit())) else {
        return Ok(None);
    };
    Ok(store::by_number(&office.store, number).await?)
}

/// One thread of a customer with its messages.
///
/// # Errors
/// [`OfficeError::NotFound`] also when the thread is somebody else's.
pub async fn own_thread(office: &Office, customer: CustomerId, id: ThreadId) -> Result<Thread, OfficeError> {
    let row = own_row(office, customer, id).await?;
    open_thread(office, &row).await
}

async fn own_row(
    office: &Office,
    customer: CustomerId,
    id: ThreadId,
) -> Result<store::ThreadRow, OfficeError> {
    store::by_id(&office.store, id).await?.filter(|row| row.customer == Some(customer)).ok_or(NO_THREAD)
}

async fn open_thread(office: &Office, row: &store::ThreadRow) -> Result<Thread, OfficeError> {
    let key = office.vault.key::<Support>(row.subject).await?;
    let messages = store::messages_of(&office.store, row.id, MESSAGES_MAX).await?;
    row.open_with(&key, &messages)
}

/// A page of threads for staff: those that wait longest first, closed ones the latest first.
///
/// # Errors
/// When a store fails.
pub async fn page(
    office: &Office,
    filter: ThreadFilter,
    offset: u64,
    limit: u32,
) -> Result<ThreadPage, OfficeError> {
    let rows = store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?;
    let total = store::count(&office.store, filter).await?;
    Ok(ThreadPage { threads: open_all(office, &rows).await?, total })
}

/// A page of a customer's threads, the latest first.
///
/// # Errors
/// When a store fails.
pub async fn of_customer(
    office: &Office,
    customer: CustomerId,
    offset: u64,
    limit: u32,
) -> Result<ThreadPage, OfficeError> {
    let (rows, total) = store::of_customer(&office.store, customer, offset, limit.min(PAGE_MAX)).await?;
    Ok(ThreadPage { threads: open_all(office, &rows).await?, total })
}

async fn open_all(
    office: &Office,
    rows: &[store::ThreadRow],
) -> Result<Vec<super::ThreadSummary>, OfficeError> {
    let subjects: Vec<SubjectId> = rows.iter().map(|row| row.subject).collect();
    let keys: HashMap<_, _> = office.vault.keys::<Support>(&subjects).await?;
    // A row without its key is being erased at this moment: the list leaves it out.
    rows.iter().filter_map(|row| keys.get(&row.subject).map(|key| row.open(key))).collect()
}

const NO_THREAD: OfficeError = OfficeError::NotFound { what: "the thread" };

fn record(kind: &'static str, by: By, row: &store::ThreadRow) -> Record {
    Record::new(kind, by).about(row.subject).with("number", row.number.to_string())
}

fn parse_text(text: &Sensitive<String>) -> Result<Sensitive<String>, OfficeError> {
    let parsed = text_block(text.expose(), TEXT_CHARS_MAX);
    parsed.map(Sensitive::new).map_err(|problem| OfficeError::Invalid(Problems::one("text", problem)))
}

/// Refuses before keys are made: `ensure` for an erased subject would leave an orphan key. The
/// transaction asks again under a lock.
pub(crate) async fn require_active(office: &Office, subject: SubjectId) -> Result<(), OfficeError> {
    match subjects::row(&office.store, subject).await? {
        Some(row) if row.state == SubjectState::Active => Ok(()),
        _ => Err(OfficeError::Erased),
    }
}

/// Takes the next number in a transaction of its own: the confirmation and the ledger entry name it
/// and are made before the transaction of the change. A crash in between leaves a gap.
pub(crate) async fn take_number(office: &Office, counter: &str, base: i64) -> Result<i64, OfficeError> {
    let tx = office.store.begin().await?;
    let number = tx.next_number(counter, base, 1).await?;
    tx.commit().await?;
    Ok(number)
}
