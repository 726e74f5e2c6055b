//! Keys in variables of the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use super::credential::{Credential, Origin, Secret};
use super::error::{BadForm, SecretsError};
use super::{Ed25519Key, SecretText, read_named};
use crate::config::{BrokerName, Profile};

/// Asks for a variable of the environment.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Binance's users call the two halves API key and secret; the other names are understood too.
const KEY_NAMES: [&str; 2] = ["APP_KEY", "API_KEY"];
const SECRET_NAMES: [&str; 2] = ["APP_SECRET", "API_SECRET"];
const KEY_FILE_NAME: &str = "PRIVATE_KEY_FILE";

/// Whether any variable of a profile's keys is set. An empty one is not.
#[must_use]
pub fn has_keys_in_environment(profile: &Profile, lookup: Lookup<'_>) -> bool {
    let names = KEY_NAMES.into_iter().chain(SECRET_NAMES).chain([KEY_FILE_NAME]);
    names.filter(|name| is_read(profile.broker, name)).any(|name| given(profile, name, lookup).is_some())
}

/// The key of a profile in the environment. A half is an error: the other half of another key must not join it.
pub(super) fn find(profile: &Profile, lookup: Lookup<'_>) -> Result<Option<Credential>, SecretsError> {
    let key = one_of(profile, &KEY_NAMES, lookup)?;
    let secret = one_of(profile, &SECRET_NAMES, lookup)?;
    let file = Some(KEY_FILE_NAME).filter(|name| is_read(profile.broker, name));
    let file = file.and_then(|name| given(profile, name, lookup));
    let half = |present: &str, missing: &str| {
        let (present, missing) = (present.to_owned(), variable(profile, missing));
        Err(SecretsError::HalfInEnvironment { present, missing })
    };
    let own_names = usize::from(profile.broker == BrokerName::Binance);
    let (key_name, secret_name) = (KEY_NAMES[own_names], SECRET_NAMES[own_names]);
    let (key, secret) = match (key, secret, file) {
        (None, None, None) => return Ok(None),
        (Some((name, _)), None, None) => return half(&name, secret_name),
        (None, Some((name, _)), _) | (None, None, Some((name, _))) => return half(&name, key_name),
        (Some(_), Some((one, _)), Some((other, _))) => {
            return Err(SecretsError::TwiceInEnvironment { one, other });
        }
        (Some(key), Some((name, secret)), None) => (key, Secret::Shared(text(name, secret)?)),
        (Some(key), None, Some((name, path))) => (key, Secret::Ed25519(private_key(&name, path.into())?)),
    };
    Ok(Some(Credential {
        profile: profile.name.clone(),
        broker: profile.broker,
        world: None,
        added_at: None,
        origin: Origin::Environment,
        key: text(key.0, key.1)?,
        secret,
    }))
}

fn private_key(variable: &str, path: PathBuf) -> Result<Ed25519Key, SecretsError> {
    let text = read_named(&path, &format!("${variable}"))?;
    Ed25519Key::from_pem(&text).map_err(|pem| SecretsError::Pem { path, pem })
}

fn is_read(broker: BrokerName, name: &str) -> bool {
    name.starts_with("APP_") || broker == BrokerName::Binance
}

fn variable(profile: &Profile, name: &str) -> String {
    format!("{}_{name}", profile.environment_prefix())
}

fn given(profile: &Profile, name: &str, lookup: Lookup<'_>) -> Option<(String, OsString)> {
    let name = variable(profile, name);
    let value = lookup(&name).filter(|value| !value.is_empty())?;
    Some((name, value))
}

fn one_of(profile: &Profile, names: &[&str], lookup: Lookup<'_>) -> Result<Option<(String, OsString)>, SecretsError> {
    let names = names.iter().filter(|name| is_read(profile.broker, name));
    let mut found = names.filter_map(|name| given(profile, name, lookup));
    match (found.next(), found.next()) {
        (Some((one, _)), Some((other, _))) => Err(SecretsError::TwiceInEnvironment { one, other }),
        (first, _) => Ok(first),
    }
}

fn text(name: String, value: OsString) -> Result<SecretText, SecretsError> {
    match SecretText::from_bytes(value.into_encoded_bytes()) {
        Some(text) => Ok(text.trimmed()),
        None => Err(SecretsError::Form { what: name, form: BadForm::NoText }),
    }
}
