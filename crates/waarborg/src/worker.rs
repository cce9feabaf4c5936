//! The rounds of the program: jobs from the queue, and what is due by the clock. Any number of
//! processes may do this on one database; each job and each turn goes to one of them.

use crate::app::App;
use anyhow::Result;
use base::Timestamp;
use core::time::Duration;
use office::checkpoints::Publisher;
use office::mailing::{self, Left, SendMail};
use office::requests::erasure::{EraseSubject, TakeBack};
use outbound::mail::{Mail, MailDraft, Next};
use std::sync::Arc;
use store::{ClaimedJob, Job as _, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// How often a process looks what others changed.
const FOLLOW: Duration = Duration::from_secs(5);
/// How long after an error.
const AFTER_ERROR: Duration = Duration::from_secs(5);
/// What a mail gives the relay, in the policy's words.
const MAIL_FIELDS: [&str; 2] = ["contact.email", "message"];

/// How a job ended.
#[derive(Debug)]
enum Ending {
    Done,
    Retry(String),
    Fail(String),
}

/// Starts the rounds; they end when the token is cancelled, each after what it is doing.
pub fn start(app: &App, tracker: &TaskTracker, stop: &CancellationToken) {
    for _ in 0..app.config.jobs.workers {
        tracker.spawn(job_loop(app.clone(), stop.clone()));
    }
    tracker.spawn(ledger_loop(app.clone(), stop.clone()));
    tracker.spawn(crate::schedule::run(app.clone(), stop.clone()));
}

async fn pause(stop: &CancellationToken, time: Duration) {
    let () = tokio::select! {
        () = stop.cancelled() => (),
        () = tokio::time::sleep(time) => (),
    };
}

async fn job_loop(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match run_one(&app).await {
            Ok(true) => {}
            Ok(false) => pause(&stop, IDLE).await,
            Err(error) => {
                tracing::error!(error = %error, "jobs cannot be taken from the queue");
                pause(&stop, AFTER_ERROR).await;
            }
        }
    }
}

/// Runs jobs until none is due; for commands and tests.
///
/// # Errors
/// When the queue itself fails.
pub async fn drain(app: &App) -> Result<u64> {
    let mut done = 0;
    while run_one(app).await? {
        done += 1;
    }
    Ok(done)
}

async fn run_one(app: &App) -> Result<bool, StoreError> {
    let store = &app.office.store;
    let Some(job) = store::claim(store, app.office.now()).await? else { return Ok(false) };
    let ending = dispatch(app, &job).await;
    let now = app.office.now();
    match ending {
        Ending::Done => store::finish(store, job.id, now).await?,
        Ending::Retry(why) => {
            tracing::warn!(job.id = %job.id, job.kind, job.attempt, why, "a job will be tried again");
            store::retry_later(store, &job, &why, now).await?;
        }
        Ending::Fail(why) => {
            tracing::error!(job.id = %job.id, job.kind, why, "a job failed and waits for staff");
            store::fail(store, job.id, &why, now).await?;
        }
    }
    Ok(true)
}

async fn dispatch(app: &App, job: &ClaimedJob) -> Ending {
    let outcome = match job.kind.as_str() {
        SendMail::KIND => return send_mail(app, job).await,
        _ => office_job(app, job).await,
    };
    match outcome {
        Ok(true) => Ending::Done,
        Ok(false) => Ending::Fail(format!("no worker knows jobs of the kind {}", job.kind)),
        Err(error) => Ending::Retry(error.to_string()),
    }
}

async fn office_job(app: &App, job: &ClaimedJob) -> Result<bool, office::OfficeError> {
    if job.kind == EraseSubject::KIND {
        office::requests::erasure::run(&app.office, job.decode()?, &Taker(app)).await?;
        return Ok(true);
    }
    if office::processor_agreements::run(&app.office, job).await? {
        return Ok(true);
    }
    if office::suppliers::run(&app.office, job).await? {
        return Ok(true);
    }
    if office::incidents::run(&app.office, job).await? {
        return Ok(true);
    }
    if office::billing::jobs::run(&app.office, job).await? {
        return Ok(true);
    }
    office::requests::jobs::run(&app.office, job).await
}

async fn send_mail(app: &App, job: &ClaimedJob) -> Ending {
    let send: SendMail = match job.decode() {
        Ok(send) => send,
        Err(error) => return Ending::Fail(error.to_string()),
    };
    let letter = match mailing::letter(&app.office, send.mail).await {
        Ok(Some(letter)) => letter,
        Ok(None) => return Ending::Done,
        Err(error) => return Ending::Retry(error.to_string()),
    };
    let draft = MailDraft {
        id: letter.id,
        date: letter.created_at,
        subject: Some(letter.subject),
        purpose: letter.kind.purpose().to_owned(),
        fields: MAIL_FIELDS.map(str::to_owned).to_vec(),
        language: letter.language,
        recipient: letter.to,
        title: letter.title,
        body: letter.body,
    };
    let mail = match Mail::new(draft) {
        Ok(mail) => mail,
        Err(error) => return Ending::Fail(error.to_string()),
    };
    match app.mailer.send(&mail).await {
        Ok(_) => match mailing::mark_sent(&app.office, send.mail).await {
            Ok(Left::Noted) => Ending::Done,
            Ok(Left::Unwanted) => match Taker(app).mails(&[send.mail]).await {
                Ok(_) => Ending::Done,
                Err(error) => Ending::Retry(error.to_string()),
            },
            Err(error) => Ending::Retry(error.to_string()),
        },
        Err(error) => match error.next() {
            Next::Retry | Next::Unknown => Ending::Retry(error.to_string()),
            Next::GiveUp => Ending::Fail(error.to_string()),
        },
    }
}

/// What must be right before anything is served: the names index is filled, erasures that a crash cut
/// off are finished, jobs of workers that ended are free again, imports that broke off are gone.
///
/// # Errors
/// When a store fails, or the key store or the database is older than what was signed.
pub async fn settle(app: &App) -> Result<()> {
    let office = &app.office;
    refuse_old_stores(app).await?;
    store::release_expired(&office.store, office.now()).await?;
    office::customers::import::sweep(office).await?;
    let resumed = office::requests::erasure::resume(office, &Taker(app)).await?;
    if resumed > 0 {
        tracing::info!(subjects = resumed, "erasures that were cut off are finished");
    }
    Ok(())
}

/// Fills the index of names, so that customers can be searched for. It takes seconds with many
/// customers, and nothing waits for it.
///
/// # Errors
/// When a store fails.
pub async fn load_names(app: &App) -> Result<()> {
    let loaded = office::customers::load_names(&app.office).await?;
    if loaded.without_key > 0 {
        tracing::error!(
            customers = loaded.without_key,
            "customers without a key and without a tombstone: the key store may be an old copy; nothing was deleted"
        );
    }
    Ok(())
}

/// Refuses to go on with a key store or a database that is older than the ledger says: somebody put
/// an old copy back by hand, and erased data could come back with it (CRYPTO section 4).
async fn refuse_old_stores(app: &App) -> Result<()> {
    let office = &app.office;
    let signed = ledger::SignerState::read(&app.config.files.ledger_state)?.size;
    let numbered = store::head(&office.store).await?.frontier.size();
    if numbered < signed {
        anyhow::bail!(
            "the ledger in the database ends at {numbered}, but {signed} entries were signed: an older database was \
             put back; `waarborg restore` repairs it"
        );
    }
    let last = store::entries_of_kind(&office.store, "epoch-retiring", 1).await?.pop();
    let recorded = last
        .and_then(|row| serde_json::from_slice::<serde_json::Value>(&row.body).ok())
        .and_then(|entry| entry["d"]["generation"].as_u64())
        .unwrap_or(0);
    let generation = office.vault.state().await?.generation;
    if generation < recorded {
        anyhow::bail!(
            "the key store is of generation {generation}, but the ledger knows {recorded}: an older key store was put \
             back; its epoch key is destroyed and it opens nothing"
        );
    }
    Ok(())
}

/// Erases again who was erased after the copy was made that was just put back.
///
/// # Errors
/// When a store fails; it may be run again.
pub async fn replay_erasures(app: &App) -> Result<u64> {
    let replayed = office::requests::erasure::replay_tombstones(&app.office).await?;
    if replayed.without_keys > 0 {
        tracing::error!(
            subjects = replayed.without_keys,
            "subjects with data but without keys, of which nothing says that they were erased: nothing was deleted"
        );
    }
    Ok(replayed.erased)
}

/// Follows what other processes change: names, and the policy in force. Every process that serves
/// does this for itself.
pub fn start_followers(app: &App, tracker: &TaskTracker, stop: &CancellationToken) {
    tracker.spawn(follow(app.clone(), stop.clone()));
}

async fn follow(app: App, stop: CancellationToken) {
    // What is erased from here on while names are read is dropped by the first round below.
    let mut since = app.office.now();
    loop {
        // It only reads, so whoever stops need not wait for it.
        let loaded = tokio::select! {
            () = stop.cancelled() => return,
            loaded = load_names(&app) => loaded,
        };
        match loaded {
            Ok(()) => break,
            Err(error) => tracing::warn!(error = %error, "the names of customers could not be read"),
        }
        pause(&stop, AFTER_ERROR).await;
    }
    while !stop.is_cancelled() {
        let now = app.office.now();
        // A little back: what committed late must not be missed.
        let from = since.plus_seconds(-30);
        if let Err(error) = office::requests::erasure::drop_names(&app.office, from).await {
            tracing::warn!(error = %error, "names that were erased elsewhere could not be dropped");
        }
        match office::customers::refresh_names(&app.office, from).await {
            Ok(_) => since = now,
            Err(error) => tracing::warn!(error = %error, "names of other processes could not be taken up"),
        }
        if let Err(error) = app.follow_policy().await {
            tracing::warn!(error = %error, "the policy in force could not be read");
        }
        pause(&stop, FOLLOW).await;
    }
}

/// Takes back what an erasure must take back outside the databases.
struct Taker<'a>(&'a App);

#[async_trait::async_trait]
impl TakeBack for Taker<'_> {
    async fn mails(&self, mails: &[outbound::mail::MailId]) -> Result<u64, office::OfficeError> {
        let Some(maildir) = self.0.maildir.clone() else { return Ok(0) };
        let mails = mails.to_vec();
        tokio::task::spawn_blocking(move || {
            mails.iter().try_fold(0, |sum, mail| maildir.remove(*mail).map(|n| sum + n))
        })
        .await
        .map_err(|error| office::OfficeError::Other(error.to_string()))?
        .map_err(|error| office::OfficeError::Other(error.to_string()))
    }
}

/// Numbers and publishes the ledger. Whoever cannot take the signer's lock tries again: another
/// process has it, and will end one day.
async fn ledger_loop(app: App, stop: CancellationToken) {
    let mut publisher: Option<Publisher> = None;
    let mut signed_at: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        if let Err(error) = ledger_round(&app, &mut publisher, &mut signed_at).await {
            tracing::warn!(error = %error, "the ledger was not published in this round");
            publisher = None;
            pause(&stop, AFTER_ERROR).await;
        }
        pause(&stop, Duration::from_secs(1)).await;
    }
    // Nothing committed stays without a checkpoint at an orderly end.
    if let Some(mut publisher) = publisher
        && let Err(error) = publisher.round().await
    {
        tracing::warn!(error = %error, "the ledger was not published at the end");
    }
}

async fn ledger_round(
    app: &App,
    publisher: &mut Option<Publisher>,
    signed_at: &mut Option<Timestamp>,
) -> Result<(), office::OfficeError> {
    let publisher = match publisher {
        Some(publisher) => publisher,
        None => publisher.insert(Publisher::open(Arc::clone(&app.office), &app.config.ledger_files()).await?),
    };
    let now = app.office.now();
    let due =
        signed_at.is_none_or(|at| now.seconds_since(at) >= i64::from(app.config.jobs.checkpoint_seconds));
    if due {
        if publisher.round().await?.is_some() {
            *signed_at = Some(now);
        }
    } else {
        publisher.number().await?;
    }
    Ok(())
}
