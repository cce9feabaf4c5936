//! For customers: what was asked, giving or refusing it, and each look. The customer comes from the session;
//! another's grant is not found.

use super::{Look, Row, service_words, standing_badge, what};
use crate::access::Access;
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales::Badge;
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::{Routes, Section};
use crate::session::CustomerRole;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::accounts::Role;
use office::content_grants::{self, Answer, Grant, GrantId, Ground, Standing};
use office::customers::CustomerId;
use office::form::{Problem, Problems};
use serde::Deserialize;

pub(in super::super) const PATH: &str = "/panel/content-access";
const READER: Access = Access::customer(CustomerRole::Reader);
const OWNER: Access = Access::customer(CustomerRole::Owner);

pub(in super::super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, list)
        .get("/panel/content-access/{id}", READER, show)
        .post("/panel/content-access/{id}/give", OWNER, give)
        .post("/panel/content-access/{id}/refuse", OWNER, refuse)
        .post("/panel/content-access/{id}/end", OWNER, end);
}

fn page(visit: &Visit, title: Text) -> Page {
    visit.page(Section::Panel, title).crumb("/panel", visit.t().panel_nav_overview())
}

fn acting(me: &Me) -> Result<(CustomerId, Role), PageError> {
    me.session.acting_for.ok_or(PageError::Forbidden)
}

#[derive(Template)]
#[template(path = "pages/content/panel.html")]
struct ListPage {
    t: T,
    page: Page,
    rows: Vec<Row>,
}

async fn list(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let grants = content_grants::of_customer(&state.office, acting(&me)?.0).await?;
    let rows = grants.iter().map(|grant| Row::of(t, PATH, grant, visit.now())).collect();
    ok(&ListPage { t, page: page(&visit, t.content_nav()), rows })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GiveForm {
    hours: String,
}

#[derive(Template)]
#[template(path = "pages/content/panel_grant.html")]
struct GrantPage {
    t: T,
    page: Page,
    errors: Errors,
    path: String,
    standing: Badge,
    what: String,
    service: String,
    reason: String,
    hours_asked: Text,
    asked_at: Timestamp,
    until: Option<Timestamp>,
    /// Until when it can be answered, if it waits.
    answer_by: Option<Text>,
    hours: String,
    is_owner: bool,
    is_for_leak: bool,
    may_withdraw: bool,
    looks: Vec<Look>,
}

async fn own(state: &State, me: &Me, id: GrantId) -> Result<Grant, PageError> {
    let grant = content_grants::grant(&state.office, id).await?;
    if grant.customer == acting(me)?.0 { Ok(grant) } else { Err(PageError::NotFound) }
}

async fn grant_page(
    visit: &Visit,
    state: &State,
    me: &Me,
    grant: Grant,
    hours: String,
    errors: Errors,
) -> Result<GrantPage, PageError> {
    let (t, now) = (visit.t(), visit.now());
    let standing = grant.standing(now);
    let is_owner = acting(me)?.1 >= Role::Owner;
    let looks = super::looks(state, &grant).await?;
    Ok(GrantPage {
        t,
        page: page(visit, t.content_one(t.date(grant.asked_at))).crumb(PATH, t.content_nav()).failed(&errors),
        errors,
        path: format!("{PATH}/{}", grant.id),
        standing: standing_badge(t, standing),
        what: what(t, &grant),
        service: service_words(t, state, &grant).await?,
        reason: grant.reason.expose().clone(),
        hours_asked: t.content_hours_count(grant.hours),
        asked_at: grant.asked_at,
        until: match standing {
            Standing::InForce(until) => Some(until),
            _ => grant.ended_at,
        },
        answer_by: match standing {
            Standing::Asked(until) => Some(t.content_answer_by(t.date_time(until))),
            _ => None,
        },
        hours,
        is_owner,
        is_for_leak: grant.ground != Ground::Permission,
        may_withdraw: is_owner
            && matches!(standing, Standing::InForce(_))
            && grant.ground == Ground::Permission,
        looks: looks.iter().map(|look| Look::of(t, look, now)).collect(),
    })
}

async fn show(visit: Visit, state: State, me: Me, PathId(id): PathId<GrantId>) -> PageResult {
    let grant = own(&state, &me, id).await?;
    let hours = grant.hours.to_string();
    ok(&grant_page(&visit, &state, &me, grant, hours, Errors::none()).await?)
}

async fn give(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<GrantId>,
    Form(form): Form<GiveForm>,
) -> PageResult {
    let done = match form.hours.trim().parse() {
        Ok(hours) => content_grants::answer(&state.office, &me.session, id, Answer::Give { hours }).await,
        Err(_) => Err(Problems::one("hours", Problem::Number).into()),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ContentGiven).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            let grant = own(&state, &me, id).await?;
            unprocessable(&grant_page(&visit, &state, &me, grant, form.hours, errors).await?)
        }
    }
}

async fn refuse(visit: Visit, state: State, me: Me, PathId(id): PathId<GrantId>) -> PageResult {
    content_grants::answer(&state.office, &me.session, id, Answer::Refuse).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ContentRefused).into())
}

async fn end(visit: Visit, state: State, me: Me, PathId(id): PathId<GrantId>) -> PageResult {
    content_grants::withdraw(&state.office, &me.session, id).await?;
    Ok(see_other(&format!("{PATH}/{id}")).done(&visit, Flash::ContentEnded).into())
}
