//! What people write about a case: named texts, checked at the edge, kept together as one envelope
//! (docs/formats/incident.md). The names are those of the dossier.
//!
//! The fields follow what the form of the authority and the template of the EDPB ask for.

use super::clock::ClockKind;
use crate::OfficeError;
use crate::customers::single_line;
use crate::form::{Problem, Problems};
use crate::messages::text_block;
use crate::words::words;
use ::store::StoreError;
use base::Sensitive;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The version of the envelope's contents.
const VERSION: u16 = 1;
/// The longest text, in characters.
const BLOCK_CHARS_MAX: usize = 4_000;
/// The longest line, in characters.
const LINE_CHARS_MAX: usize = 200;
/// The longest text of a notice, in characters.
const NOTICE_CHARS_MAX: usize = 6_000;
/// The largest number.
const NUMBER_MAX: u64 = 10_000_000_000;

words! {
    /// A text of a case.
    Field {
        /// What the case is called among staff.
        Title = "title",
        /// What happened.
        Summary = "summary",
        /// How it was discovered.
        Discovery = "discovery",
        /// The sector of the provider, as the authority's form lists them.
        Sector = "sector",
        /// How many people work for the provider.
        Size = "size",
        /// Who reports.
        ReporterName = "reporter_name",
        /// In what function.
        ReporterFunction = "reporter_function",
        /// The reporter's telephone number.
        ReporterPhone = "reporter_phone",
        /// The reporter's e-mail address.
        ReporterEmail = "reporter_email",
        /// Other parties and processors.
        Parties = "parties",
        /// What kind of incident.
        IncidentType = "incident_type",
        /// Whether the cause lies inside or outside.
        CauseOrigin = "cause_origin",
        /// Whether somebody meant it.
        CauseIntent = "cause_intent",
        /// The cause in words.
        Cause = "cause",
        /// Which systems.
        Systems = "systems",
        /// Categories of people.
        People = "people",
        /// At least how many people.
        PersonsMin = "persons_min",
        /// At most how many people.
        PersonsMax = "persons_max",
        /// Which data.
        DataTypes = "data_types",
        /// Which data, in words.
        DataOther = "data_other",
        /// Special categories and data about crimes (art. 9 and 10).
        Special = "special",
        /// How many records.
        Records = "records",
        /// Whether the data was unintelligible to others.
        Protected = "protected",
        /// How.
        Protection = "protection",
        /// Physical consequences.
        Physical = "physical",
        /// Material consequences.
        Material = "material",
        /// Immaterial consequences.
        Immaterial = "immaterial",
        /// How severe they are.
        Severity = "severity",
        /// The outcome of the weighing of risks.
        Risk = "risk",
        /// How risks were weighed.
        RiskMethod = "risk_method",
        /// Measures from before.
        MeasuresBefore = "measures_before",
        /// Measures that were taken.
        MeasuresTaken = "measures_taken",
        /// What limits the consequences.
        Mitigation = "mitigation",
        /// What keeps it from happening again.
        Prevention = "prevention",
        /// How people were told.
        ToldHow = "told_how",
        /// What they were told.
        ToldText = "told_text",
        /// Whether people in other countries are touched.
        CrossBorder = "cross_border",
        /// The lead authority.
        LeadAuthority = "lead_authority",
        /// Which countries, and how many people in each.
        Countries = "countries",
        /// Whether the police were told.
        Police = "police",
        /// Reports under other law.
        OtherRegimes = "other_regimes",
        /// Why the authority is not told.
        DecisionGround = "decision_ground",
        /// Why people are not told.
        TellingGround = "telling_ground",
        /// Why customers are told later.
        PostponedReason = "postponed_reason",
        /// Why the notification is late.
        LateAuthority = "late_authority",
        /// Why customers are told late.
        LateCustomers = "late_customers",
        /// Why the early warning is late.
        LateWarning = "late_nis2_early_warning",
        /// Why the notification of NIS 2 is late.
        LateNis2 = "late_nis2_notification",
        /// Why the final report of NIS 2 is late.
        LateReport = "late_nis2_report",
        /// The title of the notice to customers, in Dutch.
        NoticeTitleNl = "notice_title_nl",
        /// Its text.
        NoticeNl = "notice_nl",
        /// The title of the notice to customers, in English.
        NoticeTitleEn = "notice_title_en",
        /// Its text.
        NoticeEn = "notice_en",
        /// What was learned, and why the case is closed.
        Closing = "closing",
        /// The guide: whether personal data is concerned.
        GuidePersonal = "guide_personal",
        /// The guide: what happened to it.
        GuideEffects = "guide_effects",
        /// The guide: whether people may be harmed.
        GuideRisk = "guide_risk",
    }
}

words! {
    /// A part of the dossier.
    Topic {
        /// Who reports, and about whom.
        Organisation = "organisation",
        /// What happened, and when.
        Event = "event",
        /// Whose data, and which.
        Data = "data",
        /// What may come of it.
        Consequences = "consequences",
        /// What was done about it.
        Measures = "measures",
        /// Who was told.
        Told = "told",
        /// Other countries, police, other law.
        Elsewhere = "elsewhere",
    }
}

words! {
    /// A kind of personal data.
    DataType {
        /// Name and address.
        NameAddress = "name_address",
        /// Telephone number.
        Phone = "phone",
        /// E-mail address.
        Email = "email",
        /// Passwords and the like.
        Credentials = "credentials",
        /// Bank account, payments.
        Financial = "financial",
        /// National identification number.
        NationalId = "national_id",
        /// Copy of an identity document.
        IdentityCopy = "identity_copy",
        /// Date of birth.
        BirthDate = "birth_date",
        /// Something else, said in words.
        Other = "other",
    }
}

const TYPES: &[&str] = &[
    "hacking",
    "malware",
    "phishing",
    "lost_device",
    "wrong_recipient",
    "published",
    "unauthorised",
    "failure",
    "other",
];
const ORIGINS: &[&str] = &["internal", "external", "unknown"];
const INTENTS: &[&str] = &["malicious", "not_malicious", "unknown"];
const SPECIAL: &[&str] = &[
    "none",
    "race",
    "politics",
    "religion",
    "union",
    "genetic",
    "biometric",
    "health",
    "sexuality",
    "criminal",
];
const PROTECTED: &[&str] = &["none", "encrypted", "hashed", "pseudonymised", "partly"];
const SEVERITIES: &[&str] = &["negligible", "limited", "significant", "maximum"];
const RISKS: &[&str] = &["unlikely", "risk", "high_risk"];
const SIZES: &[&str] = &["1_9", "10_49", "50_249", "250_plus"];
const PERSONAL: &[&str] = &["yes", "no", "unsure"];
const EFFECTS: &[&str] = &["confidentiality", "integrity", "availability", "none", "unsure"];
const RISKS_ASKED: &[&str] = &["unlikely", "risk", "high_risk", "unsure"];
const YES_NO: &[&str] = &["yes", "no"];
const DATA_TYPES: &[&str] = &[
    "name_address",
    "phone",
    "email",
    "credentials",
    "financial",
    "national_id",
    "identity_copy",
    "birth_date",
    "other",
];

/// What is typed in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Line,
    /// Several lines.
    Block,
    /// A whole number.
    Number,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words, kept with spaces between.
    Choices(&'static [&'static str]),
}

impl Field {
    /// What is typed.
    #[must_use]
    pub const fn kind(self) -> FieldKind {
        match self {
            Self::Title
            | Self::Sector
            | Self::ReporterName
            | Self::ReporterFunction
            | Self::ReporterPhone
            | Self::ReporterEmail
            | Self::LeadAuthority
            | Self::NoticeTitleNl
            | Self::NoticeTitleEn => FieldKind::Line,
            Self::PersonsMin | Self::PersonsMax | Self::Records => FieldKind::Number,
            Self::Size => FieldKind::Choice(SIZES),
            Self::IncidentType => FieldKind::Choice(TYPES),
            Self::CauseOrigin => FieldKind::Choice(ORIGINS),
            Self::CauseIntent => FieldKind::Choice(INTENTS),
            Self::Protected => FieldKind::Choice(PROTECTED),
            Self::Severity => FieldKind::Choice(SEVERITIES),
            Self::Risk => FieldKind::Choice(RISKS),
            Self::CrossBorder => FieldKind::Choice(YES_NO),
            Self::GuidePersonal => FieldKind::Choice(PERSONAL),
            Self::GuideEffects => FieldKind::Choices(EFFECTS),
            Self::GuideRisk => FieldKind::Choice(RISKS_ASKED),
            Self::DataTypes => FieldKind::Choices(DATA_TYPES),
            Self::Special => FieldKind::Choices(SPECIAL),
            _ => FieldKind::Block,
        }
    }

    /// In which part of the dossier it stands; none for what is no part of it.
    #[must_use]
    pub const fn topic(self) -> Option<Topic> {
        Some(match self {
            Self::Sector
            | Self::Size
            | Self::ReporterName
            | Self::ReporterFunction
            | Self::ReporterPhone
            | Self::ReporterEmail
            | Self::Parties => Topic::Organisation,
            Self::Title
            | Self::Summary
            | Self::Discovery
            | Self::IncidentType
            | Self::CauseOrigin
            | Self::CauseIntent
            | Self::Cause
            | Self::Systems => Topic::Event,
            Self::People
            | Self::PersonsMin
            | Self::PersonsMax
            | Self::DataTypes
            | Self::DataOther
            | Self::Special
            | Self::Records
            | Self::Protected
            | Self::Protection => Topic::Data,
            Self::Physical
            | Self::Material
            | Self::Immaterial
            | Self::Severity
            | Self::Risk
            | Self::RiskMethod => Topic::Consequences,
            Self::MeasuresBefore | Self::MeasuresTaken | Self::Mitigation | Self::Prevention => {
                Topic::Measures
            }
            Self::ToldHow | Self::ToldText => Topic::Told,
            Self::CrossBorder | Self::LeadAuthority | Self::Countries | Self::Police | Self::OtherRegimes => {
                Topic::Elsewhere
            }
            _ => return None,
        })
    }

    /// The fields of a part, in the order of the dossier.
    pub fn of_topic(topic: Topic) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |field| field.topic() == Some(topic))
    }

    /// Whether a complete dossier needs it, given what else it says.
    #[must_use]
    pub fn is_needed(self, texts: &Texts) -> bool {
        let says = |field: Self, word: &str| texts.get(field) == Some(word);
        match self {
            Self::Sector
            | Self::Size
            | Self::ReporterName
            | Self::ReporterFunction
            | Self::ReporterPhone
            | Self::Title
            | Self::Summary
            | Self::Discovery
            | Self::IncidentType
            | Self::CauseOrigin
            | Self::CauseIntent
            | Self::Systems
            | Self::People
            | Self::PersonsMin
            | Self::PersonsMax
            | Self::DataTypes
            | Self::Special
            | Self::Records
            | Self::Protected
            | Self::Physical
            | Self::Material
            | Self::Immaterial
            | Self::Severity
            | Self::Risk
            | Self::RiskMethod
            | Self::MeasuresBefore
            | Self::MeasuresTaken
            | Self::Mitigation
            | Self::Prevention
            | Self::CrossBorder => true,
            Self::DataOther => texts.words(Self::DataTypes).any(|word| word == "other"),
            Self::Protection => texts.get(Self::Protected).is_some() && !says(Self::Protected, "none"),
            Self::LeadAuthority | Self::Countries => says(Self::CrossBorder, "yes"),
            _ => false,
        }
    }

    /// The field that says why a clock is late.
    #[must_use]
    pub const fn of_reason(kind: ClockKind) -> Self {
        match kind {
            ClockKind::Authority => Self::LateAuthority,
            ClockKind::Customers => Self::LateCustomers,
            ClockKind::EarlyWarning => Self::LateWarning,
            ClockKind::Nis2Notification => Self::LateNis2,
            ClockKind::Nis2Report => Self::LateReport,
        }
    }

    fn check(self, text: &str) -> Result<String, Problem> {
        let text = match self.kind() {
            FieldKind::Line => return single_line(text, LINE_CHARS_MAX),
            FieldKind::Block => {
                let notice = matches!(self, Self::NoticeNl | Self::NoticeEn);
                return text_block(text, if notice { NOTICE_CHARS_MAX } else { BLOCK_CHARS_MAX });
            }
            _ => text.trim(),
        };
        match self.kind() {
            FieldKind::Number => {
                let digits: String = text.chars().filter(|c| !matches!(c, '.' | ' ' | '\u{a0}')).collect();
                let plain =
                    !digits.is_empty() && digits.len() <= 11 && digits.bytes().all(|b| b.is_ascii_digit());
                let number = plain.then(|| digits.parse::<u64>().ok()).flatten().filter(|n| *n <= NUMBER_MAX);
                number.map(|n| n.to_string()).ok_or(Problem::Number)
            }
            FieldKind::Choice(words) => {
                if words.contains(&text) {
                    Ok(text.to_owned())
                } else {
                    Err(Problem::Choice)
                }
            }
            FieldKind::Choices(words) => {
                let chosen: Vec<&str> = text.split_whitespace().collect();
                if chosen.iter().all(|word| words.contains(word)) {
                    // In the order of the list, each once.
                    Ok(words
                        .iter()
                        .filter(|word| chosen.contains(word))
                        .copied()
                        .collect::<Vec<_>>()
                        .join(" "))
                } else {
                    Err(Problem::Choice)
                }
            }
            FieldKind::Line | FieldKind::Block => unreachable!("answered above"),
        }
    }
}

/// The texts of a case.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Texts(BTreeMap<Field, Sensitive<String>>);

impl Texts {
    /// What a field says; none when nothing was written.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(|text| text.expose().as_str())
    }

    /// The words that were chosen in a field.
    pub fn words(&self, field: Field) -> impl Iterator<Item = &str> {
        self.get(field).unwrap_or_default().split_whitespace()
    }

    /// A number that was filled in.
    #[must_use]
    pub fn number(&self, field: Field) -> Option<u64> {
        self.get(field)?.parse().ok()
    }

    /// The same with a text, which is known to be well-formed.
    #[must_use]
    pub fn with(mut self, field: Field, text: impl Into<Sensitive<String>>) -> Self {
        self.0.insert(field, text.into());
        self
    }

    /// Puts what people typed in the place of what was there; an empty field empties.
    ///
    /// # Errors
    /// The fields that are wrong; nothing changes then.
    pub fn write<'a>(&mut self, typed: impl IntoIterator<Item = (Field, &'a str)>) -> Result<(), Problems> {
        let mut problems = Problems::new();
        let mut next = self.clone();
        for (field, text) in typed {
            if text.trim().is_empty() {
                next.0.remove(&field);
            } else if let Some(text) = problems.take(field.as_str(), field.check(text)) {
                next.0.insert(field, text.into());
            }
        }
        if let (Some(min), Some(max)) = (next.number(Field::PersonsMin), next.number(Field::PersonsMax))
            && min > max
        {
            problems.add(Field::PersonsMax.as_str(), Problem::Number);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        *self = next;
        Ok(())
    }

    /// The fields whose text differs between two versions, by name: what the ledger may tell.
    #[must_use]
    pub fn changed(&self, before: &Self) -> Vec<&'static str> {
        let differs = |field: &&Field| self.get(**field) != before.get(**field);
        Field::ALL.iter().filter(differs).map(|field| field.as_str()).collect()
    }

    /// The fields that a complete dossier lacks.
    #[must_use]
    pub fn missing(&self) -> Vec<Field> {
        let missing = |field: &&Field| field.is_needed(self) && self.get(**field).is_none();
        Field::ALL.iter().filter(missing).copied().collect()
    }

    /// As sealed.
    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, OfficeError> {
        let texts = self.0.iter().map(|(field, text)| (field.as_str(), text.expose().as_str())).collect();
        let written = serde_json::to_vec(&Out { v: VERSION, texts });
        written.map(Zeroizing::new).map_err(|_| OfficeError::Other("a case that cannot be written".into()))
    }

    /// Reads what was sealed.
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || StoreError::inconsistent("the texts of a case");
        let read: In = serde_json::from_slice(bytes).map_err(|_| damaged())?;
        if read.v != VERSION {
            return Err(damaged());
        }
        let texts = read.texts.into_iter().map(|(name, text)| Some((Field::parse(&name)?, text)));
        texts.collect::<Option<_>>().map(Self).ok_or_else(damaged)
    }
}

#[derive(Serialize)]
struct Out<'a> {
    v: u16,
    #[serde(flatten)]
    texts: BTreeMap<&'a str, &'a str>,
}

#[derive(Deserialize)]
struct In {
    v: u16,
    #[serde(flatten)]
    texts: BTreeMap<String, Sensitive<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_checked_and_survives_its_envelope() {
        let mut texts = Texts::default();
        let typed = [
            (Field::Title, "  Lek in  het paneel "),
            (Field::Summary, "Regel 1\r\nRegel 2"),
            (Field::PersonsMin, "1.200"),
            (Field::PersonsMax, "1300"),
            (Field::DataTypes, "email name_address email"),
            (Field::Risk, "high_risk"),
        ];
        texts.write(typed).expect("fine");
        assert_eq!(texts.get(Field::Title), Some("Lek in het paneel"));
        assert_eq!(texts.number(Field::PersonsMin), Some(1_200));
        assert_eq!(texts.get(Field::DataTypes), Some("name_address email"));
        let read = Texts::from_json(&texts.to_json().expect("written")).expect("read");
        assert_eq!(read, texts);
        let before = texts.clone();
        texts.write([(Field::Title, " "), (Field::Summary, "Regel 1\nRegel 2")]).expect("fine");
        assert_eq!((texts.get(Field::Title), texts.changed(&before)), (None, vec!["title"]));
        assert_eq!(format!("{texts:?}").find("Regel"), None);
    }

    /// The example of docs/formats/incident.md: what version 1 wrote is read for ever.
    #[test]
    fn version_1_is_written_and_read_as_documented() {
        let example = r#"{"v":1,"persons_min":"120","title":"Lek in het paneel"}"#;
        assert!(include_str!("../../../../docs/formats/incident.md").contains(example));
        let read = Texts::from_json(example.as_bytes()).expect("read");
        assert_eq!(read.number(Field::PersonsMin), Some(120));
        let mut again: Vec<_> =
            serde_json::from_slice::<BTreeMap<String, serde_json::Value>>(&read.to_json().expect("written"))
                .expect("JSON")
                .into_iter()
                .collect();
        again.sort_by(|a, b| a.0.cmp(&b.0));
        let expected: BTreeMap<String, serde_json::Value> = serde_json::from_str(example).expect("JSON");
        assert_eq!(again, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_is_wrong_changes_nothing() {
        let before = Texts::default().with(Field::PersonsMin, "9".to_owned());
        let mut texts = before.clone();
        let typed = [
            (Field::PersonsMax, "8"),
            (Field::Risk, "middling"),
            (Field::Records, "many"),
            (Field::Special, "health shoe_size"),
            (Field::Title, "x"),
        ];
        let problems = texts.write(typed).expect_err("wrong");
        for field in ["persons_max", "risk", "records", "special"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
        assert_eq!((problems.all().len(), texts), (4, before));
    }

    #[test]
    fn a_damaged_envelope_is_refused() {
        for bad in
            ["", "{}", r#"{"v":2}"#, r#"{"v":1,"shoe":"x"}"#, r#"{"v":1,"title":2}"#, r#"{"title":"x"}"#]
        {
            assert!(Texts::from_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_follows_from_what_is_said() {
        let all = Texts::default().missing();
        assert!(
            all.contains(&Field::Summary)
                && !all.contains(&Field::DataOther)
                && !all.contains(&Field::Countries)
        );
        let texts = Texts::default()
            .with(Field::DataTypes, "other".to_owned())
            .with(Field::CrossBorder, "yes".to_owned())
            .with(Field::Protected, "hashed".to_owned());
        for field in [Field::DataOther, Field::LeadAuthority, Field::Countries, Field::Protection] {
            assert!(texts.missing().contains(&field), "{field:?}");
        }
    }
}
