//! What fields and words of a case are called, on forms and in dossiers, in Dutch and English.

use super::clock::ClockKind;
use super::fields::{Field, Topic};
use base::Language;

type Label = (&'static str, &'static str);

const fn pick(label: Label, language: Language) -> &'static str {
    match language {
        Language::Nl => label.0,
        Language::En => label.1,
    }
}

impl Topic {
    /// Its heading.
    #[must_use]
    pub const fn label(self, language: Language) -> &'static str {
        let label = match self {
            Self::Organisation => ("Organisatie en melder", "Organisation and reporter"),
            Self::Event => ("Wat er is gebeurd", "What happened"),
            Self::Data => ("Betrokkenen en gegevens", "People and data"),
            Self::Consequences => ("Gevolgen en risico", "Consequences and risk"),
            Self::Measures => ("Maatregelen", "Measures"),
            Self::Told => ("Informeren van betrokkenen", "Telling people"),
            Self::Elsewhere => ("Grensoverschrijdend en andere meldingen", "Cross-border and other reports"),
        };
        pick(label, language)
    }
}

impl ClockKind {
    /// What it is for.
    #[must_use]
    pub const fn label(self, language: Language) -> &'static str {
        let label = match self {
            Self::Authority => {
                ("Melding bij de Autoriteit Persoonsgegevens", "Notification to the supervisory authority")
            }
            Self::Customers => ("Klanten inlichten", "Telling customers"),
            Self::EarlyWarning => ("NIS2: vroegtijdige waarschuwing", "NIS 2: early warning"),
            Self::Nis2Notification => ("NIS2: melding", "NIS 2: notification"),
            Self::Nis2Report => ("NIS2: eindverslag", "NIS 2: final report"),
        };
        pick(label, language)
    }
}

impl Field {
    /// What it is called.
    #[must_use]
    pub const fn label(self, language: Language) -> &'static str {
        pick(label(self), language)
    }

    /// What one of its words is called.
    #[must_use]
    pub fn word(self, word: &str, language: Language) -> &'static str {
        WORDS.iter().find(|(known, _)| *known == word).map_or("?", |(_, label)| pick(*label, language))
    }
}

const fn label(field: Field) -> Label {
    match field {
        Field::Title => ("Korte aanduiding", "Short name"),
        Field::Summary => ("Samenvatting van het incident", "Summary of the incident"),
        Field::Discovery => ("Hoe het is ontdekt", "How it was discovered"),
        Field::Sector => ("Sector", "Sector"),
        Field::Size => ("Aantal medewerkers", "Number of employees"),
        Field::ReporterName => ("Naam van de melder", "Name of the reporter"),
        Field::ReporterFunction => ("Functie van de melder", "Function of the reporter"),
        Field::ReporterPhone => ("Telefoonnummer van de melder", "Telephone of the reporter"),
        Field::ReporterEmail => ("E-mailadres van de melder", "E-mail address of the reporter"),
        Field::Parties => ("Andere partijen en verwerkers", "Other parties and processors"),
        Field::IncidentType => ("Soort incident", "Type of incident"),
        Field::CauseOrigin => {
            ("Oorzaak: binnen of buiten de organisatie", "Cause: inside or outside the organisation")
        }
        Field::CauseIntent => ("Oorzaak: opzet", "Cause: intent"),
        Field::Cause => ("Toelichting op de oorzaak", "The cause in words"),
        Field::Systems => ("Getroffen systemen", "Systems concerned"),
        Field::People => ("Categorieën betrokkenen", "Categories of people"),
        Field::PersonsMin => ("Minimum aantal personen", "Minimum number of people"),
        Field::PersonsMax => ("Maximum aantal personen", "Maximum number of people"),
        Field::DataTypes => ("Soorten persoonsgegevens", "Types of personal data"),
        Field::DataOther => ("Toelichting op de gegevens", "The data in words"),
        Field::Special => ("Bijzondere en strafrechtelijke gegevens", "Special categories and criminal data"),
        Field::Records => ("Aantal gegevensrecords", "Number of records"),
        Field::Protected => ("Onbegrijpelijk voor anderen", "Unintelligible to others"),
        Field::Protection => ("Hoe de gegevens waren beschermd", "How the data was protected"),
        Field::Physical => ("Lichamelijke gevolgen", "Physical consequences"),
        Field::Material => ("Materiële gevolgen", "Material consequences"),
        Field::Immaterial => ("Immateriële gevolgen", "Immaterial consequences"),
        Field::Severity => ("Ernst van de gevolgen", "Severity of the consequences"),
        Field::Risk => ("Uitkomst van de risicoweging", "Outcome of the weighing of risk"),
        Field::RiskMethod => ("Methode van de risicoweging", "Method of the weighing of risk"),
        Field::MeasuresBefore => ("Maatregelen van vóór het incident", "Measures from before the incident"),
        Field::MeasuresTaken => ("Genomen maatregelen", "Measures taken"),
        Field::Mitigation => ("Beperking van de gevolgen", "Mitigation of the consequences"),
        Field::Prevention => ("Voorkomen van herhaling", "Prevention of recurrence"),
        Field::ToldHow => ("Hoe betrokkenen zijn geïnformeerd", "How people were told"),
        Field::ToldText => ("Tekst aan betrokkenen", "Text to people"),
        Field::CrossBorder => ("Betrokkenen in andere landen", "People in other countries"),
        Field::LeadAuthority => ("Leidende toezichthouder", "Lead authority"),
        Field::Countries => ("Landen en aantallen", "Countries and numbers"),
        Field::Police => ("Aangifte bij de politie", "Report to the police"),
        Field::OtherRegimes => ("Meldingen onder andere wetten", "Reports under other law"),
        Field::DecisionGround => ("Grond om niet te melden", "Ground not to notify"),
        Field::TellingGround => ("Grond om betrokkenen niet te informeren", "Ground not to tell people"),
        Field::PostponedReason => ("Reden van uitstel", "Reason of the postponement"),
        Field::LateAuthority
        | Field::LateCustomers
        | Field::LateWarning
        | Field::LateNis2
        | Field::LateReport => ("Reden van te late melding", "Reason when late"),
        Field::NoticeTitleNl => ("Onderwerp (Nederlands)", "Title (Dutch)"),
        Field::NoticeNl => ("Bericht (Nederlands)", "Notice (Dutch)"),
        Field::NoticeTitleEn => ("Onderwerp (Engels)", "Title (English)"),
        Field::NoticeEn => ("Bericht (Engels)", "Notice (English)"),
        Field::Closing => ("Afsluiting en geleerde lessen", "Closing and lessons"),
        Field::GuidePersonal => ("Gaat het om persoonsgegevens?", "Is personal data concerned?"),
        Field::GuideEffects => ("Wat is er met de gegevens gebeurd?", "What happened to the data?"),
        Field::GuideRisk => ("Kunnen mensen er nadeel van hebben?", "Can people be harmed?"),
    }
}

const WORDS: &[(&str, Label)] = &[
    ("hacking", ("hacking of inbraak in een systeem", "hacking or intrusion")),
    ("malware", ("schadelijke software of gijzelsoftware", "malware or ransomware")),
    ("phishing", ("phishing", "phishing")),
    ("lost_device", ("verloren of gestolen apparaat of gegevensdrager", "lost or stolen device or medium")),
    ("wrong_recipient", ("verstuurd of getoond aan de verkeerde", "sent or shown to the wrong person")),
    ("published", ("per ongeluk gepubliceerd", "published by mistake")),
    ("unauthorised", ("onbevoegde inzage door eigen mensen", "unauthorised access by own people")),
    ("failure", ("storing of verlies van gegevens", "failure or loss of data")),
    ("other", ("iets anders", "something else")),
    ("internal", ("binnen de organisatie", "inside the organisation")),
    ("external", ("buiten de organisatie", "outside the organisation")),
    ("unknown", ("niet bekend", "not known")),
    ("malicious", ("opzettelijk", "malicious")),
    ("not_malicious", ("niet opzettelijk", "not malicious")),
    ("none", ("geen", "none")),
    ("race", ("ras of etnische afkomst", "race or ethnic origin")),
    ("politics", ("politieke opvattingen", "political opinions")),
    ("religion", ("religie of levensovertuiging", "religion or belief")),
    ("union", ("lidmaatschap van een vakbond", "trade-union membership")),
    ("genetic", ("genetische gegevens", "genetic data")),
    ("biometric", ("biometrische gegevens", "biometric data")),
    ("health", ("gezondheid", "health")),
    ("sexuality", ("seksueel gedrag of gerichtheid", "sex life or orientation")),
    ("criminal", ("strafrechtelijke gegevens", "criminal convictions and offences")),
    ("encrypted", ("versleuteld", "encrypted")),
    ("hashed", ("gehasht", "hashed")),
    ("pseudonymised", ("gepseudonimiseerd", "pseudonymised")),
    ("partly", ("gedeeltelijk", "partly")),
    ("negligible", ("verwaarloosbaar", "negligible")),
    ("limited", ("beperkt", "limited")),
    ("significant", ("aanzienlijk", "significant")),
    ("maximum", ("zeer groot", "maximum")),
    ("unlikely", ("risico niet waarschijnlijk", "risk unlikely")),
    ("risk", ("risico", "risk")),
    ("high_risk", ("hoog risico", "high risk")),
    ("1_9", ("1 tot en met 9", "1 to 9")),
    ("10_49", ("10 tot en met 49", "10 to 49")),
    ("50_249", ("50 tot en met 249", "50 to 249")),
    ("250_plus", ("250 of meer", "250 or more")),
    ("yes", ("ja", "yes")),
    ("no", ("nee", "no")),
    ("unsure", ("dat weet ik niet zeker", "I am not sure")),
    ("name_address", ("naam en adres", "name and address")),
    ("phone", ("telefoonnummer", "telephone number")),
    ("email", ("e-mailadres", "e-mail address")),
    ("credentials", ("inloggegevens", "credentials")),
    ("financial", ("financiële gegevens", "financial data")),
    ("national_id", ("burgerservicenummer", "national identification number")),
    ("identity_copy", ("kopie van een identiteitsbewijs", "copy of an identity document")),
    ("birth_date", ("geboortedatum", "date of birth")),
    (
        "confidentiality",
        ("vertrouwelijkheid: onbevoegden konden erbij", "confidentiality: others could get at it"),
    ),
    ("integrity", ("integriteit: gegevens zijn gewijzigd", "integrity: data was changed")),
    (
        "availability",
        ("beschikbaarheid: gegevens zijn weg of onbereikbaar", "availability: data is lost or out of reach"),
    ),
    ("controller", ("verwerkingsverantwoordelijke", "controller")),
    ("processor", ("verwerker", "processor")),
    ("mandate", ("verwerker die namens klanten meldt", "processor that reports for customers")),
    ("gdpr", ("AVG", "GDPR")),
    ("nis2", ("NIS2", "NIS 2")),
    ("gdpr_nis2", ("AVG en NIS2", "GDPR and NIS 2")),
    ("suspected", ("vermoed", "suspected")),
    ("aware", ("vastgesteld", "established")),
    ("closed", ("afgesloten", "closed")),
    ("open", ("open", "open")),
    ("notify", ("melden bij de autoriteit", "notify the authority")),
    ("no_risk", ("niet melden: een risico is niet waarschijnlijk", "not notify: a risk is unlikely")),
    (
        "not_ours",
        (
            "niet melden: dat doen de klanten, die wij inlichten",
            "not notify: the customers do, and we tell them",
        ),
    ),
    ("no_leak", ("geen datalek", "no leak")),
    ("tell", ("betrokkenen informeren", "tell people")),
    ("no_high_risk", ("niet informeren: geen hoog risico", "not tell: no high risk")),
    (
        "unintelligible",
        (
            "niet informeren: gegevens onbegrijpelijk (34, lid 3, onder a)",
            "not tell: data unintelligible (34(3)(a))",
        ),
    ),
    (
        "measures_taken",
        ("niet informeren: maatregelen achteraf (34, lid 3, onder b)", "not tell: later measures (34(3)(b))"),
    ),
    ("public", ("openbare mededeling (34, lid 3, onder c)", "public communication (34(3)(c))")),
    ("initial", ("eerste melding", "first notification")),
    ("follow_up", ("vervolgmelding", "follow-up")),
    ("complete", ("volledige melding", "complete notification")),
    ("withdrawal", ("intrekking", "withdrawal")),
    ("nis2_early_warning", ("NIS2: vroegtijdige waarschuwing", "NIS 2: early warning")),
    ("nis2_notification", ("NIS2: melding", "NIS 2: notification")),
    ("nis2_report", ("NIS2: eindverslag", "NIS 2: final report")),
    ("report", ("datalek: melden bij de toezichthouder", "leak: report it to the authority")),
    ("record", ("datalek: vastleggen, melden is niet nodig", "leak: record it, no report needed")),
    ("unclear", ("nog niet duidelijk", "not clear yet")),
    ("new", ("nieuwe melding", "new report")),
    ("provisional", ("voorlopig", "provisional")),
];

/// What a word of a case is called: a state, role, decision, report or choice.
#[must_use]
pub fn word(word: &str, language: Language) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == word).map_or("?", |(_, label)| pick(*label, language))
}

#[cfg(test)]
mod tests {
    use super::super::fields::FieldKind;
    use super::super::leaks::Outcome;
    use super::super::model::{Decision, IncidentRole, IncidentState, Regime, ReportKind, Telling};
    use super::*;

    #[test]
    fn every_word_has_a_name_in_both_languages() {
        let mut words: Vec<&str> = Vec::new();
        for field in Field::ALL {
            if let FieldKind::Choice(list) | FieldKind::Choices(list) = field.kind() {
                words.extend(list);
            }
        }
        words.extend(Decision::ALL.iter().map(|word| word.as_str()));
        words.extend(IncidentRole::ALL.iter().map(|word| word.as_str()));
        words.extend(IncidentState::ALL.iter().map(|word| word.as_str()));
        words.extend(Outcome::ALL.iter().map(|word| word.as_str()));
        words.extend(Regime::ALL.iter().map(|word| word.as_str()));
        words.extend(ReportKind::ALL.iter().map(|word| word.as_str()));
        words.extend(Telling::ALL.iter().map(|word| word.as_str()));
        for known in words {
            for language in Language::ALL {
                assert_ne!(word(known, language), "?", "{known}");
            }
        }
    }
}
