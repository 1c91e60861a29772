"""Races solvers over problems and appends rows to results/<solver>.csv; what is there is skipped.

usage: race.py SOLVERS PROBLEMS SEEDS TRIALS [--first-seed N] [--out FOLDER] [--workers 2]
                                             [--option KEY=VALUE ...] [--parallel 1]
SOLVERS: random, optuna-tpe, optuna-gp, ax, or any other name for our own search (TUNE_ASK_TELL:
the program built from crates/tuner/examples/ask_tell.rs), to which options go. With --parallel N,
for our own search alone, N trials are under way: each proposal lacks the results of the last N - 1.
PROBLEMS: names, groups, halves (choose, confirm), group/half, all.
"""

import argparse
import concurrent.futures
import csv
import os
import pathlib
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np

import problems as P
import solvers

HERE = pathlib.Path(__file__).parent
HEAD = ["solver", "problem", "seed", "trial", "loss", "think_s", "truth", "residual"]


def done(path, trials):
    """The runs (problem, seed) that a file holds, of at least so many trials."""
    if not path.exists():
        return set()
    with path.open() as file:
        return {(r["problem"], int(r["seed"])) for r in csv.DictReader(file)
                if int(r["trial"]) == trials - 1}


def run(solver, name, seed, trials, options, parallel):
    """Runs a solver on a problem and returns its rows; truth is empty where it is the loss."""
    solvers.Tune.OPTIONS = options
    problem = P.get(name)
    noise = np.random.default_rng([seed, 17])
    search, rows, pending = solvers.make(solver, problem, seed), [], []
    lowest = float("inf")
    for trial in range(trials + parallel - 1):
        if trial < trials:
            start = time.perf_counter()
            config = search.ask()
            pending.append((len(rows) + len(pending), config, time.perf_counter() - start))
        if trial < parallel - 1:
            continue

        number, config, think = pending.pop(0)
        admitted = problem.admits(config)
        folds = problem.folds(config, noise)
        loss = float(np.mean(folds))
        start = time.perf_counter()
        search.tell(config, loss, folds)
        think += time.perf_counter() - start

        # A trial that breaks a constraint is none: it counts as no result.
        # Where it costs a training it is asked of a new best alone: no other is ever judged by it.
        is_asked = loss < lowest or not problem.is_costly
        lowest = min(lowest, loss)
        truth = (problem.truth(config) if is_asked else loss) if admitted else float("inf")
        shown = "" if truth == loss else f"{truth:.9g}"
        rows.append([solver, name, seed, number, f"{loss:.9g}", f"{think:.4f}", shown,
                     getattr(search, "residual", "")])
    return rows


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("solvers")
    parser.add_argument("problems")
    parser.add_argument("seeds", type=int)
    parser.add_argument("trials", type=int)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "results")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--option", action="append", default=[])
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    options = dict(option.split("=", 1) for option in a.option)
    options = {key: int(v) if v.isdigit() else v for key, v in options.items()}

    with concurrent.futures.ProcessPoolExecutor(a.workers) as pool:
        for solver in a.solvers.split(","):
            path = a.out / f"{solver}.csv"
            held = done(path, a.trials)
            jobs = [(name, seed) for seed in range(a.first_seed, a.first_seed + a.seeds)
                    for name in P.names(a.problems) if (name, seed) not in held]
            runs = {pool.submit(run, solver, *job, a.trials, options, a.parallel): job for job in jobs}
            for future in concurrent.futures.as_completed(runs):
                if future.exception():
                    print(solver, *runs[future], "failed:", repr(future.exception())[:300])
                    continue
                is_new = not path.exists()
                with path.open("a", newline="") as file:
                    writer = csv.writer(file, lineterminator="\n")
                    writer.writerows(([HEAD] if is_new else []) + future.result())


if __name__ == "__main__":
    main()
