//! One data folder, one exchange, and the kills between them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hoga::broker::kis::environment::Realm;
use hoga::desk::client::{Caller, Client};
use hoga::desk::protocol::{Command, Response};
use hoga::order::Source;

use crate::audit::{Books, Sent, Truth};
use crate::campaign::Tally;
use crate::clock::ahead_by;
use crate::exchange::{Exchange, Issue};
use crate::key_traces::KeyTraces;
use crate::kis_server::{ACCOUNT, HTS_ID, keys_of};
use crate::random::Random;
use crate::trader::{Diary, Trader};
use crate::user::User;

const TRADERS: u64 = 2;
/// Longest time from the start of the desk until both sides are the same. Of two orders that look the same and of which one
/// arrived, it takes more than a minute until it is certain that the other did not.
const AGREE_WAIT: Duration = Duration::from_secs(150);
/// An order that never left is given up when the exchange cannot take it any more.
const GIVE_UP_WAIT: Duration = Duration::from_secs(150);
/// Longest time from the first command to the kill.
const TRADING: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);

const CONFIG: &str = r#"
default_profile = "play"

[desk]
unknown_poll_ms = 1000
log_level = "trace"

[risk]
permission = "real_trader"
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
broker = "kis"
world = "live"
account = "ACCOUNT"
hts_id = "CUSTOMER"
rest_url = "REST"
ws_url = "STREAM"

[profiles.play.urls]
masters = "MASTERS"
"#;

const NO_COMMISSION: &str = "\n[profiles.play.fees]\ncommission_rate = \"0\"\n";

pub struct House {
    issue: &'static Issue,
    exchange: Exchange,
    user: User,
    symbols: Vec<String>,
    journal: PathBuf,
    sent: Sent,
    random: Random,
    answered: Vec<String>,
    tally: Tally,
    _folder: tempfile::TempDir,
}

fn config(exchange: &Exchange, issue: &Issue) -> String {
    let with = [
        ("ACCOUNT", ACCOUNT),
        ("CUSTOMER", HTS_ID),
        ("REST", &exchange.rest),
        ("STREAM", &exchange.ws),
        ("MASTERS", &exchange.masters),
    ];
    let fees = if issue.charges.is_none() { NO_COMMISSION } else { "" };
    with.into_iter().fold(format!("{CONFIG}{fees}"), |config, (word, value)| config.replace(word, value))
}

impl House {
    /// On an issue and so many like it.
    pub fn new(seed: u64, issue: &'static Issue, beside: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("exchange.jsonl");
        let mut exchange = Exchange::start(seed, issue, beside, &journal);
        // The pace of the broker is not what is tested here: a desk that starts anew at once knows nothing of what the one
        // before has used of the same second.
        exchange.ask("limit 1000");
        issue.charges.map(|charges| exchange.ask(charges));
        let (key, secret) = keys_of(Realm::Live);
        let [preload, ahead] = ahead_by(exchange.ahead);
        let environment = [
            ("HOGA_PLAY_APP_KEY", key),
            ("HOGA_PLAY_APP_SECRET", secret),
            (preload.0, preload.1.as_str()),
            (ahead.0, ahead.1.as_str()),
        ];
        let user = User::with(&config(&exchange, issue), &environment);
        Self {
            issue,
            exchange,
            user,
            symbols: issue.symbols(beside),
            journal,
            sent: Sent::default(),
            random: Random::new(!seed),
            answered: Vec::new(),
            tally: Tally::default(),
            _folder: folder,
        }
    }

    pub fn run(&mut self, kills: u64) {
        self.start();
        for round in 0..kills {
            self.trade_and_kill(round);
            self.start();
            self.tally.kills += 1;
        }
    }

    /// Lets the traders loose and kills the desk at a random moment.
    fn trade_and_kill(&mut self, round: u64) {
        self.exchange.ask(&format!("drift {round}"));
        let (goal, more) = (1 + self.random.below(6), Duration::from_micros(self.random.below(100_000)));
        let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
        let seed = self.random.next();
        let (user, issue, symbols) = (&self.user, self.issue, self.symbols.as_slice());
        let diaries: Vec<Diary> = std::thread::scope(|scope| {
            let (stop, answers) = (&stop, &answers);
            let threads: Vec<_> = (0..TRADERS)
                .map(|n| {
                    let (name, random) = (format!("r{round}t{n}"), Random::new(seed ^ n));
                    let trader = Trader { user, issue, symbols, name, random };
                    scope.spawn(move || trader.trade(stop, answers))
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
            self.tally.answered += diary.answered.len() as u64;
            self.tally.lost += diary.lost;
            for (code, count) in diary.refused {
                *self.tally.refused.entry(code).or_default() += count;
            }
            self.tally.changes += diary.changes;
            self.answered.extend(diary.answered);
        }
        let bid = self.issue.begins_at;
        // Meanwhile the market goes on: what rests near it is filled.
        for symbol in &self.symbols {
            self.exchange.ask(&format!("top {symbol} {bid} {}", bid + self.issue.tick));
        }
    }

    /// Starts the desk and waits until it agrees with an exchange whose market stands still.
    fn start(&mut self) {
        self.exchange.ask("drift off");
        let began = Instant::now();
        self.user.json("desk start");
        let caller = Caller { name: "audit".into(), source: Source::Cli, profile: None };
        let mut client = Client::connect(self.user.paths().socket_candidates(), &caller).unwrap();
        self.agrees(&mut client, began);
        let books = Books::read(&self.user.paths().ledger());
        books.add_up();
        self.none_was_sent_twice(&books);
        let known: BTreeSet<String> =
            books.orders.values().filter_map(|order| order.client_id.as_ref().map(ToString::to_string)).collect();
        for answered in std::mem::take(&mut self.answered) {
            assert!(known.contains(&answered), "{answered} was answered and is not in the ledger");
        }
        self.tally.unknown_found += books.unknown().len() as u64;
        self.tally.recoveries.push(began.elapsed());
    }

    /// Each order there is one here; and there were no more requests than orders, whatever came of them.
    fn none_was_sent_twice(&mut self, books: &Books) {
        self.sent.learn(&self.journal);
        let (sent, orders) = (self.sent.requests, books.may_have_left());
        assert!(sent <= orders, "{sent} orders were sent of {orders}");
    }

    fn agrees(&mut self, client: &mut Client, began: Instant) {
        loop {
            let differences = self.compared(client);
            if differences.is_empty() {
                return;
            }
            assert!(
                began.elapsed() < AGREE_WAIT,
                "no agreement in {}: {differences:#?}",
                self.user.data_dir().display()
            );
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// What differs now: what the desk says itself, and what the two sides' books say.
    fn compared(&mut self, client: &mut Client) -> Vec<String> {
        let Response::Status(status) = client.request(Command::Status).unwrap() else { panic!("no status") };
        let profile = status.profiles.iter().find(|profile| profile.name == "play").unwrap();
        if profile.connection != "up" {
            return vec![format!("the connection is {}", profile.connection)];
        }
        let truth = Truth::of(&self.exchange.ask("status"));
        let books = Books::read(&self.user.paths().ledger());
        let mut differences = books.differences(&truth);
        if differences.is_empty() && !profile.reconciled {
            differences = self.seen_by_a_person(client);
        }
        differences
    }

    /// What became of orders while the desk was away is shown, and taken note of. Nothing else may differ.
    fn seen_by_a_person(&mut self, client: &mut Client) -> Vec<String> {
        let shown = match client.request(Command::Reconcile { accept: false }) {
            Ok(Response::Differences(shown)) => shown,
            other => return vec![format!("{other:?}")],
        };
        let is_news = |kind: &str| kind.starts_with("order_") && kind != "order_changed";
        if shown.is_empty() || shown.iter().any(|one| !is_news(&one.kind)) {
            return shown.iter().map(|one| format!("{one:?}")).chain(["not compared yet".to_owned()]).collect();
        }
        for one in &shown {
            *self.tally.shown.entry(one.kind.clone()).or_default() += 1;
        }
        match client.request(Command::Reconcile { accept: true }) {
            Ok(_) => vec!["differences were accepted".to_owned()],
            Err(failure) => vec![format!("{failure:?}")],
        }
    }

    /// Ends every order, waits for those that never left, and compares all there is for the last time.
    pub fn finish(mut self, to_the_end: bool) -> Tally {
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
            std::thread::park_timeout(Duration::from_millis(500));
        }
        self.tally.never_left += before.len() as u64;
        assert_eq!(self.user.run("reconcile --accept").status, 0);
        let (truth, books) = (Truth::of(&self.exchange.ask("status")), Books::read(&ledger));
        assert_eq!(books.differences(&truth), Vec::<String>::new());
        books.add_up();
        self.none_was_sent_twice(&books);
        self.leaves_no_trace();
        self.tally.sent += self.sent.requests;
        self.tally.there += truth.orders.len() as u64;
        self.tally.orders += books.orders.len() as u64;
        self.tally.fills += truth.fills;
        std::mem::take(&mut self.tally)
    }

    fn leaves_no_trace(&self) {
        let (key, secret) = keys_of(Realm::Live);
        let traces = KeyTraces::of(key, secret);
        traces.none_on_command_line(self.user.pid().unwrap());
        traces.none_in("what commands wrote", &self.user.heard());
        traces.none_under(&self.user.data_dir());
    }
}
