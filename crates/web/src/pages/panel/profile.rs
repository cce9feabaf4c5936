//! What is known of the customer, and changing it: rectification by one's own hand, done at once.

use super::{Acting, MANAGER, READER, page, words};
use crate::error::PageResult;
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable, with_status};
use crate::problems::problems;
use crate::routes::Routes;
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use base::{Language, Sensitive, Timestamp};
use http::StatusCode;
use office::customers::{self, Address, Customer, CustomerKind, Profile, ProfileForm};
use office::{OfficeError, requests};
use serde::Deserialize;

pub(super) const PATH: &str = "/panel/profile";
const EDIT: &str = "/panel/profile/edit";

pub(super) fn register(routes: &mut Routes<State>) {
    routes.get(PATH, READER, show).get(EDIT, MANAGER, edit).post(EDIT, MANAGER, change);
}

/// A detail of the customer: its words, and its value where there is one.
struct Row {
    label: Text,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/panel/profile.html")]
struct Show {
    t: T,
    page: Page,
    rows: Vec<Row>,
    since: Timestamp,
    role: Text,
    can_change: bool,
    restricted_at: Option<Timestamp>,
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let t = visit.t();
    let customer = customers::customer(&state.office, acting.customer).await?;
    let number = Row { label: t.panel_profile_number(), value: customer.number.to_string() };
    let mut rows = vec![number];
    rows.extend(details(t, &customer.profile));
    ok(&Show {
        t,
        page: page(&visit, t.panel_profile()),
        rows,
        since: customer.created_at,
        role: t.role(acting.role),
        can_change: acting.is_manager(),
        restricted_at: customer.restricted_at,
    })
}

/// What a profile says, in the order of the form; empty where nothing was filled in.
fn details(t: T, profile: &Profile) -> Vec<Row> {
    let text =
        |value: &Option<Sensitive<String>>| value.as_ref().map_or_else(String::new, |v| v.expose().clone());
    let is_organisation = profile.kind == CustomerKind::Organisation;
    let mut rows = vec![(t.panel_profile_kind(), words::customer_kind(t, profile.kind).into_owned())];
    if is_organisation {
        rows.push((t.panel_profile_organisation_name(), text(&profile.organisation)));
        rows.push((t.panel_profile_contact_name(), profile.name.expose().clone()));
        rows.push((t.panel_profile_kvk(), text(&profile.kvk)));
        rows.push((t.panel_profile_vat(), text(&profile.vat)));
    } else {
        rows.push((t.panel_profile_name(), profile.name.expose().clone()));
    }
    rows.push((t.panel_profile_email(), profile.email.expose().clone()));
    rows.push((t.panel_profile_phone(), text(&profile.phone)));
    rows.push((t.panel_profile_address(), address(t, profile.address.as_ref())));
    rows.push((t.panel_profile_language(), language(t, profile.language).into_owned()));
    rows.into_iter().map(|(label, value)| Row { label, value }).collect()
}

fn address(t: T, address: Option<&Address>) -> String {
    let Some(address) = address else { return String::new() };
    let [street, postcode, city, country] =
        [&address.street, &address.postcode, &address.city, &address.country]
            .map(|part| part.expose().as_str());
    format!("{street}, {postcode} {city}, {}", t.panel_country(country))
}

fn language(t: T, language: Language) -> Text {
    match language {
        Language::Nl => t.panel_profile_dutch(),
        Language::En => t.panel_profile_english(),
    }
}

/// A detail that differs between what was typed and what somebody else stored meanwhile.
struct Difference {
    label: Text,
    now: String,
    yours: String,
}

/// The form as it was sent.
#[derive(Default, Deserialize)]
struct Edit {
    /// The revision the form was made from.
    #[serde(default)]
    revision: String,
    #[serde(flatten)]
    profile: ProfileForm,
}

#[derive(Template)]
#[template(path = "pages/panel/profile_edit.html")]
struct EditPage {
    t: T,
    page: Page,
    errors: Errors,
    form: Edit,
    kinds: Vec<Choice>,
    languages: Vec<Choice>,
    differences: Vec<Difference>,
}

impl EditPage {
    fn new(visit: &Visit, form: Edit, errors: Errors) -> Self {
        let t = visit.t();
        let page = page(visit, t.panel_profile_edit()).crumb(PATH, t.panel_profile()).failed(&errors);
        let kinds = vec![
            Choice::new(CustomerKind::Person.as_str(), t.panel_profile_person())
                .hint(t.panel_profile_kind_person_hint()),
            Choice::new(CustomerKind::Organisation.as_str(), t.panel_profile_organisation())
                .hint(t.panel_profile_kind_organisation_hint()),
        ];
        let languages = Language::ALL.map(|l| Choice::new(l.tag(), language(t, l))).to_vec();
        Self { t, page, errors, form, kinds, languages, differences: Vec::new() }
    }
}

async fn edit(visit: Visit, state: State, acting: Acting) -> PageResult {
    let customer = customers::customer(&state.office, acting.customer).await?;
    let form = Edit { revision: customer.revision.to_string(), profile: ProfileForm::of(&customer.profile) };
    ok(&EditPage::new(&visit, form, Errors::none()))
}

async fn change(visit: Visit, state: State, acting: Acting, Form(form): Form<Edit>) -> PageResult {
    let t = visit.t();
    let profile = match form.profile.parse() {
        Ok(profile) => profile,
        Err(found) => return unprocessable(&EditPage::new(&visit, form, Errors::of_problems(t, &found))),
    };
    // What is no number is no revision we gave out: it conflicts like an old one.
    let revision = form.revision.parse().unwrap_or(0);
    match requests::rectify_in_panel(&state.office, &acting.session, revision, &profile).await {
        Ok(Some((request, _))) => {
            let to = format!("{}/{request}", super::requests::PATH);
            Ok(see_other(&to).done(&visit, Flash::ProfileRectified).into())
        }
        Ok(None) => Ok(see_other(PATH).done(&visit, Flash::ProfileSame).into()),
        Err(OfficeError::Conflict { .. }) => {
            let now = customers::customer(&state.office, acting.customer).await?;
            conflict(&visit, form, &profile, &now)
        }
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&EditPage::new(&visit, form, errors))
        }
    }
}

/// Shows what was typed beside what is stored by now; saving again replaces that knowingly.
fn conflict(visit: &Visit, form: Edit, yours: &Profile, now: &Customer) -> PageResult {
    let t = visit.t();
    // By their words: the two may be of different kinds, with other details.
    let (now_rows, your_rows) = (details(t, &now.profile), details(t, yours));
    let value = |rows: &[Row], label: &Text| {
        rows.iter().find(|row| row.label == *label).map_or_else(String::new, |row| row.value.clone())
    };
    let mut labels: Vec<Text> = Vec::new();
    for row in your_rows.iter().chain(&now_rows) {
        if !labels.contains(&row.label) {
            labels.push(row.label.clone());
        }
    }
    let differences = labels
        .into_iter()
        .map(|label| Difference { now: value(&now_rows, &label), yours: value(&your_rows, &label), label })
        .filter(|difference| difference.now != difference.yours)
        .collect();
    let form = Edit { revision: now.revision.to_string(), ..form };
    let page = EditPage { differences, ..EditPage::new(visit, form, Errors::none()) };
    with_status(StatusCode::CONFLICT, &page)
}
