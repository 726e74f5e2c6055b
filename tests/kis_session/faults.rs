//! Requests that do not end well: never an order twice, and in the end what is true.

use std::time::Duration;

use hoga::desk::protocol::SubmitOrder;
use hoga::order::{OrderId, OrderState, Route};

use crate::desk::{Desk, SAMSUNG, Setup, buy_at, dec, price};
use crate::kis_server::{Fault, Options, Server, Standing};

const ORDER: &str = "/order-cash";
const CHANGE: &str = "/order-rvsecncl";

/// Later than anything that is not listed could still come.
const CERTAIN: Duration = Duration::from_secs(90);

/// Requests for orders that were sent, whatever came of them.
fn sent(server: &Server) -> usize {
    server.requests_to("POST", ORDER).len()
}

fn inside(executed: bool) -> Fault {
    Fault::Inside { code: "EGW00301".to_owned(), executed }
}

fn reason(desk: &Desk, id: OrderId) -> String {
    desk.order(id).reason.clone().unwrap_or_default()
}

#[test]
fn an_order_whose_answer_is_lost_is_found_in_the_lists_and_never_sent_again() {
    let faults = [
        Fault::LostReply,
        Fault::Reset { executed: true },
        Fault::HalfBody,
        Fault::Garbage,
        Fault::timeout(true),
        inside(true),
        Fault::NoAnswer { executed: true },
    ];
    let (server, mut desk) = Desk::connected();
    let mut orders = 0;
    for fault in faults {
        server.fault("POST", ORDER, 1, fault.clone());
        let id = desk.submit(buy_at("69000", 2));
        orders += 1;
        desk.until(&format!("{fault:?}: it is found"), |desk| desk.state(id) == OrderState::Accepted);
        assert_eq!((sent(&server), server.orders().len()), (orders, orders), "{fault:?}");
        assert_eq!(desk.number(id), server.orders()[orders - 1].number);
        desk.cancel(id);
        desk.until_state(id, OrderState::Canceled);
        server.fault("POST", ORDER, 1, fault.clone());
        let id = desk.submit(buy_at("70100", 1));
        orders += 1;
        desk.until(&format!("{fault:?}: its fill is found"), |desk| desk.state(id) == OrderState::Filled);
        assert_eq!((sent(&server), server.orders().len()), (orders, orders), "{fault:?}");
    }
    desk.agrees_with(&server);
}

#[test]
fn an_order_for_nxt_whose_answer_is_lost_is_found_there_and_never_sent_again() {
    let (server, mut desk) = Desk::connected();
    let by = |route, quantity| SubmitOrder { route: Some(route), ..buy_at("69000", quantity) };
    for (index, fault) in [Fault::LostReply, Fault::timeout(true), Fault::Garbage].into_iter().enumerate() {
        // Somebody else's order looks just the same, at KRX.
        let other = desk.submit(buy_at("69000", 2));
        desk.until_state(other, OrderState::Accepted);
        server.fault("POST", ORDER, 1, fault.clone());
        let id = desk.submit(by(Route::Nxt, 2));
        desk.until(&format!("{fault:?}: it is found"), |desk| desk.state(id) == OrderState::Accepted);
        let orders = server.orders();
        assert_eq!((sent(&server), orders.len()), (2 * index + 2, 2 * index + 2), "{fault:?}");
        let own = orders.iter().find(|order| order.number == desk.number(id)).unwrap();
        assert_eq!((own.exchange.as_str(), desk.order(id).route), ("NXT", Some(Route::Nxt)), "{fault:?}");
        for order in [id, other] {
            desk.cancel(order);
            desk.until_state(order, OrderState::Canceled);
        }
    }
    server.fault("POST", ORDER, 1, Fault::LostReply);
    let id = desk.submit(by(Route::Best, 3));
    desk.until("one that the broker routes is found", |desk| desk.state(id) == OrderState::Accepted);
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn an_order_for_nxt_is_one_after_a_restart_and_its_fill_is_of_the_one_holding() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(SubmitOrder { route: Some(Route::Nxt), ..buy_at("69000", 4) });
    desk.until_state(id, OrderState::Accepted);
    let mut desk = desk.restarted(&server, &Setup::default(), || {});
    desk.until_ready();
    desk.move_to(id, "69100");
    desk.until("the change is known", |desk| desk.order(id).kind.limit() == Some(price("69100")));
    desk.move_to(id, "70100");
    desk.until_state(id, OrderState::Filled);
    assert!(server.orders().iter().all(|order| order.exchange == "NXT"));
    assert_eq!(desk.held(SAMSUNG), dec("4"));
    desk.agrees_with(&server);
}

#[test]
fn an_answer_that_is_of_another_request_gives_no_order_the_number_of_another() {
    let (server, mut desk) = Desk::connected();
    let first = desk.submit(buy_at("69000", 2));
    desk.until_state(first, OrderState::Accepted);
    // It brings the answer to the first.
    server.fault("POST", ORDER, 1, Fault::AnotherAnswer);
    let second = desk.submit(buy_at("69100", 3));
    desk.until("the second is found", |desk| desk.state(second) == OrderState::Accepted);
    assert_eq!([desk.number(first), desk.number(second)], [0, 1].map(|at| server.orders()[at].number.clone()));
    server.fault("POST", CHANGE, 1, Fault::AnotherAnswer);
    desk.move_to(first, "69200");
    desk.until("the change is known", |desk| desk.order(first).kind.limit() == Some(price("69200")));
    desk.cancel(second);
    desk.until_state(second, OrderState::Canceled);
    // It brings the answer to the cancel.
    server.fault("POST", ORDER, 1, Fault::AnotherAnswer);
    let third = desk.submit(buy_at("69300", 1));
    desk.until("the third is found", |desk| desk.state(third) == OrderState::Accepted);
    assert_eq!(desk.number(third), server.orders()[2].number);
    assert_eq!((sent(&server), server.orders().len()), (3, 3));
    desk.agrees_with(&server);
}

#[test]
fn an_answer_that_is_only_late_is_waited_for() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", ORDER, 1, Fault::Late(Duration::from_secs(4)));
    let id = desk.submit(buy_at("70100", 2));
    desk.until_state(id, OrderState::Filled);
    assert_eq!((sent(&server), server.orders().len()), (1, 1));
    desk.agrees_with(&server);
}

#[test]
fn an_order_that_never_arrived_is_given_up_only_when_that_is_certain() {
    let (server, mut desk) = Desk::connected();
    let faults = [Fault::LostRequest, Fault::Reset { executed: false }, Fault::timeout(false), inside(false)];
    let count = faults.len();
    for fault in faults {
        server.fault("POST", ORDER, 1, fault.clone());
        let id = desk.submit(buy_at("69000", 2));
        desk.until(&format!("{fault:?}: unknown at first"), |desk| desk.state(id) == OrderState::Unknown);
        desk.live(Duration::from_millis(700));
        assert_eq!(desk.state(id), OrderState::Unknown, "{fault:?}: it could still come");
        server.advance(CERTAIN);
        desk.until(&format!("{fault:?}: given up"), |desk| desk.state(id) == OrderState::Rejected);
        assert!(reason(&desk, id).contains("never arrived"), "{}", reason(&desk, id));
    }
    assert!(server.orders().is_empty());
    assert_eq!(sent(&server), count);
    desk.agrees_with(&server);
}

#[test]
fn refusals_end_an_order_at_once_and_say_why() {
    let (server, mut desk) = Desk::connected();
    let text = "주문가능금액을 초과 했습니다";
    let refused = Fault::Refuse { code: "APBK0952".to_owned(), text: text.to_owned() };
    for (fault, words) in [(refused, text), (Fault::TooMany, "too many"), (Fault::LedgerBusy, "too many")] {
        server.fault("POST", ORDER, 1, fault.clone());
        let id = desk.submit(buy_at("69000", 2));
        desk.until(&format!("{fault:?}"), |desk| desk.state(id) == OrderState::Rejected);
        assert!(reason(&desk, id).contains(words), "{fault:?}: {}", reason(&desk, id));
        desk.live(Duration::from_millis(1_200));
    }
    assert!(server.orders().is_empty());
    assert_eq!(sent(&server), 3, "no order is sent again");
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Accepted);
    desk.agrees_with(&server);
}

#[test]
fn an_order_whose_token_has_run_out_is_accepted_exactly_once() {
    let (server, desk) = Desk::connected();
    // No other token is given within a minute, by the desk's own count.
    let mut desk = desk.restarted(&server, &Setup::default(), || server.advance(Duration::from_secs(600)));
    desk.until_ready();
    assert_eq!(server.tokens_issued(), 1, "the kept one is used");
    server.fault("POST", ORDER, 1, Fault::TokenExpired);
    let id = desk.submit(buy_at("69000", 2));
    desk.until("the order is known", |desk| matches!(desk.state(id), OrderState::Accepted | OrderState::Rejected));
    assert_eq!(desk.state(id), OrderState::Accepted, "{}", reason(&desk, id));
    assert_eq!(server.orders().len(), 1);
    assert_eq!((sent(&server), server.tokens_issued()), (2, 2));
    desk.agrees_with(&server);
}

#[test]
fn an_order_is_refused_while_no_new_token_is_given() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", ORDER, 1, Fault::TokenExpired);
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Rejected);
    assert!(reason(&desk, id).contains("too many requests"), "{}", reason(&desk, id));
    assert!(server.orders().is_empty());
}

#[test]
fn lists_that_lag_find_the_order_a_little_later() {
    let server = Server::start(Options { lists_lag: Duration::from_millis(2_500), ..Options::default() });
    let mut desk = Desk::to(&server, Setup::default());
    server.fault("POST", ORDER, 1, Fault::LostReply);
    server.plan("H0STCNI0", 1, crate::kis_server::FrameFault::Lose);
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Unknown);
    desk.until_state(id, OrderState::Accepted);
    assert_eq!((sent(&server), server.orders().len()), (1, 1));
    desk.live(Duration::from_secs(3));
    desk.agrees_with(&server);
}

#[test]
fn two_orders_alike_of_unknown_outcome_are_told_apart_when_both_are_there() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", ORDER, 2, Fault::LostReply);
    let (one, other) = (desk.submit(buy_at("69000", 2)), desk.submit(buy_at("69000", 2)));
    desk.until("both are known", |desk| [one, other].iter().all(|id| desk.state(*id) == OrderState::Accepted));
    assert_ne!(desk.number(one), desk.number(other));
    assert_eq!((sent(&server), server.orders().len()), (2, 2));
    desk.agrees_with(&server);
}

#[test]
fn of_two_orders_alike_of_which_one_arrived_one_works_and_one_is_given_up() {
    let (server, mut desk) = Desk::connected();
    server.fault("POST", ORDER, 1, Fault::LostReply);
    server.fault("POST", ORDER, 1, Fault::LostRequest);
    let (one, other) = (desk.submit(buy_at("69000", 2)), desk.submit(buy_at("69000", 2)));
    let count = |desk: &Desk, state| [one, other].iter().filter(|id| desk.state(**id) == state).count();
    desk.until("both are unknown", |desk| count(desk, OrderState::Unknown) == 2);
    desk.live(Duration::from_secs(1));
    assert_eq!(count(&desk, OrderState::Unknown), 2, "either may be the one that arrived");
    server.advance(CERTAIN);
    desk.until("one works, one never arrived", |desk| {
        (count(desk, OrderState::Accepted), count(desk, OrderState::Rejected)) == (1, 1)
    });
    assert_eq!((sent(&server), server.orders().len()), (2, 1));
    desk.agrees_with(&server);
}

#[test]
fn a_cancel_whose_answer_is_lost_ends_the_order() {
    let (server, mut desk) = Desk::connected();
    for fault in [Fault::LostReply, Fault::timeout(true), Fault::LostRequest] {
        let id = desk.submit(buy_at("69000", 2));
        desk.until_state(id, OrderState::Accepted);
        server.fault("POST", CHANGE, 1, fault.clone());
        desk.cancel(id);
        if fault == Fault::LostRequest {
            // Nobody knows whether it arrived; when it is certain that it did not, a person asks again.
            desk.live(Duration::from_secs(1));
            server.advance(CERTAIN);
            desk.until("the cancel is over", |desk| desk.order(id).pending_change.is_none());
            assert_eq!(desk.state(id), OrderState::Accepted);
            desk.cancel(id);
        }
        desk.until(&format!("{fault:?}"), |desk| desk.state(id) == OrderState::Canceled);
    }
    assert!(server.open_orders().is_empty());
    desk.agrees_with(&server);
}

#[test]
fn a_change_whose_answer_is_lost_is_found_under_its_new_number() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Accepted);
    server.fault("POST", CHANGE, 1, Fault::LostReply);
    desk.move_to(id, "69200");
    desk.until("the change is known", |desk| desk.order(id).kind.limit() == Some(price("69200")));
    assert_eq!(server.requests_to("POST", CHANGE).len(), 1);
    assert_eq!(desk.number(id), server.orders()[0].number);
    // It is ended under the number it has now.
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    assert_eq!(server.orders()[0].standing, Standing::Canceled);
    desk.agrees_with(&server);
}

#[test]
fn a_cancel_that_comes_too_late_says_how_the_order_ended() {
    let (server, mut desk) = Desk::connected();
    let id = desk.submit(buy_at("69900", 2));
    desk.until_state(id, OrderState::Accepted);
    server.refuse_streams();
    server.trade(SAMSUNG, dec("69800"), dec("5"));
    desk.cancel(id);
    desk.until_state(id, OrderState::Filled);
    server.allow_streams();
    desk.agrees_with(&server);
}

#[test]
fn what_the_exchange_refuses_after_the_broker_took_it_is_rejected() {
    let (server, mut desk) = Desk::connected();
    server.refuse_next(1);
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Rejected);
    assert!(reason(&desk, id).contains("the exchange refused it"), "{}", reason(&desk, id));
    let id = desk.submit(buy_at("69000", 2));
    desk.until_state(id, OrderState::Accepted);
    // A change that the exchange refuses leaves the order as it was; who asked for it has to see that.
    server.refuse_next(1);
    desk.move_to(id, "69200");
    server.wait_until("the change is there", |state| state.exchange.orders.len() == 3);
    desk.live(Duration::from_millis(500));
    desk.until("the change is refused", |desk| {
        desk.differences().iter().any(|text| text.contains("69000"))
            || desk.order(id).kind.limit() == Some(price("69000"))
    });
    if !desk.differences().is_empty() {
        desk.accept();
    }
    assert_eq!(desk.order(id).kind.limit(), Some(price("69000")));
    desk.cancel(id);
    desk.until_state(id, OrderState::Canceled);
    desk.agrees_with(&server);
}
