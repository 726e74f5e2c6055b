//! What spot lists, and what has changed of it since the last reading.

#![allow(clippy::result_large_err, reason = "a fault is made when a request failed; nothing hot carries one")]

use std::sync::Arc;

use crate::broker::api::BrokerEvent;
use crate::broker::binance::limits;
use crate::broker::binance::rest::{Fault, both};
use crate::broker::binance::session::market;
use crate::broker::binance::session::shared::Shared;
use crate::broker::binance::spot::instrument;
use crate::broker::binance::spot::listing::{Listing, SymbolRules};
use crate::market::{Phase, Symbol};

/// Reads the listing, and tells what has changed since the last time.
pub async fn read(shared: &Arc<Shared>) -> Result<(), Fault> {
    let answer = shared.rest.ask(&both::exchange_info(shared.market())).await?;
    let listing = Listing::read(&answer.body)?;
    for limit in &listing.limits {
        limits::publish(shared.rest.lanes(), *limit);
    }
    tracing::info!(instruments = listing.instruments.len(), left_out = listing.left_out, "the listing was read");
    let before = shared.spot().listing.replace(Arc::new(listing.clone()));
    if let Some(before) = before {
        tell(shared, &changes(&before, &listing));
    }
    Ok(())
}

/// A difference that somebody who trades the symbol must hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// It trades, pauses or ends.
    Phase(Symbol, Phase),
    /// It is new or gone, or its prices or quantities go in other steps.
    Steps(Symbol),
}

fn changes(before: &Listing, now: &Listing) -> Vec<Change> {
    let mut found = Vec::new();
    for (symbol, new) in &now.rules {
        match before.rules.get(symbol) {
            Some(old) if old == new => {}
            Some(old) => {
                if old.phase != new.phase {
                    found.push(Change::Phase(*symbol, new.phase));
                }
                if steps(old) != steps(new) {
                    found.push(Change::Steps(*symbol));
                }
            }
            None => found.push(Change::Steps(*symbol)),
        }
    }
    let gone = before.rules.keys().filter(|symbol| !now.rules.contains_key(symbol));
    found.extend(gone.map(|symbol| Change::Phase(*symbol, Phase::Closed)));
    found
}

fn steps(rules: &SymbolRules) -> (rust_decimal::Decimal, rust_decimal::Decimal) {
    (rules.filters.price.step, rules.filters.lot.step)
}

/// Phases are told at once; for steps the desk asks again, which it does whenever it hears that the connection is up. Only
/// what is traded is worth a word to people: thousands of symbols are listed.
fn tell(shared: &Shared, changes: &[Change]) {
    let now = shared.rest.local_now();
    let traded = crate::broker::binance::session::known::locked(&shared.known).traded();
    let mut ask_again = false;
    let mut phases = Vec::new();
    for change in changes {
        let (symbol, text) = match change {
            Change::Phase(symbol, phase) => {
                phases.push(BrokerEvent::Market(market::phase(instrument(*symbol), *phase, now)));
                (symbol, format!("{symbol} is {} now", if phase.is_continuous() { "trading" } else { "not trading" }))
            }
            Change::Steps(symbol) => {
                ask_again = true;
                (symbol, format!("{symbol} is new or changed the steps of its prices or quantities"))
            }
        };
        if traded.contains(symbol) {
            shared.notice(text);
        }
    }
    shared.outlet.tell_all(phases);
    if ask_again {
        shared.up();
    }
}
