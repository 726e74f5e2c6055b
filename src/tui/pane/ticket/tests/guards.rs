//! What keeps an order from being sent: real money, flips, old data, letters that belong to the form.

use super::*;

#[test]
fn real_money_is_asked_for_by_its_word() {
    let mut desk = Desk::buy();
    let name = desk.model.profile.clone();
    desk.model.config.profiles.get_mut(&name).unwrap().world = World::Live;
    desk.fill(Field::Price, "71000");
    desk.fill(Field::Quantity, "1");
    desk.send();
    assert!(desk.trades().is_empty() && desk.questions().is_empty(), "not before the cost is known");
    desk.answer(|_| {});
    desk.press(KeyCode::Enter);
    assert!(desk.trades().is_empty());
    let questions = desk.questions();
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].word, Some("LIVE"));
    let text = questions[0].lines.join("\n");
    for part in ["LIVE sim", "buy 1", "Samsung Electronics 005930", "71,000", "cost", "fee 107", "tax 0", "passes"] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(matches!(&*questions[0].deed, Ask::Trade(Trade::Submit(order)) if order.quantity == Quantity::whole(1)));
    desk.start(TicketStart { replace: Some("o-1".into()), ..TicketStart::default() });
    desk.go(Field::Price);
    desk.text("+");
    desk.send();
    assert!(desk.trades().is_empty());
    assert_eq!(desk.questions().last().unwrap().word, Some("LIVE"));
}

#[test]
fn what_flips_a_position_or_stands_already_is_asked() {
    let mut desk = Desk::open(TicketStart { side: Some(Side::Sell), ..TicketStart::default() });
    desk.fill(Field::Quantity, "11");
    desk.send();
    assert!(desk.trades().is_empty());
    assert!(desk.questions()[0].word.is_none() && desk.questions()[0].lines.join(" ").contains("flip"));
    desk.fill(Field::Quantity, "10");
    desk.send();
    assert_eq!(desk.trades().len(), 1);
    desk.start(TicketStart { side: Some(Side::Buy), price: Some(price("71000")), ..TicketStart::default() });
    desk.fill(Field::Quantity, "10");
    desk.send();
    assert_eq!(desk.trades().len(), 1);
    assert!(desk.questions()[1].lines.join(" ").contains("already working"));
}

#[test]
fn another_instrument_takes_the_prices_away() {
    let mut desk = Desk::open(TicketStart { replace: Some("o-1".into()), ..TicketStart::default() });
    desk.fill(Field::Quantity, "7");
    desk.go(Field::Send);
    let hynix: InstrumentId = "SIM:000660".parse().unwrap();
    desk.model.selected.replace(hynix);
    desk.with(|ticket, model, asks| ticket.told(&News::Reset, model, asks));
    let form = &desk.ticket.form;
    assert!(form.change.is_none() && form.trigger.is_empty());
    assert_eq!((form.quantity.text(), form.price.text()), ("7", "182,500"), "its own price");
    assert_ne!(form.field, Field::Send);
    desk.send();
    assert!(desk.trades().is_empty(), "there is no book of it yet");
}

#[test]
fn a_market_that_is_old_or_a_right_that_is_missing_sends_nothing() {
    let spoil: [fn(&mut Model); 4] = [
        |model| model.now.since_start += Duration::from_secs(60),
        |model| model.view_only = true,
        |model| model.status = None,
        |model| model.connection = crate::tui::model::Connection::Connecting,
    ];
    for spoil in spoil {
        let mut desk = Desk::buy();
        desk.fill(Field::Quantity, "10");
        desk.go(Field::Send);
        spoil(&mut desk.model);
        assert!(desk.with(|ticket, model, _| ticket.why_not(Action::Submit, model)).is_some());
        desk.press(KeyCode::Enter);
        assert!(desk.trades().is_empty() && desk.questions().is_empty());
    }
}

#[test]
fn letters_stay_in_the_form_and_esc_leaves_it() {
    let mut desk = Desk::buy();
    assert!(desk.ticket.takes_text());
    for field in Field::ALL {
        if !desk.ticket.form.has(field, desk.ticket.basis.as_ref()) {
            continue;
        }
        desk.go(field);
        for letter in "qxcXzAKwer/?:1234567890`~".chars() {
            let event = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            let handled = desk.with(|ticket, model, asks| ticket.type_key(&event, model, asks));
            assert_eq!(handled, Handled::Yes, "{letter} in {field:?}");
        }
        let trades = desk.asks.iter().any(|ask| matches!(ask, Ask::Trade(_) | Ask::Act(_) | Ask::Kill | Ask::Ask(_)));
        assert!(!trades, "{field:?}");
    }
    for (code, modifiers) in [
        (KeyCode::Char('k'), KeyModifiers::CONTROL),
        (KeyCode::Char('c'), KeyModifiers::CONTROL),
        (KeyCode::Esc, KeyModifiers::NONE),
        (KeyCode::Tab, KeyModifiers::NONE),
        (KeyCode::Enter, KeyModifiers::NONE),
    ] {
        let event = KeyEvent::new(code, modifiers);
        let handled = desk.with(|ticket, model, asks| ticket.type_key(&event, model, asks));
        assert_eq!(handled, Handled::No, "{code:?}");
    }
    desk.press(KeyCode::Esc);
    assert_eq!(desk.asks.last(), Some(&Ask::Focus(PaneKind::Ladder)));
    assert!(desk.trades().is_empty());
    desk.with(|ticket, model, asks| ticket.focus(false, model, asks));
    assert!(!desk.ticket.takes_text());
}

#[test]
fn a_screen_that_opens_with_the_keys_here_takes_digits_as_text() {
    let mut desk = Desk::new(Language::En);
    desk.ticket = Ticket::default();
    assert!(!desk.ticket.takes_text());
    desk.screen(44, 13);
    assert!(desk.ticket.takes_text(), "1 is a digit, not a workspace");
}

#[test]
fn a_click_chooses_and_never_sends() {
    let mut desk = Desk::buy();
    desk.fill(Field::Quantity, "10");
    desk.screen(44, 13);
    let area = Rect::new(5, 3, 44, 13);
    let slots = desk.ticket.slots.clone();
    let click = |desk: &mut Desk, slot: &Slot| {
        let mouse = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: area.x + slot.x,
            row: area.y + slot.y,
            modifiers: KeyModifiers::NONE,
        };
        desk.with(|ticket, model, asks| ticket.mouse(&mouse, area, model, asks))
    };
    let sell = slots.iter().find(|slot| slot.side == Some(Side::Sell)).unwrap();
    click(&mut desk, sell);
    assert_eq!(desk.ticket.form.side, Side::Sell);
    let lasts = slots.iter().find(|slot| slot.field == Field::Lasts).unwrap();
    click(&mut desk, lasts);
    assert_eq!(desk.ticket.form.lasts, TimeInForce::Gtc);
    let send = slots.iter().find(|slot| slot.field == Field::Send).unwrap();
    click(&mut desk, send);
    click(&mut desk, send);
    assert_eq!(desk.ticket.form.field, Field::Send);
    assert!(desk.trades().is_empty());
    desk.press(KeyCode::Enter);
    assert!(desk.trades().is_empty(), "not in the moment of the click");
    desk.wait(300);
    desk.press(KeyCode::Enter);
    assert_eq!(desk.trades().len(), 1);
}
