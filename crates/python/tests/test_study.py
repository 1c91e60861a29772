"""Ask and tell in process."""

import os
import pickle

import pytest
import tune_engine as te

SPACE = {
    "lr": te.Float(1e-4, 1.0, log=True, default=0.05),
    "optimizer": te.Categorical(["sgd", "adam"]),
    "momentum": te.Float(0.0, 0.99, when={"optimizer": ["sgd"]}),
    "batch": te.Ordinal([16, 32, 64]),
    "depth": te.Int(1, 4),
}


def loss(params):
    return (params["lr"] - 0.1) ** 2 + params["depth"] + params.get("momentum", 0.5)


def run(n, **settings):
    study = te.Study(SPACE, seed=3, **settings)
    for _ in range(n):
        trial = study.ask()
        study.tell(trial, loss(trial.params))
    return study


@pytest.mark.parametrize("method", ["bayes", "tpe", "sobol", "random"])
def test_the_same_calls_give_the_same_configurations(method):
    one, other = run(12, method=method), run(12, method=method)
    assert one.trials() == other.trials()
    assert len(one) == 12


def test_an_inactive_parameter_is_absent_and_types_are_the_users():
    for trial in run(12).trials():
        params = trial["params"]
        assert ("momentum" in params) == (params["optimizer"] == "sgd")
        assert isinstance(params["depth"], int)
        assert isinstance(params["lr"], float)


def test_the_best_trial_has_the_lowest_loss():
    study = run(12)
    losses = {trial["trial"]: trial["loss"] for trial in study.trials()}
    assert study.best().number == min(losses, key=losses.get)
    assert [row["rank"] for row in study.leaderboard()] == list(range(1, 13))


def test_values_may_be_any_objects():
    values = [None, (1, 2), "text"]
    study = te.Study({"x": te.Categorical(values)}, method="grid")
    seen = []
    while (trial := study.ask()) is not None:
        seen.append(trial.params["x"])
        study.tell(trial, 1.0)
    assert sorted(map(repr, seen)) == sorted(map(repr, values))


def test_folds_are_told_one_by_one_or_together():
    study = te.Study({"x": te.Float(0, 1)}, folds=3)
    first = study.ask()
    study.tell(first, [1.0, 2.0, 3.0])
    second = study.ask()
    for fold, value in enumerate([2.0, 3.0, 7.0]):
        study.tell(second, value, fold=fold)
    assert [trial["loss"] for trial in study.trials()] == [2.0, 4.0]
    assert study.trials()[1]["losses"] == [2.0, 3.0, 7.0]


def test_failed_and_diverged_trials_are_results():
    study = te.Study({"x": te.Float(0, 1)})
    study.tell(study.ask(), failed="out of memory")
    study.tell(study.ask(), float("nan"))
    study.tell(study.ask(), 1.0)
    assert [trial["state"] for trial in study.trials()] == ["failed", "diverged", "ok"]
    assert study.best().number == 2


def test_maximize_ranks_the_largest_first():
    study = te.Study({"x": te.Float(0, 1)}, direction="maximize")
    for value in [1.0, 3.0, 2.0]:
        study.tell(study.ask(), value)
    assert study.best().number == 1
    assert study.leaderboard()[0]["loss"] == 3.0


def test_constraints_and_enqueued_configurations_hold():
    study = te.Study(
        {"a": te.Int(1, 9), "b": te.Int(1, 9)},
        constraints=["a + b <= 9"],
        enqueue=[{"a": 2, "b": 7}],
    )
    trials = [study.ask() for _ in range(20)]
    assert trials[0].params == {"a": 2, "b": 7}
    assert all(t.params["a"] + t.params["b"] <= 9 for t in trials)


def test_a_wrong_space_shows_where():
    with pytest.raises(te.SpaceError, match="low") as error:
        te.Study({"x": te.Float(1.0, 0.0)})
    assert "x" in str(error.value)
    with pytest.raises(te.SpaceError, match="metho|method"):
        te.Study({"x": te.Float(0, 1)}, method="bays")
    with pytest.raises(te.SpaceError, match="high"):
        te.Study({"x": {"type": "float", "min": 0, "max": 1}})


def test_what_cannot_be_told_is_refused():
    study = te.Study({"x": te.Float(0, 1)})
    with pytest.raises(te.TellError):
        study.tell(5, 1.0)
    trial = study.ask()
    study.tell(trial, 1.0)
    study.tell(trial, 1.0)
    with pytest.raises(te.TellError):
        study.tell(trial, 2.0)


def test_an_end_is_none_and_an_empty_study_has_no_best():
    study = te.Study({"x": te.Float(0, 1)}, trials=1)
    with pytest.raises(ValueError):
        study.best()
    study.tell(study.ask(), 1.0)
    assert study.ask() is None


def test_threads_do_not_change_the_outcome():
    def objective(params):
        return (params["x"] - 0.3) ** 2

    space = {"x": te.Float(0, 1)}
    one = te.Study(space, parallel=4).optimize(objective, 16)
    four = te.Study(space, parallel=4).optimize(objective, 16, n_jobs=4)
    assert one.trials() == four.trials()
    with pytest.raises(ValueError, match="parallel"):
        te.Study(space).optimize(objective, 4, n_jobs=2)


def test_an_interrupt_puts_the_trial_back():
    study = te.Study({"x": te.Float(0, 1)})

    def interrupted(params):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study.optimize(interrupted, 3)
    assert study.ask().number == 0


def test_a_store_keeps_what_was_told(tmp_path):
    folder = tmp_path / "kept"
    study = te.Study({"x": te.Float(0, 1)}, store=folder)
    for _ in range(6):
        trial = study.ask()
        study.tell(trial, trial.params["x"])
    again = te.Study({"x": te.Float(0, 1)}, store=folder)
    assert again.trials() == study.trials()
    memory = te.Study({"x": te.Float(0, 1)})
    for _ in range(6):
        trial = memory.ask()
        memory.tell(trial, trial.params["x"])
    assert memory.trials() == again.trials()
    assert memory.ask() == again.ask()
    with pytest.raises(te.SpaceError):
        te.Study({"x": te.Float(0, 2)}, store=folder)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_that_it_has_no_study():
    study = te.Study({"x": te.Float(0, 1)})
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            study.ask()
            os.write(writer, b"asked")
        except RuntimeError:
            os.write(writer, b"refused")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 10) == b"refused"


def test_a_study_is_not_pickled():
    with pytest.raises(TypeError, match="store"):
        pickle.dumps(te.Study({"x": te.Float(0, 1)}))


def test_importance_and_explanation_name_the_parameters():
    study = run(20)
    assert "lr" in str(study.importance())
    assert study.explain(15)["trial"] == 15
