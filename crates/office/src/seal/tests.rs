//! Officers, rosters and the mailbox, on both databases.

use super::testkit::{Program, all};
use super::*;
use crate::accounts::{self, LoginId, NewStaff, Session, SessionId, StaffRole, Stage};
use crate::testing::office_test;
use crate::{By, Office, OfficeError};
use base::{Language, Sensitive};
use keys::seal::{Message, SignedDocument};

const OWNER: By = By::System("test");

pub(crate) async fn staff(office: &Office, name: &str, officer: accounts::Officer) -> Session {
    let email = Sensitive::new(format!("{}@aanbieder.example", name.to_lowercase()));
    let name = Sensitive::new(name.to_owned());
    let new = NewStaff { name, email, role: StaffRole::Admin, officer, language: Language::Nl };
    let login = accounts::add_staff(office, OWNER, &new).await.expect("staff").login;
    let login = accounts::login(office, login).await.expect("a login");
    session(office, login.id, login.subject, officer)
}

fn session(office: &Office, login: LoginId, subject: base::SubjectId, officer: accounts::Officer) -> Session {
    let now = office.now();
    Session {
        id: SessionId::new(&*office.clock, &*office.random),
        login,
        subject,
        language: Language::Nl,
        staff: Some(StaffRole::Admin),
        officer,
        acting_for: None,
        stage: Stage::Complete,
        password_at: now,
        second_factor_at: Some(now),
        created_at: now,
        expires_at: now.plus_days(1),
    }
}

/// Officers who have enrolled, with their sessions and programs.
pub(crate) struct House {
    pub(crate) sessions: Vec<Session>,
    pub(crate) programs: Vec<Program>,
    pub(crate) ids: Vec<OfficerId>,
}

pub(crate) async fn house(office: &Office, count: usize) -> House {
    let mut house = House { sessions: Vec::new(), programs: Vec::new(), ids: Vec::new() };
    for name in ["Aukje", "Bram", "Carla"].iter().take(count) {
        let session = staff(office, name, accounts::Officer::Holder).await;
        let program = Program::new(name);
        let file = Sensitive::new(write_identity(program.file.identity().officer()));
        house.ids.push(enrol(office, &session, &file).await.expect("enrols"));
        house.sessions.push(session);
        house.programs.push(program);
    }
    house
}

pub(crate) fn year(ids: &[OfficerId]) -> NewRoster {
    NewRoster { work: Work::Year, threshold: 2, officers: ids.to_vec() }
}

/// Carries files to and fro until the document is adopted.
pub(crate) async fn carry(office: &Office, house: &mut House) -> Taken {
    for _ in 0..5 {
        let file = bundle(office, None).await.expect("a bundle").text();
        let bundle = Bundle::parse(&file).expect("reads");
        for (answer, session) in all(&mut house.programs, &bundle).iter().zip(&house.sessions) {
            if answer.messages.is_empty() {
                continue;
            }
            let taken = take_answer(office, session, &answer.text()).await.expect("is taken");
            assert_eq!(taken.equivocations, 0);
            if taken.adopted {
                return taken;
            }
        }
    }
    panic!("the ceremony did not end");
}

async fn kinds(office: &Office) -> Vec<String> {
    ::store::Sequencer::new(office.store.clone()).run().await.expect("numbers");
    let rows = ::store::entries_from(&office.store, 0, 1_000).await.expect("entries");
    rows.into_iter().map(|row| row.kind).collect()
}

office_test! {
    async fn from_enrolment_to_a_refresh(t: &TestOffice) {
        let office = &*t.office;
        let mut house = house(office, 3).await;
        assert_eq!(officers(office).await.expect("officers").len(), 3);
        assert_eq!(alarm(None, office.now().day()), Some(Alarm::NoGroup));
        let (first, second) = (house.sessions[0], house.sessions[1]);
        let id = propose(office, &first, &year(&house.ids)).await.expect("proposed");
        let again = propose(office, &second, &year(&house.ids)).await;
        assert!(matches!(again, Err(OfficeError::Conflict { .. })), "one at a time");
        assert!(bundle(office, None).await.expect("a bundle").roster.is_none(), "not before it is confirmed");
        let own = confirm(office, &first, id).await;
        assert!(matches!(own, Err(OfficeError::Forbidden { .. })), "somebody else confirms");
        confirm(office, &second, id).await.expect("confirmed");
        let begun = roster(office, id).await.expect("there");
        assert_eq!(begun.roster.epochs().len(), YEAR_MONTHS);
        assert_eq!(begun.progress.waiting(), Some((1, vec![1, 2, 3])));

        carry(office, &mut house).await;
        let held = chain(office).await.expect("reads").expect("a chain");
        assert_eq!(house.programs[0].file.chain(), Some(&held));
        assert_eq!(alarm(Some(&held), office.now().day()), None);
        let finished = roster(office, id).await.expect("there");
        assert_eq!((finished.state, finished.progress.waiting()), (RosterState::Finished, None));

        // Bram leaves: the others refresh what runs.
        withdraw(office, &first, house.ids[1]).await.expect("withdrawn");
        house.programs.remove(1);
        house.sessions.remove(1);
        let stay = vec![house.ids[0], house.ids[2]];
        let refresh = NewRoster { work: Work::Refresh, threshold: 9, officers: stay.clone() };
        let id = propose(office, &first, &refresh).await.expect("proposed");
        confirm(office, &house.sessions[1], id).await.expect("confirmed");
        assert_eq!(roster(office, id).await.expect("there").flow, Flow::Refresh);
        carry(office, &mut house).await;
        let held = chain(office).await.expect("reads").expect("a chain");
        assert_eq!((held.documents().len(), held.last().generation()), (2, 1));
        let done = propose(office, &first, &refresh).await;
        assert!(matches!(done, Err(OfficeError::Invalid(_))), "nobody else holds a share any more");

        let told = kinds(office).await;
        for kind in ["officer-enrolled", "seal-roster-proposed", "seal-ceremony-begun", "seal-group", "officer-withdrawn"] {
            assert!(told.iter().any(|known| known == kind), "{kind}");
        }
        assert_eq!(told.iter().filter(|kind| *kind == "seal-group").count(), 2);
    }
}

office_test! {
    async fn what_the_mailbox_refuses_and_shows(t: &TestOffice) {
        let office = &*t.office;
        let mut house = house(office, 2).await;
        let (first, second) = (house.sessions[0], house.sessions[1]);
        let id = propose(office, &first, &year(&house.ids)).await.expect("proposed");
        confirm(office, &second, id).await.expect("confirmed");
        let bundle = bundle(office, None).await.expect("a bundle");
        let answers = all(&mut house.programs, &bundle);
        let text = answers[0].text();
        let taken = take_answer(office, &first, &text).await.expect("is taken");
        assert_eq!((taken.new, taken.known), (1, 0));
        assert_eq!(take_answer(office, &second, &text).await.expect("again").known, 1, "also by somebody else's hand");

        // The same officer, begun anew, signs something else for the same place: kept, shown, and not what counts.
        house.programs[0].file.give_up();
        let other = house.programs[0].share(&bundle);
        let taken = take_answer(office, &first, &other.text()).await.expect("is kept as proof");
        assert_eq!((taken.new, taken.equivocations), (0, 1));
        house.programs[0].file.give_up();
        let third = house.programs[0].share(&bundle);
        assert_eq!(take_answer(office, &first, &third.text()).await.expect("limited").equivocations, 1);
        let shown = roster(office, id).await.expect("there");
        assert_eq!(shown.equivocations.len(), 1);
        assert_eq!((&shown.equivocations[0].first, &shown.equivocations[0].second), (&answers[0].messages[0], &other.messages[0]));
        let counts = super::bundle(office, None).await.expect("a bundle").messages;
        assert_eq!(counts, answers[0].messages, "the first counts");
        assert_eq!(kinds(office).await.iter().filter(|kind| *kind == "seal-equivocation").count(), 1);

        // A changed message, a stranger's, and one of no ceremony.
        let (own, other) = (answers[1].messages[0].place().from, answers[0].messages[0].place().from);
        let wrong = answers[1]
            .text()
            .replace(&format!("\\\"from\\\":{own}"), &format!("\\\"from\\\":{other}"));
        assert_ne!(wrong, answers[1].text());
        let refused = take_answer(office, &second, &wrong).await;
        assert!(matches!(refused, Err(AnswerError::Message(_))), "{refused:?}");
        let nothing = take_answer(office, &second, &Answer::default().text()).await;
        assert!(matches!(nothing, Err(AnswerError::Empty)));
        stop(office, &first, id).await.expect("stopped");
        let late = take_answer(office, &second, &answers[1].text()).await;
        assert!(matches!(late, Err(AnswerError::NoCeremony)), "{late:?}");
        assert!(matches!(stop(office, &first, id).await, Err(OfficeError::Conflict { .. })));
        propose(office, &second, &year(&house.ids)).await.expect("a new one");
    }
}

office_test! {
    async fn who_enrols(t: &TestOffice) {
        let office = &*t.office;
        let (holder, other) = (
            staff(office, "Aukje", accounts::Officer::Holder).await,
            staff(office, "Bram", accounts::Officer::None).await,
        );
        let program = Program::new("Aukje");
        let file = Sensitive::new(write_identity(program.file.identity().officer()));
        assert!(matches!(enrol(office, &other, &file).await, Err(OfficeError::Forbidden { .. })));
        for bad in ["", "{}", &file.expose().replace("age1", "age2")] {
            let refused = enrol(office, &holder, &Sensitive::new(bad.to_owned())).await;
            assert!(matches!(refused, Err(OfficeError::Invalid(_))), "{bad}");
        }
        enrol(office, &holder, &file).await.expect("enrols");
        assert!(matches!(enrol(office, &holder, &file).await, Err(OfficeError::Invalid(_))), "keys once");
        let anew = Program::new("Aukje");
        enrol(office, &holder, &Sensitive::new(write_identity(anew.file.identity().officer()))).await.expect("anew");
        let all = officers(office).await.expect("officers");
        assert_eq!(all.len(), 1, "the later one holds");
        assert_eq!(&all[0].officer, anew.file.identity().officer());
        let alone = propose(office, &holder, &year(&[all[0].id])).await;
        assert!(matches!(alone, Err(OfficeError::Invalid(_))), "one officer is no roster");
        assert!(matches!(withdraw(office, &other, all[0].id).await, Ok(())), "an admin may");
        assert!(officers(office).await.expect("officers").is_empty());
    }
}

#[test]
fn files_read_back_and_are_strict() {
    let program = Program::new("Aukje");
    let officer = program.file.identity().officer();
    let text = write_identity(officer);
    assert_eq!(&read_identity(&text).expect("reads"), officer);
    for bad in [text.replace("\"v\":1", "\"v\":2"), text.replace("}", ",\"x\":1}"), text.repeat(60)] {
        assert!(read_identity(&bad).is_err());
    }
    let empty = Bundle::parse(&Bundle::default().text()).expect("reads");
    assert!(empty.roster.is_none() && empty.messages.is_empty() && empty.documents.is_empty());
    assert_eq!(Answer::parse(&Answer::default().text()).expect("reads"), Answer::default());
    for bad in ["", "[]", "{\"v\":1,\"messages\":[\"x\"],\"document\":null}"] {
        assert!(Answer::parse(bad).is_err() && Bundle::parse(bad).is_err(), "{bad}");
    }
    let _ = (Message::parse(""), SignedDocument::parse(""));
}
