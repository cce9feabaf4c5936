//! The demo, made anew in a temporary folder and served by this process, with a clock that can be
//! put forward.

use super::mailbox::{self, Letter};
use base::{Clock, ShiftedClock};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use waarborg::app::App;
use waarborg::commands::demo::{self, DemoLogin};
use waarborg::commands::serve::{self, Work};
use waarborg::config::Config;

/// How long a test waits for something that the program does in the background.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A running demo. [`Site::stop`] ends it; dropped, it ends with the test's runtime.
pub struct Site {
    /// Its address, without a slash at the end.
    pub url: String,
    /// What runs.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ShiftedClock>,
    folder: TempDir,
    logins: Vec<DemoLogin>,
    stop: CancellationToken,
    served: JoinHandle<anyhow::Result<()>>,
}

impl Site {
    /// Makes a demo of so many customers and serves it on a free port.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn start(customers: u32) -> Self {
        let folder = TempDir::with_prefix("waarborg-site-").expect("a temporary folder");
        let home = folder.path().join("demo");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        demo::make(&home, address, customers).await.expect("the demo").close().await.expect("closed");
        let mut config = Config::read(&home.join("waarborg.toml")).expect("its configuration");
        // Nobody wants to wait for a receipt.
        config.jobs.checkpoint_seconds = 1;
        // Neither a clock that is put forward nor the past of the demo begins a rotation: it has tests
        // of its own, and pauses for minutes.
        config.jobs.epoch_days = u32::MAX;
        let clock = Arc::new(ShiftedClock::default());
        let app = App::open_with(config, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(base::SystemRandom));
        let app = app.await.expect("the demo opens");
        let stop = CancellationToken::new();
        let served = tokio::spawn(serve::serve(app.clone(), listener, Work::Here, stop.clone()));
        let logins = demo::read_logins(&home).expect("its logins");
        Self { url: format!("http://{address}"), app, clock, folder, logins, stop, served }
    }

    /// The folder of the installation.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("demo")
    }

    /// The login of somebody, by how the demo describes them: `customer`, `staff, privacy` …
    ///
    /// # Panics
    /// When the demo has nobody like that.
    #[must_use]
    pub fn login(&self, who: &str) -> &DemoLogin {
        let mut found = self.logins.iter().filter(|login| login.who.starts_with(who));
        found.next().unwrap_or_else(|| panic!("the demo has no {who}"))
    }

    /// A code of somebody's second factor that was not used before: the clock goes on to the next.
    ///
    /// # Panics
    /// When the secret is none.
    #[must_use]
    pub fn code(&self, login: &DemoLogin) -> String {
        self.clock.shift_seconds(30);
        login.code(self.clock.now()).expect("a code")
    }

    /// The latest mail to somebody whose text has a link that begins so; waits for it.
    ///
    /// # Panics
    /// When it does not come in time.
    pub async fn letter(&self, to: &str, link: &str) -> Letter {
        let maildir = self.home().join("mail");
        let whole = format!("{}{link}", self.url);
        until(&format!("a mail to {to} with {link}"), || {
            mailbox::letters(&maildir, to).into_iter().rev().find(|letter| letter.text.contains(&whole))
        })
        .await
    }

    /// Ends it, after what it is doing, and gives its folder.
    ///
    /// # Panics
    /// When it failed.
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        self.served.await.expect("it did not panic").expect("it served");
        self.folder
    }
}

/// Waits until something is there.
///
/// # Panics
/// When it does not come in time.
pub async fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not there after {PATIENCE:?}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
