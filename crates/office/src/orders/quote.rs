//! What an order costs, by the catalogue of a day.

use super::LineForm;
use crate::OfficeError;
use crate::billing::vat::{Treatment, tax};
use crate::catalogue::{Catalogue, CodeId, DiscountCode, PlanId, Vat, Visibility};
use crate::form::{Problem, Problems};
use crate::services::Chosen;
use crate::services::terms::TermMonths;
use base::{Day, Money};

/// How many lines an order has at most.
pub(super) const LINES_MAX: usize = 20;

/// What a term costs with its options, and setting up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermPrice {
    /// For a term.
    pub amount: Money,
    /// Once.
    pub setup: Money,
}

/// What a term of a plan with these options costs on a day.
///
/// # Errors
/// [`OfficeError::Invalid`] at `months` without a price for the term, at `options` for an option that
/// the plan does not have, more units than it may have, or no price.
pub fn price_of(
    catalogue: &Catalogue,
    plan: PlanId,
    chosen: &Chosen,
    months: TermMonths,
    day: Day,
) -> Result<TermPrice, OfficeError> {
    let wrong = |field| OfficeError::from(Problems::one(field, Problem::Choice));
    let price = catalogue.price(plan, None, months, day).ok_or_else(|| wrong("months"))?;
    let mut total = TermPrice { amount: price.amount, setup: price.setup };
    for (id, units) in chosen.all() {
        let option = catalogue
            .options_of(plan)
            .find(|option| option.id == *id && option.visibility == Visibility::Offered)
            .filter(|option| *units <= option.units_max)
            .ok_or_else(|| wrong("options"))?;
        let price = catalogue.price(plan, Some(option.id), months, day).ok_or_else(|| wrong("options"))?;
        total.amount += price.amount.times(i64::from(*units));
        total.setup += price.setup.times(i64::from(*units));
    }
    Ok(total)
}

/// A line with its price.
#[derive(Debug, Clone)]
pub struct QuotedLine {
    /// What was chosen.
    pub form: LineForm,
    /// What a term costs.
    pub amount: Money,
    /// What setting up costs.
    pub setup: Money,
    /// What is taken off each of the first terms.
    pub discount: Money,
    /// How many those are.
    pub discount_terms: u32,
    /// The VAT category.
    pub vat: Vat,
}

impl QuotedLine {
    /// What the first bill has of it.
    #[must_use]
    pub fn first(&self) -> Money {
        self.amount + self.setup - self.discount
    }
}

/// An order with its prices.
#[derive(Debug, Clone)]
pub struct Quote {
    /// Its lines.
    pub lines: Vec<QuotedLine>,
    /// The code that was used.
    pub code: Option<CodeId>,
    /// What the first bill comes to, without VAT.
    pub net: Money,
    /// The VAT on it.
    pub vat: Money,
}

impl Quote {
    /// What the first bill comes to.
    #[must_use]
    pub fn total(&self) -> Money {
        self.net + self.vat
    }
}

/// What these lines cost on a day, with what a code takes off.
///
/// # Errors
/// [`OfficeError::Invalid`]: at `plan` for what is not offered, at `label` where a domain name is missing,
/// at `code` for a code that cannot be used, at `lines` for none or too many, and as [`price_of`].
pub fn quote(
    catalogue: &Catalogue,
    lines: &[LineForm],
    code: Option<&str>,
    treatment: Treatment,
    day: Day,
) -> Result<Quote, OfficeError> {
    let wrong = |field, problem| OfficeError::from(Problems::one(field, problem));
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(wrong("lines", if lines.is_empty() { Problem::Missing } else { Problem::Number }));
    }
    let code = match code.map(str::trim).filter(|code| !code.is_empty()) {
        None => None,
        Some(typed) => Some(
            catalogue
                .code(typed)
                .filter(|code| code.is_usable(day))
                .ok_or_else(|| wrong("code", Problem::Wrong))?,
        ),
    };
    let mut quoted = Vec::with_capacity(lines.len());
    for form in lines {
        quoted.push(quote_line(catalogue, form, code, day)?);
    }
    if code.is_some() && quoted.iter().all(|line| line.discount.is_zero()) {
        return Err(wrong("code", Problem::Wrong));
    }
    let mut vat = Money::ZERO;
    for category in Vat::ALL {
        let net: Money = quoted.iter().filter(|line| line.vat == category).map(QuotedLine::first).sum();
        vat += tax(treatment.rate(category, day), net);
    }
    let net = quoted.iter().map(QuotedLine::first).sum();
    Ok(Quote { lines: quoted, code: code.map(|code| code.id), net, vat })
}

fn quote_line(
    catalogue: &Catalogue,
    form: &LineForm,
    code: Option<&DiscountCode>,
    day: Day,
) -> Result<QuotedLine, OfficeError> {
    let wrong = |field, problem| OfficeError::from(Problems::one(field, problem));
    let (product, _) = catalogue.offered(form.plan, day).ok_or_else(|| wrong("plan", Problem::Choice))?;
    if product.kind.has_domain() && form.label.is_none() {
        return Err(wrong("label", Problem::Missing));
    }
    let price = price_of(catalogue, form.plan, &form.chosen, form.months, day)?;
    let code = code.filter(|code| code.product.is_none_or(|only| only == product.id));
    Ok(QuotedLine {
        form: form.clone(),
        amount: price.amount,
        setup: price.setup,
        discount: code.map_or(Money::ZERO, |code| code.discount.of(price.amount)),
        discount_terms: code.map_or(0, |code| code.terms),
        vat: product.vat,
    })
}
