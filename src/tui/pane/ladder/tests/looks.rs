//! What is drawn.

use super::*;
use crate::market::Phase;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Role, Theme};

fn line_with<'a>(lines: &'a [String], text: &str) -> &'a str {
    lines.iter().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}: {lines:#?}"))
}

#[test]
fn nothing_panics_at_any_size_in_any_look() {
    for language in [Language::Ko, Language::En] {
        for glyphs in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
            let mut model = market(language);
            model.look = Look::new(language, Theme::Korean, ColourDepth::True, glyphs);
            let mut ladder = Ladder::default();
            for (width, height) in
                (1..=70).step_by(3).flat_map(|width| (1..=60).step_by(7).map(move |height| (width, height)))
            {
                draw(&mut ladder, &model, width, height);
            }
            for (width, height) in (1..=12).flat_map(|width| (1..=16).map(move |height| (width, height))) {
                draw(&mut Ladder::default(), &model, width, height);
            }
        }
    }
}

#[test]
fn the_usual_size_shows_the_book_one_s_own_and_the_marks() {
    let model = market(Language::Ko);
    let mut ladder = Ladder::default();
    let lines = draw(&mut ladder, &model, 44, 41);
    assert!(lines[0].contains("매도잔량") && lines[0].contains("매수잔량"), "{}", lines[0]);
    let best_ask = line_with(&lines, "71,200");
    assert!(best_ask.contains("900") && best_ask.contains("+1.71"), "{best_ask}");
    assert!(best_ask.find("900").unwrap() < best_ask.find("71,200").unwrap());
    let best_bid = line_with(&lines, "71,100");
    assert!(best_bid.find("1,200").unwrap() > best_bid.find("71,100").unwrap());
    let own = line_with(&lines, "71,000");
    assert!(own.contains("●10 ~1,200"), "{own}");
    assert!(line_with(&lines, "71,300").contains("평균"));
    // 71,453.2 is covered from 71,500 on.
    assert!(line_with(&lines, "71,500").contains("본전"));
    assert!(line_with(&lines, "총잔량").contains("24,750"));
    assert!(line_with(&lines, "체결강도").contains("140.0▲"));
    assert!(line_with(&lines, "보유").contains("@71,300"));
    let prices = lines.iter().filter(|line| line.contains("71,") || line.contains("70,") || line.contains("72,"));
    assert!(prices.count() >= 20, "ten levels of each side");
}

#[test]
fn a_small_terminal_shows_nine_levels_of_each_side() {
    let model = market(Language::En);
    let mut ladder = Ladder::default();
    let lines = draw(&mut ladder, &model, 38, 20);
    for price in ["72,000", "71,200", "71,100", "70,300"] {
        line_with(&lines, price);
    }
    assert!(line_with(&lines, "71,000").contains("●10 ~1,200"));
    assert!(line_with(&lines, "total").contains("30,450"));
    let statistics = line_with(&lines, "str 140.0▲");
    assert!(statistics.contains("vol 1.23M") && statistics.contains("spread 1t"), "{statistics}");
}

#[test]
fn an_auction_shows_the_expected_price_and_quantity_in_place_of_the_last() {
    let mut model = market(Language::Ko);
    let book = model.selected.book.as_mut().unwrap();
    book.record.phase = Phase::ClosingAuction;
    book.record.expected_price = Some(price("71400"));
    book.record.expected_quantity = Some(crate::market::Quantity::whole(4_321));
    let mut ladder = Ladder::default();
    let lines = draw(&mut ladder, &model, 44, 41);
    let foot = line_with(&lines, "예상체결");
    assert!(foot.contains("71,400▲") && foot.contains("4,321") && foot.contains("+2.00%"), "{foot}");
    assert!(line_with(&lines, "71,400").contains("예상"));
    assert!(!lines.iter().any(|line| line.contains("체결강도")));
}

#[test]
fn a_change_of_a_quantity_stands_beside_it_for_two_seconds() {
    let mut model = market(Language::En);
    let mut ladder = Ladder::default();
    draw(&mut ladder, &model, 44, 41);
    let mut record = model.selected.book.as_ref().unwrap().record.clone();
    record.asks[0].1 = crate::market::Quantity::whole(750);
    model.selected.put_book(model.now, record);
    ladder.told(&News::Changed(&Changed::Book), &model, &mut Asks::default());
    assert!(line_with(&draw(&mut ladder, &model, 44, 41), "71,200").contains("-150"));
    model.now.since_start += Duration::from_millis(2_100);
    assert!(!line_with(&draw(&mut ladder, &model, 44, 41), "71,200").contains("-150"));
}

#[test]
fn orders_on_their_way_and_unknown_ones_are_marked() {
    let mut model = market(Language::En);
    model.account.orders.get_mut("o-1").unwrap().state = crate::order::OrderState::Unknown;
    model.trading.in_flight.push(crate::tui::model::InFlight {
        request: 1,
        client_id: "s1".into(),
        instrument: samsung(),
        side: crate::market::Side::Buy,
        price: Some(price("70800")),
        since: model.now.since_start,
    });
    let mut ladder = Ladder::default();
    let lines = draw(&mut ladder, &model, 44, 41);
    assert!(line_with(&lines, "71,000").contains("● 10 ?") || line_with(&lines, "71,000").contains("●10 ?"));
    assert!(line_with(&lines, "70,800").contains('…'));
}

#[test]
fn stale_numbers_are_grey_and_the_note_says_how_old_they_are() {
    let mut model = market(Language::Ko);
    model.selected.book.as_mut().unwrap().record.stale = true;
    model.now.since_start += Duration::from_secs(4);
    let mut ladder = Ladder::default();
    let area = Rect::new(0, 0, 44, 41);
    let mut buffer = Buffer::empty(area);
    let mut scratch = String::new();
    ladder.draw(&model, true, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
    let stale = model.look.style(Role::Stale).fg;
    let column = ladder.columns.block - 2;
    let line = ladder.first + u16::try_from(ladder.view.row_at(price("71300")).unwrap()).unwrap();
    assert_eq!(buffer[(column, line)].fg, stale.unwrap());
    let mut note = String::new();
    ladder.note(&model, &mut note);
    assert_eq!(note, "SIM 4.1s 오래됨");
}

#[test]
fn the_note_has_a_mark_where_the_book_comes_by_asking() {
    for (glyphs, wanted) in [(GlyphSet::Full, "SIM ↻ 0.1s"), (GlyphSet::Ascii, "SIM @ 0.1s")] {
        let mut model = market(Language::En);
        model.look = Look::new(Language::En, Theme::Korean, ColourDepth::True, glyphs);
        let mut quote = model.quotes.get(&samsung()).unwrap().clone();
        quote.polled = true;
        model.quotes.put(model.now, samsung(), quote);
        let (mut note, mut title) = (String::new(), String::new());
        let mut ladder = Ladder::default();
        draw(&mut ladder, &model, 38, 21);
        ladder.note(&model, &mut note);
        assert_eq!(note, wanted);
        // The border has 36 cells for both and four between them; a note that does not fit is left out.
        ladder.title(&model, &mut title);
        let used = crate::tui::widget::cells(&title) + crate::tui::widget::cells(&note);
        assert!(used + 4 <= 36, "{title} {note}");
    }
}

#[test]
fn an_armed_foot_says_what_a_key_would_send() {
    let (mut model, mut ladder) = armed(Language::En);
    model.trading.bracket = Some("scalp".into());
    let lines = draw(&mut ladder, &model, 44, 41);
    let foot = line_with(&lines, "ARMED");
    assert!(foot.contains("1:1 2:10 3:50") && foot.contains("[scalp]"), "{foot}");
}

#[test]
fn fine_ticks_are_grouped_so_that_levels_are_in_sight() {
    let mut model = market(Language::En);
    model.quotes.clear();
    model.selected.info = Some(info("crypto_perpetual", "0.1", "61659.7"));
    let mut record = model.selected.book.as_ref().unwrap().record.clone();
    let level = |tenths: i64| {
        let price = Price::new(rust_decimal::Decimal::new(tenths, 1)).unwrap();
        (price, crate::market::Quantity::new(rust_decimal::dec!(1.234)).unwrap())
    };
    record.bids = (0..20).map(|n| level(616_597 - n * 31)).collect();
    record.asks = (0..20).map(|n| level(616_598 + n * 31)).collect();
    model.selected.put_book(model.now, record);
    let mut ladder = Ladder::default();
    let lines = draw(&mut ladder, &model, 44, 41);
    let group = ladder.scale(&model).unwrap().group();
    assert!(group > 1, "{group}");
    assert!(lines.iter().filter(|line| line.contains("1.234")).count() >= 14, "{lines:#?}");
}
