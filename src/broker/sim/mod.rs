//! The simulated exchange: a real limit order book per instrument, kept alive by seeded traders, with the desk's orders
//! resting among theirs.
//!
//! Layers, lowest first: [`matching`] and [`auction`] (pure, whole ticks and lots), [`agents`] (who trades, and why),
//! [`exchange`] (the day, what the desk hears, the desk's orders), [`journal`] (what survives the process), [`adapter`]
//! (the [`crate::broker::api::Broker`] of it) and [`faults`] (what can be made to go wrong).

pub mod adapter;
mod agenda;
pub mod agents;
pub mod auction;
pub mod config;
pub mod exchange;
pub mod factor;
pub mod faults;
pub mod grid;
pub mod history;
pub mod journal;
pub mod listing;
pub mod matching;
mod open;
mod pit;
pub mod random;
mod tally;
mod ticket;
mod truth;
pub mod volatility;

pub use adapter::{SimBroker, SimSettings};
pub use config::SimConfig;
pub use exchange::SimExchange;
pub use faults::{Fault, FaultPlan, FaultRates};
pub use journal::{Journal, JournalError, MemoryJournal, read};
pub use open::{capabilities, open};
pub use truth::{DeskOrder, Filled, Holding, Truth};

use crate::market::{UtcTime, Venue};

/// The exchange's date (Korean) at an instant.
fn date_of(time: UtcTime) -> jiff::civil::Date {
    crate::market::trading_date(Venue::Sim, time)
}
