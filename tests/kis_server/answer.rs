//! Answers, and how they leave: well or spoiled.

use std::time::Duration;

use serde_json::{Value, json};

use super::faults::Fault;
use super::refusal::Refusal;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    pub fn refusal(refusal: &Refusal) -> Self {
        Self::json(refusal.status, &refusal.body())
    }

    /// A failure of sign-in, in its own shape.
    pub fn sign_in(refusal: &Refusal) -> Self {
        Self::json(403, &json!({"error_description": refusal.text, "error_code": refusal.code}))
    }

    pub fn file(bytes: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/zip".to_owned())];
        Self { status: 200, headers, body: bytes }
    }

    pub fn page(status: u16, title: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
        let body =
            format!("<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>\r\n");
        Self { status, headers, body: body.into_bytes() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Said\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

/// How an answer leaves.
#[derive(Clone, Debug)]
pub enum Delivery {
    Send(Answer),
    Late(Duration, Answer),
    Close,
    /// The connection is torn, not closed.
    Reset,
    Silence,
    /// The head and half of the body, and then the end.
    Half(Answer),
    Twice(Answer),
}

/// The answer of a fault that keeps the request from taking effect.
pub fn refused_answer(fault: &Fault) -> Answer {
    match fault {
        Fault::Inside { code, .. } => Answer::refusal(&Refusal::gateway(code)),
        Fault::TooMany => Answer::refusal(&Refusal::gateway("EGW00201")),
        Fault::LedgerBusy => Answer::refusal(&Refusal::gateway("EGW00215")),
        Fault::TokenExpired | Fault::TokenRefused => Answer::refusal(&Refusal::gateway("EGW00123")),
        Fault::Page(status) => Answer::page(*status, "Service Unavailable"),
        Fault::Refuse { code, text } => Answer::refusal(&Refusal::order(code, text)),
        _ => Answer::refusal(&Refusal::gateway("EGW00002")),
    }
}

/// How an answer leaves, spoiled by its fault; `before` is the body of the answer before.
pub fn deliver(fault: Option<Fault>, answer: Answer, before: Vec<u8>) -> Delivery {
    match fault {
        Some(Fault::LostReply | Fault::LostRequest) => Delivery::Close,
        Some(Fault::Reset { .. }) => Delivery::Reset,
        Some(Fault::NoAnswer { .. }) => Delivery::Silence,
        Some(Fault::Late(wait)) => Delivery::Late(wait, answer),
        Some(Fault::HalfBody) => Delivery::Half(answer),
        Some(Fault::Garbage) => Delivery::Send(Answer { body: b"{\"rt_cd\":\"0\",\x00\xb0\xa1".to_vec(), ..answer }),
        Some(Fault::Twice) => Delivery::Twice(answer),
        Some(Fault::AnotherAnswer) => Delivery::Send(Answer { body: before, ..answer }),
        Some(Fault::Gateway(status)) => Delivery::Send(Answer::page(status, "Gateway")),
        Some(fault @ Fault::Inside { executed: true, .. }) => Delivery::Send(refused_answer(&fault)),
        _ => Delivery::Send(answer),
    }
}
