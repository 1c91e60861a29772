"""Searches over the same problems: `tune` by its command line, Optuna by its pruners, SMAC's
multi-fidelity facade, Syne Tune's ASHA."""

import json
import pathlib
import subprocess
import tempfile
import warnings

from .ledger import FULL, RUNGS, SPACE, Ledger, peers

warnings.filterwarnings("ignore")


def tune(problem, seed, budget, program, race):
    """`tune ask` and `tune tell`; `race` is the text of its [race], or None."""
    text = peers.SPACE_TOML.format(
        name=problem.name, seed=seed, method="bayes", trials=10000, parallel=1)
    if race is not None:
        text += f"\n[objective]\nepochs = {FULL}\n[race]\n{race}\n"
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "space.toml"
        file.write_text(text)

        def call(*words):
            words = [program, *words, "--results", folder]
            return subprocess.run(words, check=True, capture_output=True, text=True).stdout

        while ledger.has(budget):
            asked = json.loads(call("ask", str(file)))
            y, number = problem.curve(asked["params"]), str(asked["trial"])
            stopped = None
            for e in told(race) if race is not None else []:
                words = ("tell", str(file), number, "--epoch", str(e), "--loss", repr(float(y[e - 1])))
                if not json.loads(call(*words))["go_on"]:
                    stopped = e
                    break
            if stopped is None:
                call("tell", str(file), number, "--loss", repr(float(y[-1])))
            ledger.pay(stopped or FULL, y[-1], stopped is None)
    return ledger


def told(race):
    """The epochs that a judgement reads: those of the rungs, and half of them."""
    rungs = RUNGS
    for line in race.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "at":
            rungs = [-int(-share * FULL // 1) for share in json.loads(value)]
    return sorted({e for r in rungs for e in (r, -(-r // 2))})


def optuna(problem, seed, budget, sampler, pruner):
    """A sampler and a pruner with their defaults; every epoch is reported."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    samplers = {
        "tpe": lambda: optuna.samplers.TPESampler(seed=seed),
        "gp": lambda: optuna.samplers.GPSampler(seed=seed, deterministic_objective=False),
    }
    pruners = {
        "hyperband": lambda: optuna.pruners.HyperbandPruner(max_resource=FULL),
        "halving": optuna.pruners.SuccessiveHalvingPruner,
        "median": optuna.pruners.MedianPruner,
    }
    study = optuna.create_study(sampler=samplers[sampler](), pruner=pruners[pruner]())
    ledger = Ledger()
    while ledger.has(budget):
        trial = study.ask()
        config = {p.name: suggest(trial, p) for p in SPACE}
        y, stopped = problem.curve(config), None
        for e in range(1, FULL):
            trial.report(float(y[e - 1]), e)
            if trial.should_prune():
                stopped = e
                break
        if stopped is None:
            study.tell(trial, float(y[-1]))
        else:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        ledger.pay(stopped or FULL, y[-1], stopped is None)
    return ledger


def suggest(trial, p):
    draw = trial.suggest_int if p.kind == "int" else trial.suggest_float
    return draw(p.name, p.low, p.high, log=p.log)


def smac(problem, seed, budget):
    """SMAC's multi-fidelity facade with its defaults (Hyperband with a random forest)."""
    import logging

    logging.disable(logging.CRITICAL)
    from ConfigSpace import ConfigurationSpace, Float, Integer
    from smac import MultiFidelityFacade, Scenario
    from smac.runhistory.dataclasses import TrialValue

    kinds = {"int": Integer, "float": Float}
    space = ConfigurationSpace(seed=seed)
    space.add([kinds[p.kind](p.name, (p.low, p.high), log=p.log) for p in SPACE])
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(space, deterministic=True, n_trials=100_000, min_budget=1,
                            max_budget=FULL, seed=seed, output_directory=pathlib.Path(folder))
        facade = MultiFidelityFacade(scenario, lambda config, seed, budget: 0.0, overwrite=True)
        ledger, trained = Ledger(), {}
        while ledger.has(budget):
            asked = facade.ask()
            # Budgets are real numbers; whoever comes back goes on from the epochs it has had.
            config, epochs = asked.config, min(max(1, round(asked.budget)), FULL)
            values = {p.name: config[p.name] for p in SPACE}
            y = problem.loss(values, epochs)
            facade.tell(asked, TrialValue(cost=y))
            before = trained.get(config, 0)
            trained[config] = max(before, epochs)
            ledger.pay(max(epochs - before, 0), y, epochs == FULL)
    return ledger


def syne_tune(problem, seed, budget):
    """Syne Tune's ASHA that stops, with its defaults; every epoch is reported."""
    import datetime
    import logging

    logging.disable(logging.CRITICAL)
    from syne_tune.backend.trial_status import Trial
    from syne_tune.config_space import lograndint, loguniform, randint, uniform
    from syne_tune.optimizer.baselines import ASHA

    made = {("int", False): randint, ("int", True): lograndint,
            ("float", False): uniform, ("float", True): loguniform}
    space = {p.name: made[p.kind, p.log](p.low, p.high) for p in SPACE}
    scheduler = ASHA(space, metric="loss", time_attr="epoch", max_t=FULL, do_minimize=True,
                     random_seed=seed)
    ledger, number = Ledger(), 0
    while ledger.has(budget):
        config = scheduler.suggest().config
        trial = Trial(number, config, datetime.datetime(2026, 1, 1))
        number += 1
        scheduler.on_trial_add(trial)
        y, stopped = problem.curve(config), None
        for e in range(1, FULL):
            if scheduler.on_trial_result(trial, {"epoch": e, "loss": float(y[e - 1])}) != "CONTINUE":
                stopped = e
                break
        if stopped is None:
            scheduler.on_trial_complete(trial, {"epoch": FULL, "loss": float(y[-1])})
        ledger.pay(stopped or FULL, y[-1], stopped is None)
    return ledger
