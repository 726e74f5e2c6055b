//! Money that moved without an order: asked for every few minutes, and at once when the stream says that some moved. The
//! stream itself gives no numbers, so nothing is booked from it.
//!
//! Up to when it was asked is kept in a file, so that funding paid while the desk was off is booked later. What moved
//! before the profile was used for the first time is in the balance it began with, and is never asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::known::locked;
use super::shared::Shared;
use super::words::read_list;
use crate::broker::api::BrokerEvent;
use crate::broker::binance::query::Query;
use crate::broker::binance::rest::{Fault, futures};
use crate::broker::binance::wire::account::Income;
use crate::market::{Symbol, UtcTime};

/// Rows of one page.
const PAGE: usize = 1_000;
/// Most pages of one question.
const PAGES_MAX: i64 = 20;
/// Rows can be written a while after their time.
const OVERLAP: Duration = Duration::from_secs(10 * 60);
/// From the word that money moved to its row.
const SETTLING: Duration = Duration::from_secs(2);
/// How often it is looked whether the listing is there.
const LISTING_LOOK: Duration = Duration::from_millis(200);
/// How far back the exchange is asked: it keeps three months.
const KEPT: Duration = Duration::from_secs(89 * 24 * 60 * 60);
/// Longest span of one question.
const SPAN_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// From when the profile is used, and up to when money that moved was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    begun: UtcTime,
    read: UtcTime,
}

impl Mark {
    const fn begin(now: UtcTime) -> Self {
        Self { begun: now, read: now }
    }

    fn from(&self, now: UtcTime) -> UtcTime {
        self.read.minus(OVERLAP).max(self.begun).max(now.minus(KEPT))
    }

    fn parse(text: &str) -> Option<Self> {
        let (begun, read) = text.trim().split_once(' ')?;
        let time = |text: &str| text.parse().ok().map(UtcTime::from_millis);
        Some(Self { begun: time(begun)?, read: time(read)? })
    }

    async fn load(path: Option<&Path>, now: UtcTime) -> Self {
        let Some(path) = path else { return Self::begin(now) };
        let kept = tokio::fs::read_to_string(path).await.ok();
        // A mark of the future is of a clock that was wrong.
        kept.and_then(|text| Self::parse(&text)).filter(|mark| mark.read <= now).unwrap_or(Self::begin(now))
    }

    async fn keep(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let beside = path.with_extension("new");
        tokio::fs::write(&beside, format!("{} {}\n", self.begun.millis(), self.read.millis())).await?;
        tokio::fs::rename(&beside, path).await
    }
}

/// Asks until the session ends. What is told again is known by its number.
pub(super) async fn keep(shared: Arc<Shared>, file: Option<PathBuf>) {
    // Before anything is waited for: what moves from here on is not in the balance the profile began with.
    let mut mark = Mark::load(file.as_deref(), shared.rest.server_now()).await;
    while shared.words().listing.is_none() {
        // Amounts cannot be told without the currencies of instruments.
        tokio::time::sleep(LISTING_LOOK).await;
    }
    loop {
        let now = shared.rest.server_now();
        match tell_since(&shared, mark.from(now), now).await {
            Ok(()) => {
                mark.read = now;
                if let Some(file) = &file
                    && let Err(error) = mark.keep(file).await
                {
                    tracing::warn!(%error, "up to when income was read could not be kept");
                }
            }
            Err(fault) => tracing::warn!(%fault, "income was not read"),
        }
        tokio::select! {
            () = tokio::time::sleep(shared.pace.income_every) => {}
            () = shared.income_due.notified() => tokio::time::sleep(SETTLING).await,
        }
    }
}

async fn tell_since(shared: &Shared, since: UtcTime, now: UtcTime) -> Result<(), Fault> {
    each_page(shared, since, now, |rows| {
        let (flows, notices, refused) = shared.words().income(rows);
        if refused > 0 {
            tracing::warn!(refused, "rows of income were refused");
        }
        shared.tell_all(flows.into_iter().map(BrokerEvent::CashFlow).collect());
        notices.into_iter().for_each(|text| shared.notice_once(text));
    })
    .await
}

/// Notes every symbol on which anything was earned or paid since a time: those whose fills have to be asked for.
pub(super) async fn discover(shared: &Shared, since: UtcTime) -> Result<(), Fault> {
    let now = shared.rest.server_now();
    each_page(shared, since.max(now.minus(KEPT)), now, |_| ()).await
}

async fn each_page(
    shared: &Shared,
    since: UtcTime,
    now: UtcTime,
    mut take: impl FnMut(&[Income]),
) -> Result<(), Fault> {
    let mut from = since;
    while from <= now {
        let until = from.plus(SPAN_MAX);
        for page in 1..=PAGES_MAX {
            let query = Query::new()
                .number("startTime", from.millis())
                .number("endTime", until.millis())
                .number("page", page)
                .number("limit", i64::try_from(PAGE).unwrap_or(i64::MAX));
            let answer = shared.rest.ask(&futures::income(query)).await?;
            let rows = read_list::<Income>("income", &answer.body)?;
            let symbols = rows.elements.iter().filter_map(|row| Symbol::new(&row.symbol).ok());
            let mut known = locked(&shared.known);
            symbols.for_each(|symbol| known.note_traded(symbol, until));
            drop(known);
            take(&rows.elements);
            if rows.elements.len() + rows.refused < PAGE {
                break;
            }
        }
        from = until.plus(Duration::from_millis(1));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_moved_before_the_first_use_is_never_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("binance/live.income");
        let first = UtcTime::from_millis(1_795_219_200_000);
        let mut mark = Mark::load(Some(&file), first).await;
        assert_eq!(mark.from(first), first);
        mark.read = first.plus(Duration::from_secs(60));
        mark.keep(&file).await.unwrap();
        let later = first.plus(Duration::from_secs(3_600));
        let again = Mark::load(Some(&file), later).await;
        assert_eq!(again, mark);
        assert_eq!(again.from(later), first, "the overlap ends where the profile begins");
        std::fs::write(&file, "torn").unwrap();
        assert_eq!(Mark::load(Some(&file), later).await, Mark::begin(later));
    }
}
