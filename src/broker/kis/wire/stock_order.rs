//! Orders in Korean shares: what an order answers, what is open, what became of the orders of a period.

use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// Answer to an order, a modification or a cancel, of every product. Accepted means that the broker has it; the
    /// exchange's refusal comes later.
    OrderReply {
        branch: Text = "KRX_FWDG_ORD_ORGNO" or "krx_fwdg_ord_orgno" or "ORD_GNO_BRNO" or "ord_gno_brno", "Branch that a change must repeat.";
        number: Text = "ODNO" or "odno", "Number of this order or of this change; text, with its zeros.";
        changed: Text = "ORGN_ODNO" or "orgn_odno", "Number of the order that was changed; only derivatives say it.";
        time: Clock = "ORD_TMD" or "ord_tmd", "When, Korean time.";
    }
}

record! {
    /// A row of `inquire-psbl-rvsecncl`: an order that can be changed.
    RevocableOrder, filler without number {
        branch: Text = "ord_gno_brno", "Its branch.";
        number: Text = "odno", "Its number.";
        changed: Text = "orgn_odno", "Number of the order it changed.";
        symbol: Text = "pdno", "Symbol.";
        name: Text = "prdt_name", "Korean name.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        kind: Text = "ord_dvsn_cd", "Order type.";
        quantity: Number = "ord_qty", "Ordered, shares.";
        price: Number = "ord_unpr", "Price, won.";
        time: Clock = "ord_tmd", "When, Korean time of today.";
        filled: Number = "tot_ccld_qty", "Filled, shares.";
        open: Number = "psbl_qty", "Shares that can still be changed.";
        exchange: Text = "excg_id_dvsn_cd", "KRX, NXT or SOR.";
        trigger: Number = "stpm_cndt_pric", "Trigger of a stop, won.";
        triggered: Text = "stpm_efct_occr_yn", "Whether it was set off.";
    }
}

record! {
    /// A row of `inquire-daily-ccld`: an order, or a change of one.
    StockOrder, filler without number {
        date: Day = "ord_dt", "Date.";
        time: Clock = "ord_tmd", "Time, Korean.";
        branch: Text = "ord_gno_brno", "Its branch.";
        number: Text = "odno", "Its number.";
        changed: Text = "orgn_odno", "Number of the order it changed.";
        symbol: Text = "pdno", "Symbol.";
        name: Text = "prdt_name", "Korean name.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        kind: Text = "ord_dvsn_cd", "Order type.";
        kind_name: Text = "ord_dvsn_name", "Type in words, with marks of modifications and cancels.";
        quantity: Number = "ord_qty", "Ordered, shares.";
        price: Number = "ord_unpr", "Price, won; zero where the type has none.";
        filled: Number = "tot_ccld_qty", "Filled, shares.";
        average: Number = "avg_prvs", "Average price of the fills, won.";
        filled_value: Number = "tot_ccld_amt", "Money of the fills, won.";
        open: Number = "rmn_qty", "Still open, shares.";
        canceled: Number = "cncl_cfrm_qty" or "cnc_cfrm_qty", "Canceled, shares.";
        refused: Number = "rjct_qty", "Refused, shares.";
        is_cancel: Text = "cncl_yn", "Y on a cancel's own row.";
        condition: Text = "ccld_cndt_name", "없음, IOC or FOK.";
        exchange: Text = "excg_id_dvsn_cd" or "excg_id_dvsn_Cd", "KRX, NXT or SOR.";
        trigger: Number = "stpm_cndt_pric", "Trigger of a stop, won.";
    }
}

record! {
    /// The second part of `inquire-daily-ccld`: sums over the whole period, whatever order was asked about.
    StockOrderTotals {
        quantity: Number = "tot_ord_qty", "Ordered, shares.";
        filled: Number = "tot_ccld_qty", "Filled, shares.";
        filled_value: Number = "tot_ccld_amt", "Money of the fills, won.";
        costs: Number = "prsm_tlex_smtl", "Estimated commission and tax, won.";
        average: Number = "pchs_avg_pric", "Average price, won.";
    }
}
