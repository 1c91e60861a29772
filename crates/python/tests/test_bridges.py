"""A study handed over to pandas and MLflow."""

import pytest
import tune_engine as te


def finished(**settings):
    study = te.Study({"x": te.Float(0.0, 1.0), "k": te.Categorical(["a", "b"])}, **settings)
    return study.optimize(lambda params: params["x"], 5)


def test_a_data_frame_has_a_row_a_trial():
    pytest.importorskip("pandas")
    study = finished()
    frame = study.to_dataframe()
    assert list(frame["rank"]) == [1, 2, 3, 4, 5]
    assert list(frame["param_x"]) == sorted(frame["param_x"]) == list(frame["loss"])
    assert set(frame["param_k"]) <= {"a", "b"}


def test_mlflow_has_a_run_for_the_study_and_one_for_each_trial(tmp_path):
    mlflow = pytest.importorskip("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.create_experiment("mine", artifact_location=str(tmp_path / "files"))
    study = te.Study({"x": te.Float(0.0, 1.0)}, race=True, epochs=4)
    trial = study.ask()
    for epoch, loss in enumerate([0.9, 0.8, 0.7], start=1):
        study.tell(trial, loss, epoch=epoch)
    study.tell(trial, 0.6)
    study.tell(study.ask(), failed="out of memory")

    parent = study.to_mlflow("mine")
    client = mlflow.MlflowClient()
    assert [file.path for file in client.list_artifacts(parent)] == ["report.html"]
    assert client.get_run(parent).data.metrics["best_loss"] == 0.6
    runs = mlflow.search_runs(experiment_names=["mine"], output_format="list")
    nested = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent]
    assert sorted(run.data.tags["state"] for run in nested) == ["failed", "ok"]
    ok = next(run for run in nested if run.data.tags["state"] == "ok")
    curve = client.get_metric_history(ok.info.run_id, "curve_0")
    assert [(point.step, point.value) for point in curve] == [(1, 0.9), (2, 0.8), (3, 0.7)]
