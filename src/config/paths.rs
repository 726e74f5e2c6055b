//! Where hoga's files are.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::private_dir::{PrivateDirError, check_private_dir, ensure_private_dir};
use crate::order::ProfileName;

/// Longest path of a Unix socket: `sun_path` without its NUL.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Why hoga does not know where its files are.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// No home directory, and nothing named instead.
    #[error("there is no home directory; name the {what} with {flag} or {variable}")]
    NoHome {
        /// What is looked for.
        what: &'static str,
        /// The flag that names it.
        flag: &'static str,
        /// The variable that names it.
        variable: &'static str,
    },
    /// A path that cannot be followed.
    #[error("cannot use {}: {source}; name another path with {flag}", path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// The flag that names it.
        flag: &'static str,
        /// Why.
        source: io::Error,
    },
    /// No directory is short enough for a socket.
    #[error(
        "a socket's path may have {SOCKET_PATH_MAX} bytes, and {} has more, as has every short place for it; \
         name a shorter data directory with --data-dir or HOGA_DATA_DIR, or set XDG_RUNTIME_DIR", .0.display()
    )]
    SocketTooLong(PathBuf),
    /// The directory of the socket is not this user's alone.
    #[error(transparent)]
    Directory(#[from] PrivateDirError),
}

/// What paths are derived from, read once from the system.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `HOGA_CONFIG`.
    pub config_variable: Option<PathBuf>,
    /// `HOGA_DATA_DIR`.
    pub data_dir_variable: Option<PathBuf>,
    /// hoga's own directory of config files (`~/.config/hoga`).
    pub config_home: Option<PathBuf>,
    /// hoga's own directory of data (`~/.local/share/hoga`).
    pub data_home: Option<PathBuf>,
    /// The user's directory of sockets (`/run/user/1000`).
    pub runtime_dir: Option<PathBuf>,
    /// The system's directory of temporary files.
    pub temp_dir: PathBuf,
    /// Number of the user, so that users do not share a directory among the temporary files.
    pub user_id: u32,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn of_system() -> Self {
        let project = directories::ProjectDirs::from("", "", "hoga");
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let user_id = geteuid().as_raw();
        // Without the variable (cron, su) the directory is there all the same, and a desk may be listening in it.
        let usual = PathBuf::from(format!("/run/user/{user_id}"));
        let runtime_dir = variable("XDG_RUNTIME_DIR").filter(|dir| dir.is_absolute()).or(Some(usual));
        Self {
            config_variable: variable("HOGA_CONFIG"),
            data_dir_variable: variable("HOGA_DATA_DIR"),
            config_home: project.as_ref().map(|project| project.config_dir().to_owned()),
            data_home: project.as_ref().map(|project| project.data_local_dir().to_owned()),
            runtime_dir: runtime_dir.filter(|dir| check_private_dir(dir).is_ok()),
            temp_dir: std::env::temp_dir(),
            user_id,
        }
    }
}

/// Where everything is. Two processes given the same data directory, by whatever path, get the same paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The config.
    pub config_file: PathBuf,
    /// Whether someone named the config; only then is a missing file an error.
    pub config_is_named: bool,
    /// Everything hoga remembers.
    pub data_dir: PathBuf,
    sockets: Vec<PathBuf>,
}

impl Paths {
    /// From the flags, else the variables, else the user's own directories. Makes nothing.
    ///
    /// # Errors
    /// No home directory, or a path that cannot be followed.
    pub fn resolve(
        config_flag: Option<&Path>,
        data_dir_flag: Option<&Path>,
        surroundings: &Surroundings,
    ) -> Result<Self, PathError> {
        let named = config_flag.or(surroundings.config_variable.as_deref());
        let usual = surroundings.config_home.as_ref().map(|home| home.join("config.toml"));
        let config_file = named.map(Path::to_owned).or(usual).ok_or(PathError::NoHome {
            what: "config",
            flag: "--config",
            variable: "HOGA_CONFIG",
        })?;
        let data_dir = data_dir_flag
            .or(surroundings.data_dir_variable.as_deref())
            .or(surroundings.data_home.as_deref())
            .ok_or(PathError::NoHome { what: "data directory", flag: "--data-dir", variable: "HOGA_DATA_DIR" })?;
        let data_dir = real_path(data_dir, "--data-dir")?;
        let sockets = sockets(&data_dir, surroundings);
        Ok(Self {
            config_file: real_path(&config_file, "--config")?,
            config_is_named: named.is_some(),
            data_dir,
            sockets,
        })
    }

    /// The SQLite file.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.data_dir.join("ledger.db")
    }

    /// Held locked by the one desk of this data directory.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.data_dir.join("desk.lock")
    }

    /// Number of the desk's process.
    #[must_use]
    pub fn pid(&self) -> PathBuf {
        self.data_dir.join("desk.pid")
    }

    /// Where logs go.
    #[must_use]
    pub fn log_dir(&self) -> PathBuf {
        self.data_dir.join("logs")
    }

    /// What the simulated exchange of a profile remembers.
    #[must_use]
    pub fn sim_journal(&self, profile: &ProfileName) -> PathBuf {
        self.data_dir.join("sim").join(format!("{profile}.journal"))
    }

    /// Where the desk listens: in the data directory, or in a short private directory when that path is too long.
    ///
    /// # Errors
    /// Every path is too long for a socket.
    pub fn socket(&self) -> Result<&Path, PathError> {
        let too_long = || PathError::SocketTooLong(self.data_dir.join(SOCKET_NAME));
        self.sockets.first().map(PathBuf::as_path).ok_or_else(too_long)
    }

    /// Where a desk of this data directory may be listening, likeliest first: one started with other variables set may
    /// have chosen another directory. Before it connects, a face checks the directory with
    /// [`check_private_dir`].
    #[must_use]
    pub fn socket_candidates(&self) -> &[PathBuf] {
        &self.sockets
    }

    /// Makes the data directory and those of logs, simulator and socket, for this user only.
    ///
    /// # Errors
    /// One cannot be made or is open to others, or every socket path is too long.
    pub fn prepare(&self) -> Result<(), PathError> {
        let socket = self.socket()?;
        let of_socket = socket.parent().unwrap_or(&self.data_dir);
        for dir in [&self.data_dir, &self.log_dir(), &self.data_dir.join("sim")] {
            ensure_private_dir(dir)?;
        }
        ensure_private_dir(of_socket)?;
        Ok(())
    }
}

const SOCKET_NAME: &str = "desk.sock";

fn sockets(data_dir: &Path, surroundings: &Surroundings) -> Vec<PathBuf> {
    let fits = |path: &PathBuf| path.as_os_str().len() <= SOCKET_PATH_MAX;
    let beside = data_dir.join(SOCKET_NAME);
    if fits(&beside) {
        return vec![beside];
    }
    let name = format!("{:016x}.sock", fnv1a(data_dir.as_os_str()));
    let runtime = surroundings.runtime_dir.as_ref().map(|dir| dir.join("hoga").join(&name));
    let temporary = surroundings.temp_dir.join(format!("hoga-{}", surroundings.user_id)).join(&name);
    runtime.into_iter().chain([temporary]).filter(fits).collect()
}

/// Fowler-Noll-Vo hash, 64 bits: the same in every version of hoga, unlike the standard library's.
fn fnv1a(text: &OsStr) -> u64 {
    text.as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Absolute, and with the links of the part that exists followed, so that it does not change once the rest is made.
fn real_path(path: &Path, flag: &'static str) -> Result<PathBuf, PathError> {
    let unusable = |source| PathError::Unusable { path: path.to_owned(), flag, source };
    let absolute = std::path::absolute(path).map_err(unusable)?;
    for ancestor in absolute.ancestors() {
        match ancestor.canonicalize() {
            Ok(real) => {
                let rest = absolute.strip_prefix(ancestor).unwrap_or(Path::new(""));
                return Ok(if rest.as_os_str().is_empty() { real } else { real.join(rest) });
            }
            Err(source) if source.kind() == io::ErrorKind::NotFound => {}
            // Below a file, or where this user may not look: the command that needs the path says so better.
            Err(_) => break,
        }
    }
    Ok(absolute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, symlink};

    fn surroundings(root: &Path) -> Surroundings {
        Surroundings {
            config_home: Some(root.join("config")),
            data_home: Some(root.join("data")),
            runtime_dir: Some(root.join("run")),
            temp_dir: root.join("temp"),
            user_id: 1000,
            ..Surroundings::default()
        }
    }

    fn root() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().canonicalize().unwrap();
        (dir, real)
    }

    #[test]
    fn flag_beats_variable_beats_home() {
        let (_dir, root) = root();
        let mut around = surroundings(&root);
        let paths = Paths::resolve(None, None, &around).unwrap();
        assert_eq!(paths.config_file, root.join("config/config.toml"));
        assert_eq!((paths.config_is_named, paths.ledger()), (false, root.join("data/ledger.db")));
        around.config_variable = Some(root.join("variable.toml"));
        around.data_dir_variable = Some(root.join("variable"));
        let paths = Paths::resolve(None, None, &around).unwrap();
        assert_eq!((paths.config_file, paths.config_is_named), (root.join("variable.toml"), true));
        assert_eq!(paths.data_dir, root.join("variable"));
        let paths = Paths::resolve(Some(&root.join("f.toml")), Some(&root.join("flag")), &around).unwrap();
        assert_eq!((paths.config_file, paths.data_dir), (root.join("f.toml"), root.join("flag")));
    }

    #[test]
    fn without_a_home_it_says_which_flag_to_use() {
        let error = Paths::resolve(None, None, &Surroundings::default()).unwrap_err().to_string();
        assert!(error.contains("--config") && error.contains("HOGA_CONFIG"), "{error}");
        let error = Paths::resolve(Some(Path::new("/c.toml")), None, &Surroundings::default()).unwrap_err().to_string();
        assert!(error.contains("--data-dir") && error.contains("HOGA_DATA_DIR"), "{error}");
    }

    #[test]
    fn a_link_and_its_target_are_the_same_desk_before_and_after_the_directory_is_made() {
        let (_dir, root) = root();
        let around = surroundings(&root);
        std::fs::create_dir(root.join("real")).unwrap();
        symlink(root.join("real"), root.join("link")).unwrap();
        let before = Paths::resolve(None, Some(&root.join("link/x/y")), &around).unwrap();
        before.prepare().unwrap();
        let after = Paths::resolve(None, Some(&root.join("link/x/y")), &around).unwrap();
        let direct = Paths::resolve(None, Some(&root.join("real/x/y")), &around).unwrap();
        assert_eq!((&before, &after), (&direct, &direct));
        assert_eq!(before.data_dir, root.join("real/x/y"));
    }

    #[test]
    fn a_socket_path_too_long_moves_to_a_short_private_directory() {
        let (_dir, root) = root();
        let mut around = surroundings(&root);
        let long = root.join("d".repeat(60)).join("e".repeat(60));
        let paths = Paths::resolve(None, Some(&long), &around).unwrap();
        let socket = paths.socket().unwrap().to_owned();
        assert_eq!(socket.parent(), Some(root.join("run/hoga").as_path()));
        assert_eq!(paths.socket_candidates().len(), 2);
        paths.prepare().unwrap();
        assert_eq!(std::fs::metadata(socket.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
        std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let other = Paths::resolve(None, Some(&long.join("f")), &around).unwrap();
        assert_ne!(other.socket().unwrap(), socket);

        around.runtime_dir = None;
        let elsewhere = Paths::resolve(None, Some(&long), &around).unwrap();
        assert_eq!(elsewhere.socket().unwrap().parent(), Some(root.join("temp/hoga-1000").as_path()));
        assert!(paths.socket_candidates().contains(&elsewhere.socket().unwrap().to_owned()));

        around.temp_dir = root.join("t".repeat(100));
        let unmade = root.join("u".repeat(120));
        let error = Paths::resolve(None, Some(&unmade), &around).unwrap().prepare().unwrap_err().to_string();
        assert!(error.contains("--data-dir") && error.contains(&SOCKET_PATH_MAX.to_string()), "{error}");
        assert!(!unmade.exists(), "nothing is made when it cannot work");
    }

    #[test]
    fn the_longest_path_a_socket_takes_is_used() {
        let (_dir, root) = root();
        let fill = SOCKET_PATH_MAX - root.as_os_str().len() - "//desk.sock".len();
        let fits = root.join("d".repeat(fill));
        let paths = Paths::resolve(None, Some(&fits), &surroundings(&root)).unwrap();
        assert_eq!(paths.socket().unwrap(), fits.join("desk.sock"));
        paths.prepare().unwrap();
        std::os::unix::net::UnixListener::bind(paths.socket().unwrap()).unwrap();
        let over = Paths::resolve(None, Some(&root.join("d".repeat(fill + 1))), &surroundings(&root)).unwrap();
        assert!(over.socket().unwrap().starts_with(root.join("run")));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(OsStr::new("")), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(OsStr::new("foobar")), 0x8594_4171_f739_67e8);
    }
}
