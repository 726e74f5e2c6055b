//! What an issue is, and when the market is open.

use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// `search-stock-info`.
    StockInfo {
        padded_symbol: Text = "pdno", "Symbol behind padding (`00000A000660`): its last six characters count.";
        isin: Text = "std_pdno", "ISIN.";
        name: Text = "prdt_abrv_name", "Short Korean name.";
        full_name: Text = "prdt_name", "Full Korean name.";
        english_name: Text = "prdt_eng_name", "English name.";
        market: Text = "mket_id_cd", "STK, KSQ, KNX and so on.";
        group: Text = "scty_grp_id_cd", "ST share, EF ETF, EN ETN, EW ELW and so on.";
        listed_shares: Number = "lstg_stqt", "Shares listed.";
        par_value: Number = "papr", "Par value, won.";
        halted: Text = "tr_stop_yn", "Whether trading is halted.";
        administrative: Text = "admn_item_yn", "Whether it is an administrative issue (관리종목).";
        close: Number = "thdt_clpr", "Close of the day, won.";
        previous_close: Number = "bfdy_clpr", "Close of the day before, won.";
        delisted: Day = "lstg_abol_dt", "When it was delisted.";
        kospi200: Text = "kospi200_item_yn", "Whether it is a KOSPI200 member.";
        on_nextrade: Text = "cptt_trad_tr_psbl_yn", "Whether Nextrade lists it.";
        nextrade_halted: Text = "nxt_tr_stop_yn", "Whether Nextrade halts it.";
    }
}

impl StockInfo {
    /// The symbol without padding.
    #[must_use]
    pub fn symbol(&self) -> &str {
        plain_symbol(&self.padded_symbol)
    }

    /// Whether an order for it may go to Nextrade.
    #[must_use]
    pub fn trades_on_nextrade(&self) -> bool {
        self.on_nextrade.is_yes() && !self.nextrade_halted.is_yes()
    }
}

/// A domestic symbol without the padding before it (`00000A000660`): the last six characters. A symbol of seven that
/// begins with `Q` (ETN) is whole.
#[must_use]
pub fn plain_symbol(padded: &str) -> &str {
    if padded.len() <= 7 {
        return padded;
    }
    padded.get(padded.len() - 6..).unwrap_or(padded)
}

record! {
    /// `search-info`: any product.
    ProductInfo {
        symbol: Text = "pdno", "Symbol.";
        kind: Text = "prdt_type_cd", "300 Korean shares, 512 Nasdaq, 513 NYSE and so on.";
        name: Text = "prdt_name", "Korean name.";
        english_name: Text = "prdt_eng_name", "English name.";
        isin: Text = "std_pdno", "ISIN.";
        class: Text = "prdt_clsf_name", "Class in Korean.";
    }
}

record! {
    /// A day of `chk-holiday`, asked about once a day.
    CalendarDay, filler without date {
        date: Day = "bass_dt", "Which day.";
        weekday: Number = "wday_dvsn_cd", "1 is Sunday, 7 is Saturday.";
        bank_day: Text = "bzdy_yn", "Whether banks are open.";
        business_day: Text = "tr_day_yn", "Whether it counts as a trading business day.";
        open: Text = "opnd_yn", "Whether the market is open: this one decides.";
        settlement_day: Text = "sttl_day_yn", "Whether trades settle.";
    }
}

record! {
    /// `market-time`: the business days around today and the hours of the derivatives market.
    FuturesDays {
        today: Day = "today", "Today.";
        two_before: Day = "date1", "Two business days before.";
        before: Day = "date2", "The business day before.";
        current: Day = "date3", "The current business day.";
        after: Day = "date4", "The business day after.";
        two_after: Day = "date5", "Two business days after.";
        time: Clock = "time", "Time at the server.";
        opens: Clock = "s_time", "When the day session begins.";
        closes: Clock = "e_time", "When the day session ends.";
    }
}
