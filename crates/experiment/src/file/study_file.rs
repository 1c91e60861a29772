//! A whole space file.

use super::canonical::{Canonical, Difference, Written};
use super::data::{self, CvSection, DataSection};
use super::keys::FILE;
use super::limits::{self, RunSection, TrialLimits};
use super::placeholder::Argument;
use super::reader::{Notes, Reader};
use super::relations::{self, Evaluator, Parts};
use super::spans::Spans;
use super::study::{self, Knowledge, SearchSection, StudySection};
use super::tree::{self, Entry, Item, Node};
use super::{experience, knowledge, lists, parameter, space};
use crate::report::{Fault, Source, pasted};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tuner::Error;
use tuner::space::{Config, Space};
use tuner::store::StudyText;
use tuner::study::{Method, StopRules, StudySpec};

/// A space file, checked as far as it can be without its data.
#[derive(Clone, Debug)]
pub struct StudyFile {
    /// The text, and the name it was given by.
    pub source: Arc<Source>,
    /// The absolute folder in which its paths resolve and its commands run.
    pub folder: PathBuf,
    /// The study's name, safe as the name of a folder; default: the file's stem.
    pub name: String,
    /// `[study]`.
    pub study: StudySection,
    /// `[data]`; with it and without a command, the built-in trainer is trained.
    pub data: Option<DataSection>,
    /// `[cv]`.
    pub cv: CvSection,
    /// `[search]`.
    pub search: SearchSection,
    /// `[space]` and `[[constraints]]`, with the trainer's first guesses where they are asked for.
    pub space: Space,
    /// The same as the file has it.
    written: Space,
    /// `[[enqueue]]`, completed.
    pub enqueue: Vec<Config>,
    /// `[trial]`.
    pub trial: TrialLimits,
    /// `[stop]`.
    pub stop: StopRules,
    /// `[objective]`: a program and its arguments.
    pub command: Option<Vec<Argument>>,
    /// `[run]`.
    pub run: RunSection,
    canonical: Canonical,
    spans: Spans,
    /// Why the experience that the study was begun with is not at hand.
    lost: Vec<Fault>,
}

/// The fact that leads from a study to its file.
const FILE_FACT: &str = "file";

/// Trials before a model that knows nothing: a Gaussian process says something of few, densities of good trials do not.
const STARTUP: u64 = 4;
const TPE_STARTUP: u64 = 10;

/// A larger file is not a space file.
const MOST_BYTES: u64 = 16 << 20;

impl StudyFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// All faults found, in the order of the file: unreadable, not TOML, unknown keys, wrong values.
    pub fn read(path: &Path) -> Result<Self, Vec<Fault>> {
        if let Some(fault) = table_for_file(path) {
            return Err(vec![fault]);
        }
        let text = read_text(path).map_err(|fault| vec![fault])?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = absolute.parent().map(Path::to_owned).unwrap_or_default();
        Self::parse(&path.display().to_string(), text, folder)
    }

    /// Reads the file of a study that was begun, as it was then; the fact `name` says what it was called. Its paths resolve
    /// in `given`, if there is such a folder; else where the file was read; and where it is no longer there, as in a project
    /// that was moved as a whole, where the fact `file` leads to from the study at `place`, if that file is the same.
    ///
    /// # Errors
    /// As [`parse`](Self::parse): the file was written for another version of the program.
    pub fn of_study(
        study: &StudyText,
        place: &Path,
        given: Option<&Path>,
    ) -> Result<Self, Vec<Fault>> {
        let fact = |name: &str| {
            study.facts.iter().find(|(fact, _)| fact == name).map(|(_, value)| value.as_str())
        };
        let name = format!("{}.toml", fact("name").unwrap_or("space"));
        let recorded = PathBuf::from(&study.folder);
        let mut file = Self::parse(&name, study.text.clone(), recorded.clone())?;
        let way = fact(FILE_FACT).map(Path::new);
        let is_gone =
            || way.and_then(Path::file_name).is_some_and(|name| !recorded.join(name).exists());
        if let Some(given) = given {
            given.clone_into(&mut file.folder);
        } else if let Some(way) = way.filter(|_| is_gone())
            && let Ok(moved) = Self::read(&normal(&normal(place).join(way)))
            && moved.difference_beyond_space(&file).is_empty()
        {
            file.folder = moved.folder;
        }
        Ok(file.expecting_what_is_left(&study.facts))
    }

    /// The text for the records of a study at `place`, with the facts about it and one more, by which it finds its file
    /// where both were moved.
    pub fn study_text(&self, place: &Path, facts: &[(String, String)]) -> StudyText {
        let from_study = || {
            let own = self.folder.join(Path::new(&self.source.name).file_name()?);
            let way = pathdiff::diff_paths(normal(&own), normal(place))?;
            Some((FILE_FACT.to_owned(), way.to_str()?.to_owned()))
        };
        let others = facts.iter().filter(|(name, _)| name != FILE_FACT).cloned();
        let facts = others.chain(from_study()).collect();
        StudyText { text: self.text().to_owned(), folder: self.folder.display().to_string(), facts }
    }

    /// As [`expecting`](Self::expecting), but without an experience that is lost: a study can be looked at whatever became
    /// of it.
    #[must_use]
    pub fn expecting_what_is_left(self, facts: &[(String, String)]) -> Self {
        self.clone().expecting(facts).unwrap_or_else(|lost| Self { lost, ..self })
    }

    /// Reads `text`, known to the person as `name`; `folder` is where its paths resolve.
    ///
    /// # Errors
    /// All faults found, in the order of the file.
    pub fn parse(name: &str, text: String, folder: PathBuf) -> Result<Self, Vec<Fault>> {
        let source = Arc::new(Source { name: name.to_owned(), text });
        let entries = tree::parse(&source)?;
        if entries.is_empty() {
            let fault =
                Fault::error("the file is empty: it says nothing to search").within(&source);
            return Err(vec![
                fault.hint("`tune init data.csv --target y` writes a file to begin with"),
            ]);
        }
        let mut notes = Notes { source, faults: Vec::new(), spans: Spans::default() };
        let file = lower(entries, folder, &mut notes);
        let mut faults = notes.faults;
        let start =
            |fault: &Fault| fault.place.as_ref().and_then(|place| Some(place.span.as_ref()?.start));
        faults.sort_by_key(|fault| start(fault).unwrap_or(usize::MAX));
        match file {
            Some(file) if faults.is_empty() => Ok(Self { spans: notes.spans, ..file }),
            _ => Err(faults),
        }
    }

    /// Tells what evaluates the trials.
    pub fn evaluator(&self) -> Evaluator {
        relations::evaluator(self.data.is_some(), self.command.is_some())
    }

    /// Splits of a trial.
    pub fn n_splits(&self) -> usize {
        (self.cv.folds * self.cv.repeats) as usize
    }

    /// Lowers the file to the engine's own terms.
    pub fn spec(&self) -> StudySpec {
        StudySpec {
            seed: self.study.seed,
            method: self.search.method,
            trials: self.search.trials,
            parallel: self.search.parallel,
            startup: self.startup(),
            space: self.space.clone(),
            enqueue: self.enqueue.clone(),
            n_splits: self.n_splits(),
            direction: self.study.direction,
            stop: self.stop,
        }
    }

    /// Trials before the model: as written, else none where experience takes their place.
    pub fn startup(&self) -> u64 {
        let usual = match self.search.method {
            Method::Tpe => TPE_STARTUP,
            _ if self.space.experience().is_some() => 0,
            _ => STARTUP,
        };
        self.search.startup.unwrap_or(usual)
    }

    /// The same file with what experience expects of the loss on the data that these facts of a study are about; unchanged
    /// where no experience is asked for, or none applies.
    ///
    /// # Errors
    /// If the file of experience cannot be read, or is no longer the one that the study was begun with.
    pub fn expecting(self, facts: &[(String, String)]) -> Result<Self, Vec<Fault>> {
        if self.search.method != Method::Bayes || self.evaluator() != Evaluator::Trainer {
            return Ok(self);
        }
        let at_key = |message: String| vec![self.fault_at("search.knowledge", message)];
        let text = experience::text(&self.search.knowledge, &self.folder).map_err(at_key)?;
        let Some(text) = text else { return Ok(self) };
        let space = experience::expect(&self.written, &text, facts).map_err(at_key)?;
        Ok(Self { space: space.unwrap_or(self.space), ..self })
    }

    /// Refuses to go on with a study whose own file of experience is no longer at hand; returns a warning if it is the one
    /// that came with the program.
    ///
    /// # Errors
    /// If the file of experience cannot be read, or is no longer the one that the study was begun with.
    pub fn without_lost_experience(&self) -> Result<Option<Fault>, Vec<Fault>> {
        match self.search.knowledge {
            _ if self.lost.is_empty() => Ok(None),
            Knowledge::File(_) => Err(self.lost.clone()),
            Knowledge::Trainer | Knowledge::None => Ok(Some(Fault::warning(format!(
                "`{}` was begun with another version's experience: its next trials are proposed without",
                self.name
            )))),
        }
    }

    /// Why the experience that the study was begun with is not at hand; nothing if it is.
    pub fn lost_experience(&self) -> &[Fault] {
        &self.lost
    }

    /// What a study begun from this file keeps of its experience, to know it again.
    ///
    /// # Errors
    /// If the file of experience cannot be read.
    pub fn experience_fact(&self) -> Result<Option<(String, String)>, Vec<Fault>> {
        if self.search.method != Method::Bayes || self.evaluator() != Evaluator::Trainer {
            return Ok(None);
        }
        let at_key = |message: String| vec![self.fault_at("search.knowledge", message)];
        let text = experience::text(&self.search.knowledge, &self.folder).map_err(at_key)?;
        Ok(text.map(|text| (experience::FACT.to_owned(), experience::digest(&text))))
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// What `[space]` and `[[constraints]]` say, in one form for hashing: JSON with sorted keys.
    pub fn canonical_space(&self) -> String {
        self.canonical.to_json(&["[space]", "[[constraints]]"])
    }

    /// Lists what this file says otherwise than `written`, among what can change a result; not how the table is read, of
    /// which the study keeps the outcome.
    pub fn difference_from(&self, written: &Self) -> Vec<String> {
        let differences = written.canonical.differences(&self.canonical);
        differences.iter().filter(|d| !d.is_of_reading()).map(ToString::to_string).collect()
    }

    /// Tells whether the file says what the study is called; else it is called like the file.
    pub fn names_itself(&self) -> bool {
        self.spans.holds(&["study", "name"])
    }

    /// The same file under another name.
    #[must_use]
    pub fn called(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// Lists, of what this file says otherwise than `written`, what is not the space: trials of both are not one study's.
    pub fn difference_beyond_space(&self, written: &Self) -> Vec<String> {
        let differences = written.canonical.differences(&self.canonical);
        differences
            .iter()
            .filter(|d| !d.is_of_space() && !d.is_of_reading())
            .map(ToString::to_string)
            .collect()
    }

    /// Tells whether this file has trials evaluated by another command than `written`.
    pub fn changes_command(&self, written: &Self) -> bool {
        written.canonical.differences(&self.canonical).iter().any(Difference::is_of_command)
    }

    /// Names the parameters that this file searches, that `written` does not have, and to which the file itself gives no
    /// default.
    pub fn added_without_default(&self, written: &Self) -> Vec<&str> {
        let added = self
            .space
            .parameters()
            .iter()
            .filter(|p| p.is_searched() && written.space.position(&p.name).is_none());
        added
            .map(|p| p.name.as_str())
            .filter(|name| !self.spans.holds(&["space", name, "default"]))
            .collect()
    }

    /// Tells whether the file itself gives a searched parameter a default.
    pub fn gives_defaults(&self) -> bool {
        self.written
            .parameters()
            .iter()
            .any(|parameter| parameter.is_searched() && parameter.default.is_some())
    }

    /// An error at the value of a key such as `data.path`, or at the nearest table around it.
    pub fn fault_at(&self, dotted: &str, message: impl std::fmt::Display) -> Fault {
        let path: Vec<&str> = dotted.split('.').collect();
        self.error_at(&path, message)
    }

    /// As [`fault_at`](Self::fault_at), by the parts of the path: names of parameters may hold dots.
    pub fn error_at(&self, path: &[&str], message: impl std::fmt::Display) -> Fault {
        self.spans.place(Fault::error(message), &self.source, path, |spot| &spot.value)
    }

    /// A warning at the key at `path`.
    pub fn warning_at(&self, path: &[&str], message: impl std::fmt::Display) -> Fault {
        self.spans.place(Fault::warning(message), &self.source, path, |spot| &spot.key)
    }

    /// A warning at the value at `path`.
    pub fn warning_at_value(&self, path: &[&str], message: impl std::fmt::Display) -> Fault {
        self.spans.place(Fault::warning(message), &self.source, path, |spot| &spot.value)
    }

    /// Shows an error of the engine at the line that caused it.
    pub fn locate(&self, error: &Error) -> Fault {
        space::locate(error, &self.source, &self.spans)
    }
}

/// The absolute path without `..`; links are not looked into.
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
    if bytes.len() as u64 > MOST_BYTES {
        return Err(cannot(&format_args!("it has more than {} MiB", MOST_BYTES >> 20)).hint(
            "a space file is a page of text; the table is named in it: [data] path = \"…\"",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|&byte| byte == b'\n').count();
        let column = 1 + valid.iter().rev().take_while(|&&byte| byte != b'\n').count();
        cannot(&format_args!("line {line}, byte {column} is not UTF-8"))
    })
}

/// Reads all sections; none if the file cannot make a study whatever else is mended.
fn lower(entries: Vec<Entry>, folder: PathBuf, notes: &mut Notes) -> Option<StudyFile> {
    let end = notes.source.text.len();
    let whole = Node { span: end..end, item: Item::Table(take_reserved(entries, notes)) };
    let reader = Reader::open(&FILE, &[], &whole, notes);
    let node = |key: &str| reader.node(key);
    let [study, data, cv, search, space] = ["study", "data", "cv", "search", "space"].map(node);
    let [enqueue, constraints, trial, stop, objective, run] =
        ["enqueue", "constraints", "trial", "stop", "objective", "run"].map(node);
    let (name, study) = study::study(study, notes);
    let cv = data::cv(cv, data.is_some(), notes);
    let evaluator = relations::evaluator(data.is_some(), objective.is_some());
    let data = data.and_then(|node| data::data(node, notes));
    let search = study::search(search, notes);
    let parameters = parameter::parameters(space, notes);
    let constraints = constraints.map(|node| lists::constraints(node, notes)).unwrap_or_default();
    let given = enqueue.map(|node| lists::enqueue(node, notes)).unwrap_or_default();
    let trial = limits::trial(trial, notes);
    let stop = limits::stop(stop, notes);
    let command = objective.and_then(|node| limits::objective(node, notes));
    let run = limits::run(run, notes);
    let parts = Parts { study: &study, data: data.as_ref(), cv: &cv, search: &search, evaluator };
    relations::check(&parts, notes);
    let written = space::space(parameters?, &constraints, evaluator, notes)?;
    space::check_grid_size(&written, &search, notes);
    let has_model = matches!(search.method, Method::Bayes | Method::Tpe);
    let is_guided =
        search.knowledge != Knowledge::None && has_model && evaluator == Evaluator::Trainer;
    let space = if is_guided { knowledge::add(&written) } else { written.clone() };
    let enqueue = space::complete(&space, &given, notes);
    let arguments = command.as_ref().map(|command| limits::arguments(command, &space, notes));
    let source = Arc::clone(&notes.source);
    let canonical = Canonical::of(&Written {
        study: &study,
        data: data.as_ref(),
        cv: &cv,
        search: &search,
        space: &written,
        enqueue: &given,
        trial: &trial,
        command: command.as_deref(),
    });
    let spans = Spans::default();
    Some(StudyFile {
        source,
        folder,
        name,
        study,
        data,
        cv,
        search,
        written,
        space,
        enqueue,
        trial,
        stop,
        command: arguments,
        run,
        canonical,
        spans,
        lost: Vec::new(),
    })
}

/// Names `[race]`, which is to come, as what it is.
fn take_reserved(entries: Vec<Entry>, notes: &mut Notes) -> Vec<Entry> {
    let (reserved, entries): (Vec<Entry>, _) =
        entries.into_iter().partition(|entry| entry.key == "race");
    for entry in reserved {
        let message = "[race] is reserved: stopping hopeless trials early is not in this release";
        notes.fault(&entry.key_span, message).hints.push("remove the section".to_owned());
    }
    entries
}

/// The fault of a table where a space file is due, told by its name.
fn table_for_file(path: &Path) -> Option<Fault> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let is_table = [".csv", ".tsv", ".tab", ".data", ".parquet", ".xlsx", ".xls", ".arff", ".json"]
        .iter()
        .any(|end| name.ends_with(end));
    is_table.then(|| {
        let shown = path.display().to_string();
        let fault = Fault::error(format!("expected a space file, found the table {shown}"));
        fault.hint(format!(
            "`tune init {} --target COLUMN` writes a space file for it",
            pasted(&shown)
        ))
    })
}
