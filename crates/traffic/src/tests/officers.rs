//! Sealed to a real group of officers: two of three open a scope and nothing beside it, one opens nothing.

use super::generator::{log, sites};
use super::round_trip::rows_of;
use super::{import, name, site_id, threads};
use crate::parse::Format;
use crate::scan::{Cancel, Query, scan};
use crate::segment::name::{Block, EpochId, Line, SegmentName};
use crate::segment::{
    Canary, GroupKeys, KeyObject, Limits, NodeKey, ReadError, Reason, Released, SealError, SealOptions,
    Segment, SegmentKeys, seal, verify_manifest,
};
use ::keys::seal::{CombineError, EpochGroup, GroupKey, OfficerShare, Partial, Point, RequestHash};
use base::{Day, SeededRandom};
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::ops::ControlFlow;
use std::sync::Arc;
use zeroize::Zeroizing;

const DAY: Day = Day::from_number(20_371);

/// Shares on a line: 5 + 3i. Its officers are numbers one to three.
pub fn group() -> (Arc<EpochGroup>, Vec<OfficerShare>) {
    let point = |secret: u64| {
        let point = RistrettoPoint::mul_base(&Scalar::from(secret)).compress();
        Point::parse(point.as_bytes()).expect("a point")
    };
    let key = GroupKey::new(Line::from_bytes([1; 32]), EpochId::from_bytes([2; 16]), point(5));
    let verifying = (1..=3).map(|officer| (officer, point(5 + 3 * u64::from(officer)))).collect();
    let group = EpochGroup::new(Arc::new(key), (DAY, DAY), 2, 0, verifying).expect("a group");
    let group = Arc::new(group);
    let share = |officer: u16| {
        let secret = Zeroizing::new(Scalar::from(5 + 3 * u64::from(officer)).to_bytes());
        OfficerShare::new(Arc::clone(&group), officer, &secret).expect("a share")
    };
    let shares = (1..=3).map(share).collect();
    (group, shares)
}

/// What two officers open of a segment: every block that rows are in.
pub fn release(object: &KeyObject, released: &mut Released) {
    open(object, released, |block| !matches!(block, Block::Addresses(_)));
}

/// What two officers open of a segment: every block there is.
pub fn open_all(object: &KeyObject, released: &mut Released) {
    open(object, released, |_| true);
}

fn open(object: &KeyObject, released: &mut Released, wanted: impl Fn(Block) -> bool) {
    let (group, shares) = group();
    let request = RequestHash::from_bytes([7; 32]);
    for place in 0..object.records.len() {
        let Some(record) = object.record(place) else { continue };
        let record = record.expect("a record");
        let block = record.block();
        if wanted(block) {
            let checked = group.key().check(&object.name.label(block), &record).expect("its proof holds");
            let answer = |share: &OfficerShare| {
                share.answer(&checked, request, &SeededRandom::new(4)).expect("answers")
            };
            let partials: Vec<Partial> = shares.iter().take(2).map(answer).collect();
            let opened = group.combine(&checked, request, &partials).expect("two open");
            released.insert(object.name, block, opened.key);
        }
    }
}

#[test]
fn two_of_three_officers_open_what_was_asked_and_one_opens_nothing() {
    let (group, shares) = group();
    let (text, mut rows) = log(2_000, 40, 3);
    let (mut days, _) = import(text.as_bytes(), Format::Waarborg, &sites(40), Limits::default(), 2);
    let day = days.pop().expect("a day");
    let name = SegmentName { day: day.day(), ..name(DAY) };
    let keys = GroupKeys::new(Arc::clone(group.key()), Arc::new(SeededRandom::new(1)));
    let node = NodeKey::generate(&SeededRandom::new(2));
    let options = SealOptions {
        threads: threads(2),
        level: 1,
        reason: Reason::Day,
        previous: [0; 32],
        canary: Canary::With,
    };
    let mut data = Vec::new();
    let sealed = seal(day, &name, &keys, &node, options, &mut data).expect("seals");
    let object = KeyObject::parse(&sealed.key_object).expect("reads");
    assert_eq!(object.stated().expect("a manifest").group_key, *group.key().public().bytes());
    assert!(verify_manifest(&node.public(), &object.manifest, &object.signature));
    let other = NodeKey::generate(&SeededRandom::new(3));
    assert!(!verify_manifest(&other.public(), &object.manifest, &object.signature));

    let request = RequestHash::from_bytes([7; 32]);
    let mut released = Released::default();
    for block in [Block::Rows(site_id(0)), Block::Rows(site_id(1)), Block::Dictionary, Block::Canary] {
        let place = object.place(block).expect("it has such a block");
        let record = object.record(place).expect("present").expect("a record");
        let checked = group.key().check(&name.label(block), &record).expect("its proof holds");
        let partials: Vec<Partial> = shares
            .iter()
            .map(|share| share.answer(&checked, request, &SeededRandom::new(4)).expect("answers"))
            .collect();
        let one = group.combine(&checked, request, &partials[..1]);
        assert!(matches!(one, Err(CombineError::TooFew { needed: 2, .. })));
        let opened = group.combine(&checked, request, &partials[1..]).expect("two open");
        assert!(opened.refused.is_empty());
        released.insert(name, block, opened.key);
    }

    let segment = Segment::open(name, Arc::new(data)).expect("opens");
    segment.canary(&released).expect("reads").expect("it has one");
    assert_eq!(segment.canary(&Released::default()).expect("reads"), None);
    let mut found = rows_of(&segment, &released, &Query::default());
    found.sort();
    rows.retain(|row| row.host == "site0.example" || row.host == "site1.example");
    rows.sort();
    assert!(!rows.is_empty() && found == rows);
    let beyond = Query { sites: Some([site_id(2)].into()), ..Query::default() };
    let refused =
        scan(
            &segment,
            &released,
            &beyond,
            threads(1),
            &Cancel::default(),
            &mut |_| ControlFlow::Continue(()),
        );
    assert!(matches!(refused, Err(ReadError::OutOfScope { .. })));
    let nothing = Released::default();
    let refused = scan(&segment, &nothing, &Query::default(), threads(1), &Cancel::default(), &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(refused, Err(ReadError::OutOfScope { .. })));
    assert!(segment.bucket(&released, 0).expect("reads").is_none());
}

#[test]
fn a_segment_of_another_epoch_is_not_sealed() {
    let (group, _) = group();
    let keys = GroupKeys::new(Arc::clone(group.key()), Arc::new(SeededRandom::new(1)));
    let others = [
        SegmentName { epoch: EpochId::from_bytes([9; 16]), ..name(DAY) },
        SegmentName { line: Line::from_bytes([9; 32]), ..name(DAY) },
    ];
    for name in others {
        assert_eq!(keys.seal(&name, Block::Dictionary).err(), Some(SealError::OtherEpoch));
    }
    assert!(keys.seal(&name(DAY), Block::Dictionary).is_ok());
}
