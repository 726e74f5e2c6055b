//! The one gate every order passes. Pure: no I/O, no clock, no randomness.
//!
//! The desk gathers a [`View`], [`check()`] compares a draft with every rule, and what passed is an [`Approved`], which only
//! this module can make. Cancels do not come here: they always pass.

pub mod approved;
pub mod check;
mod effect;
mod format;
pub mod parse;
pub mod rate;
pub mod refusal;
mod rules;
pub mod state;
pub mod view;

pub use approved::Approved;
pub use check::check;
pub use parse::{TestOrder, TestOrderError};
pub use rate::OrderPace;
pub use refusal::{Refusal, Rule};
pub use state::DeskState;
pub use view::{RecentOrder, View};
