"""Writes reference.json: (best known, median of random) of every problem that is not in it.

Where the optimum is not known: 100,000 random configurations, then a local search from the best 50,
60 times 2,000; of real training 200, and 10 times 15 from the best 5.
"""

import json
import pathlib

import numpy as np

import problems as P
from learners import Learner

# Of functions and surrogates, and of real training: random configurations, how many of the best go
# on, rounds of the local search, configurations a round.
SIZES = {False: (100_000, 50, 60, 2000), True: (200, 5, 10, 15)}
PATH = pathlib.Path(__file__).parent / "reference.json"


def neighbour(problem, config, rng, scale):
    new = dict(config)
    for p in problem.space:
        if rng.random() < 0.5:
            continue
        if p.choices:
            new[p.name] = p.sample(rng) if rng.random() < 0.2 else new[p.name]
        else:
            moved = p.unit(config[p.name]) + scale * rng.normal()
            new[p.name] = p.value(min(max(moved, 0.0), 1.0))
    return new


def best(problem):
    n, n_best, n_steps, n_near = SIZES[type(problem) is Learner]
    rng = np.random.default_rng(0)
    known = problem.best is not None
    drawn = [problem.draw(rng) for _ in range(n // 20 if known else n)]
    losses = problem.many(drawn)
    median = float(np.median(losses))
    if known:
        return problem.best, median

    for step in range(n_steps + 1):
        order = np.argsort(losses)[:n_best]
        drawn, losses = [drawn[i] for i in order], losses[order]
        if step < n_steps:
            scale = 0.15 * 0.92 ** (60 * step / n_steps)
            near = [neighbour(problem, drawn[i % n_best], rng, scale) for i in range(n_near)]
            drawn, losses = drawn + near, np.concatenate([losses, problem.many(near)])
    return float(losses[0]), median


if __name__ == "__main__":
    reference = json.loads(PATH.read_text()) if PATH.exists() else {}
    for name in P.names("all"):
        if name not in reference:
            reference[name] = best(P.get(name))
            print(name, reference[name], flush=True)
    PATH.write_text(json.dumps(reference, indent=1, sort_keys=True) + "\n")
