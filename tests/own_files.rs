//! Files that are not ours are never touched: links in a study's folder, folders that are no study, outputs that the user
//! names.

#![cfg(unix)]

use crate::ask::SPACE;
use crate::command::study;
use crate::run::quick;
use crate::sandbox::Sandbox;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

/// The names of our files and folders in a study's folder.
const OURS: [&str; 12] = [
    "study.db",
    "study.db-wal",
    "study.db-shm",
    "study.db-journal",
    "study.lock",
    "space.toml",
    "leaderboard.csv",
    "leaderboard.meta.json",
    "folds.csv",
    "timings.csv",
    "trials",
    "running",
];

/// What stands at a path, and below it, with contents.
fn state(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
        let name = path.display().to_string();
        if kind.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            found.push((name, Vec::new()));
        } else if kind.is_file() {
            found.push((name, std::fs::read(&path).unwrap()));
        } else {
            found.push((format!("{name} {kind:?}"), Vec::new()));
        }
    }
    found.sort();
    found
}

/// Puts a link to something precious in the place of `name`, and returns what is precious.
fn linked(sandbox: &Sandbox, name: &str) -> std::path::PathBuf {
    let precious = sandbox.path("precious");
    sandbox.write("precious/0/0/thesis", "mine");
    sandbox.write("precious/0.0.json", "mine");
    sandbox.write("precious/file", "mine");
    let place = sandbox.path("results/space").join(name);
    let _ = std::fs::remove_file(&place);
    let _ = std::fs::remove_dir_all(&place);
    let is_folder = ["trials", "running"].contains(&name);
    symlink(if is_folder { precious.clone() } else { precious.join("file") }, place).unwrap();
    precious
}

#[test]
fn nothing_is_done_through_a_link_in_a_studys_folder() {
    for name in OURS {
        let sandbox = Sandbox::new();
        study(&sandbox, "echo '{\"loss\": 1}'", 1, "");
        sandbox.tune_ok(&["run", "space.toml"]);
        let precious = linked(&sandbox, name);
        let before = state(&precious);
        for args in [
            ["run", "space.toml"].as_slice(),
            &["resume", "space", "--trials", "3"],
            &["try", "space.toml", "--set", "way=7"],
        ] {
            sandbox.tune(args).complains(4, &[name, "a symbolic link"]);
        }
        let _ = sandbox.tune(&["remove", "space", "--yes"]);
        let _ = sandbox.tune(&["run", "space.toml", "--fresh"]);
        assert_eq!(state(&precious), before, "{name}");
    }
}

#[test]
fn nothing_is_done_through_a_link_in_a_trials_folder() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo '{\"loss\": 1}'", 1, "");
    for at in ["trials/0/0", "trials/0"] {
        let precious = sandbox.path("precious");
        sandbox.write("precious/0/thesis", "mine");
        let place = sandbox.path("results/space").join(at);
        let _ = std::fs::remove_dir_all(sandbox.path("results/space/trials"));
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(&precious, &place).unwrap();
        let before = state(&precious);
        sandbox.tune(&["run", "space.toml"]).complains(4, &[at, "a symbolic link"]);
        assert_eq!(state(&precious), before);
        std::fs::remove_file(place).unwrap();
    }
    sandbox.tune_ok(&["run", "space.toml"]);
}

#[test]
fn a_fifo_among_our_files_is_said_and_not_waited_for() {
    for name in OURS {
        let sandbox = Sandbox::new();
        study(&sandbox, "echo '{\"loss\": 1}'", 1, "");
        sandbox.tune_ok(&["run", "space.toml"]);
        let place = sandbox.path("results/space").join(name);
        let _ = std::fs::remove_file(&place);
        let _ = std::fs::remove_dir_all(&place);
        assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
        sandbox.tune(&["run", "space.toml"]).complains(4, &[name, "FIFO"]);
    }
    // One among the records of what runs is none of them.
    let sandbox = Sandbox::new();
    study(&sandbox, "echo '{\"loss\": 1}'", 1, "");
    std::fs::create_dir_all(sandbox.path("results/space/running")).unwrap();
    let place = sandbox.path("results/space/running/pipe");
    assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
    sandbox.tune_ok(&["run", "space.toml"]);
    assert!(place.exists());
}

#[test]
fn the_results_root_and_a_studys_folder_may_be_links() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo '{\"loss\": 1}'", 1, "");
    std::fs::create_dir_all(sandbox.path("disk/study")).unwrap();
    symlink("disk", sandbox.path("results")).unwrap();
    symlink("study", sandbox.path("disk/space")).unwrap();
    sandbox.tune_ok(&["run", "space.toml"]);
    assert!(sandbox.exists("disk/study/leaderboard.csv"));
    let said = sandbox.tune_ok(&["remove", "space", "--yes"]).stderr;
    assert!(said.contains("deleted the study in results/space"), "{said}");
    assert_eq!(std::fs::read_dir(sandbox.path("disk/study")).unwrap().count(), 0);
}

#[test]
fn only_a_study_is_removed() {
    let sandbox = Sandbox::new();
    sandbox.write("home/thesis.tex", "mine");
    sandbox.write("home/.draft.new", "mine");
    let foreign = [b"".as_slice(), b"SQLite format 3\0", b"notes"];
    for bytes in foreign {
        std::fs::write(sandbox.path("home/study.db"), bytes).unwrap();
        let before = state(&sandbox.path("home"));
        sandbox.tune(&["remove", "home", "--yes"]).complains(4, &["is not a study"]);
        assert_eq!(state(&sandbox.path("home")), before);
    }
}

#[test]
fn of_a_study_what_tune_wrote_is_removed_and_nothing_else() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo out; echo kept > \"$TUNE_DIR/model\"; echo '{\"loss\": 1}'", 2, "");
    sandbox.tune_ok(&["run", "space.toml"]);
    sandbox.write("results/space/notes.md", "mine");
    sandbox.write("results/space/trials/plot.png", "mine");
    let said = sandbox.tune_ok(&["remove", "space", "--yes"]).stderr;
    assert!(said.contains("left what tune did not write: `notes.md`, `trials/plot.png`"), "{said}");
    let left: Vec<String> =
        state(&sandbox.path("results/space")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left.len(), 4, "{left:?}");
    sandbox.tune_ok(&["run", "space.toml"]);
    std::fs::remove_file(sandbox.path("results/space/notes.md")).unwrap();
    std::fs::remove_file(sandbox.path("results/space/trials/plot.png")).unwrap();
    sandbox.tune_ok(&["remove", "space", "--yes"]);
    assert_eq!(std::fs::read_dir(sandbox.path("results")).unwrap().count(), 0);
    // The current folder is one like any other.
    sandbox.tune_ok(&["run", "space.toml"]);
    let mut remove = sandbox.command(&["remove", ".", "--yes"]);
    let said = remove.current_dir(sandbox.path("results/space")).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(std::fs::read_dir(sandbox.path("results")).unwrap().count(), 0);
}

#[test]
fn runs_and_removals_at_once_lose_nothing_that_was_told() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    for _ in 0..10 {
        sandbox.tune_ok(&["ask", "space.toml"]);
        let start = |args: &[&str]| {
            sandbox.command(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let remove = start(&["remove", "script", "--yes"]);
        let asks: Vec<_> = (0..3).map(|_| start(&["ask", "space.toml"])).collect();
        for (what, process) in std::iter::once(("remove", remove))
            .chain(asks.into_iter().map(|process| ("ask", process)))
        {
            let output = process.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let is_held = said.contains("in use by");
            assert!(output.status.success() || (what == "remove" && is_held), "{what}: {said}");
        }
    }
}

/// A model of the project's quick study, in `model`, and the table that it was trained on.
fn model(sandbox: &Sandbox) -> String {
    sandbox.tune_ok(&["run", &quick(sandbox, "random", 1)]);
    sandbox.tune_ok(&["fit", "quick", "--out", "model"]);
    let text = sandbox.read("results/quick/space.toml");
    let path = text.lines().find_map(|line| line.strip_prefix("path = ")).unwrap();
    path.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn predictions_go_where_the_user_names() {
    let sandbox = Sandbox::new();
    let table = model(&sandbox);
    let expected = sandbox.tune_ok(&["predict", "model", &table]).stdout;
    let to = |path: &str| sandbox.tune(&["predict", "model", &table, "--out", path]);
    // Through a link, which stays one.
    sandbox.write("runs/7.csv", "old");
    symlink("runs/7.csv", sandbox.path("latest.csv")).unwrap();
    assert_eq!(to("latest.csv").code, 0);
    assert_eq!(sandbox.read("runs/7.csv"), expected);
    assert!(std::fs::symlink_metadata(sandbox.path("latest.csv")).unwrap().is_symlink());
    // To stdout by its names.
    for name in ["/dev/stdout", "-"] {
        assert_eq!(to(name).stdout, expected, "{name}");
    }
    // Into a FIFO, which stays one.
    assert!(Command::new("mkfifo").arg(sandbox.path("pipe")).status().unwrap().success());
    let reader =
        Command::new("cat").arg(sandbox.path("pipe")).stdout(Stdio::piped()).spawn().unwrap();
    // Read while it is written: the predictions are more than a pipe holds.
    let read = std::thread::spawn(move || reader.wait_with_output().unwrap().stdout);
    assert_eq!(to("pipe").code, 0);
    assert_eq!(read.join().unwrap(), expected.as_bytes());
    assert!(std::fs::symlink_metadata(sandbox.path("pipe")).unwrap().file_type().is_fifo());
    // Not over what the model is made of.
    to("model/model.json").complains(2, &["is a file of the model"]);
    // Into a device, which stays one: who cannot make a device has none to lose.
    let made =
        Command::new("mknod").arg(sandbox.path("null")).args(["c", "1", "3"]).output().unwrap();
    if !made.status.success() || std::fs::write(sandbox.path("null"), "x").is_err() {
        println!("skipped: no device can be made here");
        return;
    }
    assert_eq!(to("null").code, 0);
    let kind = std::fs::symlink_metadata(sandbox.path("null")).unwrap().file_type();
    assert!(kind.is_char_device());
}

#[test]
fn a_model_that_could_not_be_written_is_not_trained() {
    let sandbox = Sandbox::new();
    model(&sandbox);
    let fit = |path: &str| sandbox.tune(&["fit", "quick", "--out", path]);
    // Links lead somewhere, whether or not it is there.
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    symlink("empty", sandbox.path("link")).unwrap();
    symlink("new", sandbox.path("dangling")).unwrap();
    for name in ["link", "dangling"] {
        assert_eq!(fit(name).code, 0, "{name}");
    }
    assert!(sandbox.exists("empty/model.json") && sandbox.exists("new/model.json"));
    // The current folder, empty.
    std::fs::create_dir(sandbox.path("here")).unwrap();
    let results = sandbox.path("results").display().to_string();
    let mut here = sandbox.command(&["fit", "quick", "--out", ".", "--results", &results]);
    assert!(here.current_dir(sandbox.path("here")).status().unwrap().success());
    assert_eq!(std::fs::read_dir(sandbox.path("here")).unwrap().count(), 3);
    // What cannot be written is said before anything is trained.
    sandbox.write("file", "");
    for (path, of) in
        [("file", "cannot"), ("file/model", "cannot"), ("/proc/model", "cannot create")]
    {
        let said = fit(path);
        assert!(said.code == 2 || said.code == 4, "{path}: {said:?}");
        assert!(said.stderr.contains(of) && !said.stderr.contains("trained on"), "{said:?}");
    }
    // A mount point, where one can be made.
    std::fs::create_dir(sandbox.path("volume")).unwrap();
    let volume = sandbox.path("volume");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "tmpfs"]).arg(&volume).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!("skipped: nothing can be mounted here");
        return;
    }
    let said = fit("volume");
    let is_whole = sandbox.exists("volume/model.json");
    assert!(Command::new("umount").arg(&volume).status().unwrap().success());
    assert!(said.code == 0 && is_whole, "{said:?}");
}
