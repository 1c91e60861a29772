//! Tables as people have them: decorated numbers, markers, dates, other separators, no header.

use crate::sandbox::Sandbox;
use std::fmt::Write;

const SPACE: &str = "learning_rate = { type = \"float\", low = 1e-3, high = 1e-1, log = true }\nepochs = 2\nwidth = 4\n";

fn file(data: &str) -> String {
    format!(
        "[data]\n{data}\n[cv]\nfolds = 3\n[search]\nmethod = \"random\"\ntrials = 2\n[space]\n{SPACE}"
    )
}

#[test]
fn decorated_numbers_and_markers_are_numbers_and_said() {
    let sandbox = Sandbox::new();
    let mut rows = String::new();
    for i in 0..60_u32 {
        let marker = if i % 6 == 0 { ".".to_owned() } else { format!("{}.5", i * 7 % 60) };
        let _ = writeln!(
            rows,
            "{},\"{},{:03}\",{marker},{}.1",
            ["A", "B"][i as usize % 2],
            i + 1,
            i * 7,
            i * 3 % 50
        );
    }
    sandbox.write("t.csv", &format!("city,population,a,income\n{rows}"));
    let said = sandbox.tune_ok(&["init", "t.csv", "--target", "income"]);
    said.complains(0, &["numbers with thousands separators: `population`", "`.` 10"]);
    let written = sandbox.read("space.toml");
    assert!(!written.contains("drop ="), "{written}");
    let said = sandbox.tune_ok(&["check", "space.toml"]);
    said.complains(0, &["`population`", "missing in `a` (10 of 60: `.` 10)"]);
    sandbox.write("run.toml", &file("path = \"t.csv\"\ntarget = \"income\""));
    let said = sandbox.tune_ok(&["run", "run.toml"]);
    said.complains(0, &["thousands separators", "missing in `a`"]);
}

#[test]
fn semicolons_and_decimal_commas_need_no_key() {
    let sandbox = Sandbox::new();
    let rows: String = (0..40).map(|i| format!("{},{};{};{}\n", i, i % 10, i * 2, i % 2)).collect();
    sandbox.write("w.csv", &format!("\"fixed acidity\";\"pH\";\"quality\"\n{rows}"));
    sandbox.tune_ok(&["init", "w.csv", "--target", "quality"]);
    let said = sandbox.tune_ok(&["run", "space.toml", "--quiet"]);
    assert!(said.stdout.contains("ok") || !said.stdout.is_empty(), "{}", said.stdout);
}

#[test]
fn a_file_without_header_is_refused_with_the_way_on() {
    let sandbox = Sandbox::new();
    let rows: String =
        (0..40).map(|i| format!("{}.5,{},{}\n", i * 3 % 17, i * 7 % 31, i % 2)).collect();
    sandbox.write("haberman.data", &rows);
    sandbox
        .tune(&["init", "haberman.data", "--target", "class"])
        .complains(2, &["the first line looks like data", "header = false", "--no-header"]);
    sandbox.tune_ok(&["init", "haberman.data", "--target", "column_3", "--no-header"]);
    assert!(sandbox.read("space.toml").contains("header = false"));
    sandbox.tune_ok(&["check", "space.toml"]).complains(0, &["40 rows, 2 features", "no header"]);
}

#[test]
fn a_table_where_a_space_file_is_due_is_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.write("data.csv", "x,y\n1,a\n2,b\n");
    sandbox
        .tune(&["run", "data.csv"])
        .complains(2, &["found the table data.csv", "tune init data.csv"]);
}

#[test]
fn a_fold_that_tests_what_it_never_trained_on_is_warned_of() {
    let sandbox = Sandbox::new();
    let class = |t: u32| {
        if t < 80 {
            "a"
        } else if t < 150 {
            "b"
        } else {
            "c"
        }
    };
    let rows: String = (0..200).map(|t| format!("{t},{}.5,{}\n", t * 7 % 31, class(t))).collect();
    sandbox.write("t.csv", &format!("t,x,y\n{rows}"));
    let text =
        file("path = \"t.csv\"\ntarget = \"y\"").replace("folds = 3", "folds = 4\norder = \"t\"");
    sandbox.write("space.toml", &text);
    let expected = "of which it trains on none";
    sandbox.tune_ok(&["check", "space.toml"]).complains(0, &["tests", "class `b`", expected]);
    sandbox.tune_ok(&["run", "space.toml"]).complains(0, &[expected]);
}

#[test]
fn what_is_maximised_is_ranked_by_one_minus_it() {
    let sandbox = Sandbox::new();
    let rows: String = (0..90).map(|i| format!("{}.5,{}\n", i * 7 % 31, i % 3 / 2)).collect();
    sandbox.write("t.csv", &format!("x,y\n{rows}"));
    let text =
        format!("[study]\nmetric = \"roc_auc\"\n{}", file("path = \"t.csv\"\ntarget = \"y\""));
    sandbox.write("space.toml", &text);
    sandbox.tune_ok(&["run", "space.toml"]);
    let board = sandbox.read("results/space/leaderboard.csv");
    let mut lines = board.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let first = lines.next().unwrap();
    let of = |name: &str| -> f64 {
        first[header.iter().position(|column| *column == name).unwrap()].parse().unwrap()
    };
    assert!((of("loss") - (1.0 - of("roc_auc"))).abs() < 1e-12, "{board}");
    for args in [&["list"][..], &["compare", "space", "space"], &["leaderboard", "space"]] {
        let said = sandbox.tune_ok(args).stdout;
        assert!(said.contains("1 - roc_auc"), "{said}");
    }
    assert!(of("cross_entropy") > 0.0);
}

#[test]
fn separators_and_marks_can_be_said() {
    let sandbox = Sandbox::new();
    // Read without a key, `1.234` is a number with a point; commas divide it as evenly as bars do.
    let rows: String =
        (0..40).map(|i| format!("{}.{:03}|a,b|{}\n", i + 1, i * 7, i * 3 % 17)).collect();
    sandbox.write("t.txt", &format!("price|mix,ture|y\n{rows}"));
    let data = "path = \"t.txt\"\ntarget = \"y\"\ntask = \"regression\"\n";
    sandbox.write("a.toml", &file(&format!("{data}separator = \"|\"")));
    sandbox
        .tune_ok(&["check", "a.toml"])
        .complains(0, &["columns separated by `|`", "  numbers: `price`"]);
    sandbox.write("b.toml", &file(&format!("{data}separator = \"|\"\nthousands = \".\"")));
    let said = sandbox.tune_ok(&["check", "b.toml"]);
    said.complains(0, &["numbers, in which points separate thousands: `price`"]);
    sandbox.write("c.toml", &file(&format!("{data}thousands = \".\"\ndecimal = \".\"")));
    sandbox.tune(&["check", "c.toml"]).complains(2, &["decimal and thousands are the same mark"]);
    sandbox.write("d.toml", &file(&format!("{data}separator = \"tab\"")));
    sandbox.tune(&["check", "d.toml"]).complains(2, &["`y`"]);
}

#[test]
fn a_metric_that_a_fold_does_not_define_is_warned_of() {
    let sandbox = Sandbox::new();
    // In time the first rows are all of one class, and the first values all the same.
    let rows: String = (0..90)
        .map(|t| {
            format!("{t},{}.5,{},{}\n", t * 7 % 31, ["a", "b"][usize::from(t > 60)], (t / 50) * t)
        })
        .collect();
    sandbox.write("t.csv", &format!("t,x,class,value\n{rows}"));
    let check = |target: &str, metric: &str| {
        let data = format!("path = \"t.csv\"\ntarget = \"{target}\"");
        let text = file(&data).replace("folds = 3", "folds = 4\norder = \"t\"");
        sandbox.write("s.toml", &format!("[study]\nmetric = \"{metric}\"\n{text}"));
        sandbox.tune_ok(&["check", "s.toml"]).stderr
    };
    let said = check("class", "roc_auc");
    assert!(said.contains("roc_auc is not defined in 3 of 4 folds, first in fold 0: the test rows are all of one class"), "{said}");
    assert!(!check("class", "cross_entropy").contains("not defined"));
    let said = check("value", "r2");
    assert!(
        said.contains(
            "r2 is not defined in 1 of 4 folds, first in fold 0: the test rows have one target"
        ),
        "{said}"
    );
    let said = check("value", "mape");
    assert!(said.contains("mape is not defined in 2 of 4 folds"), "{said}");
    sandbox.tune(&["run", "s.toml"]).complains(5, &["every trial fails there"]);
}

#[test]
fn labels_that_differ_in_case_alone_are_told() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60)
        .map(|i| {
            format!(
                "{}.5,{},{}\n",
                i * 7 % 31,
                ["Red", "red ", "blue"][i % 3],
                ["Yes", "yes", "No"][i % 3]
            )
        })
        .collect();
    sandbox.write("t.csv", &format!("x,colour,y\n{rows}"));
    let said = sandbox.tune_ok(&["init", "t.csv", "--target", "y"]);
    let expected = [
        "column `colour`: `Red`, `red` differ in case or blanks only",
        "column `y`: `Yes`, `yes` differ",
    ];
    said.complains(0, &expected);
    sandbox.tune_ok(&["check", "space.toml"]).complains(0, &expected);
}

#[test]
fn two_prices_or_temperatures_are_categories_with_a_word() {
    let sandbox = Sandbox::new();
    let rows: String =
        (0..60).map(|i| format!("{}.5,{} °C,{}\n", i * 7 % 31, 19 + i % 2, i % 2)).collect();
    sandbox.write("t.csv", &format!("x,temp,y\n{rows}"));
    let said = sandbox.tune_ok(&["init", "t.csv", "--target", "y"]);
    said.complains(0, &["`temp` is read as categories, though 60 of 60 cells hold a number"]);
}

#[test]
fn rows_without_a_target_can_be_dropped_by_init() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60)
        .map(|i| format!("{}.5,{}\n", i * 7 % 31, ["agree", "n/a", "disagree"][i % 3]))
        .collect();
    sandbox.write("t.csv", &format!("x,q1\n{rows}"));
    let init = ["init", "t.csv", "--target", "q1"];
    sandbox.tune(&init).complains(2, &["`--kinds q1=category`", "`--missing-target drop`"]);
    let dropped = sandbox.tune_ok(&[&init[..], &["--missing-target", "drop"]].concat());
    dropped.complains(0, &["2 classes; 20 rows without a target left out"]);
    let kept = [&init[..], &["--kinds", "q1=category", "--out", "b.toml"]].concat();
    sandbox.tune_ok(&kept).complains(0, &["3 classes"]);
}

#[test]
fn other_encodings_are_named_with_the_way_on() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("t.csv"), b"gr\xf6\xdfe,y\n1,2\n").unwrap();
    sandbox
        .tune(&["init", "t.csv", "--target", "y"])
        .complains(2, &["not UTF-8", "iconv -f WINDOWS-1252 -t UTF-8"]);
}

#[test]
fn a_fold_that_tests_a_class_of_its_own_group_is_warned_of() {
    let sandbox = Sandbox::new();
    let rows: String = (0..90)
        .map(|i| format!("{},{}.5,{}\n", i % 3, i * 7 % 31, ["a", "b", "c"][i % 3]))
        .collect();
    sandbox.write("t.csv", &format!("g,x,y\n{rows}"));
    let text =
        file("path = \"t.csv\"\ntarget = \"y\"").replace("folds = 3", "folds = 3\ngroup = \"g\"");
    sandbox.write("space.toml", &text);
    sandbox
        .tune_ok(&["check", "space.toml"])
        .complains(0, &["fold 0 tests 30 rows of class", "and so do 2 other folds"]);
}

#[test]
fn what_people_write_in_a_space_is_answered_with_the_way_it_is_written() {
    let sandbox = Sandbox::new();
    let search = "[search]\ntrials = 3\n";
    let check = |space: &str| {
        sandbox.write("s.toml", &format!("{search}{space}"));
        sandbox.tune(&["check", "s.toml"])
    };
    check("[space.model]\ndepth = { type = \"int\", low = 1, high = 3 }\n")
        .complains(2, &["do not nest", "\"model.depth\" = "]);
    check("[space]\nmodel.depth = { type = \"int\", low = 1, high = 3 }\n")
        .complains(2, &["do not nest", "\"model.depth\" = "]);
    for none in ["None", "null", "nil"] {
        check(&format!("[space]\nx = {{ type = \"categorical\", values = [1, {none}] }}\n"))
            .complains(2, &["TOML has no"]);
    }
    let said = check("[space]\nwidth = { type = \"ordinal\", values = [64, 16, 128] }\n");
    said.complains(
        0,
        &["the values of `width` are not in the order of the numbers", "values = [16, 64, 128]"],
    );
    let said = check("[space]\nwidth = { type = \"ordinal\", values = [128, 64, 16] }\n");
    assert!(!said.stderr.contains("not in the order"), "{}", said.stderr);
}

#[test]
fn totals_and_notes_below_a_table_are_said() {
    let sandbox = Sandbox::new();
    let rows: String =
        (0..60).map(|i| format!("{},{i},{}.5\n", ["N", "S"][i % 2], i * 7 % 31)).collect();
    let with = |below: &str| {
        sandbox.write("t.csv", &format!("region,units,price\n{rows}{below}"));
        sandbox.write("run.toml", &file("path = \"t.csv\"\ntarget = \"price\""));
    };

    let summary = "line 62 (`Total`) looks like a summary of the rows above";
    with("Total,1770,900.0\n");
    sandbox.tune_ok(&["init", "t.csv", "--target", "price"]).complains(0, &[summary]);
    sandbox.tune_ok(&["check", "run.toml"]).complains(0, &[summary, "delete it"]);
    sandbox.tune_ok(&["run", "run.toml", "--fresh"]).complains(0, &[summary]);
    with("Source: an office,,\n");
    let note = "line 62 (`Source: an office`) looks like a note below the table";
    sandbox.tune(&["check", "run.toml"]).complains(2, &["looks like a note below the table"]);
    let dropped = file("path = \"t.csv\"\ntarget = \"price\"\nmissing_target = \"drop\"");
    sandbox.write("drop.toml", &dropped);
    sandbox.tune_ok(&["check", "drop.toml"]).complains(0, &[note]);
    with("");
    assert!(!sandbox.tune_ok(&["check", "run.toml"]).stderr.contains("looks like"));

    // Where it makes the table unreadable, the error says what it is.
    let numbers: String = (0..60).map(|i| format!("{},{i},{}.5\n", i % 12, i * 7 % 31)).collect();
    for (text, words) in [
        (format!("month,units,price\n{numbers}Sum,1770,900\n"), "summary of the rows above"),
        (format!("month,units,price\n{numbers}* provisional,,\n"), "note below the table"),
        (format!("month,units,price\n,pieces,EUR\n{numbers}"), "units or names"),
        (format!("Sales 2024\n\nmonth,units,price\n{numbers}"), "tail -n +3"),
        (format!("month,units,price\n{numbers}Source: an office\n"), "is a title or a note"),
        (format!("month,units,price\n{}", numbers.replace('\n', ",\n")), "add one at its end"),
    ] {
        sandbox.write("t.csv", &text);
        sandbox.tune(&["check", "run.toml"]).complains(2, &["t.csv", words]);
    }
}

#[test]
fn what_databases_and_spreadsheets_write_for_nothing_is_missing_in_every_column() {
    let sandbox = Sandbox::new();
    let cell = |i: usize| match i % 5 {
        0 => "\\N",
        1 => "#REF!",
        2 => "red",
        _ => "green",
    };
    let rows: String = (0..60).map(|i| format!("{},{i}.5,{}\n", cell(i), i % 2)).collect();
    sandbox.write("t.csv", &format!("colour,x,y\n{rows}"));
    sandbox.write("run.toml", &file("path = \"t.csv\"\ntarget = \"y\""));
    let said = sandbox.tune_ok(&["check", "run.toml"]);
    said.complains(0, &["`colour` (2)", "missing in `colour` (24 of 60: `#REF!` 12, `\\N` 12)"]);
}

#[test]
fn quantities_in_a_notation_that_is_not_known_are_said() {
    let sandbox = Sandbox::new();
    let row = |i: usize| {
        format!("{}x{},{}h {}m,'{}',{}\n", i % 13 + 2, i % 7, i % 3 + 1, i * 7 % 60, i, i % 2)
    };
    let rows: String = (0..80).map(row).collect();
    sandbox.write("t.csv", &format!("size,length,n,y\n{rows}"));
    sandbox.write("run.toml", &file("path = \"t.csv\"\ntarget = \"y\""));
    let said = sandbox.tune_ok(&["check", "run.toml"]);
    said.complains(
        0,
        &[
            "column `size` is read as categories, though 80 of 80 cells begin with a digit",
            "numbers with hours, minutes and seconds: `length`",
            "numbers with quotation marks: `n`",
        ],
    );
}
