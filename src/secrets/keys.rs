//! The order in which keys are looked for, and everything that is done with them.

use super::credential::{Credential, NewKey, Note, Origin};
use super::environment::{self, Lookup, has_keys_in_environment};
use super::error::SecretsError;
use super::file::SecretsFile;
use super::keyring::{self, Keyring, KeyringError};
use super::passphrase::Passphrase;
use super::takes_keys;
use crate::config::Profile;
use crate::order::ProfileName;

/// The keys of all profiles: environment first, then keyring, then encrypted file.
pub struct Keys<'a> {
    environment: Lookup<'a>,
    keyring: &'a dyn Keyring,
    file: SecretsFile,
}

/// A place in which a key of a profile is.
#[derive(Debug)]
pub struct Place {
    /// Which.
    pub origin: Origin,
    /// What may be known of it; nothing where it cannot be read, and the environment has no date and no world.
    pub note: Option<Note>,
    /// The last letters of a key in the environment, and how its secret is used.
    pub found: Option<Credential>,
    /// Why it cannot be read.
    pub error: Option<SecretsError>,
}

impl<'a> Keys<'a> {
    /// Looks in these places.
    pub fn new(environment: Lookup<'a>, keyring: &'a dyn Keyring, file: SecretsFile) -> Self {
        Self { environment, keyring, file }
    }

    /// The encrypted file.
    #[must_use]
    pub const fn file(&self) -> &SecretsFile {
        &self.file
    }

    /// The key of a profile, from the first place that has one, if it may be used for the profile as it is now. What is
    /// wrong in a place is an error: a key of a later place is not silently taken instead. Only a keyring that does not
    /// serve is passed over.
    ///
    /// # Errors
    /// There is none; a place is wrong; the key is of another broker or world.
    pub fn find(&self, profile: &Profile, passphrase: &mut Passphrase<'_>) -> Result<Credential, SecretsError> {
        let found = self.first(profile, passphrase)?;
        found.check_fits(profile)?;
        Ok(found)
    }

    fn first(&self, profile: &Profile, passphrase: &mut Passphrase<'_>) -> Result<Credential, SecretsError> {
        if !takes_keys(profile.broker) {
            return Err(SecretsError::NotTaken { broker: profile.broker, kind: None });
        }
        if let Some(found) = environment::find(profile, self.environment)? {
            return Ok(found);
        }
        let mut looked = vec![format!("environment: {}_… not set", profile.environment_prefix())];
        match keyring::get(self.keyring, &profile.name) {
            Ok(Some(kept)) => return Ok(credential(profile, kept, Origin::Keyring)),
            Ok(None) => looked.push("keyring: nothing".into()),
            Err(SecretsError::Keyring(error)) => looked.push(format!("keyring: {error}")),
            Err(error) => return Err(error),
        }
        if let Some(kept) = self.file.get(&profile.name, passphrase)? {
            return Ok(credential(profile, kept, Origin::File));
        }
        let path = self.file.path().display();
        looked.push(if self.file.exists() { format!("{path}: nothing") } else { format!("{path}: no such file") });
        Err(SecretsError::NoKey { profile: profile.name.to_string(), looked })
    }

    /// Every place that has a key for a profile, in the order in which they count. Needs no passphrase.
    #[must_use]
    pub fn places(&self, profile: &Profile) -> Vec<Place> {
        let mut places = Vec::new();
        if has_keys_in_environment(profile, self.environment) {
            let (found, error) = split(environment::find(profile, self.environment));
            places.push(Place { origin: Origin::Environment, note: None, found, error });
        }
        places.extend(self.kept(&profile.name));
        places
    }

    /// The places in which a profile's key is kept: keyring and file.
    #[must_use]
    pub fn kept(&self, profile: &ProfileName) -> Vec<Place> {
        let in_keyring = match keyring::get(self.keyring, profile) {
            // A machine without a keyring has no key in it.
            Err(SecretsError::Keyring(_)) => Ok(None),
            other => other.map(|kept| kept.map(|kept| kept.note)),
        };
        let in_file = self.file.note(profile);
        let places = [(Origin::Keyring, in_keyring), (Origin::File, in_file)];
        let places = places.into_iter().map(|(origin, looked)| {
            let (note, error) = split(looked);
            Place { origin, note, found: None, error }
        });
        places.filter(|place| place.note.is_some() || place.error.is_some()).collect()
    }

    /// Keeps a key in the keyring.
    ///
    /// # Errors
    /// It does not serve.
    pub fn put_in_keyring(&self, profile: &ProfileName, key: &NewKey) -> Result<(), SecretsError> {
        keyring::put(self.keyring, profile, key)
    }

    /// Whether the keyring serves.
    ///
    /// # Errors
    /// It does not.
    pub fn check_keyring(&self, profile: &ProfileName) -> Result<(), KeyringError> {
        self.keyring.read(profile.as_str()).map(drop)
    }

    /// Forgets a key; whether there was one. What is in the environment is not hoga's to remove.
    ///
    /// # Errors
    /// The place does not serve.
    pub fn remove(&self, profile: &ProfileName, origin: Origin) -> Result<bool, SecretsError> {
        match origin {
            Origin::Environment => Ok(false),
            Origin::Keyring => Ok(self.keyring.remove(profile.as_str())?),
            Origin::File => self.file.remove(profile),
        }
    }
}

fn split<T>(looked: Result<Option<T>, SecretsError>) -> (Option<T>, Option<SecretsError>) {
    match looked {
        Ok(found) => (found, None),
        Err(error) => (None, Some(error)),
    }
}

fn credential(profile: &Profile, kept: NewKey, origin: Origin) -> Credential {
    Credential {
        profile: profile.name.clone(),
        broker: kept.note.broker,
        world: Some(kept.note.world),
        added_at: Some(kept.note.added_at),
        origin,
        key: kept.key,
        secret: kept.secret,
    }
}
