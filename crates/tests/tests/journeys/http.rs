//! What the server does with requests that no page of ours sends: from elsewhere, too many, too
//! large; and the headers that every answer has.

use axum::body::Body;
use http::{HeaderName, Method};
use tests::harness::{Answer, House, Process, Visitor, encoded};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

struct Served {
    house: House,
    process: Process,
    url: String,
}

async fn served(change: impl FnOnce(&House)) -> Served {
    let house = House::sqlite().await;
    change(&house);
    let process = house.start("serve", &house.beside("server.log"));
    let url = format!("http://{}", process.address());
    Served { house, process, url }
}

fn has_headers(answer: &Answer, what: &str) {
    for (name, value) in [
        ("content-security-policy", web::CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("geolocation=()"), "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what}");
    assert!(answer.headers.get("server").is_none(), "{what} says what serves it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_the_headers() {
    let served = served(|_| {}).await;
    let mut visitor = Visitor::new(&served.url);
    for (path, status) in [
        ("/", 200),
        ("/contact", 200),
        ("/privacy", 200),
        ("/robots.txt", 200),
        ("/ledger/key", 200),
        ("/healthz", 200),
        ("/panel", 303),
        ("/staff", 303),
        ("/nowhere", 404),
        ("/promises/P99", 404),
        ("/assets/nothing.css", 404),
        ("/receipt/AAAA", 404),
        ("/metrics", 404),
    ] {
        let answer = visitor.get(path).await.is(status);
        has_headers(&answer, path);
    }
    let page = visitor.get("/").await;
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(page.headers.get("strict-transport-security").is_none(), "plain http promises no https");
    let asset = page.text().split('"').find(|text| text.starts_with("/assets/app.")).map(str::to_owned);
    let asset = visitor.get(&asset.expect("the style sheet")).await.is(200);
    assert!(asset.header("cache-control").contains("immutable"), "{}", asset.header("cache-control"));
    has_headers(&asset, "the style sheet");
    let head = visitor.send(Method::HEAD, "/contact", &[], Body::empty()).await.is(200);
    assert!(head.bytes.is_empty());
    let other =
        visitor.send(Method::DELETE, "/contact", &[("sec-fetch-site", "same-origin")], Body::empty()).await;
    assert_eq!(other.status.as_u16(), 405);
    assert!(other.header("allow").contains("GET"), "{}", other.header("allow"));
    has_headers(&other, "405");
    assert!(served.process.stop().success());
    drop(served.house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_https_cookies_are_bound_to_the_host() {
    let served = served(|house| {
        house.configure("http://127.0.0.1:8440", "https://mijn.voorbeeldhost.example");
    });
    let served = served.await;
    let mut visitor = Visitor::new(&served.url);
    let answer = visitor.get("/?lang=en").await.is(200);
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
    // The proxy passes the host on; what comes over plain http does not come from our pages.
    let host = ("host", "mijn.voorbeeldhost.example");
    let fields = || Body::from(encoded(&[("theme", "dark"), ("back", "/")]));
    for (origin, status) in [
        ("https://mijn.voorbeeldhost.example", 303),
        ("http://mijn.voorbeeldhost.example", 403),
        ("https://anders.example", 403),
    ] {
        let headers = [FORM, host, ("origin", origin)];
        let answer = visitor.send(Method::POST, "/preferences", &headers, fields()).await.is(status);
        if status == 303 {
            let cookie = answer.header("set-cookie");
            for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
                assert!(cookie.contains(part), "{cookie}");
            }
        }
    }
    assert!(served.process.stop().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_from_elsewhere_is_refused() {
    let served = served(|_| {}).await;
    let mut visitor = Visitor::new(&served.url);
    let own = served.url.clone();
    let https = own.replace("http://", "https://");
    let letter = || {
        Body::from(encoded(&[
            ("name", "Iemand"),
            ("email", "iemand@bezoeker.example"),
            ("topic", "question"),
            ("title", "Vraag"),
            ("text", "Hoe werkt het?"),
        ]))
    };
    for (headers, status) in [
        (vec![], 403),
        (vec![("origin", "https://elders.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", https.as_str())], 403),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "cross-site")], 403),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-site")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("origin", own.as_str())], 303),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")], 303),
    ] {
        let mut all = headers.clone();
        all.push(FORM);
        let answer = visitor.send(Method::POST, "/contact", &all, letter()).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.text());
        has_headers(&answer, "a form");
    }
    let opened = served.house.open(0).await.unwrap();
    assert_eq!(opened.count("SELECT COUNT(*) AS n FROM thread").await, 2);
    opened.close().await;
    // Nor from a form that says it is something else.
    let kinds = ["text/plain", "application/json"];
    for kind in kinds {
        let headers = [("content-type", kind), ("origin", own.as_str())];
        let answer = visitor.send(Method::POST, "/contact", &headers, Body::from("{}")).await;
        assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
    }
    let large = vec![b'x'; 65 * 1024 * 1024];
    let headers = [FORM, ("origin", own.as_str())];
    let answer = visitor.send(Method::POST, "/contact", &headers, Body::from(large)).await;
    assert_eq!(answer.status.as_u16(), 413);
    assert!(served.process.stop().success());
}

/// Sends a contact form that is right, as somebody behind an address.
async fn write(visitor: &mut Visitor, number: usize) -> Answer {
    let text = format!("Vraag nummer {number}");
    let fields = [
        ("name", "Iemand"),
        ("email", "iemand@bezoeker.example"),
        ("topic", "question"),
        ("title", "Vraag"),
        ("text", text.as_str()),
    ];
    visitor.post("/contact", &fields).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_from_one_place_waits() {
    let served = served(|_| {}).await;
    let mut visitor = Visitor::new(&served.url);
    let mut refused = None;
    for number in 0..14 {
        // Nobody believes a visitor who says to come from elsewhere.
        visitor.headers = vec![(HeaderName::from_static("x-forwarded-for"), format!("192.0.2.{number}"))];
        let answer = write(&mut visitor, number).await;
        if answer.status.as_u16() == 429 {
            refused = Some((number, answer));
            break;
        }
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    }
    let (after, answer) = refused.expect("the contact form is limited");
    assert!(after >= 10, "{after} letters");
    assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    has_headers(&answer, "429");

    // A password is not guessed at leisure, and a login that is there looks like one that is not.
    let opened = served.house.open(0).await.unwrap();
    let csv = "name,email\nFenna Proefwerk,fenna@klant.example\n";
    let plan = office::customers::import::plan(csv.as_bytes()).unwrap();
    let by = office::By::System("test");
    office::customers::import::run(&opened.app.office, by, &plan, &mut |_| {}).await.unwrap();
    opened.close().await;
    let mut seen = Vec::new();
    for email in ["fenna@klant.example", "niemand@klant.example"] {
        let mut statuses = Vec::new();
        for _ in 0..10 {
            let fields = [("email", email), ("password", "helemaal verkeerd")];
            let answer = visitor.post("/sign-in", &fields).await;
            assert!(!visitor.cookies.contains_key("session"));
            statuses.push(answer.status.as_u16());
        }
        assert_eq!(statuses[0], 422, "{statuses:?}");
        assert!(statuses.contains(&429), "{statuses:?}");
        seen.push(statuses);
    }
    assert_eq!(seen[0].iter().position(|s| *s == 429), seen[1].iter().position(|s| *s == 429), "{seen:?}");
    let mut seen = Vec::new();
    for email in ["fenna@klant.example", "niemand@klant.example"] {
        let mut answers = Vec::new();
        for _ in 0..4 {
            let answer = visitor.post("/recover", &[("email", email)]).await;
            answers.push((answer.status.as_u16(), answer.to().to_owned()));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0][3].0, 429, "{seen:?}");
    assert!(served.process.stop().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_says_where_somebody_comes_from() {
    let served =
        served(|house| house.configure("trusted_proxies = []", "trusted_proxies = [\"127.0.0.1\"]")).await;
    let mut visitor = Visitor::new(&served.url);
    let mut from = |address: &'static str| {
        visitor.headers = vec![(HeaderName::from_static("x-forwarded-for"), address.to_owned())];
        visitor.clone()
    };
    let mut one = from("192.0.2.1");
    let mut refused = false;
    for number in 0..14 {
        refused |= write(&mut one, number).await.status.as_u16() == 429;
    }
    assert!(refused);
    let _ = write(&mut from("192.0.2.2"), 99).await.is(303);
    assert!(served.process.stop().success());
}
