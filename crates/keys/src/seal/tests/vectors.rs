//! The golden files of docs/vectors: made by another program (crates/keys/tests/make_seal_vectors.py) or when the seal
//! was designed, and kept for ever. Every negative case must be refused.

use super::*;
use crate::seal::curve::{hash_to_scalar, parse_scalar};
use crate::seal::{Approval, Ceremony, Chain, Message, Partial, Record, Roster, ShareFile, SignedDocument};
use base::Transcript;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

fn path(name: &str) -> String {
    format!("{}/../../docs/vectors/seal-{name}", env!("CARGO_MANIFEST_DIR"))
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is text")).to_owned()
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    hex::decode(text(value, name)).expect("is hexadecimal")
}

fn array<const N: usize>(value: &Value, name: &str) -> [u8; N] {
    bytes(value, name).try_into().expect("has the length")
}

fn number<N: TryFrom<u64>>(value: &Value, name: &str) -> N {
    value[name].as_u64().and_then(|n| N::try_from(n).ok()).expect("a number")
}

fn scalar(value: &Value, name: &str) -> Scalar {
    parse_scalar(array(value, name)).expect("a scalar")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    let list = value[name].as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

fn test_scalar(name: &str) -> Scalar {
    hash_to_scalar(Transcript::new("waarborg/test").text(name))
}

#[test]
fn the_reference_of_the_design_is_reproduced() {
    let file = fs::read_to_string(path("reference.txt")).expect("the golden file is there");
    let mut want: BTreeMap<&str, &str> = file.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut same = |name: &str, got: &[u8]| {
        assert_eq!(want.remove(name).map(str::trim), Some(hex::encode(got).as_str()), "{name}");
    };
    let dealt = Dealt::of(vec![test_scalar("a0"), test_scalar("a1")], 3, 2, 0);
    let label = Label { day: Day::from_number(0x512b), ..label(7) };
    let key = dealt.group.key();
    same("PK", key.public().bytes());
    let (record, block) = key.seal_with(&label, &test_scalar("r"), &test_scalar("s"));
    let bytes = record.bytes();
    assert_eq!(bytes[..2], [1, 1]);
    for (at, name) in ["E", "Ebar", "c", "f", "commit"].into_iter().enumerate() {
        same(name, &bytes[18 + 32 * at..][..32]);
    }
    same("K", block.expose());
    let checked = key.check(&label, &record).expect("checks");
    same("label", checked.encoded());
    let two = dealt.shares[1].answer_with(&checked, REQUEST, &test_scalar("w"));
    assert_eq!(dealt.group.verify(&checked, REQUEST, &two), Ok(()));
    let bytes = two.bytes();
    assert_eq!(bytes[..6], [0, 2, 0, 0, 0, 0]);
    for (at, name) in ["U2", "c2", "f2"].into_iter().enumerate() {
        same(name, &bytes[6 + 32 * at..][..32]);
    }
    same("V2", dealt.group.verifying(2).expect("there").bytes());
    let gbar = crate::seal::curve::hash_to_point(
        Transcript::new(base::label::SEAL_GBAR).bytes(key.public().bytes()),
    );
    same("Gbar", gbar.bytes());
    let z = key.public().element() * test_scalar("r");
    same("Z", z.compress().as_bytes());
    assert!(want.is_empty(), "{want:?}");
}

struct Case {
    group: Arc<EpochGroup>,
    label: Label,
    request: RequestHash,
    record: Vec<u8>,
}

fn case(value: &Value) -> Case {
    let public = Point::parse(&array(value, "pk")).expect("a point");
    let line = Line::from_bytes(array(value, "line"));
    let key = Arc::new(GroupKey::new(line, EpochId::from_bytes(array(value, "epoch")), public));
    let verifying: BTreeMap<u16, Point> = (1u16..)
        .zip(list(value, "verifying"))
        .map(|(i, v)| {
            let bytes = hex::decode(v.as_str().expect("text")).expect("hexadecimal");
            (i, Point::parse(&bytes.try_into().expect("32 bytes")).expect("a point"))
        })
        .collect();
    let days = (Day::from_number(0), Day::from_number(u32::MAX));
    let group =
        EpochGroup::new(key, days, number(value, "k"), number(value, "generation"), verifying).expect("fits");
    let block = Block::parse(number(value, "kind"), array(value, "part")).expect("a block");
    let label = Label {
        day: Day::from_number(number(value, "day")),
        node: NodeId::from_bytes(array(value, "node")),
        seq: number(value, "seq"),
        block,
    };
    let request = RequestHash::from_bytes(array(value, "request"));
    Case { group: Arc::new(group), label, request, record: bytes(value, "record") }
}

/// The case with the fields of a negative case put over it.
fn changed(value: &Value, negative: &Value) -> Value {
    let mut value = value.clone();
    for (name, field) in negative.as_object().expect("an object") {
        value[name] = field.clone();
    }
    value
}

#[test]
fn records_and_partials_are_those_of_the_other_program() {
    let file: Value =
        serde_json::from_str(&fs::read_to_string(path("record.json")).expect("is there")).expect("is JSON");
    for value in list(&file, "cases") {
        let case = self::case(value);
        let key = case.group.key();
        let (made, block) = key.seal_with(&case.label, &scalar(value, "r"), &scalar(value, "s"));
        assert_eq!(made.bytes().to_vec(), case.record);
        assert_eq!(block.expose().to_vec(), bytes(value, "key"));
        let record = Record::parse(&case.record).expect("parses");
        let checked = key.check(&case.label, &record).expect("checks");
        assert_eq!(checked.encoded(), bytes(value, "label"));
        let mut partials = Vec::new();
        for one in list(value, "partials") {
            let x = Zeroizing::new(array(one, "share"));
            let share = OfficerShare::new(Arc::clone(&case.group), number(one, "officer"), &x).expect("fits");
            let partial = share.answer_with(&checked, case.request, &scalar(one, "w"));
            assert_eq!(partial.bytes().to_vec(), bytes(one, "partial"));
            partials.push(Partial::parse(&bytes(one, "partial")).expect("parses"));
        }
        let opened = case.group.combine(&checked, case.request, &partials).expect("opens");
        assert_eq!((opened.key, opened.refused.len()), (block, 0));
        for negative in list(value, "refused") {
            let bad = self::case(&changed(value, negative));
            let accepted = Record::parse(&bad.record)
                .and_then(|record| bad.group.key().check(&bad.label, &record).map(|_| ()));
            assert!(accepted.is_err(), "{}", negative["why"]);
        }
        for negative in list(value, "refused_partials") {
            let mut all = changed(value, negative);
            if negative.get("partial").is_none() {
                all["partial"] = list(value, "partials")[0]["partial"].clone();
            }
            let request = RequestHash::from_bytes(array(&all, "request"));
            let accepted = Partial::parse(&bytes(&all, "partial"))
                .and_then(|partial| case.group.verify(&checked, request, &partial));
            assert!(accepted.is_err(), "{}", negative["why"]);
        }
    }
}

#[test]
fn officers_files_are_those_of_the_other_program() {
    let file: Value =
        serde_json::from_str(&fs::read_to_string(path("officers.json")).expect("is there")).expect("is JSON");
    let roster = Roster::parse(&text(&file, "roster")).expect("a roster");
    assert_eq!(roster.session().to_string(), text(&file, "session"));
    assert_eq!(roster.digits().to_string(), text(&file, "session_digits"));
    let fingerprints: Vec<String> =
        roster.officers().values().map(|officer| officer.fingerprint().to_string()).collect();
    let wanted: Vec<&str> = list(&file, "fingerprints").iter().filter_map(Value::as_str).collect();
    assert_eq!(fingerprints, wanted);
    for message in list(&file, "messages") {
        let message = Message::parse(message.as_str().expect("text")).expect("reads");
        assert_eq!(message.verify(&roster), Ok(()));
    }
    for negative in list(&file, "refused_messages") {
        let accepted = Message::parse(&text(negative, "message")).and_then(|message| message.verify(&roster));
        assert!(accepted.is_err(), "{}", negative["why"]);
    }
    let pinned = text(&file, "document_hash").parse().expect("a hash");
    let begin = |text: &str| SignedDocument::parse(text).and_then(|signed| Chain::begin(signed, pinned));
    let chain = begin(&text(&file, "document")).expect("a document");
    assert_eq!(chain.last().roster(), &roster);
    for negative in list(&file, "refused_documents") {
        assert!(begin(&text(negative, "document")).is_err(), "{}", negative["why"]);
    }
    let request = RequestHash::of(text(&file, "request").as_bytes());
    assert_eq!(request.to_string(), text(&file, "request_hash"));
    let approve = |text: &str| Approval::parse(text).and_then(|approval| approval.verify(&roster, request));
    assert_eq!(approve(&text(&file, "approval")), Ok(()));
    for negative in list(&file, "refused_approvals") {
        assert!(approve(&text(negative, "approval")).is_err(), "{}", negative["why"]);
    }
}

/// The words of the golden share file; it belongs to nothing.
const WORDS: &str = "legal winner thank year wave sausage";

#[test]
fn the_golden_share_file_opens() {
    let sealed = fs::read(path("share.age")).expect("the golden file is there");
    let file = ShareFile::open(&sealed, &WORDS.parse().expect("words")).expect("opens");
    assert_eq!(file.identity().officer().name(), "Officer 1");
    let epoch = EpochId::from_bytes([2; 16]);
    let share = file.share(epoch).expect("a share");
    let key = file.chain().expect("documents").epoch(epoch).expect("the epoch").key();
    let (record, _) = key.seal(&label(1), &random(1));
    let checked = key.check(&label(1), &record).expect("checks");
    let partial = share.answer(&checked, REQUEST, &random(2)).expect("answers");
    assert_eq!(share.group().verify(&checked, REQUEST, &partial), Ok(()));
    assert!(matches!(file.ceremony().map(Ceremony::roster), Some(roster) if roster.previous().is_some()));
}

/// `cargo test -p keys -- --ignored write_missing_share_file`: never over one that is there.
#[test]
#[ignore = "writes the golden share file when it is missing"]
fn write_missing_share_file() {
    let path = path("share.age");
    if fs::exists(&path).expect("looks") {
        return;
    }
    let random = random(1);
    let mut people = super::people::People::new(2, &random);
    people.ceremony(2, &super::people::epochs(1, 2), &random);
    let roster = people.roster(2, &super::people::epochs(2, 1), &random);
    people.begin(&roster, &random);
    let sealed = people.files[&1].seal(&WORDS.parse().expect("words")).expect("seals");
    fs::write(path, sealed).expect("writes");
}
