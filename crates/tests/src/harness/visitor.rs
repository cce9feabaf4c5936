//! A visitor over HTTP without a browser: keeps cookies, follows nothing, sees status and headers.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;

/// The largest answer that is read, in bytes.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// A visitor of one site.
#[derive(Debug, Clone)]
pub struct Visitor {
    client: Client<HttpConnector, Body>,
    url: String,
    /// The cookies that the site set.
    pub cookies: BTreeMap<String, String>,
    /// Headers that go with every request.
    pub headers: Vec<(HeaderName, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Where it leads; empty when nowhere.
    #[must_use]
    pub fn to(&self) -> &str {
        self.header("location")
    }

    /// A header; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Fails with the page unless the status is this.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    #[must_use]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "to {:?}: {}", self.to(), self.text());
        self
    }

    /// The value of an input of the page.
    ///
    /// # Panics
    /// When there is none of that name.
    #[track_caller]
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        let text = self.text();
        let Some((_, rest)) = text.split_once(&format!("name=\"{name}\"")) else {
            panic!("no input {name} in {text}")
        };
        let (_, value) = rest.split_once("value=\"").expect("a value");
        value.split('"').next().expect("a value").to_owned()
    }
}

impl Visitor {
    /// Somebody who comes to a site for the first time.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, url: url.to_owned(), cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    /// Sends a form as a browser does from a page of the site.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", &self.url.clone()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Body::from(encoded(fields))).await
    }

    /// Sends a request with these headers and no others.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !self.cookies.is_empty() {
            let line: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let answer = self.client.request(request).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(Body::new(body), BYTES_MAX).await.expect("a body").to_vec();
        self.keep(&parts.headers);
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("a cookie is text");
            let (name, rest) = line.split_once('=').expect("a name and a value");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Fields as a form sends them.
#[must_use]
pub fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
