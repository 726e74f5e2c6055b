//! Keys of brokers. None of them is ever a word of the command line.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `hoga auth`.
#[derive(Debug, Subcommand)]
pub enum Auth {
    /// Profiles with a key, where it is, and its last four letters
    List,
    /// Keep the key of a profile, asked for without showing it
    Add(Add),
    /// Whether a profile's key is found, well formed and of the right world
    Test {
        /// Profile of the config
        #[arg(value_name = "PROFILE")]
        name: String,
    },
    /// Forget the key of a profile
    #[command(visible_alias = "remove")]
    Rm(Remove),
}

/// `hoga auth add`.
#[derive(Debug, Args)]
pub struct Add {
    /// Profile of the config
    #[arg(value_name = "PROFILE")]
    pub name: String,
    /// Where to keep it; without this, the keyring where there is one
    #[arg(long, value_name = "STORE")]
    pub store: Option<Store>,
    /// Read key and secret from standard input, a line each
    #[arg(long, conflicts_with = "secret_fd")]
    pub secret_stdin: bool,
    /// Read key and secret from an open file descriptor, a line each
    #[arg(long, value_name = "N")]
    pub secret_fd: Option<u16>,
    /// Ed25519 private key as PEM, instead of a secret (Binance)
    #[arg(long, value_name = "PEM")]
    pub key_file: Option<PathBuf>,
    /// Keys typed behind the profile: refused, and never repeated
    #[arg(hide = true, value_parser = discard, allow_negative_numbers = true)]
    pub words: Vec<Discarded>,
    /// Keys typed as an option: refused, and never repeated
    #[arg(
        long = "secret", hide = true, value_parser = discard, allow_hyphen_values = true,
        aliases = ["key", "app-key", "app-secret", "api-key", "api-secret", "secret-key", "private-key", "password", "passphrase", "token"]
    )]
    pub options: Vec<Discarded>,
}

/// `hoga auth rm`.
#[derive(Debug, Args)]
pub struct Remove {
    /// Profile of the config
    #[arg(value_name = "PROFILE")]
    pub name: String,
    /// Only from there
    #[arg(long, value_name = "STORE")]
    pub store: Option<Store>,
}

/// Where keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// The system keyring
    Keyring,
    /// The encrypted file in the data folder
    File,
}

/// A word that was typed where none belongs, and is not kept.
#[derive(Debug, Clone, Copy)]
pub struct Discarded;

fn discard(_: &str) -> Result<Discarded, Infallible> {
    Ok(Discarded)
}
