//! Accounts of foreign shares: orders, holdings, cash by currency.

use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// A row of `inquire-nccs` (open orders) or `inquire-ccnl` (orders of a period). Dates are the exchange's own.
    OverseasOrder, filler without number {
        date: Day = "ord_dt", "Date at the exchange.";
        time: Clock = "ord_tmd", "Time at the exchange.";
        korean_date: Day = "dmst_ord_dt", "Date in Korea; absent in the list of open orders.";
        korean_time: Clock = "thco_ord_tmd", "Time in Korea; likewise.";
        branch: Text = "ord_gno_brno", "Its branch.";
        number: Text = "odno", "Its number.";
        changed: Text = "orgn_odno", "Number of the order it changed.";
        symbol: Text = "pdno", "Symbol.";
        name: Text = "prdt_name", "Korean name.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        change: Text = "rvse_cncl_dvsn" or "rvse_cncl_dvsn_cd", "00 new, 01 modification, 02 cancel.";
        quantity: Number = "ft_ord_qty", "Ordered.";
        price: Number = "ft_ord_unpr3", "Price.";
        filled: Number = "ft_ccld_qty", "Filled.";
        average: Number = "ft_ccld_unpr3", "Average price of the fills.";
        filled_value: Number = "ft_ccld_amt3", "Money of the fills.";
        open: Number = "nccs_qty", "Still open.";
        state: Text = "prcs_stat_name", "완료 done, 거부 refused, 전송 sent.";
        refusal: Text = "rjct_rson_name", "Why it was refused.";
        exchange: Text = "ovrs_excg_cd", "Exchange in the vocabulary of orders.";
        currency: Text = "tr_crcy_cd", "Currency.";
    }
}

record! {
    /// A row of `inquire-balance`.
    OverseasHolding, filler without symbol {
        symbol: Text = "ovrs_pdno", "Symbol.";
        name: Text = "ovrs_item_name", "Korean name.";
        quantity: Number = "ovrs_cblc_qty", "Held.";
        sellable: Number = "ord_psbl_qty", "What can be sold.";
        average: Number = "pchs_avg_pric", "Average cost, in the currency.";
        price: Number = "now_pric2", "Price, in the currency.";
        value: Number = "ovrs_stck_evlu_amt", "Value, in the currency.";
        profit: Number = "frcr_evlu_pfls_amt", "Profit that is not realised, in the currency.";
        currency: Text = "tr_crcy_cd", "Currency.";
        exchange: Text = "ovrs_excg_cd", "Exchange in the vocabulary of orders.";
    }
}

record! {
    /// The first part of `inquire-present-balance`: holdings with today's trades in them.
    PresentHolding, filler without symbol {
        symbol: Text = "pdno", "Symbol.";
        name: Text = "prdt_name", "Korean name.";
        quantity: Number = "ccld_qty_smtl1", "Held, today's trades included.";
        sellable: Number = "ord_psbl_qty1", "What can be sold.";
        average: Number = "avg_unpr3", "Average cost, in the currency asked for.";
        price: Number = "ovrs_now_pric1", "Price, in the currency asked for.";
        profit: Number = "evlu_pfls_amt2", "Profit that is not realised.";
        rate: Number = "bass_exrt", "Exchange rate, won.";
        currency: Text = "buy_crcy_cd", "Currency.";
        exchange: Text = "ovrs_excg_cd", "Exchange in the vocabulary of orders.";
    }
}

record! {
    /// Its second part: cash of a currency.
    OverseasCash, filler without currency {
        currency: Text = "crcy_cd", "Currency.";
        cash: Number = "frcr_dncl_amt_2", "Cash.";
        available: Number = "frcr_drwg_psbl_amt_1", "What can be withdrawn.";
        next_day: Number = "nxdy_frcr_drwg_psbl_amt", "The same on the next day.";
        rate: Number = "frst_bltn_exrt", "Exchange rate, won.";
    }
}

record! {
    /// Its third part: totals in won. The paper environment fills only this one.
    PresentTotals {
        total: Number = "tot_asst_amt", "Everything, won.";
        value: Number = "evlu_amt_smtl_amt" or "evlu_amt_smtl", "Value of what is held, won.";
        profit: Number = "tot_evlu_pfls_amt", "Profit that is not realised, won.";
        usable: Number = "frcr_use_psbl_amt", "Foreign money that can be used, won.";
    }
}

record! {
    /// `inquire-psamount`.
    OverseasBuyable {
        currency: Text = "tr_crcy_cd", "Currency.";
        cash: Number = "ord_psbl_frcr_amt", "Foreign cash to order with.";
        reusable: Number = "sll_ruse_psbl_amt", "Money of today's sales that can be ordered with.";
        amount: Number = "ovrs_ord_psbl_amt", "Money that can be ordered for.";
        quantity: Number = "max_ord_psbl_qty", "Most that can be bought with foreign cash; round down to the lot.";
        quantity_with_won: Number = "ovrs_max_ord_psbl_qty", "The same with won (통합증거금).";
        rate: Number = "exrt", "Exchange rate, won.";
    }
}

record! {
    /// A row of `inquire-period-profit`.
    OverseasProfit, filler without date {
        date: Day = "trad_day", "Day.";
        symbol: Text = "ovrs_pdno", "Symbol.";
        name: Text = "ovrs_item_name", "Korean name.";
        exchange: Text = "ovrs_excg_cd", "Exchange in the vocabulary of orders.";
        quantity: Number = "slcl_qty", "Sold.";
        average: Number = "pchs_avg_pric", "Average cost.";
        sold_at: Number = "avg_sll_unpr", "Average price of the sale.";
        cost: Number = "frcr_pchs_amt1", "What was sold had cost.";
        sold: Number = "frcr_sll_amt_smtl1", "What it brought.";
        costs: Number = "stck_sll_tlex", "Commission and tax of the sale.";
        realised: Number = "ovrs_rlzt_pfls_amt", "Realised.";
        percent: Number = "pftrt", "The same in per cent of the cost.";
        rate: Number = "exrt", "Exchange rate, won.";
    }
}

record! {
    /// A currency of `foreign-margin`.
    OverseasMargin, filler without currency {
        nation: Text = "natn_name", "Country in Korean.";
        currency: Text = "crcy_cd", "Currency.";
        cash: Number = "frcr_dncl_amt1", "Cash.";
        orderable: Number = "frcr_gnrl_ord_psbl_amt", "What can be ordered with.";
        orderable_with_won: Number = "itgr_ord_psbl_amt", "The same with won (통합증거금).";
        rate: Number = "bass_exrt", "Exchange rate, won.";
    }
}
