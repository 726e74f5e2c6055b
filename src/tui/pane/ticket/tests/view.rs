//! What is seen, at every size and in both languages.

use super::*;

#[test]
fn a_quantity_that_the_market_moves_is_sent_as_it_was_seen() {
    let mut desk = Desk::open(TicketStart { side: Some(Side::Buy), market: true, ..TicketStart::default() });
    desk.fill(Field::Quantity, "₩1000000");
    desk.go(Field::Send);
    let screen = desk.screen(44, 13);
    assert!(screen.contains("BUY 14 market"), "{screen}");
    let book = &mut desk.model.selected.book.as_mut().unwrap().record;
    book.asks[0].0 = price("500");
    desk.with(|ticket, model, asks| ticket.told(&News::Changed(&Changed::Book), model, asks));
    desk.with(|ticket, model, asks| ticket.told(&News::Second, model, asks));
    desk.press(KeyCode::Enter);
    assert_eq!(kind_of(desk.trades()[0]).quantity, Quantity::whole(14));
    assert!(desk.screen(44, 13).contains("BUY 2,000 market"));
}

#[test]
fn everything_has_its_place_in_every_layout() {
    for language in [Language::Ko, Language::En] {
        let mut desk = Desk::new(language);
        desk.start(TicketStart { side: Some(Side::Buy), price: Some(price("71000")), ..TicketStart::default() });
        desk.fill(Field::Quantity, "12");
        while desk.ticket.answer.is_waiting() {
            desk.answer(|_| {});
        }
        let look = desk.model.look.clone();
        let name = look.pick("삼성전자 005930", "Samsung Electronics 005930");
        let words = [Words::Buy, Words::Sell, Words::Type, Words::Lasts, Words::Template, Words::Cost, Words::Passes];
        for (width, height) in [(44, 13), (32, 20), (38, 20)] {
            let screen = desk.screen(width, height);
            for word in words {
                assert!(screen.contains(word.text(language)), "{word:?} at {width}x{height}:\n{screen}");
            }
            for text in [name, "71,000", "12", "852,000", "852,107", "71,453.2", "97,724,786"] {
                assert!(screen.contains(text), "{text} at {width}x{height}:\n{screen}");
            }
            let button = screen.lines().last().unwrap();
            assert!(button.contains("12 @ 71,000"), "{screen}");
        }
    }
}

#[test]
fn nothing_breaks_at_any_size() {
    for language in [Language::Ko, Language::En] {
        for glyphs in [GlyphSet::Full, GlyphSet::Narrow, GlyphSet::Ascii] {
            for depth in [ColourDepth::True, ColourDepth::None] {
                let mut desk = Desk::new(language);
                desk.model.look = Look::new(language, Theme::Korean, depth, glyphs);
                desk.fill(Field::Quantity, "₩123456789");
                desk.answer(|preview| preview.available = dec!(1234567890123));
                for field in [Field::Side, Field::Price, Field::TakeProfit, Field::Send] {
                    desk.go(field);
                    for (width, height) in (1..=50).flat_map(|w| [(w, 1), (w, 2), (w, 3), (w, 13), (w, 24)]) {
                        desk.screen(width, height);
                    }
                }
                desk.start(TicketStart { replace: Some("o-1".into()), ..TicketStart::default() });
                desk.screen(20, 5);
                desk.model.selected = crate::tui::model::Selected::nothing();
                desk.with(|ticket, model, asks| ticket.told(&News::Reset, model, asks));
                desk.screen(44, 13);
                desk.send();
                assert!(desk.trades().is_empty());
            }
        }
    }
}

#[test]
fn the_field_with_the_keys_is_always_in_sight() {
    let mut desk = Desk::buy();
    desk.fill(Field::Quantity, "4321");
    for height in 1..13 {
        for (field, sign) in [(Field::Quantity, "4,321"), (Field::Price, "71,200"), (Field::Send, "BUY 4,321")] {
            desk.go(field);
            let screen = desk.screen(44, height);
            assert!(screen.contains(sign), "{field:?} at {height}:\n{screen}");
        }
    }
}
