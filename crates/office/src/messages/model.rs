//! What threads and messages are, how a thread moves from state to state, and the parsing of the
//! contact form.

use super::{TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::customers::{self, CustomerId};
use crate::form::{Problem, Problems};
use crate::requests::{Claim, RequestKind};
use base::{Language, Sensitive, SubjectId, Timestamp};
use core::fmt;

base::id_type!(
    /// The id of a thread.
    ThreadId,
    "thread"
);

base::id_type!(
    /// The id of a message.
    MessageId,
    "message"
);

/// The longest name of somebody who writes, in characters.
const NAME_CHARS_MAX: usize = 120;

/// The number a thread is known by, such as `B100042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadNumber(pub(crate) i64);

impl ThreadNumber {
    /// The plain number.
    #[must_use]
    pub const fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for ThreadNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B{}", self.0)
    }
}

/// What a thread is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadKind {
    /// A question.
    Question,
    /// A request about the writer's own data.
    Request,
    /// A complaint.
    Complaint,
    /// The wish for a processor agreement.
    ProcessorAgreement,
    /// A report of abuse.
    Abuse,
}

impl ThreadKind {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 5] =
        [Self::Question, Self::Request, Self::Complaint, Self::ProcessorAgreement, Self::Abuse];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Request => "request",
            Self::Complaint => "complaint",
            Self::ProcessorAgreement => "processor_agreement",
            Self::Abuse => "abuse",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadState {
    /// Waits for an answer.
    Open,
    /// Was answered.
    Answered,
    /// Is done.
    Closed,
}

/// What somebody does with a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Staff answer.
    Answer,
    /// The customer writes again.
    Reply,
    /// Staff close it.
    Close,
    /// Staff open it again.
    Reopen,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Answer, Self::Reply, Self::Close, Self::Reopen];
}

impl ThreadState {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 3] = [Self::Open, Self::Answered, Self::Closed];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state an action leads to; none where the action is not allowed.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        match (self, action) {
            (Self::Open | Self::Answered, Action::Answer) => Some(Self::Answered),
            // Who writes in a closed thread is not done with it.
            (_, Action::Reply) | (Self::Answered | Self::Closed, Action::Reopen) => Some(Self::Open),
            (Self::Open | Self::Answered, Action::Close) => Some(Self::Closed),
            (Self::Closed, Action::Answer | Action::Close) | (Self::Open, Action::Reopen) => None,
        }
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The customer, or the visitor.
    Customer,
    /// A staff member.
    Staff,
    /// The program.
    System,
}

impl Author {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::System => "system",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Customer, Self::Staff, Self::System].into_iter().find(|author| author.as_str() == text)
    }
}

/// A thread, opened.
#[derive(Debug, Clone)]
pub struct Thread {
    /// What a list shows of it.
    pub summary: ThreadSummary,
    /// The address a visitor wrote from; a customer's is in the customer's profile.
    pub email: Option<Sensitive<String>>,
    /// Its messages, the oldest first.
    pub messages: Vec<Message>,
}

/// A thread as a list shows it.
#[derive(Debug, Clone)]
pub struct ThreadSummary {
    /// Its id.
    pub id: ThreadId,
    /// Its number.
    pub number: ThreadNumber,
    /// Whose keys it is under.
    pub subject: SubjectId,
    /// The customer, unless a visitor wrote.
    pub customer: Option<CustomerId>,
    /// What it is about.
    pub kind: ThreadKind,
    /// Whose turn it is.
    pub state: ThreadState,
    /// The language of the writer.
    pub language: Language,
    /// What the writer called it.
    pub title: Sensitive<String>,
    /// The visitor's name; a customer's is in the customer's profile.
    pub name: Option<Sensitive<String>>,
    /// When it began.
    pub created_at: Timestamp,
    /// When something last happened to it; an answer names it, so that nobody answers a thread that
    /// has moved on.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A message, opened.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// What was written.
    pub body: Sensitive<String>,
    /// When.
    pub created_at: Timestamp,
}

/// Which threads a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreadFilter {
    /// Only those of a kind.
    pub kind: Option<ThreadKind>,
    /// Only those in a state.
    pub state: Option<ThreadState>,
}

/// A page of threads.
#[derive(Debug, Clone)]
pub struct ThreadPage {
    /// The threads of this page.
    pub threads: Vec<ThreadSummary>,
    /// How many there are in all.
    pub total: u64,
}

/// What the writer of the contact form chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// A question.
    Question,
    /// Something about the writer's own data.
    MyData(RequestKind),
    /// A complaint.
    Complaint,
    /// The wish for a processor agreement.
    ProcessorAgreement,
    /// A report of abuse.
    Abuse,
}

impl Topic {
    /// Reads the two fields of the form: the topic, and for `my_data` which right.
    ///
    /// # Errors
    /// The field that holds none of its choices.
    pub fn parse(topic: &str, right: &str) -> Result<Self, (&'static str, Problem)> {
        match topic.trim() {
            "question" => Ok(Self::Question),
            "complaint" => Ok(Self::Complaint),
            "processor_agreement" => Ok(Self::ProcessorAgreement),
            "abuse" => Ok(Self::Abuse),
            // A complaint has a topic of its own; as a right it would be a second way to the same.
            "my_data" => RequestKind::parse(right.trim())
                .filter(|kind| *kind != RequestKind::Complaint)
                .map(Self::MyData)
                .ok_or(("right", if right.trim().is_empty() { Problem::Missing } else { Problem::Choice })),
            "" => Err(("topic", Problem::Missing)),
            _ => Err(("topic", Problem::Choice)),
        }
    }

    /// The kind of thread.
    #[must_use]
    pub const fn thread_kind(self) -> ThreadKind {
        match self {
            Self::Question => ThreadKind::Question,
            Self::MyData(_) => ThreadKind::Request,
            Self::Complaint => ThreadKind::Complaint,
            Self::ProcessorAgreement => ThreadKind::ProcessorAgreement,
            Self::Abuse => ThreadKind::Abuse,
        }
    }

    /// The request that is opened with the thread, if any: complaints are tracked as requests too.
    #[must_use]
    pub const fn request_kind(self) -> Option<RequestKind> {
        match self {
            Self::MyData(kind) => Some(kind),
            Self::Complaint => Some(RequestKind::Complaint),
            Self::Question | Self::ProcessorAgreement | Self::Abuse => None,
        }
    }
}

/// The contact form as typed. A signed-in customer's form has no name and no address.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// Name of the writer.
    pub name: Sensitive<String>,
    /// The address the answer goes to.
    pub email: Sensitive<String>,
    /// `question`, `my_data`, `complaint`, `processor_agreement` or `abuse`.
    pub topic: String,
    /// For `my_data`: the kind of request.
    pub right: String,
    /// For an objection: the purpose objected to.
    pub purpose: String,
    /// `customer` when the writer says to be one.
    pub claim: String,
    /// What it is about.
    pub title: Sensitive<String>,
    /// The text.
    pub text: Sensitive<String>,
}

/// Who wrote, where they can be reached, and whether they say to be a customer.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub name: Sensitive<String>,
    pub email: Sensitive<String>,
    pub claim: Claim,
}

/// What was written, checked for form.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub topic: Topic,
    pub purpose: Option<String>,
    pub title: Sensitive<String>,
    pub text: Sensitive<String>,
}

impl ContactForm {
    /// Checks the form of somebody who is not signed in, without keeping anything.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Problems> {
        self.parse().map(drop)
    }

    /// The letter alone, of somebody who is known already.
    pub(crate) fn letter(&self) -> Result<Letter, Problems> {
        let mut problems = Problems::new();
        let letter = self.take_letter(&mut problems);
        letter.filter(|_| problems.is_empty()).ok_or(problems)
    }

    /// The writer and the letter.
    pub(crate) fn parse(&self) -> Result<(Writer, Letter), Problems> {
        let mut problems = Problems::new();
        let name = problems.take("name", customers::single_line(self.name.expose(), NAME_CHARS_MAX));
        let email = problems.take("email", customers::email(self.email.expose()));
        let claim = match self.claim.trim() {
            "" => Some(Claim::Nothing),
            "customer" => Some(Claim::Customer),
            _ => None,
        };
        if claim.is_none() {
            problems.add("claim", Problem::Choice);
        }
        let letter = self.take_letter(&mut problems);
        match (name, email, claim, letter) {
            (Some(name), Some(email), Some(claim), Some(letter)) if problems.is_empty() => {
                Ok((Writer { name: name.into(), email: email.into(), claim }, letter))
            }
            _ => Err(problems),
        }
    }

    fn take_letter(&self, problems: &mut Problems) -> Option<Letter> {
        let topic = Topic::parse(&self.topic, &self.right)
            .map_err(|(field, problem)| problems.add(field, problem))
            .ok();
        let title = problems.take("title", customers::single_line(self.title.expose(), TITLE_CHARS_MAX));
        let text = problems.take("text", text_block(self.text.expose(), TEXT_CHARS_MAX));
        let purpose = Some(self.purpose.trim().to_owned()).filter(|purpose| !purpose.is_empty());
        Some(Letter { topic: topic?, purpose, title: title?.into(), text: text?.into() })
    }
}

/// Text of several lines: trimmed, line ends as `\n`, no other control characters, none that change
/// the direction of writing.
///
/// # Errors
/// [`Problem::Missing`], [`Problem::TooLong`] or [`Problem::Characters`].
pub fn text_block(text: &str, max: usize) -> Result<String, Problem> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if text.chars().count() > max {
        return Err(Problem::TooLong { max });
    }
    let foreign = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().any(foreign) { Err(Problem::Characters) } else { Ok(text.to_owned()) }
}
