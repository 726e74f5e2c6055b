//! Orders in foreign shares: `order`, `order-rvsecncl`, with an id for each country. The daytime session is not here.

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};

use super::calls::{Asked, check_account};
use super::clock::new_york;
use super::exchange::Exchange;
use super::listing::{Board, Listing};
use super::matching::Accepted;
use super::order::{Line, Order};
use super::params::Params;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply};
use super::session::{self, Us};
use super::stock_orders::taken;

/// The services of a country: they take orders for its exchanges only.
macro_rules! country {
    ($buy:ident, $sell:ident, $change:ident, $places:expr) => {
        pub fn $buy(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
            order(exchange, asked, true, $places)
        }

        pub fn $sell(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
            order(exchange, asked, false, $places)
        }

        pub fn $change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
            changed(exchange, asked, $places)
        }
    };
}

country!(buy, sell, change, &["NASD", "NYSE", "AMEX"]);
country!(hong_kong_buy, hong_kong_sell, hong_kong_change, &["SEHK"]);
country!(tokyo_buy, tokyo_sell, tokyo_change, &["TKSE"]);
country!(shanghai_buy, shanghai_sell, shanghai_change, &["SHAA"]);
country!(shenzhen_buy, shenzhen_sell, shenzhen_change, &["SZAA"]);
country!(vietnam_buy, vietnam_sell, vietnam_change, &["HASE", "VNSE"]);

/// Symbol and exchange, which must belong together.
fn instrument(exchange: &Exchange, params: &Params, places: &[&str]) -> Result<(String, String), Refusal> {
    let place = params.one_of("OVRS_EXCG_CD", places)?;
    let symbol = params.need("PDNO")?;
    let market = exchange.market(symbol, false)?;
    if market.listing.board.orders() != place {
        return Err(Refusal::no_symbol());
    }
    Ok((symbol.to_owned(), place.to_owned()))
}

/// Live takes orders before and after regular hours too; paper does not.
fn check_hours(exchange: &Exchange, board: Board, now: i64) -> Result<(), Refusal> {
    if board.is_asian() {
        let closed = Refusal::order("APBK1664", "장운영시간이 아닙니다.");
        return if session::asia(board, now, &exchange.closed) { Ok(()) } else { Err(closed) };
    }
    match (session::us(now, &exchange.closed), exchange.realm) {
        (Us::Regular, _) | (Us::Pre | Us::After, Realm::Live) => Ok(()),
        (Us::Pre, Realm::Paper) => Err(Refusal::closed(Realm::Paper, true)),
        (Us::After, Realm::Paper) => Err(Refusal::closed(Realm::Paper, false)),
        // The text is not confirmed.
        (Us::Closed, Realm::Live) => Err(Refusal::order("APBK1664", "장운영시간이 아닙니다.")),
        (Us::Closed, Realm::Paper) => Err(Refusal::closed(Realm::Paper, new_york(now).time().hour() < 12)),
    }
}

/// In cents, or in the steps of the exchange.
fn price(params: &Params, listing: &Listing) -> Result<Decimal, Refusal> {
    let price = params.number("OVRS_ORD_UNPR")?;
    let is_sound = !price.is_zero() && (price % listing.tick(price)).is_zero();
    if is_sound { Ok(price) } else { Err(Refusal::price()) }
}

/// Types without a price say nought.
fn no_price(params: &Params) -> Result<Decimal, Refusal> {
    let price = params.number("OVRS_ORD_UNPR")?;
    if price.is_zero() { Ok(price) } else { Err(Refusal::price()) }
}

/// An order for an auction comes before it. The text is not confirmed.
fn check_auction(exchange: &Exchange, kind: &str, now: i64) -> Result<(), Refusal> {
    let hours = session::us(now, &exchange.closed);
    let is_late = match kind {
        "31" | "32" => hours != Us::Pre,
        "33" | "34" => !matches!(hours, Us::Pre | Us::Regular),
        _ => false,
    };
    if is_late { Err(Refusal::order("APBK1664", "장운영시간이 아닙니다.")) } else { Ok(()) }
}

fn order(exchange: &mut Exchange, asked: &Asked<'_>, is_buy: bool, places: &[&str]) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let (symbol, place) = instrument(exchange, params, places)?;
    let listing = exchange.listing(&symbol).clone();
    let board = listing.board;
    params.one_of("ORD_SVR_DVSN_CD", &["0"])?;
    if !is_buy {
        params.one_of("SLL_TYPE", &["00"])?;
    }
    let kinds: &[&str] = match (exchange.realm, is_buy) {
        (Realm::Live, true) => &["00", "32", "34"],
        (Realm::Live, false) => &["00", "31", "32", "33", "34"],
        (Realm::Paper, _) => &["00"],
    };
    // Elsewhere the type is left out.
    let kind = if board.is_american() { params.one_of("ORD_DVSN", kinds)?.to_owned() } else { "00".to_owned() };
    let quantity = params.whole("ORD_QTY")?;
    let price = if matches!(kind.as_str(), "31" | "33") { no_price(params)? } else { price(params, &listing)? };
    check_hours(exchange, board, asked.now)?;
    check_auction(exchange, &kind, asked.now)?;
    if quantity.is_zero() || !(quantity % Decimal::from(board.lot())).is_zero() {
        return Err(Refusal::order("APBK0400", "주문수량을 확인하시기 바랍니다."));
    }
    if is_buy && price * quantity > exchange.orderable_in(board.currency()) {
        return Err(Refusal::no_cash());
    }
    if !is_buy && quantity > exchange.sellable(&symbol) {
        return Err(Refusal::no_shares());
    }
    let order =
        Accepted { line: Line::Overseas, exchange: place, symbol, is_buy, kind, price, trigger: None, quantity };
    let id = exchange.accept(order, asked.now);
    Reply::whole(taken(exchange, &exchange.orders[id]))
}

/// A change names the quantity that is open, also a cancel: there is no word for all.
fn changed(exchange: &mut Exchange, asked: &Asked<'_>, places: &[&str]) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let (symbol, place) = instrument(exchange, params, places)?;
    let listing = exchange.listing(&symbol).clone();
    let board = listing.board;
    // Orders in China and Vietnam can only be canceled.
    let deeds: &[&str] =
        if board.is_american() || matches!(board, Board::HongKong | Board::Tokyo) { &["01", "02"] } else { &["02"] };
    let is_cancel = params.one_of("RVSE_CNCL_DVSN_CD", deeds)? == "02";
    params.one_of("ORD_SVR_DVSN_CD", &["0"])?;
    let quantity = params.whole("ORD_QTY")?;
    let said = params.number("OVRS_ORD_UNPR")?;
    let nothing = || Refusal::nothing_left(exchange.realm);
    let id = exchange.by_number(Line::Overseas, params.need("ORGN_ODNO")?).ok_or_else(nothing)?;
    let order: &Order = &exchange.orders[id];
    if !order.is_open() || order.symbol != symbol || order.exchange != place {
        return Err(nothing());
    }
    if quantity.is_zero() || quantity > order.remaining() {
        return Err(Refusal::no_shares());
    }
    check_hours(exchange, board, asked.now)?;
    let (is_buy, kind, before) = (order.is_buy, order.kind.clone(), order.price);
    let new = if is_cancel {
        if !said.is_zero() {
            return Err(Refusal::price());
        }
        exchange.cancel(id, quantity, asked.now)
    } else {
        let price = price(params, &listing)?;
        if is_buy && (price - before) * quantity > exchange.orderable_in(board.currency()) {
            return Err(Refusal::no_cash());
        }
        exchange.modify(id, quantity, &kind, price, asked.now)
    };
    Reply::whole(taken(exchange, &exchange.orders[new]))
}
