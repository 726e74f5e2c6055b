//! What Binance writes: its messages as they stand on the wire, borrowed where they are read often.
//!
//! Nothing here judges a value; that a price cannot be negative or a time in 1970 is said where wire types become the
//! desk's. Fields hoga does not use are skipped, values of an enumeration it does not know never fail a message.
//!
//! | module | what it is |
//! |---|---|
//! | [`account`] | balances, positions, settings, income |
//! | [`algo`] | conditional orders |
//! | [`digits`] | decimals, whole numbers and levels of books, read quickly and exactly |
//! | [`error`] | refusals |
//! | [`exchange_info`] | `exchangeInfo` and `leverageBracket` |
//! | [`list`] | lists whose elements fail one by one |
//! | [`market`] | frames of market streams |
//! | [`number`] | fields of them in orders and money |
//! | [`order`] | orders and own trades |
//! | [`plausible`] | numbers that can be right |
//! | [`rest_market`] | replies of public REST calls |
//! | [`text`] | text and flags that may be missing |
//! | [`user`] | events of the account's stream |
//! | [`word`] | words of closed lists that grow without notice |

pub mod account;
pub mod algo;
pub mod digits;
pub mod error;
pub mod exchange_info;
pub mod list;
pub mod market;
pub mod number;
pub mod order;
pub mod plausible;
pub mod rest_market;
pub mod text;
pub mod user;
pub mod word;
