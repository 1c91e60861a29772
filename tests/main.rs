//! The program from outside: every test here runs the `tune` binary, but for the one that reads the source tree.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test's helpers are tests, and print what they counted"
)]

mod architecture;
mod ask;
mod bad_input;
#[cfg(unix)]
mod command;
mod compare;
mod damage;
mod dependencies;
mod disk;
mod evaluate;
mod experience;
mod explain;
mod fields;
mod fit;
mod folds;
mod gain;
mod hostile;
mod import;
mod importance;
mod imports;
mod init;
mod kill;
mod old_reading;
#[cfg(unix)]
mod own_files;
#[cfg(target_os = "linux")]
mod processes;
mod python;
mod race;
mod report;
mod run;
mod sandbox;
mod signals;
#[cfg(target_os = "linux")]
mod slurm;
mod space;
mod spaces;
mod tables;
mod values;
mod verify;
