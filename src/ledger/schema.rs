//! The schema, brought up to date one numbered step at a time.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::LedgerError;

/// The steps; the n-th makes version n.
const MIGRATIONS: [&str; 5] = [
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_equity_notes_alerts.sql"),
    include_str!("migrations/0003_alert_profile_value.sql"),
    include_str!("migrations/0004_desk_events.sql"),
    include_str!("migrations/0005_order_route.sql"),
];

/// Newest version this program knows.
pub const VERSION: u32 = MIGRATIONS.len() as u32;

/// `HOGA` in the file's header, so that no other SQLite file is taken for a ledger.
const APPLICATION_ID: i64 = 0x484F_4741;

/// First SQLite without the WAL-reset race that could lose commits (fixed in 3.51.3).
const SQLITE_NEEDED: i32 = 3_051_003;

/// Asks the library that is really linked.
pub(super) fn check_sqlite() -> Result<(), LedgerError> {
    let found = rusqlite::version_number();
    if found < SQLITE_NEEDED {
        return Err(LedgerError::SqliteTooOld { found, needed: SQLITE_NEEDED });
    }
    Ok(())
}

/// The version in the file's header.
pub(super) fn version(connection: &Connection) -> Result<u32, LedgerError> {
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| LedgerError::sqlite("read its version", error))?;
    u32::try_from(version).map_err(|_| LedgerError::damaged(format!("its schema version reads {version}")))
}

/// Refuses what this program must not touch: a newer version, or another program's file. Reads only.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<u32, LedgerError> {
    let found = version(connection)?;
    if found > VERSION {
        return Err(LedgerError::NewerVersion { path: path.to_path_buf(), found, known: VERSION });
    }
    let application: i64 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| LedgerError::sqlite("read its header", error))?;
    if found > 0 && application != APPLICATION_ID {
        return Err(LedgerError::damaged("its header is not that of a ledger"));
    }
    Ok(found)
}

/// What of the schema is not as its version has it.
pub(super) fn difference(connection: &Connection, version: u32) -> Result<Option<String>, LedgerError> {
    let fresh =
        Connection::open_in_memory().map_err(|error| LedgerError::sqlite("make a schema to compare with", error))?;
    migrate_to(&fresh, version)?;
    let (expected, found) = (objects(&fresh)?, objects(connection)?);
    let missing = expected.iter().find(|object| !found.contains(object));
    let foreign = found.iter().find(|object| !expected.contains(object));
    Ok(missing
        .or(foreign)
        .map(|(kind, name, _)| format!("the {kind} {name} is not as schema version {version} has it")))
}

type Object = (String, String, Option<String>);

fn objects(connection: &Connection) -> Result<Vec<Object>, LedgerError> {
    let read = |error| LedgerError::sqlite("read its schema", error);
    let mut statement = connection
        .prepare("SELECT type, name, tbl_name || coalesce(': ' || sql, '') FROM sqlite_schema ORDER BY type, name")
        .map_err(read)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(read)?;
    rows.collect::<rusqlite::Result<_>>().map_err(read)
}

/// Brings the schema up to date. Each step is one transaction: it happened or it did not.
pub(super) fn migrate(connection: &Connection) -> Result<(), LedgerError> {
    migrate_to(connection, VERSION)
}

/// Brings the schema to a version that may be older than the newest.
pub(super) fn migrate_to(connection: &Connection, target: u32) -> Result<(), LedgerError> {
    let failed = |error| LedgerError::sqlite("change its schema", error);
    let from = version(connection)?;
    for (number, step) in (1_u32..).zip(MIGRATIONS) {
        if number <= from || number > target {
            continue;
        }
        let transaction =
            rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(failed)?;
        transaction.execute_batch(step).map_err(failed)?;
        transaction
            .execute_batch(&format!("PRAGMA user_version = {number}; PRAGMA application_id = {APPLICATION_ID};"))
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

/// Sums of the steps' texts.
#[cfg(test)]
pub(super) fn step_sums() -> [u32; MIGRATIONS.len()] {
    MIGRATIONS.map(|step| crc32fast::hash(step.as_bytes()))
}
