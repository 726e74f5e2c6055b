//! All streams: registrations, control messages, what is told to whom, and what goes wrong on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hoga::broker::kis::environment::Realm;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::HTS_ID;
use super::frame::text_frame;
use super::notice::encrypted;
use super::random::Random;
pub use super::stream_fault::{FrameFault, StreamFault, mishap};

/// Most registrations of a session.
pub const REGISTRATIONS_MAX: usize = 41;
/// Pings without an answer after which a session is ended.
const PINGS_MAX: u32 = 3;
/// Longest a notice waits for the one it changes places with.
const SWAP_WAIT: Duration = Duration::from_millis(500);

const NOTICES: [&str; 8] =
    ["H0STCNI0", "H0STCNI9", "H0GSCNI0", "H0GSCNI9", "H0IFCNI0", "H0IFCNI9", "H0MFCNI0", "H0EUCNI0"];
const PAPER: [&str; 5] = ["H0STCNT0", "H0STASP0", "H0STCNI9", "H0GSCNI9", "H0IFCNI9"];
const LIVE: &str = "H0STCNT0 H0STASP0 H0STANC0 H0UNCNT0 H0UNASP0 H0UNANC0 H0NXCNT0 H0NXASP0 H0NXANC0 H0STMKO0 H0NXMKO0 \
    H0UNMKO0 H0STPGM0 H0UPCNT0 H0STNAV0 H0STCNI0 HDFSCNT0 HDFSASP0 HDFSASP1 H0GSCNI0 H0IFCNT0 H0IFASP0 H0IOCNT0 \
    H0IOASP0 H0IFCNI0 H0MFCNT0 H0MFASP0 H0EUCNT0 H0EUASP0 H0MFCNI0 H0EUCNI0 H0BJCNT0 H0BJASP0 H0BICNT0";

/// What a connection's task has to do.
#[derive(Clone, Debug)]
pub enum Out {
    Bytes(Vec<u8>),
    Drip(Vec<u8>),
    Silent,
    Close(u16),
    /// Write these and end.
    Last(Vec<u8>),
}

#[derive(Debug)]
struct Session {
    out: UnboundedSender<Out>,
    app_key: Option<String>,
    registered: BTreeSet<(String, String)>,
    /// Key and vector of a stream of notices.
    keys: BTreeMap<String, (String, String)>,
    is_muted: bool,
    pings: bool,
    unanswered: u32,
    held: Option<(Vec<u8>, Instant)>,
}

#[derive(Clone, Debug)]
struct Plan {
    contains: String,
    left: u32,
    fault: FrameFault,
}

#[derive(Debug)]
pub struct Hub {
    realm: Realm,
    random: Random,
    sessions: BTreeMap<u64, Session>,
    next_id: u64,
    plans: Vec<Plan>,
    chance: Option<(Random, u64)>,
    late: Vec<(Instant, u64, Vec<u8>)>,
    /// Keys that sessions which have ended still hold.
    lingering: Vec<(String, Instant)>,
    pub linger: Duration,
    /// New connections are refused.
    pub is_refusing: bool,
    /// How many connections have opened.
    pub opened: u64,
    pub most_registrations: usize,
    /// Control messages that came, in their order: `1 H0STCNT0 005930`.
    pub heard: Vec<String>,
}

impl Hub {
    pub fn new(realm: Realm, seed: u64) -> Self {
        Self {
            realm,
            random: Random::new(seed ^ 0x4b49),
            sessions: BTreeMap::new(),
            next_id: 0,
            plans: Vec::new(),
            chance: None,
            late: Vec::new(),
            lingering: Vec::new(),
            linger: Duration::ZERO,
            is_refusing: false,
            opened: 0,
            most_registrations: 0,
            heard: Vec::new(),
        }
    }

    pub fn open(&mut self) -> (u64, UnboundedReceiver<Out>) {
        let (out, receiver) = unbounded_channel();
        self.next_id += 1;
        self.opened += 1;
        let session = Session {
            out,
            app_key: None,
            registered: BTreeSet::new(),
            keys: BTreeMap::new(),
            is_muted: false,
            pings: true,
            unanswered: 0,
            held: None,
        };
        self.sessions.insert(self.next_id, session);
        (self.next_id, receiver)
    }

    pub fn close(&mut self, id: u64) {
        if let Some(key) = self.sessions.remove(&id).and_then(|session| session.app_key) {
            self.lingering.push((key, Instant::now() + self.linger));
        }
    }

    pub fn close_all(&mut self) {
        self.sessions.clear();
        self.lingering.clear();
    }

    /// How many connections are open.
    pub fn count(&self) -> usize {
        self.sessions.len()
    }

    /// What is registered now, of all sessions.
    pub fn registered(&self) -> BTreeSet<(String, String)> {
        self.sessions.values().flat_map(|session| session.registered.iter().cloned()).collect()
    }

    /// Whether the session's answer to a ping, or anything else, shows that it lives.
    pub fn answered_ping(&mut self, id: u64) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.unanswered = 0;
        }
    }

    /// The most pings any session has left unanswered.
    pub fn unanswered(&self) -> u32 {
        self.sessions.values().map(|session| session.unanswered).max().unwrap_or_default()
    }

    /// Answers a control message. `owner` gives the app key of an approval key.
    pub fn control(&mut self, id: u64, text: &str, owner: impl Fn(&str) -> Option<String>) {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return self.answer(id, &error("OPSP9999", "JSON PARSING ERROR : invalid json format"));
        };
        let (header, input) = (&message["header"], &message["body"]["input"]);
        if header["tr_id"] == "PINGPONG" {
            return self.answered_ping(id);
        }
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (kind, tr_id, tr_key) = (word(&header["tr_type"]), word(&input["tr_id"]), word(&input["tr_key"]));
        self.heard.push(format!("{kind} {tr_id} {tr_key}"));
        let Some(app_key) = owner(&word(&header["approval_key"])) else {
            return self.answer(id, &error("OPSP0011", "invalid approval : NOT FOUND"));
        };
        if self.is_used_elsewhere(id, &app_key) {
            self.answer(id, &error("OPSP8996", "ALREADY IN USE appkey"));
            if let Some(session) = self.sessions.get(&id) {
                let _ = session.out.send(Out::Last(Vec::new()));
            }
            return;
        }
        let answer = match kind.as_str() {
            _ if !matches!(header["custtype"].as_str(), Some("P" | "B")) => error("OPSP8998", "invalid custtype"),
            _ if !self.knows(&tr_id) => error("OPSP8991", "invalid tr_id : NOT FOUND"),
            "1" => self.register(id, &app_key, tr_id, tr_key),
            "2" => self.unregister(id, tr_id, tr_key),
            _ => error("OPSP8997", "invalid tr_type : NOT FOUND"),
        };
        self.answer(id, &answer);
    }

    fn is_used_elsewhere(&mut self, id: u64, app_key: &str) -> bool {
        let now = Instant::now();
        self.lingering.retain(|(_, until)| *until > now);
        let by_other = |(other, session): (&u64, &Session)| *other != id && session.app_key.as_deref() == Some(app_key);
        self.sessions.iter().any(by_other) || self.lingering.iter().any(|(key, _)| key == app_key)
    }

    fn knows(&self, tr_id: &str) -> bool {
        match self.realm {
            Realm::Live => LIVE.split_whitespace().any(|known| known == tr_id),
            Realm::Paper => PAPER.contains(&tr_id),
        }
    }

    fn register(&mut self, id: u64, app_key: &str, tr_id: String, tr_key: String) -> Value {
        let is_notice = NOTICES.contains(&tr_id.as_str());
        let pair = (self.characters(16), self.characters(32));
        let Some(session) = self.sessions.get_mut(&id) else { return Value::Null };
        session.app_key = Some(app_key.to_owned());
        if tr_key.is_empty() || (is_notice && tr_key != HTS_ID) {
            return reply(&tr_id, &tr_key, "1", "OPSP0007", "SUBSCRIBE INTERNAL ERROR", None);
        }
        let one = (tr_id.clone(), tr_key.clone());
        if session.registered.contains(&one) {
            let keys = session.keys.get(&tr_id).cloned().unwrap_or(pair);
            return reply(&tr_id, &tr_key, "1", "OPSP0002", "ALREADY IN SUBSCRIBE", Some(&keys));
        }
        if session.registered.len() >= REGISTRATIONS_MAX {
            return reply(&tr_id, &tr_key, "1", "OPSP0008", "MAX SUBSCRIBE OVER", None);
        }
        session.registered.insert(one);
        self.most_registrations = self.most_registrations.max(session.registered.len());
        let keys = if is_notice { session.keys.entry(tr_id.clone()).or_insert(pair).clone() } else { pair };
        reply(&tr_id, &tr_key, "0", "OPSP0000", "SUBSCRIBE SUCCESS", Some(&keys))
    }

    fn unregister(&mut self, id: u64, tr_id: String, tr_key: String) -> Value {
        let pair = (self.characters(16), self.characters(32));
        let Some(session) = self.sessions.get_mut(&id) else { return Value::Null };
        if session.registered.remove(&(tr_id.clone(), tr_key.clone())) {
            reply(&tr_id, &tr_key, "0", "OPSP0001", "UNSUBSCRIBE SUCCESS", Some(&pair))
        } else {
            reply(&tr_id, &tr_key, "1", "OPSP0003", "UNSUBSCRIBE ERROR(not found!)", None)
        }
    }

    fn characters(&mut self, count: usize) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        (0..count).map(|_| char::from(LETTERS[self.random.below(36) as usize])).collect()
    }

    /// Sends the answer to a control message; no fault of messages touches it.
    fn answer(&mut self, id: u64, answer: &Value) {
        if let Some(session) = self.sessions.get(&id) {
            let _ = session.out.send(Out::Bytes(text_frame(answer.to_string().as_bytes())));
        }
    }

    /// Sends records of a plain stream, in one frame.
    pub fn publish(&mut self, tr_id: &str, tr_key: &str, records: &[String]) {
        let text = format!("0|{tr_id}|{:03}|{}", records.len(), records.join("^"));
        let one = (tr_id.to_owned(), tr_key.to_owned());
        let to: Vec<u64> =
            self.sessions.iter().filter(|(_, session)| session.registered.contains(&one)).map(|(id, _)| *id).collect();
        for id in to {
            self.send(id, &format!("{tr_id} {tr_key}"), &text);
        }
    }

    /// Sends an execution notice, encrypted for each session with its own keys.
    pub fn notify(&mut self, tr_id: &str, plain: &str) {
        let one = (tr_id.to_owned(), HTS_ID.to_owned());
        let wanting = self.sessions.iter().filter(|(_, session)| session.registered.contains(&one));
        let to: Vec<(u64, (String, String))> =
            wanting.filter_map(|(id, session)| Some((*id, session.keys.get(tr_id)?.clone()))).collect();
        for (id, (vector, key)) in to {
            let text = format!("1|{tr_id}|001|{}", encrypted(plain, &key, &vector));
            self.send(id, &format!("{tr_id} {plain}"), &text);
        }
    }

    fn send(&mut self, id: u64, name: &str, text: &str) {
        let is_notice = NOTICES.iter().any(|notice| name.starts_with(notice));
        let Some(session) = self.sessions.get_mut(&id).filter(|session| !session.is_muted) else { return };
        let planned = self.plans.iter_mut().find(|plan| plan.left > 0 && name.contains(&plan.contains)).map(|plan| {
            plan.left -= 1;
            plan.fault.clone()
        });
        let fault = planned.or_else(|| self.chance.as_mut().and_then(|chance| mishap(chance, is_notice)));
        let frame = text_frame(text.as_bytes());
        let mut frames = match fault {
            Some(FrameFault::Lose) => return,
            Some(FrameFault::Swap) => {
                if let Some((held, _)) = session.held.replace((frame, Instant::now())) {
                    let _ = session.out.send(Out::Bytes(held));
                }
                return;
            }
            Some(FrameFault::Late(wait)) => return self.late.push((Instant::now() + wait, id, frame)),
            Some(FrameFault::Drip) => {
                let _ = session.out.send(Out::Drip(frame));
                return;
            }
            Some(FrameFault::Garble) => {
                let cut = text.rfind('|').map_or(0, |at| at + 1);
                text_frame(format!("{}?garbled^^", &text[..cut]).as_bytes())
            }
            Some(FrameFault::Repeat) => frame.repeat(2),
            None => frame,
        };
        if let Some((held, _)) = session.held.take() {
            frames.extend(held);
        }
        let _ = session.out.send(Out::Bytes(frames));
    }

    /// What is due: late messages, and those that wait in vain for another.
    pub fn tick(&mut self) {
        let now = Instant::now();
        let (due, late): (Vec<_>, Vec<_>) = std::mem::take(&mut self.late).into_iter().partition(|(at, ..)| *at <= now);
        self.late = late;
        for (_, id, frame) in due {
            if let Some(session) = self.sessions.get(&id) {
                let _ = session.out.send(Out::Bytes(frame));
            }
        }
        for session in self.sessions.values_mut() {
            if session.held.as_ref().is_some_and(|(_, since)| since.elapsed() >= SWAP_WAIT)
                && let Some((held, _)) = session.held.take()
            {
                let _ = session.out.send(Out::Bytes(held));
            }
        }
    }

    /// Pings everybody, and ends who has not answered for long.
    pub fn ping(&mut self, datetime: &str) {
        let text = json!({"header": {"tr_id": "PINGPONG", "datetime": datetime}}).to_string();
        for session in self.sessions.values_mut().filter(|session| session.pings) {
            session.unanswered += 1;
            let out = if session.unanswered > PINGS_MAX {
                Out::Last(Vec::new())
            } else {
                Out::Bytes(text_frame(text.as_bytes()))
            };
            let _ = session.out.send(out);
        }
    }

    /// Plans a fault for the next `count` messages whose stream, key or plain text contains this.
    pub fn plan(&mut self, contains: &str, count: u32, fault: FrameFault) {
        self.plans.push(Plan { contains: contains.to_owned(), left: count, fault });
    }

    /// Messages go wrong by chance from now on.
    pub fn set_chance(&mut self, seed: u64, rate: f64) {
        // Rates are settings of tests, not money.
        self.chance = Some((Random::new(seed), (rate * 1_000_000.0) as u64));
    }

    pub fn forget_faults(&mut self) {
        self.chance = None;
        self.plans.clear();
    }

    /// Does something to the sessions that are open; new ones are well.
    pub fn strike(&mut self, fault: &StreamFault) {
        for session in self.sessions.values_mut() {
            let out = match fault {
                StreamFault::Stall | StreamFault::PingsOnly => {
                    session.is_muted = true;
                    session.pings = *fault == StreamFault::PingsOnly;
                    continue;
                }
                StreamFault::Silent => Out::Silent,
                StreamFault::Cut => Out::Last(Vec::new()),
                StreamFault::Close(code) => Out::Close(*code),
                StreamFault::HalfFrame => Out::Last(vec![0x81, 126, 0x01, 0x00, b'0', b'|', b'H', b'0']),
                StreamFault::Text(bytes) => Out::Bytes(text_frame(bytes)),
                StreamFault::Raw(bytes) => Out::Bytes(bytes.clone()),
            };
            let keeps = matches!(fault, StreamFault::Text(_) | StreamFault::Raw(_));
            session.is_muted |= !keeps;
            session.pings &= keeps;
            let _ = session.out.send(out);
        }
    }
}

fn error(code: &str, text: &str) -> Value {
    json!({"header": {"tr_id": "(null)", "tr_key": "", "encrypt": "N"},
           "body": {"rt_cd": "9", "msg_cd": code, "msg1": text}})
}

fn reply(tr_id: &str, tr_key: &str, result: &str, code: &str, text: &str, keys: Option<&(String, String)>) -> Value {
    let mut body = json!({"rt_cd": result, "msg_cd": code, "msg1": text});
    if let Some((vector, key)) = keys {
        body["output"] = json!({"iv": vector, "key": key});
    }
    json!({"header": {"tr_id": tr_id, "tr_key": tr_key, "encrypt": "N"}, "body": body})
}
