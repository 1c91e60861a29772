"""Ask and tell in process."""

import os
import pickle
import sys
import threading
import time

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


def curve(params, epochs):
    """A training curve that ends at a bowl over ``x``."""
    end = (params["x"] - 0.3) ** 2
    return [end + 1.0 / (1 + epoch) for epoch in range(1, epochs + 1)]


def raced(n=40, epochs=20):
    study = te.Study({"x": te.Float(0.0, 10.0)}, race=True, epochs=epochs, seed=1)
    n_trained = 0
    for _ in range(n):
        trial = study.ask()
        for epoch, value in enumerate(curve(trial.params, epochs), start=1):
            n_trained += 1
            if not study.tell(trial, value, epoch=epoch):
                break
        else:
            assert study.tell(trial, value) is False
    return study, n_trained


def test_a_race_stops_trials_by_their_epochs():
    study, n_trained = raced()
    states = [trial["state"] for trial in study.trials()]
    assert set(states) == {"ok", "raced"}
    assert n_trained < 40 * 20 * 0.9
    assert study.trials() == raced()[0].trials()
    stopped = states.index("raced")
    last = study.curves()[stopped, 0][-1]
    # What was told is told again without effect, and the answer is the same.
    assert study.tell(stopped, last[1], epoch=last[0]) is False


@pytest.mark.parametrize(
    ("epoch", "message"),
    [
        (9, "epoch 9 does not exist; trial 0 has epochs 1 to 3"),
        (0, "epochs are counted from 1: there is no epoch 0"),
        (-1, "epochs are counted from 1: there is no epoch -1"),
        (2**40, "epochs are counted from 1"),
    ],
)
def test_an_epoch_that_a_trial_does_not_have_is_refused(epoch, message):
    np = pytest.importorskip("numpy")
    study = te.Study({"x": te.Float(0.0, 1.0)}, race=True, epochs=3)
    trial = study.ask()
    with pytest.raises(te.TellError, match=message):
        study.tell(trial, 0.5, epoch=epoch)
    assert study.tell(trial, 0.5, epoch=np.int64(3)) is True
    assert study.curves() == {(0, 0): [(3, 0.5)]}


@pytest.mark.parametrize("epoch", [True, 1.0, "1"])
def test_an_epoch_is_a_whole_number(epoch):
    study = te.Study({"x": te.Float(0.0, 1.0)}, race=True, epochs=3)
    with pytest.raises(TypeError, match="an epoch is a whole number from 1"):
        study.tell(study.ask(), 0.5, epoch=epoch)


def test_a_race_stops_trials_by_their_folds():
    study = te.Study({"x": te.Float(0.0, 10.0)}, race={"after": 4}, folds=5, seed=1)
    n_folds = 0
    for _ in range(30):
        trial = study.ask()
        for fold in range(5):
            n_folds += 1
            if not study.tell(trial, (trial.params["x"] - 3 - 0.1 * fold) ** 2, fold=fold):
                break
    assert n_folds < 150
    assert {trial["state"] for trial in study.trials()} == {"ok", "raced"}


def test_what_was_handed_out_and_lost_is_handed_out_again(tmp_path):
    def told(study, n):
        for _ in range(n):
            trial = study.ask()
            study.tell(trial, loss(trial.params))
        return study

    store = tmp_path / "kept"
    told(te.Study(SPACE, store=store), 7).ask()
    # The process that asked is gone; whoever comes next puts its trial back.
    again = te.Study(SPACE, store=store)
    assert again.release() == [7]
    assert again.release(older_than=3600.0) == []
    assert told(again, 3).trials() == told(te.Study(SPACE), 10).trials()


def test_an_interrupted_study_on_disk_goes_on_as_if_nothing_had_happened(tmp_path):
    calls = []

    def objective(params):
        calls.append(params)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return loss(params)

    store = tmp_path / "kept"
    with pytest.raises(KeyboardInterrupt):
        te.Study(SPACE, store=store).optimize(objective, 12)
    again = te.Study(SPACE, store=store)
    again.optimize(loss, 12 - len(again.trials()))
    assert again.trials() == te.Study(SPACE).optimize(loss, 12).trials()


def test_methods_may_be_called_from_any_thread():
    from concurrent.futures import ThreadPoolExecutor

    study = te.Study({"x": te.Float(0, 1)}, parallel=8)

    def work(_):
        trial = study.ask()
        study.tell(trial, trial.params["x"])
        return trial.number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(work, range(40)))
    assert sorted(numbers) == list(range(40)) == [trial["trial"] for trial in study.trials()]


def test_a_study_shows_how_many_trials_it_has():
    study = te.Study(SPACE)
    assert repr(study) == "<tune_engine.Study in memory: 0 trials>"
    study.ask()
    assert repr(study) == "<tune_engine.Study in memory: 1 trial>"


def test_the_report_is_a_page_and_stands_in_a_notebook(tmp_path):
    study = run(12)
    study.report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert page.startswith("<!") and "http://" not in page.replace("http://www.w3.org", "")
    assert study._repr_html_().startswith("<iframe srcdoc=")
    # Without a total the page shows none, and its history ends with the last trial.
    assert "12 trials</p>" in page and "no total" in page and "9,007,199" not in page


def test_a_space_file_and_a_dict_give_the_same(tmp_path):
    file = tmp_path / "space.toml"
    file.write_text(
        '[study]\nname = "study"\nseed = 3\n[search]\nmethod = "bayes"\ntrials = 12\nparallel = 1\n[space]\n'
        'x = { type = "float", low = 0.1, high = 1.0, log = true }\nn = { type = "int", low = 1, high = 9 }\n'
    )
    space = {"x": te.Float(0.1, 1.0, log=True), "n": te.Int(1, 9)}
    tables = {
        "x": {"type": "float", "low": 0.1, "high": 1.0, "log": True},
        "n": {"type": "int", "low": 1, "high": 9},
    }
    studies = [te.Study(file), te.Study(space, seed=3), te.Study(tables, seed=3)]
    for study in studies:
        study.optimize(lambda params: params["x"] + params["n"], 12)
    assert studies[0].trials() == studies[1].trials() == studies[2].trials()
    assert studies[0].ask() is None and studies[1].ask() is not None


def test_the_message_underlines_what_is_wrong():
    with pytest.raises(te.SpaceError) as error:
        te.Study({"rate": te.Float(0.0, 1.0, lgo=True)})
    text = str(error.value)
    assert "^^^" in text and "log" in text and "rate" in text


def test_a_list_is_a_value_like_any_other():
    layers = te.Categorical([[64, 64], [128], []], default=[128])
    space = {"layers": layers, "drop": te.Float(0, 1, when={"layers": [[64, 64]]})}
    study = te.Study(space, enqueue=[{"layers": []}])
    seen = [study.ask() for _ in range(12)]
    assert seen[0].params == {"layers": []}
    assert {tuple(trial.params["layers"]) for trial in seen} == {(64, 64), (128,), ()}
    assert all(("drop" in t.params) == (t.params["layers"] == [64, 64]) for t in seen)
    # What the user does with a list changes no other trial's.
    seen[0].params["layers"].append(1)
    assert study.trial(0).params == {"layers": []}


def test_other_threads_go_on_while_a_trial_is_proposed():
    # 300 results to model: the proposal takes long enough to be seen.
    study = te.Study({f"x{i}": te.Float(0, 1) for i in range(6)}, startup=300)
    study.optimize(lambda params: sum(params.values()), 300)
    state, saw = ["idle"], []

    def ask():
        state[0] = "asking"
        study.ask()
        state[0] = "asked"

    # Threads then change only where one of them gives way: inside of `ask`, or in the loop below.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    try:
        worker = threading.Thread(target=ask)
        worker.start()
        while state[0] != "asked":
            saw.append(state[0])
            time.sleep(0)
        worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert "asking" in saw


def test_an_interrupt_between_a_tell_and_the_next_trial_is_an_interrupt(monkeypatch):
    # Ctrl-C comes when the engine has the result and Python has not heard of it.
    tell = te.Study.tell

    def interrupted(self, trial, *arguments, **more):
        tell(self, trial, *arguments, **more)
        if trial.number == 3:
            raise KeyboardInterrupt

    for n_jobs in (1, 2):
        study = te.Study({"x": te.Float(0, 1)}, parallel=2)
        monkeypatch.setattr(te.Study, "tell", interrupted)
        with pytest.raises(KeyboardInterrupt):
            study.optimize(lambda params: params["x"], 10, n_jobs=n_jobs)
        monkeypatch.setattr(te.Study, "tell", tell)
        study.optimize(lambda params: params["x"], 10 - len(study.trials()))
        whole = te.Study({"x": te.Float(0, 1)}, parallel=2)
        assert study.trials() == whole.optimize(lambda params: params["x"], 10).trials()


def test_an_interrupt_while_a_trial_is_asked_hands_it_out_again(monkeypatch):
    made = te.Study._trial_of

    def interrupted(self, answer):
        if '"trial":2' in answer.replace(" ", ""):
            raise KeyboardInterrupt
        return made(self, answer)

    study = te.Study({"x": te.Float(0, 1)})
    monkeypatch.setattr(te.Study, "_trial_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        study.optimize(lambda params: params["x"], 5)
    monkeypatch.undo()
    assert [study.ask().number for _ in range(2)] == [2, 3]
