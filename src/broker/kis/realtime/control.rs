//! The JSON half of the stream's protocol: registering, its answers, and the server's ping.

use serde::{Deserialize, Serialize};

use crate::broker::kis::wire::Text;
use crate::broker::net::json::{self, JsonError};

/// Largest control message.
const CONTROL_MAX: usize = 16 * 1024;

/// Who the customer is, for `custtype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Customer {
    /// A person.
    #[default]
    Person,
    /// A company.
    Corporation,
}

impl Customer {
    /// `P` or `B`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "P",
            Self::Corporation => "B",
        }
    }
}

/// What is asked of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Send it.
    Register,
    /// Send it no more. Its code is 2; the 0 of some examples is wrong.
    Unregister,
}

#[derive(Serialize)]
struct Request<'a> {
    header: RequestHeader<'a>,
    body: RequestBody<'a>,
}

#[derive(Serialize)]
struct RequestHeader<'a> {
    approval_key: &'a str,
    custtype: &'a str,
    tr_type: &'a str,
    #[serde(rename = "content-type")]
    content_type: &'a str,
}

#[derive(Serialize)]
struct RequestBody<'a> {
    input: RequestInput<'a>,
}

#[derive(Serialize)]
struct RequestInput<'a> {
    tr_id: &'a str,
    tr_key: &'a str,
}

/// The message that registers or unregisters a stream. It holds the approval key: never logged.
#[must_use]
pub fn message(approval_key: &str, customer: Customer, change: Change, tr_id: &str, tr_key: &str) -> String {
    let tr_type = match change {
        Change::Register => "1",
        Change::Unregister => "2",
    };
    let header = RequestHeader { approval_key, custtype: customer.code(), tr_type, content_type: "utf-8" };
    // Plain text always becomes JSON.
    serde_json::to_string(&Request { header, body: RequestBody { input: RequestInput { tr_id, tr_key } } })
        .unwrap_or_default()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wire {
    header: WireHeader,
    body: WireBody,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireHeader {
    tr_id: Text,
    tr_key: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireBody {
    rt_cd: Text,
    msg_cd: Text,
    msg1: Text,
    output: Option<WireKeys>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireKeys {
    iv: Text,
    key: Text,
}

/// What the server says beside data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// Wants the same text back.
    Ping,
    /// The answer to a registration.
    Answer(Answer),
}

/// The answer to a registration. There is no number of the request: it is matched by stream and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Stream it is about; empty when the request could not be read.
    pub tr_id: Text,
    /// What it is registered for.
    pub tr_key: Text,
    /// What it means.
    pub verdict: Verdict,
    /// `OPSP0000` and so on.
    pub code: Text,
    /// In words.
    pub text: Text,
    /// What later notices of this stream on this connection are decrypted with.
    pub keys: Option<super::cipher::NoticeKeys>,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is registered, now or already.
    Registered,
    /// It is not registered any more, or never was.
    Gone,
    /// Too many are registered.
    Full,
    /// This stream does not take this key; asking again does not help.
    Refused,
    /// Worth another try later.
    TryLater,
    /// The approval key is not valid: get another and connect again, once.
    BadApproval,
    /// Another session holds the key: a program of the user, or an own one that has not been noticed as dead.
    KeyInUse,
}

impl Verdict {
    /// By code; what is not known refuses.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "OPSP0000" | "OPSP0002" => Self::Registered,
            "OPSP0001" | "OPSP0003" => Self::Gone,
            "OPSP0008" => Self::Full,
            "OPSP0009" => Self::TryLater,
            "OPSP0010" | "OPSP0011" => Self::BadApproval,
            "OPSP8996" => Self::KeyInUse,
            _ => Self::Refused,
        }
    }
}

impl Control {
    /// Reads a control message.
    ///
    /// # Errors
    /// When it is no JSON of that shape.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        let Wire { header, body } = json::parse("stream control message", bytes, CONTROL_MAX)?;
        if header.tr_id == "PINGPONG" {
            return Ok(Self::Ping);
        }
        let tr_id = if header.tr_id == "(null)" { Text::default() } else { header.tr_id };
        let keys = body.output.and_then(|output| super::cipher::NoticeKeys::new(&output.key, &output.iv));
        // A code that cannot be read falls back on the verdict in `rt_cd`.
        let verdict = match (body.msg_cd.is_empty(), &*body.rt_cd) {
            (true, "0") => Verdict::Registered,
            _ => Verdict::of(&body.msg_cd),
        };
        Ok(Self::Answer(Answer { tr_id, tr_key: header.tr_key, verdict, code: body.msg_cd, text: body.msg1, keys }))
    }
}
