//! The house rules that a compiler does not hold: layers, circles and sizes.

use crate::imports::{Graph, absolute_paths, imports_of, knotted, own, sources};
use crate::sandbox::project;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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

/// A folder's `mod.rs` may define what its children share, and list what they define; a definition
/// that does both at once makes a circle that the graph of modules does not show.
#[test]
fn children_use_no_definition_of_their_folder_that_uses_children() {
    for (name, _) in CRATES {
        let found = knots(&sources(name));
        assert!(found.is_empty(), "crate {name}:\n{}", found.join("\n"));
    }
}

#[test]
fn a_knot_of_folder_and_child_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let parent = |body: &str| write("mod.rs", &format!("mod leaf;\n\nuse leaf::Leaf;\n\n{body}"));
    let module = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
    let leaf = write("leaf.rs", "use super::Tree;\n\nstruct Leaf;\n\nfn of(tree: &Tree) {}\n");

    let tree = parent("struct Tree {\n    leaves: Vec<Leaf>,\n}\n");
    let knotted = [(tree, module(&["tree"])), (leaf, module(&["tree", "leaf"]))];
    assert_eq!(knots(&knotted), ["tree::leaf uses Tree, whose definition uses Leaf"]);

    parent("struct Tree;\n\nimpl Tree {\n    fn leaf() -> Leaf {}\n}\n");
    assert_eq!(knots(&knotted).len(), 1, "an implementation is part of the definition");

    parent("struct Tree;\n\nfn first() -> Leaf {}\n");
    assert!(knots(&knotted).is_empty(), "what a child uses is free of children");
}

/// The children that use what their folder's own file defines from a child, as sentences.
fn knots(sources: &[(PathBuf, Vec<String>)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, folder) in sources {
        if path.file_name().is_none_or(|file| file != "mod.rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let knotted = knotted(own(&text));
        for (path, module) in sources {
            if module.len() != folder.len() + 1 || !module.starts_with(folder) {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            for import in absolute_paths(own(&text), module) {
                let [.., item] = import.as_slice() else { continue };
                if import.len() == folder.len() + 1
                    && import.starts_with(folder)
                    && let Some(child) = knotted.get(item)
                {
                    let module = module.join("::");
                    found.push(format!("{module} uses {item}, whose definition uses {child}"));
                }
            }
        }
    }
    found
}

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
            let own = own(&text).lines().count();
            assert!(
                own <= MAX_LINES,
                "{} has {own} lines of its own, above {MAX_LINES}",
                path.display()
            );
        }
    }
}
