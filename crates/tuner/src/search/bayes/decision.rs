//! The decision of one proposal: the configuration, and everything that led to it.
//!
//! `decide` is what a proposal runs, and what an explanation runs again: what is told is what was done.

use super::acquisition::Acquisition;
use super::boundary::BoundaryPenalty;
use super::candidates;
use super::optimise::{AcquisitionSurface, Rated};
use super::surrogate::{Fit, Known, Surrogate};
use super::turn::Turn;
use crate::gp::{Place, Posterior};
use crate::search::Request;
use crate::space::axes::Axes;
use crate::space::{Config, Point};
use crate::tuning::bayes::{N_CENTRES, N_INCUMBENTS, REPEAT_DISTANCE};

/// The result whose predicted mean is lowest, of those of lowest target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Incumbent {
    /// The number of its trial.
    pub(super) trial: usize,
    /// The predicted mean there.
    pub(super) mean: f64,
}

/// Why a place of higher acquisition was not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PassedOver {
    /// It repeats this trial.
    Repeats(usize),
    /// It breaks a constraint, or its configuration was proposed before.
    NotAdmitted,
    /// It is known already: the bound was widened to lead elsewhere.
    Known,
}

/// What was proposed, and why.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    /// The configuration.
    pub(super) config: Config,
    /// Where it lies, and what was predicted there.
    pub(super) place: Place,
    /// The criterion that chose it, as it was in the end.
    pub(super) acquisition: Acquisition,
    /// The criterion that the turn began with.
    pub(super) first_acquisition: Acquisition,
    /// Its acquisition, less the boundary penalty.
    pub(super) value: f64,
    /// Places that were better by the criterion of the time and not taken, in order.
    pub(super) passed_over: Vec<(Place, Config, PassedOver)>,
}

/// What a decision is made from: the surrogate conditioned on what the request knows.
pub(super) struct Situation<'a> {
    /// The surrogate.
    pub(super) surrogate: &'a Surrogate<'a>,
    /// What the policy chose for this proposal.
    pub(super) turn: Turn,
    /// Its posterior, at this turn's length scales.
    pub(super) posterior: Posterior<'a>,
    /// Results near which candidates are drawn, lowest predicted mean first.
    centres: Vec<Point>,
    /// The incumbent; `None` without results.
    pub(super) incumbent: Option<Incumbent>,
    /// The variance of a result's noise.
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

    /// Where the search for the best acquisition begins.
    pub(super) fn candidates(&self, request: &Request<'_>) -> Vec<Place> {
        let is_experienced = self.posterior.has_learned_mean();
        let axes = &self.surrogate.axes;
        let drawn = candidates::draw(axes, &self.centres, is_experienced, &mut request.rng());
        self.posterior.predict(drawn)
    }

    /// The criterion that the turn begins with.
    pub(super) fn acquisition(&self) -> Acquisition {
        let incumbent = self.incumbent.map_or(f64::INFINITY, |incumbent| incumbent.mean);
        self.turn.acquisition(incumbent, self.noise)
    }
}

/// Decides on the configuration of highest acquisition that was not proposed before; `None` if all that were
/// found were.
pub(super) fn decide(situation: &Situation<'_>, request: &Request<'_>) -> Option<Decision> {
    let axes = &situation.surrogate.axes;
    let candidates = situation.candidates(request);
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
        };
        let Some((rated, config)) =
            tried.first_new(surface.maxima(&candidates), request, &mut passed_over)
        else {
            return decision;
        };

        // What a narrower bound led to was known already, and is passed over.
        let before = decision.take();
        passed_over.extend(before.map(|before| (before.place, before.config, PassedOver::Known)));

        let sd = rated.place.prediction.sd;
        decision = Some(Decision {
            config,
            acquisition,
            first_acquisition,
            value: rated.value,
            passed_over: passed_over.clone(),
            place: rated.place,
        });
        match situation.turn.widened(acquisition, sd) {
            Some(wider) => acquisition = wider,
            None => return decision,
        }
    }
}

/// What was tried, as places.
struct Tried<'a> {
    axes: &'a Axes<'a>,
    /// The numbers of trials, and where they lie.
    places: Vec<(usize, Point)>,
}

impl<'a> Tried<'a> {
    fn new(axes: &'a Axes<'a>, request: &Request<'_>) -> Self {
        let entries = request.history.entries().iter();
        let places = entries.map(|entry| (entry.number, axes.place(&entry.config))).collect();
        Self { axes, places }
    }

    /// Returns the first of the rated places that may be proposed; those before it are passed over.
    fn first_new(
        &self,
        ranked: Vec<Rated>,
        request: &Request<'_>,
        passed_over: &mut Vec<(Place, Config, PassedOver)>,
    ) -> Option<(Rated, Config)> {
        for rated in ranked {
            let point = &rated.place.point;
            let config = self.axes.config(&point.coordinates);
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

/// The results near which candidates are drawn: of the lowest, those whose predicted mean is lowest. Where
/// losses are noisy these are not those with the most fortunate noise but the best. Also returns the incumbent.
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
