//! Questions about the account: open orders, and what there is of each asset, which is cash or a holding.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::collections::BTreeMap;

use super::orders::{self, listing};
use crate::broker::api::{AccountReport, Answer, BrokerError, BrokerEvent};
use crate::broker::binance::rest::{Fault, spot};
use crate::broker::binance::session::known::locked;
use crate::broker::binance::session::requests::Outcome;
use crate::broker::binance::session::shared::Shared;
use crate::broker::binance::spot::report::{self, Holdings};
use crate::broker::binance::spot::wire::account;
use crate::broker::binance::spot::wire::rest_market::LastPrice;
use crate::broker::binance::wire::list::{self, Listed};
use crate::market::{Price, Symbol};

/// Prices of thousands of symbols.
const PRICES_MAX: usize = 4 << 20;

/// Open orders. The list is whole only when every order could be read.
pub async fn open_orders(shared: &Shared) -> Outcome {
    let (orders, refused) = orders::open(shared, None).await.map_err(|fault| fault.of_question())?;
    let complete = refused == 0;
    if complete {
        locked(&shared.known).all_open(&orders, shared.rest.server_now());
        shared.orders_changed.notify_one();
    }
    Ok(Answer::Orders { orders, complete })
}

/// Reads whether the account may trade.
pub async fn read_rights(shared: &Shared) -> Result<(), Fault> {
    let answer = shared.rest.ask(&spot::account()).await?;
    if !account::decode(&answer.body)?.can_trade {
        shared.notice_once("this account may not trade spot: orders will be refused".to_owned());
    }
    Ok(())
}

/// Coins; one that is not listed is not held. The exchange keeps no cost of them, so what they trade at now stands for
/// it: that is what a holding comes into the books with that was not bought here.
pub async fn positions(shared: &Shared) -> Outcome {
    let mut reports = of_kind(shared, |report| matches!(report, AccountReport::Position { .. })).await?;
    if !reports.is_empty() {
        let prices = prices(shared).await.map_err(|fault| fault.of_question())?;
        for report in &mut reports {
            if let AccountReport::Position { instrument, average_price, .. } = report {
                *average_price = prices.get(&instrument.symbol).copied();
            }
        }
    }
    Ok(Answer::Account(reports))
}

async fn prices(shared: &Shared) -> Result<BTreeMap<Symbol, Price>, Fault> {
    let answer = shared.rest.ask(&spot::prices()).await?;
    let rows: Listed<LastPrice> = list::parse("prices", &answer.body, PRICES_MAX)?;
    let price = |row: LastPrice| Some((Symbol::new(&row.symbol).ok()?, Price::new(row.price.0?).ok()?));
    Ok(rows.elements.into_iter().filter_map(price).collect())
}

/// Cash.
pub async fn balances(shared: &Shared) -> Outcome {
    of_kind(shared, |report| matches!(report, AccountReport::Cash { .. })).await.map(Answer::Account)
}

async fn of_kind(shared: &Shared, wanted: impl Fn(&AccountReport) -> bool) -> Result<Vec<AccountReport>, BrokerError> {
    // Without the listing a coin would not be known for one.
    listing(shared)?;
    let mut reports = holdings(shared).await.map_err(|fault| fault.of_question())?.reports;
    reports.retain(wanted);
    Ok(reports)
}

/// Tells what there is unasked, after something beside trading has changed it.
pub async fn renew(shared: &Shared) {
    match holdings(shared).await {
        Ok(holdings) => shared.tell_all(holdings.reports.into_iter().map(BrokerEvent::Account).collect()),
        Err(fault) => tracing::warn!(%fault, "balances were not read"),
    }
}

async fn holdings(shared: &Shared) -> Result<Holdings, Fault> {
    let answer = shared.rest.ask(&spot::account()).await?;
    let account = account::decode(&answer.body)?;
    let listing = shared.spot().listing.clone().unwrap_or_default();
    let holdings = report::holdings(&account, &listing)?;
    if !holdings.left_out.is_empty() {
        shared.notice_once(format!("the wallet also holds {}, which is not kept here", holdings.left_out.join(", ")));
    }
    Ok(holdings)
}
