//! The encrypted file: opened by its passphrase only, kept to its owner, replaced whole.

use std::fs;
use std::sync::Arc;

use hoga::config::{BrokerName, World};
use hoga::secrets::{Passphrase, SecretText, SecretsError, SecretsFile};

use crate::stage::{CHEAP, PASSPHRASE, key, mode, private_folder, profile, secret, set_mode};

fn opened(file: &SecretsFile, name: &str, passphrase: &str) -> Result<Option<SecretText>, SecretsError> {
    let mut ask = |_| Ok(Some(secret(passphrase)));
    let kept = file.get(&name.parse().unwrap(), &mut Passphrase::new(&|_| None, &mut ask))?;
    // A key is seen only through the whole way of finding it; here the note is enough.
    Ok(kept.map(|kept| secret(&kept.note.tail)))
}

fn with_two_keys(folder: &std::path::Path) -> SecretsFile {
    let file = SecretsFile::with_cost(folder, CHEAP);
    for (name, text) in [("one", "key-number-of-the-one1"), ("two", "key-number-of-the-two2")] {
        let profile = profile(name, BrokerName::Binance, World::Live);
        file.put(&profile.name, &key(&profile, text), &secret(PASSPHRASE)).unwrap();
    }
    file
}

#[test]
fn a_passphrase_is_asked_for_only_where_there_is_something_to_open() {
    let folder = private_folder();
    let file = SecretsFile::with_cost(folder.path(), CHEAP);
    let mut never = |_| -> Result<Option<SecretText>, SecretsError> { panic!("it was asked for") };
    let mut passphrase = Passphrase::new(&|_| None, &mut never);
    assert!(file.get(&"one".parse().unwrap(), &mut passphrase).unwrap().is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "looking makes no file");
    let file = with_two_keys(folder.path());
    assert!(file.get(&"three".parse().unwrap(), &mut passphrase).unwrap().is_none());
    let notes = file.notes().unwrap();
    assert_eq!(
        notes.iter().map(|(name, note)| (&**name, &*note.tail)).collect::<Vec<_>>(),
        [("one", "one1"), ("two", "two2")]
    );
}

#[test]
fn a_wrong_passphrase_and_a_damaged_file_are_told_apart() {
    let folder = private_folder();
    let file = with_two_keys(folder.path());
    assert_eq!(opened(&file, "two", PASSPHRASE).unwrap().unwrap().expose(), "two2");
    assert!(matches!(opened(&file, "two", "another passphrase"), Err(SecretsError::WrongPassphrase(_))));
    let profile = profile("three", BrokerName::Kis, World::Paper);
    let put = file.put(&profile.name, &key(&profile, "key-of-the-third"), &secret("another passphrase"));
    assert!(matches!(put, Err(SecretsError::WrongPassphrase(_))), "keys under two passphrases in one file");
    let whole = fs::read(file.path()).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x01;
        fs::write(file.path(), &bytes).unwrap();
        let error = opened(&file, "two", PASSPHRASE).err();
        let is_told = matches!(error, Some(SecretsError::Damaged { .. } | SecretsError::Version { .. }));
        assert!(is_told, "byte {at}: {error:?}");
    }
    for bytes in [&b""[..], b"{}", b"null", &whole[..whole.len() / 2]] {
        fs::write(file.path(), bytes).unwrap();
        assert!(matches!(opened(&file, "two", PASSPHRASE), Err(SecretsError::Damaged { .. })));
        let put = file.put(&profile.name, &key(&profile, "key-of-the-third"), &secret(PASSPHRASE));
        assert!(matches!(put, Err(SecretsError::Damaged { .. })), "a damaged file was written over");
        assert_eq!(fs::read(file.path()).unwrap(), bytes);
    }
}

#[test]
fn a_file_or_folder_open_to_others_is_refused_with_the_cure() {
    let folder = private_folder();
    let file = with_two_keys(folder.path());
    assert_eq!(mode(file.path()), 0o600);
    assert_eq!(mode(&folder.path().join("secrets.lock")), 0o600);
    for open in [0o644, 0o640, 0o604, 0o660, 0o610] {
        set_mode(file.path(), open);
        let told = opened(&file, "one", PASSPHRASE).unwrap_err().to_string();
        let cure = format!("chmod 600 {}", file.path().display());
        assert!(told.contains(&cure) && told.contains(&format!("{open:o}")), "{told}");
        assert!(file.notes().is_err());
    }
    set_mode(file.path(), 0o600);
    for (open, cure) in [(0o755, "chmod 700"), (0o750, "chmod 700"), (0o777, "chmod go-w"), (0o770, "chmod go-w")] {
        set_mode(folder.path(), open);
        let told = opened(&file, "one", PASSPHRASE).unwrap_err().to_string();
        assert!(told.contains(cure), "{open:o}: {told}");
        let profile = profile("three", BrokerName::Kis, World::Paper);
        let put = file.put(&profile.name, &key(&profile, "key-of-the-third"), &secret(PASSPHRASE));
        assert!(put.unwrap_err().to_string().contains(cure), "{open:o}");
    }
    set_mode(folder.path(), 0o700);
    assert!(opened(&file, "one", PASSPHRASE).unwrap().is_some());
}

#[test]
fn a_link_or_a_folder_in_its_place_is_not_followed() {
    let folder = private_folder();
    let elsewhere = private_folder();
    let real = with_two_keys(elsewhere.path());
    let file = SecretsFile::with_cost(folder.path(), CHEAP);
    std::os::unix::fs::symlink(real.path(), file.path()).unwrap();
    assert!(matches!(opened(&file, "one", PASSPHRASE), Err(SecretsError::NotOwnFile(_))));
    fs::remove_file(file.path()).unwrap();
    fs::create_dir(file.path()).unwrap();
    assert!(matches!(
        opened(&file, "one", PASSPHRASE),
        Err(SecretsError::NotOwnFile(_) | SecretsError::TooOpen { .. })
    ));
}

#[test]
fn with_its_last_key_the_file_goes() {
    let folder = private_folder();
    let file = with_two_keys(folder.path());
    assert!(file.remove(&"one".parse().unwrap()).unwrap());
    assert!(!file.remove(&"one".parse().unwrap()).unwrap());
    assert!(opened(&file, "one", PASSPHRASE).unwrap().is_none());
    assert!(opened(&file, "two", PASSPHRASE).unwrap().is_some());
    assert!(file.remove(&"two".parse().unwrap()).unwrap());
    assert!(!file.exists());
    let profile = profile("new", BrokerName::Kis, World::Paper);
    file.put(&profile.name, &key(&profile, "key-of-a-new-start"), &secret("another passphrase")).unwrap();
    assert!(opened(&file, "new", "another passphrase").unwrap().is_some());
}

#[test]
fn writers_at_the_same_moment_lose_nothing() {
    let folder = Arc::new(private_folder());
    let writers: Vec<_> = (0..8)
        .map(|number| {
            let folder = folder.clone();
            std::thread::spawn(move || {
                let file = SecretsFile::with_cost(folder.path(), CHEAP);
                for round in 0..5 {
                    let profile = profile(&format!("p{number}-{round}"), BrokerName::Kis, World::Paper);
                    file.put(&profile.name, &key(&profile, "key-of-one-of-many"), &secret(PASSPHRASE)).unwrap();
                }
                file.remove(&format!("p{number}-0").parse().unwrap()).unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let file = SecretsFile::with_cost(folder.path(), CHEAP);
    assert_eq!(file.notes().unwrap().len(), 32);
    assert!(opened(&file, "p7-4", PASSPHRASE).unwrap().is_some());
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
