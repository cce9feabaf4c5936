//! Cookies: read and set in one place, always `HttpOnly`, `SameSite=Lax` and for the whole site,
//! and `Secure` when the visitor sees https. Values are codes and random tokens, never personal
//! data, and need no encoding.

use crate::shell::Scheme;
use base::Sensitive;
use http::{HeaderMap, HeaderValue, header};

/// At most so many cookies are looked at.
const COOKIES_MAX: usize = 50;
/// The longest session token that is looked up, in bytes.
const TOKEN_BYTES_MAX: usize = 256;

/// The value of a cookie that the browser sent.
pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .take(COOKIES_MAX)
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// A cookie to set; without an age it goes when the browser closes.
///
/// # Panics
/// When the value holds anything but letters, digits, `.`, `_` and `-`.
pub(crate) fn set(name: &str, value: &str, seconds: Option<u32>, scheme: Scheme) -> HeaderValue {
    assert!(
        value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
        "a cookie holds a code or a token"
    );
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if scheme == Scheme::Https { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    let mut line = HeaderValue::from_str(&line).expect("a code or a token is a header value");
    line.set_sensitive(true);
    line
}

/// The name of the session cookie. Over https it has the `__Host-` prefix, which a sibling domain
/// or a plain-text page cannot set.
pub(crate) const fn session_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Https => "__Host-session",
        Scheme::Http => "session",
    }
}

/// The token of the session that the browser sent; none when there is none, or none that can be one.
#[must_use]
pub fn session_token(headers: &HeaderMap, scheme: Scheme) -> Option<Sensitive<String>> {
    let token = value(headers, session_name(scheme))?;
    let proper = !token.is_empty() && token.len() <= TOKEN_BYTES_MAX;
    proper.then(|| Sensitive::new(token.to_owned()))
}

/// The cookie that signs a visitor in: it ends with the browser session; the business ends it
/// sooner.
#[must_use]
pub fn session_cookie(token: &Sensitive<String>, scheme: Scheme) -> HeaderValue {
    set(session_name(scheme), token.expose(), None, scheme)
}

/// The cookie that signs a visitor out.
#[must_use]
pub fn ended_session_cookie(scheme: Scheme) -> HeaderValue {
    set(session_name(scheme), "", Some(0), scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_by_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xlang=nl; lang=en"));
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark"));
        assert_eq!(value(&headers, "lang"), Some("en"));
        assert_eq!(value(&headers, "theme"), Some("dark"));
        assert_eq!(value(&headers, "ang"), None);
    }

    #[test]
    fn a_token_is_not_empty_and_not_long() {
        let token = |line: String| {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, HeaderValue::try_from(line).expect("a header"));
            session_token(&headers, Scheme::Http).map(|token| token.expose().clone())
        };
        assert_eq!(token("lang=nl; session=abc".to_owned()), Some("abc".to_owned()));
        assert_eq!(token("session=".to_owned()), None);
        assert_eq!(token("__Host-session=abc".to_owned()), None);
        assert!(token(format!("session={}", "x".repeat(TOKEN_BYTES_MAX))).is_some());
        assert_eq!(token(format!("session={}", "x".repeat(TOKEN_BYTES_MAX + 1))), None);
    }

    #[test]
    fn the_session_cookie_is_bound_to_the_host_over_https() {
        let token = Sensitive::new("abc-123".to_owned());
        assert_eq!(
            session_cookie(&token, Scheme::Https),
            "__Host-session=abc-123; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(session_cookie(&token, Scheme::Http), "session=abc-123; Path=/; HttpOnly; SameSite=Lax");
        assert!(session_cookie(&token, Scheme::Https).is_sensitive());
        assert_eq!(ended_session_cookie(Scheme::Http), "session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    #[should_panic(expected = "a cookie holds a code or a token")]
    fn nothing_else_travels_in_a_cookie() {
        let _ = set("flash", "a; Domain=example.org", None, Scheme::Http);
    }
}
