use hoga::broker::kis::map::account;
use hoga::broker::kis::order::Listed;
use hoga::broker::kis::wire::bond::{
    BondBar, BondBook, BondBuyable, BondHolding, BondInfo, BondIssue, BondOrder, BondPrice, BondPrint, amount,
};
use hoga::broker::kis::wire::future_account::{FutureOrder, FutureOrderable, FuturePosition, FutureTotals};
use hoga::broker::kis::wire::future_quote::{
    FutureBar, FutureBook, FutureOnBoard, FuturePrice, MarginRate, OptionMonth, OptionOnBoard,
};
use hoga::broker::kis::wire::overseas_account::{
    OverseasBuyable, OverseasCash, OverseasHolding, OverseasMargin, OverseasOrder, OverseasProfit, PresentHolding,
    PresentTotals,
};
use hoga::broker::kis::wire::overseas_quote::{
    IndexBar, IndexSummary, OverseasBar, OverseasBookHead, OverseasDetail, OverseasInfo, OverseasLevels,
    OverseasMinute, OverseasMinutesHead, OverseasPrice, OverseasPrint, OverseasRanked, SettlementDay,
};
use hoga::broker::kis::wire::stock_order::OrderReply;
use hoga::broker::kis::wire::{Clock, Envelope, Part, Sign};
use hoga::market::{UtcTime, Venue};
use hoga::order::OrderState;
use jiff::civil::date;
use rust_decimal::dec;

use super::super::{Reply, Sample, is};

const FIRST: Part = Part::First;
const SECOND: Part = Part::Second;
const THIRD: Part = Part::Third;

fn ordered(reply: &Reply<'_>, branch: &str, number: &str) {
    let order: OrderReply = reply.one(FIRST);
    assert_eq!((&*order.branch, &*order.number), (branch, number));
    assert!(order.time.seconds().is_some());
}

pub const SAMPLES: &[Sample] = &[
    ("overseas_price.json", 200, |reply| {
        let price: OverseasPrice = reply.one(FIRST);
        is(price.last, dec!(1091.26));
        is(price.change_percent, dec!(0.00));
        assert_eq!((price.sign, &*price.tradable), (Sign::Unchanged, "매도불가"));
    }),
    ("overseas_price_detail.json", 200, |reply| {
        let detail: OverseasDetail = reply.one(FIRST);
        is(detail.tick, dec!(0.01));
        is(detail.rate, dec!(1321.00));
        assert_eq!((&*detail.currency, &*detail.sector), ("USD", "자동차"));
    }),
    ("overseas_asking_price.json", 200, |reply| {
        let (head, levels): (OverseasBookHead, OverseasLevels) = (reply.one(FIRST), reply.one(SECOND));
        assert_eq!(head.symbol, "TSLA");
        is(levels.asks[0].quantity, dec!(9730));
        assert_eq!(levels.bids[0].price.price(), None);
    }),
    ("overseas_dailyprice.json", 200, |reply| {
        let bars: Vec<OverseasBar> = reply.rows(SECOND);
        assert_eq!((bars.len(), bars[0].date.get()), (4, Some(date(2022, 4, 6))));
        assert_eq!(bars[0].sign.apply(bars[0].change.or_zero()), dec!(-45.5));
    }),
    ("overseas_time_itemchartprice.json", 200, |reply| {
        let head: OverseasMinutesHead = reply.one(FIRST);
        assert_eq!((&*head.next, &*head.more), ("1", "0"));
        let minutes: Vec<OverseasMinute> = reply.rows(SECOND);
        let korean = minutes[0].korean_time.in_korea(minutes[0].korean_date.get().unwrap());
        let there = minutes[0].time.at(Venue::Nasdaq, minutes[0].date.get().unwrap());
        assert_eq!(korean, there);
        is(minutes[0].close, dec!(197.41));
    }),
    ("overseas_daily_chartprice.json", 200, |reply| {
        let summary: IndexSummary = reply.one(FIRST);
        assert_eq!((&*summary.symbol, &*summary.name), (".DJI", "다우존스 산업지수"));
        is(reply.rows::<IndexBar>(SECOND)[0].close, dec!(30516.74));
    }),
    ("overseas_inquire_ccnl_quote.json", 200, |reply| {
        // In the first part, although the second is documented.
        let prints: Vec<OverseasPrint> = reply.rows(FIRST);
        assert_eq!(prints.len(), 3);
        is(prints[0].price, dec!(195.20));
        assert!(reply.rows::<OverseasPrint>(SECOND).is_empty());
    }),
    ("overseas_search_info.json", 200, |reply| {
        let info: OverseasInfo = reply.one(FIRST);
        assert_eq!((&*info.exchange, &*info.halt, &*info.kind), ("NASD", "01", "01"));
    }),
    ("overseas_countries_holiday.json", 200, |reply| {
        let days: Vec<SettlementDay> = reply.rows(FIRST);
        assert_eq!((&*days[0].nation, days[0].local.get()), ("VN", Some(date(2022, 12, 29))));
    }),
    ("overseas_order_buy_ok.json", 200, |reply| ordered(&reply, "01790", "0000004336")),
    ("overseas_order_sell_ok.json", 200, |reply| ordered(&reply, "01790", "0000004341")),
    ("overseas_order_buy_ok_paper.json", 200, |reply| ordered(&reply, "00950", "0000040840")),
    ("overseas_order_rvsecncl_ok.json", 200, |reply| ordered(&reply, "01790", "0000004338")),
    ("overseas_daytime_order_ok.json", 200, |reply| ordered(&reply, "01790", "0000000012")),
    ("overseas_nccs.json", 200, |reply| {
        let orders: Vec<OverseasOrder> = reply.rows(FIRST);
        is(orders[0].open, dec!(1));
        let listed = Listed::overseas(&orders[0]).unwrap();
        assert_eq!((listed.state(), listed.instrument.to_string()), (OrderState::Accepted, "NYSE:BA".into()));
    }),
    ("overseas_balance.json", 200, |reply| {
        let rows: Vec<OverseasHolding> = reply.rows(FIRST);
        is(rows[0].quantity, dec!(744));
        is(rows[0].profit, dec!(-3547254.185235));
        assert!(!account::overseas_positions(&rows).is_empty());
    }),
    ("overseas_ccnl_orders.json", 200, |reply| {
        let orders: Vec<OverseasOrder> = reply.rows(FIRST);
        let listed = Listed::overseas(&orders[0]).unwrap();
        assert_eq!((listed.state(), listed.filled_value), (OrderState::Filled, dec!(684.15)));
        assert_eq!(listed.number.id().unwrap().as_str(), "overseas:20260911:0000004336");
        assert_eq!(Some(listed.time), UtcTime::parse("2026-09-11T23:30:12+09:00"));
    }),
    ("overseas_ccnl_orders_none_object.json", 200, |reply| {
        assert!(reply.rows::<OverseasOrder>(FIRST).is_empty());
    }),
    ("overseas_ccnl_orders_empty.json", 200, |reply| assert!(reply.rows::<OverseasOrder>(FIRST).is_empty())),
    ("overseas_psamount.json", 200, |reply| {
        let buyable: OverseasBuyable = reply.one(FIRST);
        is(buyable.quantity, dec!(74400));
        assert_eq!(buyable.currency, "HKD");
    }),
    ("overseas_present_balance.json", 200, |reply| {
        is(reply.rows::<PresentHolding>(FIRST)[0].quantity, dec!(40));
        let cash: Vec<OverseasCash> = reply.rows(SECOND);
        assert_eq!(cash[0].currency, "USD");
        assert!(!account::overseas_cash(&cash).is_empty());
        let _: PresentTotals = reply.one(THIRD);
    }),
    ("overseas_foreign_margin.json", 200, |reply| {
        let rows: Vec<OverseasMargin> = reply.rows(FIRST);
        is(rows[0].orderable_with_won, dec!(1094.52));
    }),
    ("overseas_ranking_trade_pbmn.json", 200, |reply| {
        let rows: Vec<OverseasRanked> = reply.rows(SECOND);
        is(rows[0].change_percent, dec!(1.74));
        assert_eq!((&*rows[0].symbol, &*rows[0].english_name), ("NVDA", "NVIDIA CORP"));
    }),
    ("overseas_period_profit.json", 200, |reply| {
        // Its parts begin with a capital letter.
        is(reply.rows::<OverseasProfit>(FIRST)[0].realised, dec!(5.63));
    }),
    ("futures_inquire_price.json", 200, |reply| {
        let price: FuturePrice = reply.one(FIRST);
        is(price.last, dec!(395.00));
        is(price.open_interest, dec!(247121));
        assert_eq!(price.last_day.get(), Some(date(2022, 3, 10)));
    }),
    ("futures_asking_price.json", 200, |reply| {
        let book: FutureBook = reply.one(SECOND);
        is(book.asks[0].price, dec!(364.40));
        is(book.bids[4].quantity, dec!(42));
    }),
    ("futures_daily_fuopchartprice.json", 200, |reply| {
        let bars: Vec<FutureBar> = reply.rows(SECOND);
        is(bars[0].close, dec!(347.65));
        assert_eq!(bars[0].time, Clock::default());
    }),
    ("futures_time_fuopchartprice.json", 200, |reply| {
        let bars: Vec<FutureBar> = reply.rows(SECOND);
        assert_eq!(bars[0].time, Clock::parse("141500").unwrap());
        is(bars[0].volume, dec!(0));
    }),
    ("futures_display_board_futures.json", 200, |reply| {
        let rows: Vec<FutureOnBoard> = reply.rows(FIRST);
        assert_eq!((rows.len(), &*rows[0].contract, &*rows[0].name), (3, "105V05", "미니F 202405"));
    }),
    ("options_display_board_callput.json", 200, |reply| {
        let calls: Vec<OptionOnBoard> = reply.rows(FIRST);
        is(calls[0].strike, dec!(480.00));
        assert!(!reply.rows::<OptionOnBoard>(SECOND).is_empty());
    }),
    ("options_display_board_option_list.json", 200, |reply| {
        let months: Vec<OptionMonth> = reply.rows(FIRST);
        assert_eq!((months.len(), &*months[0].month), (4, "202405"));
    }),
    ("futures_order_ok.json", 200, |reply| ordered(&reply, "06010", "0000006162")),
    ("futures_order_ok_paper.json", 200, |reply| ordered(&reply, "00950", "0000001919")),
    ("futures_order_rvsecncl_ok.json", 200, |reply| {
        ordered(&reply, "06010", "0000006163");
        assert_eq!(reply.one::<OrderReply>(FIRST).changed, "0000006162");
    }),
    ("futures_inquire_ccnl_orders.json", 200, |reply| {
        let orders: Vec<FutureOrder> = reply.rows(FIRST);
        is(orders[0].open, dec!(0));
        is(orders[0].average, dec!(400));
        assert!(!format!("{orders:?}").contains("홍길동"));
    }),
    ("futures_psbl_order.json", 200, |reply| is(reply.one::<FutureOrderable>(FIRST).new, dec!(11665))),
    ("futures_deposit.json", 200, |reply| {
        let totals: FutureTotals = reply.one(FIRST);
        is(totals.cash, dec!(100000000));
        is(totals.options_profit, dec!(-697500));
    }),
    ("futures_balance.json", 200, |reply| {
        let rows: Vec<FuturePosition> = reply.rows(FIRST);
        assert_eq!((rows[0].signed(), &*rows[0].contract), (dec!(2), "A01612"));
        is(reply.one::<FutureTotals>(SECOND).margin, dec!(30926250));
    }),
    ("futures_margin_rate.json", 200, |reply| {
        is(reply.rows::<MarginRate>(FIRST)[0].multiplier, dec!(250000));
    }),
    ("bond_inquire_price.json", 200, |reply| {
        let price: BondPrice = reply.one(FIRST);
        is(price.last, dec!(10265.00));
        is(price.rate, dec!(4.478));
    }),
    ("bond_asking_price.json", 200, |reply| {
        let book: BondBook = reply.one(FIRST);
        assert_eq!(book.asks[0].price.price(), None);
        is(book.bids[0].quantity, dec!(320138));
        is(book.bid_rates[4], dec!(4.571));
    }),
    ("bond_inquire_ccnl.json", 200, |reply| is(reply.rows::<BondPrint>(FIRST)[0].quantity, dec!(110000))),
    ("bond_daily_price.json", 200, |reply| is(reply.rows::<BondBar>(FIRST)[0].close, dec!(10265.00))),
    ("bond_daily_itemchartprice.json", 200, |reply| {
        let bars: Vec<BondBar> = reply.rows(FIRST);
        assert_eq!(bars[0].open.price(), None);
        is(bars[0].close, dec!(10997.10));
    }),
    ("bond_balance.json", 200, |reply| {
        let rows: Vec<BondHolding> = reply.rows(FIRST);
        assert_eq!((rows.len(), &*rows[0].purchase, rows[0].bought.get()), (3, "1", Some(date(2024, 4, 26))));
    }),
    ("bond_psbl_order.json", 200, |reply| {
        let buyable: BondBuyable = reply.one(FIRST);
        // 8,832 thousand won of face value at 10,450 for ten thousand, and a little for costs.
        let worth = amount(buyable.quantity.or_zero(), buyable.price.or_zero()).unwrap();
        assert_eq!(worth, dec!(9229440));
        is(buyable.amount, dec!(9230271));
    }),
    ("bond_psbl_rvsecncl.json", 200, |reply| {
        let orders: Vec<BondOrder> = reply.rows(FIRST);
        assert_eq!((orders.len(), &*orders[0].isin), (2, "KR6095572D81"));
        is(orders[0].open, dec!(1));
    }),
    ("bond_daily_ccld.json", 200, |reply| {
        // The list is one part and the sums the other, in either order.
        assert!(reply.good().is_list(FIRST) && !reply.good().is_list(SECOND));
        let orders: Vec<BondOrder> = reply.rows(FIRST);
        is(orders[0].filled_value, dec!(1025));
    }),
    ("bond_issue_info.json", 200, |reply| {
        let issue: BondIssue = reply.one(FIRST);
        is(issue.coupon, dec!(5.931));
        assert_eq!(issue.matures.get(), Some(date(2024, 11, 16)));
    }),
    ("bond_search_bond_info.json", 200, |reply| {
        let info: BondInfo = reply.one(FIRST);
        assert_eq!((&*info.isin, info.redeemed.get()), ("KR2033022D33", Some(date(2028, 3, 31))));
        is(info.coupon, dec!(2.5));
    }),
    ("bond_order_buy_ok.json", 200, |reply| ordered(&reply, "01790", "0000015401")),
    ("bond_order_sell_ok.json", 200, |reply| ordered(&reply, "01790", "0000015402")),
    ("bond_order_rvsecncl_ok.json", 200, |reply| ordered(&reply, "01790", "0000015403")),
];

pub fn read_as_everything(reply: &Envelope<'_>) {
    for part in [FIRST, SECOND, THIRD] {
        let _ = (reply.one::<OverseasPrice>(part), reply.one::<OverseasLevels>(part), reply.one::<FutureBook>(part));
        let _ = (reply.rows::<FutureBar>(part), reply.rows::<BondOrder>(part), reply.one::<BondBook>(part));
        let _ = account::overseas_positions(&reply.rows(part).rows);
        let _ = account::overseas_cash(&reply.rows(part).rows);
        for row in reply.rows::<OverseasOrder>(part).rows {
            let _ = Listed::overseas(&row);
        }
        for row in reply.rows::<FuturePosition>(part).rows {
            let _ = row.signed();
        }
    }
}
