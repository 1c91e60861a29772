//! `[objective] command`: what a program is told, what it may answer, and every way in which it can end.

use crate::python::python;
use crate::run::column;
use crate::sandbox::Sandbox;
use serde_json::Value;

/// Writes a study that calls a shell script with `{way}`, one of `n` ways, in the order of the ways.
pub fn study(sandbox: &Sandbox, script: &str, n: u32, sections: &str) {
    sandbox.write("program.sh", script);
    let enqueue: String = (0..n).map(|way| format!("[[enqueue]]\nway = {way}\n")).collect();
    let text = format!(
        "[objective]\ncommand = [\"sh\", \"program.sh\", \"{{way}}\"]\n{sections}\n[search]\nmethod = \"random\"\n\
         trials = {n}\n[space]\nway = {{ type = \"int\", low = 0, high = 99 }}\n{enqueue}"
    );
    sandbox.write("space.toml", &text);
}

/// A space file without its last section, [trial]: a busy machine is not to decide what a test sees.
pub fn without_limits(text: &str) -> String {
    text.split("[trial]").next().unwrap().to_owned()
}

/// The state and the reason of each way, in their order.
fn ends(sandbox: &Sandbox) -> Vec<(String, String)> {
    let said = sandbox.tune_ok(&["leaderboard", "space", "--format", "json"]).stdout;
    let rows: Vec<Value> = serde_json::from_str(&said).unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let mut ends: Vec<_> = rows
        .iter()
        .map(|row| (row["param_way"].as_u64(), text(row, "state"), text(row, "reason")))
        .collect();
    ends.sort();
    ends.into_iter().map(|(_, state, reason)| (state, reason)).collect()
}

#[test]
fn every_way_to_end_is_a_state_with_its_reason() {
    let script = r#"
        case "$1" in
        0) echo '{"loss": 0.5, "accuracy": 0.75}';;
        1) echo one >&2; echo two >&2; exit 3;;
        2) kill -SEGV $$;;
        3) echo 'loss: 0.5';;
        4) echo '{"loss": NaN}';;
        5) echo '{"loss": 1}'; echo '{"loss": 2}';;
        6) echo '{"loss": "low"}';;
        7) yes;;
        8) awk 'BEGIN { s = "0123456789abcdef"; while (length(s) < 2e8) s = s s; system("sleep 1000") }';;
        9) sleep 1000 & echo '{"loss": 1.5}';;
        10) echo 'cannot open data.bin'; exit 2;;
        esac
    "#;
    let expected = [
        ("ok", ""),
        ("failed", "exit code 3; stderr: one | two"),
        ("failed", "ended by signal 11 (SEGV)"),
        ("failed", "no loss: it printed `loss: 0.5`, where a line"),
        ("diverged", "NaN"),
        ("failed", "two losses: 1, then 2"),
        ("failed", "loss is no number: expected"),
        ("timeout", "max_output_mb = 2"),
        ("out_of_memory", "max_memory_mb = 64"),
        ("ok", ""),
        ("failed", "exit code 2; its last line is `cannot open data.bin`"),
    ];
    let sandbox = Sandbox::new();
    study(&sandbox, script, 11, "[trial]\nmax_output_mb = 2\nmax_memory_mb = 64");
    let said = sandbox.tune_ok(&["run", "space.toml"]);
    assert!(said.stdout.contains("a time limit ended"), "{}", said.stdout);
    for (way, (end, expected)) in ends(&sandbox).iter().zip(expected).enumerate() {
        assert!(
            end.0 == expected.0 && end.1.contains(expected.1),
            "way {way}: {end:?}, expected {expected:?}"
        );
    }
    // What was printed is kept, and shown where it is needed.
    let shown = sandbox.tune_ok(&["show", "space", "1"]).stdout;
    assert!(shown.contains("results/space/trials/1/0/output.log"), "{shown}");
    assert_eq!(sandbox.read("results/space/trials/1/0/output.log"), "one\ntwo\n");
    assert_eq!(sandbox.read("results/space/trials/3/0/output.log"), "loss: 0.5\n");
    assert!(!sandbox.exists("results/space/running"), "nothing runs any more");
}

#[test]
fn a_program_that_answers_and_does_not_end_is_told_so() {
    let sandbox = Sandbox::new();
    let script = "echo '{\"loss\": 1}'; exec sleep 1000";
    study(&sandbox, script, 1, "[trial]\nmax_seconds = 1");
    sandbox.tune(&["run", "space.toml"]).complains(5, &["it printed its loss"]);
    let (state, reason) = ends(&sandbox).remove(0);
    assert_eq!(state, "timeout");
    assert!(reason.ends_with("max_seconds = 1; it printed its loss and did not end"), "{reason}");
}

#[test]
fn what_can_only_be_the_answer_is_read_and_what_may_be_none_is_quoted() {
    let script = r#"
        case "$1" in
        0) printf '50 %%\r100 %%\r{"loss": 0.5}\n';;
        1) printf 'training...{"loss": 0.5}\n';;
        2) printf '{\n  "loss": 0.5,\n  "size": 3\n}\n';;
        3) printf '\357\273\277{"loss": 0.5}\n';;
        4) echo "{'loss': 0.5}";;
        5) echo 'loss=0.5';;
        6) echo '{"metrics": {"loss": 0.5}}';;
        7) echo '{"loss": 0.5, "big": 1e400}';;
        8) echo 'log {"loss": 0.5}'; echo 'log {"loss": 0.4}';;
        esac
    "#;
    let sandbox = Sandbox::new();
    study(&sandbox, script, 9, "");
    let said = sandbox.tune_ok(&["run", "space.toml"]).stderr;
    assert!(said.contains("5 of 9 trials failed: 5 no loss"), "{said}");
    let ends = ends(&sandbox);
    assert!(ends[..4].iter().all(|(state, _)| state == "ok"), "{ends:?}");
    for ((state, reason), expected) in ends[4..].iter().zip([
        "it printed `{'loss': 0.5}`, which is Python, not JSON",
        "it printed `loss=0.5`, where",
        "`loss` belongs at the top",
        "not JSON (number out of range",
        "2 lines hold one",
    ]) {
        assert!(state == "failed" && reason.contains(expected), "{reason}");
    }
}

#[test]
fn an_argument_of_inactive_parameters_is_left_out_with_its_flag() {
    let sandbox = Sandbox::new();
    sandbox.write("program.sh", "echo \"$*\"; echo '{\"loss\": 1}'");
    sandbox.write(
        "space.toml",
        r#"
[objective]
command = ["sh", "program.sh", "--kind={kind}", "--m={m}", "--momentum", "{m}", "-v", "end"]
[search]
method = "random"
trials = 2
[space]
kind = { type = "categorical", values = ["sgd", "adam"] }
m = { type = "float", low = 0.0, high = 1.0, when = { kind = ["sgd"] } }
[[enqueue]]
kind = "adam"
[[enqueue]]
kind = "sgd"
m = 0.5
"#,
    );
    sandbox.tune_ok(&["run", "space.toml"]);
    let log = |trial| sandbox.read(&format!("results/space/trials/{trial}/0/output.log"));
    assert_eq!(log(0), "--kind=adam -v end\n");
    assert_eq!(log(1), "--kind=sgd --m=0.5 --momentum 0.5 -v end\n");
}

#[test]
fn a_branch_of_the_space_that_always_fails_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("program.sh", "[ \"$1\" = adam ] && exit 2; echo '{\"loss\": 1}'");
    sandbox.write(
        "space.toml",
        r#"
[objective]
command = ["sh", "program.sh", "{kind}"]
[search]
method = "random"
trials = 12
[space]
kind = { type = "categorical", values = ["sgd", "adam"] }
x = { type = "float", low = 0.0, high = 1.0 }
"#,
    );
    let said = sandbox.tune_ok(&["run", "space.toml"]).stderr;
    assert!(said.contains("of 12 trials failed:") && said.contains("exit code 2"), "{said}");
    assert!(said.contains("all failures have `kind` = `adam`"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn pages_that_processes_share_count_once_and_processes_that_left_the_group_count() {
    // A block of 60 MB, and four children that share it; then 100 MB in a session of its own.
    let script = r#"
        block='my $block = "x" x 60_000_000;'
        case "$1" in
        0) perl -e "$block"' for (1..4) { fork or do { sleep 1; exit } } sleep 1; print "{\"loss\": 1}\n"';;
        1) setsid perl -e 'my $block = "x" x 300_000_000; sleep 1000' & wait;;
        esac
    "#;
    let sandbox = Sandbox::new();
    study(&sandbox, script, 2, "[trial]\nmax_memory_mb = 150");
    sandbox.tune_ok(&["run", "space.toml"]);
    let ends = ends(&sandbox);
    assert_eq!(ends[0].0, "ok", "{ends:?}");
    assert_eq!(ends[1].0, "out_of_memory", "{ends:?}");
}

#[test]
fn a_program_is_told_its_slot() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo \"{\\\"loss\\\": 1, \\\"slot\\\": $TUNE_SLOT}\"", 12, "");
    sandbox.tune_ok(&["run", "space.toml", "--workers", "3"]);
    let board = sandbox.read("results/space/leaderboard.csv");
    let slots = column(&board, "slot");
    assert!(slots.iter().all(|slot| ["0", "1", "2"].contains(slot)), "{slots:?}");
}

#[test]
fn each_slot_has_its_variables_and_libraries_their_threads() {
    let sandbox = Sandbox::new();
    let script =
        "echo \"$TUNE_SLOT $GPU $OMP_NUM_THREADS $RAYON_NUM_THREADS\"; echo '{\"loss\": 1}'";
    study(&sandbox, script, 8, "threads = 2\n[run]\nslots = [{ GPU = \"a\" }, { GPU = 7 }]");
    let output = sandbox.command(&["run", "space.toml"]).env("OMP_NUM_THREADS", "5").output();
    assert!(output.unwrap().status.success());
    for trial in 0..8 {
        let log = sandbox.read(&format!("results/space/trials/{trial}/0/output.log"));
        assert!(["0 a 5 2\n", "1 7 5 2\n"].contains(&log.as_str()), "{log}");
    }
    sandbox.write("bad.toml", &sandbox.read("space.toml").replace("{ GPU = 7 }", "7"));
    sandbox.tune(&["check", "bad.toml"]).complains(2, &["slots", "a list such as"]);
    // What a trial is told is no slot's to change.
    sandbox.write("bad.toml", &sandbox.read("space.toml").replace("GPU = 7", "TUNE_FOLD = 7"));
    sandbox.tune(&["check", "bad.toml"]).complains(2, &["TUNE_FOLD", "another name"]);
    // What [run] says may change, and counts.
    let others = sandbox.read("space.toml").replace("GPU = 7", "GPU = \"b\"");
    let others = others.replace("trials = 8", "trials = 40").replace("{ GPU = \"a\" }, ", "");
    sandbox.write("space.toml", &others);
    sandbox.tune_ok(&["run", "space.toml"]);
    assert!(sandbox.read("results/space/trials/39/0/output.log").starts_with("0 b "));
}

#[test]
fn a_program_that_hangs_is_a_timeout() {
    let script = r#"
        echo waiting >&2
        [ "$1" = 1 ] && trap '' TERM
        while :; do sleep 1; done
    "#;
    let sandbox = Sandbox::new();
    study(&sandbox, script, 2, "[trial]\nmax_seconds = 2");
    let said = sandbox.tune(&["run", "space.toml"]);
    assert!(said.code == 5 && said.stdout.contains("a time limit ended"), "{said:?}");
    for (state, reason) in ends(&sandbox) {
        assert!(
            state == "timeout" && reason.starts_with("longer than max_seconds = 2"),
            "{state}: {reason}"
        );
    }
}

#[test]
fn a_program_that_is_not_there_stops_the_study() {
    let sandbox = Sandbox::new();
    study(&sandbox, "", 40, "");
    let with =
        |program: &str| sandbox.read("space.toml").replace("\"sh\"", &format!("\"{program}\""));
    sandbox.write("named.toml", &with("no-such-program"));
    sandbox.write("beside.toml", &with("./program"));
    sandbox.write("program", "not to be executed");
    for command in ["check", "run"] {
        let program = "no program `no-such-program` that can be executed";
        sandbox
            .tune(&[command, "named.toml"])
            .complains(2, &[program, "--> named.toml:", "looked for on PATH"]);
        sandbox
            .tune(&[command, "beside.toml"])
            .complains(2, &["no program `./program`", "chmod +x"]);
    }
    assert!(!sandbox.exists("results"), "there is nothing to resume");
    // What breaks in every trial is found by the first ten; those under way when the tenth failed have failed as well.
    sandbox.write("space.toml", &with("false"));
    let said = "the first 10 trials all failed. First reason: ";
    sandbox.tune(&["run", "space.toml"]).complains(5, &[said]);
    assert!(ends(&sandbox).len() < 14);
}

#[test]
fn a_program_is_told_where_it_stands() {
    let sandbox = Sandbox::new();
    let script = r#"
        echo "$TUNE_PARAMS $TUNE_TRIAL $TUNE_REPEAT $TUNE_FOLD/$TUNE_FOLDS"
        echo "$TUNE_SEED" > "$TUNE_DIR/seed"
        pwd
        ls "$TUNE_DIR"
        echo "{\"loss\": $1.$TUNE_FOLD}"
    "#;
    study(&sandbox, script, 2, "[cv]\nfolds = 2\nrepeats = 2");
    sandbox.tune_ok(&["run", "space.toml"]);
    let folder = std::fs::canonicalize(sandbox.path("")).unwrap();
    let logs =
        |trial: u32| (0..4).map(move |split| format!("results/space/trials/{trial}/{split}"));
    for (split, log) in logs(1).enumerate() {
        let expected = format!(
            "{{\"way\":1}} 1 {} {}/2\n{}\noutput.log\nseed\n",
            split / 2,
            split % 2,
            folder.display()
        );
        assert_eq!(sandbox.read(&format!("{log}/output.log")), expected);
    }
    // All trials meet the same seeds, and every fold another.
    let seeds =
        |trial| logs(trial).map(|log| sandbox.read(&format!("{log}/seed"))).collect::<Vec<_>>();
    assert_eq!(seeds(0), seeds(1));
    assert_eq!(seeds(0).iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    assert_eq!(
        column(&sandbox.read("results/space/leaderboard.csv"), "split3_loss"),
        ["0.1", "1.1"]
    );
}

#[test]
fn curves_metrics_and_sizes_are_kept() {
    let sandbox = Sandbox::new();
    let script = r#"
        echo "{\"epoch\": 1, \"loss\": 4}"; echo "{\"epoch\": 2, \"loss\": 3}"
        echo "{\"loss\": 2, \"f1\": 0.5, \"n_parameters\": 17, \"rank\": 9, \"note\": \"x\"}"
    "#;
    study(&sandbox, script, 1, "");
    sandbox.tune_ok(&["run", "space.toml"]);
    let board = sandbox.read("results/space/leaderboard.csv");
    for (name, value) in
        [("rank", "1"), ("loss", "2"), ("epochs", "2"), ("n_parameters", "17"), ("f1", "0.5")]
    {
        assert_eq!(column(&board, name), [value], "{name}");
    }
    let shown = sandbox.tune_ok(&["show", "space", "0"]).stdout;
    assert!(shown.contains("validation loss"), "{shown}");
}

#[test]
fn more_is_better_where_the_file_says_so() {
    let sandbox = Sandbox::new();
    study(
        &sandbox,
        "echo \"{\\\"loss\\\": $1}\"",
        6,
        "[study]\ndirection = \"maximize\"\nmetric = \"points\"",
    );
    let said = sandbox.tune_ok(&["run", "space.toml"]).stdout;
    assert!(said.contains("best: trial 5, points 5"), "{said}");
    assert_eq!(
        column(&sandbox.read("results/space/leaderboard.csv"), "loss"),
        ["5", "4", "3", "2", "1", "0"]
    );
    sandbox.tune_ok(&["try", "space.toml", "--set", "way=77"]);
    assert!(sandbox.tune_ok(&["list"]).stdout.contains("points"));
    assert!(sandbox.tune_ok(&["best", "space"]).stdout.contains("way = 77"));
}

#[test]
fn the_number_of_workers_changes_no_byte_of_a_programs_study() {
    let board = |workers: &str| {
        let sandbox = Sandbox::new();
        let file = sandbox.adopt("neighbours.toml", |text| {
            without_limits(&text).replace("trials = 20", "trials = 12")
        });
        sandbox.tune_ok(&["run", &file.display().to_string(), "--workers", workers]);
        sandbox.read("results/neighbours/leaderboard.csv")
    };
    let boards = ["1", "3", "8"].map(board);
    assert!(
        boards.iter().all(|other| *other == boards[0]) && boards[0].lines().count() == 13,
        "{boards:?}"
    );
}

#[test]
fn what_a_program_cannot_do_is_refused() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo '{\"loss\": 1}'", 2, "");
    let text = sandbox.read("space.toml");
    let edited = |from: &str, to: &str, of: &[&str]| {
        sandbox.write("edited.toml", &text.replace(from, to));
        sandbox.tune(&["run", "edited.toml"]).complains(2, of);
    };
    edited("{way}", "--way={wya}", &["edited.toml:2:39", "no parameter `wya`", "{way}"]);
    edited("[search]", "[cv]\nstratified = true\n[search]", &["edited.toml:5", "stratified"]);
    edited(
        "[search]",
        "[trial]\nmax_multiply_adds = 5\n[search]",
        &["edited.toml:5", "built-in trainer"],
    );
    assert!(!sandbox.exists("results"), "nothing left behind");
    sandbox.tune_ok(&["run", "space.toml"]);
    for refused in [["fit", "space", "--out", "model"].as_slice(), &["best", "space", "--test"]] {
        sandbox.tune(refused).complains(2, &["built-in trainer", "space.toml:2:"]);
    }
}

#[test]
fn a_table_that_changes_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("table.csv", "a,b\n1,2\n");
    study(
        &sandbox,
        "echo '{\"loss\": 1}'",
        2,
        "[data]\npath = \"table.csv\"\ntarget = \"b\"\n[cv]\nfolds = 2",
    );
    sandbox.tune_ok(&["run", "space.toml"]);
    sandbox.write("table.csv", "a,b\n1,3\n");
    sandbox
        .tune(&["resume", "space", "--trials", "3"])
        .complains(2, &["table.csv is not the table that the study began with"]);
    std::fs::remove_file(sandbox.path("table.csv")).unwrap();
    sandbox.tune(&["run", "space.toml"]).complains(2, &["space.toml:4:8", "table.csv"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_no_trials_fault() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo '{\"loss\": 1}'", 3, "");
    sandbox.write("results/space/trials", "a file where the folder should be");
    sandbox.tune(&["run", "space.toml"]).complains(4, &["trials"]);
    std::fs::remove_file(sandbox.path("results/space/trials")).unwrap();
    sandbox.tune_ok(&["run", "space.toml"]);
    assert_eq!(column(&sandbox.read("results/space/leaderboard.csv"), "state"), ["ok"; 3]);
}

#[test]
fn scikit_learn_is_tuned() {
    let Some(programs) = python() else { return };
    let sandbox = Sandbox::new();
    let file = sandbox
        .adopt("boosting.toml", |text| without_limits(&text).replace("trials = 24", "trials = 3"));
    let path = std::env::join_paths(
        std::iter::once(programs).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let output = sandbox
        .command(&["run", &file.display().to_string()])
        .env("PATH", path.unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let board = sandbox.read("results/boosting/leaderboard.csv");
    let accuracies = column(&board, "accuracy");
    assert!(accuracies.iter().all(|a| a.parse::<f64>().unwrap() > 0.9), "{accuracies:?}");
    assert!(sandbox.tune_ok(&["show", "boosting", "0"]).stdout.contains("validation loss"));
}
