//! A small language for tests: a folder, files in it, the program run in it, and what it said.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Signals that the tests' caller ignores, as `nohup` and a shell's background do, would be ignored by every program that
/// they start, and a test that sends one would wait for ever. What is caught here is at its default there.
#[cfg(target_os = "linux")]
fn catch_ignored_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
        let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            if ignored >> (signal - 1) & 1 == 1 {
                signal_hook::flag::register(signal, std::sync::Arc::default()).unwrap();
            }
        }
    });
}

#[cfg(not(target_os = "linux"))]
fn catch_ignored_signals() {}

/// A folder of its own, gone when the test ends.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a finished program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Sandbox {
    pub fn new() -> Self {
        catch_ignored_signals();
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tune"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .env("NO_COLOR", "1");
        command
    }

    /// Runs the program to its end.
    pub fn tune(&self, args: &[&str]) -> Said {
        let output = self.command(args).output().unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the program to its end and demands that it ends well.
    pub fn tune_ok(&self, args: &[&str]) -> Said {
        let said = self.tune(args);
        assert_eq!(said.code, 0, "tune {}\n{}\n{}", args.join(" "), said.stdout, said.stderr);
        said
    }

    /// Starts the program and lets it run.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Copies a space file of the project and its data, rewritten by `edit`.
    pub fn adopt(&self, space_file: &str, edit: impl Fn(String) -> String) -> PathBuf {
        let source = project().join("search-spaces");
        let text = std::fs::read_to_string(source.join(space_file)).unwrap();
        let data = source.join("data");
        let text = text.replace("\"data/", &format!("\"{}/", data.display()));
        let programs = source.join("programs");
        let text = text.replace("\"programs/", &format!("\"{}/", programs.display()));
        self.write(space_file, &edit(text))
    }
}

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

impl Said {
    /// Demands that something was said on stderr.
    pub fn complains(&self, code: i32, of: &[&str]) -> &Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        for part in of {
            assert!(self.stderr.contains(part), "`{part}` is not in:\n{}", self.stderr);
        }
        self
    }
}
