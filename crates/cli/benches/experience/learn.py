"""Learns the experience that comes with the trainer: crates/trainer/src/experience/experience.txt.

usage: learn.py measure                         5-fold losses of the trainer on each data set of search-spaces/data/experience, by the
                                                DESIGNS below; goes on where it was; writes table.csv.gz
       learn.py fit [without DATASET …]         fits the polynomial to table.csv.gz and prints the file; `> experience.txt`
needs: cargo (measure), pip install numpy (fit)

A whole space says little of the part of it where a search spends its trials, and searches say nothing of what they avoid: so there
are Sobol designs of the whole space and of what is usually searched, and searches by the tuner, which knows nothing beforehand.
The height of a configuration on a data set is its ln loss, cut above at the median plus twice its distance to the lower quartile,
and standardised, all by the trials of that data set that are not of the whole space. A ridge regression over all data sets, each of the
same weight, finds the polynomial; terms that add least are dropped until TERMS are left. It is found twice: what the first one expects
to be good counts more for the second, so that it tells the good from the better where it sends a search (of the trials of a Sobol
design on data sets left out, the ten expected best lie 0.05 lower for it, the one expected best 0.13). What it leaves open where it
sends a search is taken for a Gaussian process, as the tuner's model does: how much longer its length scales are than the model's usual
ones, and how its noise, a fifth of that of a fold, differs between data sets, is what makes all data sets most likely. So much is
learned with polynomials from which the data set was left out.
"""
import csv, gzip, itertools, json, math, os, re, subprocess, sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
HERE = Path(__file__).parent
ROOT = HERE.parents[3]
DATA = ROOT / "search-spaces/data/experience"
TABLE = HERE / "table.csv.gz"
STUDIES = ROOT / "results/experience"
TERMS, RIDGE, FAVOUR = 200, 0.003, 2
GOOD = 32  # trials of each data set where the best is expected, which tell what is left open
SPACE = """[study]
seed = {seed}
[data]
path = {path}
target = "target"
task = "{task}"
[cv]
folds = 5
seed = 7
stratified = {stratified}
[search]
method = "{method}"
trials = {trials}
parallel = 2
knowledge = false
[space]
"""
WHOLE = """learning_rate = {{ type = "float", low = 1e-5, high = 1.0, log = true }}
optimizer = {{ type = "categorical", values = ["sgd", "rmsprop", "adam", "adamw"] }}
momentum = {{ type = "float", low = 0.0, high = 0.99, when = {{ optimizer = ["sgd"] }} }}
schedule = {{ type = "categorical", values = ["constant", "exponential", "cosine"] }}
batch_size = {{ type = "int", low = 4, high = {most_rows}, log = true }}
epochs = {{ type = "int", low = 4, high = 128, log = true }}
dropout = {{ type = "float", low = 0.0, high = 0.7 }}
input_dropout = {{ type = "float", low = 0.0, high = 0.3 }}
lambda = {{ type = "float", low = 1e-8, high = 1.0, log = true }}
depth = {{ type = "int", low = 0, high = 4 }}
width = {{ type = "int", low = 8, high = 256, log = true, when = {{ depth = [1, 2, 3, 4] }} }}
activation = {{ type = "categorical", values = ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu"], when = {{ depth = [1, 2, 3, 4] }} }}
batch_norm = {{ type = "categorical", values = [false, true] }}
scaling = {{ type = "categorical", values = ["standard", "minmax"] }}
"""
# What most searches are over; DEFAULTS has what they leave as it is, EPOCHS what a search may be given.
USUAL = """learning_rate = {{ type = "float", low = 1e-4, high = 1.0, log = true }}
optimizer = {{ type = "categorical", values = ["sgd", "rmsprop", "adam", "adamw"] }}
momentum = {{ type = "float", low = 0.0, high = 0.99, when = {{ optimizer = ["sgd"] }} }}
batch_size = {{ type = "int", low = 8, high = {most_usual_rows}, log = true }}
dropout = {{ type = "float", low = 0.0, high = 0.7 }}
lambda = {{ type = "float", low = 1e-7, high = 1.0, log = true }}
depth = {{ type = "int", low = 1, high = 4 }}
width = {{ type = "int", low = 8, high = 128, log = true }}
activation = {{ type = "categorical", values = ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu"] }}
"""
DEFAULTS = dict(schedule="constant", input_dropout="0", batch_norm="false", scaling="standard")
EPOCHS = [10, 20, 30, 50]
# design -> (share of the fit, method, trials, space by the number of the data set)
DESIGNS = {
    "whole": (0.2, "sobol", 192, lambda number: WHOLE),
    "usual": (0.5, "sobol", 192, lambda number: USUAL + 'epochs = {{ type = "int", low = 8, high = 64, log = true }}\n'),
    "search": (0.15, "bayes", 48, lambda number: USUAL + f"epochs = {EPOCHS[number % 4]}\n"),
    "search2": (0.15, "bayes", 48, lambda number: USUAL + f"epochs = {EPOCHS[(number + 2) % 4]}\n"),
}
FIELDS = [line.split(" = ")[0] for line in WHOLE.splitlines()]

# name -> (hyperparameter, scale, low, high); "hidden" is 1 where there is a hidden layer.
RAMPS = {
    "learning_rate": ("learning_rate", "log", 1e-5, 1.0), "momentum": ("momentum", "rest", 0.0, 0.99),
    "batch_size": ("batch_size", "log", 4, 256), "epochs": ("epochs", "log", 4, 128), "dropout": ("dropout", "linear", 0.0, 0.7),
    "input_dropout": ("input_dropout", "linear", 0.0, 0.3), "lambda": ("lambda", "log", 1e-8, 1.0),
    "depth": ("depth", "linear", 1, 4), "width": ("width", "log", 8, 256),
}
CHOICES = {"optimizer": ["sgd", "rmsprop", "adamw"], "schedule": ["exponential", "cosine"], "scaling": ["minmax"],
           "activation": ["tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu"], "batch_norm": ["true"]}
STEPS = {f"{field}={value}": (field, value) for field, values in CHOICES.items() for value in values}
FACTS = {"regression": None, "rows": ("log", 100, 1500), "inputs": ("log", 3, 300), "classes": ("log", 2, 10)}
# What does not act has height 0: these act only where another variable is 1.
GATES = {"momentum": "optimizer=sgd", **{name: "hidden" for name in ["dropout", "depth", "width", "batch_norm=true"]},
         **{name: "hidden" for name in STEPS if name.startswith("activation")}}


def index():
    return {row["file"].removesuffix(".csv"): row for row in csv.DictReader((DATA / "index.csv").open())}


def tune():
    subprocess.run(["cargo", "build", "-q", "--release", "-p", "cli"], cwd=ROOT, check=True)
    metadata = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True, capture_output=True)
    return Path(json.loads(metadata.stdout)["target_directory"]) / "release/tune"


def measure():
    binary = tune()
    sets = index()
    for design, (_, method, trials, space) in DESIGNS.items():
        folder = STUDIES / design
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, facts) in enumerate(sets.items(), 1):
            file, rows = folder / f"{name}.toml", int(facts["rows"])
            text = SPACE.format(
                seed=number, path=json.dumps(str(DATA / f"{name}.csv.gz")), task=facts["task"], method=method, trials=trials,
                stratified=str(facts["task"] == "classification" and name != "solar_flare2").lower())
            file.write_text(text + space(number).format(most_rows=min(256, rows), most_usual_rows=min(128, rows)))
            subprocess.run([binary, "--quiet", "--results", folder, "run", file], check=True)
            print(f"{design}, {number} of {len(sets)}: {name}", flush=True)


def collect():
    """Gathers all trials in the table."""
    short = lambda text: f"{float(text):.5g}" if re.fullmatch(r"[-0-9.e]+", text) else text
    with gzip.open(TABLE, "wt", newline="") as out:
        table = csv.writer(out)
        table.writerow(["design", "data", "loss", *FIELDS])
        for design, (_, _, _, space) in DESIGNS.items():
            for number, name in enumerate(index(), 1):
                fixed = dict(DEFAULTS, **dict(re.findall(r"(\w+) = (\d+)\n", space(number))))
                rows = sorted(csv.DictReader((STUDIES / design / name / "leaderboard.csv").open()), key=lambda row: int(row["trial"]))
                value = lambda row, field: short(row[f"param_{field}"]) if f"param_{field}" in row else fixed[field]
                table.writerows([design, name, short(row["loss"]), *(value(row, field) for field in FIELDS)] for row in rows)


def ramp(x, scale, low, high):
    straight = dict(linear=lambda x: x, log=lambda x: math.log(x), rest=lambda x: -math.log(1 - x))[scale]
    return min(1.0, max(-1.0, 2 * (straight(x) - straight(low)) / (straight(high) - straight(low)) - 1))


def heights(row, facts):
    """The variables of a trial."""
    acts = {"hidden": float(row["depth"] != "0"), "optimizer=sgd": float(row["optimizer"] == "sgd")}
    found = {name: ramp(float(row[field]), *rest) if row[field] else 0.0 for name, (field, *rest) in RAMPS.items()}
    found |= {name: float(row[field] == value) for name, (field, value) in STEPS.items()} | acts
    found |= {name: found[name] * acts[gate] for name, gate in GATES.items()}
    classes = int(facts["classes"] or 0)
    return found | {"regression": float(facts["task"] == "regression"), "rows": ramp(float(facts["rows"]), *FACTS["rows"]),
                    "inputs": ramp(float(facts["inputs"]), *FACTS["inputs"]), "classes": ramp(classes, *FACTS["classes"]) if classes else 0.0}


def library():
    """The terms that the polynomial is chosen from: cubics of numbers, choices with numbers and with one another, all that with facts."""
    numbers, choices, facts = list(RAMPS), [*STEPS, "hidden"], list(FACTS)
    kind = lambda name: name.split("=")[0]
    pairs = list(itertools.combinations(numbers, 2))
    terms = [(), *(term for degree in (1, 2, 3) for term in itertools.combinations_with_replacement(numbers, degree)), *((n,) * 4 for n in numbers)]
    for choice in choices:
        others = [n for n in numbers if GATES.get(n) != choice]
        terms += [(choice,), *((choice, n) for n in others), *((choice, n, n) for n in others)]
        if kind(choice) in ("optimizer", "batch_norm"):
            terms += [(choice, *pair) for pair in itertools.combinations(others, 2)]
    terms += [(a, b) for a, b in itertools.combinations(choices, 2) if kind(a) != kind(b) and GATES.get(a) != b and GATES.get(b) != a]
    plain = [(), *((n,) for n in numbers), *((n, n) for n in numbers), *pairs, *((c,) for c in choices), *((c, "learning_rate") for c in choices)]
    short = [(), *((n,) for n in numbers)]
    terms += [(fact, *term) for fact in facts for term in plain]
    terms += [(fact, fact, *term) for fact in facts[1:] for term in [*short, ("learning_rate", "learning_rate")]]
    terms += [(*both, *term) for both in itertools.combinations(facts, 2) for term in short]
    return terms


class Table:
    """Heights and terms of all trials, data set by data set."""

    def __init__(self, names):
        import numpy as np
        sets, self.terms = index(), library()
        rows = {}
        for row in csv.DictReader(gzip.open(TABLE, "rt")):
            rows.setdefault(row["data"], []).append(row)
        self.variables, self.design, self.z, self.offset, self.share, self.usual = {}, {}, {}, {}, {}, {}
        for name in names:
            found = [heights(row, sets[name]) for row in rows[name]]
            columns = {variable: np.array([h[variable] for h in found]) for variable in found[0]}
            design = np.ones((len(found), len(self.terms)))
            for column, term in zip(design.T, self.terms):
                for variable in term:
                    column *= columns[variable]
            designs = np.array([row["design"] for row in rows[name]])
            share = sum((designs == d) * s / np.sum(designs == d) for d, (s, *_) in DESIGNS.items())
            usual = designs != "whole"
            y = np.log([float(row["loss"] or "inf") for row in rows[name]])
            quartile, median = np.sort(y[usual])[[usual.sum() // 4, usual.sum() // 2]]
            y = np.minimum(y, median + 2 * (median - quartile))
            mean, spread = y[usual].mean(), y[usual].std()
            self.variables[name], self.design[name], self.offset[name] = columns, design, (mean, spread)
            self.z[name], self.share[name], self.usual[name] = (y - mean) / spread, share, usual

    def favour_the_good(self, names):
        """Makes trials of height h, as a first fit expects it, count e^-h times as much; beyond `FAVOUR` as there."""
        import numpy as np
        keep, weights = fit(*self.moments(names))
        for name in names:
            share = self.share[name] * np.exp(-np.clip(self.design[name][:, keep] @ weights, -FAVOUR, FAVOUR))
            self.share[name] = share / share.sum()

    def moments(self, names):
        """Mean products of terms with one another and with heights, all data sets of the same weight."""
        weighted = {name: self.design[name].T * self.share[name] / len(names) for name in names}
        return (sum(weighted[n] @ self.design[n] for n in names), sum(weighted[n] @ self.z[n] for n in names))


def fit(gram, moment):
    """Ridge regression; terms that add least go, a fifth at a time. Returns positions and coefficients of those that stay."""
    import numpy as np
    keep = np.arange(len(moment))
    size = np.sqrt(np.maximum(np.diag(gram) - gram[0] ** 2, 1e-12))
    size[0] = math.inf
    while True:
        weights = np.linalg.solve(gram[np.ix_(keep, keep)] + RIDGE * np.eye(len(keep)), moment[keep])
        excess = len(keep) - TERMS
        if excess <= 0:
            return keep, weights
        keep = np.sort(keep[np.argsort(np.abs(weights) * size[keep])[min(excess, max(1, len(keep) // 5)):]])


def baseline(name, facts):
    """ln loss of a model that ignores its inputs."""
    values = [row["target"] for row in csv.DictReader(gzip.open(DATA / f"{name}.csv.gz", "rt"))]
    if facts["task"] == "regression":
        mean = sum(map(float, values)) / len(values)
        return math.log(sum((float(v) - mean) ** 2 for v in values) / len(values))
    return math.log(-sum(values.count(v) / len(values) * math.log(values.count(v) / len(values)) for v in set(values)))


def distances(variables, good):
    """Squared differences between trials by axis: of numbers, as shares of their ramps; of choices, 0 or 1. What does not act (and depth 0)
    stands in the middle of its ramp."""
    import numpy as np
    kinds = {}
    for name in STEPS:
        kinds.setdefault(STEPS[name][0], []).append(variables[name][good])
    numbers = [(variables[name][good] / 2)[:, None] for name in RAMPS]
    of_numbers = [(x - x.T) ** 2 for x in numbers]
    of_choices = [np.any([x[:, None] != x[None] for x in columns], axis=0).astype(float) for columns in kinds.values()]
    return np.array(of_numbers + of_choices)


def kernel(left_open, residual):
    """ln of how much longer than sqrt(axes / 7) of a ramp length scales are, one for all axes and data sets, and of the noise's variance
    mean and standard deviation of the ln over data sets (empirical Bayes, by expectation and maximisation over a grid): for a Matern
    kernel beside a level (variance `residual`) and a factor of what is expected (1/4), as the tuner's model has them. The signal's
    variance is fitted on the way."""
    import numpy as np
    lengths, signals, noises = np.arange(-1.0, 1.01, 0.25), np.linspace(-3, 2.5, 12), np.linspace(-10, 1, 12)
    likelihood = np.empty((len(lengths), len(left_open), len(signals), len(noises)))
    for number, (apart, heights, open_) in enumerate(left_open):
        fixed = residual + 0.25 * np.outer(heights, heights)
        for at, longer in enumerate(lengths):
            r = np.sqrt(5 * apart.sum(axis=0)) / math.sqrt(len(apart) / 7) / math.exp(longer)
            smooth = (1 + r + r * r / 3) * np.exp(-r)
            k = fixed + np.exp(signals)[:, None, None, None] * smooth + np.exp(noises)[:, None, None] * np.eye(len(open_))
            root = np.linalg.cholesky(k)
            white = np.linalg.solve(root, np.broadcast_to(open_[:, None], (*k.shape[:-1], 1)))[..., 0]
            likelihood[at, number] = -0.5 * (white ** 2).sum(axis=-1) - np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum(axis=-1)
    fits = [over_data_sets(of_length, signals, noises) for of_length in likelihood]
    at = min(max(int(np.argmax([fit[0] for fit in fits])), 1), len(lengths) - 2)
    below, here, above = (fit[0] for fit in fits[at - 1:at + 2])
    return lengths[at] + 0.125 * (below - above) / (below - 2 * here + above), fits[at][2]


def over_data_sets(likelihood, *grids):
    """ln of the likelihood of all data sets, and for each grid mean and standard deviation of its values over data sets."""
    import numpy as np
    found = [(grid.mean(), 1.5) for grid in grids]
    for _ in range(200):
        joint = likelihood.copy()
        for axis, (grid, (mean, sd)) in enumerate(zip(grids, found)):
            prior = -0.5 * ((grid - mean) / sd) ** 2
            prior -= np.log(np.exp(prior).sum())
            joint += prior.reshape([-1] + [1] * (len(grids) - axis - 1))
        total = np.logaddexp.reduce(joint.reshape(len(joint), -1), axis=1)
        shares = np.exp(joint - total.reshape(-1, *[1] * len(grids))).mean(axis=0)
        for axis, grid in enumerate(grids):
            share = shares.sum(axis=tuple(other for other in range(len(grids)) if other != axis))
            mean = share @ grid
            found[axis] = (mean, max(math.sqrt(share @ (grid - mean) ** 2), 0.1))
    return total.sum(), *found


def learn(without):
    import numpy as np
    sets = index()
    names = [name for name in sets if name not in without]
    table = Table(names)
    table.favour_the_good(names)
    parts = [names[part::5] for part in range(5)]
    moments = [table.moments(part) for part in parts]
    of_all_but = lambda left_out: [
        sum(moment * len(part) for part, moment in zip(parts, of_parts) if part is not left_out)
        / sum(len(part) for part in parts if part is not left_out) for of_parts in zip(*moments)]
    keep, weights = fit(*of_all_but(None))
    # What is left open, that where the best is expected, and where a model that ignores its inputs stands, each from data sets
    # that were left out.
    open_, promising, references = [], [], []
    for part in parts:
        kept, of_rest = fit(*of_all_but(part))
        for name in part:
            usual = np.flatnonzero(table.usual[name])
            expected = table.design[name][:, kept] @ of_rest
            rest_of_z = table.z[name] - expected
            open_.append(np.var(rest_of_z[usual]))
            good = usual[np.argsort(expected[usual], kind="stable")[:GOOD]]
            promising.append((distances(table.variables[name], good), expected[good], rest_of_z[good]))
            mean, spread = table.offset[name]
            references.append((baseline(name, sets[name]) - mean) / spread)
    residual, reference = np.mean(open_), np.median(references)
    length, noise = kernel([(apart, heights - reference, z) for apart, heights, z in promising], residual)
    gate = lambda term: [g for g in dict.fromkeys(GATES[v] for v in term if v in GATES) if g not in term]
    gated = [(*gate(term), *term) for term in (table.terms[j] for j in keep)]
    lines = [f"# Where ln loss is expected to lie over hyperparameters, learned from {len(names)} data sets, {sum(map(len, table.z.values()))} trials of 5 folds,",
             "# by `just experience`. Losses on these data sets are no evidence of its worth. The form is explained in read.rs.", f"# data sets: {' '.join(names)}"]
    spreads = np.log([sd for _, sd in table.offset.values()])
    lines += [f"spread {math.exp(spreads.mean()):.4g} {spreads.std():.3g}", f"residual {residual:.4g}", f"length {length:.3g}",
              f"noise {noise[0] + math.log(5):.3g} {noise[1]:.3g}", f"reference {reference:.4g}"]
    number = lambda x: repr(float(x)).removesuffix(".0")
    lines += [f"ramp {name} {field} {scale} {number(low)} {number(high)}" for name, (field, scale, low, high) in RAMPS.items()]
    lines += [f"step {name} {field} {value}" for name, (field, value) in STEPS.items()] + ["above hidden depth 0", "fact regression"]
    lines += [f"fact {name} {' '.join(map(str, rest))}" for name, rest in FACTS.items() if rest]
    lines += [" ".join(["term", f"{w:.6g}", *term]) for term, w in zip(gated, weights)]
    for name in names[::12]:
        value = float(table.design[name][7][keep] @ weights)
        shown = [f"{variable} {column[7]:.9g}" for variable, column in table.variables[name].items() if column[7]]
        lines.append(" ".join(["known", f"{value:.6g}", *shown]))
    return "\n".join(lines)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["measure"]:
            measure()
            collect()
        case ["fit"]:
            print(learn([]))
        case ["fit", "without", *names]:
            print(learn(names))
        case _:
            raise SystemExit(__doc__)
