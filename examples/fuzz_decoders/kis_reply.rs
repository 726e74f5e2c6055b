//! Replies of KIS: from a body to what the desk is told.

use hoga::broker::kis::code::{Meaning, Purpose, judge};
use hoga::broker::kis::map::{
    account, bond_market, candle, future_account, future_candle, future_market, overseas_market, stock_market,
};
use hoga::broker::kis::order::reserved::Kept;
use hoga::broker::kis::order::{Listed, Tracker, list};
use hoga::broker::kis::wire::bond::{
    BondBar, BondBook, BondBuyable, BondHolding, BondInfo, BondIssue, BondOrder, BondPrice, BondPrint, amount,
};
use hoga::broker::kis::wire::etf::{EtfHolding, EtfNav, EtfNavPoint, EtfPrice};
use hoga::broker::kis::wire::future_account::{FutureOrder, FutureOrderable, FuturePosition, FutureTotals};
use hoga::broker::kis::wire::future_quote::{
    FutureBar, FutureBook, FutureOnBoard, FuturePrice, MarginRate, OptionMonth, OptionOnBoard,
};
use hoga::broker::kis::wire::oauth::{Approval, Revoked, Token};
use hoga::broker::kis::wire::overseas_account::{
    OverseasBuyable, OverseasCash, OverseasHolding, OverseasMargin, OverseasOrder, OverseasProfit, PresentHolding,
    PresentTotals,
};
use hoga::broker::kis::wire::overseas_quote::{
    IndexBar, IndexSummary, OverseasBar, OverseasBookHead, OverseasDetail, OverseasInfo, OverseasLevels,
    OverseasMinute, OverseasMinutesHead, OverseasPrice, OverseasPrint, OverseasRanked, SettlementDay,
};
use hoga::broker::kis::wire::product::{CalendarDay, FuturesDays, ProductInfo, StockInfo};
use hoga::broker::kis::wire::ranking::{Condition, ConditionHit, Ranked};
use hoga::broker::kis::wire::reserved::{ReservedDone, ReservedOverseas, ReservedReply, ReservedStock};
use hoga::broker::kis::wire::stock_account::{
    AccountTotals, Buyable, DayProfit, Holding, ProfitTotals, Sellable, TradeProfit,
};
use hoga::broker::kis::wire::stock_book::{StockBook, StockExpected};
use hoga::broker::kis::wire::stock_chart::{ChartSummary, StockBar, StockMinute};
use hoga::broker::kis::wire::stock_order::{OrderReply, RevocableOrder, StockOrder, StockOrderTotals};
use hoga::broker::kis::wire::stock_quote::{IndexPrice, Interruption, StockFlags, StockPrice, WatchedPrice};
use hoga::broker::kis::wire::stock_trade::{StockPrint, StockPrintAt};
use hoga::broker::kis::wire::{Envelope, Part, Record, Rows};
use hoga::broker::net::json;
use hoga::market::candle::{Candle, Interval};
use hoga::market::session::trading_date;
use hoga::market::{Currency, InstrumentId, MarketEvent, Venue};
use rust_decimal::Decimal;

use super::{NOW, sound};

const LIMIT: usize = 1 << 20;
const PARTS: [Part; 3] = [Part::First, Part::Second, Part::Third];

fn instrument() -> Option<InstrumentId> {
    stock_market::instrument(Venue::Krx, "005930")
}

/// Each part of a reply that says yes.
fn parts(bytes: &[u8], mut each: impl FnMut(&Envelope<'_>, Part)) {
    if let Ok(envelope) = judge("a reply", 200, bytes, Purpose::Read) {
        PARTS.iter().for_each(|part| each(&envelope, *part));
    }
}

fn read<T: Record>(envelope: &Envelope<'_>, part: Part) -> Vec<T> {
    let Rows { rows, .. } = envelope.rows(part);
    rows
}

/// Which of several ways an input goes, by its bytes: to go all of them each time would take long.
fn turn(bytes: &[u8]) -> usize {
    bytes.iter().map(|byte| usize::from(*byte)).sum()
}

/// Reads a part as one of these records.
macro_rules! read_as {
    ($turn:expr, $envelope:expr, $part:expr, $($record:ty),* $(,)?) => {
        let ways: &[fn(&Envelope<'_>, Part)] = &[$(|envelope, part| drop(read::<$record>(envelope, part))),*];
        if let Some(way) = ways.get($turn % ways.len()) {
            way($envelope, $part);
        }
    };
}

/// Korean shares and funds.
pub fn kis_rest_stock(bytes: &[u8]) {
    let Some(instrument) = instrument() else { return };
    parts(bytes, |reply, part| {
        for price in read::<StockPrice>(reply, part) {
            sound(&stock_market::price_events(&price, instrument, NOW));
        }
        let expected = read::<StockExpected>(reply, part);
        for book in read::<StockBook>(reply, part) {
            let events: Vec<MarketEvent> = stock_market::book_reply_events(&book, expected.first(), instrument, NOW);
            sound(&events);
        }
        let prints = stock_market::prints(&read::<StockPrintAt>(reply, part), trading_date(Venue::Krx, NOW));
        assert!(prints.iter().all(|(_, print)| !print.quantity.is_zero()), "a print of nothing");
        let _ = account::positions(&read::<Holding>(reply, part));
        let buyable = read::<Buyable>(reply, part);
        for totals in read::<AccountTotals>(reply, part) {
            let _ = account::won(&totals, buyable.first());
        }
        read_as!(
            turn(bytes),
            reply,
            part,
            StockFlags,
            WatchedPrice,
            Interruption,
            IndexPrice,
            StockPrint,
            Ranked,
            Condition,
            ConditionHit,
            StockInfo,
            ProductInfo,
            CalendarDay,
            FuturesDays,
            Sellable,
            DayProfit,
            TradeProfit,
            ProfitTotals,
            OrderReply,
            StockOrderTotals,
            ChartSummary,
            EtfPrice,
            EtfNav,
            EtfNavPoint,
            EtfHolding
        );
    });
}

/// Foreign shares.
pub fn kis_rest_overseas(bytes: &[u8]) {
    parts(bytes, |reply, part| {
        let _ = account::overseas_positions(&read::<OverseasHolding>(reply, part));
        let _ = account::overseas_cash(&read::<OverseasCash>(reply, part));
        let Some(instrument) = overseas_market::instrument("DNASAAPL") else { return };
        match turn(bytes) % 5 {
            0 => {
                for price in read::<OverseasPrice>(reply, part) {
                    sound(&overseas_market::price_events(&price, instrument, NOW));
                }
            }
            1 => {
                for detail in read::<OverseasDetail>(reply, part) {
                    sound(&overseas_market::detail_events(&detail, instrument, NOW));
                }
            }
            2 => {
                let levels = read::<OverseasLevels>(reply, part);
                for (head, levels) in read::<OverseasBookHead>(reply, part).iter().zip(&levels) {
                    sound(&[overseas_market::book_reply_event(head, levels, instrument, NOW)]);
                }
            }
            3 => {
                let day = trading_date(instrument.venue, NOW);
                let prints = overseas_market::prints(&read::<OverseasPrint>(reply, part), instrument.venue, day);
                assert!(prints.iter().all(|(_, print)| !print.quantity.is_zero()), "a print of nothing");
            }
            _ => {
                for buyable in read::<OverseasBuyable>(reply, part) {
                    let _ = account::foreign_cash(&buyable, Currency::Usd, Decimal::ONE, None);
                }
            }
        }
        read_as!(
            turn(bytes),
            reply,
            part,
            OverseasMinutesHead,
            IndexSummary,
            IndexBar,
            OverseasInfo,
            OverseasRanked,
            SettlementDay,
            PresentHolding,
            PresentTotals,
            OverseasProfit,
            OverseasMargin
        );
    });
}

/// Futures and options.
pub fn kis_rest_future(bytes: &[u8]) {
    parts(bytes, |reply, part| {
        let positions = read::<FuturePosition>(reply, part);
        let _ = future_account::positions(&positions);
        for totals in read::<FutureTotals>(reply, part) {
            let _ = future_account::won(&totals, &positions);
        }
        let Some(instrument) = future_market::instrument("A01612") else { return };
        for price in read::<FuturePrice>(reply, part) {
            sound(&future_market::price_events(&price, instrument, NOW));
        }
        for book in read::<FutureBook>(reply, part) {
            sound(&[future_market::book_reply_event(&book, instrument, NOW)]);
        }
        read_as!(
            turn(bytes),
            reply,
            part,
            FutureOnBoard,
            OptionOnBoard,
            OptionMonth,
            MarginRate,
            FutureOrderable,
            OrderReply
        );
    });
}

/// Bonds.
pub fn kis_rest_bond(bytes: &[u8]) {
    parts(bytes, |reply, part| {
        for order in read::<BondOrder>(reply, part) {
            let _ = amount(order.filled.or_zero(), order.average.or_zero());
        }
        let _ = account::bond_positions(&read::<BondHolding>(reply, part));
        let Some(instrument) = bond_market::instrument("KR103502GA34") else { return };
        for price in read::<BondPrice>(reply, part) {
            sound(&bond_market::price_events(&price, instrument, NOW));
        }
        for book in read::<BondBook>(reply, part) {
            sound(&[bond_market::book_reply_event(&book, instrument, NOW)]);
        }
        let prints = bond_market::prints(&read::<BondPrint>(reply, part), trading_date(instrument.venue, NOW));
        assert!(prints.iter().all(|(_, print)| !print.quantity.is_zero()), "a print of nothing");
        read_as!(turn(bytes), reply, part, BondIssue, BondInfo, BondBuyable);
    });
}

/// Lists of orders into reports of orders and fills.
pub fn kis_lists(bytes: &[u8]) {
    parts(bytes, |reply, part| {
        let stock = read::<StockOrder>(reply, part);
        let open = read::<RevocableOrder>(reply, part);
        let overseas = read::<OverseasOrder>(reply, part);
        let mut rows: Vec<Listed> = stock.iter().filter_map(|row| Listed::stock(row).ok()).collect();
        rows.extend(open.iter().filter_map(|row| Listed::revocable(row, NOW).ok()));
        rows.extend(overseas.iter().filter_map(|row| Listed::overseas(row).ok()));
        if turn(bytes).is_multiple_of(2) {
            let derivatives = read::<FutureOrder>(reply, part);
            rows.extend(derivatives.iter().filter_map(|row| Listed::future(row).ok()));
            let first = hoga::market::session::night_date(NOW);
            rows.extend(derivatives.iter().filter_map(|row| Listed::night(row, first, NOW).ok()));
        } else {
            rows.extend(read::<BondOrder>(reply, part).iter().filter_map(|row| Listed::bond(row).ok()));
            let korean = read::<ReservedStock>(reply, part);
            let foreign = read::<ReservedOverseas>(reply, part);
            let kept = korean.iter().filter_map(|row| Kept::stock(row).ok());
            rows.extend(kept.chain(foreign.iter().filter_map(|row| Kept::overseas(row).ok())).map(|kept| kept.row));
            read_as!(turn(bytes), reply, part, ReservedReply, ReservedDone);
        }
        let mut tracker = Tracker::default();
        let first = list::take(&mut tracker, &rows, NOW);
        for order in &first.orders {
            assert!(order.filled <= order.quantity, "more filled than ordered: {order:?}");
        }
        assert!(first.fills.iter().all(|fill| !fill.quantity.is_zero()), "a fill of nothing");
        // The same list again has nothing new to tell.
        assert!(list::take(&mut tracker, &rows, NOW).fills.is_empty(), "a fill is told twice");
    });
}

/// Charts into candles.
pub fn kis_chart(bytes: &[u8]) {
    parts(bytes, |reply, part| {
        let bars = read::<StockBar>(reply, part);
        for interval in [Interval::Day1, Interval::Week1, Interval::Month1] {
            whole(&candle::bars(&bars, interval, Venue::Krx, NOW));
        }
        whole(&candle::minutes(&read::<StockMinute>(reply, part), Venue::Krx, NOW));
        match turn(bytes) % 4 {
            0 => whole(&candle::overseas_bars(&read::<OverseasBar>(reply, part), Interval::Day1, Venue::Nasdaq, NOW)),
            1 => whole(&candle::overseas_minutes(&read::<OverseasMinute>(reply, part), Venue::Tse, NOW)),
            2 => whole(&candle::bond_bars(&read::<BondBar>(reply, part), Interval::Day1, Venue::KrxBonds, NOW)),
            _ => {
                let rows = read::<FutureBar>(reply, part);
                whole(&future_candle::bars(&rows, Interval::Day1, NOW));
                whole(&future_candle::minutes(&rows, Decimal::new(250_000, 0), NOW));
            }
        }
    });
}

fn whole(candles: &[Candle]) {
    let sound =
        |candle: &Candle| candle.low <= candle.open && candle.open <= candle.high && candle.close <= candle.high;
    assert!(candles.iter().all(sound), "a candle that cannot be");
    assert!(candles.is_sorted_by(|one, next| one.time < next.time), "candles out of order");
}

/// Replies of the sign-in services.
pub fn kis_oauth(bytes: &[u8]) {
    if let Ok(token) = json::parse::<Token>("a token", bytes, LIMIT) {
        let _ = token.ends(NOW);
    }
    drop((json::parse::<Approval>("a key", bytes, LIMIT), json::parse::<Revoked>("a revocation", bytes, LIMIT)));
}

/// Bad answers, under every status.
pub fn kis_refusals(bytes: &[u8]) {
    for status in [200, 400, 401, 403, 404, 429, 500, 502, 503, 504] {
        for purpose in [Purpose::Read, Purpose::Order] {
            let judged = judge("a refusal", status, bytes, purpose);
            // What cannot be read says nothing about what became of an order.
            let unread = Envelope::parse("a refusal", bytes).is_err();
            if let (Purpose::Order, true, Err(error)) = (purpose, unread, judged) {
                assert!(error.may_have_happened(), "an order whose fate nobody knows counts as refused: {error:?}");
            }
        }
    }
    if let Ok(envelope) = Envelope::parse("a refusal", bytes) {
        let _ = (Meaning::of(envelope.code(), envelope.message()), envelope.outcome());
    }
}
