//! The privacy statement, written from the policy in force, and its earlier versions.

use crate::error::{PageError, PageResult};
use crate::page::{Page, ok};
use crate::routes::Section;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Timestamp;
use http::{HeaderValue, header};
use office::promises::{self, PolicyVersion};
use policy::Policy;
use policy::statement::{self, Block, Statement};

/// A piece of a line: text, or an address that is a link.
struct Piece<'a> {
    text: &'a str,
    is_link: bool,
}

impl<'a> Piece<'a> {
    /// Splits a line at the https addresses in it.
    fn of(text: &'a str) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("https://") {
            let (before, from) = rest.split_at(at);
            let end = from.find(char::is_whitespace).unwrap_or(from.len());
            let address = from[..end].trim_end_matches(['.', ',', ';', ')', '!', '?']);
            pieces.push(Self { text: before, is_link: false });
            pieces.push(Self { text: address, is_link: true });
            rest = &from[address.len()..];
        }
        pieces.push(Self { text: rest, is_link: false });
        pieces
    }
}

/// A version in the list.
struct Version {
    href: String,
    label: String,
    from: Timestamp,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "pages/public/privacy.html")]
struct Privacy {
    t: T,
    page: Page,
    statement: Statement,
    hash: String,
    policy_hash: String,
    from: Option<Timestamp>,
    is_current: bool,
    text_href: String,
    versions: Vec<Version>,
}

/// The versions, the newest first; one that this program cannot read is left out of the list.
fn list(versions: &[PolicyVersion], shown: &str) -> Vec<Version> {
    let newest = versions.last().map(|version| version.hash);
    let row = |version: &PolicyVersion| {
        let policy = Policy::parse(&version.body).ok()?;
        let hash = hex::encode(version.hash);
        let href =
            if Some(version.hash) == newest { "/privacy".to_owned() } else { format!("/privacy/{hash}") };
        Some(Version {
            href,
            label: policy.version().to_owned(),
            from: version.in_force_from,
            is_this: hash == shown,
        })
    };
    versions.iter().rev().filter_map(row).collect()
}

fn page(visit: &Visit, policy: &Policy, versions: &[PolicyVersion]) -> Privacy {
    let t = visit.t();
    let statement = statement::render(policy, visit.language());
    let policy_hash = policy.hash_hex();
    let this = versions.iter().find(|version| version.hash == policy.hash());
    let is_current = versions.last().is_none_or(|newest| newest.hash == policy.hash());
    let page = visit.page(Section::Public, statement.title.clone().into());
    let page = if is_current { page } else { page.crumb("/privacy", t.privacy_nav()) };
    Privacy {
        t,
        page,
        hash: hex::encode(statement.hash()),
        statement,
        from: this.map(|version| version.in_force_from),
        is_current,
        text_href: if is_current {
            "/privacy/text".to_owned()
        } else {
            format!("/privacy/{policy_hash}/text")
        },
        versions: list(versions, &policy_hash),
        policy_hash,
    }
}

pub(super) async fn show(visit: Visit, state: State) -> PageResult {
    let versions = promises::versions(&state.office).await?;
    ok(&page(&visit, &state.office.policy(), &versions))
}

fn of_hash(versions: &[PolicyVersion], hash: &str) -> Result<Policy, PageError> {
    let asked = versions.iter().find(|version| hex::encode(version.hash) == hash);
    Policy::parse(&asked.ok_or(PageError::NotFound)?.body)
        .map_err(|_| PageError::Internal("an older policy cannot be read by this program".to_owned()))
}

pub(super) async fn version(visit: Visit, state: State, Path(hash): Path<String>) -> PageResult {
    let versions = promises::versions(&state.office).await?;
    let policy = of_hash(&versions, &hash)?;
    ok(&page(&visit, &policy, &versions))
}

/// The statement as the text whose hash is in the ledger.
fn as_text(visit: &Visit, policy: &Policy) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], statement::render(policy, visit.language()).to_text()).into_response()
}

pub(super) async fn text(visit: Visit, state: State) -> PageResult {
    Ok(as_text(&visit, &state.office.policy()))
}

pub(super) async fn version_text(visit: Visit, state: State, Path(hash): Path<String>) -> PageResult {
    let versions = promises::versions(&state.office).await?;
    Ok(as_text(&visit, &of_hash(&versions, &hash)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_without_their_full_stop() {
        let found = |text| Piece::of(text).into_iter().map(|p| (p.text, p.is_link)).collect::<Vec<_>>();
        assert_eq!(found("niets"), [("niets", false)]);
        assert_eq!(
            found("Zie (https://a.example/b), of https://c.example."),
            [
                ("Zie (", false),
                ("https://a.example/b", true),
                ("), of ", false),
                ("https://c.example", true),
                (".", false)
            ]
        );
    }
}
