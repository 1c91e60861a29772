//! Mutated input for everything that reads files or program output: no panic and no endless loop.
//!
//! Seeds are mutated pseudo-randomly and reproducibly (`TUNE_FUZZ_SEED`, `TUNE_FUZZ_RUNS`). Answers
//! guide the search: an input with a new answer, ignoring digits, joins the seeds. A
//! coverage-guided fuzzer would need a nightly compiler.

use crate::external::answer::Answer;
use crate::file::SpaceFile;
use crate::output::boards::board;
use crate::report::Failure;
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use trainer::data::{Limits, ReadOptions, Table};
use tuner::rank::compare::compare;
use tuner::space::{Constraint, Domain, Parameter, Scale, Value};

/// Default number of runs of all targets together; `just fuzz` runs ten million.
const RUNS: u64 = 5_000;
/// Greatest length of an input in bytes.
const LONGEST: usize = 4_096;
/// Most inputs kept for mutation, separately for accepted and refused ones.
const MOST_SEEDS: usize = 1_000;
/// An input of a few kilobytes that takes longer counts as an endless loop; a busy machine takes
/// milliseconds.
const RUN_AWAY: Duration = Duration::from_secs(20);

/// Building blocks of the languages here, and texts that parsers handle badly.
const WORDS: [&str; 40] = [
    "0",
    "-0.0",
    "1e308",
    "-1e309",
    "5e-324",
    "9223372036854775807",
    "-9223372036854775808",
    "nan",
    "inf",
    "NaN",
    "null",
    "true",
    "\"",
    "'",
    "\"\"\"",
    "\\",
    "\\u0000",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "😀",
    ",",
    "=",
    "==",
    "<=",
    " and ",
    "not ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "loss",
];

/// The xorshift64* generator (Vigna 2016), independent of the program's streams.
struct Stream(u64);

impl Stream {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..start + self.below((length - start).min(64) + 1)
    }

    /// Changes an input in one to four places.
    fn mutate(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(4) {
            let at = self.below(input.len() + 1);
            let range = self.range(input.len());
            match self.below(7) {
                0 if at < input.len() => input[at] ^= 1 << self.below(8),
                1 => input.insert(at, self.below(256) as u8),
                2 => drop(input.drain(range)),
                3 => {
                    let copy: Vec<u8> = input[range].repeat(1 + self.below(8));
                    input.splice(at..at, copy);
                }
                4 => drop(input.splice(range, other[self.range(other.len())].to_vec())),
                5 => drop(input.splice(range, WORDS[self.below(WORDS.len())].bytes())),
                _ => drop(input.splice(at..at, WORDS[self.below(WORDS.len())].bytes())),
            }
        }

        input.truncate(LONGEST);
    }
}

fn asked(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A target's answer to an input, in words: accepted, or refused.
type Answered = Result<String, String>;

/// Runs `target` with its percentage of all runs.
#[expect(clippy::print_stdout, reason = "a fuzzer says how much it ran")]
fn fuzz(name: &str, percent: u64, seeds: &[&[u8]], target: fn(&[u8]) -> Answered) {
    let runs = asked("TUNE_FUZZ_RUNS", RUNS) * percent / 100;
    let mut stream =
        Stream(asked("TUNE_FUZZ_SEED", 0).wrapping_mul(2).wrapping_add(0x9E37_79B9_7F4A_7C15));

    // Kept separately, since most mutations are refused and would soon be all seeds.
    let mut pools: [Vec<Vec<u8>>; 2] =
        [seeds.iter().map(|seed| seed.to_vec()).collect(), Vec::new()];
    let (mut heard, mut n_accepted) = (BTreeSet::new(), 0);
    let (began, mut slowest) = (Instant::now(), Duration::ZERO);

    for run in 0..runs {
        let parents = &pools[usize::from(stream.below(3) == 0 && !pools[1].is_empty())];
        let mut input = parents[stream.below(parents.len())].clone();
        let other = stream.below(pools[0].len());
        stream.mutate(&mut input, &pools[0][other]);
        let started = Instant::now();
        let answer = catch_unwind(|| target(&input));
        let took = started.elapsed();
        let shown = || input.escape_ascii().to_string();
        let answer =
            answer.unwrap_or_else(|_| panic!("{name}, run {run}: panics at b\"{}\"", shown()));
        assert!(took < RUN_AWAY, "{name}, run {run}: {took:?} for b\"{}\"", shown());
        slowest = slowest.max(took);
        n_accepted += u64::from(answer.is_ok());
        let pool = &mut pools[usize::from(answer.is_err())];
        let (Ok(answer) | Err(answer)) = answer;
        let kind: String = answer.chars().filter(|c| !c.is_ascii_digit()).take(48).collect();
        if pool.len() < MOST_SEEDS && heard.insert(kind) {
            pool.push(input);
        }
    }

    let (kinds, seconds) = (heard.len(), began.elapsed().as_secs_f64());
    let accepted = 100.0 * n_accepted as f64 / runs.max(1) as f64;
    println!(
        "{name}: {runs} runs, {accepted:.0} % accepted, {kinds} kinds of answer, {seconds:.0} s, the slowest {slowest:.1?}"
    );
}

fn refused(failure: &Failure) -> String {
    failure.to_string()
}

/// Replaces digits by letters, since digits do not distinguish answers.
fn tally(n: usize) -> String {
    "x".repeat(n.min(9))
}

#[test]
fn fuzz_space_files() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../search-spaces");
    let names = ["digits.toml", "quick.toml", "wine.toml"].map(|name| examples.join(name));
    let texts: Vec<Vec<u8>> = names.iter().filter_map(|path| std::fs::read(path).ok()).collect();

    let every = b"[study]\nname = \"a\"\nseed = 1\n[objective]\ncommand = [\"a\", \"{x}\"]\n[search]\nmethod = \"grid\"\n\
        trials = 3\nparallel = 2\n[cv]\nfolds = 2\nseed = 3\n[space]\nx = { type = \"float\", low = 1e-4, high = 1.0, log = true, points = 3 }\n\
        y = { type = \"int\", low = 1, high = 9, step = 2, default = 3 }\nz = { type = \"ordinal\", values = [1, 2.5], when = { y = [3] } }\n\
        w = { type = \"categorical\", values = [\"a\", true], prior = \"a\", prior_confidence = \"low\" }\nv = 4\n[[enqueue]]\nx = 0.5\n\
        [[constraints]]\nexpr = \"x * y < 3\"\nreason = \"r\"\n[trial]\nmax_seconds = 3.0\n[stop]\npatience = 5\n[run]\nworkers = 2\n";

    let seeds: Vec<&[u8]> = texts.iter().map(Vec::as_slice).chain([&every[..]]).collect();
    fuzz("space files", 10, &seeds, |input| {
        let text = String::from_utf8_lossy(input).into_owned();
        let file = SpaceFile::parse("s.toml", text, PathBuf::from("/"))
            .map_err(|faults| refused(&faults.into()))?;
        let space = &file.plan.space;
        let (n, n_constraints) =
            (tally(space.parameters().len()), tally(space.constraints().len()));
        Ok(format!(
            "{} {n} {n_constraints} {}",
            file.plan.spec().method.name(),
            tally(file.plan.spec().enqueue.len())
        ))
    });
}

#[test]
fn fuzz_tables() {
    let seeds: [&[u8]; 4] = [
        b"a,b,y\n1,2.5,x\n3,,z\n?,1e30,x\n",
        b"\xef\xbb\xbfa,\"b\"\"c\",y\r\n\"1\n2\",x,0\r\n\"\",NA,1\r\n",
        b"t\n1\n\n2\r3",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\xd4\x49\xe2\x32\xd4\x31\xe2\x02\x00\xdb\x33\x4b\x0f\x08\x00\x00\x00",
    ];

    fuzz("tables", 15, &seeds, |input| {
        let limits = Limits {
            file_bytes: 1 << 20,
            record_bytes: 1 << 18,
            columns: 1000,
            cells: 1 << 16,
            label_bytes: 1 << 20,
        };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let table = Table::read(input, &options).map_err(|error| error.to_string())?;
        let labels: Vec<String> =
            table.columns().iter().map(|column| tally(column.labels().len())).collect();
        Ok(format!("{} {}", tally(table.n_rows()), labels.join(" ")))
    });
}

#[test]
fn fuzz_leaderboards() {
    let seeds: [&[u8]; 4] = [
        b"rank,trial,state,reason,loss,split0_loss,split1_loss,param_x\n1,0,ok,,0.5,0.4,0.6,3\n2,1,failed,why,,,,a b\n",
        b"trial,state,loss\n0,diverged,\n1,ok,1e308\n",
        b"trial,state,loss,split0_loss,split1_loss,split2_loss\n0,ok,2,1,2,3\n1,ok,5,4,5,6\n2,raced,,9,,\n3,timeout,,,,\n4,ok,1,0,1,2\n",
        b"param_a,split0_loss,state,\"trial\",loss,param_b\r\n\"a,b\",-1e308,ok,7,0,\r\n\"\"\"\n\",1e308,ok,18446744073709551615,0,true\r\n",
    ];

    fuzz("leaderboards", 15, &seeds, |input| {
        let board = board(Path::new("a.csv"), input, None).map_err(|failure| refused(&failure))?;
        let states: BTreeSet<&str> = board.trials.iter().map(|trial| trial.state.name()).collect();
        let n_params = board.trials.iter().map(|trial| trial.params.len()).max().unwrap_or(0);
        let shape = format!("{} {} {states:?}", tally(board.trials.len()), tally(n_params));
        // Every readable leaderboard can be compared or is refused with a message.
        let boards = [board.clone(), board];
        Ok(match compare(&boards) {
            Ok(found) => format!("{shape} {}", tally(found.curve.len())),
            Err(fault) => format!("{shape}, refused: {fault}"),
        })
    });
}

#[test]
fn fuzz_answers_of_programs() {
    let seeds: [&[u8]; 3] = [
        b"{\"loss\": 0.31, \"f1\": 2e-3, \"epochs\": 3, \"n_parameters\": 9}\n",
        b"{\"epoch\": 0, \"loss\": NaN}\n{\"epoch\": 3, \"loss\": -Infinity, \"a\": \"\\\"NaN\"}\n{\"loss\": 1}\n",
        b"talk\n{\"loss\": [{\"a\": {}}], \"b\": null}\n",
    ];

    fuzz("answers of programs", 25, &seeds, |input| {
        let mut answer = Answer::default();
        for line in input.split_inclusive(|byte| *byte == b'\n') {
            answer.take(line);
        }
        assert!(answer.curve().len() <= 100_001, "a curve ends");
        let n_epochs = tally(answer.curve().len());
        answer
            .result(None)
            .map(|result| format!("{:?} {n_epochs} {}", result.state, tally(result.metrics.len())))
    });
}

#[test]
fn fuzz_constraints() {
    let seeds: [&[u8]; 3] = [
        b"depth * width <= 512 and name != \"adam\"",
        b"not (min(depth, 2, width) ^ -2 / 3 > log(abs(width)) or true == false)",
        b"max(1e3, -.5) >= 2 - 3 + 4",
    ];
    fuzz("constraints", 35, &seeds, |input| {
        let parameters = [
            Parameter::new("depth", Domain::Int { low: 0, high: 9, scale: Scale::Linear, step: 1 }),
            Parameter::new(
                "width",
                Domain::Float { low: -9.0, high: 9.0, scale: Scale::Linear, step: None },
            ),
            Parameter::new(
                "name",
                Domain::Categorical(vec![Value::Text("adam".into()), Value::Bool(true)]),
            ),
        ];
        let text = String::from_utf8_lossy(input);
        match Constraint::parse(&text, "", &parameters) {
            Ok(constraint) => {
                let values = [
                    Some(Value::Int(2)),
                    Some(Value::Float(-0.5)),
                    Some(Value::Text("adam".into())),
                ];
                constraint.holds(&[None, None, None]);
                Ok(format!("{} {}", constraint.holds(&values), tally(text.len() / 16)))
            }
            Err((offset, fault)) => {
                assert!(text.is_char_boundary(offset), "a fault stands at a letter");
                Err(fault.to_string())
            }
        }
    });
}
