//! An exchange, and somebody with an account there.

use std::ops::Deref;
use std::path::Path;

use hoga::broker::kis::environment::Realm;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::clock::ahead_by;
use crate::key_traces::KeyTraces;
use crate::kis_server::clock::machine_ms;
use crate::kis_server::{ACCOUNT, DERIVATIVES_ACCOUNT, HTS_ID, Options, Server, keys_of};
use crate::user::{User, number, text, until};

pub const SAMSUNG: &str = "005930";

const CONFIG: &str = r#"
default_profile = "main"

[desk]
idle_exit_seconds = IDLE
unknown_poll_ms = 200
log_level = "trace"

[risk]
permission = "real_trader"
max_daily_loss = "off"
max_order_amount = "off"

[profiles.main]
broker = "kis"
world = "WORLD"
account = "ACCOUNT"
hts_id = "CUSTOMER"
rest_url = "REST"
ws_url = "STREAM"

[profiles.main.urls]
masters = "MASTERS"

[profiles.look]
broker = "kis"
world = "virtual"
rest_url = "REST"
ws_url = "STREAM"

[profiles.look.urls]
masters = "MASTERS"

[profiles.look.initial_cash]
KRW = "10000000"
"#;

/// An exchange and a user. At its end nothing the program wrote has a trace of what is secret.
pub struct Scenario {
    pub server: Server,
    user: User,
    environment: Vec<(String, String)>,
}

impl Deref for Scenario {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl Scenario {
    /// With the key of the account in the environment, and a desk that stays.
    pub fn new(options: Options) -> Self {
        Self::idle(options, 60)
    }

    /// The same, whose desk ends so many seconds after the last command.
    pub fn idle(options: Options, seconds: u32) -> Self {
        let (key, secret) = keys_of(options.realm);
        let names = ["HOGA_MAIN_APP_KEY", "HOGA_MAIN_APP_SECRET", "HOGA_LOOK_APP_KEY", "HOGA_LOOK_APP_SECRET"];
        let keys: Vec<(&str, &str)> = names.into_iter().zip([key, secret, key, secret]).collect();
        Self::with(options, seconds, &keys)
    }

    /// With other variables in the environment.
    pub fn with(options: Options, seconds: u32, variables: &[(&str, &str)]) -> Self {
        let server = Server::start(options);
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut environment: Vec<(String, String)> = variables.iter().map(own).collect();
        environment.extend(ahead_by(server.now() - machine_ms()).map(|(name, value)| (name.to_owned(), value)));
        let lent: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (&**name, &**value)).collect();
        let user = User::with(&config(&server, seconds), &lent);
        Self { user, server, environment }
    }

    /// Play money whose market data comes from the live environment, with a live key; both run at the same hour.
    pub fn with_live_quotes(options: Options) -> (Self, Server) {
        let live = Server::start(Options { realm: Realm::Live, ..options.clone() });
        let (key, secret) = keys_of(Realm::Paper);
        let (live_key, live_secret) = keys_of(Realm::Live);
        let names = ["HOGA_MAIN_APP_KEY", "HOGA_MAIN_APP_SECRET", "HOGA_REAL_APP_KEY", "HOGA_REAL_APP_SECRET"];
        let keys: Vec<(&str, &str)> = names.into_iter().zip([key, secret, live_key, live_secret]).collect();
        let user = Self::with(Options { realm: Realm::Paper, ..options }, 60, &keys);
        let config = std::fs::read_to_string(user.config()).unwrap();
        let config = config.replacen("[profiles.main]\n", "[profiles.main]\nquotes = \"real\"\n", 1);
        let (rest, stream) = (live.rest_url(), live.ws_url());
        let real = format!(
            "\n[profiles.real]\nbroker = \"kis\"\nworld = \"live\"\naccount = \"{ACCOUNT}\"\nrest_url = \"{rest}\"\nws_url = \"{stream}\"\n"
        );
        std::fs::write(user.config(), config + &real).unwrap();
        (user, live)
    }

    /// Whose account is one for futures and options. Paper streams none of them: with one question a second their prices
    /// are older than those of a stream.
    pub fn derivatives(options: Options) -> Self {
        let age = if options.realm == Realm::Live { 5_000 } else { 30_000 };
        let user = Self::trading_on(options, age);
        let config = std::fs::read_to_string(user.config()).unwrap().replace(ACCOUNT, DERIVATIVES_ACCOUNT);
        std::fs::write(user.config(), config).unwrap();
        user
    }

    /// Who trades on prices of up to so many milliseconds.
    pub fn trading_on(options: Options, age: u64) -> Self {
        Self::new(options).limited(&format!("max_data_age_ms = {age}"))
    }

    /// Who trades on the late prices of some markets.
    pub fn trading_late(options: Options, markets: &[&str]) -> Self {
        Self::new(options).limited(&format!("late_markets = {markets:?}"))
    }

    /// One more limit in the config.
    fn limited(self, more: &str) -> Self {
        let limit = r#"max_daily_loss = "off""#;
        let config = std::fs::read_to_string(self.config()).unwrap();
        std::fs::write(self.config(), config.replace(limit, &format!("{limit}\n{more}"))).unwrap();
        self
    }

    /// A market to look at and no account.
    pub fn looking() -> Self {
        let (key, secret) = keys_of(Realm::Live);
        let user = Self::with(Options::default(), 60, &[("HOGA_LOOK_APP_KEY", key), ("HOGA_LOOK_APP_SECRET", secret)]);
        let config = std::fs::read_to_string(user.config()).unwrap().replace(r#""main""#, r#""look""#);
        let (before, rest) = config.split_once("[profiles.main]").unwrap();
        let (_, look) = rest.split_once("[profiles.look]").unwrap();
        std::fs::write(user.config(), format!("{before}[profiles.look]{look}")).unwrap();
        user
    }

    /// A command right after somebody else's trade, for hoga sends no order on old prices.
    pub fn on_fresh_prices(&self, line: &str) -> Value {
        self.server.trade(SAMSUNG, rust_decimal::dec!(70000), rust_decimal::dec!(1));
        self.json(line)
    }

    /// As somebody whose broker takes no commission.
    pub fn without_commission(&self) {
        let config = std::fs::read_to_string(self.config()).unwrap();
        std::fs::write(self.config(), format!("{config}\n[profiles.main.fees]\ncommission_rate = \"0\"\n")).unwrap();
    }

    /// A command in Korean.
    pub fn in_korean(&self, line: &str) -> crate::user::Ran {
        let words: Vec<&str> = line.split_whitespace().collect();
        let english = self.command(&words);
        let mut command = std::process::Command::new(english.get_program());
        command.args(english.get_args().map(|word| if word == "en" { "ko".as_ref() } else { word }));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        self.ran(&command.stdin(std::process::Stdio::null()).output().unwrap())
    }

    /// Starts the desk and waits until it has compared the account with the broker.
    pub fn start(&self) {
        self.json("desk start");
        self.json("balance");
        until("the account is compared", || self.json("desk status")["profiles"][0]["reconciled"] == true);
    }

    /// Ends the desk and begins another one.
    pub fn restart(&self) {
        self.stop();
        self.start();
    }

    /// The same, with everybody's clock at another time when it begins: the desk was off until then.
    pub fn restart_at(&mut self, instant: &str) {
        self.stop();
        self.server.set_clock(instant);
        for (name, value) in ahead_by(self.server.now() - machine_ms()) {
            self.user.set_variable(name, &value);
            self.environment.retain(|(own, _)| own != name);
            self.environment.push((name.to_owned(), value));
        }
        self.start();
    }

    fn stop(&self) {
        assert_eq!(self.run("desk stop --force --yes").status, 0);
        until("the desk has gone", || !self.desk_runs());
    }

    /// What everything of the user's has in its environment.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    fn realm(&self) -> Realm {
        self.server.change(|state| state.realm)
    }

    /// Cash of a currency as hoga tells it.
    pub fn cash(&self, currency: &str) -> Decimal {
        let balances = self.json("balance");
        let own = balances.as_array().unwrap().iter().find(|balance| balance["currency"] == currency);
        own.map_or(Decimal::ZERO, |balance| number(balance, "cash"))
    }

    /// Shares as hoga tells them.
    pub fn held(&self, symbol: &str) -> Decimal {
        let positions = self.json("positions");
        let own = positions.as_array().unwrap().iter().filter(|position| position["symbol"] == symbol);
        own.map(|position| number(position, "quantity")).sum()
    }

    pub fn shown(&self, order: &Value) -> Value {
        self.json(&format!("order show {}", text(order, "id")))
    }

    pub fn until_state(&self, order: &Value, state: &str) {
        until(&format!("the order is {state}"), || text(&self.shown(order), "state") == state);
    }

    /// Cash and positions are the broker's own to the last won, and hoga's books agree with themselves.
    pub fn agrees(&self) {
        crate::books::agree(&self.user);
        assert_eq!(self.cash("KRW"), self.server.cash(), "won");
        assert_eq!(self.cash("USD"), self.server.dollars(), "dollars");
        let symbols: Vec<String> = self.server.change(|state| state.exchange.markets.keys().cloned().collect());
        for symbol in symbols {
            assert_eq!(self.held(&symbol), self.server.position(&symbol), "{symbol}");
        }
    }

    /// Never faster than the broker allows, by its own count.
    pub fn kept_the_limits(&self) {
        let (most, refused, registrations) =
            self.server.change(|state| (state.limits.most, state.limits.refused, state.hub.most_registrations));
        let allowed = self.server.change(|state| state.limits.per_second);
        assert!(most <= allowed && refused == 0, "{most} requests in a second, {refused} refused");
        assert!(registrations <= 41, "{registrations} registrations");
        assert!(self.server.tokens_issued() <= 1, "{} tokens", self.server.tokens_issued());
    }

    fn leaves_no_trace(&self) {
        let (key, secret) = keys_of(self.realm());
        let approvals = self.server.change(|state| state.sign_in.approval_keys());
        let tokens = self.server.change(|state| state.sign_in.token_texts());
        let traces = KeyTraces::of(key, secret);
        if let Some(pid) = self.pid() {
            traces.none_on_command_line(pid);
        }
        self.run("desk stop --force --yes");
        let heard = self.heard();
        let mut wrote = Vec::new();
        let data_dir = self.data_dir();
        if data_dir.exists() {
            files_below(&data_dir, &mut wrote);
        }
        let [number, product] = [&ACCOUNT[..8], &ACCOUNT[9..]];
        let plain = [number.to_owned(), format!("{number}{product}"), HTS_ID.to_owned(), "홍길동".to_owned()];
        for secret in plain.iter().chain(&approvals).chain(&tokens) {
            let is_in = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(secret.as_str());
            assert!(!is_in(&heard), "{secret} is in what commands wrote");
            for (path, bytes) in &wrote {
                let keeps_the_token = path.starts_with(data_dir.join("kis")) && tokens.contains(secret);
                // The broker's own public files, whose digits are anybody's.
                let is_public = path.starts_with(data_dir.join("kis/masters"));
                assert!(keeps_the_token || is_public || !is_in(bytes), "{secret} is in {}", path.display());
            }
        }
        traces.none_in("what commands wrote", &heard);
        if data_dir.exists() {
            traces.none_under(&data_dir);
        }
    }
}

fn files_below(folder: &Path, into: &mut Vec<(std::path::PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, into);
        } else if let Ok(bytes) = std::fs::read(&path) {
            into.push((path, bytes));
        }
    }
}

/// The config of profiles at a server.
pub fn config(server: &Server, idle_seconds: u32) -> String {
    let world = match server.change(|state| state.realm) {
        Realm::Live => "live",
        Realm::Paper => "paper",
    };
    let with = [
        ("IDLE", idle_seconds.to_string()),
        ("WORLD", world.to_owned()),
        ("ACCOUNT", ACCOUNT.to_owned()),
        ("CUSTOMER", HTS_ID.to_owned()),
        ("REST", server.rest_url()),
        ("STREAM", server.ws_url()),
        ("MASTERS", server.masters_url()),
    ];
    with.into_iter().fold(CONFIG.to_owned(), |config, (word, value)| config.replace(word, &value))
}

impl Drop for Scenario {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.leaves_no_trace();
        }
    }
}
