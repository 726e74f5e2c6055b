//! From what the broker says to what hoga says.

pub mod account;
pub mod bond_market;
pub mod candle;
pub mod day_trade_id;
pub mod future_account;
pub mod future_candle;
pub mod future_market;
pub mod overseas_market;
pub mod realised;
pub mod stock_market;

pub use day_trade_id::trade_id;
