//! Invoices: the list, one of them, crediting, sending again, writing off, recording a payment.

use super::DESK;
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sheet::{self, Sheet};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Day, Money, Sensitive};
use office::OfficeError;
use office::billing::{self, Credit, Invoice, InvoiceFilter, InvoiceId, InvoiceKind, InvoiceRow, Standing};
use office::customers::{self, CustomerId};
use office::form::Problem;
use office::payments::{self, Allocation, Method, NewPayment, Step};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/invoices", DESK, list)
        .get("/staff/invoices.csv", DESK, csv)
        .get("/staff/invoices/{id}", DESK, show)
        .get("/staff/invoices/{id}/pdf", DESK, pdf)
        .post("/staff/invoices/{id}/credit", DESK, credit)
        .post("/staff/invoices/{id}/resend", DESK, resend)
        .get("/staff/invoices/{id}/write-off", DESK, write_off_form)
        .post("/staff/invoices/{id}/write-off", DESK, write_off)
        .get("/staff/invoices/{id}/payment", DESK, payment_form)
        .post("/staff/invoices/{id}/payment", DESK, record);
}

/// The names of customers by id; who is erased has none.
pub(super) async fn names(
    state: &State,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, String>, PageError> {
    let found = customers::summaries(&state.office, ids).await?;
    Ok(found.into_iter().map(|customer| (customer.id, customer.name.expose().clone())).collect())
}

struct Row {
    id: InvoiceId,
    number: String,
    customer: Option<(CustomerId, String)>,
    kind: Text,
    issued: String,
    due: String,
    total: String,
    open: String,
    state: (&'static str, Text),
}

#[derive(Template)]
#[template(path = "pages/billing/list.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    open: String,
    kinds: Vec<Choice>,
    standings: Vec<Choice>,
}

fn filter(state: &State, list: &List) -> InvoiceFilter {
    InvoiceFilter {
        kind: billing::parse_kind(list.filter("kind")),
        standing: match list.filter("state") {
            "open" => Some(Standing::Open),
            "overdue" => Some(Standing::Overdue(state.office.today())),
            "paid" => Some(Standing::Settled),
            _ => None,
        },
        customer: list.filter("customer").parse().ok(),
        ..InvoiceFilter::default()
    }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found = billing::page(&state.office, filter(&state, &list), list.offset(), limit).await?;
    list.set_total(found.total);
    let ids: Vec<CustomerId> = found.invoices.iter().map(|row| row.customer).collect();
    let names = names(&state, &ids).await?;
    let today = state.office.today();
    let row = |row: &InvoiceRow| Row {
        id: row.id,
        number: row.number_text(),
        customer: names.get(&row.customer).map(|name| (row.customer, name.clone())),
        kind: sheet::kind(t, row.kind),
        issued: sheet::day(t, row.issued),
        due: sheet::day(t, row.due),
        total: row.total().in_words(t.language()),
        open: row.open.in_words(t.language()),
        state: sheet::standing(t, row, today),
    };
    let kinds = [InvoiceKind::Invoice, InvoiceKind::CreditNote];
    ok(&ListPage {
        t,
        page: super::page(&visit, t.bill_nav_invoices()),
        rows: found.invoices.iter().map(row).collect(),
        list,
        open: found.open.in_words(t.language()),
        kinds: kinds.map(|kind| Choice::new(billing::kind_word(kind), sheet::kind(t, kind))).into(),
        standings: vec![
            Choice::new("open", t.bill_state_open()),
            Choice::new("overdue", t.bill_state_overdue()),
            Choice::new("paid", t.bill_state_paid()),
        ],
    })
}

async fn csv(visit: Visit, state: State, me: Me, list: List) -> PageResult {
    let t = visit.t();
    let all = billing::export(&state.office, me.session.by(), filter(&state, &list)).await?;
    let head = [
        t.bill_number(),
        t.bill_kind(),
        t.bill_issued(),
        t.bill_due(),
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
            row.due.to_string(),
            row.net.to_string(),
            row.vat.to_string(),
            row.total().to_string(),
            row.open.to_string(),
        ]
    });
    Ok(csv_file("invoices", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Template)]
#[template(path = "pages/billing/show.html")]
struct ShowPage {
    t: T,
    page: Page,
    errors: Errors,
    id: InvoiceId,
    customer: Option<(CustomerId, String)>,
    state: (&'static str, Text),
    sheet: Sheet,
    reminders: Vec<(Text, String)>,
    can_pay: bool,
    is_invoice: bool,
    is_taken_over: bool,
    all_credited: bool,
    once: String,
}

fn step(t: T, step: Step) -> Text {
    match step {
        Step::Friendly => t.bill_step_friendly(),
        Step::First => t.bill_step_first(),
        Step::Final => t.bill_step_final(),
        Step::Suspension => t.bill_step_suspension(),
    }
}

async fn show_page(
    visit: &Visit,
    state: &State,
    id: InvoiceId,
    errors: Errors,
) -> Result<ShowPage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let invoice = billing::invoice(office, id).await?;
    let credited = billing::lines_credited(office, id).await?;
    let names = names(state, &[invoice.row.customer]).await?;
    let reminders = payments::reminders_of(office, id).await?;
    Ok(ShowPage {
        t,
        page: crumbs(visit, sheet::title(t, &invoice.row)).failed(&errors),
        errors,
        id,
        customer: names.get(&invoice.row.customer).map(|name| (invoice.row.customer, name.clone())),
        state: sheet::standing(t, &invoice.row, office.today()),
        sheet: Sheet::of(t, &invoice, &credited),
        reminders: reminders.iter().map(|one| (step(t, one.step), sheet::day(t, one.sent))).collect(),
        can_pay: invoice.row.open > Money::ZERO,
        is_invoice: invoice.row.kind == InvoiceKind::Invoice && !invoice.row.is_taken_over(),
        is_taken_over: invoice.row.is_taken_over(),
        all_credited: credited.len() >= invoice.document.lines.len(),
        once: visit.idempotency_key(),
    })
}

fn crumbs(visit: &Visit, title: Text) -> Page {
    super::page(visit, title).crumb("/staff/invoices", visit.t().bill_nav_invoices())
}

async fn show(visit: Visit, state: State, PathId(id): PathId<InvoiceId>) -> PageResult {
    ok(&show_page(&visit, &state, id, Errors::none()).await?)
}

async fn pdf(state: State, PathId(id): PathId<InvoiceId>) -> PageResult {
    sheet::pdf(billing::invoice(&state.office, id).await?).await
}

async fn credit(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<InvoiceId>,
    Form(form): Form<Vec<(String, String)>>,
) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let of = |name: &'static str| form.iter().filter(move |(found, _)| found == name).map(|(_, value)| value);
    let lines: Vec<usize> = of("lines").filter_map(|value| value.parse().ok()).collect();
    let once = of("once").next().cloned().unwrap_or_default();
    let deed = async {
        let note = billing::credit_note(office, me.session.by(), id, &Credit::Lines(lines)).await?;
        Ok::<_, OfficeError>(format!("/staff/invoices/{note}"))
    };
    match state.once.act("invoice-credit", &once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::BillCredited).into()),
        Err(OfficeError::Invalid(found)) => {
            let mut errors = Errors::none();
            let text = match found.of("lines") {
                Some(Problem::Taken) => t.bill_credit_again(),
                _ => t.bill_credit_none(),
            };
            errors.add("lines", text);
            unprocessable(&show_page(&visit, &state, id, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn resend(visit: Visit, state: State, me: Me, PathId(id): PathId<InvoiceId>) -> PageResult {
    billing::resend(&state.office, me.session.by(), id).await?;
    Ok(see_other(&format!("/staff/invoices/{id}")).done(&visit, Flash::BillResent).into())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OnceForm {
    once: String,
}

#[derive(Template)]
#[template(path = "pages/billing/write_off.html")]
struct WriteOffPage {
    t: T,
    page: Page,
    id: InvoiceId,
    what: Text,
    once: String,
}

async fn write_off_form(visit: Visit, state: State, PathId(id): PathId<InvoiceId>) -> PageResult {
    let t = visit.t();
    let invoice = billing::invoice(&state.office, id).await?;
    let page =
        crumbs(&visit, t.bill_write_off()).crumb(format!("/staff/invoices/{id}"), invoice.row.number_text());
    let what = t.bill_write_off_text(invoice.row.number_text(), invoice.row.open.in_words(t.language()));
    ok(&WriteOffPage { t, page, id, what, once: visit.idempotency_key() })
}

async fn write_off(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<InvoiceId>,
    Form(form): Form<OnceForm>,
) -> PageResult {
    let deed = async {
        payments::write_off(&state.office, me.session.by(), id).await?;
        Ok::<_, OfficeError>(format!("/staff/invoices/{id}"))
    };
    let to = state.once.act("invoice-write-off", &form.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::BillWrittenOff).into())
}

/// The form of money that came in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PaymentForm {
    pub received: String,
    pub amount: String,
    pub method: String,
    pub reference: Sensitive<String>,
    pub once: String,
}

#[derive(Template)]
#[template(path = "pages/billing/payment.html")]
struct PaymentPage {
    t: T,
    page: Page,
    errors: Errors,
    action: String,
    form: PaymentForm,
    methods: Vec<Choice>,
}

/// What a method is called.
pub(super) fn method(t: T, method: Method) -> Text {
    match method {
        Method::Bank => t.bill_method_bank(),
        Method::Cash => t.bill_method_cash(),
        Method::Card => t.bill_method_card(),
        Method::DirectDebit => t.bill_method_direct_debit(),
        Method::Other => t.bill_method_other(),
    }
}

pub(super) fn methods(t: T) -> Vec<Choice> {
    Method::ALL.into_iter().map(|one| Choice::new(one.as_str(), method(t, one))).collect()
}

/// A day as people type it, day first.
pub(super) fn typed_day(text: &str) -> Option<Day> {
    let parts: Vec<&str> = text.trim().split(['-', '/', '.']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let date = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    Day::of_date(date)
}

/// The same, to fill a form.
pub(super) fn day_typed(day: Day) -> String {
    let date = day.date();
    format!("{:02}-{:02}-{}", date.day(), date.month(), date.year())
}

impl PaymentForm {
    pub(super) fn read(
        &self,
        t: T,
        customer: CustomerId,
        allocation: Allocation,
        today: Day,
    ) -> Result<NewPayment, Errors> {
        let mut errors = Errors::none();
        let received = typed_day(&self.received).filter(|day| *day <= today);
        if received.is_none() {
            errors.add("received", t.bill_received_wrong());
        }
        let amount = Money::parse(&self.amount).filter(|amount| *amount > Money::ZERO);
        if amount.is_none() {
            errors.add("amount", t.bill_amount_wrong());
        }
        let method = Method::parse(&self.method);
        if method.is_none() {
            errors.add("method", t.problem_choice());
        }
        let reference = Some(self.reference.clone()).filter(|text| !text.expose().trim().is_empty());
        match (received, amount, method) {
            (Some(received), Some(amount), Some(method)) => {
                Ok(NewPayment { customer, method, received, amount, reference, allocation })
            }
            _ => Err(errors),
        }
    }
}

fn payment_page(visit: &Visit, invoice: &Invoice, form: PaymentForm, errors: Errors) -> PaymentPage {
    let t = visit.t();
    let (id, number) = (invoice.row.id, invoice.row.number_text());
    let page = crumbs(visit, t.bill_record_title(number.clone()))
        .crumb(format!("/staff/invoices/{id}"), number)
        .failed(&errors);
    PaymentPage {
        t,
        page,
        errors,
        action: format!("/staff/invoices/{id}/payment"),
        form,
        methods: methods(t),
    }
}

async fn payment_form(visit: Visit, state: State, PathId(id): PathId<InvoiceId>) -> PageResult {
    let invoice = billing::invoice(&state.office, id).await?;
    let form = PaymentForm {
        received: day_typed(state.office.today()),
        amount: invoice.row.open.to_string().replace('.', ","),
        method: Method::Bank.as_str().to_owned(),
        reference: Sensitive::default(),
        once: visit.idempotency_key(),
    };
    ok(&payment_page(&visit, &invoice, form, Errors::none()))
}

async fn record(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<InvoiceId>,
    Form(form): Form<PaymentForm>,
) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let invoice = billing::invoice(office, id).await?;
    let new = match form.read(t, invoice.row.customer, Allocation::Invoice(id), office.today()) {
        Ok(new) => new,
        Err(errors) => return unprocessable(&payment_page(&visit, &invoice, form, errors)),
    };
    let deed = async {
        payments::record(office, me.session.by(), &new).await?;
        Ok::<_, OfficeError>(format!("/staff/invoices/{id}"))
    };
    match state.once.act("payment-new", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::BillRecorded).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&payment_page(&visit, &invoice, form, errors))
        }
    }
}
