"""TuneSearchCV beside scikit-learn's, scikit-optimize's and Optuna's searches.

Six problems on two data sets each, 30 candidates, 3 folds, held-out score, processor time.
usage: compare.py [--seeds N] [--problems NAME …] [--searches NAME …]
"""

import argparse
import statistics
import time
import warnings

import numpy as np
import tune_engine as te
from scipy.stats import loguniform, randint, uniform
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import HalvingRandomSearchCV, RandomizedSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from tune_engine.sklearn import TuneSearchCV

N_CANDIDATES, FOLDS, FACTOR = 30, 3, 3
C = te.Float(1e-3, 1e3, log=True)


def problems():
    """From names to an estimator and its space."""
    scaled = make_pipeline(StandardScaler(), SVC())
    steps = Pipeline([("scale", StandardScaler()), ("reduce", PCA()), ("model", SVC())])
    return {
        "boosting": (
            HistGradientBoostingClassifier(max_iter=60, random_state=0),
            {
                "learning_rate": te.Float(0.01, 1.0, log=True),
                "max_leaf_nodes": te.Int(3, 64, log=True),
                "min_samples_leaf": te.Int(1, 60, log=True),
                "l2_regularization": te.Float(1e-6, 10.0, log=True),
            },
        ),
        "svc": (scaled, {"svc__C": C, "svc__gamma": te.Float(1e-5, 1.0, log=True)}),
        "pipeline": (
            steps,
            {
                "reduce__n_components": te.Float(0.5, 0.99),
                "model__kernel": te.Categorical(["rbf", "poly", "linear"]),
                "model__C": C,
                "model__gamma": te.Float(
                    1e-5, 1.0, log=True, when={"model__kernel": ["rbf", "poly"]}
                ),
                "model__degree": te.Int(2, 5, when={"model__kernel": ["poly"]}),
            },
        ),
        "forest": (
            RandomForestClassifier(n_estimators=60, random_state=0),
            {
                "max_depth": te.Int(2, 20),
                "min_samples_leaf": te.Int(1, 20, log=True),
                "max_features": te.Float(0.05, 1.0),
            },
        ),
        "logistic": (
            make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
            {"logisticregression__C": te.Float(1e-5, 1e3, log=True)},
        ),
        "mlp": (
            make_pipeline(StandardScaler(), MLPClassifier(max_iter=40, random_state=0)),
            {
                "mlpclassifier__learning_rate_init": te.Float(1e-4, 0.3, log=True),
                "mlpclassifier__alpha": te.Float(1e-6, 1.0, log=True),
                "mlpclassifier__hidden_layer_sizes": te.Ordinal([8, 16, 32, 64]),
            },
        ),
    }


def scipy_space(space):
    """The same space for scikit-learn's own searches; they know no conditions."""

    def convert(known):
        keys = known.keys
        if isinstance(known, te.Float):
            low, high = keys["low"], keys["high"]
            return loguniform(low, high) if keys.get("log") else uniform(low, high - low)
        if isinstance(known, te.Int):
            return randint(keys["low"], keys["high"] + 1)
        return known.values

    return {name: convert(known) for name, known in space.items()}


def optuna_search(estimator, space, seed):
    import optuna
    from optuna_integration import OptunaSearchCV
    from tune_engine.optuna import distribution

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {name: distribution(known) for name, known in space.items()}
    return OptunaSearchCV(estimator, space, n_trials=N_CANDIDATES, cv=FOLDS, random_state=seed)


def skopt_search(estimator, space, seed):
    from skopt import BayesSearchCV
    from skopt.space import Categorical, Integer, Real

    def convert(known):
        keys = known.keys
        if isinstance(known, (te.Float, te.Int)):
            kind = Real if isinstance(known, te.Float) else Integer
            prior = "log-uniform" if keys.get("log") else "uniform"
            return kind(keys["low"], keys["high"], prior=prior)
        return Categorical(known.values)

    space = {name: convert(known) for name, known in space.items()}
    return BayesSearchCV(estimator, space, n_iter=N_CANDIDATES, cv=FOLDS, random_state=seed)


def halving_search(estimator, space, seed, n_rows):
    # As many training rows as the others see: n/9, n/3 and n of them in three rounds.
    return HalvingRandomSearchCV(
        estimator, scipy_space(space), n_candidates=3 * N_CANDIDATES, factor=FACTOR,
        min_resources=n_rows // FACTOR**2, cv=FOLDS, random_state=seed,
    )


SEARCHES = {
    "tune": lambda e, s, seed, n: TuneSearchCV(
        e, s, n_iter=N_CANDIDATES, cv=FOLDS, random_state=seed
    ),
    "random": lambda e, s, seed, n: RandomizedSearchCV(
        e, scipy_space(s), n_iter=N_CANDIDATES, cv=FOLDS, random_state=seed
    ),
    "halving": halving_search,
    "optuna": lambda e, s, seed, n: optuna_search(e, s, seed),
    "skopt": lambda e, s, seed, n: skopt_search(e, s, seed),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--problems", nargs="*", default=list(problems()))
    parser.add_argument("--searches", nargs="*", default=list(SEARCHES))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")

    total = {name: [] for name in arguments.searches}
    print("| problem | data | search | held-out | cross-validated | cpu s |")
    print("|---|---|---|---|---|---|", flush=True)
    for problem in arguments.problems:
        for load in (load_breast_cancer, load_digits):
            X, y = load(return_X_y=True)
            data = load.__name__.removeprefix("load_")
            for name in arguments.searches:
                found = [once(problem, name, X, y, seed) for seed in range(arguments.seeds)]
                if None in found:
                    print(f"| {problem} | {data} | {name} | failed | | |", flush=True)
                    continue
                held, cross, seconds = (statistics.mean(column) for column in zip(*found))
                total[name].append((held, cross, seconds))
                row = f"{held:.4f} | {cross:.4f} | {seconds:.1f}"
                print(f"| {problem} | {data} | {name} | {row} |", flush=True)
    for name, rows in total.items():
        if rows:
            held, cross, seconds = (statistics.mean(column) for column in zip(*rows))
            print(f"| all | {len(rows)} | {name} | {held:.4f} | {cross:.4f} | {seconds:.1f} |")


def once(problem, name, X, y, seed):
    """Held-out score, cross-validated score and processor seconds; ``None`` where it fails."""
    estimator, space = problems()[problem]
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.3, random_state=seed, stratify=y
    )
    np.random.seed(seed)
    begun = time.process_time()
    try:
        search = SEARCHES[name](estimator, space, seed, len(X_train))
        search.fit(X_train, y_train)
    except Exception as error:  # What another library cannot do is a row of the table.
        print(f"<!-- {name} on {problem}: {type(error).__name__}: {str(error)[:200]} -->")
        return None
    seconds = time.process_time() - begun
    return search.score(X_test, y_test), search.best_score_, seconds


if __name__ == "__main__":
    main()
