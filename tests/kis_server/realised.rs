//! What was realised: `inquire-period-profit` and `inquire-period-trade-profit` of Korean shares, `inquire-period-profit` of
//! foreign ones. The paper environment has none of them.

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::{Asked, check_account};
use super::clock::{date_of, ymd};
use super::exchange::Exchange;
use super::order::{Line, Order};
use super::refusal::Refusal;
use super::reply::{Outcome, Pages, Reply, average, fixed, percent, whole};
use super::sample::{Sample, set};

/// Rows of a page.
const ROWS: usize = 100;

/// A fill as the books have it, for all days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traded {
    pub line: Line,
    pub symbol: String,
    /// Of its exchange.
    pub date: Date,
    pub is_buy: bool,
    pub quantity: Decimal,
    pub value: Decimal,
    /// What was sold had cost.
    pub cost: Decimal,
    pub fee: Decimal,
    pub tax: Decimal,
}

impl Traded {
    /// A fill of an order.
    pub fn of(
        order: &Order,
        quantity: Decimal,
        (value, cost): (Decimal, Decimal),
        (fee, tax): (Decimal, Decimal),
    ) -> Self {
        let (line, date, is_buy) = (order.line, order.date, order.is_buy);
        Self { line, symbol: order.symbol.clone(), date, is_buy, quantity, value, cost, fee, tax }
    }
}

/// What of it belongs to one row.
#[derive(Clone, Debug, Default)]
struct Sum {
    bought: Decimal,
    bought_quantity: Decimal,
    sold: Decimal,
    sold_quantity: Decimal,
    cost: Decimal,
    fee: Decimal,
    tax: Decimal,
    realised: Decimal,
}

impl Sum {
    fn add(&mut self, one: &Traded) {
        self.fee += one.fee;
        self.tax += one.tax;
        if one.is_buy {
            self.bought += one.value;
            self.bought_quantity += one.quantity;
        } else {
            self.sold += one.value;
            self.sold_quantity += one.quantity;
            self.cost += one.cost;
            self.realised += one.value - one.cost - one.fee - one.tax;
        }
    }

    fn percent(&self) -> String {
        fixed(percent(self.realised, self.cost), 8)
    }
}

/// First and last day of a question.
fn days(asked: &Asked<'_>) -> Result<(Date, Date), Refusal> {
    check_account(asked.params)?;
    let day = |name: &str| {
        let wrong = || Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"));
        date_of(asked.params.need(name)?).ok_or_else(wrong)
    };
    Ok((day("INQR_STRT_DT")?, day("INQR_END_DT")?))
}

/// Sums by day and, where wanted, symbol, oldest first.
fn sums(exchange: &Exchange, line: Line, (from, until): (Date, Date), by_symbol: bool) -> Vec<(Date, String, Sum)> {
    let mut sums: Vec<(Date, String, Sum)> = Vec::new();
    let own = exchange.account.traded.iter().filter(|one| one.line == line && (from..=until).contains(&one.date));
    for one in own {
        let symbol = if by_symbol { one.symbol.clone() } else { String::new() };
        match sums.iter_mut().find(|(date, known, _)| (*date, known.as_str()) == (one.date, symbol.as_str())) {
            Some((.., sum)) => sum.add(one),
            None => {
                let mut sum = Sum::default();
                sum.add(one);
                sums.push((one.date, symbol, sum));
            }
        }
    }
    sums.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    sums
}

fn total(sums: &[(Date, String, Sum)]) -> Sum {
    let mut total = Sum::default();
    for (.., sum) in sums {
        for (all, part) in [
            (&mut total.bought, sum.bought),
            (&mut total.bought_quantity, sum.bought_quantity),
            (&mut total.sold, sum.sold),
            (&mut total.sold_quantity, sum.sold_quantity),
            (&mut total.cost, sum.cost),
            (&mut total.fee, sum.fee),
            (&mut total.tax, sum.tax),
            (&mut total.realised, sum.realised),
        ] {
            *all += part;
        }
    }
    total
}

/// Symbols stand behind padding; those of ETN begin with a letter that is a part of them.
fn padded(symbol: &str) -> String {
    if symbol.len() == 6 { format!("00000A{symbol}") } else { format!("{symbol:0>12}") }
}

fn korean_row(mut row: Value, date: Date, sum: &Sum, quantities: (&'static str, &'static str)) -> Value {
    set(
        &mut row,
        [
            ("trad_dt", ymd(date)),
            ("buy_amt", whole(sum.bought)),
            ("sll_amt", whole(sum.sold)),
            ("rlzt_pfls", whole(sum.realised)),
            ("fee", whole(sum.fee)),
            ("tl_tax", whole(sum.tax)),
            ("pfls_rt", sum.percent()),
            (quantities.0, whole(sum.sold_quantity)),
            (quantities.1, whole(sum.bought_quantity)),
        ],
    );
    row
}

fn korean(exchange: &Exchange, asked: &Asked<'_>, sample: Sample, by_symbol: bool) -> Outcome {
    let params = asked.params;
    let (from, until) = days(asked)?;
    let is_oldest_first = params.one_of("SORT_DVSN", &["00", "01", "02"])? == "01";
    params.one_of("CBLC_DVSN", &["00"])?;
    params.one_of("PDNO", &[""])?;
    let sums = sums(exchange, Line::Stock, (from, until), by_symbol);
    let mut rows: Vec<Value> = sums
        .iter()
        .map(|(date, symbol, sum)| {
            if !by_symbol {
                return korean_row(sample.row("output1"), *date, sum, ("sll_qty1", "buy_qty1"));
            }
            let mut row = korean_row(sample.row("output1"), *date, sum, ("sll_qty", "buy_qty"));
            set(
                &mut row,
                [
                    ("pdno", padded(symbol)),
                    ("prdt_name", exchange.listing(symbol).name.to_owned()),
                    ("hldg_qty", whole(exchange.account.held(symbol))),
                    ("pchs_unpr", whole(average(sum.cost, sum.sold_quantity))),
                    ("sll_pric", whole(average(sum.sold, sum.sold_quantity))),
                ],
            );
            row
        })
        .collect();
    if !is_oldest_first {
        rows.reverse();
    }
    let mut body = sample.body();
    let all = total(&sums);
    set(
        &mut body["output2"],
        [("tot_rlzt_pfls", whole(all.realised)), ("tot_fee", whole(all.fee)), ("tot_tltx", whole(all.tax))],
    );
    let search = format!("{}^01^{}^{}^", params.need("CANO")?, ymd(from), ymd(until));
    let pages = Pages { width: 100, rows: ROWS, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    Ok(Reply { body, more })
}

/// A row a day.
pub fn of_days(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    asked.params.one_of("INQR_DVSN", &["00"])?;
    korean(exchange, asked, Sample::DayProfits, false)
}

/// A row an instrument and day.
pub fn of_trades(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    korean(exchange, asked, Sample::TradeProfits, true)
}

/// Sales of foreign shares, a row an instrument and day; days on which was only bought are not there.
pub fn of_foreign(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    let (from, until) = days(asked)?;
    for name in ["OVRS_EXCG_CD", "NATN_CD", "CRCY_CD", "PDNO"] {
        params.one_of(name, &[""])?;
    }
    // Foreign money and not won.
    params.one_of("WCRC_FRCR_DVSN_CD", &["01"])?;
    let mut sums = sums(exchange, Line::Overseas, (from, until), true);
    sums.retain(|(.., sum)| !sum.sold_quantity.is_zero());
    let row = |(date, symbol, sum): &(Date, String, Sum)| {
        let listing = exchange.listing(symbol);
        let mut row = Sample::OverseasProfits.row("Output1");
        set(
            &mut row,
            [
                ("trad_day", ymd(*date)),
                ("ovrs_pdno", symbol.clone()),
                ("ovrs_item_name", listing.name.to_owned()),
                ("slcl_qty", whole(sum.sold_quantity)),
                ("pchs_avg_pric", fixed(average(sum.cost, sum.sold_quantity), 4)),
                ("frcr_pchs_amt1", fixed(sum.cost, 5)),
                ("avg_sll_unpr", fixed(average(sum.sold, sum.sold_quantity), 8)),
                ("frcr_sll_amt_smtl1", fixed(sum.sold, 6)),
                ("stck_sll_tlex", fixed(dec!(0), 4)),
                ("ovrs_rlzt_pfls_amt", fixed(sum.realised, 5)),
                ("pftrt", sum.percent()),
                ("ovrs_excg_cd", listing.board.orders().to_owned()),
            ],
        );
        row
    };
    let rows = sums.iter().map(row).collect();
    let mut body = Sample::OverseasProfits.body();
    let search = format!("{}^01^^{}^{}^01^", params.need("CANO")?, ymd(from), ymd(until));
    let pages = Pages { width: 200, rows: ROWS, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["Output1"] = json!(rows);
    Ok(Reply { body, more })
}
