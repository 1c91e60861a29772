//! The process that stands between `tune` and a program: it starts the program in a group of its own, and ends the group.
//!
//! Its stdin is one end of a socket whose other end `tune` holds. Over it, it reports what becomes of the program, and
//! is told when to end it. When the other end closes, `tune` is gone, even by `kill -9`, and the program is to go too.

use super::process::Group;
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a supervisor reports, a line of JSON each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The program runs, and leads the group of this number.
    Started(i32),
    /// It cannot be started, for this reason.
    NotStarted(String),
    /// It ended with this code.
    Exited(i32),
    /// It was ended by this signal.
    Signalled(i32),
}

/// How a program is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Order {
    /// It may save what it has, and is ended after [`GRACE`].
    Terminate = b't',
    /// At once.
    Kill = b'k',
}

/// The time between TERM and KILL.
pub const GRACE: Duration = Duration::from_secs(2);

/// The group while its leader has not been waited for: until then the number belongs to nobody else.
type Standing = Arc<Mutex<Option<Group>>>;

/// Runs a program to its end, and reports it.
///
/// # Errors
/// If stdin is no socket, or nobody listens any more.
pub fn supervise(command: &[OsString]) -> std::io::Result<()> {
    let mut socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let Some((program, arguments)) = command.split_first() else {
        return Ok(());
    };
    let child = Command::new(program).args(arguments).stdin(Stdio::null()).process_group(0).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return report(&mut socket, &Report::NotStarted(error.to_string())),
    };
    let group = Group::of_child(&child);
    let standing: Standing = Arc::new(Mutex::new(Some(group)));
    // If nobody listens, the thread finds the socket closed and ends the group.
    let _ = report(&mut socket, &Report::Started(group.number()));
    obey(socket.try_clone()?, Arc::clone(&standing));
    let is_ended =
        || waitid(WaitId::Pid(group.leader()), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    while is_ended().is_err_and(|error| error == Errno::INTR) {}
    // What the program has started and left behind ends with it.
    group.kill();
    standing.lock().unwrap_or_else(PoisonError::into_inner).take();
    let status = child.wait()?;
    let ended = match (status.code(), status.signal()) {
        (Some(code), _) => Report::Exited(code),
        (None, signal) => Report::Signalled(signal.unwrap_or_default()),
    };
    report(&mut socket, &ended)
}

fn report(socket: &mut UnixStream, report: &Report) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    socket.write_all(&line)
}

/// Waits for orders, on a thread of its own; a socket that closes is one.
fn obey(mut socket: UnixStream, standing: Standing) {
    let signal = move |send: fn(Group)| {
        if let Some(group) = *standing.lock().unwrap_or_else(PoisonError::into_inner) {
            send(group);
        }
    };
    std::thread::spawn(move || {
        let mut order = [Order::Terminate as u8];
        // An error is as good as a closed socket: nobody is there to ask again.
        let _ = socket.read(&mut order);
        if order[0] != Order::Kill as u8 {
            signal(Group::terminate);
            std::thread::sleep(GRACE);
        }
        signal(Group::kill);
    });
}
