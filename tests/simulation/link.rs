//! The wire between desk and broker, and what goes wrong on it: events are lost, repeated, delayed and reordered; the
//! line is cut. The broker itself is always right: what is lost here is found again by asking it.

use hoga::broker::api::{Answer, Broker, BrokerEvent, BrokerRequest, Connection, RequestBody, RequestId};
use hoga::broker::sim::SimBroker;
use hoga::market::UtcTime;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::random::Random;

/// How likely each fault is, in per cent.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    pub lose_request: u64,
    pub lose_event: u64,
    pub repeat: u64,
    pub delay: u64,
}

impl Faults {
    pub const NONE: Self = Self { lose_request: 0, lose_event: 0, repeat: 0, delay: 0 };
}

/// Id of questions that are asked beside the desk.
const BESIDE: RequestId = RequestId(u64::MAX);

pub struct Link {
    pub broker: SimBroker,
    /// Answer to the last question beside the desk.
    pub told_beside: Option<Answer>,
    pub faults: Faults,
    pub up: bool,
    on_the_way: BTreeMap<(UtcTime, u64), BrokerEvent>,
    count: u64,
}

impl Link {
    pub fn new(broker: SimBroker) -> Self {
        Self { broker, told_beside: None, faults: Faults::NONE, up: false, on_the_way: BTreeMap::new(), count: 0 }
    }

    /// The desk hands over a request.
    pub fn send(&mut self, now: UtcTime, request: BrokerRequest, random: &mut Random) {
        let order =
            matches!(request.body, RequestBody::Place(_) | RequestBody::Cancel(_) | RequestBody::Replace { .. });
        if !self.up || (order && random.chance(self.faults.lose_request)) {
            return;
        }
        self.broker.request(now, request);
    }

    /// A question of somebody who looks at the exchange itself: no fault hits it, and the desk hears nothing of it.
    pub fn ask_beside(&mut self, now: UtcTime, body: RequestBody) {
        self.broker.request(now, BrokerRequest { id: BESIDE, body });
    }

    /// What reaches the desk up to `now`.
    pub fn poll(&mut self, now: UtcTime, random: &mut Random, out: &mut Vec<BrokerEvent>) {
        let mut events = Vec::new();
        loop {
            let before = events.len();
            let next = self.broker.poll(now, &mut events);
            if next != Some(now) || events.len() == before {
                break;
            }
        }
        for event in events {
            self.carry(now, event, random);
        }
        while let Some(entry) = self.on_the_way.first_entry() {
            if entry.key().0 > now {
                break;
            }
            out.push(entry.remove());
        }
    }

    fn carry(&mut self, now: UtcTime, event: BrokerEvent, random: &mut Random) {
        if let BrokerEvent::Answer { id: BESIDE, outcome } = event {
            self.told_beside = outcome.ok();
            return;
        }
        let market = matches!(event, BrokerEvent::Market(_));
        // Its own word about the connection: this link speaks for itself.
        if !self.up || matches!(event, BrokerEvent::Connection(_)) {
            return;
        }
        if market {
            self.put(now, event);
            return;
        }
        if random.chance(self.faults.lose_event) {
            return;
        }
        let copies = if random.chance(self.faults.repeat) { 1 + random.below(3) } else { 1 };
        for _ in 0..copies {
            let late = random.chance(self.faults.delay);
            let by = if late { Duration::from_millis(random.below(4_000)) } else { Duration::ZERO };
            self.put(now.plus(by), event.clone());
        }
    }

    fn put(&mut self, at: UtcTime, event: BrokerEvent) {
        self.count += 1;
        self.on_the_way.insert((at, self.count), event);
    }

    pub fn cut(&mut self) -> BrokerEvent {
        self.up = false;
        self.on_the_way.clear();
        BrokerEvent::Connection(Connection::Down { reason: "cut".into(), retry_at: None })
    }

    pub fn mend(&mut self) -> BrokerEvent {
        self.up = true;
        BrokerEvent::Connection(Connection::Up)
    }
}
