//! Reading the ledger: what faces show and what audits recompute.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};

use super::account_rows::Profile;
use super::desk_rows::{NumberedAlert, NumberedNote, NumberedRiskEvent, Setting, Watched};
use super::error::LedgerError;
use super::record::{Alert, EquityPoint, Note, OrderEvent, RiskEvent};
use super::row::select;
use super::schema;
use super::trade_rows::NumberedEvent;
use crate::market::{Currency, Instrument, InstrumentId, UtcTime};
use crate::order::{
    Account, BrokerOrderId, ClientOrderId, Fill, Order, OrderId, Position, ProfileName, Transaction, TransactionId,
};

/// How long a reader waits for a lock that a checkpoint or a migration holds for a moment.
const BUSY: Duration = Duration::from_secs(2);
/// Statements kept prepared by a connection.
const STATEMENTS_KEPT: usize = 64;

/// Which orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderScope {
    /// Those that are not over.
    Open,
    /// Open ones, and those that changed at or after a time: `today`, with the start of the day.
    Since(UtcTime),
    /// All.
    All,
}

/// A connection that reads. It never waits for the writer, nor the writer for it; each call sees what was committed
/// when it began.
#[derive(Debug)]
pub struct LedgerReader {
    connection: Connection,
}

impl LedgerReader {
    /// Opens a ledger for reading, beside the desk that writes to it or without one.
    ///
    /// # Errors
    /// There is none, it is of another version, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let (reader, found) = Self::open_any_version(path)?;
        if found < schema::VERSION {
            return Err(LedgerError::OlderVersion { path: path.to_path_buf(), found, known: schema::VERSION });
        }
        Ok(reader)
    }

    /// For copying only: the queries need the newest version.
    pub(super) fn open_any_version(path: &Path) -> Result<(Self, u32), LedgerError> {
        schema::check_sqlite()?;
        if !path.exists() {
            return Err(LedgerError::Missing(path.to_path_buf()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| LedgerError::sqlite("open", error))?;
        connection.busy_timeout(BUSY).map_err(|error| LedgerError::sqlite("open", error))?;
        let reader = Self::over(connection)?;
        let found = schema::check(&reader.connection, path)?;
        Ok((reader, found))
    }

    /// Over a connection that has the schema or is about to get it.
    pub(super) fn over(connection: Connection) -> Result<Self, LedgerError> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
            .map_err(|error| LedgerError::sqlite("open", error))?;
        Ok(Self { connection })
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Orders, newest first.
    ///
    /// # Errors
    /// The ledger cannot be read or is damaged; so for every query here.
    pub fn orders(
        &self,
        scope: OrderScope,
        profile: Option<&ProfileName>,
        limit: u32,
    ) -> Result<Vec<Order>, LedgerError> {
        const OPEN: &str = "state NOT IN ('filled', 'canceled', 'rejected', 'expired')";
        let profile = profile.map(ProfileName::as_str);
        let (condition, since) = match scope {
            OrderScope::Open => (OPEN.to_owned(), 0),
            OrderScope::Since(time) => (format!("(updated_at >= ?3 OR {OPEN})"), time.nanos()),
            OrderScope::All => ("true".to_owned(), 0),
        };
        let tail =
            format!("WHERE {condition} AND (?1 IS NULL OR profile = ?1) AND ?3 IS NOT NULL ORDER BY id DESC LIMIT ?2");
        select(&self.connection, &tail, params![profile, limit, since])
    }

    /// An order by hoga's id.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn order(&self, id: OrderId) -> Result<Option<Order>, LedgerError> {
        Ok(select(&self.connection, "WHERE id = ?1", [id.to_string()])?.pop())
    }

    /// An order by the id under which it was asked for.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn order_by_client_id(
        &self,
        profile: &ProfileName,
        client_id: &ClientOrderId,
    ) -> Result<Option<Order>, LedgerError> {
        let keys = [profile.as_str(), client_id.as_str()];
        Ok(select(&self.connection, "WHERE profile = ?1 AND client_id = ?2", keys)?.pop())
    }

    /// Orders by a broker's number, newest first. Brokers count anew every day, so there may be several.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn orders_by_broker_id(
        &self,
        profile: &ProfileName,
        broker_id: &BrokerOrderId,
    ) -> Result<Vec<Order>, LedgerError> {
        let keys = [profile.as_str(), broker_id.as_str()];
        select(&self.connection, "WHERE profile = ?1 AND broker_id = ?2 ORDER BY id DESC", keys)
    }

    /// The history of an order, oldest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn order_events(&self, id: OrderId) -> Result<Vec<OrderEvent>, LedgerError> {
        let rows: Vec<NumberedEvent> =
            select(&self.connection, "WHERE order_id = ?1 ORDER BY number", [id.to_string()])?;
        Ok(rows.into_iter().map(|row| row.event).collect())
    }

    /// Fills at or after a time, newest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn fills(&self, profile: Option<&ProfileName>, since: UtcTime, limit: u32) -> Result<Vec<Fill>, LedgerError> {
        let tail = "WHERE time >= ?2 AND (?1 IS NULL OR profile = ?1) ORDER BY time DESC, execution_id DESC LIMIT ?3";
        select(&self.connection, tail, params![profile.map(ProfileName::as_str), since.nanos(), limit])
    }

    /// Fills of an order, oldest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn fills_of(&self, id: OrderId) -> Result<Vec<Fill>, LedgerError> {
        select(&self.connection, "WHERE order_id = ?1 ORDER BY time, execution_id", [id.to_string()])
    }

    /// Transactions at or after a time, newest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn transactions(
        &self,
        profile: Option<&ProfileName>,
        since: UtcTime,
        limit: u32,
    ) -> Result<Vec<Transaction>, LedgerError> {
        let tail = "WHERE time >= ?2 AND (?1 IS NULL OR profile = ?1) ORDER BY id DESC LIMIT ?3";
        select(&self.connection, tail, params![profile.map(ProfileName::as_str), since.nanos(), limit])
    }

    /// The newest transaction's number.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn last_transaction(&self) -> Result<Option<TransactionId>, LedgerError> {
        let newest: Vec<Transaction> = select(&self.connection, "ORDER BY id DESC LIMIT 1", [])?;
        Ok(newest.first().map(|transaction| transaction.id))
    }

    /// Cash, by profile and currency.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn balances(&self, profile: Option<&ProfileName>) -> Result<Vec<Account>, LedgerError> {
        let tail = "WHERE ?1 IS NULL OR profile = ?1 ORDER BY profile, currency";
        select(&self.connection, tail, [profile.map(ProfileName::as_str)])
    }

    /// Profiles that have, or had, cash.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn profiles(&self) -> Result<Vec<ProfileName>, LedgerError> {
        let rows: Vec<Profile> = select(&self.connection, "ORDER BY profile", [])?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// Positions, flat ones with a history included.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn positions(&self, profile: Option<&ProfileName>) -> Result<Vec<Position>, LedgerError> {
        let tail = "WHERE ?1 IS NULL OR profile = ?1 ORDER BY profile, instrument, side";
        select(&self.connection, tail, [profile.map(ProfileName::as_str)])
    }

    /// An instrument that an order, a fill or a position names.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn instrument(&self, id: InstrumentId) -> Result<Option<Instrument>, LedgerError> {
        Ok(select(&self.connection, "WHERE instrument = ?1", [id.to_string()])?.pop())
    }

    /// Refusals and changes of the desk's state at or after a time, newest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn risk_events(&self, since: UtcTime, limit: u32) -> Result<Vec<RiskEvent>, LedgerError> {
        let tail = "WHERE at >= ?1 ORDER BY number DESC LIMIT ?2";
        let rows: Vec<NumberedRiskEvent> = select(&self.connection, tail, params![since.nanos(), limit])?;
        Ok(rows.into_iter().map(|row| row.event).collect())
    }

    /// Equity of a profile at or after a time, oldest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn equity(
        &self,
        profile: &ProfileName,
        currency: Currency,
        since: UtcTime,
    ) -> Result<Vec<EquityPoint>, LedgerError> {
        let tail = "WHERE profile = ?1 AND currency = ?2 AND at >= ?3 ORDER BY at";
        select(&self.connection, tail, params![profile.as_str(), currency.as_str(), since.nanos()])
    }

    /// Watchlists by name, each in its own order.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn watchlists(&self) -> Result<BTreeMap<String, Vec<InstrumentId>>, LedgerError> {
        let mut lists: BTreeMap<String, Vec<InstrumentId>> = BTreeMap::new();
        for row in select::<Watched>(&self.connection, "ORDER BY list, place", [])? {
            lists.entry(row.list).or_default().push(row.instrument);
        }
        Ok(lists)
    }

    /// Alerts by number.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn alerts(&self) -> Result<BTreeMap<u64, Alert>, LedgerError> {
        let rows: Vec<NumberedAlert> = select(&self.connection, "ORDER BY id", [])?;
        Ok(rows.into_iter().map(|row| (row.id, row.alert)).collect())
    }

    /// Notes at or after a time, oldest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn notes(&self, since: UtcTime) -> Result<Vec<Note>, LedgerError> {
        let rows: Vec<NumberedNote> = select(&self.connection, "WHERE at >= ?1 ORDER BY number", [since.nanos()])?;
        Ok(rows.into_iter().map(|row| row.note).collect())
    }

    /// Values kept over restarts.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn settings(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        let rows: Vec<Setting> = select(&self.connection, "ORDER BY key", [])?;
        Ok(rows.into_iter().map(|row| (row.key, row.value)).collect())
    }
}
