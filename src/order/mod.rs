//! Orders, fills, positions, cash, fees. Pure: no I/O, no clock, no randomness.

pub mod account;
pub mod fee;
pub mod fill;
pub mod id;
pub mod kind;
pub mod money;
#[allow(clippy::module_inception)]
pub mod order;
pub mod position;
pub mod reserved;
mod route;
pub mod state;
pub mod transaction;
pub mod venue_rules;

pub use account::Account;
pub use fee::{Charge, FeeError, FeeSchedule, FeeSettings, Liquidity};
pub use fill::Fill;
pub use id::{BrokerOrderId, ClientOrderId, ExecutionId, IdError, IdSource, OrderId, ProfileName};
pub use kind::{Bracket, KindName, OrderKind, PositionSide, Role, Source, TimeInForce, Trail};
pub use money::Cash;
pub use order::{Draft, Order, Orders, PendingChange, Replacement, Reservation, Transition};
pub use position::{Position, PositionKey};
pub use reserved::{is_kept_for_opening, session_runs};
pub use route::{NoRoute, Route};
pub use state::{OrderState, WatchedBy};
pub use transaction::{Transaction, TransactionId, TransactionKind};
pub use venue_rules::{VenueRule, default_time_in_force, venue_takes, venue_takes_at};
