//! Files of other kinds in place of a space file, recognised by their names: the first syntax error
//! of such a file says nothing.

use super::tree::literal;
use crate::report::{Fault, pasted};
use std::path::Path;

const TABLES: [&str; 9] =
    [".csv", ".tsv", ".tab", ".data", ".parquet", ".xlsx", ".xls", ".arff", ".json"];

/// Ends of names of programs, each with what runs them.
const PROGRAMS: [(&str, &str); 7] = [
    (".py", "python3"),
    (".sh", "sh"),
    (".bash", "bash"),
    (".r", "Rscript"),
    (".jl", "julia"),
    (".js", "node"),
    (".pl", "perl"),
];

/// Ends of names of files that `tune import` may read.
const IMPORTED: [(&str, &str); 3] = [(".yaml", "YAML"), (".yml", "YAML"), (".db", "a database")];

/// Returns the fault of a table, a program or another tool's file in place of a space file.
pub(super) fn other_kind(path: &Path) -> Option<Fault> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let shown = path.display().to_string();
    let found = |what: &str| Fault::error(format!("expected a space file, found {what} {shown}"));

    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    if TABLES.iter().any(|end| plain.ends_with(end)) {
        return Some(found("the table").hint(format!(
            "`tune init {} --target COLUMN` writes a space file for it",
            pasted(&shown)
        )));
    }

    if let Some((_, runner)) = PROGRAMS.iter().find(|(end, _)| name.ends_with(end)) {
        return Some(found("the program").hint(format!(
            "a space file names it: [objective] command = [\"{runner}\", {}], and [space] says \
             what is searched; see `tune help program`",
            literal(&shown)
        )));
    }

    let (_, what) = IMPORTED.iter().find(|(end, _)| name.ends_with(end))?;
    Some(found(&format!("{what},")).hint(format!(
        "`tune import {}` makes a space file of a W&B sweep, or of a study of Optuna",
        pasted(&shown)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kinds_of_files_are_named_with_the_way_on() {
        for (name, message, hint) in [
            ("a b/t.CSV.gz", "found the table a b/t.CSV.gz", "`tune init 'a b/t.CSV.gz'"),
            ("train.py", "found the program train.py", r#"command = ["python3", "train.py"]"#),
            ("sweep.yaml", "found YAML, sweep.yaml", "`tune import sweep.yaml`"),
            ("optuna.db", "found a database, optuna.db", "`tune import optuna.db`"),
        ] {
            let fault = format!("{:?}", other_kind(Path::new(name)).unwrap());
            let fault = fault.replace('\\', "");
            assert!(fault.contains(message) && fault.contains(hint), "{fault}");
        }
        assert!(other_kind(Path::new("space.toml")).is_none());
        assert!(other_kind(Path::new("my.py.toml")).is_none());
    }
}
