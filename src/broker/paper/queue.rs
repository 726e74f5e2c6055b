//! Where a resting order stands in the queue at its price, guessed from what a feed with price levels shows.
//!
//! The models are those published with hftbacktest: both begin behind everything shown on arrival and move up with every
//! trade at the price; they differ in what a level that shrinks without a trade means.

use rust_decimal::Decimal;

/// What it means when the quantity shown at an order's price shrinks without a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueModel {
    /// Whoever left stood behind: only trades move the order up, until less is shown than stood ahead.
    Conservative,
    /// Whoever left stood behind with this probability, and ahead with the rest of it.
    Probabilistic(Probability),
}

/// Probability that what left stood behind, by how much stands behind and ahead: `f(back) / (f(back) + f(ahead))`.
///
/// At the head of the queue it is 1, at the tail 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probability {
    /// `f(x) = x^n`; `n` from 1.
    Power(u8),
    /// `f(x) = ln(1 + x)`.
    Logarithm,
}

impl Probability {
    /// Between 0 and 1.
    fn behind(self, back: Decimal, ahead: Decimal) -> Decimal {
        if ahead <= Decimal::ZERO {
            return Decimal::ONE;
        }
        if back <= Decimal::ZERO {
            return Decimal::ZERO;
        }
        let (back, ahead) = match self {
            Self::Power(exponent) => {
                // Shares of the whole first, so that powers of large quantities cannot overflow.
                let whole = back + ahead;
                let power = |share: Decimal| (1..exponent.clamp(1, 8)).fold(share, |product, _| product * share);
                (power(back / whole), power(ahead / whole))
            }
            Self::Logarithm => (logarithm(back), logarithm(ahead)),
        };
        if (back + ahead).is_zero() { Decimal::ONE } else { back / (back + ahead) }
    }
}

/// `ln(1 + x)` of a quantity.
fn logarithm(quantity: Decimal) -> Decimal {
    use rust_decimal::MathematicalOps;
    (Decimal::ONE + quantity).checked_ln().unwrap_or_default()
}

/// The place of one order in the queue at its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueuePlace {
    /// What stands ahead, own orders not counted. Below zero: a part of a lot that was traded past the order.
    ahead: Decimal,
    /// What was shown at the price when last looked at.
    shown: Decimal,
    /// Traded at the price since then.
    traded: Decimal,
}

impl QueuePlace {
    /// Behind everything that is shown.
    pub(super) const fn behind(shown: Decimal) -> Self {
        Self { ahead: shown, shown, traded: Decimal::ZERO }
    }

    /// What stands ahead.
    pub(super) fn ahead(&self) -> Decimal {
        self.ahead.max(Decimal::ZERO)
    }

    /// A trade against the queue. Returns how much of it went past everything ahead.
    pub(super) fn on_trade(&mut self, quantity: Decimal) -> Decimal {
        self.ahead -= quantity;
        self.traded += quantity;
        (-self.ahead).max(Decimal::ZERO)
    }

    /// After a trade went past: the order is at the head, and `left` of the trade did not make up a lot.
    pub(super) fn at_head(&mut self, left: Decimal) {
        self.ahead = self.ahead.max(-left.max(Decimal::ZERO));
    }

    /// The feed shows another quantity at the price.
    pub(super) fn on_shown(&mut self, now_shown: Decimal, model: QueueModel) {
        let before = std::mem::replace(&mut self.shown, now_shown);
        let traded = std::mem::take(&mut self.traded);
        if self.ahead <= Decimal::ZERO {
            return;
        }
        let left = before - traded - now_shown;
        if let QueueModel::Probabilistic(probability) = model
            && left > Decimal::ZERO
        {
            let back = before - self.ahead;
            let behind = probability.behind(back, self.ahead);
            // What cannot have stood behind, because less stood there, stood ahead.
            let overflow = (back - behind * left).min(Decimal::ZERO);
            self.ahead = self.ahead - (Decimal::ONE - behind) * left + overflow;
        }
        // A level that shrinks to nothing ahead puts the order first; it takes a trade to fill it.
        // Without the last digits of the division, which would stand between the order and a whole lot.
        self.ahead = self.ahead.min(now_shown).max(Decimal::ZERO).round_dp(12);
    }

    /// The feed was interrupted: what happened meanwhile is not known, only that no more can be ahead than is shown.
    pub(super) fn after_interruption(&mut self, now_shown: Decimal) {
        *self = Self { ahead: self.ahead.min(now_shown), shown: now_shown, traded: Decimal::ZERO };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    const LINEAR: QueueModel = QueueModel::Probabilistic(Probability::Power(1));

    #[test]
    fn an_order_starts_behind_everything_shown_and_trades_move_it_up() {
        let mut place = QueuePlace::behind(dec!(10));
        assert_eq!(place.on_trade(dec!(4)), dec!(0));
        assert_eq!(place.ahead(), dec!(6));
        assert_eq!(place.on_trade(dec!(7.5)), dec!(1.5));
    }

    #[test]
    fn conservative_cancels_count_only_when_less_is_shown_than_stood_ahead() {
        let mut place = QueuePlace::behind(dec!(10));
        place.on_shown(dec!(25), QueueModel::Conservative);
        assert_eq!(place.ahead(), dec!(10));
        place.on_shown(dec!(12), QueueModel::Conservative);
        assert_eq!(place.ahead(), dec!(10));
        place.on_shown(dec!(3), QueueModel::Conservative);
        assert_eq!(place.ahead(), dec!(3));
    }

    #[test]
    fn probabilistic_cancels_are_shared_between_ahead_and_behind() {
        // 10 ahead, 30 behind: of 8 that leave, 3/4 stood behind.
        let mut place = QueuePlace::behind(dec!(10));
        place.on_shown(dec!(40), LINEAR);
        place.on_shown(dec!(32), LINEAR);
        assert_eq!(place.ahead(), dec!(8));
    }

    #[test]
    fn probabilistic_cancels_do_not_count_trades_twice() {
        let mut place = QueuePlace::behind(dec!(10));
        place.on_shown(dec!(40), LINEAR);
        place.on_trade(dec!(4));
        place.on_shown(dec!(36), LINEAR);
        assert_eq!(place.ahead(), dec!(6));
        // Remembered only until the level is shown again.
        place.on_shown(dec!(30), LINEAR);
        assert_eq!(place.ahead(), dec!(5));
    }

    #[test]
    fn probabilistic_what_cannot_have_stood_behind_stood_ahead() {
        // 2 behind, 2 ahead, 3.5 leave: half of it is 1.75 each way; no more than 2 can be behind.
        let mut place = QueuePlace::behind(dec!(2));
        place.on_shown(dec!(4), LINEAR);
        place.on_shown(dec!(0.5), LINEAR);
        assert_eq!(place.ahead(), dec!(0.25));
        // 6 ahead of 8, 7.2 leave with a probability that puts 1.8 of it behind: all 2 fit.
        let mut place = QueuePlace::behind(dec!(6));
        place.on_shown(dec!(8), LINEAR);
        place.on_shown(dec!(0.8), LINEAR);
        assert_eq!(place.ahead(), dec!(0.6));
        // A steep probability would put 2.7 of 2.9 behind where only 2.5 are: the difference comes off ahead.
        let cubic = QueueModel::Probabilistic(Probability::Power(3));
        let mut place = QueuePlace::behind(dec!(1));
        place.on_shown(dec!(3.5), cubic);
        place.on_shown(dec!(0.6), cubic);
        assert_eq!(place.ahead(), dec!(0.6));
    }

    #[test]
    fn at_the_tail_cancels_are_ahead_and_at_the_head_behind() {
        for probability in [Probability::Power(1), Probability::Power(3), Probability::Logarithm] {
            assert_eq!(probability.behind(dec!(0), dec!(5)), dec!(0));
            assert_eq!(probability.behind(dec!(5), dec!(0)), dec!(1));
            let even = probability.behind(dec!(7), dec!(7));
            assert!((even - dec!(0.5)).abs() < dec!(0.000001), "{probability:?}: {even}");
            let large = Decimal::from(10_000_000_000_000_i64);
            assert!(probability.behind(large, Decimal::new(1, 12)) > dec!(0.5));
            assert!(probability.behind(Decimal::new(1, 12), large) < dec!(0.5));
        }
    }

    #[test]
    fn with_certainty_that_cancels_stood_behind_both_models_are_one() {
        // Far more behind than ahead: the probability is 1 to 20 digits.
        let model = QueueModel::Probabilistic(Probability::Power(8));
        let (mut sure, mut plain) = (QueuePlace::behind(dec!(1)), QueuePlace::behind(dec!(1)));
        for shown in [dec!(100000), dec!(99000), dec!(70000)] {
            sure.on_shown(shown, model);
            plain.on_shown(shown, QueueModel::Conservative);
        }
        assert_eq!(sure.ahead().round_dp(12), plain.ahead());
    }

    #[test]
    fn an_interruption_leaves_no_more_ahead_than_is_shown() {
        let mut place = QueuePlace::behind(dec!(10));
        place.on_trade(dec!(2));
        place.after_interruption(dec!(50));
        assert_eq!(place.ahead(), dec!(8));
        place.after_interruption(dec!(3));
        assert_eq!(place.ahead(), dec!(3));
    }
}
