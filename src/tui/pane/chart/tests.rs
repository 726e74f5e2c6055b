//! The chart as a trader sees it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rust_decimal::{Decimal, dec};
use serde_json::json;

use super::*;
use crate::desk::protocol::{Command, Failure, FailureKind, Response};
use crate::desk::record::{CandleRecord, TradeRecord};
use crate::market::indicator::{Bar, batch, parse};
use crate::market::{CandleBuilder, Quantity, Trade, UtcTime};
use crate::text::Language;
use crate::tui::model::{Changed, fixture};
use crate::tui::pane::{Ask, Purpose};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

/// A walk of prices that always goes the same way: `count` candles up to the fixture's now.
fn records(count: usize, interval: Interval, start: Decimal, step: Decimal) -> Vec<CandleRecord> {
    let seconds = interval.fixed_seconds().unwrap_or(86_400);
    let now = interval.opening(Venue::Sim, fixture::now().utc);
    let mut seed = 7_u64;
    let mut close = start;
    let mut out = Vec::new();
    for index in 0..count {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Decimal::from((seed >> 33) % 7) - Decimal::from(3)
        };
        let open = close;
        let floor = |price: Decimal| price.max(step);
        close = floor(open + next() * step);
        let high = open.max(close) + next().abs() * step;
        let low = floor(open.min(close) - next().abs() * step);
        let behind = u64::from(seconds) * (count - 1 - index) as u64;
        let price = |value: Decimal| Price::new(value).unwrap();
        out.push(CandleRecord {
            time: now.minus(std::time::Duration::from_secs(behind)),
            open: price(open),
            high: price(high),
            low: price(low),
            close: price(close),
            volume: Quantity::new((next().abs() + Decimal::ONE) * dec!(100)).unwrap(),
            value: dec!(1000),
            closed: index + 1 < count,
        });
    }
    out
}

fn won(count: usize) -> Vec<CandleRecord> {
    records(count, Interval::Minute1, dec!(71200), dec!(100))
}

/// A chart of the fixture's instrument that asked and was answered.
fn charted(model: &Model, records: Vec<CandleRecord>) -> Chart {
    let mut chart = Chart::default();
    let tag = asked(&mut chart, model);
    answer(&mut chart, model, tag, Ok(Response::Candles(records)));
    chart
}

fn tell(chart: &mut Chart, model: &Model, news: &News<'_>) -> Vec<Ask> {
    let mut asks = Asks::default();
    chart.told(news, model, &mut asks);
    asks.0
}

fn questions(asks: &[Ask]) -> Vec<(u32, Command)> {
    let question = |ask: &Ask| match ask {
        Ask::Send(command, Purpose::Pane(PaneKind::Chart, tag)) => Some((*tag, (**command).clone())),
        _ => None,
    };
    asks.iter().filter_map(question).collect()
}

fn asked(chart: &mut Chart, model: &Model) -> u32 {
    questions(&tell(chart, model, &News::Reset))[0].0
}

fn answer(chart: &mut Chart, model: &Model, tag: u32, outcome: Result<Response, Failure>) {
    let outcome = outcome.as_ref();
    tell(chart, model, &News::Answer { tag, outcome });
}

fn press(chart: &mut Chart, model: &Model, action: Action) -> Vec<Ask> {
    let mut asks = Asks::default();
    chart.act(action, model, &mut asks);
    asks.0
}

fn say(chart: &mut Chart, model: &Model, words: &str) -> Result<String, String> {
    chart.command(words, model, &mut Asks::default()).unwrap()
}

fn drawn(chart: &mut Chart, model: &Model, width: u16, height: u16) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let mut scratch = String::new();
    let area = buffer.area;
    chart.draw(model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    let mut text = String::new();
    for y in 0..height {
        (0..width).for_each(|x| text.push_str(buffer[(x, y)].symbol()));
        text.push('\n');
    }
    text
}

fn print(time: &str, price: &str, quantity: &str, id: u32) -> TradeRecord {
    let record = json!({
        "profile": "sim", "symbol": "005930", "venue": "SIM", "price": price, "quantity": quantity, "side": "buy",
        "time": time, "id": id.to_string()
    });
    serde_json::from_value(record).unwrap()
}

/// The fixture without its prints, so that nothing but what a test says is on the chart.
fn quiet(language: Language) -> Model {
    let mut model = fixture::trading(language);
    model.selected.prints.clear();
    model
}

#[test]
fn nothing_panics_at_any_size_whatever_the_prices() {
    let cases = [
        vec![],
        won(1),
        won(5),
        won(5_000),
        records(300, Interval::Minute1, dec!(0.00001234), dec!(0.00000001)),
        records(300, Interval::Minute1, dec!(61234.5), dec!(0.1)),
        records(300, Interval::Minute1, dec!(9999999999000), dec!(1)),
        {
            let mut flat = won(100);
            for candle in &mut flat {
                (candle.open, candle.high, candle.low) = (candle.close, candle.close, candle.close);
                candle.close = flat_price();
                (candle.open, candle.high, candle.low) = (candle.close, candle.close, candle.close);
            }
            flat
        },
    ];
    for (case, records) in cases.into_iter().enumerate() {
        let mut model = quiet(if case % 2 == 0 { Language::Ko } else { Language::En });
        let mut chart = charted(&model, records);
        for words in ["ind bb", "ind ichimoku", "ind sar", "ind macd", "ind rsi", "ind obv", "line 71000", "fib"] {
            let _ = say(&mut chart, &model, words);
        }
        drawn(&mut chart, &model, 90, 30);
        press(&mut chart, &model, Action::Left);
        press(&mut chart, &model, Action::AddFibonacci);
        (0..9).for_each(|_| drop(press(&mut chart, &model, Action::Left)));
        for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
            for depth in [ColourDepth::True, ColourDepth::None] {
                model.look = Look::new(model.look.language, Theme::Korean, depth, set);
                press(&mut chart, &model, Action::ChartType);
                press(&mut chart, &model, Action::LogScale);
                for (width, height) in sizes(case) {
                    drawn(&mut chart, &model, width, height);
                }
            }
            press(&mut chart, &model, Action::Smaller);
        }
    }
}

fn flat_price() -> Price {
    "71200".parse().unwrap()
}

/// Every small size, and some larger ones; not the same of each case, so that all together are many.
fn sizes(case: usize) -> impl Iterator<Item = (u16, u16)> {
    let shift = u16::try_from(case).unwrap_or(0);
    let small = (1..30).flat_map(|width| (1..14).map(move |height| (width, height)));
    let large =
        (30..=120).step_by(11).flat_map(move |width| (14..=50).step_by(7).map(move |height| (width + shift, height)));
    small.chain(large)
}
