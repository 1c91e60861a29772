//! The form (schema version) of the database: how it is created and how an older one is migrated.
//!
//! `user_version` holds the form's number. Step *n* of the list leads from form *n* − 1 to form
//! *n*, so new and old studies pass through the same SQL. A released step is never edited.

use super::fault::store_error;
use super::header::APPLICATION_ID;
use crate::fault::Damage;
use rusqlite::{Connection, TransactionBehavior};
use std::collections::BTreeMap;
use std::path::Path;
use tuner::error::StoreError;

/// The steps that lead to the newest form.
pub(super) const STEPS: &[&str] = &[include_str!("form/1.sql"), include_str!("form/2.sql")];

/// Reads the number of the form, counted from 1.
///
/// # Errors
/// [`StoreError::Newer`] if `steps` do not lead there, [`StoreError::Damaged`] if no form has that
/// number.
pub(super) fn number(
    path: &Path,
    connection: &Connection,
    steps: &[&str],
) -> Result<i64, StoreError> {
    let found = user_version(connection).map_err(|error| store_error(path, "open", error))?;
    let known = newest(steps);
    if found > known {
        return Err(StoreError::Newer { path: path.display().to_string(), found, known });
    }
    if found < 1 { Err(Damage::FormNumber { found }.at(path)) } else { Ok(found) }
}

/// Returns the number of the form that `steps` lead to.
fn newest(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

/// Applies the missing steps to the database, all or none of them.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken = usize::try_from(user_version(&transaction)?).unwrap_or(usize::MAX);
    if taken < steps.len() {
        for step in &steps[taken..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", newest(steps))?;
    }
    transaction.commit()
}

/// Checks that tables and views are as `steps` make them. Additional ones are the user's own and
/// are ignored.
///
/// # Errors
/// [`StoreError::Damaged`] with the name of one that differs.
pub(super) fn check(
    path: &Path,
    connection: &Connection,
    steps: &[&str],
) -> Result<(), StoreError> {
    // The expected definitions come from the same steps run again, so that no list of them can
    // become out of date.
    let made = || {
        let mut fresh = Connection::open_in_memory()?;
        migrate(&mut fresh, steps)?;
        definitions(&fresh)
    };
    let expected = made().map_err(|error| store_error(Path::new(":memory:"), "create", error))?;
    let found = definitions(connection).map_err(|error| store_error(path, "read", error))?;
    match expected.into_iter().find(|(name, sql)| found.get(name) != Some(sql)) {
        Some((name, _)) => Err(Damage::Form { name }.at(path)),
        None => Ok(()),
    }
}

/// Refuses whatever could act on our tables or the whole file: triggers, additional indices,
/// virtual tables. A foreign trigger never runs anyway, but a study that has one is not as
/// `tune` made it.
///
/// # Errors
/// [`StoreError::Damaged`] with the name of one.
pub(super) fn refuse_foreign(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let foreign = "SELECT type || ' ' || name FROM sqlite_schema WHERE sql IS NOT NULL AND (
        type IN ('trigger', 'index') AND lower(tbl_name) IN ('record', 'head')
        OR sql LIKE 'create virtual%')";
    let mut statement =
        connection.prepare(foreign).map_err(|error| store_error(path, "read", error))?;
    let mut names = statement
        .query_map([], |row| row.get::<_, String>(0))
        .map_err(|error| store_error(path, "read", error))?;

    match names.next() {
        None => Ok(()),
        Some(Err(error)) => Err(store_error(path, "read", error)),
        Some(Ok(name)) => Err(Damage::ForeignObject { name }.at(path)),
    }
}

/// Returns the SQL of every object in the database, by type and name.
fn definitions(connection: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut statement = connection
        .prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn user_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[&str] = &["CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);"];
    const NEW: &[&str] = &[OLD[0], "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 3;"];
    const BROKEN: &[&str] =
        &[OLD[0], "ALTER TABLE a ADD COLUMN y INTEGER; ALTER TABLE missing RENAME TO b;"];

    fn form_of(steps: &[&str]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, steps).unwrap();
        connection
    }

    #[test]
    fn an_older_form_is_brought_up_to_date_and_keeps_its_rows() {
        let path = Path::new("study.db");
        let mut connection = form_of(OLD);
        assert_eq!(number(path, &connection, NEW).unwrap(), 1);
        assert!(check(path, &connection, NEW).is_err());
        for _ in 0..2 {
            migrate(&mut connection, NEW).unwrap();
            assert_eq!(number(path, &connection, NEW).unwrap(), 2);
            check(path, &connection, NEW).unwrap();
        }
        let row =
            connection.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?)));
        assert_eq!(row, Ok((7, 3)));
    }

    #[test]
    fn a_step_that_fails_leaves_the_older_form() {
        let mut connection = form_of(OLD);
        assert!(migrate(&mut connection, BROKEN).is_err());
        check(Path::new("study.db"), &connection, OLD).unwrap();
        assert_eq!(user_version(&connection), Ok(1));
    }

    #[test]
    fn a_newer_form_is_refused_with_both_numbers() {
        let error = number(Path::new("study.db"), &form_of(NEW), OLD).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1, .. }));
        let none = Connection::open_in_memory().unwrap();
        assert!(matches!(
            number(Path::new("study.db"), &none, OLD),
            Err(StoreError::Damaged { .. })
        ));
    }

    #[test]
    fn a_changed_view_is_named_and_a_users_own_view_is_left_alone() {
        let connection = form_of(STEPS);
        connection.execute_batch("CREATE VIEW mine AS SELECT 1;").unwrap();
        check(Path::new("study.db"), &connection, STEPS).unwrap();
        connection
            .execute_batch("DROP VIEW folds; CREATE VIEW folds AS SELECT 1 AS loss;")
            .unwrap();
        let error = check(Path::new("study.db"), &connection, STEPS).unwrap_err();
        assert!(error.to_string().contains("view folds"), "{error}");
    }
}
