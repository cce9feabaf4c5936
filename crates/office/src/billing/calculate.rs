//! What a customer gets invoiced on a day: the terms that are due and the open charges, as lines. Pure;
//! the billing run, its preview and a single customer's invoice all come through here.

use super::charges::{ChargeKind, NewCharge, open_label};
use super::model::{LINES_MAX, Totals, totals};
use super::store::due::{DueService, Move, OpenCharge};
use super::vat::Treatment;
use super::{ChargeId, InvoiceId};
use crate::catalogue::PlanId;
use crate::customers::{Customer, CustomerKind};
use crate::services::terms::Part;
use base::{Clock, Day, Language, Money, Random, Sensitive};
use core::fmt;
use documents::{FORMAT_VERSION, InvoiceDocument, InvoiceKind, InvoiceLine, Party, Payment};
use keys::DataKey;
use std::collections::HashMap;

/// How many terms of one service one run charges at most: ten years by the month.
const TERMS_MAX: usize = 120;

/// Why a customer cannot be invoiced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// An organisation without an address: the law wants it on an invoice.
    Address,
    /// A service whose row lacks what a renewal needs, or whose terms leave the calendar.
    Service,
    /// A plan that is not there.
    Plan,
    /// A sealed value that does not open.
    Sealed,
    /// An amount outside the limits.
    Amount,
    /// The database refused it.
    Store,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Address, Self::Service, Self::Plan, Self::Sealed, Self::Amount, Self::Store];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Service => "service",
            Self::Plan => "plan",
            Self::Sealed => "sealed",
            Self::Amount => "amount",
            Self::Store => "store",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.as_str() == text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is the same for all customers of a run.
pub(super) struct Scene<'a> {
    pub seller: Party,
    pub seller_vat: String,
    pub today: Day,
    pub through: Day,
    pub plans: &'a HashMap<PlanId, [String; 2]>,
    pub clock: &'a dyn Clock,
    pub random: &'a dyn Random,
}

/// One customer with what is due.
pub(super) struct Account<'a> {
    pub customer: &'a Customer,
    pub key: &'a DataKey<keys::purpose::Account>,
    pub services: Vec<&'a DueService>,
    pub charges: Vec<&'a OpenCharge>,
}

/// An invoice to be, without a number.
#[derive(Debug)]
pub(super) struct Calculated {
    pub id: InvoiceId,
    pub document: InvoiceDocument,
}

/// What comes of one customer.
#[derive(Debug, Default)]
pub(super) struct Bill {
    pub invoices: Vec<Calculated>,
    /// Terms that are charged here, each with its invoice.
    pub charges: Vec<(NewCharge, InvoiceId)>,
    /// Charges that were there.
    pub open: Vec<(ChargeId, InvoiceId)>,
    /// Services moved on.
    pub moves: Vec<Move>,
}

/// A line and where it comes from.
struct Entry {
    line: InvoiceLine,
    source: Source,
}

enum Source {
    Open(ChargeId),
    New(Box<NewCharge>),
}

/// Calculates the bill of a customer.
pub(super) fn bill(scene: &Scene<'_>, account: &Account<'_>) -> Result<Bill, Problem> {
    let customer = account.customer;
    if customer.profile.kind == CustomerKind::Organisation && customer.profile.address.is_none() {
        return Err(Problem::Address);
    }
    let treatment = Treatment::of(&scene.seller_vat, &customer.profile);
    let mut bill = Bill::default();
    let mut entries = Vec::new();
    for charge in &account.charges {
        entries.push(open_charge(scene, account, charge, treatment)?);
    }
    for service in &account.services {
        renew(scene, account, service, treatment, &mut entries, &mut bill.moves)?;
    }
    while !entries.is_empty() {
        let rest = entries.split_off(entries.len().min(LINES_MAX));
        let id = InvoiceId::new(scene.clock, scene.random);
        let (mut lines, part) = (Vec::with_capacity(entries.len()), core::mem::replace(&mut entries, rest));
        for entry in part {
            lines.push(entry.line);
            match entry.source {
                Source::Open(charge) => bill.open.push((charge, id)),
                Source::New(charge) => bill.charges.push((*charge, id)),
            }
        }
        bill.invoices.push(Calculated { id, document: document(scene, customer, treatment, lines)? });
    }
    Ok(bill)
}

fn renew(
    scene: &Scene<'_>,
    account: &Account<'_>,
    service: &DueService,
    treatment: Treatment,
    entries: &mut Vec<Entry>,
    moves: &mut Vec<Move>,
) -> Result<(), Problem> {
    let mut billed = service.billed.ok_or(Problem::Service)?;
    let was_until = billed.charged_until;
    let label = label_of_service(account, service.id, service.label.as_deref())?;
    // A service with nothing left to charge is not due any more.
    let mut moved = Move {
        service: service.id,
        was_until,
        changes: service.changes,
        until: was_until,
        terms_charged: None,
        next_due: None,
    };
    let mut due = Some(service.due);
    for _ in 0..TERMS_MAX {
        let Some(now) = due.filter(|due| *due <= scene.through) else { break };
        let Some(renewal) = billed.renewal().map_err(|_| Problem::Service)? else { break };
        entries.push(term(scene, account, service, (&renewal.part, now), treatment, label.as_ref())?);
        billed.charged_until = renewal.part.until;
        due = renewal.next_due;
        moved.until = renewal.part.until;
        moved.terms_charged = Some(renewal.terms_charged);
        moved.next_due = renewal.next_due;
    }
    moves.push(moved);
    Ok(())
}

/// The charge of a term, or of what is left of one, and its line.
fn term(
    scene: &Scene<'_>,
    account: &Account<'_>,
    service: &DueService,
    (part, due): (&Part, Day),
    treatment: Treatment,
    label: Option<&Sensitive<String>>,
) -> Result<Entry, Problem> {
    let language = account.customer.profile.language;
    let name = plan_name(scene, Some(service.plan), language)?;
    let line = InvoiceLine {
        description: description(ChargeKind::Term, name, label, language),
        period: Some((part.from, part.until)),
        quantity: 1,
        unit: part.amount,
        discount: part.discount,
        net: part.net(),
        vat: treatment.rate(service.vat, scene.today),
    };
    let new = NewCharge {
        id: ChargeId::new(scene.clock, scene.random),
        customer: account.customer.id,
        subject: account.customer.subject,
        service: Some(service.id),
        kind: ChargeKind::Term,
        seq: 0,
        plan: Some(service.plan),
        label: None,
        from: Some(part.from),
        until: Some(part.until),
        quantity: 1,
        unit: part.amount,
        amount: part.net(),
        discount: part.discount,
        vat: service.vat,
        due,
    };
    Ok(Entry { line, source: Source::New(Box::new(new)) })
}

fn open_charge(
    scene: &Scene<'_>,
    account: &Account<'_>,
    charge: &OpenCharge,
    treatment: Treatment,
) -> Result<Entry, Problem> {
    let language = account.customer.profile.language;
    let own = charge.label.clone().map(|sealed| open_label(account.key, charge.id, charge.subject, sealed));
    let label = match own.transpose().map_err(|_| Problem::Sealed)? {
        Some(label) => Some(label),
        None => match charge.service {
            Some(service) => label_of_service(account, service, charge.service_label.as_deref())?,
            None => None,
        },
    };
    let name = plan_name(scene, charge.plan, language)?;
    if charge.unit.cents().checked_mul(charge.quantity).map(Money::from_cents)
        != Some(charge.amount + charge.discount)
    {
        return Err(Problem::Amount);
    }
    Ok(Entry {
        line: InvoiceLine {
            description: description(charge.kind, name, label.as_ref(), language),
            period: charge.period,
            quantity: charge.quantity,
            unit: charge.unit,
            discount: charge.discount,
            net: charge.amount,
            vat: treatment.rate(charge.vat, scene.today),
        },
        source: Source::Open(charge.id),
    })
}

fn label_of_service(
    account: &Account<'_>,
    service: crate::services::ServiceId,
    sealed: Option<&[u8]>,
) -> Result<Option<Sensitive<String>>, Problem> {
    let Some(sealed) = sealed else { return Ok(None) };
    let cell = crate::services::label_cell(service, account.customer.subject);
    let sealed =
        keys::Sealed::<keys::purpose::Account>::from_bytes(sealed.to_vec()).map_err(|_| Problem::Sealed)?;
    let opened = account.key.open(&cell, &sealed).map_err(|_| Problem::Sealed)?;
    Ok(Some(Sensitive::new(opened.text().map_err(|_| Problem::Sealed)?.to_owned())))
}

fn plan_name<'a>(
    scene: &'a Scene<'_>,
    plan: Option<PlanId>,
    language: Language,
) -> Result<Option<&'a str>, Problem> {
    let Some(plan) = plan else { return Ok(None) };
    let [nl, en] = scene.plans.get(&plan).ok_or(Problem::Plan)?;
    Ok(Some(match language {
        Language::Nl => nl,
        Language::En => en,
    }))
}

fn description(
    kind: ChargeKind,
    plan: Option<&str>,
    label: Option<&Sensitive<String>>,
    language: Language,
) -> Sensitive<String> {
    let what = match (kind, language) {
        (ChargeKind::Term | ChargeKind::Other, _) => "",
        (ChargeKind::Setup, Language::Nl) => "Eenmalige kosten: ",
        (ChargeKind::Setup, Language::En) => "Set-up: ",
        (ChargeKind::Change, Language::Nl) => "Wijziging: ",
        (ChargeKind::Change, Language::En) => "Change: ",
        (ChargeKind::Credit, Language::Nl) => "Teruggave: ",
        (ChargeKind::Credit, Language::En) => "Refund: ",
    };
    let text = match (plan, label) {
        (Some(plan), Some(label)) => format!("{what}{plan} ({})", label.expose()),
        (Some(plan), None) => format!("{what}{plan}"),
        (None, Some(label)) => format!("{what}{}", label.expose()),
        (None, None) => match language {
            Language::Nl => format!("{what}overig"),
            Language::En => format!("{what}other"),
        },
    };
    Sensitive::new(text)
}

/// The document of some lines; what it comes to decides whether it asks for money or gives it.
pub(super) fn document(
    scene: &Scene<'_>,
    customer: &Customer,
    treatment: Treatment,
    lines: Vec<InvoiceLine>,
) -> Result<InvoiceDocument, Problem> {
    let Totals { rates, net, vat, total } = totals(&lines);
    if lines.iter().any(|line| line.net > Money::LIMIT) || total > Money::LIMIT || total < -Money::LIMIT {
        return Err(Problem::Amount);
    }
    Ok(InvoiceDocument {
        version: FORMAT_VERSION,
        kind: if total < Money::ZERO { InvoiceKind::CreditNote } else { InvoiceKind::Invoice },
        number: String::new(),
        issued_on: scene.today,
        language: customer.profile.language,
        seller: scene.seller.clone(),
        buyer: buyer(customer),
        customer_number: customer.number.to_string(),
        buyer_reference: None,
        lines,
        rates,
        net,
        vat,
        total,
        reverse_charge: treatment == Treatment::ReverseCharge,
        credits: None,
        payment: Payment::SetOff,
    })
}

pub(super) fn buyer(customer: &Customer) -> Party {
    let profile = &customer.profile;
    let mut address = Vec::new();
    if let Some(given) = &profile.address {
        address.push(given.street.expose().clone());
        address.push(format!("{}  {}", given.postcode.expose(), given.city.expose()));
        if given.country.expose() != "NL" {
            address.push(given.country.expose().clone());
        }
    }
    Party {
        name: Some(profile.name.clone()),
        organisation: profile.organisation.clone(),
        address: Sensitive::new(address),
        kvk: profile.kvk.clone(),
        vat: profile.vat.clone(),
        email: None,
    }
}

/// The provider as the seller.
pub(super) fn seller(provider: &policy::Provider) -> Party {
    let mut address = provider.address.clone();
    address.push(provider.country.clone());
    Party {
        name: None,
        organisation: Some(Sensitive::new(provider.name.clone())),
        address: Sensitive::new(address),
        kvk: provider.kvk.clone().map(Sensitive::new),
        vat: Some(Sensitive::new(provider.vat.clone())),
        email: Some(Sensitive::new(provider.email.clone())),
    }
}
