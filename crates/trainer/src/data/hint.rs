//! What the user can do about an error in a table, in terms of the keys of a space file.

use super::error::{DataError, Levels, Looks, Reason};
use super::place::{At, Mention};
use super::tail::StrayKind;

impl DataError {
    /// Returns what the user can do, one sentence each; empty if the message is enough.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Format { found } => found.way_on().to_owned(),
            Self::NoHeader { n_columns, .. } => {
                return vec![
                    format!(
                        "[data] header = false: the columns are then called column_1 to \
                         column_{n_columns} (`tune init --no-header`)"
                    ),
                    "[data] header = true, if these are their names (`tune init --header`)"
                        .to_owned(),
                ];
            }
            Self::EmptyName { n_named: Some(n_named), .. } => format!(
                "the line has {n_named} of the names: if it is a title, delete \
                 the lines above the one with the names: `tail -n +4 OLD.csv > NEW.csv` begins \
                 with line 4"
            ),
            Self::EmptyName { position, .. } => format!(
                "name it, or leave it out: [data] drop = [{position}]. pandas and R write the \
                 names of rows so, unless told `to_csv(…, index=False)` or `row.names = FALSE`"
            ),
            Self::DuplicateName { second, .. } => format!(
                "rename one of them in the header, or leave it out: drop = [{second}] in [data] \
                 (`tune init --drop {second}`)"
            ),
            Self::UnknownClass { .. } => "rows of other classes cannot be tested; leave them out, \
                 or write the classes as the model's own table does"
                .to_owned(),
            Self::Utf8 { .. } => {
                "save the file as UTF-8, such as with `iconv -f WINDOWS-1252 -t UTF-8`".to_owned()
            }
            Self::Ragged { at, expected, found, looks } => {
                of_ragged(*at, *expected, *found, *looks)
            }
            // Before the general hint: the row is the error, and not the cell.
            Self::Text { at, stray: Some(kind), .. } => of_stray(*at, *kind),
            // In the first row only, a text is often part of a second header.
            Self::Text { at, reason: Reason::MostlyNumbers | Reason::MostlyDates, .. }
                if at.row == 1 =>
            {
                format!(
                    "if line {} holds units or names, as a second header does, delete it; else \
                     correct the cell",
                    at.line
                )
            }
            Self::Text { column, value, reason, .. } => of_text(column, value, *reason),
            Self::OutOfRange { value, .. } => format!(
                "missing = [{}] in [data] if it stands for no value; else write a number in range",
                literal(value)
            ),
            Self::UnknownColumn { nearest, header, .. } => match did_you_mean(nearest) {
                Some(hint) => hint,
                None => of_header(header),
            },
            Self::LacksFeature { nearest, .. } => did_you_mean(nearest).unwrap_or_else(|| {
                "add it to the header; its cells may be empty, which is missing".to_owned()
            }),
            Self::Missing { at, mention, column, text, stray, .. } => {
                let of_stray = stray.map(|kind| of_stray(*at, kind));
                return of_stray.into_iter().chain(of_missing(*mention, column, text)).collect();
            }
            Self::RunTogether { column, .. } => {
                format!("kinds = {{ {} = \"category\" }} takes them as texts", key(column))
            }
            Self::CategoricalTarget { column, .. } => format!(
                "task = \"classification\", or kinds = {{ {} = \"number\" }} to find the cells \
                 that are not numbers",
                key(column)
            ),
            Self::TooManyLevels { what: Levels::Feature, .. } => {
                "list it in drop if it is an identifier".to_owned()
            }
            Self::TooManyLevels { what: Levels::Target, .. } => {
                "task = \"regression\" if it is a quantity".to_owned()
            }
            Self::OpenOrder { .. } => {
                "[data] dates = \"day first\" or dates = \"month first\"".to_owned()
            }
            Self::DateTarget { column } => {
                format!("kinds = {{ {} = \"category\" }} takes them as classes", key(column))
            }
            Self::Read { source, .. } => return of_source(source),
            // The message is enough. They are listed, so that a new error cannot be forgotten here.
            Self::Limit { .. }
            | Self::Empty
            | Self::NoRows { .. }
            | Self::UnclosedQuote { .. }
            | Self::UnknownPosition { .. }
            | Self::Dropped { .. }
            | Self::TwoRoles { .. }
            | Self::ConstantTarget { .. }
            | Self::Unsortable { .. }
            | Self::NoFeatures
            | Self::TargetValue { .. }
            | Self::Length { .. } => return Vec::new(),
        };
        vec![hint]
    }
}

fn of_source(source: &std::io::Error) -> Vec<String> {
    match source.kind() {
        std::io::ErrorKind::IsADirectory => {
            vec!["it is a folder; name the table in it".to_owned()]
        }
        std::io::ErrorKind::InvalidInput
        | std::io::ErrorKind::InvalidData
        | std::io::ErrorKind::UnexpectedEof => vec![
            "a file that begins as gzip does is decompressed; `gzip -t FILE` says whether it is whole"
                .to_owned(),
        ],
        _ => Vec::new(),
    }
}

/// A header is looked for up to this line: titles and notes above it are short.
const TITLE_LINES: u64 = 20;

fn of_ragged(at: At, expected: usize, found: usize, looks: Looks) -> String {
    let line = at.line;
    match looks {
        Looks::EndsEmpty if found == expected + 1 => {
            "rows end with a separator and the header does not: add one at its end".to_owned()
        }
        Looks::Header if found > expected && line <= TITLE_LINES => format!(
            "the first line names the columns; if line {line} does, delete the lines above it: \
             `tail -n +{line} OLD.csv > NEW.csv`"
        ),
        _ if found == 1 => {
            format!("if line {line} is a title or a note, delete it")
        }
        _ if found + 1 == expected && at.row == 1 => {
            "if the header ends with a separator and the rows do not, delete it there; a cell \
             without a value stands as nothing between two separators"
                .to_owned()
        }
        _ if found < expected => {
            "a cell without a value is written as nothing between two separators".to_owned()
        }
        _ => "a cell that contains the separator must be in quotation marks".to_owned(),
    }
}

fn of_stray(at: At, kind: StrayKind) -> String {
    let line = at.line;
    match kind {
        StrayKind::Summary => format!(
            "it is among the last rows and looks like a summary of the rows above: delete line \
             {line}"
        ),
        StrayKind::Note => {
            format!("it looks like a note below the table: delete it from line {line} on")
        }
    }
}

fn of_text(column: &str, value: &str, reason: Reason) -> String {
    let missing = format!("missing = [{}] in [data] if it stands for no value", literal(value));
    match reason {
        Reason::Stated | Reason::StatedDate => format!("correct the cell, or {missing}"),
        Reason::MostlyNumbers | Reason::MostlyDates => format!(
            "correct the cell, or {missing}; kinds = {{ {} = \"category\" }} would make each \
             different text an input of its own",
            key(column)
        ),
    }
}

fn of_missing(mention: Mention, column: &str, text: &str) -> Vec<String> {
    let mut hints = Vec::new();
    if !text.is_empty() {
        hints.push(format!(
            "{} stands for no value unless [data] says kinds = {{ {} = \"category\" }}, or \
             missing = [\"\"], by which only empty cells are missing",
            literal(text),
            key(column)
        ));
    }
    if mention == Mention::Target {
        hints.push("missing_target = \"drop\" in [data] leaves such rows out".to_owned());
    }
    hints
}

/// Names the columns that there are; a single one is several with an unusual separator, perhaps.
fn of_header(header: &[String]) -> String {
    const SHOWN: usize = 6;
    // The usual ones are found by themselves, unless another one was asked for.
    const SEPARATORS: [(char, &str); 8] = [
        (';', ";"),
        ('\t', "tab"),
        ('|', "|"),
        (',', ","),
        (':', ":"),
        ('^', "^"),
        ('~', "~"),
        (' ', " "),
    ];
    let shown = quoted_list(header.iter().take(SHOWN));
    let more = if header.len() > SHOWN {
        format!(" and {} more", header.len() - SHOWN)
    } else {
        String::new()
    };
    match header {
        [only] => match SEPARATORS.iter().find(|(separator, _)| only.contains(*separator)) {
            Some((_, separator)) => {
                format!(
                    "its only column is {shown}; separator = \"{separator}\" in [data], if that divides \
                     it (`tune init --separator '{separator}'`)"
                )
            }
            None => format!("its only column is {shown}"),
        },
        _ => format!("its columns are {shown}{more}"),
    }
}

fn quoted_list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn did_you_mean(nearest: &[String]) -> Option<String> {
    (!nearest.is_empty()).then(|| format!("did you mean {}?", quoted(nearest)))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

/// A name as a TOML key, quoted if necessary.
fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { literal(name) }
}

/// A text as a TOML string.
fn literal(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
