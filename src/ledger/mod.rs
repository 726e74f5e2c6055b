//! The ledger: the only place that names SQL.

pub mod record;

pub use record::{Batch, OrderEvent, Recovered, RiskEvent, Write};
