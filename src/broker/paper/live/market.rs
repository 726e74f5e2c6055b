//! One instrument: its matcher, who wants its data, and orders that wait for its first book.

use std::collections::{BTreeSet, VecDeque};

use super::funding::FundingWatch;
use crate::broker::api::Channel;
use crate::broker::paper::counter::is_wanted;
use crate::broker::paper::{PaperConfig, PaperMatcher, PaperOrder};
use crate::market::{Instrument, MarketBody, UtcTime};
use crate::order::OrderId;

/// What the desk has said of an instrument's data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum DeskWish {
    /// Nothing yet on this connection. It will soon ask for what it has orders in, and must not miss the book until then.
    #[default]
    Untold,
    /// It wants these.
    Wants(BTreeSet<Channel>),
    /// No more of it.
    LetGo,
}

#[derive(Debug)]
pub(super) struct VirtualMarket {
    pub(super) matcher: PaperMatcher,
    pub(super) funding: FundingWatch,
    pub(super) wish: DeskWish,
    /// What the feed has been asked for and may be sending.
    pub(super) asked: Option<BTreeSet<Channel>>,
    /// When the feed is asked again after it refused.
    pub(super) ask_again: Option<UtcTime>,
    /// Orders that have not been sent to the matcher, and until when they may wait.
    pub(super) waiting: VecDeque<(UtcTime, PaperOrder)>,
}

impl VirtualMarket {
    pub(super) fn new(instrument: &Instrument, config: PaperConfig) -> Self {
        Self {
            matcher: PaperMatcher::new(instrument, config),
            funding: FundingWatch::default(),
            wish: DeskWish::Untold,
            asked: None,
            ask_again: None,
            waiting: VecDeque::new(),
        }
    }

    /// Whether the desk hears of something.
    pub(super) fn tells_desk(&self, body: &MarketBody) -> bool {
        match &self.wish {
            DeskWish::Untold => true,
            DeskWish::Wants(channels) => is_wanted(channels, body),
            DeskWish::LetGo => false,
        }
    }

    /// When something falls due if the feed stays silent.
    pub(super) fn due(&self) -> Option<UtcTime> {
        let waiting = self.waiting.front().map(|(until, _)| *until);
        [self.matcher.next_wake(), waiting, self.ask_again].into_iter().flatten().min()
    }

    /// Takes back an order that has not been sent to the matcher.
    pub(super) fn take_back(&mut self, order: OrderId) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|(_, waiting)| waiting.id != order);
        self.waiting.len() < before
    }

    pub(super) fn waits(&self, order: OrderId) -> bool {
        self.waiting.iter().any(|(_, waiting)| waiting.id == order)
    }
}
