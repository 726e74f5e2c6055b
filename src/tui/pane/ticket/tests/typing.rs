//! What is typed, what is sent, and what the desk is asked meanwhile.

use super::*;

#[test]
fn an_empty_price_is_what_the_order_would_meet() {
    let mut desk = Desk::buy();
    assert_eq!(desk.ticket.form.price.text(), "71,200", "best ask");
    desk.go(Field::Side);
    desk.text("s");
    assert_eq!((desk.ticket.form.side, desk.ticket.form.price.text()), (Side::Sell, "71,100"), "best bid");
    desk.fill(Field::Price, "70500");
    desk.go(Field::Side);
    desk.text("ㅠ");
    assert_eq!(desk.ticket.form.side, Side::Buy, "b on the Hangul layout");
    assert_eq!(desk.ticket.form.price.text(), "70,500", "a price of one's own stays");
}

#[test]
fn what_is_typed_is_what_is_sent() {
    let mut desk = Desk::buy();
    desk.fill(Field::Price, "71000");
    desk.fill(Field::Quantity, "1234");
    desk.send();
    let trades = desk.trades();
    assert_eq!(trades.len(), 1);
    let order = kind_of(trades[0]);
    assert_eq!((order.symbol.as_str(), order.side), ("SIM:005930", Side::Buy));
    assert_eq!(order.kind, OrderKind::Limit { price: price("71000") });
    assert_eq!((order.quantity, order.time_in_force), (Quantity::whole(1234), TimeInForce::Day));
    assert!(!order.reduce_only && order.bracket.is_empty() && !order.oco && order.client_id.is_none());
    assert_eq!(desk.ticket.form.quantity.text(), "1,234", "it stays as it was");
}

#[test]
fn enter_sends_on_the_button_only_and_not_when_it_has_just_opened() {
    let mut desk = Desk::buy();
    desk.fill(Field::Quantity, "10");
    for field in Field::ALL.into_iter().filter(|field| *field != Field::Send) {
        if desk.ticket.form.has(field, desk.ticket.basis.as_ref()) {
            desk.go(field);
            desk.press(KeyCode::Enter);
        }
    }
    assert!(desk.trades().is_empty());
    desk.with(|ticket, model, asks| {
        let start = TicketStart {
            side: Some(Side::Buy),
            price: Some(price("71200")),
            quantity: Some(Quantity::whole(10)),
            ..TicketStart::default()
        };
        ticket.start(&start, model, asks);
    });
    assert_eq!(desk.ticket.form.field, Field::Send, "nothing is left to fill in");
    desk.wait(299);
    desk.press(KeyCode::Enter);
    assert!(desk.trades().is_empty(), "the key was meant for what was there before");
    desk.wait(1);
    desk.press(KeyCode::Enter);
    assert_eq!(desk.trades().len(), 1, "one press, one order");
}

#[test]
fn text_that_is_no_number_keeps_the_ticket_open_and_sends_nothing() {
    let texts = ["1e9", "abc", "백", "1,5", "..", "0", &"9".repeat(100), "10 20", "0x1f", "∞", "NaN"];
    for text in texts {
        for field in [Field::Price, Field::Quantity] {
            let mut desk = Desk::buy();
            desk.fill(Field::Quantity, "10");
            desk.fill(field, text);
            assert!(desk.ticket.is_wrong(field), "{text} in {field:?}");
            assert!(desk.ticket.worked.order.is_none());
            desk.send();
            assert!(desk.trades().is_empty(), "{text} in {field:?} was sent");
            assert_eq!(desk.ticket.form.field, field, "the keys go to what is wrong");
            let said = desk.asks.iter().any(|ask| matches!(ask, Ask::Say(notice) if notice.role == Role::Error));
            assert!(said, "{text}");
            let screen = desk.screen(44, 13);
            assert!(screen.contains('!'), "{screen}");
        }
    }
    let mut desk = Desk::buy();
    desk.fill(Field::Quantity, "ten");
    let screen = desk.screen(60, 30);
    assert!(screen.contains("not a number - a quantity is needed: 10, 25%"), "it says what is expected: {screen}");
    desk.fill(Field::Quantity, "");
    desk.with(|ticket, model, asks| ticket.paste("-5", model, asks));
    assert_eq!(desk.ticket.worked.wrong_with(Field::Quantity), Some(Words::NoSign));
    desk.fill(Field::Quantity, "１０");
    assert_eq!(desk.order().quantity, Quantity::whole(10), "full-width digits are digits, and shown as such");
    assert_eq!(desk.ticket.form.quantity.text(), "10");
}

#[test]
fn money_and_shares_come_to_whole_lots() {
    let mut desk = Desk::buy();
    desk.fill(Field::Price, "71200");
    for (text, quantity) in [("₩1000000", 14), ("1000000won", 14), ("100만원", 14), ("71200원", 1), ("25%", 346)] {
        desk.fill(Field::Quantity, text);
        assert_eq!(desk.order().quantity, Quantity::whole(quantity), "{text}");
        let screen = desk.screen(44, 13);
        assert!(screen.contains(&format!("= {quantity}")), "what it comes to is seen: {screen}");
    }
    desk.fill(Field::Quantity, "71199원");
    assert_eq!(desk.ticket.worked.wrong_with(Field::Quantity), Some(Words::LessThanLot));
    desk.fill(Field::Quantity, "$500");
    assert_eq!(desk.ticket.worked.wrong_with(Field::Quantity), Some(Words::OtherCurrency));
    desk.fill(Field::Quantity, "10.5");
    assert_eq!(desk.ticket.worked.wrong_with(Field::Quantity), Some(Words::NotLot), "typed units are never rounded");
    desk.go(Field::Side);
    desk.text("s");
    desk.fill(Field::Quantity, "50%");
    assert_eq!(desk.order().quantity, Quantity::whole(5), "half of the ten that are held");
}

#[test]
fn all_of_the_cash_leaves_room_for_the_fee() {
    let mut desk = Desk::buy();
    desk.fill(Field::Price, "71200");
    desk.fill(Field::Quantity, "100%");
    assert_eq!(desk.order().quantity, Quantity::whole(1384));
    desk.answer(|preview| preview.reserved = preview.cost * dec!(1.01));
    assert_eq!(desk.order().quantity, Quantity::whole(1370));
    let asked = desk.previews().len();
    desk.answer(|preview| preview.reserved = preview.cost * dec!(1.009));
    assert_eq!(desk.order().quantity, Quantity::whole(1370), "it settles");
    assert_eq!(desk.previews().len(), asked);
}

#[test]
fn the_desk_is_asked_about_one_order_at_a_time_and_the_latest_wins() {
    let mut desk = Desk::buy();
    desk.fill(Field::Price, "71000");
    desk.fill(Field::Quantity, "12345");
    let asked = desk.previews();
    assert_eq!(asked.len(), 1, "while one question is out no other is asked");
    desk.answer(|_| {});
    let asked = desk.previews();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].1.quantity, Quantity::whole(12_345));
    desk.answer(|_| {});
    assert_eq!(desk.previews().len(), 2, "what is known is not asked again");
    let screen = desk.screen(44, 13);
    assert!(screen.contains("876,495,000") && screen.contains("107") && screen.contains("71,453.2"), "{screen}");
    assert!(screen.contains("risk: passes"), "{screen}");
}

#[test]
fn while_the_market_moves_it_asks_again_each_second() {
    let mut desk = Desk::buy();
    desk.fill(Field::Quantity, "10");
    desk.answer(|_| {});
    if desk.previews().len() > 1 {
        desk.answer(|_| {});
    }
    let before = desk.previews().len();
    desk.screen(44, 13);
    let second = |desk: &mut Desk| desk.with(|ticket, model, asks| ticket.told(&News::Second, model, asks));
    second(&mut desk);
    assert_eq!(desk.previews().len(), before, "nothing moved");
    for _ in 0..50 {
        desk.with(|ticket, model, asks| ticket.told(&News::Changed(&Changed::Book), model, asks));
    }
    assert_eq!(desk.previews().len(), before);
    second(&mut desk);
    assert_eq!(desk.previews().len(), before + 1);
    // Out of sight it rests.
    desk.answer(|_| {});
    desk.wait(5_000);
    desk.with(|ticket, model, asks| ticket.told(&News::Changed(&Changed::Book), model, asks));
    second(&mut desk);
    assert_eq!(desk.previews().len(), before + 1);
}

#[test]
fn plus_minus_and_equals_are_prices_at_hand() {
    let mut desk = Desk::buy();
    desk.go(Field::Price);
    desk.text("+");
    assert_eq!(desk.ticket.form.price.text(), "71,300");
    desk.text("--");
    assert_eq!(desk.ticket.form.price.text(), "71,100");
    desk.text("=");
    assert_eq!(desk.ticket.form.price.text(), "71,200");
    desk.fill(Field::Price, "200000");
    desk.text("-");
    assert_eq!(desk.ticket.form.price.text(), "199,900", "the finer tick below 200,000");
    desk.go(Field::Quantity);
    desk.text("++-");
    assert_eq!(desk.ticket.form.quantity.text(), "1");
    desk.text("-");
    assert_eq!(desk.ticket.form.quantity.text(), "1", "not to nothing");
    desk.fill(Field::Quantity, "₩1000000");
    desk.text("+");
    assert_eq!(desk.order().quantity, Quantity::whole(6), "five for the price, and one more");
}

#[test]
fn an_open_order_is_changed_by_what_differs() {
    let mut desk = Desk::open(TicketStart { replace: Some("o-1".into()), ..TicketStart::default() });
    assert_eq!((desk.ticket.form.price.text(), desk.ticket.form.quantity.text()), ("71,000", "10"));
    let screen = desk.screen(44, 13);
    assert!(!screen.contains("bracket"), "{screen}");
    desk.send();
    assert!(desk.trades().is_empty(), "nothing was changed");
    desk.go(Field::Price);
    desk.text("+");
    desk.send();
    let wanted = Trade::Replace { order: "o-1".into(), price: Some(price("71100")), stop_price: None, quantity: None };
    assert_eq!(desk.trades(), [&wanted]);
    let mut order = desk.model.account.orders["o-1"].clone();
    order.state = crate::order::OrderState::Filled;
    desk.with(|ticket, model, asks| ticket.told(&News::Changed(&Changed::Order(&order)), model, asks));
    desk.send();
    assert_eq!(desk.trades().len(), 1, "an order that has ended is not changed");
    desk.start(TicketStart { side: Some(Side::Buy), ..TicketStart::default() });
    assert!(desk.ticket.form.change.is_none() && desk.ticket.form.quantity.is_empty());
    desk.start(TicketStart { replace: Some("nobody".into()), ..TicketStart::default() });
    desk.send();
    assert_eq!(desk.trades().len(), 1, "an order nobody knows is not changed");
}

#[test]
fn money_buys_bonds_by_a_tenth_of_their_price() {
    let mut desk = Desk::buy();
    let info = desk.model.selected.info.as_mut().unwrap();
    info.product = "krx_bond".into();
    (info.lot, info.multiplier, info.tick_size) = (Quantity::whole(10), dec!(0.1), Some(dec!(1)));
    desk.fill(Field::Price, "10500");
    desk.fill(Field::Quantity, "₩1000000");
    desk.send();
    let trades = desk.trades();
    // 950 for 997,500 won; ten more would be 1,008,000.
    assert_eq!(kind_of(trades[0]).quantity, Quantity::whole(950));
}
