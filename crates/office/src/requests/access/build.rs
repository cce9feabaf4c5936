//! The files of a package: the page, the JSON, the CSV of what was provided, the manifest, the ZIP.

use super::collect::{Collected, Field, FieldValue, OfSubject, OfTable, Part, parts};
use super::{PackageKind, html};
use crate::accounts::Member;
use crate::checkpoints;
use crate::{Office, OfficeError};
use base::{Language, Sensitive, Timestamp};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write as _};
use zeroize::{Zeroize as _, Zeroizing};
use zip::write::SimpleFileOptions;

/// The largest package: what one envelope holds.
pub(super) const ZIP_BYTES_MAX: usize = 64 * 1024 * 1024 - 1_024;
/// The format of `data.json`, and its version.
const FORMAT: &str = "waarborg-access-package";
const VERSION: u8 = 1;

/// What the person provided, by table and column: the content of a portability package.
const PROVIDED: &[(&str, &[&str])] = &[
    (
        "customer",
        &[
            "number",
            "kind",
            "language",
            "name",
            "organisation",
            "kvk",
            "vat",
            "email",
            "phone",
            "street",
            "postcode",
            "city",
            "country",
        ],
    ),
    ("login", &["name", "email", "language"]),
    ("thread", &["number", "kind", "language", "title", "name", "email", "created_at"]),
    ("message", &["thread_id", "body", "created_at"]),
    ("request", &["number", "kind", "detail", "received_at"]),
];

/// What stands above the data.
pub(super) struct Cover {
    pub language: Language,
    pub made_at: Timestamp,
    pub request: String,
    pub members: Vec<Member>,
}

#[cfg(test)]
impl Cover {
    pub(super) fn preview(office: &Office) -> Self {
        Self {
            language: office.settings.language,
            made_at: office.now(),
            request: String::new(),
            members: Vec::new(),
        }
    }
}

/// A file of the package.
struct File {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// The whole package.
pub(super) fn zip(
    office: &Office,
    cover: &Cover,
    collected: &Collected,
    kind: PackageKind,
) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
    let page = match cover.language {
        Language::Nl => "overzicht.html",
        Language::En => "overview.html",
    };
    let mut files = vec![
        File { name: page.into(), bytes: html::page(office, cover, collected, kind) },
        File { name: "data.json".into(), bytes: json(office, cover, collected, kind)? },
    ];
    if kind == PackageKind::Portability {
        for (table, columns) in PROVIDED {
            if let Some(bytes) = csv(collected, table, columns)? {
                files.push(File { name: format!("{table}.csv"), bytes });
            }
        }
    }
    let manifest = manifest(cover, kind, &files)?;
    files.push(File { name: "manifest.json".into(), bytes: manifest });
    pack(&files, cover.made_at)
}

fn fault(error: impl core::fmt::Display) -> OfficeError {
    OfficeError::Other(format!("access package: {error}"))
}

fn manifest(cover: &Cover, kind: PackageKind, files: &[File]) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
    let listed: Vec<_> = files
        .iter()
        .map(|file| {
            json!({"name": file.name, "bytes": file.bytes.len(), "sha256": hex::encode(Sha256::digest(&*file.bytes))})
        })
        .collect();
    let manifest = json!({
        "format": "waarborg-package-manifest",
        "version": VERSION,
        "kind": kind.as_str(),
        "made_at": cover.made_at.rfc3339(),
        "files": listed,
    });
    serde_json::to_vec_pretty(&manifest).map(Zeroizing::new).map_err(fault)
}

fn pack(files: &[File], made_at: Timestamp) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
    let at = made_at.in_amsterdam();
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let stamp = zip::DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(1980),
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    )
    .unwrap_or_default();
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(stamp)
        .unix_permissions(0o600);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        writer.start_file(file.name.as_str(), options).map_err(fault)?;
        writer.write_all(&file.bytes).map_err(fault)?;
    }
    let bytes = Zeroizing::new(writer.finish().map_err(fault)?.into_inner());
    if bytes.len() > ZIP_BYTES_MAX {
        return Err(fault("larger than a package may be"));
    }
    Ok(bytes)
}

/// `data.json`.
pub(super) fn json(
    office: &Office,
    cover: &Cover,
    collected: &Collected,
    kind: PackageKind,
) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let mut serializer = serde_json::Serializer::pretty(&mut *bytes);
    let document = Document { office, cover, collected, kind };
    document.serialize(&mut serializer).map_err(fault)?;
    Ok(bytes)
}

struct Document<'a> {
    office: &'a Office,
    cover: &'a Cover,
    collected: &'a Collected,
    kind: PackageKind,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let policy = self.office.policy();
        let language = self.cover.language;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", FORMAT)?;
        map.serialize_entry("version", &VERSION)?;
        map.serialize_entry("kind", self.kind.as_str())?;
        map.serialize_entry("language", language.tag())?;
        map.serialize_entry("made_at", &self.cover.made_at.rfc3339())?;
        map.serialize_entry("request", &self.cover.request)?;
        let provider = policy.provider();
        map.serialize_entry(
            "provider",
            &json!({"name": provider.name, "contact_form": provider.contact_form}),
        )?;
        let subjects: Vec<_> =
            self.collected.subjects.iter().map(|of| SubjectOut { of, kind: self.kind, language }).collect();
        map.serialize_entry("subjects", &subjects)?;
        if self.kind == PackageKind::Access {
            let members: Vec<_> = self.cover.members.iter().map(MemberOut).collect();
            map.serialize_entry("members", &members)?;
            let purposes: Vec<_> = html::purposes(&policy)
                .into_iter()
                .map(|purpose| {
                    json!({
                        "name": purpose.name,
                        "title": purpose.title.of(language),
                        "ground": html::ground(purpose, language),
                        "retention": purpose.retention.in_words(language),
                        "recipients": purpose.recipients,
                        "source": purpose.source.of(language),
                    })
                })
                .collect();
            map.serialize_entry("purposes", &purposes)?;
        }
        map.end()
    }
}

struct MemberOut<'a>(&'a Member);

impl Serialize for MemberOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", self.0.login.name.expose())?;
        map.serialize_entry("email", self.0.login.email.expose())?;
        map.serialize_entry("role", self.0.role.as_str())?;
        map.end()
    }
}

struct SubjectOut<'a> {
    of: &'a OfSubject,
    kind: PackageKind,
    language: Language,
}

impl Serialize for SubjectOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.of.subject.to_string())?;
        map.serialize_entry("records", &RecordsOut { tables: &self.of.tables, kind: self.kind })?;
        if self.kind == PackageKind::Access {
            let lines: Vec<_> = self
                .of
                .timeline
                .iter()
                .map(|row| {
                    json!({
                        "position": row.position,
                        "at": row.at.rfc3339(),
                        "kind": row.kind,
                        "words": checkpoints::kind_in_words(&row.kind, self.language),
                        "leaf": hex::encode(ledger::leaf_hash(&row.body).as_bytes()),
                    })
                })
                .collect();
            map.serialize_entry("ledger", &lines)?;
        }
        map.end()
    }
}

struct RecordsOut<'a> {
    tables: &'a [OfTable],
    kind: PackageKind,
}

impl Serialize for RecordsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for of in self.tables {
            let columns = match self.kind {
                PackageKind::Access => None,
                PackageKind::Portability => match provided(of.table.name) {
                    Some(columns) => Some(columns),
                    None => continue,
                },
            };
            map.serialize_entry(of.table.name, &RowsOut { of, columns })?;
        }
        map.end()
    }
}

fn provided(table: &str) -> Option<&'static [&'static str]> {
    PROVIDED.iter().find(|(name, _)| *name == table).map(|(_, columns)| *columns)
}

/// Rows that the person provided: not our answers.
fn is_provided(table: &str, row: &[Field]) -> bool {
    table != "message"
        || row
            .iter()
            .any(|f| f.column == "author" && matches!(&f.value, FieldValue::Word(word) if word == "customer"))
}

struct RowsOut<'a> {
    of: &'a OfTable,
    columns: Option<&'static [&'static str]>,
}

impl Serialize for RowsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for row in &self.of.rows {
            match self.columns {
                None => seq.serialize_element(&RowOut { row, columns: None })?,
                Some(columns) if is_provided(self.of.table.name, row) => {
                    seq.serialize_element(&RowOut { row, columns: Some(columns) })?;
                }
                Some(_) => {}
            }
        }
        seq.end()
    }
}

struct RowOut<'a> {
    row: &'a [Field],
    columns: Option<&'static [&'static str]>,
}

impl Serialize for RowOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let told = |field: &&Field| self.columns.is_none_or(|columns| columns.contains(&field.column));
        for field in self.row.iter().filter(told) {
            map.serialize_entry(field.column, &ValueOut(&field.value))?;
        }
        map.end()
    }
}

struct ValueOut<'a>(&'a FieldValue);

impl Serialize for ValueOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            FieldValue::Nothing => serializer.serialize_none(),
            FieldValue::Number(n) => serializer.serialize_i64(*n),
            FieldValue::Truth(truth) => serializer.serialize_bool(*truth),
            FieldValue::Moment(at) => serializer.serialize_str(&at.rfc3339()),
            FieldValue::Word(word) => serializer.serialize_str(word),
            FieldValue::Personal(text) => serializer.serialize_str(text.expose()),
            FieldValue::Parts(text) => {
                let parts = parts(text);
                let mut map = serializer.serialize_map(Some(parts.len()))?;
                for (name, part) in &parts {
                    match part {
                        Part::Truth(truth) => map.serialize_entry(name, truth)?,
                        Part::Number(n) => map.serialize_entry(name, n)?,
                        Part::Text(text) => map.serialize_entry(name, text.expose())?,
                    }
                }
                map.end()
            }
            FieldValue::Withheld => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("withheld", &true)?;
                map.end()
            }
        }
    }
}

/// The provided values of one table as CSV; none when there are none.
fn csv(
    collected: &Collected,
    table: &str,
    columns: &[&str],
) -> Result<Option<Zeroizing<Vec<u8>>>, OfficeError> {
    let rows = collected
        .subjects
        .iter()
        .flat_map(|of| &of.tables)
        .filter(|of| of.table.name == table)
        .flat_map(|of| &of.rows)
        .filter(|row| is_provided(table, row));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(fault)?;
    let mut count = 0;
    for row in rows {
        let mut line: Vec<Sensitive<String>> = Vec::with_capacity(columns.len());
        for column in columns {
            let field = row.iter().find(|field| field.column == *column);
            line.push(field.map_or_else(Sensitive::default, |field| Sensitive::new(cell_text(&field.value))));
        }
        writer.write_record(line.iter().map(|value| value.expose().as_bytes())).map_err(fault)?;
        count += 1;
    }
    let mut bytes = writer.into_inner().map_err(fault)?;
    if count == 0 {
        bytes.zeroize();
        return Ok(None);
    }
    Ok(Some(Zeroizing::new(bytes)))
}

/// A value in a spreadsheet's cell. What a spreadsheet would take for a formula gets an apostrophe.
fn cell_text(value: &FieldValue) -> String {
    let text = match value {
        FieldValue::Nothing | FieldValue::Withheld => String::new(),
        FieldValue::Number(n) => n.to_string(),
        FieldValue::Truth(truth) => truth.to_string(),
        FieldValue::Moment(at) => at.rfc3339(),
        FieldValue::Word(word) => word.clone(),
        FieldValue::Personal(text) => text.expose().clone(),
        FieldValue::Parts(text) => parts(text)
            .iter()
            .filter_map(
                |(_, part)| if let Part::Text(text) = part { Some(text.expose().as_str()) } else { None },
            )
            .collect::<Vec<_>>()
            .join("; "),
    };
    let telephone = |t: &str| t.len() > 1 && t[1..].bytes().all(|b| b.is_ascii_digit());
    match text.as_bytes().first() {
        Some(b'+' | b'-') if telephone(&text) => text,
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => format!("'{text}"),
        _ => text,
    }
}
