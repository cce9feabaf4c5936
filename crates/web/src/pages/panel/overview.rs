//! The overview: what there is to do first, then what is under way, who the customer is, and what
//! happened last.

use super::{Acting, history, words};
use crate::access::Access;
use crate::error::{PageError, PageResult};
use crate::format::Clock;
use crate::page::{Page, ok, see_other};
use crate::routes::{Routes, Section};
use crate::state::{Me, State};
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use office::customers::{self, Customer};
use office::messages::ThreadState;
use office::requests::{
    self, RequestFilter, RequestId, RequestKind, RequestState, RequestSummary, Standing, Which, access,
};
use office::{accounts, messages};

pub(super) const PATH: &str = "/panel";
/// How many open requests, conversations and granted requests are looked at.
const LOOKED_AT: u32 = 20;
/// How many events are shown.
const EVENTS_SHOWN: u32 = 5;

pub(super) fn register(routes: &mut Routes<State>) {
    // Also for who acts for nobody yet: they are led to the choice.
    routes.get(PATH, Access::SIGNED_IN, show);
}

/// Something to do.
struct Task {
    kind: &'static str,
    title: Text,
    text: Text,
    href: String,
    action: Text,
}

/// A request under way.
struct Running {
    id: RequestId,
    number: String,
    kind: Text,
    clock: Clock,
    label: Text,
}

#[derive(Template)]
#[template(path = "pages/panel/overview.html")]
struct Show {
    t: T,
    page: Page,
    name: String,
    number: String,
    tasks: Vec<Task>,
    running: Vec<Running>,
    waiting: usize,
    email: String,
    phone: String,
    events: Vec<history::Event>,
    can_choose: bool,
}

async fn show(visit: Visit, state: State, me: Me) -> PageResult {
    let Some((id, role)) = me.session.acting_for else {
        return Ok(see_other(super::choose::PATH).into());
    };
    let acting = Acting { session: me.session, customer: id, role };
    let (t, office) = (visit.t(), &state.office);
    let customer = customers::customer(office, id).await?;
    let open = RequestFilter { customer: Some(id), ..RequestFilter::default() };
    let open = requests::page(office, open, 0, LOOKED_AT).await?.requests;
    let threads = messages::of_customer(office, id, 0, LOOKED_AT).await?.threads;
    let answered = threads.iter().filter(|thread| thread.state == ThreadState::Answered).count();
    let waiting = threads.iter().filter(|thread| thread.state == ThreadState::Open).count();

    let mut tasks = identity_tasks(t, &state, &acting, &open).await?;
    tasks.extend(package_tasks(t, &state, &acting).await?);
    tasks.extend(answers(t, answered));
    tasks.extend(second_factor(t, &state, &acting).await?);
    tasks.extend(restriction(t, &customer));

    let people = history::People::of(&state, &acting).await?;
    let mut events = Vec::new();
    for row in history::entries(&state, &acting, EVENTS_SHOWN).await? {
        events.push(history::event(t, &state, &people, row).await?);
    }
    let memberships = accounts::memberships(office, me.session.login).await?;
    ok(&Show {
        t,
        page: visit.page(Section::Panel, t.panel_nav_overview()),
        name: customer.display_name().expose().clone(),
        number: customer.number.to_string(),
        tasks,
        running: open.iter().map(|request| running(t, &visit, request)).collect(),
        waiting,
        email: customer.profile.email.expose().clone(),
        phone: customer.profile.phone.as_ref().map_or_else(String::new, |phone| phone.expose().clone()),
        events,
        can_choose: memberships.len() > 1,
    })
}

fn running(t: T, visit: &Visit, request: &RequestSummary) -> Running {
    let number = request.number.to_string();
    Running {
        id: request.id,
        kind: words::right(t, request.kind),
        clock: Clock {
            began: request.deadline.received_at,
            deadline: request.deadline.due_at,
            now: visit.now(),
        },
        label: t.panel_running_label(&number),
        number,
    }
}

/// Requests that stand still until somebody says that they are theirs.
async fn identity_tasks(
    t: T,
    state: &State,
    acting: &Acting,
    open: &[RequestSummary],
) -> Result<Vec<Task>, PageError> {
    let mut tasks = Vec::new();
    for summary in open.iter().filter(|request| request.standing == Standing::Received) {
        let request = requests::own_request(&state.office, acting.customer, summary.id).await?;
        let (number, href) =
            (request.number.to_string(), format!("{}/{}", super::requests::PATH, request.id));
        if words::awaits_word(request.channel, request.state) {
            tasks.push(Task {
                kind: "warn",
                title: t.panel_task_confirm(number),
                text: t.panel_task_confirm_text(),
                href,
                action: t.panel_task_open_link(),
            });
        } else if words::awaits_link(request.kind, request.channel, request.state) {
            tasks.push(Task {
                kind: "warn",
                title: t.panel_task_identity(number),
                text: t.panel_task_identity_text(),
                href,
                action: t.panel_task_open_link(),
            });
        }
    }
    Ok(tasks)
}

/// Copies that wait to be fetched.
async fn package_tasks(t: T, state: &State, acting: &Acting) -> Result<Vec<Task>, PageError> {
    let mut tasks = Vec::new();
    for kind in [RequestKind::Access, RequestKind::Portability] {
        let filter = RequestFilter {
            kind: Some(kind),
            which: Which::In(Standing::Granted),
            customer: Some(acting.customer),
            ..RequestFilter::default()
        };
        for summary in requests::page(&state.office, filter, 0, LOOKED_AT).await?.requests {
            let Some(package) = access::package_of_request(&state.office, summary.id).await? else {
                continue;
            };
            let request = requests::own_request(&state.office, acting.customer, summary.id).await?;
            let is_theirs = matches!(request.state, RequestState::Granted(_)) && request.reaches_customer();
            if is_theirs {
                tasks.push(Task {
                    kind: "ok",
                    title: t.panel_task_package(),
                    text: t.panel_task_package_text(t.date(package.expires_at)),
                    href: format!("{}/{}", super::requests::PATH, summary.id),
                    action: t.panel_task_package_link(),
                });
            }
        }
    }
    Ok(tasks)
}

fn answers(t: T, answered: usize) -> Option<Task> {
    (answered > 0).then(|| Task {
        kind: "info",
        title: t.panel_task_answers(answered),
        text: t.panel_task_answers_text(),
        href: super::messages::PATH.to_owned(),
        action: t.panel_task_answers_link(),
    })
}

async fn second_factor(t: T, state: &State, acting: &Acting) -> Result<Option<Task>, PageError> {
    let login = accounts::login(&state.office, acting.session.login).await?;
    Ok((!login.has_second_factor).then(|| Task {
        kind: "warn",
        title: t.panel_task_second_factor(),
        text: t.panel_task_second_factor_text(),
        href: "/account".to_owned(),
        action: t.panel_task_second_factor_link(),
    }))
}

fn restriction(t: T, customer: &Customer) -> Option<Task> {
    customer.restricted_at.map(|since| Task {
        kind: "warn",
        title: t.panel_task_restricted(),
        text: t.panel_task_restricted_text(t.date(since)),
        href: super::rights::PATH.to_owned(),
        action: t.panel_task_restricted_link(),
    })
}
