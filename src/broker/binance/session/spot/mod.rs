//! What a session does on spot alone.
//!
//! | module | what it is |
//! |---|---|
//! | [`account`] | open orders, coins and cash |
//! | [`listing`] | what the market lists, and what has changed of it |
//! | [`orders`] | orders, each under its name and what took its place |
//! | [`replace`] | changes: a smaller quantity in place, or a new order in the place of the old |
//! | [`traded`] | symbols that were traded, kept over a restart |
//! | [`words`] | the exchange's answers and events as the desk's |

pub(super) mod account;
pub(super) mod listing;
pub(super) mod orders;
pub(super) mod replace;
pub(super) mod traded;
pub(super) mod words;
