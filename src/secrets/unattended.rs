//! The key of a profile where nobody can be asked: in the desk.

use std::path::Path;

use super::credential::Credential;
use super::error::SecretsError;
use super::file::SecretsFile;
use super::keyring::SystemKeyring;
use super::keys::Keys;
use super::passphrase::Passphrase;
use crate::config::Profile;

/// The key of a profile from the environment, the system keyring or the encrypted file in `folder`, whose passphrase must
/// then be given by the environment or by systemd.
///
/// # Errors
/// There is none; a place is wrong; the passphrase is not given; the key is of another broker or world.
pub fn find_unattended(profile: &Profile, folder: &Path) -> Result<Credential, SecretsError> {
    let environment = |name: &str| std::env::var_os(name);
    let keyring = SystemKeyring::new();
    let keys = Keys::new(&environment, &keyring, SecretsFile::new(folder));
    let mut nobody = |_| Ok(None);
    keys.find(profile, &mut Passphrase::new(&environment, &mut nobody))
}
