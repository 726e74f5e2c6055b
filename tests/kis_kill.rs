//! The real desk at Korea Investment & Securities, killed with SIGKILL at random moments under orders from the command line,
//! against an exchange in a process of its own.
//!
//! The broker keeps no id of a client: after a kill the ledger may hold an order that was sent and whose number nobody has
//! read. After every restart the ledger is compared with what the exchange itself knows: every order there is one order of
//! the ledger and the reverse, cash and positions are the same to the won, and the ledger adds up. An order whose outcome
//! is not certain yet is unknown and asked about; those are followed until they are known.
//!
//! `cargo test --test kis_kill` runs a few. The two thousand:
//! `HOGA_KILLS=2000 cargo test --profile checked --test kis_kill -- --ignored --nocapture kills`.
//! `HOGA_SEED` chooses others, `HOGA_AT_ONCE` how many desks live beside each other; the seed is printed.
#![cfg(target_os = "linux")]
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

mod key_traces;
mod kis_server;

#[path = "kis_kill/audit.rs"]
mod audit;
#[path = "kis_kill/campaign.rs"]
mod campaign;
#[path = "kis_end_to_end/clock.rs"]
mod clock;
#[path = "kis_kill/exchange.rs"]
mod exchange;
#[path = "kis_kill/house.rs"]
mod house;
#[path = "seeded/random.rs"]
mod random;
#[path = "kis_kill/trader.rs"]
mod trader;
#[path = "end_to_end/user.rs"]
mod user;

use exchange::{FUND, SHARE};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn a_killed_desk_and_the_exchange_agree() {
    let tally = campaign::run(&FUND, (number("HOGA_SEED", 7), 4), 1, false);
    eprintln!("{tally}");
    assert!(tally.answered > 0 && tally.sent > 0, "the kills hit a desk at work: {tally}");
}

#[test]
#[ignore = "the two thousand: more than an hour"]
fn two_thousand_kills() {
    let tally =
        campaign::run(&FUND, (number("HOGA_SEED", 1), number("HOGA_KILLS", 2_000)), number("HOGA_AT_ONCE", 3), true);
    eprintln!("{tally}");
}

/// The desk estimates what a fill costs, and a broker that takes a little more or less explains a difference in cash by
/// it. What it has estimated must outlive it.
#[test]
#[ignore = "a long run"]
fn a_desk_that_is_charged_and_killed() {
    let tally =
        campaign::run(&SHARE, (number("HOGA_SEED", 1), number("HOGA_KILLS", 100)), number("HOGA_AT_ONCE", 3), true);
    eprintln!("{tally}");
}

/// Not a test: the process of the exchange, which a campaign starts and kills.
#[test]
#[ignore = "the exchange of a campaign"]
fn serve_as_exchange() {
    exchange::serve();
}
