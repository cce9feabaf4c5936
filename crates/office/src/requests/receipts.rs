//! Receipts that a person keeps: for an erasure by the token they were given, for anything else the
//! ledger tells of them while their keys live.
//!
//! Invariants: a receipt is there as soon as a checkpoint covers its entry, and never before; of the
//! token only the hash is stored; neither the receipt nor its words hold personal data (whoever has
//! the receipt can tell that the entry is about its holder, and nothing else).

use super::erasure::{self, Dates, ErasureState, Hold};
use crate::accounts::Token;
use crate::{Office, OfficeError, checkpoints};
use base::{Language, SubjectId, Timestamp};
use keys::purpose;
use ledger::{Entry, Hash, Opening, VerifyingKey};
use serde_json::Value;
use std::path::Path;

/// The name of a receipt's file.
pub const RECEIPT_FILE: &str = "receipt.tlog-proof";

/// What a token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptStatus {
    /// The data are being erased.
    Erasing,
    /// They are erased; the receipt is there when the next checkpoint is signed, within seconds.
    Waiting,
    /// Here it is.
    Ready(Box<ReadyReceipt>),
    /// There is no receipt under this token (any more).
    Expired,
}

/// A receipt that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyReceipt {
    /// The text of the file [`RECEIPT_FILE`].
    pub text: String,
    /// The words in it, for the page.
    pub words: String,
    /// Since when nothing can be read here any more.
    pub live: Timestamp,
    /// By when the last backup is to be unreadable.
    pub backup_due: Timestamp,
    /// Since when it is, once that is a fact.
    pub backup: Option<Timestamp>,
}

/// What there is under the token of an erasure. The receipt is made anew at each call, with the latest
/// checkpoint and the second date as soon as that is a fact.
///
/// # Errors
/// When the database fails, or the ledger's files do not fit it.
pub async fn status(
    office: &Office,
    tiles: &Path,
    key: &VerifyingKey,
    token: &Token,
    language: Language,
) -> Result<ReceiptStatus, OfficeError> {
    let Some(row) = erasure::by_token(&office.store, &token.hash()).await? else {
        return Ok(ReceiptStatus::Expired);
    };
    if matches!(row.state, ErasureState::Announced | ErasureState::Erasing) {
        return Ok(ReceiptStatus::Erasing);
    }
    let strange = || OfficeError::Other("an erasure without its receipt's parts".into());
    let (leaf, opening, dates) = match (row.leaf, row.opening, row.dates) {
        (Some(leaf), Some(opening), Some(dates)) => {
            (Hash::from_bytes(leaf), Opening::from_bytes(opening), dates)
        }
        _ => return Err(strange()),
    };
    let Some(entry) = entry(office, &leaf).await? else { return Ok(ReceiptStatus::Waiting) };
    let holds = erasure::holds_of(office, row.customer).await?;
    let words = words(office, language, &entry, dates, &holds);
    let receipt = checkpoints::receipt(office, tiles, key, leaf, opening, row.subject, &words).await?;
    Ok(receipt.map_or(ReceiptStatus::Waiting, |receipt| {
        ReceiptStatus::Ready(Box::new(ReadyReceipt {
            text: receipt.to_text(),
            words,
            live: dates.live,
            backup_due: dates.backup_due,
            backup: dates.backup,
        }))
    }))
}

fn words(office: &Office, language: Language, entry: &Entry, dates: Dates, holds: &[Hold]) -> String {
    let data = entry.data();
    let purposes: Vec<String> = data
        .get("purposes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    erasure::receipt_words(language, &office.policy(), &purposes, dates, holds)
}

/// A numbered entry by its leaf; none while it waits for its number.
async fn entry(office: &Office, leaf: &Hash) -> Result<Option<Entry>, OfficeError> {
    let Some(position) = store::index_of_leaf(&office.store, leaf.as_bytes()).await? else { return Ok(None) };
    let Some(row) = store::entry_at(&office.store, position).await? else { return Ok(None) };
    Ok(Some(Entry::from_bytes(row.body)?))
}

/// A receipt for an entry about a living subject, such as a granted rectification; none until a
/// checkpoint covers it. The caller knows that the subject may have it.
///
/// # Errors
/// [`OfficeError::NotFound`] when the entry is not about the subject; [`OfficeError::Keys`] when the
/// subject is erased: then only the receipt of its erasure remains.
pub async fn for_entry(
    office: &Office,
    tiles: &Path,
    key: &VerifyingKey,
    subject: SubjectId,
    leaf: Hash,
    words: &str,
) -> Result<Option<String>, OfficeError> {
    let Some(entry) = entry(office, &leaf).await? else { return Ok(None) };
    let salt = office.vault.key::<purpose::Ledger>(subject).await?;
    let opening = ledger::opening(salt.salt(), &office.settings.origin, entry.nonce());
    if !entry.subjects().iter().any(|commitment| commitment.opens(&opening, subject)) {
        return Err(OfficeError::NotFound { what: "the entry" });
    }
    let receipt = checkpoints::receipt(office, tiles, key, leaf, opening, subject, words).await?;
    Ok(receipt.map(|receipt| receipt.to_text()))
}

/// The words of a receipt for an entry other than an erasure: what happened and how to check it.
#[must_use]
pub fn entry_words(office: &Office, language: Language, kind: &str) -> String {
    let policy = office.policy();
    let provider = &policy.provider().name;
    let what = checkpoints::kind_in_words(kind, language).unwrap_or(kind);
    match language {
        Language::Nl => format!(
            "{provider} heeft in zijn logboek vastgelegd, over de houder van dit bewijs: {what}.\n\n\
             Zelf controleren, zonder ons: bewaar dit bewijs als {RECEIPT_FILE}, neem de openbare sleutel van ons logboek, en \
             geef de opdracht\n  waarborg verify {RECEIPT_FILE} --key SLEUTEL\n\
             Deze toelichting zelf hoort niet bij wat bewezen wordt."
        ),
        Language::En => format!(
            "{provider} has recorded in its ledger, about the holder of this receipt: {what}.\n\n\
             To check it yourself, without us: keep this receipt as {RECEIPT_FILE}, take the public key of our ledger, and \
             run\n  waarborg verify {RECEIPT_FILE} --key KEY\n\
             These words are not part of what is proved."
        ),
    }
}
