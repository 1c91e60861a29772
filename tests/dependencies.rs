//! What the program is built from: free licences alone, and no crate that nobody calls.
//!
//! `cargo deny` and `cargo machete` look closer (`just audit`); this needs neither them nor a network.

use crate::sandbox::project;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use toml::Table;

const CRATES: [&str; 7] = ["trainer", "tuner", "storage", "experiment", "charts", "report", "cli"];

#[test]
fn all_licences_are_allowed() {
    let deny = read_toml(&project().join(".deny.toml"));
    let allowed: Vec<&str> =
        deny["licenses"]["allow"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tree = Command::new(cargo);
    tree.args([
        "tree",
        "--offline",
        "--locked",
        "--workspace",
        "--edges",
        "all",
        "--prefix",
        "none",
    ]);
    let output = tree.args(["--format", "{p}|{l}|"]).current_dir(project()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    let licences: BTreeSet<(&str, &str)> =
        listed.lines().filter_map(|line| line.split_once('|')).collect();
    assert!(licences.len() > 100, "{listed}");
    for (package, licence) in licences {
        let licence = licence.split('|').next().unwrap();
        assert!(is_allowed(licence, &allowed), "{package} has the licence `{licence}`");
    }
}

/// Whether an SPDX expression leaves a choice that is allowed; older crates write a slash for `OR`. Parentheses are met
/// around alternatives alone.
fn is_allowed(licence: &str, allowed: &[&str]) -> bool {
    let plain = licence.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|name| allowed.contains(&name.trim())))
}

#[test]
fn a_licence_is_allowed_by_one_alternative_of_each_part() {
    for licence in ["MIT", "GPL-3.0 OR MIT", "Unlicense/MIT", "(MIT OR Apache-2.0) AND Zlib"] {
        assert!(is_allowed(licence, &["MIT", "Zlib"]), "{licence}");
    }
    for licence in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT-0"] {
        assert!(!is_allowed(licence, &["MIT", "Zlib"]), "{licence}");
    }
}

#[test]
fn the_licences_of_all_that_the_binary_is_made_of_are_printed() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tree = Command::new(cargo);
    tree.args(["tree", "--offline", "--locked", "--package", "cli", "--edges", "normal"]);
    let output = tree.args(["--prefix", "none", "--format", "{p}"]).current_dir(project()).output();
    let listed = String::from_utf8(output.unwrap().stdout).unwrap();
    let said = crate::sandbox::Sandbox::new().tune_ok(&["--licenses"]).stdout;
    let strangers = listed.lines().filter(|line| !line.contains("crates/"));
    let mut n = 0;
    for package in strangers {
        let name = package.trim_end_matches(" (*)").trim_end_matches(" (proc-macro)");
        let row = format!("| {} |", name.replacen(" v", " ", 1));
        assert!(said.contains(&row), "`{name}` is not in THIRD-PARTY.md: `just licenses`");
        n += 1;
    }
    assert!(n > 50 && said.contains("Permission is hereby granted"), "{n}");
}

#[test]
fn every_dependency_that_is_declared_is_called() {
    let declared_for_all = read_toml(&project().join("Cargo.toml"));
    let mut unused: BTreeSet<&str> = declared_for_all["workspace"]["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for name in CRATES {
        let folder = project().join("crates").join(name);
        let manifest = read_toml(&folder.join("Cargo.toml"));
        let own = text_of(&folder.join("src"));
        let tests = [text_of(&folder.join("tests")), text_of(&folder.join("benches"))].concat();
        let tests = if name == "cli" { tests + &text_of(&project().join("tests")) } else { tests };
        for (dependency, kind) in dependencies(&manifest) {
            let is_called = calls(&own, &dependency)
                || kind == "dev-dependencies" && calls(&tests, &dependency);
            assert!(is_called, "{name} declares {dependency} in [{kind}] and does not call it");
            unused.remove(dependency.as_str());
        }
    }
    assert!(unused.is_empty(), "no crate declares {unused:?}");
}

/// The names of a crate's dependencies with the tables they stand in.
fn dependencies(manifest: &Table) -> Vec<(String, &'static str)> {
    let targets = manifest.get("target").and_then(|t| t.as_table()).into_iter().flatten();
    let tables = targets.filter_map(|(_, table)| table.as_table()).chain([manifest]);
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let named = tables
        .flat_map(|table| kinds.map(|kind| (table.get(kind).and_then(|d| d.as_table()), kind)));
    named
        .flat_map(|(found, kind)| {
            found.into_iter().flat_map(move |d| d.keys().map(move |n| (n.clone(), kind)))
        })
        .collect()
}

/// Whether a path in the sources begins with the crate.
fn calls(sources: &str, name: &str) -> bool {
    let path = format!("{}::", name.replace('-', "_"));
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    sources.match_indices(&path).any(|(at, _)| !sources[..at].ends_with(is_word))
}

/// All Rust sources below a folder, comment lines aside; empty if there is no such folder.
fn text_of(folder: &Path) -> String {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return String::new();
    };
    let mut text = String::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&text_of(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            text.extend(
                source
                    .lines()
                    .filter(|l| !l.trim_start().starts_with("//"))
                    .flat_map(|l| [l, "\n"]),
            );
        }
    }
    text
}

fn read_toml(path: &Path) -> Table {
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}
