"""Learns the hyperpriors of the Gaussian process from the problems of *choose*.

usage: hyperpriors.py [--without GROUP] [--seeds 10] [--first-seed 920] [--write FILE]

A search of twelve trials on each problem and seed tells the Laplace approximation of its posterior of
ln length scales and ln signal variance (TUNE_ASK_TELL, `learn`). Expectation maximisation then fits
a normal distribution to each kind of parameter, and one to the signal variance, beside which every
search's own are independent draws. Searches count equally: of one with many axes of a kind, each
counts the less. No standard deviation is below 0.5, so that results of another kind of problem can
speak against what was learned. `--without` leaves a group out, for judging on it;
crates/tuner/src/gp/hyperpriors.json is written by `--write`.
"""

import argparse
import collections
import concurrent.futures
import datetime
import json
import math
import pathlib

import numpy as np

import problems as P
import solvers

TRIALS = 12
LEAST_SD = 0.5
# The wide prior under which `learn` answers: see crates/tuner/src/tuning.rs, gp.
WIDE_LENGTH_SD, WIDE_SIGNAL_SD, UNIT_LENGTH_AXES = 0.7, 0.5, 7.0


def search(name, seed):
    """Kinds of the axes, and mode and precision of θ, after a search."""
    problem, noise = P.get(name), np.random.default_rng([seed, 17])
    search = solvers.make("tune", problem, seed)
    for _ in range(TRIALS):
        config = search.ask()
        folds = problem.folds(config, noise)
        search.tell(config, float(np.mean(folds)), folds)
    return json.loads(search.line("learn"))


def likelihood(learned):
    """Groups of the entries of (lengths, signal), and their likelihood in information form, around
    the wide prior's mean; the noise variance is integrated out."""
    n = len(learned["kinds"])
    mode, precision = np.array(learned["mode"]), np.array(learned["precision"])
    precision = (precision + precision.T) / 2
    rest = precision[:n + 1, n + 1]
    precision = precision[:n + 1, :n + 1] - np.outer(rest, rest) / max(precision[-1, -1], 1e-3)

    centre = np.array([0.5 * math.log(max(n, 2) / UNIT_LENGTH_AXES)] * n + [0.0])
    wide = np.diag([WIDE_LENGTH_SD**-2] * n + [WIDE_SIGNAL_SD**-2])
    values, vectors = np.linalg.eigh(precision - wide)
    known = (vectors * values.clip(0)) @ vectors.T
    return [*learned["kinds"], "signal"], known, (known + wide) @ (mode[:n + 1] - centre)


def fit(searches, rounds=300):
    """kind -> (mean, standard deviation), by expectation maximisation."""
    kinds = sorted({kind for names, *_ in searches for kind in names})
    mean, sd = dict.fromkeys(kinds, 0.0), dict.fromkeys(kinds, WIDE_LENGTH_SD)
    for _ in range(rounds):
        found = []
        for names, known, information in searches:
            prior = np.array([sd[kind]**-2 for kind in names])
            centre = np.array([mean[kind] for kind in names])
            covariance = np.linalg.inv(known + np.diag(prior))
            found.append((names, covariance @ (information + prior * centre), np.diag(covariance)))

        weighted = collections.defaultdict(list)
        for names, values, variances in found:
            counts = collections.Counter(names)
            for kind, value, variance in zip(names, values, variances):
                weighted[kind].append((counts[kind] ** -0.5, value, variance))
        for kind, rows in weighted.items():
            weights, values, variances = np.array(rows).T
            mean[kind] = float(np.average(values, weights=weights))
            spread = np.average((values - mean[kind]) ** 2 + variances, weights=weights)
            sd[kind] = max(math.sqrt(spread), LEAST_SD)
    return {kind: {"mean": round(mean[kind], 3), "sd": round(sd[kind], 3)} for kind in kinds}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--without")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=920)
    parser.add_argument("--write", type=pathlib.Path)
    a = parser.parse_args()

    left_out = set(P.names(a.without)) if a.without else set()
    names = [name for name in P.names("choose") if name not in left_out]
    seeds = range(a.first_seed, a.first_seed + a.seeds)
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        jobs = [pool.submit(search, name, seed) for name in names for seed in seeds]
        searches = [likelihood(job.result()) for job in jobs]

    lengths = fit(searches)
    signal = lengths.pop("signal")
    origin = (f"crates/cli/benches/suite/hyperpriors.py, {datetime.date.today()}: {len(names)} problems "
              f"of choose, {a.seeds} searches of {TRIALS} trials each")
    text = json.dumps({"origin": origin, "lengths": lengths, "signal": signal}, indent=1)
    print(text)
    if a.write:
        a.write.write_text(text + "\n")


if __name__ == "__main__":
    main()
