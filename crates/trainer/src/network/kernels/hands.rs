//! Idle threads that help with a training: any of them takes parts of its work.
//!
//! Nothing here starts a thread. Idle threads call [`Hands::help`]; a training that was given the
//! same [`Hands`] then shares its larger products and passes with them. How these are divided does not
//! depend on the number of helpers, and each part writes numbers of its own, so results are the
//! same to the bit.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};

/// A thread looks for work this many times before it yields the processor: some tens of
/// microseconds, in which a helper with a core completes a part.
const SPINS: u32 = 4000;
/// After a helper turned out to have no core, at most this many products are computed without
/// sharing.
const LONGEST_PAUSE: usize = 1 << 12;

/// The work of one product.
type Work<'a> = &'a (dyn Fn(usize) + Sync);

/// A meeting point where idle threads wait for parts of products.
pub struct Hands {
    /// The work while `is_open`; only the owner writes it, while no helper is inside.
    work: UnsafeCell<Option<Work<'static>>>,
    /// The parts that nobody has taken: the first, and in the upper half the one after the last.
    left: AtomicU64,
    is_open: AtomicBool,
    /// Helpers that may be reading `work`.
    inside: AtomicUsize,
    /// Helpers that wait or work.
    helpers: AtomicUsize,
    /// How many products are still computed without sharing because a helper had no core; and how
    /// many at the last such time.
    pause: [AtomicUsize; 2],
    /// Whether a training is sharing a product now; others then compute theirs alone.
    is_taken: AtomicBool,
}

// SAFETY: `work` is written only by the one that holds `is_taken`, while `is_open` is false and
// nobody is `inside`; it is read only by helpers that went inside and then saw `is_open`.
unsafe impl Sync for Hands {}
// SAFETY: the work that it points to may be called from any thread.
unsafe impl Send for Hands {}

impl Default for Hands {
    fn default() -> Self {
        Self {
            work: UnsafeCell::new(None),
            left: AtomicU64::new(0),
            is_open: AtomicBool::new(false),
            inside: AtomicUsize::new(0),
            helpers: AtomicUsize::new(0),
            pause: [AtomicUsize::new(0), AtomicUsize::new(0)],
            is_taken: AtomicBool::new(false),
        }
    }
}

impl Hands {
    /// Takes parts of shared products until `is_over`, which is called often.
    pub fn help(&self, is_over: &dyn Fn() -> bool) {
        let _here = Counted::new(&self.helpers);
        let mut n_spins = 0;
        while !is_over() {
            let (next, end) = unpacked(self.left.load(SeqCst));
            if next < end && self.take_parts() {
                n_spins = 0;
                continue;
            }
            n_spins += 1;
            if n_spins < SPINS {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
    }

    /// Takes parts while there are some; returns whether there was one.
    fn take_parts(&self) -> bool {
        let _inside = Counted::new(&self.inside);
        if !self.is_open.load(SeqCst) {
            return false;
        }
        // SAFETY: it is open and this thread is inside, so that the owner waits before it writes.
        let Some(work) = (unsafe { *self.work.get() }) else { return false };
        self.perform(work, Side::Back)
    }

    /// Does parts from one side on while there are some; returns whether there was one.
    fn perform(&self, work: Work, side: Side) -> bool {
        let mut has_worked = false;
        while let Some(part) = self.take(side) {
            work(part);
            has_worked = true;
        }
        has_worked
    }

    fn take(&self, side: Side) -> Option<usize> {
        let rest = |left| match (unpacked(left), side) {
            ((next, end), _) if next >= end => None,
            ((next, end), Side::Front) => Some(packed(next + 1, end)),
            ((next, end), Side::Back) => Some(packed(next, end - 1)),
        };
        let before = self.left.fetch_update(SeqCst, SeqCst, rest).ok()?;
        let (next, end) = unpacked(before);
        Some(if side == Side::Front { next } else { end - 1 } as usize)
    }

    /// Takes the turn to share a product, unless another training has it or helpers recently had no
    /// cores.
    fn begin(&self) -> Option<Taken<'_>> {
        if self.is_taken.swap(true, SeqCst) {
            return None;
        }
        let left = self.pause[0].load(SeqCst);
        if left > 0 {
            self.pause[0].store(left - 1, SeqCst);
            self.is_taken.store(false, SeqCst);
            return None;
        }
        Some(Taken(self))
    }

    /// Records whether helpers had cores for the last product: if not, the next ones are not
    /// shared, twice as many as the last time.
    fn note(&self, had_cores: bool) {
        let [left, last] = &self.pause;
        let next = if had_cores {
            last.load(SeqCst) / 2
        } else {
            (2 * last.load(SeqCst)).clamp(16, LONGEST_PAUSE)
        };
        last.store(next, SeqCst);
        left.store(if had_cores { 0 } else { next }, SeqCst);
    }

    /// Does all parts of some work together with any helpers; returns when all are done.
    pub(super) fn share(&self, n_parts: usize, work: Work) {
        let is_possible = n_parts > 1 && self.helpers.load(SeqCst) > 0;
        let Some(taken) = is_possible.then(|| self.begin()).flatten() else {
            for part in 0..n_parts {
                work(part);
            }
            return;
        };

        // SAFETY: nobody is inside and it is closed, so that nobody reads. The reference is gone
        // before this returns or unwinds: `taken` closes, and waits until nobody is inside.
        unsafe {
            *self.work.get() = Some(std::mem::transmute::<Work<'_>, Work<'static>>(work));
        }

        self.is_open.store(true, SeqCst);
        self.left.store(packed(0, n_parts as u32), SeqCst);
        self.perform(work, Side::Front);
        drop(taken);
    }
}

/// The side from which a thread takes parts. The owner begins at the front and helpers at the back,
/// so that in one product after the other each meets the same rows and weights, which its caches
/// hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Front,
    Back,
}

fn packed(next: u32, end: u32) -> u64 {
    u64::from(end) << 32 | u64::from(next)
}

fn unpacked(left: u64) -> (u32, u32) {
    (left as u32, (left >> 32) as u32)
}

/// Increments a count as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, SeqCst);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// The owner's turn: when it is dropped, nobody works on its parts any more.
struct Taken<'a>(&'a Hands);

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let Self(hands) = self;
        hands.is_open.store(false, SeqCst);

        let mut n_spins = 0;
        while hands.inside.load(SeqCst) > 0 {
            n_spins += 1;
            if n_spins < SPINS {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }

        // A part that panicked left others behind.
        hands.left.store(0, SeqCst);
        // SAFETY: it is closed, and nobody is inside.
        unsafe { *hands.work.get() = None };
        hands.note(n_spins < SPINS);
        hands.is_taken.store(false, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_done_once_whoever_helps() {
        let hands = Hands::default();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| hands.help(&|| is_over.load(SeqCst)));
            }
            let owners = [0, 1].map(|owner| {
                let hands = &hands;
                scope.spawn(move || {
                    for round in 0..2000 {
                        let n_parts = (round + owner) % 9;
                        let done: Vec<AtomicUsize> =
                            (0..n_parts).map(|_| AtomicUsize::new(0)).collect();
                        hands.share(n_parts, &|part| {
                            done[part].fetch_add(1, SeqCst);
                        });
                        assert!(done.iter().all(|times| times.load(SeqCst) == 1));
                    }
                })
            });
            for owner in owners {
                owner.join().unwrap();
            }
            is_over.store(true, SeqCst);
        });
    }
}
