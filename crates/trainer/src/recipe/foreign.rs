//! Other programs' names for the trainer's hyperparameters.

/// Returns the field's name here, and how its values differ (a phrase to append, or empty).
pub(super) fn translate(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.to_lowercase();
    FOREIGN.iter().find(|entry| entry.0.contains(&name.as_str())).map(|entry| (entry.1, entry.2))
}

type Entry = (&'static [&'static str], &'static str, &'static str);

const FOREIGN: &[Entry] = &[
    (
        &["keep", "keep_prob", "keep_probability", "keep_rate"],
        "dropout",
        " is the probability to drop, one minus the probability to keep",
    ),
    (&["dropout_rate", "drop", "drop_rate", "p_dropout", "drop_prob"], "dropout", ""),
    (&["dropout_input", "in_dropout", "input_drop"], "input_dropout", ""),
    (
        &["lr", "eta", "eta0", "learning_rate_init", "step_size", "learningrate"],
        "learning_rate",
        "",
    ),
    (
        &["weight_decay", "l2", "alpha", "l2_reg", "reg_lambda", "wd", "regularization"],
        "lambda",
        " is the factor of ½Σw² added to the mean loss",
    ),
    (
        &["l1", "reg_alpha", "l1_reg", "lambda1"],
        "lambda_l1",
        " is the factor of Σ|w| added to the mean loss",
    ),
    (
        &["hidden_layer_sizes", "hidden_sizes", "hidden", "hidden_layers", "architecture"],
        "layers",
        " is a text such as \"64-32\"",
    ),
    (
        &["n_layers", "num_layers", "hidden_layer_count", "num_hidden_layers"],
        "depth",
        " counts the hidden layers",
    ),
    (&["n_units", "units", "hidden_size", "hidden_units", "hidden_dim", "neurons"], "width", ""),
    (&["batch", "minibatch", "mini_batch_size", "bs"], "batch_size", ""),
    (&["max_iter", "n_epochs", "num_epochs", "iterations", "max_epochs"], "epochs", ""),
    (
        &["early_stopping", "n_iter_no_change", "early_stopping_rounds"],
        "patience",
        " counts epochs; 0 turns early stopping off",
    ),
    (&["solver", "opt", "optim"], "optimizer", ""),
    (&["lr_schedule", "scheduler", "lr_scheduler", "decay_schedule"], "schedule", ""),
    (&["gamma", "decay_rate", "lr_decay"], "decay", ""),
    (&["decay_steps", "step_epochs"], "decay_epochs", " counts epochs"),
    (&["warmup", "warmup_steps"], "warmup_epochs", " counts epochs"),
    (&["beta_1"], "beta1", ""),
    (&["beta_2"], "beta2", ""),
    (&["eps"], "epsilon", ""),
    (&["nesterovs_momentum", "use_nesterov"], "nesterov", ""),
    (&["initializer", "initialization", "kernel_initializer", "weight_init"], "init", ""),
    (&["act", "activations", "activation_function", "hidden_activation"], "activation", ""),
    (
        &["max_norm", "grad_clip", "clip", "max_grad_norm", "clipnorm", "gradient_clip"],
        "clip_norm",
        "",
    ),
    (&["smoothing"], "label_smoothing", ""),
    (&["class_weights", "weights"], "class_weight", ""),
    (&["batchnorm", "use_batch_norm", "bn", "batch_normalization"], "batch_norm", ""),
    (
        &["ema", "ema_decay", "ema_momentum", "use_ema", "swa", "weight_averaging"],
        "averaging",
        " is the decay rate of the average, such as 0.99; 0: off",
    ),
    (&["n_bins", "num_bins", "d_embedding_bins", "ple_bins"], "bins", " counts intervals; 0: off"),
    (&["scaler", "normalize", "normalization", "standardize"], "scaling", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_translation_is_a_field_and_no_foreign_name_is() {
        for (names, field, _) in FOREIGN {
            assert!(crate::recipe::field(field).is_some(), "{field}");
            for name in *names {
                assert!(crate::recipe::field(name).is_none(), "{name}");
                assert_eq!(translate(name).unwrap().0, *field, "{name} stands twice");
            }
        }
    }
}
