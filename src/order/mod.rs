//! Orders, fills, positions, cash, fees. Pure: no I/O, no clock, no randomness.

pub mod fee;
pub mod id;
pub mod kind;
pub mod money;
pub mod state;
pub mod venue_rules;

pub use fee::{Charge, FeeError, FeeSchedule, FeeSettings, Liquidity};
pub use id::{BrokerOrderId, ClientOrderId, ExecutionId, IdError, IdSource, OrderId, ProfileName};
pub use kind::{Bracket, KindName, OrderKind, PositionSide, Role, Source, TimeInForce, Trail};
pub use money::Cash;
pub use state::{OrderState, WatchedBy};
pub use venue_rules::{VenueRule, default_time_in_force, venue_takes, venue_takes_at};
