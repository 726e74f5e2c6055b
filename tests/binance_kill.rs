//! The real desk on Binance's USD-M futures, killed with SIGKILL at random moments under orders from the command line,
//! against an exchange in a process of its own.
//!
//! After every restart the ledger is compared with what the exchange itself knows: every order there is in the ledger, none
//! was sent twice, every fill is booked once, cash and positions are the same to the last digit, and the ledger adds up.
//! An order that was written down and never left is UNKNOWN until the exchange cannot take it any more; those are followed
//! until they are known.
//!
//! `cargo test --test binance_kill` runs a few. The two thousand:
//! `HOGA_KILLS=2000 cargo test --profile checked --test binance_kill -- --ignored --nocapture kills`.
//! `HOGA_SEED` chooses others; the seed is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::result_large_err,
    missing_docs,
    dead_code
)]

mod binance_server;
mod key_traces;

#[path = "binance_kill/audit.rs"]
mod audit;
#[path = "binance_kill/campaign.rs"]
mod campaign;
#[path = "binance_kill/exchange.rs"]
mod exchange;
#[path = "seeded/random.rs"]
mod random;
#[path = "binance_kill/trader.rs"]
mod trader;
#[path = "end_to_end/user.rs"]
mod user;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn a_killed_desk_and_the_exchange_agree() {
    let tally = campaign::run(number("HOGA_SEED", 7), 5, false);
    eprintln!("{tally}");
    assert!(tally.answered > 0 && tally.sent > 0, "the kills hit a desk at work: {tally}");
}

#[test]
#[ignore = "the two thousand: more than half an hour"]
fn two_thousand_kills() {
    let tally = campaign::run(number("HOGA_SEED", 1), number("HOGA_KILLS", 2_000), true);
    eprintln!("{tally}");
}

/// Not a test: the process of the exchange, which a campaign starts and kills.
#[test]
#[ignore = "the exchange of a campaign"]
fn serve_as_exchange() {
    exchange::serve();
}
