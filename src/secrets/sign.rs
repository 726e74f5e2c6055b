//! Signatures over a request's bytes. What is signed, and where the signature goes, is the adapter's to know.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{Credential, Ed25519Key, Secret, SecretText};

/// Bytes that SHA-256 takes at a time: the length of an HMAC key.
const BLOCK: usize = 64;

/// HMAC-SHA-256 (RFC 2104) with the secret's own bytes as the key, in lower-case hexadecimal.
#[must_use]
pub fn hmac_sha256_hex(secret: &SecretText, payload: &[u8]) -> String {
    hex::encode(hmac_sha256(secret.expose().as_bytes(), payload))
}

/// Ed25519 (RFC 8032) in base64 with padding, not yet percent-encoded.
#[must_use]
pub fn ed25519_base64(key: &Ed25519Key, payload: &[u8]) -> String {
    STANDARD.encode(key.sign(payload))
}

impl Credential {
    /// The signature of a payload in the way of its secret: HMAC in hexadecimal or Ed25519 in base64.
    #[must_use]
    pub fn sign(&self, payload: &[u8]) -> String {
        match &self.secret {
            Secret::Shared(secret) => hmac_sha256_hex(secret, payload),
            Secret::Ed25519(key) => ed25519_base64(key, payload),
        }
    }
}

/// A key of any length as RFC 2104 has it: a longer one is hashed, a shorter one ends in zeros.
pub(super) fn hmac_sha256(key: &[u8], payload: &[u8]) -> [u8; 32] {
    let mut block = Zeroizing::new([0; BLOCK]);
    match block.get_mut(..key.len()) {
        Some(start) => start.copy_from_slice(key),
        None => {
            let mut hashed = Sha256::digest(key);
            block.iter_mut().zip(hashed.iter()).for_each(|(to, from)| *to = *from);
            hashed.as_mut_slice().zeroize();
        }
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(payload);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 2 and 6 of RFC 4231: a short key, and one longer than a block.
    #[test]
    fn hmac_is_the_published_one_for_keys_of_any_length() {
        let signature = |key: &[u8], payload: &str| hex::encode(hmac_sha256(key, payload.as_bytes()));
        assert_eq!(
            signature(b"Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            signature(&[0xaa; 131], "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
