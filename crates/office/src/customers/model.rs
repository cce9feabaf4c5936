//! What a customer is, and the parsing of what somebody types into one that cannot be wrong in form.

use crate::form::{Problem, Problems};
use base::{Language, Sensitive, SubjectId, Timestamp};
use core::fmt;

base::id_type!(
    /// The id of a customer.
    CustomerId,
    "customer"
);

/// The longest single-line value, in characters.
const LINE_CHARS_MAX: usize = 120;
/// The longest e-mail address, in octets (RFC 5321 section 4.5.3.1.3 less the brackets).
const EMAIL_BYTES_MAX: usize = 254;

/// The number a customer is known by on paper, such as `K100042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerNumber(pub(crate) i64);

impl CustomerNumber {
    /// The plain number.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.0
    }

    /// Reads `K100042` or `100042`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches(['K', 'k']);
        if digits.is_empty() || digits.len() > 12 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(Self)
    }
}

impl fmt::Display for CustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "K{}", self.0)
    }
}

/// A natural person or an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerKind {
    /// A natural person, not acting for a business.
    Person,
    /// A business, association or public body.
    Organisation,
}

impl CustomerKind {
    /// The word in the database, forms and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Person, Self::Organisation].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Street and number.
    pub street: Sensitive<String>,
    /// Postcode; Dutch ones as `1234 AB`.
    pub postcode: Sensitive<String>,
    /// Place.
    pub city: Sensitive<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Sensitive<String>,
}

/// The contact data of a customer, checked for form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Person or organisation.
    pub kind: CustomerKind,
    /// The person, or the contact person of the organisation.
    pub name: Sensitive<String>,
    /// The organisation's name; present for organisations only.
    pub organisation: Option<Sensitive<String>>,
    /// Number of the Dutch trade register: eight digits.
    pub kvk: Option<Sensitive<String>>,
    /// VAT identification number with country prefix.
    pub vat: Option<Sensitive<String>>,
    /// The address that mail about the agreement goes to.
    pub email: Sensitive<String>,
    /// Telephone number, digits with an optional leading `+`.
    pub phone: Option<Sensitive<String>>,
    /// Where post goes; absent until it is needed.
    pub address: Option<Address>,
    /// The language of mails and documents.
    pub language: Language,
}

/// A customer, opened.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// The subject whose keys its data is under.
    pub subject: SubjectId,
    /// Its number.
    pub number: CustomerNumber,
    /// Counts the changes; part of the envelopes, so that an old value cannot be put back unseen.
    pub revision: u32,
    /// Its contact data.
    pub profile: Profile,
    /// Since when processing is restricted (GDPR art. 18), if it is.
    pub restricted_at: Option<Timestamp>,
    /// When the agreement ended, if it did.
    pub agreement_ended_at: Option<Timestamp>,
    /// Since when it is a customer.
    pub created_at: Timestamp,
}

impl Customer {
    /// The name it goes by: the organisation's, else the person's.
    #[must_use]
    pub const fn display_name(&self) -> &Sensitive<String> {
        match &self.profile.organisation {
            Some(organisation) => organisation,
            None => &self.profile.name,
        }
    }
}

/// A profile as typed, before anything is known to be right.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    /// `person` or `organisation`.
    pub kind: String,
    /// Name of the person.
    pub name: Sensitive<String>,
    /// Name of the organisation.
    pub organisation: Sensitive<String>,
    /// KvK number.
    pub kvk: Sensitive<String>,
    /// VAT number.
    pub vat: Sensitive<String>,
    /// E-mail address.
    pub email: Sensitive<String>,
    /// Telephone number.
    pub phone: Sensitive<String>,
    /// Street and number.
    pub street: Sensitive<String>,
    /// Postcode.
    pub postcode: Sensitive<String>,
    /// Place.
    pub city: Sensitive<String>,
    /// Country code; empty means NL.
    pub country: Sensitive<String>,
    /// `nl` or `en`; empty means nl.
    pub language: String,
}

impl ProfileForm {
    /// The form filled with what is stored, for a page that changes it.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let text = |value: &Option<Sensitive<String>>| value.clone().unwrap_or_default();
        let address = profile.address.clone().unwrap_or_default();
        Self {
            kind: profile.kind.as_str().to_owned(),
            name: profile.name.clone(),
            organisation: text(&profile.organisation),
            kvk: text(&profile.kvk),
            vat: text(&profile.vat),
            email: profile.email.clone(),
            phone: text(&profile.phone),
            street: address.street,
            postcode: address.postcode,
            city: address.city,
            country: address.country,
            language: profile.language.tag().to_owned(),
        }
    }

    /// The profile, if every field is right in form.
    ///
    /// # Errors
    /// Each field that is not, with its problem.
    pub fn parse(&self) -> Result<Profile, Problems> {
        let mut problems = Problems::new();
        let kind = CustomerKind::parse(self.kind.trim());
        if kind.is_none() {
            problems.add("kind", Problem::Choice);
        }
        let name = problems.take("name", single_line(self.name.expose(), LINE_CHARS_MAX));
        let organisation = optional(&self.organisation, |text| single_line(text, LINE_CHARS_MAX));
        let organisation = problems.take("organisation", organisation).flatten();
        if kind == Some(CustomerKind::Organisation)
            && organisation.is_none()
            && problems.of("organisation").is_none()
        {
            problems.add("organisation", Problem::Missing);
        }
        let kvk = problems.take("kvk", optional(&self.kvk, kvk)).flatten();
        let vat = problems.take("vat", optional(&self.vat, vat)).flatten();
        let email = problems.take("email", email(self.email.expose()));
        let phone = problems.take("phone", optional(&self.phone, phone)).flatten();
        let address = self.parse_address(&mut problems);
        let language = match self.language.trim() {
            "" => Some(Language::Nl),
            tag => Language::from_tag(tag),
        };
        if language.is_none() {
            problems.add("language", Problem::Choice);
        }
        match (kind, name, email, language) {
            (Some(kind), Some(name), Some(email), Some(language)) if problems.is_empty() => Ok(Profile {
                kind,
                name: name.into(),
                organisation: organisation.filter(|_| kind == CustomerKind::Organisation).map(Sensitive::new),
                kvk: kvk.map(Sensitive::new),
                vat: vat.map(Sensitive::new),
                email: email.into(),
                phone: phone.map(Sensitive::new),
                address,
                language,
            }),
            _ => Err(problems),
        }
    }

    fn parse_address(&self, problems: &mut Problems) -> Option<Address> {
        let empty = |value: &Sensitive<String>| value.expose().trim().is_empty();
        if empty(&self.street) && empty(&self.postcode) && empty(&self.city) {
            return None;
        }
        let country = match self.country.expose().trim() {
            "" => Some("NL".to_owned()),
            text => problems.take("country", country(text)),
        };
        let street = problems.take("street", single_line(self.street.expose(), LINE_CHARS_MAX));
        let dutch = country.as_deref() == Some("NL");
        let postcode = if dutch {
            dutch_postcode(self.postcode.expose())
        } else {
            single_line(self.postcode.expose(), 16)
        };
        let postcode = problems.take("postcode", postcode);
        let city = problems.take("city", single_line(self.city.expose(), LINE_CHARS_MAX));
        Some(Address {
            street: street?.into(),
            postcode: postcode?.into(),
            city: city?.into(),
            country: country?.into(),
        })
    }
}

fn optional(
    value: &Sensitive<String>,
    parse: impl FnOnce(&str) -> Result<String, Problem>,
) -> Result<Option<String>, Problem> {
    if value.expose().trim().is_empty() { Ok(None) } else { parse(value.expose()).map(Some) }
}

/// One line of text: trimmed, inner white space folded, no control or direction-changing characters.
///
/// # Errors
/// [`Problem::Missing`], [`Problem::TooLong`] or [`Problem::Characters`].
pub fn single_line(text: &str, max: usize) -> Result<String, Problem> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.is_empty() {
        return Err(Problem::Missing);
    }
    if folded.chars().count() > max {
        return Err(Problem::TooLong { max });
    }
    let foreign = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if folded.chars().any(foreign) { Err(Problem::Characters) } else { Ok(folded) }
}

/// An e-mail address in the form that forms accept (HTML section 4.10.5.1.5), with a dot in the
/// domain and within the lengths of RFC 5321.
///
/// # Errors
/// [`Problem::Missing`], [`Problem::TooLong`] or [`Problem::Email`].
pub fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if text.len() > EMAIL_BYTES_MAX {
        return Err(Problem::TooLong { max: EMAIL_BYTES_MAX });
    }
    let (local, domain) = text.rsplit_once('@').ok_or(Problem::Email)?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| {
            !c.is_ascii() && !c.is_control()
                || c.is_ascii_alphanumeric()
                || "!#$%&'*+/=?^_`{|}~.-".contains(c)
        });
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_ok =
        domain.contains('.') && domain.split('.').all(label_ok) && idna::domain_to_ascii(domain).is_ok();
    if local_ok && domain_ok { Ok(text.to_owned()) } else { Err(Problem::Email) }
}

fn phone(text: &str) -> Result<String, Problem> {
    let kept: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
    let digits = kept.strip_prefix('+').unwrap_or(&kept);
    let right = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if right { Ok(kept) } else { Err(Problem::Phone) }
}

fn dutch_postcode(text: &str) -> Result<String, Problem> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    if kept.is_empty() {
        return Err(Problem::Missing);
    }
    let right = kept.len() == 6
        && kept.is_ascii()
        && kept.as_bytes()[0] != b'0'
        && kept.bytes().take(4).all(|b| b.is_ascii_digit())
        && kept.bytes().skip(4).all(|b| b.is_ascii_uppercase());
    if right { Ok(format!("{} {}", &kept[..4], &kept[4..])) } else { Err(Problem::Postcode) }
}

fn country(text: &str) -> Result<String, Problem> {
    let code = text.trim().to_ascii_uppercase();
    if COUNTRIES.split(' ').any(|known| known == code) { Ok(code) } else { Err(Problem::Country) }
}

/// ISO 3166-1 alpha-2, the officially assigned codes.
pub(crate) const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

fn kvk(text: &str) -> Result<String, Problem> {
    let kept: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    if kept.len() == 8 && kept.bytes().all(|b| b.is_ascii_digit()) { Ok(kept) } else { Err(Problem::Kvk) }
}

/// VAT numbers by form: the Dutch ones with their check (modulo 97 over the whole number, or the
/// older eleven-test on the nine digits), others by the lengths of the member state.
fn vat(text: &str) -> Result<String, Problem> {
    let kept: String =
        text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect::<String>().to_ascii_uppercase();
    if !kept.is_ascii() || kept.len() < 4 {
        return Err(Problem::Vat);
    }
    let (country, rest) = kept.split_at(2);
    let right = if country == "NL" { dutch_vat(rest) } else { foreign_vat(country, rest) };
    if right { Ok(kept) } else { Err(Problem::Vat) }
}

fn dutch_vat(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let form = bytes.len() == 12
        && bytes[9] == b'B'
        && bytes.iter().enumerate().all(|(i, b)| i == 9 || b.is_ascii_digit())
        && &rest[10..] != "00";
    if !form {
        return false;
    }
    let eleven: u32 = (0..8).map(|i| u32::from(bytes[i] - b'0') * (9 - i as u32)).sum::<u32>() % 11;
    if eleven == u32::from(bytes[8] - b'0') {
        return true;
    }
    // Letters count as A = 10 … Z = 35, as in an IBAN.
    let remainder = format!("NL{rest}").bytes().fold(0u64, |r, b| match b {
        b'0'..=b'9' => (r * 10 + u64::from(b - b'0')) % 97,
        _ => (r * 100 + u64::from(b - b'A') + 10) % 97,
    });
    remainder == 1
}

/// Country prefix and how many characters may follow (European Commission, VIES).
const VAT_LENGTHS: [(&str, usize, usize); 27] = [
    ("AT", 9, 9),
    ("BE", 10, 10),
    ("BG", 9, 10),
    ("CY", 9, 9),
    ("CZ", 8, 10),
    ("DE", 9, 9),
    ("DK", 8, 8),
    ("EE", 9, 9),
    ("EL", 9, 9),
    ("ES", 9, 9),
    ("FI", 8, 8),
    ("FR", 11, 11),
    ("HR", 11, 11),
    ("HU", 8, 8),
    ("IE", 8, 9),
    ("IT", 11, 11),
    ("LT", 9, 12),
    ("LU", 8, 8),
    ("LV", 11, 11),
    ("MT", 8, 8),
    ("PL", 10, 10),
    ("PT", 9, 9),
    ("RO", 2, 10),
    ("SE", 12, 12),
    ("SI", 8, 8),
    ("SK", 10, 10),
    ("XI", 5, 12),
];

fn foreign_vat(country: &str, rest: &str) -> bool {
    VAT_LENGTHS.iter().any(|(code, min, max)| *code == country && (*min..=*max).contains(&rest.len()))
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form() -> ProfileForm {
        ProfileForm {
            kind: "person".into(),
            name: "  Fenna   de Proef ".into(),
            email: "fenna@klant.example".into(),
            ..ProfileForm::default()
        }
    }

    #[test]
    fn a_plain_person_parses_and_survives_the_form() {
        let profile = form().parse().expect("valid");
        assert_eq!(profile.name.expose(), "Fenna de Proef");
        assert_eq!(ProfileForm::of(&profile).parse(), Ok(profile));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let check = |change: fn(&mut ProfileForm), field: &str, problem: Problem| {
            let mut wrong = form();
            change(&mut wrong);
            let problems = wrong.parse().expect_err(field);
            assert_eq!(problems.of(field), Some(problem), "{field}: {problems}");
        };
        check(|f| f.kind = "robot".into(), "kind", Problem::Choice);
        check(|f| f.name = " ".into(), "name", Problem::Missing);
        check(|f| f.name = "a".repeat(121).as_str().into(), "name", Problem::TooLong { max: 120 });
        check(|f| f.name = "a\u{202e}b".into(), "name", Problem::Characters);
        check(|f| f.kind = "organisation".into(), "organisation", Problem::Missing);
        check(|f| f.email = "fenna".into(), "email", Problem::Email);
        check(|f| f.email = "fenna@localhost".into(), "email", Problem::Email);
        check(|f| f.kvk = "1234567".into(), "kvk", Problem::Kvk);
        check(|f| f.vat = "NL123456789B01".into(), "vat", Problem::Vat);
        check(|f| f.vat = "US12345678".into(), "vat", Problem::Vat);
        check(|f| f.phone = "bel mij".into(), "phone", Problem::Phone);
        check(|f| f.language = "fr".into(), "language", Problem::Choice);
        check(|f| f.city = "Proefstad".into(), "street", Problem::Missing);
        check(
            |f| {
                f.street = "Kade 1".into();
                f.city = "Proefstad".into();
                f.postcode = "0234 AB".into();
            },
            "postcode",
            Problem::Postcode,
        );
        check(
            |f| {
                f.street = "Kade 1".into();
                f.country = "ZZ".into();
            },
            "country",
            Problem::Country,
        );
    }

    #[test]
    fn dutch_forms_are_made_uniform() {
        let mut typed = form();
        typed.street = "Kade 1".into();
        typed.postcode = "1234ab".into();
        typed.city = "Proefstad".into();
        typed.phone = "+31 (0)20-123 45 67".into();
        typed.kvk = "12.34.56.78".into();
        let profile = typed.parse().expect("valid");
        let address = profile.address.expect("an address");
        assert_eq!(
            (address.postcode.expose().as_str(), address.country.expose().as_str()),
            ("1234 AB", "NL")
        );
        assert_eq!(profile.phone.expect("a phone").expose(), "+310201234567");
    }

    #[test]
    fn vat_numbers() {
        for right in ["NL123456782B90", "nl 1234.56.782.B90", "DE123456789", "BE0123456789"] {
            assert!(vat(right).is_ok(), "{right}");
        }
        for wrong in ["NL123456783B90", "NL123456782B00", "NL12345678B90", "DE12345678", "", "é"] {
            assert_eq!(vat(wrong), Err(Problem::Vat), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_fall_over(text in "\\PC{0,80}", kind in "(person|organisation|x)") {
            let text = text.as_str();
            let typed = ProfileForm {
                kind, name: text.into(), organisation: text.into(), kvk: text.into(), vat: text.into(),
                email: text.into(), phone: text.into(), street: text.into(), postcode: text.into(),
                city: text.into(), country: text.into(), language: text.into(),
            };
            if let Ok(profile) = typed.parse() {
                prop_assert_eq!(ProfileForm::of(&profile).parse(), Ok(profile));
            }
        }
    }
}
