//! The public files of the ledger, by the names of C2SP tlog-tiles: the checkpoint, the key, and the
//! tiles of hashes. Bundles of entries are for those whose role it is to read the ledger.
//!
//! Invariant: a name leads to a file of the ledger's folder or to nothing; it cannot climb out.

use crate::error::{PageError, PageResult};
use crate::state::State;
use axum::extract::Path;
use axum::response::IntoResponse;
use http::{HeaderName, HeaderValue, header};
use std::io::{ErrorKind, Read as _};

/// The largest bundle: 256 entries of 65,535 bytes, each with its length of two.
const FILE_BYTES_MAX: u64 = 256 * 65_537;
/// The longest name of a tile.
const NAME_BYTES_MAX: usize = 64;

const TEXT: (HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
const BINARY: (HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
/// A tile of a name never changes.
const FOR_EVER: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
const FRESH: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));

pub(super) async fn checkpoint(state: State) -> PageResult {
    let (tiles, key) = (state.ledger.tiles.clone(), std::sync::Arc::clone(&state.ledger_key));
    let read = tokio::task::spawn_blocking(move || office::checkpoints::published(&tiles, &key));
    let signed = read.await.map_err(PageError::internal)??.ok_or(PageError::NotFound)?;
    Ok(([TEXT, FRESH], signed.to_note()).into_response())
}

pub(super) async fn key(state: State) -> PageResult {
    Ok(([TEXT], format!("{}\n", state.ledger_key)).into_response())
}

pub(super) async fn tile(state: State, Path(name): Path<String>) -> PageResult {
    let level = name.split('/').next().and_then(|level| level.parse::<u8>().ok());
    if level.is_none_or(|level| level > 63) {
        return Err(PageError::NotFound);
    }
    let bytes = file(&state, &name).await?;
    Ok(([BINARY, FOR_EVER], bytes).into_response())
}

pub(super) async fn entries(state: State, Path(name): Path<String>) -> PageResult {
    let bytes = file(&state, &format!("entries/{name}")).await?;
    Ok(([BINARY], bytes).into_response())
}

async fn file(state: &State, name: &str) -> Result<Vec<u8>, PageError> {
    if !is_name(name) {
        return Err(PageError::NotFound);
    }
    let path = state.ledger.tiles.join("tile").join(name);
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    match read.await.map_err(PageError::internal)? {
        Ok(bytes) => Ok(bytes),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
            Err(PageError::NotFound)
        }
        Err(error) => Err(PageError::internal(error)),
    }
}

/// A level or `entries`, then numbers of three digits, all but the last with an `x`, and for a partial
/// one its width.
fn is_name(name: &str) -> bool {
    let digits = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let three = |text: &str| text.len() == 3 && digits(text, 3);
    let (number, width) =
        name.split_once(".p/").map_or((name, None), |(number, width)| (number, Some(width)));
    let mut parts = number.split('/');
    let first = parts.next().is_some_and(|first| first == "entries" || digits(first, 2));
    let rest: Vec<&str> = parts.collect();
    let numbers = rest.split_last().is_some_and(|(last, folders)| {
        three(last) && folders.iter().all(|folder| folder.strip_prefix('x').is_some_and(three))
    });
    name.len() <= NAME_BYTES_MAX && first && numbers && width.is_none_or(|width| digits(width, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_tiles() {
        for name in ["0/000", "5/x001/x234/067", "entries/000", "0/273.p/112", "entries/x001/000.p/1"] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            "0",
            "0/",
            "0/..",
            "../ledger.key",
            "0/../../ledger.key",
            "entries/../000",
            "0/00",
            "0/0000",
            "0/x000",
            "0/000/000",
            "0/000.p/",
            "0/000.p/../000",
            "0/000.p/1/2",
            "/etc/passwd",
            "other/000",
            "entries",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
