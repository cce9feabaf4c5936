//! What a customer asked for, before it binds, and what was accepted with it.

mod store;

pub use store::TABLES;

base::id_type!(
    /// The id of an order.
    OrderId,
    "order"
);

base::id_type!(
    /// The id of an order line.
    LineId,
    "order line"
);
