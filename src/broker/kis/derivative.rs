//! Korean index futures and options: which of the two a code is, and what follows from it at the broker.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, dec};

use super::environment::Realm;
use super::realtime::Stream;
use super::request::future::Session;
use super::wire::future_quote::MarginRate;
use crate::market::{Calendar, Instrument, InstrumentId, LeverageTier, Phase, UtcTime, Venue};

/// Digits of the account's product code of derivatives accounts (`12345678-03`).
pub const ACCOUNT_PRODUCT: &str = "03";

/// Whose services are asked at a time: those of the night while it lasts, which paper does not have, else those of the day.
#[must_use]
pub fn session(realm: Realm, now: UtcTime) -> Session {
    let phase = || Calendar::builtin().map(|calendar| calendar.phase_at(Venue::KrxFutures, now).phase);
    if realm == Realm::Live && phase() == Ok(Phase::Night) { Session::Night } else { Session::Day }
}

/// What a contract is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// A future.
    Future,
    /// A call or a put.
    Option,
}

impl Contract {
    /// By the first character of its short code: `B` and `C` are options, `2` and `3` were until 2025.
    #[must_use]
    pub fn of(instrument: InstrumentId) -> Self {
        match instrument.symbol.as_str().as_bytes().first() {
            Some(b'B' | b'C' | b'2' | b'3') => Self::Option,
            _ => Self::Future,
        }
    }

    /// `FID_COND_MRKT_DIV_CODE`.
    #[must_use]
    pub const fn division(self, session: Session) -> &'static str {
        match (self, session) {
            (Self::Future, Session::Day) => "F",
            (Self::Option, Session::Day) => "O",
            (Self::Future, Session::Night) => "CM",
            (Self::Option, Session::Night) => "EU",
        }
    }

    /// `FUOP_ITEM_DVSN_CD` of a change at night: a future, a call or a put.
    #[must_use]
    pub fn item(contract: &str) -> &'static str {
        match contract.as_bytes().first() {
            Some(b'B' | b'2') => "02",
            Some(b'C' | b'3') => "03",
            _ => "01",
        }
    }

    /// Stream of its prints, or of its book.
    #[must_use]
    pub const fn stream(self, session: Session, is_book: bool) -> Stream {
        match (self, session, is_book) {
            (Self::Future, Session::Day, false) => Stream::FutureTrade,
            (Self::Future, Session::Day, true) => Stream::FutureBook,
            (Self::Option, Session::Day, false) => Stream::OptionTrade,
            (Self::Option, Session::Day, true) => Stream::OptionBook,
            (Self::Future, Session::Night, false) => Stream::NightFutureTrade,
            (Self::Future, Session::Night, true) => Stream::NightFutureBook,
            (Self::Option, Session::Night, false) => Stream::NightOptionTrade,
            (Self::Option, Session::Night, true) => Stream::NightOptionBook,
        }
    }
}

/// What a future holds back where the broker does not say: a fifth of its value. That is the widest move of a day that KRX
/// allows (its third daily price limit, 20 %), and more than any rate it has asked for an index.
const CAREFUL: Decimal = dec!(0.2);

/// The margin step of a future by its rate, as a fraction of its value: the highest leverage that holds back no less.
#[must_use]
pub fn tier(rate: Option<Decimal>) -> LeverageTier {
    let rate = rate.filter(|rate| *rate > Decimal::ZERO && *rate <= Decimal::ONE).unwrap_or(CAREFUL);
    let leverage = Decimal::ONE.checked_div(rate).and_then(|most| most.floor().to_u32()).unwrap_or(1).max(1);
    LeverageTier {
        notional_from: Decimal::ZERO,
        maintenance_rate: rate,
        maintenance_amount: Decimal::ZERO,
        max_leverage: leverage,
    }
}

/// Margin rates of the indexes whose futures hoga knows, as fractions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Margins {
    kospi200: Option<Decimal>,
    kosdaq150: Option<Decimal>,
}

impl Margins {
    /// From the broker's table. Of several rows about one index the highest rate counts.
    #[must_use]
    pub fn of(rows: &[MarginRate]) -> Self {
        let mut margins = Self::default();
        for row in rows {
            let name: String = row.name.chars().filter(|letter| !letter.is_whitespace()).collect();
            let place = match name.as_str() {
                "코스피200" | "KOSPI200" | "미니코스피200" => &mut margins.kospi200,
                "코스닥150" | "KOSDAQ150" => &mut margins.kosdaq150,
                _ => continue,
            };
            *place = (*place).max(rate(row));
        }
        margins
    }

    /// Gives a future the margin of its index.
    pub fn apply(self, instrument: &mut Instrument) {
        if !instrument.product.is_margined() {
            return;
        }
        // A point of a KOSDAQ150 future is worth 10,000 won, of the others more.
        let rate = if instrument.multiplier == dec!(10_000) { self.kosdaq150 } else { self.kospi200 };
        if rate.is_some() {
            instrument.tiers = vec![tier(rate)];
        }
    }
}

/// The rate of a row: what it says in per cent, or what it says a contract needs, whichever is more.
fn rate(row: &MarginRate) -> Option<Decimal> {
    let said = row.rate.get()?.checked_div(dec!(100))?;
    let value = row.price.or_zero().checked_mul(row.multiplier.or_zero())?;
    let counted = row.margin.or_zero().checked_div(value);
    Some(counted.map_or(said, |counted| counted.max(said)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Symbol, Venue};

    #[test]
    fn calls_and_puts_are_options_and_the_rest_futures() {
        for (code, contract) in [
            ("A01612", Contract::Future),
            ("A05701", Contract::Future),
            ("101S03", Contract::Future),
            ("B01610415", Contract::Option),
            ("C01610405", Contract::Option),
            ("201S03370", Contract::Option),
            ("301V05480", Contract::Option),
        ] {
            let instrument = InstrumentId { venue: Venue::KrxFutures, symbol: Symbol::new(code).unwrap() };
            assert_eq!(Contract::of(instrument), contract, "{code}");
        }
    }

    #[test]
    fn the_margin_of_a_future_is_never_less_than_the_brokers() {
        use crate::broker::kis::wire::{Envelope, Part};
        let body = include_bytes!("../../../tests/data/kis/futures_margin_rate.json");
        let rows = Envelope::parse("margins", body).unwrap().rows::<MarginRate>(Part::First).rows;
        let margins = Margins::of(&rows);
        // 10,206,000 won of 412.10 points: 9.906 %, and not the 9.9 % beside it.
        assert!(margins.kospi200.is_some_and(|rate| rate > dec!(0.099)));
        assert_eq!((tier(margins.kospi200).max_leverage, margins.kosdaq150), (10, None));
        for (rate, leverage) in
            [(Some(dec!(0.0825)), 12), (None, 5), (Some(dec!(0)), 5), (Some(dec!(3)), 5), (Some(dec!(1)), 1)]
        {
            assert_eq!(tier(rate).max_leverage, leverage, "{rate:?}");
        }
    }
}
