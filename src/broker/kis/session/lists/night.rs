//! Orders of the night session of Korean index futures and options, by the days on which the nights began.

use super::Read;
use super::span::Span;
use crate::broker::api::BrokerError;
use crate::broker::kis::order::{Line, Listed};
use crate::broker::kis::request::future_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::wire::future_account::FutureOrder;
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;
use crate::market::Venue;

/// Every order of these nights, whatever its state.
pub(super) async fn read(shared: &Shared, days: Span) -> Result<Read, Fault> {
    let mut read = Read::default();
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| future_query::night_orders(&shared.account, shared.realm(), days, keys),
            |reply| {
                let found: Rows<FutureOrder> = reply.envelope()?.rows(Part::First);
                read.complete &= found.refused == 0;
                for row in &found.rows {
                    match Listed::night(row, days.0, reply.received_at) {
                        Ok(listed) => read.rows.push(listed),
                        Err(_) => {
                            tracing::warn!(number = %row.number, "a row of the list of the night cannot be right");
                            read.complete = false;
                        }
                    }
                }
                Ok(())
            },
        )
        .await?;
    read.complete &= whole;
    Ok(read)
}

/// Whether the broker refuses the list to a customer who does not trade at night, which must not keep the day from being
/// compared.
pub(super) fn is_not_traded(shared: &Shared, error: &BrokerError) -> bool {
    let refuses = matches!(error, BrokerError::Refused { .. } | BrokerError::NotFound(_) | BrokerError::Unsupported(_));
    let is_ordered = || shared.tracker().numbers().any(|number| number.line == Line::Night);
    let is_lost = || shared.unanswered().lost_lately(shared.now()).any(|one| one.venue == Venue::KrxFutures);
    refuses && !is_ordered() && !is_lost()
}
