//! The order of `hoga risk test "buy 005930 100@70000"`: what somebody wants to hold against the gate without sending it.

use crate::market::{NumberError, Price, Quantity, Side};

/// Longest text that is looked at, in characters.
const TEXT_MAX: usize = 200;

/// A side, a symbol as typed, a quantity and, unless it is a market order, a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOrder {
    /// Which way.
    pub side: Side,
    /// What was typed for the instrument, such as `005930` or `KRX:005930`; not looked up yet.
    pub symbol: String,
    /// How much, above zero.
    pub quantity: Quantity,
    /// Limit price; `None` for a market order.
    pub price: Option<Price>,
}

/// Text that is no test order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TestOrderError {
    /// Longer than any order is.
    #[error("an order is written as 'buy 005930 100@70000', in 200 characters at most")]
    TooLong,
    /// A part is missing.
    #[error("the {0} is missing: write 'buy 005930 100@70000', or 'buy 005930 100' for a market order")]
    Missing(&'static str),
    /// The first word is no side.
    #[error("'{0}' is no side: write 'buy' or 'sell'")]
    Side(String),
    /// Something follows the order.
    #[error("'{0}' is too much: the quantity and the price are one number each, without spaces in them")]
    TooMuch(String),
    /// The quantity is no quantity.
    #[error("no quantity: {0}")]
    Quantity(NumberError),
    /// The quantity is zero.
    #[error("no quantity: it must be above zero")]
    NoQuantity,
    /// The price is no price.
    #[error("no price: {0}")]
    Price(NumberError),
}

impl TestOrder {
    /// Reads `SIDE SYMBOL QUANTITY[@PRICE]`. The side is `buy` or `sell` (`매수`, `매도`) in any letter case; there may be
    /// spaces around the `@`. Numbers are plain decimals: a comma could mean either of two things, so it is not taken.
    ///
    /// # Errors
    /// What is missing, too much, or no number.
    pub fn parse(text: &str) -> Result<Self, TestOrderError> {
        if text.chars().nth(TEXT_MAX).is_some() {
            return Err(TestOrderError::TooLong);
        }
        let (side, rest) = first_word(text);
        let side = parse_side(side)?;
        let (symbol, rest) = first_word(rest);
        if symbol.is_empty() {
            return Err(TestOrderError::Missing("symbol"));
        }
        let (quantity, price) = rest.split_once('@').map_or((rest, None), |(before, after)| (before, Some(after)));
        let quantity: Quantity =
            one_word(quantity, "quantity")?.parse().map_err(|e| TestOrderError::Quantity(plain(e)))?;
        if quantity.is_zero() {
            return Err(TestOrderError::NoQuantity);
        }
        let price = match price {
            None => None,
            Some(price) => {
                Some(one_word(price, "price")?.parse().map_err(|error| TestOrderError::Price(plain(error)))?)
            }
        };
        Ok(Self { side, symbol: printable(symbol), quantity, price })
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn parse_side(word: &str) -> Result<Side, TestOrderError> {
    match word.to_lowercase().as_str() {
        "" => Err(TestOrderError::Missing("side")),
        "buy" | "매수" => Ok(Side::Buy),
        "sell" | "매도" => Ok(Side::Sell),
        _ => Err(TestOrderError::Side(printable(word))),
    }
}

fn one_word<'a>(text: &'a str, what: &'static str) -> Result<&'a str, TestOrderError> {
    match first_word(text) {
        ("", _) => Err(TestOrderError::Missing(what)),
        (word, "") => Ok(word),
        (_, rest) => Err(TestOrderError::TooMuch(printable(rest.trim()))),
    }
}

/// What goes to a terminal again carries no control characters.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn plain(error: NumberError) -> NumberError {
    match error {
        NumberError::NotANumber(text) => NumberError::NotANumber(printable(&text)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(side: Side, symbol: &str, quantity: &str, price: Option<&str>) -> Result<TestOrder, TestOrderError> {
        Ok(TestOrder {
            side,
            symbol: symbol.into(),
            quantity: quantity.parse().unwrap(),
            price: price.map(|p| p.parse().unwrap()),
        })
    }

    #[test]
    fn orders_are_read() {
        let rows = [
            ("buy 005930 100@70000", order(Side::Buy, "005930", "100", Some("70000"))),
            ("  SELL\tKRX:005930   5 ", order(Side::Sell, "KRX:005930", "5", None)),
            ("buy BTCUSDT 0.001 @ 61659.70", order(Side::Buy, "BTCUSDT", "0.001", Some("61659.7"))),
            ("매수 삼성전자 10@ 70100", order(Side::Buy, "삼성전자", "10", Some("70100"))),
            ("매도 005930 10 @70100", order(Side::Sell, "005930", "10", Some("70100"))),
        ];
        for (text, wanted) in rows {
            assert_eq!(TestOrder::parse(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_order_says_why() {
        let rows = [
            ("", "the side is missing: write 'buy 005930 100@70000', or 'buy 005930 100' for a market order"),
            ("hold 005930 1", "'hold' is no side: write 'buy' or 'sell'"),
            ("buy", "the symbol is missing: write 'buy 005930 100@70000', or 'buy 005930 100' for a market order"),
            (
                "buy 005930",
                "the quantity is missing: write 'buy 005930 100@70000', or 'buy 005930 100' for a market order",
            ),
            (
                "buy 005930 @70000",
                "the quantity is missing: write 'buy 005930 100@70000', or 'buy 005930 100' for a market order",
            ),
            (
                "buy 005930 100@",
                "the price is missing: write 'buy 005930 100@70000', or 'buy 005930 100' for a market order",
            ),
            (
                "buy 005930 100 70000",
                "'70000' is too much: the quantity and the price are one number each, without spaces in them",
            ),
            (
                "buy 005930 100@70 000",
                "'000' is too much: the quantity and the price are one number each, without spaces in them",
            ),
            ("buy 005930 0@70000", "no quantity: it must be above zero"),
            ("buy 005930 -1@70000", "no quantity: -1 is not allowed here: it must be above zero"),
            ("buy 005930 100@0", "no price: 0 is not allowed here: it must be above zero"),
            ("buy 005930 100@70,000", "no price: '70,000' is not a decimal number"),
            ("buy 005930 1e3", "no quantity: '1e3' is not a decimal number"),
            ("buy 005930 100@70000@1", "no price: '70000@1' is not a decimal number"),
            ("b\u{1b}[2Jy 005930 1", "'b[2Jy' is no side: write 'buy' or 'sell'"),
            ("buy 005930 1\u{7}", "no quantity: '1' is not a decimal number"),
        ];
        for (text, wanted) in rows {
            assert_eq!(TestOrder::parse(text).unwrap_err().to_string(), wanted, "{text:?}");
        }
        assert_eq!(TestOrder::parse(&"buy ".repeat(60)), Err(TestOrderError::TooLong));
    }
}
