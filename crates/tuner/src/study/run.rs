//! Evaluates a study's trials on a pool of threads, a fold at a time.
//!
//! One thread, the caller's, owns the study: it proposes, dispatches folds to the pool and receives
//! their results, so that no lock is held during training. Results that arrive together, and the
//! proposals that follow from them, share one durable commit. The order in which folds end changes
//! nothing but the order of rows in the store.

use super::handle::Study;
use super::objective::{self, Evaluation, Job, Objective};
use super::propose::{Next, Patience};
use super::racing::TrialRace;
use super::rules::Ending;
use super::schedule::{Policy, Waiting};
use super::slot::Slot;
use crate::error::Error;
use crate::space::{Config, Space};
use crate::store::{FoldRecord, Record};
use crate::trial::{FoldResult, State};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Delay before reported epochs are passed on to the observer, unless a fold ends earlier.
const LIVE: Duration = Duration::from_millis(200);

/// What a run needs from its caller.
pub struct RunContext<'a> {
    /// The pool of threads that evaluate folds.
    pub pool: &'a rayon::ThreadPool,
    /// Seconds since the run began.
    pub clock: &'a dyn Fn() -> f64,
    /// Whether the run must stop; training threads call it too.
    pub is_interrupted: &'a (dyn Fn() -> bool + Sync),
    /// Receives events, on the caller's thread.
    pub observe: &'a mut dyn FnMut(&Study, Event<'_>),
}

/// An event of a run.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A trial was proposed.
    Proposed(u64),
    /// The evaluation of a fold begins.
    Started {
        /// The trial's number.
        trial: u64,
        /// The fold's split.
        split: usize,
    },
    /// An epoch of a fold ended: reported within a fraction of a second, some of them together.
    Epoch {
        /// The trial's number.
        trial: u64,
        /// The fold's split.
        split: usize,
        /// The epoch, from 1.
        epoch: u32,
        /// The loss after it, as reported.
        loss: f64,
    },
    /// A fold ended and counts.
    Finished {
        /// The trial's number.
        trial: u64,
        /// The fold's split.
        split: usize,
        /// The fold's result.
        result: &'a FoldResult,
    },
    /// A fold was abandoned, and does not count.
    Dropped {
        /// The trial's number.
        trial: u64,
        /// The fold's split.
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
    /// The run was interrupted, and can continue.
    Interrupted,
}

impl Study {
    /// Evaluates trials until the study ends or the run is interrupted, with at most one durable
    /// commit per fold.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails; durable records remain. [`Error::Method`] as for
    /// [`Study::ask`].
    pub fn run(
        &mut self,
        objective: &dyn Objective,
        around: RunContext<'_>,
    ) -> Result<Finish, Error> {
        self.work(objective, around, Target::Study)
    }

    /// Evaluates the missing folds of one trial, and proposes nothing.
    ///
    /// # Errors
    /// [`Error::Store`] if the store fails.
    pub fn run_trial(
        &mut self,
        trial: u64,
        objective: &dyn Objective,
        around: RunContext<'_>,
    ) -> Result<Finish, Error> {
        self.work(objective, around, Target::Trial(trial))
    }

    fn work(
        &mut self,
        objective: &dyn Objective,
        mut around: RunContext<'_>,
        aim: Target,
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
            // With racing, later folds may become superfluous, so they start late.
            let policy = if self.spec.race.is_some() { Policy::Folds } else { Policy::Trials };
            let mut crew = Dispatcher::new(&spawn, policy);
            let finish = self.drive(&mut crew, &mut around, aim);
            // The scope waits for its threads; after an error their results are not needed.
            is_failed.store(finish.is_err(), Ordering::Relaxed);
            finish
        })
    }

    /// Proposes, waits, and handles messages, until nothing is left to do.
    fn drive(
        &mut self,
        crew: &mut Dispatcher<'_>,
        around: &mut RunContext<'_>,
        aim: Target,
    ) -> Result<Finish, Error> {
        let before = self.seconds();
        let is_aimed_at = |trial: u64| aim == Target::Study || aim == Target::Trial(trial);
        for (trial, slot) in self.slots().numbered() {
            if !slot.is_final() && is_aimed_at(trial) {
                crew.start(trial, slot, &self.results(trial), self.race_of(trial));
            }
        }

        loop {
            let ending = match aim {
                _ if (around.is_interrupted)() => None,
                Target::Study => self.fill_window(crew, around, before)?,
                Target::Trial(_) => Some(Ending::Total),
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
            // Proposals wait for the next fold, since nothing changes before.
            if is_recorded {
                self.commit()?;
            }
        }
    }

    /// Waits for messages from the pool, and passes on reported epochs meanwhile.
    fn listen(&self, crew: &Dispatcher<'_>, around: &mut RunContext<'_>) -> Vec<Message> {
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

    /// Proposes as many trials as the window allows; returns the reason if there are no more.
    fn fill_window(
        &mut self,
        crew: &mut Dispatcher<'_>,
        around: &mut RunContext<'_>,
        before: f64,
    ) -> Result<Option<Ending>, Error> {
        loop {
            match self.propose(Patience::Wait, before + (around.clock)())? {
                Next::Trial(trial) => {
                    if let Some(slot) = self.slot(trial) {
                        crew.start(trial, slot, &self.results(trial), self.race_of(trial));
                    }
                    // After the trial has started, so that a slow observer delays nothing.
                    (around.observe)(self, Event::Proposed(trial));
                }
                Next::Wait => return Ok(None),
                Next::Ended(ending) => return Ok(Some(ending)),
            }
        }
    }

    /// Handles a message from the pool; returns whether there is something to commit.
    fn take_in(
        &mut self,
        message: Message,
        crew: &mut Dispatcher<'_>,
        around: &mut RunContext<'_>,
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
        // A result that arrives after its trial became final must not be recorded: a replay would
        // differ.
        let Some(evaluation) = evaluation.filter(|_| is_wanted) else {
            (around.observe)(self, Event::Dropped { trial, split });
            return Ok(false);
        };

        let now = before + (around.clock)();
        let result = evaluation.result;
        let ended = self.record(Record::Fold(FoldRecord::new(
            trial,
            split,
            &result,
            evaluation.curve,
            now,
        )))?;
        (around.observe)(self, Event::Finished { trial, split, result: &result });

        let race = crew.open.get(&trial).and_then(|open| open.race.clone());
        let is_raced = match &race {
            Some(race) => self.race(trial, race)?,
            None => false,
        };

        if is_raced || ended.is_some() {
            crew.close(trial);
            (around.observe)(self, Event::Final(trial));
        }

        Ok(true)
    }
}

/// What a run evaluates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Study,
    Trial(u64),
}

/// The lowest split of a trial that is known not to be ok; later folds are not needed.
type Cutoff = Arc<AtomicUsize>;

/// A trial whose folds are being evaluated.
struct Open {
    cutoff: Cutoff,
    race: Option<Arc<TrialRace>>,
}

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

/// The pool's work, from the dispatching thread's side.
struct Dispatcher<'a> {
    spawn: &'a dyn Fn(Arc<Waiting<Task>>),
    waiting: Arc<Waiting<Task>>,
    reported: Arc<Mutex<Vec<Reported>>>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    open: BTreeMap<u64, Open>,
    /// Number of dispatched folds that have not answered.
    outstanding: usize,
}

impl<'a> Dispatcher<'a> {
    fn new(spawn: &'a dyn Fn(Arc<Waiting<Task>>), policy: Policy) -> Self {
        let (sender, receiver) = channel();
        Self {
            spawn,
            waiting: Arc::new(Waiting::new(policy)),
            reported: Arc::default(),
            sender,
            receiver,
            open: BTreeMap::new(),
            outstanding: 0,
        }
    }

    /// Dispatches the folds that a trial still needs.
    fn start(
        &mut self,
        trial: u64,
        slot: &Slot,
        results: &[Option<FoldResult>],
        race: Option<TrialRace>,
    ) {
        let is_bad = |r: &Option<FoldResult>| r.as_ref().is_some_and(|r| r.state != State::Ok);
        // Folds after one that failed are not needed.
        let cutoff = results.iter().position(is_bad).unwrap_or(results.len());
        let shared: Cutoff = Arc::new(AtomicUsize::new(cutoff));
        let race = race.map(Arc::new);
        self.open.insert(trial, Open { cutoff: Arc::clone(&shared), race: race.clone() });

        for split in (0..cutoff).filter(|&split| results[split].is_none()) {
            self.outstanding += 1;
            let (config, space) = (Arc::clone(&slot.config), Arc::clone(&slot.space));
            let (cutoff, sender) = (Arc::clone(&shared), self.sender.clone());
            let (reported, race) = (Arc::clone(&self.reported), race.clone());
            let task = Task { trial, split, config, space, cutoff, race, sender, reported };
            self.waiting.add(trial, split, task);
            // A thread takes the next waiting fold, which need not be this one.
            (self.spawn)(Arc::clone(&self.waiting));
        }
    }

    fn is_wanted(&self, trial: u64, split: usize) -> bool {
        let open = self.open.get(&trial);
        open.is_none_or(|open| split <= open.cutoff.load(Ordering::Relaxed))
    }

    /// Abandons the remaining folds of a trial that became final.
    fn close(&mut self, trial: u64) {
        if let Some(open) = self.open.remove(&trial) {
            open.cutoff.store(0, Ordering::Relaxed);
        }
    }

    /// Waits for a message for some time, and takes all others that are there.
    fn wait(&self) -> Vec<Message> {
        let first = self.receiver.recv_timeout(LIVE).ok();
        first.into_iter().chain(self.receiver.try_iter()).collect()
    }

    /// Takes the epochs reported since the last call.
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
    race: Option<Arc<TrialRace>>,
    sender: Sender<Message>,
    reported: Arc<Mutex<Vec<Reported>>>,
}

impl Task {
    /// Evaluates the fold unless it is no longer needed.
    fn perform(self, objective: &dyn Objective, is_unwanted: &(dyn Fn() -> bool + Sync)) {
        let (trial, split) = (self.trial, self.split);
        let interrupt = || {
            // A failed fold cancels the later folds of its trial and never the earlier ones: what
            // is recorded must not depend on the speed of threads.
            let is_useless = is_unwanted() || self.cutoff.load(Ordering::Relaxed) < split;
            if is_useless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };

        let judge = self.race.as_ref().map(|race| Mutex::new(race.judge(split)));
        let report = |epoch: u32, loss: f64| {
            if let Some(judge) = &judge
                && !judge.lock().unwrap_or_else(PoisonError::into_inner).hear(epoch, loss)
            {
                return ControlFlow::Break(());
            }
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
            if let (Some(evaluation), Some(judge)) = (&mut evaluation, &judge) {
                judge
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .conclude(&mut evaluation.result);
                objective::cut(evaluation);
            }
        }

        // `fetch_min`: two folds of one trial may fail at the same time, and the earlier one
        // counts.
        if evaluation.as_ref().is_some_and(|e| e.result.state != State::Ok) {
            self.cutoff.fetch_min(split, Ordering::Relaxed);
        }
        self.send(Message::Ended(trial, split, evaluation));
    }

    fn send(&self, message: Message) {
        // After an error the dispatcher is gone, and nobody listens.
        let _ = self.sender.send(message);
    }
}
