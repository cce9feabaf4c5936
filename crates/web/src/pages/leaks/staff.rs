//! Cases for staff: the list, one with its clocks, texts, reports and timeline, its dossier and customers.

use super::{Badge, ClockRow, TextRow, clock_rows, text_rows};
use crate::access::Access;
use crate::csv_file;
use crate::error::PageResult;
use crate::form::Choice;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok};
use crate::param::PathId;
use crate::pdf::pdf_file;
use crate::routes::{Routes, Section};
use crate::session::StaffRole;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::OfficeError;
use office::incidents::{
    self, Affected, Field, Incident, IncidentFilter, IncidentId, IncidentRole, IncidentState,
    IncidentSummary, Topic, Which, word,
};

pub(in super::super) const PATH: &str = "/staff/incidents";
/// Who deals with leaks.
pub(super) const ROLES: &[StaffRole] = &[StaffRole::Privacy, StaffRole::Admin];
pub(super) const ACCESS: Access = Access::staff(ROLES);

/// How many rows a file holds at most, and how many are read at a time.
const FILE_ROWS_MAX: u64 = 10_000;
const FILE_STEP: u32 = 200;

pub(in super::super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, ACCESS, list)
        .get("/staff/incidents.csv", ACCESS, csv)
        .get("/staff/incidents/{id}", ACCESS, show)
        .get("/staff/incidents/{id}/dossier.json", ACCESS, json)
        .get("/staff/incidents/{id}/dossier.pdf", ACCESS, pdf)
        .get("/staff/incidents/{id}/customers.csv", ACCESS, customers);
    super::acts::register(routes);
    super::staff_reports::register(routes);
    routes
        .nav(Section::Staff, PATH, "shield-alert", T::leak_nav_incidents)
        .nav(Section::Staff, "/staff/leaks", "flag", T::leak_nav_reports)
        .nav(Section::Staff, "/staff/lawful-orders", "landmark", T::leak_nav_orders);
}

pub(super) fn page(visit: &Visit, title: impl Into<Text>) -> Page {
    visit.page(Section::Staff, title.into()).crumb("/staff", visit.t().staff_nav_queue())
}

fn badge(t: T, state: IncidentState) -> Badge {
    let kind = match state {
        IncidentState::Suspected => "warn",
        IncidentState::Aware => "danger",
        IncidentState::Closed => "ok",
    };
    Badge { kind, word: word(state.as_str(), t.language()) }
}

/// A case in a list.
pub(in super::super) struct QueueRow {
    pub href: String,
    pub number: String,
    pub title: String,
    pub state: (&'static str, &'static str),
    pub role: &'static str,
    pub clock: Option<crate::format::Clock>,
    pub clock_label: &'static str,
    pub affected: u64,
    pub untold: u64,
    pub opened_at: Timestamp,
}

fn row(t: T, now: Timestamp, summary: &IncidentSummary) -> QueueRow {
    let case = &summary.incident;
    let state = badge(t, case.state);
    let next = case.next_clock();
    QueueRow {
        href: format!("{PATH}/{}", case.id),
        number: case.number.to_string(),
        title: case.texts.get(Field::Title).unwrap_or_default().to_owned(),
        state: (state.kind, state.word),
        role: word(case.role.as_str(), t.language()),
        clock: next.map(|clock| crate::format::Clock {
            began: case.aware_at.unwrap_or(case.opened_at),
            deadline: clock.due_at,
            now,
        }),
        clock_label: next.map_or("", |clock| clock.kind.label(t.language())),
        affected: summary.affected,
        untold: summary.untold,
        opened_at: case.opened_at,
    }
}

/// Open cases for the work queue, for who deals with leaks.
///
/// # Errors
/// When a store fails.
pub(in super::super) async fn queue_rows(
    visit: &Visit,
    state: &State,
    limit: u32,
) -> Result<Vec<QueueRow>, OfficeError> {
    let deals = visit.session().is_some_and(|session| session.staff.iter().any(|role| ROLES.contains(role)));
    if !deals {
        return Ok(Vec::new());
    }
    let found = incidents::page(&state.office, IncidentFilter::default(), 0, limit).await?.0;
    Ok(found.iter().map(|summary| row(visit.t(), visit.now(), summary)).collect())
}

#[derive(Template)]
#[template(path = "pages/leaks/list.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<QueueRow>,
    states: Vec<Choice>,
    roles: Vec<Choice>,
}

fn filter(list: &List) -> IncidentFilter {
    let which = match list.filter("state") {
        "open" => Which::Open,
        "closed" => Which::Closed,
        _ => Which::All,
    };
    IncidentFilter { which, role: IncidentRole::parse(list.filter("role")) }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = incidents::page(&state.office, filter(&list), list.offset(), limit).await?;
    list.set_total(total);
    let rows = found.iter().map(|summary| row(t, visit.now(), summary)).collect();
    ok(&ListPage {
        t,
        page: page(&visit, t.leak_nav_incidents()),
        list,
        rows,
        states: super::choices(t, ["open", "closed"]),
        roles: super::choices(t, IncidentRole::ALL.iter().map(|role| role.as_str())),
    })
}

async fn csv(visit: Visit, state: State, list: List) -> PageResult {
    let t = visit.t();
    let (mut rows, mut offset) = (Vec::new(), 0);
    while offset < FILE_ROWS_MAX {
        let found = incidents::page(&state.office, filter(&list), offset, FILE_STEP).await?.0;
        if found.is_empty() {
            break;
        }
        offset += u64::from(FILE_STEP);
        rows.extend(found.iter().map(|summary| {
            let case = &summary.incident;
            vec![
                case.number.to_string(),
                case.state.as_str().to_owned(),
                case.role.as_str().to_owned(),
                case.regime.as_str().to_owned(),
                case.times.discovered_at.rfc3339(),
                case.aware_at.map(Timestamp::rfc3339).unwrap_or_default(),
                case.next_clock().map(|clock| clock.due_at.rfc3339()).unwrap_or_default(),
                case.decision.map(|(decision, _)| decision.as_str().to_owned()).unwrap_or_default(),
                summary.affected.to_string(),
                summary.untold.to_string(),
                case.closed_at.map(Timestamp::rfc3339).unwrap_or_default(),
            ]
        }));
    }
    let head = [
        t.leak_number(),
        t.leak_state(),
        t.leak_role(),
        t.leak_regime(),
        t.leak_discovered(),
        t.leak_aware(),
        t.leak_due(),
        t.leak_decision(),
        t.leak_affected(),
        t.leak_untold(),
        t.leak_closed(),
    ];
    Ok(csv_file("incidents", &head.each_ref().map(AsRef::as_ref), rows))
}

struct TopicRow {
    topic: &'static str,
    label: &'static str,
    rows: Vec<TextRow>,
    missing: usize,
}

struct ReportRow {
    kind: &'static str,
    sent_at: Timestamp,
    reference: String,
}

struct Event {
    at: Timestamp,
    title: String,
}

#[derive(Template)]
#[template(path = "pages/leaks/show.html")]
struct ShowPage {
    t: T,
    page: Page,
    case: Incident,
    base: String,
    badge: Badge,
    title: String,
    effects: String,
    role: &'static str,
    regime: &'static str,
    clocks: Vec<ClockRow>,
    decision: Option<&'static str>,
    telling: Option<&'static str>,
    grounds: Vec<TextRow>,
    affected: Affected,
    topics: Vec<TopicRow>,
    missing: usize,
    reports: Vec<ReportRow>,
    can_report: bool,
    can_close: bool,
    blocker: Option<Text>,
    events: Vec<Event>,
}

impl ShowPage {
    fn is_open(&self) -> bool {
        self.case.state != IncidentState::Closed
    }

    fn is_aware(&self) -> bool {
        self.case.state == IncidentState::Aware
    }
}

async fn show(visit: Visit, state: State, PathId(id): PathId<IncidentId>) -> PageResult {
    let (t, now, office) = (visit.t(), visit.now(), &*state.office);
    let language = t.language();
    let case = incidents::incident(office, id).await?;
    let missing = case.texts.missing();
    let topics = Topic::ALL.iter().map(|topic| TopicRow {
        topic: topic.as_str(),
        label: topic.label(language),
        rows: text_rows(t, &case.texts, Field::of_topic(*topic)),
        missing: missing.iter().filter(|field| field.topic() == Some(*topic)).count(),
    });
    let reports = incidents::reports(office, &case).await?;
    let history = incidents::timeline(office, &case).await?;
    let blocker = incidents::closing_blocker(office, &case).await?;
    let blocker = blocker.filter(|_| case.state != IncidentState::Closed);
    let grounds = [
        Field::DecisionGround,
        Field::TellingGround,
        Field::PostponedReason,
        Field::LateAuthority,
        Field::LateCustomers,
        Field::LateWarning,
        Field::LateNis2,
        Field::LateReport,
        Field::Closing,
    ];
    let title = case.texts.get(Field::Title).unwrap_or_default().to_owned();
    let words = case.effects.words();
    let shown = ShowPage {
        t,
        page: page(&visit, t.leak_case(case.number.to_string())).crumb(PATH, t.leak_nav_incidents()),
        base: format!("{PATH}/{id}"),
        badge: badge(t, case.state),
        title,
        effects: words.iter().map(|one| word(one, language)).collect::<Vec<_>>().join("; "),
        role: word(case.role.as_str(), language),
        regime: word(case.regime.as_str(), language),
        clocks: clock_rows(t, case.aware_at.unwrap_or(case.opened_at), &case.clocks, now),
        decision: case.decision.map(|(decision, _)| word(decision.as_str(), language)),
        telling: case.telling.map(|telling| word(telling.as_str(), language)),
        grounds: text_rows(t, &case.texts, grounds.into_iter()),
        affected: incidents::counts(office, id).await?,
        topics: topics.collect(),
        missing: incidents::dossier(office, &case, language).await?.missing().len(),
        reports: reports
            .iter()
            .map(|report| ReportRow {
                kind: word(report.kind.as_str(), language),
                sent_at: report.sent_at,
                reference: report.reference.as_ref().map(|text| text.expose().clone()).unwrap_or_default(),
            })
            .collect(),
        can_report: case.state == IncidentState::Aware
            && (case.regime.has_nis2()
                || matches!(case.decision, Some((office::incidents::Decision::Notify, _)))),
        can_close: case.state != IncidentState::Closed && blocker.is_none(),
        blocker: blocker.map(|why| super::acts::blocker(t, why)),
        events: history
            .iter()
            .map(|row| Event {
                at: row.at,
                title: office::checkpoints::kind_in_words(&row.kind, language)
                    .unwrap_or(&row.kind)
                    .to_owned(),
            })
            .collect(),
        case,
    };
    ok(&shown)
}

async fn json(visit: Visit, state: State, PathId(id): PathId<IncidentId>) -> PageResult {
    let case = incidents::incident(&state.office, id).await?;
    let dossier = incidents::dossier(&state.office, &case, visit.language()).await?;
    Ok(super::json_file(dossier.reference(), dossier.json()))
}

async fn pdf(visit: Visit, state: State, PathId(id): PathId<IncidentId>) -> PageResult {
    let case = incidents::incident(&state.office, id).await?;
    let dossier = incidents::dossier(&state.office, &case, visit.language()).await?;
    Ok(pdf_file(dossier.reference(), dossier.pdf().await?))
}

async fn customers(visit: Visit, state: State, PathId(id): PathId<IncidentId>) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    incidents::incident(office, id).await?;
    let (mut rows, mut after) = (Vec::new(), None);
    while rows.len() < 200_000 {
        let some = incidents::affected(office, id, after, 200).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.customer);
        let ids: Vec<_> = some.iter().map(|one| one.customer).collect();
        let known = office::customers::summaries(office, &ids).await?;
        for one in some {
            let number = known.iter().find(|summary| summary.id == one.customer);
            rows.push(vec![
                number.map(|summary| summary.number.to_string()).unwrap_or_default(),
                one.told_at.map(Timestamp::rfc3339).unwrap_or_default(),
            ]);
        }
    }
    let head = [t.leak_customer(), t.leak_told()];
    Ok(csv_file("incident-customers", &head.each_ref().map(AsRef::as_ref), rows))
}
