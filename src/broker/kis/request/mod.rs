//! What is asked of the broker: parameters of queries, bodies of orders.

pub mod bond;
pub mod bond_query;
pub mod call;
pub mod future;
pub mod future_query;
pub mod overseas;
pub mod overseas_query;
pub mod product_query;
pub mod ranking;
pub mod realised;
pub mod reserved;
pub mod stock;
pub mod stock_query;

pub use call::{Account, Call, Parameters};
