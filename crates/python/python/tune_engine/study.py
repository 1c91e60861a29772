"""A study: ask, tell, rank."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import _native
from ._habits import refuse_study, refuse_trial
from ._optimize import optimize
from ._told import epoch_of, folds_of, is_listed, loss_of, number_of
from .space import Parameter, encoded, known_parameters, parameter, tables, to_toml

__all__ = ["Study", "Trial"]

NO_END = 2**53 - 1

Space = Mapping[str, Any] | str | os.PathLike[str]


@dataclass(frozen=True)
class Trial:
    """A configuration to evaluate; inactive parameters are absent from ``params``."""

    number: int
    params: dict[str, Any] = field(hash=False)

    def __getattr__(self, name: str) -> Any:
        refuse_trial(name)


class Study:
    """A search over a space: :meth:`ask` proposes, :meth:`tell` reports, :meth:`best` answers.

    A proposal depends only on the space, the seed and the results told: the same calls give the
    same configurations on every run.

    Parameters
    ----------
    space:
        A dict from names to :class:`Float`, :class:`Int`, :class:`Ordinal`, :class:`Categorical`,
        fixed values or tables such as ``{"type": "float", "low": 0.0, "high": 1.0}``; or the path
        of a ``space.toml``, whose own settings then hold.
    method:
        ``"bayes"``, ``"tpe"``, ``"sobol"``, ``"random"`` or ``"grid"``.
    trials:
        Total number of trials; ``None`` for no end (a grid ends by itself).
    parallel:
        Number of concurrent trials. With 1, a proposal sees all results told before.
    folds:
        Number of losses of a trial.
    direction:
        ``"minimize"`` or ``"maximize"``.
    constraints:
        Expressions that every trial satisfies, such as ``"batch * lr <= 4"``.
    enqueue:
        Configurations that are tried first.
    race:
        Whether trials that cannot win are stopped: ``True``, or the keys of ``[race]`` such as
        ``{"risk": 0.05}``. :meth:`tell` then returns whether the trial is worth continuing.
    epochs:
        Number of epochs of a trial, or the name of the parameter that holds it; required if
        trials are stopped by their epochs.
    store:
        The folder of a study on disk; ``None`` for one in memory. An existing study continues, also
        one of the command line, which can continue a study of Python too.

    >>> import tune_engine as te
    >>> study = te.Study({"x": te.Float(-2.0, 2.0)}, seed=0)
    >>> for _ in range(15):
    ...     trial = study.ask()
    ...     _ = study.tell(trial, (trial.params["x"] - 1) ** 2)
    >>> abs(study.best().params["x"] - 1) < 0.1
    True
    """

    def __init__(
        self,
        space: Space,
        *,
        method: str = "bayes",
        seed: int = 0,
        trials: int | None = None,
        parallel: int = 1,
        startup: int | None = None,
        folds: int = 1,
        direction: str = "minimize",
        constraints: Sequence[str] = (),
        enqueue: Sequence[Mapping[str, Any]] = (),
        race: bool | Mapping[str, Any] = False,
        epochs: int | str | None = None,
        name: str = "study",
        store: str | os.PathLike[str] | None = None,
    ) -> None:
        self._parameters: dict[str, Parameter] = {}
        self._folder = None if store is None else os.fspath(store)
        # A study on disk has the name of its folder.
        name = name if self._folder is None else Path(self._folder).name
        if isinstance(space, Mapping):
            read = {key: _read(key, value) for key, value in space.items()}
            constraints = [constraints] if isinstance(constraints, str) else constraints
            if isinstance(enqueue, Mapping):
                raise TypeError("enqueue is a list of configurations, not a single one")
            self._parameters = {k: v for k, v in read.items() if isinstance(v, Parameter)}
            sections: dict[str, Any] = {}
            if epochs is not None:
                sections["objective"] = {"epochs": epochs}
            if race is not False:
                sections["race"] = {} if race is True else dict(race)
            text = to_toml(
                {
                    "study": {"name": name, "seed": seed, "direction": direction},
                    "cv": {"folds": folds},
                    "search": _given(
                        method=method,
                        # No end: no proposal depends on the total. A grid ends by itself.
                        trials=NO_END if trials is None and method != "grid" else trials,
                        parallel=parallel,
                        startup=startup,
                    ),
                    "space": tables(read),
                    "constraints": [{"expr": expr} for expr in constraints],
                    "enqueue": [self._encode(params) for params in enqueue],
                    **sections,
                }
            )
            self._study = _native.Study(text, None, self._folder)
        elif not isinstance(space, (str, os.PathLike)):
            raise TypeError(
                "space is a dict from names to parameters, or the path of a space file, not "
                f"{space!r}"
            )
        else:
            path = Path(space)
            self._study = _native.Study(path.read_text(), str(path), self._folder)
            self._parameters = known_parameters(self._study.space())
        self._pid = os.getpid()

    @classmethod
    def open(cls, store: str | os.PathLike[str]) -> Study:
        """Opens the study in a folder, with its recorded space and settings.

        >>> import tempfile, tune_engine as te
        >>> folder = tempfile.mkdtemp() + "/mine"
        >>> begun = te.Study({"x": te.Float(0.0, 1.0)}, store=folder)
        >>> begun.tell(begun.ask(), 0.5)
        False
        >>> te.Study.open(folder).best().number
        0
        """
        study = cls.__new__(cls)
        study._folder = os.fspath(store)
        study._study = _native.Study.open(study._folder)
        study._parameters = known_parameters(study._study.space())
        study._pid = os.getpid()
        return study

    def _encode(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {name: encoded(self._parameters.get(name), value) for name, value in params.items()}

    def _decode(self, params: Mapping[str, Any]) -> dict[str, Any]:
        known = self._parameters
        return {
            name: known[name].decode(value) if name in known else value
            for name, value in params.items()
        }

    def _engine(self) -> Any:
        """The engine. A forked child has none, since both would propose the same trials."""
        if os.getpid() != self._pid:
            raise RuntimeError(
                "this study belongs to the process that forked this one: "
                "ask and tell there, or open it anew from its store"
            )
        return self._study

    def ask(self) -> Trial | None:
        """Returns the next trial; ``None`` at the end of the study."""
        return self._trial_of(self._engine().ask())

    def _trial_of(self, answer: str | None) -> Trial | None:
        """Returns the trial that the engine handed out."""
        if answer is None:
            return None
        asked = json.loads(answer)
        return Trial(asked["trial"], self._decode(asked["params"]))

    def tell(
        self,
        trial: Trial | int,
        loss: float | Sequence[float] | None = None,
        *,
        fold: int | None = None,
        epoch: int | None = None,
        failed: str | None = None,
    ) -> bool:
        """Reports the loss of a trial: one number, or one for each fold; or why it failed.

        Returns whether the trial continues: after a fold or an epoch (from 1), whether the rest is
        worth evaluating; ``False`` once the trial has ended. The loss of a diverged trial is
        ``nan``. If the study has a store, the result is durable when this returns. Telling the
        same result twice changes nothing.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)}, folds=2)
        >>> trial = study.ask()
        >>> study.tell(trial, 0.5, fold=0), study.tell(trial, 0.6, fold=1)
        (True, False)
        """
        number = number_of(trial)
        engine = self._engine()
        if (loss is None) == (failed is None):
            raise TypeError("tell takes a loss or failed=, and not both")
        if failed is not None:
            return engine.tell_failed(number, fold, str(failed))

        # The scores of a cross-validation come as a list, one for each fold.
        if is_listed(loss):
            if fold is not None or epoch is not None:
                raise TypeError("fold= and epoch= go with a single loss")
            losses = [loss_of(value) for value in loss]  # type: ignore[union-attr]
            if len(losses) != engine.n_folds():
                raise _native.TellError(
                    f"a trial of this study has {folds_of(engine.n_folds())}, "
                    f"and {len(losses)} losses were told"
                )
            # Fold by fold: what a kill leaves told is a prefix, which the study continues.
            goes_on = True
            for index, value in enumerate(losses):
                goes_on = engine.tell(number, index, value)
            return goes_on
        if fold is None and engine.n_folds() > 1:
            raise _native.TellError(
                f"a trial of this study has {folds_of(engine.n_folds())}: "
                "tell a list of all losses, or one with its fold="
            )
        if epoch is not None:
            return engine.tell_epoch(number, fold, epoch_of(epoch), loss_of(loss))
        return engine.tell(number, fold, loss_of(loss))

    def abandon(self, trial: Trial | int) -> None:
        """Puts a trial back: the next :meth:`ask` hands it out again.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)})
        >>> trial = study.ask()
        >>> study.abandon(trial)
        >>> study.ask() == trial
        True
        """
        self._engine().abandon(number_of(trial))

    def release(self, older_than: float = 0.0) -> list[int]:
        """Puts back the trials that were asked at least ``older_than`` seconds ago and never told.

        After a kill of the process that asked, the next :meth:`ask` hands out the same trials
        again, before any other.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)})
        >>> lost = study.ask()
        >>> study.release()
        [0]
        >>> study.ask() == lost
        True
        """
        return json.loads(self._engine().release(older_than))

    def optimize(
        self,
        function: Callable[[dict[str, Any]], float | Sequence[float]],
        n_trials: int | None = None,
        *,
        n_jobs: int = 1,
        catch: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> Study:
        """Calls ``function(params)`` for one trial after another and tells the returned loss.

        ``n_jobs`` trials run at once, in threads. Results are told in the order of the trials, so
        that the study does not depend on ``n_jobs``; let ``parallel`` be at least as large. An
        exception in ``catch`` makes a failed trial; any other puts the trial back and is raised.
        """
        if n_trials is not None and (not isinstance(n_trials, int) or n_trials < 0):
            raise ValueError(f"n_trials is a number of trials or None, not {n_trials!r}")
        if not isinstance(n_jobs, int) or n_jobs < 1:
            raise ValueError(f"n_jobs is a number of threads from 1, not {n_jobs!r}")
        optimize(self, function, n_trials, n_jobs, catch)
        return self

    def trials(self) -> list[dict[str, Any]]:
        """Returns all ended trials by number: params, state, loss, losses by fold.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Int(1, 9)}, enqueue=[{"x": 4}])
        >>> study.tell(study.ask(), 0.5)
        False
        >>> study.trials()[0]["params"], study.trials()[0]["state"], study.trials()[0]["loss"]
        ({'x': 4}, 'ok', 0.5)
        """
        trials = json.loads(self._engine().trials())
        for trial in trials:
            trial["params"] = self._decode(trial["params"])
        return trials

    def leaderboard(self) -> list[dict[str, Any]]:
        """Returns the ended trials in rank order: as :meth:`trials`, with ``rank`` and the
        columns of the command line's leaderboard.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Int(1, 3)}, method="grid").optimize(lambda p: p["x"] ** 2)
        >>> [(row["rank"], row["params"]["x"], row["loss"]) for row in study.leaderboard()]
        [(1, 1, 1.0), (2, 2, 4.0), (3, 3, 9.0)]
        """
        rows = json.loads(self._engine().leaderboard())
        for row in rows:
            row["params"] = self._decode(row["params"])
        return rows

    def best(self, rule: str = "best") -> Trial:
        """Returns the trial of the best loss; with ``rule="one-se"``, the simplest within one
        standard error of it. Raises ``ValueError`` if no trial has succeeded.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Int(1, 3)}, method="grid").optimize(lambda p: p["x"] ** 2)
        >>> study.best().params
        {'x': 1}
        """
        return self.trial(self._engine().best(rule))

    def trial(self, number: int) -> Trial:
        """Returns the trial of this number, ended or not.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)})
        >>> study.ask() == study.trial(0)
        True
        """
        number = number_of(number)
        return Trial(number, self._decode(json.loads(self._engine().params(number))))

    def curves(self) -> dict[tuple[int, int], list[tuple[int, float | None]]]:
        """Returns the epochs told: by trial and fold, each epoch and the loss after it.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)}, race=True, epochs=8)
        >>> trial = study.ask()
        >>> study.tell(trial, 0.9, epoch=1), study.tell(trial, 0.7, epoch=2)
        (True, True)
        >>> study.curves()
        {(0, 0): [(1, 0.9), (2, 0.7)]}
        """
        curves: dict[tuple[int, int], list[tuple[int, float | None]]] = {}
        for trial, fold, epoch, loss in json.loads(self._engine().epochs()):
            curves.setdefault((trial, fold), []).append((epoch, loss))
        return curves

    def importance(self) -> dict[str, Any]:
        """Returns the share of the variance of the loss that each parameter explains.

        >>> import tune_engine as te
        >>> space = {"x": te.Float(0.0, 1.0), "y": te.Float(0.0, 1.0)}
        >>> study = te.Study(space).optimize(lambda p: 4 * p["x"] + p["y"], 20)
        >>> most = study.importance()["parameters"][0]
        >>> most["name"], most["alone"]["value"] > 0.8
        ('x', True)
        """
        return json.loads(self._engine().importance())

    def explain(self, number: int) -> dict[str, Any]:
        """Returns why a trial was proposed: acquisition function and surrogate prediction.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)}).optimize(lambda p: p["x"], 12)
        >>> study.explain(11)["trial"]
        11
        """
        return json.loads(self._engine().explain(number_of(number)))

    def report(self, path: str | os.PathLike[str]) -> None:
        """Writes the study as one self-contained HTML page.

        >>> import tempfile, tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)}).optimize(lambda params: params["x"], 3)
        >>> page = Path(tempfile.mkdtemp()) / "report.html"
        >>> study.report(page)
        >>> page.read_text().startswith("<!doctype html>")
        True
        """
        Path(path).write_text(self._engine().report(), encoding="utf-8")

    def _repr_html_(self) -> str:
        """Shows the report in a notebook, in a frame, so that no style or script leaks."""
        page = html.escape(self._engine().report(), quote=True)
        return f'<iframe srcdoc="{page}" width="100%" height="700" sandbox="allow-scripts"></iframe>'

    def to_dataframe(self) -> Any:
        """Returns the leaderboard as a pandas DataFrame with a column per parameter.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Float(0.0, 1.0)}).optimize(lambda params: params["x"], 3)
        >>> list(study.to_dataframe().columns)  # doctest: +ELLIPSIS
        ['rank', 'trial', 'state', ..., 'param_x']
        """
        from .bridges import to_dataframe

        return to_dataframe(self)

    def to_optuna(self, storage: Any = None) -> Any:
        """Copies the study into an Optuna study, for its plots and its dashboard.

        In memory, or in ``storage`` such as ``"sqlite:///study.db"``, which ``optuna-dashboard``
        opens.

        >>> import tune_engine as te
        >>> study = te.Study({"x": te.Int(1, 3)}, method="grid").optimize(lambda p: p["x"] ** 2)
        >>> study.to_optuna().best_params
        {'x': 1}
        """
        from .optuna import to_optuna

        return to_optuna(self, storage)

    def to_mlflow(self, experiment: str = "tune") -> str:
        """Logs the study to MLflow, after the fact: a run for the study with its report, and below
        it a run for each trial with its parameters, losses and curve. Returns the run's id.

        >>> import tempfile, mlflow, tune_engine as te
        >>> folder = tempfile.mkdtemp()
        >>> mlflow.set_tracking_uri(f"sqlite:///{folder}/runs.db")
        >>> _ = mlflow.create_experiment("tune", artifact_location=folder)
        >>> study = te.Study({"x": te.Int(1, 3)}, method="grid").optimize(lambda p: p["x"] ** 2)
        >>> mlflow.get_run(study.to_mlflow()).data.metrics
        {'best_loss': 1.0}
        """
        from .bridges import to_mlflow

        return to_mlflow(self, experiment)

    @property
    def direction(self) -> str:
        """``"minimize"`` or ``"maximize"``."""
        return self._engine().direction()

    def __getattr__(self, name: str) -> Any:
        refuse_study(name)

    def __len__(self) -> int:
        return self._engine().n_trials()

    def __reduce__(self) -> Any:
        raise TypeError("a study is not pickled: open it anew from its store")

    def __repr__(self) -> str:
        place = "in memory" if self._folder is None else repr(self._folder)
        trials = "1 trial" if len(self) == 1 else f"{len(self)} trials"
        return f"<tune_engine.Study {place}: {trials}>"


def _given(**keys: Any) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if value is not None}


def _read(name: Any, value: Any) -> Any:
    """Returns a parameter or a fixed value as it stands in a space file."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a parameter is a text, not {name!r}")
    try:
        return parameter(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
