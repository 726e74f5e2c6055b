//! Stops, brackets and pairs, by what somebody who holds a position would notice.

use std::time::Duration;

use hoga::config::World;
use hoga::desk::core::CoreCommand;
use hoga::market::{MarketBody, Side};
use hoga::order::{Bracket, OrderId, OrderKind, OrderState, Role, TimeInForce, Trail, WatchedBy};
use rust_decimal::dec;

use crate::desk::{Desk, STOCK, limit, order, placed, price, units};
use crate::venue::Venue;

struct Trading {
    desk: Desk,
    venue: Venue,
}

impl Trading {
    fn new() -> Self {
        let mut desk = Desk::new(World::Virtual, 7);
        let mut venue = Venue::default();
        desk.connect();
        venue.serve(&mut desk);
        desk.open_markets();
        Self { desk, venue }
    }

    /// Ten shares bought at 70,000.
    fn holding() -> Self {
        let mut trading = Self::new();
        let id = trading.submit(limit(STOCK, Side::Buy, 70_000, 10));
        trading.fill(id, 10, 70_000);
        trading
    }

    /// An entry for ten with a target at 72,000 and a stop at 69,000.
    fn bracket() -> (Self, OrderId) {
        let mut trading = Self::new();
        let mut entry = limit(STOCK, Side::Buy, 70_000, 10);
        entry.bracket = Bracket { take_profit: Some(price(72_000)), stop_loss: Some(price(69_000)), trail: None };
        let id = trading.submit(entry);
        (trading, id)
    }

    fn submit(&mut self, wanted: hoga::desk::protocol::SubmitOrder) -> OrderId {
        let id = self.desk.submit(wanted).unwrap();
        self.venue.serve(&mut self.desk);
        id
    }

    fn fill(&mut self, id: OrderId, quantity: u32, at: i64) {
        for event in self.venue.fill(self.desk.now, id, units(quantity), at) {
            self.desk.hear(event);
        }
        self.venue.serve(&mut self.desk);
    }

    /// A print; what it made the desk send.
    fn trade(&mut self, at: i64) -> Vec<OrderId> {
        self.desk.trade(STOCK, at);
        let before = self.venue.placed.len();
        self.venue.serve(&mut self.desk);
        self.venue.placed[before..].iter().map(|(_, id)| *id).collect()
    }

    fn leg(&self, role: Role) -> OrderId {
        let open = |order: &&hoga::order::Order| order.role == role && order.state.is_open();
        self.desk.core.orders().values().find(open).unwrap_or_else(|| panic!("no open {role:?}")).id
    }

    fn sell_stop(&mut self, trigger: i64, quantity: u32, lasting: TimeInForce) -> OrderId {
        let mut stop = order(STOCK, Side::Sell, OrderKind::Stop { trigger: price(trigger) }, quantity);
        stop.time_in_force = lasting;
        self.submit(stop)
    }

    fn state(&self, id: OrderId) -> OrderState {
        self.desk.order(id).state
    }

    fn quantity(&self, id: OrderId) -> u32 {
        self.desk.order(id).quantity.to_string().parse().unwrap()
    }
}

#[test]
fn the_exits_of_a_bracket_grow_with_what_is_filled() {
    let (mut trading, entry) = Trading::bracket();
    assert_eq!(trading.desk.core.orders().len(), 1, "nothing to leave yet");
    trading.fill(entry, 3, 70_000);
    let (target, stop) = (trading.leg(Role::TakeProfit), trading.leg(Role::StopLoss));
    assert_eq!((trading.quantity(target), trading.quantity(stop)), (3, 3));
    trading.fill(entry, 4, 70_000);
    assert_eq!((trading.quantity(target), trading.quantity(stop)), (7, 7));
    trading.desk.cancel(entry);
    trading.venue.serve(&mut trading.desk);
    assert_eq!(
        (trading.state(entry), trading.quantity(stop)),
        (OrderState::Canceled, 7),
        "what is held stays protected"
    );
    trading.desk.audit();
}

#[test]
fn the_target_takes_the_stop_along() {
    let (mut trading, entry) = Trading::bracket();
    trading.fill(entry, 10, 70_000);
    let (target, stop) = (trading.leg(Role::TakeProfit), trading.leg(Role::StopLoss));
    assert_eq!(trading.trade(72_000), [target]);
    assert_eq!(trading.state(stop), OrderState::Canceled);
    trading.fill(target, 10, 72_000);
    assert_eq!(trading.trade(60_000), [], "nobody sells what is not there");
    assert_eq!(trading.desk.held(STOCK), dec!(0));
    trading.desk.audit();
}

#[test]
fn a_fill_of_the_entry_after_its_exit_went_is_protected_too() {
    let (mut trading, entry) = Trading::bracket();
    trading.fill(entry, 4, 70_000);
    let stop = trading.leg(Role::StopLoss);
    assert_eq!(trading.trade(68_900), [stop]);
    trading.fill(stop, 4, 68_900);
    trading.fill(entry, 6, 70_000);
    let second = trading.leg(Role::StopLoss);
    assert_eq!(trading.quantity(second), 6);
    assert_eq!(trading.trade(68_800), [second]);
    trading.fill(second, 6, 68_800);
    assert_eq!(trading.desk.held(STOCK), dec!(0));
    trading.desk.audit();
}

#[test]
fn the_two_exits_of_a_pair_are_never_both_sent_even_on_the_same_print() {
    let mut trading = Trading::holding();
    let mut pair = order(STOCK, Side::Sell, OrderKind::Market, 10);
    pair.oco = true;
    pair.bracket = Bracket { take_profit: Some(price(70_500)), stop_loss: Some(price(69_500)), trail: None };
    trading.submit(pair);
    let ids: Vec<OrderId> =
        trading.desk.core.orders().values().filter(|order| order.role == Role::Oco).map(|order| order.id).collect();
    // Both conditions hold at once after the stop was moved above the target.
    trading.desk.ask(CoreCommand::Replace {
        order: ids[1].to_string(),
        price: None,
        stop_price: Some(price(70_400)),
        quantity: None,
    });
    trading.desk.ask(CoreCommand::Replace {
        order: ids[0].to_string(),
        price: None,
        stop_price: Some(price(70_300)),
        quantity: None,
    });
    let sent = trading.trade(70_350);
    assert_eq!(sent.len(), 1, "{ids:?}");
    let other = ids.iter().find(|id| !sent.contains(id)).unwrap();
    assert_eq!(trading.state(*other), OrderState::Canceled);
    trading.desk.audit();
}

#[test]
fn two_stops_on_one_holding_never_sell_more_than_is_held() {
    let mut trading = Trading::holding();
    let first = trading.sell_stop(69_500, 6, TimeInForce::Gtc);
    let second = trading.sell_stop(69_400, 4, TimeInForce::Gtc);
    let refused = trading.desk.submit(order(STOCK, Side::Sell, OrderKind::Stop { trigger: price(69_300) }, 1));
    assert!(refused.is_err(), "all ten are spoken for");
    assert_eq!(trading.trade(69_000), [first, second]);
    trading.fill(first, 6, 69_000);
    trading.fill(second, 4, 69_000);
    assert_eq!(trading.desk.held(STOCK), dec!(0));
    trading.desk.audit();
}

#[test]
fn a_gap_over_the_stop_sets_it_off_at_the_first_print_beyond() {
    let mut trading = Trading::holding();
    let stop = trading.sell_stop(69_000, 10, TimeInForce::Gtc);
    assert_eq!(trading.trade(69_100), []);
    assert_eq!(trading.trade(61_000), [stop]);
    let placed = &trading.venue.orders[&stop].place;
    assert_eq!((placed.kind, placed.quantity), (OrderKind::Market, units(10)));
}

#[test]
fn a_holding_sold_by_hand_leaves_its_stop_nothing_to_close() {
    let (mut trading, entry) = Trading::bracket();
    trading.fill(entry, 10, 70_000);
    let stop = trading.leg(Role::StopLoss);
    let by_hand = trading.submit(limit(STOCK, Side::Sell, 70_100, 10));
    trading.fill(by_hand, 10, 70_100);
    assert_eq!(trading.trade(68_000), []);
    assert_eq!(trading.state(stop), OrderState::Canceled);
    assert_eq!(trading.desk.order(stop).reason.as_deref(), Some("nothing is left to close"));
    trading.desk.audit();
}

#[test]
fn a_holding_sold_in_part_by_hand_is_closed_with_the_rest() {
    let (mut trading, entry) = Trading::bracket();
    trading.fill(entry, 10, 70_000);
    let stop = trading.leg(Role::StopLoss);
    let by_hand = trading.submit(limit(STOCK, Side::Sell, 70_100, 7));
    trading.fill(by_hand, 7, 70_100);
    assert_eq!(trading.trade(68_000), [stop]);
    assert_eq!(trading.quantity(stop), 3);
}

#[test]
fn a_trailing_stop_stands_where_it_stood_after_a_restart() {
    let mut trading = Trading::holding();
    let mut stop =
        order(STOCK, Side::Sell, OrderKind::TrailingStop { distance: Trail::Amount(dec!(1000)), trigger: None }, 10);
    stop.time_in_force = TimeInForce::Gtc;
    let stop = trading.submit(stop);
    assert_eq!(trading.trade(71_000), []);
    assert_eq!(trading.trade(73_000), []);
    assert_eq!(trading.desk.order(stop).kind.trigger(), Some(price(72_000)));
    trading.desk.pass(Duration::from_secs(1));
    trading.desk.restart();
    assert_eq!(trading.desk.order(stop).kind.trigger(), Some(price(72_000)));
    trading.desk.connect();
    trading.venue.serve(&mut trading.desk);
    assert_eq!(trading.trade(72_500), [], "it does not start anew from a lower price");
    assert_eq!(trading.trade(71_900), [stop]);
}

#[test]
fn a_halted_desk_fires_no_stop_and_says_that_nobody_watches() {
    let mut trading = Trading::holding();
    let stop = trading.sell_stop(69_000, 10, TimeInForce::Gtc);
    trading.desk.ask(CoreCommand::Halt);
    assert_eq!(trading.trade(68_000), []);
    assert_eq!(trading.state(stop), OrderState::Accepted);
    assert_eq!(trading.desk.core.watcher(trading.desk.order(stop)), Some(WatchedBy::Nobody));
    trading.desk.ask(CoreCommand::Resume { word: Some("RESUME".into()) });
    assert_eq!(trading.desk.core.watcher(trading.desk.order(stop)), Some(WatchedBy::Desk));
    assert_eq!(trading.trade(68_000), [stop]);
}

#[test]
fn a_desk_that_only_reduces_still_fires_exits_and_no_entries() {
    let mut trading = Trading::holding();
    let exit = trading.sell_stop(69_000, 10, TimeInForce::Gtc);
    let entry = trading.submit(order(STOCK, Side::Buy, OrderKind::Stop { trigger: price(71_000) }, 1));
    trading.desk.ask(CoreCommand::Reduce);
    assert_eq!(trading.trade(71_500), []);
    assert_eq!(trading.trade(68_500), [exit]);
    assert_eq!(trading.state(entry), OrderState::Accepted);
}

#[test]
fn a_stop_for_the_day_is_over_when_the_next_day_begins() {
    let mut trading = Trading::holding();
    let day = trading.sell_stop(69_000, 5, TimeInForce::Day);
    let lasting = trading.sell_stop(69_000, 5, TimeInForce::Gtc);
    let told = |base| MarketBody::NewDay { base: price(base), limits: None };
    trading.desk.market(STOCK, told(70_000));
    trading.desk.market(STOCK, told(70_000));
    assert_eq!(trading.state(day), OrderState::Accepted, "the same day told again to who has just connected");
    trading.desk.market(STOCK, told(70_500));
    assert_eq!((trading.state(day), trading.state(lasting)), (OrderState::Expired, OrderState::Accepted));
    assert_eq!(trading.trade(68_000), [lasting]);
    trading.desk.audit();
}

#[test]
fn a_stop_for_the_day_is_over_when_the_desk_slept_over_its_end() {
    let mut trading = Trading::holding();
    let day = trading.sell_stop(69_000, 5, TimeInForce::Day);
    let lasting = trading.sell_stop(69_000, 5, TimeInForce::Gtc);
    trading.desk.commit();
    trading.desk.now = trading.desk.now.plus(Duration::from_secs(20 * 3_600));
    trading.desk.restart();
    assert_eq!((trading.state(day), trading.state(lasting)), (OrderState::Expired, OrderState::Accepted));
    trading.desk.audit();
}

#[test]
fn a_stop_is_watched_again_after_a_restart_and_by_nobody_while_the_line_is_cut() {
    let mut trading = Trading::holding();
    let stop = trading.sell_stop(69_000, 10, TimeInForce::Gtc);
    trading.desk.restart();
    assert_eq!(trading.desk.core.watcher(trading.desk.order(stop)), Some(WatchedBy::Nobody));
    trading.desk.connect();
    trading.venue.serve(&mut trading.desk);
    assert_eq!(trading.desk.core.watcher(trading.desk.order(stop)), Some(WatchedBy::Desk));
    trading.desk.cut();
    assert_eq!(trading.desk.core.watcher(trading.desk.order(stop)), Some(WatchedBy::Nobody));
    trading.desk.connect();
    trading.venue.serve(&mut trading.desk);
    assert_eq!(trading.trade(68_900), [stop]);
}

#[test]
fn an_exit_that_the_broker_refuses_is_called_out() {
    for (at, role) in [(68_900, Role::StopLoss), (72_100, Role::TakeProfit)] {
        let (mut trading, entry) = Trading::bracket();
        trading.fill(entry, 10, 70_000);
        let leg = trading.leg(role);
        trading.desk.trade(STOCK, at);
        for request in trading.desk.take_wire() {
            if placed(&request).is_some() {
                let error = hoga::broker::api::BrokerError::Refused { code: "1".into(), text: "no".into() };
                trading.desk.hear(hoga::broker::api::BrokerEvent::Answer { id: request.id, outcome: Err(error) });
            }
        }
        assert_eq!(trading.state(leg), OrderState::Rejected);
        let said = trading.desk.events.iter().any(|event| event.kind == "stop" && event.text.contains("NOBODY"));
        assert!(said, "{role:?}: {:#?}", trading.desk.events);
    }
}

#[test]
fn an_entry_that_ends_without_a_fill_has_no_exits() {
    let (mut trading, entry) = Trading::bracket();
    trading.desk.cancel(entry);
    trading.venue.serve(&mut trading.desk);
    assert_eq!(trading.desk.core.orders().len(), 1);
    assert_eq!(trading.trade(60_000), []);
}
