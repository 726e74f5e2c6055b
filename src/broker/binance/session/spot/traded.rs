//! Symbols an order was ever sent on, and when the last one was, kept in a file: fills are asked for symbol by symbol, and
//! of a coin that was bought and sold again while the desk was off nothing else tells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::broker::binance::session::known::locked;
use crate::broker::binance::session::shared::Shared;
use crate::market::{Symbol, UtcTime};

/// Takes in what is kept; a line that cannot be read is left out.
pub async fn load(shared: &Shared, file: Option<&Path>) {
    let Some(file) = file else { return };
    let kept = tokio::fs::read_to_string(file).await.unwrap_or_default();
    let mut known = locked(&shared.known);
    kept.lines().filter_map(parse).for_each(|(symbol, at)| known.note_traded(symbol, at));
}

fn parse(line: &str) -> Option<(Symbol, UtcTime)> {
    let (symbol, at) = line.trim().split_once(' ')?;
    Some((Symbol::new(symbol).ok()?, UtcTime::from_millis(at.parse().ok()?)))
}

/// Writes what is traded whenever an order sets out, until the session ends.
pub async fn keep(shared: Arc<Shared>, file: Option<PathBuf>) {
    loop {
        shared.traded_more.notified().await;
        let traded = locked(&shared.known).traded_at();
        if let Some(file) = &file
            && let Err(error) = write(file, &traded).await
        {
            tracing::warn!(%error, "the symbols that are traded could not be kept");
        }
    }
}

async fn write(file: &Path, traded: &BTreeMap<Symbol, UtcTime>) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let text: String = traded.iter().map(|(symbol, at)| format!("{symbol} {}\n", at.millis())).collect();
    let beside = file.with_extension("new");
    tokio::fs::write(&beside, text).await?;
    tokio::fs::rename(&beside, file).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("binance/spot.symbols");
        let at = |millis| UtcTime::from_millis(millis);
        let symbol = |text| Symbol::new(text).unwrap();
        let traded = BTreeMap::from([(symbol("BTCUSDT"), at(1_795_219_200_000)), (symbol("ETHUSDT"), at(0))]);
        write(&file, &traded).await.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().filter_map(parse).collect::<BTreeMap<_, _>>(), traded);
        assert_eq!(["", "BTCUSDT", "BTC USDT", "BTCUSDT x"].into_iter().find_map(parse), None);
    }
}
