//! Holdings and cash in foreign shares.
//!
//! Live, one question for each tells all. On paper each exchange has to be asked, no reply says the cash but the one that
//! says how much can be bought, and there is one request a second for everything: where no order was on any day that still
//! works, nothing can have changed, and it is looked at again only now and then.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use rust_decimal::Decimal;

use super::account::{all, all_pages};
use super::lists::{self, span};
use super::once::{Age, Once};
use super::shared::Shared;
use crate::broker::api::{AccountReport, BrokerError};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::map::account as map;
use crate::broker::kis::order::{Line, OrderNumber, Tracked};
use crate::broker::kis::request::overseas_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::overseas_account::{OverseasBuyable, OverseasCash, OverseasHolding};
use crate::broker::net::lanes::Lane;
use crate::market::{Price, Side, UtcTime};

/// How long what nothing has happened to is not asked for again: somebody may have changed money, or trade elsewhere.
const RESTS: Duration = Duration::from_secs(5 * 60);
/// A share that everybody can buy: how much can be bought is asked for one.
const ANY_SHARE: (OverseasExchange, &str) = (OverseasExchange::Nasdaq, "AAPL");

/// An answer, and when it was asked for.
#[derive(Debug, Clone)]
struct Kept<T> {
    asked_at: UtcTime,
    answer: T,
}

impl<T: Clone> Kept<T> {
    fn young(&self, now: UtcTime) -> Option<T> {
        // One of the future means that a clock was wrong.
        let is_young = self.asked_at <= now && now.since(self.asked_at) < RESTS;
        is_young.then(|| self.answer.clone())
    }
}

#[derive(Debug, Default)]
struct Known {
    holdings: BTreeMap<OverseasExchange, Kept<Vec<OverseasHolding>>>,
    cash: Option<Kept<Vec<AccountReport>>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Abroad {
    positions: Once<(), Vec<AccountReport>>,
    cash: Once<(), Vec<AccountReport>>,
    known: Mutex<Known>,
}

impl Abroad {
    fn known(&self) -> MutexGuard<'_, Known> {
        // Every change of it is whole, even when its holder panics.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holdings at every exchange.
pub(super) async fn positions(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let read = |()| async {
        let asked = exchanges(shared.realm()).iter().map(|exchange| holdings_at(shared, *exchange));
        let held: Vec<OverseasHolding> = try_join_all(asked).await?.into_iter().flatten().collect();
        Ok(map::overseas_positions(&held))
    };
    shared.abroad.positions.ask((), Age::OneBreath, shared.rest.wall_clock(), read).await
}

/// Cash by currency.
pub(super) async fn cash(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let read = |()| async {
        match shared.realm() {
            Realm::Live => live_cash(shared).await,
            Realm::Paper => paper_cash(shared).await,
        }
    };
    shared.abroad.cash.ask((), Age::OneBreath, shared.rest.wall_clock(), read).await
}

/// Exchanges whose holdings are asked for. Live, Nasdaq stands for every US exchange; on paper each is asked.
const fn exchanges(realm: Realm) -> &'static [OverseasExchange] {
    match realm {
        Realm::Live => &[OverseasExchange::Nasdaq],
        Realm::Paper => &[OverseasExchange::Nasdaq, OverseasExchange::Nyse, OverseasExchange::Amex],
    }
}

async fn holdings_at(shared: &Shared, exchange: OverseasExchange) -> Result<Vec<OverseasHolding>, BrokerError> {
    let (realm, asked_at) = (shared.realm(), shared.now());
    if realm == Realm::Paper && !is_traded(shared, Some(exchange), asked_at) {
        let kept = shared.abroad.known().holdings.get(&exchange).and_then(|kept| kept.young(asked_at));
        if let Some(held) = kept {
            return Ok(held);
        }
    }
    let _turn = shared.account_turn().await;
    let mut rows: Vec<OverseasHolding> = Vec::new();
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| overseas_query::balance(&shared.account, realm, exchange, keys),
            |reply| {
                rows.extend(all(reply.envelope()?.rows(Part::First))?);
                Ok(())
            },
        )
        .await;
    all_pages(whole)?;
    let answer = of_exchange(rows, realm, exchange);
    shared.abroad.known().holdings.insert(exchange, Kept { asked_at, answer: answer.clone() });
    Ok(answer)
}

/// On paper, where each exchange is asked alone, a holding that comes with every answer would be counted with every one.
fn of_exchange(rows: Vec<OverseasHolding>, realm: Realm, exchange: OverseasExchange) -> Vec<OverseasHolding> {
    let is_asked = |row: &OverseasHolding| realm == Realm::Live || *row.exchange == *exchange.orders();
    rows.into_iter().filter(is_asked).collect()
}

/// Whether there was an order at an exchange, or at any, on a day that still works, or may have been.
fn is_traded(shared: &Shared, exchange: Option<OverseasExchange>, now: UtcTime) -> bool {
    let (first, _) = span::today(Line::Overseas, now);
    let is_there = |venue| exchange.is_none_or(|exchange| exchange.venue() == Some(venue));
    let is_abroad = |venue| lists::line(venue) == Some(Line::Overseas) && is_there(venue);
    let tracker = shared.tracker();
    let mut recent = tracker.numbers().filter(|number| number.line == Line::Overseas && number.date >= first);
    recent.any(|number| tracker.get(number).is_some_and(|order| is_there(order.instrument.venue)))
        || shared.unanswered().lost_lately(now).any(|instrument| is_abroad(instrument.venue))
}

async fn live_cash(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let asked = async {
        let call = overseas_query::present_balance(&shared.account, shared.realm())?;
        let reply = shared.rest.ask(&call, Lane::Query).await?;
        all::<OverseasCash>(reply.envelope()?.rows(Part::Second))
    };
    let rows = asked.await.map_err(|fault: Fault| fault.of_question())?;
    Ok(map::overseas_cash(&rows))
}

/// The list of cash by currency is empty on paper, whose totals are in won. What can be bought is told in dollars.
async fn paper_cash(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let asked_at = shared.now();
    let kept = shared.abroad.known().cash.clone();
    if !is_traded(shared, None, asked_at)
        && let Some(cash) = kept.as_ref().and_then(|kept| kept.young(asked_at))
    {
        return Ok(cash);
    }
    let _turn = shared.account_turn().await;
    let before = kept.map(|kept| kept.answer).unwrap_or_default();
    let asked = async {
        let (exchange, symbol) = ANY_SHARE;
        // What there is to order with does not depend on the price.
        let price = Price::new(Decimal::ONE).map_err(|error| BrokerError::NotSent(error.to_string()))?;
        let call = overseas_query::buyable(&shared.account, shared.realm(), exchange, symbol, price)?;
        let reply = shared.rest.ask(&call, Lane::Query).await?;
        reply.envelope()?.one::<OverseasBuyable>(Part::First).map_err(|_| Fault::Unbelievable("no foreign cash"))
    };
    let answer = match asked.await.map_err(|fault: Fault| fault.of_question()) {
        Ok(buyable) => {
            let report = map::foreign_cash(&buyable, held_back(shared, asked_at), total(&before));
            let report = report.ok_or_else(|| Fault::Unbelievable("no foreign cash").of_question())?;
            if total(std::slice::from_ref(&report)).is_some_and(|total| total.is_zero()) {
                Vec::new()
            } else {
                vec![report]
            }
        }
        // An account without foreign shares is no fault; one that had dollars a moment ago has them still.
        Err(error @ (BrokerError::Refused { .. } | BrokerError::NotFound(_))) if before.is_empty() => {
            tracing::warn!(%error, "KIS does not say what foreign shares can be bought for: there is no foreign cash");
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    shared.abroad.known().cash = Some(Kept { asked_at, answer: answer.clone() });
    Ok(answer)
}

/// What open buys abroad may still cost.
fn held_back(shared: &Shared, now: UtcTime) -> Decimal {
    let (first, _) = span::today(Line::Overseas, now);
    let tracker = shared.tracker();
    let is_buy = |(number, order): &(&OrderNumber, &Tracked)| number.line == Line::Overseas && order.side == Side::Buy;
    let open_value = |(_, order): (&OrderNumber, &Tracked)| {
        let open = order.quantity?.value().checked_sub(order.filled)?;
        open.checked_mul(order.kind?.limit()?.value())
    };
    tracker.open_since(first).filter(is_buy).filter_map(open_value).sum()
}

/// The money in an answer.
fn total(cash: &[AccountReport]) -> Option<Decimal> {
    cash.iter().find_map(|report| match report {
        AccountReport::Cash { total, .. } => Some(total.amount),
        AccountReport::Position { .. } | AccountReport::Leverage { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::super::samples::at;
    use super::*;
    use crate::broker::kis::wire::{Number, Text};

    #[test]
    fn a_holding_that_every_paper_exchange_shows_is_counted_once() {
        let row = OverseasHolding { exchange: Text::new("NYSE"), ..OverseasHolding::default() };
        let counted = exchanges(Realm::Paper).iter().map(|asked| of_exchange(vec![row.clone()], Realm::Paper, *asked));
        assert_eq!(counted.map(|rows| rows.len()).sum::<usize>(), 1);
        assert_eq!(of_exchange(vec![row], Realm::Live, OverseasExchange::Nasdaq).len(), 1);
    }

    #[test]
    fn what_is_kept_is_old_after_a_while_and_when_a_clock_was_wrong() {
        let kept = Kept { asked_at: at("10:00:00"), answer: 1 };
        assert_eq!(kept.young(at("10:04:59")), Some(1));
        assert_eq!((kept.young(at("10:05:00")), kept.young(at("09:59:59"))), (None, None));
    }

    fn told(cash: &str, held_back: Decimal, before: Option<Decimal>) -> Option<(Decimal, Option<Decimal>)> {
        let buyable = OverseasBuyable {
            currency: Text::new("USD"),
            cash: Number::parse(cash).unwrap(),
            ..OverseasBuyable::default()
        };
        match map::foreign_cash(&buyable, held_back, before)? {
            AccountReport::Cash { total, available } => Some((total.amount, available)),
            _ => None,
        }
    }

    #[test]
    fn open_buys_hold_money_back_that_is_still_there_and_so_do_their_costs() {
        assert_eq!(told("10000.00", dec!(0), None), Some((dec!(10000.00), Some(dec!(10000.00)))));
        assert_eq!(told("9700.00", dec!(300), None), Some((dec!(10000.00), Some(dec!(9700.00)))));
        assert_eq!(told("9699.25", dec!(300), Some(dec!(10000))), Some((dec!(10000), Some(dec!(9699.25)))));
        assert_eq!(told("9600.00", dec!(300), Some(dec!(10000))), Some((dec!(9900.00), Some(dec!(9600.00)))));
        assert_eq!(told("", dec!(0), None), None);
    }
}
