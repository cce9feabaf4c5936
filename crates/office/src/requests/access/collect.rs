//! Gathers what is held about subjects, by the declarations of the tables.

use super::store::{self, DeclaredRow, Stored};
use crate::{Office, OfficeError, schema};
use base::{Day, Sensitive, SubjectId, Timestamp};
use keys::purpose::{Account, Disclosures, Incidents, Invoicing, Rights, Security, Support};
use keys::{Cell, DataKey, KeyError, Purpose, Sealed};
use policy::schema::{Content, OnErasure, Table};
use std::collections::BTreeMap;

/// How many rows are read at a time.
const PAGE: u32 = 500;
/// How many rows of one table a package holds at most, for each subject.
const ROWS_MAX: u64 = 50_000;
/// How many bytes of values a package holds at most.
const BYTES_MAX: usize = 192 * 1024 * 1024;
/// How much of the ledger a package tells.
const TIMELINE_MAX: u32 = 1_000;
/// Secrets by which somebody signs in: a copy of them could only do harm.
const WITHHELD: [(&str, &str); 3] =
    [("login", "totp_secret"), ("login", "totp_pending"), ("access_package", "body")];

/// Columns whose values are JSON objects (docs/formats/request.md), or may be.
const IN_PARTS: [(&str, &str); 5] = [
    ("request", "detail"),
    ("request", "reason"),
    ("link_token", "value"),
    ("leak_report", "detail"),
    ("disclosure_value", "detail"),
];

/// What is held about some subjects.
pub(super) struct Collected {
    pub subjects: Vec<OfSubject>,
}

/// What is held about one subject.
pub(super) struct OfSubject {
    pub subject: SubjectId,
    pub tables: Vec<OfTable>,
    pub timeline: Vec<::store::LedgerRow>,
}

/// Rows of one table.
pub(super) struct OfTable {
    pub table: &'static Table,
    pub rows: Vec<Vec<Field>>,
}

/// One value of a row.
pub(super) struct Field {
    pub column: &'static str,
    /// The purpose of a personal value.
    pub purpose: Option<&'static str>,
    pub value: FieldValue,
}

/// A value, opened.
pub(super) enum FieldValue {
    Nothing,
    Number(i64),
    Truth(bool),
    Moment(Timestamp),
    Word(String),
    Personal(Sensitive<String>),
    /// A personal value that has parts: a JSON object.
    Parts(Sensitive<String>),
    /// Held, and not copied.
    Withheld,
}

/// The keys of one subject.
struct Keys {
    account: Option<DataKey<Account>>,
    support: Option<DataKey<Support>>,
    rights: Option<DataKey<Rights>>,
    security: Option<DataKey<Security>>,
    invoicing: Option<DataKey<Invoicing>>,
    incidents: Option<DataKey<Incidents>>,
    disclosures: Option<DataKey<Disclosures>>,
}

impl Keys {
    async fn of(office: &Office, subject: SubjectId) -> Result<Self, OfficeError> {
        async fn key<P: Purpose>(
            office: &Office,
            subject: SubjectId,
        ) -> Result<Option<DataKey<P>>, OfficeError> {
            match office.vault.key::<P>(subject).await {
                Ok(key) => Ok(Some(key)),
                Err(KeyError::Missing { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }
        Ok(Self {
            account: key(office, subject).await?,
            support: key(office, subject).await?,
            rights: key(office, subject).await?,
            security: key(office, subject).await?,
            invoicing: key(office, subject).await?,
            incidents: key(office, subject).await?,
            disclosures: key(office, subject).await?,
        })
    }

    fn open(&self, purpose: &str, cell: &Cell, bytes: Vec<u8>) -> Result<Sensitive<String>, OfficeError> {
        match purpose {
            "account" => open(self.account.as_ref(), cell, bytes),
            "support" => open(self.support.as_ref(), cell, bytes),
            "rights" => open(self.rights.as_ref(), cell, bytes),
            "security" => open(self.security.as_ref(), cell, bytes),
            "invoicing" => open(self.invoicing.as_ref(), cell, bytes),
            "incidents" => open(self.incidents.as_ref(), cell, bytes),
            "disclosures" => open(self.disclosures.as_ref(), cell, bytes),
            other => Err(OfficeError::Other(format!("no package opens values of the purpose {other}"))),
        }
    }
}

fn open<P: Purpose>(
    key: Option<&DataKey<P>>,
    cell: &Cell,
    bytes: Vec<u8>,
) -> Result<Sensitive<String>, OfficeError> {
    let key = key.ok_or(KeyError::Missing { purpose: P::NAME })?;
    let value = key.open(cell, &Sealed::<P>::from_bytes(bytes)?)?;
    // Random bytes, such as the opening of a site's commitment, are told in hexadecimal.
    Ok(Sensitive::new(value.text().map_or_else(|_| hex::encode(value.bytes()), str::to_owned)))
}

/// Gathers everything.
pub(super) async fn collect(office: &Office, subjects: &[SubjectId]) -> Result<Collected, OfficeError> {
    let mut collected = Collected { subjects: Vec::with_capacity(subjects.len()) };
    let mut bytes = 0;
    for subject in subjects {
        let keys = Keys::of(office, *subject).await?;
        let mut tables = Vec::new();
        for table in schema::tables() {
            let (OnErasure::Delete { subject: name } | OnErasure::Clear { subject: name }) = table.erasure
            else {
                continue;
            };
            // Which ledger lines are about the subject: they are told in the timeline.
            if table.name == "ledger_link" {
                continue;
            }
            let rows = rows(office, table, name, *subject, &keys, &mut bytes).await?;
            if !rows.is_empty() {
                tables.push(OfTable { table, rows });
            }
        }
        let timeline = ::store::entries_of_subject(&office.store, *subject, TIMELINE_MAX).await?;
        collected.subjects.push(OfSubject { subject: *subject, tables, timeline });
    }
    Ok(collected)
}

async fn rows(
    office: &Office,
    table: &'static Table,
    name: &str,
    subject: SubjectId,
    keys: &Keys,
    bytes: &mut usize,
) -> Result<Vec<Vec<Field>>, OfficeError> {
    let mut all = Vec::new();
    let mut offset = 0;
    while offset < ROWS_MAX {
        let page = store::declared_rows(&office.store, table, name, subject, offset, PAGE).await?;
        let count = page.len() as u64;
        for row in page {
            let fields = fields(table, subject, row, keys)?;
            *bytes += fields.iter().map(Field::weight).sum::<usize>();
            if *bytes > BYTES_MAX {
                return Err(OfficeError::Other("a copy of the data is larger than a package may be".into()));
            }
            all.push(fields);
        }
        if count < u64::from(PAGE) {
            return Ok(all);
        }
        offset += count;
    }
    Err(OfficeError::Other(format!("more rows of {} than a package may hold", table.name)))
}

/// A part of a value.
#[derive(serde::Deserialize)]
#[serde(untagged)]
pub(super) enum Part {
    Truth(bool),
    Number(i64),
    Text(Sensitive<String>),
}

/// The parts of a value, without its version.
pub(super) fn parts(text: &Sensitive<String>) -> Vec<(String, Part)> {
    let read: BTreeMap<String, Part> = serde_json::from_str(text.expose()).unwrap_or_default();
    read.into_iter().filter(|(name, _)| name != "v").collect()
}

impl Field {
    fn weight(&self) -> usize {
        match &self.value {
            FieldValue::Personal(text) | FieldValue::Parts(text) => text.expose().len(),
            FieldValue::Word(word) => word.len(),
            _ => 8,
        }
    }
}

fn fields(
    table: &'static Table,
    subject: SubjectId,
    row: DeclaredRow,
    keys: &Keys,
) -> Result<Vec<Field>, OfficeError> {
    let mut fields = Vec::with_capacity(row.values.len());
    for (column, stored) in row.values {
        let purpose = match column.content {
            Content::Personal { purpose } => Some(purpose),
            _ => None,
        };
        let value = match (purpose, stored) {
            (_, Stored::Nothing) => FieldValue::Nothing,
            (Some(_), _) if WITHHELD.contains(&(table.name, column.name)) => FieldValue::Withheld,
            (Some(purpose), Stored::Bytes(bytes)) => {
                let (row, revision) = (row.row_id, row.revision);
                let cell = Cell { table: table.name, column: column.name, row, revision, subject };
                let text = keys.open(purpose, &cell, bytes)?;
                let in_parts =
                    IN_PARTS.contains(&(table.name, column.name)) && text.expose().starts_with('{');
                if in_parts { FieldValue::Parts(text) } else { FieldValue::Personal(text) }
            }
            (Some(_), _) => {
                return Err(OfficeError::Other(format!("{}.{} holds no envelope", table.name, column.name)));
            }
            (None, stored) => plain(column.name, stored),
        };
        fields.push(Field { column: column.name, purpose, value });
    }
    if let Some(held) = held_unread(table) {
        fields.push(Field { column: held.0, purpose: Some(held.1), value: FieldValue::Withheld });
    }
    Ok(fields)
}

/// A personal column that is not even read: the packages themselves.
fn held_unread(table: &Table) -> Option<(&'static str, &'static str)> {
    (table.name == store::TABLES[0].name).then_some(("body", "rights"))
}

fn plain(column: &str, stored: Stored) -> FieldValue {
    match stored {
        Stored::Nothing => FieldValue::Nothing,
        // Instants are micros, and days are counted, in columns whose names say so.
        Stored::Number(n) if column.ends_with("_at") => FieldValue::Moment(Timestamp::from_micros(n)),
        Stored::Number(n) if column.ends_with("_day") => match u32::try_from(n) {
            Ok(day) => FieldValue::Word(Day::from_number(day).to_string()),
            Err(_) => FieldValue::Number(n),
        },
        Stored::Number(n) => FieldValue::Number(n),
        Stored::Truth(truth) => FieldValue::Truth(truth),
        Stored::Text(word) => FieldValue::Word(word),
        Stored::Id(id) => FieldValue::Word(id.to_string()),
        Stored::Bytes(bytes) => FieldValue::Word(hex::encode(bytes)),
    }
}
