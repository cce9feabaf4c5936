//! Suppliers as staff see them: who they are according to the policy, what they have, and each disclosure.
//! Lists name nobody; a disclosure names the customer to those who decide about rights.

use super::{AUDIT, PRIVACY, PRIVACY_ROLES, has};
use crate::csv_file;
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::list::{List, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::pages::sales::Badge;
use crate::pages::suppliers as words;
use crate::param::PathId;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::Timestamp;
use office::OfficeError;
use office::customers::{self, CustomerId};
use office::services::{self, ServiceId};
use office::suppliers::{self, Disclosure, DisclosureFilter, DisclosureId, DisclosureState, WithdrawalId};
use serde::Deserialize;

pub(super) const PATH: &str = "/staff/suppliers";
pub(super) const DISCLOSURES: &str = "/staff/disclosures";

/// How many rows a file takes at a time.
pub(super) const CSV_ROWS: u32 = 200;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, AUDIT, show)
        .get("/staff/suppliers.csv", AUDIT, csv)
        .get(DISCLOSURES, AUDIT, list)
        .get("/staff/disclosures.csv", AUDIT, list_csv)
        .get("/staff/disclosures/{id}", PRIVACY, one)
        .post("/staff/disclosures/{id}/reference", PRIVACY, reference)
        .post("/staff/disclosures/{id}/correct", PRIVACY, correct);
}

/// A recipient on the page.
struct Supplier {
    id: String,
    name: String,
    text: String,
    role: Text,
    country: Text,
    purposes: String,
    data: String,
    keeps: String,
    transfer: String,
    hosts: String,
    asked: Text,
    is_declared: bool,
    held: u64,
    withdrawals: Vec<(Badge, &'static str, u64)>,
}

impl Supplier {
    fn of(t: T, state: &State, found: suppliers::Recipient) -> Self {
        let policy = state.office.policy();
        let language = t.language();
        let category = |name: &String| {
            let known = policy.data_categories().iter().find(|category| category.name == *name);
            known.map_or_else(|| name.clone(), |category| category.text.of(language).to_owned())
        };
        let by_hand = state.office.suppliers.is_by_hand(&found.id);
        let withdrawals = found.withdrawals.iter();
        let withdrawals = withdrawals.map(|(s, n)| (words::state(t, *s), s.as_str(), *n)).collect();
        let declared = found.declared.as_ref();
        Self {
            name: declared.map_or_else(|| found.id.clone(), |one| one.name.clone()),
            text: declared.map_or_else(String::new, |one| one.text.of(language).to_owned()),
            role: declared.map_or(Text::Borrowed(""), |one| words::role(t, one.role)),
            country: declared.map_or(Text::Borrowed(""), |one| t.panel_country(&one.country)),
            purposes: declared.map_or_else(String::new, |one| {
                let titles = one.purposes.iter().map(|name| words::purpose(t, &policy, name));
                titles.collect::<Vec<_>>().join("; ")
            }),
            data: declared
                .map_or_else(String::new, |one| one.data.iter().map(category).collect::<Vec<_>>().join("; ")),
            keeps: declared.map_or_else(String::new, |one| one.retention.of(language).to_owned()),
            transfer: declared
                .and_then(|one| one.transfer.as_ref())
                .map_or_else(String::new, |text| text.of(language).to_owned()),
            hosts: declared.map_or_else(String::new, |one| {
                one.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }),
            asked: if by_hand { t.staff_suppliers_asked_hand() } else { t.staff_suppliers_asked_program() },
            is_declared: declared.is_some(),
            held: found.held,
            withdrawals,
            id: found.id,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/suppliers.html")]
struct ShowPage {
    t: T,
    page: Page,
    suppliers: Vec<Supplier>,
}

async fn found(t: T, state: &State) -> Result<Vec<Supplier>, PageError> {
    let all = suppliers::recipients(&state.office).await?;
    Ok(all.into_iter().map(|one| Supplier::of(t, state, one)).collect())
}

async fn show(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    ok(&ShowPage { t, page: super::page(&visit, t.staff_suppliers()), suppliers: found(t, &state).await? })
}

async fn csv(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let rows = found(t, &state).await?.into_iter().map(|one| {
        let held = one.held.to_string();
        vec![
            one.name,
            one.role.into_owned(),
            one.country.into_owned(),
            one.purposes,
            one.data,
            one.keeps,
            one.hosts,
            held,
        ]
    });
    let head = [
        t.staff_disclosure_supplier(),
        t.staff_suppliers_role(),
        t.staff_suppliers_country(),
        t.staff_suppliers_purposes(),
        t.staff_suppliers_data(),
        t.staff_suppliers_keeps(),
        t.staff_suppliers_hosts(),
        t.staff_suppliers_has(),
    ];
    Ok(csv_file("suppliers", &head.each_ref().map(AsRef::as_ref), rows))
}

/// A disclosure on the list.
struct Row {
    id: DisclosureId,
    supplier: String,
    purpose: String,
    fields: String,
    at: Timestamp,
    badge: Badge,
}

impl Row {
    fn of(t: T, state: &State, one: &Disclosure) -> Self {
        let policy = state.office.policy();
        Self {
            id: one.id,
            supplier: words::name(&policy, &one.supplier),
            purpose: words::purpose(t, &policy, &one.purpose),
            fields: words::fields(t, &one.fields),
            at: one.given_at.unwrap_or(one.created_at),
            badge: words::given(t, one.state),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/staff/disclosures.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    suppliers: Vec<Choice>,
    states: Vec<Choice>,
    may_open: bool,
}

fn filter(list: &List) -> DisclosureFilter {
    let supplier = list.filter("supplier");
    DisclosureFilter {
        supplier: (!supplier.is_empty()).then(|| supplier.to_owned()),
        state: DisclosureState::parse(list.filter("state")),
        customer: None,
    }
}

/// The suppliers to choose from.
pub(super) fn choices(state: &State) -> Vec<Choice> {
    let policy = state.office.policy();
    policy.recipients().iter().map(|one| Choice::new(one.id.clone(), one.name.clone())).collect()
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let (found, total) = suppliers::disclosures(&state.office, &filter(&list), list.offset(), limit).await?;
    list.set_total(total);
    let states =
        DisclosureState::ALL.iter().map(|s| Choice::new(s.as_str(), words::given(t, *s).1)).collect();
    ok(&ListPage {
        t,
        page: super::page(&visit, t.staff_disclosures()).crumb(PATH, t.staff_suppliers()),
        rows: found.iter().map(|one| Row::of(t, &state, one)).collect(),
        suppliers: choices(&state),
        states,
        may_open: has(&visit, PRIVACY_ROLES),
        list,
    })
}

async fn list_csv(visit: Visit, state: State, list: List) -> PageResult {
    let (t, filter) = (visit.t(), filter(&list));
    let mut rows = Vec::new();
    let mut offset = 0;
    loop {
        let (found, _) = suppliers::disclosures(&state.office, &filter, offset, CSV_ROWS).await?;
        offset += found.len() as u64;
        let done = found.len() < CSV_ROWS as usize;
        rows.extend(found.iter().map(|one| {
            let row = Row::of(t, &state, one);
            vec![
                row.id.to_string(),
                row.supplier,
                row.purpose,
                row.fields,
                row.badge.1.into_owned(),
                row.at.rfc3339(),
            ]
        }));
        if done {
            break;
        }
    }
    let head = [
        t.staff_disclosure_number(),
        t.staff_disclosure_supplier(),
        t.staff_disclosure_purpose(),
        t.staff_disclosure_fields(),
        t.staff_column_state(),
        t.staff_disclosure_given(),
    ];
    Ok(csv_file("disclosures", &head.each_ref().map(AsRef::as_ref), rows))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReferenceForm {
    reference: String,
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/disclosure.html")]
struct OnePage {
    t: T,
    page: Page,
    errors: Errors,
    form: ReferenceForm,
    row: Row,
    customer: Option<(CustomerId, String)>,
    services: Vec<(ServiceId, String)>,
    values: Vec<(String, String)>,
    withdrawal: Option<(WithdrawalId, Badge)>,
    may_change: bool,
    differs: bool,
}

async fn one_page(
    visit: &Visit,
    state: &State,
    id: DisclosureId,
    form: Option<ReferenceForm>,
    errors: Errors,
) -> Result<OnePage, PageError> {
    let (t, office) = (visit.t(), &*state.office);
    let one = suppliers::disclosure(office, id).await?;
    let customer = match customers::customer(office, one.customer).await {
        Ok(customer) => Some((customer.id, customer.profile.name.expose().clone())),
        Err(OfficeError::NotFound { .. } | OfficeError::Erased | OfficeError::Keys(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let mut names = Vec::new();
    if customer.is_some() {
        for id in &one.uses {
            let service = services::service(office, *id).await?;
            names.push((*id, service.label.map_or_else(|| id.to_string(), |label| label.expose().clone())));
        }
    }
    let once = visit.idempotency_key();
    let kept = one.reference.as_ref().map_or_else(String::new, |text| text.expose().clone());
    let form = form.unwrap_or(ReferenceForm { reference: kept, once });
    let in_use = one.ended_at.is_none();
    Ok(OnePage {
        t,
        page: super::page(visit, t.staff_disclosure())
            .crumb(DISCLOSURES, t.staff_disclosures())
            .failed(&errors),
        errors,
        form,
        row: Row::of(t, state, &one),
        services: names,
        values: one.values.iter().map(|(k, v)| (words::field(t, k), v.expose().clone())).collect(),
        withdrawal: one.withdrawal.as_ref().map(|w| (w.id, words::state(t, w.state))),
        may_change: in_use,
        differs: in_use
            && one.withdrawal.is_none()
            && customer.is_some()
            && suppliers::differs(office, &one).await?,
        customer,
    })
}

async fn one(visit: Visit, state: State, PathId(id): PathId<DisclosureId>) -> PageResult {
    ok(&one_page(&visit, &state, id, None, Errors::none()).await?)
}

async fn reference(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<DisclosureId>,
    Form(form): Form<ReferenceForm>,
) -> PageResult {
    let deed = async {
        let text = form.reference.clone().into();
        suppliers::set_reference(&state.office, me.session.by(), id, &text).await?;
        Ok::<_, OfficeError>(format!("{DISCLOSURES}/{id}"))
    };
    match state.once.act("disclosure-reference", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::SupplierReferenced).into()),
        Err(OfficeError::Invalid(found)) => {
            let errors = Errors::of_problems(visit.t(), &found);
            unprocessable(&one_page(&visit, &state, id, Some(form), errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn correct(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<DisclosureId>,
    Form(form): Form<ReferenceForm>,
) -> PageResult {
    let deed = async {
        suppliers::correct(&state.office, me.session.by(), id).await?;
        Ok::<_, OfficeError>(format!("{DISCLOSURES}/{id}"))
    };
    let to = state.once.act("disclosure-correct", &form.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::SupplierCorrected).into())
}
