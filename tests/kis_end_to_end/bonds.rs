//! Bonds of the Korea Exchange: with real money the whole path, with play money the reason why there is none.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::kis_server::Options;
use crate::kis_server::listing::{PROVINCE, TREASURY};
use crate::scenario::Scenario;
use crate::user::{number, text, until};

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A command right after somebody else's trade.
fn on_fresh_prices(user: &Scenario, isin: &str, line: &str) -> Value {
    let (bid, _) = user.server.top(isin);
    user.server.trade(isin, bid, dec!(10));
    user.json(line)
}

fn finds(user: &Scenario, words: &str, isin: &str) {
    let found = user.json(&format!("search {words}"));
    assert!(list(&found).iter().any(|one| one["symbol"] == isin), "{words}: {found}");
}

#[test]
fn the_whole_path_of_a_bond() {
    let user = Scenario::new(Options::default());
    user.start();
    the_market(&user);
    a_million_is_bought_and_half_of_it_sold(&user);
    a_limit_is_changed_and_canceled(&user);
    what_is_no_whole_won_is_not_paid(&user);
    the_account(&user);
    user.agrees();
    user.kept_the_limits();
}

fn the_market(user: &Scenario) {
    for words in ["국고03250", "ㄱㄱ03250", "KR103502", "krx_bonds:kr103502gd31"] {
        if !words.contains(':') {
            finds(user, words, TREASURY);
        }
    }
    // A share comes first, however much of its name a bond has.
    let found = user.json("search 0");
    assert_eq!(list(&found)[0]["venue"], "KRX", "{found}");
    until("price, best prices and limits of the day are there", || {
        user.server.trade(TREASURY, dec!(10570), dec!(10));
        let quote = user.json(&format!("quote {TREASURY}"));
        let is_live = quote["stale"] == json!(false) && quote["last_is_close"] == json!(false);
        let prices = [&quote["last"], &quote["bid"], &quote["ask"], &quote["upper_limit"], &quote["lower_limit"]];
        is_live && prices == ["10570", "10570", "10571", "13741", "7399"]
    });
    let book = user.json(&format!("book KRX_BONDS:{TREASURY}"));
    assert_eq!((list(&book["bids"]).len(), list(&book["asks"]).len()), (5, 5), "{book}");
    let days = user.json(&format!("candles {TREASURY} --interval 1d --count 5"));
    assert_eq!((list(&days).len(), text(&days[4], "close")), (5, "10570"), "{days}");
    let info = user.json(&format!("info {TREASURY}"));
    assert_eq!(
        (text(&info, "product"), text(&info, "lot"), text(&info, "tick_size")),
        ("krx_bond", "10", "1"),
        "{info}"
    );
}

fn a_million_is_bought_and_half_of_it_sold(user: &Scenario) {
    let (_, ask) = user.server.top(TREASURY);
    user.server.set_level(TREASURY, false, ask, dec!(100_000));
    let buy = format!("order buy {TREASURY} 100 --price {ask} --wait filled --timeout 60s");
    let bought = on_fresh_prices(user, TREASURY, &buy);
    assert_eq!((text(&bought, "state"), text(&bought, "filled_quantity")), ("filled", "100"), "{bought}");
    assert_eq!(number(&bought, "average_price"), ask, "{bought}");
    assert_eq!((user.held(TREASURY), user.server.position(TREASURY)), (dec!(100), dec!(100)));
    let (bid, _) = user.server.top(TREASURY);
    user.server.set_level(TREASURY, true, bid, dec!(100_000));
    let sell = format!("order sell {TREASURY} 50 --price {bid} --wait filled --timeout 60s");
    let sold = on_fresh_prices(user, TREASURY, &sell);
    assert_eq!(number(&sold, "average_price"), bid, "{sold}");
    let kinds: Vec<Value> = list(&user.json("transactions")).iter().map(|one| one["type"].clone()).collect();
    assert!(kinds.contains(&json!("BUY")) && kinds.contains(&json!("SELL")), "{kinds:?}");
    let paid = list(&user.json("transactions")).iter().find(|one| one["type"] == "BUY").unwrap().clone();
    assert_eq!(number(&paid, "amount"), -ask * dec!(10), "a price is of ten: {paid}");
}

fn a_limit_is_changed_and_canceled(user: &Scenario) {
    let buy = format!("order buy {TREASURY} 20 --price 10500 --wait accepted");
    let placed = on_fresh_prices(user, TREASURY, &buy);
    let there = || user.server.open_orders().into_iter().map(|o| (o.price, o.remaining)).collect::<Vec<_>>();
    assert_eq!(there(), [(dec!(10500), dec!(20))]);
    let replace = format!("order replace {} --price 10510", text(&placed, "id"));
    on_fresh_prices(user, TREASURY, &replace);
    until("the change is confirmed", || user.shown(&placed)["pending_change"].is_null());
    assert_eq!(there(), [(dec!(10510), dec!(20))]);
    let shown = user.shown(&placed);
    assert_eq!((text(&shown, "price"), text(&shown, "quantity")), ("10510", "20"), "{shown}");
    user.json(&format!("order cancel {}", text(&placed, "id")));
    user.until_state(&placed, "canceled");
    assert!(there().is_empty());
}

fn what_is_no_whole_won_is_not_paid(user: &Scenario) {
    user.json(&format!("quote {PROVINCE}"));
    let before = user.server.cash();
    let (_, ask) = user.server.top(PROVINCE);
    assert_eq!(ask, dec!(10190.3));
    let buy = format!("order buy {PROVINCE} 30 --price {ask} --wait filled --timeout 60s");
    let bought = on_fresh_prices(user, PROVINCE, &buy);
    assert_eq!(number(&bought, "average_price"), ask, "{bought}");
    assert_eq!(before - user.server.cash(), dec!(30570));
}

fn the_account(user: &Scenario) {
    user.json("reconcile");
    until("the account is the broker's to the last won", || user.cash("KRW") == user.server.cash());
    let positions = user.json("positions");
    let own = list(&positions).iter().find(|one| one["symbol"] == TREASURY).unwrap();
    let gained = (number(own, "last") - number(own, "average_price")) * dec!(5);
    assert_eq!((number(own, "quantity"), number(own, "unrealized")), (dec!(50), gained), "{own}");
    assert_eq!(number(own, "cost"), number(own, "average_price") * dec!(5), "{own}");
}

#[test]
fn what_cannot_be_ordered_does_not_leave() {
    let user = Scenario::new(Options::default());
    user.start();
    user.json(&format!("quote {TREASURY}"));
    for (line, english) in [
        (format!("order buy {TREASURY} 15 --price 10570"), "lot"),
        (format!("order buy {TREASURY} 10 --price 10570.5"), "tick"),
        (format!("order buy {TREASURY} 10 --price 13742"), "limits"),
        (format!("order buy {TREASURY} 10"), "does not take such an order"),
        (format!("order sell {TREASURY} 10 --price 10570"), "not enough holdings"),
        (format!("order buy {TREASURY} 9470 --price 10570"), "not enough cash"),
    ] {
        user.server.trade(TREASURY, dec!(10570), dec!(10));
        let ran = user.run(&format!("{line} --yes"));
        assert!(ran.status == 6 && ran.talk.contains(english), "{line}: {ran:?}");
    }
    assert!(user.server.orders().is_empty());
}

#[test]
fn with_play_money_there_are_no_bonds() {
    let user = Scenario::new(Options::paper());
    user.start();
    finds(&user, "국고03250", TREASURY);
    let line = format!("order buy {TREASURY} 10 --price 10570 --yes");
    let (english, korean) = (user.run(&line), user.in_korean(&line));
    assert_eq!((english.status, korean.status), (6, 6), "{english:?} {korean:?}");
    assert!(english.talk.contains("paper trading has no bonds"), "{english:?}");
    assert!(korean.talk.contains("모의투자에서는 채권을 거래할 수 없습니다"), "{korean:?}");
    let candles = format!("candles {TREASURY} --interval 1d");
    let (english, korean) = (user.run(&candles), user.in_korean(&candles));
    assert!(english.talk.contains("paper trading has no bonds"), "{english:?}");
    assert!(korean.talk.contains("모의투자에서는 채권을 거래할 수 없습니다"), "{korean:?}");
    assert!(user.server.requests().iter().all(|seen| !seen.path.contains("/domestic-bond/")), "a bond was asked for");
    assert_eq!(user.server.position(TREASURY), Decimal::ZERO);
}
