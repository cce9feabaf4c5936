//! What a machine is answered. Pushes that are right need officers: they are among the journeys of the whole program.

use super::*;
use crate::testing_office::{TestSite, site};
use base::{Day, Random, SystemRandom};
use futures_util::stream;
use http::Request;
use office::accounts::{self, StaffRole};
use office::traffic_log::{PublicKey, confirm_node, propose_node, revoke_node};
use serde_json::Value;
use std::io;
use tower::ServiceExt as _;
use traffic::segment::NodeKey;

struct Machine {
    site: TestSite,
    id: NodeId,
    token: String,
    second: base::SubjectId,
}

impl Machine {
    async fn new() -> Self {
        let site = site().await;
        let (mut subjects, office) = (Vec::new(), &site.office);
        for at in 0..2 {
            let person = site.staff("Staf", &format!("staf{at}@aanbieder.example"), StaffRole::Admin).await;
            subjects.push(accounts::login(office, person.login).await.expect("a login").subject);
        }
        let id = NodeId::from_bytes((&SystemRandom as &dyn Random).bytes());
        let line = PublicKey { id, sign_key: NodeKey::generate(&SystemRandom).public() }.to_string();
        propose_node(office, subjects[0], "web-1", &line).await.expect("named");
        let token = confirm_node(office, subjects[1], id).await.expect("confirmed");
        Self { token: token.text().expose().clone(), id, second: subjects[1], site }
    }

    fn path(&self, kind: &str, extension: &str) -> String {
        let today = self.site.office.now().day();
        format!("/traffic/{kind}/day={today}/{}-0000000001.{extension}", self.id)
    }

    async fn send(&self, method: &str, path: &str, token: &str, body: Body) -> (u16, String) {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, token);
        }
        let request = request.body(body).expect("a request");
        let answer = router(self.site.state.clone()).oneshot(request).await.expect("an answer");
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn put(&self, path: &str, body: Body) -> (u16, String) {
        self.send("PUT", path, &format!("Bearer {}", self.token), body).await
    }

    async fn seen(&self) -> Option<base::Timestamp> {
        traffic_log::node(&self.site.office, self.id).await.expect("a machine").last_seen_at
    }

    fn files(&self) -> usize {
        let log = self.site.office.log().expect("a log");
        let day = self.site.office.now().day();
        let data = log.store.files(&Stored { day, node: self.id, seq: 1 });
        let folder = data[0].parent().expect("a folder");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }
}

/// So many pieces of so many bytes, and perhaps a fault after them.
fn pieces(count: usize, bytes: usize, fault: Option<io::ErrorKind>) -> Body {
    let piece = Bytes::from(vec![7; bytes]);
    let all = (0..count).map(move |_| Ok(piece.clone())).chain(fault.map(|kind| Err(io::Error::from(kind))));
    Body::from_stream(stream::iter(all))
}

#[tokio::test]
async fn who_has_no_token_is_told_nothing() {
    let machine = Machine::new().await;
    let right = format!("Bearer {}", machine.token);
    let routes = [
        ("GET", "/traffic/node".to_owned()),
        ("PUT", machine.path("segments", "segment")),
        ("PUT", machine.path("keys", "keys")),
    ];
    let foreign = format!("Bearer {}", "A".repeat(43));
    for (method, path) in &routes {
        for token in ["", "Bearer ", "Bearer x", &foreign, &machine.token, &right.to_lowercase()] {
            let (status, said) = machine.send(method, path, token, Body::from("x")).await;
            assert_eq!(
                (status, said.as_str()),
                (401, "this token is no machine's, or no longer\n"),
                "{path} {token:?}"
            );
        }
    }
    assert_eq!(machine.files(), 0, "nothing was written");
    assert_eq!(machine.send("GET", "/traffic/node", &right, Body::empty()).await.0, 200);
    revoke_node(&machine.site.office, machine.second, machine.id).await.expect("revoked");
    for (method, path) in &routes {
        assert_eq!(machine.send(method, path, &right, Body::from("x")).await.0, 401, "{path}");
    }
    assert_eq!(machine.files(), 0);
}

#[tokio::test]
async fn a_machine_is_told_what_it_needs_and_seen_once_a_minute() {
    let machine = Machine::new().await;
    let right = format!("Bearer {}", machine.token);
    assert_eq!(machine.seen().await, None);
    let (_, said) = machine.send("GET", "/traffic/node", &right, Body::empty()).await;
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (&told["v"], &told["documents"], &told["sites"]),
        (&1.into(), &serde_json::json!([]), &serde_json::json!([]))
    );
    assert_eq!(
        told["caps"],
        serde_json::json!({ "hosts_max": 10_000, "paths_max": 3_000_000, "agents_max": 200_000 })
    );
    let first = machine.seen().await.expect("seen");
    for (seconds, moves) in [(59, false), (1, true), (30, false)] {
        let before = machine.seen().await;
        machine.site.clock.advance_seconds(seconds);
        machine.send("GET", "/traffic/node", &right, Body::empty()).await;
        assert_eq!(machine.seen().await != before, moves, "after {seconds} more seconds");
    }
    assert_eq!(machine.seen().await.expect("seen").seconds_since(first), 60);
}

#[tokio::test]
async fn objects_that_are_not_to_be_are_refused_and_leave_nothing() {
    let machine = Machine::new().await;
    let other = NodeId::from_bytes([9; 16]);
    let today = machine.site.office.now().day();
    for (path, status) in [
        (format!("/traffic/segments/day={today}/{other}-0000000001.segment"), 403),
        (format!("/traffic/keys/day={today}/{other}-0000000001.keys"), 403),
        (format!("/traffic/segments/day={today}/{}-1.segment", machine.id), 404),
        (format!("/traffic/segments/{today}/{}-0000000001.segment", machine.id), 404),
        (format!("/traffic/segments/day={today}/{}-0000000001.keys", machine.id), 404),
        (format!("/traffic/keys/day={today}/{}-0000000001.segment", machine.id), 404),
        (format!("/traffic/segments/day={today}/..%2F..%2Fx.segment"), 404),
    ] {
        assert_eq!(machine.put(&path, Body::from("x")).await.0, status, "{path}");
    }
    // Keys that are none, and keys before their data.
    let (status, said) = machine.put(&machine.path("keys", "keys"), Body::from("no keys")).await;
    assert!(status == 422 && said.starts_with("the key object is refused"), "{said}");
    for (kind, extension) in [("segments", "segment"), ("keys", "keys")] {
        let broken = pieces(3, 1_000, Some(io::ErrorKind::ConnectionReset));
        let (status, said) = machine.put(&machine.path(kind, extension), broken).await;
        assert_eq!((status, said.as_str()), (400, "the object broke off\n"), "{kind}");
    }
    let long = pieces(KEYS_BYTES_MAX / (1 << 20) + 1, 1 << 20, None);
    let (status, said) = machine.put(&machine.path("keys", "keys"), long).await;
    assert_eq!((status, said.as_str()), (413, "the object is too long\n"));
    // What broke off is removed once its writer noticed.
    for _ in 0..100 {
        if machine.files() == 0 {
            break;
        }
        tokio::task::spawn_blocking(std::thread::yield_now).await.expect("yields");
    }
    assert_eq!(machine.files(), 0);
}

#[tokio::test]
async fn an_object_is_made_once_and_never_replaced() {
    let machine = Machine::new().await;
    let path = machine.path("segments", "segment");
    for (body, status, said) in [
        (pieces(5, 40_000, None), 201, "made\n"),
        (pieces(1, 200_000, None), 200, "here already\n"),
        (
            pieces(1, 199_999, None),
            409,
            "there is another object of that name, and objects are never replaced\n",
        ),
    ] {
        assert_eq!(machine.put(&path, body).await, (status, said.to_owned()));
    }
    assert_eq!(machine.files(), 1);
    for method in ["GET", "DELETE", "POST"] {
        let right = format!("Bearer {}", machine.token);
        assert_eq!(machine.send(method, &path, &right, Body::empty()).await.0, 405, "{method}");
    }
}

#[test]
fn names_have_one_spelling() {
    let node = "0a".repeat(16);
    let name = format!("{node}-0000000007.segment");
    let found = stored("day=2026-11-22", &name, ".segment").expect("a name");
    assert_eq!(
        (found.day, found.seq),
        ("2026-11-22".parse::<Date>().ok().and_then(Day::of_date).expect("a day"), 7)
    );
    for (day, name) in [
        ("2026-11-22", name.clone()),
        ("day=2026-13-01", name.clone()),
        ("day=2026-11-22", format!("{node}-7.segment")),
        ("day=2026-11-22", format!("{node}-0000000007.keys")),
        ("day=2026-11-22", format!("{}-0000000007.segment", node.to_uppercase())),
        ("day=2026-11-22", "../../x.segment".into()),
    ] {
        assert!(stored(day, &name, ".segment").is_none(), "{day} {name}");
    }
}
