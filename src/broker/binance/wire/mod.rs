//! What Binance writes: its messages as they stand on the wire, borrowed where they are read often.
//!
//! Nothing here judges a value; that a price cannot be negative or a time in 1970 is said where wire types become the
//! desk's. Fields hoga does not use are skipped, values of an enumeration it does not know never fail a message.
//!
//! | module | what it is |
//! |---|---|
//! | [`exchange_info`] | `exchangeInfo` and `leverageBracket` |
//! | [`market`] | frames of market streams |
//! | [`number`] | decimals from JSON text, never through a binary float |
//! | [`rest_market`] | replies of public REST calls |

pub mod exchange_info;
pub mod market;
pub mod number;
pub mod rest_market;
