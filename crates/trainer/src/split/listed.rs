//! Splits as a list for other programs: a line for each row and repeat, with the fold in which the
//! row tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use super::splits::Purge;
use super::{CrossValidation, Scheme, SplitError, Splits};

/// The columns of a list, all of them numbers from 0.
const COLUMNS: [&str; 3] = ["row", "repeat", "fold"];

impl Splits {
    /// Writes the list: the row of the table without its header, the repeat, and the fold in which
    /// the row tests; it trains in all other folds of the repeat.
    ///
    /// # Errors
    /// If `out` fails.
    ///
    /// # Panics
    /// If the splits are in time: their folds train only on earlier rows, which the list cannot
    /// express.
    pub fn write_list(&self, mut out: impl Write) -> io::Result<()> {
        assert_ne!(self.plan.scheme, Scheme::Forward, "folds in time are no list");
        writeln!(out, "{}", COLUMNS.join(","))?;
        for (repeat, blocks) in self.blocks.iter().enumerate() {
            for (row, fold) in self.rows.iter().zip(blocks) {
                writeln!(out, "{row},{repeat},{fold}")?;
            }
        }
        Ok(())
    }

    /// Reads splits from a list, whose lines may have any order; `scheme` is that of inner splits,
    /// and `seed` that of all streams that belong to a fold.
    ///
    /// # Errors
    /// [`SplitError::List`] if it is not a list of folds, or leaves a fold without test rows.
    pub fn read_list(from: impl Read, scheme: Scheme, seed: u64) -> Result<Self, SplitError> {
        let by_row = read(from)?;
        let numbers = || by_row.keys().map(|&(repeat, _)| repeat);
        let repeats = numbers().max().map_or(0, |last| last + 1);
        let folds = by_row.values().max().map_or(0, |last| last + 1);
        let plan = CrossValidation { folds, repeats, scheme, seed };

        let of = |repeat: u32| {
            let range = by_row.range((repeat, 0)..=(repeat, u32::MAX));
            range.map(|(&(_, row), &fold)| (row, fold)).unzip::<u32, u32, Vec<u32>, Vec<u32>>()
        };

        let (rows, _) = of(0);
        super::splits::check(&plan, rows.len())?;
        let mut blocks = Vec::new();

        for repeat in 0..repeats {
            let (listed, folds_of_rows) = of(repeat);
            // Repeats of other rows could not be averaged.
            if listed != rows {
                return Err(list(format!("repeat {repeat} lists other rows than repeat 0")));
            }
            let used: BTreeSet<u32> = folds_of_rows.iter().copied().collect();
            if let Some(fold) = (0..folds).find(|fold| !used.contains(fold)) {
                return Err(list(format!("no row tests in fold {fold} of repeat {repeat}")));
            }
            blocks.push(folds_of_rows);
        }

        Ok(Self { rows, plan, blocks, purge: Purge::default() })
    }
}

/// The fold of each repeat and row.
fn read(from: impl Read) -> Result<BTreeMap<(u32, u32), u32>, SplitError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
    let cannot = |error: csv::Error| list(error.to_string());
    let header = reader.headers().map_err(cannot)?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let [Some(row), Some(repeat), Some(fold)] = COLUMNS.map(place) else {
        return Err(list(format!("expected the columns {}", COLUMNS.join(", "))));
    };

    let mut by_row = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(cannot)?;
        let line = record.position().map_or(0, csv::Position::line);
        let number = |at: usize| {
            let cell = record.get(at).unwrap_or_default();
            // The last number is left free, since counts are one more than the largest index.
            let parsed = cell.parse::<u32>().ok().filter(|&number| number < u32::MAX);
            parsed.ok_or_else(|| {
                list(format!("line {line}: expected integers from 0, found `{cell}`"))
            })
        };
        let (row, repeat, fold) = (number(row)?, number(repeat)?, number(fold)?);
        if by_row.insert((repeat, row), fold).is_some() {
            return Err(list(format!("line {line}: row {row} is twice in repeat {repeat}")));
        }
    }

    Ok(by_row)
}

fn list(what: String) -> SplitError {
    SplitError::List { what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, Features, Target};

    fn splits(scheme: Scheme) -> Splits {
        let features = Features::from_array(ndarray::Array2::zeros((20, 1))).unwrap();
        let target = Target::Values((0..20).map(f64::from).collect());
        let data = Dataset::from_parts(features, target).unwrap();
        let plan = CrossValidation { folds: 3, repeats: 2, scheme, seed: 5 };
        Splits::new(&data, &(2..20).collect::<Vec<_>>(), &plan).unwrap()
    }

    fn error(text: &str) -> String {
        Splits::read_list(text.as_bytes(), Scheme::Plain, 0).unwrap_err().to_string()
    }

    #[test]
    fn a_list_reads_back_as_the_same_splits_whatever_its_order() {
        let splits = splits(Scheme::Plain);
        let mut bytes = Vec::new();
        splits.write_list(&mut bytes).unwrap();
        assert_eq!(splits, Splits::read_list(&bytes[..], Scheme::Plain, 5).unwrap());

        let text = String::from_utf8(bytes).unwrap();
        let (header, lines) = text.split_once('\n').unwrap();
        let turned: Vec<&str> = lines.lines().rev().collect();
        let turned = format!("{header}\n{}\n", turned.join("\n"));
        assert_eq!(splits, Splits::read_list(turned.as_bytes(), Scheme::Plain, 5).unwrap());
    }

    #[test]
    fn what_is_no_list_of_folds_is_refused() {
        assert!(error("row,fold\n0,0\n").contains("the columns row, repeat, fold"));
        assert!(error("row,repeat,fold\n0,0,-1\n").contains("line 2: expected integers"));
        assert!(error("row,repeat,fold\n0,0,0\n0,0,1\n").contains("row 0 is twice in repeat 0"));
        assert!(error("row,repeat,fold\n0,0,0\n1,0,2\n2,0,2\n").contains("no row tests in fold 1"));
        let other = "row,repeat,fold\n0,0,0\n1,0,1\n0,1,0\n2,1,1\n";
        assert!(error(other).contains("repeat 1 lists other rows"));
        assert!(
            error("row,repeat,fold\n").contains("at least 2"),
            "{}",
            error("row,repeat,fold\n")
        );
    }
}
