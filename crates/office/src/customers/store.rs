//! SQL of customers: rows in, domain types out; personal columns are envelopes.

use super::{Address, Customer, CustomerId, CustomerKind, CustomerNumber, Profile};
use crate::OfficeError;
use ::store::{Store, StoreError, Tx};
use base::{Language, Random, Sensitive, SubjectId, Timestamp};
use keys::{Cell, DataKey, Sealed, purpose::Account};
use policy::schema::{Column, Table};
use sea_orm::{QueryResult, Value};

/// The declared table.
pub const TABLES: &[Table] = &[Table::new(
    "customer",
    &[
        Column::plain("id"),
        Column::plain("subject_id"),
        Column::plain("number"),
        Column::plain("kind"),
        Column::plain("language"),
        Column::plain("revision"),
        Column::personal("name", "account"),
        Column::personal("organisation", "account"),
        Column::personal("kvk", "account"),
        Column::personal("vat", "account"),
        Column::personal("email", "account"),
        Column::personal("phone", "account"),
        Column::personal("street", "account"),
        Column::personal("postcode", "account"),
        Column::personal("city", "account"),
        Column::personal("country", "account"),
        Column::plain("restricted_at"),
        Column::plain("agreement_ended_at"),
        Column::plain("import_id"),
        Column::plain("created_at"),
        Column::plain("updated_at"),
    ],
)
.deleted_with("subject_id")];

const ALL: &str = "id, subject_id, number, kind, language, revision, name, organisation, kvk, vat, email, phone, \
                   street, postcode, city, country, restricted_at, agreement_ended_at, created_at, updated_at";

/// A customer row whose envelopes are still closed.
pub(crate) struct CustomerRow {
    pub id: CustomerId,
    pub subject: SubjectId,
    number: CustomerNumber,
    kind: CustomerKind,
    language: Language,
    revision: u32,
    sealed: [Option<Vec<u8>>; FIELDS.len()],
    restricted_at: Option<Timestamp>,
    agreement_ended_at: Option<Timestamp>,
    created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The personal columns, in the order of a row's envelopes.
const FIELDS: [&str; 10] =
    ["name", "organisation", "kvk", "vat", "email", "phone", "street", "postcode", "city", "country"];

const fn cell(column: &'static str, id: CustomerId, revision: u32, subject: SubjectId) -> Cell {
    Cell { table: "customer", column, row: id.bytes(), revision: Some(revision), subject }
}

fn values_of(profile: &Profile) -> [Option<&Sensitive<String>>; FIELDS.len()] {
    let address = profile.address.as_ref();
    [
        Some(&profile.name),
        profile.organisation.as_ref(),
        profile.kvk.as_ref(),
        profile.vat.as_ref(),
        Some(&profile.email),
        profile.phone.as_ref(),
        address.map(|a| &a.street),
        address.map(|a| &a.postcode),
        address.map(|a| &a.city),
        address.map(|a| &a.country),
    ]
}

fn seal(
    key: &DataKey<Account>,
    id: CustomerId,
    subject: SubjectId,
    revision: u32,
    profile: &Profile,
    random: &dyn Random,
) -> Vec<Value> {
    FIELDS
        .iter()
        .zip(values_of(profile))
        .map(|(column, value)| {
            value
                .map(|v| {
                    key.seal(&cell(column, id, revision, subject), v.expose().as_bytes(), random).into_bytes()
                })
                .into()
        })
        .collect()
}

impl CustomerRow {
    /// Opens the envelopes.
    /// When it was last changed, and its revision.
    pub(crate) const fn as_of(&self) -> (Timestamp, u32) {
        (self.updated_at, self.revision)
    }

    pub(crate) fn open(&self, key: &DataKey<Account>) -> Result<Customer, OfficeError> {
        let mut opened: [Option<Sensitive<String>>; FIELDS.len()] = Default::default();
        for (i, column) in FIELDS.iter().enumerate() {
            opened[i] = self.open_field(key, i, column)?;
        }
        let [name, organisation, kvk, vat, email, phone, street, postcode, city, country] = opened;
        let address = match (street, postcode, city, country) {
            (Some(street), Some(postcode), Some(city), Some(country)) => {
                Some(Address { street, postcode, city, country })
            }
            _ => None,
        };
        let missing = || StoreError::inconsistent("a customer without a name or an e-mail address");
        Ok(Customer {
            id: self.id,
            subject: self.subject,
            number: self.number,
            revision: self.revision,
            profile: Profile {
                kind: self.kind,
                name: name.ok_or_else(missing)?,
                organisation,
                kvk,
                vat,
                email: email.ok_or_else(missing)?,
                phone,
                address,
                language: self.language,
            },
            restricted_at: self.restricted_at,
            agreement_ended_at: self.agreement_ended_at,
            created_at: self.created_at,
        })
    }

    /// Opens only what a list shows.
    pub(crate) fn open_summary(&self, key: &DataKey<Account>) -> Result<CustomerSummary, OfficeError> {
        let name = match self.open_field(key, 1, FIELDS[1])? {
            Some(organisation) => Some(organisation),
            None => self.open_field(key, 0, FIELDS[0])?,
        };
        Ok(CustomerSummary {
            id: self.id,
            number: self.number,
            kind: self.kind,
            name: name.unwrap_or_default(),
            email: self.open_field(key, 4, FIELDS[4])?.unwrap_or_default(),
            city: self.open_field(key, 8, FIELDS[8])?,
            restricted_at: self.restricted_at,
            created_at: self.created_at,
        })
    }

    fn open_field(
        &self,
        key: &DataKey<Account>,
        index: usize,
        column: &'static str,
    ) -> Result<Option<Sensitive<String>>, OfficeError> {
        let Some(bytes) = &self.sealed[index] else { return Ok(None) };
        let sealed = Sealed::<Account>::from_bytes(bytes.clone())?;
        let value = key.open(&cell(column, self.id, self.revision, self.subject), &sealed)?;
        Ok(Some(Sensitive::new(value.text()?.to_owned())))
    }
}

/// A customer in a list.
#[derive(Debug, Clone)]
pub struct CustomerSummary {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub number: CustomerNumber,
    /// Person or organisation.
    pub kind: CustomerKind,
    /// The organisation's name, else the person's.
    pub name: Sensitive<String>,
    /// Its e-mail address.
    pub email: Sensitive<String>,
    /// Its place, if known.
    pub city: Option<Sensitive<String>>,
    /// Since when processing is restricted.
    pub restricted_at: Option<Timestamp>,
    /// Since when it is a customer.
    pub created_at: Timestamp,
}

/// Which customers a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// Only persons or only organisations.
    pub kind: Option<CustomerKind>,
    /// Only those whose processing is restricted.
    pub restricted: Option<super::Restriction>,
    /// Which come first.
    pub order: CustomerOrder,
}

/// Which customers of a list come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CustomerOrder {
    /// The highest numbers.
    #[default]
    Newest,
    /// The lowest numbers.
    Oldest,
}

/// A page of customers by number.
#[derive(Debug, Clone)]
pub struct CustomerPage {
    /// The customers of this page.
    pub customers: Vec<CustomerSummary>,
    /// How many there are in all.
    pub total: u64,
}

/// A new row.
pub(crate) struct NewRow<'a> {
    pub id: CustomerId,
    pub subject: SubjectId,
    pub number: CustomerNumber,
    pub profile: &'a Profile,
    pub key: &'a DataKey<Account>,
    pub import: Option<super::import::ImportId>,
}

/// Rows of a multi-row insert: 19 values each, below SQLite's 32,766.
const INSERT_ROWS: usize = 500;

pub(crate) async fn insert(
    tx: &Tx,
    rows: &[NewRow<'_>],
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), StoreError> {
    const COLUMNS: usize = 19;
    for chunk in rows.chunks(INSERT_ROWS) {
        let mut sql = String::from(
            "INSERT INTO customer (id, subject_id, number, kind, language, revision, name, organisation, kvk, vat, \
             email, phone, street, postcode, city, country, import_id, created_at, updated_at) VALUES ",
        );
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * COLUMNS);
        for (i, row) in chunk.iter().enumerate() {
            let places = (1..=COLUMNS).map(|c| format!("${}", i * COLUMNS + c)).collect::<Vec<_>>().join(",");
            sql.push_str(if i == 0 { "(" } else { ", (" });
            sql.push_str(&places);
            sql.push(')');
            values.extend([
                row.id.uuid().into(),
                row.subject.uuid().into(),
                row.number.0.into(),
                row.profile.kind.as_str().into(),
                row.profile.language.tag().into(),
                1_i64.into(),
            ]);
            values.extend(seal(row.key, row.id, row.subject, 1, row.profile, random));
            values.extend([
                row.import.map(|id| id.uuid()).into(),
                now.as_micros().into(),
                now.as_micros().into(),
            ]);
        }
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

/// Replaces the profile if nobody else has since `revision`.
pub(crate) async fn replace(
    tx: &Tx,
    customer: &Customer,
    profile: &Profile,
    key: &DataKey<Account>,
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), OfficeError> {
    let next = customer.revision + 1;
    let mut values: Vec<Value> = vec![
        profile.kind.as_str().into(),
        profile.language.tag().into(),
        i64::from(next).into(),
        now.as_micros().into(),
    ];
    values.extend(seal(key, customer.id, customer.subject, next, profile, random));
    values.extend([customer.id.uuid().into(), i64::from(customer.revision).into()]);
    let sets =
        FIELDS.iter().enumerate().map(|(i, f)| format!("{f} = ${}", i + 5)).collect::<Vec<_>>().join(", ");
    let touched = tx
        .execute(
            &format!(
                "UPDATE customer SET kind = $1, language = $2, revision = $3, updated_at = $4, {sets} \
                 WHERE id = $15 AND revision = $16 AND import_id IS NULL"
            ),
            values,
        )
        .await?;
    if touched == 0 { Err(OfficeError::Conflict { what: "the customer" }) } else { Ok(()) }
}

pub(crate) async fn set_restricted(
    tx: &Tx,
    id: CustomerId,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE customer SET restricted_at = $1, updated_at = $2 WHERE id = $3",
        [at.map(Timestamp::as_micros).into(), now.as_micros().into(), id.uuid().into()],
    )
    .await
}

pub(crate) async fn by_id(store: &Store, id: CustomerId) -> Result<Option<CustomerRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM customer WHERE id = $1 AND import_id IS NULL");
    store.query_one(&sql, [id.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn id_of_number(
    store: &Store,
    number: CustomerNumber,
) -> Result<Option<CustomerId>, StoreError> {
    let sql = "SELECT id FROM customer WHERE number = $1 AND import_id IS NULL";
    let row = store.query_one(sql, [number.value().into()]).await?;
    row.map(|row| Ok(CustomerId::from_uuid(row.try_get("", "id")?))).transpose()
}

pub(crate) async fn by_subject(store: &Store, subject: SubjectId) -> Result<Option<CustomerRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM customer WHERE subject_id = $1 AND import_id IS NULL");
    store.query_one(&sql, [subject.uuid().into()]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn by_ids(store: &Store, ids: &[CustomerId]) -> Result<Vec<CustomerRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places = (1..=ids.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
    let sql =
        format!("SELECT {ALL} FROM customer WHERE id IN ({places}) AND import_id IS NULL ORDER BY number");
    let rows = store.query(&sql, ids.iter().map(|id| id.uuid().into())).await?;
    rows.iter().map(read).collect()
}

/// Rows after an id, for work that walks all customers in pages.
pub(crate) async fn after(
    store: &Store,
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<CustomerRow>, StoreError> {
    let sql = format!("SELECT {ALL} FROM customer WHERE id > $1 AND import_id IS NULL ORDER BY id LIMIT $2");
    let from = after.unwrap_or(CustomerId::from_uuid(base::__uuid::Uuid::nil()));
    let rows = store.query(&sql, [from.uuid().into(), i64::from(limit).into()]).await?;
    rows.iter().map(read).collect()
}

/// Rows changed after a change that was seen, in order of change, for processes that follow each
/// other's changes.
pub(crate) async fn updated_after(
    store: &Store,
    (since, id): (Timestamp, CustomerId),
    limit: u32,
) -> Result<Vec<CustomerRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM customer WHERE updated_at >= $1 AND (updated_at > $1 OR id > $2)
         AND import_id IS NULL ORDER BY updated_at, id LIMIT $3"
    );
    let values = [since.as_micros().into(), id.uuid().into(), i64::from(limit).into()];
    let rows = store.query(&sql, values).await?;
    rows.iter().map(read).collect()
}

/// How many customers a filter lets through.
///
/// # Errors
/// When the database fails.
pub async fn count(store: &Store, filter: CustomerFilter) -> Result<u64, StoreError> {
    let sql = format!("SELECT COUNT(*) AS n FROM customer WHERE import_id IS NULL{}", conditions(filter));
    let row = store.query_one(&sql, []).await?;
    let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(n.unsigned_abs())
}

pub(crate) async fn page(
    store: &Store,
    filter: CustomerFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<CustomerRow>, StoreError> {
    let sql = format!(
        "SELECT {ALL} FROM customer WHERE import_id IS NULL{} ORDER BY number {} LIMIT $1 OFFSET $2",
        conditions(filter),
        match filter.order {
            CustomerOrder::Newest => "DESC",
            CustomerOrder::Oldest => "ASC",
        }
    );
    let rows = store.query(&sql, [i64::from(limit).into(), offset.cast_signed().into()]).await?;
    rows.iter().map(read).collect()
}

fn conditions(filter: CustomerFilter) -> String {
    let mut sql = String::new();
    match filter.kind {
        Some(CustomerKind::Person) => sql.push_str(" AND kind = 'person'"),
        Some(CustomerKind::Organisation) => sql.push_str(" AND kind = 'organisation'"),
        None => {}
    }
    match filter.restricted {
        Some(super::Restriction::Restricted) => sql.push_str(" AND restricted_at IS NOT NULL"),
        Some(super::Restriction::Free) => sql.push_str(" AND restricted_at IS NULL"),
        None => {}
    }
    sql
}

fn read(row: &QueryResult) -> Result<CustomerRow, StoreError> {
    let kind: String = row.try_get("", "kind")?;
    let language: String = row.try_get("", "language")?;
    let mut sealed: [Option<Vec<u8>>; FIELDS.len()] = Default::default();
    for (i, field) in FIELDS.iter().enumerate() {
        sealed[i] = row.try_get("", field)?;
    }
    Ok(CustomerRow {
        id: CustomerId::from_uuid(row.try_get("", "id")?),
        subject: SubjectId::from_uuid(row.try_get("", "subject_id")?),
        number: CustomerNumber(row.try_get("", "number")?),
        kind: CustomerKind::parse(&kind)
            .ok_or_else(|| StoreError::inconsistent("a customer of an unknown kind"))?,
        language: Language::from_tag(&language)
            .ok_or_else(|| StoreError::inconsistent("a customer with an unknown language"))?,
        revision: u32::try_from(row.try_get::<i64>("", "revision")?)
            .map_err(|_| StoreError::inconsistent("a customer with a wild revision"))?,
        sealed,
        restricted_at: row.try_get::<Option<i64>>("", "restricted_at")?.map(Timestamp::from_micros),
        agreement_ended_at: row.try_get::<Option<i64>>("", "agreement_ended_at")?.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
        updated_at: Timestamp::from_micros(row.try_get("", "updated_at")?),
    })
}
