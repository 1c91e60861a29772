"""`tune` inside Ray Tune: a searcher whose configurations do not depend on timing.

Ray reports results in the order of their arrival. The searcher delays a proposal until all results
that it may use are there, so two runs with different timing propose the same configurations.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from ray.tune.search import sample
from ray.tune.search.searcher import Searcher

from .space import Categorical, Float, Int, Parameter, parameter
from .study import Study

__all__ = ["TuneSearcher"]


class TuneSearcher(Searcher):
    """Proposes by `tune`'s search.

    Parameters
    ----------
    space:
        A dict from names to ``te.Float``, ``te.Int`` and so on, or ``None`` to take
        ``param_space`` of Ray's ``Tuner``: ``tune.uniform``, ``loguniform``, ``quniform``, ``randint``,
        ``lograndint``, ``choice``; nested names are joined by ``/``.
    metric, mode:
        As elsewhere in Ray.
    parallel:
        Number of concurrent trials. The outcome depends on it, and not on timing.
    seed, method, constraints:
        As of :class:`tune_engine.Study`.
    """

    def __init__(
        self,
        space: Mapping[str, Any] | None = None,
        *,
        metric: str | None = None,
        mode: str | None = None,
        parallel: int = 4,
        seed: int = 0,
        method: str = "bayes",
        constraints: tuple[str, ...] = (),
    ) -> None:
        super().__init__(metric=metric, mode=mode)
        self._parallel = parallel
        self._settings: dict[str, Any] = {
            "seed": seed,
            "method": method,
            "constraints": list(constraints),
        }
        self._space = None if space is None else dict(space)
        self._fixed: dict[str, Any] = {}
        self._study: Study | None = None
        # Ray's names of trials are random: the study's numbers follow the order of proposals.
        self._numbers: dict[str, int] = {}
        self._told: list[tuple[int, float | None]] = []
        self._final: set[int] = set()
        if space is not None and mode is not None:
            self._begin()

    def set_search_properties(
        self, metric: str | None, mode: str | None, config: dict[str, Any], **spec: Any
    ) -> bool:
        if self._study is not None:
            return False
        self._metric: str | None = metric or self._metric
        self._mode: str | None = mode or self._mode
        if self._space is None:
            self._space, self._fixed = {}, {}
            self._read(config, "")
        self._begin()
        return True

    def set_max_concurrency(self, max_concurrent: int) -> bool:
        """Takes Ray's bound as the window of the study if the study has not begun."""
        if self._study is None:
            self._parallel = max_concurrent
        return True

    def _begin(self) -> None:
        direction = "maximize" if self._mode == "max" else "minimize"
        self._study = Study(
            self._space or {}, direction=direction, parallel=self._parallel, **self._settings
        )

    def _read(self, config: Mapping[str, Any], prefix: str) -> None:
        for name, value in config.items():
            if isinstance(value, Mapping):
                self._read(value, f"{prefix}{name}/")
            elif isinstance(value, (sample.Domain, Parameter)):
                assert self._space is not None
                self._space[prefix + name] = counterpart(value)
            else:
                self._fixed[prefix + name] = value

    @property
    def study(self) -> Study:
        """The study behind the proposals: to rank, explain or export."""
        if self._study is None:
            raise RuntimeError("no space: pass space= here or param_space to the Tuner")
        return self._study

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        study = self.study
        number = len(self._numbers)
        # All results that this proposal may use must be there first.
        if not set(range(number - self._parallel + 1)) <= self._final:
            return None
        trial = study.ask()
        if trial is None:
            return Searcher.FINISHED
        self._numbers[trial_id] = trial.number
        return nested({**self._fixed, **trial.params})

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        number = self._numbers.get(trial_id)
        if number is None or number in self._final or self._study is None:
            return
        value = None if error or not result else result.get(self._metric or "")
        self._tell(number, value)

    def _tell(self, number: int, value: float | None) -> None:
        assert self._study is not None
        if value is None:
            self._study.tell(number, failed="ended without the metric")
        else:
            self._study.tell(number, float(value))
        self._final.add(number)
        self._told.append((number, None if value is None else float(value)))

    def save(self, checkpoint_path: str) -> None:
        """Writes all asks and tells as JSON: records, never pickled state."""
        told = [[number, encoded(value)] for number, value in self._told]
        state = {"trials": self._numbers, "told": told}
        with open(checkpoint_path, "w") as file:
            json.dump(state, file)

    def restore(self, checkpoint_path: str) -> None:
        """Repeats the recorded asks and tells; later proposals are as without a restart."""
        with open(checkpoint_path) as file:
            state = json.load(file)
        if self._study is None:
            raise RuntimeError("restore needs the space: pass space= and mode= to TuneSearcher")
        told = [(number, decoded(value)) for number, value in state["told"]]
        # A proposal sees the results in its window alone, so the order of the asks is enough.
        pending = list(told)
        for trial_id, number in sorted(state["trials"].items(), key=lambda item: item[1]):
            window = number - self._parallel + 1
            while any(n < window for n, _ in pending):
                self._tell(*pending.pop(0))
            trial = self._study.ask()
            assert trial is not None and trial.number == number
            self._numbers[trial_id] = number
        for number, value in pending:
            self._tell(number, value)


def encoded(value: float | None) -> Any:
    """Returns a number as strict JSON can hold it: as a text if it is not finite."""
    return value if value is None or math.isfinite(value) else str(value)


def decoded(value: Any) -> float | None:
    return None if value is None else float(value)


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a/b": 1}`` as ``{"a": {"b": 1}}``."""
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split("/")
        inner = whole
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return whole


def counterpart(domain: Any) -> Parameter:
    """Returns the parameter that corresponds to a domain of Ray."""
    if isinstance(domain, Parameter):
        return domain
    if isinstance(domain, sample.Categorical):
        return Categorical(list(domain.categories))
    sampler = domain.get_sampler()
    step = None
    if isinstance(sampler, sample.Quantized):
        step, sampler = sampler.q, sampler.get_sampler()
    is_log = isinstance(sampler, sample.LogUniform) or None
    if isinstance(domain, sample.Float):
        return Float(domain.lower, domain.upper, log=is_log, step=step)
    if isinstance(domain, sample.Integer):
        # Ray's upper end is exclusive, unless the domain is quantized.
        high = domain.upper if step else domain.upper - 1
        return Int(domain.lower, high, log=is_log, step=None if step in (None, 1) else int(step))
    found = parameter(domain)
    if isinstance(found, Parameter):
        return found
    raise NotImplementedError(f"{domain!r} has no counterpart")
