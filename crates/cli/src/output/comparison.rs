//! A comparison, as text and as JSON.

use super::layout::{Hang, in_window, plain};
use super::table::loss;
use crate::report::count;
use experiment::tuner::rank::compare::{Board, Comparison, Evidence, Mismatch, Pairing, Verdict};
use serde_json::{Value, json};

const OPTIMISTIC: &str = "The losses above selected the winners, so they are optimistic. For \
                          studies of the built-in trainer, `--fresh 3` retrains the winners on \
                          three new repeats and tests those.";

/// The comparison in words and tables, with the verdicts on fresh repeats, if there are any.
pub fn text(boards: &[Board], comparison: &Comparison<'_>, fresh: &[Verdict]) -> String {
    let mut parts = vec![winners(boards, comparison)];
    for against in &comparison.against {
        parts.push(in_window(&verdict(boards, &against.verdict), Hang(2)));
        let other = &boards[against.verdict.board].name;
        if !against.differing.is_empty() {
            let rows: Vec<Vec<String>> = against
                .differing
                .iter()
                .map(|d| {
                    [Some(d.name), d.reference, d.other]
                        .map(|v| v.unwrap_or("-").to_owned())
                        .to_vec()
                })
                .collect();
            parts.push(format!(
                "the winners differ in\n{}",
                plain(&["", &boards[0].name, other], &rows)
            ));
        }
        if !against.shared.is_empty() {
            parts.push(format!(
                "{} and {other} have {} in common",
                boards[0].name,
                count(against.shared.len() as u64, "configuration")
            ));
        }
    }

    parts.extend(fresh.iter().map(|v| in_window(&verdict(boards, v), Hang(2))));
    // Winners are compared by the losses that chose them, which favours the larger search.
    if fresh.is_empty() {
        parts.push(in_window(OPTIMISTIC, Hang(0)));
    }

    parts.extend(selection_bias(boards).filter(|_| !fresh.is_empty()));
    parts.push(curve(boards, comparison));
    parts.join("\n\n")
}

/// New repeats split the same rows, so the winner's selection bias with respect to those rows
/// remains: searches of very unequal size cannot be compared fairly (`cargo bench -p tuner --bench
/// truth` counts how often).
fn selection_bias(boards: &[Board]) -> Option<String> {
    const UNEQUAL: usize = 5;
    let sizes = boards.iter().map(|board| board.trials.len());
    let (fewest, most) = (sizes.clone().min()?, sizes.max()?);
    (most >= UNEQUAL * fewest.max(1)).then(|| {
        format!(
            "note: winners of {fewest} and of {most} trials: the larger search has more selection bias \
             on these rows, which new repeats do not remove; `tune best STUDY --test` on held-out \
             rows does"
        )
    })
}

fn winners(boards: &[Board], comparison: &Comparison<'_>) -> String {
    let rows: Vec<Vec<String>> = boards
        .iter()
        .zip(&comparison.winners)
        .map(|(board, winner)| {
            let value = winner.loss().map(loss).unwrap_or_default();
            vec![
                board.name.clone(),
                board.trials.len().to_string(),
                winner.number.to_string(),
                value,
            ]
        })
        .collect();

    // The same in all studies, or they could not be compared.
    let metric = boards
        .first()
        .map(|b| b.protocol.metric.as_str())
        .filter(|m| !m.is_empty())
        .unwrap_or("loss");

    plain(&["study", "trials", "best trial", metric], &rows)
}

fn verdict(boards: &[Board], verdict: &Verdict) -> String {
    let (a, b) = (&boards[0].name, &boards[verdict.board].name);
    let evidence = match verdict.evidence {
        Evidence::SelectionScore => "selection scores",
        Evidence::FreshRepeats => "fresh repeats: a test of the winners",
    };
    let pairing = match &verdict.pairing {
        Pairing::Paired => "paired by repeat and fold".to_owned(),
        Pairing::Unpaired(mismatch) => format!("unpaired: {}", why(*mismatch)),
    };
    let mut text = format!("{b} − {a} ({evidence}; {pairing}): {}", loss(verdict.difference));
    let Some(test) = &verdict.test else {
        text.push_str("; no test: one fold, or the difference is the same in every fold");
        return text;
    };
    // Without spread there is nothing to test: the same configuration on the same folds.
    if test.se == 0.0 {
        text.push_str("; the losses are the same in every fold");
        return text;
    }
    // Both adjusted where several studies are compared with the first.
    let p = verdict.adjusted_p.unwrap_or(test.p);
    let (low, high) = verdict.adjusted_interval.unwrap_or((test.low, test.high));
    let p_shown = if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") };
    let adjusted = match verdict.n_comparisons {
        0 | 1 => String::new(),
        n => format!(" (both adjusted by Holm for {n} comparisons)"),
    };
    text.push_str(&format!(
        ", 95 % interval {} to {}, {p_shown}{adjusted}\n",
        loss(low),
        loss(high)
    ));
    text.push_str(&match (p < 0.05, verdict.worse_by > 0.0) {
        (false, _) => "not significantly different".to_owned(),
        (true, true) => format!("{b} is worse"),
        (true, false) => format!("{b} is better"),
    });
    if verdict.pairing == Pairing::Unpaired(Mismatch::Data) {
        text.push_str(
            "\nnote: the searches also had different data, so the difference is not due to the search alone",
        );
    }
    text
}

fn why(mismatch: Mismatch) -> &'static str {
    match mismatch {
        Mismatch::UnknownData => {
            "the data of one are unknown (no meta file, or a study of an older version)"
        }
        Mismatch::Data => "the data or the programs differ",
        Mismatch::UnknownSplits => "the splits of one are unknown (no meta file)",
        Mismatch::Splits => "the splits differ",
    }
}

fn curve(boards: &[Board], comparison: &Comparison<'_>) -> String {
    let mut header = vec!["trials"];
    header.extend(boards.iter().map(|b| b.name.as_str()));
    let rows: Vec<Vec<String>> = comparison
        .curve
        .iter()
        .map(|mark| {
            let mut row = vec![mark.n_trials.to_string()];
            row.extend(mark.best.iter().map(|best| best.map(loss).unwrap_or_default()));
            row
        })
        .collect();

    format!("best so far, at equal numbers of trials\n{}", plain(&header, &rows))
}

/// The comparison as JSON.
pub fn json(boards: &[Board], comparison: &Comparison<'_>, fresh: &[Verdict]) -> Value {
    let studies: Vec<Value> = boards
        .iter()
        .zip(&comparison.winners)
        .map(|(board, winner)| {
            json!({
                "study": board.name, "trials": board.trials.len(), "best_trial": winner.number, "loss": winner.loss(),
            })
        })
        .collect();
    let against: Vec<Value> = comparison
        .against
        .iter()
        .map(|a| {
            let differing: Vec<Value> = a
                .differing
                .iter()
                .map(|d| json!({"name": d.name, "reference": d.reference, "other": d.other}))
                .collect();
            let mut value = verdict_json(boards, &a.verdict);
            value["differing"] = Value::Array(differing);
            value["shared_configurations"] = json!(a.shared.len());
            value
        })
        .collect();
    let curve: Vec<Value> =
        comparison.curve.iter().map(|m| json!({"trials": m.n_trials, "best": m.best})).collect();
    let fresh: Vec<Value> = fresh.iter().map(|v| verdict_json(boards, v)).collect();
    json!({"studies": studies, "against_first": against, "fresh": fresh, "curve": curve})
}

fn verdict_json(boards: &[Board], verdict: &Verdict) -> Value {
    let interval = verdict.adjusted_interval;
    json!({
        "study": boards[verdict.board].name,
        "paired": verdict.pairing == Pairing::Paired,
        "difference": verdict.difference,
        "worse_by": verdict.worse_by,
        "low": interval.map(|(low, _)| low),
        "high": interval.map(|(_, high)| high),
        "p": verdict.adjusted_p,
        "adjusted_for": verdict.n_comparisons,
    })
}
