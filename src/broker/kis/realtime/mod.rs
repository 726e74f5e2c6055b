//! What comes over the WebSocket.

pub mod cipher;
pub mod control;
pub mod derivative;
mod digits;
pub mod extra;
pub mod frame;
pub mod notice;
pub mod overseas;
pub mod read;
pub mod row;
pub mod status;
pub mod stock_book;
pub mod stock_trade;
pub mod stream;

pub use super::wire::{Clock, Day, Sign};
pub use frame::{Frame, FrameFault};
pub use notice::Notice;
pub use read::{Reader, Record, Tally};
pub use stream::Stream;
