//! Calendar files: holidays, special days and hours, as TOML.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::market::{Phase, Venue};

/// A calendar file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {message}")]
pub struct CalendarError {
    /// Name of the file, as given by the caller.
    pub file: String,
    /// Line of it, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// What kind of trading day it is; each has hours of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// The usual hours.
    Regular,
    /// First trading day of the year in Korea: opens at 10:00.
    FirstDay,
    /// College entrance exam in Korea: an hour later.
    Exam,
    /// Half day in the US: closes at 13:00.
    EarlyClose,
}

/// Markets that have hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Market {
    Krx,
    Nxt,
    Us,
    KrxBonds,
    KrxFutures,
    Hkex,
    /// Shanghai and Shenzhen.
    China,
    Tse,
    Hnx,
    Hose,
}

impl Market {
    /// `None` for venues that never close.
    pub(super) const fn of(venue: Venue) -> Option<Self> {
        match venue {
            Venue::Krx => Some(Self::Krx),
            Venue::Nxt => Some(Self::Nxt),
            Venue::Nasdaq | Venue::Nyse | Venue::Amex => Some(Self::Us),
            Venue::KrxBonds => Some(Self::KrxBonds),
            Venue::KrxFutures => Some(Self::KrxFutures),
            Venue::Hkex => Some(Self::Hkex),
            Venue::Sse | Venue::Szse => Some(Self::China),
            Venue::Tse => Some(Self::Tse),
            Venue::Hnx => Some(Self::Hnx),
            Venue::Hose => Some(Self::Hose),
            Venue::Sim | Venue::BinanceFutures | Venue::BinanceSpot => None,
        }
    }
}

/// A stretch of a day on the venue's wall clock; `until` is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LocalSpan {
    pub(super) phase: Phase,
    pub(super) from: Time,
    pub(super) until: Time,
}

/// Hours of one kind of day at one market from a date on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) market: Market,
    pub(super) day: DayKind,
    pub(super) from: Date,
    /// In order, without gaps.
    pub(super) spans: Vec<LocalSpan>,
    /// Books beside the main one, in order.
    pub(super) beside: Vec<LocalSpan>,
    /// The session of the night that begins on the day: from a time of it until one of the next.
    pub(super) night: Option<(Time, Time)>,
}

/// Closed and special days of a country.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) known_from: Option<Date>,
    pub(super) known_until: Option<Date>,
    pub(super) closed: BTreeMap<Date, String>,
    pub(super) opened: BTreeSet<Date>,
    pub(super) special: BTreeMap<Date, DayKind>,
}

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct CalendarFile {
    pub(super) korea: Days,
    pub(super) us: Days,
    pub(super) hours: Vec<Hours>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    #[serde(default)]
    korea: DaysText,
    #[serde(default)]
    us: DaysText,
    #[serde(default)]
    hours: Vec<Spanned<HoursText>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct DaysText {
    known_from: Option<Date>,
    known_until: Option<Date>,
    #[serde(default)]
    closed: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    open: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    special: BTreeMap<Spanned<String>, DayKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursText {
    market: Market,
    day: DayKind,
    from: Date,
    spans: Vec<Spanned<SpanText>>,
    #[serde(default)]
    beside: Vec<Spanned<SpanText>>,
    night: Option<Spanned<NightText>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
struct NightText {
    from: Time,
    until: Time,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
struct SpanText {
    phase: Phase,
    from: Time,
    until: Time,
    every: Option<u16>,
}

/// Where a text came from, to say where it is wrong.
struct Origin<'a> {
    file: &'a str,
    text: &'a str,
}

impl Origin<'_> {
    fn error(&self, at: usize, message: impl Into<String>) -> CalendarError {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        CalendarError { file: self.file.into(), line, message: message.into() }
    }
}

/// Reads a calendar file.
pub(super) fn parse(file: &str, text: &str) -> Result<CalendarFile, CalendarError> {
    let origin = Origin { file, text };
    let parsed: FileText = toml::from_str(text)
        .map_err(|error| origin.error(error.span().map_or(0, |span| span.start), error.message()))?;
    let hours = parsed.hours.into_iter().map(|hours| read_hours(&origin, hours)).collect::<Result<_, _>>()?;
    let korea = read_days(&origin, parsed.korea, &[DayKind::Regular, DayKind::FirstDay, DayKind::Exam])?;
    let us = read_days(&origin, parsed.us, &[DayKind::Regular, DayKind::EarlyClose])?;
    Ok(CalendarFile { korea, us, hours })
}

fn read_date(origin: &Origin<'_>, key: &Spanned<String>) -> Result<Date, CalendarError> {
    key.get_ref().parse().map_err(|_| {
        let text: String = key.get_ref().chars().take(40).collect();
        origin.error(key.span().start, format!("'{text}' is no date like 2026-01-31"))
    })
}

fn read_days(origin: &Origin<'_>, text: DaysText, kinds: &[DayKind]) -> Result<Days, CalendarError> {
    let mut days = Days { known_from: text.known_from, known_until: text.known_until, ..Days::default() };
    for (key, name) in text.closed {
        days.closed.insert(read_date(origin, &key)?, name);
    }
    for (key, _) in text.open {
        let date = read_date(origin, &key)?;
        if days.closed.contains_key(&date) {
            return Err(origin.error(key.span().start, format!("{date} is both open and closed")));
        }
        days.opened.insert(date);
    }
    for (key, kind) in text.special {
        let date = read_date(origin, &key)?;
        if !kinds.contains(&kind) {
            return Err(origin.error(key.span().start, format!("{date} cannot be {kind:?}: there are no hours for it")));
        }
        days.special.insert(date, kind);
    }
    Ok(days)
}

fn read_hours(origin: &Origin<'_>, text: Spanned<HoursText>) -> Result<Hours, CalendarError> {
    let at = text.span().start;
    let HoursText { market, day, from, spans, beside, night } = text.into_inner();
    let spans = read_spans(origin, spans)?;
    if spans.is_empty() {
        return Err(origin.error(at, "hours without spans"));
    }
    Ok(Hours {
        market,
        day,
        from,
        spans: contiguous(origin, spans)?,
        beside: ordered(origin, read_spans(origin, beside)?)?,
        night: night.map(|night| read_night(origin, &night)).transpose()?,
    })
}

/// It ends on the next day, before anything of that day begins.
fn read_night(origin: &Origin<'_>, text: &Spanned<NightText>) -> Result<(Time, Time), CalendarError> {
    let NightText { from, until } = *text.get_ref();
    if until >= from {
        return Err(
            origin.error(text.span().start, format!("a night from {from} cannot end at {until} of the next day"))
        );
    }
    Ok((from, until))
}

/// Spans with the place in the text they came from.
type Placed = Vec<(usize, LocalSpan)>;

fn read_spans(origin: &Origin<'_>, texts: Vec<Spanned<SpanText>>) -> Result<Placed, CalendarError> {
    let mut spans = Vec::new();
    for text in texts {
        let at = text.span().start;
        let SpanText { phase, from, until, every } = text.into_inner();
        if from >= until {
            return Err(origin.error(at, format!("a span from {from} cannot end at {until}")));
        }
        let step = match every {
            None => from.duration_until(until),
            Some(0) => return Err(origin.error(at, "'every' must be at least one minute")),
            Some(minutes) => SignedDuration::from_mins(i64::from(minutes)),
        };
        let mut start = from;
        while start < until {
            let end = start.checked_add(step).map_or(until, |end| end.min(until));
            spans.push((at, LocalSpan { phase, from: start, until: end }));
            start = end;
        }
    }
    Ok(spans)
}

fn contiguous(origin: &Origin<'_>, spans: Placed) -> Result<Vec<LocalSpan>, CalendarError> {
    let mut end = None;
    for (at, span) in &spans {
        if end.is_some_and(|end| end != span.from) {
            return Err(origin.error(*at, format!("a span from {} does not follow the one before it", span.from)));
        }
        end = Some(span.until);
    }
    Ok(spans.into_iter().map(|(_, span)| span).collect())
}

fn ordered(origin: &Origin<'_>, spans: Placed) -> Result<Vec<LocalSpan>, CalendarError> {
    let mut end = Time::midnight();
    for (at, span) in &spans {
        if span.from < end {
            return Err(origin.error(*at, format!("a span from {} overlaps the one before it", span.from)));
        }
        end = span.until;
    }
    Ok(spans.into_iter().map(|(_, span)| span).collect())
}
