//! Every code that is known, with what it means.

use super::Then;
use crate::config::BinanceMarket;

/// What a code says of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing happened, and the same request is refused again.
    Refused,
    /// Nothing happened: the key or the account may not.
    Denied,
    /// What was asked about is not there.
    Absent,
    /// It may have happened.
    Open,
    /// Nothing happened; the exchange is busy.
    Busy,
    /// Nothing happened; too many orders in a window of time.
    Paced,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What it says of the request.
    pub verdict: Verdict,
    /// What follows.
    pub then: Then,
}

const fn refused(then: Then) -> Option<Line> {
    Some(Line { verdict: Verdict::Refused, then })
}

const fn denied() -> Option<Line> {
    Some(Line { verdict: Verdict::Denied, then: Then::StopTrading })
}

const fn with(verdict: Verdict, then: Then) -> Option<Line> {
    Some(Line { verdict, then })
}

/// The line of a code; `None` for one that is not listed.
///
/// -1000 and -1003 have none: their text and the status decide.
#[must_use]
pub const fn line(market: BinanceMarket, code: i64) -> Option<Line> {
    use BinanceMarket::{Futures, Spot};
    match (market, code) {
        // Of the server, the network and limits.
        (_, -1001 | -1006 | -1007) => with(Verdict::Open, Then::LookAgain),
        (_, -1004 | -1008 | -1016 | -1034 | -1109 | 239_999 | -4531) => with(Verdict::Busy, Then::Nothing),
        (_, -1015) => with(Verdict::Paced, Then::Nothing),
        (_, -1002 | -2014 | -2015 | -2017) => denied(),
        // A signature that is not valid is as good as none.
        (_, -1022) => denied(),
        (_, -1021 | -5028) => refused(Then::SyncClock),

        // Of the request itself.
        (_, -1013) => refused(Then::RenewListing),
        (_, -1111 | -4014 | -4023) => refused(Then::RenewListing),
        (_, -1121) => with(Verdict::Absent, Then::RenewListing),
        (_, -1125) => refused(Then::NewListenKey),
        (
            _,
            -1010
            | -1014
            | -1020
            | -1099
            | -1106..=-1100
            | -1108
            | -1120..=-1114
            | -1127
            | -1128
            | -1130
            | -1135
            | -1136,
        ) => refused(Then::OurMistake),
        (_, -4001 | -4003 | -4006 | -4015 | -4031..=-4029 | -4055 | -4062 | -4082 | -4083) => refused(Then::OurMistake),
        (_, -4120 | -4135 | -4140..=-4137 | -4144 | -4165 | -5040..=-5037 | -5047) => refused(Then::OurMistake),
        (Spot, -2039) => refused(Then::OurMistake),

        // Of the order: legitimate refusals.
        (_, -1112 | -1122 | -2010 | -2016 | -2018 | -2019 | -2020 | -2025 | -2027 | -2028) => refused(Then::Nothing),
        (_, -4002 | -4004 | -4005 | -4013 | -4016 | -4024 | -4028 | -4045) => refused(Then::Nothing),
        (_, -4051..=-4047 | -4053 | -4054 | -4067 | -4068 | -4088 | -4109 | -4131) => refused(Then::Nothing),
        (_, -4141 | -4142 | -4161 | -4164 | -4170..=-4167 | -4172 | -4183 | -4184) => refused(Then::Nothing),
        (_, -4192 | -4211..=-4202 | -4402 | -4403) => refused(Then::Nothing),
        (_, -5021 | -5022 | -5026..=-5024 | -5029 | -5041) => refused(Then::Nothing),
        (Spot, -2038) => refused(Then::Nothing),
        (_, -4087 | -4107..=-4105 | -4189 | -4400 | -4401) => refused(Then::OnlyReduce),
        (_, -2023) => refused(Then::StopTrading),

        // Of what is so already.
        (_, -4046 | -4052 | -4059 | -4171 | -5027) => refused(Then::AlreadyDone),
        (Spot, -2035) => refused(Then::AlreadyDone),

        // Where the picture here is wrong.
        (_, -2011 | -2012) => refused(Then::LookAgain),
        (_, -2013) => with(Verdict::Absent, Then::LookAgain),
        (_, -2024 | -4118) => refused(Then::RenewPositions),
        (_, -4060 | -4061) => refused(Then::RenewMode),
        (Spot, -2036 | -2042) => refused(Then::NewListenKey),
        // The earlier attempt lives; a trigger is under way; a change is not through yet.
        (_, -4116 | -4117) => with(Verdict::Open, Then::LookAgain),
        (_, -5043) => with(Verdict::Busy, Then::Nothing),

        // What the markets mean differently.
        (Futures, -2021) => refused(Then::Nothing),
        (Futures, -2022) => refused(Then::RenewPositions),
        (Futures, -2026) => refused(Then::OurMistake),
        // Of a cancel and a new order sent as one, either may have been done.
        (Spot, -2021) => with(Verdict::Open, Then::LookAgain),
        (Spot, -2022) => refused(Then::LookAgain),
        (Spot, -2026) => with(Verdict::Absent, Then::Nothing),
        _ => None,
    }
}
