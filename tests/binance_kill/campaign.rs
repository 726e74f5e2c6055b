//! Kill after kill on one data folder and one exchange, and then on the next.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, Response};
use hoga::order::Source;

use crate::audit::{Books, Sent, Truth};
use crate::binance_server::{KEY, SECRET};
use crate::exchange::{Exchange, symbols};
use crate::key_traces::KeyTraces;
use crate::random::Random;
use crate::trader::{self, Diary};
use crate::user::User;

const TRADERS: u64 = 2;
/// Kills on one exchange: what both sides remember makes every comparison longer.
const KILLS_ON_ONE: u64 = 200;
/// Longest time from the start of the desk until both sides are the same: a debug build on a busy machine.
const AGREE_WAIT: Duration = Duration::from_secs(30);
/// An order that never left is given up when the exchange cannot take it any more: its window and a lag of 30 s.
const GIVE_UP_WAIT: Duration = Duration::from_secs(60);
/// Longest time from the first command to the kill.
const TRADING: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(10);

const CONFIG: &str = r#"
default_profile = "play"

[desk]
unknown_poll_ms = 200
log_level = "trace"

[risk]
max_order_amount = "off"
max_positions = "off"
max_daily_loss = "off"
max_open_orders = "off"
max_orders_per_second = "off"
max_orders_per_minute = "off"
price_collar_percent = "off"
duplicate_window_ms = 0
max_data_age_ms = 3600000
refuse_self_crossing = false

[profiles.play]
broker = "binance"
world = "paper"
rest_url = "REST"
ws_url = "WS"
"#;

#[derive(Debug, Default)]
pub struct Tally {
    pub seed: u64,
    pub kills: u64,
    pub answered: u64,
    pub lost: u64,
    pub refused: BTreeMap<String, u64>,
    pub changes: u64,
    pub sent: u64,
    pub orders: u64,
    pub fills: u64,
    pub unknown_found: u64,
    pub never_left: u64,
    /// What the desk showed a person after a restart, by kind.
    pub shown: BTreeMap<String, u64>,
    recoveries: Vec<Duration>,
    took: Duration,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut recoveries = self.recoveries.clone();
        recoveries.sort_unstable();
        let at = |share: usize| recoveries.get((recoveries.len() * share / 100).min(recoveries.len() - 1));
        let seconds = |share| at(share).map_or(0.0, Duration::as_secs_f64);
        write!(
            f,
            "seed {}: {} kills in {:.0} s; {} orders answered, {} cut off, refused: {:?}, {} changes; {} orders sent, ledger {} \
             orders, {} fills; {} unknown orders found, {} of them never left; shown after restarts: {:?}; agreed {:.2} s \
             after the start of the desk in the middle, {:.2} s at 99 %, {:.2} s at most; 0 unknown to the ledger, 0 sent \
             twice, 0 differences of cash or position",
            self.seed,
            self.kills,
            self.took.as_secs_f64(),
            self.answered,
            self.lost,
            self.refused,
            self.changes,
            self.sent,
            self.orders,
            self.fills,
            self.unknown_found,
            self.never_left,
            self.shown,
            seconds(50),
            seconds(99),
            seconds(100),
        )
    }
}

/// Orders that never left are followed until the exchange cannot take them any more where `to_the_end`.
pub fn run(seed: u64, kills: u64, to_the_end: bool) -> Tally {
    eprintln!("seed {seed}");
    let began = Instant::now();
    let mut tally = Tally { seed, ..Tally::default() };
    while tally.kills < kills {
        // A symbol of which an order is unknown takes no other until that is known; there must be some left.
        let house = House::new(seed.wrapping_add(tally.kills), if to_the_end { 24 } else { 4 });
        house.run(KILLS_ON_ONE.min(kills - tally.kills), to_the_end, &mut tally);
        eprintln!("{} kills, {:.0} s", tally.kills, began.elapsed().as_secs_f64());
    }
    tally.took = began.elapsed();
    tally
}

struct House {
    exchange: Exchange,
    user: User,
    symbols: Vec<String>,
    journal: PathBuf,
    sent: Sent,
    random: Random,
    answered: Vec<String>,
    _folder: tempfile::TempDir,
}

impl House {
    fn new(seed: u64, beside: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("exchange.jsonl");
        let mut exchange = Exchange::start(seed, beside, &journal);
        exchange.ask("limits 1000000 1000000 1000000");
        let config = CONFIG.replace("REST", &exchange.rest).replace("WS", &exchange.ws);
        let user = User::with(&config, &[("HOGA_PLAY_API_KEY", KEY), ("HOGA_PLAY_API_SECRET", SECRET)]);
        let (sent, random) = (Sent::default(), Random::new(!seed));
        Self { exchange, user, symbols: symbols(beside), journal, sent, random, answered: Vec::new(), _folder: folder }
    }

    fn run(mut self, kills: u64, to_the_end: bool, tally: &mut Tally) {
        self.start(tally);
        for round in 0..kills {
            self.trade_and_kill(round, tally);
            self.start(tally);
            tally.kills += 1;
        }
        self.finish(to_the_end, tally);
    }

    /// Lets the traders loose and kills the desk at a random moment.
    fn trade_and_kill(&mut self, round: u64, tally: &mut Tally) {
        self.exchange.ask(&format!("drift {round}"));
        let (goal, more) = (1 + self.random.below(6), Duration::from_micros(self.random.below(100_000)));
        let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
        let seed = self.random.next();
        let (user, symbols) = (&self.user, self.symbols.as_slice());
        let diaries: Vec<Diary> = std::thread::scope(|scope| {
            let (stop, answers) = (&stop, &answers);
            let threads: Vec<_> = (0..TRADERS)
                .map(|n| {
                    scope.spawn(move || trader::trade(user, symbols, seed ^ n, &format!("r{round}t{n}"), stop, answers))
                })
                .collect();
            let deadline = Instant::now() + TRADING;
            while answers.load(Ordering::Relaxed) < goal && Instant::now() < deadline {
                std::thread::park_timeout(Duration::from_micros(200));
            }
            std::thread::park_timeout(more);
            // A command that was on its way may start a desk anew; no other begins.
            stop.store(true, Ordering::Relaxed);
            user.kill_desk();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for diary in diaries {
            tally.answered += diary.answered.len() as u64;
            tally.lost += diary.lost;
            for (code, count) in diary.refused {
                *tally.refused.entry(code).or_default() += count;
            }
            tally.changes += diary.changes;
            self.answered.extend(diary.answered);
        }
        // Meanwhile the market goes on: what rests near it is filled, what waits is set off.
        for symbol in &self.symbols {
            self.exchange.ask(&format!("top {symbol} 60000 60000.1"));
        }
    }

    /// Starts the desk and waits until it agrees with an exchange whose market stands still.
    fn start(&mut self, tally: &mut Tally) {
        self.exchange.ask("drift off");
        self.exchange.ask("forgive");
        let began = Instant::now();
        self.user.json("desk start");
        let caller = Caller { name: "audit".into(), source: Source::Cli, profile: None };
        let mut client = Client::connect(self.user.paths().socket_candidates(), &caller).unwrap();
        self.agrees(&mut client, began, tally);
        self.sent.learn(&self.journal);
        let books = Books::read(&self.user.paths().ledger());
        books.add_up();
        let known: std::collections::BTreeSet<String> =
            books.orders.values().filter_map(|order| order.client_id.as_ref().map(ToString::to_string)).collect();
        for answered in std::mem::take(&mut self.answered) {
            assert!(known.contains(&answered), "{answered} was answered and is not in the ledger");
        }
        tally.unknown_found += books.unknown().len() as u64;
        tally.recoveries.push(began.elapsed());
    }

    fn agrees(&mut self, client: &mut Client, began: Instant, tally: &mut Tally) {
        loop {
            let differences = self.compared(client, tally);
            if differences.is_empty() {
                return;
            }
            assert!(began.elapsed() < AGREE_WAIT, "no agreement: {differences:#?}");
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// What differs now: what the desk says itself, and what the two sides' books say.
    fn compared(&mut self, client: &mut Client, tally: &mut Tally) -> Vec<String> {
        let Response::Status(status) = client.request(Command::Status).unwrap() else { panic!("no status") };
        let profile = status.profiles.iter().find(|profile| profile.name == "play").unwrap();
        if profile.connection != "up" {
            return vec![format!("the connection is {}", profile.connection)];
        }
        let truth = Truth::of(&self.exchange.ask("status"));
        let books = Books::read(&self.user.paths().ledger());
        let mut differences = books.differences(&truth);
        if differences.is_empty() && !profile.reconciled {
            differences = self.seen_by_a_person(client, tally);
        }
        differences
    }

    /// What became of orders while the desk was away is shown, and taken note of. Nothing else may differ.
    fn seen_by_a_person(&self, client: &mut Client, tally: &mut Tally) -> Vec<String> {
        let shown = match client.request(Command::Reconcile { accept: false }) {
            Ok(Response::Differences(shown)) => shown,
            other => return vec![format!("{other:?}")],
        };
        let is_news = |kind: &str| kind.starts_with("order_") && kind != "order_changed";
        if shown.is_empty() || shown.iter().any(|one| !is_news(&one.kind)) {
            return shown.iter().map(|one| format!("{one:?}")).chain(["not compared yet".to_owned()]).collect();
        }
        for one in &shown {
            *tally.shown.entry(one.kind.clone()).or_default() += 1;
        }
        match client.request(Command::Reconcile { accept: true }) {
            Ok(_) => vec!["differences were accepted".to_owned()],
            Err(failure) => vec![format!("{failure:?}")],
        }
    }

    /// Ends every order, waits for those that never left, and compares all there is for the last time.
    fn finish(&mut self, to_the_end: bool, tally: &mut Tally) {
        if to_the_end {
            // Of orders that may still be under way it cannot say that they are over, and does not.
            let killed = self.user.run("kill --json").json();
            let still_open = killed["still_open"].as_array().unwrap();
            assert!(still_open.iter().all(|order| order["state"] == "unknown"), "{killed}");
        }
        let ledger = self.user.paths().ledger();
        let (before, began) = (Books::read(&ledger).unknown(), Instant::now());
        while to_the_end && !Books::read(&ledger).unknown().is_empty() {
            assert!(began.elapsed() < GIVE_UP_WAIT, "still unknown: {:?}", Books::read(&ledger).unknown());
            std::thread::park_timeout(Duration::from_millis(100));
        }
        tally.never_left += before.len() as u64;
        assert_eq!(self.user.run("reconcile --accept").status, 0);
        let (truth, books) = (Truth::of(&self.exchange.ask("status")), Books::read(&ledger));
        assert_eq!(books.differences(&truth), Vec::<String>::new());
        books.add_up();
        self.sent.learn(&self.journal);
        tally.sent += self.sent.orders();
        tally.orders += books.orders.len() as u64;
        tally.fills += truth.trades.len() as u64;
        let traces = KeyTraces::of(KEY, SECRET);
        traces.none_on_command_line(self.user.pid().unwrap());
        traces.none_in("what commands wrote", &self.user.heard());
        traces.none_under(&self.user.data_dir());
    }
}
