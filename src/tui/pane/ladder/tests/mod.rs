//! The ladder as a trader meets it.

mod brackets;
mod looks;
mod mice;
mod orders;
mod still;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use super::Ladder;
use crate::config::Language;
use crate::desk::protocol::SubmitOrder;
use crate::market::Price;
use crate::tui::action::Action;
use crate::tui::model::fixture::{order, samsung, trading};
use crate::tui::model::{Changed, Model};
use crate::tui::pane::{Ask, Asks, News, Pane, Trade};
use crate::tui::widget::Pen;

/// A market whose instrument is known: 71,100 bid, 71,200 asked, an own bid of 10 at 71,000.
fn market(language: Language) -> Model {
    let mut model = trading(language);
    model.selected.info = Some(info("krx_stock", "100", "71200"));
    model
}

fn info(product: &str, tick: &str, last: &str) -> crate::desk::record::InstrumentRecord {
    serde_json::from_value(json!({
        "symbol": "005930", "venue": "SIM", "name_ko": "삼성전자", "name_en": "Samsung Electronics",
        "product": product, "currency": "KRW", "tick_size": tick, "lot": "1", "base_price": last,
        "upper_limit": null, "lower_limit": null, "max_leverage": null, "last": last, "change_percent": null,
        "volume": "0", "value": "0"
    }))
    .unwrap()
}

/// The same market armed, and a ladder that was drawn.
fn armed(language: Language) -> (Model, Ladder) {
    let mut model = market(language);
    let mut ladder = Ladder::default();
    draw(&mut ladder, &model, 44, 41);
    model.trading.arm(model.now);
    draw(&mut ladder, &model, 44, 41);
    (model, ladder)
}

fn draw(ladder: &mut Ladder, model: &Model, width: u16, height: u16) -> Vec<String> {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let mut scratch = String::new();
    let mut pen = Pen::new(&mut buffer, area, &model.look, &mut scratch);
    ladder.draw(model, true, &mut pen);
    lines(&buffer)
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width).max(1);
    let line = |cells: &[ratatui::buffer::Cell]| {
        let mut text = String::new();
        let mut wide = false;
        for cell in cells {
            // The second half of a wide letter is no letter.
            if !std::mem::replace(&mut wide, crate::tui::widget::cells(cell.symbol()) > 1) {
                text.push_str(cell.symbol());
            }
        }
        text
    };
    buffer.content.chunks(width).map(line).collect()
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

/// Puts the cursor on a price and draws.
fn put(ladder: &mut Ladder, model: &Model, at: &str) {
    ladder.view.put_cursor(price(at), model.now.since_start);
    draw(ladder, model, 44, 41);
}

fn act(ladder: &mut Ladder, model: &Model, action: Action) -> Vec<Ask> {
    let mut asks = Asks::default();
    ladder.act(action, model, &mut asks);
    asks.0
}

fn trades(asks: Vec<Ask>) -> Vec<Trade> {
    asks.into_iter().filter_map(|ask| if let Ask::Trade(trade) = ask { Some(trade) } else { None }).collect()
}

fn said(asks: &[Ask]) -> String {
    asks.iter().filter_map(|ask| if let Ask::Say(notice) = ask { Some(notice.text.as_str()) } else { None }).collect()
}

fn submitted(asks: Vec<Ask>) -> SubmitOrder {
    match trades(asks).as_slice() {
        [Trade::Submit(order)] => (**order).clone(),
        other => panic!("not one order: {other:?}"),
    }
}

/// Another book around these best prices, ten levels a side a hundred apart.
fn put_book(model: &mut Model, ladder: &mut Ladder, bid: u32, ask: u32) {
    let book = model.selected.book.as_ref().unwrap();
    let mut record = book.record.clone();
    let level = |price: u32| (price.to_string().parse().unwrap(), crate::market::Quantity::whole(price / 100 % 97 + 1));
    record.bids = (0..10).map(|n| level(bid - n * 100)).collect();
    record.asks = (0..10).map(|n| level(ask + n * 100)).collect();
    model.selected.put_book(model.now, record);
    ladder.told(&News::Changed(&Changed::Book), model, &mut Asks::default());
}

fn pass(model: &mut Model, time: Duration) {
    model.now.since_start += time;
    if let Some(book) = &mut model.selected.book {
        book.at = model.now.since_start;
    }
}

#[test]
fn an_option_has_the_ticks_of_its_kind() {
    let mut model = market(Language::En);
    for (multiplier, tick) in [(250_000, "0.01"), (50_000, "0.02"), (10_000, "0.1")] {
        let mut option = info("krx_option", "0.01", "5");
        option.multiplier = multiplier.into();
        model.selected.info = Some(option);
        let scale = super::scale::Scale::of(&model, 1).unwrap();
        assert_eq!(scale.tick("5".parse().unwrap()).normalize().to_string(), tick);
    }
}
