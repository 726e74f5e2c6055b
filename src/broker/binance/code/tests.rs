//! Every documented refusal against what is done about it.

use BinanceMarket::{Futures, Spot};

use super::*;

const CALLS: [Call; 5] = [Call::Read, Call::Place, Call::Change, Call::Cancel, Call::Setting];

/// The reactions of the documented table, code by code: what each word must come to for a new order.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reaction {
    Fix,
    Sync,
    Ask,
    Wait,
    Tell,
    State,
    Done,
}
use Reaction::{Ask, Done, Fix, State, Sync, Tell, Wait};

const BOTH: [(&[i64], Reaction); 58] = [
    (&[-1000, -1001, -1006, -1007], Ask),
    (&[-1002], Tell),
    (&[-1003], Wait),
    (&[-1004, -1016, -1109, 239_999], Wait),
    (&[-1008], Wait),
    (&[-1010], Fix),
    (&[-1013], Tell),
    (&[-1014, -1020], Fix),
    (&[-1015], Wait),
    (&[-1021], Sync),
    (&[-1022, -1099], Fix),
    (&[-1034], Wait),
    (&[-1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1128, -1130, -1135, -1136], Fix),
    (&[-1111], Fix),
    (&[-1112], Tell),
    (&[-1114, -1115, -1116, -1117, -1118, -1119, -1120, -1121], Fix),
    (&[-1122], Tell),
    (&[-1125], State),
    (&[-1127], Fix),
    (&[-2010], Tell),
    (&[-2011, -2012], State),
    (&[-2013], State),
    (&[-2014], Fix),
    (&[-2015, -2016, -2017, -2018, -2019, -2020], Tell),
    (&[-2023], Tell),
    (&[-2024], State),
    (&[-2025, -2027, -2028], Tell),
    (&[-4001, -4003, -4006], Fix),
    (&[-4002, -4013, -4004, -4005], Tell),
    (&[-4014, -4015, -4023], Fix),
    (&[-4016, -4024, -4028], Tell),
    (&[-4029, -4030, -4031], Fix),
    (&[-4045], Tell),
    (&[-4046, -4052, -4059, -4171], Done),
    (&[-4047, -4048, -4049, -4050, -4051, -4053, -4054], Tell),
    (&[-4055], Fix),
    (&[-4060, -4061], State),
    (&[-4062], Fix),
    (&[-4067, -4068], Tell),
    (&[-4082, -4083], Fix),
    (&[-4087, -4088, -4105, -4106, -4107, -4109], Tell),
    (&[-4116, -4117], Ask),
    (&[-4118], State),
    (&[-4120], Fix),
    (&[-4131], Tell),
    (&[-4135, -4137, -4138, -4139, -4140, -4144], Fix),
    (&[-4141, -4142, -4161, -4164], Tell),
    (&[-4165], Fix),
    (&[-4167, -4168, -4169, -4170, -4172, -4183, -4184, -4210, -4211], Tell),
    (&[-4189, -4192], Tell),
    (&[-4202, -4203, -4204, -4205, -4206, -4207, -4208, -4209], Tell),
    (&[-4400, -4401, -4402, -4403], Tell),
    (&[-4531], Wait),
    (&[-5021, -5022, -5024, -5025, -5026, -5029, -5041], Tell),
    (&[-5027], Done),
    (&[-5028], Sync),
    (&[-5037, -5038, -5039, -5040, -5047], Fix),
    (&[-5043], Wait),
];
const FUTURES: [(&[i64], Reaction); 3] = [(&[-2021], Tell), (&[-2022], State), (&[-2026], Fix)];
const SPOT: [(&[i64], Reaction); 7] = [
    (&[-2021], Ask),
    (&[-2022], State),
    (&[-2026], Tell),
    (&[-2035], Done),
    (&[-2036, -2042], State),
    (&[-2038], Tell),
    (&[-2039], Fix),
];

fn body(code: i64, msg: &str) -> Vec<u8> {
    format!(r#"{{"code":{code},"msg":"{msg}"}}"#).into_bytes()
}

fn of(market: BinanceMarket, call: Call, status: u16, code: i64, msg: &str) -> Fault {
    fault(market, call, status, &body(code, msg), None)
}

fn fits(fault: &Fault, reaction: Reaction) -> bool {
    let said_no = matches!(fault.error, BrokerError::Refused { .. } | BrokerError::Unauthorized(_));
    let nothing_happened = !fault.error.may_have_happened();
    match reaction {
        Fix => said_no && matches!(fault.then, Then::OurMistake | Then::RenewListing | Then::StopTrading),
        Tell => {
            let then = matches!(fault.then, Then::Nothing | Then::StopTrading | Then::OnlyReduce | Then::RenewListing);
            said_no && then
        }
        Sync => said_no && fault.then == Then::SyncClock,
        Ask => !nothing_happened && fault.then == Then::LookAgain,
        Wait => matches!(fault.error, BrokerError::Throttled { .. }),
        State => {
            let then =
                matches!(fault.then, Then::LookAgain | Then::RenewPositions | Then::RenewMode | Then::NewListenKey);
            said_no && then
        }
        Done => said_no && fault.then == Then::AlreadyDone,
    }
}

#[test]
fn every_documented_code_comes_to_its_reaction() {
    let both = BOTH.iter().flat_map(|row| [(Futures, row), (Spot, row)]);
    let one = FUTURES.iter().map(|row| (Futures, row)).chain(SPOT.iter().map(|row| (Spot, row)));
    for (market, (codes, reaction)) in both.chain(one) {
        for code in *codes {
            let fault = of(market, Call::Place, 400, *code, "x");
            assert!(fits(&fault, *reaction), "{market:?} {code} must {reaction:?}: {fault:?}");
            let listed = line(market, *code).is_some() || matches!(code, -1000 | -1003);
            assert!(listed, "{market:?} {code} has no line");
        }
    }
}

#[test]
fn a_read_is_never_in_doubt_for_the_account_and_an_order_never_sent_again_by_itself() {
    for code in BOTH.iter().flat_map(|(codes, _)| *codes) {
        for call in CALLS {
            let fault = of(Futures, call, 400, *code, "x");
            if fault.error.may_have_happened() {
                let then = if call.is_harmless() {
                    matches!(fault.then, Then::TryAgain(_))
                } else {
                    fault.then == Then::LookAgain
                };
                assert!(then, "{call:?} {code}: {fault:?}");
            }
        }
    }
}

#[test]
fn a_refusal_keeps_its_code_and_its_cleaned_text() {
    let fault = of(Futures, Call::Place, 400, -2019, "Margin is \\u001b[31minsufficient.\\u0007");
    assert_eq!(fault.error, BrokerError::Refused { code: "-2019".into(), text: "Margin is insufficient.".into() });
    let long = of(Futures, Call::Place, 400, -2019, &"x".repeat(5_000));
    assert!(matches!(long.error, BrokerError::Refused { text, .. } if text.len() == TEXT_MAX));
}

#[test]
fn a_duplicate_id_says_that_the_earlier_attempt_lives() {
    let futures = of(Futures, Call::Place, 400, -4116, "ClientOrderId is duplicated.");
    assert!(
        matches!(&futures, Fault { error: BrokerError::Unknown(text), then: Then::LookAgain } if text.contains("-4116"))
    );
    let spot = of(Spot, Call::Place, 400, -2010, "Duplicate order sent.");
    assert!(matches!(spot, Fault { error: BrokerError::Unknown(_), then: Then::LookAgain }));
    let poor = of(Spot, Call::Place, 400, -2010, "Account has insufficient balance for requested action.");
    assert!(matches!(poor.error, BrokerError::Refused { .. }));
}

#[test]
fn texts_of_503_decide() {
    let unknown = "Unknown error, please check your request or try again later.";
    assert!(of(Futures, Call::Place, 503, -1000, unknown).error.may_have_happened());
    for refused in ["Service Unavailable.", "Internal error; unable to process your request. Please try again."] {
        let fault = of(Futures, Call::Place, 503, -1000, refused);
        assert_eq!(fault.error, BrokerError::Throttled { retry_after: BUSY_PAUSE }, "{refused}");
        let plain = super::fault(Futures, Call::Place, 503, refused.as_bytes(), None);
        assert_eq!(plain, fault, "without JSON");
    }
    assert!(super::fault(Futures, Call::Place, 503, b"<html>maintenance</html>", None).error.may_have_happened());
    assert!(super::fault(Futures, Call::Place, 503, b"", None).error.may_have_happened());
    let overload = of(Futures, Call::Place, 503, -1008, "Request throttled by system-level protection.");
    assert!(matches!(overload.error, BrokerError::Throttled { .. }));
    // Documented as a failure of futures; elsewhere nobody knows.
    assert!(!of(Futures, Call::Place, 503, -1001, "Internal error.").error.may_have_happened());
    assert!(of(Futures, Call::Place, 500, -1001, "Internal error.").error.may_have_happened());
    assert!(of(Spot, Call::Place, 503, -1001, "Internal error.").error.may_have_happened());
}

#[test]
fn html_is_judged_by_its_status() {
    let page = b"<html><head><title>403 Forbidden</title></head><body></body></html>";
    let wall = fault(Futures, Call::Place, 403, page, None);
    assert_eq!(wall.then, Then::Firewall);
    assert!(!wall.error.may_have_happened());
    for status in [500, 502, 504, 520] {
        let order = fault(Futures, Call::Place, status, page, None);
        assert_eq!(order.then, Then::LookAgain, "{status}");
        assert!(!order.error.to_string().contains("html"), "a page is not shown");
        assert!(matches!(fault(Futures, Call::Read, status, page, None).then, Then::TryAgain(_)));
    }
    for status in [404, 410] {
        assert_eq!(fault(Spot, Call::Setting, status, page, None).then, Then::OurMistake);
    }
    assert_eq!(fault(Futures, Call::Read, 401, page, None).then, Then::StopTrading);
}

#[test]
fn a_timeout_is_unknown_whatever_else_it_says() {
    for text in
        [&b""[..], b"<html>", &body(-1007, "Timeout waiting for response from backend server."), &body(-2019, "x")]
    {
        for call in [Call::Place, Call::Change, Call::Cancel] {
            let fault = fault(Futures, call, 408, text, None);
            assert!(fault.error.may_have_happened() && fault.then == Then::LookAgain);
        }
    }
}

#[test]
fn codes_nobody_listed_are_refusals_below_500_and_open_above() {
    assert!(matches!(of(Futures, Call::Place, 400, -4999, "New rule.").error, BrokerError::Refused { .. }));
    assert!(of(Futures, Call::Place, 500, -4999, "New rule.").error.may_have_happened());
    assert!(of(Futures, Call::Place, 400, -4999, "Execution status unknown.").error.may_have_happened());
    assert!(matches!(of(Futures, Call::Place, 401, -4999, "New rule.").then, Then::StopTrading));
    assert!(of(Futures, Call::Place, 400, -1000, "An unknown error occurred.").error.may_have_happened());
}

#[test]
fn the_end_of_a_ban_is_read_out_of_its_text() {
    let until = UtcTime::from_millis(1_784_000_120_000);
    let banned = of(Futures, Call::Read, 418, -1003, "Way too many requests; IP banned until 1784000120000.");
    assert_eq!(banned.then, Then::Banned { until: Some(until) });
    let early =
        of(Futures, Call::Read, 429, -1003, "Way too many requests; IP(203.0.113.7) banned until 1784000120000.");
    assert_eq!(early.then, Then::Banned { until: Some(until) });
    let silent = fault(Futures, Call::Read, 418, b"<html>", Some(Duration::from_secs(300)));
    assert_eq!(silent.then, Then::Banned { until: None });
    assert_eq!(silent.error, BrokerError::Throttled { retry_after: Duration::from_secs(300) });
    for strange in ["banned until soon", "banned until 99999999999999999999", "until 5"] {
        assert_eq!(of(Futures, Call::Read, 418, -1003, strange).then, Then::Banned { until: None }, "{strange}");
    }
}

#[test]
fn limits_hold_what_they_are_about() {
    let pause = Some(Duration::from_secs(17));
    let weight = fault(Futures, Call::Read, 429, &body(-1003, "Too many requests."), pause);
    assert_eq!(weight.then, Then::HoldAll(Duration::from_secs(17)));
    let quiet = fault(Futures, Call::Read, 429, b"", None);
    assert_eq!(quiet.then, Then::HoldAll(LIMIT_PAUSE));
    for status in [400, 429] {
        let orders = of(Futures, Call::Place, status, -1015, "Too many new orders.");
        assert_eq!(orders.then, Then::HoldOrders(ORDER_PAUSE));
        assert!(orders.error.is_retryable());
    }
}

#[test]
fn an_order_that_is_gone_is_looked_up_and_one_that_is_not_there_is_said_so() {
    let gone = of(Futures, Call::Cancel, 400, -2011, "Unknown order sent.");
    assert_eq!(gone.then, Then::LookAgain);
    assert!(!gone.error.may_have_happened());
    let none = of(Futures, Call::Read, 400, -2013, "Order does not exist.");
    assert!(matches!(none.error, BrokerError::NotFound(_)));
    let element = element_fault(Futures, Call::Cancel, &CodeReply { code: -2011, msg: "Unknown order sent.".into() });
    assert_eq!(element, gone);
}

#[test]
fn no_body_makes_it_panic() {
    let bodies: [&[u8]; 7] =
        [b"", b"{", b"{}", b"[]", b"\xff\xfe", b"{\"code\":\"-2011\"}", b"{\"code\":1e9,\"msg\":3}"];
    for body in bodies {
        for status in 0..=599 {
            for call in CALLS {
                let _ = fault(Futures, call, status, body, None);
            }
        }
    }
}
