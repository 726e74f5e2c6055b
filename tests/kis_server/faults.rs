//! What goes wrong with requests, when told to or by chance.

use std::time::Duration;

use super::random::Random;

/// What happens to one request. Unless a variant says otherwise the request takes effect first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes in place of the answer.
    LostReply,
    /// The connection closes before the request took effect.
    LostRequest,
    /// The connection is torn down (RST).
    Reset { executed: bool },
    /// No answer at all, and the connection stays open.
    NoAnswer { executed: bool },
    /// The answer comes this much later.
    Late(Duration),
    /// The connection closes in the middle of the body.
    HalfBody,
    /// 200 with a body that is not JSON.
    Garbage,
    /// The answer comes twice.
    Twice,
    /// The body of the answer before, to a request of the same method, comes in place of this one's.
    AnotherAnswer,
    /// A page in HTML with this status, after it took effect.
    Gateway(u16),
    /// 500 with EGW00301 or EGW00302: timeouts within the broker.
    Inside { code: String, executed: bool },
    /// EGW00201; not executed.
    TooMany,
    /// EGW00215; not executed.
    LedgerBusy,
    /// EGW00123, and every token is dead from now on, so that a new one is issued at once when asked for; not executed.
    TokenExpired,
    /// EGW00123 for this request only; not executed.
    TokenRefused,
    /// A page in HTML with this status; not executed.
    Page(u16),
    /// This refusal of the order system; not executed.
    Refuse { code: String, text: String },
}

impl Fault {
    /// EGW00302.
    pub fn timeout(executed: bool) -> Self {
        Self::Inside { code: "EGW00302".to_owned(), executed }
    }

    /// Whether the request takes effect.
    pub const fn executes(&self) -> bool {
        match self {
            Self::LostReply
            | Self::Late(_)
            | Self::HalfBody
            | Self::Garbage
            | Self::Twice
            | Self::AnotherAnswer
            | Self::Gateway(_) => true,
            Self::NoAnswer { executed } | Self::Reset { executed } | Self::Inside { executed, .. } => *executed,
            _ => false,
        }
    }

    /// A fault by its name, such as `lost-reply`, `late:1500`, `timeout:executed`, `page:502`, `refuse:APBK0918:text`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, more) = text.split_once(':').unwrap_or((text, ""));
        let number = |default: u64| {
            if more.is_empty() { Ok(default) } else { more.parse().map_err(|_| format!("not a number: {more}")) }
        };
        let executed = more == "executed";
        Ok(match name {
            "lost-reply" => Self::LostReply,
            "lost-request" => Self::LostRequest,
            "reset" => Self::Reset { executed },
            "no-answer" => Self::NoAnswer { executed },
            "late" => Self::Late(Duration::from_millis(number(1_000)?)),
            "half-body" => Self::HalfBody,
            "garbage" => Self::Garbage,
            "twice" => Self::Twice,
            "another-answer" => Self::AnotherAnswer,
            "gateway" => Self::Gateway(u16::try_from(number(502)?).map_err(|_| format!("not a status: {more}"))?),
            "timeout" => Self::timeout(executed),
            "connect-timeout" => Self::Inside { code: "EGW00301".to_owned(), executed },
            "too-many" => Self::TooMany,
            "ledger-busy" => Self::LedgerBusy,
            "token-expired" => Self::TokenExpired,
            "token-refused" => Self::TokenRefused,
            "page" => Self::Page(u16::try_from(number(503)?).map_err(|_| format!("not a status: {more}"))?),
            "refuse" => {
                let (code, text) = more.split_once(':').unwrap_or((more, "주문이 거부되었습니다."));
                Self::Refuse { code: code.to_owned(), text: text.to_owned() }
            }
            _ => return Err(format!("no such fault: {name}")),
        })
    }
}

/// A fault for some requests to come.
#[derive(Clone, Debug)]
struct Rule {
    method: String,
    path: String,
    skip: u32,
    left: u32,
    fault: Fault,
}

#[derive(Clone, Debug)]
struct Chance {
    random: Random,
    in_a_million: u64,
}

/// The faults to come: those told first, then those by chance.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Vec<Rule>,
    chance: Option<Chance>,
    /// How many have happened.
    pub happened: u64,
}

impl Faults {
    /// Faults by chance: of so many requests in one (`rate` 0.05: one in twenty) something goes wrong. Sign-in and master
    /// files are spared.
    pub fn seeded(seed: u64, rate: f64) -> Self {
        // Rates are settings of tests, not money.
        let in_a_million = (rate * 1_000_000.0) as u64;
        Self { chance: Some(Chance { random: Random::new(seed), in_a_million }), ..Self::default() }
    }

    /// The next `count` requests whose method is this (`*`: any) and whose path ends so meet this fault.
    pub fn add(&mut self, method: &str, path: &str, count: u32, fault: Fault) {
        self.add_after(method, path, 0, count, fault);
    }

    /// The same after `skip` such requests have passed.
    pub fn add_after(&mut self, method: &str, path: &str, skip: u32, count: u32, fault: Fault) {
        let (method, path) = (method.to_owned(), path.to_owned());
        self.rules.push(Rule { method, path, skip, left: count, fault });
    }

    pub fn clear(&mut self) {
        self.rules.clear();
        self.chance = None;
    }

    /// Rules apart by `;`, each `METHOD PATH FAULT [COUNT [SKIP]]`, or `seed=N,rate=R` for faults by chance:
    /// `POST /order-cash lost-reply 2; seed=7,rate=0.05`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut faults = Self::default();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            if let Some(chance) = part.strip_prefix("seed=") {
                let (seed, rate) = chance.split_once(",rate=").ok_or("seed=N,rate=R")?;
                let bad = || format!("seed=N,rate=R: {part}");
                let by_chance = Self::seeded(seed.parse().map_err(|_| bad())?, rate.parse().map_err(|_| bad())?);
                faults.chance = by_chance.chance;
                continue;
            }
            let words: Vec<&str> = part.split_whitespace().collect();
            let [method, path, fault, more @ ..] = words.as_slice() else {
                return Err(format!("METHOD PATH FAULT [COUNT [SKIP]]: {part}"));
            };
            let number = |at: usize, default| {
                more.get(at).map_or(Ok(default), |n| n.parse().map_err(|_| format!("not a number: {n}")))
            };
            faults.add_after(method, path, number(1, 0)?, number(0, 1)?, Fault::parse(fault)?);
        }
        Ok(faults)
    }

    /// Adds those of another set.
    pub fn join(&mut self, more: Self) {
        self.rules.extend(more.rules);
        self.chance = more.chance.or(self.chance.take());
    }

    /// What happens to this request.
    pub fn next(&mut self, method: &str, path: &str) -> Option<Fault> {
        let fits = |rule: &&mut Rule| {
            rule.left > 0 && (rule.method == "*" || rule.method == method) && path.ends_with(&rule.path)
        };
        let fault = match self.rules.iter_mut().find(fits) {
            Some(rule) if rule.skip > 0 => {
                rule.skip -= 1;
                None
            }
            Some(rule) => {
                rule.left -= 1;
                Some(rule.fault.clone())
            }
            None if path.starts_with("/uapi/") => self.by_chance(),
            None => None,
        };
        self.happened += u64::from(fault.is_some());
        fault
    }

    fn by_chance(&mut self) -> Option<Fault> {
        let chance = self.chance.as_mut()?;
        if !chance.random.happens(chance.in_a_million) {
            return None;
        }
        let executed = chance.random.below(2) == 0;
        let late = Duration::from_millis(100 + chance.random.below(3_000));
        Some(match chance.random.below(13) {
            0 | 1 => Fault::LostReply,
            2 => Fault::LostRequest,
            3 => Fault::Reset { executed },
            4 => Fault::NoAnswer { executed },
            5 => Fault::Late(late),
            6 => Fault::HalfBody,
            7 => Fault::Garbage,
            8 => Fault::timeout(executed),
            9 => Fault::Inside { code: "EGW00301".to_owned(), executed },
            10 => Fault::TooMany,
            11 => Fault::LedgerBusy,
            _ => Fault::Page(503),
        })
    }
}
