//! Own fills since a time: asked for symbol by symbol, page by page, and called whole only when every page of every
//! symbol that can have any was read.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;

use super::known::locked;
use super::requests::Outcome;
use super::shared::Shared;
use super::words::FillsTold;
use super::{income, markets};
use crate::broker::api::{Answer, BrokerEvent, FillReport, FindOrder};
use crate::broker::binance::order_number::OrderNumber;
use crate::broker::binance::query::Query;
use crate::broker::binance::rest::Fault;
use crate::config::BinanceMarket;
use crate::market::arrange::Arrange;
use crate::market::{Symbol, UtcTime};

/// Rows of one page.
const PAGE: i64 = 1_000;
/// Most pages of one symbol and one question.
const PAGES_MAX: usize = 100;
/// How far back futures are told; on spot the same is enough.
const KEPT: Duration = Duration::from_secs(89 * 24 * 60 * 60);

/// Longest span of one page, a little less so that a bound counted in does not make it longer.
const fn window_of(market: BinanceMarket) -> Duration {
    let days = match market {
        BinanceMarket::Futures => 7,
        BinanceMarket::Spot => 1,
    };
    Duration::from_secs(days * 24 * 60 * 60 - 60)
}

/// Fills of one symbol, and up to when they are whole.
struct Course {
    fills: Vec<FillReport>,
    beside: Vec<BrokerEvent>,
    /// `None` when all were read; else every fill up to this time was.
    broken_at: Option<UtcTime>,
    fault: Option<Fault>,
    /// Rows that could not be taken in.
    refused: usize,
}

/// Every fill since a time.
pub(super) async fn since(shared: &Shared, since: UtcTime) -> Outcome {
    let now = shared.rest.server_now();
    let from = since.max(now.minus(KEPT));
    let mut complete = from == since;
    let discovered = locked(&shared.known).discovered;
    // Spot has no income that names symbols: those that were traded are kept.
    if !discovered && shared.market() == BinanceMarket::Futures {
        match income::discover(shared, from).await {
            Ok(()) => locked(&shared.known).discovered = true,
            Err(fault) => {
                tracing::warn!(%fault, "what was traded before could not be found out");
                complete = false;
            }
        }
    }
    let symbols = match shared.market() {
        BinanceMarket::Futures => locked(&shared.known).traded(),
        BinanceMarket::Spot => locked(&shared.known).traded_since(from),
    };
    let courses = join_all(symbols.into_iter().map(|symbol| of_symbol(shared, symbol, from, now))).await;
    let broken = courses.iter().filter_map(|course| course.broken_at).min();
    let mut fills = Vec::new();
    let mut fault = None;
    for course in courses {
        shared.tell_all(course.beside);
        fills.extend(course.fills);
        fault = fault.or(course.fault);
        complete &= course.refused == 0;
    }
    if let (true, Some(fault)) = (fills.is_empty(), fault) {
        return Err(fault.of_question());
    }
    fills.arrange_by(|one, other| (one.time, &one.execution_id).cmp(&(other.time, &other.execution_id)));
    if let Some(broken) = broken {
        // The desk asks again from the newest fill it was told, so nothing beyond the first gap may be told now.
        fills.retain(|fill| fill.time <= broken);
        complete = false;
    }
    Ok(Answer::Fills { fills, complete })
}

async fn of_symbol(shared: &Shared, symbol: Symbol, from: UtcTime, now: UtcTime) -> Course {
    let mut course = Course { fills: Vec::new(), beside: Vec::new(), broken_at: None, fault: None, refused: 0 };
    let mut window = from;
    let mut after: Option<i64> = None;
    let mut whole_until = from;
    for _ in 0..PAGES_MAX {
        let by = Query::new().text("symbol", symbol.as_str());
        let until = window.plus(window_of(shared.market()));
        // A number cannot be asked for together with times.
        let (query, reaches_now) = match after {
            Some(id) => (by.number("fromId", id + 1), true),
            None => (by.number("startTime", window.millis()).number("endTime", until.millis()), until >= now),
        };
        let told = match page(shared, query).await {
            Ok(told) => told,
            Err(fault) => {
                course.fault = Some(fault);
                break;
            }
        };
        if let Some((id, time)) = told.newest {
            after = Some(id);
            whole_until = UtcTime::from_millis(time);
        }
        course.refused += told.refused;
        course.fills.extend(told.fills);
        course.beside.extend(told.beside);
        let is_full = i64::try_from(told.rows).is_ok_and(|rows| rows >= PAGE);
        if reaches_now && !is_full {
            if course.refused > 0 {
                shared
                    .notice_once(format!("{symbol}: {} fills that the exchange tells cannot be right", course.refused));
            }
            return course;
        }
        if after.is_none() {
            window = until;
        }
    }
    course.broken_at = Some(whole_until.minus(Duration::from_millis(1)));
    course
}

async fn page(shared: &Shared, query: Query) -> Result<FillsTold, Fault> {
    markets::fills(shared, query.number("limit", PAGE)).await
}

/// Numbers of orders that filled since another was sent, its way and not known to be of others.
pub(super) async fn orders_since(shared: &Shared, symbol: Symbol, find: &FindOrder) -> Result<BTreeSet<i64>, Fault> {
    let now = shared.rest.server_now();
    // The clocks may be apart a little.
    let from = find.sent_at.minus(Duration::from_secs(10)).max(now.minus(KEPT));
    let course = of_symbol(shared, symbol, from, now).await;
    if let Some(fault) = course.fault {
        return Err(fault);
    }
    let strange =
        course.fills.iter().filter(|fill| fill.side == find.side && !find.not_these.contains(&fill.broker_id));
    let number = |fill: &FillReport| match OrderNumber::of(&fill.broker_id) {
        Some(OrderNumber::Order { id, .. }) => Some(id),
        _ => None,
    };
    Ok(strange.filter_map(number).collect())
}

/// Tells the fills of one order, after an event that did not say them.
pub(super) async fn tell_of_order(shared: &Shared, number: OrderNumber) {
    let OrderNumber::Order { symbol, id } = number else { return };
    let query = Query::new().text("symbol", symbol.as_str()).number("orderId", id);
    match page(shared, query).await {
        Ok(told) => {
            let fills = told.fills.into_iter().map(BrokerEvent::Fill);
            shared.tell_all(fills.chain(told.beside).collect());
        }
        Err(fault) => tracing::warn!(%fault, "fills of an order were not read"),
    }
}
