"""Names that users of Optuna and scikit-learn know, and what stands for them here."""

from __future__ import annotations

from typing import Any, NoReturn

OF_STUDY = {
    "best_params": "study.best().params",
    "best_params_": "study.best().params",
    "best_trial": "study.best()",
    "best_trials": "study.leaderboard()",
    "best_value": 'study.leaderboard()[0]["loss"]',
    "best_score_": 'study.leaderboard()[0]["loss"]',
    "get_trials": "study.trials()",
    "trials_dataframe": "study.to_dataframe()",
    "enqueue_trial": "Study(space, enqueue=[params])",
    "fit": "study.optimize(function, n_trials)",
    "stop": "n_trials in study.optimize(function, n_trials)",
}

OF_TRIAL = {
    "value": "the loss in study.trials()",
    "report": "study.tell(trial, loss, epoch=epoch)",
    "should_prune": "the answer of study.tell(trial, loss, epoch=epoch)",
}


def refuse_study(name: str) -> NoReturn:
    """Raises ``AttributeError``, with what the study has instead."""
    hint = f": use {OF_STUDY[name]}" if name in OF_STUDY else ""
    raise AttributeError(f"a study has no {name!r}{hint}", name=name)


def refuse_trial(name: str) -> NoReturn:
    """Raises ``AttributeError``, with what a trial has instead."""
    hint = f": use {OF_TRIAL[name]}" if name in OF_TRIAL else ""
    if name.startswith("suggest_"):
        hint = ": the space says what is searched, and params holds the trial's values"
    raise AttributeError(f"a trial has no {name!r}{hint}", name=name)


class Params(dict[str, Any]):
    """The values that a function is called with."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("suggest_") or name in OF_TRIAL or name == "params":
            hint = "the function is called with a dict of the trial's values: "
            raise AttributeError(f"{hint}no {name!r}, but params[name]", name=name)
        raise AttributeError(f"'dict' object has no attribute {name!r}", name=name)
