//! What these tests share: profiles, a keyring in memory, the binary on a folder of its own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hoga::config::{BrokerName, Profile, RiskLimits, World};
use hoga::market::UtcTime;
use hoga::secrets::{
    Cost, Keyring, KeyringError, Keys, NewKey, Passphrase, Secret, SecretText, SecretsError, SecretsFile,
};
use serde_json::Value;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Of files that only tests make.
pub const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
pub const PASSPHRASE: &str = "a passphrase of tests";

/// RFC 8032, section 7.1, test 2, as PKCS#8 (RFC 8410).
pub const ED25519_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n\
    -----END PRIVATE KEY-----\n";

pub fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

pub fn profile(name: &str, broker: BrokerName, world: World) -> Profile {
    Profile::new(name.parse().unwrap(), broker, world, RiskLimits::default())
}

pub fn key(profile: &Profile, key: &str) -> NewKey {
    let texts = (secret(key), Secret::Shared(secret(&format!("secret-of-{key}"))));
    NewKey::new(profile, texts.0, texts.1, UtcTime::from_millis(1_790_000_000_000)).unwrap()
}

pub fn private_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    set_mode(folder.path(), 0o700);
    folder
}

pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A keyring in memory; one that does not serve when it has an error.
#[derive(Default)]
pub struct MemoryKeyring {
    pub texts: RefCell<BTreeMap<String, String>>,
    pub error: Option<KeyringError>,
}

impl MemoryKeyring {
    fn serve(&self) -> Result<(), KeyringError> {
        self.error.clone().map_or(Ok(()), Err)
    }
}

impl Keyring for MemoryKeyring {
    fn read(&self, profile: &str) -> Result<Option<Zeroizing<String>>, KeyringError> {
        self.serve()?;
        Ok(self.texts.borrow().get(profile).cloned().map(Zeroizing::new))
    }

    fn write(&self, profile: &str, text: &str) -> Result<(), KeyringError> {
        self.serve()?;
        self.texts.borrow_mut().insert(profile.into(), text.into());
        Ok(())
    }

    fn remove(&self, profile: &str) -> Result<bool, KeyringError> {
        self.serve()?;
        Ok(self.texts.borrow_mut().remove(profile).is_some())
    }
}

/// The three places of a test.
pub struct Places {
    pub environment: BTreeMap<String, String>,
    pub keyring: MemoryKeyring,
    pub folder: TempDir,
}

impl Places {
    pub fn new() -> Self {
        Self { environment: BTreeMap::new(), keyring: MemoryKeyring::default(), folder: private_folder() }
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.into(), value.into());
    }

    pub fn file(&self) -> SecretsFile {
        SecretsFile::with_cost(self.folder.path(), CHEAP)
    }

    pub fn keep_in_file(&self, profile: &Profile, text: &str) {
        self.file().put(&profile.name, &key(profile, text), &secret(PASSPHRASE)).unwrap();
    }

    pub fn keep_in_keyring(&self, profile: &Profile, text: &str) {
        self.with_keys(|keys| keys.put_in_keyring(&profile.name, &key(profile, text))).unwrap();
    }

    pub fn with_keys<T>(&self, work: impl FnOnce(&Keys<'_>) -> T) -> T {
        let lookup = |name: &str| self.environment.get(name).map(OsString::from);
        work(&Keys::new(&lookup, &self.keyring, self.file()))
    }

    /// The key found for a profile and where, as text.
    pub fn found(&self, profile: &Profile) -> Result<(String, &'static str), SecretsError> {
        let lookup = |_: &str| None;
        let mut ask = |_| Ok(Some(secret(PASSPHRASE)));
        let found = self.with_keys(|keys| keys.find(profile, &mut Passphrase::new(&lookup, &mut ask)))?;
        Ok((found.key.expose().to_owned(), found.origin.as_str()))
    }
}

/// The binary on a folder of its own: no keyring, no terminal, nothing of the user's.
pub struct Hoga {
    pub folder: TempDir,
    pub variables: Vec<(String, String)>,
}

pub const CONFIG: &str = r#"
[profiles.binance]
broker = "binance"
world = "paper"
rest_url = "http://127.0.0.1:1"
ws_url = "ws://127.0.0.1:1"
[profiles.binance-live]
broker = "binance"
world = "live"
rest_url = "http://127.0.0.1:1"
ws_url = "ws://127.0.0.1:1"
[profiles.kis-mock]
broker = "kis"
world = "paper"
account = "12345678-01"
rest_url = "http://127.0.0.1:1"
ws_url = "ws://127.0.0.1:1"
[profiles.kiwoom-mock]
broker = "kiwoom"
world = "paper"
account = "12345678"
"#;

impl Hoga {
    pub fn new() -> Self {
        let folder = private_folder();
        std::fs::write(folder.path().join("config.toml"), CONFIG).unwrap();
        Self { folder, variables: vec![("HOGA_PASSPHRASE".into(), PASSPHRASE.into())] }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.into(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What every process here is started with.
    pub fn surroundings(&self) -> Vec<(String, String)> {
        let place = |name: &str| self.path(name).display().to_string();
        let mut all: Vec<(String, String)> = [
            ("HOME", place("home")),
            ("HOGA_DATA_DIR", self.folder.path().display().to_string()),
            ("HOGA_CONFIG", place("config.toml")),
            ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", place("no-bus"))),
            ("LC_ALL", "C.UTF-8".into()),
            ("TZ", "Asia/Seoul".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        all.retain(|(name, _)| !self.variables.iter().any(|(own, _)| own == name));
        all.extend(self.variables.clone());
        all
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoga"));
        command.env_clear().envs(self.surroundings()).args(line.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    pub fn run_with(&self, line: &str, input: &str) -> Ran {
        run(self.command(line), input)
    }
}

pub fn run(mut command: Command, input: &str) -> Ran {
    let mut child = command.spawn().unwrap();
    // A command that refuses at once has not read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The error object: the last line of standard error.
    pub fn error(&self) -> Value {
        serde_json::from_str(self.err.lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}
