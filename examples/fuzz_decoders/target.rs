//! What the bytes of Binance go through, target by target: from the wire to what the desk is told. Those of KIS have a
//! file of their own.

#[path = "kis.rs"]
pub mod kis;

use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::code::{Call, fault};
use hoga::broker::binance::listing::Listing;
use hoga::broker::binance::market_map::{Mapped, MarketMap};
use hoga::broker::binance::spot;
use hoga::broker::binance::wire::account::{
    Account, AccountConfig, Balance, CommissionRate, Countdown, Income, Leverage, ListenKey, OrderBudget, PositionRisk,
    SymbolConfig,
};
use hoga::broker::binance::wire::algo::{AlgoCanceled, AlgoOrder};
use hoga::broker::binance::wire::market::{Frame, parse};
use hoga::broker::binance::wire::order::{Order, UserTrade, batch};
use hoga::broker::binance::wire::rest_market::{
    BookTickerRow, DayRow, DepthSnapshot, FundingTerms, PremiumIndex, ServerTime,
};
use hoga::broker::binance::wire::{digits, list, user};
use hoga::broker::binance::{fund_flow, history, listing, report};
use hoga::broker::net::json;
use hoga::config::BinanceMarket;
use hoga::market::{BookUpdate, Currency, FlowSeries, InstrumentId, MarketBody, MarketEvent, Symbol, UtcTime};
use serde::Deserialize;

/// A way of bytes through the adapter.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Folder of its samples in `tests/data`.
    pub folder: &'static str,
    /// Beginnings of the names of the samples that are of its kind.
    pub samples: &'static [&'static str],
    /// The way itself.
    pub run: fn(&[u8]),
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Target> {
    const KIS: &[Target] = &kis::TARGETS;
    const BINANCE: &[Target] = &TARGETS;
    BINANCE.iter().chain(KIS)
}

const FOLDER: &str = "binance";

const TARGETS: [Target; 10] = [
    Target { name: "futures_market", folder: FOLDER, samples: &["ws_f_"], run: futures_market },
    Target { name: "futures_rest", folder: FOLDER, samples: &["f_"], run: futures_rest },
    Target { name: "futures_listing", folder: FOLDER, samples: &["f_exchange_info"], run: futures_listing },
    Target { name: "futures_user", folder: FOLDER, samples: &["ws_f_user_"], run: futures_user },
    Target {
        name: "futures_orders",
        folder: FOLDER,
        samples: &[
            "f_order_",
            "f_algo_",
            "f_batch_",
            "f_cancel",
            "f_user_trades",
            "f_balance",
            "f_account",
            "f_position",
            "f_symbol_config",
            "f_leverage",
            "f_commission",
            "f_income",
            "f_rate_limit",
            "f_countdown",
            "f_listen_key",
        ],
        run: futures_orders,
    },
    Target {
        name: "refusals",
        folder: FOLDER,
        samples: &["f_errors", "f_cancel_all_ok", "wsapi_s_error"],
        run: refusals,
    },
    Target { name: "spot_market", folder: FOLDER, samples: &["ws_s_", "s_depth", "s_ticker"], run: spot_market },
    Target { name: "spot_listing", folder: FOLDER, samples: &["s_exchange_info"], run: spot_listing },
    Target { name: "spot_user", folder: FOLDER, samples: &["ws_s_user_", "ws_s_server", "wsapi_s_"], run: spot_user },
    Target {
        name: "spot_orders",
        folder: FOLDER,
        samples: &["s_order_", "s_cancel", "s_my_trades", "s_account"],
        run: spot_orders,
    },
];

const LIMIT: usize = 8 << 20;
/// A time within the life of the samples.
const NOW: UtcTime = UtcTime::from_millis(1_784_000_000_000);

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    json::parse("sample", bytes, LIMIT).ok()
}

fn symbol(text: &str) -> Option<Symbol> {
    Symbol::new(text).ok()
}

fn currency_of(id: InstrumentId) -> Option<Currency> {
    id.symbol.as_str().ends_with("USDT").then_some(Currency::Usdt)
}

/// Futures' stream frames into market events, each after a snapshot that the book asked for.
pub fn futures_market(bytes: &[u8]) {
    let (mut map, mut out) = (MarketMap::new(), Vec::new());
    for name in ["BTCUSDT", "ETHUSDT", "BNBUSDT"] {
        symbol(name).into_iter().for_each(|symbol| map.watch(symbol));
    }
    let events = match parse(bytes) {
        Ok(Frame::Event(_, event)) => vec![event],
        Ok(Frame::Events(events)) => events,
        Ok(_) | Err(_) => Vec::new(),
    };
    for event in events {
        if let Ok(Mapped::Wanted(symbol, ask)) = map.event(event, NOW, &mut out) {
            let empty: DepthSnapshot = match read(br#"{"lastUpdateId":1,"bids":[["1","1"]],"asks":[["2","1"]]}"#) {
                Some(snapshot) => snapshot,
                None => return,
            };
            let _ = map.snapshot(symbol, ask.ticket, empty, NOW, &mut out);
        }
    }
    sound(&out);
}

/// Futures' public replies.
pub fn futures_rest(bytes: &[u8]) {
    let _ = (history::candles(bytes, NOW), history::trades(bytes));
    let _ = (fund_flow::open_interest_now(bytes), fund_flow::fundings(bytes));
    for series in FlowSeries::ALL {
        let _ = fund_flow::points(series, bytes);
    }
    let _ = (read::<ServerTime>(bytes), read::<DayRow>(bytes), read::<BookTickerRow>(bytes));
    let _ = (read::<PremiumIndex>(bytes), read::<Vec<FundingTerms>>(bytes));
    if let (Some(snapshot), Some(symbol)) = (read::<DepthSnapshot>(bytes), symbol("BTCUSDT")) {
        let (mut map, mut out) = (MarketMap::new(), Vec::new());
        map.watch(symbol);
        let _ = map.snapshot(symbol, 0, snapshot, NOW, &mut out);
        sound(&out);
    }
}

/// Futures' listing and margin steps.
pub fn futures_listing(bytes: &[u8]) {
    let tiers = listing::read_tiers(bytes);
    if let (Ok(mut listing), Ok(tiers)) = (Listing::read(bytes), tiers) {
        listing.learn_tiers(&tiers);
    }
}

/// The account's stream of futures into what the desk is told.
pub fn futures_user(bytes: &[u8]) {
    let mut links = AlgoLinks::new();
    let Ok(event) = user::decode(bytes) else { return };
    // Twice: an event may be replayed.
    for _ in 0..2 {
        let _ = report::events(&event, &currency_of, &mut links);
    }
}

/// Futures' replies about orders and the account into reports.
pub fn futures_orders(bytes: &[u8]) {
    let links = AlgoLinks::new();
    let _ = read::<Order>(bytes).map(|order| report::order_report(&order, &links));
    let _ = read::<AlgoOrder>(bytes).map(|order| (report::algo_report(&order, &links), report::must_be_asked(&order)));
    let _ = batch(bytes, LIMIT);
    let _ = list::parse::<Order>("orders", bytes, LIMIT);
    for order in list::parse::<AlgoOrder>("orders", bytes, LIMIT).into_iter().flat_map(|listed| listed.elements) {
        let _ = report::algo_report(&order, &links);
    }
    for trade in list::parse::<UserTrade>("fills", bytes, LIMIT).into_iter().flat_map(|listed| listed.elements) {
        let _ = report::fill_report(&trade, &currency_of, &links);
    }
    let _ = read::<Vec<PositionRisk>>(bytes).map(|rows| report::positions(&rows));
    let _ = read::<Vec<Balance>>(bytes).map(|rows| report::cash(&rows));
    let _ = read::<Vec<Income>>(bytes).map(|rows| report::cash_flows(&rows, &currency_of));
    let _ = (read::<Account>(bytes), read::<AccountConfig>(bytes), read::<Vec<SymbolConfig>>(bytes));
    let _ = (read::<Leverage>(bytes), read::<CommissionRate>(bytes), read::<Vec<OrderBudget>>(bytes));
    let _ = (read::<Countdown>(bytes), read::<ListenKey>(bytes), read::<AlgoCanceled>(bytes));
    let _ = (digits::decimal(bytes), digits::whole(bytes));
}

/// Bad answers of both markets, under every status.
pub fn refusals(bytes: &[u8]) {
    for market in BinanceMarket::ALL {
        for status in [400, 401, 403, 408, 418, 429, 500, 503] {
            for call in [Call::Read, Call::Place, Call::Cancel] {
                let _ = fault(market, call, status, bytes, None);
            }
        }
    }
}

/// Spot's stream frames and snapshots into market events.
pub fn spot_market(bytes: &[u8]) {
    let (mut map, mut out) = (MarketMap::spot(), Vec::new());
    for name in ["BTCUSDT", "BNBBTC"] {
        symbol(name).into_iter().for_each(|symbol| map.watch(symbol));
    }
    for stream in [None, Some("btcusdt@depth5"), Some("btcusdt@bookTicker")] {
        if let Ok(frame) = spot::wire::market::decode(bytes, stream) {
            let _ = map.spot_event(frame, (NOW, NOW), &mut out);
        }
    }
    if let (Some(snapshot), Some(symbol)) = (read::<DepthSnapshot>(bytes), symbol("BTCUSDT")) {
        let _ = map.snapshot(symbol, 0, snapshot, NOW, &mut out);
    }
    let _ = spot::market_map::day(bytes, NOW);
    sound(&out);
}

/// Spot's listing.
pub fn spot_listing(bytes: &[u8]) {
    let _ = spot::listing::Listing::read(bytes);
}

/// The account's stream of spot into what the desk is told.
pub fn spot_user(bytes: &[u8]) {
    if let Ok(spot::wire::user::UserFrame::Event { event, .. }) = spot::wire::user::decode(bytes) {
        let _ = spot::report::events(&event, &spot::listing::Listing::default());
    }
}

/// Spot's replies about orders and the account into reports.
pub fn spot_orders(bytes: &[u8]) {
    let listing = spot::listing::Listing::default();
    if let Ok(reply) = spot::wire::order::decode(bytes) {
        let _ = (spot::report::order_report(&reply), spot::report::reply_fills(&reply, &listing));
    }
    let _ = spot::wire::order::decode_orders(bytes);
    if let Ok(list) = spot::wire::order::decode_trades(bytes) {
        list.rows.iter().for_each(|trade| {
            let _ = spot::report::trade_report(trade, &listing);
        });
    }
    let _ = (spot::wire::order::decode_canceled(bytes), spot::wire::order::decode_cancel_replace(bytes));
    let _ = spot::wire::order::decode_amend(bytes);
    if let Ok(account) = spot::wire::account::decode(bytes) {
        let _ = spot::report::holdings(&account, &listing);
    }
}

/// Nothing a market cannot have may reach the desk.
fn sound(events: &[MarketEvent]) {
    for event in events {
        if let MarketBody::Book(update) = &event.body {
            let BookUpdate { bids, asks, .. } = update.as_ref();
            assert!(bids.iter().chain(asks).all(|level| level.price.value().is_sign_positive()), "a level below zero");
        }
    }
}
