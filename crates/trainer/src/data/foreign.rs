//! Files that are not separated text: recognised by their first bytes, each with a hint how to get
//! a table.

use std::fmt;

/// A format that is not separated UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// UTF-16, either byte order.
    Utf16,
    /// A zip archive.
    Zip,
    /// A spreadsheet: .xlsx or .ods.
    Spreadsheet,
    /// A spreadsheet of the old form, .xls.
    OldSpreadsheet,
    /// Gzip within gzip.
    Gzip,
    /// Compressed by another program than gzip.
    Compressed(&'static str),
    /// Parquet.
    Parquet,
    /// Arrow or Feather.
    Arrow,
    /// HDF5.
    Hdf5,
    /// An array of `NumPy`.
    Npy,
    /// Pickled Python objects.
    Pickle,
    /// An SQLite database.
    Sqlite,
    /// Data of R.
    R,
    /// Data of Stata.
    Stata,
    /// PDF.
    Pdf,
    /// Other bytes that are no text.
    Binary,
    /// A pointer that Git LFS leaves where the file is not fetched.
    LfsPointer,
    /// HTML.
    Html,
    /// XML.
    Xml,
    /// JSON, or JSON by line.
    Json,
    /// ARFF of Weka.
    Arff,
    /// Text separated by runs of blanks.
    Blanks,
    /// A table drawn with lines of hyphens, as terminals and reports show one.
    Drawn,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::Utf16 => "UTF-16 text",
            Foreign::Zip => "a zip archive",
            Foreign::Spreadsheet => "a spreadsheet (.xlsx or .ods)",
            Foreign::OldSpreadsheet => "a spreadsheet (.xls)",
            Foreign::Gzip => "gzip within gzip",
            Foreign::Compressed(program) => return write!(f, "a file compressed by {program}"),
            Foreign::Parquet => "Parquet",
            Foreign::Arrow => "Arrow or Feather",
            Foreign::Hdf5 => "HDF5",
            Foreign::Npy => "a NumPy array",
            Foreign::Pickle => "pickled Python objects",
            Foreign::Sqlite => "an SQLite database",
            Foreign::R => "data of R",
            Foreign::Stata => "data of Stata",
            Foreign::Pdf => "PDF",
            Foreign::Binary => "bytes that are no text",
            Foreign::LfsPointer => "a Git LFS pointer, not the file itself",
            Foreign::Html => "HTML",
            Foreign::Xml => "XML",
            Foreign::Json => "JSON",
            Foreign::Arff => "ARFF",
            Foreign::Blanks => "text separated by blanks",
            Foreign::Drawn => "a table drawn with lines",
        })
    }
}

impl Foreign {
    /// Returns a hint how to convert it.
    pub fn way_on(self) -> &'static str {
        match self {
            Foreign::Utf16 => "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > data.csv",
            Foreign::Zip => "unpack it, and give the table inside: unzip FILE",
            Foreign::Spreadsheet | Foreign::OldSpreadsheet => {
                "save the sheet as CSV, or: python3 -c \"import pandas; pandas.read_excel('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Gzip => "unpack it once: gunzip -c FILE > data.csv.gz",
            Foreign::Compressed(_) => "unpack it, or pack it with gzip: .csv.gz is read as it is",
            Foreign::Parquet => {
                "python3 -c \"import pandas; pandas.read_parquet('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Arrow => {
                "python3 -c \"import pandas; pandas.read_feather('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Hdf5 => {
                "python3 -c \"import pandas; pandas.read_hdf('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Npy => {
                "python3 -c \"import numpy, pandas; pandas.DataFrame(numpy.load('FILE')).to_csv('data.csv', index=False)\""
            }
            Foreign::Pickle => {
                "if you trust its source: python3 -c \"import pandas; pandas.read_pickle('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Sqlite => "sqlite3 -header -csv FILE 'SELECT * FROM table' > data.csv",
            Foreign::R => "in R: write.csv(readRDS('FILE'), 'data.csv', row.names = FALSE)",
            Foreign::Stata => {
                "python3 -c \"import pandas; pandas.read_stata('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Pdf | Foreign::Binary => "save the table as CSV with a header line, in UTF-8",
            Foreign::LfsPointer => "fetch the file: git lfs pull",
            Foreign::Html => {
                "this is a web page: download the raw file, not the page that shows it"
            }
            Foreign::Xml => {
                "python3 -c \"import pandas; pandas.read_xml('FILE').to_csv('data.csv', index=False)\""
            }
            Foreign::Json => {
                "python3 -c \"import pandas; pandas.read_json('FILE').to_csv('data.csv', index=False)\", with lines=True where each line is an object"
            }
            Foreign::Arff => {
                "python3 -c \"import pandas; from scipy.io import arff; d = pandas.DataFrame(arff.loadarff('FILE')[0]); d.to_csv('data.csv', index=False)\""
            }
            Foreign::Blanks => {
                "separator = \" \" in [data] (`tune init --separator ' '`) where each is one blank; else python3 -c \"import pandas; pandas.read_csv('FILE', sep=r'\\s+').to_csv('data.csv', index=False)\", with header=None in read_csv and header=False in to_csv if the first line holds values"
            }
            Foreign::Drawn => {
                "export it as CSV instead: `psql --csv`, `mysql --batch` (tabs), or a spreadsheet from SAP"
            }
        }
    }
}

/// The beginnings of binary formats.
const MAGIC: [(&[u8], Foreign); 25] = [
    (&[0x1f, 0x8b], Foreign::Gzip),
    (&[0xff, 0xfe], Foreign::Utf16),
    (&[0xfe, 0xff], Foreign::Utf16),
    (b"PK\x03\x04", Foreign::Zip),
    (&[0xd0, 0xcf, 0x11, 0xe0], Foreign::OldSpreadsheet),
    (b"PAR1", Foreign::Parquet),
    (b"ARROW1", Foreign::Arrow),
    (b"FEA1", Foreign::Arrow),
    (b"\x89HDF", Foreign::Hdf5),
    (b"\x93NUMPY", Foreign::Npy),
    (&[0x80, 0x02], Foreign::Pickle),
    (&[0x80, 0x03], Foreign::Pickle),
    (&[0x80, 0x04], Foreign::Pickle),
    (&[0x80, 0x05], Foreign::Pickle),
    (b"SQLite format 3\0", Foreign::Sqlite),
    (b"RDX", Foreign::R),
    (b"RDA", Foreign::R),
    (b"X\n\0\0\0", Foreign::R),
    (b"<stata_dta>", Foreign::Stata),
    (b"%PDF", Foreign::Pdf),
    (b"BZh", Foreign::Compressed("bzip2")),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Foreign::Compressed("xz")),
    (&[0x28, 0xb5, 0x2f, 0xfd], Foreign::Compressed("zstd")),
    (b"7z\xbc\xaf\x27\x1c", Foreign::Compressed("7-Zip")),
    (b"Rar!", Foreign::Compressed("RAR")),
];

/// Recognises a binary format by its first bytes.
pub(super) fn of_bytes(start: &[u8]) -> Option<Foreign> {
    let &(_, found) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic))?;
    if found != Foreign::Zip {
        return Some(found);
    }
    let holds = |name: &[u8]| start.windows(name.len()).any(|window| window == name);
    let is_sheet =
        holds(b"[Content_Types].xml") || holds(b"xl/") || holds(b"opendocument.spreadsheet");
    Some(if is_sheet { Foreign::Spreadsheet } else { Foreign::Zip })
}

/// A binary file shows its format within this many bytes.
const SIGNATURE: usize = 8;

/// Recognises a text format, or bytes that are not text, by the first part of a file.
pub(super) fn of_text(sample: &[u8]) -> Option<Foreign> {
    // The reader reports a single NUL further on with its position.
    if sample.iter().take(SIGNATURE).any(|&byte| byte == 0) {
        return Some(Foreign::Binary);
    }

    let start = String::from_utf8_lossy(&sample[..sample.len().min(4096)]).to_ascii_lowercase();
    let start = start.trim_start();
    let begins = |with: &str| start.starts_with(with);
    let is_arff = || start.lines().any(|line| line.trim_start().starts_with("@relation"));

    if begins("version https://git-lfs.github.com/spec") {
        Some(Foreign::LfsPointer)
    } else if begins("<!doctype html") || begins("<html") || begins("<head") || begins("<body") {
        Some(Foreign::Html)
    } else if begins("<?xml") || begins("<!--") {
        let is_page = start.contains("<html") || start.contains("<!doctype html");
        Some(if is_page { Foreign::Html } else { Foreign::Xml })
    } else if is_json(start) {
        Some(Foreign::Json)
    } else if (begins("@") || begins("%")) && is_arff() {
        Some(Foreign::Arff)
    } else if start.lines().take(3).any(is_drawn_line) {
        Some(Foreign::Drawn)
    } else {
        None
    }
}

/// Whether a line is drawn: `-----`, `+----+----+` or `----|----`.
fn is_drawn_line(line: &str) -> bool {
    const FEWEST: usize = 5;
    let line = line.trim();
    line.len() >= FEWEST
        && line.contains("---")
        && line.bytes().all(|byte| matches!(byte, b'-' | b'+' | b'|' | b':' | b' '))
}

/// Whether a text begins like a JSON object or list, and not like names in brackets.
fn is_json(start: &str) -> bool {
    let after = |open: char| {
        start.strip_prefix(open).map(str::trim_start).and_then(|rest| rest.chars().next())
    };
    after('{').is_some_and(|next| matches!(next, '"' | '}'))
        || after('[').is_some_and(|next| {
            matches!(next, '{' | '[' | '"' | ']' | '-') || next.is_ascii_digit()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_drawn_with_lines_are_recognised() {
        for text in [
            "-----------\n|Doc |Amount|\n-----------\n|1 |5,00-|\n",
            " id | price\n----+-------\n  1 |   5\n",
            "+----+-----+\n| id | y |\n",
            "| a | b |\n|---|:---:|\n| 1 | 2 |\n",
        ] {
            assert_eq!(of_text(text.as_bytes()), Some(Foreign::Drawn), "{text:?}");
        }
        for text in ["a|b\n-|-\n1|2\n", "a,b\n---,---\n", "a\tb\n---\t---\n", "x\n--\n"] {
            assert_eq!(of_text(text.as_bytes()), None, "{text:?}");
        }
    }
}
