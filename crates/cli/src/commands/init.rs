//! `tune init data.csv --target y`

use super::Common;
use crate::output::layout::{Hang, message};
use crate::output::outlook;
use crate::report::{Exit, Failure, Fault, pasted, quoted};
use crate::terminal::screen;
use experiment::bridge::column::in_table;
use experiment::bridge::data::list_folds;
use experiment::file::{SEPARATORS, SpaceFile, boosting, template};
use experiment::lint::folds;
use experiment::subject::{self, Subject};
use experiment::trainer::data::{
    self, ColumnKind, DataError, Dataset, Described, Mention, MissingTarget, ReadOptions, Roles,
    Table, describe,
};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Write a first space file for a table
///
/// Reads the table, reports how it reads each column and which task it infers, and writes a
/// commented file with ranges that suit most networks. The file passes `tune check` and can be run
/// with `tune run`; edit it as you like.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The table: .csv, .tsv or .txt, gzipped or not, with the column names in its first line
    data: PathBuf,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// The file to write; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "space.toml")]
    out: PathBuf,
    /// The task, instead of the one inferred from the target
    #[arg(long, value_enum)]
    task: Option<Task>,
    /// The kind of a column, such as `zip=category`: number, category, date or text (left out). May
    /// be repeated
    #[arg(long, value_name = "COLUMN=KIND", value_parser = kind)]
    kinds: Vec<(String, ColumnKind)>,
    /// A text that counts as missing; "" for empty cells only. May be repeated
    #[arg(long, value_name = "TEXT")]
    missing: Vec<String>,
    /// A column to leave out, by its name or its position. May be repeated
    #[arg(long, value_name = "COLUMN")]
    drop: Vec<String>,
    /// The separator of columns, instead of the one detected
    #[arg(long, value_name = "CHARACTER", value_parser = separator)]
    separator: Option<char>,
    /// How rows without a target are treated: refuse or drop. By default, rows with an empty target
    /// are dropped, and those with `NA` or the like among numbers
    #[arg(long, value_enum, value_name = "WHAT")]
    missing_target: Option<WithoutTarget>,
    /// The first line is a row; columns are named by position, as `column_1`
    #[arg(long, conflicts_with = "header")]
    no_header: bool,
    /// The first line holds the column names, although it looks like data
    #[arg(long)]
    header: bool,
    /// Another model to search on the same folds; also writes folds.csv, and boosting.toml with its
    /// program, beside the file
    #[arg(long, value_enum, value_name = "OTHER")]
    with: Option<Other>,
}

/// The task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Task {
    /// One of several classes
    Classification,
    /// A quantity
    Regression,
}

impl From<Task> for data::Task {
    fn from(task: Task) -> Self {
        match task {
            Task::Classification => Self::Classification,
            Task::Regression => Self::Regression,
        }
    }
}

/// How rows without a target are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum WithoutTarget {
    /// Rows without a target are an error
    Refuse,
    /// Rows without a target are left out
    Drop,
}

/// Parses `column=kind`.
fn kind(text: &str) -> Result<(String, ColumnKind), String> {
    const KINDS: [ColumnKind; 4] =
        [ColumnKind::Number, ColumnKind::Category, ColumnKind::Date, ColumnKind::Text];
    let found = text.rsplit_once('=').and_then(|(column, name)| {
        let kind = KINDS.into_iter().find(|kind| kind.to_string() == name.trim())?;
        Some((column.trim().to_owned(), kind))
    });
    found.ok_or_else(|| {
        format!("expected COLUMN=KIND with number, category, date or text, found {}", quoted(text))
    })
}

/// Parses a separator, as `[data]` takes it.
fn separator(text: &str) -> Result<char, String> {
    let found = SEPARATORS.iter().find(|(written, _)| *written == text);
    found.map(|&(_, separator)| separator).ok_or_else(|| {
        format!("expected one of , ; tab | : ^ ~ or a blank, found {}", quoted(text))
    })
}

/// Another model for the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Other {
    /// Gradient boosting, with Python and scikit-learn
    Boosting,
}

/// Writes a space file.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    if args.out.exists() {
        return Err(is_there(&args.out).into());
    }
    let folder = absolute(&args.out).parent().map(Path::to_owned).unwrap_or_default();
    if !folder.is_dir() {
        let (out, folder) = (args.out.display(), folder.display());
        return Err(Failure::input(format!("cannot write {out}: {folder} is no folder")));
    }

    let found = look(args)?;
    if args.with == Some(Other::Boosting) {
        for name in [BOOSTING, PROGRAM, FOLDS] {
            let path = folder.join(name);
            if path.exists() {
                return Err(is_there(&path).into());
            }
        }
    }

    let path = relative(&absolute(&args.data), &folder);
    let names = template::Names {
        data: &path,
        target: &args.target,
        drop: &found.options.drop,
        drop_positions: &found.options.drop_positions,
        separator: args.separator,
        missing: &args.missing,
        kinds: &found.options.kinds,
        is_task_given: args.task.is_some(),
        header: found.options.header,
        drops_rows: found.missing_target == MissingTarget::Drop,
    };

    let text = template::write(&found.dataset, &found.columns, &names);
    // The written file must pass its own check, so that any obstacle is reported now.
    let file = SpaceFile::parse(&args.out.display().to_string(), text, folder.clone())?;
    let subject = Subject::of(&file)?;
    write_new(&args.out, file.document.text())?;
    common.talk(message(&said(args, &file, &subject, &found), Hang(4)));

    if let Some(data) = subject.table() {
        for warning in &folds::warnings(&file, data) {
            screen::warn(warning);
        }
    }

    let out = args.out.display().to_string();
    common.talk(format!("wrote {out}; `tune run {}` searches", pasted(&out)));
    if args.with == Some(Other::Boosting) {
        write_boosting(&found.dataset, &names, &file, &folder, common)?;
    }

    let file = subject.expecting(file)?;
    if let (Some(words), Some(best)) = (outlook::in_words(&file), outlook::best(&file)) {
        common.talk(message(&format!("{words}\nthe first trial is {best}"), Hang(2)));
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

    // As for the first file: it must pass its own check.
    SpaceFile::read(&path)?;
    let (file, path) = (file.document.name(), path.display().to_string());

    common.talk(format!(
        "wrote {path} with its program and folds; once both have run, `tune compare {} {}`",
        pasted(&stem(file)),
        pasted(&stem(&path))
    ));

    Ok(())
}

/// The name of a study whose file does not state one.
fn stem(path: &str) -> String {
    Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The most lines about columns, including the one about the table.
const MOST_LINES: usize = 30;

/// Reports what was read, how, and what is left out.
fn said(args: &Args, file: &SpaceFile, subject: &Subject, found: &Found) -> String {
    let mut lines = subject.in_lines(file);
    let dropped = dropped(args, found);
    // What is dropped changes the data, so it is shown even where other lines are not.
    let room = MOST_LINES.saturating_sub(dropped.len());
    if lines.len() > room {
        lines.truncate(room - 1);
        lines.push("and more: `tune check` shows all".to_owned());
    }

    lines.extend(dropped);
    format!("{}: {}", args.data.display(), lines.join("\n  "))
}

/// Most names in a line.
const NAMES: usize = 6;

/// Reports the columns that are left out although the user did not ask for it, a line for each
/// reason.
fn dropped(args: &Args, found: &Found) -> Vec<String> {
    let is_asked = |position: &u64| args.drop.iter().any(|column| column.parse() == Ok(*position));
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    let mut add = |why, name| match groups.iter_mut().find(|(other, _)| *other == why) {
        Some((_, names)) => names.push(name),
        None => groups.push((why, vec![name])),
    };

    for (name, why) in template::left_out(&found.columns, &args.target) {
        add(why, quoted(&name));
    }
    for position in found.options.drop_positions.iter().filter(|position| !is_asked(position)) {
        add("the header has no name for it", position.to_string());
    }

    let line = |(why, names): &(&str, Vec<String>)| {
        let n_more = names.len().saturating_sub(NAMES);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        let names = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
        format!("drop = [{names}]{more}: {why}")
    };
    groups.iter().map(line).collect()
}

/// A table that a study can start with.
struct Found {
    dataset: Dataset,
    columns: Vec<Described>,
    options: ReadOptions,
    missing_target: MissingTarget,
}

/// Reads the table, without columns that have no name, and without rows that have an empty target.
fn look(args: &Args) -> Result<Found, Failure> {
    let header = if args.no_header { Some(false) } else { args.header.then_some(true) };
    let missing = args.missing.clone();
    let kinds = args.kinds.iter().cloned().collect();
    // A number is a position, as in `drop` of a space file.
    let drop_positions = args.drop.iter().filter_map(|column| column.parse().ok()).collect();
    let drop = args.drop.iter().filter(|column| column.parse::<u64>().is_err()).cloned().collect();
    let separator = args.separator.and_then(|separator| u8::try_from(separator).ok());
    let mut options = ReadOptions {
        kinds,
        missing,
        header,
        drop,
        drop_positions,
        separator,
        ..ReadOptions::default()
    };
    let mut missing_target = match args.missing_target {
        Some(WithoutTarget::Drop) => MissingTarget::Drop,
        Some(WithoutTarget::Refuse) | None => MissingTarget::Refuse,
    };
    let shown = args.data.display();
    let failed = |error: DataError| Failure::from(in_table(&shown, &error));

    loop {
        let table = match Table::read(open(&args.data)?, &options) {
            // Row names of R and pandas.
            Err(DataError::EmptyName { position, n_named: None })
                if options.drop_positions.len() < 3 =>
            {
                options.drop_positions.push(position as u64);
                continue;
            }
            read => read.map_err(failed)?,
        };
        let columns = describe(&table);
        let task = args.task.map(data::Task::from);
        let roles = Roles { target: args.target.clone(), task, missing_target, ..Roles::default() };
        let kept = without_identifiers(args, table, &options, &columns)?;
        match Dataset::new(kept, &roles) {
            Err(DataError::Missing { mention: Mention::Target, text, .. })
                if (text.is_empty() || holds_numbers(&columns, &args.target))
                    && missing_target == MissingTarget::Refuse
                    && args.missing_target.is_none() =>
            {
                missing_target = MissingTarget::Drop;
            }
            made => {
                let is_missing =
                    matches!(made, Err(DataError::Missing { mention: Mention::Target, .. }));
                let dataset = made.map_err(|error| {
                    let fault = in_table(&shown, &error);
                    if !is_missing {
                        return Failure::from(fault);
                    }
                    let kind = format!("{}=category", args.target);
                    let hint = format!(
                        "here: `--kinds {}`, `--missing \"\"` or `--missing-target drop`",
                        pasted(&kind)
                    );
                    fault.hint(hint).into()
                })?;
                return Ok(Found { dataset, columns, options, missing_target });
            }
        }
    }
}

/// Whether a column is one of numbers, so that `NA` among them is no class.
fn holds_numbers(columns: &[Described], name: &str) -> bool {
    let mut named = columns.iter().filter(|column| column.name == name);
    named.any(|column| column.reading.form.kind() == ColumnKind::Number)
}

/// Removes the columns that the file will drop: one of them may have more labels than can be
/// encoded.
fn without_identifiers(
    args: &Args,
    table: Table,
    options: &ReadOptions,
    columns: &[Described],
) -> Result<Table, Failure> {
    let left_out = template::left_out(columns, &args.target);
    if left_out.is_empty() {
        return Ok(table);
    }
    let mut drop = options.drop.clone();
    drop.extend(left_out.into_iter().map(|(name, _)| name));
    let shown = args.data.display();
    Table::read(open(&args.data)?, &ReadOptions { drop, ..options.clone() })
        .map_err(|error| in_table(&shown, &error).into())
}

fn open(path: &Path) -> Result<std::fs::File, Failure> {
    let cannot = |error| Failure::input(format!("cannot read {}: {error}", path.display()));
    std::fs::File::open(path).map_err(cannot)
}

/// Writes a file that does not exist yet.
///
/// # Errors
/// If it exists, or cannot be written.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
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
    Fault::error(format!("{} exists and is not overwritten", path.display()))
        .hint("`--out FILE` writes another file")
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The path from `folder` to `path`, with `..` where they diverge and slashes on every system.
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
