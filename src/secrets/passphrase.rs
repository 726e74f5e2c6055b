//! The passphrase of the encrypted file: given by the environment or by systemd, else asked for.

use std::fs::File;
use std::path::PathBuf;

use super::SecretText;
use super::environment::Lookup;
use super::error::{BadForm, SecretsError};
use super::private_file::{io_error, read_all, read_descriptor};

/// Least length of a new passphrase, in characters. The file may be copied and tried elsewhere at leisure.
pub const PASSPHRASE_MIN: usize = 10;

/// Name of the systemd credential.
const CREDENTIAL: &str = "hoga-passphrase";

/// What a passphrase is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To open the file there is.
    Open,
    /// To make the file; to be typed twice.
    Create,
}

/// Asks a person; `None` where there is nobody to ask.
type Ask<'a> = &'a mut dyn FnMut(Purpose) -> Result<Option<SecretText>, SecretsError>;

/// Who gives the passphrase. The first that is given counts: `HOGA_PASSPHRASE`, `HOGA_PASSPHRASE_FD` (the number of an
/// open file), the systemd credential `hoga-passphrase`; without any of them a person is asked.
pub struct Passphrase<'a> {
    environment: Lookup<'a>,
    ask: Ask<'a>,
}

impl<'a> Passphrase<'a> {
    /// From this environment, else from a person.
    pub fn new(environment: Lookup<'a>, ask: Ask<'a>) -> Self {
        Self { environment, ask }
    }

    /// The passphrase, without the line break at its end.
    ///
    /// # Errors
    /// Nobody gives one, what was named cannot be read, or a new one is weak.
    pub fn get(&mut self, purpose: Purpose) -> Result<SecretText, SecretsError> {
        let given = match self.given()? {
            Some(given) => without_line_end(given),
            None => (self.ask)(purpose)?.ok_or(SecretsError::NoPassphrase)?,
        };
        if purpose == Purpose::Create && given.expose().chars().count() < PASSPHRASE_MIN {
            return Err(SecretsError::WeakPassphrase);
        }
        Ok(given)
    }

    fn given(&self) -> Result<Option<SecretText>, SecretsError> {
        let variable = |name: &str| (self.environment)(name).filter(|value| !value.is_empty());
        if let Some(value) = variable("HOGA_PASSPHRASE") {
            return text("HOGA_PASSPHRASE", value.into_encoded_bytes()).map(Some);
        }
        if let Some(number) = variable("HOGA_PASSPHRASE_FD") {
            return read_descriptor(&number.to_string_lossy()).map(Some);
        }
        let Some(folder) = variable("CREDENTIALS_DIRECTORY") else { return Ok(None) };
        let path = PathBuf::from(folder).join(CREDENTIAL);
        if !path.exists() {
            return Ok(None);
        }
        // systemd keeps the folder to the service; the mode of a file in it may show the mask of an access list.
        let mut bytes = File::open(&path).and_then(read_all).map_err(io_error(&path))?;
        text(CREDENTIAL, std::mem::take(&mut *bytes)).map(Some)
    }
}

fn text(what: &str, bytes: Vec<u8>) -> Result<SecretText, SecretsError> {
    SecretText::from_bytes(bytes).ok_or_else(|| SecretsError::Form { what: what.into(), form: BadForm::NoText })
}

/// Spaces may belong to a passphrase; the line break of a file or a pipe does not.
fn without_line_end(given: SecretText) -> SecretText {
    let trimmed = given.expose().trim_end_matches(['\r', '\n']);
    if trimmed.len() == given.expose().len() { given } else { SecretText::new(trimmed.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn got(variables: &[(&str, &str)], typed: Option<&str>, purpose: Purpose) -> Result<String, SecretsError> {
        let lookup =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(*value));
        let mut ask = |_| Ok(typed.map(|typed| SecretText::new(typed.into())));
        Passphrase::new(&lookup, &mut ask).get(purpose).map(|text| text.expose().to_owned())
    }

    #[test]
    fn the_first_that_is_given_counts() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CREDENTIAL), "of systemd\n").unwrap();
        let mut piped = tempfile::tempfile().unwrap();
        piped.write_all(b"of a file\r\n").unwrap();
        let number = piped.as_raw_fd().to_string();
        let all = [
            ("HOGA_PASSPHRASE", "of the variable "),
            ("HOGA_PASSPHRASE_FD", &*number),
            ("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap()),
        ];
        assert_eq!(got(&all, Some("typed"), Purpose::Open).unwrap(), "of the variable ");
        assert_eq!(got(&all[1..], Some("typed"), Purpose::Open).unwrap(), "of a file");
        assert_eq!(got(&all[2..], Some("typed"), Purpose::Open).unwrap(), "of systemd");
        assert_eq!(got(&[("HOGA_PASSPHRASE", "")], Some("typed"), Purpose::Open).unwrap(), "typed");
    }

    #[test]
    fn nobody_and_nothing_is_told() {
        assert!(matches!(got(&[], None, Purpose::Open), Err(SecretsError::NoPassphrase)));
        assert!(matches!(got(&[], Some("short"), Purpose::Create), Err(SecretsError::WeakPassphrase)));
        for number in ["60000", "-1", "x", "70000"] {
            let error = got(&[("HOGA_PASSPHRASE_FD", number)], None, Purpose::Open).unwrap_err();
            assert!(matches!(error, SecretsError::Descriptor { .. }), "{number}: {error}");
        }
    }
}
