//! The program killed (SIGKILL) at random moments: the next start makes it whole.
//!
//! Moments are drawn from a seed that every failure names; `WAARBORG_TEST_SEED` sets it.

#![expect(clippy::disallowed_methods, reason = "processes are killed at moments of the machine's own clock")]

mod billing;
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

/// Where the moments come from. The work takes as long as the machine is busy with other things, so
/// what is known of its length follows what is seen.
struct Moments {
    seed: u64,
    random: SeededRandom,
    length: Duration,
    cut_off: u32,
}

impl Moments {
    /// Moments within work that took so long when nobody killed it.
    fn within(length: Duration) -> Self {
        let given = std::env::var("WAARBORG_TEST_SEED").ok().map(|text| text.parse().expect("a number"));
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
            u64::from(now.subsec_nanos())
        });
        Self { seed, random: SeededRandom::new(seed), length, cut_off: 0 }
    }

    /// The next round, with its moment.
    fn round(&self, number: u32) -> Round {
        let draw = u32::from_be_bytes((&self.random as &dyn Random).bytes());
        let after = self.length.mul_f64(f64::from(draw) / f64::from(u32::MAX));
        Round { seed: self.seed, number, after }
    }

    /// Learns from a round. About one in six comes to its end before it is killed.
    fn saw(&mut self, seen: Seen) {
        self.cut_off += u32::from(seen == Seen::CutOff);
        self.length = self.length.mul_f64(if seen == Seen::CutOff { 1.05 } else { 0.8 });
    }
}

/// What became of the work in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It was killed on its way.
    CutOff,
    /// It had come to its end.
    Done,
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
