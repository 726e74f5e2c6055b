//! Rate lanes and the token keeper on paused time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoga::broker::net::WallClock;
use hoga::broker::net::backoff::Jitter;
use hoga::broker::net::lanes::{Budget, BudgetId, Cost, Lane, LaneError, LaneRules, Lanes};
use hoga::broker::net::token::{
    AccessToken, FileTokenStore, IssueError, TokenError, TokenIssuer, TokenKeeper, TokenRules, TokenSlot, TokenStore,
};
use hoga::market::time::UtcTime;
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);
const WEIGHT: BudgetId = BudgetId(0);
const ORDERS: BudgetId = BudgetId(1);

fn lanes(budgets: Vec<Budget>) -> Arc<Lanes> {
    Arc::new(Lanes::start(LaneRules { budgets, in_flight_max: 8, in_flight_for_cancels: 2, waiting_max: 2_000 }))
}

fn one_each() -> Cost {
    Cost::free().and(WEIGHT, 1)
}

fn in_time() -> Instant {
    Instant::now() + 3_600 * SECOND
}

/// Units the broker counts in its busiest window.
fn busiest(window: Duration, log: &[(Instant, Lane, u32)]) -> u32 {
    let from = |n: usize| log[n..].iter().take_while(move |(at, ..)| *at - log[n].0 < window);
    (0..log.len()).map(|n| from(n).map(|(_, _, units)| units).sum()).max().unwrap()
}

/// Runs requests whose way to the broker and back takes a random time each; the broker's log, in its order.
async fn run(lanes: &Arc<Lanes>, seed: u64, requests: Vec<(Lane, Cost, u32)>) -> Vec<(Instant, Lane, u32)> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut jitter = Jitter::from_seed(seed);
    let mut tasks = JoinSet::new();
    for (lane, cost, units) in requests {
        let (lanes, log) = (Arc::clone(lanes), Arc::clone(&log));
        let slowest = Duration::from_millis(300);
        let (out, back) = (jitter.between(Duration::ZERO, slowest), jitter.between(Duration::ZERO, slowest));
        tasks.spawn(async move {
            let permit = lanes.enter(lane, cost, in_time()).await.unwrap();
            sleep(out).await;
            log.lock().unwrap().push((Instant::now(), lane, units));
            sleep(back).await;
            drop(permit);
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    Arc::try_unwrap(log).unwrap().into_inner().unwrap()
}

#[tokio::test(start_paused = true)]
async fn no_window_of_the_broker_overflows_however_late_requests_arrive() {
    for seed in 0..8 {
        let lanes = lanes(vec![Budget::new("a second", 18, SECOND).reserve(Lane::Cancel, 3)]);
        let mut requests = vec![(Lane::Query, one_each(), 1); 1_000];
        requests.extend(vec![(Lane::Cancel, one_each(), 1); 100]);
        let log = run(&lanes, seed, requests).await;
        assert_eq!(log.len(), 1_100);
        assert!(busiest(SECOND, &log) <= 18, "seed {seed}: {}", busiest(SECOND, &log));
        let last_cancel = log.iter().rposition(|(_, lane, _)| *lane == Lane::Cancel).unwrap();
        // What was on the wire before the first cancel was asked for, and no more, may come before it.
        assert!(last_cancel < 100 + 2 * 8, "seed {seed}: a cancel came as number {last_cancel}");
    }
}

#[tokio::test(start_paused = true)]
async fn several_budgets_hold_at_once_with_unequal_weights() {
    let minute = 60 * SECOND;
    let lanes = lanes(vec![
        Budget::new("weight", 2_400, minute).reserve(Lane::Cancel, 100).reserve(Lane::Order, 200),
        Budget::new("orders", 300, 10 * SECOND),
    ]);
    let mut requests = vec![(Lane::Query, Cost::free().and(WEIGHT, 20), 20); 300];
    requests.extend(vec![(Lane::Order, Cost::free().and(WEIGHT, 1).and(ORDERS, 1), 1); 900]);
    let log = run(&lanes, 5, requests).await;
    assert!(busiest(minute, &log) <= 2_400);
    let orders: Vec<_> = log.iter().filter(|(_, lane, _)| *lane == Lane::Order).copied().collect();
    assert!(busiest(10 * SECOND, &orders) <= 300);
    assert_eq!(log.len(), 1_200);
}

#[tokio::test(start_paused = true)]
async fn queries_leave_room_for_a_cancel_that_comes_later() {
    let lanes = lanes(vec![Budget::new("a minute", 10, 60 * SECOND).reserve(Lane::Cancel, 2)]);
    for _ in 0..8 {
        drop(lanes.enter(Lane::Query, one_each(), in_time()).await.unwrap());
    }
    let soon = Instant::now() + SECOND;
    assert_eq!(lanes.enter(Lane::Query, one_each(), soon).await.unwrap_err(), LaneError::Deadline(Lane::Query));
    let before = Instant::now();
    drop(lanes.enter(Lane::Cancel, one_each(), in_time()).await.unwrap());
    assert_eq!(Instant::now(), before, "the cancel did not wait");
}

#[tokio::test(start_paused = true)]
async fn slow_queries_do_not_occupy_every_connection() {
    let lanes = lanes(Vec::new());
    let mut on_the_wire = Vec::new();
    for _ in 0..6 {
        on_the_wire.push(lanes.enter(Lane::Query, Cost::free(), in_time()).await.unwrap());
    }
    assert!(lanes.enter(Lane::Order, Cost::free(), Instant::now() + SECOND).await.is_err());
    drop(lanes.enter(Lane::Cancel, Cost::free(), Instant::now() + SECOND).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_request_passes_an_earlier_one_only_where_it_cannot_delay_it() {
    let lanes = lanes(vec![Budget::new("weight", 100, SECOND), Budget::new("orders", 1, 10 * SECOND)]);
    let order = Cost::free().and(WEIGHT, 1).and(ORDERS, 1);
    drop(lanes.enter(Lane::Order, order.clone(), in_time()).await.unwrap());
    let blocked = lanes.enter(Lane::Order, order, Instant::now() + 5 * SECOND);
    let query = lanes.enter(Lane::Query, one_each(), Instant::now() + SECOND);
    let (blocked, query) = tokio::join!(blocked, query);
    assert_eq!(blocked.unwrap_err(), LaneError::Deadline(Lane::Order));
    drop(query.unwrap());
}

#[tokio::test(start_paused = true)]
async fn the_brokers_own_counter_corrects_ours() {
    let lanes = lanes(vec![Budget::new("weight", 10, 60 * SECOND)]);
    drop(lanes.enter(Lane::Query, one_each(), in_time()).await.unwrap());
    lanes.observe(WEIGHT, 9);
    drop(lanes.enter(Lane::Query, one_each(), in_time()).await.unwrap());
    lanes.observe(WEIGHT, 10);
    let before = Instant::now();
    drop(lanes.enter(Lane::Query, one_each(), in_time()).await.unwrap());
    assert_eq!(Instant::now() - before, 60 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn silence_stops_even_cancels_and_is_never_shortened() {
    let lanes = lanes(Vec::new());
    lanes.pause(120 * SECOND);
    lanes.pause(SECOND);
    let refused = lanes.enter(Lane::Cancel, Cost::free(), Instant::now() + 60 * SECOND).await.unwrap_err();
    assert_eq!(refused, LaneError::Paused { remaining: 120 * SECOND });
    let before = Instant::now();
    drop(lanes.enter(Lane::Cancel, Cost::free(), in_time()).await.unwrap());
    assert_eq!(Instant::now() - before, 120 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn those_waiting_when_silence_begins_are_told_at_once() {
    let lanes = lanes(vec![Budget::new("one", 1, 10 * SECOND)]);
    drop(lanes.enter(Lane::Order, one_each(), in_time()).await.unwrap());
    let started = Instant::now();
    let waiting = lanes.enter(Lane::Order, one_each(), started + 30 * SECOND);
    let ban = async { lanes.pause(600 * SECOND) };
    let (refused, ()) = tokio::join!(waiting, ban);
    assert_eq!(refused.unwrap_err(), LaneError::Paused { remaining: 600 * SECOND });
    assert_eq!(Instant::now(), started);
}

#[tokio::test(start_paused = true)]
async fn halving_and_holding_end_by_themselves() {
    let lanes = lanes(vec![Budget::new("a second", 4, SECOND)]);
    lanes.halve(WEIGHT, 10 * SECOND);
    let before = Instant::now();
    for _ in 0..4 {
        drop(lanes.enter(Lane::Query, one_each(), in_time()).await.unwrap());
    }
    assert_eq!(Instant::now() - before, SECOND);
    lanes.hold(WEIGHT, 30 * SECOND);
    drop(lanes.enter(Lane::Query, one_each(), in_time()).await.unwrap());
    assert_eq!(Instant::now() - before, 31 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn giving_up_a_place_or_a_permit_gives_its_cost_back() {
    let lanes = lanes(vec![Budget::new("one", 1, 60 * SECOND)]);
    lanes.enter(Lane::Order, one_each(), in_time()).await.unwrap().unused();
    let first = lanes.enter(Lane::Order, one_each(), in_time()).await.unwrap();
    let second = lanes.enter(Lane::Order, one_each(), Instant::now() + SECOND);
    assert!(tokio::time::timeout(SECOND / 2, second).await.is_err());
    assert_eq!(lanes.waiting(), [0; 4]);
    first.unused();
    drop(lanes.enter(Lane::Order, one_each(), Instant::now() + SECOND).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn every_refusal_is_named_and_closing_refuses_all() {
    let lanes = Arc::new(Lanes::start(LaneRules {
        budgets: vec![Budget::new("one", 2, 60 * SECOND).reserve(Lane::Cancel, 1)],
        in_flight_max: 1,
        in_flight_for_cancels: 0,
        waiting_max: 1,
    }));
    let two = Cost::free().and(WEIGHT, 2);
    assert_eq!(lanes.enter(Lane::Order, two, in_time()).await.unwrap_err(), LaneError::TooDear(Lane::Order));
    let unknown = Cost::free().and(BudgetId(9), 1);
    assert_eq!(lanes.enter(Lane::Order, unknown, in_time()).await.unwrap_err(), LaneError::TooDear(Lane::Order));
    let held = lanes.enter(Lane::Order, one_each(), in_time()).await.unwrap();
    let waiting = lanes.enter(Lane::Order, one_each(), in_time());
    let more = async {
        let full = lanes.enter(Lane::Order, one_each(), in_time()).await.unwrap_err();
        assert_eq!(full, LaneError::Full(Lane::Order));
        assert_eq!(lanes.withdraw(Lane::Order), 1);
    };
    let (withdrawn, ()) = tokio::join!(waiting, more);
    assert_eq!(withdrawn.unwrap_err(), LaneError::Withdrawn);
    let waiting = lanes.enter(Lane::Order, one_each(), in_time());
    let (closed, ()) = tokio::join!(waiting, lanes.close());
    assert_eq!(closed.unwrap_err(), LaneError::Closed);
    assert_eq!(lanes.enter(Lane::Order, one_each(), in_time()).await.unwrap_err(), LaneError::Closed);
    drop(held);
}

// Tokens.

const DAY: Duration = Duration::from_secs(86_400);

/// A wall clock that follows the paused one.
fn wall_clock() -> WallClock {
    let start = Instant::now();
    Arc::new(move || UtcTime::from_millis(1_790_000_000_000).plus(start.elapsed()))
}

struct Broker {
    issues: Arc<AtomicU32>,
    clock: WallClock,
    answer: fn(u32) -> Result<String, IssueError>,
}

impl TokenIssuer for Broker {
    async fn issue(&mut self) -> Result<AccessToken, IssueError> {
        let n = self.issues.fetch_add(1, Ordering::SeqCst) + 1;
        sleep(SECOND / 2).await;
        let now = (self.clock)();
        let secret = SecretString::from((self.answer)(n)?);
        Ok(AccessToken { secret, issued_at: now, expires_at: now.plus(DAY) })
    }
}

struct Desk {
    keeper: Arc<TokenKeeper>,
    issues: Arc<AtomicU32>,
    clock: WallClock,
}

impl Desk {
    fn new(store: impl TokenStore, answer: fn(u32) -> Result<String, IssueError>) -> Self {
        Self::at(wall_clock(), store, answer)
    }

    fn at(clock: WallClock, store: impl TokenStore, answer: fn(u32) -> Result<String, IssueError>) -> Self {
        let issues = Arc::new(AtomicU32::new(0));
        let broker = Broker { issues: Arc::clone(&issues), clock: Arc::clone(&clock), answer };
        let keeper = TokenKeeper::start(broker, store, TokenRules::default(), Arc::clone(&clock));
        Self { keeper: Arc::new(keeper), issues, clock }
    }

    async fn get(&self) -> Result<AccessToken, TokenError> {
        self.keeper.get((self.clock)()).await
    }

    fn issues(&self) -> u32 {
        self.issues.load(Ordering::SeqCst)
    }
}

fn numbered(n: u32) -> Result<String, IssueError> {
    Ok(format!("token-{n}"))
}

fn text(token: &AccessToken) -> String {
    token.secret.expose_secret().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_callers_make_one_request() {
    let desk = Arc::new(Desk::new((), numbered));
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let desk = Arc::clone(&desk);
        callers.spawn(async move { text(&desk.get().await.unwrap()) });
    }
    while let Some(token) = callers.join_next().await {
        assert_eq!(token.unwrap(), "token-1");
    }
    assert_eq!(desk.issues(), 1);
}

#[tokio::test(start_paused = true)]
async fn renewal_happens_before_the_end_and_makes_nobody_wait() {
    let desk = Desk::new((), numbered);
    desk.get().await.unwrap();
    advance(DAY - 5 * 60 * SECOND).await;
    let before = Instant::now();
    assert_eq!(text(&desk.get().await.unwrap()), "token-1");
    assert_eq!(Instant::now(), before, "the old token still serves");
    sleep(SECOND).await;
    assert_eq!(text(&desk.get().await.unwrap()), "token-2");
    assert_eq!(desk.issues(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_replaced_once_for_everybody() {
    let desk = Arc::new(Desk::new((), numbered));
    let old = desk.get().await.unwrap();
    advance(120 * SECOND).await;
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let (desk, old) = (Arc::clone(&desk), old.clone());
        callers.spawn(async move { text(&desk.keeper.rejected(old).await.unwrap()) });
    }
    while let Some(token) = callers.join_next().await {
        assert_eq!(token.unwrap(), "token-2");
    }
    assert_eq!(desk.issues(), 2);
    let fresh = desk.get().await.unwrap();
    advance(120 * SECOND).await;
    assert_eq!(desk.keeper.rejected(fresh).await.unwrap_err(), TokenError::RejectedAgain);
    assert_eq!(desk.issues(), 2, "the second rejection asks the broker for nothing");
}

#[tokio::test(start_paused = true)]
async fn the_same_token_given_again_after_a_rejection_is_no_cure() {
    let desk = Desk::new((), |_| Ok("same".to_owned()));
    let old = desk.get().await.unwrap();
    advance(120 * SECOND).await;
    assert_eq!(desk.keeper.rejected(old).await.unwrap_err(), TokenError::RejectedAgain);
}

#[tokio::test(start_paused = true)]
async fn the_broker_is_asked_once_a_minute_at_most_even_when_it_fails() {
    let desk = Desk::new((), |_| Err(IssueError::Failed("no answer".to_owned())));
    for _ in 0..600 {
        assert!(desk.get().await.is_err());
        sleep(SECOND / 2).await;
    }
    assert!(desk.issues() <= 6, "{} requests in five minutes", desk.issues());
    assert!(matches!(desk.get().await, Err(TokenError::TooSoon { .. } | TokenError::Issue(_))));
}

#[tokio::test(start_paused = true)]
async fn the_next_start_uses_the_stored_token() {
    let folder = tempfile::tempdir().unwrap();
    let slot = TokenSlot::new("kis-paper", &SecretString::from("key")).unwrap();
    let store = FileTokenStore::new(folder.path(), &slot);
    let first = Desk::new(store.clone(), numbered);
    let token = first.get().await.unwrap();
    let clock = Arc::clone(&first.clock);
    let Ok(keeper) = Arc::try_unwrap(first.keeper) else { panic!("shared") };
    keeper.close().await;
    let second = Desk::at(clock, store, |_| Ok("another".to_owned()));
    assert_eq!(text(&second.get().await.unwrap()), text(&token));
    assert_eq!(second.issues(), 0);
    assert!(matches!(second.keeper.rejected(token).await, Err(TokenError::TooSoon { .. })), "issued a moment ago");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_does_not_lose_the_token() {
    let desk = Desk::new((), numbered);
    assert!(tokio::time::timeout(SECOND / 10, desk.get()).await.is_err());
    assert_eq!(text(&desk.get().await.unwrap()), "token-1");
    assert_eq!(desk.issues(), 1);
    assert!(!format!("{:?}", desk.get().await.unwrap()).contains("token-1"));
}
