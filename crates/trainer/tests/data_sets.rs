//! The data sets that come with the project load, split and prepare as their documentation says.

use std::fmt::Write;
use std::fs::File;
use std::path::Path;

use trainer::data::{Dataset, Facts, ReadOptions, Roles, Table, Task};
use trainer::prepare::{Encoding, Preparation, Scaling};
use trainer::split::{CrossValidation, Scheme, Splits};

fn table(file: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../search-spaces/data");
    let file = File::open(folder.join(file)).expect("the file is part of the project");
    Table::read(file, &ReadOptions::default()).expect("the file is well formed")
}

fn dataset(file: &str, target: &str) -> Dataset {
    Dataset::new(table(file), &Roles { target: target.to_owned(), ..Roles::default() })
        .expect("the target exists")
}

fn prepared(preparation: &Preparation, data: &Dataset, rows: &[u32]) -> Vec<Vec<f32>> {
    let n = preparation.n_inputs();
    let mut out = vec![0.0; rows.len() * n];
    preparation.gather(data.features(), rows, &mut out);
    out.chunks(n).map(<[f32]>::to_vec).collect()
}

#[test]
fn every_set_has_the_size_its_source_states() {
    // Rows, features and classes as in scikit-learn's user guide (toy datasets) and the
    // palmerpenguins README.
    for (file, target, n_rows, n_features, n_classes) in [
        ("digits.csv", "digit", 1797, 64, 10),
        ("breast_cancer.csv", "diagnosis", 569, 30, 2),
        ("wine.csv", "cultivar", 178, 13, 3),
        ("iris.csv", "species", 150, 4, 3),
        ("penguins.csv", "species", 344, 7, 3),
        ("diabetes.csv", "progression", 442, 10, 0),
    ] {
        let facts = dataset(file, target).facts();
        assert_eq!(
            (facts.n_rows, facts.n_features, facts.n_classes),
            (n_rows, n_features, n_classes),
            "{file}"
        );
        assert_eq!(facts.task == Task::Regression, n_classes == 0, "{file}");
    }
}

#[test]
fn the_index_of_the_experience_is_right() {
    let index = include_str!("../../../search-spaces/data/experience/index.csv");
    let mut found = "file,task,rows,features,inputs,classes\n".to_owned();
    for line in index.lines().skip(1) {
        let (file, rest) = line.split_once(',').unwrap();
        let (name, task) = match rest.split_once(',').unwrap().0 {
            "regression" => ("regression", Task::Regression),
            _ => ("classification", Task::Classification),
        };
        let roles = Roles { target: "target".to_owned(), task: Some(task), ..Roles::default() };
        let facts = Dataset::new(table(&format!("experience/{file}.gz")), &roles).unwrap().facts();
        let classes = if facts.n_classes > 0 { facts.n_classes.to_string() } else { String::new() };
        let Facts { n_rows, n_features, n_inputs, .. } = facts;
        writeln!(found, "{file},{name},{n_rows},{n_features},{n_inputs},{classes}").unwrap();
    }
    assert_eq!(found, index);
}

#[test]
fn scaled_inputs_are_those_of_scikit_learn() {
    // scikit-learn 1.9.1, StandardScaler and MinMaxScaler fitted on the rows of wine.csv whose
    // index is no multiple of 5: rows 0, 1, 177, columns alcohol, magnesium, proline. Single
    // precision: 24 bits of values up to 1600.
    let standard = [
        [1.502_481_014_726_501, 2.100_592_698_744_99, 1.025_529_446_781_015],
        [0.206_539_083_878_487_82, 0.103_154_105_741_941_81, 0.977_774_091_156_005_3],
        [1.376_661_409_789_801_3, -0.192_762_722_851_102_35, -0.582_234_192_594_306_3],
    ];
    let min_max = [
        [0.824_561_403_508_772_3, 0.703_703_703_703_703_6, 0.557_553_956_834_532_3],
        [0.523_391_812_865_496_9, 0.370_370_370_370_370_35, 0.546_762_589_928_057_5],
        [0.795_321_637_426_901, 0.320_987_654_320_987_64, 0.194_244_604_316_546_75],
    ];
    let data = dataset("wine.csv", "cultivar");
    let train: Vec<u32> = (0..178).filter(|row| row % 5 != 0).collect();
    for (scaling, expected) in [(Scaling::Standard, standard), (Scaling::MinMax, min_max)] {
        let preparation = Preparation::fit(data.features(), &train, scaling);
        for (row, expected) in prepared(&preparation, &data, &[0, 1, 177]).iter().zip(expected) {
            for (column, expected) in [0, 4, 12].into_iter().zip(expected) {
                assert!(
                    (f64::from(row[column]) - expected).abs() < 1e-5,
                    "{scaling:?} column {column}"
                );
            }
        }
    }
}

#[test]
fn penguins_keep_their_gaps_and_islands() {
    let data = dataset("penguins.csv", "species");
    let rows: Vec<u32> = (0..344).collect();
    let preparation = Preparation::fit(data.features(), &rows, Scaling::Standard);
    let inputs = preparation.inputs(data.features().schema());
    let is = |feature: &str| inputs.iter().filter(|input| input.feature == feature).count();
    // Two birds lack all four measurements, eleven the sex; see the palmerpenguins README.
    assert_eq!((is("island"), is("sex"), is("bill_length_mm"), is("year")), (3, 3, 2, 1));
    let all = prepared(&preparation, &data, &rows);
    let sum = |wanted: &Encoding, feature: &str| -> f32 {
        let index = inputs
            .iter()
            .position(|input| &input.source == wanted && input.feature == feature)
            .unwrap();
        all.iter().map(|row| row[index]).sum()
    };
    assert_eq!(sum(&Encoding::IsMissingCategory, "sex"), 11.0);
    assert_eq!(sum(&Encoding::IsMissingNumber, "body_mass_g"), 2.0);
    assert_eq!(sum(&Encoding::Is { label: "Dream".to_owned() }, "island"), 124.0);
}

#[test]
fn every_fold_of_digits_has_every_digit_in_its_share() {
    let data = dataset("digits.csv", "digit");
    let rows: Vec<u32> = (0..1797).collect();
    let plan = CrossValidation { folds: 5, repeats: 2, scheme: Scheme::Stratified, seed: 7 };
    let splits = Splits::new(&data, &rows, &plan).unwrap();
    let trainer::data::Target::Classes { codes, .. } = data.target() else {
        panic!("digits are classes");
    };
    for fold in (0..splits.len()).map(|index| splits.fold(index)) {
        for digit in 0..10 {
            let n = fold.test.iter().filter(|&&row| codes[row as usize] == digit).count();
            // 174 to 183 rows of each digit: a fifth is 34.8 to 36.6.
            assert!((34..=37).contains(&n), "digit {digit}: {n}");
        }
    }
}
