//! `[space]`: one entry is one hyperparameter, a scalar for a fixed value or a table for a domain.

use super::advice::nearest;
use super::foreign_type::foreign_type;
use super::keys::{LIST, RANGE};
use super::reader::{Bounds, Notes, Reader, scalar};
use super::spans::Spot;
use super::tree::{Entry, Item, Node, key};
use crate::report::{Fault, quoted};
use std::collections::BTreeSet;
use tuner::space::{Condition, Confidence, Distribution, Domain, Parameter, Prior, Scale, Value};

/// The greatest number of parameters; more is a mistake.
const MOST_PARAMETERS: usize = 100_000;
const LONGEST_NAME: usize = 200;

/// Reads all parameters in the order of the file; `None` for one that cannot be read.
pub(super) fn parameters(node: Option<&Node>, notes: &mut Notes) -> Option<Vec<Option<Parameter>>> {
    let Some(node) = node else {
        // A misspelt section has its own fault.
        if !notes.spans.holds(&["space"]) {
            let fault =
                notes.error_at(&["space"], "the file has no [space]: there is nothing to search");
            notes.push(fault.hint(EXAMPLE));
        }
        return None;
    };

    let Item::Table(entries) = &node.item else {
        notes.mismatch("space", node, "a table of parameters");
        return None;
    };

    if entries.len() > MOST_PARAMETERS {
        notes.fault(
            &node.span,
            format!("[space] has {} parameters, at most {MOST_PARAMETERS} are read", entries.len()),
        );
        return None;
    }

    Some(entries.iter().map(|entry| parameter(entry, notes)).collect())
}

/// Names of the parameters that have a list among their values.
pub(super) fn lists(node: &Node) -> BTreeSet<String> {
    let has_list = |entry: &&Entry| {
        let Item::Table(keys) = &entry.node.item else { return false };
        let values = keys.iter().find(|key| key.key == "values").map(|key| &key.node.item);
        let Some(Item::List(values)) = values else { return false };
        values.iter().any(|value| matches!(value.item, Item::List(_)))
    };
    let Item::Table(entries) = &node.item else { return BTreeSet::new() };
    entries.iter().filter(has_list).map(|entry| entry.key.clone()).collect()
}

const EXAMPLE: &str =
    "[space]  learning_rate = { type = \"float\", low = 1e-4, high = 1.0, log = true }";

fn parameter(entry: &Entry, notes: &mut Notes) -> Option<Parameter> {
    notes.spans.insert(&["space"], entry);
    if entry.key.is_empty()
        || entry.key.len() > LONGEST_NAME
        || entry.key.chars().any(char::is_control)
    {
        let message = format!("{} cannot name a parameter", quoted(&entry.key));
        let hint = format!("1 to {LONGEST_NAME} bytes, without control characters");
        notes.fault(&entry.key_span, message).hints.push(hint);
        return None;
    }
    match &entry.node.item {
        Item::Table(keys) => table(entry, keys, notes),
        Item::List(values) => {
            let fault = list_fault(entry, values, notes);
            notes.push(fault);
            None
        }
        item => match scalar(item) {
            Some(value) => Some(Parameter::new(&entry.key, Domain::Fixed(value))),
            None => {
                notes.mismatch(
                    &entry.key,
                    &entry.node,
                    "a fixed value or a table such as { type = \"float\", … }",
                );
                None
            }
        },
    }
}

/// A plain list: shows the form that it should have.
fn list_fault(entry: &Entry, values: &[Node], notes: &Notes) -> Fault {
    let is_numeric = values.iter().all(|value| matches!(value.item, Item::Int(_) | Item::Float(_)));
    let name = if is_numeric { "ordinal" } else { "categorical" };
    let written = &notes.source.text[entry.node.span.clone()];
    let written = if written.len() <= 60 && !written.contains('\n') { written } else { "[…]" };
    Fault::error(format!("{}: expected a fixed value or a table, found a list", quoted(&entry.key)))
        .at(&notes.source, entry.node.span.clone())
        .hint(format!("{} = {{ type = \"{name}\", values = {written} }}", key(&entry.key)))
}

/// The types of a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Float,
    Int,
    Ordinal,
    Categorical,
}

const TYPES: [(&str, Type); 4] = [
    ("float", Type::Float),
    ("int", Type::Int),
    ("ordinal", Type::Ordinal),
    ("categorical", Type::Categorical),
];

fn table(entry: &Entry, keys: &[Entry], notes: &mut Notes) -> Option<Parameter> {
    let kind = kind(entry, keys, notes)?;
    let section = if matches!(kind, Type::Float | Type::Int) { &RANGE } else { &LIST };
    let before = notes.faults.len();

    let mut reader = Reader::open(section, &["space", &entry.key], &entry.node, notes);
    let domain = match kind {
        Type::Float => float(&mut reader, &entry.key),
        Type::Int => int(&mut reader, &entry.key),
        Type::Ordinal => values(&mut reader, &entry.key).map(Domain::Ordinal),
        Type::Categorical => values(&mut reader, &entry.key).map(Domain::Categorical),
    };

    let default = value(&mut reader, "default");
    let prior = prior(&mut reader);
    let distribution = distribution(&mut reader);
    let points = reader.count("points", 1..=10_000_000);
    let when = reader
        .node("when")
        .map(|node| conditions(node, &entry.key, reader.notes()))
        .unwrap_or_default();

    // With a fault in any of its keys the parameter is left out, and further checks with it.
    let is_clean = notes.faults.len() == before;
    domain.filter(|_| is_clean).map(|domain| Parameter {
        name: entry.key.clone(),
        domain,
        when,
        default,
        distribution,
        prior,
        points,
    })
}

/// Whether a key of a table without a type is itself a parameter.
fn is_nested(inner: &Entry) -> bool {
    matches!(inner.node.item, Item::Table(_)) && !RANGE.has(&inner.key) && !LIST.has(&inner.key)
}

fn kind(entry: &Entry, keys: &[Entry], notes: &mut Notes) -> Option<Type> {
    let names = "type = \"float\", \"int\", \"ordinal\" or \"categorical\"";
    let Some(found) = keys.iter().find(|key| key.key == "type") else {
        let hint = match keys {
            [only] if only.key == "value" => {
                let value = &notes.source.text[only.node.span.clone()];
                format!("a fixed value stands alone: {} = {value}", key(&entry.key))
            }
            keys if keys.iter().any(|inner| ["min", "max", "low", "high"].contains(&inner.key.as_str())) => {
                "a range: { type = \"float\" or \"int\", low = …, high = … }, with log = true where ratios matter"
                    .to_owned()
            }
            keys if keys.iter().any(is_nested) => {
                let inner = keys.iter().find(|inner| is_nested(inner)).unwrap_or(entry);
                let name = key(&format!("{}.{}", entry.key, inner.key));
                format!("names of parameters do not nest; a name with a point must be in quotation marks: {name} = …")
            }
            keys if keys.iter().any(|inner| inner.key == "values") => "type = \"categorical\" or \"ordinal\"".to_owned(),
            _ => names.to_owned(),
        };
        notes
            .fault(&entry.key_span, format!("{} has no `type`", quoted(&entry.key)))
            .hints
            .push(hint);
        return None;
    };
    let Item::Text(name) = &found.node.item else {
        notes.mismatch("type", &found.node, "\"float\", \"int\", \"ordinal\" or \"categorical\"");
        return None;
    };
    let known = TYPES.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
    if known.is_none() {
        // Names of types in other tools are translated first, then similar spellings are offered.
        let near = nearest(&name.to_lowercase(), &TYPES.map(|(known, _)| known));
        let hint = match (foreign_type(name), near) {
            (Some(here), _) => format!("write {here}"),
            (None, Some(near)) => format!("did you mean \"{near}\"?"),
            (None, None) => names.to_owned(),
        };
        let message = format!("{}: no type is called {}", quoted(&entry.key), quoted(name));
        notes.fault(&found.node.span, message).hints.push(hint);
    }
    known
}

fn float(reader: &mut Reader<'_, '_>, name: &str) -> Option<Domain> {
    let low = reader.number("low", Bounds::Finite);
    let high = reader.number("high", Bounds::Finite);
    let scale = scale(reader);
    let step = reader.number("step", Bounds::Positive);
    require_bounds(reader, name);
    Some(Domain::Float { low: low?, high: high?, scale, step })
}

fn int(reader: &mut Reader<'_, '_>, name: &str) -> Option<Domain> {
    let low = reader.int("low");
    let high = reader.int("high");
    let scale = scale(reader);
    let step = reader.count("step", 1..=1 << 53).unwrap_or(1) as i64;
    require_bounds(reader, name);
    Some(Domain::Int { low: low?, high: high?, scale, step })
}

fn scale(reader: &mut Reader<'_, '_>) -> Scale {
    if reader.flag("log") == Some(true) { Scale::Log } else { Scale::Linear }
}

fn require_bounds(reader: &mut Reader<'_, '_>, name: &str) {
    let missing: Vec<&str> = ["low", "high"].into_iter().filter(|key| reader.lacks(key)).collect();
    if !missing.is_empty() {
        let message = format!("{} has no `{}`", quoted(name), missing.join("` and no `"));
        reader.fault(message).hints.push("a range has low and high, both inclusive".to_owned());
    }
}

fn values(reader: &mut Reader<'_, '_>, name: &str) -> Option<Vec<Value>> {
    const EXPECTED: &str = "a list of numbers, texts, booleans or lists of them";
    if reader.lacks("values") {
        reader
            .fault(format!("{} has no `values`", quoted(name)))
            .hints
            .push("values = [ … ]".to_owned());
    }

    let entry = reader.entry("values")?;
    let Item::List(items) = &entry.node.item else {
        reader.notes().mismatch("values", &entry.node, EXPECTED);
        return None;
    };

    let mut values = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        // Each value has its own place, at which a fault of the engine is shown.
        let spot = Spot { key: entry.key_span.clone(), value: item.span.clone() };
        reader.notes().spans.insert_at(&["space", name, "values"], &index.to_string(), spot);
        match scalar(&item.item) {
            Some(value) => values.push(value),
            None => drop(reader.notes().mismatch("values", item, EXPECTED)),
        }
    }

    (values.len() == items.len()).then_some(values)
}

fn value(reader: &mut Reader<'_, '_>, key: &str) -> Option<Value> {
    let node = reader.node(key)?;
    let value = scalar(&node.item);
    if value.is_none() {
        reader.notes().mismatch(key, node, "a number, a text or a boolean");
    }
    value
}

fn prior(reader: &mut Reader<'_, '_>) -> Option<Prior> {
    let levels =
        [("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)];
    let confidence = reader.choice("prior_confidence", &levels);
    let value = value(reader, "prior");
    // Alone it would be without effect, and nobody would notice.
    if let (None, Some(entry)) = (reader.node("prior"), reader.entry("prior_confidence")) {
        let hint = "prior = 0.05 states where the best value is expected".to_owned();
        reader
            .notes()
            .fault(&entry.key_span, "`prior_confidence` without `prior`")
            .hints
            .push(hint);
    }
    Some(Prior { value: value?, confidence: confidence.unwrap_or(Confidence::Medium) })
}

/// The distributions with their two keys each.
const DISTRIBUTIONS: [(&str, [&str; 2]); 3] =
    [("normal", ["mean", "sd"]), ("lognormal", ["mean", "sd"]), ("beta", ["alpha", "beta"])];

fn distribution(reader: &mut Reader<'_, '_>) -> Option<Distribution> {
    let chosen = reader.choice("dist", &DISTRIBUTIONS.map(|d| (d.0, d)));
    let own = chosen.map_or([""; 2], |(_, keys)| keys);
    for key in ["mean", "sd", "alpha", "beta"] {
        match reader.entry(key) {
            Some(entry)
                if !own.contains(&key) && (chosen.is_some() || reader.node("dist").is_none()) =>
            {
                let owner = if ["mean", "sd"].contains(&key) {
                    "\"normal\" or \"lognormal\""
                } else {
                    "\"beta\""
                };
                reader.notes().fault(&entry.key_span, format!("`{key}` belongs to dist = {owner}"));
            }
            None if own.contains(&key) && reader.lacks(key) => {
                let name = chosen.map_or("", |(name, _)| name);
                reader.fault(format!("dist = \"{name}\" needs `{key}`"));
            }
            _ => {}
        }
    }

    let (name, [first, second]) = chosen?;
    let (a, b) = (reader.number(first, Bounds::Finite), reader.number(second, Bounds::Positive));

    let (a, b) = (a?, b?);
    Some(match name {
        "normal" => Distribution::Normal { mean: a, sd: b },
        "lognormal" => Distribution::LogNormal { mean: a, sd: b },
        _ => Distribution::Beta { alpha: a, beta: b },
    })
}

fn conditions(node: &Node, name: &str, notes: &mut Notes) -> Vec<Condition> {
    const EXPECTED: &str = "a table such as { optimizer = [\"sgd\"] }";
    let Item::Table(entries) = &node.item else {
        notes.mismatch("when", node, EXPECTED);
        return Vec::new();
    };

    let mut conditions = Vec::with_capacity(entries.len());
    for entry in entries {
        notes.spans.insert(&["space", name, "when"], entry);
        let Item::List(items) = &entry.node.item else {
            let written = notes.source.text[entry.node.span.clone()].to_owned();
            let fault = notes.mismatch(&entry.key, &entry.node, "a list of values");
            fault.hints.push(format!("when = {{ {} = [{written}] }}", key(&entry.key)));
            continue;
        };
        // An empty list holds for no value of the parent, and the parameter would never be active.
        let values: Vec<Value> = items.iter().filter_map(|item| scalar(&item.item)).collect();
        if values.is_empty() || values.len() < items.len() {
            notes.mismatch(&entry.key, &entry.node, "a list of numbers, texts or booleans");
        }
        conditions.push(Condition { parent: entry.key.clone(), values });
    }

    conditions
}
