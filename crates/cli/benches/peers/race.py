"""Races `tune` (through `tune ask` and `tune tell`) on the LCBench problems and prints its regret beside the peers' (peers.csv).

usage: race.py --tune target/release/tune [--method bayes] [--seeds 8] [--first-seed 0] [--trials 50] [--parallel 1] [--tasks 3945,126026]
Regret after n trials = (best so far - best known) / (median of random - best known), mean over problems and seeds: lower is better.
`ask` and `tell` are timed as whole processes, start-up included.
"""
import argparse, collections, csv, json, pathlib, subprocess, sys, tempfile, time
import numpy as np
import problems as P

HERE = pathlib.Path(__file__).parent
MARKS = [10, 20, 30, 50]


def run_study(tune, problem, seed, method, trials, parallel):
    with tempfile.TemporaryDirectory() as d:
        f = pathlib.Path(d) / "space.toml"
        f.write_text(P.SPACE_TOML.format(name=problem.name, seed=seed, method=method, trials=trials, parallel=parallel))
        losses, think = [], 0.0
        for _ in range(trials):
            t = time.perf_counter()
            out = subprocess.run([tune, "ask", str(f), "--results", d], check=True, capture_output=True, text=True).stdout
            think += time.perf_counter() - t
            ask = json.loads(out)
            y = problem.loss(ask["params"])
            t = time.perf_counter()
            subprocess.run([tune, "tell", str(f), str(ask["trial"]), "--loss", repr(y), "--results", d], check=True, capture_output=True)
            think += time.perf_counter() - t
            losses.append(y)
        return losses, think / trials


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--tune", default="target/release/tune"); a.add_argument("--method", default="bayes")
    a.add_argument("--seeds", type=int, default=8); a.add_argument("--first-seed", type=int, default=0); a.add_argument("--trials", type=int, default=50); a.add_argument("--parallel", type=int, default=1)
    a.add_argument("--tasks", default=",".join(map(str, P.TASKS)))
    a = a.parse_args()
    tasks = [P.Problem(t) for t in a.tasks.split(",")]
    runs = collections.defaultdict(dict)       # solver -> (problem, seed) -> best so far
    think = collections.defaultdict(list)
    names = {p.name for p in tasks}
    for r in csv.DictReader(open(HERE / "peers.csv")):
        if r["problem"] in names:
            runs[r["solver"]].setdefault((r["problem"], int(r["seed"])), []).append(float(r["loss"])); think[r["solver"]].append(float(r["think_s"]))
    for p in tasks:
        for seed in range(a.first_seed, a.first_seed + a.seeds):
            y, t = run_study(a.tune, p, seed, a.method, a.trials, a.parallel)
            runs["tune-" + a.method][p.name, seed] = y; think["tune-" + a.method].append(t)
            print(f"{p.name} seed {seed}: best {min(y):.5f}, {t*1e3:.1f} ms a trial", file=sys.stderr)
    yard = json.loads((HERE / "yardstick.json").read_text())     # (best known, median of random), fixed
    best = {n: yard[n][0] for n in names}
    rows = []
    for s, d in runs.items():
        per = collections.defaultdict(list)
        for (n, _), y in d.items():
            c = np.minimum.accumulate(y)
            per[n].append([(c[min(m, len(c)) - 1] - best[n]) / (yard[n][1] - best[n]) for m in MARKS])
        mean = np.mean([np.mean(v, 0) for v in per.values()], 0)
        # standard error over runs: within-problem variance, problems weighted equally
        se = np.sqrt(sum(np.var(v, 0, ddof=1) / len(v) for v in per.values() if len(v) > 1)) / len(per) if all(len(v) > 1 for v in per.values()) else np.full(len(MARKS), np.nan)
        rows.append((mean, se, s, len(per), len(d), np.median(think[s])))
    print("solver          " + " ".join(f"  n={m:<14d}" for m in MARKS) + " problems runs  median s/trial")
    for r, e, s, p, n, t in sorted(rows, key=lambda r: r[0][-1]):
        part = "" if p == len(names) else "  (not on all problems: not comparable)"
        print(f"{s:15s} " + " ".join(f"{v:8.4f} ±{w:6.4f}" for v, w in zip(r, e)) + f"  {p:4d} {n:6d}  {t:.4f}{part}")


if __name__ == "__main__":
    main()
