//! What is left for workers: a run that staff ordered, and the mails about invoices. Payloads carry ids only.

use super::run::go_on;
use super::service::{Invoice, invoice};
use super::store::invoices as store;
use super::{InvoiceId, RunId};
use crate::mailing::{self, MailKind, NewMail, PreparedMail};
use crate::payments::templates::{self, Facts, TemplateKind};
use crate::{Office, OfficeError, customers};
use ::store::{ClaimedJob, Job};
use documents::InvoiceKind;
use serde::{Deserialize, Serialize};

/// The path of an invoice in the customer panel, before its id.
pub const INVOICE_PATH: &str = "panel/invoices";

/// Writes the mails about invoices that were issued together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailInvoices {
    /// Which.
    pub invoices: Vec<InvoiceId>,
}

impl Job for MailInvoices {
    const KIND: &'static str = "billing.mail-invoices";
}

/// Makes the invoices of a billing run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunBilling {
    /// Which.
    pub run: RunId,
}

impl Job for RunBilling {
    const KIND: &'static str = "billing.run";
}

/// Does a job of this slice. False when it is another's.
///
/// # Errors
/// When a store fails; the job may be run again.
pub async fn run(office: &Office, job: &ClaimedJob) -> Result<bool, OfficeError> {
    match job.kind.as_str() {
        RunBilling::KIND => {
            let RunBilling { run } = job.decode()?;
            go_on(office, run, &mut |_| {}).await?;
        }
        MailInvoices::KIND => mail_invoices(office, job.decode()?).await?,
        _ => return Ok(false),
    }
    Ok(true)
}

async fn mail_invoices(office: &Office, MailInvoices { invoices }: MailInvoices) -> Result<(), OfficeError> {
    for id in invoices {
        let invoice = match invoice(office, id).await {
            // Destroyed with its books since.
            Err(OfficeError::NotFound { .. }) => continue,
            found => found?,
        };
        if invoice.row.mailed_at.is_some() {
            continue;
        }
        let Some(mail) = mail(office, &invoice).await? else { continue };
        let tx = office.store.begin().await?;
        if store::mark_mailed(&tx, id, office.now()).await? == 1 {
            mail.queue(office, &tx).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
    }
    Ok(())
}

/// The mail about an invoice; none when the customer is gone.
pub(super) async fn mail(office: &Office, invoice: &Invoice) -> Result<Option<PreparedMail>, OfficeError> {
    let customer = match customers::customer(office, invoice.row.customer).await {
        Err(OfficeError::NotFound { .. } | OfficeError::Keys(keys::KeyError::Missing { .. })) => {
            return Ok(None);
        }
        found => found?,
    };
    let kind = match invoice.row.kind {
        InvoiceKind::Invoice => TemplateKind::Invoice,
        InvoiceKind::CreditNote => TemplateKind::CreditNote,
    };
    let template = templates::template(office, kind, customer.profile.language).await?;
    let (title, text) = template.fill(&Facts::of(office, &invoice.row, customer.display_name().expose()));
    let body = mailing::signed(office, customer.profile.language, text.expose());
    let new = NewMail {
        subject: customer.subject,
        to: &customer.profile.email,
        kind: MailKind::Invoice,
        language: customer.profile.language,
        title,
        body,
    };
    Ok(Some(mailing::prepare(office, new).await?))
}
