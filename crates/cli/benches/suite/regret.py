"""Mean normalised regret of every solver by group, and its paired differences to ours.

usage: regret.py PROBLEMS [--ours tune] [--out FOLDER ...] [--curves]

Regret after n trials: (truth of the trial with the lowest loss so far - best known) / (median of
random - best known). Seeds of a problem are averaged first; the standard error is over problems.
`5-15` and `20-50` are means over these n. `log` is the mean over problems of log10(regret + 0.01),
regret averaged over n = 20 to 50 within a run: how far an optimum is approached. `found` is the
share of runs that end within 0.05. Under a solver: its difference less ours, paired by problem.
`--curves`: instead, the table of a picture, on the problems that all solvers of the picture have.
"""

import argparse
import collections
import csv
import json
import pathlib
import sys

import numpy as np

import problems as P

HERE = pathlib.Path(__file__).parent
COLUMNS = ["10", "20", "30", "50", "5-15", "20-50", "log"]
SHOWN = {"random": "random", "optuna-tpe": "Optuna TPESampler", "optuna-gp": "Optuna GPSampler"}
REFERENCE = json.loads((HERE / "reference.json").read_text())


def curve(rows, name):
    """Normalised regret by number of trials; trials outside of the constraints count for nothing."""
    best, median = REFERENCE[name]
    lowest, truth, found = np.inf, np.inf, []
    for row in sorted(rows, key=lambda r: int(r["trial"])):
        loss, now = float(row["loss"]), float(row.get("truth") or row["loss"])
        if np.isfinite(now) and loss < lowest:
            lowest, truth = loss, now
        found.append(min((truth - best) / (median - best), 3.0))
    return np.array(found)


def figures(regret):
    """One figure a column."""
    late = regret[19:50].mean()
    return [*(regret[n - 1] for n in (10, 20, 30, 50)), regret[4:15].mean(), late,
            np.log10(max(late, 0.0) + 0.01)]


def read(folders, wanted, of=figures):
    """solver -> problem -> figures of its runs."""
    runs = collections.defaultdict(list)
    for path in (p for folder in folders for p in sorted(folder.glob("*.csv"))):
        for row in csv.DictReader(path.open()):
            if row["problem"] in wanted and int(row["trial"]) < 50:
                runs[row["solver"], row["problem"], row["seed"]].append(row)

    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for (solver, name, _), rows in sorted(runs.items()):
        if len(rows) == 50:
            found[solver][name].append(of(curve(rows, name)))
    return found


def mean_and_error(values):
    values = np.array(values)
    error = values.std(0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else values[0] * np.nan
    return "  ".join(f"{m:+.3f} ±{e:.3f}" for m, e in zip(values.mean(0), error))


def coverage(folders, wanted, ours):
    """How often results of model proposals come within the central 68 and 95 % intervals.

    Trials 10 to 50; on a problem without noise until its regret is below 1e-3.
    """
    runs = collections.defaultdict(list)
    for path in (p for folder in folders for p in sorted(folder.glob(f"{ours}.csv"))):
        for row in csv.DictReader(path.open()):
            if row["problem"] in wanted:
                runs[row["problem"], row["seed"]].append(row)

    residuals = []
    for (name, _), rows in runs.items():
        regret = curve(rows, name)
        ends = 50 if "noisy" in name else int(np.argmax(np.append(regret, 0.0) < 1e-3))
        residuals += [abs(float(r["residual"])) for r in rows[10:min(ends, 50)] if r.get("residual")]
    if residuals:
        r = np.array(residuals)
        print(f"intervals of {ours}: {len(r)} results of model proposals, "
              f"{np.mean(r < 0.9945):.3f} within the central 68 %, {np.mean(r < 1.96):.3f} within "
              f"95 %, {np.mean(r > 3):.3f} beyond 3 standard deviations\n")


def curves(folders, wanted, ours):
    """Regret by trials, with standard errors over problems, as the example `lines` of charts draws
    it."""
    found, names = read(folders, wanted, lambda regret: regret[4:50]), {ours: "tune", **SHOWN}
    common = [n for n in wanted if all(n in found.get(solver, {}) for solver in names)]
    print("series,x,y,error")
    for solver, name in names.items():
        means = np.array([np.mean(found[solver][n], 0) for n in common])
        error = means.std(0, ddof=1) / np.sqrt(len(common))
        for trial, (y, e) in enumerate(zip(means.mean(0), error), start=5):
            print(f"{name},{trial},{y:.4f},{e:.4f}")
    print(f"{len(common)} problems", file=sys.stderr)


def table(title, found, wanted, ours):
    present = {s: {n: np.mean(v, 0) for n, v in d.items() if n in wanted}
               for s, d in found.items()}
    print(f"{title}: {len(wanted)} problems\n{'':14s}"
          + "  ".join(f"{c:>13s}" for c in COLUMNS) + "  problems, found")
    for solver in sorted(present, key=lambda s: np.mean([v[5] for v in present[s].values()] or 9)):
        means = present[solver]
        if not means:
            continue
        end = [run[3] for n in means for run in found[solver][n]]
        print(f"{solver:14s}{mean_and_error(list(means.values()))}  {len(means):3d}, "
              f"{np.mean(np.array(end) < 0.05):.2f}")
        both = [n for n in means if solver != ours and n in present.get(ours, {})]
        if both:
            print(f"{'  less ours':14s}"
                  f"{mean_and_error([means[n] - present[ours][n] for n in both])}")
    print()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("problems")
    parser.add_argument("--ours", default="tune")
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=pathlib.Path, nargs="*", default=[HERE / "results"])
    parser.add_argument("--curves", action="store_true")
    a = parser.parse_args()
    wanted = P.names(a.problems)
    if a.curves:
        curves(a.out, wanted, a.ours)
        return
    found = read(a.out, wanted)
    if a.only:
        found = {s: d for s, d in found.items() if s in a.only.split(",") or s == a.ours}
    for group, names in P.GROUPS.items():
        if part := [n for n in names if n in wanted]:
            table(group, found, part, a.ours)
    table("all", found, wanted, a.ours)
    coverage(a.out, wanted, a.ours)


if __name__ == "__main__":
    main()
