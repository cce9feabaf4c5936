//! Value added tax: which rate a category has on a day, who owes the tax, and how it is rounded.
//!
//! The tax is calculated per rate over the sum of the net amounts of that rate on the invoice, and
//! rounded once, arithmetically, to a whole cent (half a cent away from zero). EU law leaves the method
//! to the member states as long as it is neutral and proportional (CJEU 10 July 2008, C-484/06,
//! Koninklijke Ahold); the Netherlands ask for arithmetical rounding to cents (Uitvoeringsbesluit
//! omzetbelasting 1968 art. 5a). Over the invoice's sum and not per line, because art. 35a Wet OB 1968
//! asks for the amount per rate.
//!
//! Here: Dutch VAT, and the reverse charge for businesses in another member state. What is owed in other
//! countries (consumers there above the threshold, businesses outside the Union) is not built: they are
//! charged Dutch VAT.

use crate::catalogue::Vat;
use crate::customers::{CustomerKind, Profile};
use base::{Day, Money};
use jiff::civil::{Date, date};

pub use documents::VatRate;

/// A rate in hundredths of a percent, and the day from which it held.
struct Dated {
    from: Date,
    rate: VatRate,
}

const fn dated(year: i16, month: i8, day: i8, rate: u32) -> Dated {
    Dated { from: date(year, month, day), rate: VatRate(rate) }
}

/// The rates of each category, the newest first.
const STANDARD: &[Dated] = &[dated(2012, 10, 1, 2_100), dated(2001, 1, 1, 1_900)];
const REDUCED: &[Dated] = &[dated(2019, 1, 1, 900), dated(1986, 10, 1, 600)];
const ZERO: &[Dated] = &[dated(1970, 1, 1, 0)];

/// The member states of the Union by the prefix of their VAT numbers (Greece writes EL). Northern
/// Ireland (XI) counts for goods only, and this is about services.
const UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Who owes the VAT of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// The seller, at the Dutch rate.
    Domestic,
    /// The buyer: a business with a VAT number of another member state (Directive 2006/112 art. 44 and
    /// 196; Wet OB 1968 art. 6 lid 1). The invoice says "btw verlegd".
    ReverseCharge,
}

impl Treatment {
    /// How a sale to this buyer is taxed, by a seller with this VAT number.
    #[must_use]
    pub fn of(seller_vat: &str, buyer: &Profile) -> Self {
        let prefix = |number: &str| number.get(..2).map(str::to_ascii_uppercase);
        let buyer_state = buyer
            .vat
            .as_ref()
            .filter(|_| buyer.kind == CustomerKind::Organisation)
            .and_then(|number| prefix(number.expose()))
            .filter(|state| UNION.contains(&state.as_str()));
        match buyer_state {
            Some(state) if Some(&state) != prefix(seller_vat).as_ref() => Self::ReverseCharge,
            _ => Self::Domestic,
        }
    }

    /// The rate of a category on a day under this treatment.
    #[must_use]
    pub fn rate(self, vat: Vat, day: Day) -> VatRate {
        match self {
            Self::Domestic => rate_on(vat, day),
            Self::ReverseCharge => VatRate(0),
        }
    }
}

/// The Dutch rate of a category on a day. Before the first one that is known, that one.
#[must_use]
pub fn rate_on(vat: Vat, day: Day) -> VatRate {
    let rates = match vat {
        Vat::Standard => STANDARD,
        Vat::Reduced => REDUCED,
        Vat::Zero => ZERO,
    };
    let found = rates.iter().find(|dated| dated.from <= day.date());
    found.or(rates.last()).map_or(VatRate(0), |dated| dated.rate)
}

/// The tax of a rate over a net amount.
#[must_use]
pub const fn tax(rate: VatRate, net: Money) -> Money {
    net.share(rate.0 as i64, 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::ProfileForm;

    fn day(text: &str) -> Day {
        Day::of_date(text.parse().expect("a date")).expect("a day")
    }

    #[test]
    fn rates_are_those_of_the_day() {
        for (vat, on, rate) in [
            (Vat::Standard, "2012-09-30", 1_900),
            (Vat::Standard, "2012-10-01", 2_100),
            (Vat::Standard, "2026-11-23", 2_100),
            (Vat::Reduced, "2018-12-31", 600),
            (Vat::Reduced, "2019-01-01", 900),
            (Vat::Zero, "2026-11-23", 0),
            (Vat::Standard, "1970-01-01", 1_900),
        ] {
            assert_eq!(rate_on(vat, day(on)), VatRate(rate), "{vat:?} {on}");
        }
    }

    #[test]
    fn only_businesses_elsewhere_in_the_union_owe_the_tax_themselves() {
        for (kind, vat, expected) in [
            ("organisation", "DE123456789", Treatment::ReverseCharge),
            ("organisation", "BE0123456789", Treatment::ReverseCharge),
            ("organisation", "NL123456782B90", Treatment::Domestic),
            ("organisation", "", Treatment::Domestic),
            ("person", "DE123456789", Treatment::Domestic),
        ] {
            let form = ProfileForm {
                kind: kind.into(),
                name: "Fenna".into(),
                organisation: "Fenna BV".into(),
                vat: vat.into(),
                email: "fenna@klant.example".into(),
                ..ProfileForm::default()
            };
            let profile = form.parse().unwrap_or_else(|problems| panic!("{vat}: {problems}"));
            assert_eq!(Treatment::of("NL001234567B01", &profile), expected, "{kind} {vat}");
        }
    }

    #[test]
    fn tax_is_rounded_arithmetically() {
        for (net, rate, cents) in
            [(250, 2_100, 53), (-250, 2_100, -53), (50, 900, 5), (5, 900, 0), (49, 900, 4)]
        {
            assert_eq!(tax(VatRate(rate), Money::from_cents(net)).cents(), cents, "{net} at {rate}");
        }
    }
}
