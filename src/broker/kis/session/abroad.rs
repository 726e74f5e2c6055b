//! Holdings and cash in foreign shares.
//!
//! Live, one question tells the holdings in the US, and one for both the holdings elsewhere and the cash of every currency.
//!
//! On paper each exchange has to be asked, no reply says the cash but the one that says how much can be bought, and there is
//! one request a second for everything: where no order was on any day that still works, nothing can have changed, and it is
//! looked at again only now and then. Outside the US holdings are asked for only when there was an order, or when the totals
//! in won say that anything is held abroad; a currency of which there is nothing is asked for once in some hours.

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
use crate::broker::kis::wire::overseas_account::{
    OverseasBuyable, OverseasCash, OverseasHolding, PresentHolding, PresentTotals,
};
use crate::broker::kis::wire::{Part, Text};
use crate::broker::net::lanes::Lane;
use crate::market::{Currency, Price, Side, UtcTime};

/// How long what nothing has happened to is not asked for again: somebody may have changed money, or trade elsewhere.
const RESTS: Duration = Duration::from_secs(5 * 60);
/// The same of an exchange or a currency outside the US of which there is nothing: each question takes a second.
const RESTS_EMPTY: Duration = Duration::from_secs(6 * 60 * 60);
/// Shares that everybody can buy, of each currency: how much can be bought is asked for one.
const ANY_SHARES: [(OverseasExchange, &str); 5] = [
    (OverseasExchange::Nasdaq, "AAPL"),
    (OverseasExchange::HongKong, "00700"),
    (OverseasExchange::Shanghai, "600519"),
    (OverseasExchange::Tokyo, "7203"),
    (OverseasExchange::HoChiMinh, "VNM"),
];

/// An answer, and when it was asked for.
#[derive(Debug, Clone)]
struct Kept<T> {
    asked_at: UtcTime,
    answer: T,
}

impl<T: Clone> Kept<T> {
    fn young(&self, now: UtcTime, rests: Duration) -> Option<T> {
        // One of the future means that a clock was wrong.
        let is_young = self.asked_at <= now && now.since(self.asked_at) < rests;
        is_young.then(|| self.answer.clone())
    }
}

#[derive(Debug, Default)]
struct Known {
    holdings: BTreeMap<OverseasExchange, Kept<Vec<OverseasHolding>>>,
    /// Whether the totals on paper say that anything is held abroad.
    is_invested: Option<Kept<bool>>,
    cash: BTreeMap<Currency, Kept<Option<AccountReport>>>,
}

/// Holdings and cash in one reply, as it is live.
#[derive(Debug, Clone)]
struct Present {
    holdings: Vec<PresentHolding>,
    cash: Vec<OverseasCash>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Abroad {
    positions: Once<(), Vec<AccountReport>>,
    cash: Once<(), Vec<AccountReport>>,
    present: Once<(), Present>,
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
        let american = american(shared.realm()).iter().map(|exchange| holdings_at(shared, *exchange));
        let (american, others) = tokio::join!(try_join_all(american), elsewhere(shared));
        let held: Vec<OverseasHolding> = american?.into_iter().flatten().chain(others?).collect();
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

/// Exchanges whose holdings in the US are asked for. Live, Nasdaq stands for every one; on paper each is asked.
const fn american(realm: Realm) -> &'static [OverseasExchange] {
    match realm {
        Realm::Live => &[OverseasExchange::Nasdaq],
        Realm::Paper => &[OverseasExchange::Nasdaq, OverseasExchange::Nyse, OverseasExchange::Amex],
    }
}

/// Holdings outside the US.
async fn elsewhere(shared: &Shared) -> Result<Vec<OverseasHolding>, BrokerError> {
    if shared.realm() == Realm::Live {
        let present = present(shared).await?;
        return Ok(present.holdings.into_iter().filter_map(outside_america).collect());
    }
    let is_invested = is_invested(shared).await?;
    let mut held = Vec::new();
    for exchange in OverseasExchange::ALL.into_iter().filter(|exchange| !exchange.is_american()) {
        let is_known = shared.abroad.known().holdings.get(&exchange).is_some_and(|kept| !kept.answer.is_empty());
        if !is_invested && !is_known && !is_traded(shared, Some(exchange), shared.now()) {
            continue;
        }
        held.extend(match holdings_at(shared, exchange).await {
            // A market that the account is not open for must not hide the rest of it.
            Err(error @ (BrokerError::Refused { .. } | BrokerError::NotFound(_))) if !is_known => {
                tracing::warn!(?exchange, %error, "KIS does not say what is held there: it is nothing");
                Vec::new()
            }
            answer => answer?,
        });
    }
    Ok(held)
}

/// Whether anything is held abroad, by the totals, which are all that paper fills of that reply. One that does not say it
/// counts as yes.
async fn is_invested(shared: &Shared) -> Result<bool, BrokerError> {
    let asked_at = shared.now();
    let kept = shared.abroad.known().is_invested.clone();
    if let Some(answer) = kept.and_then(|kept| kept.young(asked_at, RESTS)) {
        return Ok(answer);
    }
    let _turn = shared.account_turn().await;
    let asked = async {
        let call = overseas_query::present_balance(&shared.account, shared.realm())?;
        let reply = shared.rest.ask(&call, Lane::Query).await?;
        let totals = reply.envelope()?.one::<PresentTotals>(Part::Third).ok();
        Ok(totals.and_then(|totals| totals.value.get()).is_none_or(|value| !value.is_zero()))
    };
    let answer = match asked.await.map_err(|fault: Fault| fault.of_question()) {
        // An account without foreign shares is no fault.
        Err(BrokerError::Refused { .. } | BrokerError::NotFound(_)) => false,
        answer => answer?,
    };
    shared.abroad.known().is_invested = Some(Kept { asked_at, answer });
    Ok(answer)
}

/// A holding outside the US in the form that a list of one exchange has.
fn outside_america(row: PresentHolding) -> Option<OverseasHolding> {
    let exchange = OverseasExchange::of_orders(&row.exchange).filter(|exchange| !exchange.is_american())?;
    let PresentHolding { symbol, name, quantity, sellable, average, price, currency, .. } = row;
    let exchange = Text::new(exchange.orders());
    Some(OverseasHolding {
        symbol,
        name,
        quantity,
        sellable,
        average,
        price,
        currency,
        exchange,
        ..OverseasHolding::default()
    })
}

async fn present(shared: &Shared) -> Result<Present, BrokerError> {
    let read = |()| async {
        let asked = async {
            let call = overseas_query::present_balance(&shared.account, shared.realm())?;
            let reply = shared.rest.ask(&call, Lane::Query).await?;
            let envelope = reply.envelope()?;
            Ok(Present { holdings: all(envelope.rows(Part::First))?, cash: all(envelope.rows(Part::Second))? })
        };
        asked.await.map_err(|fault: Fault| fault.of_question())
    };
    shared.abroad.present.ask((), Age::OneBreath, shared.rest.wall_clock(), read).await
}

async fn holdings_at(shared: &Shared, exchange: OverseasExchange) -> Result<Vec<OverseasHolding>, BrokerError> {
    let (realm, asked_at) = (shared.realm(), shared.now());
    if realm == Realm::Paper && !is_traded(shared, Some(exchange), asked_at) {
        let kept = shared.abroad.known().holdings.get(&exchange).and_then(|kept| {
            let is_resting = !exchange.is_american() && kept.answer.is_empty();
            kept.young(asked_at, if is_resting { RESTS_EMPTY } else { RESTS })
        });
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
    let is_there = |venue| exchange.is_none_or(|exchange| exchange.venue() == venue);
    let is_abroad = |venue| lists::line(venue) == Some(Line::Overseas) && is_there(venue);
    let tracker = shared.tracker();
    let mut recent = tracker.numbers().filter(|number| number.line == Line::Overseas && number.date >= first);
    recent.any(|number| tracker.get(number).is_some_and(|order| is_there(order.instrument.venue)))
        || shared.unanswered().lost_lately(now).any(|instrument| is_abroad(instrument.venue))
}

async fn live_cash(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    Ok(map::overseas_cash(&present(shared).await?.cash))
}

/// The list of cash by currency is empty on paper, whose totals are in won. What can be bought is told in the currency of
/// the share. Every currency is told from the first answer on: money that appears later is a difference to our books.
async fn paper_cash(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let mut cash = Vec::new();
    for (exchange, symbol) in ANY_SHARES {
        cash.extend(paper_cash_of(shared, exchange, symbol).await?);
    }
    Ok(cash)
}

async fn paper_cash_of(
    shared: &Shared,
    exchange: OverseasExchange,
    symbol: &str,
) -> Result<Option<AccountReport>, BrokerError> {
    let (asked_at, currency) = (shared.now(), exchange.currency());
    let kept = shared.abroad.known().cash.get(&currency).cloned();
    if !is_traded_in(shared, currency, asked_at)
        && let Some(cash) = kept.as_ref().and_then(|kept| {
            let is_resting = !exchange.is_american() && kept.answer.is_none();
            kept.young(asked_at, if is_resting { RESTS_EMPTY } else { RESTS })
        })
    {
        return Ok(cash);
    }
    let _turn = shared.account_turn().await;
    let before = kept.and_then(|kept| kept.answer);
    let asked = async {
        // What there is to order with does not depend on the price.
        let price = Price::new(Decimal::ONE).map_err(|error| BrokerError::NotSent(error.to_string()))?;
        let call = overseas_query::buyable(&shared.account, shared.realm(), exchange, symbol, price)?;
        let reply = shared.rest.ask(&call, Lane::Query).await?;
        reply.envelope()?.one::<OverseasBuyable>(Part::First).map_err(|_| Fault::Unbelievable("no foreign cash"))
    };
    let answer = match asked.await.map_err(|fault: Fault| fault.of_question()) {
        Ok(buyable) => {
            let held_back = held_back(shared, currency, asked_at);
            let report = map::foreign_cash(&buyable, currency, held_back, before.as_ref().and_then(total));
            let report = report.ok_or_else(|| Fault::Unbelievable("no foreign cash").of_question())?;
            Some(report).filter(|report| total(report).is_some_and(|total| !total.is_zero()))
        }
        // An account without foreign shares is no fault; one that had money a moment ago has it still.
        Err(error @ (BrokerError::Refused { .. } | BrokerError::NotFound(_))) if before.is_none() => {
            tracing::warn!(%error, %currency, "KIS does not say what foreign shares can be bought for: there is no cash");
            None
        }
        Err(error) => return Err(error),
    };
    shared.abroad.known().cash.insert(currency, Kept { asked_at, answer: answer.clone() });
    Ok(answer)
}

/// Whether there was an order for money of a currency on a day that still works.
fn is_traded_in(shared: &Shared, currency: Currency, now: UtcTime) -> bool {
    let mut places = OverseasExchange::ALL.into_iter().filter(|exchange| exchange.currency() == currency);
    places.any(|exchange| is_traded(shared, Some(exchange), now))
}

/// What open buys in a currency may still cost.
fn held_back(shared: &Shared, currency: Currency, now: UtcTime) -> Decimal {
    let (first, _) = span::today(Line::Overseas, now);
    let tracker = shared.tracker();
    let is_buy = |(number, order): &(&OrderNumber, &Tracked)| {
        let exchange = OverseasExchange::at(order.instrument.venue);
        number.line == Line::Overseas
            && order.side == Side::Buy
            && exchange.is_some_and(|exchange| exchange.currency() == currency)
    };
    let open_value = |(_, order): (&OrderNumber, &Tracked)| {
        let open = order.quantity?.value().checked_sub(order.filled)?;
        open.checked_mul(order.kind?.limit()?.value())
    };
    tracker.open_since(first).filter(is_buy).filter_map(open_value).sum()
}

/// The money in an answer.
const fn total(cash: &AccountReport) -> Option<Decimal> {
    match cash {
        AccountReport::Cash { total, .. } => Some(total.amount),
        AccountReport::Position { .. } | AccountReport::Leverage { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::super::samples::at;
    use super::*;
    use crate::broker::kis::wire::Number;

    #[test]
    fn a_holding_that_every_paper_exchange_shows_is_counted_once() {
        let row = OverseasHolding { exchange: Text::new("NYSE"), ..OverseasHolding::default() };
        let counted = american(Realm::Paper).iter().map(|asked| of_exchange(vec![row.clone()], Realm::Paper, *asked));
        assert_eq!(counted.map(|rows| rows.len()).sum::<usize>(), 1);
        assert_eq!(of_exchange(vec![row], Realm::Live, OverseasExchange::Nasdaq).len(), 1);
    }

    #[test]
    fn what_is_kept_is_old_after_a_while_and_when_a_clock_was_wrong() {
        let kept = Kept { asked_at: at("10:00:00"), answer: 1 };
        assert_eq!(kept.young(at("10:04:59"), RESTS), Some(1));
        assert_eq!((kept.young(at("10:05:00"), RESTS), kept.young(at("09:59:59"), RESTS)), (None, None));
    }

    fn told(cash: &str, held_back: Decimal, before: Option<Decimal>) -> Option<(Decimal, Option<Decimal>)> {
        let buyable = OverseasBuyable {
            currency: Text::new("USD"),
            cash: Number::parse(cash).unwrap(),
            ..OverseasBuyable::default()
        };
        match map::foreign_cash(&buyable, Currency::Usd, held_back, before)? {
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
