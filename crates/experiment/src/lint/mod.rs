//! Warnings about probable mistakes, one file each, which `check` prints.
//!
//! A lint never refuses: an impossible setting is an error of the reader or the bridge.

mod classes;
mod columns;
mod constant;
mod defaults;
pub mod folds;
mod formula;
mod idle;
mod numbering;
mod order;
mod placeholder;
mod race;
mod range;
mod size;
mod step;
mod undefined;

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::Fault;

/// Returns all warnings about a study; `data` is the built-in trainer's, if any.
pub fn warnings(file: &SpaceFile, data: Option<&Data>) -> Vec<Fault> {
    let mut warnings = size::warnings(file, data);
    warnings.extend(race::warnings(file));
    warnings.extend(range::warnings(file));
    warnings.extend(step::warnings(file));
    warnings.extend(order::warnings(file));
    warnings.extend(formula::warnings(file));
    warnings.extend(placeholder::warnings(file));
    warnings.extend(defaults::warning(file));
    warnings.extend(idle::experience(file));
    warnings.extend(idle::gain(file));
    if let Some(data) = data {
        warnings.extend(idle::warnings(file, data.dataset.facts().task));
        warnings.extend(constant::warning(file, data));
        warnings.extend(numbering::warning(file, data));
        warnings.extend(classes::warning(file, data));
        warnings.extend(columns::warnings(file, data));
        warnings.extend(folds::warnings(file, data));
    }

    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// The warnings of a study on 178 rows, five folds.
    fn on_wine(search: &str, space: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../search-spaces");
        let data = "[data]\npath = \"data/wine.csv\"\ntarget = \"cultivar\"";
        let text = format!("{data}\n[search]\n{search}\n[space]\n{space}\n");
        let file = SpaceFile::parse("space.toml", text, folder).unwrap();
        let data = Data::load(&file, file.plan.data.as_ref().unwrap()).unwrap();
        warnings(&file, Some(&data)).into_iter().map(|fault| fault.message).collect()
    }

    fn on_space(space: &str) -> Vec<String> {
        on_wine("method = \"random\"\ntrials = 9", space)
    }

    const RATE: &str = "learning_rate = { type = \"float\", low = 1e-3, high = 1.0, log = true }";

    #[test]
    fn a_sensible_space_has_no_warnings() {
        let momentum = "momentum = { type = \"float\", low = 0.0, high = 0.9, when = { optimizer = [\"sgd\"] } }";
        let optimizer = "optimizer = { type = \"categorical\", values = [\"sgd\", \"adam\"] }";
        assert_eq!(
            on_space(&format!("{RATE}\n{momentum}\n{optimizer}\nbatch_size = 16")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn fields_that_cannot_act_are_named() {
        let found = on_space(&format!("{RATE}\nmomentum = 0.9\noptimizer = \"adam\""));
        assert_eq!(
            found,
            ["`momentum` has no effect: it needs optimizer = \"sgd\", and optimizer is \"adam\""]
        );
        let found =
            on_space(&format!("{RATE}\ndecay = {{ type = \"float\", low = 0.1, high = 1.0 }}"));
        assert!(found[0].contains("`decay` has no effect"), "{found:?}");
        let found = on_space(&format!(
            "{RATE}\nlayers = \"8-8\"\ndepth = {{ type = \"int\", low = 1, high = 2 }}"
        ));
        assert!(found[0].contains("`depth` has no effect"), "{found:?}");
    }

    #[test]
    fn an_end_by_expected_gain_needs_a_model_that_expects_one() {
        let found = |method: &str| {
            on_wine(&format!("method = \"{method}\"\ntrials = 9\n[stop]\ngain = 0.01"), RATE)
        };
        assert_eq!(
            found("random"),
            ["`gain` has no effect: only bayes expects one, and the method is random"]
        );
        assert_eq!(found("bayes"), Vec::<String>::new());
    }

    #[test]
    fn defaults_that_break_a_constraint_are_named_with_what_is_filled_in() {
        let depth = "depth = { type = \"int\", low = 1, high = 5, default = 5 }";
        let width = "width = { type = \"int\", low = 10, high = 90 }";
        let space =
            |expr: &str| format!("{RATE}\n{depth}\n{width}\n[[constraints]]\nexpr = \"{expr}\"");
        let found = on_space(&space("depth * width <= 100"));
        assert!(
            found[0].contains("`depth * width <= 100` does not hold with depth = 5, width = 50"),
            "{found:?}"
        );
        assert_eq!(on_space(&space("depth * width <= 450")), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_placeholder_is_named() {
        let on_command = |argument: &str| {
            let text = format!(
                "[objective]\ncommand = [\"sh\", \"{argument}\"]\n[search]\nmethod = \"random\"\ntrials = 9\n[space]\n{RATE}\n"
            );
            let file = SpaceFile::parse("space.toml", text, "/".into()).unwrap();
            warnings(&file, None).into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };
        for written in ["${learning_rate}", "{learning_rate:.3f}", "{ learning_rate }"] {
            let found = on_command(&format!("--lr={written}"));
            assert_eq!(found, [format!("`{written}` is not the value of `learning_rate` alone")]);
        }
        for (written, told) in [
            ("$learning_rate", "is passed on as it is written"),
            ("~/train.py", "`~/train.py` is passed on as it is written"),
            ("$HOME/train.py", "`$HOME/train.py` is passed on as it is written"),
            ("&&", "`&&` is passed on"),
            ("--size=256 --lr={learning_rate}", "is one argument with blanks in it"),
        ] {
            let found = on_command(written);
            assert!(found.len() == 1 && found[0].contains(told), "{found:?}");
        }
        for fine in [
            "--lr={learning_rate}",
            "--note=a - b",
            "echo $HOME --x",
            "$1",
            "backup~",
            "{print $1}",
            "a{b:c}",
            "{{learning_rate}}",
        ] {
            assert_eq!(on_command(fine), Vec::<String>::new(), "{fine}");
        }
    }

    #[test]
    fn names_of_rows_are_no_classes() {
        let folder = tempfile::tempdir().unwrap();
        let rows: String = (0..40).map(|i| format!("{},k{i}\n", 2 * i)).collect();
        std::fs::write(folder.path().join("data.csv"), format!("x,y\n{rows}")).unwrap();
        let data = "[data]\npath = \"data.csv\"\ntarget = \"y\"\n[cv]\nstratified = false\n";
        let text = format!("{data}[search]\nmethod = \"random\"\ntrials = 9\n[space]\n{RATE}\n");
        let file = SpaceFile::parse("space.toml", text, folder.path().to_owned()).unwrap();
        let data = Data::load(&file, file.plan.data.as_ref().unwrap()).unwrap();
        let found = warnings(&file, Some(&data));
        assert_eq!(found[0].message, "40 classes in 40 rows: most have one row only");
    }

    #[test]
    fn steps_that_miss_the_end_are_named() {
        let dropout = |high: f64| {
            format!(
                "{RATE}\ndropout = {{ type = \"float\", low = 0.0, high = {high}, step = 0.3 }}"
            )
        };
        assert_eq!(
            on_space(&dropout(0.5)),
            ["`dropout` is never 0.5: steps of 0.3 from 0 end at 0.3"]
        );
        assert_eq!(on_space(&dropout(0.6)), Vec::<String>::new());
    }

    #[test]
    fn fields_that_act_now_and_then_want_a_condition() {
        let found = on_space(
            "optimizer = { type = \"categorical\", values = [\"sgd\", \"adam\"] }\n\
             momentum = { type = \"float\", low = 0.0, high = 0.9 }",
        );
        assert_eq!(
            found,
            ["`momentum` has an effect only with optimizer = \"sgd\", but is searched everywhere"]
        );
    }

    #[test]
    fn experience_that_nobody_reads_is_named() {
        let found = on_wine("method = \"tpe\"\ntrials = 20\nknowledge = \"learned.txt\"", RATE);
        assert_eq!(
            found,
            ["`knowledge` has no effect: only bayes uses experience, and the method is tpe"]
        );
        let text = "[search]\ntrials = 9\nknowledge = \"learned.txt\"\n[space]\nx = { type = \"float\", low = 0.0, high = 1.0 }\n";
        let file = SpaceFile::parse("space.toml", text.to_owned(), "/".into()).unwrap();
        assert!(warnings(&file, None)[0].message.contains("about the built-in trainer"));
    }

    #[test]
    fn wide_ranges_want_a_log_scale() {
        let found = on_space("learning_rate = { type = \"float\", low = 1e-3, high = 1.0 }");
        assert!(found[0].contains("a factor of 1000"), "{found:?}");
        let found = on_space("lambda = { type = \"float\", low = 0.0, high = 0.1 }");
        assert!(found[0].contains("matters by ratio"), "{found:?}");
    }

    #[test]
    fn columns_that_say_nothing_are_named() {
        let on = |header: &str, cells: &str| {
            let folder = tempfile::tempdir().unwrap();
            let rows: String =
                (0..40).map(|row| format!("{},{cells},{}\n", row % 20, row % 2)).collect();
            std::fs::write(folder.path().join("rows.csv"), format!("x,{header},y\n{rows}"))
                .unwrap();
            let text = format!(
                "[data]\npath = \"rows.csv\"\ntarget = \"y\"\n[search]\ntrials = 9\n[space]\n{RATE}\n"
            );
            let file = SpaceFile::parse("space.toml", text, folder.path().to_owned()).unwrap();
            let data = Data::load(&file, file.plan.data.as_ref().unwrap()).unwrap();
            warnings(&file, Some(&data)).into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };
        let same = "has the same value in every row: nothing can be learned from it";
        assert_eq!(on("a", "3.5"), [format!("column `a` {same}")]);
        assert_eq!(on("a", "red"), [format!("column `a` {same}")]);
        assert!(
            on("a,b", "1,").first().is_some_and(|found| found.starts_with("columns `a`, `b` have"))
        );
        assert_eq!(
            on("a,b,c,d", "1,2,3,4"),
            ["4 columns have the same value in every row, `a`, `b`, `c` among them"]
        );
    }

    #[test]
    fn values_that_a_spreadsheet_would_run_are_named() {
        let text = "[search]\ntrials = 9\n[space]\nx = { type = \"categorical\", values = [\"a\", \"=1+1\", \"-1\"] }\n";
        let file = SpaceFile::parse("space.toml", text.to_owned(), "/".into()).unwrap();
        let found: Vec<String> =
            warnings(&file, None).into_iter().map(|fault| fault.message).collect();
        assert_eq!(found, ["a spreadsheet takes the value `=1+1` of `x` for a formula"]);
    }

    #[test]
    fn sizes_that_cannot_be_meant_are_named() {
        let found =
            on_space(&format!("{RATE}\nbatch_size = {{ type = \"ordinal\", values = [16, 150] }}"));
        assert_eq!(found, ["a fold trains on 142 rows: batch_size 150 acts as \"full\""]);
        let found = on_space(&format!(
            "{RATE}\nbatch_size = {{ type = \"ordinal\", values = [16, 75, 100] }}"
        ));
        assert_eq!(found, ["batch_size 75 trains like 100: 2 steps an epoch on 142 rows"]);
        let found = on_space(&format!(
            "{RATE}\npatience = 3\nbatch_size = {{ type = \"ordinal\", values = [16, 75, 100] }}"
        ));
        assert!(!found.iter().any(|message| message.contains("trains like")), "{found:?}");
        let found = on_wine("trials = 4", RATE);
        assert!(found[0].contains("the surrogate never proposes"), "{found:?}");
        let found = on_wine("method = \"sobol\"\ntrials = 9\nstartup = 3", RATE);
        assert_eq!(found, ["`startup` has no effect: sobol has no surrogate"]);
        let grid = "width = { type = \"int\", low = 1, high = 2000, points = 2000, log = true }\n\
                    epochs = { type = \"int\", low = 1, high = 2000, points = 2000, log = true }";
        assert!(
            on_wine("method = \"grid\"", grid)[0].contains("the grid has up to 4000000 points")
        );
    }
}
