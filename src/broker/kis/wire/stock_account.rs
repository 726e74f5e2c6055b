//! Accounts of Korean shares: holdings, cash, what can be bought and sold, realised profit.

use super::record::record;
use super::{Day, Number, Text};

record! {
    /// A row of `inquire-balance` and `inquire-balance-rlz-pl`. A symbol has a row for each kind of loan, and a row with
    /// quantity zero for two days after it was sold.
    Holding, filler without symbol {
        symbol: Text = "pdno", "Symbol.";
        name: Text = "prdt_name", "Korean name.";
        trade_kind: Text = "trad_dvsn_name", "현금 or the kind of loan.";
        quantity: Number = "hldg_qty", "Held, shares; zero when sold out.";
        sellable: Number = "ord_psbl_qty", "Shares that can be sold.";
        average: Number = "pchs_avg_pric", "Average cost of a share, won.";
        cost: Number = "pchs_amt", "Cost, won.";
        price: Number = "prpr", "Price the broker values it at; stands still outside regular hours.";
        value: Number = "evlu_amt", "Value, won.";
        profit: Number = "evlu_pfls_amt", "Profit that is not realised, won.";
        loan_date: Day = "loan_dt", "Date of the loan.";
        bought_today: Number = "thdt_buyqty", "Bought today, shares.";
        sold_today: Number = "thdt_sll_qty", "Sold today, shares.";
    }
}

record! {
    /// The second part of the balance. No field here is the cash that can be ordered with: `inquire-psbl-order` says it.
    AccountTotals {
        cash: Number = "dnca_tot_amt", "예수금: cash before today's trades settle, won.";
        cash_next_day: Number = "nxdy_excc_amt", "Cash of the next day, won.";
        cash_settled: Number = "prvs_rcdl_excc_amt", "Cash after today's trades settle (D+2), won.";
        bought: Number = "thdt_buy_amt", "Bought today, won.";
        sold: Number = "thdt_sll_amt", "Sold today, won.";
        costs: Number = "thdt_tlex_amt", "Commission and tax of today, won.";
        securities: Number = "scts_evlu_amt", "Value of what is held, won.";
        total: Number = "tot_evlu_amt", "Securities and settled cash, won.";
        net_assets: Number = "nass_amt", "Net assets, won.";
        profit: Number = "evlu_pfls_smtl_amt", "Profit that is not realised, won.";
        realised: Number = "rlzt_pfls", "Profit realised today, won; only the balance with realised profit says it.";
    }
}

record! {
    /// `inquire-psbl-order`.
    Buyable {
        cash: Number = "ord_psbl_cash", "Cash that can be ordered with, won.";
        price: Number = "psbl_qty_calc_unpr", "Price the quantities were computed with, won.";
        amount_without_debt: Number = "nrcvb_buy_amt", "Money for buying without debt (미수), won.";
        quantity_without_debt: Number = "nrcvb_buy_qty", "The same in shares.";
        amount: Number = "max_buy_amt", "Money for buying, debt included, won.";
        quantity: Number = "max_buy_qty", "The same in shares.";
    }
}

record! {
    /// `inquire-psbl-sell`.
    Sellable {
        symbol: Text = "pdno", "Symbol.";
        held: Number = "cblc_qty", "Held, shares.";
        sellable: Number = "ord_psbl_qty", "Shares that can be sold.";
        average: Number = "pchs_avg_pric", "Average cost, won.";
        price: Number = "now_pric", "Price, won.";
    }
}

record! {
    /// A day of `inquire-period-profit`.
    DayProfit, filler without date {
        date: Day = "trad_dt", "Day.";
        bought: Number = "buy_amt", "Bought, won.";
        sold: Number = "sll_amt", "Sold, won.";
        realised: Number = "rlzt_pfls", "Realised, won.";
        fee: Number = "fee", "Commission, won.";
        tax: Number = "tl_tax", "Tax, won.";
        interest: Number = "loan_int", "Interest, won.";
        percent: Number = "pfls_rt", "Realised in per cent of the cost of what was sold.";
        sold_quantity: Number = "sll_qty1", "Sold, shares.";
    }
}

record! {
    /// A row of `inquire-period-trade-profit`.
    TradeProfit, filler without date {
        date: Day = "trad_dt", "Day.";
        padded_symbol: Text = "pdno", "Symbol, behind padding.";
        name: Text = "prdt_name", "Korean name.";
        average: Number = "pchs_unpr", "Average cost of a share, won.";
        bought: Number = "buy_amt", "Bought, won.";
        bought_quantity: Number = "buy_qty", "Bought, shares.";
        sold: Number = "sll_amt", "Sold, won.";
        sold_quantity: Number = "sll_qty", "Sold, shares.";
        sold_at: Number = "sll_pric", "Average price of the sale, won.";
        realised: Number = "rlzt_pfls", "Realised, won.";
        percent: Number = "pfls_rt", "The same in per cent of the cost of what was sold.";
        fee: Number = "fee", "Commission, won.";
        tax: Number = "tl_tax", "Tax, won.";
    }
}

record! {
    /// Sums of the realised profit of a period.
    ProfitTotals {
        realised: Number = "tot_rlzt_pfls", "Realised, won.";
        fee: Number = "tot_fee", "Commission, won.";
        tax: Number = "tot_tltx", "Tax, won.";
    }
}
