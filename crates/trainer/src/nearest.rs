//! Suggestions for misspelt names.

/// Returns up to three of `candidates` that resemble `name`, the closest first (ties in the order
/// given).
///
/// Names resemble each other if their Damerau–Levenshtein distance, ignoring case, is at most a
/// third of the longer name, or if one begins with the other.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let wanted = name.to_lowercase();
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&wanted, &candidate.to_lowercase())?, candidate)))
        .collect();
    found.sort_by_key(|&(distance, _)| distance);
    found.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}

fn distance(wanted: &str, candidate: &str) -> Option<usize> {
    let distance = strsim::damerau_levenshtein(wanted, candidate);
    let longer = wanted.chars().count().max(candidate.chars().count());
    let begins = wanted.len().min(candidate.len()) >= 2
        && (wanted.starts_with(candidate) || candidate.starts_with(wanted));
    // All names of one letter are one letter apart.
    let is_close = distance <= (longer / 3).max(1) && distance < longer;
    (begins || is_close).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_comes_first() {
        assert_eq!(nearest("speceis", ["island", "species", "spec"]), ["species", "spec"]);
        assert_eq!(nearest("Digit", ["pixel", "digit"]), ["digit"]);
    }

    #[test]
    fn nothing_alike_gives_nothing() {
        assert!(nearest("zebra", ["alcohol", "ash"]).is_empty());
        assert!(nearest("c", ["d", "x"]).is_empty());
    }
}
