//! The ledger: the only place that names SQL.
//!
//! [`LedgerStore`] is the one writer, [`Ledger`] the thread that drives it, [`LedgerReader`] what faces read through.
//! Batches are committed in order and durably before anybody is told; [`verify`] recomputes all that follows from
//! executions and transactions; every row carries a seal, so that a damaged one is refused and never used.

mod account_rows;
mod audit_cash;
mod audit_positions;
mod backup;
mod desk_rows;
mod difference;
mod error;
mod event_rows;
mod files;
#[cfg(test)]
mod migration_tests;
mod reader;
pub mod record;
mod recover;
mod row;
mod schema;
mod store;
mod thread;
mod trade_rows;
mod verify;
mod writes;

pub use backup::{Backup, Restored, backup, restore};
pub use difference::{Difference, DifferenceKind};
pub use error::LedgerError;
pub use reader::{LedgerReader, OrderScope};
pub use record::{Alert, Batch, DeskEvent, EquityPoint, Note, OrderEvent, Recovered, RiskEvent, Write};
pub use schema::VERSION as SCHEMA_VERSION;
pub use store::{LedgerStore, OpenOptions, Store};
pub use thread::{Ledger, LedgerPace, LedgerReport, NotTaken, Unwritten};
pub use verify::verify;
