//! The stored form of a record: readable JSON, and the learning curve apart as binary numbers.
//!
//! A curve is most of a record's bytes and seldom read. It is stored as little-endian `f32` pairs,
//! (training, validation) for each epoch, with NaN for missing values.

use crate::fault::{Damage, Refusal};
use tuner::store::{CurvePoint, Curves, FoldRecord, Record};

/// The columns of a row beside its number and checksum.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The record without its curve, as JSON.
    pub(crate) body: String,
    /// The record's learning curve; `None` if it has none.
    pub(crate) curve: Option<Vec<u8>>,
}

/// Encodes the `index`-th of the records to append, and checks that decoding would return the same
/// record.
///
/// # Errors
/// [`Refusal::NotFinite`], since JSON cannot express such a number.
pub(crate) fn encode(record: &Record, index: usize) -> Result<Row, Refusal> {
    let row = match record {
        Record::Fold(fold) if !fold.curve.is_empty() => {
            let bare = FoldRecord { curve: Vec::new(), ..fold.clone() };
            Row { body: json(&Record::Fold(bare)), curve: Some(curve_bytes(&fold.curve)) }
        }
        _ => Row { body: json(record), curve: None },
    };
    let back = decode(0, row.body.as_bytes(), row.curve.as_deref(), Curves::Load);
    if back.is_ok_and(|back| back == *record) { Ok(row) } else { Err(Refusal::NotFinite { index }) }
}

/// Decodes record `seq`.
///
/// # Errors
/// [`Damage`] if it is not a record of this form.
pub(crate) fn decode(
    seq: i64,
    body: &[u8],
    curve: Option<&[u8]>,
    curves: Curves,
) -> Result<Record, Damage> {
    let mut record =
        serde_json::from_slice(body).map_err(|source| Damage::Record { seq, source })?;
    if let (Record::Fold(fold), Some(bytes), Curves::Load) = (&mut record, curve, curves) {
        fold.curve = curve_points(bytes).ok_or(Damage::Curve { seq, n_bytes: bytes.len() })?;
    }
    Ok(record)
}

fn json(record: &Record) -> String {
    serde_json::to_string(record)
        .expect("records have text keys only, and numbers that are not finite become null")
}

fn curve_bytes(curve: &[CurvePoint]) -> Vec<u8> {
    let number = |value: Option<f32>| value.unwrap_or(f32::NAN).to_le_bytes();
    curve
        .iter()
        .flat_map(|&(training, validation)| [number(training), number(validation)])
        .flatten()
        .collect()
}

fn curve_points(bytes: &[u8]) -> Option<Vec<CurvePoint>> {
    let (pairs, rest) = bytes.as_chunks::<8>();
    let value =
        |[a, b, c, d]: [u8; 4]| Some(f32::from_le_bytes([a, b, c, d])).filter(|v| !v.is_nan());
    let point = |&[a, b, c, d, e, f, g, h]: &[u8; 8]| (value([a, b, c, d]), value([e, f, g, h]));
    rest.is_empty().then(|| pairs.iter().map(point).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tuner::store::conformance::samples;

    #[test]
    fn records_come_back_with_and_without_curves() {
        for record in samples() {
            let row = encode(&record, 0).unwrap();
            let full = decode(1, row.body.as_bytes(), row.curve.as_deref(), Curves::Load).unwrap();
            assert_eq!(full, record);
            let bare = decode(1, row.body.as_bytes(), row.curve.as_deref(), Curves::Skip).unwrap();
            assert!(!matches!(bare, Record::Fold(fold) if !fold.curve.is_empty()));
        }
    }

    #[test]
    fn numbers_keep_every_bit() {
        let values = vec![
            -0.0,
            5e-324,
            f64::MIN_POSITIVE,
            0.1 + 0.2,
            1e22,
            f64::MAX,
            2.0_f64.powi(53) + 2.0,
        ];
        let row = encode(&Record::Fitted { revision: 0, n_results: 1, values: values.clone() }, 0)
            .unwrap();
        let Ok(Record::Fitted { values: found, .. }) =
            decode(1, row.body.as_bytes(), None, Curves::Load)
        else {
            panic!("{} is not what was encoded", row.body)
        };
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&values));
    }

    #[test]
    fn what_json_cannot_say_is_refused_not_changed() {
        for value in [f64::NAN, f64::INFINITY] {
            let record = Record::Fitted { revision: 0, n_results: 1, values: vec![value] };
            assert!(matches!(encode(&record, 3), Err(Refusal::NotFinite { index: 3 })));
        }
    }

    #[test]
    fn a_curve_of_odd_length_is_damage() {
        let fold = samples().into_iter().find(|r| matches!(r, Record::Fold(_))).unwrap();
        let row = encode(&fold, 0).unwrap();
        let cut = &row.curve.unwrap()[..7];
        let found = decode(5, row.body.as_bytes(), Some(cut), Curves::Load);
        assert!(matches!(found, Err(Damage::Curve { seq: 5, n_bytes: 7 })));
    }
}
