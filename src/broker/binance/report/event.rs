//! Events of the account's stream.

use rust_decimal::Decimal;

use super::account::position;
use super::fill::{Executed, executed};
use super::order::{Names, Prices, Told, algo_state, report, state, status_reason};
use super::{CurrencyOf, Implausible, currency, fill};
use crate::broker::api::{AccountReport, BrokerEvent};
use crate::broker::binance::algo_links::AlgoLinks;
use crate::broker::binance::order_number::{OrderNumber, order_id_of};
use crate::broker::binance::wire::plausible::{amount, future, time};
use crate::broker::binance::wire::user::{AccountEvent, AlgoEvent, ConfigEvent, EventOrder, MarginCall, UserEvent};
use crate::broker::binance::wire::word::{AlgoStatusWord, ExecutionWord, StatusWord, TypeWord};
use crate::market::UtcTime;
use crate::order::Cash;
use crate::text::clean::{clean, short};

/// What the adapter does after an event, beside passing it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Ask what became of an order: the event did not say it to the end.
    AskOrder(OrderNumber),
    /// Ask for the account's fills of an order's symbol: one was told without its number.
    AskFills(OrderNumber),
    /// Ask for income since then: money moved that the event has no number for.
    AskIncome {
        /// When it moved.
        since: UtcTime,
    },
    /// Get a new key and connect again; everything since is to be asked for.
    NewListenKey,
    /// Read the settings of symbols and of the account again.
    RenewSettings,
}

/// An event as the desk's.
#[derive(Debug, Clone, Default)]
pub struct UserNews {
    /// In the order they are to be told: a fill before the order it changes, so that the order never looks as if a fill
    /// were missing.
    pub events: Vec<BrokerEvent>,
    /// What to do next.
    pub then: Vec<Follow>,
}

/// An event as the desk's; what it says of conditional orders goes into `links`.
///
/// Early fills (`TRADE_LITE`) come to nothing: they name neither commission nor position, and the full event with the same
/// number follows. Money that moved without an order is never booked from an event, for it has no number by which it
/// could be known again; it is asked for.
///
/// # Errors
/// Something that cannot be right. Nothing of the event is told then, which may have been a fill: whoever gets this counts
/// it and asks for orders and fills anew.
pub fn events(event: &UserEvent, currency_of: CurrencyOf<'_>, links: &mut AlgoLinks) -> Result<UserNews, Implausible> {
    match event {
        UserEvent::Order(event) => order_news(&event.order, currency_of, links),
        UserEvent::Account(event) => account_news(event),
        UserEvent::Algo(event) => algo_news(event, links),
        UserEvent::MarginCall(call) => Ok(notice(margin_text(call))),
        UserEvent::Config(config) => Ok(config_news(config)),
        UserEvent::ListenKeyExpired { .. } => Ok(UserNews { events: Vec::new(), then: vec![Follow::NewListenKey] }),
        UserEvent::TradeLite(_) | UserEvent::Other(_) => Ok(UserNews::default()),
    }
}

fn order_news(order: &EventOrder, currency_of: CurrencyOf<'_>, links: &mut AlgoLinks) -> Result<UserNews, Implausible> {
    let symbol = future(&order.symbol)?.symbol;
    if let Some(own) = order_id_of(&order.client_order_id) {
        links.learn_child(own, symbol, order.order_id);
    }
    let number = OrderNumber::Order { symbol, id: order.order_id };
    let told = Told {
        symbol: &order.symbol,
        side: &order.side,
        kind: &order.kind,
        // The trigger a trailing order shows is not one.
        prices: Prices { limit: order.price, trigger: order.stop_price, callback: order.callback_rate },
        quantity: order.quantity,
        filled: order.filled,
        state: state(&order.status, order.filled),
        reason: reason(order),
        time: order.time,
    };
    let names = Names::of_order(symbol, order.order_id, &order.client_order_id, links)?;
    let word = report(told, names)?;
    let mut news = UserNews::default();
    match executed_by(order, currency_of, links)? {
        Some(Executed { fill, fee, notice }) => {
            news.events.push(BrokerEvent::Fill(fill));
            news.events.extend(fee.map(BrokerEvent::CashFlow));
            news.events.push(BrokerEvent::Order(word));
            news.events.extend(notice.map(BrokerEvent::Notice));
        }
        None => news.events.push(BrokerEvent::Order(word)),
    }
    if filled_by(order) || order.execution == ExecutionWord::Calculated {
        news.events.extend(forced(order).map(|what| BrokerEvent::Notice(forced_text(order, what))));
    }
    if filled_by(order) && order.trade_id.unwrap_or_default() == 0 {
        news.then.push(Follow::AskFills(number));
    }
    if matches!(order.status, StatusWord::Other(_)) {
        news.then.push(Follow::AskOrder(number));
    }
    Ok(news)
}

/// Whether the event is of a fill: a trade, or a forced one with a quantity.
fn filled_by(order: &EventOrder) -> bool {
    matches!(order.execution, ExecutionWord::Trade | ExecutionWord::Calculated)
        && order.last_quantity.is_some_and(|units| !units.is_zero())
}

fn executed_by(
    order: &EventOrder,
    currency_of: CurrencyOf<'_>,
    links: &AlgoLinks,
) -> Result<Option<Executed>, Implausible> {
    let Some(trade_id) = order.trade_id.filter(|id| *id != 0 && filled_by(order)) else { return Ok(None) };
    let told = fill::Told {
        symbol: &order.symbol,
        order_id: order.order_id,
        client_id: &order.client_order_id,
        trade_id,
        side: &order.side,
        position_side: &order.position_side,
        price: order.last_price.unwrap_or_default(),
        quantity: order.last_quantity.unwrap_or_default(),
        maker: order.maker,
        commission: order.commission,
        commission_asset: &order.commission_asset,
        realized: order.realized,
        time: order.time,
    };
    executed(&told, currency_of, links).map(Some)
}

/// Why an order ended, where the exchange says: the code of the event, else the status.
fn reason(order: &EventOrder) -> Option<String> {
    let text = match order.expiry_reason.as_str() {
        "1" => "would have traded with this account itself",
        "2" => "the rest of an immediate order",
        "3" => "the rest of an immediate order: it would have traded with this account itself",
        "4" => "made way for an order that reduces the position, or would have turned the position round",
        "5" => "the account was liquidated",
        "6" => "the position it was bound to is gone",
        "7" => "the symbol is delisted",
        "8" => "replaced by the stop that was triggered",
        "9" => "the rest of a market order",
        _ => return status_reason(&order.status).or_else(|| forced(order).map(str::to_owned)),
    };
    Some(text.to_owned())
}

/// Orders that the exchange makes itself, told by the client id it gives them.
fn forced(order: &EventOrder) -> Option<&'static str> {
    let id = order.client_order_id.as_str();
    let what = if id.starts_with("autoclose-") || order.kind == TypeWord::Liquidation {
        "liquidated by the exchange"
    } else if id.starts_with("adl_autoclose") {
        "reduced by the exchange for a counterparty's loss (auto-deleveraging)"
    } else if id.starts_with("settlement_autoclose-") {
        "settled by the exchange at the end of its trading"
    } else if order.execution == ExecutionWord::Calculated {
        "closed by the exchange by force"
    } else {
        return None;
    };
    Some(what)
}

fn forced_text(order: &EventOrder, what: &str) -> String {
    let (symbol, units) = (clean(&order.symbol), order.last_quantity.unwrap_or_default().normalize());
    match order.last_price {
        Some(price) if !units.is_zero() => {
            format!("{symbol}: {what}: {} {units} at {}", order.side.as_str(), price.normalize())
        }
        _ => format!("{symbol}: {what}"),
    }
}

fn algo_news(event: &AlgoEvent, links: &mut AlgoLinks) -> Result<UserNews, Implausible> {
    let order = &event.order;
    let symbol = future(&order.symbol)?.symbol;
    let told = Told {
        symbol: &order.symbol,
        side: &order.side,
        kind: &order.order_type,
        prices: Prices { limit: order.price, trigger: order.trigger_price, callback: order.callback_rate },
        quantity: order.quantity.unwrap_or_default(),
        filled: order.filled.unwrap_or_default(),
        state: algo_state(&order.status),
        reason: algo_reason(&order.reject_reason),
        time: event.time,
    };
    let names = Names::of_algo(symbol, order.algo_id, &order.client_algo_id, order.child, links)?;
    let word = report(told, names)?;
    links.learn(symbol, order.algo_id, word.order_id, order.child);
    let child = links.of_algo(order.algo_id).and_then(|link| link.child);
    let unfinished = match (&order.status, child) {
        // Only the order it became says how it ended.
        (AlgoStatusWord::Finished, Some(id)) => Some(OrderNumber::Order { symbol, id }),
        (AlgoStatusWord::Finished | AlgoStatusWord::Other(_), _) => {
            Some(OrderNumber::Algo { symbol, id: order.algo_id })
        }
        _ => None,
    };
    Ok(UserNews {
        events: vec![BrokerEvent::Order(word)],
        then: unfinished.map(Follow::AskOrder).into_iter().collect(),
    })
}

fn algo_reason(text: &str) -> Option<String> {
    let text: String = short(text, 200);
    if text.is_empty() { None } else { Some(text) }
}

fn account_news(event: &AccountEvent) -> Result<UserNews, Implausible> {
    let since = time("time of an account event", event.time)?;
    let mut news = UserNews::default();
    for row in &event.change.balances {
        let total = amount("balance", row.wallet)?;
        // Assets that are not kept are told of when balances are asked for.
        if let Some(currency) = currency(&row.asset) {
            let report = AccountReport::Cash { total: Cash::new(total, currency), available: None };
            news.events.push(BrokerEvent::Account(report));
        }
    }
    for row in &event.change.positions {
        let report = position(&row.symbol, &row.side, row.amount, row.entry_price)?;
        news.events.push(BrokerEvent::Account(report));
    }
    // A row of income is written for these, sooner or later.
    if !matches!(event.change.reason.as_str(), "ORDER" | "MARGIN_TRANSFER" | "MARGIN_TYPE_CHANGE") {
        news.then.push(Follow::AskIncome { since });
    }
    Ok(news)
}

fn margin_text(call: &MarginCall) -> String {
    let mut text = "margin call: positions are about to be liquidated:".to_owned();
    for row in call.positions.iter().take(10) {
        let number =
            |value: Option<Decimal>| value.map_or_else(|| "?".to_owned(), |value| value.normalize().to_string());
        text.push_str(&format!(" {} {} at mark {},", number(row.amount), clean(&row.symbol), number(row.mark_price)));
    }
    text.trim_end_matches([',', ':']).to_owned()
}

fn config_news(config: &ConfigEvent) -> UserNews {
    let mut news = UserNews { events: Vec::new(), then: vec![Follow::RenewSettings] };
    if let Some(changed) = &config.leverage {
        news.events.extend(super::account::leverage(&changed.symbol, changed.leverage).map(BrokerEvent::Account));
        let text = format!("leverage of {} is {} now", clean(&changed.symbol), changed.leverage);
        news.events.push(BrokerEvent::Notice(text));
    }
    if let Some(changed) = &config.multi_assets {
        let text = if changed.on {
            "every asset of the account backs every position now (multi-assets mode)"
        } else {
            "each position is backed by its own asset now (single-asset mode)"
        };
        news.events.push(BrokerEvent::Notice(text.to_owned()));
    }
    news
}

fn notice(text: String) -> UserNews {
    UserNews { events: vec![BrokerEvent::Notice(text)], then: Vec::new() }
}
