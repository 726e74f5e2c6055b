//! Being written.
use serde::{Deserialize, Serialize};
/// Being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval;
/// Being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candle;
