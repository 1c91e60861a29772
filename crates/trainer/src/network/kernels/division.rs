//! Work that is divided among the threads of one training.

use super::InstructionSet;
use super::hands::Hands;

/// Numbers in a piece of element-wise work: some microseconds of one core, beside which sharing
/// costs little.
pub(crate) const PIECE: usize = 1 << 13;

/// How work is done: with which instructions, and with which helpers.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub set: InstructionSet,
    pub hands: Option<&'a Hands>,
}

impl By<'_> {
    /// Does all parts, in any order and on any thread: none may depend on another.
    pub(super) fn parts(self, n_parts: usize, part: &(dyn Fn(usize) + Sync)) {
        match self.hands {
            Some(hands) => hands.share(n_parts, part),
            None => (0..n_parts).for_each(part),
        }
    }

    /// Does element-wise work on arrays of one length, of which some may be empty, in pieces of
    /// `length` numbers; `work` gets the offset of a piece and the pieces of the arrays.
    ///
    /// # Panics
    /// If two arrays that are not empty differ in length, or `length` is 0.
    pub(crate) fn pieces<const N: usize>(
        self,
        arrays: [&mut [f32]; N],
        length: usize,
        work: impl Fn(usize, [&mut [f32]; N]) + Sync,
    ) {
        let whole = arrays.iter().map(|array| array.len()).max().unwrap_or(0);
        let arrays = arrays.map(|array| {
            assert!(array.is_empty() || array.len() == whole, "arrays are of one length");
            Room { start: array.as_mut_ptr(), len: array.len() }
        });

        self.parts(whole.div_ceil(length), &|index| {
            let begin = index * length;
            // SAFETY: pieces of two indices do not overlap, each index is taken once, and the
            // arrays are borrowed until all are done.
            work(begin, arrays.map(|room| unsafe { room.piece(begin, length) }));
        });
    }
}

/// An array that parts divide among themselves.
#[derive(Clone, Copy)]
struct Room {
    start: *mut f32,
    len: usize,
}

// SAFETY: each part makes a slice of its own numbers alone.
unsafe impl Sync for Room {}

impl Room {
    /// Returns at most `length` numbers from `begin` on.
    ///
    /// # Safety
    /// The array must still be borrowed, and nothing else may use these numbers.
    unsafe fn piece<'a>(self, begin: usize, length: usize) -> &'a mut [f32] {
        let begin = begin.min(self.len);
        let length = length.min(self.len - begin);
        // SAFETY: they lie within the array; the caller keeps others away.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(begin), length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    #[test]
    fn pieces_cover_each_number_once_whoever_helps() {
        let hands = Hands::default();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| hands.help(&|| is_over.load(SeqCst)));
            for hands in [None, Some(&hands)] {
                let by = By { set: InstructionSet::detect(), hands };
                for len in [0, 1, 6, 7, 8, 700, 1003] {
                    let mut numbers = vec![0.0; len];
                    let mut positions = vec![-1.0; len];
                    by.pieces([&mut numbers, &mut [], &mut positions], 7, |begin, pieces| {
                        let [numbers, none, positions] = pieces;
                        assert!(none.is_empty() && numbers.len() <= 7);
                        for (offset, number) in numbers.iter_mut().enumerate() {
                            *number += 1.0;
                            positions[offset] = (begin + offset) as f32;
                        }
                    });
                    assert!(numbers.iter().all(|&number| number == 1.0));
                    let expected: Vec<f32> = (0..len).map(|place| place as f32).collect();
                    assert_eq!(positions, expected);
                }
            }
            is_over.store(true, SeqCst);
        });
    }
}
