//! The program killed (SIGKILL) at random moments: the next start makes it whole.
//!
//! Moments are drawn from a seed that every failure names; `WAARBORG_TEST_SEED` sets it.

#![expect(clippy::disallowed_methods, reason = "processes are killed at moments of the machine's own clock")]

mod erasure;
mod import;

use base::{Random, SeededRandom};
use core::fmt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tests::harness::site::PATIENCE;

/// How often on files.
const ROUNDS: u32 = 50;
/// How often on PostgreSQL, where the same code runs over another driver.
const ROUNDS_POSTGRES: u32 = 12;

/// Where the moments come from.
struct Moments {
    seed: u64,
    random: SeededRandom,
}

impl Moments {
    fn new() -> Self {
        let given = std::env::var("WAARBORG_TEST_SEED").ok().map(|text| text.parse().expect("a number"));
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
            u64::from(now.subsec_nanos())
        });
        Self { seed, random: SeededRandom::new(seed) }
    }

    /// A moment before `end`, in microseconds' steps.
    fn before(&self, end: Duration) -> Duration {
        let draw = u32::from_be_bytes((&self.random as &dyn Random).bytes());
        end.mul_f64(f64::from(draw) / f64::from(u32::MAX))
    }
}

/// A round, as a failure names it.
struct Round {
    seed: u64,
    number: u32,
    after: Duration,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "round {}, killed after {:?}, WAARBORG_TEST_SEED={}", self.number, self.after, self.seed)
    }
}

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// Kills a process with SIGKILL unless it ended by itself.
fn kill(mut child: Child) -> ExitStatus {
    // It may have ended already.
    let _ = child.kill();
    child.wait().expect("it ended")
}

/// Waits for the end of a process, and kills it when it does not come.
fn wait(mut child: Child) -> ExitStatus {
    let end = Instant::now() + PATIENCE * 4;
    loop {
        if let Some(status) = child.try_wait().expect("its state") {
            return status;
        }
        if Instant::now() > end {
            kill(child);
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
