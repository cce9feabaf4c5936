//! What staff do with a case: each act is a form, and what counts is checked before it is done.

use super::staff::{ACCESS, PATH, page};
use super::{FormPage, Input, Look, Sent, choices, sent_of};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors};
use crate::page::{ok, see_other};
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use axum::extract::Path;
use base::Language;
use office::OfficeError;
use office::form::{Problem, Problems};
use office::incidents::{
    self, ClockKind, Decision, Effects, Facts, Field, Incident, IncidentId, IncidentRole, NewIncident,
    NewReport, NotAllowed, NoticeText, Regime, ReportKind, Scope, Telling, Texts, Times, Topic, moment,
    typed,
};

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/incidents/new", ACCESS, new_form)
        .post("/staff/incidents/new", ACCESS, new)
        .get("/staff/incidents/{id}/{act}", ACCESS, form)
        .post("/staff/incidents/{id}/{act}", ACCESS, act);
}

/// What keeps a case from being closed.
pub(super) fn blocker(t: T, why: NotAllowed) -> Text {
    match why {
        NotAllowed::NotDecided | NotAllowed::NoGround => t.leak_blocked_undecided(),
        NotAllowed::Provisional => t.leak_blocked_provisional(),
        NotAllowed::NotTold => t.leak_blocked_untold(),
        NotAllowed::Late => t.leak_blocked_late(),
        _ => t.leak_blocked_reports(),
    }
}

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Facts,
    Texts(Topic),
    Aware,
    Scope,
    Decide,
    People,
    Report,
    Late(ClockKind),
    Notice,
    Tell,
    Postpone,
    Close,
}

impl Act {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "facts" => Self::Facts,
            "aware" => Self::Aware,
            "scope" => Self::Scope,
            "decide" => Self::Decide,
            "people" => Self::People,
            "report" => Self::Report,
            "notice" => Self::Notice,
            "tell" => Self::Tell,
            "postpone" => Self::Postpone,
            "close" => Self::Close,
            other => match (other.strip_prefix("texts-"), other.strip_prefix("late-")) {
                (Some(topic), _) => Self::Texts(Topic::parse(topic)?),
                (_, Some(clock)) => Self::Late(ClockKind::parse(clock)?),
                _ => return None,
            },
        })
    }

    fn title(self, t: T) -> Text {
        match self {
            Self::Facts => t.leak_change_facts(),
            Self::Texts(topic) => topic.label(t.language()).into(),
            Self::Aware => t.leak_become_aware(),
            Self::Scope => t.leak_set_scope(),
            Self::Decide => t.leak_decide(),
            Self::People => t.leak_decide_people(),
            Self::Report => t.leak_record_report(),
            Self::Late(_) => t.leak_give_reason(),
            Self::Notice => t.leak_write_notice(),
            Self::Tell => t.leak_tell(),
            Self::Postpone => t.leak_postpone(),
            Self::Close => t.leak_close(),
        }
    }

    fn lead(self, t: T) -> Vec<Text> {
        match self {
            Self::Aware => vec![t.leak_aware_lead()],
            Self::Scope => vec![t.leak_scope_lead()],
            Self::Decide => vec![t.leak_decide_lead()],
            Self::People => vec![t.leak_people_lead()],
            Self::Report => vec![t.leak_report_lead()],
            Self::Late(clock) => vec![clock.label(t.language()).into(), t.leak_late_lead()],
            Self::Notice => {
                vec![t.leak_notice_lead("{number}".to_owned(), "{link}".to_owned(), "{name}".to_owned())]
            }
            Self::Tell => vec![t.leak_tell_lead()],
            Self::Postpone => vec![t.leak_postpone_lead()],
            Self::Close => vec![t.leak_close_lead()],
            Self::Facts | Self::Texts(_) => Vec::new(),
        }
    }

    /// Whether what was filled in is shown once more before it is done.
    const fn has_check(self) -> bool {
        !matches!(self, Self::Facts | Self::Texts(_) | Self::Notice)
    }

    fn inputs(self, t: T, sent: &Sent) -> Vec<Input> {
        match self {
            Self::Facts => facts_inputs(t, sent),
            Self::Texts(topic) => {
                let optional = |input: Input| {
                    if input.look == Look::Choice || input.look == Look::Choices {
                        input
                    } else {
                        input.optional()
                    }
                };
                Field::of_topic(topic).map(|field| optional(Input::of(t, field, sent))).collect()
            }
            Self::Aware => vec![moment_input(t, "at", t.leak_aware(), sent)],
            Self::Scope => vec![
                Input::new("everybody", t.leak_scope_everybody(), Look::Box, sent),
                Input::new("scope", t.leak_scope_customers(), Look::Block, sent)
                    .hint(t.leak_scope_hint())
                    .optional(),
            ],
            Self::Decide => vec![
                Input::new("decision", t.leak_decision(), Look::Choice, sent)
                    .choices(choices(t, Decision::ALL.iter().map(|one| one.as_str()))),
                Input::new("ground", t.leak_ground(), Look::Block, sent)
                    .hint(t.leak_ground_hint())
                    .optional(),
            ],
            Self::People => vec![
                Input::new("telling", t.leak_people(), Look::Choice, sent)
                    .choices(choices(t, Telling::ALL.iter().map(|one| one.as_str()))),
                Input::new("ground", t.leak_ground(), Look::Block, sent)
                    .hint(t.leak_people_ground_hint())
                    .optional(),
            ],
            Self::Report => vec![
                Input::new("kind", t.leak_report_kind(), Look::Choice, sent)
                    .choices(choices(t, ReportKind::ALL.iter().map(|one| one.as_str()))),
                moment_input(t, "sent_at", t.leak_sent_at(), sent),
                Input::new("reference", t.leak_reference(), Look::Short, sent).optional(),
                Input::new("late_reason", t.leak_late_reason(), Look::Block, sent)
                    .hint(t.leak_late_hint())
                    .optional(),
            ],
            Self::Late(_) => vec![Input::new("late_reason", t.leak_late_reason(), Look::Block, sent)],
            Self::Notice => vec![
                Input::new("title_nl", t.leak_notice_title_nl(), Look::Line, sent),
                Input::new("body_nl", t.leak_notice_nl(), Look::Block, sent),
                Input::new("title_en", t.leak_notice_title_en(), Look::Line, sent),
                Input::new("body_en", t.leak_notice_en(), Look::Block, sent),
            ],
            Self::Tell => Vec::new(),
            Self::Postpone => vec![
                Input::new("until", t.leak_until(), Look::Short, sent).hint(t.date_hint()),
                Input::new("reason", t.leak_postpone_reason(), Look::Block, sent),
            ],
            Self::Close => vec![Input::new("closing", t.leak_closing(), Look::Block, sent)],
        }
    }
}

fn moment_input(t: T, id: &'static str, label: Text, sent: &Sent) -> Input {
    Input::new(id, label, Look::Short, sent).hint(t.leak_moment_hint())
}

fn facts_inputs(t: T, sent: &Sent) -> Vec<Input> {
    vec![
        Input::new("effects", t.leak_effects(), Look::Choices, sent)
            .choices(choices(t, ["confidentiality", "integrity", "availability"])),
        Input::new("role", t.leak_role(), Look::Choice, sent)
            .choices(choices(t, IncidentRole::ALL.iter().map(|one| one.as_str()))),
        Input::new("regime", t.leak_regime(), Look::Choice, sent)
            .choices(choices(t, Regime::ALL.iter().map(|one| one.as_str()))),
        moment_input(t, "discovered", t.leak_discovered(), sent),
        moment_input(t, "occurred_from", t.leak_occurred_from(), sent).optional(),
        moment_input(t, "occurred_until", t.leak_occurred_until(), sent).optional(),
        Input::new("ongoing", t.leak_ongoing(), Look::Box, sent),
    ]
}

fn facts_sent(facts: &Facts) -> Sent {
    let Times { occurred_from, occurred_until, ongoing, discovered_at } = facts.times;
    let mut sent = vec![
        ("role", facts.role.as_str().to_owned()),
        ("regime", facts.regime.as_str().to_owned()),
        ("discovered", typed(discovered_at)),
        ("occurred_from", occurred_from.map(typed).unwrap_or_default()),
        ("occurred_until", occurred_until.map(typed).unwrap_or_default()),
    ];
    sent.extend(facts.effects.words().into_iter().map(|word| ("effects", word.to_owned())));
    if ongoing {
        sent.push(("ongoing", "yes".to_owned()));
    }
    Sent(sent.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
}

fn read_facts(sent: &Sent) -> Result<Facts, Problems> {
    let mut wrong = Problems::new();
    let optional = |text: &str| if text.trim().is_empty() { Ok(None) } else { moment(text).map(Some) };
    let effects = sent.all("effects");
    let has = |word: &str| effects.iter().any(|one| one == word);
    let role = wrong.take("role", IncidentRole::parse(sent.get("role")).ok_or(Problem::Choice));
    let regime = wrong.take("regime", Regime::parse(sent.get("regime")).ok_or(Problem::Choice));
    let discovered = wrong.take("discovered", moment(sent.get("discovered")));
    let from = wrong.take("occurred_from", optional(sent.get("occurred_from")));
    let until = wrong.take("occurred_until", optional(sent.get("occurred_until")));
    let effects = Effects {
        confidentiality: has("confidentiality"),
        integrity: has("integrity"),
        availability: has("availability"),
    };
    if effects.is_none() {
        wrong.add("effects", Problem::Missing);
    }
    match (role, regime, discovered, from, until) {
        (Some(role), Some(regime), Some(discovered_at), Some(occurred_from), Some(occurred_until))
            if wrong.is_empty() =>
        {
            let ongoing = sent.get("ongoing") == "yes";
            Ok(Facts {
                effects,
                role,
                regime,
                times: Times { occurred_from, occurred_until, ongoing, discovered_at },
            })
        }
        _ => Err(wrong),
    }
}

fn new_page(visit: &Visit, sent: &Sent, once: String, errors: Errors) -> FormPage {
    let t = visit.t();
    let mut inputs = vec![Input::of(t, Field::Title, sent)];
    inputs.extend(facts_inputs(t, sent));
    inputs.push(Input::of(t, Field::Summary, sent).optional());
    FormPage {
        t,
        page: page(visit, t.leak_open()).crumb(PATH, t.leak_nav_incidents()).failed(&errors),
        errors,
        is_staff: true,
        action: format!("{PATH}/new"),
        back: PATH.to_owned(),
        once,
        revision: 0,
        lead: vec![t.leak_open_lead().into_owned()],
        inputs,
        submit: t.leak_open(),
        check: None,
        has_check: false,
    }
}

async fn new_form(visit: Visit) -> PageResult {
    let sent = Sent(vec![
        ("discovered".into(), typed(visit.now()).into()),
        ("regime".into(), "gdpr".into()),
        ("role".into(), "controller".into()),
    ]);
    ok(&new_page(&visit, &sent, visit.idempotency_key(), Errors::none()))
}

async fn new(visit: Visit, state: State, me: Me, sent: Sent) -> PageResult {
    let (t, once) = (visit.t(), sent.get("once").to_owned());
    let mut texts = Texts::default();
    let fields = sent.fields(&[Field::Title, Field::Summary]);
    let written = texts.write(fields.iter().map(|(field, text)| (*field, text.as_str())));
    let written = match written {
        Ok(()) if texts.get(Field::Title).is_none() => {
            Err(Problems::one(Field::Title.as_str(), Problem::Missing))
        }
        other => other,
    };
    let facts = match (read_facts(&sent), written) {
        (Ok(facts), Ok(())) => facts,
        (facts, written) => {
            let errors = [facts.err(), written.err()].into_iter().flatten();
            let errors = errors.fold(Errors::none(), |all, one| all.and(super::raw(t, &one)));
            return super::refused(new_page(&visit, &sent, once, errors));
        }
    };
    let deed = async {
        let made = incidents::open(&state.office, me.session.by(), &NewIncident { facts, texts }).await?;
        Ok::<_, OfficeError>(format!("{PATH}/{}", made.id))
    };
    match state.once.act("incident-new", &once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::LeakOpened).into()),
        Err(error) => {
            let errors = super::raw(t, &problems(error)?);
            super::refused(new_page(&visit, &sent, once, errors))
        }
    }
}

/// What the form of an act has in it before anything is typed.
async fn prefilled(visit: &Visit, state: &State, act: Act, case: &Incident) -> Result<Sent, PageError> {
    let one = |name: &str, value: String| Sent(vec![(name.to_owned(), value.into())]);
    Ok(match act {
        Act::Facts => facts_sent(&Facts::of(case)),
        Act::Texts(topic) => sent_of(&case.texts, Field::of_topic(topic)),
        Act::Aware => one("at", typed(visit.now())),
        Act::Report => one("sent_at", typed(visit.now())),
        Act::Late(kind) => {
            let said = case.texts.get(Field::of_reason(kind)).unwrap_or_default();
            one("late_reason", said.to_owned())
        }
        Act::Decide => {
            let mut sent =
                one("ground", case.texts.get(Field::DecisionGround).unwrap_or_default().to_owned());
            sent.0.extend(case.decision.map(|(one, _)| ("decision".to_owned(), one.as_str().into())));
            sent
        }
        Act::People => {
            let mut sent = one("ground", case.texts.get(Field::TellingGround).unwrap_or_default().to_owned());
            sent.0.extend(case.telling.map(|one| ("telling".to_owned(), one.as_str().into())));
            sent
        }
        Act::Scope => scope_sent(state, case).await?,
        Act::Notice => {
            let mut sent = Vec::new();
            for (language, title, body) in
                [(Language::Nl, "title_nl", "body_nl"), (Language::En, "title_en", "body_en")]
            {
                let notice = incidents::notice(&state.office, case, language).await?;
                sent.push((title.to_owned(), notice.title.into()));
                sent.push((body.to_owned(), notice.body));
            }
            Sent(sent)
        }
        Act::Tell | Act::Postpone | Act::Close => Sent::default(),
    })
}

async fn scope_sent(state: &State, case: &Incident) -> Result<Sent, PageError> {
    let mut lines: Vec<String> = Vec::new();
    for chunk in case.scope.customers.chunks(200) {
        let known = office::customers::summaries(&state.office, chunk).await?;
        lines.extend(known.iter().map(|customer| customer.number.to_string()));
    }
    let catalogue = office::catalogue::load(&state.office).await?;
    lines.extend(
        catalogue
            .plans
            .iter()
            .filter(|plan| case.scope.plans.contains(&plan.id))
            .map(|plan| plan.code.clone()),
    );
    lines.extend(case.scope.services.iter().map(ToString::to_string));
    let mut sent = vec![("scope".to_owned(), lines.join("\n").into())];
    if case.scope.everybody {
        sent.push(("everybody".to_owned(), "yes".into()));
    }
    Ok(Sent(sent))
}

/// A scope as typed: numbers of customers, codes of plans, ids of services, one a line.
async fn read_scope(state: &State, sent: &Sent) -> Result<Scope, OfficeError> {
    let mut scope = Scope { everybody: sent.get("everybody") == "yes", ..Scope::default() };
    let catalogue = office::catalogue::load(&state.office).await?;
    for line in sent.get("scope").lines().map(str::trim).filter(|line| !line.is_empty()) {
        if scope.len() > incidents::SCOPE_MAX {
            return Err(Problems::one("scope", Problem::TooLong { max: incidents::SCOPE_MAX }).into());
        }
        let last = line.rsplit('/').next().unwrap_or(line);
        if let Some(number) = office::customers::CustomerNumber::parse(line)
            && let Some(customer) = office::customers::id_of_number(&state.office, number).await?
        {
            scope.customers.push(customer);
        } else if let Some((_, plan)) = catalogue.plan_of_code(line) {
            scope.plans.push(plan.id);
        } else if let Ok(id) = last.parse()
            && office::services::service(&state.office, id).await.is_ok()
        {
            scope.services.push(id);
        } else {
            return Err(Problems::one("scope", Problem::Wrong).into());
        }
    }
    Ok(scope)
}

/// What the page to check says besides what was filled in.
async fn consequences(
    t: T,
    state: &State,
    act: Act,
    case: &Incident,
    sent: &Sent,
) -> Result<Vec<String>, OfficeError> {
    let one = |text: Text| vec![text.into_owned()];
    Ok(match act {
        Act::Aware => {
            let at = moment(sent.get("at")).map_err(|problem| Problems::one("at", problem))?;
            let policy = state.office.policy();
            let next = case.clone().aware(at, state.office.now(), policy.law());
            let next = next.map_err(|_| Problems::one("at", Problem::Date))?;
            next.clocks
                .iter()
                .map(|clock| {
                    t.leak_clock_begins(clock.kind.label(t.language()), t.date_time(clock.due_at))
                        .into_owned()
                })
                .collect()
        }
        Act::Scope => {
            let scope = read_scope(state, sent).await?;
            one(t.leak_scope_counts(incidents::preview(&state.office, &scope).await?))
        }
        Act::Decide => {
            Decision::parse(sent.get("decision"))
                .ok_or_else(|| Problems::one("decision", Problem::Missing))?;
            one(t.leak_decide_check())
        }
        Act::People => {
            Telling::parse(sent.get("telling")).ok_or_else(|| Problems::one("telling", Problem::Missing))?;
            one(t.leak_people_check())
        }
        Act::Report => {
            read_report(sent)?;
            one(t.leak_report_check())
        }
        Act::Tell => {
            let untold = incidents::counts(&state.office, case.id).await?.untold();
            let mut lines = vec![t.leak_tell_check(untold).into_owned()];
            for language in Language::ALL {
                let notice = incidents::notice(&state.office, case, language).await?;
                let name = t.leak_sample_name();
                let (title, body) = incidents::fill_notice(&state.office, case, language, &notice, &name)?;
                lines.push(format!("{title}\n\n{}", body.expose()));
            }
            lines
        }
        Act::Postpone => {
            office::form::day(sent.get("until")).map_err(|problem| Problems::one("until", problem))?;
            one(t.leak_postpone_check())
        }
        Act::Late(_) => one(t.leak_late_check()),
        Act::Close => one(t.leak_close_check()),
        Act::Facts | Act::Texts(_) | Act::Notice => Vec::new(),
    })
}

fn read_report(sent: &Sent) -> Result<NewReport, Problems> {
    let mut wrong = Problems::new();
    let kind = wrong.take("kind", ReportKind::parse(sent.get("kind")).ok_or(Problem::Missing));
    let sent_at = wrong.take("sent_at", moment(sent.get("sent_at")));
    match (kind, sent_at) {
        (Some(kind), Some(sent_at)) => Ok(NewReport {
            kind,
            sent_at,
            reference: sent.text("reference"),
            late_reason: sent.text("late_reason"),
        }),
        _ => Err(wrong),
    }
}

async fn carry_out(
    state: &State,
    me: &Me,
    act: Act,
    id: IncidentId,
    sent: &Sent,
) -> Result<Incident, OfficeError> {
    let (office, by, revision) = (&*state.office, me.session.by(), sent.revision());
    match act {
        Act::Facts => incidents::change_facts(office, by, id, revision, read_facts(sent)?).await,
        Act::Texts(topic) => {
            let fields: Vec<Field> = Field::of_topic(topic).collect();
            let typed = sent.fields(&fields);
            let typed = typed.iter().map(|(field, text)| (*field, text.as_str()));
            incidents::set_texts(office, by, id, revision, typed).await
        }
        Act::Aware => {
            let at = moment(sent.get("at")).map_err(|problem| Problems::one("at", problem))?;
            incidents::become_aware(office, by, id, revision, at).await
        }
        Act::Scope => incidents::set_scope(office, by, id, revision, read_scope(state, sent).await?).await,
        Act::Decide => {
            let decision = Decision::parse(sent.get("decision"));
            let decision = decision.ok_or_else(|| Problems::one("decision", Problem::Missing))?;
            incidents::decide(office, by, id, revision, decision, &sent.text("ground")).await
        }
        Act::People => {
            let telling = Telling::parse(sent.get("telling"));
            let telling = telling.ok_or_else(|| Problems::one("telling", Problem::Missing))?;
            incidents::decide_telling(office, by, id, revision, telling, &sent.text("ground")).await
        }
        Act::Report => incidents::report(office, by, id, revision, &read_report(sent)?).await,
        Act::Late(kind) => incidents::reason(office, by, id, revision, kind, &sent.text("late_reason")).await,
        Act::Notice => {
            let text = |title: &str, body: &str| NoticeText {
                title: sent.get(title).to_owned(),
                body: sent.text(body),
            };
            let (nl, en) = (text("title_nl", "body_nl"), text("title_en", "body_en"));
            incidents::set_notice(office, by, id, revision, &nl, &en).await
        }
        Act::Tell => incidents::tell_customers(office, by, id, revision).await,
        Act::Postpone => {
            let until =
                office::form::day(sent.get("until")).map_err(|problem| Problems::one("until", problem))?;
            incidents::postpone(office, by, id, revision, until, &sent.text("reason")).await
        }
        Act::Close => incidents::close(office, by, id, revision, &sent.text("closing")).await,
    }
}

fn act_page(visit: &Visit, act: Act, name: &str, case: &Incident, sent: &Sent, errors: Errors) -> FormPage {
    let t = visit.t();
    let back = format!("{PATH}/{}", case.id);
    let title = act.title(t);
    FormPage {
        t,
        page: page(visit, title.clone())
            .crumb(PATH, t.leak_nav_incidents())
            .crumb(back.clone(), t.leak_case(case.number.to_string()))
            .failed(&errors),
        errors,
        is_staff: true,
        action: format!("{back}/{name}"),
        back,
        once: visit.idempotency_key(),
        revision: case.revision,
        lead: act.lead(t).into_iter().map(Text::into_owned).collect(),
        inputs: act.inputs(t, sent),
        submit: if act.has_check() { title } else { t.leak_save() },
        check: None,
        has_check: act.has_check(),
    }
}

async fn form(visit: Visit, state: State, Path((id, name)): Path<(String, String)>) -> PageResult {
    let (id, act) = which(&id, &name)?;
    let case = incidents::incident(&state.office, id).await?;
    if case.closed_at.is_some() {
        return Ok(see_other(&format!("{PATH}/{id}")).into());
    }
    let sent = prefilled(&visit, &state, act, &case).await?;
    let mut shown = act_page(&visit, act, &name, &case, &sent, Errors::none());
    if act == Act::Tell {
        // There is nothing to fill in: the first page is the one to check.
        match consequences(visit.t(), &state, act, &case, &sent).await {
            Ok(lines) => shown.check = Some(lines),
            Err(error) => {
                problems(error)?;
                return Ok(see_other(&format!("{PATH}/{id}/notice")).into());
            }
        }
    }
    ok(&shown)
}

fn which(id: &str, name: &str) -> Result<(IncidentId, Act), PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    Ok((id, Act::parse(name).ok_or(PageError::NotFound)?))
}

async fn act(
    visit: Visit,
    state: State,
    me: Me,
    Path((id, name)): Path<(String, String)>,
    sent: Sent,
) -> PageResult {
    let t = visit.t();
    let (id, act) = which(&id, &name)?;
    let case = incidents::incident(&state.office, id).await?;
    if sent.get("change") == "yes" && act != Act::Tell {
        return ok(&FormPage {
            revision: sent.revision(),
            ..act_page(&visit, act, &name, &case, &sent, Errors::none())
        });
    }
    if sent.get("change") == "yes" {
        return Ok(see_other(&format!("{PATH}/{id}/notice")).into());
    }
    let back = format!("{PATH}/{id}");
    let outcome = if act.has_check() && !sent.is_checked() {
        match consequences(t, &state, act, &case, &sent).await {
            Ok(lines) => {
                let shown = act_page(&visit, act, &name, &case, &sent, Errors::none());
                return ok(&FormPage { check: Some(lines), revision: sent.revision(), ..shown });
            }
            Err(error) => Err(error),
        }
    } else {
        let deed = async {
            carry_out(&state, &me, act, id, &sent).await?;
            Ok::<_, OfficeError>(back.clone())
        };
        state.once.act("incident-act", sent.get("once"), visit.now(), deed).await
    };
    match outcome {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::LeakSaved).into()),
        Err(error) => {
            let found = problems(error)?;
            // Where the form has no place for the reason that is asked, it is asked first.
            if found.of("late_reason").is_some() && !matches!(act, Act::Report | Act::Late(_)) {
                let now = visit.now();
                let late = case.clocks.iter().find(|clock| clock.lacks_reason(now));
                let to = late.map_or(back.clone(), |clock| format!("{back}/late-{}", clock.kind.as_str()));
                return Ok(see_other(&to).warning(&visit, Flash::LeakReasonFirst).into());
            }
            if found.of("notice").is_some() {
                return Ok(see_other(&format!("{back}/notice"))
                    .warning(&visit, Flash::LeakNoticeFirst)
                    .into());
            }
            let errors = super::raw(t, &found);
            super::refused(FormPage {
                revision: sent.revision(),
                ..act_page(&visit, act, &name, &case, &sent, errors)
            })
        }
    }
}

/// Kept for lists of choices elsewhere on these pages.
pub(super) fn cases_to_choose(cases: &[incidents::IncidentSummary]) -> Vec<Choice> {
    cases
        .iter()
        .map(|summary| {
            let title = summary.incident.texts.get(Field::Title).unwrap_or_default();
            Choice::new(summary.incident.id.to_string(), format!("{} {title}", summary.incident.number))
        })
        .collect()
}
