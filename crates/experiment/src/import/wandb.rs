//! A sweep of Weights & Biases.

use super::written::{Draft, float, listed, range};
use super::yaml::Yaml;
use crate::file::literal;

/// The number of trials for a sweep without `run_cap`, which would run until it is stopped.
const TRIALS: u64 = 50;
/// A normal distribution is truncated at this many standard deviations.
const SIGMAS: f64 = 3.0;

/// Drafts the space file of a sweep.
///
/// # Errors
/// If it has no parameters.
pub(super) fn draft(sweep: &Yaml) -> Result<Draft, String> {
    let mut draft = Draft { source: "a sweep of Weights & Biases".to_owned(), ..Draft::default() };
    let Some(Yaml::Map(parameters)) = sweep.get("parameters") else {
        return Err("no `parameters` with a map under it, as a sweep file has".to_owned());
    };
    for (name, spec) in parameters {
        parameter(name, spec, &mut draft);
    }
    if draft.space.is_empty() {
        return Err("none of its parameters can be written".to_owned());
    }

    let Yaml::Map(entries) = sweep else { return Ok(draft) };
    for (key, value) in entries {
        match key.as_str() {
            "parameters" | "program" | "command" | "run_cap" => {}
            "name" => draft.call(value.text().unwrap_or_default()),
            "method" => method(value, &mut draft),
            "metric" => metric(value, &mut draft),
            "early_terminate" => draft.note(
                "early_terminate has no direct equivalent: [race] stops trials that are unlikely to win, by \
                 their folds or epochs (`tune keys race`)",
            ),
            _ => draft.note(format!("`{key}` has no equivalent and is left out")),
        }
    }

    // After the loop: the number of trials depends on the method, and the command on the space.
    trials(sweep.get("run_cap"), &mut draft);
    command(sweep, &mut draft);
    Ok(draft)
}

fn method(value: &Yaml, draft: &mut Draft) {
    draft.method = match value.text() {
        Some("grid") => Some("grid"),
        Some("random") => Some("random"),
        Some("bayes") => Some("bayes"),
        _ => {
            draft.note("the method is unknown: bayes is used");
            None
        }
    };
}

fn metric(value: &Yaml, draft: &mut Draft) {
    draft.metric = value.get("name").and_then(Yaml::text).map(str::to_owned);
    match value.get("goal").and_then(Yaml::text) {
        Some("maximize") => draft.is_maximised = true,
        Some("minimize") | None => {}
        Some(goal) => draft.note(format!("the goal {goal:?} is unknown: minimize is used")),
    }
    if value.get("target").is_some() {
        draft.note("a target value has no equivalent: [stop] has rules that end a study");
    }
}

fn trials(cap: Option<&Yaml>, draft: &mut Draft) {
    match cap {
        Some(Yaml::Int(cap)) if *cap > 0 => draft.trials = Some(*cap as u64),
        _ if draft.method == Some("grid") => {}
        _ => {
            draft.trials = Some(TRIALS);
            draft.note(format!(
                "without run_cap a sweep runs until it is stopped: trials = {TRIALS}"
            ));
        }
    }
}

fn command(sweep: &Yaml, draft: &mut Draft) {
    let Some(program) = sweep.get("program").and_then(Yaml::text) else {
        draft.note("no `program`: `tune ask` and `tune tell`, or a command under [objective]");
        return;
    };
    let words: Vec<String> = match sweep.get("command") {
        Some(Yaml::List(words)) => {
            words.iter().map(|word| word.text().unwrap_or_default().to_owned()).collect()
        }
        _ => ["${interpreter}", "${program}", "${args}"].map(str::to_owned).to_vec(),
    };

    // A boolean may be passed as a flag, without a value.
    let names: Vec<(String, bool)> = draft
        .space
        .iter()
        .map(|(name, spec)| {
            (name.clone(), spec.contains("[true, false]") || spec.contains("[false, true]"))
        })
        .collect();
    for word in &words {
        match word.as_str() {
            "${env}" | "" => {}
            "${interpreter}" => draft.command.push("python3".to_owned()),
            "${program}" => draft.command.push(program.to_owned()),
            "${args}" => {
                draft.command.extend(names.iter().map(|(name, _)| format!("--{name}={{{name}}}")));
            }
            "${args_no_hyphens}" => {
                draft.command.extend(names.iter().map(|(name, _)| format!("{name}={{{name}}}")));
            }
            "${args_no_boolean_flags}" => {
                draft.command.extend(names.iter().map(|(name, is_flag)| match is_flag {
                    true => format!("{{{name}?--{name}}}"),
                    false => format!("--{name}={{{name}}}"),
                }));
            }
            "${args_json}" | "${args_json_file}" => draft.note(
                "the parameters as JSON are in the environment: TUNE_PARAMS (`tune help program`)",
            ),
            word if word.contains('{') => {
                draft.note(format!("the word {word:?} of the command is left out"));
            }
            word => draft.command.push(word.to_owned()),
        }
    }
    if !words.iter().any(|word| word == "${program}" || word.contains(program)) {
        draft.command.splice(0..0, ["python3".to_owned(), program.to_owned()]);
        draft.note("the command lacks ${program}: `python3` and the program are put before it");
    }
    draft.note(
        "the program prints its result itself, once, at the end: {\"loss\": 0.31}; what it logs \
         to Weights & Biases is not read (`tune help program`)",
    );
}

fn parameter(name: &str, spec: &Yaml, draft: &mut Draft) {
    if let Some(Yaml::Map(inner)) = spec.get("parameters") {
        draft.note(format!("`{name}` is a group: its parameters are named {name}.…"));
        for (inner_name, inner_spec) in inner {
            parameter(&format!("{name}.{inner_name}"), inner_spec, draft);
        }
        return;
    }

    let distribution = spec.get("distribution").and_then(Yaml::text).unwrap_or_default();
    let written = if let Some(value) = spec.get("value") {
        value_in_toml(name, value, draft)
    } else if let Some(Yaml::List(values)) = spec.get("values") {
        if spec.get("probabilities").is_some() {
            draft.note(format!(
                "`{name}`: probabilities have no equivalent; all values are equally probable"
            ));
        }
        choices(name, values, draft)
    } else {
        numbers(name, spec, distribution, draft)
    };

    match written {
        Some(written) => draft.space.push((name.to_owned(), written)),
        None => draft.note(format!("`{name}` cannot be written and is left out")),
    }
}

fn choices(name: &str, values: &[Yaml], draft: &mut Draft) -> Option<String> {
    let mut written: Vec<String> = Vec::new();
    for value in values {
        let value = value_in_toml(name, value, draft)?;
        if !written.contains(&value) {
            written.push(value);
        }
    }
    if let [only] = written.as_slice() {
        return Some(only.clone());
    }

    // Numbers have an order that the search can use, unlike in a sweep.
    let mut numbers: Vec<f64> = values.iter().filter_map(Yaml::number).collect();
    if numbers.len() < values.len() {
        return (!written.is_empty()).then(|| listed("categorical", &written, &[]));
    }
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let are_ints = values.iter().all(|value| matches!(value, Yaml::Int(_)));
    let texts: Vec<String> = numbers
        .iter()
        .map(|number| if are_ints { format!("{number:.0}") } else { float(*number) })
        .collect();
    draft.note("numbers in a list are ordinal here: the search uses their order");
    Some(listed("ordinal", &texts, &[]))
}

/// A parameter with `min` and `max`, or with the moments of a distribution.
fn numbers(name: &str, spec: &Yaml, distribution: &str, draft: &mut Draft) -> Option<String> {
    let of = |key: &str| spec.get(key).and_then(Yaml::number);
    let is_quantised = distribution.starts_with("q_");
    let plain = distribution.trim_start_matches("q_");
    let is_int = |key: &str| matches!(spec.get(key), Some(Yaml::Int(_)));
    let step = of("q").or(is_quantised.then_some(1.0));
    let are_ints = is_int("min") && is_int("max") && step.is_none_or(|q| q.fract() == 0.0);

    if matches!(plain, "normal" | "log_normal") {
        let dist = if plain == "normal" { "normal" } else { "lognormal" };
        let written = normal(name, dist, spec, draft);
        if step.is_some() {
            draft.note(format!("`{name}`: its steps are left out"));
        }
        return Some(written);
    }
    if plain == "beta" {
        let (a, b) = (of("a")?, of("b")?);
        let further = [
            r#"dist = "beta""#.to_owned(),
            format!("alpha = {}", float(a)),
            format!("beta = {}", float(b)),
        ];
        return Some(range("float", "0.0", "1.0", &further));
    }

    let (mut low, mut high) = (of("min")?, of("max")?);
    let mut further = Vec::new();
    let is_log = plain.contains("log_uniform");
    // Without `_values` the bounds are exponents of e.
    if is_log && !plain.ends_with("_values") {
        (low, high) = (low.exp(), high.exp());
    }
    if plain.starts_with("inv_") {
        draft.note(format!("`{name}`: the inverse of a log-uniform value is log-uniform, too"));
    }
    if !matches!(plain, "" | "uniform" | "int_uniform") && !is_log {
        draft.note(format!(
            "`{name}`: the distribution {distribution:?} is unknown: uniform is used"
        ));
    }

    if low == high {
        return Some(if are_ints { format!("{low:.0}") } else { float(low) });
    }
    if is_log {
        further.push("log = true".to_owned());
    }
    // As in a sweep: `uniform` without `q_` draws floats even if both bounds are integers.
    let is_whole = is_quantised || matches!(plain, "" | "int_uniform");
    let is_exact = !is_log || plain.ends_with("_values");
    let are_ints = are_ints && is_whole && is_exact;
    if let Some(step) = step {
        further
            .push(format!("step = {}", if are_ints { format!("{step:.0}") } else { float(step) }));
    }
    Some(if are_ints {
        range("int", &format!("{low:.0}"), &format!("{high:.0}"), &further)
    } else {
        range("float", &float(low), &float(high), &further)
    })
}

/// A parameter with a normal or lognormal distribution, truncated: the space of a study is bounded.
fn normal(name: &str, dist: &str, spec: &Yaml, draft: &mut Draft) -> String {
    let of = |key: &str| spec.get(key).and_then(Yaml::number);
    let (mean, sd) = (of("mu").unwrap_or(0.0), of("sigma").unwrap_or(1.0));
    let (mut low, mut high) = (mean - SIGMAS * sd, mean + SIGMAS * sd);
    if dist == "lognormal" {
        (low, high) = (low.exp(), high.exp());
    }
    match (of("min"), of("max")) {
        (Some(min), Some(max)) if min < max => {
            (low, high) = (min, max);
            draft.note(format!(
                "`{name}`: a sweep ignores min and max of a normal distribution; here they truncate \
                 it, with mean {mean} and sd {sd}"
            ));
        }
        _ => draft.note(format!("`{name}` is truncated at {SIGMAS} standard deviations")),
    }

    let further = [
        format!("dist = {}", literal(dist)),
        format!("mean = {}", float(mean)),
        format!("sd = {}", float(sd)),
    ];
    range("float", &float(low), &float(high), &further)
}

fn value_in_toml(name: &str, value: &Yaml, draft: &mut Draft) -> Option<String> {
    Some(match value {
        Yaml::Null => {
            // TOML has no null.
            draft.note(format!("`{name}`: null is written as the text \"none\""));
            literal("none")
        }
        Yaml::Bool(flag) => flag.to_string(),
        Yaml::Int(int) => int.to_string(),
        Yaml::Float(value) => float(*value),
        Yaml::Text(text) => literal(text),
        Yaml::List(values) => {
            let values: Option<Vec<String>> =
                values.iter().map(|value| value_in_toml(name, value, draft)).collect();
            format!("[{}]", values?.join(", "))
        }
        Yaml::Map(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::yaml::parse;
    use super::*;

    fn space(parameters: &str) -> Draft {
        draft(&parse(&format!("method: random\nrun_cap: 9\nparameters:\n{parameters}")).unwrap())
            .unwrap()
    }

    #[test]
    fn each_distribution_has_its_range() {
        for (spec, written) in [
            ("min: 0.1\n    max: 1", "{ type = \"float\", low = 0.1, high = 1.0 }"),
            ("min: 1\n    max: 9", "{ type = \"int\", low = 1, high = 9 }"),
            (
                "distribution: uniform\n    min: 1\n    max: 9",
                "{ type = \"float\", low = 1.0, high = 9.0 }",
            ),
            (
                "distribution: log_uniform_values\n    min: 1e-5\n    max: 0.1",
                "{ type = \"float\", low = 1e-5, high = 0.1, log = true }",
            ),
            (
                "distribution: log_uniform\n    min: 0\n    max: 1",
                "{ type = \"float\", low = 1.0, high = 2.718281828459045, log = true }",
            ),
            (
                "distribution: q_uniform\n    q: 8\n    min: 8\n    max: 64",
                "{ type = \"int\", low = 8, high = 64, step = 8 }",
            ),
            (
                "distribution: normal\n    mu: 1\n    sigma: 2",
                "{ type = \"float\", low = -5.0, high = 7.0, dist = \"normal\", mean = 1.0, sd = \
                 2.0 }",
            ),
            ("values: [32, 16, 16]", "{ type = \"ordinal\", values = [16, 32] }"),
            ("values: [adam, sgd]", "{ type = \"categorical\", values = [\"adam\", \"sgd\"] }"),
            ("values: [[64, 64], [128]]", "{ type = \"categorical\", values = [[64, 64], [128]] }"),
            ("value: 3", "3"),
        ] {
            assert_eq!(space(&format!("  x:\n    {spec}\n")).space[0].1, written, "{spec}");
        }
    }

    #[test]
    fn what_has_no_equivalent_is_noted() {
        let draft =
            space("  a:\n    parameters:\n      b: {values: [1, ~], probabilities: [0.5, 0.5]}\n");
        assert_eq!(draft.space[0].0, "a.b");
        assert_eq!(draft.notes.len(), 4, "{:?}", draft.notes);
    }
}
