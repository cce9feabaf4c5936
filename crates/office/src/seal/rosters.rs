//! Rosters: proposed by one staff member, confirmed by another, then a ceremony of the officers' programs.

use super::model::{Equivocation, Flow, Progress, RosterId, RosterState, next_months};
use super::service::{EnrolledOfficer, by, chain, officers};
use super::store::{self, NewRosterRow, RosterRow};
use crate::accounts::{LoginId, Session};
use crate::form::{Problem, Problems};
use crate::subjects::{self, SubjectKind};
use crate::{Office, OfficeError, Record};
use ::store::StoreError;
use base::{Day, SubjectId, Timestamp};
use jiff::ToSpan as _;
use keys::purpose::Account;
use keys::seal::{Chain, EPOCHS_MAX, Epoch, EpochId, Officer, Plan, Roster};
use std::collections::BTreeSet;

/// What a new ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Keys of the fourteen months after those that there are.
    Year,
    /// New shares of running keys, among those who stay.
    Refresh,
}

/// A roster to be.
#[derive(Debug, Clone)]
pub struct NewRoster {
    /// What for.
    pub work: Work,
    /// How many officers open something together; a refresh keeps it as it is.
    pub threshold: u16,
    /// Who takes part.
    pub officers: Vec<super::OfficerId>,
}

/// A roster as staff see it.
#[derive(Debug, Clone)]
pub struct RosterView {
    /// Its id.
    pub id: RosterId,
    /// What all its officers have.
    pub roster: Roster,
    /// What its ceremony does.
    pub flow: Flow,
    /// Where it is.
    pub state: RosterState,
    /// Who proposed it.
    pub proposed_by: LoginId,
    /// Who confirmed it.
    pub confirmed_by: Option<LoginId>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How far the ceremony is.
    pub progress: Progress,
    /// Officers who signed two things for one place.
    pub equivocations: Vec<Equivocation>,
}

/// Proposes a roster of enrolled officers. Another staff member confirms it.
///
/// # Errors
/// [`OfficeError::Invalid`] at `officers` or `threshold`; [`OfficeError::Conflict`] when one is proposed or running;
/// [`OfficeError::Forbidden`] unless staff.
pub async fn propose(office: &Office, session: &Session, new: &NewRoster) -> Result<RosterId, OfficeError> {
    require_staff(session)?;
    let enrolled = officers(office).await?;
    let chosen: Vec<&EnrolledOfficer> =
        enrolled.iter().filter(|officer| new.officers.contains(&officer.id)).collect();
    if chosen.len() < 2 || chosen.len() != new.officers.len() {
        return Err(Problems::one("officers", Problem::Missing).into());
    }
    let chain = chain(office).await?;
    let (flow, roster) = compose(office, new, &chosen, chain.as_ref())?;
    let id = RosterId::new(&*office.clock, &*office.random);
    let subject = SubjectId::new(&*office.clock, &*office.random);
    let key = office.vault.ensure::<Account>(subject).await?;
    let record = Record::new("seal-roster-proposed", by(session))
        .with("session", roster.session().to_string())
        .with("line", roster.line().to_string());
    let entry = office.prepare(record).await?;
    let now = office.now();
    let tx = office.store.begin().await?;
    subjects::create(&tx, subject, SubjectKind::Seal, now).await?;
    let row = NewRosterRow { id, subject, roster: &roster, flow, proposed_by: session.login };
    match store::insert_roster(&tx, &row, &key, &*office.random, now).await {
        Err(StoreError::Duplicate) => return Err(OfficeError::Conflict { what: "the roster" }),
        other => other?,
    }
    entry.append(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

fn compose(
    office: &Office,
    new: &NewRoster,
    chosen: &[&EnrolledOfficer],
    chain: Option<&Chain>,
) -> Result<(Flow, Roster), OfficeError> {
    let numbered = number(chosen, chain)?;
    let (flow, epochs, threshold) = match new.work {
        Work::Year => {
            let months = next_months(chain, office.now().day());
            let epoch = |month: &super::Month| Epoch {
                id: EpochId::from_bytes(office.random.bytes()),
                first_day: month.first_day,
                last_day: month.last_day,
            };
            (Flow::Generate, months.iter().map(epoch).collect(), new.threshold)
        }
        Work::Refresh => {
            let chain = chain.ok_or(Problems::one("work", Problem::Choice))?;
            let (epochs, threshold) = refreshed(chain, &numbered, office.now().day());
            if epochs.is_empty() {
                return Err(Problems::one("officers", Problem::Mismatch).into());
            }
            (Flow::Refresh, epochs, threshold)
        }
    };
    let policy = office.policy();
    let plan = Plan {
        organisation: &policy.provider().name,
        threshold,
        officers: &numbered,
        epochs: &epochs,
        previous: chain.map(|chain| (chain.last().roster().line(), chain.last().hash())),
    };
    let roster = Roster::compose(&plan, &*office.random).map_err(|error| {
        tracing::info!(error = %error, "a roster was refused");
        Problems::one("threshold", Problem::Number)
    })?;
    Ok((flow, roster))
}

/// The officers with their numbers: who was there keeps theirs, who is new gets one that nobody had.
fn number(chosen: &[&EnrolledOfficer], chain: Option<&Chain>) -> Result<Vec<(u16, Officer)>, OfficeError> {
    let known = |officer: &Officer| {
        let documents = chain.into_iter().flat_map(|chain| chain.documents().iter().rev());
        documents.map(|signed| signed.document().roster()).find_map(|roster| roster.number_of(officer))
    };
    let documents = chain.into_iter().flat_map(Chain::documents);
    let used = documents.flat_map(|signed| signed.document().roster().officers().keys().copied());
    let mut next = used.max().unwrap_or(0);
    let mut numbered = Vec::with_capacity(chosen.len());
    for enrolled in chosen {
        let number = known(&enrolled.officer).unwrap_or_else(|| {
            next += 1;
            next
        });
        numbered.push((number, enrolled.officer.clone()));
    }
    if next > keys::seal::OFFICERS_MAX {
        return Err(
            Problems::one("officers", Problem::TooLong { max: keys::seal::OFFICERS_MAX.into() }).into()
        );
    }
    numbered.sort_by_key(|(number, _)| *number);
    Ok(numbered)
}

/// The running epochs whose shares these officers can refresh, and under which threshold: those of which somebody else holds
/// a share as well, at most as many as one ceremony takes, the latest first chosen.
fn refreshed(chain: &Chain, officers: &[(u16, Officer)], today: Day) -> (Vec<Epoch>, u16) {
    let stay: BTreeSet<u16> = officers.iter().map(|(number, _)| *number).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut threshold = None;
    for signed in chain.documents().iter().rev() {
        let document = signed.document();
        let listed = document.roster().officers();
        let there = officers.iter().all(|(number, officer)| listed.get(number) == Some(officer));
        for group in document.groups().iter().rev() {
            let (first_day, last_day) = group.days();
            let months = i64::from(crate::releases::TERM_MONTHS);
            let kept = last_day.plus_span(months.months()).is_ok_and(|end| end > today);
            let others = group.officers().any(|number| !stay.contains(&number));
            let same = threshold.is_none_or(|threshold| threshold == group.threshold());
            if seen.insert(group.epoch()) && there && kept && others && same && found.len() < EPOCHS_MAX {
                threshold = Some(group.threshold());
                found.push(Epoch { id: group.epoch(), first_day, last_day });
            }
        }
    }
    found.sort_by_key(|epoch| epoch.first_day);
    (found, threshold.unwrap_or(2))
}

fn require_staff(session: &Session) -> Result<(), OfficeError> {
    if session.staff.is_none() {
        return Err(OfficeError::Forbidden { why: "only staff see to the officers" });
    }
    Ok(())
}

/// Confirms a roster, as the second staff member: its ceremony begins.
///
/// # Errors
/// [`OfficeError::Forbidden`] for who proposed it; [`OfficeError::Conflict`] when it is not proposed any more, or no longer
/// follows the last document.
pub async fn confirm(office: &Office, session: &Session, id: RosterId) -> Result<(), OfficeError> {
    require_staff(session)?;
    let row = store::roster(&office.store, id).await?.ok_or(NOT_THERE)?;
    if row.proposed_by == session.login {
        return Err(OfficeError::Forbidden { why: "who proposes a roster does not confirm it" });
    }
    let roster = open(office, &row).await?;
    if roster.previous() != chain(office).await?.map(|chain| chain.last().hash()) {
        return Err(OfficeError::Conflict { what: "the roster" });
    }
    let record = Record::new("seal-ceremony-begun", by(session))
        .with("session", roster.session().to_string())
        .with("line", roster.line().to_string())
        .with("flow", row.flow.as_str())
        .with("k", roster.threshold())
        .with("n", roster.officers().len())
        .with("epochs", roster.epochs().len());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if !store::confirm(&tx, id, session.login, office.now()).await? {
        return Err(OfficeError::Conflict { what: "the roster" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

/// Gives a roster up, proposed or running. A new one can be proposed then.
///
/// # Errors
/// [`OfficeError::Conflict`] when it ended already.
pub async fn stop(office: &Office, session: &Session, id: RosterId) -> Result<(), OfficeError> {
    require_staff(session)?;
    let row = store::roster(&office.store, id).await?.ok_or(NOT_THERE)?;
    let record = Record::new("seal-ceremony-stopped", by(session))
        .with("session", row.session.to_string())
        .with("state", row.state.as_str());
    let entry = office.prepare(record).await?;
    let tx = office.store.begin().await?;
    if !store::stop(&tx, id, office.now()).await? {
        return Err(OfficeError::Conflict { what: "the roster" });
    }
    entry.append(&tx).await?;
    Ok(tx.commit().await?)
}

const NOT_THERE: OfficeError = OfficeError::NotFound { what: "the roster" };

/// The rosters, the last one first; at most a hundred.
///
/// # Errors
/// When a store fails.
pub async fn rosters(office: &Office) -> Result<Vec<RosterView>, OfficeError> {
    let mut all = Vec::new();
    for row in store::rosters(&office.store).await? {
        all.push(view(office, row).await?);
    }
    Ok(all)
}

/// One roster.
///
/// # Errors
/// [`OfficeError::NotFound`]; when a store fails.
pub async fn roster(office: &Office, id: RosterId) -> Result<RosterView, OfficeError> {
    view(office, store::roster(&office.store, id).await?.ok_or(NOT_THERE)?).await
}

pub(super) async fn open(office: &Office, row: &RosterRow) -> Result<Roster, OfficeError> {
    let key = office.vault.key::<Account>(row.subject).await?;
    Roster::parse(row.open_text(&key)?.expose())
        .map_err(|error| OfficeError::Other(format!("a roster that was kept: {error}")))
}

async fn view(office: &Office, row: RosterRow) -> Result<RosterView, OfficeError> {
    let roster = open(office, &row).await?;
    let counting = store::messages(&office.store, row.session, 0).await?;
    let second = store::messages(&office.store, row.session, 1).await?;
    let pair = |second: keys::seal::Message| {
        let first = counting.iter().find(|first| store::same_place(first, &second))?.clone();
        Some(Equivocation { first, second })
    };
    Ok(RosterView {
        id: row.id,
        progress: Progress::of(&roster, counting.iter().map(keys::seal::Message::place)),
        equivocations: second.into_iter().filter_map(pair).collect(),
        roster,
        flow: row.flow,
        state: row.state,
        proposed_by: row.proposed_by,
        confirmed_by: row.confirmed_by,
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}
