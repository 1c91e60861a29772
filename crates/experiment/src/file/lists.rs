//! `[[enqueue]]` and `[[constraints]]`: trials to start with, and conditions on all trials.

use super::keys::CONSTRAINT;
use super::reader::{Notes, Reader, scalar};
use super::tree::{Item, Node};
use tuner::space::Value;

/// Values of one enqueued trial by name, as written.
pub(super) type Given = Vec<(String, Value)>;

/// Reads the values of each enqueued trial; missing ones are completed later.
pub(super) fn enqueue(node: &Node, notes: &mut Notes) -> Vec<Given> {
    let mut enqueued = Vec::new();
    for (index, item) in items(node, "enqueue", "learning_rate = 0.1", notes).iter().enumerate() {
        let Item::Table(entries) = &item.item else {
            notes.mismatch("enqueue", item, "a table of values");
            continue;
        };
        let mut given = Given::with_capacity(entries.len());
        for entry in entries {
            notes.spans.insert(&["enqueue", &index.to_string()], entry);
            match scalar(&entry.node.item) {
                Some(value) => given.push((entry.key.clone(), value)),
                None => {
                    notes.mismatch(&entry.key, &entry.node, "a number, a text or a boolean");
                }
            }
        }
        enqueued.push(given);
    }

    enqueued
}

/// Reads expressions with their reasons.
pub(super) fn constraints(node: &Node, notes: &mut Notes) -> Vec<(String, String)> {
    let mut constraints = Vec::new();
    for (index, item) in
        items(node, "constraints", "expr = \"depth * width <= 512\"", notes).iter().enumerate()
    {
        let position = index.to_string();
        let mut reader = Reader::open(&CONSTRAINT, &["constraints", &position], item, notes);
        let expression = reader.text("expr");
        let reason = reader.text("reason").unwrap_or_default();
        if reader.lacks("expr") {
            reader
                .fault("a constraint needs `expr`")
                .hints
                .push("expr = \"depth * width <= 512\"".to_owned());
        }
        constraints.extend(expression.map(|expression| (expression, reason)));
    }
    constraints
}

/// The items of an array of tables, each recorded under its index.
fn items<'a>(node: &'a Node, name: &str, example: &str, notes: &mut Notes) -> &'a [Node] {
    let Item::List(items) = &node.item else {
        let message = format!("{name} is a list: each item belongs under its own [[{name}]]");
        notes.fault(&node.span, message).hints.push(format!("[[{name}]]  {example}"));
        return &[];
    };
    for (index, item) in items.iter().enumerate() {
        let spot = super::spans::Spot { key: item.span.clone(), value: item.span.clone() };
        notes.spans.insert_at(&[name], &index.to_string(), spot);
    }
    items
}
