//! The rounds of the program: jobs from the queue, and what is due by the clock. Any number of
//! processes may do this on one database; each job and each turn goes to one of them.

use crate::app::App;
use anyhow::Result;
use base::Timestamp;
use core::time::Duration;
use office::checkpoints::Publisher;
use office::mailing::{self, SendMail};
use outbound::mail::{Mail, MailDraft, Next};
use std::sync::Arc;
use store::{ClaimedJob, Job as _, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
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
        _ => office::requests::jobs::run(&app.office, job, &Taker(app)).await,
    };
    match outcome {
        Ok(true) => Ending::Done,
        Ok(false) => Ending::Fail(format!("no worker knows jobs of the kind {}", job.kind)),
        Err(error) => Ending::Retry(error.to_string()),
    }
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
            Ok(()) => Ending::Done,
            Err(error) => Ending::Retry(error.to_string()),
        },
        Err(error) => match error.next() {
            Next::Retry | Next::Unknown => Ending::Retry(error.to_string()),
            Next::GiveUp => Ending::Fail(error.to_string()),
        },
    }
}

/// Takes back what an erasure must take back outside the databases.
struct Taker<'a>(&'a App);

#[async_trait::async_trait]
impl office::requests::erasure::TakeBack for Taker<'_> {
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
    let due = signed_at.is_none_or(|at| now.seconds_since(at) >= i64::from(app.config.jobs.checkpoint_seconds));
    if due {
        if publisher.round().await?.is_some() {
            *signed_at = Some(now);
        }
    } else {
        publisher.number().await?;
    }
    Ok(())
}
