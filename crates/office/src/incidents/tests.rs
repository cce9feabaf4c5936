//! Tests of cases, on both databases.

use super::*;
use crate::accounts::Role;
use crate::customers::{Customer, CustomerId};
use crate::form::Problem;
use crate::mailing::MailKind;
use crate::promises::{Outcome as Verdict, Recording, attest};
use crate::requests::erasure::tests::seed::seed;
use crate::requests::erasure::{self, EraseSubject, Whom};
use crate::requests::testkit::{STAFF, SignIn, customer, drain, session};
use crate::subjects::SubjectState;
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

/// A case whose customers are these, all told.
pub(crate) async fn told(office: &Office, customers: &[CustomerId]) -> Incident {
    let case = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
    let case = become_aware(office, STAFF, case.id, 1, office.now()).await.expect("aware");
    let scope = Scope { customers: customers.to_vec(), ..Scope::default() };
    let case = set_scope(office, STAFF, case.id, case.revision, scope).await.expect("scoped");
    let words = NoticeText {
        title: "Datalek {number}".into(),
        body: text("Beste {name}, zie {link} onder {number}."),
    };
    let case = set_notice(office, STAFF, case.id, case.revision, &words, &words).await.expect("written");
    let case = tell_customers(office, STAFF, case.id, case.revision).await.expect("told");
    run_jobs(office).await;
    case
}

/// Runs the jobs of this slice and leaves the others as they are.
async fn run_jobs(office: &Office) {
    let sql = "SELECT id, kind, payload FROM job WHERE state = 'queued' AND kind = 'incidents.tell'";
    for _ in 0..10 {
        let waiting = office.store.query(sql, []).await.expect("the queue");
        if waiting.is_empty() {
            return;
        }
        while let Some(job) = ::store::claim(&office.store, office.now()).await.expect("the queue") {
            if run(office, &job).await.expect("ran") {
                ::store::finish(&office.store, job.id, office.now()).await.expect("finished");
                break;
            }
            ::store::retry_later(&office.store, &job, "another's", office.now()).await.expect("put back");
        }
    }
    panic!("the jobs of notices never end");
}

async fn verdict(office: &Office, id: &str) -> (Verdict, u64, u64) {
    let run = attest(office, STAFF, Recording::DryRun).await.expect("attested");
    let found = run.verdicts.iter().find(|verdict| verdict.promise.to_string() == id).expect("the verdict");
    (found.outcome, found.checked, found.broken)
}

office_test! {
    async fn customers_are_told_once_and_see_it(t: &TestOffice) {
        let office = &*t.office;
        let (one, two) = (customer(office, "een@klant.example").await, customer(office, "twee@klant.example").await);
        let case = opened(office, Regime::Gdpr, IncidentRole::Processor).await;
        let case = become_aware(office, STAFF, case.id, 1, office.now()).await.expect("aware");
        let case = by_customers(office, &case, &[&one, &two]).await;
        let unwritten = tell_customers(office, STAFF, case.id, case.revision).await;
        assert_eq!(invalid(unwritten, "notice"), Problem::Missing);
        let bad = NoticeText { title: "Lek van {name}".into(), body: text("Zie {link}") };
        let refused = set_notice(office, STAFF, case.id, case.revision, &bad, &bad).await;
        assert_eq!(invalid(refused, "title_nl"), Problem::Choice);
        let until = base::Day::from_number(office.today().number() + 3);
        let bare = postpone(office, STAFF, case.id, case.revision, until, &text(" ")).await;
        assert_eq!(invalid(bare, "reason"), Problem::Missing);
        let past = postpone(office, STAFF, case.id, case.revision, office.today(), &text("politie")).await;
        assert_eq!(invalid(past, "until"), Problem::Date);
        let case = postpone(office, STAFF, case.id, case.revision, until, &text("politie")).await.expect("put off");
        assert_eq!(case.postponed_until, Some(until));
        assert_eq!(verdict(office, "P11").await, (Verdict::Kept, 1, 0));
        t.clock.advance_seconds(4 * 86_400);
        // Past the clock as well as past the day.
        assert_eq!(verdict(office, "P11").await, (Verdict::Broken, 1, 2));
        let words = NoticeText { title: "Datalek {number}".into(), body: text("Beste {name}: {link}, {number}.") };
        let case = set_notice(office, STAFF, case.id, case.revision, &words, &words).await.expect("written");
        let late = tell_customers(office, STAFF, case.id, case.revision).await;
        assert_eq!(invalid(late, "late_reason"), Problem::Missing);
        let case = reason(office, STAFF, case.id, case.revision, ClockKind::Customers, &text("politie")).await.expect("said");
        let case = tell_customers(office, STAFF, case.id, case.revision).await.expect("told");
        run_jobs(office).await;
        assert_eq!(counts(office, case.id).await.expect("counted").untold(), 0);
        assert_eq!(verdict(office, "P11").await, (Verdict::Kept, 1, 0));
        let letters = drain(office).await.letters;
        let notices: Vec<_> = letters.iter().filter(|letter| letter.kind == MailKind::LeakNotice).collect();
        assert_eq!(notices.len(), 2);
        assert_eq!(notices[0].title.expose(), "Datalek D100001");
        assert!(notices[0].body.expose().contains("Fenna de Proef") && !notices[0].body.expose().contains('{'));
        let again = tell_customers(office, STAFF, case.id, case.revision).await;
        assert!(matches!(again, Err(OfficeError::Forbidden { .. })), "{again:?}");
        let seen = told_leaks(office, &one).await.expect("read");
        assert_eq!((seen.len(), seen[0].number), (1, case.number));
        let late = customer(office, "drie@klant.example").await;
        assert!(told_leaks(office, &late).await.expect("read").is_empty());
        // A customer who leaves the scope was told all the same.
        let case = set_scope(office, STAFF, case.id, case.revision, Scope::default()).await.expect("scoped");
        assert_eq!(counts(office, case.id).await.expect("counted").told, 2);
    }
}

#[test]
fn the_guide_never_says_no_in_doubt() {
    let outcome = |personal: &str, effects: &str, risk: &str| {
        let mut texts = Texts::default();
        let typed =
            [(Field::GuidePersonal, personal), (Field::GuideEffects, effects), (Field::GuideRisk, risk)];
        texts.write(typed).expect("fine");
        Outcome::of(&texts)
    };
    for (answers, expected) in [
        (("yes", "confidentiality", "risk"), Outcome::Report),
        (("yes", "availability unsure", "high_risk"), Outcome::Report),
        (("yes", "integrity", "unsure"), Outcome::Report),
        (("yes", "confidentiality", "unlikely"), Outcome::Record),
        (("no", "confidentiality", "risk"), Outcome::NoLeak),
        (("yes", "none", "risk"), Outcome::NoLeak),
        (("unsure", "confidentiality", "unlikely"), Outcome::Unclear),
        (("yes", "unsure", "unlikely"), Outcome::Unclear),
        (("yes", "none unsure", "risk"), Outcome::Unclear),
    ] {
        assert_eq!(outcome(answers.0, answers.1, answers.2), expected, "{answers:?}");
    }
}

office_test! {
    async fn a_customer_reports_a_leak_of_their_own(t: &TestOffice) {
        let office = &*t.office;
        let (klant, other) = (customer(office, "een@klant.example").await, customer(office, "twee@klant.example").await);
        let who = session(office, &klant, Role::Manager, SignIn::Password);
        office.vault.ensure::<keys::purpose::Ledger>(who.subject).await.expect("a salt");
        assert_eq!(verdict(office, "P10").await, (Verdict::NotProvable, 0, 0));
        let bare = NewLeakReport { discovered_at: office.now(), texts: Texts::default(), may_look: MayLook::No };
        let refused = report_leak(office, &who, &bare).await;
        assert!(matches!(refused, Err(OfficeError::Invalid(ref p)) if p.all().len() == 4), "{refused:?}");
        let reader = session(office, &klant, Role::Reader, SignIn::Password);
        assert!(matches!(report_leak(office, &reader, &bare).await, Err(OfficeError::Forbidden { .. })));
        let mut texts = Texts::default();
        let typed = [
            (Field::GuidePersonal, "yes"), (Field::GuideEffects, "confidentiality"), (Field::GuideRisk, "risk"),
            (Field::Summary, "Zwaluwveer gehackt"),
        ];
        texts.write(typed).expect("fine");
        let new = NewLeakReport { texts, may_look: MayLook::Yes, ..bare };
        let made = report_leak(office, &who, &new).await.expect("reported");
        assert_eq!((made.outcome, made.due_at), (Outcome::Report, office.now().plus_seconds(72 * 3_600)));
        assert!(made.clock_runs());
        assert_eq!(verdict(office, "P10").await, (Verdict::Kept, 1, 0));
        let theirs = own_leak(office, other.id, made.id).await;
        assert!(matches!(theirs, Err(OfficeError::NotFound { .. })), "{theirs:?}");
        let early = LeakChange { notified_at: Some(made.discovered_at.plus_seconds(-1)), ..LeakChange::default() };
        assert!(change_own_leak(office, &who, made.id, 1, &early).await.is_err());
        let change = LeakChange {
            texts: vec![(Field::MeasuresTaken, "wachtwoorden gewijzigd".into())],
            notified_at: Some(office.now()),
            ..LeakChange::default()
        };
        let changed = change_own_leak(office, &who, made.id, 1, &change).await.expect("changed");
        let stale = change_own_leak(office, &who, made.id, 1, &change).await;
        assert!(matches!(stale, Err(OfficeError::Conflict { .. })), "{stale:?}");
        assert!(!changed.clock_runs());
        let case = opened(office, Regime::Gdpr, IncidentRole::Processor).await;
        let tied = tie_leak(office, STAFF, made.id, changed.revision, case.id).await.expect("tied");
        let closed = close_leak(office, STAFF, made.id, tied.revision).await.expect("closed");
        let read = leak(office, made.id).await.expect("read");
        assert_eq!((read.incident, read.state, &read.texts), (Some(case.id), LeakReportState::Closed, &closed.texts));
        assert_eq!(read.texts.get(Field::MeasuresTaken), Some("wachtwoorden gewijzigd"));
        let filter = LeakFilter { customer: Some(klant.id), ..LeakFilter::default() };
        assert_eq!(leaks(office, filter, 0, 10).await.expect("read").1, 1);
    }
}

office_test! {
    async fn an_erased_customer_leaves_a_number_behind(t: &TestOffice) {
        let office = &*t.office;
        let seeded = seed(office, "Zwaluwveer", "12345678").await;
        let filter = LeakFilter { customer: Some(seeded.customer.id), ..LeakFilter::default() };
        let before = leaks(office, filter, 0, 10).await.expect("read").0.remove(0);
        assert_eq!(before.texts.get(Field::Summary), Some("Lek bij Zwaluwveer"));
        let begun = erasure::begin(office, STAFF, Whom::Customer(seeded.customer.id), None).await.expect("begun");
        let taker = erasure::tests::seed::Asked::default();
        erasure::run(office, EraseSubject { erasure: begun.id }, &taker).await.expect("erased");
        let after = leak(office, before.id).await.expect("read");
        assert_eq!((after.subject, after.texts), (None, Texts::default()));
        let cases = page(office, IncidentFilter::default(), 0, 10).await.expect("read").0;
        let told = affected(office, cases[0].incident.id, None, 10).await.expect("read");
        assert_eq!((told.len(), told[0].subject, told[0].told_at.is_some()), (1, None, true));
        assert_eq!(cases[0].incident.texts.get(Field::Title), Some("Zwaluwveer: lek in het paneel"));
    }
}

office_test! {
    async fn a_closed_case_goes_with_its_keys_when_its_term_has_passed(t: &TestOffice) {
        let office = &*t.office;
        crate::promises::put_in_force(office, STAFF).await.expect("in force");
        let case = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        let kept = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        let case = close(office, STAFF, case.id, 1, &text("loos alarm")).await.expect("closed");
        t.clock.advance_seconds(3 * 365 * 86_400);
        assert_eq!(end_past_term(office).await.expect("nothing yet"), 0);
        t.clock.advance_seconds(3 * 86_400);
        assert_eq!(end_past_term(office).await.expect("one"), 1);
        let gone = incident(office, case.id).await;
        assert!(matches!(gone, Err(OfficeError::NotFound { .. })), "{gone:?}");
        assert!(office.vault.keys_of(case.subject).await.expect("asked").is_empty());
        let row = subjects::row(&office.store, case.subject).await.expect("read").expect("a subject");
        assert_eq!(row.state, SubjectState::Erased);
        assert!(incident(office, kept.id).await.is_ok());
        assert_eq!(end_past_term(office).await.expect("nothing"), 0);
    }
}

/// Something in every field that a complete dossier needs.
pub(crate) fn all_fields() -> Vec<(Field, String)> {
    let value = |field: &Field| match field.kind() {
        FieldKind::Number => "12".to_owned(),
        FieldKind::Choice(words) => words[0].to_owned(),
        FieldKind::Choices(words) => words.join(" "),
        FieldKind::Line | FieldKind::Block => format!("Over {}", field.as_str()),
    };
    Field::ALL.iter().filter(|field| field.topic().is_some()).map(|field| (*field, value(field))).collect()
}

office_test! {
    async fn the_dossier_is_provisional_until_nothing_is_missing(t: &TestOffice) {
        let office = &*t.office;
        let case = opened(office, Regime::Both, IncidentRole::Controller).await;
        let made = dossier(office, &case, base::Language::Nl).await.expect("a dossier");
        let missing = made.missing();
        for name in ["summary", "aware_at", "people", "persons_max", "risk_method", "reporter_phone"] {
            assert!(missing.contains(&name), "{name}");
        }
        let json: serde_json::Value = serde_json::from_str(&made.json()).expect("JSON");
        assert_eq!((json["format"].as_str(), json["version"].as_u64()), (Some(FORMAT), Some(u64::from(FORMAT_VERSION))));
        assert_eq!(json["status"], "provisional");
        let fields = all_fields();
        let typed = fields.iter().map(|(field, text)| (*field, text.as_str()));
        let case = set_texts(office, STAFF, case.id, 1, typed).await.expect("written");
        let case = become_aware(office, STAFF, case.id, case.revision, office.now()).await.expect("aware");
        let case = decide_telling(office, STAFF, case.id, case.revision, Telling::Tell, &text("")).await.expect("decided");
        let made = dossier(office, &case, base::Language::En).await.expect("a dossier");
        assert_eq!(made.missing(), Vec::<&str>::new());
        let json: serde_json::Value = serde_json::from_str(&made.json()).expect("JSON");
        assert_eq!((&json["status"], &json["reference"]), (&"complete".into(), &"D100001".into()));
        for field in Field::ALL.iter().filter(|field| field.topic().is_some()) {
            let topic = field.topic().expect("a topic").as_str();
            assert!(!json["parts"][topic][field.as_str()].is_null(), "{topic}.{field:?}");
        }
        assert_eq!(json["parts"]["data"]["persons_min"], 12);
        assert_eq!(json["parts"]["notification"]["due_authority"], "2026-11-26T11:00:00.000Z");
        assert!(made.pdf().await.expect("a PDF").starts_with(b"%PDF"));
        // Late without a reason is missing too.
        t.clock.advance_seconds(73 * 3_600);
        let late = dossier(office, &case, base::Language::Nl).await.expect("a dossier");
        assert!(late.missing().contains(&"late_authority"), "{:?}", late.missing());
        // The page of the format names every part and field.
        let page = include_str!("../../../../docs/formats/incident-dossier.md");
        for part in json["parts"].as_object().expect("parts").keys() {
            assert!(page.contains(&format!("`{part}`")), "{part}");
        }
        for field in Field::ALL.iter().filter(|field| field.topic().is_some()) {
            assert!(page.contains(&format!("`{}`", field.as_str())), "{field:?}");
        }
    }
}

office_test! {
    async fn a_customer_gets_a_dossier_with_what_we_know(t: &TestOffice) {
        let office = &*t.office;
        let seeded = seed(office, "Zwaluwveer", "12345678").await;
        let filter = LeakFilter { customer: Some(seeded.customer.id), ..LeakFilter::default() };
        let report = leaks(office, filter, 0, 1).await.expect("read").0.remove(0);
        let made = leak_dossier(office, &seeded.customer, &report, base::Language::Nl).await.expect("a dossier");
        let json: serde_json::Value = serde_json::from_str(&made.json()).expect("JSON");
        assert_eq!((&json["kind"], &json["reference"]), (&"customer".into(), &"L100001".into()));
        assert_eq!(json["parts"]["event"]["summary"], "Lek bij Zwaluwveer");
        assert_eq!(json["parts"]["organisation"]["kvk"], "12345678");
        assert!(json["parts"]["processor"]["services"][0].as_str().expect("a service").contains("zwaluwveer.example"));
        assert_eq!(json["parts"]["processor"]["agreement"], "V100001-1");
        assert_eq!(json["parts"]["processor"]["may_look"], "yes");
        assert!(made.pdf().await.expect("a PDF").starts_with(b"%PDF"));
    }
}
