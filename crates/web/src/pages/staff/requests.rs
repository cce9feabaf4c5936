//! Requests: the list, and one with its clock, who asks, what the law says and what can be done.

use super::view::{self, Badge, Event, LedgerLinks, RequestRow};
use super::{AUDIT_ROLES, DESK, PRIVACY_ROLES, has, words};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::Choice;
use crate::format::Clock;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Sensitive, Timestamp};
use office::customers::{self, CustomerNumber};
use office::requests::{
    self, Identity, Person, Request, RequestFilter, RequestId, RequestKind, RequestState, Standing, Which,
};

/// How many requests a file holds at most, and how many are read at a time.
const FILE_ROWS_MAX: u64 = 20_000;
const FILE_STEP: u32 = 200;

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get("/staff/requests", DESK, list).get("/staff/requests.csv", DESK, csv).get(
        "/staff/requests/{id}",
        DESK,
        show,
    );
}

#[derive(Template)]
#[template(path = "pages/staff/requests.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<RequestRow>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
}

fn filter(list: &List) -> RequestFilter {
    let which = match list.filter("state") {
        "open" => Which::Open,
        word => Standing::parse(word).map_or(Which::All, Which::In),
    };
    RequestFilter { kind: RequestKind::parse(list.filter("kind")), which, ..RequestFilter::default() }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found = requests::page(&state.office, filter(&list), list.offset(), limit).await?;
    list.set_total(found.total);
    let rows = view::request_rows(&state, t, visit.now(), &found.requests).await?;
    let mut states = vec![Choice::new("open", t.staff_state_all_open())];
    states.extend(Standing::ALL.iter().map(|standing| {
        Choice::new(standing.as_str(), words::standing(t, RequestKind::Access, *standing).word)
    }));
    let page = super::page(&visit, t.staff_nav_requests());
    ok(&ListPage { t, page, list, rows, kinds: view::request_kinds(t), states })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let t = visit.t();
    let mut rows = Vec::new();
    let mut offset = 0;
    while offset < FILE_ROWS_MAX {
        let found = requests::page(&state.office, filter(&list), offset, FILE_STEP).await?;
        if found.requests.is_empty() {
            break;
        }
        offset += u64::from(FILE_STEP);
        // No names: the file is for counting and for showing that the clock is kept.
        rows.extend(found.requests.iter().map(|request| {
            vec![
                request.number.to_string(),
                words::request_kind(t, request.kind).into_owned(),
                words::standing(t, request.kind, request.standing).word.into_owned(),
                words::identity(t, request.identity).into_owned(),
                words::channel(t, request.channel).into_owned(),
                request.deadline.received_at.rfc3339(),
                request.deadline.due_at.rfc3339(),
                request.closed_at.map(Timestamp::rfc3339).unwrap_or_default(),
            ]
        }));
    }
    let head = [
        t.staff_column_number(),
        t.staff_column_kind(),
        t.staff_column_state(),
        t.staff_column_identity(),
        t.staff_column_channel(),
        t.staff_column_received(),
        t.staff_column_due(),
        t.staff_column_answered(),
    ];
    Ok(csv_file("requests", &head.each_ref().map(AsRef::as_ref), rows))
}

/// What can be done about who asks, while that is open.
pub(super) struct IdentityStep {
    pub can_code: bool,
    pub can_attach: bool,
    pub followed: bool,
}

/// What can be done with a request now, by whoever looks.
pub(super) struct Steps {
    pub identity: Option<IdentityStep>,
    pub can_grant: bool,
    pub can_refuse: bool,
    pub can_extend: bool,
}

/// Who looks at a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Looker {
    /// Somebody whose role decides on requests.
    Decides,
    /// Somebody who may only read them.
    Reads,
}

impl Steps {
    fn of(request: &Request, looker: Looker, now: Timestamp) -> Self {
        let decides = looker == Looker::Decides;
        let open = request.state.standing().is_open();
        let complaint = request.kind == RequestKind::Complaint;
        let identity = match request.state {
            RequestState::Received(identity) if decides && !complaint && request.subject.is_some() => {
                let followed = identity == Identity::KnownAddress;
                Some(IdentityStep {
                    can_code: followed && request.customer.is_some(),
                    can_attach: request.detail.contact.is_some(),
                    followed,
                })
            }
            _ => None,
        };
        let verified = matches!(request.state, RequestState::Verified(_));
        Self {
            identity,
            can_grant: decides && (verified || (open && complaint)),
            can_refuse: decides && open,
            can_extend: decides
                && open
                && request.deadline.extended_at.is_none()
                && !request.deadline.is_late(now),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/request.html")]
pub(super) struct RequestPage {
    t: T,
    page: Page,
    request: Request,
    kind: Text,
    badge: Badge,
    identity: Text,
    channel: Text,
    law: Text,
    clock: Option<Clock>,
    person: Option<Person>,
    customer: Option<(CustomerNumber, String)>,
    purpose: String,
    steps: Steps,
    decides: bool,
    events: Vec<Event>,
    /// A code to read out: on the page that made it, and nowhere after.
    code: Option<Sensitive<String>>,
}

/// The page of one request.
pub(super) async fn page(
    visit: &Visit,
    state: &State,
    id: RequestId,
    code: Option<Sensitive<String>>,
) -> Result<RequestPage, PageError> {
    let (t, now, office) = (visit.t(), visit.now(), &*state.office);
    let detail = requests::detail(office, id).await?;
    let request = detail.request;
    let kind = words::request_kind(t, request.kind);
    let customer = match request.customer {
        Some(id) => customers::summaries(office, &[id])
            .await?
            .pop()
            .map(|customer| (customer.number, format!("/staff/customers/{id}"))),
        None => None,
    };
    let policy = office.policy();
    let purpose = request.detail.purpose.as_deref().unwrap_or_default();
    let purpose = policy
        .purpose(purpose)
        .map_or_else(|| purpose.to_owned(), |known| known.title.of(t.language()).to_owned());
    let open = request.state.standing().is_open();
    let decides = has(visit, PRIVACY_ROLES);
    let links = if has(visit, AUDIT_ROLES) { LedgerLinks::Shown } else { LedgerLinks::Hidden };
    let page = super::page(visit, t.staff_request(request.number.to_string(), kind.to_lowercase()))
        .crumb("/staff/requests", t.staff_nav_requests());
    Ok(RequestPage {
        t,
        page,
        badge: words::standing(t, request.kind, request.state.standing()),
        identity: words::identity(t, request.identity),
        channel: words::channel(t, request.channel),
        law: words::law(t, request.kind),
        clock: open.then(|| view::clock(&request.deadline, now)),
        person: detail.person,
        customer,
        purpose,
        steps: Steps::of(&request, if decides { Looker::Decides } else { Looker::Reads }, now),
        decides,
        events: view::timeline(t, &detail.history, links),
        code,
        kind,
        request,
    })
}

async fn show(visit: Visit, state: State, PathId(id): PathId<RequestId>) -> PageResult {
    ok(&page(&visit, &state, id, None).await?)
}
