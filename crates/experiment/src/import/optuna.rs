//! A study of Optuna: the space of its trials, and the trials themselves.

use super::written::{Draft, float, listed, range};
use crate::file::literal;
use crate::report::count;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use storage::{OptunaStudy, OptunaTrial};
use tuner::space::Scale;

/// The number of new trials after those of the study.
const FURTHER_TRIALS: u64 = 50;

/// The union of a parameter's distributions over all trials.
#[derive(Clone, Debug, PartialEq)]
enum Domain {
    Float {
        low: f64,
        high: f64,
        is_log: bool,
        step: Option<f64>,
    },
    Int {
        low: i64,
        high: i64,
        is_log: bool,
        step: i64,
    },
    /// Distinct values, as TOML.
    Choices(Vec<String>),
}

/// Drafts the space file of the study called `name`, or of the only one.
///
/// # Errors
/// If there is no such study, or none of its parameters can be written.
pub(super) fn draft(studies: &[OptunaStudy], name: Option<&str>) -> Result<Draft, String> {
    let study = chosen(studies, name)?;
    let source = format!("the study {:?} of Optuna", study.name);
    let mut draft = Draft { source, ..Draft::default() };
    draft.call(&study.name);
    match study.directions.as_slice() {
        [only] => draft.is_maximised = only == "MAXIMIZE",
        [first, ..] => {
            draft.is_maximised = first == "MAXIMIZE";
            draft.note("it has several objectives: the first is used, the others are left out");
        }
        [] => draft.note("it has no direction: minimize is used"),
    }

    let domains = domains(study, &mut draft);
    let parents = parents(study, &domains);
    for (name, domain) in &domains {
        let written = write(domain, parents.get(name));
        if let Some((parent, _)) = parents.get(name) {
            draft.note(format!(
                "`{name}` is active for the values of `{parent}` with which it occurred"
            ));
        }
        draft.space.push((name.clone(), written));
    }
    if draft.space.is_empty() {
        return Err("none of its trials has a parameter that can be written".to_owned());
    }

    // After the domains, which decide which parameters a trial must have.
    trials(study, &domains, &parents, &mut draft);
    draft.trials = Some(draft.enqueue.len() as u64 + FURTHER_TRIALS);
    Ok(draft)
}

fn chosen<'a>(studies: &'a [OptunaStudy], name: Option<&str>) -> Result<&'a OptunaStudy, String> {
    let names = || studies.iter().map(|s| format!("{:?}", s.name)).collect::<Vec<_>>().join(", ");
    match (studies, name) {
        ([], _) => Err("it holds no study".to_owned()),
        ([only], None) => Ok(only),
        (_, None) => Err(format!("it holds several studies: --study with one of {}", names())),
        (_, Some(name)) => studies
            .iter()
            .find(|study| study.name == name)
            .ok_or_else(|| format!("it holds no study {name:?}, but {}", names())),
    }
}

/// The domain of each parameter, in the order in which they appear.
fn domains(study: &OptunaStudy, draft: &mut Draft) -> Vec<(String, Domain)> {
    let mut domains: Vec<(String, Domain)> = Vec::new();
    let mut left_out: Vec<String> = Vec::new();
    for (name, _, text) in study.trials.iter().flat_map(|trial| &trial.params) {
        if left_out.contains(name) {
            continue;
        }
        let domain = domain(text);
        // Optuna stores a distribution with every trial, and it may change between them.
        let known = domains.iter_mut().find(|(other, _)| other == name);
        let is_written = match (known, domain) {
            (_, None) => false,
            (None, Some(domain)) => {
                if let Some(texts) = texts_instead(text, &domain) {
                    draft.note(format!("the values of `{name}` are written as texts: {texts}"));
                }
                domains.push((name.clone(), domain));
                true
            }
            (Some((_, known)), Some(domain)) if *known == domain => true,
            (Some((_, known)), Some(domain)) => {
                draft.note(format!(
                    "the range of `{name}` changed during the study: the union is used"
                ));
                merge(known, &domain)
            }
        };
        if !is_written {
            draft.note(format!("`{name}` has a distribution that cannot be written: left out"));
            left_out.push(name.clone());
        }
    }

    domains.retain(|(name, _)| !left_out.contains(name));
    domains
}

/// The choices that stand in the space file instead of values of several kinds, for a note.
fn texts_instead(text: &str, domain: &Domain) -> Option<String> {
    let whole: Json = serde_json::from_str(text).ok()?;
    let values = whole.get("attributes")?.get("choices")?.as_array()?;
    match domain {
        Domain::Choices(texts) if !are_of_one_kind(values) => Some(texts.join(", ")),
        _ => None,
    }
}

/// Reads a distribution in the JSON form of Optuna 2 to 5.
fn domain(text: &str) -> Option<Domain> {
    let whole: Json = serde_json::from_str(text).ok()?;
    let attributes = whole.get("attributes")?;
    let number = |key: &str| attributes.get(key).and_then(Json::as_f64);
    let int = |key: &str| attributes.get(key).and_then(Json::as_i64);
    let is_log = attributes.get("log").and_then(Json::as_bool).unwrap_or(false);

    // The names of Optuna 2 as well: studies keep the form in which they were stored.
    match whole.get("name")?.as_str()? {
        "FloatDistribution"
        | "UniformDistribution"
        | "LogUniformDistribution"
        | "DiscreteUniformDistribution" => Some(Domain::Float {
            low: number("low")?,
            high: number("high")?,
            is_log: is_log || whole["name"] == "LogUniformDistribution",
            step: number("step").or_else(|| number("q")),
        }),
        "IntDistribution" | "IntUniformDistribution" | "IntLogUniformDistribution" => {
            Some(Domain::Int {
                low: int("low")?,
                high: int("high")?,
                is_log: is_log || whole["name"] == "IntLogUniformDistribution",
                step: int("step").unwrap_or(1),
            })
        }
        "CategoricalDistribution" => {
            choices(attributes.get("choices")?.as_array()?).map(Domain::Choices)
        }
        _ => None,
    }
}

/// Writes the choices of a parameter, all of one kind and distinct as a space file wants them:
/// where they are of several kinds, as texts. `None` if one cannot be written.
fn choices(values: &[Json]) -> Option<Vec<String>> {
    if are_of_one_kind(values) {
        return values.iter().map(choice).collect();
    }

    let mut texts: Vec<String> = Vec::new();
    for value in values {
        let mut text = match value {
            Json::Null => "none".to_owned(),
            Json::String(text) => text.clone(),
            other => choice(other)?,
        };
        while texts.contains(&text) {
            text.push('\'');
        }
        texts.push(text);
    }
    Some(texts.iter().map(|text| literal(text)).collect())
}

/// Whether choices are flags, numbers or texts alone.
fn are_of_one_kind(values: &[Json]) -> bool {
    values.iter().all(Json::is_boolean)
        || values.iter().all(Json::is_number)
        || values.iter().all(Json::is_string)
}

fn choice(value: &Json) -> Option<String> {
    match value {
        Json::Bool(flag) => Some(flag.to_string()),
        Json::String(text) => Some(literal(text)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Some(int.to_string()),
            (None, Some(value)) if value.is_finite() => Some(float(value)),
            _ => None,
        },
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Widens a domain to include another; returns whether both are of one kind.
fn merge(known: &mut Domain, other: &Domain) -> bool {
    match (known, other) {
        (
            Domain::Float { low, high, is_log, step },
            Domain::Float { low: other_low, high: other_high, is_log: other_log, step: other_step },
        ) => {
            *low = low.min(*other_low);
            *high = high.max(*other_high);
            // Different steps have no common one here, so every value is allowed.
            if step != other_step {
                *step = None;
            }
            // Linear and logarithmic positions have no common scale.
            *is_log == *other_log
        }
        (
            Domain::Int { low, high, is_log, step },
            Domain::Int { low: other_low, high: other_high, is_log: other_log, step: other_step },
        ) => {
            if step != other_step || low.wrapping_sub(*other_low) % (*step).max(1) != 0 {
                *step = 1;
            }
            *low = (*low).min(*other_low);
            *high = (*high).max(*other_high);
            *is_log == *other_log
        }
        (Domain::Choices(known), Domain::Choices(other)) => {
            known.extend(
                other.iter().filter(|text| !known.contains(text)).cloned().collect::<Vec<_>>(),
            );
            true
        }
        _ => false,
    }
}

/// A parameter, and its values for which another parameter is active.
type Parent = (String, Vec<String>);

/// For each parameter that some trials lack, the first categorical parameter whose value decides
/// whether a trial has it.
fn parents(study: &OptunaStudy, domains: &[(String, Domain)]) -> BTreeMap<String, Parent> {
    let value = |trial: &OptunaTrial, name: &str| {
        let (_, value, text) = trial.params.iter().find(|(other, ..)| other == name)?;
        of_trial(&domain(text)?, *value)
    };
    // A trial that ended early may lack a parameter that it would have had.
    let complete: Vec<&OptunaTrial> =
        study.trials.iter().filter(|trial| trial.state == "COMPLETE").collect();

    let mut found = BTreeMap::new();
    for (name, _) in domains {
        let (with, without): (Vec<&OptunaTrial>, Vec<&OptunaTrial>) =
            complete.iter().partition(|trial| trial.params.iter().any(|(other, ..)| other == name));
        if with.is_empty() || without.is_empty() {
            continue;
        }

        let decides = |(other, domain): &&(String, Domain)| {
            let values = |trials: &[&OptunaTrial]| -> Option<Vec<String>> {
                trials.iter().map(|trial| value(trial, other)).collect()
            };
            let (Some(with), Some(without)) = (values(&with), values(&without)) else {
                return false;
            };
            matches!(domain, Domain::Choices(_)) && with.iter().all(|text| !without.contains(text))
        };
        if let Some((parent, _)) = domains.iter().filter(|(other, _)| other != name).find(decides) {
            let mut values: Vec<String> =
                with.iter().filter_map(|trial| value(trial, parent)).collect();
            values.sort();
            values.dedup();
            found.insert(name.clone(), (parent.clone(), values));
        }
    }

    found
}

/// The value of a domain with steps nearest to what Optuna stores, as TOML: without the rounding
/// error of adding up steps, as in 0.15000000000000002.
fn snapped(domain: &Domain, stored: f64) -> Option<String> {
    let Domain::Float { low, high, step: Some(step), .. } = *domain else { return None };
    let steps = tuner::space::Domain::Float { low, high, scale: Scale::Linear, step: Some(step) };
    let index = ((stored - low) / step).round();
    let is_one = index >= 0.0 && steps.n_levels().is_some_and(|n| index < n as f64);
    is_one.then(|| steps.level(index as u64).as_number().map(float)).flatten()
}

/// The value that Optuna stores as a number, as TOML.
fn of_trial(domain: &Domain, stored: f64) -> Option<String> {
    match domain {
        Domain::Float { .. } => stored.is_finite().then(|| float(stored)),
        Domain::Int { .. } => (stored.fract() == 0.0).then(|| format!("{stored:.0}")),
        Domain::Choices(choices) => {
            let is_index = stored.fract() == 0.0 && stored >= 0.0;
            choices.get(stored as usize).filter(|_| is_index).cloned()
        }
    }
}

fn write(domain: &Domain, parent: Option<&Parent>) -> String {
    let mut further = Vec::new();
    match domain {
        Domain::Float { low, high, is_log, step } => {
            // A range of one value is a fixed parameter here.
            if low == high {
                return float(*low);
            }
            further.extend(is_log.then(|| "log = true".to_owned()));
            further.extend(step.map(|step| format!("step = {}", float(step))));
            further.extend(parent.map(when));
            range("float", &float(*low), &float(*high), &further)
        }
        Domain::Int { low, high, is_log, step } => {
            if low == high {
                return low.to_string();
            }
            further.extend(is_log.then(|| "log = true".to_owned()));
            further.extend((*step > 1).then(|| format!("step = {step}")));
            further.extend(parent.map(when));
            range("int", &low.to_string(), &high.to_string(), &further)
        }
        Domain::Choices(choices) => match choices.as_slice() {
            [only] => only.clone(),
            choices => {
                further.extend(parent.map(when));
                listed("categorical", choices, &further)
            }
        },
    }
}

fn when((parent, values): &Parent) -> String {
    format!("when = {{ {} = [{}] }}", crate::file::key(parent), values.join(", "))
}

/// Adds the trials that ended with a value, and notes the others.
fn trials(
    study: &OptunaStudy,
    domains: &[(String, Domain)],
    parents: &BTreeMap<String, Parent>,
    draft: &mut Draft,
) {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    let mut n_lacking = 0;
    for trial in &study.trials {
        // Pruned trials have a value, too, but of fewer steps.
        let loss = trial.values.first().copied().flatten().filter(|_| trial.state == "COMPLETE");
        let Some(loss) = loss else {
            *others.entry(&trial.state).or_default() += 1;
            continue;
        };
        match configuration(trial, domains, parents) {
            Some(config) => {
                draft.enqueue.push(config);
                draft.losses.push(loss);
            }
            None => n_lacking += 1,
        }
    }

    for (state, n) in others {
        draft.note(format!("{} in the state {state} left out", count(n as u64, "trial")));
    }
    if n_lacking > 0 {
        draft.note(format!(
            "{} without a parameter of the space left out",
            count(n_lacking, "trial")
        ));
    }
    if !draft.enqueue.is_empty() {
        draft.note(
            "[[enqueue]] holds the trials of the study; `tune import --tell` records their values \
             too, instead of evaluating them again",
        );
    }
}

/// The searched parameters of a trial; `None` if it lacks one that is active.
fn configuration(
    trial: &OptunaTrial,
    domains: &[(String, Domain)],
    parents: &BTreeMap<String, Parent>,
) -> Option<Vec<(String, String)>> {
    let mut config = Vec::new();
    for (name, all) in domains {
        let written = write(all, None);
        let Some((_, stored, text)) = trial.params.iter().find(|(other, ..)| other == name) else {
            parents.get(name)?;
            continue;
        };
        // A parameter with a single value is fixed, and not part of a configuration.
        if written.starts_with('{') {
            config.push((
                name.clone(),
                snapped(all, *stored).or_else(|| of_trial(&domain(text)?, *stored))?,
            ));
        }
    }
    Some(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(state: &str, value: f64, params: &[(&str, f64, &str)]) -> OptunaTrial {
        let params = params.iter().map(|&(n, v, d)| (n.to_owned(), v, d.to_owned())).collect();
        OptunaTrial { state: state.to_owned(), values: vec![Some(value)], params }
    }

    const KIND: &str =
        r#"{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}"#;
    const RATE: &str = r#"{"name": "FloatDistribution", "attributes": {"low": 1e-05, "high": 0.1, "log": true, "step": null}}"#;
    const DEPTH: &str = r#"{"name": "IntDistribution", "attributes": {"low": 1, "high": 4, "log": false, "step": 1}}"#;

    #[test]
    fn a_parameter_that_some_trials_lack_depends_on_the_category_that_decides_it() {
        let trials = vec![
            trial("COMPLETE", 0.5, &[("kind", 0.0, KIND), ("rate", 0.01, RATE)]),
            trial("COMPLETE", 0.4, &[("kind", 1.0, KIND), ("depth", 2.0, DEPTH)]),
            trial("FAIL", 0.4, &[("kind", 1.0, KIND)]),
        ];
        let study = OptunaStudy {
            name: "a study".to_owned(),
            directions: vec!["MAXIMIZE".to_owned()],
            trials,
        };
        let draft = draft(&[study], None).unwrap();
        let imported = draft.finish();
        for expected in [
            "direction = \"maximize\"",
            "kind = { type = \"categorical\", values = [\"sgd\", \"adam\"] }",
            "rate = { type = \"float\", low = 1e-5, high = 0.1, log = true, when = { kind = \
             [\"sgd\"] } }",
            "depth = { type = \"int\", low = 1, high = 4, when = { kind = [\"adam\"] } }",
            "[[enqueue]]\nkind = \"adam\"\ndepth = 2\n",
            "# note: 1 trial in the state FAIL left out",
            "trials = 52",
        ] {
            assert!(imported.text.contains(expected), "{expected}: {}", imported.text);
        }
        assert_eq!(imported.losses, [0.5, 0.4]);
    }

    #[test]
    fn choices_of_several_kinds_are_distinct_texts() {
        let mixed = r#"{"name": "CategoricalDistribution", "attributes": {"choices": ["none", null, 16, "16", true]}}"#;
        let trials = vec![
            trial("COMPLETE", 0.5, &[("kind", 1.0, mixed)]),
            trial("COMPLETE", 0.4, &[("kind", 3.0, mixed)]),
        ];
        let study = OptunaStudy { name: "s".to_owned(), directions: vec![], trials };
        let imported = draft(&[study], None).unwrap().finish();
        for expected in [
            r#"values = ["none", "none'", "16", "16'", "true"]"#,
            "[[enqueue]]\nkind = \"none'\"\n",
            "[[enqueue]]\nkind = \"16'\"\n",
            "the values of `kind` are written as texts",
        ] {
            assert!(imported.text.contains(expected), "{expected}: {}", imported.text);
        }
    }

    #[test]
    fn ranges_that_changed_are_joined() {
        let wider = RATE.replace("0.1", "1.0");
        let trials = vec![
            trial("COMPLETE", 0.5, &[("rate", 0.01, RATE)]),
            trial("COMPLETE", 0.4, &[("rate", 0.5, &wider)]),
        ];
        let study = OptunaStudy { name: "s".to_owned(), directions: vec![], trials };
        let imported = draft(&[study], None).unwrap().finish();
        assert!(imported.text.contains("low = 1e-5, high = 1.0, log = true"), "{}", imported.text);
        assert!(imported.text.contains("the range of `rate` changed during the study"));
    }
}
