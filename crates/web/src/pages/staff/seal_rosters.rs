//! Rosters of officers and their ceremonies: proposed, confirmed by somebody else, followed, given up.
//!
//! Whoever proposes a roster does not confirm it: the page shows no button, and the office refuses it too.

use super::seal::{ConfirmPage, PATH, Typed, flow_words, state_badge, threshold_words, title};
use super::view::Badge;
use super::{DESK, PRIVACY, PRIVACY_ROLES, has};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use office::accounts::{self, LoginId};
use office::form::{Problem, Problems};
use office::seal::{self, NewRoster, OfficerId, RosterId, RosterState, Work};
use office::{Office, OfficeError};

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/seal/rosters/new", PRIVACY, new)
        .post("/staff/seal/rosters/new", PRIVACY.fresh(), propose)
        .get("/staff/seal/rosters/{id}", DESK, roster)
        .post("/staff/seal/rosters/{id}/confirm", PRIVACY.fresh(), confirm)
        .get("/staff/seal/rosters/{id}/stop", PRIVACY, ask_stop)
        .post("/staff/seal/rosters/{id}/stop", PRIVACY.fresh(), stop);
}

#[derive(Template)]
#[template(path = "pages/staff/seal_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    works: Vec<Choice>,
    work: String,
    choices: Vec<Choice>,
    chosen: Vec<String>,
    threshold: String,
    once: String,
}

/// What was filled in.
struct Filled {
    work: String,
    chosen: Vec<String>,
    threshold: String,
    once: String,
}

impl Filled {
    fn of(fields: &[(String, String)]) -> Self {
        let all = |name: &str| {
            fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let one = |name: &str| all(name).into_iter().next().unwrap_or_default();
        Self { work: one("work"), chosen: all("officers"), threshold: one("threshold"), once: one("once") }
    }
}

async fn new_page(
    visit: &Visit,
    office: &Office,
    filled: Filled,
    errors: Errors,
) -> Result<NewPage, PageError> {
    let t = visit.t();
    let officers = seal::officers(office).await?;
    let choice = |officer: &seal::EnrolledOfficer| {
        Choice::new(officer.id.to_string(), officer.officer.name().to_owned())
    };
    Ok(NewPage {
        t,
        page: super::page(visit, t.seal_roster_new()).crumb(PATH, t.seal_nav()).failed(&errors),
        errors,
        works: vec![
            Choice::new("year", t.seal_work_year()).hint(t.seal_work_year_hint()),
            Choice::new("refresh", t.seal_work_refresh()).hint(t.seal_work_refresh_hint()),
        ],
        work: filled.work,
        choices: officers.iter().map(choice).collect(),
        chosen: filled.chosen,
        threshold: filled.threshold,
        once: filled.once,
    })
}

async fn new(visit: Visit, state: State) -> PageResult {
    let filled = Filled {
        work: "year".into(),
        chosen: Vec::new(),
        threshold: "2".into(),
        once: visit.idempotency_key(),
    };
    ok(&new_page(&visit, &state.office, filled, Errors::none()).await?)
}

fn wrong(t: T, problems: &Problems) -> Errors {
    let mut errors = Errors::none();
    for (field, problem) in problems.all() {
        match (*field, problem) {
            ("officers", Problem::Mismatch) => errors.add("officers", t.seal_choose_refresh()),
            ("officers", Problem::TooLong { .. }) => errors.add("officers", t.seal_choose_many()),
            ("officers", _) => errors.add("officers", t.seal_choose_missing()),
            ("work", _) => errors.add("work", t.seal_choose_refresh()),
            _ => errors.add("threshold", t.seal_threshold_wrong()),
        }
    }
    errors
}

async fn propose(
    visit: Visit,
    state: State,
    me: Me,
    Form(fields): Form<Vec<(String, String)>>,
) -> PageResult {
    let t = visit.t();
    let filled = Filled::of(&fields);
    let work = if filled.work == "refresh" { Work::Refresh } else { Work::Year };
    let officers: Vec<OfficerId> = filled.chosen.iter().filter_map(|id| id.parse().ok()).collect();
    let threshold = filled.threshold.trim().parse::<u16>();
    let mut errors = Errors::none();
    if officers.len() < 2 || officers.len() != filled.chosen.len() {
        errors.add("officers", t.seal_choose_missing());
    }
    if work == Work::Year && threshold.is_err() {
        errors.add("threshold", t.seal_threshold_wrong());
    }
    if !errors.is_empty() {
        return unprocessable(&new_page(&visit, &state.office, filled, errors).await?);
    }
    let new = NewRoster { work, threshold: threshold.unwrap_or(0), officers };
    let (office, session) = (&state.office, &me.session);
    let done = state
        .once
        .act("seal-roster", &filled.once, visit.now(), async {
            seal::propose(office, session, &new).await.map(|id| format!("/staff/seal/rosters/{id}"))
        })
        .await;
    match done {
        Ok(path) => Ok(see_other(&path).done(&visit, Flash::SealProposed).into()),
        Err(OfficeError::Invalid(problems)) => {
            unprocessable(&new_page(&visit, &state.office, filled, wrong(t, &problems)).await?)
        }
        Err(OfficeError::Conflict { .. }) => {
            let mut errors = Errors::none();
            errors.add("work", t.seal_open_already());
            unprocessable(&new_page(&visit, &state.office, filled, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

struct Person {
    number: u16,
    name: String,
    digits: String,
    rounds: Vec<(Text, Badge)>,
}

struct Two {
    officer: String,
    round: String,
    first: String,
    second: String,
}

#[derive(Template)]
#[template(path = "pages/staff/seal_roster.html")]
struct RosterPage {
    t: T,
    page: Page,
    id: RosterId,
    badge: Badge,
    flow: Text,
    months: Text,
    threshold: Text,
    proposed_by: String,
    confirmed_by: Option<String>,
    officers: Vec<Person>,
    equivocations: Vec<Two>,
    is_proposed: bool,
    is_running: bool,
    is_open: bool,
    may_confirm: bool,
}

async fn name_of(office: &Office, login: LoginId) -> String {
    // Who left has no name any more; the roster stays.
    accounts::login(office, login).await.map_or_else(|_| "–".to_owned(), |login| login.name.expose().clone())
}

async fn roster(visit: Visit, state: State, me: Me, PathId(id): PathId<RosterId>) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let view = seal::roster(office, id).await?;
    let round = |officer: u16, round: u8, words: Text| {
        let badge = if view.progress.has_sent(officer, round) {
            Badge::new("ok", t.seal_sent())
        } else {
            Badge::new("muted", t.seal_waiting())
        };
        (words, badge)
    };
    let officers = view.roster.officers().iter().map(|(number, officer)| Person {
        number: *number,
        name: officer.name().to_owned(),
        digits: officer.fingerprint().to_string(),
        rounds: vec![
            round(*number, 1, t.seal_round_1()),
            round(*number, 2, t.seal_round_2()),
            round(*number, 3, t.seal_round_3()),
        ],
    });
    let epochs = view.roster.epochs();
    let day = |day: Option<base::Day>| day.map(|day| t.date(day.start()).to_string()).unwrap_or_default();
    let months = t.seal_months_range(
        epochs.len(),
        day(epochs.first().map(|epoch| epoch.first_day)),
        day(epochs.last().map(|epoch| epoch.last_day)),
    );
    let confirmed_by = match view.confirmed_by {
        Some(login) => Some(name_of(office, login).await),
        None => None,
    };
    let two = |two: &seal::Equivocation| Two {
        officer: two.first.place().from.to_string(),
        round: two.first.place().round.to_string(),
        first: two.first.text(),
        second: two.second.text(),
    };
    let is_proposed = view.state == RosterState::Proposed;
    let is_running = view.state == RosterState::Running;
    ok(&RosterPage {
        t,
        page: super::page(&visit, title(t, &view)).crumb(PATH, t.seal_nav()),
        id,
        badge: state_badge(t, view.state),
        flow: flow_words(t, view.flow),
        months,
        threshold: threshold_words(t, &view),
        proposed_by: name_of(office, view.proposed_by).await,
        confirmed_by,
        officers: officers.collect(),
        equivocations: view.equivocations.iter().map(two).collect(),
        is_proposed,
        is_running,
        is_open: (is_proposed || is_running) && has(&visit, PRIVACY_ROLES),
        may_confirm: view.proposed_by != me.session.login && has(&visit, PRIVACY_ROLES),
    })
}

async fn confirm(visit: Visit, state: State, me: Me, PathId(id): PathId<RosterId>) -> PageResult {
    let path = format!("/staff/seal/rosters/{id}");
    match seal::confirm(&state.office, &me.session, id).await {
        Ok(()) => Ok(see_other(&path).done(&visit, Flash::SealConfirmed).into()),
        Err(OfficeError::Conflict { .. }) => Ok(see_other(&path).warning(&visit, Flash::SealFirst).into()),
        Err(error) => Err(error.into()),
    }
}

fn stop_page(visit: &Visit, id: RosterId, typed: String, errors: Errors) -> ConfirmPage {
    let t = visit.t();
    let back = format!("/staff/seal/rosters/{id}");
    ConfirmPage {
        t,
        page: super::page(visit, t.seal_stop()).crumb(PATH, t.seal_nav()).failed(&errors),
        errors,
        action: format!("{back}/stop"),
        what: t.seal_stop_what(),
        name: t.seal_stop_name().to_string(),
        typed,
        label: t.seal_stop(),
        back,
    }
}

async fn ask_stop(visit: Visit, state: State, PathId(id): PathId<RosterId>) -> PageResult {
    seal::roster(&state.office, id).await?;
    ok(&stop_page(&visit, id, String::new(), Errors::none()))
}

async fn stop(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<RosterId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let errors = typed.is(visit.t(), visit.t().seal_stop_name().as_ref());
    if !errors.is_empty() {
        return unprocessable(&stop_page(&visit, id, typed.confirm, errors));
    }
    match seal::stop(&state.office, &me.session, id).await {
        Ok(()) => Ok(see_other(PATH).done(&visit, Flash::SealStopped).into()),
        Err(OfficeError::Conflict { .. }) => Ok(see_other(PATH).warning(&visit, Flash::SealFirst).into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::upload_to;
    use super::*;
    use crate::testing_office::{Browser, TestSite, site};
    use base::SystemRandom;
    use keys::seal::OfficerIdentity;
    use office::By;
    use office::accounts::Officer;
    use office::accounts::StaffRole;

    async fn officer<'a>(site: &'a TestSite, name: &str) -> Browser<'a> {
        let email = format!("{}@voorbeeldhost.example", name.to_lowercase());
        let person = site.staff(name, &email, StaffRole::Admin).await;
        let role = Some(StaffRole::Admin);
        accounts::change_staff(&site.office, By::System("test"), person.login, role, Officer::Holder)
            .await
            .expect("an officer");
        site.signed_in(&person).await
    }

    fn identity(name: &str) -> String {
        let identity = OfficerIdentity::generate(name, &SystemRandom).expect("a name");
        seal::write_identity(identity.officer())
    }

    #[tokio::test]
    async fn from_the_first_step_to_a_confirmed_ceremony() {
        let site = site().await;
        let (mut aukje, mut bram) = (officer(&site, "Aukje").await, officer(&site, "Bram").await);
        let page = aukje.get(PATH).await.is(200).body.clone();
        assert!(page.contains("Zo begint u") && page.contains("Er is nog geen sleutel"), "{page}");
        let (status, _, page) = upload_to(&site, &aukje, "/staff/seal/officers", "geen bestand").await;
        assert!(status == 422 && page.contains("geen identiteitsbestand"), "{page}");
        for (browser, name) in [(&aukje, "Aukje"), (&bram, "Bram")] {
            let (status, to, page) = upload_to(&site, browser, "/staff/seal/officers", &identity(name)).await;
            assert_eq!((status, to.as_str()), (303, PATH), "{page}");
        }
        let ids: Vec<String> = seal::officers(&site.office)
            .await
            .expect("officers")
            .iter()
            .map(|one| one.id.to_string())
            .collect();
        let form = aukje.get("/staff/seal/rosters/new").await;
        form.is(200);
        let once = form.value("once");
        let one = [("work", "year"), ("threshold", "2"), ("officers", &ids[0]), ("once", &once)];
        let page = aukje.post("/staff/seal/rosters/new", &one).await.is(422).body.clone();
        assert!(page.contains("Kies minstens twee sleutelhouders"), "{page}");
        let two = [one[0], one[1], one[2], ("officers", ids[1].as_str()), one[3]];
        let to = aukje.post("/staff/seal/rosters/new", &two).await.is(303).to().to_owned();
        let again = aukje.post("/staff/seal/rosters/new", &two).await.is(303).to().to_owned();
        assert_eq!(again, to, "sent twice, done once");
        let own = aukje.get(&to).await.is(200).body.clone();
        assert!(own.contains("Een andere medewerker bevestigt die") && !own.contains("/confirm\""), "{own}");
        aukje.post(&format!("{to}/confirm"), &[]).await.is(403);
        let other = bram.get(&to).await.is(200).body.clone();
        assert!(other.contains("/confirm\"") && other.contains("Klopt deze lijst?"), "{other}");
        bram.post(&format!("{to}/confirm"), &[]).await.is(303);
        let file = bram.get("/staff/seal/bundle").await.is(200).body.clone();
        let bundle = seal::Bundle::parse(&file).expect("a bundle");
        assert!(bundle.roster.is_some() && bundle.ledger.is_some());
        let empty = seal::Answer::default().text();
        let (status, _, page) = upload_to(&site, &bram, "/staff/seal/answers", &empty).await;
        assert!(status == 422 && page.contains("staat niets"), "{page}");
        let page = bram.get(&to).await.is(200).body.clone();
        assert!(page.contains("Nog niet") && page.contains("Bundel ophalen"), "{page}");
        let page = bram.post(&format!("{to}/stop"), &[("confirm", "nee")]).await.is(422).body.clone();
        assert!(page.contains("Wat de sleutelhouders") || page.contains("vervalt"), "{page}");
        bram.post(&format!("{to}/stop"), &[("confirm", "stoppen")]).await.is(303);
        let withdraw = format!("/staff/seal/officers/{}/withdraw", ids[1]);
        aukje.get(&withdraw).await.is(200);
        aukje.post(&withdraw, &[("confirm", "iemand")]).await.is(422);
        let name = seal::officers(&site.office).await.expect("officers")[1].officer.name().to_owned();
        aukje.post(&withdraw, &[("confirm", &name)]).await.is(303);
        aukje.get(&withdraw).await.is(404);
        assert_eq!(seal::officers(&site.office).await.expect("officers").len(), 1);
    }
}
