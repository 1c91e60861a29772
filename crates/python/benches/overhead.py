"""What a search costs beside its fits: processor time a candidate, on an estimator that does nothing.

30 candidates in four dimensions, 3 folds; the least of five runs.
"""

import time
import warnings

import numpy as np
from scipy.stats import uniform
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.model_selection import RandomizedSearchCV
from tune_engine.sklearn import TuneSearchCV

N_CANDIDATES = 30


class Nothing(ClassifierMixin, BaseEstimator):
    """Fits nothing; its score is a bowl over its parameters."""

    def __init__(self, a=0.0, b=0.0, c=0.0, d=0.0):
        self.a, self.b, self.c, self.d = a, b, c, d

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def score(self, X, y):
        return -((self.a - 0.3) ** 2) - (self.b - 0.6) ** 2 - (self.c - 0.1) ** 2 - self.d / 100


def main():
    warnings.filterwarnings("ignore")
    X, y = load_iris(return_X_y=True)
    space = {name: uniform(0, 1) for name in "abcd"}
    settings = {"n_iter": N_CANDIDATES, "cv": 3}
    searches = {"RandomizedSearchCV": RandomizedSearchCV(Nothing(), space, **settings)}
    for method in ("bayes", "tpe", "random"):
        searches[f"TuneSearchCV {method}"] = TuneSearchCV(
            Nothing(), space, method=method, **settings
        )

    for name, search in searches.items():
        seconds = []
        for _ in range(5):
            begun = time.process_time()
            search.fit(X, y)
            seconds.append(time.process_time() - begun)
        print(f"{name}: {min(seconds) / N_CANDIDATES * 1e3:.1f} ms a candidate")


if __name__ == "__main__":
    main()
