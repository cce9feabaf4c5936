//! Leaks: the provider's own cases and lawful orders for staff, and what customers report of their own sites.
//!
//! The forms are lists of inputs, shown by one template: first to fill in, then, for what counts, to check.

mod acts;
mod panel;
mod staff;
mod staff_reports;
#[cfg(test)]
mod tests;

pub(super) use panel::register as register_panel;
pub(super) use staff::{QueueRow, queue_rows, register as register_staff};

use crate::error::{PageError, PageResult};
use crate::form::{Choice, Errors};
use crate::format::Clock as ShownClock;
use crate::page::{Page, unprocessable};
use crate::text::{T, Text};
use askama::Template;
use axum::extract::{FromRequest, Request};
use base::{Sensitive, Timestamp};
use office::form::Problems;
use office::incidents::{Clock, Field, FieldKind, Texts, word};

/// How many fields a form sends at most.
const FIELDS_MAX: usize = 200;

/// What a form sent: names and values, some names more than once.
#[derive(Default)]
pub(super) struct Sent(Vec<(String, Sensitive<String>)>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let crate::form::Form(fields) =
            crate::form::Form::<Vec<(String, Sensitive<String>)>>::from_request(request, state).await?;
        if fields.len() > FIELDS_MAX { Err(PageError::TooLarge) } else { Ok(Self(fields)) }
    }
}

impl Sent {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.expose().as_str())
    }

    fn text(&self, name: &str) -> Sensitive<String> {
        self.get(name).to_owned().into()
    }

    fn all(&self, name: &str) -> Vec<String> {
        let of_name = self.0.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, value)| value.expose().clone()).collect()
    }

    fn revision(&self) -> u32 {
        self.get("revision").parse().unwrap_or(0)
    }

    /// Whether this is the second step: what was filled in was checked.
    fn is_checked(&self) -> bool {
        self.get("step") == "do"
    }

    /// What was typed in fields of a case; choices of several are put together.
    fn fields(&self, fields: &[Field]) -> Vec<(Field, String)> {
        let value = |field: &Field| match field.kind() {
            FieldKind::Choices(_) => self.all(field.as_str()).join(" "),
            _ => self.get(field.as_str()).to_owned(),
        };
        fields.iter().map(|field| (*field, value(field))).collect()
    }
}

/// How an input looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Line,
    Short,
    Block,
    Choice,
    Choices,
    Box,
}

/// An input of a form.
pub(super) struct Input {
    id: &'static str,
    label: Text,
    hint: Text,
    look: Look,
    value: String,
    chosen: Vec<String>,
    choices: Vec<Choice>,
    optional: bool,
}

impl Input {
    fn new(id: &'static str, label: impl Into<Text>, look: Look, sent: &Sent) -> Self {
        Self {
            id,
            label: label.into(),
            hint: Text::default(),
            look,
            value: sent.get(id).to_owned(),
            chosen: sent.all(id),
            choices: Vec::new(),
            optional: false,
        }
    }

    fn hint(self, hint: impl Into<Text>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    fn choices(self, choices: Vec<Choice>) -> Self {
        Self { choices, ..self }
    }

    fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The input of a field of a case.
    fn of(t: T, field: Field, sent: &Sent) -> Self {
        let (look, words) = match field.kind() {
            FieldKind::Line => (Look::Line, None),
            FieldKind::Number => (Look::Short, None),
            FieldKind::Block => (Look::Block, None),
            FieldKind::Choice(words) => (Look::Choice, Some(words)),
            FieldKind::Choices(words) => (Look::Choices, Some(words)),
        };
        let choices = choices(t, words.unwrap_or_default().iter().copied());
        Self::new(field.as_str(), field.label(t.language()), look, sent).choices(choices)
    }

    fn all_choices(&self) -> &[Choice] {
        &self.choices
    }

    fn all_chosen(&self) -> &[String] {
        &self.chosen
    }

    fn is(&self, look: &str) -> bool {
        let word = match self.look {
            Look::Line => "line",
            Look::Short => "short",
            Look::Block => "block",
            Look::Choice => "choice",
            Look::Choices => "choices",
            Look::Box => "box",
        };
        word == look
    }

    /// What was filled in, as the page to check shows it.
    fn shown(&self, t: &T) -> String {
        match self.look {
            Look::Choice | Look::Choices => {
                let chosen = self.choices.iter().filter(|choice| choice.is_in(&self.chosen));
                chosen.map(|choice| choice.label.to_string()).collect::<Vec<_>>().join("; ")
            }
            Look::Box if self.value == "yes" => t.leak_yes().into_owned(),
            Look::Box => t.leak_no().into_owned(),
            Look::Line | Look::Short | Look::Block => self.value.clone(),
        }
    }
}

/// Words of a case to choose from.
fn choices(t: T, words: impl IntoIterator<Item = &'static str>) -> Vec<Choice> {
    words.into_iter().map(|known| Choice::new(known, word(known, t.language()))).collect()
}

/// A form: to fill in, or what was filled in, to check.
#[derive(Template)]
#[template(path = "pages/leaks/form.html")]
pub(super) struct FormPage {
    t: T,
    page: Page,
    errors: Errors,
    is_staff: bool,
    action: String,
    back: String,
    once: String,
    revision: u32,
    lead: Vec<String>,
    inputs: Vec<Input>,
    submit: Text,
    /// What the second step shows; none while the form is filled in.
    check: Option<Vec<String>>,
    has_check: bool,
}

/// What is wrong with the fields of a form, not yet with their names.
fn raw(t: T, problems: &Problems) -> Errors {
    let mut errors = Errors::none();
    for (field, problem) in problems.all() {
        errors.add(field, t.problem(*problem));
    }
    errors
}

/// The form once more, with what is wrong: each message names its field, for in the summary there may be
/// several.
fn refused(form: FormPage) -> PageResult {
    let mut errors = Errors::none();
    for (field, message) in form.errors.iter() {
        if let Some(input) = form.inputs.iter().find(|input| input.id == field) {
            let mut chars = message.chars();
            let first = chars.next().map(char::to_lowercase).into_iter().flatten();
            let message: String = first.chain(chars).collect();
            errors.add(input.id, form.t.problem_at_field(input.label.to_string(), message));
        }
    }
    if errors.is_empty() {
        return Err(PageError::Conflict);
    }
    unprocessable(&FormPage { errors, ..form })
}

/// The state of a case as a badge.
struct Badge {
    kind: &'static str,
    word: &'static str,
}

/// A clock of a case on a page.
struct ClockRow {
    kind: &'static str,
    label: &'static str,
    /// While it runs.
    running: Option<ShownClock>,
    due_at: Timestamp,
    ended_at: Option<Timestamp>,
    is_late: bool,
    lacks_reason: bool,
}

fn clock_rows(t: T, began: Timestamp, clocks: &[Clock], now: Timestamp) -> Vec<ClockRow> {
    let row = |clock: &Clock| ClockRow {
        kind: clock.kind.as_str(),
        label: clock.kind.label(t.language()),
        running: clock.ended.is_none().then_some(ShownClock { began, deadline: clock.due_at, now }),
        due_at: clock.due_at,
        ended_at: clock.ended.map(|(at, _)| at),
        is_late: clock.is_late(now),
        lacks_reason: clock.lacks_reason(now),
    };
    clocks.iter().map(row).collect()
}

/// A text of a case on a page.
struct TextRow {
    label: &'static str,
    value: String,
}

/// What was filled in of some fields.
fn text_rows(t: T, texts: &Texts, fields: impl Iterator<Item = Field>) -> Vec<TextRow> {
    fields
        .filter_map(|field| {
            let text = texts.get(field)?;
            let value = match field.kind() {
                FieldKind::Choice(_) | FieldKind::Choices(_) => {
                    text.split_whitespace().map(|one| word(one, t.language())).collect::<Vec<_>>().join("; ")
                }
                _ => text.to_owned(),
            };
            Some(TextRow { label: field.label(t.language()), value })
        })
        .collect()
}

/// What texts say, as a form sends it.
fn sent_of(texts: &Texts, fields: impl Iterator<Item = Field>) -> Sent {
    let mut sent = Vec::new();
    for field in fields {
        match field.kind() {
            FieldKind::Choices(_) => {
                sent.extend(texts.words(field).map(|one| (field.as_str().to_owned(), one.into())));
            }
            _ => sent.extend(texts.get(field).map(|text| (field.as_str().to_owned(), text.into()))),
        }
    }
    Sent(sent)
}

/// A dossier as a JSON file to keep.
fn json_file(name: &str, json: String) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    assert!(plain, "a plain file name");
    let disposition = http::HeaderValue::from_str(&format!("attachment; filename=\"{name}.json\""));
    let headers = [
        (http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json")),
        (http::header::CONTENT_DISPOSITION, disposition.expect("a plain file name")),
    ];
    (headers, json).into_response()
}
