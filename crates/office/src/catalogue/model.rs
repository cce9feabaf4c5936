//! What the catalogue holds, and what it says on a day.

use super::{CodeId, OptionId, PlanId, PriceId, ProductId, Vat};
use crate::services::terms::TermMonths;
use crate::words::words;
use base::{Day, Language, Money};
use core::fmt;
use serde::{Deserialize, Serialize};

/// How many limits a plan states at most.
pub(super) const LIMITS_MAX: usize = 20;

words! {
    /// What kind of thing is sold.
    ProductKind {
        /// Web hosting.
        Hosting = "hosting",
        /// A domain name.
        Domain = "domain",
        /// A virtual server.
        Vps = "vps",
        /// A certificate.
        Certificate = "certificate",
        /// Anything else.
        Other = "other",
    }
}

impl ProductKind {
    /// Whether a service of this kind has a domain name.
    #[must_use]
    pub const fn has_domain(self) -> bool {
        matches!(self, Self::Hosting | Self::Domain | Self::Certificate)
    }

    /// Whether the provider processes personal data for the customer in it (GDPR art. 28).
    #[must_use]
    pub const fn is_processing(self) -> bool {
        matches!(self, Self::Hosting | Self::Vps)
    }
}

words! {
    /// Whether something can be ordered.
    Visibility {
        /// It is on the public pages.
        Offered = "offered",
        /// Only staff see it; services that have it keep it.
        Hidden = "hidden",
    }
}

words! {
    /// What a limit is about.
    Measure {
        /// Storage.
        Storage = "storage",
        /// Traffic per month.
        Traffic = "traffic",
        /// Sites.
        Sites = "sites",
        /// Mailboxes.
        Mailboxes = "mailboxes",
        /// Databases.
        Databases = "databases",
        /// Memory.
        Memory = "memory",
        /// Processor cores.
        Cores = "cores",
        /// IP addresses.
        Addresses = "addresses",
        /// Names that a certificate is for.
        Names = "names",
    }
}

words! {
    /// What a limit counts in.
    Unit {
        /// Pieces.
        Count = "count",
        /// Megabytes.
        Megabytes = "MB",
        /// Gigabytes.
        Gigabytes = "GB",
        /// Terabytes.
        Terabytes = "TB",
    }
}

/// A limit of a plan: so much of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is limited.
    pub measure: Measure,
    /// How much.
    pub value: u32,
    /// In what.
    pub unit: Unit,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredLimit {
    what: String,
    value: u32,
    unit: String,
}

/// The limits of a plan, each measure once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// Limits in which no measure stands twice; none when one does, or there are too many.
    #[must_use]
    pub fn new(limits: Vec<Limit>) -> Option<Self> {
        let twice =
            limits.iter().enumerate().any(|(i, a)| limits[..i].iter().any(|b| b.measure == a.measure));
        (!twice && limits.len() <= LIMITS_MAX).then_some(Self(limits))
    }

    /// Each.
    #[must_use]
    pub fn all(&self) -> &[Limit] {
        &self.0
    }

    /// As stored: a JSON list of `what`, `value`, `unit`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let stored: Vec<StoredLimit> = self
            .0
            .iter()
            .map(|limit| StoredLimit {
                what: limit.measure.as_str().to_owned(),
                value: limit.value,
                unit: limit.unit.as_str().to_owned(),
            })
            .collect();
        serde_json::to_string(&stored).expect("words and numbers can be written")
    }

    /// Reads what is stored.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let stored: Vec<StoredLimit> = serde_json::from_str(text).ok()?;
        let limit = |one: StoredLimit| {
            Some(Limit {
                measure: Measure::parse(&one.what)?,
                value: one.value,
                unit: Unit::parse(&one.unit)?,
            })
        };
        Self::new(stored.into_iter().map(limit).collect::<Option<_>>()?)
    }

    /// Reads what staff type: a limit a line, such as `storage 10 GB` or `mailboxes 25`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let line = |line: &str| {
            let mut words = line.split_whitespace();
            let measure = Measure::parse(words.next()?)?;
            let value = words.next()?.parse().ok()?;
            let unit = words.next().map_or(Some(Unit::Count), Unit::parse)?;
            words.next().is_none().then_some(Limit { measure, value, unit })
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LIMITS_MAX + 1);
        Self::new(lines.map(line).collect::<Option<_>>()?)
    }
}

impl fmt::Display for Limits {
    /// As staff type them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for limit in &self.0 {
            write!(f, "{} {}", limit.measure.as_str(), limit.value)?;
            match limit.unit {
                Unit::Count => writeln!(f)?,
                unit => writeln!(f, " {}", unit.as_str())?,
            }
        }
        Ok(())
    }
}

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Wording {
    /// In a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

/// Something that is sold.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What addresses and files call it.
    pub code: String,
    /// Its kind.
    pub kind: ProductKind,
    /// Its VAT category.
    pub vat: Vat,
    /// Its name.
    pub name: Wording,
    /// What is said about it.
    pub text: Wording,
    /// Whether it can be ordered.
    pub visibility: Visibility,
    /// Its place in lists.
    pub position: u32,
    /// Counts its changes.
    pub revision: u32,
}

/// A form in which a product is sold.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Its product.
    pub product: ProductId,
    /// What addresses and files call it.
    pub code: String,
    /// Its name.
    pub name: Wording,
    /// What is said about it.
    pub text: Wording,
    /// What it offers at most.
    pub limits: Limits,
    /// Whether it can be ordered.
    pub visibility: Visibility,
    /// Its place in lists.
    pub position: u32,
    /// Counts its changes, also those of its prices.
    pub revision: u32,
}

/// Something that a plan can have more of.
#[derive(Debug, Clone)]
pub struct PlanOption {
    /// Its id.
    pub id: OptionId,
    /// Its plan.
    pub plan: PlanId,
    /// What files call it.
    pub code: String,
    /// Its name.
    pub name: Wording,
    /// How many units one service can have.
    pub units_max: u32,
    /// Whether it can be ordered.
    pub visibility: Visibility,
    /// Its place in lists.
    pub position: u32,
    /// Counts its changes.
    pub revision: u32,
}

/// What a term of a plan, or a unit of an option in it, costs without VAT.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// Its id.
    pub id: PriceId,
    /// The plan.
    pub plan: PlanId,
    /// The option, when it is the price of one.
    pub option: Option<OptionId>,
    /// The term.
    pub months: TermMonths,
    /// The amount for the term.
    pub amount: Money,
    /// What setting up costs, once.
    pub setup: Money,
    /// The first day it holds.
    pub from: Day,
    /// The first day it no longer holds.
    pub until: Option<Day>,
}

impl Price {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// What a code takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// So many hundredths of the price.
    Percent(u32),
    /// An amount of each term, at most its price.
    Amount(Money),
}

impl Discount {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Percent(_) => "percent",
            Self::Amount(_) => "amount",
        }
    }

    /// The number in the database.
    #[must_use]
    pub fn value(self) -> i64 {
        match self {
            Self::Percent(percent) => i64::from(percent),
            Self::Amount(amount) => amount.cents(),
        }
    }

    /// What it takes off a price.
    #[must_use]
    pub fn of(self, price: Money) -> Money {
        match self {
            Self::Percent(percent) => price.share(i64::from(percent.min(100)), 100),
            Self::Amount(amount) => amount.min(price),
        }
    }
}

/// A code that takes something off the first terms.
#[derive(Debug, Clone)]
pub struct DiscountCode {
    /// Its id.
    pub id: CodeId,
    /// What is typed.
    pub code: String,
    /// What it takes off.
    pub discount: Discount,
    /// In how many of the first terms.
    pub terms: u32,
    /// The only product it is for, if there is one.
    pub product: Option<ProductId>,
    /// How often it can be used, if that is limited.
    pub uses_max: Option<u32>,
    /// How often it was.
    pub uses: u32,
    /// The first day it can be used.
    pub from: Day,
    /// The first day it no longer can.
    pub until: Option<Day>,
    /// Counts its changes.
    pub revision: u32,
}

impl DiscountCode {
    /// The last day it can be used, if there is one.
    #[must_use]
    pub fn last_day(&self) -> Option<Day> {
        self.until.map(|until| crate::services::terms::minus_days(until, 1))
    }

    /// Whether it can be used on a day.
    #[must_use]
    pub fn is_usable(&self, day: Day) -> bool {
        self.from <= day
            && self.until.is_none_or(|until| day < until)
            && self.uses_max.is_none_or(|max| self.uses < max)
    }
}

/// The whole catalogue as it was when it was read.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// The products in their order.
    pub products: Vec<Product>,
    /// The plans in their order.
    pub plans: Vec<Plan>,
    /// The options in their order.
    pub options: Vec<PlanOption>,
    /// The prices, the oldest first.
    pub prices: Vec<Price>,
    /// The codes by their text.
    pub codes: Vec<DiscountCode>,
}

impl Catalogue {
    /// A product.
    #[must_use]
    pub fn product(&self, id: ProductId) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// A plan with its product.
    #[must_use]
    pub fn plan(&self, id: PlanId) -> Option<(&Product, &Plan)> {
        let plan = self.plans.iter().find(|plan| plan.id == id)?;
        Some((self.product(plan.product)?, plan))
    }

    /// A plan by its code.
    #[must_use]
    pub fn plan_of_code(&self, code: &str) -> Option<(&Product, &Plan)> {
        let plan = self.plans.iter().find(|plan| plan.code == code)?;
        Some((self.product(plan.product)?, plan))
    }

    /// A plan that can be ordered on a day: offered, of an offered product, with a price.
    #[must_use]
    pub fn offered(&self, id: PlanId, day: Day) -> Option<(&Product, &Plan)> {
        self.plan(id).filter(|(product, plan)| {
            product.visibility == Visibility::Offered
                && plan.visibility == Visibility::Offered
                && !self.terms(plan.id, day).is_empty()
        })
    }

    /// The plans of a product.
    pub fn plans_of(&self, product: ProductId) -> impl Iterator<Item = &Plan> {
        self.plans.iter().filter(move |plan| plan.product == product)
    }

    /// The options of a plan.
    pub fn options_of(&self, plan: PlanId) -> impl Iterator<Item = &PlanOption> {
        self.options.iter().filter(move |option| option.plan == plan)
    }

    /// What a plan, or an option of it, costs for a term on a day.
    #[must_use]
    pub fn price(
        &self,
        plan: PlanId,
        option: Option<OptionId>,
        months: TermMonths,
        day: Day,
    ) -> Option<&Price> {
        self.prices.iter().find(|price| {
            price.plan == plan && price.option == option && price.months == months && price.holds_on(day)
        })
    }

    /// The prices of a plan on a day, the shortest term first.
    #[must_use]
    pub fn terms(&self, plan: PlanId, day: Day) -> Vec<&Price> {
        let mut prices: Vec<&Price> = self
            .prices
            .iter()
            .filter(|price| price.plan == plan && price.option.is_none() && price.holds_on(day))
            .collect();
        prices.sort_by_key(|price| price.months);
        prices
    }

    /// A discount code as somebody types it.
    #[must_use]
    pub fn code(&self, typed: &str) -> Option<&DiscountCode> {
        let typed = typed.trim();
        self.codes.iter().find(|code| code.code.eq_ignore_ascii_case(typed))
    }
}
