//! Kill after kill on one data folder.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hoga::desk::client::Client;
use hoga::desk::protocol::{Command, OrderFilter, RESUME_WORD, Response};
use hoga::desk::record::{DeskStatus, OrderRecord};
use hoga::order::{KindName, OrderId, OrderState, WatchedBy};

use crate::audit::{self, Exchange};
use crate::desk::{Desk, House};
use crate::random::Random;
use crate::trader::{Diary, Trader};

const TRADERS: u64 = 3;
/// Longest time from the start of the process until every order is confirmed or resolved. The exchange says "no such
/// order" for certain one second after it could have been sent; the rest is starting and asking.
const RESOLVE_WAIT: Duration = Duration::from_secs(5);
/// Between two looks at a desk that is coming back.
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[derive(Debug, Default)]
pub struct Tally {
    pub seed: u64,
    pub kills: u64,
    pub checked: u64,
    pub orders_answered: u64,
    pub orders_lost: u64,
    pub lost_then_found: u64,
    pub refused: BTreeMap<String, u64>,
    pub changes: u64,
    pub transfers: u64,
    pub unknown_found: u64,
    pub stops_found: u64,
    pub halts_kept: u64,
    pub orders_at_exchange: u64,
    pub orders_in_ledger: u64,
    pub fills: u64,
    pub slowest: Duration,
    pub recovery: Duration,
    pub took: Duration,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mean = self.recovery.as_secs_f64() / self.checked.max(1) as f64;
        write!(
            f,
            "seed {}: {} kills in {:.0} s; {} orders answered, {} answers cut off ({} of them were in the ledger), refused: \
             {:?}, {} changes, {} transfers; {} restarts looked at: {} unknown orders resolved, {} stops watched again, \
             {} halts kept, resolved after {mean:.2} s on average, {:.2} s at most; ledger {} orders, exchange {} orders, \
             {} fills: 0 lost, 0 double",
            self.seed,
            self.kills,
            self.took.as_secs_f64(),
            self.orders_answered,
            self.orders_lost,
            self.lost_then_found,
            self.refused,
            self.changes,
            self.transfers,
            self.checked,
            self.unknown_found,
            self.stops_found,
            self.halts_kept,
            self.slowest.as_secs_f64(),
            self.orders_in_ledger,
            self.orders_at_exchange,
            self.fills,
        )
    }
}

pub struct Campaign {
    house: House,
    exchange: Exchange,
    random: Random,
    lost: Vec<hoga::desk::protocol::SubmitOrder>,
    /// Conditions the desk worked when it was killed.
    held: Vec<OrderId>,
    /// Whether a kill switch was answered and not lifted since; `None` when nobody knows.
    halted: Option<bool>,
    tally: Tally,
}

impl Campaign {
    pub fn new(seed: u64) -> Self {
        eprintln!("seed {seed}");
        Self {
            house: House::new(seed),
            exchange: Exchange::default(),
            random: Random::new(!seed),
            lost: Vec::new(),
            held: Vec::new(),
            halted: Some(false),
            tally: Tally { seed, ..Tally::default() },
        }
    }

    pub fn run(mut self, kills: u64) -> Tally {
        let began = Instant::now();
        for round in 0..kills {
            let desk = self.house.start();
            // Every other desk is killed while it is still finding out.
            if round == 0 || self.random.chance(50) {
                self.check_restart(&desk);
            } else {
                self.check_halt(&mut self.house.connect("halt").unwrap());
            }
            let diaries = self.trade_and_kill(desk, round);
            audit::as_left(&self.house, &mut self.exchange, &diaries);
            self.count(diaries);
            self.held = audit::held(&self.house);
            if round % 50 == 49 {
                eprintln!("{} kills, {:.0} s", round + 1, began.elapsed().as_secs_f64());
            }
        }
        self.finish();
        self.tally.kills = kills;
        self.tally.took = began.elapsed();
        self.tally
    }

    fn count(&mut self, diaries: Vec<Diary>) {
        for diary in diaries {
            self.tally.orders_answered += diary.orders.len() as u64;
            self.tally.orders_lost += diary.lost.len() as u64;
            self.tally.transfers += diary.transactions.len() as u64;
            for (code, count) in diary.refused {
                *self.tally.refused.entry(code).or_default() += count;
            }
            self.tally.changes += diary.changes;
            self.lost.extend(diary.lost);
        }
    }

    /// Lets the traders loose on a desk and kills it at a random moment.
    fn trade_and_kill(&mut self, desk: Desk, round: u64) -> Vec<Diary> {
        let answers = AtomicU64::new(0);
        let (goal, more) = (self.random.below(60), Duration::from_micros(self.random.below(4_000)));
        let patience = Duration::from_millis(50 + self.random.below(400));
        let with_switch = self.random.chance(10);
        let seed = self.tally.seed;
        let traders: Vec<Trader> = (0..TRADERS)
            .filter_map(|n| Some(Trader::new(self.house.connect("trader").ok()?, seed, round * TRADERS + n)))
            .collect();
        let switch = with_switch.then(|| self.house.connect("switch").ok()).flatten();
        let (diaries, switched) = std::thread::scope(|scope| {
            let answers = &answers;
            let threads: Vec<_> = traders.into_iter().map(|trader| scope.spawn(|| trader.run(answers))).collect();
            let switch = switch.map(|client| scope.spawn(move || pull(client, answers, goal / 2)));
            let deadline = Instant::now() + patience;
            while answers.load(Ordering::Relaxed) < goal && Instant::now() < deadline {
                std::thread::park_timeout(Duration::from_micros(200));
            }
            std::thread::park_timeout(more);
            desk.kill();
            let diaries = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            (diaries, switch.map(|thread| thread.join().unwrap()))
        });
        match switched {
            Some(true) => self.halted = Some(true),
            Some(false) if self.halted != Some(true) => self.halted = None,
            _ => {}
        }
        diaries
    }

    /// Looks at a desk that was started again, until nothing is unknown any more.
    fn check_restart(&mut self, desk: &Desk) {
        let mut client = self.house.connect("check").unwrap();
        let status = status(&mut client);
        self.tally.unknown_found += status.profiles[0].unknown_orders as u64;
        self.check_halt(&mut client);
        let deadline = desk.started + RESOLVE_WAIT;
        loop {
            let profile = status_of_profile(&mut client);
            let orders = open_orders(&mut client);
            self.check_stops(&orders);
            let settled = orders.iter().all(|order| {
                order.pending_change.is_none()
                    && !matches!(order.state, OrderState::Unknown | OrderState::Sent | OrderState::Pending)
            });
            if profile.reconciled && profile.unknown_orders == 0 && settled {
                let took = desk.started.elapsed();
                self.tally.slowest = self.tally.slowest.max(took);
                self.tally.recovery += took;
                self.tally.stops_found +=
                    orders.iter().filter(|order| order.watched_by == Some(WatchedBy::Desk)).count() as u64;
                break;
            }
            assert!(Instant::now() < deadline, "not resolved in time: {profile:?} {orders:#?}");
            std::thread::park_timeout(LOOK_EVERY);
        }
        audit::agree(&self.house, &mut self.exchange);
        audit::not_expired(&self.house, &self.held);
        self.ask_again(&mut client);
        self.tally.checked += 1;
    }

    fn check_halt(&mut self, client: &mut Client) {
        let status = status(client);
        if self.halted == Some(true) {
            assert_eq!(status.state, "halted", "a halt was forgotten");
            self.tally.halts_kept += 1;
        }
        if status.state != "active" {
            client.request(Command::Resume { word: Some(RESUME_WORD.into()) }).unwrap();
        }
        self.halted = Some(false);
    }

    /// A condition the desk works is watched by the desk for as long as it has not been met.
    fn check_stops(&self, orders: &[OrderRecord]) {
        for order in orders {
            let conditional = matches!(
                order.kind,
                KindName::Stop | KindName::StopLimit | KindName::TrailingStop | KindName::TakeProfit
            );
            if conditional && order.state == OrderState::Accepted && order.broker_id.is_none() {
                assert_eq!(order.watched_by, Some(WatchedBy::Desk), "{order:#?}");
            }
        }
    }

    /// Orders whose answer was cut off are asked for again under their client ids: those that were taken are answered with
    /// what they came to, the others are placed for the first time.
    fn ask_again(&mut self, client: &mut Client) {
        let before = audit::books(&audit::reader(&self.house)).orders;
        for order in std::mem::take(&mut self.lost) {
            let known = before.values().find(|known| known.client_id == order.client_id);
            match client.request(Command::Submit(order)) {
                Ok(Response::Order(answered)) => {
                    if let Some(known) = known {
                        assert_eq!(answered.id, known.id.to_string(), "the same client id made another order");
                        self.tally.lost_then_found += 1;
                    }
                }
                Ok(other) => panic!("{other:?}"),
                Err(failure) => assert!(known.is_none(), "a known order was refused: {failure:?}"),
            }
        }
    }

    /// Ends every order on the last desk and compares all there is.
    fn finish(&mut self) {
        let desk = self.house.start();
        self.check_restart(&desk);
        let mut client = self.house.connect("finish").unwrap();
        match client.request(Command::Kill { flatten: false }).unwrap() {
            Response::Killed(killed) => assert!(killed.still_open.is_empty(), "{killed:#?}"),
            other => panic!("{other:?}"),
        }
        audit::same_at_rest(&self.house, &mut self.exchange);
        match client.request(Command::Reconcile { accept: false }).unwrap() {
            Response::Differences(differences) => assert!(differences.is_empty(), "{differences:#?}"),
            other => panic!("{other:?}"),
        }
        self.tally.orders_at_exchange = self.exchange.numbers.len() as u64;
        self.tally.fills = self.exchange.fills.len() as u64;
        self.tally.orders_in_ledger = audit::books(&audit::reader(&self.house)).orders.len() as u64;
    }
}

/// Pulls the kill switch once so many answers have come; whether it was answered.
fn pull(mut client: Client, answers: &AtomicU64, after: u64) -> bool {
    let deadline = Instant::now() + Duration::from_millis(200);
    while answers.load(Ordering::Relaxed) < after && Instant::now() < deadline {
        std::thread::park_timeout(Duration::from_micros(200));
    }
    client.request(Command::Kill { flatten: false }).is_ok()
}

fn status(client: &mut Client) -> DeskStatus {
    match client.request(Command::Status).unwrap() {
        Response::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

fn status_of_profile(client: &mut Client) -> hoga::desk::record::ProfileStatus {
    status(client).profiles.remove(0)
}

fn open_orders(client: &mut Client) -> Vec<OrderRecord> {
    match client.request(Command::Orders { filter: OrderFilter::Open }).unwrap() {
        Response::Orders(orders) => orders,
        other => panic!("{other:?}"),
    }
}
