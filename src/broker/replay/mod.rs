//! Recorded markets: a file format for everything one instrument's feeds said, and a cut of a real recording.

pub mod capture;
pub mod convert;
mod record;

pub use capture::{Capture, CaptureError, CaptureHeader, CaptureWriter};

/// 75 seconds of the BTCUSDT perpetual at Binance, 2024-08-08 23:54 UTC: trades, best prices, book diffs and the
/// snapshot they start from. Published under the MIT licence by the authors of hftbacktest; see the notice beside it.
pub const SAMPLE: &[u8] = include_bytes!("../../../assets/replay/btcusdt_futures_20240808.hogacap");
