//! Whatever the market and the owner of the orders do.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Something that happens, in small whole numbers.
#[derive(Debug, Clone)]
enum Step {
    Submit { buy: bool, kind: u8, price: u32, quantity: u32, time_in_force: u8 },
    Cancel(u128),
    Replace { order: u128, price: u32, quantity: u32 },
    Book { middle: u32, sizes: [u32; 6] },
    Quote { middle: u32, bid: u32, ask: u32 },
    Trade { price: u32, quantity: u32, side: u8 },
    Phase(u8),
    Expected { price: u32, quantity: u32 },
    Limits { lower: u32, upper: u32 },
    Stale,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let price = || 95..106_u32;
    prop_oneof![
        4 => (any::<bool>(), 0..6_u8, price(), 0..9_u32, 0..5_u8).prop_map(|(buy, kind, price, quantity, time_in_force)| {
            Step::Submit { buy, kind, price, quantity, time_in_force }
        }),
        1 => (0..20_u128).prop_map(Step::Cancel),
        2 => (0..20_u128, price(), 0..9_u32).prop_map(|(order, price, quantity)| Step::Replace { order, price, quantity }),
        4 => (97..104_u32, any::<[u8; 6]>()).prop_map(|(middle, sizes)| Step::Book { middle, sizes: sizes.map(|size| u32::from(size % 7)) }),
        3 => (97..104_u32, 0..7_u32, 0..7_u32).prop_map(|(middle, bid, ask)| Step::Quote { middle, bid, ask }),
        4 => (price(), 1..9_u32, 0..3_u8).prop_map(|(price, quantity, side)| Step::Trade { price, quantity, side }),
        1 => (0..6_u8).prop_map(Step::Phase),
        1 => (price(), 1..9_u32).prop_map(|(price, quantity)| Step::Expected { price, quantity }),
        1 => (94..98_u32, 103..107_u32).prop_map(|(lower, upper)| Step::Limits { lower, upper }),
        1 => Just(Step::Stale),
        2 => (0..6_000_i64).prop_map(Step::Wait),
    ]
}

fn units(number: u32) -> Price {
    Price::new(number.into()).unwrap()
}

fn row(number: u32, of: u32) -> Level {
    Level { price: units(number), quantity: Quantity::whole(of) }
}

fn take(market: &mut Market, step: &Step, sent: &mut BTreeMap<OrderId, PaperOrder>) -> Vec<PaperEvent> {
    match *step {
        Step::Submit { buy, kind, price, quantity, time_in_force } => {
            let price = units(price);
            let kinds = [
                OrderKind::Limit { price },
                OrderKind::Market,
                OrderKind::BestLimit,
                OrderKind::PriorityLimit,
                OrderKind::ConditionalLimit { price },
                OrderKind::MidPrice,
            ];
            let (id, side) = (id(sent.len() as u128), if buy { Side::Buy } else { Side::Sell });
            let time_in_force = TimeInForce::ALL[usize::from(time_in_force)];
            let quantity = Quantity::whole(quantity);
            let order = PaperOrder { id, side, kind: kinds[usize::from(kind)], quantity, time_in_force };
            sent.insert(id, order);
            market.matcher.submit(at(market.now), order);
            vec![]
        }
        Step::Cancel(order) => {
            market.matcher.cancel(at(market.now), id(order));
            vec![]
        }
        Step::Replace { order, price, quantity } => {
            market.matcher.replace(at(market.now), id(order), units(price), Quantity::whole(quantity));
            vec![]
        }
        Step::Book { middle, sizes: [a, b, c, d, e, f] } => {
            let bids = vec![row(middle - 1, a), row(middle - 2, b), row(middle - 4, c)];
            let asks = vec![row(middle + 1, d), row(middle + 2, e), row(middle + 4, f)];
            market.feed(MarketBody::Book(Box::new(BookUpdate { sequence: Sequence::Whole, bids, asks })))
        }
        Step::Quote { middle, bid, ask } => {
            let level = |price, size| (size > 0).then(|| row(price, size));
            market.feed(MarketBody::Quote(Quote { bid: level(middle - 1, bid), ask: level(middle + 1, ask) }))
        }
        Step::Trade { price, quantity, side } => {
            let side = [None, Some(Side::Buy), Some(Side::Sell)][usize::from(side)];
            market.trade(&price.to_string(), &quantity.to_string(), side)
        }
        Step::Phase(phase) => {
            let phases = [
                Phase::Continuous,
                Phase::Continuous,
                Phase::OpeningAuction,
                Phase::ClosingAuction,
                Phase::Halted,
                Phase::Closed,
            ];
            market.phase(phases[usize::from(phase)])
        }
        Step::Expected { price, quantity } => market.expected(&price.to_string(), &quantity.to_string()),
        Step::Limits { lower, upper } => {
            let limits = Some(DailyLimits { lower: units(lower), upper: units(upper) });
            market.feed(MarketBody::NewDay { base: units(100), limits })
        }
        Step::Stale => market.feed(MarketBody::Stale),
        Step::Wait(millis) => {
            market.now += millis;
            market.matcher.poll(at(market.now))
        }
    }
}

/// What the events say of an order so far.
#[derive(Debug, Default)]
struct Seen {
    total: Quantity,
    limit: Option<Price>,
    filled: Quantity,
    ended: bool,
}

fn follow(seen: &mut Seen, event: &PaperEvent, order: &PaperOrder) -> Result<(), TestCaseError> {
    let about_order = !matches!(event.body, PaperBody::ChangeRefused(_));
    prop_assert!(!(seen.ended && about_order), "an ended order is told of: {event:?}");
    match event.body {
        PaperBody::Filled(fill) => {
            seen.filled = seen.filled.plus(fill.quantity);
            prop_assert!(!fill.quantity.is_zero());
            prop_assert_eq!(seen.filled.plus(fill.remaining), seen.total);
            // A conditional limit gives up its limit in the closing auction.
            let conditional = matches!(order.kind, OrderKind::ConditionalLimit { .. });
            if let Some(limit) = seen.limit.filter(|_| !conditional) {
                let kept = if order.side == Side::Buy { fill.price <= limit } else { fill.price >= limit };
                prop_assert!(kept, "{fill:?} beyond {limit}");
            }
            prop_assert!(order.time_in_force != TimeInForce::PostOnly || fill.liquidity != Liquidity::Taker);
            prop_assert!(order.time_in_force != TimeInForce::Ioc || fill.liquidity == Liquidity::Taker);
            seen.ended = fill.remaining.is_zero();
        }
        PaperBody::Replaced { price, quantity } => (seen.limit, seen.total) = (Some(price), quantity),
        PaperBody::Expired { remaining, .. } => {
            prop_assert_eq!(seen.filled.plus(remaining), seen.total);
            prop_assert!(order.time_in_force != TimeInForce::Fok || seen.filled.is_zero());
            seen.ended = true;
        }
        PaperBody::Canceled | PaperBody::Rejected(_) => seen.ended = true,
        PaperBody::Accepted | PaperBody::ChangeRefused(_) => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// No fill beyond a limit, none beyond the quantity, none after the end, and what is not open has been told to end.
    #[test]
    fn orders_keep_their_limits_whatever_happens(
        steps in prop::collection::vec(step(), 0..120),
        order_latency in 0..3_u64,
        response_latency in 0..3_u64,
        probabilistic in any::<bool>(),
    ) {
        let queue = if probabilistic {
            QueueModel::Probabilistic(Probability::Power(2))
        } else {
            QueueModel::Conservative
        };
        let (order_latency, response_latency) = (Duration::from_millis(order_latency), Duration::from_millis(response_latency));
        let mut market = Market::unseen(PaperConfig { order_latency, response_latency, queue });
        let (mut sent, mut seen, mut told_last) = (BTreeMap::new(), BTreeMap::<OrderId, Seen>::new(), UtcTime::EPOCH);
        for step in steps.iter().chain([&Step::Wait(60_000)]) {
            for event in take(&mut market, step, &mut sent) {
                prop_assert!(event.known_at >= told_last && event.known_at >= event.happened_at);
                told_last = event.known_at;
                let Some(order) = sent.get(&event.order) else { continue };
                let new = || Seen { total: order.quantity, limit: order.kind.limit(), ..Seen::default() };
                follow(seen.entry(event.order).or_insert_with(new), &event, order)?;
            }
        }
        let open: BTreeMap<_, _> = market.matcher.open_orders().collect();
        for (id, seen) in &seen {
            let left = (!seen.ended).then(|| seen.total.minus(seen.filled));
            prop_assert_eq!(open.get(id).copied(), left, "{:?}", id);
        }
        prop_assert_eq!(market.matcher.next_wake(), None);
    }
}
