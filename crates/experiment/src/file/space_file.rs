//! A space file: its text and its meaning.

use super::canonical::{Canonical, Written};
use super::data::ReadingKeys;
use super::document::Document;
use super::other_kind::other_kind;
use super::reader::Notes;
use super::relations::{self, Evaluator};
use super::sections::Sections;
use super::spans::Spans;
use super::study::Knowledge;
use super::study_plan::StudyPlan;
use super::tree::{self, Entry};
use super::{experience, knowledge, limits, space};
use crate::facts::StudyFacts;
use crate::report::{Fault, Source};
use serde_json::{Map, Value as Json};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tuner::store::StudyText;

/// A space file, checked as far as possible without its data.
#[derive(Clone, Debug)]
pub struct SpaceFile {
    /// The file's text and positions.
    pub document: Document,
    /// The file's meaning.
    pub plan: StudyPlan,
    /// Why the experience file of the study is unavailable.
    lost: Vec<Fault>,
}

/// A larger file is not a space file.
const MOST_BYTES: u64 = 16 << 20;

impl SpaceFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// All faults found, in the order of the file: unreadable, not TOML, unknown keys, wrong
    /// values.
    pub fn read(path: &Path) -> Result<Self, Vec<Fault>> {
        if let Some(fault) = other_kind(path) {
            return Err(vec![fault]);
        }
        let text = read_text(path).map_err(|fault| vec![fault])?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = absolute.parent().map(Path::to_owned).unwrap_or_default();
        Self::parse(&path.display().to_string(), text, folder)
    }

    /// Reads the recorded file of a study; the fact `name` is its name. Its paths are relative to
    /// `given`, if that folder exists; else to where the file was read; and if that is gone, as in
    /// a project that was moved as a whole, to where the fact `file` leads from the study at
    /// `place`, if the file there is the same.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), if the file was written for another version of the program.
    pub fn of_study(
        study: &StudyText,
        place: &Path,
        given: Option<&Path>,
    ) -> Result<Self, Vec<Fault>> {
        let facts = StudyFacts::from_pairs(&study.facts);
        let name = format!("{}.toml", facts.name.as_deref().unwrap_or("space"));
        let recorded = PathBuf::from(&study.folder);
        let mut file = Self::parse(&name, study.text.clone(), recorded.clone())?;
        let way = facts.file.as_deref().map(Path::new);
        let is_gone =
            || way.and_then(Path::file_name).is_some_and(|name| !recorded.join(name).exists());

        // A given folder wins; else, if the recorded one has lost the file, the way from the study
        // to it is tried.
        if let Some(given) = given {
            given.clone_into(&mut file.document.folder);
        } else if let Some(way) = way.filter(|_| is_gone())
            && let Ok(moved) = Self::read(&normal(&normal(place).join(way)))
            && moved.plan.difference_beyond_space(&file.plan).is_empty()
        {
            file.document.folder = moved.document.folder;
        }

        Ok(file.expecting_what_is_left(&facts))
    }

    /// Returns the text to record for a study at `place`, with its facts and the path by which it
    /// finds its file after both were moved; a study in memory has no place.
    pub(crate) fn study_text(&self, place: Option<&Path>, facts: &StudyFacts) -> StudyText {
        let document = &self.document;
        // Relative, so that both may be moved together.
        let from_study = || {
            let own = document.resolve(Path::new(document.name()).file_name()?);
            let way = pathdiff::diff_paths(normal(&own), normal(place?))?;
            Some(way.to_str()?.to_owned())
        };

        let facts = StudyFacts { file: from_study(), ..facts.clone() };

        StudyText {
            text: document.text().to_owned(),
            folder: document.folder.display().to_string(),
            facts: facts.to_pairs(),
        }
    }

    /// As [`expecting`](Self::expecting), but without experience if it is lost: a study can be read
    /// in any case.
    #[must_use]
    pub(crate) fn expecting_what_is_left(self, facts: &StudyFacts) -> Self {
        self.clone().expecting(facts).unwrap_or_else(|lost| Self { lost, ..self })
    }

    /// Reads `text`, which the user knows as `name`; its paths are relative to `folder`.
    ///
    /// # Errors
    /// All faults found, in the order of the file.
    pub fn parse(name: &str, text: String, folder: PathBuf) -> Result<Self, Vec<Fault>> {
        let source = Arc::new(Source { name: name.to_owned(), text });
        let entries = tree::parse(&source)?;
        if entries.is_empty() {
            let fault =
                Fault::error("the file is empty: there is nothing to search").within(&source);
            return Err(vec![fault.hint("`tune init data.csv --target y` writes a first file")]);
        }

        let mut notes = Notes { source, faults: Vec::new(), spans: Spans::default() };
        let plan = lower(entries, &mut notes);
        let mut faults = notes.faults;
        let start =
            |fault: &Fault| fault.place.as_ref().and_then(|place| Some(place.span.as_ref()?.start));
        // In the order of the file, whichever reader found them.
        faults.sort_by_key(|fault| start(fault).unwrap_or(usize::MAX));

        match plan {
            Some(plan) if faults.is_empty() => {
                let document = Document::new(notes.source, folder, notes.spans);
                Ok(Self { document, plan, lost: Vec::new() })
            }
            _ => Err(faults),
        }
    }

    /// Returns the file with its learned prior mean for the data described by these facts;
    /// unchanged if no experience is requested, or none applies.
    ///
    /// # Errors
    /// If the experience file cannot be read, or is not the one that the study began with.
    pub fn expecting(self, facts: &StudyFacts) -> Result<Self, Vec<Fault>> {
        if !self.may_expect() {
            return Ok(self);
        }
        let at_key = |message: String| vec![self.document.fault_at("search.knowledge", message)];
        let text =
            experience::text(&self.plan.search.knowledge, &self.document.folder).map_err(at_key)?;
        let Some(text) = text else { return Ok(self) };
        let expected = experience::expect(&self.plan.written, &text, facts).map_err(at_key)?;
        let Some((space, prior_mean)) = expected else { return Ok(self) };
        let prior_mean = Some(Arc::new(prior_mean));
        Ok(Self { plan: StudyPlan { space, prior_mean, ..self.plan }, ..self })
    }

    /// Refuses to continue a study whose own experience file is unavailable; returns a warning if
    /// it came with the program.
    ///
    /// # Errors
    /// If the experience file cannot be read, or is not the one that the study began with.
    pub(crate) fn without_lost_experience(&self) -> Result<Option<Fault>, Vec<Fault>> {
        match self.plan.search.knowledge {
            _ if self.lost.is_empty() => Ok(None),
            Knowledge::File(_) => Err(self.lost.clone()),
            Knowledge::Trainer | Knowledge::None => Ok(Some(Fault::warning(format!(
                "`{}` began with another version's experience: its next trials are proposed without it",
                self.plan.name
            )))),
        }
    }

    /// Returns why the study's experience file is unavailable; `None` if it is available.
    pub fn lost_experience(&self) -> &[Fault] {
        &self.lost
    }

    /// Returns the SHA-256 of the experience of a study created from this file; `None` without.
    ///
    /// # Errors
    /// If the experience file cannot be read.
    pub(crate) fn experience_digest(&self) -> Result<Option<String>, Vec<Fault>> {
        if !self.may_expect() {
            return Ok(None);
        }
        let at_key = |message: String| vec![self.document.fault_at("search.knowledge", message)];
        let text =
            experience::text(&self.plan.search.knowledge, &self.document.folder).map_err(at_key)?;
        Ok(text.map(|text| experience::digest(&text)))
    }

    /// Whether a study of this file can be warm-started by experience.
    fn may_expect(&self) -> bool {
        self.plan.search.method.takes_prior_mean() && self.plan.evaluator() == Evaluator::Trainer
    }

    /// Whether the file states the study's name; otherwise the study has the file's name.
    pub(crate) fn names_itself(&self) -> bool {
        self.document.holds(&["study", "name"])
    }

    /// Parameters as a program is told them: values that were written as lists are lists.
    #[must_use]
    pub fn with_lists(&self, mut params: Map<String, Json>) -> Map<String, Json> {
        for (name, value) in &mut params {
            let Some(text) = value.as_str().filter(|_| self.plan.lists.contains(name)) else {
                continue;
            };
            if let Ok(list @ Json::Array(_)) = serde_json::from_str(text) {
                *value = list;
            }
        }
        params
    }

    /// Returns the file with its table at another path.
    #[must_use]
    pub fn with_data_at(mut self, path: &Path) -> Self {
        if let Some(data) = &mut self.plan.data {
            data.path = path.display().to_string();
        }
        self
    }

    /// Returns how the file says to read its table; `None` without a table.
    pub fn reading(&self) -> Option<ReadingKeys> {
        self.plan.data.as_ref().map(|data| data.reading.clone())
    }

    /// Returns the file with its table read according to these keys.
    #[must_use]
    pub fn read_by(mut self, reading: &ReadingKeys) -> Self {
        if let Some(data) = &mut self.plan.data {
            data.reading = reading.clone();
        }
        self
    }

    /// Returns the file under another name.
    #[must_use]
    pub fn called(self, name: String) -> Self {
        Self { plan: StudyPlan { name, ..self.plan }, ..self }
    }

    /// Returns the parameters that this file searches, that `written` does not have, and that have
    /// no default in the file.
    pub(crate) fn added_without_default(&self, written: &Self) -> Vec<&str> {
        let before = &written.plan.space;
        let searched = self.plan.space.parameters().iter().filter(|p| p.is_searched());
        searched
            .map(|p| p.name.as_str())
            .filter(|name| before.position(name).is_none())
            .filter(|name| !self.document.holds(&["space", name, "default"]))
            .collect()
    }
}

/// Returns the absolute path without `..`; links are not followed.
fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut normal = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => _ = normal.pop(),
            other => normal.push(other),
        }
    }
    normal
}

fn read_text(path: &Path) -> Result<String, Fault> {
    let shown = path.display();
    let cannot = |why: &dyn std::fmt::Display| Fault::error(format!("cannot read {shown}: {why}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| cannot(&error))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| cannot(&error))?;

    // A table that was given by mistake may have gigabytes.
    if bytes.len() as u64 > MOST_BYTES {
        return Err(cannot(&format_args!("it has more than {} MiB", MOST_BYTES >> 20)).hint(
            "a space file is a page of text; the table is named in it: [data] path = \"…\"",
        ));
    }

    if is_utf_16(&bytes) {
        return Err(cannot(&"it is UTF-16 and not UTF-8 text")
            .hint(format!("save it as UTF-8: iconv -f UTF-16 -t UTF-8 {shown} > NEW.toml")));
    }

    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|&byte| byte == b'\n').count();
        let column = 1 + valid.iter().rev().take_while(|&&byte| byte != b'\n').count();
        cannot(&format_args!("line {line}, byte {column} is not UTF-8"))
    })
}

/// Whether a text is in UTF-16: of the two bytes of an ASCII character one is NUL.
fn is_utf_16(bytes: &[u8]) -> bool {
    const LETTERS: usize = 8;
    let text = bytes.strip_prefix(&[0xff, 0xfe]).or_else(|| bytes.strip_prefix(&[0xfe, 0xff]));
    let mut letters = text.unwrap_or(bytes).chunks_exact(2).take(LETTERS).peekable();
    letters.peek().is_some() && letters.all(|pair| (pair[0] == 0) != (pair[1] == 0))
}

/// Reads and checks all sections; `None` if the file cannot define a study even with corrections
/// elsewhere.
fn lower(entries: Vec<Entry>, notes: &mut Notes) -> Option<StudyPlan> {
    let sections = Sections::read(entries, notes);

    // Checks across sections.
    relations::check(&sections.parts(), notes);
    let Sections { name, study, data, data_id, cv, search, lists, .. } = sections;
    let Sections { trial, stop, race, command, epochs, threads, run, evaluator, .. } = sections;
    let written = space::space(sections.parameters?, &sections.constraints, evaluator, notes)?;
    space::check_grid_size(&written, &search, notes);
    limits::check_epochs(epochs.as_ref(), &written, notes);

    // Checks of the trainer and the engine.
    let has_model = search.method.model().is_some();
    let is_guided =
        search.knowledge != Knowledge::None && has_model && evaluator == Evaluator::Trainer;
    let space = if is_guided { knowledge::add(&written) } else { written.clone() };
    let enqueue = space::complete(&space, &sections.enqueue, notes);
    let arguments = command.as_ref().map(|command| limits::arguments(command, &space, notes));

    let canonical = Canonical::of(&Written {
        study: &study,
        data: data.as_ref(),
        data_id: data_id.as_deref(),
        cv: &cv,
        search: &search,
        space: &written,
        enqueue: &sections.enqueue,
        trial: &trial,
        race: race.as_ref(),
        command: command.as_deref(),
        epochs: epochs.as_ref(),
        threads,
    });

    Some(StudyPlan {
        name,
        study,
        data,
        cv,
        search,
        written,
        space,
        prior_mean: None,
        enqueue,
        trial,
        stop,
        race,
        lists,
        data_id,
        command: arguments,
        epochs,
        threads,
        run,
        canonical,
    })
}
