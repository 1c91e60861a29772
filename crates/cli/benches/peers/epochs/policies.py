"""Simple policies over random proposals, the baselines: each returns a Ledger."""

import collections

import numpy as np

from .ledger import FULL, RUNGS, Ledger, draw

HALVING = (1, 3, 9, 27, FULL)


def random_full(problem, rng, budget):
    """Every configuration is trained in full."""
    ledger = Ledger()
    while ledger.has(budget):
        ledger.pay(FULL, problem.loss(draw(rng)), True)
    return ledger


def one_epoch(problem, rng, budget, top=3):
    """One epoch of as many as leave room for `top` full trainings; the best go on to the end."""
    ledger = Ledger()
    configs = [draw(rng) for _ in range(max(top, (budget - top) * FULL))]
    ledger.pay(len(configs), np.inf, False)
    for i in np.argsort(problem.losses(configs, 1))[:top]:
        ledger.pay(FULL - 1, problem.loss(configs[i]), True)
    return ledger


def halving(problem, rng, budget, eta=3):
    """Successive halving of as many random configurations as the budget allows."""
    steps = np.diff((0, *HALVING))
    cost = lambda n: sum(step * max(1, n // eta**r) for r, step in enumerate(steps))
    n = max(k for k in range(1, budget * FULL + 1) if cost(k) <= budget * FULL)

    ledger, configs = Ledger(), [draw(rng) for _ in range(n)]
    for r, step in enumerate(steps):
        losses = problem.losses(configs, HALVING[r])
        if HALVING[r] == FULL:
            for y in losses:
                ledger.pay(int(step), y, True)
            continue
        ledger.pay(int(step) * len(configs), np.inf, False)
        keep = max(1, n // eta ** (r + 1))
        configs = [configs[i] for i in np.argsort(losses)[:keep]]
    return ledger


def asha(problem, rng, budget, eta=3):
    """Asynchronous halving by promotion (Li et al. 2020), one worker."""
    ledger, configs = Ledger(), []
    seen, promoted = [[] for _ in HALVING], [set() for _ in HALVING]
    while ledger.has(budget):
        job = None
        for r in range(len(HALVING) - 2, -1, -1):
            ranked = sorted(seen[r])[: len(seen[r]) // eta]
            free = [i for _, i in ranked if i not in promoted[r]]
            if free:
                promoted[r].add(free[0])
                job = (free[0], r + 1)
                break
        if job is None:
            configs.append(draw(rng))
            job = (len(configs) - 1, 0)
        i, r = job
        y = problem.loss(configs[i], HALVING[r])
        seen[r].append((y, i))
        ledger.pay(HALVING[r] - (HALVING[r - 1] if r else 0), y, HALVING[r] == FULL)
    return ledger


def median_rule(problem, rng, budget, after=5):
    """Stops at a rung if the loss there is above the median of all losses at that rung."""
    ledger, seen, n = Ledger(), collections.defaultdict(list), 0
    while ledger.has(budget):
        config, n = draw(rng), n + 1
        y, epochs = problem.curve(config), FULL
        for e in RUNGS:
            is_worse = bool(seen[e]) and y[e - 1] > np.median(seen[e])
            seen[e].append(y[e - 1])
            if n > after and is_worse:
                epochs = e
                break
        ledger.pay(epochs, y[-1], epochs == FULL)
    return ledger
