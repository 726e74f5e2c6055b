//! An account that has traded, the same at each look. What a desk dates lies at the same distance from now, so that it is
//! of today on any day; amounts and prices are fixed.

use std::time::Duration;

use hoga::desk::alert::{AlertCondition, AlertRecord, Crossing};
use hoga::desk::performance::{DayProfitRecord, EquityRecord, PerformanceRecord, SymbolProfitRecord};
use hoga::desk::protocol::EventRecord;
use hoga::desk::record::{AccountRecord, FillRecord, OrderRecord, TransactionRecord};
use hoga::market::{Currency, Price, UtcTime, Venue};
use rust_decimal::Decimal;
use serde_json::json;

use super::market::{DAY_PRINTS, Listing, Market};

/// What is held: code, units, ticks that the average lies below the last price.
const HELD: [(&str, i64, i64); 4] = [("005930", 120, 9), ("035420", 40, -6), ("373220", 3, 2), ("207940", 1, -1)];
/// Code, side, kind, ticks from the last price, units, filled, state, why it ended.
type Made = (&'static str, &'static str, &'static str, i64, i64, i64, &'static str, Option<&'static str>);
const MADE: [Made; 8] = [
    ("005930", "buy", "limit", 0, 120, 120, "filled", None),
    ("373220", "buy", "market", 0, 3, 3, "filled", None),
    ("000660", "buy", "limit", -30, 10, 0, "rejected", Some("PRICE_BAND")),
    ("035420", "sell", "limit", 40, 5, 0, "canceled", None),
    ("005930", "buy", "limit", -4, 25, 0, "accepted", None),
    ("035420", "sell", "limit", 7, 40, 12, "partially_filled", None),
    ("005930", "sell", "stop", -12, 120, 0, "accepted", None),
    ("207940", "sell", "limit", 5, 1, 0, "accepted", None),
];
const CASH: i64 = 100_000_000;

/// The day of a market, as it is at a moment of the wall.
pub struct Day<'a> {
    pub market: &'a Market,
    pub now: UtcTime,
}

fn last(market: &Market, listing: &Listing) -> i64 {
    market.last(listing, DAY_PRINTS)
}

impl Day<'_> {
    fn ago(&self, seconds: u64) -> UtcTime {
        self.now.minus(Duration::from_secs(seconds))
    }

    fn listing(&self, code: &str) -> Option<&Listing> {
        self.market.find(code)
    }

    pub fn orders(&self) -> Vec<OrderRecord> {
        let made = MADE.iter().zip(1_u64..);
        made.filter_map(|(made, number)| {
            let (code, side, kind, ticks, units, filled, state, reason) = *made;
            let listing = self.listing(code)?;
            let price = last(self.market, listing) + listing.tick * ticks;
            let (is_stop, is_market) = (kind == "stop", kind == "market");
            let time = self.ago(600 - number * 30);
            Some(json!({
                "id": id(number), "client_id": null, "broker_id": format!("SIM-{number}"),
                "profile": self.market.profile, "symbol": code, "venue": "SIM", "side": side, "type": kind, "kind": kind,
                "time_in_force": "day", "price": (!is_stop && !is_market).then(|| price.to_string()),
                "stop_price": is_stop.then(|| price.to_string()), "quantity": units.to_string(),
                "filled_quantity": filled.to_string(), "average_price": (filled > 0).then(|| price.to_string()),
                "state": state, "pending_change": null, "watched_by": is_stop.then_some("DESK"), "parent_id": null,
                "role": if is_stop { "stop_loss" } else { "entry" }, "source": "screen", "reason": reason,
                "reduce_only": is_stop, "queue_ahead": (state == "accepted" && !is_stop).then_some("1204"),
                "created_at": time, "updated_at": time
            }))
        })
        .map(|order| serde_json::from_value(order).unwrap())
        .collect()
    }

    pub fn fills(&self) -> Vec<FillRecord> {
        let filled = self.orders().into_iter().filter(|order| !order.filled_quantity.is_zero());
        let fills = filled.zip(1_u64..).map(|(order, number)| FillRecord {
            id: format!("F{number:04}"),
            order_id: order.id,
            profile: order.profile,
            symbol: order.symbol,
            venue: order.venue,
            side: order.side,
            price: Price::new(order.average_price.unwrap_or_default()).unwrap(),
            multiplier: rust_decimal::Decimal::ONE,
            quantity: order.filled_quantity,
            fee: Decimal::from(1_250 * number),
            tax: Decimal::from(if order.side.as_str() == "sell" { 4_310 } else { 0 }),
            currency: Currency::Krw,
            liquidity: if number == 1 { "maker" } else { "taker" }.to_owned(),
            time: order.updated_at,
        });
        fills.collect()
    }

    pub fn transactions(&self) -> Vec<TransactionRecord> {
        let mut cash = Decimal::from(CASH);
        let mut all = vec![TransactionRecord {
            id: 1,
            time: self.ago(700),
            kind: "DEPOSIT".to_owned(),
            profile: self.market.profile.clone(),
            symbol: None,
            venue: None,
            order_id: None,
            quantity: None,
            price: None,
            amount: cash,
            commission: Decimal::ZERO,
            tax: Decimal::ZERO,
            cash_before: Decimal::ZERO,
            cash_after: cash,
            currency: Currency::Krw,
        }];
        all.extend(self.fills().into_iter().zip(2_u64..).map(|(fill, id)| {
            let worth = fill.price.value() * fill.quantity.value();
            let is_buy = fill.side.as_str() == "buy";
            let amount = if is_buy { -worth } else { worth };
            let before = cash;
            cash += amount - fill.fee - fill.tax;
            TransactionRecord {
                id,
                time: fill.time,
                kind: if is_buy { "BUY" } else { "SELL" }.to_owned(),
                profile: fill.profile,
                symbol: Some(fill.symbol),
                venue: Some(fill.venue),
                order_id: Some(fill.order_id),
                quantity: Some(fill.quantity),
                price: Some(fill.price),
                amount,
                commission: fill.fee,
                tax: fill.tax,
                cash_before: before,
                cash_after: cash,
                currency: Currency::Krw,
            }
        }));
        all
    }

    pub fn alerts(&self) -> Vec<AlertRecord> {
        let alert = |id: u64, code: &str, condition, note: Option<&str>, fired: Option<&str>, seen| AlertRecord {
            id,
            profile: self.market.profile.clone(),
            instrument: format!("SIM:{code}"),
            condition,
            note: note.map(str::to_owned),
            created_at: self.ago(1_000 + id),
            fired_at: fired.map(|_| self.ago(500 + id)),
            value: fired.map(str::to_owned),
            acknowledged_at: fired.filter(|_| seen).map(|_| self.ago(400)),
        };
        let price =
            |won: i64| AlertCondition::Price { crossing: Crossing::Above, price: Price::new(won.into()).unwrap() };
        let change = AlertCondition::Change { crossing: Crossing::Below, percent: Decimal::new(-25, 1) };
        vec![
            alert(1, "005930", price(72_000), Some("전고점 돌파"), None, false),
            alert(2, "035420", change, None, Some("-2.61"), false),
            alert(3, "373220", AlertCondition::VolatilityInterruption, None, None, false),
            alert(4, "000660", price(195_000), Some("breakout"), Some("195000"), true),
        ]
    }

    pub fn performance(&self) -> PerformanceRecord {
        PerformanceRecord {
            profile: self.market.profile.clone(),
            equity: self.equity(),
            days: self.days(),
            symbols: self.symbols(),
        }
    }

    /// A week, six hours apart. The moments lie off the cells of any width, so that the curve is the same while time goes on.
    fn equity(&self) -> Vec<EquityRecord> {
        let point = |index: u64| EquityRecord {
            time: self.ago(7 * 86_400 - if index == 0 { 0 } else { index * 21_600 + 1_931 }),
            currency: Currency::Krw,
            equity: Decimal::from(CASH + 130_000 * i64::try_from(index * 37 % 23 + index).unwrap_or(0)),
        };
        (0..27).map(point).collect()
    }

    fn days(&self) -> Vec<DayProfitRecord> {
        let days = [(5, 184_300), (4, -92_150), (2, 311_020), (1, -40_775), (0, 12_300)];
        let zone = hoga::market::session::zone(Venue::Krx);
        let day = |(back, gross): (u64, i64)| DayProfitRecord {
            date: self.ago(back * 86_400).to_jiff().to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string(),
            currency: Currency::Krw,
            realized_gross: Decimal::from(gross),
            fees: Decimal::from(1_250),
            taxes: Decimal::from(4_310),
            realized: Decimal::from(gross - 5_560),
            fills: u32::try_from(back + 2).unwrap_or(0),
            turnover: Decimal::from(9_120_000 + gross),
        };
        days.map(day).into()
    }

    fn symbols(&self) -> Vec<SymbolProfitRecord> {
        let listings = HELD.iter().filter_map(|(code, ..)| self.listing(code)).zip(1_i64..);
        let symbol = |(listing, number): (&Listing, i64)| SymbolProfitRecord {
            symbol: listing.symbol.clone(),
            venue: Venue::Sim,
            name_ko: listing.name_ko.clone(),
            name_en: listing.name_en.clone(),
            currency: Currency::Krw,
            realized_gross: Decimal::from(120_000 - number * 70_000),
            fees: Decimal::from(1_250 * number),
            taxes: Decimal::from(2_155 * number),
            realized: Decimal::from(120_000 - number * 73_405),
            fills: u32::try_from(number).unwrap_or(0),
            turnover: Decimal::from(9_000_000 * number),
        };
        listings.map(symbol).collect()
    }
}

fn id(number: u64) -> String {
    format!("01a1fcdb-ca54-7000-8000-{number:012}")
}

/// Cash, holdings and profit.
pub fn account(market: &Market) -> AccountRecord {
    let held = HELD.iter().filter_map(|(code, units, ticks)| {
        let listing = market.find(code)?;
        let now = last(market, listing);
        let average = now - listing.tick * ticks;
        let open = (now - average) * units;
        Some((listing, *units, average, now, open))
    });
    let held: Vec<_> = held.collect();
    let positions = held.iter().map(|(listing, units, average, now, open)| {
        json!({
            "profile": market.profile, "symbol": listing.symbol, "venue": "SIM", "name_ko": listing.name_ko,
            "name_en": listing.name_en, "side": "long", "quantity": units.to_string(),
            "average_price": average.to_string(), "last": now.to_string(), "unrealized": open.to_string(),
            "unrealized_net": (open - now * units * 21 / 10_000).to_string(), "realized": "12300",
            "realized_gross": "13550", "fees": "1250", "taxes": "0", "cost": (average * units).to_string(),
            "breakeven": (average + listing.tick).to_string(), "liquidation_price": null, "leverage": null,
            "margin": null, "currency": "KRW"
        })
    });
    let positions: Vec<_> = positions.collect();
    let cost: i64 = held.iter().map(|(_, units, average, ..)| average * units).sum();
    let open: i64 = held.iter().map(|(.., open)| open).sum();
    let (cash, equity) = (CASH - cost, CASH + open);
    let record = json!({
        "profile": market.profile,
        "balances": [{
            "profile": market.profile, "currency": "KRW", "cash": cash.to_string(), "reserved": "1767500",
            "margin": "0", "available": (cash - 1_767_500).to_string(), "equity": equity.to_string()
        }],
        "positions": positions,
        "pnl": [{
            "profile": market.profile, "currency": "KRW", "today": (open + 12_300).to_string(), "realized": "12300",
            "unrealized": open.to_string(), "unrealized_net": (open - 41_000).to_string(), "fees": "7500",
            "taxes": "4310", "equity": equity.to_string(), "peak_equity": (equity + 250_000).to_string()
        }]
    });
    serde_json::from_value(record).unwrap()
}

/// What happened.
pub fn events(market: &Market, time: UtcTime) -> Vec<EventRecord> {
    let event = |seconds: u64, kind: &str, text: &str| EventRecord {
        time: time.minus(Duration::from_secs(seconds)),
        kind: kind.to_owned(),
        profile: market.profile.parse().ok(),
        order_id: None,
        text: text.to_owned(),
    };
    vec![
        event(900, "connection", "the feed is up"),
        event(420, "fill", "buy 120 005930 filled at 71000"),
        event(300, "refusal", "PRICE_BAND: 192500 is outside of the band"),
        event(60, "notice", "장 마감 30분 전"),
    ]
}
