"""A whole random search, as a user would do it today: `tune run` beside scikit-learn's RandomizedSearchCV(MLPClassifier) and
Optuna's RandomSampler with PyTorch, on the same 60 configurations of the same space, 5 folds, two cores, in one run.

usage: bench_search.py [configurations, default 60]     needs: pip install scikit-learn torch optuna, and cargo
The configurations are those that tune drew. Peers get two processes with one thread each, which suits them best. Wall time.
Then the time to a loss: how long tune by bayes, with and without [race], and HalvingRandomSearchCV over epochs take to reach
the best loss of RandomizedSearchCV; the second may end without it.
"""
import csv, json, os, subprocess, sys, tempfile, time, warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ.setdefault(name, "1")
os.environ.setdefault("PYTHONWARNINGS", "ignore")  # scikit-learn warns that 30 epochs may not converge, fold by fold
warnings.filterwarnings("ignore")
import numpy as np

ROOT = Path(__file__).parents[4]
EPOCHS, FOLDS, CORES = 30, 5, 2
SEARCHED = ["learning_rate", "momentum", "lambda", "width", "depth", "batch_size"]
SPACE = """
[data]
path = "{data}"
target = "digit"
[cv]
folds = {folds}
[search]
method = "random"
trials = {n}
knowledge = false
[space]
learning_rate = {{ type = "float", low = 1e-3, high = 1e-1, log = true }}
momentum = {{ type = "float", low = 0.0, high = 0.95 }}
lambda = {{ type = "float", low = 1e-6, high = 1e-2, log = true }}
width = {{ type = "int", low = 16, high = 128, log = true }}
depth = {{ type = "int", low = 1, high = 3 }}
batch_size = {{ type = "int", low = 16, high = 128, log = true }}
optimizer = "sgd"
activation = "relu"
epochs = {epochs}
"""


def digits():
    rows = np.loadtxt(ROOT / "search-spaces/data/digits.csv", delimiter=",", skiprows=1)
    return rows[:, :-1].astype(np.float32), rows[:, -1].astype(np.int64)


def with_tune(n):
    """Returns wall seconds, the configurations and their losses."""
    subprocess.run(["cargo", "build", "-q", "--release", "-p", "cli"], cwd=ROOT, check=True)
    built = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True, capture_output=True, text=True)
    binary = Path(json.loads(built.stdout)["target_directory"]) / "release/tune"
    with tempfile.TemporaryDirectory() as folder:
        space = Path(folder) / "beside.toml"
        space.write_text(SPACE.format(data=ROOT / "search-spaces/data/digits.csv", folds=FOLDS, n=n, epochs=EPOCHS))
        begin = time.perf_counter()
        subprocess.run([binary, "--quiet", "--results", folder, "run", space, "--workers", str(CORES)], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - begin
        rows = list(csv.DictReader(open(Path(folder) / "beside/leaderboard.csv")))
    number = lambda text: int(text) if text.isdigit() else float(text)
    configurations = [{name: number(row["param_" + name]) for name in SEARCHED} for row in sorted(rows, key=lambda r: int(r["trial"]))]
    return seconds, configurations, [float(row["loss"]) for row in rows if row["loss"]]


def with_sklearn(configurations):
    from sklearn.model_selection import RandomizedSearchCV, StratifiedKFold
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    x, y = digits()
    net = MLPClassifier(solver="sgd", nesterovs_momentum=False, max_iter=EPOCHS, tol=0, n_iter_no_change=10**9)
    def settings(c):
        values = dict(learning_rate_init=c["learning_rate"], momentum=c["momentum"], alpha=c["lambda"], batch_size=c["batch_size"],
                      hidden_layer_sizes=(c["width"],) * c["depth"])
        return {f"mlpclassifier__{name}": [value] for name, value in values.items()}
    search = RandomizedSearchCV(make_pipeline(StandardScaler(), net), [settings(c) for c in configurations], n_iter=len(configurations),
                                cv=StratifiedKFold(FOLDS, shuffle=True, random_state=0), scoring="neg_log_loss", n_jobs=CORES, refit=False)
    begin = time.perf_counter()
    search.fit(x, y)
    return time.perf_counter() - begin, list(-search.cv_results_["mean_test_score"])


def with_halving(configurations):
    """Successive halving over epochs, from a ninth of them on, of as many configurations of the same space."""
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingRandomSearchCV, StratifiedKFold
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from scipy.stats import loguniform, randint, uniform
    x, y = digits()
    net = MLPClassifier(solver="sgd", nesterovs_momentum=False, tol=0, n_iter_no_change=10**9)
    hidden = [(w,) * d for w in (16, 24, 32, 48, 64, 96, 128) for d in (1, 2, 3)]
    space = dict(learning_rate_init=loguniform(1e-3, 1e-1), momentum=uniform(0, 0.95), alpha=loguniform(1e-6, 1e-2),
                 batch_size=randint(16, 129), hidden_layer_sizes=hidden)
    search = HalvingRandomSearchCV(
        make_pipeline(StandardScaler(), net), {f"mlpclassifier__{name}": values for name, values in space.items()},
        n_candidates=len(configurations), resource="mlpclassifier__max_iter", min_resources=max(1, EPOCHS // 9),
        max_resources=EPOCHS, factor=3, cv=StratifiedKFold(FOLDS, shuffle=True, random_state=0),
        scoring="neg_log_loss", n_jobs=CORES, refit=False, random_state=0)
    begin = time.perf_counter()
    search.fit(x, y)
    took = time.perf_counter() - begin
    is_full = np.asarray(search.cv_results_["n_resources"]) == max(search.n_resources_)
    return took, list(-np.asarray(search.cv_results_["mean_test_score"])[is_full])


def to_loss(target, race):
    """Wall seconds of a search by bayes until a trial has this loss, and the number of its trials."""
    built = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True, capture_output=True, text=True)
    binary = Path(json.loads(built.stdout)["target_directory"]) / "release/tune"
    with tempfile.TemporaryDirectory() as folder:
        space = Path(folder) / "beside.toml"
        text = SPACE.format(data=ROOT / "search-spaces/data/digits.csv", folds=FOLDS, n=200, epochs=EPOCHS)
        text = text.replace('"random"', '"bayes"').replace("knowledge = false", "knowledge = true")
        space.write_text(f"{text}[stop]\ntarget = {target!r}\n" + ("[race]\n" if race else ""))
        begin = time.perf_counter()
        subprocess.run([binary, "--quiet", "--results", folder, "run", space, "--workers", str(CORES)], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - begin
        rows = list(csv.DictReader(open(Path(folder) / "beside/leaderboard.csv")))
    losses = [float(row["loss"]) for row in rows if row["loss"]]
    return seconds, len(rows), min(losses)


def torch_loss(c):
    import torch
    from sklearn.model_selection import StratifiedKFold
    torch.set_num_threads(1)
    x, y = digits()
    losses = []
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(x, y):
        mean, sd = x[train].mean(0), x[train].std(0)
        z = torch.from_numpy((x - mean) / np.where(sd > 0, sd, 1)).float()
        target, layers, n = torch.from_numpy(y), [], x.shape[1]
        for _ in range(c["depth"]):
            layers += [torch.nn.Linear(n, c["width"]), torch.nn.ReLU()]
            n = c["width"]
        net = torch.nn.Sequential(*layers, torch.nn.Linear(n, 10))
        optimizer = torch.optim.SGD(net.parameters(), lr=c["learning_rate"], momentum=c["momentum"], weight_decay=c["lambda"])
        loss, rows = torch.nn.CrossEntropyLoss(), torch.from_numpy(train)
        for _ in range(EPOCHS):
            order = rows[torch.randperm(len(rows))]
            for batch in order.split(c["batch_size"]):
                optimizer.zero_grad(set_to_none=True)
                loss(net(z[batch]), target[batch]).backward()
                optimizer.step()
        with torch.no_grad():
            losses.append(float(loss(net(z[test]), target[test])))
    return float(np.mean(losses))


def optuna_study(configurations):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for c in configurations:
        study.enqueue_trial(c)

    def objective(trial):
        return torch_loss(dict(
            learning_rate=trial.suggest_float("learning_rate", 1e-3, 1e-1, log=True), momentum=trial.suggest_float("momentum", 0.0, 0.95),
            **{"lambda": trial.suggest_float("lambda", 1e-6, 1e-2, log=True)}, width=trial.suggest_int("width", 16, 128, log=True),
            depth=trial.suggest_int("depth", 1, 3), batch_size=trial.suggest_int("batch_size", 16, 128, log=True)))

    study.optimize(objective, n_trials=len(configurations))
    return [trial.value for trial in study.trials if trial.value is not None and np.isfinite(trial.value)]


def with_optuna(configurations):
    with ProcessPoolExecutor(CORES) as pool:
        list(pool.map(optuna_study, [configurations[:1]] * CORES))  # imports are not timed
        begin = time.perf_counter()
        losses = sum(pool.map(optuna_study, [configurations[core::CORES] for core in range(CORES)]), [])
        return time.perf_counter() - begin, losses


def main(n):
    seconds, configurations, losses = with_tune(n)
    print(f"tune run                              {seconds:8.2f} s   best {min(losses):.4f}   median {np.median(losses):.4f}", flush=True)
    for name, peer in [("RandomizedSearchCV(MLPClassifier)", with_sklearn), ("Optuna RandomSampler with PyTorch", with_optuna)]:
        took, losses = peer(configurations)
        print(f"{name:37} {took:8.2f} s   best {np.nanmin(losses):.4f}   median {np.nanmedian(losses):.4f}   {took / seconds:.1f} times tune's", flush=True)
        if peer is with_sklearn:
            whole, target = took, float(np.nanmin(losses))
    print(f"\ntime to a loss of {target:.4f}, that of RandomizedSearchCV", flush=True)
    took, losses = with_halving(configurations)
    print(f"{'HalvingRandomSearchCV':37} {took:8.2f} s   best {np.nanmin(losses):.4f}   {whole / took:.1f} times faster than RandomizedSearchCV", flush=True)
    for race in (False, True):
        took, n, best = to_loss(target, race)
        name = f"tune, bayes{', racing' if race else ''}"
        print(f"{name:37} {took:8.2f} s   best {best:.4f}   {whole / took:.1f} times faster than RandomizedSearchCV, {n} trials", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
