//! Orders and holdings of foreign shares: `inquire-ccnl`, `inquire-nccs`, balances, what can be bought.

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::account::Position;
use super::calls::{Asked, check_account};
use super::clock::{date_of, hms, ymd};
use super::exchange::Exchange;
use super::market::Market;
use super::order::{Line, Order, Row, Standing};
use super::refusal::Refusal;
use super::reply::{Outcome, Pages, Reply, average, fixed, percent, said, whole};
use super::sample::{Sample, set};

/// Won of a dollar.
const RATE: Decimal = dec!(1350);

/// Won of a currency.
fn rate_of(currency: &str) -> Decimal {
    match currency {
        "HKD" => dec!(173),
        "CNY" => dec!(190),
        "JPY" => dec!(9),
        "VND" => dec!(0.05),
        _ => RATE,
    }
}

/// Foreign exchanges in the words of orders.
const PLACES: &[&str] = &["NASD", "NYSE", "AMEX", "SEHK", "SHAA", "SZAA", "TKSE", "HASE", "VNSE"];

/// The currency of an exchange.
fn currency_of(place: &str) -> &'static str {
    match place {
        "SEHK" => "HKD",
        "SHAA" | "SZAA" => "CNY",
        "TKSE" => "JPY",
        "HASE" | "VNSE" => "VND",
        _ => "USD",
    }
}

/// The fields both lists have.
fn fill_in(exchange: &Exchange, order: &Order, row: &mut Value) {
    let listing = exchange.listing(&order.symbol);
    let original = order.original.map(|id| exchange.orders[id].number.clone()).unwrap_or_default();
    // Of what a modification moved elsewhere nothing is open here.
    let state = match order.standing {
        Standing::Refused => "거부",
        Standing::Open => "전송",
        _ => "완료",
    };
    set(
        row,
        [
            ("ord_dt", ymd(order.date)),
            ("ord_gno_brno", order.branch.to_owned()),
            ("odno", order.number.clone()),
            ("orgn_odno", original),
            ("pdno", order.symbol.clone()),
            ("prdt_name", listing.name.to_owned()),
            ("sll_buy_dvsn_cd", order.side().to_owned()),
            ("sll_buy_dvsn_cd_name", if order.is_buy { "매수" } else { "매도" }.to_owned()),
            ("rjct_rson_name", order.reason.to_owned()),
            ("ord_tmd", hms(order.local.time())),
            ("tr_mket_name", listing.board.notice().2.to_owned()),
            ("ft_ord_qty", whole(order.quantity)),
            ("ft_ccld_qty", whole(order.filled)),
            ("nccs_qty", whole(order.remaining())),
            ("ft_ord_unpr3", fixed(order.price, 8)),
            ("ft_ccld_unpr3", fixed(average(order.filled_value, order.filled), 8)),
            ("ft_ccld_amt3", fixed(order.filled_value, 5)),
            ("ovrs_excg_cd", order.exchange.clone()),
            ("tr_crcy_cd", currency_of(&order.exchange).to_owned()),
            ("prcs_stat_name", state.to_owned()),
        ],
    );
}

fn change_of(order: &Order) -> (&'static str, &'static str) {
    match order.row {
        Row::New => ("00", ""),
        Row::Modification => ("01", "정정"),
        Row::Cancel => ("02", "취소"),
    }
}

/// Nasdaq stands for every exchange of the US.
fn stands_for(place: &str, exchange: &str) -> bool {
    place == exchange || (place == "NASD" && matches!(exchange, "NYSE" | "AMEX"))
}

/// Orders of a period, by dates of the exchange.
pub fn orders(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let is_live = exchange.realm == Realm::Live;
    let wrong = |name: &str| Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"));
    let from = date_of(params.need("ORD_STRT_DT")?).ok_or_else(|| wrong("ORD_STRT_DT"))?;
    let until = date_of(params.need("ORD_END_DT")?).ok_or_else(|| wrong("ORD_END_DT"))?;
    // Paper takes no filters.
    let all: &[&str] = if is_live { &["00", "01", "02"] } else { &["00"] };
    let side = params.one_of("SLL_BUY_DVSN", all)?;
    let filled = params.one_of("CCLD_NCCS_DVSN", all)?;
    let all_places = [&["%"], PLACES].concat();
    let places: &[&str] = if is_live { &all_places } else { &[""] };
    let place = params.one_of("OVRS_EXCG_CD", places)?;
    let symbol = params.need("PDNO")?;
    if !is_live && !symbol.is_empty() {
        return Err(wrong("PDNO"));
    }
    for name in ["ORD_DT", "ORD_GNO_BRNO", "ODNO"] {
        params.one_of(name, &[""])?;
    }
    let is_newest_first = params.one_of("SORT_SQN", &["DS", "AS"])? == "DS";
    let fits = |order: &&Order| {
        order.line == Line::Overseas
            && exchange.is_listed(order)
            && (from..=until).contains(&order.date)
            && (side == "00" || side == order.side())
            && (matches!(symbol, "" | "%") || symbol == order.symbol)
            && (matches!(place, "" | "%") || stands_for(place, &order.exchange))
            && match filled {
                "01" => !order.filled.is_zero(),
                "02" => !order.remaining().is_zero(),
                _ => true,
            }
    };
    let mut found: Vec<&Order> = exchange.orders.iter().filter(fits).collect();
    if is_newest_first {
        found.reverse();
    }
    let row = |order: &Order| {
        let mut row = Sample::OverseasCcnl.row("output");
        fill_in(exchange, order, &mut row);
        let (change, name) = change_of(order);
        set(
            &mut row,
            [
                ("rvse_cncl_dvsn", change.to_owned()),
                ("rvse_cncl_dvsn_name", name.to_owned()),
                ("dmst_ord_dt", ymd(order.korean.date())),
                ("thco_ord_tmd", hms(order.korean.time())),
            ],
        );
        row
    };
    let rows: Vec<Value> = found.into_iter().map(row).collect();
    let mut body = Sample::OverseasCcnl.body();
    let search = format!("{}^01^^{}^{}^{side}^{filled}^{place}^^", params.need("CANO")?, ymd(from), ymd(until));
    let pages = Pages { width: 200, rows: if is_live { 20 } else { 15 }, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    let is_empty = rows.is_empty();
    body["output"] = json!(rows);
    if is_empty {
        // Live, an empty list is one object of blanks.
        if is_live {
            body["output"] = Sample::OverseasNone.row("output");
        } else {
            said(&mut body, "70070000", "모의투자 조회할 내역(자료)이 없습니다.");
        }
    }
    Ok(Reply { body, more })
}

/// Open orders; the paper environment does not have this.
pub fn open(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let place = params.one_of("OVRS_EXCG_CD", PLACES)?;
    params.one_of("SORT_SQN", &["DS", ""])?;
    let fits = |order: &&Order| {
        order.line == Line::Overseas
            && order.is_open()
            && exchange.is_listed(order)
            && stands_for(place, &order.exchange)
    };
    let row = |order: &Order| {
        let mut row = Sample::OverseasNccs.row("output");
        fill_in(exchange, order, &mut row);
        let (change, name) = change_of(order);
        let fields = [("rvse_cncl_dvsn_cd", change), ("rvse_cncl_dvsn_cd_name", name), ("prcs_stat_name", "")];
        set(&mut row, fields);
        row
    };
    let rows: Vec<Value> = exchange.orders.iter().rev().filter(fits).map(row).collect();
    let mut body = Sample::OverseasNccs.body();
    let search = format!("{}^01^{place}^DS^", params.need("CANO")?);
    let pages = Pages { width: 200, rows: 40, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output"] = json!(rows);
    Ok(Reply { body, more })
}

fn holdings(exchange: &Exchange) -> impl Iterator<Item = (&String, &Position, &Market)> {
    let with_market = |(symbol, position)| {
        let symbol: &String = symbol;
        (symbol, position, &exchange.markets[symbol])
    };
    exchange.account.positions.iter().map(with_market).filter(|(.., market)| market.listing.board.is_foreign())
}

/// Holdings; the last row is a blank one, as live has them.
pub fn balance(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let place = params.one_of("OVRS_EXCG_CD", &[PLACES, &["NAS"]].concat())?;
    let currency = currency_of(place);
    params.one_of("TR_CRCY_CD", &[currency])?;
    let is_all = place == "NASD" && exchange.realm == Realm::Live;
    let place = if place == "NAS" { "NASD" } else { place };
    let (mut rows, mut cost, mut value) = (Vec::new(), dec!(0), dec!(0));
    for (symbol, position, market) in holdings(exchange) {
        let board = market.listing.board;
        if !(board.orders() == place || is_all && board.is_american()) {
            continue;
        }
        let worth = position.quantity * market.last;
        cost += position.cost;
        value += worth;
        let mut row = Sample::OverseasBalance.row("output1");
        set(
            &mut row,
            [
                ("prdt_type_cd", board.notice().1.to_owned()),
                ("ovrs_pdno", symbol.clone()),
                ("ovrs_item_name", market.listing.name.to_owned()),
                ("frcr_evlu_pfls_amt", fixed(worth - position.cost, 6)),
                ("evlu_pfls_rt", fixed(percent(worth - position.cost, position.cost), 2)),
                ("pchs_avg_pric", fixed(average(position.cost, position.quantity), 4)),
                ("ovrs_cblc_qty", whole(position.quantity)),
                ("ord_psbl_qty", whole(exchange.sellable(symbol))),
                ("frcr_pchs_amt1", fixed(position.cost, 5)),
                ("ovrs_stck_evlu_amt", fixed(worth, 8)),
                ("now_pric2", fixed(market.last, 6)),
                ("ovrs_excg_cd", board.orders().to_owned()),
                ("tr_crcy_cd", currency.to_owned()),
            ],
        );
        rows.push(row);
    }
    let mut body = Sample::OverseasBalance.body();
    let blank = body["output1"][1].clone();
    set(
        &mut body["output2"],
        [
            ("frcr_pchs_amt1", fixed(cost, 5)),
            ("ovrs_rlzt_pfls_amt", "0.00000".to_owned()),
            ("ovrs_tot_pfls", fixed(value - cost, 5)),
            ("tot_evlu_pfls_amt", fixed(value, 8)),
            ("tot_pftrt", fixed(percent(value - cost, cost), 8)),
        ],
    );
    rows.push(blank);
    let search = format!("{}^01^{place}^{currency}^", params.need("CANO")?);
    let pages = Pages { width: 200, rows: 100, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    Ok(Reply { body, more })
}

/// Holdings by trade date, cash, totals in won. Paper fills its totals only.
pub fn present(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let in_won = params.one_of("WCRC_FRCR_DVSN_CD", &["01", "02"])? == "01";
    params.one_of("NATN_CD", &["000", "840"])?;
    params.one_of("TR_MKET_CD", &["00", "01", "02", "05"])?;
    params.one_of("INQR_DVSN_CD", &["00", "01", "02"])?;
    let (mut rows, mut cost, mut value) = (Vec::new(), dec!(0), dec!(0));
    for (symbol, position, market) in holdings(exchange) {
        let worth = position.quantity * market.last;
        let rate = rate_of(market.listing.board.currency());
        let scale = if in_won { rate } else { dec!(1) };
        cost += position.cost * rate;
        value += worth * rate;
        let before = position.quantity - position.bought_today + position.sold_today;
        let mut row = Sample::OverseasPresent.row("output1");
        set(
            &mut row,
            [
                ("prdt_name", market.listing.name.to_owned()),
                ("pdno", symbol.clone()),
                ("cblc_qty13", fixed(before, 8)),
                ("thdt_buy_ccld_qty1", fixed(position.bought_today, 8)),
                ("thdt_sll_ccld_qty1", fixed(position.sold_today, 8)),
                ("ccld_qty_smtl1", fixed(position.quantity, 8)),
                ("ord_psbl_qty1", fixed(exchange.sellable(symbol), 8)),
                ("frcr_pchs_amt", fixed(position.cost * scale, 5)),
                ("frcr_evlu_amt2", fixed(worth * scale, 6)),
                ("evlu_pfls_amt2", fixed((worth - position.cost) * scale, 5)),
                ("evlu_pfls_rt1", fixed(percent(worth - position.cost, position.cost), 8)),
                ("bass_exrt", fixed(rate, 8)),
                ("buy_crcy_cd", market.listing.board.currency().to_owned()),
                ("ovrs_now_pric1", fixed(market.last * scale, 5)),
                ("avg_unpr3", fixed(average(position.cost, position.quantity) * scale, 4)),
                ("tr_mket_name", market.listing.board.notice().2.to_owned()),
                ("prdt_type_cd", market.listing.board.notice().1.to_owned()),
                ("ovrs_excg_cd", market.listing.board.orders().to_owned()),
                ("item_lnkg_excg_cd", market.listing.board.quotes().to_owned()),
            ],
        );
        rows.push(row);
    }
    let dollars = exchange.account.dollars;
    let mut body = Sample::OverseasPresent.body();
    let usable = exchange.orderable(Line::Overseas);
    let sample = body["output2"][0].clone();
    for currency in exchange.account.others.keys().copied() {
        let (money, usable) = (exchange.account.money(currency), exchange.orderable_in(currency));
        let mut row = sample.clone();
        set(
            &mut row,
            [
                ("crcy_cd", currency.to_owned()),
                ("frcr_dncl_amt_2", fixed(money, 6)),
                ("frst_bltn_exrt", fixed(rate_of(currency), 8)),
                ("frcr_drwg_psbl_amt_1", fixed(usable, 6)),
                ("frcr_evlu_amt2", fixed(money * rate_of(currency), 6)),
                ("nxdy_frcr_drwg_psbl_amt", fixed(usable, 6)),
            ],
        );
        body["output2"].as_array_mut().unwrap().push(row);
    }
    set(
        &mut body["output2"][0],
        [
            ("frcr_dncl_amt_2", fixed(dollars, 6)),
            ("frst_bltn_exrt", fixed(RATE, 8)),
            ("frcr_drwg_psbl_amt_1", fixed(usable, 6)),
            ("frcr_evlu_amt2", fixed(dollars * RATE, 6)),
            ("nxdy_frcr_drwg_psbl_amt", fixed(usable, 6)),
        ],
    );
    set(
        &mut body["output3"],
        [
            ("pchs_amt_smtl", whole(cost)),
            ("pchs_amt_smtl_amt", whole(cost)),
            ("evlu_amt_smtl", whole(value)),
            ("evlu_amt_smtl_amt", whole(value)),
            ("evlu_pfls_amt_smtl", whole(value - cost)),
            ("tot_evlu_pfls_amt", fixed(value - cost, 8)),
            ("tot_asst_amt", whole(value + dollars * RATE)),
            ("frcr_evlu_tota", whole(dollars * RATE)),
            ("tot_dncl_amt", whole(dollars * RATE)),
            ("frcr_use_psbl_amt", fixed(usable * RATE, 2)),
            ("tot_frcr_cblc_smtl", fixed(dollars * RATE, 6)),
        ],
    );
    if exchange.realm == Realm::Live {
        body["output1"] = json!(rows);
    } else {
        (body["output1"], body["output2"]) = (json!([]), json!([]));
    }
    Reply::whole(body)
}

pub fn buyable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let currency = currency_of(params.one_of("OVRS_EXCG_CD", PLACES)?);
    exchange.market(params.need("ITEM_CD")?, false)?;
    let price = params.number("OVRS_ORD_UNPR")?;
    let cash = exchange.orderable_in(currency).max(dec!(0));
    let quantity = if price.is_zero() { dec!(0) } else { (cash / price).floor() };
    let mut body = Sample::OverseasPsamount.body();
    set(
        &mut body["output"],
        [
            ("tr_crcy_cd", currency.to_owned()),
            ("exrt", fixed(rate_of(currency), 10)),
            ("ord_psbl_frcr_amt", fixed(cash, 2)),
            ("ovrs_ord_psbl_amt", fixed(quantity * price, 2)),
            ("frcr_ord_psbl_amt1", fixed(cash, 2)),
            ("max_ord_psbl_qty", whole(quantity)),
            ("ord_psbl_qty", whole(quantity)),
            ("ovrs_max_ord_psbl_qty", whole(quantity)),
        ],
    );
    Reply::whole(body)
}

pub fn margin(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    check_account(asked.params)?;
    let mut row = Sample::OverseasMargin.row("output");
    let usable = exchange.orderable(Line::Overseas);
    set(
        &mut row,
        [
            ("frcr_dncl_amt1", fixed(exchange.account.dollars, 6)),
            ("frcr_gnrl_ord_psbl_amt", fixed(usable, 2)),
            ("itgr_ord_psbl_amt", fixed(usable, 2)),
            ("bass_exrt", fixed(RATE, 8)),
        ],
    );
    let mut body = Sample::OverseasMargin.body();
    body["output"] = json!([row]);
    Reply::whole(body)
}
