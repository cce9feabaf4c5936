//! The sealed traffic log as staff see it: what is kept, which machines push, what waits to be destroyed. Nothing of a
//! visit is here.

use super::{ADMIN_ROLES, AUDIT, PRIVACY, has};
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use crate::{access::Access, pages::sales};
use askama::Template;
use axum::extract::Path;
use base::Timestamp;
use keys::seal::NodeId;
use office::OfficeError;
use office::traffic_log::{self, Destruction, DestructionReason, DestructionState, Kept, Node, NodeState};
use serde::Deserialize;

pub(super) const PATH: &str = "/staff/log";
/// Who enrols machines.
const ADMIN: Access = Access::staff(ADMIN_ROLES);

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, AUDIT, show)
        .post("/staff/log/nodes", ADMIN, propose)
        .post("/staff/log/nodes/{id}/confirm", ADMIN.fresh(), confirm)
        .post("/staff/log/nodes/{id}/revoke", ADMIN.fresh(), revoke)
        .post("/staff/log/destruction/confirm", PRIVACY.fresh(), confirm_destruction)
        .post("/staff/log/destruction/refuse", PRIVACY.fresh(), refuse_destruction);
}

struct NodeRow {
    id: NodeId,
    name: String,
    key: String,
    state: sales::Badge,
    seen: Option<Timestamp>,
    can_confirm: bool,
    can_revoke: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NodeForm {
    name: String,
    key: String,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/traffic_log.html")]
struct ShowPage {
    t: T,
    page: Page,
    errors: Errors,
    form: NodeForm,
    kept: Kept,
    megabytes: u64,
    first: String,
    last: String,
    nodes: Vec<NodeRow>,
    may_enrol: bool,
    destruction: Option<(Text, bool, bool)>,
}

fn state_badge(t: T, state: NodeState) -> sales::Badge {
    match state {
        NodeState::Proposed => ("warn", t.traffic_node_proposed()),
        NodeState::Enrolled => ("ok", t.traffic_node_enrolled()),
        NodeState::Revoked => ("muted", t.traffic_node_revoked()),
    }
}

fn destruction_words(t: T, open: &Destruction) -> Text {
    let (days, first, last) = (open.days, t.day(&open.first), t.day(&open.last));
    match (open.state, open.reason) {
        (DestructionState::Waiting, DestructionReason::Clock) => {
            t.traffic_destruction_clock(days, first, last)
        }
        (DestructionState::Waiting, _) => t.traffic_destruction_many(days, first, last),
        _ => t.traffic_destruction_running(days, first, last),
    }
}

async fn show_page(
    visit: &Visit,
    state: &State,
    me: &Me,
    form: NodeForm,
    errors: Errors,
) -> Result<ShowPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let (open, _) = traffic_log::destruction(office).await?;
    let kept = traffic_log::kept(office).await?;
    let may_enrol = has(visit, ADMIN_ROLES);
    let row = |node: Node| NodeRow {
        id: node.id,
        name: node.name,
        key: format!("node {} {}", node.id, hex::encode(node.sign_key)),
        state: state_badge(t, node.state),
        seen: node.last_seen_at,
        can_confirm: may_enrol && node.state == NodeState::Proposed && node.proposed_by != me.session.subject,
        can_revoke: may_enrol && node.state != NodeState::Revoked,
    };
    let day = |day: Option<base::Day>| day.map_or_else(String::new, |day| t.day(&day));
    Ok(ShowPage {
        t,
        page: super::page(visit, t.traffic_title()).failed(&errors),
        errors,
        form,
        megabytes: kept.bytes / 1_000_000,
        first: day(kept.first),
        last: day(kept.last),
        kept,
        nodes: traffic_log::nodes(office).await?.into_iter().map(row).collect(),
        may_enrol,
        destruction: open.map(|open| {
            let waits =
                open.state == DestructionState::Waiting && open.confirmed_by != Some(me.session.subject);
            (destruction_words(t, &open), waits, open.confirmed_by.is_some())
        }),
    })
}

async fn show(visit: Visit, state: State, me: Me) -> PageResult {
    let form = NodeForm { once: visit.idempotency_key(), ..NodeForm::default() };
    ok(&show_page(&visit, &state, &me, form, Errors::none()).await?)
}

async fn propose(visit: Visit, state: State, me: Me, Form(form): Form<NodeForm>) -> PageResult {
    let deed = async {
        traffic_log::propose_node(&state.office, me.session.subject, &form.name, &form.key).await?;
        Ok::<_, OfficeError>(PATH.to_owned())
    };
    match state.once.act("node", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::TrafficNodeProposed).into()),
        Err(OfficeError::Invalid(found)) => {
            let errors = Errors::of_problems(visit.t(), &found);
            unprocessable(&show_page(&visit, &state, &me, form, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/staff/traffic_token.html")]
struct TokenPage {
    t: T,
    page: Page,
    name: String,
    token: String,
}

fn id_of(text: &str) -> Result<NodeId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

async fn confirm(visit: Visit, state: State, me: Me, Path(id): Path<String>) -> PageResult {
    let (t, id) = (visit.t(), id_of(&id)?);
    let node = traffic_log::node(&state.office, id).await?;
    let token = traffic_log::confirm_node(&state.office, me.session.subject, id).await?;
    let page = super::page(&visit, t.traffic_node_token_title()).crumb(PATH, t.traffic_nav());
    ok(&TokenPage { t, page, name: node.name, token: token.text().expose().clone() })
}

async fn revoke(visit: Visit, state: State, me: Me, Path(id): Path<String>) -> PageResult {
    traffic_log::revoke_node(&state.office, me.session.subject, id_of(&id)?).await?;
    Ok(see_other(PATH).done(&visit, Flash::TrafficNodeRevoked).into())
}

async fn waiting(state: &State) -> Result<Destruction, PageError> {
    traffic_log::destruction(&state.office).await?.0.ok_or(PageError::Conflict)
}

async fn confirm_destruction(visit: Visit, state: State, me: Me) -> PageResult {
    let open = waiting(&state).await?;
    traffic_log::confirm_destruction(&state.office, me.session.subject, open.id).await?;
    Ok(see_other(PATH).done(&visit, Flash::TrafficDestructionConfirmed).into())
}

async fn refuse_destruction(visit: Visit, state: State, me: Me) -> PageResult {
    let open = waiting(&state).await?;
    traffic_log::refuse_destruction(&state.office, me.session.subject, open.id).await?;
    Ok(see_other(PATH).done(&visit, Flash::TrafficDestructionRefused).into())
}
