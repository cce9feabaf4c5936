//! Making packages and handing them out.

use super::build::{self, Cover};
use super::store::{self, PackageRow};
use super::{PackageId, PackageKind, collect};
use crate::accounts::{self, Member, Token};
use crate::customers::{self, CustomerKind};
use crate::mailing::{self, MailKind, NewMail};
use crate::messages::require_active;
use crate::requests::{self, Channel, Person, Request, RequestId, RequestKind, RequestState};
use crate::{By, Office, OfficeError, Record, billing, subjects, suppliers};
use base::{Language, Sensitive, SubjectId, Timestamp};
use keys::purpose::Rights;
use keys::{Cell, Sealed};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The first part of the path under which somebody without a login fetches a package:
/// `<base_url>/package/<token>`.
pub const PACKAGE_PATH: &str = "package";
/// How many days a package can be fetched.
const PACKAGE_DAYS: i64 = 14;

/// A package as a page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageSummary {
    /// Its id.
    pub id: PackageId,
    /// The request it answers.
    pub request: RequestId,
    /// The SHA-256 of the ZIP, as the ledger has it.
    pub sha256: [u8; 32],
    /// How large the ZIP is.
    pub size_bytes: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be fetched.
    pub expires_at: Timestamp,
}

impl From<&PackageRow> for PackageSummary {
    fn from(row: &PackageRow) -> Self {
        Self {
            id: row.id,
            request: row.request,
            sha256: row.sha256,
            size_bytes: row.size_bytes,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

const NOT_FOUND: OfficeError = OfficeError::NotFound { what: "the package" };

const fn cell(id: PackageId, subject: SubjectId) -> Cell {
    Cell { table: "access_package", column: "body", row: id.bytes(), revision: None, subject }
}

/// Whose data a package holds.
struct Scope {
    /// Under whose keys the package itself is.
    principal: SubjectId,
    subjects: Vec<SubjectId>,
    members: Vec<Member>,
}

/// The customer, the visitors that turned out to be it, and the login that asked. Of an organisation's
/// other members only what its owner sees of them anyway: the rest is theirs.
async fn scope(office: &Office, request: &Request) -> Result<Scope, OfficeError> {
    let subject = request.living_subject()?;
    let Some(customer) = request.customer.filter(|_| request.reaches_customer()) else {
        return Ok(Scope { principal: subject, subjects: vec![subject], members: Vec::new() });
    };
    let customer = customers::customer(office, customer).await?;
    // Asked by nobody who is signed in, a person's only login is that person's.
    let of_person = match (request.login, customer.profile.kind) {
        (None, CustomerKind::Person) => match accounts::logins_only_of(office, customer.id).await?.as_slice()
        {
            [(login, _)] => Some(*login),
            _ => None,
        },
        (asked, _) => asked,
    };
    let mut subjects = vec![customer.subject];
    let mut members = Vec::new();
    for member in accounts::logins_of_customer(office, customer.id).await? {
        if of_person == Some(member.login.id) {
            subjects.push(member.login.subject);
        } else {
            members.push(member);
        }
    }
    subjects.extend(requests::linked_subjects(office, customer.id).await?);
    // Invoices and payments lie under the keys of their books.
    subjects.extend(billing::books_of(office, customer.id).await?.into_iter().map(|(books, ..)| books));
    // What suppliers have lies under subjects of its own.
    subjects.extend(suppliers::subjects_of(office, customer.id).await?);
    subjects.push(subject);
    let mut seen = Vec::with_capacity(subjects.len());
    subjects.retain(|subject| {
        let fresh = !seen.contains(subject);
        seen.push(*subject);
        fresh
    });
    Ok(Scope { principal: customer.subject, subjects, members })
}

/// Makes the package of a granted request for access or portability, stores it sealed for 14 days,
/// and mails that it is there. Made already, it is given as it is.
///
/// # Errors
/// [`OfficeError::Conflict`] unless the request is granted and of such a kind; [`OfficeError::Erased`];
/// [`OfficeError::Other`] when it would be larger than 64 MiB: staff then answer in parts.
pub async fn produce(office: &Office, id: RequestId) -> Result<PackageSummary, OfficeError> {
    if let Some(row) = store::by_request(&office.store, id).await? {
        return Ok(PackageSummary::from(&row));
    }
    let request = requests::request(office, id).await?;
    let kind = match (request.kind, request.state) {
        (RequestKind::Access, RequestState::Granted(_)) => PackageKind::Access,
        (RequestKind::Portability, RequestState::Granted(_)) => PackageKind::Portability,
        _ => return Err(OfficeError::Conflict { what: "the request" }),
    };
    let scope = scope(office, &request).await?;
    require_active(office, scope.principal).await?;
    let person = requests::person(office, &request).await?.ok_or(OfficeError::Erased)?;
    let collected = collect::collect(office, &scope.subjects).await?;
    let now = office.now();
    let cover = Cover {
        language: person.language,
        made_at: now,
        request: request.number.to_string(),
        members: scope.members,
    };
    let zip = build::zip(office, &cover, &collected, kind)?;
    let row = PackageRow {
        id: PackageId::new(&*office.clock, &*office.random),
        request: id,
        subject: scope.principal,
        sha256: Sha256::digest(&*zip).into(),
        size_bytes: zip.len() as u64,
        created_at: now,
        expires_at: now.plus_days(PACKAGE_DAYS),
    };
    put(office, &request, &person, kind, &row, &zip).await
}

async fn put(
    office: &Office,
    request: &Request,
    person: &Person,
    kind: PackageKind,
    row: &PackageRow,
    zip: &[u8],
) -> Result<PackageSummary, OfficeError> {
    let key = office.vault.ensure::<Rights>(row.subject).await?;
    let sealed = key.seal(&cell(row.id, row.subject), zip, &*office.random).into_bytes();
    let record = Record::new("access-package-made", By::System("requests"))
        .about(row.subject)
        .with("number", request.number.to_string())
        .with("kind", kind.as_str())
        .with("sha256", hex::encode(row.sha256))
        .with("bytes", row.size_bytes);
    let entry = office.prepare(record).await?;
    // Who asked in the panel fetches it there; somebody else may have no login.
    let token = (request.channel != Channel::Panel).then(|| Token::new(&*office.random));
    let (title, text) = ready(office, person.language, kind, request, row.expires_at, token.as_ref());
    let mail = NewMail {
        subject: person.subject,
        to: &person.email,
        kind: MailKind::PackageReady,
        language: person.language,
        title,
        body: mailing::signed(office, person.language, text.expose()),
    };
    let mail = mailing::prepare(office, mail).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    if person.subject != row.subject {
        subjects::lock_active(&tx, person.subject).await?;
    }
    if store::insert(&tx, row, token.as_ref().map(Token::hash), sealed).await? == 0 {
        tx.rollback().await?;
        let made = store::by_request(&office.store, row.request).await?.ok_or(NOT_FOUND)?;
        return Ok(PackageSummary::from(&made));
    }
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(PackageSummary::from(row))
}

/// Title and text of the mail that says that a package is there.
fn ready(
    office: &Office,
    language: Language,
    kind: PackageKind,
    request: &Request,
    until: Timestamp,
    token: Option<&Token>,
) -> (String, Sensitive<String>) {
    let base = &office.settings.base_url;
    let until = requests::texts::date(until, language);
    let link = token.map(|token| Zeroizing::new(format!("{base}/{PACKAGE_PATH}/{}", token.text().expose())));
    let number = request.number;
    match language {
        Language::Nl => {
            let what = match kind {
                PackageKind::Access => "De kopie van uw gegevens",
                PackageKind::Portability => "Het bestand met de gegevens die u ons gaf",
            };
            let how = link.map_or_else(
                || format!("Log in op {base} en ga naar uw rechten; u haalt het bestand daar op."),
                |link| format!("U haalt het bestand op via deze link, die alleen voor u is:\n\n{}", *link),
            );
            (
                format!("Uw gegevens staan klaar ({number})"),
                format!(
                    "{what} staat klaar tot en met {until}.\n\n{how}\n\nBewaar het op een veilige plaats."
                )
                .into(),
            )
        }
        Language::En => {
            let what = match kind {
                PackageKind::Access => "The copy of your data",
                PackageKind::Portability => "The file with the data you gave us",
            };
            let how = link.map_or_else(
                || format!("Sign in at {base} and go to your rights; you collect the file there."),
                |link| {
                    format!("You collect the file through this link, which is for you alone:\n\n{}", *link)
                },
            );
            (
                format!("Your data are ready ({number})"),
                format!("{what} is ready until {until}.\n\n{how}\n\nKeep it in a safe place.").into(),
            )
        }
    }
}

/// The package of a request, as long as it can be fetched.
///
/// # Errors
/// When the database fails.
pub async fn package_of_request(
    office: &Office,
    id: RequestId,
) -> Result<Option<PackageSummary>, OfficeError> {
    let row = store::by_request(&office.store, id).await?;
    Ok(row.filter(|row| row.expires_at > office.now()).map(|row| PackageSummary::from(&row)))
}

/// The package behind the link of a mail, as long as it can be fetched.
///
/// # Errors
/// When the database fails.
pub async fn by_token(office: &Office, token: &Token) -> Result<Option<PackageSummary>, OfficeError> {
    let row = store::by_token(&office.store, &token.hash()).await?;
    Ok(row.filter(|row| row.expires_at > office.now()).map(|row| PackageSummary::from(&row)))
}

/// The ZIP. The caller knows that this person may have it; the ledger tells that it was fetched.
///
/// # Errors
/// [`OfficeError::NotFound`] when it is not there any more; [`OfficeError::Erased`].
pub async fn download(office: &Office, by: By, id: PackageId) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
    let row = store::by_id(&office.store, id)
        .await?
        .filter(|row| row.expires_at > office.now())
        .ok_or(NOT_FOUND)?;
    require_active(office, row.subject).await?;
    let sealed = store::body(&office.store, id).await?.ok_or(NOT_FOUND)?;
    let key = office.vault.key::<Rights>(row.subject).await?;
    let zip = key.open(&cell(id, row.subject), &Sealed::from_bytes(sealed)?)?;
    let sha256: [u8; 32] = Sha256::digest(zip.bytes()).into();
    if sha256 != row.sha256 {
        return Err(OfficeError::Other("a package is not the one that its row tells of".into()));
    }
    let record =
        Record::new("access-package-fetched", by).about(row.subject).with("sha256", hex::encode(sha256));
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, row.subject).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(Zeroizing::new(zip.bytes().to_vec()))
}

/// Deletes packages that can no longer be fetched; daily.
///
/// # Errors
/// When the database fails.
pub async fn sweep(office: &Office) -> Result<u64, OfficeError> {
    let tx = office.store.begin().await?;
    let count = store::delete_expired(&tx, office.now()).await?;
    tx.commit().await?;
    Ok(count)
}
