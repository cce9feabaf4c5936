//! The texts that are accepted with an order, by version. A version is never changed or deleted.

use super::store;
use crate::form::{Problem, Problems};
use crate::words::words;
use crate::{By, Office, OfficeError, Record};
use base::{Language, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 100_000;

words! {
    /// Which text.
    TermsKind {
        /// The general terms.
        Terms = "terms",
        /// The responsibility clause (P09).
        Responsibility = "responsibility",
    }
}

/// A version of a text.
#[derive(Debug, Clone)]
pub struct TermsVersion {
    /// Which text.
    pub kind: TermsKind,
    /// Which version, from 1.
    pub version: u32,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// SHA-256 of both, see [`hash`].
    pub hash: [u8; 32],
    /// Since when.
    pub in_force_from: Timestamp,
}

impl TermsVersion {
    /// The text in a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

/// What holds now.
#[derive(Debug, Clone)]
pub struct CurrentTerms {
    /// The general terms.
    pub terms: TermsVersion,
    /// The responsibility clause.
    pub responsibility: TermsVersion,
}

/// A new version as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TermsForm {
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
}

/// SHA-256 of the Dutch text, a zero byte, and the English text.
fn hash(nl: &str, en: &str) -> [u8; 32] {
    Sha256::new().chain_update(nl).chain_update([0]).chain_update(en).finalize().into()
}

/// The versions of a text, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(office: &Office, kind: TermsKind) -> Result<Vec<TermsVersion>, OfficeError> {
    Ok(store::terms(&office.store, kind).await?)
}

/// What is accepted with an order now; none while a text was not published yet, and then nothing can
/// be ordered.
///
/// # Errors
/// When the database fails.
pub async fn current(office: &Office) -> Result<Option<CurrentTerms>, OfficeError> {
    let terms = store::latest_terms(&office.store, TermsKind::Terms).await?;
    let responsibility = store::latest_terms(&office.store, TermsKind::Responsibility).await?;
    Ok(terms.zip(responsibility).map(|(terms, responsibility)| CurrentTerms { terms, responsibility }))
}

/// Publishes a new version of a text, in force at once. `after` is the version that the person saw, 0
/// for none.
///
/// # Errors
/// [`OfficeError::Invalid`]; [`OfficeError::Conflict`] when somebody published since.
pub async fn publish(
    office: &Office,
    by: By,
    kind: TermsKind,
    after: u32,
    form: &TermsForm,
) -> Result<TermsVersion, OfficeError> {
    let mut problems = Problems::new();
    let text = |text: &str| {
        let text = text.trim().replace("\r\n", "\n");
        match text.chars().count() {
            0 => Err(Problem::Missing),
            n if n > TEXT_CHARS_MAX => Err(Problem::TooLong { max: TEXT_CHARS_MAX }),
            _ => Ok(text),
        }
    };
    let nl = problems.take("nl", text(&form.nl));
    let en = problems.take("en", text(&form.en));
    let (Some(nl), Some(en)) = (nl, en) else { return Err(problems.into()) };
    let version =
        TermsVersion { kind, version: after + 1, hash: hash(&nl, &en), nl, en, in_force_from: office.now() };
    let record = Record::new("terms-published", by)
        .with("kind", kind.as_str())
        .with("version", version.version)
        .with("sha256", hex::encode(version.hash));
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if store::latest_terms_in(&tx, kind).await? != after {
        return Err(OfficeError::Conflict { what: "the text" });
    }
    match store::insert_terms(&tx, &version).await {
        Err(::store::StoreError::Duplicate) => return Err(OfficeError::Conflict { what: "the text" }),
        inserted => inserted?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(version)
}

/// A text to begin with: the clause as the policy's promise P09 has it, and short terms that the provider
/// replaces by its own.
#[must_use]
pub fn default_form(office: &Office, kind: TermsKind) -> TermsForm {
    let provider = office.policy().provider().name.clone();
    match kind {
        TermsKind::Responsibility => TermsForm {
            nl: "U bent zelf verantwoordelijk voor wat u bij ons opslaat en voor de beveiliging van uw website. \
                 Wij bekijken die inhoud niet, tenzij u daar uitdrukkelijk toestemming voor geeft of er een datalek \
                 is ontdekt. Is er bij u een datalek, dan meldt u dat zelf bij de Autoriteit Persoonsgegevens."
                .into(),
            en: "You are responsible for what you store with us and for the security of your website. We do not look \
                 into that content unless you expressly permit it or a data breach was discovered. If you have a data \
                 breach, you report it to the supervisory authority yourself."
                .into(),
        },
        TermsKind::Terms => TermsForm {
            nl: format!(
                "1. De overeenkomst komt tot stand als {provider} uw bestelling aanvaardt.\n\
                 2. U betaalt per termijn vooraf, binnen de termijn die op de factuur staat.\n\
                 3. U kunt opzeggen tegen het einde van de lopende termijn. Bent u consument, dan kunt u na de eerste \
                 termijn elk moment opzeggen met een maand opzegtermijn, en krijgt u terug wat u te veel hebt betaald.\n\
                 4. Bent u consument, dan kunt u de overeenkomst binnen 14 dagen zonder reden ontbinden. Vroeg u ons om \
                 binnen die 14 dagen te beginnen, dan betaalt u de dagen tot de ontbinding.\n\
                 5. Wist u uw gegevens, dan stoppen de diensten en is de overeenkomst ontbonden."
            ),
            en: format!(
                "1. The agreement is concluded when {provider} accepts your order.\n\
                 2. You pay each term in advance, within the period stated on the invoice.\n\
                 3. You can cancel at the end of the current term. As a consumer you can cancel at any time after the \
                 first term with one month's notice, and you get back what you paid in excess.\n\
                 4. As a consumer you can withdraw within 14 days without giving a reason. If you asked us to begin \
                 within those 14 days, you pay for the days until the withdrawal.\n\
                 5. If you have your data erased, the services stop and the agreement is dissolved."
            ),
        },
    }
}

/// Publishes the texts to begin with, for demonstrations.
///
/// # Errors
/// [`OfficeError::Conflict`] when there are texts already.
pub async fn fill_defaults(office: &Office, by: By) -> Result<(), OfficeError> {
    for kind in TermsKind::ALL {
        publish(office, by, *kind, 0, &default_form(office, *kind)).await?;
    }
    Ok(())
}
