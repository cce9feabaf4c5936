//! Every integration test, in one binary. Modules by what they need: `stores` a database,
//! `journeys` the running program, `browser` Chromium, Java and axe-core as well.

#![expect(clippy::unwrap_used, reason = "tests")]

mod browser;
mod journeys;
mod stores;
