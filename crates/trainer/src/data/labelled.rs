//! Rows to predict from together with what is true of them, read as a model's own table was.

use std::io::Read;

use super::column::{Cells, Column};
use super::decorated;
use super::error::DataError;
use super::features::{Features, UNSEEN, choices, code_of};
use super::form::Form;
use super::inference::Known;
use super::limits::Limits;
use super::place::Mention;
use super::read::{self, ColumnChoice, FileForm};
use super::reading::Reading;
use super::schema::{Feature, FeatureKind, Schema};
use super::table::Table;
use super::target::Target;
use crate::nearest::nearest;

/// Rows with their targets.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// All rows of the file.
    pub features: Features,
    /// The rows that have a target, from 0.
    pub rows: Vec<u32>,
    /// The targets of `rows`, one by one.
    pub truth: Target,
    /// Classes whose spelling differs from the training table in case, blanks, quotation marks or a
    /// point at the end.
    pub respelt: Vec<Respelt>,
}

/// A class whose spelling in another file differs from that in the training table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Respelt {
    /// The spelling in the file.
    pub label: String,
    /// The class of the model.
    pub class: String,
    /// Number of rows with it.
    pub n_rows: usize,
}

impl Labelled {
    /// Reads the columns of a schema, as [`Features::read`] does, and the target as `answer` says
    /// it was read: of a classification its labels are the classes. Rows without a target stay
    /// among the features alone.
    ///
    /// # Errors
    ///
    /// As [`Features::read`]; if the file lacks the target, no row has one, or one is of a class
    /// that is not known.
    pub fn read(
        reader: impl Read,
        schema: &Schema,
        answer: &Feature,
        limits: &Limits,
    ) -> Result<Self, DataError> {
        let form = FileForm::of(schema);
        let table = read::table(reader, limits, &form, |header| {
            let mut choices = choices(header, schema)?;
            let position = header.iter().position(|name| *name == answer.name);
            let position = position.ok_or_else(|| DataError::UnknownColumn {
                mention: Mention::Target,
                name: answer.name.clone(),
                nearest: nearest(&answer.name, header.iter().map(String::as_str)),
                header: header.to_vec(),
            })?;
            // Read as in training, so that classes have the same labels.
            choices[position] =
                ColumnChoice::Read(Known::Form(answer.kind.form(), answer.missing.clone()));
            Ok(choices)
        })?;

        let target = table.column(&answer.name).ok_or(DataError::NoFeatures)?;
        let rows: Vec<u32> = (0..table.n_rows)
            .filter(|&row| !target.is_missing(row))
            .map(|row| row as u32)
            .collect();

        if rows.is_empty() {
            return Err(table.missing(target, Mention::Target, 0));
        }

        let (truth, respelt) = truth(&table, target, answer, &rows)?;
        Ok(Self { features: Features::of_schema(&table, schema)?, rows, truth, respelt })
    }
}

/// Returns the targets of the rows that have one, and the classes that are spelt differently.
fn truth(
    table: &Table,
    column: &Column,
    answer: &Feature,
    rows: &[u32],
) -> Result<(Target, Vec<Respelt>), DataError> {
    let (FeatureKind::Category { labels: names, .. }, Cells::Categories { codes, labels }) =
        (&answer.kind, &column.cells)
    else {
        let numbers = rows.iter().map(|&row| column.number(row as usize));
        return Ok((Target::Values(numbers.collect()), Vec::new()));
    };

    let mut respelt = Vec::new();
    let mut class = |label: &String| {
        let code = code_of(label, names);
        if code != UNSEEN {
            return code;
        }

        // A number is the same class in any notation, and needs no warning; a text may be another
        // one.
        if let Some(code) = same_number(label, names) {
            return code;
        }
        let Some(code) = same_text(label, names) else { return UNSEEN };
        let n_rows = rows.iter().filter(|&&row| labels[codes[row as usize] as usize] == *label);
        respelt.push(Respelt {
            label: label.clone(),
            class: names[code as usize].clone(),
            n_rows: n_rows.count(),
        });
        code
    };
    let classes: Vec<u32> = labels.iter().map(&mut class).collect();
    let of_row = |row: &u32| classes[codes[*row as usize] as usize];
    if let Some(&row) = rows.iter().find(|row| of_row(row) == UNSEEN) {
        return Err(DataError::UnknownClass {
            at: table.at(row as usize),
            column: column.name.clone(),
            label: labels[codes[row as usize] as usize].clone(),
            n_rows: rows.iter().filter(|row| of_row(row) == UNSEEN).count(),
            known: names.clone(),
        });
    }

    let codes = rows.iter().map(of_row).collect();
    Ok((Target::Classes { codes, names: names.clone() }, respelt))
}

/// Returns the class that is the number in a decorated text: where training read `$5` as a number,
/// its class is `5`.
fn same_number(label: &str, names: &[String]) -> Option<u32> {
    let found = decorated::read(label)?;
    let is_it = |name: &String| {
        let number = name.parse::<f64>().ok();
        number.is_some() && (number == found.point || number == found.comma)
    };
    the_only(names, is_it)
}

/// Returns the class that is the same text but for case, blanks, quotation marks and a point at
/// the end.
fn same_text(label: &str, names: &[String]) -> Option<u32> {
    const AROUND: [char; 7] = [' ', '\'', '"', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];
    let plain = |text: &str| {
        let bare = text.trim_matches(AROUND).trim_end_matches('.');
        bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    };
    let asked = plain(label);
    the_only(names, |name| plain(name) == asked)
}

/// Returns the position of the name for which `is_it` holds, if it holds for one alone.
fn the_only(names: &[String], is_it: impl Fn(&String) -> bool) -> Option<u32> {
    let mut found = names.iter().enumerate().filter(|(_, name)| is_it(name));
    let (position, _) = found.next()?;
    found.next().is_none().then_some(position as u32)
}

/// How a target was read: enough to read the same column of another file.
pub(super) fn answer(name: String, reading: &Reading, target: &Target) -> Feature {
    let kind = match target {
        Target::Classes { names, .. } => FeatureKind::Category {
            labels: names.clone(),
            literal: matches!(reading.form, Form::Category { literal: true }),
        },
        Target::Values(_) => FeatureKind::Number {
            shift: 0.0,
            form: match &reading.form {
                Form::Number(form) => form.clone(),
                Form::Category { .. } | Form::Date(_) => super::form::NumberForm::default(),
            },
        },
    };

    let missing = reading.presumed.iter().map(|(text, _)| text.clone()).collect();
    Feature { name, kind, missing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, ReadOptions, Roles};

    fn dataset(text: &str) -> Dataset {
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        Dataset::new(table, &Roles { target: "y".to_owned(), ..Roles::default() }).unwrap()
    }

    fn read(text: &str, like: &Dataset) -> Result<Labelled, DataError> {
        let schema = like.features().schema();
        Labelled::read(text.as_bytes(), schema, like.answer().unwrap(), &Limits::default())
    }

    #[test]
    fn a_target_is_read_as_it_was_read_in_training() {
        let rows: String = (0..40).map(|i| format!("{i};{},5\n", i % 7)).collect();
        let like = dataset(&format!("x;y\n{rows}"));
        let found = read("z;y;x\nq;1,25;3\nq;;4\nq;2,5;5\n", &like).unwrap();
        assert_eq!((found.rows, found.truth), (vec![0, 2], Target::Values(vec![1.25, 2.5])));
        assert_eq!(found.features.n_rows(), 3);
    }

    fn codes(found: &Labelled) -> &[u32] {
        let Target::Classes { codes, .. } = &found.truth else { panic!("classes") };
        codes
    }

    #[test]
    fn classes_in_another_spelling_are_the_models_own() {
        let table = |target: &dyn Fn(usize) -> &'static str| {
            let rows: String = (0..40).map(|i| format!("{i},{}\n", target(i))).collect();
            dataset(&format!("x,y\n{rows}"))
        };

        // What training read as a number is one here, whatever the decoration.
        let prices = table(&|i| ["$1", "$2", "$3"][i % 3]);
        let found = read("x,y\n1,$2\n2,3\n3,\"3,00 $\"\n4,1.0\n", &prices).unwrap();
        assert_eq!((codes(&found), found.respelt.len()), (&[1, 2, 2, 0][..], 0));

        let words = table(&|i| ["<=50K", ">50K"][i % 2]);
        let found = read("x,y\n1,>50K.\n2, <=50k \n3,'>50K'\n4,>50K\n", &words).unwrap();
        assert_eq!((codes(&found), found.respelt.len()), (&[1, 0, 1, 1][..], 3));
        let point = |r: &&Respelt| r.label == ">50K." && r.class == ">50K" && r.n_rows == 1;
        assert!(found.respelt.iter().find(point).is_some(), "{:?}", found.respelt);

        // Two classes that differ by case alone are not guessed between.
        let cases = table(&|i| ["no", "No", "yes"][i % 3]);
        assert!(read("x,y\n1,NO\n", &cases).is_err());
        assert_eq!(codes(&read("x,y\n1,No\n2,YES\n", &cases).unwrap()), [0, 2]);
    }

    #[test]
    fn classes_are_those_of_the_model_and_others_are_an_error() {
        let rows: String =
            (0..40).map(|i| format!("{i},{}\n", ["01", "10", "02"][i % 3])).collect();
        let like = dataset(&format!("x,y\n{rows}"));
        let found = read("x,y\n1,10\n2,1\n", &like).unwrap();
        let Target::Classes { codes, names } = found.truth else { panic!("classes") };
        assert_eq!((codes, names.len()), (vec![2, 0], 3));
        let error = read("x,y\n1,10\n2,7\n3,7\n", &like).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "row 2 (line 3), column `y`: \"7\" (in 2 rows) is not a class of the model"
            ),
            "{error}"
        );
        assert!(error.contains("01, 02, 10"), "{error}");
        let error = read("x,z\n1,10\n", &like).unwrap_err();
        assert!(matches!(error, DataError::UnknownColumn { mention: Mention::Target, .. }));
    }
}
