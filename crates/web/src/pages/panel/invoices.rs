//! The customer's invoices.

use super::{Acting, READER, page};
use crate::csv::csv_file;
use crate::error::{PageError, PageResult};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok};
use crate::pages::sheet::{self, Sheet};
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Money;
use office::billing::{self, Invoice, InvoiceFilter, InvoiceId, InvoiceRow};
use office::payments;

pub(super) const PATH: &str = "/panel/invoices";

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, list)
        .get("/panel/invoices.csv", READER, csv)
        .get("/panel/invoices/{id}", READER, show)
        .get("/panel/invoices/{id}/pdf", READER, pdf);
}

struct Row {
    id: InvoiceId,
    number: String,
    kind: Text,
    issued: String,
    total: String,
    open: String,
    state: (&'static str, Text),
}

#[derive(Template)]
#[template(path = "pages/billing/panel_list.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    lead: Text,
    owed: Option<Text>,
    credit: Option<Text>,
}

fn row(t: T, state: &State, row: &InvoiceRow) -> Row {
    Row {
        id: row.id,
        number: row.number_text(),
        kind: sheet::kind(t, row.kind),
        issued: sheet::day(t, row.issued),
        total: row.total().in_words(t.language()),
        open: row.open.in_words(t.language()),
        state: sheet::standing(t, row, state.office.today()),
    }
}

async fn list(visit: Visit, state: State, acting: Acting, mut list: List) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let filter = InvoiceFilter { customer: Some(acting.customer), ..InvoiceFilter::default() };
    let found = billing::page(office, filter, list.offset(), limit).await?;
    list.set_total(found.total);
    let (owed, credit) = payments::balance(office, acting.customer).await?;
    let policy = office.policy();
    let retention = policy.purpose("invoicing").map(|purpose| purpose.retention.in_words(t.language()));
    let some = |money: Money| (money > Money::ZERO).then(|| money.in_words(t.language()));
    ok(&ListPage {
        t,
        page: page(&visit, t.bill_nav_invoices()),
        list,
        rows: found.invoices.iter().map(|found| row(t, &state, found)).collect(),
        lead: t.bill_panel_lead(retention.unwrap_or_default()),
        owed: some(owed).map(|owed| t.bill_balance_owed(owed)),
        credit: some(credit).map(|credit| t.bill_balance_credit(credit)),
    })
}

async fn csv(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let filter = InvoiceFilter { customer: Some(acting.customer), ..InvoiceFilter::default() };
    let all = billing::export(&state.office, acting.session.by(), filter).await?;
    let head = [
        t.bill_number(),
        t.bill_kind(),
        t.bill_issued(),
        t.bill_sum_net(),
        t.bill_rate(),
        t.bill_total(),
        t.bill_open(),
    ];
    let rows = all.into_iter().map(|row| {
        vec![
            row.number_text(),
            sheet::kind(t, row.kind).into_owned(),
            row.issued.to_string(),
            row.net.to_string(),
            row.vat.to_string(),
            row.total().to_string(),
            row.open.to_string(),
        ]
    });
    Ok(csv_file("invoices", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Template)]
#[template(path = "pages/billing/panel_show.html")]
struct ShowPage {
    t: T,
    page: Page,
    id: InvoiceId,
    is_taken_over: bool,
    state: (&'static str, Text),
    sheet: Sheet,
}

/// An invoice of this customer; another's is not found.
async fn own(state: &State, acting: &Acting, id: InvoiceId) -> Result<Invoice, PageError> {
    let rows = billing::rows(&state.office, &[id]).await?;
    if rows.first().map(|row| row.customer) != Some(acting.customer) {
        return Err(PageError::NotFound);
    }
    Ok(billing::invoice(&state.office, id).await?)
}

async fn show(visit: Visit, state: State, acting: Acting, PathId(id): PathId<InvoiceId>) -> PageResult {
    let t = visit.t();
    let invoice = own(&state, &acting, id).await?;
    ok(&ShowPage {
        t,
        page: page(&visit, sheet::title(t, &invoice.row)).crumb(PATH, t.bill_nav_invoices()),
        id,
        is_taken_over: invoice.row.is_taken_over(),
        state: sheet::standing(t, &invoice.row, state.office.today()),
        sheet: Sheet::of(t, &invoice, &[]),
    })
}

async fn pdf(state: State, acting: Acting, PathId(id): PathId<InvoiceId>) -> PageResult {
    sheet::pdf(own(&state, &acting, id).await?).await
}
