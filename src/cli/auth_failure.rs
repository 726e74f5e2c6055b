//! What is wrong with keys, as failures of a command.

use crate::desk::protocol::{Failure, FailureKind};
use crate::order::ProfileName;
use crate::secrets::{KeyringError, SecretsError};

/// As a failure: a class, a stable word, and what it is about for translation.
#[must_use]
pub fn failure(error: &SecretsError) -> Failure {
    use FailureKind::{Other, Unauthorized, Usage};
    let text = error.to_string();
    match error {
        SecretsError::NoKey { profile, .. } => {
            Failure::new(Unauthorized, "NO_KEY", text).about(profile).hint(format!("hoga auth add {profile}"))
        }
        SecretsError::HalfInEnvironment { present, missing } => {
            Failure::new(Unauthorized, "KEY_HALF", text).about(present).about(missing)
        }
        SecretsError::TwiceInEnvironment { one, other } => {
            Failure::new(Unauthorized, "KEY_TWICE", text).about(format!("{one}, {other}"))
        }
        SecretsError::Form { what, form } => {
            Failure::new(Unauthorized, "BAD_KEY", text).about(what).about(form.as_str())
        }
        SecretsError::Pem { path, pem } => {
            Failure::new(Usage, "BAD_KEY_FILE", text).about(path.display().to_string()).about(pem.as_str())
        }
        SecretsError::NotTaken { broker, .. } => Failure::new(Usage, "TAKES_NO_KEY", text).about(broker.as_str()),
        SecretsError::WrongWorld { key, there, world } => {
            let arguments = [key.as_str(), world.as_str(), there];
            let failure = Failure::new(Unauthorized, "KEY_OF_OTHER_WORLD", text);
            arguments.into_iter().fold(failure, Failure::about)
        }
        SecretsError::WrongBroker { key, profile } => {
            Failure::new(Unauthorized, "KEY_OF_OTHER_BROKER", text).about(key.as_str()).about(profile.as_str())
        }
        SecretsError::Keyring(reason) => keyring(reason, text),
        SecretsError::KeyringDamaged => Failure::new(Other, "KEYRING_DAMAGED", text),
        SecretsError::WrongPassphrase(path) => {
            Failure::new(Unauthorized, "WRONG_PASSPHRASE", text).about(path.display().to_string())
        }
        SecretsError::NoPassphrase => Failure::new(Usage, "NO_PASSPHRASE", text),
        SecretsError::WeakPassphrase => Failure::new(Usage, "WEAK_PASSPHRASE", text),
        SecretsError::PassphrasesDiffer => Failure::new(Usage, "PASSPHRASES_DIFFER", text),
        SecretsError::Descriptor { number, .. } => Failure::new(Usage, "DESCRIPTOR", text).about(number),
        _ => of_file(error, text),
    }
}

fn of_file(error: &SecretsError, text: String) -> Failure {
    use FailureKind::Other;
    match error {
        SecretsError::TooOpen { path, cure, .. } => {
            let path = path.display().to_string();
            Failure::new(Other, "SECRETS_OPEN", text).about(&path).hint(format!("chmod {cure} {path}"))
        }
        SecretsError::Damaged { path, .. } => {
            Failure::new(Other, "SECRETS_DAMAGED", text).about(path.display().to_string())
        }
        SecretsError::Version { path, .. } => {
            Failure::new(Other, "SECRETS_VERSION", text).about(path.display().to_string())
        }
        _ => Failure::new(Other, "SECRETS_FILE", text.clone()).about(text),
    }
}

fn keyring(reason: &KeyringError, text: String) -> Failure {
    let failure = Failure::new(FailureKind::Unavailable, "KEYRING", text).about(reason.as_str());
    let failure = failure.hint("--store file");
    if *reason == KeyringError::Silent { failure.retryable() } else { failure }
}

/// As [`failure`], with the way to a new key where the one there is of no use.
#[must_use]
pub fn of_profile(error: &SecretsError, profile: &ProfileName) -> Failure {
    let failure = failure(error);
    match error {
        SecretsError::WrongWorld { .. } | SecretsError::WrongBroker { .. } => {
            failure.hint(format!("hoga auth add {profile}"))
        }
        SecretsError::KeyringDamaged => failure.hint(format!("hoga auth rm {profile} --store keyring")),
        _ => failure,
    }
}
