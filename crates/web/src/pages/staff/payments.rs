//! Money that came in or went out: the latest entries, taking one back, paying credit back.

use super::DESK;
use super::invoices::{PaymentForm, day_typed, method, methods, names};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sheet;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Sensitive;
use office::OfficeError;
use office::customers::{self, CustomerId};
use office::payments::{self, Allocation, Method, PaymentId, PaymentKind};
use serde::Deserialize;
use std::collections::HashSet;

/// How many entries are shown.
const SHOWN: u32 = 100;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/payments", DESK, list)
        .get("/staff/payments.csv", DESK, csv)
        .post("/staff/payments/{id}/reverse", DESK, reverse)
        .get("/staff/customers/{id}/refund", DESK, refund_form)
        .post("/staff/customers/{id}/refund", DESK, refund);
}

struct Row {
    id: PaymentId,
    customer: Option<(CustomerId, String)>,
    kind: Text,
    method: Text,
    received: String,
    amount: String,
    open: Option<String>,
    reference: String,
    can_reverse: bool,
}

#[derive(Template)]
#[template(path = "pages/billing/payments.html")]
struct ListPage {
    t: T,
    page: Page,
    rows: Vec<Row>,
    once: String,
}

fn kind(t: T, kind: PaymentKind) -> Text {
    match kind {
        PaymentKind::Payment => t.bill_payment_kind_payment(),
        PaymentKind::Refund => t.bill_payment_kind_refund(),
        PaymentKind::WriteOff => t.bill_payment_kind_write_off(),
        PaymentKind::Reversal => t.bill_payment_kind_reversal(),
    }
}

async fn list(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let all = payments::recent(&state.office, 0, SHOWN).await?;
    let ids: Vec<CustomerId> = all.iter().map(|payment| payment.customer).collect();
    let names = names(&state, &ids).await?;
    let reversed: HashSet<PaymentId> = all.iter().filter_map(|payment| payment.reverses).collect();
    let rows = all.into_iter().map(|payment| Row {
        id: payment.id,
        customer: names.get(&payment.customer).map(|name| (payment.customer, name.clone())),
        kind: kind(t, payment.kind),
        method: method(t, payment.method),
        received: sheet::day(t, payment.received),
        amount: payment.amount.in_words(t.language()),
        open: (!payment.open.is_zero()).then(|| payment.open.in_words(t.language())),
        can_reverse: matches!(payment.kind, PaymentKind::Payment | PaymentKind::WriteOff)
            && !reversed.contains(&payment.id),
        reference: payment.reference.map(|text| text.expose().clone()).unwrap_or_default(),
    });
    let page = super::page(&visit, t.bill_nav_payments());
    ok(&ListPage { t, page, rows: rows.collect(), once: visit.idempotency_key() })
}

async fn csv(visit: Visit, state: State, me: Me) -> PageResult {
    let t = visit.t();
    let all = payments::export(&state.office, me.session.by()).await?;
    let head = [
        t.bill_issued(),
        t.bill_kind(),
        t.bill_method(),
        t.bill_amount(),
        t.bill_payment_open(),
        t.bill_reference(),
    ];
    let rows = all.into_iter().map(|payment| {
        vec![
            payment.received.to_string(),
            kind(t, payment.kind).into_owned(),
            method(t, payment.method).into_owned(),
            payment.amount.to_string(),
            payment.open.to_string(),
            payment.reference.map(|text| text.expose().clone()).unwrap_or_default(),
        ]
    });
    Ok(csv_file("payments", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OnceForm {
    once: String,
}

async fn reverse(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<PaymentId>,
    Form(form): Form<OnceForm>,
) -> PageResult {
    let deed = async {
        payments::reverse(&state.office, me.session.by(), id).await?;
        Ok::<_, OfficeError>("/staff/payments".to_owned())
    };
    let to = state.once.act("payment-reverse", &form.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::BillReversed).into())
}

#[derive(Template)]
#[template(path = "pages/billing/refund.html")]
struct RefundPage {
    t: T,
    page: Page,
    errors: Errors,
    lead: Text,
    action: String,
    form: PaymentForm,
    methods: Vec<Choice>,
}

async fn refund_page(
    visit: &Visit,
    state: &State,
    id: CustomerId,
    form: PaymentForm,
    errors: Errors,
) -> Result<RefundPage, PageError> {
    let t = visit.t();
    let customer = customers::customer(&state.office, id).await?;
    let (_, credit) = payments::balance(&state.office, id).await?;
    let page = super::page(visit, t.bill_refund_title())
        .crumb("/staff/customers", t.staff_nav_customers())
        .crumb(format!("/staff/customers/{id}"), customer.number.to_string())
        .failed(&errors);
    let lead = t.bill_refund_lead(credit.in_words(t.language()));
    let action = format!("/staff/customers/{id}/refund");
    Ok(RefundPage { t, page, errors, lead, action, form, methods: methods(t) })
}

async fn refund_form(visit: Visit, state: State, PathId(id): PathId<CustomerId>) -> PageResult {
    let (_, credit) = payments::balance(&state.office, id).await?;
    let form = PaymentForm {
        received: day_typed(state.office.today()),
        amount: credit.to_string().replace('.', ","),
        method: Method::Bank.as_str().to_owned(),
        reference: Sensitive::default(),
        once: visit.idempotency_key(),
    };
    ok(&refund_page(&visit, &state, id, form, Errors::none()).await?)
}

async fn refund(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<CustomerId>,
    Form(form): Form<PaymentForm>,
) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let new = match form.read(t, id, Allocation::Oldest, office.today()) {
        Ok(new) => new,
        Err(errors) => return unprocessable(&refund_page(&visit, &state, id, form, errors).await?),
    };
    let deed = async {
        payments::refund(office, me.session.by(), &new).await?;
        Ok::<_, OfficeError>("/staff/payments".to_owned())
    };
    match state.once.act("payment-refund", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::BillRefunded).into()),
        Err(OfficeError::Invalid(_)) => {
            let mut errors = Errors::none();
            errors.add("amount", t.bill_refund_too_much());
            unprocessable(&refund_page(&visit, &state, id, form, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}
