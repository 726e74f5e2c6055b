//! Series at the edge of sense: nothing panics, and the values are the documented ones.

use hoga::market::indicator::{self, Bar, HeikinAshi, INDICATORS};
use hoga::market::{Candle, Price, Quantity, UtcTime, Venue};

use super::{bar, values};

#[test]
fn a_candle_is_a_bar_with_the_same_numbers() {
    let number = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
    let price = |text: &str| Price::new(number(text)).unwrap();
    let candle = Candle {
        time: UtcTime::from_millis(60_000),
        open: price("71300"),
        high: price("71500.5"),
        low: price("0.00001234"),
        close: price("71400"),
        volume: Quantity::new(number("0.015")).unwrap(),
        value: number("1071"),
        closed: true,
    };
    assert_eq!(Bar::from(&candle), bar(1, [71_300.0, 71_500.5, 0.000_012_34, 71_400.0, 0.015]));
}

fn walk(length: usize) -> Vec<Bar> {
    let one = |i: usize| {
        let close = 100.0 + 9.0 * (i as f64 * 0.7).sin() + i as f64 * 0.05;
        bar(i as i64 * 60, [close - 0.4, close + 1.3, close - 1.1, close, 10.0 + (i % 7) as f64])
    };
    (0..length).map(one).collect()
}

/// Every indicator by default, and with all its numbers as small and as large as they may be.
fn all() -> impl Iterator<Item = String> {
    INDICATORS.iter().flat_map(|info| {
        let with = |number: fn(&indicator::ParameterInfo) -> f64| {
            info.parameters.iter().fold(info.name.to_owned(), |text, parameter| format!("{text} {}", number(parameter)))
        };
        [info.name.to_owned(), with(|parameter| parameter.min), with(|parameter| parameter.max)]
    })
}

#[test]
fn a_flat_market_has_the_values_of_talib() {
    let bars: Vec<Bar> = (0..120).map(|i| bar(i, [100.0, 100.0, 100.0, 100.0, 0.0])).collect();
    for (text, expected) in [
        ("sma", &[100.0][..]),
        ("ema", &[100.0]),
        ("wma", &[100.0]),
        ("dema", &[100.0]),
        ("tema", &[100.0]),
        ("hma", &[100.0]),
        ("bollinger", &[100.0, 100.0, 100.0]),
        ("keltner", &[100.0, 100.0, 100.0]),
        ("donchian", &[100.0, 100.0, 100.0]),
        ("ichimoku", &[100.0, 100.0, 100.0, 100.0, 100.0]),
        ("sar", &[100.0]),
        ("rsi", &[0.0]),
        ("macd", &[0.0, 0.0, 0.0]),
        ("stochastic", &[0.0, 0.0]),
        ("stochrsi", &[0.0, 0.0]),
        ("adx", &[0.0, 0.0, 0.0]),
        ("atr", &[0.0]),
        ("cci", &[0.0]),
        ("obv", &[0.0]),
        ("mfi", &[0.0]),
        ("cmf", &[0.0]),
        ("williams", &[0.0]),
        ("roc", &[0.0]),
        ("momentum", &[0.0]),
        ("aroon", &[100.0, 100.0, 0.0]),
        ("stddev", &[0.0]),
    ] {
        let last: Vec<f64> = values(text, &bars).iter().map(|line| *line.last().unwrap()).collect();
        assert_eq!(last, expected, "{text}");
    }
    // Nothing traded has no average price.
    assert!(values("vwap", &bars)[0].iter().chain(&values("vwma", &bars)[0]).all(|value| value.is_nan()));
}

#[test]
fn a_price_without_an_exact_float_is_flat_too() {
    let bars: Vec<Bar> = (0..120).map(|i| bar(i, [0.1, 0.1, 0.1, 0.1, 0.3])).collect();
    for (text, expected) in [("cci 14", 0.0), ("stddev 7", 0.0), ("rsi", 0.0), ("stochrsi", 0.0), ("williams", 0.0)] {
        assert_eq!(values(text, &bars)[0].last(), Some(&expected), "{text}");
    }
}

#[test]
fn a_stop_in_trading_is_no_movement_of_the_stochastic_rsi() {
    let mut bars = walk(60);
    let close = bars[59].close;
    bars.extend((60..140).map(|i| bar(i, [close, close, close, close, 0.0])));
    let lines = values("stochrsi 14 14 3 3", &bars);
    assert!(lines.iter().all(|line| line[90..].iter().all(|value| *value == 0.0)));
}

#[test]
fn a_bar_that_is_no_bar_is_passed_over() {
    let good = walk(120);
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1e200] {
        let mut bars = good.clone();
        let holes = [0, 1, 40, 41, 42, 80];
        for hole in holes {
            bars.insert(hole, Bar { close: broken, high: broken, ..good[hole] });
        }
        for text in all() {
            let (with, without) = (values(&text, &bars), values(&text, &good));
            for (with, without) in with.iter().zip(&without) {
                assert!(holes.iter().all(|hole| with[*hole].is_nan()), "{text}");
                let kept =
                    with.iter().enumerate().filter(|(row, _)| !holes.contains(row)).map(|(_, value)| value.to_bits());
                assert!(kept.eq(without.iter().map(|value| value.to_bits())), "{text} remembers {broken}");
            }
        }
        assert!(HeikinAshi::batch(&bars).last().unwrap().open.is_finite());
    }
}

#[test]
fn a_missing_volume_matters_only_where_it_is_read() {
    let bars: Vec<Bar> = walk(120).into_iter().map(|bar| Bar { volume: f64::NAN, ..bar }).collect();
    for info in INDICATORS {
        let reads = matches!(info.name, "vwma" | "vwap" | "volume" | "obv" | "mfi" | "cmf");
        let lines = values(info.name, &bars);
        assert_eq!(lines.iter().all(|line| line.iter().all(|value| value.is_nan())), reads, "{}", info.name);
    }
}

#[test]
fn huge_tiny_and_negative_prices_do_not_stop_anything() {
    for scale in [1e100, 1e-100, 1e-300, -1.0, 0.0] {
        let bars: Vec<Bar> = walk(120)
            .iter()
            .map(|b| bar(b.time.seconds() / 60, [b.open, b.high, b.low, b.close, b.volume].map(|x| x * scale)))
            .collect();
        for text in all() {
            assert_eq!(values(&text, &bars)[0].len(), 120, "{text}");
        }
    }
}

#[test]
fn one_bar_and_none_are_series_too() {
    for text in all() {
        let lines = values(&text, &walk(1));
        assert!(lines.iter().all(|line| line.len() == 1), "{text}");
        assert!(values(&text, &[]).iter().all(Vec::is_empty), "{text}");
    }
    assert_eq!(values("sma 1", &walk(1))[0], [100.0]);
    assert!(values("rsi 1", &walk(1))[0][0].is_nan());
}

#[test]
fn a_period_of_one_is_the_bar_itself() {
    let bars = walk(50);
    let closes: Vec<f64> = bars.iter().map(|bar| bar.close).collect();
    for text in ["sma 1", "ema 1", "wma 1", "dema 1", "tema 1", "hma 1"] {
        let apart = values(text, &bars)[0].iter().zip(&closes).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
        assert!(apart < 1e-12, "{text}");
    }
    assert!(values("rsi 1", &bars)[0][1..].iter().all(|value| *value == 0.0 || *value == 100.0));
    assert!(values("cci 1", &bars)[0].iter().all(|value| *value == 0.0));
    assert!(values("stddev 1", &bars)[0].iter().all(|value| *value == 0.0));
}

#[test]
fn a_long_series_does_not_drift_after_something_huge() {
    let mut bars = walk(5_000);
    bars[10].volume = 1e60;
    let volumes = &values("volume 20", &bars)[1];
    assert!(volumes[40..].iter().all(|mean| (10.0..=16.0).contains(mean)));
}

#[test]
fn days_are_those_of_the_venue() {
    // An hour each from 2026-11-20T00:00Z on: Korea's day ends at 15:00 UTC, New York's at 05:00 UTC.
    let start = 29_918_880;
    let bars: Vec<Bar> = (0..48).map(|hour| bar(start + hour * 60, [5.0, 5.0, 5.0, 5.0 + hour as f64, 1.0])).collect();
    assert_eq!(bars[0].time.to_string(), "2026-11-20T00:00:00.000Z");
    for (venue, hours) in
        [(Venue::Krx, vec![0, 15, 39]), (Venue::BinanceFutures, vec![0, 24]), (Venue::Nasdaq, vec![0, 5, 29])]
    {
        let lines = indicator::batch(indicator::parse_for("vwap", venue).unwrap().as_mut(), &bars);
        let begins = |hour: &usize| lines[0][*hour] == bars[*hour].typical();
        assert_eq!((0..48).filter(begins).collect::<Vec<_>>(), hours, "{venue:?}");
        let pivots = indicator::batch(indicator::parse_for("pivot", venue).unwrap().as_mut(), &bars);
        assert_eq!(pivots[0].iter().position(|value| !value.is_nan()), hours.get(1).copied(), "{venue:?}");
    }
}
