//! Compares each chart with its stored picture in `pictures/`; `CHARTS_UPDATE=1` rewrites them for
//! inspection.

use charts::{
    Axis, Band, Bar, Bars, Density, Direction, Heat, Interval, Intervals, Isolines, Layer, Line,
    Multiples, Parallel, Plot, Point, Points, Rule, Shape, Strand, Strip, Theme, Tone,
};
use std::path::Path;

/// Compares with the stored picture, and checks that it is well-formed.
fn assert_picture(name: &str, picture: &str) {
    assert_well_formed(picture);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/pictures/{name}.svg"));
    if std::env::var_os("CHARTS_UPDATE").is_some() {
        std::fs::write(&path, picture).expect("the folder of pictures is writable");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == picture, "{name}.svg differs: look at it after CHARTS_UPDATE=1");
}

/// Checks that elements are closed in order and that no text holds markup.
fn assert_well_formed(picture: &str) {
    let mut open = Vec::new();
    for piece in picture.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>') || text.contains("@media") || open.last() == Some(&"style"));
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or_default()),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

/// Deterministic numbers that look like measurements.
fn wave(n: u64) -> impl Iterator<Item = (f64, f64)> {
    (0..n).map(|i| {
        let x = i as f64;
        (x, 1.0 + (x * 0.7).sin() * 0.4 + (x * 2.9).cos() * 0.2 + 3.0 / (x + 2.0))
    })
}

fn points(n: u64) -> Vec<Point> {
    wave(n)
        .enumerate()
        .map(|(k, (x, y))| Point { x: Some(x), y: Some(y), key: Some(k as u64) })
        .collect()
}

fn plot(name: &str) -> Plot {
    Plot::new(name, "A picture", "What it says.").headed()
}

#[test]
fn steps_over_points() {
    let mut best = f64::INFINITY;
    let steps = wave(40).map(|(x, y)| {
        best = best.min(y);
        (x, Some(best))
    });
    let picture = plot("steps")
        .axes(
            Axis::linear("trial", 0.0, 39.0).padded(0.02),
            Axis::log("loss", 0.4, 3.0).padded(0.05),
        )
        .layer(Layer::Points(
            Points { points: points(40), ..Points::new(Tone::Faint) }.named("all"),
        ))
        .layer(Layer::Line(
            Line::new(Tone::Series(1), steps.collect()).steps().named("best so far"),
        ))
        .layer(Layer::Rule(Rule {
            direction: Direction::Right,
            at: 0.6,
            tone: Tone::Strong,
            name: Some("target".to_owned()),
        }));
    assert_picture("steps", &picture.file(Theme::Auto));
}

#[test]
fn lines_with_dashes_and_a_band() {
    let line = |by: f64| wave(30).map(|(x, y)| (x, (x != 12.0).then_some(y + by))).collect();
    let picture = plot("lines")
        .axes(Axis::linear("epoch", 0.0, 29.0), Axis::linear("loss", 0.0, 4.0))
        .layer(Layer::Band(Band {
            points: wave(30).map(|(x, y)| (x, y - 0.3, y + 0.3)).collect(),
            tone: Tone::Series(0),
            name: Some("mean ± sd".to_owned()),
        }))
        .layer(Layer::Line(Line::new(Tone::Series(0), line(0.0)).named("training").keyed(4)))
        .layer(Layer::Line(Line::new(Tone::Series(1), line(1.0)).dashed(1).named("validation")))
        .layer(Layer::Line(Line::new(Tone::Series(2), line(1.5)).dashed(3).thin().named("other")));
    assert_picture("lines", &picture.file(Theme::Auto));
}

#[test]
fn points_of_every_shape_with_an_absent_value() {
    let shapes = [Shape::Disc, Shape::Square, Shape::Diamond, Shape::Triangle, Shape::Cross];
    let mut picture = plot("points").axes(
        Axis::log("learning rate", 1e-4, 1.0).with_absent(true),
        Axis::linear("loss", 0.0, 1.0).padded(0.05),
    );
    for (n, shape) in shapes.into_iter().enumerate() {
        let y = n as f64 / 4.0;
        let layer = Points::new(Tone::Series(n as u8))
            .with(None, Some(y), Some(1))
            .with(Some(1e-3), Some(y), Some(2))
            .with(Some(0.5), Some(y), Some(9))
            .shaped(shape)
            .named(&format!("{shape:?}"));
        picture = picture.layer(Layer::Points(layer));
    }
    assert_picture("points", &picture.file(Theme::Auto));
}

#[test]
fn bars_in_rows_with_whiskers() {
    let names = [
        "learning_rate",
        "depth",
        "a name of eighty characters that nobody can read at once, so it is cut",
    ];
    let picture = plot("bars")
        .sized(640.0, 200.0)
        .axes(
            Axis::linear("share of the variance, %", 0.0, 70.0),
            Axis::category("", names.iter().rev().map(ToString::to_string).collect()),
        )
        .layer(Layer::Bars(Bars::rows(
            Tone::Series(0),
            [(3.0, None), (28.0, Some((20.0, 35.0))), (58.0, Some((50.0, 66.0)))],
        )));
    assert_picture("bars", &picture.file(Theme::Auto));
}

#[test]
fn a_histogram() {
    let bars = [1.0, 4.0, 7.0, 3.0, 1.0].into_iter().enumerate().map(|(i, amount)| Bar {
        base: (i as f64 - 2.45, i as f64 - 1.55),
        amount,
        whisker: None,
    });
    let picture = plot("histogram")
        .sized(360.0, 220.0)
        .axes(Axis::linear("z", -3.0, 3.0), Axis::linear("trials", 0.0, 8.0))
        .layer(Layer::Bars(Bars {
            bars: bars.collect(),
            direction: Direction::Up,
            tone: Tone::Series(0),
            is_pale: false,
        }));
    assert_picture("histogram", &picture.file(Theme::Auto));
}

#[test]
fn dots_with_whiskers() {
    let intervals = (0..6).map(|i| Interval {
        at: f64::from(i),
        value: 2.0 + f64::from(i),
        ends: (i != 3).then_some((1.0 + f64::from(i) / 2.0, 4.0 + f64::from(i))),
        key: Some(10 - i as u64),
    });
    let picture = plot("intervals")
        .sized(480.0, 240.0)
        .axes(
            Axis::linear("rank", 1.0, 10.0),
            Axis::category("", (0..6).map(|i| format!("trial {i}")).collect()),
        )
        .layer(Layer::Intervals(Intervals {
            intervals: intervals.collect(),
            direction: Direction::Right,
            tone: Tone::Series(0),
            shape: Shape::Disc,
        }));
    assert_picture("intervals", &picture.file(Theme::Auto));
}

#[test]
fn heat_with_isolines() {
    let cells: Vec<Option<f64>> = (0..24 * 24)
        .map(|i| (f64::from(i % 24) / 23.0 - 0.4, f64::from(i / 24) / 23.0 - 0.6))
        .map(|(x, y)| (x > -0.35 || y > -0.4).then_some(x * x + y * y + x * y))
        .collect();
    let picture = plot("heat")
        .sized(420.0, 320.0)
        .axes(Axis::log("learning rate", 1e-4, 1.0), Axis::linear("dropout", 0.0, 0.5))
        .layer(Layer::Heat(Heat::new(cells.clone(), 24)))
        .layer(Layer::Isolines(Isolines { cells, columns: 24, levels: vec![0.05, 0.1, 0.2, 0.4] }))
        .layer(Layer::Points(
            Points::new(Tone::Strong).with(Some(0.02), Some(0.3), Some(3)).shaped(Shape::Diamond),
        ));
    assert_picture("heat", &picture.file(Theme::Auto));
}

#[test]
fn a_strip_of_categories() {
    let points = wave(60)
        .enumerate()
        .map(|(k, (_, y))| Point { x: Some((k % 3) as f64), y: Some(y), key: Some(k as u64) })
        .collect();
    let names = ["relu", "学习率", "نشاط"].map(str::to_owned).to_vec();
    let picture = plot("strip")
        .sized(320.0, 240.0)
        .axes(Axis::category("activation", names), Axis::linear("loss", 0.0, 3.0))
        .layer(Layer::Strip(Strip { points, tone: Tone::Series(0), is_small: true }));
    assert_picture("strip", &picture.file(Theme::Auto));
}

#[test]
fn many_points_as_density() {
    let points = (0..3000u32)
        .map(|i| (f64::from(i) * 0.618_034).fract())
        .zip((0..3000u32).map(|i| (f64::from(i) * 0.414_214).fract()))
        .map(|(x, y)| (Some(x * x), Some(y * x)))
        .collect();
    let picture =
        plot("density").axes(Axis::linear("x", 0.0, 1.0), Axis::linear("y", 0.0, 1.0)).layer(
            Layer::Density(Density { points, tone: Tone::Faint, name: Some("3,000".to_owned()) }),
        );
    assert_picture("density", &picture.file(Theme::Auto));
}

#[test]
fn parallel_axes() {
    let strand = |key: u64| {
        let at = key as f64;
        let momentum = key.is_multiple_of(2).then_some(at / 10.0);
        Strand {
            values: vec![Some(10f64.powf(-at / 3.0)), momentum, Some(at % 3.0), Some(at)],
            key,
        }
    };
    let picture = Parallel {
        id: "parallel".to_owned(),
        title: "A picture".to_owned(),
        description: "What it says.".to_owned(),
        axes: vec![
            Axis::log("learning rate", 1e-4, 1.0),
            Axis::linear("momentum", 0.0, 1.0).with_absent(true),
            Axis::category("optimizer", ["sgd", "adam", "rmsprop"].map(str::to_owned).to_vec()),
            Axis::linear("loss", 0.0, 10.0),
        ],
        strands: vec![
            (Tone::Faint, (3..10).map(strand).collect()),
            (Tone::Series(0), (1..3).map(strand).collect()),
            (Tone::Series(1), vec![strand(0)]),
        ],
        height: 300.0,
    };
    assert_picture("parallel", &picture.file(Theme::Auto));
}

#[test]
fn small_multiples() {
    let one = |n: usize| {
        Plot::new(&format!("multiples-{n}"), &format!("parameter {n}"), "One of several.")
            .headed()
            .sized(240.0, 190.0)
            .axes(Axis::linear("", 0.0, 20.0), Axis::linear("", 0.0, 3.0))
            .layer(Layer::Points(Points { points: points(20), ..Points::new(Tone::Series(0)) }))
    };
    let picture = Multiples {
        id: "multiples".to_owned(),
        title: "Several".to_owned(),
        description: "What they say.".to_owned(),
        plots: (0..5).map(one).collect(),
        columns: 3,
    };
    assert_picture("multiples", &picture.file(Theme::Auto));
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</script><img onerror=alert(1)>\"'&\u{202e}\u{0}";
    let names = vec![hostile.to_owned()];
    let picture = Plot::new("hostile", hostile, hostile)
        .headed()
        .axes(Axis::category(hostile, names.clone()), Axis::category(hostile, names))
        .layer(Layer::Line(Line::new(Tone::Strong, vec![(0.0, Some(0.0))]).named(hostile)))
        .file(Theme::Light);
    assert_well_formed(&picture);
    assert!(!picture.contains("<img") && !picture.contains("</script") && !picture.contains('\0'));
}

#[test]
fn nothing_to_draw_is_drawn() {
    let empty = Plot::new("empty", "Nothing", "No data.").svg();
    assert_well_formed(&empty);
    assert!(!empty.contains("NaN"));

    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308];
    let points = odd.map(|v| Point { x: Some(v), y: Some(v), key: None }).to_vec();
    let picture = Plot::new("odd", "Odd", "Odd numbers.")
        .axes(Axis::linear("", 0.0, 1e308), Axis::log("", -1.0, 5.0))
        .layer(Layer::Points(Points { points, ..Points::new(Tone::Strong) }))
        .svg();
    assert!(!picture.contains("NaN") && !picture.contains("inf"));
}
