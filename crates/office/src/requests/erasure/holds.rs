//! What stays after an erasure, why, and until when.

use crate::Office;
use base::Language;
use policy::{Retention, Text};

/// Until when something stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// For a term from a moment.
    Retention(Retention),
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

/// Everything that stays after an erasure, from each slice that keeps something. A slice that must
/// keep personal data under a duty of law (invoices) adds its own here.
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
