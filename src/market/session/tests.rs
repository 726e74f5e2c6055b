//! Phases, holidays and special days of every venue, to the second.

use std::time::Duration;

use jiff::civil::{Date, date};

use super::*;

const VENUES: [Venue; Venue::ALL.len()] = Venue::ALL;
const NANO: Duration = Duration::from_nanos(1);

fn calendar() -> &'static Calendar {
    Calendar::builtin().unwrap()
}

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

fn every_date() -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date(2025, 1, 1)), |date| date.tomorrow().ok())
        .take_while(|day| *day <= date(2027, 12, 31))
}

fn phase(venue: Venue, text: &str) -> Phase {
    calendar().phase_at(venue, at(text)).phase
}

#[test]
fn open_days_of_each_year() {
    let count = |venue, year| every_date().filter(|d| d.year() == year && calendar().is_open_day(venue, *d)).count();
    assert_eq!([2025, 2026, 2027].map(|year| count(Venue::Krx, year)), [242, 244, 246]);
    assert_eq!([2026, 2027].map(|year| count(Venue::Nxt, year)), [244, 246]);
    assert_eq!([2025, 2026, 2027].map(|year| count(Venue::Nyse, year)), [250, 251, 251]);
    assert_eq!([2025, 2026, 2027].map(|year| count(Venue::BinanceSpot, year)), [365, 365, 365]);
}

#[test]
fn every_listed_closed_day_is_a_weekday() {
    let calendar = calendar();
    assert_eq!((calendar.korea.closed.len(), calendar.us.closed.len()), (51, 31));
    for date in calendar.korea.closed.keys().chain(calendar.us.closed.keys()) {
        assert!(!matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday), "{date}");
    }
}

#[test]
fn phases_of_every_date_follow_one_another() {
    for venue in VENUES {
        let mut last_end = UtcTime::from_nanos(i64::MIN);
        for date in every_date() {
            let Some(day) = calendar().day(venue, date) else { continue };
            assert!(last_end <= day.opens_at().unwrap(), "{venue} {date}");
            for span in &day.spans {
                assert!(span.from < span.until, "{venue} {date} {span:?}");
            }
            for pair in day.spans.windows(2) {
                assert_eq!(pair[0].until, pair[1].from, "{venue} {date}");
            }
            last_end = day.closes_at().unwrap();
        }
    }
}

#[test]
fn the_clock_agrees_with_the_day_to_the_nanosecond() {
    for venue in [Venue::Krx, Venue::Nxt, Venue::Nasdaq] {
        for date in every_date() {
            let Some(day) = calendar().day(venue, date) else { continue };
            for (index, span) in day.spans.iter().enumerate() {
                for instant in [span.from, span.until.minus(NANO)] {
                    let got = calendar().phase_at(venue, instant);
                    let following = day.spans.get(index + 1).map_or(Phase::Closed, |next| next.phase);
                    assert_eq!((got.phase, got.until), (span.phase, Some(span.until)), "{venue} {instant}");
                    assert_eq!(got.next, Some((following, span.until)), "{venue} {instant}");
                    assert_eq!(got.trading_date, date);
                }
            }
            let (opens, closes) = (day.opens_at().unwrap(), day.closes_at().unwrap());
            let before = calendar().phase_at(venue, opens.minus(NANO));
            assert_eq!((before.phase, before.until), (Phase::Closed, Some(opens)), "{venue} {date}");
            assert_eq!(before.next, Some((day.spans[0].phase, opens)));
            let after = calendar().phase_at(venue, closes);
            let next_day = calendar().next_open_day(venue, date).unwrap();
            assert_eq!(after.phase, Phase::Closed, "{venue} {date}");
            assert_eq!(after.until, calendar().day(venue, next_day).unwrap().opens_at(), "{venue} {date}");
        }
    }
}

#[test]
fn bonds_have_the_days_of_shares_and_no_hours_after_the_close() {
    for (clock, there) in
        [("08:59:59", Phase::Closed), ("09:00:00", Phase::Continuous), ("15:29:59", Phase::Continuous)]
    {
        assert_eq!(phase(Venue::KrxBonds, &format!("2026-11-20T{clock}+09:00")), there, "{clock}");
    }
    assert_eq!(phase(Venue::KrxBonds, "2026-11-20T15:30:00+09:00"), Phase::Closed);
    for date in every_date() {
        assert_eq!(calendar().is_open_day(Venue::KrxBonds, date), calendar().is_open_day(Venue::Krx, date), "{date}");
    }
}

#[test]
fn krx_before_and_after_the_after_market() {
    assert_eq!(phase(Venue::Krx, "2026-09-11T17:00:00+09:00"), Phase::OffHoursAuction);
    assert_eq!(phase(Venue::Krx, "2026-09-11T18:00:00+09:00"), Phase::Closed);
    assert_eq!(phase(Venue::Krx, "2026-09-14T17:00:00+09:00"), Phase::AfterMarket);
    assert_eq!(phase(Venue::Krx, "2026-09-14T20:00:00+09:00"), Phase::Closed);
    let friday = calendar().day(Venue::Krx, date(2026, 9, 11)).unwrap();
    let calls: Vec<_> = friday.spans.iter().filter(|span| span.phase == Phase::OffHoursAuction).collect();
    assert_eq!(calls.len(), 12);
    assert!(calls.iter().all(|call| call.until.since(call.from) == Duration::from_secs(600)));
}

#[test]
fn a_regular_day_at_krx_and_nxt() {
    let rows = [
        ("07:59:59", Phase::Closed, Phase::Closed),
        ("08:00:00", Phase::Closed, Phase::PreMarket),
        ("08:30:00", Phase::OpeningAuction, Phase::PreMarket),
        ("08:50:00", Phase::OpeningAuction, Phase::Halted),
        ("09:00:00", Phase::Continuous, Phase::Halted),
        ("09:00:30", Phase::Continuous, Phase::Continuous),
        ("15:20:00", Phase::ClosingAuction, Phase::Halted),
        ("15:30:00", Phase::ClosingPrice, Phase::OpeningAuction),
        ("15:40:00", Phase::ClosingPrice, Phase::AfterMarket),
        ("16:00:00", Phase::AfterMarket, Phase::AfterMarket),
        ("20:00:00", Phase::Closed, Phase::Closed),
    ];
    for (clock, krx, nxt) in rows {
        let time = format!("2026-11-20T{clock}+09:00");
        assert_eq!((phase(Venue::Krx, &time), phase(Venue::Nxt, &time)), (krx, nxt), "{clock}");
    }
}

#[test]
fn closing_price_trading_runs_beside_the_opening_auction() {
    let beside = |venue, text: &str| calendar().phase_at(venue, at(text)).beside;
    assert_eq!(beside(Venue::Krx, "2026-11-20T08:30:00+09:00"), Some(Phase::ClosingPrice));
    assert_eq!(beside(Venue::Krx, "2026-11-20T08:40:00+09:00"), None);
    assert_eq!(beside(Venue::Nxt, "2026-11-20T15:59:59+09:00"), Some(Phase::ClosingPrice));
    assert_eq!(beside(Venue::Nxt, "2026-11-20T16:00:00+09:00"), None);
}

#[test]
fn special_days_have_their_own_hours() {
    let first = "2026-01-02T";
    assert_eq!(phase(Venue::Krx, &format!("{first}09:29:59+09:00")), Phase::Closed);
    assert_eq!(phase(Venue::Krx, &format!("{first}09:30:00+09:00")), Phase::OpeningAuction);
    assert_eq!(phase(Venue::Krx, &format!("{first}10:00:00+09:00")), Phase::Continuous);
    assert_eq!(phase(Venue::Krx, &format!("{first}15:30:00+09:00")), Phase::ClosingPrice);
    assert_eq!(phase(Venue::Nxt, &format!("{first}08:30:00+09:00")), Phase::Closed);
    assert_eq!(phase(Venue::Nxt, &format!("{first}10:00:30+09:00")), Phase::Continuous);
    for exam in ["2025-11-13T", "2026-11-19T", "2027-11-18T"] {
        assert_eq!(phase(Venue::Krx, &format!("{exam}09:59:59+09:00")), Phase::OpeningAuction);
        assert_eq!(phase(Venue::Krx, &format!("{exam}16:19:59+09:00")), Phase::Continuous);
        assert_eq!(phase(Venue::Krx, &format!("{exam}16:29:59+09:00")), Phase::ClosingAuction);
        assert_eq!(phase(Venue::Nxt, &format!("{exam}08:30:00+09:00")), Phase::Closed);
        assert_eq!(phase(Venue::Nxt, &format!("{exam}16:25:00+09:00")), Phase::Halted);
        assert_eq!(phase(Venue::Nxt, &format!("{exam}19:59:59+09:00")), Phase::AfterMarket);
    }
    assert_eq!(phase(Venue::Krx, "2025-11-13T18:00:00+09:00"), Phase::Closed);
    assert_eq!(phase(Venue::Krx, "2026-11-19T18:00:00+09:00"), Phase::AfterMarket);
}

#[test]
fn each_years_first_open_day_is_marked() {
    for year in [2025, 2026, 2027] {
        let first = calendar().next_open_day(Venue::Krx, date(year - 1, 12, 31)).unwrap();
        assert_eq!(calendar().day(Venue::Krx, first).unwrap().kind, DayKind::FirstDay, "{first}");
    }
    let marked = calendar().korea.special.values().filter(|kind| **kind == DayKind::FirstDay).count();
    assert_eq!(marked, 3);
}

#[test]
fn new_york_follows_daylight_saving() {
    for (text, expected) in [
        ("2026-03-06T14:30:00Z", Phase::Continuous), // Friday in winter: 09:30
        ("2026-03-06T14:29:59Z", Phase::PreMarket),
        ("2026-03-09T13:30:00Z", Phase::Continuous), // Monday in summer: 09:30
        ("2026-03-09T20:00:00Z", Phase::AfterMarket),
        ("2026-11-02T20:59:59Z", Phase::Continuous), // Monday in winter again
        ("2026-11-27T18:00:00Z", Phase::AfterMarket), // 13:00 close
        ("2026-11-27T22:00:00Z", Phase::Closed),
        ("2026-11-26T16:00:00Z", Phase::Closed), // Thanksgiving
    ] {
        assert_eq!(phase(Venue::Nasdaq, text), expected, "{text}");
    }
}

#[test]
fn the_trading_date_is_the_venues_own() {
    let late = at("2026-11-20T16:00:00Z");
    assert_eq!(trading_date(Venue::Krx, late), date(2026, 11, 21));
    assert_eq!(trading_date(Venue::Sim, late), date(2026, 11, 21));
    assert_eq!(trading_date(Venue::BinanceSpot, late), date(2026, 11, 20));
    assert_eq!(trading_date(Venue::Nyse, at("2026-11-21T01:00:00Z")), date(2026, 11, 20));
}

#[test]
fn crypto_and_the_simulator_never_close() {
    for venue in [Venue::Sim, Venue::BinanceFutures, Venue::BinanceSpot] {
        let got = calendar().phase_at(venue, at("2026-01-01T03:00:00Z"));
        assert_eq!((got.phase, got.until, got.next), (Phase::Continuous, None, None));
    }
    let day = calendar().day(Venue::Sim, date(2026, 1, 1)).unwrap();
    assert_eq!(day.opens_at(), Some(at("2025-12-31T15:00:00Z")));
    assert_eq!(day.closes_at(), Some(at("2026-01-01T15:00:00Z")));
}

#[test]
fn neighbours_skip_holidays_and_start_with_the_venue() {
    let calendar = calendar();
    assert_eq!(calendar.next_open_day(Venue::Krx, date(2025, 10, 2)), Some(date(2025, 10, 10)));
    assert_eq!(calendar.previous_open_day(Venue::Krx, date(2025, 10, 10)), Some(date(2025, 10, 2)));
    assert_eq!(calendar.next_open_day(Venue::Nxt, date(2020, 1, 1)), Some(date(2025, 3, 4)));
    assert_eq!(calendar.previous_open_day(Venue::Nxt, date(2025, 3, 4)), None);
    assert_eq!(calendar.holiday(Venue::Krx, date(2026, 7, 17)), Some("제헌절"));
    assert!(calendar.covers(Venue::Krx, date(2027, 12, 31)));
    assert!(!calendar.covers(Venue::Krx, date(2028, 1, 3)));
}

#[test]
fn a_users_file_adds_and_takes_back_days() {
    let text = "[korea.closed]\n2026-12-24 = \"임시공휴일\"\n[korea.open]\n2027-12-27 = \"정상\"\n";
    let own = calendar().with_extra("holidays.toml", text).unwrap();
    assert!(!own.is_open_day(Venue::Krx, date(2026, 12, 24)) && !own.is_open_day(Venue::Nxt, date(2026, 12, 24)));
    assert!(own.is_open_day(Venue::Krx, date(2027, 12, 27)));
    assert!(own.is_open_day(Venue::Nyse, date(2026, 12, 24)));
    let year = calendar().with_extra("2028.toml", "[korea]\nknown_until = \"2028-12-31\"\n").unwrap();
    assert!(year.covers(Venue::Krx, date(2028, 1, 3)) && year.covers(Venue::Krx, date(2025, 1, 2)));
    assert!(calendar().is_open_day(Venue::Krx, date(2026, 12, 24)), "the builtin one stays as it is");
}

#[test]
fn a_broken_file_names_the_line() {
    let hours = "[[hours]]\nmarket = \"krx\"\nday = \"regular\"\nfrom = \"2028-01-03\"\nspans = [\n";
    let rows = [
        ("[korea.closed]\n\n2026-02-30 = \"x\"\n".to_owned(), 3, "2026-02-30"),
        ("[korea.closed]\n2026-02-3 = \"x\"\n".to_owned(), 2, "2026-02-3"),
        ("[korea]\n[korea.special]\n2026-02-03 = \"holiday\"\n".to_owned(), 3, "holiday"),
        ("[us.special]\n2026-02-03 = \"exam\"\n".to_owned(), 2, "Exam"),
        ("[japan.closed]\n".to_owned(), 1, "japan"),
        ("[us.closed]\n2026-02-03 = \n".to_owned(), 2, ""),
        ("[us.open]\n2026-02-03 = \"\"\n[us.closed]\n2026-02-03 = \"\"\n".to_owned(), 2, "both"),
        (format!("{hours} {{ phase = \"continuous\", from = \"10:00\", until = \"09:00\" }},\n]"), 6, "10:00"),
        (
            format!(
                "{hours} {{ phase = \"pre_market\", from = \"07:00\", until = \"08:00\" }},\n \
                 {{ phase = \"continuous\", from = \"09:00\", until = \"10:00\" }},\n]"
            ),
            7,
            "09:00",
        ),
        (format!("{hours} {{ phase = \"opening\", from = \"07:00\", until = \"08:00\" }},\n]"), 6, "opening"),
        (format!("{hours} {{ phase = \"halted\", from = \"07:00\", until = \"08:00\", every = 0 }}]"), 6, "every"),
        (format!("{hours}]"), 1, "spans"),
    ];
    for (text, line, word) in rows {
        let error = calendar().with_extra("own.toml", &text).unwrap_err();
        assert_eq!(error.line, line, "{error}\n{text}");
        assert!(error.message.contains(word) && error.to_string().starts_with("own.toml, line "), "{error}");
    }
}

#[test]
fn korean_derivatives_trade_from_a_quarter_to_nine_to_a_quarter_to_four() {
    let calendar = Calendar::builtin().unwrap();
    let phase = |text: &str| calendar.phase_at(Venue::KrxFutures, UtcTime::parse(text).unwrap()).phase;
    for (time, expected) in [
        ("08:29:59", Phase::Closed),
        ("08:30:00", Phase::OpeningAuction),
        ("08:45:00", Phase::Continuous),
        ("15:34:59", Phase::Continuous),
        ("15:35:00", Phase::ClosingAuction),
        ("15:45:00", Phase::Closed),
        ("17:59:59", Phase::Closed),
        ("18:00:00", Phase::Night),
    ] {
        assert_eq!(phase(&format!("2026-11-20T{time}+09:00")), expected, "{time}");
    }
    // College entrance exam: an hour later. First day of the year: an hour later in the morning.
    assert_eq!(phase("2026-11-19T09:00:00+09:00"), Phase::Closed);
    assert_eq!(phase("2026-11-19T16:40:00+09:00"), Phase::ClosingAuction);
    assert_eq!(phase("2027-01-04T09:44:00+09:00"), Phase::OpeningAuction);
    assert_eq!(phase("2027-01-04T15:40:00+09:00"), Phase::ClosingAuction);
    // Chuseok.
    assert_eq!(phase("2026-09-24T10:00:00+09:00"), Phase::Closed);
}
