//! Every key of a space file, by section: one spelling each.

/// A section of the file and its keys.
pub(super) struct Section {
    /// Its name as a person writes it.
    pub(super) header: &'static str,
    /// Its keys in the order of the documentation.
    pub(super) keys: &'static [&'static str],
}

pub(super) const STUDY: Section = Section { header: "[study]", keys: &["name", "seed", "metric", "direction"] };
pub(super) const DATA: Section =
    Section { header: "[data]", keys: &["path", "target", "task", "drop", "kinds", "test_fraction"] };
pub(super) const CV: Section =
    Section { header: "[cv]", keys: &["folds", "repeats", "stratified", "group", "order", "seed"] };
pub(super) const SEARCH: Section =
    Section { header: "[search]", keys: &["method", "trials", "parallel", "startup", "knowledge"] };
pub(super) const CONSTRAINT: Section = Section { header: "[[constraints]]", keys: &["expr", "reason"] };
pub(super) const TRIAL: Section =
    Section { header: "[trial]", keys: &["max_seconds", "max_memory_mb", "max_output_mb", "max_multiply_adds"] };
pub(super) const STOP: Section = Section { header: "[stop]", keys: &["target", "patience", "max_seconds"] };
pub(super) const OBJECTIVE: Section = Section { header: "[objective]", keys: &["command"] };
pub(super) const RUN: Section = Section { header: "[run]", keys: &["workers", "progress"] };
/// The top level: all sections.
pub(super) const FILE: Section = Section {
    header: "the file",
    keys: &["study", "data", "cv", "search", "space", "enqueue", "constraints", "trial", "stop", "objective", "run"],
};

pub(super) const RANGE: Section = Section {
    header: "a float or int parameter",
    keys: &[
        "type",
        "low",
        "high",
        "log",
        "step",
        "points",
        "default",
        "when",
        "prior",
        "prior_confidence",
        "dist",
        "mean",
        "sd",
        "alpha",
        "beta",
    ],
};
pub(super) const LIST: Section = Section {
    header: "an ordinal or categorical parameter",
    keys: &["type", "values", "default", "when", "prior", "prior_confidence"],
};
