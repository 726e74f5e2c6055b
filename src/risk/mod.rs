//! The one gate every order passes. Pure.

pub mod refusal;
pub mod state;
pub mod view;

pub use refusal::{Refusal, Rule};
pub use state::DeskState;
pub use view::{RecentOrder, View};
