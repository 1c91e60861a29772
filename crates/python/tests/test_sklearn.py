"""TuneSearchCV keeps scikit-learn's conventions."""

import pickle

import numpy as np
import pytest
import tune_engine as te

pytest.importorskip("sklearn")
from joblib import parallel_backend
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import FitFailedWarning, UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GroupKFold, RandomizedSearchCV, ShuffleSplit, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks
from tune_engine.sklearn import TuneSearchCV

X, Y = load_iris(return_X_y=True)
SPACE = {"C": te.Float(1e-2, 1e2, log=True), "kernel": te.Categorical(["rbf", "linear"])}

# The two that scikit-learn expects of its own RandomizedSearchCV.
EXPECTED = {
    "check_supervised_y_2d": "DataConversionWarning not caught",
    "check_requires_y_none": "Doesn't fail gracefully",
}


@parametrize_with_checks(
    [
        TuneSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, n_iter=2, cv=2, error_score="raise"),
        TuneSearchCV(
            LogisticRegression(), {"C": [0.1, 1.0]}, n_iter=2, cv=2, error_score="raise"
        ),
    ],
    expected_failed_checks=lambda estimator: EXPECTED,
)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_iter": 0}, "n_iter"),
        ({"n_iter": "10"}, "n_iter"),
        ({"parallel": 0}, "parallel"),
        ({"race": "yes"}, "race"),
        # One metric is scored, and it is another.
        ({"optimize": "f1_macro"}, "scoring='f1_macro'"),
        ({"optimize": "f1_macro", "scoring": "accuracy"}, "scoring='f1_macro'"),
        ({"optimize": "f1_macro", "scoring": make_scorer(accuracy_score)}, "scoring='f1_macro'"),
    ],
)
def test_a_wrong_setting_is_refused(wrong, message):
    search = TuneSearchCV(SVC(), SPACE, cv=3).set_params(**{"n_iter": 2, **wrong})
    with pytest.raises(ValueError, match=message):
        search.fit(X, Y)


def test_results_have_the_keys_of_randomized_search():
    ours = TuneSearchCV(SVC(), SPACE, n_iter=6, cv=3).fit(X, Y)
    theirs = RandomizedSearchCV(
        SVC(), {"C": [0.1, 1.0], "kernel": ["rbf", "linear"]}, n_iter=3, cv=3
    ).fit(X, Y)
    assert set(ours.cv_results_) == set(theirs.cv_results_)
    assert ours.cv_results_["rank_test_score"].dtype == np.int32
    assert ours.best_score_ == max(ours.cv_results_["mean_test_score"])
    assert ours.best_params_ == ours.cv_results_["params"][ours.best_index_]


def test_n_jobs_does_not_change_the_candidates():
    one, two = (
        TuneSearchCV(SVC(), SPACE, n_iter=6, parallel=2, cv=3, n_jobs=n).fit(X, Y) for n in (1, 2)
    )
    assert one.cv_results_["params"] == two.cv_results_["params"]


def test_splits_are_drawn_once():
    # A splitter without a seed draws others on each call: equal candidates then had other scores.
    search = TuneSearchCV(
        SVC(), {"C": te.Categorical([1.0, 1.0000001])}, n_iter=2, method="grid",
        cv=ShuffleSplit(3, random_state=None),
    ).fit(X, Y)
    scores = [search.cv_results_[f"split{i}_test_score"] for i in range(3)]
    assert all(a == b for a, b in scores)


def test_several_metrics_and_every_kind_of_refit():
    search = TuneSearchCV(
        SVC(), SPACE, n_iter=5, cv=3, scoring=["accuracy", "f1_macro"], refit="f1_macro"
    ).fit(X, Y)
    assert search.best_score_ == max(search.cv_results_["mean_test_f1_macro"])
    simple = TuneSearchCV(SVC(), SPACE, n_iter=5, cv=3, refit="one-se").fit(X, Y)
    assert simple.best_index_ <= np.argmax(simple.cv_results_["mean_test_score"])
    last = TuneSearchCV(
        SVC(), SPACE, n_iter=5, cv=3, scoring=["accuracy"], optimize="accuracy",
        refit=lambda results: 4,
    ).fit(X, Y)
    assert last.best_index_ == 4
    none = TuneSearchCV(
        SVC(), SPACE, n_iter=5, cv=3, scoring=["accuracy"], optimize="accuracy", refit=False
    ).fit(X, Y)
    assert not hasattr(none, "best_estimator_")


def test_a_pipeline_with_a_conditional_step():
    pipeline = Pipeline([("scale", StandardScaler()), ("clf", SVC())])
    space = {
        "scale": te.Categorical([StandardScaler(), "passthrough"]),
        "clf__kernel": te.Categorical(["rbf", "poly"]),
        "clf__degree": te.Int(2, 4, when={"clf__kernel": ["poly"]}),
    }
    search = TuneSearchCV(pipeline, space, n_iter=8, cv=3).fit(X, Y)
    for params in search.cv_results_["params"]:
        assert ("clf__degree" in params) == (params["clf__kernel"] == "poly")


def test_a_list_of_spaces_is_one_space_of_which_each_is_chosen():
    spaces = [
        {"kernel": ["linear"], "C": te.Float(0.1, 10, log=True)},
        {"kernel": ["rbf"], "gamma": te.Float(1e-3, 1.0, log=True)},
    ]
    search = TuneSearchCV(SVC(), spaces, n_iter=8, cv=3).fit(X, Y)
    for params in search.cv_results_["params"]:
        assert ("gamma" in params) == (params["kernel"] == "rbf")


def test_groups_reach_the_splitter():
    groups = np.arange(len(Y)) % 5
    search = TuneSearchCV(SVC(), SPACE, n_iter=2, cv=GroupKFold(5)).fit(X, Y, groups=groups)
    assert search.n_splits_ == 5


def test_a_failing_candidate_is_a_failed_trial():
    space = {"C": te.Float(-1.0, 1.0), "kernel": ["linear"]}
    with pytest.warns(Warning):
        search = TuneSearchCV(SVC(), space, n_iter=8, cv=3).fit(X, Y)
    assert np.isnan(search.cv_results_["mean_test_score"]).any()
    assert search.best_params_["C"] > 0


def test_it_is_cloned_and_pickled():
    search = clone(TuneSearchCV(SVC(), SPACE, n_iter=3, cv=3)).fit(X, Y)
    again = pickle.loads(pickle.dumps(search))
    assert (again.predict(X) == search.predict(X)).all()


class Counted(SVC):
    """Counts its fits."""

    n_fits = 0

    def fit(self, X, y, sample_weight=None):
        type(self).n_fits += 1
        return super().fit(X, y, sample_weight)


def equal_results(one, other):
    """Whether two searches found the same, but for the times that it took."""
    names = {name for name in one.cv_results_ if "time" not in name}
    assert names == {name for name in other.cv_results_ if "time" not in name}
    for name in names:
        np.testing.assert_array_equal(one.cv_results_[name], other.cv_results_[name])
    return True


def test_a_store_goes_on_without_fitting_anything_twice(tmp_path):
    store = tmp_path / "search"
    settings = dict(cv=3, scoring=["accuracy", "f1_macro"], refit="accuracy")
    TuneSearchCV(Counted(), SPACE, n_iter=3, store=store, **settings).fit(X, Y)
    Counted.n_fits = 0
    long = TuneSearchCV(Counted(), SPACE, n_iter=6, store=store, **settings).fit(X, Y)
    # Three further candidates of three folds, and the winner on all rows.
    assert Counted.n_fits == 10
    whole = TuneSearchCV(Counted(), SPACE, n_iter=6, **settings).fit(X, Y)
    assert equal_results(long, whole)
    again = TuneSearchCV(Counted(), SPACE, n_iter=6, store=store, **settings).fit(X, Y)
    assert equal_results(again, whole)


def test_a_store_refuses_another_search(tmp_path):
    store = tmp_path / "search"
    TuneSearchCV(SVC(), SPACE, n_iter=3, cv=3, store=store).fit(X, Y)
    for wrong, search, rows in [
        ("data", TuneSearchCV(SVC(), SPACE, n_iter=6, cv=3, store=store), 120),
        ("estimator", TuneSearchCV(SVC(tol=0.1), SPACE, n_iter=6, cv=3, store=store), 150),
        ("splits", TuneSearchCV(SVC(), SPACE, n_iter=6, cv=4, store=store), 150),
    ]:
        with pytest.raises(ValueError, match=wrong):
            search.fit(X[:rows], Y[:rows])
    other = {"C": te.Float(1.0, 2.0)}
    with pytest.raises(te.SpaceError, match="different file"):
        TuneSearchCV(SVC(), other, n_iter=6, cv=3, store=store).fit(X, Y)


class Interrupted(SVC):
    """Is interrupted at its fifth fit."""

    n_fits = 0

    def fit(self, X, y, sample_weight=None):
        type(self).n_fits += 1
        if type(self).n_fits == 5:
            raise KeyboardInterrupt
        return super().fit(X, y, sample_weight)


def test_an_interrupted_search_goes_on_as_if_nothing_had_happened(tmp_path):
    store = tmp_path / "search"
    Interrupted.n_fits = 0
    with pytest.raises(KeyboardInterrupt):
        TuneSearchCV(Interrupted(), SPACE, n_iter=5, cv=3, store=store).fit(X, Y)
    long = TuneSearchCV(Interrupted(), SPACE, n_iter=5, cv=3, store=store).fit(X, Y)
    whole = TuneSearchCV(Interrupted(), SPACE, n_iter=5, cv=3).fit(X, Y)
    assert equal_results(long, whole)


def test_a_search_that_failed_throughout_says_so():
    with pytest.warns(FitFailedWarning), pytest.raises(ValueError, match="fits failed"):
        TuneSearchCV(SVC(), {"C": te.Float(-2.0, -1.0)}, n_iter=3, cv=3).fit(X, Y)
    with pytest.raises(ValueError, match="C"):
        search = TuneSearchCV(SVC(), {"C": te.Float(-2.0, -1.0)}, n_iter=3, error_score="raise")
        search.fit(X, Y)


def test_a_failure_at_the_end_is_a_row_of_the_results():
    def score(estimator, X, y):
        return {"a": estimator.score(X, y), "b": 1.0}

    space = {"C": te.Ordinal([-1.0, 1.0, 2.0])}
    with pytest.warns(FitFailedWarning):
        search = TuneSearchCV(
            SVC(), space, method="grid", n_iter=3, cv=3, scoring=score, refit="a"
        ).fit(X, Y)
    failed = [params["C"] < 0 for params in search.cv_results_["params"]]
    assert (np.isnan(search.cv_results_["mean_test_a"]) == failed).all() and sum(failed) == 1


def test_a_race_leaves_folds_out_and_keeps_the_best():
    space = {"C": te.Float(1e-6, 1e4, log=True), "gamma": te.Float(1e-6, 1e3, log=True)}
    Counted.n_fits = 0
    raced = TuneSearchCV(Counted(), space, n_iter=24, cv=5, race={"after": 4}).fit(X, Y)
    assert Counted.n_fits < 24 * 5
    means = raced.cv_results_["mean_test_score"]
    assert len(means) == 24 and np.isnan(means).any()
    assert raced.best_score_ == np.nanmax(means) > 0.9
    jobs = TuneSearchCV(Counted(), space, n_iter=24, cv=5, race={"after": 4}, n_jobs=2).fit(X, Y)
    assert equal_results(raced, jobs)


def test_data_frames_and_sparse_tables_are_searched_alike(tmp_path):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    names = [f"column {i}" for i in range(4)]
    tables = [X, pandas.DataFrame(X, columns=names), polars.DataFrame(X, schema=names), csr_array(X)]
    searches = []
    for index, table in enumerate(tables):
        store = tmp_path / str(index)
        for _ in range(2):
            search = TuneSearchCV(SVC(), SPACE, n_iter=3, cv=3, store=store).fit(table, Y)
        searches.append(search)
    assert equal_results(searches[0], searches[1]) and equal_results(searches[0], searches[2])
    assert list(searches[1].feature_names_in_) == list(searches[2].feature_names_in_) == names
    assert searches[3].predict(tables[3]).shape == Y.shape


def test_metadata_is_routed():
    groups, weight = np.arange(len(Y)) % 3, np.linspace(0.0, 1.0, len(Y))
    with config_context(enable_metadata_routing=True):
        search = TuneSearchCV(
            LogisticRegression(max_iter=500).set_fit_request(sample_weight=True),
            {"C": [0.01, 1.0]},
            n_iter=2,
            cv=GroupKFold(3),
            scoring=make_scorer(accuracy_score).set_score_request(sample_weight=True),
        ).fit(X, Y, groups=groups, sample_weight=weight)
        plain = TuneSearchCV(LogisticRegression(max_iter=500), {"C": [0.01, 1.0]}, n_iter=2, cv=3)
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            plain.fit(X, Y, sample_weight=weight)
    theirs = RandomizedSearchCV(LogisticRegression(max_iter=500), {"C": [0.01, 1.0]}, n_iter=2)
    assert search.n_splits_ == 3 and theirs.get_params().keys() - search.get_params().keys() == set()


def test_it_is_nested_and_runs_in_any_backend():
    search = TuneSearchCV(SVC(), SPACE, n_iter=3, cv=3)
    assert (cross_val_score(search, X, Y, cv=3) > 0.8).all()
    found = []
    for backend in ("loky", "threading"):
        with parallel_backend(backend, n_jobs=2):
            found.append(clone(search).fit(X, Y))
    assert equal_results(*found)


def test_the_seed_is_what_scikit_learn_takes():
    def candidates(random_state):
        search = TuneSearchCV(SVC(), SPACE, n_iter=3, cv=3, random_state=random_state).fit(X, Y)
        return search.cv_results_["params"]

    assert candidates(None) == candidates(0) != candidates(1)
    drawn = [candidates(np.random.RandomState(7)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_progress_is_a_line_a_candidate(capsys):
    TuneSearchCV(SVC(), SPACE, n_iter=2, cv=3, verbose=1).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["candidate 1 of 2", "candidate 2 of 2"]


def test_callbacks_hear_of_each_fit():
    callback = pytest.importorskip("sklearn.callback")
    pytest.importorskip("rich")
    search = TuneSearchCV(SVC(), SPACE, n_iter=2, cv=3).set_callbacks(callback.ProgressBar())
    search.fit(X, Y)


def test_the_best_set_holds_the_best():
    search = TuneSearchCV(SVC(), SPACE, n_iter=8, cv=5).fit(X, Y)
    assert search.best_index_ in search.best_set_
    assert set(search.best_set_) <= set(range(8))


def test_the_metric_to_search_by_must_be_named():
    for refit in (False, lambda results: 0):
        search = TuneSearchCV(SVC(), SPACE, scoring=["accuracy", "f1_macro"], refit=refit)
        with pytest.raises(ValueError, match="optimize="):
            search.fit(X, Y)


def wave(estimator, X, y):
    return -(np.log10(estimator.C) ** 2)


def test_importance_is_that_of_the_study():
    search = TuneSearchCV(SVC(), SPACE, n_iter=16, cv=3, scoring=wave).fit(X, Y)
    parts = {part["name"]: part["total"]["value"] for part in search.importance_["parameters"]}
    assert parts["C"] > 0.8 > 0.2 > parts["kernel"]
    assert pickle.loads(pickle.dumps(search)).importance_ == search.importance_


def test_a_space_file_gives_the_space_alone(tmp_path):
    path = tmp_path / "space.toml"
    path.write_text(
        '[search]\nmethod = "random"\ntrials = 3\n[space]\n'
        'C = { type = "float", low = 0.01, high = 100.0, log = true }\n'
        'kernel = { type = "categorical", values = ["rbf", "linear"] }\ntol = 0.01\n'
        '[[constraints]]\nexpr = "C <= 50"\n'
    )
    search = TuneSearchCV(SVC(), path, n_iter=5, cv=3).fit(X, Y)
    same = TuneSearchCV(SVC(tol=0.01), SPACE, constraints=["C <= 50"], n_iter=5, cv=3).fit(X, Y)
    assert [p["C"] for p in search.cv_results_["params"]] == [
        p["C"] for p in same.cv_results_["params"]
    ]
    assert search.best_estimator_.tol == 0.01
    path.write_text(path.read_text().replace("low =", "lwo ="))
    with pytest.raises(te.SpaceError, match="lwo"):
        search.fit(X, Y)


def test_a_column_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        TuneSearchCV(SVC(), SPACE, n_iter=2, cv=3, refit=lambda results: results["wrong"]).fit(X, Y)


def test_a_candidate_that_failed_throughout_has_the_error_score():
    space = {"C": te.Ordinal([-1.0, 1.0, 2.0])}
    settings = dict(method="grid", n_iter=3, cv=3, error_score=0.0)
    with pytest.warns(FitFailedWarning):
        search = TuneSearchCV(SVC(), space, **settings).fit(X, Y)
    failed = [params["C"] < 0 for params in search.cv_results_["params"]]
    assert (search.cv_results_["mean_test_score"][failed] == 0.0).all()
    with pytest.warns(FitFailedWarning):
        several = TuneSearchCV(
            SVC(), space, scoring=["accuracy", "f1_macro"], refit="accuracy", **settings
        ).fit(X, Y)
    assert (several.cv_results_["mean_test_f1_macro"][failed] == 0.0).all()
