//! The cost of a space's trials, computed before any training.

use super::data::Data;
use super::recipe::recipe;
use crate::file::fields::edges;
use trainer::Cost;
use trainer::prepare::{Preparation, Scaling};
use tuner::space::{Config, Parameter, Space, Value};

/// The least and the greatest cost of a trial, over the edges of the space's domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Number of weights and biases of the network.
    pub n_parameters: (u64, u64),
    /// Planned multiply-adds of a trial, over all its splits.
    pub multiply_adds: (u64, u64),
}

/// Computes the cost of the cheapest and the most expensive trial; `None` if no configuration can
/// be trained.
pub fn range(space: &Space, data: &Data) -> Option<Costs> {
    let sizes = Sizes::of(data);
    let costs: Vec<Cost> =
        corners(space).iter().filter_map(|config| sizes.cost(space, config, data)).collect();
    let bounds = |part: fn(&Cost) -> u64| {
        Some((costs.iter().map(part).min()?, costs.iter().map(part).max()?))
    };
    Some(Costs {
        n_parameters: bounds(|c| c.n_parameters)?,
        multiply_adds: bounds(|c| c.multiply_adds)?,
    })
}

/// The sizes that determine a network.
pub struct Sizes {
    preparation: Preparation,
    first_rows: Vec<u32>,
    n_classes: usize,
    train_rows: Vec<usize>,
}

impl Sizes {
    /// Returns the sizes of a data set and its splits.
    pub fn of(data: &Data) -> Self {
        let first = data.splits.fold(0);
        let preparation =
            Preparation::fit(data.dataset.features(), &first.train, Scaling::Standard);
        Self {
            preparation,
            first_rows: first.train,
            n_classes: data.dataset.facts().n_classes,
            train_rows: (0..data.splits.len())
                .map(|split| data.splits.fold(split).train.len())
                .collect(),
        }
    }

    /// Computes the cost of a trial over all its splits; `None` if it cannot be trained.
    pub fn cost(&self, space: &Space, config: &Config, data: &Data) -> Option<Cost> {
        let checked = recipe(space, config).ok()?.check(&data.dataset.facts()).ok()?;
        let n_inputs = self.n_inputs(checked.settings().bins, data);
        let folds = self
            .train_rows
            .iter()
            .map(|&rows| trainer::plan(&checked, rows, n_inputs, self.n_classes));
        folds.reduce(|a, b| Cost {
            n_parameters: a.n_parameters.max(b.n_parameters),
            multiply_adds: a.multiply_adds.saturating_add(b.multiply_adds),
        })
    }

    /// Returns the number of inputs if numbers are spread over `bins` intervals.
    fn n_inputs(&self, bins: u32, data: &Data) -> usize {
        if bins == 0 {
            return self.preparation.n_inputs();
        }
        let plain = self.preparation.clone();
        plain.with_pieces(data.dataset.features(), &self.first_rows, bins).n_inputs()
    }
}

/// Configurations at the edges of a space: all lowest, all highest, and from either, each parameter
/// at its edges.
fn corners(space: &Space) -> Vec<Config> {
    let searched: Vec<&Parameter> =
        space.axes().iter().map(|&position| &space.parameters()[position]).collect();
    let lowest = searched
        .iter()
        .filter_map(|p| Some((p.name.clone(), edges(p).into_iter().next()?.value)))
        .collect();

    let highest =
        searched.iter().filter_map(|p| Some((p.name.clone(), edges(p).pop()?.value))).collect();

    let mut configs = Vec::new();
    for base in [Vec::new(), lowest, highest] {
        configs.extend(completed(space, base.clone()));
        for parameter in &searched {
            for edge in edges(parameter) {
                // The last of a repeated name counts.
                let given =
                    base.iter().cloned().chain([(parameter.name.clone(), edge.value)]).collect();
                configs.extend(completed(space, given));
            }
        }
    }

    configs
}

/// Completes values, some of which may belong to inactive parameters.
fn completed(space: &Space, mut given: Vec<(String, Value)>) -> Option<Config> {
    loop {
        match space.complete(&given) {
            Ok(config) => return Some(config),
            Err(tuner::Error::Configuration {
                name,
                fault: tuner::error::ConfigurationFault::Inactive(_),
            }) => {
                given.retain(|(given, _)| *given != name);
            }
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::SpaceFile;
    use std::path::Path;

    #[test]
    fn a_network_with_one_hidden_layer_costs_what_its_matrices_do() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../search-spaces");
        let text = "[data]\npath = \"data/wine.csv\"\ntarget = \"cultivar\"\n[search]\ntrials = 1\n[space]\n\
                    depth = { type = \"int\", low = 0, high = 1 }\nwidth = 16\nepochs = 10\n";
        let file = SpaceFile::parse("space.toml", text.to_owned(), folder).unwrap();
        let data = Data::load(&file, file.plan.data.as_ref().unwrap()).unwrap();
        let costs = range(&file.plan.space, &data).unwrap();
        // 13 inputs, 3 outputs: 13·3 + 3 without a hidden layer, 13·16 + 16 + 16·3 + 3 with one.
        assert_eq!(costs.n_parameters, (42, 275));
        // Each row trains four times over, 10 epochs; the first matrix counts twice a row, the next
        // three times.
        assert_eq!(costs.multiply_adds, (178 * 4 * 10 * 2 * 39, 178 * 4 * 10 * (2 * 208 + 3 * 48)));
    }

    #[test]
    fn intervals_of_numbers_are_inputs_that_cost() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../search-spaces");
        let text = "[data]\npath = \"data/wine.csv\"\ntarget = \"cultivar\"\n[search]\ntrials = 1\n[space]\n\
                    depth = 0\nbins = { type = \"categorical\", values = [0, 4] }\nepochs = 10\n";
        let file = SpaceFile::parse("space.toml", text.to_owned(), folder).unwrap();
        let data = Data::load(&file, file.plan.data.as_ref().unwrap()).unwrap();
        // 13 numbers, each spread over four intervals.
        assert_eq!(range(&file.plan.space, &data).unwrap().n_parameters, (14 * 3, (14 + 52) * 3));
    }
}
