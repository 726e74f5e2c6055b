//! The line below what is held: all of it together, a line a currency.

use rust_decimal::Decimal;

use super::rows::{percent_of, unrealized};
use super::{ListText, Model, positions};
use crate::market::Currency;
use crate::tui::pane::list::Foot;
use crate::tui::widget::Pen;

/// Most lines.
const LINES_MAX: usize = 3;

/// What a currency's positions come to.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    cost: Decimal,
    profit: Decimal,
    realized: Decimal,
}

fn currencies(model: &Model) -> impl Iterator<Item = Currency> + '_ {
    let held = |currency: &Currency| positions(model).iter().any(|held| held.currency == *currency);
    Currency::ALL.into_iter().filter(held).take(LINES_MAX)
}

/// Lines it takes of so many; the rows come first.
pub fn height(model: &Model, room: u16) -> u16 {
    let wanted = u16::try_from(currencies(model).count()).unwrap_or(0);
    if room >= wanted + 3 { wanted } else { 0 }
}

/// Draws it into the pen's area.
pub fn draw(model: &Model, gross: bool, pen: &mut Pen<'_>) {
    for (currency, y) in currencies(model).zip(0..pen.height()) {
        let mut total = Total::default();
        for held in positions(model).iter().filter(|held| held.currency == currency) {
            total.cost = total.cost.saturating_add(held.cost);
            total.profit = total.profit.saturating_add(unrealized(held, gross).unwrap_or_default());
            total.realized = total.realized.saturating_add(if gross { held.realized_gross } else { held.realized });
        }
        let language = model.look.language;
        let mut foot = Foot::new(pen, y);
        foot.label(currency.as_str());
        foot.profit(ListText::Open.text(language), total.profit, currency);
        if let Some(percent) = percent_of(total.profit, total.cost) {
            foot.percent(percent);
        }
        foot.profit(ListText::Realized.text(language), total.realized, currency);
        foot.money(ListText::Cost.text(language), total.cost, currency);
    }
}
