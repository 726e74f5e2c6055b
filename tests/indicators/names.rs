//! What a person may write, and what the list of indicators says.

use std::collections::BTreeSet;

use hoga::market::indicator::{INDICATORS, Place, Shape, label, parse};

use super::{bar, values};

#[test]
fn a_name_and_numbers_make_an_indicator() {
    for (text, expected) in [
        ("ema 20", "ema 20"),
        ("  EMA\t9 ", "ema 9"),
        ("macd", "macd 12 26 9"),
        ("macd 5,35", "macd 5 35 9"),
        ("bollinger(20, 2.5)", "bollinger 20 2.5"),
        ("BB", "bollinger 20 2"),
        ("%R 10", "williams 10"),
        ("psar", "sar 0.02 0.2"),
        ("stoch 5", "stochastic 5 3 3"),
        ("vwap", "vwap"),
    ] {
        assert_eq!(label(parse(text).unwrap().as_ref()), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    for (text, expected) in [
        ("", "an indicator is a name and numbers, such as 'ema 20'"),
        ("emma 20", "there is no indicator 'emma'; did you mean 'ema'?"),
        ("Bolinger", "there is no indicator 'Bolinger'; did you mean 'bollinger'?"),
        ("moon", "there is no indicator 'moon'; did you mean 'mom'?"),
        ("astrology", "there is no indicator 'astrology'"),
        ("ema x", "period of ema is a number, not 'x'"),
        ("ema nan", "period of ema is a number, not 'nan'"),
        ("ema inf", "period of ema is a number, not 'inf'"),
        ("ema 2.5", "period of ema is a whole number, not 2.5"),
        ("ema 0", "period of ema is from 1 to 5000, not 0"),
        ("ema -3", "period of ema is from 1 to 5000, not -3"),
        ("ema 1e10", "period of ema is from 1 to 5000, not 10000000000"),
        ("ema 5 6", "too many numbers for ema: 2, and it takes 1"),
        ("bollinger 20 -1", "deviations of bollinger is from 0 to 100, not -1"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn the_list_says_what_is_so() {
    let mut names = BTreeSet::new();
    for info in INDICATORS {
        for name in std::iter::once(&info.name).chain(info.aliases) {
            assert!(names.insert(*name), "two indicators answer to {name}");
            let found = parse(name).unwrap();
            assert_eq!(found.info().name, info.name);
            let again = parse(&label(found.as_ref())).unwrap();
            assert_eq!(again.parameters(), found.parameters());
        }
        for parameter in info.parameters {
            assert!((parameter.min..=parameter.max).contains(&parameter.default), "{} {}", info.name, parameter.name);
        }
        let mut out = vec![12_345.0; info.lines.len() + 1];
        parse(info.name).unwrap().push(&bar(0, [1.0, 2.0, 0.5, 1.5, 7.0]), &mut out);
        let written = out.iter().filter(|value| **value != 12_345.0).count();
        assert_eq!(written, info.lines.len(), "{}", info.name);
        let clouds = info.lines.iter().filter(|line| line.shape == Shape::Cloud).count();
        assert_eq!(clouds % 2, 0, "{} has an edge without an area", info.name);
        assert!(info.place == Place::Below || info.guides.is_empty(), "{}", info.name);
    }
}

#[test]
fn lines_are_moved_as_far_as_the_numbers_say() {
    let usual = parse("ichimoku").unwrap();
    let quick = parse("ichimoku 7 22 44 22").unwrap();
    let shifts = |of: &dyn hoga::market::indicator::Indicator| (0..6).map(|line| of.shift(line)).collect::<Vec<_>>();
    assert_eq!(shifts(usual.as_ref()), [0, 0, 26, 26, -26, 0]);
    assert_eq!(shifts(quick.as_ref()), [0, 0, 22, 22, -22, 0]);
    let info: Vec<i32> = usual.info().lines.iter().map(|line| line.shift).collect();
    assert_eq!(info, shifts(usual.as_ref())[..5]);
}

#[test]
fn a_buffer_too_short_takes_what_fits() {
    let bars = [bar(0, [1.0, 2.0, 0.5, 1.5, 7.0])];
    let mut short = [0.0; 1];
    parse("ichimoku 1 1 1 1").unwrap().push(&bars[0], &mut short);
    assert_eq!(short[0], values("ichimoku 1 1 1 1", &bars)[0][0]);
}
