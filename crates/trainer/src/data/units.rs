//! Units of one quantity, which a column may mix: `300 g` beside `1.2 kg`.

/// A quantity: its base unit, and others with how many base units one of them is.
struct Quantity {
    base: &'static str,
    units: &'static [(&'static [&'static str], f64)],
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.25 * DAY;

/// `m` is a metre beside other lengths and a minute beside hours, so that all units of a column
/// together name the quantity.
const QUANTITIES: [Quantity; 8] = [
    Quantity {
        base: "byte",
        units: &[
            (&["b", "byte", "bytes"], 1.0),
            (&["kb", "kbytes"], 1e3),
            (&["mb", "mbytes"], 1e6),
            (&["gb", "gbytes"], 1e9),
            (&["tb", "tbytes"], 1e12),
            (&["kib"], 1024.0),
            (&["mib"], 1_048_576.0),
            (&["gib"], 1_073_741_824.0),
        ],
    },
    Quantity {
        base: "s",
        units: &[
            (&["ns"], 1e-9),
            (&["µs", "μs", "us"], 1e-6),
            (&["ms", "msec"], 1e-3),
            (&["s", "sec", "secs", "second", "seconds"], 1.0),
            (&["m", "min", "mins", "minute", "minutes"], MINUTE),
            (&["h", "hr", "hrs", "hour", "hours"], HOUR),
            (&["d", "day", "days"], DAY),
            (&["w", "wk", "wks", "week", "weeks"], 7.0 * DAY),
            (&["mo", "mos", "month", "months"], YEAR / 12.0),
            (&["y", "yr", "yrs", "year", "years"], YEAR),
        ],
    },
    Quantity {
        base: "m",
        units: &[
            (&["nm"], 1e-9),
            (&["µm", "μm", "um"], 1e-6),
            (&["mm"], 1e-3),
            (&["cm"], 1e-2),
            (&["dm"], 0.1),
            (&["m", "meter", "meters", "metre", "metres"], 1.0),
            (&["km"], 1e3),
            (&["in", "inch", "inches", "\"", "″"], 0.0254),
            (&["ft", "feet", "foot", "'", "′"], 0.3048),
            (&["yd", "yard", "yards"], 0.9144),
            (&["mi", "mile", "miles"], 1609.344),
        ],
    },
    Quantity {
        base: "g",
        units: &[
            (&["µg", "μg", "ug", "mcg"], 1e-6),
            (&["mg"], 1e-3),
            (&["g", "gr", "gram", "grams"], 1.0),
            (&["kg", "kgs"], 1e3),
            (&["t", "ton", "tons", "tonne", "tonnes"], 1e6),
            (&["oz"], 28.349_523_125),
            (&["lb", "lbs"], 453.592_37),
        ],
    },
    Quantity {
        base: "l",
        units: &[
            (&["µl", "μl", "ul"], 1e-6),
            (&["ml"], 1e-3),
            (&["cl"], 1e-2),
            (&["dl"], 0.1),
            (&["l"], 1.0),
        ],
    },
    Quantity {
        base: "m²",
        units: &[
            (&["sqm", "m²", "m2", "m^2", "sq. m", "sq m"], 1.0),
            (&["sqft", "ft²", "ft2", "sq. ft", "sq ft", "sq. ft.", "sq.ft"], 0.092_903_04),
            (&["ha", "hectare", "hectares"], 1e4),
            (&["acre", "acres"], 4_046.856_422_4),
            (&["km²", "km2", "km^2", "sq km"], 1e6),
        ],
    },
    Quantity {
        base: "Hz",
        units: &[(&["hz"], 1.0), (&["khz"], 1e3), (&["mhz"], 1e6), (&["ghz"], 1e9)],
    },
    Quantity {
        base: "rupee",
        units: &[(&["lac", "lacs", "lakh", "lakhs", "l"], 1e5), (&["cr", "crore", "crores"], 1e7)],
    },
];

/// Returns the base unit of the quantity that all of these units measure, if they differ and there
/// is one.
pub(super) fn common_base<'a>(
    units: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'static str> {
    let found = QUANTITIES
        .iter()
        .find(|quantity| units.clone().all(|unit| factor_of(quantity, unit).is_some()))?;
    let mut factors = units.filter_map(|unit| factor_of(found, unit));
    let first = factors.next()?;
    factors.any(|factor| factor != first).then_some(found.base)
}

/// Returns how many base units a unit is.
pub(super) fn factor(base: &str, unit: &str) -> Option<f64> {
    let quantity = QUANTITIES.iter().find(|quantity| quantity.base == base)?;
    factor_of(quantity, unit)
}

fn factor_of(quantity: &Quantity, unit: &str) -> Option<f64> {
    let unit = unit.trim_end_matches('.').to_lowercase();
    let is_named = |(names, _): &&(&[&str], f64)| names.contains(&unit.as_str());
    quantity.units.iter().find(is_named).map(|&(_, factor)| factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_quantity_have_its_base() {
        let base = |units: &[&'static str]| common_base(units.iter().copied());
        assert_eq!(base(&["KB", "MB"]), Some("byte"));
        assert_eq!(base(&["m", "km"]), Some("m"));
        assert_eq!(base(&["m", "h"]), Some("s"));
        assert_eq!(base(&["months", "year", "years"]), Some("s"));
        for units in [&["kg", "km"][..], &["kg"], &["kg", "kgs"], &["Season", "min"], &["mW", "MW"]]
        {
            assert_eq!(base(units), None, "{units:?}");
        }
    }

    #[test]
    fn factors_are_to_the_base() {
        assert_eq!(factor("g", "kg"), Some(1e3));
        assert_eq!((factor("s", "m"), factor("m", "m")), (Some(60.0), Some(1.0)));
        assert_eq!((factor("g", "km"), factor("", "kg")), (None, None));
    }

    #[test]
    fn names_of_a_quantity_are_different() {
        for quantity in &QUANTITIES {
            let mut names: Vec<&str> =
                quantity.units.iter().flat_map(|(names, _)| *names).copied().collect();
            let n = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), n, "{}", quantity.base);
            assert!(names.iter().all(|name| name.to_lowercase() == **name));
        }
    }
}
