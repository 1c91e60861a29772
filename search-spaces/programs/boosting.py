"""Scores gradient boosting from scikit-learn on one fold of a table.

usage: boosting.py TABLE TARGET

tune tells the parameters and the fold by the environment, and reads the answer from stdout.
"""

import csv
import json
import os
import sys

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold

path, target = sys.argv[1:]
with open(path, newline="") as file:
    rows = list(csv.DictReader(file))
y = np.array([row.pop(target) for row in rows])
x = np.array([[float(value) for value in row.values()] for row in rows])

params = json.loads(os.environ["TUNE_PARAMS"])
fold, folds, repeat, seed = (int(os.environ["TUNE_" + name]) for name in ("FOLD", "FOLDS", "REPEAT", "SEED"))

# All folds of a repeat cut the same partition: it follows from the repeat. The seed differs from fold to fold.
partition = StratifiedKFold(folds, shuffle=True, random_state=repeat)
train, test = list(partition.split(x, y))[fold]
model = GradientBoostingClassifier(random_state=seed, **params).fit(x[train], y[train])

for epoch, probabilities in enumerate(model.staged_predict_proba(x[test]), start=1):
    if epoch % 10 == 0:
        print(json.dumps({"epoch": epoch, "loss": log_loss(y[test], probabilities, labels=model.classes_)}))
probabilities = model.predict_proba(x[test])
print(json.dumps({
    "loss": log_loss(y[test], probabilities, labels=model.classes_),
    "accuracy": accuracy_score(y[test], model.predict(x[test])),
}))
