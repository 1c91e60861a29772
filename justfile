# The verbs of this project; without `just`, the lines below each verb are ordinary cargo commands.

# list the verbs
default:
    @just --list

# everything a change must pass: format, lints, tests, documentation
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# the whole test suite
test:
    cargo test --workspace

# a first search: ten seconds on real data
demo:
    cargo run --release -- run search-spaces/quick.toml --fresh

# run a space file: just run search-spaces/digits.toml
run FILE *ARGS:
    cargo run --release -- run {{FILE}} {{ARGS}}

# all benchmarks
bench: bench-truth bench-engine bench-fit bench-proposals

# how fast networks train, on five shapes, one core
bench-fit:
    cargo bench -p trainer --bench fit

# a change of the trainer on twelve data sets, some minutes: just screen LARGER NAME field=value > NAME.csv
screen LARGER NAME *SETTINGS:
    cargo bench -p trainer --bench screen -- {{LARGER}} {{NAME}} {{SETTINGS}}

# our trainer beside scikit-learn and PyTorch, one core, in turns (pip install scikit-learn torch)
bench-trainer:
    python3 crates/cli/benches/peers/bench_trainer.py

# searches on six tuning problems beside the peers' recorded runs (pip install numpy onnxruntime)
race METHOD="bayes" *ARGS:
    cargo build --release -p cli
    python3 crates/cli/benches/peers/race.py --tune target/release/tune --method {{METHOD}} {{ARGS}}

# our search on the suite's problems beside the recorded peers: just suite choose NAME (pip install numpy onnxruntime scikit-learn)
suite HALF NAME PARALLEL="1":
    cargo build --release -p tuner --example ask_tell
    python3 crates/cli/benches/suite/suite.py {{HALF}} {{NAME}} {{PARALLEL}}

# learns crates/tuner/src/gp/hyperpriors.json again from the problems of choose (pip install numpy onnxruntime scikit-learn)
hyperpriors *ARGS:
    cargo build --release -p tuner --example ask_tell
    TUNE_ASK_TELL=target/release/examples/ask_tell python3 crates/cli/benches/suite/hyperpriors.py {{ARGS}}

# how near the acquisition's optimiser comes to the best of 50,000 evenly spread points, the best 50 refined by gradient ascent
suite-optimiser:
    cargo test -p tuner --lib beside_fifty_thousand -- --ignored --nocapture

# [race] with trained epochs as the budget, beside the recorded peers: just race-epochs NAME (pip install numpy onnxruntime)
race-epochs NAME="tune-race" PROBLEMS="lcbench/confirm" SEEDS="5":
    cargo build --release -p cli
    python3 crates/cli/benches/peers/race_epochs.py run {{NAME}} {{PROBLEMS}} {{SEEDS}}
    python3 crates/cli/benches/peers/race_epochs.py table {{PROBLEMS}} --ours {{NAME}}

# a whole random search beside scikit-learn's and Optuna's, two cores (pip install scikit-learn torch optuna)
bench-search:
    python3 crates/cli/benches/peers/bench_search.py

# how fast a proposal is, on one core, beside Optuna's where `pip install optuna torch` was done
bench-proposals:
    cargo bench -p tuner --bench proposals
    python3 crates/cli/benches/peers/proposals.py

# what a judgement by [race] costs, and the bars of a proposal beside the proposal
bench-racing:
    cargo bench -p tuner --bench racing

# whether search suffers where the model uses 300 of 1,000 or 1,000 of 10,000 results, some minutes
bench-subset:
    cargo bench -p tuner --bench subset

# what experience is worth to the search, beside Optuna's samplers on the same trainer, on data it was not learned from; an hour (pip install numpy optuna scipy torch)
bench-experience *ARGS:
    python3 crates/cli/benches/peers/bench_experience.py {{ARGS}}

# learn the trainer's experience anew, an hour on two cores, in pieces if interrupted (pip install numpy)
experience:
    python3 crates/cli/benches/experience/learn.py measure
    python3 crates/cli/benches/experience/learn.py fit > target/experience.txt
    mv target/experience.txt crates/trainer/src/experience/experience.txt

# what the shipped experience expects of tables of 3,000 to 12,000 rows, and whether they would add to it (pip install numpy)
experience-larger:
    python3 crates/cli/benches/experience/larger.py judge

# how often the statistics are right: by simulation, on functions of known importance, and on real data
bench-truth:
    cargo bench -p tuner --bench truth
    cargo build --release -p cli
    python3 crates/cli/benches/best_set.py

# what the engine and the store cost a trial
bench-engine:
    cargo bench -p cli --bench engine

# ten million hostile inputs to whatever reads what a person or a program wrote; another seed: TUNE_FUZZ_SEED=1 just fuzz
fuzz:
    TUNE_FUZZ_RUNS=10000000 cargo test --release -p experiment --lib -- fuzz --nocapture

# 200,000 trials of one split and of five: memory and time a trial, first tenth beside last, and the leaderboard beside n log n
soak:
    cargo bench -p cli --bench engine -- 200000

# kill it at random, many times, and compare every byte; flip every byte of a study; fail every write
torture:
    cargo test --release -p storage --test damage --test disk -- --nocapture
    TUNE_TORTURE_KILLS=200 cargo test --release -p cli --test program -- kill --nocapture

# whether two builds leave the same bytes, some minutes: just same-bytes OLD_TUNE NEW_TUNE [METHOD]
same-bytes OLD NEW METHOD="":
    crates/cli/benches/same_bytes.sh {{OLD}} {{NEW}} {{METHOD}}

# what the binary is made of, with its licences: crates/cli/THIRD-PARTY.md
licenses:
    python3 crates/cli/third_party.py

# the pages of reports in a real browser: no console error, accessible, keyboard, brushes, print
browser:
    tests/browser/run

# the pictures of README.md and benches/README.md, light and dark: from a study that runs now, and from the suite's recorded runs (pip install numpy)
pictures:
    cargo run --release -- run search-spaces/quick.toml --results target/pictures --fresh
    target/release/tune importance quick --results target/pictures --chart crates/report/pictures/importance-light.svg --theme light
    target/release/tune importance quick --results target/pictures --chart crates/report/pictures/importance-dark.svg --theme dark
    for theme in light dark; do python3 crates/cli/benches/suite/regret.py confirm --curves | cargo run --release -p charts --example lines -- "Tuning 27 problems that no constant was chosen on" "trials" "mean normalised regret" $theme > crates/report/pictures/regret-$theme.svg; done

# licences, advisories, sources and idle dependencies (cargo install cargo-deny cargo-machete)
audit:
    cargo deny --config .deny.toml check
    cargo machete

# jobs of a Slurm of one host, half a minute, as root (apt-get install slurmctld slurmd slurm-client munge)
slurm:
    TUNE_SLURM=1 cargo test -p cli --test program -- slurm --nocapture

# a binary to hand out: stripped, a fifth of the size
dist:
    cargo build --profile dist -p cli
    ls -l target/dist/tune

# the Python module and the command line as wheels, in target/wheels (pip install maturin)
wheel:
    cd crates/python && maturin build --release --strip --out ../../target/wheels
    cd crates/python/command-line && maturin build --profile dist --out ../../../target/wheels

# the Python module in a virtual environment of its own: wheel, stubs, doctests, tests
test-python *ARGS:
    crates/python/tests/run {{ARGS}}

# TuneSearchCV beside other searches, an hour, in that environment (downloads scikit-optimize and optuna-integration)
compare-searches *ARGS:
    target/python/bin/pip install --quiet scikit-optimize optuna-integration
    target/python/bin/python crates/python/benches/compare.py run crates/python/benches/compare.csv {{ARGS}}
    target/python/bin/python crates/python/benches/compare.py table crates/python/benches/compare.csv

# the notebooks, the one in PyTorch too, in that environment (downloads PyTorch)
notebooks:
    target/python/bin/pip install --quiet torch
    target/python/bin/python -m pytest crates/python/tests/test_notebooks.py

# the searcher inside Ray, a minute, in that environment (downloads Ray)
test-ray:
    target/python/bin/pip install --quiet "ray[tune]"
    TUNE_RAY=1 target/python/bin/python -m pytest crates/python/tests/test_ray.py
