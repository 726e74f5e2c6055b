use hoga::broker::kis::map::{account, candle, stock_market};
use hoga::broker::kis::order::Listed;
use hoga::broker::kis::order::listed::RowOf;
use hoga::broker::kis::wire::etf::{EtfHolding, EtfNav, EtfNavPoint, EtfPrice};
use hoga::broker::kis::wire::page::{After, PageKeys, after};
use hoga::broker::kis::wire::product::{CalendarDay, FuturesDays, ProductInfo, StockInfo, plain_symbol};
use hoga::broker::kis::wire::ranking::{Condition, ConditionHit, Ranked};
use hoga::broker::kis::wire::stock_account::{
    AccountTotals, Buyable, DayProfit, Holding, ProfitTotals, Sellable, TradeProfit,
};
use hoga::broker::kis::wire::stock_book::{StockBook, StockExpected};
use hoga::broker::kis::wire::stock_chart::{ChartSummary, StockBar, StockMinute};
use hoga::broker::kis::wire::stock_order::{OrderReply, RevocableOrder, StockOrder, StockOrderTotals};
use hoga::broker::kis::wire::stock_quote::{IndexPrice, Interruption, StockFlags, StockPrice, WatchedPrice};
use hoga::broker::kis::wire::stock_trade::{StockPrint, StockPrintAt};
use hoga::broker::kis::wire::{Clock, Envelope, Part, Sign};
use hoga::market::candle::Interval;
use hoga::market::{MarketBody, Price, UtcTime, Venue};
use hoga::order::OrderState;
use jiff::civil::date;
use rust_decimal::dec;

use super::super::{Reply, Sample, is};

const FIRST: Part = Part::First;
const SECOND: Part = Part::Second;

fn ordered(reply: &Reply<'_>, branch: &str, number: &str, time: &str) {
    let order: OrderReply = reply.one(FIRST);
    assert_eq!((&*order.branch, &*order.number), (branch, number));
    assert_eq!(order.time, Clock::parse(time).unwrap());
}

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

pub const SAMPLES: &[Sample] = &[
    ("domestic_inquire_price.json", 200, |reply| {
        let price: StockPrice = reply.one(FIRST);
        is(price.last, dec!(128500));
        is(price.average, dec!(129097.23));
        assert_eq!((price.sign, &*price.status, &*price.market), (Sign::Unchanged, "55", "KOSPI200"));
        let instrument = stock_market::instrument(Venue::Krx, "000660").unwrap();
        let events = stock_market::price_events(&price, instrument, at("2026-09-14T10:00:00+09:00"));
        let MarketBody::NewDay { base, limits } = &events[0].body else { panic!() };
        assert_eq!((base.value(), limits.unwrap().upper.value()), (dec!(128500), dec!(167000)));
        let MarketBody::Day(day) = &events[1].body else { panic!() };
        assert_eq!((day.value, day.volume.value()), (dec!(344570137500), dec!(2669075)));
        assert_eq!(day.previous_close.map(Price::value), Some(dec!(128500)));
    }),
    ("domestic_inquire_price_2.json", 200, |reply| {
        let flags: StockFlags = reply.one(FIRST);
        is(flags.previous_close, dec!(73400));
        assert!(!flags.halted.is_yes() && !flags.administrative.is_yes());
    }),
    ("domestic_asking_price_exp_ccn.json", 200, |reply| {
        let (book, expected): (StockBook, StockExpected) = (reply.one(FIRST), reply.one(SECOND));
        is(book.asks[0].price, dec!(128000));
        is(book.bids[9].quantity, dec!(15773));
        is(book.total_ask, dec!(830005));
        is(expected.price, dec!(128000));
        let instrument = stock_market::instrument(Venue::Krx, "000660").unwrap();
        let now = at("2026-09-14T16:00:01+09:00");
        let events = stock_market::book_reply_events(&book, Some(&expected), instrument, now);
        assert_eq!(events[0].venue_time, at("2026-09-14T16:00:00+09:00"));
        let MarketBody::Book(update) = &events[0].body else { panic!() };
        assert_eq!((update.bids.len(), update.asks[9].price.value()), (10, dec!(132500)));
        let MarketBody::Expected(Some(expected)) = &events[1].body else { panic!() };
        assert_eq!(expected.quantity.value(), dec!(220006));
    }),
    ("domestic_inquire_ccnl.json", 200, |reply| {
        let prints: Vec<StockPrint> = reply.rows(FIRST);
        assert_eq!(prints.len(), 2);
        is(prints[0].price, dec!(78900));
        is(prints[0].strength, dec!(114.05));
    }),
    ("domestic_time_itemconclusion.json", 200, |reply| {
        let rows: Vec<StockPrintAt> = reply.rows(SECOND);
        let prints = stock_market::prints(&rows, date(2026, 9, 14));
        assert_eq!(prints.len(), 3);
        assert!(prints.is_sorted_by_key(|(time, trade)| (*time, trade.id)));
        let (time, newest) = prints.last().unwrap();
        assert_eq!((*time, newest.quantity.value()), (at("2026-09-14T14:11:59+09:00"), dec!(20)));
        assert_eq!(newest.side, Some(hoga::market::Side::Sell));
    }),
    ("domestic_daily_price.json", 200, |reply| {
        let bars: Vec<StockBar> = reply.rows(FIRST);
        is(bars[0].close, dec!(128000));
        let candles = candle::bars(&bars, Interval::Day1, Venue::Krx, at("2026-09-14T16:00:00+09:00"));
        assert_eq!(candles.last().unwrap().time, at("2022-01-11T00:00:00+09:00"));
    }),
    ("domestic_daily_itemchartprice.json", 200, |reply| {
        let summary: ChartSummary = reply.one(FIRST);
        assert_eq!(summary.name, "SK하이닉스");
        let bars: Vec<StockBar> = reply.rows(SECOND);
        let candles = candle::bars(&bars, Interval::Day1, Venue::Krx, at("2022-05-09T16:00:00+09:00"));
        assert_eq!((bars.len(), candles.len()), (4, 4));
        let newest = candles.last().unwrap();
        assert_eq!((newest.high.value(), newest.value, newest.closed), (dec!(109000), dec!(226834500000), false));
        assert!(candles[0].closed && candles.is_sorted_by_key(|candle| candle.time));
    }),
    ("domestic_daily_itemchartprice_short.json", 200, |reply| {
        assert!(reply.rows::<StockBar>(SECOND).is_empty());
    }),
    ("domestic_time_itemchartprice.json", 200, |reply| {
        let rows: Vec<StockMinute> = reply.rows(SECOND);
        let minutes = candle::minutes(&rows, Venue::Krx, at("2022-09-02T10:00:30+09:00"));
        let newest = minutes.last().unwrap();
        assert_eq!((newest.time, newest.volume.value()), (at("2022-09-02T10:00:00+09:00"), dec!(1383)));
        assert!(!newest.closed && minutes.len() > 1);
    }),
    ("domestic_time_dailychartprice.json", 200, |reply| {
        let rows: Vec<StockMinute> = reply.rows(SECOND);
        let minutes = candle::minutes(&rows, Venue::Krx, at("2026-09-14T10:00:00+09:00"));
        let newest = minutes.last().unwrap();
        assert_eq!((newest.close.value(), newest.closed), (dec!(57300), true));
        assert_eq!(newest.time, at("2024-11-08T14:00:00+09:00"));
    }),
    ("domestic_intstock_multprice.json", 200, |reply| {
        let rows: Vec<WatchedPrice> = reply.rows(FIRST);
        assert_eq!((rows.len(), &*rows[0].symbol), (3, "005930"));
        is(rows[0].ask, dec!(77400));
        is(rows[0].bid_quantity, dec!(269626));
    }),
    ("domestic_vi_status.json", 200, |reply| {
        let rows: Vec<Interruption> = reply.rows(FIRST);
        is(rows[0].price, dec!(12135));
        assert_eq!(rows[0].ended, Clock::parse("174212").unwrap());
    }),
    ("domestic_index_price.json", 200, |reply| {
        let index: IndexPrice = reply.one(FIRST);
        is(index.last, dec!(857.60));
        is(index.change, dec!(-1.61));
        is(index.rising, dec!(828));
    }),
    ("domestic_volume_rank.json", 200, |reply| {
        let rows: Vec<Ranked> = reply.rows(FIRST);
        assert_eq!((rows.len(), &*rows[0].symbol), (4, "005930"));
        is(rows[0].value, dec!(584861890300));
    }),
    ("domestic_market_cap_rank.json", 200, |reply| {
        let rows: Vec<Ranked> = reply.rows(FIRST);
        is(rows[0].market_value, dec!(4340032));
    }),
    ("domestic_fluctuation_rank.json", 200, |reply| {
        let rows: Vec<Ranked> = reply.rows(FIRST);
        assert_eq!(rows[0].symbol, "000040");
        is(rows[0].change_percent, dec!(12.13));
    }),
    ("domestic_psearch_title.json", 200, |reply| {
        let rows: Vec<Condition> = reply.rows(SECOND);
        assert_eq!((&*rows[0].number, &*rows[0].group), ("0", "임시그룹"));
    }),
    ("domestic_psearch_result.json", 200, |reply| {
        let rows: Vec<ConditionHit> = reply.rows(SECOND);
        is(rows[0].last, dec!(138600));
        is(rows[0].lower_limit, dec!(97100));
    }),
    ("domestic_chk_holiday.json", 200, |reply| {
        let days: Vec<CalendarDay> = reply.rows(FIRST);
        assert_eq!(days.len(), 10);
        // 2022-12-27 was a Tuesday: the third day when Sunday is the first.
        assert_eq!(days[0].date.get(), Some(date(2022, 12, 27)));
        is(days[0].weekday, dec!(3));
        assert!(days[0].open.is_yes());
        assert_eq!(reply.good().next.next, "20230119");
    }),
    ("domestic_search_info.json", 200, |reply| {
        let info: ProductInfo = reply.one(FIRST);
        assert_eq!((&*info.symbol, &*info.isin, &*info.english_name), ("AAPL", "US0378331005", "APPLE INC"));
    }),
    ("domestic_search_stock_info.json", 200, |reply| {
        let info: StockInfo = reply.one(FIRST);
        assert_eq!((info.symbol(), &*info.name, &*info.market), ("000660", "SK하이닉스", "STK"));
        assert!(info.trades_on_nextrade() && info.kospi200.is_yes() && !info.halted.is_yes());
    }),
    ("domestic_futures_business_days.json", 200, |reply| {
        let days: FuturesDays = reply.one(FIRST);
        assert_eq!(days.today.get(), Some(date(2024, 9, 11)));
        assert_eq!(days.closes, Clock::parse("154500").unwrap());
    }),
    ("etf_inquire_price.json", 200, |reply| {
        let etf: EtfPrice = reply.one(FIRST);
        is(etf.nav, dec!(36127.30));
        is(etf.premium_percent, dec!(-0.10));
        is(etf.net_assets, dec!(69027));
    }),
    ("etf_nav_comparison_trend.json", 200, |reply| {
        let nav: EtfNav = reply.one(SECOND);
        is(nav.high, dec!(36543.62));
    }),
    ("etf_nav_comparison_daily_trend.json", 200, |reply| {
        let points: Vec<EtfNavPoint> = reply.rows(FIRST);
        assert_eq!(points[0].date.get(), Some(date(2024, 2, 20)));
        is(points[0].price, dec!(35875));
    }),
    ("etf_nav_comparison_time_trend.json", 200, |reply| {
        let points: Vec<EtfNavPoint> = reply.rows(FIRST);
        assert_eq!(points[0].time, Clock::parse("153000").unwrap());
        is(points[0].difference, dec!(-37.30));
    }),
    ("etf_component_stock_price.json", 200, |reply| {
        let nav: EtfNav = reply.one(FIRST);
        is(nav.nav, dec!(37301.11));
        let holdings: Vec<EtfHolding> = reply.rows(SECOND);
        is(holdings[0].weight_percent, dec!(32.65));
    }),
    ("domestic_order_cash_buy_ok.json", 200, |reply| ordered(&reply, "91252", "0000117057", "091501")),
    ("domestic_order_cash_sell_ok.json", 200, |reply| ordered(&reply, "91252", "0000117061", "121410")),
    ("domestic_order_cash_buy_ok_paper.json", 200, |reply| ordered(&reply, "00950", "0000038614", "152556")),
    ("domestic_order_cash_sell_ok_paper.json", 200, |reply| ordered(&reply, "00950", "0000038651", "152612")),
    ("domestic_order_rvsecncl_modify_ok.json", 200, |reply| ordered(&reply, "91252", "0000117099", "091601")),
    ("domestic_order_rvsecncl_cancel_ok.json", 200, |reply| ordered(&reply, "91252", "0000117120", "091702")),
    ("domestic_psbl_rvsecncl.json", 200, |reply| {
        let rows: Vec<RevocableOrder> = reply.rows(FIRST);
        is(rows[0].open, dec!(1));
        let listed = Listed::revocable(&rows[0], at("2026-09-14T14:00:00+09:00")).unwrap();
        assert_eq!((&*listed.branch, &*listed.changed.unwrap().digits), ("06010", "0001569136"));
        assert_eq!(listed.time, at("2026-09-14T13:14:38+09:00"));
    }),
    ("domestic_daily_ccld_page1.json", 200, |reply| {
        let (envelope, first) = (reply.good(), PageKeys::default());
        let After::More(next) = after(Some("F"), &first, &envelope.next) else { panic!() };
        assert_eq!(next.next, "00000000^0000117061^000300^");
        assert_eq!(after(Some("F"), &next, &next), After::Stuck);
        let rows: Vec<StockOrder> = reply.rows(FIRST);
        assert_eq!(Listed::stock(&rows[0]).unwrap().state(), OrderState::Rejected);
    }),
    ("domestic_daily_ccld_page2.json", 200, |reply| {
        assert_eq!(after(Some("D"), &PageKeys::default(), &reply.good().next), After::Complete);
        assert_eq!(reply.rows::<StockOrder>(FIRST).len(), 1);
    }),
    ("domestic_daily_ccld_empty.json", 200, |reply| {
        assert!(reply.rows::<StockOrder>(FIRST).is_empty());
        is(reply.one::<StockOrderTotals>(SECOND).quantity, dec!(0));
    }),
    ("domestic_daily_ccld_states.json", 200, |reply| {
        let rows: Vec<Listed> = reply.rows::<StockOrder>(FIRST).iter().map(|row| Listed::stock(row).unwrap()).collect();
        let states: Vec<(RowOf, OrderState)> = rows.iter().map(|row| (row.row, row.state())).collect();
        assert_eq!(states[0], (RowOf::Order, OrderState::Filled));
        assert_eq!(states[1], (RowOf::Order, OrderState::PartiallyFilled));
        assert_eq!(states[2], (RowOf::Order, OrderState::Canceled));
        assert_eq!(states[3].0, RowOf::Cancel);
        assert_eq!(states[4], (RowOf::Order, OrderState::Rejected));
        assert_eq!(rows[0].filled_value, dec!(699500));
        is(reply.one::<StockOrderTotals>(SECOND).costs, dec!(133));
    }),
    ("domestic_balance.json", 200, |reply| {
        let rows: Vec<Holding> = reply.rows(FIRST);
        is(rows[0].quantity, dec!(1657));
        is(rows[0].average, dec!(135440.2517));
        is(reply.one::<AccountTotals>(SECOND).total, dec!(2106055));
    }),
    ("domestic_balance_simple.json", 200, |reply| {
        let rows: Vec<Holding> = reply.rows(FIRST);
        let positions = account::positions(&rows);
        assert_eq!((rows.len(), positions.len()), (2, 1));
        let hoga::broker::api::AccountReport::Position { quantity, average_price, .. } = &positions[0] else {
            panic!()
        };
        assert_eq!((*quantity, average_price.unwrap().value()), (dec!(10), dec!(69950)));
        let won = account::won(&reply.one(SECOND), None).unwrap();
        let hoga::broker::api::AccountReport::Cash { total, available } = won else { panic!() };
        assert_eq!((total.amount, available), (dec!(9300370), None));
    }),
    ("domestic_balance_empty.json", 200, |reply| {
        assert!(reply.rows::<Holding>(FIRST).is_empty());
        is(reply.one::<AccountTotals>(SECOND).cash, dec!(10000000));
    }),
    ("domestic_psbl_order.json", 200, |reply| {
        let buyable: Buyable = reply.one(FIRST);
        is(buyable.cash, dec!(741191178));
        is(buyable.quantity_without_debt, dec!(1531));
    }),
    ("domestic_psbl_sell.json", 200, |reply| is(reply.one::<Sellable>(FIRST).sellable, dec!(1744))),
    ("domestic_balance_rlz_pl.json", 200, |reply| {
        assert_eq!(reply.rows::<Holding>(FIRST).len(), 3);
        is(reply.one::<AccountTotals>(SECOND).realised, dec!(-41250));
    }),
    ("domestic_period_profit.json", 200, |reply| {
        is(reply.rows::<DayProfit>(FIRST)[0].realised, dec!(22991));
        is(reply.one::<ProfitTotals>(SECOND).realised, dec!(22991));
    }),
    ("domestic_period_trade_profit.json", 200, |reply| {
        let rows: Vec<TradeProfit> = reply.rows(FIRST);
        is(rows[0].bought, dec!(271));
        assert!(rows.iter().all(|row| plain_symbol(&row.padded_symbol).len() <= 7));
        assert!(matches!(after(Some("M"), &PageKeys::default(), &reply.good().next), After::More(_)));
    }),
];

pub fn read_as_everything(reply: &Envelope<'_>) {
    let now = at("2026-09-14T10:00:00+09:00");
    for part in [FIRST, SECOND, Part::Third] {
        let _ = (reply.one::<StockPrice>(part), reply.one::<StockBook>(part), reply.one::<StockInfo>(part));
        let _ = (reply.rows::<Ranked>(part), reply.rows::<CalendarDay>(part), reply.rows::<Interruption>(part));
        let _ = candle::bars(&reply.rows(part).rows, Interval::Week1, Venue::Krx, now);
        let _ = candle::minutes(&reply.rows(part).rows, Venue::Krx, now);
        let _ = account::positions(&reply.rows(part).rows);
        for row in reply.rows::<StockOrder>(part).rows {
            let _ = Listed::stock(&row);
        }
        for row in reply.rows::<RevocableOrder>(part).rows {
            let _ = Listed::revocable(&row, now);
        }
        let _ = stock_market::prints(&reply.rows(part).rows, date(2026, 9, 14));
    }
}
