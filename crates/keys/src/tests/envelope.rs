//! Properties of envelopes and wrapped keys: what was sealed opens, what was changed does not.

use super::cell;
use crate::data_key::Material;
use crate::purpose::{Account, Ledger, Rights};
use crate::ring::Epoch;
use crate::{Cell, DataKey, KeyId, OpenError, Purpose, Sealed};
use base::{SeededRandom, SubjectId, SystemRandom};
use proptest::prelude::*;
use std::sync::Arc;
use zeroize::Zeroizing;

fn key<P: Purpose>(subject: SubjectId, id: u8, secret: u8) -> DataKey<P> {
    let id = KeyId::from_bytes([id; 16]);
    DataKey::new(Arc::new(Material::new(id, subject, 1, &Zeroizing::new([secret; 32]))))
}

fn subject(byte: u8) -> SubjectId {
    hex::encode([byte; 16]).parse().expect("a subject")
}

#[test]
fn every_bit_of_an_envelope_counts() {
    let (key, cell) = (key::<Account>(subject(1), 1, 1), cell(subject(1)));
    for value in [&b""[..], b"a", b"0123456789abcdef", b"seventeen bytes.."] {
        let sealed = key.seal(&cell, value, &SystemRandom).into_bytes();
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut bad = sealed.clone();
                bad[at] ^= 1 << bit;
                let opened = Sealed::from_bytes(bad).and_then(|bad| key.open(&cell, &bad));
                assert!(opened.is_err(), "byte {at} bit {bit}");
            }
        }
        for length in 0..sealed.len() {
            let cut = Sealed::from_bytes(sealed[..length].to_vec()).and_then(|cut| key.open(&cell, &cut));
            assert!(cut.is_err(), "cut to {length}");
        }
    }
}

#[test]
fn the_errors_name_what_is_wrong_outside_the_cipher() {
    let (mine, cell) = (key::<Account>(subject(1), 1, 1), cell(subject(1)));
    let sealed = mine.seal(&cell, b"value", &SystemRandom);
    let with = |at: usize, byte: u8| {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[at] = byte;
        Sealed::<Account>::from_bytes(bytes)
    };
    assert_eq!(with(0, 2).err(), Some(OpenError::Version { version: 2 }));
    assert_eq!(with(1, 9).err(), Some(OpenError::Suite { suite: 9 }));
    assert_eq!(Sealed::<Account>::from_bytes(vec![1; 45]).err(), Some(OpenError::Length { length: 45 }));
    // docs/formats/envelope.md: version and suite, 16 bytes of key id, 12 of nonce, 16 of tag.
    assert_eq!((crate::FIELD_BYTES_MAX, crate::ENVELOPE_BYTES_MAX), (64 << 20, (64 << 20) + 46));
    let longest = crate::ENVELOPE_BYTES_MAX;
    assert!(Sealed::<Account>::from_bytes(vec![1; longest]).is_ok());
    assert_eq!(
        Sealed::<Account>::from_bytes(vec![1; longest + 1]).err(),
        Some(OpenError::Length { length: longest + 1 })
    );
    let other = key::<Account>(subject(1), 2, 1);
    let (found, offered) = (mine.key_id(), other.key_id());
    assert_eq!(other.open(&cell, &sealed).err(), Some(OpenError::OtherKey { found, offered }));
    let elsewhere = Cell { subject: subject(2), ..cell };
    assert_eq!(mine.open(&elsewhere, &sealed).err(), Some(OpenError::OtherSubject { offered: found }));
    let foreign = key::<Account>(subject(2), 1, 1);
    assert_eq!(foreign.open(&elsewhere, &sealed).err(), Some(OpenError::Refused));
    let binary = mine.seal(&cell, &[0xff], &SystemRandom);
    let opened = mine.open(&cell, &binary).expect("opens");
    assert_eq!((opened.bytes(), opened.text()), (&[0xff][..], Err(OpenError::NotText)));
}

#[test]
#[should_panic(expected = "own subject")]
fn sealing_for_another_subject_is_an_error_of_the_program() {
    let _ = key::<Account>(subject(1), 1, 1).seal(&cell(subject(2)), b"", &SystemRandom);
}

#[test]
fn nothing_prints() {
    let (key, cell) = (key::<Account>(subject(1), 1, b's'), cell(subject(1)));
    let sealed = key.seal(&cell, b"ssssssss", &SystemRandom);
    let opened = key.open(&cell, &sealed).expect("opens");
    let salt = self::key::<Ledger>(subject(1), 1, b's');
    let all = format!("{key:?} {sealed:?} {opened:?} {salt:?} {:?}", salt.salt());
    assert!(!all.contains("ss") && !all.contains("115, 115"), "{all}");
    assert!(sealed == sealed.clone() && sealed != key.seal(&cell, b"ssssssss", &SystemRandom));
    assert!(all.starts_with("DataKey<account>("), "{all}");
    assert!(
        all.contains("Sealed<account>(54 bytes)") && all.contains("Personal<account>([withheld])"),
        "{all}"
    );
    assert_eq!(salt.salt().expose(), &[b's'; 32]);
}

/// A cell whose parts are drawn from few values, so that two draws are often alike in some parts.
fn any_cell() -> impl Strategy<Value = Cell> {
    let names = || prop::sample::select(vec!["a", "ab", "b", "customer", ""]);
    (names(), names(), 0u8..3, prop::option::of(0u32..3), 0u8..3).prop_map(
        |(table, column, row, revision, s)| Cell {
            table,
            column,
            row: [row; 16],
            revision,
            subject: subject(s),
        },
    )
}

proptest! {
    #[test]
    fn what_was_sealed_opens(value in prop::collection::vec(any::<u8>(), 0..300), cell in any_cell(), seed: u64) {
        let key = key::<Account>(cell.subject, 1, 7);
        let sealed = key.seal(&cell, &value, &SeededRandom::new(seed));
        prop_assert_eq!(sealed.as_bytes().len(), value.len() + 46);
        let read = Sealed::from_bytes(sealed.clone().into_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&sealed));
        let opened = key.open(&cell, &sealed);
        prop_assert_eq!(opened.as_ref().map(|value| value.bytes()).ok(), Some(&value[..]));
    }

    #[test]
    fn an_envelope_opens_in_its_own_cell_only(one in any_cell(), other in any_cell()) {
        let sealed = key::<Account>(one.subject, 1, 7).seal(&one, b"value", &SystemRandom);
        // the same secret under the other subject, so that only the cell decides
        let opened = key::<Account>(other.subject, 1, 7).open(&other, &sealed);
        prop_assert_eq!(opened.is_ok(), one == other);
    }

    #[test]
    fn purposes_do_not_open_each_other(cell in any_cell()) {
        let sealed = key::<Account>(cell.subject, 1, 7).seal(&cell, b"value", &SystemRandom);
        let moved = Sealed::<Rights>::from_bytes(sealed.into_bytes());
        let opened = moved.and_then(|moved| key::<Rights>(cell.subject, 1, 7).open(&cell, &moved));
        prop_assert_eq!(opened.err(), Some(OpenError::Refused));
    }

    #[test]
    fn foreign_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..120), valid: bool) {
        if valid && bytes.len() >= 2 {
            bytes[..2].copy_from_slice(&[1, 1]);
        }
        if let Ok(sealed) = Sealed::<Account>::from_bytes(bytes) {
            let mut id = [0; 16];
            id.copy_from_slice(&sealed.as_bytes()[2..18]);
            let secret = Zeroizing::new([1; 32]);
            let material = Material::new(KeyId::from_bytes(id), subject(1), 1, &secret);
            let opened = DataKey::<Account>::new(Arc::new(material)).open(&cell(subject(1)), &sealed);
            prop_assert_eq!(opened.err(), Some(OpenError::Refused));
        }
    }

    #[test]
    fn blind_indexes_differ_in_every_part(
        one in ("[ab]{0,2}", "[ab]{0,2}", "[ab]{0,2}", 0u8..2),
        other in ("[ab]{0,2}", "[ab]{0,2}", "[ab]{0,2}", 0u8..2),
    ) {
        let index = |(table, column, value, epoch): &(String, String, String, u8)| {
            Epoch::new(Zeroizing::new([*epoch; 32])).blind_index(table, column, value)
        };
        prop_assert_eq!(index(&one) == index(&other), one == other);
    }
}
