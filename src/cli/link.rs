//! A conversation with the desk, each answer unpacked to the record that was asked for.

use std::time::Duration;

use super::output::Stop;
use super::talk;
use crate::desk::client::Client;
use crate::desk::protocol::{Command, Failure, FailureKind, Response, Topic, Update};
use crate::desk::record::{DeskStatus, OrderRecord, ProfileStatus};

/// A conversation with the desk.
#[derive(Debug)]
pub struct Link {
    client: Client,
    verbose: bool,
    /// What is said, once, when an answer takes long.
    when_slow: Option<String>,
}

/// An answer that takes longer than this is waited for in words.
const SLOW: Duration = Duration::from_secs(1);

impl Link {
    /// Over a connection; a verbose one shows what is said.
    #[must_use]
    pub const fn new(client: Client, verbose: bool) -> Self {
        Self { client, verbose, when_slow: None }
    }

    /// What to say, once, when an answer takes long from now on.
    pub fn say_when_slow(&mut self, text: String) {
        self.when_slow = Some(text);
    }

    /// Asks.
    ///
    /// # Errors
    /// What the desk answered, or that it is gone.
    pub fn ask(&mut self, command: Command) -> Result<Response, Box<Failure>> {
        if self.verbose {
            talk::line(&format!("> {}", serde_json::to_string(&command).unwrap_or_default()));
        }
        let Self { client, when_slow, .. } = self;
        let answer = match when_slow {
            Some(_) => client.request_patiently(command, SLOW, &mut || {
                if let Some(text) = when_slow.take() {
                    talk::line(&text);
                }
            }),
            None => client.request(command),
        };
        if self.verbose {
            let text = match &answer {
                Ok(response) => serde_json::to_string(response),
                Err(failure) => serde_json::to_string(failure),
            };
            talk::line(&format!("< {}", text.unwrap_or_default()));
        }
        answer
    }

    /// Asks for something of which only the doing matters.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn tell(&mut self, command: Command) -> Result<(), Box<Failure>> {
        self.ask(command).map(drop)
    }

    /// State of the desk.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn status(&mut self) -> Result<DeskStatus, Box<Failure>> {
        match self.ask(Command::Status)? {
            Response::Status(status) => Ok(status),
            other => Err(unexpected(&other)),
        }
    }

    /// Whether the account is being compared with the broker for the first time since the desk started.
    #[must_use]
    pub fn is_being_compared(&mut self) -> bool {
        let name = self.client.profile().map(ToString::to_string).unwrap_or_default();
        let is_own = |profile: &ProfileStatus| profile.name == name && profile.comparing;
        // A desk that cannot say so will say what is wrong when it is asked for more.
        self.status().is_ok_and(|status| status.profiles.iter().any(is_own))
    }

    /// An order by any of its ids.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn order(&mut self, order: &str) -> Result<OrderRecord, Box<Failure>> {
        match self.ask(Command::Order { order: order.to_owned() })? {
            Response::Order(order) => Ok(*order),
            other => Err(unexpected(&other)),
        }
    }

    /// Updates about `topic` from now on.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn subscribe(&mut self, topic: Topic, symbols: Vec<String>) -> Result<(), Box<Failure>> {
        self.tell(Command::Subscribe { topic, symbols })
    }

    /// The next update, or `None` after `timeout`.
    ///
    /// # Errors
    /// The desk is gone.
    pub fn next_update(&mut self, timeout: Option<Duration>) -> Result<Option<Update>, Box<Failure>> {
        self.client.next_update(timeout)
    }

    /// World and name of the profile that requests are for, for the banner.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn world(&mut self) -> Result<(String, String), Box<Failure>> {
        let name = self.client.profile().map(ToString::to_string).unwrap_or_default();
        let status = self.status()?;
        let world = status.profiles.iter().find(|profile| profile.name == name);
        Ok((world.map(|profile| profile.world.to_uppercase()).unwrap_or_default(), name))
    }
}

/// An answer of another kind than was asked for.
#[must_use]
pub fn unexpected(response: &Response) -> Box<Failure> {
    let name = serde_json::to_value(response).ok();
    let name = match name {
        Some(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        Some(serde_json::Value::String(name)) => name,
        _ => String::new(),
    };
    Failure::new(FailureKind::Version, "UNEXPECTED_ANSWER", format!("the desk answered something else: {name}"))
        .about(name)
        .hint("hoga desk restart")
        .into()
}

impl From<&Response> for Stop {
    fn from(response: &Response) -> Self {
        unexpected(response).into()
    }
}
