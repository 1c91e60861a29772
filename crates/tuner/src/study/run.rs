//! Evaluating a study's trials on a pool of threads, a fold at a time.
//!
//! One thread, the caller's, owns the study: it proposes, hands folds to the pool and takes in their results, so that no
//! lock is held while anything is trained. Results that arrive together, and the proposals that follow from them,
//! share one durable commit. Which fold ends first changes nothing but the order of rows in the store.

use super::handle::Study;
use super::objective::{self, Evaluation, Job, Objective};
use super::propose::{Next, Patience};
use super::rules::Ending;
use super::schedule::{Policy, Waiting};
use super::slot::Slot;
use crate::error::Error;
use crate::space::{Config, Space};
use crate::store::{Fold, Record};
use crate::trial::{FoldResult, State};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long epochs that were reported wait for the next fold to end before they are told of.
const LIVE: Duration = Duration::from_millis(200);

/// What a run needs from outside.
pub struct Surroundings<'a> {
    /// The pool whose threads evaluate folds.
    pub pool: &'a rayon::ThreadPool,
    /// Seconds since the run began.
    pub clock: &'a dyn Fn() -> f64,
    /// Whether the run is to stop: asked by the training threads too.
    pub is_interrupted: &'a (dyn Fn() -> bool + Sync),
    /// Told of what happens, on the caller's thread.
    pub observe: &'a mut dyn FnMut(&Study, Event<'_>),
}

/// Something that happened during a run.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A trial was proposed.
    Proposed(u64),
    /// A fold is being evaluated.
    Started {
        /// Its trial.
        trial: u64,
        /// Its split.
        split: usize,
    },
    /// An epoch of a fold ended: told within a fraction of a second, some of them together.
    Epoch {
        /// Its trial.
        trial: u64,
        /// Its split.
        split: usize,
        /// The epoch, from 1.
        epoch: u32,
        /// The loss after it, as reported.
        loss: f64,
    },
    /// A fold ended and counts.
    Finished {
        /// Its trial.
        trial: u64,
        /// Its split.
        split: usize,
        /// How it ended.
        result: &'a FoldResult,
    },
    /// A fold was given up, and does not count.
    Dropped {
        /// Its trial.
        trial: u64,
        /// Its split.
        split: usize,
    },
    /// A trial became final.
    Final(u64),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finish {
    /// The study is done.
    Done(Ending),
    /// It was interrupted, and can go on.
    Interrupted,
}

impl Study {
    /// Evaluates trials until the study ends or the run is interrupted, with at most one durable commit a fold.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails: what was durable stays so. [`Error::Method`] as for [`Study::ask`].
    pub fn run(
        &mut self,
        objective: &dyn Objective,
        around: Surroundings<'_>,
    ) -> Result<Finish, Error> {
        self.work(objective, around, Aim::Study)
    }

    /// Evaluates what is missing of one trial, and proposes nothing.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub fn run_trial(
        &mut self,
        trial: u64,
        objective: &dyn Objective,
        around: Surroundings<'_>,
    ) -> Result<Finish, Error> {
        self.work(objective, around, Aim::Trial(trial))
    }

    fn work(
        &mut self,
        objective: &dyn Objective,
        mut around: Surroundings<'_>,
        aim: Aim,
    ) -> Result<Finish, Error> {
        let is_failed = AtomicBool::new(false);
        let is_interrupted = around.is_interrupted;
        let is_unwanted =
            move |failed: &AtomicBool| failed.load(Ordering::Relaxed) || is_interrupted();
        around.pool.in_place_scope_fifo(|scope| {
            let is_failed = &is_failed;
            let spawn = |waiting: Arc<Waiting<Task>>| {
                scope.spawn_fifo(move |_| {
                    let task = waiting.take().expect("as many threads take as folds were added");
                    task.perform(objective, &|| is_unwanted(is_failed));
                });
            };
            let mut crew = Crew::new(&spawn, Policy::Trials);
            let finish = self.direct(&mut crew, &mut around, aim);
            // The scope waits for its threads: after an error, whatever they still do is of no use.
            is_failed.store(finish.is_err(), Ordering::Relaxed);
            finish
        })
    }

    /// Proposes, waits, and takes in what comes, until nothing is left to do.
    fn direct(
        &mut self,
        crew: &mut Crew<'_>,
        around: &mut Surroundings<'_>,
        aim: Aim,
    ) -> Result<Finish, Error> {
        let before = self.seconds();
        let is_aimed_at = |trial: u64| aim == Aim::Study || aim == Aim::Trial(trial);
        for (trial, slot) in self.slots().numbered() {
            if !slot.is_final() && is_aimed_at(trial) {
                crew.start(trial, slot, &self.results(trial));
            }
        }
        loop {
            let ending = match aim {
                _ if (around.is_interrupted)() => None,
                Aim::Study => self.fill_window(crew, around, before)?,
                Aim::Trial(_) => Some(Ending::Total),
            };
            if crew.outstanding == 0 {
                self.commit()?;
                return Ok(ending.map_or(Finish::Interrupted, Finish::Done));
            }
            let mut is_recorded = false;
            let messages = self.listen(crew, around);
            for message in messages {
                is_recorded |= self.take_in(message, crew, around, before)?;
            }
            // Proposals wait for the next fold: they would come out the same again.
            if is_recorded {
                self.commit()?;
            }
        }
    }

    /// Waits for messages from the pool; tells meanwhile of epochs.
    fn listen(&self, crew: &Crew<'_>, around: &mut Surroundings<'_>) -> Vec<Message> {
        loop {
            let messages = crew.wait();
            for Reported { trial, split, epoch, loss } in crew.take_reported() {
                (around.observe)(self, Event::Epoch { trial, split, epoch, loss });
            }
            if !messages.is_empty() {
                return messages;
            }
        }
    }

    /// Proposes as many trials as the window takes; returns why there are no more, if there are none.
    fn fill_window(
        &mut self,
        crew: &mut Crew<'_>,
        around: &mut Surroundings<'_>,
        before: f64,
    ) -> Result<Option<Ending>, Error> {
        loop {
            match self.propose(Patience::Wait, before + (around.clock)())? {
                Next::Trial(trial) => {
                    if let Some(slot) = self.slot(trial) {
                        crew.start(trial, slot, &self.results(trial));
                    }
                    (around.observe)(self, Event::Proposed(trial));
                }
                Next::Wait => return Ok(None),
                Next::Ended(ending) => return Ok(Some(ending)),
            }
        }
    }

    /// Takes in a message from the pool; tells whether there is something to commit.
    fn take_in(
        &mut self,
        message: Message,
        crew: &mut Crew<'_>,
        around: &mut Surroundings<'_>,
        before: f64,
    ) -> Result<bool, Error> {
        let (trial, split, evaluation) = match message {
            Message::Started(trial, split) => {
                (around.observe)(self, Event::Started { trial, split });
                return Ok(false);
            }
            Message::Ended(trial, split, evaluation) => (trial, split, evaluation),
        };
        crew.outstanding -= 1;
        let is_open = self.slots().get(trial).is_some_and(|slot| !slot.is_final());
        let is_wanted = is_open && crew.is_wanted(trial, split);
        let Some(evaluation) = evaluation.filter(|_| is_wanted) else {
            (around.observe)(self, Event::Dropped { trial, split });
            return Ok(false);
        };
        let now = before + (around.clock)();
        let result = evaluation.result;
        let ended =
            self.record(Record::Fold(Fold::new(trial, split, &result, evaluation.curve, now)))?;
        (around.observe)(self, Event::Finished { trial, split, result: &result });
        if let Some(trial) = ended {
            crew.cutoffs.remove(&trial);
            (around.observe)(self, Event::Final(trial));
        }
        Ok(true)
    }
}

/// What a run is to evaluate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    Study,
    Trial(u64),
}

/// The lowest split of a trial that is known not to be ok: folds beyond it are of no use.
type Cutoff = Arc<AtomicUsize>;

enum Message {
    Started(u64, usize),
    Ended(u64, usize, Option<Evaluation>),
}

/// An epoch that a fold reported.
struct Reported {
    trial: u64,
    split: usize,
    epoch: u32,
    loss: f64,
}

/// The threads at work, as their director sees them.
struct Crew<'a> {
    spawn: &'a dyn Fn(Arc<Waiting<Task>>),
    waiting: Arc<Waiting<Task>>,
    reported: Arc<Mutex<Vec<Reported>>>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    cutoffs: BTreeMap<u64, Cutoff>,
    /// Folds handed out that have not been heard of.
    outstanding: usize,
}

impl<'a> Crew<'a> {
    fn new(spawn: &'a dyn Fn(Arc<Waiting<Task>>), policy: Policy) -> Self {
        let (sender, receiver) = channel();
        Self {
            spawn,
            waiting: Arc::new(Waiting::new(policy)),
            reported: Arc::default(),
            sender,
            receiver,
            cutoffs: BTreeMap::new(),
            outstanding: 0,
        }
    }

    /// Hands out the folds that a trial still needs beside the results it has.
    fn start(&mut self, trial: u64, slot: &Slot, results: &[Option<FoldResult>]) {
        let is_bad = |r: &Option<FoldResult>| r.as_ref().is_some_and(|r| r.state != State::Ok);
        let cutoff = results.iter().position(is_bad).unwrap_or(results.len());
        let shared: Cutoff = Arc::new(AtomicUsize::new(cutoff));
        self.cutoffs.insert(trial, Arc::clone(&shared));
        for split in (0..cutoff).filter(|&split| results[split].is_none()) {
            self.outstanding += 1;
            let (config, space) = (Arc::clone(&slot.config), Arc::clone(&slot.space));
            let (cutoff, sender) = (Arc::clone(&shared), self.sender.clone());
            let reported = Arc::clone(&self.reported);
            let task = Task { trial, split, config, space, cutoff, sender, reported };
            self.waiting.add(trial, split, task);
            (self.spawn)(Arc::clone(&self.waiting));
        }
    }

    fn is_wanted(&self, trial: u64, split: usize) -> bool {
        self.cutoffs.get(&trial).is_none_or(|cutoff| split <= cutoff.load(Ordering::Relaxed))
    }

    /// Waits for a message, for a while, and takes what else is there.
    fn wait(&self) -> Vec<Message> {
        let first = self.receiver.recv_timeout(LIVE).ok();
        first.into_iter().chain(self.receiver.try_iter()).collect()
    }

    /// Takes the epochs that were reported since the last call.
    fn take_reported(&self) -> Vec<Reported> {
        std::mem::take(&mut *self.reported.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A fold to be evaluated.
struct Task {
    trial: u64,
    split: usize,
    config: Arc<Config>,
    space: Arc<Space>,
    cutoff: Cutoff,
    sender: Sender<Message>,
    reported: Arc<Mutex<Vec<Reported>>>,
}

impl Task {
    /// Evaluates the fold unless it is of no use.
    fn perform(self, objective: &dyn Objective, is_unwanted: &(dyn Fn() -> bool + Sync)) {
        let (trial, split) = (self.trial, self.split);
        let interrupt = || {
            let is_useless = is_unwanted() || self.cutoff.load(Ordering::Relaxed) < split;
            if is_useless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let report = |epoch: u32, loss: f64| {
            let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
            reported.push(Reported { trial, split, epoch, loss });
            ControlFlow::Continue(())
        };
        let mut evaluation = None;
        if interrupt().is_continue() {
            self.send(Message::Started(trial, split));
            let job = Job {
                trial,
                split,
                config: &self.config,
                space: &self.space,
                interrupt: &interrupt,
                report: &report,
            };
            evaluation = objective::evaluate(objective, &job);
        }
        if evaluation.as_ref().is_some_and(|e| e.result.state != State::Ok) {
            self.cutoff.fetch_min(split, Ordering::Relaxed);
        }
        self.send(Message::Ended(trial, split, evaluation));
    }

    fn send(&self, message: Message) {
        // After an error the director is gone: nobody wants to know.
        let _ = self.sender.send(message);
    }
}
