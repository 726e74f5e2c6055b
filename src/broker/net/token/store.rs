//! Where a token waits for the next start: a file that only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::AccessToken;
use crate::broker::net::json::{self, JsonError};
use crate::market::time::UtcTime;

/// A token with its times is far smaller.
const FILE_MAX: usize = 64 * 1024;

/// Why a stored token cannot be read or written. Holds no part of it.
#[derive(Debug, Error)]
pub enum TokenStoreError {
    /// The file system refused.
    #[error("token file {path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// Others than its owner can read the file: the token in it must be taken as known to them.
    #[error("token file {path} is readable by others (mode {mode:o}); remove it")]
    TooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file's content is damaged.
    #[error(transparent)]
    Damaged(#[from] JsonError),
    /// The name would not be a plain file name.
    #[error("environment and fingerprint may hold letters, digits and hyphens only")]
    BadSlot,
}

/// Keeps one token between runs. Called from threads that may block.
pub trait TokenStore: Send + Sync + 'static {
    /// The token kept, if there is one.
    ///
    /// # Errors
    /// When there is one and it cannot be used.
    fn load(&self) -> Result<Option<AccessToken>, TokenStoreError>;

    /// Replaces the token kept.
    ///
    /// # Errors
    /// When it cannot be written whole.
    fn save(&self, token: &AccessToken) -> Result<(), TokenStoreError>;
}

/// Whose token it is: environments and keys never share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSlot(String);

impl TokenSlot {
    /// A slot for a key in an environment such as `kis-paper`.
    ///
    /// # Errors
    /// When the environment has other characters than letters, digits and hyphens.
    pub fn new(environment: &str, app_key: &SecretString) -> Result<Self, TokenStoreError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if environment.is_empty() || !environment.chars().all(is_plain) {
            return Err(TokenStoreError::BadSlot);
        }
        Ok(Self(format!("{environment}-{}", fingerprint(app_key))))
    }
}

/// The first six bytes of the key's SHA-256: tells keys apart, says nothing about them.
fn fingerprint(key: &SecretString) -> String {
    let suite = rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
    let Some(tls13) = suite.tls13() else { return String::from("unknown") };
    let digest = tls13.common.hash_provider.hash(key.expose_secret().as_bytes());
    digest.as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// One file a slot, mode 0600, in a folder of mode 0700, replaced whole.
#[derive(Debug, Clone)]
pub struct FileTokenStore {
    folder: PathBuf,
    path: PathBuf,
}

#[derive(Deserialize)]
struct Stored {
    token: SecretString,
    issued_at: UtcTime,
    expires_at: UtcTime,
}

#[derive(Serialize)]
struct ToStore<'a> {
    token: &'a str,
    issued_at: UtcTime,
    expires_at: UtcTime,
}

impl FileTokenStore {
    /// Keeps the slot's token in this folder, which is made when first needed.
    #[must_use]
    pub fn new(folder: &Path, slot: &TokenSlot) -> Self {
        Self { folder: folder.to_owned(), path: folder.join(format!("token-{}.json", slot.0)) }
    }

    fn io(&self) -> impl Fn(io::Error) -> TokenStoreError + '_ {
        |source| TokenStoreError::Io { path: self.path.clone(), source }
    }

    fn refuse_if_open(&self, file: &File) -> Result<(), TokenStoreError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = file.metadata().map_err(self.io())?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(TokenStoreError::TooOpen { path: self.path.clone(), mode });
            }
        }
        #[cfg(not(unix))]
        let _ = file;
        Ok(())
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(&self.folder)
    }

    fn write_aside(&self, aside: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        // Not waited for until it is on the disk: orders wait for the token, and the loss of power, which alone could take
        // it from here, costs no more than asking for another.
        options.open(aside)?.write_all(bytes)
    }
}

impl TokenStore for FileTokenStore {
    fn load(&self) -> Result<Option<AccessToken>, TokenStoreError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io()(error)),
        };
        self.refuse_if_open(&file)?;
        let mut bytes = Vec::new();
        file.take(FILE_MAX as u64 + 1).read_to_end(&mut bytes).map_err(self.io())?;
        let stored: Stored = json::parse("token file", &bytes, FILE_MAX)?;
        Ok(Some(AccessToken { secret: stored.token, issued_at: stored.issued_at, expires_at: stored.expires_at }))
    }

    fn save(&self, token: &AccessToken) -> Result<(), TokenStoreError> {
        let stored =
            ToStore { token: token.secret.expose_secret(), issued_at: token.issued_at, expires_at: token.expires_at };
        let bytes = serde_json::to_vec(&stored).map_err(|error| self.io()(error.into()))?;
        self.make_folder().map_err(self.io())?;
        let aside = self.path.with_extension(format!("{}.new", std::process::id()));
        // What a killed run of the same process number left behind.
        let _ = fs::remove_file(&aside);
        let written = self.write_aside(&aside, &bytes).and_then(|()| fs::rename(&aside, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written.map_err(self.io())
    }
}

/// Keeps nothing: for environments whose tokens must not touch the disk.
impl TokenStore for () {
    fn load(&self) -> Result<Option<AccessToken>, TokenStoreError> {
        Ok(None)
    }

    fn save(&self, _: &AccessToken) -> Result<(), TokenStoreError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> AccessToken {
        AccessToken {
            secret: SecretString::from(text),
            issued_at: UtcTime::from_millis(1_790_000_000_000),
            expires_at: UtcTime::from_millis(1_790_086_400_000),
        }
    }

    fn store(folder: &Path, environment: &str, key: &str) -> FileTokenStore {
        FileTokenStore::new(folder, &TokenSlot::new(environment, &SecretString::from(key)).unwrap())
    }

    #[test]
    fn a_token_comes_back_for_its_own_key_and_environment_only() {
        let folder = tempfile::tempdir().unwrap();
        let paper = store(folder.path(), "kis-paper", "key-a");
        assert!(paper.load().unwrap().is_none());
        paper.save(&token("first")).unwrap();
        paper.save(&token("second")).unwrap();
        let back = paper.load().unwrap().unwrap();
        assert_eq!(back.secret.expose_secret(), "second");
        assert_eq!(back.expires_at, token("").expires_at);
        assert!(store(folder.path(), "kis-live", "key-a").load().unwrap().is_none());
        assert!(store(folder.path(), "kis-paper", "key-b").load().unwrap().is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn neither_key_nor_a_path_gets_into_the_name() {
        let slot = TokenSlot::new("kis-paper", &SecretString::from("abc")).unwrap();
        // SHA-256 of "abc", FIPS 180-2 appendix B.1.
        assert_eq!(slot.0, "kis-paper-ba7816bf8f01");
        assert!(TokenSlot::new("../x", &SecretString::from("k")).is_err());
        assert!(TokenSlot::new("", &SecretString::from("k")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it_and_a_wider_file_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("tokens");
        let store = store(&folder, "kis-paper", "key");
        store.save(&token("secret")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&store.path)), (0o700, 0o600));
        fs::set_permissions(&store.path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(store.load(), Err(TokenStoreError::TooOpen { mode: 0o644, .. })));
    }

    #[test]
    fn a_damaged_file_is_an_error_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path(), "kis-paper", "key");
        store.save(&token("canary")).unwrap();
        let bytes = fs::read(&store.path).unwrap();
        let file = OpenOptions::new().write(true).open(&store.path).unwrap();
        file.set_len(bytes.len() as u64 - 5).unwrap();
        let error = store.load().unwrap_err();
        assert!(matches!(error, TokenStoreError::Damaged(_)));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
