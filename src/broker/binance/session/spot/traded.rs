//! Symbols an order was ever sent on, kept in a file: fills are asked for symbol by symbol, and of a coin that was bought
//! and sold again while the desk was off nothing else tells.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::broker::binance::session::known::locked;
use crate::broker::binance::session::shared::Shared;
use crate::market::Symbol;

/// Takes in what is kept; a line that is no symbol is left out.
pub async fn load(shared: &Shared, file: Option<&Path>) {
    let Some(file) = file else { return };
    let kept = tokio::fs::read_to_string(file).await.unwrap_or_default();
    let mut known = locked(&shared.known);
    kept.lines().filter_map(|line| Symbol::new(line.trim()).ok()).for_each(|symbol| known.note_traded(symbol));
}

/// Writes what is traded whenever that is more, until the session ends.
pub async fn keep(shared: Arc<Shared>, file: Option<PathBuf>) {
    let mut written = BTreeSet::new();
    loop {
        shared.traded_more.notified().await;
        let traded = locked(&shared.known).traded();
        let Some(file) = file.as_deref().filter(|_| traded != written) else { continue };
        match write(file, &traded).await {
            Ok(()) => written = traded,
            Err(error) => tracing::warn!(%error, "the symbols that are traded could not be kept"),
        }
    }
}

async fn write(file: &Path, traded: &BTreeSet<Symbol>) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let text: String = traded.iter().map(|symbol| format!("{symbol}\n")).collect();
    let beside = file.with_extension("new");
    tokio::fs::write(&beside, text).await?;
    tokio::fs::rename(&beside, file).await
}
