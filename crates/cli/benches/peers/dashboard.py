"""Our report beside optuna-dashboard on the same trials: bytes, first paint, first chart.

usage: dashboard.py [--tune PROGRAM] [--trials 1000,10000] [--rounds 5]
needs: pip install optuna optuna-dashboard; chromium and node, and what tests/browser/run installs

A random search on a small table is reported by `tune report`; its configurations and losses are put
into a study of Optuna in memory, which optuna-dashboard serves. A browser opens both in turns, each
time with an empty cache (dashboard.mjs).
"""

import argparse
import csv
import os
import pathlib
import subprocess
import tempfile
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import optuna
from optuna_dashboard import wsgi

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
SPACE = """[study]
name = "beside"
[data]
path = "{data}"
target = "species"
[cv]
folds = 2
[search]
method = "random"
trials = {trials}
[space]
learning_rate = {{ type = "float", low = 1e-3, high = 1.0, log = true }}
momentum = {{ type = "float", low = 0.0, high = 0.95 }}
dropout = {{ type = "float", low = 0.0, high = 0.5 }}
lambda = {{ type = "float", low = 1e-6, high = 1e-1, log = true }}
width = {{ type = "int", low = 2, high = 16, log = true }}
optimizer = "sgd"
depth = 1
batch_size = 32
epochs = 2
"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def study_of(board):
    """The same trials as a study of Optuna."""
    float_, int_ = optuna.distributions.FloatDistribution, optuna.distributions.IntDistribution
    ranges = {"learning_rate": float_(1e-3, 1.0, log=True), "momentum": float_(0.0, 0.95),
              "dropout": float_(0.0, 0.5), "lambda": float_(1e-6, 1e-1, log=True),
              "width": int_(2, 16, log=True)}
    with board.open() as lines:
        rows = [r for r in csv.DictReader(lines) if r["loss"]]
    rows.sort(key=lambda r: int(r["trial"]))
    kind = lambda name: int if name == "width" else float
    trials = [optuna.trial.create_trial(
        params={name: kind(name)(r[f"param_{name}"]) for name in ranges}, distributions=ranges,
        value=float(r["loss"])) for r in rows]
    storage = optuna.storages.InMemoryStorage()
    optuna.create_study(storage=storage, study_name="beside").add_trials(trials)
    return storage


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tune", default=str(ROOT / "target/release/tune"))
    parser.add_argument("--trials", default="1000,10000")
    parser.add_argument("--rounds", default="5")
    args = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tune = str(pathlib.Path(args.tune).resolve())
    for trials in args.trials.split(","):
        with tempfile.TemporaryDirectory() as made:
            folder = pathlib.Path(made)
            data = ROOT / "search-spaces/data/iris.csv"
            (folder / "beside.toml").write_text(SPACE.format(data=data.as_posix(), trials=trials))
            for words in (["run", "beside.toml", "--quiet"], ["report", "beside", "--out", "page.html"]):
                subprocess.run([tune, *words, "--results", "results"], cwd=folder, check=True,
                               stdout=subprocess.DEVNULL)
            storage = study_of(folder / "results/beside/leaderboard.csv")
            server = make_server("127.0.0.1", 0, wsgi(storage), handler_class=Quiet)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            theirs = f"http://127.0.0.1:{server.server_port}/dashboard/studies/0"
            print(f"{trials} trials", flush=True)
            subprocess.run(["node", str(HERE / "dashboard.mjs"), (folder / "page.html").as_uri(),
                            theirs, args.rounds], check=True, env=os.environ)
            server.shutdown()


if __name__ == "__main__":
    main()
