//! Taking in what the desk pushes.

use super::Model;
use crate::desk::protocol::{EventRecord, Update};
use crate::desk::record::{BookRecord, CandleRecord, FillRecord, OrderRecord, QuoteRecord, TradeRecord};
use crate::market::{InstrumentId, Symbol, Venue};

/// What an update changed, for panes that keep something of their own.
#[derive(Debug)]
pub enum Changed<'a> {
    /// The book of the selected instrument.
    Book,
    /// A print of the selected instrument.
    Print(&'a TradeRecord),
    /// A growing or closed one-minute candle of the selected instrument.
    Candle(&'a CandleRecord),
    /// A quote.
    Quote(InstrumentId),
    /// An order.
    Order(&'a OrderRecord),
    /// A fill.
    Fill(&'a FillRecord),
    /// Something a person should know.
    Event(&'a EventRecord),
    /// An alert fired.
    Alert(u64),
    /// Cash or positions.
    Account,
    /// State of the desk.
    Status,
    /// Nothing that is shown.
    Nothing,
}

impl Model {
    /// Takes in an update. What is about another profile, or about the book and prints of an instrument that is not
    /// selected any more, is dropped.
    pub fn take<'a>(&mut self, update: &'a Update) -> Changed<'a> {
        match update {
            Update::Quote(quote) => self.take_quote(quote),
            Update::Book(book) => self.take_book(book),
            Update::Trade(print) => self.take_print(print),
            Update::Candle { symbol, candle } => {
                let selected = self.selected.id.as_ref().is_some_and(|id| id.symbol.as_str() == symbol);
                if selected { Changed::Candle(candle) } else { Changed::Nothing }
            }
            Update::Order(order) if order.profile == self.profile.as_str() => {
                self.account.put_order(order.clone());
                Changed::Order(order)
            }
            Update::Fill(fill) if fill.profile == self.profile.as_str() => {
                self.account.put_fill(fill.clone());
                Changed::Fill(fill)
            }
            Update::Order(_) | Update::Fill(_) => Changed::Nothing,
            Update::Event(event) => {
                self.activity.add_event(event);
                Changed::Event(event)
            }
            Update::Queue { order_id, ahead } => match self.account.orders.get_mut(order_id) {
                Some(order) => {
                    order.queue_ahead = *ahead;
                    Changed::Account
                }
                None => Changed::Nothing,
            },
            Update::Account(record) if record.profile == self.profile.as_str() => {
                self.account.record = Some((**record).clone());
                Changed::Account
            }
            Update::Account(_) => Changed::Nothing,
            Update::Status { status, sessions } => {
                self.status = Some((**status).clone());
                self.sessions.clone_from(sessions);
                Changed::Status
            }
            Update::Alert { alert, removed } => {
                if *removed {
                    self.alerts.remove(&alert.id);
                    return Changed::Status;
                }
                let fired = alert.fired_at.is_some()
                    && self.alerts.get(&alert.id).is_none_or(|before| before.fired_at.is_none());
                self.alerts.insert(alert.id, alert.clone());
                if fired { Changed::Alert(alert.id) } else { Changed::Status }
            }
            Update::Lost { .. } => Changed::Status,
        }
    }

    fn take_quote(&mut self, quote: &QuoteRecord) -> Changed<'static> {
        if quote.profile != self.profile.as_str() {
            return Changed::Nothing;
        }
        let Some(id) = instrument(quote.venue, &quote.symbol) else { return Changed::Nothing };
        self.quotes.put(self.now, id, quote.clone());
        Changed::Quote(id)
    }

    fn take_book(&mut self, book: &BookRecord) -> Changed<'static> {
        let about = instrument(book.venue, &book.symbol);
        if book.profile != self.profile.as_str() || about != self.selected.id {
            return Changed::Nothing;
        }
        self.selected.put_book(self.now, book.clone());
        Changed::Book
    }

    fn take_print<'a>(&mut self, print: &'a TradeRecord) -> Changed<'a> {
        let about = instrument(print.venue, &print.symbol);
        if print.profile != self.profile.as_str() || about != self.selected.id {
            return Changed::Nothing;
        }
        self.selected.put_print(print.clone());
        Changed::Print(print)
    }
}

/// The instrument of a record.
#[must_use]
pub fn instrument(venue: Venue, symbol: &str) -> Option<InstrumentId> {
    Symbol::new(symbol).ok().map(|symbol| InstrumentId { venue, symbol })
}
