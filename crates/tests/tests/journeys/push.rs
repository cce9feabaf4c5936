//! A node and its office: segments that are pushed, pushed again, refused, and held back while the office is away; the
//! shipper killed between a segment and its keys. The programs are real ones, and speak HTTP.

use base::{Clock as _, Language, Sensitive, SystemClock};
use office::By;
use office::accounts::{self, NewStaff, Officer, StaffRole};
use office::traffic_log::{self, PublicKey};
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tests::harness::site::until;
use tests::harness::{House, On, Opened, Process, waarborg};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use waarborg::commands::demo::log as demo_log;

/// An installation whose officers have held their ceremony, and its pages.
struct Office {
    house: House,
    opened: Opened,
    address: SocketAddr,
    process: Option<Process>,
}

impl Office {
    async fn start(on: On) -> Option<Self> {
        let house = House::make(on).await?;
        // The same port after each start; nobody else is given it meanwhile.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        house.configure("\"127.0.0.1:0\"", &format!("\"{address}\""));
        let opened = house.open(0).await.unwrap();
        for (email, role, officer) in [
            (demo_log::ADMIN, StaffRole::Admin, Officer::None),
            ("pim@voorbeeldhost.example", StaffRole::Privacy, Officer::Holder),
            ("sanne@voorbeeldhost.example", StaffRole::Privacy, Officer::Holder),
            ("olga@voorbeeldhost.example", StaffRole::Privacy, Officer::Holder),
        ] {
            let new = NewStaff {
                name: Sensitive::new("Staf".into()),
                email: Sensitive::new(email.into()),
                role,
                officer,
                language: Language::Nl,
            };
            accounts::add_staff(&opened.app.office, By::System("test"), &new).await.unwrap();
        }
        demo_log::make(&opened.app, &house.beside("parts")).await.unwrap();
        let mut office = Self { house, opened, address, process: None };
        office.serve();
        Some(office)
    }

    fn serve(&mut self) {
        self.process = Some(self.house.start("serve", &self.house.beside("server.log")));
    }

    fn stop(&mut self) {
        assert!(self.process.take().unwrap().stop().success());
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Enrols a node: named by one, confirmed by another.
    async fn node(&self, name: &str) -> Node {
        let office = &self.opened.app.office;
        let folder = TempDir::with_prefix("waarborg-node-").unwrap();
        let chain = office::seal::chain(office).await.unwrap().expect("a ceremony was held");
        let document = folder.path().join("group.json");
        fs::write(&document, chain.documents()[0].text()).unwrap();
        let node = Node { folder, line: String::new() };
        let pin = chain.documents()[0].document().hash().to_string();
        let told = node.ok(&["enroll", "--pin", &pin, "--group", document.to_str().unwrap()]);
        let line = format!("node {} {}", told["node"].as_str().unwrap(), told["key"].as_str().unwrap());
        let key: PublicKey = line.parse().expect("the line that staff paste");
        let one = demo_log::session(&self.opened.app, demo_log::ADMIN).await.unwrap();
        let two = demo_log::session(&self.opened.app, "pim@voorbeeldhost.example").await.unwrap();
        traffic_log::propose_node(office, one.subject, name, &line).await.unwrap();
        let token = traffic_log::confirm_node(office, two.subject, key.id).await.unwrap();
        fs::write(node.path("token"), format!("{}\n", token.text().expose())).unwrap();
        Node { line, ..node }
    }

    /// Segments that count: the row and its entry in the ledger are one transaction.
    async fn counted(&self) -> i64 {
        self.opened.count("SELECT COUNT(*) AS n FROM log_segment").await
    }
}

/// A machine with web servers.
struct Node {
    folder: TempDir,
    line: String,
}

impl Node {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = waarborg(self.folder.path());
        command.args(["--json", "traffic", "--state"]).arg(self.path("node")).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> (i32, Value, String) {
        let output = self.program(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let printed = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap(), printed, said)
    }

    #[track_caller]
    fn ok(&self, args: &[&str]) -> Value {
        let (code, printed, said) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {said} {printed}");
        printed
    }

    fn push(&self, url: &str) -> (i32, Value, String) {
        self.run(&["push", "--office", url, "--token-file", "token"])
    }

    /// Seals finished logs of some days, counted from today.
    fn import(&self, days: &[i64]) -> usize {
        let sites = self.path("node/sites.csv");
        if !sites.exists() {
            fs::write(sites, "domain,site\n").unwrap();
        }
        let text: String = days.iter().flat_map(|day| (0..20).map(move |at| line(*day, at))).collect();
        fs::write(self.path("old.log"), text).unwrap();
        self.ok(&["import", "old.log"])["segments"].as_array().unwrap().len()
    }

    /// Data objects and key objects that lie here.
    fn objects(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for kind in ["data", "keys"] {
            let folder = self.path("node/segments").join(kind);
            for day in fs::read_dir(folder).into_iter().flatten() {
                found.extend(fs::read_dir(day.unwrap().path()).unwrap().map(|file| file.unwrap().path()));
            }
        }
        found.sort();
        found
    }

    fn ship(&self, url: &str) -> Shipper {
        let mut command = self.program(&["ship", "access.log", "--office", url, "--token-file", "token"]);
        let log = fs::File::create(self.path("shipper.log")).unwrap();
        Shipper(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }
}

/// A shipper at work, killed when the test lets go of it.
struct Shipper(Child);

impl Shipper {
    fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Shipper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A visit, in the words of our own format.
fn line(day: i64, at: i64) -> String {
    let seconds = SystemClock.now().day().start().as_seconds() + day * 86_400 + at;
    format!("{seconds}.000\tklant.example\t198.51.100.{}\t/pagina/{at}\tProefbrowser\n", at % 5)
}

fn append(path: &Path, text: &str) {
    use std::io::Write as _;
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    file.unwrap().write_all(text.as_bytes()).unwrap();
}

async fn pushes_are_taken_once(on: On) {
    let Some(mut office) = Office::start(on).await else { return };
    let node = office.node("web-2").await;
    let before = office.counted().await;
    assert_eq!(node.import(&[-2, -1]), 2);
    let copies: Vec<(PathBuf, Vec<u8>)> =
        node.objects().into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert_eq!(copies.len(), 4);
    let put_back = |change: &dyn Fn(&Path, &mut Vec<u8>)| {
        for (path, bytes) in &copies {
            let mut bytes = bytes.clone();
            change(path, &mut bytes);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    };

    // Another's token, and one that nobody gave: nothing leaves, and what is here stays.
    let other = office.node("web-3").await;
    fs::copy(other.path("token"), node.path("wrong")).unwrap();
    fs::write(node.path("none"), "A".repeat(43)).unwrap();
    for (token, why) in [("wrong", "another node's"), ("none", "the office answers 401")] {
        let (code, printed, said) = node.run(&["push", "--office", &office.url(), "--token-file", token]);
        assert!(code == 1 && format!("{printed}{said}").contains(why), "{printed} {said}");
    }
    assert_eq!((node.objects().len(), office.counted().await), (4, before));

    // A manifest that somebody signed who is not the node.
    put_back(&|path, bytes| {
        if path.extension().is_some_and(|end| end == "keys") {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
        }
    });
    let (code, printed, _) = node.push(&office.url());
    let why = printed["stay"][0]["why"].as_str().unwrap();
    assert!(code == 1 && why.contains("422"), "{printed}");
    assert_eq!((node.objects().len(), office.counted().await), (4, before), "nothing counts, nothing went");

    // As they were sealed: taken, and gone here. A second time: nothing to do.
    put_back(&|_, _| {});
    let (code, printed, said) = node.push(&office.url());
    assert_eq!((code, printed["pushed"].as_array().map(Vec::len)), (0, Some(2)), "{printed} {said}");
    assert!(node.objects().is_empty());
    let after = before + 2;
    assert_eq!(office.counted().await, after);
    assert_eq!(node.push(&office.url()).1["pushed"].as_array().map(Vec::len), Some(0));
    assert_eq!(node.ok(&["status"])["pushed"], 2);
    node.ok(&["verify", "--bytes"]);

    // The same once more, as after a crash before it was removed here: told, and counted once.
    put_back(&|_, _| {});
    assert_eq!(node.push(&office.url()).1["pushed"].as_array().map(Vec::len), Some(2));
    assert!(node.objects().is_empty());
    assert_eq!(office.counted().await, after);

    // Other bytes under a name that is taken: refused, and kept here.
    put_back(&|path, bytes| {
        if path.extension().is_some_and(|end| end == "segment") {
            bytes.push(0);
        }
    });
    let (code, printed, _) = node.push(&office.url());
    let all: Vec<&str> =
        printed["stay"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert!(code == 1 && all.len() == 2 && all.iter().all(|why| why.contains("409")), "{printed}");
    assert_eq!((node.objects().len(), office.counted().await), (4, after));
    for path in node.objects() {
        fs::remove_file(path).unwrap();
    }

    // A day that has not come; the machine's clock may be wrong. The next number goes on.
    assert_eq!(node.import(&[3]), 1);
    let (code, printed, _) = node.push(&office.url());
    assert!(code == 1 && printed["stay"][0]["why"].as_str().unwrap().contains("has not come"), "{printed}");
    assert_eq!(node.import(&[-1]), 1);
    let (_, printed, _) = node.push(&office.url());
    assert_eq!(printed["pushed"].as_array().map(Vec::len), Some(1), "one that is refused holds up no other");
    assert_eq!((node.objects().len(), office.counted().await), (2, after + 1));

    // A node that may not push any more, and an office that is not there.
    let key: PublicKey = node.line.parse().unwrap();
    let by = demo_log::session(&office.opened.app, demo_log::ADMIN).await.unwrap().subject;
    traffic_log::revoke_node(&office.opened.app.office, by, key.id).await.unwrap();
    let (code, _, said) = node.push(&office.url());
    assert!(code == 1 && said.contains("401") && said.contains("still enrolled"), "{said}");
    office.stop();
    let (code, _, said) = node.push(&office.url());
    assert!(code == 1 && said.contains("cannot be reached"), "{said}");
    assert_eq!(node.objects().len(), 2);
    office.opened.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_are_taken_once_on_sqlite() {
    pushes_are_taken_once(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_are_taken_once_on_postgres() {
    pushes_are_taken_once(On::Postgres).await;
}

/// Passes connections on, but for those that bring keys: these it holds, and tells.
async fn without_keys(office: SocketAddr) -> (SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let held = Arc::new(Notify::new());
    let tell = Arc::clone(&held);
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let tell = Arc::clone(&tell);
            tokio::spawn(async move {
                let mut head = vec![0; 20];
                from.read_exact(&mut head).await.unwrap();
                if head.starts_with(b"PUT /traffic/keys") {
                    tell.notify_one();
                    tokio::time::sleep(Duration::from_secs(600)).await;
                }
                let mut to = TcpStream::connect(office).await.unwrap();
                to.write_all(&head).await.unwrap();
                let _ = copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
    (address, held)
}

/// The office is away when a day is sealed, and comes back; then the shipper is killed between a segment and its keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_office_or_the_shipper_goes() {
    let mut office = Office::start(On::Sqlite).await.expect("files are always there");
    let node = office.node("web-2").await;
    let before = office.counted().await;
    let log = node.path("access.log");
    append(&log, &line(0, 1));
    let shipper = node.ship(&office.url());
    until("the shipper reads", || (node.ok(&["status"])["rows"] == 1).then_some(())).await;

    office.stop();
    node.ok(&["seal"]);
    assert_eq!(node.objects().len(), 2, "sealed, and still here");
    append(&log, &line(0, 2));
    node.ok(&["seal"]);
    until("it is said", || {
        fs::read_to_string(node.path("shipper.log")).unwrap().contains("cannot be reached").then_some(())
    })
    .await;
    assert_eq!(node.objects().len(), 4);
    office.serve();
    until("all is pushed", || node.objects().is_empty().then_some(())).await;
    assert_eq!(office.counted().await, before + 2);
    shipper.stop();

    // Killed when the office has the data and not the keys.
    let (between, held) = without_keys(office.address).await;
    let shipper = node.ship(&format!("http://{between}"));
    append(&log, &line(0, 3));
    until("the shipper reads", || (node.ok(&["status"])["rows"] == 3).then_some(())).await;
    node.ok(&["seal"]);
    tokio::time::timeout(tests::harness::site::PATIENCE, held.notified())
        .await
        .expect("keys are on their way");
    drop(shipper);
    assert_eq!(node.objects().len(), 2, "what the office does not have whole is here");
    assert_eq!(office.counted().await, before + 2, "data alone does not count");
    let shipper = node.ship(&office.url());
    until("all is pushed", || node.objects().is_empty().then_some(())).await;
    assert_eq!(office.counted().await, before + 3);
    // What is open when it stops goes too.
    append(&log, &line(0, 4));
    until("the shipper reads", || (node.ok(&["status"])["rows"] == 4).then_some(())).await;
    shipper.stop();
    assert!(node.objects().is_empty());
    assert_eq!(office.counted().await, before + 4);
    node.ok(&["verify"]);
    office.stop();
    office.opened.close().await;
}
