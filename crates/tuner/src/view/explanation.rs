//! The explanation of a proposal.

use crate::space::Value;
use crate::trial::{Direction, Origin};
use serde::{Serialize, Serializer};

/// What a proposal knew, what it predicted, and the result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The trial's number.
    pub trial: u64,
    /// Its origin.
    #[serde(serialize_with = "origin_name")]
    pub origin: Origin,
    /// The number of earlier proposals of the same origin.
    pub position: usize,
    /// The values of its active parameters.
    #[serde(serialize_with = "as_map")]
    pub params: Vec<(String, Value)>,
    /// Number of trials whose results it was allowed to use.
    pub known_results: usize,
    /// Number of those that racing stopped: their predicted ends, with the variance, replace
    /// results.
    pub known_raced: usize,
    /// Number of pending trials: their configurations were known and their results were not.
    pub pending: usize,
    /// The best trial whose result it knew.
    pub best_known: Option<Known>,
    /// The method's reasoning; `None` if the configuration follows from a list, a sequence or the
    /// user.
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

/// A method's reasoning about its own proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Reasoning {
    /// A Gaussian process predicted its loss.
    #[serde(rename = "prediction")]
    Forecast(Box<Forecast>),
    /// Good trials are denser there than others.
    #[serde(rename = "contrast")]
    Contrast(Contrast),
}

/// A Gaussian process's prediction for a proposal, and the decision that chose it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// The predicted median loss.
    pub loss: f64,
    /// The 68 % prediction interval of the result, ascending.
    pub low: f64,
    /// See [`Forecast::low`].
    pub high: f64,
    /// The 95 % prediction interval of the result, ascending.
    pub low_95: f64,
    /// See [`Forecast::low_95`].
    pub high_95: f64,
    /// How it was chosen.
    pub choice: Choice,
    /// The incumbent: among the results of lowest loss, the one of lowest predicted mean.
    pub incumbent: Incumbent,
    /// The probability of improvement: of a loss below the incumbent's, without noise.
    pub probability_of_improvement: f64,
    /// The boundary penalty, by which the acquisition is lowered far from the middle of the space;
    /// 0 without a learned prior mean.
    pub boundary_penalty: f64,
    /// The part of the learned prior mean; `None` without one.
    pub prior_mean: Option<LearnedMean>,
    /// The factor by which this proposal shrank the fitted length scales; 1 for most proposals.
    pub length_factor: f64,
    /// Each searched parameter's length scale as used, as a share of its range: the shorter, the
    /// more the loss depends on it; beyond 1 it hardly does.
    #[serde(serialize_with = "as_map")]
    pub length_scales: Vec<(String, f64)>,
    /// The length scales before any result, in the same order: one that is still close to its own
    /// says what was assumed, and nothing of the data.
    #[serde(serialize_with = "as_map")]
    pub prior_length_scales: Vec<(String, f64)>,
    /// The known trials that are nearest, nearest first.
    pub nearest: Vec<Neighbour>,
    /// The standardised residual of the observed loss, as a normal quantile: 95 of 100 lie between
    /// −1.96 and 1.96; `None` without an observation.
    pub standardized_residual: Option<f64>,
}

/// How a proposal of the surrogate was chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Choice {
    /// Its acquisition was the highest among new configurations; replayed with the same outcome.
    Acquisition {
        /// The criterion that chose it.
        criterion: Criterion,
        /// The criterion's value there, less the boundary penalty, in standard deviations of warped
        /// losses.
        value: f64,
        /// The branch of the space that the proposal was confined to, if it explored the branch
        /// with the fewest trials.
        explored: Option<Explored>,
        /// Standard deviations of the bound before it was widened, if it was: narrower bounds led
        /// to known configurations.
        widened_from: Option<f64>,
        /// Configurations with a higher acquisition that were skipped, the best first; only the
        /// first few.
        passed_over: Vec<PassedOver>,
    },
    /// All candidates repeat trials or break constraints: it was drawn at random.
    Draw,
    /// This version of the program decides differently from the same records, as on a trial that
    /// another version proposed: its criterion is unknown.
    OtherVersion,
}

/// A branch of the space: a category on which other parameters depend, and its value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explored {
    /// The category.
    pub parameter: String,
    /// Its value.
    pub value: Value,
}

/// The criterion of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Criterion {
    /// The lower confidence bound of the loss, which is minimised; the upper one where the value is
    /// maximised.
    LowerConfidenceBound {
        /// Standard deviations from the mean.
        deviations: f64,
        /// The bound, as a loss.
        bound: f64,
    },
    /// The logarithm of the augmented expected improvement on the incumbent, which is maximised.
    LogAugmentedExpectedImprovement {
        /// The standard deviation of the noise that it accounts for, in standard deviations of
        /// warped losses.
        noise: f64,
    },
}

/// The incumbent of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Incumbent {
    /// Its trial.
    pub trial: u64,
    /// The predicted loss there, without noise.
    pub loss: f64,
}

/// The part of the learned prior mean in a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LearnedMean {
    /// The loss that it predicts by itself, at the level of the results; results nearby change the
    /// prediction.
    pub loss: f64,
    /// The posterior mean of its coefficient: 1 before any result, 0 if results contradict it.
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

/// A configuration with a higher acquisition that was skipped.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PassedOver {
    /// The configuration.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// Why: it repeats this trial (`repeats`), it breaks a constraint or was proposed before
    /// (`not_admitted`), or a narrower bound led there and it counts as known (`known`).
    pub reason: &'static str,
    /// The trial that it repeats, if it does.
    pub trial: Option<u64>,
}

/// A considered configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The values of its active parameters.
    #[serde(serialize_with = "as_map")]
    pub params: Vec<(String, Value)>,
    /// The predicted loss there.
    pub loss: f64,
}

/// The density ratio of good to other trials at a configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contrast {
    /// The ratio l/g of the two densities, which is the acquisition. Above 1 favours the
    /// configuration.
    pub quotient: f64,
    /// The ratio along each active axis alone, in the order of the space.
    #[serde(serialize_with = "as_map")]
    pub by_parameter: Vec<(String, f64)>,
}

impl Forecast {
    /// Converts internal losses, which are minimised, into the user's units.
    pub(crate) fn tell_in(&mut self, direction: Direction) {
        let told = |loss: &mut f64| *loss = direction.inner(*loss);
        told(&mut self.loss);
        for (low, high) in [(&mut self.low, &mut self.high), (&mut self.low_95, &mut self.high_95)]
        {
            // With a maximised metric the ends of the interval change places.
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
