//! What fills are thought to have cost at a broker that does not say it. A difference in cash within it is a charge that came
//! out a little otherwise, and no reason to stop trading.
//!
//! It is written down with every fill, for what a broker took before the desk ended shows after it has started again. It
//! lasts for some days: charges are settled at the day's end, and with the trade two trading days later. After that a
//! difference of the same size is one that somebody must look at.

use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::equity::day_of;
use super::{Effects, Profile};
use crate::config::World;
use crate::ledger::Write;
use crate::market::{Currency, UtcTime};

/// What the setting of a profile and currency is called.
pub(super) const KEY: &str = "charges";
/// How long an estimate lasts: two trading days with a long weekend between them.
const LASTS_DAYS: i32 = 6;

/// Estimates by the day of their fills, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Charges {
    days: Vec<(Date, Decimal)>,
}

impl Charges {
    /// All that has not been used up.
    pub(super) fn sum(&self) -> Decimal {
        self.days.iter().map(|(_, estimate)| *estimate).sum()
    }

    fn foresee(&mut self, day: Date, more: Decimal) {
        match self.days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, estimate)) => *estimate += more,
            None => {
                let later = self.days.partition_point(|(known, _)| *known < day);
                self.days.insert(later, (day, more));
            }
        }
    }

    /// What is left of a day's.
    fn of(&self, day: Date) -> Decimal {
        self.days.iter().filter(|(known, _)| *known == day).map(|(_, estimate)| *estimate).sum()
    }

    /// Uses up what a difference was explained by, the oldest first.
    fn take(&mut self, mut used: Decimal) {
        for (_, estimate) in &mut self.days {
            let part = used.min(*estimate);
            *estimate -= part;
            used -= part;
        }
        self.days.retain(|(_, estimate)| !estimate.is_zero());
    }

    /// Forgets what is too old. Whether there was any.
    fn expire(&mut self, today: Date) -> bool {
        let before = self.days.len();
        self.days.retain(|(day, _)| day.saturating_add(LASTS_DAYS.days()) >= today);
        self.days.len() != before
    }

    /// `2026-11-20=97 2026-11-23=12`.
    fn written(&self) -> Option<String> {
        let days: Vec<String> =
            self.days.iter().map(|(day, estimate)| format!("{day}={}", estimate.normalize())).collect();
        (!days.is_empty()).then(|| days.join(" "))
    }

    /// What cannot be read is left out: at worst a difference is shown that could have been explained.
    fn read(text: &str) -> Self {
        let day = |part: &str| {
            let (day, estimate) = part.split_once('=')?;
            Some((day.parse().ok()?, estimate.parse().ok()?))
        };
        Self { days: text.split(' ').filter_map(day).collect() }
    }
}

impl Profile {
    /// A fill of a day is thought to have cost so much, in the batch of this step.
    pub(super) fn foresee_charges(&mut self, day: Date, currency: Currency, more: Decimal, effects: &mut Effects) {
        // Nobody compares the cash of a virtual account.
        if more.is_zero() || self.world == World::Virtual {
            return;
        }
        self.estimated_charges.entry(currency).or_default().foresee(day, more);
        self.write_charges(currency, effects);
    }

    /// So much of it explained a difference.
    pub(super) fn use_charges(&mut self, currency: Currency, used: Decimal, effects: &mut Effects) {
        if let Some(charges) = self.estimated_charges.get_mut(&currency) {
            charges.take(used);
            self.write_charges(currency, effects);
        }
    }

    /// How much of a difference is not of today's fills: the days before them have to answer for it.
    pub(super) fn charges_of_former_days(&self, now: UtcTime, currency: Currency, gap: Decimal) -> Decimal {
        let today = self.estimated_charges.get(&currency).map_or(Decimal::ZERO, |c| c.of(day_of(currency, now)));
        let former = (gap.abs() - today).max(Decimal::ZERO);
        if gap.is_sign_negative() { -former } else { former }
    }

    /// Forgets what is too old to explain a difference.
    pub(super) fn expire_charges(&mut self, now: UtcTime, effects: &mut Effects) {
        for currency in Currency::ALL {
            let today = day_of(currency, now);
            if self.estimated_charges.get_mut(&currency).is_some_and(|charges| charges.expire(today)) {
                self.write_charges(currency, effects);
            }
        }
    }

    /// What a desk before this one had written down.
    pub(super) fn recover_charges(&mut self, currency: &str, value: &str) {
        if let Ok(currency) = currency.parse() {
            self.estimated_charges.insert(currency, Charges::read(value));
        }
    }

    fn write_charges(&self, currency: Currency, effects: &mut Effects) {
        let value = self.estimated_charges.get(&currency).and_then(Charges::written);
        effects.writes.push(Write::Setting { key: format!("{KEY}:{}:{currency}", self.name), value });
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn estimates_are_used_up_oldest_first_and_end_after_the_settlement() {
        let mut charges = Charges::default();
        charges.foresee(date(2026, 11, 19), dec!(97));
        charges.foresee(date(2026, 11, 20), dec!(10));
        charges.foresee(date(2026, 11, 20), dec!(2));
        assert_eq!(charges.sum(), dec!(109));
        charges.take(dec!(90));
        assert_eq!(charges.written().as_deref(), Some("2026-11-19=7 2026-11-20=12"));
        assert_eq!(Charges::read("2026-11-19=7 2026-11-20=12"), charges);
        assert!(!charges.expire(date(2026, 11, 25)));
        assert!(charges.expire(date(2026, 11, 26)));
        assert_eq!(charges.sum(), dec!(12), "a difference of more is shown from now on");
        charges.take(dec!(40));
        assert_eq!((charges.sum(), charges.written()), (dec!(0), None));
    }

    #[test]
    fn a_damaged_setting_loses_no_more_than_its_damage() {
        assert_eq!(Charges::read("2026-11-19=x 2026-13-01=5 nonsense 2026-11-20=12").sum(), dec!(12));
        assert_eq!(Charges::read("").sum(), dec!(0));
        // What an earlier version wrote had no day.
        assert_eq!(Charges::read("97").sum(), dec!(0));
    }
}
