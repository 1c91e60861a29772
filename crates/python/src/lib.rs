//! The engine as a Python module: its arguments are TOML, its results JSON.
//!
//! Everything that a user sees (parameters, errors with their place, adapters for other libraries)
//! is built on it in Python, in `python/tune_engine`.

mod failure;
mod study;
mod suggest;

use pyo3::prelude::*;

/// The engine of `tune`.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let python = module.py();
    module.add("__version__", experiment::platform::VERSION)?;
    module.add("SpaceError", python.get_type::<failure::SpaceError>())?;
    module.add("StoreError", python.get_type::<failure::StoreError>())?;
    module.add("TellError", python.get_type::<failure::TellError>())?;
    module.add_class::<study::Study>()?;
    module.add_function(wrap_pyfunction!(suggest::suggest, module)?)
}
