//! The checks behind each verdict. Each looks at living data and names what is not as promised.

use super::model::{Evidence, Finding, Unprovable};
use super::store;
use crate::{Office, OfficeError, requests};
use base::SubjectId;
use jiff::ToSpan as _;
use keys::{KeyId, Sealed};
use policy::schema::{Content, SchemaFinding};
use policy::versions::{History, InForce};
use policy::{Backing, Moment, Policy, PromiseId};
use std::collections::HashMap;

/// How many keys are read at a time.
const KEYS: u32 = 500;
/// How many erased subjects are read at a time.
const SUBJECTS: u32 = 500;

/// How long after its day a task to take something of an erased customer away may stay open.
const TAKE_AWAY_DAYS: i64 = 7;

pub(super) fn promise(id: &str) -> PromiseId {
    id.parse().expect("the sixteen promises are known")
}

/// All sixteen findings, in order.
pub(super) async fn all(office: &Office) -> Result<Vec<Finding>, OfficeError> {
    let policy = office.policy();
    let mut findings = Vec::with_capacity(16);
    for declared in policy.promises() {
        let id = declared.id;
        findings.push(match (id.to_string().as_str(), declared.built.by) {
            (
                "P01" | "P02" | "P03" | "P06" | "P07" | "P08" | "P09" | "P10" | "P11" | "P12" | "P13" | "P14"
                | "P15" | "P16",
                Backing::Procedure,
            ) => Finding::unprovable(id, Unprovable::Procedure),
            ("P01", Backing::Software) => administration(office, &policy).await?,
            ("P02", Backing::Software) => super::suppliers::holders(office).await?,
            ("P03", Backing::Software) => super::suppliers::withdrawn(office).await?,
            ("P06", Backing::Software) => super::traffic::recorded(office).await?,
            ("P07", Backing::Software) => super::traffic::term(office).await?,
            ("P08", Backing::Software) => super::traffic::only_for_leaks(office).await?,
            ("P09", Backing::Software) => confidential(office).await?,
            ("P10", Backing::Software) => leaks_of_customers(office).await?,
            ("P11", Backing::Software) => our_leaks(office).await?,
            ("P12", Backing::Software) => rights(office).await?,
            ("P13", Backing::Software) => erasure(office).await?,
            ("P14", Backing::Software) => complaint(office).await?,
            ("P15", Backing::Software) => processor_agreements(office).await?,
            ("P16", Backing::Software) => statement_is_true(office, &policy).await?,
            // What this version does not do, it says so, whatever the policy leaves to a procedure.
            _ => Finding::unprovable(id, Unprovable::NotBuilt),
        });
    }
    Ok(findings)
}

/// P01: every column declared, every envelope under a key of its declared purpose, no former
/// customer past the term, no contact outside the register.
async fn administration(office: &Office, policy: &Policy) -> Result<Finding, OfficeError> {
    let mut evidence = Evidence::default();
    let (mut checked, mut broken) = (0, 0);

    let tables = crate::schema::tables();
    let live = ::store::live_columns(&office.store).await?;
    let columns = live.len() as u64;
    if let Err(findings) = policy::schema::check(&tables, &live, policy) {
        broken += findings.len() as u64;
        findings.iter().map(SchemaFinding::to_string).for_each(|text| evidence.name_broken(text));
    }
    checked += columns;
    evidence.fact("columns-declared", columns);

    let purposes = purposes_of_keys(office).await?;
    evidence.fact("keys", purposes.len() as u64);
    for table in &tables {
        for column in table.columns {
            let Content::Personal { purpose } = column.content else { continue };
            let (mut seen, mut wrong) = (0_u64, 0_u64);
            store::each_envelope(&office.store, table, column.name, |bytes| {
                seen += 1;
                let right = Sealed::<keys::purpose::Account>::from_bytes(bytes.to_vec())
                    .is_ok_and(|sealed| purposes.get(&sealed.key_id()).is_some_and(|of| of == purpose));
                wrong += u64::from(!right);
            })
            .await?;
            checked += seen;
            broken += wrong;
            evidence.fact(&format!("envelopes:{}.{}", table.name, column.name), seen);
            if wrong > 0 {
                evidence.name_broken(format!(
                    "{}.{}: {wrong} without a key of {purpose}",
                    table.name, column.name
                ));
            }
        }
    }

    let former = former_past_term(office).await?;
    broken += former.len() as u64;
    evidence.fact("former-customers-past-term", former.len() as u64);
    former.into_iter().for_each(|id| evidence.name_broken(id));

    let books = crate::billing::past_term(office).await?;
    broken += books.len() as u64;
    evidence.fact("books-past-term", books.len() as u64);
    books.into_iter().for_each(|id| evidence.name_broken(id.to_string()));

    let contacts = store::contacts(&office.store).await?;
    for (recipient, place, count) in &contacts {
        checked += count;
        if policy.recipient(recipient).is_none() {
            broken += count;
            evidence.name_broken(format!(
                "{count} contacts with {place}, whose recipient is not in the register"
            ));
        }
    }
    evidence.fact("contacts-outward", contacts.iter().map(|(_, _, count)| count).sum());
    let (disclosed, wrong) = super::suppliers::disclosed(office, &mut evidence).await?;
    checked += disclosed;
    broken += wrong;
    evidence.does_not_show("what-runs-outside-this-program");
    Ok(Finding::of(promise("P01"), checked, broken, evidence))
}

/// The purpose of every key, by its id.
async fn purposes_of_keys(office: &Office) -> Result<HashMap<KeyId, String>, OfficeError> {
    let mut purposes = HashMap::new();
    let mut last = None;
    loop {
        let rows = office.vault.store().page(last, KEYS).await.map_err(keys::KeyError::from)?;
        let Some(row) = rows.last() else { return Ok(purposes) };
        last = Some(row.key_id);
        purposes.extend(rows.into_iter().map(|row| (row.key_id, row.purpose)));
    }
}

/// Former customers whose account data should be gone under the terms of all versions.
async fn former_past_term(office: &Office) -> Result<Vec<String>, OfficeError> {
    let today = office.now().day();
    let versions = super::versions::parsed(office).await?;
    let in_force = versions.iter().map(|(policy, from)| InForce { policy, from: *from }).collect();
    let Ok(history) = History::new(in_force) else { return Ok(Vec::new()) };
    let Some(sieve) = history.shortest_term("account").and_then(|term| term.latest_start(today)) else {
        return Ok(Vec::new());
    };
    let candidates =
        store::former_customers(&office.store, sieve.plus_span(1.day()).unwrap_or(sieve).start()).await?;
    let due = candidates.into_iter().filter(|former| {
        history.is_due("account", former.created_at.day(), today, |moment| {
            (moment == Moment::AgreementEnded).then_some(former.ended_at.day())
        })
    });
    Ok(due.map(|former| former.id.to_string()).collect())
}

/// P09: no look at content without a grant in force, no order without the clause of responsibility.
async fn confidential(office: &Office) -> Result<Finding, OfficeError> {
    let found = crate::content_grants::evidence(office).await?;
    let mut evidence = Evidence::default();
    evidence.fact("content-grants-asked", found.grants);
    evidence.fact("content-grants-given", found.given);
    evidence.fact("content-grants-for-leaks", found.for_leaks);
    evidence.fact("content-grants-refused", found.refused);
    evidence.fact("content-sessions", found.sessions);
    evidence.fact("content-sessions-without-grant", found.without_grant);
    evidence.fact("orders-without-responsibility-clause", found.orders_without_clause);
    if found.without_grant > 0 {
        evidence.name_broken(format!("{} looks at content without a grant", found.without_grant));
    }
    if found.orders_without_clause > 0 {
        evidence.name_broken(format!("{} orders without the clause", found.orders_without_clause));
    }
    evidence.does_not_show("what-administrators-of-servers-could-see");
    let broken = found.without_grant + found.orders_without_clause;
    Ok(Finding::of(promise("P09"), found.sessions + found.orders, broken, evidence))
}

/// P10: every leak that a customer reported got the guide, the clock and the dossier.
async fn leaks_of_customers(office: &Office) -> Result<Finding, OfficeError> {
    let found = crate::incidents::evidence(office).await?;
    let mut evidence = Evidence::default();
    evidence.fact("leaks-reported", found.leaks);
    evidence.fact("leaks-with-running-clock", found.leaks_running);
    evidence.fact("leaks-without-guide-clock-or-dossier", found.leaks_without);
    if found.leaks_without > 0 {
        evidence
            .name_broken(format!("{} reported leaks without guide, clock or dossier", found.leaks_without));
    }
    evidence.does_not_show("whether-customers-told-the-authority");
    Ok(Finding::of(promise("P10"), found.leaks, found.leaks_without, evidence))
}

/// P11: no clock past due without a reason; nobody waits for a notice past the day it was put off to.
async fn our_leaks(office: &Office) -> Result<Finding, OfficeError> {
    let found = crate::incidents::evidence(office).await?;
    let mut evidence = Evidence::default();
    evidence.fact("cases", found.cases);
    evidence.fact("clocks", found.clocks);
    evidence.fact("clocks-running", found.running);
    evidence.fact("clocks-late-with-reason", found.late_with_reason);
    evidence.fact("cases-late-without-reason", found.late.len() as u64);
    evidence.fact("cases-with-notices-overdue", found.untold.len() as u64);
    for number in &found.late {
        evidence.name_broken(format!("D{number}: a clock past due without a reason"));
    }
    for number in &found.untold {
        evidence.name_broken(format!("D{number}: customers not told by the day it was put off to"));
    }
    evidence.does_not_show("leaks-that-nobody-recorded");
    let broken = (found.late.len() + found.untold.len()) as u64;
    Ok(Finding::of(promise("P11"), found.cases, broken, evidence))
}

/// P12: no request past its date.
async fn rights(office: &Office) -> Result<Finding, OfficeError> {
    let clock = requests::clock_evidence(office).await?;
    let mut evidence = Evidence::default();
    evidence.fact("open", clock.open);
    evidence.fact("open-past-due", clock.overdue);
    evidence.fact("closed-in-time", clock.closed_in_time);
    evidence.fact("closed-late", clock.closed_late);
    if clock.overdue > 0 {
        evidence.name_broken(format!("{} requests past due", clock.overdue));
    }
    evidence.does_not_show("requests-that-never-reached-this-program");
    Ok(Finding::of(
        promise("P12"),
        clock.open + clock.closed_in_time + clock.closed_late,
        clock.overdue,
        evidence,
    ))
}

/// P13: an erased subject has no key and no row; nothing that an erased customer had runs on.
async fn erasure(office: &Office) -> Result<Finding, OfficeError> {
    let mut evidence = Evidence::default();
    let mut broken = 0;
    let (mut erased, mut with_key) = (0_u64, 0_u64);
    let mut last: Option<SubjectId> = None;
    loop {
        let page = crate::subjects::erased_after(&office.store, last, SUBJECTS).await?;
        let Some(subject) = page.last() else { break };
        last = Some(*subject);
        erased += page.len() as u64;
        for purpose in keys::purpose::ALL {
            let keys = office.vault.store().find_many(purpose, &page).await.map_err(keys::KeyError::from)?;
            with_key += keys.len() as u64;
            keys.iter()
                .for_each(|key| evidence.name_broken(format!("key {} of an erased subject", key.key_id)));
        }
    }
    broken += with_key;
    let mut rows = 0;
    for table in crate::schema::tables() {
        let left = store::rows_of_erased(&office.store, table).await?;
        rows += left;
        if left > 0 {
            evidence.name_broken(format!("{left} rows of erased subjects in {}", table.name));
        }
    }
    broken += rows;
    let running = store::running_of_erased(&office.store, office.now().plus_days(-TAKE_AWAY_DAYS)).await?;
    broken += running.services + running.agreements + running.late_tasks;
    for (count, what) in [
        (running.services, "services of erased customers have not ended"),
        (running.agreements, "agreements with erased customers are not dissolved"),
        (running.late_tasks, "tasks to take away what erased customers had are late"),
    ] {
        if count > 0 {
            evidence.name_broken(format!("{count} {what}"));
        }
    }
    let stuck =
        crate::subjects::in_state(&office.store, crate::subjects::SubjectState::Erasing, SUBJECTS).await?;
    evidence.fact("erased-subjects", erased);
    evidence.fact("keys-of-erased", with_key);
    evidence.fact("rows-of-erased", rows);
    evidence.fact("services-of-erased", running.services);
    evidence.fact("agreements-of-erased", running.agreements);
    evidence.fact("tasks-of-erased", running.tasks);
    evidence.fact("tasks-of-erased-late", running.late_tasks);
    evidence.fact("erasures-under-way", stuck.len() as u64);
    evidence.does_not_show("copies-of-disks-that-left-the-house");
    evidence.does_not_show("backups-until-their-epoch-key-is-destroyed");
    Ok(Finding::of(promise("P13"), erased, broken, evidence))
}

/// P14: every answer and refusal named the authority and the way to us first.
async fn complaint(office: &Office) -> Result<Finding, OfficeError> {
    let clock = requests::clock_evidence(office).await?;
    let mut evidence = Evidence::default();
    let answered = clock.closed_in_time + clock.closed_late;
    evidence.fact("answers", answered);
    evidence.fact("answers-without-authority", clock.answers_without_authority);
    if clock.answers_without_authority > 0 {
        evidence
            .name_broken(format!("{} answers do not name the authority", clock.answers_without_authority));
    }
    Ok(Finding::of(promise("P14"), answered, clock.answers_without_authority, evidence))
}

/// P15: whoever has us hold data for them, or asked, has an agreement that says what the policy in force
/// makes it say.
async fn processor_agreements(office: &Office) -> Result<Finding, OfficeError> {
    let found = crate::processor_agreements::evidence(office).await?;
    let mut evidence = Evidence::default();
    evidence.fact("with-agreement", found.with_agreement);
    evidence.fact("agreements-outdated", found.outdated);
    evidence.fact("hosting-customers", found.hosting);
    evidence.fact("hosting-customers-without-agreement", found.hosting_without);
    evidence.fact("asked-without-answer", found.asked_without);
    evidence.fact("asked-and-waiting", found.waiting);
    let broken = found.outdated + found.hosting_without + found.asked_without;
    for (count, what) in [
        (found.outdated, "agreements do not say what the policy in force makes them say"),
        (found.hosting_without, "customers with hosting have no agreement"),
        (found.asked_without, "customers asked and were given none in time"),
    ] {
        if count > 0 {
            evidence.name_broken(format!("{count} {what}"));
        }
    }
    evidence.does_not_show("whether-the-policy-itself-tells-the-truth");
    let checked = found.with_agreement + found.hosting_without + found.asked_without;
    Ok(Finding::of(promise("P15"), checked, broken, evidence))
}

/// P16: what is published is what runs.
async fn statement_is_true(office: &Office, policy: &Policy) -> Result<Finding, OfficeError> {
    let mut evidence = Evidence::default();
    let running = super::versions::version_of(policy, office.now());
    let Some(published) = store::all_versions(&office.store).await?.pop() else {
        return Ok(Finding::of(promise("P16"), 0, 0, evidence));
    };
    let pairs = [
        ("policy", published.hash, running.hash),
        ("statement-nl", published.statement_nl, running.statement_nl),
        ("statement-en", published.statement_en, running.statement_en),
    ];
    let mut broken = 0;
    for (what, published, running) in pairs {
        evidence.hashes.push(format!("{what} {}", hex::encode(published)));
        if published != running {
            broken += 1;
            evidence.name_broken(format!(
                "{what}: {} is published, {} runs",
                hex::encode(published),
                hex::encode(running)
            ));
        }
    }
    evidence.does_not_show("whether-the-policy-itself-tells-the-truth");
    Ok(Finding::of(promise("P16"), 3, broken, evidence))
}
