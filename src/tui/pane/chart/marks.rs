//! Own orders, stops, the average price, fills and alerts, at their prices.

use ratatui::style::Modifier;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Chart;
use super::axis::tag;
use super::paint::is_vacant;
use crate::desk::alert::AlertCondition;
use crate::desk::record::{Direction, OrderRecord};
use crate::market::{Price, Side};
use crate::text::screen::chart::Chart as Words;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Digits, Grouped, Pen, cells};

/// Prices of an order, with whether it is the one that sets it off.
fn prices(order: &OrderRecord) -> impl Iterator<Item = (Price, bool)> {
    let stop = order.stop_price.map(|price| (price, true));
    order.price.map(|price| (price, false)).into_iter().chain(stop)
}

/// Lines of orders and the average price where nothing else stands, and fills on their candles.
pub fn in_plot(chart: &Chart, model: &Model, plot: &mut Pen<'_>) {
    let Some(id) = &model.selected.id else { return };
    let language = model.look.language;
    let held = model.account.position(id);
    if let Some(position) = held
        && let Some(average) = position.average_price
    {
        let sign = if position.side == Direction::Long { "" } else { "-" };
        let quantity = Digits::new(position.quantity, language == crate::text::Language::Ko);
        line(chart, plot, average, Role::Average, format_args!("{} {sign}{quantity}", Words::Average.text(language)));
    }
    for order in model.account.open_of(id) {
        let left = Grouped::new(order.quantity.minus(order.filled_quantity).value());
        let side = term(language, order.side.as_str());
        for (price, stop) in prices(order) {
            if stop {
                let stop = Words::Stop.text(language);
                line(chart, plot, price.value(), Role::Own, format_args!("{stop} {side} {left}"));
            } else {
                line(chart, plot, price.value(), Role::Own, format_args!("{side} {left}"));
            }
        }
    }
    fills(chart, model, plot);
}

/// A level line with a name at its right end.
fn line(chart: &Chart, plot: &mut Pen<'_>, price: Decimal, role: Role, name: std::fmt::Arguments<'_>) {
    let Some(row) = price.to_f64().and_then(|price| chart.sight.scale.row(price)) else { return };
    let style = plot.style(role);
    let dashed = plot.look.glyphs.dashed;
    for x in 0..plot.width() {
        if is_vacant(plot, x, row) {
            plot.symbol(x, row, dashed, style);
        }
    }
    let width = plot.width();
    let text = name.to_string();
    let wide = (cells(&text) + 2).min(width);
    let left = width - wide;
    let blank = ratatui::style::Style::reset();
    for x in left..width {
        plot.symbol(x, row, " ", blank);
    }
    plot.field(left + 1, row, wide.saturating_sub(1), &text, Align::Left, style);
}

fn fills(chart: &Chart, model: &Model, plot: &mut Pen<'_>) {
    let Some(id) = &model.selected.id else { return };
    let own = model.account.fills.iter().filter(|fill| fill.venue == id.venue && fill.symbol == id.symbol.as_str());
    for fill in own {
        if fill.time >= chart.series.until() {
            continue;
        }
        let column = chart.series.number_at(fill.time).map(|number| chart.sight.columns.of(number));
        let Some(x) = column.and_then(|column| chart.sight.columns.centre(column)) else { continue };
        let price = fill.price.value().to_f64();
        let Some(row) = price.and_then(|price| chart.sight.scale.row(price)) else { continue };
        let (glyph, role) = match fill.side {
            Side::Buy => (plot.look.glyphs.bought, Role::Buy),
            Side::Sell => (plot.look.glyphs.sold, Role::Sell),
        };
        // On the candle itself only the ground tells it from the body.
        let style = plot.style(role).patch(plot.style(Role::Chosen)).remove_modifier(Modifier::REVERSED);
        plot.symbol(x, row, glyph, style.add_modifier(Modifier::BOLD));
    }
}

/// Prices of the same at the axis, and alerts.
pub fn at_axis(chart: &Chart, model: &Model, axis: &mut Pen<'_>) {
    let Some(id) = &model.selected.id else { return };
    let (scale, decimals) = (&chart.sight.scale, chart.sight.decimals);
    let instrument = id.to_string();
    let waiting = model.alerts.values().filter(|alert| alert.instrument == instrument && alert.fired_at.is_none());
    for alert in waiting {
        let AlertCondition::Price { price, .. } = alert.condition else { continue };
        let style = axis.style(Role::Warning);
        if let Some(row) = tag(axis, scale, price.value(), decimals, style) {
            let glyph = axis.look.glyphs.alert;
            axis.symbol(0, row, glyph, style);
        }
    }
    if let Some(average) = model.account.position(id).and_then(|position| position.average_price) {
        let style = axis.style(Role::Average);
        tag(axis, scale, average, decimals, style);
    }
    for order in model.account.open_of(id) {
        for (price, _) in prices(order) {
            let style = axis.style(Role::Own);
            if let Some(row) = tag(axis, scale, price.value(), decimals, style) {
                let glyph = axis.look.glyphs.own;
                axis.symbol(0, row, glyph, style);
            }
        }
    }
}
