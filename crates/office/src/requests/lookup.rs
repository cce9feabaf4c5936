//! What staff ask before they answer: which request has a number, and what an answer will say.

use super::model::{Request, RequestId};
use super::store;
use super::texts::{self, Outcome};
use crate::messages::ThreadId;
use crate::{Office, OfficeError, mailing};
use base::Sensitive;

/// What stands in a preview where the words of staff will come.
const PLACE: &str = "[…]";

/// What staff are about to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// To grant.
    Granted,
    /// To refuse.
    Refused,
}

/// The request that a number such as `R100042` is of, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn by_number(office: &Office, text: &str) -> Result<Option<RequestId>, OfficeError> {
    let text = text.trim();
    let Some(digits) = text.strip_prefix(['R', 'r']).filter(|digits| digits.len() <= 12) else {
        return Ok(None);
    };
    let Some(number) = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit())) else {
        return Ok(None);
    };
    Ok(store::by_number(&office.store, number).await?)
}

/// The request that came with a thread, if one did.
///
/// # Errors
/// When the database fails.
pub async fn of_thread(office: &Office, thread: ThreadId) -> Result<Option<RequestId>, OfficeError> {
    Ok(store::of_thread(&office.store, thread).await?)
}

/// The whole mail that an answer will be, with `[…]` where the words of staff come: greeting, what is
/// done, and the remedies that every answer names.
///
/// # Errors
/// When a store fails; [`OfficeError::Erased`].
pub async fn answer_preview(
    office: &Office,
    request: &Request,
    decided: Decided,
) -> Result<Sensitive<String>, OfficeError> {
    let person = super::person(office, request).await?.ok_or(OfficeError::Erased)?;
    let outcome = match decided {
        Decided::Granted => Outcome::Granted,
        Decided::Refused => Outcome::Refused,
    };
    let (language, received_at) = (person.language, request.deadline.received_at);
    let (_, body) = texts::answered(language, request.kind, request.number, received_at, outcome, PLACE);
    Ok(mailing::signed(office, language, &texts::with_remedies(language, &body, &office.policy())))
}
