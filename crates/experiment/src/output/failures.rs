//! What trials without a loss have in common: their numbers by kind, and a condition that all of
//! them share.

use crate::report::{count, quoted};
use std::collections::{BTreeMap, BTreeSet};
use tuner::space::Domain;
use tuner::study::Study;
use tuner::trial::{State, Trial};

/// Characters of a reason that distinguish failures.
const LONGEST_KIND: usize = 80;
/// Most kinds shown.
const SHOWN: usize = 5;
/// Fewer failures may share a condition by coincidence.
const FEWEST_TO_COMPARE: usize = 3;

/// The kind of a trial's end: its state, and the beginning of its reason without numbers. `None`
/// for a trial with a loss, or one that racing stopped.
pub fn kind(trial: &Trial) -> Option<String> {
    kind_of(trial.state(), trial.reason())
}

fn kind_of(state: State, reason: &str) -> Option<String> {
    match state {
        State::Ok | State::Raced => None,
        State::Failed => {
            // A text in backquotes differs from trial to trial.
            let first = reason.split([';', ',', ':', '\n', '`']).next().unwrap_or_default().trim();
            let cut = first.char_indices().nth(LONGEST_KIND).map_or(first.len(), |(at, _)| at);
            Some(if cut == 0 { state.name().to_owned() } else { first[..cut].to_owned() })
        }
        State::Diverged | State::Timeout | State::OutOfMemory => {
            Some(state.name().replace('_', " "))
        }
    }
}

/// Summarises the failures of a study in a few lines; `None` if there are none.
pub fn summary(study: &Study) -> Option<String> {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let (mut failed, mut fine) = (Conditions::default(), Conditions::default());
    for trial in study.trials() {
        let conditions = conditions_of(study, trial.number);
        match kind(&trial) {
            None => fine.take(conditions),
            Some(kind) => {
                *kinds.entry(kind).or_default() += 1;
                failed.take(conditions);
            }
        }
    }

    if failed.n == 0 {
        return None;
    }

    let mut sorted: Vec<(String, usize)> = kinds.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let n_more: usize = sorted.iter().skip(SHOWN).map(|(_, n)| n).sum();
    let mut shown: Vec<String> =
        sorted.iter().take(SHOWN).map(|(kind, n)| format!("{n} {kind}")).collect();

    if n_more > 0 {
        // The rest is counted, so that the numbers add up to the total.
        shown.push(format!("{n_more} of other kinds"));
    }
    let of = count((failed.n + fine.n) as u64, "trial");

    let mut text = format!("{} of {of} failed: {}", failed.n, shown.join(", "));
    if let Some(shared) = failed.shared_by_all_and_not_by(&fine) {
        text.push_str(&format!(
            "\nall failures have {shared}, and no successful trial has: check how the program or command handles it"
        ));
    }

    Some(text)
}

/// The conditions of a study, and for how many trials each holds.
#[derive(Default)]
struct Conditions {
    n: usize,
    holds: BTreeMap<String, usize>,
}

impl Conditions {
    fn take(&mut self, conditions: BTreeSet<String>) {
        self.n += 1;
        for condition in conditions {
            *self.holds.entry(condition).or_default() += 1;
        }
    }

    /// A condition that all of these share and none of the others has.
    fn shared_by_all_and_not_by(&self, others: &Self) -> Option<&str> {
        let is_enough = self.n >= FEWEST_TO_COMPARE && others.n > 0;
        let mut shared = self
            .holds
            .iter()
            .filter(|(condition, n)| **n == self.n && !others.holds.contains_key(*condition));
        shared.next().filter(|_| is_enough).map(|(condition, _)| condition.as_str())
    }
}

/// Simple conditions on a trial: values of parameters with few values, and which parameters are
/// inactive.
fn conditions_of(study: &Study, trial: u64) -> BTreeSet<String> {
    let Some(slot) = study.slot(trial) else { return BTreeSet::new() };
    let named: BTreeMap<&str, String> =
        slot.space.named(&slot.config).map(|(name, value)| (name, value.to_string())).collect();

    let condition = |name: &str, is_chosen: bool| match named.get(name) {
        Some(value) if is_chosen => Some(format!("{} = {}", quoted(name), quoted(value))),
        Some(_) => None,
        // That a parameter is inactive may be what the failures share.
        None => Some(format!("{} inactive", quoted(name))),
    };

    slot.space
        .parameters()
        .iter()
        .filter_map(|parameter| condition(&parameter.name, is_choice(&parameter.domain)))
        .collect()
}

fn is_choice(domain: &Domain) -> bool {
    matches!(domain, Domain::Ordinal(_) | Domain::Categorical(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_states_and_the_first_words_of_reasons() {
        let failed = |reason: &str| kind_of(State::Failed, reason).unwrap();
        assert_eq!(failed("exit code 2; stderr: x"), "exit code 2");
        assert_eq!(failed("no loss: it ended"), "no loss");
        assert_eq!(failed("cannot start `--lr=4.2`: No such file"), "cannot start");
        assert_eq!(failed(""), "failed");
        assert_eq!(failed(&"é".repeat(500)).chars().count(), LONGEST_KIND);
        assert_eq!(kind_of(State::OutOfMemory, "x").as_deref(), Some("out of memory"));
        assert_eq!(kind_of(State::Ok, ""), None);
    }

    #[test]
    fn a_condition_is_shared_if_all_failures_have_it_and_nothing_else_has() {
        let set = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        let (mut failed, mut fine) = (Conditions::default(), Conditions::default());
        for n in 0..3 {
            failed.take(set(&["a", "b", if n == 0 { "c" } else { "d" }]));
            assert_eq!(failed.shared_by_all_and_not_by(&fine), None);
        }
        fine.take(set(&["a", "c"]));
        assert_eq!(failed.shared_by_all_and_not_by(&fine), Some("b"));
        fine.take(set(&["b"]));
        assert_eq!(failed.shared_by_all_and_not_by(&fine), None);
    }
}
