//! A broker's key with its secret, and what is known about it without seeing it.

use serde::{Deserialize, Serialize};

use super::error::{BadForm, SecretsError};
use super::{Ed25519Key, SecretText};
use crate::config::{Address, BrokerName, Profile, World};
use crate::market::UtcTime;
use crate::order::ProfileName;

/// No broker's key is shorter; a slip of the hand is.
const LENGTH_MIN: usize = 8;
/// KIS has the longest: secrets of 180 characters.
const LENGTH_MAX: usize = 512;

/// Whether a broker is spoken to with keys that hoga keeps.
#[must_use]
pub const fn takes_keys(broker: BrokerName) -> bool {
    matches!(broker, BrokerName::Kis | BrokerName::Kiwoom | BrokerName::Binance)
}

/// What belongs to a key and must stay secret.
#[derive(Debug)]
pub enum Secret {
    /// Text that the broker knows too: an app secret, or the key of an HMAC.
    Shared(SecretText),
    /// A private key; the broker knows only its public one.
    Ed25519(Ed25519Key),
}

/// How a secret is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// Sent to the broker for a token: KIS, Kiwoom.
    AppSecret,
    /// Signs with HMAC-SHA-256: Binance.
    Hmac,
    /// Signs with Ed25519: Binance.
    Ed25519,
}

impl SecretKind {
    /// Name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppSecret => "app_secret",
            Self::Hmac => "hmac",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// Where a key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Variables of the environment.
    Environment,
    /// The system keyring.
    Keyring,
    /// The encrypted file.
    File,
}

impl Origin {
    /// Name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// What may be known of a key that is kept: everything but itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The broker it was added for.
    pub broker: BrokerName,
    /// The world it was added for.
    pub world: World,
    /// How its secret is used.
    pub kind: SecretKind,
    /// When it was added.
    pub added_at: UtcTime,
    /// The last letters of the key, by which its owner knows it.
    pub tail: String,
}

impl Note {
    /// Whether the key was added for the broker and the world that a profile has now.
    ///
    /// # Errors
    /// It was not.
    pub fn check_fits(&self, profile: &Profile) -> Result<(), SecretsError> {
        if self.broker != profile.broker {
            return Err(SecretsError::WrongBroker { key: self.broker, profile: profile.broker });
        }
        check_world(self.world, profile)
    }
}

/// A key to be kept.
#[derive(Debug)]
pub struct NewKey {
    /// What may be known of it.
    pub note: Note,
    pub(super) key: SecretText,
    pub(super) secret: Secret,
}

impl NewKey {
    /// A key for a profile, in the form its broker gives.
    ///
    /// # Errors
    /// The broker takes none of that kind, or it cannot be one.
    pub fn new(profile: &Profile, key: SecretText, secret: Secret, added_at: UtcTime) -> Result<Self, SecretsError> {
        let kind = check(profile.broker, &key, &secret)?;
        let note = Note { broker: profile.broker, world: profile.world, kind, added_at, tail: key.tail() };
        Ok(Self { note, key, secret })
    }

    /// What is unusual about it.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        doubts(self.note.broker, &self.key, &self.secret)
    }
}

/// A key with its secret, for one profile.
#[derive(Debug)]
pub struct Credential {
    /// Whose it is.
    pub profile: ProfileName,
    /// The broker it is for.
    pub broker: BrokerName,
    /// The world it was added for; the environment does not say.
    pub world: Option<World>,
    /// When it was added; the environment does not say.
    pub added_at: Option<UtcTime>,
    /// Where it was found.
    pub origin: Origin,
    /// The app key or API key.
    pub key: SecretText,
    /// What belongs to it.
    pub secret: Secret,
}

impl Credential {
    /// How its secret is used.
    #[must_use]
    pub const fn kind(&self) -> SecretKind {
        kind(self.broker, &self.secret)
    }

    /// What is unusual about it.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        doubts(self.broker, &self.key, &self.secret)
    }

    /// Whether it may be used for a profile as the config has it now: a mock's key never goes to a live address, nor the
    /// reverse. A profile with virtual cash only looks at the market, which either key may do.
    ///
    /// # Errors
    /// It is of another broker or another world, or cannot be a key.
    pub fn check_fits(&self, profile: &Profile) -> Result<(), SecretsError> {
        check(profile.broker, &self.key, &self.secret)?;
        if self.broker != profile.broker {
            return Err(SecretsError::WrongBroker { key: self.broker, profile: profile.broker });
        }
        match self.world {
            Some(world) => check_world(world, profile),
            None => Ok(()),
        }
    }
}

fn check_world(key: World, profile: &Profile) -> Result<(), SecretsError> {
    let wrong = |there: String, world| Err(SecretsError::WrongWorld { key, there, world });
    // Orders of a profile with virtual cash go to no broker; every other world needs a key of its own.
    if profile.world != World::Virtual && key != profile.world {
        return wrong(format!("the profile '{}'", profile.name), profile.world);
    }
    let own = profile.rest_url.iter().chain(&profile.ws_url).chain(profile.urls.values());
    let elsewhere = |url: &&Address| key != World::Virtual && url.known_world().is_some_and(|world| world != key);
    match own.into_iter().find(elsewhere).and_then(|url| Some((url, url.known_world()?))) {
        Some((url, world)) => wrong(url.to_string(), world),
        None => Ok(()),
    }
}

/// Something unusual that may still be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Keys of that broker have another length.
    KeyLength {
        /// Characters it has.
        found: usize,
        /// Characters they have.
        usual: usize,
    },
    /// Secrets of that broker have another length.
    SecretLength {
        /// Characters it has.
        found: usize,
        /// Characters they have.
        usual: usize,
    },
}

/// Length of keys and of secrets, where the broker's documents tell it.
const fn usual_lengths(broker: BrokerName) -> Option<(usize, usize)> {
    match broker {
        BrokerName::Kis => Some((36, 180)),
        BrokerName::Binance => Some((64, 64)),
        _ => None,
    }
}

const fn kind(broker: BrokerName, secret: &Secret) -> SecretKind {
    match (secret, broker) {
        (Secret::Ed25519(_), _) => SecretKind::Ed25519,
        (Secret::Shared(_), BrokerName::Binance) => SecretKind::Hmac,
        (Secret::Shared(_), _) => SecretKind::AppSecret,
    }
}

pub(super) fn check(broker: BrokerName, key: &SecretText, secret: &Secret) -> Result<SecretKind, SecretsError> {
    if !takes_keys(broker) {
        return Err(SecretsError::NotTaken { broker, kind: None });
    }
    let kind = kind(broker, secret);
    if kind == SecretKind::Ed25519 && broker != BrokerName::Binance {
        return Err(SecretsError::NotTaken { broker, kind: Some(kind) });
    }
    let wrong = |what: &str, form| Err(SecretsError::Form { what: what.into(), form });
    if let Some(form) = bad_form(key.expose()) {
        return wrong("key", form);
    }
    if let Secret::Shared(secret) = secret {
        if let Some(form) = bad_form(secret.expose()) {
            return wrong("secret", form);
        }
        if secret.expose() == key.expose() {
            return wrong("secret", BadForm::Same);
        }
    }
    Ok(kind)
}

fn bad_form(text: &str) -> Option<BadForm> {
    match text.len() {
        0 => Some(BadForm::Empty),
        _ if !text.bytes().all(|byte| byte.is_ascii_graphic()) => Some(BadForm::Characters),
        length if length < LENGTH_MIN => Some(BadForm::Short),
        length if length > LENGTH_MAX => Some(BadForm::Long),
        _ => None,
    }
}

fn doubts(broker: BrokerName, key: &SecretText, secret: &Secret) -> Vec<Doubt> {
    let Some((of_key, of_secret)) = usual_lengths(broker) else { return Vec::new() };
    let mut found = Vec::new();
    if key.expose().len() != of_key {
        found.push(Doubt::KeyLength { found: key.expose().len(), usual: of_key });
    }
    if let Secret::Shared(secret) = secret
        && secret.expose().len() != of_secret
    {
        found.push(Doubt::SecretLength { found: secret.expose().len(), usual: of_secret });
    }
    found
}
