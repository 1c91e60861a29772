//! Lines with bands from a table: `lines TITLE X Y light|dark < table.csv > picture.svg`.
//!
//! The table has the columns series, x, y and error. The first series is drawn last, in front and
//! with its band; the others follow in the order of the table.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program of the benches prints, and fails loudly"
)]

use charts::{Axis, Band, Layer, Line, Plot, Theme, Tone};
use std::io::BufRead;

/// A name, and its points: x, y and the standard error of y.
type Series = (String, Vec<(f64, f64, f64)>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [title, x, y, theme] = arguments.as_slice() else {
        panic!("usage: lines TITLE X Y light|dark");
    };
    let theme = if theme == "dark" { Theme::Dark } else { Theme::Light };

    let series = read();
    let all = || series.iter().flat_map(|(_, points)| points);
    let end = all().map(|(x, ..)| *x).fold(0.0, f64::max);
    let top = all().map(|(_, y, _)| *y).fold(0.0, f64::max);

    let description = format!("{y} of {} searches; lower is better.", series.len());
    let mut plot = Plot::new("lines", title, &description)
        .headed()
        .sized(760.0, 340.0)
        .axes(Axis::linear(x, 0.0, end), Axis::linear(y, 0.0, top));

    for (position, (name, points)) in series.iter().enumerate().rev() {
        let tone = Tone::Series(position as u8);
        if position == 0 {
            let points = points.iter().map(|(x, y, error)| (*x, y - error, y + error)).collect();
            plot = plot.layer(Layer::Band(Band { points, tone, name: None }));
        }
        let line = Line::new(tone, points.iter().map(|(x, y, _)| (*x, Some(*y))).collect());
        plot = plot.layer(Layer::Line(line.named(name).dashed(position as u8 % 4)));
    }

    print!("{}", plot.file(theme));
}

fn read() -> Vec<Series> {
    let mut series: Vec<Series> = Vec::new();
    for line in std::io::stdin().lock().lines().skip(1) {
        let line = line.unwrap();
        let mut cells = line.split(',');
        let name = cells.next().unwrap();
        let [x, y, error] = [(); 3].map(|()| cells.next().unwrap().parse::<f64>().unwrap());
        if series.last().is_none_or(|(last, _)| last != name) {
            series.push((name.to_owned(), Vec::new()));
        }
        series.last_mut().unwrap().1.push((x, y, error));
    }
    series
}
