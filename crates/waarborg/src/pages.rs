//! The web pages with what only the running program has: measurements, the policy's file.

use crate::app::App;
use anyhow::Result;
use axum::Router;
use core::time::Duration;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use web::shell::{Config, Gallery, Parts, Scheme};
use web::{Metrics, MetricsFor, Program, Routes, State};

/// The largest request body, in bytes: a CSV of a hundred thousand customers.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The longest a request may take.
const REQUEST_TIME: Duration = Duration::from_secs(60);

/// One recorder for the process: a second one could not be installed.
fn metrics() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

/// The router of all pages.
///
/// # Errors
/// When two routes or a navigation entry do not fit, which is a mistake of the program.
pub fn router(app: &App) -> Result<Router> {
    let mut routes = Routes::<State>::new();
    web::pages::register(&mut routes);
    let publisher = app.clone();
    let shown = app.config.server.metrics == crate::config::Metrics::Loopback;
    let program = Program {
        metrics: shown.then(metrics).flatten().map(|handle| {
            let render: Metrics = Arc::new(move || {
                handle.run_upkeep();
                handle.render()
            });
            let local: MetricsFor = Arc::new(|address: IpAddr| address.is_loopback());
            (render, local)
        }),
        policy_file: Some(Arc::new(app.config.files.policy.clone())),
        publish_policy: Some(Arc::new(move |by| {
            let app = publisher.clone();
            Box::pin(async move { app.publish_policy(by).await.map_err(|error| format!("{error:#}")) })
        })),
        version: env!("CARGO_PKG_VERSION"),
    };
    let state = State::new(
        Arc::clone(&app.office),
        app.config.ledger_files(),
        app.ledger_key.clone(),
        app.config.jobs.attest_hours,
    )
    .with_program(program);
    let config = Config {
        provider: app.office.policy().provider().name.clone(),
        scheme: if app.config.server.base_url.starts_with("https://") { Scheme::Https } else { Scheme::Http },
        trusted_proxies: app.config.server.trusted_proxies.clone(),
        body_bytes_max: BODY_BYTES_MAX,
        timeout: REQUEST_TIME,
        gallery: Gallery::Hidden,
    };
    let parts = Parts {
        config,
        sessions: state.sessions(),
        limiter: state.sessions(),
        clock: Arc::clone(&app.office.clock),
        random: Arc::clone(&app.office.random),
    };
    let machines = web::machines::router(state.clone());
    Ok(web::app(routes, parts, state)?.merge(machines))
}
