//! What was realised as the broker counts it, beside hoga's own count.

use jiff::civil::{Date, date};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::kis_server::Options;
use crate::kis_server::faults::Fault;
use crate::kis_server::order::Line;
use crate::kis_server::realised::Traded;
use crate::scenario::{SAMSUNG, Scenario};
use crate::user::{number, text, until};

const TODAY: Date = date(2026, 10, 14);

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// The only row of an answer.
fn only(report: &Value) -> &Value {
    let [row] = list(&report["rows"]) else { panic!("not one row: {report}") };
    row
}

/// Ten shares bought at the day's prices and sold after they have risen, by a broker that takes what hoga thinks.
fn ten_with_a_profit(user: &Scenario) {
    user.server.set_charges(dec!(0.00015), dec!(0.002));
    user.on_fresh_prices("order buy 005930 10 --price 70100 --wait filled --timeout 60s");
    user.server.set_top(SAMSUNG, dec!(71500), dec!(71600));
    user.server.trade(SAMSUNG, dec!(71500), dec!(1));
    until("the rise is seen", || user.json("quote 005930")["bid"] == "71500");
    user.server.trade(SAMSUNG, dec!(71500), dec!(1));
    let sold = user.json("order sell 005930 10 --price 71500 --wait filled --timeout 60s");
    assert_eq!(text(&sold, "average_price"), "71500", "{sold}");
}

#[test]
fn a_days_profit_is_the_brokers_and_the_ledgers() {
    let user = Scenario::new(Options::default());
    user.start();
    ten_with_a_profit(&user);
    // 715,000 less 701,000, less 0.015 % and 0.2 % of the sale.
    let report = user.json("pnl --broker");
    let row = only(&report);
    assert_eq!((text(row, "date"), text(row, "currency")), ("2026-10-14", "KRW"), "{report}");
    assert_eq!((number(row, "bought"), number(row, "sold")), (dec!(701_000), dec!(715_000)));
    assert_eq!((number(row, "fees"), number(row, "taxes")), (dec!(105) + dec!(107), dec!(1430)));
    assert_eq!((number(row, "realised"), number(row, "ledger")), (dec!(12_463), dec!(12_463)), "{report}");
    assert_eq!((text(row, "difference"), &row["symbol"]), ("0", &Value::Null), "{report}");
    assert!((number(row, "percent") - dec!(1.7778)).abs() < dec!(0.0001), "{report}");
    let total = &report["totals"][0];
    assert_eq!((text(total, "currency"), number(total, "realised")), ("KRW", dec!(12_463)), "{report}");
    // What buying cost is in what the ledger has realised since it bought.
    assert_eq!(number(&user.json("pnl")[0], "realized"), dec!(12_463) - dec!(105));
    by_trade(&user);
    for_people(&user);
    days_that_cannot_be(&user);
    a_sale_the_broker_does_not_count(&user);
    user.kept_the_limits();
}

fn by_trade(user: &Scenario) {
    let report = user.json("pnl --broker --by trade --from 2026-10-01");
    assert_eq!(list(&report["rows"]).len(), 1, "{report}");
    let row = only(&report);
    assert_eq!(
        (text(row, "symbol"), text(row, "venue"), text(row, "name_ko")),
        (SAMSUNG, "KRX", "삼성전자"),
        "{report}"
    );
    assert_eq!(number(row, "sold_quantity"), dec!(10));
    assert_eq!((number(row, "average_cost"), number(row, "sale_price")), (dec!(70_100), dec!(71_500)));
    assert_eq!((number(row, "realised"), text(row, "difference")), (dec!(12_463), "0"), "{report}");
    let rows = user.run("pnl --broker --by trade --format jsonl");
    assert!(rows.out.starts_with("{\"date\":\"2026-10-14\"") && rows.out.lines().count() == 1, "{rows:?}");
}

fn for_people(user: &Scenario) {
    let (english, korean) = (user.run("pnl --broker"), user.in_korean("pnl --broker"));
    for words in ["Broker's", "Ledger's", "Difference", "+12,463", "2026-10-14"] {
        assert!(english.out.contains(words), "{words}: {english:?}");
    }
    assert!(korean.out.contains("실현손익(브로커)") && korean.out.contains("차이"), "{korean:?}");
}

fn days_that_cannot_be(user: &Scenario) {
    for (line, code, korean) in [
        ("--from 2026-10-14 --to 2026-10-01", "RANGE_REVERSED", "늦습니다"),
        ("--from 2026-10-15 --to 2026-10-15", "RANGE_IN_FUTURE", "아직 오지 않은 날입니다"),
        ("--from 2025-10-13", "RANGE_TOO_LONG", "366일까지"),
    ] {
        assert_eq!(user.fails(&format!("pnl --broker {line}")), (2, code.to_owned()), "{line}");
        let told = user.in_korean(&format!("pnl --broker {line}"));
        assert!(told.status == 2 && told.talk.contains(korean), "{told:?}");
    }
    for line in ["pnl --from 2026-10-01", "pnl --broker --from yesterday", "pnl --broker --by week"] {
        assert_eq!(user.run(line).status, 2, "{line}");
    }
    let asked = user.server.requests().into_iter().filter(|seen| seen.path.contains("period"));
    assert!(asked.into_iter().all(|seen| seen.code != "OPSQ2002"), "a question was built wrongly");
}

/// The broker's list without a sale that hoga has filled.
fn a_sale_the_broker_does_not_count(user: &Scenario) {
    user.server.change(|state| state.exchange.account.traded.clear());
    for (by, symbol) in [("day", Value::Null), ("trade", json!(SAMSUNG))] {
        let report = user.json(&format!("pnl --broker --by {by}"));
        let row = only(&report);
        assert_eq!((&row["realised"], &row["symbol"]), (&Value::Null, &symbol), "{report}");
        assert_eq!((number(row, "ledger"), number(row, "difference")), (dec!(12_463), dec!(-12_463)), "{report}");
    }
    // On other days neither has anything.
    assert_eq!(user.json("pnl --broker --to 2026-10-13"), json!({ "rows": [], "totals": [] }));
}

#[test]
fn what_was_traded_elsewhere_shows_as_a_difference() {
    let user = Scenario::new(Options::default());
    user.start();
    let sold = Traded { value: dec!(80_000), cost: dec!(75_000), ..a_sale(TODAY) };
    user.server.change(|state| state.exchange.account.traded.push(sold));
    let report = user.json("pnl --broker");
    let row = only(&report);
    assert_eq!((number(row, "realised"), number(row, "ledger")), (dec!(5_000), dec!(0)), "{report}");
    assert_eq!(number(&report["totals"][0], "difference"), dec!(5_000), "{report}");
}

/// Of one share without any cost.
fn a_sale(date: Date) -> Traded {
    Traded {
        line: Line::Stock,
        symbol: SAMSUNG.to_owned(),
        date,
        is_buy: false,
        quantity: dec!(1),
        value: dec!(70_100),
        cost: dec!(70_000),
        fee: Decimal::ZERO,
        tax: Decimal::ZERO,
    }
}

#[test]
fn a_long_range_comes_in_pages_and_is_whole() {
    let user = Scenario::new(Options::default());
    user.start();
    let days: Vec<Date> = std::iter::successors(Some(TODAY), |day| day.yesterday().ok()).take(300).collect();
    let first = days[249];
    user.server.change(|state| state.exchange.account.traded.extend(days.iter().map(|day| a_sale(*day))));
    for by in ["day", "trade"] {
        let report = user.json(&format!("pnl --broker --from {first} --to {TODAY} --by {by}"));
        let rows = list(&report["rows"]);
        let dates: Vec<&str> = rows.iter().map(|row| text(row, "date")).collect();
        assert_eq!((rows.len(), dates[0]), (250, first.to_string().as_str()), "{by}");
        assert!(dates.windows(2).all(|two| two[0] < two[1]), "{dates:?}");
        assert_eq!(number(&report["totals"][0], "realised"), dec!(25_000), "{by}");
    }
    let asked = user.server.requests().into_iter();
    let pages = asked.filter(|seen| seen.path.contains("domestic-stock") && seen.path.contains("-profit"));
    assert_eq!(pages.map(|seen| seen.continues).collect::<Vec<_>>(), [false, true, true, false, true, true]);
    user.kept_the_limits();
    // Half of it would look like a smaller profit.
    let refused = Fault::Refuse { code: "OPSQ1001".to_owned(), text: "조회 오류".to_owned() };
    user.server.change(|state| {
        state.faults.add_after("GET", "/domestic-stock/v1/trading/inquire-period-profit", 1, 1, refused)
    });
    let line = format!("pnl --broker --from {first}");
    assert_eq!(user.fails(&format!("{line} --to {TODAY}")), (4, "UNAVAILABLE".to_owned()));
}

#[test]
fn a_sale_in_new_york_is_in_dollars_and_of_its_own_day() {
    // Midnight is over in Seoul, and New York trades on the day before.
    let user = Scenario::new(Options::default().at("2026-10-14T16:00:00Z"));
    user.start();
    until("the price is there", || {
        user.server.trade("AAPL", dec!(228.00), dec!(3));
        user.json("quote AAPL")["last"] == "228"
    });
    let (bid, ask) = user.server.top("AAPL");
    user.json(&format!("order buy AAPL 3 --price {} --wait filled --timeout 60s", ask));
    let sold = user.json(&format!("order sell AAPL 2 --price {} --wait filled --timeout 60s", bid));
    assert_eq!(text(&sold, "filled_quantity"), "2", "{sold}");
    for by in ["day", "trade"] {
        let report = user.json(&format!("pnl --broker --by {by}"));
        let row = only(&report);
        assert_eq!((text(row, "date"), text(row, "currency")), ("2026-10-14", "USD"), "{report}");
        let realised = (bid - ask) * dec!(2);
        assert_eq!((number(row, "realised"), number(row, "sold")), (realised, bid * dec!(2)), "{report}");
        // hoga thinks that the sale cost 0.25 %, and the broker took nothing: that is the difference.
        let fees = list(&user.json("fills")).iter().find(|fill| fill["side"] == "sell").unwrap().clone();
        let costs = number(&fees, "fee") + number(&fees, "tax");
        assert_eq!(number(row, "difference"), costs, "{report} {fees}");
        assert_eq!(row["symbol"], if by == "day" { Value::Null } else { json!("AAPL") });
    }
}

#[test]
fn with_play_money_the_broker_counts_nothing_and_says_so() {
    let user = Scenario::new(Options::paper());
    user.start();
    let (english, korean) = (user.run("pnl --broker"), user.in_korean("pnl --broker"));
    assert_eq!((english.status, korean.status), (5, 5), "{english:?} {korean:?}");
    assert!(english.talk.contains("paper trading has no realised profit; `hoga pnl` has the ledger's"), "{english:?}");
    assert!(korean.talk.contains("모의투자에서는 증권사의 실현손익을 조회할 수 없습니다"), "{korean:?}");
    assert_eq!(user.fails("pnl --broker --by trade"), (5, "UNSUPPORTED".to_owned()));
    assert!(user.server.requests().iter().all(|seen| !seen.path.contains("profit")), "it was asked all the same");
    assert_eq!(user.run("pnl").status, 0);
}

#[test]
fn a_derivatives_account_is_told_where_its_figures_are() {
    let user = Scenario::derivatives(Options::default());
    user.start();
    let told = user.run("pnl --broker");
    assert!(told.status == 5 && told.talk.contains("`hoga pnl` has the ledger's"), "{told:?}");
}

#[test]
fn a_virtual_world_has_its_ledger() {
    let user = Scenario::looking();
    let (english, korean) = (user.run("pnl --broker"), user.in_korean("pnl --broker"));
    assert!(english.status == 5 && english.talk.contains("`hoga pnl` has the ledger's"), "{english:?}");
    assert!(korean.talk.contains("원장의 손익은 `hoga pnl`로 보세요"), "{korean:?}");
}
