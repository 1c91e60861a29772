//! The texts of `tune help TOPIC`, which no single command can explain.

/// The topics by name.
pub const TOPICS: [(&str, &str); 5] = [
    ("file", include_str!("file.txt")),
    ("program", include_str!("program.txt")),
    ("results", include_str!("results.txt")),
    ("statistics", include_str!("statistics.txt")),
    ("cluster", include_str!("cluster.txt")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::SpaceFile;

    #[test]
    fn the_file_that_is_explained_can_be_read() {
        let (_, text) = TOPICS[0];
        let begin = text.find("[study]").unwrap();
        let end = text.find("`tune keys`").unwrap();
        let file = SpaceFile::parse("space.toml", text[begin..end].to_owned(), ".".into());
        assert_eq!(file.unwrap().plan.search.trials, Some(60));
    }

    #[test]
    fn topics_fit_a_terminal() {
        for (name, text) in TOPICS {
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(118), "{name} is {widest:?} columns wide");
        }
    }
}
