//! Sign-in: access tokens, approval keys of streams, and what every call must carry.

use std::collections::BTreeMap;

use hoga::broker::kis::environment::Realm;
use serde_json::{Value, json};

use super::answer::Answer;
use super::clock::korea;
use super::http::HttpRequest;
use super::keys_of;
use super::random::Random;
use super::refusal::Refusal;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

#[derive(Clone, Debug)]
struct Token {
    text: String,
    issued: i64,
    expires: i64,
}

#[derive(Debug)]
pub struct SignIn {
    realm: Realm,
    random: Random,
    tokens: Vec<Token>,
    /// When a token was asked for last, with success.
    asked: Option<i64>,
    approvals: BTreeMap<String, i64>,
    approved: Option<i64>,
    /// How many tokens have been issued: the same one again does not count.
    pub issued: u64,
    /// How many approval keys.
    pub approvals_issued: u64,
}

impl SignIn {
    pub const fn new(realm: Realm, seed: u64) -> Self {
        Self {
            realm,
            random: Random::new(seed ^ 0x7e),
            tokens: Vec::new(),
            asked: None,
            approvals: BTreeMap::new(),
            approved: None,
            issued: 0,
            approvals_issued: 0,
        }
    }

    /// A call of `/oauth2/…`; `None` when there is no such call.
    pub fn serve(&mut self, request: &HttpRequest, now: i64) -> Option<Answer> {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let answer = match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth2/tokenP") => self.token(&body, now),
            ("POST", "/oauth2/Approval") => self.approval(&body, now),
            ("POST", "/oauth2/revokeP") => self.revoke(&body),
            _ => return None,
        };
        Some(answer.unwrap_or_else(|refusal| Answer::sign_in(&refusal)))
    }

    fn check_keys(&self, body: &Value, secret: &str) -> Result<(), Refusal> {
        let (key, known) = keys_of(self.realm);
        match () {
            () if body["appkey"] != key => Err(Refusal::gateway("EGW00103")),
            () if body[secret] != known => Err(Refusal::gateway("EGW00105")),
            () => Ok(()),
        }
    }

    fn token(&mut self, body: &Value, now: i64) -> Result<Answer, Refusal> {
        self.check_keys(body, "appsecret")?;
        if body["grant_type"] != "client_credentials" {
            return Err(Refusal::gateway("EGW00109"));
        }
        if self.asked.is_some_and(|asked| (0..MINUTE).contains(&(now - asked))) {
            return Err(Refusal::gateway("EGW00133"));
        }
        self.asked = Some(now);
        if !self.tokens.last().is_some_and(|token| (0..6 * HOUR).contains(&(now - token.issued))) {
            let letters = |random: &mut Random| format!("{:016x}{:016x}", random.next(), random.next());
            let text = format!(
                "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.{}.{}",
                letters(&mut self.random),
                letters(&mut self.random)
            );
            self.tokens.push(Token { text, issued: now, expires: now + 24 * HOUR });
            self.issued += 1;
        }
        let Some(token) = self.tokens.last() else { return Err(Refusal::gateway("EGW00002")) };
        let until = korea(token.expires).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let left = (token.expires - now) / 1_000;
        Ok(Answer::json(
            200,
            &json!({"access_token": token.text, "access_token_token_expired": until, "token_type": "Bearer",
                    "expires_in": left}),
        ))
    }

    fn approval(&mut self, body: &Value, now: i64) -> Result<Answer, Refusal> {
        self.check_keys(body, "secretkey")?;
        if self.approved.is_some_and(|approved| (0..1_000).contains(&(now - approved))) {
            return Err(Refusal::gateway("EGW00201"));
        }
        self.approved = Some(now);
        let (one, two) = (self.random.next(), self.random.next());
        let key = format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            one >> 32,
            one & 0xffff,
            two >> 52,
            two & 0xfff,
            two >> 16 & 0xffff_ffff_ffff
        );
        self.approvals.insert(key.clone(), now + 24 * HOUR);
        self.approvals_issued += 1;
        Ok(Answer::json(200, &json!({"approval_key": key})))
    }

    fn revoke(&mut self, body: &Value) -> Result<Answer, Refusal> {
        self.check_keys(body, "appsecret")?;
        let count = self.tokens.len();
        self.tokens.retain(|token| body["token"] != token.text.as_str());
        if self.tokens.len() == count {
            return Err(Refusal::gateway("EGW00121"));
        }
        self.asked = None;
        Ok(Answer::json(200, &json!({"code": 200, "message": "접근토큰 폐기에 성공하였습니다"})))
    }

    /// The app key whose approval key this is, while it is valid.
    pub fn owner(&self, approval: &str, now: i64) -> Option<String> {
        self.approvals.get(approval).filter(|expires| now < **expires).map(|_| keys_of(self.realm).0.to_owned())
    }

    /// Every token that lives.
    pub fn token_texts(&self) -> Vec<String> {
        self.tokens.iter().map(|token| token.text.clone()).collect()
    }

    /// Every approval key that was given out.
    pub fn approval_keys(&self) -> Vec<String> {
        self.approvals.keys().cloned().collect()
    }

    /// Every token is dead from now on, and a new one may be asked for at once.
    pub fn expire_tokens(&mut self) {
        self.tokens.clear();
        self.asked = None;
    }

    /// No approval key is valid any more.
    pub fn expire_approvals(&mut self) {
        self.approvals.clear();
    }

    /// What every call must carry: content type, keys, token, kind of customer.
    pub fn check(&self, request: &HttpRequest, now: i64) -> Result<(), Refusal> {
        let header = |name: &str| request.header(name).unwrap_or_default();
        let (key, secret) = keys_of(self.realm);
        if !header("content-type").to_ascii_lowercase().starts_with("application/json") {
            return Err(Refusal::gateway("EGW00132"));
        }
        if header("appkey") != key {
            return Err(Refusal::gateway("EGW00103"));
        }
        if header("appsecret") != secret {
            return Err(Refusal::gateway("EGW00105"));
        }
        let Some(token) = header("authorization").strip_prefix("Bearer ") else {
            return Err(Refusal::gateway("EGW00205"));
        };
        let known = self.tokens.iter().find(|known| known.text == token);
        match known {
            None => return Err(Refusal::gateway("EGW00121")),
            Some(token) if token.expires <= now => return Err(Refusal::gateway("EGW00123")),
            Some(_) => {}
        }
        if !matches!(header("custtype"), "P" | "B") {
            return Err(Refusal::gateway("EGW00208"));
        }
        Ok(())
    }
}
