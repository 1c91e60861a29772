//! A table with roles: features, target, group, order.

use super::error::{DataError, Mention};
use super::features::Features;
use super::order::is_date;
use super::table::{Cells, Column, Table, Value};
use super::target::{Target, Task};
use crate::nearest::nearest;

/// Which columns play which part; the rest are features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The column to predict.
    pub target: String,
    /// Classification or regression; inferred if `None`.
    ///
    /// Inferred is classification if the target holds categories, or two different numbers, or whole numbers of which
    /// at most 20 differ with five rows or more for each on average; else regression.
    pub task: Option<Task>,
    /// The column whose equal values are never parted between folds.
    pub group: Option<String>,
    /// The column that orders the rows in time: numbers, or dates with the year first.
    pub order: Option<String>,
}

/// Everything that training reads: features once, a target, and keys for splitting.
#[derive(Clone, Debug)]
pub struct Dataset {
    features: Features,
    target: Target,
    groups: Option<Vec<u32>>,
    ranks: Option<Vec<u32>>,
}

/// The sizes that a recipe is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Rows of the table.
    pub n_rows: usize,
    /// Feature columns, before categories are encoded.
    pub n_features: usize,
    /// Classes; 0 for regression.
    pub n_classes: usize,
    /// What is predicted.
    pub task: Task,
}

impl Dataset {
    /// Gives the columns of a table their roles. Group and order columns are no features.
    ///
    /// # Errors
    ///
    /// If a named column does not exist, is left out or has two roles; if a cell of target, group or order is missing;
    /// if the target is constant or does not fit the task; if no feature is left.
    pub fn new(mut table: Table, roles: &Roles) -> Result<Self, DataError> {
        check_roles_differ(roles)?;
        let target = take(&mut table, Mention::Target, &roles.target)?;
        let group = roles.group.as_deref().map(|name| take(&mut table, Mention::Group, name)).transpose()?;
        let order = roles.order.as_deref().map(|name| take(&mut table, Mention::Order, name)).transpose()?;
        let target = Target::new(&table, target, roles.task)?;
        let groups = group.map(|column| keys(&table, &column, Mention::Group)).transpose()?;
        let ranks = order.map(|column| ranks(&table, &column)).transpose()?;
        let features = Features::new(&table.columns, table.n_rows)?;
        Ok(Self { features, target, groups, ranks })
    }

    /// Puts features and a target together, without group and order.
    ///
    /// # Errors
    ///
    /// If they differ in their number of rows.
    pub fn from_parts(features: Features, target: Target) -> Result<Self, DataError> {
        let (expected, found) = (features.n_rows(), target.n_rows());
        if expected != found {
            return Err(DataError::Length { what: "targets", expected, found });
        }
        Ok(Self { features, target, groups: None, ranks: None })
    }

    /// Puts one key a row beside the features: rows of equal keys are never parted by grouped splits.
    ///
    /// # Errors
    ///
    /// If there is not one key a row.
    pub fn with_groups(mut self, keys: Vec<u32>) -> Result<Self, DataError> {
        self.check_length("group keys", keys.len())?;
        self.groups = Some(keys);
        Ok(self)
    }

    /// Puts one rank in time a row beside the features; equal ranks are ordered by row.
    ///
    /// # Errors
    ///
    /// If there is not one rank a row.
    pub fn with_order(mut self, ranks: Vec<u32>) -> Result<Self, DataError> {
        self.check_length("ranks", ranks.len())?;
        self.ranks = Some(ranks);
        Ok(self)
    }

    /// The columns to predict from.
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// What is to be predicted.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// A key a row; rows of one group share theirs.
    pub fn groups(&self) -> Option<&[u32]> {
        self.groups.as_deref()
    }

    /// A rank in time a row; rows of the same time share theirs.
    pub fn ranks(&self) -> Option<&[u32]> {
        self.ranks.as_deref()
    }

    /// Rows, features, classes, task.
    pub fn facts(&self) -> Facts {
        Facts {
            n_rows: self.features.n_rows(),
            n_features: self.features.schema().features.len(),
            n_classes: self.target.class_names().len(),
            task: self.target.task(),
        }
    }

    fn check_length(&self, what: &'static str, found: usize) -> Result<(), DataError> {
        let expected = self.features.n_rows();
        if expected == found { Ok(()) } else { Err(DataError::Length { what, expected, found }) }
    }
}

fn check_roles_differ(roles: &Roles) -> Result<(), DataError> {
    let optional = [(Mention::Group, roles.group.as_deref()), (Mention::Order, roles.order.as_deref())];
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

/// Takes a column out of the table.
fn take(table: &mut Table, mention: Mention, name: &str) -> Result<Column, DataError> {
    if let Some(index) = table.columns.iter().position(|column| column.name == name) {
        return Ok(table.columns.remove(index));
    }
    let name = name.to_owned();
    if table.dropped.contains(&name) {
        return Err(DataError::Dropped { mention, name });
    }
    let nearest = nearest(&name, table.names());
    Err(DataError::UnknownColumn { mention, name, nearest })
}

/// Numbers the different values of a column in ascending order: equal cells have equal keys.
fn keys(table: &Table, column: &Column, mention: Mention) -> Result<Vec<u32>, DataError> {
    if let Some(row) = column.first_missing() {
        let n_missing = column.n_missing();
        return Err(DataError::Missing { at: table.at(row), mention, column: column.name.clone(), n_missing });
    }
    if let Cells::Categories { codes, .. } = &column.cells {
        return Ok(codes.clone());
    }
    let numbers = column.distinct_numbers();
    let key = |row| numbers.partition_point(|&number| number < column.number(row)) as u32;
    Ok((0..table.n_rows).map(key).collect())
}

fn ranks(table: &Table, column: &Column) -> Result<Vec<u32>, DataError> {
    for row in 0..table.n_rows {
        if let Value::Category(value) = column.value(row)
            && !is_date(value)
        {
            return Err(DataError::Unsortable {
                at: table.at(row),
                column: column.name.clone(),
                value: value.chars().take(40).collect(),
            });
        }
    }
    keys(table, column, Mention::Order)
}
