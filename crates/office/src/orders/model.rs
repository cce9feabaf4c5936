//! What an order is.

use crate::agreements::AgreementId;
use crate::catalogue::{CodeId, PlanId, Vat};
use crate::customers::CustomerId;
use crate::services::terms::{Buyer, TermMonths};
use crate::services::{Chosen, ServiceId};
use crate::words::words;
use base::{Language, Money, Sensitive, SubjectId, Timestamp};

base::id_type!(
    /// The id of an order.
    OrderId,
    "order"
);
base::id_type!(
    /// The id of a line of an order.
    LineId,
    "order line"
);

words! {
    /// Where an order is.
    OrderState {
        /// Asked for; staff look at it.
        Placed = "placed",
        /// It became an agreement.
        Accepted = "accepted",
        /// It did not.
        Cancelled = "cancelled",
    }
}

words! {
    /// What is accepted with an order.
    AcceptanceKind {
        /// The general terms.
        Terms = "terms",
        /// That the customer is responsible for what they store (P09).
        Responsibility = "responsibility",
        /// The processor agreement (P15).
        ProcessorAgreement = "processor_agreement",
        /// That the provider begins within the days of reflection.
        EarlyStart = "early_start",
    }
}

/// Whether a consumer asked to begin within the days of reflection, and so pays for the days until a
/// withdrawal (art. 6:230s BW).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyStart {
    /// Asked.
    Asked,
    /// Not asked.
    NotAsked,
}

/// What the person saw and accepted; the use case compares it with what holds.
#[derive(Debug, Clone, Copy)]
pub struct Accepted {
    /// The version of the terms.
    pub terms: u32,
    /// The version of the responsibility clause.
    pub responsibility: u32,
    /// The hash of the text of the processor agreement in the customer's language, where one is needed.
    pub processor_agreement: Option<[u8; 32]>,
    /// Whether to begin at once.
    pub early_start: EarlyStart,
}

/// A line of an order as somebody chose it.
#[derive(Debug, Clone)]
pub struct LineForm {
    /// The plan.
    pub plan: PlanId,
    /// The term.
    pub months: TermMonths,
    /// The options.
    pub chosen: Chosen,
    /// The domain name or another name for it, parsed.
    pub label: Option<Sensitive<String>>,
}

/// A line of an order as it is kept.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// Its id.
    pub id: LineId,
    /// The plan.
    pub plan: PlanId,
    /// The name for it.
    pub label: Option<Sensitive<String>>,
    /// The options.
    pub chosen: Chosen,
    /// The term.
    pub months: TermMonths,
    /// What a term costs.
    pub amount: Money,
    /// What setting up costs.
    pub setup: Money,
    /// What is taken off each of the first terms.
    pub discount: Money,
    /// How many those are.
    pub discount_terms: u32,
    /// The VAT category.
    pub vat: Vat,
    /// The service it became.
    pub service: Option<ServiceId>,
}

/// An order, opened.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its number.
    pub number: i64,
    /// Whose.
    pub customer: CustomerId,
    /// The subject whose keys its labels are under.
    pub subject: SubjectId,
    /// Where it is.
    pub state: OrderState,
    /// Whether it was placed as a consumer.
    pub buyer: Buyer,
    /// In which language.
    pub language: Language,
    /// The discount code that was used.
    pub code: Option<CodeId>,
    /// What the first bill comes to, without VAT.
    pub net: Money,
    /// The VAT on it.
    pub vat: Money,
    /// The agreement it became.
    pub agreement: Option<AgreementId>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was accepted or cancelled.
    pub closed_at: Option<Timestamp>,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// What was accepted with it: kind, version and hash.
    pub accepted: Vec<(AcceptanceKind, String, [u8; 32])>,
}
