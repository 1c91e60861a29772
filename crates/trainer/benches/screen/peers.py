"""scikit-learn on the judge's folds: python3 peers.py TABLE.csv.gz TARGET FOLDS.csv (pip install scikit-learn).

FOLDS.csv is what `screen -- judge-folds TABLE TARGET` prints.
"""

import gzip
import sys

import numpy
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main():
    with gzip.open(sys.argv[1], "rt") as file:
        names = file.readline().strip().split(",")
        table = numpy.loadtxt(file, delimiter=",")
    target = names.index(sys.argv[2])
    y, x = table[:, target], numpy.delete(table, target, axis=1)
    row, fold = numpy.loadtxt(sys.argv[3], delimiter=",", dtype=int).T
    fold_of = fold[numpy.argsort(row)]

    for name, model in [
        ("MLPRegressor, standardised", make_pipeline(StandardScaler(), MLPRegressor(random_state=0))),
        ("HistGradientBoostingRegressor", HistGradientBoostingRegressor(random_state=0)),
        ("RandomForestRegressor", RandomForestRegressor(random_state=0)),
    ]:
        losses = []
        for fold in range(fold_of.max() + 1):
            test = fold_of == fold
            predicted = model.fit(x[~test], y[~test]).predict(x[test])
            losses.append(numpy.mean((predicted - y[test]) ** 2))
        print(f"{name}: {numpy.mean(losses):.4f}")


if __name__ == "__main__":
    main()
