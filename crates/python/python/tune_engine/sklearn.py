"""``TuneSearchCV``: the search as a scikit-learn estimator.

It replaces ``RandomizedSearchCV`` and keeps its conventions: ``cv_results_``,
``best_estimator_``, ``refit``, several metrics, metadata routing. Two things differ. The splits are
drawn once and shared by all candidates, so that candidates are compared on the same folds. And the
scores reach the search fold by fold, so that it knows their noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from ._joined import joined
from ._kept import Kept, fingerprint, hash_of_splits
from ._progress import Progress
from ._splits import Frozen
from .space import read_space
from .study import Study, Trial

__all__ = ["TuneSearchCV"]


class TuneSearchCV(BaseSearchCV):
    """Bayesian search over the hyperparameters of an estimator, cross-validated.

    Parameters
    ----------
    estimator : estimator object
    param_distributions : dict, list of dicts, or path of a ``space.toml``
        Only the ``[space]`` and the constraints of a file are used.
        From names (``step__param`` in a pipeline) to ``te.Float``, ``te.Int``, ``te.Ordinal``,
        ``te.Categorical``, lists, or SciPy's ``uniform``, ``loguniform``, ``randint``. Each dict
        of a list is a space of its own, one of which is chosen.
    n_iter : int
        The number of candidates.
    method : {"bayes", "tpe", "sobol", "random", "grid"}
    parallel : int
        Candidates that are proposed at once. The result depends on it, and never on ``n_jobs``.
    optimize : str or None
        The metric to optimise if several are scored and ``refit`` names none.
    refit : bool, str or callable
        As in scikit-learn; ``"one-se"`` takes the first of the candidates within one standard
        error of the best, in the order in which they were tried.
    random_state : int, RandomState instance or None
        The seed of the search; ``None`` is 0, so that a search repeats.
    constraints : list of str
        Expressions that every candidate satisfies.
    race : bool or dict
        Whether candidates that cannot win are stopped after a fold: ``True``, or the keys of
        ``[race]`` such as ``{"risk": 0.05}``. The scores of folds that were not fitted are ``nan``.
    store : path or None
        A folder for the study: an interrupted search continues there without fitting
        anything twice, and one on other data, another estimator or another space is refused.
    verbose : int
        1 prints a line per candidate; scikit-learn's own lines begin at 2.

    Attributes
    ----------
    cv_results_, best_estimator_, best_params_, best_score_, best_index_, n_splits_, scorer_
        As in scikit-learn.
    best_set_ : array of int
        The fewest candidates that together hold 97 % of the probability to be the best.
    importance_ : dict
        The share of the variance of the score that each parameter explains; empty if there are too
        few results for a surrogate.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> import tune_engine as te
    >>> from tune_engine.sklearn import TuneSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> space = {"C": te.Float(1e-2, 1e3, log=True), "gamma": te.Float(1e-4, 1.0, log=True)}
    >>> search = TuneSearchCV(SVC(), space, n_iter=12, cv=3).fit(X, y)
    >>> bool(search.best_score_ > 0.96)
    True
    """

    # What scikit-learn's own searches take, and their validation of it.
    _parameter_constraints: dict = {
        **BaseSearchCV._parameter_constraints,
        "n_iter": [Interval(Integral, 1, None, closed="left")],
        "parallel": [Interval(Integral, 1, None, closed="left")],
        "optimize": [str, None],
        "race": ["boolean", Mapping],
    }

    def __init__(
        self,
        estimator,
        param_distributions,
        *,
        n_iter=30,
        method="bayes",
        parallel=1,
        scoring=None,
        optimize=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        pre_dispatch="2*n_jobs",
        random_state=None,
        error_score=np.nan,
        return_train_score=False,
        constraints=None,
        race=False,
        store=None,
    ):
        # As given and unchecked, so that clone() and set_params() work.
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.method = method
        self.parallel = parallel
        self.optimize = optimize
        self.random_state = random_state
        self.constraints = constraints
        self.race = race
        self.store = store
        super().__init__(
            estimator=estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )

    def fit(self, X, y=None, **params):
        """Searches, and refits the best candidate on all data."""
        if isinstance(self.scoring, (list, tuple, set, dict)):
            self._check_metric(list(self.scoring))
        elif self.optimize is not None and not callable(self.scoring):
            self._check_single()
        given = {"cv": self.cv, "refit": self.refit, "verbose": self.verbose}
        # scikit-learn draws the splits anew for each batch of candidates; they are drawn once here.
        frozen = Frozen(self.cv, is_classifier(self.estimator))
        self._progress = Progress(self, frozen, fingerprint(X, y) if self.store else "")
        try:
            self.cv = frozen
            self.verbose = max(self.verbose - 1, 0)
            if isinstance(self.refit, str) and self.refit == "one-se":
                self.refit = self._progress.one_se
            elif callable(self.refit):
                self.refit = partial(self._progress.chosen_by, self.refit)
            super().fit(X, y, **params)
            # scikit-learn has not seen a last batch in which every fit failed.
            self.cv_results_ = self._progress.results()
            if self.refit is not False and callable(self.refit):
                column = self.cv_results_[f"mean_test_{self._progress.metric}"]
                self.best_score_ = column[self.best_index_]
        finally:
            for name, value in given.items():
                setattr(self, name, value)
            del self._progress
        return self

    def __getstate__(self):
        # scikit-learn sends the search along with each fit; the study stays here.
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_progress"}

    def _metric(self) -> str:
        """The name in ``cv_results_`` of the metric that is optimised."""
        if self.optimize is not None:
            return self.optimize
        if isinstance(self.refit, str) and self.refit != "one-se":
            return self.refit
        return "score"

    def _check_metric(self, names: list[str]) -> None:
        if self._metric() not in names:
            known = ", ".join(sorted(map(str, names)))
            raise ValueError(
                f"several metrics are scored ({known}): name the one to search by in optimize= "
                "or refit="
            )

    def _check_single(self) -> None:
        """Refuses an ``optimize`` that is not the one metric that is scored."""
        if self.optimize not in (None, "score", self.scoring):
            scored = "the estimator's own score" if self.scoring is None else "one metric"
            raise ValueError(
                f"optimize={self.optimize!r}, but {scored} is computed: "
                f"scoring={self.optimize!r} computes and optimises it"
            )

    def _run_search(self, evaluate_candidates, callback_ctx=None):
        # Callbacks are there since scikit-learn 1.9.
        context = None
        if callback_ctx is not None:
            context = callback_ctx.subcontext(task_name="search", max_subtasks=None)
            context.call_on_fit_task_begin(estimator=self)

        study = self._begin()
        progress = self._progress
        progress.begin(study, evaluate_candidates, context)
        for trials in self._batches(study):
            if self.race is False:
                progress.evaluate(trials)
            else:
                progress.evaluate_by_fold(trials)
        progress.end()

        if context is not None:
            context.call_on_fit_task_end(estimator=self)
        self.best_set_ = progress.best_set()
        self._searched_ = (*space_of(self), study.trials())

    @property
    def importance_(self):
        """The share of the variance of the score that each parameter explains."""
        check_is_fitted(self, "_searched_")
        return importance(*self._searched_)

    def _format_results(self, candidate_params, n_splits, out, more_results=None):
        """Returns what scikit-learn puts into ``cv_results_``, recorded candidates included."""
        return self._progress.take(out)

    def _formatted(self, params: list[dict], n_splits: int, out: list[dict]) -> dict[str, Any]:
        return super()._format_results(params, n_splits, out)

    def _batches(self, study: Study) -> Iterator[list[Trial]]:
        """Yields batches to evaluate, first the recorded candidates without scores."""
        ended = [Trial(trial["trial"], trial["params"]) for trial in study.trials()]
        ended = ended[: self.n_iter]
        unknown = self._progress.recall(ended)
        # scikit-learn needs one candidate that is fitted here: the last is fitted again.
        if len(ended) == self.n_iter and not unknown:
            unknown = ended[-1:]
        if unknown:
            yield unknown

        n_left = self.n_iter - len(ended)
        while n_left > 0:
            trials: list[Trial] = []
            while len(trials) < min(self.parallel, n_left):
                trial = study.ask()
                if trial is None:
                    break
                trials.append(trial)
            if not trials:
                return
            yield trials
            n_left -= len(trials)

    def _begin(self) -> Study:
        space, constraints = space_of(self)
        settings: dict[str, Any] = {
            "method": self.method,
            "seed": self._seed(),
            "parallel": self.parallel,
            "folds": self.n_splits_,
            "direction": "maximize",
            "constraints": constraints,
            "race": self.race,
        }
        if self.store is not None:
            self._progress.keep(Kept(self.store, self._identity()))
            settings["store"] = self.store
        study = Study(space, **settings)
        # An earlier process asked for these and stopped before it told their scores.
        study.release()
        return study

    def _seed(self) -> int:
        if self.random_state is None:
            return 0
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _identity(self) -> dict[str, str]:
        """What a search must have in common with the one on disk that it continues."""
        return {
            "estimator": repr(self.estimator),
            "scoring": repr(self.scoring),
            "metric": self._metric(),
            "data": self._progress.data,
            "splits": hash_of_splits(self._progress.frozen.splits or []),
        }


def space_of(search: TuneSearchCV) -> tuple[Mapping[str, Any], list[str]]:
    """Returns the space and the constraints; those of a file are added to the search's own."""
    space, constraints = search.param_distributions, list(search.constraints or [])
    if isinstance(space, (list, tuple)):
        return joined(list(space)), constraints
    if isinstance(space, Mapping):
        return space, constraints
    found = read_space(space)
    return found[0], found[1] + constraints


def importance(
    space: Mapping[str, Any], constraints: list[str], trials: list[dict[str, Any]]
) -> dict[str, Any]:
    """Returns the importance of the parameters; empty if there are too few results."""
    known = [trial for trial in trials if trial["state"] == "ok"]
    enqueue = [trial["params"] for trial in known]
    # A study of the same trials in memory: the search itself may be on disk, or elsewhere by now.
    try:
        study = Study(
            space,
            method="random",
            folds=len(known[0]["losses"]) if known else 1,
            direction="maximize",
            constraints=constraints,
            enqueue=enqueue,
        )
        for trial in known:
            study.tell(study.ask(), trial["losses"])
        return study.importance()
    except ValueError:
        return {}
