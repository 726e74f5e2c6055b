//! What the ticket counts with: prices, grid, lot, cash and position of the selected instrument.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use super::number::{Amount, Exit};
use crate::config::{Distance, DistanceUnit};
use crate::desk::record::{Direction, InstrumentRecord};
use crate::market::{Currency, InstrumentId, Price, Quantity, Side, TickRule, Venue, trading_date};
use crate::order::Trail;
use crate::text::screen::ticket::Ticket as Words;
use crate::tui::model::Model;

/// The grid of an instrument's prices on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    rule: TickRule,
    on: Date,
}

/// What the ticket counts with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Basis {
    pub id: InstrumentId,
    pub bid: Option<Price>,
    pub ask: Option<Price>,
    pub last: Option<Price>,
    /// Missing while the instrument is not known.
    pub grid: Option<Grid>,
    pub lot: Option<Quantity>,
    /// Money in one point of price times one unit.
    pub multiplier: Decimal,
    pub currency: Option<Currency>,
    /// Korean shares and funds have order types of their own.
    pub korean: bool,
    /// Korean futures and options have some of those.
    pub derivative: bool,
    pub margined: bool,
    /// An order may be sent to another venue than that of the instrument.
    pub routed: bool,
    pub available: Option<Decimal>,
    /// Side that would close it, and its size.
    pub closes: Option<(Side, Quantity)>,
}

/// Whether the profile has more than one venue to send an order to.
fn has_routes(model: &Model) -> bool {
    let profiles = model.status.iter().flat_map(|status| &status.profiles);
    profiles.filter(|profile| profile.name == model.profile.as_str()).any(|profile| profile.routes.len() > 1)
}

impl Basis {
    /// Of the selected instrument; `None` when there is none.
    pub(super) fn of(model: &Model) -> Option<Self> {
        let id = model.selected.id?;
        let info = model.selected.info.as_ref();
        let quote = model.quotes.get(&id);
        let book = model.selected.book.as_ref().map(|book| &book.record);
        let product = info.map_or("", |info| info.product.as_str());
        let on = trading_date(id.venue, model.now.utc);
        let rule = match product {
            "krx_stock" => Some(TickRule::KrxStock),
            "krx_etf" => Some(TickRule::KrxEtf),
            "krx_option" => info.map(InstrumentRecord::option_ticks),
            _ => info.and_then(|info| info.tick_size).filter(|tick| *tick > Decimal::ZERO).map(TickRule::Fixed),
        };
        let currency = info.map(|info| info.currency).or_else(|| quote.map(|quote| quote.currency));
        let position = model.account.position(&id).and_then(|held| {
            let side = if held.side == Direction::Long { Side::Sell } else { Side::Buy };
            Quantity::new(held.quantity).ok().map(|quantity| (side, quantity))
        });
        Some(Self {
            id,
            bid: book.and_then(|book| book.bids.first()).map(|level| level.0).or(quote.and_then(|quote| quote.bid)),
            ask: book.and_then(|book| book.asks.first()).map(|level| level.0).or(quote.and_then(|quote| quote.ask)),
            last: book
                .and_then(|book| book.last)
                .or(quote.and_then(|quote| quote.last))
                .or(info.and_then(|info| info.last)),
            grid: rule.map(|rule| Grid { rule, on }),
            lot: info.map(|info| info.lot),
            multiplier: info.map_or(Decimal::ONE, |info| info.multiplier),
            currency,
            korean: matches!(product, "krx_stock" | "krx_etf"),
            derivative: matches!(product, "krx_future" | "krx_option"),
            // KRX nets positions by itself: it has no flag that keeps an order from opening one.
            margined: product != "krx_future" && info.is_some_and(|info| info.max_leverage.is_some())
                || product == "crypto_perpetual",
            routed: id.venue == Venue::Krx && matches!(product, "krx_stock" | "krx_etf") && has_routes(model),
            available: currency.and_then(|currency| model.account.balance(currency)).map(|balance| balance.available),
            closes: position.filter(|(_, quantity)| !quantity.is_zero()),
        })
    }

    /// The price an order of this side meets: best of the other side, else the last.
    pub(super) fn opposite(&self, side: Side) -> Option<Price> {
        match side {
            Side::Buy => self.ask,
            Side::Sell => self.bid,
        }
        .or(self.last)
    }

    /// The price so many ticks away; where the grid is not known yet, the price itself.
    pub(super) fn stepped(&self, price: Price, steps: i32) -> Price {
        self.grid.map_or(price, |grid| grid.rule.step(price, steps, grid.on))
    }

    /// Units of an amount, rounded down to the lot. `price` is what a unit costs, `set_aside` how much cash the desk
    /// holds back for each unit of value.
    pub(super) fn units(
        &self,
        amount: Amount,
        side: Side,
        price: Option<Price>,
        set_aside: Decimal,
    ) -> Result<Quantity, Words> {
        let units = match amount {
            Amount::Units(quantity) => {
                let fits = |lot: Quantity| lot.is_zero() || (quantity.value() % lot.value()).is_zero();
                return if self.lot.is_none_or(fits) { Ok(quantity) } else { Err(Words::NotLot) };
            }
            Amount::Money(money) => self.for_money(money, price)?,
            Amount::Percent(share) => match self.closes.filter(|(closing, _)| *closing == side) {
                Some((_, held)) => held.value() * share / Decimal::ONE_HUNDRED,
                None => {
                    let available = self.available.filter(|cash| *cash > Decimal::ZERO).ok_or(Words::NoCash)?;
                    let money = available.checked_mul(share).ok_or(Words::TooLarge)? / Decimal::ONE_HUNDRED;
                    self.for_money(money.checked_div(set_aside).ok_or(Words::TooLarge)?, price)?
                }
            },
        };
        let lot = self.lot.map(Quantity::value).filter(|lot| !lot.is_zero()).ok_or(Words::Instrument)?;
        let lots = units.checked_div(lot).ok_or(Words::TooLarge)?;
        let lots = lots.round_dp_with_strategy(0, RoundingStrategy::ToZero);
        let whole = lots.checked_mul(lot).ok_or(Words::TooLarge)?;
        match Quantity::new(whole) {
            Ok(quantity) if quantity.is_zero() => Err(Words::LessThanLot),
            Ok(quantity) => Ok(quantity),
            Err(_) => Err(Words::TooLarge),
        }
    }

    fn for_money(&self, money: Decimal, price: Option<Price>) -> Result<Decimal, Words> {
        let price = price.ok_or(Words::NoMarketPrice)?;
        let unit = price.value().checked_mul(self.multiplier).ok_or(Words::TooLarge)?;
        money.checked_div(unit).ok_or(Words::TooLarge)
    }

    /// Price of an exit from an entry. A distance is rounded to the grid towards the entry, so that it never risks more
    /// than was asked for, and is at least one tick.
    pub(super) fn exit_price(&self, exit: Exit, entry: Option<Price>, above: bool) -> Result<Price, Words> {
        let away = match exit {
            Exit::At(price) => return Ok(price),
            Exit::Away(away) => away,
        };
        let entry = entry.ok_or(Words::NoMarketPrice)?;
        let Grid { rule, on } = self.grid.ok_or(Words::Instrument)?;
        let raw = if away.unit == DistanceUnit::Ticks
            && !matches!(rule, TickRule::Fixed(_))
            && let Ok(steps) = i32::try_from(away.amount)
        {
            let at = rule.step(entry, if above { steps } else { -steps }, on);
            at.value()
        } else {
            let size = self.size_of(away, entry).ok_or(Words::TooFar)?;
            let raw = if above { entry.value().checked_add(size) } else { entry.value().checked_sub(size) };
            raw.filter(|raw| *raw > Decimal::ZERO).ok_or(Words::TooFar)?
        };
        let rounded = if above {
            rule.floor(raw, on).filter(|price| *price > entry).or_else(|| rule.up(entry, on))
        } else {
            rule.ceil(raw, on).filter(|price| *price < entry).or_else(|| rule.down(entry, on))
        };
        rounded.ok_or(Words::TooFar)
    }

    /// A distance in the price's currency.
    fn size_of(&self, away: Distance, price: Price) -> Option<Decimal> {
        match away.unit {
            DistanceUnit::Percent => price.value().checked_mul(away.amount)?.checked_div(Decimal::ONE_HUNDRED),
            DistanceUnit::Price => Some(away.amount),
            DistanceUnit::Ticks => {
                let grid = self.grid?;
                grid.rule.tick(price.value(), grid.on).checked_mul(away.amount)
            }
        }
    }

    /// A trailing distance; ticks are counted at a price.
    pub(super) fn trail(&self, away: Distance, price: Option<Price>) -> Result<Trail, Words> {
        match away.unit {
            DistanceUnit::Percent => Ok(Trail::Percent(away.amount)),
            DistanceUnit::Price => Ok(Trail::Amount(away.amount)),
            DistanceUnit::Ticks => {
                let price = price.ok_or(Words::NoMarketPrice)?;
                self.size_of(away, price).map(Trail::Amount).ok_or(Words::Instrument)
            }
        }
    }

    /// Whether an order would turn the position round.
    pub(super) fn flips(&self, side: Side, quantity: Quantity) -> bool {
        self.closes.is_some_and(|(closing, held)| closing == side && quantity > held)
    }
}
