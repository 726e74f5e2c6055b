//! Decryption of execution notices: AES-256-CBC with the key and vector of the registration's answer.
//!
//! Both are used as the bytes of their text, neither base64 nor hexadecimal. They belong to a connection and a stream:
//! after a reconnect every pair is a new one.

use std::fmt;

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use zeroize::Zeroize as _;

/// Largest ciphertext of a notice; real ones have about 250 characters.
const CIPHERTEXT_MAX: usize = 16 * 1024;

/// Key and vector of a stream on a connection. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticeKeys {
    key: [u8; 32],
    vector: [u8; 16],
}

impl Drop for NoticeKeys {
    fn drop(&mut self) {
        self.key.zeroize();
        self.vector.zeroize();
    }
}

impl fmt::Debug for NoticeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeKeys")
    }
}

/// A notice that cannot be decrypted. What it held is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CipherFault {
    /// Longer than any notice.
    #[error("a notice is too long")]
    TooLong,
    /// Not base64.
    #[error("a notice is not base64")]
    NotBase64,
    /// The key does not fit: of another stream or of an earlier connection.
    #[error("a notice does not fit its key")]
    WrongKey,
    /// What comes out is no text.
    #[error("a notice is no text")]
    NotText,
}

impl NoticeKeys {
    /// From the 32 and 16 characters of an answer; `None` for any other length.
    #[must_use]
    pub fn new(key: &str, vector: &str) -> Option<Self> {
        Some(Self { key: key.as_bytes().try_into().ok()?, vector: vector.as_bytes().try_into().ok()? })
    }

    /// The plain text of a payload.
    ///
    /// # Errors
    /// When it is no ciphertext of this key.
    pub fn decrypt(&self, payload: &[u8]) -> Result<String, CipherFault> {
        if payload.len() > CIPHERTEXT_MAX {
            return Err(CipherFault::TooLong);
        }
        let ciphertext = STANDARD.decode(payload.trim_ascii()).map_err(|_| CipherFault::NotBase64)?;
        let cipher = cbc::Decryptor::<Aes256>::new(&self.key.into(), &self.vector.into());
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(&ciphertext).map_err(|_| CipherFault::WrongKey)?;
        String::from_utf8(plain).map_err(|_| CipherFault::NotText)
    }
}
