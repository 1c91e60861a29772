//! Settings without effect: hyperparameters of the built-in trainer, such as momentum with adam,
//! and unused experience.

use crate::file::fields::setting;
use crate::file::{Evaluator, Knowledge, SpaceFile, key};
use crate::report::Fault;
use trainer::data::Task;
use trainer::recipe::{FieldCondition, Setting, field};
use tuner::space::{Domain, Parameter, Value};
use tuner::study::Method;

/// Fields that matter in classification only.
const OF_CLASSES: [&str; 2] = ["label_smoothing", "class_weight"];

/// An experience file that the search does not read.
pub(super) fn experience(file: &SpaceFile) -> Option<Fault> {
    let Knowledge::File(_) = file.plan.search.knowledge else {
        return None;
    };
    if file.plan.prior_mean.is_some() {
        return None;
    }
    let method = file.plan.search.method;
    let why = if !method.takes_prior_mean() {
        let able = Method::ALL.into_iter().filter(|method| method.takes_prior_mean());
        let able = able.map(Method::name).collect::<Vec<_>>().join(", ");
        format!("only {able} uses experience, and the method is {}", method.name())
    } else if file.plan.evaluator() == Evaluator::Trainer {
        "it covers none of the searched parameters".to_owned()
    } else {
        "it is about the built-in trainer, and the study has another".to_owned()
    };
    Some(
        file.document.warning_at_value(
            &["search", "knowledge"],
            format!("`knowledge` has no effect: {why}"),
        ),
    )
}

/// A stopping rule by expected gain for a method that computes none.
pub(super) fn gain(file: &SpaceFile) -> Option<Fault> {
    let expects = |method: Method| method.model().is_some_and(|model| model.expects_gain);
    let method = file.plan.search.method;
    if file.plan.stop.gain.is_none() || expects(method) {
        return None;
    }
    let able = Method::ALL.into_iter().filter(|method| expects(*method));
    let able = able.map(Method::name).collect::<Vec<_>>().join(", ");
    let message = format!(
        "`gain` has no effect: only {able} expects one, and the method is {}",
        method.name()
    );
    Some(file.document.warning_at(&["stop", "gain"], message))
}

pub(super) fn warnings(file: &SpaceFile, task: Task) -> Vec<Fault> {
    let mut warnings = Vec::new();
    for parameter in file.plan.space.parameters() {
        let name = parameter.name.as_str();
        if task == Task::Regression && OF_CLASSES.contains(&name) {
            let message = format!("`{name}` has no effect: the task is regression");
            warnings.push(file.document.warning_at(&["space", name], message));
        }
        let conditions = field(name).map_or(&[][..], |field| field.acts_when);
        warnings
            .extend(conditions.iter().find_map(|condition| warning(file, parameter, condition)));
    }

    warnings
}

fn warning(file: &SpaceFile, parameter: &Parameter, condition: &FieldCondition) -> Option<Fault> {
    let name = parameter.name.as_str();
    let possible = possible(file, parameter, condition.field());
    let accepted: Vec<&Value> =
        possible.iter().filter(|value| condition.accepts(&setting(value))).collect();

    // All values of the other parameter satisfy the condition: this one always has an effect.
    if possible.is_empty() || accepted.len() == possible.len() {
        return None;
    }

    let path = ["space", name];
    if accepted.is_empty() {
        let found = match possible.as_slice() {
            [only] => format!("{} is {}", condition.field(), written(only)),
            _ => format!("{} never is", condition.field()),
        };
        let warning = file.document.warning_at(
            &path,
            format!("`{name}` has no effect: it needs {condition}, and {found}"),
        );
        return Some(warning.hint(format!("remove `{name}`, or let {} vary", condition.field())));
    }

    let is_list = file.plan.space.position(condition.field()).is_some_and(|position| {
        matches!(
            file.plan.space.parameters()[position].domain,
            Domain::Categorical(_) | Domain::Ordinal(_)
        )
    });

    // `when` lists values, so it cannot express a condition on a range.
    (parameter.is_searched() && is_list).then(|| {
        let values = accepted.iter().map(|value| written(value)).collect::<Vec<_>>().join(", ");
        let message =
            format!("`{name}` has an effect only with {condition}, but is searched everywhere");
        file.document
            .warning_at(&path, message)
            .hint(format!("when = {{ {} = [{values}] }}", key(condition.field())))
    })
}

/// The values that a field can have when the parameter is active; for a range, its ends.
fn possible(file: &SpaceFile, parameter: &Parameter, name: &str) -> Vec<Value> {
    if let Some(condition) = parameter.when.iter().find(|condition| condition.parent == name) {
        return condition.values.clone();
    }

    match file
        .plan
        .space
        .position(name)
        .map(|position| &file.plan.space.parameters()[position].domain)
    {
        Some(Domain::Fixed(value)) => vec![value.clone()],
        Some(Domain::Ordinal(values) | Domain::Categorical(values)) => values.clone(),
        // The ends are enough for conditions on a bound.
        Some(Domain::Float { low, high, .. }) => vec![Value::Float(*low), Value::Float(*high)],
        Some(Domain::Int { low, high, .. }) => vec![Value::Int(*low), Value::Int(*high)],
        None => field(name).map(|field| value(field.default())).into_iter().collect(),
    }
}

fn value(setting: Setting) -> Value {
    match setting {
        Setting::Bool(value) => Value::Bool(value),
        Setting::Int(value) => Value::Int(value),
        Setting::Float(value) => Value::Float(value),
        Setting::Text(text) => Value::Text(text),
    }
}

/// A value as a space file writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}
