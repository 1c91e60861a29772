//! Repeats a study's proposals from the records before each, and compares them with the record.
//!
//! A second state follows the records of the first. It has its own sampler and fits kernel
//! parameters again, so that it knows only what the proposal could have known. Decisions of the
//! clock and told results are taken as given.

use super::difference::{ReplayDifference, is_identical};
use super::racing::TrialRace;
use super::slot::Slot;
use super::spec::StudySpec;
use super::state::StudyState;
use crate::error::{Error, RecordFault};
use crate::space::Config;
use crate::store::{FoldRecord, Proposal, Raced, Record, StudyText};
use crate::trial::{Look, Origin, State};
use std::collections::BTreeMap;

/// The result of replaying a study's proposals.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// Number of proposals that were reproduced.
    pub n_proposals: u64,
    /// Number of manual trials, which nothing proposes.
    pub n_manual: u64,
    /// The first proposal that was not reproduced; the replay ends there.
    pub difference: Option<ReplayDifference>,
}

/// Repeats every proposal of `records`; `read` parses a study's text into its specification, and
/// `observe` is called with each trial before it is proposed. Costs as much as the original
/// proposals, one after another.
///
/// # Errors
/// [`Error::Records`] if the records contradict one another, [`Error::Method`] as for
/// [`Study::ask`](super::Study::ask), and those of `read`.
pub fn replay<E: From<Error>>(
    records: impl IntoIterator<Item = Record>,
    mut read: impl FnMut(&StudyText) -> Result<StudySpec, E>,
    observe: &mut dyn FnMut(u64),
) -> Result<Replay, E> {
    let mut records = records.into_iter();
    let Some(Record::Study(text)) = records.next() else {
        return Err(Error::Records(RecordFault::NoStudy).into());
    };

    let spec = read(&text)?;
    let mut follower = Follower {
        study: StudyState::begin(text, spec)?,
        fits: Vec::new(),
        races: BTreeMap::new(),
        due: None,
    };

    let mut replay = Replay { n_proposals: 0, n_manual: 0, difference: None };
    for record in records {
        // A stop must be recorded before anything else, so a missing one is a difference as well.
        replay.difference = follower.other_stop(&record);
        if replay.difference.is_some() {
            break;
        }
        match record {
            Record::Fitted { n_results, values, .. } => follower.fits.push((n_results, values)),
            Record::Trial(proposal) => {
                observe(proposal.trial);
                let is_manual = proposal.origin == Origin::Manual;
                replay.difference = follower.follow(proposal)?;
                if replay.difference.is_some() {
                    break;
                }
                *(if is_manual { &mut replay.n_manual } else { &mut replay.n_proposals }) += 1;
            }
            Record::Revision(text) => follower.study.turn_to(text.clone(), read(&text)?)?,
            other => follower.take_in(other)?,
        }
    }

    if replay.difference.is_none() {
        replay.difference = follower.due.take().map(|due| stop(&due, CONTINUES, &due.reason));
    }
    Ok(replay)
}

/// The study that is made again.
struct Follower {
    study: StudyState,
    /// Recorded fits since the last trial: number of results and values.
    fits: Vec<(usize, Vec<f64>)>,
    /// What open trials are judged by.
    races: BTreeMap<u64, TrialRace>,
    /// The decision that the next record must match.
    due: Option<Raced>,
}

/// The word for a trial that is not stopped.
const CONTINUES: &str = "continues";

impl Follower {
    /// Applies a record that is not a proposal, and decides what follows from it.
    fn take_in(&mut self, record: Record) -> Result<(), Error> {
        let trial = match &record {
            Record::Fold(fold) => Some(fold.trial),
            _ => None,
        };

        self.study.apply(record)?;
        // Later folds may have ended before: a trial is judged whether it is final or not.
        if let Some((trial, race)) = trial.and_then(|trial| Some((trial, self.races.get(&trial)?)))
        {
            self.due = race.after_folds(trial, &self.study.results(trial));
            if self.study.slot(trial).is_some_and(Slot::is_final) {
                self.races.remove(&trial);
            }
        }

        Ok(())
    }

    /// Compares a record with the expected decisions to stop a trial.
    fn other_stop(&mut self, record: &Record) -> Option<ReplayDifference> {
        if let Some(due) = self.due.take() {
            return match record {
                Record::Raced(found) if *found == due => None,
                Record::Raced(found) => Some(stop(&due, &found.reason, &due.reason)),
                _ => Some(stop(&due, CONTINUES, &due.reason)),
            };
        }

        // No stop was due: one on record is a difference.
        match record {
            Record::Raced(found) => Some(stop(found, &found.reason, CONTINUES)),
            Record::Fold(fold) => self.other_stop_inside(fold),
            _ => None,
        }
    }

    /// Judges a fold's curve again.
    fn other_stop_inside(&mut self, fold: &FoldRecord) -> Option<ReplayDifference> {
        if !self.races.contains_key(&fold.trial) {
            let race = self.study.race_of(fold.trial)?;
            self.races.insert(fold.trial, race);
        }

        let bars = self.races.get(&fold.trial)?.bars.as_ref();
        let judge = |look: &Look| bars.and_then(|bars| bars.judge_epoch(fold.split, look));
        // The first look that stops decides: no other may follow it on record.
        let first = fold.looks.iter().position(|look| judge(look).is_some());

        let verdict = first.and_then(|position| judge(&fold.looks[position]));
        let is_same = match &verdict {
            Some(verdict) => {
                let is_last = first.map(|position| position + 1) == Some(fold.looks.len());
                is_last && fold.state == State::Raced && fold.predicted == Some(verdict.predicted)
            }
            None => fold.state != State::Raced,
        };

        let recorded = if fold.state == State::Raced { fold.reason.as_str() } else { CONTINUES };
        let replayed = verdict.map_or_else(|| CONTINUES.to_owned(), |verdict| verdict.reason);
        let recorded = recorded.to_owned();
        (!is_same).then_some(ReplayDifference::Stop { trial: fold.trial, recorded, replayed })
    }

    /// Makes the next proposal, and applies the recorded one if they are equal.
    fn follow(&mut self, recorded: Proposal) -> Result<Option<ReplayDifference>, Error> {
        let trial = recorded.trial;
        let seen = self.study.window.newly_visible(self.study.slots().len() as u64);
        // Compared first: with other results seen, all other differences would follow.
        if seen != recorded.seen {
            return Ok(Some(ReplayDifference::Seen {
                trial,
                recorded: recorded.seen,
                replayed: seen,
            }));
        }

        // The user set a manual trial: there is nothing to compute, but later proposals depend on
        // it.
        let next = match recorded.origin {
            Origin::Manual => Some((self.of_record(&recorded)?, Origin::Manual, Vec::new())),
            _ => self.study.next_configuration(&seen)?,
        };

        let Some((config, origin, fitted)) = next else {
            return Ok(Some(ReplayDifference::Nothing { trial }));
        };
        let replayed = self.study.proposal(&config, origin, seen, recorded.at_seconds);
        let fits = std::mem::take(&mut self.fits);
        let difference =
            difference(&recorded, &replayed).or_else(|| other_fit(trial, &fits, &fitted));

        if difference.is_some() {
            return Ok(difference);
        }

        for record in fitted {
            self.study.apply(record)?;
        }
        self.study.apply(Record::Trial(recorded)).map(|_| None)
    }

    fn of_record(&self, recorded: &Proposal) -> Result<Config, Error> {
        let config = self.study.spec.space.config(&recorded.params);
        config.map_err(|fault| {
            Error::Records(RecordFault::Configuration { trial: recorded.trial, fault })
        })
    }
}

fn stop(of: &Raced, recorded: &str, replayed: &str) -> ReplayDifference {
    let (recorded, replayed) = (recorded.to_owned(), replayed.to_owned());
    ReplayDifference::Stop { trial: of.trial, recorded, replayed }
}

fn difference(recorded: &Proposal, replayed: &Proposal) -> Option<ReplayDifference> {
    let trial = recorded.trial;
    if recorded.watermark != replayed.watermark {
        let (recorded, replayed) = (recorded.watermark, replayed.watermark);
        return Some(ReplayDifference::Watermark { trial, recorded, replayed });
    }
    if recorded.revision != replayed.revision {
        let (recorded, replayed) = (recorded.revision, replayed.revision);
        return Some(ReplayDifference::Revision { trial, recorded, replayed });
    }
    if recorded.origin != replayed.origin {
        let (recorded, replayed) = (recorded.origin, replayed.origin);
        return Some(ReplayDifference::Origin { trial, recorded, replayed });
    }

    // What decided comes first: with another watermark, a parameter that differs explains nothing.
    let value = |proposal: &Proposal, name: &str| {
        proposal.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    };
    let names = replayed.params.iter().chain(&recorded.params).map(|(name, _)| name);
    let differs = |name: &&String| {
        !is_identical(value(recorded, name).as_ref(), value(replayed, name).as_ref())
    };

    let name = names.clone().find(differs)?.clone();
    let (recorded, replayed) = (value(recorded, &name), value(replayed, &name));
    Some(ReplayDifference::Parameter { trial, name, recorded, replayed })
}

fn other_fit(
    trial: u64,
    recorded: &[(usize, Vec<f64>)],
    replayed: &[Record],
) -> Option<ReplayDifference> {
    let replayed: Vec<(usize, &[f64])> = replayed
        .iter()
        .filter_map(|record| match record {
            Record::Fitted { n_results, values, .. } => Some((*n_results, values.as_slice())),
            _ => None,
        })
        .collect();

    // By bits: −0 and 0, or two NaN, are told apart or equal as they were written.
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let differs = |i: &usize| match (recorded.get(*i), replayed.get(*i)) {
        (Some((n, a)), Some((m, b))) => n != m || bits(a) != bits(b),
        _ => true,
    };

    let first = (0..recorded.len().max(replayed.len())).find(differs)?;
    let n_results = recorded.get(first).map(|f| f.0).or(replayed.get(first).map(|f| f.0))?;
    Some(ReplayDifference::Fit { trial, n_results })
}
