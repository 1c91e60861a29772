"""LCBench with trained epochs as the cost, and what a run has spent and reached.

Epoch 1 of the surrogate is the untrained network and 52 repeats 51, so that epoch e is its e + 1
and one full training is 51.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
SUITE = HERE.parents[1] / "suite"
FULL = 51
RUNGS = [int(np.ceil(share * FULL)) for share in (0.125, 0.25, 0.5)]
MARKS = [5, 10, 20]


def module(name, path):
    """Loads a file as a module: the suite and the peers both have a problems.py."""
    spec = importlib.util.spec_from_file_location(name, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


sys.path.append(str(SUITE))
peers = module("peers_problems", HERE.parent / "problems.py")
suite = module("suite_problems", SUITE / "problems.py")
REFERENCE = json.loads((SUITE / "reference.json").read_text())
SPACE = suite.LCBench("3945").space


class Problem:
    """One task: losses after trained epochs."""

    def __init__(self, name):
        self.name, self.surrogate = name, peers.Problem(name.rpartition("-")[2])

    def loss(self, config, epoch=FULL):
        return self.surrogate.loss(config, epoch + 1)

    def losses(self, configs, epoch):
        return self.surrogate.losses(configs, epoch + 1)

    def curve(self, config):
        """The losses after 1, 2, … 51 epochs."""
        names = peers.INPUTS[1:]
        x = [[epoch + 1, *(config[k] for k in names)] for epoch in range(1, FULL + 1)]
        codes = np.full((FULL, 1), self.surrogate.code, np.int32)
        feed = {"x_cat": codes, "x_cont": np.array(x, np.float32)}
        column = peers.OUTPUTS.index("val_cross_entropy")
        return self.surrogate.session.run(None, feed)[0][:, column].astype(float)


def draw(rng):
    """A random configuration."""
    return {p.name: p.sample(rng) for p in SPACE}


class Ledger:
    """Each payment in epochs, with the loss that the configuration has or would have at its end."""

    def __init__(self):
        self.spent, self.rows = 0, []

    def pay(self, epochs, end, is_full):
        self.spent += epochs
        self.rows.append((self.spent, epochs, int(is_full), float(end)))

    def has(self, budget):
        """Whether something of a budget in full trainings is left."""
        return self.spent < budget * FULL
