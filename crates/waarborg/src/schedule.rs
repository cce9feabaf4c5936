//! What is due by the clock: a table of tasks, each with its name and how often. Of several
//! processes one takes each turn; the last run of each is shown to staff.

use crate::app::App;
use crate::rotation::{Host, Processes};
use anyhow::Result;
use core::time::Duration;
use office::By;
use office::promises::Recording;
use tokio_util::sync::CancellationToken;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(15);
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Done jobs and sent forms are remembered so long.
const REMEMBERED_DAYS: i64 = 30;
/// A contact outward that has not ended by then was broken off.
const CONTACT_SECONDS: i64 = 600;
/// Keys without a use are orphans after so long.
const ORPHAN_HOURS: i64 = 24;

/// The tasks, in the order in which they run when several are due.
pub const TASKS: [&str; 19] = [
    "jobs-released",
    "imports-swept",
    "contacts-ended",
    "links-swept",
    "requests-reminded",
    "services-ended",
    "billing-resumed",
    "billing",
    "payments-reminded",
    "retention",
    "processor-agreements",
    "withdrawals",
    "log-sites",
    "log-retention",
    "releases-ended",
    "content-grants-ended",
    "orphan-keys",
    ROTATION,
    "attest",
];
/// The task that renews the epoch key.
const ROTATION: &str = "epoch-rotation";

fn seconds_between(app: &App, task: &str) -> i64 {
    match task {
        "jobs-released" | "imports-swept" | "releases-ended" | "content-grants-ended" => MINUTE,
        "contacts-ended" | "billing-resumed" | "log-sites" | "withdrawals" => 5 * MINUTE,
        "links-swept" | "services-ended" | "retention" | "log-retention" | "processor-agreements" => HOUR,
        "attest" => i64::from(app.config.jobs.attest_hours) * HOUR,
        _ => DAY,
    }
}

/// Runs the tasks until the token is cancelled.
pub async fn run(app: App, stop: CancellationToken) {
    let mut started = true;
    while !stop.is_cancelled() {
        for task in TASKS {
            if stop.is_cancelled() {
                return;
            }
            // A rotation that a stop broke off goes on at the next start, not on the next day.
            let every = if started && task == ROTATION { 0 } else { seconds_between(&app, task) };
            if let Err(error) = turn(&app, task, every, &stop).await {
                tracing::error!(task, error = %error, "the turn of a task could not be taken");
            }
        }
        started = false;
        let () = tokio::select! {
            () = stop.cancelled() => (),
            () = tokio::time::sleep(TICK) => (),
        };
    }
}

async fn turn(app: &App, task: &'static str, every: i64, stop: &CancellationToken) -> Result<()> {
    let store = &app.office.store;
    // A second less, so that a task keeps its hour.
    if !store::record_run_start(store, task, every - 1, app.office.now()).await? {
        return Ok(());
    }
    let outcome = tokio::select! {
        // It waits minutes for other processes, can be broken off anywhere, and nobody who stops the
        // program should wait for it.
        () = stop.cancelled(), if task == ROTATION => return Ok(()),
        outcome = perform(app, task) => outcome.map_err(|error| format!("{error:#}")),
    };
    if let Err(error) = &outcome {
        tracing::error!(task, error, "a scheduled task failed");
    }
    Ok(store::record_run_end(store, task, outcome, app.office.now()).await?)
}

/// Does one task now and says what it did.
///
/// # Errors
/// What the task failed with.
pub async fn perform(app: &App, task: &str) -> Result<String> {
    let office = &*app.office;
    let now = office.now();
    Ok(match task {
        "jobs-released" => {
            let released = store::release_expired(&office.store, now).await?;
            format!("{released} jobs taken over from workers that ended")
        }
        "imports-swept" => {
            let swept = office::customers::import::sweep(office).await?;
            format!("{swept} imports that broke off removed")
        }
        "contacts-ended" => {
            let recorder = app.gate.recorder();
            let marked = recorder.mark_interrupted(now.plus_seconds(-CONTACT_SECONDS)).await?;
            format!("{marked} contacts that broke off marked")
        }
        "links-swept" => {
            let swept = office::accounts::sweep(office).await?;
            format!("{swept} expired sessions, links and counters removed")
        }
        "requests-reminded" => {
            let daily = office::requests::jobs::daily(office).await?;
            format!(
                "{} requests due within a week, {} overdue; {} staff members reminded",
                daily.due_soon, daily.overdue, daily.reminded
            )
        }
        "services-ended" => {
            let ended = office::services::end_due(office).await?;
            format!("{ended} services ended whose last day had passed")
        }
        "billing-resumed" => {
            let resumed = office::billing::resume(office).await?;
            format!("{resumed} billing runs that broke off finished")
        }
        "billing" if !app.config.billing.daily => "left to staff by billing.daily".to_owned(),
        "billing" => {
            let (_, outcome) = office::billing::run(office, By::System("billing"), office.today()).await?;
            outcome.to_string()
        }
        "payments-reminded" => {
            let reminded = office::payments::remind(office).await?;
            let enforced = office::payments::enforce(office).await?;
            format!("{reminded}; {enforced}")
        }
        "log-sites" => {
            let begun = office::traffic_log::follow_services(office).await?;
            format!("{begun} sites of the traffic log begun")
        }
        "log-retention" => office::traffic_log::run(office).await?.to_string(),
        "content-grants-ended" => {
            let ended = office::content_grants::sweep(office).await?;
            format!("{ended} content grants whose time was over ended")
        }
        "releases-ended" => {
            let ended = office::releases::sweep(office).await?;
            format!("{ended} releases ended whose time was over")
        }
        "retention" => {
            let before = now.plus_days(-REMEMBERED_DAYS);
            let jobs = store::prune_done(&office.store, before).await?;
            let forms = store::prune_submissions(&office.store, before).await?;
            let kept = office::retention::run(office).await?;
            format!("{kept}; {jobs} done jobs and {forms} sent forms forgotten")
        }
        "processor-agreements" => {
            let taken = office::processor_agreements::catch_up(office).await?;
            format!("{taken} processor agreements that were missing or outdated taken up")
        }
        "withdrawals" => office::suppliers::follow(office).await?.to_string(),
        "orphan-keys" => {
            let orphans =
                office::retention::collect_orphan_keys(office, now.plus_seconds(-ORPHAN_HOURS * HOUR))
                    .await?;
            format!("{orphans} keys without a use destroyed")
        }
        ROTATION => rotate_when_due(app).await?,
        "attest" => {
            let run = office::promises::attest(office, By::System("attest"), Recording::Recorded).await?;
            let broken =
                run.verdicts.iter().filter(|v| v.outcome == office::promises::Outcome::Broken).count();
            format!("{} verdicts, {broken} broken", run.verdicts.len())
        }
        other => anyhow::bail!("there is no task {other}"),
    })
}

/// Rotates when the living epoch is old enough, and goes on with a rotation that broke off.
async fn rotate_when_due(app: &App) -> Result<String> {
    let host = Host::new(app.clone(), Processes::Others);
    if let Some(rotated) = host.resume().await? {
        return Ok(format!("went on with a rotation: epoch {} destroyed", rotated.destroyed));
    }
    let began = office::retention::epoch_began(&app.office).await?;
    let age_days = began.map_or(0, |at| app.office.now().seconds_since(at) / DAY);
    if age_days < i64::from(app.config.jobs.epoch_days) {
        return Ok(format!("the epoch is {age_days} days old; {} are allowed", app.config.jobs.epoch_days));
    }
    let rotated = host.rotate().await?;
    Ok(format!("epoch {} destroyed, {} keys moved on", rotated.destroyed, rotated.rewrapped))
}
