//! The pages of what is sold: products and orders, services, invoices, payments and their texts.

use super::look::{Looker, Stop, at, page};
use super::visits::{BY, FENNA, customer_of};
use office::billing::{self, InvoiceFilter, InvoiceKind, Standing};
use office::catalogue;
use office::orders::{self, OrderFilter, OrderState};
use office::services::{self, ServiceState, SuspendReason};
use tests::harness::{Site, Visitor};

pub(super) fn public() -> Vec<Stop> {
    vec![
        page("/products"),
        at("/order", "/order?plan=hosting-plus"),
        at("/order", "/order?plan=vps-2"),
        at("/order", "/order?plan=nergens").is(404),
        at("/order/thanks", "/order/thanks?number=200001"),
    ]
}

/// The steps of an order, each with mistakes and without.
pub(super) async fn ordering(looker: &mut Looker<'_>, site: &Site, who: &Visitor) {
    looker.be(who).await;
    looker.browser.open(&format!("{}/order?plan=hosting-start", site.url)).await;
    looker.browser.press("main button[value=add]").await;
    looker.look_here("an order without a name", 422).await;
    looker.browser.fill("label", "proef.example").await;
    looker.browser.press("main button[value=add]").await;
    looker.look_here("a basket", 200).await;
    looker.browser.press("main button[value=details]").await;
    looker.look_here("who orders", 200).await;
    looker.browser.press("main button[value=check]").await;
    looker.look_here("who orders, with mistakes", 422).await;
    let fields = [
        ("name", "Otto Orde"),
        ("email", "otto@bezoeker.example"),
        ("street", "Proefkade 1"),
        ("postcode", "1234 AB"),
        ("city", "Voorbeeldhaven"),
    ];
    for (name, value) in fields {
        looker.browser.fill(name, value).await;
    }
    looker.browser.choose("kind", "person").await;
    looker.browser.choose("language", "nl").await;
    looker.browser.press("main button[value=check]").await;
    looker.look_here("an order to check", 200).await;
    looker.browser.press("main button[value=place]").await;
    looker.look_here("an order to check, nothing accepted", 422).await;
}

pub(super) async fn panel(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let customer = customer_of(office, FENNA).await;
    let running = services::services_of(office, customer).await.unwrap();
    let service = running.iter().find(|one| one.state == ServiceState::Active).expect("a service");
    let service = format!("/panel/services/{}", service.id);
    let own = InvoiceFilter { customer: Some(customer), ..InvoiceFilter::default() };
    let invoice = billing::page(office, own, 0, 1).await.unwrap().invoices.remove(0);
    vec![
        page("/panel/services"),
        at("/panel/services/{id}", service.clone()),
        at("/panel/services/{id}/change", format!("{service}/change")),
        at("/panel/services/{id}/cancel", format!("{service}/cancel")),
        page("/panel/invoices"),
        at("/panel/invoices/{id}", format!("/panel/invoices/{}", invoice.id)),
    ]
}

pub(super) async fn staff(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let open = InvoiceFilter { standing: Some(Standing::Open), ..InvoiceFilter::default() };
    let unpaid = billing::page(office, open, 0, 1).await.unwrap().invoices.remove(0);
    let credit = InvoiceFilter { kind: Some(InvoiceKind::CreditNote), ..InvoiceFilter::default() };
    let credit = billing::page(office, credit, 0, 1).await.unwrap().invoices;
    let invoice = format!("/staff/invoices/{}", unpaid.id);
    let placed = OrderFilter { state: Some(OrderState::Placed), ..OrderFilter::default() };
    let order = orders::orders(office, placed, 0, 1).await.unwrap().remove(0).id;
    let run = billing::runs(office, 1).await.unwrap().remove(0).id;
    let catalogue = catalogue::load(office).await.unwrap();
    let (product, plan) = catalogue.plan_of_code("hosting-plus").unwrap();
    let (product, plan) = (format!("/staff/catalogue/products/{}", product.id), plan.id);
    let plan = format!("/staff/catalogue/plans/{plan}");
    let option = catalogue.options.first().expect("an option").id;
    let code = catalogue.codes.first().expect("a discount code").id;
    let running = services::services_of(office, customer_of(office, FENNA).await).await.unwrap();
    let service = running.iter().find(|one| one.state == ServiceState::Active).expect("a service");
    let held = services::services_of(office, unpaid.customer).await.unwrap();
    let held = held.iter().find(|one| one.state.is_running() && one.id != service.id).expect("a service");
    if held.suspended.is_none() {
        services::suspend(office, BY, held.id, held.revision, SuspendReason::Abuse).await.unwrap();
    }
    let held = format!("/staff/services/{}", held.id);
    let service = format!("/staff/services/{}", service.id);
    let mut stops = vec![
        at("/staff/services/{id}", service.clone()),
        at("/staff/services/{id}/suspend", format!("{service}/suspend")),
        at("/staff/services/{id}", held.clone()),
        at("/staff/services/{id}/resume", format!("{held}/resume")),
        at("/staff/services/{id}/terminate", format!("{service}/terminate")),
        at("/staff/catalogue/plans/{id}", plan.clone()),
        at("/staff/catalogue/plans/{id}/change", format!("{plan}/change")),
        at("/staff/catalogue/plans/{id}/option", format!("{plan}/option")),
        at("/staff/catalogue/plans/{id}/price", format!("{plan}/price")),
        at("/staff/catalogue/options/{id}", format!("/staff/catalogue/options/{option}")),
        at("/staff/catalogue/codes/{id}", format!("/staff/catalogue/codes/{code}")),
        at("/staff/catalogue/products/{id}", product.clone()),
        at("/staff/catalogue/products/{id}/plan", format!("{product}/plan")),
        at("/staff/orders/{id}", format!("/staff/orders/{order}")),
        at("/staff/invoices", "/staff/invoices?state=overdue"),
        at("/staff/invoices/{id}", invoice.clone()),
        at("/staff/invoices/{id}/payment", format!("{invoice}/payment")),
        at("/staff/invoices/{id}/write-off", format!("{invoice}/write-off")),
        at("/staff/customers/{id}/refund", format!("/staff/customers/{}/refund", unpaid.customer)),
        at("/staff/billing/{id}", format!("/staff/billing/{run}")),
        at("/staff/mail-templates/{kind}/{language}", "/staff/mail-templates/invoice/nl"),
        at("/staff/terms/{kind}", "/staff/terms/terms"),
    ];
    stops.extend(credit.iter().map(|one| at("/staff/invoices/{id}", format!("/staff/invoices/{}", one.id))));
    let lists = [
        "/staff/catalogue",
        "/staff/catalogue/products/new",
        "/staff/catalogue/codes",
        "/staff/catalogue/codes/new",
        "/staff/imports/services",
        "/staff/imports/invoices",
        "/staff/payments/new",
        "/staff/orders",
        "/staff/tasks",
        "/staff/invoices",
        "/staff/billing",
        "/staff/payments",
        "/staff/receivables",
        "/staff/mail-templates",
    ];
    stops.extend(lists.map(page));
    stops
}
