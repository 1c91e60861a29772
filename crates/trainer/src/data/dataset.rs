//! A table with roles: features, target, group and order.

use super::cell::LARGEST_EXACT;
use super::column::{Cells, Column};
use super::error::DataError;
use super::features::Features;
use super::instant::{self, Instant};
use super::labelled::answer;
use super::place::Mention;
use super::reading::Remark;
use super::schema::Feature;
use super::table::Table;
use super::target::{Target, Task};
use crate::nearest::nearest;

/// The role of each column; columns without one are features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The column to predict.
    pub target: String,
    /// Classification or regression; inferred if `None`.
    ///
    /// Classification is inferred if the target holds categories, or two distinct numbers, or at
    /// most 20 distinct integers with five rows or more for each on average; otherwise
    /// regression.
    pub task: Option<Task>,
    /// The column whose equal values stay in one fold.
    pub group: Option<String>,
    /// The column that orders the rows in time: numbers or dates.
    pub order: Option<String>,
    /// How rows without a target are treated.
    pub missing_target: MissingTarget,
}

/// How rows without a target are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingTarget {
    /// They are an error.
    #[default]
    Refuse,
    /// They are left out.
    Drop,
}

/// Everything that training reads: features once, a target, and keys for splitting.
#[derive(Clone, Debug)]
pub struct Dataset {
    features: Features,
    target: Target,
    groups: Option<Vec<u32>>,
    ranks: Option<Vec<u32>>,
    n_without_target: usize,
    answer: Option<Feature>,
}

/// The sizes that a recipe is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Rows of the table.
    pub n_rows: usize,
    /// Feature columns, before categories are encoded.
    pub n_features: usize,
    /// Numbers and labels of categories, which are a network's inputs without the indicators of
    /// missing values.
    pub n_inputs: usize,
    /// Classes; 0 for regression.
    pub n_classes: usize,
    /// The kind of prediction.
    pub task: Task,
}

impl Dataset {
    /// Gives the columns of a table their roles. Group and order columns are no features.
    ///
    /// # Errors
    ///
    /// If a named column does not exist, is left out or has two roles; if a cell of target, group
    /// or order is missing; if the target is constant or does not fit the task; if no feature is
    /// left.
    pub fn new(mut table: Table, roles: &Roles) -> Result<Self, DataError> {
        check_roles_differ(roles)?;
        let mut target = take(&mut table, Mention::Target, &roles.target)?;
        let group = roles
            .group
            .as_deref()
            .map(|name| take(&mut table, Mention::Group, name))
            .transpose()?;

        let order = roles
            .order
            .as_deref()
            .map(|name| take(&mut table, Mention::Order, name))
            .transpose()?;

        // Rows are dropped from all columns alike, before any of them is used.
        let (mut group, mut order) = (group, order);
        let n_without_target = match roles.missing_target {
            MissingTarget::Refuse => 0,
            MissingTarget::Drop => {
                let n_missing = target.n_missing();
                let is_kept: Vec<bool> =
                    (0..table.n_rows).map(|row| !target.is_missing(row)).collect();
                table.keep(&is_kept);
                let roles = [Some(&mut target), group.as_mut(), order.as_mut()];
                roles.into_iter().flatten().for_each(|column| column.keep(&is_kept));
                n_missing
            }
        };

        // The target consumes its column; the model needs its reading for other tables.
        let reading = target.reading.clone();
        let target = Target::new(&table, target, roles.task)?;
        let answer = Some(answer(roles.target.clone(), &reading, &target));
        let groups = group.map(|column| keys(&table, &column, Mention::Group)).transpose()?;
        let ranks = order.map(|column| ranks(&table, &column)).transpose()?;
        let features = Features::new(&table)?;

        Ok(Self { features, target, groups, ranks, n_without_target, answer })
    }

    /// Combines features and a target, without group and order.
    ///
    /// # Errors
    ///
    /// If they differ in their number of rows, or the target holds a code without a class or a
    /// number that is not finite.
    pub fn from_parts(features: Features, target: Target) -> Result<Self, DataError> {
        let (expected, found) = (features.n_rows(), target.n_rows());
        if expected != found {
            return Err(DataError::Length { what: "targets", expected, found });
        }
        if let Some((row, value)) = target.first_invalid() {
            return Err(DataError::TargetValue { row: row + 1, value });
        }
        Ok(Self { features, target, groups: None, ranks: None, n_without_target: 0, answer: None })
    }

    /// Adds one group key for each row: grouped splits keep rows of equal keys together.
    ///
    /// # Errors
    ///
    /// If there is not one key for each row.
    #[cfg(test)]
    pub(crate) fn with_groups(mut self, keys: Vec<u32>) -> Result<Self, DataError> {
        self.check_length("group keys", keys.len())?;
        self.groups = Some(keys);
        Ok(self)
    }

    /// Adds one rank in time for each row; equal ranks are ordered by row.
    ///
    /// # Errors
    ///
    /// If there is not one rank for each row.
    #[cfg(test)]
    pub(crate) fn with_order(mut self, ranks: Vec<u32>) -> Result<Self, DataError> {
        self.check_length("ranks", ranks.len())?;
        self.ranks = Some(ranks);
        Ok(self)
    }

    /// Returns the features.
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// Returns the target.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// How the target was read, if it comes from a table: its name, its form, and for a
    /// classification its classes.
    pub fn answer(&self) -> Option<&Feature> {
        self.answer.as_ref()
    }

    /// Returns the group key of each row.
    pub fn groups(&self) -> Option<&[u32]> {
        self.groups.as_deref()
    }

    /// Returns the rank in time of each row; rows of the same time share theirs.
    pub fn ranks(&self) -> Option<&[u32]> {
        self.ranks.as_deref()
    }

    /// Counts the rows of the file that are left out because they have no target.
    pub fn n_without_target(&self) -> usize {
        self.n_without_target
    }

    /// Returns the numbers of rows, features and classes, and the task.
    pub fn facts(&self) -> Facts {
        Facts {
            n_rows: self.features.n_rows(),
            n_features: self.features.schema().features.len(),
            n_inputs: self.features.schema().n_inputs(),
            n_classes: self.target.class_names().len(),
            task: self.target.task(),
        }
    }

    #[cfg(test)]
    fn check_length(&self, what: &'static str, found: usize) -> Result<(), DataError> {
        let expected = self.features.n_rows();
        if expected == found { Ok(()) } else { Err(DataError::Length { what, expected, found }) }
    }
}

fn check_roles_differ(roles: &Roles) -> Result<(), DataError> {
    let optional =
        [(Mention::Group, roles.group.as_deref()), (Mention::Order, roles.order.as_deref())];
    let mut named = vec![(Mention::Target, roles.target.as_str())];
    for (second, name) in optional {
        let Some(name) = name else { continue };
        if let Some(&(first, _)) = named.iter().find(|&&(_, earlier)| earlier == name) {
            return Err(DataError::TwoRoles { name: name.to_owned(), first, second });
        }
        named.push((second, name));
    }
    Ok(())
}

/// Removes a column from the table and returns it.
fn take(table: &mut Table, mention: Mention, name: &str) -> Result<Column, DataError> {
    if let Some(index) = table.columns.iter().position(|column| column.name == name) {
        return Ok(table.columns.remove(index));
    }
    let name = name.to_owned();
    if table.left_out.iter().any(|column| column.name == name) {
        return Err(DataError::Dropped { mention, name });
    }
    let nearest = nearest(&name, table.names());
    let header = table.names().map(str::to_owned).collect();
    Err(DataError::UnknownColumn { mention, name, nearest, header })
}

/// Numbers the distinct values of a column in ascending order: equal cells have equal keys.
fn keys(table: &Table, column: &Column, mention: Mention) -> Result<Vec<u32>, DataError> {
    if let Some(row) = column.first_missing() {
        return Err(table.missing(column, mention, row));
    }

    let rows = 0..table.n_rows;
    match &column.cells {
        Cells::Categories { codes, .. } => Ok(codes.clone()),
        Cells::Wide(wide) => Ok(numbered(wide)),
        Cells::Dates(dates) => {
            let instants: Vec<Instant> = rows.filter_map(|row| dates.get(row)).collect();
            Ok(numbered(&instants))
        }
        Cells::Numbers(_) | Cells::Integers(_) => {
            let numbers = column.distinct_numbers();
            // Beyond 2^53 different numbers may be the same double: their groups would merge.
            if let Some(&value) = numbers.iter().find(|number| number.abs() >= LARGEST_EXACT) {
                let column = column.name.clone();
                return Err(DataError::RunTogether { mention, column, value });
            }
            let key = |row| numbers.partition_point(|&number| number < column.number(row)) as u32;
            Ok(rows.map(key).collect())
        }
    }
}

/// Returns the rank of each value among the distinct ones.
fn numbered<T: Copy + Ord>(values: &[T]) -> Vec<u32> {
    let mut different = values.to_vec();
    different.sort_unstable();
    different.dedup();
    values.iter().map(|value| different.partition_point(|other| other < value) as u32).collect()
}

fn ranks(table: &Table, column: &Column) -> Result<Vec<u32>, DataError> {
    let is_open = |remark: &Remark| match remark {
        Remark::OpenDate { example } => Some(example.clone()),
        _ => None,
    };

    let keys = keys(table, column, Mention::Order)?;
    // Rows in order are so under either reading, or the reading would not be open.
    let are_in_order = keys.is_sorted() || keys.iter().rev().is_sorted();
    let open = column.reading.remarks.iter().find_map(is_open);
    if let Some(value) = open.filter(|_| !are_in_order) {
        return Err(DataError::OpenOrder { column: column.name.clone(), value });
    }

    let labels = column.labels();
    if labels.is_empty() {
        return Ok(keys);
    }

    // A setting declares them text, yet they are read as dates.
    let instant = |label: &String| instant::read(label).and_then(|dated| dated.day_first);
    let instants: Vec<Option<Instant>> = labels.iter().map(instant).collect();

    let of_rows: Vec<Option<Instant>> = keys.iter().map(|&key| instants[key as usize]).collect();
    match of_rows.iter().position(Option::is_none) {
        None => Ok(numbered(&of_rows)),
        Some(row) => Err(DataError::Unsortable {
            at: table.at(row),
            column: column.name.clone(),
            value: labels[keys[row] as usize].chars().take(40).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ReadOptions;

    fn table(text: &str) -> Table {
        Table::read(text.as_bytes(), &ReadOptions::default()).unwrap()
    }

    fn roles(target: &str) -> Roles {
        Roles { target: target.to_owned(), ..Roles::default() }
    }

    fn built(text: &str, roles: &Roles) -> Result<Dataset, DataError> {
        Dataset::new(table(text), roles)
    }

    fn column_of_targets(values: impl IntoIterator<Item = String>) -> String {
        values.into_iter().fold("x,y\n".to_owned(), |text, value| text + "1," + &value + "\n")
    }

    #[test]
    fn the_task_follows_from_the_target() {
        let task = |text: &str| built(text, &roles("y")).unwrap().facts().task;
        assert_eq!(task("x,y\n1,a\n2,b\n"), Task::Classification);
        assert_eq!(task("x,y\n1,0\n2,1\n"), Task::Classification);
        assert_eq!(task("x,y\n1,0.5\n2,1\n3,2\n"), Task::Regression);
        assert_eq!(
            task(&column_of_targets((0..100).map(|i| (i % 20).to_string()))),
            Task::Classification
        );
        assert_eq!(
            task(&column_of_targets((0..99).map(|i| (i % 20).to_string()))),
            Task::Regression
        );
        assert_eq!(
            task(&column_of_targets((0..200).map(|i| (i % 21).to_string()))),
            Task::Regression
        );
    }

    #[test]
    fn a_stated_task_holds() {
        let with = |task| Roles { task: Some(task), ..roles("y") };
        let data = built("x,y\n1,2\n2,10\n3,2\n", &with(Task::Classification)).unwrap();
        assert_eq!(
            *data.target(),
            Target::Classes { codes: vec![0, 1, 0], names: vec!["2".into(), "10".into()] }
        );
        let data = built("x,y\n1,0\n2,1\n", &with(Task::Regression)).unwrap();
        assert_eq!(*data.target(), Target::Values(vec![0.0, 1.0]));
        let error = built("x,y\n1,a\n2,b\n", &with(Task::Regression)).unwrap_err();
        assert!(matches!(error, DataError::CategoricalTarget { .. }));
    }

    #[test]
    fn a_target_must_be_there_and_vary() {
        let error = built("x,y\n1,a\n2,\n3,b\n4,?\n", &roles("y")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "row 2 (line 3): the target `y` is missing here and in 1 other row"
        );
        assert_eq!(
            error.hints(),
            [
                "\"?\" stands for no value unless [data] says kinds = { y = \"category\" }, or \
                 missing = [\"\"], by which only empty cells are missing",
                "missing_target = \"drop\" in [data] leaves such rows out"
            ]
        );
        for text in ["x,y\n1,a\n2,a\n", "x,y\n1,0.1\n2,0.1\n"] {
            assert!(matches!(
                built(text, &roles("y")).unwrap_err(),
                DataError::ConstantTarget { .. }
            ));
        }
    }

    #[test]
    fn classes_and_groups_beyond_doubles_stay_apart() {
        let text = "x,y\n1,9007199254740993\n2,9007199254740992\n";
        let data = built(text, &roles("y")).unwrap();
        assert_eq!(data.target().class_names(), ["9007199254740992", "9007199254740993"]);
        let rows: String = (0..40)
            .map(|i| format!("{},{i},{}\n", 1_746_000_000_000_000_000_i64 + i % 20, i % 2))
            .collect();
        let text = format!("id,x,y\n{rows}");
        for role in ["group", "order"] {
            let of = |is| (role == is).then(|| "id".to_owned());
            let roles = Roles { group: of("group"), order: of("order"), ..roles("y") };
            let data = built(&text, &roles).unwrap();
            let keys = data.groups().or(data.ranks()).unwrap();
            assert_eq!(keys[..20], (0..20).collect::<Vec<u32>>(), "{role}");
        }
        let text = "id,x,y\n9007199254740993.0,1,a\n9007199254740992.0,2,b\n";
        let grouped = Roles { group: Some("id".to_owned()), ..roles("y") };
        let error = built(text, &grouped).unwrap_err();
        assert!(matches!(error, DataError::RunTogether { .. }), "{error}");
    }

    #[test]
    fn classes_are_called_as_the_table_writes_them() {
        let names = |cells: &[&str]| {
            let text = column_of_targets(cells.iter().map(|&cell| cell.to_owned()));
            let task = Some(Task::Classification);
            let data = built(&text, &Roles { task, ..roles("y") }).unwrap();
            data.target().class_names().to_vec()
        };
        assert_eq!(names(&["01", "10", "02", "01"]), ["01", "02", "10"]);
        assert_eq!(names(&["1.0", "0.0", "1.0"]), ["0.0", "1.0"]);
        assert_eq!(names(&["1.0", "0", "1"]), ["0", "1"]);
        assert_eq!(names(&["2", "10", "2"]), ["2", "10"]);
    }

    #[test]
    fn markers_are_classes_where_a_setting_says_so() {
        let text = "x,y\n1,None\n2,Mild\n3,None\n4,NA\n";
        let options = ReadOptions {
            kinds: [("y".to_owned(), crate::data::ColumnKind::Category)].into(),
            ..ReadOptions::default()
        };
        let table = Table::read(text.as_bytes(), &options).unwrap();
        let data = Dataset::new(table, &roles("y")).unwrap();
        assert_eq!(data.target().class_names(), ["Mild", "NA", "None"]);
        let options = ReadOptions { missing: vec![String::new()], ..ReadOptions::default() };
        let table = Table::read(text.as_bytes(), &options).unwrap();
        assert_eq!(Dataset::new(table, &roles("y")).unwrap().facts().n_classes, 3);
    }

    #[test]
    fn rows_without_a_target_are_left_out_where_a_setting_says_so() {
        let text = "g,x,y\np,1,a\nq,2,\nr,3,b\ns,4,?\np,5,a\n";
        let all = Roles {
            group: Some("g".to_owned()),
            missing_target: MissingTarget::Drop,
            ..roles("y")
        };
        let data = built(text, &all).unwrap();
        assert_eq!((data.facts().n_rows, data.n_without_target()), (3, 2));
        assert_eq!(data.groups(), Some(&[0, 2, 0][..]));
        assert_eq!(data.features().numbers(1), [3.0]);
    }

    #[test]
    fn an_order_in_time_is_that_of_instants() {
        let order = |cells: &[&str]| {
            let rows: String =
                cells.iter().enumerate().map(|(i, c)| format!("{c},{i},{}\n", i % 2)).collect();
            let ordered = Roles { order: Some("when".to_owned()), ..roles("y") };
            built(&format!("when,x,y\n{rows}"), &ordered).map(|data| data.ranks().unwrap().to_vec())
        };
        for cells in [
            &["2024-05-31T08:00:00Z", "2024-05-31T08:00:00.250Z", "2024-05-31T08:00:01Z"][..],
            &["2024-05-31T08:00Z", "2024-05-31T08:00:20Z", "2024-05-31T08:01Z"],
            &["2024-05-31T08:00:59.5Z", "2024-05-31T08:00:59.51Z"],
            &["2024-05-31T08:00:00", "2024-05-31 20:00:00", "2024-06-01T08:00:00"],
            &["2024-05-31T08:00:00+02:00", "2024-05-31T08:00:00+01:00"],
            &["1949-01", "1949-02", "1950-01"],
            &["31.01.2024", "01.02.2024", "29.02.2024"],
            &["1/31/2024", "2/1/2024", "10/1/2024"],
            &["Jan 2024", "Feb 2024", "Mar 2024"],
        ] {
            let expected: Vec<u32> = (0..cells.len() as u32).collect();
            assert_eq!(order(cells).unwrap(), expected, "{cells:?}");
        }
        assert!(matches!(order(&["2024-13-45", "2024-01-01"]), Err(DataError::Unsortable { .. })));
        let open = ["01/02/2024", "03/01/2024", "02/05/2024"];
        assert!(matches!(order(&open), Err(DataError::OpenOrder { .. })), "{:?}", order(&open));
    }

    #[test]
    fn roles_take_columns_out_of_the_features() {
        let text = "who,when,x,y\np,2024-05-01,1,a\nq,2023-01-31,2,b\np,2024-04-30,3,a\n";
        let all = Roles { group: Some("who".into()), order: Some("when".into()), ..roles("y") };
        let data = built(text, &all).unwrap();
        assert_eq!(
            data.facts(),
            Facts {
                n_rows: 3,
                n_features: 1,
                n_inputs: 1,
                n_classes: 2,
                task: Task::Classification
            }
        );
        assert_eq!(data.groups(), Some(&[0, 1, 0][..]));
        assert_eq!(data.ranks(), Some(&[2, 0, 1][..]));
    }

    #[test]
    fn an_order_must_be_sortable_and_complete() {
        let ordered = Roles { order: Some("when".into()), ..roles("y") };
        let error = built("when,x,y\n2024-05-01,1,a\nsoon,1,b\n", &ordered).unwrap_err();
        assert!(matches!(error, DataError::Unsortable { .. }), "{error}");
        let error = built("when,x,y\n1,1,a\n,1,b\n", &ordered).unwrap_err();
        assert_eq!(error.to_string(), "row 2 (line 3): the order `when` is missing here");
    }

    #[test]
    fn roles_name_columns_that_exist_once() {
        let text = "who,x,label\np,1,a\nq,2,b\n";
        let error = built(text, &roles("lable")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "target names the column `lable`, which the file does not have"
        );
        assert_eq!(error.hints(), ["did you mean `label`?"]);
        let twice = Roles { group: Some("label".into()), ..roles("label") };
        assert!(matches!(built(text, &twice).unwrap_err(), DataError::TwoRoles { .. }));
        let options = ReadOptions { drop: vec!["label".into()], ..ReadOptions::default() };
        let table = Table::read(text.as_bytes(), &options).unwrap();
        assert!(matches!(
            Dataset::new(table, &roles("label")).unwrap_err(),
            DataError::Dropped { .. }
        ));
        assert!(matches!(built("y\na\nb\n", &roles("y")).unwrap_err(), DataError::NoFeatures));
    }

    #[test]
    fn an_identifier_is_refused_as_a_feature() {
        let rows = (0..=10_000)
            .fold("id,y\n".to_owned(), |text, row| text + &format!("u{row},{}\n", row % 2));
        let error = built(&rows, &roles("y")).unwrap_err();
        assert!(matches!(error, DataError::TooManyLevels { n_levels: 10_001, .. }), "{error}");
    }

    #[test]
    fn parts_must_agree() {
        let features = || Features::from_array(ndarray::array![[1.0, 2.0], [3.0, 4.0]]).unwrap();
        let classes = |codes: &[u32]| Target::Classes {
            codes: codes.to_vec(),
            names: vec!["a".into(), "b".into()],
        };
        assert!(Dataset::from_parts(features(), classes(&[0, 1])).is_ok());
        assert!(matches!(
            Dataset::from_parts(features(), classes(&[0])),
            Err(DataError::Length { .. })
        ));
        assert!(matches!(
            Dataset::from_parts(features(), classes(&[0, 2])),
            Err(DataError::TargetValue { row: 2, .. })
        ));
        let data = Dataset::from_parts(features(), Target::Values(vec![0.5, 1.5])).unwrap();
        assert!(matches!(data.with_groups(vec![1]), Err(DataError::Length { .. })));
    }
}
