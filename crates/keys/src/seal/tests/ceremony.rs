//! Ceremonies from end to end, and what must stop one.

use super::people::{CHEAP, People, epochs, identity, passphrase};
use super::{REQUEST, label, random};
use crate::seal::{
    CeremonyError, Chain, Checked, CombineError, DkgError, DocumentError, EpochId, GroupKey, Message,
    MessageError, MessageKind, Partial, PartialError, Place, Point, ReleaseError, ReleaseSession,
    RequestHash, Roster, RosterError, Sealing, SecretError, ShareFile, ShareFileError, SignedDocument, Step,
    seal_answer,
};
use base::Day;
use std::fs;
use std::sync::Arc;

type Change = fn(&mut Vec<u8>);

fn id(at: u8) -> EpochId {
    EpochId::from_bytes([at; 16])
}

fn sealed(people: &People, epoch: EpochId) -> (Checked, crate::seal::BlockKey) {
    let chain = people.files.values().find_map(ShareFile::chain).expect("a ceremony was held");
    let key = chain.epoch(epoch).expect("an epoch").key();
    let (record, block) = key.seal(&label(1), &random(50));
    (key.check(&label(1), &record).expect("checks"), block)
}

fn answer(people: &People, number: u16, epoch: EpochId, checked: &Checked) -> Partial {
    let share = people.files[&number].share(epoch).expect("a share");
    share.answer(checked, REQUEST, &random(51)).expect("answers")
}

#[test]
fn a_ceremony_makes_keys_that_k_officers_open() {
    let random = random(1);
    let mut people = People::new(3, &random);
    let signed = people.ceremony(2, &epochs(1, 3), &random);
    let chain = people.files[&1].chain().expect("adopted").clone();
    let read = SignedDocument::parse(&signed.text()).expect("what was written reads");
    assert_eq!(read, signed);
    // A node that pinned the hash takes it; another hash it does not.
    let hash = signed.document().hash();
    assert_eq!(Chain::begin(read.clone(), hash), Ok(chain.clone()));
    let other = crate::seal::DocumentHash::from_bytes([0; 32]);
    assert_eq!(Chain::begin(read, other), Err(DocumentError::NotPinned { found: hash, pinned: other }));
    let keys: Vec<&Point> = signed.document().groups().iter().map(|group| group.key().public()).collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2], "each epoch has a key of its own");
    for epoch in 1..=3 {
        let (checked, key) = sealed(&people, id(epoch));
        let group = chain.epoch(id(epoch)).expect("there");
        for pair in [[1, 2], [2, 3], [1, 3]] {
            let partials = pair.map(|number| answer(&people, number, id(epoch), &checked));
            assert_eq!(group.combine(&checked, REQUEST, &partials).expect("opens").key, key);
        }
        let one = [answer(&people, 1, id(epoch), &checked)];
        assert!(matches!(group.combine(&checked, REQUEST, &one), Err(CombineError::TooFew { .. })));
    }
}

#[test]
fn after_a_refresh_new_shares_open_and_old_ones_do_not_mix() {
    let random = random(2);
    let mut people = People::new(3, &random);
    people.ceremony(2, &epochs(1, 2), &random);
    let (checked, key) = sealed(&people, id(2));
    let before: Vec<Partial> = (1..=3).map(|number| answer(&people, number, id(2), &checked)).collect();
    let old_chain = people.files[&1].chain().expect("there").clone();
    // Officer 2 leaves; the running epoch is refreshed among the others.
    let leaver = people.files.remove(&2).expect("there");
    let signed = people.ceremony(2, &epochs(2, 1), &random);
    assert_eq!(signed.document().generation(), 1);
    let chain = people.files[&1].chain().expect("there").clone();
    let (old, new) = (old_chain.epoch(id(2)).expect("there"), chain.epoch(id(2)).expect("there"));
    assert_eq!(old.key(), new.key(), "the group key stays");
    assert_eq!(new.officers().collect::<Vec<_>>(), [1, 3]);
    let after = [1, 3].map(|number| answer(&people, number, id(2), &checked));
    assert_eq!(
        new.combine(&checked, REQUEST, &after).expect("opens").key,
        key,
        "sealed before, opened after"
    );
    // One new and one old share: refused by generation.
    let mixed = new.combine(&checked, REQUEST, &[after[0], before[2]]);
    let refused = vec![PartialError::OtherGeneration { officer: 3, found: 0, expected: 1 }];
    assert_eq!(mixed, Err(CombineError::TooFew { good: vec![1], needed: 2, refused }));
    assert_eq!(
        new.verify(&checked, REQUEST, &before[1]),
        Err(PartialError::UnknownOfficer { officer: 2, epoch: id(2) })
    );
    // The epoch that was not refreshed is as it was, and a node follows the chain.
    assert_eq!(chain.epoch(id(1)).expect("there").generation(), 0);
    let generations: Vec<u32> = chain.generations(id(2)).map(|group| group.generation()).collect();
    assert_eq!(generations, [1, 0]);
    let mut node = old_chain.clone();
    assert_eq!(node.append(signed.clone()), Ok(()));
    assert_eq!(node, chain);
    assert_eq!(node.append(signed), Err(DocumentError::NotSuccessor), "not twice");
    assert_eq!(chain.document_of(id(1)).map(|d| d.generation()), Some(0));
    // Who left still has the old share, and k old shares would still open: said in docs/security/seal.md.
    assert_eq!(leaver.shares().len(), 2);
    assert_eq!(old.combine(&checked, REQUEST, &before[..2]).expect("opens").key, key);
}

#[test]
fn the_next_yearly_ceremony_follows_with_signatures_of_the_old_roster() {
    let random = random(3);
    let mut people = People::new(3, &random);
    people.ceremony(2, &epochs(1, 1), &random);
    // Two of three go; two new ones come. One old officer alone is too few.
    let gone = [people.files.remove(&2).expect("there"), people.files.remove(&3).expect("there")];
    let old_chain = people.files[&1].chain().expect("there").clone();
    let seen = gone[0].chain().expect("there").clone();
    let roster = {
        let mut joined = People::new(0, &random);
        joined.files.insert(1, people.files.remove(&1).expect("there"));
        for number in [2, 3] {
            let mut file = ShareFile::new(identity(10 + number, &random));
            file.follow(seen.clone()).expect("a newcomer takes the documents that were there");
            joined.files.insert(number, file);
        }
        people = joined;
        people.roster(2, &epochs(2, 1), &random)
    };
    let first = people.begin(&roster, &random);
    people.post(&first);
    let second = people.deal();
    people.post(&second);
    let third = people.sign();
    people.post(&third);
    let Ok(Step::Done(mut signed)) = people.advance(2) else { panic!("is done") };
    let mut node = old_chain;
    let before = node.clone();
    let too_few = Err(DocumentError::TooFewBefore { signed: 1, needed: 2 });
    assert_eq!(node.append((*signed).clone()), too_few);
    assert_eq!(node, before, "a refused document changes nothing");
    // A stranger's signature does not count, an old officer's does.
    signed.endorse(&identity(99, &random));
    assert_eq!(node.append((*signed).clone()), too_few);
    signed.endorse(gone[0].identity());
    assert_eq!(node.append((*signed).clone()), Ok(()));
    people.files.get_mut(&2).expect("there").adopt(*signed).expect("adopts");
    people.restart(2);
    assert_eq!(node.last().generation(), 0);
    assert_eq!(node.roster(roster.session()), Some(&roster));
}

#[test]
fn a_node_knows_with_which_key_to_seal() {
    let random = random(4);
    let mut people = People::new(2, &random);
    people.ceremony(2, &epochs(1, 3), &random);
    let chain = people.files[&1].chain().expect("there");
    let (first, last) = (20_030, 20_119);
    let at = |day: u32| chain.sealing(Day::from_number(day));
    let group = |at: u8| Arc::clone(chain.epoch(id(at)).expect("there"));
    assert_eq!(at(first - 1), Sealing::Stop);
    assert_eq!(at(first), Sealing::Valid(group(1)));
    assert_eq!(at(first + 29), Sealing::Valid(group(1)));
    assert_eq!(at(last - 60), Sealing::Valid(group(1)));
    assert_eq!(at(last - 59), Sealing::EndsSoon(group(2), 59));
    assert_eq!(at(last), Sealing::EndsSoon(group(3), 0));
    assert_eq!(at(last + 1), Sealing::Overdue(group(3), 1));
    assert_eq!(at(last + 31), Sealing::Overdue(group(3), 31));
    assert_eq!(at(last + 32), Sealing::Stop);
}

/// Two officers who have sent their first messages.
fn begun(seed: u64, epochs_count: u8) -> (People, Roster, Vec<Message>) {
    let random = random(seed);
    let mut people = People::new(2, &random);
    let roster = people.roster(2, &epochs(1, epochs_count), &random);
    let first = people.begin(&roster, &random);
    (people, roster, first)
}

fn forged(people: &People, roster: &Roster, place: Place, body: &[u8]) -> Message {
    Message::sign(people.files[&place.from].identity(), roster.session(), place, body.to_vec())
}

fn stopped(result: Result<Step, ShareFileError>) -> CeremonyError {
    match result {
        Err(ShareFileError::Ceremony(error)) => error,
        other => panic!("{other:?} is no failed ceremony"),
    }
}

fn refused(result: Result<(), ShareFileError>) -> CeremonyError {
    match result {
        Err(ShareFileError::Ceremony(error)) => error,
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn two_versions_of_a_message_stop_the_ceremony_and_are_shown() {
    let (mut people, roster, first) = begun(5, 1);
    people.post(&first);
    people.post(&first);
    let place = first[1].place();
    let mut body = first[1].body().to_vec();
    body[0] ^= 1;
    let second = forged(&people, &roster, place, &body);
    let error = refused(people.files.get_mut(&1).expect("there").receive(second.clone()));
    let CeremonyError::Equivocation { first: shown, second: other } = &error else { panic!("{error}") };
    assert_eq!((&**shown, &**other), (&first[1], &second));
    assert_eq!(error.to_string(), "officer 2 signed two different messages of round 1");
    assert!(matches!(stopped(people.advance(1)), CeremonyError::Stopped(_)));
    people.restart(1);
    assert!(matches!(stopped(people.advance(1)), CeremonyError::Stopped(_)), "also after a restart");
    people.files.get_mut(&1).expect("there").give_up();
    assert!(matches!(people.advance(1), Err(ShareFileError::Idle)));
}

#[test]
fn messages_that_are_not_of_this_ceremony_are_left_aside() {
    let (mut people, roster, first) = begun(6, 1);
    let (_, other_roster, other_first) = begun(7, 1);
    let mut receive = |message: Message| refused(people.files.get_mut(&1).expect("there").receive(message));
    // A first message of another ceremony, replayed.
    assert!(matches!(
        receive(other_first[1].clone()),
        CeremonyError::Message(MessageError::OtherSession { found, expected })
            if found == other_roster.session() && expected == roster.session()
    ));
    let text = first[1].text().replace("\"from\":2", "\"from\":7");
    let message = Message::parse(&text).expect("reads");
    assert!(matches!(receive(message), CeremonyError::Message(MessageError::UnknownOfficer(7))));
    let text = first[1].text().replace("\"to\":0", "\"to\":7");
    let message = Message::parse(&text).expect("reads");
    assert!(matches!(receive(message), CeremonyError::Message(MessageError::UnknownOfficer(7))));
    let text = first[1].text().replace("\"round\":1", "\"round\":2");
    let message = Message::parse(&text).expect("reads");
    assert!(matches!(receive(message), CeremonyError::Message(MessageError::Signature(2))));
    // Signed rightly, and still in no place that there is.
    let kinds = [
        (MessageKind::Refresh, 1, 0),
        (MessageKind::Generate, 1, 1),
        (MessageKind::Generate, 2, 0),
        (MessageKind::Generate, 2, 2),
        (MessageKind::Generate, 3, 0),
        (MessageKind::Group, 3, 1),
        (MessageKind::Group, 1, 0),
        (MessageKind::Generate, 4, 0),
        (MessageKind::Generate, 0, 0),
    ];
    let messages: Vec<Message> = kinds
        .iter()
        .map(|(kind, round, to)| Place { kind: *kind, round: *round, from: 2, to: *to })
        .map(|place| forged(&people, &roster, place, b"x"))
        .collect();
    for message in messages {
        let error = refused(people.files.get_mut(&1).expect("there").receive(message));
        assert!(matches!(error, CeremonyError::NotOurs { from: 2 }), "{error}");
    }
    // None of it did harm.
    people.post(&first);
    assert!(matches!(people.advance(1), Ok(Step::Send(_))));
}

#[test]
fn the_culprit_of_a_bad_first_round_is_named() {
    let cases: [(&str, Change); 4] = [
        ("a point more", |body| body.extend([1; 32])),
        ("cut short", |body| body.truncate(body.len() - 1)),
        ("identity", |body| body[..32].fill(0)),
        ("another proof", |body| *body.last_mut().expect("long") ^= 1),
    ];
    for (what, change) in cases {
        let (mut people, roster, first) = begun(8, 2);
        let mut body = first[1].body().to_vec();
        change(&mut body);
        let bad = forged(&people, &roster, first[1].place(), &body);
        let file = people.files.get_mut(&1).expect("there");
        file.receive(bad).expect("is taken");
        let error = stopped(people.advance(1));
        assert!(
            matches!(error, CeremonyError::Dkg(DkgError::Package(2) | DkgError::Proof(2))),
            "{what}: {error}"
        );
    }
}

/// What officer 2 deals to officer 1, with one thing changed.
fn dealt_badly(seed: u64, change: impl Fn(&mut Vec<u8>)) -> CeremonyError {
    let (mut people, roster, first) = begun(seed, 2);
    people.post(&first);
    let second = people.deal();
    let to_one = second.iter().find(|message| message.place().to == 1).expect("there");
    let mut text = people.files[&1].identity().decrypt(to_one.body()).expect("opens").to_vec();
    change(&mut text);
    let recipient = people.files[&1].identity().officer().recipient().to_owned();
    let body = crate::seal::secret::encrypt(&recipient, &text).expect("encrypts");
    let bad = forged(&people, &roster, to_one.place(), &body);
    people.files.get_mut(&1).expect("there").receive(bad).expect("is taken");
    stopped(people.advance(1))
}

#[test]
fn the_culprit_of_a_bad_second_round_is_named() {
    let dealt = |error: CeremonyError| matches!(error, CeremonyError::Dkg(DkgError::Dealt(2)));
    let misdirected = |error: CeremonyError| matches!(error, CeremonyError::Misdirected { from: 2 });
    assert!(dealt(dealt_badly(9, |text| *text.iter_mut().rev().nth(31).expect("long") ^= 1)));
    assert!(dealt(dealt_badly(9, |text| {
        let at = text.len() - 68;
        text[at] ^= 1;
    })));
    assert!(dealt(dealt_badly(9, |text| *text.last_mut().expect("long") = 0xff)), "no scalar");
    let r1 = |text: &mut Vec<u8>| {
        let at = text.len() - 2 * 36 - 1;
        text[at] ^= 1;
    };
    assert!(matches!(dealt_badly(9, r1), CeremonyError::OtherRound1 { from: 2 }));
    assert!(misdirected(dealt_badly(9, |text| text[30] ^= 1)), "another session");
    assert!(misdirected(dealt_badly(9, |text| text.truncate(text.len() - 36))), "an epoch too few");
    assert!(misdirected(dealt_badly(9, |text| text.push(0))));
    assert!(misdirected(dealt_badly(9, |text| text.clear())));
    let length = |text: &mut Vec<u8>| {
        let at = text.len() - 33;
        text[at] ^= 1;
    };
    assert!(misdirected(dealt_badly(9, length)), "another length");
}

#[test]
fn a_share_encrypted_to_somebody_else_is_named() {
    let (mut people, roster, first) = begun(10, 1);
    people.post(&first);
    let second = people.deal();
    let to_one = second.iter().find(|message| message.place().to == 1).expect("there");
    let own = people.files[&2].identity().officer().recipient().to_owned();
    let body = crate::seal::secret::encrypt(&own, b"for myself").expect("encrypts");
    let bad = forged(&people, &roster, to_one.place(), &body);
    people.files.get_mut(&1).expect("there").receive(bad).expect("is taken");
    let error = stopped(people.advance(1));
    assert!(matches!(error, CeremonyError::Unreadable { from: 2, source: SecretError::Refused }), "{error}");
}

#[test]
fn nobody_signs_before_the_shares_were_read_back_or_another_document() {
    let (mut people, roster, first) = begun(11, 1);
    people.post(&first);
    assert!(matches!(people.advance(1), Ok(Step::Send(_))));
    assert_eq!(people.restart(1), None);
    let wrong = crate::seal::ReadBack(crate::seal::DocumentHash::from_bytes([1; 32]));
    let file = people.files.get_mut(&1).expect("there");
    assert!(matches!(file.sign(wrong), Err(ShareFileError::Ceremony(CeremonyError::NotStored))));
    let sent: Vec<Message> = people.files[&1].ceremony().expect("goes on").sent().cloned().collect();
    people.post(&sent);
    assert!(matches!(people.advance(1), Ok(Step::Wait { round: 2, missing }) if missing == [2]));
    let Ok(Step::Send(second)) = people.advance(2) else { panic!("deals") };
    people.post(&second);
    assert!(matches!(people.advance(1), Ok(Step::Store)));
    assert!(matches!(people.advance(1), Ok(Step::Store)), "until it is signed");
    let file = people.files.get_mut(&1).expect("there");
    assert!(matches!(file.sign(wrong), Err(ShareFileError::Ceremony(CeremonyError::NotStored))));
    let stored = people.restart(1).expect("made");
    let third = people.files.get_mut(&1).expect("there").sign(stored).expect("signs");
    assert!(matches!(people.advance(1), Ok(Step::Wait { round: 3, missing }) if missing == [2]));
    // Officer 2 signs something else.
    let place = Place { kind: MessageKind::Group, round: 3, from: 2, to: 0 };
    let mut body = third.body().to_vec();
    body[..32].fill(7);
    for body in [body, third.body().to_vec(), third.body()[..95].to_vec(), Vec::new()] {
        let bad = forged(&people, &roster, place, &body);
        people.restart(1);
        let path = people.temp.path().join("officer-1.age");
        let mut file = ShareFile::load(&path, &passphrase()).expect("loads");
        file.receive(bad).expect("is taken");
        assert!(matches!(stopped(file.advance()), CeremonyError::OtherDocument { from: 2 }));
    }
}

#[test]
fn digits_that_differ_stop_before_anything_begins() {
    let random = random(12);
    let people = People::new(3, &random);
    let roster = people.roster(2, &epochs(1, 1), &random);
    let me = people.files[&1].identity();
    let session = roster.digits().last_group().to_owned();
    let digits = People::digits(&roster);
    assert!(roster.clone().compare(me, &session, &digits).is_ok());
    let wrong = |change: &dyn Fn(&mut std::collections::BTreeMap<u16, String>)| {
        let mut digits = digits.clone();
        change(&mut digits);
        roster.clone().compare(me, &session, &digits).map(|_| ())
    };
    assert_eq!(
        wrong(&|d| {
            d.insert(3, "00000".into());
        }),
        Err(RosterError::Digits(3))
    );
    assert_eq!(
        wrong(&|d| {
            d.remove(&2);
        }),
        Err(RosterError::Digits(2))
    );
    assert_eq!(
        wrong(&|d| {
            d.insert(3, format!(" {} ", digits[&3]));
        }),
        Ok(())
    );
    assert_eq!(
        wrong(&|d| {
            d.remove(&1);
        }),
        Ok(()),
        "nobody compares with oneself"
    );
    let other = roster.clone().compare(me, "00000", &digits).map(|_| ());
    assert_eq!(other, Err(RosterError::SessionDigits));
    let stranger = identity(9, &random);
    assert_eq!(roster.compare(&stranger, &session, &digits).map(|_| ()), Err(RosterError::NotListed));
}

#[test]
fn a_share_file_keeps_its_secrets_and_its_promises() {
    let random = random(13);
    let mut people = People::new(2, &random);
    people.ceremony(2, &epochs(1, 2), &random);
    let path = people.temp.path().join("officer-1.age");
    let sealed = fs::read(&path).expect("is there");
    let other = crate::seal::Passphrase::generate(&super::random(78));
    assert!(matches!(ShareFile::open(&sealed, &other), Err(ShareFileError::Secret(SecretError::Refused))));
    let mut bad = sealed.clone();
    *bad.last_mut().expect("long") ^= 1;
    assert!(matches!(ShareFile::open(&bad, &passphrase()), Err(ShareFileError::Secret(_))));
    let missing = ShareFile::load(&people.temp.path().join("none"), &passphrase());
    assert!(matches!(missing, Err(ShareFileError::Missing)));
    // Others may not read it.
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("changes");
    assert!(matches!(ShareFile::load(&path, &passphrase()), Err(ShareFileError::File(_))));
    // Nothing of it prints.
    let file = &people.files[&1];
    let said = format!("{file:?}");
    let secret = hex::encode(*file.share(id(1)).expect("there").secret());
    assert!(said.contains("[withheld]") && !said.contains(&secret));
    let clear = String::from_utf8_lossy(&sealed).into_owned();
    assert!(!clear.contains(&secret) && !clear.contains("Officer 1"));
    // A deleted share is gone, and the officer says so.
    let file = people.files.get_mut(&1).expect("there");
    let message = file.delete(id(2)).expect("deletes");
    assert_eq!(message.place(), Place { kind: MessageKind::Deleted, round: 2, from: 1, to: 0 });
    assert_eq!(message.body(), id(2).bytes());
    assert!(matches!(file.share(id(2)), Err(ShareFileError::NoShare(epoch)) if epoch == id(2)));
    assert!(matches!(file.delete(id(2)), Err(ShareFileError::NoShare(_))));
    people.restart(1);
    assert_eq!(people.files[&1].shares().len(), 1);
    let roster = people.files[&2].chain().expect("there").last().roster().clone();
    assert_eq!(message.verify(&roster), Ok(()));
    assert!(people.files[&2].seal_with(&passphrase(), CHEAP).is_ok());
}

#[test]
fn a_second_ceremony_waits_and_a_strange_document_is_not_adopted() {
    let (mut people, roster, first) = begun(14, 1);
    let compared = people.compared(1, &roster);
    let file = people.files.get_mut(&1).expect("there");
    assert!(matches!(file.begin(compared.clone(), &random(15)), Err(ShareFileError::Busy)));
    let mut others = People::new(2, &random(16));
    let strange = others.ceremony(2, &epochs(1, 1), &random(16));
    assert!(matches!(file.adopt(strange.clone()), Err(ShareFileError::OtherDocument)));
    people.post(&first);
    let second = people.deal();
    people.post(&second);
    people.sign();
    let file = people.files.get_mut(&1).expect("there");
    assert!(matches!(file.adopt(strange), Err(ShareFileError::OtherDocument)));
    // A first roster for somebody who already has documents.
    let begun = others.files.get_mut(&1).expect("there").begin(compared, &random(15));
    assert!(matches!(begun, Err(ShareFileError::Ceremony(CeremonyError::NoChain))));
}

#[test]
fn a_document_without_all_signatures_or_with_other_keys_is_refused() {
    let random = random(17);
    let mut people = People::new(2, &random);
    let signed = people.ceremony(2, &epochs(1, 1), &random);
    let hash = signed.document().hash();
    let json: serde_json::Value = serde_json::from_str(&signed.text()).expect("JSON");
    let with = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json = json.clone();
        change(&mut json);
        SignedDocument::parse(&json.to_string()).and_then(|signed| Chain::begin(signed, hash))
    };
    assert!(with(&|_| ()).is_ok());
    let one = |json: &mut serde_json::Value| {
        json["signatures"].as_array_mut().expect("list").pop();
    };
    assert!(matches!(with(&one), Err(DocumentError::NotSigned(1 | 2))));
    let twice = |json: &mut serde_json::Value| {
        let list = json["signatures"].as_array_mut().expect("list");
        list.push(list[0].clone());
    };
    assert!(matches!(with(&twice), Err(DocumentError::Json(_))));
    let text = signed.document().text().replace("\"generation\":0", "\"generation\":1");
    assert!(matches!(
        with(&|json| json["document"] = text.clone().into()),
        Err(DocumentError::NotPinned { .. })
    ));
    let document = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json: serde_json::Value = serde_json::from_str(signed.document().text()).expect("JSON");
        change(&mut json);
        crate::seal::GroupDocument::parse(&json.to_string()).map(|_| ())
    };
    assert_eq!(document(&|_| ()), Ok(()));
    assert_eq!(document(&|json| json["v"] = 2.into()), Err(DocumentError::Version(2)));
    assert!(matches!(document(&|json| json["more"] = 2.into()), Err(DocumentError::Json(_))));
    let zero = "00".repeat(32);
    assert!(matches!(
        document(&|json| json["epochs"][0]["pk"] = zero.clone().into()),
        Err(DocumentError::Curve(_))
    ));
    let other = hex::encode(
        GroupKey::new(
            crate::seal::Line::from_bytes([0; 32]),
            id(1),
            *signed.document().groups()[0].verifying(1).expect("there"),
        )
        .public()
        .bytes(),
    );
    assert!(matches!(
        document(&|json| json["epochs"][0]["pk"] = other.clone().into()),
        Err(DocumentError::Group(_))
    ));
    let fewer = |json: &mut serde_json::Value| {
        json["epochs"][0]["shares"].as_array_mut().expect("list").pop();
    };
    assert_eq!(document(&fewer), Err(DocumentError::OtherThanRoster));
    assert_eq!(document(&|json| json["epochs"] = serde_json::json!([])), Err(DocumentError::OtherThanRoster));
    assert_eq!(
        document(&|json| json["epochs"][0]["id"] = "00".repeat(16).into()),
        Err(DocumentError::OtherThanRoster)
    );
    let long = " ".repeat(crate::seal::DOCUMENT_BYTES_MAX + 1);
    assert_eq!(crate::seal::GroupDocument::parse(&long), Err(DocumentError::TooLong));
    assert_eq!(SignedDocument::parse(&long), Err(DocumentError::TooLong));
}

#[test]
fn a_refresh_changes_shares_and_nothing_else() {
    let random = random(18);
    let mut people = People::new(3, &random);
    people.ceremony(2, &epochs(1, 2), &random);
    let chain = people.files[&1].chain().expect("there").clone();
    let mut begin = |roster: Roster| {
        let compared = people.compared(1, &roster);
        let file = people.files.get_mut(&1).expect("there");
        let result = file.begin(compared, &super::random(19));
        file.give_up();
        match result {
            Ok(_) => Ok(()),
            Err(ShareFileError::Ceremony(CeremonyError::Document(error))) => Err(error),
            Err(error) => panic!("{error}"),
        }
    };
    let with = |k, epochs: &[crate::seal::Epoch], officers: &[(u16, crate::seal::Officer)], hash| {
        let plan = crate::seal::Plan {
            organisation: "Example Hosting",
            threshold: k,
            officers,
            epochs,
            previous: Some((chain.last().roster().line(), hash)),
        };
        Roster::compose(&plan, &super::random(20)).expect("a roster")
    };
    let hash = chain.last().hash();
    let all: Vec<_> = chain.last().roster().officers().iter().map(|(i, o)| (*i, o.clone())).collect();
    assert_eq!(begin(with(2, &epochs(1, 2), &all, hash)), Ok(()));
    assert_eq!(begin(with(2, &epochs(1, 1), &all[..2], hash)), Ok(()));
    assert_eq!(begin(with(3, &epochs(1, 1), &all, hash)), Err(DocumentError::Refresh(id(1))));
    let mut days = epochs(1, 1);
    days[0].last_day = Day::from_number(days[0].last_day.number() - 1);
    assert_eq!(begin(with(2, &days, &all, hash)), Err(DocumentError::Refresh(id(1))));
    let mut renumbered = all.clone();
    renumbered[2].0 = 4;
    assert_eq!(begin(with(2, &epochs(1, 1), &renumbered, hash)), Err(DocumentError::Refresh(id(1))));
    assert_eq!(
        begin(with(2, &epochs(2, 2), &all, hash)),
        Err(DocumentError::Generation),
        "old and new epochs"
    );
    let other = crate::seal::DocumentHash::from_bytes([0; 32]);
    assert_eq!(begin(with(2, &epochs(1, 1), &all, other)), Err(DocumentError::NotSuccessor));
}

#[test]
fn approvals_and_answers_reach_the_session_that_asked() {
    let random = random(21);
    let mut people = People::new(3, &random);
    people.ceremony(2, &epochs(1, 1), &random);
    let chain = people.files[&1].chain().expect("there").clone();
    let roster = chain.last().roster();
    let request = RequestHash::of(b"{\"scope\":[]}");
    assert_ne!(request, RequestHash::of(b"{\"scope\": []}"));
    let approval = people.approve(2, roster, request);
    let read = crate::seal::Approval::parse(&approval.text()).expect("reads");
    assert_eq!((&read, read.officer(), read.root()), (&approval, 2, &[9; 32]));
    assert_eq!(read.verify(roster, request), Ok(()));
    assert_eq!(read.verify(roster, REQUEST), Err(ReleaseError::OtherRequest { officer: 2, found: request }));
    for (from, to, error) in [
        ("\"officer\":2", "\"officer\":3", ReleaseError::Signature(3)),
        ("\"officer\":2", "\"officer\":9", ReleaseError::UnknownOfficer(9)),
        ("\"root\":\"09", "\"root\":\"08", ReleaseError::Signature(2)),
    ] {
        let bad = crate::seal::Approval::parse(&approval.text().replace(from, to)).expect("reads");
        assert_eq!(bad.verify(roster, request), Err(error));
    }
    assert!(crate::seal::Approval::parse(&" ".repeat(2000)).is_err());
    assert!(crate::seal::Approval::sign(&identity(9, &random), roster, request, [0; 32]).is_none());

    let session = ReleaseSession::generate();
    let (checked, key) = sealed(&people, id(1));
    let answer_of = |number: u16, request: RequestHash| {
        let file = &people.files[&number];
        let partial = file.share(id(1)).expect("there").answer(&checked, request, &random).expect("answers");
        seal_answer(file.identity(), roster, request, &session.recipient(), &[partial]).expect("seals")
    };
    let mut partials = Vec::new();
    for number in [1, 3] {
        let message = Message::parse(&answer_of(number, request).text()).expect("reads");
        let (officer, list) = session.open(roster, request, &message).expect("opens");
        assert_eq!((officer, list.len()), (number, 1));
        partials.extend(list);
    }
    let group = chain.epoch(id(1)).expect("there");
    assert_eq!(group.combine(&checked, request, &partials).expect("opens").key, key);
    let message = answer_of(1, request);
    assert_eq!(session.open(roster, REQUEST, &message), Err(ReleaseError::OtherAnswer(1)));
    let other = ReleaseSession::default();
    let refused = ReleaseError::Secret { officer: 1, source: SecretError::Refused };
    assert_eq!(other.open(roster, request, &message), Err(refused));
    let place = Place { kind: MessageKind::Group, round: 3, from: 1, to: 0 };
    let strange = forged(&people, roster, place, b"x");
    assert_eq!(session.open(roster, request, &strange), Err(ReleaseError::NotAnAnswer(1)));
    // Another officer's partial result inside one's own answer, and texts of another form.
    let of_two =
        people.files[&2].share(id(1)).expect("there").answer(&checked, request, &random).expect("answers");
    let file = &people.files[&1];
    let stolen =
        seal_answer(file.identity(), roster, request, &session.recipient(), &[of_two]).expect("seals");
    assert_eq!(session.open(roster, request, &stolen), Err(ReleaseError::OtherAnswer(1)));
    let inside = crate::seal::secret::decrypt(&session.0, message.body()).expect("opens");
    let changes: [Change; 3] = [
        |text| text.truncate(text.len() - 1),
        |text| {
            let at = text.len() - 103;
            text[at] ^= 1;
        },
        |text| text.push(0),
    ];
    for change in changes {
        let mut text = inside.to_vec();
        change(&mut text);
        let body = crate::seal::secret::encrypt(&session.recipient(), &text).expect("encrypts");
        let bad = forged(&people, roster, message.place(), &body);
        assert_eq!(session.open(roster, request, &bad), Err(ReleaseError::OtherAnswer(1)));
    }
    let many = vec![partials[0]; crate::seal::LABELS_MAX + 1];
    let too_many = seal_answer(file.identity(), roster, request, &session.recipient(), &many);
    assert_eq!(too_many.map(|_| ()), Err(ReleaseError::TooMany));
    let full = seal_answer(file.identity(), roster, request, &session.recipient(), &many[1..]).expect("fits");
    let full = Message::parse(&full.text()).expect("an answer of any release can be read");
    assert_eq!(session.open(roster, request, &full).expect("opens").1.len(), crate::seal::LABELS_MAX);
    assert_eq!(format!("{session:?}"), "ReleaseSession([withheld])");
}
