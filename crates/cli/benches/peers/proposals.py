"""Times one proposal of Optuna's samplers on the space of crates/tuner/benches/proposals.rs, on one thread.

Needs `pip install optuna torch`. Prints `optuna <sampler>,known,median ms,worst ms`: the median and the worst of five
proposals, in processor time, each after `known` random trials of the same bowl.
"""

import os

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import math
import time
import warnings

import optuna
from optuna.distributions import FloatDistribution, IntDistribution

SPACE = {
    "batch_size": IntDistribution(16, 512, log=True),
    "learning_rate": FloatDistribution(1e-4, 1e-1, log=True),
    "momentum": FloatDistribution(0.1, 0.99),
    "weight_decay": FloatDistribution(1e-5, 1e-1),
    "n_layers": IntDistribution(1, 5),
    "max_units": IntDistribution(64, 1024, log=True),
    "max_dropout": FloatDistribution(0.0, 1.0),
}
SIZES = (50, 200)
PROPOSALS = 5


def unit(name: str, value: float) -> float:
    distribution = SPACE[name]
    low, high = distribution.low, distribution.high
    if distribution.log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return (value - low) / (high - low)


def loss(params: dict, number: int) -> float:
    bowl = sum((unit(name, value) - 0.4) ** 2 for name, value in params.items())
    return 0.1 + bowl + 0.05 * (number * 7919 % 101) / 101


def seconds(make, known: int, seed: int) -> float:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    for number in range(known):
        trial = study.ask(SPACE)
        study.tell(trial, loss(trial.params, number))
    study.sampler = make(seed)
    begin = time.process_time()
    study.ask(SPACE)
    return time.process_time() - begin


def main() -> None:
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        import torch

        torch.set_num_threads(1)
    except ImportError:
        raise SystemExit("the GP sampler needs torch: pip install torch")
    samplers = {
        "GPSampler": lambda seed: optuna.samplers.GPSampler(seed=seed),
        "TPESampler": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True),
    }
    print(f"optuna {optuna.__version__}")
    for name, make in samplers.items():
        seconds(make, 20, 0)  # imports what is loaded late
        for known in SIZES:
            times = sorted(seconds(make, known, seed) for seed in range(PROPOSALS))
            print(f"optuna {name},{known},{1e3 * times[PROPOSALS // 2]:.1f},{1e3 * times[-1]:.1f}", flush=True)


if __name__ == "__main__":
    main()
