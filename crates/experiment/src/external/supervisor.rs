//! The process between `tune` and a program: it starts the program and ends it with everything that
//! it started.
//!
//! Its stdin is one end of a socket to `tune`. Over it, it reports the program's state and receives
//! orders to end it. When the other end closes, `tune` is gone, even by `kill -9`, and the program
//! must end too. It leads a session of its own without a terminal: a program that prompts at the
//! terminal fails at once instead of waiting forever. On Linux it adopts orphans of the program,
//! so that none escapes.

use super::process::{Group, children, descendants, signal};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A supervisor's report, one line of JSON each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The program runs and leads the group of this number.
    Started(i32),
    /// The program cannot be started, for this reason.
    NotStarted(String),
    /// The system has no process, thread or descriptor available now, which is not the program's
    /// fault.
    NoResources(String),
    /// The program ended with this exit code.
    Exited(i32),
    /// The program was ended by this signal.
    Signalled(i32),
}

/// How a program is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Order {
    /// The program may save its state, and is killed after a grace period.
    Terminate = b't',
    /// The program may save its state; the next order says when it is killed.
    Ask = b'a',
    /// The program is killed at once.
    Kill = b'k',
}

/// The time between TERM and KILL.
pub(crate) const GRACE: Duration = Duration::from_secs(2);
/// How long to wait for killed processes.
const PATIENCE: Duration = Duration::from_secs(5);

/// The group while its leader has not been waited for: until then its number is not reused.
type Standing = Arc<Mutex<Option<Group>>>;

/// Runs a program to its end and reports it.
///
/// # Errors
/// If stdin is not a socket, or nobody listens.
pub fn supervise(command: &[OsString]) -> io::Result<()> {
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let Some((program, arguments)) = command.split_first() else {
        return Ok(());
    };

    // This fails only for a group leader, which a supervisor that `tune` starts is not.
    let _ = rustix::process::setsid();
    adopt_orphans();

    let standing: Standing = Arc::default();
    // Before the program: if the thread cannot be started, there is nothing to end yet.
    let start = || -> io::Result<_> {
        handle_requests(socket.try_clone()?, Arc::clone(&standing))?;
        Command::new(program).args(arguments).stdin(Stdio::null()).process_group(0).spawn()
    };

    let mut child = match start() {
        Ok(child) => child,
        Err(error) if is_shortage(&error) => {
            return report(&mut socket, &Report::NoResources(error.to_string()));
        }
        Err(error) => return report(&mut socket, &Report::NotStarted(error.to_string())),
    };

    let group = Group::of_child(&child);
    standing.lock().unwrap_or_else(PoisonError::into_inner).replace(group);

    // If nobody listens, the thread finds the socket closed and ends the program.
    let _ = report(&mut socket, &Report::Started(group.number()));

    wait_for(group.leader());
    // Processes that the program started and left behind end with it.
    end_all(group);
    standing.lock().unwrap_or_else(PoisonError::into_inner).take();
    let status = child.wait()?;
    let ended = match (status.code(), status.signal()) {
        (Some(code), _) => Report::Exited(code),
        (None, signal) => Report::Signalled(signal.unwrap_or_default()),
    };

    report(&mut socket, &ended)
}

/// Whether an error says that the system lacks a resource for a process now, or that the program's
/// file is being written.
pub(crate) fn is_shortage(error: &io::Error) -> bool {
    let shortages = [Errno::AGAIN, Errno::NOMEM, Errno::MFILE, Errno::NFILE, Errno::TXTBSY];
    error.raw_os_error().is_some_and(|code| shortages.iter().any(|e| e.raw_os_error() == code))
}

/// Becomes the parent of orphans of the program.
#[cfg(target_os = "linux")]
fn adopt_orphans() {
    // If this fails, processes that leave the group are out of reach, as on other systems.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

#[cfg(not(target_os = "linux"))]
fn adopt_orphans() {}

/// Waits until the program's first process has ended, and reaps orphans meanwhile; the process
/// itself is left to its handle.
fn wait_for(leader: Pid) {
    let unburied = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    loop {
        match waitid(WaitId::All, unburied) {
            Err(Errno::INTR) => continue,
            Err(_) => return,
            Ok(_) => {}
        }
        // Peeked at, and not reaped: its handle still needs the exit status.
        if !matches!(waitid(WaitId::Pid(leader), unburied | WaitIdOptions::NOHANG), Ok(None)) {
            return;
        }
        for child in children(own_pid()).into_iter().filter_map(Pid::from_raw) {
            if child != leader {
                bury(child);
            }
        }
    }
}

/// Ends the group and all other descendants, until nothing is left.
fn end_all(group: Group) {
    let leader = group.number();
    group.signal(Signal::KILL);
    let began = Instant::now();

    loop {
        let left: Vec<i32> =
            descendants(own_pid()).into_iter().filter(|pid| *pid != leader).collect();
        if left.is_empty() || began.elapsed() > PATIENCE {
            return;
        }
        for pid in &left {
            signal(*pid, Signal::KILL);
        }
        // Reaped, or they would be found again as zombies.
        for pid in left.into_iter().filter_map(Pid::from_raw) {
            bury(pid);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Notes the end of a child, if it has ended; reaps only our own children.
fn bury(child: Pid) {
    let _ = waitid(WaitId::Pid(child), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
}

fn own_pid() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

fn report(socket: &mut UnixStream, report: &Report) -> io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    socket.write_all(&line)
}

/// Waits for orders on its own thread; a closed socket is one.
fn handle_requests(mut socket: UnixStream, standing: Standing) -> io::Result<()> {
    let to_all = move |what: Signal| {
        if let Some(group) = *standing.lock().unwrap_or_else(PoisonError::into_inner) {
            group.signal(what);
            for pid in descendants(own_pid()) {
                signal(pid, what);
            }
        }
    };

    let work = move || loop {
        let mut order = [Order::Terminate as u8];
        // An error means the same as a closed socket: nobody can ask again.
        let _ = socket.read(&mut order);
        if order[0] != Order::Kill as u8 {
            to_all(Signal::TERM);
        }
        if order[0] == Order::Ask as u8 {
            continue;
        }
        if order[0] != Order::Kill as u8 {
            std::thread::sleep(GRACE);
        }
        to_all(Signal::KILL);
        return;
    };

    std::thread::Builder::new().spawn(work).map(drop)
}
