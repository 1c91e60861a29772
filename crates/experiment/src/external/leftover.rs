//! Records of running process groups, by which a later run ends what an earlier one left behind.
//!
//! A record is a file in `running/` of the study's folder while its program runs. It matters only
//! if the supervisor was killed. A process number may be reused: a group is ended if its leader
//! started at the recorded time, or if the leader is gone and a process in the group was started
//! with the fold's folder. Processes that left the group are recognised by that folder alone.

use super::invocation::FOLDER_VARIABLE;
use super::process::{Group, Process, boot, with_variable};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use storage::{RUNNING, is_own_folder, open_own};

/// A longer file is not a record.
const LONGEST: u64 = 1 << 16;
/// How long to wait for killed processes.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running group, recorded until this is dropped.
pub struct Running {
    record: Record,
    path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    group: i32,
    /// See [`Process::started`].
    started: u64,
    /// The boot that this time counts from.
    boot: String,
    /// The fold's own folder.
    folder: PathBuf,
}

impl Running {
    /// Records a group; returns `None` if it has ended, or without `/proc`.
    ///
    /// # Errors
    /// If the record cannot be written.
    pub fn record(
        study: &Path,
        name: &str,
        group: Group,
        fold_folder: &Path,
    ) -> io::Result<Option<Self>> {
        // Without `/proc` a process cannot be recognised later, and must not be killed by its
        // number.
        let (Some(leader), Some(boot)) = (Process::read(group.number()), boot()) else {
            return Ok(None);
        };
        let folder = fold_folder.to_owned();
        let record = Record { group: group.number(), started: leader.started, boot, folder };
        let path = study.join(RUNNING).join(format!("{name}.json"));
        is_own_folder(&study.join(RUNNING))?;
        fs::create_dir_all(study.join(RUNNING))?;
        let mut options = fs::OpenOptions::new();
        let mut file = open_own(&path, options.write(true).create(true).truncate(true))?;
        file.write_all(&serde_json::to_vec(&record)?)?;

        Ok(Some(Self { record, path }))
    }

    /// Ends the group, if it is still the recorded one.
    pub fn end(&self) {
        self.record.end();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A superfluous record does no harm, since its group has ended.
        let _ = fs::remove_file(&self.path);
    }
}

impl Record {
    /// Ends the recorded group, if it still is that group, and the processes that left it; returns
    /// whether there were any.
    fn end(&self) -> bool {
        let Some(group) =
            Group::numbered(self.group).filter(|_| boot().as_ref() == Some(&self.boot))
        else {
            return false;
        };

        // Process ids are reused: the group is ours only if its leader or a member is.
        let members = group.members();
        let ours = self.started_for_the_fold();
        let is_ours = match members.iter().find(|process| process.pid == self.group) {
            Some(leader) => leader.started == self.started,
            None => members.iter().any(|process| ours.contains(process)),
        };

        let began = Instant::now();
        // Repeated, since a process may fork between the list and the signal.
        while began.elapsed() < PATIENCE {
            let left = self.started_for_the_fold();
            if left.is_empty() && (!is_ours || group.members().is_empty()) {
                break;
            }
            if is_ours {
                group.signal(Signal::KILL);
            }
            left.into_iter().for_each(Process::kill);
            std::thread::sleep(Duration::from_millis(5));
        }

        is_ours || !ours.is_empty()
    }

    /// Returns the remaining processes of the fold's program: those with the fold's folder in their
    /// environment, and not older than the program.
    fn started_for_the_fold(&self) -> Vec<Process> {
        let mut found = with_variable(FOLDER_VARIABLE, &self.folder);
        found.retain(|process| process.started >= self.started);
        found
    }
}

/// Removes the folder of the records when nothing runs any more.
pub fn tidy(study: &Path) {
    // It does not exist, or still holds a record: both are fine.
    let _ = fs::remove_dir(study.join(RUNNING));
}

/// Ends the programs that an earlier run of the study left behind; returns how many. Other files
/// among the records are left alone.
///
/// # Errors
/// If the records cannot be read or removed, or their folder is not ours.
pub(crate) fn end_leftovers(study: &Path) -> io::Result<u64> {
    let folder = study.join(RUNNING);
    if !is_own_folder(&folder)? {
        return Ok(0);
    }

    let mut n_ended = 0;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if !is_named_as_record(&path) {
            continue;
        }
        let mut text = Vec::new();
        // An incomplete record names nothing: its program was ended by its supervisor.
        open_own(&path, fs::OpenOptions::new().read(true))?.take(LONGEST).read_to_end(&mut text)?;
        let record = serde_json::from_slice(&text);
        n_ended += u64::from(record.is_ok_and(|record: Record| record.end()));
        fs::remove_file(&path)?;
    }

    tidy(study);
    Ok(n_ended)
}

/// Whether a path has a record's name: `TRIAL.SPLIT.json`.
fn is_named_as_record(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let numbers = name.strip_suffix(".json").and_then(|stem| stem.split_once('.'));
    numbers
        .is_some_and(|(trial, split)| trial.parse::<u64>().is_ok() && split.parse::<u64>().is_ok())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    fn sleeper() -> Child {
        Command::new("sleep").arg("1000").process_group(0).spawn().unwrap()
    }

    /// Records a sleeper as if its run had been killed; `change` can alter the record.
    fn left_behind(study: &Path, child: &Child, change: impl Fn(&mut Record)) {
        let running = Running::record(study, "0.0", Group::of_child(child), Path::new("/own"))
            .unwrap()
            .unwrap();
        let mut record = running.record.clone();
        drop(running);
        change(&mut record);
        fs::write(study.join(RUNNING).join("0.0.json"), serde_json::to_vec(&record).unwrap())
            .unwrap();
    }

    #[test]
    fn a_group_on_record_is_ended_once() {
        let study = tempfile::tempdir().unwrap();
        let mut child = sleeper();
        left_behind(study.path(), &child, |_| {});
        assert_eq!(end_leftovers(study.path()).unwrap(), 1);
        assert!(!child.wait().unwrap().success());
        assert_eq!(end_leftovers(study.path()).unwrap(), 0);
    }

    #[test]
    fn a_number_that_belongs_to_another_process_by_now_is_left_alone() {
        let study = tempfile::tempdir().unwrap();
        let mut child = sleeper();
        left_behind(study.path(), &child, |record| record.started += 1);
        assert_eq!(end_leftovers(study.path()).unwrap(), 0);
        left_behind(study.path(), &child, |record| record.boot = "another".to_owned());
        assert_eq!(end_leftovers(study.path()).unwrap(), 0);
        assert_eq!(child.try_wait().unwrap(), None);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn what_a_leader_left_in_its_group_is_known_by_its_folder() {
        let study = tempfile::tempdir().unwrap();
        let script = "sleep 1000 & echo started; read line";
        let mut leader = Command::new("sh");
        leader.args(["-c", script]).env(FOLDER_VARIABLE, study.path()).process_group(0);

        let mut leader = leader
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();

        let mut started = [0];
        io::Read::read_exact(leader.stdout.as_mut().unwrap(), &mut started).unwrap();

        // Its own folder, since other tests end the processes of theirs.
        left_behind(study.path(), &leader, |record| record.folder = study.path().to_owned());
        let group = Group::of_child(&leader);
        drop(leader.stdin.take());
        leader.wait().unwrap();
        assert_eq!(group.members().len(), 1, "the sleeper is left");
        assert_eq!(end_leftovers(study.path()).unwrap(), 1);

        assert_eq!(group.members(), []);
    }

    #[test]
    fn what_has_left_the_group_is_known_by_its_folder_too() {
        let study = tempfile::tempdir().unwrap();
        let mut leader = Command::new("sh");
        leader.args(["-c", "setsid sleep 1000 & echo started; wait"]);
        leader.env(FOLDER_VARIABLE, study.path()).process_group(0);
        let mut leader = leader.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut started = [0];
        io::Read::read_exact(leader.stdout.as_mut().unwrap(), &mut started).unwrap();
        left_behind(study.path(), &leader, |record| record.folder = study.path().to_owned());
        assert_eq!(end_leftovers(study.path()).unwrap(), 1);
        assert_eq!(with_variable(FOLDER_VARIABLE, study.path()), []);
        leader.wait().unwrap();
    }

    #[test]
    fn records_that_say_nothing_are_removed_and_other_files_are_not() {
        let study = tempfile::tempdir().unwrap();
        let running = study.path().join(RUNNING);
        fs::create_dir(&running).unwrap();

        for (name, text) in [
            ("0.0.json", ""),
            ("0.1.json", "{"),
            ("1.0.json", "{\"group\":0,\"started\":1,\"boot\":\"\",\"folder\":\"\"}"),
        ] {
            fs::write(running.join(name), text).unwrap();
        }

        fs::write(running.join("thesis.json"), "mine").unwrap();
        assert_eq!(end_leftovers(study.path()).unwrap(), 0);
        assert_eq!(fs::read_dir(&running).unwrap().count(), 1);
        fs::remove_file(running.join("thesis.json")).unwrap();
        assert_eq!(end_leftovers(study.path()).unwrap(), 0);

        assert!(!running.exists());
    }

    #[test]
    fn a_link_in_the_place_of_the_records_is_not_followed() {
        let (study, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(away.path().join("0.0.json"), "precious").unwrap();
        std::os::unix::fs::symlink(away.path(), study.path().join(RUNNING)).unwrap();
        assert!(end_leftovers(study.path()).is_err());
        tidy(study.path());
        assert_eq!(fs::read(away.path().join("0.0.json")).unwrap(), b"precious");
    }
}
