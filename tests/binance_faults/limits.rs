//! Limits: cancels go before everything, nothing is refused at the documented limits, and silence that is asked for is
//! kept.

use std::time::Duration;

use hoga::broker::api::RequestBody;
use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::OrderSelection;
use hoga::market::{InstrumentId, Symbol, Venue};
use hoga::order::{OrderId, OrderState};

use crate::binance_server::{Fault, Seen};
use crate::stage::{BTC, Desk, buy_at};

const CANCELS: usize = 100;
const QUERIES: usize = 1_000;
/// Requests on the wire at a time.
const IN_FLIGHT: usize = 16;

fn bitcoin() -> InstrumentId {
    InstrumentId { venue: Venue::BinanceFutures, symbol: Symbol::new(BTC).unwrap() }
}

fn is_cancel(seen: &Seen) -> bool {
    seen.method == "DELETE"
}

#[test]
fn a_hundred_cancels_pass_a_thousand_queries_and_nothing_is_refused() {
    let (server, mut desk) = Desk::connected();
    let orders: Vec<OrderId> = (0..CANCELS).map(|_| desk.try_submit(buy_at("59000", "0.001")).unwrap()).collect();
    desk.until("all rest", |desk| orders.iter().all(|id| desk.state(*id) == OrderState::Accepted));
    let before = server.requests().len();
    let asked: Vec<_> = (0..QUERIES).map(|_| desk.ask_beside(RequestBody::RecentTrades(bitcoin(), 100))).collect();
    let ids = orders.iter().map(ToString::to_string).collect();
    desk.ask(CoreCommand::Cancel(OrderSelection::Ids { orders: ids }));
    desk.until("all are canceled", |desk| orders.iter().all(|id| desk.state(*id) == OrderState::Canceled));
    let seen = server.requests().split_off(before);
    let cancels: Vec<usize> = (0..seen.len()).filter(|at| is_cancel(&seen[*at])).collect();
    assert_eq!(cancels.len(), CANCELS, "each once");
    let (first, last) = (cancels[0], cancels[CANCELS - 1]);
    let between = (first..last).filter(|at| seen[*at].path.ends_with("/aggTrades")).count();
    assert!(first <= 2 * IN_FLIGHT, "{first} requests before the first cancel");
    assert!(between <= IN_FLIGHT, "{between} queries among the cancels");
    let all = |desk: &Desk| asked.iter().all(|id| desk.answers.contains_key(id));
    desk.until("every query has its answer or its refusal", all);
    let good = desk.answers.values().filter(|outcome| outcome.is_ok()).count();
    let weight = server.requests().iter().filter(|seen| seen.path.ends_with("/aggTrades")).count() * 20;
    assert!(good > 40 && weight <= 2_400, "{good} queries went well, weight {weight}");
    let refused: Vec<Seen> = server.requests().into_iter().filter(|seen| [418, 429].contains(&seen.status)).collect();
    assert!(refused.is_empty(), "{refused:?}");
    desk.agrees_with(&server);
}

#[test]
fn the_silence_of_retry_after_is_kept_by_everything_and_no_longer_than_asked() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(id, OrderState::Accepted);
    server.fault("GET", "/aggTrades", 1, Fault::TooMany { seconds: 3 });
    desk.ask_beside(RequestBody::RecentTrades(bitcoin(), 100));
    server.wait_until("it is refused", |state| state.journal.requests.iter().any(|seen| seen.status == 429));
    let at = server.requests().iter().position(|seen| seen.status == 429).unwrap();
    // Everything that could go out wants to: a query, an order, a cancel.
    desk.live(Duration::from_millis(50));
    desk.ask_beside(RequestBody::RecentTrades(bitcoin(), 100));
    let late = desk.try_submit(buy_at("59000", "0.010")).unwrap();
    desk.cancel(id);
    desk.until("the silence is over", |_| server.requests().len() > at + 1);
    let requests = server.requests();
    let waited = requests[at + 1].time - requests[at].time;
    assert!((3_000..6_000).contains(&waited), "after {waited} ms: {:?}", requests[at + 1]);
    assert!(requests[at + 1..].iter().all(|seen| ![418, 429].contains(&seen.status)));
    desk.until("the order that could not wait was not sent later", |desk| desk.state(late).is_final());
    assert!(server.order(&late.simple()).is_none(), "its price was of another market");
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn orders_at_their_own_limit_wait_and_cancels_do_not() {
    let (server, mut desk) = Desk::connected();
    let message = "Too many new orders; current limit is 300 orders per 10 SECOND.".to_owned();
    let resting = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(resting, OrderState::Accepted);
    server.fault("POST", "/order", 1, Fault::Refuse { status: 429, code: -1015, message });
    let refused = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(refused, OrderState::Rejected);
    desk.cancel(resting);
    desk.until_state(resting, OrderState::Canceled);
    assert_eq!(server.requests_to("POST", "/order").len(), 2);
}
