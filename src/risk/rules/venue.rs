//! What the broker and the venue take: types, times in force, flags, phases, grids of price and quantity.

use rust_decimal::Decimal;

use super::{overflow, reserved};
use crate::broker::api::{ProductCapability, World};
use crate::market::{Calendar, Phase, Price, Product, Venue};
use crate::order::{Draft, KindName, OrderKind, PositionSide, Route, TimeInForce, venue_takes};
use crate::risk::format::grouped;
use crate::risk::refusal::{Refusal, Rule};
use crate::risk::view::View;

/// The broker must trade the product, work the type, and know the time in force and the flags; the venue must take the
/// type in this phase.
///
/// A conditional type that the venue does not work is held by the desk, so what it becomes once triggered must be native;
/// the phase is then that of the triggering and not looked at now.
pub(super) fn unsupported(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let refuse = |value: String, limit: String| Some(Refusal::new(Rule::RiskUnsupported, value, limit));
    if draft.instrument != view.instrument.id {
        return refuse(format!("an order for {}", draft.instrument), view.instrument.id.to_string());
    }
    let broker = view.capabilities.broker;
    let is_it = |(product, _): &&(Product, &str)| *product == view.instrument.product;
    if let Some((_, why)) = view.capabilities.lacks.iter().find(is_it) {
        return refuse((*why).to_owned(), String::new());
    }
    let Some(product) = view.capabilities.product(view.instrument.product) else {
        return refuse(format!("{} at {broker}", view.instrument.id), String::new());
    };
    if let Some(refusal) = route_missing(view, draft) {
        return Some(refusal);
    }
    let kind = draft.kind.name();
    if let Some(why) = view.capabilities.lacks_kind(view.instrument.product, kind, draft.side) {
        return refuse(why.to_owned(), String::new());
    }
    let held_by_desk = draft.kind.is_conditional() && !product.native_kinds.contains(&kind);
    let sent = if held_by_desk { draft.kind.once_triggered() } else { draft.kind };
    if !product.native_kinds.contains(&sent.name()) {
        return refuse(format!("{kind} at {broker}"), names(&product.native_kinds));
    }
    if let Some(why) = view.capabilities.lacks_time(view.instrument.product, draft.time_in_force) {
        return refuse(why.to_owned(), String::new());
    }
    if !product.times_in_force.contains(&draft.time_in_force) {
        return refuse(format!("{} at {broker}", draft.time_in_force), names(&product.times_in_force));
    }
    if draft.time_in_force == TimeInForce::PostOnly && sent.limit().is_none() {
        return refuse(format!("post_only for {kind}"), "types with a limit price".to_owned());
    }
    if let Some(flag) = unknown_flag(view, draft, product) {
        return refuse(format!("{flag} at {broker}"), String::new());
    }
    if draft.time_in_force == TimeInForce::Reserved {
        return reserved::unsupported(view, draft, held_by_desk);
    }
    if draft.kind.is_for_auction() && !waits_for_auction(&draft.kind, view) {
        return refuse(format!("{kind} during {}", view.phase.as_str()), String::new());
    }
    if held_by_desk
        || !is_korean(view.instrument.product)
        || taken_by_route(draft.route, view, &draft.kind, draft.time_in_force)
    {
        return None;
    }
    let at = draft.route.map(|route| format!(" at {route}")).unwrap_or_default();
    refuse(format!("{kind} {}{at} during {}", draft.time_in_force, view.phase.as_str()), String::new())
}

/// A route that the profile has not, or that does not lead to the instrument; and a share that is named at a venue it can
/// only be sent to.
fn route_missing(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let refuse = |value: String, limit: String| Some(Refusal::new(Rule::RiskUnsupported, value, limit));
    let (id, routes) = (view.instrument.id, view.capabilities.routes);
    if id.venue == Venue::Nxt && !routes.is_empty() {
        let symbol = id.symbol;
        return refuse(format!("an order for {id}"), format!("KRX:{symbol}, sent to nxt"));
    }
    let route = draft.route?;
    if !routes.contains(&route) {
        let why = view.capabilities.routes_lack.map(ToOwned::to_owned);
        return refuse(
            why.unwrap_or_else(|| format!("{route} at {}", view.capabilities.broker)),
            routes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        );
    }
    let is_share = matches!(view.instrument.product, Product::KrxStock(_) | Product::KrxEtf);
    if is_share && id.venue == Venue::Krx { None } else { refuse(format!("{route} for {id}"), String::new()) }
}

/// Whether the venues behind a route take an order now. The phase is that of the route.
fn taken_by_route(route: Option<Route>, view: &View<'_>, kind: &OrderKind, time_in_force: TimeInForce) -> bool {
    let name = kind.name();
    match route {
        // Phases without orders are the next rule's.
        Some(_) if !view.phase.takes_orders() => true,
        // What NXT takes at the closing price no broker says.
        Some(Route::Nxt) if view.phase == Phase::ClosingPrice => false,
        Some(Route::Nxt) => venue_takes(Venue::Nxt, view.instrument.product, view.phase, name, time_in_force).is_ok(),
        // Closing prices, conditional, pegged and stop orders are one venue's, and so is the after-market of KRX.
        Some(Route::Best) => {
            let is_plain =
                matches!(name, KindName::Limit | KindName::Market | KindName::BestLimit | KindName::PriorityLimit);
            is_plain && view.phase != Phase::AfterMarket && taken_in_phase(kind, time_in_force, view.phase)
        }
        Some(Route::Krx) | None => taken_in_phase(kind, time_in_force, view.phase),
    }
}

fn unknown_flag(view: &View<'_>, draft: &Draft, product: &ProductCapability) -> Option<&'static str> {
    let hedge = view.capabilities.hedge_mode && view.instrument.product.is_margined();
    if draft.reduce_only && !product.reduce_only {
        return Some("reduce_only");
    }
    match draft.position_side {
        PositionSide::Net => None,
        PositionSide::Long | PositionSide::Short if hedge => None,
        PositionSide::Long => Some("position side long"),
        PositionSide::Short => Some("position side short"),
    }
}

fn names<T: ToString>(all: &std::collections::BTreeSet<T>) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

const fn is_korean(product: Product) -> bool {
    matches!(product, Product::KrxStock(_) | Product::KrxEtf)
        || matches!(product, Product::KrxFuture | Product::KrxOption)
}

/// Whether the auction that an order is for is still to come; only US exchanges have such orders. Phases that take no
/// orders at all are [`session_closed`]'s.
const fn waits_for_auction(kind: &OrderKind, view: &View<'_>) -> bool {
    if !matches!(view.instrument.id.venue, Venue::Nasdaq | Venue::Nyse | Venue::Amex) {
        return false;
    }
    match view.phase {
        Phase::Closed | Phase::Halted | Phase::PreMarket => true,
        Phase::Continuous => matches!(kind, OrderKind::OnClose { .. }),
        _ => false,
    }
}

/// Which types KRX and NXT take in which phase (KRX since 2026-09-14, after-market included). IOC and FOK exist only where
/// orders match as they come. Orders at the previous close (08:30 to 08:40) are collected during the opening auction.
/// Phases that take no orders at all are [`session_closed`]'s.
const fn taken_in_phase(kind: &OrderKind, time_in_force: TimeInForce, phase: Phase) -> bool {
    use KindName as K;
    let kind = kind.name();
    if matches!(time_in_force, TimeInForce::Ioc | TimeInForce::Fok) && phase.takes_orders() && !phase.is_continuous() {
        return false;
    }
    match phase {
        Phase::Closed | Phase::Halted => true,
        Phase::Continuous => !matches!(kind, K::PreOpenClose | K::AfterClose),
        Phase::Night => matches!(kind, K::Limit | K::Market | K::ConditionalLimit | K::BestLimit),
        Phase::OpeningAuction => !matches!(kind, K::BestLimit | K::PriorityLimit | K::MidPrice | K::AfterClose),
        Phase::Volatility => {
            !matches!(kind, K::BestLimit | K::PriorityLimit | K::MidPrice | K::PreOpenClose | K::AfterClose)
        }
        Phase::ClosingAuction => !matches!(
            kind,
            K::BestLimit | K::PriorityLimit | K::MidPrice | K::PreOpenClose | K::AfterClose | K::ConditionalLimit
        ),
        Phase::ClosingPrice => matches!(kind, K::PreOpenClose | K::AfterClose),
        Phase::OffHoursAuction => matches!(kind, K::Limit),
        Phase::PreMarket | Phase::AfterMarket => {
            matches!(kind, K::Limit | K::StopLimit | K::BestLimit | K::PriorityLimit | K::MidPrice)
        }
    }
}

/// The phase must take orders, but for those that wait for another one. Auctions do, market orders included.
pub(super) fn session_closed(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    if draft.time_in_force == TimeInForce::Reserved {
        return None;
    }
    let derivative = matches!(view.instrument.product, Product::KrxFuture | Product::KrxOption);
    let value = match view.phase {
        Phase::Closed if derivative => closed_derivative(view),
        phase => match draft.route {
            Some(route) => format!("the session of {route} is {}", phase.as_str()),
            None => format!("the session is {}", phase.as_str()),
        },
    };
    (!view.phase.takes_orders()).then(|| Refusal::new(Rule::RiskSessionClosed, value, ""))
}

/// Why nothing trades: a contract ends before its market does, and paper trading has no night.
fn closed_derivative(view: &View<'_>) -> String {
    let calendar = Calendar::builtin().ok();
    let last = calendar.and_then(|calendar| calendar.last_trading_day(view.instrument.id));
    match last.filter(|last| view.trading_date >= *last) {
        Some(last) => format!("the session is closed: the last trading day of {} is {last}", view.instrument.id),
        None if view.world == World::Paper => {
            "the day session is closed, and paper trading has no night session".to_owned()
        }
        None => "the session is closed".to_owned(),
    }
}

/// Limit and trigger prices lie on the grid of their own price on the trading date.
pub(super) fn tick_size(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let mut prices = [draft.kind.limit(), draft.kind.trigger()].into_iter().flatten();
    prices.find_map(|price| off_tick(view, price, Rule::RiskTickSize))
}

/// Refuses in the name of `rule` when the price is not on the grid.
pub(super) fn off_tick(view: &View<'_>, price: Price, rule: Rule) -> Option<Refusal> {
    let tick = view.instrument.ticks.tick(price.value(), view.trading_date);
    match is_multiple(price.value(), tick) {
        None => overflow("the price in ticks"),
        Some(true) => None,
        Some(false) => Some(Refusal::new(rule, grouped(price.value()), format!("multiples of {}", grouped(tick)))),
    }
}

/// Whether `value` is a whole number of `step`s; a step of zero allows everything. `None` when it cannot be computed.
fn is_multiple(value: Decimal, step: Decimal) -> Option<bool> {
    if step.is_zero() {
        return Some(true);
    }
    value.checked_rem(step).map(|rest| rest.is_zero())
}

/// A quantity above zero, in whole lots, not below the venue's smallest and not above its largest order.
pub(super) fn lot_size(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let quantity = draft.quantity;
    let refuse = |limit: String| Some(Refusal::new(Rule::RiskLotSize, grouped(quantity.value()), limit));
    if quantity.is_zero() {
        return refuse("above 0".to_owned());
    }
    match is_multiple(quantity.value(), view.instrument.lot.value()) {
        None => return overflow("the quantity in lots"),
        Some(false) => return refuse(format!("multiples of {}", grouped(view.instrument.lot.value()))),
        Some(true) => {}
    }
    if quantity < view.instrument.min_quantity {
        return refuse(format!("at least {}", grouped(view.instrument.min_quantity.value())));
    }
    match view.instrument.max_quantity {
        Some(max) if quantity > max => refuse(format!("at most {}", grouped(max.value()))),
        _ => None,
    }
}

/// Price times quantity times multiplier is at least the venue's smallest order. The price is the limit, else the trigger,
/// else the last price. Reduce-only orders are excused, as at Binance futures (error -4164), so that what is left of a
/// position can always be closed.
pub(super) fn min_notional(view: &View<'_>, draft: &Draft) -> Option<Refusal> {
    let least = view.instrument.min_notional?;
    if draft.reduce_only {
        return None;
    }
    let price = draft.kind.limit().or(draft.kind.trigger()).or(view.last)?;
    let Some(value) = price
        .value()
        .checked_mul(draft.quantity.value())
        .and_then(|product| product.checked_mul(view.instrument.multiplier))
    else {
        return overflow("the value of the order");
    };
    (value < least).then(|| Refusal::new(Rule::RiskMinNotional, grouped(value), grouped(least)))
}
