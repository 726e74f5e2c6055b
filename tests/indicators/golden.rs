//! Numbers other programs gave.

use std::collections::BTreeMap;

use super::{Bar, TOLERANCE, bar, distance, values};

const TALIB: &str = include_str!("../data/indicators/talib.csv");

/// Bars and columns of the file.
fn talib() -> (Vec<Bar>, BTreeMap<String, Vec<f64>>) {
    let mut lines = TALIB.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<f64>> = lines
        .map(|line| {
            line.split(',').map(|cell| if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() }).collect()
        })
        .collect();
    let bars = rows.iter().enumerate().map(|(minute, row)| bar(minute as i64, row[..5].try_into().unwrap())).collect();
    let columns = names.iter().enumerate().skip(5);
    (bars, columns.map(|(at, name)| ((*name).to_owned(), rows.iter().map(|row| row[at]).collect())).collect())
}

#[test]
fn every_value_is_talibs() {
    let (bars, columns) = talib();
    assert_eq!(columns.len(), 46);
    let mut worst: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (column, theirs) in &columns {
        let (text, line) = column.rsplit_once('/').unwrap();
        let ours = &values(text, &bars)[line.parse::<usize>().unwrap()];
        let entry = worst.entry(text).or_default();
        for (row, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            let apart = distance(*ours, *theirs);
            if apart > TOLERANCE {
                println!("{column} row {row}: {ours} against {theirs}");
            }
            if apart > entry.0 {
                *entry = (apart, row);
            }
        }
    }
    for (text, (apart, row)) in &worst {
        println!("{text:<22} {apart:.1e} at row {row}");
    }
    assert!(worst.values().all(|(apart, _)| *apart <= TOLERANCE));
}

/// Forty bars whose values were published to ten significant digits.
fn sample() -> Vec<Bar> {
    let closes = "100 102 101 103 106 105 107 110 108 107 109 112 115 113 114 116 118 117 119 121 120 122 125 124 123 126 \
                  128 127 129 131 130 132 135 134 136 138 137 139 141 140";
    let above = [1.0, 2.0, 1.5, 1.0, 2.0];
    let below = [1.5, 1.0, 2.0, 1.0, 1.5];
    let volumes = [1000.0, 1200.0, 900.0, 1500.0, 1100.0, 1300.0, 800.0, 1600.0];
    let one = |(i, close): (usize, &str)| {
        let close: f64 = close.parse().unwrap();
        bar(i as i64, [close, close + above[i % 5], close - below[i % 5], close, volumes[i % 8]])
    };
    closes.split_whitespace().enumerate().map(one).collect()
}

#[test]
fn the_published_sample_comes_out() {
    let expected: &[(&str, usize, usize, f64)] = &[
        ("rsi 14", 0, 14, 75.0),
        ("rsi 14", 0, 15, 76.78571429),
        ("rsi 14", 0, 16, 78.44387755),
        ("rsi 14", 0, 17, 75.53854875),
        ("rsi 14", 0, 39, 77.65993373),
        ("ema 10", 0, 9, 104.9),
        ("ema 10", 0, 10, 105.6454545),
        ("ema 10", 0, 11, 106.8008264),
        ("ema 10", 0, 39, 136.2195268),
        ("wma 5", 0, 4, 103.2666667),
        ("wma 5", 0, 5, 104.1333333),
        ("wma 5", 0, 39, 139.5333333),
        ("macd", 0, 33, 7.25230633),
        ("macd", 1, 33, 7.21848488),
        ("macd", 2, 33, 0.03382145061),
        ("macd", 0, 39, 7.337285782),
        ("macd", 1, 39, 7.324660351),
        ("macd", 2, 39, 0.01262543116),
        ("bollinger", 0, 19, 122.4994939),
        ("bollinger", 1, 19, 110.15),
        ("bollinger", 2, 19, 97.80050608),
        ("bollinger", 0, 39, 143.3923283),
        ("bollinger", 1, 39, 130.85),
        ("bollinger", 2, 39, 118.3076717),
        ("atr 14", 0, 14, 3.714285714),
        ("atr 14", 0, 39, 3.434869741),
        ("adx 14", 0, 27, 56.77999736),
        ("adx 14", 0, 39, 59.09308896),
        ("adx 14", 1, 39, 40.48882116),
        ("adx 14", 2, 39, 11.17223011),
        ("stochastic", 0, 17, 88.38383838),
        ("stochastic", 1, 17, 88.32371332),
        ("stochastic", 0, 39, 91.54209052),
        ("stochastic", 1, 39, 91.61678707),
        ("obv", 0, 39, 13_400.0),
        ("mfi 14", 0, 14, 65.11869281),
        ("mfi 14", 0, 39, 62.72420476),
        ("cci 20", 0, 19, 135.9744145),
        ("cci 20", 0, 39, 112.8672746),
        ("sar", 0, 1, 98.5),
        ("sar", 0, 2, 98.61),
        ("sar", 0, 3, 98.7178),
        ("sar", 0, 39, 137.0),
    ];
    let bars = sample();
    for (text, line, row, theirs) in expected {
        let ours = values(text, &bars)[*line][*row];
        assert!(distance(ours, *theirs) <= TOLERANCE, "{text} line {line} row {row}: {ours} against {theirs}");
    }
}

/// The last row without a value, and the one before any.
#[test]
fn values_begin_at_the_row_they_are_known_for() {
    let bars: Vec<Bar> = sample().into_iter().cycle().take(120).collect();
    for (text, first) in [
        ("sma 20", 19),
        ("hma 16", 18),
        ("vwma 20", 19),
        ("vwap", 0),
        ("keltner 20 10 2", 19),
        ("keltner 5 10 2", 10),
        ("donchian 20", 19),
        ("donchian 20 1", 20),
        ("ichimoku 9 26 52", 8),
        ("supertrend 10 3", usize::MAX),
        ("volume 20", 0),
        ("stochrsi 14 14 3 3", 31),
        ("cmf 20", 19),
    ] {
        let line = &values(text, &bars)[0];
        let found = line.iter().position(|value| !value.is_nan());
        if first != usize::MAX {
            assert_eq!(found, Some(first), "{text}");
        }
        assert!(found.is_some(), "{text}");
    }
    let supertrend = values("supertrend 10 3", &bars);
    let drawn = |row: usize| supertrend.iter().filter(|line| !line[row].is_nan()).count();
    assert_eq!((drawn(9), (10..120).all(|row| drawn(row) == 1)), (0, true));
}
