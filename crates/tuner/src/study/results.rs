//! Results of folds, packed one after another: twenty bytes for a loss and its seconds.
//!
//! An open study has all of them in memory, perhaps a million, and a [`FoldResult`] is six times as
//! large even without its texts. Each packed result states how far back the previous one of the
//! same trial begins, so that a trial only needs to know its last one, in whatever order its folds
//! ended. Names of metrics are stored once. Every bit of every number is preserved.

use crate::cast;
use crate::trial::{FoldResult, Look, Prediction, State};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// The position in the log of a trial's last result.
pub(super) type Place = NonZeroUsize;

/// Packed results, in the order in which they arrived.
#[derive(Clone, Debug)]
pub(super) struct ResultLog {
    /// The first byte is unused, so that no result has position 0.
    bytes: Vec<u8>,
    /// Names of metrics by their position in `names`.
    positions: BTreeMap<String, u64>,
    names: Vec<String>,
}

/// Which parts of a result are present, as bits beside those of its state.
mod part {
    pub(super) const STATE: u8 = 0b111;
    pub(super) const LOSS: u8 = 1 << 3;
    pub(super) const EPOCHS: u8 = 1 << 4;
    pub(super) const N_PARAMETERS: u8 = 1 << 5;
    pub(super) const MULTIPLY_ADDS: u8 = 1 << 6;
    /// The reason, the further metrics, and the data of racing.
    pub(super) const WORDS: u8 = 1 << 7;
}

impl ResultLog {
    /// An empty log.
    pub(super) fn new() -> Self {
        Self { bytes: vec![0], positions: BTreeMap::new(), names: Vec::new() }
    }

    /// Appends a result of a trial whose previous one begins at `before`, and returns its own
    /// position.
    pub(super) fn push(
        &mut self,
        before: Option<Place>,
        split: usize,
        result: &FoldResult,
    ) -> Place {
        let begin = self.bytes.len();
        // Most results have neither texts nor metrics: one bit then saves their counts.
        let is_judged = !result.looks.is_empty() || result.predicted.is_some();
        let has_words = is_judged || !result.reason.is_empty() || !result.metrics.is_empty();

        let parts = [
            (part::LOSS, result.loss.is_some()),
            (part::EPOCHS, result.epochs.is_some()),
            (part::N_PARAMETERS, result.n_parameters.is_some()),
            (part::MULTIPLY_ADDS, result.multiply_adds.is_some()),
            (part::WORDS, has_words),
        ];

        let head = parts
            .iter()
            .filter(|(_, is_there)| *is_there)
            .fold(result.state as u8, |head, (bit, _)| head | bit);

        // The distance to the previous result instead of its position: small numbers take one byte.
        self.put_count(before.map_or(0, |before| begin - before.get()) as u64);
        self.put_count(split as u64);
        self.bytes.push(head);
        result.loss.into_iter().for_each(|loss| self.put_number(loss));
        self.put_number(result.seconds);
        let counts = [result.epochs.map(u64::from), result.n_parameters, result.multiply_adds];
        counts.into_iter().flatten().for_each(|count| self.put_count(count));

        if has_words {
            self.put_count(result.reason.len() as u64);
            self.bytes.extend(result.reason.as_bytes());
            self.put_count(result.metrics.len() as u64);
            for (name, value) in &result.metrics {
                let position = self.position(name);
                self.put_count(position);
                self.put_number(*value);
            }
            self.put_count(result.looks.len() as u64);
            for look in &result.looks {
                self.put_count(look.rung as u64);
                self.put_number(look.loss);
                self.put_number(look.halfway);
            }
            self.bytes.push(u8::from(result.predicted.is_some()));
            if let Some(predicted) = result.predicted {
                self.put_number(predicted.loss);
                self.put_number(predicted.se);
            }
        }

        Place::new(begin).expect("the log begins with a byte of no result")
    }

    /// Iterates over the results of a trial whose last one begins at `last`, from the latest to the
    /// first.
    pub(super) fn of(&self, last: Option<Place>) -> impl Iterator<Item = Packed<'_>> {
        std::iter::successors(last.map(|last| self.at(last)), |packed| {
            packed.before.map(|before| self.at(before))
        })
    }

    fn at(&self, place: Place) -> Packed<'_> {
        let mut reader = Reader { rest: &self.bytes[place.get()..] };
        let back = cast::position(reader.count());
        let split = cast::position(reader.count());
        let head = reader.byte();
        let state = State::ALL[usize::from(head & part::STATE)];
        let loss = (head & part::LOSS != 0).then(|| reader.number());
        let before = if back == 0 { None } else { Place::new(place.get() - back) };
        Packed { split, state, loss, before, head, rest: reader, names: &self.names }
    }

    /// Returns the position of a metric's name, adding it if it is new.
    fn position(&mut self, name: &str) -> u64 {
        if let Some(position) = self.positions.get(name) {
            return *position;
        }
        let position = self.names.len() as u64;
        self.positions.insert(name.to_owned(), position);
        self.names.push(name.to_owned());
        position
    }

    /// Seven bits per byte, the lowest first; the highest bit means that more follow.
    fn put_count(&mut self, mut count: u64) {
        while count >= 0x80 {
            self.bytes.push(count.to_le_bytes()[0] | 0x80);
            count >>= 7;
        }
        self.bytes.push(count.to_le_bytes()[0]);
    }

    fn put_number(&mut self, number: f64) {
        self.bytes.extend(number.to_le_bytes());
    }
}

/// A result in the log: what search asks for, and the rest still packed.
pub(super) struct Packed<'a> {
    pub(super) split: usize,
    pub(super) state: State,
    pub(super) loss: Option<f64>,
    before: Option<Place>,
    head: u8,
    rest: Reader<'a>,
    names: &'a [String],
}

impl Packed<'_> {
    /// Returns the whole result.
    pub(super) fn unpack(self) -> FoldResult {
        let Self { state, loss, head, mut rest, names, .. } = self;
        let has = |bit: u8| head & bit != 0;
        let mut result =
            FoldResult { loss, seconds: rest.number(), ..FoldResult::not_ok(state, String::new()) };
        result.epochs = has(part::EPOCHS).then(|| u32::try_from(rest.count()).unwrap_or(u32::MAX));
        result.n_parameters = has(part::N_PARAMETERS).then(|| rest.count());
        result.multiply_adds = has(part::MULTIPLY_ADDS).then(|| rest.count());

        // In the order in which they were packed.
        if has(part::WORDS) {
            result.reason = rest.text();
            let n_metrics = rest.count();
            result.metrics = (0..n_metrics)
                .map(|_| (names[cast::position(rest.count())].clone(), rest.number()))
                .collect();
            let n_looks = rest.count();
            result.looks = (0..n_looks).map(|_| rest.look()).collect();
            let is_predicted = rest.byte() != 0;
            result.predicted =
                is_predicted.then(|| Prediction { loss: rest.number(), se: rest.number() });
        }

        result
    }
}

/// Packed bytes from a position on.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take(&mut self, n: usize) -> &[u8] {
        let (taken, rest) = self.rest.split_at(n);
        self.rest = rest;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    fn count(&mut self) -> u64 {
        let (mut count, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            count |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return count;
            }
            shift += 7;
        }
    }

    fn number(&mut self) -> f64 {
        f64::from_le_bytes(self.take(8).try_into().expect("eight bytes were taken"))
    }

    fn look(&mut self) -> Look {
        let rung = cast::position(self.count());
        Look { rung, loss: self.number(), halfway: self.number() }
    }

    fn text(&mut self) -> String {
        let n = cast::position(self.count());
        String::from_utf8(self.take(n).to_vec()).expect("it was packed from a text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_back_to_the_bit_and_trial_by_trial() {
        let full = FoldResult {
            metrics: vec![
                ("recall".to_owned(), -0.0),
                ("é".to_owned(), f64::MIN_POSITIVE),
                ("recall".to_owned(), 2.0),
            ],
            epochs: Some(u32::MAX),
            n_parameters: Some(u64::MAX),
            multiply_adds: Some(128),
            seconds: 0.1 + 0.2,
            looks: vec![
                Look { rung: 0, loss: 0.5, halfway: 1.5 },
                Look { rung: 300, loss: 1e-300, halfway: -0.0 },
            ],
            ..FoldResult::from_loss(1.0 / 3.0)
        };
        let bare = FoldResult::from_loss(5e-324);
        let predicted = Some(Prediction { loss: 0.4, se: 1.0 / 3.0 });
        let broken = FoldResult {
            predicted,
            ..FoldResult::not_ok(State::Timeout, "außer Atem".repeat(40))
        };
        let some =
            FoldResult { epochs: Some(0), metrics: full.metrics[..1].to_vec(), ..broken.clone() };
        let mut log = ResultLog::new();
        let mut last = [None; 2];
        for (trial, split, result) in [
            (0, 300, &full),
            (1, 0, &broken),
            (0, 1, &bare),
            (1, 7, &some),
            (1, 1, &full),
            (0, 0, &broken),
        ] {
            last[trial] = Some(log.push(last[trial], split, result));
        }
        let of = |trial: usize| {
            log.of(last[trial]).map(|packed| (packed.split, packed.unpack())).collect::<Vec<_>>()
        };
        assert!(of(0)[2].1.metrics[0].1.is_sign_negative());
        assert_eq!(of(0), [(0, broken.clone()), (1, bare), (300, full.clone())]);
        assert_eq!(of(1), [(1, full), (7, some), (0, broken)]);
        assert_eq!(log.of(None).count(), 0);
        assert_eq!(log.names.len(), 2);
    }

    #[test]
    fn a_loss_and_its_seconds_take_twenty_bytes() {
        let mut log = ResultLog::new();
        let n_before = log.bytes.len();
        log.push(None, 0, &FoldResult { seconds: 0.3, ..FoldResult::from_loss(0.7) });
        assert!(log.bytes.len() - n_before <= 20, "{}", log.bytes.len() - n_before);
    }
}
