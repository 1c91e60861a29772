"""The solvers, each behind the same ask and tell: Solver(problem, seed). One thread each."""

import json
import os
import subprocess
import warnings

import numpy as np

warnings.filterwarnings("ignore")


class Random:
    def __init__(self, problem, seed):
        self.problem, self.rng = problem, np.random.default_rng(1000 + seed)

    def ask(self):
        return self.problem.draw(self.rng)

    def tell(self, config, loss, folds):
        pass


class Tune:
    """Our own search: a process that speaks lines (crates/tuner/examples/ask_tell.rs)."""

    STARTUP = {"tpe": 10}
    OPTIONS = {}

    def __init__(self, problem, seed):
        self.space, self.pending, self.n_asked = problem.space, [], 0
        method = self.OPTIONS.get("method", "bayes")
        spec = {"seed": seed, "method": method, "startup": self.STARTUP.get(method, 4),
                "parameters": [self.parameter(p) for p in self.space],
                "constraints": list(problem.constraints), **self.OPTIONS}
        program = [os.environ["TUNE_ASK_TELL"]]
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True)
        self.line(json.dumps(spec))

    def line(self, text):
        self.child.stdin.write(text + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline()

    @staticmethod
    def parameter(p):
        kind = {"cat": "categorical", "ord": "ordinal"}.get(p.kind, p.kind)
        out = {"name": p.name, "type": kind, "low": p.low, "high": p.high, "log": p.log,
               "values": p.choices}
        return {**out, "when": {p.when[0]: list(p.when[1])}} if p.when else out

    def ask(self):
        config = json.loads(self.line("ask"))
        self.pending.append(self.n_asked)
        self.n_asked += 1
        # Problems want every axis; they drop an inactive one again.
        for p in self.space:
            config.setdefault(p.name, p.choices[0] if p.choices else p.low)
        return config

    def tell(self, config, loss, folds):
        """Tells the oldest of the pending trials, by its folds."""
        losses = " ".join(repr(float(fold)) for fold in folds)
        self.residual = self.line(f"tell {self.pending.pop(0)} {losses}").strip()

    def __del__(self):
        if hasattr(self, "child"):
            self.child.stdin.close()
            self.child.wait()
            self.child.stdout.close()


class Optuna:
    """Optuna's samplers with their defaults; constraints by its `constraints_func`."""

    def __init__(self, problem, seed, sampler):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.problem = problem
        options = {"seed": seed}
        if problem.constraints:
            options["constraints_func"] = lambda trial: trial.user_attrs["violations"]
        made = {"tpe": lambda: optuna.samplers.TPESampler(**options),
                "gp": lambda: optuna.samplers.GPSampler(**options, deterministic_objective=False)}
        self.study = optuna.create_study(sampler=made[sampler]())

    def ask(self):
        self.trial, config = self.study.ask(), {}
        for p in self.problem.space:
            if p.when is not None and config.get(p.when[0]) not in p.when[1]:
                continue
            config[p.name] = self.suggest(p)
        for p in self.problem.space:
            config.setdefault(p.name, p.choices[0] if p.choices else p.low)
        return config

    def suggest(self, p):
        if p.kind == "cat":
            return self.trial.suggest_categorical(p.name, p.choices)
        if p.kind == "ord":  # it has no ordered lists: the position is searched
            return p.choices[self.trial.suggest_int(p.name, 0, len(p.choices) - 1)]
        suggest = self.trial.suggest_int if p.kind == "int" else self.trial.suggest_float
        return suggest(p.name, p.low, p.high, log=p.log)

    def tell(self, config, loss, folds):
        if self.problem.constraints:
            self.trial.set_user_attr("violations", self.violations(config))
        self.study.tell(self.trial, loss)

    def violations(self, config):
        """By how much each constraint, an inequality `a <= b` or `a >= b`, is broken."""
        out = []
        for expression in self.problem.constraints:
            less = "<=" in expression
            left, right = (eval(side, {"__builtins__": {}}, config)
                           for side in expression.split("<=" if less else ">="))
            out.append(left - right if less else right - left)
        return out


class Ax:
    """Ax with its defaults; linear constraints as such, conditional axes as if always there."""

    def __init__(self, problem, seed):
        import logging

        logging.disable(logging.CRITICAL)
        from ax.api.client import Client
        from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

        def parameter(p):
            if p.choices:
                kind = "int" if isinstance(p.choices[0], int) else "str"
                return ChoiceParameterConfig(name=p.name, values=p.choices, parameter_type=kind,
                                             is_ordered=p.kind == "ord")
            return RangeParameterConfig(name=p.name, bounds=(p.low, p.high), parameter_type=p.kind,
                                        scaling="log" if p.log else "linear")

        self.client = Client(random_seed=seed)
        self.client.configure_experiment(parameters=[parameter(p) for p in problem.space],
                                         parameter_constraints=list(problem.constraints))
        self.client.configure_optimization(objective="-loss")

    def ask(self):
        (self.index, config), = self.client.get_next_trials(max_trials=1).items()
        return config

    def tell(self, config, loss, folds):
        self.client.complete_trial(trial_index=self.index, raw_data={"loss": loss})


SOLVERS = {
    "random": Random,
    "optuna-tpe": lambda problem, seed: Optuna(problem, seed, "tpe"),
    "optuna-gp": lambda problem, seed: Optuna(problem, seed, "gp"),
    "ax": Ax,
}


def make(name, problem, seed):
    """Makes a peer, or for any other name our own search."""
    return SOLVERS.get(name, Tune)(problem, seed)
