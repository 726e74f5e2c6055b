//! The list of our own: well-known shares, so that a first start without the broker's files is no empty screen.

use std::sync::LazyLock;

use rust_decimal::{Decimal, dec};

use crate::market::{Board, Currency, Instrument, InstrumentId, Product, Quantity, Symbol, TickRule, Venue};

static BUNDLED: LazyLock<Vec<Instrument>> = LazyLock::new(|| {
    let lines = include_str!("../../../../../assets/kis/listing.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(instrument).collect()
});

/// The instruments of the list, without base prices: those change every day.
pub(super) fn instruments() -> Vec<Instrument> {
    BUNDLED.clone()
}

/// A line `venue|code|kind|Korean name|English name`.
fn instrument(line: &str) -> Option<Instrument> {
    let mut cells = line.split('|').map(str::trim);
    let (venue, symbol, kind) = (cells.next()?.parse().ok()?, Symbol::new(cells.next()?).ok()?, cells.next()?);
    let (name_ko, name_en) = (cells.next()?.to_owned(), cells.next()?.to_owned());
    let (product, ticks) = match (venue, kind) {
        (Venue::Krx, "KOSPI200") => (Product::KrxStock(Board::Kospi { kospi200: true }), TickRule::KrxStock),
        (Venue::Krx, "KOSPI") => (Product::KrxStock(Board::Kospi { kospi200: false }), TickRule::KrxStock),
        (Venue::Krx, "KOSDAQ") => (Product::KrxStock(Board::Kosdaq), TickRule::KrxKosdaq),
        (Venue::Krx, "ETF") => (Product::KrxEtf, TickRule::KrxEtf),
        (Venue::Nasdaq | Venue::Nyse | Venue::Amex, "SHARE" | "FUND") => {
            (Product::ForeignStock, TickRule::Fixed(dec!(0.01)))
        }
        _ => return None,
    };
    let is_korean = venue == Venue::Krx;
    let one = Quantity::new(Decimal::ONE).ok()?;
    Some(Instrument {
        id: InstrumentId { venue, symbol },
        name_ko,
        name_en,
        product,
        currency: if is_korean { Currency::Krw } else { Currency::Usd },
        ticks,
        price_decimals: if is_korean { 0 } else { 2 },
        lot: one,
        min_quantity: one,
        max_quantity: None,
        min_notional: None,
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: is_korean.then_some(dec!(0.3)),
        tiers: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::market::hangul::initials;

    #[test]
    fn every_line_is_an_instrument_of_its_own() {
        let lines = include_str!("../../../../../assets/kis/listing.txt").lines().filter(|line| !line.starts_with('#'));
        let ids: BTreeSet<InstrumentId> = instruments().iter().map(|instrument| instrument.id).collect();
        assert_eq!(ids.len(), lines.count());
        for instrument in instruments() {
            assert!(!instrument.name_ko.is_empty() && !instrument.name_en.is_empty(), "{}", instrument.id);
        }
    }

    #[test]
    fn samsung_is_found_by_both_names_and_by_its_initials() {
        let samsung = instruments().into_iter().find(|instrument| instrument.id.to_string() == "KRX:005930").unwrap();
        assert_eq!((&*samsung.name_ko, &*samsung.name_en), ("삼성전자", "Samsung Electronics"));
        assert!(initials(&samsung.name_ko).contains("ㅅㅅㅈㅈ"));
    }
}
