//! Made-up documents: to try a template on, for the tests, and for the measurement of speed.

use crate::agreement::AGREEMENT_FORMAT_VERSION;
use crate::{
    AgreementText, FORMAT_VERSION, InvoiceDocument, InvoiceKind, InvoiceLine, Measure, Party, Payment,
    ProcessingService, ProcessorAgreementDocument, RateTotal, SubProcessor, Transfer, VatRate, clauses,
    creditor_reference,
};
use base::{Day, Language, Money};

/// An invoice of a made-up provider to a made-up customer; another number is another invoice.
#[must_use]
pub fn sample_invoice(language: Language, number: u32) -> InvoiceDocument {
    let (hosting, domain) = match language {
        Language::Nl => ("Webhosting Plus", "Domeinnaam"),
        Language::En => ("Web hosting Plus", "Domain name"),
    };
    let year = Some((day(2026, 12, 1), day(2027, 12, 1)));
    let lines = vec![
        line(&format!("{hosting}, bakkerij-jansen-{number}.example"), year, 12, 995, 1_194),
        line(&format!("{domain} bakkerij-jansen-{number}.example"), year, 1, 1_250, 0),
    ];
    let number = format!("2026-{number:06}");
    let net: Money = lines.iter().map(|line| line.net).sum();
    let vat = net.share(21, 100);
    InvoiceDocument {
        version: FORMAT_VERSION,
        kind: InvoiceKind::Invoice,
        issued_on: day(2026, 11, 22),
        language,
        seller: provider(),
        buyer: customer(),
        customer_number: "K100042".into(),
        buyer_reference: None,
        lines,
        rates: vec![RateTotal { rate: VatRate(2_100), net, vat }],
        net,
        vat,
        total: net + vat,
        reverse_charge: false,
        credits: None,
        payment: Payment::Transfer(Transfer {
            iban: "NL91ABNA0417164300".into(),
            bic: Some("ABNANL2A".into()),
            holder: "Voorbeeldhosting B.V.".into(),
            reference: creditor_reference(&number).unwrap_or_default(),
            due_on: day(2026, 12, 6),
        }),
        number,
    }
}

/// A processor agreement of the same two.
#[must_use]
pub fn sample_agreement(language: Language) -> ProcessorAgreementDocument {
    let pick = |nl: &str, en: &str| match language {
        Language::Nl => nl.to_owned(),
        Language::En => en.to_owned(),
    };
    let measures = [
        (
            pick("Toegang", "Access"),
            pick("Medewerkers loggen in met een tweede factor.", "Staff sign in with a second factor."),
        ),
        (
            pick("Back-ups", "Backups"),
            pick(
                "Wij maken back-ups en oefenen het terugzetten.",
                "We make backups and rehearse restoring them.",
            ),
        ),
    ];
    let text = AgreementText {
        version: AGREEMENT_FORMAT_VERSION,
        language,
        policy_version: "2026-11".into(),
        policy_hash: "0f".repeat(32),
        processor: provider(),
        contact: "privacy@voorbeeldhosting.example".into(),
        clauses: clauses(language, 30),
        services: vec![ProcessingService {
            title: pick("Webhosting", "Web hosting"),
            nature: pick(
                "Opslaan, beschikbaar stellen en back-uppen van websites, databases en e-mail.",
                "Storing, serving and backing up websites, databases and e-mail.",
            ),
            duration: pick("Zolang de overeenkomst loopt.", "As long as the agreement runs."),
            ending: pick(
                "30 dagen na het einde wissen wij alles.",
                "30 days after the end we delete everything.",
            ),
            subjects: vec![pick("bezoekers en gebruikers van de site", "visitors and users of the site")],
            data: vec![pick("wat de klant opslaat", "what the customer stores")],
            measures: measures.iter().map(|(title, _)| title.clone()).collect(),
            subprocessors: vec!["Voorbeelddatacenter B.V.".into()],
        }],
        measures: measures.into_iter().map(|(title, text)| Measure { title, text }).collect(),
        subprocessors: vec![SubProcessor {
            name: "Voorbeelddatacenter B.V.".into(),
            task: pick("Ruimte en stroom voor onze machines.", "Space and power for our machines."),
            country: pick("Nederland", "Netherlands"),
            transfer: None,
        }],
    };
    ProcessorAgreementDocument {
        number: "V100012-1".into(),
        issued_on: day(2026, 11, 22),
        controller: customer(),
        acceptance: pick("Geaccepteerd met bestelling B100007.", "Accepted with order B100007."),
        text_hash: "a5".repeat(32),
        text,
    }
}

fn provider() -> Party {
    Party {
        name: None,
        organisation: Some("Voorbeeldhosting B.V.".into()),
        address: lines(&["Serverstraat 1", "1234 AB Voorbeeldstad", "Nederland"]),
        kvk: Some("12345678".into()),
        vat: Some("NL001234567B01".into()),
        email: Some("facturen@voorbeeldhosting.example".into()),
    }
}

fn customer() -> Party {
    Party {
        name: Some("Wilhelmina Jansen-de Vriës".into()),
        organisation: Some("Bakkerij Jansen".into()),
        address: lines(&["Molenweg 12", "9876 ZX Dorpsbeek", "Nederland"]),
        ..Party::default()
    }
}

fn lines(texts: &[&str]) -> base::Sensitive<Vec<String>> {
    base::Sensitive::new(texts.iter().map(|&text| text.to_owned()).collect())
}

fn line(
    description: &str,
    period: Option<(Day, Day)>,
    quantity: i64,
    unit: i64,
    discount: i64,
) -> InvoiceLine {
    let (unit, discount) = (Money::from_cents(unit), Money::from_cents(discount));
    InvoiceLine {
        description: description.into(),
        period,
        quantity,
        unit,
        discount,
        net: unit.times(quantity) - discount,
        vat: VatRate(2_100),
    }
}

fn day(year: i16, month: i8, day: i8) -> Day {
    Day::of_date(jiff::civil::date(year, month, day)).expect("a day after 1970")
}
