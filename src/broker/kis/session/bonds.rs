//! Holdings in bonds, and customers who have none.
//!
//! A bond needs no account of its own. Should the broker all the same refuse to speak of bonds, that must not keep a customer
//! who has none from comparing the rest of the account.

use std::sync::atomic::{AtomicBool, Ordering};

use super::account::{all, all_pages};
use super::lists;
use super::once::{Age, Once};
use super::shared::Shared;
use crate::broker::api::{AccountReport, BrokerError};
use crate::broker::kis::map::account as map;
use crate::broker::kis::order::Line;
use crate::broker::kis::request::bond_query;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::bond::BondHolding;
use crate::broker::net::lanes::Lane;
use crate::market::Venue;
use crate::text::notice as text;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Bonds {
    positions: Once<(), Vec<AccountReport>>,
    /// The customer was told that the broker refuses to list bonds.
    is_told: AtomicBool,
}

/// Whether a question about bonds was refused to somebody who has none, as far as is known: no order, no holding. The first
/// time it is told.
pub(super) fn are_not_traded(shared: &Shared, error: &BrokerError) -> bool {
    let refuses = matches!(error, BrokerError::Refused { .. } | BrokerError::NotFound(_) | BrokerError::Unsupported(_));
    if !refuses || is_traded(shared) {
        return false;
    }
    if !shared.bonds.is_told.swap(true, Ordering::Relaxed) {
        shared.notice(text::NO_BONDS.english(&[&error.to_string()]));
    }
    true
}

fn is_traded(shared: &Shared) -> bool {
    let now = shared.now();
    let is_ordered = {
        let tracker = shared.tracker();
        tracker.numbers().any(|number| number.line == Line::Bond)
    };
    is_ordered
        || shared.held.has(Venue::KrxBonds)
        || shared.unanswered().lost_lately(now).any(|instrument| lists::line(instrument.venue) == Some(Line::Bond))
}

/// Holdings; none where the environment has no bonds.
pub(super) async fn positions(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    if !lists::lines(shared).contains(&Line::Bond) {
        return Ok(Vec::new());
    }
    let read = |()| async {
        let mut rows: Vec<BondHolding> = Vec::new();
        let whole = shared
            .rest
            .pages(
                Lane::Query,
                |keys| bond_query::balance(&shared.account, shared.realm(), keys),
                |reply| {
                    rows.extend(all(reply.envelope()?.rows(Part::First))?);
                    Ok(())
                },
            )
            .await;
        all_pages(whole)?;
        Ok(map::bond_positions(&rows))
    };
    match shared.bonds.positions.ask((), Age::OneBreath, shared.rest.wall_clock(), read).await {
        Err(error) if are_not_traded(shared, &error) => Ok(Vec::new()),
        positions => positions,
    }
}
