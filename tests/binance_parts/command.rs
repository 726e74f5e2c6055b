//! Commands in one line each, for a server as a process.

use std::str::FromStr;

use serde_json::{Value, json};

use super::faults::Faults;
use super::frame::{FrameFault, Route, StreamFault};
use super::server::Server;
use super::state::Venue;

impl<V: Venue> Server<V> {
    /// Does what a line says and answers with one JSON object. Beside these lines each exchange has its own.
    ///
    /// | line | |
    /// |---|---|
    /// | `trade SYMBOL PRICE QUANTITY` | somebody else's trade |
    /// | `drift SEED`, `drift off` | |
    /// | `fault METHOD PATH FAULT [COUNT [SKIP]]`, `fault seed=N,rate=R`, `fault off` | see [`Faults::parse`] |
    /// | `stream ROUTE stall\|heartbeats\|half-open\|cut\|half-frame\|garbage\|nul\|close[:CODE]\|refuse\|allow` | |
    /// | `chance seed=N,rate=R` | events go wrong by chance |
    /// | `frames ROUTE TEXT COUNT lose\|duplicate\|swap\|drip\|merge:N\|burst:N` | `*` for any text |
    /// | `clock MS`, `maintenance on\|off`, `old-snapshots SYMBOL COUNT` | |
    /// | `limits WEIGHT ORDERS10S ORDERSLONG`, `forgive` | |
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
            ["drift", "off"] => self.stop_drift(),
            ["drift", seed] => self.drift(number(seed)?),
            ["fault", "off"] => self.no_faults(),
            ["fault", ..] => self.faults(Faults::parse(line.trim_start().trim_start_matches("fault"))?),
            ["stream", route, fault] => self.stream_command(Route::named(route)?, fault)?,
            ["frames", route, text, count, fault] => {
                let text = if *text == "*" { "" } else { text };
                self.plan(Route::named(route)?, text, number(count)?, frame_fault(fault)?);
            }
            ["chance", chance] => {
                let (seed, rate) =
                    chance.strip_prefix("seed=").and_then(|c| c.split_once(",rate=")).ok_or("seed=N,rate=R")?;
                self.stream_faults(number(seed)?, number(rate)?);
            }
            ["clock", ms] => self.set_clock(number(ms)?),
            ["maintenance", state] => self.maintenance(*state == "on"),
            ["old-snapshots", symbol, count] => self.old_snapshots(self.listed(symbol)?, number(count)?),
            ["limits", weight, ten, long] => {
                let (weight, ten, long) = (number(weight)?, number(ten)?, number(long)?);
                self.change(|state| {
                    state.limits.weight_a_minute = weight;
                    state.limits.orders_in_ten_seconds = ten;
                    state.limits.orders_in_long = long;
                });
            }
            ["forgive"] => self.change(|state| state.limits.forgive()),
            ["stop"] => self.stop(),
            ["resume"] => self.resume(),
            ["restart"] => self.restart(),
            ["status"] => return Ok(self.status()),
            _ => return V::obey(self, words)?.ok_or_else(|| format!("no such command: {line}")),
        }
        Ok(Value::Null)
    }

    /// A symbol that is listed.
    pub fn listed<'a>(&self, symbol: &'a str) -> Result<&'a str, String> {
        let is_listed = self.change(|state| state.exchange.markets().contains_key(symbol));
        if is_listed { Ok(symbol) } else { Err(format!("not listed: {symbol}")) }
    }

    fn stream_command(&self, route: Route, fault: &str) -> Result<(), String> {
        let (name, code) = fault.split_once(':').unwrap_or((fault, "1000"));
        let fault = match name {
            "refuse" | "allow" => {
                let change = if name == "refuse" { Self::refuse_streams } else { Self::allow_streams };
                change(self, route);
                return Ok(());
            }
            "stall" => StreamFault::Stall,
            "heartbeats" => StreamFault::HeartbeatsOnly,
            "half-open" => StreamFault::HalfOpen,
            "cut" => StreamFault::Cut,
            "half-frame" => StreamFault::HalfFrame,
            "garbage" => StreamFault::Raw(vec![0xff, 0x03, 0x00, 0xb0, 0xa1]),
            "nul" => StreamFault::Text(b"{\"e\":\0}".to_vec()),
            "close" => StreamFault::Close(number(code)?),
            _ => return Err(format!("no such fault: {name}")),
        };
        self.strike(route, fault);
        Ok(())
    }

    /// What it knows: orders, trades and money, and how much has happened, as one object.
    pub fn status(&self) -> Value {
        self.change(|state| {
            let mut status = state.exchange.status(state.now());
            let streams: serde_json::Map<String, Value> = Route::ALL
                .iter()
                .map(|route| (format!("{route:?}").to_lowercase(), json!(state.hub.count(*route))))
                .collect();
            status["now"] = json!(state.now());
            status["requests"] = json!(state.journal.requests.len());
            status["faults"] = json!(state.faults.happened);
            status["streams"] = Value::Object(streams);
            status
        })
    }
}

/// A number in a command.
pub fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn frame_fault(text: &str) -> Result<FrameFault, String> {
    let (name, more) = text.split_once(':').unwrap_or((text, "10"));
    Ok(match name {
        "lose" => FrameFault::Lose,
        "duplicate" => FrameFault::Duplicate,
        "swap" => FrameFault::Swap,
        "drip" => FrameFault::Drip,
        "merge" => FrameFault::Merge(number(more)?),
        "burst" => FrameFault::Burst(number(more)?),
        _ => return Err(format!("no such fault: {name}")),
    })
}
