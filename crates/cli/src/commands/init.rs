//! `tune init data.csv --target y`

use super::Common;
use crate::output::outlook;
use crate::report::{Exit, Failure, Fault, pasted};
use experiment::file::{SpaceFile, template};
use experiment::subject::Subject;
use experiment::trainer::data::{Dataset, ReadOptions, Roles, Table};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Write a space file to begin with
///
/// Looks at the table, says what it takes the task to be, and writes a commented file with ranges that suit most
/// networks. It passes `tune check`, and `tune run` runs it; make it yours.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The table: .csv or .csv.gz, its first line naming the columns
    data: PathBuf,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// The file to write; one that is there is never overwritten
    #[arg(long, value_name = "FILE", default_value = "space.toml")]
    out: PathBuf,
}

/// Writes a space file.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    if args.out.exists() {
        return Err(is_there(&args.out).into());
    }
    let dataset = dataset(&args.data, &args.target)?;
    let folder = absolute(&args.out).parent().map(Path::to_owned).unwrap_or_default();
    let path = relative(&absolute(&args.data), &folder);
    let text = template::write(&dataset, &template::Names { data: &path, target: &args.target });
    // What is written must pass its own check: whatever forbids that is told now, not later.
    let file = SpaceFile::parse(&args.out.display().to_string(), text, folder)?;
    let subject = Subject::of(&file)?;
    write_new(&args.out, file.document.text())?;
    common.talk(format!("{}: {}", args.data.display(), subject.in_words().unwrap_or_default()));
    let out = args.out.display().to_string();
    common.talk(format!("wrote {out}; `tune run {}` searches", pasted(&out)));
    let file = subject.expecting(file)?;
    if let (Some(words), Some(best)) = (outlook::in_words(&file), outlook::best(&file)) {
        common.talk(format!("{words}\nit begins at {best}"));
    }
    Ok(Exit::Done)
}

fn dataset(path: &Path, target: &str) -> Result<Dataset, Failure> {
    let shown = path.display();
    let file = std::fs::File::open(path)
        .map_err(|error| Failure::input(format!("cannot read {shown}: {error}")))?;
    let in_data = |error: experiment::trainer::data::DataError| {
        Failure::from(Fault::of_library(format_args!("{shown}: {error}")))
    };
    let table = Table::read(file, &ReadOptions::default()).map_err(in_data)?;
    Dataset::new(table, &Roles { target: target.to_owned(), ..Roles::default() }).map_err(in_data)
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot = |error: &std::io::Error| {
        Failure::input(format!("cannot write {}: {error}", path.display()))
    };
    let mut file = std::fs::File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => is_there(path).into(),
        _ => cannot(&error),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| cannot(&error))
}

fn is_there(path: &Path) -> Fault {
    Fault::error(format!("{} is there already, and is not overwritten", path.display()))
        .hint("`--out FILE` writes another file")
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The way from `folder` to `path`, by `..` where they part; slashes on every system.
fn relative(path: &Path, folder: &Path) -> String {
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return path.display().to_string();
    }
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down =
        path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_the_file_to_its_data() {
        let relative =
            |path: &str, folder: &str| super::relative(Path::new(path), Path::new(folder));
        assert_eq!(relative("/a/b/x.csv", "/a/b"), "x.csv");
        assert_eq!(relative("/a/data/x.csv", "/a/spaces"), "../data/x.csv");
    }
}
