"""Whether the leaderboard is right on real data: the best set, `p_best`, the corrected loss.

usage: best_set.py [--tune PROGRAM] [--keep FOLDER] [--repeats 20] [--studies 20] [--half 0|1]

For each data set 24 random configurations are cross-validated with 5 folds, repeated; the mean of
all repeats is the truth. Then each of the studies has 5 folds of another seed. Printed by rule: how
often its set holds the true best, and how many of the 24 it has; and how far the winner's loss and
the corrected one are from the winner's truth, in units of the spread of truths (third quartile less
best). Half 0 is for choosing a rule, half 1 shows it. `tune` alone is needed. Studies that stand in
--keep are not run again.
"""

import argparse
import csv
import pathlib
import re
import subprocess
import tempfile

DATA = pathlib.Path(__file__).resolve().parents[3] / "search-spaces" / "data"
SETS = ["wine.csv:cultivar", "penguins.csv:species", "breast_cancer.csv:diagnosis",
        "diabetes.csv:progression", "experience/autompg.csv.gz:target", "experience/heart_c.csv.gz:target",
        "experience/glass.csv.gz:target", "experience/bodyfat.csv.gz:target"]
HELD = [0.9, 0.95, 0.97, 0.98, 0.99, 0.995]
SPACE = """[study]
name = "{name}"
seed = 5
[data]
path = "{path}"
target = "{target}"
[cv]
folds = 5
repeats = {repeats}
seed = {seed}
[search]
method = "random"
trials = 24
knowledge = false
[space]
learning_rate = {{ type = "float", low = 1e-3, high = 0.3, log = true }}
momentum = {{ type = "float", low = 0.0, high = 0.95 }}
dropout = {{ type = "float", low = 0.0, high = 0.5 }}
lambda = {{ type = "float", low = 1e-6, high = 1e-1, log = true }}
depth = {{ type = "int", low = 1, high = 2 }}
width = {{ type = "int", low = 8, high = 64, log = true }}
optimizer = "sgd"
batch_size = 32
epochs = 12
"""


def study(args, folder, path, target, repeats, seed):
    """The rows of a study's leaderboard, and the corrected loss of its winner."""
    name = f"{path.name.split('.')[0]}-{repeats}-{seed}"
    board = folder / name / "leaderboard.csv"
    file = folder / f"{name}.toml"
    words = ["--results", str(folder), "--quiet"]
    if not board.exists():
        file.write_text(SPACE.format(name=name, path=path.as_posix(), target=target,
                                     repeats=repeats, seed=seed))
        subprocess.run([args.tune, "run", str(file), "--workers", "1", *words], check=True,
                       stdout=subprocess.DEVNULL)
    with board.open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["state"] == "ok"]
    said = subprocess.run([args.tune, "leaderboard", name, "--results", str(folder)], check=True,
                          capture_output=True, text=True).stdout
    found = re.search(r"corrected for selecting the best of \d+: (\S+)", said)
    return rows, float(found.group(1)) if found else None


def holding(rows, share):
    """The fewest trials that hold this probability of being the best."""
    rows, found, held = sorted(rows, key=lambda r: -float(r["p_best"])), [], 0.0
    for row in rows:
        if held >= share:
            break
        held += float(row["p_best"])
        found.append(int(row["trial"]))
    return found


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tune", default="target/release/tune")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--studies", type=int, default=20)
    parser.add_argument("--half", type=int)
    args = parser.parse_args()
    args.tune = str(pathlib.Path(args.tune).resolve())
    with tempfile.TemporaryDirectory() as made:
        for half in (0, 1) if args.half is None else (args.half,):
            show(args, args.keep or pathlib.Path(made), half)


def show(args, folder, half):
    folder.mkdir(parents=True, exist_ok=True)
    covered, sizes, raw, corrected = {}, {}, [], []
    for entry in SETS[half::2]:
        path, _, target = entry.partition(":")
        path = DATA / path
        rows, _ = study(args, folder, path, target, args.repeats, 999)
        truth = {int(row["trial"]): float(row["loss"]) for row in rows}
        best, ordered = min(truth, key=truth.get), sorted(truth.values())
        unit = ordered[len(ordered) * 3 // 4] - ordered[0]
        own_raw, own_corrected = [], []
        for seed in range(args.studies):
            rows, loss = study(args, folder, path, target, 1, 1000 + seed)
            sets = {"in_best_set": [int(r["trial"]) for r in rows if r["in_best_set"] == "true"]}
            sets |= {f"p_best, {share}": holding(rows, share) for share in HELD}
            for rule, members in sets.items():
                covered.setdefault(rule, []).append(best in members)
                sizes.setdefault(rule, []).append(len(members))
            # A configuration that diverges in some repeat has no truth.
            winner = truth.get(int(rows[0]["trial"]))
            if winner is None:
                continue
            own_raw.append((float(rows[0]["loss"]) - winner) / unit)
            own_corrected.append((loss - winner) / unit)
        mean = lambda values: sum(values) / len(values)
        raw.append(mean(own_raw))
        corrected.append(mean(own_corrected))
        print(f"{path.name:22s} bias of the winner's loss {raw[-1]:+.3f}, corrected "
              f"{corrected[-1]:+.3f}; true best in {mean(covered['in_best_set'][-args.studies:]):.2f}",
              flush=True)

    print(f"half {half}: {len(raw)} data sets, {args.studies} studies each")
    for rule in covered:
        n = len(covered[rule])
        share = sum(covered[rule]) / n
        print(f"{rule:16s} holds the true best {100 * share:5.1f} % ± "
              f"{100 * (share * (1 - share) / n) ** 0.5:.1f}, {sum(sizes[rule]) / n:5.1f} of 24")
    for name, values in (("winner's loss", raw), ("corrected", corrected)):
        mean = sum(values) / len(values)
        spread = (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5
        print(f"bias of the {name}: {mean:+.3f} ± {spread / len(values) ** 0.5:.3f}")


if __name__ == "__main__":
    main()
