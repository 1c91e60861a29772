//! `kill -9` at random moments: the next run goes on, and the outcome is the one of a run never disturbed.
//!
//! `TUNE_TORTURE_KILLS` takes another number of kills a study; the moments come from a fixed seed and the machine's speed.

use crate::run::quick;
use crate::sandbox::Sandbox;
use std::time::Duration;

fn n_kills() -> u32 {
    std::env::var("TUNE_TORTURE_KILLS").ok().and_then(|v| v.parse().ok()).unwrap_or(5)
}

/// The quick study, long enough to be killed in the middle.
fn long(sandbox: &Sandbox, method: &str) -> String {
    let file = quick(sandbox, method, 24);
    let text = sandbox.read("quick.toml").replace("epochs = 4", "epochs = 40");
    sandbox.write("quick.toml", &text);
    file
}

fn outcome(sandbox: &Sandbox) -> (String, String) {
    (sandbox.read("results/quick/leaderboard.csv"), sandbox.read("results/quick/folds.csv"))
}

#[test]
fn killed_studies_end_as_if_nothing_had_happened() {
    for method in ["grid", "random", "bayes"] {
        let undisturbed = Sandbox::new();
        let file = long(&undisturbed, method);
        undisturbed.tune_ok(&["run", &file, "--workers", "2"]);

        let sandbox = Sandbox::new();
        let file = long(&sandbox, method);
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let (mut n_killed, mut n_finished) = (0, 0);
        while n_killed < n_kills() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut run = sandbox.start(&["run", &file, "--workers", "2"]);
            std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 300));
            let ended = run.try_wait().unwrap();
            run.kill().unwrap();
            run.wait().unwrap();
            if ended.is_none() {
                n_killed += 1;
                continue;
            }
            assert_eq!(outcome(&sandbox), outcome(&undisturbed), "{method}");
            sandbox.tune_ok(&["remove", "quick", "--yes"]);
            n_finished += 1;
        }
        sandbox.tune_ok(&["run", &file]);
        assert_eq!(outcome(&sandbox), outcome(&undisturbed), "{method}");
        println!("{method}: killed {n_killed} times, {} studies ended, every byte as undisturbed", n_finished + 1);
    }
}
