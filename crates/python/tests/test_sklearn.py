"""TuneSearchCV keeps scikit-learn's conventions."""

import pickle

import numpy as np
import pytest
import tune_engine as te

pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold, RandomizedSearchCV, ShuffleSplit
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


def test_a_store_goes_on_and_refuses_other_data(tmp_path):
    store = tmp_path / "search"
    short = TuneSearchCV(SVC(), SPACE, n_iter=3, cv=3, store=store).fit(X, Y)
    long = TuneSearchCV(SVC(), SPACE, n_iter=6, cv=3, store=store).fit(X, Y)
    assert long.cv_results_["params"][:3] == short.cv_results_["params"]
    whole = TuneSearchCV(SVC(), SPACE, n_iter=6, cv=3).fit(X, Y)
    assert long.cv_results_["params"] == whole.cv_results_["params"]
    with pytest.raises(ValueError, match="data"):
        TuneSearchCV(SVC(), SPACE, n_iter=6, cv=3, store=store).fit(X[:120], Y[:120])
