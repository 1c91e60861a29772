//! Building blocks of a page as finished markup.

use charts::escape;

/// Markup in which all text from a study is escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted(pub(crate) String);

impl Trusted {
    /// Appends markup.
    pub(crate) fn push(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }
}

/// A picture with keyboard focus: arrow keys go from mark to mark. `label` is its name for screen
/// readers.
pub(crate) fn chart(svg: &str, label: &str) -> Trusted {
    Trusted(format!(
        "<div class=\"chart\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">{svg}</div>\n",
        escape(label)
    ))
}

/// Pictures side by side.
pub(crate) fn grid(charts: impl IntoIterator<Item = Trusted>) -> Trusted {
    let inside: String = charts.into_iter().map(|chart| chart.0).collect();
    Trusted(format!("<div class=\"grid\">{inside}</div>\n"))
}

/// The numbers behind a picture, collapsed; nothing if there are none.
pub(crate) fn numbers(title: &str, header: &[&str], rows: &[Vec<String>]) -> Trusted {
    if rows.is_empty() {
        return Trusted::default();
    }
    let table = table(header, rows).0;
    Trusted(format!("<details><summary>{}</summary>{table}</details>\n", escape(title)))
}

/// A plain table; cells with numbers are right-aligned.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> Trusted {
    let class = |is_number: bool| if is_number { " class=\"n\"" } else { "" };
    let is_number = |text: &String| text.parse::<f64>().is_ok();
    let head: String = header
        .iter()
        .enumerate()
        .map(|(column, name)| {
            // A column of numbers has its name over the digits.
            let of_numbers = rows.iter().filter_map(|row| row.get(column)).all(is_number);
            format!("<th scope=\"col\"{}>{}</th>", class(of_numbers), escape(name))
        })
        .collect();
    let cell = |text: &String| format!("<td{}>{}</td>", class(is_number(text)), escape(text));

    let body: String = rows
        .iter()
        .map(|row| format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<String>()))
        .collect();

    Trusted(format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr>{head}</tr></thead>\n\
         <tbody>{body}</tbody></table></div>\n"
    ))
}

/// A list of sentences.
pub(crate) fn list(sentences: &[String]) -> Trusted {
    let items: String = sentences.iter().map(|s| format!("<li>{}</li>", escape(s))).collect();
    Trusted(if items.is_empty() { items } else { format!("<ul>{items}</ul>\n") })
}
