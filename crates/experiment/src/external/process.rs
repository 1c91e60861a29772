//! Process groups, and what Linux tells of them in `/proc`.

use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;

/// A process group, by the process that leads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group(Pid);

impl Group {
    /// The group that a child leads.
    pub fn of_child(child: &std::process::Child) -> Self {
        Self(Pid::from_child(child))
    }

    /// The group of this number; none if no group can have it. Process 1 never leads one of ours.
    pub fn numbered(number: i32) -> Option<Self> {
        (number > 1).then(|| Pid::from_raw(number)).flatten().map(Self)
    }

    /// The number of the group and of its leader.
    pub fn number(self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// The leader.
    pub fn leader(self) -> Pid {
        self.0
    }

    /// Asks all processes of the group to end.
    pub fn terminate(self) {
        self.signal(Signal::TERM);
    }

    /// Ends all processes of the group.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    fn signal(self, signal: Signal) {
        // The only error that is met is a group that has ended.
        let _ = kill_process_group(self.0, signal);
    }

    /// The processes of the group that are alive; none are known where there is no `/proc`.
    pub fn members(self) -> Vec<Process> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter_map(Process::read)
            .filter(|process| process.group == self.number() && !process.is_zombie)
            .collect()
    }

    /// Resident memory of the group in bytes; pages that processes share count for each of them.
    pub fn resident_bytes(self) -> u64 {
        self.members().iter().map(Process::resident_bytes).sum()
    }
}

/// A process as `/proc` describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Its group.
    pub group: i32,
    /// When it started, in ticks since the machine did: with the number, this tells it from any other process.
    pub started: u64,
    is_zombie: bool,
}

impl Process {
    /// Reads what is known of a process; none if there is no such process, or no `/proc`.
    pub fn read(pid: i32) -> Option<Self> {
        Self::parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Reads a line of `/proc/PID/stat`, whose fields proc(5) numbers from 1; the second, a name, may hold anything.
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

    fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes =
            line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<u64>().ok());
        kibibytes.unwrap_or(0) << 10
    }

    /// Whether the process was started with this variable in its environment.
    pub fn has_variable(&self, name: &str, value: &std::path::Path) -> bool {
        use std::os::unix::ffi::OsStrExt;
        let wanted = [name.as_bytes(), b"=", value.as_os_str().as_bytes()].concat();
        let environment = fs::read(format!("/proc/{}/environ", self.pid)).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|variable| variable == wanted)
    }
}

/// A name of the time since the machine started; none where there is no `/proc`.
pub fn boot() -> Option<String> {
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
    fn this_process_is_found_in_its_group() {
        let own = Process::read(std::process::id() as i32).unwrap();
        let group = Group::numbered(own.group).unwrap();
        assert!(group.members().contains(&own));
        assert!(group.resident_bytes() > 1 << 20);
    }

    #[test]
    fn numbers_that_mean_other_than_one_group_are_refused() {
        assert_eq!([-1, 0, 1].map(Group::numbered), [None; 3]);
    }
}
