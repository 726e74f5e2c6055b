//! Signed requests: what is appended to their parameters, and by which key.
//!
//! The time stamp goes on when a request really leaves, for the exchange refuses what is older than its `recvWindow`.

use super::query::Query;
use crate::market::UtcTime;
use crate::secrets::Credential;

/// Header that carries the API key.
pub const KEY_HEADER: &str = "x-mbx-apikey";

/// Signs with the key of one profile. It does not print.
pub struct Signer {
    credential: Credential,
    window_ms: u64,
}

impl Signer {
    /// Signs requests that are good for `window_ms` milliseconds from their time stamp.
    #[must_use]
    pub const fn new(credential: Credential, window_ms: u64) -> Self {
        Self { credential, window_ms }
    }

    /// The API key, for [`KEY_HEADER`].
    #[must_use]
    pub fn key(&self) -> &str {
        self.credential.key.expose()
    }

    /// Parameters with window, time stamp (the exchange's time) and signature, in this order, the signature last: the
    /// exact bytes that go into the address.
    #[must_use]
    pub fn sign(&self, query: Query, at: UtcTime) -> Query {
        let window = i64::try_from(self.window_ms).unwrap_or(i64::MAX);
        let query = query.number("recvWindow", window).number("timestamp", at.millis());
        let signature = self.raw(query.as_str());
        // Base64 has characters that would not survive an address; hexadecimal passes unchanged.
        query.text("signature", &signature)
    }

    /// The signature of a WebSocket request: its parameters sorted by name, as they stand in the message.
    #[must_use]
    pub fn raw(&self, payload: &str) -> String {
        self.credential.sign(payload.as_bytes())
    }

    /// How long after its time stamp a request may still take effect, in milliseconds.
    #[must_use]
    pub const fn window_ms(&self) -> u64 {
        self.window_ms
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::config::BrokerName;
    use crate::order::ProfileName;
    use crate::secrets::{Ed25519Key, Origin, Secret, SecretText};

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        name: String,
        scheme: String,
        #[serde(rename = "where")]
        place: String,
        secret: Option<String>,
        private_key_pem: Option<String>,
        seed_hex: Option<String>,
        payload: String,
        signature: String,
        signature_as_sent: String,
    }

    fn signer(secret: Secret) -> Signer {
        let credential = Credential {
            profile: ProfileName::new("b").unwrap(),
            broker: BrokerName::Binance,
            world: None,
            added_at: None,
            origin: Origin::Environment,
            key: SecretText::new("key-canary-key-canary".into()),
            secret,
        };
        Signer::new(credential, 5_000)
    }

    fn of(vector: &Vector) -> Signer {
        if let Some(secret) = &vector.secret {
            return signer(Secret::Shared(SecretText::new(secret.clone())));
        }
        // One of two vectors of the same key has it as a file.
        let all = vectors();
        let same = all.iter().find(|other| other.private_key_pem.is_some() && other.seed_hex == vector.seed_hex);
        let pem = same.unwrap().private_key_pem.clone().unwrap();
        signer(Secret::Ed25519(Ed25519Key::from_pem(&SecretText::new(pem)).unwrap()))
    }

    fn vectors() -> Vec<Vector> {
        let text = include_str!("../../../tests/data/binance/signing_vectors.json");
        serde_json::from_str::<Vectors>(text).unwrap().vectors
    }

    #[test]
    fn signatures_are_the_published_ones() {
        let vectors = vectors();
        assert_eq!(vectors.iter().filter(|vector| vector.scheme == "HMAC-SHA256").count(), 6);
        assert_eq!(vectors.iter().filter(|vector| vector.scheme == "Ed25519").count(), 2);
        for vector in vectors {
            let signer = of(&vector);
            assert_eq!(signer.raw(&vector.payload), vector.signature, "{}", vector.name);
            if vector.place == "rest" {
                let sent = Query::new().text("s", &vector.signature);
                assert_eq!(sent.as_str(), format!("s={}", vector.signature_as_sent), "{}", vector.name);
            }
        }
    }

    #[test]
    fn window_time_and_signature_are_the_last_parameters() {
        let futures = vectors().into_iter().find(|vector| vector.name == "futures REST").unwrap();
        let signer = of(&futures);
        let query = Query::new()
            .text("symbol", "BTCUSDT")
            .text("side", "BUY")
            .text("type", "LIMIT")
            .text("quantity", "1")
            .text("price", "9000")
            .text("timeInForce", "GTC");
        let signed = signer.sign(query, UtcTime::from_millis(1_591_702_613_943));
        assert_eq!(signed.as_str(), format!("{}&signature={}", futures.payload, futures.signature));
    }

    #[test]
    fn what_signs_does_not_print() {
        let signer = signer(Secret::Shared(SecretText::new("secret-canary".into())));
        let signed = signer.sign(Query::new(), UtcTime::EPOCH);
        assert_eq!(format!("{signer:?} {signed:?}"), format!("Signer Query({} bytes)", signed.as_str().len()));
    }
}
