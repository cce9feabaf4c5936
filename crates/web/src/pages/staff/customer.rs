//! One customer: what is held, what happened, and changing it.

use super::services::{self, AgreementRow, ServiceRow};
use super::view::{self, Badge, Event, LedgerLinks, RequestRow, ThreadRow};
use super::{AUDIT_ROLES, DESK, PRIVACY, PRIVACY_ROLES, customers, has, words};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable, with_status};
use crate::param::PathId;
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Sensitive, Timestamp};
use http::StatusCode;
use office::accounts::{self, Member};
use office::customers::{
    Customer, CustomerId, ProfileForm, Restriction, customer, replace_profile, set_restriction,
};
use office::{OfficeError, messages, requests};
use outbound::contacts_of_subject;
use serde::Deserialize;

/// How many requests, threads, contacts and events the page shows.
const SHOWN: u32 = 25;
/// How much of the ledger.
const EVENTS: u32 = 100;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/customers/{id}", DESK, show)
        .get("/staff/customers/{id}/change", DESK, change)
        .post("/staff/customers/{id}/change", DESK, save)
        .get("/staff/customers/{id}/invite", DESK, customers::invite)
        .post("/staff/customers/{id}/invite", DESK, customers::send_invitation)
        .get("/staff/customers/{id}/restriction", PRIVACY, restriction)
        .post("/staff/customers/{id}/restriction", PRIVACY, change_restriction);
}

/// Somebody who may act for the customer.
struct MemberRow {
    member: Member,
    role: Text,
    factor: Badge,
}

/// A contact outward about the customer.
pub(super) struct ContactRow {
    pub recipient: String,
    pub purpose: String,
    pub fields: String,
    pub state: Badge,
    pub at: Timestamp,
}

#[derive(Template)]
#[template(path = "pages/staff/customer.html")]
struct CustomerPage {
    t: T,
    page: Page,
    customer: Customer,
    kind: Text,
    language: Text,
    may_restrict: bool,
    members: Vec<MemberRow>,
    invited: Vec<accounts::PendingInvitation>,
    services: Vec<ServiceRow>,
    agreements: Vec<AgreementRow>,
    requests: Vec<RequestRow>,
    threads: Vec<ThreadRow>,
    contacts: Vec<ContactRow>,
    events: Vec<Event>,
}

/// Contacts outward, with the recipient's name as the policy has it.
pub(super) fn contact_rows(state: &State, t: T, rows: Vec<outbound::ContactRow>) -> Vec<ContactRow> {
    let policy = state.office.policy();
    let row = |row: outbound::ContactRow| ContactRow {
        recipient: policy
            .recipient(&row.recipient)
            .map_or_else(|| row.host.clone(), |known| known.name.clone()),
        purpose: policy
            .purpose(&row.purpose)
            .map_or_else(|| row.purpose.clone(), |known| known.title.of(t.language()).to_owned()),
        fields: row.fields.join(", "),
        state: words::contact(t, row.state),
        at: row.started_at,
    };
    rows.into_iter().map(row).collect()
}

async fn show(visit: Visit, state: State, PathId(id): PathId<CustomerId>) -> PageResult {
    let (t, now, office) = (visit.t(), visit.now(), &*state.office);
    let found = customer(office, id).await?;
    let members = accounts::logins_of_customer(office, id).await?;
    let member = |member: Member| MemberRow {
        role: t.role(member.role),
        factor: if member.login.has_second_factor {
            Badge::new("ok", t.staff_factor_on())
        } else {
            Badge::new("muted", t.staff_factor_off())
        },
        member,
    };
    let own = requests::of_customer(office, id, 0, SHOWN).await?;
    let threads = messages::of_customer(office, id, 0, SHOWN).await?;
    let contacts =
        contacts_of_subject(&office.store, found.subject, SHOWN).await.map_err(OfficeError::from)?;
    let entries =
        store::entries_of_subject(&office.store, found.subject, EVENTS).await.map_err(OfficeError::from)?;
    let links = if has(&visit, AUDIT_ROLES) { LedgerLinks::Shown } else { LedgerLinks::Hidden };
    let page = super::page(&visit, found.display_name().expose().clone())
        .crumb("/staff/customers", t.staff_nav_customers());
    ok(&CustomerPage {
        t,
        page,
        kind: words::customer_kind(t, found.profile.kind),
        language: language(t, &found),
        may_restrict: has(&visit, PRIVACY_ROLES),
        members: members.into_iter().map(member).collect(),
        invited: accounts::pending_invitations(office, id).await?,
        services: services::rows(&state, t, id).await?,
        agreements: services::agreement_rows(&state, t, id).await?,
        requests: view::request_rows(&state, t, now, &own.requests).await?,
        threads: view::thread_rows(&state, t, &threads.threads).await?,
        contacts: contact_rows(&state, t, contacts),
        events: view::timeline(t, &entries, links),
        customer: found,
    })
}

fn language(t: T, customer: &Customer) -> Text {
    match customer.profile.language {
        base::Language::Nl => t.staff_language_nl(),
        base::Language::En => t.staff_language_en(),
    }
}

/// The profile with the revision that it was made from.
#[derive(Default, Deserialize)]
struct ChangeForm {
    #[serde(flatten)]
    profile: ProfileForm,
    #[serde(default)]
    revision: String,
}

#[derive(Template)]
#[template(path = "pages/staff/customer_change.html")]
struct ChangePage {
    t: T,
    page: Page,
    errors: Errors,
    customer: Customer,
    form: ProfileForm,
    revision: String,
    conflict: bool,
    kinds: Vec<Choice>,
    languages: Vec<Choice>,
}

fn change_page(visit: &Visit, customer: Customer, form: ChangeForm, errors: Errors) -> ChangePage {
    let t = visit.t();
    let page = super::page(visit, t.staff_customer_change())
        .crumb("/staff/customers", t.staff_nav_customers())
        .crumb(format!("/staff/customers/{}", customer.id), customer.number.to_string())
        .failed(&errors);
    ChangePage {
        t,
        page,
        errors,
        customer,
        form: form.profile,
        revision: form.revision,
        conflict: false,
        kinds: view::customer_kinds(t),
        languages: view::languages(t),
    }
}

async fn change(visit: Visit, state: State, PathId(id): PathId<CustomerId>) -> PageResult {
    let found = customer(&state.office, id).await?;
    let form = ChangeForm { profile: ProfileForm::of(&found.profile), revision: found.revision.to_string() };
    ok(&change_page(&visit, found, form, Errors::none()))
}

async fn save(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<CustomerId>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    let (t, office) = (visit.t(), &*state.office);
    let current = customer(office, id).await?;
    let profile = match form.profile.parse() {
        Ok(profile) => profile,
        Err(found) => {
            let errors = Errors::of_problems(t, &found);
            return unprocessable(&change_page(&visit, current, form, errors));
        }
    };
    let revision = form.revision.parse().map_err(|_| PageError::BadRequest)?;
    match replace_profile(office, me.session.by(), id, revision, &profile).await {
        Ok(_) => {
            let to = format!("/staff/customers/{id}");
            Ok(see_other(&to).done(&visit, Flash::Saved).into())
        }
        Err(OfficeError::Conflict { .. }) => {
            // What was typed stays; the page shows what stands there now, and the next try replaces that.
            let current = customer(office, id).await?;
            let form = ChangeForm { revision: current.revision.to_string(), ..form };
            let page = ChangePage { conflict: true, ..change_page(&visit, current, form, Errors::none()) };
            with_status(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RestrictionForm {
    reason: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/staff/customer_restriction.html")]
struct RestrictionPage {
    t: T,
    page: Page,
    errors: Errors,
    customer: Customer,
    reason: Sensitive<String>,
}

fn restriction_page(
    visit: &Visit,
    customer: Customer,
    form: RestrictionForm,
    errors: Errors,
) -> RestrictionPage {
    let t = visit.t();
    let title =
        if customer.restricted_at.is_some() { t.staff_restriction_lift() } else { t.staff_restriction_set() };
    let page = super::page(visit, title)
        .crumb("/staff/customers", t.staff_nav_customers())
        .crumb(format!("/staff/customers/{}", customer.id), customer.number.to_string())
        .failed(&errors);
    RestrictionPage { t, page, errors, customer, reason: form.reason }
}

async fn restriction(visit: Visit, state: State, PathId(id): PathId<CustomerId>) -> PageResult {
    let found = customer(&state.office, id).await?;
    ok(&restriction_page(&visit, found, RestrictionForm::default(), Errors::none()))
}

async fn change_restriction(
    visit: Visit,
    state: State,
    me: Me,
    PathId(id): PathId<CustomerId>,
    Form(form): Form<RestrictionForm>,
) -> PageResult {
    let (office, by) = (&*state.office, me.session.by());
    let found = customer(office, id).await?;
    let to = see_other(&format!("/staff/customers/{id}"));
    if found.restricted_at.is_none() {
        set_restriction(office, by, id, Restriction::Restricted).await?;
        return Ok(to.done(&visit, Flash::StaffRestricted).into());
    }
    match requests::announce_lifting(office, by, id, &form.reason).await {
        Ok(_) => Ok(to.done(&visit, Flash::StaffLiftingAnnounced).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&restriction_page(&visit, found, form, errors))
        }
    }
}
