//! The chart as a trader sees it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rust_decimal::{Decimal, dec};
use serde_json::json;

use super::*;
use crate::desk::protocol::{Command, Failure, FailureKind, Response};
use crate::desk::record::{CandleRecord, TradeRecord};
use crate::market::indicator::{Bar, batch, parse};
use crate::market::{CandleBuilder, Quantity, Trade};
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
                let price = "71200".parse().unwrap();
                (candle.open, candle.high, candle.low, candle.close) = (price, price, price, price);
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

/// Every small size, and some larger ones; not the same of each case, so that all together are many.
fn sizes(case: usize) -> impl Iterator<Item = (u16, u16)> {
    let shift = u16::try_from(case).unwrap_or(0);
    let small = (1..30).flat_map(|width| (1..14).map(move |height| (width, height)));
    let large =
        (30..=120).step_by(11).flat_map(move |width| (14..=50).step_by(7).map(move |height| (width + shift, height)));
    small.chain(large).filter(move |(width, height)| (width + height + shift) % 3 == 0)
}

#[test]
fn a_chart_without_candles_says_why() {
    let model = quiet(Language::Ko);
    let mut chart = Chart::default();
    let tag = asked(&mut chart, &model);
    assert!(drawn(&mut chart, &model, 80, 20).contains("불"), "it says that it asks");
    let failure = Failure::new(FailureKind::Unavailable, "NO_ANSWER", "the broker did not answer").retryable();
    answer(&mut chart, &model, tag, Err(failure));
    let english = quiet(Language::En);
    let text = drawn(&mut chart, &english, 80, 20);
    assert!(text.contains("no candles yet") && text.contains("the broker did not answer"), "{text}");
}

#[test]
fn a_failed_question_is_asked_again_only_after_a_pause_and_never_within_its_own_answer() {
    let mut model = quiet(Language::En);
    let mut chart = Chart::default();
    let tag = asked(&mut chart, &model);
    let failure = Failure::new(FailureKind::Unavailable, "BUSY", "busy").retryable();
    let asks = tell(&mut chart, &model, &News::Answer { tag, outcome: Err(&failure) });
    assert!(asks.is_empty());
    assert!(questions(&tell(&mut chart, &model, &News::Second)).is_empty());
    drawn(&mut chart, &model, 80, 20);
    model.now.since_start += std::time::Duration::from_secs(6);
    assert_eq!(questions(&tell(&mut chart, &model, &News::Second)).len(), 1);
}

#[test]
fn another_instrument_never_shows_the_candles_of_the_one_before() {
    let mut model = quiet(Language::En);
    let mut chart = charted(&model, won(50));
    assert!(drawn(&mut chart, &model, 100, 30).contains("71,"));
    let late = asked_again(&mut chart, &model);
    model.selected.replace("SIM:000660".parse().unwrap());
    // Even before it is told.
    assert!(!drawn(&mut chart, &model, 100, 30).contains("71,"));
    let asks = questions(&tell(&mut chart, &model, &News::Reset));
    assert!(matches!(&asks[0].1, Command::Candles { symbol, .. } if symbol == "SIM:000660"));
    answer(&mut chart, &model, late, Ok(Response::Candles(won(50))));
    let text = drawn(&mut chart, &model, 100, 30);
    assert!(!text.contains("71,") && text.contains("asking"), "{text}");
    answer(
        &mut chart,
        &model,
        asks[0].0,
        Ok(Response::Candles(records(50, Interval::Minute1, dec!(182000), dec!(500)))),
    );
    assert!(drawn(&mut chart, &model, 100, 30).contains("18"));
}

#[test]
fn the_same_symbol_of_another_profile_is_another_instrument() {
    let mut model = quiet(Language::En);
    let mut chart = charted(&model, won(50));
    let id = fixture::samsung();
    model.selected.replace(id);
    assert!(!drawn(&mut chart, &model, 100, 30).contains("71,"));
    tell(&mut chart, &model, &News::Reset);
    assert!(chart.series.candles().is_empty());
}

/// Asks anew, as after a refresh.
fn asked_again(chart: &mut Chart, model: &Model) -> u32 {
    asked(chart, model)
}

#[test]
fn an_answer_of_another_interval_is_dropped() {
    let model = quiet(Language::En);
    let mut chart = Chart::default();
    let minute = asked(&mut chart, &model);
    let asks = press(&mut chart, &model, Action::IntervalUp);
    let three = questions(&asks)[0].clone();
    assert!(matches!(three.1, Command::Candles { interval: Interval::Minute3, before: None, .. }));
    answer(&mut chart, &model, minute, Ok(Response::Candles(won(50))));
    assert!(chart.series.candles().is_empty());
    answer(&mut chart, &model, three.0, Ok(Response::Candles(records(50, Interval::Minute3, dec!(71200), dec!(100)))));
    assert_eq!(chart.series.candles().len(), 50);
}

#[test]
fn prints_grow_the_candle_the_desk_would_have() {
    let model = quiet(Language::En);
    let mut history = won(20);
    history.pop();
    let mut chart = charted(&model, history);
    let mut desk = CandleBuilder::new(Interval::Minute1, Venue::Sim);
    let mut closed = Vec::new();
    let prints: Vec<TradeRecord> = (0..400_u32)
        .map(|n| {
            let time = format!("2026-11-20T01:{:02}:{:02}.{:03}Z", 30 + n / 120, n / 2 % 60, n % 2 * 500);
            print(&time, &(71_000 + n * 37 % 13 * 100).to_string(), &(n % 9 + 1).to_string(), n)
        })
        .collect();
    for print in &prints {
        let trade = Trade { id: 0, price: print.price, quantity: print.quantity, side: print.side };
        closed.extend(desk.push(print.time, &trade));
        tell(&mut chart, &model, &News::Changed(&Changed::Print(print)));
    }
    let candles = chart.series.candles();
    assert_eq!(candles.last().copied(), desk.current());
    let own: Vec<_> = candles.iter().filter(|candle| candle.time >= prints[0].time).collect();
    assert!(own.len() == closed.len() + 1 && closed.iter().all(|candle| own.contains(&candle)), "{own:?}");
    // A late print of a candle that is over changes nothing.
    let before = candles.to_vec();
    tell(&mut chart, &model, &News::Changed(&Changed::Print(&prints[0])));
    assert_eq!(chart.series.candles(), before);
}

#[test]
fn the_growing_candle_of_the_answer_counts_no_print_twice() {
    let mut model = quiet(Language::En);
    // The desk's snapshot holds the first two prints; the third came after it, and the answer after that.
    for (n, time) in ["01:30:01", "01:30:02", "01:30:03"].into_iter().enumerate() {
        let n = u32::try_from(n).unwrap();
        model.selected.put_print(print(&format!("2026-11-20T{time}Z"), &(71_000 + n * 100).to_string(), "10", n));
    }
    let mut history = won(5);
    let last = history.last_mut().unwrap();
    let at = |price: &str| price.parse::<Price>().unwrap();
    (last.open, last.high, last.low, last.close) = (at("71000"), at("71100"), at("71000"), at("71100"));
    last.volume = Quantity::whole(20);
    let chart = charted(&model, history.clone());
    let candle = chart.series.candles().last().unwrap();
    assert_eq!((candle.volume, candle.close), (Quantity::whole(30), at("71200")));
    // Prints that do not reach back to the opening: the snapshot counts, and what comes later is added.
    history.last_mut().unwrap().volume = Quantity::whole(500);
    let mut chart = charted(&model, history);
    tell(&mut chart, &model, &News::Changed(&Changed::Print(&print("2026-11-20T01:30:09Z", "70900", "7", 9))));
    let candle = chart.series.candles().last().unwrap();
    assert_eq!((candle.volume, candle.low, candle.close), (Quantity::whole(507), at("70900"), at("70900")));
    assert_eq!(candle.open, at("71000"));
}

#[test]
fn a_candle_that_is_over_is_held_against_the_desks() {
    let model = quiet(Language::En);
    let mut chart = charted(&model, won(20));
    tell(&mut chart, &model, &News::Changed(&Changed::Print(&print("2026-11-20T01:31:00Z", "71000", "1", 1))));
    let asks = questions(&tell(&mut chart, &model, &News::Second));
    let (tag, Command::Candles { count, .. }) = &asks[0] else { panic!("{asks:?}") };
    assert!(*count < 10);
    let mut truth = won(20).pop().unwrap();
    (truth.closed, truth.volume) = (true, Quantity::whole(4_321));
    answer(&mut chart, &model, *tag, Ok(Response::Candles(vec![truth])));
    let candles = chart.series.candles();
    assert_eq!(candles[candles.len() - 2].volume, Quantity::whole(4_321));
    assert_eq!(chart.series.bars()[candles.len() - 2].volume, 4_321.0);
}

#[test]
fn indicators_on_the_screen_equal_those_of_all_candles_at_once() {
    let model = quiet(Language::En);
    let mut chart = charted(&model, won(120));
    for words in ["ind ema 9", "ind macd", "ind rsi", "ind supertrend"] {
        say(&mut chart, &model, words).unwrap();
    }
    drawn(&mut chart, &model, 120, 40);
    for n in 0..300_u32 {
        let time = format!("2026-11-20T01:{:02}:{:02}Z", 31 + n / 60, n % 60);
        let price = (71_000 + n * 31 % 11 * 100).to_string();
        tell(&mut chart, &model, &News::Changed(&Changed::Print(&print(&time, &price, "3", n))));
        if n % 7 == 0 {
            drawn(&mut chart, &model, 120, 40);
        }
    }
    assert_eq!(chart.series.candles().len(), 125);
    assert_equals_batch(&mut chart, &model);
}

#[test]
fn indicators_are_never_those_of_the_candles_before() {
    let mut model = quiet(Language::En);
    let mut chart = charted(&model, won(200));
    drawn(&mut chart, &model, 120, 40);
    let asks = press(&mut chart, &model, Action::IntervalUp);
    let other = records(200, Interval::Minute3, dec!(50000), dec!(50));
    answer(&mut chart, &model, questions(&asks)[0].0, Ok(Response::Candles(other)));
    assert_equals_batch(&mut chart, &model);
    model.selected.replace("SIM:000660".parse().unwrap());
    let tag = asked(&mut chart, &model);
    let third = records(200, Interval::Minute3, dec!(180000), dec!(500));
    answer(&mut chart, &model, tag, Ok(Response::Candles(third)));
    assert_equals_batch(&mut chart, &model);
}

fn assert_equals_batch(chart: &mut Chart, model: &Model) {
    drawn(chart, model, 120, 40);
    let bars: Vec<Bar> = chart.series.candles().iter().map(Bar::from).collect();
    for study in &chart.studies {
        let lines = batch(parse(study.label()).unwrap().as_mut(), &bars);
        for (line, values) in lines.iter().enumerate() {
            for (index, value) in values.iter().enumerate() {
                let own = study.value(line, index);
                assert!(own == *value || (own.is_nan() && value.is_nan()), "{} {line} {index}", study.label());
            }
        }
    }
    assert_eq!(chart.series.averaged(), crate::market::indicator::HeikinAshi::batch(&bars));
}

#[test]
fn paging_back_asks_for_what_is_before_the_oldest_and_moves_nothing_in_sight() {
    let model = quiet(Language::En);
    let all = won(900);
    let mut chart = charted(&model, all[600..].to_vec());
    drawn(&mut chart, &model, 120, 30);
    let asks = press(&mut chart, &model, Action::Top);
    let (tag, Command::Candles { before, .. }) = &questions(&asks)[0] else { panic!("{asks:?}") };
    assert_eq!(*before, Some(all[600].time));
    drawn(&mut chart, &model, 120, 30);
    let right = |chart: &Chart| chart.sight.slots.last().map(|slot| slot.bar.time);
    let seen = right(&chart);
    answer(&mut chart, &model, *tag, Ok(Response::Candles(all[..600].to_vec())));
    assert_eq!(chart.series.candles().len(), 900);
    drawn(&mut chart, &model, 120, 30);
    assert_eq!(right(&chart), seen);
    assert!(seen.is_some());
    // At the very beginning the desk is asked no more.
    let asks = press(&mut chart, &model, Action::Top);
    let tag = questions(&asks)[0].0;
    answer(&mut chart, &model, tag, Ok(Response::Candles(Vec::new())));
    assert!(questions(&press(&mut chart, &model, Action::PanLeft)).is_empty());
}

#[test]
fn what_is_kept_comes_back() {
    let model = quiet(Language::En);
    let mut chart = charted(&model, won(200));
    drawn(&mut chart, &model, 120, 40);
    for words in
        ["ind clear", "ind ema 20", "ind bollinger 20 2", "ind rsi 14", "type line", "log", "line 71000", "fib"]
    {
        say(&mut chart, &model, words).unwrap();
    }
    press(&mut chart, &model, Action::Left);
    press(&mut chart, &model, Action::AddTrend);
    (0..5).for_each(|_| drop(press(&mut chart, &model, Action::Left)));
    press(&mut chart, &model, Action::AddTrend);
    press(&mut chart, &model, Action::IntervalUp);
    let kept = chart.save();
    let text = toml::to_string(&kept).unwrap();
    let mut again = Chart::default();
    again.restore(&text.parse().unwrap());
    assert_eq!(again.save(), kept);
    assert_eq!(again.drawn(&model).len(), 3);
    assert_eq!((again.interval, again.kind, again.log), (Interval::Minute3, Kind::Line, true));
    assert_eq!(
        again.studies.iter().map(Study::label).collect::<Vec<_>>(),
        ["volume 20", "ema 20", "bollinger 20 2", "rsi 14"]
    );
    // A damaged file is as none.
    again.restore(&"interval = 3\nindicators = [1, 'x']\ndrawings = 4\nzoom = -1".parse().unwrap());
    assert_eq!(again.interval, Interval::Minute3);
}

#[test]
fn drawings_are_undone_and_the_nearest_is_removed() {
    let model = quiet(Language::En);
    let mut chart = charted(&model, won(100));
    drawn(&mut chart, &model, 120, 40);
    let last = chart.series.candles().last().unwrap().close;
    press(&mut chart, &model, Action::AddLine);
    say(&mut chart, &model, "line 60000").unwrap();
    assert_eq!(chart.drawn(&model), [Drawing::Level(last), Drawing::Level("60000".parse().unwrap())]);
    press(&mut chart, &model, Action::Delete);
    assert_eq!(chart.drawn(&model), [Drawing::Level("60000".parse().unwrap())], "the nearest goes first");
    press(&mut chart, &model, Action::Undo);
    assert!(chart.drawn(&model).is_empty());
    let said = press(&mut chart, &model, Action::Undo);
    assert!(matches!(&said[0], Ask::Say(notice) if notice.text.contains("no drawing")));
}

#[test]
fn the_crosshair_says_the_candle_and_starts_a_ticket_on_a_tick() {
    let mut model = quiet(Language::En);
    model.selected.info = serde_json::from_value(json!({
        "symbol": "005930", "venue": "SIM", "name_ko": "삼성전자", "name_en": "Samsung Electronics",
        "product": "krx_stock", "currency": "KRW", "tick_size": "100", "lot": "1", "base_price": "70000",
        "upper_limit": "91000", "lower_limit": "49000", "max_leverage": null, "last": "71200",
        "change_percent": "1", "volume": "1", "value": "1"
    }))
    .unwrap();
    let mut chart = charted(&model, won(100));
    drawn(&mut chart, &model, 120, 40);
    assert!(press(&mut chart, &model, Action::TakePrice).is_empty(), "without a crosshair it is somebody else's key");
    for action in [Action::Left, Action::Left, Action::Up, Action::Up, Action::Up] {
        press(&mut chart, &model, action);
    }
    let candle = chart.series.candles()[98];
    let text = drawn(&mut chart, &model, 120, 40);
    let figures = text.lines().next().unwrap();
    assert!(figures.contains("11-20 10:29") && figures.contains("from last"), "{figures}");
    let high = crate::tui::widget::Grouped::new(candle.high.value()).to_string();
    assert!(figures.contains(&high), "{figures}");
    let asks = press(&mut chart, &model, Action::TakePrice);
    let [Ask::Ticket(start)] = asks.as_slice() else { panic!("{asks:?}") };
    let price = start.price.unwrap().value();
    assert!((price % dec!(100)).is_zero() && price > chart.series.candles()[99].close.value(), "{price}");
    assert_eq!(chart.act(Action::Escape, &model, &mut Asks::default()), Handled::Yes);
    assert_eq!(chart.act(Action::Escape, &model, &mut Asks::default()), Handled::No);
}

#[test]
fn own_orders_average_and_fills_are_on_the_chart() {
    let mut model = quiet(Language::Ko);
    let fill = json!({
        "id": "f-1", "order_id": "o-9", "profile": "sim", "symbol": "005930", "venue": "SIM", "side": "sell",
        "price": "71200", "quantity": "3", "fee": "0", "tax": "0", "currency": "KRW", "liquidity": "taker",
        "time": "2026-11-20T01:28:30Z"
    });
    model.account.put_fill(serde_json::from_value(fill).unwrap());
    let mut flat = won(60);
    for candle in &mut flat {
        (candle.open, candle.close) = ("71100".parse().unwrap(), "71200".parse().unwrap());
        (candle.high, candle.low) = ("71600".parse().unwrap(), "70800".parse().unwrap());
    }
    let mut chart = charted(&model, flat);
    let text = drawn(&mut chart, &model, 120, 40).replace(' ', "");
    assert!(text.contains("매수10"), "{text}");
    assert!(text.contains("평단10"), "{text}");
    assert!(text.contains(model.look.glyphs.sold), "{text}");
    assert!(text.contains("●71,000"), "{text}");
}

#[test]
fn up_and_down_differ_without_colour() {
    let candle = |open: &str, close: &str| {
        let mut candle = won(1)[0].clone();
        (candle.open, candle.close) = (open.parse().unwrap(), close.parse().unwrap());
        (candle.high, candle.low) = ("72000".parse().unwrap(), "71000".parse().unwrap());
        candle
    };
    for set in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
        let mut model = quiet(Language::En);
        model.look = Look::new(Language::En, Theme::Korean, ColourDepth::None, set);
        let shown = |record: CandleRecord| {
            let mut chart = charted(&model, vec![record]);
            chart.studies.clear();
            let text = drawn(&mut chart, &model, 60, 20);
            // Without the figures above, which differ anyway.
            text.lines().skip(1).map(|line| line.chars().take(50).collect::<String>()).collect::<Vec<_>>()
        };
        assert_ne!(shown(candle("71200", "71800")), shown(candle("71800", "71200")), "{set:?}");
    }
}

#[test]
fn the_ascii_set_is_only_ascii() {
    let mut model = quiet(Language::En);
    model.look = Look::new(Language::En, Theme::Korean, ColourDepth::None, GlyphSet::Ascii);
    let mut chart = charted(&model, won(300));
    drawn(&mut chart, &model, 80, 30);
    for words in ["ind bb", "ind sar", "ind macd", "ind rsi", "ind ichimoku", "fib"] {
        say(&mut chart, &model, words).unwrap();
    }
    press(&mut chart, &model, Action::Left);
    for _ in 0..3 {
        press(&mut chart, &model, Action::ChartType);
        for (width, height) in [(120, 44), (60, 20), (24, 8)] {
            let text = drawn(&mut chart, &model, width, height);
            assert!(text.is_ascii(), "{text}");
        }
    }
}

#[test]
fn wrong_words_name_the_nearest() {
    let model = quiet(Language::En);
    let mut chart = charted(&model, won(10));
    for (words, near) in [
        ("ind emma 20", "ema"),
        ("ind ema 20000", "5000"),
        ("idn ema", "ind"),
        ("type lne", "line"),
        ("interval 5min", "5m"),
        ("ind rm smaa", "sma"),
        ("line abc", "abc"),
    ] {
        let error = say(&mut chart, &model, words).unwrap_err();
        assert!(error.contains(near), "{words}: {error}");
    }
    assert!(chart.command("buy 10", &model, &mut Asks::default()).is_none(), "that is no word for a chart");
    for words in ["ind ema 5", "ind ema 6", "ind ema 7"] {
        say(&mut chart, &model, words).unwrap();
    }
    assert!(say(&mut chart, &model, "ind ema 8").unwrap_err().contains("at most 6"));
    for words in ["ind rsi", "ind macd", "ind atr"] {
        say(&mut chart, &model, words).unwrap();
    }
    assert!(say(&mut chart, &model, "ind cci").unwrap_err().contains("at most 3"));
    assert!(say(&mut chart, &model, "ind list").unwrap().contains("macd 12 26 9"));
    assert_eq!(say(&mut chart, &model, "ind rm ema").unwrap(), "ema 5, ema 6, ema 7 removed");
    let korean = quiet(Language::Ko);
    assert!(say(&mut chart, &korean, "ind emma").unwrap_err().contains("'ema'"));
}

#[test]
fn prices_at_the_axis_never_share_a_row() {
    let model = quiet(Language::En);
    for (start, step) in [(dec!(71200), dec!(100)), (dec!(0.00001234), dec!(0.00000001)), (dec!(61234.5), dec!(0.1))] {
        let mut chart = charted(&model, records(300, Interval::Minute1, start, step));
        for height in 8..60 {
            drawn(&mut chart, &model, 100, height);
            let rows: Vec<u16> = chart.sight.rounds.iter().map(|(row, _)| *row).collect();
            assert!(rows.windows(2).all(|pair| pair[1] >= pair[0] + 2), "{rows:?}");
            assert!(height < 14 || !rows.is_empty());
        }
    }
}
