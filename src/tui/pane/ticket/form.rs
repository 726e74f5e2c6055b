//! The fields of the ticket and what is in them.

use super::basis::Basis;
use super::input::Input;
use crate::config::{BracketTemplate, Config, Gain, Loss};
use crate::desk::record::OrderRecord;
use crate::market::{InstrumentId, Side, Venue};
use crate::order::{KindName, Route, TimeInForce, default_time_in_force};
use crate::tui::widget::Grouped;

/// A field, in the order the keys go through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Side,
    Type,
    Lasts,
    Route,
    Price,
    Trigger,
    Trail,
    Quantity,
    ReduceOnly,
    Template,
    TakeProfit,
    StopLoss,
    Send,
}

impl Field {
    /// Every field.
    pub(super) const ALL: [Self; 13] = [
        Self::Side,
        Self::Type,
        Self::Lasts,
        Self::Route,
        Self::Price,
        Self::Trigger,
        Self::Trail,
        Self::Quantity,
        Self::ReduceOnly,
        Self::Template,
        Self::TakeProfit,
        Self::StopLoss,
        Self::Send,
    ];
}

/// Type of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// One order.
    Of(KindName),
    /// Two exits of what is held that cancel each other.
    Pair,
}

/// An open order that is being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Its id.
    pub order: String,
    /// On what.
    pub instrument: InstrumentId,
    /// As it is; `None` when it is not known or has ended.
    pub before: Option<Box<OrderRecord>>,
}

/// Types that a venue or, in its place, the desk works everywhere.
const EVERYWHERE: [KindName; 6] = [
    KindName::Limit,
    KindName::Market,
    KindName::Stop,
    KindName::StopLimit,
    KindName::TrailingStop,
    KindName::TakeProfit,
];

/// Types of Korean venues.
const KOREAN: [KindName; 4] =
    [KindName::BestLimit, KindName::PriorityLimit, KindName::ConditionalLimit, KindName::MidPrice];

/// Types that Korean futures and options have of those.
const DERIVATIVE: [KindName; 2] = [KindName::BestLimit, KindName::ConditionalLimit];

/// Types of US exchanges for their auctions.
const AUCTIONS: [KindName; 4] =
    [KindName::MarketOnOpen, KindName::LimitOnOpen, KindName::MarketOnClose, KindName::LimitOnClose];

/// What is in the fields.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub field: Field,
    pub side: Side,
    pub kind: Type,
    pub lasts: TimeInForce,
    /// Where it goes, where there is a choice.
    pub route: Route,
    pub price: Input,
    /// The price was typed or given; one that was only suggested follows the side.
    pub own_price: bool,
    pub trigger: Input,
    pub trail: Input,
    pub quantity: Input,
    pub reduce_only: bool,
    pub template: Option<String>,
    pub take_profit: Input,
    /// A price or distance of the stop; of the trailing stop when [`Self::exit_trails`].
    pub stop_loss: Input,
    /// The losing exit follows the market.
    pub exit_trails: bool,
    pub change: Option<Change>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            field: Field::Price,
            side: Side::Buy,
            kind: Type::Of(KindName::Limit),
            lasts: TimeInForce::Day,
            route: Route::Krx,
            price: Input::default(),
            own_price: false,
            trigger: Input::default(),
            trail: Input::default(),
            quantity: Input::default(),
            reduce_only: false,
            template: None,
            take_profit: Input::default(),
            stop_loss: Input::default(),
            exit_trails: false,
            change: None,
        }
    }
}

impl Form {
    /// Whether the form has a field now.
    pub(super) fn has(&self, field: Field, basis: Option<&Basis>) -> bool {
        if let Some(change) = &self.change {
            let before = change.before.as_deref();
            return match field {
                Field::Price => before.is_some_and(|order| order.price.is_some()),
                Field::Trigger => {
                    before.is_some_and(|order| order.stop_price.is_some() && order.kind != KindName::TrailingStop)
                }
                Field::Quantity => before.is_some(),
                Field::Send => true,
                _ => false,
            };
        }
        match field {
            Field::Price => self.needs_price(),
            Field::Trigger => self.needs_trigger(),
            Field::Trail => self.kind == Type::Of(KindName::TrailingStop),
            Field::ReduceOnly => basis.is_some_and(|basis| basis.margined) && self.kind != Type::Pair,
            Field::TakeProfit | Field::StopLoss | Field::Template => self.has_exits(basis),
            Field::Lasts => self.kind != Type::Pair,
            Field::Route => basis.is_some_and(|basis| basis.routed),
            Field::Side | Field::Type | Field::Quantity | Field::Send => true,
        }
    }

    /// Whether only a position is to become smaller. Where there are no short positions the flag says nothing, and venues
    /// refuse it.
    pub(super) fn reduces(&self, basis: Option<&Basis>) -> bool {
        let unknown = basis.is_none_or(|basis| basis.lot.is_none());
        self.reduce_only && (unknown || basis.is_some_and(|basis| basis.margined))
    }

    /// The route an order names: none for the venue of the instrument.
    pub(super) fn chosen_route(&self, basis: &Basis) -> Option<Route> {
        Some(self.route).filter(|route| basis.routed && *route != Route::Krx)
    }

    /// Whether exits go with it.
    pub(super) fn has_exits(&self, basis: Option<&Basis>) -> bool {
        self.change.is_none() && (self.kind == Type::Pair || !self.reduces(basis))
    }

    /// Whether its type has a limit price.
    pub(super) const fn needs_price(&self) -> bool {
        matches!(self.kind, Type::Of(kind) if kind.has_limit())
    }

    /// Whether its type waits for a price.
    pub(super) const fn needs_trigger(&self) -> bool {
        matches!(self.kind, Type::Of(KindName::Stop | KindName::StopLimit | KindName::TakeProfit))
    }

    /// The text of a field that has one.
    pub(super) fn input(&mut self, field: Field) -> Option<&mut Input> {
        match field {
            Field::Price => Some(&mut self.price),
            Field::Trigger => Some(&mut self.trigger),
            Field::Trail => Some(&mut self.trail),
            Field::Quantity => Some(&mut self.quantity),
            Field::TakeProfit => Some(&mut self.take_profit),
            Field::StopLoss => Some(&mut self.stop_loss),
            _ => None,
        }
    }

    /// The same to look at.
    pub(super) const fn shown_input(&self, field: Field) -> Option<&Input> {
        match field {
            Field::Price => Some(&self.price),
            Field::Trigger => Some(&self.trigger),
            Field::Trail => Some(&self.trail),
            Field::Quantity => Some(&self.quantity),
            Field::TakeProfit => Some(&self.take_profit),
            Field::StopLoss => Some(&self.stop_loss),
            _ => None,
        }
    }

    /// Gives a field the keys.
    pub(super) fn go(&mut self, to: Field) {
        if let Some(input) = self.input(self.field) {
            input.leave();
        }
        self.field = to;
        if let Some(input) = self.input(to) {
            input.enter();
        }
    }

    /// Gives the next or previous field the keys, round and round.
    pub(super) fn step(&mut self, forward: bool, basis: Option<&Basis>) {
        let at = Field::ALL.iter().position(|field| *field == self.field).unwrap_or(0);
        let count = Field::ALL.len();
        let others = (1..count).map(|step| if forward { at + step } else { at + count - step });
        let next = others.filter_map(|index| Field::ALL.get(index % count)).find(|field| self.has(**field, basis));
        if let Some(next) = next {
            self.go(*next);
        }
    }

    /// Types there are for an instrument.
    pub(super) fn types(basis: Option<&Basis>) -> impl Iterator<Item = Type> {
        let korean: &[KindName] = match basis {
            Some(basis) if basis.korean => &KOREAN,
            Some(basis) if basis.derivative => &DERIVATIVE,
            _ => &[],
        };
        let off_hours: &[KindName] = match basis.map(|basis| basis.id.venue) {
            Some(Venue::Krx) => &[KindName::PreOpenClose, KindName::AfterClose],
            Some(Venue::Nxt) => &[KindName::AfterClose],
            Some(Venue::Nasdaq | Venue::Nyse | Venue::Amex) => &AUCTIONS,
            _ => &[],
        };
        EVERYWHERE.iter().chain(korean).chain(off_hours).map(|kind| Type::Of(*kind)).chain([Type::Pair])
    }

    /// Gives the keys to a field that is there, when the one that has them is not.
    pub(super) fn settle(&mut self, basis: Option<&Basis>) {
        if self.has(self.field, basis) {
            return;
        }
        let wanted = [Field::Price, Field::Trigger, Field::Quantity, Field::Send];
        if let Some(field) = wanted.into_iter().find(|field| self.has(*field, basis)) {
            self.go(field);
        }
    }

    /// Takes the next or previous choice of a field that has choices; whether it is one.
    pub(super) fn cycle(&mut self, forward: bool, basis: Option<&Basis>, config: &Config) -> bool {
        match self.field {
            Field::Side => self.side = self.side.opposite(),
            Field::Type => {
                let types: Vec<Type> = Self::types(basis).collect();
                self.kind = neighbour(&types, &self.kind, forward).unwrap_or(self.kind);
                if self.kind == Type::Pair
                    && let Some((side, _)) = basis.and_then(|basis| basis.closes)
                {
                    self.side = side;
                }
            }
            Field::Lasts => self.lasts = neighbour(&TimeInForce::ALL, &self.lasts, forward).unwrap_or_default(),
            Field::Route => self.route = neighbour(&Route::ALL, &self.route, forward).unwrap_or(Route::Krx),
            Field::ReduceOnly => self.reduce_only = !self.reduce_only,
            Field::Template => {
                let names: Vec<Option<String>> =
                    std::iter::once(None).chain(config.brackets.keys().cloned().map(Some)).collect();
                let next = neighbour(&names, &self.template, forward).unwrap_or_default();
                self.take_template(next, config);
            }
            _ => return false,
        }
        true
    }

    /// Fills the exits from a template; none empties them.
    pub(super) fn take_template(&mut self, name: Option<String>, config: &Config) {
        let template = name.as_ref().and_then(|name| config.brackets.get(name));
        let BracketTemplate { take_profit, stop_loss, trail, .. } = template.cloned().unwrap_or_default();
        self.take_profit.set(&take_profit.map(|Gain(away)| format!("+{away}")).unwrap_or_default());
        // The desk keeps one losing exit; the fixed one is the stricter promise.
        self.exit_trails = stop_loss.is_none() && trail.is_some();
        self.stop_loss.set(&stop_loss.or(trail).map(|Loss(away)| format!("-{away}")).unwrap_or_default());
        self.template = name;
    }

    /// Empties what belonged to the instrument before; the quantity stays.
    pub(super) fn change_instrument(&mut self, to: Option<InstrumentId>) {
        self.price.clear();
        self.own_price = false;
        self.trigger.clear();
        self.trail.clear();
        self.change = None;
        self.lasts = to.map_or(TimeInForce::Day, |id| default_time_in_force(id.venue));
        self.route = Route::Krx;
        // What was ready to be sent is not ready any more.
        if self.field == Field::Send {
            self.go(Field::Price);
        }
    }

    /// Becomes the form of an open order.
    pub(super) fn take_order(&mut self, order: &OrderRecord) {
        self.side = order.side;
        self.kind = Type::Of(order.kind);
        self.lasts = order.time_in_force;
        self.reduce_only = order.reduce_only;
        let number = |value| Grouped::new(value).to_string();
        self.price.set(&order.price.map(|price| number(price.value())).unwrap_or_default());
        self.own_price = true;
        self.trigger.set(&order.stop_price.map(|price| number(price.value())).unwrap_or_default());
        self.quantity.set(&number(order.quantity.value()));
    }

    /// Puts in the price an order of this side would meet, where there is none or only a suggestion.
    pub(super) fn suggest_price(&mut self, basis: Option<&Basis>) {
        let idle = self.change.is_none() && self.needs_price();
        if !idle || (self.own_price && !self.price.is_empty()) {
            return;
        }
        if let Some(price) = basis.and_then(|basis| basis.opposite(self.side)) {
            self.price.set(&Grouped::new(price.value()).to_string());
            self.own_price = false;
        }
    }
}

/// The choice beside the one that is taken, round and round.
fn neighbour<T: PartialEq + Clone>(choices: &[T], taken: &T, forward: bool) -> Option<T> {
    let count = choices.len();
    let at = choices.iter().position(|choice| choice == taken);
    let next = match (at, forward) {
        (Some(at), true) => (at + 1) % count.max(1),
        (Some(at), false) => (at + count - 1) % count.max(1),
        (None, _) => 0,
    };
    choices.get(next).cloned()
}
