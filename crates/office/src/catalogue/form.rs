//! What staff type about the catalogue, and the parsing of it.

use super::{Discount, Limits, ProductId, ProductKind, Vat, Visibility, Wording};
use crate::customers::single_line;
use crate::form::{Problem, Problems};
use crate::services::terms::TermMonths;
use base::{Day, Money};
use serde::Deserialize;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 80;
/// The longest text about something, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 40;
/// The most units of an option, uses of a code, and places in a list.
const COUNT_MAX: u32 = 1_000_000;

/// A product as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProductForm {
    /// What addresses call it.
    pub code: String,
    /// Its kind.
    pub kind: String,
    /// Its VAT category.
    pub vat: String,
    /// Its name in Dutch.
    pub name_nl: String,
    /// Its name in English.
    pub name_en: String,
    /// What is said about it in Dutch.
    pub text_nl: String,
    /// What is said about it in English.
    pub text_en: String,
    /// `offered` or `hidden`.
    pub state: String,
    /// Its place in lists.
    pub position: String,
}

pub(super) struct ParsedProduct {
    pub code: String,
    pub kind: ProductKind,
    pub vat: Vat,
    pub name: Wording,
    pub text: Wording,
    pub visibility: Visibility,
    pub position: u32,
}

impl ProductForm {
    pub(super) fn parse(&self) -> Result<ParsedProduct, Problems> {
        let mut problems = Problems::new();
        let code = problems.take("code", code(&self.code));
        let kind = problems.take("kind", ProductKind::parse(&self.kind).ok_or(Problem::Choice));
        let vat = problems.take("vat", Vat::parse(&self.vat).ok_or(Problem::Choice));
        let name = names(&mut problems, &self.name_nl, &self.name_en);
        let text = texts(&mut problems, &self.text_nl, &self.text_en);
        let visibility = problems.take("state", Visibility::parse(&self.state).ok_or(Problem::Choice));
        let position = problems.take("position", count(&self.position, 0));
        match (code, kind, vat, name, text, visibility, position) {
            (Some(code), Some(kind), Some(vat), Some(name), Some(text), Some(visibility), Some(position)) => {
                Ok(ParsedProduct { code, kind, vat, name, text, visibility, position })
            }
            _ => Err(problems),
        }
    }
}

/// A plan as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PlanForm {
    /// What addresses call it.
    pub code: String,
    /// Its name in Dutch.
    pub name_nl: String,
    /// Its name in English.
    pub name_en: String,
    /// What is said about it in Dutch.
    pub text_nl: String,
    /// What is said about it in English.
    pub text_en: String,
    /// A limit a line.
    pub limits: String,
    /// `offered` or `hidden`.
    pub state: String,
    /// Its place in lists.
    pub position: String,
}

pub(super) struct ParsedPlan {
    pub code: String,
    pub name: Wording,
    pub text: Wording,
    pub limits: Limits,
    pub visibility: Visibility,
    pub position: u32,
}

impl PlanForm {
    pub(super) fn parse(&self) -> Result<ParsedPlan, Problems> {
        let mut problems = Problems::new();
        let code = problems.take("code", code(&self.code));
        let name = names(&mut problems, &self.name_nl, &self.name_en);
        let text = texts(&mut problems, &self.text_nl, &self.text_en);
        let limits = problems.take("limits", Limits::parse(&self.limits).ok_or(Problem::Wrong));
        let visibility = problems.take("state", Visibility::parse(&self.state).ok_or(Problem::Choice));
        let position = problems.take("position", count(&self.position, 0));
        match (code, name, text, limits, visibility, position) {
            (Some(code), Some(name), Some(text), Some(limits), Some(visibility), Some(position)) => {
                Ok(ParsedPlan { code, name, text, limits, visibility, position })
            }
            _ => Err(problems),
        }
    }
}

/// An option as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct OptionForm {
    /// What files call it.
    pub code: String,
    /// Its name in Dutch.
    pub name_nl: String,
    /// Its name in English.
    pub name_en: String,
    /// How many units one service can have.
    pub units_max: String,
    /// `offered` or `hidden`.
    pub state: String,
    /// Its place in lists.
    pub position: String,
}

pub(super) struct ParsedOption {
    pub code: String,
    pub name: Wording,
    pub units_max: u32,
    pub visibility: Visibility,
    pub position: u32,
}

impl OptionForm {
    pub(super) fn parse(&self) -> Result<ParsedOption, Problems> {
        let mut problems = Problems::new();
        let code = problems.take("code", code(&self.code));
        let name = names(&mut problems, &self.name_nl, &self.name_en);
        let units_max = problems.take("units_max", count(&self.units_max, 1));
        let visibility = problems.take("state", Visibility::parse(&self.state).ok_or(Problem::Choice));
        let position = problems.take("position", count(&self.position, 0));
        match (code, name, units_max, visibility, position) {
            (Some(code), Some(name), Some(units_max), Some(visibility), Some(position)) => {
                Ok(ParsedOption { code, name, units_max, visibility, position })
            }
            _ => Err(problems),
        }
    }
}

/// A price as typed. What it is the price of comes from the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PriceForm {
    /// The id of an option; empty for the plan itself.
    pub option: String,
    /// The term in months.
    pub months: String,
    /// The amount for a term, without VAT.
    pub amount: String,
    /// What setting up costs; empty is nothing.
    pub setup: String,
    /// The first day it holds; empty is today.
    pub from: String,
}

pub(super) struct ParsedPrice {
    pub option: Option<super::OptionId>,
    pub months: TermMonths,
    pub amount: Money,
    pub setup: Money,
    pub from: Day,
}

impl PriceForm {
    pub(super) fn parse(&self, today: Day) -> Result<ParsedPrice, Problems> {
        let mut problems = Problems::new();
        let option = match self.option.trim() {
            "" => Some(None),
            text => problems.take("option", text.parse().map(Some).map_err(|_| Problem::Choice)),
        };
        let months = count(&self.months, 1).and_then(|n| TermMonths::new(n).ok_or(Problem::Number));
        let months = problems.take("months", months);
        let amount = problems.take("amount", amount(&self.amount));
        let setup = match self.setup.trim() {
            "" => Some(Money::ZERO),
            text => problems.take("setup", self::amount(text)),
        };
        let from = problems.take("from", optional_day(&self.from));
        match (option, months, amount, setup, from) {
            (Some(option), Some(months), Some(amount), Some(setup), Some(from)) => {
                Ok(ParsedPrice { option, months, amount, setup, from: from.unwrap_or(today) })
            }
            _ => Err(problems),
        }
    }
}

/// A discount code as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    /// What customers type.
    pub code: String,
    /// `percent` or `amount`.
    pub kind: String,
    /// How many hundredths, or the amount.
    pub value: String,
    /// In how many of the first terms.
    pub terms: String,
    /// The id of the only product it is for; empty for all.
    pub product: String,
    /// How often it can be used; empty is without limit.
    pub uses_max: String,
    /// The first day; empty is today.
    pub from: String,
    /// The last day; empty is never.
    pub through: String,
}

pub(super) struct ParsedCode {
    pub code: String,
    pub discount: Discount,
    pub terms: u32,
    pub product: Option<ProductId>,
    pub uses_max: Option<u32>,
    pub from: Day,
    pub until: Option<Day>,
}

impl CodeForm {
    pub(super) fn parse(&self, today: Day) -> Result<ParsedCode, Problems> {
        let mut problems = Problems::new();
        let code = problems.take("code", code(&self.code));
        let discount = match self.kind.as_str() {
            "percent" => count(self.value.trim().trim_end_matches('%').trim(), 1)
                .and_then(|n| if n <= 100 { Ok(Discount::Percent(n)) } else { Err(Problem::Number) }),
            "amount" => amount(&self.value).map(Discount::Amount),
            _ => {
                problems.add("kind", Problem::Choice);
                Ok(Discount::Percent(1))
            }
        };
        let discount = problems.take("value", discount);
        let terms = problems.take("terms", count(&self.terms, 1));
        let product = match self.product.trim() {
            "" => Some(None),
            text => problems.take("product", text.parse().map(Some).map_err(|_| Problem::Choice)),
        };
        let uses_max = match self.uses_max.trim() {
            "" => Some(None),
            text => problems.take("uses_max", count(text, 1).map(Some)),
        };
        let from = problems.take("from", optional_day(&self.from)).map(|day| day.unwrap_or(today));
        let through = problems.take("through", optional_day(&self.through));
        let until = through.map(|day| day.map(|day| crate::services::terms::plus_days(day, 1)));
        if let (Some(from), Some(Some(until))) = (from, until)
            && until <= from
        {
            problems.add("through", Problem::Date);
        }
        match (code, discount, terms, product, uses_max, from, until) {
            (
                Some(code),
                Some(discount),
                Some(terms),
                Some(product),
                Some(uses_max),
                Some(from),
                Some(until),
            ) if problems.is_empty() => {
                Ok(ParsedCode { code, discount, terms, product, uses_max, from, until })
            }
            _ => Err(problems),
        }
    }
}

/// Letters, digits and hyphens: it stands in addresses and files.
fn code(text: &str) -> Result<String, Problem> {
    let text = single_line(text, CODE_CHARS_MAX)?;
    let fine = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fine { Ok(text) } else { Err(Problem::Characters) }
}

fn names(problems: &mut Problems, nl: &str, en: &str) -> Option<Wording> {
    let nl = problems.take("name_nl", single_line(nl, NAME_CHARS_MAX));
    let en = problems.take("name_en", single_line(en, NAME_CHARS_MAX));
    Some(Wording { nl: nl?, en: en? })
}

fn texts(problems: &mut Problems, nl: &str, en: &str) -> Option<Wording> {
    let block = |text: &str| {
        let text = text.trim().replace("\r\n", "\n");
        let long = text.chars().count() > TEXT_CHARS_MAX;
        if long { Err(Problem::TooLong { max: TEXT_CHARS_MAX }) } else { Ok(text) }
    };
    let nl = problems.take("text_nl", block(nl));
    let en = problems.take("text_en", block(en));
    Some(Wording { nl: nl?, en: en? })
}

/// A whole number from `min`; empty counts as `min`.
fn count(text: &str, min: u32) -> Result<u32, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(min);
    }
    text.parse().ok().filter(|n| (min..=COUNT_MAX).contains(n)).ok_or(Problem::Number)
}

fn amount(text: &str) -> Result<Money, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::Missing);
    }
    Money::parse(text).filter(|amount| *amount >= Money::ZERO).ok_or(Problem::Amount)
}

fn optional_day(text: &str) -> Result<Option<Day>, Problem> {
    if text.trim().is_empty() { Ok(None) } else { crate::form::day(text).map(Some) }
}

impl ProductForm {
    /// Filled with what is stored.
    #[must_use]
    pub fn of(product: &super::Product) -> Self {
        Self {
            code: product.code.clone(),
            kind: product.kind.as_str().to_owned(),
            vat: product.vat.as_str().to_owned(),
            name_nl: product.name.nl.clone(),
            name_en: product.name.en.clone(),
            text_nl: product.text.nl.clone(),
            text_en: product.text.en.clone(),
            state: product.visibility.as_str().to_owned(),
            position: product.position.to_string(),
        }
    }
}

impl PlanForm {
    /// Filled with what is stored.
    #[must_use]
    pub fn of(plan: &super::Plan) -> Self {
        Self {
            code: plan.code.clone(),
            name_nl: plan.name.nl.clone(),
            name_en: plan.name.en.clone(),
            text_nl: plan.text.nl.clone(),
            text_en: plan.text.en.clone(),
            limits: plan.limits.to_string(),
            state: plan.visibility.as_str().to_owned(),
            position: plan.position.to_string(),
        }
    }
}

impl OptionForm {
    /// Filled with what is stored.
    #[must_use]
    pub fn of(option: &super::PlanOption) -> Self {
        Self {
            code: option.code.clone(),
            name_nl: option.name.nl.clone(),
            name_en: option.name.en.clone(),
            units_max: option.units_max.to_string(),
            state: option.visibility.as_str().to_owned(),
            position: option.position.to_string(),
        }
    }
}

impl CodeForm {
    /// Filled with what is stored.
    #[must_use]
    pub fn of(code: &super::DiscountCode) -> Self {
        let value = match code.discount {
            Discount::Percent(percent) => percent.to_string(),
            Discount::Amount(amount) => amount.in_words(base::Language::Nl),
        };
        Self {
            code: code.code.clone(),
            kind: code.discount.as_str().to_owned(),
            value,
            terms: code.terms.to_string(),
            product: code.product.map(|id| id.to_string()).unwrap_or_default(),
            uses_max: code.uses_max.map(|uses| uses.to_string()).unwrap_or_default(),
            from: code.from.to_string(),
            through: code.last_day().map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}
