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
