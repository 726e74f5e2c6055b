//! The faults: how each begins, and what ends it.

use std::time::Duration;

use rust_decimal::Decimal;

use crate::desk::SAMSUNG;
use crate::kis_server::random::Random;
use crate::kis_server::{Fault, FrameFault, Server, StreamFault};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    NoAnswer,
    LostReply,
    Late,
    CutBody,
    Gateway,
    Unparsable,
    Twice,
    AnotherAnswer,
    Stall,
    HeartbeatsOnly,
    Cut,
    HalfOpen,
    Repeat,
    Reorder,
    Gap,
    Burst,
    Torn,
    Garbage,
    TokenRevoked,
    TokenLimit,
    TooMany,
    Maintenance,
    ClockOff,
    NobodyThere,
}

pub const ANSWERS: [Kind; 8] = [
    Kind::NoAnswer,
    Kind::LostReply,
    Kind::Late,
    Kind::CutBody,
    Kind::Gateway,
    Kind::Unparsable,
    Kind::Twice,
    Kind::AnotherAnswer,
];

pub const STREAMS: [Kind; 10] = [
    Kind::Stall,
    Kind::HeartbeatsOnly,
    Kind::Cut,
    Kind::HalfOpen,
    Kind::Repeat,
    Kind::Reorder,
    Kind::Gap,
    Kind::Burst,
    Kind::Torn,
    Kind::Garbage,
];

pub const SESSIONS: [Kind; 6] =
    [Kind::TokenRevoked, Kind::TokenLimit, Kind::TooMany, Kind::Maintenance, Kind::ClockOff, Kind::NobodyThere];

const ORDER: &str = "/order-cash";
const CHANGE: &str = "/order-rvsecncl";
const LIST: &str = "/inquire-daily-ccld";
const BALANCE: &str = "/inquire-balance";
/// Requests of a second that the broker still allows a key while it throttles it.
const THROTTLED: usize = 4;
/// What it allows otherwise.
const USUAL: usize = 18;

impl Kind {
    /// Whether prices stop coming, or nothing is let in again while it lasts.
    pub const fn silences(self) -> bool {
        matches!(self, Self::Stall | Self::HeartbeatsOnly | Self::HalfOpen | Self::Maintenance | Self::NobodyThere)
    }

    /// How far the desk's clock is ahead from the beginning, in ms.
    pub fn clock_ahead(self, random: &mut Random) -> i64 {
        let either_way = if random.below(2) == 0 { 2_000 } else { -2_000 };
        if self == Self::ClockOff { either_way } else { 0 }
    }

    pub fn begin(self, server: &Server, random: &mut Random) {
        if let Some(fault) = self.of_answers(random) {
            return self.spoil(server, random, &fault);
        }
        match self {
            Self::Stall => server.strike(StreamFault::Stall),
            Self::HeartbeatsOnly => server.strike(StreamFault::PingsOnly),
            Self::HalfOpen => server.strike(StreamFault::Silent),
            Self::Cut => {
                let code = [1000, 1001, 1006, 1008, 1011][random.below(5) as usize];
                let how = [StreamFault::Cut, StreamFault::HalfFrame, StreamFault::Close(code)];
                server.strike(how[random.below(3) as usize].clone());
            }
            Self::Garbage => garbage(server, random),
            Self::Repeat => plan(server, random, FrameFault::Repeat),
            Self::Reorder => plan(server, random, FrameFault::Swap),
            Self::Gap => plan(server, random, FrameFault::Lose),
            Self::Burst => burst(server, random),
            Self::Torn => plan(server, random, FrameFault::Drip),
            Self::TokenRevoked => server.expire_tokens(),
            Self::TokenLimit => {
                // The one it has is dead, and it may not ask for another within the minute in which it got that.
                server.fault("*", "", 1, Fault::TokenExpired);
            }
            Self::TooMany => {
                server.change(|state| state.limits.per_second = THROTTLED);
                let (method, path) = [("*", ""), ("POST", ORDER), ("GET", LIST)][random.below(3) as usize];
                server.fault(method, path, 1 + random.below(3) as u32, Fault::TooMany);
            }
            Self::Maintenance => server.maintenance(true),
            Self::NobodyThere => server.stop(),
            // The clock has been off all the time.
            _ => {}
        }
    }

    pub fn end(self, server: &Server) {
        match self {
            Self::NobodyThere => server.resume(),
            Self::Maintenance => server.maintenance(false),
            // A connection that pings and says nothing else ends at last. And as long as the broker takes a dead one for open,
            // its key opens no other.
            Self::HeartbeatsOnly | Self::HalfOpen => server.strike(StreamFault::Cut),
            Self::TooMany => server.change(|state| state.limits.per_second = USUAL),
            Self::TokenLimit => server.advance(Duration::from_secs(90)),
            _ => {}
        }
        server.no_faults();
    }

    fn of_answers(self, random: &mut Random) -> Option<Fault> {
        let executed = random.below(2) == 0;
        Some(match self {
            Self::NoAnswer => Fault::NoAnswer { executed },
            Self::LostReply => [Fault::LostReply, Fault::Reset { executed }][random.below(2) as usize].clone(),
            Self::Late => Fault::Late(Duration::from_millis(match random.below(2) {
                0 => 1_000 + random.below(4_000),
                _ => 5_000 + random.below(55_000),
            })),
            Self::CutBody => Fault::HalfBody,
            Self::Gateway => match random.below(4) {
                0 => Fault::timeout(executed),
                1 => Fault::Inside { code: "EGW00301".to_owned(), executed },
                2 => Fault::Gateway(502),
                _ => Fault::Gateway(504),
            },
            Self::Unparsable => Fault::Garbage,
            Self::Twice => Fault::Twice,
            Self::AnotherAnswer => Fault::AnotherAnswer,
            _ => return None,
        })
    }

    /// The next answers about orders, and some others.
    fn spoil(self, server: &Server, random: &mut Random, fault: &Fault) {
        if self == Self::AnotherAnswer {
            // The number of one that got another's answer is nobody's, and the next could take it for its own.
            return server.fault("POST", [ORDER, CHANGE][random.below(2) as usize], 1, fault.clone());
        }
        server.fault("POST", ORDER, 1 + random.below(2) as u32, fault.clone());
        let others = [("POST", CHANGE), ("GET", LIST), ("GET", BALANCE), ("GET", "")];
        for (method, path) in others {
            if random.below(2) == 0 {
                server.fault(method, path, 1, fault.clone());
            }
        }
    }
}

fn garbage(server: &Server, random: &mut Random) {
    let bytes: Vec<u8> = (0..=random.below(200)).map(|_| random.next() as u8).collect();
    let how = [
        StreamFault::Raw(bytes),
        StreamFault::Text(b"0|H0STCNT0|001|005930\0^093000^70000".to_vec()),
        StreamFault::Text(vec![0xb0, 0xa1, 0xb3, 0xaa, 0xc8, 0xa3, 0xb0, 0xa1]),
        StreamFault::Text("1|H0STCNI0|001|삼성전자".into()),
    ];
    server.strike(how[random.below(4) as usize].clone());
    plan(server, random, FrameFault::Garble);
}

/// Ten times what the market says otherwise, at once and in few frames.
fn burst(server: &Server, random: &mut Random) {
    for _ in 0..3 {
        let (bid, ask) = server.top(SAMSUNG);
        let trades: Vec<(Decimal, Decimal)> = (0..100)
            .map(|_| (if random.below(2) == 0 { bid } else { ask }, Decimal::from(1 + random.below(9))))
            .collect();
        server.trades(SAMSUNG, &trades);
    }
}

/// The next messages, notices among them.
fn plan(server: &Server, random: &mut Random, fault: FrameFault) {
    server.plan("", 3 + random.below(12) as u32, fault.clone());
    server.plan("H0STCNI0", 1 + random.below(4) as u32, fault);
}
