//! The days on which the Korean market is open, by the broker's word. hoga's calendar has the holidays that were known when it
//! was made; one that was declared since, or taken back, the broker knows.
//!
//! KIS wants this asked about once a day, so the answer is kept beside the symbol files, as a calendar file of the days on
//! which the two differ. The paper environment does not have the service: there hoga's own calendar stands.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::listing::file::write_whole;
use super::shared::Shared;
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::request::stock_query;
use crate::broker::kis::wire::Part;
use crate::broker::kis::wire::product::CalendarDay;
use crate::broker::net::lanes::Lane;
use crate::market::session::{Calendar, CalendarError};
use crate::market::{Venue, trading_date};
use crate::text::notice;

/// The kept file.
const FILE: &str = "open_days.toml";
/// What its first line begins with; the day it was asked for follows.
const ASKED: &str = "# asked on ";
/// How often it is looked whether a new day has begun, and whether what failed works now.
const LOOK: (Duration, Duration) = (Duration::from_secs(10 * 60), Duration::from_secs(60));

/// Asks once a day.
pub(super) async fn keep(shared: Arc<Shared>) {
    if shared.market.realm() == Realm::Paper {
        return;
    }
    let mut known = None;
    // The token must be there: a question that signs in by itself would do so beside the session.
    shared.listing.read_through().await;
    loop {
        let today = trading_date(Venue::Krx, shared.now());
        if known != Some(today) {
            match learn(&shared, today).await {
                Ok(()) => known = Some(today),
                Err(error) => tracing::warn!(%error, "the broker does not say which days are open"),
            }
        }
        let (seldom, soon) = LOOK;
        tokio::time::sleep(if known == Some(today) { seldom } else { soon }).await;
    }
}

/// Why the broker's days are not known.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error("the reply has no days that can be read")]
    Unread,
}

async fn learn(shared: &Shared, today: Date) -> Result<(), Unknown> {
    let folder = shared.listing.folder();
    let (own, kept) = (Calendar::builtin()?, kept(folder, today));
    let text = match kept {
        Some(text) => text,
        None => {
            let days = ask(shared, today).await?;
            let text = differences(own, today, &days);
            keep_file(folder.to_owned(), text.clone()).await;
            text
        }
    };
    let calendar = own.with_extra(FILE, &text)?;
    if let Some(words) = told(own, &calendar, today) {
        shared.notice(words);
    }
    shared.phases.follow(calendar);
    Ok(())
}

/// The disk has a thread of its own: orders do not wait for it.
async fn keep_file(folder: PathBuf, text: String) {
    let written = tokio::task::spawn_blocking(move || write_whole(&folder, FILE, text.as_bytes())).await;
    if let Err(error) = written.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
        tracing::warn!(%error, "the broker's open days cannot be kept");
    }
}

async fn ask(shared: &Shared, today: Date) -> Result<Vec<(Date, bool)>, Unknown> {
    let call = stock_query::holidays(shared.market.realm(), today)?;
    let reply = shared.market.ask(&call, Lane::Bulk).await.map_err(|fault| fault.of_question())?;
    let rows = reply.envelope().map_err(|fault| fault.of_question())?.rows::<CalendarDay>(Part::First);
    let days: Vec<(Date, bool)> = rows.rows.iter().filter_map(day).collect();
    if days.is_empty() { Err(Unknown::Unread) } else { Ok(days) }
}

/// A day and whether it is open; none where the reply says neither.
fn day(row: &CalendarDay) -> Option<(Date, bool)> {
    let is_open = match row.open.as_str() {
        "Y" => true,
        "N" => false,
        _ => return None,
    };
    Some((row.date.get()?, is_open))
}

/// The kept answer, where it is of today.
fn kept(folder: &Path, today: Date) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(FILE)).ok()?;
    let asked: Date = text.lines().next()?.strip_prefix(ASKED)?.parse().ok()?;
    (asked == today).then_some(text)
}

/// A calendar file of the days that the broker sees otherwise.
fn differences(own: &Calendar, today: Date, days: &[(Date, bool)]) -> String {
    let (mut closed, mut open) = (String::new(), String::new());
    for (date, is_open) in days {
        // Weekends are closed in every calendar.
        let is_weekend = date.weekday().to_monday_one_offset() > 5;
        if is_weekend || own.day(Venue::Krx, *date).is_some() == *is_open {
            continue;
        }
        // Writing into text does not fail.
        let _ = writeln!(if *is_open { &mut open } else { &mut closed }, "{date} = \"KIS\"");
    }
    format!("{ASKED}{today}\n[korea.closed]\n{closed}[korea.open]\n{open}")
}

/// What people are told when today is another day than hoga's calendar says.
fn told(own: &Calendar, broker: &Calendar, today: Date) -> Option<String> {
    let is_open = broker.day(Venue::Krx, today).is_some();
    if own.day(Venue::Krx, today).is_some() == is_open {
        return None;
    }
    let form = if is_open { notice::OPEN_TODAY } else { notice::CLOSED_TODAY };
    Some(form.english(&[&today.to_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// 2026-10-14 is a Wednesday and open, 2026-12-25 a Friday and closed.
    fn broker_says(days: &[(&str, bool)]) -> Calendar {
        let own = Calendar::builtin().unwrap();
        let days: Vec<(Date, bool)> = days.iter().map(|(day, is_open)| (date(day), *is_open)).collect();
        own.with_extra(FILE, &differences(own, date("2026-10-14"), &days)).unwrap()
    }

    #[test]
    fn trap_27_a_holiday_that_was_declared_since_closes_the_market() {
        let own = Calendar::builtin().unwrap();
        let calendar = broker_says(&[("2026-10-14", false), ("2026-10-15", true), ("2026-10-17", false)]);
        assert!(own.day(Venue::Krx, date("2026-10-14")).is_some());
        assert!(calendar.day(Venue::Krx, date("2026-10-14")).is_none());
        assert!(calendar.day(Venue::Krx, date("2026-10-15")).is_some());
        assert!(calendar.day(Venue::Nasdaq, date("2026-10-14")).is_some(), "New York has its own holidays");
        let words = told(own, &calendar, date("2026-10-14")).unwrap();
        assert!(words.contains("closed today (2026-10-14)"), "{words}");
        assert_eq!(told(own, &calendar, date("2026-10-15")), None);
    }

    #[test]
    fn a_holiday_that_was_taken_back_is_open_again() {
        let calendar = broker_says(&[("2026-12-25", true)]);
        assert!(calendar.day(Venue::Krx, date("2026-12-25")).is_some());
    }

    #[test]
    fn the_broker_is_asked_once_a_day() {
        let folder = std::env::temp_dir().join(format!("hoga-open-days-{}", std::process::id()));
        let own = Calendar::builtin().unwrap();
        assert_eq!(kept(&folder, date("2026-10-14")), None);
        let text = differences(own, date("2026-10-14"), &[(date("2026-10-15"), false)]);
        write_whole(&folder, FILE, text.as_bytes()).unwrap();
        assert_eq!(kept(&folder, date("2026-10-14")), Some(text));
        assert_eq!(kept(&folder, date("2026-10-15")), None);
        std::fs::write(folder.join(FILE), "damaged").unwrap();
        assert_eq!(kept(&folder, date("2026-10-14")), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
