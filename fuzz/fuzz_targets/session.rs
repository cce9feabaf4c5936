//! The session cookie: whatever a browser sends, at most a token comes out, and it is the one sent.

#![no_main]

use base::Sensitive;
use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use office::accounts::Token;
use web::cookie::{session_cookie, session_token};
use web::shell::Scheme;

fuzz_target!(|bytes: &[u8]| {
    // Each line is a header of its own.
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(100) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, value);
        }
    }
    for scheme in [Scheme::Http, Scheme::Https] {
        let Some(text) = session_token(&headers, scheme) else { continue };
        assert!(!text.expose().is_empty() && text.expose().len() <= 256);
        let Some(token) = Token::parse(text.expose()) else { continue };
        // One text per token, and it comes back as it was set.
        assert_eq!(token.text().expose(), text.expose());
        let set = session_cookie(&token.text(), scheme);
        let pair = set.as_bytes().split(|byte| *byte == b';').next().expect("a pair");
        let mut again = HeaderMap::new();
        again.append(header::COOKIE, HeaderValue::from_bytes(pair).expect("a header"));
        assert_eq!(
            session_token(&again, scheme).map(|text: Sensitive<String>| text.expose().clone()),
            Some(text.expose().clone())
        );
    }
});
