//! The end of the socket that holds the keys.

use super::wire::{Asked, Found, Line, REQUEST_BYTES_MAX, Want};
use crate::app::App;
use crate::config::Config;
use anyhow::{Context, Result};
use office::OfficeError;
use office::accounts::{self, ClientInfo, Session, StaffRole, Stage};
use office::releases::{self, AskError, Question, ReleaseId, Scanned};
use office::traffic_log;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Questions at once.
const CONNECTIONS_MAX: usize = 4;
/// How long a request may take to come.
const REQUEST_WAIT: Duration = Duration::from_secs(30);
/// How long an answer may take, the reading included.
const ANSWER_WAIT: Duration = Duration::from_secs(3_600);
/// How often progress is told.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// Where the socket is.
#[must_use]
pub fn socket_path(config: &Config) -> PathBuf {
    config.home.join("investigate.sock")
}

/// Answers until the token is cancelled.
///
/// # Errors
/// When the socket cannot be made.
pub async fn serve(app: App, stop: CancellationToken) -> Result<()> {
    let path = socket_path(&app.config);
    let place = || path.display().to_string();
    // Left by a process that was killed. Of two that serve, the later one answers here.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(place)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).with_context(place)?;
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a question could not be accepted");
                    continue;
                }
            },
        };
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let (app, stop) = (app.clone(), stop.clone());
        tokio::spawn(async move {
            let answered = tokio::select! {
                () = stop.cancelled() => Ok(()),
                answered = timeout(ANSWER_WAIT, answer(&app, stream)) => answered.unwrap_or(Ok(())),
            };
            if let Err(error) = answered {
                tracing::warn!(%error, "a question could not be answered");
            }
            drop(permit);
        });
    }
    let _ = std::fs::remove_file(&path);
    Ok(())
}

async fn answer(app: &App, stream: UnixStream) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = zeroize::Zeroizing::new(String::new());
    let mut read = BufReader::new(read).take(REQUEST_BYTES_MAX);
    timeout(REQUEST_WAIT, read.read_line(&mut line)).await.context("the request did not come")??;
    let Ok(asked) = serde_json::from_str::<Asked>(&line) else {
        return tell(&mut write, &Line::Refused("the request cannot be read".into())).await;
    };
    match answered(app, asked, &mut write).await {
        Ok(None) => Ok(()),
        Ok(Some((last, package))) => {
            tell(&mut write, &last).await?;
            write.write_all(&package).await?;
            Ok(write.shutdown().await?)
        }
        Err(refused) => tell(&mut write, &Line::Refused(refused)).await,
    }
}

async fn tell(write: &mut (impl AsyncWrite + Unpin), line: &Line) -> Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    Ok(write.write_all(&text).await?)
}

/// The last line, and the bytes behind it; none when who asked went away.
async fn answered(
    app: &App,
    asked: Asked,
    write: &mut (impl AsyncWrite + Unpin),
) -> Result<Option<(Line, Vec<u8>)>, String> {
    let office = &*app.office;
    let release: ReleaseId = asked.release.parse().map_err(|_| "this is no id of a release".to_owned())?;
    let session = signed_in(app, &asked).await?;
    let mut question = asked.question;
    let found = async {
        if !asked.domains.is_empty() {
            question.sites = sites(app, &asked.domains).await?;
        }
        question.check().map_err(|error| error.to_string())?;
        work(app, &session, release, &question, asked.want, write).await
    };
    let found = found.await;
    // Nothing stays signed in, whatever came of it.
    if let Err(error) = accounts::sign_out(office, &session).await {
        tracing::warn!(%error, "a session could not be ended");
    }
    found
}

async fn work(
    app: &App,
    session: &Session,
    release: ReleaseId,
    question: &Question,
    want: Want,
    write: &mut (impl AsyncWrite + Unpin),
) -> Result<Option<(Line, Vec<u8>)>, String> {
    let office = &*app.office;
    let refused = |error: AskError| match error {
        AskError::Office(OfficeError::NotFound { .. }) => "there is no such release".to_owned(),
        AskError::Office(OfficeError::Forbidden { why }) => why.to_owned(),
        AskError::Over => {
            "the release is not open in this process: it was not opened yet, it ended, or its time is over"
                .to_owned()
        }
        AskError::Office(error) => {
            tracing::error!(%error, "a question failed");
            "the office failed; its log says why".to_owned()
        }
        other => other.to_string(),
    };
    match want {
        Want::Answer => {
            let scanned = Arc::new(Scanned::default());
            let answer = releases::ask_watched(office, session, release, question, &scanned);
            tokio::pin!(answer);
            loop {
                tokio::select! {
                    answer = &mut answer => {
                        return Ok(Some((Line::Found(Found::from(answer.map_err(refused)?)), Vec::new())));
                    }
                    () = tokio::time::sleep(PROGRESS_EVERY) => {
                        let (done, total) = scanned.now();
                        if tell(write, &Line::Progress(done, total)).await.is_err() {
                            return Ok(None);
                        }
                    }
                }
            }
        }
        Want::Package => {
            let ledger = app.config.ledger_files();
            let made =
                releases::evidence(office, session, release, question, (&ledger.tiles, &app.ledger_key));
            let made = made.await.map_err(refused)?;
            let line = Line::Package {
                bytes: made.bytes.len() as u64,
                found: made.found,
                is_partial: made.is_partial,
            };
            Ok(Some((line, made.bytes)))
        }
    }
}

/// Who asks: a member of staff who may look into the log, with a second factor, for this one question.
async fn signed_in(app: &App, asked: &Asked) -> Result<Session, String> {
    let office = &*app.office;
    let door = |error: OfficeError| match error {
        OfficeError::Forbidden { .. } | OfficeError::Invalid(_) | OfficeError::NotFound { .. } => {
            "that address, password and code do not belong together".to_owned()
        }
        other => other.to_string(),
    };
    let client = ClientInfo { address: None, agent: "waarborg investigate".into() };
    let mut signed = accounts::sign_in(office, &asked.email, &asked.password, &client).await.map_err(door)?;
    if signed.stage != Stage::Complete {
        let half = accounts::authenticate(office, &signed.token).await.map_err(door)?;
        let half = half.ok_or("the session ended at once")?;
        let given = accounts::give_second_factor(office, &half, &signed.token, &asked.code).await;
        signed = match given {
            Ok(signed) => signed,
            Err(error) => {
                let _ = accounts::sign_out(office, &half).await;
                return Err(door(error));
            }
        };
    }
    let session = accounts::authenticate(office, &signed.token).await.map_err(door)?;
    let session = session.ok_or("the session ended at once")?;
    let may = matches!(session.staff, Some(StaffRole::Privacy | StaffRole::Admin));
    if may && session.stage == Stage::Complete && session.second_factor_at.is_some() {
        return Ok(session);
    }
    let _ = accounts::sign_out(office, &session).await;
    Err("only staff for privacy look into the log, with a second factor".into())
}

async fn sites(app: &App, domains: &[String]) -> Result<Vec<keys::seal::SiteId>, String> {
    let lower: Vec<String> = domains.iter().map(|domain| domain.to_lowercase()).collect();
    let found = traffic_log::searchable(&app.office, &lower).await.map_err(|error| error.to_string())?;
    match lower.iter().find(|domain| !found.iter().any(|site| site.domain.expose() == *domain)) {
        Some(unknown) => Err(format!("{unknown} is no domain whose traffic is kept")),
        None => Ok(found.iter().map(|site| site.id).collect()),
    }
}
