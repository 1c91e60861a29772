"""Runs an exported model with onnxruntime on the raw columns of a CSV file and compares with our own predictions.

usage: onnx.py DIR DATA.csv; DIR holds model.onnx, model.json and predictions.csv (label and probabilities, or value, a row).
Exits with 77 if onnxruntime or numpy is not installed. pip install onnxruntime numpy
"""
import csv
import json
import sys

try:
    import numpy as np
    import onnxruntime
except ImportError as missing:
    print(missing)
    sys.exit(77)

MISSING = {"", "NA", "NaN", "nan", "null", "None", "N/A", "?"}
folder, data = sys.argv[1:]
rows = list(csv.DictReader(open(data, newline="")))
features = json.load(open(f"{folder}/model.json"))["schema"]["features"]
numbers = [f["name"] for f in features if f["kind"] == "number"]
categories = [f["name"] for f in features if f["kind"] == "category"]
feed = {}
if numbers:
    feed["numbers"] = np.array([[float("nan") if r[n] in MISSING else float(r[n]) for n in numbers] for r in rows])
if categories:
    feed["categories"] = np.array([["" if r[n] in MISSING else r[n] for n in categories] for r in rows], dtype=object)
options = onnxruntime.SessionOptions()
options.log_severity_level = 3
session = onnxruntime.InferenceSession(f"{folder}/model.onnx", options, providers=["CPUExecutionProvider"])
found = dict(zip([output.name for output in session.get_outputs()], session.run(None, feed)))
ours = list(csv.reader(open(f"{folder}/predictions.csv", newline="")))
assert len(ours) == len(rows)
if "value" in found:
    expected = np.array([float(row[0]) for row in ours])
    np.testing.assert_allclose(found["value"], expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())
else:
    np.testing.assert_allclose(found["probabilities"], [[float(p) for p in row[1:]] for row in ours], atol=1e-5)
    assert list(found["label"]) == [row[0] for row in ours]
print(f"{len(rows)} rows agree")
