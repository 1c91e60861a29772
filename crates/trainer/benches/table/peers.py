"""Reading a table and an epoch over it with pandas, PyTorch and scikit-learn, one process each.

python3 peers.py FILE [epoch] (pip install pandas pyarrow torch scikit-learn). Prints seconds of processor time and the
process's peak memory, and for reading what that is above the memory after imports. `epoch` trains as `table epoch` does.
"""

import os
import resource
import subprocess
import sys
import time

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def read(file, engine):
    import pandas

    if engine == "pyarrow":
        import pyarrow

        pyarrow.set_cpu_count(1)
        pyarrow.set_io_thread_count(1)
    before, begin = peak(), time.process_time()
    table = pandas.read_csv(file, engine=engine)
    seconds = time.process_time() - begin
    print(f"pandas {engine},read,{table.shape},{seconds:.2f} s,{peak()} MB at most,{peak() - before} MB above imports")


def arrays(file):
    import numpy

    table = numpy.loadtxt(file, delimiter=",", skiprows=1, dtype="float32")
    x, y = table[:, :-1], table[:, -1]
    return (x - x.mean(0)) / x.std(0), (y - y.mean()) / y.std()


def torch_epoch(file):
    import torch

    torch.set_num_threads(1)
    x, y = map(torch.from_numpy, arrays(file))
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], 128), torch.nn.ReLU(),
        torch.nn.Linear(128, 128), torch.nn.ReLU(), torch.nn.Linear(128, 1))
    adam = torch.optim.Adam(net.parameters(), lr=0.003)
    begin = time.process_time()
    for rows in torch.randperm(len(x)).split(256):
        adam.zero_grad()
        ((net(x[rows])[:, 0] - y[rows]) ** 2).mean().backward()
        adam.step()
    print(f"PyTorch,epoch,{tuple(x.shape)},{time.process_time() - begin:.2f} s")


def sklearn_epoch(file):
    import numpy
    from sklearn.neural_network import MLPRegressor

    x, y = arrays(file)
    net = MLPRegressor(hidden_layer_sizes=(128, 128), learning_rate_init=0.003, batch_size=256)
    order = numpy.random.default_rng(0).permutation(len(x))
    begin = time.process_time()
    for first in range(0, len(x), 256):
        rows = order[first:first + 256]
        net.partial_fit(x[rows], y[rows])
    print(f"scikit-learn partial_fit,epoch,{x.shape},{time.process_time() - begin:.2f} s")


JOBS = {
    "c": lambda file: read(file, "c"),
    "pyarrow": lambda file: read(file, "pyarrow"),
    "torch": torch_epoch,
    "sklearn": sklearn_epoch,
}

if __name__ == "__main__":
    if len(sys.argv) > 3:
        JOBS[sys.argv[3]](sys.argv[1])
    else:
        for job in ("torch", "sklearn") if "epoch" in sys.argv else ("c", "pyarrow"):
            subprocess.run([sys.executable, __file__, sys.argv[1], "run", job], env=os.environ | THREADS)
