//! Index and stock futures and options: nine columns with bars between them. Contracts are taken from here, never built.

use rust_decimal::{Decimal, dec};

use super::column::{Listing, decoded, lines};
use crate::broker::kis::derivative::tier;
use crate::broker::kis::map::future_market::instrument;
use crate::broker::kis::wire::{Number, Text};
use crate::market::{Currency, Instrument, Product, Quantity, TickRule};

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Kind: `1` index future, `5` call, `6` put and so on.
    pub kind: Text,
    /// Short code, for orders and quotes.
    pub code: Text,
    /// Standard code.
    pub standard: Text,
    /// Korean name.
    pub name: Text,
    /// 1 at, 2 in, 3 out of the money; 0 for futures.
    pub moneyness: Text,
    /// Strike as the file has it, where there is one.
    pub strike: Number,
    /// 0 continuous, 1 the nearest month, 2 the one after it, and so on.
    pub month: Number,
    /// Code of the underlying.
    pub underlying: Text,
    /// Its name.
    pub underlying_name: Text,
}

/// Reads a file.
#[must_use]
pub fn read(bytes: &[u8]) -> Listing<Contract> {
    lines(bytes, contract)
}

fn contract(line: &[u8]) -> Option<Contract> {
    let columns: Vec<&[u8]> = line.split(|byte| *byte == b'|').collect();
    let at = |index: usize| decoded(columns.get(index)?);
    let number = |index: usize| Number::parse(&at(index)?).ok();
    Some(Contract {
        kind: at(0).filter(|kind| kind.len() == 1)?,
        code: at(1).filter(|code| code.bytes().all(|byte| byte.is_ascii_alphanumeric()) && code.len() >= 6)?,
        standard: at(2)?,
        name: at(3)?,
        moneyness: at(4)?,
        strike: number(5)?,
        month: number(6)?,
        underlying: at(7)?,
        underlying_name: at(8)?,
    })
}

/// A family of contracts that hoga knows the rules of.
struct Family {
    /// What the file calls it.
    kind: &'static str,
    underlying: Underlying,
    name_ko: &'static str,
    name_en: &'static str,
    product: Product,
    ticks: TickRule,
    multiplier: Decimal,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Underlying {
    Kospi200,
    Kosdaq150,
}

const KOSPI200: Decimal = dec!(250_000);
const MINI: Decimal = dec!(50_000);
const KOSDAQ150: Decimal = dec!(10_000);

const fn family(
    (kind, underlying): (&'static str, Underlying),
    (name_ko, name_en): (&'static str, &'static str),
    (product, ticks, multiplier): (Product, TickRule, Decimal),
) -> Family {
    Family { kind, underlying, name_ko, name_en, product, ticks, multiplier }
}

/// Spreads, sectors and volatility are left out: their contracts are worth other sums for a point.
const FAMILIES: [Family; 12] = [
    family(
        ("1", Underlying::Kospi200),
        ("코스피200 선물", "KOSPI200 future"),
        (Product::KrxFuture, TickRule::Fixed(dec!(0.05)), KOSPI200),
    ),
    family(
        ("1", Underlying::Kosdaq150),
        ("코스닥150 선물", "KOSDAQ150 future"),
        (Product::KrxFuture, TickRule::Fixed(dec!(0.1)), KOSDAQ150),
    ),
    family(
        ("3", Underlying::Kosdaq150),
        ("코스닥150 선물", "KOSDAQ150 future"),
        (Product::KrxFuture, TickRule::Fixed(dec!(0.1)), KOSDAQ150),
    ),
    family(
        ("B", Underlying::Kospi200),
        ("미니 코스피200 선물", "Mini KOSPI200 future"),
        (Product::KrxFuture, TickRule::Fixed(dec!(0.02)), MINI),
    ),
    family(
        ("5", Underlying::Kospi200),
        ("코스피200 콜", "KOSPI200 call"),
        (Product::KrxOption, TickRule::KrxOption, KOSPI200),
    ),
    family(
        ("6", Underlying::Kospi200),
        ("코스피200 풋", "KOSPI200 put"),
        (Product::KrxOption, TickRule::KrxOption, KOSPI200),
    ),
    family(
        ("D", Underlying::Kospi200),
        ("미니 코스피200 콜", "Mini KOSPI200 call"),
        (Product::KrxOption, TickRule::KrxMiniOption, MINI),
    ),
    family(
        ("E", Underlying::Kospi200),
        ("미니 코스피200 풋", "Mini KOSPI200 put"),
        (Product::KrxOption, TickRule::KrxMiniOption, MINI),
    ),
    family(
        ("J", Underlying::Kosdaq150),
        ("코스닥150 콜", "KOSDAQ150 call"),
        (Product::KrxOption, TickRule::KrxKosdaqOption, KOSDAQ150),
    ),
    family(
        ("K", Underlying::Kosdaq150),
        ("코스닥150 풋", "KOSDAQ150 put"),
        (Product::KrxOption, TickRule::KrxKosdaqOption, KOSDAQ150),
    ),
    family(
        ("L", Underlying::Kospi200),
        ("위클리 코스피200 콜", "Weekly KOSPI200 call"),
        (Product::KrxOption, TickRule::KrxOption, KOSPI200),
    ),
    family(
        ("M", Underlying::Kospi200),
        ("위클리 코스피200 풋", "Weekly KOSPI200 put"),
        (Product::KrxOption, TickRule::KrxOption, KOSPI200),
    ),
];

impl Contract {
    /// What it is on, by the name of the underlying: codes of underlyings are not known for certain.
    fn on(&self) -> Option<Underlying> {
        let name: String = self.underlying_name.chars().filter(|letter| !letter.is_whitespace()).collect();
        match name.to_ascii_uppercase().as_str() {
            "KOSPI200" | "코스피200" | "K200" => Some(Underlying::Kospi200),
            "KOSDAQ150" | "코스닥150" => Some(Underlying::Kosdaq150),
            _ => None,
        }
    }

    /// Month and strike, as the file's name of it ends: `202612` of `F 202612`.
    fn term(&self) -> &str {
        let begins = self.name.find(|letter: char| letter.is_ascii_digit()).unwrap_or_default();
        self.name.get(begins..).unwrap_or_default()
    }

    /// The instrument; none for contracts whose rules hoga does not know.
    #[must_use]
    pub fn instrument(&self) -> Option<Instrument> {
        let on = self.on()?;
        let family = FAMILIES.iter().find(|family| *self.kind == *family.kind && family.underlying == on)?;
        let one = Quantity::new(Decimal::ONE).ok()?;
        let name = |family: &str| format!("{family} {}", self.term());
        Some(Instrument {
            id: instrument(&self.code)?,
            name_ko: name(family.name_ko),
            name_en: name(family.name_en),
            product: family.product,
            currency: Currency::Krw,
            ticks: family.ticks,
            price_decimals: 2,
            lot: one,
            min_quantity: one,
            max_quantity: None,
            min_notional: None,
            multiplier: family.multiplier,
            base_price: None,
            daily_limit: None,
            tiers: if family.product.is_margined() { vec![tier(None)] } else { Vec::new() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instruments(text: &str) -> Vec<Instrument> {
        read(text.as_bytes()).rows.iter().filter_map(Contract::instrument).collect()
    }

    #[test]
    fn the_sample_gives_futures_and_options_with_names_in_both_languages() {
        let bytes = include_bytes!("../../../../tests/data/kis/master_fo_idx_code_mts.mst");
        let all: Vec<Instrument> = read(bytes).rows.iter().filter_map(Contract::instrument).collect();
        assert_eq!(all.len(), 4);
        let (future, call) = (&all[0], &all[2]);
        assert_eq!(future.id.to_string(), "KRX_FUTURES:A01612");
        assert_eq!(
            (future.name_ko.as_str(), future.name_en.as_str()),
            ("코스피200 선물 202612", "KOSPI200 future 202612")
        );
        assert_eq!((future.product, future.multiplier), (Product::KrxFuture, dec!(250_000)));
        assert_eq!(future.tiers.len(), 1);
        assert_eq!((call.product, call.name_ko.as_str()), (Product::KrxOption, "코스피200 콜 202610 415.0"));
        assert!(call.tiers.is_empty());
    }

    #[test]
    fn contracts_of_other_rules_are_left_out() {
        let lines = "B|A05612|KR4A05660001|MF 202612|0|0|1|2001|KOSPI200\n\
                     2|D01612703|KR4D01660001|SP 2612-2703|0|0|1|2001|KOSPI200\n\
                     7|A04612|KR4A04660001|VF 202612|0|0|1|9999|VKOSPI\n\
                     1|A06612|KR4A06660001|Q150 F 202612|0|0|1|3003|KOSDAQ150\n";
        let all = instruments(lines);
        let known: Vec<(&str, Decimal)> = all.iter().map(|one| (one.name_ko.as_str(), one.multiplier)).collect();
        assert_eq!(known[0], ("미니 코스피200 선물 202612", dec!(50_000)));
        assert_eq!(all.len(), 2);
        assert_eq!((all[1].id.symbol.as_str(), known[1].1), ("A06612", dec!(10_000)));
    }
}
