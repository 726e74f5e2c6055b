//! The WebSocket API: requests as messages, and with them the account's events.
//!
//! Faults and the journal know a request by the method `WS` and its name.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::State;
use super::parts::delivery::refused_answer;
use super::parts::faults::Fault;
use super::parts::frame::Route;
use super::parts::http::Answer;
use super::parts::journal::Seen;
use super::parts::keys::{self, Security};
use super::parts::params::Params;
use super::parts::refusal::Refusal;

/// Weight of every request here.
const WEIGHT: u32 = 2;

/// Answers a message on a connection of requests; `None` is silence.
pub fn hear(state: &mut State, id: u64, text: &str) -> Option<String> {
    let now = state.now();
    let Ok(message) = serde_json::from_str::<Value>(text) else {
        return Some(reply(&Value::Null, Err(Refusal::new(400, -1135, "Invalid JSON Request")), state));
    };
    let number = message["id"].clone();
    let name = message["method"].as_str().unwrap_or_default().to_owned();
    let empty = Map::new();
    let given = message["params"].as_object().unwrap_or(&empty);
    let params = Params::of_message(given);
    let fault = state.faults.next("WS", &name);
    if let Some(Fault::TooMany { seconds }) = fault {
        state.limits.block(seconds * 1_000, now);
    }
    let limited = state.limits.spend(WEIGHT, now).map(|answer| refusal_in(&answer));
    let done = match (&fault, limited) {
        (_, Some(refusal)) => Err(refusal),
        (Some(fault), None) if !fault.executes() => Err(refusal_in(&refused_answer(fault))),
        _ => execute(state, id, &name, given, &params, now),
    };
    let refusal = done.as_ref().err();
    state.journal.request(Seen {
        method: "WS".to_owned(),
        path: name,
        params: params.unsigned(),
        time: now,
        arrived: Instant::now(),
        status: refusal.map_or(200, |refusal| refusal.status),
        code: refusal.map(|refusal| refusal.code),
        fault: fault.as_ref().map(|fault| format!("{fault:?}")),
    });
    match fault {
        Some(Fault::LostReply | Fault::NoAnswer { .. } | Fault::CutBody) => None,
        Some(Fault::Unparsable) => Some("{\"id\":\"x\",\u{0}".to_owned()),
        _ => Some(reply(&number, done, state)),
    }
}

/// The refusal in an answer of the REST interface.
fn refusal_in(answer: &Answer) -> Refusal {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let text = body["msg"].as_str().unwrap_or("An unknown error occurred while processing the request.");
    Refusal::new(answer.status, body["code"].as_i64().unwrap_or(-1000), text)
}

fn reply(id: &Value, done: Result<Value, Refusal>, state: &State) -> String {
    let mut body = match done {
        Ok(result) => json!({"id": id, "status": 200, "result": result}),
        Err(refusal) => {
            json!({"id": id, "status": refusal.status, "error": {"code": refusal.code, "msg": refusal.message}})
        }
    };
    let mut weight = state.limits.weight_row();
    weight["count"] = json!(1);
    body["rateLimits"] = json!([weight]);
    body.to_string()
}

fn execute(
    state: &mut State,
    id: u64,
    name: &str,
    given: &Map<String, Value>,
    params: &Params,
    now: i64,
) -> Result<Value, Refusal> {
    match name {
        "ping" => Ok(json!({})),
        "time" => Ok(json!({"serverTime": now})),
        "userDataStream.subscribe.signature" => {
            keys::check_message(given, params, Security::Read, now)?;
            let already = || Refusal::new(400, -2035, "Subscription already active.");
            state.hub.subscribe_account(id).map(|number| json!({"subscriptionId": number})).ok_or_else(already)
        }
        "userDataStream.unsubscribe" => {
            let number = params.number("subscriptionId")?.map(i64::unsigned_abs);
            let none = || Refusal::new(400, -2036, "Subscription not active.");
            state.hub.leave_account(id, number).then(|| json!({})).ok_or_else(none)
        }
        "session.subscriptions" => {
            let numbers = state.hub.accounts_of(id);
            Ok(numbers.into_iter().map(|number| json!({"subscriptionId": number})).collect())
        }
        _ => Err(Refusal::new(400, -1020, "This operation is not supported.")),
    }
}

/// The notice before the server goes, on every stream.
pub fn announce_shutdown(state: &mut State) {
    let now = state.now();
    for route in [Route::Market, Route::Requests] {
        state.hub.announce_shutdown(route, now);
    }
}
