//! `tune init`: what it writes is a file to begin with, without columns that say nothing.

use crate::sandbox::Sandbox;

#[test]
fn columns_that_number_or_name_the_rows_are_left_out() {
    let sandbox = Sandbox::new();
    let row = |i: u32| format!("{},{},name {i},{}\n", i + 1, f64::from(i * 7 % 40) / 10.0, i % 3);
    let rows: String = (0..60).map(row).collect();
    sandbox.write("birds.csv", &format!("id,wing,ring,kind\n{rows}"));
    sandbox.tune_ok(&["init", "birds.csv", "--target", "kind"]);
    let written = sandbox.read("space.toml");
    assert!(written.contains("drop = [\"id\", \"ring\"]"), "{written}");
    assert_eq!(
        sandbox.tune_ok(&["check", "space.toml"]).stdout,
        "space.toml: no errors, 0 warnings\n"
    );
    sandbox.write("all.toml", &written.replace("drop = [\"id\", \"ring\"]", "drop = [\"ring\"]"));
    let said = sandbox.tune_ok(&["check", "all.toml"]);
    said.complains(0, &["column `id` numbers the rows", "`drop` in [data] leaves columns out"]);
}

#[test]
fn the_task_and_the_kinds_can_be_given() {
    let sandbox = Sandbox::new();
    let rows: String =
        (0..60).map(|i| format!("{},0{:04},{}\n", i * 7 % 31, i % 9, i % 4)).collect();
    sandbox.write("t.csv", &format!("x,my zip,stars\n{rows}"));
    let init = ["init", "t.csv", "--target", "stars"];
    sandbox.tune_ok(&init);
    assert!(sandbox.read("space.toml").contains("task = \"classification\""));
    let more = ["--out", "b.toml", "--task", "regression", "--kinds", "my zip=category"];
    let said = sandbox.tune_ok(&[&init[..], &more].concat());
    assert!(said.stderr.contains("60 rows, 2 features, regression"), "{}", said.stderr);
    let written = sandbox.read("b.toml");
    for line in
        ["task = \"regression\"", "kinds = { \"my zip\" = \"category\" }", "metric = \"mse\""]
    {
        assert!(written.contains(line), "{written}");
    }
    assert!(!written.contains("inferred"), "{written}");
    let wrong = ["--out", "c.toml", "--kinds", "x=float"];
    sandbox.tune(&[&init[..], &wrong].concat()).complains(2, &["COLUMN=KIND", "`x=float`"]);
}

#[test]
fn columns_of_one_name_and_rare_separators_are_solved_by_options() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60).map(|i| format!("{i}:{}:{}\n", i % 7, i * i % 11)).collect();
    sandbox.write("t.csv", &format!("x:x:y\n{rows}"));
    let init = ["init", "t.csv", "--target", "y"];
    sandbox.tune(&init).complains(2, &["`x:x:y`", "--separator ':'"]);
    let by_colon = [&init[..], &["--separator", ":"]].concat();
    sandbox.tune(&by_colon).complains(2, &["columns 1 and 2 are both named `x`", "--drop 2"]);
    sandbox.tune_ok(&[&by_colon[..], &["--drop", "2"]].concat());
    let written = sandbox.read("space.toml");
    assert!(written.contains("separator = \":\"") && written.contains("drop = [2]"), "{written}");
    sandbox.tune_ok(&["check", "space.toml"]);
    let nowhere = ["--out", "no/such/space.toml"];
    sandbox.tune(&[&init[..], &nowhere].concat()).complains(2, &["is no folder"]);
}

#[test]
fn times_as_numbers_and_features_that_give_the_target_away_are_told() {
    let sandbox = Sandbox::new();
    let row = |i: u32| {
        let y = i * 37 % 60;
        format!("{},{},{},{:.1} %,{y}\n", 1_700_000_000 + 3600 * i, i % 5, i * 7 % 13, f64::from(y))
    };
    let rows: String = (0..60).map(row).collect();
    sandbox.write("t.csv", &format!("at,a,b,share,y\n{rows}"));
    sandbox.tune_ok(&["init", "t.csv", "--target", "y"]).complains(
        0,
        &[
            "`at` is read as plain numbers, and they look like seconds since 1970 (2023-11-14 to",
            "kinds = { at = \"date\" } reads them as dates",
            "`share` gives the target in every row",
        ],
    );
    let dated = ["--out", "dated.toml", "--kinds", "at=date", "--drop", "share"];
    let said = sandbox.tune_ok(&[&["init", "t.csv", "--target", "y"], &dated[..]].concat());
    assert!(!said.stderr.contains("note:"), "{}", said.stderr);
    assert!(said.stderr.contains("dates"), "{}", said.stderr);
}

#[test]
fn constant_and_nameless_columns_are_left_out_with_a_word() {
    let sandbox = Sandbox::new();
    let rows: String =
        (0..60).map(|i| format!("{},eur,,{},{}\n", i * 7 % 31, i % 4, i * 5 % 17)).collect();
    sandbox.write("t.csv", &format!("x,currency,empty,,y\n{rows}"));
    let said = sandbox.tune_ok(&["init", "t.csv", "--target", "y"]).stderr;
    for line in [
        "drop = [`currency`]: every row has the same value",
        "drop = [`empty`]: no row has a value",
        "drop = [4]: the header has no name for it",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let written = sandbox.read("space.toml");
    let dropped = "drop = [4, \"currency\", \"empty\"]    # the same in every row";
    assert!(written.contains(dropped), "{written}");
    sandbox.write("all.toml", &written.replace(dropped, "drop = [4]"));
    sandbox.tune_ok(&["check", "all.toml"]).complains(0, &["no value in any row: `empty`"]);
}

#[test]
fn rows_whose_numeric_target_is_na_are_left_out_and_classes_of_that_name_are_asked_about() {
    let sandbox = Sandbox::new();
    let row = |i: i32, y: String| format!("{},{y}\n", i * 7 % 31);
    let of = |cell: &dyn Fn(i32) -> String| (0..60).map(|i| row(i, cell(i))).collect::<String>();
    let number = |i| if i % 9 == 0 { "NA".to_owned() } else { format!("{}.5", i * 3) };
    let class = |i| ["NA", "mild", "severe"][i as usize % 3].to_owned();
    sandbox.write("t.csv", &format!("x,y\n{}", of(&number)));
    let init = ["init", "t.csv", "--target", "y"];
    sandbox.tune_ok(&init).complains(0, &["7 rows without a target left out"]);
    assert!(sandbox.read("space.toml").contains("missing_target = \"drop\""));
    sandbox.write("t.csv", &format!("x,y\n{}", of(&class)));
    let again = [&init[..], &["--out", "b.toml"]].concat();
    sandbox.tune(&again).complains(2, &["--kinds y=category", "--missing-target drop"]);
}

#[test]
fn a_separator_is_what_the_file_may_hold() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60).map(|i| format!("{i}\t{}\n", i * i % 11)).collect();
    sandbox.write("t.csv", &format!("x\ty\n{rows}"));
    let init = ["init", "t.csv", "--target", "y"];
    for wrong in ["x", "é", "\"", "tabs"] {
        let args = [&init[..], &["--separator", wrong]].concat();
        sandbox.tune(&args).complains(2, &["--separator", "expected one of , ; tab"]);
    }
    let another = [&init[..], &["--separator", ";"]].concat();
    sandbox.tune(&another).complains(2, &["--separator 'tab'"]);
    sandbox.tune_ok(&[&init[..], &["--separator", "tab"]].concat());
}
