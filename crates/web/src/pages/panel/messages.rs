//! The customer's messages: list, conversation, writing on, a new one.

use super::{Acting, MANAGER, READER, page, paragraphs, words};
use crate::csv::csv_file;
use crate::error::PageResult;
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Sensitive, Timestamp};
use office::OfficeError;
use office::messages::{self, Author, ContactForm, Thread, ThreadId, ThreadKind, ThreadState, ThreadSummary};
use serde::Deserialize;

pub(super) const PATH: &str = "/panel/messages";
/// How many conversations the CSV holds at most; a hundred are read at a time.
const CSV_ROWS_MAX: u64 = 10_000;
const CSV_PAGE: u32 = 100;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, list)
        .get("/panel/messages.csv", READER, csv)
        .get("/panel/messages/new", MANAGER, new_form)
        .post("/panel/messages/new", MANAGER, write)
        .get("/panel/messages/{thread}", READER, show)
        .post("/panel/messages/{thread}", MANAGER, reply);
}

struct Row {
    id: ThreadId,
    number: String,
    title: String,
    kind: Text,
    state: words::Badge,
    updated_at: Timestamp,
}

impl Row {
    fn of(t: T, thread: &ThreadSummary) -> Self {
        Self {
            id: thread.id,
            number: thread.number.to_string(),
            title: thread.title.expose().clone(),
            kind: words::thread_kind(t, thread.kind),
            state: words::thread_state(t, thread.state),
            updated_at: thread.updated_at,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/panel/messages.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    can_write: bool,
}

async fn list(visit: Visit, state: State, acting: Acting, mut list: List) -> PageResult {
    let t = visit.t();
    let rows = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found = messages::of_customer(&state.office, acting.customer, list.offset(), rows).await?;
    list.set_total(found.total);
    ok(&ListPage {
        t,
        page: page(&visit, t.panel_messages()),
        list,
        rows: found.threads.iter().map(|thread| Row::of(t, thread)).collect(),
        can_write: acting.is_manager(),
    })
}

async fn csv(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let heads = [
        t.panel_messages_number(),
        t.panel_messages_title(),
        t.panel_messages_kind(),
        t.panel_messages_state(),
        t.panel_messages_began(),
        t.panel_messages_updated(),
    ];
    let mut rows = Vec::new();
    let mut offset = 0;
    while offset < CSV_ROWS_MAX {
        let found = messages::of_customer(&state.office, acting.customer, offset, CSV_PAGE).await?;
        rows.extend(found.threads.iter().map(|thread| {
            let row = Row::of(t, thread);
            let (began, updated) = (thread.created_at.rfc3339(), row.updated_at.rfc3339());
            vec![row.number, row.title, row.kind.into_owned(), row.state.1.into_owned(), began, updated]
        }));
        offset += u64::from(CSV_PAGE);
        if offset >= found.total {
            break;
        }
    }
    Ok(csv_file("messages", &heads.each_ref().map(AsRef::as_ref), rows))
}

/// A message as the conversation shows it.
struct Shown {
    who: Text,
    at: Timestamp,
    text: Vec<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply {
    once: String,
    text: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/panel/thread.html")]
struct ThreadPage {
    t: T,
    page: Page,
    errors: Errors,
    row: Row,
    began_at: Timestamp,
    is_closed: bool,
    shown: Vec<Shown>,
    form: Reply,
    key: String,
    can_write: bool,
}

impl ThreadPage {
    fn new(visit: &Visit, acting: &Acting, thread: &Thread, form: Reply, errors: Errors) -> Self {
        let t = visit.t();
        let row = Row::of(t, &thread.summary);
        let page = page(visit, row.title.clone().into()).crumb(PATH, t.panel_messages()).failed(&errors);
        let shown = thread.messages.iter().map(|message| Shown {
            who: match message.author {
                Author::Customer => t.panel_thread_yours(),
                Author::Staff => t.panel_thread_ours(),
                Author::System => t.panel_thread_system(),
            },
            at: message.created_at,
            text: paragraphs(message.body.expose()),
        });
        Self {
            t,
            page,
            errors,
            row,
            began_at: thread.summary.created_at,
            is_closed: thread.summary.state == ThreadState::Closed,
            shown: shown.collect(),
            form,
            key: visit.idempotency_key(),
            can_write: acting.is_manager(),
        }
    }
}

async fn show(visit: Visit, state: State, acting: Acting, PathId(id): PathId<ThreadId>) -> PageResult {
    let thread = messages::own_thread(&state.office, acting.customer, id).await?;
    ok(&ThreadPage::new(&visit, &acting, &thread, Reply::default(), Errors::none()))
}

async fn reply(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ThreadId>,
    Form(form): Form<Reply>,
) -> PageResult {
    let t = visit.t();
    let thread = messages::own_thread(&state.office, acting.customer, id).await?;
    let deed = async {
        messages::reply(&state.office, &acting.session, id, &form.text).await.map(|()| format!("{PATH}/{id}"))
    };
    let errors = match state.once.act("panel-reply", &form.once, visit.now(), deed).await {
        Ok(to) => return Ok(see_other(&to).done(&visit, Flash::Sent).into()),
        // The role was asked at the route, so what is left is a conversation that is full.
        Err(OfficeError::Forbidden { .. }) => {
            let mut errors = Errors::none();
            errors.add("text", t.panel_thread_full());
            errors
        }
        Err(error) => Errors::of_problems(t, &problems(error)?),
    };
    unprocessable(&ThreadPage::new(&visit, &acting, &thread, form, errors))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct New {
    once: String,
    topic: String,
    title: Sensitive<String>,
    text: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/panel/messages_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    form: New,
    topics: Vec<Choice>,
    key: String,
}

impl NewPage {
    fn new(visit: &Visit, form: New, errors: Errors) -> Self {
        let t = visit.t();
        let page = page(visit, t.panel_messages_new()).crumb(PATH, t.panel_messages()).failed(&errors);
        Self { t, page, errors, form, topics: topics(t), key: visit.idempotency_key() }
    }
}

/// What a message can be about. Rights and complaints have pages of their own.
fn topics(t: T) -> Vec<Choice> {
    [
        (ThreadKind::Question, t.panel_messages_topic_question_hint()),
        (ThreadKind::ProcessorAgreement, t.panel_messages_topic_agreement_hint()),
        (ThreadKind::Abuse, t.panel_messages_topic_abuse_hint()),
    ]
    .map(|(kind, hint)| Choice::new(kind.as_str(), words::thread_kind(t, kind)).hint(hint))
    .to_vec()
}

async fn new_form(visit: Visit) -> PageResult {
    ok(&NewPage::new(&visit, New::default(), Errors::none()))
}

async fn write(visit: Visit, state: State, acting: Acting, Form(form): Form<New>) -> PageResult {
    let t = visit.t();
    // Only what this page offers: a request begun here would skip what its own page explains.
    let topic = topics(t).into_iter().find(|choice| choice.is(&form.topic)).map(|choice| choice.value);
    let letter = ContactForm {
        topic: topic.unwrap_or_default(),
        title: form.title.clone(),
        text: form.text.clone(),
        ..ContactForm::default()
    };
    let deed = async {
        let written = messages::write_as_customer(&state.office, &acting.session, &letter).await?;
        Ok::<_, OfficeError>(format!("{PATH}/{}", written.thread))
    };
    match state.once.act("panel-message", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::Sent).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&NewPage::new(&visit, form, errors))
        }
    }
}
