//! Processor agreements: the version that holds and the earlier ones, each as PDF, and objecting to a
//! changed one.

use super::{Acting, OWNER, READER, page};
use crate::error::PageResult;
use crate::page::{Page, ok, see_other};
use crate::param::PathId;
use crate::pdf::pdf_file;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::processor_agreements::{
    self, AgreementState, IssueReason, ProcessorAgreement, ProcessorAgreementId,
};

pub(super) const PATH: &str = "/panel/processor-agreement";

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, show)
        .get("/panel/processor-agreement/{agreement}/pdf", READER, pdf)
        .get("/panel/processor-agreement/{agreement}/object", OWNER, object_form)
        .post("/panel/processor-agreement/{agreement}/object", OWNER, object);
}

/// A version on the page.
struct Row {
    id: ProcessorAgreementId,
    number: String,
    issued_at: Timestamp,
    reason: Text,
    text_hash: String,
    policy_hash: String,
    /// Until when it can be objected to, as long as it can.
    object_until: Option<Timestamp>,
    objected_at: Option<Timestamp>,
    is_current: bool,
}

impl Row {
    fn of(t: T, now: Timestamp, agreement: &ProcessorAgreement) -> Self {
        Self {
            id: agreement.id,
            number: agreement.number.to_string(),
            issued_at: agreement.issued_at,
            reason: match agreement.reason {
                IssueReason::Order => t.agreement_reason_order(),
                IssueReason::Asked => t.agreement_reason_asked(),
                IssueReason::Changed => t.agreement_reason_changed(),
            },
            text_hash: hex::encode(agreement.text_hash),
            policy_hash: hex::encode(agreement.policy_hash),
            object_until: agreement.objection_until.filter(|_| agreement.can_object(now)),
            objected_at: agreement.objected_at,
            is_current: agreement.state() != AgreementState::Replaced,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/panel/agreements.html")]
struct Show {
    t: T,
    page: Page,
    current: Option<Row>,
    earlier: Vec<Row>,
    is_owner: bool,
    is_manager: bool,
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let versions = processor_agreements::of_customer(&state.office, acting.customer).await?;
    let rows = versions.iter().map(|agreement| Row::of(t, visit.now(), agreement));
    let (current, earlier): (Vec<Row>, Vec<Row>) = rows.partition(|row| row.is_current);
    let page = page(&visit, t.agreement());
    let (is_owner, is_manager) = (acting.is_owner(), acting.is_manager());
    ok(&Show { t, page, current: current.into_iter().next(), earlier, is_owner, is_manager })
}

async fn pdf(state: State, acting: Acting, PathId(id): PathId<ProcessorAgreementId>) -> PageResult {
    let agreement = processor_agreements::own(&state.office, acting.customer, id).await?;
    let bytes = processor_agreements::pdf(&state.office, acting.customer, id).await?;
    Ok(pdf_file(&agreement.number.to_string(), bytes))
}

#[derive(Template)]
#[template(path = "pages/panel/agreement_object.html")]
struct ObjectPage {
    t: T,
    page: Page,
    row: Row,
}

async fn object_form(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ProcessorAgreementId>,
) -> PageResult {
    let t = visit.t();
    let agreement = processor_agreements::own(&state.office, acting.customer, id).await?;
    let row = Row::of(t, visit.now(), &agreement);
    // Whoever comes back to this page after objecting, or after the term, sees what became of it.
    if row.object_until.is_none() {
        return Ok(see_other(PATH).into());
    }
    let page = page(&visit, t.agreement_object()).crumb(PATH, t.agreement());
    ok(&ObjectPage { t, page, row })
}

async fn object(
    visit: Visit,
    state: State,
    acting: Acting,
    PathId(id): PathId<ProcessorAgreementId>,
) -> PageResult {
    processor_agreements::object(&state.office, &acting.session, id).await?;
    Ok(see_other(PATH).done(&visit, Flash::AgreementObjected).into())
}
