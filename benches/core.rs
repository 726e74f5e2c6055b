//! Market events through the core on one thread: one profile, 15 instruments, three open stops that the desk watches.
//!
//! One JSON line a case. Events are built outside the measured time and handed over by value, as a broker would; dropping
//! them is part of what is measured. The goal is 2,000,000 events a second of trades and quotes, and a resident memory that
//! does not grow over ten million events.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hoga::broker::api::{
    Answer, BrokerEvent, Capabilities, Channel, Connection, ModifySupport, ProductCapability, ReportDelivery,
    RequestBody,
};
use hoga::config::{RiskLimits, World};
use hoga::desk::core::{Core, CoreCommand, CoreSettings, Effect, Effects, Event, ProfileSetup, Token};
use hoga::desk::ids::GrowingIds;
use hoga::desk::protocol::SubmitOrder;
use hoga::ledger::Recovered;
use hoga::market::{
    Board, BookUpdate, Currency, DayStats, Instrument, InstrumentId, Level, MarketBody, MarketEvent, Phase,
    PhaseChange, Price, Product, Quantity, Quote, Sequence, Side, Symbol, TickRule, Trade, UtcTime, Venue,
};
use hoga::order::fee::FeeSchedule;
use hoga::order::{Bracket, KindName, OrderKind, PositionSide, ProfileName, Source, TimeInForce};
use rust_decimal::{Decimal, dec};

const INSTRUMENTS: usize = 15;
const CHUNK: usize = 100_000;
const BEGIN: i64 = 1_795_219_200_000;

#[derive(Clone, Copy)]
enum Kind {
    Trade,
    Quote,
    Book,
    Day,
}

fn main() {
    // (name, kinds in turn, events)
    use Kind::{Book, Day, Quote, Trade};
    let mix = [
        Trade, Quote, Trade, Book, Trade, Quote, Quote, Trade, Book, Trade, Quote, Book, Trade, Quote, Trade, Book,
        Quote, Trade, Book, Day,
    ];
    let cases: [(&str, &[Kind], usize); 6] = [
        ("trades", &[Trade], 2_000_000),
        ("quotes", &[Quote], 2_000_000),
        ("books of 10 levels", &[Book], 2_000_000),
        ("day statistics", &[Day], 2_000_000),
        ("trades and quotes", &[Trade, Quote], 10_000_000),
        ("40 % trades, 30 % quotes, 25 % books, 5 % day statistics", &mix, 10_000_000),
    ];
    for (name, kinds, count) in cases {
        case(name, kinds, count);
    }
}

fn case(name: &str, kinds: &[Kind], count: usize) {
    let (mut core, mut effects) = core();
    let mut number = 0;
    let mut spent = Duration::ZERO;
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut before = 0;
    for round in 0..=count / CHUNK {
        chunk.extend((0..CHUNK).map(|at| event(number + at as u64, kinds[at % kinds.len()])));
        number += CHUNK as u64;
        let now = UtcTime::from_millis(BEGIN + number as i64 / 1_000);
        let start = Instant::now();
        for event in chunk.drain(..) {
            core.step(now, event, &mut effects);
        }
        // The first round warms up.
        if round > 0 {
            spent += start.elapsed();
        } else {
            before = resident();
        }
    }
    let after = resident();
    assert!(effects.is_empty(), "no stop was set off: {effects:?}");
    assert!(core.market_events() > count as u64);
    let per_second = (count as f64 / spent.as_secs_f64()).round();
    println!(
        "{{\"case\":\"core: {name}\",\"events\":{count},\"events_per_second\":{per_second},\"ns_per_event\":{:.1},\
         \"rss_before_kib\":{before},\"rss_after_kib\":{after}}}",
        spent.as_nanos() as f64 / count as f64
    );
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn id_of(index: usize) -> InstrumentId {
    let symbol = if index < 10 { format!("{:06}", 5930 + index * 70) } else { format!("COIN{index}USDT") };
    InstrumentId { venue: Venue::Sim, symbol: Symbol::new(&symbol).unwrap() }
}

fn price(value: u64) -> Price {
    Price::new(Decimal::from(value)).unwrap()
}

fn event(number: u64, kind: Kind) -> Event {
    let index = (number as usize).wrapping_mul(7) % INSTRUMENTS;
    let at = 70_000 + (number / 13 % 9) * 100;
    let level = |price_at: u64| Level { price: price(price_at), quantity: Quantity::whole(1 + (number % 500) as u32) };
    let body = match kind {
        Kind::Trade => {
            let side = if number.is_multiple_of(2) { Side::Buy } else { Side::Sell };
            MarketBody::Trade(Trade { id: number, price: price(at), quantity: Quantity::whole(10), side: Some(side) })
        }
        Kind::Quote => MarketBody::Quote(Quote { bid: Some(level(at - 100)), ask: Some(level(at)) }),
        Kind::Book => MarketBody::Book(Box::new(BookUpdate {
            sequence: Sequence::Whole,
            bids: (1..=10).map(|step| level(at - step * 100)).collect(),
            asks: (0..10).map(|step| level(at + step * 100)).collect(),
        })),
        Kind::Day => MarketBody::Day(DayStats {
            open: Some(price(70_000)),
            high: Some(price(71_000)),
            low: Some(price(69_000)),
            previous_close: Some(price(70_000)),
            volume: Quantity::whole(number as u32),
            value: Decimal::from(number * 70_000),
        }),
    };
    let time = UtcTime::from_nanos(BEGIN * 1_000_000 + number as i64 * 1_000);
    let event = MarketEvent { instrument: id_of_cached(index), venue_time: time, received_at: time, body };
    Event::Broker { profile: 0, event: BrokerEvent::Market(event) }
}

fn id_of_cached(index: usize) -> InstrumentId {
    static IDS: std::sync::OnceLock<Vec<InstrumentId>> = std::sync::OnceLock::new();
    IDS.get_or_init(|| (0..INSTRUMENTS).map(id_of).collect())[index]
}

fn instrument(index: usize) -> Instrument {
    let coin = index >= 10;
    Instrument {
        id: id_of(index),
        name_ko: String::new(),
        name_en: String::new(),
        product: if coin { Product::CryptoPerpetual } else { Product::KrxStock(Board::Kosdaq) },
        currency: if coin { Currency::Usdt } else { Currency::Krw },
        ticks: if coin { TickRule::Fixed(dec!(0.1)) } else { TickRule::KrxStock },
        price_decimals: if coin { 1 } else { 0 },
        lot: Quantity::whole(1),
        min_quantity: Quantity::whole(1),
        max_quantity: None,
        min_notional: None,
        multiplier: dec!(1),
        base_price: Some(price(70_000)),
        daily_limit: None,
        tiers: Vec::new(),
    }
}

fn capabilities() -> Capabilities {
    let product = |product: Product| ProductCapability {
        product,
        native_kinds: BTreeSet::from([KindName::Limit, KindName::Market]),
        times_in_force: BTreeSet::from(TimeInForce::ALL),
        reduce_only: false,
    };
    Capabilities {
        broker: "bench",
        worlds: &[World::Virtual],
        products: vec![product(Product::KrxStock(Board::Kosdaq)), product(Product::CryptoPerpetual)],
        modify: ModifySupport::InPlace,
        client_order_ids: true,
        cancel_all: false,
        reports: ReportDelivery::Stream,
        streams: BTreeSet::from([Channel::Trades, Channel::Book]),
        registrations_max: None,
        virtual_cash: true,
        hedge_mode: false,
        leverage: false,
        request_lifetime: Duration::from_secs(1),
        candle_intervals: Vec::new(),
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}

/// A core that knows its instruments and watches a stop on three of them, far from where they trade.
fn core() -> (Core, Effects) {
    let now = UtcTime::from_millis(BEGIN);
    let mut effects = Effects::default();
    let setup = ProfileSetup {
        name: ProfileName::new("bench").unwrap(),
        world: World::Virtual,
        replay: false,
        limits: RiskLimits { price_collar_percent: None, duplicate_window_ms: 0, ..RiskLimits::default() },
        fees: FeeSchedule::default(),
        initial_cash: vec![(Currency::Krw, dec!(100_000_000)), (Currency::Usdt, dec!(1_000_000))],
        capabilities: capabilities(),
    };
    let ids = Box::new(GrowingIds::seeded(None, || 7));
    let mut core = Core::new(CoreSettings::default(), vec![setup], Recovered::default(), ids, now, &mut effects);
    let hear =
        |core: &mut Core, effects: &mut Effects, event| core.step(now, Event::Broker { profile: 0, event }, effects);
    hear(&mut core, &mut effects, BrokerEvent::Connection(Connection::Up));
    let asked = effects.actions.iter().find_map(|effect| match effect {
        Effect::Send { request, .. } if matches!(request.body, RequestBody::Instruments) => Some(request.id),
        _ => None,
    });
    let outcome = Ok(Answer::Instruments((0..INSTRUMENTS).map(instrument).collect()));
    hear(&mut core, &mut effects, BrokerEvent::Answer { id: asked.unwrap(), outcome });
    for index in 0..INSTRUMENTS {
        let body = MarketBody::Phase(PhaseChange { phase: Phase::Continuous, until: None });
        let event = MarketEvent { instrument: id_of(index), venue_time: now, received_at: now, body };
        hear(&mut core, &mut effects, BrokerEvent::Market(event));
        core.step(now, event_at(index, now), &mut effects);
    }
    for (number, index) in [0, 5, 12].into_iter().enumerate() {
        let order = SubmitOrder {
            client_id: None,
            symbol: id_of(index).symbol.to_string(),
            side: Side::Buy,
            kind: OrderKind::Stop { trigger: price(90_000) },
            quantity: Quantity::whole(1),
            time_in_force: TimeInForce::Gtc,
            route: None,
            reduce_only: false,
            position_side: PositionSide::Net,
            bracket: Bracket::default(),
            oco: false,
        };
        let command = CoreCommand::Submit(order);
        core.step(
            now,
            Event::Command { token: Token(number as u64), profile: 0, source: Source::Cli, command },
            &mut effects,
        );
    }
    let held = core.orders().values().filter(|order| order.watched_by.is_some()).count();
    assert_eq!(held, 3, "three stops are watched: {:?}", effects.actions);
    (core, Effects::default())
}

fn event_at(index: usize, now: UtcTime) -> Event {
    let trade = Trade { id: 0, price: price(70_000), quantity: Quantity::whole(1), side: None };
    let event =
        MarketEvent { instrument: id_of(index), venue_time: now, received_at: now, body: MarketBody::Trade(trade) };
    Event::Broker { profile: 0, event: BrokerEvent::Market(event) }
}
