//! Use cases of orders.

use super::model::LineId;
use super::store::{self, NewRow, OrderFilter};
use super::{
    AcceptanceKind, Accepted, CurrentTerms, EarlyStart, LineForm, Order, OrderId, OrderState, Quote, quote,
    terms_text, texts,
};
use crate::accounts::LoginId;
use crate::agreements::{self, AgreementId, NewAgreement};
use crate::billing::vat::Treatment;
use crate::catalogue::{self, Catalogue};
use crate::customers::{self, Customer, CustomerId, CustomerKind, Profile};
use crate::form::{Problem, Problems};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::messages::{require_active, take_number};
use crate::processor_agreements::{self, IssueReason, Notice};
use crate::services::terms::{Buyer, Price};
use crate::services::{self, NewService, ServiceId, TaskKind};
use crate::{By, Office, OfficeError, Record, subjects};
use base::{Language, Money, Sensitive};
use keys::KeyError;
use keys::purpose::Account;
use sha2::{Digest, Sha256};

/// The largest page of a list.
const PAGE_MAX: u32 = 200;
/// How many orders of one customer are shown at most.
const OF_CUSTOMER_MAX: u32 = 200;
/// By when staff make a service, in seconds.
const FULFIL_SECONDS: i64 = 86_400;
/// What a consumer says who asks to begin at once; its hash is kept with the order.
const EARLY_START: &str = "begin within the days of reflection; pay for the days until a withdrawal";

/// An order to place.
#[derive(Debug, Clone)]
pub struct NewOrder<'a> {
    /// Whose.
    pub customer: CustomerId,
    /// Which login placed it.
    pub login: Option<LoginId>,
    /// What is ordered.
    pub lines: &'a [LineForm],
    /// A discount code as typed.
    pub code: Option<&'a str>,
    /// What was accepted with it.
    pub accepted: Accepted,
    /// What the person saw that the first bill would be, with VAT.
    pub total: Money,
}

/// An order that was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its id.
    pub id: OrderId,
    /// Its number.
    pub number: i64,
}

/// How sales to this buyer are taxed.
#[must_use]
pub fn treatment(_office: &Office, profile: &Profile) -> Treatment {
    // Sellers are Dutch: the policy is one under Dutch law.
    Treatment::of("NL", profile)
}

const fn buyer(profile: &Profile) -> Buyer {
    match profile.kind {
        CustomerKind::Person => Buyer::Consumer,
        CustomerKind::Organisation => Buyer::Business,
    }
}

/// Places an order at the prices of today.
///
/// # Errors
/// [`OfficeError::Invalid`] as [`quote`]; [`OfficeError::Conflict`] when the price or a text is no longer
/// what the person saw; [`OfficeError::Forbidden`] while the texts are not published.
pub async fn place(office: &Office, by: By, new: &NewOrder<'_>) -> Result<Placed, OfficeError> {
    let customer = customers::customer(office, new.customer).await?;
    require_active(office, customer.subject).await?;
    let catalogue = catalogue::load(office).await?;
    let treatment = treatment(office, &customer.profile);
    let quote = quote(&catalogue, new.lines, new.code, treatment, office.today())?;
    if quote.total() != new.total {
        return Err(OfficeError::Conflict { what: "the price" });
    }
    let current = terms_text::current(office)
        .await?
        .ok_or(OfficeError::Forbidden { why: "the terms have not been published yet" })?;
    let buyer = buyer(&customer.profile);
    let whose = (buyer, customer.profile.language);
    let accepted = acceptances(office, new, &quote, &catalogue, &current, whose)?;
    write(office, by, new, &customer, buyer, &quote, &accepted).await
}

/// What is accepted with an order: each kind with its version and hash.
type Acceptances = Vec<(AcceptanceKind, String, [u8; 32])>;

fn acceptances(
    office: &Office,
    new: &NewOrder<'_>,
    quote: &Quote,
    catalogue: &Catalogue,
    current: &CurrentTerms,
    (buyer, language): (Buyer, Language),
) -> Result<Acceptances, OfficeError> {
    const CHANGED: OfficeError = OfficeError::Conflict { what: "the terms" };
    let seen = &new.accepted;
    if seen.terms != current.terms.version || seen.responsibility != current.responsibility.version {
        return Err(CHANGED);
    }
    let versioned = |kind, text: &super::TermsVersion| (kind, text.version.to_string(), text.hash);
    let mut accepted = vec![
        versioned(AcceptanceKind::Terms, &current.terms),
        versioned(AcceptanceKind::Responsibility, &current.responsibility),
    ];
    let is_processing = quote
        .lines
        .iter()
        .any(|line| catalogue.plan(line.form.plan).is_some_and(|(product, _)| product.kind.is_processing()));
    if is_processing {
        let offered = processor_agreements::offered(office, language);
        if seen.processor_agreement != Some(offered.hash) {
            return Err(CHANGED);
        }
        accepted.push((AcceptanceKind::ProcessorAgreement, offered.version, offered.hash));
    }
    if buyer.is_consumer() && seen.early_start == EarlyStart::Asked {
        let hash = Sha256::digest(EARLY_START).into();
        accepted.push((AcceptanceKind::EarlyStart, "1".to_owned(), hash));
    }
    Ok(accepted)
}

async fn write(
    office: &Office,
    by: By,
    new: &NewOrder<'_>,
    customer: &Customer,
    buyer: Buyer,
    quote: &Quote,
    accepted: &Acceptances,
) -> Result<Placed, OfficeError> {
    let (clock, random, now) = (&*office.clock, &*office.random, office.now());
    let id = OrderId::new(clock, random);
    let subject = customer.subject;
    let (counter, first) = store::numbers();
    let number = take_number(office, counter, first).await?;
    let key = office.vault.key::<Account>(subject).await?;
    let lines: Vec<_> = quote
        .lines
        .iter()
        .enumerate()
        .map(|(i, line)| store::seal_line(id, subject, i, line, LineId::new(clock, random), (&key, random)))
        .collect();
    let language = customer.profile.language;
    let text = texts::placed(language, number, quote, new.accepted.early_start, &office.settings.base_url);
    let mail = mail(office, customer, text).await?;
    let record = Record::new("order-placed", by)
        .about(subject)
        .with("number", number)
        .with("lines", quote.lines.len())
        .with(
            "accepted",
            accepted
                .iter()
                .map(|(kind, version, hash)| format!("{} {version} {}", kind.as_str(), hex::encode(hash)))
                .collect::<Vec<_>>(),
        );
    let entry = office.prepare(record).await?;
    let row = NewRow {
        id,
        customer: customer.id,
        subject,
        login: new.login,
        buyer,
        language,
        code: quote.code,
        net: quote.net,
        vat: quote.vat,
    };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    if let Some(code) = quote.code
        && catalogue::use_code(&tx, code).await? == 0
    {
        return Err(Problems::one("code", Problem::Expired).into());
    }
    store::insert(&tx, &row, number, now).await?;
    for line in lines {
        store::insert_line(&tx, line).await?;
    }
    for one in accepted {
        store::insert_acceptance(&tx, id, subject, one, now).await?;
    }
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(Placed { id, number })
}

async fn mail(
    office: &Office,
    customer: &Customer,
    (title, text): (String, String),
) -> Result<PreparedMail, OfficeError> {
    let language = customer.profile.language;
    let mail = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::Order,
        language,
        title,
        body: mailing::signed(office, language, &text),
    };
    mailing::prepare(office, mail).await
}

/// Accepts an order: from now on there is an agreement, with the services that staff are asked to make,
/// and a processor agreement where the provider processes data for the customer (P15).
///
/// # Errors
/// [`OfficeError::Conflict`] unless it waits; [`OfficeError::Erased`].
pub async fn accept(office: &Office, by: By, id: OrderId) -> Result<AgreementId, OfficeError> {
    let order = order(office, id).await?;
    if order.state != OrderState::Placed {
        return Err(OfficeError::Conflict { what: "the order" });
    }
    let customer = customers::customer(office, order.customer).await?;
    let subject = customer.subject;
    let (clock, random, now) = (&*office.clock, &*office.random, office.now());
    let agreement = NewAgreement {
        id: AgreementId::new(clock, random),
        customer: customer.id,
        subject,
        order: Some(id),
        buyer: order.buyer,
        policy_hash: office.policy().hash(),
        began: office.today(),
    };
    let services = new_services(office, &order, agreement.id).await?;
    let texts = accepted_texts(office, &order).await?;
    let text = texts::accepted(
        customer.profile.language,
        order.number,
        order.buyer,
        &texts.iter().collect::<Vec<_>>(),
        &office.settings.base_url,
    );
    let mail = mail(office, &customer, text).await?;
    let record = Record::new("agreement-concluded", by)
        .about(subject)
        .with("agreement", agreement.id.to_string())
        .with("order", order.number)
        .with("services", services.len());
    let entry = office.prepare(record).await?;
    let processing = match services.iter().any(|service| service.kind.is_processing()) {
        true => Some(
            processor_agreements::prepare(office, by, &customer, IssueReason::Order, None, Notice::Mail)
                .await?,
        ),
        false => None,
    };
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, subject).await?;
    store::close(&tx, id, OrderState::Accepted, Some(agreement.id), now).await?;
    agreements::insert(&tx, &agreement, now).await?;
    for (line, service) in order.lines.iter().zip(&services) {
        services::insert(&tx, service, now).await?;
        store::set_service(&tx, line.id, service.id).await?;
        let due = now.plus_seconds(FULFIL_SECONDS);
        services::new_task(office, &tx, TaskKind::Fulfil, (service.id, customer.id), due).await?;
    }
    if let Some(issuing) = processing {
        issuing.put(office, &tx).await?;
    }
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(agreement.id)
}

/// The services of an order, their labels sealed anew for their own rows.
async fn new_services(
    office: &Office,
    order: &Order,
    agreement: AgreementId,
) -> Result<Vec<NewService>, OfficeError> {
    let key = office.vault.key::<Account>(order.subject).await?;
    let catalogue = catalogue::load(office).await?;
    let mut services = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        let (product, _) = catalogue.plan(line.plan).ok_or(OfficeError::NotFound { what: "the plan" })?;
        let id = ServiceId::new(&*office.clock, &*office.random);
        let label = line.label.as_ref().map(|label| {
            let cell = services::label_cell(id, order.subject);
            key.seal(&cell, label.expose().as_bytes(), &*office.random).into_bytes()
        });
        services.push(NewService {
            id,
            agreement,
            customer: order.customer,
            subject: order.subject,
            plan: line.plan,
            kind: product.kind,
            label,
            chosen: line.chosen.clone(),
            months: line.months,
            price: Price {
                amount: line.amount,
                discount: line.discount,
                discount_terms: line.discount_terms,
            },
            vat: line.vat,
            running: None,
        });
    }
    Ok(services)
}

/// The versions of the texts that were accepted with an order.
async fn accepted_texts(office: &Office, order: &Order) -> Result<Vec<super::TermsVersion>, OfficeError> {
    let mut found = Vec::new();
    for kind in super::TermsKind::ALL {
        let version = order.accepted.iter().find(|(accepted, ..)| accepted.as_str() == kind.as_str());
        let Some((_, version, _)) = version else { continue };
        let versions = terms_text::versions(office, *kind).await?;
        found.extend(versions.into_iter().filter(|text| text.version.to_string() == *version));
    }
    Ok(found)
}

/// Cancels an order that was not accepted yet.
///
/// # Errors
/// [`OfficeError::Conflict`] unless it waits.
pub async fn cancel(office: &Office, by: By, id: OrderId) -> Result<(), OfficeError> {
    let order = order(office, id).await?;
    let customer = customers::customer(office, order.customer).await?;
    let text = texts::cancelled(customer.profile.language, order.number);
    let mail = mail(office, &customer, text).await?;
    let record = Record::new("order-cancelled", by).about(order.subject).with("number", order.number);
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::lock_active(&tx, order.subject).await?;
    store::close(&tx, id, OrderState::Cancelled, None, now).await?;
    store::note_no_customer(&tx, order.customer, now).await?;
    mail.queue(office, &tx).await?;
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// One order, opened.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn order(office: &Office, id: OrderId) -> Result<Order, OfficeError> {
    let found = store::by_id(&office.store, id).await?.ok_or(OfficeError::NotFound { what: "the order" })?;
    open(office, found).await
}

async fn open(office: &Office, mut order: Order) -> Result<Order, OfficeError> {
    let key = match office.vault.key::<Account>(order.subject).await {
        Ok(key) => Some(key),
        // The subject is being erased at this moment.
        Err(KeyError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    order.lines = store::lines(&office.store, &order, key.as_ref()).await?;
    order.accepted = store::acceptances(&office.store, order.id).await?;
    Ok(order)
}

/// The orders of a customer, the newest first, with their lines.
///
/// # Errors
/// When a store fails.
pub async fn orders_of(office: &Office, customer: CustomerId) -> Result<Vec<Order>, OfficeError> {
    let filter = OrderFilter { customer: Some(customer), ..OrderFilter::default() };
    let mut all = Vec::new();
    for order in store::page(&office.store, filter, 0, OF_CUSTOMER_MAX).await? {
        all.push(open(office, order).await?);
    }
    Ok(all)
}

/// A page of orders without their lines, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn orders(
    office: &Office,
    filter: OrderFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<Order>, OfficeError> {
    Ok(store::page(&office.store, filter, offset, limit.min(PAGE_MAX)).await?)
}

/// How many orders a filter lets through.
///
/// # Errors
/// When the database fails.
pub async fn count(office: &Office, filter: OrderFilter) -> Result<u64, OfficeError> {
    Ok(store::count(&office.store, filter).await?)
}

/// What the order of a service said: whether to begin at once, and what setting up costs.
///
/// # Errors
/// When the database fails.
pub async fn beginnings(office: &Office, service: ServiceId) -> Result<(EarlyStart, Money), OfficeError> {
    Ok(store::beginnings(&office.store, service).await?)
}

/// A name for a service that has no domain name, as typed; empty is none.
///
/// # Errors
/// What is wrong with it.
pub fn label_of(text: &str) -> Result<Option<Sensitive<String>>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    customers::single_line(text, 80).map(|text| Some(Sensitive::new(text)))
}
