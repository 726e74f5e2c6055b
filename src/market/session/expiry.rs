//! The last trading day of Korean index futures and options, and how it ends.
//!
//! The month is in the code of a contract: its kind, two characters of its product, one of its year, two of its month
//! (`A01612`). Contracts until 2025 had one character of the month (`101S03` has two as well). Weekly options have codes of
//! their own, which do not say their day.

use std::time::Duration;

use jiff::civil::{Date, Weekday};

use super::{Calendar, PhaseAt};
use crate::market::{InstrumentId, Phase, UtcTime, Venue};

/// Products that end in the second week of their month: the KOSPI200, mini contracts on it, the KOSDAQ150.
const MONTHLY: [&str; 3] = ["01", "05", "06"];
/// A contract ends so long before its market does on its last day: at 15:20 on an ordinary one.
const ENDS_EARLIER: Duration = Duration::from_secs(25 * 60);
/// Years by their character in a code, from 2006 on: letters that could be read as digits are left out. Digits begin with
/// the 6 of 2026.
const YEARS: &str = "ABCDEFGHJKLMNPQRSTVW6789012345";
const FIRST_YEAR: i16 = 2006;

/// Year and month of a contract that ends monthly, by its code.
fn month(code: &str) -> Option<(i16, i8)> {
    let is_contract = code.starts_with(['A', 'B', 'C', '1', '2', '3']);
    let product = code.get(1..3).filter(|product| is_contract && MONTHLY.contains(product));
    let year = code.chars().nth(3).filter(|_| product.is_some())?;
    let years = YEARS.chars().position(|known| known == year)?;
    let month = code.get(4..6)?.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some((FIRST_YEAR.checked_add(i16::try_from(years).ok()?)?, month))
}

/// Whether two dates are at most a week apart.
fn is_near(one: Date, other: Date) -> bool {
    one.duration_until(other).abs() <= jiff::SignedDuration::from_hours(7 * 24)
}

impl Calendar {
    /// The last day on which a contract is traded: the second Thursday of its month, or the open day before. `None` for what
    /// does not end, or whose code does not say when.
    #[must_use]
    pub fn last_trading_day(&self, instrument: InstrumentId) -> Option<Date> {
        if instrument.venue != Venue::KrxFutures {
            return None;
        }
        let (year, month) = month(instrument.symbol.as_str())?;
        let thursday = Date::new(year, month, 1).ok()?.nth_weekday_of_month(2, Weekday::Thursday).ok()?;
        if self.is_open_day(instrument.venue, thursday) {
            Some(thursday)
        } else {
            self.previous_open_day(instrument.venue, thursday)
        }
    }

    /// What the clock of a venue says for one instrument: a contract ends on its last trading day. `told` is what somebody
    /// says it is, which counts where the code says nothing, or about the same: a day that is closed unexpectedly moves it.
    #[must_use]
    pub fn phase_of(&self, instrument: InstrumentId, told: Option<Date>, time: UtcTime) -> PhaseAt {
        let mut at = self.phase_at(instrument.venue, time);
        let last = match (self.last_trading_day(instrument), told) {
            (Some(counted), Some(told)) if !is_near(counted, told) => Some(counted),
            (counted, told) => told.or(counted),
        };
        let Some(ends) = last.and_then(|last| self.day(instrument.venue, last)?.closes_at()) else { return at };
        let ends = ends.minus(ENDS_EARLIER);
        if time >= ends {
            return PhaseAt { phase: Phase::Closed, until: None, next: None, beside: None, ..at };
        }
        if at.until.is_some_and(|until| until > ends) {
            (at.until, at.next) = (Some(ends), Some((Phase::Closed, ends)));
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::market::Symbol;

    fn contract(code: &str) -> InstrumentId {
        InstrumentId { venue: Venue::KrxFutures, symbol: Symbol::new(code).unwrap() }
    }

    #[test]
    fn a_code_says_the_month_in_which_its_contract_ends() {
        let calendar = Calendar::builtin().unwrap();
        for (code, last) in [
            ("A01612", Some(date(2026, 12, 10))),
            ("B01611415", Some(date(2026, 11, 12))),
            ("C05701300", Some(date(2027, 1, 14))),
            ("A06703", Some(date(2027, 3, 11))),
            ("101W09", Some(date(2025, 9, 11))),
            // Before the first hours that are known.
            ("101S03", None),
            // Weekly options, sectors, and codes that are none.
            ("B09610W2415", None),
            ("A04612", None),
            ("A01613", None),
            ("A01I12", None),
            ("A01", None),
        ] {
            assert_eq!(calendar.last_trading_day(contract(code)), last, "{code}");
        }
        let closed = calendar.with_extra("own.toml", "[korea.closed]\n2026-12-10 = \"임시공휴일\"\n").unwrap();
        assert_eq!(closed.last_trading_day(contract("A01612")), Some(date(2026, 12, 9)));
    }

    #[test]
    fn a_contract_ends_before_its_market_and_has_no_night_after_it() {
        let calendar = Calendar::builtin().unwrap();
        let at = |text: &str| UtcTime::parse(&format!("2026-12-{text}+09:00")).unwrap();
        let phase = |code: &str, text: &str| calendar.phase_of(contract(code), None, at(text));
        assert_eq!(phase("A01612", "09T20:00:00").phase, Phase::Night, "the night before it trades");
        let running = phase("A01612", "10T15:19:59");
        assert_eq!((running.phase, running.next), (Phase::Continuous, Some((Phase::Closed, at("10T15:20:00")))));
        for time in ["10T15:20:00", "10T20:00:00", "11T10:00:00"] {
            let over = phase("A01612", time);
            assert_eq!((over.phase, over.next), (Phase::Closed, None), "{time}");
        }
        assert_eq!(phase("A01703", "10T15:20:00").phase, Phase::Continuous);
        assert_eq!(phase("A01703", "10T20:00:00").phase, Phase::Night);
        // A weekly option whose day the broker has told.
        let weekly = calendar.phase_of(contract("B09612415"), Some(date(2026, 12, 14)), at("14T15:20:00"));
        assert_eq!(weekly.phase, Phase::Closed);
        // A day earlier than the code says, and one that cannot be.
        let told = |last| calendar.phase_of(contract("A01612"), Some(last), at("10T10:00:00")).phase;
        assert_eq!(told(date(2026, 12, 9)), Phase::Closed);
        assert_eq!(told(date(2022, 3, 10)), Phase::Continuous);
    }
}
