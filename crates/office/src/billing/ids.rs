//! Ids of this slice.

base::id_type!(
    /// The id of an invoice or credit note.
    InvoiceId,
    "invoice"
);
base::id_type!(
    /// The id of a charge.
    ChargeId,
    "charge"
);
base::id_type!(
    /// The id of a billing run.
    RunId,
    "billing run"
);
