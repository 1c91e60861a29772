//! Records of running groups, so that a later run ends what an earlier one left behind.
//!
//! A record stands in `running/` of the study's folder while its program runs. It is needed only where `tune` and the
//! supervisor were both ended by force. A number alone may belong to somebody else by then: a group is ended if its
//! leader started when the record says, or if the leader is gone and a process in it was started with the fold's folder.

use super::invocation::FOLDER_VARIABLE;
use super::process::{Group, Process, boot};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folder of the records, in the study's.
const RUNNING: &str = "running";
/// How long to wait for processes that were ended by force.
const PATIENCE: Duration = Duration::from_secs(2);

/// A group that runs, on record until this is dropped.
pub struct Running {
    record: Record,
    path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    group: i32,
    /// See [`Process::started`].
    started: u64,
    /// The boot since which that counts.
    boot: String,
    /// The fold's own folder.
    folder: PathBuf,
}

impl Running {
    /// Records a group; none if it has ended, or where there is no `/proc` to know it by.
    ///
    /// # Errors
    /// If the record cannot be written.
    pub fn record(
        study: &Path,
        name: &str,
        group: Group,
        fold_folder: &Path,
    ) -> io::Result<Option<Self>> {
        let (Some(leader), Some(boot)) = (Process::read(group.number()), boot()) else {
            return Ok(None);
        };
        let folder = fold_folder.to_owned();
        let record = Record { group: group.number(), started: leader.started, boot, folder };
        let path = study.join(RUNNING).join(format!("{name}.json"));
        fs::create_dir_all(study.join(RUNNING))?;
        fs::write(&path, serde_json::to_vec(&record)?)?;
        Ok(Some(Self { record, path }))
    }

    /// Ends the group, if it is still the one recorded.
    pub fn end(&self) {
        self.record.end();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A record too many does no harm: the group in it has ended.
        let _ = fs::remove_file(&self.path);
    }
}

impl Record {
    /// Ends the group, if it is still the one recorded; tells whether there was anything to end.
    fn end(&self) -> bool {
        let Some(group) =
            Group::numbered(self.group).filter(|_| boot().as_ref() == Some(&self.boot))
        else {
            return false;
        };
        let members = group.members();
        let is_ours = match members.iter().find(|process| process.pid == self.group) {
            Some(leader) => leader.started == self.started,
            None => {
                members.iter().any(|process| process.has_variable(FOLDER_VARIABLE, &self.folder))
            }
        };
        if is_ours {
            group.kill();
            let began = Instant::now();
            while !group.members().is_empty() && began.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        is_ours
    }
}

/// Removes the folder of the records when nothing runs any more.
pub fn tidy(study: &Path) {
    // It is not there, or a record is still in it: either is fine.
    let _ = fs::remove_dir(study.join(RUNNING));
}

/// Ends the programs that an earlier run of the study left behind; returns how many.
///
/// # Errors
/// If the records cannot be read or removed.
pub fn end_leftovers(study: &Path) -> io::Result<u64> {
    let folder = study.join(RUNNING);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut n_ended = 0;
    for entry in entries {
        let path = entry?.path();
        // A record that was cut short names nothing: its program was ended by its supervisor.
        let record = serde_json::from_slice(&fs::read(&path)?);
        n_ended += u64::from(record.is_ok_and(|record: Record| record.end()));
        fs::remove_file(&path)?;
    }
    fs::remove_dir(&folder)?;
    Ok(n_ended)
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

    /// Records a sleeper as if its run had been killed; what is recorded can be changed.
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
        leader.args(["-c", script]).env(FOLDER_VARIABLE, "/own").process_group(0);
        let mut leader = leader
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut started = [0];
        io::Read::read_exact(leader.stdout.as_mut().unwrap(), &mut started).unwrap();
        left_behind(study.path(), &leader, |_| {});
        let group = Group::of_child(&leader);
        drop(leader.stdin.take());
        leader.wait().unwrap();
        assert_eq!(group.members().len(), 1, "the sleeper is left");
        assert_eq!(end_leftovers(study.path()).unwrap(), 1);
        assert_eq!(group.members(), []);
    }

    #[test]
    fn records_that_say_nothing_are_removed() {
        let study = tempfile::tempdir().unwrap();
        fs::create_dir(study.path().join(RUNNING)).unwrap();
        for (name, text) in [
            ("a", ""),
            ("b", "{"),
            ("c", "{\"group\":0,\"started\":1,\"boot\":\"\",\"folder\":\"\"}"),
        ] {
            fs::write(study.path().join(RUNNING).join(name), text).unwrap();
        }
        assert_eq!(end_leftovers(study.path()).unwrap(), 0);
        assert!(!study.path().join(RUNNING).exists());
    }
}
