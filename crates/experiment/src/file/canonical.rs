//! A study's identity: everything in its file that can change a result, in one form, independent of
//! order and comments.

use super::data::{CvSection, DataSection};
use super::epochs::EpochsKey;
use super::limits::TrialLimits;
use super::lists::Given;
use super::race::RaceSection;
use super::study::{Knowledge, SearchSection, StudySection};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::fmt;
use trainer::data::{MissingTarget, Task};
use tuner::space::{Distribution, Domain, Parameter, Scale, Space};

/// The content of a file, as written or by default, one line per key: `[search] method` →
/// `"bayes"`.
///
/// It omits `[run]`, `[stop]`, `trials` and the study's name, which change no trial, and the path
/// of the table, which its hash identifies. The order of parameters does not matter either: a study
/// keeps its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Canonical {
    lines: BTreeMap<String, Json>,
}

/// The sections that form a study's identity, as written.
pub(super) struct Written<'a> {
    pub(super) study: &'a StudySection,
    pub(super) data: Option<&'a DataSection>,
    pub(super) data_id: Option<&'a str>,
    pub(super) cv: &'a CvSection,
    pub(super) search: &'a SearchSection,
    pub(super) space: &'a Space,
    pub(super) enqueue: &'a [Given],
    pub(super) trial: &'a TrialLimits,
    pub(super) race: Option<&'a RaceSection>,
    pub(super) command: Option<&'a [String]>,
    pub(super) threads: Option<u64>,
    pub(super) epochs: Option<&'a EpochsKey>,
}

/// A line that differs between two files.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LineDifference {
    /// The key with its section: `[space] learning_rate.high`.
    key: String,
    /// The value in the first file; `None` if absent.
    before: Option<Json>,
    /// The value in the second file; `None` if absent.
    after: Option<Json>,
}

impl Canonical {
    /// Lists the content of a file.
    pub(super) fn of(written: &Written<'_>) -> Self {
        let mut lines = BTreeMap::new();
        for (section, fields) in sections(written) {
            flatten(&format!("{section} "), fields, &mut lines);
        }
        // Left out where it is absent, so that files of older versions keep their form.
        if let Some(id) = written.data_id {
            lines.insert("[data] id".to_owned(), json!(id));
        }
        for p in written.space.parameters() {
            flatten(&format!("[space] {}", p.name), parameter(p), &mut lines);
        }
        for (index, given) in written.enqueue.iter().enumerate() {
            let values: Map<String, Json> =
                given.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            flatten(&format!("[[enqueue]] {} ", index + 1), Json::Object(values), &mut lines);
        }
        for (index, constraint) in written.space.constraints().iter().enumerate() {
            let fields = json!({ "expr": constraint.expression(), "reason": constraint.reason() });
            flatten(&format!("[[constraints]] {} ", index + 1), fields, &mut lines);
        }
        Self { lines }
    }

    /// Returns the form that is hashed: JSON of the lines of some sections, sorted by key.
    pub(super) fn to_json(&self, sections: &[&str]) -> String {
        let is_in =
            |key: &str| sections.iter().any(|section| key.split(' ').next() == Some(section));
        let lines: BTreeMap<&String, &Json> =
            self.lines.iter().filter(|(key, _)| is_in(key)).collect();
        serde_json::to_string(&lines).expect("text keys and JSON values are JSON")
    }

    /// Lists what differs in `other`, by section and key.
    pub(super) fn differences(&self, other: &Self) -> Vec<LineDifference> {
        let mut keys: Vec<&String> = self.lines.keys().chain(other.lines.keys()).collect();
        // In the order of keys, whichever of the two files has them.
        keys.sort();
        keys.dedup();

        keys.into_iter()
            .map(|key| (key, self.lines.get(key), other.lines.get(key)))
            .filter(|(_, before, after)| before != after)
            .map(|(key, before, after)| LineDifference {
                key: key.clone(),
                before: before.cloned(),
                after: after.cloned(),
            })
            .collect()
    }
}

impl LineDifference {
    /// Whether a study can continue with this difference: it concerns the space or the enqueued
    /// trials.
    pub(super) fn is_of_space(&self) -> bool {
        ["[space] ", "[[constraints]] ", "[[enqueue]] "]
            .iter()
            .any(|section| self.key.starts_with(section))
    }

    /// Whether the difference concerns how the table is read, which is recorded and compared.
    pub(super) fn is_of_reading(&self) -> bool {
        let keys = ["kinds.", "missing", "decimal", "separator", "dates", "header"];
        let key = self.key.strip_prefix("[data] ");
        key.is_some_and(|key| {
            !key.starts_with("missing_target") && keys.iter().any(|name| key.starts_with(name))
        })
    }

    /// Whether the difference concerns what evaluates the trials.
    pub(super) fn is_of_command(&self) -> bool {
        self.key.starts_with("[objective] command")
    }
}

impl fmt::Display for LineDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Json>| {
            value.as_ref().map_or_else(|| "nothing".to_owned(), Json::to_string)
        };
        write!(f, "{}: {} → {}", self.key, shown(&self.before), shown(&self.after))
    }
}

/// Describes differences, one line each; a parameter that is new or gone has one line alone.
pub(super) fn in_words(differences: &[&LineDifference]) -> Vec<String> {
    let whole = |d: &LineDifference| {
        let parameter = d.key.strip_suffix(".type").filter(|key| key.starts_with("[space] "))?;
        match (&d.before, &d.after) {
            (Some(_), None) => Some((parameter.to_owned(), "is gone")),
            (None, Some(_)) => Some((parameter.to_owned(), "is new")),
            _ => None,
        }
    };
    let wholes: Vec<(String, &str)> = differences.iter().filter_map(|d| whole(d)).collect();
    let is_part = |d: &LineDifference| {
        wholes.iter().any(|(parameter, _)| {
            d.key.strip_prefix(parameter.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    };

    let others = differences.iter().filter(|d| !is_part(d)).map(ToString::to_string);
    let mut shown: Vec<String> = wholes
        .iter()
        .map(|(parameter, what)| format!("{parameter} {what}"))
        .chain(others)
        .collect();
    shown.sort();
    shown
}

/// `[data]` by key.
fn data(data: &DataSection) -> Json {
    let kinds: Map<String, Json> =
        data.reading.kinds.iter().map(|(name, kind)| (name.clone(), json!(kind))).collect();
    let task = data.task.map(|task| match task {
        Task::Classification => "classification",
        Task::Regression => "regression",
    });
    // An absent value is null and leaves no line, so files of older versions have the same form.
    let listed = |texts: &[String]| if texts.is_empty() { Json::Null } else { json!(texts) };
    let positions = Some(&data.drop_positions).filter(|positions| !positions.is_empty());
    json!({
        "target": data.target,
        "task": task,
        "drop": data.drop,
        "drop_positions": positions,
        "kinds": kinds,
        "missing": listed(&data.reading.missing),
        "missing_target": (data.missing_target == MissingTarget::Drop).then_some("drop"),
        "decimal": data.reading.decimal,
        "separator": data.reading.separator.map(String::from),
        "dates": data.reading.dates,
        "header": data.reading.header,
        "test_fraction": data.test_fraction,
    })
}

/// `[race]` by key.
fn race(race: &RaceSection) -> Json {
    json!({ "risk": race.risk, "after": race.after, "folds": race.folds, "at": race.at })
}

fn sections(written: &Written<'_>) -> [(&'static str, Json); 7] {
    let Written { study, cv, search, trial, .. } = written;
    [
        (
            "[study]",
            json!({ "seed": study.seed, "metric": study.metric, "direction": study.direction }),
        ),
        ("[data]", written.data.map_or(Json::Null, data)),
        (
            "[cv]",
            json!({
                "folds": cv.folds,
                "repeats": cv.repeats,
                "stratified": cv.stratified,
                "group": cv.group,
                "order": cv.order,
                "file": cv.file,
                // Absent at its default, as in files of versions that did not know it.
                "gap": (cv.gap > 0).then_some(cv.gap),
                "seed": cv.seed,
            }),
        ),
        (
            "[search]",
            json!({
                "method": search.method.name(),
                "parallel": search.parallel,
                "startup": search.startup,
                "knowledge": match &search.knowledge {
                    Knowledge::None => json!(false),
                    Knowledge::Trainer => json!(true),
                    Knowledge::File(path) => json!(path),
                },
            }),
        ),
        (
            "[trial]",
            json!({
                "max_seconds": trial.max_seconds,
                "max_memory_mb": trial.max_memory_mb,
                "max_output_mb": trial.max_output_mb,
                "max_multiply_adds": trial.max_multiply_adds,
            }),
        ),
        ("[race]", written.race.map_or(Json::Null, race)),
        (
            "[objective]",
            json!({ "command": written.command, "threads": written.threads, "epochs": written.epochs.map(|epochs| match epochs {
                EpochsKey::Number(n) => json!(n),
                EpochsKey::Parameter(name) => json!(name),
            }) }),
        ),
    ]
}

/// A fixed value, or the keys of a parameter's table.
fn parameter(p: &Parameter) -> Json {
    let mut keys = match &p.domain {
        Domain::Fixed(value) => return json!(value),
        Domain::Float { low, high, scale, step } => {
            json!({ "type": "float", "low": low, "high": high, "log": *scale == Scale::Log, "step": step })
        }
        Domain::Int { low, high, scale, step } => {
            json!({ "type": "int", "low": low, "high": high, "log": *scale == Scale::Log, "step": step })
        }
        Domain::Ordinal(values) => json!({ "type": "ordinal", "values": values }),
        Domain::Categorical(values) => json!({ "type": "categorical", "values": values }),
    };
    let confidence = p.prior.as_ref().map(|prior| format!("{:?}", prior.confidence).to_lowercase());
    keys["default"] = json!(p.default);
    keys["prior"] = json!(p.prior.as_ref().map(|prior| &prior.value));
    keys["prior_confidence"] = json!(confidence);
    keys["points"] = json!(p.points);
    keys["when"] =
        json!(p.when.iter().map(|c| (c.parent.clone(), json!(c.values))).collect::<Map<_, _>>());
    if let Some(distribution) = &p.distribution {
        keys["dist"] = json!(distribution.name());
        let (names, values) = match *distribution {
            Distribution::Normal { mean, sd } | Distribution::LogNormal { mean, sd } => {
                (["mean", "sd"], [mean, sd])
            }
            Distribution::Beta { alpha, beta } => (["alpha", "beta"], [alpha, beta]),
        };
        for (name, value) in names.into_iter().zip(values) {
            keys[name] = json!(value);
        }
    }
    keys
}

/// Flattens nested keys into lines; nulls and empty tables are omitted.
fn flatten(path: &str, value: Json, lines: &mut BTreeMap<String, Json>) {
    match value {
        Json::Null => {}
        Json::Object(fields) => {
            let dot = if path.ends_with(' ') { "" } else { "." };
            for (key, value) in fields {
                flatten(&format!("{path}{dot}{key}"), value, lines);
            }
        }
        value => {
            lines.insert(path.to_owned(), value);
        }
    }
}
