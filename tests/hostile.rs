//! Hostile input: any content of a file or command line gives a clear error or correct work, in bounded memory.

use crate::sandbox::{Said, Sandbox};
use std::io::Write;
use std::process::{Command, Stdio};

/// Address space that any of these may take, in KiB: the program, its threads' stacks, and what it reads.
const MEMORY_KIB: u32 = 1 << 20;

/// Runs the program to its end under a limit of memory.
fn bounded(sandbox: &Sandbox, args: &[&str]) -> Said {
    let limited = format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited, env!("CARGO_BIN_EXE_tune")]).args(args);
    let output = shell
        .current_dir(sandbox.path(""))
        .stdin(Stdio::null())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A study that is asked and told: any space, no training.
fn asked(search: &str, space: &str) -> (Sandbox, Said) {
    let sandbox = Sandbox::new();
    sandbox.write("s.toml", &format!("[search]\n{search}\n[space]\n{space}\n"));
    let said = bounded(&sandbox, &["ask", "s.toml"]);
    (sandbox, said)
}

/// Demands that a space is refused, and nothing is left behind.
fn refused(space: &str, of: &[&str]) {
    let (sandbox, said) = asked("method = \"random\"", space);
    said.complains(2, of);
    assert!(
        said.stdout.is_empty() && said.stderr.len() < 5_000,
        "{} bytes of stderr",
        said.stderr.len()
    );
    assert!(!sandbox.exists("results/s"), "nothing left behind");
}

/// Demands that a configuration is handed out for each method.
fn handed_out(methods: &[&str], space: &str) {
    for method in methods {
        let (_, said) = asked(&format!("method = \"{method}\"\ntrials = 8"), space);
        assert_eq!(said.code, 0, "{method}: {}", said.stderr);
        assert!(said.stdout.starts_with("{\"trial\":0,"), "{method}: {}", said.stdout);
    }
}

/// Demands that a table is refused; `bytes` may be gzip.
fn table_refused(bytes: &[u8], of: &[&str]) {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("d.csv"), bytes).unwrap();
    let rate = "learning_rate = { type = \"float\", low = 0.01, high = 0.1, log = true }\nbatch_size = 4\nepochs = 1";
    let text = format!(
        "[data]\npath = \"d.csv\"\ntarget = \"y\"\n[search]\ntrials = 1\n[cv]\nfolds = 2\n[space]\n{rate}\n"
    );
    sandbox.write("s.toml", &text);
    let said = bounded(&sandbox, &["run", "s.toml"]);
    said.complains(2, of);
    assert!(said.stderr.len() < 5_000 && !sandbox.exists("results"), "nothing left behind");
}

const X: &str = "x = { type = \"float\", low = 0.0, high = 1.0 }";

#[test]
fn names_that_leave_the_results_folder_or_deceive_are_refused() {
    let long = "x".repeat(10_000);
    let names = [
        "../x",
        "/tmp/x",
        "",
        " ",
        ".",
        "..",
        "con",
        "a...",
        "a\\u0000b",
        "a\\u001b[2Jb",
        "\\u202eb",
        &long,
    ];
    for name in names {
        let sandbox = Sandbox::new();
        sandbox.write(
            "s.toml",
            &format!("[study]\nname = \"{name}\"\n[search]\ntrials = 9\n[space]\n{X}\n"),
        );
        let said = bounded(&sandbox, &["ask", "s.toml"]);
        said.complains(2, &["name", "s.toml:2:"]);
        assert!(said.stderr.len() < 2_000 && !sandbox.exists("results"), "{name}");
    }
}

#[test]
fn unusual_names_are_found_again() {
    let sandbox = Sandbox::new();
    for name in ["ünï 日本", ".hidden", "$HOME", "a b", "😀"] {
        sandbox.write(
            "s.toml",
            &format!("[study]\nname = \"{name}\"\n[search]\ntrials = 9\n[space]\n{X}\n"),
        );
        assert_eq!(bounded(&sandbox, &["ask", "s.toml"]).code, 0, "{name}");
        assert!(bounded(&sandbox, &["ask", name]).stdout.starts_with("{\"trial\":1,"), "{name}");
    }
    let long = "x".repeat(10_000);
    for name in ["", "..", "/", "a/../b", "\u{202e}", &long] {
        let said = bounded(&sandbox, &["leaderboard", name]);
        assert!(said.complains(2, &["no study"]).stderr.len() < 2_000);
    }
}

#[test]
fn huge_grids_are_walked_or_refused_at_once() {
    let thousands: String =
        (0..4).map(|i| format!("p{i} = {{ type = \"int\", low = 1, high = 1000 }}\n")).collect();
    let (_, said) = asked("method = \"grid\"", &thousands);
    said.complains(2, &["the number of trials is missing"]);
    handed_out(&["grid", "random", "sobol", "bayes", "tpe"], &thousands);
    let many: String = (0..2000)
        .map(|i| format!("p{i} = {{ type = \"float\", low = 0, high = 1, points = 2 }}\n"))
        .collect();
    let (_, said) = asked("method = \"grid\"\ntrials = 3", &many);
    said.complains(2, &["10^38"]);
}

#[test]
fn ten_thousand_parameters_work_and_more_are_refused() {
    let parameters = |n: usize| -> String {
        (0..n).map(|i| format!("p{i} = {{ type = \"float\", low = 0.0, high = 1.0 }}\n")).collect()
    };
    handed_out(&["random", "sobol", "bayes", "tpe"], &parameters(10_000));
    refused(&parameters(10_001), &["at most 10000", "s.toml:"]);
}

#[cfg(unix)]
#[test]
fn a_configuration_too_long_for_a_process_is_refused() {
    let parameters: String = (0..10_000)
        .map(|i| format!("p{i} = {{ type = \"float\", low = 0.0, high = 1.0 }}\n"))
        .collect();
    let sandbox = Sandbox::new();
    let head =
        "[search]\nmethod = \"random\"\ntrials = 1\n[objective]\ncommand = [\"true\"]\n[space]\n";
    sandbox.write("s.toml", &format!("{head}{parameters}"));
    bounded(&sandbox, &["run", "s.toml"]).complains(2, &["too long", "tune ask"]);
}

#[test]
fn ranges_to_the_ends_of_the_numbers() {
    let all = ["random", "sobol", "bayes", "tpe"];
    for (low, high, log) in [
        ("5e-324", "1.7976931348623157e308", true),
        ("1e-300", "1.0", true),
        ("5e-324", "1e-323", false),
        ("-8e307", "8e307", false),
        ("1.0", "1.0000000000000002", true),
        ("-0.0", "0.0", false),
    ] {
        handed_out(
            &all,
            &format!("x = {{ type = \"float\", low = {low}, high = {high}, log = {log} }}"),
        );
    }
    refused("x = { type = \"float\", low = -1.7e308, high = 1.7e308 }", &["wider", "s.toml:4:"]);
    refused("x = { type = \"float\", low = -inf, high = inf }", &["-inf", "s.toml:4:"]);
    refused("x = { type = \"float\", low = nan, high = 1.0 }", &["NaN", "s.toml:4:"]);
    refused("x = { type = \"int\", low = 0, high = 9223372036854775807 }", &["2^53", "s.toml:4:"]);
    refused(
        "x = { type = \"int\", low = 0, high = 9223372036854775808 }",
        &["64 bits", "s.toml:4:"],
    );
    refused(&format!("x = 1e{}", "9".repeat(100_000)), &["inf", "s.toml:4:"]);
}

#[test]
fn deep_and_long_files_are_refused() {
    for text in ["[".repeat(100_000), "{a=".repeat(100_000)] {
        refused(&format!("x = {text}"), &["recurs", "s.toml:4:"]);
    }
    refused(&format!("{} = 1", vec!["a"; 100_000].join(".")), &["recursion"]);
    let constraint = |expression: &str| format!("{X}\n[[constraints]]\nexpr = \"{expression}\"");
    refused(
        &constraint(&format!("{}x < 2{}", "(".repeat(1000), ")".repeat(1000))),
        &["deeper than 64", "s.toml:6:"],
    );
    refused(&constraint(&format!("x < {}2", "-".repeat(1000))), &["deeper than 64"]);
    handed_out(&["random"], &constraint(&format!("x < 2{}", " and x < 2".repeat(20_000))));
    let values: Vec<String> = (0..300_000).map(|i| i.to_string()).collect();
    let list = values.join(",");
    refused(
        &format!("x = {{ type = \"categorical\", values = [{list}] }}"),
        &["300000 values", "s.toml:4:"],
    );
    let child = format!(
        "{X}\na = {{ type = \"int\", low = 0, high = 300000 }}\nb = {{ type = \"int\", low = 0, high = 1, when = {{ a = [{list}] }} }}"
    );
    refused(&child, &["300000 values", "s.toml:6:"]);
    refused(
        &(0..20_000).map(|i| format!("k{i} = {{ typ = 1 }}\n")).collect::<String>(),
        &["typ", "more"],
    );
    refused(&"a".repeat(17 << 20), &["16 MiB"]);
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_place() {
    let sandbox = Sandbox::new();
    for (bytes, of) in [
        (&b"\xff\xfe[\0"[..], "UTF-16"),
        (b"\xff\xfex", "line 1"),
        (b"a = 1\nb = \"\xc3\x28\"", "line 2"),
        (b"x = \"\0\"", "s.toml:1:"),
    ] {
        std::fs::write(sandbox.path("s.toml"), bytes).unwrap();
        bounded(&sandbox, &["run", "s.toml"]).complains(2, &[of]);
    }
    std::fs::write(
        sandbox.path("s.toml"),
        format!("\u{feff}[search]\r\ntrials = 9\r\n[space]\r\n{X}\r\n"),
    )
    .unwrap();
    assert_eq!(bounded(&sandbox, &["ask", "s.toml"]).code, 0, "a byte-order mark and \\r\\n");
}

#[test]
fn losses_at_the_ends_of_the_numbers_are_ranked() {
    let (sandbox, _) = asked("method = \"bayes\"\ntrials = 12\nstartup = 3", X);
    let losses = [
        "1.7976931348623157e308",
        "5e-324",
        "-1.7976931348623157e308",
        "1e-300",
        "0",
        "-0.0",
        "1e300",
        "1",
        "1e308",
        "-1e308",
    ];
    for (trial, loss) in losses.iter().enumerate() {
        if trial > 0 {
            sandbox.tune_ok(&["ask", "s"]);
        }
        sandbox.tune_ok(&["tell", "s", &trial.to_string(), &format!("--loss={loss}")]);
    }
    let csv = sandbox.tune_ok(&["leaderboard", "s", "--format", "csv"]).stdout;
    let order: Vec<&str> =
        csv.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(order, ["2", "9", "4", "5", "1", "3", "7", "6", "8", "0"]);
    assert!(bounded(&sandbox, &["ask", "s"]).stdout.starts_with("{\"trial\":10,"));
    sandbox.tune(&["tell", "s", "10", "--loss", "inf"]);
}

#[test]
fn formulas_are_made_harmless_and_warned_of() {
    let (sandbox, said) = asked(
        "method = \"grid\"",
        "x = { type = \"categorical\", values = [\"=1+1\", \"@SUM(A1)\"] }",
    );
    assert_eq!(said.code, 0);
    sandbox.tune_ok(&["tell", "s", "0", "--loss", "1"]);
    let csv = sandbox.tune_ok(&["leaderboard", "s", "--format", "csv"]).stdout;
    assert!(csv.contains(",'=1+1") || csv.contains(",'@SUM(A1)"), "{csv}");
    let said = sandbox.tune(&["check", "s.toml"]);
    assert!(format!("{}{}", said.stdout, said.stderr).contains("formula"), "{said:?}");
}

#[test]
fn tables_without_end_are_refused_in_bounded_memory() {
    let head = "a,b,y\n";
    table_refused(
        format!("{head}{},1,2\n", "x".repeat(20 << 20)).as_bytes(),
        &["16777216 bytes in one row", "line 2"],
    );
    table_refused(
        format!("{head}{}\n", ",".repeat(20 << 20)).as_bytes(),
        &["16777216 bytes in one row", "line 2"],
    );
    table_refused(
        format!("{head}1,2,\"{}", "x\n".repeat(12 << 20)).as_bytes(),
        &["16777216 bytes in one row"],
    );
    // A sparse file: two gigabytes that take no room on the disk, and more than the program may take.
    let sandbox = Sandbox::new();
    let file = std::fs::File::create(sandbox.path("d.csv")).unwrap();
    file.set_len(2 << 30).unwrap();
    let table = "[data]\npath = \"d.csv\"\ntarget = \"y\"";
    sandbox.write("s.toml", &format!("{table}\n[search]\ntrials = 1\n[space]\nlearning_rate = 0.1\ndepth = {{ type = \"int\", low = 1, high = 2 }}\n"));
    bounded(&sandbox, &["run", "s.toml"]).complains(2, &["bytes that are no text"]);
    let columns: Vec<String> = (0..200_000).map(|i| format!("c{i}")).collect();
    table_refused(columns.join(",").as_bytes(), &["100000 columns"]);
}

/// A file of gzip that unpacks to `head`, and then `megabytes` of `x`, in members of 16 MB each: a thousandth of that.
fn gzip_bomb(head: &str, megabytes: usize) -> Vec<u8> {
    let pack = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    [pack(head.as_bytes()), pack(&vec![b'x'; 16 << 20]).repeat(megabytes / 16)].concat()
}

#[test]
fn a_gzip_bomb_is_refused_in_bounded_memory() {
    // Four times the memory that the program may take.
    let bomb = gzip_bomb("a,b,y\n1,2,", 4096);
    assert!(bomb.len() < 32 << 20, "{} bytes", bomb.len());
    table_refused(&bomb, &["16777216 bytes in one row", "line 2"]);
    table_refused(&gzip_bomb("a,b,y\n1,2,\"", 4096), &["16777216 bytes in one row"]);
}

#[test]
fn leaderboards_without_end_are_refused_in_bounded_memory() {
    let sandbox = Sandbox::new();
    let head = "rank,trial,state,reason,loss,split0_loss\n1,0,ok,,0.5,0.5\n";
    sandbox.write("a.csv", head);
    sandbox.write("b.csv", &format!("{head}{}", "x".repeat(20 << 20)));
    let sparse = std::fs::File::create(sandbox.path("c.csv")).unwrap();
    sparse.set_len(2 << 30).unwrap();
    for name in ["b.csv", "c.csv"] {
        let said = bounded(&sandbox, &["compare", "a.csv", name]);
        said.complains(2, &[name, "16777216 bytes in one row"]);
        assert!(said.stderr.len() < 5_000);
    }
    std::fs::File::create(sandbox.path("a.meta.json")).unwrap().set_len(2 << 30).unwrap();
    bounded(&sandbox, &["compare", "a.csv", "a.csv"]).complains(2, &["a.meta.json"]);
}

#[test]
fn text_that_is_none_in_a_table_is_named_with_its_place() {
    let rows: String = (0..20).map(|i| format!("{i},{},{}\n", i * 2, i % 2)).collect();
    let with = |row: &[u8]| [b"a,b,y\n", rows.as_bytes(), row].concat();
    table_refused(&with(b"1\0,2,1\n"), &["line 22", "1\\0", "`a`"]);
    table_refused(&with(b"\xff\xfe,2,1\n"), &["line 22", "UTF-8"]);
    table_refused(&with(b"1.7e308,2,1\n"), &["1.7e308", "line 22"]);
    table_refused(&with(b"\"1,2,1\n"), &["not closed", "line 22"]);
    table_refused(b"\x1f\x8b\x08\0\0\0", &["cannot read"]);
}
