//! What was realised, as the broker counts it: of Korean shares by dates of Seoul, of foreign ones by those of their
//! exchanges. Half a list would look like a smaller profit, so one that did not come whole is an error.

use jiff::civil::Date;

use super::account::all;
use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Answer, BrokerError, Covered, ProfitBy, Realised, RealisedQuestion, RealisedRow};
use crate::broker::kis::capability::Lack;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::map::realised as map;
use crate::broker::kis::request::realised as request;
use crate::broker::kis::rest::{Fault, Reply};
use crate::broker::kis::wire::{Part, Record};
use crate::broker::net::lanes::Lane;
use crate::market::arrange::Arrange;
use crate::market::{InstrumentId, UtcTime, Venue, trading_date};
use crate::text::realised::NOT_OF_DERIVATIVES;

/// Days of a question at one exchange after the other.
type Days = (Date, Date);

/// What every share of the account has brought.
pub(super) async fn realised(shared: &Shared, question: &RealisedQuestion) -> Outcome {
    if shared.realm() == Realm::Paper {
        return Err(Lack::Realised.error());
    }
    if shared.account.is_derivatives() {
        return Err(BrokerError::Unsupported(NOT_OF_DERIVATIVES));
    }
    let covers = covered(question, shared.now());
    let (korean, foreign) = tokio::join!(korean(shared, question.by, &covers), foreign(shared, question.by, &covers));
    let mut rows = korean?;
    rows.extend(foreign?);
    rows.arrange_by_key(|row| (row.date, row.currency, row.instrument));
    Ok(Answer::Realised(Box::new(Realised { by: question.by, covers, rows })))
}

/// The days at each exchange. Nothing of one whose days are all still to come.
fn covered(question: &RealisedQuestion, now: UtcTime) -> Vec<Covered> {
    let foreign = OverseasExchange::ALL.into_iter().map(|exchange| vec![exchange.venue()]);
    let venues = std::iter::once(vec![Venue::Krx, Venue::Nxt]).chain(foreign);
    let days = |venues: Vec<Venue>| {
        let (from, to) = question.days(trading_date(*venues.first()?, now))?;
        Some(Covered { venues, from, to })
    };
    venues.filter_map(days).collect()
}

async fn korean(shared: &Shared, by: ProfitBy, covers: &[Covered]) -> Result<Vec<RealisedRow>, BrokerError> {
    let Some(days) = spanning(covers, |venue| venue == Venue::Krx) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    let (account, realm) = (&shared.account, shared.realm());
    let whole = match by {
        ProfitBy::Day => {
            let call = |keys: &_| request::of_days(account, realm, days, keys);
            shared.rest.pages(Lane::Bulk, call, |reply| take(&mut rows, reply, map::day)).await
        }
        ProfitBy::Trade => {
            let call = |keys: &_| request::of_trades(account, realm, days, keys);
            shared.rest.pages(Lane::Bulk, call, |reply| take(&mut rows, reply, map::trade)).await
        }
    };
    is_whole(whole)?;
    Ok(within(rows, covers))
}

async fn foreign(shared: &Shared, by: ProfitBy, covers: &[Covered]) -> Result<Vec<RealisedRow>, BrokerError> {
    let Some(days) = spanning(covers, |venue| OverseasExchange::at(venue).is_some()) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    let call = |keys: &_| request::of_foreign(&shared.account, shared.realm(), days, keys);
    let whole = shared.rest.pages(Lane::Bulk, call, |reply| take(&mut rows, reply, map::foreign)).await;
    is_whole(whole)?;
    let mut rows = within(rows, covers);
    for row in &mut rows {
        row.instrument = row.instrument.map(|instrument| listed(shared, instrument));
    }
    Ok(match by {
        ProfitBy::Day => map::by_day(rows),
        ProfitBy::Trade => rows,
    })
}

/// The first and last day of the exchanges that one question is about.
fn spanning(covers: &[Covered], is_of: impl Fn(Venue) -> bool) -> Option<Days> {
    let days = || covers.iter().filter(|covered| covered.venues.iter().any(|venue| is_of(*venue)));
    Some((days().map(|covered| covered.from).min()?, days().map(|covered| covered.to).max()?))
}

/// Rows of the days that are wanted of their exchange: one question is about exchanges whose days differ.
fn within(rows: Vec<RealisedRow>, covers: &[Covered]) -> Vec<RealisedRow> {
    let is_wanted = |row: &RealisedRow| {
        let venue = row.instrument.map_or(Venue::Krx, |instrument| instrument.venue);
        let own = covers.iter().find(|covered| covered.venues.contains(&venue));
        own.is_some_and(|covered| (covered.from..=covered.to).contains(&row.date))
    };
    rows.into_iter().filter(is_wanted).collect()
}

/// The instrument as it is listed. The broker names Nasdaq where it means any exchange of the US.
fn listed(shared: &Shared, told: InstrumentId) -> InstrumentId {
    if !told.venue.is_american() {
        return told;
    }
    let at = |venue| InstrumentId { venue, ..told };
    let any = [told.venue, Venue::Nasdaq, Venue::Nyse, Venue::Amex].into_iter().map(at);
    any.into_iter().find(|instrument| shared.listing.instrument(*instrument).is_some()).unwrap_or(told)
}

fn take<T: Record>(
    rows: &mut Vec<RealisedRow>,
    reply: &Reply,
    read: fn(&T) -> Option<RealisedRow>,
) -> Result<(), Fault> {
    for row in all(reply.envelope()?.rows::<T>(Part::First))? {
        rows.push(read(&row).ok_or(Fault::Unbelievable("a row of the realised profit"))?);
    }
    Ok(())
}

fn is_whole(whole: Result<bool, Fault>) -> Result<(), BrokerError> {
    match whole {
        Ok(true) => Ok(()),
        Ok(false) => Err(BrokerError::NotSent("not every page of the realised profit came: ask for fewer days".into())),
        Err(fault) => Err(fault.of_question()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: Option<&str>, to: Option<&str>, now: &str) -> Vec<Covered> {
        let date = |text: &str| text.parse().unwrap();
        let question = RealisedQuestion { from: from.map(date), to: to.map(date), by: ProfitBy::Day };
        covered(&question, UtcTime::parse(now).unwrap())
    }

    fn days_of(covers: &[Covered], venue: Venue) -> Option<(String, String)> {
        spanning(covers, |one| one == venue).map(|(from, to)| (from.to_string(), to.to_string()))
    }

    #[test]
    fn today_is_another_day_in_new_york() {
        let covers = asked(None, None, "2026-11-24T08:00:00+09:00");
        let day = |text: &str| Some((text.to_owned(), text.to_owned()));
        assert_eq!(days_of(&covers, Venue::Krx), day("2026-11-24"));
        assert_eq!(days_of(&covers, Venue::Nxt), day("2026-11-24"));
        assert_eq!(days_of(&covers, Venue::Nyse), day("2026-11-23"));
        let covers = asked(Some("2026-11-24"), Some("2026-11-24"), "2026-11-24T08:00:00+09:00");
        assert_eq!((days_of(&covers, Venue::Krx), days_of(&covers, Venue::Nyse)), (day("2026-11-24"), None));
    }

    #[test]
    fn rows_of_days_that_are_not_wanted_of_their_exchange_are_left_out() {
        let covers = asked(None, None, "2026-11-24T08:00:00+09:00");
        let body = include_bytes!("../../../../tests/data/kis/overseas_period_profit.json");
        let envelope = crate::broker::kis::wire::Envelope::parse("profits", body).unwrap();
        let row = map::foreign(&envelope.rows(Part::First).rows[0]).unwrap();
        let on = |date: &str| RealisedRow { date: date.parse().unwrap(), ..row.clone() };
        let left = within(vec![on("2026-11-22"), on("2026-11-23"), on("2026-11-24")], &covers);
        assert_eq!(left, [on("2026-11-23")]);
    }

    #[test]
    fn half_a_list_is_no_list() {
        assert!(is_whole(Ok(true)).is_ok());
        assert!(is_whole(Ok(false)).unwrap_err().is_retryable());
    }
}
