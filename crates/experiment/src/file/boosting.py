"""Scores scikit-learn's histogram gradient boosting on one fold of a table. Needs: pip install scikit-learn

usage: PROGRAM TABLE TARGET TASK FOLDS [COLUMN ...]

FOLDS is a list that `tune folds` wrote, and each COLUMN is left out. tune tells the parameters and the fold by the
environment, and reads the answer from stdout.
"""

import csv
import gzip
import json
import os
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error

table, target, task, folds, *dropped = sys.argv[1:]
MISSING = {"", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None"}


def numbers(cells):
    """A column of numbers, or the codes of its categories and True."""
    try:
        return [float("nan") if cell in MISSING else float(cell) for cell in cells], False
    except ValueError:
        codes = {label: code for code, label in enumerate(sorted(set(cells) - MISSING))}
        return [codes.get(cell, float("nan")) for cell in cells], True


opened = gzip.open if table.endswith(".gz") else open
with opened(table, "rt", newline="") as file:
    rows = [{name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(file)]
names = [name for name in rows[0] if name != target and name not in dropped]
columns = [numbers([row[name] for row in rows]) for name in names]
x = np.array([column for column, _ in columns]).T
# The library takes at most 255 categories as such.
is_category = [is_text and np.nanmax(column) < 255 for column, is_text in columns]
y = np.array([row[target] for row in rows])
if task == "regression":
    y = y.astype(float)

params = json.loads(os.environ["TUNE_PARAMS"])
repeat, fold, seed = (os.environ["TUNE_" + name] for name in ("REPEAT", "FOLD", "SEED"))
with open(folds, newline="") as file:
    of_repeat = [line for line in csv.DictReader(file) if line["repeat"] == repeat]
test = [int(line["row"]) for line in of_repeat if line["fold"] == fold]
train = [int(line["row"]) for line in of_repeat if line["fold"] != fold]

shared = {"categorical_features": is_category, "early_stopping": False, "random_state": int(seed), **params}
if task == "regression":
    predicted = HistGradientBoostingRegressor(**shared).fit(x[train], y[train]).predict(x[test])
    answer = {"loss": mean_squared_error(y[test], predicted), "mae": mean_absolute_error(y[test], predicted)}
else:
    model = HistGradientBoostingClassifier(**shared).fit(x[train], y[train])
    loss = log_loss(y[test], model.predict_proba(x[test]), labels=model.classes_)
    answer = {"loss": loss, "error_rate": 1.0 - accuracy_score(y[test], model.predict(x[test]))}
print(json.dumps(answer))
