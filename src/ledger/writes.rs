//! A batch becomes rows.

use std::fmt::{self, Write as _};

use rusqlite::{Connection, Params, params};

use super::account_rows::Profile;
use super::desk_rows::{BatchMark, NumberedAlert, NumberedNote, NumberedRiskEvent, Setting, Watched};
use super::event_rows::{self, NumberedDeskEvent};
use super::record::{Batch, EquityPoint, Write};
use super::row::Record;
use super::trade_rows::{NumberedEvent, number};

/// Sums what is written to it as text.
struct Digest(crc32fast::Hasher);

impl fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

/// A sum of a batch's content, so that the same batch is known when it comes again.
pub(super) fn digest(batch: &Batch) -> u32 {
    let mut digest = Digest(crc32fast::Hasher::new());
    // Summing cannot fail.
    let _ = write!(digest, "{:?}", batch.writes);
    digest.0.finalize()
}

/// Writes a batch and its mark, inside a transaction of the caller's.
pub(super) fn batch(connection: &Connection, batch: &Batch, digest: u32) -> rusqlite::Result<()> {
    for write in &batch.writes {
        row(connection, write)?;
    }
    put(connection, &BatchMark { sequence: batch.sequence, digest })
}

fn put<R: Record>(connection: &Connection, record: &R) -> rusqlite::Result<()> {
    R::table().write(connection, record.encode())
}

fn row(connection: &Connection, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::Order(order) => put(connection, order.as_ref()),
        Write::OrderEvent(event) => {
            let place = "SELECT coalesce(max(number), 0) + 1 FROM order_events WHERE order_id = ?1";
            let number = next(connection, place, [event.order_id.to_string()])?;
            put(connection, &NumberedEvent { number, event: event.clone() })
        }
        Write::Execution(fill) => put(connection, fill.as_ref()),
        Write::Transaction(transaction) => put(connection, transaction.as_ref()),
        Write::Balance(account) => {
            put(connection, &Profile(account.profile.clone()))?;
            put(connection, account)
        }
        Write::Position(position) => put(connection, position.as_ref()),
        Write::Instrument(instrument) => put(connection, instrument.as_ref()),
        Write::RiskEvent(event) => {
            let number = next(connection, "SELECT coalesce(max(number), 0) + 1 FROM risk_events", [])?;
            put(connection, &NumberedRiskEvent { number, event: event.clone() })
        }
        Write::Setting { key, value: Some(value) } => {
            put(connection, &Setting { key: key.clone(), value: value.clone() })
        }
        Write::Setting { key, value: None } => remove(connection, "DELETE FROM settings WHERE key = ?1", [key]),
        Write::Equity { profile, currency, at, equity } => {
            put(connection, &EquityPoint { profile: profile.clone(), currency: *currency, at: *at, equity: *equity })
        }
        Write::Watch { list, instrument, add: true } => {
            let place = next(connection, "SELECT coalesce(max(place), 0) + 1 FROM watchlists WHERE list = ?1", [list])?;
            put(connection, &Watched { list: list.clone(), instrument: *instrument, place })
        }
        Write::Watch { list, instrument, add: false } => remove(
            connection,
            "DELETE FROM watchlists WHERE list = ?1 AND instrument = ?2",
            params![list, instrument.to_string()],
        ),
        Write::Alert { id, alert: Some(alert) } => {
            put(connection, &NumberedAlert { id: *id, alert: alert.as_ref().clone() })
        }
        Write::Alert { id, alert: None } => {
            remove(connection, "DELETE FROM alerts WHERE id = ?1", params![number(*id)])
        }
        Write::Note(note) => {
            let number = next(connection, "SELECT coalesce(max(number), 0) + 1 FROM notes", [])?;
            put(connection, &NumberedNote { number, note: note.clone() })
        }
        Write::Event(event) => {
            let number = next(connection, "SELECT coalesce(max(number), 0) + 1 FROM desk_events", [])?;
            put(connection, &NumberedDeskEvent { number, event: event.clone() })?;
            event_rows::drop_oldest(connection, number)
        }
    }
}

fn next(connection: &Connection, statement: &str, params: impl Params) -> rusqlite::Result<u64> {
    let next: i64 = connection.prepare_cached(statement)?.query_row(params, |row| row.get(0))?;
    Ok(next.cast_unsigned())
}

fn remove(connection: &Connection, statement: &str, params: impl Params) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute(params).map(drop)
}
