//! An empty schema of PostgreSQL for one test: 25 ms, where a database of its own takes 200.
//!
//! The server is the one that `cargo xtask test` starts and throws away, so schemas are not
//! removed one by one.

use sea_orm::{ConnectionTrait, Database};
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// An empty schema.
#[derive(Debug)]
pub struct Schema {
    /// The address that the store takes: the server, and which schema in it.
    pub url: String,
    /// The address of the server alone.
    pub server_url: String,
    /// The schema's name.
    pub name: String,
}

/// An empty schema; none, and the test noted as skipped, when `WAARBORG_TEST_POSTGRES` is unset.
///
/// # Panics
/// When the server named there does not answer.
pub async fn postgres() -> Option<Schema> {
    let Ok(server_url) = std::env::var("WAARBORG_TEST_POSTGRES") else {
        super::skipped("WAARBORG_TEST_POSTGRES names no PostgreSQL server");
        return None;
    };
    // The process's id keeps the names of two test programs apart.
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let connection =
        Database::connect(&server_url).await.expect("the server of WAARBORG_TEST_POSTGRES answers");
    connection.execute_unprepared(&format!("CREATE SCHEMA {name}")).await.expect("a schema can be made");
    connection.close().await.expect("the connection closes");
    Some(Schema { url: format!("{server_url}?schema={name}"), server_url, name })
}
