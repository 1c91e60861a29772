"""The protocol against over-fitting: variants are compared on *choose*, and *confirm* is logged.

usage: suite.py choose NAME [N]   races our search, 5 seeds, and prints it beside the recorded peers
       suite.py confirm NAME [N]  the same on the other half, with seeds never used before; the
                                  result is appended to confirm.log, good or bad: ten runs in all
N trials are under way at once, 1 unless given; the peers have one. NAME labels what was built (TUNE_ASK_TELL). Its rows are kept in target/suite/NAME.csv and
are not raced again on *choose*; a changed search needs another name.
"""

import datetime
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[3]
LOG = HERE / "confirm.log"
SEEDS, TRIALS, CONFIRM_RUNS = 5, 50, 10


def script(name, *arguments):
    """Runs a script of this folder and returns what it prints."""
    command = [sys.executable, str(HERE / name), *map(str, arguments)]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in ("choose", "confirm"):
        sys.exit(__doc__)
    half, name, parallel = (*sys.argv[1:], "1")[:3]
    earlier = LOG.read_text().count("\n# ") if LOG.exists() else 0
    if half == "confirm" and earlier >= CONFIRM_RUNS:
        sys.exit(f"confirm was run {earlier} times: no figure of another run would be honest")

    first = 0 if half == "choose" else 1000 + 100 * earlier
    label = name if half == "choose" else f"{name}-{first}"
    os.environ.setdefault("TUNE_ASK_TELL", str(ROOT / "target/release/examples/ask_tell"))
    out = ROOT / "target" / "suite"
    print(script("race.py", label, half, SEEDS, TRIALS, "--first-seed", first,
                 "--parallel", parallel, "--out", out), end="")
    table = script("regret.py", half, "--ours", label, "--only", "random,optuna-tpe,optuna-gp,ax",
                   "--out", HERE / "results", out)
    print(table)

    if half == "confirm":
        head = f"\n# {datetime.date.today()} {name}, seeds {first} to {first + SEEDS - 1}, {parallel} at a time\n\n"
        with LOG.open("a") as log:
            log.write(head + table)


if __name__ == "__main__":
    main()
