//! Rosters, messages and share files as bytes from outside: what must not be taken.

use super::people::{CHEAP, People, epochs, passphrase};
use super::random;
use crate::seal::{
    EPOCHS_MAX, GroupError, MESSAGE_BYTES_MAX, Message, MessageError, NAME_BYTES_MAX, OFFICERS_MAX,
    OfficerError, Place, ROSTER_BYTES_MAX, Roster, RosterError, ShareFile, ShareFileError, secret,
};
use serde_json::{Value, json};

fn roster() -> (People, Roster) {
    let random = random(1);
    let people = People::new(3, &random);
    let roster = people.roster(2, &epochs(1, 2), &random);
    (people, roster)
}

fn changed(text: &str, change: impl Fn(&mut Value)) -> String {
    let mut json: Value = serde_json::from_str(text).expect("JSON");
    change(&mut json);
    json.to_string()
}

#[test]
fn a_roster_is_its_bytes() {
    let (_, roster) = roster();
    assert_eq!(Roster::parse(roster.text()).as_ref(), Ok(&roster));
    assert_eq!(roster.line().bytes().to_vec(), hex_of(&roster, "ceremony"));
    assert_eq!((roster.organisation(), roster.threshold(), roster.previous()), ("Example Hosting", 2, None));
    // One space more is another ceremony: hashed is what was sent.
    let spaced = roster.text().replacen(':', ": ", 1);
    let other = Roster::parse(&spaced).expect("the same content");
    assert_ne!(other.session(), roster.session());
    assert_ne!(other.digits(), roster.digits());
    let padded = format!("{}{}", roster.text(), " ".repeat(ROSTER_BYTES_MAX - roster.text().len()));
    assert!(Roster::parse(&padded).is_ok());
    assert_eq!(Roster::parse(&format!("{padded} ")), Err(RosterError::TooLong));
}

fn hex_of(roster: &Roster, name: &str) -> Vec<u8> {
    let json: Value = serde_json::from_str(roster.text()).expect("JSON");
    hex::decode(json[name].as_str().expect("text")).expect("hexadecimal")
}

#[test]
fn rosters_that_are_not_possible_are_refused() {
    let (_, roster) = roster();
    let with = |change: &dyn Fn(&mut Value)| Roster::parse(&changed(roster.text(), change)).map(|_| ());
    assert_eq!(with(&|_| ()), Ok(()));
    assert_eq!(with(&|json| json["v"] = json!(2)), Err(RosterError::Version(2)));
    assert!(matches!(with(&|json| json["x"] = json!(2)), Err(RosterError::Json(_))));
    let twice = roster.text().replacen("\"k\":2", "\"k\":2,\"k\":2", 1);
    assert!(matches!(Roster::parse(&twice), Err(RosterError::Json(_))));
    for (k, count) in [(1, 3), (0, 3), (4, 3)] {
        let numbers = GroupError::Numbers { threshold: k, count };
        assert_eq!(with(&|json| json["k"] = json!(k)), Err(RosterError::Group(numbers)));
    }
    assert_eq!(with(&|json| json["k"] = json!(3)), Ok(()));
    assert_eq!(with(&|json| json["n"] = json!(4)), Err(RosterError::Count { said: 4, listed: 3 }));
    for (at, i, expected) in [(0, 0, 0), (0, 2, 2), (1, 1, 1), (2, 2, 2), (2, 4, 4)] {
        assert_eq!(with(&|json| json["officers"][at]["i"] = json!(i)), Err(RosterError::Order(expected)));
    }
    let officer = OFFICERS_MAX + 1;
    let number = RosterError::Group(GroupError::Officer { officer });
    assert_eq!(with(&|json| json["officers"][2]["i"] = json!(officer)), Err(number));
    for field in ["name", "sign_pk", "recipient"] {
        let same = |json: &mut Value| json["officers"][2][field] = json["officers"][0][field].clone();
        assert_eq!(with(&same), Err(RosterError::Twice(3)), "{field}");
    }
    for name in ["", " x", &"x".repeat(NAME_BYTES_MAX + 1)] {
        let bad = Err(RosterError::Officer(OfficerError::Name));
        assert_eq!(with(&|json| json["officers"][0]["name"] = json!(name)), bad);
        assert_eq!(with(&|json| json["organisation"] = json!(name)), bad);
    }
    // Line and ceremony: the same in a first roster, and only there.
    let hash = "11".repeat(32);
    assert_eq!(with(&|json| json["line"] = json!(hash)), Err(RosterError::Line));
    assert_eq!(with(&|json| json["previous"] = json!(hash)), Err(RosterError::Line));
    let later = |json: &mut Value| {
        json["line"] = json!(hash);
        json["previous"] = json!(hash);
    };
    assert_eq!(with(&later), Ok(()));
    // A later roster keeps the numbers of those who stay.
    let gap = |json: &mut Value| {
        later(json);
        json["officers"][2]["i"] = json!(7);
    };
    assert_eq!(with(&gap), Ok(()));
}

#[test]
fn epochs_are_months_in_order() {
    let (_, roster) = roster();
    let with = |change: &dyn Fn(&mut Value)| {
        Roster::parse(&changed(roster.text(), |json| change(&mut json["epochs"]))).map(|_| ())
    };
    let bad = Err(RosterError::Epochs);
    assert_eq!(with(&|epochs| *epochs = json!([])), bad);
    assert_eq!(with(&|epochs| epochs[1]["id"] = epochs[0]["id"].clone()), bad);
    assert_eq!(with(&|epochs| epochs[1]["first_day"] = epochs[0]["last_day"].clone()), bad);
    assert_eq!(with(&|epochs| epochs.as_array_mut().expect("list").reverse()), bad);
    let first = 20_030;
    for (last, right) in [(first, true), (first + 29, true), (first - 1, false)] {
        assert_eq!(with(&|epochs| epochs[0]["last_day"] = json!(last)).is_ok(), right, "{last}");
    }
    let longest = |days: u32| move |epochs: &mut Value| epochs[1]["last_day"] = json!(20_060 + days - 1);
    assert_eq!(with(&longest(31)), Ok(()));
    assert_eq!(with(&longest(32)), bad);
    let many = |count: usize| {
        move |epochs: &mut Value| {
            let epoch = |at: usize| json!({"id": format!("{at:032x}"), "first_day": at, "last_day": at});
            *epochs = (0..count).map(epoch).collect();
        }
    };
    assert_eq!(with(&many(EPOCHS_MAX)), Ok(()));
    assert_eq!(with(&many(EPOCHS_MAX + 1)), bad);
}

#[test]
fn messages_are_read_in_one_form_and_within_limits() {
    let (mut people, roster) = roster();
    let first = people.begin(&roster, &random(2));
    let message = &first[0];
    let text = message.text();
    assert_eq!(Message::parse(&text).as_ref(), Ok(message));
    assert_eq!(message.verify(&roster), Ok(()));
    assert_eq!(message.session(), roster.session());
    assert!(format!("{message:?}").starts_with("Message(dkg round 1 from 1 to 0, "));
    let with = |change: &dyn Fn(&mut Value)| Message::parse(&changed(&text, change));
    assert_eq!(with(&|json| json["v"] = json!(0)), Err(MessageError::Version(0)));
    for (field, value) in [
        ("more", json!(1)),
        ("kind", json!("approve")),
        ("body", json!("*")),
        ("body", json!("AAA")),
        ("sig", json!("AAAA")),
        ("session", json!("AB")),
        ("round", json!(256)),
        ("from", json!(-1)),
    ] {
        assert!(matches!(with(&|json| json[field] = value.clone()), Err(MessageError::Json(_))), "{field}");
    }
    // Every field is signed.
    let body = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, b"other");
    for (field, value) in
        [("round", json!(2)), ("kind", json!("refresh")), ("to", json!(2)), ("body", json!(body))]
    {
        let changed = with(&|json| json[field] = value.clone()).expect("reads");
        assert_eq!(changed.verify(&roster), Err(MessageError::Signature(1)), "{field}");
    }
    let from = with(&|json| json["from"] = json!(2)).expect("reads");
    assert_eq!(from.verify(&roster), Err(MessageError::Signature(2)));
    assert_eq!(Message::parse(&" ".repeat(MESSAGE_BYTES_MAX + 1)), Err(MessageError::TooLong));
    let identity = people.files[&1].identity();
    let of = |kind, length: usize| {
        let place = Place { kind, ..message.place() };
        Message::parse(&Message::sign(identity, roster.session(), place, vec![0; length]).text()).map(|_| ())
    };
    use crate::seal::MessageKind::{Answer, Deleted, Generate, Group, Refresh};
    for kind in [Generate, Refresh, Group, Deleted] {
        assert_eq!(of(kind, 64 * 1024), Ok(()));
        assert_eq!(of(kind, 64 * 1024 + 1), Err(MessageError::TooLong));
        assert!(text.contains("\"kind\":\"dkg\""));
    }
    assert_eq!(of(Answer, 2_200_000), Ok(()));
    assert_eq!(of(Answer, 2_200_001), Err(MessageError::TooLong));
    let names = [Generate, Refresh, Group, Deleted, Answer].map(|kind| {
        let json = serde_json::to_value(kind).expect("writes");
        assert_eq!(
            json.as_str(),
            Some(kind.to_string().as_str()),
            "one name in the signature and in the file"
        );
        kind.to_string()
    });
    assert_eq!(names, ["dkg", "refresh", "group", "deleted", "partials"]);
}

/// The text inside a share file, with one thing changed.
fn opened(file: &ShareFile, change: &dyn Fn(&mut Value)) -> Result<ShareFile, ShareFileError> {
    let sealed = file.seal_with(&passphrase(), CHEAP).expect("seals");
    let text = secret::unlock(&passphrase(), &sealed).expect("opens");
    let text = changed(core::str::from_utf8(&text).expect("text"), change);
    let sealed = secret::lock(&passphrase(), CHEAP, text.as_bytes()).expect("encrypts");
    ShareFile::open(&sealed, &passphrase())
}

#[test]
fn a_share_file_that_does_not_hold_together_is_refused() {
    let random = random(3);
    let mut people = People::new(2, &random);
    people.ceremony(2, &epochs(1, 2), &random);
    let file = &people.files[&1];
    assert_eq!(opened(file, &|_| ()).expect("opens").shares().len(), 2);
    let error = |change: &dyn Fn(&mut Value)| opened(file, change).expect_err("is refused");
    assert!(matches!(error(&|json| json["v"] = json!(9)), ShareFileError::Version(9)));
    assert!(matches!(error(&|json| json["x"] = json!(9)), ShareFileError::Contents(_)));
    let zero = "00".repeat(32);
    assert!(matches!(error(&|json| json["shares"][0]["x"] = json!(zero)), ShareFileError::Share(_)));
    assert!(matches!(error(&|json| json["shares"][0]["x"] = json!("00")), ShareFileError::Contents(_)));
    assert!(matches!(error(&|json| json["shares"][0]["i"] = json!(2)), ShareFileError::Share(_)));
    assert!(matches!(
        error(&|json| json["shares"][0]["document"] = json!(zero)),
        ShareFileError::Contents(_)
    ));
    let other_epoch = |json: &mut Value| json["shares"][0]["epoch"] = json["shares"][1]["epoch"].clone();
    assert!(matches!(error(&other_epoch), ShareFileError::Share(_) | ShareFileError::Contents(_)));
    let twice = |json: &mut Value| json["shares"][0] = json["shares"][1].clone();
    assert!(matches!(error(&twice), ShareFileError::Contents(_)));
    assert!(matches!(error(&|json| json["documents"] = json!([])), ShareFileError::Contents(_)));
    let unsigned = |json: &mut Value| {
        let mut signed: Value =
            serde_json::from_str(json["documents"][0].as_str().expect("text")).expect("JSON");
        signed["signatures"] = json!([]);
        json["documents"][0] = json!(signed.to_string());
    };
    assert!(matches!(error(&unsigned), ShareFileError::Document(_)));
    assert!(matches!(error(&|json| json["identity"]["name"] = json!("")), ShareFileError::Officer(_)));
    assert!(matches!(error(&|json| json["identity"]["age"] = json!("x")), ShareFileError::Officer(_)));
    // The words of an error do not repeat what is in the file.
    let secret = "ab".repeat(31);
    let said = error(&|json| json["identity"]["sign"] = json!(secret)).to_string();
    assert!(!said.contains("abab"), "{said}");
    let said = error(&|json| json["v"] = json!(secret)).to_string();
    assert!(!said.contains("abab"), "{said}");
}

#[test]
fn a_ceremony_in_a_share_file_must_hold_together_too() {
    let random = random(4);
    let mut people = People::new(2, &random);
    let roster = people.roster(2, &epochs(1, 2), &random);
    let first = people.begin(&roster, &random);
    people.post(&first);
    let file = &people.files[&1];
    assert!(opened(file, &|_| ()).expect("opens").ceremony().is_some());
    let error = |change: &dyn Fn(&mut Value)| opened(file, change).expect_err("is refused");
    let fewer = |json: &mut Value| {
        json["ceremony"]["secrets"].as_array_mut().expect("list").pop();
    };
    assert!(matches!(error(&fewer), ShareFileError::Contents(_)));
    assert!(matches!(error(&|json| json["ceremony"]["stage"] = json!("made")), ShareFileError::Contents(_)));
    assert!(matches!(
        error(&|json| json["ceremony"]["secrets"][0] = json!("zz")),
        ShareFileError::Contents(_)
    ));
    let stranger = |json: &mut Value| json["identity"]["name"] = json!("Somebody else");
    assert!(matches!(error(&stranger), ShareFileError::Contents(_)));
    let forged = |json: &mut Value| {
        let text =
            json["ceremony"]["messages"][1].as_str().expect("text").replace("\"from\":2", "\"from\":1");
        json["ceremony"]["messages"][1] = json!(text);
    };
    assert!(matches!(error(&forged), ShareFileError::Message(_)));
    assert!(file.seal_with(&passphrase(), CHEAP).expect("seals").len() > 1000);
    // Another roster than the one the document was made for.
    let second = people.deal();
    people.post(&second);
    people.sign();
    let file = &people.files[&1];
    assert!(opened(file, &|_| ()).is_ok());
    let text = roster.text().replacen(':', ": ", 1);
    let other = |json: &mut Value| {
        json["ceremony"]["roster"] = json!(text);
        json["ceremony"]["messages"] = json!([]);
    };
    assert!(matches!(opened(file, &other), Err(ShareFileError::OtherDocument)));
    let swapped = |json: &mut Value| {
        let secrets = json["ceremony"]["secrets"].as_array_mut().expect("list");
        secrets.swap(0, 1);
    };
    assert!(matches!(opened(file, &swapped), Err(ShareFileError::Share(_))));
}
