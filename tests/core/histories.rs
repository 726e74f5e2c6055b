//! Whatever happens to the messages about an order, its state is the broker's in the end, each fill counts once, and what
//! is over stays over.

use std::collections::BTreeSet;
use std::time::Duration;

use hoga::broker::api::{BrokerEvent, RequestBody};
use hoga::config::World;
use hoga::desk::core::CoreCommand;
use hoga::market::{Side, UtcTime};
use hoga::order::{OrderId, OrderState};
use proptest::prelude::*;

use crate::desk::{Desk, STOCK, limit, price, units};
use crate::random::Random;
use crate::venue::Venue;

/// One thing that happens. Numbers are taken modulo what there is to choose from.
#[derive(Debug, Clone, Copy)]
enum Action {
    /// One of the messages on the way arrives, perhaps not for the last time.
    Deliver(u8),
    /// One of them never will.
    Lose(u8),
    /// The next order request does not reach the broker.
    LoseRequest,
    Fill(u8),
    /// The venue ends it: canceled by somebody else, or expired.
    End(bool),
    Cancel,
    Replace(u8),
    Pass(u16),
    Cut,
    Restart,
}

struct History {
    desk: Desk,
    venue: Venue,
    /// Messages on their way, and how often each still comes.
    on_the_way: Vec<(BrokerEvent, u8)>,
    lose_request: bool,
    messages: u8,
    prices: i64,
    ended: BTreeSet<OrderId>,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut history = Self {
            desk: Desk::new(World::Virtual, seed),
            venue: Venue::default(),
            on_the_way: Vec::new(),
            lose_request: false,
            messages: u8::try_from(seed % 5).unwrap(),
            prices: 0,
            ended: BTreeSet::new(),
        };
        history.connect();
        history
    }

    fn connect(&mut self) {
        self.desk.connect();
        self.venue.serve(&mut self.desk);
        self.desk.open_markets();
    }

    fn say(&mut self, events: Vec<BrokerEvent>) {
        for event in events {
            self.messages = self.messages.wrapping_mul(13).wrapping_add(7);
            self.on_the_way.push((event, 1 + self.messages % 5));
        }
    }

    /// Requests reach the broker in the order they left.
    fn carry(&mut self) {
        for request in self.desk.take_wire() {
            let order =
                matches!(request.body, RequestBody::Place(_) | RequestBody::Cancel(_) | RequestBody::Replace { .. });
            if order && std::mem::take(&mut self.lose_request) {
                continue;
            }
            let said = self.venue.handle(self.desk.now, request);
            self.say(said);
        }
    }

    fn hear(&mut self, at: usize) {
        if let Some((event, left)) = self.on_the_way.get_mut(at) {
            let event = event.clone();
            *left -= 1;
            if *left == 0 {
                self.on_the_way.swap_remove(at);
            }
            self.desk.hear(event);
        }
    }

    fn act(&mut self, id: OrderId, action: Action) {
        let choice = |n: u8, len: usize| usize::from(n) % len.max(1);
        match action {
            Action::Deliver(n) => self.hear(choice(n, self.on_the_way.len())),
            Action::Lose(n) if !self.on_the_way.is_empty() => {
                self.on_the_way.swap_remove(choice(n, self.on_the_way.len()));
            }
            Action::Lose(_) => {}
            Action::LoseRequest => self.lose_request = true,
            Action::Fill(n) => {
                let said = self.venue.fill(self.desk.now, id, units(u32::from(n % 7)), 70_000);
                self.say(said);
            }
            Action::End(expired) => {
                let state = if expired { OrderState::Expired } else { OrderState::Canceled };
                let said = self.venue.end(self.desk.now, id, state);
                self.say(said);
            }
            Action::Cancel => self.desk.cancel(id),
            Action::Replace(n) => {
                self.prices += 100;
                self.desk.ask(CoreCommand::Replace {
                    order: id.to_string(),
                    price: Some(price(60_000 + self.prices % 9_000)),
                    stop_price: None,
                    quantity: (n % 3 > 0).then(|| units(1 + u32::from(n % 30))),
                });
            }
            Action::Pass(ms) => self.desk.pass(Duration::from_millis(u64::from(ms))),
            Action::Cut => {
                self.on_the_way.clear();
                self.desk.cut();
                self.desk.connect();
            }
            Action::Restart => {
                self.on_the_way.clear();
                self.desk.restart();
                self.desk.connect();
            }
        }
        self.carry();
    }

    /// What holds at every moment.
    fn holds(&mut self, id: OrderId) {
        let order = self.desk.order(id);
        let true_fills = self.venue.orders.get(&id).map(|truth| truth.filled).unwrap_or_default();
        assert!(order.filled <= true_fills, "filled {} and at the broker {true_fills}", order.filled);
        if order.state.is_final() {
            self.ended.insert(id);
            assert!(order.reservation.cash.amount.is_zero() && order.reservation.quantity.is_zero(), "{order:#?}");
        } else {
            assert!(!self.ended.contains(&id), "came back after its end: {order:#?}");
        }
        let open = self.desk.core.profile(0).unwrap().open_orders().contains(&id);
        assert_eq!(open, order.state.is_open(), "{order:#?}");
    }

    /// One order from its beginning to its end.
    fn order(&mut self, quantity: u32, actions: &[Action]) {
        self.venue.serve(&mut self.desk);
        self.desk.open_markets();
        let id = self.desk.submit(limit(STOCK, Side::Buy, 69_000, quantity)).unwrap();
        if matches!(actions.first(), Some(Action::LoseRequest)) {
            self.lose_request = true;
        }
        self.carry();
        self.holds(id);
        for action in actions {
            self.act(id, *action);
            self.holds(id);
        }
        self.settle(id);
        self.compare(id);
    }

    /// What is on its way arrives, newest first; then the desk finds out the rest by asking.
    fn settle(&mut self, id: OrderId) {
        self.lose_request = false;
        while !self.on_the_way.is_empty() {
            self.hear(self.on_the_way.len() - 1);
            self.holds(id);
            self.carry();
        }
        for round in 0..60 {
            let order = self.desk.order(id);
            let known = self.venue.orders.get(&id).map_or(Default::default(), |truth| truth.filled);
            if order.state.is_final() && order.filled == known {
                return;
            }
            if round > 30 && order.state.is_open() {
                self.desk.cancel(id);
            }
            self.desk.pass(Duration::from_millis(1_100));
            self.venue.serve(&mut self.desk);
            self.holds(id);
        }
    }

    fn compare(&self, id: OrderId) {
        let order = self.desk.order(id);
        let Some(truth) = self.venue.orders.get(&id) else {
            assert!(matches!(order.state, OrderState::Rejected | OrderState::Canceled), "{order:#?}");
            return;
        };
        assert_eq!((order.state, order.filled), (truth.state, truth.filled), "{order:#?}\n{truth:#?}");
        // The size of an order that ended before anybody could say how it was changed does not matter any more.
        if truth.state == OrderState::Filled {
            assert_eq!(order.quantity, truth.quantity, "{order:#?}\n{truth:#?}");
        }
    }

    /// Every fill of the broker is in the ledger, once.
    fn audit(&mut self) {
        self.desk.audit();
        let booked: BTreeSet<String> = self
            .desk
            .store
            .reader()
            .fills(None, UtcTime::EPOCH, u32::MAX)
            .unwrap()
            .into_iter()
            .map(|fill| format!("{} {} {}", fill.order_id, fill.id, fill.quantity))
            .collect();
        let truth: BTreeSet<String> = self
            .venue
            .fills
            .iter()
            .map(|fill| format!("{} {} {}", fill.order_id.unwrap(), fill.execution_id, fill.quantity))
            .collect();
        assert_eq!(booked, truth);
        let profile = self.desk.core.profile(0).unwrap();
        assert!(profile.accounts().values().all(|account| account.reserved.is_zero()));
    }
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => any::<u8>().prop_map(Action::Deliver),
        4 => any::<u8>().prop_map(Action::Lose),
        1 => Just(Action::LoseRequest),
        6 => any::<u8>().prop_map(Action::Fill),
        1 => any::<bool>().prop_map(Action::End),
        2 => Just(Action::Cancel),
        3 => any::<u8>().prop_map(Action::Replace),
        4 => (0_u16..5_000).prop_map(Action::Pass),
        1 => Just(Action::Cut),
        1 => Just(Action::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_order_ends_as_it_did_at_the_broker_whatever_happened_to_the_messages(
        quantity in 1_u32..30,
        actions in prop::collection::vec(action(), 0..40),
        seed in any::<u64>(),
    ) {
        let mut history = History::new(seed);
        history.order(quantity, &actions);
        history.audit();
    }
}

fn drawn(random: &mut Random) -> Action {
    let n = u8::try_from(random.below(256)).unwrap();
    match random.below(100) {
        0..=34 => Action::Deliver(n),
        35..=44 => Action::Lose(n),
        45..=47 => Action::LoseRequest,
        48..=64 => Action::Fill(n),
        65..=66 => Action::End(n % 2 == 0),
        67..=72 => Action::Cancel,
        73..=81 => Action::Replace(n),
        82..=95 => Action::Pass(u16::try_from(random.below(5_000)).unwrap()),
        96..=97 => Action::Cut,
        _ if n < 64 => Action::Restart,
        _ => Action::Deliver(n),
    }
}

/// Orders one after the other at one desk, whose ledger is read through at the end.
fn group(seed: u64, orders: u64) -> (u64, u64) {
    let mut random = Random::new(seed);
    let mut history = History::new(seed);
    for _ in 0..orders {
        let actions: Vec<Action> = (0..random.below(40)).map(|_| drawn(&mut random)).collect();
        history.order(1 + u32::try_from(random.below(30)).unwrap(), &actions);
        history.on_the_way.clear();
    }
    history.audit();
    (history.venue.fills.len() as u64, history.venue.placed.len() as u64)
}

const GROUP: u64 = 50;

fn groups(first: u64, count: u64) -> (u64, u64) {
    let mut total = (0, 0);
    for seed in first..first + count {
        match std::panic::catch_unwind(|| group(seed, GROUP)) {
            Ok((fills, placed)) => total = (total.0 + fills, total.1 + placed),
            Err(panic) => {
                eprintln!("failing seed {seed}");
                std::panic::resume_unwind(panic);
            }
        }
    }
    total
}

#[test]
fn fills_that_come_often_late_reordered_or_only_when_asked_for_are_booked_once() {
    let (fills, placed) = groups(1, 10);
    assert!(fills > 500 && placed > 300, "the histories exercise something: {fills} fills of {placed} orders");
}

#[test]
#[ignore = "100,000 histories: minutes"]
fn many_fill_histories() {
    let histories = std::env::var("HOGA_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let first = std::env::var("HOGA_FIRST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let started = std::time::Instant::now();
    let (fills, placed) = groups(first, u64::div_ceil(histories, GROUP));
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{histories} fill histories: {placed} orders at the broker, {fills} fills, 0 counted twice or lost, 0 orders that \
         came back, 0 wrong ends, 0 reservations left, 0 ledger differences; {seconds:.0} s"
    );
}
