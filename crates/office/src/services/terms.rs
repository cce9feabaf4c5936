//! Terms, and what a change costs: pure functions over days and money.
//!
//! Term `n` of a service begins `n` times its months after the anchor, counted from the anchor, so
//! that 31 January is followed by 28 February and 31 March. A part of a term costs the difference of
//! two shares of the whole, counted from the term's beginning: however a term is cut, the parts add
//! up to the term to the cent.
//!
//! Invariants, held by the tests: every day of service is charged once, whatever the order of
//! renewals, changes and endings; what was charged, less what was credited, is the price of the days
//! of service. Nothing here reads a clock or knows of rows.

use base::{Day, Money, TimeError};
use jiff::ToSpan;

/// The longest term, in months.
pub const MONTHS_MAX: u32 = 120;
/// How long before a term begins it is charged, in days: by the month, and longer ones.
const LEAD_DAYS_MONTH: u32 = 7;
const LEAD_DAYS: u32 = 30;
/// The days of reflection of a consumer (art. 6:230o BW).
pub const REFLECTION_DAYS: u32 = 14;

/// The length of a term, in months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermMonths(u32);

impl TermMonths {
    /// A month.
    pub const MONTH: Self = Self(1);
    /// A year.
    pub const YEAR: Self = Self(12);

    /// A length of 1 to [`MONTHS_MAX`] months.
    #[must_use]
    pub const fn new(months: u32) -> Option<Self> {
        if months >= 1 && months <= MONTHS_MAX { Some(Self(months)) } else { None }
    }

    /// The number of months.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }
}

/// What a term costs: the price, and what is taken off it in each of the first terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The price of a whole term.
    pub amount: Money,
    /// What is taken off it.
    pub discount: Money,
    /// In how many of the first terms.
    pub discount_terms: u32,
}

/// What is charged of a service and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billed {
    /// From when terms are counted.
    pub anchor: Day,
    /// How long a term is.
    pub months: TermMonths,
    /// What a term costs.
    pub price: Price,
    /// The first day that is not charged yet.
    pub charged_until: Day,
    /// The first day that the service is no longer there, once that is known.
    pub ends: Option<Day>,
}

/// The span of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Which, counted from 0.
    pub index: u32,
    /// Its first day.
    pub from: Day,
    /// The first day of the next.
    pub until: Day,
}

/// A stretch of days and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The term it lies in.
    pub index: u32,
    /// Its first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
    /// The price of it, before the discount.
    pub amount: Money,
    /// What is taken off.
    pub discount: Money,
}

impl Part {
    /// What is owed for it.
    #[must_use]
    pub fn net(&self) -> Money {
        self.amount - self.discount
    }
}

/// A renewal: what to charge now, and the row afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// What is charged.
    pub part: Part,
    /// The day on which it was to be charged.
    pub due: Day,
    /// How many terms have been charged since the anchor, at least in part.
    pub terms_charged: u32,
    /// When the term after it is to be charged; none when there will be none.
    pub next_due: Option<Day>,
}

/// What a change or an ending costs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// What was charged and is given back, positive.
    pub credited: Vec<Part>,
    /// What is charged instead.
    pub charged: Vec<Part>,
}

impl Correction {
    /// What the customer pays for it; negative when they get money back.
    #[must_use]
    pub fn net(&self) -> Money {
        self.charged.iter().map(Part::net).sum::<Money>() - self.credited.iter().map(Part::net).sum()
    }

    /// The first and the last day it is about (the latter exclusive), when there is something.
    #[must_use]
    pub fn span(&self) -> Option<(Day, Day)> {
        let all = || self.credited.iter().chain(&self.charged);
        Some((all().map(|part| part.from).min()?, all().map(|part| part.until).max()?))
    }
}

/// Some days later.
#[must_use]
pub const fn plus_days(day: Day, days: u32) -> Day {
    Day::from_number(day.number().saturating_add(days))
}

/// Some days earlier, not before 1970.
#[must_use]
pub const fn minus_days(day: Day, days: u32) -> Day {
    Day::from_number(day.number().saturating_sub(days))
}

/// A month later; the last day of the month where it lacks the day.
///
/// # Errors
/// When the calendar ends.
pub fn plus_months(day: Day, months: u32) -> Result<Day, TimeError> {
    day.plus_span(i64::from(months).months())
}

/// Term `index`.
///
/// # Errors
/// When the calendar ends.
pub fn term(anchor: Day, months: TermMonths, index: u32) -> Result<Term, TimeError> {
    let begin = |n: u32| plus_months(anchor, n.checked_mul(months.0).ok_or(TimeError)?);
    Ok(Term { index, from: begin(index)?, until: begin(index.checked_add(1).ok_or(TimeError)?)? })
}

/// The term that a day lies in; days before the anchor are none.
///
/// # Errors
/// When the day lies before the anchor, or the calendar ends.
pub fn term_of(anchor: Day, months: TermMonths, day: Day) -> Result<Term, TimeError> {
    if day < anchor {
        return Err(TimeError);
    }
    // A month has 28 to 31 days, so this guess is never too high by more than its own slack.
    let guess = day.number().saturating_sub(anchor.number()) / (31 * months.0);
    let mut found = term(anchor, months, guess)?;
    while found.until <= day {
        found = term(anchor, months, found.index + 1)?;
    }
    Ok(found)
}

/// When the term that begins on a day is to be charged, not before the first day of service.
#[must_use]
pub fn due_day(anchor: Day, months: TermMonths, begins: Day) -> Day {
    let lead = if months == TermMonths::MONTH { LEAD_DAYS_MONTH } else { LEAD_DAYS };
    minus_days(begins, lead).max(anchor)
}

/// What the days of a term from `from` to `until` cost. The parts of a term add up to it.
#[must_use]
pub fn part(price: Price, term: Term, from: Day, until: Day) -> Part {
    let length = i64::from(term.until.number()) - i64::from(term.from.number());
    let since = |day: Day| i64::from(day.number()) - i64::from(term.from.number());
    let cut = |whole: Money| whole.share(since(until), length) - whole.share(since(from), length);
    let discount =
        if term.index < price.discount_terms { cut(price.discount.min(price.amount)) } else { Money::ZERO };
    Part { index: term.index, from, until, amount: cut(price.amount), discount }
}

/// The days from `from` to `until`, cut at the terms.
///
/// # Errors
/// When the calendar ends, or `from` lies before the anchor.
pub fn parts(
    anchor: Day,
    months: TermMonths,
    price: Price,
    from: Day,
    until: Day,
) -> Result<Vec<Part>, TimeError> {
    let mut all = Vec::new();
    let mut at = from;
    while at < until {
        let term = term_of(anchor, months, at)?;
        let stop = term.until.min(until);
        all.push(part(price, term, at, stop));
        at = stop;
    }
    Ok(all)
}

impl Billed {
    /// The next thing to charge: the rest of the term in which the charged days end, which is a whole
    /// term unless something was given back of it. None when everything until the end is charged.
    ///
    /// # Errors
    /// When the calendar ends.
    pub fn renewal(&self) -> Result<Option<Renewal>, TimeError> {
        if self.ends.is_some_and(|ends| ends <= self.charged_until) {
            return Ok(None);
        }
        let term = term_of(self.anchor, self.months, self.charged_until)?;
        let until = self.ends.map_or(term.until, |ends| ends.min(term.until));
        let part = part(self.price, term, self.charged_until, until);
        let more = self.ends.is_none_or(|ends| ends > until);
        Ok(Some(Renewal {
            part,
            due: due_day(self.anchor, self.months, part.from),
            terms_charged: term.index.saturating_add(1),
            next_due: more.then(|| due_day(self.anchor, self.months, until)),
        }))
    }

    /// When the next renewal is due, if there is one.
    ///
    /// # Errors
    /// When the calendar ends.
    pub fn due(&self) -> Result<Option<Day>, TimeError> {
        Ok(self.renewal()?.map(|renewal| renewal.due))
    }

    /// Another price from a day on: the days from there that were charged already, also of terms
    /// charged ahead, are given back at the old price and charged at the new.
    ///
    /// # Errors
    /// When the calendar ends.
    pub fn reprice(&self, price: Price, from: Day) -> Result<Correction, TimeError> {
        let from = from.max(self.anchor);
        let stretch = |price| parts(self.anchor, self.months, price, from, self.charged_until);
        if price == self.price {
            return Ok(Correction::default());
        }
        Ok(Correction { credited: stretch(self.price)?, charged: stretch(price)? })
    }

    /// An end on a day: what was charged for the days after it is given back.
    ///
    /// # Errors
    /// When the calendar ends.
    pub fn end(&self, ends: Day) -> Result<Correction, TimeError> {
        let ends = ends.max(self.anchor);
        let credited = parts(self.anchor, self.months, self.price, ends, self.charged_until)?;
        Ok(Correction { credited, charged: Vec::new() })
    }

    /// The last day of the term that runs, plus one: the end of a cancellation "at the end of the
    /// term". A term that was charged ahead and has not begun is given back.
    ///
    /// # Errors
    /// When the calendar ends.
    pub fn end_of_term(&self, today: Day) -> Result<Day, TimeError> {
        Ok(term_of(self.anchor, self.months, today.max(self.anchor))?.until)
    }
}

/// Whether the customer bought as a consumer or for a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    /// A natural person, outside any business.
    Consumer,
    /// A business or organisation.
    Business,
}

impl Buyer {
    /// For the column of orders and agreements.
    #[must_use]
    pub const fn is_consumer(self) -> bool {
        matches!(self, Self::Consumer)
    }
}

/// The first day on which a service that is cancelled today, in the ordinary way, is no longer there.
///
/// A business is bound until the end of the term that runs. A consumer too in the first term; after it
/// they may leave at any time with a month's notice (art. 6:236 under j and 6:237 under k BW), so that
/// the earlier of the two counts. The rest of what was paid is given back.
///
/// # Errors
/// When the calendar ends.
pub fn ordinary_end(
    billed: &Billed,
    first_term_until: Day,
    buyer: Buyer,
    today: Day,
) -> Result<Day, TimeError> {
    let end = billed.end_of_term(today)?;
    if buyer == Buyer::Business || today < first_term_until {
        // Notice given in the first term that reaches beyond it is no shorter than a month.
        return Ok(end);
    }
    Ok(end.min(plus_months(today, 1)?))
}

/// Whether a consumer may still withdraw: until the end of the fourteenth day after the agreement.
#[must_use]
pub fn may_withdraw(buyer: Buyer, concluded: Day, today: Day) -> bool {
    buyer == Buyer::Consumer && today <= plus_days(concluded, REFLECTION_DAYS)
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
