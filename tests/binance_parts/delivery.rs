//! How answers leave, well or spoiled.

use std::time::Duration;

use serde_json::json;

use super::faults::Fault;
use super::http::Answer;
use super::refusal::Refusal;

/// How an answer leaves.
#[derive(Clone, Debug)]
pub enum Delivery {
    Send(Answer),
    Late(Duration, Answer),
    Close,
    Silence,
    /// The head and half of the body, and then the end.
    Cut(Answer),
    Twice(Answer),
}

/// The answer of a fault that keeps the request from taking effect.
pub fn refused_answer(fault: &Fault) -> Answer {
    let failure = |status, code, text: &str| Answer::json(status, &json!({"code": code, "msg": text}));
    match fault {
        Fault::UnknownError { .. } => unknown_error(),
        Fault::Unavailable => failure(503, -1000, "Service Unavailable."),
        Fault::InternalError => {
            failure(503, -1000, "Internal error; unable to process your request. Please try again.")
        }
        Fault::Timeout { .. } => refusal_answer(&Refusal::of(-1007)),
        Fault::Overload => refusal_answer(&Refusal::of(-1008)),
        Fault::ClockRefused => refusal_answer(&Refusal::of(-1021)),
        Fault::Page(403) => Answer::page(403, "Forbidden"),
        Fault::Page(status) => Answer::page(*status, "System maintenance"),
        Fault::Refuse { status, code, message } => failure(*status, *code, message),
        _ => failure(500, -1000, "Unknown error."),
    }
}

fn refusal_answer(refusal: &Refusal) -> Answer {
    Answer::json(refusal.status, &refusal.body())
}

fn unknown_error() -> Answer {
    let text = "Unknown error, please check your request or try again later.";
    Answer::json(503, &json!({"code": -1000, "msg": text}))
}

/// How an answer leaves, spoiled by its fault; `before` is the body of the answer before it.
pub fn deliver(fault: Option<Fault>, answer: Answer, before: String) -> Delivery {
    match fault {
        Some(Fault::LostReply) => Delivery::Close,
        Some(Fault::NoAnswer { .. }) => Delivery::Silence,
        Some(Fault::Late(wait)) => Delivery::Late(wait, answer),
        Some(Fault::CutBody) => Delivery::Cut(answer),
        Some(Fault::Twice) => Delivery::Twice(answer),
        Some(Fault::Gateway(status)) => Delivery::Send(Answer::page(status, "Gateway")),
        Some(Fault::UnknownError { executed: true }) => Delivery::Send(unknown_error()),
        Some(Fault::Timeout { executed: true }) => Delivery::Send(refusal_answer(&Refusal::of(-1007))),
        Some(Fault::Unparsable) => Delivery::Send(Answer { body: "{\"orderId\":12,\u{0}".to_owned(), ..answer }),
        Some(Fault::AnotherAnswer) => Delivery::Send(Answer { body: before, ..answer }),
        _ => Delivery::Send(answer),
    }
}
