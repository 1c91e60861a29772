"""TuneSearcher inside Ray Tune. Half a minute a run: only where TUNE_RAY is set."""

import os
import random
import sys
import time

import pytest
import tune_engine as te

if not os.environ.get("TUNE_RAY"):
    pytest.skip("TUNE_RAY is not set", allow_module_level=True)
ray = pytest.importorskip("ray")
from ray import tune
from tune_engine.ray import TuneSearcher

SPACE = {
    "lr": tune.loguniform(1e-4, 1.0),
    "model": {"kind": tune.choice(["a", "b"]), "depth": tune.randint(1, 5)},
    "width": tune.quniform(8, 64, 8),
    "fixed": 3,
}


def slowly(config):
    # Who ends first is another one on each run.
    time.sleep(random.Random(time.time_ns()).uniform(0.0, 1.0))
    model = config["model"]
    loss = (config["lr"] - 0.1) ** 2 + model["depth"] + (model["kind"] == "b") + config["width"] / 64
    return {"loss": loss}


@pytest.fixture(scope="module", autouse=True)
def cluster():
    # The workers do not see this file.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def run(n, tmp_path):
    searcher = TuneSearcher(parallel=2, seed=4)
    tuner = tune.Tuner(
        slowly,
        param_space=SPACE,
        tune_config=tune.TuneConfig(
            search_alg=searcher, num_samples=n, metric="loss", mode="min", max_concurrent_trials=2
        ),
        run_config=tune.RunConfig(storage_path=str(tmp_path), verbose=0),
    )
    results = tuner.fit()
    assert results.num_errors == 0
    return searcher


def test_two_runs_of_other_timing_give_the_same_configurations(tmp_path):
    found = [run(8, tmp_path / str(i)).study.trials() for i in range(2)]
    assert len(found[0]) == 8
    assert found[0] == found[1]


def told(searcher, loss, names):
    for name in names:
        config = searcher.suggest(name)
        searcher.on_trial_complete(name, {"loss": loss(config)})
    return searcher


def loss(config):
    return config["x"] ** 2


def test_a_saved_searcher_goes_on_as_if_nothing_had_happened(tmp_path):
    def new():
        return TuneSearcher({"x": te.Float(-1.0, 1.0)}, metric="loss", mode="min", parallel=1)

    whole = told(new(), loss, "abcdefghijkl")
    half = told(new(), loss, "abcdef")
    path = str(tmp_path / "searcher")
    half.save(path)
    assert open(path).read().startswith("{")
    again = new()
    again.restore(path)
    assert told(again, loss, "ghijkl").study.trials() == whole.study.trials()


def test_a_proposal_waits_for_the_results_that_it_may_use():
    searcher = TuneSearcher({"x": te.Float(0.0, 1.0)}, metric="loss", mode="min", parallel=2)
    assert searcher.suggest("a") and searcher.suggest("b")
    assert searcher.suggest("c") is None
    searcher.on_trial_complete("b", {"loss": 1.0})
    assert searcher.suggest("c") is None
    searcher.on_trial_complete("a", error=True)
    assert searcher.suggest("c")
