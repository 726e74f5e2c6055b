//! The lines below the fills: what was bought and sold, and what it cost, a line a currency.

use rust_decimal::Decimal;

use super::rows::value;
use super::{FillRecord, ListText, Model};
use crate::market::{Currency, Side};
use crate::tui::pane::list::Foot;
use crate::tui::widget::Pen;

/// Most lines.
const LINES_MAX: usize = 3;

/// What the fills of a currency come to.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    bought: Decimal,
    sold: Decimal,
    fee: Decimal,
    tax: Decimal,
}

fn shown<'a>(model: &'a Model, rows: &'a [usize]) -> impl Iterator<Item = &'a FillRecord> {
    rows.iter().filter_map(|index| model.account.fills.get(*index))
}

fn currencies<'a>(model: &'a Model, rows: &'a [usize]) -> impl Iterator<Item = Currency> {
    let filled = |currency: &Currency| shown(model, rows).any(|fill| fill.currency == *currency);
    Currency::ALL.into_iter().filter(filled).take(LINES_MAX)
}

/// Lines it takes of so many; the rows come first.
pub fn height(model: &Model, rows: &[usize], room: u16) -> u16 {
    let wanted = u16::try_from(currencies(model, rows).count()).unwrap_or(0);
    if room >= wanted + 3 { wanted } else { 0 }
}

/// Draws it into the pen's area: of the fills that are shown.
pub fn draw(model: &Model, rows: &[usize], pen: &mut Pen<'_>) {
    for (currency, y) in currencies(model, rows).zip(0..pen.height()) {
        let mut total = Total::default();
        for fill in shown(model, rows).filter(|fill| fill.currency == currency) {
            let sum = if fill.side == Side::Buy { &mut total.bought } else { &mut total.sold };
            *sum = sum.saturating_add(value(fill));
            total.fee = total.fee.saturating_add(fill.fee);
            total.tax = total.tax.saturating_add(fill.tax);
        }
        let language = model.look.language;
        let mut foot = Foot::new(pen, y);
        foot.label(currency.as_str());
        foot.money(ListText::Bought.text(language), total.bought, currency);
        foot.money(ListText::Sold.text(language), total.sold, currency);
        foot.cost(ListText::Fee.text(language), total.fee, currency);
        foot.cost(ListText::Tax.text(language), total.tax, currency);
    }
}
