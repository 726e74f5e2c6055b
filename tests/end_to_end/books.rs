//! What the commands about money say, held against each other to the last won.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::user::{User, number, text, until};

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

fn of<'a>(records: &'a Value, key: &'a str, value: &'a str) -> impl Iterator<Item = &'a Value> {
    list(records).iter().filter(move |record| record[key].as_str() == Some(value))
}

/// Everything that `hoga` says about money agrees.
pub fn agree(user: &User) {
    let transactions = user.json("transactions --count 1000");
    let balances = user.json("balance");
    for balance in list(&balances) {
        let currency = text(balance, "currency");
        let last = chain(of(&transactions, "currency", currency));
        assert_eq!(number(balance, "cash"), last, "cash in {currency}");
    }
    fills_agree(user, &transactions);
    positions_agree(user, &transactions);
    equity_agrees(user);
    assert_eq!(user.json("db verify"), serde_json::json!({ "ok": true, "differences": [] }));
    assert_eq!(user.json("reconcile")["differences"], serde_json::json!([]));
}

/// Every transaction begins where the one before it ended, and the last one's cash is the sum of all.
fn chain<'a>(transactions: impl Iterator<Item = &'a Value>) -> Decimal {
    let mut cash = Decimal::ZERO;
    for transaction in transactions {
        assert_eq!(number(transaction, "cash_before"), cash, "{transaction}");
        cash += number(transaction, "amount") - number(transaction, "commission") - number(transaction, "tax");
        assert_eq!(number(transaction, "cash_after"), cash, "{transaction}");
    }
    cash
}

/// Fills are what their orders say, and each has its transaction.
fn fills_agree(user: &User, transactions: &Value) {
    let mut of_order: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    let fills = user.json("fills --count 1000");
    for fill in list(&fills) {
        let filled = of_order.entry(text(fill, "order_id").to_owned()).or_default();
        filled.0 += number(fill, "quantity");
        filled.1 += number(fill, "quantity") * number(fill, "price");
    }
    let trades = list(transactions).iter().filter(|t| matches!(text(t, "type"), "BUY" | "SELL")).count();
    assert_eq!(list(&fills).len(), trades, "a transaction for each fill");
    for (id, (quantity, value)) in of_order {
        let order = user.json(&format!("order show {id}"));
        assert_eq!(number(&order, "filled_quantity"), quantity, "{order}");
        let average = number(&order, "average_price");
        assert!((average * quantity - value).abs() < Decimal::new(1, 4), "{order}");
    }
}

/// Perpetuals and Korean futures move cash by their profit alone.
fn is_on_margin(position: &Value) -> bool {
    text(position, "symbol").ends_with("USDT") || !position["margin"].is_null()
}

/// What was paid for shares is their cost less what is realised; a perpetual moves cash by its profit alone.
fn positions_agree(user: &User, transactions: &Value) {
    for position in list(&user.json("positions")) {
        let symbol = text(position, "symbol");
        let flow: Decimal = of(transactions, "symbol", symbol)
            .map(|t| number(t, "amount") - number(t, "commission") - number(t, "tax"))
            .sum();
        let (realized, cost) = (number(position, "realized"), number(position, "cost"));
        let wanted = if is_on_margin(position) { realized } else { realized - cost };
        assert_eq!(flow, wanted, "{position}");
        let gross = number(position, "realized_gross") - number(position, "fees") - number(position, "taxes");
        if !symbol.ends_with("USDT") {
            assert_eq!(realized, gross, "{position}");
        }
    }
}

/// Equity is cash and what is held at the last prices; compared between two looks that saw the same prices. A price may
/// still have moved and come back between them, so one comparison that fails proves nothing; none that holds does. Two
/// looks at a busy coin might never see one price, so the simulated market is made slow first.
fn equity_agrees(user: &User) {
    let config = std::fs::read_to_string(user.config()).unwrap();
    let slow = config.replace(r#"speed = "20""#, r#"speed = "0.05""#);
    if slow != config {
        assert_eq!(user.run("desk stop --force").status, 0);
        std::fs::write(user.config(), slow).unwrap();
    }
    until("equity is cash and what is held", || {
        let before = user.json("positions");
        let balances = user.json("balance");
        if user.json("positions") != before {
            return false;
        }
        for balance in list(&balances) {
            let held: Decimal = of(&before, "currency", text(balance, "currency"))
                .map(|position| {
                    // The price of a bond is of ten units.
                    let units = if position["venue"] == "KRX_BONDS" { Decimal::TEN } else { Decimal::ONE };
                    let worth = number(position, "quantity") * number(position, "last") / units;
                    match position["venue"] == "KRX_FUTURES" {
                        _ if is_on_margin(position) => number(position, "unrealized"),
                        // A point of an option is worth more than a won.
                        true => number(position, "cost") + number(position, "unrealized"),
                        false => worth,
                    }
                })
                .sum();
            if number(balance, "equity") != number(balance, "cash") + held {
                return false;
            }
        }
        true
    });
}
