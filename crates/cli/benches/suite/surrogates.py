"""Tuning problems that no one here wrote: surrogates of real training runs, as ONNX models.

LCBench (OpenML data sets, funnel-shaped MLPs trained with SGD, 7 hyperparameters), rbv2_rpart
(trees) and rbv2_xgboost (13 hyperparameters, conditional) from YAHPO Gym (Pfisterer et al. 2022;
Apache-2.0, ../peers/models/LICENSE).
"""

import functools
import json
import pathlib

import numpy as np
import onnxruntime as ort

from space import Param, Problem, active

MODELS = pathlib.Path(__file__).parents[1] / "peers" / "models"


@functools.cache
def session(scenario):
    """The model of a scenario: one for all its tasks."""
    options = ort.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    path = str(MODELS / scenario / "model.onnx")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@functools.cache
def encoding(scenario):
    return json.loads((MODELS / scenario / "encoding.json").read_text())


class LCBench(Problem):
    """Validation cross-entropy of a network after 52 epochs, the full run, on one OpenML task."""

    INPUTS = ["epoch", "batch_size", "learning_rate", "momentum", "weight_decay", "num_layers",
              "max_units", "max_dropout"]
    VAL_CROSS_ENTROPY = 2
    space = [
        Param("batch_size", "int", 16, 512, log=True),
        Param("learning_rate", "float", 1e-4, 1e-1, log=True),
        Param("momentum", "float", 0.1, 0.99),
        Param("weight_decay", "float", 1e-5, 1e-1),
        Param("num_layers", "int", 1, 5),
        Param("max_units", "int", 64, 1024, log=True),
        Param("max_dropout", "float", 0.0, 1.0),
    ]

    def __init__(self, task):
        self.name = f"lcbench-{task}"
        self.code = encoding("lcbench")["OpenML_task_id"][task]

    def many(self, configs):
        numbers = [[52, *(c[name] for name in self.INPUTS[1:])] for c in configs]
        codes = np.full((len(configs), 1), self.code, np.int32)
        feed = {"x_cat": codes, "x_cont": np.array(numbers, np.float32)}
        return session("lcbench").run(None, feed)[0][:, self.VAL_CROSS_ENTROPY].astype(float)


class Rbv2(Problem):
    """Log loss of a classical learner on one OpenML task."""

    CATEGORIES = {
        "rbv2_rpart": ["task_id", "num.impute.selected.cpo"],
        "rbv2_xgboost": ["task_id", "booster", "num.impute.selected.cpo"],
    }
    NUMBERS = {
        "rbv2_rpart": ["cp", "maxdepth", "minbucket", "minsplit", "trainsize", "repl"],
        "rbv2_xgboost": ["nrounds", "eta", "gamma", "lambda", "alpha", "subsample", "max_depth",
                         "min_child_weight", "colsample_bytree", "colsample_bylevel", "rate_drop",
                         "skip_drop", "trainsize", "repl"],
    }
    LOG_LOSS = 5
    FIXED = {"trainsize": 1.0, "repl": 10}

    def __init__(self, scenario, task):
        self.name, self.scenario, self.task = f"{scenario}-{task}", scenario, task
        spec = json.loads((MODELS / scenario / "config_space.json").read_text())
        when = {c["child"]: (c["parent"], c.get("values") or [c["value"]])
                for c in spec["conditions"]}
        searched = [h for h in spec["hyperparameters"]
                    if h["name"] not in ("task_id", "trainsize", "repl")]
        self.space = [self.parameter(h, when.get(h["name"])) for h in searched]
        self.space.sort(key=lambda p: p.when is not None)

    @staticmethod
    def parameter(h, when):
        if h["type"] == "categorical":
            return Param(h["name"], "cat", choices=h["choices"], when=when)
        kind = "int" if "int" in h["type"] else "float"
        return Param(h["name"], kind, h["lower"], h["upper"], h["log"], when=when)

    def many(self, configs):
        codes, numbers, categories = encoding(self.scenario), [], []
        for config in configs:
            config = {**active(self.space, config), **self.FIXED, "task_id": self.task}
            numbers.append([config.get(name, 0) for name in self.NUMBERS[self.scenario]])
            categories.append([codes[name][str(config.get(name, "#na#"))]
                               for name in self.CATEGORIES[self.scenario]])
        feed = {"x_cat": np.array(categories, np.int32), "x_cont": np.array(numbers, np.float32)}
        return session(self.scenario).run(None, feed)[0][:, self.LOG_LOSS].astype(float)
