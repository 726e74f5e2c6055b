//! Time zones of the venues. They are compiled in, each alone, so a machine's own zone files change nothing; the database of
//! all zones would take 0.2 MB.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{self, TimeZone};

use crate::market::{UtcTime, Venue};

/// UTC+9; Korea has had no daylight saving since 1988.
static KOREA: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::fixed(tz::offset(9)));
/// New York.
static NEW_YORK: TimeZone = tz::get!("America/New_York");
/// China and Hong Kong, without daylight saving.
static CHINA: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::fixed(tz::offset(8)));
/// Vietnam, without daylight saving.
static VIETNAM: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::fixed(tz::offset(7)));
/// Japan, UTC+9 as Korea, without daylight saving.
static JAPAN: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::fixed(tz::offset(9)));
static UTC: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::UTC);

/// The zone a venue counts its days in: Korea for KRX, NXT and the simulator, the exchange's
/// own for foreign shares, UTC for crypto.
#[must_use]
pub fn zone(venue: Venue) -> &'static TimeZone {
    match venue {
        Venue::Sim | Venue::Krx | Venue::Nxt => &KOREA,
        Venue::KrxFutures => &KOREA,
        Venue::BinanceFutures | Venue::BinanceSpot => &UTC,
        Venue::Nasdaq | Venue::Nyse | Venue::Amex => &NEW_YORK,
        Venue::KrxBonds => &KOREA,
        Venue::Hkex | Venue::Sse | Venue::Szse => &CHINA,
        Venue::Tse => &JAPAN,
        Venue::Hnx | Venue::Hose => &VIETNAM,
    }
}

/// The date an instant belongs to at a venue, open or not.
///
/// It is the local date, of what happens after midnight in the night session of Korean derivatives as well:
/// [`session_of`](super::session_of) keeps that session together.
#[must_use]
pub fn trading_date(venue: Venue, time: UtcTime) -> Date {
    local(venue, time).date()
}

/// Wall clock of a venue.
pub(crate) fn local(venue: Venue, time: UtcTime) -> DateTime {
    zone(venue).to_datetime(time.to_jiff())
}

/// The instant of a wall clock reading at a venue. A reading that daylight saving skips is moved past the gap, one that
/// comes twice is the first of the two.
pub(crate) fn instant(venue: Venue, at: DateTime) -> UtcTime {
    zone(venue).to_ambiguous_timestamp(at).compatible().map_or(UtcTime::EPOCH, UtcTime::from_jiff)
}
