//! The space files of the project run as they are, here with a reduced budget.

use crate::run::column;
use crate::sandbox::{Sandbox, project};

fn space_files() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(project().join("search-spaces"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| std::path::Path::new(name).extension().is_some_and(|e| e == "toml"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_space_file_passes_the_check() {
    for name in space_files() {
        let path = project().join("search-spaces").join(&name);
        Sandbox::new().tune_ok(&["check", &path.display().to_string()]);
        Sandbox::new().tune_ok(&["plan", &path.display().to_string()]);
    }
}

#[test]
fn every_space_file_runs() {
    // Those that call a program are run beside it, in `command`.
    let is_trained = |name: &String| {
        let text = std::fs::read_to_string(project().join("search-spaces").join(name)).unwrap();
        !text.contains("[objective]")
    };
    for name in space_files().into_iter().filter(is_trained) {
        let sandbox = Sandbox::new();
        let file = sandbox.adopt(&name, |text| {
            let mut out = String::new();
            for line in text.lines() {
                match line.split('=').next().unwrap_or("").trim() {
                    "trials" => out.push_str("trials = 5"),
                    "folds" => out.push_str("folds = 2"),
                    "epochs" => out.push_str("epochs = 2"),
                    _ => out.push_str(line),
                }
                out.push('\n');
            }
            if out.contains("trials = 5") {
                out
            } else {
                out.replace("[search]", "[search]\ntrials = 5")
            }
        });
        sandbox.tune_ok(&["run", &file.display().to_string()]);
        let study = name.trim_end_matches(".toml");
        let board = sandbox.read(&format!("results/{study}/leaderboard.csv"));
        let states = column(&board, "state");
        assert!(states.contains(&"ok"), "{name}: {states:?}");
    }
}
