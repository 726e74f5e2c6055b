//! Rows of what people were told.

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::error::LedgerError;
use super::reader::LedgerReader;
use super::record::DeskEvent;
use super::row::{CellError, Cells, OnConflict, Record, Table, maybe_text, select, text, time};
use super::trade_rows::{counted, number};
use crate::market::UtcTime;

/// How many of the newest events are kept.
pub(super) const EVENTS_KEPT: u64 = 10_000;

/// An event with its place; the first kept has any number, the others follow without a gap.
pub(super) struct NumberedDeskEvent {
    pub number: u64,
    pub event: DeskEvent,
}

static DESK_EVENTS: Table =
    Table::new("desk_events", &["number", "at", "kind", "profile", "order_id", "text"], 1, OnConflict::Fail);

impl Record for NumberedDeskEvent {
    fn table() -> &'static Table {
        &DESK_EVENTS
    }

    fn encode(&self) -> Vec<Value> {
        let event = &self.event;
        vec![
            number(self.number),
            time(event.at),
            text(&event.kind),
            maybe_text(event.profile.as_ref()),
            maybe_text(event.order_id.as_ref()),
            text(&event.text),
        ]
    }

    fn decode(cells: &mut Cells<'_>) -> Result<Self, CellError> {
        let number = counted(cells)?;
        let event = DeskEvent {
            at: cells.time()?,
            kind: cells.text()?.to_owned(),
            profile: cells.maybe_parsed()?,
            order_id: cells.maybe_text()?.map(str::to_owned),
            text: cells.text()?.to_owned(),
        };
        Ok(Self { number, event })
    }
}

/// Drops the oldest when a new one has been written.
pub(super) fn drop_oldest(connection: &Connection, newest: u64) -> rusqlite::Result<()> {
    let last = newest.saturating_sub(EVENTS_KEPT);
    connection.prepare_cached("DELETE FROM desk_events WHERE number <= ?1")?.execute(params![last.cast_signed()])?;
    Ok(())
}

impl LedgerReader {
    /// What people were told after a time, the newest ones, oldest first.
    ///
    /// # Errors
    /// As for [`Self::orders`].
    pub fn desk_events(&self, after: UtcTime, limit: u32) -> Result<Vec<DeskEvent>, LedgerError> {
        let tail = "WHERE at > ?1 ORDER BY number DESC LIMIT ?2";
        let rows: Vec<NumberedDeskEvent> = select(self.connection(), tail, params![after.nanos(), limit])?;
        Ok(rows.into_iter().rev().map(|row| row.event).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Batch, LedgerStore, Write, verify};

    #[test]
    fn the_newest_are_kept() {
        let mut store = LedgerStore::in_memory().unwrap();
        let event = |number: u64| {
            Write::Event(DeskEvent {
                at: UtcTime::from_millis(number as i64),
                kind: "fill".into(),
                profile: None,
                order_id: None,
                text: number.to_string(),
            })
        };
        let batch = |sequence: u64| {
            let from = (sequence - 1) * 4_000;
            Batch { sequence, writes: (from + 1..=from + 4_000).map(event).collect() }
        };
        store.apply(&[batch(1), batch(2), batch(3)]).unwrap();
        let kept = store.reader().desk_events(UtcTime::EPOCH, u32::MAX).unwrap();
        assert_eq!((kept.len(), kept[0].text.as_str(), kept[9_999].text.as_str()), (10_000, "2001", "12000"));
        let last = store.reader().desk_events(UtcTime::from_millis(11_000), 3).unwrap();
        assert_eq!(last.iter().map(|event| event.text.as_str()).collect::<Vec<_>>(), ["11998", "11999", "12000"]);
        assert_eq!(verify(store.reader()).unwrap(), []);
    }
}
