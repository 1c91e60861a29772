"""The problems of the suite by group, and which of them are for choosing.

Within a group, in the order of the SHA-256 of their names, every other problem is *choose*, the
rest *confirm*; the six tasks of ../peers, on which earlier versions were tuned, are *choose*.
"""

import functools
import hashlib

from functions import DISCRETE, Function
from learners import LEARNERS, Learner
from surrogates import LCBench, Rbv2

PEERS = ["3945", "126026", "167168", "168330", "189906", "189873"]
LCBENCH = PEERS + [
    "126025", "167083", "167149", "167184", "167185", "167200", "167201", "168329", "168335",
    "168908", "168910", "189354", "189865", "189905", "189908"]
XGBOOST = ["14", "29", "375", "1063", "1489", "4534", "6332", "40981", "40994", "41146"]
RPART = ["14", "375", "1063", "1489", "40981"]
SMOOTH = [
    "branin-2", "hartmann-6", "levy-2", "levy-6", "levy-20", "ackley-6", "ackley-20", "ackley-60",
    "rosenbrock-2", "rosenbrock-6", "rosenbrock-20", "styblinski-6", "styblinski-20",
    "styblinski-4-of60", "levy-4-of60", "hartmann-6-of60"]
NOISY = ["branin-2-noisy", "hartmann-6-noisy", "levy-6-noisy", "ackley-6-noisy",
         "rosenbrock-6-noisy", "styblinski-6-noisy", "levy-20-noisy", "styblinski-4-of60-noisy"]
FOUND = ["needle-2", "needle-3", "plateau-2", "plateau-6"]

GROUPS = {
    "lcbench": [f"lcbench-{task}" for task in LCBENCH],
    "xgboost": [f"rbv2_xgboost-{task}" for task in XGBOOST],
    "rpart": [f"rbv2_rpart-{task}" for task in RPART],
    "smooth": SMOOTH,
    "noisy": NOISY,
    "discrete": list(DISCRETE),
    "found": FOUND,
    "learners": LEARNERS,
}
HALVES = ("choose", "confirm")


def half(name):
    """Returns `choose` or `confirm`."""
    group = next(names for names in GROUPS.values() if name in names)
    if name in [f"lcbench-{task}" for task in PEERS]:
        return "choose"
    order = sorted(group, key=lambda n: hashlib.sha256(n.encode()).hexdigest())
    return HALVES[order.index(name) % 2]


def names(what):
    """Returns the problems of a comma-separated list of names, groups, halves, `GROUP/HALF`."""
    everything = [name for group in GROUPS.values() for name in group]
    found = []
    for part in what.split(","):
        group, _, wanted = part.partition("/")
        if group in HALVES or group == "all":
            group, wanted = "", "" if group == "all" else group
        pool = GROUPS.get(group, [group] if group else everything)
        found += [n for n in pool if not wanted or half(n) == wanted]
    return found


@functools.cache
def get(name):
    """Returns a problem."""
    if name in DISCRETE:
        return DISCRETE[name]()
    if name in LEARNERS:
        return Learner(name)
    kind, _, task = name.rpartition("-")
    if kind == "lcbench":
        return LCBench(task)
    return Rbv2(kind, task) if kind.startswith("rbv2") else Function(name)
