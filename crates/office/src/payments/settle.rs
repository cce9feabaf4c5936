//! Settling: what is to a customer's credit pays what they owe, what was due first in front.

use super::PaymentId;
use super::store::money::{self as store, Settlement, SettlementId, Source, Target};
use crate::billing::InvoiceId;
use crate::customers::CustomerId;
use crate::{Office, OfficeError};
use ::store::Tx;
use base::Money;

/// Settles what customers owe with what they have to their credit.
pub(crate) async fn settle_credit(
    office: &Office,
    tx: &Tx,
    customers: &[CustomerId],
) -> Result<(), OfficeError> {
    for customer in store::with_credit(tx, customers).await? {
        settle(office, tx, customer, None).await?;
    }
    Ok(())
}

/// Settles an invoice with the credit note that takes it back, as far as it is open.
pub(crate) async fn settle_note(
    office: &Office,
    tx: &Tx,
    customer: CustomerId,
    note: InvoiceId,
    invoice: InvoiceId,
) -> Result<(), OfficeError> {
    let open = store::debts(tx, customer).await?.into_iter().find(|debt| debt.id == invoice);
    let given = store::notes(tx, customer).await?.into_iter().find(|found| found.id == note);
    if let (Some(open), Some(given)) = (open, given) {
        let amount = open.open.min(-given.open);
        apply(office, tx, customer, Source::Note(note), Target::Invoice(invoice), amount).await?;
    }
    Ok(())
}

/// Settles what a customer owes, one invoice first where it is named.
pub(super) async fn settle(
    office: &Office,
    tx: &Tx,
    customer: CustomerId,
    first: Option<InvoiceId>,
) -> Result<(), OfficeError> {
    // Debts first, then credit: everybody locks in this order.
    let mut debts = store::debts(tx, customer).await?;
    debts.sort_by_key(|debt| Some(debt.id) != first);
    let mut sources: Vec<(Source, Money)> = store::notes(tx, customer)
        .await?
        .into_iter()
        .map(|note| (Source::Note(note.id), -note.open))
        .collect();
    let payments = store::payments_open(tx, customer).await?;
    sources.extend(payments.into_iter().map(|payment| (Source::Payment(payment.id), payment.open)));
    let mut sources = sources.into_iter();
    let mut source = sources.next();
    for debt in debts {
        let mut left = debt.open;
        while left > Money::ZERO {
            let Some((from, has)) = &mut source else { return Ok(()) };
            let amount = left.min(*has);
            apply(office, tx, customer, *from, Target::Invoice(debt.id), amount).await?;
            left = left - amount;
            *has = *has - amount;
            if has.is_zero() {
                source = sources.next();
            }
        }
    }
    Ok(())
}

/// Gives a refund what it pays out. Tells whether there was enough.
pub(super) async fn pay_out(
    office: &Office,
    tx: &Tx,
    customer: CustomerId,
    refund: PaymentId,
    amount: Money,
) -> Result<bool, OfficeError> {
    let mut left = amount;
    let payments = store::payments_open(tx, customer).await?;
    let notes = store::notes(tx, customer).await?;
    let sources = payments
        .into_iter()
        .map(|payment| (Source::Payment(payment.id), payment.open))
        .chain(notes.into_iter().map(|note| (Source::Note(note.id), -note.open)));
    for (from, has) in sources {
        if left.is_zero() {
            break;
        }
        let part = left.min(has);
        apply(office, tx, customer, from, Target::Refund(refund), part).await?;
        left = left - part;
    }
    Ok(left.is_zero())
}

/// One settlement: it may be of less than nothing, which takes one back.
pub(super) async fn apply(
    office: &Office,
    tx: &Tx,
    customer: CustomerId,
    from: Source,
    to: Target,
    amount: Money,
) -> Result<(), OfficeError> {
    let taken = match from {
        Source::Payment(id) => store::change_payment(tx, id, -amount).await?,
        Source::Note(id) => store::change_invoice(tx, id, amount).await?,
    };
    let given = match to {
        Target::Invoice(id) => store::change_invoice(tx, id, -amount).await?,
        Target::Refund(_) => 1,
    };
    if taken == 0 || given == 0 {
        return Err(OfficeError::Conflict { what: "what is open" });
    }
    let id = SettlementId::new(&*office.clock, &*office.random);
    let settlement = Settlement { id, customer, from, to, amount };
    Ok(store::insert_settlement(tx, &settlement, office.now()).await?)
}
