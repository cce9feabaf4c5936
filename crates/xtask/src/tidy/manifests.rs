//! Rules for the crates' manifests: which crate may stand on which, and that versions, features
//! and lints are fixed in one place.

use super::{File, Finding};
use crate::shell;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What each package depends on when it is built, dependencies for tests left out.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

const RULE: &str = "dependency";

/// The crates of the workspace and those they may stand on: the arrows of the design, downward only.
const ARROWS: [(&str, &[&str]); 13] = [
    ("base", &[]),
    ("policy", &["base"]),
    ("keys", &["base"]),
    ("ledger", &["base"]),
    ("traffic", &["base", "keys"]),
    ("store", &["base", "policy", "keys", "ledger"]),
    ("outbound", &["base", "policy", "ledger", "store"]),
    ("documents", &["base"]),
    ("office", &["base", "policy", "keys", "traffic", "ledger", "store", "outbound", "documents"]),
    ("web", &["base", "policy", "keys", "traffic", "ledger", "store", "outbound", "documents", "office"]),
    (
        "waarborg",
        &["base", "policy", "keys", "traffic", "ledger", "store", "outbound", "documents", "office", "web"],
    ),
    (
        "tests",
        &[
            "base",
            "policy",
            "keys",
            "traffic",
            "ledger",
            "store",
            "outbound",
            "documents",
            "office",
            "web",
            "waarborg",
        ],
    ),
    ("xtask", &[]),
];

/// Crates that may reach neither a database nor a network, not even through another.
const PURE: [&str; 5] = ["base", "policy", "keys", "ledger", "documents"];

/// What reaches a database, a network or a runtime that does.
const IMPURE: [&str; 24] = [
    "sea-orm",
    "sea-orm-migration",
    "sea-query",
    "sqlx",
    "sqlx-core",
    "rusqlite",
    "libsqlite3-sys",
    "tokio",
    "tokio-util",
    "mio",
    "socket2",
    "async-std",
    "smol",
    "axum",
    "axum-core",
    "axum-server",
    "tower-http",
    "hyper",
    "hyper-util",
    "lettre",
    "reqwest",
    "ureq",
    "rustls",
    "object_store",
];

/// Dependencies that only these crates may name.
const RESERVED: [(&str, &[&str]); 10] = [
    ("lettre", &["outbound"]),
    ("reqwest", &["outbound"]),
    ("hyper", &["outbound"]),
    ("hyper-util", &["outbound", "waarborg", "tests"]),
    ("fantoccini", &["tests"]),
    ("sea-orm", &["store", "outbound", "office", "tests"]),
    ("sea-orm-migration", &["store"]),
    ("sqlx", &["store"]),
    ("axum", &["web", "waarborg", "tests"]),
    ("askama", &["web", "office"]),
];

/// The graph as cargo resolves it on this platform.
pub fn graph() -> Result<Graph> {
    let mut command = shell::cargo();
    command.args(["metadata", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    let metadata: Value = serde_json::from_slice(&shell::output(&mut command)?)?;
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for package in metadata["packages"].as_array().context("cargo metadata lists no packages")? {
        names.insert(text(&package["id"]), text(&package["name"]));
    }
    let mut graph = Graph::new();
    for node in metadata["resolve"]["nodes"].as_array().context("cargo metadata resolves nothing")? {
        let name = names.get(text(&node["id"])).context("a package without a name")?;
        let needs = graph.entry((*name).to_owned()).or_default();
        for dependency in node["deps"].as_array().into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array();
            if kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"] != "dev")) {
                needs.extend(names.get(text(&dependency["pkg"])).map(|name| (*name).to_owned()));
            }
        }
    }
    Ok(graph)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Every rule of this file.
pub fn check(files: &[File], graph: &Graph) -> Vec<Finding> {
    let manifests = files.iter().filter_map(|file| {
        let krate = file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
        (!krate.contains('/')).then_some((krate, file))
    });
    manifests.flat_map(|(krate, file)| check_crate(krate, file, graph)).collect()
}

fn check_crate(krate: &str, file: &File, graph: &Graph) -> Vec<Finding> {
    let mut findings = shape(krate, file);
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == krate) else {
        let why = format!("{krate} has no place among the arrows: add it to ARROWS and to ARCHITECTURE.md");
        findings.push(Finding::error(&file.path, 1, RULE, why));
        return findings;
    };
    let direct = graph.get(krate).cloned().unwrap_or_default();
    let mut refuse = |name: &str, why: String| {
        findings.push(Finding::error(&file.path, line_of(&file.text, name), RULE, why));
    };
    for name in &direct {
        let inside = ARROWS.iter().any(|(other, _)| other == name);
        if inside && !allowed.contains(&name.as_str()) {
            refuse(name, format!("{krate} may not stand on {name}: arrows point downward only"));
        }
        if let Some((_, may)) = RESERVED.iter().find(|(reserved, _)| reserved == name)
            && !may.contains(&krate)
        {
            refuse(name, format!("{name} belongs to {} alone", may.join(", ")));
        }
    }
    if PURE.contains(&krate) {
        for name in &direct {
            if let Some(path) = reach(graph, name) {
                refuse(
                    name,
                    format!(
                        "{krate} is pure, and this reaches a database or the network: {}",
                        path.join(" → ")
                    ),
                );
            }
        }
    }
    findings
}

/// The shortest way from a package to something impure.
fn reach(graph: &Graph, from: &str) -> Option<Vec<String>> {
    let mut queue = std::collections::VecDeque::from([vec![from.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(path) = queue.pop_front() {
        let last = path.last()?;
        if IMPURE.contains(&last.as_str()) {
            return Some(path);
        }
        for next in graph.get(last).into_iter().flatten().filter(|next| seen.insert((*next).clone())) {
            queue.push_back(path.iter().chain([next]).cloned().collect());
        }
    }
    None
}

/// What every manifest says alike.
fn shape(krate: &str, file: &File) -> Vec<Finding> {
    let error = |line: usize, why: String| Finding::error(&file.path, line, "manifest", why);
    let manifest = match file.text.parse::<toml::Table>() {
        Ok(manifest) => manifest,
        Err(problem) => return vec![error(1, problem.message().to_owned())],
    };
    let mut findings = Vec::new();
    let inherits =
        |value: Option<&toml::Value>| value.and_then(|v| v.get("workspace")?.as_bool()) == Some(true);
    if !inherits(manifest.get("lints")) {
        findings.push(error(1, "[lints] workspace = true: every crate has the same lints".into()));
    }
    let package = manifest.get("package");
    for key in ["version", "edition", "rust-version", "license", "publish"] {
        if !inherits(package.and_then(|package| package.get(key))) {
            findings
                .push(error(1, format!("{key}.workspace = true: it is said once, in the root's manifest")));
        }
    }
    if package.and_then(|package| package.get("name")?.as_str()) != Some(krate) {
        findings.push(error(1, "a crate has the name of its folder".into()));
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let dependencies = manifest.get(section).and_then(toml::Value::as_table);
        for (name, value) in dependencies.into_iter().flatten() {
            let own = ARROWS.iter().any(|(krate, _)| krate == name);
            if !inherits(Some(value)) {
                let why =
                    format!("{name}: versions are fixed in the root's manifest; write workspace = true");
                findings.push(error(line_of(&file.text, name), why));
            } else if value.get("features").is_some() && !own {
                let why =
                    format!("{name}: features are fixed in the root's manifest, or it is compiled twice");
                findings.push(error(line_of(&file.text, name), why));
            }
        }
    }
    findings
}

/// The line of the manifest that names a dependency.
fn line_of(manifest: &str, name: &str) -> usize {
    let names = |line: &str| {
        line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    manifest.lines().position(names).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[package]\nname = \"NAME\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
        license.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n[dependencies]\n";

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        edges.iter().map(|(name, needs)| ((*name).to_owned(), set(needs))).collect()
    }

    fn found(krate: &str, dependencies: &str, edges: &[(&str, &[&str])]) -> Vec<(&'static str, usize)> {
        let text = format!("{}{dependencies}", HEAD.replace("NAME", krate));
        let file = File { path: format!("crates/{krate}/Cargo.toml"), text };
        check(&[file], &graph(edges)).into_iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    #[test]
    fn arrows_point_downward() {
        assert_eq!(found("store", "base.workspace = true\n", &[("store", &["base"])]), []);
        assert_eq!(
            found(
                "store",
                "base.workspace = true\noffice.workspace = true\n",
                &[("store", &["base", "office"])]
            ),
            [(RULE, 12)]
        );
        assert_eq!(found("keys", "ledger.workspace = true\n", &[("keys", &["ledger"])]), [(RULE, 11)]);
        assert_eq!(found("attic", "", &[]), [(RULE, 1)]);
    }

    #[test]
    fn pure_crates_reach_no_network_through_another_either() {
        assert_eq!(found("keys", "tokio.workspace = true\n", &[("keys", &["tokio"])]), [(RULE, 11)]);
        let through: &[(&str, &[&str])] =
            &[("keys", &["handy"]), ("handy", &["deep"]), ("deep", &["mio"]), ("mio", &[])];
        assert_eq!(found("keys", "handy.workspace = true\n", through), [(RULE, 11)]);
        assert_eq!(found("store", "tokio.workspace = true\n", &[("store", &["tokio"])]), []);
        // A circle, as dependencies for tests can make one, ends.
        let circle: &[(&str, &[&str])] = &[("keys", &["a"]), ("a", &["b"]), ("b", &["a"])];
        assert_eq!(found("keys", "a.workspace = true\n", circle), []);
    }

    #[test]
    fn what_opens_connections_belongs_to_outbound() {
        assert_eq!(found("office", "lettre.workspace = true\n", &[("office", &["lettre"])]), [(RULE, 11)]);
        assert_eq!(found("outbound", "lettre.workspace = true\n", &[("outbound", &["lettre"])]), []);
        assert_eq!(found("web", "sea-orm.workspace = true\n", &[("web", &["sea-orm"])]), [(RULE, 11)]);
    }

    #[test]
    fn versions_features_and_lints_are_said_once() {
        assert_eq!(found("store", "serde = \"1\"\n", &[]), [("manifest", 11)]);
        assert_eq!(
            found("store", "serde = { workspace = true, features = [\"rc\"] }\n", &[]),
            [("manifest", 11)]
        );
        assert_eq!(found("office", "store = { workspace = true, features = [\"testing\"] }\n", &[]), []);
        let bare =
            File { path: "crates/store/Cargo.toml".into(), text: "[package]\nname = \"shop\"\n".into() };
        assert_eq!(check(&[bare], &Graph::new()).len(), 7);
    }
}
