//! A key as one text, for a keyring: a line each for what is known of it, the key, and the secret.
//!
//! No general format: those copy what they read, and the copies are not wiped.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::credential::{NewKey, Note, Secret, SecretKind};
use super::{Ed25519Key, SecretText};

const FIRST_LINE: &str = "hoga key 1";

/// The text. Nothing in it has a line break: keys are visible ASCII.
pub(super) fn write(key: &NewKey) -> Option<Zeroizing<String>> {
    let note = serde_json::to_string(&key.note).ok()?;
    let stored;
    let secret = match &key.secret {
        Secret::Shared(secret) => secret.expose(),
        Secret::Ed25519(private) => {
            stored = private.to_hex();
            stored.expose()
        }
    };
    let length = FIRST_LINE.len() + note.len() + key.key.expose().len() + secret.len() + 3;
    let mut text = Zeroizing::new(String::with_capacity(length));
    let _ = write!(text, "{FIRST_LINE}\n{note}\n{}\n{secret}", key.key.expose());
    Some(text)
}

/// What [`write`] wrote; `None` for anything else.
pub(super) fn read(text: &str) -> Option<NewKey> {
    let mut lines = text.split('\n');
    if lines.next()? != FIRST_LINE {
        return None;
    }
    let note: Note = serde_json::from_str(lines.next()?).ok()?;
    let key = SecretText::new(lines.next()?.to_owned());
    let secret = secret(note.kind, lines.next()?)?;
    if lines.next().is_some() || note.tail != key.tail() {
        return None;
    }
    super::credential::check(note.broker, &key, &secret).ok().filter(|kind| *kind == note.kind)?;
    Some(NewKey { note, key, secret })
}

/// A secret as it is kept.
pub(super) fn secret(kind: SecretKind, text: &str) -> Option<Secret> {
    Some(match kind {
        SecretKind::Ed25519 => Secret::Ed25519(Ed25519Key::from_hex(text)?),
        SecretKind::AppSecret | SecretKind::Hmac => Secret::Shared(SecretText::new(text.to_owned())),
    })
}
