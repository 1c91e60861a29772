//! Checks across sections.

use super::data::{CvSection, DataSection};
use super::reader::Notes;
use super::study::{SearchSection, StudySection};
use crate::report::{in_words, quoted};
use trainer::data::Task;
use trainer::{NamedChoice, metrics};
use tuner::trial::Direction;

/// The evaluator of a study's trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluator {
    /// The built-in trainer.
    Trainer,
    /// A foreign program.
    Command,
    /// The caller of ask and tell.
    Asker,
}

/// The sections that depend on one another.
pub(super) struct Parts<'a> {
    pub(super) study: &'a StudySection,
    pub(super) data: Option<&'a DataSection>,
    pub(super) cv: &'a CvSection,
    pub(super) search: &'a SearchSection,
    /// Whether `[search]` is written under another tool's name, which has its own fault.
    pub(super) is_search_elsewhere: bool,
    pub(super) evaluator: Evaluator,
}

/// Returns the evaluator of a file with or without `[data]` and `[objective]`.
pub(super) fn evaluator(has_data: bool, has_objective: bool) -> Evaluator {
    match (has_objective, has_data) {
        (true, _) => Evaluator::Command,
        (false, true) => Evaluator::Trainer,
        (false, false) => Evaluator::Asker,
    }
}

pub(super) fn check(parts: &Parts<'_>, notes: &mut Notes) {
    check_study(parts, notes);
    check_cv(parts, notes);
    let lacks_trials = !parts.is_search_elsewhere && !notes.spans.holds(&["search", "trials"]);
    if !parts.search.method.is_exhaustive() && lacks_trials {
        let fault = notes.error_at(&["search"], "`trials` is missing: only a grid implies it");
        notes.push(fault.hint("[search]  trials = 50"));
    }
    check_trial(parts, notes);
    if parts.evaluator == Evaluator::Trainer && parts.data.is_some_and(|data| data.id.is_some()) {
        let fault = notes.error_at(&["data", "id"], "`id` is for programs of your own");
        notes.push(fault.hint("a table that the built-in trainer reads is identified by its hash"));
    }
}

fn check_trial(parts: &Parts<'_>, notes: &mut Notes) {
    const NOTHING_RUNS: &str =
        "limits need [data] or [objective]: without them `tune` runs nothing";
    const COMMANDS: [(&str, &str); 2] = [
        (
            "max_memory_mb",
            "`max_memory_mb` limits commands; the built-in trainer holds the table once for all trials",
        ),
        ("max_output_mb", "`max_output_mb` limits commands; the built-in trainer prints nothing"),
    ];

    let (evaluator, path) = (parts.evaluator, |key| ["trial", key]);
    for (key, message) in COMMANDS {
        if evaluator == Evaluator::Trainer && notes.spans.holds(&path(key)) {
            note(notes, &path(key), message);
        }
    }

    if evaluator == Evaluator::Command
        && cfg!(not(target_os = "linux"))
        && notes.spans.holds(&path("max_memory_mb"))
    {
        note(
            notes,
            &path("max_memory_mb"),
            "the memory of other programs can be read, and so limited, on Linux alone",
        );
    }

    if evaluator != Evaluator::Trainer && notes.spans.holds(&path("max_multiply_adds")) {
        let message = "`max_multiply_adds` needs the built-in trainer, which can plan them";
        note(notes, &path("max_multiply_adds"), message);
    }

    for key in ["max_seconds", "max_memory_mb", "max_output_mb"] {
        if evaluator == Evaluator::Asker && notes.spans.holds(&path(key)) {
            note(notes, &path(key), NOTHING_RUNS);
        }
    }
}

fn check_study(parts: &Parts<'_>, notes: &mut Notes) {
    if parts.evaluator != Evaluator::Trainer {
        return;
    }

    if parts.study.direction == Direction::Maximize {
        note(
            notes,
            &["study", "direction"],
            "each metric of the built-in trainer has its own direction: `loss` is 1 minus what is maximised",
        );
    }

    let Some(metric) = &parts.study.metric else {
        return;
    };
    // Without a stated task the table decides, so metrics of both are possible.
    let tasks = match parts.data.and_then(|data| data.task) {
        Some(task) => vec![task],
        None => vec![Task::Classification, Task::Regression],
    };

    let known: Vec<&str> =
        tasks.iter().flat_map(|task| metrics(*task)).map(|metric| metric.name()).collect();
    if !known.contains(&metric.as_str()) {
        let expected = in_words(known.iter().map(|name| format!("\"{name}\"")));
        let message = format!("`metric`: expected {expected}, found {}", quoted(metric));
        let fault = notes.error_at(&["study", "metric"], message);
        let fault = match metric_here(metric) {
            Some(hint) => fault.hint(hint),
            None => fault,
        };
        notes.push(fault);
    }
}

/// The equivalent here of another program's metric.
fn metric_here(name: &str) -> Option<&'static str> {
    let plain = name.to_lowercase().replace(['-', ' '], "_");
    match plain.as_str() {
        "accuracy" | "acc" | "val_accuracy" | "error" | "zero_one_loss" => {
            Some("\"error_rate\" is 1 minus the accuracy")
        }
        "log_loss" | "logloss" | "nll" | "neg_log_loss" | "crossentropy" | "val_loss" | "loss"
        | "ce" => Some("\"cross_entropy\" is the mean negative log-likelihood"),
        "mean_squared_error" | "l2" | "neg_mean_squared_error" => Some("\"mse\""),
        "root_mean_squared_error" | "neg_root_mean_squared_error" => Some("\"rmse\""),
        "r_squared" | "r2_score" | "rsquared" => Some("\"r2\""),
        "mean_absolute_percentage_error" => Some("\"mape\""),
        "mean_absolute_error" | "l1" | "neg_mean_absolute_error" => Some("\"mae\""),
        "auc" | "rocauc" | "auroc" | "roc_auc_ovr" | "roc_auc_score" => Some("\"roc_auc\""),
        "pr_auc" | "prauc" | "auprc" | "ap" | "auc_pr" | "average_precision_score" => {
            Some("\"average_precision\"")
        }
        "f1_score" | "f1_macro" | "fscore" => {
            Some("\"f1\": of the second of two classes, of more the mean")
        }
        "balanced_accuracy_score" | "bacc" => Some("\"balanced_accuracy\""),
        "matthews_corrcoef" | "matthews" => Some("\"mcc\""),
        _ => None,
    }
}

fn check_cv(parts: &Parts<'_>, notes: &mut Notes) {
    let cv = parts.cv;
    for key in ["stratified", "group", "order", "gap"] {
        if !notes.spans.holds(&["cv", key]) {
            continue;
        }
        match parts.evaluator {
            Evaluator::Trainer => {}
            Evaluator::Command => {
                note(
                    notes,
                    &["cv", key],
                    format!(
                        "`{key}` splits rows for the built-in trainer: a command splits its own"
                    ),
                );
            }
            Evaluator::Asker => {
                note(
                    notes,
                    &["cv", key],
                    format!("`{key}` needs [data]: without it there are no rows to split"),
                );
            }
        }
    }
    if parts.evaluator == Evaluator::Command && notes.spans.holds(&["data", "test_fraction"]) {
        let message = "`test_fraction` holds rows back from the built-in trainer: a command reads the table itself";
        note(notes, &["data", "test_fraction"], message);
    }
    if parts.evaluator == Evaluator::Asker && cv.file.is_some() {
        note(notes, &["cv", "file"], "`file` has no effect without [data] or a command");
    }
    if cv.order.is_some() && cv.file.is_some() {
        let message =
            "`file` and `order` exclude each other: a list cannot say which rows come earlier";
        note(notes, &["cv", "file"], message);
    }
    if cv.stratified == Some(true) && cv.order.is_some() {
        note(notes, &["cv", "stratified"], "`stratified` and `order` exclude each other");
    }
    if cv.gap > 0 && cv.order.is_none() {
        note(notes, &["cv", "gap"], "`gap` needs `order`: it lies between rows in time");
    }
    if cv.stratified == Some(true)
        && parts.data.is_some_and(|data| data.task == Some(Task::Regression))
    {
        note(
            notes,
            &["cv", "stratified"],
            "only classes can be stratified, and the task is regression",
        );
    }
    if cv.order.is_some() && cv.repeats > 1 {
        note(
            notes,
            &["cv", "repeats"],
            "rows in time have one order: `repeats` must be 1 with `order`",
        );
    }
}

fn note(notes: &mut Notes, path: &[&str], message: impl std::fmt::Display) {
    let fault = notes.error_at(path, message);
    notes.push(fault);
}
