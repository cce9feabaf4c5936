//! What the pages of selling share: words of products, services, orders and tasks, amounts and days.

use crate::text::{T, Text};
use base::{Day, Money};
use office::billing::vat::{rate_on, tax};
use office::catalogue::{self, Catalogue, Limit, Limits, Measure, ProductKind, Unit, Vat};
use office::customers::CustomerId;
use office::orders::OrderState;
use office::services::terms::{Correction, TermMonths};
use office::services::{
    self, Chosen, EndReason, Service, ServiceId, ServiceState, SuspendReason, TaskKind, TaskState,
};
use office::{Office, OfficeError};

/// The kind and the word of a badge.
pub(super) type Badge = (&'static str, Text);

impl T {
    /// An amount of money.
    #[must_use]
    pub fn money(self, amount: &Money) -> String {
        amount.in_words(self.language())
    }

    /// A day of Amsterdam's calendar.
    #[must_use]
    pub fn day(self, day: &Day) -> String {
        self.date(day.start())
    }

    /// How long a term is.
    #[must_use]
    pub fn term(self, months: &TermMonths) -> Text {
        match months.value() {
            months if months % 12 == 0 => self.sales_term_years(months / 12),
            months => self.sales_term_months(months),
        }
    }

    /// "per month", "per year".
    #[must_use]
    pub fn per_term(self, months: &TermMonths) -> Text {
        match months.value() {
            1 => self.sales_per_month(),
            12 => self.sales_per_year(),
            months if months % 12 == 0 => self.sales_per_years(months / 12),
            months => self.sales_per_months(months),
        }
    }
}

/// What something costs with VAT on a day, for whom buys in the Netherlands.
pub(super) fn with_vat(net: Money, vat: Vat, day: Day) -> Money {
    net + tax(rate_on(vat, day), net)
}

fn limit(t: T, limit: &Limit) -> Text {
    let number = match limit.unit {
        Unit::Count => t.number(limit.value),
        unit => format!("{} {}", t.number(limit.value), unit.as_str()),
    };
    match limit.measure {
        Measure::Storage => t.sales_limit_storage(number),
        Measure::Traffic => t.sales_limit_traffic(number),
        Measure::Sites => t.sales_limit_sites(number),
        Measure::Mailboxes => t.sales_limit_mailboxes(number),
        Measure::Databases => t.sales_limit_databases(number),
        Measure::Memory => t.sales_limit_memory(number),
        Measure::Cores => t.sales_limit_cores(number),
        Measure::Addresses => t.sales_limit_addresses(number),
        Measure::Names => t.sales_limit_names(number),
    }
}

/// The limits of a plan, a line each.
pub(super) fn limits(t: T, limits: &Limits) -> Vec<Text> {
    limits.all().iter().map(|one| limit(t, one)).collect()
}

pub(super) fn service_state(t: T, state: ServiceState) -> Badge {
    match state {
        ServiceState::Ordered => ("muted", t.sales_service_ordered()),
        ServiceState::Provisioning => ("info", t.sales_service_provisioning()),
        ServiceState::Active => ("ok", t.sales_service_active()),
        ServiceState::Suspended => ("danger", t.sales_service_suspended()),
        ServiceState::Ending => ("warn", t.sales_service_ending()),
        ServiceState::Ended => ("muted", t.sales_service_ended()),
    }
}

pub(super) fn suspend_reason(t: T, reason: SuspendReason) -> Text {
    match reason {
        SuspendReason::Unpaid => t.sales_suspended_unpaid(),
        SuspendReason::Abuse => t.sales_suspended_abuse(),
        SuspendReason::Asked => t.sales_suspended_asked(),
    }
}

pub(super) fn end_reason(t: T, reason: EndReason) -> Text {
    match reason {
        EndReason::Cancelled => t.sales_ended_cancelled(),
        EndReason::Withdrawn => t.sales_ended_withdrawn(),
        EndReason::Terminated => t.sales_ended_terminated(),
        EndReason::Erased => t.sales_ended_erased(),
    }
}

pub(super) fn order_state(t: T, state: OrderState) -> Badge {
    match state {
        OrderState::Placed => ("warn", t.sales_order_placed()),
        OrderState::Accepted => ("ok", t.sales_order_accepted()),
        OrderState::Cancelled => ("muted", t.sales_order_cancelled()),
    }
}

pub(super) fn task_kind(t: T, kind: TaskKind) -> Text {
    match kind {
        TaskKind::Fulfil => t.sales_task_fulfil(),
        TaskKind::Change => t.sales_task_change(),
        TaskKind::Suspend => t.sales_task_suspend(),
        TaskKind::Resume => t.sales_task_resume(),
        TaskKind::End => t.sales_task_end(),
        TaskKind::TransferOut => t.sales_task_transfer(),
    }
}

pub(super) fn task_state(t: T, state: TaskState) -> Badge {
    match state {
        TaskState::Open => ("warn", t.sales_task_open()),
        TaskState::Done => ("ok", t.sales_task_done()),
        TaskState::Cancelled => ("muted", t.sales_task_cancelled()),
    }
}

/// The product and plan of a service, such as "Webhosting Plus".
pub(super) fn plan_name(t: T, catalogue: &Catalogue, plan: office::catalogue::PlanId) -> String {
    catalogue.plan(plan).map_or_else(String::new, |(product, plan)| {
        format!("{} {}", product.name.of(t.language()), plan.name.of(t.language()))
    })
}

/// The options of a service, such as "2 × 50 GB extra".
pub(super) fn options(t: T, catalogue: &Catalogue, chosen: &Chosen) -> Vec<String> {
    chosen
        .all()
        .iter()
        .filter_map(|(id, units)| {
            let option = catalogue.options.iter().find(|option| option.id == *id)?;
            Some(format!("{units} × {}", option.name.of(t.language())))
        })
        .collect()
}

/// What a service is called in a list: its domain name, else its plan.
pub(super) fn service_name(t: T, catalogue: &Catalogue, service: &Service) -> String {
    service
        .label
        .as_ref()
        .map_or_else(|| plan_name(t, catalogue, service.plan), |label| label.expose().clone())
}

/// What a change comes to, in a sentence: to pay, or given back.
pub(super) fn comes_to(t: T, net: Money) -> Text {
    if net.is_zero() {
        t.sales_comes_to_nothing()
    } else if net > Money::ZERO {
        t.sales_comes_to_charge(t.money(&net))
    } else {
        t.sales_comes_to_credit(t.money(&-net))
    }
}

/// The same, of a correction of what was charged.
pub(super) fn correction(t: T, correction: &Correction) -> Text {
    comes_to(t, correction.net())
}

/// What happens to a service when its customer is erased, as the page says that asks for confirmation.
pub(super) struct Ending {
    pub id: ServiceId,
    pub name: String,
    pub what: Text,
    /// A domain name that can be transferred out first.
    pub can_transfer: bool,
}

/// What happens to each service of a customer who is erased today.
pub(super) async fn endings(office: &Office, t: T, customer: CustomerId) -> Result<Vec<Ending>, OfficeError> {
    let catalogue = catalogue::load(office).await?;
    let quotes = services::quotes_for_erasure(office, customer).await?;
    let row = |(service, quote): &(Service, services::EndQuote)| {
        let back = quote.back();
        let money = if back.is_zero() {
            t.erasure_services_nothing()
        } else {
            t.erasure_services_back(t.money(&back))
        };
        let can_transfer = service.kind == ProductKind::Domain && service.state.is_running();
        Ending {
            id: service.id,
            name: service_name(t, &catalogue, service),
            what: if can_transfer {
                t.erasure_services_domain(money)
            } else {
                t.erasure_services_stops(money)
            },
            can_transfer,
        }
    };
    Ok(quotes.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use crate::testing_office::site;
    use office::accounts::{Role, StaffRole};
    use office::{By, catalogue, orders};

    /// What an answer holds between a text and a quote.
    fn after(body: &str, text: &str) -> String {
        let rest = body.split_once(text).unwrap_or_else(|| panic!("{text} is missing")).1;
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_visitor_orders_and_staff_accept() {
        let site = site().await;
        let mut visitor = site.browser();
        visitor.get("/products").await.is(200).has("Er wordt nu niets aangeboden");
        catalogue::fill_defaults(&site.office, By::System("test")).await.expect("a catalogue");
        visitor.get("/products").await.is(200).has("Webhosting").has("4,95");
        visitor.get("/order?plan=hosting-start").await.is(200).has("Domeinnaam").has("één maand");
        visitor.get("/order?plan=nothing").await.is(404);

        let line = [("plan", "hosting-start"), ("months", "1"), ("action", "add")];
        visitor.post("/order", &line).await.is(422).has("Vul dit in");
        let mut line = line.to_vec();
        line.push(("label", "Voorbeeld.example"));
        let page = visitor.post("/order", &line).await;
        page.is(200).has("voorbeeld.example").has("5,99");
        let basket = page.value("basket");
        assert_eq!(basket, "hosting-start~1~~voorbeeld.example");
        let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
            let mut all = vec![("basket".to_owned(), basket.clone())];
            all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            all
        };
        let send = |fields: &[(String, String)]| fields.to_vec();
        let fields = send(&with(&[("action", "details"), ("code", "onzin")]));
        let pairs: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        visitor.post("/order", &pairs).await.is(200).has("Uw gegevens");

        let person = [
            ("kind", "person"),
            ("name", "Fenna de Vries"),
            ("email", "fenna@klant.example"),
            ("street", "Dorpsstraat 1"),
            ("postcode", "1234 AB"),
            ("city", "Ons Dorp"),
            ("country", "NL"),
            ("language", "nl"),
            ("action", "check"),
        ];
        let fields = with(&person);
        let pairs: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        visitor.post("/order", &pairs).await.is(200).has("De voorwaarden zijn nog niet gepubliceerd");
        orders::fill_defaults(&site.office, By::System("test")).await.expect("the texts");
        let check = visitor.post("/order", &pairs).await;
        check.is(200).has("Controleer uw bestelling").has("Fenna de Vries").has("verwerkersovereenkomst");

        let mut last = fields.clone();
        last.retain(|(name, _)| name != "action");
        for name in ["once", "total", "terms_version", "responsibility_version", "agreement"] {
            last.push((name.to_owned(), check.value(name)));
        }
        last.push(("action".to_owned(), "place".to_owned()));
        let pairs: Vec<_> = last.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        visitor.post("/order", &pairs).await.is(422).has("Vink dit aan");
        for name in ["terms", "responsibility", "processor", "early"] {
            last.push((name.to_owned(), "yes".to_owned()));
        }
        let pairs: Vec<_> = last.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let placed = visitor.post("/order", &pairs).await;
        placed.is(303);
        assert_eq!(placed.to(), "/order/thanks?number=200001");
        // Sent twice, it is placed once.
        assert_eq!(visitor.post("/order", &pairs).await.to(), "/order/thanks?number=200001");
        visitor.get("/order/thanks?number=200001").await.is(200).has("200001");

        let support = site.staff("Sam", "sam@voorbeeldhost.example", StaffRole::Support).await;
        let mut staff = site.signed_in(&support).await;
        let list = staff.get("/staff/orders?state=placed").await;
        list.is(200).has("200001").has("Fenna de Vries");
        let order = after(&list.body, "/staff/orders/");
        staff.get(&format!("/staff/orders/{order}")).await.is(200).has("voorbeeld.example").has("Aanvaarden");
        staff.post(&format!("/staff/orders/{order}/accept"), &[]).await.is(303);
        staff.post(&format!("/staff/orders/{order}/accept"), &[]).await.is(409);
        let tasks = staff.get("/staff/tasks?state=open").await;
        tasks.is(200).has("Dienst klaarmaken").has("voorbeeld.example");
        let task = after(&tasks.body, "/staff/tasks/");
        staff.post(&format!("/staff/tasks/{task}"), &[]).await.is(303);

        let customer =
            orders::orders(&site.office, orders::OrderFilter::default(), 0, 1).await.expect("orders");
        let customer =
            office::customers::customer(&site.office, customer[0].customer).await.expect("a customer");
        let owner = site.member(&customer, "Fenna", "fenna@thuis.example", Role::Owner).await;
        let mut panel = site.signed_in(&owner).await;
        let list = panel.get("/panel/services").await;
        list.is(200).has("voorbeeld.example").has("actief");
        let service = after(&list.body, "/panel/services/");
        let path = format!("/panel/services/{service}");
        panel.get(&path).await.is(200).has("Opzeggen");
        let quote = panel.get(&format!("{path}/change?plan=hosting-plus")).await;
        quote.is(200).has("U betaalt nu").has("9,95");
        let fields = [
            ("plan".to_owned(), "hosting-plus".to_owned()),
            ("revision".to_owned(), quote.value("revision")),
            ("price".to_owned(), quote.value("price")),
        ];
        let pairs: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        panel.post(&format!("{path}/change"), &pairs).await.is(303);
        panel.post(&format!("{path}/change"), &pairs).await.is(409);
        let cancel = panel.get(&format!("{path}/cancel")).await;
        cancel.is(200).has("Ontbinden binnen de bedenktijd");
        let revision = cancel.value("revision");
        panel.post(&format!("{path}/cancel"), &[("revision", &revision)]).await.is(422);
        let how = [("revision", revision.as_str()), ("how", "ordinary")];
        panel.post(&format!("{path}/cancel"), &how).await.is(303);
        let page = panel.get(&path).await;
        page.is(200).has("loopt af");
        let revision = page.value("revision");
        panel.post(&format!("{path}/keep"), &[("revision", &revision)]).await.is(303);
        panel.get(&path).await.is(200).has("actief");

        // Another customer does not find it.
        let other = site.customer("Bram Jansen", "bram@klant.example").await;
        let other = site.member(&other, "Bram", "bram@thuis.example", Role::Owner).await;
        site.signed_in(&other).await.get(&path).await.is(404);
    }
}
