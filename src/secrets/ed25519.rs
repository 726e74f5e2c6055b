//! Ed25519 private keys, as Binance's users make them: PKCS#8 in PEM.

use std::fmt;

use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use super::error::BadPem;
use super::{SecretText, dump};

/// A private key for signatures: prints as `***`, is wiped when it goes.
pub struct Ed25519Key(Box<SigningKey>);

impl Ed25519Key {
    /// Of a PEM file's text (RFC 8410), with or without its public key.
    ///
    /// # Errors
    /// No such key; which kind of file it is instead, where that can be told.
    pub fn from_pem(pem: &SecretText) -> Result<Self, BadPem> {
        dump::forbid();
        let text = Zeroizing::new(pem.expose().trim().replace('\r', ""));
        let label = text.lines().next().unwrap_or_default();
        match label {
            "-----BEGIN PRIVATE KEY-----" => {}
            "-----BEGIN RSA PRIVATE KEY-----" => return Err(BadPem::Rsa),
            "-----BEGIN ENCRYPTED PRIVATE KEY-----" => return Err(BadPem::Encrypted),
            "-----BEGIN PUBLIC KEY-----" => return Err(BadPem::Public),
            _ => return Err(BadPem::NoPem),
        }
        SigningKey::from_pkcs8_pem(&text).map(|key| Self(Box::new(key))).map_err(|_| BadPem::NotEd25519)
    }

    /// Of its seed in hexadecimal, as [`Ed25519Key::to_hex`] writes it.
    pub(super) fn from_hex(seed: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(seed, bytes.as_mut()).ok()?;
        dump::forbid();
        Some(Self(Box::new(SigningKey::from_bytes(&bytes))))
    }

    /// Its seed in hexadecimal, for keeping.
    pub(super) fn to_hex(&self) -> SecretText {
        SecretText::new(hex::encode(self.0.as_bytes()))
    }

    pub(super) fn sign(&self, payload: &[u8]) -> [u8; 64] {
        self.0.sign(payload).to_bytes()
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
