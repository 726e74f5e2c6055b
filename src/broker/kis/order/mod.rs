//! Orders: their numbers, their types, and what notices and lists say of them.

mod fill;
pub mod kind;
pub mod list;
pub mod listed;
mod night;
pub mod noticed;
pub mod number;
pub mod reserved;
pub mod track;

pub use listed::Listed;
pub use number::{Line, OrderNumber};
pub use track::{Tracked, Tracker};
