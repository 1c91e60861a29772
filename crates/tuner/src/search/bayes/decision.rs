//! The decision of one proposal: the configuration, and everything that led to it.
//!
//! Both a proposal and its explanation run `decide`, so the explanation shows what was really done.

use super::acquisition::Acquisition;
use super::boundary::BoundaryPenalty;
use super::branch::Branch;
use super::candidates;
use super::optimise::{AcquisitionSurface, Rated};
use super::surrogate::{Fit, Known, Surrogate};
use super::turn::Turn;
use crate::gp::{Place, Posterior};
use crate::search::Request;
use crate::space::axes::Axes;
use crate::space::{Config, Point};
use crate::tuning::bayes::{N_CENTRES, N_INCUMBENTS, REPEAT_DISTANCE};

/// The incumbent: among the results of lowest target, the one of lowest predicted mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Incumbent {
    /// The number of its trial.
    pub(super) trial: usize,
    /// The predicted mean there.
    pub(super) mean: f64,
}

/// Why a point of higher acquisition was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PassedOver {
    /// The candidate repeats this trial.
    Repeats(usize),
    /// The candidate breaks a constraint, or its configuration was proposed before.
    NotAdmitted,
    /// The candidate is known: the bound was widened to find another.
    Known,
}

/// The proposal and its reasons.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    /// The configuration.
    pub(super) config: Config,
    /// The proposed point, and the prediction there.
    pub(super) place: Place,
    /// The final acquisition function.
    pub(super) acquisition: Acquisition,
    /// The acquisition function at the beginning.
    pub(super) first_acquisition: Acquisition,
    /// The acquisition value at the point, minus the boundary penalty.
    pub(super) value: f64,
    /// The branch that it explores, if any.
    pub(super) branch: Option<Branch>,
    /// Skipped points with a higher acquisition, in order.
    pub(super) passed_over: Vec<(Place, Config, PassedOver)>,
}

/// The basis of a decision: the surrogate conditioned on what the request knows.
pub(super) struct Situation<'a> {
    /// The surrogate.
    pub(super) surrogate: &'a Surrogate<'a>,
    /// The policy's choices for this proposal.
    pub(super) turn: Turn,
    /// The surrogate's posterior, with this turn's length scales.
    pub(super) posterior: Posterior<'a>,
    /// Results near which candidates are drawn, lowest predicted mean first.
    centres: Vec<Point>,
    /// The incumbent; `None` without results.
    pub(super) incumbent: Option<Incumbent>,
    /// The variance of a result's observation noise.
    pub(super) noise: f64,
}

impl<'a> Situation<'a> {
    /// Conditions the surrogate on what the request knows, with the fitted parameters of this turn.
    pub(super) fn new(
        surrogate: &'a Surrogate<'a>,
        request: &Request<'_>,
        known: &Known,
        fit: &Fit,
    ) -> Self {
        let has_learned_mean = surrogate.mean_function.learned().is_some();
        let turn = Turn::new(request, has_learned_mean, &known.data.targets);
        let theta = turn.theta(&fit.theta);
        let posterior = surrogate.posterior(&theta, &known.data);
        let (centres, incumbent) = centres(&posterior, known);
        let noise = theta.noise() + known.data.mean_noise();
        Self { surrogate, turn, posterior, centres, incumbent, noise }
    }

    /// The boundary penalty of this turn.
    pub(super) fn boundary(&self) -> BoundaryPenalty {
        let Surrogate { axes, mean_function, history, .. } = self.surrogate;
        BoundaryPenalty::new(axes, mean_function, history.len())
    }

    /// Where the search for the best acquisition begins, within a branch if one is explored.
    pub(super) fn candidates(&self, request: &Request<'_>, branch: Option<Branch>) -> Vec<Place> {
        let is_experienced = self.posterior.has_learned_mean();
        let axes = &self.surrogate.axes;
        let drawn = candidates::draw(axes, &self.centres, is_experienced, &mut request.rng());
        self.posterior.predict(match branch {
            Some(branch) => drawn.into_iter().filter_map(|p| branch.moved(axes, p)).collect(),
            None => drawn,
        })
    }

    /// The branch that the proposal explores, if any.
    fn branch(&self, request: &Request<'_>) -> Option<Branch> {
        let explores = self.turn.explores_branch;
        explores.then(|| Branch::least_tried(&self.surrogate.axes, request)).flatten()
    }

    /// The acquisition function at the beginning of the turn.
    pub(super) fn acquisition(&self) -> Acquisition {
        let incumbent = self.incumbent.map_or(f64::INFINITY, |incumbent| incumbent.mean);
        self.turn.acquisition(incumbent, self.noise)
    }
}

/// Decides on the new configuration of highest acquisition; returns `None` if all that were found
/// were proposed before.
pub(super) fn decide(situation: &Situation<'_>, request: &Request<'_>) -> Option<Decision> {
    let axes = &situation.surrogate.axes;
    let branch = situation.branch(request);
    let candidates = situation.candidates(request, branch);
    let boundary = situation.boundary();
    let tried = Tried::new(axes, request);

    let first_acquisition = situation.acquisition();
    let mut acquisition = first_acquisition;
    let mut passed_over = Vec::new();
    let mut decision: Option<Decision> = None;

    loop {
        let surface = AcquisitionSurface {
            axes,
            posterior: &situation.posterior,
            acquisition,
            boundary: &boundary,
            held: branch.map(|branch| branch.axis),
        };
        let Some((rated, config)) =
            tried.first_new(surface.maxima(&candidates), request, &mut passed_over)
        else {
            return decision;
        };

        // What a narrower bound led to is known, and is skipped.
        let before = decision.take();
        passed_over.extend(before.map(|before| (before.place, before.config, PassedOver::Known)));

        let sd = rated.place.prediction.sd;
        decision = Some(Decision {
            config,
            acquisition,
            first_acquisition,
            value: rated.value,
            branch,
            passed_over: passed_over.clone(),
            place: rated.place,
        });
        match situation.turn.widened(acquisition, sd) {
            Some(wider) => acquisition = wider,
            None => return decision,
        }
    }
}

/// The tried configurations as points.
struct Tried<'a> {
    axes: &'a Axes<'a>,
    /// The numbers of trials, and their points.
    places: Vec<(usize, Point)>,
}

impl<'a> Tried<'a> {
    fn new(axes: &'a Axes<'a>, request: &Request<'_>) -> Self {
        let entries = request.history.entries().iter();
        let places = entries.map(|entry| (entry.number, axes.place(&entry.config))).collect();
        Self { axes, places }
    }

    /// Returns the first of the sorted points that may be proposed; those before it are skipped.
    fn first_new(
        &self,
        ranked: Vec<Rated>,
        request: &Request<'_>,
        passed_over: &mut Vec<(Place, Config, PassedOver)>,
    ) -> Option<(Rated, Config)> {
        for rated in ranked {
            let point = &rated.place.point;
            let config = self.axes.config(&point.coordinates);
            // By distance, not by equality: next to a trial the same loss would be found again.
            let repeated =
                self.places.iter().find(|(_, at)| self.axes.distance(at, point) < REPEAT_DISTANCE);
            if let Some((trial, _)) = repeated {
                passed_over.push((rated.place, config, PassedOver::Repeats(*trial)));
                continue;
            }
            if request.admits(&config) {
                return Some((rated, config));
            }
            passed_over.push((rated.place, config, PassedOver::NotAdmitted));
        }

        None
    }
}

/// Returns the results near which candidates are drawn, and the incumbent: among the lowest, those
/// of lowest predicted mean. With noisy losses the lowest observations are those with the lowest
/// noise, not the best configurations.
pub(super) fn centres(posterior: &Posterior<'_>, known: &Known) -> (Vec<Point>, Option<Incumbent>) {
    let lowest = known.data.lowest(N_INCUMBENTS);
    let points = lowest.iter().map(|&row| known.data.points[row].clone()).collect();
    let mut places: Vec<(usize, Place)> =
        lowest.iter().map(|&row| known.trials[row]).zip(posterior.predict(points)).collect();
    places.sort_by(|(_, a), (_, b)| a.prediction.mean.total_cmp(&b.prediction.mean));

    let incumbent = places
        .first()
        .map(|(trial, place)| Incumbent { trial: *trial, mean: place.prediction.mean });
    (places.into_iter().take(N_CENTRES).map(|(_, place)| place.point).collect(), incumbent)
}
