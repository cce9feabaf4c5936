//! All declared tables: what the schema check compares with the live database, and what an erasure
//! deletes. A table that holds personal data and is missing here stops the start.

use policy::schema::Table;

/// Every table of the data store.
#[must_use]
pub fn tables() -> Vec<&'static Table> {
    let slices: [&'static [Table]; 25] = [
        store::CORE_TABLES,
        outbound::TABLES,
        crate::subjects::TABLES,
        crate::customers::TABLES,
        crate::customers::import::TABLES,
        crate::accounts::TABLES,
        crate::messages::TABLES,
        crate::mailing::TABLES,
        crate::requests::access::TABLES,
        crate::requests::TABLES,
        crate::requests::erasure::TABLES,
        crate::promises::TABLES,
        crate::catalogue::TABLES,
        crate::orders::TABLES,
        crate::agreements::TABLES,
        crate::services::TABLES,
        crate::billing::TABLES,
        crate::payments::TABLES,
        crate::processor_agreements::TABLES,
        crate::incidents::TABLES,
        crate::seal::TABLES,
        crate::traffic_log::TABLES,
        crate::releases::TABLES,
        crate::suppliers::TABLES,
        crate::content_grants::TABLES,
    ];
    slices.into_iter().flatten().collect()
}
