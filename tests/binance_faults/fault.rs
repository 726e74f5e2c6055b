//! The faults: how each begins, and what ends it.

use std::time::Duration;

use crate::binance_server::random::Random;
use crate::binance_server::{Fault, FrameFault, Route, Server, StreamFault};

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
    KeyRevoked,
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

pub const SESSIONS: [Kind; 5] = [Kind::KeyRevoked, Kind::TooMany, Kind::Maintenance, Kind::ClockOff, Kind::NobodyThere];

const ROUTES: [Route; 3] = [Route::Public, Route::Market, Route::Private];

impl Kind {
    /// Whether the socket of books falls silent, or ends and is not let in again.
    pub const fn silences(self) -> bool {
        matches!(self, Self::Stall | Self::HeartbeatsOnly | Self::HalfOpen | Self::Maintenance | Self::NobodyThere)
    }

    /// Whether the connection that was struck stays dead until the client gives it up.
    pub const fn stays(self) -> bool {
        matches!(self, Self::Stall | Self::HeartbeatsOnly | Self::HalfOpen)
    }

    /// How long it lasts after [`Self::end`] by its own nature.
    pub const fn lasts(self) -> Duration {
        // The silence that the exchange asks for, and the ban of who goes on.
        if matches!(self, Self::TooMany) { Duration::from_secs(5) } else { Duration::ZERO }
    }

    pub fn begin(self, server: &Server, random: &mut Random) {
        if let Some(fault) = self.of_answers(random) {
            return spoil(server, random, &fault);
        }
        match self {
            Self::Stall => strike(server, random, || StreamFault::Stall),
            Self::HeartbeatsOnly => strike(server, random, || StreamFault::HeartbeatsOnly),
            Self::HalfOpen => strike(server, random, || StreamFault::HalfOpen),
            Self::Cut => {
                let code = [1000, 1001, 1006, 1008, 1011][random.below(5) as usize];
                let how = [StreamFault::Cut, StreamFault::HalfFrame, StreamFault::Close(code)];
                let how = how[random.below(3) as usize].clone();
                strike(server, random, || how.clone());
            }
            Self::Garbage => {
                let bytes: Vec<u8> = (0..=random.below(200)).map(|_| random.next() as u8).collect();
                let how = [
                    StreamFault::Raw(bytes),
                    StreamFault::Text(b"{\"e\":\"depthUpdate\0\",\"E\":1}".to_vec()),
                    StreamFault::Text(vec![0xb0, 0xa1, 0xb3, 0xaa, 0xc8, 0xa3, 0xb0, 0xa1]),
                    StreamFault::Text("{\"stream\":\"btcusdt@depth@100ms\",\"data\":호가}".into()),
                ];
                let how = how[random.below(4) as usize].clone();
                strike(server, random, || how.clone());
            }
            Self::Repeat => plan(server, random, |random| match random.below(2) {
                0 => FrameFault::Duplicate,
                _ => FrameFault::Burst(2 + random.below(4) as usize),
            }),
            Self::Reorder => plan(server, random, |_| FrameFault::Swap),
            Self::Gap => plan(server, random, |_| FrameFault::Lose),
            Self::Burst => plan(server, random, |_| FrameFault::Burst(10)),
            Self::Torn => plan(server, random, |random| match random.below(2) {
                0 => FrameFault::Drip,
                _ => FrameFault::Merge(2 + random.below(8) as usize),
            }),
            Self::KeyRevoked => server.expire_listen_key(),
            Self::TooMany => {
                server.change(|state| state.limits.ban_ms = 3_000);
                server.change(|state| {
                    state.limits.says_retry_after = random.below(2) == 0 || state.now() % 60_000 < 55_000
                });
                let (method, path) = [("*", ""), ("POST", "/order"), ("GET", "/order")][random.below(3) as usize];
                server.fault(method, path, 1, Fault::TooMany { seconds: 2 });
            }
            Self::Maintenance => server.maintenance(true),
            Self::ClockOff => server.set_clock(if random.below(2) == 0 { 2_000 } else { -2_000 }),
            Self::NobodyThere => server.stop(),
            _ => {}
        }
    }

    pub fn end(self, server: &Server) {
        match self {
            Self::NobodyThere => server.resume(),
            Self::Maintenance => server.maintenance(false),
            // The clock stays where it is: the client has to come along.
            _ => server.no_faults(),
        }
    }

    fn of_answers(self, random: &mut Random) -> Option<Fault> {
        Some(match self {
            Self::NoAnswer => Fault::NoAnswer { executed: random.below(2) == 0 },
            Self::LostReply => Fault::LostReply,
            Self::Late => Fault::Late(Duration::from_millis(match random.below(2) {
                0 => 1_000 + random.below(4_000),
                _ => 5_000 + random.below(55_000),
            })),
            Self::CutBody => Fault::CutBody,
            Self::Gateway => Fault::Gateway([500, 502, 504][random.below(3) as usize]),
            Self::Unparsable => Fault::Unparsable,
            Self::Twice => Fault::Twice,
            Self::AnotherAnswer => Fault::AnotherAnswer,
            _ => return None,
        })
    }
}

/// The next answers about orders, and some others.
fn spoil(server: &Server, random: &mut Random, fault: &Fault) {
    server.fault("POST", "/order", 1 + random.below(2) as u32, fault.clone());
    for (method, path) in [("DELETE", "/order"), ("PUT", "/order"), ("GET", "/order"), ("GET", "/depth"), ("GET", "")] {
        if random.below(2) == 0 {
            server.fault(method, path, 1, fault.clone());
        }
    }
}

/// The socket of books, and by chance the others.
fn strike(server: &Server, random: &mut Random, fault: impl Fn() -> StreamFault) {
    for route in ROUTES {
        if route == Route::Public || random.below(2) == 0 {
            server.strike(route, fault());
        }
    }
}

fn plan(server: &Server, random: &mut Random, mut fault: impl FnMut(&mut Random) -> FrameFault) {
    for route in ROUTES {
        let count = 3 + random.below(12) as u32;
        let fault = fault(random);
        server.plan(route, "", count, fault);
    }
}
