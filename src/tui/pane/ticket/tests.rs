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

mod guards;
mod kinds;
mod typing;
mod view;

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
