//! `hoga desk install`: a systemd user unit, so that a desk runs from boot on and is started again when it fails.

use std::path::PathBuf;

use super::context::Context;
use super::output::{Done, Stop};
use crate::desk::protocol::{Failure, FailureKind};
use crate::text::Say;

/// What switches the unit on; the last lets it run while nobody is signed in.
const ENABLE: [&str; 3] =
    ["systemctl --user daemon-reload", "systemctl --user enable --now hoga.service", "loginctl enable-linger"];

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn install(context: &Context) -> Done {
    let path = unit_path()?;
    let failed = |error: std::io::Error| {
        let shown = path.display().to_string();
        Stop::from(
            Failure::new(FailureKind::Other, "FILE", format!("{shown}: {error}")).about(shown).about(error.to_string()),
        )
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&path, unit(context)?).map_err(failed)?;
    let shown = path.display().to_string();
    context.say(&Say::UnitWritten(&shown));
    context.say(&Say::UnitEnable);
    context.output.value(&serde_json::json!({ "path": shown, "enable": ENABLE }), &ENABLE.join("\n"))?;
    Ok(0)
}

fn unit_path() -> Result<PathBuf, Stop> {
    let folder = std::env::var_os("XDG_CONFIG_HOME")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
        .or_else(|| directories::BaseDirs::new().map(|folders| folders.home_dir().join(".config")));
    let folder = folder.ok_or_else(|| Failure::new(FailureKind::Usage, "DATA_DIR", "there is no home directory"))?;
    Ok(folder.join("systemd/user/hoga.service"))
}

fn unit(context: &Context) -> Result<String, Stop> {
    let program = std::env::current_exe()?;
    let mut command = vec![program.display().to_string(), "--data-dir".into()];
    command.push(context.paths.data_dir.display().to_string());
    if context.paths.config_is_named {
        command.extend(["--config".into(), context.paths.config_file.display().to_string()]);
    }
    command.extend(["desk".into(), "run".into()]);
    let command: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    Ok(format!(
        "[Unit]\nDescription=hoga desk\nAfter=network-online.target\n\n[Service]\nExecStart={}\nRestart=on-failure\n\
         RestartSec=2\nRestartPreventExitStatus=2 8\nTimeoutStopSec=30\n\n[Install]\nWantedBy=default.target\n",
        command.join(" ")
    ))
}

/// A word as systemd reads it back: quotes, backslashes, `%` and `$` mean something there.
fn quoted(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_stay_one_word() {
        assert_eq!(quoted("/home/a b/100%/$x"), "\"/home/a b/100%%/$$x\"");
    }
}
