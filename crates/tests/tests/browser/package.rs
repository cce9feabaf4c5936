//! What is in the copy of somebody's data.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use tests::harness;

fn unpacked(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a ZIP");
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let name = file.name().expect("a name").into_owned();
        assert!(files.insert(name, bytes).is_none(), "file {index} has the name of another");
    }
    files
}

/// Checks the manifest, the page to read and the data for programs; each of the words is in both.
pub fn check(zip: &[u8], language: &str, words: &[&str]) {
    let mut files = unpacked(zip);
    let manifest: Value =
        serde_json::from_slice(&files.remove("manifest.json").expect("a manifest")).unwrap();
    assert_eq!(manifest["format"], "waarborg-package-manifest");
    let listed = manifest["files"].as_array().expect("a list of files");
    let names: Vec<&str> = listed.iter().map(|file| file["name"].as_str().unwrap()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, files.keys().map(String::as_str).collect::<Vec<_>>(), "each file is in the manifest");
    for file in listed {
        let bytes = &files[file["name"].as_str().unwrap()];
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["sha256"], hex::encode(Sha256::digest(bytes)));
    }

    let page = if language == "nl" { "overzicht.html" } else { "overview.html" };
    let html = String::from_utf8(files[page].clone()).unwrap();
    assert!(html.contains(&format!("<html lang=\"{language}\">")), "{html}");
    // It links to us, and loads nothing from anywhere.
    for loads in ["<script", "<link", "<img", " src=", "url(", "@import"] {
        assert!(!html.contains(loads), "{loads} in {html}");
    }
    let data: Value = serde_json::from_slice(&files["data.json"]).unwrap();
    assert_eq!((&data["format"], &data["kind"]), (&"waarborg-access-package".into(), &"access".into()));
    assert_eq!(data["language"], language);
    assert!(data["purposes"].as_array().is_some_and(|list| !list.is_empty()), "{data}");
    let text = data["subjects"].to_string();
    for word in words {
        assert!(html.contains(word), "{word} in {html}");
        assert!(text.contains(word), "{word} in {text}");
    }

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(page);
    std::fs::write(&file, html).unwrap();
    if let Some(found) = harness::vnu(&[file]) {
        assert!(found.is_empty(), "{found:#?}");
    }
}
