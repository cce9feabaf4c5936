//! Tests of cases, on both databases.

use super::*;
use crate::customers::Customer;
use crate::form::Problem;
use crate::requests::testkit::{STAFF, customer};
use crate::testing::office_test;
use crate::{Office, OfficeError, subjects};
use base::{Sensitive, Timestamp};

pub(crate) fn facts(office: &Office, regime: Regime, role: IncidentRole) -> Facts {
    let discovered_at = office.now().plus_seconds(-7_200);
    Facts {
        effects: Effects { confidentiality: true, ..Effects::default() },
        role,
        regime,
        times: Times {
            occurred_from: Some(discovered_at.plus_days(-1)),
            occurred_until: None,
            ongoing: true,
            discovered_at,
        },
    }
}

pub(crate) async fn opened(office: &Office, regime: Regime, role: IncidentRole) -> Incident {
    let mut texts = Texts::default();
    texts.write([(Field::Title, "Zwaluwveer: lek in het paneel")]).expect("fine");
    open(office, STAFF, &NewIncident { facts: facts(office, regime, role), texts }).await.expect("opened")
}

fn text(text: &str) -> Sensitive<String> {
    text.into()
}

fn sent(kind: ReportKind, at: Timestamp) -> NewReport {
    NewReport { kind, sent_at: at, reference: text("AP-2026-1"), late_reason: text("") }
}

async fn kinds(office: &Office, incident: &Incident) -> Vec<String> {
    ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
    let mut rows = timeline(office, incident).await.expect("the ledger");
    rows.reverse();
    rows.into_iter().map(|row| row.kind).collect()
}

async fn by_customers(office: &Office, incident: &Incident, customers: &[&Customer]) -> Incident {
    let scope = Scope { customers: customers.iter().map(|c| c.id).collect(), ..Scope::default() };
    set_scope(office, STAFF, incident.id, incident.revision, scope).await.expect("scoped")
}

fn invalid(result: Result<Incident, OfficeError>, field: &str) -> Problem {
    match result {
        Err(OfficeError::Invalid(problems)) => {
            problems.of(field).unwrap_or_else(|| panic!("{field}: {problems}"))
        }
        other => panic!("{other:?}"),
    }
}

office_test! {
    async fn a_case_from_suspicion_to_its_end(t: &TestOffice) {
        let office = &*t.office;
        let case = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        assert_eq!((case.number.to_string().as_str(), case.state), ("D100001", IncidentState::Suspected));
        assert!(is_open(office, case.id).await.expect("asked") && case.next_clock().is_none());
        let early = decide(office, STAFF, case.id, 1, Decision::Notify, &text("")).await;
        assert!(matches!(early, Err(OfficeError::Forbidden { .. })), "{early:?}");
        let future = become_aware(office, STAFF, case.id, 1, office.now().plus_seconds(1)).await;
        assert_eq!(invalid(future, "at"), Problem::Date);
        let aware = office.now().plus_seconds(-3_600);
        let case = become_aware(office, STAFF, case.id, 1, aware).await.expect("aware");
        assert_eq!(case.next_clock().expect("a clock").due_at, aware.plus_seconds(72 * 3_600));
        let again = become_aware(office, STAFF, case.id, 1, aware).await;
        assert!(matches!(again, Err(OfficeError::Conflict { .. })), "{again:?}");

        let klant = customer(office, "een@klant.example").await;
        let case = by_customers(office, &case, &[&klant]).await;
        let told = affected(office, case.id, None, 10).await.expect("read");
        assert_eq!((told.len(), told[0].customer, told[0].told_at), (1, klant.id, None));
        let ungrounded = decide(office, STAFF, case.id, case.revision, Decision::NoRisk, &text(" ")).await;
        assert_eq!(invalid(ungrounded, "ground"), Problem::Missing);
        let case = decide(office, STAFF, case.id, case.revision, Decision::Notify, &text("")).await.expect("decided");
        let first = report(office, STAFF, case.id, case.revision, &sent(ReportKind::FollowUp, office.now())).await;
        assert!(matches!(first, Err(OfficeError::Forbidden { .. })), "{first:?}");
        let case = report(office, STAFF, case.id, case.revision, &sent(ReportKind::Initial, office.now())).await.expect("sent");
        assert_eq!(case.clocks[0].ended.expect("ended").1, ClockEnd::Reported);
        let twice = report(office, STAFF, case.id, case.revision, &sent(ReportKind::Initial, office.now())).await;
        assert!(matches!(twice, Err(OfficeError::Conflict { .. })), "{twice:?}");
        let undecided = decide(office, STAFF, case.id, case.revision, Decision::NoRisk, &text("toch niet")).await;
        assert!(matches!(undecided, Err(OfficeError::Forbidden { .. })), "{undecided:?}");
        let case = report(office, STAFF, case.id, case.revision, &sent(ReportKind::Complete, office.now())).await.expect("sent");
        let ground = text("versleuteld");
        let case = decide_telling(office, STAFF, case.id, case.revision, Telling::Unintelligible, &ground).await.expect("decided");
        let untold = close(office, STAFF, case.id, case.revision, &text("geleerd")).await;
        assert!(matches!(untold, Err(OfficeError::Forbidden { why: "affected customers have not been told" })), "{untold:?}");
        assert_eq!(closing_blocker(office, &case).await.expect("asked"), Some(NotAllowed::NotTold));
        let case = set_scope(office, STAFF, case.id, case.revision, Scope::default()).await.expect("scoped");
        assert_eq!(invalid(close(office, STAFF, case.id, case.revision, &text("")).await, "closing"), Problem::Missing);
        let case = close(office, STAFF, case.id, case.revision, &text("geleerd")).await.expect("closed");
        assert!(!is_open(office, case.id).await.expect("asked"));
        let read = incident(office, case.id).await.expect("read");
        assert_eq!((read.revision, read.texts.get(Field::Closing)), (case.revision, Some("geleerd")));
        assert_eq!(read.texts, case.texts);
        let after = set_scope(office, STAFF, case.id, case.revision, Scope::default()).await;
        assert!(matches!(after, Err(OfficeError::Conflict { .. })), "{after:?}");
        let reports = reports(office, &read).await.expect("read");
        assert_eq!(reports[0].reference, Some(text("AP-2026-1")));
        let expected = [
            "incident-opened", "incident-aware", "incident-scope", "incident-decided", "incident-notified",
            "incident-notified", "incident-decided", "incident-scope", "incident-closed",
        ];
        assert_eq!(kinds(office, &read).await, expected);
        let leaf = opened_entry(office, case.id).await.expect("an entry");
        let position = ::store::index_of_leaf(&office.store, &leaf).await.expect("asked").expect("numbered");
        let entry = ::store::entry_at(&office.store, position).await.expect("read").expect("an entry");
        assert_eq!(entry.kind, "incident-opened");
        assert!(!String::from_utf8(entry.body).expect("text").contains("Zwaluwveer"));
    }
}

office_test! {
    async fn late_only_with_a_reason(t: &TestOffice) {
        let office = &*t.office;
        let case = opened(office, Regime::Both, IncidentRole::Mandate).await;
        let case = become_aware(office, STAFF, case.id, 1, office.now()).await.expect("aware");
        let due = case.clock(ClockKind::EarlyWarning).expect("a clock").due_at;
        t.clock.set(due);
        let warning = sent(ReportKind::EarlyWarning, due);
        let case = report(office, STAFF, case.id, case.revision, &warning).await.expect("in time to the second");
        t.clock.advance_seconds(49 * 3_600);
        let late = sent(ReportKind::Nis2Notification, office.now());
        let refused = report(office, STAFF, case.id, case.revision, &late).await;
        assert_eq!(invalid(refused, "late_reason"), Problem::Missing);
        let late = NewReport { late_reason: text("storing"), ..late };
        let case = report(office, STAFF, case.id, case.revision, &late).await.expect("with a reason");
        assert_eq!(case.texts.get(Field::LateNis2), Some("storing"));
        assert!(case.clock(ClockKind::Nis2Report).is_some());
        // Deciding against it late asks for the reason as well, and so does another role.
        let against = decide(office, STAFF, case.id, case.revision, Decision::NoRisk, &text("klein")).await;
        assert_eq!(invalid(against, "late_reason"), Problem::Missing);
        let other = Facts { role: IncidentRole::Processor, ..Facts::of(&case) };
        let dodged = change_facts(office, STAFF, case.id, case.revision, other).await;
        assert_eq!(invalid(dodged, "late_reason"), Problem::Missing);
        let kind = ClockKind::Authority;
        let bare = reason(office, STAFF, case.id, case.revision, kind, &text("")).await;
        assert_eq!(invalid(bare, "late_reason"), Problem::Missing);
        let case = reason(office, STAFF, case.id, case.revision, kind, &text("ziekte")).await.expect("said");
        let case = decide(office, STAFF, case.id, case.revision, Decision::NoRisk, &text("klein")).await.expect("decided");
        assert_eq!(case.clock(kind).expect("a clock").ended.map(|(_, how)| how), Some(ClockEnd::NotRequired));
        // Decided otherwise, the clock runs again.
        let case = decide(office, STAFF, case.id, case.revision, Decision::Notify, &text("")).await.expect("decided");
        assert_eq!(case.clock(kind).expect("a clock").ended, None);
    }
}

office_test! {
    async fn of_two_changes_one_passes_and_what_is_typed_is_sealed(t: &TestOffice) {
        let office = &*t.office;
        let case = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        let write = async |words: &'static str| {
            set_texts(office, STAFF, case.id, 1, [(Field::Summary, words)]).await
        };
        let (one, other) = tokio::join!(write("Zwaluwveer een"), write("Zwaluwveer twee"));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        let lost = if one.is_err() { one } else { other };
        assert!(matches!(lost, Err(OfficeError::Conflict { .. })), "{lost:?}");
        let sql = "SELECT detail FROM incident";
        let row = office.store.query_one(sql, []).await.expect("read").expect("a row");
        let sealed: Vec<u8> = row.try_get("", "detail").expect("bytes");
        assert!(!sealed.windows(10).any(|part| part == b"Zwaluwveer"));
        let wrong = Facts { effects: Effects::default(), ..facts(office, Regime::Gdpr, IncidentRole::Controller) };
        assert_eq!(invalid(change_facts(office, STAFF, case.id, 2, wrong).await, "effects"), Problem::Missing);
        let untitled = open(office, STAFF, &NewIncident { facts: Facts::of(&case), texts: Texts::default() }).await;
        assert_eq!(invalid(untitled, "title"), Problem::Missing);
    }
}

office_test! {
    async fn customers_follow_from_the_scope(t: &TestOffice) {
        let office = &*t.office;
        let one = customer(office, "een@klant.example").await;
        let two = customer(office, "twee@klant.example").await;
        assert_eq!(preview(office, &Scope { everybody: true, ..Scope::default() }).await.expect("asked"), 2);
        let case = opened(office, Regime::Gdpr, IncidentRole::Processor).await;
        let case = by_customers(office, &case, &[&one, &two]).await;
        let case = by_customers(office, &case, &[&two]).await;
        let left = affected(office, case.id, None, 10).await.expect("read");
        assert_eq!(left.iter().map(|a| a.customer).collect::<Vec<_>>(), [two.id]);
        let many = Scope { customers: vec![one.id; SCOPE_MAX + 1], ..Scope::default() };
        assert!(set_scope(office, STAFF, case.id, case.revision, many).await.is_err());
        // An erased customer is named by no scope.
        let tx = office.store.begin().await.expect("tx");
        subjects::mark_erasing(&tx, one.subject, office.now()).await.expect("erasing");
        tx.commit().await.expect("committed");
        assert_eq!(preview(office, &Scope { everybody: true, ..Scope::default() }).await.expect("asked"), 1);
    }
}

office_test! {
    async fn an_order_of_a_court_is_a_ground_of_its_own(t: &TestOffice) {
        let office = &*t.office;
        let mut new = NewLawfulOrder {
            authority: text("Rechtbank Proefstad"),
            reference: text("RC-1"),
            given: "24-11-2026".into(),
            text: text("Verkeer van één site"),
        };
        let future = open_order(office, STAFF, &new).await;
        assert!(matches!(future, Err(OfficeError::Invalid(ref p)) if p.of("given").is_some()), "{future:?}");
        new.given = "20-11-2026".into();
        let made = open_order(office, STAFF, &new).await.expect("recorded");
        let read = order(office, made.id).await.expect("read");
        assert_eq!((read.number.to_string().as_str(), &read.authority), ("B100001", &text("Rechtbank Proefstad")));
        assert_eq!(orders(office, 0, 10).await.expect("read").1, 1);
        assert!(is_order_open(office, made.id).await.expect("asked"));
        ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
        let leaf = order_entry(office, made.id).await.expect("an entry");
        assert!(::store::index_of_leaf(&office.store, &leaf).await.expect("asked").is_some());
        close_order(office, STAFF, made.id).await.expect("closed");
        assert!(!is_order_open(office, made.id).await.expect("asked"));
        let twice = close_order(office, STAFF, made.id).await;
        assert!(matches!(twice, Err(OfficeError::Conflict { .. })), "{twice:?}");
    }
}
