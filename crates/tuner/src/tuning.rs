//! Every tuned constant of model-based search, and the command that chose it.
//!
//! A constant belongs here if another value would also be correct and only a measurement shows
//! which is better. Tolerances, formulas and memory limits stay beside the code that uses them.
//! "Chosen by: unknown" means that no command of this project is known to reproduce the choice.

/// Constants of Bayesian search.
pub(crate) mod bayes {
    // Exploration policy (`search/bayes/turn.rs`).

    /// Standard deviations of the lower confidence bound. Chosen by: unknown.
    pub(crate) const LCB_DEVIATIONS: f64 = 2.0;

    /// With a prior mean, proposals may seek improvement from this number of trials on: before it
    /// there is too little to improve on. Chosen by: unknown.
    pub(crate) const IMPROVEMENT_FROM: usize = 4;

    /// The share of proposals that seek improvement then. Chosen by: unknown.
    pub(crate) const IMPROVEMENT_PROBABILITY: f64 = 0.5;

    /// The share of the noise's variance that discounts an improvement: with all of it regret was
    /// higher by a tenth. Chosen by: `just bench-experience`.
    pub(crate) const IMPROVEMENT_NOISE_SHARE: f64 = 0.2;

    /// Predicted standard deviation, in units of that of the losses, below which a configuration
    /// counts as known. Chosen by: unknown.
    pub(crate) const KNOWN_SD: f64 = 0.03;

    /// A result counts as an improvement if it is below the best before it by this much, in units
    /// of the standard deviation of the losses. Chosen by: unknown.
    pub(crate) const LEAST_IMPROVEMENT: f64 = 0.01;

    /// Greatest number of standard deviations to which the bound is widened. Chosen by: unknown.
    pub(crate) const WIDEST_DEVIATIONS: f64 = 100.0;

    /// Below this number of trials length scales are used as fitted: with so few trials the
    /// search explores anyway. Chosen by: unknown.
    pub(crate) const SHRINKAGE_FROM: usize = 20;

    /// The share of proposals that are made with shrunk length scales. Chosen by: unknown.
    pub(crate) const SHRINKAGE_PROBABILITY: f64 = 0.25;

    /// The factor of shrunk length scales; it saves a sixth of the regret after 50 trials. Chosen
    /// by: `just race bayes`.
    pub(crate) const SHRINKAGE: f64 = 0.5;

    /// The share of proposals that explore the branch tried least, in a space that has branches and
    /// no prior mean. Chosen by: `suite.py choose`; see `LOG.md` there.
    pub(crate) const BRANCH_PROBABILITY: f64 = 0.15;

    // Candidates and the optimisation of the acquisition function.

    /// Number of results of lowest target among which the incumbent is chosen. Chosen by: unknown.
    pub(crate) const N_INCUMBENTS: usize = 20;

    /// Number of results of lowest predicted mean near which candidates are drawn. Chosen by:
    /// unknown.
    pub(crate) const N_CENTRES: usize = 5;

    /// Number of candidates drawn over the whole space, without and with a prior mean: where it
    /// shows where to look, half as many find the same. Chosen by: unknown.
    pub(crate) const N_GLOBAL: [usize; 2] = [1000, 500];

    /// Number of candidates drawn near the best results. Chosen by: unknown.
    pub(crate) const N_LOCAL: usize = 1000;

    /// Probability that an axis besides the first moves in a local candidate. Chosen by: unknown.
    pub(crate) const MOVE_PROBABILITY: f64 = 0.4;

    /// Number of candidates from which gradient ascent starts. Chosen by: unknown.
    pub(crate) const N_STARTS: usize = 6;

    /// Largest coordinate difference at which two starts count as one. Chosen by: unknown.
    pub(crate) const START_DISTANCE: f64 = 0.1;

    /// Number of rounds of ascent along gradients, then over listed values. Chosen by: unknown.
    pub(crate) const N_ROUNDS: usize = 2;

    /// Largest coordinate difference at which a proposal repeats a trial. Chosen by: unknown.
    pub(crate) const REPEAT_DISTANCE: f64 = 1e-4;

    // Predictive distribution of results (`search/bayes/predictive.rs`).

    /// The factor of the fitted length scales. Chosen by: `suite.py choose`, as the next one; see
    /// `LOG.md` there.
    pub(crate) const PREDICTIVE_LENGTHS: f64 = 0.5;

    /// Scale of Student's t with two degrees of freedom, in predicted standard deviations. Chosen
    /// by: `suite.py choose`, so that its central 68 and 95 % intervals have that coverage.
    pub(crate) const PREDICTIVE_SCALE: f64 = 0.73;

    // What the surrogate learns from.

    /// With a prior mean, which is of ln loss, the plain logarithm is used below this number of
    /// results. Chosen by: unknown.
    pub(crate) const WARP_CHOICE_FROM: usize = 10;

    /// A loss is capped at this many times the distance from the lower quartile to the median above
    /// the median. Chosen by: unknown.
    pub(crate) const CAP: f64 = 2.0;

    /// The shift of a shifted logarithm, as a share of the distance from the best loss to the
    /// median. Chosen by: unknown.
    pub(crate) const SHIFT: f64 = 0.5;

    /// Losses that differ by less than this share of the spread of the first results count as
    /// equal. Chosen by: unknown.
    pub(crate) const NEGLIGIBLE: f64 = 1e-4;

    /// Number of first results, which are not yet gathered around the best. Chosen by: unknown.
    pub(crate) const FIRST: usize = 10;

    /// Number of results that are used among those that equal the best and lie close together.
    /// Chosen by: unknown.
    pub(crate) const N_EQUAL: usize = 5;

    /// Largest coordinate difference at which two such results lie close together. Chosen by:
    /// unknown.
    pub(crate) const EQUAL_DISTANCE: f64 = 0.05;

    /// The share of a fold's residual variance that counts as known observation noise; the rest is
    /// the interaction of fold and configuration, which similar configurations share. Trials of one
    /// fold begin with the same weights and have the same batches and dropout masks, so little noise
    /// is left: with a prior mean regret was lower than with a twentieth, by a twentieth after ten
    /// trials and by a tenth after fifteen; a fifth of this value makes no difference. Where a
    /// program's noise is more, the fit finds it (`gp/fit.rs`). Chosen by: `just bench-experience`,
    /// without a prior mean `suite.py choose`; see `LOG.md` there.
    pub(crate) const NOISE_SHARE: f64 = 0.01;

    /// Degrees of freedom that the pooled residual variance counts for beside a trial's own.
    /// Chosen by: unknown.
    pub(crate) const POOLED_FREEDOM: f64 = 5.0;

    /// Number of best results in whose neighbourhood a subset is chosen. Chosen by: unknown.
    pub(crate) const SUBSET_CENTRES: usize = 5;

    /// The most results that θ is fitted to. Chosen by: `just bench-subset`.
    pub(crate) const FITTED: usize = 200;

    /// The most results that predictions use. Chosen by: `just bench-subset`.
    pub(crate) const KNOWN: usize = 1000;

    /// Up to this number of results each one is followed by a fit; afterwards the number must grow
    /// by this share. Chosen by: unknown.
    pub(crate) const FITS_UP_TO: usize = 50;
}

/// Constants of the Gaussian process.
pub(crate) mod gp {
    /// Number of axes of a space whose length scales are expected to be 1; they grow with the root
    /// of the number of axes (Hvarfner et al. 2024). Chosen by: unknown.
    pub(crate) const UNIT_LENGTH_AXES: f64 = 7.0;

    /// Standard deviations of ln length scale, ln signal variance and ln noise variance of the wide
    /// prior, which holds under a learned prior mean; else `gp/hyperpriors.json` has the first two.
    /// Chosen by: unknown.
    pub(crate) const LENGTH_SD: f64 = 0.7;
    /// See [`LENGTH_SD`].
    pub(crate) const SIGNAL_SD: f64 = 0.5;
    /// See [`LENGTH_SD`].
    pub(crate) const NOISE_SD: f64 = 2.0;

    /// Prior mean of ln noise variance. Chosen by: unknown.
    pub(crate) const NOISE_MEAN: f64 = -9.0;

    /// Prior mean and standard deviation of ln noise variance of noisy losses, and ln of the odds
    /// against them. Chosen by: `suite.py choose`; see `LOG.md` there.
    pub(crate) const NOISY_MEAN: f64 = -2.5;
    /// See [`NOISY_MEAN`].
    pub(crate) const NOISY_SD: f64 = 1.0;
    /// See [`NOISY_MEAN`].
    pub(crate) const NOISY_LOG_ODDS: f64 = 2.0;

    /// Radius of the arc of a conditional number: absence is as far away as the middle of a range
    /// is from its ends. Chosen by: unknown.
    pub(crate) const ARC_RADIUS: f64 = 0.5;

    /// With more results than this, a fit may end sooner, and start where another warp's fit ended.
    /// Chosen by: unknown.
    pub(crate) const MANY_RESULTS: usize = 50;

    /// The tolerance of such a fit: some hundredths of the log density. Chosen by: unknown.
    pub(crate) const DECREASE_OF_MANY: f64 = 1e-5;
}

/// Constants of prior means.
pub(crate) mod prior {
    /// Prior standard deviation of the constant if no reference loss is known. Chosen by: unknown.
    pub(crate) const CONSTANT_SD: f64 = 1.0;

    /// Prior standard deviation of the learned mean's coefficient. Chosen by: unknown.
    pub(crate) const LEARNED_SD: f64 = 0.5;

    /// Prior standard deviation of a user prior's coefficient. Chosen by: unknown.
    pub(crate) const USER_SD: f64 = 1.0;

    /// Prior mean and standard deviation of the boundary trend's coefficient, in standard
    /// deviations of the losses. Chosen by: `suite.py choose`, among 0.3 ± 0.3, 0.3 ± 0.6 and
    /// 0.2 ± 0.8; see `LOG.md` there.
    pub(crate) const BOUNDARY_MEAN: f64 = 0.3;
    /// See [`BOUNDARY_MEAN`].
    pub(crate) const BOUNDARY_SD: f64 = 0.6;

    /// Amplitude and width of a user prior of low, medium and high confidence. Chosen by: unknown.
    pub(crate) const USER_LOW: (f64, f64) = (0.5, 0.35);
    /// See [`USER_LOW`].
    pub(crate) const USER_MEDIUM: (f64, f64) = (1.0, 0.25);
    /// See [`USER_LOW`].
    pub(crate) const USER_HIGH: (f64, f64) = (2.0, 0.15);

    /// The smallest share of a ramp for which length scales are stretched. Chosen by: unknown.
    pub(crate) const LEAST_SHARE: f64 = 0.1;

    /// Losses are capped this many spreads above the reference loss. Chosen by: unknown.
    pub(crate) const CAP_ABOVE_REFERENCE: f64 = 1.0;
}

/// Constants of tree-structured Parzen estimators.
pub(crate) mod tpe {
    /// Share of the results that are good, and their greatest number: those of Optuna and of
    /// hyperopt.
    pub(crate) const GOOD_SHARE: f64 = 0.1;
    /// See [`GOOD_SHARE`].
    pub(crate) const MOST_GOOD: f64 = 25.0;

    /// Number of draws from l; the ascent starts at the best. Chosen by: unknown.
    pub(crate) const N_STARTS: usize = 24;

    /// Number of passes of the ascent through all axes. Chosen by: unknown.
    pub(crate) const N_ROUNDS: usize = 2;

    /// Number of points tried along each axis. Chosen by: unknown.
    pub(crate) const N_TRIED: usize = 48;
}
