"""Our trainer beside scikit-learn and PyTorch: the same five shapes, one run, one pinned core, in turns.

usage: bench_trainer.py [rounds, default 3]     needs: pip install scikit-learn torch, and cargo
Prints a line a shape and trainer (medians over the rounds, seconds on the processor), the ratio to the faster peer, and then what
part of the rate of the best library's matrix products a whole fit reaches, and what a second core is worth in a 10-fold
cross-validation (that part uses two cores and wants them quiet).
"""
import os, statistics, subprocess, sys
from pathlib import Path

import trainers

ROOT = Path(__file__).parents[4]
CORE = max(os.sched_getaffinity(0))
PEERS = {"scikit-learn": trainers.sklearn_fit, "PyTorch": trainers.torch_fit}


def bench(*arguments):
    command = ["cargo", "bench", "-q", "-p", "trainer", "--bench", "fit", "--", *map(str, arguments)]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if line.count(",") >= 3]


def ours(shape):
    return float(bench(shape)[0].split(",")[2].rstrip("s"))


def main(rounds):
    x, y = trainers.data()
    for fit in PEERS.values():
        fit(x, y, 1, 16, 64)
    bench(0)
    cores = os.sched_getaffinity(0)
    for index, shape in enumerate(trainers.SHAPES):
        depth, width, batch = shape
        samples = len(x) * trainers.EPOCHS
        operations = 6 * samples * (64 * width + (depth - 1) * width**2 + width * 10)
        seconds = {name: [] for name in ["tune", *PEERS]}
        os.sched_setaffinity(0, {CORE})
        for _ in range(rounds):
            seconds["tune"].append(ours(index))
            for name, fit in PEERS.items():
                seconds[name].append(fit(x, y, *shape)[0])
        os.sched_setaffinity(0, cores)
        medians = {name: statistics.median(s) for name, s in seconds.items()}
        print(f"depth={depth} width={width} batch={batch}")
        for name, s in medians.items():
            print(f"  {name:13} {s:8.4f} s {samples / s:10.0f} samples/s {operations / s / 1e9:7.1f} GFLOP/s")
        fastest = min(PEERS, key=medians.get)
        print(f"  tune takes 1/{medians[fastest] / medians['tune']:.2f} of the time of {fastest}", flush=True)
    os.sched_setaffinity(0, {CORE})
    print(*bench("products")[1::2], sep="\n")
    os.sched_setaffinity(0, cores)
    print(*bench("folds")[1::2], sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
