//! JSON lines: nginx with the names of its variables (`escape=json`), and Caddy's access log, where the request
//! is an object of its own.

use super::address;
use super::bad::Bad;
use super::fields::{hit, path_of_request, path_of_target};
use super::json_scan::{Place, Scanner, Value};
use super::time::TimeCache;
use crate::hit::Hit;
use std::borrow::Cow;

/// The fields met, each with the rank of the name it came under: where a line has several, the first of the
/// list below wins.
#[derive(Default)]
struct Met<'a> {
    time: Option<(u8, Cow<'a, [u8]>)>,
    host: Option<(u8, Cow<'a, [u8]>)>,
    address: Option<(u8, Cow<'a, [u8]>)>,
    path: Option<(u8, Cow<'a, [u8]>)>,
    agent: Option<(u8, Cow<'a, [u8]>)>,
}

/// The rank of names of the whole request line, whose path still has to be found.
const REQUEST_LINE: u8 = 9;

pub fn parse<'a>(line: &'a [u8], times: &mut TimeCache) -> Result<Hit<'a>, Bad> {
    let mut scanner = Scanner::new(line);
    let mut met = Met::default();
    if scanner.value()? != Value::Object {
        return Err(Bad::Json);
    }
    object(&mut scanner, &mut met, Level::Line)?;
    if !scanner.ended() {
        return Err(Bad::Json);
    }
    let text = |field: Option<(u8, Cow<'a, [u8]>)>| field.map(|(_, text)| text);
    let seconds = times.any(&text(met.time).ok_or(Bad::Fields)?)?;
    let who = address::parse(&text(met.address).ok_or(Bad::Fields)?)?;
    let path = match met.path.ok_or(Bad::Fields)? {
        (REQUEST_LINE, request) => path_of_request(request),
        (_, Cow::Borrowed(target)) => Cow::Borrowed(path_of_target(target)),
        (_, Cow::Owned(target)) => Cow::Owned(path_of_target(&target).to_vec()),
    };
    Ok(hit(seconds, text(met.host).unwrap_or_default(), who, path, text(met.agent).unwrap_or_default()))
}

/// Where in the line an object stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The line itself.
    Line,
    /// Caddy's `request`.
    Request,
    /// The headers of Caddy's request.
    Headers,
}

fn object<'a>(scanner: &mut Scanner<'a>, met: &mut Met<'a>, level: Level) -> Result<(), Bad> {
    let mut place = Place::First;
    while let Some(name) = scanner.name(place)? {
        place = Place::Later;
        match scanner.value()? {
            Value::Object if level == Level::Line && *name == *b"request" => {
                object(scanner, met, Level::Request)?
            }
            Value::Object if level == Level::Request && *name == *b"headers" => {
                object(scanner, met, Level::Headers)?
            }
            Value::List if level == Level::Headers && name.eq_ignore_ascii_case(b"user-agent") => {
                agents(scanner, met)?;
            }
            Value::Text(text) if level != Level::Headers => met.note(&name, text),
            Value::Bare(number) if level == Level::Line && number.first().is_some_and(u8::is_ascii_digit) => {
                met.note(&name, Cow::Borrowed(number));
            }
            other => scanner.skip(&other)?,
        }
    }
    Ok(())
}

/// The values of a header: the first counts, the rest is skipped.
fn agents<'a>(scanner: &mut Scanner<'a>, met: &mut Met<'a>) -> Result<(), Bad> {
    if scanner.take(b']').is_some() {
        return Ok(());
    }
    match scanner.value()? {
        Value::Text(text) => keep(&mut met.agent, 0, text),
        other => scanner.skip(&other)?,
    }
    scanner.skip(&Value::List)
}

impl<'a> Met<'a> {
    fn note(&mut self, name: &[u8], text: Cow<'a, [u8]>) {
        match name {
            b"time_iso8601" | b"msec" | b"ts" => keep(&mut self.time, 0, text),
            b"time" | b"time_local" | b"timestamp" | b"@timestamp" => keep(&mut self.time, 1, text),
            b"host" => keep(&mut self.host, 0, text),
            b"http_host" | b"vhost" => keep(&mut self.host, 1, text),
            b"server_name" => keep(&mut self.host, 2, text),
            // Caddy: `client_ip` is the visitor behind trusted proxies, `remote_ip` the other end of the socket.
            b"client_ip" => keep(&mut self.address, 0, text),
            b"remote_addr" | b"remote_ip" | b"client" | b"clientip" => keep(&mut self.address, 1, text),
            b"request_uri" => keep(&mut self.path, 0, text),
            b"uri" => keep(&mut self.path, 1, text),
            b"path" => keep(&mut self.path, 2, text),
            b"request" => keep(&mut self.path, REQUEST_LINE, text),
            b"http_user_agent" => keep(&mut self.agent, 0, text),
            b"user_agent" | b"agent" => keep(&mut self.agent, 1, text),
            _ => {}
        }
    }
}

fn keep<'a>(field: &mut Option<(u8, Cow<'a, [u8]>)>, rank: u8, text: Cow<'a, [u8]>) {
    if field.as_ref().is_none_or(|(kept, _)| rank < *kept) {
        *field = Some((rank, text));
    }
}
