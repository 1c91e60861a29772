//! Pages of many kinds of studies: small, complete, reproducible, and safe whatever a study is
//! called.
//!
//! `REPORT_PAGES=DIR` keeps the pages there, for the browser tests and for inspection.

#![expect(clippy::unwrap_used, reason = "a test's helpers are tests")]

mod studies;

use report::{Logs, page};
use studies::{Kind, view};

/// A page, kept where the environment says so.
fn written(name: &str, kind: Kind) -> String {
    let page = page(&view(kind), Logs::LeftOut);
    if let Some(folder) = std::env::var_os("REPORT_PAGES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), &page).unwrap();
    }
    page
}

/// Checks that the elements of the page's pictures are closed in order.
fn assert_pictures_are_whole(page: &str) {
    for svg in page.split("<svg").skip(1) {
        let svg = format!("<svg{}", svg.split("</svg>").next().unwrap());
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1).map(|piece| piece.split('>').next().unwrap()) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name)),
                None if tag.ends_with('/') => {}
                None => open.push(tag.split(' ').next().unwrap()),
            }
        }
        assert_eq!(open, ["svg"]);
        assert!(!svg.contains("NaN") && !svg.contains("inf "), "{}", &svg[..200.min(svg.len())]);
    }
}

/// The ids of the cards.
fn cards(page: &str) -> Vec<&str> {
    page.split("<section class=\"card")
        .skip(1)
        .filter_map(|piece| piece.split("id=\"").nth(1)?.split('"').next())
        .collect()
}

#[test]
fn twenty_trials_have_every_card_in_order_and_are_small() {
    let page = written("twenty", Kind::Plain { trials: 20 });
    assert_eq!(
        cards(&page),
        [
            "head",
            "history",
            "ranks",
            "importance",
            "slices",
            "contours",
            "parallel",
            "curves",
            "folds",
            "distribution",
            "health",
            "trials",
            "file"
        ]
    );
    assert_pictures_are_whole(&page);
    assert!(page.len() < 200_000, "{} bytes", page.len());
}

#[test]
fn ten_thousand_trials_stay_below_two_megabytes() {
    let page = written("many", Kind::Plain { trials: 10_000 });
    assert_pictures_are_whole(&page);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(page.matches("<tr data-t=").count() == 100);
}

#[test]
fn the_same_study_has_the_same_bytes() {
    let of = || page(&view(Kind::Plain { trials: 20 }), Logs::LeftOut);
    assert!(of() == of());
}

#[test]
fn conditional_parameters_are_drawn_where_they_are_absent() {
    let page = written("conditional", Kind::Conditional { trials: 2_000 });
    assert_pictures_are_whole(&page);
    assert!(page.contains(">–</text>"));
}

#[test]
fn a_study_of_failures_says_why() {
    let page = written("failures", Kind::Failures);
    assert_pictures_are_whole(&page);
    assert!(page.contains("No trial of 12 succeeded"));
    assert!(page.contains("exit code 3") && page.contains("12 of 12 trials (100 %)"));
}

#[test]
fn studies_with_one_trial_or_none_have_a_page() {
    let one = written("one", Kind::Plain { trials: 1 });
    assert_pictures_are_whole(&one);
    assert!(one.contains("it is the only trial with a loss"));

    let none = written("none", Kind::Plain { trials: 0 });
    assert!(none.contains("No trial has ended yet"));
}

#[test]
fn running_trials_are_shown() {
    let page = written("running", Kind::Running);
    assert_pictures_are_whole(&page);
    assert!(page.contains("under way"));
}

#[test]
fn names_of_all_scripts_are_shown_whole_somewhere() {
    let page = written("names", Kind::Names);
    assert_pictures_are_whole(&page);
    for name in studies::NAMES {
        assert!(page.contains(name), "{name}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let page = written("hostile", Kind::Hostile);
    assert_pictures_are_whole(&page);
    assert!(!page.contains("<img"));

    // The page's own scripts, and no other closing tag.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(
        !page.contains(" style=") && !page.contains("onerror=\"") && !page.contains("javascript:")
    );
}

#[test]
fn a_page_loads_nothing_and_names_no_path() {
    let page = written("failures-again", Kind::Failures);
    for part in ["src=", "@import", "url(", "/home/somebody", "secret-host"] {
        assert!(!page.contains(part), "{part}");
    }
    let links = page.matches("href=\"").count();
    assert_eq!(links, page.matches("href=\"#").count() + page.matches("href=\"data:,\"").count());
}

#[test]
fn stderr_of_programs_is_included_only_on_request() {
    let view = view(Kind::Failures);
    assert!(!page(&view, Logs::LeftOut).contains("cannot open"));
    assert!(page(&view, Logs::Shown).contains("cannot open"));
}

#[test]
fn numbers_are_those_of_the_leaderboard() {
    let view = view(Kind::Plain { trials: 20 });
    let page = page(&view, Logs::LeftOut);
    for loss in view.rows.iter().filter_map(|row| row.loss) {
        let loss = tuner::overview::loss(loss);
        assert!(page.contains(&format!("<td>{loss}</td>")), "{loss}");
    }
}
