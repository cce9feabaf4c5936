//! The officers of the demo, a machine, and some days of sealed traffic. The officers' programs have their folders
//! beside the demo's, each with its passphrase in a file, so that a release can be tried with `waarborg officer`.

use crate::app::App;
use crate::commands::officer::home::Home;
use anyhow::{Context, Result, bail};
use base::{Day, Language, Sensitive, SystemRandom};
use keys::seal::{NodeId, OfficerIdentity, Passphrase, Roster, Sealing, ShareFile, Step};
use office::accounts::{self, LoginId, Officer, Session, SessionId, StaffRole, Stage};
use office::incidents::{self, Effects, Facts, Field, IncidentRole, NewIncident, Regime, Texts, Times};
use office::seal::{self, Answer, Bundle, NewRoster, Work};
use office::traffic_log::{self, PublicKey};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use traffic::hit::{Address, Cut, Hit};
use traffic::segment::name::SegmentName;
use traffic::segment::{Canary, Gatherer, GroupKeys, Limits, NodeKey, Reason, SealOptions};
use traffic::sites::Sites;
use traffic::store::Stored;

/// Who holds a share, by the address of their login.
const OFFICERS: [(&str, &str); 3] = [
    ("pim", "pim@voorbeeldhost.example"),
    ("sanne", "sanne@voorbeeldhost.example"),
    ("olga", "olga@voorbeeldhost.example"),
];
/// The address of the demo's administrator.
pub const ADMIN: &str = "ada@voorbeeldhost.example";
/// How many of them open together.
const THRESHOLD: u16 = 2;
/// Days of traffic: whole ones, the last is yesterday.
const DAYS: u32 = 3;
/// Visits of a day.
const VISITS: u32 = 3_000;
const PATHS: [&str; 6] = ["/", "/contact", "/winkel", "/winkel/jas", "/wp-login.php", "/favicon.ico"];
const AGENTS: [&str; 3] = ["Proefbrowser/1.0 (Voorbeeld)", "Kijker/7.2", "Zoekdienst-robot/3.1"];

/// Makes them.
///
/// # Errors
/// When a part fails.
pub async fn make(app: &App, folder: &Path) -> Result<()> {
    let office = &*app.office;
    let admin = session(app, ADMIN).await?;
    let mut officers = Vec::with_capacity(OFFICERS.len());
    for (name, address) in OFFICERS {
        let session = session(app, address).await?;
        officers.push((session, Program::enrol(&folder.join("officers").join(name), name)?));
    }
    let mut ids = Vec::with_capacity(officers.len());
    for (session, program) in &officers {
        let file = Sensitive::new(seal::write_identity(program.file.identity().officer()));
        ids.push(seal::enrol(office, session, &file).await?);
    }
    let roster = NewRoster { work: Work::Year, threshold: THRESHOLD, officers: ids };
    let roster = seal::propose(office, &admin, &roster).await?;
    seal::confirm(office, &officers[0].0, roster).await?;
    ceremony(app, &mut officers).await?;
    traffic_log::follow_services(office).await?;
    machine(app, &admin, &officers[0].0).await?;
    incident(app, &admin).await
}

/// A signed-in person, as the business sees them.
///
/// # Errors
/// When there is nobody of that address.
pub async fn session(app: &App, address: &str) -> Result<Session> {
    let found =
        accounts::login_by_email(&app.office, address).await?.context("a staff member of the demo")?;
    let login = accounts::login(&app.office, found.id).await?;
    let now = app.office.now();
    Ok(Session {
        id: SessionId::new(&*app.office.clock, &*app.office.random),
        login: LoginId::from_uuid(login.id.uuid()),
        subject: login.subject,
        language: Language::Nl,
        staff: Some(if address == ADMIN { StaffRole::Admin } else { StaffRole::Privacy }),
        officer: if address == ADMIN { Officer::None } else { Officer::Holder },
        acting_for: None,
        stage: Stage::Complete,
        password_at: now,
        second_factor_at: Some(now),
        created_at: now,
        expires_at: now.plus_days(1),
    })
}

/// An officer's program, with its folder.
struct Program {
    home: Home,
    file: ShareFile,
    passphrase: Passphrase,
}

impl Program {
    fn enrol(folder: &Path, name: &str) -> Result<Self> {
        let home = Home::at(Some(folder))?;
        home.create()?;
        let passphrase = Passphrase::generate(&SystemRandom);
        std::fs::write(folder.join("passphrase"), passphrase.expose())?;
        let file = ShareFile::new(OfficerIdentity::generate(name, &SystemRandom)?);
        Ok(Self { home, file, passphrase })
    }

    /// Three people who sit at one table compare nothing: one program made all three.
    fn begin(&mut self, roster: &Roster) -> Result<()> {
        let digits = roster.officers().iter().map(|(i, one)| (*i, one.fingerprint().last_group().to_owned()));
        let session = roster.digits().last_group().to_owned();
        let compared = roster.clone().compare(self.file.identity(), &session, &digits.collect())?;
        self.file.begin(compared, &SystemRandom)?;
        Ok(())
    }

    /// What `waarborg officer share` does with a bundle.
    fn share(&mut self, bundle: &Bundle) -> Result<Answer> {
        let roster = bundle.roster.as_ref().context("a ceremony")?;
        if self.file.ceremony().is_none() {
            self.begin(roster)?;
        }
        for message in &bundle.messages {
            // Its own message comes back too, and those it has already.
            let _ = self.file.receive(message.clone());
        }
        loop {
            match self.file.advance()? {
                Step::Wait { .. } => break,
                Step::Send(_) => {}
                Step::Store => {
                    let stored = self.home.store(&self.file, &self.passphrase)?;
                    self.file.sign(stored.context("shares were made")?)?;
                }
                Step::Done(signed) => {
                    let messages = self.sent();
                    let document = Some((*signed).clone());
                    self.file.adopt(*signed)?;
                    self.home.store(&self.file, &self.passphrase)?;
                    return Ok(Answer { messages, document });
                }
            }
        }
        Ok(Answer { messages: self.sent(), document: None })
    }

    fn sent(&self) -> Vec<keys::seal::Message> {
        self.file.ceremony().into_iter().flat_map(|ceremony| ceremony.sent().cloned()).collect()
    }
}

/// Carries files to and fro until all have their shares.
async fn ceremony(app: &App, officers: &mut [(Session, Program)]) -> Result<()> {
    for _ in 0..6 {
        let bundle = seal::bundle(&app.office, Some(app.ledger_key.clone())).await?;
        let Some(_) = &bundle.roster else { break };
        let mut answers = Vec::with_capacity(officers.len());
        for (session, program) in officers.iter_mut() {
            let roster = bundle.roster.as_ref().map(Roster::session);
            let done =
                program.file.chain().is_some_and(|chain| roster.is_some_and(|id| chain.roster(id).is_some()));
            if !done {
                answers.push((*session, program.share(&bundle)?));
            }
        }
        for (session, answer) in answers {
            if !answer.messages.is_empty() {
                seal::take_answer(&app.office, &session, &answer.text()).await?;
            }
        }
        if officers.iter().all(|(_, program)| program.file.chain().is_some()) {
            for (_, program) in officers.iter() {
                program.home.pin(&app.ledger_key)?;
            }
            return Ok(());
        }
    }
    bail!("the ceremony of the demo did not end")
}

/// A machine that pushed the last days.
async fn machine(app: &App, admin: &Session, second: &Session) -> Result<()> {
    let office = &*app.office;
    let key = NodeKey::generate(&SystemRandom);
    let id = NodeId::from_bytes((&SystemRandom as &dyn base::Random).bytes());
    let line = PublicKey { id, sign_key: key.public() }.to_string();
    traffic_log::propose_node(office, admin.subject, "web-1", &line).await?;
    let token = traffic_log::confirm_node(office, second.subject, id).await?;
    let node = traffic_log::authenticate(office, token.text().expose()).await?.context("the machine")?;
    let chain = seal::chain(office).await?.context("a ceremony was held")?;
    let mut listed: Vec<_> = traffic_log::site_list(office).await?.into_iter().collect();
    listed.sort();
    let sites = Arc::new(Sites::new(listed.iter().map(|(domain, id)| (domain.as_str(), *id))));
    let mut previous = [0; 32];
    for seq in 1..=DAYS {
        let day = Day::from_number(office.now().day().number() - 1 - DAYS + seq);
        let (Sealing::Valid(group) | Sealing::EndsSoon(group, _)) = chain.sealing(day) else {
            bail!("no key for {day}")
        };
        let gatherer = Gatherer::new(day, Arc::clone(&sites), Limits::default());
        for visit in 0..VISITS {
            gatherer.add(&[hit(&listed, day, seq, visit)]);
        }
        let name = SegmentName { line: group.key().line(), epoch: group.key().epoch(), day, node: id, seq };
        let keys = GroupKeys::new(Arc::clone(group.key()), Arc::new(SystemRandom));
        let canary = if seq == 1 { Canary::With } else { Canary::Without };
        let options =
            SealOptions { threads: NonZeroUsize::MIN, level: 3, reason: Reason::Day, previous, canary };
        let mut data = Vec::new();
        let sealed = traffic::segment::seal(gatherer, &name, &keys, &key, options, &mut data)?;
        previous = sealed.manifest.hash();
        let stored = Stored::from(&name);
        let mut receiving = traffic_log::receive_data(office, &node, stored)?;
        receiving.write(data).await?;
        receiving.settle().await?;
        traffic_log::receive_keys(office, &node, stored, sealed.key_object).await?;
    }
    Ok(())
}

/// A visit that somebody could have made; addresses are those that documents use (RFC 5737).
fn hit<'a>(sites: &'a [(String, keys::seal::SiteId)], day: Day, seq: u32, visit: u32) -> Hit<'a> {
    let number = (visit as usize).wrapping_mul(2_654_435_761) ^ (seq as usize);
    let host = sites.get(number % sites.len().max(1)).map_or("", |(domain, _)| domain.as_str());
    Hit {
        seconds: day.start().as_seconds() + i64::from(visit * (86_400 / VISITS)),
        host: host.as_bytes().into(),
        path: PATHS[number / 7 % PATHS.len()].as_bytes().into(),
        agent: AGENTS[number / 41 % AGENTS.len()].as_bytes().into(),
        address: Address::from(std::net::IpAddr::from([203, 0, 113, (number / 3 % 250) as u8])),
        cut: Cut::Whole,
    }
}

/// A case that is being looked into, so that a release can be asked for.
async fn incident(app: &App, admin: &Session) -> Result<()> {
    let now = app.office.now();
    let mut texts = Texts::default();
    let written = [(Field::Title, "Vreemde aanmeldingen op een webserver")];
    texts.write(written).map_err(|_| anyhow::anyhow!("the title of the demo's incident"))?;
    let facts = Facts {
        effects: Effects { confidentiality: true, ..Effects::default() },
        role: IncidentRole::Processor,
        regime: Regime::Gdpr,
        times: Times {
            occurred_from: Some(now.plus_days(-2)),
            occurred_until: None,
            ongoing: true,
            discovered_at: now.plus_seconds(-7_200),
        },
    };
    incidents::open(&app.office, admin.by(), &NewIncident { facts, texts }).await?;
    Ok(())
}
