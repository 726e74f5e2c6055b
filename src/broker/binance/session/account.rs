//! Questions about the account: open orders, positions, cash, mode and leverage.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::sync::Arc;

use super::known::locked;
use super::requests::Outcome;
use super::shared::Shared;
use super::words::{Unread, read, read_list};
use crate::broker::api::{AccountReport, Answer, BrokerError, BrokerEvent, OrderReport};
use crate::broker::binance::code::Then;
use crate::broker::binance::order_request::PositionMode;
use crate::broker::binance::report::{self, CashTold};
use crate::broker::binance::rest::{Fault, futures};
use crate::broker::binance::wire::account::{AccountConfig, Balance, Leverage, PositionRisk, SymbolConfig};
use crate::broker::net::http::Response;
use crate::market::{InstrumentId, UtcTime};

/// Reads whether the account is in hedge mode, and whether it may trade.
pub(super) async fn read_mode(shared: &Shared) -> Result<(), Fault> {
    let answer = shared.rest.ask(&futures::account_config()).await?;
    let config: AccountConfig = read("account settings", &answer.body)?;
    let mode = if config.dual_side_position { PositionMode::Hedge } else { PositionMode::OneWay };
    let before = shared.words().mode.replace(mode);
    if before.is_some_and(|before| before != mode) {
        let word = if mode == PositionMode::Hedge { "hedge" } else { "one-way" };
        shared.notice(format!("the account is in {word} mode now"));
    }
    if before.is_none() && !config.can_trade {
        shared.notice("this account may not trade futures: orders will be refused");
    }
    Ok(())
}

/// Reads the leverage that is set for every symbol, and tells it. One that is not listed is nobody's.
pub(super) async fn read_leverage(shared: &Shared) -> Result<(), Fault> {
    let answer = shared.rest.ask(&futures::symbol_config()).await?;
    let rows = read_list::<SymbolConfig>("symbol settings", &answer.body)?.elements;
    let listing = shared.words().listing.clone();
    let is_listed = |symbol| listing.as_ref().is_some_and(|listing| listing.rules.contains_key(&symbol));
    let told = rows
        .iter()
        .filter_map(|row| report::leverage(&row.symbol, row.leverage))
        .filter(|report| matches!(report, AccountReport::Leverage { instrument, .. } if is_listed(instrument.symbol)));
    shared.tell_all(told.map(BrokerEvent::Account).collect());
    Ok(())
}

/// The same after an order did not fit the mode.
pub(super) async fn renew_mode(shared: &Shared) {
    if let Err(fault) = read_mode(shared).await {
        tracing::warn!(%fault, "the account's mode was not read");
    }
}

/// Both kinds of open orders. The list is whole only when both came and every order could be read.
pub(super) async fn open_orders(shared: &Shared) -> Outcome {
    let (plain, conditional) = (futures::open_orders(None), futures::open_algo_orders(None));
    let (plain, conditional) = tokio::join!(shared.rest.ask(&plain), shared.rest.ask(&conditional));
    // Conditional orders first: an order that was triggered in between then knows what it was.
    let conditional = told(conditional, |body| shared.words().algos(body));
    let plain = told(plain, |body| shared.words().orders(body));
    let complete = matches!((&plain, &conditional), (Ok((_, 0)), Ok((_, 0))));
    let mut orders = Vec::new();
    match (plain, conditional) {
        (Err(fault), Err(_)) => return Err(fault.of_question()),
        (plain, conditional) => {
            for (reports, _) in [plain, conditional].into_iter().flatten() {
                orders.extend(reports);
            }
        }
    }
    if complete {
        locked(&shared.known).all_open(&orders, shared.rest.server_now());
        shared.orders_changed.notify_one();
    }
    Ok(Answer::Orders { orders, complete })
}

type Reports = (Vec<OrderReport>, usize);

fn told(
    answer: Result<Response, Fault>,
    read: impl FnOnce(&[u8]) -> Result<Reports, Unread>,
) -> Result<Reports, Fault> {
    read(&answer?.body).map_err(Fault::from)
}

async fn position_reports(shared: &Shared) -> Result<Vec<AccountReport>, Fault> {
    let answer = shared.rest.ask(&futures::positions()).await?;
    let rows = whole(read_list::<PositionRisk>("positions", &answer.body)?)?;
    let reports = report::positions(&rows)?;
    let mut known = locked(&shared.known);
    for report in &reports {
        if let AccountReport::Position { instrument, .. } = report {
            known.note_traded(instrument.symbol, UtcTime::EPOCH);
        }
    }
    Ok(reports)
}

/// A list of which no element was left out: a missing position would look closed.
fn whole<T>(listed: crate::broker::binance::wire::list::Listed<T>) -> Result<Vec<T>, Fault> {
    if listed.refused == 0 {
        return Ok(listed.elements);
    }
    Err(Fault::Unbelievable(report::Implausible { what: "an element of a list" }))
}

/// Positions; one that is not listed is flat.
pub(super) async fn positions(shared: &Shared) -> Outcome {
    position_reports(shared).await.map(Answer::Account).map_err(|fault| fault.of_question())
}

/// Tells the positions unasked, after an answer has shown that the desk's picture of them is wrong.
pub(super) async fn renew_positions(shared: &Shared) {
    match position_reports(shared).await {
        Ok(reports) => shared.tell_all(reports.into_iter().map(BrokerEvent::Account).collect()),
        Err(fault) => tracing::warn!(%fault, "positions were not read"),
    }
}

/// Cash.
pub(super) async fn balances(shared: &Shared) -> Outcome {
    let told = async {
        let answer = shared.rest.ask(&futures::balances()).await?;
        let rows = whole(read_list::<Balance>("balances", &answer.body)?)?;
        Ok::<CashTold, Fault>(report::cash(&rows)?)
    };
    let told = told.await.map_err(|fault| fault.of_question())?;
    if !told.left_out.is_empty() {
        shared.notice_once(format!("the wallet also holds {}, which is not kept here", told.left_out.join(", ")));
    }
    Ok(Answer::Account(told.reports))
}

/// Sets the leverage of a symbol; setting what is set already is a success.
pub(super) async fn set_leverage(shared: &Arc<Shared>, instrument: InstrumentId, leverage: u32) -> Outcome {
    let call = futures::set_leverage(instrument.symbol.as_str(), leverage);
    match shared.rest.change(&call).await {
        Ok(answer) => {
            let set: Leverage = read("leverage", &answer.body).map_err(|fault| fault.error())?;
            if set.leverage == i64::from(leverage) {
                return Ok(Answer::Done);
            }
            let text = format!("the leverage is {} now", set.leverage);
            Err(BrokerError::Refused { code: "leverage".into(), text })
        }
        Err(fault) if fault.then() == Then::AlreadyDone => Ok(Answer::Done),
        Err(fault) => {
            shared.follow_up(&fault);
            Err(fault.error())
        }
    }
}
