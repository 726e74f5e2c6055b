//! Orders that are kept for the opening: what placing one answers, and the lists of them.

use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// Answer to an order for the opening. Korea tells its number alone.
    ReservedReply {
        korean: Text = "RSVN_ORD_SEQ" or "rsvn_ord_seq", "Number in Korea.";
        foreign: Text = "OVRS_RSVN_ODNO" or "ovrs_rsvn_odno", "Number of one in foreign shares.";
        other: Text = "ODNO" or "odno", "The same where the other name is blank.";
        date: Day = "RSVN_ORD_RCIT_DT" or "rsvn_ord_rcit_dt", "Korean date on which it was taken.";
    }
}

record! {
    /// Answer to a cancel or a change in Korea.
    ReservedDone {
        done: Text = "nrml_prcs_yn" or "NRML_PRCS_YN", "Y, or N when it was not done.";
    }
}

record! {
    /// A row of `order-resv-ccnl`: an order in Korean shares.
    ReservedStock, filler without number {
        number: Text = "rsvn_ord_seq", "Its number.";
        date: Day = "rsvn_ord_ord_dt", "Date that a change must name.";
        taken_on: Day = "rsvn_ord_rcit_dt", "Date on which it was taken.";
        taken_at: Clock = "rsvn_ord_rcit_tmd", "Time, Korean.";
        symbol: Text = "pdno", "Symbol.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        kind: Text = "ord_dvsn_cd", "Order type.";
        quantity: Number = "ord_rsvn_qty", "Ordered, shares.";
        price: Number = "ord_rsvn_unpr", "Price, won.";
        order: Text = "odno", "Number of the order it became at the opening.";
        canceled_on: Day = "cncl_ord_dt", "Date of its cancel.";
        result: Text = "prcs_rslt", "접수 taken, 처리 sent, 거부 refused.";
        refusal: Text = "rjct_rson2", "Why it was refused.";
    }
}

record! {
    /// A row of `order-resv-list`: an order in foreign shares.
    ReservedOverseas, filler without number {
        is_canceled: Text = "cncl_yn", "Y when it was canceled.";
        date: Day = "rsvn_ord_rcit_dt", "Korean date on which it was taken.";
        number: Text = "ovrs_rsvn_odno", "Its number.";
        ordered_on: Day = "ord_dt", "Date of the order it became.";
        order: Text = "odno", "Number of that order.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        state: Text = "ovrs_rsvn_ord_stat_cd_name", "접수 taken, 전송 sent, 거부 refused.";
        symbol: Text = "pdno", "Symbol.";
        time: Clock = "ord_rcit_tmd", "When it was taken, Korean time.";
        exchange: Text = "ovrs_excg_cd", "Exchange in the vocabulary of orders.";
        quantity: Number = "ft_ord_qty", "Ordered.";
        price: Number = "ft_ord_unpr3", "Price; zero for one on open.";
        refusal: Text = "nprc_rson_text", "Why it was not sent.";
    }
}
