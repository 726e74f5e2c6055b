//! Every indicator there is, and how one is made from a name and numbers.

use super::formula::Parameters;
use super::nearest::nearest;
use super::{Indicator, IndicatorError, IndicatorInfo, ParameterInfo};
use crate::market::Venue;

/// All indicators, in the order lists show them.
pub static INDICATORS: &[&IndicatorInfo] = &[
    &super::sma::INFO,
    &super::ema::INFO,
    &super::wma::INFO,
    &super::dema::INFO,
    &super::tema::INFO,
    &super::hma::INFO,
    &super::vwma::INFO,
    &super::vwap::INFO,
    &super::bollinger::INFO,
    &super::keltner::INFO,
    &super::donchian::INFO,
    &super::ichimoku::INFO,
    &super::supertrend::INFO,
    &super::sar::INFO,
    &super::pivot::INFO,
    &super::volume::INFO,
    &super::rsi::INFO,
    &super::macd::INFO,
    &super::stochastic::INFO,
    &super::stochastic_rsi::INFO,
    &super::adx::INFO,
    &super::atr::INFO,
    &super::cci::INFO,
    &super::obv::INFO,
    &super::mfi::INFO,
    &super::cmf::INFO,
    &super::williams::INFO,
    &super::roc::INFO,
    &super::momentum::INFO,
    &super::aroon::INFO,
    &super::standard_deviation::INFO,
];

/// The indicator a person wrote, such as `ema 20`, `MACD 12,26,9` or `bollinger(20, 2)`; numbers left out are the
/// default. Days are those of Korea; [`parse_for`] takes another venue's.
///
/// # Errors
/// What is wrong with the text, with the nearest name for one there is not.
pub fn parse(text: &str) -> Result<Box<dyn Indicator>, IndicatorError> {
    parse_for(text, Venue::Krx)
}

/// [`parse`], for a chart of an instrument of `venue`, whose trading dates VWAP and pivot points follow.
///
/// # Errors
/// As [`parse`].
pub fn parse_for(text: &str, venue: Venue) -> Result<Box<dyn Indicator>, IndicatorError> {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')');
    let mut words = text.split(between).filter(|word| !word.is_empty());
    let info = find(words.next().ok_or(IndicatorError::Empty)?)?;
    let words: Vec<&str> = words.collect();
    if words.len() > info.parameters.len() {
        return Err(IndicatorError::TooMany { indicator: info.name, max: info.parameters.len(), given: words.len() });
    }
    let numbers = info.parameters.iter().enumerate().map(|(index, parameter)| match words.get(index) {
        None => Ok(parameter.default),
        Some(word) => number(info, parameter, word),
    });
    let parameters = Parameters(numbers.collect::<Result<_, _>>()?);
    Ok((info.build)(info, &parameters, venue))
}

fn find(word: &str) -> Result<&'static IndicatorInfo, IndicatorError> {
    let name: String = word.chars().take(40).flat_map(char::to_lowercase).collect();
    let found = INDICATORS.iter().find(|info| info.name == name || info.aliases.contains(&name.as_str()));
    found.copied().ok_or_else(|| {
        let known = INDICATORS.iter().flat_map(|info| std::iter::once(info.name).chain(info.aliases.iter().copied()));
        let nearest = nearest(&name, known);
        IndicatorError::Unknown { name: word.chars().take(40).collect(), nearest }
    })
}

fn number(info: &IndicatorInfo, parameter: &ParameterInfo, word: &str) -> Result<f64, IndicatorError> {
    let (indicator, name) = (info.name, parameter.name);
    let not_a_number =
        || IndicatorError::NotANumber { indicator, parameter: name, text: word.chars().take(40).collect() };
    let value: f64 = word.parse().map_err(|_| not_a_number())?;
    if !value.is_finite() {
        return Err(not_a_number());
    }
    if parameter.whole && value.fract() != 0.0 {
        return Err(IndicatorError::NotWhole { indicator, parameter: name, value });
    }
    let ParameterInfo { min, max, .. } = *parameter;
    if !(min..=max).contains(&value) {
        return Err(IndicatorError::OutOfRange { indicator, parameter: name, min, max, value });
    }
    Ok(value)
}
