//! Processor agreements that hold: the list, those that were objected to on their own, and each as PDF.

use super::DESK;
use super::view::Badge;
use crate::error::PageResult;
use crate::form::Choice;
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok};
use crate::param::PathId;
use crate::pdf::pdf_file;
use crate::routes::Routes;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::customers::{self, CustomerId};
use office::processor_agreements::{self, AgreementState, Filter, ProcessorAgreementId};
use std::collections::HashMap;

pub(super) const PATH: &str = "/staff/processor-agreements";

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, DESK, list).get("/staff/processor-agreements/{agreement}/pdf", DESK, pdf);
}

/// A version on the page.
struct Row {
    id: ProcessorAgreementId,
    number: String,
    customer: CustomerId,
    name: String,
    issued_at: Timestamp,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "pages/staff/agreements.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    states: Vec<Choice>,
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let filter = if list.filter("state") == "objected" { Filter::Objected } else { Filter::Current };
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = processor_agreements::page(office, filter, list.offset(), limit).await?;
    list.set_total(total);
    let ids: Vec<CustomerId> = found.iter().map(|agreement| agreement.customer).collect();
    let names: HashMap<CustomerId, String> = customers::summaries(office, &ids)
        .await?
        .into_iter()
        .map(|summary| (summary.id, summary.name.expose().clone()))
        .collect();
    let rows = found.into_iter().map(|agreement| Row {
        id: agreement.id,
        number: agreement.number.to_string(),
        customer: agreement.customer,
        name: names.get(&agreement.customer).cloned().unwrap_or_default(),
        issued_at: agreement.issued_at,
        badge: if agreement.state() == AgreementState::Objected {
            Badge { kind: "warn", word: t.staff_agreement_objected() }
        } else {
            Badge { kind: "ok", word: t.staff_agreement_holds() }
        },
    });
    let states = vec![Choice::new("objected", t.staff_agreement_objected())];
    let page = super::page(&visit, t.staff_agreements());
    ok(&ListPage { t, page, rows: rows.collect(), list, states })
}

async fn pdf(state: State, PathId(id): PathId<ProcessorAgreementId>) -> PageResult {
    let (number, bytes) = processor_agreements::pdf_for_staff(&state.office, id).await?;
    Ok(pdf_file(&number.to_string(), bytes))
}
