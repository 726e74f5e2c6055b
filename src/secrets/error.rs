//! What can be wrong with keys. No error holds a part of one.

use std::io;
use std::path::PathBuf;

use super::credential::SecretKind;
use super::keyring::KeyringError;
use crate::config::private_dir::PrivateDirError;
use crate::config::{BrokerName, World};

/// Why a key cannot be found, kept or used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// There is none.
    #[error("no key for the profile '{profile}': {}", .looked.join("; "))]
    NoKey {
        /// Whose.
        profile: String,
        /// Where it was looked for, and what was there.
        looked: Vec<String>,
    },
    /// A variable is set whose other half is not.
    #[error("{present} is set and {missing} is not")]
    HalfInEnvironment {
        /// The one that is there.
        present: String,
        /// The one that is not.
        missing: String,
    },
    /// Two variables that say the same thing.
    #[error("{one} and {other} are both set; unset one of them")]
    TwiceInEnvironment {
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// It cannot be a key of that broker.
    #[error("{what}: {form}")]
    Form {
        /// Which text.
        what: String,
        /// What is wrong with it.
        form: BadForm,
    },
    /// A key file that holds no private key for signatures.
    #[error("{}: {pem}", .path.display())]
    Pem {
        /// Which.
        path: PathBuf,
        /// What it is instead.
        pem: BadPem,
    },
    /// The broker has no keys, or none of that kind.
    #[error("broker = \"{}\" takes no key{}", .broker.as_str(), .kind.map(|kind| format!(" of the kind {}", kind.as_str())).unwrap_or_default())]
    NotTaken {
        /// Which.
        broker: BrokerName,
        /// Of that kind; none when it takes none at all.
        kind: Option<SecretKind>,
    },
    /// The key was added for another world.
    #[error("the key was added for the {} world, and {there} is {}", .key.as_str(), .world.as_str())]
    WrongWorld {
        /// The world it was added for.
        key: World,
        /// The profile, or one of its addresses.
        there: String,
        /// The world of that.
        world: World,
    },
    /// The key was added for another broker.
    #[error("the key was added for {}, and the profile is of {}", .key.as_str(), .profile.as_str())]
    WrongBroker {
        /// The broker it was added for.
        key: BrokerName,
        /// The profile's.
        profile: BrokerName,
    },
    /// The keyring does not work.
    #[error("the system keyring cannot be used: {0}")]
    Keyring(#[from] KeyringError),
    /// What the keyring holds was not written by hoga.
    #[error("what the system keyring holds under 'hoga' for this profile cannot be read")]
    KeyringDamaged,
    /// The file system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Others than its owner can read or write a file with a key in it.
    #[error("other users can read {path} (mode {mode:03o}); run: chmod {cure} {path}", path = .path.display())]
    TooOpen {
        /// Which file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// What `chmod` is to be told.
        cure: &'static str,
    },
    /// Something else than an own plain file.
    #[error("{} is no plain file of this user; move it away", .0.display())]
    NotOwnFile(PathBuf),
    /// The folder cannot be trusted with it.
    #[error(transparent)]
    Folder(#[from] PrivateDirError),
    /// The encrypted file was changed by something else than hoga.
    #[error("{} is damaged ({what}); nothing was changed in it", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not hold.
        what: &'static str,
    },
    /// The encrypted file is of a later hoga.
    #[error("{} is of version {version}, which this hoga does not know", .path.display())]
    Version {
        /// Which file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// The file is whole, and this passphrase does not open it.
    #[error("the passphrase does not open {}", .0.display())]
    WrongPassphrase(PathBuf),
    /// Nobody gave a passphrase, and there is nobody to ask.
    #[error(
        "no passphrase for the encrypted file: there is no terminal to ask on, and neither HOGA_PASSPHRASE, \
         HOGA_PASSPHRASE_FD nor the systemd credential hoga-passphrase gives one"
    )]
    NoPassphrase,
    /// A passphrase that anyone could guess.
    #[error("a passphrase has at least {} characters", super::PASSPHRASE_MIN)]
    WeakPassphrase,
    /// The passphrase was not typed the same way twice.
    #[error("the two passphrases differ")]
    PassphrasesDiffer,
    /// A file descriptor that gives nothing.
    #[error("file descriptor {number}: {source}")]
    Descriptor {
        /// Its number, as given.
        number: String,
        /// Why.
        source: io::Error,
    },
    /// The system gives no random numbers, or no memory for the passphrase's key.
    #[error("the system cannot do the encryption: {0}")]
    System(String),
}

/// What is wrong with the text of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadForm {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Far too little.
    #[error("it is too short for a key")]
    Short,
    /// Far too much.
    #[error("it is too long for a key")]
    Long,
    /// White space, control characters or letters of other scripts.
    #[error("it has spaces, line breaks or letters that no key has")]
    Characters,
    /// Key and secret are the same text.
    #[error("key and secret are the same")]
    Same,
    /// It cannot be read as text.
    #[error("it is no text")]
    NoText,
}

impl BadForm {
    /// Its name, for translation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Short => "short",
            Self::Long => "long",
            Self::Characters => "characters",
            Self::Same => "same",
            Self::NoText => "no_text",
        }
    }
}

/// What a key file is instead of an Ed25519 private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPem {
    /// No PEM at all, or of something else.
    #[error("it does not begin with -----BEGIN PRIVATE KEY-----")]
    NoPem,
    /// An RSA key.
    #[error("it is an RSA key, which hoga does not use; make an Ed25519 key")]
    Rsa,
    /// Under a passphrase of its own.
    #[error("it is encrypted; give the decrypted key: hoga keeps it encrypted itself")]
    Encrypted,
    /// The half that may be known.
    #[error("it is the public key; the private one is needed")]
    Public,
    /// A private key of another algorithm, or a damaged one.
    #[error("it is no Ed25519 private key")]
    NotEd25519,
}

impl BadPem {
    /// Its name, for translation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoPem => "no_pem",
            Self::Rsa => "rsa",
            Self::Encrypted => "encrypted",
            Self::Public => "public",
            Self::NotEd25519 => "not_ed25519",
        }
    }
}
