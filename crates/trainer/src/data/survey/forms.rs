//! The form under which all texts of a column are dates or numbers.

use super::super::affixes::SCALES;
use super::super::decorated::{Decimal, Decoration};
use super::super::form::{Form, NumberForm, is_known_unit};
use super::super::notation::side;
use super::super::rules::Rules;
use super::super::times::Clock;
use super::super::units;
use super::Survey;

/// Distinct numbers with an unknown unit …
const NUMBERS_WITH_UNIT: usize = 10;
/// … or with other decoration; fewer are labels.
const DECORATED_NUMBERS: usize = 3;

impl Survey {
    /// Returns the form of numbers or dates that all texts except markers and words have.
    pub(super) fn form(&self, rules: &Rules) -> Option<Form> {
        if self.dates.texts > 0 {
            let are_all_dates = self.plain.texts + self.decorated.texts + self.times.texts == 0;
            let is_readable = self.n_not_day_first == 0 || self.n_not_month_first == 0;
            let order = self.date_order(rules).unwrap_or_default();
            return (are_all_dates && is_readable).then_some(Form::Date(order));
        }

        if let Some(form) = self.times_form() {
            let are_enough = self.times.texts + self.decorated.texts >= DECORATED_NUMBERS;
            return are_enough.then_some(Form::Number(form));
        }

        let has_numbers = self.plain.texts + self.decorated.texts > 0;
        if self.times.texts > 0 || (self.markers.texts > 0 && !has_numbers) {
            return None;
        }

        let form = self.number_form(self.decimal(rules)?);
        (self.decorated.texts == 0 || self.are_quantities(&form)).then_some(Form::Number(form))
    }

    pub(super) fn times_form(&self) -> Option<NumberForm> {
        let are_all = self.times.texts > 0
            && self.plain.texts + self.dates.texts == 0
            && (self.decorated.texts == 0 || self.are_units_of_time());
        let clock =
            if self.has_short_times && self.has_long_times { Clock::Minutes } else { Clock::Hours };
        are_all.then(|| NumberForm { clock: Some(clock), ..NumberForm::default() })
    }

    /// Whether all decorated numbers have a unit of time, as `45m` beside `1h 30m`.
    fn are_units_of_time(&self) -> bool {
        !self.has_bare_number && self.units.iter().all(|unit| units::factor("s", unit).is_some())
    }

    /// Returns the decimal mark under which all numbers can be read.
    pub(super) fn decimal(&self, rules: &Rules) -> Option<Decimal> {
        let can_be = |decimal| match decimal {
            Decimal::Point => self.n_not_point == 0,
            Decimal::Comma => self.n_not_comma == 0,
        };

        if let Some(stated) = rules.decimal {
            return can_be(stated).then_some(stated);
        }

        match (can_be(Decimal::Point), can_be(Decimal::Comma)) {
            (true, true) if self.open_mark.is_some() => Some(rules.likely_decimal),
            (true, _) => Some(Decimal::Point),
            (false, true) => Some(Decimal::Comma),
            (false, false) => None,
        }
    }

    pub(super) fn number_form(&self, decimal: Decimal) -> NumberForm {
        // Beside other letters those of a factor are labels: 34M and 56F, 3A and 3B.
        let are_factors =
            self.units.iter().all(|unit| SCALES.iter().any(|(name, _)| *name == unit.as_str()));
        let scaled = are_factors
            && self.decoration.has(Decoration::SCALE)
            && (self.scales.len() > 1 || self.decoration.has(Decoration::CURRENCY));
        let compass = self.is_compass();
        let base = if scaled || compass { None } else { self.common_base() };
        let unit = match base {
            Some(base) => base.to_owned(),
            None if scaled || compass => String::new(),
            None => self.units.iter().max_by_key(|unit| unit.len()).cloned().unwrap_or_default(),
        };
        NumberForm { decimal, clock: None, scaled, unit, compass, converted: base.is_some() }
    }

    /// Returns the base of the one quantity that several units measure; a number without a unit
    /// could be in any of them.
    fn common_base(&self) -> Option<&'static str> {
        let are_all_with_unit = self.plain.texts == 0 && !self.has_bare_number;
        let units = self.units.iter().map(String::as_str);
        (are_all_with_unit && !self.are_units_alike).then(|| units::common_base(units)).flatten()
    }

    /// Whether all units are north and south, or east and west, and both are there.
    fn is_compass(&self) -> bool {
        let sides: Option<Vec<char>> = self.units.iter().map(|unit| side(unit)).collect();
        let Some(sides) = sides else { return false };
        let are_both = |a, b| {
            sides.contains(&a) && sides.contains(&b) && sides.iter().all(|c| [a, b].contains(c))
        };
        let is_angle =
            self.has_point || self.has_comma || self.units.iter().any(|unit| unit.starts_with('°'));
        self.decoration.has(Decoration::COMPASS)
            || (is_angle && (are_both('N', 'S') || are_both('E', 'W')))
    }

    /// Whether decorated numbers are quantities and not names: many, of one unit, few of them
    /// bounds.
    fn are_quantities(&self, form: &NumberForm) -> bool {
        let texts = self.decorated.texts + self.plain.texts;
        let is_unknown = |unit: &String| !is_known_unit(unit);
        let has_unknown_unit = (self.decoration.has(Decoration::UNIT)
            && !form.compass
            && !form.converted
            && self.units.iter().any(is_unknown))
            || self.decoration.has(Decoration::ORDINAL);

        // One value is written in several ways: `88`, `ca. 88`, `88*`.
        let is_inexact = [Decoration::APPROXIMATE, Decoration::NOTE, Decoration::BOUND]
            .into_iter()
            .any(|part| self.decoration.has(part))
            || form.converted;
        // Marks among the digits do not make a label.
        let has_marks_alone = self.decoration.is_none() || self.decoration == Decoration::THOUSANDS;
        let are_enough = match (has_unknown_unit || form.converted, has_marks_alone) {
            (true, _) => NUMBERS_WITH_UNIT,
            (false, true) => 1,
            (false, false) => DECORATED_NUMBERS,
        };

        (form.scaled || form.compass || form.converted || self.are_units_alike)
            && self.n_values >= are_enough
            && (is_inexact || self.n_values * 10 >= texts * 9)
            && 2 * self.bound_rows <= self.decorated.rows + self.plain.rows
    }
}
