//! What every use case stands on: the two stores, the policy in force, the clock, randomness and the
//! names index. One [`Office`] per process, shared by pages, jobs and commands.

use crate::OfficeError;
use crate::customers::Names;
use base::{Clock, Day, Language, Random, SubjectId, Timestamp};
use keys::{Vault, purpose};
use ledger::{Actor, Entry, EntryBuilder};
use policy::Policy;
use serde_json::{Map, Value};
use std::sync::{Arc, RwLock};
use store::{Store, StoreError, Tx};

/// What the configuration says about the office.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address customers reach it at, without a slash at the end, such as `https://my.example.org`.
    pub base_url: String,
    /// The origin line of the ledger: `<host>/waarborg/ledger/<generation>`.
    pub origin: String,
    /// The language of mails to staff and of pages without a choice.
    pub language: Language,
    /// How invoices are paid and reminded of.
    pub billing: crate::billing::BillingSettings,
}

/// The office of one provider.
pub struct Office {
    /// The data store S.
    pub store: Store,
    /// The keys of personal data, over the key store K.
    pub vault: Arc<Vault>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids, keys, nonces and tokens.
    pub random: Arc<dyn Random>,
    /// What the configuration says.
    pub settings: Settings,
    /// Names for the search, in memory only.
    pub names: Names,
    /// Releases of the traffic log that this process asked for, with their keys once they are open.
    pub sessions: crate::releases::Sessions,
    /// How suppliers are asked; who has no adapter is asked by hand.
    pub suppliers: crate::suppliers::Suppliers,
    log: Option<crate::traffic_log::Log>,
    policy: RwLock<Arc<Policy>>,
}

impl core::fmt::Debug for Office {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Office({:?})", self.store)
    }
}

/// Who does something, as the ledger will tell it: a person appears as a commitment only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A signed-in person, by the subject of the login.
    Login(SubjectId),
    /// Somebody who has not signed in.
    Visitor,
    /// The program itself: a job or a command.
    System(&'static str),
}

/// What a ledger entry will say; see docs/formats/ledger-entry.md. It carries no personal data.
#[derive(Debug, Clone)]
pub struct Record {
    kind: &'static str,
    by: By,
    about: Vec<SubjectId>,
    data: Map<String, Value>,
}

impl Record {
    /// A record of a kind, such as `customer-created`.
    #[must_use]
    pub fn new(kind: &'static str, by: By) -> Self {
        Self { kind, by, about: Vec::new(), data: Map::new() }
    }

    /// Tells of a subject, as a commitment.
    #[must_use]
    pub fn about(mut self, subject: SubjectId) -> Self {
        self.about.push(subject);
        self
    }

    /// Adds a fact. Never a name, address, domain or other personal data.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
}

/// A finished ledger entry that waits for the transaction of its change.
#[derive(Debug)]
pub struct Prepared {
    entry: Entry,
    about: Vec<SubjectId>,
}

/// A ledger entry whose salts are at hand, and whose facts come inside the transaction: numbers that
/// are taken there.
#[derive(Debug)]
pub struct Draft {
    builder: EntryBuilder,
    about: Vec<SubjectId>,
    data: Map<String, Value>,
}

impl Draft {
    /// Adds a fact, as [`Record::with`].
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }

    /// The finished entry.
    ///
    /// # Errors
    /// When the entry breaks a limit.
    pub fn finish(self) -> Result<Prepared, OfficeError> {
        Ok(Prepared { entry: self.builder.data(self.data).build()?, about: self.about })
    }
}

impl Prepared {
    /// Puts the entry into the transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append(&self, tx: &Tx) -> Result<(), StoreError> {
        tx.append(&self.entry, &self.about).await
    }

    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &Entry {
        &self.entry
    }
}

impl Office {
    /// An office on open, migrated stores.
    #[must_use]
    pub fn new(
        store: Store,
        vault: Arc<Vault>,
        policy: Arc<Policy>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: Settings,
    ) -> Self {
        Self {
            store,
            vault,
            clock,
            random,
            settings,
            names: Names::default(),
            sessions: Default::default(),
            suppliers: Default::default(),
            log: None,
            policy: RwLock::new(policy),
        }
    }

    /// With the files of the traffic log.
    #[must_use]
    pub fn with_log(mut self, log: crate::traffic_log::Log) -> Self {
        self.log = Some(log);
        self
    }

    /// With adapters for suppliers.
    #[must_use]
    pub fn with_suppliers(mut self, suppliers: crate::suppliers::Suppliers) -> Self {
        self.suppliers = suppliers;
        self
    }

    /// The files of the traffic log.
    ///
    /// # Errors
    /// When this process was not given them.
    pub fn log(&self) -> Result<&crate::traffic_log::Log, OfficeError> {
        self.log
            .as_ref()
            .ok_or(OfficeError::Forbidden { why: "this process has no place for the traffic log" })
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day that Amsterdam's calendar shows: the date of agreements, prices and invoices.
    #[must_use]
    pub fn today(&self) -> Day {
        Day::of_date(self.now().in_amsterdam().date()).unwrap_or_else(|| self.now().day())
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Puts another policy in force in this process.
    pub fn replace_policy(&self, policy: Arc<Policy>) {
        *self.policy.write().unwrap_or_else(std::sync::PoisonError::into_inner) = policy;
    }

    /// Makes the ledger entry of a change, before the transaction begins: the salts of the subjects
    /// come from the key store, and no other store is asked inside a write transaction.
    ///
    /// # Errors
    /// When a subject's salt cannot be had, or the entry breaks a limit.
    pub async fn prepare(&self, record: Record) -> Result<Prepared, OfficeError> {
        self.draft(record).await?.finish()
    }

    /// The same, of which some facts are known only inside the transaction.
    ///
    /// # Errors
    /// When a subject's salt cannot be had.
    pub async fn draft(&self, record: Record) -> Result<Draft, OfficeError> {
        let mut builder = EntryBuilder::new(record.kind, &self.settings.origin, self.now(), &*self.random);
        builder = match record.by {
            By::System(name) => builder.actor(Actor::System(name)),
            By::Visitor => builder.actor(Actor::Visitor),
            By::Login(subject) => {
                let key = self.vault.ensure::<purpose::Ledger>(subject).await?;
                builder.actor_subject(key.salt(), subject)
            }
        };
        for subject in &record.about {
            let key = self.vault.ensure::<purpose::Ledger>(*subject).await?;
            builder = builder.subject(key.salt(), *subject);
        }
        Ok(Draft { builder, about: record.about, data: record.data })
    }
}
