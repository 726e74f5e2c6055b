//! The choice in a list that changes.

use std::time::Duration;

use super::*;
use crate::tui::model::fixture;

struct Letters(Vec<char>);

impl Rows for Letters {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn cell(&self, _: usize, _: usize, _: &mut Pen<'_>, _: (u16, u16, u16)) {}
}

impl Keyed for Letters {
    type Key = char;

    fn key(&self, row: usize) -> Option<char> {
        self.0.get(row).copied()
    }

    fn is(&self, row: usize, key: &char) -> bool {
        self.0.get(row) == Some(key)
    }
}

fn letters(text: &str) -> Letters {
    Letters(text.chars().collect())
}

fn at(millis: u64) -> Now {
    Now { since_start: Duration::from_millis(millis), ..fixture::now() }
}

#[test]
fn the_choice_stays_on_what_was_chosen_wherever_it_goes() {
    let mut choice = Choice::default();
    choice.settle(&letters("abc"), at(0));
    choice.act(Action::Down, &letters("abc"));
    choice.settle(&letters("xyzabc"), at(1));
    assert_eq!(choice.row(6), Some(4), "b is still chosen");
    assert!(choice.is_meant(at(1)), "and may be acted on at once");
}

#[test]
fn what_takes_the_place_of_the_chosen_is_not_acted_on_before_it_could_be_seen() {
    let mut choice = Choice::default();
    choice.settle(&letters("abc"), at(0));
    choice.act(Action::Down, &letters("abc"));
    choice.settle(&letters("ac"), at(10_000));
    assert_eq!(choice.row(2), Some(1), "c took its place");
    assert!(!choice.is_meant(at(10_300)));
    assert!(choice.is_meant(at(10_700)));
    choice.settle(&letters("a"), at(20_000));
    choice.act(Action::Up, &letters("a"));
    assert!(choice.is_meant(at(20_001)), "who moves the choice has looked");
}

#[test]
fn a_choice_of_the_newest_stays_there_until_another_is_chosen() {
    let mut choice = Choice::of_newest();
    choice.settle(&letters("a"), at(0));
    choice.settle(&letters("ba"), at(0));
    assert_eq!(choice.row(2), Some(0));
    choice.act(Action::Down, &letters("ba"));
    choice.settle(&letters("cba"), at(0));
    assert_eq!(choice.row(3), Some(2), "a");
}

#[test]
fn korean_time_has_seconds_where_there_is_room() {
    let time = crate::market::UtcTime::parse("2026-11-20T23:59:58Z").unwrap();
    assert_eq!(KoreanTime::new(time, 8).to_string(), "08:59:58");
    assert_eq!(KoreanTime::new(time, 5).to_string(), "08:59");
    assert_eq!(crate::tui::time::clock(time), "08:59:58", "as everywhere else on the screen");
    assert_eq!(day_of(time), day_of(fixture::now().utc) + 1, "the Korean day has changed");
}
