//! What a processor agreement is, and how its text comes from a policy. Pure.

use crate::OfficeError;
use crate::customers::{Address, CustomerId, Profile};
use crate::messages::ThreadId;
use base::{Language, Sensitive, SubjectId, Timestamp};
use core::fmt;
use documents::{
    AGREEMENT_FORMAT_VERSION, AgreementText, Measure, Party, ProcessingService, SubProcessor, clauses,
};
use policy::{Category, Policy};
use sha2::{Digest as _, Sha256};

base::id_type!(
    /// The id of one version of a customer's processor agreement.
    ProcessorAgreementId,
    "processor agreement"
);

/// The number a customer's agreement goes by, with the version: `V100012-2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgreementNumber {
    pub(crate) number: i64,
    pub(crate) version: i64,
}

impl fmt::Display for AgreementNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}-{}", self.number, self.version)
    }
}

/// Why a version was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueReason {
    /// With an order of a service that holds a customer's data.
    Order,
    /// The customer asked for it.
    Asked,
    /// What it says has changed.
    Changed,
}

impl IssueReason {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Asked => "asked",
            Self::Changed => "changed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Order, Self::Asked, Self::Changed].into_iter().find(|reason| reason.as_str() == text)
    }
}

/// What has become of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementState {
    /// It holds.
    Current,
    /// It holds, and the customer objected to it.
    Objected,
    /// A later version holds.
    Replaced,
}

/// Which versions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Those that hold.
    #[default]
    Current,
    /// Those that hold and were objected to.
    Objected,
}

/// One version of a customer's agreement.
#[derive(Debug, Clone)]
pub struct ProcessorAgreement {
    /// Its id.
    pub id: ProcessorAgreementId,
    /// Its number with the version.
    pub number: AgreementNumber,
    /// The customer.
    pub customer: CustomerId,
    /// The customer's subject; none after an erasure.
    pub subject: Option<SubjectId>,
    /// The conversation in which it was asked for.
    pub thread: Option<ThreadId>,
    /// Why it was issued.
    pub reason: IssueReason,
    /// The language.
    pub language: Language,
    /// SHA-256 of the text.
    pub text_hash: [u8; 32],
    /// The policy it was drawn up from.
    pub policy_hash: [u8; 32],
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when the customer can object, where it changed what was agreed.
    pub objection_until: Option<Timestamp>,
    /// When the customer objected.
    pub objected_at: Option<Timestamp>,
    /// When a later version took its place.
    pub replaced_at: Option<Timestamp>,
}

impl ProcessorAgreement {
    /// What has become of it.
    #[must_use]
    pub const fn state(&self) -> AgreementState {
        match (self.replaced_at, self.objected_at) {
            (Some(_), _) => AgreementState::Replaced,
            (None, Some(_)) => AgreementState::Objected,
            (None, None) => AgreementState::Current,
        }
    }

    /// Whether the customer can object to it now.
    #[must_use]
    pub fn can_object(&self, now: Timestamp) -> bool {
        self.state() == AgreementState::Current && self.objection_until.is_some_and(|until| now < until)
    }
}

/// A text with its hashes, as it is kept.
#[derive(Debug, Clone)]
pub(super) struct KeptText {
    pub text: AgreementText,
    pub body: String,
    /// SHA-256 of the body.
    pub hash: [u8; 32],
    /// SHA-256 of the same without what names the policy: equal where two texts say the same.
    pub substance: [u8; 32],
}

impl KeptText {
    pub(super) fn of(policy: &Policy, language: Language) -> Self {
        let text = text_of(policy, language);
        let body = written(&text);
        let bare =
            AgreementText { policy_version: String::new(), policy_hash: String::new(), ..text.clone() };
        Self { hash: sha256(&body), substance: sha256(&written(&bare)), text, body }
    }
}

/// Reads a text that was kept, and holds it against its hash.
pub(super) fn read_text(body: &str, hash: &[u8; 32]) -> Result<AgreementText, OfficeError> {
    if sha256(body) != *hash {
        return Err(OfficeError::Other("the text of a processor agreement is not what was agreed".into()));
    }
    serde_json::from_str(body).map_err(|error| {
        OfficeError::Other(format!("the text of a processor agreement cannot be read: {error}"))
    })
}

fn written(text: &AgreementText) -> String {
    serde_json::to_string(text).expect("a text can be written as JSON")
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// What the policy says, as the text of an agreement.
fn text_of(policy: &Policy, language: Language) -> AgreementText {
    let names = |names: &[String], known: &[Category]| -> Vec<String> {
        let found = names.iter().filter_map(|name| known.iter().find(|category| category.name == *name));
        found.map(|category| category.text.of(language).to_owned()).collect()
    };
    let services: Vec<ProcessingService> = policy
        .services()
        .iter()
        .map(|service| ProcessingService {
            title: service.title.of(language).to_owned(),
            nature: service.nature.of(language).to_owned(),
            duration: service.duration.of(language).to_owned(),
            ending: service.ending.of(language).to_owned(),
            subjects: names(&service.subjects, policy.subject_categories()),
            data: names(&service.data, policy.data_categories()),
            measures: policy
                .measures()
                .iter()
                .filter(|measure| service.measures.contains(&measure.name))
                .map(|measure| measure.title.of(language).to_owned())
                .collect(),
            subprocessors: policy
                .recipients()
                .iter()
                .filter(|recipient| service.subprocessors.contains(&recipient.id))
                .map(|recipient| recipient.name.clone())
                .collect(),
        })
        .collect();
    let used = |name: &String| policy.services().iter().any(|service| service.measures.contains(name));
    let measures = policy.measures().iter().filter(|measure| used(&measure.name)).map(|measure| Measure {
        title: measure.title.of(language).to_owned(),
        text: measure.text.of(language).to_owned(),
    });
    let engaged = |id: &String| policy.services().iter().any(|service| service.subprocessors.contains(id));
    let subprocessors = policy.recipients().iter().filter(|recipient| engaged(&recipient.id));
    let subprocessors = subprocessors.map(|recipient| SubProcessor {
        name: recipient.name.clone(),
        task: recipient.text.of(language).to_owned(),
        country: policy::country(&recipient.country, language),
        transfer: recipient.transfer.as_ref().map(|text| text.of(language).to_owned()),
    });
    let provider = policy.provider();
    AgreementText {
        version: AGREEMENT_FORMAT_VERSION,
        language,
        policy_version: policy.version().to_owned(),
        policy_hash: policy.hash_hex(),
        processor: Party {
            name: None,
            organisation: Some(provider.name.as_str().into()),
            address: with_country(provider.address.clone(), &provider.country, language),
            kvk: provider.kvk.as_deref().map(Into::into),
            vat: Some(provider.vat.as_str().into()).filter(|_| !provider.vat.is_empty()),
            email: Some(provider.email.as_str().into()),
        },
        contact: provider.dpo.as_ref().map_or(&provider.email, |dpo| &dpo.email).clone(),
        clauses: clauses(language, super::OBJECTION_DAYS),
        services,
        measures: measures.collect(),
        subprocessors: subprocessors.collect(),
    }
}

/// The customer as a party, as the profile says it now.
pub(super) fn party(profile: &Profile) -> Party {
    let language = profile.language;
    Party {
        name: Some(profile.name.clone()),
        organisation: profile.organisation.clone(),
        address: profile.address.as_ref().map_or_else(Sensitive::default, |a| address(a, language)),
        kvk: profile.kvk.clone(),
        vat: profile.vat.clone(),
        email: Some(profile.email.clone()),
    }
}

fn address(address: &Address, language: Language) -> Sensitive<Vec<String>> {
    let place = format!("{} {}", address.postcode.expose(), address.city.expose());
    with_country(vec![address.street.expose().clone(), place], address.country.expose(), language)
}

fn with_country(mut lines: Vec<String>, country: &str, language: Language) -> Sensitive<Vec<String>> {
    lines.push(policy::country(country, language));
    lines.retain(|line| !line.trim().is_empty());
    Sensitive::new(lines)
}
