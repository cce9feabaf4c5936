//! The name of one ledger: `<host>/waarborg/ledger/<generation>`. It is the first line of every
//! checkpoint, the name of the signing key and part of every commitment, so that nothing made for
//! one ledger (or generation) can be used for another.

use core::{fmt, str::FromStr};
use thiserror::Error;

const MIDDLE: &str = "/waarborg/ledger/";

/// A text that is not the origin of a ledger.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("not the origin of a ledger: expected <host>/waarborg/ledger/<generation>")]
pub struct OriginError;

/// The origin of a ledger, in its one spelling: lower-case host, generation from 1 without zeroes
/// in front.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// The origin of a host's ledger in a generation (the first is 1).
    ///
    /// # Errors
    /// When the host is not a lower-case host name, or the generation is 0.
    pub fn new(host: &str, generation: u32) -> Result<Self, OriginError> {
        if generation == 0 || !is_host(host) {
            return Err(OriginError);
        }
        Ok(Self(format!("{host}{MIDDLE}{generation}")))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.split_once('/').map_or("", |(host, _)| host)
    }

    /// The generation.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.0.rsplit_once('/').and_then(|(_, text)| text.parse().ok()).unwrap_or(0)
    }
}

/// Lower-case letters, digits and hyphens in labels of at most 63, 253 in all (RFC 1123).
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, generation) = text.split_once(MIDDLE).ok_or(OriginError)?;
        let origin = Self::new(host, generation.parse().map_err(|_| OriginError)?)?;
        // One spelling only: no "+1", no "01".
        if origin.0 == text { Ok(origin) } else { Err(OriginError) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let origin: Origin = "www.example.org/waarborg/ledger/12".parse().unwrap();
        assert_eq!((origin.host(), origin.generation()), ("www.example.org", 12));
        assert_eq!(Origin::new("localhost", 1).unwrap().as_str(), "localhost/waarborg/ledger/1");
        for wrong in [
            "",
            "example.org",
            "example.org/waarborg/ledger/",
            "example.org/waarborg/ledger/0",
            "example.org/waarborg/ledger/01",
            "example.org/waarborg/ledger/+1",
            "example.org/waarborg/ledger/4294967296",
            "example.org/waarborg/ledger/1/waarborg/ledger/1",
            "Example.org/waarborg/ledger/1",
            "-a.example/waarborg/ledger/1",
            "a..example/waarborg/ledger/1",
            "/waarborg/ledger/1",
            "example.org /waarborg/ledger/1",
            "example.org/waarborg/ledger/1\n",
        ] {
            assert_eq!(wrong.parse::<Origin>(), Err(OriginError), "{wrong:?}");
        }
    }
}
