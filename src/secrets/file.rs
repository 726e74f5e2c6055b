//! The encrypted file: one for all profiles, for machines without a keyring.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::SecretText;
use super::credential::{NewKey, Note};
use super::document::Document;
use super::error::SecretsError;
use super::passphrase::Passphrase;
use super::passphrase::Purpose;
use super::private_file::{io_error, read_own};
use super::seal::Cost;
use crate::config::private_dir::{check_private_dir, ensure_private_dir};
use crate::order::ProfileName;

const FILE_NAME: &str = "secrets.json";

/// The encrypted file of a data folder. Every write replaces it whole, under a lock between processes.
#[derive(Debug, Clone)]
pub struct SecretsFile {
    folder: PathBuf,
    path: PathBuf,
    cost: Cost,
}

impl SecretsFile {
    /// The one in that folder, whether it is there yet or not.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self::with_cost(folder, Cost::STANDARD)
    }

    /// As [`SecretsFile::new`]; a new file has a passphrase of that cost. For tests, which open many.
    #[must_use]
    pub fn with_cost(folder: &Path, cost: Cost) -> Self {
        Self { folder: folder.to_owned(), path: folder.join(FILE_NAME), cost }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is one.
    #[must_use]
    pub fn exists(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    /// What may be known of every key in it, without the passphrase, by profile.
    ///
    /// # Errors
    /// It cannot be read, is open to others, or damaged.
    pub fn notes(&self) -> Result<Vec<(String, Note)>, SecretsError> {
        let document = self.read()?;
        let notes = document.iter().flat_map(Document::notes);
        Ok(notes.map(|(name, note)| (name.to_owned(), note.clone())).collect())
    }

    /// What may be known of a profile's key, without the passphrase.
    ///
    /// # Errors
    /// As [`SecretsFile::notes`].
    pub fn note(&self, profile: &ProfileName) -> Result<Option<Note>, SecretsError> {
        Ok(self.read()?.and_then(|document| document.note(profile.as_str()).cloned()))
    }

    /// A profile's key. The passphrase is asked for only where there is one to open.
    ///
    /// # Errors
    /// As [`SecretsFile::notes`]; or no passphrase, or a wrong one.
    pub fn get(&self, profile: &ProfileName, passphrase: &mut Passphrase<'_>) -> Result<Option<NewKey>, SecretsError> {
        let Some(document) = self.read()? else { return Ok(None) };
        if document.note(profile.as_str()).is_none() {
            return Ok(None);
        }
        let seal = document.unlock(&self.path, &passphrase.get(Purpose::Open)?)?;
        document.get(&self.path, profile.as_str(), &seal)
    }

    /// The passphrase that [`SecretsFile::put`] needs; it may ask a person, so nothing is locked meanwhile.
    ///
    /// # Errors
    /// Nobody gives one, or a new one is weak.
    pub fn passphrase(&self, passphrase: &mut Passphrase<'_>) -> Result<SecretText, SecretsError> {
        passphrase.get(if self.exists() { Purpose::Open } else { Purpose::Create })
    }

    /// Keeps a key, in place of the one there was. Makes the file where there is none.
    ///
    /// # Errors
    /// As [`SecretsFile::notes`]; a wrong passphrase, or it cannot be written.
    pub fn put(&self, profile: &ProfileName, key: &NewKey, passphrase: &SecretText) -> Result<(), SecretsError> {
        ensure_private_dir(&self.folder)?;
        let _lock = self.lock()?;
        let (mut document, seal) = match self.read()? {
            Some(document) => {
                let seal = document.unlock(&self.path, passphrase)?;
                (document, seal)
            }
            None => Document::new(passphrase, self.cost)?,
        };
        document.put(profile.as_str(), key, &seal)?;
        let bytes = document.encode()?;
        // What cannot be opened again must not replace what can.
        Document::read(&self.path, &bytes)?.get(&self.path, profile.as_str(), &seal)?;
        self.replace(&bytes)
    }

    /// Forgets a profile's key; whether there was one. No passphrase is needed to throw a key away. With its last key the
    /// file goes too, and the passphrase with it.
    ///
    /// # Errors
    /// As [`SecretsFile::notes`], or it cannot be written.
    pub fn remove(&self, profile: &ProfileName) -> Result<bool, SecretsError> {
        if !self.exists() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        let Some(mut document) = self.read()? else { return Ok(false) };
        if !document.remove(profile.as_str()) {
            return Ok(false);
        }
        if document.is_empty() {
            fs::remove_file(&self.path).and_then(|()| self.sync_folder()).map_err(io_error(&self.path))?;
        } else {
            self.replace(&document.encode()?)?;
        }
        Ok(true)
    }

    fn read(&self) -> Result<Option<Document>, SecretsError> {
        if !self.exists() {
            return Ok(None);
        }
        self.check_folder()?;
        let Some(bytes) = read_own(&self.path)? else { return Ok(None) };
        Document::read(&self.path, &bytes).map(Some)
    }

    /// Whoever may write to the folder can put another file in this one's place; whoever may read it can copy it as it
    /// is replaced.
    fn check_folder(&self) -> Result<(), SecretsError> {
        check_private_dir(&self.folder)?;
        let mode = fs::metadata(&self.folder).map_err(io_error(&self.folder))?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretsError::TooOpen { path: self.folder.clone(), mode, cure: "700" });
        }
        Ok(())
    }

    /// Held until it goes; other processes wait. Nobody is asked anything while it is held.
    fn lock(&self) -> Result<File, SecretsError> {
        self.check_folder()?;
        let path = self.folder.join("secrets.lock");
        let no_link = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
        let opened =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).custom_flags(no_link).open(&path);
        let file = opened.map_err(io_error(&path))?;
        file.lock().map_err(io_error(&path))?;
        Ok(file)
    }

    fn replace(&self, bytes: &[u8]) -> Result<(), SecretsError> {
        let aside = self.path.with_extension("json.new");
        // What a killed process left behind; the lock says that no other writes it.
        let _ = fs::remove_file(&aside);
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&aside, &self.path)?;
            self.sync_folder()
        };
        let written: io::Result<()> = write();
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written.map_err(io_error(&self.path))
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}
