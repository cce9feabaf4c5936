//! Style, script, font and icons, part of the program. Their addresses carry a hash of their
//! contents (`/assets/app.0123456789abcdef.css`), so that browsers may keep them for ever and still
//! get the new one. Nothing is loaded from elsewhere.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(rust_embed::RustEmbed)]
#[folder = "assets/"]
struct Files;

struct Asset {
    body: Vec<u8>,
    content_type: &'static str,
    etag: HeaderValue,
}

/// All assets by hashed name, and the hashed name of each plain one.
struct Assets {
    by_name: HashMap<String, Asset>,
    names: HashMap<String, String>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(load);

/// The address of an asset.
///
/// # Panics
/// When there is no such asset; the names are in the layouts, and a test renders those.
#[must_use]
pub fn url(name: &str) -> String {
    let hashed = ASSETS.names.get(name).expect("the layouts name assets that exist");
    format!("/assets/{hashed}")
}

/// The names of the icons in the sprite.
pub(crate) static ICONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let sprite = Files::get("icons.svg").expect("the sprite is an asset");
    let text = String::from_utf8_lossy(&sprite.data).into_owned();
    text.split("<symbol id=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| id.to_owned())
        .collect()
});

fn load() -> Assets {
    let mut assets = Assets { by_name: HashMap::new(), names: HashMap::new() };
    let mut plain: Vec<String> = Files::iter().map(|name| name.into_owned()).collect();
    // The style sheet names the font by its hashed address, so it comes last.
    plain.sort_by_key(|name| (extension(name) == "css", name.clone()));
    for name in plain {
        let file = Files::get(&name).expect("listed just now");
        let mut body = file.data.into_owned();
        if extension(&name) == "css" {
            body = with_hashed_addresses(&body, &assets.names);
        }
        let hash = hex::encode(&Sha256::digest(&body)[..8]);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let hashed = format!("{stem}.{hash}.{}", extension(&name));
        let etag = HeaderValue::from_str(&format!("\"{hash}\"")).expect("hexadecimal digits");
        let content_type = content_type(extension(&name));
        assets.by_name.insert(hashed.clone(), Asset { body, content_type, etag });
        assets.names.insert(name, hashed);
    }
    assets
}

fn with_hashed_addresses(css: &[u8], names: &HashMap<String, String>) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(css).into_owned();
    for (name, hashed) in names {
        text = text.replace(&format!("url(\"{name}\")"), &format!("url(\"{hashed}\")"));
    }
    text.into_bytes()
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

/// Serves `/assets/{name}`.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.by_name.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let keep = [
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::ETAG, asset.etag.clone()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent == asset.etag) {
        return (StatusCode::NOT_MODIFIED, keep).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type))];
    (keep, kind, asset.body.as_slice()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_the_contents() {
        let address = url("app.css");
        let hash =
            address.strip_prefix("/assets/app.").and_then(|rest| rest.strip_suffix(".css")).expect("hashed");
        let asset = &ASSETS.by_name[address.strip_prefix("/assets/").expect("prefix")];
        assert_eq!(hash, hex::encode(&Sha256::digest(&asset.body)[..8]));
        assert_eq!(asset.content_type, "text/css; charset=utf-8");
    }

    #[test]
    fn the_style_sheet_names_nothing_from_elsewhere_and_nothing_missing() {
        let address = url("app.css");
        let css = &ASSETS.by_name[address.strip_prefix("/assets/").expect("prefix")].body;
        let css = String::from_utf8(css.clone()).expect("text");
        assert!(!css.contains("@import") && !css.contains("//"));
        let urls: Vec<&str> =
            css.split("url(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(u, _)| u).collect();
        assert!(!urls.is_empty());
        for url in urls {
            assert!(ASSETS.by_name.contains_key(url), "{url}");
        }
    }

    #[test]
    fn every_font_and_sprite_has_its_licence() {
        for name in ["source-sans-3.LICENSE.txt", "icons.LICENSE.txt"] {
            assert!(Files::get(name).is_some_and(|file| file.data.len() > 500), "{name}");
        }
    }

    #[test]
    fn every_icon_that_is_named_exists() {
        let mut seen = 0;
        for folder in ["templates", "src"] {
            for text in crate::testing::files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
            {
                for rest in text.split("icon(\"").skip(1) {
                    let (name, _) = rest.split_once('"').expect("a closed string");
                    assert!(ICONS.iter().any(|icon| icon == name) || name.contains(' '), "no icon {name}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 10);
    }
}
