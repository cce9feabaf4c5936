//! The pages of the sealed log: before anybody enrolled, a roster that waits, a ceremony, and what cannot be undone.

use super::look::{Looker, at, page};
use super::visits::BY;
use base::{Language, Sensitive, SystemRandom};
use keys::seal::OfficerIdentity;
use office::Office;
use office::accounts::{self, NewStaff, Officer, Session, SessionId, StaffRole, Stage};
use office::seal::{self, NewRoster, OfficerId, Work};
use tests::harness::{Site, Visitor};

async fn officer(office: &Office, name: &str, email: &str) -> (Session, OfficerId) {
    let new = NewStaff {
        name: Sensitive::new(name.to_owned()),
        email: Sensitive::new(email.to_owned()),
        role: StaffRole::Privacy,
        officer: Officer::Holder,
        language: Language::Nl,
    };
    let login = accounts::add_staff(office, BY, &new).await.unwrap().login;
    let now = office.now();
    let session = Session {
        id: SessionId::new(&*office.clock, &*office.random),
        login,
        subject: accounts::login(office, login).await.unwrap().subject,
        language: Language::Nl,
        staff: Some(StaffRole::Privacy),
        officer: Officer::Holder,
        acting_for: None,
        stage: Stage::Complete,
        password_at: now,
        second_factor_at: Some(now),
        created_at: now,
        expires_at: now.plus_days(1),
    };
    let identity = OfficerIdentity::generate(name, &SystemRandom).unwrap();
    let file = Sensitive::new(seal::write_identity(identity.officer()));
    let id = seal::enrol(office, &session, &file).await.unwrap();
    (session, id)
}

pub(super) async fn looks(looker: &mut Looker<'_>, site: &Site, admin: &Visitor) {
    let office = &site.app.office;
    looker.walk(admin, &[page("/staff/seal"), page("/staff/seal/rosters/new")]).await;
    let (first, aukje) = officer(office, "Aukje Bewaker", "aukje@aanbieder.example").await;
    let (second, bram) = officer(office, "Bram Bewaker", "bram@aanbieder.example").await;
    let withdraw = format!("/staff/seal/officers/{aukje}/withdraw");
    let stops = [
        page("/staff/seal"),
        page("/staff/seal/rosters/new"),
        at("/staff/seal/officers/{id}/withdraw", withdraw),
    ];
    looker.walk(admin, &stops).await;
    let new = NewRoster { work: Work::Year, threshold: 2, officers: vec![aukje, bram] };
    let id = seal::propose(office, &first, &new).await.unwrap();
    let roster = format!("/staff/seal/rosters/{id}");
    looker.walk(admin, &[at("/staff/seal/rosters/{id}", roster.clone())]).await;
    seal::confirm(office, &second, id).await.unwrap();
    let stops = [
        page("/staff/seal"),
        at("/staff/seal/rosters/{id}", roster.clone()),
        at("/staff/seal/rosters/{id}/stop", format!("{roster}/stop")),
    ];
    looker.walk(admin, &stops).await;
    looker.be(admin).await;
    looker.browser.open(&format!("{}{roster}/stop", site.url)).await;
    looker.browser.fill("confirm", "iets anders").await;
    looker.browser.send(&format!("{roster}/stop")).await;
    looker.look_here("a ceremony to stop, with a mistake", 422).await;
}
