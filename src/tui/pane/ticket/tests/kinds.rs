//! Every type of order, brackets and templates among them.

use super::*;
use crate::order::Route;

#[test]
fn every_refusal_and_who_holds_it_are_said() {
    let mut desk = Desk::buy();
    desk.fill(Field::Quantity, "1");
    let refusals = [
        crate::risk::Refusal { rule: crate::risk::Rule::RiskInsufficientCash, value: "1".into(), limit: "0".into() },
        crate::risk::Refusal { rule: crate::risk::Rule::RiskTickSize, value: "71250".into(), limit: "100".into() },
    ];
    desk.answer(|preview| {
        preview.held_by_desk = true;
        preview.refusals = refusals.to_vec();
    });
    let screen = desk.screen(60, 30);
    assert!(screen.contains("RISK_INSUFFICIENT_CASH") && screen.contains("RISK_TICK_SIZE"), "{screen}");
    assert!(screen.contains("held by hoga"), "{screen}");
    assert!(!screen.contains("passes"));
    desk.fill(Field::Quantity, "2");
    let (tag, _) = desk.previews().last().unwrap().clone();
    let failure = Failure::new(FailureKind::Usage, "UNKNOWN_SYMBOL", "no such symbol");
    desk.with(|ticket, model, asks| {
        ticket.told(&News::Answer { tag, outcome: Err(&failure) }, model, asks);
    });
    let screen = desk.screen(60, 30);
    assert!(screen.contains("no such symbol"), "{screen}");
}

#[test]
fn every_type_carries_its_prices() {
    let mut desk = Desk::buy();
    desk.fill(Field::Price, "71200");
    desk.fill(Field::Quantity, "10");
    desk.kind(Type::Of(KindName::StopLimit));
    desk.fill(Field::Trigger, "72000");
    desk.fill(Field::Price, "72100");
    assert_eq!(desk.order().kind, OrderKind::StopLimit { trigger: price("72000"), price: price("72100") });
    desk.kind(Type::Of(KindName::Stop));
    assert_eq!(desk.order().kind, OrderKind::Stop { trigger: price("72000") });
    desk.kind(Type::Of(KindName::TakeProfit));
    assert_eq!(desk.order().kind, OrderKind::TakeProfit { trigger: price("72000") });
    desk.kind(Type::Of(KindName::TrailingStop));
    assert_eq!(desk.ticket.worked.wrong_with(Field::Trail), Some(Words::NeedsTrail));
    for (text, distance) in
        [("1.5%", Trail::Percent(dec!(1.5))), ("10t", Trail::Amount(dec!(1000))), ("500", Trail::Amount(dec!(500)))]
    {
        desk.fill(Field::Trail, text);
        assert_eq!(desk.order().kind, OrderKind::TrailingStop { distance, trigger: None });
    }
    for (kind, wanted) in [
        (KindName::Market, OrderKind::Market),
        (KindName::BestLimit, OrderKind::BestLimit),
        (KindName::PriorityLimit, OrderKind::PriorityLimit),
        (KindName::MidPrice, OrderKind::MidPrice),
        (KindName::ConditionalLimit, OrderKind::ConditionalLimit { price: price("72100") }),
    ] {
        desk.kind(Type::Of(kind));
        assert_eq!(desk.order().kind, wanted);
    }
    desk.go(Field::Lasts);
    desk.press(KeyCode::Left);
    assert_eq!(desk.order().time_in_force, TimeInForce::Reserved);
    desk.press(KeyCode::Left);
    assert_eq!(desk.order().time_in_force, TimeInForce::PostOnly);
    desk.press(KeyCode::Char(' '));
    desk.press(KeyCode::Char(' '));
    assert_eq!(desk.order().time_in_force, TimeInForce::Day);
}

#[test]
fn a_pair_is_two_exits_of_what_is_held() {
    let mut desk = Desk::buy();
    desk.kind(Type::Pair);
    assert_eq!(desk.ticket.form.side, Side::Sell, "the side that closes");
    desk.fill(Field::Quantity, "100%");
    assert!(desk.ticket.worked.order.is_none());
    desk.fill(Field::TakeProfit, "+3%");
    desk.fill(Field::StopLoss, "69700");
    let order = desk.order();
    assert!(order.oco);
    assert_eq!(order.quantity, Quantity::whole(10));
    assert_eq!((order.bracket.take_profit, order.bracket.stop_loss), (Some(price("73300")), Some(price("69700"))));
}

#[test]
fn templates_become_prices_on_the_grid() {
    let mut desk = Desk::buy();
    let away = |amount, unit| Distance { amount, unit };
    let scalp = BracketTemplate {
        take_profit: Some(Gain(away(dec!(3), DistanceUnit::Percent))),
        stop_loss: Some(Loss(away(dec!(10), DistanceUnit::Ticks))),
        ..BracketTemplate::default()
    };
    let trail = BracketTemplate {
        take_profit: Some(Gain(away(dec!(0.01), DistanceUnit::Percent))),
        trail: Some(Loss(away(dec!(2), DistanceUnit::Percent))),
        ..BracketTemplate::default()
    };
    desk.model.config.brackets = [("scalp".to_owned(), scalp), ("trail".to_owned(), trail)].into_iter().collect();
    desk.fill(Field::Price, "71200");
    desk.fill(Field::Quantity, "10");
    desk.go(Field::Template);
    desk.press(KeyCode::Right);
    assert!(desk.asks.contains(&Ask::Bracket(Some("scalp".into()))), "the ladder has it too");
    let bracket = desk.order().bracket;
    assert_eq!(bracket.take_profit, Some(price("73300")), "73,336 is no price; the nearer one is taken");
    assert_eq!((bracket.stop_loss, bracket.trail), (Some(price("70200")), None));
    let screen = desk.screen(44, 13);
    assert!(screen.contains("73,300") && screen.contains("70,200") && screen.contains("+3%"), "{screen}");
    desk.go(Field::Side);
    desk.text("s");
    let bracket = desk.order().bracket;
    assert_eq!(bracket.take_profit, Some(price("69100")), "below for a short");
    assert_eq!(bracket.stop_loss, Some(price("72200")));
    desk.text("b");
    desk.go(Field::Template);
    desk.press(KeyCode::Right);
    let bracket = desk.order().bracket;
    assert_eq!(bracket.take_profit, Some(price("71300")), "never at the entry itself");
    assert_eq!(bracket.trail, Some(Trail::Percent(dec!(2))));
    desk.fill(Field::TakeProfit, "75000");
    assert_eq!(desk.order().bracket.take_profit, Some(price("75000")));
    desk.fill(Field::TakeProfit, "-3%");
    assert!(desk.ticket.worked.order.is_none() && desk.ticket.is_wrong(Field::TakeProfit));
    desk.go(Field::Template);
    desk.press(KeyCode::Right);
    assert_eq!(desk.order().bracket, Bracket::default(), "none empties both");
    desk.model.trading.bracket = Some("scalp".into());
    desk.with(|ticket, model, asks| ticket.told(&News::Second, model, asks));
    assert_eq!(desk.order().bracket.stop_loss, Some(price("70200")), "chosen on the ladder");
}

#[test]
fn a_template_whose_breakeven_after_is_not_sent_says_so() {
    let mut desk = Desk::buy();
    let template = BracketTemplate {
        stop_loss: Some(Loss(Distance { amount: dec!(10), unit: DistanceUnit::Ticks })),
        breakeven_after: Some(crate::config::BreakevenTicks(5)),
        ..BracketTemplate::default()
    };
    desk.model.config.brackets = [("even".to_owned(), template)].into_iter().collect();
    desk.go(Field::Template);
    desk.press(KeyCode::Right);
    let says = |ask: &Ask| matches!(ask, Ask::Say(notice) if notice.text.contains("breakeven_after"));
    assert!(desk.asks.iter().any(says), "{:?}", desk.asks);
}

#[test]
fn where_the_broker_has_more_venues_the_order_says_where_it_goes() {
    let mut desk = Desk::buy();
    assert!(!desk.ticket.form.has(Field::Route, Basis::of(&desk.model).as_ref()), "the simulator is one venue");
    let mut status = serde_json::to_value(desk.model.status.clone().unwrap()).unwrap();
    status["profiles"][0]["routes"] = json!(["krx", "nxt", "sor"]);
    desk.model.status = Some(serde_json::from_value(status).unwrap());
    desk.model.selected.id = Some("KRX:005930".parse().unwrap());
    desk.start(TicketStart { side: Some(Side::Buy), ..TicketStart::default() });
    desk.fill(Field::Price, "71200");
    desk.fill(Field::Quantity, "3");
    assert_eq!(desk.order().route, None);
    desk.go(Field::Route);
    for route in [Some(Route::Nxt), Some(Route::Best), None] {
        desk.press(KeyCode::Right);
        assert_eq!(desk.order().route, route);
    }
    desk.press(KeyCode::Right);
    desk.ticket.form.change_instrument(Some("KRX:000660".parse().unwrap()));
    assert_eq!(desk.ticket.form.route, Route::Krx, "another share starts at its own venue");
}
