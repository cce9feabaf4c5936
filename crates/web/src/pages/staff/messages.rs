//! Messages: the list, and a thread with its answer.

use super::view::{self, Badge, ThreadRow};
use super::{DESK, words};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable, with_status};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Sensitive, Timestamp};
use http::StatusCode;
use office::customers::{self, Customer};
use office::messages::{self, Action, Thread, ThreadFilter, ThreadId, ThreadKind, ThreadState};
use office::processor_agreements;
use office::requests::RequestId;
use office::{By, OfficeError};
use serde::Deserialize;

/// How many threads a file holds at most.
const FILE_ROWS_MAX: u64 = 5_000;
/// How many are read at a time for a file.
const FILE_STEP: u32 = 100;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/messages", DESK, list)
        .get("/staff/messages.csv", DESK, csv)
        .get("/staff/messages/{id}", DESK, show)
        .post("/staff/messages/{id}", DESK, answer)
        .post("/staff/messages/{id}/processor-agreement", DESK, issue_agreement)
        .post("/staff/messages/{id}/close", DESK, close)
        .post("/staff/messages/{id}/reopen", DESK, reopen);
}

#[derive(Template)]
#[template(path = "pages/staff/messages.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<ThreadRow>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
}

fn filter(list: &List) -> ThreadFilter {
    ThreadFilter {
        kind: ThreadKind::parse(list.filter("kind")),
        state: ThreadState::parse(list.filter("state")),
    }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found = messages::page(&state.office, filter(&list), list.offset(), limit).await?;
    list.set_total(found.total);
    let rows = view::thread_rows(&state, t, &found.threads).await?;
    let kinds =
        ThreadKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), words::thread_kind(t, *kind))).collect();
    let states = ThreadState::ALL
        .iter()
        .map(|state| Choice::new(state.as_str(), words::thread_state(t, *state).word))
        .collect();
    let page = super::page(&visit, t.staff_nav_messages());
    ok(&ListPage { t, page, list, rows, kinds, states })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let t = visit.t();
    let mut rows = Vec::new();
    let mut offset = 0;
    while offset < FILE_ROWS_MAX {
        let found = messages::page(&state.office, filter(&list), offset, FILE_STEP).await?;
        if found.threads.is_empty() {
            break;
        }
        offset += u64::from(FILE_STEP);
        // Numbers, kinds and times only: what people wrote stays where it is.
        rows.extend(found.threads.iter().map(|thread| {
            vec![
                thread.number.to_string(),
                words::thread_kind(t, thread.kind).into_owned(),
                words::thread_state(t, thread.state).word.into_owned(),
                thread.created_at.rfc3339(),
                thread.updated_at.rfc3339(),
                thread.closed_at.map(Timestamp::rfc3339).unwrap_or_default(),
            ]
        }));
    }
    let head = [
        t.staff_column_number(),
        t.staff_column_kind(),
        t.staff_column_state(),
        t.staff_column_began(),
        t.staff_column_updated(),
        t.staff_column_closed(),
    ];
    Ok(csv_file("messages", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    text: Sensitive<String>,
    seen: String,
    once: String,
}

/// A message of the thread.
struct MessageRow {
    author: Text,
    body: Sensitive<String>,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "pages/staff/thread.html")]
struct ThreadPage {
    t: T,
    page: Page,
    errors: Errors,
    thread: Thread,
    kind: Text,
    badge: Badge,
    customer: Option<Customer>,
    /// The request that came with it, which is answered on a page of its own.
    request: Option<RequestId>,
    messages: Vec<MessageRow>,
    form: AnswerForm,
    /// Whether a customer asks for a processor agreement.
    asks_agreement: bool,
    is_closed: bool,
    moved: bool,
}

async fn thread_page(
    visit: &Visit,
    state: &State,
    id: ThreadId,
    form: AnswerForm,
    errors: Errors,
) -> Result<ThreadPage, PageError> {
    let t = visit.t();
    let thread = messages::thread(&state.office, id).await?;
    let customer = match thread.summary.customer {
        Some(id) => Some(customers::customer(&state.office, id).await?),
        None => None,
    };
    let row = |message: &messages::Message| MessageRow {
        author: words::author(t, message.author),
        body: message.body.clone(),
        at: message.created_at,
    };
    let page = super::page(visit, t.staff_thread(thread.summary.number.to_string()))
        .crumb("/staff/messages", t.staff_nav_messages())
        .failed(&errors);
    let seen = thread.summary.updated_at.as_micros().to_string();
    Ok(ThreadPage {
        t,
        page,
        errors,
        kind: words::thread_kind(t, thread.summary.kind),
        badge: words::thread_state(t, thread.summary.state),
        asks_agreement: thread.summary.kind == ThreadKind::ProcessorAgreement && customer.is_some(),
        customer,
        request: office::requests::of_thread(&state.office, id).await?,
        messages: thread.messages.iter().map(row).collect(),
        is_closed: thread.summary.state == ThreadState::Closed,
        thread,
        // Whoever sends again after something happened has seen it by then.
        form: AnswerForm { seen, ..form },
        moved: false,
    })
}

async fn show(visit: Visit, state: State, PathId(id): PathId<ThreadId>) -> PageResult {
    let form = AnswerForm { once: visit.idempotency_key(), ..AnswerForm::default() };
    ok(&thread_page(&visit, &state, id, form, Errors::none()).await?)
}

async fn answer(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ThreadId>,
    Form(form): Form<AnswerForm>,
) -> PageResult {
    let (t, office, session) = (visit.t(), &*state.office, &me.session);
    let seen = form.seen.parse().map(Timestamp::from_micros).map_err(|_| PageError::BadRequest)?;
    let deed = async {
        messages::answer(office, session.by(), Some(session.login), id, seen, &form.text).await?;
        Ok::<_, OfficeError>(format!("/staff/messages/{id}"))
    };
    match state.once.act("answer", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::StaffAnswered).into()),
        Err(OfficeError::Conflict { .. }) => {
            let page = thread_page(&visit, &state, id, form, Errors::none()).await?;
            with_status(StatusCode::CONFLICT, &ThreadPage { moved: true, ..page })
        }
        Err(OfficeError::Forbidden { .. }) => {
            let mut errors = Errors::none();
            errors.add("text", t.staff_thread_full());
            unprocessable(&thread_page(&visit, &state, id, form, errors).await?)
        }
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&thread_page(&visit, &state, id, form, errors).await?)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SeenForm {
    seen: String,
}

/// Issues the processor agreement that a customer asks for, and answers with where it is. It needs no
/// token: who sends it again issues nothing twice, and finds the conversation moved on.
async fn issue_agreement(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<ThreadId>,
    Form(form): Form<SeenForm>,
) -> PageResult {
    let (office, session) = (&*state.office, &me.session);
    let seen = form.seen.parse().map(Timestamp::from_micros).map_err(|_| PageError::BadRequest)?;
    match processor_agreements::answer(office, session.by(), Some(session.login), id, seen).await {
        Ok(_) => {
            let to = format!("/staff/messages/{id}");
            Ok(see_other(&to).done(&visit, Flash::StaffAgreementIssued).into())
        }
        Err(OfficeError::Conflict { .. }) => {
            let form = AnswerForm { once: visit.idempotency_key(), ..AnswerForm::default() };
            let page = thread_page(&visit, &state, id, form, Errors::none()).await?;
            with_status(StatusCode::CONFLICT, &ThreadPage { moved: true, ..page })
        }
        Err(error) => Err(error.into()),
    }
}

async fn close(visit: Visit, state: State, me: Me, PathId(id): PathId<ThreadId>) -> PageResult {
    act(&visit, &state, me.session.by(), id, Action::Close, Flash::StaffThreadClosed).await
}

async fn reopen(visit: Visit, state: State, me: Me, PathId(id): PathId<ThreadId>) -> PageResult {
    act(&visit, &state, me.session.by(), id, Action::Reopen, Flash::StaffThreadReopened).await
}

async fn act(visit: &Visit, state: &State, by: By, id: ThreadId, action: Action, flash: Flash) -> PageResult {
    messages::change_state(&state.office, by, id, action).await?;
    Ok(see_other(&format!("/staff/messages/{id}")).done(visit, flash).into())
}
