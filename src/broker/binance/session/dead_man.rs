//! The dead man's switch: while orders are open the exchange is told again and again to end them by itself, unless it
//! hears from hoga in time. It ends plain orders; conditional ones stay.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::known::locked;
use super::shared::Shared;
use crate::broker::api::BrokerEvent;
use crate::broker::binance::rest::futures;
use crate::market::Symbol;

/// Keeps the switch wound for every symbol with open orders, and takes it back where none is left.
pub(super) async fn keep(shared: Arc<Shared>, seconds: u64) {
    let after = Duration::from_secs(seconds);
    let mut wound: BTreeSet<Symbol> = BTreeSet::new();
    let mut rewinding = interval(after / 3);
    rewinding.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        let rewinds = tokio::select! {
            _ = rewinding.tick() => true,
            () = shared.orders_changed.notified() => false,
        };
        let wanted = locked(&shared.known).with_orders();
        let winds = wanted.iter().filter(|symbol| rewinds || !wound.contains(*symbol)).map(|symbol| (*symbol, after));
        let unwinds = wound.difference(&wanted).map(|symbol| (*symbol, Duration::ZERO));
        let due: Vec<(Symbol, Duration)> = winds.chain(unwinds).collect();
        let mut failed = None;
        for (symbol, countdown) in due {
            match shared.rest.ask(&futures::countdown(symbol.as_str(), millis(countdown))).await {
                Ok(_) if countdown.is_zero() => {
                    wound.remove(&symbol);
                }
                Ok(_) => {
                    wound.insert(symbol);
                }
                Err(fault) => failed = Some((symbol, fault)),
            }
        }
        if let (Some((symbol, fault)), false) = (&failed, failing) {
            let text = format!("the exchange's dead man's switch of {symbol} could not be set: {fault}");
            shared.tell(BrokerEvent::Notice(text));
        }
        failing = failed.is_some();
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
