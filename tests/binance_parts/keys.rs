//! API keys, signatures and the window of a time stamp.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::{Signature, SigningKey, Verifier};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::http::HttpRequest;
use super::params::{Params, decoded};
use super::refusal::Refusal;

/// A key that may trade, signing by HMAC with [`SECRET`].
pub const KEY: &str = "hogaTestKey00000000000000000000000000000000000000000000000000001";
/// The secret of [`KEY`] and [`KEY_READ_ONLY`].
pub const SECRET: &str = "hogaTestSecret0000000000000000000000000000000000000000000000001x";
/// A key that may read and not trade.
pub const KEY_READ_ONLY: &str = "hogaTestKey00000000000000000000000000000000000000000000000000002";
/// A key that may trade, signing by Ed25519 with [`ed25519_pem`].
pub const KEY_ED25519: &str = "hogaTestKey00000000000000000000000000000000000000000000000000003";

/// The private key of [`KEY_ED25519`], PKCS#8.
pub fn ed25519_pem() -> String {
    ed25519().to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
}

fn ed25519() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// What a call needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    Open,
    /// The key in the header.
    Key,
    /// Signed.
    Read,
    /// Signed, by a key that may trade.
    Trade,
}

/// Checks header, signature, time stamp and permission; `now` is the server's clock in ms.
pub fn check(request: &HttpRequest, params: &Params, security: Security, now: i64) -> Result<(), Refusal> {
    if security == Security::Open {
        return Ok(());
    }
    let key = known(request.header("x-mbx-apikey"))?;
    if security == Security::Key {
        return Ok(());
    }
    check_signed(params, security, key, now, || is_signed(request, key))
}

/// The same for a message of the WebSocket API, whose parameters carry the key and are signed in the order of their
/// names.
pub fn check_message(
    given: &serde_json::Map<String, Value>,
    params: &Params,
    security: Security,
    now: i64,
) -> Result<(), Refusal> {
    let key = known(given.get("apiKey").and_then(Value::as_str))?;
    check_signed(params, security, key, now, || {
        let mut pairs = params.unsigned();
        pairs.sort_unstable();
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        is_signature(key, &pairs.join("&"), params.get("signature").unwrap_or_default())
    })
}

fn known(key: Option<&str>) -> Result<&str, Refusal> {
    let key = key.filter(|key| key.len() == 64).ok_or_else(|| Refusal::of(-2014))?;
    if [KEY, KEY_READ_ONLY, KEY_ED25519].contains(&key) { Ok(key) } else { Err(Refusal::of(-2015)) }
}

fn check_signed(
    params: &Params,
    security: Security,
    key: &str,
    now: i64,
    is_signed: impl FnOnce() -> bool,
) -> Result<(), Refusal> {
    within_window(params, now)?;
    if !is_signed() {
        return Err(match params.get("signature") {
            None => Refusal::missing("signature"),
            Some(_) => Refusal::of(-1022),
        });
    }
    if security == Security::Trade && key == KEY_READ_ONLY {
        return Err(Refusal::of(-2015));
    }
    Ok(())
}

fn within_window(params: &Params, now: i64) -> Result<(), Refusal> {
    let timestamp = params.need_number("timestamp")?;
    let window = params.number("recvWindow")?.unwrap_or(5_000);
    if !(1..=60_000).contains(&window) {
        return Err(Refusal::new(400, -1131, "recvWindow must be less than 60000."));
    }
    if timestamp >= now + 1_000 {
        return Err(Refusal::new(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."));
    }
    if now - timestamp > window {
        return Err(Refusal::of(-1021));
    }
    Ok(())
}

/// Whether the last parameter signs every byte before it: the query followed at once by the body.
fn is_signed(request: &HttpRequest, key: &str) -> bool {
    let whole = format!("{}{}", request.query, request.body);
    let Some((payload, signature)) = whole.rsplit_once("&signature=") else { return false };
    if signature.contains('&') {
        return false;
    }
    // Base64 with a bare plus, slash or equals sign would not have survived a real gateway.
    let is_bare = signature.contains(['+', '/', '=']);
    !is_bare && is_signature(key, payload, &decoded(signature))
}

fn is_signature(key: &str, payload: &str, signature: &str) -> bool {
    if key == KEY_ED25519 {
        let bytes = STANDARD.decode(signature).unwrap_or_default();
        let Ok(signature) = Signature::from_slice(&bytes) else { return false };
        return ed25519().verifying_key().verify(payload.as_bytes(), &signature).is_ok();
    }
    let Ok(bytes) = hex::decode(signature) else { return false };
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    mac.verify_slice(&bytes).is_ok()
}

/// The HMAC signature of a payload by [`SECRET`], as a client writes it.
pub fn signature(payload: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
