//! What goes wrong with requests, when told to or by chance.

use std::time::Duration;

use super::random::Random;

/// What happens to one request. Unless a variant says otherwise the request takes effect first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes in place of the answer.
    LostReply,
    /// No answer at all, and the connection stays open.
    NoAnswer { executed: bool },
    /// The answer comes this much later.
    Late(Duration),
    /// The connection closes in the middle of the body.
    CutBody,
    /// A gateway's page, with status 500, 502 or 504.
    Gateway(u16),
    /// 503 `Unknown error, please check your request or try again later.`
    UnknownError { executed: bool },
    /// 503 `Service Unavailable.`; not executed.
    Unavailable,
    /// 503 `Internal error; unable to process your request. Please try again.`; not executed.
    InternalError,
    /// 408 with -1007.
    Timeout { executed: bool },
    /// -1008; not executed. Orders that only close are let through as on the exchange.
    Overload,
    /// -1021; not executed.
    ClockRefused,
    /// 429 for so many seconds, then 418 for who goes on; not executed.
    TooMany { seconds: i64 },
    /// 200 with a body that is not JSON.
    Unparsable,
    /// The answer comes twice on the connection.
    Twice,
    /// The body of the answer to the request before.
    AnotherAnswer,
    /// A page in HTML with this status (200, 403 or 503: maintenance, firewall); not executed.
    Page(u16),
    /// This refusal; not executed.
    Refuse { status: u16, code: i64, message: String },
}

impl Fault {
    /// Whether the request takes effect.
    pub const fn executes(&self) -> bool {
        match self {
            Self::LostReply
            | Self::Late(_)
            | Self::CutBody
            | Self::Gateway(_)
            | Self::Unparsable
            | Self::Twice
            | Self::AnotherAnswer => true,
            Self::NoAnswer { executed } | Self::UnknownError { executed } | Self::Timeout { executed } => *executed,
            _ => false,
        }
    }

    /// A fault by its name in a specification, such as `lost-reply`, `late:1500`, `gateway:502`, `timeout:executed`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, more) = text.split_once(':').unwrap_or((text, ""));
        let number = |default: u64| {
            if more.is_empty() { Ok(default) } else { more.parse().map_err(|_| format!("not a number: {more}")) }
        };
        let status =
            |default: u64| number(default).and_then(|n| u16::try_from(n).map_err(|_| format!("not a status: {more}")));
        let executed = more == "executed";
        Ok(match name {
            "lost-reply" => Self::LostReply,
            "no-answer" => Self::NoAnswer { executed },
            "late" => Self::Late(Duration::from_millis(number(1_000)?)),
            "cut-body" => Self::CutBody,
            "gateway" => Self::Gateway(status(502)?),
            "unknown-error" => Self::UnknownError { executed },
            "unavailable" => Self::Unavailable,
            "internal-error" => Self::InternalError,
            "timeout" => Self::Timeout { executed },
            "overload" => Self::Overload,
            "clock" => Self::ClockRefused,
            "too-many" => Self::TooMany { seconds: i64::try_from(number(2)?).unwrap_or(2) },
            "unparsable" => Self::Unparsable,
            "twice" => Self::Twice,
            "another-answer" => Self::AnotherAnswer,
            "page" => Self::Page(status(503)?),
            "refuse" => {
                let refusal = super::refusal::Refusal::of(more.parse().map_err(|_| format!("not a code: {more}"))?);
                Self::Refuse { status: refusal.status, code: refusal.code, message: refusal.message }
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
    /// Faults by chance: of so many requests in one (`rate` 0.05: one in twenty) something goes wrong.
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
    /// `POST /order lost-reply 2; seed=7,rate=0.05`.
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
            None => self.by_chance(method),
        };
        self.happened += u64::from(fault.is_some());
        fault
    }

    fn by_chance(&mut self, method: &str) -> Option<Fault> {
        let chance = self.chance.as_mut()?;
        if !chance.random.happens(chance.in_a_million) {
            return None;
        }
        let executed = chance.random.below(2) == 0;
        let late = Duration::from_millis(100 + chance.random.below(3_000));
        let number = chance.random.below(if method == "GET" { 14 } else { 13 });
        Some(match number {
            0 | 1 => Fault::LostReply,
            2 => Fault::NoAnswer { executed },
            3 => Fault::Late(late),
            4 => Fault::CutBody,
            5 => Fault::Gateway(
                [500, 502, 504][usize::from(executed) + usize::from(late.subsec_millis().is_multiple_of(2))],
            ),
            6 => Fault::UnknownError { executed },
            7 => Fault::Unavailable,
            8 => Fault::Timeout { executed },
            9 => Fault::Overload,
            10 => Fault::ClockRefused,
            11 => Fault::Unparsable,
            12 => Fault::Page(503),
            _ => Fault::Twice,
        })
    }
}
