//! My rights: what each means, and the pages on which a request begins.

use super::{Acting, OWNER, READER, page, words};
use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::{CONFIRM, Routes};
use crate::state::State;
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use base::{Sensitive, Timestamp};
use office::accounts::{self, FRESH_SECONDS};
use office::customers::{self, Restriction};
use office::requests::{self, PanelForm, RequestKind};
use office::{Office, OfficeError};
use serde::Deserialize;

pub(super) const PATH: &str = "/panel/rights";
/// How many of the customer's own requests the page shows.
const OWN_SHOWN: u32 = 5;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get(PATH, READER, show)
        .get("/panel/rights/{right}", OWNER, start_form)
        .post("/panel/rights/{right}", OWNER, start)
        .post("/panel/rights/restriction/lift", OWNER, lift);
}

/// A right, as the overview of rights shows it.
struct Right {
    title: Text,
    text: Text,
    action: Text,
    icon: &'static str,
    article: Text,
    href: String,
}

fn href(kind: RequestKind) -> String {
    format!("{PATH}/{}", kind.as_str())
}

/// The rights in the order of the page: what people ask most first, what cannot be undone last.
const ORDER: [RequestKind; 7] = [
    RequestKind::Access,
    RequestKind::Rectification,
    RequestKind::Portability,
    RequestKind::Restriction,
    RequestKind::Objection,
    RequestKind::Complaint,
    RequestKind::Erasure,
];

#[derive(Template)]
#[template(path = "pages/panel/rights.html")]
struct Show {
    t: T,
    page: Page,
    rights: Vec<Right>,
    own: Vec<super::requests::Row>,
    term: String,
    extension: String,
    authority: String,
    website: String,
    role: Text,
    is_owner: bool,
    restricted_at: Option<Timestamp>,
}

async fn show(visit: Visit, state: State, acting: Acting) -> PageResult {
    let (t, office) = (visit.t(), &state.office);
    let policy = office.policy();
    let customer = customers::customer(office, acting.customer).await?;
    let own = requests::of_customer(office, acting.customer, 0, OWN_SHOWN).await?;
    let right = |kind| Right {
        title: words::right(t, kind),
        text: words::right_text(t, kind),
        action: match (kind, customer.restricted_at) {
            (RequestKind::Restriction, Some(_)) => t.panel_right_restriction_on(),
            _ => words::right_action(t, kind),
        },
        icon: words::right_icon(kind),
        article: t.panel_rights_article(words::article(kind)),
        href: href(kind),
    };
    ok(&Show {
        t,
        page: page(&visit, t.panel_rights()),
        rights: ORDER.into_iter().map(right).collect(),
        own: own.requests.iter().map(|request| super::requests::Row::of(t, visit.now(), request)).collect(),
        term: policy.law().request_answer.in_words(visit.language()),
        extension: policy.law().request_extension.in_words(visit.language()),
        authority: policy.provider().authority.name.clone(),
        website: policy.provider().authority.website.clone(),
        role: t.role(acting.role),
        is_owner: acting.is_owner(),
        restricted_at: customer.restricted_at,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Start {
    once: String,
    purpose: String,
    text: Sensitive<String>,
}

#[derive(Template)]
#[template(path = "pages/panel/rights_start.html")]
struct StartPage {
    t: T,
    page: Page,
    errors: Errors,
    form: Start,
    action: String,
    is_rectification: bool,
    lead: Text,
    comes: Text,
    answer: Text,
    label: Text,
    is_silent: bool,
    purposes: Vec<Choice>,
    /// An objection where there is nothing to object to.
    is_pointless: bool,
    /// How we will know that it is them; empty where it need not be known.
    identity: Text,
    /// Where a second factor makes it immediate; empty when it is, or there is none.
    prove: String,
    restricted_at: Option<Timestamp>,
    key: String,
}

/// What the right is, and what comes of asking.
fn comes(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Access => t.panel_right_access_comes(),
        RequestKind::Portability => t.panel_right_portability_comes(),
        RequestKind::Rectification => t.panel_right_rectification_comes(),
        RequestKind::Restriction => t.panel_right_restriction_comes(),
        RequestKind::Objection => t.panel_right_objection_comes(),
        RequestKind::Complaint => t.panel_right_complaint_comes(),
        RequestKind::Erasure => t.panel_right_erasure_text(),
    }
}

fn text_label(t: T, kind: RequestKind) -> Text {
    match kind {
        RequestKind::Rectification => t.panel_start_text_rectification(),
        RequestKind::Restriction => t.panel_start_text_restriction(),
        RequestKind::Objection => t.panel_start_text_objection(),
        RequestKind::Complaint => t.panel_start_text_complaint(),
        RequestKind::Access | RequestKind::Portability | RequestKind::Erasure => t.panel_start_text_other(),
    }
}

fn purposes(office: &Office, visit: &Visit) -> Vec<Choice> {
    let policy = office.policy();
    let choice = |name: String| {
        let purpose = policy.purpose(&name)?;
        let title = purpose.title.of(visit.language()).to_owned();
        Some(Choice::new(name.clone(), title))
    };
    requests::objectionable_purposes(office).into_iter().filter_map(choice).collect()
}

impl StartPage {
    async fn new(
        visit: &Visit,
        state: &State,
        acting: &Acting,
        kind: RequestKind,
        (form, errors): (Start, Errors),
    ) -> Result<Self, PageError> {
        let (t, office) = (visit.t(), &state.office);
        let customer = customers::customer(office, acting.customer).await?;
        let login = accounts::login(office, acting.session.login).await?;
        let is_fresh = acting
            .session
            .second_factor_at
            .is_some_and(|at| (0..=FRESH_SECONDS).contains(&visit.now().seconds_since(at)));
        let identity = match kind {
            RequestKind::Complaint => Text::Borrowed(""),
            _ if is_fresh => t.panel_start_fresh(),
            _ => t.panel_start_link(customer.profile.email.expose()),
        };
        let can_prove = login.has_second_factor && !is_fresh && kind != RequestKind::Complaint;
        let prove = if can_prove { format!("{CONFIRM}?next={}", href(kind)) } else { String::new() };
        let purposes = if kind == RequestKind::Objection { purposes(office, visit) } else { Vec::new() };
        Ok(Self {
            t,
            page: page(visit, words::right_action(t, kind)).crumb(PATH, t.panel_rights()).failed(&errors),
            errors,
            form,
            action: href(kind),
            is_rectification: kind == RequestKind::Rectification,
            lead: words::right_text(t, kind),
            comes: comes(t, kind),
            answer: t.panel_start_answer(office.policy().law().request_answer.in_words(visit.language())),
            label: text_label(t, kind),
            is_silent: matches!(kind, RequestKind::Access | RequestKind::Portability),
            is_pointless: kind == RequestKind::Objection && purposes.is_empty(),
            purposes,
            identity,
            prove,
            restricted_at: customer.restricted_at.filter(|_| kind == RequestKind::Restriction),
            key: visit.idempotency_key(),
        })
    }
}

/// The right that the address names; erasure has a page of its own.
fn kind_of(right: &str) -> Result<RequestKind, PageError> {
    let kind = RequestKind::parse(right).ok_or(PageError::NotFound)?;
    if kind == RequestKind::Erasure { Err(PageError::NotFound) } else { Ok(kind) }
}

async fn start_form(visit: Visit, state: State, acting: Acting, Path(right): Path<String>) -> PageResult {
    let kind = kind_of(&right)?;
    let shown = (Start::default(), Errors::none());
    ok(&StartPage::new(&visit, &state, &acting, kind, shown).await?)
}

async fn start(
    visit: Visit,
    state: State,
    acting: Acting,
    Path(right): Path<String>,
    Form(form): Form<Start>,
) -> PageResult {
    let kind = kind_of(&right)?;
    let t = visit.t();
    if kind == RequestKind::Objection
        && form.purpose.is_empty()
        && !purposes(&state.office, &visit).is_empty()
    {
        let mut errors = Errors::none();
        errors.add("purpose", t.problem_choice());
        return unprocessable(&StartPage::new(&visit, &state, &acting, kind, (form, errors)).await?);
    }
    let asked =
        PanelForm { right: kind.as_str().to_owned(), purpose: form.purpose.clone(), text: form.text.clone() };
    let deed = async {
        let (id, _) = requests::open_in_panel(&state.office, &acting.session, &asked).await?;
        Ok::<_, OfficeError>(format!("{}/{id}", super::requests::PATH))
    };
    match state.once.act("panel-request", &form.once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).done(&visit, Flash::RequestMade).into()),
        Err(error) => {
            let errors = Errors::of_problems(t, &problems(error)?);
            unprocessable(&StartPage::new(&visit, &state, &acting, kind, (form, errors)).await?)
        }
    }
}

async fn lift(visit: Visit, state: State, acting: Acting) -> PageResult {
    let by = acting.session.by();
    customers::set_restriction(&state.office, by, acting.customer, Restriction::Free).await?;
    Ok(see_other(PATH).done(&visit, Flash::RestrictionLifted).into())
}
