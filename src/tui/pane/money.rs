//! Amounts of money as the pages of the account write them, and bars beside them.

use std::cmp::Ordering;
use std::fmt;

use ratatui::style::Style;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::market::Currency;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Grouped, Pen, Signed};

/// Decimals that an amount is written with: all that the currency has, but of coins no more than help on a page of sums.
fn decimals(currency: Currency, value: Decimal) -> u32 {
    let is_small = !value.is_zero() && value.abs() < Decimal::ONE_THOUSAND;
    let most = if is_small { 4 } else { 2 };
    currency.decimals().min(most)
}

/// An amount.
#[must_use]
pub fn amount(currency: Currency, value: Decimal) -> Grouped {
    Grouped::with_decimals(value, decimals(currency, value))
}

/// An amount with its sign.
#[must_use]
pub fn signed(currency: Currency, value: Decimal) -> Signed {
    Signed::with_decimals(value, decimals(currency, value))
}

/// A gain or a loss, with an arrow and its sign.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    arrow: &'a str,
    number: Signed,
    percent: bool,
    /// Which way it went.
    pub direction: Ordering,
}

impl<'a> Change<'a> {
    /// A gain or loss of money.
    #[must_use]
    pub fn new(look: &'a Look, currency: Currency, value: Decimal) -> Self {
        let direction = rounded(value, decimals(currency, value)).cmp(&Decimal::ZERO);
        let number = Signed::with_decimals(value, decimals(currency, value));
        Self { arrow: look.arrow(direction), number, percent: false, direction }
    }

    /// A change in per cent.
    #[must_use]
    pub fn percent(look: &'a Look, value: Decimal) -> Self {
        let direction = rounded(value, 2).cmp(&Decimal::ZERO);
        Self { arrow: look.arrow(direction), number: Signed::with_decimals(value, 2), percent: true, direction }
    }

    /// Writes it at the right of a field, in the colour of its direction.
    pub fn draw(self, pen: &mut Pen<'_>, (x, y, width): (u16, u16, u16), stale: bool) -> u16 {
        let role = if stale { Role::Stale } else { Look::direction(self.direction) };
        let style = pen.style(role);
        pen.value(x, y, width, self, Align::Right, style)
    }
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Where the arrow is drawn as a sign, the number has it already.
        if self.direction != Ordering::Equal && !self.arrow.is_ascii() {
            write!(f, "{} ", self.arrow)?;
        }
        write!(f, "{}{}", self.number, if self.percent { "%" } else { "" })
    }
}

fn rounded(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// `part` of `whole` in per cent; `None` when there is no whole.
#[must_use]
pub fn share(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_div(whole)?.checked_mul(Decimal::ONE_HUNDRED)
}

/// Role of numbers that are what the desk said last: plain, or stale while there is no desk.
#[must_use]
pub const fn number_role(model: &Model) -> Role {
    if model.is_connected() { Role::Text } else { Role::Stale }
}

/// A bar that grows to the right and fills `part` of `whole` of the field. What is not nothing shows as something.
pub fn bar(pen: &mut Pen<'_>, (x, y, width): (u16, u16, u16), part: Decimal, whole: Decimal, style: Style) {
    let filled = part.abs().checked_div(whole).and_then(|share| share.to_f64()).unwrap_or(0.0).clamp(0.0, 1.0);
    if width == 0 || part.is_zero() {
        return;
    }
    let glyphs = pen.look.glyphs;
    let steps = glyphs.eighths.len().max(1);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let filled = ((filled * f64::from(width) * steps as f64).round() as usize).max(1);
    let (whole_cells, rest) = (filled / steps, filled % steps);
    let body = glyphs.eighths.last().copied().unwrap_or(glyphs.candle[0]);
    let whole_cells = u16::try_from(whole_cells).unwrap_or(width).min(width);
    pen.rule(x, y, whole_cells, body, style);
    if rest > 0
        && whole_cells < width
        && let Some(glyph) = glyphs.eighths.get(rest - 1)
    {
        pen.symbol(x + whole_cells, y, glyph, style);
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::config::Language;
    use crate::tui::theme::{ColourDepth, GlyphSet, Theme};

    #[test]
    fn a_gain_has_its_sign_and_its_arrow() {
        let look = Look::new(Language::Ko, Theme::Korean, ColourDepth::True, GlyphSet::Full);
        assert_eq!(Change::new(&look, Currency::Krw, dec!(1234.6)).to_string(), "▲ +1,235");
        assert_eq!(Change::new(&look, Currency::Krw, dec!(-0.4)).to_string(), "0", "no arrow beside nothing");
        assert_eq!(Change::new(&look, Currency::Usdt, dec!(-0.4)).to_string(), "▼ -0.4000");
        assert_eq!(Change::percent(&look, dec!(-1.237)).to_string(), "▼ -1.24%");
        let ascii = Look::new(Language::Ko, Theme::Korean, ColourDepth::True, GlyphSet::Ascii);
        assert_eq!(Change::percent(&ascii, dec!(-1.237)).to_string(), "-1.24%");
    }

    #[test]
    fn no_whole_has_no_parts() {
        assert_eq!(share(dec!(1), Decimal::ZERO), None);
        assert_eq!(share(dec!(1), dec!(4)), Some(dec!(25)));
    }
}
