//! Other programs' names for keys and types of a space file: Optuna, W&B Sweeps, Hyperopt, Ray
//! Tune, scikit-learn, Ax, Keras Tuner, Vizier, SMAC.

use super::keys::{
    CONSTRAINT, CV, DATA, FILE, LIST, OBJECTIVE, RACE, RANGE, RUN, SEARCH, STOP, STUDY, Section,
    TRIAL,
};

/// Returns a section's name for a foreign key, with a note for the hint; empty if the list of keys
/// is enough.
pub(super) fn key(section: &Section, name: &str) -> Option<(&'static str, &'static str)> {
    let found = FOREIGN
        .iter()
        .find(|(header, names, ..)| *header == section.header && names.contains(&name))?;
    Some((found.2, found.3))
}

/// (section, foreign names, name here, note).
const FOREIGN: &[(&str, &[&str], &str, &str)] = &[
    (
        FILE.header,
        &[
            "parameters",
            "search_space",
            "params",
            "hyperparameters",
            "config",
            "param_grid",
            "hparams",
        ],
        "space",
        "parameters belong under [space]",
    ),
    (
        FILE.header,
        &["sampler", "tuner", "algorithm", "optimizer", "searcher", "method", "trials", "n_trials"],
        "search",
        "the method and the number of trials belong under [search]",
    ),
    (FILE.header, &["dataset", "train", "training"], "data", "the table belongs under [data]"),
    (
        FILE.header,
        &["cross_validation", "validation", "folds", "splits"],
        "cv",
        "folds belong under [cv]",
    ),
    (
        FILE.header,
        &["program", "command", "evaluation", "function"],
        "objective",
        "a program of your own belongs under [objective] as command = [\"program\", \"argument\"]",
    ),
    (
        FILE.header,
        &[
            "pruner",
            "pruning",
            "scheduler",
            "early_terminate",
            "early_stopping",
            "racing",
            "hyperband",
            "halving",
            "asha",
            "intensifier",
        ],
        "race",
        "[race] stops trials that cannot win (pruning); rules that end a study belong under [stop]",
    ),
    (
        FILE.header,
        &["termination", "stopping"],
        "stop",
        "the rules that end a study belong under [stop]; [race] stops single trials",
    ),
    (
        RACE.header,
        &["alpha", "p_threshold", "p_value", "confidence", "significance"],
        "risk",
        "the probability of stopping a trial that would have become the best",
    ),
    (
        RACE.header,
        &["burn_in", "n_startup_trials", "min_curves", "n_min_trials", "first_test"],
        "after",
        "the number of complete trials before any is stopped",
    ),
    (
        RACE.header,
        &[
            "grace_period",
            "min_resource",
            "max_resource",
            "n_warmup_steps",
            "min_iter",
            "max_iter",
            "rungs",
            "interval_steps",
            "warmup",
            "epochs",
        ],
        "at",
        "shares of a trial's own epochs, such as [0.125, 0.25, 0.5]",
    ),
    (
        RACE.header,
        &["eta", "reduction_factor", "brackets", "patience", "s", "percentile", "type", "method"],
        "risk",
        "[race] has one rule; `risk` is the probability of stopping a trial that would have become the best",
    ),
    (
        FILE.header,
        &["constraint", "parameter_constraints", "outcome_constraints"],
        "constraints",
        "each belongs under its own [[constraints]] as expr = \"depth * width <= 512\"",
    ),
    (
        FILE.header,
        &[
            "enqueue_trial",
            "enqueue_trials",
            "points_to_evaluate",
            "initial_points",
            "initial_params",
        ],
        "enqueue",
        "each belongs under its own [[enqueue]]",
    ),
    (
        FILE.header,
        &["experiment", "project", "metadata", "metric", "seed"],
        "study",
        "name, seed, metric and direction belong under [study]",
    ),
    (
        FILE.header,
        &["limits", "limit", "budget"],
        "trial",
        "limits of one trial belong under [trial], rules that end the study under [stop]",
    ),
    (
        STUDY.header,
        &["study_name", "experiment", "experiment_name", "project", "id", "title"],
        "name",
        "",
    ),
    (STUDY.header, &["random_state", "random_seed", "rng", "rstate"], "seed", ""),
    (
        STUDY.header,
        &["scoring", "loss", "objective", "score", "objective_name", "eval_metric", "criterion"],
        "metric",
        "",
    ),
    (
        STUDY.header,
        &["goal", "mode", "directions", "maximize", "minimize", "maximise"],
        "direction",
        "direction = \"minimize\" or \"maximize\"",
    ),
    (DATA.header, &["file", "filename", "csv", "dataset", "train", "source", "url"], "path", ""),
    (
        DATA.header,
        &["label", "y", "label_column", "target_column", "response", "output", "class", "labels"],
        "target",
        "",
    ),
    (
        DATA.header,
        &["type", "problem", "problem_type", "kind", "mode"],
        "task",
        "task = \"classification\" or \"regression\"",
    ),
    (DATA.header, &["ignore", "exclude", "drop_columns", "skip"], "drop", ""),
    (
        DATA.header,
        &["dtypes", "types", "columns", "schema", "dtype", "categorical"],
        "kinds",
        "kinds = { column = \"number\" }, \"category\", \"date\" or \"text\"",
    ),
    (
        DATA.header,
        &[
            "na_values",
            "nulls",
            "null_values",
            "na",
            "nan",
            "na_strings",
            "missing_values",
            "nullstr",
        ],
        "missing",
        "missing = [\"na\", \".\"]",
    ),
    (DATA.header, &["sep", "delimiter", "delim", "fs", "field_separator"], "separator", ""),
    (
        DATA.header,
        &["dec", "decimal_separator", "decimal_mark", "decimal_comma"],
        "decimal",
        "decimal = \",\"",
    ),
    (
        DATA.header,
        &["thousands_separator", "grouping_mark", "big_mark"],
        "thousands",
        "thousands = \".\"",
    ),
    (
        DATA.header,
        &["has_header", "names", "no_header", "header_row", "skip_header"],
        "header",
        "header = false where the first line is a row",
    ),
    (
        DATA.header,
        &["dayfirst", "day_first", "date_format", "parse_dates", "date_order"],
        "dates",
        "dates = \"day first\" or \"month first\"; kinds = { column = \"date\" }",
    ),
    (
        DATA.header,
        &["drop_missing", "dropna", "drop_na", "dropna_target"],
        "missing_target",
        "missing_target = \"drop\" leaves out rows without a target",
    ),
    (
        DATA.header,
        &["test_size", "holdout", "test_split", "test", "holdout_fraction"],
        "test_fraction",
        "a share of the rows, above 0 and below 1",
    ),
    (CV.header, &["n_splits", "k", "n_folds", "cv", "nfold", "num_folds", "kfold"], "folds", ""),
    (
        CV.header,
        &["n_repeats", "num_repeats", "repetitions", "executions_per_trial", "num_samples"],
        "repeats",
        "",
    ),
    (CV.header, &["stratify"], "stratified", ""),
    (
        CV.header,
        &["groups", "group_column", "group_by"],
        "group",
        "the name of the column whose equal values stay in one fold",
    ),
    (
        CV.header,
        &["time", "time_column", "order_by", "timeseries"],
        "order",
        "the name of the column that orders the rows in time",
    ),
    (CV.header, &["random_state", "random_seed"], "seed", ""),
    (
        SEARCH.header,
        &[
            "algorithm",
            "sampler",
            "algo",
            "strategy",
            "searcher",
            "search_alg",
            "tuner",
            "type",
            "name",
        ],
        "method",
        "method = \"grid\", \"random\", \"sobol\", \"bayes\" or \"tpe\"",
    ),
    (
        SEARCH.header,
        &[
            "n_trials",
            "max_trials",
            "num_trials",
            "num_samples",
            "max_evals",
            "n_iter",
            "n_calls",
            "count",
            "budget",
            "total_trials",
            "max_trial_count",
            "run_cap",
            "iterations",
            "n_evals",
        ],
        "trials",
        "the total, also when a study continues",
    ),
    (
        SEARCH.header,
        &[
            "n_jobs",
            "max_concurrent",
            "max_concurrent_trials",
            "parallel_trial_count",
            "batch_size",
            "parallelism",
            "concurrency",
            "n_parallel",
        ],
        "parallel",
        "the number of trials under way at once; the number of threads is `workers` in [run]",
    ),
    (
        SEARCH.header,
        &[
            "n_startup_trials",
            "n_initial_points",
            "num_initial_points",
            "n_startup_jobs",
            "initial_trials",
            "init_points",
            "warmup",
            "n_random_starts",
        ],
        "startup",
        "",
    ),
    (
        TRIAL.header,
        &["timeout", "time_limit", "max_time", "time_budget_s", "trial_timeout", "walltime_limit"],
        "max_seconds",
        "in seconds, for each fold",
    ),
    (TRIAL.header, &["memory", "memory_limit", "max_memory", "memory_mb"], "max_memory_mb", ""),
    (
        TRIAL.header,
        &["output", "output_limit", "max_output", "output_mb", "max_log_mb"],
        "max_output_mb",
        "",
    ),
    (TRIAL.header, &["flops", "max_flops", "macs", "cost"], "max_multiply_adds", ""),
    (
        STOP.header,
        &["timeout", "time_limit", "max_time", "time_budget_s", "time_budget", "walltime_limit"],
        "max_seconds",
        "in seconds, over all runs of the study",
    ),
    (
        STOP.header,
        &["threshold", "goal", "target_value", "loss_threshold", "max_loss"],
        "target",
        "",
    ),
    (
        STOP.header,
        &[
            "no_improvement",
            "early_stop",
            "early_stopping_rounds",
            "no_progress",
            "n_iter_no_change",
        ],
        "patience",
        "counts trials without improvement",
    ),
    (
        OBJECTIVE.header,
        &["program", "cmd", "script", "exec", "run", "args"],
        "command",
        "command = [\"python3\", \"train.py\"]",
    ),
    (
        RUN.header,
        &["n_jobs", "threads", "num_workers", "jobs", "cpus", "n_workers", "num_threads"],
        "workers",
        "",
    ),
    (RUN.header, &["verbose", "show_progress_bar", "progress_bar", "quiet"], "progress", ""),
    (CONSTRAINT.header, &["expression", "condition", "formula", "rule", "constraint"], "expr", ""),
    (CONSTRAINT.header, &["message", "why", "comment", "description"], "reason", ""),
    (
        RANGE.header,
        &["min", "lower", "lower_bound", "start", "minimum", "min_value", "from", "a", "lb"],
        "low",
        "both bounds are inclusive",
    ),
    (
        RANGE.header,
        &["max", "upper", "upper_bound", "stop", "end", "maximum", "max_value", "to", "b", "ub"],
        "high",
        "both bounds are inclusive",
    ),
    (
        RANGE.header,
        &["bounds", "range", "interval"],
        "low",
        "a range is written low = 0.0, high = 1.0, both inclusive",
    ),
    (
        RANGE.header,
        &[
            "log_scale",
            "logscale",
            "is_log",
            "scale",
            "sampling",
            "log_uniform",
            "loguniform",
            "scale_type",
        ],
        "log",
        "log = true spreads values evenly by their ratio",
    ),
    (RANGE.header, &["q", "quantize", "quantum", "resolution", "increment"], "step", ""),
    (
        RANGE.header,
        &["n", "num", "levels", "grid_points", "n_points", "grid", "num_points"],
        "points",
        "the number of values that a grid takes from end to end",
    ),
    (
        RANGE.header,
        &["distribution", "prior_dist", "sampler"],
        "dist",
        "dist = \"normal\" or \"lognormal\" with mean and sd, or \"beta\" with alpha and beta",
    ),
    (RANGE.header, &["mu", "loc"], "mean", "of the value, or for lognormal of its logarithm"),
    (
        RANGE.header,
        &["sigma", "std", "stddev", "scale_sd"],
        "sd",
        "of the value, or for lognormal of its logarithm",
    ),
    (RANGE.header, &["default_value", "initial", "init", "initial_value"], "default", ""),
    (
        RANGE.header,
        &[
            "condition",
            "conditions",
            "if",
            "depends_on",
            "parent",
            "active_if",
            "parent_name",
            "parent_values",
        ],
        "when",
        "when = { optimizer = [\"sgd\"] }",
    ),
    (
        RANGE.header,
        &["value", "fixed", "const", "constant"],
        "default",
        "a fixed value stands alone: depth = 2",
    ),
    (
        RANGE.header,
        &["values", "choices"],
        "low",
        "a range has low and high; a list of values has type = \"ordinal\" or \"categorical\"",
    ),
    (
        LIST.header,
        &[
            "choices",
            "options",
            "categories",
            "items",
            "elements",
            "sequence",
            "list",
            "range",
            "grid",
        ],
        "values",
        "",
    ),
    (LIST.header, &["default_value", "initial", "init"], "default", ""),
    (
        LIST.header,
        &[
            "condition",
            "conditions",
            "if",
            "depends_on",
            "parent",
            "active_if",
            "parent_name",
            "parent_values",
        ],
        "when",
        "when = { optimizer = [\"sgd\"] }",
    ),
    (
        LIST.header,
        &["value", "fixed", "const", "constant"],
        "values",
        "a fixed value stands alone: activation = \"relu\"",
    ),
    (
        LIST.header,
        &["low", "high", "min", "max", "lower", "upper"],
        "values",
        "a range of numbers has type = \"float\" or \"int\", with low and high",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_translation_leads_to_a_key_and_no_key_is_foreign() {
        let all = [
            &FILE,
            &STUDY,
            &DATA,
            &CV,
            &SEARCH,
            &CONSTRAINT,
            &TRIAL,
            &STOP,
            &OBJECTIVE,
            &RUN,
            &RACE,
            &RANGE,
            &LIST,
        ];
        for (header, names, key, _) in FOREIGN {
            let section = all.iter().find(|section| section.header == *header).expect(header);
            assert!(section.has(key), "{header} {key}");
            for name in *names {
                assert!(!section.has(name), "{header} {name}");
                assert_eq!(
                    super::key(section, name).unwrap().0,
                    *key,
                    "{header} {name} stands twice"
                );
            }
        }
    }
}
