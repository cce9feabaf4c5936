//! The contact form: questions, complaints, reports, and the way to one's rights for whoever has no
//! login.

use crate::error::PageResult;
use crate::form::{Choice, Errors, Form};
use crate::page::{Page, ok, see_other, unprocessable};
use crate::problems::problems;
use crate::routes::Section;
use crate::state::State;
use crate::text::{T, Text};
use crate::visit::Visit;
use askama::Template;
use axum::extract::Query;
use office::messages::{self, ContactForm};
use office::requests::{self, RequestKind};
use policy::Provider;
use serde::Deserialize;
use std::sync::Arc;

/// What one can write about, by the words of the form.
const TOPICS: [&str; 5] = ["question", "my_data", "complaint", "processor_agreement", "abuse"];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    once: String,
    #[serde(flatten)]
    letter: ContactForm,
}

/// What a link to the form may fill in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Prefilled {
    topic: String,
    right: String,
}

#[derive(Template)]
#[template(path = "pages/public/contact.html")]
struct Contact {
    t: T,
    page: Page,
    errors: Errors,
    form: ContactForm,
    once: String,
    topics: Vec<Choice>,
    rights: Vec<Choice>,
    purposes: Vec<Choice>,
    provider: Provider,
    answer_within: String,
    in_panel: bool,
}

impl T {
    /// What a right is called on the contact form.
    pub(crate) fn right(self, kind: RequestKind) -> Text {
        match kind {
            RequestKind::Access => self.right_access(),
            RequestKind::Portability => self.right_portability(),
            RequestKind::Rectification => self.right_rectification(),
            RequestKind::Erasure => self.right_erasure(),
            RequestKind::Restriction => self.right_restriction(),
            RequestKind::Objection => self.right_objection(),
            RequestKind::Complaint => self.right_complaint(),
        }
    }
}

fn topics(t: T) -> Vec<Choice> {
    let words = [
        (t.contact_topic_question(), t.contact_topic_question_hint()),
        (t.contact_topic_my_data(), t.contact_topic_my_data_hint()),
        (t.contact_topic_complaint(), t.contact_topic_complaint_hint()),
        (t.contact_topic_agreement(), t.contact_topic_agreement_hint()),
        (t.contact_topic_abuse(), t.contact_topic_abuse_hint()),
    ];
    TOPICS.into_iter().zip(words).map(|(value, (label, hint))| Choice::new(value, label).hint(hint)).collect()
}

fn page(visit: &Visit, state: &State, once: String, form: ContactForm, errors: Errors) -> Contact {
    let t = visit.t();
    let policy = state.office.policy();
    let rights = RequestKind::ALL.iter().copied().filter(|kind| *kind != RequestKind::Complaint);
    let purposes = requests::objectionable_purposes(&state.office);
    let purpose = |name: &String| {
        let title = policy.purpose(name).map(|purpose| purpose.title.of(visit.language()).to_owned());
        Choice::new(name.clone(), title.unwrap_or_else(|| name.clone()))
    };
    Contact {
        t,
        page: visit.page(Section::Public, t.contact_title()).failed(&errors),
        errors,
        form,
        once,
        topics: topics(t),
        rights: rights.map(|kind| Choice::new(kind.as_str(), t.right(kind))).collect(),
        purposes: purposes.iter().map(purpose).collect(),
        provider: policy.provider().clone(),
        answer_within: policy.law().request_answer.in_words(visit.language()),
        in_panel: visit.session().is_some_and(|session| session.acting.is_some()),
    }
}

pub(super) async fn show(visit: Visit, state: State, Query(filled): Query<Prefilled>) -> PageResult {
    let known = |value: &str| TOPICS.contains(&value);
    let form = ContactForm {
        topic: Some(filled.topic).filter(|topic| known(topic)).unwrap_or_default(),
        right: RequestKind::parse(&filled.right).map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        ..ContactForm::default()
    };
    ok(&page(&visit, &state, visit.idempotency_key(), form, Errors::none()))
}

pub(super) async fn send(visit: Visit, state: State, Form(sent): Form<Sent>) -> PageResult {
    let Sent { once, letter } = sent;
    let office = Arc::clone(&state.office);
    let deed = async {
        // What is wrong with a form costs nobody a try; what is right is counted before it is kept.
        letter.check().map_err(office::OfficeError::from)?;
        office::accounts::count_attempt(&office, office::accounts::Limit::ContactForm, &client(&visit))
            .await?;
        let written = messages::contact(&office, visit.language(), &letter).await?;
        let request = written.request.map(|(_, number)| format!("&request={number}")).unwrap_or_default();
        Ok(format!("/contact/sent?message={}{request}", written.number))
    };
    match state.once.act("contact", &once, visit.now(), deed).await {
        Ok(to) => Ok(see_other(&to).into()),
        Err(error) => {
            let errors = Errors::of_problems(visit.t(), &problems(error)?);
            unprocessable(&page(&visit, &state, once, letter, errors))
        }
    }
}

fn client(visit: &Visit) -> office::accounts::ClientInfo {
    let address = Some(visit.address().expose());
    office::accounts::ClientInfo { address, agent: base::Sensitive::default() }
}

#[derive(Template)]
#[template(path = "pages/public/contact_sent.html")]
struct SentPage {
    t: T,
    page: Page,
    message: String,
    request: Option<String>,
    answer_within: String,
}

/// The numbers that were given.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Numbers {
    message: String,
    request: String,
}

/// A letter and digits: what somebody else puts into a link cannot say more than that.
fn number(text: String, letter: char) -> Option<String> {
    let digits = text.strip_prefix(letter)?;
    let fine = (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fine.then_some(text)
}

pub(super) async fn sent(visit: Visit, state: State, Query(numbers): Query<Numbers>) -> PageResult {
    let t = visit.t();
    let message = number(numbers.message, 'B').ok_or(crate::PageError::NotFound)?;
    let policy = state.office.policy();
    ok(&SentPage {
        t,
        page: visit.page(Section::Public, t.contact_sent_title()).crumb("/contact", t.contact_title()),
        message,
        request: number(numbers.request, 'R'),
        answer_within: policy.law().request_answer.in_words(visit.language()),
    })
}
