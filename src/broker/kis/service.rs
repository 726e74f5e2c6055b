//! Services of the broker: where each is and what it is called in either environment.
//!
//! The id in the header `tr_id` decides environment and direction. Ids of trading begin with V in the paper environment,
//! ids of quotes are the same. Ids that were replaced in 2025 (`TTTC0802U`, `TTTC8001R` and so on) are not here: the broker
//! may block them without notice.

use super::environment::Realm;

/// How a service is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A query: its parameters go into the address.
    Get,
    /// An order: its parameters are the body. Never sent twice.
    Post,
}

macro_rules! services {
    ($($(#[doc = $doc:literal])* $name:ident, $method:ident, $path:literal, $live:literal, $paper:expr;)*) => {
        /// A service. Orders in foreign shares are in [`super::exchange::OverseasMarket`]: their ids differ by country.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Service {
            $($(#[doc = $doc])* $name,)*
        }

        impl Service {
            /// Every service.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            const fn row(self) -> (Method, &'static str, &'static str, Option<&'static str>) {
                match self {
                    $(Self::$name => (Method::$method, $path, $live, $paper),)*
                }
            }
        }
    };
}

services! {
    /// Price of a Korean share.
    StockPrice, Get, "/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100", Some("FHKST01010100");
    /// Flags of a Korean share.
    StockFlags, Get, "/uapi/domestic-stock/v1/quotations/inquire-price-2", "FHPST01010000", None;
    /// Order book and expected price of a Korean share.
    StockBook, Get, "/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn", "FHKST01010200", Some("FHKST01010200");
    /// Latest prints of a Korean share.
    StockPrints, Get, "/uapi/domestic-stock/v1/quotations/inquire-ccnl", "FHKST01010300", Some("FHKST01010300");
    /// Prints of a Korean share back from a time of today.
    StockPrintsAt, Get, "/uapi/domestic-stock/v1/quotations/inquire-time-itemconclusion", "FHPST01060000", Some("FHPST01060000");
    /// The newest 30 days, weeks or months.
    StockDays, Get, "/uapi/domestic-stock/v1/quotations/inquire-daily-price", "FHKST01010400", Some("FHKST01010400");
    /// Days, weeks, months and years between two dates.
    StockChart, Get, "/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice", "FHKST03010100", Some("FHKST03010100");
    /// Minutes of today.
    StockMinutes, Get, "/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice", "FHKST03010200", Some("FHKST03010200");
    /// Minutes of any day of the last year.
    StockPastMinutes, Get, "/uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice", "FHKST03010230", None;
    /// Prices of up to 30 Korean shares.
    StockPrices, Get, "/uapi/domestic-stock/v1/quotations/intstock-multprice", "FHKST11300006", None;
    /// Volatility interruptions.
    StockInterruptions, Get, "/uapi/domestic-stock/v1/quotations/inquire-vi-status", "FHPST01390000", None;
    /// A Korean index.
    IndexPrice, Get, "/uapi/domestic-stock/v1/quotations/inquire-index-price", "FHPUP02100000", None;
    /// Korean shares by volume or value.
    VolumeRanking, Get, "/uapi/domestic-stock/v1/quotations/volume-rank", "FHPST01710000", None;
    /// Korean shares by market value.
    MarketValueRanking, Get, "/uapi/domestic-stock/v1/ranking/market-cap", "FHPST01740000", None;
    /// Korean shares by change.
    ChangeRanking, Get, "/uapi/domestic-stock/v1/ranking/fluctuation", "FHPST01700000", None;
    /// Conditions saved at the broker.
    Conditions, Get, "/uapi/domestic-stock/v1/quotations/psearch-title", "HHKST03900300", None;
    /// Shares that meet a saved condition.
    ConditionHits, Get, "/uapi/domestic-stock/v1/quotations/psearch-result", "HHKST03900400", None;
    /// What a product is.
    ProductInfo, Get, "/uapi/domestic-stock/v1/quotations/search-info", "CTPF1604R", None;
    /// What a Korean share is, and whether Nextrade lists it.
    StockInfo, Get, "/uapi/domestic-stock/v1/quotations/search-stock-info", "CTPF1002R", None;
    /// Open and closed days; about once a day.
    Holidays, Get, "/uapi/domestic-stock/v1/quotations/chk-holiday", "CTCA0903R", None;
    /// Business days of the derivatives market.
    FuturesDays, Get, "/uapi/domestic-stock/v1/quotations/market-time", "HHMCM000002C0", None;
    /// Price of an ETF or ETN.
    EtfPrice, Get, "/uapi/etfetn/v1/quotations/inquire-price", "FHPST02400000", None;
    /// Net asset value now.
    EtfNav, Get, "/uapi/etfetn/v1/quotations/nav-comparison-trend", "FHPST02440000", None;
    /// Net asset value by time.
    EtfNavByTime, Get, "/uapi/etfetn/v1/quotations/nav-comparison-time-trend", "FHPST02440100", None;
    /// Net asset value by day.
    EtfNavByDay, Get, "/uapi/etfetn/v1/quotations/nav-comparison-daily-trend", "FHPST02440200", None;
    /// What an ETF holds.
    EtfHoldings, Get, "/uapi/etfetn/v1/quotations/inquire-component-stock-price", "FHKST121600C0", None;
    /// Buys a Korean share.
    StockBuy, Post, "/uapi/domestic-stock/v1/trading/order-cash", "TTTC0012U", Some("VTTC0012U");
    /// Sells a Korean share.
    StockSell, Post, "/uapi/domestic-stock/v1/trading/order-cash", "TTTC0011U", Some("VTTC0011U");
    /// Modifies or cancels an order in Korean shares.
    StockChange, Post, "/uapi/domestic-stock/v1/trading/order-rvsecncl", "TTTC0013U", Some("VTTC0013U");
    /// Orders in Korean shares that can be changed.
    StockRevocable, Get, "/uapi/domestic-stock/v1/trading/inquire-psbl-rvsecncl", "TTTC0084R", None;
    /// Orders in Korean shares of the last three months.
    StockOrders, Get, "/uapi/domestic-stock/v1/trading/inquire-daily-ccld", "TTTC0081R", Some("VTTC0081R");
    /// Older ones.
    StockOldOrders, Get, "/uapi/domestic-stock/v1/trading/inquire-daily-ccld", "CTSC9215R", Some("VTSC9215R");
    /// Holdings and cash.
    StockBalance, Get, "/uapi/domestic-stock/v1/trading/inquire-balance", "TTTC8434R", Some("VTTC8434R");
    /// How much can be bought.
    StockBuyable, Get, "/uapi/domestic-stock/v1/trading/inquire-psbl-order", "TTTC8908R", Some("VTTC8908R");
    /// How much can be sold.
    StockSellable, Get, "/uapi/domestic-stock/v1/trading/inquire-psbl-sell", "TTTC8408R", None;
    /// Holdings with the profit realised today.
    StockRealisedBalance, Get, "/uapi/domestic-stock/v1/trading/inquire-balance-rlz-pl", "TTTC8494R", None;
    /// Realised profit by day.
    StockDayProfits, Get, "/uapi/domestic-stock/v1/trading/inquire-period-profit", "TTTC8708R", None;
    /// Realised profit by share and day.
    StockTradeProfits, Get, "/uapi/domestic-stock/v1/trading/inquire-period-trade-profit", "TTTC8715R", None;
    /// Keeps an order in Korean shares for the opening.
    StockReserve, Post, "/uapi/domestic-stock/v1/trading/order-resv", "CTSC0008U", None;
    /// Cancels one that is kept.
    StockReserveCancel, Post, "/uapi/domestic-stock/v1/trading/order-resv-rvsecncl", "CTSC0009U", None;
    /// Changes one that is kept.
    StockReserveChange, Post, "/uapi/domestic-stock/v1/trading/order-resv-rvsecncl", "CTSC0013U", None;
    /// Orders in Korean shares that are kept, or were.
    StockReservations, Get, "/uapi/domestic-stock/v1/trading/order-resv-ccnl", "CTSC0004R", None;
    /// Price of a foreign share.
    OverseasPrice, Get, "/uapi/overseas-price/v1/quotations/price", "HHDFS00000300", Some("HHDFS00000300");
    /// Everything about the price of a foreign share.
    OverseasDetail, Get, "/uapi/overseas-price/v1/quotations/price-detail", "HHDFS76200200", None;
    /// Order book of a foreign share.
    OverseasBook, Get, "/uapi/overseas-price/v1/quotations/inquire-asking-price", "HHDFS76200100", None;
    /// Days, weeks and months of a foreign share.
    OverseasDays, Get, "/uapi/overseas-price/v1/quotations/dailyprice", "HHDFS76240000", Some("HHDFS76240000");
    /// Minutes of a foreign share.
    OverseasMinutes, Get, "/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice", "HHDFS76950200", None;
    /// Latest prints of a foreign share.
    OverseasPrints, Get, "/uapi/overseas-price/v1/quotations/inquire-ccnl", "HHDFS76200300", None;
    /// Chart of an index, a currency or a bond.
    OverseasIndexChart, Get, "/uapi/overseas-price/v1/quotations/inquire-daily-chartprice", "FHKST03030100", Some("FHKST03030100");
    /// Prices of up to ten foreign shares.
    OverseasPrices, Get, "/uapi/overseas-price/v1/quotations/multprice", "HHDFS76220000", None;
    /// What a foreign share is.
    OverseasInfo, Get, "/uapi/overseas-price/v1/quotations/search-info", "CTPF1702R", None;
    /// Foreign shares by value.
    OverseasValueRanking, Get, "/uapi/overseas-stock/v1/ranking/trade-pbmn", "HHDFS76320010", None;
    /// Settlement days; it does not say whether a market is open.
    OverseasSettlementDays, Get, "/uapi/overseas-stock/v1/quotations/countries-holiday", "CTOS5011R", None;
    /// Open orders in foreign shares.
    OverseasOpenOrders, Get, "/uapi/overseas-stock/v1/trading/inquire-nccs", "TTTS3018R", None;
    /// Orders in foreign shares.
    OverseasOrders, Get, "/uapi/overseas-stock/v1/trading/inquire-ccnl", "TTTS3035R", Some("VTTS3035R");
    /// Keeps an order to buy US shares for the opening.
    OverseasReserveBuy, Post, "/uapi/overseas-stock/v1/trading/order-resv", "TTTT3014U", Some("VTTT3014U");
    /// Keeps an order to sell US shares.
    OverseasReserveSell, Post, "/uapi/overseas-stock/v1/trading/order-resv", "TTTT3016U", Some("VTTT3016U");
    /// Cancels one that is kept.
    OverseasReserveCancel, Post, "/uapi/overseas-stock/v1/trading/order-resv-ccnl", "TTTT3017U", Some("VTTT3017U");
    /// Orders in US shares that are kept, or were.
    OverseasReservations, Get, "/uapi/overseas-stock/v1/trading/order-resv-list", "TTTT3039R", None;
    /// Holdings of foreign shares.
    OverseasBalance, Get, "/uapi/overseas-stock/v1/trading/inquire-balance", "TTTS3012R", Some("VTTS3012R");
    /// Holdings by trade date, foreign cash, exchange rates; paper has only its totals.
    OverseasPresentBalance, Get, "/uapi/overseas-stock/v1/trading/inquire-present-balance", "CTRP6504R", Some("VTRP6504R");
    /// How much of a foreign share can be bought.
    OverseasBuyable, Get, "/uapi/overseas-stock/v1/trading/inquire-psamount", "TTTS3007R", Some("VTTS3007R");
    /// Realised profit in foreign shares.
    OverseasProfits, Get, "/uapi/overseas-stock/v1/trading/inquire-period-profit", "TTTS3039R", None;
    /// Foreign cash and what can be ordered with it.
    OverseasMargins, Get, "/uapi/overseas-stock/v1/trading/foreign-margin", "TTTC2101R", None;
    /// Price of a future or an option.
    FuturePrice, Get, "/uapi/domestic-futureoption/v1/quotations/inquire-price", "FHMIF10000000", Some("FHMIF10000000");
    /// Order book of a future or an option.
    FutureBook, Get, "/uapi/domestic-futureoption/v1/quotations/inquire-asking-price", "FHMIF10010000", Some("FHMIF10010000");
    /// Days, weeks, months of a future or an option.
    FutureChart, Get, "/uapi/domestic-futureoption/v1/quotations/inquire-daily-fuopchartprice", "FHKIF03020100", Some("FHKIF03020100");
    /// Minutes of a future or an option.
    FutureMinutes, Get, "/uapi/domestic-futureoption/v1/quotations/inquire-time-fuopchartprice", "FHKIF03020200", None;
    /// All futures of an underlying.
    FutureBoard, Get, "/uapi/domestic-futureoption/v1/quotations/display-board-futures", "FHPIF05030200", None;
    /// All options of a month.
    OptionBoard, Get, "/uapi/domestic-futureoption/v1/quotations/display-board-callput", "FHPIF05030100", None;
    /// Months of options.
    OptionMonths, Get, "/uapi/domestic-futureoption/v1/quotations/display-board-option-list", "FHPIO056104C0", None;
    /// Margin rates and multipliers.
    FutureMarginRates, Get, "/uapi/domestic-futureoption/v1/quotations/margin-rate", "TTTO6032R", None;
    /// Orders a future or an option, day session.
    FutureOrder, Post, "/uapi/domestic-futureoption/v1/trading/order", "TTTO1101U", Some("VTTO1101U");
    /// The same, night session.
    FutureNightOrder, Post, "/uapi/domestic-futureoption/v1/trading/order", "STTN1101U", None;
    /// Modifies or cancels, day session.
    FutureChange, Post, "/uapi/domestic-futureoption/v1/trading/order-rvsecncl", "TTTO1103U", Some("VTTO1103U");
    /// The same, night session.
    FutureNightChange, Post, "/uapi/domestic-futureoption/v1/trading/order-rvsecncl", "STTN1103U", None;
    /// Orders in futures and options.
    FutureOrders, Get, "/uapi/domestic-futureoption/v1/trading/inquire-ccnl", "TTTO5201R", Some("VTTO5201R");
    /// Orders in futures and options of the night session.
    FutureNightOrders, Get, "/uapi/domestic-futureoption/v1/trading/inquire-ngt-ccnl", "STTN5201R", None;
    /// Positions in futures and options while the night session runs.
    FutureNightBalance, Get, "/uapi/domestic-futureoption/v1/trading/inquire-ngt-balance", "CTFN6118R", None;
    /// Positions in futures and options.
    FutureBalance, Get, "/uapi/domestic-futureoption/v1/trading/inquire-balance", "CTFO6118R", Some("VTFO6118R");
    /// How many contracts can be ordered.
    FutureOrderable, Get, "/uapi/domestic-futureoption/v1/trading/inquire-psbl-order", "TTTO5105R", Some("VTTO5105R");
    /// Totals of the account.
    FutureDeposit, Get, "/uapi/domestic-futureoption/v1/trading/inquire-deposit", "CTRP6550R", None;
    /// Price of a bond.
    BondPrice, Get, "/uapi/domestic-bond/v1/quotations/inquire-price", "FHKBJ773400C0", None;
    /// Order book of a bond.
    BondBook, Get, "/uapi/domestic-bond/v1/quotations/inquire-asking-price", "FHKBJ773401C0", None;
    /// Latest prints of a bond.
    BondPrints, Get, "/uapi/domestic-bond/v1/quotations/inquire-ccnl", "FHKBJ773403C0", None;
    /// The newest days of a bond.
    BondDays, Get, "/uapi/domestic-bond/v1/quotations/inquire-daily-price", "FHKBJ773404C0", None;
    /// Chart of a bond.
    BondChart, Get, "/uapi/domestic-bond/v1/quotations/inquire-daily-itemchartprice", "FHKBJ773701C0", None;
    /// Coupon, maturity, ratings.
    BondIssue, Get, "/uapi/domestic-bond/v1/quotations/issue-info", "CTPF1101R", None;
    /// What a bond is.
    BondInfo, Get, "/uapi/domestic-bond/v1/quotations/search-bond-info", "CTPF1114R", None;
    /// Buys a bond.
    BondBuy, Post, "/uapi/domestic-bond/v1/trading/buy", "TTTC0952U", None;
    /// Sells a bond.
    BondSell, Post, "/uapi/domestic-bond/v1/trading/sell", "TTTC0958U", None;
    /// Modifies or cancels an order in bonds.
    BondChange, Post, "/uapi/domestic-bond/v1/trading/order-rvsecncl", "TTTC0953U", None;
    /// Orders in bonds that can be changed.
    BondRevocable, Get, "/uapi/domestic-bond/v1/trading/inquire-psbl-rvsecncl", "CTSC8035R", None;
    /// Orders in bonds.
    BondOrders, Get, "/uapi/domestic-bond/v1/trading/inquire-daily-ccld", "CTSC8013R", None;
    /// Bonds held, one row a purchase.
    BondBalance, Get, "/uapi/domestic-bond/v1/trading/inquire-balance", "CTSC8407R", None;
    /// How much of a bond can be bought.
    BondBuyable, Get, "/uapi/domestic-bond/v1/trading/inquire-psbl-order", "TTTC8910R", None;
}

impl Service {
    /// How it is called.
    #[must_use]
    pub const fn method(self) -> Method {
        self.row().0
    }

    /// Its path below the host.
    #[must_use]
    pub const fn path(self) -> &'static str {
        self.row().1
    }

    /// Its id in an environment; `None` where the paper environment does not have it.
    #[must_use]
    pub const fn id(self, realm: Realm) -> Option<&'static str> {
        let (_, _, live, paper) = self.row();
        match realm {
            Realm::Live => Some(live),
            Realm::Paper => paper,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_paper_trading_begin_with_v_and_those_of_quotes_are_the_same() {
        for service in Service::ALL {
            let live = service.id(Realm::Live).unwrap();
            assert!(live.len() <= 13 && service.path().starts_with("/uapi/"), "{live}");
            let Some(paper) = service.id(Realm::Paper) else { continue };
            match live.starts_with("FH") || live.starts_with("HH") {
                true => assert_eq!(paper, live),
                false => assert_eq!((paper.get(..1), paper.get(1..)), (Some("V"), live.get(1..)), "{live}"),
            }
        }
    }

    #[test]
    fn trap_8_ids_that_were_replaced_are_not_used() {
        for old in
            ["TTTC0801U", "TTTC0802U", "TTTC0803U", "TTTC8001R", "CTSC9115R", "TTTC8036R", "JTCE1001U", "JTCE1002U"]
        {
            for service in Service::ALL {
                for realm in [Realm::Live, Realm::Paper] {
                    let id = service.id(realm).unwrap_or_default();
                    assert_ne!(id.get(1..), old.get(1..), "{service:?}");
                }
            }
        }
    }

    #[test]
    fn only_orders_are_posted() {
        for service in Service::ALL {
            let is_order = service.id(Realm::Live).unwrap().ends_with('U');
            assert_eq!(service.method() == Method::Post, is_order, "{service:?}");
        }
    }
}
