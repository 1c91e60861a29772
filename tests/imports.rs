//! What the sources of a crate define and import, read as text: enough for the rules of
//! `architecture.rs`, which a compiler does not hold.

use crate::sandbox::project;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From each module to those that it imports.
pub(crate) type Graph = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

/// The imports between the modules of a crate: from each file's module to the modules it names. A
/// folder's own list of its children (`mod`, `pub use`) is not an import.
pub(crate) fn imports_of(name: &str) -> Graph {
    let sources = sources(name);
    let modules: BTreeSet<Vec<String>> = sources.iter().map(|(_, module)| module.clone()).collect();
    let mut graph = BTreeMap::new();
    for (path, module) in &sources {
        let text = std::fs::read_to_string(path).unwrap();
        let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
        for absolute in absolute_paths(own(&text), module) {
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

/// A file's text without the unit tests at its foot.
pub(crate) fn own(text: &str) -> &str {
    let is_tests = |at: &usize| {
        let next = text[*at..].lines().nth(2).unwrap_or_default();
        next.contains("mod ") && next.ends_with('{')
    };
    let end = text.match_indices("\n#[cfg(test)]\n").map(|(at, _)| at).find(is_tests);
    &text[..end.unwrap_or(text.len())]
}

/// The paths of a module's code, from the root of its crate.
pub(crate) fn absolute_paths(code: &str, module: &[String]) -> Vec<Vec<String>> {
    paths_in(code).iter().filter_map(|path| absolute(path, module)).collect()
}

/// What a folder's own file defines by use of a child, with the child or what it takes from there.
/// An implementation belongs to the definition of its type.
pub(crate) fn knotted(text: &str) -> BTreeMap<String, String> {
    let code = without_comments(text);
    let children: Vec<&str> = code
        .lines()
        .filter_map(|line| unrestricted(line).strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let taken = taken_from(&code, &children);

    let mut found = BTreeMap::new();
    let mut item = None;
    for line in code.lines() {
        match begun(line) {
            Begun::Item(name) => item = name,
            Begun::List => item = None,
            Begun::Nothing => {}
        }
        let Some(name) = &item else { continue };
        let used = words(line).find(|word| taken.contains(word) && word != name);
        if let Some(used) = used {
            found.entry(name.clone()).or_insert(used);
        }
    }
    found
}

/// The names that a file takes from its children by `use`, and the children's own.
fn taken_from(code: &str, children: &[&str]) -> BTreeSet<String> {
    let mut taken: BTreeSet<String> = children.iter().map(|child| format!("{child}::")).collect();
    for statement in code.split(';') {
        let Some(start) = statement.rfind("use ") else { continue };
        let path = statement[start + 4..].trim_start_matches("self::");
        if children.iter().any(|child| path.starts_with(&format!("{child}::"))) {
            let names = words(path.split_once("::").map_or("", |(_, names)| names));
            taken.extend(names.filter(|name| name != "self" && name != "as"));
        }
    }
    taken
}

/// What a line of code begins.
enum Begun {
    /// An item of this name, or an implementation for the type.
    Item(Option<String>),
    /// A list of imports or a child module.
    List,
    /// Nothing: it belongs to what began before.
    Nothing,
}

fn begun(line: &str) -> Begun {
    let rest = unrestricted(line);
    let rest = rest.strip_prefix("unsafe ").or(rest.strip_prefix("async ")).unwrap_or(rest);
    if rest.starts_with("use ") || rest.starts_with("mod ") {
        return Begun::List;
    }
    if let Some(of) = rest.strip_prefix("impl") {
        let of = of.rsplit_once(" for ").map_or(of, |(_, of)| of);
        // `impl<'a> Name<'a>`: the parameters of the implementation come first.
        let of =
            if of.starts_with('<') { of.split_once("> ").map_or(of, |(_, of)| of) } else { of };
        return Begun::Item(words(of).next());
    }
    ["struct ", "enum ", "trait ", "const fn ", "fn ", "const ", "static ", "type "]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))
        .map_or(Begun::Nothing, |named| Begun::Item(words(named).next()))
}

/// A line without `pub` and `pub(…)`.
fn unrestricted(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    rest.strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .map_or(rest, |(_, rest)| rest)
        .trim_start()
}

/// The words of a text; where `::` follows, also with it, as a path begins.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_part)?;
        at = text[start..].find(|c| !is_part(c)).map_or(text.len(), |len| start + len);
        let path = text[at..].starts_with("::").then(|| format!("{}::", &text[start..at]));
        Some([Some(text[start..at].to_owned()), path])
    })
    .flatten()
    .flatten()
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Paths that begin with `crate` or `super` in the code, comments aside; braces are spread.
fn paths_in(text: &str) -> Vec<Vec<String>> {
    let code = without_comments(text);
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
pub(crate) fn sources(name: &str) -> Vec<(PathBuf, Vec<String>)> {
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
