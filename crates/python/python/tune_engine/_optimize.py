"""The loop of :meth:`Study.optimize`: ask, call, tell, in this thread or in several."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from . import _native
from ._habits import Params
from ._told import returned

if TYPE_CHECKING:
    from .study import Study, Trial

ASK = operator.methodcaller("ask")


def optimize(study: Study, function: Any, n_trials: int | None, n_jobs: int, catch: Any) -> None:
    """Evaluates ``n_trials`` trials, or all that the study has left, ``n_jobs`` at once."""
    # More at once than `parallel` would let the outcome depend on n_jobs.
    if n_jobs > study._engine().parallel():
        raise ValueError(f"n_jobs={n_jobs} needs Study(..., parallel={n_jobs}) or more")

    asked = Asked(study, n_trials)
    try:
        if n_jobs == 1:
            _here(asked, function, catch)
        else:
            _in_threads(asked, function, n_jobs, catch)
    except BaseException:
        asked.put_back()
        raise


class Asked:
    """The trials that were asked and not yet told: Ctrl-C comes at any time and loses none."""

    def __init__(self, study: Study, n_trials: int | None) -> None:
        self.study = study
        self.n_left = n_trials
        self.n_folds = study._engine().n_folds()
        # The engine's answers, in the order of the trials.
        self.answers: list[str | None] = []

    def next(self) -> Trial | None:
        """The next trial; ``None`` where there is none or none is wanted."""
        if self.n_left == 0:
            return None

        # Python raises KeyboardInterrupt between two of its own steps. Asking and keeping the
        # answer are a single one here, so that no trial is handed out to nobody.
        self.answers.extend(map(ASK, (self.study._engine(),)))
        trial = self.study._trial_of(self.answers[-1])
        if trial is None:
            self.answers.pop()
        elif self.n_left is not None:
            self.n_left -= 1
        return trial

    def tell(self, trial: Trial, result: Callable[[], Any], catch: Any) -> None:
        """Tells what ``result`` returns, or its exception if that is one of ``catch``; the first
        of the open trials is told first."""
        try:
            loss = returned(result(), trial.number, self.n_folds)
        except catch as error:
            self.study.tell(trial, failed=f"{type(error).__name__}: {error}")
        else:
            self.study.tell(trial, loss)
        self.answers.pop(0)

    def put_back(self) -> None:
        """Puts the open trials back: the next call of ``optimize`` begins with them."""
        for answer in self.answers:
            if answer is None:
                continue
            try:
                self.study.abandon(json.loads(answer)["trial"])
            except _native.TellError:
                # Interrupted after it was told, and before it was taken off the list.
                continue


def _here(asked: Asked, function: Any, catch: Any) -> None:
    while (trial := asked.next()) is not None:
        asked.tell(trial, partial(function, Params(trial.params)), catch)


def _in_threads(asked: Asked, function: Any, n_jobs: int, catch: Any) -> None:
    under_way: list[tuple[Trial, Future[Any]]] = []
    with ThreadPoolExecutor(n_jobs) as pool:
        try:
            while True:
                while len(under_way) < n_jobs and (trial := asked.next()) is not None:
                    under_way.append((trial, pool.submit(function, Params(trial.params))))
                if not under_way:
                    return

                # Told in order: the next proposal does not depend on which thread was first.
                trial, task = under_way.pop(0)
                asked.tell(trial, task.result, catch)
        except BaseException:
            # Else the pool would still begin what waits for a thread.
            for _, task in under_way:
                task.cancel()
            raise
