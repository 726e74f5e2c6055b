//! What every command knows: options, paths, config, language, output; and how it reaches the desk.

use std::ffi::OsString;

use clap::ValueEnum;

use super::arguments::{Format, Global, LanguageName};
use super::link::Link;
use super::output::{Look, Output, Stop};
use super::talk;
use crate::config::{Config, ConfigError, Language, LanguageChoice, Paths, Surroundings};
use crate::desk::client::{Caller, Client, StartPlan};
use crate::desk::protocol::{Failure, FailureKind};
use crate::order::{ProfileName, Source};
use crate::text::Say;

/// How long a desk that a command starts stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// Until nobody is left and it holds nothing.
    UntilIdle,
    /// Until it is told to end.
    UntilStopped,
}

/// What every command knows.
#[derive(Debug)]
pub struct Context {
    /// Options of every command.
    pub global: Global,
    /// Where files are.
    pub paths: Paths,
    /// The config, or why there is none.
    pub config: Result<Config, ConfigError>,
    /// Language of what people read.
    pub language: Language,
    /// Standard output.
    pub output: Output,
}

impl Context {
    /// From the options and the system.
    ///
    /// # Errors
    /// There is no place for the data.
    pub fn new(mut global: Global) -> Result<Self, Stop> {
        if global.profile.is_none() {
            global.profile =
                from_variable("HOGA_PROFILE", |text| ProfileName::new(text).map_err(|error| error.to_string()))?;
        }
        if global.format.is_none() {
            global.format = from_variable("HOGA_FORMAT", |text| Format::from_str(text, true))?;
        }
        let paths = Paths::resolve(global.config.as_deref(), global.data_dir.as_deref(), &Surroundings::of_system())
            .map_err(|error| data_dir_failure(&error.to_string()))?;
        let load = if paths.config_is_named { Config::load } else { Config::load_if_there };
        let config = load(&paths.config_file);
        let chosen = config.as_ref().map_or(LanguageChoice::Auto, |config| config.language);
        let language = language(global.lang, chosen);
        let format = if global.json { Format::Json } else { global.format.unwrap_or(Format::Table) };
        let output = Output { format, quiet: global.quiet, look: Look::of_stdout(language) };
        Ok(Self { global, paths, config, language, output })
    }

    /// The config.
    ///
    /// # Errors
    /// It is wrong; with every place that is.
    pub fn config(&self) -> Result<&Config, Stop> {
        self.config.as_ref().map_err(|error| config_failure(error).into())
    }

    /// A connection to the desk. One is started where none runs; it ends by itself when it is not needed any more.
    ///
    /// # Errors
    /// It cannot be started, or is of another version.
    pub fn connect(&self) -> Result<Link, Stop> {
        self.connect_for(Stay::UntilIdle)
    }

    /// A connection to the desk. One that must be started stays as long as told.
    ///
    /// # Errors
    /// It cannot be started, or is of another version.
    pub fn connect_for(&self, stay: Stay) -> Result<Link, Stop> {
        match Client::connect(self.paths.socket_candidates(), &self.caller()) {
            Err(failure) if failure.kind == FailureKind::NoDesk => {}
            other => return Ok(Link::new(other?, self.global.verbose > 0)),
        }
        // A desk could not start with a wrong config; its own words would come late and without a place.
        self.config()?;
        let plan = self.start_plan(stay)?;
        let client = Client::connect_or_start(self.paths.socket_candidates(), &self.caller(), &plan)?;
        Ok(Link::new(client, self.global.verbose > 0))
    }

    /// A connection to the desk that runs; `None` when none does.
    ///
    /// # Errors
    /// It is of another version.
    pub fn connect_running(&self) -> Result<Option<Link>, Stop> {
        match Client::connect(self.paths.socket_candidates(), &self.caller()) {
            Ok(client) => Ok(Some(Link::new(client, self.global.verbose > 0))),
            Err(failure) if failure.kind == FailureKind::NoDesk => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Says something to the person, unless told to be quiet.
    pub fn say(&self, say: &Say<'_>) {
        if !self.global.quiet {
            talk::line(&say.text(self.language));
        }
    }

    fn caller(&self) -> Caller {
        let name = format!("cli {}", std::process::id());
        Caller { name, source: Source::Cli, profile: self.global.profile.clone() }
    }

    /// How a desk is started in the background.
    ///
    /// # Errors
    /// The data folder cannot be made.
    pub fn start_plan(&self, stay: Stay) -> Result<StartPlan, Stop> {
        // A desk that cannot write to its folder could not even leave word why.
        self.paths.prepare().map_err(|error| data_dir_failure(&error.to_string()))?;
        let program = std::env::current_exe()?;
        let mut arguments: Vec<OsString> = vec!["--data-dir".into(), self.paths.data_dir.clone().into()];
        if self.paths.config_is_named {
            arguments.extend(["--config".into(), self.paths.config_file.clone().into()]);
        }
        arguments.extend(["desk", "run", "--detached"].map(OsString::from));
        if stay == Stay::UntilIdle {
            arguments.push("--until-idle".into());
        }
        Ok(StartPlan { program, arguments, error_file: super::desk_run::error_file(&self.paths) })
    }
}

/// An option given as a variable; an empty one is none.
fn from_variable<T>(name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Box<Failure>> {
    let Some(text) = std::env::var(name).ok().filter(|text| !text.is_empty()) else { return Ok(None) };
    parse(&text).map(Some).map_err(|error| {
        let message = format!("{name}={text}: {error}");
        Failure::new(FailureKind::Usage, "USAGE", message.clone()).about(message).into()
    })
}

/// The language to speak, by flag, variable, config and locale.
#[must_use]
pub fn language(flag: Option<LanguageName>, config: LanguageChoice) -> Language {
    let flag = flag.map(|name| match name {
        LanguageName::Ko => LanguageChoice::Ko,
        LanguageName::En => LanguageChoice::En,
    });
    Language::detect(flag, &|name| std::env::var(name).ok(), config)
}

/// A data folder that does not serve, as a failure.
#[must_use]
pub fn data_dir_failure(text: &str) -> Failure {
    Failure::new(FailureKind::Usage, "DATA_DIR", text).about(text)
}

/// A wrong config as a failure.
#[must_use]
pub fn config_failure(error: &ConfigError) -> Failure {
    let text = error.to_string();
    Failure::new(FailureKind::Usage, "CONFIG", text.clone()).about(text).hint("hoga config check")
}
