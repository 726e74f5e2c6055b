//! Calls: where each is, what it is called in either environment, and who does it.

use hoga::broker::kis::environment::Realm;

use super::exchange::Exchange;
use super::params::Params;
use super::product_info;
use super::realised;
use super::refusal::Refusal;
use super::reply::Outcome;
use super::reserved;
use super::{bond_account, bond_lists, bond_orders, bond_quotes};
use super::{future_account, future_lists, future_orders, future_quotes};
use super::{overseas_lists, overseas_orders, overseas_quotes, stock_account, stock_charts, stock_lists};
use super::{stock_orders, stock_quotes, stock_ranking};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub params: &'a Params,
    /// Header `tr_id`.
    pub id: &'a str,
    /// Header `tr_cont` says that a page goes on.
    pub continues: bool,
    pub now: i64,
}

/// Does a call.
pub type Call = fn(&mut Exchange, &Asked<'_>) -> Outcome;

/// Method, path, id live, id on paper or nothing, who does it.
type Rows = &'static [(&'static str, &'static str, &'static str, &'static str, Call)];

const STOCK: Rows = &[
    ("GET", "/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100", "FHKST01010100", stock_quotes::price),
    (
        "GET",
        "/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn",
        "FHKST01010200",
        "FHKST01010200",
        stock_quotes::book,
    ),
    ("GET", "/uapi/domestic-stock/v1/quotations/inquire-ccnl", "FHKST01010300", "FHKST01010300", stock_quotes::prints),
    (
        "GET",
        "/uapi/domestic-stock/v1/quotations/inquire-time-itemconclusion",
        "FHPST01060000",
        "FHPST01060000",
        stock_quotes::prints_at,
    ),
    (
        "GET",
        "/uapi/domestic-stock/v1/quotations/inquire-daily-price",
        "FHKST01010400",
        "FHKST01010400",
        stock_charts::days,
    ),
    (
        "GET",
        "/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice",
        "FHKST03010100",
        "FHKST03010100",
        stock_charts::chart,
    ),
    (
        "GET",
        "/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice",
        "FHKST03010200",
        "FHKST03010200",
        stock_charts::minutes,
    ),
    (
        "GET",
        "/uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice",
        "FHKST03010230",
        "",
        stock_charts::past_minutes,
    ),
    ("GET", "/uapi/domestic-stock/v1/quotations/search-stock-info", "CTPF1002R", "", stock_quotes::info),
    ("GET", "/uapi/etfetn/v1/quotations/inquire-price", "FHPST02400000", "", product_info::etf_price),
    ("GET", "/uapi/domestic-stock/v1/quotations/chk-holiday", "CTCA0903R", "", stock_quotes::holidays),
    ("GET", "/uapi/domestic-stock/v1/quotations/volume-rank", "FHPST01710000", "", stock_ranking::by_volume),
    ("GET", "/uapi/domestic-stock/v1/ranking/fluctuation", "FHPST01700000", "", stock_ranking::by_change),
    ("POST", "/uapi/domestic-stock/v1/trading/order-cash", "TTTC0012U", "VTTC0012U", stock_orders::buy),
    ("POST", "/uapi/domestic-stock/v1/trading/order-cash", "TTTC0011U", "VTTC0011U", stock_orders::sell),
    ("POST", "/uapi/domestic-stock/v1/trading/order-rvsecncl", "TTTC0013U", "VTTC0013U", stock_orders::change),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-psbl-rvsecncl", "TTTC0084R", "", stock_lists::revocable),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-daily-ccld", "TTTC0081R", "VTTC0081R", stock_lists::daily),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-daily-ccld", "CTSC9215R", "VTSC9215R", stock_lists::daily),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-balance", "TTTC8434R", "VTTC8434R", stock_account::balance),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-psbl-order", "TTTC8908R", "VTTC8908R", stock_account::buyable),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-psbl-sell", "TTTC8408R", "", stock_account::sellable),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-period-profit", "TTTC8708R", "", realised::of_days),
    ("GET", "/uapi/domestic-stock/v1/trading/inquire-period-trade-profit", "TTTC8715R", "", realised::of_trades),
];

const OVERSEAS: Rows = &[
    ("GET", "/uapi/overseas-price/v1/quotations/price", "HHDFS00000300", "HHDFS00000300", overseas_quotes::price),
    ("GET", "/uapi/overseas-price/v1/quotations/price-detail", "HHDFS76200200", "", overseas_quotes::detail),
    ("GET", "/uapi/overseas-price/v1/quotations/inquire-asking-price", "HHDFS76200100", "", overseas_quotes::book),
    ("GET", "/uapi/overseas-price/v1/quotations/dailyprice", "HHDFS76240000", "HHDFS76240000", overseas_quotes::days),
    (
        "GET",
        "/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice",
        "HHDFS76950200",
        "",
        overseas_quotes::minutes,
    ),
    ("GET", "/uapi/overseas-price/v1/quotations/inquire-ccnl", "HHDFS76200300", "", overseas_quotes::prints),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTT1002U", "VTTT1002U", overseas_orders::buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTT1006U", "VTTT1001U", overseas_orders::sell),
    ("POST", "/uapi/overseas-stock/v1/trading/order-rvsecncl", "TTTT1004U", "VTTT1004U", overseas_orders::change),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS1002U", "VTTS1002U", overseas_orders::hong_kong_buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS1001U", "VTTS1001U", overseas_orders::hong_kong_sell),
    (
        "POST",
        "/uapi/overseas-stock/v1/trading/order-rvsecncl",
        "TTTS1003U",
        "VTTS1003U",
        overseas_orders::hong_kong_change,
    ),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0308U", "VTTS0308U", overseas_orders::tokyo_buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0307U", "VTTS0307U", overseas_orders::tokyo_sell),
    ("POST", "/uapi/overseas-stock/v1/trading/order-rvsecncl", "TTTS0309U", "VTTS0309U", overseas_orders::tokyo_change),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0202U", "VTTS0202U", overseas_orders::shanghai_buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS1005U", "VTTS1005U", overseas_orders::shanghai_sell),
    (
        "POST",
        "/uapi/overseas-stock/v1/trading/order-rvsecncl",
        "TTTS0302U",
        "VTTS0302U",
        overseas_orders::shanghai_change,
    ),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0305U", "VTTS0305U", overseas_orders::shenzhen_buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0304U", "VTTS0304U", overseas_orders::shenzhen_sell),
    (
        "POST",
        "/uapi/overseas-stock/v1/trading/order-rvsecncl",
        "TTTS0306U",
        "VTTS0306U",
        overseas_orders::shenzhen_change,
    ),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0311U", "VTTS0311U", overseas_orders::vietnam_buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order", "TTTS0310U", "VTTS0310U", overseas_orders::vietnam_sell),
    (
        "POST",
        "/uapi/overseas-stock/v1/trading/order-rvsecncl",
        "TTTS0312U",
        "VTTS0312U",
        overseas_orders::vietnam_change,
    ),
    ("GET", "/uapi/overseas-stock/v1/trading/inquire-nccs", "TTTS3018R", "", overseas_lists::open),
    ("GET", "/uapi/overseas-stock/v1/trading/inquire-ccnl", "TTTS3035R", "VTTS3035R", overseas_lists::orders),
    ("GET", "/uapi/overseas-stock/v1/trading/inquire-balance", "TTTS3012R", "VTTS3012R", overseas_lists::balance),
    (
        "GET",
        "/uapi/overseas-stock/v1/trading/inquire-present-balance",
        "CTRP6504R",
        "VTRP6504R",
        overseas_lists::present,
    ),
    ("GET", "/uapi/overseas-stock/v1/trading/inquire-psamount", "TTTS3007R", "VTTS3007R", overseas_lists::buyable),
    ("GET", "/uapi/overseas-stock/v1/trading/foreign-margin", "TTTC2101R", "", overseas_lists::margin),
    ("GET", "/uapi/overseas-stock/v1/trading/inquire-period-profit", "TTTS3039R", "", realised::of_foreign),
];

/// Orders for the opening; paper lists none of them.
const RESERVED: Rows = &[
    ("POST", "/uapi/domestic-stock/v1/trading/order-resv", "CTSC0008U", "", reserved::stock),
    ("POST", "/uapi/domestic-stock/v1/trading/order-resv-rvsecncl", "CTSC0009U", "", reserved::stock_cancel),
    ("POST", "/uapi/domestic-stock/v1/trading/order-resv-rvsecncl", "CTSC0013U", "", reserved::stock_change),
    ("GET", "/uapi/domestic-stock/v1/trading/order-resv-ccnl", "CTSC0004R", "", reserved::stock_list),
    ("POST", "/uapi/overseas-stock/v1/trading/order-resv", "TTTT3014U", "VTTT3014U", reserved::buy),
    ("POST", "/uapi/overseas-stock/v1/trading/order-resv", "TTTT3016U", "VTTT3016U", reserved::sell),
    ("POST", "/uapi/overseas-stock/v1/trading/order-resv-ccnl", "TTTT3017U", "VTTT3017U", reserved::cancel),
    ("GET", "/uapi/overseas-stock/v1/trading/order-resv-list", "TTTT3039R", "", reserved::list),
];

/// On paper there are none of these.
const BOND: Rows = &[
    ("GET", "/uapi/domestic-bond/v1/quotations/inquire-price", "FHKBJ773400C0", "", bond_quotes::price),
    ("GET", "/uapi/domestic-bond/v1/quotations/inquire-asking-price", "FHKBJ773401C0", "", bond_quotes::book),
    ("GET", "/uapi/domestic-bond/v1/quotations/inquire-ccnl", "FHKBJ773403C0", "", bond_quotes::prints),
    ("GET", "/uapi/domestic-bond/v1/quotations/inquire-daily-price", "FHKBJ773404C0", "", bond_quotes::days),
    ("GET", "/uapi/domestic-bond/v1/quotations/issue-info", "CTPF1101R", "", product_info::bond_issue),
    ("POST", "/uapi/domestic-bond/v1/trading/buy", "TTTC0952U", "", bond_orders::buy),
    ("POST", "/uapi/domestic-bond/v1/trading/sell", "TTTC0958U", "", bond_orders::sell),
    ("POST", "/uapi/domestic-bond/v1/trading/order-rvsecncl", "TTTC0953U", "", bond_orders::change),
    ("GET", "/uapi/domestic-bond/v1/trading/inquire-psbl-rvsecncl", "CTSC8035R", "", bond_lists::revocable),
    ("GET", "/uapi/domestic-bond/v1/trading/inquire-daily-ccld", "CTSC8013R", "", bond_lists::daily),
    ("GET", "/uapi/domestic-bond/v1/trading/inquire-balance", "CTSC8407R", "", bond_account::balance),
    ("GET", "/uapi/domestic-bond/v1/trading/inquire-psbl-order", "TTTC8910R", "", bond_account::buyable),
];

const FUTURE: Rows = &[
    (
        "GET",
        "/uapi/domestic-futureoption/v1/quotations/inquire-price",
        "FHMIF10000000",
        "FHMIF10000000",
        future_quotes::price,
    ),
    (
        "GET",
        "/uapi/domestic-futureoption/v1/quotations/inquire-asking-price",
        "FHMIF10010000",
        "FHMIF10010000",
        future_quotes::book,
    ),
    (
        "GET",
        "/uapi/domestic-futureoption/v1/quotations/inquire-daily-fuopchartprice",
        "FHKIF03020100",
        "FHKIF03020100",
        future_quotes::chart,
    ),
    (
        "GET",
        "/uapi/domestic-futureoption/v1/quotations/inquire-time-fuopchartprice",
        "FHKIF03020200",
        "",
        future_quotes::minutes,
    ),
    ("GET", "/uapi/domestic-futureoption/v1/quotations/margin-rate", "TTTO6032R", "", future_account::margin_rates),
    ("POST", "/uapi/domestic-futureoption/v1/trading/order", "TTTO1101U", "VTTO1101U", future_orders::order),
    ("POST", "/uapi/domestic-futureoption/v1/trading/order-rvsecncl", "TTTO1103U", "VTTO1103U", future_orders::change),
    ("POST", "/uapi/domestic-futureoption/v1/trading/order", "STTN1101U", "", future_orders::night_order),
    ("POST", "/uapi/domestic-futureoption/v1/trading/order-rvsecncl", "STTN1103U", "", future_orders::night_change),
    ("GET", "/uapi/domestic-futureoption/v1/trading/inquire-ngt-ccnl", "STTN5201R", "", future_lists::night_orders),
    (
        "GET",
        "/uapi/domestic-futureoption/v1/trading/inquire-ngt-balance",
        "CTFN6118R",
        "",
        future_account::night_balance,
    ),
    ("GET", "/uapi/domestic-futureoption/v1/trading/inquire-ccnl", "TTTO5201R", "VTTO5201R", future_lists::orders),
    (
        "GET",
        "/uapi/domestic-futureoption/v1/trading/inquire-balance",
        "CTFO6118R",
        "VTFO6118R",
        future_account::balance,
    ),
    (
        "GET",
        "/uapi/domestic-futureoption/v1/trading/inquire-psbl-order",
        "TTTO5105R",
        "VTTO5105R",
        future_account::orderable,
    ),
];

/// Who does a call. On paper an id of the live environment is refused with a code of its own.
pub fn find(realm: Realm, method: &str, path: &str, id: &str) -> Result<Call, Refusal> {
    let all = STOCK.iter().chain(OVERSEAS).chain(RESERVED).chain(FUTURE).chain(BOND);
    let mut here = all.filter(|row| row.0 == method && row.1 == path).peekable();
    let unknown = || Refusal::query("OPSQ0002", "ERROR : 없는 서비스 코드 입니다.");
    if here.peek().is_none() {
        return Err(unknown());
    }
    let own = |row: &&(&str, &str, &'static str, &'static str, Call)| match realm {
        Realm::Live => row.2 == id,
        Realm::Paper => row.3 == id && !id.is_empty(),
    };
    match (here.find(own), realm) {
        (Some(row), _) => Ok(row.4),
        (None, Realm::Paper) => Err(Refusal::gateway("EGW02006")),
        (None, Realm::Live) => Err(unknown()),
    }
}

/// Whether the account is the one that the key belongs to.
pub fn check_account(params: &Params) -> Result<(), Refusal> {
    let account = format!("{}-{}", params.need("CANO")?, params.need("ACNT_PRDT_CD")?);
    if account == super::ACCOUNT { Ok(()) } else { Err(Refusal::account()) }
}

/// The same for futures and options.
pub fn check_derivatives(params: &Params) -> Result<(), Refusal> {
    let account = format!("{}-{}", params.need("CANO")?, params.need("ACNT_PRDT_CD")?);
    if account == super::DERIVATIVES_ACCOUNT { Ok(()) } else { Err(Refusal::account()) }
}
