//! Machines: named by one staff member, confirmed by another, revoked by either.

use super::model::{Node, NodeState, PublicKey};
use super::store;
use crate::accounts::Token as Secret;
use crate::form::{Problem, Problems};
use crate::{By, Office, OfficeError, Record};
use base::SubjectId;
use keys::seal::NodeId;

pub use crate::accounts::Token;

/// How often it is noted that a machine was seen: a push of many objects is no reason for as many writes.
const SEEN_EVERY_SECONDS: u64 = 60;
/// The longest name of a machine, in characters.
const NAME_CHARS_MAX: usize = 60;
const NO_NODE: OfficeError = OfficeError::NotFound { what: "the machine" };

/// All machines, by name.
///
/// # Errors
/// When the database fails.
pub async fn nodes(office: &Office) -> Result<Vec<Node>, OfficeError> {
    Ok(store::nodes(&office.store).await?)
}

/// A machine.
///
/// # Errors
/// [`OfficeError::NotFound`].
pub async fn node(office: &Office, id: NodeId) -> Result<Node, OfficeError> {
    store::node(&office.store, id).await?.ok_or(NO_NODE)
}

/// Names a machine by the line that it printed; it may push after somebody else confirmed it.
///
/// # Errors
/// [`OfficeError::Invalid`] at `name` or `key`, also when one of them is known already.
pub async fn propose(office: &Office, by: SubjectId, name: &str, key: &str) -> Result<NodeId, OfficeError> {
    let name = name.trim();
    let mut problems = Problems::new();
    if name.is_empty() {
        problems.add("name", Problem::Missing);
    } else if name.chars().count() > NAME_CHARS_MAX {
        problems.add("name", Problem::TooLong { max: NAME_CHARS_MAX });
    } else if name.chars().any(char::is_control) {
        problems.add("name", Problem::Choice);
    }
    let parsed = key.parse::<PublicKey>();
    if key.trim().is_empty() {
        problems.add("key", Problem::Missing);
    } else if parsed.is_err() {
        problems.add("key", Problem::Choice);
    }
    let (Ok(key), true) = (parsed, problems.is_empty()) else { return Err(problems.into()) };
    let known = store::nodes(&office.store).await?;
    if known.len() >= store::NODES_MAX as usize {
        return Err(OfficeError::Forbidden { why: "there are as many machines as one office takes" });
    }
    if known.iter().any(|node| node.id == key.id || node.sign_key == key.sign_key) {
        return Err(Problems::one("key", Problem::Taken).into());
    }
    if known.iter().any(|node| node.name == name) {
        return Err(Problems::one("name", Problem::Taken).into());
    }
    let record = Record::new("node-proposed", By::Login(by)).with("node", key.id.to_string());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    store::insert_node(&tx, &key, name, by, office.now()).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(key.id)
}

/// Confirms a machine whose key was compared, and gives the token that it pushes with. It is shown once.
///
/// # Errors
/// [`OfficeError::Forbidden`] to who named it; [`OfficeError::Conflict`] unless it waits for this.
pub async fn confirm(office: &Office, by: SubjectId, id: NodeId) -> Result<Secret, OfficeError> {
    let found = node(office, id).await?;
    if found.proposed_by == by {
        return Err(OfficeError::Forbidden { why: "a second person confirms a machine" });
    }
    let token = Secret::new(&*office.random);
    let record = Record::new("node-enrolled", By::Login(by))
        .with("node", id.to_string())
        .with("key", hex::encode(found.sign_key));
    let entry = office.prepare(record).await?;
    let leaf = *entry.entry().leaf_hash().as_bytes();
    let tx = office.store.begin().await?;
    if store::enroll(&tx, id, by, &token.hash(), &leaf, office.now()).await? == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the machine" });
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(token)
}

/// Ends what a machine may do; what it pushed stays.
///
/// # Errors
/// [`OfficeError::Conflict`] when it is revoked already.
pub async fn revoke(office: &Office, by: SubjectId, id: NodeId) -> Result<(), OfficeError> {
    node(office, id).await?;
    let entry =
        office.prepare(Record::new("node-revoked", By::Login(by)).with("node", id.to_string())).await?;
    let tx = office.store.begin().await?;
    if store::revoke_node(&tx, id, office.now()).await? == 0 {
        tx.rollback().await?;
        return Err(OfficeError::Conflict { what: "the machine" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// The machine that a token stands for; none when it is unknown or revoked.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(office: &Office, token: &str) -> Result<Option<Node>, OfficeError> {
    let Some(token) = Secret::parse(token) else { return Ok(None) };
    let found = store::node_of_token(&office.store, &token.hash()).await?;
    let found = found.filter(|node| node.state == NodeState::Enrolled);
    if let Some(node) = &found {
        let now = office.now();
        // A clock that went back is noted too.
        let fresh = |seen: base::Timestamp| now.seconds_since(seen).unsigned_abs() < SEEN_EVERY_SECONDS;
        if !node.last_seen_at.is_some_and(fresh) {
            store::saw_node(&office.store, node.id, now).await?;
        }
    }
    Ok(found)
}

/// What is kept, in numbers.
///
/// # Errors
/// When the database fails.
pub async fn kept(office: &Office) -> Result<super::Kept, OfficeError> {
    Ok(store::kept(&office.store).await?)
}
