//! Requests and dossiers: what reads, and each refusal of an officer's program.

use super::*;
use crate::seal::testkit::{Program, bytes, ceremony};
use base::{Day, SeededRandom, SystemRandom, Timestamp};
use keys::seal::{
    Approval, Block, Chain, Epoch, EpochId, GroupKey, Label, NodeId, Plan, RecordError, ReleaseError,
    ReleaseSession, Roster, SiteId,
};
use ledger::{
    Actor, Checkpoint, ConsistencyProof, Entry, EntryBuilder, Evidence, Frontier, Origin, ProofError, Signer,
    SigningKey, TileDir, TreeHead, VerifyingKey, WitnessSigningKey, leaf_hash,
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, OnceLock};
use traffic::segment::name::SegmentName;
use traffic::segment::{Manifest, Reason};

const ORIGIN: &str = "host.example/waarborg/ledger/1";
const DOMAIN: &str = "shop.example";
const SITE: SiteId = SiteId::from_bytes([4; 16]);
const NODE: NodeId = NodeId::from_bytes([3; 16]);
const OPENING: [u8; 32] = [7; 32];

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T11:00:00Z").expect("an instant")
}

fn today() -> Day {
    now().day()
}

fn epoch() -> EpochId {
    EpochId::from_bytes([1; 16])
}

/// Three officers, two of whom open; the ceremony is held once for all tests.
struct Officers {
    programs: Vec<Program>,
    roster: Roster,
}

impl Officers {
    fn chain(&self) -> &Chain {
        self.programs[0].file.chain().expect("a chain")
    }

    fn key(&self) -> &Arc<GroupKey> {
        self.chain().epoch(epoch()).expect("there").key()
    }

    fn approve(&self, number: usize, request: &Request, root: [u8; 32]) -> Approval {
        let own = self.programs[number - 1].file.identity();
        Approval::sign(own, &self.roster, request.hash(), root).expect("listed")
    }
}

fn officers() -> &'static Officers {
    static HELD: OnceLock<Officers> = OnceLock::new();
    HELD.get_or_init(|| {
        let mut programs: Vec<Program> = ["Aukje", "Bram", "Carla"].map(Program::new).into();
        let listed: Vec<_> =
            (1..).zip(programs.iter().map(|p| p.file.identity().officer().clone())).collect();
        let epochs = [Epoch {
            id: epoch(),
            first_day: Day::from_number(today().number() - 22),
            last_day: Day::from_number(today().number() + 7),
        }];
        let plan = Plan {
            organisation: "Voorbeeldhost",
            threshold: 2,
            officers: &listed,
            epochs: &epochs,
            previous: None,
        };
        let roster = Roster::compose(&plan, &SystemRandom).expect("a roster");
        ceremony(&mut programs, &roster);
        Officers { programs, roster }
    })
}

/// What a test may change before the dossier is made.
struct Story {
    ground: &'static str,
    day: Day,
    sealed_at: Timestamp,
    domain: &'static str,
    approvals: Vec<usize>,
    told: Vec<usize>,
    asked_by: Option<usize>,
    not_after: Timestamp,
    group_key: Option<[u8; 32]>,
    line: Option<[u8; 32]>,
    name_epoch: EpochId,
    blocks: Vec<Block>,
    scope_sites: Vec<SiteId>,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            ground: "incident-opened",
            day: Day::from_number(today().number() - 2),
            sealed_at: now(),
            domain: DOMAIN,
            approvals: vec![1, 2],
            told: vec![1, 2],
            asked_by: None,
            not_after: now().plus_days(14),
            group_key: None,
            line: None,
            name_epoch: epoch(),
            blocks: vec![Block::Dictionary, Block::Rows(SITE)],
            scope_sites: vec![SITE],
        }
    }
}

/// A ledger with a signer, in memory but for its state file.
struct Book {
    entries: Vec<Entry>,
    key: SigningKey,
    folder: tempfile::TempDir,
}

impl Book {
    fn new() -> Self {
        let origin: Origin = ORIGIN.parse().expect("an origin");
        let key = SigningKey::generate(origin, &SeededRandom::new(5));
        Self { entries: Vec::new(), key, folder: tempfile::tempdir().expect("a folder") }
    }

    fn verifying(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    fn tell(&mut self, kind: &'static str, data: Value, at: Timestamp) -> [u8; 32] {
        let Value::Object(data) = data else { panic!("an object") };
        let data: Map<String, Value> = data;
        let entry = EntryBuilder::new(kind, ORIGIN, at, &SystemRandom)
            .actor(Actor::System("test"))
            .data(data)
            .build()
            .expect("small");
        let leaf = *entry.leaf_hash().as_bytes();
        self.entries.push(entry);
        leaf
    }

    fn head(&self, size: usize) -> TreeHead {
        let mut frontier = Frontier::new();
        for entry in &self.entries[..size] {
            frontier.push(entry.leaf_hash());
        }
        frontier.head()
    }

    /// The checkpoint over everything, the entries with their proofs, and consistency with an older size.
    fn publish(&self, old: usize) -> (String, Vec<Included>, ConsistencyProof) {
        let tiles = TileDir::new(self.folder.path().join(format!("tiles-{}", self.entries.len())));
        let bodies = self.entries.iter().map(|entry| entry.bytes().to_vec());
        let head = tiles.publish(0, bodies).expect("publishes");
        let state = self.folder.path().join(format!("state-{}", self.entries.len()));
        let key = SigningKey::from_text(&self.key.to_text()).expect("the key");
        let mut signer = Signer::create(&state, key).expect("a signer");
        let checkpoint = Checkpoint::new(self.key.origin().clone(), head);
        let signed = sign(&mut signer, &checkpoint, &tiles);
        let included = |(index, entry): (usize, &Entry)| {
            let proof = tiles.inclusion_proof(index as u64, head).expect("a proof");
            Included { entry: entry.clone(), index: index as u64, path: proof.hashes }
        };
        let consistency = tiles.consistency_proof(self.head(old), head).expect("a proof");
        (signed, self.entries.iter().enumerate().map(included).collect(), consistency)
    }
}

/// A dossier as the office would make it, with what belongs to it.
struct Made {
    dossier: Dossier,
    ledger: VerifyingKey,
    last: TreeHead,
    session: ReleaseSession,
}

fn made(story: &Story) -> Made {
    let officers = officers();
    let mut book = Book::new();
    for _ in 0..3 {
        book.tell("customer-created", json!({}), now());
    }
    let last = book.head(3);
    let entry = book.tell(story.ground, json!({}), now());
    let session = ReleaseSession::generate();
    let request = Request::compose(&NewRequest {
        release: ReleaseId::from_uuid(uuid::Uuid::from_u128(9)),
        ground: Ground::Incident,
        entry,
        scope: &[ScopeItem {
            target: Target::Sites(story.scope_sites.iter().copied().collect()),
            first_day: Day::from_number(story.day.number() - 1),
            last_day: Day::from_number(story.day.number() + 1),
            nodes: [NODE].into(),
        }],
        reason: "Onderzoek naar het lek",
        asked_by: story.asked_by.map(|number| &officers.roster.officers()[&(number as u16)]),
        recipient: &session.recipient(),
        not_after: story.not_after,
    })
    .expect("a request");
    let hash = request.hash().to_string();
    book.tell("release-requested", json!({ "request": hash, "entry": hex::encode(entry) }), now());
    let root = [6; 32];
    for number in &story.told {
        let data = json!({ "request": hash, "officer": number, "root": hex::encode(root) });
        book.tell("release-approved", data, now());
    }
    let commitment = site_commitment(&OPENING, SITE, DOMAIN);
    book.tell("site", json!({ "commitment": hex::encode(commitment) }), now());
    let segment = segment(story, officers);
    let manifest = hex::encode(Sha256::digest(&segment.manifest));
    book.tell("sealed", json!({ "manifest": manifest }), story.sealed_at);
    let (checkpoint, entries, consistency) = book.publish(3);
    let dossier = Dossier {
        approvals: story.approvals.iter().map(|number| officers.approve(*number, &request, root)).collect(),
        request,
        checkpoint,
        consistency: vec![consistency],
        entries,
        sites: vec![SiteOpening { site: SITE, domain: story.domain.to_owned(), opening: OPENING }],
        segments: vec![segment],
    };
    Made { dossier, ledger: book.verifying(), last, session }
}

fn segment(story: &Story, officers: &Officers) -> SegmentPart {
    let label = |block| Label { day: story.day, node: NODE, seq: 5, block };
    let records: Vec<_> = story
        .blocks
        .iter()
        .map(|block| officers.key().seal(&label(*block), &SystemRandom).0.bytes())
        .collect();
    let tree = RecordTree::new(records.iter().map(|record| leaf_hash(record)).collect());
    let name = SegmentName {
        line: story.line.map_or(officers.roster.line(), keys::seal::Line::from_bytes),
        epoch: story.name_epoch,
        day: story.day,
        node: NODE,
        seq: 5,
    };
    let manifest = Manifest {
        name,
        group_key: story.group_key.unwrap_or(*officers.key().public().bytes()),
        previous: [0; 32],
        data_hash: [1; 32],
        data_bytes: 10,
        records: records.len() as u32,
        root: *tree.root().as_bytes(),
        reason: Reason::Day,
    };
    let part = |(place, record): (usize, &[u8; 178])| RecordPart {
        place: place as u32,
        record: record.to_vec(),
        path: tree.path(place).expect("there"),
    };
    SegmentPart { manifest: manifest.bytes(), records: records.iter().enumerate().map(part).collect() }
}

fn judge<'a>(made: &'a Made, stage: Stage, change: impl FnOnce(&mut Pinned<'a>)) -> Result<usize, Refusal> {
    static NOTHING: Answered = Answered::new();
    let officers = officers();
    let mut pinned = Pinned {
        chain: officers.chain(),
        officer: officers.programs[0].file.identity().officer(),
        ledger: &made.ledger,
        last: Some(made.last),
        witnesses: &[],
        term_months: TERM_MONTHS,
        answered: &NOTHING,
        now: now(),
    };
    change(&mut pinned);
    check(&made.dossier, &pinned, stage, &mut |_| {}).map(|cleared| cleared.labels.len())
}

type Expected = fn(&Refusal) -> bool;

/// Makes a dossier of a story and expects a refusal.
macro_rules! refused {
    ($story:expr, $pattern:pat) => {{
        let refusal = judge(&made(&$story), Stage::Answer, |_| {}).expect_err("is refused");
        assert!(matches!(refusal, $pattern), "{refusal:?}");
    }};
}

/// Changes a dossier and expects a refusal.
macro_rules! spoiled {
    ($change:expr, $pattern:pat) => {{
        let mut made = made(&Story::default());
        let change: fn(&mut Dossier) = $change;
        change(&mut made.dossier);
        let refusal = judge(&made, Stage::Answer, |_| {}).expect_err("is refused");
        assert!(matches!(refusal, $pattern), "{refusal:?}");
    }};
}

#[test]
fn what_is_right_passes_and_opens() {
    let made = made(&Story::default());
    let text = made.dossier.text();
    assert_eq!(Dossier::parse(&text).expect("reads"), made.dossier);
    assert_eq!(judge(&made, Stage::Answer, |_| {}).expect("passes"), 2);
    assert_eq!(judge(&made, Stage::Approve, |pinned| pinned.last = None).expect("the first time"), 2);

    // Two officers answer, and the session that asked opens the block.
    let officers = officers();
    let answered = Answered::new();
    let pinned = Pinned {
        chain: officers.chain(),
        officer: officers.programs[0].file.identity().officer(),
        ledger: &made.ledger,
        last: None,
        witnesses: &[],
        term_months: TERM_MONTHS,
        answered: &answered,
        now: now(),
    };
    let cleared = check(&made.dossier, &pinned, Stage::Answer, &mut |_| {}).expect("passes");
    assert_eq!(cleared.domains.get(&SITE).map(String::as_str), Some(DOMAIN));
    let mut partials = Vec::new();
    for program in &officers.programs[..2] {
        let file = &program.file;
        let own: Vec<_> = cleared
            .labels
            .iter()
            .map(|label| {
                let share = file.share(label.group.epoch()).expect("a share");
                share.answer(&label.checked, cleared.hash, &SystemRandom).expect("answers")
            })
            .collect();
        let recipient = made.dossier.request.recipient();
        let message =
            keys::seal::seal_answer(file.identity(), &officers.roster, cleared.hash, recipient, &own);
        let opened = made.session.open(&officers.roster, cleared.hash, &message.expect("seals"));
        partials.push(opened.expect("opens").1);
    }
    for (at, label) in cleared.labels.iter().enumerate() {
        let of_label: Vec<_> = partials.iter().map(|own| own[at]).collect();
        label.group.combine(&label.checked, cleared.hash, &of_label).expect("two of three open");
        assert!(label.group.combine(&label.checked, cleared.hash, &of_label[..1]).is_err());
    }
}

#[test]
fn the_ledger_is_the_one_that_is_known() {
    let good = made(&Story::default());
    let other =
        SigningKey::generate(ORIGIN.parse().expect("an origin"), &SeededRandom::new(6)).verifying_key();
    let refusal = judge(&good, Stage::Answer, |pinned| pinned.ledger = &other).expect_err("another key");
    assert!(matches!(refusal, Refusal::Checkpoint(_)), "{refusal:?}");
    let witness = WitnessSigningKey::generate("witness.example", &SeededRandom::new(7))
        .expect("a name")
        .verifying_key();
    let witnesses = [witness];
    let refusal =
        judge(&good, Stage::Answer, |pinned| pinned.witnesses = &witnesses).expect_err("no witness");
    assert!(matches!(refusal, Refusal::Unwitnessed), "{refusal:?}");
    let head = |size, byte| Some(TreeHead { size, root: ledger::Hash::from_bytes([byte; 32]) });
    let cases: [(Option<TreeHead>, Expected); 4] = [
        (head(1_000, 1), |refusal| matches!(refusal, Refusal::Shorter { seen: 1_000, .. })),
        (head(2, 1), |refusal| matches!(refusal, Refusal::NotContinued { seen: 2 })),
        (head(3, 1), |refusal| matches!(refusal, Refusal::Rewritten(ProofError::Wrong))),
        (head(good.dossier.entries.len() as u64, 1), |refusal| matches!(refusal, Refusal::Rewritten(_))),
    ];
    for (last, expected) in cases {
        let refusal = judge(&good, Stage::Answer, |pinned| pinned.last = last).expect_err("another history");
        assert!(expected(&refusal), "{refusal:?}");
    }
    spoiled!(|dossier| dossier.entries[4].index = 0, Refusal::NotIncluded { index: 0, .. });
    spoiled!(|dossier| dossier.entries[4].path.clear(), Refusal::NotIncluded { .. });
}

#[test]
fn the_request_is_told_in_time_and_on_a_ground() {
    refused!(Story { ground: "incident-aware", ..Story::default() }, Refusal::NoGround("incident"));
    spoiled!(
        |dossier| {
            dossier.entries.remove(3);
        },
        Refusal::NoGround("incident")
    );
    spoiled!(
        |dossier| {
            dossier.entries.remove(4);
        },
        Refusal::NotRequested
    );
    refused!(Story { not_after: now(), ..Story::default() }, Refusal::Ended(_));
    refused!(
        Story { not_after: now().plus_days(14).plus_seconds(1), ..Story::default() },
        Refusal::TooLong(_)
    );
}

#[test]
fn k_officers_of_the_roster_approve_and_never_who_asks() {
    refused!(
        Story { approvals: vec![2], ..Story::default() },
        Refusal::TooFewApprovals { found: 1, needed: 2 }
    );
    refused!(Story { approvals: vec![2, 2], ..Story::default() }, Refusal::TooFewApprovals { found: 1, .. });
    refused!(Story { told: vec![1], ..Story::default() }, Refusal::ApprovalNotRecorded(2));
    refused!(Story { asked_by: Some(1), ..Story::default() }, Refusal::OwnRequest);
    refused!(Story { asked_by: Some(2), ..Story::default() }, Refusal::AskerApproved(2));
    let few = Story { approvals: vec![], told: vec![], ..Story::default() };
    assert_eq!(judge(&made(&few), Stage::Approve, |_| {}).expect("none is needed to approve"), 2);
    // An approval of another request, and one that nobody signed.
    let mut other = made(&Story::default());
    other.dossier.approvals = made(&Story::default()).dossier.approvals;
    let refusal = judge(&other, Stage::Answer, |_| {}).expect_err("another request");
    assert!(
        matches!(refusal, Refusal::Approval(ReleaseError::OtherRequest { officer: 1, .. })),
        "{refusal:?}"
    );
    let stranger = Program::new("Vreemde");
    let good = made(&Story::default());
    let refusal = judge(&good, Stage::Approve, |pinned| pinned.officer = stranger.file.identity().officer());
    assert!(matches!(refusal, Err(Refusal::NotOnRoster)), "{refusal:?}");
}

#[test]
fn sites_have_the_domain_that_the_ledger_holds() {
    refused!(Story { domain: "other.example", ..Story::default() }, Refusal::OtherDomain(..));
    spoiled!(|dossier| dossier.sites.clear(), Refusal::UnknownSite(_));
    spoiled!(|dossier| dossier.sites[0].opening = [8; 32], Refusal::OtherDomain(..));
}

#[test]
fn segments_are_those_of_the_ledger_and_the_group() {
    spoiled!(
        |dossier| {
            dossier.entries.pop();
        },
        Refusal::NotSealed { seq: 5, .. }
    );
    spoiled!(
        |dossier| {
            dossier.segments[0].manifest.pop();
        },
        Refusal::Manifest(1)
    );
    refused!(Story { line: Some([9; 32]), ..Story::default() }, Refusal::OtherLine(_));
    let unknown = EpochId::from_bytes([2; 16]);
    refused!(Story { name_epoch: unknown, ..Story::default() }, Refusal::UnknownEpoch(_));
    refused!(Story { group_key: Some(bytes()), ..Story::default() }, Refusal::OtherGroupKey { .. });
    let old = Day::from_number(today().number() - 731);
    refused!(Story { day: old, ..Story::default() }, Refusal::Due(_));
    // A node that labels its days ahead gains nothing by it: the day of the ledger counts as well.
    refused!(Story { sealed_at: now().plus_days(-731), ..Story::default() }, Refusal::Due(_));
    let kept = Story { sealed_at: now().plus_days(-729), ..Story::default() };
    assert!(judge(&made(&kept), Stage::Answer, |_| {}).is_ok());
    let shorter = judge(&made(&Story::default()), Stage::Answer, |pinned| pinned.now = now().plus_days(1));
    assert!(shorter.is_ok());
}

#[test]
fn labels_are_in_scope_and_under_the_root() {
    spoiled!(|dossier| dossier.segments[0].records[0].place = 1, Refusal::NotUnderRoot { place: 1, .. });
    spoiled!(|dossier| dossier.segments[0].records[0].record[30] ^= 1, Refusal::NotUnderRoot { .. });
    spoiled!(|dossier| dossier.segments.clear(), Refusal::Labels(0));
    spoiled!(
        |dossier| {
            let again = dossier.segments[0].records[0].clone();
            dossier.segments[0].records.push(again);
        },
        Refusal::Twice(_)
    );
    let elsewhere = SiteId::from_bytes([5; 16]);
    for block in [Block::Rows(elsewhere), Block::Addresses(3), Block::Canary, Block::Spool(elsewhere)] {
        refused!(Story { blocks: vec![block], ..Story::default() }, Refusal::OutOfScope(_));
    }
    let spool = Story { blocks: vec![Block::Spool(SITE)], ..Story::default() };
    assert!(judge(&made(&spool), Stage::Answer, |_| {}).is_ok(), "what a crash left is in the same scope");
    // A record of another day under this day's manifest: its proof says so.
    let mut moved = made(&Story::default());
    let story = Story { day: Day::from_number(today().number() - 3), ..Story::default() };
    let other = segment(&story, officers());
    let tree = RecordTree::new(vec![leaf_hash(&other.records[1].record)]);
    let manifest = Manifest::parse(&moved.dossier.segments[0].manifest).expect("reads");
    let manifest = Manifest { root: *tree.root().as_bytes(), records: 1, ..manifest };
    let part = RecordPart { place: 0, record: other.records[1].record.clone(), path: vec![] };
    let mut book = Book::new();
    for included in &moved.dossier.entries {
        book.entries.push(included.entry.clone());
    }
    book.entries.pop();
    let sealed = hex::encode(Sha256::digest(manifest.bytes()));
    book.tell("sealed", json!({ "manifest": sealed }), now());
    let (checkpoint, entries, consistency) = book.publish(3);
    moved.dossier = Dossier {
        checkpoint,
        entries,
        consistency: vec![consistency],
        segments: vec![SegmentPart { manifest: manifest.bytes(), records: vec![part] }],
        ..moved.dossier
    };
    let refusal = judge(&moved, Stage::Answer, |_| {}).expect_err("another day's record");
    let wrong = matches!(refusal, Refusal::Record { source: RecordError::Proof, place: 0, .. });
    assert!(wrong, "{refusal:?}");
}

#[test]
fn a_label_is_answered_with_one_record() {
    let good = made(&Story::default());
    let label = Label { day: Story::default().day, node: NODE, seq: 5, block: Block::Dictionary };
    let same: [u8; 32] = Sha256::digest(&good.dossier.segments[0].records[0].record).into();
    for (record, fine) in [(same, true), ([0; 32], false)] {
        let answered = Answered::from([((epoch(), label), record)]);
        let judged = judge(&good, Stage::Answer, |pinned| {
            pinned.answered = &answered;
        });
        assert_eq!(judged.is_ok(), fine);
        assert!(fine || matches!(judged, Err(Refusal::AnsweredOtherwise(_))));
    }
}

#[test]
fn a_request_has_one_spelling_and_limits() {
    let good = made(&Story::default()).dossier.request;
    assert_eq!(Request::parse(good.text()).expect("reads"), good);
    let text = good.text();
    for (from, to) in [
        ("\"v\":1", "\"v\": 1"),
        ("\"v\":1", "\"v\":2"),
        ("\"asked_by\":null,", ""),
        ("\"reason\":\"", "\"reason\":\" "),
        ("Onderzoek naar het lek", ""),
        ("\"kind\":1", "\"kind\":3"),
        ("age1", "age2"),
        ("incident\"", "curiosity\""),
    ] {
        let other = text.replacen(from, to, 1);
        assert_ne!(other, text, "{from}");
        match Request::parse(&other) {
            Err(_) => {}
            Ok(read) => assert_ne!(read.hash(), good.hash(), "another text, another request: {to}"),
        }
    }
    let item = |first: u32, last: u32, sites: Vec<SiteId>, nodes: Vec<NodeId>| ScopeItem {
        target: Target::Sites(sites.into_iter().collect()),
        first_day: Day::from_number(first),
        last_day: Day::from_number(last),
        nodes: nodes.into_iter().collect(),
    };
    let compose = |scope: &[ScopeItem]| {
        Request::compose(&NewRequest {
            release: good.release(),
            ground: Ground::LawfulOrder,
            entry: [1; 32],
            scope,
            reason: "Bevel",
            asked_by: None,
            recipient: good.recipient(),
            not_after: now(),
        })
    };
    assert!(compose(&[item(1, 1, vec![SITE], vec![NODE])]).is_ok());
    assert!(matches!(compose(&[]), Err(RequestError::Scope)));
    for bad in [
        item(2, 1, vec![SITE], vec![NODE]),
        item(1, 801, vec![SITE], vec![NODE]),
        item(1, 1, vec![], vec![NODE]),
        item(1, 1, vec![SITE], vec![]),
    ] {
        assert!(matches!(compose(&[bad]), Err(RequestError::Item(1))));
    }
    let addresses =
        ScopeItem { target: Target::Addresses([0, 255].into()), ..item(5, 6, vec![SITE], vec![NODE]) };
    let request = compose(&[addresses]).expect("a request");
    let label = |day, block| Label { day: Day::from_number(day), node: NODE, seq: 0, block };
    assert!(request.scope().covers(&label(5, Block::Addresses(255))));
    for (day, block) in
        [(5, Block::Addresses(1)), (7, Block::Addresses(0)), (5, Block::Rows(SITE)), (5, Block::Dictionary)]
    {
        assert!(!request.scope().covers(&label(day, block)), "{day} {block:?}");
    }
}

fn sign(signer: &mut Signer, checkpoint: &Checkpoint, tiles: &TileDir) -> String {
    let evidence = Evidence::Tiles(tiles);
    signer.sign(checkpoint.clone(), evidence).expect("signs").to_note()
}
