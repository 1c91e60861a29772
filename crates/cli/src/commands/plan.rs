//! `tune plan FILE`

use super::Common;
use crate::output::outlook;
use crate::report::{Exit, Failure, count};
use crate::screen;
use experiment::bridge::cost::{self, Costs};
use experiment::external::Invocation;
use experiment::file::{Evaluator, StudyFile, at_most, grid_sizes, n_points};
use experiment::preview::{self, first_trials};
use experiment::subject::ASKED;
use experiment::tuner::Error;
use experiment::tuner::error::MethodFault;
use experiment::tuner::search::grid_total;
use experiment::tuner::space::{
    Config, Domain, Lattice, MAX_COUNTED, Parameter, Scale, Space, Value,
};
use experiment::tuner::study::Method;
use experiment::tuner::trial::Origin;
use std::path::PathBuf;

/// Show what a search would do: its size, its first trials, what they cost
///
/// Trains nothing and writes nothing. The trials shown are those that `run` will propose; a model's proposals follow
/// from results and are not shown.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The space file
    file: PathBuf,
    /// How many of the first trials to show
    #[arg(long, value_name = "N", default_value_t = 8)]
    first: usize,
}

/// Shows the plan of a study.
pub fn run(args: &Args, _: &Common) -> Result<Exit, Failure> {
    let (file, data) = preview::read(&args.file)?;
    let trials = first_trials(&file, args.first)?;
    let mut lines = vec![line("study", &file.name)];
    lines.extend(data.as_ref().map(|data| line("data", &data.in_words())));
    lines.extend((file.evaluator() == Evaluator::Asker).then(|| line("trainer", ASKED)));
    lines.push(line("search", &search(&file)));
    lines.push(line("space", &size(&file)?));
    lines.push(line("fits", &fits(&file)?));
    let costs = data.as_ref().and_then(|data| cost::range(&file.space, data));
    lines.extend(costs.map(|costs| line("cost", &cost(&costs))));
    lines.extend(
        outlook::in_words(&file).map(|words| line("learned", &words.replace('\n', "\n         "))),
    );
    lines.extend(command(&file, &trials).map(|command| line("command", &command)));
    lines.push(String::new());
    lines.extend(parameters(&file.space));
    lines.push(String::new());
    lines.extend(first(&file.space, &trials));
    screen::data(lines.join("\n"));
    Ok(Exit::Done)
}

fn line(label: &str, text: &str) -> String {
    format!("{label:<8} {text}")
}

fn search(file: &StudyFile) -> String {
    let search = &file.search;
    let mut text =
        format!("{}, {} at a time", search.method.name(), count(search.parallel, "trial"));
    if matches!(search.method, Method::Bayes | Method::Tpe) {
        text.push_str(&format!(", {} before the model", file.startup()));
    }
    text
}

/// The points of a grid, or of a space with finitely many.
fn size(file: &StudyFile) -> Result<String, Failure> {
    let space = &file.space;
    let (sizes, label) = match file.search.method {
        Method::Grid => (grid_sizes(space), "grid "),
        _ => (
            space
                .axes()
                .iter()
                .map(|&axis| Some(space.parameters()[axis].domain.n_levels()?.into()))
                .collect(),
            "",
        ),
    };
    let Some(sizes) = sizes else {
        return Ok("without end: a parameter is continuous".to_owned());
    };
    let lattice = if label.is_empty() { Lattice::exhaustive } else { Lattice::grid };
    let (all, at_most) = (n_points(&sizes), at_most(space, &sizes, lattice));
    if at_most > MAX_COUNTED.into() {
        let fewer = if at_most < all {
            format!(", of which at most {at_most} differ")
        } else {
            String::new()
        };
        return Ok(format!("{label}{} = {all}{fewer}", product(&sizes)));
    }
    // Small enough to be listed: levels that rounding makes equal count once.
    let lattice =
        lattice(space).map_err(|name| file.locate(&Error::Method(MethodFault::NoLevels(name))))?;
    let sizes: Vec<u128> = lattice.sizes().into_iter().map(u128::from).collect();
    let all = n_points(&sizes);
    let mut text = format!("{label}{} = {all}", product(&sizes));
    if let Some(points) = lattice.count(space).filter(|points| u128::from(*points) != all) {
        text.push_str(&format!(", of which {points} are admissible and differ"));
    }
    Ok(text)
}

fn product<T: ToString>(sizes: &[T]) -> String {
    sizes.iter().map(T::to_string).collect::<Vec<_>>().join(" × ")
}

fn fits(file: &StudyFile) -> Result<String, Failure> {
    let total = match (file.search.trials, file.search.method) {
        (None, Method::Grid) => {
            grid_total(&file.space, &file.enqueue).map_err(|error| file.locate(&error))?
        }
        (trials, _) => trials,
    };
    let splits = file.n_splits() as u64;
    Ok(match total {
        Some(total) => {
            let fits = u128::from(total) * u128::from(splits);
            format!("{} × {} = {fits}", count(total, "trial"), count(splits, "split"))
        }
        None => format!("every point of the grid × {}", count(splits, "split")),
    })
}

/// What the first trial calls, as a list of words.
fn command(file: &StudyFile, trials: &[(Origin, Config)]) -> Option<String> {
    let (invocation, (_, config)) = (Invocation::of(file)?, trials.first()?);
    Some(format!("{:?}", invocation.words(&file.space, config)))
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

/// A count in three digits: `12_345_678` is 12.3 M.
fn short(n: u64) -> String {
    const UNITS: [(f64, &str); 6] =
        [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    let found = UNITS.iter().find(|(unit, _)| n as f64 >= *unit);
    found.map_or_else(
        || n.to_string(),
        |(unit, name)| format!("{} {name}", number(n as f64 / unit, 3)),
    )
}

/// A number in so many digits, without zeros at its end.
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
        Domain::Float { low, high, step: Some(step), .. } => {
            format!("{low} to {high} in steps of {step}")
        }
        Domain::Int { low, high, scale, step: 1 } => {
            format!("whole numbers {low} to {high}{}", log(scale))
        }
        Domain::Int { low, high, step, .. } => {
            format!("whole numbers {low} to {high} in steps of {step}")
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
