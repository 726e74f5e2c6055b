//! The encrypted file's content: what may be known in clear, keys and secrets sealed one by one.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::SecretText;
use super::credential::{NewKey, Note, Secret};
use super::error::SecretsError;
use super::note;
use super::seal::{Cost, SALT, SealKey, random};

const VERSION: u32 = 1;
const ALGORITHM: &str = "argon2id";

/// The file as it is written. Every byte of it is under `checksum`, which tells damage from a wrong passphrase; what
/// somebody changes on purpose, checksum and all, is found by the seals.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    version: u32,
    derivation: Derivation,
    check: String,
    profiles: BTreeMap<String, Entry>,
    checksum: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Derivation {
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    note: Note,
    key: String,
    secret: String,
}

impl Document {
    /// An empty one with its key.
    pub(super) fn new(passphrase: &SecretText, cost: Cost) -> Result<(Self, SealKey), SecretsError> {
        let salt = random::<SALT>()?;
        let key = SealKey::derive(passphrase, &salt, cost)?;
        let Cost { memory_kib, passes, lanes } = cost;
        let derivation = Derivation { algorithm: ALGORITHM.into(), memory_kib, passes, lanes, salt: hex::encode(salt) };
        let check = key.check();
        Ok((Self { version: VERSION, derivation, check, profiles: BTreeMap::new(), checksum: String::new() }, key))
    }

    /// The bytes to be written.
    pub(super) fn encode(&mut self) -> Result<Vec<u8>, SecretsError> {
        self.checksum = self.sum()?;
        let mut bytes = as_json(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// From the bytes of a file.
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, SecretsError> {
        let damaged = |what| SecretsError::Damaged { path: path.to_owned(), what };
        let Ok(mut document) = serde_json::from_slice::<Self>(bytes) else {
            return Err(match later_version(bytes) {
                Some(version) => SecretsError::Version { path: path.to_owned(), version },
                None => damaged("it is not what hoga writes"),
            });
        };
        if document.version != VERSION {
            return Err(SecretsError::Version { path: path.to_owned(), version: document.version.into() });
        }
        let told = document.checksum.clone();
        if document.encode()? != bytes || document.checksum != told {
            return Err(damaged("its checksum does not fit"));
        }
        if document.derivation.algorithm != ALGORITHM || !document.cost().is_possible() {
            return Err(damaged("its passphrase costs what no passphrase does"));
        }
        Ok(document)
    }

    /// The key of this file.
    pub(super) fn unlock(&self, path: &Path, passphrase: &SecretText) -> Result<SealKey, SecretsError> {
        let mut salt = [0; SALT];
        hex::decode_to_slice(&self.derivation.salt, &mut salt)
            .map_err(|_| SecretsError::Damaged { path: path.to_owned(), what: "it has no salt" })?;
        let key = SealKey::derive(passphrase, &salt, self.cost())?;
        if key.check() == self.check { Ok(key) } else { Err(SecretsError::WrongPassphrase(path.to_owned())) }
    }

    /// What may be known of a profile's key.
    pub(super) fn note(&self, profile: &str) -> Option<&Note> {
        self.profiles.get(profile).map(|entry| &entry.note)
    }

    /// What may be known of every key.
    pub(super) fn notes(&self) -> impl Iterator<Item = (&str, &Note)> {
        self.profiles.iter().map(|(name, entry)| (name.as_str(), &entry.note))
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// Keeps a key, in place of the one there was.
    pub(super) fn put(&mut self, profile: &str, key: &NewKey, seal: &SealKey) -> Result<(), SecretsError> {
        let private;
        let secret = match &key.secret {
            Secret::Shared(secret) => secret,
            Secret::Ed25519(key) => {
                private = key.to_hex();
                &private
            }
        };
        let entry = Entry {
            note: key.note.clone(),
            key: seal.seal(&place(profile, &key.note, "key")?, &key.key)?,
            secret: seal.seal(&place(profile, &key.note, "secret")?, secret)?,
        };
        self.profiles.insert(profile.to_owned(), entry);
        Ok(())
    }

    /// A profile's key; `None` when there is none.
    pub(super) fn get(&self, path: &Path, profile: &str, seal: &SealKey) -> Result<Option<NewKey>, SecretsError> {
        let Some(Entry { note, key, secret }) = self.profiles.get(profile) else { return Ok(None) };
        let damaged = || SecretsError::Damaged { path: path.to_owned(), what: "a sealed key was changed" };
        let key = seal.open(&place(profile, note, "key")?, key).ok_or_else(damaged)?;
        let text = seal.open(&place(profile, note, "secret")?, secret).ok_or_else(damaged)?;
        let secret = note::secret(note.kind, text.expose()).ok_or_else(damaged)?;
        Ok(Some(NewKey { note: note.clone(), key, secret }))
    }

    /// Forgets a profile's key; whether there was one.
    pub(super) fn remove(&mut self, profile: &str) -> bool {
        self.profiles.remove(profile).is_some()
    }

    fn cost(&self) -> Cost {
        let Derivation { memory_kib, passes, lanes, .. } = self.derivation;
        Cost { memory_kib, passes, lanes }
    }

    /// SHA-256 over everything but itself.
    fn sum(&mut self) -> Result<String, SecretsError> {
        self.checksum.clear();
        Ok(hex::encode(Sha256::digest(as_json(self)?)))
    }
}

fn as_json(value: &impl Serialize) -> Result<Vec<u8>, SecretsError> {
    serde_json::to_vec(value).map_err(|error| SecretsError::System(error.to_string()))
}

/// The version of a file that a later hoga may have written.
fn later_version(bytes: &[u8]) -> Option<u64> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    value.get("version")?.as_u64().filter(|version| *version > u64::from(VERSION))
}

/// What a sealed text is bound to: no entry can stand in for another, nor a mock's key for a live one.
fn place(profile: &str, note: &Note, field: &str) -> Result<Vec<u8>, SecretsError> {
    as_json(&("hoga secrets", VERSION, profile, note, field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BrokerName, Profile, RiskLimits, World};
    use crate::market::UtcTime;

    const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
    const PATH: &str = "secrets.json";

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.into())
    }

    fn key(profile: &str, world: World) -> NewKey {
        let profile = Profile::new(profile.parse().unwrap(), BrokerName::Binance, world, RiskLimits::default());
        let texts = (secret("key-of-many-letters"), Secret::Shared(secret("secret-of-many-letters")));
        NewKey::new(&profile, texts.0, texts.1, UtcTime::from_millis(1_790_000_000_000)).unwrap()
    }

    fn written() -> Vec<u8> {
        let (mut document, seal) = Document::new(&secret("passphrase"), CHEAP).unwrap();
        document.put("one", &key("one", World::Paper), &seal).unwrap();
        document.put("two", &key("two", World::Live), &seal).unwrap();
        document.encode().unwrap()
    }

    /// What a reader of these bytes gets for `profile`.
    fn read(bytes: &[u8], profile: &str) -> Result<Option<NewKey>, SecretsError> {
        let path = Path::new(PATH);
        let document = Document::read(path, bytes)?;
        let seal = document.unlock(path, &secret("passphrase"))?;
        document.get(path, profile, &seal)
    }

    #[test]
    fn every_changed_bit_is_an_error() {
        let bytes = written();
        assert_eq!(read(&bytes, "one").unwrap().unwrap().key.expose(), "key-of-many-letters");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let error = read(&changed, "one").err();
                let is_told = matches!(error, Some(SecretsError::Damaged { .. } | SecretsError::Version { .. }));
                assert!(is_told, "byte {at} bit {bit}: {error:?}");
            }
        }
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length], "one").is_err(), "cut at {length}");
        }
    }

    /// Changes the file as somebody would who can write it and knows how it is made, but has no passphrase.
    fn forged(change: impl FnOnce(&mut Document)) -> Vec<u8> {
        let mut document = Document::read(Path::new(PATH), &written()).unwrap();
        change(&mut document);
        document.encode().unwrap()
    }

    #[test]
    fn what_is_changed_with_its_checksum_is_found_by_the_seals() {
        let forgeries: [fn(&mut Document); 9] = [
            |document| document.profiles.get_mut("one").unwrap().note.world = World::Live,
            |document| document.profiles.get_mut("one").unwrap().note.broker = BrokerName::Kis,
            |document| document.profiles.get_mut("one").unwrap().note.tail = "abcd".into(),
            |document| document.profiles.get_mut("one").unwrap().note.added_at = UtcTime::EPOCH,
            |document| {
                let entry = document.profiles.get_mut("one").unwrap();
                std::mem::swap(&mut entry.key, &mut entry.secret);
            },
            |document| {
                let other = document.profiles.remove("two").unwrap();
                document.profiles.insert("one".into(), other);
            },
            |document| {
                let other = document.profiles.get_mut("two").unwrap().key.clone();
                document.profiles.get_mut("one").unwrap().key = other;
            },
            |document| document.profiles.get_mut("one").unwrap().secret.truncate(20),
            |document| document.profiles.get_mut("one").unwrap().key.clear(),
        ];
        for (number, forgery) in forgeries.into_iter().enumerate() {
            let error = read(&forged(forgery), "one").err();
            assert!(matches!(error, Some(SecretsError::Damaged { .. })), "{number}: {error:?}");
        }
    }

    #[test]
    fn a_changed_passphrase_cost_opens_nothing_and_stops_no_machine() {
        let error = read(&forged(|document| document.derivation.passes = 2), "one").unwrap_err();
        assert!(matches!(error, SecretsError::WrongPassphrase(_)));
        let costs: [fn(&mut Derivation); 3] = [
            |derivation| derivation.memory_kib = u32::MAX,
            |derivation| derivation.passes = u32::MAX,
            |derivation| derivation.lanes = u32::MAX,
        ];
        for change in costs {
            let error = read(&forged(|document| change(&mut document.derivation)), "one").unwrap_err();
            assert!(matches!(error, SecretsError::Damaged { .. }), "{error:?}");
        }
    }

    #[test]
    fn the_file_of_a_later_hoga_is_not_called_damaged() {
        let error = read(br#"{"version":2,"new":true}"#, "one").unwrap_err();
        assert!(matches!(error, SecretsError::Version { version: 2, .. }));
    }
}
