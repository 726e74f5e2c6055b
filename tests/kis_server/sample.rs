//! Replies begin as samples of real ones, so that they have every field and no other.

use serde_json::{Value, json};

macro_rules! samples {
    ($($name:ident $file:literal;)*) => {
        #[derive(Clone, Copy, Debug)]
        pub enum Sample { $($name,)* }

        impl Sample {
            const fn text(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!("../data/kis/", $file, ".json")),)* }
            }
        }
    };
}

samples! {
    Price "domestic_inquire_price";
    AskingPrice "domestic_asking_price_exp_ccn";
    Prints "domestic_inquire_ccnl";
    PrintsAt "domestic_time_itemconclusion";
    DailyPrice "domestic_daily_price";
    DailyChart "domestic_daily_itemchartprice";
    MinuteChart "domestic_time_itemchartprice";
    PastMinutes "domestic_time_dailychartprice";
    StockInfo "domestic_search_stock_info";
    EtfPrice "etf_inquire_price";
    BondIssue "bond_issue_info";
    Holidays "domestic_chk_holiday";
    VolumeRank "domestic_volume_rank";
    Fluctuation "domestic_fluctuation_rank";
    OrderReply "domestic_order_cash_buy_ok";
    Revocable "domestic_psbl_rvsecncl";
    DailyCcld "domestic_daily_ccld_states";
    Balance "domestic_balance";
    PsblOrder "domestic_psbl_order";
    PsblSell "domestic_psbl_sell";
    DayProfits "domestic_period_profit";
    TradeProfits "domestic_period_trade_profit";
    BondPrice "bond_inquire_price";
    BondAskingPrice "bond_asking_price";
    BondPrints "bond_inquire_ccnl";
    BondDays "bond_daily_price";
    BondOrderReply "bond_order_buy_ok";
    BondRevocable "bond_psbl_rvsecncl";
    BondDaily "bond_daily_ccld";
    BondBalance "bond_balance";
    BondPsblOrder "bond_psbl_order";
    OverseasPrice "overseas_price";
    OverseasDetail "overseas_price_detail";
    OverseasAskingPrice "overseas_asking_price";
    OverseasDays "overseas_dailyprice";
    OverseasPrints "overseas_inquire_ccnl_quote";
    OverseasMinutes "overseas_time_itemchartprice";
    OverseasNccs "overseas_nccs";
    OverseasCcnl "overseas_ccnl_orders";
    OverseasNone "overseas_ccnl_orders_none_object";
    OverseasBalance "overseas_balance";
    OverseasPresent "overseas_present_balance";
    OverseasPsamount "overseas_psamount";
    OverseasMargin "overseas_foreign_margin";
    OverseasProfits "overseas_period_profit";
    FuturePrice "futures_inquire_price";
    FutureBook "futures_asking_price";
    FutureChart "futures_daily_fuopchartprice";
    FutureMinutes "futures_time_fuopchartprice";
    FutureMargin "futures_margin_rate";
    FutureOrder "futures_order_ok";
    FutureChange "futures_order_rvsecncl_ok";
    FutureOrders "futures_inquire_ccnl_orders";
    FutureBalance "futures_balance";
    FutureOrderable "futures_psbl_order";
}

impl Sample {
    /// The whole reply.
    pub fn body(self) -> Value {
        serde_json::from_str(self.text()).unwrap()
    }

    /// The first row of a list of it, or the object itself.
    pub fn row(self, part: &str) -> Value {
        let body = self.body();
        let part = &body[part];
        part.get(0).unwrap_or(part).clone()
    }
}

/// Sets fields that must be there.
pub fn set<T: Into<String>>(object: &mut Value, fields: impl IntoIterator<Item = (&'static str, T)>) {
    for (name, value) in fields {
        let field = object.get_mut(name).unwrap_or_else(|| panic!("no such field in the sample: {name}"));
        *field = json!(value.into());
    }
}

/// The same for names made of a word and a number.
pub fn set_at(object: &mut Value, name: &str, number: usize, value: String) {
    let name = format!("{name}{number}");
    let field = object.get_mut(&name).unwrap_or_else(|| panic!("no such field in the sample: {name}"));
    *field = json!(value);
}
