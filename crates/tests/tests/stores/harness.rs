//! The databases that tests stand on.

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tests::harness;

#[tokio::test]
async fn two_tests_get_two_schemas() {
    let (Some(one), Some(other)) = (harness::postgres().await, harness::postgres().await) else { return };
    assert_ne!(one.name, other.name);
    assert!(one.url.ends_with(&format!("?schema={}", one.name)), "{}", one.url);
    let connection = Database::connect(&one.server_url).await.unwrap();
    for schema in [&one.name, &other.name] {
        // The same table in both: they do not see each other.
        connection.execute_unprepared(&format!("CREATE TABLE {schema}.thing (id integer)")).await.unwrap();
    }
    let count = "SELECT count(*) AS n FROM pg_tables WHERE schemaname IN ($1, $2)";
    let values = [one.name.into(), other.name.into()];
    let row = connection
        .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, count, values))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 2);
}
