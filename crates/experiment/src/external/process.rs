//! Processes as Linux describes them in `/proc`: groups, descendants, and their memory.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A process group, by the process that leads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group(Pid);

impl Group {
    /// The group that a child leads.
    pub(crate) fn of_child(child: &std::process::Child) -> Self {
        Self(Pid::from_child(child))
    }

    /// The group of this number; `None` if no group can have it. Process 1 never leads one of ours.
    pub fn numbered(number: i32) -> Option<Self> {
        (number > 1).then(|| Pid::from_raw(number)).flatten().map(Self)
    }

    /// The number of the group and of its leader.
    pub fn number(self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// Returns the group's leader.
    pub fn leader(self) -> Pid {
        self.0
    }

    /// Sends a signal to all processes of the group.
    pub fn signal(self, signal: Signal) {
        // The only possible error is that the group has ended.
        let _ = kill_process_group(self.0, signal);
    }

    /// Returns the living processes of the group; empty without `/proc`.
    pub fn members(self) -> Vec<Process> {
        all().filter(|process| process.group == self.number() && !process.is_zombie).collect()
    }
}

/// A process as `/proc` describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process id.
    pub pid: i32,
    /// The process group.
    pub group: i32,
    /// The start time in ticks since boot: together with the number, it identifies the process.
    pub started: u64,
    is_zombie: bool,
}

impl Process {
    /// Reads a process; `None` if it does not exist, or without `/proc`.
    pub fn read(pid: i32) -> Option<Self> {
        Self::parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Parses a line of `/proc/PID/stat`, whose fields proc(5) numbers from 1; the second, a name,
    /// may hold anything.
    fn parse(pid: i32, stat: &str) -> Option<Self> {
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        let is_zombie = matches!(field(3)?, "Z" | "X");
        Some(Self {
            pid,
            group: field(5)?.parse().ok()?,
            started: field(22)?.parse().ok()?,
            is_zombie,
        })
    }

    /// Kills the process.
    pub fn kill(self) {
        signal(self.pid, Signal::KILL);
    }

    /// Whether the process was started with this variable in its environment.
    fn has_variable(&self, name: &str, value: &Path) -> bool {
        use std::os::unix::ffi::OsStrExt;
        let wanted = [name.as_bytes(), b"=", value.as_os_str().as_bytes()].concat();
        let environment = fs::read(format!("/proc/{}/environ", self.pid)).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|variable| variable == wanted)
    }
}

/// Returns the living processes that were started with this variable in their environment.
pub(crate) fn with_variable(name: &str, value: &Path) -> Vec<Process> {
    all().filter(|process| !process.is_zombie && process.has_variable(name, value)).collect()
}

/// Sends a signal to a process, which may have ended.
pub fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid).filter(|_| pid > 1) {
        let _ = kill_process(pid, signal);
    }
}

/// Returns all processes of the system.
fn all() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(Process::read)
}

/// Returns the processes that `root` has started, directly or indirectly, zombies included, without
/// `root` itself. An orphan counts as its adopter's. Empty without `/proc`.
pub(crate) fn descendants(root: i32) -> Vec<i32> {
    let (mut found, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(parent) = open.pop() {
        for child in children(parent) {
            if found.insert(child) {
                open.push(child);
            }
        }
    }
    found.into_iter().collect()
}

/// Returns the children of a process, of all its threads.
pub fn children(pid: i32) -> Vec<i32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_ascii_whitespace().filter_map(|n| n.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}

/// Whether the descendants of `root` use more than `limit` bytes of memory. A shared page counts
/// once; pages of files, which the system can reclaim, do not count.
///
/// The sum of resident sizes is a cheap upper bound; only if it exceeds the limit is each page
/// counted, more than once: processes are read one after the other, and a fork in between counts
/// pages twice.
pub(crate) fn takes_more_than(limit: u64, root: i32) -> bool {
    const LOOKS: usize = 3;
    let sum = |bytes: fn(i32) -> u64| descendants(root).into_iter().map(bytes).sum::<u64>();
    sum(resident_bytes) > limit && (0..LOOKS).all(|_| sum(share_bytes) > limit)
}

/// Resident memory of a process without files, including shared pages.
fn resident_bytes(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name| kibibytes(&status, name).unwrap_or(0);
    (field("RssAnon") + field("RssShmem")) << 10
}

/// As [`resident_bytes`], but each process counts an n-th of a page shared by n processes.
fn share_bytes(pid: i32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let share = kibibytes(&rollup, "Pss_Anon")
        .map(|anonymous| anonymous + kibibytes(&rollup, "Pss_Shmem").unwrap_or(0))
        .or_else(|| kibibytes(&rollup, "Pss"));
    share.map_or_else(|| resident_bytes(pid), |kibibytes| kibibytes << 10)
}

/// Parses a line such as `RssAnon:   1234 kB`.
fn kibibytes(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// Identifies the current boot; `None` without `/proc`.
pub(crate) fn boot() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_parentheses_may_hold_anything() {
        let fields: Vec<String> = (4..=52).map(|field| field.to_string()).collect();
        let process = Process::parse(9, &format!("9 (a ) b (c) R {}", fields.join(" "))).unwrap();
        assert_eq!(process, Process { pid: 9, group: 5, started: 22, is_zombie: false });
        assert_eq!(Process::parse(9, "9 (a) R"), None);
        assert_eq!(Process::parse(9, ""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_found_in_its_group_and_its_memory_is_counted() {
        let pid = std::process::id() as i32;
        let own = Process::read(pid).unwrap();
        assert!(Group::numbered(own.group).unwrap().members().contains(&own));
        assert!(share_bytes(pid) > 1 << 16 && resident_bytes(pid) > 1 << 16);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn children_of_children_are_found_in_whatever_group() {
        use std::io::{BufRead, BufReader};
        use std::process::{Command, Stdio};
        let script = "setsid sh -c 'echo $$; read line' & read line";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let grandchild: i32 = line.trim().parse().unwrap();
        let found = descendants(std::process::id() as i32);
        assert!(found.contains(&(child.id() as i32)) && found.contains(&grandchild), "{found:?}");
        signal(grandchild, Signal::KILL);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn numbers_that_mean_other_than_one_group_are_refused() {
        assert_eq!([-1, 0, 1].map(Group::numbered), [None; 3]);
    }
}
