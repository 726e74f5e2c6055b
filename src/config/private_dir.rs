//! Directories only their owner may write to.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

/// A directory that cannot be trusted with orders and money.
#[derive(Debug, thiserror::Error)]
pub enum PrivateDirError {
    /// It cannot be made or looked at.
    #[error("cannot use the directory {}: {source}; name another with --data-dir or HOGA_DATA_DIR", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else has its name.
    #[error("{} is no directory; move it away, or name another with --data-dir or HOGA_DATA_DIR", .0.display())]
    NotADirectory(PathBuf),
    /// Another user could change everything in it.
    #[error("{} belongs to another user; run hoga as that user, or name another directory with --data-dir or HOGA_DATA_DIR", .0.display())]
    NotOwned(PathBuf),
    /// Other users may write to it.
    #[error("other users can write to {dir}; run: chmod go-w {dir}", dir = .0.display())]
    WritableByOthers(PathBuf),
}

/// Makes a directory, and those above it, that only this user may enter (0700), or checks the one that is there.
///
/// # Errors
/// It cannot be made, is no directory, belongs to another user, or others may write to it.
pub fn ensure_private_dir(path: &Path) -> Result<(), PrivateDirError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).or_else(|source| match source.kind() {
        // What is there is looked at next.
        io::ErrorKind::AlreadyExists => Ok(()),
        _ => Err(PrivateDirError::Io { path: path.to_owned(), source }),
    })?;
    check_private_dir(path)
}

/// Checks a directory without making it, as a face does before it trusts the socket inside.
///
/// # Errors
/// As [`ensure_private_dir`].
pub fn check_private_dir(path: &Path) -> Result<(), PrivateDirError> {
    let unusable = |source| PrivateDirError::Io { path: path.to_owned(), source };
    // A link of another user could point elsewhere as soon as it has been checked.
    let link = fs::symlink_metadata(path).map_err(unusable)?;
    if link.is_symlink() && !may_own_links(link.uid(), geteuid().as_raw()) {
        return Err(PrivateDirError::NotOwned(path.to_owned()));
    }
    let metadata = fs::metadata(path).map_err(unusable)?;
    if !metadata.is_dir() {
        return Err(PrivateDirError::NotADirectory(path.to_owned()));
    }
    if metadata.uid() != geteuid().as_raw() {
        return Err(PrivateDirError::NotOwned(path.to_owned()));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(PrivateDirError::WritableByOthers(path.to_owned()));
    }
    Ok(())
}

/// Whether a user's links may be followed by another: one's own and the administrator's.
const fn may_own_links(owner: u32, user: u32) -> bool {
    owner == user || owner == 0
}

/// Whether any user of the machine may write to a file. Its group may: many systems give each user a group of their own.
pub(super) fn is_writable_by_everyone(metadata: &Metadata) -> bool {
    metadata.mode() & 0o002 != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn makes_it_and_what_is_above_it_for_this_user_only() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        ensure_private_dir(&dir).unwrap();
        ensure_private_dir(&dir).unwrap();
        assert_eq!((mode(&dir), mode(dir.parent().unwrap())), (0o700, 0o700));
    }

    #[test]
    fn refuses_one_that_others_can_write_to_and_says_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        for open in [0o777, 0o720, 0o1777] {
            fs::set_permissions(root.path(), fs::Permissions::from_mode(open)).unwrap();
            let error = ensure_private_dir(root.path()).unwrap_err().to_string();
            assert!(error.contains("chmod go-w") && error.contains(root.path().to_str().unwrap()), "{error}");
        }
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        ensure_private_dir(root.path()).unwrap();
    }

    #[test]
    fn follows_its_own_links_only() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("link");
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        check_private_dir(&link).unwrap();
        assert!(may_own_links(0, 1000) && may_own_links(1000, 1000) && !may_own_links(1001, 1000));
    }

    #[test]
    fn refuses_a_file_and_a_missing_parent_that_is_a_file() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(ensure_private_dir(&file), Err(PrivateDirError::NotADirectory(_))));
        assert!(ensure_private_dir(&file.join("dir")).unwrap_err().to_string().contains("--data-dir"));
        assert!(matches!(check_private_dir(&root.path().join("none")), Err(PrivateDirError::Io { .. })));
    }
}
