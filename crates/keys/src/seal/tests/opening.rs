//! Any k of n open, no k−1 do, and every refusal names what was wrong.

use super::*;
use crate::seal::open::combine_unchecked;
use crate::seal::{
    Cause, CombineError, CurveError, GroupError, PARTIAL_BYTES, Partial, PartialError, RECORD_BYTES, Record,
    RecordError, ShareError,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn answers(dealt: &Dealt, checked: &Checked, random: &dyn Random) -> Vec<Partial> {
    dealt.shares.iter().map(|share| share.answer(checked, REQUEST, random).expect("answers")).collect()
}

/// k, n, and a choice of officers of any size.
fn groups() -> impl Strategy<Value = (u16, u16, Vec<u16>)> {
    (2u16..=5, 0u16..=3).prop_flat_map(|(k, more)| {
        let n = k + more;
        let all: Vec<u16> = (1..=n).collect();
        (Just(k), Just(n), proptest::sample::subsequence(all, 0..=usize::from(n)).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn k_officers_open_and_fewer_do_not((k, n, chosen) in groups(), seed in any::<u64>()) {
        let random = random(seed);
        let dealt = Dealt::new(k, n, 2, &random);
        let (checked, key) = dealt.sealed(&label(7), &random);
        let all = answers(&dealt, &checked, &random);
        let partials: Vec<Partial> = chosen.iter().map(|i| all[usize::from(*i) - 1]).collect();
        let opened = dealt.group.combine(&checked, REQUEST, &partials);
        if chosen.len() >= usize::from(k) {
            let opened = opened.expect("k officers open");
            prop_assert_eq!((opened.key, opened.refused.len()), (key, 0));
        } else {
            let mut good = chosen.clone();
            good.sort_unstable();
            prop_assert_eq!(opened, Err(CombineError::TooFew { good, needed: k, refused: Vec::new() }));
            // And were nobody to count: what they can compute is not the key.
            let few: BTreeMap<u16, &Partial> = partials.iter().map(|p| (p.officer(), p)).collect();
            prop_assert_eq!(combine_unchecked(&checked, &few), None);
        }
    }

    #[test]
    fn one_bad_answer_is_named_and_does_not_stand_in_the_way(seed in any::<u64>(), at in 0usize..3, bit in 0usize..96 * 8) {
        let random = random(seed);
        let dealt = Dealt::new(2, 3, 2, &random);
        let (checked, key) = dealt.sealed(&label(7), &random);
        let mut partials = answers(&dealt, &checked, &random);
        let mut bytes = partials[at].bytes();
        bytes[6 + bit / 8] ^= 1 << (bit % 8);
        let Ok(bad) = Partial::parse(&bytes[..]) else { return Ok(()) };
        partials[at] = bad;
        let opened = dealt.group.combine(&checked, REQUEST, &partials).expect("two good ones are left");
        let officer = bad.officer();
        prop_assert_eq!(opened.key, key);
        prop_assert_eq!(opened.refused, vec![PartialError::Proof { officer, cause: Cause::Forged }]);
    }

    #[test]
    fn a_record_is_its_bytes_and_every_bit_counts(seed in any::<u64>(), bit in 0usize..RECORD_BYTES * 8) {
        let random = random(seed);
        let dealt = Dealt::new(2, 3, 2, &random);
        let (record, _) = dealt.group.key().seal(&label(7), &random);
        let bytes = record.bytes();
        prop_assert_eq!(Record::parse(&bytes), Ok(record.clone()));
        let mut bad = bytes;
        bad[bit / 8] ^= 1 << (bit % 8);
        let refused = match Record::parse(&bad) {
            Err(_) => true,
            Ok(parsed) => match dealt.group.key().check(&label(7), &parsed) {
                Err(_) => true,
                // The commitment is no part of the proof: it speaks when the record is opened.
                Ok(checked) => {
                    let partials = answers(&dealt, &checked, &random);
                    dealt.group.combine(&checked, REQUEST, &partials) == Err(CombineError::Commitment)
                }
            },
        };
        prop_assert!(refused);
    }

    #[test]
    fn refreshed_shares_open_what_was_sealed_before_and_do_not_mix(seed in any::<u64>()) {
        let random = random(seed);
        let old = Dealt::new(2, 3, 2, &random);
        let new = old.refreshed(&random);
        let (checked, key) = old.sealed(&label(7), &random);
        prop_assert_eq!(old.group.key(), new.group.key());
        let (before, after) = (answers(&old, &checked, &random), answers(&new, &checked, &random));
        let opened = new.group.combine(&checked, REQUEST, &after).expect("new shares open");
        prop_assert_eq!(&opened.key, &key);
        // Old shares of k people still open under the old document: said in docs/security/seal.md.
        prop_assert_eq!(old.group.combine(&checked, REQUEST, &before).map(|o| o.key), Ok(key));
        let mixed = [before[0], after[1]];
        let refused = vec![PartialError::OtherGeneration { officer: 1, found: 0, expected: 1 }];
        let expected = Err(CombineError::TooFew { good: vec![2], needed: 2, refused });
        prop_assert_eq!(new.group.combine(&checked, REQUEST, &mixed), expected);
        let unchecked: BTreeMap<u16, &Partial> = mixed.iter().map(|p| (p.officer(), p)).collect();
        prop_assert_eq!(combine_unchecked(&checked, &unchecked), None);
    }
}

fn cause(verdict: &Result<(), PartialError>) -> Cause {
    match verdict {
        Err(PartialError::Proof { cause, .. }) => *cause,
        other => panic!("{other:?} is no proof that does not hold"),
    }
}

#[test]
fn a_refusal_says_what_the_partial_really_is() {
    let random = random(1);
    let dealt = Dealt::new(2, 3, 2, &random);
    let other_epoch = Dealt::new(2, 3, 9, &random);
    let refreshed = dealt.refreshed(&random);
    let records: Vec<Checked> = (0..4).map(|seq| dealt.sealed(&label(seq), &random).0).collect();
    let share = &dealt.shares[1];
    let good: Vec<Partial> =
        records.iter().map(|checked| share.answer(checked, REQUEST, &random).expect("answers")).collect();
    let verdicts = |partials: &[Partial]| {
        dealt.group.verify_answer(&records, REQUEST, partials, &[&other_epoch.group, &refreshed.group])
    };
    assert_eq!(verdicts(&good), vec![Ok(()); 4]);
    let cause_with = |change: &dyn Fn(&mut Vec<Partial>)| {
        let mut partials = good.clone();
        change(&mut partials);
        let verdicts = verdicts(&partials);
        assert_eq!(verdicts.iter().filter(|v| v.is_err()).count(), 1);
        cause(&verdicts[0])
    };
    assert_eq!(cause_with(&|p| p[0] = p[3]), Cause::OtherLabel { place: 3 });
    assert_eq!(cause_with(&|p| p[0].u = p[2].u), Cause::Forged);
    assert_eq!(cause_with(&|p| p[0].f += Scalar::ONE), Cause::Forged);
    let of_three = dealt.shares[2].answer(&records[0], REQUEST, &random).expect("answers");
    let as_two = Partial { officer: 2, ..of_three };
    assert_eq!(cause_with(&|p| p[0] = as_two), Cause::OtherOfficer { officer: 3 });
    let other_request =
        share.answer(&records[0], RequestHash::from_bytes([6; 32]), &random).expect("answers");
    assert_eq!(cause_with(&|p| p[0] = other_request), Cause::Forged);
    // Two points exchanged: each proof is right for the other's point.
    let mut partials = good.clone();
    (partials[0].u, partials[1].u) = (good[1].u, good[0].u);
    let said: Vec<Cause> = verdicts(&partials)[..2].iter().map(cause).collect();
    assert_eq!(said, [Cause::SwappedPoint { place: 1 }, Cause::SwappedPoint { place: 0 }]);
    // Shares of another epoch or generation, on this record and under this group's number.
    let lie = |of: &Dealt| {
        let x = Zeroizing::new(value(&of.polynomial, 2).to_bytes());
        let foreign = OfficerShare::forced(Arc::clone(&dealt.group), 2, &x);
        foreign.answer_as(&records[0], REQUEST, of.group.verifying(2).expect("there"), &random)
    };
    let epoch = other_epoch.group.epoch();
    assert_eq!(cause_with(&|p| p[0] = lie(&other_epoch)), Cause::OtherEpoch { epoch });
    assert_eq!(cause_with(&|p| p[0] = lie(&refreshed)), Cause::FalseGeneration { generation: 1 });
    let renumbered = Partial {
        generation: 0,
        ..refreshed.shares[1].answer(&records[0], REQUEST, &random).expect("answers")
    };
    assert_eq!(cause_with(&|p| p[0] = renumbered), Cause::FalseGeneration { generation: 1 });
    // The words name it too.
    let said = verdicts(&[good[3], good[1], good[2], good[3]])[0].unwrap_err().to_string();
    assert_eq!(said, "the partial result of officer 2 is refused: it belongs to label 3 of the request");
}

#[test]
fn a_long_list_of_bad_answers_is_not_looked_into_without_end() {
    let random = random(2);
    let dealt = Dealt::new(2, 2, 2, &random);
    let records: Vec<Checked> = (0..10).map(|seq| dealt.sealed(&label(seq), &random).0).collect();
    let mut partials: Vec<Partial> = records
        .iter()
        .map(|checked| dealt.shares[0].answer(checked, REQUEST, &random).expect("answers"))
        .collect();
    partials.rotate_left(1);
    let verdicts = dealt.group.verify_answer(&records, REQUEST, &partials, &[]);
    let named = verdicts.iter().filter(|v| cause(v) != Cause::Forged).count();
    assert_eq!((verdicts.len(), named), (10, crate::seal::open::DIAGNOSED_MAX));
}

#[test]
fn wrong_officers_generations_and_groups_are_named() {
    let random = random(3);
    let dealt = Dealt::new(2, 3, 2, &random);
    let other = Dealt::new(2, 3, 9, &random);
    let (checked, _) = dealt.sealed(&label(1), &random);
    let (foreign, _) = other.sealed(&label(1), &random);
    let epochs = (dealt.group.epoch(), other.group.epoch());
    assert_eq!(dealt.group.officers().collect::<Vec<_>>(), [1, 2, 3]);
    let partials = answers(&dealt, &checked, &random);
    assert_eq!(
        dealt.group.verify(&checked, REQUEST, &Partial { officer: 4, ..partials[0] }),
        Err(PartialError::UnknownOfficer { officer: 4, epoch: epochs.0 })
    );
    assert_eq!(
        dealt.group.verify(&checked, REQUEST, &Partial { generation: 7, ..partials[0] }),
        Err(PartialError::OtherGeneration { officer: 1, found: 7, expected: 0 })
    );
    assert_eq!(
        other.group.verify(&checked, REQUEST, &partials[0]),
        Err(PartialError::OtherGroup { found: epochs.0, expected: epochs.1 })
    );
    assert_eq!(
        dealt.shares[0].answer(&foreign, REQUEST, &random),
        Err(ShareError::OtherEpoch { found: epochs.1, expected: epochs.0 })
    );
    assert_eq!(
        dealt.group.combine(&checked, REQUEST, &[partials[0], partials[1], partials[0]]),
        Err(CombineError::Twice { officer: 1 })
    );
    // A bad one and a good one of the same officer are two answers of one officer all the same.
    let bad = Partial { f: Scalar::ONE, ..partials[0] };
    assert_eq!(
        dealt.group.combine(&checked, REQUEST, &[bad, partials[0], partials[1]]),
        Err(CombineError::Twice { officer: 1 })
    );
    let error = dealt.group.combine(&checked, REQUEST, &[bad, partials[1]]).expect_err("one is not enough");
    assert_eq!(error.to_string(), "1 of 2 needed partial results are good, 1 were refused");
}

#[test]
fn a_record_holds_under_its_own_label_and_key_only() {
    let random = random(4);
    let dealt = Dealt::new(2, 3, 2, &random);
    let other = Dealt::new(2, 3, 2, &random);
    let good = label(7);
    let (record, _) = dealt.group.key().seal(&good, &random);
    assert!(dealt.group.key().check(&good, &record).is_ok());
    assert_eq!(other.group.key().check(&good, &record).err(), Some(RecordError::Proof));
    let mut labels = vec![good; 3];
    labels[0].day = Day::from_number(20_780);
    labels[1].node = NodeId::from_bytes([9; 16]);
    labels[2].seq = 8;
    for label in labels {
        assert_eq!(dealt.group.key().check(&label, &record).err(), Some(RecordError::Proof));
    }
    for block in [Block::Spool(SiteId::from_bytes([4; 16])), Block::Rows(SiteId::UNREGISTERED), Block::Canary]
    {
        let label = Label { block, ..good };
        assert_eq!(dealt.group.key().check(&label, &record).err(), Some(RecordError::OtherBlock));
    }
    let public = *dealt.group.key().public();
    let line = GroupKey::new(Line::from_bytes([8; 32]), dealt.group.epoch(), public);
    let epoch = GroupKey::new(Line::from_bytes([1; 32]), EpochId::from_bytes([8; 16]), public);
    for key in [line, epoch] {
        assert_ne!(&key, &**dealt.group.key());
        assert_eq!(Arc::new(key).check(&good, &record).err(), Some(RecordError::Proof));
    }
}

#[test]
fn bytes_that_are_no_record_or_partial_are_refused() {
    let random = random(5);
    let dealt = Dealt::new(2, 2, 2, &random);
    let (record, _) = dealt.group.key().seal(&label(7), &random);
    let bytes = record.bytes();
    let with = |at: usize, field: [u8; 32]| {
        let mut bad = bytes;
        bad[18 + 32 * at..][..32].copy_from_slice(&field);
        Record::parse(&bad)
    };
    assert_eq!(Record::parse(&bytes[..177]), Err(RecordError::Length { length: 177 }));
    assert_eq!(Record::parse(&[]), Err(RecordError::Length { length: 0 }));
    let mut bad = bytes;
    bad[0] = 2;
    assert_eq!(Record::parse(&bad), Err(RecordError::Version { version: 2 }));
    bad = bytes;
    bad[1] = 4;
    assert!(matches!(Record::parse(&bad), Err(RecordError::Block(_))));
    for at in [0, 1] {
        assert_eq!(with(at, [0; 32]), Err(RecordError::Curve(CurveError::Identity)));
        assert_eq!(with(at, [0xff; 32]), Err(RecordError::Curve(CurveError::Point)));
        assert_eq!(with(at + 2, [0xff; 32]), Err(RecordError::Curve(CurveError::Scalar)));
    }
    let (checked, _) = dealt.sealed(&label(7), &random);
    let partial = dealt.shares[0].answer(&checked, REQUEST, &random).expect("answers");
    let bytes = partial.bytes();
    assert_eq!(Partial::parse(&bytes[..]), Ok(partial));
    assert_eq!(Partial::parse(&bytes[1..]), Err(PartialError::Length { length: PARTIAL_BYTES - 1 }));
    for (at, field, error) in [
        (0, [0; 32], CurveError::Identity),
        (0, [0xff; 32], CurveError::Point),
        (1, [0xff; 32], CurveError::Scalar),
        (2, [0xff; 32], CurveError::Scalar),
    ] {
        let mut bad = bytes.clone();
        bad[6 + 32 * at..][..32].copy_from_slice(&field);
        assert_eq!(Partial::parse(&bad[..]), Err(PartialError::Curve(error)));
    }
}

#[test]
fn a_node_that_lies_about_the_key_is_found_out() {
    let random = random(6);
    let dealt = Dealt::new(2, 3, 2, &random);
    let (record, _) = dealt.group.key().seal(&label(7), &random);
    let mut bytes = record.bytes();
    bytes[RECORD_BYTES - 1] ^= 1;
    let lying = Record::parse(&bytes).expect("well formed");
    let checked = dealt.group.key().check(&label(7), &lying).expect("the proof holds");
    let partials = answers(&dealt, &checked, &random);
    assert_eq!(dealt.group.combine(&checked, REQUEST, &partials), Err(CombineError::Commitment));
}

#[test]
fn groups_that_are_not_one_polynomial_are_refused() {
    let random = random(7);
    let dealt = Dealt::new(2, 4, 2, &random);
    let days = dealt.group.days();
    let verifying: BTreeMap<u16, Point> = dealt.group.all_verifying().clone();
    let new = |k, days, verifying| {
        EpochGroup::new(Arc::clone(dealt.group.key()), days, k, 0, verifying).map(|_| ())
    };
    assert_eq!(new(2, days, verifying.clone()), Ok(()));
    for i in 1..=4 {
        let mut bad = verifying.clone();
        bad.insert(i, *dealt.group.key().public());
        let officer = if i < 3 { 1 } else { i };
        assert_eq!(new(2, days, bad), Err(GroupError::Inconsistent { officer }));
    }
    for (k, count) in [(0, 4), (1, 4), (5, 4), (2, 1), (2, 0)] {
        let some = verifying.iter().take(count).map(|(i, v)| (*i, *v)).collect();
        assert_eq!(new(k, days, some), Err(GroupError::Numbers { threshold: k, count }));
    }
    for officer in [0, 33] {
        let mut bad = verifying.clone();
        bad.insert(officer, verifying[&1]);
        assert_eq!(new(2, days, bad), Err(GroupError::Officer { officer }));
    }
    assert_eq!(new(2, (days.1, days.0), verifying), Err(GroupError::Days));
}

#[test]
fn a_share_must_be_the_one_of_the_document() {
    let random = random(8);
    let dealt = Dealt::new(2, 3, 2, &random);
    let group = || Arc::clone(&dealt.group);
    let epoch = dealt.group.epoch();
    let two = Zeroizing::new(value(&dealt.polynomial, 2).to_bytes());
    assert_eq!(
        OfficerShare::new(group(), 1, &two).err(),
        Some(ShareError::OtherShare { officer: 1, epoch, generation: 0 })
    );
    assert_eq!(
        OfficerShare::new(group(), 4, &two).err(),
        Some(ShareError::UnknownOfficer { officer: 4, epoch })
    );
    assert_eq!(
        OfficerShare::new(group(), 2, &Zeroizing::new([0xff; 32])).err(),
        Some(ShareError::Curve(CurveError::Scalar))
    );
    let share = OfficerShare::new(group(), 2, &two).expect("its own");
    assert_eq!((share.officer(), share.secret()), (2, two));
}

#[test]
fn nonces_repeat_only_where_the_proof_does() {
    // A program restored from a snapshot sees the same random bytes again.
    let dealt = Dealt::new(2, 2, 2, &random(9));
    let (checked, _) = dealt.sealed(&label(7), &random(10));
    let (other, _) = dealt.sealed(&label(8), &random(11));
    let share = &dealt.shares[0];
    let one = share.answer(&checked, REQUEST, &random(12)).expect("answers");
    assert_eq!(share.answer(&checked, REQUEST, &random(12)), Ok(one));
    let x = value(&dealt.polynomial, 1);
    let nonce = |partial: &Partial| partial.f - x * partial.c;
    let again = [
        share.answer(&other, REQUEST, &random(12)).expect("answers"),
        share.answer(&checked, RequestHash::from_bytes([6; 32]), &random(12)).expect("answers"),
        share.answer(&checked, REQUEST, &random(13)).expect("answers"),
    ];
    for partial in &again {
        assert_ne!(nonce(partial), nonce(&one));
    }
}

#[test]
fn nothing_secret_prints() {
    let random = random(14);
    let dealt = Dealt::new(2, 2, 2, &random);
    let (checked, key) = dealt.sealed(&label(7), &random);
    let share = &dealt.shares[0];
    let partial = share.answer(&checked, REQUEST, &random).expect("answers");
    assert_eq!(format!("{key:?}"), "BlockKey([withheld])");
    assert_eq!(format!("{partial:?}"), "Partial(officer 1, generation 0)");
    let said = format!("{share:?}");
    assert!(said.contains("[withheld]") && !said.contains(&hex::encode(*share.secret())));
    assert!(format!("{checked:?}").starts_with("Checked(Label"));
    assert!(format!("{:?}", dealt.group).contains("2 of 2, generation 0"));
}
