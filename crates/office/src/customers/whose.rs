//! Whose something is, as a file says that is taken in: by the number of the customer, or by the address that
//! the owner signs in with.

use super::{Customer, CustomerId, CustomerNumber, customer, id_of_number};
use crate::accounts::{self, LoginId, Role};
use crate::form::Problem;
use crate::table::RowProblem;
use crate::{Office, OfficeError};
use base::{Sensitive, SubjectId};
use std::collections::HashMap;
use std::sync::Arc;

/// Whose something is, as a file says.
#[derive(Debug, Clone)]
pub(crate) enum Whose {
    /// By the number that customers have here.
    Number(CustomerNumber),
    /// By the address that its owner signs in with, normalised.
    Address(Sensitive<String>),
}

impl Whose {
    /// Reads the columns `customer` and `email`, of which one is filled in; the number counts when both are.
    pub(crate) fn read(number: &str, email: &str) -> Result<Self, RowProblem> {
        let wrong = |column, problem| RowProblem::Field { column, problem };
        match (number.trim(), email.trim()) {
            ("", "") => Err(wrong("customer", Problem::Missing)),
            ("", email) => keys::normalise_email(email)
                .map(|address| Self::Address(Sensitive::new(address)))
                .map_err(|_| wrong("email", Problem::Email)),
            (number, _) => {
                CustomerNumber::parse(number).map(Self::Number).ok_or(wrong("customer", Problem::Number))
            }
        }
    }

    /// The column that says it.
    pub(crate) const fn column(&self) -> &'static str {
        match self {
            Self::Number(_) => "customer",
            Self::Address(_) => "email",
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Address(address) => address.expose().clone(),
        }
    }
}

/// The customers that a file names, each looked up once.
pub(crate) struct Owners {
    logins: HashMap<String, (LoginId, SubjectId)>,
    found: HashMap<String, Option<Arc<Customer>>>,
}

impl Owners {
    /// Looks up all addresses that a file names.
    pub(crate) async fn of(office: &Office, all: impl Iterator<Item = &Whose>) -> Result<Self, OfficeError> {
        let addresses: Vec<String> = all
            .filter_map(|whose| match whose {
                Whose::Address(address) => Some(address.expose().clone()),
                Whose::Number(_) => None,
            })
            .collect();
        let logins = accounts::logins_of_addresses(office, &addresses).await?;
        Ok(Self { logins, found: HashMap::new() })
    }

    /// The customer; none when there is none, or when the address is of the owner of several.
    pub(crate) async fn find(
        &mut self,
        office: &Office,
        whose: &Whose,
    ) -> Result<Option<Arc<Customer>>, OfficeError> {
        let key = whose.key();
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        let id = match whose {
            Whose::Number(number) => id_of_number(office, *number).await?,
            Whose::Address(address) => match self.logins.get(address.expose()) {
                Some((login, _)) => only_customer(office, *login).await?,
                None => None,
            },
        };
        let found = match id {
            None => None,
            Some(id) => match customer(office, id).await {
                Ok(customer) => Some(Arc::new(customer)),
                Err(OfficeError::NotFound { .. } | OfficeError::Erased) => None,
                Err(error) => return Err(error),
            },
        };
        self.found.insert(key, found.clone());
        Ok(found)
    }
}

/// The customer that a login owns, when it is one only.
async fn only_customer(office: &Office, login: LoginId) -> Result<Option<CustomerId>, OfficeError> {
    let mut owned: Vec<CustomerId> = accounts::memberships(office, login)
        .await?
        .into_iter()
        .filter(|(_, role)| *role == Role::Owner)
        .map(|(customer, _)| customer)
        .collect();
    Ok(if owned.len() == 1 { owned.pop() } else { None })
}
