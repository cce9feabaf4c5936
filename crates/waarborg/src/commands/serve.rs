//! `waarborg serve` and `waarborg work`.

use crate::app::App;
use crate::cli::ServeArgs;
use crate::config::{Config, Log, LogFormat};
use crate::worker;
use anyhow::{Context, Result};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use core::time::Duration;
use std::io::IsTerminal as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing_subscriber::EnvFilter;

/// How long requests under way may take at the end.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the web server.
///
/// # Errors
/// When a part does not fit, or the address cannot be had.
pub async fn run(config: &Path, args: &ServeArgs) -> Result<ExitCode> {
    let config = Config::read(config)?;
    start_log(&config.log)?;
    let app = App::open(config).await?;
    let listener = TcpListener::bind(app.config.server.listen)
        .with_context(|| format!("server.listen {}", app.config.server.listen))?;
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone());
    let work = if args.no_work { Work::Elsewhere } else { Work::Here };
    serve(app, listener, work, stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the jobs alone.
///
/// # Errors
/// When a part does not fit.
pub async fn work(config: &Path) -> Result<ExitCode> {
    let config = Config::read(config)?;
    start_log(&config.log)?;
    let app = App::open(config).await?;
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone());
    let tracker = TaskTracker::new();
    worker::settle(&app).await?;
    worker::start(&app, &tracker, &stop);
    tracing::info!("working; stop with ctrl-c");
    stop.cancelled().await;
    tracker.close();
    tracker.wait().await;
    app.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Whether this process does the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It does.
    Here,
    /// `waarborg work` does.
    Elsewhere,
}

/// Serves until the token is cancelled; then ends what is under way and closes the stores.
///
/// # Errors
/// When the server fails.
pub async fn serve(app: App, listener: TcpListener, work: Work, stop: CancellationToken) -> Result<()> {
    let tracker = TaskTracker::new();
    worker::settle(&app).await?;
    if work == Work::Here {
        worker::start(&app, &tracker, &stop);
    }
    worker::start_followers(&app, &tracker, &stop);
    let (asked, ends) = (app.clone(), stop.clone());
    tracker.spawn(async move {
        if let Err(error) = crate::investigation::serve(asked, ends).await {
            tracing::error!(error = format!("{error:#}"), "questions from the command line are not answered");
        }
    });
    let router = crate::pages::router(&app)?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let handle = Handle::new();
    let ending = handle.clone();
    let token = stop.clone();
    tokio::spawn(async move {
        token.cancelled().await;
        ending.graceful_shutdown(Some(GRACE));
    });
    tracing::info!(server.listen = %address, server.base_url = app.config.server.base_url, "serving");
    match &app.config.server.tls {
        Some(tls) => {
            let rustls =
                RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.context("server.tls")?;
            let mut server = axum_server::from_tcp_rustls(listener, rustls)?.handle(handle);
            limit(server.http_builder());
            server.serve(service).await?;
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle);
            limit(server.http_builder());
            server.serve(service).await?;
        }
    }
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    app.close().await
}

/// A client that sends its headers slowly does not hold a connection for ever.
fn limit(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(Duration::from_secs(15))
        .max_buf_size(64 * 1024);
    builder.http2().timer(hyper_util::rt::TokioTimer::new()).max_concurrent_streams(64);
}

/// Starts the log.
///
/// # Errors
/// When the filter cannot be read.
pub fn start_log(log: &Log) -> Result<()> {
    let filter = EnvFilter::try_new(&log.filter).context("log.filter")?;
    // Colours are for terminals; in a file they are rubbish between the words.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // Already started by a test in the same process: then that one stays.
    let _ = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Cancels the token at ctrl-c or SIGTERM.
pub fn stop_on_signal(stop: CancellationToken) {
    tokio::spawn(async move {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminate => {}
        }
        stop.cancel();
    });
}
