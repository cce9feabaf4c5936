//! Pages under an even load, and the client that asks for them.

use crate::says;
use anyhow::{Context, Result, bail};
use base::Sensitive;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use office::accounts::{self, ClientInfo};
use office::customers::{self, CustomerFilter};
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::{Duration, Instant};
use tokio_util::bytes::Bytes;
use tokio_util::sync::CancellationToken;
use waarborg::app::App;
use waarborg::commands::demo;
use waarborg::commands::serve::{Work, serve};

/// Requests per second of the page measurements.
const RATE: u32 = 300;
/// How long the pages are asked for.
const SECONDS: u32 = 20;

/// The client that asks for pages.
pub type Asking = Client<HttpConnector, Full<Bytes>>;

pub fn client() -> Asking {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Pages under an even load, measured from when each request was due.
pub async fn pages(app: App, place: &Path) -> Result<()> {
    let staff = cookie_of(&app, place, "administrator").await?;
    let owner = cookie_of(&app, place, "customer").await?;
    let customer = customers::page(&app.office, CustomerFilter::default(), 50, 1).await?.customers;
    let detail = format!("/staff/customers/{}", customer.first().context("a customer")?.id);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let names = Arc::clone(&app.office);
    let server = tokio::spawn(serve(app, listener, Work::Here, stop.clone()));
    let client = client();
    let pages = [
        Page::get("/panel", &owner),
        Page::get("/panel/profile", &owner),
        Page::get("/staff/customers", &staff),
        Page { form: Some("q=achternaam12"), ..Page::get("/staff/search", &staff) },
        Page { path: detail, ..Page::get("/staff/customers/{id}", &staff) },
        Page::get("/promises", &owner),
    ];
    // Names are read beside serving, and what is due by the clock runs at once after a start: pages are
    // measured when that is over.
    loop {
        let tasks = store::schedules(&names.store).await?;
        let over = tasks.len() >= waarborg::schedule::TASKS.len()
            && tasks.iter().all(|task| task.outcome.as_deref() == Some("done"));
        if names.names.is_complete() && over {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    warm(&client, address, &pages).await?;
    load(&client, address, &pages, RATE, |asked| asked < RATE * SECONDS).await?;
    stop.cancel();
    server.await?
}

/// Asks for each page some times, so that what is kept in memory is there.
pub async fn warm(client: &Asking, address: SocketAddr, pages: &[Page]) -> Result<()> {
    for page in pages {
        for _ in 0..20 {
            fetch(client, address, page).await?;
        }
    }
    Ok(())
}

/// Asks for pages in turn at an even rate, as long as `going` says of the number asked, and tells how long
/// each took from when it was due.
pub async fn load(
    client: &Asking,
    address: SocketAddr,
    pages: &[Page],
    rate: u32,
    going: impl Fn(u32) -> bool,
) -> Result<()> {
    let times: Arc<Mutex<BTreeMap<&'static str, Vec<f64>>>> = Arc::default();
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    let mut asked = 0;
    while going(asked) {
        let due = began + Duration::from_secs_f64(f64::from(asked) / f64::from(rate));
        tokio::time::sleep_until(due).await;
        let (client, times) = (client.clone(), Arc::clone(&times));
        let page = pages[asked as usize % pages.len()].clone();
        asked += 1;
        tasks.spawn(async move {
            fetch(&client, address, &page).await?;
            let took = due.elapsed().as_secs_f64() * 1_000.0;
            times.lock().unwrap_or_else(PoisonError::into_inner).entry(page.name).or_default().push(took);
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    for (name, times) in times.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        says(
            &format!("{name} at {rate} requests/s"),
            &format!("p50 {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99)),
        );
    }
    Ok(())
}

/// A page that is asked for.
#[derive(Clone)]
pub struct Page {
    name: &'static str,
    path: String,
    cookie: String,
    /// Sent by POST.
    form: Option<&'static str>,
}

impl Page {
    pub fn get(name: &'static str, cookie: &str) -> Self {
        Self { name, path: name.to_owned(), cookie: cookie.to_owned(), form: None }
    }
}

pub async fn fetch(client: &Asking, address: SocketAddr, page: &Page) -> Result<()> {
    let mut request = http::Request::builder().uri(format!("http://{address}{}", page.path));
    request = request.header("cookie", &page.cookie).header("origin", format!("http://{address}"));
    let request = match page.form {
        Some(form) => request
            .method("POST")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::from(form))?,
        None => request.body(Full::default())?,
    };
    let response = client.request(request).await?;
    let status = response.status();
    response.into_body().collect().await?;
    if !status.is_success() {
        bail!("{} answered {status}", page.name);
    }
    Ok(())
}

pub async fn cookie_of(app: &App, place: &Path, who: &str) -> Result<String> {
    let logins = demo::read_logins(place)?;
    let login = logins.iter().find(|login| login.who.contains(who)).with_context(|| who.to_owned())?;
    let client = ClientInfo { address: None, agent: "bench".into() };
    let email = Sensitive::new(login.email.clone());
    let signed =
        accounts::sign_in(&app.office, &email, &Sensitive::new(login.password.clone()), &client).await?;
    let session = accounts::authenticate(&app.office, &signed.token).await?.context("a session")?;
    let code = Sensitive::new(login.code(app.office.now())?);
    let signed = accounts::give_second_factor(&app.office, &session, &signed.token, &code).await?;
    Ok(format!("session={}", signed.token.text().expose()))
}
