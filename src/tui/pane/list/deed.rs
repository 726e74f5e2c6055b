//! What a list of orders asks for about one of them.

use super::instrument_of;
use crate::desk::protocol::OrderSelection;
use crate::desk::record::OrderRecord;
use crate::market::Venue;
use crate::tui::pane::{Ask, Asks, TicketStart, Trade};

/// Shows the instrument of a record.
pub fn select(venue: Venue, symbol: &str, asks: &mut Asks) {
    if let Some(id) = instrument_of(venue, symbol) {
        asks.push(Ask::Select(id));
    }
}

/// Ends an order. Also one whose cancel is out already: whether it got there is not known.
pub fn cancel(order: &OrderRecord, asks: &mut Asks) {
    let selection = OrderSelection::Ids { orders: vec![order.id.clone()] };
    asks.push(Ask::Trade(Trade::Cancel(selection)));
}

/// Puts an order into the ticket, to be changed there.
pub fn modify(order: &OrderRecord, asks: &mut Asks) {
    select(order.venue, &order.symbol, asks);
    asks.push(Ask::Ticket(TicketStart {
        side: Some(order.side),
        price: order.price,
        quantity: Some(order.quantity),
        market: false,
        reduce_only: order.reduce_only,
        replace: Some(order.id.clone()),
    }));
}
