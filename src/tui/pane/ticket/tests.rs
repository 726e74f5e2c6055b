//! The ticket as a trader meets it: keys go in, what is asked for and what is seen come out.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rust_decimal::{Decimal, dec};
use serde_json::json;

use super::*;
use crate::config::{BracketTemplate, Distance, DistanceUnit, Gain, Language, Loss, World};
use crate::desk::protocol::{Command, Failure, FailureKind, Preview, Response, SubmitOrder};
use crate::market::{Price, Quantity, Side};
use crate::order::{Bracket, OrderKind, TimeInForce, Trail};
use crate::tui::action::{Key, Keymap, Looked};
use crate::tui::model::fixture;
use crate::tui::pane::{Question, Trade};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

struct Desk {
    ticket: Ticket,
    model: Model,
    keymap: Keymap,
    asks: Vec<Ask>,
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

impl Desk {
    fn new(language: Language) -> Self {
        let mut model = fixture::trading(language);
        model.selected.info = Some(
            serde_json::from_value(json!({
                "symbol": "005930", "venue": "SIM", "name_ko": "삼성전자", "name_en": "Samsung Electronics",
                "product": "krx_stock", "currency": "KRW", "tick_size": "100", "lot": "1", "base_price": "70000",
                "upper_limit": "91000", "lower_limit": "49000", "max_leverage": null, "last": "71200",
                "change_percent": "1.71", "volume": "1234567", "value": "87901170400"
            }))
            .unwrap(),
        );
        let mut desk = Self { ticket: Ticket::default(), model, keymap: Keymap::standard(), asks: Vec::new() };
        desk.with(|ticket, model, asks| ticket.focus(true, model, asks));
        desk.wait(1_000);
        desk
    }

    /// A ticket that was opened and has been looked at for a second.
    fn open(start: TicketStart) -> Self {
        let mut desk = Self::new(Language::En);
        desk.start(start);
        desk
    }

    fn start(&mut self, start: TicketStart) {
        self.with(|ticket, model, asks| ticket.start(&start, model, asks));
        self.wait(1_000);
    }

    fn buy() -> Self {
        Self::open(TicketStart { side: Some(Side::Buy), ..TicketStart::default() })
    }

    fn with<T>(&mut self, deed: impl FnOnce(&mut Ticket, &Model, &mut Asks) -> T) -> T {
        let mut asks = Asks::default();
        let done = deed(&mut self.ticket, &self.model, &mut asks);
        self.asks.extend(asks.0);
        done
    }

    fn wait(&mut self, millis: u64) {
        self.model.now.since_start += Duration::from_millis(millis);
        // The market is as fresh as ever.
        if let Some(book) = &mut self.model.selected.book {
            book.at = self.model.now.since_start;
        }
    }

    /// A key on its way through the app: as text first, then by what it means.
    fn key(&mut self, event: KeyEvent) -> Handled {
        if self.with(|ticket, model, asks| ticket.type_key(&event, model, asks)) == Handled::Yes {
            return Handled::Yes;
        }
        let contexts = [Context::Form, Context::Global];
        match self.keymap.look(&contexts, &[Key::of(&event)]) {
            Looked::Action(action) => self.with(|ticket, model, asks| ticket.act(action, model, asks)),
            _ => Handled::No,
        }
    }

    fn press(&mut self, code: KeyCode) {
        self.key(KeyEvent::new(code, KeyModifiers::NONE));
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter));
        }
    }

    fn go(&mut self, field: Field) {
        for _ in 0..Field::ALL.len() {
            if self.ticket.form.field == field {
                return;
            }
            self.press(KeyCode::Tab);
        }
        panic!("{field:?} cannot be reached");
    }

    fn fill(&mut self, field: Field, text: &str) {
        self.go(field);
        let input = self.ticket.form.input(field).unwrap();
        input.clear();
        self.text(text);
    }

    fn kind(&mut self, wanted: Type) {
        self.go(Field::Type);
        for _ in 0..20 {
            if self.ticket.form.kind == wanted {
                return;
            }
            self.press(KeyCode::Right);
        }
        panic!("{wanted:?} is no choice");
    }

    fn send(&mut self) {
        self.go(Field::Send);
        self.press(KeyCode::Enter);
    }

    fn order(&self) -> &SubmitOrder {
        self.ticket.worked.order.as_deref().unwrap_or_else(|| panic!("{:?}", self.ticket.worked.wrong))
    }

    fn trades(&self) -> Vec<&Trade> {
        self.asks.iter().filter_map(|ask| if let Ask::Trade(trade) = ask { Some(trade) } else { None }).collect()
    }

    fn questions(&self) -> Vec<&Question> {
        self.asks.iter().filter_map(|ask| if let Ask::Ask(question) = ask { Some(question) } else { None }).collect()
    }

    fn previews(&self) -> Vec<(u32, SubmitOrder)> {
        let preview = |ask: &Ask| match ask {
            Ask::Send(command, crate::tui::pane::Purpose::Pane(PaneKind::Ticket, tag)) => match &**command {
                Command::Preview(order) => Some((*tag, order.clone())),
                _ => None,
            },
            _ => None,
        };
        self.asks.iter().filter_map(preview).collect()
    }

    /// The desk answers the question that is out.
    fn answer(&mut self, change: impl FnOnce(&mut Preview)) {
        let (tag, order) = self.previews().last().unwrap().clone();
        let unit = order.kind.limit().or(order.kind.trigger()).unwrap_or(price("71200"));
        let cost = unit.times(order.quantity);
        let mut preview = Preview {
            world: "VIRTUAL".into(),
            profile: "sim".parse().unwrap(),
            instrument: order.symbol.clone(),
            name: ["삼성전자".into(), "Samsung Electronics".into()],
            side: order.side,
            kind: order.kind.name(),
            quantity: order.quantity,
            price: Some(unit),
            cost,
            fee: dec!(107),
            tax: Decimal::ZERO,
            reserved: cost + dec!(107),
            breakeven: Some(dec!(71453.2)),
            available: dec!(98576893),
            currency: crate::market::Currency::Krw,
            held_by_desk: false,
            refusals: Vec::new(),
        };
        change(&mut preview);
        let response = Response::Preview(preview);
        let news = News::Answer { tag, outcome: Ok(&response) };
        self.with(|ticket, model, asks| ticket.told(&news, model, asks));
    }

    fn screen(&mut self, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let (mut scratch, look) = (String::new(), self.model.look.clone());
        let mut pen = Pen::new(&mut buffer, area, &look, &mut scratch);
        self.ticket.draw(&self.model, true, &mut pen);
        let mut text = String::new();
        for y in 0..height {
            let mut skip = 0;
            for x in 0..width {
                if skip == 0 {
                    let symbol = buffer[(x, y)].symbol();
                    text.push_str(symbol);
                    skip = crate::tui::widget::cells(symbol).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            text.push('\n');
        }
        text
    }
}

fn kind_of(trade: &Trade) -> &SubmitOrder {
    match trade {
        Trade::Submit(order) => order,
        other => panic!("{other:?}"),
    }
}

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
    assert_eq!(desk.order().time_in_force, TimeInForce::PostOnly);
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
