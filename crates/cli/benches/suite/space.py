"""A search space as every solver of the suite sees it."""

import math


class Param:
    """One axis. kind: float, int, ord or cat; low and high inclusive; log: even in the logarithm.

    when: (parent, values), the parameter exists where the parent has one of the values.
    """

    def __init__(self, name, kind, low=None, high=None, log=False, choices=None, when=None):
        self.name, self.kind, self.low, self.high = name, kind, low, high
        self.log, self.choices, self.when = log, choices, when

    def sample(self, rng):
        """Draws a value evenly on the axis's scale."""
        if self.kind in ("cat", "ord"):
            return self.choices[rng.integers(len(self.choices))]
        if self.kind == "int" and not self.log:
            return int(rng.integers(self.low, self.high + 1))
        value = self.value(rng.random())
        return value

    def value(self, u):
        """The value at a coordinate of [0, 1] of a number."""
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        value = low + u * (high - low)
        value = min(max(math.exp(value) if self.log else value, self.low), self.high)
        return int(round(value)) if self.kind == "int" else float(value)

    def unit(self, value):
        """The coordinate of a number."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        return math.log(value / self.low) / math.log(self.high / self.low)


def active(space, config):
    """The part of a configuration that exists; parents stand before their children."""
    keep = {}
    for p in space:
        if p.when is None or keep.get(p.when[0]) in p.when[1]:
            keep[p.name] = config[p.name]
    return keep


class Problem:
    """A loss to be minimised: `truth` of a configuration, `loss` as a trial sees it."""

    constraints = ()
    best = None  # of the truth, where it is known
    is_costly = False  # a loss is a training: only what is needed is asked for

    def truth(self, config):
        return float(self.many([config])[0])

    def folds(self, config, rng):
        """The losses that a search is told: one, or one a fold."""
        return [self.truth(config)]

    def admits(self, config):
        """Tells whether a configuration satisfies the constraints."""
        return all(eval(e, {"__builtins__": {}}, config) for e in self.constraints)

    def draw(self, rng):
        """Draws a configuration that satisfies the constraints."""
        while True:
            config = {p.name: p.sample(rng) for p in self.space}
            if self.admits(config):
                return config
