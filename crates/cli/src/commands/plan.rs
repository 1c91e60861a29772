//! `tune plan FILE`

use super::Common;
use crate::output::outlook;
use crate::report::{Exit, Failure, Fault, count};
use crate::terminal::screen;
use experiment::StudyPlan;
use experiment::bridge::cost::Costs;
use experiment::file::Evaluator;
use experiment::platform;
use experiment::preview::{Preview, Size, Timing};
use experiment::subject::ASKED;
use experiment::tuner::race::Race;
use experiment::tuner::space::{Config, Domain, Parameter, Scale, Space, Value};
use experiment::tuner::trial::Origin;
use std::path::PathBuf;

/// Show what a search would do: its size, its first trials, their cost
///
/// Writes nothing, and trains nothing without `--time`. The trials shown are those that `run` will
/// propose; proposals of the surrogate depend on results and are not shown.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The space file
    file: PathBuf,
    /// How many of the first trials to show
    #[arg(long, value_name = "N", default_value_t = 8)]
    first: usize,
    /// Train the first batches of some trials, and say how long the search will take; some seconds
    #[arg(long)]
    time: bool,
}

/// Shows the plan of a study.
pub fn run(args: &Args, _: &Common) -> Result<Exit, Failure> {
    let preview = Preview::read(&args.file, args.first)?;
    let (file, plan) = (&preview.file, &preview.file.plan);
    let mut lines = vec![line("study", &plan.name)];
    lines.extend(preview.data.as_ref().map(|data| line("data", &data.in_words())));
    lines.extend((plan.evaluator() == Evaluator::Asker).then(|| line("trainer", ASKED)));
    lines.push(line("search", &search(plan)));
    lines.push(line("space", &size(&preview)));
    lines.push(line("fits", &fits(&preview)));
    lines.extend(preview.costs.map(|costs| line("cost", &cost(&costs))));
    // Only on request: it trains for some seconds.
    if args.time {
        lines.push(line("time", &time(&preview)?));
    }
    lines.extend(racing(&preview).map(|words| line("race", &words)));
    lines.extend(
        outlook::in_words(file).map(|words| line("learned", &words.replace('\n', "\n         "))),
    );
    lines.extend(preview.command.as_ref().map(|words| line("command", &format!("{words:?}"))));
    lines.push(String::new());
    lines.extend(parameters(&plan.space));
    lines.push(String::new());
    lines.extend(first(&plan.space, &preview.trials));
    screen::data(lines.join("\n"));
    Ok(Exit::Done)
}

fn line(label: &str, text: &str) -> String {
    format!("{label:<8} {text}")
}

fn search(plan: &StudyPlan) -> String {
    let search = &plan.search;
    let mut text =
        format!("{}, {} at a time", search.method.name(), count(search.parallel, "trial"));
    if search.method.model().is_some() {
        text.push_str(&format!(", {} in the initial design", plan.startup()));
    }
    text
}

fn size(preview: &Preview) -> String {
    let is_grid = preview.file.plan.search.method.is_exhaustive();
    let label = if is_grid { "grid " } else { "" };
    let product =
        |levels: &[u128]| levels.iter().map(u128::to_string).collect::<Vec<_>>().join(" × ");
    match &preview.size {
        Size::Infinite => "infinite: a parameter is continuous".to_owned(),
        Size::Large { levels, product: all, at_most } => {
            let fewer = if at_most < all {
                format!(", of which at most {at_most} differ")
            } else {
                String::new()
            };
            format!("{label}{} = {all}{fewer}", product(levels))
        }
        Size::Counted { levels, product: all, n_points } => {
            // Conditions and constraints make points equal or inadmissible.
            let fewer = n_points
                .filter(|points| u128::from(*points) != *all)
                .map(|points| format!(", of which {points} are admissible and differ"));
            format!("{label}{} = {all}{}", product(levels), fewer.unwrap_or_default())
        }
    }
}

fn fits(preview: &Preview) -> String {
    let splits = preview.file.plan.n_splits() as u64;
    match preview.total {
        Some(total) => {
            let fits = u128::from(total) * u128::from(splits);
            format!("{} × {} = {fits}", count(total, "trial"), count(splits, "split"))
        }
        None => format!("every point of the grid × {}", count(splits, "split")),
    }
}

/// How long the search will take.
fn time(preview: &Preview) -> Result<String, Failure> {
    let Preview { file, data, total, .. } = preview;
    let Some(data) = data else {
        let fault =
            Fault::error("`--time` times the built-in trainer, which this file does not use");
        return Err(fault.hint("`tune try FILE` runs one trial of a program").into());
    };
    let timing = Timing::of(file, data)?;
    let n_threads = file.plan.run.workers().unwrap_or_else(platform::n_threads);
    // A search without a total has no time, but each of its trials has.
    let n_trials = total.unwrap_or(1);
    let Some((mean, (fastest, slowest))) = timing.total(n_trials, n_threads) else {
        return Ok("no trial of those tried can be trained".to_owned());
    };
    let about = if timing.is_at_most { "at most " } else { "about " };
    let of = if total.is_some() { "" } else { " a trial" };
    let (unit, divisor) = unit_of_time(mean);
    let shown = |seconds: f64| number(seconds / divisor, 2);
    Ok(format!(
        "{about}{} {unit}{of} on {} ({} to {}: all trials like the fastest or the slowest of {} \
         timed)",
        shown(mean),
        count(n_threads as u64, "thread"),
        shown(fastest),
        shown(slowest),
        timing.seconds.len()
    ))
}

/// The unit in which seconds are told, and how many of them it has.
fn unit_of_time(seconds: f64) -> (&'static str, f64) {
    match seconds {
        s if s < 60.0 => ("seconds", 1.0),
        s if s < 7200.0 => ("minutes", 60.0),
        _ => ("hours", 3600.0),
    }
}

/// When racing judges trials.
fn racing(preview: &Preview) -> Option<String> {
    let plan = &preview.file.plan;
    let race = plan.spec().race?;
    let percent = |share: &f64| format!("{}", (1000.0 * share).round() / 10.0);
    let mut looks = Vec::new();
    if race.epochs.is_some() && !race.at.is_empty() {
        let shares: Vec<String> = race.at.iter().map(percent).collect();
        looks.push(format!("at {} % of the epochs of each fold", shares.join(", ")));
    }
    if race.folds && plan.n_splits() > 1 {
        looks.push("after each fold".to_owned());
    }
    // Racing is then without effect, which `check` warns of as well.
    if looks.is_empty() {
        return Some(
            "no trial is ever judged: it has one fold and no epochs to be judged at".to_owned(),
        );
    }
    let mut text = format!(
        "racing stops trials {}, once {} trials are complete; risk {} %",
        looks.join(" and "),
        race.after,
        percent(&race.risk)
    );
    if let Some(least) = least_spent(preview, &race) {
        text.push_str(&format!("; at least {} % of the training remains", percent(&least)));
    }
    Some(text)
}

/// The share of all training that racing cannot save: that of the trials before any is judged, and
/// of each later one before its first judgement. `None` for a grid of unknown size.
fn least_spent(preview: &Preview, race: &Race) -> Option<f64> {
    let trials = preview.total? as f64;
    let whole = (race.after as f64).min(trials);
    let fold = 1.0 / preview.file.plan.n_splits() as f64;
    let first = match race.at.first() {
        Some(share) if race.epochs.is_some() => share * fold,
        _ => fold,
    };
    Some((whole + (trials - whole) * first) / trials.max(1.0))
}

fn cost(costs: &Costs) -> String {
    let range = |(low, high): (u64, u64)| {
        if low == high { short(low) } else { format!("{} to {}", short(low), short(high)) }
    };
    format!(
        "{} parameters, {} multiply-adds a trial",
        range(costs.n_parameters),
        range(costs.multiply_adds)
    )
}

/// A count with three significant digits: `12_345_678` is 12.3 M.
fn short(n: u64) -> String {
    const UNITS: [(f64, &str); 6] =
        [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    let found = UNITS.iter().find(|(unit, _)| n as f64 >= *unit);
    found.map_or_else(
        || n.to_string(),
        |(unit, name)| format!("{} {name}", number(n as f64 / unit, 3)),
    )
}

/// A number with the given digits, without trailing zeros.
fn number(v: f64, digits: usize) -> String {
    let rounded: f64 = format!("{v:.*e}", digits - 1).parse().unwrap_or(v);
    Value::Float(rounded).to_string()
}

fn parameters(space: &Space) -> Vec<String> {
    let searched: Vec<&Parameter> = space.parameters().iter().filter(|p| p.is_searched()).collect();
    let width = searched.iter().map(|p| p.name.chars().count()).max().unwrap_or(0);
    let shown = |p: &&Parameter| {
        let default =
            p.default.as_ref().map(|value| format!(", default {value}")).unwrap_or_default();
        let parents: Vec<&str> = p.when.iter().map(|condition| condition.parent.as_str()).collect();
        let when = if parents.is_empty() {
            String::new()
        } else {
            format!(", depends on {}", parents.join(" and "))
        };
        format!("{:<width$}  {}{default}{when}", p.name, domain(&p.domain))
    };

    searched.iter().map(shown).collect()
}

fn domain(domain: &Domain) -> String {
    let log = |scale: &Scale| if *scale == Scale::Log { ", log" } else { "" };
    match domain {
        Domain::Float { low, high, scale, step: None } => {
            format!("{} to {}{}", Value::Float(*low), Value::Float(*high), log(scale))
        }
        Domain::Float { low, high, step: Some(step), scale } => {
            format!("{low} to {high} in steps of {step}{}", log(scale))
        }
        Domain::Int { low, high, scale, step: 1 } => {
            format!("integers {low} to {high}{}", log(scale))
        }
        Domain::Int { low, high, step, scale } => {
            format!("integers {low} to {high} in steps of {step}{}", log(scale))
        }
        Domain::Ordinal(values) => {
            values.iter().map(Value::to_string).collect::<Vec<_>>().join(" < ")
        }
        Domain::Categorical(values) => {
            values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ")
        }
        Domain::Fixed(value) => value.to_string(),
    }
}

fn first(space: &Space, trials: &[(Origin, Config)]) -> Vec<String> {
    let shown = |value: &Value| match value {
        Value::Float(v) => number(*v, 4),
        other => other.to_string(),
    };

    let line = |(index, (origin, config)): (usize, &(Origin, Config))| {
        let values: Vec<String> = space
            .axes()
            .iter()
            .filter_map(|&position| {
                Some((&space.parameters()[position].name, config.get(position)?))
            })
            .map(|(name, value)| format!("{name}={}", shown(value)))
            .collect();
        format!("trial {index:<3} {:<9} {}", origin.name(), values.join(" "))
    };

    trials.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_shown_in_three_digits() {
        assert_eq!(short(999), "999");
        assert_eq!(short(12_345_678), "12.3 M");
        assert_eq!(short(u64::MAX), "18.4 E");
        assert_eq!(number(0.099_999_999_999_98, 4), "0.1");
        assert_eq!(number(1.234_567e-7, 4), "1.235e-7");
    }
}
