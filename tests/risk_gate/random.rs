//! Random desks and orders: mostly in order, each part out of order now and then, on both sides of every border.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use hoga::broker::api::World;
use hoga::config::Permission;
use hoga::market::{DailyLimits, LeverageTier, Phase, Price, Product, Quantity, Side, TickRule};
use hoga::order::{KindName, OrderKind, PositionSide, TimeInForce, Trail};
use hoga::risk::{DeskState, RecentOrder, Rule};
use rust_decimal::Decimal;

use super::case::{Case, SHARE, capabilities, instrument, price, quantity};
use super::model;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    fn within(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.within(1, n) == 1
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.within(0, all.len() as i64 - 1) as usize]
    }

    /// Hundredths.
    fn cents(&mut self, low: i64, high: i64) -> Decimal {
        Decimal::new(self.within(low, high), 2)
    }
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Tally {
    pub orders: u64,
    pub passed: u64,
    pub refused: BTreeMap<Rule, u64>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} orders, {} passed, 0 differ from the model; refused by", self.orders, self.passed)?;
        self.refused.iter().try_for_each(|(rule, count)| writeln!(f, "{:>28} {count:>8}", rule.name()))
    }
}

/// Rules that answer with an overflow when their numbers are out of range.
const COMPUTED: [Rule; 6] = [
    Rule::RiskMinNotional,
    Rule::RiskPriceCollar,
    Rule::RiskMaxPositionAmount,
    Rule::RiskMaxExposure,
    Rule::RiskMaxDrawdown,
    Rule::RiskMaxLeverage,
];

/// Checks `orders` random orders and panics on the first that gate and model see differently.
///
/// Where the gate says that a number is out of range (which only the extreme cases may bring about) the model, which
/// computes with wider numbers, may know more; then the gate must have refused, and may miss computed rules only.
pub fn compare(orders: u64, seed: u64) -> Tally {
    let mut tally = Tally::default();
    for index in 0..orders {
        let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(index));
        let extreme = index % 50 == 49;
        let case = case(&mut random, extreme);
        let refusals = case.refusals();
        let gate: BTreeSet<Rule> = refusals.iter().map(|refusal| refusal.rule).collect();
        let model = model::broken(&case);
        assert!(refusals.windows(2).all(|pair| pair[0].rule < pair[1].rule), "out of order: {refusals:?}");
        let agrees = if gate.contains(&Rule::RiskOverflow) {
            let missed = model.difference(&gate);
            let made_up = gate.difference(&model).filter(|rule| **rule != Rule::RiskOverflow);
            extreme && made_up.count() == 0 && missed.into_iter().all(|rule| COMPUTED.contains(rule))
        } else {
            gate == model
        };
        assert!(agrees, "order {index} of seed {seed}:\ngate  {gate:?}\nmodel {model:?}\n{case:#?}");
        tally.orders += 1;
        tally.passed += u64::from(gate.is_empty());
        gate.into_iter().for_each(|rule| *tally.refused.entry(rule).or_default() += 1);
    }
    tally
}

fn case(r: &mut Random, extreme: bool) -> Case {
    let mut case = Case::quiet();
    choose_instrument(&mut case, r);
    desk(&mut case, r);
    market(&mut case, r);
    order(&mut case, r);
    holdings(&mut case, r);
    amounts(&mut case, r);
    pace(&mut case, r);
    if extreme {
        extremes(&mut case, r);
    }
    case
}

fn choose_instrument(case: &mut Case, r: &mut Random) {
    let (id, product) = r.pick(&[
        ("KRX:005930", SHARE),
        ("KRX:005930", SHARE),
        ("KRX:069500", Product::KrxEtf),
        ("NASDAQ:AAPL", Product::ForeignStock),
        ("BINANCE_SPOT:BTCUSDT", Product::CryptoSpot),
        ("KRX_FUTURES:A01612", Product::KrxFuture),
        ("KRX_FUTURES:B01611415", Product::KrxOption),
        ("BINANCE_FUTURES:BTCUSDT", Product::CryptoPerpetual),
        ("BINANCE_FUTURES:BTCUSDT", Product::CryptoPerpetual),
    ]);
    let shares = [SHARE, Product::KrxEtf, Product::ForeignStock];
    let others = [Product::CryptoSpot, Product::CryptoPerpetual, Product::KrxFuture, Product::KrxOption];
    case.capabilities = capabilities(&[&shares[..], &others[..]].concat());
    case.instrument = instrument(id, product);
    let instrument = &mut case.instrument;
    if matches!(instrument.ticks, TickRule::Fixed(_)) {
        instrument.ticks = TickRule::Fixed(Decimal::new(r.pick(&[1, 10, 50, 0, 25]), 2));
        instrument.lot = r.pick(&[quantity("0.01"), quantity("1"), quantity("0.1"), quantity("0")]);
        instrument.min_quantity = r.pick(&[instrument.lot, quantity("0.05")]);
    } else if r.one_in(10) {
        instrument.lot = quantity("10");
    }
    instrument.multiplier = Decimal::new(r.pick(&[100, 100, 100, 1_000, 50]), 2);
    if r.one_in(6) {
        instrument.max_quantity = Quantity::new(r.cents(1_000, 30_000)).ok();
    }
    if r.one_in(4) {
        instrument.min_notional = Some(Decimal::from(r.within(1, 2_000_000)));
    }
    if product.is_margined() && r.one_in(2) {
        let steps = [(0, 50), (r.within(1_000, 5_000_000), 20), (r.within(5_000_001, 9_000_000), 5)];
        instrument.tiers = steps.map(|(from, leverage)| tier(from, leverage)).to_vec();
    }
    if let Some(can) = case.capabilities.products.iter_mut().find(|entry| entry.product == product) {
        if r.one_in(12) {
            can.native_kinds.remove(&r.pick(&KindName::ALL));
            can.native_kinds.remove(&r.pick(&[KindName::Stop, KindName::StopLimit, KindName::Market]));
        }
        if r.one_in(12) {
            can.times_in_force.remove(&r.pick(&TimeInForce::ALL));
        }
        can.reduce_only = product.is_margined() != r.one_in(15);
    }
    if r.one_in(100) {
        case.capabilities.products.retain(|entry| entry.product != product);
    }
    case.capabilities.hedge_mode = !r.one_in(5);
    case.draft.instrument = case.instrument.id;
    if r.one_in(100) {
        case.draft.instrument = "KRX:000660".parse().unwrap();
    }
}

fn tier(from: i64, max_leverage: u32) -> LeverageTier {
    LeverageTier {
        notional_from: Decimal::from(from),
        maintenance_rate: Decimal::new(1, 2),
        maintenance_amount: Decimal::ZERO,
        max_leverage,
    }
}

fn desk(case: &mut Case, r: &mut Random) {
    let view = &mut case.view;
    if r.one_in(12) {
        view.desk = r.pick(&[DeskState::Halted, DeskState::Reducing, DeskState::Reducing, DeskState::Reducing]);
    }
    case.limits.permission =
        r.pick(&[Permission::PaperTrader, Permission::RealTrader, Permission::Admin, Permission::Admin]);
    if r.one_in(40) {
        case.limits.permission = Permission::Viewer;
    }
    view.world = r.pick(&[World::Virtual, World::Virtual, World::Paper, World::Live]);
    if r.one_in(30) {
        let entry = r.pick(&["KRX:005930", "005930", "btcusdt", "AAPL", "NXT:005930", "Binance_Spot:BTCUSDT"]);
        case.limits.blocked = vec!["ZZZ".into(), entry.into()];
    }
    view.unknown_order = r.one_in(50);
    view.reconciled = !r.one_in(50);
    view.connected = !r.one_in(50);
    view.clock_ok = !r.one_in(50);
    if r.one_in(6) {
        view.phase = r.pick(&[
            Phase::Closed,
            Phase::OpeningAuction,
            Phase::ClosingAuction,
            Phase::Volatility,
            Phase::Halted,
            Phase::ClosingPrice,
            Phase::OffHoursAuction,
            Phase::PreMarket,
            Phase::AfterMarket,
            Phase::Night,
        ]);
    }
}

/// A few ticks from `near`, or now and then far away or off the grid.
fn price_near(case: &Case, near: Price, r: &mut Random) -> Price {
    let (ticks, on) = (case.instrument.ticks, case.view.trading_date);
    let raw = match r.within(0, 19) {
        0 => near.value() * r.cents(40, 180),
        1 => return Price::new((near.value() + r.cents(-400, 400)).round_dp(2)).unwrap_or(near),
        _ => return ticks.step(near, r.within(-4, 4) as i32, on),
    };
    ticks.floor(raw.round_dp(2), on).filter(|price| price.value().scale() <= 2).unwrap_or(near)
}

fn market(case: &mut Case, r: &mut Random) {
    let levels = ["70000", "1999", "49950", "199900", "200000", "500000", "5000", "120.50", "20"];
    let last = price(r.pick(&levels));
    let (ticks, on) = (case.instrument.ticks, case.view.trading_date);
    case.view.last = Some(last).filter(|_| !r.one_in(20));
    case.view.best_bid = Some(ticks.step(last, -r.within(0, 2) as i32, on)).filter(|_| !r.one_in(10));
    case.view.best_ask = Some(ticks.step(last, r.within(0, 2) as i32, on)).filter(|_| !r.one_in(10));
    let age = r.pick(&[0, 4_999_999_999, 5_000_000_000, 1_000_000_000]);
    case.view.data_age = Some(Duration::from_nanos(age));
    if r.one_in(30) {
        case.view.data_age = r.pick(&[None, Some(Duration::from_nanos(5_000_000_001)), Some(Duration::from_secs(90))]);
    }
    if r.one_in(3) {
        let (lower, upper) =
            (ticks.step(last, -r.within(2, 9) as i32, on), ticks.step(last, r.within(2, 9) as i32, on));
        case.view.daily_limits = Some(DailyLimits { lower, upper });
    }
    case.limits.price_collar_percent = r.pick(&[None, Some(Decimal::from(30)), Some(Decimal::new(5, 1))]);
    if r.one_in(6) {
        case.view.own_opposite_best = Some(price_near(case, last, r));
    }
    // The reference of the order's prices stays known to the generator when the desk has lost it.
    case.draft.kind = OrderKind::Limit { price: last };
}

fn order(case: &mut Case, r: &mut Random) {
    let last = case.draft.kind.limit().unwrap();
    case.draft.side = r.pick(&[Side::Buy, Side::Sell]);
    case.draft.kind = kind(case, last, r);
    case.draft.time_in_force = r.pick(&[TimeInForce::Day, TimeInForce::Day, TimeInForce::Gtc, TimeInForce::Ioc]);
    if r.one_in(15) {
        case.draft.time_in_force = r.pick(&[TimeInForce::PostOnly, TimeInForce::Fok]);
    }
    let lot = case.instrument.lot.value().max(Decimal::new(1, 2));
    let units = lot * Decimal::from(r.within(1, 300));
    let units = if r.one_in(25) { r.cents(0, 1_000) } else { units };
    case.draft.quantity = Quantity::new(if r.one_in(60) { Decimal::ZERO } else { units }).unwrap();
    if r.one_in(if case.instrument.product.is_margined() { 4 } else { 60 }) {
        case.draft.position_side = r.pick(&[PositionSide::Long, PositionSide::Short]);
    }
    if r.one_in(6) {
        let (up, down) = if case.draft.side == Side::Buy { (9, -9) } else { (-9, 9) };
        let (ticks, on) = (case.instrument.ticks, case.view.trading_date);
        let leg = |r: &mut Random, way: i32| {
            let at = ticks.step(last, way + r.within(-2, 2) as i32, on);
            if r.one_in(8) { price_near(case, last, r) } else { at }
        };
        let (take_profit, stop_loss) = (leg(r, up), leg(r, down));
        case.draft.bracket.take_profit = Some(take_profit).filter(|_| !r.one_in(3));
        case.draft.bracket.stop_loss = Some(stop_loss).filter(|_| !r.one_in(3));
        if case.draft.bracket.stop_loss.is_none() || r.one_in(8) {
            case.draft.bracket.trail = Some(trail(last, r));
        }
    }
}

fn trail(last: Price, r: &mut Random) -> Trail {
    let percent = [1, 300, 9_999, 10_000, 0, -1].map(|cents| Trail::Percent(Decimal::new(cents, 2)));
    let amount = [Decimal::ONE, Decimal::new(1, 2), Decimal::ZERO, -Decimal::ONE, last.value()].map(Trail::Amount);
    let odd = [r.pick(&percent), r.pick(&amount)];
    if r.one_in(3) { r.pick(&odd) } else { r.pick(&[percent[1], amount[0]]) }
}

fn kind(case: &Case, last: Price, r: &mut Random) -> OrderKind {
    let at = price_near(case, last, r);
    if r.one_in(2) {
        return OrderKind::Limit { price: at };
    }
    // A trigger on the right side three times out of four.
    let (ticks, on) = (case.instrument.ticks, case.view.trading_date);
    let up = if case.draft.side == Side::Buy { 1 } else { -1 };
    let away = |r: &mut Random, way: i32| {
        if r.one_in(4) { price_near(case, last, r) } else { ticks.step(last, way * r.within(1, 4) as i32, on) }
    };
    match r.pick(&KindName::ALL) {
        KindName::Limit => OrderKind::Limit { price: at },
        KindName::Market => OrderKind::Market,
        KindName::Stop => OrderKind::Stop { trigger: away(r, up) },
        KindName::StopLimit => OrderKind::StopLimit { trigger: away(r, up), price: at },
        KindName::TrailingStop => {
            let trigger = Some(away(r, up)).filter(|_| r.one_in(3));
            OrderKind::TrailingStop { distance: trail(last, r), trigger }
        }
        KindName::TakeProfit => OrderKind::TakeProfit { trigger: away(r, -up) },
        KindName::ConditionalLimit => OrderKind::ConditionalLimit { price: at },
        KindName::BestLimit => OrderKind::BestLimit,
        KindName::PriorityLimit => OrderKind::PriorityLimit,
        KindName::MidPrice => OrderKind::MidPrice,
        KindName::PreOpenClose => OrderKind::PreOpenClose,
        KindName::AfterClose => OrderKind::AfterClose,
        KindName::MarketOnOpen => OrderKind::OnOpen { price: None },
        KindName::LimitOnOpen => OrderKind::OnOpen { price: Some(at) },
        KindName::MarketOnClose => OrderKind::OnClose { price: None },
        KindName::LimitOnClose => OrderKind::OnClose { price: Some(at) },
    }
}

/// Holdings around the quantity of the order, so that closing, turning and overselling all happen.
fn holdings(case: &mut Case, r: &mut Random) {
    let quantity = case.draft.quantity.value();
    let units = match r.within(0, 4) {
        0 => Decimal::ZERO,
        1 => quantity,
        2 => (quantity / Decimal::TWO).round_dp(2),
        3 => quantity + r.cents(-100, 100),
        _ => quantity * Decimal::TWO + r.cents(0, 10_000),
    };
    let sells = case.draft.side == Side::Sell;
    // What cannot be short is held long; mostly there is something for a sale to close.
    let long = if case.instrument.product.is_margined() { sells != r.one_in(3) } else { !r.one_in(200) };
    case.view.held = if long { units.abs() } else { -units.abs() };
    if r.one_in(4) {
        case.view.held_back = Quantity::new(r.pick(&[quantity, Decimal::new(1, 2), units.abs()])).unwrap();
    }
    case.draft.reduce_only = r.one_in(if case.instrument.product.is_margined() { 6 } else { 60 });
    case.view.already_in_position = !units.is_zero() || r.one_in(3);
    case.view.positions = r.within(0, 9) as u32 + r.pick(&[0, 0, 0, 1, 2]);
    case.limits.max_positions = r.pick(&[None, Some(10), Some(10)]);
}

fn amounts(case: &mut Case, r: &mut Random) {
    let (limits, view) = (&mut case.limits, &mut case.view);
    view.order_value = r.cents(0, 900_000_000);
    if r.one_in(15) {
        view.order_value = Decimal::new(1_000_000_000 + r.within(-1, 1), 2);
    }
    limits.max_order_amount = Some(Decimal::from(10_000_000)).filter(|_| !r.one_in(8));
    limits.max_order_quantity = r.pick(&[None, None, Some(Decimal::from(250)), Some(case.draft.quantity.value())]);
    view.position_value = if view.held.is_zero() { Decimal::ZERO } else { r.cents(0, 1_000_000_000) };
    limits.max_position_amount =
        r.pick(&[None, Some(Decimal::from(15_000_000)), Some(view.position_value + view.order_value)]);
    view.exposure = r.cents(0, 4_000_000_000);
    limits.max_exposure = r.pick(&[None, Some(Decimal::from(45_000_000)), Some(view.exposure + view.order_value)]);
    view.day_profit = r.cents(-20_000_000, 40_000_000);
    if r.one_in(15) {
        view.day_profit = Decimal::new(-50_000_000 + r.within(-1, 1), 2);
    }
    limits.max_daily_loss = r.pick(&[None, Some(Decimal::from(500_000)), Some(Decimal::from(500_000))]);
    if r.one_in(30) {
        limits.max_daily_loss = Some(Decimal::ZERO);
    }
    view.peak_equity = if r.one_in(40) { r.cents(-100, 100) } else { r.cents(1_000_000_000, 5_000_000_000) };
    view.equity = (view.peak_equity * r.cents(88, 101)).round_dp(2);
    if r.one_in(20) {
        view.equity = view.peak_equity - (view.peak_equity / Decimal::TEN).round_dp(2) + r.cents(-1, 1);
    }
    limits.max_drawdown_percent =
        r.pick(&[None, Some(Decimal::TEN), Some(Decimal::from(12)), Some(Decimal::new(125, 1))]);
    if r.one_in(50) {
        limits.max_drawdown_percent = Some(Decimal::ZERO);
    }
    view.cash_needed = if r.one_in(4) { Decimal::ZERO } else { view.order_value };
    view.cash_available = r.pick(&[Decimal::from(50_000_000), Decimal::from(50_000_000), view.cash_needed]);
    if r.one_in(15) {
        view.cash_available = view.cash_needed - r.cents(0, 2);
    }
    let after = view.position_value + view.order_value;
    if let [_, second, third] = case.instrument.tiers.as_mut_slice()
        && r.one_in(3)
    {
        (second.notional_from, third.notional_from) = (after, after + Decimal::ONE);
    }
    if let (Some(price), true) = (case.draft.kind.limit(), r.one_in(20)) {
        case.instrument.min_notional = Some(case.instrument.notional(price, case.draft.quantity).round_dp(2));
    }
    view.leverage = if case.instrument.product.is_margined() { r.within(1, 21) as u32 } else { 1 };
    limits.max_leverage = r.pick(&[None, Some(20), Some(20), Some(15)]);
}

fn pace(case: &mut Case, r: &mut Random) {
    let (limits, view) = (&mut case.limits, &mut case.view);
    let near = |r: &mut Random, max: u32| if r.one_in(20) { max - 1 + r.within(0, 2) as u32 } else { 0 };
    view.open_orders = near(r, 200);
    view.orders_last_second = near(r, 10);
    view.orders_last_minute = near(r, 200);
    if r.one_in(20) {
        limits.max_open_orders = None;
        limits.max_orders_per_second = None;
        limits.max_orders_per_minute = None;
    }
    if r.one_in(12) {
        let draft = &case.draft;
        let mut recent =
            RecentOrder { instrument: draft.instrument, side: draft.side, kind: draft.kind, quantity: draft.quantity };
        match r.within(0, 5) {
            0 => recent.side = recent.side.opposite(),
            1 => recent.kind = OrderKind::Market,
            2 => recent.quantity = recent.quantity.plus(quantity("0.01")),
            3 => recent.instrument = "KRX:000660".parse().unwrap(),
            _ => {}
        }
        case.recent = vec![recent];
    }
    if r.one_in(10) {
        limits.duplicate_window_ms = 0;
    }
    limits.refuse_self_crossing = !r.one_in(10);
}

/// Numbers near the end of what a decimal can hold, where sums and products leave it.
fn extremes(case: &mut Case, r: &mut Random) {
    let huge = Decimal::from(50_000_000_000_000_000_000_000_000_000_i128);
    let (limits, view) = (&mut case.limits, &mut case.view);
    match r.within(0, 5) {
        0 => view.order_value = huge,
        1 => view.position_value = huge,
        2 => view.exposure = huge,
        3 => (view.equity, view.peak_equity) = (-huge, huge),
        4 => case.instrument.multiplier = Decimal::from(10_000_000_000_000_000_000_000_i128),
        _ => limits.price_collar_percent = Some(Decimal::from(10_000_000_000_000_000_000_000_000_i128)),
    }
    if r.one_in(2) {
        view.order_value = huge;
    }
    limits.max_position_amount = Some(huge + Decimal::from(1_000));
    limits.max_exposure = Some(huge + Decimal::from(1_000));
}
