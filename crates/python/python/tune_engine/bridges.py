"""Exports of a study to other libraries."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .study import Study

__all__ = ["to_dataframe", "to_mlflow"]


def to_dataframe(study: Study) -> Any:
    """Returns the leaderboard as a pandas DataFrame with a column per parameter."""
    import pandas as pd

    rows = [
        {
            **{key: value for key, value in row.items() if key not in ("params", "losses")},
            **{f"param_{name}": value for name, value in row["params"].items()},
        }
        for row in study.leaderboard()
    ]
    return pd.DataFrame(rows)


def to_mlflow(study: Study, experiment: str = "tune") -> str:
    """Logs a run for the study, with the report as an artefact, and a child run per trial."""
    # Imported here: no other part needs it.
    import mlflow

    mlflow.set_experiment(experiment)
    name = "study" if study._folder is None else Path(study._folder).name
    curves = study.curves()
    with mlflow.start_run(run_name=name) as parent:
        for trial in study.trials():
            with mlflow.start_run(run_name=f"trial {trial['trial']}", nested=True):
                _log_trial(mlflow, trial, curves)
        _log_winner(mlflow, study)
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "report.html"
            study.report(page)
            mlflow.log_artifact(str(page))
    return parent.info.run_id


def _log_trial(mlflow: Any, trial: dict[str, Any], curves: dict[tuple[int, int], Any]) -> None:
    mlflow.log_params(trial["params"])
    mlflow.set_tags({"state": trial["state"], "reason": trial["reason"] or ""})
    if trial["loss"] is not None:
        mlflow.log_metric("loss", trial["loss"])
    for fold, loss in enumerate(trial["losses"]):
        if loss is not None:
            mlflow.log_metric("fold_loss", loss, step=fold)
        for epoch, told in curves.get((trial["trial"], fold), []):
            if told is not None:
                mlflow.log_metric(f"curve_{fold}", told, step=epoch)


def _log_winner(mlflow: Any, study: Study) -> None:
    try:
        best = study.best()
    except ValueError:
        return
    mlflow.log_params({f"best_{key}": value for key, value in best.params.items()})
    loss = next(row["loss"] for row in study.trials() if row["trial"] == best.number)
    mlflow.log_metric("best_loss", loss)
