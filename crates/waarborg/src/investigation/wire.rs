//! What goes over the socket: one line of JSON there, lines of JSON back, and after the last of them perhaps a file. Both
//! ends are the same program, so it has no version; what is unknown is refused.

use base::Sensitive;
use office::releases::{Answer, Question};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The longest request, in bytes.
pub const REQUEST_BYTES_MAX: u64 = 64 * 1024;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Want {
    /// The answer.
    Answer,
    /// The evidence package.
    Package,
}

/// A request. It does not print; [`Asked::line`] alone writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Who asks.
    pub email: Sensitive<String>,
    /// Their password.
    pub password: Sensitive<String>,
    /// A code of their second factor.
    pub code: Sensitive<String>,
    /// The release.
    pub release: String,
    /// Domains that the question is about; all of the release when there is none.
    pub domains: Vec<String>,
    /// The question.
    pub question: Question,
    /// What is wanted.
    pub want: Want,
}

impl Asked {
    /// The line that goes over the socket.
    ///
    /// # Errors
    /// When the question does not write, which it does.
    pub fn line(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        let written = AskedLine {
            email: self.email.expose(),
            password: self.password.expose(),
            code: self.code.expose(),
            release: &self.release,
            domains: &self.domains,
            question: &self.question,
            want: self.want,
        };
        let mut text = Zeroizing::new(serde_json::to_vec(&written)?);
        text.push(b'\n');
        Ok(text)
    }
}

#[derive(Serialize)]
struct AskedLine<'a> {
    email: &'a str,
    password: &'a str,
    code: &'a str,
    release: &'a str,
    domains: &'a [String],
    question: &'a Question,
    want: Want,
}

/// What was found.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// Rows found, or sites.
    pub found: u64,
    /// Whether there is more than the limit let through.
    pub is_partial: bool,
    /// The visits.
    pub rows: Vec<FoundRow>,
    /// Days and domains that were touched.
    pub touched: Vec<(String, String)>,
    /// Visits by hour (seconds since 1970).
    pub hours: Vec<(i64, u64)>,
    /// Visits by domain.
    pub sites: Vec<(String, u64)>,
    /// The addresses that occur most.
    pub addresses: Vec<(String, u64)>,
    /// The paths that occur most.
    pub paths: Vec<(String, u64)>,
}

/// A visit.
#[derive(Serialize, Deserialize)]
pub struct FoundRow {
    /// Seconds since 1970.
    pub time: i64,
    /// The domain.
    pub site: String,
    /// The path.
    pub path: String,
    /// The browser id.
    pub agent: String,
    /// The visitor.
    pub address: String,
}

impl core::fmt::Debug for FoundRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("FoundRow([withheld])")
    }
}

impl From<Answer> for Found {
    fn from(answer: Answer) -> Self {
        let rows = answer.rows.into_iter().map(|row| FoundRow {
            time: row.time,
            site: row.site,
            path: row.path,
            agent: row.agent,
            address: row.address.to_string(),
        });
        let touched = answer.touched.into_iter().map(|(day, _, domain)| (day.to_string(), domain));
        Self {
            found: answer.found,
            is_partial: answer.is_partial,
            rows: rows.collect(),
            touched: touched.collect(),
            hours: answer.hours.into_iter().collect(),
            sites: answer.sites,
            addresses: answer.addresses,
            paths: answer.paths,
        }
    }
}

/// A line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// Days and machines that were read, and how many there are.
    Progress(usize, usize),
    /// Why it is refused; the last line.
    Refused(String),
    /// The answer; the last line.
    Found(Found),
    /// A package of so many bytes follows; the last line.
    Package {
        /// Its length.
        bytes: u64,
        /// Rows in it.
        found: u64,
        /// Whether there was more than it may hold.
        is_partial: bool,
    },
}
