//! Keys and secrets of brokers: where they are found, how they are kept, what is signed with them.
//!
//! They are looked for in the environment, in the system keyring and in an encrypted file, in this order ([`Keys`]). What
//! holds one prints as `***`, is wiped when it goes, cannot be serialised, and switches core dumps of the process off.

mod credential;
mod document;
mod dump;
mod ed25519;
mod environment;
mod error;
mod file;
mod keyring;
mod keys;
mod note;
mod passphrase;
mod private_file;
mod seal;
mod secret_text;
pub mod sign;
mod unattended;

pub use credential::{Credential, Doubt, NewKey, Note, Origin, Secret, SecretKind, takes_keys};
pub use ed25519::Ed25519Key;
pub use environment::{Lookup, has_keys_in_environment};
pub use error::{BadForm, BadPem, SecretsError};
pub use file::SecretsFile;
pub use keyring::{Keyring, KeyringError, SystemKeyring};
pub use keys::{Keys, Place};
pub use passphrase::{PASSPHRASE_MIN, Passphrase, Purpose};
pub use private_file::{read_descriptor, read_named};
pub use seal::Cost;
pub use secret_text::SecretText;
pub use unattended::find_unattended;
