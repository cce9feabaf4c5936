//! What stays after an erasure, why, and until when.

use crate::customers::CustomerId;
use crate::suppliers::{self, Ground, WithdrawalState};
use crate::{Office, OfficeError, billing};
use base::{Language, Timestamp};
use keys::Purpose as _;
use keys::purpose::Invoicing;
use policy::{Retention, Text};

/// Until when something stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// For a term from a moment.
    Retention(Retention),
    /// Until a day at the latest.
    Day(Timestamp),
    /// Thirty days after the last backup became unreadable.
    ReceiptFetched,
    /// As long as the ledger exists.
    Ledger,
}

impl Until {
    /// In words.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        match (self, language) {
            (Self::Retention(retention), _) => retention.in_words(language),
            (Self::Day(at), _) => {
                let until = if language == Language::Nl { "tot" } else { "until" };
                format!("{until} {}", crate::requests::texts::date(*at, language))
            }
            (Self::ReceiptFetched, Language::Nl) => {
                "tot 30 dagen nadat de laatste back-up onleesbaar is".into()
            }
            (Self::ReceiptFetched, Language::En) => {
                "until 30 days after the last backup became unreadable".into()
            }
            (Self::Ledger, Language::Nl) => "zolang het logboek bestaat".into(),
            (Self::Ledger, Language::En) => "as long as the ledger exists".into(),
        }
    }
}

/// Something that stays after an erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What it is.
    pub what: Text,
    /// Why it stays, with the article.
    pub ground: Text,
    /// Until when.
    pub until: Until,
}

fn text(nl: &str, en: &str) -> Text {
    Text { nl: nl.to_owned(), en: en.to_owned() }
}

/// Everything that stays after the erasure of a customer: what stays of everybody, and the invoices of
/// this one, with those that are not paid named.
///
/// # Errors
/// When the database fails.
pub async fn holds_of(office: &Office, customer: Option<CustomerId>) -> Result<Vec<Hold>, OfficeError> {
    let mut all = Vec::new();
    if let Some(customer) = customer {
        all.extend(invoices(office, customer).await?);
        all.extend(at_suppliers(office, customer).await?);
    }
    all.extend(holds(office));
    Ok(all)
}

async fn invoices(office: &Office, customer: CustomerId) -> Result<Vec<Hold>, OfficeError> {
    let Some(end) = billing::books_end(office, customer).await? else { return Ok(Vec::new()) };
    let retention = office.policy().purpose(Invoicing::NAME).map(|purpose| purpose.retention);
    let mut all = vec![Hold {
        what: text(
            "uw facturen en betalingen, met de naam en het adres die op de factuur staan, onder een eigen sleutel",
            "your invoices and payments, with the name and address that the invoice shows, under a key of their own",
        ),
        ground: text(
            "de wet verplicht ons de boekhouding te bewaren (artikel 17, lid 3, onder b, AVG en artikel 52 AWR)",
            "the law obliges us to keep the accounts (article 17(3)(b) GDPR and article 52 of the Dutch General Tax Act)",
        ),
        until: retention.map_or(Until::Day(end), Until::Retention),
    }];
    let unpaid = billing::unpaid(office, customer).await?;
    if !unpaid.is_empty() {
        let numbers: Vec<String> = unpaid.iter().map(billing::InvoiceRow::number_text).collect();
        let numbers = numbers.join(", ");
        all.push(Hold {
            what: text(
                &format!("wat nodig is om deze onbetaalde facturen te innen: {numbers}"),
                &format!("what is needed to collect these unpaid invoices: {numbers}"),
            ),
            ground: text(
                "wij hebben een vordering op u (artikel 17, lid 3, onder e, AVG)",
                "we have a claim against you (article 17(3)(e) GDPR)",
            ),
            until: Until::Day(end),
        });
    }
    Ok(all)
}

/// What suppliers may still have, with where its withdrawal is. What they confirmed is not among it any more.
async fn at_suppliers(office: &Office, customer: CustomerId) -> Result<Vec<Hold>, OfficeError> {
    let policy = office.policy();
    let mut all = Vec::new();
    for one in suppliers::open_of_customer(office, customer).await? {
        let name = policy.recipient(&one.supplier).map_or(one.supplier.as_str(), |known| known.name.as_str());
        let what = text(
            &format!(
                "wat {name} van u kreeg; bij ons blijft daarvan alleen het kenmerk, onder een eigen sleutel"
            ),
            &format!(
                "what {name} received of yours; here only the reference of it remains, under a key of its own"
            ),
        );
        let due = one.due_at.unwrap_or_else(|| suppliers::due_at(office, &one.purpose, office.now()));
        let kept = one.kept.filter(|_| one.state == Some(WithdrawalState::Kept));
        let ground = match kept {
            Some((ground, _)) => kept_words(ground),
            None => text(
                "wij laten het de leverancier wissen en bewaren het kenmerk tot die dat heeft bevestigd (artikel 17 en \
                 artikel 19 AVG); antwoord verwachten wij uiterlijk op de genoemde dag",
                "we have the supplier delete it, and keep the reference until it has confirmed that (articles 17 and 19 \
                 GDPR); we expect the answer by the day mentioned",
            ),
        };
        let until = Until::Day(kept.map_or(due, |(_, until)| until.start()));
        all.push(Hold { what, ground, until });
    }
    Ok(all)
}

fn kept_words(ground: Ground) -> Text {
    match ground {
        Ground::SupplierRules => text(
            "de leverancier bewaart het volgens eigen regels, als verantwoordelijke; daarna vragen wij opnieuw om te wissen",
            "the supplier keeps it under rules of its own, as a controller; after that we demand deletion again",
        ),
        Ground::ValidationRecords => text(
            "de certificaatautoriteit moet de gegevens van haar controle bewaren; daarna vragen wij opnieuw om te wissen",
            "the certificate authority must keep the records of its check; after that we demand deletion again",
        ),
        Ground::LegalDuty => text(
            "de leverancier is wettelijk verplicht het te bewaren (artikel 17, lid 3, onder b, AVG); daarna vragen wij \
             opnieuw om te wissen",
            "the supplier is obliged by law to keep it (article 17(3)(b) GDPR); after that we demand deletion again",
        ),
        Ground::LegalClaim => text(
            "de leverancier heeft het nodig voor een rechtsvordering (artikel 17, lid 3, onder e, AVG); daarna vragen wij \
             opnieuw om te wissen",
            "the supplier needs it for a legal claim (article 17(3)(e) GDPR); after that we demand deletion again",
        ),
    }
}

/// Everything that stays after any erasure, from each slice that keeps something.
#[must_use]
pub fn holds(office: &Office) -> Vec<Hold> {
    let slices: [fn(&Office) -> Option<Hold>; 3] = [requests, receipt, ledger];
    slices.into_iter().filter_map(|slice| slice(office)).collect()
}

fn requests(office: &Office) -> Option<Hold> {
    let policy = office.policy();
    let retention = policy.purpose("rights")?.retention;
    Some(Hold {
        what: text(
            "dat er een verzoek is gedaan en beantwoord: nummer, soort en datums, zonder naam, adres of inhoud",
            "that a request was made and answered: number, kind and dates, without name, address or content",
        ),
        ground: text(
            "wij moeten kunnen aantonen dat wij verzoeken op tijd afhandelen (artikel 5, lid 2, en artikel 12 AVG)",
            "we must be able to show that we answer requests in time (article 5(2) and article 12 GDPR)",
        ),
        until: Until::Retention(retention),
    })
}

fn receipt(_: &Office) -> Option<Hold> {
    Some(Hold {
        what: text(
            "waarmee dit bewijs gemaakt wordt: een willekeurig nummer en twee datums",
            "what this receipt is made from: a random number and two dates",
        ),
        ground: text(
            "zonder dat kunt u het bewijs met de tweede datum niet meer ophalen (artikel 5, lid 2, AVG)",
            "without it you could not fetch the receipt with its second date (article 5(2) GDPR)",
        ),
        until: Until::ReceiptFetched,
    })
}

fn ledger(_: &Office) -> Option<Hold> {
    Some(Hold {
        what: text(
            "regels in het logboek: soort en tijd van wat er gebeurde, zonder gegevens; het getal waarmee ze naar u te \
             herleiden waren, is vernietigd",
            "lines in the ledger: kind and time of what happened, without data; the number by which they could be traced \
             to you is destroyed",
        ),
        ground: text(
            "alleen een logboek waaruit niets verdwijnt, bewijst iets; het zijn geen persoonsgegevens meer (overweging 26 AVG)",
            "only a ledger from which nothing disappears proves anything; these are no longer personal data (recital 26 GDPR)",
        ),
        until: Until::Ledger,
    })
}
