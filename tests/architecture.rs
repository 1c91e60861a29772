//! The house rules that a compiler does not hold: layers, circles and sizes.

use crate::sandbox::project;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Layers from the ground up: a module imports from lower layers, and from its own module, alone.
const TUNER: &[&[&str]] = &[
    &["cast", "error", "seed", "stats", "tuning"],
    &["space"],
    &["trial", "prior"],
    &["view"],
    &["gp"],
    &["search", "race", "rank", "store"],
    &["analysis"],
    &["study"],
    &["overview"],
];

const CRATES: &[(&str, &[&str])] = &[
    ("trainer", &[]),
    ("tuner", &[]),
    ("storage", &["tuner"]),
    ("experiment", &["storage", "trainer", "tuner"]),
    ("charts", &[]),
    ("report", &["charts", "tuner"]),
    ("cli", &["experiment", "report"]),
    ("python", &["experiment", "report"]),
];

const MAX_LINES: usize = 500;

#[test]
fn crates_depend_on_one_another_as_drawn() {
    for (name, allowed) in CRATES {
        let manifest =
            std::fs::read_to_string(project().join("crates").join(name).join("Cargo.toml"))
                .unwrap();
        let dependencies =
            manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let found: BTreeSet<&str> = CRATES
            .iter()
            .map(|(c, _)| *c)
            // `python` is no member of the workspace: it names paths.
            .filter(|c| {
                dependencies.contains(&format!("\n{c}.workspace"))
                    || dependencies.contains(&format!("\n{c} = {{ path"))
            })
            .collect();
        assert_eq!(found, allowed.iter().copied().collect(), "crate {name}");
    }
}

#[test]
fn the_tuner_imports_downwards() {
    let layer = |module: &str| TUNER.iter().position(|names| names.contains(&module));
    for (module, imports) in imports_of("tuner") {
        let Some(top) = module.first().cloned() else {
            continue;
        };
        let own = layer(&top).unwrap_or_else(|| panic!("module {top} is in no layer"));
        for import in imports {
            let Some(other) = import.first().filter(|o| **o != top) else {
                continue;
            };
            let Some(level) = layer(other) else { continue };
            assert!(
                level < own,
                "{} imports {}, which is not below it",
                module.join("::"),
                import.join("::")
            );
        }
    }
}

#[test]
fn modules_form_no_circles() {
    for (name, _) in CRATES {
        let graph = imports_of(name);
        for start in graph.keys() {
            let circle = way(&graph, start, start);
            assert!(
                circle.is_none(),
                "{name}: {} → {}",
                start.join("::"),
                circle.unwrap_or_default()
            );
        }
    }
}

type Graph = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

/// A way along imports, as text; none if there is none.
fn way(graph: &Graph, from: &Vec<String>, to: &Vec<String>) -> Option<String> {
    let mut came_from: BTreeMap<&Vec<String>, &Vec<String>> = BTreeMap::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for next in graph.get(module).into_iter().flatten() {
            if came_from.contains_key(next) {
                continue;
            }
            came_from.insert(next, module);
            open.push(next);
        }
    }
    let mut steps = vec![to.join("::")];
    let mut at = *came_from.get(to)?;
    while at != from {
        steps.push(at.join("::"));
        at = came_from[at];
    }
    steps.reverse();
    Some(steps.join(" → "))
}

#[test]
fn no_file_is_longer_than_it_can_be_read() {
    for (name, _) in CRATES {
        for (path, _) in sources(name) {
            let text = std::fs::read_to_string(&path).unwrap();
            let own = text.split("\n#[cfg(test)]\n").next().unwrap().lines().count();
            assert!(
                own <= MAX_LINES,
                "{} has {own} lines of its own, above {MAX_LINES}",
                path.display()
            );
        }
    }
}

/// The imports between the modules of a crate: from each file's module to the modules it names. A folder's own list of
/// its children (`mod`, `pub use`) is not an import.
fn imports_of(name: &str) -> Graph {
    let sources = sources(name);
    let modules: BTreeSet<Vec<String>> = sources.iter().map(|(_, module)| module.clone()).collect();
    let mut graph = BTreeMap::new();
    for (path, module) in &sources {
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("\n#[cfg(test)]\n").next().unwrap();
        let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
        for path in paths_in(own) {
            let Some(absolute) = absolute(&path, module) else {
                continue;
            };
            let target = (0..=absolute.len())
                .rev()
                .map(|n| absolute[..n].to_vec())
                .find(|m| modules.contains(m));
            found.extend(target.filter(|t| t != module && !t.starts_with(module) && !t.is_empty()));
        }
        // A child that uses its folder's type is no circle with the folder's list.
        found.retain(|target| !module.starts_with(target));
        graph.insert(module.clone(), found);
    }
    graph
}

/// Paths that begin with `crate` or `super` in the code, comments aside; braces are spread.
fn paths_in(text: &str) -> Vec<Vec<String>> {
    let code: String =
        text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let is_inside = code[..at].ends_with("::")
                || code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if !is_inside {
                spread(&code[at..], &mut Vec::new(), &mut found);
            }
        }
    }
    found
}

/// Follows `a::b::{c, d::e}` from its head.
fn spread(code: &str, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let len = code.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(code.len());
    let depth = prefix.len();
    if len > 0 {
        prefix.push(code[..len].to_owned());
    }
    let rest = &code[len..];
    if let Some(inner) = rest.strip_prefix("::{") {
        let mut level = 1;
        let mut item = 0;
        for (at, c) in inner.char_indices() {
            match c {
                '{' => level += 1,
                '}' => level -= 1,
                _ => {}
            }
            if level == 0 || level == 1 && c == ',' {
                spread(inner[item..at].trim_start(), prefix, found);
                item = at + 1;
            }
            if level == 0 {
                break;
            }
        }
    } else if let Some(inner) = rest.strip_prefix("::") {
        spread(inner, prefix, found);
    } else {
        found.push(prefix.clone());
    }
    prefix.truncate(depth);
}

fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut at = match path.first()?.as_str() {
        "crate" => Vec::new(),
        _ => module.split_last()?.1.to_vec(),
    };
    for part in &path[1..] {
        match part.as_str() {
            "super" => drop(at.pop()),
            _ => at.push(part.clone()),
        }
    }
    Some(at)
}

/// The source files of a crate with their module paths.
fn sources(name: &str) -> Vec<(PathBuf, Vec<String>)> {
    let root = project().join("crates").join(name).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.clone(), module_of(path.strip_prefix(&root).unwrap())));
            }
        }
    }
    found.sort();
    found
}

fn module_of(relative: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        relative.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|p| p == "mod" || p == "lib" || p == "main") {
        parts.pop();
    }
    parts
}
