//! Being written.

/// Being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval;
/// Being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candle;
