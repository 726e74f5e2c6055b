//! The real desk, killed with SIGKILL at random moments under a stream of orders, against the exchange's own journal.
//!
//! After every kill the ledger must be whole and know every order and transfer that was answered. After every restart
//! each order is confirmed, or unknown and then resolved; stops are watched again; no order is at the exchange twice; no
//! fill is lost, doubled or made up; a halt is still one.
//!
//! `cargo test --test kill` runs a few. The thousand:
//! `HOGA_KILLS=1000 cargo test --profile checked --test kill -- --ignored --nocapture`.
//! `HOGA_SEED` chooses others; the seed is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::result_large_err,
    missing_docs
)]

#[path = "kill/audit.rs"]
mod audit;
#[path = "kill/campaign.rs"]
mod campaign;
#[path = "kill/desk.rs"]
mod desk;
#[path = "seeded/random.rs"]
mod random;
#[path = "kill/trader.rs"]
mod trader;

use campaign::Campaign;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn a_killed_desk_loses_and_doubles_nothing() {
    let tally = Campaign::new(number("HOGA_SEED", 7)).run(12);
    eprintln!("{tally}");
    assert!(tally.orders_answered > 50 && tally.fills > 20, "the kills hit a desk at work: {tally}");
    assert!(tally.stops_found > 0, "stops were held over a restart: {tally}");
}

#[test]
#[ignore = "the thousand: a quarter of an hour"]
fn a_thousand_kills() {
    let tally = Campaign::new(number("HOGA_SEED", 1)).run(number("HOGA_KILLS", 1_000));
    eprintln!("{tally}");
}
