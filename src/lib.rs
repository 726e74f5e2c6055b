//! hoga (호가): a trading workstation that lives in a terminal.
//!
//! A pure core decides ([`desk::core`]), a shell carries out ([`desk::shell`]): what must survive a crash is in the
//! [`ledger`] before the first byte goes to a [`broker`], and every order passes the one gate of [`risk`]. Faces such as
//! [`cli`] speak to the desk through [`desk::protocol`] and hold no trading logic.
//!
//! Floors, lowest first; a module imports only from its own floor or below (`tests/architecture.rs` holds it to that,
//! and to what each part must never do; `ARCHITECTURE.md` tells the rest):
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`market`], [`order`], [`config`], [`text`] |
//! | 1 | [`ledger`], [`secrets`], [`risk`], [`broker`] |
//! | 2 | [`desk`] |
//! | 3 | [`cli`], [`tui`] |
//!
//! Money is [`rust_decimal::Decimal`], in the currency of the instrument; time is [`market::UtcTime`] and comes in as an
//! argument.

pub mod broker;
pub mod cli;
pub mod config;
pub mod desk;
pub mod ledger;
pub mod market;
pub mod order;
pub mod risk;
pub mod secrets;
pub mod text;
pub mod tui;
