"""Whether anything grows but the records: 100,000 random trials, asked and told one by one.

usage: growth.py [memory|disk] [--trials 100000]

After each tenth: the process's resident memory and processor time a trial, the objects that Python
keeps, its open files and threads; on disk the bytes of the study's folder too. The process is
measured, so that what the engine keeps counts as well; Linux only, by /proc.
"""

import argparse
import gc
import os
import pathlib
import tempfile
import time

import tune_engine as te

SPACE = {"x": te.Float(1e-4, 1.0, log=True), "n": te.Int(1, 9)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("where", choices=["memory", "disk"], nargs="?", default="memory")
    parser.add_argument("--trials", type=int, default=100_000)
    arguments = parser.parse_args()
    if arguments.where == "memory":
        measure(te.Study(SPACE, method="random"), None, arguments.trials)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "grown"
        measure(te.Study(SPACE, method="random", store=store), store, arguments.trials)


def measure(study, store, n_trials):
    """Asks and tells, and prints a line a tenth."""
    tenth = n_trials // 10
    print("| trials | resident bytes a trial | ms a trial | objects | files | threads | disk bytes a trial |")
    print("|---|---|---|---|---|---|---|")
    begin = resident()
    for part in range(1, 11):
        begun = time.process_time()
        for _ in range(tenth):
            trial = study.ask()
            study.tell(trial, trial.params["x"] * trial.params["n"])
        seconds = time.process_time() - begun

        gc.collect()
        done = part * tenth
        on_disk = sum(file.stat().st_size for file in store.iterdir()) / done if store else 0
        print(
            f"| {done} | {(resident() - begin) / done:.0f} | {1e3 * seconds / tenth:.3f} "
            f"| {len(gc.get_objects())} | {n_entries('fd')} | {n_entries('task')} "
            f"| {on_disk:.0f} |",
            flush=True,
        )


def resident():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def n_entries(of):
    """The number of open files (``fd``) or threads (``task``) of this process."""
    return len(os.listdir(f"/proc/self/{of}"))


if __name__ == "__main__":
    main()
