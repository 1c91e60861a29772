//! The places of studies: the results root, a study's folder, and the arguments by which users name
//! them.

use crate::report::{Failure, pasted, printable, quoted};
use std::path::{Component, Path, PathBuf};

/// The results root unless `--results` names another.
pub const RESULTS: &str = "results";

/// The folder of one study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyFolder {
    path: PathBuf,
}

/// The meaning of the argument STUDY|FILE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A space file: the argument ends in `.toml`.
    File(PathBuf),
    /// An existing study.
    Study(StudyFolder),
}

impl StudyFolder {
    /// The folder of the study called `name` under a results root.
    pub fn new(root: &Path, name: &str) -> Self {
        Self { path: root.join(name) }
    }

    /// The study at `path`.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Finds a study by its name or its folder.
    ///
    /// # Errors
    /// A failure that names the existing studies.
    pub fn find(root: &Path, study: &str) -> Result<Self, Failure> {
        let mut components = Path::new(study).components();
        let is_name =
            matches!((components.next(), components.next()), (Some(Component::Normal(_)), None));
        // A name in the results root comes before a path of the same spelling.
        let candidates =
            [is_name.then(|| root.join(study)), (!study.is_empty()).then(|| PathBuf::from(study))];

        for path in candidates.into_iter().flatten() {
            let folder = Self { path };
            if folder.database().is_file() {
                return Ok(folder);
            }
        }

        let known = storage::studies(root)?;
        let names: Vec<String> = known
            .iter()
            .filter_map(|p| Some(printable(&p.file_name()?.to_string_lossy())))
            .collect();

        let hint = if names.is_empty() {
            format!("{} holds no studies yet; `tune run FILE` creates one", root.display())
        } else {
            format!("{} holds {}", root.display(), names.join(", "))
        };

        Err(crate::report::Fault::error(format!("no study {}", quoted(study))).hint(hint).into())
    }

    /// Returns the folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the study's name, which is the folder's.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(|| ".".to_owned(), |n| n.to_string_lossy().into_owned())
    }

    /// Returns the study as an argument for a shell command: its name if it lies in the default
    /// results root, else its folder.
    pub fn argument(&self) -> String {
        let is_usual = self.path.parent() == Some(Path::new(RESULTS));
        let text = if is_usual { self.name() } else { self.path.display().to_string() };
        pasted(&text)
    }

    /// Returns the path of the database.
    pub fn database(&self) -> PathBuf {
        self.path.join(storage::STUDY_FILE)
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Reference {
    /// Parses the argument STUDY|FILE.
    ///
    /// # Errors
    /// See [`StudyFolder::find`].
    pub fn read(root: &Path, argument: &str) -> Result<Self, Failure> {
        let is_file = Path::new(argument).extension().is_some_and(|e| e == "toml");
        if is_file {
            Ok(Self::File(argument.into()))
        } else {
            StudyFolder::find(root, argument).map(Self::Study)
        }
    }
}
