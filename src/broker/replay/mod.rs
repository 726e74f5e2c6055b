//! Recorded markets: a file format for everything one instrument's feeds said, a cut of a real recording, and a broker
//! that plays one and fills virtual orders against it.

mod adapter;
pub mod capture;
pub mod convert;
mod feed;
mod listing;
mod open;
mod record;
mod requests;
mod tape;

pub use adapter::{ReplayBroker, ReplayError, ReplaySpeed};
pub use capture::{Capture, CaptureError, CaptureHeader, CaptureWriter};
pub use open::{capabilities, open};

/// 75 seconds of the BTCUSDT perpetual at Binance, 2024-08-08 23:54 UTC: trades, best prices, book diffs and the
/// snapshot they start from. Published under the MIT licence by the authors of hftbacktest; see the notice beside it.
pub const SAMPLE: &[u8] = include_bytes!("../../../assets/replay/btcusdt_futures_20240808.hogacap");
