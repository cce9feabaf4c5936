//! The texts of mails about invoices: the list, and an editor that shows what comes of a text before it
//! is saved.

use super::ADMIN;
use crate::error::{PageError, PageResult};
use crate::form::{Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::routes::Routes;
use crate::state::{Me, State};
use crate::text::{Flash, T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use base::Language;
use office::form::{Problem, Problems};
use office::payments::templates::{self, Facts, Place, Template as MailTemplate, TemplateKind};
use serde::Deserialize;

pub(super) fn register(routes: &mut Routes<State>) {
    routes
        .get("/staff/mail-templates", ADMIN, list)
        .get("/staff/mail-templates/{kind}/{language}", ADMIN, edit)
        .post("/staff/mail-templates/{kind}/{language}", ADMIN, save)
        .post("/staff/mail-templates/{kind}/{language}/restore", ADMIN, restore);
}

fn kind_words(t: T, kind: TemplateKind) -> Text {
    match kind {
        TemplateKind::Invoice => t.bill_template_invoice(),
        TemplateKind::CreditNote => t.bill_template_credit_note(),
        TemplateKind::Friendly => t.bill_template_friendly(),
        TemplateKind::First => t.bill_template_first(),
        TemplateKind::FourteenDays => t.bill_template_fourteen_days(),
        TemplateKind::Final => t.bill_template_final(),
        TemplateKind::Suspension => t.bill_template_suspension(),
        TemplateKind::Leak => t.leak_template(),
    }
}

fn language_words(t: T, language: Language) -> Text {
    match language {
        Language::Nl => t.bill_language_nl(),
        Language::En => t.bill_language_en(),
    }
}

struct Row {
    href: String,
    kind: Text,
    language: Text,
    state: (&'static str, Text),
}

#[derive(Template)]
#[template(path = "pages/billing/templates.html")]
struct ListPage {
    t: T,
    page: Page,
    rows: Vec<Row>,
}

async fn list(visit: Visit, state: State) -> PageResult {
    let t = visit.t();
    let mut rows = Vec::new();
    for kind in TemplateKind::ALL {
        for language in Language::ALL {
            let template = templates::template(&state.office, kind, language).await?;
            rows.push(Row {
                href: format!("/staff/mail-templates/{}/{}", kind.as_str(), language.tag()),
                kind: kind_words(t, kind),
                language: language_words(t, language),
                state: if template.revision == 0 {
                    ("muted", t.bill_template_builtin())
                } else {
                    ("info", t.bill_template_own())
                },
            });
        }
    }
    ok(&ListPage { t, page: super::page(&visit, t.bill_nav_templates()), rows })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EditForm {
    title: String,
    body: String,
    revision: i64,
    deed: String,
}

#[derive(Template)]
#[template(path = "pages/billing/template.html")]
struct EditPage {
    t: T,
    page: Page,
    errors: Errors,
    action: String,
    language: Text,
    places: Text,
    form: EditForm,
    /// Title and paragraphs as they would be sent.
    preview: Option<(String, Vec<String>)>,
}

fn which((kind, language): &(String, String)) -> Result<(TemplateKind, Language), PageError> {
    let language = Language::ALL.into_iter().find(|one| one.tag() == language);
    TemplateKind::parse(kind).zip(language).ok_or(PageError::NotFound)
}

fn edit_page(
    visit: &Visit,
    state: &State,
    (kind, language): (TemplateKind, Language),
    form: EditForm,
    errors: Errors,
) -> EditPage {
    let t = visit.t();
    let list = |places: &[Place]| {
        places.iter().map(|place| format!("{{{}}}", place.as_str())).collect::<Vec<_>>().join(" ")
    };
    let preview =
        MailTemplate::parse(kind, language, (&form.title, &form.body), form.revision).ok().map(|template| {
            let (title, text) = template.fill(&Facts::sample(&state.office, language));
            let text = office::mailing::signed(&state.office, language, text.expose());
            (title, text.expose().split("\n\n").map(str::to_owned).collect())
        });
    EditPage {
        t,
        page: super::page(visit, kind_words(t, kind))
            .crumb("/staff/mail-templates", t.bill_nav_templates())
            .failed(&errors),
        errors,
        action: format!("/staff/mail-templates/{}/{}", kind.as_str(), language.tag()),
        language: language_words(t, language),
        places: t.bill_template_places(list(&Place::ALL), list(kind.required())),
        form,
        preview,
    }
}

fn wrong(t: T, problems: &Problems) -> Errors {
    let mut errors = Errors::none();
    for (field, problem) in problems.all() {
        let text = match problem {
            Problem::Choice => t.bill_template_unknown(),
            Problem::Mismatch => t.bill_template_required(),
            Problem::Characters => t.bill_template_braces(),
            Problem::TooLong { .. } => t.bill_template_long(),
            _ => t.bill_template_missing(),
        };
        errors.add(field, text);
    }
    errors
}

async fn edit(visit: Visit, state: State, Path(path): Path<(String, String)>) -> PageResult {
    let (kind, language) = which(&path)?;
    let template = templates::template(&state.office, kind, language).await?;
    let form = EditForm {
        title: template.title,
        body: template.body,
        revision: template.revision,
        deed: String::new(),
    };
    ok(&edit_page(&visit, &state, (kind, language), form, Errors::none()))
}

async fn save(
    visit: Visit,
    state: State,
    me: Me,
    Path(path): Path<(String, String)>,
    Form(form): Form<EditForm>,
) -> PageResult {
    let (kind, language) = which(&path)?;
    let template = match MailTemplate::parse(kind, language, (&form.title, &form.body), form.revision) {
        Ok(template) => template,
        Err(problems) => {
            let errors = wrong(visit.t(), &problems);
            return unprocessable(&edit_page(&visit, &state, (kind, language), form, errors));
        }
    };
    if form.deed == "show" {
        return ok(&edit_page(&visit, &state, (kind, language), form, Errors::none()));
    }
    templates::replace(&state.office, me.session.by(), &template).await?;
    Ok(see_other("/staff/mail-templates").done(&visit, Flash::BillTemplateSaved).into())
}

async fn restore(visit: Visit, state: State, me: Me, Path(path): Path<(String, String)>) -> PageResult {
    let (kind, language) = which(&path)?;
    templates::restore(&state.office, me.session.by(), kind, language).await?;
    Ok(see_other("/staff/mail-templates").done(&visit, Flash::BillTemplateRestored).into())
}
