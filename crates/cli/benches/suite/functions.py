"""Functions of known optimum, in 2 to 60 dimensions, without and with noise, and discrete ones.

The optimum of those that have it in the middle of the range is moved to a place that follows from
a hash of the name, so that a solver that tries the middle first gains nothing.
"""

import functools
import hashlib
import itertools

import numpy as np

from space import Param, Problem, active

NOISE = 0.1  # standard deviation of a noisy loss, as a share of (median of random − best)


def stream(name):
    """Random numbers that follow from a name."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def branin(x):
    a, b = 15 * x[0] - 5, 15 * x[1]
    bowl = b - 5.1 / (4 * np.pi**2) * a**2 + 5 / np.pi * a - 6
    return bowl**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(a) + 10 - 0.397887357729738


def hartmann6(x):
    a = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
                  [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
    p = 1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                         [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])
    wells = np.exp(-np.sum(a * (x - p) ** 2, 1))
    return 3.322368011415511 - np.dot([1, 1.2, 3, 3.2], wells)


def levy(z):
    w = 1 + z / 4
    middle = np.sum((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2))
    last = (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)
    return np.sin(np.pi * w[0]) ** 2 + middle + last


def ackley(z):
    near = 20 - 20 * np.exp(-0.2 * np.sqrt(np.mean(z**2)))
    return near + np.e - np.exp(np.mean(np.cos(2 * np.pi * z)))


def rosenbrock(z):
    x = z + 1
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def styblinski_tang(x):
    z = 10 * x - 5
    return np.sum(z**4 - 16 * z**2 + 5 * z) / 2 + 39.16616570377142 * len(z)


def needle(x, at):
    """A gentle slope, and far from its foot a well of a tenth of the range."""
    well = np.exp(-0.5 * np.sum(((x - at) / 0.05) ** 2))
    return 1 + 0.2 * np.mean((x - (1 - at)) ** 2) - well


def plateau(z):
    """A bowl in steps: nothing is learned within a step."""
    return np.floor(6 * np.sqrt(np.sum(z**2) / len(z))) / 6


class Function(Problem):
    """A function over the unit cube: KINDS[kind] = (function, width of the range if it is moved)."""

    KINDS = {
        "branin": (branin, None), "hartmann": (hartmann6, None), "styblinski": (styblinski_tang, None),
        "levy": (levy, 20), "ackley": (ackley, 20), "rosenbrock": (rosenbrock, 4),
        "plateau": (plateau, 2), "needle": (needle, 0),
    }

    def __init__(self, name):
        self.name, self.best = name, 0.0
        kind, dims, *rest = name.split("-")
        self.function, self.width = self.KINDS[kind]
        self.noisy = "noisy" in rest
        # "of60": the function sees the first of so many axes, in an order drawn by the name.
        total = next((int(r[2:]) for r in rest if r.startswith("of")), int(dims))
        rng = stream("-".join([kind, dims]))
        self.at = rng.uniform(0.15, 0.85, int(dims))
        self.seen = rng.permutation(total)[: int(dims)] if total > int(dims) else np.arange(total)
        self.space = [Param(f"x{i}", "float", 0.0, 1.0) for i in range(total)]
        if kind == "needle":
            self.best = float(min(needle(self.at + d, self.at) for d in np.linspace(-.02, .02, 401)))

    def many(self, configs):
        return np.array([self.at_unit(np.array([c[p.name] for p in self.space])) for c in configs])

    def at_unit(self, u):
        x = u[self.seen]
        if self.width == 0:
            return self.function(x, self.at)
        return self.function(x if self.width is None else self.width * (x - self.at))

    @functools.cached_property
    def noise(self):
        """Standard deviation of a loss."""
        rng = stream("median")
        drawn = [self.at_unit(u) for u in rng.random((1000, len(self.space)))]
        return NOISE * (float(np.median(drawn)) - self.best) if self.noisy else 0.0

    def folds(self, config, rng):
        return [self.truth(config) + self.noise * rng.standard_normal()]


class Categories(Problem):
    """Six categories of five values: effects of each, and of neighbouring pairs."""

    def __init__(self):
        self.name = "categories-6"
        self.space = [Param(f"c{i}", "cat", choices=list("abcde")) for i in range(6)]
        rng = stream(self.name)
        self.single, self.pair = rng.normal(size=(6, 5)), 0.7 * rng.normal(size=(5, 5, 5))
        everything = itertools.product(range(5), repeat=6)
        self.best = min(self.at(levels) for levels in everything)

    def at(self, levels):
        pairs = sum(self.pair[i][levels[i]][levels[i + 1]] for i in range(5))
        return float(sum(self.single[i][levels[i]] for i in range(6)) + pairs)

    def many(self, configs):
        return np.array([self.at(["abcde".index(c[f"c{i}"]) for i in range(6)]) for c in configs])


class Ordinals(Problem):
    """Five ordered lists of eight values and a category that turns two of them round."""

    SIZES = [1, 2, 4, 8, 16, 32, 64, 128]

    def __init__(self):
        self.name = "ordinals-5"
        self.space = [Param(f"o{i}", "ord", choices=self.SIZES) for i in range(5)]
        self.space.append(Param("turn", "cat", choices=["no", "yes"]))
        self.at = stream(self.name).integers(1, 7, 5)
        self.best = 0.0

    def many(self, configs):
        return np.array([self.value(c) for c in configs])

    def value(self, config):
        z = np.array([self.SIZES.index(config[f"o{i}"]) for i in range(5)]) - self.at
        if config["turn"] == "yes":
            z = z + np.array([3, -3, 0, 0, 0])
        return float(np.sum(z**2 * [4, 1, 1, 0.5, 0.1]) / 8 + 0.2 * abs(z[0] * z[1])
                     + (0.3 if config["turn"] == "yes" else 0.0))


class Tree(Problem):
    """Conditions three deep: learner, then its kernel or booster, then that one's numbers."""

    def __init__(self):
        self.name = "tree-3"
        number = lambda name, parent, value, log=False: Param(
            name, "float", 1e-4 if log else 0.0, 1.0, log, when=(parent, [value]))
        self.space = [
            Param("learner", "cat", choices=["svm", "boost", "net"]),
            Param("kernel", "cat", choices=["rbf", "poly"], when=("learner", ["svm"])),
            Param("booster", "cat", choices=["tree", "linear"], when=("learner", ["boost"])),
            number("cost", "learner", "svm", True), number("rate", "learner", "boost", True),
            number("lr", "learner", "net", True), number("drop", "learner", "net"),
            number("gamma", "kernel", "rbf", True), number("degree", "kernel", "poly"),
            number("depth", "booster", "tree"), number("rows", "booster", "tree"),
            number("shrink", "booster", "linear", True),
        ]
        rng = stream(self.name)
        self.at = {p.name: rng.uniform(0.15, 0.85) for p in self.space if p.kind == "float"}
        self.best = 0.0

    def many(self, configs):
        return np.array([self.value(active(self.space, c)) for c in configs])

    def value(self, config):
        level = {"svm": 0.15, "boost": 0.0, "net": 0.1}[config["learner"]]
        level += 0.2 if config.get("kernel") == "poly" or config.get("booster") == "linear" else 0.0
        numbers = [p for p in self.space if p.kind == "float" and p.name in config]
        offsets = np.array([p.unit(config[p.name]) - self.at[p.name] for p in numbers])
        return float(level + np.sum(3 * offsets**2) + 2 * abs(np.prod(offsets)))


class Constrained(Problem):
    """Five numbers; two constraints leave a tenth of the cube, and the optimum on an edge of it."""

    def __init__(self):
        self.name = "constrained-5"
        self.space = [Param(f"x{i}", "float", 0.0, 1.0) for i in range(5)]
        self.constraints = ("x0 + x1 + x2 <= 1.2", "x3 >= x4 + 0.2")
        self.at = np.array([0.6, 0.5, 0.4, 0.5, 0.4])
        # The projection of the optimum without constraints: 0.1 off on each of x0, x1, x2, and 0.05
        # on each of x3, x4.
        self.best = 3 * 0.1**2 + 2 * 0.05**2

    def many(self, configs):
        x = np.array([[c[p.name] for p in self.space] for c in configs])
        return np.sum((x - self.at) ** 2, 1)


DISCRETE = {"categories-6": Categories, "ordinals-5": Ordinals, "tree-3": Tree,
            "constrained-5": Constrained}
