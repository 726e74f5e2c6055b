//! The encryption of the file: a key from the passphrase (argon2id), and single fields under it (AES-256-GCM).

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::SecretText;
use super::error::SecretsError;
use super::sign::hmac_sha256;

const NONCE: usize = 12;
/// Bytes of a salt.
pub(super) const SALT: usize = 16;

/// What it costs to try one passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Times it is gone over.
    pub passes: u32,
    /// Parts of it that can be done at the same time.
    pub lanes: u32,
}

impl Cost {
    /// Of every file that hoga makes: the second recommendation of RFC 9106, section 4, with one lane.
    pub const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// A file that asks for more would stop the machine, and was not written by hoga.
    const MOST: Self = Self { memory_kib: 1024 * 1024, passes: 64, lanes: 64 };

    pub(super) const fn is_possible(self) -> bool {
        let most = Self::MOST;
        self.memory_kib <= most.memory_kib && self.passes <= most.passes && self.lanes <= most.lanes
    }
}

/// Random bytes of the system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], SecretsError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| SecretsError::System(error.to_string()))?;
    Ok(bytes)
}

/// What a passphrase opens: wiped when it goes.
pub(super) struct SealKey {
    cipher_key: Zeroizing<[u8; 32]>,
    check: [u8; 32],
}

impl SealKey {
    /// The key of a passphrase. It may be typed on keyboards that compose Hangul differently, so it is normalised (NFC).
    pub(super) fn derive(passphrase: &SecretText, salt: &[u8; SALT], cost: Cost) -> Result<Self, SecretsError> {
        let system = |error: argon2::Error| SecretsError::System(error.to_string());
        let typed = passphrase.expose();
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() * 3));
        normal.extend(typed.nfc());
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(system)?;
        let mut root = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normal.as_bytes(), salt, root.as_mut())
            .map_err(system)?;
        Ok(Self {
            cipher_key: Zeroizing::new(hmac_sha256(root.as_ref(), b"hoga secrets: cipher")),
            check: hmac_sha256(root.as_ref(), b"hoga secrets: check"),
        })
    }

    /// What tells a wrong passphrase from a damaged file; says nothing about the key.
    pub(super) fn check(&self) -> String {
        hex::encode(self.check)
    }

    /// A text for keeping, bound to its place.
    pub(super) fn seal(&self, place: &[u8], text: &SecretText) -> Result<String, SecretsError> {
        let nonce = random::<NONCE>()?;
        let plain = text.expose().as_bytes();
        let mut buffer = Zeroizing::new(Vec::with_capacity(plain.len() + 16));
        buffer.extend_from_slice(plain);
        self.cipher()
            .encrypt_in_place(&Nonce::from(nonce), place, &mut *buffer)
            .map_err(|_| SecretsError::System("AES-256-GCM refused the text".into()))?;
        Ok(format!("{}{}", hex::encode(nonce), hex::encode(&*buffer)))
    }

    /// The text again; `None` when it was changed, or stands in another place.
    pub(super) fn open(&self, place: &[u8], sealed: &str) -> Option<SecretText> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE>()?;
        let mut buffer = Zeroizing::new(text.to_vec());
        self.cipher().decrypt_in_place(&Nonce::from(*nonce), place, &mut *buffer).ok()?;
        SecretText::from_bytes(std::mem::take(&mut *buffer))
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.cipher_key).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.into())
    }

    #[test]
    fn opens_only_in_its_place_and_with_its_passphrase() {
        let key = SealKey::derive(&secret("correct horse"), &[1; SALT], CHEAP).unwrap();
        let sealed = key.seal(b"a", &secret("hunter2")).unwrap();
        assert_eq!(key.open(b"a", &sealed).unwrap().expose(), "hunter2");
        assert!(key.open(b"b", &sealed).is_none());
        assert_ne!(key.seal(b"a", &secret("hunter2")).unwrap(), sealed, "a nonce was used twice");
        for (passphrase, salt) in [("correct horsf", [1; SALT]), ("correct horse", [2; SALT])] {
            let other = SealKey::derive(&secret(passphrase), &salt, CHEAP).unwrap();
            assert_ne!(other.check(), key.check());
            assert!(other.open(b"a", &sealed).is_none());
        }
        for text in ["", "00", &sealed[..sealed.len() - 2]] {
            assert!(key.open(b"a", text).is_none());
        }
    }

    #[test]
    fn hangul_is_the_same_however_a_keyboard_composes_it() {
        let check = |text: &str| SealKey::derive(&secret(text), &[1; SALT], CHEAP).unwrap().check();
        assert_eq!(check("\u{d638}\u{ac00}"), check("\u{1112}\u{1169}\u{1100}\u{1161}"));
    }
}
