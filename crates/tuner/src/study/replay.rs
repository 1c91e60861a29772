//! Making a study's proposals again, from the records below each, and comparing them with what was recorded.
//!
//! A second state follows the records of the first. It has a sampler of its own and fits kernel parameters anew, so that
//! it knows nothing of a proposal but what the proposal may have known. What the clock decided and what was told from
//! outside is taken as given.

use super::difference::{Difference, is_identical};
use super::spec::StudySpec;
use super::state::StudyState;
use crate::error::{Error, RecordFault};
use crate::space::Config;
use crate::store::{Proposal, Record, StudyText};
use crate::trial::Origin;

/// What came of replaying a study's proposals.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// Proposals that came out as recorded.
    pub n_proposals: u64,
    /// Trials that a person set up by hand: nothing proposes them.
    pub n_manual: u64,
    /// The first that did not come out as recorded; none came after.
    pub difference: Option<Difference>,
}

/// Makes every proposal of `records` again; `read` turns a study's text into its specification, and `observe` is told of
/// each trial before it is made. Costs what the proposals cost when they were made, one after another.
///
/// # Errors
/// [`Error::Records`] if the records contradict one another, [`Error::Method`] as for [`Study::ask`], and whatever `read`
/// returns.
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
    let mut follower = Follower { study: StudyState::begin(text, spec)?, fits: Vec::new() };
    let mut replay = Replay { n_proposals: 0, n_manual: 0, difference: None };
    for record in records {
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
            other => drop(follower.study.apply(other)?),
        }
    }
    Ok(replay)
}

/// The study that is made again.
struct Follower {
    study: StudyState,
    /// Fits on record since the last trial: number of results and values.
    fits: Vec<(usize, Vec<f64>)>,
}

impl Follower {
    /// Makes the next proposal and takes in the recorded one if they are the same.
    fn follow(&mut self, recorded: Proposal) -> Result<Option<Difference>, Error> {
        let trial = recorded.trial;
        let seen = self.study.window.newly_visible(self.study.slots().len() as u64);
        if seen != recorded.seen {
            return Ok(Some(Difference::Seen { trial, recorded: recorded.seen, replayed: seen }));
        }
        let next = match recorded.origin {
            Origin::Manual => Some((self.of_record(&recorded)?, Origin::Manual, Vec::new())),
            _ => self.study.next_configuration(&seen)?,
        };
        let Some((config, origin, fitted)) = next else {
            return Ok(Some(Difference::Nothing { trial }));
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

fn difference(recorded: &Proposal, replayed: &Proposal) -> Option<Difference> {
    let trial = recorded.trial;
    if recorded.watermark != replayed.watermark {
        let (recorded, replayed) = (recorded.watermark, replayed.watermark);
        return Some(Difference::Watermark { trial, recorded, replayed });
    }
    if recorded.revision != replayed.revision {
        let (recorded, replayed) = (recorded.revision, replayed.revision);
        return Some(Difference::Revision { trial, recorded, replayed });
    }
    if recorded.origin != replayed.origin {
        let (recorded, replayed) = (recorded.origin, replayed.origin);
        return Some(Difference::Origin { trial, recorded, replayed });
    }
    let value = |proposal: &Proposal, name: &str| {
        proposal.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    };
    let names = replayed.params.iter().chain(&recorded.params).map(|(name, _)| name);
    let differs = |name: &&String| {
        !is_identical(value(recorded, name).as_ref(), value(replayed, name).as_ref())
    };
    let name = names.clone().find(differs)?.clone();
    let (recorded, replayed) = (value(recorded, &name), value(replayed, &name));
    Some(Difference::Parameter { trial, name, recorded, replayed })
}

fn other_fit(
    trial: u64,
    recorded: &[(usize, Vec<f64>)],
    replayed: &[Record],
) -> Option<Difference> {
    let replayed: Vec<(usize, &[f64])> = replayed
        .iter()
        .filter_map(|record| match record {
            Record::Fitted { n_results, values, .. } => Some((*n_results, values.as_slice())),
            _ => None,
        })
        .collect();
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let differs = |i: &usize| match (recorded.get(*i), replayed.get(*i)) {
        (Some((n, a)), Some((m, b))) => n != m || bits(a) != bits(b),
        _ => true,
    };
    let first = (0..recorded.len().max(replayed.len())).find(differs)?;
    let n_results = recorded.get(first).map(|f| f.0).or(replayed.get(first).map(|f| f.0))?;
    Some(Difference::Fit { trial, n_results })
}
