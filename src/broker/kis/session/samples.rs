//! Orders, rows and notices that tests of several parts of a session use.

use rust_decimal::Decimal;

use crate::broker::api::{FindOrder, OrderReference, PlaceOrder};
use crate::broker::kis::exchange::StockRoute;
use crate::broker::kis::order::listed::{Listed, RowOf};
use crate::broker::kis::order::{Line, OrderNumber, Tracked};
use crate::broker::kis::realtime::Stream;
use crate::broker::kis::realtime::notice::{ChangeOf, Happened, Notice};
use crate::broker::kis::wire::Clock;
use crate::market::{InstrumentId, Price, Quantity, Side, Symbol, UtcTime, Venue};
use crate::order::{OrderId, OrderKind, OrderState, PositionSide, TimeInForce};

/// The account as notices name it.
pub(super) const ACCOUNT: &str = "1234567801";

pub(super) fn utc(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

/// A time of the first day of the KRX after-market.
pub(super) fn at(clock: &str) -> UtcTime {
    utc(&format!("2026-09-14T{clock}+09:00"))
}

pub(super) fn id(number: u64) -> OrderId {
    OrderId::from_uuid(uuid::Uuid::from_u128(number.into()))
}

pub(super) fn instrument() -> InstrumentId {
    InstrumentId { venue: Venue::Krx, symbol: Symbol::new("005930").unwrap() }
}

pub(super) fn number(digits: &str) -> OrderNumber {
    OrderNumber::new(Line::Stock, jiff::civil::date(2026, 9, 14), digits).unwrap()
}

fn limit(price: &str) -> OrderKind {
    OrderKind::Limit { price: Price::new(price.parse().unwrap()).unwrap() }
}

pub(super) fn buy(order: u64, price: &str, quantity: u32) -> PlaceOrder {
    PlaceOrder {
        order_id: id(order),
        instrument: instrument(),
        side: Side::Buy,
        kind: limit(price),
        quantity: Quantity::whole(quantity),
        time_in_force: TimeInForce::Day,
        reduce_only: false,
        position_side: PositionSide::Net,
        route: None,
    }
}

pub(super) fn sell_abroad(order: u64, price: &str, quantity: u32) -> PlaceOrder {
    let apple = InstrumentId { venue: Venue::Nasdaq, symbol: Symbol::new("AAPL").unwrap() };
    PlaceOrder { instrument: apple, side: Side::Sell, ..buy(order, price, quantity) }
}

pub(super) fn find(order: &PlaceOrder, sent_at: UtcTime) -> FindOrder {
    FindOrder {
        order: OrderReference { order_id: order.order_id, broker_id: None, instrument: order.instrument },
        side: order.side,
        price: order.kind.limit(),
        quantity: order.quantity,
        sent_at,
        not_these: Vec::new(),
        route: order.route,
    }
}

pub(super) fn tracked(order: u64, price: &str, quantity: u32) -> Tracked {
    Tracked {
        order_id: Some(id(order)),
        branch: "91252".into(),
        route: StockRoute::Krx,
        instrument: instrument(),
        side: Side::Buy,
        kind: Some(limit(price)),
        time_in_force: TimeInForce::Day,
        code: "00".into(),
        quantity: Some(Quantity::whole(quantity)),
        filled: Decimal::ZERO,
        filled_value: Decimal::ZERO,
        replaces: None,
        replaced_by: None,
        state: OrderState::Accepted,
    }
}

/// A row of an order to buy at 70000, of which nothing is said to be open.
pub(super) fn listed(digits: &str, quantity: u32) -> Listed {
    Listed {
        number: number(digits),
        changed: None,
        row: RowOf::Order,
        branch: "91252".into(),
        route: Some(StockRoute::Krx),
        instrument: instrument(),
        side: Side::Buy,
        kind: Some((limit("70000"), TimeInForce::Day)),
        code: "00".into(),
        quantity: Quantity::whole(quantity),
        filled: Decimal::ZERO,
        filled_value: Decimal::ZERO,
        open: Decimal::ZERO,
        refused: Decimal::ZERO,
        canceled: Decimal::ZERO,
        reason: None,
        time: at("09:15:00"),
    }
}

/// The receipt of an order to buy at 70000.
pub(super) fn received(digits: &str, quantity: u32) -> Notice {
    Notice {
        stream: Stream::StockNotice,
        account: ACCOUNT.into(),
        number: digits.into(),
        changed: None,
        branch: "91252".into(),
        side: Side::Buy,
        change: ChangeOf::New,
        happened: Happened::Received,
        kind: "00".into(),
        condition: b'0',
        symbol: "005930".into(),
        event_quantity: quantity.into(),
        order_quantity: Some(quantity.into()),
        order_price: Some(Decimal::from(70_000)),
        trigger: None,
        exchange: Some(b'1'),
        time: Clock::of(91_501),
    }
}

pub(super) fn fill_notice(digits: &str, quantity: u32, price: Decimal) -> Notice {
    let happened = Happened::Filled { quantity: quantity.into(), price };
    Notice { happened, event_quantity: quantity.into(), order_quantity: None, ..received(digits, quantity) }
}

/// A modification took effect.
pub(super) fn modified(digits: &str, changed: &str, quantity: u32, price: Decimal) -> Notice {
    Notice {
        change: ChangeOf::Modification,
        happened: Happened::Confirmed,
        changed: Some(changed.into()),
        order_price: Some(price),
        ..received(digits, quantity)
    }
}
