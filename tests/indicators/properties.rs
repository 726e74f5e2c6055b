//! Over random series: bar by bar is the textbook, and looking changes nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;

use hoga::market::indicator::{self, Bar, HeikinAshi, INDICATORS, IndicatorInfo};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{TOLERANCE, bar, distance, textbook, values};

/// Bars that begin hours apart, some flat, some without volume, sometimes many in a row.
pub fn series(longest: usize) -> impl Strategy<Value = Vec<Bar>> {
    let step = (-0.03..0.03f64, -0.03..0.03f64, 0.0..0.02f64, 0.0..0.02f64, 0.0..5000.0f64, 0..12u8);
    (1.0..100_000.0f64, proptest::collection::vec(step, 1..longest), 0..200usize).prop_map(|(start, steps, halt)| {
        let mut price = start;
        let one = |(i, (gap, body, up, down, volume, kind)): (usize, (f64, f64, f64, f64, f64, u8))| {
            if kind == 0 || (halt..halt + 30).contains(&i) {
                return bar(i as i64 * 157, [price, price, price, price, if kind < 6 { 0.0 } else { volume }]);
            }
            let open = (price * (1.0 + gap)).clamp(start / 4.0, start * 4.0);
            let close = open * (1.0 + body);
            price = close;
            let volume = if kind == 1 { 0.0 } else { volume };
            bar(i as i64 * 157, [open, open.max(close) * (1.0 + up), open.min(close) * (1.0 - down), close, volume])
        };
        steps.into_iter().enumerate().map(one).collect()
    })
}

/// Numbers an indicator takes: mostly short periods, so that series outlast them.
fn numbers(info: &IndicatorInfo, chance: &[f64]) -> Vec<f64> {
    let one = |(parameter, chance): (&indicator::ParameterInfo, &f64)| {
        let max = parameter.max.min(if parameter.whole { 35.0 } else { 4.0 });
        let value = parameter.min + chance * (max - parameter.min);
        if parameter.whole { value.round() } else { value }
    };
    info.parameters.iter().zip(chance).map(one).collect()
}

fn text(info: &IndicatorInfo, numbers: &[f64]) -> String {
    numbers.iter().fold(info.name.to_owned(), |text, number| format!("{text} {number}"))
}

#[test]
fn bar_by_bar_is_the_textbook() {
    let worst = RefCell::new(BTreeMap::<&str, f64>::new());
    let chances = proptest::collection::vec(0.0..1.0f64, 4);
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    runner
        .run(&(series(160), chances), |(bars, chance)| {
            for info in INDICATORS {
                let numbers = numbers(info, &chance);
                let ours = values(&text(info, &numbers), &bars);
                let theirs = textbook::lines(info.name, &numbers, &bars);
                prop_assert_eq!(ours.len(), theirs.len());
                // A difference of prices divided by another is only as exact as a window moves.
                let allowed = if matches!(info.name, "cci" | "stochrsi") { 1e-6 } else { TOLERANCE };
                // Differences of prices are as exact as the prices they are differences of.
                let scale =
                    if matches!(info.name, "macd" | "momentum" | "stddev") { bars[0].close.max(1.0) } else { 1.0 };
                for (line, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                    for (row, (a, b)) in ours.iter().zip(theirs).enumerate() {
                        let apart = if scale > 1.0 { distance(a / scale, b / scale) } else { distance(*a, *b) };
                        prop_assert!(
                            apart <= allowed,
                            "{} line {line} row {row}: {a} against {b}",
                            text(info, &numbers)
                        );
                        let mut worst = worst.borrow_mut();
                        let entry = worst.entry(info.name).or_default();
                        *entry = entry.max(apart);
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    for (name, apart) in worst.into_inner() {
        println!("{name:<12} {apart:.1e}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 60, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_look_is_the_push_to_come_and_changes_nothing(bars in series(120), growing in series(120)) {
        for info in INDICATORS {
            let undisturbed = values(info.name, &bars);
            let mut looked_at = indicator::parse(info.name).unwrap();
            let mut out = vec![0.0; info.lines.len()];
            let mut look = vec![0.0; info.lines.len()];
            for (row, bar) in bars.iter().enumerate() {
                for other in growing.iter().take(row % 4) {
                    looked_at.peek(other, &mut look);
                }
                looked_at.peek(bar, &mut look);
                looked_at.push(bar, &mut out);
                for (line, (look, pushed)) in look.iter().zip(&out).enumerate() {
                    prop_assert!(look.to_bits() == pushed.to_bits() || look.is_nan() && pushed.is_nan());
                    prop_assert!(distance(*pushed, undisturbed[line][row]) == 0.0, "{}", info.name);
                }
            }
        }
    }

    #[test]
    fn averaged_bars_hold_their_own_bodies(bars in series(120)) {
        let mut turn = HeikinAshi::new();
        let mut last: Option<Bar> = None;
        for (bar, whole) in bars.iter().zip(HeikinAshi::batch(&bars)) {
            let looked = turn.peek(bar);
            let ours = turn.push(bar);
            prop_assert_eq!(ours, looked);
            prop_assert_eq!(ours, whole);
            let open = last.map_or((bar.open + bar.close) / 2.0, |last| (last.open + last.close) / 2.0);
            prop_assert_eq!(ours.open, open);
            prop_assert_eq!(ours.close, (bar.open + bar.high + bar.low + bar.close) / 4.0);
            prop_assert!(ours.low <= ours.open.min(ours.close) && ours.high >= ours.open.max(ours.close));
            prop_assert!(ours.low <= bar.low && ours.high >= bar.high);
            prop_assert_eq!((ours.time, ours.volume), (bar.time, bar.volume));
            last = Some(ours);
        }
    }
}
