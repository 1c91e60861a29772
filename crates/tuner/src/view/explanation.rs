//! Why a trial was proposed.

use crate::space::Value;
use crate::trial::{Direction, Origin};
use serde::{Serialize, Serializer};

/// What a proposal knew, what it expected, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The trial's number.
    pub trial: u64,
    /// Who proposed it.
    #[serde(serialize_with = "origin_name")]
    pub origin: Origin,
    /// How many proposals of the same origin came before it.
    pub position: usize,
    /// The values of its active parameters.
    #[serde(serialize_with = "as_map")]
    pub params: Vec<(String, Value)>,
    /// Trials whose results it was allowed to use.
    pub known_results: usize,
    /// Those of them that were stopped as hopeless: what was predicted of their ends, with its variance, takes the place of
    /// results.
    pub known_raced: usize,
    /// Trials below it whose configurations were known and whose results were not.
    pub pending: usize,
    /// The best trial whose result it knew.
    pub best_known: Option<Known>,
    /// What the method expected; `None` if the configuration follows from a list, a sequence or the user.
    #[serde(flatten)]
    pub reasoning: Option<Reasoning>,
}

/// A trial and its mean loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Known {
    /// The trial's number.
    pub trial: u64,
    /// Its mean loss.
    pub loss: f64,
}

/// What a method expected of its own proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Reasoning {
    /// A Gaussian process predicted its loss.
    #[serde(rename = "prediction")]
    Forecast(Box<Forecast>),
    /// Good trials are denser there than others.
    #[serde(rename = "contrast")]
    Contrast(Contrast),
}

/// What a Gaussian process predicted of a proposal, and the decision that chose it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// The predicted median loss.
    pub loss: f64,
    /// The losses between which the result was to come in 68 of 100 trials, ascending.
    pub low: f64,
    /// See [`Forecast::low`].
    pub high: f64,
    /// The losses between which it was to come in 95 of 100, ascending.
    pub low_95: f64,
    /// See [`Forecast::low_95`].
    pub high_95: f64,
    /// How it was chosen.
    pub choice: Choice,
    /// The result that the model held to be the best: of those of lowest loss, the one of lowest predicted mean.
    pub incumbent: Incumbent,
    /// The probability of a loss better than the incumbent's, noise aside.
    pub probability_of_improvement: f64,
    /// What the acquisition is lowered by for lying far from the middle of the space; 0 without a learned prior
    /// mean.
    pub boundary_penalty: f64,
    /// What the learned prior mean had to do with it; `None` without one.
    pub prior_mean: Option<LearnedMean>,
    /// The factor by which this turn of the search shortened the fitted length scales; 1 on most turns.
    pub length_factor: f64,
    /// Each searched parameter's length scale as it was used, as a share of its range: the shorter, the more the loss
    /// depends on it; beyond 1 it hardly does.
    #[serde(serialize_with = "as_map")]
    pub length_scales: Vec<(String, f64)>,
    /// The known trials that are nearest, nearest first.
    pub nearest: Vec<Neighbour>,
    /// How far above the prediction the loss that was observed lies: as far out as a normal number that many standard
    /// deviations above its mean, so that 95 of 100 lie between −1.96 and 1.96; `None` if none was observed.
    pub standardized_residual: Option<f64>,
}

/// How a proposal of the model was chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Choice {
    /// Its acquisition was the highest of what is new: replayed, with the same outcome.
    Acquisition {
        /// The criterion that chose it.
        criterion: Criterion,
        /// The criterion's value there, less the boundary penalty, in standard deviations of warped losses.
        value: f64,
        /// Standard deviations of the bound before it was widened, if it was: narrower bounds led to places
        /// where little was open.
        widened_from: Option<f64>,
        /// Places that were better by the criterion and not taken, the best first; of many, the first few.
        passed_over: Vec<PassedOver>,
    },
    /// All candidates repeat trials or break constraints: it was drawn at random.
    Draw,
    /// This version of the program decides otherwise from the same records, as on a trial that another version
    /// proposed: its criterion is unknown.
    OtherVersion,
}

/// The criterion of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Criterion {
    /// The lower confidence bound of the loss, which is minimised; the upper one where the value is maximised.
    LowerConfidenceBound {
        /// Standard deviations from the mean.
        deviations: f64,
        /// The bound, as a loss.
        bound: f64,
    },
    /// The logarithm of the augmented expected improvement on the incumbent, which is maximised.
    LogAugmentedExpectedImprovement {
        /// The standard deviation of the noise that it is discounted for, in standard deviations of warped losses.
        noise: f64,
    },
}

/// The result that the model held to be the best.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Incumbent {
    /// Its trial.
    pub trial: u64,
    /// The predicted loss there, noise aside.
    pub loss: f64,
}

/// What the learned prior mean had to do with a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LearnedMean {
    /// The loss that it expects by itself, on the level that the results show; the prediction departs from it by
    /// what results nearby say.
    pub loss: f64,
    /// The posterior mean of its coefficient: 1 before any result, 0 where results show nothing of it.
    pub coefficient: f64,
    /// The posterior standard deviation of that coefficient.
    pub coefficient_sd: f64,
}

/// A known trial near a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Neighbour {
    /// The trial.
    pub trial: u64,
    /// Its distance in length scales.
    pub distance: f64,
}

/// A place that was better by the criterion and not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PassedOver {
    /// The place.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// Why: it repeats this trial (`repeats`), it breaks a constraint or was proposed (`not_admitted`), or a bound
    /// narrower than the one that chose led there and little was open (`known`).
    pub reason: &'static str,
    /// The trial that it repeats, if it does.
    pub trial: Option<u64>,
}

/// A place that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The values of its active parameters.
    #[serde(serialize_with = "as_map")]
    pub params: Vec<(String, Value)>,
    /// The predicted loss there.
    pub loss: f64,
}

/// How much denser good trials are than the others at a configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contrast {
    /// The quotient l/g of the two densities: the acquisition. Above 1, more speaks for the place than against it.
    pub quotient: f64,
    /// The quotient along each active axis alone, in the order of the space.
    #[serde(serialize_with = "as_map")]
    pub by_parameter: Vec<(String, f64)>,
}

impl Forecast {
    /// Turns inner losses, which are minimised, into those of a direction.
    pub(crate) fn tell_in(&mut self, direction: Direction) {
        let told = |loss: &mut f64| *loss = direction.inner(*loss);
        told(&mut self.loss);
        for (low, high) in [(&mut self.low, &mut self.high), (&mut self.low_95, &mut self.high_95)]
        {
            let (a, b) = (direction.inner(*low), direction.inner(*high));
            (*low, *high) = (a.min(b), a.max(b));
        }
        told(&mut self.incumbent.loss);
        if let Some(prior_mean) = &mut self.prior_mean {
            told(&mut prior_mean.loss);
        }
        if let Choice::Acquisition { criterion, passed_over, .. } = &mut self.choice {
            if let Criterion::LowerConfidenceBound { bound, .. } = criterion {
                told(bound);
            }
            for place in passed_over {
                told(&mut place.candidate.loss);
            }
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn origin_name<S: Serializer>(origin: &Origin, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(origin.name())
}

fn as_map<V: Serialize, S: Serializer>(
    named: &[(String, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(named.iter().map(|(name, value)| (name, value)))
}
