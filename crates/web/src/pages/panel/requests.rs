//! The customer's own requests: list, one with its clock and answer, the file that came of it,
//! confirming and withdrawing.

use super::{Acting, OWNER, READER, page, paragraphs, words};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::format::Clock;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::response::IntoResponse;
use base::{Language, Timestamp};
use http::{HeaderValue, header};
use office::requests::access::{self, PackageId, PackageSummary};
use office::requests::{
    self, Channel, Request, RequestId, RequestKind, RequestState, RequestSummary, Standing,
};

pub(super) const PATH: &str = "/panel/requests";
/// How many requests the CSV holds at most; two hundred are read at a time.
const CSV_ROWS_MAX: u64 = 10_000;
const CSV_PAGE: u32 = 200;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, list)
        .get("/panel/requests.csv", READER, csv)
        .get("/panel/requests/{request}", READER, show)
        .get("/panel/requests/{request}/withdraw", OWNER, withdraw_form)
        .post("/panel/requests/{request}/withdraw", OWNER, withdraw)
        .get("/panel/requests/{request}/confirm", OWNER.fresh(), confirm_form)
        .post("/panel/requests/{request}/confirm", OWNER.fresh(), confirm)
        .post("/panel/requests/{request}/link", OWNER, send_link)
        .get("/panel/requests/{request}/file", OWNER.fresh(), download);
}

/// A request as lists show it.
pub(super) struct Row {
    pub id: RequestId,
    pub number: String,
    pub kind: Text,
    pub state: words::Badge,
    pub received_at: Timestamp,
    pub due_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// While an answer is owed.
    pub clock: Option<Clock>,
}

impl Row {
    pub fn of(t: T, now: Timestamp, request: &RequestSummary) -> Self {
        let (began, deadline) = (request.deadline.received_at, request.deadline.due_at);
        Self {
            id: request.id,
            number: request.number.to_string(),
            kind: words::right(t, request.kind),
            state: words::standing(t, request.kind, request.standing),
            received_at: began,
            due_at: deadline,
            closed_at: request.closed_at,
            clock: request.standing.is_open().then_some(Clock { began, deadline, now }),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/panel/requests.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    can_ask: bool,
}

async fn list(visit: Visit, state: State, acting: Acting, mut list: List) -> PageResult {
    let t = visit.t();
    let rows = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found = requests::of_customer(&state.office, acting.customer, list.offset(), rows).await?;
    list.set_total(found.total);
    ok(&ListPage {
        t,
        page: page(&visit, t.panel_requests()),
        list,
        rows: found.requests.iter().map(|request| Row::of(t, visit.now(), request)).collect(),
        can_ask: acting.is_owner(),
    })
}

async fn csv(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let heads = [
        t.panel_requests_number(),
        t.panel_requests_kind(),
        t.panel_requests_state(),
        t.panel_requests_received(),
        t.panel_requests_due(),
        t.panel_requests_closed(),
    ];
    let mut rows = Vec::new();
    let mut offset = 0;
    while offset < CSV_ROWS_MAX {
        let found = requests::of_customer(&state.office, acting.customer, offset, CSV_PAGE).await?;
        rows.extend(found.requests.iter().map(|request| {
            let row = Row::of(t, visit.now(), request);
            let (received, due) = (row.received_at.rfc3339(), row.due_at.rfc3339());
            let closed = row.closed_at.map(Timestamp::rfc3339).unwrap_or_default();
            vec![row.number, row.kind.into_owned(), row.state.1.into_owned(), received, due, closed]
        }));
        offset += u64::from(CSV_PAGE);
        if offset >= found.total {
            break;
        }
    }
    Ok(csv_file("requests", &heads.each_ref().map(AsRef::as_ref), rows))
}

/// The file that came of a request.
enum File {
    /// This request leads to none.
    None,
    /// It is being made.
    Making,
    /// It can be downloaded.
    Ready { until: Timestamp, size: String, sha256: String },
    /// It was there, and went.
    Gone,
}

impl File {
    /// Waits for nothing: the page says to look again.
    async fn of(state: &State, t: T, request: &Request) -> Result<Self, PageError> {
        let asked = matches!(request.kind, RequestKind::Access | RequestKind::Portability);
        if !asked || !matches!(request.state, RequestState::Granted(_)) {
            return Ok(Self::None);
        }
        let now = state.office.now();
        let is_old = request.closed_at.is_some_and(|at| now.seconds_since(at) > MAKING_SECONDS_MAX);
        Ok(match access::package_of_request(&state.office, request.id).await? {
            Some(package) => Self::ready(t, &package),
            None if is_old => Self::Gone,
            None => Self::Making,
        })
    }

    fn ready(t: T, package: &PackageSummary) -> Self {
        let kib = package.size_bytes.div_ceil(1024);
        Self::Ready {
            until: package.expires_at,
            size: format!("{} KiB", t.number(kib)),
            sha256: hex::encode(package.sha256),
        }
    }
}

/// After so long without a file there has been one: they are kept for fourteen days.
const MAKING_SECONDS_MAX: i64 = 13 * 86_400;

#[derive(Template)]
#[template(path = "pages/panel/request.html")]
struct Show {
    t: T,
    page: Page,
    id: RequestId,
    kind: Text,
    state: words::Badge,
    channel: Text,
    identity: Text,
    received_at: Timestamp,
    closed_at: Option<Timestamp>,
    clock: Option<Clock>,
    extended_at: Option<Timestamp>,
    extension: Vec<Vec<String>>,
    late: Vec<Vec<String>>,
    purpose: String,
    text: Vec<Vec<String>>,
    answer: Vec<Vec<String>>,
    file: File,
    awaits_link: bool,
    awaits_word: bool,
    /// A verified erasure that its own page finishes.
    awaits_erasure: bool,
    is_open: bool,
    is_owner: bool,
    role: Text,
}

impl Show {
    /// What can be done with the request, below its own address.
    fn to(&self, deed: &str) -> String {
        format!("{PATH}/{}/{deed}", self.id)
    }
}

async fn show(visit: Visit, state: State, acting: Acting, PathId(id): PathId<RequestId>) -> PageResult {
    let t = visit.t();
    let request = requests::own_request(&state.office, acting.customer, id).await?;
    let file = File::of(&state, t, &request).await?;
    let text = |value: &Option<base::Sensitive<String>>| {
        value.as_ref().map_or_else(Vec::new, |value| paragraphs(value.expose()))
    };
    let standing = request.state.standing();
    let (began, deadline) = (request.deadline.received_at, request.deadline.due_at);
    // Until the second channel confirms it, a letter in the customer's name is not shown as theirs.
    let is_shown = request.detail.contact.is_none() || request.reaches_customer();
    ok(&Show {
        t,
        page: page(&visit, t.panel_request_title(request.number.to_string())).crumb(PATH, t.panel_requests()),
        id,
        kind: words::right(t, request.kind),
        state: words::standing(t, request.kind, standing),
        channel: words::channel(t, request.channel),
        identity: words::identity(t, request.identity),
        received_at: began,
        closed_at: request.closed_at,
        clock: standing.is_open().then_some(Clock { began, deadline, now: visit.now() }),
        extended_at: request.deadline.extended_at,
        extension: text(&request.reasons.extension),
        late: text(&request.reasons.late),
        purpose: purpose(&state, visit.language(), &request),
        text: if is_shown { text(&request.detail.text) } else { Vec::new() },
        answer: if is_shown { text(&request.answer) } else { Vec::new() },
        file,
        awaits_link: words::awaits_link(request.kind, request.channel, request.state),
        awaits_word: words::awaits_word(request.channel, request.state),
        awaits_erasure: request.kind == RequestKind::Erasure
            && request.channel == Channel::Panel
            && standing == Standing::Verified,
        is_open: standing.is_open(),
        is_owner: acting.is_owner(),
        role: t.role(acting.role),
    })
}

/// What is objected to, in words; its bare name when the policy does not have it any more.
fn purpose(state: &State, language: Language, request: &Request) -> String {
    let Some(name) = &request.detail.purpose else { return String::new() };
    let policy = state.office.policy();
    policy.purpose(name).map_or_else(|| name.clone(), |purpose| purpose.title.of(language).to_owned())
}

/// A question with one button: withdraw, or confirm.
#[derive(Template)]
#[template(path = "pages/panel/request_ask.html")]
struct Ask {
    t: T,
    page: Page,
    what: Text,
    text: Text,
    action: String,
    label: Text,
    kind: &'static str,
    back: String,
}

fn below(visit: &Visit, title: Text, request: &Request) -> Page {
    let t = visit.t();
    page(visit, title)
        .crumb(PATH, t.panel_requests())
        .crumb(format!("{PATH}/{}", request.id), t.panel_request_title(request.number.to_string()))
}

async fn withdraw_form(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<RequestId>,
) -> PageResult {
    let t = visit.t();
    let request = requests::own_request(&state.office, acting.customer, id).await?;
    if !request.state.standing().is_open() {
        return Err(PageError::Conflict);
    }
    ok(&Ask {
        t,
        page: below(&visit, t.panel_request_withdraw(), &request),
        what: words::right(t, request.kind),
        text: t.panel_request_withdraw_text(),
        action: format!("{PATH}/{id}/withdraw"),
        label: t.panel_request_withdraw(),
        kind: "danger",
        back: format!("{PATH}/{id}"),
    })
}

async fn withdraw(visit: Visit, state: State, acting: Acting, PathId(id): PathId<RequestId>) -> PageResult {
    requests::withdraw_own(&state.office, &acting.session, id).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::RequestWithdrawn).into())
}

async fn confirm_form(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<RequestId>,
) -> PageResult {
    let t = visit.t();
    let request = requests::own_request(&state.office, acting.customer, id).await?;
    if !words::awaits_word(request.channel, request.state) {
        return Err(PageError::Conflict);
    }
    ok(&Ask {
        t,
        page: below(&visit, t.panel_request_confirm(), &request),
        what: words::right(t, request.kind),
        text: t.panel_request_confirm_text(),
        action: format!("{PATH}/{id}/confirm"),
        label: t.panel_request_confirm(),
        kind: "primary",
        back: format!("{PATH}/{id}"),
    })
}

async fn confirm(visit: Visit, state: State, acting: Acting, PathId(id): PathId<RequestId>) -> PageResult {
    requests::confirm_in_panel(&state.office, &acting.session, id).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::RequestConfirmed).into())
}

async fn send_link(visit: Visit, state: State, acting: Acting, PathId(id): PathId<RequestId>) -> PageResult {
    let request = requests::own_request(&state.office, acting.customer, id).await?;
    if !words::awaits_link(request.kind, request.channel, request.state) {
        return Err(PageError::Conflict);
    }
    // Each link is a mail: nobody sends them without end.
    visit.limit("identity-link").await?;
    requests::resend_link(&state.office, acting.session.by(), id).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::RequestLinkSent).into())
}

async fn download(state: State, acting: Acting, PathId(id): PathId<RequestId>) -> PageResult {
    let request = requests::own_request(&state.office, acting.customer, id).await?;
    // Granted and reaching the customer: a letter that was only matched by its address does not.
    if request.state.standing() != Standing::Granted || !request.reaches_customer() {
        return Err(PageError::NotFound);
    }
    let package = access::package_of_request(&state.office, id).await?.ok_or(PageError::NotFound)?;
    file(&state, &acting, package.id, request.kind).await
}

async fn file(state: &State, acting: &Acting, package: PackageId, kind: RequestKind) -> PageResult {
    let bytes = access::download(&state.office, acting.session.by(), package).await?;
    // The name says what it is, and of whom nothing.
    let name = if kind == RequestKind::Portability { "my-data-portable" } else { "my-data" };
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}.zip\""))
        .map_err(|_| PageError::Internal("a file name that is no header".to_owned()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes.to_vec()).into_response())
}
