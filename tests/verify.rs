//! `tune verify`: what was recorded comes out again, and what was not is found.

use crate::run::quick;
use crate::sandbox::Sandbox;
use storage::SqliteStore;
use tuner::space::Value;
use tuner::store::{Curves, Record, Store};

/// Writes a study anew, edited, so that every checksum is right.
pub fn forge(sandbox: &Sandbox, study: &str, edit: impl Fn(usize, &mut Record)) {
    let path = sandbox.path("results").join(study).join("study.db");
    let mut records = Vec::new();
    SqliteStore::open(&path)
        .unwrap()
        .replay(Curves::Load, &mut |record| records.push(record))
        .unwrap();
    let honest = records.clone();
    for (at, record) in records.iter_mut().enumerate() {
        edit(at, record);
    }
    assert_ne!(records, honest, "something was forged");
    std::fs::remove_file(&path).unwrap();
    SqliteStore::create(&path).unwrap().append(0, &records).unwrap();
}

fn copy_of(study: &Sandbox, file: &str) -> Sandbox {
    let copy = Sandbox::new();
    copy.write("quick.toml", &std::fs::read_to_string(file).unwrap());
    std::fs::create_dir_all(copy.path("results/quick")).unwrap();
    std::fs::copy(study.path("results/quick/study.db"), copy.path("results/quick/study.db"))
        .unwrap();
    copy
}

#[test]
fn an_honest_study_comes_out_again() {
    for method in ["grid", "sobol", "bayes", "tpe"] {
        let sandbox = Sandbox::new();
        let file = quick(&sandbox, method, 12);
        sandbox.tune_ok(&["run", &file]);
        sandbox.tune_ok(&["try", &file, "--set", "learning_rate=0.02"]);
        let said = sandbox.tune_ok(&["verify", "quick", "--sample", "2"]).stdout;
        assert!(
            said.contains("12 proposals (and 1 trial set manually) and 2 folds of 39 reproduced"),
            "{said}"
        );
    }
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    sandbox.tune_ok(&["run", &file]);
    let said = sandbox.tune_ok(&["verify", "quick", "--all"]).stdout;
    assert!(said.contains("4 proposals and 12 folds of 12 reproduced"), "{said}");
    assert_eq!(sandbox.tune_ok(&["verify", "quick", "--sample", "0", "--quiet"]).stderr, "");
}

#[test]
fn a_forged_record_is_found_and_named() {
    let honest = Sandbox::new();
    let file = quick(&honest, "bayes", 10);
    honest.tune_ok(&["run", &file]);

    let refuted = |args: &[&str], edit: &dyn Fn(usize, &mut Record), named: &[&str]| {
        let sandbox = copy_of(&honest, &file);
        forge(&sandbox, "quick", edit);
        let said = sandbox.tune(&[&["verify", "quick"], args].concat());
        assert_eq!(said.code, 1, "{}\n{}", said.stdout, said.stderr);
        for part in named {
            assert!(said.stdout.contains(part), "`{part}` is not in:\n{}", said.stdout);
        }
    };
    // A loss that proposals have learned from shows in what they propose, one that none has seen in the fold alone.
    let of = |wanted: u64, factor: f64| {
        move |_: usize, record: &mut Record| {
            if let Record::Fold(fold) = record
                && (fold.trial, fold.split) == (wanted, 1)
            {
                fold.loss = fold.loss.map(|loss| loss * factor);
            }
        }
    };
    refuted(&["--sample", "0"], &of(0, 0.5), &["trial "]);
    refuted(
        &["--all"],
        &of(9, 1.0 + f64::EPSILON),
        &["trial 9, split 1: loss is", "when evaluated again"],
    );
    let parameter = |_: usize, record: &mut Record| {
        if let Record::Trial(proposal) = record
            && proposal.trial == 8
        {
            let float = proposal.params.iter_mut().find_map(|(_, value)| match value {
                Value::Float(v) => Some(v),
                _ => None,
            });
            let float = float.unwrap();
            // Away from the end that it may stand at.
            *float *= if *float < 0.03 { 1.0 + 1e-12 } else { 1.0 - 1e-12 };
        }
    };
    refuted(&[], &parameter, &["trial 8: `", "on record", "in replay"]);
    let fit = |_: usize, record: &mut Record| {
        if let Record::Fitted { values, .. } = record {
            values[0] += 1e-9;
        }
    };
    refuted(&[], &fit, &["the fit to"]);
    let seen = |_: usize, record: &mut Record| {
        if let Record::Trial(proposal) = record
            && proposal.trial == 6
        {
            proposal.seen.clear();
        }
    };
    refuted(&[], &seen, &["trial 6 newly saw trials []"]);
}

#[test]
fn another_version_or_instruction_set_cannot_compare_bits() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 3);
    sandbox.tune_ok(&["run", &file]);
    forge(&sandbox, "quick", |_, record| {
        if let Record::Study(text) = record {
            for (name, value) in &mut text.facts {
                if name == "version" {
                    "0.0.1".clone_into(value);
                }
            }
        }
    });
    sandbox
        .tune(&["verify", "quick"])
        .complains(2, &["the version is", "was 0.0.1", "cannot be compared"]);
    let longer = std::fs::read_to_string(&file).unwrap().replace("trials = 3", "trials = 4");
    sandbox.write("quick.toml", &longer);
    let said = sandbox.tune_ok(&["run", &file]).stderr;
    assert!(said.contains("continuing after 3 trials") && said.contains("was 0.0.1"), "{said}");
    // It is kept, and said once.
    let meta = sandbox.read("results/quick/leaderboard.meta.json");
    assert!(meta.contains("\"0.0.1, then "), "{meta}");
    sandbox.write("quick.toml", &longer.replace("trials = 4", "trials = 5"));
    let said = sandbox.tune_ok(&["run", &file]).stderr;
    assert!(said.contains("continuing after 4 trials") && !said.contains("0.0.1"), "{said}");
    sandbox.tune(&["verify", "quick"]).complains(2, &["was 0.0.1", "cannot be compared"]);
}

#[test]
fn results_told_in_any_order_replay() {
    for method in ["random", "bayes"] {
        let sandbox = Sandbox::new();
        sandbox.write("space.toml", &crate::ask::SPACE.replace("METHOD", method));
        let tell = |trial: usize, loss: &str| {
            sandbox.tune_ok(&["tell", "script", &trial.to_string(), "--loss", loss])
        };
        for trial in 0..12 {
            sandbox.tune_ok(&["ask", "space.toml"]);
            match trial % 3 {
                0 => {}
                1 => drop(tell(trial, &format!("0.{trial}"))),
                _ => {
                    tell(trial, "2.5");
                    tell(trial - 2, &format!("1.{trial}"));
                }
            }
        }
        let said = sandbox.tune_ok(&["verify", "script"]).stdout;
        assert!(said.contains("12 proposals reproduced"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_repeats_itself_is_verified_and_another_is_shown() {
    let sandbox = Sandbox::new();
    let honest = "echo talk; echo \"{\\\"loss\\\": $1.$TUNE_FOLD, \\\"size\\\": 3}\"\n";
    crate::command::study(&sandbox, honest, 4, "[cv]\nfolds = 2");
    sandbox.tune_ok(&["run", "space.toml"]);
    // Its command is on record and may be anybody's: it is shown, and not run.
    let ran = sandbox.read("results/space/trials/0/0/output.log");
    sandbox.write("program.sh", "touch evil; exit 1");
    let said = sandbox.tune_ok(&["verify", "space", "--all"]);
    assert!(said.stdout.contains("4 proposals reproduced"), "{said:?}");
    assert!(
        said.stderr.contains("--run-commands") && said.stderr.contains("sh program.sh"),
        "{said:?}"
    );
    assert!(!sandbox.exists("evil") && ran == "talk\n");
    sandbox.write("program.sh", honest);
    let said = sandbox.tune_ok(&["verify", "space", "--run-commands"]).stdout;
    assert!(said.contains("4 proposals and 4 folds of 8 reproduced"), "{said}");
    let said = sandbox.tune_ok(&["verify", "space", "--all", "--run-commands"]).stdout;
    assert!(said.contains("4 proposals and 8 folds of 8 reproduced"), "{said}");

    sandbox.write(
        "program.sh",
        &honest.replace("talk", "other talk").replace(": 3", ": $((3 + $1 / 2))"),
    );
    let log = "results/space/trials/3/1/output.log";
    let before = sandbox.read(log);
    let said = sandbox.tune(&["verify", "space", "--all", "--run-commands"]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(
        said.stdout.contains("trial 2, split 0: size is 3 on record, 4 when evaluated again"),
        "{}",
        said.stdout
    );
    assert!(
        said.stderr.contains("need not be deterministic") && said.stderr.contains("TUNE_SEED"),
        "{}",
        said.stderr
    );
    assert_eq!(sandbox.read(log), before, "what the study's own run left behind stays");

    sandbox.write("program.sh", "echo gone >&2; exit 7");
    let said = sandbox.tune(&["verify", "space", "--run-commands"]).stdout;
    assert!(
        said.contains(
            "state is ok on record, failed (exit code 7; stderr: gone) when evaluated again"
        ),
        "{said}"
    );
}
