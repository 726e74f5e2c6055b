//! From a profile of the config to a recording that is about to be played.

use std::fs;
use std::path::Path;

use super::{Capture, ReplayBroker, ReplaySpeed, SAMPLE};
use crate::broker::api::{Broker, Capabilities};
use crate::broker::opening::{OpenError, Opening};
use crate::broker::paper::PaperConfig;
use crate::config::Profile;
use crate::market::UtcTime;

/// Largest recording that is read into memory.
const BYTES_MAX: u64 = 2 << 30;

/// What a recorded market can do.
#[must_use]
pub fn capabilities(_: &Profile) -> Capabilities {
    super::adapter::capabilities()
}

/// Opens the recording of a profile: its file, or the sample hoga comes with.
///
/// # Errors
/// The file cannot be read, or nothing in it can be played.
pub fn open(opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
    let profile = &opening.profile;
    let settings = &profile.replay;
    let unusable = |problem: String| {
        let name = match &settings.file {
            Some(file) => format!("the recording {}", file.display()),
            None => "the built-in recording".to_owned(),
        };
        let remedy = format!(
            "set `file` of [profiles.{}.replay] to a whole capture, or leave it out for the built-in recording",
            profile.name
        );
        OpenError::Unusable(format!("{name} cannot be played: {problem}; {remedy}"))
    };
    let capture = match &settings.file {
        Some(file) => Capture::open(read(file).map_err(unusable)?),
        None => Capture::open(SAMPLE),
    };
    let capture = capture.map_err(|error| unusable(error.to_string()))?;
    let speed = ReplaySpeed { speed: settings.speed, repeat: settings.repeat };
    let broker = ReplayBroker::new(capture, speed, PaperConfig::CRYPTO, now);
    Ok(Box::new(broker.map_err(|error| unusable(error.to_string()))?))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let about = fs::metadata(file).map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("it is no file".to_owned());
    }
    if about.len() > BYTES_MAX {
        return Err("it is larger than 2 GiB".to_owned());
    }
    fs::read(file).map_err(|error| error.to_string())
}
