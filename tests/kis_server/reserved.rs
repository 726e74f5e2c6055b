//! Orders that are kept for the opening: `order-resv`, its cancels and changes, and the lists of them, which paper has not.
//!
//! No sample of these replies is published: names are those that the broker's documents list, values are made up.

use jiff::civil::{Date, DateTime};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::{Asked, check_account};
use super::clock::{hms, korea, new_york, second_of, ymd};
use super::exchange::Exchange;
use super::listing::Board;
use super::matching::Accepted;
use super::order::Line;
use super::params::Params;
use super::refusal::Refusal;
use super::reply::{Outcome, Pages, Reply, fixed, said, whole};
use super::session::{self, Us};

/// An order that is kept, or was.
#[derive(Clone, Debug)]
pub struct Reservation {
    pub number: String,
    pub line: Line,
    pub exchange: String,
    pub symbol: String,
    pub is_buy: bool,
    pub kind: String,
    pub price: Decimal,
    pub quantity: Decimal,
    pub taken: DateTime,
    pub is_canceled: bool,
    pub refusal: Option<&'static str>,
    /// The order that it became.
    pub became: Option<usize>,
}

impl Reservation {
    pub const fn waits(&self) -> bool {
        !self.is_canceled && self.refusal.is_none() && self.became.is_none()
    }
}

fn not_now() -> Refusal {
    Refusal::order("APBK0918", "예약주문 가능시간이 아닙니다.")
}

const fn clock(hour: i32, minute: i32) -> i32 {
    hour * 3_600 + minute * 60
}

/// Korea: 15:40 to 07:30, but around midnight.
fn check_korea(now: i64) -> Result<(), Refusal> {
    let second = second_of(korea(now).time());
    let is_open = second >= clock(15, 40) || second < clock(7, 30);
    let is_down = second >= clock(23, 40) || second < clock(0, 10);
    if is_open && !is_down { Ok(()) } else { Err(not_now()) }
}

/// The US: from ten in the morning of Korea to ten minutes before the opening, but while the broker settles.
fn check_us(now: i64) -> Result<(), Refusal> {
    let (here, there) = (second_of(korea(now).time()), second_of(new_york(now).time()));
    let is_early = here < clock(10, 0) && here >= clock(5, 0);
    let runs = (clock(9, 20)..clock(16, 0)).contains(&there);
    let settles = (clock(16, 30)..clock(16, 45)).contains(&here);
    if is_early || runs || settles { Err(not_now()) } else { Ok(()) }
}

impl Exchange {
    fn keep(&mut self, mut one: Reservation, now: i64) -> &Reservation {
        one.number = match one.line {
            Line::Stock => (88_793 + self.reservations.len()).to_string(),
            _ => format!("{:010}", 30_008_244 + self.reservations.len()),
        };
        one.taken = korea(now);
        self.reservations.push(one);
        self.reservations.last().unwrap()
    }

    /// Sends what was kept when its session begins.
    pub(super) fn open_reserved(&mut self, now: i64) {
        for index in 0..self.reservations.len() {
            let one = self.reservations[index].clone();
            let opens = match one.line {
                Line::Stock => {
                    let (at, is_open) = session::korean(now, &self.closed);
                    is_open && (clock(8, 22)..clock(15, 30)).contains(&second_of(at.time()))
                }
                _ => session::us(now, &self.closed) == Us::Regular,
            };
            if !opens || !one.waits() {
                continue;
            }
            let currency = self.listing(&one.symbol).board.currency();
            if one.is_buy && one.price * one.quantity > self.orderable_in(currency) {
                self.reservations[index].refusal = Some("매수증거금이 부족합니다.");
                continue;
            }
            let Reservation { line, exchange, symbol, is_buy, kind, price, quantity, .. } = one;
            let order = Accepted { line, exchange, symbol, is_buy, kind, price, trigger: None, quantity };
            self.reservations[index].became = Some(self.accept(order, now));
        }
    }

    fn kept(&mut self, line: Line, number: &str, date: Date) -> Result<&mut Reservation, Refusal> {
        let nothing = Refusal::nothing_left(self.realm);
        let is_it = |one: &&mut Reservation| {
            one.line == line && one.number == number && one.taken.date() == date && one.waits()
        };
        self.reservations.iter_mut().find(is_it).ok_or(nothing)
    }
}

fn answer(output: &Value) -> Outcome {
    let mut body = json!({ "output": output });
    said(&mut body, "APBK0013", "주문 전송 완료 되었습니다.");
    Reply::whole(body)
}

fn date(params: &Params, name: &str) -> Result<Date, Refusal> {
    super::clock::date_of(params.need(name)?).ok_or_else(not_now)
}

/// What an order in Korean shares says.
fn korean(exchange: &Exchange, params: &Params) -> Result<Reservation, Refusal> {
    let symbol = params.need("PDNO")?;
    let listing = exchange.market(symbol, true)?.listing.clone();
    params.one_of("ORD_OBJT_CBLC_DVSN_CD", &["10"])?;
    let kind = params.one_of("ORD_DVSN_CD", &["00", "01", "02", "05"])?;
    let price = params.whole("ORD_UNPR")?;
    let has_price = matches!(kind, "00" | "02");
    if price.is_zero() == has_price || has_price && !(price % listing.tick(price)).is_zero() {
        return Err(Refusal::price());
    }
    let quantity = params.whole("ORD_QTY")?;
    if quantity.is_zero() {
        return Err(Refusal::order("APBK0400", "주문수량을 확인하시기 바랍니다."));
    }
    Ok(Reservation {
        number: String::new(),
        line: Line::Stock,
        exchange: "KRX".into(),
        symbol: symbol.to_owned(),
        is_buy: params.one_of("SLL_BUY_DVSN_CD", &["01", "02"])? == "02",
        kind: kind.to_owned(),
        price,
        quantity,
        taken: korea(0),
        is_canceled: false,
        refusal: None,
        became: None,
    })
}

pub fn stock(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    check_account(asked.params)?;
    let one = korean(exchange, asked.params)?;
    check_korea(asked.now)?;
    let number = exchange.keep(one, asked.now).number.clone();
    answer(&json!({ "RSVN_ORD_SEQ": number }))
}

fn stock_target<'a>(exchange: &'a mut Exchange, asked: &Asked<'_>) -> Result<&'a mut Reservation, Refusal> {
    check_account(asked.params)?;
    asked.params.need("RSVN_ORD_ORGNO")?;
    check_korea(asked.now)?;
    exchange.kept(Line::Stock, asked.params.need("RSVN_ORD_SEQ")?, date(asked.params, "RSVN_ORD_ORD_DT")?)
}

pub fn stock_cancel(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    stock_target(exchange, asked)?.is_canceled = true;
    answer(&json!([{ "nrml_prcs_yn": "Y" }]))
}

pub fn stock_change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let new = korean(exchange, asked.params)?;
    let one = stock_target(exchange, asked)?;
    (one.kind, one.price, one.quantity) = (new.kind, new.price, new.quantity);
    answer(&json!([{ "nrml_prcs_yn": "Y" }]))
}

pub fn buy(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    american(exchange, asked, true)
}

pub fn sell(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    american(exchange, asked, false)
}

fn american(exchange: &mut Exchange, asked: &Asked<'_>, is_buy: bool) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let symbol = params.need("PDNO")?;
    let listing = exchange.market(symbol, false)?.listing.clone();
    let place = params.one_of("OVRS_EXCG_CD", &["NASD", "NYSE", "AMEX"])?;
    if listing.board.orders() != place {
        return Err(Refusal::no_symbol());
    }
    let kind = params.one_of("ORD_DVSN", if is_buy { &["00"] } else { &["00", "31"] })?;
    let (price, quantity) = (params.number("FT_ORD_UNPR3")?, params.whole("FT_ORD_QTY")?);
    if price.is_zero() != (kind == "31") || !(price % dec!(0.01)).is_zero() {
        return Err(Refusal::price());
    }
    check_us(asked.now)?;
    let one = Reservation {
        number: String::new(),
        line: Line::Overseas,
        exchange: place.to_owned(),
        symbol: symbol.to_owned(),
        is_buy,
        kind: kind.to_owned(),
        price,
        quantity,
        taken: korea(0),
        is_canceled: false,
        refusal: None,
        became: None,
    };
    let one = exchange.keep(one, asked.now);
    answer(&json!({ "ODNO": one.number, "RSVN_ORD_RCIT_DT": ymd(one.taken.date()), "OVRS_RSVN_ODNO": one.number }))
}

pub fn cancel(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    check_account(asked.params)?;
    check_us(asked.now)?;
    let number = asked.params.need("OVRS_RSVN_ODNO")?;
    exchange.kept(Line::Overseas, number, date(asked.params, "RSVN_ORD_RCIT_DT")?)?.is_canceled = true;
    answer(&json!({ "OVRS_RSVN_ODNO": number }))
}

fn side(one: &Reservation) -> &'static str {
    if one.is_buy { "02" } else { "01" }
}

/// Number of the order that came of one.
fn order_of(exchange: &Exchange, one: &Reservation) -> String {
    one.became.map(|id| exchange.orders[id].number.clone()).unwrap_or_default()
}

/// Korea leaves canceled ones out.
pub fn stock_list(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    check_account(asked.params)?;
    let (from, until) = (date(asked.params, "RSVN_ORD_ORD_DT")?, date(asked.params, "RSVN_ORD_END_DT")?);
    asked.params.one_of("CNCL_YN", &["Y"])?;
    asked.params.one_of("PRCS_DVSN_CD", &["0"])?;
    asked.params.one_of("TMNL_MDIA_KIND_CD", &["00"])?;
    let own = exchange.reservations.iter().filter(|one| one.line == Line::Stock && !one.is_canceled);
    let rows: Vec<Value> = own
        .filter(|one| (from..=until).contains(&one.taken.date()))
        .map(|one| {
            let result = match one {
                one if one.refusal.is_some() => "거부",
                one if one.became.is_some() => "처리",
                _ => "접수",
            };
            json!({
                "rsvn_ord_seq": one.number, "rsvn_ord_ord_dt": ymd(one.taken.date()),
                "rsvn_ord_rcit_dt": ymd(one.taken.date()), "pdno": one.symbol, "ord_dvsn_cd": one.kind,
                "ord_rsvn_qty": whole(one.quantity), "tot_ccld_qty": "0", "cncl_ord_dt": "", "ord_tmd": "",
                "ctac_tlno": "", "rjct_rson2": one.refusal.unwrap_or_default(), "odno": order_of(exchange, one),
                "rsvn_ord_rcit_tmd": hms(one.taken.time()), "kor_item_shtn_name": exchange.listing(&one.symbol).name,
                "sll_buy_dvsn_cd": side(one), "ord_rsvn_unpr": whole(one.price), "tot_ccld_amt": "0", "loan_dt": "",
                "cncl_rcit_tmd": "", "prcs_rslt": result, "ord_dvsn_name": "", "tmnl_mdia_kind_cd": "31",
                "rsvn_end_dt": "",
            })
        })
        .collect();
    page(asked, rows)
}

/// Canceled ones are listed too.
pub fn list(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    check_account(asked.params)?;
    let (from, until) = (date(asked.params, "INQR_STRT_DT")?, date(asked.params, "INQR_END_DT")?);
    let place = asked.params.one_of("OVRS_EXCG_CD", &["NASD", "NYSE", "AMEX"])?;
    asked.params.one_of("INQR_DVSN_CD", &["00"])?;
    let own = exchange.reservations.iter().filter(|one| one.line == Line::Overseas && one.exchange == place);
    let rows: Vec<Value> = own
        .filter(|one| (from..=until).contains(&one.taken.date()))
        .map(|one| {
            let (state, ordered_on) = match one {
                one if one.refusal.is_some() => ("거부", String::new()),
                one if one.became.is_some() => ("전송", ymd(exchange.orders[one.became.unwrap()].date)),
                _ => ("접수", String::new()),
            };
            json!({
                "cncl_yn": if one.is_canceled { "Y" } else { "N" }, "rsvn_ord_rcit_dt": ymd(one.taken.date()),
                "ovrs_rsvn_odno": one.number, "ord_dt": ordered_on, "ord_gno_brno": "01790",
                "odno": order_of(exchange, one), "sll_buy_dvsn_cd": side(one), "sll_buy_dvsn_cd_name": "",
                "ovrs_rsvn_ord_stat_cd": "", "ovrs_rsvn_ord_stat_cd_name": state, "pdno": one.symbol,
                "prdt_type_cd": "512", "prdt_name": exchange.listing(&one.symbol).name,
                "ord_rcit_tmd": hms(one.taken.time()), "ord_fwdg_tmd": "", "tr_dvsn_name": "",
                "ovrs_excg_cd": one.exchange, "tr_mket_name": "", "ord_stfno": "", "ft_ord_qty": whole(one.quantity),
                "ft_ord_unpr3": fixed(one.price, 8), "ft_ccld_qty": "0",
                "nprc_rson_text": one.refusal.unwrap_or_default(), "splt_buy_attr_name": "",
            })
        })
        .collect();
    page(asked, rows)
}

fn page(asked: &Asked<'_>, rows: Vec<Value>) -> Outcome {
    let pages =
        Pages { width: 200, rows: 20, search: super::ACCOUNT.into(), params: asked.params, continues: asked.continues };
    let mut body = json!({});
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output"] = json!(rows);
    Ok(Reply { body, more })
}
