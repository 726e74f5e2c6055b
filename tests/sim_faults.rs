//! The simulated broker when things go wrong: what a desk that reconciles can always find out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)]
mod sim_support;

use std::collections::BTreeMap;
use std::time::Duration;

use hoga::broker::api::{
    Answer, Broker, BrokerError, BrokerEvent, BrokerRequest, Connection, FillReport, FindOrder, Found, RequestBody,
    RequestId,
};
use hoga::broker::sim::{Fault, FaultPlan, FaultRates, SimBroker, SimConfig, SimSettings};
use hoga::market::{MarketBody, Side, UtcTime};
use hoga::order::OrderState;
use rust_decimal::Decimal;
use sim_support::{all_channels, id, limit, market, price, quantity, reference, start};

const SAMSUNG: &str = "005930";

struct Line {
    broker: SimBroker,
    now: UtcTime,
    requests: u64,
    heard: Vec<(UtcTime, BrokerEvent)>,
}

impl Line {
    fn open(faults: FaultPlan) -> Self {
        let exchange = SimConfig::default().only(&[SAMSUNG]);
        let settings = SimSettings { exchange, seed: 3, faults, ..SimSettings::default() };
        let broker = SimBroker::new(settings, start()).unwrap();
        Self { broker, now: start(), requests: 0, heard: Vec::new() }
    }

    fn send(&mut self, body: RequestBody) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        self.broker.request(self.now, BrokerRequest { id, body });
        id
    }

    /// Polls as a desk does: whenever the broker asks for it.
    fn run(&mut self, seconds: f64) {
        let until = self.now.plus(Duration::from_secs_f64(seconds));
        loop {
            let mut out = Vec::new();
            let next = self.broker.poll(self.now, &mut out);
            assert!(out.len() <= 512, "a poll gives a bounded number of events");
            let now = self.now;
            self.heard.extend(out.into_iter().map(|event| (now, event)));
            match next {
                Some(next) if next <= until => self.now = next.max(self.now),
                _ => break,
            }
        }
        self.now = until;
    }

    fn answer(&self, id: RequestId) -> Option<Result<Answer, BrokerError>> {
        self.heard.iter().rev().find_map(|(_, event)| match event {
            BrokerEvent::Answer { id: of, outcome } if *of == id => Some(outcome.clone()),
            _ => None,
        })
    }

    fn ask(&mut self, body: RequestBody) -> Result<Answer, BrokerError> {
        let id = self.send(body);
        self.run(0.05);
        self.answer(id).expect("an answer")
    }

    fn find(&mut self, number: u128) -> Found {
        let order = market(number, SAMSUNG, Side::Buy, "10");
        let find = FindOrder {
            order: reference(&order),
            side: Side::Buy,
            price: None,
            quantity: quantity("10"),
            sent_at: start(),
            not_these: Vec::new(),
            route: None,
        };
        match self.ask(RequestBody::FindOrder(find)) {
            Ok(Answer::Found(found)) => found,
            other => panic!("{other:?}"),
        }
    }

    fn fills(&self) -> Vec<FillReport> {
        let fills = self.heard.iter();
        fills.filter_map(|(_, e)| if let BrokerEvent::Fill(fill) = e { Some(fill.clone()) } else { None }).collect()
    }
}

#[test]
fn an_answer_comes_a_few_milliseconds_later_and_data_flows() {
    let mut line = Line::open(FaultPlan::default());
    line.send(RequestBody::Subscribe(id(SAMSUNG), all_channels()));
    let place = line.send(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10")));
    line.run(0.001);
    assert!(matches!(line.heard[0].1, BrokerEvent::Connection(Connection::Up)));
    assert!(line.answer(place).is_none());
    line.run(0.010);
    assert!(matches!(line.answer(place), Some(Ok(Answer::Placed { .. }))));
    line.run(5.0);
    let books = line.heard.iter().filter(|(_, e)| {
        matches!(e, BrokerEvent::Market(m) if matches!(m.body, MarketBody::Book(_)) && m.received_at >= m.venue_time)
    });
    assert!(books.count() > 20);
}

#[test]
fn a_lost_answer_is_found_and_a_lost_request_is_not_there() {
    let mut line = Line::open(FaultPlan::scripted([(0, Fault::AnswerLost), (1, Fault::RequestLost)]));
    let taken = line.send(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10")));
    let lost = line.send(RequestBody::Place(market(2, SAMSUNG, Side::Buy, "10")));
    line.run(1.0);
    assert!(line.answer(taken).is_none() && line.answer(lost).is_none());
    assert!(matches!(line.find(1), Found::Order(report) if report.state == OrderState::Filled));
    assert!(matches!(line.find(2), Found::NotThere));
}

#[test]
fn a_late_answer_comes_after_the_fills() {
    let mut line = Line::open(FaultPlan::scripted([(0, Fault::AnswerDelayed(Duration::from_secs(2)))]));
    let place = line.send(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10")));
    line.run(1.0);
    assert!(!line.fills().is_empty() && line.answer(place).is_none());
    line.run(1.5);
    assert!(line.answer(place).is_some());
}

#[test]
fn a_broken_connection_says_so_and_comes_back_with_whole_books() {
    let mut line = Line::open(FaultPlan::scripted([(1, Fault::Disconnect(Duration::from_secs(3)))]));
    line.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    let place = line.send(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10")));
    line.run(1.0);
    assert!(line.answer(place).is_none());
    assert!(matches!(line.ask(RequestBody::OpenOrders), Err(BrokerError::NotSent(_))));
    let down =
        line.heard.iter().position(|(_, e)| matches!(e, BrokerEvent::Connection(Connection::Down { .. }))).unwrap();
    assert!(!line.heard[down..].iter().any(|(_, e)| matches!(e, BrokerEvent::Market(_) | BrokerEvent::Fill(_))));
    line.run(3.0);
    let up = line.heard.iter().rposition(|(_, e)| matches!(e, BrokerEvent::Connection(Connection::Up))).unwrap();
    assert!(up > down);
    let fresh = &line.heard[up..];
    assert!(fresh.iter().any(|(_, e)| matches!(e, BrokerEvent::Market(m) if matches!(m.body, MarketBody::Book(_)))));
    assert!(matches!(line.find(1), Found::Order(_)), "it reached the exchange before the connection broke");
    match line.ask(RequestBody::Fills { since: start() }) {
        Ok(Answer::Fills { fills, .. }) => assert!(!fills.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stall_is_silent_while_orders_still_work() {
    let mut line = Line::open(FaultPlan::scripted([(1, Fault::Stall(Duration::from_secs(4)))]));
    line.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    line.ask(RequestBody::OpenOrders).unwrap();
    let from = line.heard.len();
    assert!(line.ask(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10"))).is_ok());
    line.run(3.0);
    assert!(!line.heard[from..].iter().any(|(_, e)| matches!(e, BrokerEvent::Market(_) | BrokerEvent::Connection(_))));
    line.run(3.0);
    assert!(line.heard[from..].iter().any(|(_, e)| matches!(e, BrokerEvent::Market(_))));
}

#[test]
fn whatever_goes_wrong_each_order_happens_once_and_can_be_found_out() {
    for seed in 1..=6 {
        let rates = FaultRates {
            request_lost: 0.1,
            answer_lost: 0.1,
            answer_delayed: 0.1,
            disconnect: 0.05,
            stall: 0.05,
            repeat: 0.3,
            reorder: 0.3,
            longest: Duration::from_secs(2),
        };
        let mut line = Line::open(FaultPlan::seeded(seed, rates));
        for number in 1..=40 {
            line.send(RequestBody::Place(market(number, SAMSUNG, Side::Buy, "10")));
            line.run(0.4);
        }
        line.run(10.0);
        // From here on the line is clean: ask again until an answer comes.
        let mut truth = None;
        for _ in 0..50 {
            let id = line.send(RequestBody::Fills { since: start() });
            line.run(3.0);
            if let Some(Ok(Answer::Fills { fills, complete: true })) = line.answer(id) {
                truth = Some(fills);
                break;
            }
        }
        let truth = truth.expect("an answer among fifty");
        let mut filled: BTreeMap<_, Decimal> = BTreeMap::new();
        let mut numbers = std::collections::BTreeSet::new();
        for fill in &truth {
            assert!(numbers.insert(fill.execution_id.clone()), "seed {seed}: one fill, one number");
            *filled.entry(fill.order_id.unwrap()).or_default() += fill.quantity.value();
        }
        assert!(filled.values().all(|q| *q == Decimal::from(10)), "seed {seed}: no order was filled twice");
        for fill in line.fills() {
            assert!(truth.contains(&fill), "seed {seed}: what was told happened, however often it was told");
        }
        let told = line.fills().len();
        assert!(told > truth.len() / 2 && filled.len() < 40, "seed {seed}: faults were at work");
        assert_eq!(line.broker.duplicates_seen(), 0);
    }
}

#[test]
fn a_clock_that_jumps_over_a_night_does_not_live_through_it() {
    let mut line = Line::open(FaultPlan::default());
    line.ask(RequestBody::Subscribe(id(SAMSUNG), all_channels())).unwrap();
    line.ask(RequestBody::Place(limit(1, SAMSUNG, Side::Buy, price("60000"), "3"))).unwrap();
    let actions = line.broker.exchange().actions();
    line.now = line.now.plus(Duration::from_secs(9 * 3_600));
    line.run(1.0);
    assert!(line.broker.exchange().actions() - actions < 2_000);
    assert!(line.now.since(line.broker.exchange().now()) < Duration::from_millis(50), "and it is on time again");
    assert!(matches!(line.ask(RequestBody::OpenOrders), Ok(Answer::Orders { orders, .. }) if orders.len() == 1));
}

#[test]
fn the_same_seed_and_requests_give_the_same_events_however_often_one_polls() {
    let run = |polls: u32| {
        let mut line = Line::open(FaultPlan::default());
        line.send(RequestBody::Subscribe(id(SAMSUNG), all_channels()));
        line.send(RequestBody::Place(market(1, SAMSUNG, Side::Buy, "10")));
        let until = start().plus(Duration::from_secs(10));
        let mut out = Vec::new();
        for poll in 1..=polls {
            let at = start().plus(Duration::from_secs(10) * poll / polls);
            while line.broker.poll(at, &mut out).is_some_and(|next| next <= at && at <= until) {}
        }
        let bodies = out.iter().map(|event| match event {
            BrokerEvent::Market(event) => format!("{} {:?}", event.venue_time, event.body),
            other => format!("{other:?}"),
        });
        bodies.collect::<Vec<_>>()
    };
    let (one, many) = (run(1), run(1_000));
    assert!(one.len() > 100);
    assert_eq!(one, many);
}
