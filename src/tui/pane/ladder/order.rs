//! From a row of the ladder to an order. What is cheap to know is checked here; the desk decides.

use rust_decimal::Decimal;

use super::scale::Scale;
use crate::config::{BracketTemplate, Distance, DistanceUnit};
use crate::desk::protocol::SubmitOrder;
use crate::desk::record::{Direction, OrderRecord};
use crate::market::{InstrumentId, Price, Side};
use crate::order::{Bracket, OrderKind, OrderState, PositionSide, Trail, default_time_in_force};
use crate::text::screen::ladder::Words;
use crate::tui::model::Model;
use crate::tui::pane::Trade;

use super::rows::waits;

/// A limit order at a row.
///
/// # Errors
/// Why nothing is sent.
pub fn limit(model: &Model, scale: Scale, side: Side, price: Price) -> Result<Trade, Words> {
    may_have(model, scale, price)?;
    submit(model, scale, side, OrderKind::Limit { price }, price)
}

/// A market order. Its bracket is measured from the best price of the other side.
///
/// # Errors
/// Why nothing is sent.
pub fn market(model: &Model, scale: Scale, side: Side) -> Result<Trade, Words> {
    let record = &model.selected.book.as_ref().ok_or(Words::NoBook)?.record;
    let opposite = if side == Side::Buy { &record.asks } else { &record.bids };
    let from = opposite.first().map(|(price, _)| *price).or(record.last).ok_or(Words::NoBook)?;
    submit(model, scale, side, OrderKind::Market, from)
}

fn submit(model: &Model, scale: Scale, side: Side, kind: OrderKind, entry: Price) -> Result<Trade, Words> {
    if !model.book_freshness().is_fresh() {
        return Err(Words::StaleBook);
    }
    if !scale.known {
        return Err(Words::TickUnknown);
    }
    let id = model.selected.id.ok_or(Words::NoBook)?;
    let template = model.trading.bracket.as_ref().and_then(|name| model.config.brackets.get(name));
    let bracket = match template {
        Some(template) if opens(model, id, side) => {
            bracket(template, side, entry, scale).ok_or(Words::BracketMisfit)?
        }
        _ => Bracket::default(),
    };
    Ok(Trade::Submit(Box::new(SubmitOrder {
        client_id: None,
        symbol: id.to_string(),
        side,
        kind,
        quantity: model.trading.size,
        time_in_force: default_time_in_force(id.venue),
        reduce_only: false,
        position_side: PositionSide::default(),
        bracket,
        oco: false,
        route: None,
    })))
}

/// Whether an order opens a position or adds to one; one that closes gets no exits of its own.
fn opens(model: &Model, id: InstrumentId, side: Side) -> bool {
    let margined = model.selected.info.as_ref().is_some_and(|info| info.max_leverage.is_some());
    match model.account.position(&id).map(|position| position.side) {
        None => side == Side::Buy || margined,
        Some(Direction::Long) => side == Side::Buy,
        Some(Direction::Short) => side == Side::Sell,
    }
}

/// Whether an order may have a price, as far as the screen knows.
///
/// # Errors
/// Why not.
pub fn may_have(model: &Model, scale: Scale, price: Price) -> Result<(), Words> {
    if !scale.known {
        return Err(Words::TickUnknown);
    }
    if !scale.is_on_tick(price) {
        return Err(Words::OffTick);
    }
    let (lower, upper) = limits(model);
    if lower.is_some_and(|lower| price < lower) || upper.is_some_and(|upper| price > upper) {
        return Err(Words::BeyondLimit);
    }
    Ok(())
}

/// Daily limits: lower, upper.
#[must_use]
pub fn limits(model: &Model) -> (Option<Price>, Option<Price>) {
    let quote = model.selected.id.as_ref().and_then(|id| model.quotes.get(id));
    let info = model.selected.info.as_ref();
    let lower = quote.and_then(|quote| quote.lower_limit).or(info.and_then(|info| info.lower_limit));
    let upper = quote.and_then(|quote| quote.upper_limit).or(info.and_then(|info| info.upper_limit));
    (lower, upper)
}

/// Exits at the distances of a template. Prices between two ticks go to the one nearer to the entry: the loss is never
/// larger than was asked for, and at least one tick stays between.
#[must_use]
pub fn bracket(template: &BracketTemplate, side: Side, entry: Price, scale: Scale) -> Option<Bracket> {
    let gain = template.take_profit.map(|gain| exit(gain.0, side == Side::Buy, entry, scale));
    let loss = template.stop_loss.map(|loss| exit(loss.0, side == Side::Sell, entry, scale));
    let trail = template.trail.map(|trail| match trail.0.unit {
        DistanceUnit::Percent => Some(Trail::Percent(trail.0.amount)),
        DistanceUnit::Price => Some(Trail::Amount(trail.0.amount)),
        DistanceUnit::Ticks => {
            let away = ticks(trail.0, side == Side::Sell, entry, scale)?;
            Some(Trail::Amount((away.value() - entry.value()).abs()))
        }
    });
    // An exit that was asked for and has no price leaves no bracket at all.
    Some(Bracket { take_profit: all(gain)?, stop_loss: all(loss)?, trail: all(trail)? })
}

/// `None` only for something that was wanted and is not there.
fn all<T>(wanted: Option<Option<T>>) -> Option<Option<T>> {
    match wanted {
        Some(None) => None,
        Some(there) => Some(there),
        None => Some(None),
    }
}

fn ticks(distance: Distance, above: bool, entry: Price, scale: Scale) -> Option<Price> {
    let count = i64::try_from(distance.amount.trunc()).ok()?;
    scale.ticks_away(entry, if above { count } else { -count })
}

fn exit(distance: Distance, above: bool, entry: Price, scale: Scale) -> Option<Price> {
    let amount = match distance.unit {
        DistanceUnit::Ticks => return ticks(distance, above, entry, scale),
        DistanceUnit::Price => distance.amount,
        DistanceUnit::Percent => entry.value().checked_mul(distance.amount)?.checked_div(Decimal::ONE_HUNDRED)?,
    };
    if above {
        let nearest = scale.ticks_away(entry, 1)?;
        scale.tick_floor(entry.value().checked_add(amount)?).map(|price| price.max(nearest))
    } else {
        let nearest = scale.ticks_away(entry, -1)?;
        scale.tick_ceil(entry.value().checked_sub(amount)?).map(|price| price.min(nearest))
    }
}

/// Own limit orders of a row.
pub fn resting<'a>(model: &'a Model, scale: Scale, row: Price) -> impl Iterator<Item = &'a OrderRecord> + use<'a> {
    let open = model.selected.id.into_iter().flat_map(|id| {
        model.account.open_orders().filter(move |order| order.venue == id.venue && order.symbol == id.symbol.as_str())
    });
    open.filter(move |order| {
        order.stop_price.is_none() && order.price.and_then(|price| scale.row_of(order.side, price)) == Some(row)
    })
}

/// Changes that move the own orders of a row by one row: one for each order whose last change was answered.
///
/// # Errors
/// Why nothing is sent.
pub fn moves(model: &Model, scale: Scale, row: Price, up: bool) -> Result<Vec<Trade>, Words> {
    let mut changes = Vec::new();
    let mut any = false;
    for order in resting(model, scale, row) {
        any = true;
        if waits(order) || order.state == OrderState::Unknown {
            continue;
        }
        let Some(price) = order.price else { continue };
        let ticks = i64::from(scale.group());
        let to = scale.ticks_away(price, if up { ticks } else { -ticks }).ok_or(Words::Edge)?;
        may_have(model, scale, to)?;
        let order = order.id.clone();
        changes.push(Trade::Replace { order, price: Some(to), stop_price: None, quantity: None });
    }
    match (any, changes.is_empty()) {
        (false, _) => Err(Words::NothingHere),
        (true, true) => Err(Words::ChangeAwaited),
        (true, false) => Ok(changes),
    }
}

/// Changes that move every exit of the position by one tick.
///
/// # Errors
/// Why nothing is sent.
pub fn bracket_moves(model: &Model, scale: Scale, up: bool) -> Result<Vec<Trade>, Words> {
    if !scale.known {
        return Err(Words::TickUnknown);
    }
    let id = model.selected.id.ok_or(Words::NoBook)?;
    let step = |price: Option<Price>| match price {
        Some(price) => scale.ticks_away(price, if up { 1 } else { -1 }).map(Some).ok_or(Words::Edge),
        None => Ok(None),
    };
    let mut changes = Vec::new();
    let mut any = false;
    for order in model.account.open_of(&id) {
        let exit = order.parent_id.is_some() && matches!(order.role.as_str(), "take_profit" | "stop_loss");
        if !exit {
            continue;
        }
        any = true;
        if waits(order) || order.state == OrderState::Unknown || (order.price.is_none() && order.stop_price.is_none()) {
            continue;
        }
        let (price, stop_price) = (step(order.price)?, step(order.stop_price)?);
        changes.push(Trade::Replace { order: order.id.clone(), price, stop_price, quantity: None });
    }
    match (any, changes.is_empty()) {
        (false, _) => Err(Words::NoBracketOrders),
        (true, true) => Err(Words::ChangeAwaited),
        (true, false) => Ok(changes),
    }
}
