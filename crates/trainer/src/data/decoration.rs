//! What stands around the digits of a number, as a set, and its decimal mark.

use serde::{Deserialize, Serialize};

/// The mark between a number's whole part and its fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decimal {
    /// 1,234.5: a comma separates thousands.
    #[default]
    Point,
    /// 1.234,5: a point separates thousands.
    Comma,
}

/// The characters in a number besides digits, sign, point and exponent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoration {
    bits: u32,
}

impl Decoration {
    /// Thousands separators.
    pub const THOUSANDS: Self = Self { bits: 1 };
    /// A decimal comma.
    pub const DECIMAL_COMMA: Self = Self { bits: 2 };
    /// A sign or code of a currency.
    pub const CURRENCY: Self = Self { bits: 4 };
    /// A percent sign.
    pub const PERCENT: Self = Self { bits: 8 };
    /// A unit.
    pub const UNIT: Self = Self { bits: 16 };
    /// A bound: `<` or `>`.
    pub const BOUND: Self = Self { bits: 32 };
    /// Parentheses around a negative number, or a minus after it.
    pub const PARENTHESES: Self = Self { bits: 64 };
    /// A minus sign other than the hyphen.
    pub const MINUS: Self = Self { bits: 128 };
    /// Hours, minutes and seconds.
    pub const TIME: Self = Self { bits: 256 };
    /// Thousand, million or billion as a letter or word.
    pub const SCALE: Self = Self { bits: 512 };
    /// Quotation marks that do not quote a cell.
    pub const QUOTES: Self = Self { bits: 1024 };
    /// Digits of another script, or marks that are not seen.
    pub const SCRIPT: Self = Self { bits: 2048 };
    /// A direction of the compass, or degrees with minutes and seconds.
    pub const COMPASS: Self = Self { bits: 4096 };
    /// A word such as `ca.`.
    pub const APPROXIMATE: Self = Self { bits: 8192 };
    /// A footnote mark, or an error after `±`.
    pub const NOTE: Self = Self { bits: 16_384 };
    /// The ending of an ordinal number: 1st.
    pub const ORDINAL: Self = Self { bits: 32_768 };
    /// A power of ten in another notation than `e`.
    pub const POWER: Self = Self { bits: 65_536 };
    /// A fraction: 1½.
    pub const FRACTION: Self = Self { bits: 131_072 };
    /// Feet with inches.
    pub const FEET: Self = Self { bits: 262_144 };

    /// Units of one quantity, which are converted.
    pub const CONVERTED: Self = Self { bits: 524_288 };

    const NAMES: [(Self, &'static str); 20] = [
        (Self::THOUSANDS, "thousands separators"),
        (Self::DECIMAL_COMMA, "a decimal comma"),
        (Self::CURRENCY, "a currency"),
        (Self::PERCENT, "percent signs"),
        (Self::UNIT, "a unit"),
        (Self::BOUND, "bounds such as < or >"),
        (Self::PARENTHESES, "negative numbers in parentheses or with a trailing minus"),
        (Self::MINUS, "a minus sign other than the hyphen"),
        (Self::TIME, "hours, minutes and seconds"),
        (Self::SCALE, "letters for thousand, million or billion"),
        (Self::QUOTES, "quotation marks"),
        (Self::SCRIPT, "digits of another script or invisible marks"),
        (Self::COMPASS, "degrees or a direction (south and west negative)"),
        (Self::APPROXIMATE, "signs or words such as ~ or `ca.`"),
        (Self::NOTE, "footnote marks or an error after ± (left out)"),
        (Self::ORDINAL, "ordinal endings"),
        (Self::POWER, "powers of ten"),
        (Self::FRACTION, "fractions"),
        (Self::FEET, "feet and inches (in inches)"),
        (Self::CONVERTED, "several units of one quantity, converted to one"),
    ];

    /// Whether there is no decoration.
    pub fn is_none(self) -> bool {
        self.bits == 0
    }

    /// Whether it contains all of `other`.
    pub fn has(self, other: Self) -> bool {
        self.bits & other.bits == other.bits
    }

    /// Describes it in words.
    pub fn in_words(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(part, _)| self.has(*part)).map(|(_, name)| name)
    }

    pub(super) fn add(&mut self, other: Self) {
        self.bits |= other.bits;
    }

    pub(super) fn remove(&mut self, other: Self) {
        self.bits &= !other.bits;
    }
}
