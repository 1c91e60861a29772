//! Suggestions for unknown keys.

use super::foreign::key as foreign;
use super::keys::{CONSTRAINT, CV, DATA, OBJECTIVE, RUN, SEARCH, STOP, STUDY, Section, TRIAL};
use crate::report::in_words;

const SECTIONS: [&Section; 9] =
    [&STUDY, &DATA, &CV, &SEARCH, &CONSTRAINT, &STOP, &TRIAL, &OBJECTIVE, &RUN];

/// A suggestion for an unknown key: a label under the underlined key, and a hint.
pub(super) struct Advice {
    /// The key of this section that was probably meant.
    pub(super) key: Option<&'static str>,
    /// The label under the key; may be empty.
    pub(super) label: String,
    /// The hint.
    pub(super) hint: String,
}

impl Section {
    /// Returns the key of this section that an unknown key misspells, if it is no other tool's
    /// name for one.
    pub(super) fn misspells(&self, unknown: &str) -> Option<&'static str> {
        let plain = unknown.to_lowercase().replace('-', "_");
        if self.has(unknown) || foreign(self, &plain).is_some() {
            return None;
        }
        nearest(&plain, &self.names().collect::<Vec<_>>())
    }

    /// Suggests a replacement for a key that this section does not have.
    pub(super) fn advice(&self, unknown: &str) -> Advice {
        let plain = unknown.to_lowercase().replace('-', "_");
        let all =
            format!("the keys of {}: {}", self.header, self.names().collect::<Vec<_>>().join(", "));

        // Names of other tools come before similar spellings, since their meaning is known.
        if let Some((key, note)) = foreign(self, &plain) {
            let hint = if note.is_empty() { all } else { note.to_owned() };
            return Advice { key: Some(key), label: format!("write `{key}`"), hint };
        }
        if let Some(near) = nearest(&plain, &self.names().collect::<Vec<_>>()) {
            return Advice { key: Some(near), label: format!("did you mean `{near}`?"), hint: all };
        }

        // Known here, but in another section.
        let homes = SECTIONS.iter().filter(|section| section.has(&plain));
        let homes = in_words(homes.map(|section| section.header));
        if !homes.is_empty() {
            return Advice {
                key: None,
                label: String::new(),
                hint: format!("`{plain}` belongs in {homes}"),
            };
        }

        if let Some((home, key)) =
            SECTIONS.iter().find_map(|s| Some((s.header, foreign(s, &plain)?.0)))
        {
            return Advice {
                key: None,
                label: String::new(),
                hint: format!("write `{key}` in {home}"),
            };
        }

        Advice { key: None, label: String::new(), hint: all }
    }
}

/// Returns the most similar known name, if any is similar enough.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|k| (strsim::damerau_levenshtein(name, k), *k));
    let (distance, best) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= best.chars().count().max(name.chars().count()) / 3).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_knows_neighbours_strangers_and_other_sections() {
        assert_eq!(SEARCH.advice("n_trials").label, "write `trials`");
        assert_eq!(SEARCH.advice("mehtod").label, "did you mean `method`?");
        assert_eq!(STUDY.advice("folds").hint, "`folds` belongs in [cv]");
        assert_eq!(STUDY.advice("n_trials").hint, "write `trials` in [search]");
        assert!(RUN.advice("zzz").hint.contains("workers"));
    }
}
