//! `hoga auth`: keys of brokers. They come from a terminal that shows nothing, from standard input or from a descriptor,
//! never from the command line, and no output has more of them than the last four letters.

use super::arguments::auth::{Add, Auth, Remove, Store};
use super::ask;
use super::auth_failure::{failure, of_profile};
use super::context::Context;
use super::output::{Done, Stop};
use super::secret_input;
use super::shown::{KeyLine, KeyTest};
use crate::config::Profile;
use crate::desk::key_check;
use crate::desk::protocol::{Failure, FailureKind};
use crate::market::UtcTime;
use crate::order::ProfileName;
use crate::secrets::{
    Credential, Doubt, Ed25519Key, KeyringError, Keys, NewKey, Origin, Passphrase, Place, Purpose, Secret, SecretText,
    SecretsError, SecretsFile, SystemKeyring, read_descriptor, read_named, takes_keys,
};
use crate::text::auth::{AuthSay, place as place_name};
use crate::text::{Say, pick_owned};

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, auth: &Auth) -> Done {
    let environment = |name: &str| std::env::var_os(name);
    let keyring = SystemKeyring::new();
    let keys = Keys::new(&environment, &keyring, SecretsFile::new(&context.paths.data_dir));
    let mut ask = |purpose| ask_passphrase(context, purpose);
    let mut passphrase = Passphrase::new(&environment, &mut ask);
    match auth {
        Auth::List => list(context, &keys),
        Auth::Add(args) => add(context, &keys, args, &mut passphrase),
        Auth::Test { name } => test(context, &keys, name, &mut passphrase),
        Auth::Rm(args) => remove(context, &keys, args),
    }
}

fn ask_passphrase(context: &Context, purpose: Purpose) -> Result<Option<SecretText>, SecretsError> {
    let ask = |say| secret_input::ask(context, &Say::Auth(say));
    match purpose {
        Purpose::Open => Ok(ask(AuthSay::AskPassphrase)),
        Purpose::Create => {
            let Some(first) = ask(AuthSay::AskNewPassphrase) else { return Ok(None) };
            let Some(second) = ask(AuthSay::AskPassphraseAgain) else { return Ok(None) };
            if first.expose() == second.expose() { Ok(Some(first)) } else { Err(SecretsError::PassphrasesDiffer) }
        }
    }
}

fn list(context: &Context, keys: &Keys<'_>) -> Done {
    let config = context.config()?;
    if let Err(reason @ (KeyringError::Silent | KeyringError::Refused(_))) = keys.check_keyring(&config.default_profile)
    {
        context.say(&Say::Auth(AuthSay::KeyringUnseen(&reason.to_string())));
    }
    let mut lines = Vec::new();
    for profile in config.profiles.values().filter(|profile| takes_keys(profile.broker)) {
        let places = keys.places(profile);
        lines.extend(
            places
                .iter()
                .enumerate()
                .map(|(order, place)| line(profile.name.as_str(), Some(profile), place, order == 0)),
        );
    }
    // Keys of profiles that the config has no more: nobody else would find them.
    let mut wrong = None;
    match keys.file().notes() {
        Ok(notes) => {
            let is_gone = |name: &str| !config.profiles.values().any(|profile| profile.name.as_str() == name);
            for (name, note) in notes.into_iter().filter(|(name, _)| is_gone(name)) {
                let place = Place { origin: Origin::File, note: Some(note), found: None, error: None };
                lines.push(line(&name, None, &place, false));
            }
        }
        Err(error) => wrong = Some(error),
    }
    context.output.list(&lines)?;
    wrong.map_or(Ok(0), |error| Err(failure(&error).into()))
}

fn line(name: &str, profile: Option<&Profile>, place: &Place, in_use: bool) -> KeyLine {
    let (note, found) = (place.note.as_ref(), place.found.as_ref());
    let tail = note.map(|note| note.tail.clone()).or_else(|| found.map(|found| found.key.tail()));
    let misfit = profile.and_then(|profile| note?.check_fits(profile).err());
    KeyLine {
        profile: name.to_owned(),
        broker: note.map(|note| note.broker).or_else(|| profile.map(|profile| profile.broker)),
        world: profile.map(|profile| profile.world),
        key_world: note.map(|note| note.world),
        origin: place.origin,
        key: tail.map(|tail| masked(&tail)),
        kind: note.map(|note| note.kind).or_else(|| found.map(Credential::kind)),
        added_at: note.map(|note| note.added_at),
        in_use,
        problem: place.error.as_ref().or(misfit.as_ref()).map(ToString::to_string),
    }
}

fn masked(tail: &str) -> String {
    format!("****{tail}")
}

fn known<'a>(context: &'a Context, name: &str) -> Result<&'a Profile, Stop> {
    let config = context.config()?;
    let found = config.profiles.values().find(|profile| profile.name.as_str() == name);
    // The word is not repeated: where a profile belongs, somebody may have put a key.
    found.ok_or_else(|| {
        let there: Vec<&str> = config.profiles.keys().map(ProfileName::as_str).collect();
        let message = format!("no profile of that name in the config; there are: {}", there.join(", "));
        Failure::new(FailureKind::Usage, "UNKNOWN_PROFILE", message).hint("hoga config show").into()
    })
}

fn add(context: &Context, keys: &Keys<'_>, args: &Add, passphrase: &mut Passphrase<'_>) -> Done {
    if !args.words.is_empty() || !args.options.is_empty() {
        return Err(in_arguments().into());
    }
    let profile = known(context, &args.name)?;
    if !takes_keys(profile.broker) {
        return Err(failure(&SecretsError::NotTaken { broker: profile.broker, kind: None }).into());
    }
    let origin = store(context, keys, args.store, &profile.name)?;
    // What is wrong with the place is said before anybody types a key.
    let before = keys.kept(&profile.name);
    if let Some(Place { error: Some(error), .. }) = before.iter().find(|place| place.origin == origin) {
        return Err(of_profile(error, &profile.name).into());
    }
    if let Some(place) = before.iter().find(|place| place.origin == origin) {
        let tail = place.note.as_ref().map(|note| masked(&note.tail)).unwrap_or_default();
        let place = name_of(context, origin);
        ask::confirm(context, &Say::Auth(AuthSay::AskReplace { profile: &args.name, place, key: &tail }))?;
    }
    let (key, secret) = given(context, args, profile)?;
    let now = UtcTime::from_jiff(jiff::Timestamp::now());
    let new = NewKey::new(profile, key, secret, now).map_err(|error| wrong_usage(&error))?;
    say_doubts(context, &new.doubts());
    keep(keys, &profile.name, &new, origin, passphrase).map_err(|error| failure(&error))?;
    context.say(&Say::Auth(AuthSay::Stored { profile: &args.name, place: name_of(context, origin) }));
    let places = keys.places(profile);
    let first = places.first().map_or(origin, |place| place.origin);
    if first != origin {
        context.say(&Say::Auth(AuthSay::Shadowed(name_of(context, first))));
    }
    let place = Place { origin, note: Some(new.note), found: None, error: None };
    context.output.one(&line(&args.name, Some(profile), &place, first == origin))?;
    Ok(0)
}

fn keep(
    keys: &Keys<'_>,
    profile: &ProfileName,
    new: &NewKey,
    origin: Origin,
    passphrase: &mut Passphrase<'_>,
) -> Result<(), SecretsError> {
    if origin == Origin::Keyring {
        return keys.put_in_keyring(profile, new);
    }
    let passphrase = keys.file().passphrase(passphrase)?;
    keys.file().put(profile, new, &passphrase)
}

fn in_arguments() -> Failure {
    let message = "keys are not taken from the command line: the shell keeps it in its history, and other users of the \
                   machine see it in the list of processes. If that was a real key, withdraw it at the broker";
    Failure::new(FailureKind::Usage, "SECRET_IN_ARGUMENTS", message)
        .hint("hoga auth add PROFILE (it asks), or --secret-stdin, --secret-fd N, --key-file PEM")
}

/// Where to keep a key: as told, else in the keyring where there is one.
fn store(context: &Context, keys: &Keys<'_>, told: Option<Store>, profile: &ProfileName) -> Result<Origin, Stop> {
    if told == Some(Store::File) {
        return Ok(Origin::File);
    }
    match keys.check_keyring(profile) {
        Ok(()) => Ok(Origin::Keyring),
        Err(reason) if told.is_none() => {
            context.say(&Say::Auth(AuthSay::NoKeyring(&reason.to_string())));
            Ok(Origin::File)
        }
        Err(reason) => Err(failure(&reason.into()).into()),
    }
}

fn name_of(context: &Context, origin: Origin) -> &'static str {
    let in_keyring = match origin {
        Origin::Environment => None,
        Origin::Keyring => Some(true),
        Origin::File => Some(false),
    };
    place_name(context.language, in_keyring)
}

/// Key and secret, in the way that was asked for.
fn given(context: &Context, args: &Add, profile: &Profile) -> Result<(SecretText, Secret), Stop> {
    let private = match &args.key_file {
        Some(path) => {
            let text = read_named(path, "--key-file").map_err(|error| failure(&error))?;
            let pem = |pem| failure(&SecretsError::Pem { path: path.clone(), pem });
            Some(Ed25519Key::from_pem(&text).map_err(pem)?)
        }
        None => None,
    };
    let descriptor = if args.secret_stdin { Some(0) } else { args.secret_fd };
    match (descriptor, private) {
        (Some(number), private) => lines(number, private),
        (None, private) => {
            let broker = broker_name(context, profile);
            let key = typed(context, AuthSay::AskKey(broker))?;
            let secret = match private {
                Some(private) => Secret::Ed25519(private),
                None => Secret::Shared(typed(context, AuthSay::AskSecret(broker))?),
            };
            Ok((key, secret))
        }
    }
}

fn lines(number: u16, private: Option<Ed25519Key>) -> Result<(SecretText, Secret), Stop> {
    use std::io::IsTerminal;
    if number == 0 && std::io::stdin().is_terminal() {
        let message = "standard input is a terminal, which would show the key; without --secret-stdin it is asked for";
        return Err(Failure::new(FailureKind::Usage, "SECRET_SHOWN", message).into());
    }
    let text = read_descriptor(&number.to_string()).map_err(|error| failure(&error))?;
    let mut lines = text.expose().lines().filter(|line| !line.trim().is_empty());
    let (first, second, rest) = (lines.next(), lines.next(), lines.next());
    let secret_text = |line: &str| SecretText::new(line.to_owned()).trimmed();
    match (first, second, private, rest) {
        (Some(key), None, Some(private), None) => Ok((secret_text(key), Secret::Ed25519(private))),
        (Some(key), Some(secret), None, None) => Ok((secret_text(key), Secret::Shared(secret_text(secret)))),
        _ => {
            let message =
                "a key on the first line and its secret on the second are needed; with --key-file the key alone";
            Err(Failure::new(FailureKind::Usage, "SECRET_LINES", message).into())
        }
    }
}

fn typed(context: &Context, question: AuthSay<'_>) -> Result<SecretText, Stop> {
    let nobody = || {
        let message = "there is no terminal to ask on, so nothing was kept";
        Failure::new(FailureKind::Usage, "NOTHING_TYPED", message).hint("--secret-stdin")
    };
    Ok(secret_input::ask(context, &Say::Auth(question)).ok_or_else(nobody)?.trimmed())
}

fn wrong_usage(error: &SecretsError) -> Failure {
    Failure { kind: FailureKind::Usage, ..failure(error) }
}

fn say_doubts(context: &Context, doubts: &[Doubt]) {
    for doubt in doubts {
        let (what, found, usual) = match *doubt {
            Doubt::KeyLength { found, usual } => ("key", found, usual),
            Doubt::SecretLength { found, usual } => ("secret", found, usual),
        };
        context.say(&Say::Auth(AuthSay::UnusualLength { what, found, usual }));
    }
}

fn broker_name(context: &Context, profile: &Profile) -> &'static str {
    use crate::config::BrokerName;
    match profile.broker {
        BrokerName::Kis => pick_owned(context.language, "한국투자증권", "KIS"),
        BrokerName::Kiwoom => pick_owned(context.language, "키움증권", "Kiwoom"),
        BrokerName::Binance => pick_owned(context.language, "바이낸스", "Binance"),
        other => other.as_str(),
    }
}

fn test(context: &Context, keys: &Keys<'_>, name: &str, passphrase: &mut Passphrase<'_>) -> Done {
    let profile = known(context, name)?;
    let found = keys.find(profile, passphrase).map_err(|error| of_profile(&error, &profile.name))?;
    let doubts = found.doubts();
    say_doubts(context, &doubts);
    if found.world.is_none() {
        context.say(&Say::Auth(AuthSay::WorldUnknown));
    }
    let mut told = KeyTest {
        profile: name.to_owned(),
        broker: profile.broker,
        world: profile.world,
        key_world: found.world,
        origin: found.origin,
        key: masked(&found.key.tail()),
        kind: found.kind(),
        added_at: found.added_at,
        usual_form: doubts.is_empty(),
        broker_asked: false,
        trades: None,
        clock_offset_ms: None,
    };
    let Some(rights) = key_check::ask(profile, found, &context.paths.data_dir) else {
        context.output.one(&told)?;
        context.say(&Say::Auth(AuthSay::BrokerNotAsked(broker_name(context, profile))));
        return Ok(0);
    };
    let rights = rights?;
    told.broker_asked = true;
    told.trades = Some(rights.trades);
    told.clock_offset_ms = rights.clock_offset_ms;
    context.output.one(&told)?;
    Ok(0)
}

fn remove(context: &Context, keys: &Keys<'_>, args: &Remove) -> Done {
    let profile = context.config()?.profiles.values().find(|profile| profile.name.as_str() == args.name);
    // A key whose profile is gone from the config can still be forgotten.
    let name = match ProfileName::new(&args.name) {
        Ok(name) => name,
        Err(_) => known(context, &args.name)?.name.clone(),
    };
    let is_meant = |place: &Place| match args.store {
        None => true,
        Some(Store::Keyring) => place.origin == Origin::Keyring,
        Some(Store::File) => place.origin == Origin::File,
    };
    let unseen = match keys.check_keyring(&name) {
        Ok(()) => None,
        Err(KeyringError::Absent(_)) if args.store.is_none() => None,
        Err(reason) => Some(reason).filter(|_| args.store != Some(Store::File)),
    };
    let places: Vec<Place> = keys.kept(&name).into_iter().filter(is_meant).collect();
    if let Some(reason) = unseen {
        // It may well hold the key.
        if places.is_empty() {
            return Err(failure(&reason.into()).into());
        }
        context.say(&Say::Auth(AuthSay::KeyringUnseen(&reason.to_string())));
    }
    if places.is_empty() {
        known(context, &args.name)?;
        return Err(nothing_kept(&name).into());
    }
    let told: Vec<String> = places
        .iter()
        .map(|place| {
            let tail = place.note.as_ref().map(|note| masked(&note.tail)).unwrap_or_default();
            format!("{} {tail}", name_of(context, place.origin)).trim_end().to_owned()
        })
        .collect();
    ask::confirm(context, &Say::Auth(AuthSay::AskRemove { profile: &args.name, places: &told.join(", ") }))?;
    let mut gone = Vec::with_capacity(places.len());
    for place in &places {
        keys.remove(&name, place.origin).map_err(|error| failure(&error))?;
        context.say(&Say::Auth(AuthSay::Removed { profile: &args.name, place: name_of(context, place.origin) }));
        gone.push(line(&args.name, profile, place, false));
    }
    if let Some(profile) = profile
        && keys.places(profile).iter().any(|place| place.origin == Origin::Environment)
    {
        context.say(&Say::Auth(AuthSay::EnvironmentStays(&profile.environment_prefix())));
    }
    if !context.output.is_for_people() || context.global.quiet {
        context.output.list(&gone)?;
    }
    Ok(0)
}

fn nothing_kept(name: &ProfileName) -> Failure {
    let message = format!("neither keyring nor encrypted file has a key of the profile '{name}'");
    Failure::new(FailureKind::Unauthorized, "NO_KEY", message).about(name.as_str()).hint("hoga auth list")
}
