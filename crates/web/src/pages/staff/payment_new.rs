//! Recording a payment from a page of its own: for an invoice, or for whatever a customer owes.

use super::DESK;
use super::invoices::{PaymentForm, day_typed, methods};
use crate::error::PageResult;
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T};
use crate::visit::Visit;
use askama::Template;
use base::Sensitive;
use office::billing;
use office::customers::{self, CustomerId, CustomerNumber};
use office::payments::{self, Allocation, Method};
use office::{Office, OfficeError};
use serde::Deserialize;

const PATH: &str = "/staff/payments/new";

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, DESK, show).post(PATH, DESK, record);
}

/// The form: what the payment is for, and the payment.
#[derive(Default, Deserialize)]
#[serde(default)]
struct NewForm {
    what: String,
    received: String,
    amount: String,
    method: String,
    reference: Sensitive<String>,
    once: String,
}

impl NewForm {
    fn payment(&self) -> PaymentForm {
        PaymentForm {
            received: self.received.clone(),
            amount: self.amount.clone(),
            method: self.method.clone(),
            reference: self.reference.clone(),
            once: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/billing/payment_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    form: NewForm,
    methods: Vec<Choice>,
}

fn page(visit: &Visit, form: NewForm, errors: Errors) -> NewPage {
    let t = visit.t();
    let page = super::page(visit, t.bill_record_new())
        .crumb("/staff/payments", t.bill_nav_payments())
        .failed(&errors);
    NewPage { t, page, errors, form, methods: methods(t) }
}

async fn show(visit: Visit, state: State) -> PageResult {
    let form = NewForm {
        received: day_typed(state.office.today()),
        method: Method::Bank.as_str().to_owned(),
        once: visit.idempotency_key(),
        ..NewForm::default()
    };
    ok(&page(&visit, form, Errors::none()))
}

/// Whose payment it is, and what it pays first.
async fn read(office: &Office, what: &str) -> Result<Option<(CustomerId, Allocation)>, OfficeError> {
    match billing::invoice_by_number(office, what).await {
        Ok(invoice) => {
            return Ok(Some((invoice.row.customer, Allocation::Invoice(invoice.row.id))));
        }
        Err(OfficeError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let Some(number) = CustomerNumber::parse(what) else { return Ok(None) };
    Ok(customers::id_of_number(office, number).await?.map(|customer| (customer, Allocation::Oldest)))
}

async fn record(visit: Visit, state: State, me: Me, Form(form): Form<NewForm>) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let Some((customer, allocation)) = read(office, &form.what).await? else {
        // The other fields are looked at too, so that all that is wrong is said at once.
        let nobody = CustomerId::new(&*office.clock, &*office.random);
        let rest = form.payment().read(t, nobody, Allocation::Oldest, office.today());
        let mut errors = Errors::none();
        errors.add("what", t.bill_record_for_wrong());
        let errors = errors.and(rest.err().unwrap_or_default());
        return unprocessable(&page(&visit, form, errors));
    };
    let new = match form.payment().read(t, customer, allocation, office.today()) {
        Ok(new) => new,
        Err(errors) => return unprocessable(&page(&visit, form, errors)),
    };
    let deed = async {
        payments::record(office, me.session.by(), &new).await?;
        Ok::<_, OfficeError>("/staff/payments".to_owned())
    };
    match state.once.act("payment-new", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::BillRecorded).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&page(&visit, form, errors))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing_office::site;
    use office::accounts::StaffRole;
    use office::payments;

    #[tokio::test]
    async fn a_payment_is_recorded_by_the_number_of_a_customer() {
        let site = site().await;
        let customer = site.customer("Fenna de Proef", "fenna@klant.example").await;
        let person = site.staff("Noor Medewerker", "noor@voorbeeldhost.example", StaffRole::Support).await;
        let mut noor = site.signed_in(&person).await;
        noor.get("/staff/payments").await.is(200).has("/staff/payments/new");
        let page = noor.get("/staff/payments/new").await;
        let once = page.is(200).value("once");
        let number = customer.number.to_string();
        let (today, wrong) = (page.value("received"), "F2026-99999");
        let fields = |what, amount| {
            [
                ("what", what),
                ("received", today.as_str()),
                ("amount", amount),
                ("method", "bank"),
                ("reference", "Afschrift 12"),
                ("once", once.as_str()),
            ]
        };
        let refused = noor.post("/staff/payments/new", &fields(wrong, "nul")).await;
        refused.is(422).has("href=\"#what\"").has("href=\"#amount\"").has(wrong).has("Afschrift 12");
        for _ in 0..2 {
            noor.post("/staff/payments/new", &fields(&number, "12,50")).await.is(303);
        }
        let (owed, credit) = payments::balance(&site.office, customer.id).await.expect("a balance");
        assert_eq!((owed.cents(), credit.cents()), (0, 1_250), "sent twice, recorded once");
        noor.get("/staff/payments.csv").await.is(200).has("12.50").has("Afschrift 12");
        noor.get("/staff/billing.csv").await.is(200);
    }
}
