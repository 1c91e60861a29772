"""TuneSearchCV beside scikit-learn's, scikit-optimize's and Optuna's searches.

usage: compare.py run ROWS.csv [--seeds 3] [--searches NAME ...]   (what ROWS.csv has already is not run again)
       compare.py table ROWS.csv
needs: pip install scikit-learn scikit-optimize optuna optuna-integration, and the wheel

Six problems on two data sets each, 30 candidates, 3 folds of 600 rows or half of them; the best
candidate is refitted on these and scored on the others. One thread; seconds are of the processor.
"""

import argparse
import csv
import math
import os
import pathlib
import statistics
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

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
MOST_ROWS = 600
DATA = {"breast_cancer": load_breast_cancer, "digits": load_digits}
COLUMNS = ["seed", "problem", "data", "search", "held_out", "cross_validated", "seconds"]
C = te.Float(1e-3, 1e3, log=True)


def problems():
    """From names to an estimator and its space."""
    scaled = make_pipeline(StandardScaler(), SVC())
    steps = Pipeline([("scale", StandardScaler()), ("reduce", PCA()), ("model", SVC())])
    return {
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
            RandomForestClassifier(n_estimators=40, random_state=0),
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
        "boosting": (
            HistGradientBoostingClassifier(max_iter=30, random_state=0),
            {
                "learning_rate": te.Float(0.01, 1.0, log=True),
                "max_leaf_nodes": te.Int(3, 64, log=True),
                "min_samples_leaf": te.Int(1, 60, log=True),
                "l2_regularization": te.Float(1e-6, 10.0, log=True),
            },
        ),
    }


class LogInt:
    """Whole numbers, their logarithms evenly spread, as scikit-learn draws a distribution."""

    def __init__(self, low, high):
        self.whole = loguniform(low - 0.5, high + 0.5)

    def rvs(self, random_state=None):
        return int(round(self.whole.rvs(random_state=random_state)))


def scipy_space(space):
    """The same space for scikit-learn's own searches; they know no conditions."""

    def convert(known):
        keys = known.keys
        if isinstance(known, te.Float):
            low, high = keys["low"], keys["high"]
            return loguniform(low, high) if keys.get("log") else uniform(low, high - low)
        if isinstance(known, te.Int) and keys.get("log"):
            return LogInt(keys["low"], keys["high"])
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
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("what", choices=["run", "table"])
    parser.add_argument("rows", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--searches", nargs="*", default=list(SEARCHES))
    arguments = parser.parse_args()
    if arguments.what == "run":
        warnings.filterwarnings("ignore")
        run(arguments.rows, arguments.seeds, arguments.searches)
    else:
        table(read(arguments.rows))


def run(path, n_seeds, searches):
    """Runs what is missing, seed after seed, and writes each row when it is known."""
    done = {tuple(row[name] for name in COLUMNS[:4]) for row in read(path)}
    if not path.exists():
        path.write_text(",".join(COLUMNS) + "\n")
    for seed in range(n_seeds):
        for problem in problems():
            for data in DATA:
                for search in searches:
                    case = (str(seed), problem, data, search)
                    if case in done:
                        continue
                    found = once(problem, search, data, seed)
                    with path.open("a") as file:
                        csv.writer(file, lineterminator="\n").writerow([*case, *found])


def once(problem, name, data, seed):
    """Held-out score, cross-validated score and processor seconds."""
    estimator, space = problems()[problem]
    X, y = DATA[data](return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=min(MOST_ROWS, len(X) // 2), random_state=seed, stratify=y
    )
    np.random.seed(seed)
    begun = time.process_time()
    try:
        search = SEARCHES[name](estimator, space, seed, len(X_train))
        search.fit(X_train, y_train)
    except Exception as error:  # What another library cannot do is a row of the table.
        return f"{type(error).__name__}: {str(error)[:100]}", "", ""
    seconds = time.process_time() - begun
    return search.score(X_test, y_test), search.best_score_, f"{seconds:.2f}"


def read(path):
    if not path.exists():
        return []
    with path.open() as lines:
        return list(csv.DictReader(lines))


def table(rows):
    """Prints the mean of each search over the seeds that random search has too, and what it has more
    than that, with standard errors over the twelve problems with their data sets.

    The cross-validated score of the best is what a search maximises, by the same folds for all but
    halving, whose best is that of its last round; the held-out one also has the noise of a choice
    among scores that differ by a row or two."""
    cases = {}
    for row in rows:
        if row["seconds"]:
            case = (row["problem"], row["data"])
            values = [float(row[name]) for name in COLUMNS[4:]]
            cases.setdefault(row["search"], {}).setdefault(case, {})[row["seed"]] = values
        else:
            print(f"failed: {', '.join(row[name] for name in COLUMNS[:5])}")
    random = cases["random"]
    # By search and case, its means and those of random search over the same seeds.
    means = {
        search: {
            case: (mean_over(seeds, random[case]), mean_over(random[case], seeds))
            for case, seeds in of.items()
            if case in random
        }
        for search, of in cases.items()
    }

    print("| search | cases | cross-validated | more than random | held-out | more than random | s |")
    print("|---|---|---|---|---|---|---|")
    for search, of in means.items():
        held, cross, seconds = (statistics.mean(c) for c in zip(*(ours for ours, _ in of.values())))
        print(
            f"| {search} | {len(of)} | {100 * cross:.2f} | {gain(of, 1)} "
            f"| {100 * held:.2f} | {gain(of, 0)} | {seconds:.1f} |"
        )
    print()
    print("| problem | data | " + " | ".join(means) + " |")
    print("|---|---|" + "---|" * len(means))
    for case in random:
        cells = [f"{100 * of[case][0][0]:.2f}" if case in of else "–" for of in means.values()]
        print(f"| {case[0]} | {case[1]} | " + " | ".join(cells) + " |")


def gain(of, column):
    """What a search has more than random search in a column, with its standard error."""
    more = [100 * (ours[column] - base[column]) for ours, base in of.values()]
    error = statistics.stdev(more) / math.sqrt(len(more)) if len(more) > 1 else math.nan
    return f"{statistics.mean(more):+.2f} ± {error:.2f}"


def mean_over(seeds, others):
    """The means of a search's rows over the seeds that the other has too."""
    common = [values for seed, values in seeds.items() if seed in others]
    return [statistics.mean(column) for column in zip(*common)]


if __name__ == "__main__":
    main()
