//! Status records, whose word is kept beside each share that is watched.

use super::Intake;
use crate::broker::kis::feed::status::Status;
use crate::broker::kis::map::stock_market;
use crate::broker::kis::realtime::read::ReadFault;
use crate::broker::kis::realtime::{Frame, Record, Tally};
use crate::market::{InstrumentId, UtcTime};

impl Intake {
    /// Reads a frame of a status stream.
    pub(super) fn read_statuses(&mut self, frame: &Frame<'_>, received_at: UtcTime) -> Result<Tally, ReadFault> {
        let Self { reader, watched, turned, counters, .. } = self;
        reader.read(frame, |stream, record| {
            let Record::Status(status) = record else { return };
            let venue = stock_market::venue(stream);
            let instrument = venue.map(|venue| InstrumentId { venue, symbol: status.symbol });
            match instrument.and_then(|instrument| Some((instrument, watched.get_mut(&instrument)?))) {
                Some((instrument, watch)) => {
                    watch.status.heard(&status, received_at);
                    turned.insert(instrument);
                }
                None => counters.unasked += 1,
            }
        })
    }

    /// The status of an instrument, which may turn by what is done with it.
    pub(in crate::broker::kis::feed) fn status(&mut self, instrument: InstrumentId) -> Option<&mut Status> {
        let watch = self.watched.get_mut(&instrument)?;
        self.turned.insert(instrument);
        Some(&mut watch.status)
    }

    /// What stands against the calendar and has no stream any more, as `streams` says, stands no longer.
    pub(in crate::broker::kis::feed) fn statuses_ended(&mut self, streams: impl Fn(InstrumentId) -> bool) {
        for (instrument, watch) in &mut self.watched {
            if watch.status.phase().is_some() && !streams(*instrument) {
                watch.status.ended();
                self.turned.insert(*instrument);
            }
        }
    }

    /// No status stream is registered any more.
    pub(in crate::broker::kis::feed) fn statuses_lost(&mut self) {
        for (instrument, watch) in &mut self.watched {
            watch.status.lost();
            self.turned.insert(*instrument);
        }
    }
}
