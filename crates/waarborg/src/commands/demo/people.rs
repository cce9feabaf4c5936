//! People and organisations who cannot be real.

use base::{Random, SeededRandom};
use std::fmt::Write as _;

/// The address of the customer whom the tour signs in as.
pub(super) const CUSTOMER: &str = "fenna.proefwerk@klant.example";
/// The address of the customer who is erased already.
pub(super) const ERASED: &str = "gerrit.gewist@klant.example";

const FIRST: [&str; 24] = [
    "Aagje", "Bavo", "Cato", "Dirkje", "Evert", "Floor", "Geertje", "Harm", "Ietje", "Joost", "Klaasje",
    "Lubbert", "Mina", "Nelis", "Okke", "Pleun", "Quirien", "Roelof", "Saartje", "Tjebbe", "Ursula",
    "Vrouwkje", "Wubbo", "Ymkje",
];
const LAST: [&str; 20] = [
    "Voorbeeld",
    "van der Proef",
    "Testma",
    "de Schijn",
    "Verzonnen",
    "uit den Duim",
    "Fictiema",
    "van Nergens",
    "Denkbeeld",
    "Stel",
    "van Papier",
    "Verdicht",
    "Fabelman",
    "de Schets",
    "Modelstra",
    "van Kladblok",
    "Oefening",
    "Gips",
    "Maquette",
    "van Bordkarton",
];
const TRADE: [&str; 12] = [
    "Bakkerij",
    "Fietsenmaker",
    "Drukkerij",
    "Kwekerij",
    "Boekhandel",
    "Glaszetterij",
    "Muziekschool",
    "Orgelbouw",
    "Zeilmakerij",
    "Theehuis",
    "Klokkenwinkel",
    "Pottenbakkerij",
];
const STREET: [&str; 10] = [
    "Voorbeeldstraat",
    "Proefkade",
    "Schetsplein",
    "Denkbeeldlaan",
    "Kladsteeg",
    "Modelweg",
    "Gipsgracht",
    "Papierpad",
    "Maquettedreef",
    "Fabelhof",
];
const CITY: [&str; 8] = [
    "Voorbeeldhaven",
    "Proefdrecht",
    "Nergenshuizen",
    "Schijnveen",
    "Fictiewoude",
    "Modelburg",
    "Kladdam",
    "Verzonzijl",
];

/// A CSV of people and organisations who cannot be real: names of things that do not exist, reserved
/// domains, addresses in towns that are not there. The same for the same number.
pub(super) fn fictional_customers(count: u32) -> String {
    let random = SeededRandom::new(u64::from(count));
    let pick = |list: &[&'static str]| -> &'static str {
        let [byte]: [u8; 1] = (&random as &dyn Random).bytes();
        list[usize::from(byte) % list.len()]
    };
    let mut csv =
        String::from("kind,name,organisation,kvk,vat,email,phone,street,postcode,city,country,language\n");
    let _ = writeln!(
        csv,
        "person,Fenna Proefwerk,,,,{CUSTOMER},0201234567,Proefkade 12,1234 AB,Voorbeeldhaven,NL,nl\n\
         person,Gerrit Gewist,,,,{ERASED},0207654321,Kladsteeg 3,4321 BA,Nergenshuizen,NL,nl"
    );
    for i in 3..=count {
        let (first, last) = (pick(&FIRST), pick(&LAST));
        let [a, b]: [u8; 2] = (&random as &dyn Random).bytes();
        let organisation = if i % 3 == 0 { format!("{} {last}", pick(&TRADE)) } else { String::new() };
        let kind = if organisation.is_empty() { "person" } else { "organisation" };
        let kvk = if organisation.is_empty() { String::new() } else { format!("99{i:06}") };
        let language = if i % 11 == 0 { "en" } else { "nl" };
        let _ = writeln!(
            csv,
            "{kind},{first} {last},{organisation},{kvk},,klant{i}@domein{}.example,020{:07},{} {},{} {}{},{},NL,{language}",
            i % 97,
            1_000_000 + i,
            pick(&STREET),
            1 + u16::from(a) % 200,
            1_000 + (u32::from(a) * 256 + u32::from(b)) % 8_999,
            char::from(b'A' + a % 26),
            char::from(b'A' + b % 26),
            pick(&CITY),
        );
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use office::customers::import;

    #[test]
    fn the_fictional_customers_are_well_formed_and_plainly_fictional() {
        let csv = fictional_customers(150);
        let plan = import::plan(csv.as_bytes()).expect("CSV");
        assert!(plan.wrong.is_empty(), "{:?}", plan.wrong);
        assert_eq!(plan.rows.len(), 150);
        assert!(plan.rows.iter().all(|row| row.profile.email.expose().ends_with(".example")));
        assert_eq!(csv, fictional_customers(150));
    }
}
