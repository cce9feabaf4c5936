//! Terms: dates, money to the cent, and any order of what can happen to a service.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn day(text: &str) -> Day {
    Day::of_date(text.parse().expect("a date")).expect("a day")
}

fn price(cents: i64) -> Price {
    Price { amount: Money::from_cents(cents), discount: Money::ZERO, discount_terms: 0 }
}

fn months(count: u32) -> TermMonths {
    TermMonths::new(count).expect("a length")
}

#[test]
fn terms_are_counted_from_the_anchor() {
    let anchor = day("2027-01-31");
    let spans: Vec<_> =
        (0..4).map(|n| term(anchor, TermMonths::MONTH, n).expect("a term")).map(|t| t.from).collect();
    assert_eq!(spans, [day("2027-01-31"), day("2027-02-28"), day("2027-03-31"), day("2027-04-30")]);
    let leap = day("2028-02-29");
    let year = term(leap, TermMonths::YEAR, 0).expect("a term");
    assert_eq!((year.from, year.until), (leap, day("2029-02-28")));
    assert!(term_of(anchor, TermMonths::MONTH, day("2027-01-30")).is_err());
    assert_eq!(TermMonths::new(0), None);
    assert_eq!(TermMonths::new(MONTHS_MAX + 1), None);
}

#[test]
fn an_end_as_the_law_has_it() {
    let billed = Billed {
        anchor: day("2026-01-15"),
        months: TermMonths::YEAR,
        price: price(12_000),
        charged_until: day("2028-01-15"),
        ends: None,
    };
    let first = day("2027-01-15");
    for (buyer, today, expected) in [
        (Buyer::Business, "2026-06-01", "2027-01-15"),
        (Buyer::Consumer, "2026-06-01", "2027-01-15"),
        (Buyer::Consumer, "2027-01-14", "2027-01-15"),
        (Buyer::Consumer, "2027-01-15", "2027-02-15"),
        (Buyer::Consumer, "2027-01-31", "2027-02-28"),
        (Buyer::Consumer, "2027-12-31", "2028-01-15"),
        (Buyer::Business, "2027-01-31", "2028-01-15"),
    ] {
        let end = ordinary_end(&billed, first, buyer, day(today)).expect("an end");
        assert_eq!(end, day(expected), "{buyer:?} {today}");
    }
    let rest = billed.end(day("2027-02-28")).expect("a correction");
    assert_eq!(rest.net(), -Money::from_cents(12_000).share(321, 365));
}

#[test]
fn reflection_lasts_fourteen_days() {
    let concluded = day("2026-11-01");
    assert!(may_withdraw(Buyer::Consumer, concluded, day("2026-11-15")));
    assert!(!may_withdraw(Buyer::Consumer, concluded, day("2026-11-16")));
    assert!(!may_withdraw(Buyer::Business, concluded, day("2026-11-02")));
}

#[test]
fn an_upgrade_reaches_into_a_term_charged_ahead() {
    let billed = Billed {
        anchor: day("2026-01-01"),
        months: TermMonths::MONTH,
        price: price(3_100),
        charged_until: day("2026-03-01"),
        ends: None,
    };
    let change = billed.reprice(price(6_200), day("2026-01-11")).expect("a correction");
    // 21 of 31 days of January, and the whole of February.
    assert_eq!(change.net(), Money::from_cents(2_100 + 3_100));
    assert_eq!(change.span(), Some((day("2026-01-11"), day("2026-03-01"))));
    let back = billed.reprice(price(0), day("2026-02-15")).expect("a correction");
    assert_eq!(back.net(), -Money::from_cents(1_550));
}

#[test]
fn a_discount_ends_with_its_terms() {
    let price =
        Price { amount: Money::from_cents(1_000), discount: Money::from_cents(250), discount_terms: 2 };
    let mut billed = Billed {
        anchor: day("2026-01-01"),
        months: months(3),
        price,
        charged_until: day("2026-01-01"),
        ends: None,
    };
    let mut nets = Vec::new();
    for _ in 0..4 {
        let renewal = billed.renewal().expect("a date").expect("a term");
        nets.push(renewal.part.net().cents());
        billed.charged_until = renewal.part.until;
    }
    assert_eq!(nets, [750, 750, 1_000, 1_000]);
}

/// What can happen to a service.
#[derive(Debug, Clone)]
enum Event {
    Days(u32),
    Renew,
    Reprice(i64, i64),
    CancelOrdinary,
    CancelNow,
    TakeBack,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1u32..90).prop_map(Event::Days),
        4 => Just(Event::Renew),
        2 => (0i64..50_000, 0i64..5_000).prop_map(|(a, d)| Event::Reprice(a, d)),
        1 => Just(Event::CancelOrdinary),
        1 => Just(Event::CancelNow),
        2 => Just(Event::TakeBack),
    ]
}

/// A service and its books: per day how often it is charged, and in all how much.
struct Books {
    billed: Billed,
    today: Day,
    days: BTreeMap<Day, i32>,
    total: Money,
    /// The price that holds from a day on.
    prices: Vec<(Day, Price)>,
    starts: Vec<Day>,
}

impl Books {
    fn post(&mut self, part: &Part, sign: i32) {
        for number in part.from.number()..part.until.number() {
            *self.days.entry(Day::from_number(number)).or_default() += sign;
        }
        self.total += if sign > 0 { part.net() } else { -part.net() };
    }

    fn correct(&mut self, correction: &Correction) {
        for part in &correction.credited {
            self.post(part, -1);
        }
        for part in &correction.charged {
            self.post(part, 1);
        }
    }

    fn end(&mut self, ends: Day) {
        let correction = self.billed.end(ends).expect("a correction");
        self.correct(&correction);
        self.billed.charged_until = self.billed.charged_until.min(ends);
        self.billed.ends = Some(ends);
    }

    fn ended(&self) -> bool {
        self.billed.ends.is_some_and(|ends| ends <= self.today)
    }

    /// Everything that is due through today, as the run does it.
    fn renew(&mut self) {
        while let Some(renewal) = self.billed.renewal().expect("a date") {
            if renewal.due > self.today {
                break;
            }
            assert!(!self.starts.contains(&renewal.part.from) || self.days[&renewal.part.from] == 0);
            self.starts.push(renewal.part.from);
            self.post(&renewal.part, 1);
            self.billed.charged_until = renewal.part.until;
            assert_eq!(self.billed.due().expect("a date"), renewal.next_due);
        }
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Days(days) => self.today = plus_days(self.today, *days),
            Event::Renew => self.renew(),
            // As the use cases do it: what is due comes first, and what ends changes no more.
            _ if self.ended() => {}
            Event::Reprice(amount, discount) if self.billed.ends.is_none() => {
                self.renew();
                let price = Price {
                    amount: Money::from_cents(*amount),
                    discount: Money::from_cents(*discount),
                    discount_terms: self.billed.price.discount_terms,
                };
                let correction = self.billed.reprice(price, self.today).expect("a correction");
                self.correct(&correction);
                self.billed.price = price;
                self.prices.push((self.today, price));
            }
            Event::CancelOrdinary if self.billed.ends.is_none() => {
                let first = term(self.billed.anchor, self.billed.months, 0).expect("a term").until;
                let end = ordinary_end(&self.billed, first, Buyer::Consumer, self.today).expect("an end");
                assert!(end > self.today);
                self.end(end);
            }
            Event::CancelNow => self.end(self.today),
            Event::TakeBack => self.billed.ends = None,
            _ => {}
        }
    }

    /// What the days before `until` cost, by the price that held on each.
    fn worth(&self, until: Day) -> Money {
        let mut total = Money::ZERO;
        for (i, (from, price)) in self.prices.iter().enumerate() {
            let stop = self.prices.get(i + 1).map_or(until, |next| next.0).min(until);
            let stretch = parts(self.billed.anchor, self.billed.months, *price, *from, stop.max(*from));
            total += stretch.expect("parts").iter().map(Part::net).sum();
        }
        total
    }
}

proptest! {
    #[test]
    fn a_term_cut_anywhere_costs_the_term(
        cents in -100_000i64..10_000_000, length in 1u32..36, start in 0u32..40_000,
        cuts in proptest::collection::vec(0u32..1_200, 0..8),
    ) {
        let term = term(Day::from_number(start), months(length), 3).expect("a term");
        let price = Price {
            amount: Money::from_cents(cents), discount: Money::from_cents(cents / 3), discount_terms: 9,
        };
        let mut marks: Vec<Day> = cuts.iter().map(|cut| plus_days(term.from, *cut).min(term.until)).collect();
        marks.extend([term.from, term.until]);
        marks.sort_unstable();
        let pieces: Vec<Part> = marks.windows(2).map(|w| part(price, term, w[0], w[1])).collect();
        let whole = part(price, term, term.from, term.until);
        prop_assert_eq!(whole.amount, price.amount);
        prop_assert_eq!(pieces.iter().map(|p| p.amount).sum::<Money>(), whole.amount);
        prop_assert_eq!(pieces.iter().map(|p| p.discount).sum::<Money>(), whole.discount);
    }

    #[test]
    fn the_term_of_a_day_holds_the_day(start in 0u32..40_000, length in 1u32..120, later in 0u32..20_000) {
        let (anchor, day) = (Day::from_number(start), Day::from_number(start + later));
        let found = term_of(anchor, months(length), day).expect("a term");
        prop_assert!(found.from <= day && day < found.until);
        prop_assert_eq!(term(anchor, months(length), found.index), Ok(found));
    }

    #[test]
    fn each_day_of_service_is_charged_once(
        start in 15_000u32..25_000, length in 1u32..25, cents in 0i64..100_000,
        discount in 0i64..10_000, discount_terms in 0u32..4,
        events in proptest::collection::vec(event(), 1..40),
    ) {
        let anchor = Day::from_number(start);
        let price = Price {
            amount: Money::from_cents(cents), discount: Money::from_cents(discount), discount_terms,
        };
        let billed =
            Billed { anchor, months: months(length), price, charged_until: anchor, ends: None };
        let mut books = Books {
            billed, today: anchor, days: BTreeMap::new(), total: Money::ZERO,
            prices: vec![(anchor, price)], starts: Vec::new(),
        };
        books.renew();
        for event in &events {
            // A cancellation that has taken effect is not taken back.
            books.happen(event);
            let until = books.billed.charged_until;
            for (day, times) in &books.days {
                prop_assert_eq!(*times, i32::from(*day < until), "{}", day);
            }
            prop_assert_eq!(books.days.values().filter(|times| **times == 1).count(),
                (until.number() - anchor.number()) as usize);
            prop_assert_eq!(books.total, books.worth(until));
        }
        books.renew();
        if !books.ended() {
            prop_assert!(books.billed.charged_until > books.today);
        }
    }
}
