//! How a program is called: its arguments, its environment, and its working folder.

use crate::file::placeholder::{Argument, Piece};
use crate::file::{SpaceFile, Variables};
use crate::output::sheet::json;
use crate::report::{pasted, printable};
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tuner::seed::Streams;
use tuner::space::{Config, Space};
use tuner::study::Job;

/// The command of a file as the user would write it in a shell, with its placeholders; `None` if
/// there is none.
pub fn command_in_words(file: &SpaceFile) -> Option<String> {
    let shown = |argument: &Argument| -> String {
        let pieces = argument.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => printable(text),
            Piece::Parameter(index) => format!("{{{}}}", file.plan.space.parameters()[*index].name),
            Piece::Flag(index, text) => {
                format!("{{{}?{}}}", file.plan.space.parameters()[*index].name, printable(text))
            }
        });
        pasted(&pieces.collect::<String>())
    };
    Some(file.plan.command.as_deref()?.iter().map(shown).collect::<Vec<_>>().join(" "))
}

/// How the program of a study is called.
pub struct Invocation<'a> {
    arguments: &'a [Argument],
    /// The file's space, whose positions placeholders use; a trial may come from another space.
    space: &'a Space,
    /// The file's folder, in which the program runs.
    folder: &'a Path,
    folds: usize,
    streams: Streams,
    /// Number of threads for its libraries.
    threads: Option<u64>,
    /// Variables by slot.
    slots: &'a [Variables],
    /// The file, which says what is a list.
    file: &'a SpaceFile,
}

/// The variables that tell libraries the number of threads.
const THREADS: [&str; 6] = [
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
];

/// The variable that names the fold's own folder.
pub(crate) const FOLDER_VARIABLE: &str = "TUNE_DIR";

/// The fold's own folder, inside the study's.
pub(crate) fn fold_folder(study: &Path, trial: u64, split: usize) -> PathBuf {
    study.join(storage::TRIALS).join(trial.to_string()).join(split.to_string())
}

/// The log of a fold: everything that its program printed except answers.
pub fn log_of(study: &Path, trial: u64, split: usize) -> PathBuf {
    fold_folder(study, trial, split).join("output.log")
}

/// The file of a fold that appears when its program must stop.
pub(crate) fn stop_file(fold_folder: &Path) -> PathBuf {
    fold_folder.join("stop")
}

impl<'a> Invocation<'a> {
    /// The invocation of a file's command, if it has one.
    pub fn of(file: &'a SpaceFile) -> Option<Self> {
        let arguments = file.plan.command.as_deref()?;
        let (folder, folds, streams) =
            (&file.document.folder, file.plan.cv.folds as usize, Streams::new(file.plan.cv.seed));
        let (threads, slots) = (file.plan.threads, file.plan.run.slots.as_slice());
        Some(Self {
            arguments,
            space: &file.plan.space,
            folder,
            folds,
            streams,
            threads,
            slots,
            file,
        })
    }

    /// Returns the program and its arguments for a configuration of `space`. An argument is omitted
    /// if all parameters in it are inactive, together with the flag before it if it is that flag's
    /// value.
    pub fn words(&self, space: &Space, config: &Config) -> Vec<String> {
        let value = |index: usize| {
            let position = space.position(&self.space.parameters()[index].name)?;
            Some(config.get(position)?.to_string())
        };

        let mut words = Vec::with_capacity(self.arguments.len());
        for (index, argument) in self.arguments.iter().enumerate() {
            let flag = index.checked_sub(1).map(|before| &self.arguments[before]);
            match argument.fill(value) {
                Some(word) => words.push(word),
                // Without a program there is no command: it fails by its empty name.
                None if index == 0 => words.push(String::new()),
                None if argument.is_bare_placeholder()
                    && index > 1
                    && flag.is_some_and(Argument::is_lone_flag) =>
                {
                    words.pop();
                }
                None => {}
            }
        }

        words
    }

    /// Returns the command for one fold of one trial; `own_folder` is the fold's.
    pub fn command(&self, job: &Job<'_>, own_folder: &Path) -> Command {
        let words = self.words(job.space, job.config);
        let (program, arguments) = words.split_first().expect("a command has at least a program");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder).env(FOLDER_VARIABLE, own_folder);
        command.env("TUNE_STOP", stop_file(own_folder));
        command.env("TUNE_PARAMS", self.params(job).to_string());
        command.env("TUNE_TRIAL", job.trial.to_string());
        command.env("TUNE_REPEAT", (job.split / self.folds).to_string());
        command.env("TUNE_FOLD", (job.split % self.folds).to_string());
        command.env("TUNE_FOLDS", self.folds.to_string());

        // Numbers the programs that run at the same time; it must not affect the outcome.
        let slot = rayon::current_thread_index().unwrap_or(0);
        command.env("TUNE_SLOT", slot.to_string());
        let of_slot = slot.checked_rem(self.slots.len()).map(|slot| &self.slots[slot]);
        command.envs(of_slot.into_iter().flatten().map(|(name, value)| (name, value)));

        let unset = THREADS.into_iter().filter(|name| std::env::var_os(name).is_none());
        if let Some(threads) = self.threads {
            command.envs(unset.map(|name| (name, threads.to_string())));
        }

        command.env("TUNE_SEED", self.streams.command_seed(job.split).to_string());
        command
    }

    /// The active parameters by name, with the types of the file.
    fn params(&self, job: &Job<'_>) -> Json {
        let named = job.space.named(job.config).map(|(name, value)| (name.to_owned(), json(value)));
        Json::Object(self.file.with_lists(named.collect::<Map<String, Json>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;
    use tuner::space::Value;
    use tuner::study::UNHEARD;

    fn told(set: &[(&str, Value)]) -> (Vec<String>, Vec<(String, String)>) {
        let text = "[objective]\ncommand = [\"./t\", \"--m={momentum}\", \"{kind}\", \
                    \"--momentum\", \"{momentum}\", \"-v\", \"m {momentum}\", \"end\"]\n[cv]\nfolds = 3\nrepeats = 2\n\
                    [search]\ntrials = 2\n[space]\nkind = { type = \"categorical\", values = [\"a b\", \"c\"] }\n\
                    momentum = { type = \"float\", low = 0, high = 1, when = { kind = [\"c\"] } }\nwidth = 8\n";
        let file =
            SpaceFile::parse("space.toml", text.to_owned(), PathBuf::from("/home/me")).unwrap();
        let set: Vec<(String, Value)> =
            set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let config = file.plan.space.complete(&set).unwrap();
        let interrupt = || ControlFlow::Continue(());
        let job = Job {
            trial: 7,
            split: 4,
            config: &config,
            space: &file.plan.space,
            interrupt: &interrupt,
            report: UNHEARD,
        };
        let invocation = Invocation::of(&file).unwrap();
        let command = invocation.command(&job, Path::new("/own"));
        assert_eq!(command.get_current_dir(), Some(Path::new("/home/me")));
        let text = |text: &std::ffi::OsStr| text.to_str().unwrap().to_owned();
        let variables =
            command.get_envs().map(|(name, value)| (text(name), text(value.unwrap()))).collect();
        (invocation.words(&file.plan.space, &config), variables)
    }

    #[test]
    fn arguments_are_one_word_each_and_inactive_ones_are_left_out_with_their_flag() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(told(&[("kind", text("a b"))]).0, ["./t", "a b", "-v", "end"]);
        assert_eq!(
            told(&[("kind", text("c")), ("momentum", Value::Float(0.5))]).0,
            ["./t", "--m=0.5", "c", "--momentum", "0.5", "-v", "m 0.5", "end"]
        );
    }

    #[test]
    fn the_environment_names_the_fold() {
        let (_, variables) = told(&[("kind", Value::Text("a b".to_owned()))]);
        let get =
            |name: &str| variables.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        assert_eq!(get("TUNE_PARAMS"), Some("{\"kind\":\"a b\",\"width\":8}"));
        let names = ["TUNE_TRIAL", "TUNE_REPEAT", "TUNE_FOLD", "TUNE_FOLDS", "TUNE_DIR"];
        assert_eq!(names.map(get), ["7", "1", "1", "3", "/own"].map(Some));
        let seed: u32 = get("TUNE_SEED").unwrap().parse().unwrap();
        assert!(seed < 1 << 31);
    }
}
