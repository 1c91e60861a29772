//! `tune init data.csv --target y`

use super::Common;
use crate::output::outlook;
use crate::report::{Exit, Failure, Fault, pasted};
use experiment::bridge::data::list_folds;
use experiment::file::{SpaceFile, boosting, template};
use experiment::subject::{self, Subject};
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
    /// What else to search on the same folds: also writes folds.csv, and boosting.toml with its program, beside the file
    #[arg(long, value_enum, value_name = "OTHER")]
    with: Option<Other>,
}

/// Another way to learn from the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Other {
    /// Gradient boosting, by Python and scikit-learn
    Boosting,
}

/// Writes a space file.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    if args.out.exists() {
        return Err(is_there(&args.out).into());
    }
    let dataset = dataset(&args.data, &args.target)?;
    let folder = absolute(&args.out).parent().map(Path::to_owned).unwrap_or_default();
    if args.with == Some(Other::Boosting) {
        for name in [BOOSTING, PROGRAM, FOLDS] {
            let path = folder.join(name);
            if path.exists() {
                return Err(is_there(&path).into());
            }
        }
    }
    let path = relative(&absolute(&args.data), &folder);
    let names = template::Names { data: &path, target: &args.target };
    let text = template::write(&dataset, &names);
    // What is written must pass its own check: whatever forbids that is told now, not later.
    let file = SpaceFile::parse(&args.out.display().to_string(), text, folder.clone())?;
    let subject = Subject::of(&file)?;
    write_new(&args.out, file.document.text())?;
    common.talk(format!("{}: {}", args.data.display(), subject.in_words().unwrap_or_default()));
    let out = args.out.display().to_string();
    common.talk(format!("wrote {out}; `tune run {}` searches", pasted(&out)));
    if args.with == Some(Other::Boosting) {
        write_boosting(&dataset, &names, &file, &folder, common)?;
    }
    let file = subject.expecting(file)?;
    if let (Some(words), Some(best)) = (outlook::in_words(&file), outlook::best(&file)) {
        common.talk(format!("{words}\nit begins at {best}"));
    }
    Ok(Exit::Done)
}

const BOOSTING: &str = "boosting.toml";
const PROGRAM: &str = "boosting.py";
const FOLDS: &str = "folds.csv";

/// Writes gradient boosting on the folds of `file` beside it.
fn write_boosting(
    dataset: &Dataset,
    names: &template::Names<'_>,
    file: &SpaceFile,
    folder: &Path,
    common: &Common,
) -> Result<(), Failure> {
    let data = subject::load(file)?;
    let list = String::from_utf8(list_folds(file, &data)?).expect("a list of folds is a text");
    let drop = file.plan.data.as_ref().map_or(&[][..], |section| &section.drop);
    let beside = boosting::Beside { program: PROGRAM, folds: FOLDS, drop };
    let cv = &file.plan.cv;
    let text = boosting::write(dataset, names, &beside, (cv.folds, cv.seed));

    write_new(&folder.join(FOLDS), &list)?;
    write_new(&folder.join(PROGRAM), boosting::PROGRAM)?;
    let path = folder.join(BOOSTING);
    write_new(&path, &text)?;
    // As with the first file: what is written passes its own check.
    SpaceFile::read(&path)?;
    let (file, path) = (file.document.name(), path.display().to_string());
    common.talk(format!(
        "wrote {path} with its program and folds; once both have run, `tune compare {} {}`",
        pasted(&stem(file)),
        pasted(&stem(&path))
    ));
    Ok(())
}

/// What a study is called whose file does not say it.
fn stem(path: &str) -> String {
    Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
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
