//! Every key of a space file, by section: one spelling each, and its meaning.

/// A section of the file and its keys.
pub(super) struct Section {
    /// The section's name as users write it.
    pub(super) header: &'static str,
    /// The section's keys with their meanings, in the order of the documentation.
    keys: &'static [(&'static str, &'static str)],
}

impl Section {
    /// The names of the keys.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|(name, _)| *name)
    }

    /// Tells whether a key is one of the section's.
    pub(super) fn has(&self, key: &str) -> bool {
        self.names().any(|name| name == key)
    }

    /// Lists the keys, a line each.
    fn sheet(&self) -> String {
        let width = self.names().map(str::len).max().unwrap_or(0);
        let lines = self.keys.iter().map(|(name, meaning)| {
            let meaning = meaning.replace('\n', &format!("\n{:1$}", "", width + 4));
            format!("\n  {name:width$}  {meaning}")
        });
        lines.fold(self.header.to_owned(), |sheet, line| sheet + &line)
    }
}

/// Explains all keys, or those of the named sections, or those with the given names.
///
/// # Errors
/// The first name that is neither.
pub fn manual(asked: &[String]) -> Result<String, String> {
    let mut chosen = vec![asked.is_empty(); ALL.len()];
    for word in asked {
        let name = word.trim_matches(['[', ']']);
        let is_named = |section: &Section| section.header.trim_matches(['[', ']']) == name;
        let is_type = |section: &Section| {
            !section.header.starts_with('[') && section.header.split(' ').any(|w| w == name)
        };
        let mut found = ALL.map(|section| is_named(section) || is_type(section));
        // All kinds of parameters, whose sheets are headed by their types.
        if name == "space" {
            found = ALL.map(|section| section.header.ends_with("parameter"));
        } else if !found.contains(&true) {
            found = ALL.map(|section| section.has(name));
        }
        if !found.contains(&true) {
            return Err(word.clone());
        }
        chosen.iter_mut().zip(found).for_each(|(chosen, found)| *chosen |= found);
    }
    let sheets = ALL
        .iter()
        .zip(chosen)
        .filter(|(_, is_chosen)| *is_chosen)
        .map(|(section, _)| section.sheet());
    Ok(sheets.collect::<Vec<_>>().join("\n\n"))
}

/// All sections, in the order of a file.
pub(super) fn sections() -> impl Iterator<Item = &'static Section> {
    ALL.into_iter()
}

/// All sections, in the order of a file.
const ALL: [&Section; 13] = [
    &FILE,
    &STUDY,
    &DATA,
    &CV,
    &SEARCH,
    &RANGE,
    &LIST,
    &CONSTRAINT,
    &RACE,
    &TRIAL,
    &STOP,
    &OBJECTIVE,
    &RUN,
];

pub(super) const STUDY: Section = Section {
    header: "[study]",
    keys: &[
        ("name", "the name of the study and of its folder in results; default the file's name"),
        ("seed", "seed of the proposals; default 0"),
        (
            "metric",
            "the metric that the leaderboard ranks by: cross_entropy | error_rate | roc_auc | average_precision | f1 | balanced_accuracy |\n\
             mcc; mse | mae | huber | rmse | mape | r2; default by the task. What is maximised has a column of its own, and its\n\
             loss is 1 minus it. Of two classes, the second is the positive one (1 of 0 and 1, yes of no and yes); of more, the mean\n\
             of each against the rest is taken. Training minimises cross_entropy, mse, mae or huber, whichever is nearest",
        ),
        ("direction", "minimize | maximize; default minimize"),
    ],
};

pub(super) const DATA: Section = Section {
    header: "[data]",
    keys: &[
        (
            "path",
            "the table, from the file's folder: .csv, .tsv or .txt, .gz or not; a header and a row each line, columns\n\
             separated by commas, semicolons, tabs or |",
        ),
        ("target", "the column to predict"),
        ("task", "classification | regression; default by the target's values"),
        (
            "drop",
            "columns to leave out of the features: [\"id\"], or [1] by position; [\"\"] is a column without a name",
        ),
        (
            "kinds",
            "overrides the inferred kind of columns: { zip = \"category\" }. number | category | date | text\n\
             (left out). With category, NA, None and similar texts are labels",
        ),
        (
            "missing",
            "texts that count as missing, besides the built-in ones: [\"na\", \".\", \"-999\"]; with \"\" among them,\n\
             only these",
        ),
        ("missing_target", "how rows without a target are treated: refuse | drop; default refuse"),
        ("decimal", "the decimal mark: \".\" | \",\"; default detected from the columns"),
        (
            "thousands",
            "the thousands separator: \",\" | \".\" | \"'\" | \" \" | \"_\"; default detected from the columns",
        ),
        (
            "separator",
            "the separator of columns: \",\" | \";\" | \"tab\" | \"|\" | \":\" | \"^\" | \"~\"; default detected from the first rows",
        ),
        (
            "dates",
            "day first | month first, for dates such as 01/02/2024; default detected from the column",
        ),
        (
            "header",
            "whether the first line names the columns; false names them column_1, column_2, …; default true, and an\n\
             error if the line looks like data",
        ),
        (
            "test_fraction",
            "a share of the rows that no trial sees, for `tune best --test`; default none",
        ),
        (
            "id",
            "a name for the data and folds of your own program, alone in [data] or beside a table: `tune compare` pairs\n\
             studies that share it fold by fold; default by the program and its files",
        ),
    ],
};

pub(super) const CV: Section = Section {
    header: "[cv]",
    keys: &[
        (
            "folds",
            "number of parts of the rows, each of which tests once per repeat; default 5 with [data], else 1",
        ),
        ("repeats", "number of partitions of the rows; default 1"),
        (
            "stratified",
            "whether folds keep the class shares; default true if possible. With group only if set, as far as groups allow",
        ),
        (
            "group",
            "a column whose equal values stay in one fold, such as \"patient\"; with as many folds as groups each group is left\n\
             out once. With order, rows of a group that is tested do not train",
        ),
        (
            "order",
            "a column that orders the rows in time: each fold tests on rows\nafter its training rows, and the earliest never test",
        ),
        ("gap", "with order: rows left out between training and test; default 0"),
        (
            "file",
            "a list of folds instead of drawn ones, relative to the file's folder, as `tune folds` writes it:\n\
             the columns row, repeat, fold. With a command it states the program's folds, for `tune compare`",
        ),
        (
            "seed",
            "seed of folds, initial weights, shuffles and dropout; default 0. Studies that share it are compared fold by fold",
        ),
    ],
};

pub(super) const SEARCH: Section = Section {
    header: "[search]",
    keys: &[
        ("method", "grid | random | sobol | bayes | tpe; default bayes"),
        ("trials", "the total, also when the study continues; for grid the default is its size"),
        (
            "parallel",
            "number of trials under way at once; default 4. It is part of the study, independent of the number of cores",
        ),
        (
            "startup",
            "bayes, tpe: size of the initial design: enqueued trials, defaults, then Sobol points; default 4,\n\
             tpe 10; 0 with a learned prior mean",
        ),
        (
            "knowledge",
            "warm start of bayes and tpe by the trainer's hints and a prior mean learned on other data sets:\n\
             true | false; default true. A text is the path of your own experience file",
        ),
    ],
};

pub(super) const RANGE: Section = Section {
    header: "a float or int parameter",
    keys: &[
        ("type", "\"float\" | \"int\""),
        ("low", "the lowest value, inclusive"),
        ("high", "the highest value, included if a step ends there"),
        ("log", "whether to search on a log scale; default false"),
        (
            "step",
            "the spacing of values, counted from low; also with log; default 1 for int, none for float",
        ),
        ("points", "grid: number of values from end to end; default all, if finite"),
        (
            "default",
            "tried first; also the value of earlier trials if a changed space adds the parameter",
        ),
        (
            "when",
            "when it is active: { optimizer = [\"sgd\"] }, values of other parameters, all of which must hold; default always",
        ),
        ("prior", "bayes, tpe: user prior, where you expect the best value; results override it"),
        ("prior_confidence", "low | medium | high; default medium"),
        (
            "dist",
            "random, sobol and the initial design of bayes and tpe: normal | lognormal (with mean and sd,\n\
             of the value's logarithm) | beta (with alpha and beta, over low to high), truncated to [low, high]; default uniform",
        ),
        ("mean", "of dist"),
        ("sd", "of dist"),
        ("alpha", "of dist = \"beta\""),
        ("beta", "of dist = \"beta\""),
    ],
};

pub(super) const LIST: Section = Section {
    header: "an ordinal or categorical parameter",
    keys: &[
        ("type", "\"ordinal\" for values in order | \"categorical\""),
        (
            "values",
            "[16, 32, 64], [\"relu\", \"tanh\"], [false, true], or lists: [[64, 64], [128]]",
        ),
        (
            "default",
            "tried first; also the value of earlier trials if a changed space adds the parameter",
        ),
        ("when", "when it is active: { depth = [2, 3] }"),
        ("prior", "bayes, tpe: user prior, the value that you expect to be best"),
        ("prior_confidence", "low | medium | high; default medium"),
    ],
};

pub(super) const CONSTRAINT: Section = Section {
    header: "[[constraints]]",
    keys: &[
        (
            "expr",
            "a condition on every trial: numbers, \"texts\", true, false and names of parameters;\n\
             + - * / ^, // and % as Python's, == != < <= > >=, and or not, min(a, b) max(a, b) abs(a) log(a) floor(a) ceil(a), ( ).\n\
             It counts as satisfied if it names an inactive parameter",
        ),
        ("reason", "shown if it does not hold"),
    ],
};

pub(super) const RACE: Section = Section {
    header: "[race]",
    keys: &[
        (
            "risk",
            "the probability of stopping a trial that would have become the best, over all its judgements; default 0.05",
        ),
        ("after", "number of complete trials before any is stopped; default 6"),
        ("folds", "whether a trial is judged after each fold; default true"),
        (
            "at",
            "the shares of its epochs at which a trial is judged in each fold; default [0.125, 0.25, 0.5].\n\
             [] judges by folds alone",
        ),
    ],
};

pub(super) const TRIAL: Section = Section {
    header: "[trial]",
    keys: &[
        ("max_seconds", "maximum number of seconds of a fold; beyond it, the trial is a timeout"),
        (
            "max_memory_mb",
            "maximum memory of a program and all that it starts; beyond it, the trial is out_of_memory (Linux)",
        ),
        ("max_output_mb", "maximum output of a program in a fold; default 100"),
        (
            "max_multiply_adds",
            "maximum number of multiply-adds of a trial of the built-in trainer, computed before it starts",
        ),
        (
            "grace_seconds",
            "seconds between TERM and KILL for a program that is stopped or late; default 2. Changes no result",
        ),
    ],
};

pub(super) const STOP: Section = Section {
    header: "[stop]",
    keys: &[
        ("target", "end when a loss reaches this"),
        ("patience", "end after this many trials without improvement"),
        (
            "gain",
            "bayes: end when the next trial is expected to improve by less than this share of the \
             distance from the best loss to the median, such as 0.001",
        ),
        ("max_seconds", "end after this many seconds, over all runs"),
        (
            "multiply_adds",
            "end after this many multiply-adds of the built-in trainer, over all ended trials",
        ),
    ],
};

pub(super) const OBJECTIVE: Section = Section {
    header: "[objective]",
    keys: &[
        (
            "command",
            "a program and its arguments instead of the built-in trainer: [\"python3\", \"train.py\", \"{depth}\"]",
        ),
        (
            "epochs",
            "number of epochs of a trial, needed by [race]: a number, or the name of a parameter",
        ),
        (
            "threads",
            "threads of the program's libraries: sets OMP_NUM_THREADS and similar variables, unless set; default: not set",
        ),
    ],
};

pub(super) const RUN: Section = Section {
    header: "[run]",
    keys: &[
        (
            "workers",
            "number of threads; default one per slot, else one per core. Changes no result",
        ),
        ("progress", "whether to show progress; default true"),
        (
            "slots",
            "environment variables by slot, for programs that run at the same time: [{ CUDA_VISIBLE_DEVICES = \"0\" }, …]",
        ),
    ],
};

/// The top level: all sections.
pub(super) const FILE: Section = Section {
    header: "the file",
    keys: &[
        ("study", "[study]: name, seed and metric"),
        ("data", "[data]: the table that the built-in trainer trains on"),
        ("cv", "[cv]: how its rows are split"),
        ("search", "[search]: the method and the number of trials"),
        (
            "space",
            "[space]: hyperparameters. NAME = 0.1 is fixed, NAME = { type = \"float\", … } is searched",
        ),
        (
            "enqueue",
            "[[enqueue]]: values to try first; parameters left out have their default or middle",
        ),
        ("constraints", "[[constraints]]: conditions between hyperparameters"),
        (
            "race",
            "[race]: stops trials that cannot win (racing by folds, pruning by epochs); without it every trial runs to its end",
        ),
        ("trial", "[trial]: limits of one trial"),
        ("stop", "[stop]: rules that end the study early"),
        ("objective", "[objective]: a program of your own instead of the built-in trainer"),
        ("run", "[run]: settings that do not affect results"),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_every_section_is_explained() {
        let all = manual(&[]).unwrap();
        for section in ALL {
            for (name, meaning) in section.keys {
                assert!(
                    !meaning.is_empty() && all.contains(&format!("\n  {name} ")),
                    "{} {name}",
                    section.header
                );
            }
        }
    }

    #[test]
    fn sections_and_keys_are_found_by_name() {
        let found = manual(&["cv".into(), "prior".into()]).unwrap();
        assert!(
            found.starts_with("[cv]\n") && found.contains("\na float or int parameter\n"),
            "{found}"
        );
        assert!(
            !found.contains("[study]")
                && manual(&["[space]".into()]).unwrap().starts_with("a float or int parameter\n")
        );
        assert!(
            manual(&["categorical".into()])
                .unwrap()
                .starts_with("an ordinal or categorical parameter\n")
        );
        assert_eq!(manual(&["cv".into(), "nope".into()]), Err("nope".into()));
    }
}
