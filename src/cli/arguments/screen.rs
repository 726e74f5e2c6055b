//! Arguments of the screen.

use clap::Args;

/// How the screen is shown.
#[derive(Debug, Clone, Default, Args)]
pub struct Screen {
    /// Only look: never take the right to trade
    #[arg(long)]
    pub view: bool,
    /// For slow lines: few frames
    #[arg(long)]
    pub slow: bool,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub ascii: bool,
}
