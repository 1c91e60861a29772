//! A program under its supervisor, seen from `tune`.

use super::descriptors;
use super::supervisor::{Order, Report};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;

/// How often a running program is looked after.
const TICK: Duration = Duration::from_millis(50);

/// A program that was started.
pub struct Supervised {
    supervisor: Child,
    socket: BufReader<UnixStream>,
    /// The beginning of a report that has not come in whole.
    line: Vec<u8>,
}

/// What is heard from a supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing for a while.
    Nothing,
    /// A report.
    Report(Report),
    /// The supervisor is gone without saying how the program ended.
    Gone,
}

impl Supervised {
    /// Starts a supervisor for `program`, whose environment, folder and arguments it inherits.
    ///
    /// # Errors
    /// If the supervisor cannot be started: that is no fault of the program's.
    pub fn start(program: &Command) -> io::Result<(Self, ChildStdout, ChildStderr)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_read_timeout(Some(TICK))?;
        let mut command = this_program()?;
        command
            .arg0("tune")
            .arg("supervise")
            .args(descriptors::raise().map(|limit| format!("--descriptors={limit}")))
            .arg("--")
            .arg(program.get_program())
            .args(program.get_args());
        for (name, value) in program.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        if let Some(folder) = program.get_current_dir() {
            command.current_dir(folder);
        }
        // It makes a session of its own, where the terminal's Ctrl-C, which is for `tune` to hear, does not reach it.
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut supervisor = command.spawn()?;
        let stdout = supervisor.stdout.take().expect("stdout is piped");
        let stderr = supervisor.stderr.take().expect("stderr is piped");
        Ok((Self { supervisor, socket: BufReader::new(ours), line: Vec::new() }, stdout, stderr))
    }

    /// The number of the supervisor, from which all that the program starts descends.
    pub fn number(&self) -> i32 {
        self.supervisor.id() as i32
    }

    /// Listens for a moment.
    pub fn listen(&mut self) -> Heard {
        match self.socket.read_until(b'\n', &mut self.line) {
            Ok(_) if self.line.ends_with(b"\n") => {
                let report = serde_json::from_slice(&self.line);
                self.line.clear();
                report.map_or(Heard::Gone, Heard::Report)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Heard::Nothing
            }
            _ => Heard::Gone,
        }
    }

    /// Has the program end.
    pub fn order(&mut self, order: Order) {
        // A supervisor that does not listen is gone, and is heard to be.
        let _ = self.socket.get_mut().write_all(&[order as u8]);
    }

    /// Waits for the supervisor, which has reported the end of the program or is gone.
    pub fn wait(&mut self) {
        let _ = self.supervisor.wait();
    }
}

impl Drop for Supervised {
    /// Whatever way it is left, no program stays behind: the supervisor ends it when the socket closes.
    fn drop(&mut self) {
        let _ = self.socket.get_mut().shutdown(std::net::Shutdown::Both);
        let _ = self.supervisor.wait();
    }
}

/// This very binary, even if its file has been replaced since.
fn this_program() -> io::Result<Command> {
    if cfg!(target_os = "linux") {
        return Ok(Command::new("/proc/self/exe"));
    }
    std::env::current_exe().map(Command::new)
}
