//! The price of a call auction (단일가매매).

use rust_decimal::Decimal;

use super::event::Expected;
use super::price::{Price, Quantity};

/// The price at which a call auction of these orders would match, and how much; `None` when nothing would.
///
/// KRX rule: of all prices the one with the largest matched quantity, `min(buys at it or higher, sells at it or lower)`.
/// Several such prices form an unbroken range, and the one nearest to the previous price is taken. A market order is given
/// as a buy at the upper limit or a sell at the lower limit; for the opening `previous` is the base price. `previous` has
/// to lie on a tick: a caller whose last print was a half tick (mid-price orders) rounds it first.
///
/// Orders may come in any order and share prices.
#[must_use]
pub fn auction_price(buys: &[(Price, Quantity)], sells: &[(Price, Quantity)], previous: Price) -> Option<Expected> {
    let mut demand = buys.to_vec();
    demand.sort_unstable_by_key(|(price, _)| std::cmp::Reverse(*price));
    let mut supply = sells.to_vec();
    supply.sort_unstable_by_key(|(price, _)| *price);

    let matched = most_matched(&demand, &supply);
    if matched.is_zero() {
        return None;
    }
    // Every price from the one where supply reaches the quantity up to the one where demand still does matches it.
    let lowest = reaches(&supply, matched)?;
    let highest = reaches(&demand, matched)?;
    let price = previous.max(lowest).min(highest);
    Some(Expected { price, quantity: Quantity::new(matched).ok()? })
}

/// Largest quantity that matches at one price, buys from the highest and sells from the lowest price.
fn most_matched(demand: &[(Price, Quantity)], supply: &[(Price, Quantity)]) -> Decimal {
    let (mut buys, mut sells) = (demand.iter().peekable(), supply.iter().peekable());
    let (mut bought, mut sold) = (Decimal::ZERO, Decimal::ZERO);
    // Like filling orders one against the other: whichever side is short brings its next best order, as long as it still
    // crosses the last one used on the other side.
    let (mut worst_buy, mut worst_sell): (Option<Price>, Option<Price>) = (None, None);
    loop {
        if bought <= sold {
            match buys.next_if(|(price, _)| worst_sell.is_none_or(|sell| *price >= sell)) {
                Some((price, quantity)) => {
                    bought += quantity.value();
                    worst_buy = if quantity.is_zero() { worst_buy } else { Some(*price) };
                }
                None => return bought,
            }
        } else {
            match sells.next_if(|(price, _)| worst_buy.is_none_or(|buy| *price <= buy)) {
                Some((price, quantity)) => {
                    sold += quantity.value();
                    worst_sell = if quantity.is_zero() { worst_sell } else { Some(*price) };
                }
                None => return sold,
            }
        }
    }
}

/// The first price at which the running total of sorted orders reaches a quantity.
fn reaches(orders: &[(Price, Quantity)], quantity: Decimal) -> Option<Price> {
    let mut total = Decimal::ZERO;
    orders.iter().find_map(|(price, size)| {
        total += size.value();
        (total >= quantity).then_some(*price)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn orders(rows: &[(u32, u32)]) -> Vec<(Price, Quantity)> {
        rows.iter().map(|(price, size)| (Price::new((*price).into()).unwrap(), Quantity::whole(*size))).collect()
    }

    fn auction(buys: &[(u32, u32)], sells: &[(u32, u32)], previous: u32) -> Option<(u32, u32)> {
        let previous = Price::new(previous.into()).unwrap();
        let found = auction_price(&orders(buys), &orders(sells), previous)?;
        Some((found.price.value().try_into().unwrap(), found.quantity.value().try_into().unwrap()))
    }

    #[test]
    fn one_price_matches_most() {
        let sells = [(7_810, 150), (7_820, 200), (7_830, 400), (7_840, 300), (7_850, 750), (7_860, 450)];
        let buys = [(7_850, 100), (7_840, 150), (7_830, 350), (7_820, 400), (7_810, 500), (7_800, 650)];
        assert_eq!(auction(&buys, &sells, 7_900), Some((7_830, 600)));
    }

    #[test]
    fn several_prices_match_and_the_previous_is_among_them_or_the_nearest_is_taken() {
        let (buys, sells) = ([(7_850, 200), (7_840, 100)], [(7_800, 200), (7_810, 100)]);
        assert_eq!(auction(&buys, &sells, 7_820), Some((7_820, 300)));
        assert_eq!(auction(&buys, &sells, 7_850), Some((7_840, 300)));
        assert_eq!(auction(&buys, &sells, 7_000), Some((7_810, 300)));
    }

    #[test]
    fn nothing_matches() {
        assert_eq!(auction(&[(100, 5)], &[(101, 5)], 100), None);
        assert_eq!(auction(&[(100, 5)], &[], 100), None);
        assert_eq!(auction(&[(100, 0)], &[(100, 5)], 100), None);
        assert_eq!(auction(&[], &[], 100), None);
    }

    /// The rule word for word: try every tick.
    fn brute_force(buys: &[(u32, u32)], sells: &[(u32, u32)], previous: u32) -> Option<(u32, u32)> {
        let matched = |at: u32| {
            let buy: u32 = buys.iter().filter(|(price, _)| *price >= at).map(|(_, size)| size).sum();
            let sell: u32 = sells.iter().filter(|(price, _)| *price <= at).map(|(_, size)| size).sum();
            buy.min(sell)
        };
        let most = (1..=40).map(matched).max().filter(|most| *most > 0)?;
        let prices = (1..=40).filter(|at| matched(*at) == most);
        prices.min_by_key(|at| at.abs_diff(previous)).map(|price| (price, most))
    }

    proptest! {
        #[test]
        fn agrees_with_trying_every_price(
            buys in prop::collection::vec((1_u32..40, 0_u32..20), 0..12),
            sells in prop::collection::vec((1_u32..40, 0_u32..20), 0..12),
            previous in 1_u32..=40,
        ) {
            prop_assert_eq!(auction(&buys, &sells, previous), brute_force(&buys, &sells, previous));
        }
    }
}
