//! What the simulated exchange costs, as one JSON line on standard output:
//! `cargo bench --bench sim`.
//!
//! - `book_actions_per_second`: orders placed, filled and canceled in one book by nobody but the program itself;
//! - `exchange_actions_per_second`: the whole exchange, fifteen instruments with their traders, nothing subscribed;
//! - `core_percent_real_time`: share of one core it takes in real time with every instrument subscribed.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use hoga::broker::api::{BrokerEvent, BrokerRequest, Channel, RequestBody, RequestId};
use hoga::broker::sim::matching::{Book, Bounds, Lasting, NewOrder, OrderKey, Owner, Pricing};
use hoga::broker::sim::random::Random;
use hoga::broker::sim::{SimConfig, SimExchange};
use hoga::market::{MarketBody, Side, UtcTime};

fn start() -> UtcTime {
    UtcTime::from_millis(1_795_000_000_000)
}

fn book_actions() -> f64 {
    let mut book = Book::new();
    let bounds = Bounds { lowest: 1, highest: 100_000, ..Bounds::NONE };
    let mut random = Random::new(1);
    let mut keys: Vec<OrderKey> = Vec::new();
    let mut matches = Vec::new();
    let from = Instant::now();
    for _ in 0..3_000_000 {
        if keys.len() > 600 {
            let key = keys.swap_remove(random.below(keys.len() as u64) as usize);
            black_box(book.cancel(key));
            continue;
        }
        let (side, away) = if random.chance(0.5) { (Side::Buy, -1) } else { (Side::Sell, 1) };
        // One in eight crosses the middle and takes.
        let tick = 700 + away * (random.below(32) as i64 - 4);
        let quantity = 1 + random.below(100) as i64;
        let order =
            NewOrder { owner: Owner::Agent(0), side, pricing: Pricing::Limit(tick), quantity, lasting: Lasting::Rest };
        matches.clear();
        if let Ok(placed) = book.place(order, &bounds, &mut matches) {
            keys.extend(placed.key);
        }
    }
    book.actions() as f64 / from.elapsed().as_secs_f64()
}

fn exchange_actions(simulated: Duration) -> (f64, f64) {
    let mut exchange = SimExchange::new(SimConfig::default(), 1, start());
    let (mut out, before) = (Vec::new(), exchange.actions());
    let from = Instant::now();
    exchange.advance(start().plus(simulated), &mut out);
    let actions = (exchange.actions() - before) as f64;
    (actions / from.elapsed().as_secs_f64(), actions / simulated.as_secs_f64())
}

fn real_time_share(simulated: Duration) -> (f64, f64, f64) {
    let mut exchange = SimExchange::new(SimConfig::default(), 1, start());
    let mut out = Vec::new();
    let channels = BTreeSet::from([Channel::Trades, Channel::Book, Channel::Quote, Channel::Mark]);
    for (number, instrument) in exchange.instruments().into_iter().enumerate() {
        let body = RequestBody::Subscribe(instrument.id, channels.clone());
        exchange.request(BrokerRequest { id: RequestId(number as u64), body }, &mut out);
    }
    let (mut events, mut trades) = (0, 0);
    let from = Instant::now();
    let step = Duration::from_millis(25);
    let steps = simulated.as_millis() / step.as_millis();
    for number in 1..=steps {
        out.clear();
        exchange.advance(start().plus(step * number as u32), &mut out);
        events += out.len();
        trades += out
            .iter()
            .filter(|e| matches!(e, BrokerEvent::Market(m) if matches!(m.body, MarketBody::Trade(_))))
            .count();
    }
    let seconds = simulated.as_secs_f64();
    let share = 100.0 * from.elapsed().as_secs_f64() / seconds;
    (share, events as f64 / seconds, trades as f64 / seconds)
}

fn main() {
    let book = book_actions();
    let (exchange, per_second) = exchange_actions(Duration::from_secs(1_200));
    let (share, events, trades) = real_time_share(Duration::from_secs(600));
    println!(
        "{{\"bench\":\"sim\",\"book_actions_per_second\":{book:.0},\"exchange_actions_per_second\":{exchange:.0},\
         \"actions_per_simulated_second\":{per_second:.0},\"core_percent_real_time\":{share:.3},\
         \"events_per_simulated_second\":{events:.0},\"trades_per_simulated_second\":{trades:.1}}}"
    );
}
