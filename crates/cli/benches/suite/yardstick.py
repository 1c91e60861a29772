"""Writes reference.json: (best known, median of random) of every problem that is not in it.

usage: yardstick.py [PROBLEMS]

Where the optimum is not known: 100,000 random configurations, then a local search from the best 50;
where a loss is a training, 400, and a shorter one.
"""

import json
import pathlib
import sys

import numpy as np

import problems as P

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
    rng = np.random.default_rng(0)
    n, steps, near_by, shrink = (400, 6, 80, 0.65) if problem.is_costly else (100_000, 60, 2000, 0.92)
    known = problem.best is not None
    drawn = [problem.draw(rng) for _ in range(n // 20 if known else n)]
    losses = problem.many(drawn)
    median = float(np.median(losses))
    if known:
        return problem.best, median

    for step in range(steps + 1):
        order = np.argsort(losses)[:50]
        drawn, losses = [drawn[i] for i in order], losses[order]
        if step < steps:
            near = [neighbour(problem, drawn[i % 50], rng, 0.15 * shrink**step)
                    for i in range(near_by)]
            drawn, losses = drawn + near, np.concatenate([losses, problem.many(near)])
    return float(losses[0]), median


if __name__ == "__main__":
    reference = json.loads(PATH.read_text()) if PATH.exists() else {}
    for name in P.names(sys.argv[1] if len(sys.argv) > 1 else "all"):
        if name not in reference:
            reference[name] = best(P.get(name))
            print(name, reference[name], flush=True)
            PATH.write_text(json.dumps(reference, indent=1, sort_keys=True) + "\n")
