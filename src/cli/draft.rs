//! From what was typed to the order that is asked for. Pure.

use super::arguments::order::Place;
use crate::desk::protocol::{Failure, FailureKind, SubmitOrder};
use crate::market::{Price, Side};
use crate::order::{Bracket, ClientOrderId, KindName, OrderKind};

/// The order that is asked for, under `client_id`. A time in force that was not typed is left to whoever knows the venue.
///
/// # Errors
/// Prices that the type needs are missing, or given twice, or belong to another type.
pub fn order(side: Side, place: &Place, client_id: Option<ClientOrderId>) -> Result<SubmitOrder, Box<Failure>> {
    let price = match (place.size.price, place.price) {
        (Some(_), Some(_)) => {
            return Err(wrong("PRICE_TWICE", "", "the price is given twice: behind the @ and with --price"));
        }
        (one, other) => one.or(other),
    };
    let name = if place.oco { KindName::Market } else { place.kind.unwrap_or_else(|| implied(price, place.stop)) };
    let kind = if place.oco { OrderKind::Market } else { kind(name, price, place)? };
    if place.oco && place.stop_loss.is_none() && place.trail.is_none() {
        return Err(wrong("OCO_INCOMPLETE", "", "--oco needs --take-profit, and --stop-loss or --trail"));
    }
    let trail = if name == KindName::TrailingStop { None } else { place.trail };
    if trail.is_some() && place.stop_loss.is_some() {
        return Err(wrong("STOP_LOSS_AND_TRAIL", "", "--stop-loss and --trail cannot go together"));
    }
    Ok(SubmitOrder {
        client_id,
        symbol: place.symbol.clone(),
        side,
        kind,
        quantity: place.size.quantity,
        time_in_force: place.tif.unwrap_or_default(),
        reduce_only: place.reduce_only,
        position_side: place.position_side,
        bracket: Bracket { take_profit: place.take_profit, stop_loss: place.stop_loss, trail },
        oco: place.oco,
        route: place.venue,
    })
}

/// The type that the prices given imply.
const fn implied(price: Option<Price>, stop: Option<Price>) -> KindName {
    match (price, stop) {
        (Some(_), None) => KindName::Limit,
        (None, None) => KindName::Market,
        (None, Some(_)) => KindName::Stop,
        (Some(_), Some(_)) => KindName::StopLimit,
    }
}

fn kind(name: KindName, price: Option<Price>, place: &Place) -> Result<OrderKind, Box<Failure>> {
    let takes_price = name.has_limit();
    let takes_stop = matches!(name, KindName::Stop | KindName::StopLimit | KindName::TakeProfit);
    let limit = || {
        price.ok_or_else(|| {
            wrong("PRICE_MISSING", name.as_str(), &format!("a {name} order needs a price: 10@PRICE or --price"))
        })
    };
    let trigger = || {
        place.stop.ok_or_else(|| wrong("STOP_MISSING", name.as_str(), &format!("a {name} order needs --stop PRICE")))
    };
    if price.is_some() && !takes_price {
        return Err(wrong("PRICE_UNWANTED", name.as_str(), &format!("a {name} order takes no price")));
    }
    if place.stop.is_some() && !takes_stop {
        return Err(wrong("STOP_UNWANTED", name.as_str(), &format!("a {name} order takes no --stop")));
    }
    Ok(match name {
        KindName::Limit => OrderKind::Limit { price: limit()? },
        KindName::Market => OrderKind::Market,
        KindName::Stop => OrderKind::Stop { trigger: trigger()? },
        KindName::StopLimit => OrderKind::StopLimit { trigger: trigger()?, price: limit()? },
        KindName::TrailingStop => {
            let distance = place
                .trail
                .ok_or_else(|| wrong("TRAIL_MISSING", "", "a trailing_stop order needs --trail DISTANCE"))?;
            OrderKind::TrailingStop { distance, trigger: None }
        }
        KindName::TakeProfit => OrderKind::TakeProfit { trigger: trigger()? },
        KindName::ConditionalLimit => OrderKind::ConditionalLimit { price: limit()? },
        KindName::BestLimit => OrderKind::BestLimit,
        KindName::PriorityLimit => OrderKind::PriorityLimit,
        KindName::MidPrice => OrderKind::MidPrice,
        KindName::PreOpenClose => OrderKind::PreOpenClose,
        KindName::AfterClose => OrderKind::AfterClose,
        KindName::MarketOnOpen => OrderKind::OnOpen { price: None },
        KindName::LimitOnOpen => OrderKind::OnOpen { price: Some(limit()?) },
        KindName::MarketOnClose => OrderKind::OnClose { price: None },
        KindName::LimitOnClose => OrderKind::OnClose { price: Some(limit()?) },
    })
}

fn wrong(code: &str, kind: &str, message: &str) -> Box<Failure> {
    let failure = Failure::new(FailureKind::Usage, code, message).hint("hoga order buy --help");
    if kind.is_empty() { failure.into() } else { failure.about(kind).into() }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::order::Trail;

    #[derive(Parser)]
    #[command(no_binary_name = true)]
    struct Typed {
        #[command(flatten)]
        place: Place,
    }

    fn drafted(line: &str) -> Result<SubmitOrder, String> {
        let typed = Typed::try_parse_from(line.split(' ')).map_err(|error| error.to_string())?;
        order(Side::Buy, &typed.place, None).map_err(|failure| failure.message)
    }

    #[test]
    fn the_type_follows_from_the_prices() {
        for (line, name) in [
            ("005930 10", KindName::Market),
            ("005930 10@69900", KindName::Limit),
            ("005930 10 --price 69900", KindName::Limit),
            ("005930 10 --stop 71000", KindName::Stop),
            ("005930 10@71100 --stop 71000", KindName::StopLimit),
            ("005930 10 --type trailing_stop --trail 1.5%", KindName::TrailingStop),
            ("005930 10 --type take-profit --stop 65000", KindName::TakeProfit),
            ("005930 10 --type best_limit", KindName::BestLimit),
            ("005930 10@70000 --type conditional_limit", KindName::ConditionalLimit),
            ("AAPL 10 --type moo", KindName::MarketOnOpen),
            ("AAPL 10@200 --type loo", KindName::LimitOnOpen),
            ("AAPL 10 --type moc", KindName::MarketOnClose),
            ("AAPL 10@200 --type loc", KindName::LimitOnClose),
        ] {
            assert_eq!(drafted(line).unwrap().kind.name(), name, "{line}");
        }
    }

    #[test]
    fn prices_that_do_not_fit_the_type_are_refused() {
        for line in [
            "005930 10@69900 --price 69900",
            "005930 10 --type limit",
            "005930 10@69900 --type market",
            "005930 10@69900 --type best_limit",
            "AAPL 10 --type loc",
            "AAPL 10@200 --type moc",
            "005930 10 --type stop",
            "005930 10 --type trailing_stop",
            "005930 10@69900 --type limit --stop 70000",
            "005930 10@69900 --stop-loss 69000 --trail 100",
            "005930 10 --oco --take-profit 80000",
        ] {
            assert!(drafted(line).is_err(), "{line} was taken");
        }
    }

    #[test]
    fn a_trail_belongs_to_the_bracket_unless_the_order_is_one() {
        let entry = drafted("005930 10@69900 --take-profit 72000 --trail 500").unwrap();
        assert_eq!(entry.bracket.trail, Some(Trail::Amount(500.into())));
        let own = drafted("005930 10 --type trailing_stop --trail 500").unwrap();
        assert_eq!(own.bracket.trail, None);
        let exits = drafted("005930 10 --oco --take-profit 72000 --stop-loss 69000").unwrap();
        assert!(exits.oco && exits.bracket.stop_loss.is_some());
    }
}
