//! Replies of the REST interface as they are on the wire, one record a row.
//!
//! Numbers keep the unit of the interface; what is in units of 100 million won or of a thousand says so. Fields that hold
//! a person's name, telephone number or address are never read.

mod record;

pub mod bond;
pub mod envelope;
pub mod etf;
pub mod future_account;
pub mod future_quote;
pub mod number;
pub mod oauth;
pub mod overseas_account;
pub mod overseas_quote;
pub mod page;
pub mod product;
pub mod ranking;
pub mod reserved;
pub mod stock_account;
pub mod stock_book;
pub mod stock_chart;
pub mod stock_order;
pub mod stock_quote;
pub mod stock_trade;
pub mod text;
pub mod time;

pub use envelope::{Envelope, Missing, Part, Refusal, Rows};
pub use number::{Number, Sign};
pub use record::Record;
pub use text::Text;
pub use time::{Clock, Day};
