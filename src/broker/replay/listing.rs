//! The instrument a recording is of, as far as the recording and the venue's published rules tell.

use rust_decimal::Decimal;

use super::capture::CaptureHeader;
use crate::market::{Currency, Instrument, InstrumentId, LeverageTier, Price, Product, Quantity, TickRule, Venue};

/// Margin steps of BTCUSDT at Binance as they stood on 2024-10-24; the exchange changes them often.
///
/// (notional from in thousands of USDT, maintenance rate in 1/10,000, deducted in USDT, highest leverage)
const BITCOIN: [(i64, i64, i64, u32); 12] = [
    (0, 40, 0, 125),
    (50, 50, 50, 100),
    (600, 65, 950, 75),
    (3_000, 100, 11_450, 50),
    (12_000, 200, 131_450, 25),
    (70_000, 250, 481_450, 20),
    (100_000, 500, 2_981_450, 10),
    (230_000, 1_000, 14_481_450, 5),
    (480_000, 1_250, 26_481_450, 4),
    (600_000, 1_500, 41_481_450, 3),
    (800_000, 2_500, 121_481_450, 2),
    (1_200_000, 5_000, 421_481_450, 1),
];
/// For perpetuals whose table is not known: one careful step, so that nobody is told of more leverage than there was.
const CAREFUL: [(i64, i64, i64, u32); 1] = [(0, 500, 0, 10)];

/// Smallest worth of an order that Binance takes of any coin; of some it wants more, which recordings do not say.
const LEAST_WORTH: i64 = 5;

/// The instrument of a recording. Ticks and lots are the finest the recording has.
///
/// # Errors
/// What is missing: recordings do not say which product they are of, only coins can be told from their venue and name.
pub(super) fn instrument(header: &CaptureHeader) -> Result<Instrument, String> {
    let id = header.instrument;
    let product = match id.venue {
        Venue::BinanceFutures => Product::CryptoPerpetual,
        Venue::BinanceSpot => Product::CryptoSpot,
        venue => return Err(format!("recordings of {venue} cannot be replayed, only those of Binance")),
    };
    let quoted = [("USDT", Currency::Usdt), ("USDC", Currency::Usdc)];
    let quoted = quoted.iter().find_map(|(end, currency)| Some((id.symbol.as_str().strip_suffix(end)?, *currency)));
    let Some((coin, currency)) = quoted else {
        return Err(format!("{id} is quoted in a currency hoga has no account for; USDT and USDC it has"));
    };
    let finest = "more decimals than a price or quantity can have";
    let lot = Decimal::try_new(1, header.quantity_decimals).map_err(|_| finest)?;
    let tick = Decimal::try_new(1, header.price_decimals).map_err(|_| finest)?;
    let tick = Price::new(tick).map_err(|_| finest)?.value();
    let lot = Quantity::new(lot).map_err(|_| finest)?;
    let (name_ko, name_en) = names(coin, product);
    Ok(Instrument {
        id,
        name_ko,
        name_en,
        product,
        currency,
        ticks: TickRule::Fixed(tick),
        price_decimals: header.price_decimals,
        lot,
        min_quantity: lot,
        max_quantity: None,
        min_notional: Some(Decimal::from(LEAST_WORTH)),
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: if product.is_margined() { tiers(id) } else { Vec::new() },
    })
}

fn names(coin: &str, product: Product) -> (String, String) {
    let (ko, en) = match coin {
        "BTC" => ("비트코인", "Bitcoin"),
        "ETH" => ("이더리움", "Ethereum"),
        other => (other, other),
    };
    if product.is_margined() { (format!("{ko} 무기한"), format!("{en} perpetual")) } else { (ko.into(), en.into()) }
}

fn tiers(id: InstrumentId) -> Vec<LeverageTier> {
    let rows: &[_] = if id.symbol.as_str() == "BTCUSDT" { &BITCOIN } else { &CAREFUL };
    let tier = |&(from, rate, deducted, max_leverage)| LeverageTier {
        notional_from: Decimal::from(from) * Decimal::ONE_THOUSAND,
        maintenance_rate: Decimal::new(rate, 4),
        maintenance_amount: Decimal::from(deducted),
        max_leverage,
    };
    rows.iter().map(tier).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::replay::{Capture, SAMPLE};

    fn header(id: &str) -> CaptureHeader {
        let sample = Capture::open(SAMPLE).unwrap().header().clone();
        CaptureHeader { instrument: id.parse().unwrap(), ..sample }
    }

    #[test]
    fn margin_is_continuous_where_steps_meet() {
        for pair in instrument(&header("BINANCE_FUTURES:BTCUSDT")).unwrap().tiers.windows(2) {
            let margin = |tier: &LeverageTier, n| n * tier.maintenance_rate - tier.maintenance_amount;
            let at = pair[1].notional_from;
            assert_eq!(margin(&pair[0], at), margin(&pair[1], at), "at {at}");
        }
    }

    #[test]
    fn coins_are_told_by_venue_and_quote_currency() {
        let perpetual = instrument(&header("BINANCE_FUTURES:ETHUSDC")).unwrap();
        assert_eq!((perpetual.product, perpetual.currency), (Product::CryptoPerpetual, Currency::Usdc));
        assert_eq!(perpetual.tiers.len(), 1);
        let spot = instrument(&header("BINANCE_SPOT:BTCUSDT")).unwrap();
        assert_eq!((spot.product, spot.tiers.len(), spot.name_en.as_str()), (Product::CryptoSpot, 0, "Bitcoin"));
        assert!(instrument(&header("KRX:005930")).unwrap_err().contains("KRX"));
        assert!(instrument(&header("BINANCE_SPOT:ETHBTC")).unwrap_err().contains("currency"));
        let endless = CaptureHeader { price_decimals: 99, ..header("BINANCE_SPOT:BTCUSDT") };
        assert!(instrument(&endless).is_err());
    }
}
