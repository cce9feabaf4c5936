//! Mail that the program wrote into its maildir, read as a person's mail program reads it.

use base64::Engine as _;
use std::path::Path;

/// A mail.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The address it goes to.
    pub to: String,
    /// Its title, as it stands in the header.
    pub title: String,
    /// Its language.
    pub language: String,
    /// What it says.
    pub text: String,
}

impl Letter {
    /// The path of the one link in it that begins so, without the host.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn path(&self, base_url: &str, begin: &str) -> String {
        let whole = format!("{base_url}{begin}");
        let found = self.text.split_whitespace().find(|word| word.starts_with(&whole));
        let link = found.unwrap_or_else(|| panic!("no link to {whole} in {self:?}"));
        link[base_url.len()..].to_owned()
    }
}

/// Every mail to an address, in the order in which they were written.
///
/// # Panics
/// When a file is no mail.
#[must_use]
pub fn letters(maildir: &Path, to: &str) -> Vec<Letter> {
    let mut found: Vec<(std::time::SystemTime, Letter)> = std::fs::read_dir(maildir.join("new"))
        .expect("a maildir")
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            // Taken back while we look.
            let (text, data) = (std::fs::read_to_string(&path).ok()?, path.metadata().ok()?);
            Some((data.modified().expect("a time"), parse(&text)))
        })
        .filter(|(_, letter)| letter.to == to)
        .collect();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, letter)| letter).collect()
}

fn parse(text: &str) -> Letter {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    // A line that begins with a space goes on with the one before.
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
        let mut of_name = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        of_name.next().map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let bytes = match header("Content-Transfer-Encoding").as_str() {
        "base64" => {
            let joined: String = body.split_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(joined).expect("base64")
        }
        "quoted-printable" => quoted_printable(body),
        "7bit" | "8bit" | "" => body.as_bytes().to_vec(),
        other => panic!("a mail in {other}"),
    };
    Letter {
        to: header("To").trim_matches(['<', '>']).to_owned(),
        title: header("Subject"),
        language: header("Content-Language"),
        text: String::from_utf8(bytes).expect("UTF-8"),
    }
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, after.get(..2)) {
            (b'=', Some(digits)) => {
                let digits = std::str::from_utf8(digits).expect("two digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_whatever_its_encoding() {
        let head = "To: a@example.org\r\nSubject: Uw verzoek\r\n R100001\r\nContent-Language: nl\r\n";
        let said = "Zoë, open http://127.0.0.1:1/identity/ab=c en klaar";
        let base64 = base64::engine::general_purpose::STANDARD.encode(said);
        for (encoding, body) in [
            ("8bit", said.to_owned()),
            ("base64", format!("{}\r\n{}", &base64[..20], &base64[20..])),
            (
                "quoted-printable",
                "Zo=C3=AB, open http://127.0.0.1:1/ident=\r\nity/ab=3Dc en klaar".to_owned(),
            ),
        ] {
            let letter = parse(&format!("{head}Content-Transfer-Encoding: {encoding}\r\n\r\n{body}"));
            assert_eq!(letter.text, said, "{encoding}");
            assert_eq!((letter.to.as_str(), letter.language.as_str()), ("a@example.org", "nl"));
            assert_eq!(letter.title, "Uw verzoek R100001");
            assert_eq!(letter.path("http://127.0.0.1:1", "/identity/"), "/identity/ab=c");
        }
    }
}
