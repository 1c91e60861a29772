#!/usr/bin/env bash
# Whether two builds of tune leave the same bytes: every file of search-spaces/ as it is, and quick.toml by each method.
#
#   crates/cli/benches/same_bytes.sh OLD_TUNE NEW_TUNE [METHOD]
#
# Compares leaderboard.csv and folds.csv. Says which studies it skips; exits with 1 if any file differs. Some minutes.
# With METHOD, every file of search-spaces/ by that method alone, and of leaderboard.csv only the columns that both
# builds write, in_best_set aside: by `random`, builds that propose otherwise can still be compared in how they train.
set -euo pipefail
[ $# = 2 ] || [ $# = 3 ] || { echo "usage: same_bytes.sh OLD_TUNE NEW_TUNE [METHOD]" >&2; exit 2; }
old=$(realpath "$1")
new=$(realpath "$2")
only=${3:-}
spaces=$(realpath "$(dirname "$0")/../../../search-spaces")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
differing=0

# Runs one space file by both programs and compares what they leave.
compare() {
    local label=$1 file=$2 side program name verdict=same
    for side in old new; do
        program=${!side}
        # A study may end with "no trial succeeded": that is a result, and compared.
        "$program" --quiet --results "$scratch/$label/$side" run "$file" >/dev/null \
            || [ $? = 5 ] || { echo "$label: $side fails" >&2; exit 2; }
    done
    [ -z "$only" ] || keep_common "$scratch/$label"/{old,new}/*/leaderboard.csv
    for name in leaderboard.csv folds.csv; do
        if ! cmp -s "$scratch/$label"/old/*/"$name" "$scratch/$label"/new/*/"$name"; then
            verdict="DIFFERS in $name"
            differing=1
        fi
    done
    echo "$label: $verdict"
}

# Leaves of two tables the columns that both have, in_best_set aside.
keep_common() {
    python3 - "$@" <<'PYTHON'
import csv, sys

tables = [list(csv.DictReader(open(path, newline=""))) for path in sys.argv[1:]]
if all(tables):
    common = sorted((tables[0][0].keys() & tables[1][0].keys()) - {"in_best_set"})
    for path, table in zip(sys.argv[1:], tables):
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([common] + [[row[name] for name in common] for row in table])
PYTHON
}

# Writes a file with another method, beside nothing that it names: its paths become absolute.
variant() {
    local file=$1 method=$2 out
    out=$scratch/$(basename "$file" .toml)-$method.toml
    sed -e "s|^method = \"[a-z]*\"|method = \"$method\"|" -e "s|\"data/|\"$spaces/data/|g" \
        -e "s|\"programs/|\"$spaces/programs/|g" "$file" >"$out"
    echo "$out"
}

for file in "$spaces"/*.toml; do
    label=$(basename "$file" .toml)
    if [ "$label" = boosting ] && ! python3 -c 'import numpy, sklearn' 2>/dev/null; then
        echo "$label: skipped, it needs the Python packages numpy and scikit-learn"
        continue
    fi
    if [ -n "$only" ]; then
        file=$(variant "$file" "$only")
        if ! "$old" --quiet check "$file" >/dev/null 2>&1; then
            echo "$label: skipped, the old build does not read it"
            continue
        fi
    fi
    compare "$label" "$file"
done

[ -z "$only" ] || exit $differing
for method in grid random sobol bayes tpe; do
    compare "quick by $method" "$(variant "$spaces/quick.toml" "$method")"
done
exit $differing
