"""TuneSampler passes Optuna's own tests of samplers.

Of the four classes that Optuna ships, that of several objectives is left out: there is one here.
"""

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


def test_a_study_in_optunas_database_has_its_states_and_curves(tmp_path):
    space = {"x": te.Float(0.0, 1.0), "n": te.Int(1, 8, log=True), "b": te.Ordinal([16, 32])}
    study = te.Study(space, race=True, epochs=8, store=tmp_path / "mine")
    ok = study.ask()
    study.tell(ok, 0.9, epoch=1)
    study.tell(ok, 0.7, epoch=2)
    study.tell(ok, 0.5)
    study.tell(study.ask(), failed="out of memory")
    url = f"sqlite:///{tmp_path}/optuna.db"
    # Opened by its folder: what its parameters are is on record.
    te.Study.open(tmp_path / "mine").to_optuna(url)
    read = optuna.load_study(study_name="mine", storage=url)
    states = [trial.state.name for trial in read.trials]
    assert states == ["COMPLETE", "FAIL"]
    assert read.trials[0].intermediate_values == {1: 0.9, 2: 0.7}
    assert read.trials[1].user_attrs["reason"] == "out of memory"
    assert set(read.best_params) == {"x", "n", "b"}


def test_a_pruned_trial_counts_as_one_that_was_stopped():
    def pruned(trial):
        x = trial.suggest_float("x", -2, 2)
        for step in range(4):
            trial.report((x - 1) ** 2 + 1 / (step + 1), step)
            if x < 0:
                raise optuna.TrialPruned
        return (x - 1) ** 2

    studies = [optuna.create_study(sampler=TuneSampler(seed=2)) for _ in range(2)]
    for study in studies:
        study.optimize(pruned, n_trials=20)
    states = {trial.state.name for trial in studies[0].trials}
    assert states == {"COMPLETE", "PRUNED"} and studies[0].best_value < 0.05
    assert [t.params for t in studies[0].trials] == [t.params for t in studies[1].trials]


def test_several_objectives_are_refused():
    study = optuna.create_study(directions=["minimize", "minimize"], sampler=TuneSampler())
    with pytest.raises(ValueError, match="multi-objective"):
        study.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 1.0), n_trials=2)


def test_processes_that_share_a_database_get_what_one_would_have_got(tmp_path):
    url = f"sqlite:///{tmp_path}/optuna.db"
    for _ in range(4):
        # A new sampler each time, as a new process would have.
        study = optuna.create_study(
            storage=url, study_name="s", load_if_exists=True, sampler=TuneSampler(seed=5)
        )
        study.optimize(objective, n_trials=3)
    whole = optuna.create_study(sampler=TuneSampler(seed=5))
    whole.optimize(objective, n_trials=12)
    assert [t.params for t in whole.trials] == [t.params for t in study.trials]


def ten(trial):
    if trial.suggest_categorical("kind", ["a", None]) is None:
        return 0.1 + trial.suggest_int("n", 1, 8)
    return trial.suggest_float("x", 0.0, 1.0)


def test_a_space_may_be_tables_or_a_file(tmp_path):
    path = tmp_path / "space.toml"
    path.write_text(
        '[search]\ntrials = 9\n[space]\nx = { type = "float", low = 0.0, high = 1.0 }\n'
        'n = { type = "int", low = 1, high = 8 }\n'
    )
    tables = {
        "x": {"type": "float", "low": 0.0, "high": 1.0},
        "n": {"type": "int", "low": 1, "high": 8},
    }
    found = []
    for space in (path, tables, {"x": te.Float(0.0, 1.0), "n": te.Int(1, 8)}):
        study = optuna.create_study(sampler=TuneSampler(space))
        study.optimize(lambda t: t.suggest_float("x", 0, 1) * t.suggest_int("n", 1, 8), n_trials=9)
        found.append([trial.params for trial in study.trials])
    assert found[0] == found[1] == found[2]


def test_a_condition_may_ask_for_none():
    space = {
        "kind": te.Categorical(["a", None]),
        "x": te.Float(0.0, 1.0, when={"kind": "a"}),
        "n": te.Int(1, 8, when={"kind": [None]}),
    }
    study = optuna.create_study(sampler=TuneSampler(space))
    study.optimize(ten, n_trials=12)
    assert {trial.params["kind"] for trial in study.trials} == {"a", None}


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        (lambda: TuneSampler(42), TypeError, r"TuneSampler\(seed=42\)"),
        (lambda: TuneSampler({"x": te.Float(1.0, 0.0)}), te.SpaceError, r"\^\^\^"),
        (lambda: TuneSampler(method="cmaes"), te.SpaceError, '"bayes"'),
        (lambda: TuneSampler(method="grid"), ValueError, "GridSampler"),
        (lambda: TuneSampler({"x": {"type": "flaot"}}), ValueError, "'flaot'"),
        (lambda: TuneSampler("nowhere.toml"), FileNotFoundError, "nowhere"),
    ],
)
def test_a_mistake_is_shown_when_the_sampler_is_made(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()


def test_a_file_with_constraints_is_refused(tmp_path):
    path = tmp_path / "space.toml"
    path.write_text(
        '[search]\ntrials = 9\n[space]\nx = { type = "float", low = 0.0, high = 1.0 }\n[[constraints]]\nexpr = "x < 0.5"\n'
    )
    with pytest.raises(ValueError, match="no constraints"):
        TuneSampler(path)
