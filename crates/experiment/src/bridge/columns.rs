//! How the columns of a table were read and selected, in words.

use super::remarks::{alike, alike_labels, copy, cut, list, remarks, stray};
use crate::report::{count, quoted};
use trainer::data::{
    Decimal, Decoration, Described, Form, LeftOut, Reading, Stray, Table, Why, copies, describe,
};

/// How a table was read: what is recorded, and what is reported to the user.
#[derive(Clone, Debug)]
pub struct Columns {
    separator: char,
    has_header: bool,
    described: Vec<Described>,
    left_out: Vec<LeftOut>,
    repeated_headers: usize,
    n_empty_rows: u64,
    /// Rows that are probably not data.
    strays: Vec<Stray>,
    /// Columns that are not features.
    roles: Vec<String>,
    /// The line of the first decorated text of each column, if it has one.
    lines: Vec<Option<u64>>,
    /// Labels of each column that differ in case or blanks only.
    alike: Vec<Vec<String>>,
    /// A label of each column that is a list of parts, if most are.
    lists: Vec<Option<String>>,
    /// Columns from which the target follows in every row.
    copies: Vec<String>,
}

/// How detailed the report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// At most 30 lines, with shortened names.
    Short,
    /// All columns.
    All,
}

/// The most lines of a short report.
const MOST_LINES: usize = 30;
/// The most names in one line of a short report.
const NAMES: usize = 6;

impl Columns {
    /// Describes a table before its columns get their roles.
    ///
    /// `roles` are the columns that will be the target, the group or the order, in this turn.
    pub fn of(table: &Table, roles: &[&str]) -> Self {
        let columns = describe(table);
        let labels =
            |column: &Described| table.column(&column.name).map_or(&[][..], |c| c.labels());
        let line = |column: &Described| {
            column.reading.example.as_ref().map(|(_, row)| table.at(*row).line)
        };

        Self {
            roles: roles.iter().map(|&name| name.to_owned()).collect(),
            separator: table.separator(),
            has_header: table.has_header(),
            lines: columns.iter().map(line).collect(),
            alike: columns.iter().map(|column| alike(labels(column))).collect(),
            lists: columns.iter().map(|column| list(labels(column))).collect(),
            copies: roles
                .first()
                .map(|target| copies(table, target).into_iter().map(str::to_owned).collect())
                .unwrap_or_default(),
            described: columns,
            left_out: table.left_out().to_vec(),
            repeated_headers: table.repeated_headers().len(),
            n_empty_rows: table.n_empty_rows(),
            strays: table.strays().to_vec(),
        }
    }

    /// Returns the columns that were read.
    pub fn described(&self) -> &[Described] {
        &self.described
    }

    /// Returns the keys of `[data]` that make columns be read as the study read them: those of the
    /// differing columns, and `missing` for texts that were missing there and are labels now.
    /// `stated` are the texts that count as missing already.
    pub(crate) fn keys_of(
        &self,
        differing: &[(String, String, String)],
        stated: &[String],
    ) -> Vec<String> {
        let mut kinds = Vec::new();
        let mut others = Vec::new();
        let mut missing = stated.to_vec();

        for (name, then, _) in differing {
            let (kind, detail) = then.split_once(", ").unwrap_or((then, ""));
            kinds.push(format!("{} = {}", crate::file::key(name), crate::file::literal(kind)));
            others.extend(match detail {
                "decimal comma" => Some("decimal = \",\"".to_owned()),
                "decimal point" => Some("decimal = \".\"".to_owned()),
                "day first" | "month first" => Some(format!("dates = \"{detail}\"")),
                _ => None,
            });
            let column = self.described.iter().find(|column| column.name == *name);
            // What counted as missing there must be named: in a stated category it would be a
            // label.
            if let Some(column) = column.filter(|_| then == "category") {
                missing.extend(column.reading.markers_of_0_3().map(str::to_owned));
            }
        }

        let mut keys = vec![format!("kinds = {{ {} }}", kinds.join(", "))];
        if missing.len() > stated.len() {
            missing.sort();
            missing.dedup();
            let texts: Vec<String> =
                missing.iter().map(|text| crate::file::literal(text)).collect();
            keys.push(format!("missing = [{}]", texts.join(", ")));
        }

        others.dedup();
        keys.extend(others);
        keys
    }

    /// Returns the record of a study as JSON: each column with a word for its reading.
    pub fn record(&self) -> String {
        let codes: serde_json::Map<String, serde_json::Value> = self
            .described
            .iter()
            .map(|column| (column.name.clone(), column.reading.code().into()))
            .collect();
        serde_json::Value::Object(codes).to_string()
    }

    /// Returns the columns that the study with `record` read differently: name, reading then,
    /// reading now. A study without a record is of version 0.3.
    pub(crate) fn read_otherwise(&self, record: Option<&str>) -> Vec<(String, String, String)> {
        let then: Option<serde_json::Map<String, serde_json::Value>> =
            record.and_then(|text| serde_json::from_str(text).ok());
        let differs = |column: &Described| {
            let now = column.reading.code();
            let then = match &then {
                Some(then) => then.get(&column.name)?.as_str()?.to_owned(),
                // Version 0.3 recorded no reading: what it could not read as a number was a
                // category.
                None if column.reading.is_as_in_0_3() => return None,
                None => "category".to_owned(),
            };
            (then != now).then(|| (column.name.clone(), then, now))
        };

        self.described.iter().filter_map(differs).collect()
    }

    /// Returns a line for each way in which columns were read, the target first, without remarks.
    pub fn lines(&self, target: &str, detail: Detail) -> Vec<String> {
        let mut lines = self.form();
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        // Columns that were read alike share a line.
        for (index, column) in self.described.iter().enumerate() {
            let label = label(column, column.name == target);
            match groups.iter_mut().find(|(other, _)| *other == label) {
                Some((_, members)) => members.push(index),
                None => groups.push((label, vec![index])),
            }
        }

        for (label, members) in &groups {
            lines.push(format!("{label}: {}", self.names(members, detail)));
        }
        lines.extend(self.left_out_line(detail));
        lines.extend(self.missing_lines(target, detail));

        lines
    }

    /// Returns the same with the remarks, one line each, at most thirty lines in all.
    pub fn short(&self, target: &str) -> Vec<String> {
        let mut lines = self.lines(target, Detail::Short);
        let remarks = self.remarks();
        lines.extend(remarks.iter().map(|(message, hint)| format!("note: {message}; {hint}")));
        if lines.len() > MOST_LINES {
            let n_more = lines.len() + 1 - MOST_LINES;
            lines.truncate(MOST_LINES - 1);
            lines.push(format!("and {}: `tune check` shows all", count(n_more as u64, "line")));
        }
        lines
    }

    /// Returns the remarks on the columns: for each a message and a hint.
    pub fn remarks(&self) -> Vec<(String, String)> {
        let is_feature = |column: &Described| !self.roles.contains(&column.name);
        let of_column = |(index, column): (usize, &Described)| {
            let mut found = remarks(column, is_feature(column), self.lists[index].as_deref());
            found.extend(alike_labels(&column.name, &self.alike[index]));
            if is_feature(column) && self.copies.contains(&column.name) {
                found.push(copy(&column.name));
            }
            found
        };
        let of_columns = self.described.iter().enumerate().flat_map(of_column);
        self.strays.iter().map(stray).chain(of_columns).collect()
    }

    /// Describes the form of the file, if it is unusual.
    fn form(&self) -> Vec<String> {
        let mut parts = Vec::new();
        match self.separator {
            ',' => {}
            '\t' => parts.push("columns separated by tabs".to_owned()),
            separator => {
                parts.push(format!("columns separated by `{}`", separator.escape_debug()));
            }
        }
        if !self.has_header {
            parts.push("no header".to_owned());
        }
        if self.repeated_headers > 0 {
            let lines = count(self.repeated_headers as u64, "line");
            let repeat = if self.repeated_headers == 1 { "repeats" } else { "repeat" };
            parts.push(format!("{lines} that {repeat} the header left out"));
        }
        if self.n_empty_rows > 0 {
            let rows = count(self.n_empty_rows, "row");
            parts.push(format!("{rows} without any value left out"));
        }
        if parts.is_empty() { Vec::new() } else { vec![parts.join("; ")] }
    }

    fn names(&self, members: &[usize], detail: Detail) -> String {
        let most = if detail == Detail::All { usize::MAX } else { NAMES };
        let shown: Vec<String> = members.iter().take(most).map(|&index| self.name(index)).collect();
        let n_more = members.len().saturating_sub(most);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        shown.join(", ") + &more
    }

    /// A column's name with its particulars.
    fn name(&self, index: usize) -> String {
        let column = &self.described[index];
        let name = quoted(&column.name);

        let reading = &column.reading;
        match (&reading.form, &reading.example, self.lines[index]) {
            (Form::Category { .. }, ..) => format!("{name} ({})", column.n_labels),
            (Form::Number(_), Some((example, _)), Some(line)) if reading.n_decorated > 0 => {
                let n_rows = reading.n_decorated;
                format!(
                    "{name} ({n_rows} of {} rows, the first `{}` in line {line})",
                    column.n_rows,
                    cut(example)
                )
            }
            (Form::Date(_), Some((example, _)), _) => {
                format!("{name} (such as `{}`)", cut(example))
            }
            _ => name,
        }
    }

    fn left_out_line(&self, detail: Detail) -> Option<String> {
        let most = if detail == Detail::All { usize::MAX } else { NAMES };
        let shown: Vec<String> = self
            .left_out
            .iter()
            .take(most)
            .map(|column| {
                let name = if column.name.is_empty() {
                    format!("column {}", column.position)
                } else {
                    quoted(&column.name)
                };
                let why = match column.why {
                    Why::Dropped => "drop",
                    Why::Text => "kinds: text",
                    Why::Empty => "no name and no value",
                    Why::RowNumbers => "no name, and it numbers the rows",
                };
                format!("{name} ({why})")
            })
            .collect();

        let n_more = self.left_out.len().saturating_sub(most);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        (!shown.is_empty()).then(|| format!("left out: {}{more}", shown.join(", ")))
    }

    fn missing_lines(&self, target: &str, detail: Detail) -> Vec<String> {
        let most = if detail == Detail::All { usize::MAX } else { NAMES };
        let of = |is_category: bool, what: &str| {
            let lacking: Vec<&Described> = self
                .described
                .iter()
                .filter(|column| column.n_missing > 0 && column.name != target)
                .filter(|column| column.n_missing < column.n_rows)
                .filter(|column| {
                    matches!(column.reading.form, Form::Category { .. }) == is_category
                })
                .collect();
            let shown: Vec<String> = lacking.iter().take(most).map(|c| missing(c)).collect();
            let n_more = lacking.len().saturating_sub(most);
            let more =
                if n_more > 0 { format!(" and {n_more} more columns") } else { String::new() };
            (!lacking.is_empty()).then(|| format!("missing in {}{more}: {what}", shown.join(", ")))
        };

        let numbers =
            of(false, "replaced by the mean of the training rows, with an indicator input");
        let categories = of(true, "missing is a category of its own");
        let empty: Vec<String> = (self.described.iter())
            .filter(|column| column.n_missing == column.n_rows && column.name != target)
            .map(|column| quoted(&column.name))
            .collect();
        let n_more = empty.len().saturating_sub(most);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        let names = || empty.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
        let empty = (!empty.is_empty()).then(|| format!("no value in any row: {}{more}", names()));

        numbers.into_iter().chain(categories).chain(empty).collect()
    }
}

/// Describes how a column was read; the text is equal for columns read alike.
fn label(column: &Described, is_target: bool) -> String {
    let reading = &column.reading;
    let role = if is_target { "target, " } else { "" };
    let kind = match &reading.form {
        Form::Number(form) if reading.n_decorated == 0 && form.decimal == Decimal::Comma => {
            "numbers, in which points separate thousands".to_owned()
        }
        Form::Number(_) if reading.n_decorated == 0 => "numbers".to_owned(),
        Form::Number(_) => format!("numbers with {}", decoration(reading.decoration)),
        Form::Category { .. } => "categories (with their number of labels)".to_owned(),
        Form::Date(order) => {
            // An order is told only where the example does not show it.
            let is_year_first = |text: &String| {
                text.len() > 3 && text.bytes().take(4).all(|byte| byte.is_ascii_digit())
            };
            let example = reading.example.as_ref().map(|(text, _)| text);
            let order = match example {
                Some(text) if !is_year_first(text) && !text.contains(char::is_alphabetic) => {
                    format!(", {order}")
                }
                _ => String::new(),
            };
            format!("dates{order}, as elapsed time and the parts that vary")
        }
    };

    let why = if reading.is_stated { " (kinds)" } else { "" };
    format!("{role}{kind}{why}")
}

fn decoration(decoration: Decoration) -> String {
    let parts: Vec<&str> = decoration.in_words().collect();
    match parts.split_last() {
        None => "decoration".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// `age` (33 of 200: `.` 30, empty 3)
fn missing(column: &Described) -> String {
    const TEXTS: usize = 3;
    let Described { reading, n_missing, n_rows, .. } = column;
    let Reading { missing, presumed, .. } = reading;
    let all: Vec<&(String, u64)> = missing.iter().chain(presumed).collect();
    let named: u64 = all.iter().map(|(_, n)| n).sum();
    let empty = (*n_missing as u64).saturating_sub(named);
    let mut parts: Vec<String> =
        all.iter().take(TEXTS).map(|(text, n)| format!("`{}` {n}", cut(text))).collect();

    let others: u64 = all.iter().skip(TEXTS).map(|(_, n)| n).sum();
    if others > 0 {
        parts.push(format!("others {others}"));
    }
    // Of empty cells alone the total says it already.
    if empty > 0 && !all.is_empty() {
        parts.push(format!("empty {empty}"));
    }
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("{} ({n_missing} of {n_rows}{parts})", quoted(&column.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use trainer::data::ReadOptions;

    fn columns(text: &str) -> Columns {
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        Columns::of(&table, &["y"])
    }

    #[test]
    fn missing_texts_add_up() {
        let cells = ["-", "n.a.", "?", "NULL", "", "1.5"];
        let rows: String = (0..60)
            .map(|i| {
                format!(
                    "{}{},{i}\n",
                    cells[i % 6],
                    if i % 6 == 5 { i.to_string() } else { String::new() }
                )
            })
            .collect();
        let lines = columns(&format!("x,y\n{rows}")).lines("y", Detail::Short);
        let missing = lines.iter().find(|line| line.starts_with("missing")).unwrap();
        assert!(missing.contains("others 10, empty 10"), "{missing}");
    }

    #[test]
    fn columns_read_alike_share_a_line() {
        let rows: String = (0..60)
            .map(|i| {
                let marker = if i % 6 == 0 { ".".to_owned() } else { format!("{i}.5") };
                format!(
                    "{i}.25,{}.75,\"{},{:03}\",{marker},2024-05-{:02},{},{}.5\n",
                    i % 7,
                    i + 1,
                    i,
                    i % 28 + 1,
                    ["r", "g"][i % 2],
                    i * i % 19
                )
            })
            .collect();
        let found = columns(&format!("a,b,population,c,day,colour,y\n{rows}"));
        assert_eq!(
            found.short("y"),
            [
                "numbers: `a`, `b`, `c`",
                "numbers with thousands separators: `population` (60 of 60 rows, the first `1,000` in line 2)",
                "dates, as elapsed time and the parts that vary: `day` (such as `2024-05-01`)",
                "categories (with their number of labels): `colour` (2)",
                "target, numbers: `y`",
                "missing in `c` (10 of 60: `.` 10): replaced by the mean of the training rows, with an indicator input",
                "note: column `population`: `1,000` is read as 1000, and could be 1; decimal = \",\" or decimal = \".\" in [data] says which mark is decimal",
            ]
        );
    }

    #[test]
    fn labels_that_differ_in_case_alone_are_named() {
        let rows: String =
            (0..30).map(|i| format!("{},{}\n", ["Yes", "yes", "No", "NO"][i % 4], i)).collect();
        let found = columns(&format!("y,x\n{rows}")).remarks();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0].0,
            "column `y`: `NO`, `No` differ in case or blanks only, and are 2 labels"
        );
        assert_eq!(alike(&["a  b".to_owned(), "a b".to_owned(), "c".to_owned()]), ["a  b", "a b"]);
        assert_eq!(alike(&["a".to_owned(), "b".to_owned()]), [""; 0]);
    }

    #[test]
    fn a_wide_table_is_told_in_thirty_lines() {
        let header: String = (0..100).map(|i| format!("c{i},")).collect();
        let row = |r: usize| (0..100).map(|c| format!("0{},", r * 100 + c)).collect::<String>();
        let rows: String = (0..30).map(|r| format!("{}{r}.5\n", row(r))).collect();
        let found = columns(&format!("{header}y\n{rows}"));
        assert_eq!(found.short("y").len(), 30);
        assert!(found.lines("y", Detail::All)[0].contains("`c99`"));
    }

    #[test]
    fn what_an_older_study_read_otherwise_is_named() {
        let text = "p,q,y\n\"1,234\",1,a\n\"5,678\",2,b\n\"9,012\",3,a\n";
        let found = columns(text);
        let old = found.read_otherwise(None);
        assert_eq!(
            old,
            [("p".to_owned(), "category".to_owned(), "number, decimal point".to_owned())]
        );
        assert_eq!(found.read_otherwise(Some(&found.record())), []);
        let kinds = [("p".to_owned(), trainer::data::ColumnKind::Category)].into();
        let options = ReadOptions { kinds, ..ReadOptions::default() };
        let kept = Columns::of(&Table::read(text.as_bytes(), &options).unwrap(), &["y"]);
        assert_eq!(kept.read_otherwise(None), []);
        assert_eq!(kept.read_otherwise(Some(&found.record())).len(), 1);
    }

    #[test]
    fn the_keys_that_keep_a_reading_are_named_and_keep_it() {
        use std::fmt::Write;

        // Decorated numbers beside a marker that version 0.3 knew: it read categories, with NA
        // missing.
        let mut text = "p,y\n".to_owned();
        for i in 0..60 {
            let cell = if i % 10 == 0 { "NA".to_owned() } else { format!("\"{i},{:03}\"", i * 7) };
            let _ = writeln!(text, "{cell},{i}.5");
        }
        let differing = columns(&text).read_otherwise(None);
        let keys = columns(&text).keys_of(&differing, &[]);
        assert_eq!(keys, ["kinds = { p = \"category\" }", "missing = [\"NA\"]"]);
        let read = |missing: &[&str]| {
            let kinds = [("p".to_owned(), trainer::data::ColumnKind::Category)].into();
            let missing = missing.iter().map(|&text| text.to_owned()).collect();
            let options = ReadOptions { kinds, missing, ..ReadOptions::default() };
            Columns::of(&Table::read(text.as_bytes(), &options).unwrap(), &["y"])
        };
        assert_eq!(read(&["NA"]).read_otherwise(None), []);
        // With the kind alone NA would be a label, which it was not.
        let differing = read(&[]).read_otherwise(None);
        assert_eq!(differing[0].2, "category, markers are labels");
        assert_eq!(read(&[]).keys_of(&differing, &[])[1], "missing = [\"NA\"]");

        let comma = [("p".to_owned(), "number, decimal comma".to_owned(), "category".to_owned())];
        assert_eq!(
            read(&[]).keys_of(&comma, &[]),
            ["kinds = { p = \"number\" }", "decimal = \",\""]
        );
        let date = [("p".to_owned(), "date, month first".to_owned(), "category".to_owned())];
        assert_eq!(
            read(&[]).keys_of(&date, &[]),
            ["kinds = { p = \"date\" }", "dates = \"month first\""]
        );
    }
}
