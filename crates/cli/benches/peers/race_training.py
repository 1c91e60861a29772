"""What racing saves and loses on real training: the data sets of search-spaces/data, five folds, the built-in trainer, bayes.

usage: race_training.py --tune target/release/tune [--trials 40] [--seeds 2] [--data wine,diabetes] [--risk 0.05]
For each data set and seed one study runs without [race] and one with it, the latter on for more trials. Printed: the best loss of
the first after its trials, the multiply-adds at which the raced study's complete trials reach that loss as a share of the first
study's, and, from `tune race` on the study that ran without, how many new bests would have been stopped. `tune` alone is needed.
"""
import argparse, csv, pathlib, subprocess, tempfile

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parents[3] / "search-spaces" / "data"
TARGETS = {"wine": "cultivar", "breast_cancer": "diagnosis", "diabetes": "progression", "digits": "digit", "penguins": "species", "iris": "species"}
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


def study(args, folder, data, seed, trials, race):
    """Runs a study; returns (multiply-adds, loss or None) by trial, and the folder of results."""
    name = f"{data}-{'raced' if race else 'full'}-{seed}"
    text = SPACE.format(name=name, seed=seed, path=(DATA / f"{data}.csv").as_posix(), target=TARGETS[data], trials=trials,
                        race=f"[race]\nrisk = {args.risk}" if race else "")
    file = folder / f"{name}.toml"
    file.write_text(text)
    subprocess.run([args.tune, "run", str(file), "--results", str(folder), "--quiet"], check=True, capture_output=True)
    rows = list(csv.DictReader(open(folder / name / "leaderboard.csv")))
    rows.sort(key=lambda r: int(r["trial"]))
    return [(int(r["multiply_adds"] or 0), float(r["loss"]) if r["loss"] else None, r["state"]) for r in rows], name


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--tune", default="target/release/tune"); a.add_argument("--trials", type=int, default=40)
    a.add_argument("--more", type=float, default=1.5); a.add_argument("--seeds", type=int, default=2)
    a.add_argument("--risk", type=float, default=0.05); a.add_argument("--data", default="wine,breast_cancer,diabetes,penguins")
    a = a.parse_args()
    a.tune = str(pathlib.Path(a.tune).resolve())
    shares, total = [], [0, 0]
    print(f"{'study':20s} {'best loss':>10s} {'raced best':>10s} {'raced':>6s} {'share to same loss':>19s} {'bests':>6s} {'stopped':>8s}")
    with tempfile.TemporaryDirectory() as d:
        folder = pathlib.Path(d)
        for data in a.data.split(","):
            for seed in range(a.seeds):
                full, name = study(a, folder, data, seed, a.trials, False)
                raced, _ = study(a, folder, data, seed, int(a.trials * a.more), True)
                best = min(y for _, y, _ in full if y is not None)
                all_adds, spent, share = sum(m for m, *_ in full), 0, None
                for m, y, _ in raced:
                    spent += m
                    if y is not None and y <= best and share is None:
                        share = spent / all_adds
                out = subprocess.run([a.tune, "race", name, "--risk", str(a.risk), "--results", str(folder)], check=True, capture_output=True, text=True).stdout
                bests = int(out.splitlines()[0].split("of which ")[1].split()[0]); stopped = int(out.splitlines()[2].split()[2])
                total[0] += bests; total[1] += stopped
                shares.append(share)
                reached = f"{share:.2f}" if share is not None else f"not by {spent / all_adds:.2f}"
                raced_best = min(y for _, y, _ in raced if y is not None)
                print(f"{data + ' ' + str(seed):20s} {best:10.4f} {raced_best:10.4f} {sum(s == 'raced' for *_, s in raced):6d} {reached:>19s} {bests:6d} {stopped:8d}", flush=True)
    found = sorted(s for s in shares if s is not None)
    print(f"reached in {len(found)} of {len(shares)}; median share {found[len(found) // 2]:.2f}" if found else "never reached")
    print(f"new bests that would have been stopped: {total[1]} of {total[0]}, at a risk of {a.risk}")


if __name__ == "__main__":
    main()
