"""Whether the shipped experience, learned from tables of at most 1,500 rows, holds on larger ones, and what larger ones add to it.

usage: larger.py measure FOLDER    2-fold losses of Sobol configurations on the tables of a folder with an index.csv (file, task, rows,
                                   features, classes), ROUND of each at a time; goes on where it was; writes larger.csv.gz and larger.csv
       larger.py search FOLDER     searches of the tables that nothing is learned from, in the space that `tune init` writes, by each
                                   of WAYS: the lowest loss after some trials; goes on where it was
       larger.py judge             what polynomials as the shipped one expect of these trials, each learned without the tables that it
                                   is judged on and their small versions, and what they expect with a correction learned from the other
                                   larger tables, which grows from 0 at 1,500 rows to 1 at 7,500
needs: cargo (measure, search), pip install numpy (judge)

The correction is a ridge regression of what the polynomial leaves open, on main effects and more. Tables of one origin (cpu_act and
cpu_small; puma8nh and puma32h) are left out together. Half of the rows train: a table counts as one of
0.625 times its rows, of which four fifths are as many. JUDGED is for searches alone.
"""
import csv, gzip, itertools, json, math, os, re, subprocess, sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
import learn

STUDIES = learn.STUDIES / "larger"
TABLE, INDEX = learn.HERE / "larger.csv.gz", learn.HERE / "larger.csv"
ROUND, TRIALS = 8, 40
JUDGED = {"winequality_white": ["--target", "quality", "--task", "regression"]}
SEEDS, AFTER = [1, 2, 3], [1, 10, 20, 30]
WAYS = {"with experience": ("bayes", "true"), "without": ("bayes", "false"), "random": ("random", "false")}
KNOWN = ["task", "rows", "features", "inputs", "classes"]
FIELDS = [*learn.FIELDS, "averaging"]
SPACE = """learning_rate = {{ type = "float", low = 1e-4, high = 1.0, log = true }}
optimizer = {{ type = "categorical", values = ["sgd", "rmsprop", "adam", "adamw"] }}
momentum = {{ type = "float", low = 0.0, high = 0.99, when = {{ optimizer = ["sgd"] }} }}
batch_size = {{ type = "int", low = 16, high = 256, log = true }}
epochs = {{ type = "int", low = 8, high = 40, log = true }}
dropout = {{ type = "float", low = 0.0, high = 0.7 }}
lambda = {{ type = "float", low = 1e-7, high = 1.0, log = true }}
depth = {{ type = "int", low = 1, high = 4 }}
width = {{ type = "int", low = 16, high = 256, log = true }}
activation = {{ type = "categorical", values = ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu"] }}
averaging = {{ type = "categorical", values = [0, 0.99] }}
"""
NUMBERS = ["learning_rate", "momentum", "batch_size", "epochs", "dropout", "lambda", "depth", "width"]
RIDGES = [0.01, 0.03, 0.1]
GOOD, PARTS = 5, 5


def measure(folder):
    binary = learn.tune()
    STUDIES.mkdir(parents=True, exist_ok=True)
    sets = {row["file"].removesuffix(".csv.gz"): row for row in csv.DictReader((Path(folder) / "index.csv").open())}
    for trials in range(ROUND, TRIALS + 1, ROUND):
        for number, (name, facts) in enumerate(sets.items(), 101):
            if name in JUDGED:
                continue
            file = STUDIES / f"{name}.toml"
            head = learn.SPACE.replace("folds = 5", "folds = 2").format(
                seed=number, path=json.dumps(str(Path(folder).resolve() / f"{name}.csv.gz")), task=facts["task"], method="sobol",
                trials=trials, stratified=str(facts["task"] == "classification").lower())
            file.write_text(head + SPACE.format())
            subprocess.run([binary, "--quiet", "--results", STUDIES, "run", file], check=True, stdout=subprocess.DEVNULL)
            print(f"{trials} trials: {name}", flush=True)
        collect(binary)


def collect(binary):
    """Gathers the trials, and what is known of the tables."""
    short = lambda text: f"{float(text):.5g}" if re.fullmatch(r"[-0-9.e]+", text) else text
    value = lambda row, field: short(row[f"param_{field}"]) if f"param_{field}" in row else learn.DEFAULTS[field]
    found = {file.parent.name: sorted(csv.DictReader(file.open()), key=lambda row: int(row["trial"]))
             for file in sorted(STUDIES.glob("*/leaderboard.csv"))}
    with gzip.open(TABLE, "wt", newline="") as out, INDEX.open("w", newline="") as index_out:
        table, index = csv.writer(out), csv.writer(index_out, lineterminator="\n")
        table.writerow(["data", "loss", *FIELDS])
        index.writerow(["name", *KNOWN])
        for name, rows in found.items():
            shown = subprocess.run([binary, "--results", STUDIES, "show", name], check=True, capture_output=True, text=True).stdout
            facts = dict(re.findall(r"^  (\w+): (.*)$", shown, re.MULTILINE))
            index.writerow([name, *(facts[fact] if facts[fact] != "0" else "" for fact in KNOWN)])
            table.writerows([name, short(row["loss"]), *(value(row, field) for field in FIELDS)] for row in rows)


def search(folder):
    binary = learn.tune()
    for name, roles in JUDGED.items():
        print(f"{name}, lowest loss after {AFTER} trials")
        found = {label: [] for label in WAYS}
        for seed, (label, (method, knowledge)) in itertools.product(SEEDS, WAYS.items()):
            table = Path(folder).resolve() / f"{name}.csv.gz"
            found[label].append(searched(binary, table, roles, method, knowledge, seed))
            print(f"{label:16} seed {seed}  " + "".join(f"{loss:9.4f}" for loss in found[label][-1]), flush=True)
        for label, losses in found.items():
            print(f"{label:16} mean    " + "".join(f"{sum(after) / len(after):9.4f}" for after in zip(*losses)), flush=True)


def searched(binary, table, roles, method, knowledge, seed):
    """The lowest losses of one search."""
    folder = STUDIES / "judged" / f"{method}-{knowledge}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "space.toml"
    if not file.exists():
        subprocess.run([binary, "--quiet", "init", table, *roles, "--out", file], check=True, stdout=subprocess.DEVNULL)
    keys = {"seed": seed, "method": f'"{method}"', "trials": AFTER[-1], "knowledge": knowledge}
    text = file.read_text()
    for key, value in keys.items():
        # The first seed is that of the proposals, the second that of the folds.
        text = re.sub(rf"^{key} = [^ \n]+", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
    file.write_text(text)
    subprocess.run([binary, "--quiet", "--results", folder, "run", file], check=True, stdout=subprocess.DEVNULL)
    rows = sorted(csv.DictReader((folder / "space/leaderboard.csv").open()), key=lambda row: int(row["trial"]))
    losses = [float(row["loss"] or "inf") for row in rows]
    return [min(losses[:trials]) for trials in AFTER]


class Trials:
    """Of one table: variables, standardised losses, and the share of the correction."""

    def __init__(self, facts, rows):
        import numpy as np
        of_rows = float(facts["rows"]) / 2 / 0.8
        found = [learn.heights(row, facts | {"rows": of_rows}) | {"averaged": float(float(row["averaging"]) > 0)} for row in rows]
        self.variables = {name: np.array([heights[name] for heights in found]) for name in found[0]}
        y = np.log([float(row["loss"] or "inf") for row in rows])
        quartile, median = np.sort(y)[[len(y) // 4, len(y) // 2]]
        y = np.minimum(y, median + 2 * (median - quartile))
        self.z = (y - y.mean()) / y.std()
        self.share = (1 + learn.ramp(of_rows, "log", 1500, 7500)) / 2

    def design(self, terms):
        import numpy as np
        ones = np.ones(len(self.z))
        return np.array([np.prod([ones, *(self.variables[name] for name in term)], axis=0) for term in terms]).T

    def figures(self, expected):
        return figures(self.z, expected)


def figures(z, expected):
    """Of what is expected: z of the trial expected best, mean z of the GOOD expected best, correlation, and the variance left open."""
    import numpy as np
    order = np.argsort(expected, kind="stable")
    return [z[order[0]], z[order[:GOOD]].mean(), np.corrcoef(expected, z)[0, 1], np.var(z - expected)]


def corrections():
    """Sets of terms, each with those before it."""
    choices = [*(step for step, (field, _) in learn.STEPS.items() if field in ("optimizer", "activation")), "averaged"]
    main = [(), *((name,) for name in [*NUMBERS, *choices])]
    second = [(name, name) for name in NUMBERS] + list(itertools.combinations(NUMBERS, 2))
    mixed = [(choice, name) for choice in choices for name in NUMBERS if (choice, name) != ("optimizer=sgd", "momentum")]
    of_facts = [(fact, *term) for fact in ("regression", "inputs") for term in main]
    return {"main effects": main, "and second order": main + second, "and choices": main + second + mixed,
            "and facts": main + second + mixed + of_facts}


def polynomials(parts):
    """For each part, a polynomial as the shipped one that was learned without these names: terms and weights; and its figures on the
    small tables of these names, of their Sobol trials over what is usually searched."""
    import numpy as np
    names = list(learn.index())
    table = learn.Table(names)
    table.favour_the_good(names)
    for part in parts:
        keep, weights = learn.fit(*table.moments([name for name in names if name not in part]))
        small = []
        for name in part:
            usual = np.flatnonzero(table.usual[name])[:learn.DESIGNS["usual"][2]]
            small.append(figures(table.z[name][usual], table.design[name][usual][:, keep] @ weights))
        yield [table.terms[at] for at in keep], weights, small


def judge():
    import numpy as np
    rows = {}
    for row in csv.DictReader(gzip.open(TABLE, "rt")):
        rows.setdefault(row["data"], []).append(row)
    sets = {row["name"]: Trials(row, rows[row["name"]]) for row in csv.DictReader(INDEX.open())}
    kin = lambda name: name[:4] if name[:4] in ("cpu_", "puma") else name
    kinds = list(dict.fromkeys(map(kin, sets)))
    parts = [[name for name in sets if kin(name) in kinds[part::PARTS]] for part in range(PARTS)]

    plain, corrected, small = [], {}, []
    for part, (terms, weights, of_small) in zip(parts, polynomials(parts)):
        expected = {name: trials.design(terms) @ weights for name, trials in sets.items()}
        small += of_small
        plain += [sets[name].figures(expected[name]) for name in part]
        for label, added in corrections().items():
            products = []
            for name in set(sets) - set(part):
                # As for the polynomial, what is expected to be good counts more.
                share = np.exp(-np.clip(expected[name], -learn.FAVOUR, learn.FAVOUR))
                design = sets[name].share * sets[name].design(added)
                weighted = design.T * (share / share.sum())
                products.append((weighted @ design, weighted @ (sets[name].z - expected[name])))
            gram, moment = (sum(parts) / len(products) for parts in zip(*products))
            for ridge in RIDGES:
                of_added = np.linalg.solve(gram + ridge * np.eye(len(added)), moment)
                for name in part:
                    also = sets[name].share * sets[name].design(added) @ of_added
                    corrected.setdefault((label, len(added), ridge), []).append(sets[name].figures(expected[name] + also))

    show = lambda label, found: print(f"{label:32}" + "".join(f"{mean:9.3f} ±{sd:6.3f}" for mean, sd in zip(
        found.mean(axis=0), found.std(axis=0, ddof=1) / math.sqrt(len(found)))))
    print(f"{len(sets)} tables, {min(map(len, rows.values()))} trials or more of each; corrections' figures less the second line's, paired")
    print(f"{'':32}{'expected best':>17}{'five best':>17}{'correlation':>17}{'left open':>17}")
    show("polynomial, small versions", np.array(small))
    show("polynomial", np.array(plain))
    for (label, n_terms, ridge), found in corrected.items():
        show(f"{label} ({n_terms}), ridge {ridge}", np.array(found) - np.array(plain))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["measure", folder]:
            measure(folder)
        case ["search", folder]:
            search(folder)
        case ["judge"]:
            judge()
        case _:
            raise SystemExit(__doc__)
