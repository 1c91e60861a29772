//! Threads that help a training with its products when their cores are idle.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use trainer::Hands;

/// The number of running trainings, and their helpers.
#[derive(Default)]
pub struct Helpers {
    hands: Hands,
    /// Number of running trainings.
    n_running: AtomicUsize,
    is_over: AtomicBool,
    /// The mutex for the helpers' condition variable; it guards no data.
    waiting: Mutex<()>,
    changed: Condvar,
}

impl Helpers {
    /// The pool in which trainings find help.
    pub fn hands(&self) -> &Hands {
        &self.hands
    }

    /// Runs some work while spare threads help its trainings: as many as `n_threads` exceeds the
    /// number of trainings.
    pub fn during<T>(&self, n_threads: usize, work: impl FnOnce() -> T) -> T {
        self.is_over.store(false, Ordering::SeqCst);
        std::thread::scope(|scope| {
            let _end = End(self);
            for helper in 1..n_threads {
                let help = move || self.help(helper, n_threads);
                // Without a helper the work is done as well, only later.
                let _ = std::thread::Builder::new().spawn_scoped(scope, help);
            }
            work()
        })
    }

    /// Counts a training until the returned value is dropped.
    pub fn training(&self) -> Running<'_> {
        self.n_running.fetch_add(1, Ordering::SeqCst);
        self.tell();
        Running(self)
    }

    fn help(&self, helper: usize, n_threads: usize) {
        let is_over = || self.is_over.load(Ordering::SeqCst);
        // Helpers are numbered, so that exactly as many work as there are idle threads.
        let has_room = || {
            let n_running = self.n_running.load(Ordering::SeqCst);
            n_running > 0 && n_running + helper <= n_threads
        };

        while !is_over() {
            let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let is_idle = |(): &mut ()| !is_over() && !has_room();
            let waiting = self.changed.wait_while(waiting, is_idle);
            drop(waiting);
            self.hands.help(&|| is_over() || !has_room());
        }
    }

    fn tell(&self) {
        // After taking the lock, a helper that has just checked is waiting.
        drop(self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }
}

/// A running training.
pub struct Running<'a>(&'a Helpers);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.n_running.fetch_sub(1, Ordering::SeqCst);
        self.0.tell();
    }
}

/// Ends the helpers when the work ends, however it ends.
struct End<'a>(&'a Helpers);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
        self.0.tell();
    }
}
