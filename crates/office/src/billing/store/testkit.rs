//! Rows of other slices for the tests of this one.

use super::{day, to_day};
use crate::Office;
use crate::billing::InvoiceId;
use crate::catalogue::{PlanId, ProductId};
use crate::customers::{Customer, CustomerId};
use crate::services::ServiceId;
use base::Day;

/// A plan of a product, named "Webhosting".
pub(crate) async fn plan(office: &Office) -> PlanId {
    let product = ProductId::new(&*office.clock, &*office.random);
    let plan = PlanId::new(&*office.clock, &*office.random);
    let tx = office.store.begin().await.expect("tx");
    tx.execute(
        "INSERT INTO product (id, code, kind, vat, name_nl, name_en, text_nl, text_en, state, position, revision, \
         created_at, updated_at) VALUES ($1, $2, 'hosting', 'standard', 'H', 'H', '', '', 'offered', 1, 1, 0, 0)",
        [product.uuid().into(), product.to_string().into()],
    )
    .await
    .expect("a product");
    tx.execute(
        "INSERT INTO plan (id, product_id, code, name_nl, name_en, text_nl, text_en, limits, state, position, revision, \
         created_at, updated_at) VALUES ($1, $2, $3, 'Webhosting', 'Web hosting', '', '', '[]', 'offered', 1, 1, 0, 0)",
        [plan.uuid().into(), product.uuid().into(), plan.to_string().into()],
    )
    .await
    .expect("a plan");
    tx.commit().await.expect("committed");
    plan
}

/// A service by the month, of which nothing is charged from a day on.
pub(crate) async fn service(
    office: &Office,
    customer: &Customer,
    plan: PlanId,
    from: Day,
    cents: i64,
) -> ServiceId {
    let id = ServiceId::new(&*office.clock, &*office.random);
    let agreement = ServiceId::new(&*office.clock, &*office.random).uuid();
    let tx = office.store.begin().await.expect("tx");
    let number = tx.next_number("test-agreement", 0, 1).await.expect("a number");
    tx.execute(
        "INSERT INTO agreement (id, number, customer_id, subject_id, state, consumer, policy_hash, began_day, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, 'active', FALSE, $5, 0, 0, 0)",
        [
            agreement.into(),
            number.into(),
            customer.id.uuid().into(),
            customer.subject.uuid().into(),
            vec![0_u8].into(),
        ],
    )
    .await
    .expect("an agreement");
    tx.execute(
        "INSERT INTO service (id, agreement_id, customer_id, subject_id, plan_id, kind, options, state, changes, \
         term_months, amount_cents, discount_cents, discount_terms, vat, anchor_day, terms_charged, charged_until_day, \
         due_day, first_term_until_day, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'hosting', '[]', 'active', 1, 1, $6, 0, 0, \
         'standard', $7, 0, $8, $9, $10, 0, 0)",
        [
            id.uuid().into(),
            agreement.into(),
            customer.id.uuid().into(),
            customer.subject.uuid().into(),
            plan.uuid().into(),
            cents.into(),
            day(from).into(),
            day(from).into(),
            day(from).into(),
            day(from).into(),
        ],
    )
    .await
    .expect("a service");
    tx.commit().await.expect("committed");
    id
}

/// Until when a service is charged, and when it is due again.
pub(crate) async fn charged(office: &Office, id: ServiceId) -> (Day, Option<Day>) {
    let row = office
        .store
        .query_one("SELECT charged_until_day, due_day FROM service WHERE id = $1", [id.uuid().into()])
        .await
        .expect("read")
        .expect("there");
    let until: i64 = row.try_get("", "charged_until_day").expect("a day");
    let due: Option<i64> = row.try_get("", "due_day").expect("a day or none");
    (to_day(until).expect("a day"), due.map(|due| to_day(due).expect("a day")))
}

/// Every number there is, by series.
pub(crate) async fn numbers(office: &Office) -> Vec<(String, i64)> {
    let rows = office
        .store
        .query("SELECT series, number FROM invoice ORDER BY series, number", [])
        .await
        .expect("read");
    rows.iter()
        .map(|row| {
            (row.try_get("", "series").expect("a series"), row.try_get("", "number").expect("a number"))
        })
        .collect()
}

/// How many terms are charged, and how many of those services and days twice.
pub(crate) async fn terms(office: &Office) -> (i64, i64) {
    let count = |sql: &'static str| async move {
        let row = office.store.query_one(sql, []).await.expect("read").expect("a row");
        row.try_get::<i64>("", "n").expect("a count")
    };
    (
        count("SELECT COUNT(*) AS n FROM charge WHERE kind = 'term' AND invoice_id IS NOT NULL").await,
        count(
            "SELECT COUNT(*) AS n FROM (SELECT service_id FROM charge WHERE kind = 'term' GROUP BY service_id, from_day \
             HAVING COUNT(*) > 1) AS twice",
        )
        .await,
    )
}

/// Changes a byte of an invoice.
pub(crate) async fn tamper(office: &Office, id: InvoiceId) {
    let tx = office.store.begin().await.expect("tx");
    tx.execute("UPDATE invoice SET snapshot = $1 WHERE id = $2", [vec![1_u8, 2, 3].into(), id.uuid().into()])
        .await
        .expect("changed");
    tx.commit().await.expect("committed");
}

/// Points a service at a plan that is not there.
pub(crate) async fn lose_plan(office: &Office, service: ServiceId) {
    let tx = office.store.begin().await.expect("tx");
    let nowhere = PlanId::new(&*office.clock, &*office.random);
    tx.execute(
        "UPDATE service SET plan_id = $1 WHERE id = $2",
        [nowhere.uuid().into(), service.uuid().into()],
    )
    .await
    .expect("changed");
    tx.commit().await.expect("committed");
}

/// Gives a service its plan again.
pub(crate) async fn find_plan(office: &Office, service: ServiceId, plan: PlanId) {
    let tx = office.store.begin().await.expect("tx");
    tx.execute("UPDATE service SET plan_id = $1 WHERE id = $2", [plan.uuid().into(), service.uuid().into()])
        .await
        .expect("changed");
    tx.commit().await.expect("committed");
}

/// The settlements of a customer add up to what is no longer open.
pub(crate) async fn settlements_add_up(office: &Office, customer: CustomerId) -> bool {
    let sql = "SELECT i.id, i.net_cents + i.vat_cents - i.open_cents AS gone, CAST(COALESCE((SELECT SUM(s.amount_cents) \
               FROM settlement s WHERE s.invoice_id = i.id), 0) - COALESCE((SELECT SUM(s.amount_cents) FROM settlement s \
               WHERE s.credit_note_id = i.id), 0) AS BIGINT) AS settled FROM invoice i WHERE i.customer_id = $1";
    let rows = office.store.query(sql, [customer.uuid().into()]).await.expect("read");
    rows.iter().all(|row| {
        let gone: i64 = row.try_get("", "gone").expect("cents");
        gone == row.try_get::<i64>("", "settled").expect("cents")
    })
}

/// How many rows of a table of the books a customer has.
pub(crate) async fn rows_of(office: &Office, table: &str, customer: CustomerId) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE customer_id = $1");
    let row = office.store.query_one(&sql, [customer.uuid().into()]).await.expect("read").expect("a row");
    row.try_get("", "n").expect("a count")
}

/// How many entries of a kind the ledger has.
pub(crate) async fn told(office: &Office, kind: &str) -> usize {
    ::store::Sequencer::new(office.store.clone()).run().await.expect("numbered");
    ::store::entries_of_kind(&office.store, kind, 1_000).await.expect("read").len()
}
