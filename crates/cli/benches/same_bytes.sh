#!/usr/bin/env bash
# Whether two builds of tune leave the same bytes: every file of search-spaces/ as it is, and quick.toml by each method.
#
#   crates/cli/benches/same_bytes.sh OLD_TUNE NEW_TUNE
#
# Compares leaderboard.csv and folds.csv. Says which studies it skips; exits with 1 if any file differs. Some minutes.
set -euo pipefail
[ $# = 2 ] || { echo "usage: same_bytes.sh OLD_TUNE NEW_TUNE" >&2; exit 2; }
old=$(realpath "$1")
new=$(realpath "$2")
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
    for name in leaderboard.csv folds.csv; do
        if ! cmp -s "$scratch/$label"/old/*/"$name" "$scratch/$label"/new/*/"$name"; then
            verdict="DIFFERS in $name"
            differing=1
        fi
    done
    echo "$label: $verdict"
}

for file in "$spaces"/*.toml; do
    label=$(basename "$file" .toml)
    if [ "$label" = boosting ] && ! python3 -c 'import numpy, sklearn' 2>/dev/null; then
        echo "$label: skipped, it needs the Python packages numpy and scikit-learn"
        continue
    fi
    compare "$label" "$file"
done

for method in grid random sobol bayes tpe; do
    variant=$scratch/quick-$method.toml
    sed -e "s|^method = .*|method = \"$method\"|" -e "s|^path = \"data/|path = \"$spaces/data/|" \
        "$spaces/quick.toml" >"$variant"
    compare "quick by $method" "$variant"
done
exit $differing
