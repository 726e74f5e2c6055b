//! Quotes of foreign shares. Prices are in the currency, already scaled. A change has no sign of its own: the code before it
//! gives it one.

use serde::de::{Deserialize, Deserializer};

use super::number::Sign;
use super::record::{Numbered, Record, record};
use super::stock_book::{WireLevel, levels};
use super::{Clock, Day, Number, Text};

record! {
    /// `price`.
    OverseasPrice {
        key: Text = "rsym", "Key of the stream (`DNASTSLA`).";
        decimals: Number = "zdiv", "Decimals of a price.";
        last: Number = "last", "Last price.";
        base: Number = "base", "Previous close.";
        sign: Sign = "sign", "Direction against the previous close; 0 without data.";
        change: Number = "diff", "Change without a sign.";
        change_percent: Number = "rate", "The same in per cent, signed.";
        volume: Number = "tvol", "Traded today.";
        value: Number = "tamt", "Money traded today.";
        tradable: Text = "ordy", "Whether it can be traded, in Korean.";
    }
}

record! {
    /// `price-detail`, and a row of `multprice`.
    OverseasDetail {
        key: Text = "rsym", "Key of the stream.";
        currency: Text = "curr", "Currency.";
        lot: Number = "vnit", "Lot.";
        tick: Number = "e_hogau", "Tick size.";
        open: Number = "open", "First price of the day.";
        high: Number = "high", "Highest price of the day.";
        low: Number = "low", "Lowest price of the day.";
        last: Number = "last", "Last price.";
        base: Number = "base", "Previous close.";
        volume: Number = "tvol", "Traded today.";
        value: Number = "tamt", "Money traded today.";
        upper_limit: Number = "uplp", "Upper limit; zero where there is none.";
        lower_limit: Number = "dnlp", "Lower limit; zero where there is none.";
        year_high: Number = "h52p", "Highest price of 52 weeks.";
        year_low: Number = "l52p", "Lowest price of 52 weeks.";
        per: Number = "perx", "Price to earnings.";
        shares: Number = "shar", "Shares.";
        market_value: Number = "tomv", "Market value in the currency.";
        rate: Number = "t_rate", "Exchange rate, won.";
        won: Number = "t_xprc", "Last price in won.";
        sector: Text = "e_icod", "Sector in Korean.";
        tradable: Text = "e_ordyn", "Whether it can be traded, in Korean.";
    }
}

/// The second part of `inquire-asking-price`: ten levels, of Asian markets one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OverseasLevels {
    /// Bids, highest first; empty levels are zero.
    pub bids: [WireLevel; 10],
    /// Asks, lowest first; empty levels are zero.
    pub asks: [WireLevel; 10],
}

impl<'de> Deserialize<'de> for OverseasLevels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Numbered::deserialize(deserializer)?;
        Ok(Self { bids: levels(&fields, "pbid", "vbid")?, asks: levels(&fields, "pask", "vask")? })
    }
}

impl Record for OverseasLevels {}

record! {
    /// Its first part.
    OverseasBookHead {
        key: Text = "rsym", "Key of the stream.";
        symbol: Text = "code", "Symbol.";
        last: Number = "last", "Last price.";
        date: Day = "dymd", "Date of the book.";
        time: Clock = "dhms", "Time of the book.";
        total_bid: Number = "bvol", "All bids.";
        total_ask: Number = "avol", "All asks.";
    }
}

record! {
    /// A bar of `dailyprice`, newest first.
    OverseasBar, filler without date {
        date: Day = "xymd", "Its day at the exchange.";
        open: Number = "open", "First price.";
        high: Number = "high", "Highest price.";
        low: Number = "low", "Lowest price.";
        close: Number = "clos", "Last price.";
        sign: Sign = "sign", "Direction against the close before.";
        change: Number = "diff", "Change without a sign.";
        volume: Number = "tvol", "Traded.";
        value: Number = "tamt", "Money traded.";
    }
}

record! {
    /// A minute of `inquire-time-itemchartprice`, newest first.
    OverseasMinute, filler without date {
        business_day: Day = "tymd", "Business day at the exchange.";
        date: Day = "xymd", "Date at the exchange.";
        time: Clock = "xhms", "Time at the exchange.";
        korean_date: Day = "kymd", "Date in Korea.";
        korean_time: Clock = "khms", "Time in Korea.";
        open: Number = "open", "First price.";
        high: Number = "high", "Highest price.";
        low: Number = "low", "Lowest price.";
        close: Number = "last", "Last price.";
        volume: Number = "evol", "Traded in the minute.";
        value: Number = "eamt", "Money traded in the minute.";
    }
}

record! {
    /// How the minutes go on: their first part.
    OverseasMinutesHead {
        key: Text = "rsym", "Key of the stream.";
        more: Text = "more", "Whether there are more.";
        next: Text = "next", "1 when the next page can be asked for.";
        rows: Number = "nrec", "Rows of this page.";
    }
}

record! {
    /// A print of `inquire-ccnl`, newest first; in either of two parts.
    OverseasPrint, filler without time {
        time: Clock = "khms", "Time in Korea.";
        price: Number = "last", "Price.";
        quantity: Number = "evol", "Traded.";
        volume: Number = "tvol", "Traded until then.";
        sign: Sign = "sign", "Direction against the previous close.";
        change: Number = "diff", "Change without a sign.";
        session: Text = "mtyp", "0 regular, 1 pre-market, 2 after-market.";
        bid: Number = "pbid", "Best bid.";
        ask: Number = "pask", "Best ask.";
    }
}

record! {
    /// The first part of `inquire-daily-chartprice`: an index, a currency, a bond.
    IndexSummary {
        symbol: Text = "stck_shrn_iscd", "Code.";
        name: Text = "hts_kor_isnm", "Korean name.";
        last: Number = "ovrs_nmix_prpr", "Last value.";
        previous: Number = "ovrs_nmix_prdy_clpr", "Previous close.";
        sign: Sign = "prdy_vrss_sign", "Direction against it.";
        change: Number = "ovrs_nmix_prdy_vrss", "Change, signed.";
    }
}

record! {
    /// A bar of it.
    IndexBar, filler without date {
        date: Day = "stck_bsop_date", "Its day.";
        open: Number = "ovrs_nmix_oprc", "First value.";
        high: Number = "ovrs_nmix_hgpr", "Highest value.";
        low: Number = "ovrs_nmix_lwpr", "Lowest value.";
        close: Number = "ovrs_nmix_prpr", "Last value.";
        volume: Number = "acml_vol", "Traded.";
    }
}

record! {
    /// `search-info` of a foreign share.
    OverseasInfo {
        isin: Text = "std_pdno", "ISIN.";
        name: Text = "prdt_name", "Korean name.";
        english_name: Text = "prdt_eng_name", "English name.";
        exchange: Text = "ovrs_excg_cd", "Exchange in the vocabulary of orders.";
        currency: Text = "tr_crcy_cd", "Currency.";
        sell_lot: Number = "sll_unit_qty", "Lot of a sell.";
        buy_lot: Number = "buy_unit_qty", "Lot of a buy.";
        listed: Text = "lstg_yn", "Whether it is listed.";
        halt: Text = "ovrs_stck_tr_stop_dvsn_cd", "01 normal, 02 to 06 halted in some way.";
        kind: Text = "ovrs_stck_dvsn_cd", "01 share, 02 warrant, 03 ETF, 04 preferred.";
        daytime: Text = "dtm_tr_psbl_yn", "Whether it trades in the daytime session.";
        partnership: Text = "ptp_item_yn", "Whether a sale is taxed as of a partnership (PTP).";
    }
}

record! {
    /// A row of `trade-pbmn`.
    OverseasRanked, filler without symbol {
        symbol: Text = "symb", "Symbol.";
        exchange: Text = "excd", "Exchange in the vocabulary of quotes.";
        name: Text = "name", "Korean name.";
        english_name: Text = "ename", "English name.";
        rank: Number = "rank", "Place, from 1.";
        last: Number = "last", "Last price.";
        sign: Sign = "sign", "Direction against the previous close.";
        change: Number = "diff", "Change without a sign.";
        change_percent: Number = "rate", "The same in per cent, signed.";
        volume: Number = "tvol", "Traded today.";
        value: Number = "tamt", "Money traded today.";
    }
}

record! {
    /// A row of `countries-holiday`: when trades settle, not whether a market is open.
    SettlementDay, filler without market {
        kind: Text = "prdt_type_cd", "Product.";
        nation: Text = "natn_eng_abrv_cd", "Country.";
        market: Text = "tr_mket_name", "Exchange in Korean.";
        local: Day = "acpl_sttl_dt", "Settlement day there.";
        korean: Day = "dmst_sttl_dt", "Settlement day in Korea.";
    }
}
