//! The list of customers, and registering one.

use super::view::{self, Badge};
use super::{DESK, words};
use crate::error::PageResult;
use crate::form::{Choice, Errors, Form};
use crate::list::{List, Order, PAGE_ROWS};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use crate::{PageError, csv_file};
use askama::Template;
use base::Sensitive;
use office::accounts::{self, NewMember, Role};
use office::customers::{
    self, CustomerFilter, CustomerId, CustomerKind, CustomerOrder, CustomerSummary, NewCustomer, ProfileForm,
    Restriction,
};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/customers", DESK, list)
        .get("/staff/customers.csv", DESK, csv)
        .get("/staff/customers/new", DESK, new)
        .post("/staff/customers/new", DESK, create);
}

/// A customer in the list.
struct Row {
    customer: CustomerSummary,
    kind: Text,
    restricted: Option<Badge>,
}

#[derive(Template)]
#[template(path = "pages/staff/customers.html")]
struct ListPage {
    t: T,
    page: Page,
    list: List,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    restrictions: Vec<Choice>,
}

fn filter(list: &List) -> CustomerFilter {
    CustomerFilter {
        kind: CustomerKind::parse(list.filter("kind")),
        restricted: match list.filter("restricted") {
            "yes" => Some(Restriction::Restricted),
            "no" => Some(Restriction::Free),
            _ => None,
        },
        // The newest come first unless the address says otherwise.
        order: match list.sort(&["", "number"]) {
            ("number", Order::Up) => CustomerOrder::Oldest,
            _ => CustomerOrder::Newest,
        },
    }
}

async fn list(visit: Visit, state: State, mut list: List) -> PageResult {
    let t = visit.t();
    let limit = u32::try_from(PAGE_ROWS).unwrap_or(u32::MAX);
    let found = customers::page(&state.office, filter(&list), list.offset(), limit).await?;
    list.set_total(found.total);
    let row = |customer: CustomerSummary| Row {
        kind: words::customer_kind(t, customer.kind),
        restricted: customer.restricted_at.map(|_| Badge::new("warn", t.staff_restricted())),
        customer,
    };
    let rows = found.customers.into_iter().map(row).collect();
    let restrictions =
        vec![Choice::new("yes", t.staff_restricted()), Choice::new("no", t.staff_not_restricted())];
    let page = super::page(&visit, t.staff_nav_customers());
    ok(&ListPage { t, page, list, rows, kinds: view::customer_kinds(t), restrictions })
}

async fn csv(visit: Visit, state: State, me: Me, list: List) -> PageResult {
    let t = visit.t();
    let all = customers::export(&state.office, me.session.by(), filter(&list)).await?;
    let head = [
        t.staff_column_number(),
        t.staff_column_name(),
        t.staff_column_kind(),
        t.staff_column_email(),
        t.staff_column_city(),
        t.staff_column_since(),
        t.staff_column_restricted(),
    ];
    let rows = all.into_iter().map(|customer| {
        vec![
            customer.number.to_string(),
            customer.name.expose().clone(),
            words::customer_kind(t, customer.kind).into_owned(),
            customer.email.expose().clone(),
            customer.city.as_ref().map(|city| city.expose().clone()).unwrap_or_default(),
            customer.created_at.rfc3339(),
            customer.restricted_at.map(|at| at.rfc3339()).unwrap_or_default(),
        ]
    });
    Ok(csv_file("customers", &head.each_ref().map(AsRef::as_ref), rows))
}

/// The form of a new customer.
#[derive(Default, Deserialize)]
pub(super) struct NewForm {
    #[serde(flatten)]
    profile: ProfileForm,
    #[serde(default)]
    invite: String,
    #[serde(default)]
    once: String,
}

#[derive(Template)]
#[template(path = "pages/staff/customer_new.html")]
struct NewPage {
    t: T,
    page: Page,
    errors: Errors,
    form: ProfileForm,
    invite: String,
    once: String,
    kinds: Vec<Choice>,
    languages: Vec<Choice>,
}

fn new_page(visit: &Visit, form: NewForm, errors: Errors) -> NewPage {
    let t = visit.t();
    let page = super::page(visit, t.staff_customer_new())
        .crumb("/staff/customers", t.staff_nav_customers())
        .failed(&errors);
    let (kinds, languages) = (view::customer_kinds(t), view::languages(t));
    NewPage { t, page, errors, form: form.profile, invite: form.invite, once: form.once, kinds, languages }
}

async fn new(visit: Visit) -> PageResult {
    let profile = ProfileForm { language: "nl".to_owned(), country: "NL".into(), ..ProfileForm::default() };
    let form = NewForm { profile, invite: "yes".to_owned(), once: visit.idempotency_key() };
    ok(&new_page(&visit, form, Errors::none()))
}

async fn create(visit: Visit, state: State, me: Me, Form(form): Form<NewForm>) -> PageResult {
    let (t, office, by) = (visit.t(), &*state.office, me.session.by());
    let profile = match form.profile.parse() {
        Ok(profile) => profile,
        Err(found) => return unprocessable(&new_page(&visit, form, Errors::of_problems(t, &found))),
    };
    let invite = form.invite == "yes";
    let deed = async {
        let customer = customers::create(office, by, &NewCustomer { profile: profile.clone() }).await?;
        if invite {
            let member = NewMember {
                name: profile.name.clone(),
                email: profile.email.clone(),
                role: Role::Owner,
                language: profile.language,
            };
            accounts::invite(office, by, customer.id, &member).await?;
        }
        Ok::<_, PageError>(format!("/staff/customers/{}", customer.id))
    };
    let to = state.once.act("customer-new", &form.once, visit.now(), deed).await?;
    Ok(see_other(&to).done(&visit, Flash::StaffCustomerCreated).into())
}

/// The form by which staff invite somebody for a customer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InviteForm {
    pub name: Sensitive<String>,
    pub email: Sensitive<String>,
    pub role: String,
    pub language: String,
}

#[derive(Template)]
#[template(path = "pages/staff/customer_invite.html")]
struct InvitePage {
    t: T,
    page: Page,
    errors: Errors,
    id: CustomerId,
    form: InviteForm,
    roles: Vec<Choice>,
    languages: Vec<Choice>,
}

async fn invite_page(
    visit: &Visit,
    state: &State,
    id: CustomerId,
    form: InviteForm,
    errors: Errors,
) -> Result<InvitePage, PageError> {
    let t = visit.t();
    let customer = customers::customer(&state.office, id).await?;
    let page = super::page(visit, t.staff_invite())
        .crumb("/staff/customers", t.staff_nav_customers())
        .crumb(format!("/staff/customers/{id}"), customer.number.to_string())
        .failed(&errors);
    let roles = Role::ALL.into_iter().map(|role| Choice::new(role.as_str(), t.role(role))).collect();
    Ok(InvitePage { t, page, errors, id, form, roles, languages: view::languages(t) })
}

pub(super) async fn invite(visit: Visit, state: State, id: crate::PathId<CustomerId>) -> PageResult {
    let form = InviteForm { role: "owner".into(), language: "nl".into(), ..InviteForm::default() };
    ok(&invite_page(&visit, &state, id.0, form, Errors::none()).await?)
}

pub(super) async fn send_invitation(
    visit: Visit,
    state: State,
    me: Me,
    id: crate::PathId<CustomerId>,
    Form(form): Form<InviteForm>,
) -> PageResult {
    let (t, id) = (visit.t(), id.0);
    let mut errors = Errors::none();
    let role = Role::parse(&form.role);
    let language = base::Language::from_tag(&form.language);
    let result = match (role, language) {
        (Some(role), Some(language)) => {
            let member = NewMember { name: form.name.clone(), email: form.email.clone(), role, language };
            accounts::invite(&state.office, me.session.by(), id, &member).await
        }
        _ => {
            errors.add("role", t.problem_choice());
            return unprocessable(&invite_page(&visit, &state, id, form, errors).await?);
        }
    };
    if let Err(error) = result {
        let errors = Errors::of_problems(t, &problems(error)?);
        return unprocessable(&invite_page(&visit, &state, id, form, errors).await?);
    }
    Ok(see_other(&format!("/staff/customers/{id}")).done(&visit, Flash::StaffInvited).into())
}
