//! The exchange's words on orders, fills and money on spot, as the desk's.
//!
//! What a message says is taken as it is or refused whole; nothing is made up for a field that is missing. A fill is
//! known by its number, so it counts once however often and by whatever road it is told.

use rust_decimal::{Decimal, dec};

use super::listing::{Asset, Listing};
use super::names::{broker_id, execution_id, order_of};
use super::wire::account::{Account, Balance};
use super::wire::order::{MyTrade, OrderReply};
use super::wire::user::{BalanceUpdate, Execution, UserEvent};
use super::wire::{WireError, time_of};
use crate::broker::api::{AccountReport, BrokerEvent, CashFlow, CashFlowKind, FeeInKind, FillReport, OrderReport};
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::market::{InstrumentId, Quantity, Side, Symbol};
use crate::order::fee::Liquidity;
use crate::order::{BrokerOrderId, Cash, ExecutionId, OrderKind, OrderState, PositionSide, Trail};
use crate::text::clean::short;

/// Most characters of a text from outside.
const TEXT_MAX: usize = 200;

/// What the adapter does after an event, beside passing it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follow {
    /// Ask what became of an order: the event did not say it to the end.
    AskOrder(BrokerOrderId),
    /// Ask for the balances: they may have changed otherwise than by trading.
    AskAccount,
    /// Subscribe again, and ask for everything since: events may be missing.
    Subscribe,
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

/// A fill with what came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// The fill. Its commission is nothing in the instrument's currency when it was paid in another asset.
    pub fill: FillReport,
    /// The commission, where it was paid in money of another currency.
    pub fee: Option<CashFlow>,
    /// The commission, where it was paid in an asset hoga keeps no amounts of.
    pub notice: Option<String>,
}

impl Executed {
    /// As events, in their order.
    pub fn tell(self, events: &mut Vec<BrokerEvent>) {
        events.push(BrokerEvent::Fill(self.fill));
        events.extend(self.fee.map(BrokerEvent::CashFlow));
        events.extend(self.notice.map(BrokerEvent::Notice));
    }
}

/// An order as a reply tells it.
///
/// # Errors
/// A short acknowledgement, or something that cannot be right.
pub fn order_report(reply: &OrderReply) -> Result<OrderReport, WireError> {
    let what = "order reply";
    let missing = |field| WireError::implausible(what, field);
    let status = reply.status.as_deref().ok_or(missing("status"))?;
    let filled = reply.executed_qty.quantity_or_zero(what, "executedQty")?;
    Ok(OrderReport {
        order_id: order_of(reply.own_name()).map(|(order, _)| order),
        client_id: None,
        broker_id: broker_id(reply.symbol, reply.order_id)?,
        replaces: None,
        instrument: super::instrument(reply.symbol),
        side: side(reply.side.as_deref().unwrap_or_default(), what)?,
        kind: kind(
            reply.order_type.as_deref().ok_or(missing("type"))?,
            Prices { limit: reply.price, trigger: reply.stop_price, trailing: reply.trailing_delta },
            what,
        )?,
        quantity: reply.orig_qty.quantity_or_zero(what, "origQty")?,
        filled,
        state: state(status, filled).unwrap_or_else(|| open_state(filled)),
        reason: match status {
            "EXPIRED_IN_MATCH" => Some("would have traded with this account itself".to_owned()),
            _ => None,
        },
        queue_ahead: None,
        time: time_of(reply.at_ms().ok_or(missing("time"))?, what, "time")?,
    })
}

/// What a new order took at once, out of a full reply: an order that takes is never the maker.
///
/// # Errors
/// A fill that cannot be right; none of them is told then, and they must be asked for.
pub fn reply_fills(reply: &OrderReply, listing: &Listing) -> Result<Vec<Executed>, WireError> {
    let what = "order reply";
    let side = side(reply.side.as_deref().unwrap_or_default(), what)?;
    let at_ms = reply.at_ms().ok_or(WireError::implausible(what, "time"))?;
    let fill = |fill: &super::wire::order::ReplyFill| {
        let told = Told {
            what,
            symbol: reply.symbol,
            order_id: reply.order_id,
            name: reply.own_name(),
            trade_id: fill.trade_id,
            side,
            price: fill.price,
            quantity: fill.qty,
            commission: fill.commission,
            asset: &fill.commission_asset,
            is_maker: false,
            at_ms,
        };
        told.executed(listing)
    };
    reply.fills.iter().map(fill).collect()
}

/// A fill of the account's list. The list names no client id.
///
/// # Errors
/// Something that cannot be right.
pub fn trade_report(trade: &MyTrade, listing: &Listing) -> Result<Executed, WireError> {
    let told = Told {
        what: "myTrades",
        symbol: trade.symbol,
        order_id: trade.order_id,
        name: "",
        trade_id: trade.id,
        side: if trade.is_buyer { Side::Buy } else { Side::Sell },
        price: trade.price,
        quantity: trade.qty,
        commission: trade.commission,
        asset: &trade.commission_asset,
        is_maker: trade.is_maker,
        at_ms: trade.time,
    };
    told.executed(listing)
}

/// Cash and holdings, and assets that are neither.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Cash by currency, coins as holdings of their instruments.
    pub reports: Vec<AccountReport>,
    /// Assets with something in them that hoga cannot name; cleaned text.
    pub left_out: Vec<String>,
}

/// What an account holds; assets with nothing in them are left out. All or nothing: a holding that were missing would
/// look sold.
///
/// # Errors
/// An amount that cannot be right.
pub fn holdings(account: &Account, listing: &Listing) -> Result<Holdings, WireError> {
    let mut out = Holdings::default();
    for row in &account.balances {
        let total = total(row)?;
        if total.is_zero() {
            continue;
        }
        match balance(row, listing)? {
            Some(report) => out.reports.push(report),
            None => out.left_out.push(name(&row.asset)),
        }
    }
    Ok(out)
}

fn total(row: &Balance) -> Result<Decimal, WireError> {
    let part = |number: MaybeNumber| {
        let amount = number.0.filter(|amount| !amount.is_sign_negative() || amount.is_zero());
        amount.filter(|amount| *amount <= AMOUNT_MAX).ok_or(WireError::implausible("balance", "amount"))
    };
    Ok((part(row.free)? + part(row.locked)?).normalize())
}

/// More of anything than an account holds: 10^16 of the coins with the most units.
const AMOUNT_MAX: Decimal = dec!(10_000_000_000_000_000);

/// One balance; `None` for an asset hoga cannot name.
fn balance(row: &Balance, listing: &Listing) -> Result<Option<AccountReport>, WireError> {
    let total = total(row)?;
    Ok(match listing.asset(&row.asset) {
        Asset::Money(currency) => Some(AccountReport::Cash {
            total: Cash::new(total, currency),
            available: row.free.0.map(|f| f.normalize()),
        }),
        Asset::Coin(instrument) => {
            Some(AccountReport::Position { instrument, side: PositionSide::Net, quantity: total, average_price: None })
        }
        Asset::Unknown => None,
    })
}

/// An event of the account as the desk's.
///
/// # Errors
/// Something that cannot be right. Nothing of the event is told then.
pub fn events(event: &UserEvent, listing: &Listing) -> Result<UserNews, WireError> {
    let mut news = UserNews::default();
    match event {
        UserEvent::Execution(event) => execution(event, listing, &mut news)?,
        UserEvent::AccountPosition(wallet) => {
            for row in &wallet.balances {
                news.events.extend(balance(row, listing)?.map(BrokerEvent::Account));
            }
        }
        UserEvent::BalanceUpdate(update) => news.events.push(BrokerEvent::Notice(moved(update))),
        UserEvent::ExternalLock(_) => news.then.push(Follow::AskAccount),
        UserEvent::Terminated => news.then.push(Follow::Subscribe),
        UserEvent::ListStatus | UserEvent::Other(_) => {}
    }
    Ok(news)
}

/// The balances follow in an event of their own, and what they differ by is for a person to accept.
fn moved(update: &BalanceUpdate) -> String {
    let change = update.change.0.unwrap_or_default().normalize();
    let way = if change.is_sign_negative() { "left" } else { "came into" };
    format!("{} {} {way} the account without a trade", change.abs(), name(&update.asset))
}

fn execution(event: &Execution, listing: &Listing, news: &mut UserNews) -> Result<(), WireError> {
    let what = "executionReport";
    let filled = event.filled.quantity_or_zero(what, "z")?;
    let known = state(&event.status, filled);
    let report = OrderReport {
        order_id: order_of(event.own_name()).map(|(order, _)| order),
        client_id: None,
        broker_id: broker_id(event.symbol, event.order_id)?,
        replaces: None,
        instrument: super::instrument(event.symbol),
        side: side(&event.side, what)?,
        kind: kind(
            &event.order_type,
            Prices { limit: event.price, trigger: event.stop_price, trailing: event.trailing_delta },
            what,
        )?,
        quantity: event.quantity.quantity_or_zero(what, "q")?,
        filled,
        state: known.unwrap_or_else(|| open_state(filled)),
        reason: reason(event),
        queue_ahead: None,
        time: time_of(event.happened_ms, what, "T")?,
    };
    if event.execution_type == "TRADE" && event.trade_id >= 0 {
        let told = Told {
            what,
            symbol: event.symbol,
            order_id: event.order_id,
            name: event.own_name(),
            trade_id: event.trade_id,
            side: report.side,
            price: event.last_price,
            quantity: event.last_quantity,
            commission: event.commission,
            asset: event.commission_asset.as_deref().unwrap_or_default(),
            is_maker: event.is_maker,
            at_ms: event.happened_ms,
        };
        told.executed(listing)?.tell(&mut news.events);
    }
    if known.is_none() {
        news.then.push(Follow::AskOrder(report.broker_id.clone()));
    }
    news.events.push(BrokerEvent::Order(report));
    Ok(())
}

/// Why an order was refused or ended, where the exchange says.
fn reason(event: &Execution) -> Option<String> {
    let said = |text: &Option<String>| text.as_deref().filter(|text| !matches!(*text, "" | "NONE")).map(str::to_owned);
    let word = said(&event.reject_reason).or_else(|| said(&event.expiry_reason));
    let word = word.or_else(|| (event.status == "EXPIRED_IN_MATCH").then(|| event.status.clone()))?;
    Some(match word.as_str() {
        "INSUFFICIENT_BALANCES" | "INSUFFICIENT_BALANCE" => "the balance is not sufficient".to_owned(),
        "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY" => "the stop would be set off at once".to_owned(),
        "WOULD_MATCH_IMMEDIATELY" => "would have taken instead of resting".to_owned(),
        "OCO_BAD_PRICES" => "the prices of the pair do not fit the market".to_owned(),
        "UNFILLED_IOC_QUANTITY_EXPIRED" => "the rest of an immediate order".to_owned(),
        "UNFILLED_FOK_ORDER_EXPIRED" => "could not be filled whole".to_owned(),
        "INSUFFICIENT_LIQUIDITY" => "nothing more to trade with on the book".to_owned(),
        "EXECUTION_RULE_PRICE_RANGE_EXCEEDED" => "the market is outside the price range of trading".to_owned(),
        "EXCHANGE_CANCELED" => "canceled by the exchange".to_owned(),
        "EXPIRED_IN_MATCH" => "would have traded with this account itself".to_owned(),
        other => short(other, TEXT_MAX),
    })
}

/// The desk's word for a status; `None` for one that is not known, of which only the exchange can say what it means.
fn state(status: &str, filled: Quantity) -> Option<OrderState> {
    Some(match status {
        "NEW" | "PENDING_NEW" | "PARTIALLY_FILLED" | "PENDING_CANCEL" => open_state(filled),
        "FILLED" => OrderState::Filled,
        "CANCELED" => OrderState::Canceled,
        "REJECTED" => OrderState::Rejected,
        "EXPIRED" | "EXPIRED_IN_MATCH" => OrderState::Expired,
        _ => return None,
    })
}

const fn is_something(quantity: Quantity) -> bool {
    !quantity.value().is_zero()
}

const fn open_state(filled: Quantity) -> OrderState {
    if is_something(filled) { OrderState::PartiallyFilled } else { OrderState::Accepted }
}

fn side(word: &str, what: &'static str) -> Result<Side, WireError> {
    match word {
        "BUY" => Ok(Side::Buy),
        "SELL" => Ok(Side::Sell),
        _ => Err(WireError::implausible(what, "side")),
    }
}

/// Prices of an order as they came, of which each type uses its own.
#[derive(Debug, Clone, Copy)]
struct Prices {
    limit: MaybeNumber,
    trigger: MaybeNumber,
    trailing: MaybeNumber,
}

/// A type as the desk's. A take-profit to limit has none here and is shown by its trigger; a limit order without a price
/// is one whose price the exchange matches to the book.
fn kind(word: &str, prices: Prices, what: &'static str) -> Result<OrderKind, WireError> {
    let limit = prices.limit.price_if(what, "price")?;
    let trigger = prices.trigger.price_if(what, "stopPrice")?;
    let trailing = prices.trailing.0.filter(|points| *points > Decimal::ZERO);
    let missing = WireError::implausible(what, "stopPrice");
    let conditional = matches!(word, "STOP_LOSS" | "STOP_LOSS_LIMIT" | "TAKE_PROFIT" | "TAKE_PROFIT_LIMIT");
    Ok(match (word, limit, trigger, trailing) {
        (_, _, trigger, Some(points)) if conditional => {
            let percent = points.checked_div(dec!(100)).ok_or(WireError::implausible(what, "trailingDelta"))?;
            OrderKind::TrailingStop { distance: Trail::Percent(percent.normalize()), trigger }
        }
        ("MARKET", ..) => OrderKind::Market,
        ("STOP_LOSS", _, trigger, None) => OrderKind::Stop { trigger: trigger.ok_or(missing)? },
        ("STOP_LOSS_LIMIT", Some(price), trigger, None) => {
            OrderKind::StopLimit { trigger: trigger.ok_or(missing)?, price }
        }
        ("TAKE_PROFIT" | "TAKE_PROFIT_LIMIT", _, trigger, None) => {
            OrderKind::TakeProfit { trigger: trigger.ok_or(missing)? }
        }
        (_, Some(price), ..) => OrderKind::Limit { price },
        (_, None, ..) => OrderKind::BestLimit,
    })
}

/// A fill as each road tells it.
struct Told<'a> {
    what: &'static str,
    symbol: Symbol,
    order_id: i64,
    name: &'a str,
    trade_id: i64,
    side: Side,
    price: MaybeNumber,
    quantity: MaybeNumber,
    commission: MaybeNumber,
    asset: &'a str,
    is_maker: bool,
    at_ms: i64,
}

/// What was paid for a fill, by what it was paid in.
#[derive(Debug, Default)]
struct Paid {
    commission: Option<Cash>,
    in_kind: Option<FeeInKind>,
    fee: Option<CashFlow>,
    notice: Option<String>,
}

impl Told<'_> {
    fn executed(&self, listing: &Listing) -> Result<Executed, WireError> {
        let what = self.what;
        let instrument = super::instrument(self.symbol);
        let quantity = self.quantity.quantity(what, "quantity of a fill")?;
        if !is_something(quantity) {
            return Err(WireError::implausible(what, "quantity of a fill"));
        }
        let time = time_of(self.at_ms, what, "time of a fill")?;
        let paid = self.paid(instrument, listing, time)?;
        let fill = FillReport {
            execution_id: execution_id(self.symbol, self.trade_id)?,
            order_id: order_of(self.name).map(|(order, _)| order),
            broker_id: broker_id(self.symbol, self.order_id)?,
            instrument,
            side: self.side,
            price: self.price.price(what, "price of a fill")?,
            quantity,
            liquidity: if self.is_maker { Liquidity::Maker } else { Liquidity::Taker },
            commission: paid.commission,
            tax: None,
            fee_in_kind: paid.in_kind,
            realized: None,
            position_side: PositionSide::Net,
            time,
        };
        Ok(Executed { fill, fee: paid.fee, notice: paid.notice })
    }

    /// On a buy the commission is mostly taken out of what was bought, or of the exchange's own coin: then no money of
    /// the instrument's currency was paid, and the coins that were leave their holding.
    fn paid(
        &self,
        instrument: InstrumentId,
        listing: &Listing,
        time: crate::market::UtcTime,
    ) -> Result<Paid, WireError> {
        let amount = self.commission.0.unwrap_or_default().normalize();
        if amount.abs() > AMOUNT_MAX {
            return Err(WireError::implausible(self.what, "commission"));
        }
        // Of an instrument that is not listed nobody knows the currency; then the desk's own schedule stands.
        let Some(currency) = listing.rules(instrument).map(|rules| rules.quote) else { return Ok(Paid::default()) };
        let mut paid = Paid { commission: Some(Cash::zero(currency)), ..Paid::default() };
        match listing.asset(self.asset) {
            _ if amount.is_zero() => {}
            _ if self.asset == currency.as_str() => paid.commission = Some(Cash::new(amount, currency)),
            Asset::Coin(of) if !amount.is_sign_negative() => {
                let quantity = self.commission.quantity(self.what, "commission")?;
                paid.in_kind = Some(FeeInKind { instrument: of, quantity });
            }
            Asset::Money(other) => {
                let id = ExecutionId::new(&format!("fee:{}:{}", self.symbol, self.trade_id))
                    .map_err(|_| WireError::implausible(self.what, "number"))?;
                let amount = Cash::new(-amount, other);
                paid.fee = Some(CashFlow { id, kind: CashFlowKind::Fee, instrument: None, amount, time });
            }
            Asset::Coin(_) | Asset::Unknown => {
                let text = format!("commission of {amount} {} on {}: not kept here", name(self.asset), self.symbol);
                paid.notice = Some(text);
            }
        }
        Ok(paid)
    }
}

fn name(asset: &str) -> String {
    short(asset, 32)
}
