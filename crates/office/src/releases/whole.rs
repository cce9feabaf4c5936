//! From a machine's log line to an officer's answer and back to dark, on both databases: what `check` tests one by one,
//! here with real stores, a real ceremony and sealed segments.

use super::*;
use crate::accounts::{self, Session};
use crate::checkpoints::{LedgerFiles, Publisher};
use crate::incidents::tests::opened;
use crate::incidents::{IncidentRole, Regime};
use crate::orders::EarlyStart;
use crate::seal::tests::{House, carry, house, staff, year};
use crate::seal::{self, Answer as OfficersAnswer};
use crate::services::tests::running;
use crate::testing::{TestOffice, office_test};
use crate::traffic_log::{self, PublicKey, Pushed, ReceiveError};
use crate::{Office, OfficeError, promises};
use base::{Clock as _, Day, SystemRandom};
use keys::seal::{Approval, Chain, NodeId, Partial, SiteId, seal_answer};
use std::num::NonZeroUsize;
use std::sync::Arc;
use traffic::hit::{Address, Cut, Hit};
use traffic::segment::name::SegmentName;
use traffic::segment::{Gatherer, GroupKeys, Limits, NodeKey, Reason, SealOptions, Sealed};
use traffic::sites::Sites;
use traffic::store::Stored;

const NODE: NodeId = NodeId::from_bytes([3; 16]);
/// Who visited, in these tests.
const VISITOR: [u8; 4] = [192, 0, 2, 7];

/// A ledger that is published when the test says so.
struct Published {
    files: LedgerFiles,
    publisher: Publisher,
}

impl Published {
    async fn of(t: &TestOffice) -> Self {
        let at = |name: &str| t.folder.path().join(name);
        let files = LedgerFiles { tiles: at("tiles"), key: at("ledger.key"), state: at("ledger.state") };
        Publisher::create(&t.office.settings.origin, &*t.office.random, &files).expect("a ledger");
        let publisher = Publisher::open(Arc::clone(&t.office), &files).await.expect("opens");
        Self { files, publisher }
    }

    async fn dossier(&mut self, office: &Office, id: ReleaseId) -> Dossier {
        self.publisher.round().await.expect("published");
        let key = self.publisher.key().clone();
        let made = dossier(office, &self.files.tiles, &key, id).await.expect("a dossier");
        Dossier::parse(&made.expect("covered").text()).expect("reads back")
    }
}

fn hit(second: i64, day: Day, path: &'static str) -> Hit<'static> {
    Hit {
        seconds: day.start().as_seconds() + second,
        host: b"devries.example".as_slice().into(),
        path: path.as_bytes().into(),
        agent: b"Proefbrowser/1.0".as_slice().into(),
        address: Address::from(std::net::IpAddr::from(VISITOR)),
        cut: Cut::Whole,
    }
}

/// A day's visits to one site, sealed as a machine does it.
fn sealed(chain: &Chain, node: &NodeKey, site: SiteId, day: Day, seq: u32) -> (Vec<u8>, Sealed) {
    let (keys::seal::Sealing::Valid(group) | keys::seal::Sealing::EndsSoon(group, _)) = chain.sealing(day)
    else {
        panic!("a month with a key")
    };
    let sites = Sites::new([("devries.example", site)]);
    let gatherer = Gatherer::new(day, Arc::new(sites), Limits::default());
    gatherer.add(&[hit(10, day, "/"), hit(3_700, day, "/wp-login.php"), hit(3_800, day, "/wp-login.php")]);
    let key = group.key();
    let name = SegmentName { line: key.line(), epoch: key.epoch(), day, node: NODE, seq };
    let keys = GroupKeys::new(Arc::clone(key), Arc::new(SystemRandom));
    let options = SealOptions {
        threads: NonZeroUsize::MIN,
        level: 3,
        reason: Reason::Day,
        previous: [0; 32],
        canary: traffic::segment::Canary::Without,
    };
    let mut data = Vec::new();
    let made = traffic::segment::seal(gatherer, &name, &keys, node, options, &mut data).expect("seals");
    (data, made)
}

async fn push(
    office: &Office,
    token: &str,
    data: &[u8],
    made: &Sealed,
) -> Result<(Pushed, Pushed), ReceiveError> {
    let node = traffic_log::authenticate(office, token).await?.expect("a machine");
    let stored = Stored::from(&made.manifest.name);
    let mut receiving = traffic_log::receive_data(office, &node, stored)?;
    for chunk in data.chunks(1_000) {
        receiving.write(chunk.to_vec()).await?;
    }
    let first = receiving.settle().await?;
    Ok((first, traffic_log::receive_keys(office, &node, stored, made.key_object.clone()).await?))
}

/// What an officer's program does with a dossier: checks it, and signs or answers.
fn approval(
    house: &House,
    officer: usize,
    dossier: &Dossier,
    key: &ledger::VerifyingKey,
    office: &Office,
) -> Result<String, Refusal> {
    let file = &house.programs[officer].file;
    let answered = Answered::new();
    let pinned = pinned(file.chain().expect("a chain"), file.identity().officer(), key, &answered, office);
    let cleared = check(dossier, &pinned, Stage::Approve, &mut |_| {})?;
    let root = *cleared.checkpoint.root.as_bytes();
    let roster = file.chain().expect("a chain").last().roster();
    Ok(Approval::sign(file.identity(), roster, cleared.hash, root).expect("listed").text())
}

fn pinned<'a>(
    chain: &'a Chain,
    officer: &'a keys::seal::Officer,
    ledger: &'a ledger::VerifyingKey,
    answered: &'a Answered,
    office: &Office,
) -> Pinned<'a> {
    Pinned {
        chain,
        officer,
        ledger,
        last: None,
        witnesses: &[],
        term_months: TERM_MONTHS,
        answered,
        now: office.now(),
    }
}

fn answer(
    house: &House,
    officer: usize,
    dossier: &Dossier,
    key: &ledger::VerifyingKey,
    office: &Office,
) -> String {
    let file = &house.programs[officer].file;
    let chain = file.chain().expect("a chain");
    let answered = Answered::new();
    let cleared = check(
        dossier,
        &pinned(chain, file.identity().officer(), key, &answered, office),
        Stage::Answer,
        &mut |_| {},
    )
    .expect("cleared");
    let partials: Vec<Partial> = cleared
        .labels
        .iter()
        .map(|label| {
            let share = file.share(label.group.epoch()).expect("a share");
            share.answer(&label.checked, cleared.hash, &SystemRandom).expect("answers")
        })
        .collect();
    let roster = chain.last().roster();
    let recipient = dossier.request.recipient();
    let message = seal_answer(file.identity(), roster, cleared.hash, recipient, &partials).expect("sealed");
    OfficersAnswer { messages: vec![message], document: None }.text()
}

struct Scene {
    house: House,
    desk: Session,
    site: SiteId,
    day: Day,
    token: String,
    node: NodeKey,
}

async fn scene(t: &TestOffice) -> Scene {
    let office = &*t.office;
    promises::put_in_force(office, crate::By::System("test")).await.expect("in force");
    let mut house = house(office, 3).await;
    let id = seal::propose(office, &house.sessions[0], &year(&house.ids)).await.expect("proposed");
    seal::confirm(office, &house.sessions[1], id).await.expect("confirmed");
    carry(office, &mut house).await;
    running(office, "person", "hosting-start", 1, EarlyStart::Asked).await;
    assert_eq!(traffic_log::follow_services(office).await.expect("followed"), 1);
    assert_eq!(traffic_log::follow_services(office).await.expect("followed"), 0, "once");
    let site = traffic_log::site_list(office).await.expect("sites")["devries.example"];

    let node = NodeKey::generate(&SystemRandom);
    let line = PublicKey { id: NODE, sign_key: node.public() }.to_string();
    let first = house.sessions[0].subject;
    traffic_log::propose_node(office, first, "web-1", &line).await.expect("named");
    let own = traffic_log::confirm_node(office, first, NODE).await;
    assert!(matches!(own, Err(OfficeError::Forbidden { .. })), "somebody else confirms");
    let token = traffic_log::confirm_node(office, house.sessions[1].subject, NODE).await.expect("confirmed");
    let token = token.text().expose().clone();
    let desk = staff(office, "Dirk", accounts::Officer::None).await;
    Scene { house, desk, site, day: office.now().day(), token, node }
}

fn ask_of(scene: &Scene, on: On, sites: &[SiteId]) -> NewAsk {
    NewAsk {
        on,
        wanted: Wanted::Sites(sites.iter().copied().collect()),
        first: scene.day,
        last: scene.day,
        reason: "Wie kwam er door het lek binnen?".into(),
        hours: 4,
    }
}

office_test! {
    async fn a_leak_is_looked_into_and_the_log_is_dark_again(t: &TestOffice) {
        let office = &*t.office;
        let mut ledger = Published::of(t).await;
        let scene = scene(t).await;
        let chain = seal::chain(office).await.expect("reads").expect("a chain");
        let (data, made) = sealed(&chain, &scene.node, scene.site, scene.day, 1);
        assert_eq!(push(office, &scene.token, &data, &made).await.expect("pushed"), (Pushed::Made, Pushed::Made));
        assert_eq!(push(office, &scene.token, &data, &made).await.expect("again"), (Pushed::Same, Pushed::Same));
        assert!(traffic_log::authenticate(office, "x").await.expect("asks").is_none());

        let incident = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        let on = On::Incident(incident.id);
        let nothing = ask(office, &scene.desk, &ask_of(&scene, on, &[SiteId::from_bytes([9; 16])])).await;
        assert!(matches!(nothing, Err(AskError::Nothing)));
        let id = ask(office, &scene.desk, &ask_of(&scene, on, &[scene.site])).await.expect("asked");

        // One approval: still closed.
        let key = ledger.publisher.key().clone();
        let file = ledger.dossier(office, id).await;
        let first = approval(&scene.house, 0, &file, &key, office).expect("approves");
        take_file(office, &scene.desk, id, &first).await.expect("taken");
        assert!(matches!(take_file(office, &scene.desk, id, &first).await, Err(AskError::Twice(_))));
        assert!(matches!(open(office, &scene.desk, id).await, Err(AskError::TooEarly { .. })));
        let rows = Question::all(Shape::Rows);
        assert!(matches!(ask_question(office, &scene.desk, id, &rows).await, Err(AskError::Over)), "closed");

        // The second, then the answers.
        let file = ledger.dossier(office, id).await;
        let second = approval(&scene.house, 1, &file, &key, office).expect("approves");
        take_file(office, &scene.desk, id, &second).await.expect("taken");
        let file = ledger.dossier(office, id).await;
        for officer in [0, 1] {
            let text = answer(&scene.house, officer, &file, &key, office);
            take_file(office, &scene.desk, id, &text).await.expect("taken");
        }
        assert_eq!(ready(office, id).await.expect("reads").answers.len(), 2);
        assert!(open(office, &scene.desk, id).await.expect("opens") >= 2);

        let found = ask_question(office, &scene.desk, id, &rows).await.expect("answers");
        assert_eq!(found.rows.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["/", "/wp-login.php", "/wp-login.php"]);
        assert!(found.rows.iter().all(|row| row.site == "devries.example" && row.agent == "Proefbrowser/1.0"));
        let narrow = Question { path: Some("login".into()), addresses: vec!["192.0.2.0/24".into()], ..Question::all(Shape::Summary) };
        let found = ask_question(office, &scene.desk, id, &narrow).await.expect("answers");
        assert_eq!((found.found, found.addresses[0].clone()), (2, ("192.0.2.7".into(), 2)));
        assert_eq!(questions(office, id).await.expect("kept").len(), 2);
        ledger.publisher.round().await.expect("published");
        let verdict = super::finding(office).await.expect("looks");
        assert_eq!((verdict.opened, verdict.questions, verdict.broken.len()), (1, 2, 0), "{:?}", verdict.broken);

        end(office, scene.desk.by(), id, EndReason::Done).await.expect("ends");
        assert!(matches!(ask_question(office, &scene.desk, id, &rows).await, Err(AskError::Over)), "dark again");
        assert!(matches!(open(office, &scene.desk, id).await, Err(AskError::Over)), "the same answers open nothing");
        let customer = traffic_log::of_ids(office, &[scene.site]).await.expect("sites")[0].customer;
        assert_eq!(of_customer(office, customer).await.expect("told").len(), 1);
    }
}

office_test! {
    async fn what_is_refused_on_the_way(t: &TestOffice) {
        let office = &*t.office;
        let mut ledger = Published::of(t).await;
        let scene = scene(t).await;
        let key = ledger.publisher.key().clone();
        let chain = seal::chain(office).await.expect("reads").expect("a chain");
        let (data, made) = sealed(&chain, &scene.node, scene.site, scene.day, 1);

        // Another machine's key, other data, another day, keys before data.
        let (other, forged) = sealed(&chain, &NodeKey::generate(&SystemRandom), scene.site, scene.day, 2);
        assert!(matches!(push(office, &scene.token, &other, &forged).await, Err(ReceiveError::Signature)));
        let node = traffic_log::authenticate(office, &scene.token).await.expect("asks").expect("a machine");
        let early = traffic_log::receive_keys(office, &node, Stored::from(&made.manifest.name), made.key_object.clone()).await;
        assert!(matches!(early, Err(ReceiveError::Data)), "data first");
        push(office, &scene.token, &data, &made).await.expect("pushed");
        let changed = push(office, &scene.token, &data[1..], &made).await;
        assert!(matches!(changed, Err(ReceiveError::Other)), "never replaced");
        let late = Day::from_number(scene.day.number() + 3);
        let (ahead, of_later) = sealed(&chain, &scene.node, scene.site, late, 3);
        assert!(matches!(push(office, &scene.token, &ahead, &of_later).await, Err(ReceiveError::Day)));

        // An officer who asks does not approve: the office refuses it, and so does the officer's own program.
        let incident = opened(office, Regime::Gdpr, IncidentRole::Controller).await;
        let on = On::Incident(incident.id);
        let asker = scene.house.sessions[0];
        let id = ask(office, &asker, &ask_of(&scene, on, &[scene.site])).await.expect("asked");
        let file = ledger.dossier(office, id).await;
        assert!(matches!(approval(&scene.house, 0, &file, &key, office), Err(Refusal::OwnRequest)));
        let own = &scene.house.programs[0].file;
        let root = *ledger::SignedCheckpoint::open(file.checkpoint.as_bytes(), &key).expect("signed").unverified().root.as_bytes();
        let roster = own.chain().expect("a chain").last().roster();
        let text = Approval::sign(own.identity(), roster, file.request.hash(), root).expect("listed").text();
        assert!(matches!(take_file(office, &scene.desk, id, &text).await, Err(AskError::AskerApproves(_))));
        let other_ledger = Approval::sign(scene.house.programs[1].file.identity(), roster, file.request.hash(), [5; 32]);
        let text = other_ledger.expect("listed").text();
        assert!(matches!(take_file(office, &scene.desk, id, &text).await, Err(AskError::OtherLedger(_))));
        assert!(matches!(take_file(office, &scene.desk, id, "{}").await, Err(AskError::File(_))));

        // A release whose time is over ends by itself.
        t.clock.set(office.now().plus_seconds(4 * 3_600 + 1));
        let late = approval(&scene.house, 1, &file, &key, office);
        assert!(matches!(late, Err(Refusal::Ended(_))));
        assert_eq!(sweep(office).await.expect("sweeps"), 1);
        assert_eq!(release(office, id).await.expect("there").end_reason, Some(EndReason::Expired));
        assert!(matches!(take_file(office, &scene.desk, id, &text).await, Err(AskError::Over)));
    }
}

office_test! {
    async fn days_are_destroyed_when_their_term_has_passed(t: &TestOffice) {
        let office = &*t.office;
        let mut ledger = Published::of(t).await;
        let scene = scene(t).await;
        let chain = seal::chain(office).await.expect("reads").expect("a chain");
        for seq in 1..=5 {
            let day = Day::from_number(scene.day.number() - 5 + seq);
            let (data, made) = sealed(&chain, &scene.node, scene.site, day, seq);
            push(office, &scene.token, &data, &made).await.expect("pushed");
        }
        ledger.publisher.round().await.expect("published");
        assert_eq!(traffic_log::run(office).await.expect("runs").days, 0);
        let before = t.clock.now();

        // Two years on at once: the clock has jumped, and two people are asked.
        t.clock.set(before.plus_days(731));
        let round = traffic_log::run(office).await.expect("runs");
        assert_eq!((round.days, round.waiting), (0, 5));
        let (waits, _) = traffic_log::destruction(office).await.expect("reads");
        let waits = waits.expect("one waits");
        assert_eq!(waits.reason, traffic_log::DestructionReason::Clock);
        let found = traffic_log::term(office).await.expect("looks");
        assert_eq!((found.segments, found.late.len()), (5, 5), "the promise sees it");
        let (one, other) = (scene.house.sessions[0].subject, scene.house.sessions[1].subject);
        traffic_log::confirm_destruction(office, one, waits.id).await.expect("confirmed");
        let again = traffic_log::confirm_destruction(office, one, waits.id).await;
        assert!(matches!(again, Err(OfficeError::Forbidden { .. })), "two people");
        assert_eq!(traffic_log::run(office).await.expect("runs").days, 0, "still waits");
        traffic_log::confirm_destruction(office, other, waits.id).await.expect("confirmed");
        let round = traffic_log::run(office).await.expect("runs");
        assert_eq!((round.days, round.keys, round.data), (5, 5, 5));
        let found = traffic_log::term(office).await.expect("looks");
        assert_eq!((found.segments, found.destroyed, found.late.len(), found.astray.len()), (0, 5, 0, 0));
        assert_eq!(traffic_log::run(office).await.expect("runs"), traffic_log::Round::default(), "once");
    }
}
