//! The sealed log: officers, and the mailbox between their programs.

use super::view::Badge;
use super::{ADMIN, DESK, PRIVACY_ROLES, has, imports};
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use base::{Sensitive, Timestamp};
use http::{HeaderValue, header};
use office::OfficeError;
use office::accounts::Officer;
use office::form::Problem;
use office::seal::{self, Alarm, AnswerError, Flow, OfficerId, RosterId, RosterState, RosterView};
use serde::Deserialize;

pub(super) const PATH: &str = "/staff/seal";
/// The most bytes of a file of an officer, with the form around it.
const UPLOAD_BYTES_MAX: usize = 8 * 1024 * 1024 + 16 * 1024;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, DESK, show)
        .post_file("/staff/seal/officers", DESK.fresh(), 64 * 1024, enrol)
        .get("/staff/seal/officers/{id}/withdraw", ADMIN.fresh(), ask_withdraw)
        .post("/staff/seal/officers/{id}/withdraw", ADMIN.fresh(), withdraw)
        .get("/staff/seal/bundle", DESK, bundle)
        .post_file("/staff/seal/answers", DESK, UPLOAD_BYTES_MAX, answer);
}

struct OfficerRow {
    id: OfficerId,
    name: String,
    digits: String,
    since: Timestamp,
}

struct RosterRow {
    id: RosterId,
    title: Text,
    flow: Text,
    threshold: Text,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "pages/staff/seal.html")]
struct SealPage {
    t: T,
    page: Page,
    errors: Errors,
    alarm: Option<Badge>,
    valid_until: Option<String>,
    first_time: bool,
    officers: Vec<OfficerRow>,
    rosters: Vec<RosterRow>,
    may_compose: bool,
    may_enrol: bool,
    has_bundle: bool,
}

pub(super) fn alarm_badge(t: T, alarm: Alarm) -> Badge {
    match alarm {
        Alarm::NoGroup => Badge::new("info", t.seal_alarm_none()),
        Alarm::EndsSoon(days) => Badge::new("warn", t.seal_alarm_soon(days)),
        Alarm::Overdue(days) => Badge::new("danger", t.seal_alarm_overdue(days)),
        Alarm::Stopped => Badge::new("danger", t.seal_alarm_stopped()),
    }
}

pub(super) fn state_badge(t: T, state: RosterState) -> Badge {
    match state {
        RosterState::Proposed => Badge::new("warn", t.seal_state_proposed()),
        RosterState::Running => Badge::new("info", t.seal_state_running()),
        RosterState::Finished => Badge::new("ok", t.seal_state_finished()),
        RosterState::Stopped => Badge::new("muted", t.seal_state_stopped()),
    }
}

pub(super) fn flow_words(t: T, flow: Flow) -> Text {
    match flow {
        Flow::Generate => t.seal_flow_generate(),
        Flow::Refresh => t.seal_flow_refresh(),
    }
}

pub(super) fn threshold_words(t: T, view: &RosterView) -> Text {
    t.seal_threshold_of(t.number(view.roster.threshold()), t.number(view.roster.officers().len()))
}

pub(super) fn title(t: T, view: &RosterView) -> Text {
    t.seal_roster(t.date(view.created_at).to_string())
}

async fn seal_page(visit: &Visit, state: &State, me: &Me, errors: Errors) -> Result<SealPage, PageError> {
    let (t, office) = (visit.t(), &state.office);
    let chain = seal::chain(office).await?;
    let today = office.now().day();
    let alarm = seal::alarm(chain.as_ref(), today);
    let ends = chain
        .iter()
        .flat_map(|chain| chain.documents())
        .flat_map(|signed| signed.document().groups().iter().map(|group| group.days().1).collect::<Vec<_>>());
    let valid_until = ends.max().filter(|day| *day >= today).map(|day| t.date(day.start()).to_string());
    let officers = seal::officers(office).await?;
    let rosters = seal::rosters(office).await?;
    let open = rosters.iter().any(|view| matches!(view.state, RosterState::Proposed | RosterState::Running));
    let has_bundle = rosters.iter().any(|view| view.confirmed_by.is_some());
    Ok(SealPage {
        t,
        page: super::page(visit, t.seal_nav()).failed(&errors),
        errors,
        first_time: chain.is_none() && rosters.is_empty(),
        alarm: alarm.map(|alarm| alarm_badge(t, alarm)),
        valid_until,
        may_compose: officers.len() >= 2 && !open && has(visit, PRIVACY_ROLES),
        may_enrol: me.session.officer == Officer::Holder,
        has_bundle,
        officers: officers
            .into_iter()
            .map(|officer| OfficerRow {
                id: officer.id,
                name: officer.officer.name().to_owned(),
                digits: officer.officer.fingerprint().to_string(),
                since: officer.enrolled_at,
            })
            .collect(),
        rosters: rosters
            .iter()
            .map(|view| RosterRow {
                id: view.id,
                title: title(t, view),
                flow: flow_words(t, view.flow),
                threshold: threshold_words(t, view),
                badge: state_badge(t, view.state),
            })
            .collect(),
    })
}

async fn show(visit: Visit, state: State, me: Me) -> PageResult {
    ok(&seal_page(&visit, &state, &me, Errors::none()).await?)
}

async fn fail(visit: &Visit, state: &State, me: &Me, field: &'static str, message: Text) -> PageResult {
    let mut errors = Errors::none();
    errors.add(field, message);
    unprocessable(&seal_page(visit, state, me, errors).await?)
}

/// The text of the uploaded file; none when there is none, or it is no text.
async fn text(request: Request, state: &State) -> Result<Option<Sensitive<String>>, PageError> {
    let bytes = imports::file(request, state).await?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(Sensitive::new))
}

async fn enrol(visit: Visit, state: State, me: Me, request: Request) -> PageResult {
    let t = visit.t();
    let Some(file) = text(request, &state).await? else {
        return fail(&visit, &state, &me, "identity", t.seal_answer_missing()).await;
    };
    match seal::enrol(&state.office, &me.session, &file).await {
        Ok(_) => Ok(see_other(PATH).done(&visit, Flash::SealEnrolled).into()),
        Err(OfficeError::Invalid(problems)) => {
            let taken = problems.all().iter().any(|(_, problem)| *problem == Problem::Taken);
            let message = if taken { t.seal_enrol_taken() } else { t.seal_enrol_wrong() };
            fail(&visit, &state, &me, "identity", message).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn answer(visit: Visit, state: State, me: Me, request: Request) -> PageResult {
    let t = visit.t();
    let Some(file) = text(request, &state).await? else {
        return fail(&visit, &state, &me, "answer", t.seal_answer_missing()).await;
    };
    let message = match seal::take_answer(&state.office, &me.session, file.expose()).await {
        Ok(taken) if taken.equivocations > 0 => {
            return Ok(see_other(PATH).warning(&visit, Flash::SealTwo).into());
        }
        Ok(taken) if taken.adopted => {
            return Ok(see_other(PATH).done(&visit, Flash::SealAdopted).into());
        }
        Ok(_) => return Ok(see_other(PATH).done(&visit, Flash::SealTaken).into()),
        Err(AnswerError::Office(error)) => return Err(error.into()),
        Err(AnswerError::Empty) => t.seal_answer_empty(),
        Err(AnswerError::NoCeremony) => t.seal_answer_no_ceremony(),
        Err(AnswerError::Message(_)) => t.seal_answer_signature(),
        Err(AnswerError::NoPlace(_)) => t.seal_answer_place(),
        Err(AnswerError::OtherRoster | AnswerError::Document(_)) => t.seal_answer_document(),
        Err(_) => t.seal_answer_unreadable(),
    };
    fail(&visit, &state, &me, "answer", message).await
}

async fn bundle(state: State) -> PageResult {
    let bundle = seal::bundle(&state.office, Some((*state.ledger_key).clone())).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"bundle.json\"")),
    ];
    Ok((headers, bundle.text()).into_response())
}

#[derive(Template)]
#[template(path = "pages/staff/seal_confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) t: T,
    pub(super) page: Page,
    pub(super) errors: Errors,
    pub(super) action: String,
    pub(super) what: Text,
    pub(super) name: String,
    pub(super) typed: String,
    pub(super) label: Text,
    pub(super) back: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) confirm: String,
}

impl Typed {
    /// Whether the name was typed; otherwise what is wrong.
    pub(super) fn is(&self, t: T, name: &str) -> Errors {
        let mut errors = Errors::none();
        if self.confirm.trim() != name {
            errors.add("confirm", t.problem(Problem::Mismatch));
        }
        errors
    }
}

async fn withdraw_page(
    visit: &Visit,
    state: &State,
    id: OfficerId,
    typed: String,
    errors: Errors,
) -> Result<ConfirmPage, PageError> {
    let t = visit.t();
    let officers = seal::officers(&state.office).await?;
    let officer = officers.into_iter().find(|officer| officer.id == id).ok_or(PageError::NotFound)?;
    let name = officer.officer.name().to_owned();
    Ok(ConfirmPage {
        t,
        page: super::page(visit, t.seal_withdraw_title()).crumb(PATH, t.seal_nav()).failed(&errors),
        errors,
        action: format!("/staff/seal/officers/{id}/withdraw"),
        what: t.seal_withdraw_what(&name),
        name,
        typed,
        label: t.seal_withdraw(),
        back: PATH.to_owned(),
    })
}

async fn ask_withdraw(visit: Visit, state: State, PathId(id): PathId<OfficerId>) -> PageResult {
    ok(&withdraw_page(&visit, &state, id, String::new(), Errors::none()).await?)
}

async fn withdraw(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<OfficerId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let asked = withdraw_page(&visit, &state, id, String::new(), Errors::none()).await?;
    let errors = typed.is(visit.t(), &asked.name);
    if !errors.is_empty() {
        return unprocessable(&withdraw_page(&visit, &state, id, typed.confirm, errors).await?);
    }
    seal::withdraw(&state.office, &me.session, id).await?;
    Ok(see_other(PATH).done(&visit, Flash::SealWithdrawn).into())
}
