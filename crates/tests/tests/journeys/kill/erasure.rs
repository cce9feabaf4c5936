//! Killed during erasures: each is finished at the next start, told once, with a receipt.

use super::{Moments, ROUNDS, ROUNDS_POSTGRES, Round, Seen, kill, start};
use base::{Language, SubjectId};
use ledger::Receipt;
use office::By;
use office::accounts::{self, Token};
use office::checkpoints::Publisher;
use office::customers::{CustomerFilter, CustomerId, import};
use office::messages::{self, ContactForm};
use office::requests::erasure::{self, Whom};
use office::requests::receipts::{self, ReceiptStatus};
use office::requests::{self, About, Answer, OnBehalf, RequestKind};
use policy::schema::OnErasure;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::harness::site::PATIENCE;
use tests::harness::{House, On, Opened, count};
use waarborg::worker;

const BY: By = By::System("test");
/// How many are erased in a round: two that have begun, one that is granted and due.
const EACH: usize = 3;
/// How far the next start's clock is ahead: the jobs of a worker that ended are free again by then.
const LATER: i64 = 7_200;
/// How far behind the clock is by which a request is granted: its erasure begins a minute later.
const BEFORE: i64 = -120;

/// Somebody to be erased.
#[derive(Debug, Clone)]
struct Person {
    customer: CustomerId,
    subjects: Vec<SubjectId>,
}

/// Somebody being erased.
struct Going {
    person: Person,
    token: Option<Token>,
}

fn letter(person: usize) -> ContactForm {
    ContactForm {
        name: format!("Bezoeker {person}").into(),
        email: format!("bezoeker{person}@bezoeker.example").into(),
        topic: "question".to_owned(),
        title: "Een vraag".into(),
        text: "Waar vind ik mijn gegevens?".into(),
        ..ContactForm::default()
    }
}

/// Customers with a login, a request with its mail, and visitors who wrote.
async fn people(opened: &Opened, number: usize) -> Vec<Person> {
    let office = &opened.app.office;
    let mut csv = String::from("name,email,street,postcode,city\n");
    for row in 0..number {
        let _ = writeln!(csv, "Klant Proef,klant{row}@klant.example,Kade {row},1234 AB,Proefstad");
    }
    let plan = import::plan(csv.as_bytes()).unwrap();
    import::run(office, BY, &plan, &mut |_| {}).await.unwrap();
    let mut people = Vec::new();
    while people.len() < number {
        let page = office::customers::page(office, CustomerFilter::default(), people.len() as u64, 100);
        for customer in page.await.unwrap().customers {
            let members = accounts::logins_of_customer(office, customer.id).await.unwrap();
            let mut subjects = vec![office::customers::customer(office, customer.id).await.unwrap().subject];
            for member in members {
                subjects.push(member.login.subject);
            }
            assert_eq!(subjects.len(), 2);
            people.push(Person { customer: customer.id, subjects });
        }
    }
    for (number, person) in people.iter().enumerate() {
        ask(opened, person.customer, RequestKind::Access).await;
        if number % 10 == 0 {
            messages::contact(office, Language::Nl, &letter(number)).await.unwrap();
        }
    }
    worker::drain(&opened.app).await.unwrap();
    people
}

async fn ask(opened: &Opened, customer: CustomerId, kind: RequestKind) -> requests::RequestId {
    let new = OnBehalf {
        about: About::Customer(customer),
        kind,
        purpose: None,
        text: "Graag.".into(),
        received_at: None,
    };
    requests::open_on_behalf(&opened.app.office, BY, &new).await.unwrap().0
}

/// Two erasures that have begun, and one whose request is granted and due.
async fn begin(house: &House, people: &[Person]) -> Vec<Going> {
    let opened = house.open(BEFORE).await.unwrap();
    let office = &opened.app.office;
    let mut going = Vec::new();
    for (number, person) in people.iter().enumerate() {
        let token = if number + 1 < people.len() {
            erasure::begin(office, BY, Whom::Customer(person.customer), None).await.unwrap().token
        } else {
            let id = ask(&opened, person.customer, RequestKind::Erasure).await;
            requests::verify_by_staff(office, BY, id).await.unwrap();
            requests::grant(office, BY, id, &Answer::default(), None).await.unwrap();
            None
        };
        going.push(Going { person: person.clone(), token });
    }
    opened.close().await;
    going
}

fn work(house: &House) -> Command {
    let mut command = house.program();
    command.arg("work");
    command
}

/// How many of these are erased.
async fn erased(opened: &Opened, going: &[Going]) -> usize {
    let mut erased = 0;
    for one in going {
        let sql = "SELECT COUNT(*) AS n FROM subject WHERE id = $1 AND state = 'erased'";
        let subject = one.person.subjects[0].uuid().into();
        erased += usize::from(count(&opened.app.office.store, sql, [subject]).await == 1);
    }
    erased
}

/// The next start, and the jobs that are due in the minutes after it.
async fn next_start(house: &House, going: &[Going], round: &Round) -> Opened {
    let opened = house.open(LATER).await.unwrap();
    worker::settle(&opened.app).await.unwrap();
    for _ in 0..10 {
        worker::drain(&opened.app).await.unwrap();
        if erased(&opened, going).await == going.len() {
            return opened;
        }
        opened.clock.shift_seconds(60);
    }
    panic!("{round}: not all are erased ten minutes after the next start");
}

/// Nothing of somebody is left, neither rows nor keys.
async fn assert_gone(opened: &Opened, subject: SubjectId, round: &Round) {
    let office = &opened.app.office;
    assert!(
        office.vault.store().of_subject(subject).await.unwrap().is_empty(),
        "{round}: a key of {subject}"
    );
    for table in office::schema::tables() {
        let (OnErasure::Delete { subject: column } | OnErasure::Clear { subject: column }) = table.erasure
        else {
            continue;
        };
        let sql = format!("SELECT COUNT(*) AS n FROM {} WHERE {column} = $1", table.name);
        let rows = count(&office.store, &sql, [subject.uuid().into()]).await;
        assert_eq!(rows, 0, "{round}: {} of {subject}", table.name);
    }
    let sql = "SELECT COUNT(*) AS n FROM subject WHERE id = $1 AND state = 'erased'";
    assert_eq!(
        count(&office.store, sql, [subject.uuid().into()]).await,
        1,
        "{round}: the state of {subject}"
    );
}

async fn assert_receipts(opened: &Opened, going: &[Going], round: &Round) {
    let app = &opened.app;
    let mut publisher = Publisher::open(Arc::clone(&app.office), &app.config.ledger_files()).await.unwrap();
    publisher.round().await.unwrap();
    let mut verified = 0;
    for one in going {
        let Some(token) = &one.token else { continue };
        let (tiles, key) = (&app.config.files.ledger, &app.ledger_key);
        let status = receipts::status(&app.office, tiles, key, token, Language::Nl).await.unwrap();
        let ReceiptStatus::Ready(receipt) = status else { panic!("{round}: {status:?}") };
        let receipt = Receipt::parse(receipt.text.as_bytes()).unwrap();
        let shown = receipt.verify(key, &[]).unwrap();
        assert_eq!((shown.entry.kind(), shown.subject_id), ("erased", one.person.subjects[0]), "{round}");
        verified += 1;
    }
    assert_eq!(verified, going.len() - 1, "{round}");
}

async fn killed_during_erasures(on: On, rounds: u32) {
    let Some(house) = House::make(on).await else { return };
    let opened = house.open(0).await.unwrap();
    let people = people(&opened, (rounds as usize + 1) * EACH).await;
    opened.close().await;
    let mut groups = people.chunks(EACH);

    // How long it takes when nobody kills it: until those that had begun are erased.
    let going = begin(&house, groups.next().unwrap()).await;
    let watch = house.open(0).await.unwrap();
    let began = Instant::now();
    let child = start(work(&house));
    while erased(&watch, &going).await < EACH - 1 {
        assert!(began.elapsed() < PATIENCE, "the erasures do not end");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut moments = Moments::within(began.elapsed());
    kill(child);
    let first = Round { seed: moments.seed, number: 0, after: moments.length };
    next_start(&house, &going, &first).await.close().await;

    for number in 1..=rounds {
        let going = begin(&house, groups.next().unwrap()).await;
        let round = moments.round(number);
        let child = start(work(&house));
        tokio::time::sleep(round.after).await;
        kill(child);
        let done = erased(&watch, &going).await >= EACH - 1;
        moments.saw(if done { Seen::Done } else { Seen::CutOff });

        let opened = next_start(&house, &going, &round).await;
        for subject in going.iter().flat_map(|one| &one.person.subjects) {
            assert_gone(&opened, *subject, &round).await;
        }
        assert_receipts(&opened, &going, &round).await;
        let told = store::entries_of_kind(&opened.app.office.store, "erased", 1_000).await.unwrap();
        assert_eq!(told.len(), (number as usize + 1) * EACH, "{round}: entries of erasures");
        opened.close().await;
    }
    let (seed, cut_off) = (moments.seed, moments.cut_off);
    assert!(cut_off >= rounds / 3, "seed {seed}: too few erasures were cut off: {cut_off} of {rounds}");
    watch.close().await;
    let opened = house.open(0).await.unwrap();
    let files = &opened.app.config.files;
    ledger::verify_dir(&files.ledger, &opened.app.ledger_key, &mut |_, _| {}).unwrap();
    assert_eq!(opened.app.office.vault.verify().await.unwrap().bad, 0);
    opened.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_erasures_sqlite() {
    killed_during_erasures(On::Sqlite, ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_during_erasures_postgres() {
    killed_during_erasures(On::Postgres, ROUNDS_POSTGRES).await;
}
