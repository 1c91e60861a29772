"""What knowing its subject is worth to the search: bayes with and without first guesses, random search, and Optuna's samplers,
on five data sets, the built-in trainer, one mixed space and the same folds, so that all minimise the same functions.

usage: bench_knowledge.py [seeds, default 3] [data sets …]     needs: pip install optuna torch, and cargo
Prints the mean normalised regret of the best trial among the first n, by method: 0 is the best loss of all runs of a data set,
1 the median trial of random search (a diverged one counts as infinite). Behind ± stands the standard error over runs,
data sets apart. Trials go one after another. Optuna's choices are evaluated by `tune try`, in studies of the same folds.
"""
import csv, json, math, os, statistics, subprocess, sys, tempfile, warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).parents[4]
CORES = 2
TRIALS, MOMENTS = 30, [5, 10, 20, 30]
TARGETS = dict(digits="digit", wine="cultivar", breast_cancer="diagnosis", penguins="species", diabetes="progression")
ACTIVATIONS = ["relu", "tanh", "sigmoid", "silu"]
SPACE = """
[study]
name = "study"
seed = {seed}
[data]
path = {data}
target = {target}
[cv]
folds = 5
seed = 7
[search]
method = "{method}"
trials = {trials}
parallel = 1
knowledge = {knowledge}
[space]
learning_rate = {{ type = "float", low = 1e-4, high = 1.0, log = true }}
momentum = {{ type = "float", low = 0.0, high = 0.99 }}
batch_size = {{ type = "int", low = 8, high = 128, log = true }}
dropout = {{ type = "float", low = 0.0, high = 0.6 }}
lambda = {{ type = "float", low = 1e-7, high = 1e-1, log = true }}
depth = {{ type = "int", low = 1, high = 4 }}
width = {{ type = "int", low = 8, high = 128, log = true }}
activation = {{ type = "categorical", values = {activations} }}
optimizer = "sgd"
epochs = 8
"""


class Study:
    """One of tune's studies in a folder that goes with it."""

    def __init__(self, binary, data, seed, method, knowledge):
        self.binary, self.folder = binary, tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "space.toml"
        quoted = json.dumps(str(ROOT / f"search-spaces/data/{data}.csv"))
        self.file.write_text(SPACE.format(data=quoted, target=json.dumps(TARGETS[data]), seed=seed, method=method, trials=TRIALS,
                                          knowledge=str(knowledge).lower(), activations=json.dumps(ACTIVATIONS)))

    def tune(self, verb, *arguments):
        command = [self.binary, "--quiet", "--results", self.folder.name, verb, self.file, "--workers", "1", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 5):  # 5: no trial succeeded, as when the first diverges
            raise SystemExit(done.stderr)

    def losses(self):
        """Returns the loss of each trial in order, infinite where it diverged."""
        rows = csv.DictReader((Path(self.folder.name) / "study/leaderboard.csv").open())
        return [float(row["loss"] or "inf") for row in sorted(rows, key=lambda row: int(row["trial"]))]


def ours(binary, data, seed, method, knowledge):
    study = Study(binary, data, seed, method, knowledge)
    study.tune("run")
    return study.losses()


def optunas(binary, data, seed, sampler):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    options = dict(multivariate=True) if sampler == "TPESampler" else {}
    search = optuna.create_study(sampler=getattr(optuna.samplers, sampler)(seed=seed, **options))
    study = Study(binary, data, seed, "random", False)
    for _ in range(TRIALS):
        trial = search.ask()
        chosen = dict(learning_rate=trial.suggest_float("learning_rate", 1e-4, 1.0, log=True),
                      momentum=trial.suggest_float("momentum", 0.0, 0.99), batch_size=trial.suggest_int("batch_size", 8, 128, log=True),
                      dropout=trial.suggest_float("dropout", 0.0, 0.6), depth=trial.suggest_int("depth", 1, 4),
                      width=trial.suggest_int("width", 8, 128, log=True), activation=trial.suggest_categorical("activation", ACTIVATIONS),
                      **{"lambda": trial.suggest_float("lambda", 1e-7, 1e-1, log=True)})
        study.tune("try", *[part for name, value in chosen.items() for part in ("--set", f"{name}={value}")])
        search.tell(trial, study.losses()[-1])
    return study.losses()


METHODS = {
    "bayes, knowledge": (ours, "bayes", True),
    "bayes": (ours, "bayes", False),
    "random": (ours, "random", False),
    "Optuna GPSampler": (optunas, "GPSampler"),
    "Optuna TPESampler": (optunas, "TPESampler"),
}


def build():
    subprocess.run(["cargo", "build", "-q", "--release", "-p", "cli"], cwd=ROOT, check=True)
    metadata = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True, capture_output=True, text=True)
    return Path(json.loads(metadata.stdout)["target_directory"]) / "release/tune"


def regrets(runs):
    """Turns the losses of `method -> runs` on one data set into regrets at MOMENTS, seed by seed."""
    best = min(min(losses) for of_method in runs.values() for losses in of_method)
    typical = statistics.median(loss for losses in runs["random"] for loss in losses)
    at = lambda losses, n: (min(min(losses[:n]), typical) - best) / (typical - best)
    return {method: [[at(losses, n) for n in MOMENTS] for losses in of_method] for method, of_method in runs.items()}


def table(title, results):
    """`results`: method -> one list a data set -> one list a seed -> regrets at MOMENTS."""
    print(f"\n{title:20}" + "".join(f"{f'n={n}':>16}" for n in MOMENTS))
    for method, of_sets in results.items():
        cells = []
        for i in range(len(MOMENTS)):
            columns = [[run[i] for run in of_set] for of_set in of_sets]
            mean = statistics.mean(statistics.mean(column) for column in columns)
            error = math.sqrt(sum(statistics.variance(c) / len(c) for c in columns)) / len(columns) if len(columns[0]) > 1 else math.nan
            cells.append(f"{mean:8.3f} ±{error:6.3f}")
        print(f"{method:20}" + "".join(cells))
    sys.stdout.flush()


def main(n_seeds, names):
    binary, seeds = build(), range(1, n_seeds + 1)
    results = {method: [] for method in METHODS}
    with ProcessPoolExecutor(CORES) as pool:
        jobs = {(name, method): [pool.submit(call, binary, name, seed, *rest) for seed in seeds]
                for name in names for method, (call, *rest) in METHODS.items()}
        for name in names:
            runs = {method: [job.result() for job in jobs[name, method]] for method in METHODS}
            of_set = regrets(runs)
            for method in METHODS:
                results[method].append(of_set[method])
            table(name, {method: [of_set[method]] for method in METHODS})
    table(f"all, {n_seeds} seeds each", results)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:] or list(TARGETS))
