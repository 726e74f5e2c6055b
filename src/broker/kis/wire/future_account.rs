//! Accounts of Korean futures and options. Names of people in these replies are not read.

use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// A row of `inquire-ccnl`, and of `inquire-ngt-ccnl` for the night.
    FutureOrder, filler without number {
        date: Day = "ord_dt", "Date.";
        time: Clock = "ord_tmd", "Time, Korean.";
        branch: Text = "ord_gno_brno", "Its branch.";
        number: Text = "odno", "Its number.";
        changed: Text = "orgn_odno", "Number of the order it changed; all zeros when none.";
        contract: Text = "pdno", "Short code.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        deed: Text = "trad_dvsn_name", "What the row is, in words: those of cancels say so.";
        kind: Text = "nmpr_type_cd", "Order type.";
        kind_name: Text = "nmpr_type_name", "The same in words, where there is no code.";
        quantity: Number = "ord_qty", "Ordered, contracts.";
        price: Number = "ord_idx" or "ord_idx4", "Price.";
        filled: Number = "tot_ccld_qty", "Filled, contracts.";
        average: Number = "avg_idx", "Average price of the fills.";
        filled_value: Number = "tot_ccld_amt", "Money of the fills, won.";
        open: Number = "qty", "Still open, contracts.";
        refused: Number = "rjct_qty", "Refused, contracts.";
        refusal: Text = "ingr_trad_rjct_rson_name", "Why.";
    }
}

record! {
    /// A position: a row of `inquire-balance`.
    FuturePosition, filler without contract {
        contract: Text = "shtn_pdno", "Short code.";
        name: Text = "prdt_name", "Name.";
        side: Text = "sll_buy_dvsn_name", "매수 or BUY, 매도 or SLL; empty when closed today.";
        quantity: Number = "cblc_qty", "Contracts.";
        settlement: Number = "excc_unpr", "Settlement price.";
        average: Number = "ccld_avg_unpr1", "Average price.";
        price: Number = "idx_clpr", "Price now.";
        profit: Number = "evlu_pfls_amt", "Profit that is not realised, won.";
        closable: Number = "lqd_psbl_qty", "Contracts that can be closed.";
    }
}

impl FuturePosition {
    /// Contracts, negative when short.
    #[must_use]
    pub fn signed(&self) -> rust_decimal::Decimal {
        let short = matches!(&*self.side, "매도" | "SLL" | "SELL");
        if short { -self.quantity.or_zero() } else { self.quantity.or_zero() }
    }
}

record! {
    /// The second part of the balance, and `inquire-deposit`: won.
    FutureTotals {
        cash: Number = "dnca_cash" or "dnca_tota", "Cash.";
        tomorrow: Number = "nxdy_dnca", "Cash of the next day: with today's premiums, settled profits and costs.";
        margin: Number = "mgna_tota", "Margin.";
        orderable_cash: Number = "ord_psbl_cash", "Cash that can be ordered with.";
        orderable: Number = "ord_psbl_tota", "The same with securities.";
        estimated: Number = "prsm_dpast" or "prsm_dpast_amt", "Estimated assets.";
        futures_profit: Number = "futr_evlu_pfls_amt", "Profit of futures that is not realised.";
        options_profit: Number = "opt_evlu_pfls_amt", "The same of options.";
        withdrawable: Number = "wdrw_psbl_tot_amt", "What can be withdrawn.";
    }
}

record! {
    /// `inquire-psbl-order`.
    FutureOrderable {
        total: Number = "tot_psbl_qty", "Contracts in all.";
        closing: Number = "lqd_psbl_qty1", "Contracts that close a position.";
        new: Number = "ord_psbl_qty", "Contracts that open one.";
        price: Number = "bass_idx", "Price it was computed with.";
    }
}
