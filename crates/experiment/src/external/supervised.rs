//! A program under its supervisor, from `tune`'s side.

use super::descriptors;
use super::supervisor::{Order, Report};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;

/// How often a running program is checked.
const TICK: Duration = Duration::from_millis(50);

/// A program that was started.
pub struct Supervised {
    supervisor: Child,
    socket: BufReader<UnixStream>,
    /// The beginning of an incomplete report.
    line: Vec<u8>,
}

/// A message from a supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing was reported for a while.
    Nothing,
    /// The supervisor reported this.
    Report(Report),
    /// The supervisor is gone without reporting how the program ended.
    Gone,
}

impl Supervised {
    /// Starts a supervisor for `program` with the same environment, folder and arguments.
    ///
    /// # Errors
    /// If the supervisor cannot be started, which is not the program's fault.
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

        // It makes a session of its own, which the terminal's Ctrl-C, meant for `tune`, does not
        // reach.
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut supervisor = command.spawn()?;
        let stdout = supervisor.stdout.take().expect("stdout is piped");
        let stderr = supervisor.stderr.take().expect("stderr is piped");

        Ok((Self { supervisor, socket: BufReader::new(ours), line: Vec::new() }, stdout, stderr))
    }

    /// The process number of the supervisor, the ancestor of everything that the program starts.
    pub fn number(&self) -> i32 {
        self.supervisor.id() as i32
    }

    /// Waits a moment for a message.
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

    /// Orders the program to end.
    pub fn order(&mut self, order: Order) {
        // A supervisor that does not listen is gone, which is noticed elsewhere.
        let _ = self.socket.get_mut().write_all(&[order as u8]);
    }

    /// Waits for the supervisor, which has reported the end of the program or is gone.
    pub fn wait(&mut self) {
        let _ = self.supervisor.wait();
    }
}

impl Drop for Supervised {
    /// No program stays behind: the supervisor ends it when the socket closes.
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
