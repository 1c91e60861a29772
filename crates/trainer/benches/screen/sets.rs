//! The data sets of the screen: six small ones of search-spaces/data, six of 4,601 to 12,000 rows.

use std::fs::File;
use std::path::{Path, PathBuf};

use trainer::data::{Dataset, ReadOptions, Roles, Table};

/// A data set.
pub struct Set {
    /// Its name.
    pub name: &'static str,
    file: &'static str,
    target: &'static str,
    size: Size,
    /// How many of its folds are trained.
    pub n_folds: usize,
}

enum Size {
    Small,
    Larger,
}

/// Regression and classification alike, small and larger.
pub const SETS: [Set; 12] = [
    small("diabetes", "diabetes.csv", "progression"),
    small("autompg", "experience/autompg.csv.gz", "target"),
    small("stock", "experience/stock.csv.gz", "target"),
    small("breast_cancer", "breast_cancer.csv", "diagnosis"),
    small("vehicle", "experience/vehicle.csv.gz", "target"),
    small("credit_a", "experience/credit_a.csv.gz", "target"),
    larger("cal_housing", "cal_housing.csv.gz"),
    larger("house8l", "house8l.csv.gz"),
    larger("kin8nm", "kin8nm.csv.gz"),
    larger("page_blocks", "page_blocks.csv.gz"),
    larger("spambase", "spambase.csv.gz"),
    larger("letter", "letter.csv.gz"),
];

const fn small(name: &'static str, file: &'static str, target: &'static str) -> Set {
    Set { name, file, target, size: Size::Small, n_folds: 3 }
}

const fn larger(name: &'static str, file: &'static str) -> Set {
    Set { name, file, target: "target", size: Size::Larger, n_folds: 1 }
}

impl Set {
    /// Reads it; `larger` is the folder of the larger tables.
    pub fn read(&self, larger: &Path) -> Dataset {
        let small = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../search-spaces/data");
        let folder = match self.size {
            Size::Small => small(),
            Size::Larger => larger.to_owned(),
        };
        let file = File::open(folder.join(self.file)).unwrap();
        let table = Table::read(file, &ReadOptions::default()).unwrap();
        let roles = Roles { target: self.target.to_owned(), ..Roles::default() };
        Dataset::new(table, &roles).unwrap()
    }
}
