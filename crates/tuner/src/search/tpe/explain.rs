//! Explains a proposal: where the good trials are denser than the others, axis by axis.

use super::super::Request;
use super::groups::{densities, grains};
use super::kernel::Cell;
use super::mixture::log_density;
use crate::space::Config;
use crate::view::Contrast;

/// Explains the proposal of `config`, a configuration of the space, for the `request` that led to
/// it. Returns `None` if no result was ok, since then there were no good trials.
pub(super) fn explain(request: &Request<'_>, config: &Config) -> Option<Contrast> {
    let (good, others) = densities(request)?;
    let point = request.space.encode(config);
    let cell = |(axis, grain): (usize, &super::kernel::Grain)| {
        point.active[axis].then(|| grain.cell(point.coordinates[axis]))
    };

    let cells: Vec<Option<Cell>> = grains(request.space).iter().enumerate().map(cell).collect();
    let whole =
        log_density(good.logs(&cells).into_iter()) - log_density(others.logs(&cells).into_iter());

    // One axis alone: the density of its values, whatever the other axes have.
    let along = |(axis, cell): (usize, &Option<Cell>)| {
        let cell = cell.as_ref()?;
        let log = |mixture: &super::mixture::Mixture| {
            log_density(mixture.logs_along(axis, cell).collect::<Vec<f64>>().into_iter())
        };
        let name = request.space.parameters()[request.space.axes()[axis]].name.clone();
        Some((name, libm::exp(log(&good) - log(&others))))
    };

    Some(Contrast {
        quotient: libm::exp(whole),
        by_parameter: cells.iter().enumerate().filter_map(along).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Streams;
    use crate::space::{Domain, Parameter, Scale, Space, Value};
    use crate::trial::{History, Origin, Outcome, State};
    use std::sync::Arc;

    #[test]
    fn the_parameter_that_separates_good_from_bad_has_the_largest_ratio() {
        let range = || Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space =
            Space::new(vec![Parameter::new("a", range()), Parameter::new("b", range())], &[])
                .unwrap();
        let config =
            |a: f64, b: f64| Config::new(vec![Some(Value::Float(a)), Some(Value::Float(b))]);
        let mut history = History::new();
        for n in 0..60 {
            let (a, b) = (f64::from(n) / 59.0, f64::from((n * 37) % 60) / 59.0);
            history.push(Arc::new(config(a, b)), Origin::Random);
            history.reveal(
                n as usize,
                Outcome {
                    state: State::Ok,
                    losses: [(a - 0.3) * (a - 0.3)].into(),
                    predicted: None,
                },
            );
        }
        let request =
            Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        let near = explain(&request, &config(0.3, 0.5)).unwrap();
        assert!(near.quotient > 2.0 && near.by_parameter[0].1 > 2.0, "{near:?}");
        assert!((0.5..2.0).contains(&near.by_parameter[1].1), "{near:?}");
        assert!(explain(&request, &config(0.9, 0.5)).unwrap().quotient < 1.0);
        let empty = Request { history: &History::new(), ..request };
        assert_eq!(explain(&empty, &config(0.3, 0.5)), None);
    }
}
