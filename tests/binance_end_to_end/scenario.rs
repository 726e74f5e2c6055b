//! An exchange, and somebody with an account there.

use std::ops::Deref;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::binance_server::{KEY, Options, SECRET, Server};
use crate::key_traces::KeyTraces;
use crate::user::{User, number, text, until};

pub const BTC: &str = "BTCUSDT";

/// Three ways to the same exchange: play money, real money, and its market alone.
const CONFIG: &str = r#"
default_profile = "play"

[desk]
idle_exit_seconds = 1
unknown_poll_ms = 200
log_level = "trace"

[risk]
permission = "real_trader"
max_daily_loss = "off"
max_order_amount = "off"

[profiles.play]
broker = "binance"
world = "paper"
rest_url = "REST"
ws_url = "WS"

[profiles.real]
broker = "binance"
world = "live"
rest_url = "REST"
ws_url = "WS"

[profiles.look]
broker = "binance"
world = "virtual"
rest_url = "REST"
ws_url = "WS"

[profiles.look.initial_cash]
USDT = "100000"
"#;

/// An exchange whose market moves by itself, and a user. At its end nothing the program wrote has a trace of the key.
pub struct Scenario {
    pub server: Server,
    user: User,
}

impl Deref for Scenario {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl Scenario {
    /// With the key of both accounts in the environment.
    pub fn new() -> Self {
        let variables = ["HOGA_PLAY_API_KEY", "HOGA_PLAY_API_SECRET", "HOGA_REAL_API_KEY", "HOGA_REAL_API_SECRET"];
        let values = [KEY, SECRET, KEY, SECRET];
        Self::with(&variables.into_iter().zip(values).collect::<Vec<_>>())
    }

    /// With other variables in the environment.
    pub fn with(environment: &[(&str, &str)]) -> Self {
        let server = Server::start(Options::default());
        server.drift(7);
        let config = config(&server);
        Self { user: User::with(&config, environment), server }
    }

    /// Cash in USDT as hoga tells it.
    pub fn cash(&self) -> Decimal {
        let balances = self.json("balance");
        let usdt = balances.as_array().unwrap().iter().find(|balance| balance["currency"] == "USDT");
        usdt.map_or(Decimal::ZERO, |balance| number(balance, "cash"))
    }

    /// Net position as hoga tells it.
    pub fn held(&self, symbol: &str) -> Decimal {
        let positions = self.json("positions");
        let own = positions.as_array().unwrap().iter().filter(|position| position["symbol"] == symbol);
        own.map(|position| {
            let units = number(position, "quantity");
            if text(position, "side") == "long" { units } else { -units }
        })
        .sum()
    }

    pub fn shown(&self, order: &Value) -> Value {
        self.json(&format!("order show {}", text(order, "id")))
    }

    pub fn until_state(&self, order: &Value, state: &str) {
        until(&format!("the order is {state}"), || text(&self.shown(order), "state") == state);
    }

    /// Cash and positions are the exchange's own to the last digit, and hoga's books agree with themselves.
    pub fn agrees(&self) {
        // A market that stands still is the same at every look.
        self.server.stop_drift();
        crate::books::agree(&self.user);
        assert_eq!(self.cash(), self.server.wallet("USDT"), "cash");
        for symbol in [BTC, "ETHUSDT", "1000SHIBUSDT"] {
            assert_eq!(self.held(symbol), self.server.position(symbol), "{symbol}");
        }
        let trades: Vec<String> = self.server.trades().iter().map(|trade| trade.id.to_string()).collect();
        let fills = self.json("fills --count 1000");
        assert_eq!(fills.as_array().unwrap().len(), trades.len(), "{fills}");
        self.server.drift(9);
    }

    fn leaves_no_trace(&self) {
        let traces = KeyTraces::of(KEY, SECRET);
        if let Some(pid) = self.pid() {
            traces.none_on_command_line(pid);
        }
        self.run("desk stop --force --yes");
        traces.none_in("what commands wrote", &self.heard());
        if !self.paths().log_dir().exists() {
            return;
        }
        traces.none_under(&self.data_dir());
        let log = std::fs::read_dir(self.paths().log_dir()).unwrap().map(|file| file.unwrap().path());
        let logged: Vec<u8> = log.flat_map(|path| std::fs::read(path).unwrap()).collect();
        let says_all = String::from_utf8_lossy(&logged).contains("DEBUG");
        assert!(says_all, "the log says everything it can say");
    }
}

/// The config of profiles at a server.
pub fn config(server: &Server) -> String {
    CONFIG.replace("REST", &server.rest_url()).replace("WS", &server.ws_url())
}

impl Drop for Scenario {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.leaves_no_trace();
        }
    }
}
