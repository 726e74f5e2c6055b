//! hoga (호가): a trading workstation that lives in a terminal.
//!
//! Floors, lowest first; a module imports only from its own floor or below (`tests/architecture.rs` holds it to that):
//!
//! | floor | modules |
//! |---|---|
//! | 0 | `market`, `order`, `config`, `text` |
//! | 1 | `ledger`, `risk`, `broker` |
//! | 2 | `desk` |
//! | 3 | `cli` |

pub mod broker;
pub mod cli;
pub mod config;
pub mod desk;
pub mod ledger;
pub mod market;
pub mod order;
pub mod risk;
pub mod text;
