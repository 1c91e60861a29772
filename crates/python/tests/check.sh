#!/usr/bin/env bash
# Builds the wheel without optimisation, installs it in a virtual environment and tests it there.
# What cannot be installed is skipped with a word. usage: check.sh [FOLDER OF THE ENVIRONMENT]
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-target/venv}
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    echo "skipped: the wheel needs Python 3.10 or newer"
    exit 0
}
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet "maturin>=1.9,<2" pytest mypy || {
    echo "skipped: maturin, pytest and mypy could not be installed"
    exit 0
}
"$venv/bin/pip" install --quiet scikit-learn optuna pandas ||
    echo "scikit-learn, optuna or pandas could not be installed: their tests are skipped"
rm -rf target/wheels
"$venv/bin/maturin" build --quiet --profile dev --locked --out target/wheels
"$venv/bin/pip" install --quiet --no-deps --force-reinstall target/wheels/*.whl
"$venv/bin/python" -m mypy.stubtest tune_engine._native --ignore-missing-stub
"$venv/bin/python" -m pytest --quiet tests
"$venv/bin/python" -m pytest --quiet --doctest-modules --pyargs \
    tune_engine.space tune_engine.study tune_engine.sklearn tune_engine.optuna
