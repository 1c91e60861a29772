"""Real training: learners of scikit-learn on data sets that it ships, cross-validated.

A loss is the mean over three folds that follow from the run's seed, so it is noisy by its folds, which
our search is told and peers cannot be; the truth is the mean over six folds of two other shuffles. 20 ms to 1 s a loss on one core.
"""

import warnings

import numpy as np

from space import Param, Problem, active

ROWS = 600
REPEATS = (101, 102)  # seeds of the splits by which the truth is measured


def number(name, low, high, log=False, when=None):
    return Param(name, "float", low, high, log, when=when)


def whole(name, low, high, log=False, when=None):
    return Param(name, "int", low, high, log, when=when)


def choice(name, *values, when=None):
    return Param(name, "cat", choices=list(values), when=when)


# A space and an estimator of each learner; `c` has the active parameters alone.
def svc(c):
    from sklearn.svm import SVC
    return SVC(C=c["C"], kernel=c["kernel"], gamma=c.get("gamma", "scale"),
               degree=c.get("degree", 3), max_iter=20_000)


def boosting(c, is_class):
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
    made = GradientBoostingClassifier if is_class else GradientBoostingRegressor
    return made(random_state=0, **c)


def forest(c, is_class):
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    made = RandomForestClassifier if is_class else RandomForestRegressor
    return made(random_state=0, n_estimators=20, **c)


def logistic(c):
    from sklearn.linear_model import LogisticRegression
    return LogisticRegression(solver="saga", random_state=0, **c)


def neighbours(c, is_class):
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    return (KNeighborsClassifier if is_class else KNeighborsRegressor)(**c)


def mlp(c, is_class):
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    c = dict(c)
    layers = (c.pop("width"),) * c.pop("depth")
    return (MLPClassifier if is_class else MLPRegressor)(
        hidden_layer_sizes=layers, max_iter=20, random_state=0, **c)


SPACES = {
    "svc": [number("C", 1e-3, 1e4, True), choice("kernel", "rbf", "poly", "sigmoid"),
            number("gamma", 1e-5, 1e1, True), whole("degree", 2, 5, when=("kernel", ["poly"]))],
    "boosting": [number("learning_rate", 1e-3, 1.0, True), whole("n_estimators", 5, 80, True),
                 whole("max_depth", 1, 6), number("subsample", 0.3, 1.0),
                 number("max_features", 0.1, 1.0), whole("min_samples_leaf", 1, 40, True)],
    "forest": [number("max_features", 0.05, 1.0), whole("max_depth", 1, 20),
               whole("min_samples_leaf", 1, 30, True), number("max_samples", 0.1, 1.0)],
    "logistic": [number("C", 1e-5, 1e3, True), number("l1_ratio", 0.0, 1.0),
                 whole("max_iter", 2, 100, True), choice("class_weight", "balanced", "none")],
    "neighbours": [whole("n_neighbors", 1, 100, True),
                   choice("metric", "manhattan", "euclidean", "chebyshev"),
                   choice("weights", "uniform", "distance")],
    "mlp": [number("learning_rate_init", 1e-4, 1e-1, True), whole("width", 4, 64, True),
            whole("depth", 1, 3), number("alpha", 1e-6, 1e1, True), whole("batch_size", 16, 256, True),
            choice("activation", "relu", "tanh", "logistic")],
}
DATA = {"digits": True, "breast_cancer": True, "diabetes": False}
LEARNERS = ["svc-digits", "svc-breast_cancer", "boosting-diabetes", "boosting-breast_cancer",
            "forest-diabetes", "forest-digits", "logistic-digits", "logistic-breast_cancer",
            "neighbours-digits", "mlp-diabetes"]


class Learner(Problem):
    """A learner on a data set. Losses: log loss, of SVC the error rate; mean squared error / 1000."""

    is_costly = True

    def __init__(self, name):
        from sklearn import datasets

        self.name = name
        self.kind, data = name.split("-")
        self.is_class, self.space = DATA[data], SPACES[self.kind]
        X, y = getattr(datasets, f"load_{data}")(return_X_y=True)
        rows = np.random.default_rng(0).permutation(len(y))[:ROWS]
        self.X, self.y = X[rows], y[rows]
        self.seed = None

    def estimator(self, config):
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        c = active(self.space, config)
        c = {k: None if v == "none" else v for k, v in c.items()}
        made = globals()[self.kind]
        learner = made(c) if self.kind in ("svc", "logistic") else made(c, self.is_class)
        return make_pipeline(StandardScaler(), learner)

    def split(self, config, seed):
        """The losses of three folds of one shuffle of the rows."""
        from sklearn.metrics import log_loss, mean_squared_error
        from sklearn.model_selection import KFold, StratifiedKFold

        folds = (StratifiedKFold if self.is_class else KFold)(3, shuffle=True, random_state=seed)
        losses = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for train, test in folds.split(self.X, self.y):
                fitted = self.estimator(config).fit(self.X[train], self.y[train])
                X, y = self.X[test], self.y[test]
                if self.kind == "svc":
                    losses.append(1.0 - fitted.score(X, y))
                elif self.is_class:
                    shares = np.clip(fitted.predict_proba(X), 1e-6, 1.0)
                    losses.append(log_loss(y, shares / shares.sum(1, keepdims=True)))
                else:
                    losses.append(mean_squared_error(y, fitted.predict(X)) / 1000)
        return losses

    def many(self, configs):
        return np.array([np.mean([self.split(c, seed) for seed in REPEATS]) for c in configs])

    def folds(self, config, rng):
        # One run has one set of folds: the first number drawn decides them.
        if self.seed is None or self.seed[0] is not rng:
            self.seed = (rng, int(rng.integers(100)))
        return self.split(config, self.seed[1])
