//! Somebody who asks for all kinds of things, sensible and not.

use hoga::desk::core::{Core, CoreCommand};
use hoga::desk::protocol::{OrderSelection, SubmitOrder};
use hoga::market::{Currency, Price, Quantity, Side};
use hoga::order::{Bracket, OrderKind, PositionSide, TimeInForce, Trail};
use rust_decimal::Decimal;

use crate::random::Random;

pub const SYMBOLS: [&str; 2] = ["005930", "BTCUSDT"];

pub fn command(core: &Core, random: &mut Random, number: u64) -> CoreCommand {
    // A desk that was halted is not left so for long: most of a history should trade.
    if core.state() != hoga::risk::DeskState::Active && random.chance(60) {
        return CoreCommand::Resume { word: Some("RESUME".into()) };
    }
    match random.below(100) {
        0..=64 => CoreCommand::Submit(order(core, random, number)),
        65..=76 => cancel(core, random),
        77..=86 => replace(core, random),
        87..=88 => {
            CoreCommand::Deposit { amount: Decimal::from(1 + random.below(1_000_000)), currency: currency(random) }
        }
        89..=90 => {
            CoreCommand::Withdraw { amount: Decimal::from(1 + random.below(300_000)), currency: currency(random) }
        }
        91..=93 => {
            CoreCommand::Leverage { symbol: "BTCUSDT".into(), leverage: 1 + u32::try_from(random.below(20)).unwrap() }
        }
        94 => CoreCommand::Kill { flatten: random.chance(50) },
        95 => CoreCommand::Halt,
        96 => CoreCommand::Reduce,
        97 => CoreCommand::Flatten { symbol: random.chance(50).then(|| (*random.pick(&SYMBOLS)).to_owned()) },
        _ => CoreCommand::Resume { word: Some("RESUME".into()) },
    }
}

fn currency(random: &mut Random) -> Currency {
    if random.chance(50) { Currency::Krw } else { Currency::Usdt }
}

fn price_near(core: &Core, symbol: &str, random: &mut Random) -> Option<Price> {
    let profile = core.profile(0)?;
    let id = profile.resolve(symbol)?;
    let market = profile.markets.get(&id)?;
    let last = market.valuation()?;
    let steps = i32::try_from(random.below(13)).unwrap() - 6;
    let on = hoga::market::session::trading_date(
        id.venue,
        hoga::market::UtcTime::EPOCH.plus(std::time::Duration::from_secs(1_795_000_000)),
    );
    let grid = market.instrument.ticks.floor(last.value(), on)?;
    Some(market.instrument.ticks.step(grid, steps * if symbol == "BTCUSDT" { 20 } else { 1 }, on))
}

fn quantity(symbol: &str, random: &mut Random) -> Quantity {
    let size = 1 + random.below(60);
    let value = if symbol == "BTCUSDT" { Decimal::new(i64::try_from(size).unwrap(), 3) } else { Decimal::from(size) };
    Quantity::new(value).unwrap()
}

pub fn order(core: &Core, random: &mut Random, number: u64) -> SubmitOrder {
    let symbol = *random.pick(&SYMBOLS);
    let side = if random.chance(60) { Side::Buy } else { Side::Sell };
    let price = price_near(core, symbol, random);
    let trigger = price_near(core, symbol, random);
    let kind = match (random.below(10), price, trigger) {
        (0..=4, Some(price), _) => OrderKind::Limit { price },
        (5, _, Some(trigger)) => OrderKind::Stop { trigger },
        (6, Some(price), Some(trigger)) => OrderKind::StopLimit { trigger, price },
        (7, _, Some(trigger)) => OrderKind::TakeProfit { trigger },
        (8, _, _) => OrderKind::TrailingStop { distance: Trail::Percent(Decimal::new(1, 1)), trigger: None },
        _ => OrderKind::Market,
    };
    let bracket = if random.chance(30) && side == Side::Buy {
        Bracket {
            take_profit: price
                .and_then(|p| Price::new((p.value() * Decimal::new(1004, 3)).round()).ok())
                .and_then(on_grid),
            stop_loss: price
                .and_then(|p| Price::new((p.value() * Decimal::new(996, 3)).round()).ok())
                .and_then(on_grid),
            trail: None,
        }
    } else {
        Bracket::default()
    };
    let time_in_force = *random.pick(&[
        TimeInForce::Day,
        TimeInForce::Day,
        TimeInForce::Gtc,
        TimeInForce::Ioc,
        TimeInForce::Fok,
        TimeInForce::PostOnly,
    ]);
    SubmitOrder {
        client_id: random.chance(50).then(|| {
            format!("c-{}", if random.chance(20) { random.below(number + 1) } else { number }).parse().unwrap()
        }),
        symbol: symbol.into(),
        side,
        kind,
        quantity: quantity(symbol, random),
        time_in_force,
        reduce_only: symbol == "BTCUSDT" && random.chance(10),
        position_side: PositionSide::Net,
        bracket,
        oco: side == Side::Sell && random.chance(15),
        route: None,
    }
}

fn on_grid(price: Price) -> Option<Price> {
    let hundred = Decimal::from(100);
    Price::new((price.value() / hundred).floor() * hundred).ok()
}

fn open_order(core: &Core, random: &mut Random) -> Option<String> {
    let open: Vec<String> = core.profile(0)?.open_orders().iter().map(ToString::to_string).collect();
    if open.is_empty() { None } else { Some(random.pick(&open).clone()) }
}

fn cancel(core: &Core, random: &mut Random) -> CoreCommand {
    let selection = match open_order(core, random) {
        Some(order) if random.chance(80) => OrderSelection::Ids { orders: vec![order] },
        _ => OrderSelection::Matching {
            symbol: None,
            side: Some(if random.chance(50) { Side::Buy } else { Side::Sell }),
        },
    };
    CoreCommand::Cancel(selection)
}

pub fn replace(core: &Core, random: &mut Random) -> CoreCommand {
    let symbol = *random.pick(&SYMBOLS);
    CoreCommand::Replace {
        order: open_order(core, random).unwrap_or_else(|| "nothing".into()),
        price: random.chance(70).then(|| price_near(core, symbol, random)).flatten(),
        stop_price: random.chance(20).then(|| price_near(core, symbol, random)).flatten(),
        quantity: random.chance(50).then(|| quantity(symbol, random)),
    }
}
