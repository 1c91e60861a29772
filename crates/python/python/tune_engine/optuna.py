"""`tune` inside Optuna: a stateless sampler, and the export of a study.

:class:`TuneSampler` proposes from the trials of the Optuna study alone. So a study that is resumed
or shared by several processes gets the proposals that one process would get for the same trials.
"""

from __future__ import annotations

import json
import math
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler
from optuna.search_space import IntersectionSearchSpace
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState, create_trial

from . import _native
from .space import (
    Categorical,
    Float,
    Int,
    Ordinal,
    Parameter,
    encoded,
    from_table,
    is_same,
    parameter,
    read_space,
    tables,
    to_toml,
)
from .study import NO_END

__all__ = ["TuneSampler", "to_optuna"]


class TuneSampler(BaseSampler):
    """Proposes by `tune`'s search.

    Parameters
    ----------
    space:
        A dict from names to ``te.Float``, ``te.Int`` and so on, with conditions if any, or the path
        of a ``space.toml``, of which ``[space]`` is used. Without it, the parameters that all
        complete trials have in common are proposed together, and each of the others independently.
    seed:
        The seed of the proposals.
    method:
        ``"bayes"``, ``"tpe"``, ``"sobol"`` or ``"random"``.
    startup:
        Trials of the initial design.

    >>> import optuna
    >>> from tune_engine.optuna import TuneSampler
    >>> optuna.logging.set_verbosity(optuna.logging.WARNING)
    >>> study = optuna.create_study(sampler=TuneSampler(seed=1))
    >>> study.optimize(lambda trial: (trial.suggest_float("x", -2, 2) - 1) ** 2, n_trials=15)
    >>> study.best_value < 0.01
    True
    """

    def __init__(
        self,
        space: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        *,
        seed: int = 0,
        method: str = "bayes",
        startup: int | None = None,
    ) -> None:
        self.space = None if space is None else parameters_of(space)
        self.seed = seed
        self.method = method
        self.startup = startup
        if method == "grid":
            raise ValueError('TuneSampler has no "grid": optuna.samplers.GridSampler is one')
        self._intersection = IntersectionSearchSpace()
        # A mistake is shown here, and not in the trace of the first trial.
        known = self.space or {"x": Float(0.0, 1.0)}
        _native.Study(self._text(known, "minimize", method, seed), None, None)

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        if self.space is not None:
            return {
                name: distribution(known)
                for name, known in self.space.items()
                if isinstance(known, Parameter)
            }
        found = self._intersection.calculate(study)
        return {name: dist for name, dist in found.items() if not dist.single()}

    def sample_relative(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        search_space: dict[str, BaseDistribution],
    ) -> dict[str, Any]:
        self._raise_error_if_multi_objective(study)
        if not search_space:
            return {}
        # A space inferred by Optuna has no conditions; one that was given may.
        space = self.space or {name: counterpart(d) for name, d in search_space.items()}
        trials = [
            self._record(other, space, search_space)
            for other in study.get_trials(deepcopy=False)
            # Optuna lists the trial that is being asked for among the others.
            if other.number != trial.number
        ]
        direction = "maximize" if study.direction == StudyDirection.MAXIMIZE else "minimize"
        text = self._text(space, direction, self.method, self.seed)
        params = json.loads(_native.suggest(text, json.dumps(trials), trial.number))
        return {
            name: contained(search_space[name], decoded(space[name], value))
            for name, value in params.items()
            if name in search_space
        }

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        self._raise_error_if_multi_objective(study)
        space = {param_name: counterpart(param_distribution)}
        # From the seed and the name alone: several processes draw the same.
        key = f"{self.seed} {trial.number} {param_name}"
        text = self._text(space, "minimize", "random", zlib.crc32(key.encode()))
        params = json.loads(_native.suggest(text, "[]", 0))
        return contained(param_distribution, decoded(space[param_name], params[param_name]))

    def reseed_rng(self) -> None:
        """Does nothing: a proposal depends on the seed, the trial's number and the trials."""

    def _text(self, space: Mapping[str, Any], direction: str, method: str, seed: int) -> str:
        search = {"method": method, "parallel": 1, "trials": NO_END}
        if self.startup is not None and method in ("bayes", "tpe"):
            search["startup"] = self.startup
        return to_toml(
            {
                "study": {"name": "optuna", "seed": seed, "direction": direction},
                "search": search,
                "space": tables(space),
            }
        )

    def _record(
        self,
        trial: FrozenTrial,
        space: Mapping[str, Any],
        search_space: Mapping[str, BaseDistribution],
    ) -> dict[str, Any]:
        """Returns a trial in the form of the engine: number, parameters, state and loss."""
        params = {
            name: encoded(known, trial.params[name])
            for name, known in space.items()
            if name in trial.params and is_within(search_space.get(name), trial.params[name])
        }
        record: dict[str, Any] = {"number": trial.number, "params": params}
        if trial.state == TrialState.COMPLETE and trial.value is not None:
            record |= {"state": "ok", "loss": finite(trial.value)}
        # A pruned trial shows at least how far it came.
        elif trial.state == TrialState.PRUNED and trial.intermediate_values:
            last = trial.intermediate_values[max(trial.intermediate_values)]
            record |= {"state": "raced", "loss": finite(last)}
        elif trial.state.is_finished():
            record |= {"state": "failed", "loss": None}
        return record


def parameters_of(space: Any) -> dict[str, Any]:
    """Returns the parameters and the fixed values of a space, or of a space file."""
    if isinstance(space, (str, os.PathLike)):
        space, constraints = read_space(space)
        if constraints:
            raise ValueError("Optuna has no constraints on parameters: remove [[constraints]]")
    if not isinstance(space, Mapping):
        hint = f": write TuneSampler(seed={space})" if isinstance(space, int) else ""
        raise TypeError(f"space is a dict from names to parameters, not {space!r}{hint}")
    return {name: from_table(parameter(value)) for name, value in space.items()}


def finite(value: float) -> float | None:
    """Returns the value, or ``None`` if it is not finite: the engine counts that as divergence."""
    return value if math.isfinite(value) else None


def is_within(dist: BaseDistribution | None, value: Any) -> bool:
    """Returns whether a value lies in the current range, which may differ from the trial's."""
    return dist is None or dist._contains(dist.to_internal_repr(value))


def counterpart(dist: BaseDistribution) -> Parameter:
    """Returns the parameter that corresponds to an Optuna distribution."""
    if isinstance(dist, FloatDistribution):
        return Float(dist.low, dist.high, log=dist.log or None, step=dist.step)
    if isinstance(dist, IntDistribution):
        step = None if dist.step == 1 else dist.step
        return Int(dist.low, dist.high, log=dist.log or None, step=step)
    if isinstance(dist, CategoricalDistribution):
        return Categorical(list(dist.choices))
    raise NotImplementedError(f"{dist!r} has no counterpart")


def distribution(known: Parameter) -> BaseDistribution:
    """Returns the Optuna distribution that corresponds to a parameter."""
    keys = known.keys
    if isinstance(known, Float):
        is_log = bool(keys.get("log"))
        return FloatDistribution(keys["low"], keys["high"], log=is_log, step=keys.get("step"))
    if isinstance(known, Int):
        is_log = bool(keys.get("log"))
        return IntDistribution(keys["low"], keys["high"], log=is_log, step=keys.get("step", 1))
    if isinstance(known, (Categorical, Ordinal)):
        return CategoricalDistribution(tuple(known.values))
    raise NotImplementedError(f"{known!r} has no counterpart")


def decoded(known: Any, value: Any) -> Any:
    return known.decode(value) if isinstance(known, Parameter) else value


def contained(dist: BaseDistribution, value: Any) -> Any:
    """Returns the value in the form of the distribution: the identical object among its choices,
    an int if required, and clamped to its ends."""
    if isinstance(dist, CategoricalDistribution):
        return next(choice for choice in dist.choices if is_same(choice, value))
    if isinstance(dist, IntDistribution):
        return int(value)
    assert isinstance(dist, FloatDistribution)
    if dist.step is not None:
        steps = round((value - dist.low) / dist.step)
        return min(max(dist.low + steps * dist.step, dist.low), dist.high)
    return min(max(float(value), dist.low), dist.high)


def to_optuna(study: Any, storage: Any = None) -> optuna.Study:
    """Copies a `tune` study into an Optuna study, trial by trial."""
    name = "tune" if study._folder is None else Path(study._folder).name
    copy = optuna.create_study(study_name=name, storage=storage, direction=study.direction)
    parameters = {
        name: known
        for name, known in study._parameters.items()
        if isinstance(known, (Float, Int, Ordinal, Categorical))
    }
    # Optuna has one state for all that did not succeed; the engine's goes into an attribute.
    states = {"ok": TrialState.COMPLETE, "raced": TrialState.PRUNED}
    curves = study.curves()
    for trial in study.trials():
        params = {name: value for name, value in trial["params"].items() if name in parameters}
        state = states.get(trial["state"], TrialState.FAIL)
        curve = curves.get((trial["trial"], 0), [])
        copy.add_trial(
            create_trial(
                state=state,
                value=trial["loss"] if state == TrialState.COMPLETE else None,
                params=params,
                # Only of the active parameters: Optuna too has none for the others.
                distributions={name: distribution(parameters[name]) for name in params},
                intermediate_values={epoch: loss for epoch, loss in curve if loss is not None},
                user_attrs={
                    "tune_state": trial["state"],
                    "losses": trial["losses"],
                    **({"reason": trial["reason"]} if trial["reason"] else {}),
                },
            )
        )
    return copy
