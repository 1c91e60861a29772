"""Searches and policies on LCBench with trained epochs as the budget; what was run is skipped.

usage: race_epochs.py run SOLVERS PROBLEMS SEEDS [--first-seed N] [--tune PROGRAM] [--race TEXT]
       race_epochs.py table PROBLEMS [--ours tune-race] [--full tune-full]
       race_epochs.py curves PROBLEMS
SOLVERS: random, 1-epoch, sha, asha, median, tune-full, optuna-SAMPLER-PRUNER (tpe, gp; hyperband,
halving, median), smac, syne-tune, or any other name for ours with [race], of which --race holds the
keys.
PROBLEMS: as in ../suite (lcbench/confirm). A solver's rows are in epochs/results/SOLVER.csv, or
in --out.

One full training is 51 epochs; whoever stops a configuration pays for the epochs that it took, who
continues one pays for the rest. Regret at a budget of n full trainings: (best fully trained so far
- best known) / (median of random - best known); seeds of a problem are averaged first, standard
errors are over problems. "lost": trials that were stopped and would have been a new best, of all
that were or would have been. Needs: pip install numpy onnxruntime, for their rows optuna torch, smac, syne-tune.
"""

import argparse
import collections
import csv
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from epochs import engines, policies
from epochs.ledger import FULL, MARKS, REFERENCE, Problem, suite

HERE = pathlib.Path(__file__).parent
HEAD = ["problem", "seed", "budget", "spent", "epochs", "full", "loss"]
SIMPLE = {"random": policies.random_full, "asha": policies.asha, "median": policies.median_rule}
SEARCHES = {"smac": engines.smac, "syne-tune": engines.syne_tune}
# These divide a budget among configurations, so that each budget is a run of its own.
BUDGETED = {"1-epoch": policies.one_epoch, "sha": policies.halving}
# A configuration of these is paid for in several parts; only full trainings are kept.
PROMOTING = {"asha", "smac", *BUDGETED}
# Without racing n trainings in full are to be reached by n = 14 and 38 trials.
EQUALS = {10: 14, 20: 38}


def runs(solver, problem, seed, a):
    """Yields (budget, ledger): budget 0 stands for every one of MARKS."""
    rng = lambda: np.random.default_rng([seed, problem.surrogate.code])
    if solver in SIMPLE:
        yield 0, SIMPLE[solver](problem, rng(), MARKS[-1])
    elif solver in BUDGETED:
        yield from ((m, BUDGETED[solver](problem, rng(), m)) for m in MARKS)
    elif solver.startswith("optuna-"):
        yield 0, engines.optuna(problem, seed, MARKS[-1], *solver.split("-")[1:])
    elif solver in SEARCHES:
        yield 0, SEARCHES[solver](problem, seed, MARKS[-1])
    elif solver == "tune-full":
        yield 0, engines.tune(problem, seed, EQUALS[20], a.tune, None)
    else:
        yield 0, engines.tune(problem, seed, MARKS[-1], a.tune, a.race)


def run(a):
    a.out.mkdir(parents=True, exist_ok=True)
    for solver in a.solvers.split(","):
        path = a.out / f"{solver}.csv"
        held = {(r["problem"], int(r["seed"])) for r in read(path)}
        for seed in range(a.first_seed, a.first_seed + a.seeds):
            for problem in (Problem(n) for n in suite.names(a.problems)):
                if (problem.name, seed) in held:
                    continue
                rows = [[problem.name, seed, budget, s, e, f, f"{y:.9g}"]
                        for budget, ledger in runs(solver, problem, seed, a)
                        for s, e, f, y in ledger.rows if f or solver not in PROMOTING]
                is_new = not path.exists()
                with path.open("a", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([HEAD] * is_new + rows)


def read(path):
    return list(csv.DictReader(path.open())) if path.exists() else []


def regret(rows, name, epochs):
    """The regret of the best fully trained after this many epochs; 1 before there is any."""
    best, median = REFERENCE[name]
    losses = [float(r["loss"]) for r in rows if r["full"] == "1" and int(r["spent"]) <= epochs]
    return min(1.0, (min(losses) - best) / (median - best)) if losses else 1.0


def lost(rows):
    """Would-be new bests: all, and those that were stopped."""
    best, bests, stopped = np.inf, 0, 0
    for row in rows:
        loss, is_full = float(row["loss"]), row["full"] == "1"
        if loss < best:
            bests += 1
            stopped += not is_full
            best = loss if is_full else best
    return np.array([bests, stopped, len(rows), sum(r["full"] == "1" for r in rows)])


def figures(path, wanted, marks):
    """problem -> seed -> regret at the marks, and what was lost over all runs."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in read(path):
        if row["problem"] in wanted:
            found[row["problem"]][int(row["seed"])].append(row)
    counts = sum((lost(rows) for seeds in found.values() for rows in seeds.values()), np.zeros(4))
    at = lambda rows, name, m: regret(
        [r for r in rows if r["budget"] in ("0", str(m))], name, m * FULL)
    means = {name: {seed: np.array([at(rows, name, m) for m in marks])
                    for seed, rows in seeds.items()} for name, seeds in found.items()}
    return means, counts


def line(name, values, end=""):
    values = np.array(values)
    error = values.std(0, ddof=1) / np.sqrt(len(values))
    cells = "".join(f"  {m:+.4f} ±{e:.4f}" for m, e in zip(values.mean(0), error))
    print(f"{name:28s}{cells}{end}")


def table(a):
    wanted = suite.names(a.problems)
    paths = sorted(p for p in a.out.glob("*.csv"))
    found = {p.stem: figures(p, wanted, MARKS) for p in paths}
    found = {s: f for s, f in found.items() if f[0]}
    pooled = {s: {n: np.mean(list(seeds.values()), 0) for n, seeds in f[0].items()}
              for s, f in found.items()}

    head = "".join(f"  n = {m:<12d}" for m in MARKS)
    print(f"regret after n full trainings' epochs, {len(wanted)} problems\n{'':28s}{head}"
          f"  runs; begun, of these in full; new bests lost")
    for solver in sorted(pooled, key=lambda s: np.mean(list(pooled[s].values()), 0)[-1]):
        means, (bests, stopped, begun, full) = pooled[solver], found[solver][1]
        n = sum(len(seeds) for seeds in found[solver][0].values())
        is_counted = solver not in PROMOTING
        end = f"  {n:3d}; {begun / n:.0f}, {full / n:.0f}; {stopped:.0f} of {bests:.0f}"
        line(solver, list(means.values()), end if is_counted else f"  {n:3d}")
    compare(a, wanted, pooled)


def compare(a, wanted, pooled):
    """The issue's two bars: more trials without racing, and the best single peer."""
    ours = pooled.get(a.ours)
    if not ours:
        return
    full, _ = figures(a.out / f"{a.full}.csv", wanted, list(EQUALS.values()))
    mean = {n: np.mean(list(seeds.values()), 0) for n, seeds in full.items()}
    if mean:
        line(f"{a.full} after 14, 38 trials", [[np.nan, *v] for v in mean.values()])
        line(f"  {a.ours} less that", [[np.nan, *(ours[n][1:] - v)] for n, v in mean.items()])
    print(f"\n{a.ours} less 0.7 of the peer's (at most 0 is wanted), and its share of it")
    for peer in sorted(s for s in pooled if not s.startswith("tune")):
        both = [n for n in pooled[peer] if n in ours]
        rows = [ours[n] - 0.7 * pooled[peer][n] for n in both]
        share = np.mean([ours[n] for n in both], 0) / np.mean([pooled[peer][n] for n in both], 0)
        line(peer, rows, "   " + " ".join(f"{s:.2f}" for s in share))


SHOWN = {
    "tune-race": "tune with [race]", "tune-full": "tune without",
    "optuna-tpe-hyperband": "Optuna TPE + Hyperband", "optuna-tpe-halving": "Optuna TPE + halving",
    "optuna-tpe-median": "Optuna TPE + median rule", "asha": "ASHA", "random": "random",
}


def curves(a):
    """The table of a picture: regret by the epochs of n full trainings."""
    wanted, marks = suite.names(a.problems), list(range(1, MARKS[-1] + 1))
    print("series,x,y,error")
    for solver, name in SHOWN.items():
        found, _ = figures(a.out / f"{solver}.csv", wanted, marks)
        if len(found) < len(wanted):
            continue
        means = np.array([np.mean(list(seeds.values()), 0) for seeds in found.values()])
        error = means.std(0, ddof=1) / np.sqrt(len(means))
        for m, y, e in zip(marks, means.mean(0), error):
            print(f"{name},{m},{y:.4f},{e:.4f}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one, two, three = (verbs.add_parser(verb) for verb in ("run", "table", "curves"))
    one.add_argument("solvers")
    one.add_argument("problems")
    one.add_argument("seeds", type=int)
    one.add_argument("--first-seed", type=int, default=0)
    one.add_argument("--tune", default="target/release/tune")
    one.add_argument("--race", default="")
    two.add_argument("problems")
    two.add_argument("--ours", default="tune-race")
    two.add_argument("--full", default="tune-full")
    three.add_argument("problems")
    for verb in (one, two, three):
        verb.add_argument("--out", type=pathlib.Path, default=HERE / "epochs" / "results")
    a = parser.parse_args()
    {"run": run, "table": table, "curves": curves}[a.verb](a)


if __name__ == "__main__":
    main()
