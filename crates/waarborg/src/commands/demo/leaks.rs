//! A leak that the demo's provider had and closed, and one that a customer has now.

use super::{BY, CUSTOMER};
use crate::app::App;
use anyhow::{Context, Result};
use base::{Sensitive, Timestamp};
use office::OfficeError;
use office::accounts;
use office::customers::{self, CustomerFilter};
use office::incidents::{
    self, Decision, Effects, Facts, Field, IncidentRole, MayLook, NewIncident, NewLeakReport, NewReport,
    NoticeText, Regime, ReportKind, Scope, Telling, Texts, Times,
};

/// How many customers the provider's leak touched.
const TOUCHED: u32 = 3;

/// What is known of the provider's leak.
const KNOWN: [(Field, &str); 12] = [
    (Field::Title, "Facturen zichtbaar voor andere klanten"),
    (
        Field::Summary,
        "Door een fout in de cache van het klantenpaneel zagen drie klanten een uur lang elkaars facturen.",
    ),
    (Field::Discovery, "Een klant belde."),
    (Field::IncidentType, "wrong_recipient"),
    (Field::CauseOrigin, "internal"),
    (Field::CauseIntent, "not_malicious"),
    (Field::PersonsMin, "3"),
    (Field::PersonsMax, "3"),
    (Field::DataTypes, "name_address email financial"),
    (Field::Risk, "risk"),
    (Field::MeasuresTaken, "De cache is uitgezet en geleegd."),
    (Field::Prevention, "Pagina's van ingelogde klanten worden niet meer in een cache bewaard."),
];

/// The leak from suspicion to its end; its notices leave with the next mail.
pub(super) async fn past(app: &App) -> Result<()> {
    let office = &*app.office;
    let now = office.now();
    let facts = Facts {
        effects: Effects { confidentiality: true, ..Effects::default() },
        role: IncidentRole::Controller,
        regime: Regime::Gdpr,
        times: Times {
            occurred_from: Some(now.plus_seconds(-9_000)),
            occurred_until: Some(now.plus_seconds(-5_400)),
            ongoing: false,
            discovered_at: now.plus_seconds(-3_600),
        },
    };
    let mut texts = Texts::default();
    texts.write(KNOWN).map_err(OfficeError::Invalid)?;
    let case = incidents::open(office, BY, &NewIncident { facts, texts }).await?;
    let case = incidents::become_aware(office, BY, case.id, case.revision, now).await?;
    let some = customers::page(office, CustomerFilter::default(), 0, TOUCHED).await?.customers;
    let scope = Scope { customers: some.iter().map(|one| one.id).collect(), ..Scope::default() };
    let case = incidents::set_scope(office, BY, case.id, case.revision, scope).await?;
    let none = Sensitive::new(String::new());
    let case = incidents::decide(office, BY, case.id, case.revision, Decision::Notify, &none).await?;
    for kind in [ReportKind::Initial, ReportKind::Complete] {
        send(app, case.id, kind, now).await?;
    }
    let case = incidents::incident(office, case.id).await?;
    let case = incidents::decide_telling(office, BY, case.id, case.revision, Telling::Tell, &none).await?;
    let notice = |title: &str, body: &str| NoticeText { title: title.into(), body: body.into() };
    let nl = notice(
        "Bericht over een datalek ({number})",
        "Een uur lang konden twee andere klanten uw facturen zien. Wij hebben dat verholpen en gemeld bij de \
         toezichthouder. U hoeft niets te doen. Ons kenmerk is {number}.\n\n{link}",
    );
    let en = notice(
        "Notice of a data leak ({number})",
        "For an hour two other customers could see your invoices. We have repaired that and reported it to the \
         authority. You need not do anything. Our reference is {number}.\n\n{link}",
    );
    let case = incidents::set_notice(office, BY, case.id, case.revision, &nl, &en).await?;
    incidents::tell_customers(office, BY, case.id, case.revision).await?;
    crate::worker::drain(app).await?;
    let case = incidents::incident(office, case.id).await?;
    let learned = "Een cache hoort niet voor pagina's van ingelogde klanten.".into();
    incidents::close(office, BY, case.id, case.revision, &learned).await?;
    Ok(())
}

async fn send(app: &App, id: incidents::IncidentId, kind: ReportKind, at: Timestamp) -> Result<()> {
    let office = &*app.office;
    let revision = incidents::incident(office, id).await?.revision;
    let new = NewReport {
        kind,
        sent_at: at,
        reference: "AP-voorbeeld-1".into(),
        late_reason: Sensitive::new(String::new()),
    };
    incidents::report(office, BY, id, revision, &new).await?;
    Ok(())
}

/// The customer of the demo has a leak of their own, and its clock runs.
pub(super) async fn own_site(app: &App) -> Result<()> {
    let office = &*app.office;
    let login = accounts::login_by_email(office, CUSTOMER).await?.context("the customer of the demo")?;
    let customers = accounts::customers_of_login(office, login.id).await?;
    let (customer, ..) = customers.first().context("the customer of the demo")?;
    let mut texts = Texts::default();
    texts
        .write([
            (Field::GuidePersonal, "yes"),
            (Field::GuideEffects, "confidentiality"),
            (Field::GuideRisk, "risk"),
            (
                Field::Summary,
                "Iemand heeft via een oude plug-in de lijst met bestellingen van mijn webwinkel gedownload.",
            ),
            (Field::People, "klanten van de webwinkel"),
            (Field::PersonsMax, "340"),
        ])
        .map_err(OfficeError::Invalid)?;
    let discovered_at = office.now().plus_seconds(-20 * 3_600);
    let new = NewLeakReport { discovered_at, texts, may_look: MayLook::Yes };
    incidents::report_leak_for(office, BY, *customer, &new).await?;
    Ok(())
}
