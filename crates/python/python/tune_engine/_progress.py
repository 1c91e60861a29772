"""The candidates of a scikit-learn search: what was fitted, told and recorded of each.

scikit-learn fits batches and returns the results of *all* fits so far; a study wants the scores of
one trial after another, fold by fold. :class:`Progress` stands between them.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import FitFailedWarning

from ._joined import candidate
from ._kept import Kept
from ._splits import Frozen
from .study import Study, Trial

if TYPE_CHECKING:
    from .sklearn import TuneSearchCV


class Progress:
    """The candidates so far, with scikit-learn's results of each fold."""

    def __init__(self, search: TuneSearchCV, frozen: Frozen, data: str) -> None:
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
        # Each fold of all trials before the next: the engine may stop a trial between two.
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

    def _call(self, trials: list[Trial], cv: Frozen) -> None:
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
                # As scikit-learn scores a failed fit among others that succeeded.
                failed = self._unfitted(self.search.error_score)
                self.folds[number] += [dict(failed) for _ in range(cv.n_splits)]
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
        return first_within_one_se(self.results(), self.metric)

    def chosen_by(self, refit: Any, _: Mapping[str, Any]) -> int:
        return refit(self.results())

    def _unfitted(self, score: float = np.nan) -> dict[str, Any]:
        """Returns the placeholder of a fold without a score."""
        blank: dict[str, Any] = {"fit_error": None, "test_scores": score, "n_test_samples": 0}
        if self.search.return_train_score:
            blank["train_scores"] = score
        return {**blank, "fit_time": 0.0, "score_time": 0.0}

    def _remember(self, trial: Trial) -> None:
        # Before the study is told, so that every result it knows has its scores on record.
        if self.kept is not None:
            self.kept.add(trial.number, self.folds[trial.number])

    def _score(self, fold: dict[str, Any]) -> float:
        scores = fold["test_scores"]
        if not isinstance(scores, dict):
            self.search._check_single()
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
            key: dict.fromkeys(names, fold[key])
            for key in keys
            if names and not isinstance(fold[key], dict)
        },
    }


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


def first_within_one_se(results: Mapping[str, Any], metric: str) -> int:
    """Returns the first candidate within one standard error of the best."""
    means = np.asarray(results[f"mean_test_{metric}"])
    suffix = f"_test_{metric}"
    n_splits = sum(1 for key in results if key.startswith("split") and key.endswith(suffix))
    best = int(np.nanargmax(means))
    se = results[f"std_test_{metric}"][best] / np.sqrt(max(n_splits - 1, 1))
    return int(np.argmax(means >= means[best] - se))
