"""Races `tune` with and without [race] on LCBench with trained epochs as the budget, beside simple policies over random proposals.

usage: race_epochs.py --tune target/release/tune [--seeds 5] [--budget 20] [--tasks 3945,126026] [--risk 0.05] [--no-tune]
Epoch 1 of the surrogate is the untrained network and 52 repeats 51, so that epoch e costs e - 1; one full training is 51. Regret
at a budget of n full trainings = (best fully trained so far - best known) / (median of random - best known), mean over problems and
seeds. Whoever stops a configuration pays for the epochs it took; who continues one pays for the rest. "lost" are trials that
were stopped and would have been a new best, of all that would have been. Needs: pip install numpy onnxruntime
"""
import argparse, collections, json, pathlib, subprocess, tempfile
import numpy as np
import problems as P

HERE = pathlib.Path(__file__).parent
FULL = 51
MARKS = [5, 10, 20]
RUNGS = [np.ceil(s * FULL).astype(int) for s in (0.125, 0.25, 0.5)]
BOUNDS = {"batch_size": (16, 512, 1, 1), "learning_rate": (1e-4, 1e-1, 1, 0), "momentum": (0.1, 0.99, 0, 0), "weight_decay": (1e-5, 1e-1, 0, 0),
          "num_layers": (1, 5, 0, 1), "max_units": (64, 1024, 1, 1), "max_dropout": (0.0, 1.0, 0, 0)}


def curve(problem, config, epochs=range(1, FULL + 1)):
    return {e: float(y) for e, y in ((e, problem.loss(config, e + 1)) for e in epochs)}


def random_config(rng):
    c = {}
    for k, (lo, hi, log, whole) in BOUNDS.items():
        u = rng.random()
        v = np.exp(np.log(lo) + u * np.log(hi / lo)) if log else lo + u * (hi - lo)
        c[k] = int(round(v)) if whole else float(v)
    return c


class Ledger:
    """Epochs spent, and the best fully trained loss at each moment."""
    def __init__(self):
        self.spent, self.best, self.steps = 0, np.inf, []

    def pay(self, epochs, loss=None):
        self.spent += epochs
        if loss is not None and loss < self.best:
            self.best = loss
            self.steps.append((self.spent, loss))

    def at(self, n):
        return min([y for s, y in self.steps if s <= n * FULL], default=np.nan)


def tune(args, problem, seed, race):
    text = P.SPACE_TOML.format(name=problem.name, seed=seed, method="bayes", trials=10000, parallel=1)
    if race:
        text += f"\n[objective]\nepochs = {FULL}\n[race]\nrisk = {args.risk}\n"
    told = sorted({e for r in RUNGS for e in (r, -(-r // 2))})
    ledger, best, bests, lost = Ledger(), np.inf, 0, 0
    with tempfile.TemporaryDirectory() as d:
        f = pathlib.Path(d) / "space.toml"
        f.write_text(text)
        call = lambda *a: subprocess.run([args.tune, *a, "--results", d], check=True, capture_output=True, text=True).stdout
        while ledger.spent < args.budget * FULL:
            ask = json.loads(call("ask", str(f)))
            y = curve(problem, ask["params"], sorted({*told, FULL} if race else {FULL}))
            stopped = None
            for e in told if race else []:
                if not json.loads(call("tell", str(f), str(ask["trial"]), "--epoch", str(e), "--loss", repr(y[e])))["go_on"]:
                    stopped = e
                    break
            if y[FULL] < best:
                bests += 1
                lost += stopped is not None
            if stopped is None:
                call("tell", str(f), str(ask["trial"]), "--loss", repr(y[FULL]))
                best = min(best, y[FULL])
                ledger.pay(FULL, y[FULL])
            else:
                ledger.pay(stopped)
    return ledger, bests, lost


def random_full(problem, rng, budget):
    ledger = Ledger()
    while ledger.spent < budget * FULL:
        ledger.pay(FULL, problem.loss(random_config(rng)))
    return ledger


def one_epoch(problem, rng, budget, top=3):
    """As many random configurations as leave room for `top` full trainings, one epoch each; the best go on to the end."""
    ledger = Ledger()
    configs = [random_config(rng) for _ in range(max(top, int((budget - top) * FULL)))]
    y = problem.losses(configs, 2)
    ledger.pay(len(configs))
    for i in np.argsort(y)[:top]:
        ledger.pay(FULL - 1, problem.loss(configs[i]))
    return ledger


def asha(problem, rng, budget, eta=3, rungs=(1, 3, 9, 27, FULL)):
    """Asynchronous halving, promotion, one worker."""
    ledger, seen, promoted = Ledger(), [[] for _ in rungs], [set() for _ in rungs]
    configs = []
    while ledger.spent < budget * FULL:
        job = None
        for r in range(len(rungs) - 2, -1, -1):
            ranked = sorted(seen[r])[: len(seen[r]) // eta]
            free = [i for _, i in ranked if i not in promoted[r]]
            if free:
                promoted[r].add(free[0]); job = (free[0], r + 1)
                break
        if job is None:
            configs.append(random_config(rng)); job = (len(configs) - 1, 0)
        i, r = job
        y = problem.loss(configs[i], rungs[r] + 1)
        seen[r].append((y, i))
        ledger.pay(rungs[r] - (rungs[r - 1] if r else 0), y if rungs[r] == FULL else None)
    return ledger


def median_rule(problem, rng, budget, after=5):
    """Stops at a rung if the loss there is above the median of all losses at that rung."""
    ledger, seen = Ledger(), collections.defaultdict(list)
    n = 0
    while ledger.spent < budget * FULL:
        config, n, paid = random_config(rng), n + 1, 0
        for e in [*RUNGS, FULL]:
            y = problem.loss(config, e + 1)
            ledger.pay(e - paid, y if e == FULL else None)
            paid = e
            stop = n > after and y > np.median(seen[e]) if seen[e] else False
            seen[e].append(y)
            if stop:
                break
    return ledger


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--tune", default="target/release/tune"); a.add_argument("--seeds", type=int, default=5)
    a.add_argument("--first-seed", type=int, default=0)
    a.add_argument("--budget", type=int, default=20); a.add_argument("--risk", type=float, default=0.05)
    a.add_argument("--tasks", default=",".join(map(str, P.TASKS))); a.add_argument("--no-tune", action="store_true")
    a = a.parse_args()
    yard = json.loads((HERE / "yardstick.json").read_text())
    tasks = [P.Problem(t) for t in a.tasks.split(",")]
    regrets, counts = collections.defaultdict(list), collections.defaultdict(lambda: [0, 0])
    for p in tasks:
        best, median = yard[p.name]
        for seed in range(a.first_seed, a.first_seed + a.seeds):
            rng = lambda: np.random.default_rng([seed, p.code])
            runs = {"random": random_full(p, rng(), a.budget), "asha": asha(p, rng(), a.budget), "median rule": median_rule(p, rng(), a.budget)}
            for race in [] if a.no_tune else [True, False]:
                name = "tune, racing" if race else "tune, all trained in full"
                runs[name], bests, lost = tune(a, p, seed, race)
                counts[name][0] += bests; counts[name][1] += lost
            row = {n: [(run.at(m) - best) / (median - best) for m in MARKS] for n, run in runs.items()}
            row["1-epoch"] = [(one_epoch(p, rng(), m).best - best) / (median - best) for m in MARKS]
            for n, r in row.items():
                regrets[n].append(r)
    print(f"{len(tasks)} problems, {a.seeds} seeds; regret after n full trainings' epochs")
    print(f"{'':28s}" + "".join(f"  n={m:<14d}" for m in MARKS) + "new bests  lost")
    for n, r in sorted(regrets.items(), key=lambda x: np.nanmean([v[-1] for v in x[1]])):
        r = np.array(r)
        mean, se = np.nanmean(r, 0), np.nanstd(r, 0, ddof=1) / np.sqrt(len(r))
        end = f"{counts[n][0]:9d}  {counts[n][1]:4d}" if n in counts else ""
        print(f"{n:28s}" + "".join(f"  {m:.4f} ±{s:.4f} " for m, s in zip(mean, se)) + end)
    if not a.no_tune:
        d = np.array(regrets["tune, racing"]) - np.array(regrets["tune, all trained in full"])
        print("racing - full, paired:      " + "".join(f"  {m:+.4f} ±{s:.4f}" for m, s in zip(np.nanmean(d, 0), np.nanstd(d, 0, ddof=1) / np.sqrt(len(d)))))


if __name__ == "__main__":
    main()
