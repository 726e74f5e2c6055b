//! Messages as Binance writes them: every field that is used, nothing decided yet.
//!
//! | module | what it is |
//! |---|---|
//! | [`account`] | balances, positions, settings, income |
//! | [`algo`] | conditional orders |
//! | [`error`] | refusals |
//! | [`list`] | lists whose elements fail one by one |
//! | [`number`] | decimals and whole numbers, by their text |
//! | [`order`] | orders and own trades |
//! | [`plausible`] | numbers that can be right |
//! | [`text`] | text and flags that may be missing |
//! | [`user`] | events of the account's stream |
//! | [`word`] | words of closed lists that grow without notice |

pub mod account;
pub mod algo;
pub mod error;
pub mod list;
pub mod number;
pub mod order;
pub mod plausible;
pub mod text;
pub mod user;
pub mod word;
