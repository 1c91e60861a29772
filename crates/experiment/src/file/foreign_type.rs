//! What other programs call the types of a parameter.

/// Returns what this program calls a foreign parameter type, as a phrase.
pub(super) fn foreign_type(name: &str) -> Option<&'static str> {
    let plain = name.to_lowercase().replace(['-', '_', ' '], "");
    FOREIGN_TYPES.iter().find(|(names, _)| names.contains(&plain.as_str())).map(|(_, here)| *here)
}

const FOREIGN_TYPES: &[(&[&str], &str)] = &[
    (
        &[
            "uniform",
            "real",
            "double",
            "number",
            "continuous",
            "floatdistribution",
            "numeric",
            "f64",
            "qnormal",
            "f32",
        ],
        "type = \"float\"",
    ),
    (
        &[
            "loguniform",
            "loguniformvalues",
            "floatlog",
            "reciprocal",
            "invloguniform",
            "qloguniform",
            "logfloat",
            "qloguniformvalues",
        ],
        "type = \"float\" with log = true",
    ),
    (&["quniform", "discreteuniform", "discretefloat", "quantized"], "type = \"float\" with step"),
    (
        &[
            "integer",
            "intuniform",
            "randint",
            "uniformint",
            "intdistribution",
            "long",
            "i64",
            "count",
        ],
        "type = \"int\"",
    ),
    (&["logint", "lograndint", "qlograndint"], "type = \"int\" with log = true"),
    (&["qrandint"], "type = \"int\" with step"),
    (&["normal", "gaussian", "randn"], "type = \"float\" with dist = \"normal\", mean and sd"),
    (&["lognormal"], "type = \"float\" with dist = \"lognormal\", mean and sd"),
    (&["beta"], "type = \"float\" with dist = \"beta\", alpha and beta"),
    (
        &[
            "choice",
            "category",
            "categories",
            "enum",
            "list",
            "string",
            "str",
            "text",
            "select",
            "nominal",
            "categoricaldistribution",
        ],
        "type = \"categorical\" with values",
    ),
    (&["discrete", "ordered", "sequence", "grid", "range"], "type = \"ordinal\" with values"),
    (&["bool", "boolean", "flag"], "type = \"categorical\" with values = [true, false]"),
    (&["fixed", "constant", "const"], "the value alone: depth = 2"),
];
