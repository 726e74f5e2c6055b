//! Quotes of Korean shares: price, book, prints, and what a share is.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::Asked;
use super::clock::{date_of, hms, korea, ymd};
use super::exchange::Exchange;
use super::market::{LEVELS, Market};
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, fixed, percent, sign, whole};
use super::sample::{Sample, set, set_at};
use super::session;

/// The market that is asked about. Where nothing is known of the symbol, the query server says so in its own way.
pub fn asked_market<'a>(exchange: &'a Exchange, asked: &Asked<'_>) -> Result<&'a Market, Refusal> {
    let place = asked.params.need("FID_COND_MRKT_DIV_CODE")?;
    if !matches!(place, "J" | "NX" | "UN") {
        return Err(Refusal::query("OPSQ2001", "ERROR : INPUT INVALID_CHECK_MRKT_DIV_CODE"));
    }
    exchange.market(asked.params.need("FID_INPUT_ISCD")?, true)
}

/// Change from the previous close: number, sign, per cent.
pub fn against(market: &Market) -> [String; 3] {
    let change = market.change();
    [whole(change), sign(change).to_owned(), fixed(percent(change, market.listing.base), 2)]
}

pub fn price(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let (day, listing) = (market.today(), &market.listing);
    let (upper, lower) = listing.limits();
    let [change, sign, change_percent] = against(market);
    let mut body = Sample::Price.body();
    set(
        &mut body["output"],
        [
            ("iscd_stat_cls_code", if listing.halted { "58" } else { "55" }.to_owned()),
            (
                "rprs_mrkt_kor_name",
                if listing.board == super::listing::Board::Kospi { "KOSPI" } else { "KOSDAQ" }.to_owned(),
            ),
            ("stck_prpr", whole(market.last)),
            ("prdy_vrss", change),
            ("prdy_vrss_sign", sign),
            ("prdy_ctrt", change_percent),
            ("acml_tr_pbmn", whole(day.value)),
            ("acml_vol", whole(day.volume)),
            ("stck_oprc", whole(day.open)),
            ("stck_hgpr", whole(day.high)),
            ("stck_lwpr", whole(day.low)),
            ("stck_mxpr", whole(upper)),
            ("stck_llam", whole(lower)),
            ("stck_sdpr", whole(listing.base)),
            ("wghn_avrg_stck_prc", fixed(day.value / day.volume.max(dec!(1)), 2)),
            ("aspr_unit", whole(listing.tick(market.last))),
            ("stck_shrn_iscd", listing.symbol.to_owned()),
            ("temp_stop_yn", if listing.halted { "Y" } else { "N" }.to_owned()),
        ],
    );
    Reply::whole(body)
}

pub fn book(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let mut body = Sample::AskingPrice.body();
    let output = &mut body["output1"];
    let asks: Vec<_> = market.asks.iter().collect();
    let bids: Vec<_> = market.bids.iter().rev().collect();
    for at in 0..LEVELS {
        let zero = (&dec!(0), &dec!(0));
        let (ask, bid) = (asks.get(at).copied().unwrap_or(zero), bids.get(at).copied().unwrap_or(zero));
        set_at(output, "askp", at + 1, whole(*ask.0));
        set_at(output, "askp_rsqn", at + 1, whole(*ask.1));
        set_at(output, "bidp", at + 1, whole(*bid.0));
        set_at(output, "bidp_rsqn", at + 1, whole(*bid.1));
    }
    let (ask, bid): (Decimal, Decimal) = (market.asks.values().sum(), market.bids.values().sum());
    set(
        output,
        [
            ("aspr_acpt_hour", hms(korea(asked.now).time())),
            ("total_askp_rsqn", whole(ask)),
            ("total_bidp_rsqn", whole(bid)),
            ("ntby_aspr_rsqn", whole(bid - ask)),
            ("new_mkop_cls_code", "20".to_owned()),
        ],
    );
    let (day, [change, sign, change_percent]) = (market.today(), against(market));
    set(
        &mut body["output2"],
        [
            ("stck_prpr", whole(market.last)),
            ("stck_oprc", whole(day.open)),
            ("stck_hgpr", whole(day.high)),
            ("stck_lwpr", whole(day.low)),
            ("stck_sdpr", whole(market.listing.base)),
            ("antc_cnpr", "0".to_owned()),
            ("antc_cntg_vrss_sign", sign),
            ("antc_cntg_vrss", change),
            ("antc_cntg_prdy_ctrt", change_percent),
            ("antc_vol", "0".to_owned()),
            ("stck_shrn_iscd", market.listing.symbol.to_owned()),
        ],
    );
    Reply::whole(body)
}

/// The newest 30, newest first.
pub fn prints(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let mut body = Sample::Prints.body();
    let rows: Vec<Value> = market
        .prints
        .iter()
        .take(30)
        .map(|print| {
            let mut row = Sample::Prints.row("output");
            let change = print.price - market.listing.base;
            set(
                &mut row,
                [
                    ("stck_cntg_hour", hms(korea(print.time).time())),
                    ("stck_prpr", whole(print.price)),
                    ("prdy_vrss", whole(change)),
                    ("prdy_vrss_sign", sign(change).to_owned()),
                    ("cntg_vol", whole(print.quantity)),
                    ("tday_rltv", fixed(market.strength(), 2)),
                    ("prdy_ctrt", fixed(percent(change, market.listing.base), 2)),
                ],
            );
            row
        })
        .collect();
    body["output"] = json!(rows);
    Reply::whole(body)
}

/// The newest 30 up to a time of the day, newest first, with the best prices beside them.
pub fn prints_at(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let until = asked.params.need("FID_INPUT_HOUR_1")?;
    let market = asked_market(exchange, asked)?;
    let mut body = Sample::PrintsAt.body();
    let [change, sign_now, change_percent] = against(market);
    set(
        &mut body["output1"],
        [
            ("acml_vol", whole(market.today().volume)),
            ("prdy_ctrt", change_percent),
            ("prdy_vrss", change),
            ("prdy_vrss_sign", sign_now),
            ("stck_prpr", whole(market.last)),
        ],
    );
    let before = |print: &&super::market::Print| hms(korea(print.time).time()).as_str() <= until;
    let row = |print: &super::market::Print| {
        let mut row = Sample::PrintsAt.row("output2");
        let change = print.price - market.listing.base;
        let tick = market.listing.tick(print.price);
        let (bid, ask) = match print.buyer_took {
            true => (print.price - tick, print.price),
            false => (print.price, print.price + tick),
        };
        set(
            &mut row,
            [
                ("acml_vol", whole(print.volume)),
                ("askp", whole(ask)),
                ("bidp", whole(bid)),
                ("cnqn", whole(print.quantity)),
                ("prdy_ctrt", fixed(percent(change, market.listing.base), 2)),
                ("prdy_vrss", whole(change)),
                ("prdy_vrss_sign", sign(change).to_owned()),
                ("stck_cntg_hour", hms(korea(print.time).time())),
                ("stck_prpr", whole(print.price)),
                ("tday_rltv", fixed(market.strength(), 2)),
            ],
        );
        row
    };
    let rows: Vec<Value> = market.prints.iter().filter(before).take(30).map(row).collect();
    body["output2"] = json!(rows);
    Reply::whole(body)
}

/// What a share is, and whether Nextrade has it.
pub fn info(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    asked.params.one_of("PRDT_TYPE_CD", &["300"])?;
    let listing = &exchange.market(asked.params.need("PDNO")?, true)?.listing;
    let mut body = Sample::StockInfo.body();
    let yes = |flag: bool| if flag { "Y" } else { "N" }.to_owned();
    set(
        &mut body["output"],
        [
            ("pdno", format!("00000A{}", listing.symbol)),
            ("mket_id_cd", if listing.board == super::listing::Board::Kospi { "STK" } else { "KSQ" }.to_owned()),
            ("scty_grp_id_cd", if listing.is_fund { "EF" } else { "ST" }.to_owned()),
            ("prdt_name", listing.name.to_owned()),
            ("prdt_abrv_name", listing.name.to_owned()),
            ("std_pdno", listing.isin.to_owned()),
            ("tr_stop_yn", yes(listing.halted)),
            ("cptt_trad_tr_psbl_yn", yes(listing.nextrade)),
            ("nxt_tr_stop_yn", "N".to_owned()),
        ],
    );
    Reply::whole(body)
}

/// 24 days from a date on.
pub fn holidays(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let wrong = || Refusal::query("OPSQ2002", "ERROR : INPUT INVALID_CHECK_BASS_DT");
    let from = date_of(asked.params.need("BASS_DT")?).ok_or_else(wrong)?;
    let mut body = Sample::Holidays.body();
    let days = std::iter::successors(Some(from), |date| date.tomorrow().ok()).take(24);
    let rows: Vec<Value> = days
        .map(|date| {
            let is_open = super::clock::is_weekday(date) && !exchange.closed.contains(&date);
            let open = if is_open { "Y" } else { "N" };
            let weekday = format!("{:02}", date.weekday().to_sunday_one_offset());
            let mut row = Sample::Holidays.row("output");
            let flags = ["bzdy_yn", "tr_day_yn", "opnd_yn", "sttl_day_yn"].map(|name| (name, open.to_owned()));
            set(&mut row, [("bass_dt", ymd(date)), ("wday_dvsn_cd", weekday)]);
            set(&mut row, flags);
            row
        })
        .collect();
    body["output"] = json!(rows);
    Reply::whole(body)
}
