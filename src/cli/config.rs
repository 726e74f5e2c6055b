//! `hoga config`.

use super::arguments::setup::Config as Verb;
use super::context::Context;
use super::output::Done;
use crate::desk::protocol::{Failure, FailureKind};
use crate::text::Say;

/// Runs the command.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn run(context: &Context, verb: &Verb) -> Done {
    let path = context.paths.config_file.display().to_string();
    match verb {
        Verb::Show => {
            let text = context.config()?.to_redacted_toml();
            let json = text.parse::<toml::Table>().ok().and_then(|table| serde_json::to_value(table).ok());
            let json = json.ok_or_else(|| Failure::new(FailureKind::Other, "INTERNAL", "the config has no JSON"))?;
            context.output.value(&json, &text)?;
        }
        Verb::Check => {
            context.config()?;
            let exists = context.paths.config_file.exists();
            context.say(&if exists { Say::ConfigRight(&path) } else { Say::ConfigNone(&path) });
            context.output.value(&serde_json::json!({ "ok": true, "path": path, "exists": exists }), "ok")?;
        }
        Verb::Path => {
            let exists = context.paths.config_file.exists();
            let data_dir = context.paths.data_dir.display().to_string();
            let json = serde_json::json!({ "path": path, "exists": exists, "data_dir": data_dir });
            context.output.value(&json, &path)?;
        }
    }
    Ok(0)
}
