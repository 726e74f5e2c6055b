//! The rules once more, written from their documentation alone: whole numbers in hundredths, one table of sentences, no
//! early returns, and none of the gate's own arithmetic.

use std::collections::BTreeSet;

use hoga::broker::api::World;
use hoga::config::Permission;
use hoga::market::{Phase, Price, Product, Side, TickRule, Venue};
use hoga::order::{KindName as K, OrderKind, PositionSide, TimeInForce, Trail};
use hoga::risk::{DeskState, Rule};
use rust_decimal::Decimal;

use super::case::Case;

/// Hundredths of one: every number of the model is counted in them.
const ONE: i128 = 100;

fn cents(value: Decimal) -> i128 {
    let value = value.normalize();
    assert!(value.scale() <= 2, "the model counts in hundredths, not {value}");
    value.mantissa() * 10_i128.pow(2 - value.scale())
}

fn maybe(value: Option<Price>) -> Option<i128> {
    value.map(|price| cents(price.value()))
}

/// KRX share table since 2023-01-25 and ETF table since 2023-12-18, in won; hundredths for the fixed ticks.
fn tick(rule: TickRule, price: i128) -> i128 {
    let won = |won: i128| won * ONE;
    match rule {
        TickRule::Fixed(size) => cents(size),
        TickRule::KrxEtf => won(if price < won(2_000) { 1 } else { 5 }),
        TickRule::KrxOption => {
            if price < 10 * ONE {
                1
            } else {
                5
            }
        }
        TickRule::KrxMiniOption => match price {
            1_000.. => 5,
            300.. => 2,
            _ => 1,
        },
        TickRule::KrxKosdaqOption => {
            if price < 50 * ONE {
                10
            } else {
                50
            }
        }
        // The cases know no share in Asia: a case that makes one needs its table here.
        TickRule::HkexShare | TickRule::TseShare | TickRule::HoseShare => unreachable!("no case makes {rule:?}"),
        TickRule::KrxStock | TickRule::KrxKosdaq => won(match price / ONE {
            500_000.. => 1_000,
            200_000.. => 500,
            50_000.. => 100,
            20_000.. => 50,
            5_000.. => 10,
            2_000.. => 5,
            _ => 1,
        }),
    }
}

/// Positions in these may be short.
const fn is_on_margin(product: Product) -> bool {
    matches!(product, Product::CryptoPerpetual | Product::KrxFuture)
}

/// What KRX and NXT take, as lists of what is allowed.
fn korean_phase_takes(kind: K, phase: Phase) -> bool {
    let list: &[K] = match phase {
        Phase::Closed | Phase::Halted => &K::ALL,
        Phase::Continuous => &[
            K::Limit,
            K::Market,
            K::Stop,
            K::StopLimit,
            K::TrailingStop,
            K::TakeProfit,
            K::ConditionalLimit,
            K::BestLimit,
            K::PriorityLimit,
            K::MidPrice,
        ],
        Phase::OpeningAuction => &[
            K::Limit,
            K::Market,
            K::Stop,
            K::StopLimit,
            K::TrailingStop,
            K::TakeProfit,
            K::ConditionalLimit,
            K::PreOpenClose,
        ],
        Phase::Volatility => {
            &[K::Limit, K::Market, K::Stop, K::StopLimit, K::TrailingStop, K::TakeProfit, K::ConditionalLimit]
        }
        Phase::ClosingAuction => &[K::Limit, K::Market, K::Stop, K::StopLimit, K::TrailingStop, K::TakeProfit],
        Phase::ClosingPrice => &[K::PreOpenClose, K::AfterClose],
        Phase::OffHoursAuction => &[K::Limit],
        Phase::PreMarket | Phase::AfterMarket => &[K::Limit, K::StopLimit, K::BestLimit, K::PriorityLimit, K::MidPrice],
        Phase::Night => &[K::Limit, K::Market, K::ConditionalLimit, K::BestLimit],
    };
    list.contains(&kind)
}

/// An order's numbers in hundredths.
struct Numbers {
    buys: bool,
    quantity: i128,
    limit: Option<i128>,
    trigger: Option<i128>,
    last: Option<i128>,
    opposite: Option<i128>,
    /// Units left to close when every other closing order is filled.
    left: i128,
    /// The order goes against what is held.
    against: bool,
    reduces: bool,
    order_value: i128,
    position_value: i128,
}

impl Numbers {
    fn of(case: &Case) -> Self {
        let (view, draft) = (&case.view, &case.draft);
        let buys = draft.side == Side::Buy;
        let held = cents(view.held);
        let quantity = cents(draft.quantity.value());
        let direction = if buys { 1 } else { -1 };
        let against = held * direction < 0;
        let left = if against { (held.abs() - cents(view.held_back.value())).max(0) } else { 0 };
        Self {
            buys,
            quantity,
            limit: maybe(draft.kind.limit()),
            trigger: maybe(draft.kind.trigger()),
            last: maybe(view.last),
            opposite: maybe(if buys { view.best_ask } else { view.best_bid }),
            left,
            against,
            reduces: against && quantity > 0 && left - quantity >= 0,
            order_value: cents(view.order_value),
            position_value: cents(view.position_value),
        }
    }

    fn prices(&self) -> impl Iterator<Item = i128> {
        [self.limit, self.trigger].into_iter().flatten()
    }

    fn opening(&self) -> i128 {
        (self.quantity - self.left).max(0)
    }

    /// Whether the opening part of the order, on top of `base`, is worth more than `max` (both in hundredths).
    fn opening_is_above(&self, base: i128, max: i128) -> bool {
        if self.quantity == 0 {
            return base + self.order_value > max;
        }
        base * self.quantity + self.order_value * self.opening() > max * self.quantity
    }

    fn position_is_above(&self, max: i128) -> bool {
        let base = if self.against { 0 } else { self.position_value };
        self.opening_is_above(base, max)
    }
}

/// Rules that the case breaks.
pub fn broken(case: &Case) -> BTreeSet<Rule> {
    let numbers = Numbers::of(case);
    [state(case, &numbers), venue(case, &numbers), sizes(case, &numbers), account(case, &numbers)]
        .into_iter()
        .flatten()
        .chain([(Rule::RiskBracket, bracket(case, &numbers))])
        .filter_map(|(rule, broken)| broken.then_some(rule))
        .collect()
}

fn state(case: &Case, n: &Numbers) -> Vec<(Rule, bool)> {
    let view = &case.view;
    let id = case.instrument.id.to_string();
    let entries = case.limits.blocked.iter().map(|entry| entry.to_uppercase());
    let allowed_worlds: &[World] = match case.limits.permission {
        Permission::Viewer => &[],
        Permission::PaperTrader => &[World::Virtual, World::Paper],
        Permission::RealTrader | Permission::Admin => &[World::Virtual, World::Paper, World::Live],
    };
    vec![
        (Rule::RiskHalted, view.desk == DeskState::Halted),
        (Rule::RiskReducingOnly, view.desk == DeskState::Reducing && !n.reduces),
        (Rule::RiskPermission, !allowed_worlds.contains(&view.world)),
        (Rule::RiskSymbolBlocked, entries.into_iter().any(|entry| id == entry || id.ends_with(&format!(":{entry}")))),
        (Rule::RiskUnknownOrder, view.unknown_order),
        (Rule::RiskNotReconciled, !view.reconciled),
        (Rule::RiskDisconnected, !view.connected),
        (Rule::RiskClock, !view.clock_ok),
    ]
}

fn unsupported(case: &Case) -> bool {
    let (view, draft) = (&case.view, &case.draft);
    let derivative = matches!(case.instrument.product, Product::KrxFuture | Product::KrxOption);
    let korean = derivative || matches!(case.instrument.product, Product::KrxStock(_) | Product::KrxEtf);
    let Some(can) = case.capabilities.product(case.instrument.product) else { return true };
    let kind = draft.kind.name();
    let conditional = [K::Stop, K::StopLimit, K::TrailingStop, K::TakeProfit].contains(&kind);
    let desk_holds = conditional && !can.native_kinds.contains(&kind);
    let sent = match kind {
        K::StopLimit if desk_holds => K::Limit,
        _ if desk_holds => K::Market,
        other => other,
    };
    let at_once = matches!(draft.time_in_force, TimeInForce::Ioc | TimeInForce::Fok);
    let matching =
        [Phase::Continuous, Phase::PreMarket, Phase::AfterMarket, Phase::Night, Phase::Closed, Phase::Halted];
    let in_phase = korean_phase_takes(kind, view.phase) && (!at_once || matching.contains(&view.phase));
    let has_price = [K::Limit, K::StopLimit, K::ConditionalLimit, K::LimitOnOpen, K::LimitOnClose].contains(&sent);
    let waits = [K::MarketOnOpen, K::LimitOnOpen, K::MarketOnClose, K::LimitOnClose].contains(&kind);
    let comes = match view.phase {
        Phase::Continuous => [K::MarketOnClose, K::LimitOnClose].contains(&kind),
        phase => [Phase::Closed, Phase::Halted, Phase::PreMarket].contains(&phase),
    };
    let american = [Venue::Nasdaq, Venue::Nyse, Venue::Amex].contains(&case.instrument.id.venue);
    let hedge = case.capabilities.hedge_mode && is_on_margin(case.instrument.product);
    draft.instrument != case.instrument.id
        || !can.native_kinds.contains(&sent)
        || !can.times_in_force.contains(&draft.time_in_force)
        || (draft.time_in_force == TimeInForce::PostOnly && !has_price)
        || (draft.reduce_only && !can.reduce_only)
        || (draft.position_side != PositionSide::Net && !hedge)
        || (korean && !desk_holds && !in_phase)
        || (waits && !(american && comes))
}

fn stale(case: &Case, n: &Numbers) -> bool {
    let too_old = match case.view.data_age {
        None => true,
        Some(age) => {
            let is_late = case.limits.late_markets.contains(&case.instrument.id.venue);
            let allowed_ms = u128::from(case.limits.max_data_age_ms) + if is_late { 960_000 } else { 0 };
            age.as_nanos() > allowed_ms * 1_000_000
        }
    };
    let conditional = matches!(case.draft.kind.name(), K::Stop | K::StopLimit | K::TrailingStop | K::TakeProfit);
    let worked_by_last = conditional && n.last.is_none();
    let worked_by_market = n.limit.is_none() && n.last.is_none() && n.opposite.is_none();
    too_old || worked_by_last || worked_by_market
}

/// A trail that is no distance, or, below the market, one that leaves nothing.
fn no_trail(trail: Trail, sells: bool, from: Option<i128>) -> bool {
    match trail {
        Trail::Amount(amount) => cents(amount) <= 0 || (sells && from.is_some_and(|from| from - cents(amount) <= 0)),
        Trail::Percent(percent) => !(1..100 * ONE).contains(&cents(percent)),
    }
}

fn goes_off_at_once(case: &Case, n: &Numbers) -> bool {
    let waits_above = n.buys != matches!(case.draft.kind, OrderKind::TakeProfit { .. });
    let at_once = match (n.trigger, n.last) {
        (Some(trigger), Some(last)) if waits_above => last >= trigger,
        (Some(trigger), Some(last)) => last <= trigger,
        _ => false,
    };
    let trail = match case.draft.kind {
        OrderKind::TrailingStop { distance, .. } => no_trail(distance, !n.buys, n.last),
        _ => false,
    };
    at_once || trail
}

fn venue(case: &Case, n: &Numbers) -> Vec<(Rule, bool)> {
    let instrument = &case.instrument;
    let off_grid = |price: i128| match tick(instrument.ticks, price) {
        0 => false,
        tick => price % tick != 0,
    };
    let lot = cents(instrument.lot.value());
    let off_lot = n.quantity <= 0
        || (lot > 0 && n.quantity % lot != 0)
        || n.quantity < cents(instrument.min_quantity.value())
        || instrument.max_quantity.is_some_and(|max| n.quantity > cents(max.value()));
    let counted_at = n.limit.or(n.trigger).or(n.last);
    let small = match (instrument.min_notional, counted_at) {
        (Some(least), Some(price)) => {
            price * n.quantity * cents(instrument.multiplier) < cents(least) * ONE * ONE && !case.draft.reduce_only
        }
        _ => false,
    };
    let outside = case.view.daily_limits.is_some_and(|day| {
        n.prices().any(|price| price < cents(day.lower.value()) || cents(day.upper.value()) < price)
    });
    let far = match (case.limits.price_collar_percent, n.limit, n.last) {
        (Some(percent), Some(limit), Some(last)) => (limit - last).abs() * 100 * ONE > cents(percent) * last,
        _ => false,
    };
    vec![
        (Rule::RiskUnsupported, unsupported(case)),
        (Rule::RiskSessionClosed, matches!(case.view.phase, Phase::Closed | Phase::Halted)),
        (Rule::RiskStaleData, stale(case, n)),
        (Rule::RiskTickSize, n.prices().any(off_grid)),
        (Rule::RiskLotSize, off_lot),
        (Rule::RiskMinNotional, small),
        (Rule::RiskPriceLimit, outside),
        (Rule::RiskPriceCollar, far),
        (Rule::RiskTriggerSide, goes_off_at_once(case, n)),
    ]
}

fn sizes(case: &Case, n: &Numbers) -> Vec<(Rule, bool)> {
    let (limits, view) = (&case.limits, &case.view);
    let above = |value: i128, max: Option<Decimal>| max.is_some_and(|max| value > cents(max));
    let one_more = u32::from(!view.already_in_position);
    let positions = limits.max_positions.is_some_and(|max| one_more == 1 && view.positions + one_more > max);
    let position = limits.max_position_amount.is_some_and(|max| n.position_is_above(cents(max)));
    let exposure = limits.max_exposure.is_some_and(|max| n.opening_is_above(cents(view.exposure), cents(max)));
    vec![
        (Rule::RiskMaxOrderAmount, above(n.order_value, limits.max_order_amount)),
        (Rule::RiskMaxOrderQuantity, above(n.quantity, limits.max_order_quantity)),
        (Rule::RiskMaxPositions, positions && !n.reduces),
        (Rule::RiskMaxPositionAmount, position && !n.reduces),
        (Rule::RiskMaxExposure, exposure && !n.reduces),
    ]
}

fn account(case: &Case, n: &Numbers) -> Vec<(Rule, bool)> {
    let (limits, view, draft) = (&case.limits, &case.view, &case.draft);
    let profit = cents(view.day_profit);
    let lost = limits.max_daily_loss.is_some_and(|max| profit < 0 && profit + cents(max) <= 0);
    let (equity, peak) = (cents(view.equity), cents(view.peak_equity));
    let fallen = limits
        .max_drawdown_percent
        .is_some_and(|max| peak > 0 && equity < peak && (peak - equity) * 100 * ONE >= peak * cents(max));
    let margined = is_on_margin(case.instrument.product);
    let must_close = match (margined, draft.position_side) {
        (false, _) => !n.buys,
        (true, PositionSide::Net) => false,
        (true, PositionSide::Long) => !n.buys,
        (true, PositionSide::Short) => n.buys,
    };
    // A step holds unless the position is worth less than where it begins.
    let steps = case.instrument.tiers.iter().filter(|tier| n.position_is_above(cents(tier.notional_from) - 1));
    let highest = steps.map(|tier| tier.max_leverage).min().into_iter().chain(limits.max_leverage).min();
    let same = case.recent.iter().any(|r| {
        r.instrument == draft.instrument && r.side == draft.side && r.kind == draft.kind && r.quantity == draft.quantity
    });
    let one_more_above = |count: u32, max: Option<u32>| max.is_some_and(|max| count >= max);
    vec![
        (Rule::RiskMaxDailyLoss, lost && !n.reduces),
        (Rule::RiskMaxDrawdown, fallen && !n.reduces),
        (Rule::RiskInsufficientCash, cents(view.cash_needed) > cents(view.cash_available).max(0)),
        (Rule::RiskInsufficientQuantity, must_close && n.quantity > n.left),
        (Rule::RiskReduceOnly, draft.reduce_only && !n.reduces),
        (Rule::RiskMaxLeverage, margined && !n.reduces && highest.is_some_and(|max| view.leverage > max)),
        (Rule::RiskMaxOpenOrders, one_more_above(view.open_orders, limits.max_open_orders)),
        (
            Rule::RiskOrderRate,
            one_more_above(view.orders_last_second, limits.max_orders_per_second)
                || one_more_above(view.orders_last_minute, limits.max_orders_per_minute),
        ),
        (Rule::RiskDuplicate, same && limits.duplicate_window_ms != 0),
        (Rule::RiskSelfCrossing, limits.refuse_self_crossing && meets_own(case, n)),
    ]
}

fn meets_own(case: &Case, n: &Numbers) -> bool {
    let Some(own) = maybe(case.view.own_opposite_best) else { return false };
    // Sold prices are turned around, so that "as good or better" always reads "at or above".
    let turn = |price: i128| if n.buys { price } else { -price };
    let reaches = |price: i128| turn(price) >= turn(own);
    match case.draft.kind.name() {
        K::Limit | K::ConditionalLimit => n.limit.is_some_and(reaches),
        K::Market | K::BestLimit => n.opposite.is_none_or(reaches),
        K::MidPrice => match (maybe(case.view.best_bid), maybe(case.view.best_ask)) {
            (Some(bid), Some(ask)) => turn(bid + ask) >= turn(2 * own),
            _ => false,
        },
        K::Stop | K::StopLimit | K::TrailingStop | K::TakeProfit => false,
        K::PriorityLimit | K::PreOpenClose | K::AfterClose => false,
        K::MarketOnOpen | K::LimitOnOpen | K::MarketOnClose | K::LimitOnClose => false,
    }
}

fn bracket(case: &Case, n: &Numbers) -> bool {
    let bracket = case.draft.bracket;
    let profit = maybe(bracket.take_profit);
    let loss = maybe(bracket.stop_loss);
    if profit.is_none() && loss.is_none() && bracket.trail.is_none() {
        return false;
    }
    let entry = n.limit.or(n.trigger).or(n.last).or(n.opposite);
    let turn = |price: i128| if n.buys { price } else { -price };
    let in_order = |low: Option<i128>, high: Option<i128>| match (low, high) {
        (Some(low), Some(high)) => turn(low) < turn(high),
        _ => true,
    };
    let off_grid = |price: i128| match tick(case.instrument.ticks, price) {
        0 => false,
        tick => price % tick != 0,
    };
    n.reduces
        || case.draft.reduce_only
        || (loss.is_some() && bracket.trail.is_some())
        || !in_order(entry, profit)
        || !in_order(loss, entry)
        || [profit, loss].into_iter().flatten().any(off_grid)
        || bracket.trail.is_some_and(|trail| no_trail(trail, n.buys, entry))
}
