//! The exchange's words on orders, fills and money, as the desk's.
//!
//! What a message says is taken as it is or refused whole ([`Implausible`]); nothing is made up for a field that is
//! missing. A fill is known by its number, so it counts once however often and by whatever road it is told.

use crate::market::{Currency, InstrumentId, Side};
use crate::order::PositionSide;

use super::wire::word::{PositionSideWord, SideWord};

mod account;
mod event;
mod fill;
mod order;

pub use super::wire::plausible::Implausible;
pub use account::{CashTold, FlowsTold, cash, cash_flows, leverage, positions};
pub use event::{Follow, UserNews, events};
pub use fill::{Executed, fill_report};
pub use order::{algo_report, must_be_asked, order_report};

/// The currency an instrument is priced and settled in; `None` for one that is not in the listing.
pub type CurrencyOf<'a> = &'a dyn Fn(InstrumentId) -> Option<Currency>;

fn side(word: &SideWord) -> Result<Side, Implausible> {
    match word {
        SideWord::Buy => Ok(Side::Buy),
        SideWord::Sell => Ok(Side::Sell),
        SideWord::Other(_) => Err(Implausible { what: "side" }),
    }
}

/// A message from before hedge mode existed has none: the one net position.
fn position_side(word: &PositionSideWord) -> Result<PositionSide, Implausible> {
    match word {
        PositionSideWord::Both => Ok(PositionSide::Net),
        PositionSideWord::Long => Ok(PositionSide::Long),
        PositionSideWord::Short => Ok(PositionSide::Short),
        PositionSideWord::Other(word) if word.is_empty() => Ok(PositionSide::Net),
        PositionSideWord::Other(_) => Err(Implausible { what: "position side" }),
    }
}

/// An asset hoga keeps amounts of.
fn currency(asset: &str) -> Option<Currency> {
    asset.parse().ok()
}
