//! What is held, at what cost, and what it has earned.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::id::ProfileName;
use super::kind::PositionSide;
use super::money::round_half_up;
use crate::market::{Currency, Instrument, InstrumentId, LeverageTier, Price, Quantity, Side};

/// Share of a closing fill's value that a broker's rounding may leave as the cost of nothing.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Which position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PositionKey {
    /// Of whom.
    pub profile: ProfileName,
    /// In what.
    pub instrument: InstrumentId,
    /// `Net` in one-way mode and for everything that is paid in full.
    pub side: PositionSide,
}

/// A position by the average-cost method.
///
/// The cost is kept as a sum, not as an average, and shares of it are rounded to the currency's smallest unit when part
/// of the position is closed, so that the parts always add up to the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which.
    pub key: PositionKey,
    /// Currency of cost and profit.
    pub currency: Currency,
    /// Units held; negative is short.
    pub quantity: Decimal,
    /// What the units held cost (or brought, when short), without commission and tax. Never negative, but while a fill
    /// is missing that the broker's own profit counts already; then there may also be a cost without units.
    pub cost: Decimal,
    /// Profit of closed parts before commission and tax.
    pub realized_gross: Decimal,
    /// Commission paid so far.
    pub commission: Decimal,
    /// Tax paid so far.
    pub tax: Decimal,
    /// Funding, dividends and interest received (negative: paid).
    pub carried: Decimal,
    /// Cash held for it while it is on margin; zero for what is paid in full.
    pub margin: Decimal,
}

/// What one fill did to a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// Units that made the position larger (or opened it).
    pub opened: Quantity,
    /// Units that made it smaller.
    pub closed: Quantity,
    /// Profit of the closed units before commission and tax.
    pub profit: Decimal,
    /// Change of the cost of what is held.
    pub cost_change: Decimal,
    /// Whether the profit is the broker's word and not what the average cost gives here.
    pub told: bool,
}

impl Position {
    /// Nothing held yet.
    #[must_use]
    pub const fn flat(key: PositionKey, currency: Currency) -> Self {
        Self {
            key,
            currency,
            quantity: Decimal::ZERO,
            cost: Decimal::ZERO,
            realized_gross: Decimal::ZERO,
            commission: Decimal::ZERO,
            tax: Decimal::ZERO,
            carried: Decimal::ZERO,
            margin: Decimal::ZERO,
        }
    }

    /// Profit of closed parts after every commission and tax paid so far and with what was carried.
    #[must_use]
    pub fn realized(&self) -> Decimal {
        self.realized_gross - self.commission - self.tax + self.carried
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.quantity.is_zero()
    }

    /// Average cost of a unit (평균단가), exact; per point where a multiplier is not 1.
    #[must_use]
    pub fn average_price(&self, multiplier: Decimal) -> Option<Decimal> {
        self.cost.checked_div(self.quantity.abs().checked_mul(multiplier)?).map(|price| price.normalize())
    }

    /// Books a fill; a fill larger than an opposite position closes it and opens the other way with the rest.
    pub fn book(&mut self, side: Side, price: Price, quantity: Quantity, multiplier: Decimal) -> Booked {
        self.book_told(side, price, quantity, multiplier, None)
    }

    /// Books a fill with the profit the broker says it made, where it says.
    ///
    /// The broker counts fills in the order they happened. A fill that is told late splits the same sum another way
    /// here: the cost takes up what the profit does not, so that both are the broker's again once every fill is known.
    pub fn book_told(
        &mut self,
        side: Side,
        price: Price,
        quantity: Quantity,
        multiplier: Decimal,
        told: Option<Decimal>,
    ) -> Booked {
        let signed = if side == Side::Buy { quantity.value() } else { -quantity.value() };
        let against = self.quantity.is_sign_negative() != signed.is_sign_negative() && !self.quantity.is_zero();
        let closed = if against { quantity.value().min(self.quantity.abs()) } else { Decimal::ZERO };
        let own = self.profit_of(price, closed, multiplier);
        let profit = told.unwrap_or(own);
        let cost_before = self.cost;
        let value = price.value() * quantity.value() * multiplier;
        let basis = self.basis() + if side == Side::Buy { value } else { -value } + profit;
        self.quantity += signed;
        self.set_basis(if self.is_flat() && basis.abs() <= value * ROUNDING { Decimal::ZERO } else { basis });
        self.realized_gross += profit;
        Booked {
            opened: Quantity::new(quantity.value() - closed).unwrap_or_default(),
            closed: Quantity::new(closed).unwrap_or_default(),
            profit,
            cost_change: self.cost - cost_before,
            told: profit != own,
        }
    }

    /// Profit of closing so many units by the average cost.
    fn profit_of(&self, price: Price, closed: Decimal, multiplier: Decimal) -> Decimal {
        if closed.is_zero() {
            return Decimal::ZERO;
        }
        let share = if closed == self.quantity.abs() {
            self.cost
        } else {
            round_half_up(self.cost * (closed / self.quantity.abs()), self.currency)
        };
        let value = price.value() * closed * multiplier;
        if self.quantity.is_sign_positive() { value - share } else { share - value }
    }

    fn is_short(&self) -> bool {
        self.quantity.is_sign_negative() && !self.quantity.is_zero()
    }

    /// Money that went into what is held: the cost, negative when short.
    fn basis(&self) -> Decimal {
        if self.is_short() { -self.cost } else { self.cost }
    }

    fn set_basis(&mut self, basis: Decimal) {
        self.cost = if self.is_short() { -basis } else { basis };
    }

    /// Units that come (`Buy`) or go (`Sell`) without a trade: they take their share of the cost along and earn nothing.
    /// They stand for the fill that was missing, so a cost without units ends with them.
    pub fn transfer(&mut self, side: Side, price: Price, quantity: Quantity, multiplier: Decimal) {
        if self.is_flat() {
            self.cost = Decimal::ZERO;
        }
        let booked = self.book(side, price, quantity, multiplier);
        self.realized_gross -= booked.profit;
    }

    /// At what price units must come, for all of them together to have cost `average`. `None` where they do not add to
    /// what is held, or no price does it.
    #[must_use]
    pub fn price_to(&self, average: Price, change: Decimal, multiplier: Decimal) -> Option<Price> {
        if self.is_flat() || change.is_zero() || self.quantity.is_sign_negative() != change.is_sign_negative() {
            return None;
        }
        let wanted = average.value().checked_mul((self.quantity + change).abs())?.checked_mul(multiplier)?;
        let price = (wanted - self.cost).checked_div(change.abs().checked_mul(multiplier)?)?.round_dp(8);
        Price::new(price).ok().filter(|price| price.value() > Decimal::ZERO)
    }

    /// Units that pay a commission: they go at their value, which is what the commission was. The value.
    pub fn pay_in_kind(&mut self, price: Price, quantity: Quantity, multiplier: Decimal) -> (Booked, Decimal) {
        let value = price.value() * quantity.value() * multiplier;
        self.commission += value;
        (self.book(Side::Sell, price, quantity, multiplier), value)
    }

    /// Profit of what is held if it were closed at `price`, before commission and tax.
    #[must_use]
    pub fn unrealized(&self, price: Price, multiplier: Decimal) -> Decimal {
        if self.is_flat() {
            return Decimal::ZERO;
        }
        let value = price.value() * self.quantity.abs() * multiplier;
        if self.quantity.is_sign_positive() { value - self.cost } else { self.cost - value }
    }

    /// Margin that must be kept for it at leverage `leverage`: cost divided by leverage, rounded up by the caller.
    #[must_use]
    pub fn initial_margin(&self, leverage: u32) -> Decimal {
        if self.is_flat() || self.cost.is_sign_negative() {
            return Decimal::ZERO;
        }
        self.cost.checked_div(Decimal::from(leverage.max(1))).unwrap_or(self.cost)
    }
}

/// The step of a margin table that holds for a notional.
#[must_use]
pub fn tier_of(tiers: &[LeverageTier], notional: Decimal) -> Option<&LeverageTier> {
    tiers.iter().rev().find(|tier| notional >= tier.notional_from).or_else(|| tiers.first())
}

/// What a liquidation price is computed from (Binance, "How to calculate liquidation price of USD-M futures").
#[derive(Debug, Clone, Copy)]
pub struct MarginState {
    /// `WB`: wallet balance assigned: the position's margin when isolated, the cross wallet otherwise.
    pub wallet: Decimal,
    /// `TMM`: maintenance margin of the other cross positions; zero when isolated.
    pub other_maintenance: Decimal,
    /// `UPNL`: unrealised profit of the other cross positions; zero when isolated.
    pub other_profit: Decimal,
}

/// Liquidation price of a one-way position: `LP = (WB - TMM + UPNL + cum - s*q*E) / (q*mmr - s*q)`, with the step of the
/// notional at that price. `None` when there is no such price above zero, or no table.
#[must_use]
pub fn liquidation_price(position: &Position, instrument: &Instrument, state: MarginState) -> Option<Decimal> {
    let quantity = position.quantity.abs().checked_mul(instrument.multiplier)?;
    let entry = position.average_price(instrument.multiplier)?;
    let sign = if position.quantity.is_sign_positive() { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
    let at = |tier: &LeverageTier| -> Option<Decimal> {
        let numerator = state.wallet - state.other_maintenance + state.other_profit + tier.maintenance_amount
            - sign.checked_mul(quantity)?.checked_mul(entry)?;
        let denominator = quantity.checked_mul(tier.maintenance_rate)? - sign * quantity;
        numerator.checked_div(denominator)
    };
    // The step is that of the notional at the price in question, so look for the one that agrees with its own result.
    let agreeing = instrument.tiers.iter().find_map(|tier| {
        let price = at(tier)?;
        let own = tier_of(&instrument.tiers, price.checked_mul(quantity)?)?;
        (own.notional_from == tier.notional_from).then_some(price)
    });
    let price = agreeing.or_else(|| at(tier_of(&instrument.tiers, quantity.checked_mul(entry)?)?))?;
    (price > Decimal::ZERO).then_some(price)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Product, Symbol, TickRule, Venue};
    use rust_decimal::dec;

    fn key() -> PositionKey {
        PositionKey {
            profile: ProfileName::new("sim").unwrap(),
            instrument: InstrumentId { venue: Venue::Sim, symbol: Symbol::new("BTCUSDT").unwrap() },
            side: PositionSide::Net,
        }
    }

    fn price(value: Decimal) -> Price {
        Price::new(value).unwrap()
    }

    #[test]
    fn parts_of_a_cost_add_up_to_the_whole() {
        let mut position = Position::flat(key(), Currency::Krw);
        position.book(Side::Buy, price(dec!(70_000)), Quantity::whole(1), dec!(1));
        position.book(Side::Buy, price(dec!(70_100)), Quantity::whole(2), dec!(1));
        assert_eq!(position.cost, dec!(210_200));
        let profits: Decimal =
            (0..3).map(|_| position.book(Side::Sell, price(dec!(70_200)), Quantity::whole(1), dec!(1)).profit).sum();
        assert_eq!(profits, dec!(400));
        assert_eq!((position.quantity, position.cost), (dec!(0), dec!(0)));
    }

    #[test]
    fn a_larger_opposite_fill_turns_the_position() {
        let mut position = Position::flat(key(), Currency::Usdt);
        position.book(Side::Buy, price(dec!(60_000)), "0.1".parse().unwrap(), dec!(1));
        let booked = position.book(Side::Sell, price(dec!(61_000)), "0.3".parse().unwrap(), dec!(1));
        assert_eq!(
            (booked.profit, booked.closed, booked.opened),
            (dec!(100), "0.1".parse().unwrap(), "0.2".parse().unwrap())
        );
        assert_eq!((position.quantity, position.average_price(dec!(1))), (dec!(-0.2), Some(dec!(61000))));
        assert_eq!(position.unrealized(price(dec!(60_000)), dec!(1)), dec!(200));
    }

    /// Fills `(side, price, quantity, profit)` in the order they happened, and any order they may be told in.
    #[test]
    fn whatever_order_fills_are_told_in_the_brokers_profit_leaves_the_same_position() {
        use Side::{Buy, Sell};
        let stories = [
            vec![
                (Buy, dec!(100), dec!(1), dec!(0)),
                (Buy, dec!(110), dec!(1), dec!(0)),
                (Sell, dec!(120), dec!(1), dec!(15)),
            ],
            vec![
                (Buy, dec!(100), dec!(1), dec!(0)),
                (Sell, dec!(120), dec!(2), dec!(20)),
                (Buy, dec!(115), dec!(1), dec!(5)),
            ],
            vec![
                (Buy, dec!(100), dec!(10), dec!(0)),
                (Buy, dec!(1), dec!(10), dec!(0)),
                (Sell, dec!(50), dec!(10), dec!(-5)),
            ],
            vec![
                (Sell, dec!(100), dec!(1), dec!(0)),
                (Buy, dec!(50), dec!(2), dec!(50)),
                (Sell, dec!(60), dec!(3), dec!(10)),
            ],
        ];
        for story in stories {
            let told = |order: &[usize]| {
                let mut position = Position::flat(key(), Currency::Usdt);
                for at in order {
                    let (side, at, quantity, profit) = story[*at];
                    position.book_told(side, price(at), Quantity::new(quantity).unwrap(), dec!(1), Some(profit));
                    assert!(position.initial_margin(1) >= dec!(0));
                }
                position
            };
            let mut in_order = Position::flat(key(), Currency::Usdt);
            for (side, at, quantity, profit) in &story {
                let booked = in_order.book(*side, price(*at), Quantity::new(*quantity).unwrap(), dec!(1));
                assert_eq!(booked.profit, *profit, "the story itself");
            }
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                assert_eq!(told(&order), in_order, "{order:?}");
            }
        }
    }

    #[test]
    fn a_cost_without_units_is_nothing_that_moves_with_the_price() {
        let mut position = Position::flat(key(), Currency::Usdt);
        position.book(Side::Buy, price(dec!(100)), Quantity::whole(10), dec!(1));
        position.book_told(Side::Sell, price(dec!(50)), Quantity::whole(10), dec!(1), Some(dec!(-5)));
        assert_eq!((position.quantity, position.cost), (dec!(0), dec!(495)));
        assert_eq!((position.unrealized(price(dec!(70)), dec!(1)), position.average_price(dec!(1))), (dec!(0), None));
        assert_eq!(position.initial_margin(1), dec!(0));
        position.transfer(Side::Buy, price(dec!(50)), Quantity::whole(2), dec!(1));
        assert_eq!((position.cost, position.realized_gross), (dec!(100), dec!(-5)));
    }

    #[test]
    fn units_come_at_the_price_that_makes_the_told_average() {
        let mut position = Position::flat(key(), Currency::Usdt);
        position.book(Side::Buy, price(dec!(100)), Quantity::whole(10), dec!(1));
        let average = price(dec!(104));
        assert_eq!(position.price_to(average, dec!(5), dec!(1)), Some(price(dec!(112))));
        assert_eq!(position.price_to(average, dec!(-5), dec!(1)), None, "less of them keep their cost");
        assert_eq!(position.price_to(price(dec!(1)), dec!(5), dec!(1)), None, "no price brings it that far down");
        position.transfer(Side::Buy, price(dec!(112)), Quantity::whole(5), dec!(1));
        assert_eq!(position.average_price(dec!(1)), Some(dec!(104)));
    }

    fn perpetual(rows: &[(Decimal, Decimal, Decimal)]) -> Instrument {
        Instrument {
            id: key().instrument,
            name_ko: String::new(),
            name_en: String::new(),
            product: Product::CryptoPerpetual,
            currency: Currency::Usdt,
            ticks: TickRule::Fixed(dec!(0.1)),
            price_decimals: 1,
            lot: "0.001".parse().unwrap(),
            min_quantity: "0.001".parse().unwrap(),
            max_quantity: None,
            min_notional: None,
            multiplier: dec!(1),
            base_price: None,
            daily_limit: None,
            tiers: rows
                .iter()
                .map(|(from, rate, amount)| LeverageTier {
                    notional_from: *from,
                    maintenance_rate: *rate,
                    maintenance_amount: *amount,
                    max_leverage: 100,
                })
                .collect(),
        }
    }

    #[test]
    fn liquidation_prices_of_the_published_examples() {
        // (wallet, other maintenance, other profit, signed quantity, entry, rate, amount, price)
        let cases = [
            (dec!(1535443.01), dec!(0), dec!(0), dec!(3683.979), dec!(1456.84), dec!(0.1), dec!(135365), dec!(1114.78)),
            (
                dec!(1535443.01),
                dec!(0),
                dec!(0),
                dec!(109.488),
                dec!(32481.98),
                dec!(0.025),
                dec!(16300),
                dec!(18778.73),
            ),
            (
                dec!(1535443.01),
                dec!(356512.508122),
                dec!(-448192.885140),
                dec!(109.488),
                dec!(32481.98),
                dec!(0.025),
                dec!(16300),
                dec!(26316.89),
            ),
            (
                dec!(1535443.01),
                dec!(71200.811444),
                dec!(-56354.568480),
                dec!(3683.979),
                dec!(1456.84),
                dec!(0.1),
                dec!(135365),
                dec!(1153.26),
            ),
            (dec!(600), dec!(0), dec!(0), dec!(0.1), dec!(60000), dec!(0.004), dec!(0), dec!(54216.87)),
            (dec!(600), dec!(0), dec!(0), dec!(-0.1), dec!(60000), dec!(0.004), dec!(0), dec!(65737.05)),
            (dec!(100000), dec!(0), dec!(0), dec!(33), dec!(60000), dec!(0.0065), dec!(950), dec!(57313.45)),
            (dec!(100000), dec!(0), dec!(0), dec!(-33), dec!(60000), dec!(0.0065), dec!(950), dec!(62651.85)),
        ];
        for (wallet, other_maintenance, other_profit, quantity, entry, rate, amount, expected) in cases {
            let mut position = Position::flat(key(), Currency::Usdt);
            let side = if quantity > dec!(0) { Side::Buy } else { Side::Sell };
            position.book(side, price(entry), Quantity::new(quantity.abs()).unwrap(), dec!(1));
            let instrument = perpetual(&[(dec!(0), rate, amount)]);
            let found =
                liquidation_price(&position, &instrument, MarginState { wallet, other_maintenance, other_profit });
            assert_eq!(found.map(|p| p.round_dp(2)), Some(expected), "entry {entry}");
        }
    }
}
