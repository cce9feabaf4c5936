//! The golden files of docs/vectors: made by another program (crates/keys/tests/make_vectors.py), kept for
//! ever. Every negative case must be refused.

use crate::data_key::Material;
use crate::envelope::{cipher, unwrap_key, wrap_key};
use crate::purpose::{Account, Rights, Security, Support};
use crate::ring::Epoch;
use crate::root::derive;
use crate::tombstones::Tombstones;
use crate::{Cell, DataKey, KeyId, KeyRow, OpenError, Purpose, RootKey, Sealed, normalise_email, paper};
use aes_gcm_siv::{AeadInOut, Nonce, Tag};
use base::{Random, SubjectId, Transcript, label};
use serde_json::Value;
use std::fs;
use std::sync::Arc;
use zeroize::Zeroizing;

fn golden(name: &str) -> Value {
    let path = format!("{}/../../docs/vectors/keys-{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).expect("the golden file is there")).expect("is JSON")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    let list = value[name].as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is text"))
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    hex::decode(text(value, name)).expect("is hexadecimal")
}

fn array<const N: usize>(value: &Value, name: &str) -> [u8; N] {
    bytes(value, name).try_into().expect("has the length")
}

fn number(value: &Value, name: &str) -> u32 {
    value[name].as_u64().and_then(|n| u32::try_from(n).ok()).expect("a number")
}

fn subject(value: &Value) -> SubjectId {
    let hexadecimal = text(value, "subject");
    hexadecimal.parse().expect("a subject")
}

/// The case with the fields of a negative case put over it.
fn changed(case: &Value, negative: &Value) -> Value {
    let mut case = case.clone();
    for (name, value) in negative.as_object().expect("an object") {
        case[name] = value.clone();
    }
    case
}

/// A random source that gives one fixed nonce.
struct Fixed(Vec<u8>);

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&self.0);
    }
}

#[test]
fn aes_gcm_siv_is_that_of_rfc_8452() {
    let file = golden("aes-gcm-siv-rfc8452");
    let cases = list(&file, "cases");
    assert_eq!(cases.len(), 26);
    for case in cases {
        let cipher = cipher(&array(case, "key"));
        let nonce = Nonce::from(array::<12>(case, "nonce"));
        let ad = bytes(case, "associated_data");
        let mut buffer = bytes(case, "plaintext");
        let tag = cipher.encrypt_inout_detached(&nonce, &ad, buffer.as_mut_slice().into()).expect("seals");
        assert_eq!([&buffer[..], &tag[..]].concat(), bytes(case, "result"));
        cipher.decrypt_inout_detached(&nonce, &ad, buffer.as_mut_slice().into(), &tag).expect("opens");
        assert_eq!(buffer, bytes(case, "plaintext"));
        let mut bad: [u8; 16] = tag.into();
        bad[0] ^= 1;
        let refused =
            cipher.decrypt_inout_detached(&nonce, &ad, buffer.as_mut_slice().into(), &Tag::from(bad));
        assert!(refused.is_err());
    }
}

fn data_key<P: Purpose>(case: &Value) -> DataKey<P> {
    let id = KeyId::from_bytes(array(case, "key_id"));
    DataKey::new(Arc::new(Material::new(id, subject(case), 1, &Zeroizing::new(array(case, "key")))))
}

fn cell_of(case: &Value) -> Cell {
    let fixed = |name| -> &'static str { Box::leak(text(case, name).to_owned().into_boxed_str()) };
    let revision = (!case["revision"].is_null()).then(|| number(case, "revision"));
    Cell {
        table: fixed("table"),
        column: fixed("column"),
        row: array(case, "row"),
        revision,
        subject: subject(case),
    }
}

fn open<P: Purpose>(case: &Value) -> Result<Vec<u8>, OpenError> {
    let sealed = Sealed::<P>::from_bytes(bytes(case, "envelope"))?;
    data_key::<P>(case).open(&cell_of(case), &sealed).map(|value| value.bytes().to_vec())
}

fn check_envelope<P: Purpose, Other: Purpose>(case: &Value) {
    assert_eq!(text(case, "purpose"), P::NAME);
    assert_eq!(text(case, "other_purpose"), Other::NAME);
    let key = data_key::<P>(case);
    assert_eq!(cell_of(case).associated_data(P::NAME, key.key_id()), bytes(case, "associated_data"));
    let value = text(case, "value").as_bytes();
    let sealed = key.seal(&cell_of(case), value, &Fixed(bytes(case, "nonce")));
    assert_eq!(sealed.as_bytes(), bytes(case, "envelope"));
    assert_eq!(sealed.key_id(), key.key_id());
    assert_eq!(open::<P>(case).expect("opens"), value);
    assert!(open::<Other>(case).is_err(), "another purpose");
    let negatives = list(case, "refused");
    assert!(negatives.len() >= 15);
    for negative in negatives {
        assert!(open::<P>(&changed(case, negative)).is_err(), "{}", text(negative, "why"));
    }
}

#[test]
fn envelopes() {
    let file = golden("envelope");
    for case in list(&file, "cases") {
        match text(case, "purpose") {
            "account" => check_envelope::<Account, Support>(case),
            "support" => check_envelope::<Support, Account>(case),
            "rights" => check_envelope::<Rights, Account>(case),
            "security" => check_envelope::<Security, Account>(case),
            other => panic!("{other}"),
        }
    }
}

fn root_of(case: &Value) -> RootKey {
    RootKey::from_secret(Zeroizing::new(array(case, "root")))
}

fn unwrap_epoch(case: &Value) -> Result<Vec<u8>, OpenError> {
    root_of(case).unwrap_epoch(number(case, "epoch"), &bytes(case, "file")).map(|key| key.to_vec())
}

#[test]
fn epoch_keys() {
    let file = golden("epoch");
    for case in list(&file, "cases") {
        let key: [u8; 32] = array(case, "epoch_key");
        let epoch = number(case, "epoch");
        let wrapped = root_of(case).wrap_epoch(epoch, &key, &Fixed(bytes(case, "nonce")));
        assert_eq!(wrapped, bytes(case, "file"));
        assert_eq!(Transcript::new(label::EPOCH_ROOT_WRAP).u32(epoch).finish(), bytes(case, "info"));
        assert_eq!(unwrap_epoch(case).expect("opens"), key);
        let wrap = derive(&key, &Transcript::new(label::EPOCH_WRAP).finish());
        assert_eq!(wrap.to_vec(), bytes(case, "wrap_key"));
        for negative in list(case, "refused") {
            assert!(unwrap_epoch(&changed(case, negative)).is_err(), "{}", text(negative, "why"));
        }
    }
    let temp = tempfile::tempdir().expect("a folder");
    let path = temp.path().join("root.key");
    root_of(&file["cases"][0]).write_new(&path).expect("writes");
    assert_eq!(fs::read_to_string(path).expect("reads"), text(&file, "root_file"));
}

fn unwrap_row(case: &Value) -> Result<Vec<u8>, OpenError> {
    let row = row_of(case);
    let wrap = derive(&array(case, "epoch_key"), &Transcript::new(label::EPOCH_WRAP).finish());
    unwrap_key(&cipher(&wrap), &row.associated_data(row.epoch), &row.wrapped).map(|key| key.to_vec())
}

fn row_of(case: &Value) -> KeyRow {
    KeyRow {
        key_id: KeyId::from_bytes(array(case, "key_id")),
        subject: subject(case),
        purpose: text(case, "purpose").to_owned(),
        epoch: number(case, "epoch"),
        wrapped: bytes(case, "wrapped"),
    }
}

#[test]
fn key_rows() {
    let file = golden("key-row");
    for case in list(&file, "cases") {
        let row = row_of(case);
        assert_eq!(row.associated_data(row.epoch), bytes(case, "associated_data"));
        let wrap = derive(&array(case, "epoch_key"), &Transcript::new(label::EPOCH_WRAP).finish());
        let nonce = Fixed(bytes(case, "nonce"));
        let wrapped =
            wrap_key(&cipher(&wrap), &row.associated_data(row.epoch), &array(case, "data_key"), &nonce);
        assert_eq!(wrapped, row.wrapped);
        assert_eq!(unwrap_row(case).expect("opens"), bytes(case, "data_key"));
        for negative in list(case, "refused") {
            assert!(unwrap_row(&changed(case, negative)).is_err(), "{}", text(negative, "why"));
        }
        let mut other_epoch = case.clone();
        other_epoch["epoch"] = (row.epoch + 1).into();
        assert!(unwrap_row(&other_epoch).is_err());
    }
}

#[test]
fn blind_indexes_and_normal_forms() {
    let file = golden("blind-index");
    let mut seen = Vec::new();
    for case in list(&file, "cases") {
        let epoch = Epoch::new(Zeroizing::new(array(case, "epoch_key")));
        let index = epoch.blind_index(text(case, "table"), text(case, "column"), text(case, "value"));
        assert_eq!(index.to_vec(), bytes(case, "index"));
        assert!(!seen.contains(&index), "table, column and value all count");
        seen.push(index);
    }
    for pair in list(&file, "normal_forms") {
        let (from, to) = (pair[0].as_str().expect("text"), pair[1].as_str().expect("text"));
        assert_eq!(normalise_email(from).as_deref(), Ok(to), "{from:?}");
    }
    for bad in list(&file, "refused") {
        assert!(normalise_email(bad.as_str().expect("text")).is_err(), "{bad}");
    }
}

#[test]
fn paper_shares() {
    let file = golden("paper-share");
    for case in list(&file, "cases") {
        let k = number(case, "k") as usize;
        let shares: Vec<paper::Share> = list(case, "sheets")
            .iter()
            .map(|sheet| sheet.as_str().expect("text").parse().expect("a sheet"))
            .collect();
        for (share, sheet) in shares.iter().zip(list(case, "sheets")) {
            assert_eq!(share.text().as_str(), sheet.as_str().expect("text"));
        }
        for window in shares.windows(k) {
            assert_eq!(RootKey::from_shares(window).expect("opens"), root_of(case));
        }
        for window in shares.windows(k - 1) {
            assert!(RootKey::from_shares(window).is_err());
        }
    }
}

#[test]
fn destroyed_list() {
    let file = golden("destroyed-list");
    let temp = tempfile::tempdir().expect("a folder");
    let list_file = Tombstones::at(temp.path().join("list"));
    fs::write(list_file.path(), text(&file, "file")).expect("writes");
    let loaded = list_file.load().expect("loads");
    let entries = list(&file, "entries");
    assert_eq!(loaded.len(), entries.len());
    for (tombstone, entry) in loaded.iter().zip(entries) {
        assert_eq!(tombstone.key_id.to_string(), text(entry, "key_id"));
        assert_eq!(tombstone.epoch, number(entry, "epoch"));
    }
    let again = Tombstones::at(temp.path().join("again"));
    again.append(&loaded).expect("appends");
    assert_eq!(fs::read_to_string(again.path()).expect("reads"), text(&file, "file"));
    for negative in list(&file, "refused") {
        fs::write(list_file.path(), text(negative, "file")).expect("writes");
        assert!(list_file.load().is_err(), "{}", text(negative, "why"));
    }
}
