//! The keys of a space file that correspond to the terms of other tools.

use super::foreign;
use super::keys::{Section, sections};

/// Terms without a key of the same meaning, and what to use instead.
const ASKED: [(&[&str], &str); 15] = [
    (
        &["class_weight", "imbalanced", "imbalance", "scale_pos_weight", "oversample", "smote"],
        "class_weight = \"balanced\" in [space] gives all classes the same weight in the training \
         loss; [study] metric = \"balanced_accuracy\", \"average_precision\" or \"mcc\" ranks by a \
         metric in which a rare class counts; folds are stratified",
    ),
    (
        &["sample_weight", "weights", "sample_weights"],
        "the built-in trainer does not weight rows; a program of your own may use them ([objective] \
         command)",
    ),
    (
        &[
            "validation_set",
            "validation_data",
            "eval_set",
            "valid",
            "val",
            "holdout",
            "predefinedsplit",
            "split",
        ],
        "[cv] file = \"folds.csv\" states the test rows of each fold (`tune folds` writes such a list: \
         one fold is a fixed validation set); [data] test_fraction holds out rows from the whole search",
    ),
    (
        &[
            "gpu",
            "gpus",
            "n_gpus",
            "cuda",
            "cuda_visible_devices",
            "device",
            "devices",
            "resources",
        ],
        "[run] slots = [{ CUDA_VISIBLE_DEVICES = \"0\" }, { CUDA_VISIBLE_DEVICES = \"1\" }] gives \
         each program one of them (`tune help program`); the built-in trainer uses the processor",
    ),
    (
        &["resume", "load_if_exists", "restore", "checkpoint", "checkpoints", "continue"],
        "`tune run FILE` continues the study in results, and the result is the same to the byte; \
         TUNE_DIR is a folder for a program's own files",
    ),
    (
        &["argparse", "args", "cli", "click", "fire", "script"],
        "[objective] command = [\"python3\", \"train.py\", \"--lr\", \"{lr}\"]: {lr} is the \
         parameter's value (`tune help program`)",
    ),
    (
        &["hydra", "omegaconf"],
        "[objective] command = [\"python3\", \"train.py\", \"lr={lr}\", \"model.depth={depth}\"], \
         as Hydra overrides are written, and a line of JSON with the loss at the end (`tune help \
         program`)",
    ),
    (
        &["multi_objective", "objectives", "directions", "scoring", "metrics", "pareto"],
        "one metric is searched: [study] metric. Further ones are recorded, and `leaderboard --by \
         METRIC` and `best --by METRIC` rank by them",
    ),
    (
        &["custom_metric", "make_scorer", "scorer", "loss_function"],
        "a program of your own prints whatever it minimises as {\"loss\": …}; [study] direction = \
         \"maximize\" where more is better",
    ),
    (
        &["n_cores", "cores", "cpus", "processes", "threads_per_trial", "n_threads"],
        "[run] workers is the number of trials that run at a time, [objective] threads the number of \
         threads that the libraries of a program may use; neither changes a result",
    ),
    (
        &["conditional", "conditions", "nested", "child", "depends_on"],
        "when = { optimizer = [\"sgd\"] } in a parameter: it is active where the others have \
         these values (`tune keys when`)",
    ),
    (
        &["early_stopping", "early_stop", "n_iter_no_change", "patience"],
        "within one training of the built-in trainer, the hyperparameter `patience` in [space] \
         (`tune fields patience`)",
    ),
    (
        &[
            "acquisition",
            "acquisition_function",
            "acq_func",
            "acqf",
            "expected_improvement",
            "ei",
            "ucb",
            "lcb",
            "kappa",
            "xi",
            "exploration",
        ],
        "not a key. bayes maximises a confidence bound or, in half of its proposals with a learned \
         prior mean, expected improvement; `tune explain STUDY N` names the one that proposed a trial",
    ),
    (
        &[
            "surrogate",
            "surrogate_model",
            "base_estimator",
            "gp",
            "gaussian_process",
            "kernel",
            "length_scale",
            "multivariate",
        ],
        "[search] method chooses it: bayes fits a Gaussian process (Matérn 5/2, one length scale a \
         parameter), tpe densities; the others have none. `tune explain STUDY N` shows its prediction",
    ),
    (
        &["best_params", "best_params_", "best_trial", "best_estimator_", "best_model"],
        "`tune best STUDY` prints the winner's hyperparameters, `tune fit STUDY --out DIR` trains \
         it on all rows",
    ),
];

/// Returns the key for what other tools call `word`; `None` if the word is not known.
pub fn elsewhere(word: &str) -> Option<String> {
    let plain = word.to_lowercase().replace(['-', ' '], "_");
    let named = |section: &Section| {
        let (key, note) = foreign::key(section, &plain)?;
        let place = if section.header == "the file" {
            "a section".to_owned()
        } else {
            format!("in {}", section.header)
        };
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        Some(format!("{word} is `{key}`, {place}{note}"))
    };

    // A word may name keys of several sections.
    let mut lines: Vec<String> = sections().filter_map(named).collect();
    let asked = ASKED.iter().find(|(words, _)| words.contains(&plain.as_str()));
    lines.extend(asked.map(|(_, answer)| format!("{word}: {answer}")));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_tools_lead_to_the_keys_here() {
        for (word, answer) in [
            ("n_trials", "`trials`, in [search]"),
            ("timeout", "`max_seconds`, in [stop]"),
            ("n_jobs", "`parallel`, in [search]"),
            ("pruner", "`race`, a section"),
            ("early stopping", "`race`, a section"),
            ("early-stopping", "`patience` in [space]"),
            ("acquisition", "expected improvement"),
            ("surrogate", "Gaussian process"),
            ("Hydra", "lr={lr}"),
            ("class_weight", "balanced_accuracy"),
        ] {
            assert!(
                elsewhere(word).is_some_and(|said| said.contains(answer)),
                "{word}: {:?}",
                elsewhere(word)
            );
        }
        assert_eq!(elsewhere("zzz"), None);
    }
}
