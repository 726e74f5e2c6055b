//! The system's keyring: Secret Service, macOS Keychain. A machine without one is no error, and none makes hoga wait.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zeroize::Zeroizing;

use super::credential::NewKey;
use super::error::SecretsError;
use super::note;
use crate::order::ProfileName;

/// Under which hoga's keys stand in a keyring.
const SERVICE: &str = "hoga";
/// How long a keyring may take; one that asks its owner for a password takes longer, and is asked again by the next
/// command.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a keyring does not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is none, or it cannot be reached.
    #[error("there is none here ({0})")]
    Absent(String),
    /// It does not answer.
    #[error("it did not answer in {} s; it may be locked", PATIENCE.as_secs())]
    Silent,
    /// It refuses.
    #[error("it refuses ({0})")]
    Refused(String),
}

impl KeyringError {
    /// Its name, for translation.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Absent(_) => "absent",
            Self::Silent => "silent",
            Self::Refused(_) => "refused",
        }
    }
}

/// A place for small texts that the system guards.
pub trait Keyring {
    /// The text kept for a profile, if there is one.
    ///
    /// # Errors
    /// The keyring does not serve.
    fn read(&self, profile: &str) -> Result<Option<Zeroizing<String>>, KeyringError>;

    /// Keeps a text for a profile, in place of the one there was.
    ///
    /// # Errors
    /// The keyring does not serve.
    fn write(&self, profile: &str, text: &str) -> Result<(), KeyringError>;

    /// Forgets a profile's text; whether there was one.
    ///
    /// # Errors
    /// The keyring does not serve.
    fn remove(&self, profile: &str) -> Result<bool, KeyringError>;
}

/// A profile's key in a keyring.
pub(super) fn get(keyring: &dyn Keyring, profile: &ProfileName) -> Result<Option<NewKey>, SecretsError> {
    let Some(text) = keyring.read(profile.as_str())? else { return Ok(None) };
    note::read(&text).map(Some).ok_or(SecretsError::KeyringDamaged)
}

/// Keeps a key in a keyring, and reads it back.
pub(super) fn put(keyring: &dyn Keyring, profile: &ProfileName, key: &NewKey) -> Result<(), SecretsError> {
    let text = note::write(key).ok_or(SecretsError::KeyringDamaged)?;
    keyring.write(profile.as_str(), &text)?;
    match keyring.read(profile.as_str())? {
        Some(kept) if *kept == *text => Ok(()),
        _ => Err(SecretsError::KeyringDamaged),
    }
}

/// The keyring of the user's session. One that failed once is not asked again by this process.
#[derive(Debug, Default)]
pub struct SystemKeyring {
    failed: Mutex<Option<KeyringError>>,
}

impl SystemKeyring {
    /// The keyring of this session; nothing is asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn ask<T: Send + 'static>(
        &self,
        profile: &str,
        request: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<Option<T>, KeyringError> {
        let mut failed = self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(error) = &*failed {
            return Err(error.clone());
        }
        let profile = profile.to_owned();
        let answer = in_time(PATIENCE, move || {
            let store = store().map_err(|error| absent(&error))?;
            let entry = store.build(SERVICE, &profile, None).map_err(|error| told(&error))?;
            match request(&entry) {
                Ok(found) => Ok(Some(found)),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(told(&error)),
            }
        });
        answer.inspect_err(|error| *failed = Some(error.clone()))
    }
}

impl Keyring for SystemKeyring {
    fn read(&self, profile: &str) -> Result<Option<Zeroizing<String>>, KeyringError> {
        let read = |entry: &keyring::Entry| entry.get_secret().map(Zeroizing::new);
        let Some(mut bytes) = self.ask(profile, read)? else { return Ok(None) };
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                // Not hoga's; what reads it will say so.
                Ok(Some(Zeroizing::new(String::new())))
            }
        }
    }

    fn write(&self, profile: &str, text: &str) -> Result<(), KeyringError> {
        let text = Zeroizing::new(text.to_owned());
        self.ask(profile, move |entry| entry.set_secret(text.as_bytes()))?;
        Ok(())
    }

    fn remove(&self, profile: &str) -> Result<bool, KeyringError> {
        Ok(self.ask(profile, keyring::Entry::delete_credential)?.is_some())
    }
}

/// The system's own store.
fn store() -> keyring::Result<Arc<keyring::CredentialStore>> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(not(target_os = "macos"))]
    let store = dbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

/// What the error of a store that cannot be reached says.
fn absent(error: &keyring::Error) -> KeyringError {
    use keyring::Error;
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => KeyringError::Absent(first_line(cause)),
        _ => KeyringError::Absent("no keyring service".into()),
    }
}

/// What a keyring's error says, without what it carries: some carry the secret.
fn told(error: &keyring::Error) -> KeyringError {
    use keyring::Error;
    match error {
        Error::NoDefaultStore => KeyringError::Absent("no keyring service".into()),
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => KeyringError::Refused(first_line(cause)),
        Error::TooLong(..) => KeyringError::Refused("the key is too long for it".into()),
        Error::Ambiguous(_) => KeyringError::Refused("it holds several for this profile".into()),
        _ => KeyringError::Refused("it cannot read what it holds".into()),
    }
}

fn first_line(cause: &impl ToString) -> String {
    cause.to_string().lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

/// The answer of work that may hang: it is left behind on its thread.
fn in_time<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    let (sender, receiver) = channel();
    let started = std::thread::Builder::new().name("keyring".into()).spawn(move || {
        let _ = sender.send(work());
    });
    started.map_err(|error| KeyringError::Absent(error.to_string()))?;
    receiver.recv_timeout(patience).unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => Err(KeyringError::Silent),
        RecvTimeoutError::Disconnected => Err(KeyringError::Absent("its library gave up".into())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_hangs_is_left_behind() {
        let (_never, hang) = channel::<()>();
        let answer = in_time(Duration::ZERO, move || {
            let _ = hang.recv();
            Ok(())
        });
        assert_eq!(answer, Err(KeyringError::Silent));
    }

    #[test]
    fn one_that_gives_up_is_absent() {
        let answer = in_time(PATIENCE, || -> Result<(), KeyringError> { panic!("as a test") });
        assert!(matches!(answer, Err(KeyringError::Absent(_))));
    }
}
