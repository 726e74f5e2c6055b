//! Commands in one line each, for a server as a process.

use std::str::FromStr;
use std::time::Duration;

use serde_json::{Value, json};

use super::faults::Faults;
use super::hub::{FrameFault, StreamFault};
use super::server::Server;
use super::truth;

impl Server {
    /// Does what a line says and answers with one JSON object.
    ///
    /// | line | |
    /// |---|---|
    /// | `trade SYMBOL PRICE QUANTITY` | somebody else's trade |
    /// | `top SYMBOL BID ASK`, `level SYMBOL bid\|ask PRICE QUANTITY` | |
    /// | `drift SEED`, `drift off` | the market moves by itself |
    /// | `position SYMBOL QUANTITY AVERAGE`, `cash WON`, `refuse COUNT` | |
    /// | `charges COMMISSION TAX` | fractions of a fill in Korea, of a sale there |
    /// | `order SYMBOL buy\|sell PRICE QUANTITY`, `cancel NUMBER` | by hand, in another program |
    /// | `fault METHOD PATH FAULT [COUNT [SKIP]]`, `fault seed=N,rate=R`, `fault off` | see [`Faults::parse`] |
    /// | `stream stall\|pings\|silent\|cut\|half-frame\|garbage\|close[:CODE]\|refuse\|allow` | |
    /// | `chance seed=N,rate=R` | messages go wrong by chance |
    /// | `frames TEXT COUNT lose\|repeat\|swap\|late:MS\|garble\|drip` | `*` for any text |
    /// | `clock INSTANT`, `advance SECONDS`, `close-day YYYYMMDD`, `maintenance on\|off` | |
    /// | `limit REQUESTS`, `lag MS`, `expire-tokens` | |
    /// | `stop`, `resume`, `restart` | |
    /// | `status` | what it knows |
    pub fn command(&self, line: &str) -> Value {
        let words: Vec<&str> = line.split_whitespace().collect();
        match self.obey(line, &words) {
            Ok(Value::Null) => json!({"ok": true}),
            Ok(value) => value,
            Err(error) => json!({"ok": false, "error": error}),
        }
    }

    fn obey(&self, line: &str, words: &[&str]) -> Result<Value, String> {
        match words {
            ["trade", symbol, price, quantity] => self.trade(self.listed(symbol)?, number(price)?, number(quantity)?),
            ["top", symbol, bid, ask] => self.set_top(self.listed(symbol)?, number(bid)?, number(ask)?),
            ["level", symbol, side, price, quantity] => {
                self.set_level(self.listed(symbol)?, *side == "bid", number(price)?, number(quantity)?);
            }
            ["drift", "off"] => self.stop_drift(),
            ["drift", seed] => self.drift(number(seed)?),
            ["position", symbol, quantity, average] => {
                self.set_position(self.listed(symbol)?, number(quantity)?, number(average)?);
            }
            ["cash", won] => self.set_cash(number(won)?),
            ["refuse", count] => self.refuse_next(number(count)?),
            ["charges", commission, tax] => self.set_charges(number(commission)?, number(tax)?),
            ["order", symbol, side, price, quantity] => {
                let symbol = self.listed(symbol)?;
                let number = self.foreign_order(symbol, *side == "buy", number(price)?, number(quantity)?);
                return Ok(json!({"ok": true, "number": number}));
            }
            ["cancel", number] => self.foreign_cancel(number),
            ["fault", "off"] => self.no_faults(),
            ["fault", ..] => self.faults(Faults::parse(line.trim_start().trim_start_matches("fault"))?),
            ["stream", fault] => self.stream_command(fault)?,
            ["frames", text, count, fault] => {
                self.plan(if *text == "*" { "" } else { text }, number(count)?, frame_fault(fault)?);
            }
            ["chance", chance] => {
                let (seed, rate) =
                    chance.strip_prefix("seed=").and_then(|c| c.split_once(",rate=")).ok_or("seed=N,rate=R")?;
                self.stream_faults(number(seed)?, number(rate)?);
            }
            ["status"] => return Ok(self.status()),
            _ => return self.obey_whole(line, words),
        }
        Ok(Value::Null)
    }

    /// Commands about the server as a whole.
    fn obey_whole(&self, line: &str, words: &[&str]) -> Result<Value, String> {
        match words {
            ["clock", instant] => {
                instant.parse::<jiff::Timestamp>().map_err(|_| format!("not an instant: {instant}"))?;
                self.set_clock(instant);
            }
            ["advance", seconds] => self.advance(Duration::from_secs(number(seconds)?)),
            ["close-day", day] => {
                super::clock::date_of(day).ok_or_else(|| format!("not a date: {day}"))?;
                self.close_day(day);
            }
            ["maintenance", state] => self.maintenance(*state == "on"),
            ["limit", requests] => {
                let requests = number(requests)?;
                self.change(|state| state.limits.per_second = requests);
            }
            ["lag", ms] => {
                let lag = Duration::from_millis(number(ms)?);
                self.change(|state| state.exchange.habits.lists_lag = lag);
            }
            ["expire-tokens"] => self.expire_tokens(),
            ["stop"] => self.stop(),
            ["resume"] => self.resume(),
            ["restart"] => self.restart(),
            _ => return Err(format!("no such command: {line}")),
        }
        Ok(Value::Null)
    }

    /// A symbol that is listed.
    fn listed<'a>(&self, symbol: &'a str) -> Result<&'a str, String> {
        let is_listed = self.change(|state| state.exchange.markets.contains_key(symbol));
        if is_listed { Ok(symbol) } else { Err(format!("not listed: {symbol}")) }
    }

    fn stream_command(&self, fault: &str) -> Result<(), String> {
        let (name, code) = fault.split_once(':').unwrap_or((fault, "1000"));
        self.strike(match name {
            "refuse" => {
                self.refuse_streams();
                return Ok(());
            }
            "allow" => {
                self.allow_streams();
                return Ok(());
            }
            "stall" => StreamFault::Stall,
            "pings" => StreamFault::PingsOnly,
            "silent" => StreamFault::Silent,
            "cut" => StreamFault::Cut,
            "half-frame" => StreamFault::HalfFrame,
            "garbage" => StreamFault::Raw(vec![0xff, 0x03, 0x00, 0xb0, 0xa1]),
            "close" => StreamFault::Close(number(code)?),
            _ => return Err(format!("no such fault: {name}")),
        });
        Ok(())
    }

    /// What it knows: orders, fills, money, and how much has happened, as one object.
    pub fn status(&self) -> Value {
        self.change(|state| {
            let orders: Vec<Value> = truth::orders(state).iter().map(order_row).collect();
            let fills: Vec<Value> = state.exchange.fills.iter().map(|fill| fill.line_of_journal()).collect();
            let positions: serde_json::Map<String, Value> = state
                .exchange
                .account
                .positions
                .iter()
                .map(|(symbol, one)| (symbol.clone(), json!(one.quantity)))
                .collect();
            json!({"now": state.now(), "orders": orders, "fills": fills, "positions": positions,
                   "won": state.exchange.account.won, "dollars": state.exchange.account.dollars,
                   "requests": state.journal.requests.len(), "faults": state.faults.happened,
                   "streams": state.hub.count(), "streamsOpened": state.hub.opened,
                   "registrations": state.hub.registered().len(), "mostRegistrations": state.hub.most_registrations,
                   "mostInASecond": state.limits.most, "refusedByLimit": state.limits.refused,
                   "tokens": state.sign_in.issued})
        })
    }
}

/// An order over its chain, as the status and a test's audit see it.
fn order_row(order: &truth::Truth) -> Value {
    json!({"line": format!("{:?}", order.line), "number": order.number, "chain": order.chain, "exchange": order.exchange,
           "symbol": order.symbol, "isBuy": order.is_buy, "type": order.kind, "price": order.price,
           "firstPrice": order.first_price,
           "quantity": order.quantity, "filled": order.filled, "remaining": order.remaining,
           "standing": format!("{:?}", order.standing), "acceptances": order.acceptances,
           "accepted": order.accepted_ms})
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn frame_fault(text: &str) -> Result<FrameFault, String> {
    let (name, more) = text.split_once(':').unwrap_or((text, "500"));
    Ok(match name {
        "lose" => FrameFault::Lose,
        "repeat" => FrameFault::Repeat,
        "swap" => FrameFault::Swap,
        "late" => FrameFault::Late(Duration::from_millis(number(more)?)),
        "garble" => FrameFault::Garble,
        "drip" => FrameFault::Drip,
        _ => return Err(format!("no such fault: {name}")),
    })
}
