//! What an agreement is.

use crate::customers::CustomerId;
use crate::orders::OrderId;
use crate::services::EndReason;
use crate::services::terms::Buyer;
use base::Day;

base::id_type!(
    /// The id of an agreement.
    AgreementId,
    "agreement"
);

/// The contract with a customer.
#[derive(Debug, Clone, Copy)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Its number.
    pub number: i64,
    /// With whom.
    pub customer: CustomerId,
    /// The order it came from; none when it was taken over from elsewhere.
    pub order: Option<OrderId>,
    /// Whether the customer is a consumer in it.
    pub buyer: Buyer,
    /// The hash of the policy that was in force.
    pub policy_hash: [u8; 32],
    /// Since when.
    pub began: Day,
    /// When and why it was dissolved, if it was.
    pub ended: Option<(Day, EndReason)>,
}
