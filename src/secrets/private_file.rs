//! Small files only their owner may read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use zeroize::Zeroizing;

use super::SecretText;
use super::error::{BadForm, SecretsError};

/// Keys, passphrases and the encrypted file of many profiles are far smaller.
const BYTES_MAX: u64 = 1024 * 1024;

/// A file of secrets as text; a link to it is followed. `name` is the option or variable that names it: where no such file
/// is, that is told instead of the path, which may be a key that somebody put in its place.
///
/// # Errors
/// It cannot be read, is no plain file of this user, or others may read it.
pub fn read_named(path: &Path, name: &str) -> Result<SecretText, SecretsError> {
    let file = OpenOptions::new().read(true).open(path).map_err(io_error(Path::new(name)))?;
    let bytes = read_checked(path, file)?;
    text(path.display().to_string(), bytes)
}

/// The bytes of hoga's own file, which is no link; `None` when there is none.
pub(super) fn read_own(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, SecretsError> {
    let no_link = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
    match OpenOptions::new().read(true).custom_flags(no_link).open(path) {
        Ok(file) => read_checked(path, file).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            Err(SecretsError::NotOwnFile(path.to_owned()))
        }
        Err(error) => Err(io_error(path)(error)),
    }
}

/// What another program writes to a descriptor that this process was started with, to its end.
///
/// # Errors
/// There is no such descriptor, it cannot be read, or what comes is no text.
pub fn read_descriptor(number: &str) -> Result<SecretText, SecretsError> {
    let wrong = |source| SecretsError::Descriptor { number: number.into(), source };
    let number = number.parse::<u16>().map_err(|error| wrong(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let path = PathBuf::from(format!("/dev/fd/{number}"));
    let bytes = match File::open(&path) {
        Ok(file) => read_all(file),
        // A socket cannot be opened by its name.
        Err(_) if number == 0 => read_all(io::stdin().lock()),
        Err(error) => Err(error),
    };
    let bytes = bytes.map_err(|source| SecretsError::Descriptor { number: number.to_string(), source })?;
    text(path.display().to_string(), bytes)
}

/// Everything, with room for it from the start: a growing buffer leaves copies behind.
pub(super) fn read_all(input: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    input.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    Ok(bytes)
}

fn read_checked(path: &Path, file: File) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    let metadata = file.metadata().map_err(io_error(path))?;
    // The administrator's files may be read with keys for this user in them, as systemd leaves credentials.
    let owner = metadata.uid();
    if !metadata.is_file() || (owner != geteuid().as_raw() && owner != 0) {
        return Err(SecretsError::NotOwnFile(path.to_owned()));
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretsError::TooOpen { path: path.to_owned(), mode, cure: "600" });
    }
    read_all(file).map_err(io_error(path))
}

fn text(what: String, mut bytes: Zeroizing<Vec<u8>>) -> Result<SecretText, SecretsError> {
    SecretText::from_bytes(std::mem::take(&mut *bytes)).ok_or(SecretsError::Form { what, form: BadForm::NoText })
}

pub(super) fn io_error(path: &Path) -> impl Fn(io::Error) -> SecretsError + '_ {
    |source| SecretsError::Io { path: path.to_owned(), source }
}
