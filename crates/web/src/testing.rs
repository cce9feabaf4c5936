//! What the tests of this crate share.

use crate::session::{Acting, Answer, CustomerRole, Session, SessionSource, SourceError, StaffRole};
use base::{Sensitive, Timestamp};
use std::path::Path;

/// A login acting for a customer.
pub fn customer(role: CustomerRole) -> Session {
    Session {
        id: "s1".to_owned(),
        login: "l1".to_owned(),
        name: "Noor Voorbeeld".into(),
        language: None,
        second_factor_at: None,
        acting: Some(Acting { customer: "c1".to_owned(), name: "Voorbeeld BV".into(), role }),
        staff: Vec::new(),
    }
}

/// A staff member.
pub fn staff(role: StaffRole, second_factor_at: Option<Timestamp>) -> Session {
    Session { acting: None, staff: vec![role], second_factor_at, ..customer(CustomerRole::Reader) }
}

/// Sessions by token: `viewer`, `owner`, `support`, and `broken`, which cannot be looked up.
pub struct Tokens;

impl SessionSource for Tokens {
    fn resolve<'a>(
        &'a self,
        token: &'a Sensitive<String>,
    ) -> Answer<'a, Result<Option<Session>, SourceError>> {
        Box::pin(async move {
            match token.expose().as_str() {
                "viewer" => Ok(Some(customer(CustomerRole::Reader))),
                "owner" => Ok(Some(customer(CustomerRole::Owner))),
                "support" => Ok(Some(staff(StaffRole::Support, Some(Timestamp::from_seconds(1))))),
                "half" => Ok(Some(staff(StaffRole::Support, None))),
                "broken" => Err(SourceError("the database is away".to_owned())),
                _ => Ok(None),
            }
        })
    }
}

/// The text files of a folder and its subfolders.
pub fn files(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            texts.extend(files(&path));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            texts.push(text);
        }
    }
    texts
}
