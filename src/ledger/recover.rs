//! What the desk finds when it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rusqlite::Connection;

use super::error::LedgerError;
use super::reader::{LedgerReader, OrderScope};
use super::record::Recovered;
use super::row::select;
use super::store::{LedgerStore, last_sequence};
use crate::market::UtcTime;
use crate::market::gather::Gather;
use crate::order::Transaction;

/// How long after its end an order may still get fills.
const LATE: Duration = Duration::from_secs(24 * 60 * 60);

impl LedgerStore {
    /// Everything the desk needs to go on where it stopped.
    ///
    /// # Errors
    /// The ledger cannot be read, or a row is not what was written.
    pub fn recover(&self, now: UtcTime) -> Result<Recovered, LedgerError> {
        let reader = self.reader();
        in_one_view(reader.connection(), || recovered(reader, now))
    }
}

fn recovered(reader: &LedgerReader, now: UtcTime) -> Result<Recovered, LedgerError> {
    let mut orders = reader.orders(OrderScope::Since(now.minus(LATE)), None, u32::MAX)?;
    orders.reverse();
    let mut fills = Vec::new();
    for order in orders.iter().filter(|order| !order.filled.is_zero()) {
        fills.extend(reader.fills_of(order.id)?);
    }
    let flows = "WHERE execution_id IS NOT NULL AND order_id IS NULL ORDER BY id";
    let flows: Vec<Transaction> = select(reader.connection(), flows, [])?;
    let cash_flows = flows.into_iter().filter_map(|flow| Some((flow.profile, flow.execution_id?))).collect();
    let accounts = reader.balances(None)?;
    let positions = reader.positions(None)?;
    let named: BTreeSet<_> = (orders.iter().map(|order| order.instrument))
        .chain(positions.iter().map(|position| position.key.instrument))
        .into_set();
    let mut instruments = Vec::with_capacity(named.len());
    for id in named {
        instruments.extend(reader.instrument(id)?);
    }
    Ok(Recovered {
        orders,
        fills,
        cash_flows,
        accounts,
        positions,
        instruments,
        alerts: reader.alerts()?,
        settings: BTreeMap::from_iter(reader.settings()?),
        last_transaction: reader.last_transaction()?,
        last_sequence: last_sequence(reader.connection())?,
    })
}

/// Runs several queries on one and the same state of the ledger.
pub(super) fn in_one_view<T>(
    connection: &Connection,
    read: impl FnOnce() -> Result<T, LedgerError>,
) -> Result<T, LedgerError> {
    let view = connection.unchecked_transaction().map_err(|error| LedgerError::sqlite("read", error))?;
    let found = read()?;
    view.finish().map_err(|error| LedgerError::sqlite("read", error))?;
    Ok(found)
}
