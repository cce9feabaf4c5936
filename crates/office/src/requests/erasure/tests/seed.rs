//! A customer with something in every personal column, for the tests of erasures and packages.

use crate::accounts::{self, ClientInfo, Role, Session};
use crate::customers::{self, Customer, NewCustomer, ProfileForm};
use crate::messages;
use crate::processor_agreements::{self, IssueReason};
use crate::requests::testkit::*;
use crate::requests::{self, Answer, PanelForm, RequestId, access};
use crate::{Office, OfficeError};
use base::{Language, SubjectId};

pub(crate) struct Seeded {
    pub customer: Customer,
    pub session: Session,
    pub cookie: accounts::Token,
    /// A visitor who turned out to be the customer.
    pub visitor: SubjectId,
    /// The customer's request for access, with its package.
    pub access: RequestId,
    /// Everything that only this customer's data hold begins or ends with it.
    pub tag: String,
}

impl Seeded {
    pub(crate) fn subjects(&self) -> [SubjectId; 3] {
        [self.customer.subject, self.session.subject, self.visitor]
    }
}

pub(crate) async fn seed(office: &Office, tag: &str, kvk: &str) -> Seeded {
    let form = ProfileForm {
        kind: "organisation".into(),
        name: format!("{tag} de Proef").into(),
        organisation: format!("Bedrijf {tag}").into(),
        kvk: kvk.into(),
        vat: "NL123456782B90".into(),
        email: format!("{tag}@klant.example").into(),
        phone: format!("+3120{kvk}").into(),
        street: format!("{tag}straat 1").into(),
        postcode: "1234 AB".into(),
        city: format!("{tag}stad").into(),
        ..ProfileForm::default()
    };
    let new = NewCustomer { profile: form.parse().expect("a profile") };
    let customer = customers::create(office, STAFF, &new).await.expect("a customer");
    let address = format!("in-{tag}@klant.example");
    let login = member(office, &customer, &address, Role::Owner).await;
    let client = ClientInfo {
        address: Some("192.0.2.7".parse().expect("an address")),
        agent: format!("Browser-{tag}").into(),
    };
    let signed_in =
        accounts::sign_in(office, &address.as_str().into(), &"vier losse paarden".into(), &client)
            .await
            .expect("signed in");
    let session = accounts::authenticate(office, &signed_in.token).await.expect("read").expect("a session");
    accounts::request_email_change(office, &session, &format!("nieuw-{tag}@klant.example").into())
        .await
        .expect("asked");
    accounts::enrol_outright(office, STAFF, login).await.expect("enrolled");
    let fresh = Session { second_factor_at: Some(office.now()), ..session };
    accounts::begin_enrolment(office, &fresh).await.expect("begun");
    // The second factor ended the sessions before it.
    let signed_in =
        accounts::sign_in(office, &address.as_str().into(), &"vier losse paarden".into(), &client)
            .await
            .expect("signed in");
    assert!(accounts::authenticate(office, &signed_in.token).await.expect("read").is_some());
    processor_agreements::issue(office, STAFF, customer.id, IssueReason::Order).await.expect("issued");

    let mut question = form_of("question", "", tag);
    question.title = format!("Vraag {tag}").into();
    let written = messages::write_as_customer(office, &fresh, &question).await.expect("written");
    let thread = messages::thread(office, written.thread).await.expect("the thread");
    let reply = format!("Wij antwoorden {tag}.");
    messages::answer(office, STAFF, None, written.thread, thread.summary.updated_at, &reply.as_str().into())
        .await
        .expect("answered");

    let visitor = visitor(office, &customer, tag).await;
    rectification(office, &fresh, tag).await;
    let panel = PanelForm {
        right: "access".into(),
        text: format!("Kopie voor {tag}").into(),
        ..PanelForm::default()
    };
    let (access, _) = requests::open_in_panel(office, &fresh, &panel).await.expect("opened");
    access::produce(office, access).await.expect("a package");
    contact(office, customer.subject).await;
    service(office, &customer, tag).await;
    leak(office, &fresh, tag).await;
    Seeded { customer, session: fresh, cookie: signed_in.token, visitor, access, tag: tag.to_owned() }
}

fn form_of(topic: &str, right: &str, tag: &str) -> messages::ContactForm {
    let mut form = form(topic, right);
    form.name = format!("{tag} de Proef").into();
    form.email = format!("brief-{tag}@klant.example").into();
    form.text = format!("Dit schrijft {tag}.").into();
    form
}

async fn visitor(office: &Office, customer: &Customer, tag: &str) -> SubjectId {
    let letter = form_of("my_data", "portability", tag);
    let written = messages::contact(office, Language::Nl, &letter).await.expect("written");
    let (id, _) = written.request.expect("a request");
    requests::attach_customer(office, STAFF, id, customer.id).await.expect("attached");
    requests::verify_by_staff(office, STAFF, id).await.expect("verified");
    messages::thread(office, written.thread).await.expect("the thread").summary.subject
}

/// A request with all its texts: what was asked, why the term was extended, what was answered.
async fn rectification(office: &Office, session: &Session, tag: &str) {
    let panel = PanelForm {
        right: "complaint".into(),
        text: format!("Klacht van {tag}").into(),
        ..PanelForm::default()
    };
    let (id, _) = requests::open_in_panel(office, session, &panel).await.expect("opened");
    requests::extend(office, STAFF, id, &format!("Uitzoeken voor {tag}").as_str().into())
        .await
        .expect("extended");
    let answer = Answer { text: format!("Excuses aan {tag}").into(), ..Answer::default() };
    requests::grant(office, STAFF, id, &answer, None).await.expect("granted");
}

/// A domain name that was ordered, made and charged.
async fn service(office: &Office, customer: &Customer, tag: &str) {
    use crate::orders::{self, EarlyStart, tests as shop};
    use crate::services::{self, TaskFilter, TaskState};
    if crate::catalogue::load(office).await.expect("read").products.is_empty() {
        shop::shop(office).await;
    }
    let catalogue = crate::catalogue::load(office).await.expect("a catalogue");
    let lines = [shop::line(&catalogue, "domain-nl", 12, &format!("{tag}.example").to_lowercase())];
    let placed = shop::place_at_price(office, customer, &lines, None, EarlyStart::NotAsked).await;
    orders::accept(office, STAFF, placed.expect("placed").id).await.expect("accepted");
    let filter = TaskFilter { state: Some(TaskState::Open), ..TaskFilter::default() };
    for task in services::tasks(office, filter, 0, 10).await.expect("tasks") {
        services::complete(office, STAFF, None, task.id).await.expect("done");
    }
    // Only hosting has visitors; this name stands for one that has.
    for service in services::services_of(office, customer.id).await.expect("services") {
        assert!(crate::traffic_log::begin_site(office, service.id).await.expect("a site"));
    }
    invoice(office, customer, tag).await;
    suppliers(office, customer, tag).await;
    content(office, customer, tag).await;
}

/// Staff who asked to look at what the customer stores, and looked.
async fn content(office: &Office, customer: &Customer, tag: &str) {
    use crate::content_grants::{self, Answer, AskForm, SessionForm};
    let owner = crate::requests::testkit::session(office, customer, Role::Owner, SignIn::SecondFactor);
    let staff = Session { staff: Some(accounts::StaffRole::Support), acting_for: None, ..owner };
    let form = AskForm {
        scopes: vec!["files".into()],
        hours: "24".into(),
        reason: format!("De winkel van {tag} geeft een fout"),
        ..AskForm::default()
    };
    let grant = content_grants::ask(office, &staff, customer.id, &form).await.expect("asked");
    content_grants::answer(office, &owner, grant, Answer::Give { hours: 1 }).await.expect("given");
    let look = SessionForm { scope: "files".into(), purpose: format!("Het logboek van {tag} lezen") };
    let look = content_grants::open_session(office, &staff, grant, &look).await.expect("looked");
    let report = format!("Een regel van {tag} hersteld");
    content_grants::end_session(office, &staff, grant, look, &report).await.expect("told");
}

/// What suppliers have: one name that runs, and something that is being withdrawn and was answered.
async fn suppliers(office: &Office, customer: &Customer, tag: &str) {
    use crate::suppliers::{self, AnswerForm, DisclosureState, NewDisclosure, NewValue};
    let running = suppliers::of_customer(office, customer.id).await.expect("disclosures").remove(0);
    let reference = format!("HANDLE-{tag}").into();
    suppliers::set_reference(office, STAFF, running.id, &reference).await.expect("referenced");
    let value = NewValue { field: "identity.name", value: format!("{tag} eerder").into() };
    let new = NewDisclosure {
        customer,
        service: running.uses[0],
        supplier: &running.supplier,
        purpose: &running.purpose,
        with_service: &[],
        values: vec![value],
        reference: None,
        state: DisclosureState::Given,
    };
    let before = suppliers::intend(office, STAFF, &new).await.expect("given").id();
    let tx = office.store.begin().await.expect("tx");
    let sql = "UPDATE disclosure_use SET ended_at = 1 WHERE disclosure_id = $1";
    tx.execute(sql, [before.uuid().into()]).await.expect("ended");
    tx.commit().await.expect("committed");
    suppliers::follow(office).await.expect("followed");
    let due = suppliers::disclosure(office, before).await.expect("read").withdrawal.expect("a withdrawal");
    suppliers::advance(office, due.id).await.expect("demanded");
    let asked = suppliers::withdrawal(office, due.id).await.expect("read");
    let form =
        AnswerForm { answered: "refused".into(), proof: format!("Niet voor {tag}"), ..AnswerForm::default() };
    suppliers::answer(office, STAFF, due.id, asked.changes, &form).await.expect("answered");
}

/// An invoice of it, and a part of the money.
async fn invoice(office: &Office, customer: &Customer, tag: &str) {
    use crate::billing;
    use crate::payments::{self, Allocation, Method, NewPayment};
    let issued = billing::invoice_customer(office, STAFF, customer.id).await.expect("invoiced");
    let part = NewPayment {
        customer: customer.id,
        method: Method::Bank,
        received: office.today(),
        amount: base::Money::from_cents(100),
        reference: Some(format!("Betaling van {tag}").into()),
        allocation: Allocation::Invoice(issued[0]),
    };
    payments::record(office, STAFF, &part).await.expect("recorded");
}

/// A leak of the customer's own, and one of the provider's that the customer was told of.
async fn leak(office: &Office, session: &Session, tag: &str) {
    use crate::incidents::{self, Field, tests as cases};
    let mut texts = incidents::Texts::default();
    let summary = format!("Lek bij {tag}");
    let typed = [
        (Field::GuidePersonal, "yes"),
        (Field::GuideEffects, "confidentiality"),
        (Field::GuideRisk, "risk"),
        (Field::Summary, summary.as_str()),
    ];
    texts.write(typed).expect("fine");
    let new =
        incidents::NewLeakReport { discovered_at: office.now(), texts, may_look: incidents::MayLook::Yes };
    incidents::report_leak(office, session, &new).await.expect("reported");
    let (customer, _) = session.acting_for.expect("a customer");
    cases::told(office, &[customer]).await;
}

/// A contact outward, as the gate records it.
async fn contact(office: &Office, subject: SubjectId) {
    let id = outbound::ContactId::new(&*office.clock, &*office.random);
    let tx = office.store.begin().await.expect("tx");
    tx.execute(
        "INSERT INTO outbound_contact (id, recipient, host, purpose, subject_id, fields, state, started_at) \
         VALUES ($1, 'mail-relay', 'relay.example:465', 'support', $2, 'contact.email', 'done', $3)",
        [id.uuid().into(), subject.uuid().into(), office.now().as_micros().into()],
    )
    .await
    .expect("a contact");
    tx.commit().await.expect("committed");
}

/// Takes nothing back, and remembers what was asked.
#[derive(Default)]
pub(crate) struct Asked(std::sync::Mutex<Vec<outbound::mail::MailId>>);

impl Asked {
    pub(crate) fn count(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }
}

#[async_trait::async_trait]
impl crate::requests::erasure::TakeBack for Asked {
    async fn mails(&self, mails: &[outbound::mail::MailId]) -> Result<u64, OfficeError> {
        self.0.lock().expect("not poisoned").extend_from_slice(mails);
        Ok(mails.len() as u64)
    }
}
