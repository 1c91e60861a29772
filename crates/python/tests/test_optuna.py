"""TuneSampler passes Optuna's own tests of samplers."""

import pytest
import tune_engine as te

optuna = pytest.importorskip("optuna")
pytest_samplers = pytest.importorskip("optuna.testing.pytest_samplers")
from tune_engine.optuna import TuneSampler

optuna.logging.set_verbosity(optuna.logging.WARNING)


def sampler_of(method):
    return lambda: TuneSampler(seed=0, method=method, startup=3 if method == "bayes" else None)


class _Ours:
    @pytest.fixture(params=["bayes", "random"])
    def sampler(self, request):
        return sampler_of(request.param)


class TestBasic(_Ours, pytest_samplers.BasicSamplerTestCase):
    pass


class TestRelative(_Ours, pytest_samplers.RelativeSamplerTestCase):
    pass


class TestSingleObjective(_Ours, pytest_samplers.SingleOnlySamplerTestCase):
    pass


def objective(trial):
    x = trial.suggest_float("x", -2, 2)
    n = trial.suggest_int("n", 1, 5)
    return (x - 1) ** 2 + n


def test_two_studies_of_one_seed_are_equal():
    studies = [optuna.create_study(sampler=TuneSampler(seed=5)) for _ in range(2)]
    for study in studies:
        study.optimize(objective, n_trials=12)
    one, other = ([t.params for t in study.trials] for study in studies)
    assert one == other


def test_a_study_that_was_resumed_gets_what_one_would_have_got():
    whole = optuna.create_study(sampler=TuneSampler(seed=5))
    whole.optimize(objective, n_trials=12)
    parts = optuna.create_study(sampler=TuneSampler(seed=5))
    parts.optimize(objective, n_trials=7)
    parts.sampler = TuneSampler(seed=5)
    parts.optimize(objective, n_trials=5)
    assert [t.params for t in whole.trials] == [t.params for t in parts.trials]


def test_a_given_space_has_conditions():
    space = {
        "kind": te.Categorical(["a", "b"]),
        "x": te.Float(0, 1, when={"kind": ["a"]}),
    }
    study = optuna.create_study(sampler=TuneSampler(space, seed=0))

    def conditional(trial):
        if trial.suggest_categorical("kind", ["a", "b"]) == "a":
            return trial.suggest_float("x", 0, 1)
        return 0.5

    study.optimize(conditional, n_trials=15)
    assert {t.params["kind"] for t in study.trials} == {"a", "b"}


def test_a_study_is_handed_over_whole():
    study = te.Study({"x": te.Float(0, 1), "k": te.Categorical(["a", None])})
    for value in [3.0, 1.0, 2.0]:
        study.tell(study.ask(), value)
    copy = study.to_optuna()
    assert copy.best_value == 1.0
    assert [t.params for t in copy.trials] == [t["params"] for t in study.trials()]
