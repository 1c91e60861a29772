"""What racing saves and loses on real training: data of search-spaces, 5 folds, bayes, our trainer.

usage: race_training.py [--tune PROGRAM] [--trials 60] [--seeds 3] [--data wine,diabetes]
                        [--risk 0.05] [--race KEYS] [--keep FOLDER]

For each data set and seed one study runs without [race] and one with it, the second for half as many
trials again. Regret is that of the best complete trial: 0 is the best of both studies, 1 the median
trial of the first. Printed: the share of the multiply-adds that the first study had spent after 20,
40 and 60 trials at which the mean regret of the second is as low; and, from `tune race` on the
first, how many new bests would have been stopped. `tune` alone is needed. Studies that stand in
--keep are not run again.
"""

import argparse
import csv
import pathlib
import subprocess
import tempfile

DATA = pathlib.Path(__file__).resolve().parents[4] / "search-spaces" / "data"
TARGETS = {"wine": "cultivar", "breast_cancer": "diagnosis", "diabetes": "progression",
           "digits": "digit", "penguins": "species", "iris": "species"}
MARKS = (20, 40, 60)
SHARES = [step / 100 for step in range(1, 201)]
SPACE = """[study]
name = "{name}"
seed = {seed}
[data]
path = "{path}"
target = "{target}"
[cv]
folds = 5
seed = {seed}
[search]
method = "bayes"
trials = {trials}
{race}
[space]
learning_rate = {{ type = "float", low = 1e-4, high = 1.0, log = true }}
momentum = {{ type = "float", low = 0.0, high = 0.99 }}
batch_size = {{ type = "ordinal", values = [16, 32, 64, 128] }}
lambda = {{ type = "float", low = 1e-7, high = 1e-1, log = true }}
depth = {{ type = "int", low = 1, high = 3 }}
dropout = {{ type = "float", low = 0.0, high = 0.5 }}
optimizer = "sgd"
width = 32
epochs = 40
"""


def study(args, folder, data, seed, race):
    """Runs a study and returns (multiply-adds, loss or None) by trial, and its name."""
    name = f"{data}-{'raced' if race else 'full'}-{seed}"
    trials = args.trials * 3 // 2 if race else args.trials
    keys = f"[race]\nrisk = {args.risk}\n{args.race}" if race else ""
    text = SPACE.format(name=name, seed=seed, path=(DATA / f"{data}.csv").as_posix(),
                        target=TARGETS[data], trials=trials, race=keys)
    file, board = folder / f"{name}.toml", folder / name / "leaderboard.csv"
    file.write_text(text)
    if not board.exists():
        words = [args.tune, "run", str(file), "--results", str(folder), "--quiet", "--workers", "1"]
        subprocess.run(words, check=True, capture_output=True)
    with board.open() as lines:
        rows = sorted(csv.DictReader(lines), key=lambda r: int(r["trial"]))
    found = [(int(r["multiply_adds"] or 0), float(r["loss"]) if r["loss"] else None) for r in rows]
    return found, name


def lost(args, folder, name):
    """New bests of a study that ran in full, and those that racing would have stopped."""
    words = [args.tune, "race", name, "--risk", str(args.risk), "--results", str(folder)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    return int(said[0].split("of which ")[1].split()[0]), int(said[2].split()[2])


def steps(trials, scale):
    """(share spent, regret) after each trial."""
    best, median = scale
    spent, lowest, found = 0, float("inf"), []
    for adds, loss in trials:
        spent += adds
        lowest = min(lowest, loss) if loss is not None else lowest
        found.append((spent, (lowest - best) / (median - best)))
    return found


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tune", default="target/release/tune")
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--risk", type=float, default=0.05)
    parser.add_argument("--race", default="")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--data", default="wine,breast_cancer,diabetes,penguins")
    args = parser.parse_args()
    args.tune = str(pathlib.Path(args.tune).resolve())
    with tempfile.TemporaryDirectory() as made:
        race(args, args.keep or pathlib.Path(made))


def race(args, folder):
    folder.mkdir(parents=True, exist_ok=True)
    runs, bests, stopped = [], 0, 0
    for data in args.data.split(","):
        for seed in range(args.seeds):
            (full, name), (raced, _) = (study(args, folder, data, seed, r) for r in (False, True))
            losses = sorted(y for _, y in full if y is not None)
            best = min([losses[0], *(y for _, y in raced if y is not None)])
            scale = best, losses[len(losses) // 2]
            runs.append((steps(full, scale), steps(raced, scale)))
            counted = lost(args, folder, name)
            bests, stopped = bests + counted[0], stopped + counted[1]
            n_raced = sum(y is None for _, y in raced)
            print(f"{name:24s} raced {n_raced:2d} of {len(raced)}; end {runs[-1][0][-1][1]:.3f}, "
                  f"with racing {runs[-1][1][-1][1]:.3f}; new bests {counted}", flush=True)

    mean = lambda values: sum(values) / len(values)
    for n in (mark for mark in MARKS if mark <= args.trials):
        wanted = mean([full[n - 1][1] for full, _ in runs])
        at = lambda share: mean([
            min([r for spent, r in raced if spent <= share * full[n - 1][0]], default=3.0)
            for full, raced in runs])
        share = next((s for s in SHARES if at(s) <= wanted), None)
        reached = f"{share:.2f}" if share else "not reached"
        print(f"after {n} trials: mean regret {wanted:.3f} for 1, with racing for {reached} of their "
              f"multiply-adds; with racing for 0.5: {at(0.5):.3f}, for 1: {at(1.0):.3f}")
    print(f"new bests that would have been stopped: {stopped} of {bests}, at a risk of {args.risk}")


if __name__ == "__main__":
    main()
