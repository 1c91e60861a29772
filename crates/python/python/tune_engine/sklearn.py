"""``TuneSearchCV``: the search as a scikit-learn estimator.

It replaces ``RandomizedSearchCV`` and keeps its conventions: ``cv_results_``,
``best_estimator_``, ``refit``, several metrics, metadata routing. Two things differ. The splits are
drawn once and shared by all candidates, so that candidates are compared on the same folds. And the
scores reach the search fold by fold, so that it knows their noise.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import check_cv
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ._joined import candidate, joined
from ._kept import Kept, fingerprint, hash_of_splits
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
    _parameter_constraints: dict = {**BaseSearchCV._parameter_constraints}

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
        given = {"cv": self.cv, "refit": self.refit, "verbose": self.verbose}
        # scikit-learn draws the splits anew for each batch of candidates; they are drawn once here.
        frozen = _Frozen(self.cv, is_classifier(self.estimator))
        self._progress = _Progress(self, frozen, fingerprint(X, y) if self.store else "")
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


class _Progress:
    """The candidates so far, with scikit-learn's results of each fold."""

    def __init__(self, search: TuneSearchCV, frozen: _Frozen, data: str) -> None:
        self.search = search
        self.frozen = frozen
        self.data = data
        self.kept: Kept | None = None
        # By trial number, in the order of the trials.
        self.folds: dict[int, list[dict[str, Any]]] = {}
        self.params: dict[int, dict[str, Any]] = {}
        self.under_way: list[int] = []
        self.n_heard = 0
        self.last_failure: Exception | None = None
        self.is_told = search.verbose > 0

    def keep(self, kept: Kept) -> None:
        self.kept = kept

    def begin(self, study: Study, evaluate_candidates: Any, context: Any) -> None:
        self.study = study
        self.evaluate_candidates = evaluate_candidates
        self.context = context
        self.n_splits = self.search.n_splits_

    def end(self) -> None:
        # scikit-learn cannot continue without any fit.
        if self.n_heard == 0 and self.last_failure is not None:
            raise self.last_failure

    def recall(self, ended: list[Trial]) -> list[Trial]:
        """Takes the scores of trials from the record; returns the trials without a record."""
        known = self.kept.folds() if self.kept else {}
        for trial in ended:
            if trial.number in known:
                self._expect(trial)
                self.folds[trial.number] = known[trial.number]
        return [trial for trial in ended if trial.number not in known]

    def evaluate(self, trials: list[Trial]) -> None:
        """Fits all folds of a batch and tells their scores."""
        for trial in trials:
            self._expect(trial)
            self.folds[trial.number] = []
        self._call(trials, self.frozen)
        for trial in trials:
            self._remember(trial)
            self.study.tell(trial, **self._told(trial))
            self._say(trial)

    def evaluate_by_fold(self, trials: list[Trial]) -> None:
        """Fits and tells one fold of each trial of a batch, and continues those that can win."""
        for trial in trials:
            self._expect(trial)
            self.folds[trial.number] = []
        going_on = trials
        for fold in range(self.n_splits):
            if not going_on:
                break
            self._call(going_on, self.frozen.only(fold))
            going_on = [trial for trial in going_on if self._tell_fold(trial, fold)]
        for trial in trials:
            self._remember(trial)
            self._say(trial)

    def _tell_fold(self, trial: Trial, fold: int) -> bool:
        score = self._score(self.folds[trial.number][fold])
        if np.isfinite(score):
            return self.study.tell(trial, score, fold=fold)
        return self.study.tell(trial, fold=fold, failed="the fold has no finite score")

    def _expect(self, trial: Trial) -> None:
        is_joined = isinstance(self.search.param_distributions, (list, tuple))
        self.params[trial.number] = candidate(trial.params) if is_joined else trial.params

    def _call(self, trials: list[Trial], cv: _Frozen) -> None:
        """Lets scikit-learn fit a batch; its results arrive in :meth:`take`."""
        self.under_way = [trial.number for trial in trials]
        candidates = [self.params[number] for number in self.under_way]
        batch = self._batch_context(len(trials) * cv.n_splits)
        further = {} if batch is None else {"callback_ctx": batch}
        self.search.n_splits_ = cv.n_splits
        try:
            self.evaluate_candidates(candidates, cv=cv, **further)
        except ValueError as failure:
            # scikit-learn raises if all fits of a call failed; here that can be one candidate.
            is_failed = str(failure).lstrip().startswith("All the ")
            if not is_failed or self.search.error_score == "raise":
                raise
            self.last_failure = failure
            warnings.warn(str(failure), FitFailedWarning, stacklevel=2)
            for number in self.under_way:
                self.folds[number] += [self._unfitted() for _ in range(cv.n_splits)]
        finally:
            self.search.n_splits_ = self.n_splits
        if batch is not None:
            batch.call_on_fit_task_end(estimator=self.search)

    def _batch_context(self, n_fits: int) -> Any:
        """The context in which scikit-learn's callbacks see a batch's fits; none before 1.9."""
        if self.context is None:
            return None
        batch = self.context.subcontext(
            task_name="batch", max_subtasks=n_fits, sequential_subtasks=False
        )
        return batch.call_on_fit_task_begin(estimator=self.search)

    def take(self, out: list[dict[str, Any]]) -> dict[str, Any]:
        """Takes scikit-learn's results of all fits so far; the last ones are those of the
        current call."""
        new = out[self.n_heard :]
        self.n_heard = len(out)
        each = len(new) // max(len(self.under_way), 1)
        for position, number in enumerate(self.under_way):
            self.folds[number] += new[position * each : (position + 1) * each]
        return _Later(self.results)

    def results(self) -> dict[str, Any]:
        """Returns ``cv_results_`` of all candidates so far, by number."""
        numbers = sorted(self.params)
        names = self._names()
        out: list[dict[str, Any]] = []
        for number in numbers:
            found = self.folds[number]
            blank = [self._unfitted() for _ in range(self.n_splits - len(found))]
            out += [with_names(fold, names) for fold in found + blank]
        with warnings.catch_warnings():
            # A candidate that failed or was stopped has been reported already.
            warnings.filterwarnings("ignore", message="One or more of the .* scores are non-finite")
            params = [self.params[number] for number in numbers]
            return self.search._formatted(params, self.n_splits, out)

    def _names(self) -> list[str]:
        """The names of the metrics; empty if there is only one or none is known yet."""
        scores = [fold["test_scores"] for folds in self.folds.values() for fold in folds]
        named = next((found for found in scores if isinstance(found, dict)), None)
        if named is None and isinstance(self.search.scoring, (list, tuple, set, dict)):
            return list(self.search.scoring)
        return list(named or [])

    @property
    def metric(self) -> str:
        """The name in ``cv_results_`` of the metric that is optimised."""
        return self.search._metric() if self._names() else "score"

    def one_se(self, _: Mapping[str, Any]) -> int:
        return _one_se(self.results(), self.metric)

    def chosen_by(self, refit: Any, _: Mapping[str, Any]) -> int:
        return refit(self.results())

    def _unfitted(self) -> dict[str, Any]:
        """Returns the placeholder of a fold without a score."""
        blank: dict[str, Any] = {"fit_error": None, "test_scores": np.nan, "n_test_samples": 0}
        if self.search.return_train_score:
            blank["train_scores"] = np.nan
        return {**blank, "fit_time": 0.0, "score_time": 0.0}

    def _remember(self, trial: Trial) -> None:
        # Before the study is told, so that every result it knows has its scores on record.
        if self.kept is not None:
            self.kept.add(trial.number, self.folds[trial.number])

    def _score(self, fold: dict[str, Any]) -> float:
        scores = fold["test_scores"]
        if not isinstance(scores, dict):
            return float(scores)
        metric = self.search._metric()
        if metric not in scores:
            self.search._check_metric(list(scores))
        return float(scores[metric])

    def _told(self, trial: Trial) -> dict[str, Any]:
        scores = [self._score(fold) for fold in self.folds[trial.number]]
        if all(np.isfinite(score) for score in scores):
            return {"loss": scores}
        return {"failed": "a fold has no finite score"}

    def _say(self, trial: Trial) -> None:
        if not self.is_told:
            return
        scores = [self._score(fold) for fold in self.folds[trial.number]]
        best = self.results()[f"mean_test_{self.metric}"]
        best = np.nanmax(best) if np.isfinite(best).any() else np.nan
        n_done = sum(len(folds) > 0 for folds in self.folds.values())
        place = f"{n_done} of {self.search.n_iter}"
        print(f"candidate {place}: {np.mean(scores):.6g} in {len(scores)} folds, best {best:.6g}")

    def best_set(self) -> np.ndarray:
        """Positions in ``cv_results_`` of the candidates that may be the best."""
        position = {number: index for index, number in enumerate(sorted(self.params))}
        rows = self.study.leaderboard()
        numbers = [row["trial"] for row in rows if row["in_best_set"]]
        return np.array(sorted(position[n] for n in numbers if n in position), dtype=int)


def with_names(fold: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """A fold's findings with a score a metric, also where it failed before there were any."""
    keys = [key for key in ("test_scores", "train_scores") if key in fold]
    return {
        **fold,
        **{
            key: dict.fromkeys(names, np.nan)
            for key in keys
            if names and not isinstance(fold[key], dict)
        },
    }


class _Frozen:
    """Splits that are drawn once, by any splitter."""

    def __init__(self, cv: Any, classifier: bool) -> None:
        self.cv = cv
        self.classifier = classifier
        self.splits: list[Any] | None = None

    @property
    def n_splits(self) -> int:
        return len(self.splits or [])

    def only(self, fold: int) -> _Frozen:
        """A single one of the splits."""
        alone = _Frozen(self.cv, self.classifier)
        alone.splits = (self.splits or [])[fold : fold + 1]
        return alone

    def _inner(self, y: Any) -> Any:
        return check_cv(self.cv, y, classifier=self.classifier)

    def split(self, X=None, y=None, groups=None, **params):
        if self.splits is None:
            self.splits = list(self._draw(X, y, groups, params))
        yield from self.splits

    def _draw(self, X, y, groups, params):
        inner = self._inner(y)
        if "groups" in inspect.signature(inner.split).parameters:
            params = {**params, "groups": groups}
        return inner.split(X, y, **params)

    def get_n_splits(self, X=None, y=None, groups=None, **params):
        return len(list(self.split(X, y, groups, **params)))

    def get_metadata_routing(self):
        return self._inner(None).get_metadata_routing()

    def __repr__(self) -> str:
        return f"Frozen({self.cv!r})"


class _Later(dict):
    """``cv_results_``, computed on first access: scikit-learn asks for them after each batch, and
    uses only those of the last."""

    def __init__(self, results: Any) -> None:
        super().__init__()
        self.results = results

    def __missing__(self, key: str) -> Any:
        self.update(self.results())
        if key not in self:
            raise KeyError(key)
        return self[key]


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


def _one_se(results: Mapping[str, Any], metric: str) -> int:
    """Returns the first candidate within one standard error of the best."""
    means = np.asarray(results[f"mean_test_{metric}"])
    suffix = f"_test_{metric}"
    n_splits = sum(1 for key in results if key.startswith("split") and key.endswith(suffix))
    best = int(np.nanargmax(means))
    se = results[f"std_test_{metric}"][best] / np.sqrt(max(n_splits - 1, 1))
    return int(np.argmax(means >= means[best] - se))
