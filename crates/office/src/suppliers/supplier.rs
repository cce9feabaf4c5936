//! How a supplier is asked to delete: the trait that adapters implement, and the one for suppliers that have no
//! interface for programs.

use super::model::{Ground, WithdrawalId};
use async_trait::async_trait;
use base::{Day, Sensitive, SubjectId};
use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is demanded of a supplier.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The withdrawal, which is the same at each try: an adapter can tell a repeated demand by it.
    pub withdrawal: WithdrawalId,
    /// The supplier's id in the policy.
    pub supplier: String,
    /// The purpose for which the data were given; connections for the demand are made under it.
    pub purpose: String,
    /// About whom connections are recorded: the subject of the disclosure, which outlives the customer.
    pub subject: SubjectId,
    /// Under which reference the supplier knows the data, if one is known.
    pub reference: Option<Sensitive<String>>,
    /// Which try in a row this is, from 1.
    pub attempt: u32,
}

/// What a supplier says, or what is known instead. Proofs are kept sealed, with their hash in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A person asks, and writes the answer down.
    ByHand,
    /// Taken in; the outcome is asked for later.
    Pending,
    /// Refused for as long as something at the supplier refers to it (EPP 2305).
    Linked,
    /// Deleted, and read back: nothing is there any more (EPP 2303).
    Gone {
        /// What showed it.
        proof: String,
    },
    /// Kept on a ground until a day.
    Kept {
        /// The ground.
        ground: Ground,
        /// Until when.
        until: Day,
        /// What the supplier said.
        proof: String,
    },
    /// Refused, and trying again does not help until somebody changes something.
    Refused {
        /// What the supplier said.
        proof: String,
    },
    /// Not reached, or no answer: whether it was done is not known. Asking again finds out.
    Unreachable {
        /// Why, without personal data.
        why: String,
    },
}

impl Reply {
    /// What is kept of it as its proof.
    pub(super) fn proof(&self) -> Option<&str> {
        match self {
            Self::Gone { proof } | Self::Kept { proof, .. } | Self::Refused { proof } => Some(proof),
            Self::ByHand | Self::Pending | Self::Linked | Self::Unreachable { .. } => None,
        }
    }
}

/// A supplier that can be asked to delete what it was given.
#[async_trait]
pub trait Supplier: Send + Sync {
    /// Demands deletion and reads back whether it was done. It may be asked again after any reply and after a
    /// crash: what is gone already is [`Reply::Gone`].
    async fn withdraw(&self, demand: &Demand) -> Reply;
}

/// A supplier that is asked by a person, by letter, mail or in its own portal: staff see what is to be asked, and
/// record the answer and what shows it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByHand;

#[async_trait]
impl Supplier for ByHand {
    async fn withdraw(&self, _: &Demand) -> Reply {
        Reply::ByHand
    }
}

/// The adapters, by the suppliers' ids in the policy. Who has none is asked by hand.
#[derive(Clone, Default)]
pub struct Suppliers {
    adapters: BTreeMap<String, Arc<dyn Supplier>>,
}

impl fmt::Debug for Suppliers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.adapters.keys()).finish()
    }
}

impl Suppliers {
    /// With an adapter for a supplier.
    #[must_use]
    pub fn with(mut self, id: &str, adapter: Arc<dyn Supplier>) -> Self {
        self.adapters.insert(id.to_owned(), adapter);
        self
    }

    /// The adapter for a supplier.
    #[must_use]
    pub fn of(&self, id: &str) -> Arc<dyn Supplier> {
        self.adapters.get(id).map_or_else(|| Arc::new(ByHand) as Arc<dyn Supplier>, Arc::clone)
    }

    /// Whether a person asks this supplier.
    #[must_use]
    pub fn is_by_hand(&self, id: &str) -> bool {
        !self.adapters.contains_key(id)
    }
}
